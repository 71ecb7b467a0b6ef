//! The room that mail.db takes: what was removed is given back to the disk, a little at a time, while nobody writes.

use std::collections::HashSet;
use std::time::Duration;

use rusqlite::{Connection, params};

use super::MailWork;
use crate::model::clock;
use crate::store::shelves::Shelf;
use crate::store::{StoreError, blobs};

/// Pages given back at a time: a write that comes waits for some milliseconds.
const AT_ONCE: u32 = 256;

/// Fewer free pages than these are written on again soon.
const SPARE: u32 = 1024;

/// The end of the program is put off so long to give back what was forgotten.
const AT_THE_END: Duration = Duration::from_secs(3);

#[derive(Debug, Default)]
pub(super) struct Room {
    /// Something was forgotten since the last commit.
    pub(super) forgetting: bool,
    /// Something was forgotten, and not all of its room was given back.
    forgot: bool,
    giving: bool,
}

impl Room {
    /// After a commit: true if something was forgotten with it.
    pub(super) fn forgotten(&mut self) -> bool {
        let forgotten = std::mem::take(&mut self.forgetting);
        self.forgot |= forgotten;
        forgotten
    }

    /// Takes a step. True if there is another to take.
    pub(super) fn give_back(&mut self, db: &Connection) -> bool {
        let Ok(free) = free_pages(db) else { return false };
        if !self.giving && !self.forgot && free < SPARE {
            return false;
        }
        if free == 0 {
            // From the log into the file, so that it shrinks now; readers are not waited for.
            let _ = db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            (self.giving, self.forgot) = (false, false);
            return false;
        }
        self.giving = true;
        // A disk without room for the step: it is taken after the next write.
        if vacuum(db).is_err() || free_pages(db).is_ok_and(|left| left >= free) {
            self.giving = false;
            return false;
        }
        true
    }

    /// At the end: what was forgotten shall not lie in the file until the next start.
    pub(super) fn finish(&mut self, db: &Connection) {
        let until = clock::instant() + AT_THE_END;
        while self.forgot && clock::instant() < until && self.give_back(db) {}
    }
}

fn free_pages(db: &Connection) -> Result<u32, StoreError> {
    Ok(db.query_row("PRAGMA freelist_count", [], |row| row.get(0))?)
}

fn vacuum(db: &Connection) -> Result<(), StoreError> {
    let mut step = db.prepare_cached(&format!("PRAGMA incremental_vacuum({AT_ONCE})"))?;
    // Each row asked for frees a page.
    let mut pages = step.query([])?;
    while pages.next()?.is_some() {}
    Ok(())
}

/// Compares the files of bodies with what is known of them. A file that no message has goes; a message whose file is gone
/// has no body any more, and it is fetched again.
pub(super) fn compare(work: &mut MailWork, db: &Connection, shelf: &Shelf) -> Result<(), StoreError> {
    let mut find = db.prepare_cached("SELECT msg, sha256 FROM bigbody WHERE substr(sha256, 1, 1) = ?1")?;
    let known: Vec<(i64, String)> =
        find.query_map([shelf.digit.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let there: HashSet<&str> = shelf.files.iter().map(|(sha256, _)| sha256.as_str()).collect();
    for (message, sha256) in &known {
        // It may have come since the list was made.
        if !there.contains(sha256.as_str()) && !blobs::has_file(&work.bodies, sha256) {
            db.prepare_cached("DELETE FROM bigbody WHERE msg = ?1")?.execute([message])?;
            db.prepare_cached("UPDATE msg SET body = 0 WHERE id = ?1 AND body = 2")?.execute(params![message])?;
        }
    }
    let wanted: HashSet<&str> = known.iter().map(|(_, sha256)| sha256.as_str()).collect();
    let orphans = shelf.files.iter().filter(|(sha256, old)| *old && !wanted.contains(sha256.as_str()));
    work.abandoned.extend(orphans.map(|(sha256, _)| sha256.clone()));
    Ok(())
}
