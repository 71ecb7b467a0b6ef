//! What was learned of servers, for whoever wants to see it: what each one does not keep, what made us believe it, and
//! since when.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::own::FORGOTTEN;
use super::{StoreError, accounts};
use crate::model::{Quirk, Takes, Timestamp};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Learned {
    pub quirk: Quirk,
    /// In our words, perhaps with some of the server's; not safe to show yet.
    pub evidence: String,
    pub at: Timestamp,
}

/// Under this word stands what the server for sending takes, among what was learned: it is forgotten in the same time.
const TAKES: &str = "sending-takes";

pub(super) fn takes(db: &Connection, account: &str, takes: Takes, at: Timestamp) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO learned(account, quirk, evidence, at) VALUES(?1, ?2, ?3, ?4)")?
        .execute(params![accounts::id_of(db, account)?, TAKES, takes.words(), at.0])?;
    Ok(())
}

/// What it was when somebody asked last, if that is not too long ago.
pub(super) fn taken(db: &Connection, account: &str, now: Timestamp) -> Result<Option<Takes>, StoreError> {
    let mut find = db.prepare_cached(
        "SELECT l.evidence FROM learned l JOIN account a ON a.id = l.account
         WHERE a.name = ?1 AND l.quirk = ?2 AND l.at >= ?3",
    )?;
    let words: Option<String> =
        find.query_row(params![account, TAKES, now.0 - FORGOTTEN], |row| row.get(0)).optional()?;
    Ok(words.map(|words| Takes::from_words(&words)))
}

impl Learned {
    /// What counts for an account now, the oldest first. Nothing if nothing was ever kept in this profile.
    pub fn of(profile: &Path, account: &str, now: Timestamp) -> Result<Vec<Self>, StoreError> {
        let file = profile.join("own.db");
        if !file.exists() {
            return Ok(Vec::new());
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(file, flags)?;
        db.busy_timeout(std::time::Duration::from_secs(2))?;
        // An older hongyan made the file, or it is being made right now.
        if !db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'learned'")?.exists([])? {
            return Ok(Vec::new());
        }
        // The older ones knew accounts by their names.
        let mut find = if db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'account'")?.exists([])? {
            db.prepare(
                "SELECT l.quirk, l.evidence, l.at FROM learned l JOIN account a ON a.id = l.account
                 WHERE a.name = ?1 AND l.at >= ?2 ORDER BY l.at, l.quirk",
            )?
        } else {
            db.prepare("SELECT quirk, evidence, at FROM learned WHERE account = ?1 AND at >= ?2 ORDER BY at, quirk")?
        };
        let rows = find.query_map(params![account, now.0 - FORGOTTEN], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, Timestamp(row.get(2)?)))
        })?;
        let mut learned = Vec::new();
        for row in rows {
            let (code, evidence, at) = row?;
            // One that an older hongyan knew under another name does not count.
            learned.extend(Quirk::from_code(&code).map(|quirk| Self { quirk, evidence, at }));
        }
        Ok(learned)
    }
}
