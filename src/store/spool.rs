//! Where a large message is while it comes in, so that nobody holds it in memory.
//!
//! Its file is private and loses its name as soon as it is open: whatever happens to us, the room is given back.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Names that are tried before somebody else's files are in the way for good.
const NAMES: u32 = 1_000;

/// The folder of the profile for files that are not whole yet.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
}

impl Spool {
    pub fn of(profile: &Path) -> Self {
        Self { folder: profile.join("spool") }
    }

    /// Removes what a hongyan left behind that was killed. Only for whoever holds the profile.
    pub(super) fn sweep(&self) {
        // What cannot be removed costs room and nothing else.
        let _ = fs::remove_dir_all(&self.folder);
    }

    /// A new file, with its name.
    pub(super) fn named(&self) -> io::Result<(File, PathBuf)> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let mut failed = io::Error::from(io::ErrorKind::AlreadyExists);
        for number in 0..NAMES {
            let path = self.folder.join(format!("{number}.part"));
            match OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok((file, path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => failed = error,
                Err(error) => return Err(error),
            }
        }
        Err(failed)
    }

    /// A new file that nobody else can find.
    pub fn begin(&self) -> io::Result<Spooled> {
        let (file, path) = self.named()?;
        fs::remove_file(path)?;
        Ok(Spooled { file, size: 0 })
    }
}

/// A message on the disk. It is gone when this is dropped.
#[derive(Debug)]
pub struct Spooled {
    file: File,
    size: u64,
}

impl Spooled {
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.size += u64::try_from(bytes.len()).unwrap_or(0);
        Ok(())
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// From its beginning.
    pub(super) fn reader(&self) -> io::Result<impl Read> {
        let mut file = &self.file;
        file.rewind()?;
        Ok(BufReader::with_capacity(64 * 1024, file))
    }
}

/// A message as a whole, wherever it is.
pub enum Whole {
    Bytes(Vec<u8>),
    File(Spooled),
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whole({} bytes)", self.size())
    }
}

impl Whole {
    pub fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::File(spooled) => spooled.size,
        }
    }

    /// Hands on its bytes in small portions, one after the other.
    pub fn each(&self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => take(bytes),
            Self::File(spooled) => {
                let mut reader = spooled.reader()?;
                let mut portion = vec![0; 64 * 1024];
                loop {
                    match reader.read(&mut portion)? {
                        0 => return Ok(()),
                        length => take(portion.get(..length).unwrap_or_default())?,
                    }
                }
            }
        }
    }

    /// The beginning of it, as much as anybody shows.
    pub fn beginning(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::File(spooled) => {
                let most = super::blobs::SHOWN.min(spooled.size);
                let mut beginning = Vec::with_capacity(usize::try_from(most).unwrap_or(0));
                spooled.reader()?.take(most).read_to_end(&mut beginning)?;
                Ok(beginning)
            }
        }
    }
}

impl PartialEq for Whole {
    /// The same bytes; what cannot be read is equal to nothing.
    fn eq(&self, other: &Self) -> bool {
        if self.size() != other.size() {
            return false;
        }
        match (self, other) {
            (Self::Bytes(one), Self::Bytes(other)) => one == other,
            (Self::File(one), Self::File(other)) => digest(one).is_some_and(|one| Some(one) == digest(other)),
            (Self::Bytes(_), Self::File(_)) | (Self::File(_), Self::Bytes(_)) => false,
        }
    }
}

fn digest(of: &Spooled) -> Option<Vec<u8>> {
    use sha2::Digest as _;

    let mut reader = of.reader().ok()?;
    let mut hash = sha2::Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut chunk).ok()? {
            0 => return Some(hash.finalize().to_vec()),
            length => hash.update(chunk.get(..length)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn f04_what_is_spooled_is_private_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::of(dir.path());
        let mut one = spool.begin().unwrap();
        let mut other = spool.begin().unwrap();
        one.append(b"one").unwrap();
        other.append(b"other").unwrap();
        let left = fs::read_dir(dir.path().join("spool")).unwrap().count();
        assert_eq!(left, 0, "its name is gone at once");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir.path().join("spool")), 0o700);
        let (_, path) = spool.named().unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(Whole::File(one).beginning().unwrap(), b"one");
        spool.sweep();
        assert!(!path.exists());
        assert_eq!(Whole::File(other).beginning().unwrap(), b"other");
    }

    #[test]
    fn f05_where_nothing_can_be_written_is_told() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("spool"), "in the way").unwrap();
        assert!(Spool::of(dir.path()).begin().is_err());
    }
}
