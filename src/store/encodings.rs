//! In which encoding the mail of a sender is to be read: what the user chose once, by the address.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::StoreError;

/// More choices than these are not remembered; the oldest is forgotten.
const MOST: i64 = 10_000;

/// No address is longer.
const LONGEST_SENDER: usize = 320;

/// A read-only look at what was chosen. To choose, write [`OwnWrite::Encoding`](super::OwnWrite::Encoding).
#[derive(Debug)]
pub struct Encodings {
    db: Connection,
}

impl Encodings {
    /// `None` if nothing was ever chosen in this profile.
    pub fn open(profile: &Path) -> Result<Option<Self>, StoreError> {
        let file = profile.join("own.db");
        if !file.exists() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(file, flags)?;
        db.busy_timeout(std::time::Duration::from_secs(2))?;
        // An older hongyan made the file, and nobody who may write has opened it since.
        let is_there = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'encoding'")?.exists([])?;
        Ok(is_there.then_some(Self { db }))
    }

    /// What was chosen for mail from this address.
    pub fn of(&self, sender: &str) -> Result<Option<String>, StoreError> {
        let Some(sender) = known_as(sender) else { return Ok(None) };
        let mut find = self.db.prepare_cached("SELECT charset FROM encoding WHERE sender = ?1")?;
        Ok(find.query_row([sender], |row| row.get(0)).optional()?)
    }
}

/// Remembers or forgets a choice.
pub(super) fn choose(db: &Connection, sender: &str, charset: Option<&str>) -> Result<(), StoreError> {
    let Some(sender) = known_as(sender) else { return Ok(()) };
    db.prepare_cached("DELETE FROM encoding WHERE sender = ?1")?.execute([&sender])?;
    let Some(charset) = charset else { return Ok(()) };
    db.prepare_cached("INSERT INTO encoding(sender, charset) VALUES(?1, ?2)")?.execute(params![sender, charset])?;
    db.prepare_cached(
        "DELETE FROM encoding WHERE rowid IN
           (SELECT rowid FROM encoding ORDER BY rowid LIMIT max(0, (SELECT count(*) FROM encoding) - ?1))",
    )?
    .execute([MOST])?;
    Ok(())
}

/// How an address is written here; `None` if it is none.
fn known_as(sender: &str) -> Option<String> {
    let sender = sender.trim().to_lowercase();
    (sender.contains('@') && sender.len() <= LONGEST_SENDER).then_some(sender)
}
