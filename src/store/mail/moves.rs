//! Messages that lie elsewhere for the user than on the server. `shown` of a placement is the folder in whose list it
//! stands, and counters count what is shown; `folder` is where the server has it. Like flags, what is shown is made of what
//! the server has and what is wanted on top of it, and can be made again from the wants at any time.
//!
//! A message that has come to its new folder keeps its row. Until its number there is fetched it is expected: it has an
//! epoch that no folder ever has, so that nothing that looks for numbers sees it. What is left of it where it lay is a row
//! of its own, which is not shown.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::ingest::{self, Identity};
use super::{MailWork, flags};
use crate::model::{Flags, FolderId, clock};
use crate::store::want::{Aim, Landing, Mark, Step, Want};
use crate::store::{Incoming, StoreError};

/// Of what is expected.
pub(super) const EXPECTED: i64 = 1 << 40;
/// What did not come after so many seconds went somewhere else.
pub(in crate::store) const EXPECTED_FOR: i64 = 120;

/// Shows a placement in the list of a folder; 0: in none. Returns the folders whose lists changed.
pub(super) fn show_in(db: &Connection, placement: i64, folder: i64) -> Result<Vec<FolderId>, StoreError> {
    let (shown, lflags): (i64, u16) = db
        .prepare_cached("SELECT shown, lflags FROM placement WHERE id = ?1")?
        .query_row([placement], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if shown == folder {
        return Ok(Vec::new());
    }
    let unread = i64::from(!Flags::from_bits(lflags).seen());
    let mut count = db.prepare_cached("UPDATE folder SET total = total + ?2, unread = unread + ?3 WHERE id = ?1")?;
    count.execute(params![shown, -1, -unread])?;
    count.execute(params![folder, 1, unread])?;
    db.prepare_cached("UPDATE placement SET shown = ?2 WHERE id = ?1")?.execute([placement, folder])?;
    Ok([shown, folder].into_iter().filter(|id| *id != 0).map(FolderId).collect())
}

/// Shows a placement where its want wants it. Returns the folders whose lists changed.
pub(super) fn aim(db: &Connection, placement: i64, want: &Want) -> Result<Vec<FolderId>, StoreError> {
    let (account, home): (i64, i64) = db
        .prepare_cached("SELECT f.account, f.id FROM placement p JOIN folder f ON f.id = p.folder WHERE p.id = ?1")?
        .query_row([placement], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let way = if want.aim.way.is_empty() { 0 } else { folder_of(db, account, &want.aim.way)?.unwrap_or(0) };
    db.prepare_cached("UPDATE pending SET step = ?2, way = ?3 WHERE placement = ?1")?.execute(params![
        placement,
        want.aim.step.code(),
        way
    ])?;
    let shown = match want.aim.shown_in(&want.folder) {
        None => 0,
        Some(wire) if wire == want.folder => home,
        // A folder that is not listed (yet) has no list.
        Some(wire) => folder_of(db, account, wire)?.unwrap_or(0),
    };
    show_in(db, placement, shown)
}

fn folder_of(db: &Connection, account: i64, wire: &[u8]) -> Result<Option<i64>, StoreError> {
    let mut find = db.prepare_cached("SELECT id FROM folder WHERE account = ?1 AND wire = ?2")?;
    Ok(find.query_row(params![account, wire], |row| row.get(0)).optional()?)
}

/// Nothing is wanted of a placement any more: it is shown where it lies.
pub(super) fn stay(db: &Connection, placement: i64) -> Result<Vec<FolderId>, StoreError> {
    let home =
        db.prepare_cached("SELECT folder FROM placement WHERE id = ?1")?.query_row([placement], |row| row.get(0))?;
    show_in(db, placement, home)
}

/// The placement left where it lay while the server was putting it elsewhere: it is expected there. False if it was not.
pub(super) fn leaves_for_its_target(db: &Connection, placement: i64) -> Result<bool, StoreError> {
    let way: Option<i64> = db
        .prepare_cached("SELECT way FROM pending WHERE placement = ?1 AND way <> 0 AND step IN (1, 2)")?
        .query_row([placement], |row| row.get(0))
        .optional()?;
    let Some(way) = way else { return Ok(false) };
    if !db.prepare_cached("SELECT 1 FROM folder WHERE id = ?1")?.exists([way])? {
        return Ok(false);
    }
    expect(db, placement, way, None)?;
    Ok(true)
}

fn expect(db: &Connection, placement: i64, folder: i64, number: Option<Mark>) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE placement SET folder = ?2, epoch = ?3, uid = NULL WHERE id = ?1")?
        .execute([placement, folder, EXPECTED])?;
    let number = number.unwrap_or_default();
    db.prepare_cached("INSERT OR REPLACE INTO expected(placement, uidvalidity, uid, since) VALUES(?1, ?2, ?3, ?4)")?
        .execute(params![placement, number.uidvalidity, number.uid, clock::now().0])?;
    Ok(())
}

pub(super) fn any_expected(db: &Connection, folder: FolderId) -> Result<bool, StoreError> {
    let mut find = db.prepare_cached(
        "SELECT 1 FROM expected e JOIN placement p ON p.id = e.placement WHERE p.folder = ?1 LIMIT 1",
    )?;
    Ok(find.exists([folder.0])?)
}

/// What is expected in the folder of a want and is like its message.
pub(super) fn expected_for(db: &Connection, want: &Want) -> Result<Option<i64>, StoreError> {
    let mut find = db.prepare_cached(
        "SELECT p.id FROM expected e JOIN placement p ON p.id = e.placement JOIN msg m ON m.id = p.msg
         JOIN folder f ON f.id = p.folder JOIN account a ON a.id = f.account
         WHERE a.name = ?1 AND f.wire = ?2 AND m.msgid = ?3 AND m.size = ?4 AND (m.msgid <> '' OR m.arrival = ?5)
           AND NOT EXISTS (SELECT 1 FROM pending w WHERE w.placement = p.id) LIMIT 1",
    )?;
    let size = i64::try_from(want.size).unwrap_or(i64::MAX);
    let values = params![want.account, want.folder, want.msgid, size, want.arrival.0];
    Ok(find.query_row(values, |row| row.get(0)).optional()?)
}

/// The placement that this message was expected as: by its number if the server told it, else by what it is.
pub(super) fn find_expected(db: &Connection, folder: FolderId, message: &Incoming) -> Result<Option<i64>, StoreError> {
    let Identity(msgid, size, arrival) = Identity::of(message);
    find_like(db, folder, message.uid, &Identity(msgid, size, arrival))
}

fn find_like(db: &Connection, folder: FolderId, uid: u32, like: &Identity) -> Result<Option<i64>, StoreError> {
    let Identity(msgid, size, arrival) = like;
    let mut find = db.prepare_cached(
        "SELECT p.id FROM expected e JOIN placement p ON p.id = e.placement JOIN msg m ON m.id = p.msg
         JOIN folder f ON f.id = p.folder
         WHERE p.folder = ?1 AND (
           e.uid = ?2 AND e.uid <> 0 AND e.uidvalidity = f.uidvalidity
           OR (e.uid = 0 OR e.uidvalidity <> f.uidvalidity)
             AND m.msgid = ?3 AND m.size = ?4 AND (m.msgid <> '' OR m.arrival = ?5))
         ORDER BY e.uid = ?2 DESC, p.id LIMIT 1",
    )?;
    Ok(find.query_row(params![folder.0, uid, msgid, size, arrival], |row| row.get(0)).optional()?)
}

/// What was expected is here.
pub(super) fn arrived(db: &Connection, placement: i64, epoch: i64, message: &Incoming) -> Result<(), StoreError> {
    let (size, arrival) = (i64::try_from(message.size).unwrap_or(i64::MAX), message.arrival.0);
    take_number(db, placement, epoch, message.uid, message.flags, (size, arrival))
}

fn take_number(
    db: &Connection,
    placement: i64,
    epoch: i64,
    uid: u32,
    server: Flags,
    (size, arrival): (i64, i64),
) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM expected WHERE placement = ?1")?.execute([placement])?;
    db.prepare_cached("UPDATE placement SET epoch = ?2, uid = ?3, arrival = ?4 WHERE id = ?1")?
        .execute(params![placement, epoch, uid, arrival])?;
    // A server may count and date a copy anew; by that it is known from now on.
    db.prepare_cached("UPDATE msg SET size = ?2, arrival = ?3 WHERE id = (SELECT msg FROM placement WHERE id = ?1)")?
        .execute(params![placement, size, arrival])?;
    flags::show(db, placement, server)
}

/// At a folder that is in step: what was expected and did not come for long went somewhere else.
pub(super) fn give_up_expected(work: &mut MailWork, db: &Connection, folder: FolderId) -> Result<usize, StoreError> {
    if !any_expected(db, folder)? {
        return Ok(0);
    }
    let before = clock::now().0 - EXPECTED_FOR;
    ingest::remove_where(
        work,
        db,
        "folder = ?1 AND epoch = ?2 AND id IN (SELECT placement FROM expected WHERE since < ?3)",
        params![folder.0, EXPECTED, before],
    )
}

/// Messages have come where the server was told to put them. Returns the folders whose lists changed.
pub(super) fn landed(work: &mut MailWork, db: &Connection, landings: &[Landing]) -> Result<Vec<FolderId>, StoreError> {
    let mut folders = Vec::new();
    for landing in landings {
        for folder in land(work, db, landing)? {
            flags::note(&mut folders, folder);
        }
        if let Some(rest) = &landing.rest {
            for folder in flags::wanted(work, db, vec![rest.clone()])? {
                flags::note(&mut folders, folder);
            }
        }
    }
    Ok(folders)
}

fn land(work: &mut MailWork, db: &Connection, landing: &Landing) -> Result<Vec<FolderId>, StoreError> {
    let Landing { want, number, leaves_a_copy, rest } = landing;
    let account: Option<i64> = db
        .prepare_cached("SELECT id FROM account WHERE name = ?1")?
        .query_row([&want.account], |row| row.get(0))
        .optional()?;
    let Some(account) = account else { return Ok(Vec::new()) };
    let mut touched = Vec::new();
    let target = folder_of(db, account, &want.aim.way)?;
    let bound: Option<i64> = db
        .prepare_cached("SELECT placement FROM pending WHERE want = ?1")?
        .query_row([want.id], |row| row.get(0))
        .optional()?;
    if !leaves_a_copy {
        work.unbound.settle(want);
    }
    let Some(placement) = bound else {
        if *leaves_a_copy {
            // What is left of it is known as that when it is fetched.
            work.unbound.renew(&left_of(want));
            work.unbound.add(left_of(want));
        }
        return Ok(touched);
    };
    db.prepare_cached("DELETE FROM pending WHERE placement = ?1")?.execute([placement])?;
    let is_expected: bool = db.prepare_cached("SELECT 1 FROM expected WHERE placement = ?1")?.exists([placement])?;
    if !is_expected && *leaves_a_copy {
        // Its row goes with it: what stays gets another one.
        leave_behind(db, placement, want, target.is_some())?;
        // It took the next number of a message.
        work.next_message = 0;
    }
    let Some(target) = target else {
        if !leaves_a_copy {
            touched.extend(show_in(db, placement, 0)?);
            ingest::remove_where(work, db, "id = ?1", params![placement])?;
        }
        return Ok(touched);
    };
    expect(db, placement, target, *number)?;
    touched.extend(show_in(db, placement, target)?);
    touched.push(FolderId(target));
    merge(work, db, placement, FolderId(target), want.aim.mark)?;
    if let Some(rest) = rest {
        flags::remember(db, placement, rest)?;
        touched.extend(aim(db, placement, rest)?);
    }
    let server = sflags(db, placement)?;
    flags::show(db, placement, server)?;
    Ok(touched)
}

/// The want of what is left where a message was moved away, as own.db has it.
fn left_of(want: &Want) -> Want {
    let aim = Aim { step: Step::Copied, way: want.aim.way.clone(), mark: want.aim.mark, ..Aim::default() };
    Want { add: Flags::NONE, remove: Flags::NONE, aim, revision: want.revision + 1, ..want.clone() }
}

fn sflags(db: &Connection, placement: i64) -> Result<Flags, StoreError> {
    let mut find = db.prepare_cached("SELECT sflags FROM placement WHERE id = ?1")?;
    Ok(find.query_row([placement], |row| row.get(0).map(Flags::from_bits))?)
}

/// The message stays where it lay, under its number, and is not shown there. `moves`: its row goes on.
fn leave_behind(db: &Connection, placement: i64, want: &Want, moves: bool) -> Result<(), StoreError> {
    let left = if moves {
        db.prepare_cached(
            "INSERT INTO msg(date, arrival, size, from_name, from_addr, to_name, to_addr, subject, msgid, attach, decoder)
             SELECT date, arrival, size, from_name, from_addr, to_name, to_addr, subject, msgid, attach, decoder
             FROM msg WHERE id = (SELECT msg FROM placement WHERE id = ?1)",
        )?
        .execute([placement])?;
        let message = db.last_insert_rowid();
        db.prepare_cached(
            "INSERT INTO header(msg, raw) SELECT ?2, raw FROM header
             WHERE msg = (SELECT msg FROM placement WHERE id = ?1)",
        )?
        .execute([placement, message])?;
        // First the number is free.
        let place = db
            .prepare_cached("SELECT folder, epoch, uid, arrival, sflags, lflags FROM placement WHERE id = ?1")?
            .query_row([placement], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, i64>(1)?,
                    row.get::<_, Option<u32>>(2)?,
                    row.get::<_, i64>(3)?,
                    row.get::<_, u16>(4)?,
                    row.get::<_, u16>(5)?,
                ))
            })?;
        db.prepare_cached("UPDATE placement SET epoch = ?2, uid = NULL WHERE id = ?1")?
            .execute([placement, EXPECTED])?;
        let (folder, epoch, uid, arrival, sflags, lflags) = place;
        db.prepare_cached(
            "INSERT INTO placement(msg, folder, epoch, uid, arrival, sflags, lflags, shown, strand)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, coalesce(max(strand), 0) FROM placement WHERE msg = ?1",
        )?
        .execute(params![message, folder, epoch, uid, arrival, sflags, lflags])?;
        db.last_insert_rowid()
    } else {
        show_in(db, placement, 0)?;
        placement
    };
    let left_over = Want { add: Flags::NONE, remove: Flags::NONE, ..want.clone() };
    flags::remember(db, left, &left_over)?;
    db.prepare_cached("UPDATE pending SET step = 3 WHERE placement = ?1")?.execute([left])?;
    Ok(())
}

/// The message may have been fetched in its new folder before anybody knew that it is the same: one row is enough.
fn merge(work: &mut MailWork, db: &Connection, placement: i64, folder: FolderId, mark: Mark) -> Result<(), StoreError> {
    let (number, Identity(msgid, size, arrival)) = db
        .prepare_cached(
            "SELECT e.uidvalidity, e.uid, m.msgid, m.size, m.arrival FROM expected e
             JOIN placement p ON p.id = e.placement JOIN msg m ON m.id = p.msg WHERE p.id = ?1",
        )?
        .query_row([placement], |row| {
            let number = Mark { uidvalidity: row.get(0)?, uid: row.get(1)? };
            Ok((number, Identity(row.get(2)?, row.get(3)?, row.get(4)?)))
        })?;
    let above = if mark.uid > 0 { Some(mark) } else { None };
    let twin: Option<(i64, i64, u32, u16, i64, i64)> = db
        .prepare_cached(
            "SELECT p.id, p.epoch, p.uid, p.sflags, m.size, m.arrival FROM folder f
             JOIN placement p ON p.folder = f.id AND p.epoch = f.epoch JOIN msg m ON m.id = p.msg
             WHERE f.id = ?1 AND p.shown = f.id AND (
               ?3 <> 0 AND f.uidvalidity = ?2 AND p.uid = ?3
               OR ?3 = 0 AND ?7 <> 0 AND f.uidvalidity = ?7 AND p.uid > ?8
                 AND m.msgid = ?4 AND m.size = ?5 AND (m.msgid <> '' OR m.arrival = ?6)) LIMIT 1",
        )?
        .query_row(
            params![
                folder.0,
                number.uidvalidity,
                number.uid,
                msgid,
                size,
                arrival,
                above.map_or(0, |mark| mark.uidvalidity),
                above.map_or(0, |mark| mark.uid)
            ],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?)),
        )
        .optional()?;
    let Some((twin, epoch, uid, server, size, arrival)) = twin else { return Ok(()) };
    // What is wanted of the one is wanted of the other.
    db.prepare_cached("UPDATE OR IGNORE pending SET placement = ?2 WHERE placement = ?1")?
        .execute([twin, placement])?;
    ingest::remove_where(work, db, "id = ?1", params![twin])?;
    take_number(db, placement, epoch, uid, Flags::from_bits(server), (size, arrival))
}
