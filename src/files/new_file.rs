//! A file at a path that the user chose: new, and whole or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, Write};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD};
#[cfg(target_os = "linux")]
use rustix::fs::{Mode, OFlags};

/// It has its name only when it is finished, where the file system can do that: a kill in the middle leaves nothing. Where
/// it cannot, it goes again unless it is finished.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    path: PathBuf,
    named: bool,
    finished: bool,
}

impl NewFile {
    /// What is there already, a link that leads nowhere too, stays as it is.
    pub fn create(path: &Path) -> io::Result<Self> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if let Some(file) = nameless(path) {
            return Ok(Self { file, path: path.to_owned(), named: false, finished: false });
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        Ok(Self { file, path: path.to_owned(), named: true, finished: false })
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
        if !self.named {
            // Fails if something has the name by now.
            rustix::fs::linkat(CWD, through_proc(&self.file), CWD, &self.path, AtFlags::SYMLINK_FOLLOW)?;
        }
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

/// A file in the folder of this path that has no name yet.
#[cfg(target_os = "linux")]
fn nameless(path: &Path) -> Option<File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR).ok()?);
    // Without this it could not be named at the end.
    fs::metadata(through_proc(&file)).is_ok().then_some(file)
}

#[cfg(not(target_os = "linux"))]
fn nameless(_: &Path) -> Option<File> {
    None
}

fn through_proc(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.named && !self.finished && self.is_mine() {
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
        let _ = fs::remove_file(&path);
        fs::write(&path, "theirs").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn f05_half_of_it_has_no_name_and_takes_nobodys() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("box");
        let mut file = NewFile::create(&path).unwrap();
        file.append(|file| file.write_all(b"half")).unwrap();
        assert!(file.named || !path.exists(), "a kill would leave it");
        if !file.named {
            fs::write(&path, "theirs").unwrap();
            assert_eq!(file.finish().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&path).unwrap(), b"theirs");
        }
    }

    #[test]
    fn f05_where_files_must_have_names_half_of_one_goes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("box");
        let named = || {
            let file = OpenOptions::new().write(true).create_new(true).open(&path).unwrap();
            NewFile { file, path: path.clone(), named: true, finished: false }
        };
        drop(named());
        assert!(!path.exists());
        named().finish().unwrap();
        assert!(path.exists());
    }
}
