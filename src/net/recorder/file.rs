//! The file of the protocol: a line for each, in columns apart by tabs; and an older file beside it, so that it does not
//! grow for ever. More than one hongyan may write: each adds whole lines at the end.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::model::{Purpose, Timestamp, WireKind, WireLine, clock};
use crate::text::SafeText;

/// A file that is larger becomes the older one.
const LARGEST: u64 = 1024 * 1024;
/// After a failed write the file is left alone for so long.
const LEFT_ALONE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    open: Option<File>,
    not_before: Option<Instant>,
}

fn older(path: &Path) -> PathBuf {
    path.with_added_extension("1")
}

impl LogFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, open: None, not_before: None }
    }

    /// What cannot be written is not written.
    pub(super) fn append(&mut self, lines: &[WireLine]) {
        if self.not_before.is_some_and(|at| clock::instant() < at) {
            return;
        }
        let text: String = lines.iter().map(written).collect();
        self.not_before = self.write(text.as_bytes()).err().map(|_| clock::instant() + LEFT_ALONE);
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        // Somebody may have put it away meanwhile.
        let there = std::fs::metadata(&self.path).ok().map(|about| (about.dev(), about.ino()));
        self.open = self.open.take().filter(|open| {
            let ours = open.metadata().ok().map(|about| (about.dev(), about.ino()));
            ours.is_some() && ours == there
        });
        let mut file = match self.open.take() {
            Some(file) => file,
            None => OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?,
        };
        if file.metadata()?.len() >= LARGEST {
            std::fs::rename(&self.path, older(&self.path))?;
            file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?;
        }
        file.write_all(bytes)?;
        self.open = Some(file);
        Ok(())
    }
}

fn written(line: &WireLine) -> String {
    let at = jiff::Timestamp::from_second(line.at.0).map(|at| at.to_string()).unwrap_or_default();
    let count = line.kind.count().unwrap_or_default();
    let (account, purpose, kind) = (&line.account, line.purpose.code(), line.kind.code());
    format!("{at}\t{account}\t{purpose}\t{}\t{kind}\t{count}\t{}\n", line.number, line.text)
}

/// A line of the file; nothing for one that is none.
fn parsed(text: &str) -> Option<WireLine> {
    let mut columns = text.splitn(7, '\t');
    let at = columns.next()?.parse::<jiff::Timestamp>().ok()?;
    let account = SafeText::of(columns.next()?);
    let purpose = Purpose::from_code(columns.next()?)?;
    let number = columns.next()?.parse().ok()?;
    let kind = columns.next()?;
    let kind = WireKind::from_code(kind, columns.next()?.parse().ok()?)?;
    let text = SafeText::of(columns.next()?);
    Some(WireLine { at: Timestamp(at.as_second()), account, purpose, number, kind, text })
}

/// How far somebody has read.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Place {
    file: Option<(u64, u64)>,
    read: u64,
}

/// The lines after `place`, the oldest first, and the place to go on from. From the beginning, the older file is read
/// first. A file that is not there has no lines.
pub fn read(path: &Path, place: Place) -> std::io::Result<(Vec<WireLine>, Place)> {
    let mut lines = Vec::new();
    let there = std::fs::metadata(path).ok().map(|about| (about.dev(), about.ino()));
    let mut from = place.read;
    if place.file != there {
        // What is left of the file that we were in, which is the older one now; or all of that, at the beginning.
        let aside = older(path);
        let same = place
            .file
            .is_none_or(|file| std::fs::metadata(&aside).is_ok_and(|about| (about.dev(), about.ino()) == file));
        if same {
            take(&aside, place.read, &mut lines)?;
        }
        from = 0;
    }
    let read = take(path, from, &mut lines)?;
    Ok((lines, Place { file: there, read }))
}

/// Reads whole lines from a place on; the place after the last of them.
fn take(path: &Path, from: u64, into: &mut Vec<WireLine>) -> std::io::Result<u64> {
    use std::io::Seek as _;
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    file.seek(std::io::SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    // Nobody writes more; what is larger is not ours.
    file.take(4 * LARGEST).read_to_end(&mut bytes)?;
    let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
    let text = String::from_utf8_lossy(bytes.get(..whole).unwrap_or_default());
    into.extend(text.lines().filter_map(parsed));
    Ok(from + u64::try_from(whole).unwrap_or(0))
}
