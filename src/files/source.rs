//! What lies at a path that somebody names: a message, a mailbox in one file, or a Maildir.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use super::maildir::Maildir;

/// Blank lines before the first line are nobody's mail.
const LOOKED_AT: u64 = 64;

#[derive(Debug)]
pub enum Source {
    Message(File),
    Mbox(File),
    Maildir(Maildir),
}

impl Source {
    pub fn open(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Maildir::open(path)?.map(Self::Maildir).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidInput, "there is no Maildir in it (folders cur and new)")
            });
        }
        let file = open_regular(path)?;
        let mut begins = Vec::new();
        (&file).take(LOOKED_AT).read_to_end(&mut begins)?;
        io::Seek::rewind(&mut &file)?;
        Ok(if begins.trim_ascii_start().starts_with(b"From ") { Self::Mbox(file) } else { Self::Message(file) })
    }
}

/// A file, and nothing that waits when it is opened or never ends when it is read.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let opened = rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())?;
    let file = File::from(opened);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_path_is_what_it_holds() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("a.eml"), "Subject: s\n\nFrom here").unwrap();
        fs::write(at("box"), "From a@example.com Tue Nov 17 09:30:00 2026\nSubject: s\n\n").unwrap();
        fs::write(at("blank"), "\r\n\nFrom - Tue Nov 17 09:30:00 2026\nSubject: s\n\n").unwrap();
        fs::write(at("empty"), "").unwrap();
        fs::create_dir_all(at("mail/cur")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        assert!(matches!(Source::open(&at("a.eml")), Ok(Source::Message(_))));
        assert!(matches!(Source::open(&at("box")), Ok(Source::Mbox(_))));
        assert!(matches!(Source::open(&at("blank")), Ok(Source::Mbox(_))));
        assert!(matches!(Source::open(&at("empty")), Ok(Source::Message(_))));
        assert!(matches!(Source::open(&at("mail")), Ok(Source::Maildir(_))));
        assert!(Source::open(&at("folder")).is_err());
        assert!(Source::open(&at("missing")).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn f07_a_pipe_and_a_device_hold_nobody_up() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert!(open_regular(&pipe).is_err());
        assert!(open_regular(Path::new("/dev/zero")).is_err());
        assert!(open_regular(dir.path()).is_err());
    }
}
