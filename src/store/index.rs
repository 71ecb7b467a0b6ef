//! search.db: every word of every message, and where it stands. It is derived from mail.db and can be removed at any time.
//!
//! What changed in mail.db has a number there. search.db holds up to which numbers it is, in the same transaction as the
//! words, so that neither file needs the other to be whole: whatever was lost of this one is cut again. New changes go
//! first; what was there before search.db was follows, the newest first.

mod finding;
mod newest;
mod progress;
mod scope;
mod thread;
mod writing;

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::mpsc;

use super::aside::{drop_set_aside, set_aside};
use super::open::open_database;
use super::{Reader, StoreError, writer};
use crate::model::Timestamp;
use crate::search::CUTTER;

pub use finding::{Finder, Hits};
pub use progress::ToIndex;
pub use thread::{FinderThread, Found};
pub use writing::{Entry, IndexWrite, IndexWriter, Words};

/// `hyse`.
const SEARCH_ID: i32 = 0x6879_7365;
const SEARCH_SCHEMA: &[&str] = &[include_str!("schema/search.sql")];
const FILE: &str = "search.db";
const BROKEN: &str = "search.db.broken";
/// Batches of a second or two; whoever makes them waits then.
const BACKLOG: usize = 4;

/// An open index.
#[derive(Debug)]
pub struct Index {
    pub writer: IndexWriter,
    /// Where a damaged one was put.
    pub set_aside: Option<PathBuf>,
}

impl Index {
    /// Opens search.db for writing, and makes it one of the mail.db that is there. The caller holds the profile's lock.
    pub fn open(profile: &Path, now: Timestamp) -> Result<Self, StoreError> {
        let file = profile.join(FILE);
        let broken = profile.join(BROKEN);
        let mail = Reader::open(profile)?;
        let opened = if broken.exists() { Err(StoreError::Damaged(file.clone())) } else { open(&file, &mail) };
        let (db, aside) = match opened {
            Ok(db) => {
                drop_set_aside(&file, Some(now));
                (db, None)
            }
            // One of a newer hongyan is made again by that.
            Err(error) if error.is_damage() || matches!(error, StoreError::Newer(_)) => {
                drop_set_aside(&file, None);
                let aside = set_aside(&file, now)?;
                let _ = fs::remove_file(&broken);
                (open(&file, &mail)?, aside.exists().then_some(aside))
            }
            Err(error) => return Err(error),
        };
        let (to, inbox) = mpsc::channel(BACKLOG);
        // Nobody is told of words.
        let (changes, _) = mpsc::unbounded_channel();
        let ended = writer::start(FILE, db, writing::IndexWork, inbox, changes)?;
        Ok(Self { writer: IndexWriter::new(to, ended), set_aside: aside })
    }
}

/// Notes that search.db turned out to be damaged while it was in use: the next start sets it aside.
pub fn mark_index_broken(profile: &Path) {
    // Should this fail, the damage is met and noted again.
    let _ = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(profile.join(BROKEN));
}

fn open(file: &Path, mail: &Reader) -> Result<Connection, StoreError> {
    // A mark that is lost with the power would leave holes that nobody looks for: each batch is on the disk.
    let db = open_database(file, SEARCH_ID, SEARCH_SCHEMA, "FULL")?;
    settle(&db, mail).map_err(|error| error.in_file(file))?;
    Ok(db)
}

/// Where nothing is known, or what is known is of another mail.db or was cut by other rules, all of it is to be cut.
fn settle(db: &Connection, mail: &Reader) -> Result<(), StoreError> {
    let known: Option<(String, u32, i64)> = db
        .query_row("SELECT mark, cutter, top FROM progress", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (mark, last) = mail.changes()?;
    let same_mail = known.as_ref().is_some_and(|(known, _, top)| *known == mark && *top <= last);
    if same_mail && known.is_some_and(|(_, cutter, _)| cutter == CUTTER) {
        return Ok(());
    }
    db.execute_batch("BEGIN IMMEDIATE")?;
    if !same_mail {
        db.execute_batch("INSERT INTO words(words) VALUES('delete-all'); DELETE FROM done;")?;
    }
    db.execute_batch("DELETE FROM progress")?;
    db.execute("INSERT INTO progress(mark, cutter, top, bottom) VALUES(?1, ?2, ?3, ?3)", params![mark, CUTTER, last])?;
    db.execute_batch("COMMIT")?;
    Ok(())
}
