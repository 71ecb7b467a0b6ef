//! A copy of own.db that takes the place of a damaged one: what it wants may have been done since it was made.
//!
//! Nothing of it is done unasked. Wants are kept, counted and told; of a letter that waited nobody knows whether it went.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rusqlite::Connection;

use super::StoreError;
use crate::model::Timestamp;

/// What nobody knows of.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Doubts {
    pub(super) wants: u64,
    pub(super) letters: u64,
}

/// Puts the copy in the place of the file, which is gone. Its doubts are in it before it is there: whoever opens it, after
/// whatever came between, finds nothing to do.
pub(super) fn put_back(
    copy: &Path,
    file: &Path,
    now: Timestamp,
    open: impl Fn(&Path) -> Result<Connection, StoreError>,
) -> Result<Doubts, StoreError> {
    let draft = file.with_extension("db.restoring");
    for tail in ["", "-wal", "-shm", "-journal"] {
        let mut left = draft.clone().into_os_string();
        left.push(tail);
        let _ = fs::remove_file(left);
    }
    fs::copy(copy, &draft)?;
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o600))?;
    let db = open(&draft)?;
    let doubts = doubt(&db, now)?;
    // Into one file, without a log beside it.
    db.execute_batch("PRAGMA journal_mode = DELETE")?;
    drop(db);
    File::open(&draft)?.sync_all()?;
    fs::rename(&draft, file)?;
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(doubts)
}

/// Before anybody reads it.
fn doubt(db: &Connection, now: Timestamp) -> Result<Doubts, StoreError> {
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|n| u64::try_from(n).unwrap_or(0));
    let doubts = Doubts {
        wants: count("SELECT count(*) FROM want")?,
        letters: count("SELECT count(*) FROM outgoing WHERE state <> 'sent'")?,
    };
    db.execute_batch(&format!(
        "BEGIN IMMEDIATE;
         INSERT INTO doubtful SELECT account, folder, uidvalidity, uid, msgid, size, arrival, add_flags, remove_flags
           FROM want;
         DELETE FROM want;
         UPDATE outgoing SET state = 'unknown' WHERE state IN ('queued', 'begun', 'handed', 'asks');
         UPDATE outgoing SET hold_until = queued;
         UPDATE outgoing SET copy = 'look', copy_from = {} WHERE state = 'sent' AND copy = 'wanted';
         COMMIT;",
        now.0
    ))?;
    Ok(doubts)
}
