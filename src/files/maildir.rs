//! A Maildir: a file for each message, in `cur` and `new` of a folder and of the folders in it.
//!
//! Nothing but folders and files is looked at. Links lead out of it or round in circles, pipes and devices wait for ever.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Timespec, Timestamps};

use super::Folder;
use crate::model::{Flags, Timestamp};

/// Folders beyond this are not read.
const MOST_FOLDERS: usize = 10_000;
/// Nor are folders deeper than this.
const DEEPEST: usize = 32;
/// Entries of a folder that are looked through for folders in it.
const MOST_ENTRIES: usize = 100_000;

const FLAGS: [(u8, Flags); 6] = [
    (b'D', Flags::DRAFT),
    (b'F', Flags::FLAGGED),
    (b'P', Flags::FORWARDED),
    (b'R', Flags::ANSWERED),
    (b'S', Flags::SEEN),
    (b'T', Flags::DELETED),
];

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Maildir {
    pub folders: Vec<MaildirFolder>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MaildirFolder {
    /// The parts of its name, as bytes of anything; none for the folder that holds the others.
    pub name: Vec<Vec<u8>>,
    path: PathBuf,
}

/// A message as it lies there.
#[derive(Debug)]
pub struct Stored {
    pub file: File,
    pub size: u64,
    pub flags: Flags,
    /// When it was put there.
    pub arrival: Timestamp,
}

impl Maildir {
    /// `None` if there is nothing like it.
    pub fn open(root: &Path) -> io::Result<Option<Self>> {
        let mut folders = Vec::new();
        let mut waiting = VecDeque::from([(root.to_owned(), Vec::new())]);
        while let Some((path, name)) = waiting.pop_front() {
            if is_folder(&path.join("cur")) || is_folder(&path.join("new")) {
                folders.push(MaildirFolder { name: name.clone(), path: path.clone() });
            }
            if name.len() >= DEEPEST || folders.len() >= MOST_FOLDERS {
                continue;
            }
            let entries = match fs::read_dir(&path) {
                Ok(entries) => entries,
                Err(error) if name.is_empty() => return Err(error),
                // One that may not be read hides no other.
                Err(_) => continue,
            };
            let mut inner: Vec<OsString> = entries
                .take(MOST_ENTRIES)
                .flatten()
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|entry| entry.file_name())
                .filter(|name| !matches!(name.as_bytes(), b"cur" | b"new" | b"tmp"))
                .take(MOST_FOLDERS.saturating_sub(waiting.len()))
                .collect();
            inner.sort_unstable();
            waiting.extend(inner.into_iter().map(|entry| (path.join(&entry), [&name[..], &parts(&entry)].concat())));
        }
        Ok((!folders.is_empty()).then_some(Self { folders }))
    }
}

/// `.Work.2026` are two parts of a name.
fn parts(entry: &OsString) -> Vec<Vec<u8>> {
    match entry.as_bytes().strip_prefix(b".") {
        Some(dotted) => {
            dotted.split(|byte| *byte == b'.').filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect()
        }
        None => vec![entry.as_bytes().to_vec()],
    }
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_dir())
}

impl MaildirFolder {
    /// Its messages in no order, one after another: how many there are does not matter.
    pub fn messages(&self) -> impl Iterator<Item = io::Result<Stored>> + use<> {
        let shelves = ["new", "cur"].map(|shelf| self.path.join(shelf)).into_iter();
        shelves.filter(|shelf| is_folder(shelf)).flat_map(|shelf| Shelf::open(&shelf))
    }
}

/// `cur` or `new`, opened once.
struct Shelf {
    opened: std::os::fd::OwnedFd,
    entries: rustix::fs::Dir,
}

impl Shelf {
    fn open(path: &Path) -> Box<dyn Iterator<Item = io::Result<Stored>>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::open(path, flags, Mode::empty())
            .and_then(|opened| rustix::fs::Dir::read_from(&opened).map(|entries| Self { opened, entries }));
        match opened {
            Ok(shelf) => Box::new(shelf),
            Err(error) => Box::new(std::iter::once(Err(error.into()))),
        }
    }

    /// `None` if it is no file.
    fn stored(&self, name: &std::ffi::CStr) -> io::Result<Option<Stored>> {
        let about = rustix::fs::statat(&self.opened, name, AtFlags::SYMLINK_NOFOLLOW)?;
        if !FileType::from_raw_mode(about.st_mode).is_file() {
            return Ok(None);
        }
        // It may have become something else meanwhile.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::openat(&self.opened, name, flags, Mode::empty())?);
        let about = file.metadata()?;
        Ok(about.is_file().then(|| Stored {
            size: about.len(),
            flags: flags_of(name.to_bytes()),
            arrival: Timestamp(about.mtime()),
            file,
        }))
    }
}

impl Iterator for Shelf {
    type Item = io::Result<Stored>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let entry = match self.entries.next()? {
                Ok(entry) => entry,
                Err(error) => return Some(Err(error.into())),
            };
            // Hidden ones are none of ours.
            if entry.file_name().to_bytes().starts_with(b".") {
                continue;
            }
            match self.stored(entry.file_name()) {
                Ok(None) => {}
                Ok(Some(stored)) => return Some(Ok(stored)),
                // Another program has just moved it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// What stands behind `:2,`; some file systems cannot have the colon.
fn flags_of(name: &[u8]) -> Flags {
    let info = name.windows(3).rposition(|three| matches!(three, [b':' | b';' | b'!', b'2', b',']));
    let letters = info.and_then(|at| name.get(at + 3..)).unwrap_or_default();
    let set = FLAGS.iter().filter(|(letter, _)| letters.contains(letter));
    set.fold(Flags::NONE, |flags, (_, flag)| flags.with(*flag))
}

/// Puts messages into a Maildir.
#[derive(Debug)]
pub struct MaildirWriter {
    tmp: Folder,
    cur: Folder,
    /// What sets its files apart from those of others.
    mark: String,
    written: u64,
}

impl MaildirWriter {
    /// A new Maildir, or one that is there. Another folder with something in it is refused.
    pub fn open(path: &Path) -> io::Result<Self> {
        let folder = Folder::named(path)?;
        if !is_folder(&path.join("cur")) && !folder.is_empty()? {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is something else in the folder"));
        }
        let (tmp, cur) = (folder.inner("tmp")?, folder.inner("cur")?);
        folder.inner("new")?;
        let mut random = [0; 8];
        File::open("/dev/urandom")?.read_exact(&mut random)?;
        Ok(Self { tmp, cur, mark: format!("{:016x}", u64::from_ne_bytes(random)), written: 0 })
    }

    /// Adds a message; half of one is never seen.
    pub fn add(&mut self, flags: Flags, arrival: Timestamp, mut message: impl Read) -> io::Result<()> {
        let letters: String =
            FLAGS.iter().filter(|(_, flag)| flags.contains(*flag)).map(|(letter, _)| char::from(*letter)).collect();
        self.written += 1;
        let unique = format!("{}.M{}R{}.hongyan", arrival.0, self.written, self.mark);
        let mut file = self.tmp.new_file(&unique)?;
        let kept = io::copy(&mut message, &mut file).and_then(|_| {
            let at = Timespec { tv_sec: arrival.0, tv_nsec: 0 };
            // The time is a nicety that not every file system has.
            let _ = rustix::fs::futimens(&file, &Timestamps { last_access: at, last_modification: at });
            rustix::fs::renameat(&self.tmp, &unique, &self.cur, format!("{unique}:2,{letters}"))
                .map_err(io::Error::from)
        });
        if kept.is_err() {
            let _ = self.tmp.remove_file(&unique);
        }
        kept
    }

    /// The names of all of them are on the disk.
    pub fn end(self) -> io::Result<()> {
        self.cur.sync()
    }
}

/// A name of a folder for people, of which the bytes may be anything.
pub fn shown(name: &[Vec<u8>]) -> String {
    name.iter()
        .map(|part| OsString::from_vec(part.clone()).to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests;
