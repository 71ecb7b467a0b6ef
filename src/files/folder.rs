//! A folder that was opened: what is done in it happens there, whatever its path leads to by now.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

/// For its owner alone.
const PRIVATE: Mode = Mode::RWXU;
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

#[derive(Debug)]
pub struct Folder {
    opened: OwnedFd,
    path: PathBuf,
}

impl Folder {
    /// The folder that the user names; made for its owner alone if it is not there. A link to a folder is followed only if
    /// the user or the system made it.
    pub fn named(path: &Path) -> io::Result<Self> {
        let flags = match rustix::fs::mkdir(path, PRIVATE) {
            Ok(()) => FOLDER | OFlags::NOFOLLOW,
            Err(Errno::EXIST) => {
                let about = rustix::fs::lstat(path)?;
                let mine = [0, rustix::process::geteuid().as_raw()].contains(&about.st_uid);
                if FileType::from_raw_mode(about.st_mode).is_symlink() && !mine {
                    return Err(io::Error::new(io::ErrorKind::PermissionDenied, "a link that somebody else made"));
                }
                FOLDER
            }
            Err(error) => return Err(error.into()),
        };
        let opened = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self { opened, path: path.to_owned() })
    }

    /// A folder in this one, made for its owner alone if it is not there. It must be one of our own: no link.
    pub fn inner(&self, name: &str) -> io::Result<Self> {
        match rustix::fs::mkdirat(&self.opened, name, PRIVATE) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        self.open_inner(name)
    }

    /// A folder in this one that was not there before.
    pub(super) fn new_inner(&self, name: &str) -> io::Result<Self> {
        rustix::fs::mkdirat(&self.opened, name, PRIVATE)?;
        self.open_inner(name)
    }

    fn open_inner(&self, name: &str) -> io::Result<Self> {
        let opened = rustix::fs::openat(&self.opened, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Self { opened, path: self.path.join(name) })
    }

    /// A new file, to be written by its owner and run by nobody. Whatever has the name already stays as it is.
    pub(super) fn new_file(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.opened, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    pub(super) fn remove_file(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.opened, name, AtFlags::empty())?)
    }

    /// What is written is on the disk, names and all.
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.opened)?)
    }

    /// True if nothing is in it.
    pub fn is_empty(&self) -> io::Result<bool> {
        let mut entries = rustix::fs::Dir::read_from(&self.opened)?;
        let strange = |name: &[u8]| !matches!(name, b"." | b"..");
        Ok(!entries.any(|entry| entry.is_ok_and(|entry| strange(entry.file_name().to_bytes()))))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.opened.as_fd()
    }
}
