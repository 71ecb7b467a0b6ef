//! Bodies: raw bytes in, raw bytes out. Small ones are compressed rows, large ones files named by their content.

use std::fmt;
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{Spool, StoreError, Whole};

/// From here on a body is a file of its own.
const BIG: usize = 1024 * 1024;
const LEVEL: i32 = 3;
/// No message is larger than this; a blob that claims more is damaged.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Nobody reads more of a message than this; what comes after it is an attachment.
pub(super) const SHOWN: u64 = crate::model::SHOWN as u64;

/// A body as it is stored.
#[derive(Debug)]
pub(super) enum Packed {
    Row { size: i64, z: Vec<u8> },
    File { size: i64, sha256: String },
}

/// Compresses a body; a large one is on the disk, synced and named, before this returns.
pub(super) fn pack(bodies: &Path, spool: &Spool, whole: &Whole) -> Result<Packed, StoreError> {
    match whole {
        Whole::Bytes(raw) if raw.len() < BIG => {
            let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
            Ok(Packed::Row { size, z: zstd::bulk::compress(raw, LEVEL)? })
        }
        Whole::Bytes(raw) => file_away(bodies, spool, raw.as_slice()),
        Whole::File(spooled) => file_away(bodies, spool, spooled.reader()?),
    }
}

/// Bytes on their way, counted and hashed.
struct Weighed<R> {
    from: R,
    hash: Sha256,
    size: u64,
}

impl<R: Read> Read for Weighed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(into)?;
        self.hash.update(into.get(..length).unwrap_or_default());
        self.size += u64::try_from(length).unwrap_or(0);
        Ok(length)
    }
}

/// Nothing of it stays in memory. Its name is known only at its end, so it is written under another one.
fn file_away(bodies: &Path, spool: &Spool, raw: impl Read) -> Result<Packed, StoreError> {
    let (out, draft) = spool.named()?;
    let filed = file_draft(bodies, raw, out, &draft);
    if filed.is_err() {
        let _ = fs::remove_file(&draft);
    }
    filed
}

fn file_draft(bodies: &Path, raw: impl Read, mut out: File, draft: &Path) -> Result<Packed, StoreError> {
    let mut weighed = Weighed { from: raw, hash: Sha256::new(), size: 0 };
    zstd::stream::copy_encode(&mut weighed, &mut out, LEVEL)?;
    out.sync_all()?;
    let size = i64::try_from(weighed.size).unwrap_or(i64::MAX);
    let sha256 = hex(&weighed.hash.finalize());
    let path = file(bodies, &sha256);
    if path.exists() {
        fs::remove_file(draft)?;
    } else {
        let folder = path.parent().unwrap_or(bodies);
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        fs::rename(draft, &path)?;
        File::open(folder)?.sync_all()?;
    }
    Ok(Packed::File { size, sha256 })
}

/// As much of a body as anybody shows.
pub(super) fn unpack(z: impl BufRead, size: i64) -> Result<Vec<u8>, StoreError> {
    let size = u64::try_from(size).ok().filter(|s| *s <= LARGEST).ok_or(StoreError::Damaged(PathBuf::new()))?;
    let mut raw = Vec::with_capacity(usize::try_from(size.min(SHOWN)).unwrap_or(0));
    zstd::Decoder::with_buffer(z)?.take(size.saturating_add(1).min(SHOWN)).read_to_end(&mut raw)?;
    Ok(raw)
}

/// Every byte of a message that is here, as it is read. The number of bytes is known before.
pub struct WholeBody {
    from: Box<dyn Read + Send>,
    size: u64,
    left: u64,
}

impl WholeBody {
    pub(super) fn of_row(z: Vec<u8>, size: i64) -> Result<Self, StoreError> {
        Self::of(io::Cursor::new(z), size)
    }

    pub(super) fn of_file(bodies: &Path, sha256: &str, size: i64) -> Result<Self, StoreError> {
        Self::of(BufReader::new(File::open(file(bodies, sha256))?), size)
    }

    fn of(z: impl BufRead + Send + 'static, size: i64) -> Result<Self, StoreError> {
        let size = u64::try_from(size).ok().filter(|s| *s <= LARGEST).ok_or(StoreError::Damaged(PathBuf::new()))?;
        Ok(Self { from: Box::new(zstd::Decoder::with_buffer(z)?), size, left: size })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// All of it, in memory.
    pub fn bytes(mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size.min(SHOWN)).unwrap_or(0));
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl fmt::Debug for WholeBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WholeBody({} of {} bytes left)", self.left, self.size)
    }
}

impl Read for WholeBody {
    /// What is shorter or longer than it should be is damaged, and no message.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(into)?;
        let other_size = || io::Error::new(io::ErrorKind::InvalidData, "a stored message has another size than it had");
        match u64::try_from(length).unwrap_or(u64::MAX) {
            0 if self.left > 0 && !into.is_empty() => Err(other_size()),
            read => {
                self.left = self.left.checked_sub(read).ok_or_else(other_size)?;
                Ok(length)
            }
        }
    }
}

pub(super) fn read_file(bodies: &Path, sha256: &str, size: i64) -> Result<Vec<u8>, StoreError> {
    unpack(BufReader::new(File::open(file(bodies, sha256))?), size)
}

/// What a file in `bodies/` is.
pub(super) enum Sort<'a> {
    /// A body, by its hash.
    Body(&'a str),
    Draft,
}

pub(super) fn sort(name: &str) -> Option<Sort<'_>> {
    let (stem, kind) = name.split_once('.')?;
    match kind {
        "zst" if stem.len() == 64 => Some(Sort::Body(stem)),
        "part" => Some(Sort::Draft),
        _ => None,
    }
}

pub(super) fn has_file(bodies: &Path, sha256: &str) -> bool {
    file(bodies, sha256).exists()
}

pub(super) fn remove_file(bodies: &Path, sha256: &str) {
    // A file that is left behind costs room and nothing else.
    let _ = fs::remove_file(file(bodies, sha256));
}

fn file(bodies: &Path, sha256: &str) -> PathBuf {
    let shelf = sha256.get(..2).unwrap_or("00");
    bodies.join(shelf).join(format!("{sha256}.zst"))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(dir: &Path, whole: &Whole) -> Vec<u8> {
        match pack(&dir.join("bodies"), &Spool::of(dir), whole).unwrap() {
            Packed::Row { size, z } => unpack(z.as_slice(), size).unwrap(),
            Packed::File { size, sha256 } => read_file(&dir.join("bodies"), &sha256, size).unwrap(),
        }
    }

    #[test]
    fn small_and_large_bodies_come_back() {
        let dir = tempfile::tempdir().unwrap();
        for size in [0, 10, BIG - 1, BIG, BIG * 3] {
            let raw: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let mut spooled = Spool::of(dir.path()).begin().unwrap();
            raw.chunks(10_000).for_each(|chunk| spooled.append(chunk).unwrap());
            assert_eq!(back(dir.path(), &Whole::File(spooled)), raw);
            assert_eq!(back(dir.path(), &Whole::Bytes(raw.clone())), raw);
        }
        // Under the name of its content, once, and nothing is left of its drafts.
        assert_eq!(fs::read_dir(dir.path().join("spool")).unwrap().count(), 0);
    }

    #[test]
    fn a_whole_body_is_every_byte_or_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let raw: Vec<u8> = (0..20 * BIG).map(|i| u8::try_from(i % 251).unwrap()).collect();
        let mut spooled = Spool::of(dir.path()).begin().unwrap();
        raw.chunks(1 << 20).for_each(|chunk| spooled.append(chunk).unwrap());
        let bodies = dir.path().join("bodies");
        let packed = pack(&bodies, &Spool::of(dir.path()), &Whole::File(spooled)).unwrap();
        let Packed::File { size, sha256 } = packed else { panic!("{packed:?}") };
        let body = WholeBody::of_file(&bodies, &sha256, size).unwrap();
        assert_eq!((body.size(), body.bytes().unwrap() == raw), (20 * 1024 * 1024, true));
        for wrong in [size - 1, size + 1] {
            assert!(WholeBody::of_file(&bodies, &sha256, wrong).unwrap().bytes().is_err(), "{wrong}");
        }
        let Packed::Row { size, z } = pack(&bodies, &Spool::of(dir.path()), &Whole::Bytes(b"abc".to_vec())).unwrap()
        else {
            panic!()
        };
        assert_eq!(WholeBody::of_row(z, size).unwrap().bytes().unwrap(), b"abc");
    }

    #[test]
    fn nobody_reads_more_than_is_shown() {
        let dir = tempfile::tempdir().unwrap();
        let mut spooled = Spool::of(dir.path()).begin().unwrap();
        let chunk: Vec<u8> = (0..1024 * 1024_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        for _ in 0..20 {
            spooled.append(&chunk).unwrap();
        }
        let beginning = back(dir.path(), &Whole::File(spooled));
        assert_eq!(u64::try_from(beginning.len()).unwrap(), SHOWN);
        assert!(beginning.starts_with(&chunk) && beginning.ends_with(&chunk));
    }
}
