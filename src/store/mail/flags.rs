//! Flags in mail.db: what the server has, and what the user sees on top of it. At all times
//! `lflags = pending over sflags`, and the folder's counters follow in the same transaction.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{MailWork, aged, moves};
use crate::model::{Flags, FolderId};
use crate::store::{Outcome, StoreError, Want};

pub(super) fn unread_change(before: Flags, after: Flags) -> i64 {
    i64::from(before.seen()) - i64::from(after.seen())
}

/// The flags that the user sees where the server has `server`.
pub(super) fn with_pending(db: &Connection, placement: i64, server: Flags) -> Result<Flags, StoreError> {
    let pending: Option<(u16, u16)> = db
        .prepare_cached("SELECT add_flags, remove_flags FROM pending WHERE placement = ?1")?
        .query_row([placement], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(pending.map_or(server, |(add, remove)| server.without(Flags::from_bits(remove)).with(Flags::from_bits(add))))
}

/// The server has these flags for a message of the folder's present epoch. True if that was not known; the counters of the
/// folder where it is shown follow.
pub(super) fn one(db: &Connection, folder: FolderId, epoch: i64, uid: u32, server: Flags) -> Result<bool, StoreError> {
    let known: Option<(i64, u16)> = db
        .prepare_cached("SELECT id, sflags FROM placement WHERE folder = ?1 AND epoch = ?2 AND uid = ?3")?
        .query_row(params![folder.0, epoch, uid], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((placement, sflags)) = known else { return Ok(false) };
    if Flags::from_bits(sflags) == server {
        return Ok(false);
    }
    show(db, placement, server)?;
    Ok(true)
}

/// Shows a placement with what the server has and what is wanted on top.
pub(super) fn show(db: &Connection, placement: i64, server: Flags) -> Result<(), StoreError> {
    let (before, folder): (u16, i64) = db
        .prepare_cached("SELECT lflags, shown FROM placement WHERE id = ?1")?
        .query_row([placement], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let shown = with_pending(db, placement, server)?;
    db.prepare_cached("UPDATE placement SET sflags = ?2, lflags = ?3 WHERE id = ?1")?.execute(params![
        placement,
        server.bits(),
        shown.bits()
    ])?;
    let unread = unread_change(Flags::from_bits(before), shown);
    if unread != 0 {
        db.prepare_cached("UPDATE folder SET unread = unread + ?2 WHERE id = ?1")?.execute([folder, unread])?;
    }
    Ok(())
}

pub(super) fn seen_on_server(db: &Connection, folder: FolderId, flags: &[(u32, Flags)]) -> Result<bool, StoreError> {
    let epoch: i64 =
        db.prepare_cached("SELECT epoch FROM folder WHERE id = ?1")?.query_row([folder.0], |row| row.get(0))?;
    let mut changed = false;
    for (uid, server) in flags {
        changed |= one(db, folder, epoch, *uid, *server)?;
    }
    Ok(changed)
}

/// Writes down that a placement has a want.
pub(super) fn remember(db: &Connection, placement: i64, want: &Want) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO pending(placement, want, revision, add_flags, remove_flags)
         VALUES(?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![placement, want.id, want.revision, want.add.bits(), want.remove.bits()])?;
    Ok(())
}

/// Gives a message that is here the want that waited for it.
pub(super) fn bind(db: &Connection, placement: i64, want: &Want) -> Result<Vec<FolderId>, StoreError> {
    let sflags: u16 =
        db.prepare_cached("SELECT sflags FROM placement WHERE id = ?1")?.query_row([placement], |row| row.get(0))?;
    remember(db, placement, want)?;
    show(db, placement, Flags::from_bits(sflags))?;
    moves::aim(db, placement, want)
}

struct Bound {
    placement: i64,
    folder: FolderId,
    sflags: Flags,
}

const PRESENT: &str = "f.epoch";
const AGED: &str = "~f.epoch";

/// `epoch`: of the folder as it is, or of what is too old for its server.
fn find(db: &Connection, want: &Want, epoch: &str) -> Result<Option<Bound>, StoreError> {
    let found = db
        .prepare_cached(&format!(
            "SELECT p.id, p.shown, p.sflags FROM account a
             JOIN folder f ON f.account = a.id AND f.wire = ?2 AND f.uidvalidity = ?3
             JOIN placement p ON p.folder = f.id AND p.epoch = {epoch} AND p.uid = ?4
             JOIN msg m ON m.id = p.msg
             WHERE a.name = ?1 AND (m.msgid = ?5 AND m.msgid <> '' OR m.size = ?6 AND m.arrival = ?7)"
        ))?
        // A number alone may have been given to another message.
        .query_row(
            params![
                want.account,
                want.folder,
                want.uidvalidity,
                want.uid,
                want.msgid,
                i64::try_from(want.size).unwrap_or(i64::MAX),
                want.arrival.0
            ],
            |row| {
                Ok(Bound {
                    placement: row.get(0)?,
                    folder: FolderId(row.get(1)?),
                    sflags: Flags::from_bits(row.get(2)?),
                })
            },
        )
        .optional()?;
    Ok(found)
}

/// Shows what the user wants. Returns the folders that look different now.
pub(super) fn wanted(work: &mut MailWork, db: &Connection, wants: Vec<Want>) -> Result<Vec<FolderId>, StoreError> {
    let mut folders = Vec::new();
    for want in wants {
        if work.unbound.is_settled(&want) {
            continue;
        }
        if want.is_nothing() {
            for folder in unwanted(work, db, &want)? {
                note(&mut folders, folder);
            }
            continue;
        }
        work.unbound.renew(&want);
        let present = match find_bound(db, &want)? {
            Some(bound) => Some(bound),
            None => find(db, &want, PRESENT)?,
        };
        let is_present = present.is_some();
        let Some(bound) = present.map_or_else(|| find(db, &want, AGED), |bound| Ok(Some(bound)))? else {
            work.unbound.add(want);
            continue;
        };
        if aged::outdates(db, bound.placement, &want)? {
            continue;
        }
        if is_present {
            remember(db, bound.placement, &want)?;
        } else {
            // It became too old for the server before the server heard of it.
            aged::keep(db, bound.placement, want.revision, want.add, want.remove)?;
        }
        show(db, bound.placement, bound.sflags)?;
        note(&mut folders, bound.folder);
        if is_present {
            for folder in moves::aim(db, bound.placement, &want)? {
                note(&mut folders, folder);
            }
        }
    }
    Ok(folders)
}

/// The row that shows a want already, wherever it lies by now.
fn find_bound(db: &Connection, want: &Want) -> Result<Option<Bound>, StoreError> {
    let mut find = db.prepare_cached(
        "SELECT p.id, p.shown, p.sflags FROM pending w JOIN placement p ON p.id = w.placement
         WHERE w.want = ?1 AND w.want <> 0 AND p.epoch >= 0",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Bound { placement: row.get(0)?, folder: FolderId(row.get(1)?), sflags: Flags::from_bits(row.get(2)?) })
    };
    Ok(find.query_row([want.id], read).optional()?)
}

/// What was wanted is not wanted any more.
fn unwanted(work: &mut MailWork, db: &Connection, want: &Want) -> Result<Vec<FolderId>, StoreError> {
    work.unbound.settle(want);
    let Some(bound) = find_bound(db, want)? else { return Ok(Vec::new()) };
    db.prepare_cached("DELETE FROM pending WHERE placement = ?1")?.execute([bound.placement])?;
    show(db, bound.placement, bound.sflags)?;
    let mut folders = moves::stay(db, bound.placement)?;
    note(&mut folders, bound.folder);
    Ok(folders)
}

/// The server has taken wants over, or refused them.
pub(super) fn settled(
    work: &mut MailWork,
    db: &Connection,
    settled: &[(Want, Outcome)],
) -> Result<Vec<FolderId>, StoreError> {
    let mut folders = Vec::new();
    for (want, outcome) in settled {
        if *outcome == Outcome::Later {
            continue;
        }
        if want.aim.is_none() {
            work.unbound.settle(want);
        }
        let Some(bound) = find(db, want, PRESENT)? else { continue };
        // A want that changed while it was being pushed has another revision by now, and stays.
        db.prepare_cached(if want.aim.is_none() {
            "DELETE FROM pending WHERE placement = ?1 AND want = ?2 AND revision <= ?3"
        } else {
            "UPDATE pending SET add_flags = 0, remove_flags = 0 WHERE placement = ?1 AND want = ?2 AND revision <= ?3"
        })?
        .execute(params![bound.placement, want.id, want.revision])?;
        let server = match outcome {
            Outcome::Has(flags) => *flags,
            Outcome::Agreed => want.over(bound.sflags),
            Outcome::Refused | Outcome::Later => bound.sflags,
        };
        show(db, bound.placement, server)?;
        note(&mut folders, bound.folder);
    }
    Ok(folders)
}

pub(super) fn note(folders: &mut Vec<FolderId>, folder: FolderId) {
    if folder.0 != 0 && !folders.contains(&folder) {
        folders.push(folder);
    }
}

/// At a start: forgets what was bound before, so that own.db alone says what is wanted of messages on a server.
pub(super) fn unbind_all(db: &Connection) -> Result<(), StoreError> {
    let mut bound = db.prepare(
        "SELECT p.id, p.sflags FROM pending w JOIN placement p ON p.id = w.placement WHERE w.want <> 0
         UNION SELECT id, sflags FROM placement WHERE shown <> folder",
    )?;
    let bound: Vec<(i64, u16)> =
        bound.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    db.execute("DELETE FROM pending WHERE want <> 0", [])?;
    for (placement, sflags) in bound {
        show(db, placement, Flags::from_bits(sflags))?;
        moves::stay(db, placement)?;
    }
    Ok(())
}
