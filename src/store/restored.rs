//! A copy of own.db that takes the place of a damaged one: what it wants may have been done since it was made.
//!
//! Nothing of it is done unasked. Wants are kept, counted and told; of a letter that waited nobody knows whether it went.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::StoreError;
use crate::model::Timestamp;

/// What nobody knows of.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Doubts {
    pub(super) wants: u64,
    pub(super) letters: u64,
}

/// A file of this name is all of a copy: it got the name when it was whole and on the disk.
fn whole(file: &Path) -> PathBuf {
    file.with_extension("db.restored")
}

/// Whether all is ready, but was not put in the place of the file.
pub(super) fn is_ready(file: &Path) -> bool {
    whole(file).exists()
}

/// What was made ready is not wanted (any more).
pub(super) fn forget(file: &Path) {
    for begun in [file.with_extension("db.restoring"), whole(file)] {
        for tail in ["", "-wal", "-shm", "-journal"] {
            let mut left = begun.clone().into_os_string();
            left.push(tail);
            let _ = fs::remove_file(left);
        }
    }
}

/// Makes ready what is to stand in the place of the file, which stays where it is. Nothing of an earlier try is there any
/// more. The doubts are in it already: whoever opens it, after whatever came between, finds nothing to do.
pub(super) fn make_ready(
    copy: &Path,
    file: &Path,
    now: Timestamp,
    open: impl Fn(&Path) -> Result<Connection, StoreError>,
) -> Result<Doubts, StoreError> {
    let draft = file.with_extension("db.restoring");
    fs::copy(copy, &draft)?;
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o600))?;
    let db = open(&draft)?;
    let doubts = doubt(&db, now)?;
    // Into one file, without a log beside it.
    db.execute_batch("PRAGMA journal_mode = DELETE")?;
    drop(db);
    File::open(&draft)?.sync_all()?;
    rename(&draft, &whole(file))?;
    Ok(doubts)
}

/// Puts what is ready in the place of the file, which is gone.
pub(super) fn put_back(file: &Path) -> Result<(), StoreError> {
    rename(&whole(file), file)
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to)?;
    if let Some(folder) = to.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What is doubted in a file that was put back after it was made ready in an earlier run.
pub(super) fn doubted(db: &Connection) -> Result<Doubts, StoreError> {
    Ok(Doubts { wants: count(db, "SELECT count(*) FROM doubtful")?, letters: count(db, OPEN_LETTERS)? })
}

const OPEN_LETTERS: &str = "SELECT count(*) FROM outgoing WHERE state <> 'sent'";

fn count(db: &Connection, sql: &str) -> Result<u64, StoreError> {
    Ok(db.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|n| u64::try_from(n).unwrap_or(0))?)
}

/// Before anybody reads it.
fn doubt(db: &Connection, now: Timestamp) -> Result<Doubts, StoreError> {
    let doubts = Doubts { wants: count(db, "SELECT count(*) FROM want")?, letters: count(db, OPEN_LETTERS)? };
    db.execute_batch(&format!(
        "BEGIN IMMEDIATE;
         INSERT INTO doubtful SELECT account, folder, uidvalidity, uid, msgid, size, arrival, add_flags, remove_flags
           FROM want;
         INSERT INTO need(want, account, folder, uidvalidity, uid, msgid, size, arrival, subject, sender, kind, target,
             why, since)
           SELECT id, account, folder, uidvalidity, uid, msgid, size, arrival, subject, sender,
             iif(erase IS NULL, 'move', 'erase'), coalesce(target, way), 'restored', {now}
           FROM want WHERE step < 3 AND (target IS NOT NULL OR erase IS NOT NULL OR step > 0);
         INSERT INTO need(want, account, folder, uidvalidity, uid, msgid, size, arrival, subject, sender, kind, target,
             why, since)
           SELECT w.id, account, folder, uidvalidity, uid, msgid, size, arrival, subject, sender, 'copy', c.target,
             'restored', {now}
           FROM want w JOIN copy c ON c.want = w.id;
         DELETE FROM copy;
         DELETE FROM want;
         DELETE FROM deed;
         DELETE FROM deed_part;
         UPDATE outgoing SET state = 'unknown' WHERE state IN ('queued', 'begun', 'handed', 'asks', 'refused');
         UPDATE outgoing SET hold_until = queued;
         UPDATE outgoing SET copy = 'look', copy_from = {now} WHERE state = 'sent' AND copy = 'wanted';
         COMMIT;",
        now = now.0
    ))?;
    Ok(doubts)
}
