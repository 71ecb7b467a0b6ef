//! Accounts and folders of mail.db.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{MailWork, aged, ingest};
use crate::model::{AccountId, FolderId, Timestamp};
use crate::store::{FolderSeen, StoreError};

pub(super) fn account(db: &Connection, name: &str) -> Result<AccountId, StoreError> {
    let known = db.query_row("SELECT id FROM account WHERE name = ?1", [name], |row| row.get(0)).optional()?;
    let id = match known {
        Some(id) => id,
        None => db.query_row("INSERT INTO account(name) VALUES(?1) RETURNING id", [name], |row| row.get(0))?,
    };
    Ok(AccountId(id))
}

/// Takes over the server's list of folders. A folder that is not in it any more is not shown; when it has been absent for
/// long, it goes, with what it held, unless it held something that only we have.
pub(super) fn seen(
    work: &mut MailWork,
    db: &Connection,
    account: AccountId,
    seen: &[FolderSeen],
    at: Timestamp,
) -> Result<Vec<FolderId>, StoreError> {
    let mut upsert = db.prepare_cached(
        "INSERT INTO folder(account, wire, delimiter, name, role, selectable) VALUES(?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT(account, wire) DO UPDATE SET delimiter = excluded.delimiter, name = excluded.name,
           role = excluded.role, selectable = excluded.selectable, absent = 0, absent_since = 0
         RETURNING id",
    )?;
    let mut ids = Vec::with_capacity(seen.len());
    for folder in seen {
        let id: i64 = upsert.query_row(
            params![
                account.0,
                folder.name.wire,
                folder.name.delimiter.map(String::from),
                folder.decoded,
                folder.role.map(|role| role.code()),
                folder.selectable
            ],
            |row| row.get(0),
        )?;
        ids.push(FolderId(id));
    }
    let listed: HashSet<i64> = ids.iter().map(|id| id.0).collect();
    let mut known = db.prepare_cached("SELECT id, absent, absent_since FROM folder WHERE account = ?1")?;
    let known: Vec<(i64, u32, i64)> =
        known.query_map([account.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    for (folder, absent, since) in known.into_iter().filter(|(id, ..)| !listed.contains(id)) {
        let long_gone = absent + 1 >= ABSENT_LISTS && at.0 - since >= ABSENT_FOR;
        // What nobody else has does not go because nobody else has it.
        if long_gone && !aged::any(db, FolderId(folder))? {
            remove(work, db, FolderId(folder))?;
        } else {
            db.prepare_cached(
                "UPDATE folder SET absent = absent + 1, absent_since = CASE absent WHEN 0 THEN ?2 ELSE absent_since END
                 WHERE id = ?1",
            )?
            .execute(params![folder, at.0])?;
        }
    }
    Ok(ids)
}

/// A list that is missing a folder may be a bad moment of the server, and so may all lists of an hour. So many in a row
/// that say the same for so long are not.
const ABSENT_LISTS: u32 = 3;
const ABSENT_FOR: i64 = 86_400;

fn remove(work: &mut MailWork, db: &Connection, folder: FolderId) -> Result<(), StoreError> {
    ingest::remove_all(work, db, folder)?;
    db.execute("DELETE FROM folder WHERE id = ?1", [folder.0])?;
    Ok(())
}

/// What is known of a folder, and of those in it, goes on under another name. The next list of the server says how it is to
/// be shown.
pub(super) fn renamed(
    db: &Connection,
    account: AccountId,
    (from, to): (&[u8], &[u8]),
    delimiter: &[u8],
) -> Result<(), StoreError> {
    let mut known = db.prepare_cached("SELECT id, wire FROM folder WHERE account = ?1")?;
    let known: Vec<(i64, Vec<u8>)> =
        known.query_map([account.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (id, wire) in known {
        if let Some(wire) = under_another_name(&wire, (from, to), delimiter) {
            // One of that name may be there already; then the server tells.
            db.prepare_cached("UPDATE OR IGNORE folder SET wire = ?2 WHERE id = ?1")?.execute(params![id, wire])?;
        }
    }
    Ok(())
}

/// The new name of a folder, if it is the one that was renamed or lies in it.
pub(in crate::store) fn under_another_name(
    wire: &[u8],
    (from, to): (&[u8], &[u8]),
    delimiter: &[u8],
) -> Option<Vec<u8>> {
    let rest = wire.strip_prefix(from)?;
    let inside = !delimiter.is_empty() && rest.starts_with(delimiter);
    (rest.is_empty() || inside).then(|| [to, rest].concat())
}

pub(super) fn forget(work: &mut MailWork, db: &Connection, account: AccountId) -> Result<(), StoreError> {
    let mut known = db.prepare_cached("SELECT id FROM folder WHERE account = ?1")?;
    let known: Vec<i64> = known.query_map([account.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for folder in known {
        remove(work, db, FolderId(folder))?;
    }
    db.execute("DELETE FROM account WHERE id = ?1", [account.0])?;
    Ok(())
}

/// More than any number.
const NOTHING_WHOLE: i64 = 1 << 32;

/// A folder was opened on the server. Another `uidvalidity` begins a new epoch: the numbers mean nothing any more, but
/// the messages are most likely the same, so they stay until the new numbers are known.
pub(super) fn opened(
    work: &mut MailWork,
    db: &Connection,
    folder: FolderId,
    uidvalidity: u32,
    on_server: u64,
    renumbered: bool,
) -> Result<(), StoreError> {
    let (known, epoch): (u32, i64) = db
        .prepare_cached("SELECT uidvalidity, epoch FROM folder WHERE id = ?1")?
        .query_row([folder.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let on_server = i64::try_from(on_server).unwrap_or(i64::MAX);
    let epoch = if known == uidvalidity && !renumbered {
        db.prepare_cached("UPDATE folder SET on_server = ?2 WHERE id = ?1")?.execute(params![folder.0, on_server])?;
        epoch
    } else {
        db.prepare_cached(
            "UPDATE folder SET uidvalidity = ?2, epoch = ?3, on_server = ?4, modseq = 0, whole_from = ?5 WHERE id = ?1",
        )?
        .execute(params![folder.0, uidvalidity, epoch + 1, on_server, NOTHING_WHOLE])?;
        epoch + 1
    };
    work.earlier.remove(&folder);
    let leftover = db
        .prepare_cached("SELECT 1 FROM placement WHERE folder = ?1 AND epoch >= 0 AND epoch < ?2 LIMIT 1")?
        .exists(params![folder.0, epoch])?;
    if leftover {
        work.earlier.insert(folder, ingest::Earlier::load(db, folder, epoch)?);
    }
    work.unbound.opened(db, folder, epoch, uidvalidity, renumbered)
}
