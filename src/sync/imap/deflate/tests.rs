use std::io::Write as _;

use flate2::write::DeflateEncoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use super::*;

#[tokio::test]
async fn what_is_written_on_one_side_is_read_on_the_other() {
    let (here, there) = duplex(1000);
    let (mut here, mut there) = (Deflate::new(here), Deflate::new(there));
    here.write_all(b"in clear\r\n").await.unwrap();
    here.flush().await.unwrap();
    let mut clear = [0; 10];
    there.read_exact(&mut clear).await.unwrap();
    assert_eq!(&clear, b"in clear\r\n");
    here.begin(Vec::new());
    there.begin(Vec::new());
    let long: Vec<u8> = (0..200_000_u32).flat_map(|n| format!("{n} FETCH\r\n").into_bytes()).collect();
    let expected = long.clone();
    let writing = tokio::spawn(async move {
        for command in ["a NOOP\r\n", "b LIST\r\n"] {
            here.write_all(command.as_bytes()).await.unwrap();
            here.flush().await.unwrap();
        }
        here.write_all(&long).await.unwrap();
        here.flush().await.unwrap();
    });
    let mut commands = [0; 16];
    there.read_exact(&mut commands).await.unwrap();
    assert_eq!(&commands, b"a NOOP\r\nb LIST\r\n");
    let mut all = vec![0; expected.len()];
    there.read_exact(&mut all).await.unwrap();
    assert!(all == expected);
    writing.await.unwrap();
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(9));
    encoder.write_all(bytes).unwrap();
    encoder.flush().unwrap();
    encoder.get_ref().clone()
}

#[tokio::test]
async fn what_came_behind_the_word_for_it_is_unpacked_too() {
    let (here, mut there) = duplex(1000);
    let bytes = packed(b"* 3 EXISTS\r\n");
    let (first, second) = bytes.split_at(3);
    let mut here = Deflate::new(here);
    here.begin(first.to_vec());
    there.write_all(second).await.unwrap();
    let mut line = [0; 12];
    here.read_exact(&mut line).await.unwrap();
    assert_eq!(&line, b"* 3 EXISTS\r\n");
}

#[tokio::test]
async fn i27_a_bomb_is_cut_off() {
    let (here, mut there) = duplex(1 << 20);
    let bomb = packed(&vec![b' '; 256 << 20]);
    assert!(bomb.len() < 1 << 20);
    let mut here = Deflate::new(here);
    here.begin(Vec::new());
    there.write_all(&bomb).await.unwrap();
    let (mut read, mut space) = (0, vec![0; 1 << 16]);
    let error = loop {
        match here.read(&mut space).await {
            Ok(0) => panic!("it ended before it was cut off"),
            Ok(more) => read += more,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert!(u64::try_from(read).unwrap() < BELIEVED + (RATIO << 20), "{read}");
}

#[tokio::test]
async fn nonsense_is_an_error_and_an_end_is_an_end() {
    let (here, mut there) = duplex(1000);
    let mut here = Deflate::new(here);
    here.begin(Vec::new());
    there.write_all(&[0xff; 40]).await.unwrap();
    assert_eq!(here.read(&mut [0; 10]).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
    let (here, there) = duplex(1000);
    let mut here = Deflate::new(here);
    here.begin(Vec::new());
    drop(there);
    assert_eq!(here.read(&mut [0; 10]).await.unwrap(), 0);
}
