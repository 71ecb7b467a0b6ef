//! COMPRESS=DEFLATE: two streams of raw deflate, one each way.

use std::io;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

/// Room that is made for what comes out.
const ROOM: usize = 16 * 1024;

pub(super) struct Deflate {
    out: Compress,
    into: Decompress,
}

impl Deflate {
    pub(super) fn new() -> Self {
        Self { out: Compress::new(Compression::default(), false), into: Decompress::new(false) }
    }

    /// All of it, so that the other side can read it without waiting for more.
    pub(super) fn pack(&mut self, mut bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut packed = Vec::new();
        loop {
            packed.reserve(ROOM);
            let before = self.out.total_in();
            self.out.compress_vec(bytes, &mut packed, FlushCompress::Sync).map_err(io::Error::other)?;
            bytes = rest(bytes, self.out.total_in() - before);
            if bytes.is_empty() && packed.len() < packed.capacity() {
                return Ok(packed);
            }
        }
    }

    pub(super) fn unpack(&mut self, mut bytes: &[u8], into: &mut Vec<u8>) -> io::Result<()> {
        loop {
            into.reserve(ROOM);
            let (before, length) = (self.into.total_in(), into.len());
            self.into.decompress_vec(bytes, into, FlushDecompress::None).map_err(io::Error::other)?;
            let eaten = self.into.total_in() - before;
            bytes = rest(bytes, eaten);
            if into.len() < into.capacity() && bytes.is_empty() || eaten == 0 && into.len() == length {
                return Ok(());
            }
        }
    }
}

fn rest(bytes: &[u8], eaten: u64) -> &[u8] {
    usize::try_from(eaten).ok().and_then(|eaten| bytes.get(eaten..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again_at_once() {
        let (mut here, mut there) = (Deflate::new(), Deflate::new());
        let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for bytes in [&b"* OK\r\n"[..], b"", &vec![b'x'; 300_000], &noise] {
            let packed = here.pack(bytes).unwrap();
            let mut read = Vec::new();
            for piece in packed.chunks(777) {
                there.unpack(piece, &mut read).unwrap();
            }
            assert!(read == bytes, "{} of {} bytes", read.len(), bytes.len());
        }
    }
}
