//! A file at a path that the user chose: new, and whole or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Goes again unless it is finished.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    path: PathBuf,
    finished: bool,
}

impl NewFile {
    /// What is there already, a link that leads nowhere too, stays as it is.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        Ok(Self { file, path: path.to_owned(), finished: false })
    }

    /// Runs what writes; where it could not be read what it was to write, nothing of it stays.
    pub fn append<T, E: From<io::Error>>(&mut self, write: impl FnOnce(&mut File) -> Result<T, E>) -> Result<T, E> {
        let before = self.file.stream_position()?;
        let written = write(&mut self.file);
        if written.is_err() {
            self.file.set_len(before)?;
            self.file.seek(io::SeekFrom::Start(before))?;
        }
        written
    }

    /// Some disks tell only now that they are full.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.sync_all()?;
        self.finished = true;
        Ok(())
    }

    /// True if the path still leads to this file.
    fn is_mine(&self) -> bool {
        let same = |a: fs::Metadata, b: fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
        match (self.file.metadata(), fs::symlink_metadata(&self.path)) {
            (Ok(mine), Ok(there)) => same(mine, there),
            _ => false,
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.finished && self.is_mine() {
            // What cannot be removed is half a file that was told of.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn f05_it_is_there_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("box");
        let mut file = NewFile::create(&path).unwrap();
        file.append(|file| file.write_all(b"one")).unwrap();
        drop(file);
        assert!(!path.exists());
        let mut file = NewFile::create(&path).unwrap();
        file.append(|file| file.write_all(b"one")).unwrap();
        let half = file.append(|file| {
            file.write_all(b"half")?;
            Err::<(), _>(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert_eq!(half.unwrap_err().kind(), io::ErrorKind::StorageFull);
        file.append(|file| file.write_all(b" two")).unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn f02_what_is_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("box");
        symlink(dir.path().join("elsewhere"), &path).unwrap();
        assert_eq!(NewFile::create(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert!(!dir.path().join("elsewhere").exists());
        fs::remove_file(&path).unwrap();
        let file = NewFile::create(&path).unwrap();
        // Somebody else's by now.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "theirs").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
    }
}
