//! Bodies: raw bytes in, raw bytes out. Small ones are compressed rows, large ones files named by their content.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::StoreError;

/// From here on a body is a file of its own.
const BIG: usize = 1024 * 1024;
const LEVEL: i32 = 3;
/// No message is larger than this; a blob that claims more is damaged.
const LARGEST: u64 = 512 * 1024 * 1024;

/// A body as it is stored.
#[derive(Debug)]
pub(super) enum Packed {
    Row { size: i64, z: Vec<u8> },
    File { size: i64, sha256: String },
}

/// Compresses a body; a large one is on the disk, synced and named, before this returns.
pub(super) fn pack(bodies: &Path, raw: &[u8]) -> Result<Packed, StoreError> {
    let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
    let z = zstd::bulk::compress(raw, LEVEL)?;
    if raw.len() < BIG {
        return Ok(Packed::Row { size, z });
    }
    let sha256 = hex(&Sha256::digest(raw));
    let path = file(bodies, &sha256);
    if !path.exists() {
        let folder = path.parent().unwrap_or(bodies);
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let draft = path.with_extension("part");
        let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        out.write_all(&z)?;
        out.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(folder)?.sync_all()?;
    }
    Ok(Packed::File { size, sha256 })
}

pub(super) fn unpack(z: &[u8], size: i64) -> Result<Vec<u8>, StoreError> {
    let size = u64::try_from(size).ok().filter(|s| *s <= LARGEST).ok_or(StoreError::Damaged(PathBuf::new()))?;
    let mut raw = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    zstd::Decoder::new(z)?.take(size.saturating_add(1)).read_to_end(&mut raw)?;
    Ok(raw)
}

pub(super) fn read_file(bodies: &Path, sha256: &str, size: i64) -> Result<Vec<u8>, StoreError> {
    unpack(&fs::read(file(bodies, sha256))?, size)
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

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_bodies_come_back() {
        let dir = tempfile::tempdir().unwrap();
        for size in [0, 10, BIG - 1, BIG, BIG * 3] {
            let raw: Vec<u8> = (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let back = match pack(dir.path(), &raw).unwrap() {
                Packed::Row { size, z } => unpack(&z, size).unwrap(),
                Packed::File { size, sha256 } => read_file(dir.path(), &sha256, size).unwrap(),
            };
            assert_eq!(back, raw);
        }
    }
}
