//! Bytes that own.db speaks of and does not hold: own.db is looked through at every start and copied every day, so it
//! stays small. They are files of the profile, named by the hash of what is in them.
//!
//! A file is whole and on the disk before a row names it. A file that no row names was never promised to anybody.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{Spool, StoreError, blobs};

/// Nothing larger is taken out again; nothing larger was put in.
const LARGEST: u64 = 512 * 1024 * 1024;

/// One folder of them.
#[derive(Clone, Debug)]
pub(super) struct Cellar {
    folder: PathBuf,
    spool: Spool,
}

/// What to do with files that no row names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Orphans {
    Remove,
    /// The rows were lost: the files may be all that is left.
    SetAside,
}

impl Cellar {
    /// The messages on their way out.
    pub(super) fn outgoing(profile: &Path) -> Self {
        Self { folder: profile.join("outgoing"), spool: Spool::of(profile) }
    }

    /// What goes with drafts.
    pub(super) fn kept(profile: &Path) -> Self {
        Self { folder: profile.join("kept"), spool: Spool::of(profile) }
    }

    fn file(&self, hash: &str) -> PathBuf {
        self.folder.join(hash)
    }

    /// Puts the bytes on the disk. They are there, whatever happens then, when this returns.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<String, StoreError> {
        if u64::try_from(bytes.len()).map_or(true, |size| size > LARGEST) {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge).into());
        }
        let hash = blobs::hex(&Sha256::digest(bytes));
        if !self.folder.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
            sync_folder(self.folder.parent())?;
        }
        if self.get(&hash).is_err() {
            let (mut out, draft) = self.spool.named()?;
            let written =
                out.write_all(bytes).and_then(|()| out.sync_all()).and_then(|()| fs::rename(&draft, self.file(&hash)));
            if let Err(error) = written {
                let _ = fs::remove_file(&draft);
                return Err(error.into());
            }
        }
        sync_folder(Some(&self.folder))?;
        Ok(hash)
    }

    pub(super) fn has(&self, hash: &str) -> bool {
        is_hash(hash) && self.file(hash).is_file()
    }

    /// Every byte as it was put in, or none.
    pub(super) fn get(&self, hash: &str) -> Result<Vec<u8>, StoreError> {
        if !is_hash(hash) {
            return Err(StoreError::Gone);
        }
        let file = match File::open(self.file(hash)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(StoreError::Gone),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = Vec::new();
        file.take(LARGEST).read_to_end(&mut bytes)?;
        if blobs::hex(&Sha256::digest(&bytes)) == hash { Ok(bytes) } else { Err(StoreError::Damaged(self.file(hash))) }
    }

    pub(super) fn remove(&self, hash: &str) {
        if is_hash(hash) {
            // A file that is left behind goes at the next start.
            let _ = fs::remove_file(self.file(hash));
        }
    }

    /// At a start, before anybody puts anything in. Answers how many were set aside.
    pub(super) fn sweep(&self, wanted: &HashSet<String>, orphans: Orphans) -> Result<u64, StoreError> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(0) };
        let mut aside = 0;
        for entry in entries.flatten() {
            let name = entry.file_name();
            // What is called otherwise is not ours.
            let Some(hash) = name.to_str().filter(|name| is_hash(name) && !wanted.contains(*name)) else { continue };
            match orphans {
                Orphans::Remove => self.remove(hash),
                Orphans::SetAside => {
                    let left = self.left();
                    DirBuilder::new().recursive(true).mode(0o700).create(&left)?;
                    fs::rename(entry.path(), left.join(hash))?;
                    aside += 1;
                }
            }
        }
        Ok(aside)
    }

    /// Where files are put whose rows were lost.
    pub(super) fn left(&self) -> PathBuf {
        self.folder.with_extension("left")
    }
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn f04_what_is_put_in_comes_out_as_it_was_and_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let cellar = Cellar::outgoing(dir.path());
        let hash = cellar.put(b"the letter").unwrap();
        assert_eq!(cellar.put(b"the letter").unwrap(), hash);
        assert_eq!(cellar.get(&hash).unwrap(), b"the letter");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&dir.path().join("outgoing")), mode(&dir.path().join("outgoing").join(&hash))),
            (0o700, 0o600)
        );
        assert_eq!(fs::read_dir(dir.path().join("spool")).unwrap().count(), 0);
        assert!(matches!(cellar.get("../own.db"), Err(StoreError::Gone)));
    }

    #[test]
    fn bytes_that_somebody_changed_are_no_bytes_and_are_put_in_again() {
        let dir = tempfile::tempdir().unwrap();
        let cellar = Cellar::outgoing(dir.path());
        let hash = cellar.put(b"the letter").unwrap();
        fs::write(dir.path().join("outgoing").join(&hash), "the lettuce").unwrap();
        assert!(cellar.get(&hash).unwrap_err().is_damage());
        assert_eq!(cellar.put(b"the letter").unwrap(), hash);
        assert_eq!(cellar.get(&hash).unwrap(), b"the letter");
    }

    #[test]
    fn what_nobody_names_goes_or_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let cellar = Cellar::kept(dir.path());
        let (one, other) = (cellar.put(b"one").unwrap(), cellar.put(b"other").unwrap());
        fs::write(dir.path().join("kept").join("notes.txt"), "of the user").unwrap();
        let wanted = HashSet::from([one.clone()]);
        assert_eq!(cellar.sweep(&wanted, Orphans::SetAside).unwrap(), 1);
        assert_eq!(fs::read(cellar.left().join(&other)).unwrap(), b"other");
        cellar.sweep(&HashSet::new(), Orphans::Remove).unwrap();
        assert!(!cellar.has(&one) && dir.path().join("kept").join("notes.txt").exists());
    }
}
