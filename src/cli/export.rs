//! `hongyan export`: messages of the store into files that other programs read. What is not here yet is fetched; what
//! cannot be had is named, and the rest is written all the same.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::arguments::{Export, Form};
use super::fetch::fetch;
use super::ground::Ground;
use super::letter::{id, kept};
use super::list::{local, meant};
use super::output::{Ending, Meter, Out};
use super::sentences;
use crate::files::maildir::MaildirWriter;
use crate::files::{self, Folder, NewFile, mbox};
use crate::model::{BodyState, Failure, FailureKind, PlacementId, Row};
use crate::store::Reader;
use crate::text::SafeFileName;

/// Rows that are in memory at a time.
const AT_ONCE: usize = 500;

/// More names of missing messages help nobody.
const NAMED: usize = 20;

/// Of a subject so much becomes part of a file's name.
const LONGEST_SUBJECT: usize = 60;

pub(super) fn export(ground: &Ground, asked: &Export) -> Result<(), Ending> {
    let tongue = ground.tongue;
    let Some(form) = asked.form() else { return Ok(()) };
    let (placements, single) = placements(ground, asked)?;
    // Before anything is fetched: what is in the way is told at once.
    let mut sink = Sink::open(form, single).map_err(|error| not_saved(ground, form.path(), &error))?;
    let troubles = fetched(ground, &placements)?;
    let reader = reader(ground)?;
    let mut meter = Meter::new();
    let (mut written, mut missing) = (0_u64, Vec::new());
    for some in placements.chunks(AT_ONCE) {
        for row in reader.rows(some).map_err(|error| ground.stored(&error))? {
            match kept(&reader, &row) {
                Ok(Some(raw)) => {
                    sink.add(&row, &raw).map_err(|error| not_saved(ground, form.path(), &error))?;
                    written += 1;
                }
                Ok(None) | Err(_) => missing.push(row),
            }
        }
        let total = u64::try_from(placements.len()).unwrap_or(u64::MAX);
        meter.show(&sentences::files::exporting(tongue, written, total));
    }
    meter.clear();
    if written == 0 && !missing.is_empty() {
        // Nothing is worth keeping.
        drop(sink);
        return Err(Ending::Failed(told(ground, &missing, &troubles)));
    }
    sink.finish().map_err(|error| not_saved(ground, form.path(), &error))?;
    let mut out = Out::new();
    out.line(&sentences::files::exported(tongue, written, form.path()))?;
    out.end()?;
    if missing.is_empty() { Ok(()) } else { Err(Ending::Failed(told(ground, &missing, &troubles))) }
}

fn reader(ground: &Ground) -> Result<Reader, Ending> {
    ground.reader()?.ok_or_else(|| ground.failed(&Failure::lasting(FailureKind::Gone, "", "")))
}

fn not_saved(ground: &Ground, path: &Path, error: &io::Error) -> Ending {
    let said = error.to_string();
    Ending::because(sentences::files::not_saved(ground.tongue, &path.to_string_lossy(), error.kind(), &said))
}

/// What is meant, the oldest first, and whether it is a single message.
fn placements(ground: &Ground, asked: &Export) -> Result<(Vec<PlacementId>, bool), Ending> {
    let gone = || ground.failed(&Failure::lasting(FailureKind::Gone, "", ""));
    let reader = reader(ground)?;
    if let Some(placement) = id(asked.what.as_ref()) {
        let rows = reader.rows(&[placement]).map_err(|error| ground.stored(&error))?;
        return if rows.is_empty() { Err(gone()) } else { Ok((vec![placement], true)) };
    }
    let accounts = ground.accounts(asked.account.as_deref())?;
    let Some(folders) = meant(ground, &reader, &accounts, &asked.what)? else {
        return Err(Ending::because(sentences::nothing_yet(ground.tongue)));
    };
    let mut order = Vec::new();
    for (_, folder) in folders {
        order.extend(reader.order(folder.id).map_err(|error| ground.stored(&error))?);
    }
    order.reverse();
    order.sort_by_key(|entry| entry.arrival);
    Ok((order.into_iter().map(|entry| entry.placement).collect(), false))
}

/// Fetches what is not here. Answers why something could not be had, each reason once.
fn fetched(ground: &Ground, placements: &[PlacementId]) -> Result<Vec<String>, Ending> {
    let reader = reader(ground)?;
    let mut absent = Vec::new();
    for some in placements.chunks(AT_ONCE) {
        let rows = reader.rows(some).map_err(|error| ground.stored(&error))?;
        let rows = rows.iter().filter(|row| row.body == BodyState::Absent && !row.only_here);
        absent.extend(rows.map(|row| row.placement));
    }
    if absent.is_empty() {
        return Ok(Vec::new());
    }
    let mut troubles: Vec<String> = Vec::new();
    for (_, failure) in fetch(ground, &absent)? {
        let sentence = sentences::failure(ground.tongue, &failure);
        if !troubles.contains(&sentence) {
            troubles.push(sentence);
        }
    }
    Ok(troubles)
}

fn told(ground: &Ground, missing: &[Row], troubles: &[String]) -> Vec<String> {
    let mut lines = troubles.to_vec();
    lines.extend(
        missing
            .iter()
            .take(NAMED)
            .map(|row| sentences::files::not_exported(ground.tongue, row.placement.0, row.subject.as_untrusted())),
    );
    if let Some(more) = missing.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(sentences::files::more_not_exported(ground.tongue, more));
    }
    lines
}

impl Form<'_> {
    fn path(&self) -> &Path {
        match self {
            Self::Mbox(path) | Self::Maildir(path) | Self::Eml(path) => path,
        }
    }
}

/// Where messages go.
enum Sink {
    Mbox(NewFile),
    Maildir(MaildirWriter),
    File(NewFile),
    Folder(Folder),
}

impl Sink {
    fn open(form: Form<'_>, single: bool) -> io::Result<Self> {
        Ok(match form {
            Form::Mbox(path) => Self::Mbox(NewFile::create(path)?),
            Form::Maildir(path) => Self::Maildir(MaildirWriter::open(path)?),
            Form::Eml(path) if single && !path.is_dir() => Self::File(NewFile::create(path)?),
            Form::Eml(path) => Self::Folder(Folder::named(path)?),
        })
    }

    fn add(&mut self, row: &Row, raw: &[u8]) -> io::Result<()> {
        match self {
            Self::Mbox(file) => file.append(|file: &mut File| {
                let mut file = BufWriter::new(file);
                mbox::write(&mut file, row.from.address.as_untrusted(), row.arrival, raw)?;
                file.flush()
            }),
            Self::Maildir(maildir) => maildir.add(row.flags, row.arrival, raw),
            Self::File(file) => file.append(|file: &mut File| file.write_all(raw)),
            Self::Folder(folder) => files::save(folder, &file_name(row), raw).map(|_| ()),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Mbox(file) | Self::File(file) => file.finish(),
            Self::Maildir(maildir) => maildir.end(),
            Self::Folder(_) => Ok(()),
        }
    }
}

/// `2026-11-17 周末去爬山吗？-17.eml`: in order, and never the same twice.
fn file_name(row: &Row) -> SafeFileName {
    let day: String = local(row.date, &jiff::tz::TimeZone::system()).chars().take(10).collect();
    let subject: String = row.subject.as_untrusted().chars().take(LONGEST_SUBJECT).collect();
    // A slash would cut off what stands before it.
    let subject = subject.replace(['/', '\\'], "_");
    SafeFileName::of(&format!("{day} {subject}-{}.eml", row.placement.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Address, Flags, FolderId, Kind, MessageId, ThreadId, Timestamp};
    use crate::text::Text;

    #[test]
    fn f01_a_subject_becomes_a_harmless_name() {
        let row = |subject: &str| Row {
            placement: PlacementId(17),
            message: MessageId(1),
            account: AccountId(1),
            folder: FolderId(1),
            uid: None,
            from: Address::default(),
            to: Address::default(),
            subject: Text::new(subject),
            date: Timestamp(1_700_000_000),
            arrival: Timestamp(0),
            size: 0,
            flags: Flags::NONE,
            pending: false,
            attachments: false,
            body: BodyState::Here,
            only_here: false,
            kind: Kind::default(),
            thread: ThreadId::default(),
            conversation: None,
        };
        let name = |subject: &str| file_name(&row(subject)).as_str().to_owned();
        assert!(name("周末去爬山吗？").ends_with(" 周末去爬山吗？-17.eml"));
        assert!(name("../../etc/passwd\u{202e}").ends_with(".._.._etc_passwd-17.eml"));
        assert!(name("").ends_with(" -17.eml"));
        assert!(name(&"字".repeat(1_000)).ends_with("字-17.eml"));
    }
}
