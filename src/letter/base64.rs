//! Base64, for words of the head and for files. A file goes through in pieces: it is never held beside its encoding.

use std::io::{self, Read};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes that make one line of 76.
const LINE: usize = 57;

fn digit(bits: u8) -> u8 {
    ALPHABET.get(usize::from(bits & 63)).copied().unwrap_or(b'A')
}

fn add(bytes: &[u8], out: &mut Vec<u8>) {
    for three in bytes.chunks(3) {
        let four = match *three {
            [a, b, c] => [digit(a >> 2), digit(a << 4 | b >> 4), digit(b << 2 | c >> 6), digit(c)],
            [a, b] => [digit(a >> 2), digit(a << 4 | b >> 4), digit(b << 2), b'='],
            [a] => [digit(a >> 2), digit(a << 4), b'=', b'='],
            _ => continue,
        };
        out.extend_from_slice(&four);
    }
}

/// All of it on one line.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    add(bytes, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// How long the lines are that so many bytes become.
pub(super) fn length(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4).saturating_add(bytes.div_ceil(LINE).saturating_mul(2))
}

/// Everything that is read, in lines. It says how much that was; no more than `most` is taken.
pub(super) fn lines(from: &mut dyn Read, most: u64, out: &mut Vec<u8>) -> io::Result<u64> {
    let mut piece = vec![0; LINE * 512];
    let mut read = 0_u64;
    loop {
        let mut held = 0;
        while let Some(room) = piece.get_mut(held..).filter(|room| !room.is_empty()) {
            match from.read(room) {
                Ok(0) => break,
                Ok(more) => held += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        read = read.saturating_add(u64::try_from(held).unwrap_or(u64::MAX));
        if read > most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        for line in piece.get(..held).unwrap_or_default().chunks(LINE) {
            add(line, out);
            out.extend_from_slice(b"\r\n");
        }
        if held < piece.len() {
            return Ok(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_base64_that_everybody_has() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("\u{0}\u{7f}~?", "AH9+Pw==")]
        {
            assert_eq!(encode(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn a_file_becomes_lines() {
        for size in [0, 1, 56, 57, 58, LINE * 512 - 1, LINE * 512, LINE * 512 + 1] {
            let bytes: Vec<u8> = (0..=255).cycle().take(size).collect();
            let mut out = Vec::new();
            assert_eq!(lines(&mut bytes.as_slice(), 1 << 20, &mut out).unwrap(), size as u64);
            assert_eq!(out.len(), length(size));
            let text = String::from_utf8(out).unwrap();
            assert!(text.split("\r\n").all(|line| line.len() <= 76));
            assert_eq!(text.replace("\r\n", ""), encode(&bytes));
        }
        assert!(lines(&mut [0; 100].as_slice(), 99, &mut Vec::new()).is_err());
    }
}
