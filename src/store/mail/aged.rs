//! Messages that the server does not list any more because they are too old for it. They stay, and only we have them.
//!
//! Such a placement has the epoch `!epoch`, which no folder ever has: nothing that looks for the numbers of a folder sees
//! it, and everything that shows the folder does. The number of before stays for its place in the order.
//!
//! What the user wants of it stands in `pending` as want 0: there is no server to tell, so own.db has nothing of it. When
//! the server lists the message again, a pass makes it a want like any other. Its revision goes on from that of the want
//! that it was when the message became too old: a later word has a greater one.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::ingest::Identity;
use super::{MailWork, flags, moves};
use crate::model::{Flags, FolderId, PlacementId};
use crate::store::{Incoming, StoreError, Want};

pub(super) fn any(db: &Connection, folder: FolderId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM placement WHERE folder = ?1 AND epoch < 0 LIMIT 1")?.exists([folder.0])?)
}

/// These are too old for the server. All of it is still shown.
pub(super) fn aged(
    work: &mut MailWork,
    db: &Connection,
    folder: FolderId,
    placements: &[PlacementId],
    on_server: u64,
) -> Result<bool, StoreError> {
    let mut kept = 0;
    for placement in placements {
        let of = params![placement.0, folder.0];
        let mut done = db
            .prepare_cached(
                "UPDATE OR IGNORE placement SET epoch = ~epoch WHERE id = ?1 AND folder = ?2 AND epoch >= 0",
            )?
            .execute(of)?;
        if done == 0 {
            // A server that gives a number twice: another message that aged out had it.
            done = db
                .prepare_cached(
                    "UPDATE placement SET epoch = ~epoch, uid = NULL WHERE id = ?1 AND folder = ?2 AND epoch >= 0",
                )?
                .execute(of)?;
        }
        if done > 0 {
            db.prepare_cached("UPDATE pending SET want = 0 WHERE placement = ?1")?.execute([placement.0])?;
            moves::stay(db, placement.0)?;
            if work.unbound.has_strangers() {
                bind(work, db, folder, *placement)?;
            }
        }
        kept += done;
    }
    db.prepare_cached("UPDATE folder SET on_server = ?2 WHERE id = ?1")?
        .execute(params![folder.0, i64::try_from(on_server).unwrap_or(i64::MAX)])?;
    Ok(kept > 0)
}

/// A want that waited for the message under its next number, which it will not get, is shown where the message is.
fn bind(work: &mut MailWork, db: &Connection, folder: FolderId, placement: PlacementId) -> Result<(), StoreError> {
    let (message, sflags) = db
        .prepare_cached(
            "SELECT m.msgid, m.size, m.arrival, p.sflags FROM placement p JOIN msg m ON m.id = p.msg
             WHERE p.id = ?1",
        )?
        .query_row([placement.0], |row| {
            Ok((Identity(row.get(0)?, row.get(1)?, row.get(2)?), row.get(3).map(Flags::from_bits)?))
        })?;
    let Some(want) = work.unbound.take_stranger(folder, message) else { return Ok(()) };
    if outdates(db, placement.0, &want)? {
        return Ok(());
    }
    keep(db, placement.0, want.revision, want.add, want.remove)?;
    flags::show(db, placement.0, sflags)
}

/// The placement of a message that the server lists again.
pub(super) fn find(db: &Connection, folder: FolderId, message: &Incoming) -> Result<Option<i64>, StoreError> {
    let Identity(msgid, size, arrival) = Identity::of(message);
    // By the order of arrival: there may be years of such messages.
    Ok(db
        .prepare_cached(
            "SELECT p.id FROM placement p INDEXED BY placement_order JOIN msg m ON m.id = p.msg
             WHERE p.shown = ?1 AND p.folder = ?1 AND p.arrival = ?2 AND p.epoch < 0 AND m.msgid = ?3 AND m.size = ?4
             ORDER BY p.uid DESC LIMIT 1",
        )?
        .query_row(params![folder.0, arrival, msgid, size], |row| row.get(0))
        .optional()?)
}

/// The user wants this of messages that only we have. Returns the folders that look different now.
pub(super) fn wanted(
    db: &Connection,
    placements: &[PlacementId],
    add: Flags,
    remove: Flags,
) -> Result<Vec<FolderId>, StoreError> {
    let mut folders = Vec::new();
    for placement in placements {
        let known: Option<(i64, u16, i64, u16, u16)> = db
            .prepare_cached(
                "SELECT p.folder, p.sflags, coalesce(w.revision, 0), coalesce(w.add_flags, 0),
                   coalesce(w.remove_flags, 0)
                 FROM placement p LEFT JOIN pending w ON w.placement = p.id WHERE p.id = ?1",
            )?
            .query_row([placement.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .optional()?;
        let Some((folder, sflags, revision, had_add, had_remove)) = known else { continue };
        let add_all = Flags::from_bits(had_add).without(remove).with(add);
        let remove_all = Flags::from_bits(had_remove).without(add).with(remove);
        keep(db, placement.0, revision + 1, add_all, remove_all)?;
        flags::show(db, placement.0, Flags::from_bits(sflags))?;
        flags::note(&mut folders, FolderId(folder));
    }
    Ok(folders)
}

/// Writes down what is wanted where there is no server to tell.
pub(super) fn keep(
    db: &Connection,
    placement: i64,
    revision: i64,
    add: Flags,
    remove: Flags,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO pending(placement, want, revision, add_flags, remove_flags) VALUES(?1, 0, ?2, ?3, ?4)",
    )?
    .execute(params![placement, revision, add.bits(), remove.bits()])?;
    Ok(())
}

/// True if the user said something of this message while it was only here that is no older than this want.
pub(super) fn outdates(db: &Connection, placement: i64, want: &Want) -> Result<bool, StoreError> {
    let mut find = db.prepare_cached("SELECT 1 FROM pending WHERE placement = ?1 AND want = 0 AND revision >= ?2")?;
    Ok(find.exists(params![placement, want.revision])?)
}
