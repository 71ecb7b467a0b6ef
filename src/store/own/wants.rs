//! The rows of what is wanted: one for each message, with everything that is wanted of it. Whatever the user says in a row
//! becomes one state, and only that is ever told to the server.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};

use crate::model::{Flags, PlacementId, Timestamp};
use crate::store::want::{Aim, Copy, Mark, Step, Want};
use crate::store::{StoreError, accounts};

const WANT: &str =
    "SELECT w.id, w.revision, a.name, w.folder, w.uidvalidity, w.uid, w.msgid, w.size, w.arrival, w.add_flags,
     w.remove_flags, w.target, w.erase, w.step, w.way, w.mark_validity, w.mark, w.since
   FROM want w JOIN account a ON a.id = w.account";

/// A longer subject is not needed to know a message again.
const LONGEST: usize = 200;

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Want> {
    Ok(Want {
        id: row.get(0)?,
        revision: row.get(1)?,
        account: row.get(2)?,
        folder: row.get(3)?,
        uidvalidity: row.get(4)?,
        uid: row.get(5)?,
        msgid: row.get(6)?,
        size: u64::try_from(row.get::<_, i64>(7)?).unwrap_or(0),
        arrival: Timestamp(row.get(8)?),
        add: Flags::from_bits(row.get(9)?),
        remove: Flags::from_bits(row.get(10)?),
        aim: Aim {
            target: row.get(11)?,
            erase: row.get::<_, Option<i64>>(12)?.map(Timestamp),
            copies: Vec::new(),
            step: Step::from_code(row.get(13)?),
            way: row.get(14)?,
            mark: Mark { uidvalidity: row.get(15)?, uid: row.get(16)? },
            since: Timestamp(row.get(17)?),
        },
    })
}

/// The wants of one account, or of all.
pub(super) fn all(db: &Connection, account: Option<&str>) -> Result<Vec<Want>, StoreError> {
    let mut find =
        db.prepare_cached(&format!("{WANT} WHERE ?1 IS NULL OR a.name = ?1 ORDER BY a.name, w.folder, w.uid"))?;
    let mut wants: Vec<Want> = find.query_map([account], read)?.collect::<Result<_, _>>()?;
    let mut copies: HashMap<i64, Vec<Copy>> = HashMap::new();
    let mut find = db.prepare_cached("SELECT want, target, begun, mark_validity, mark FROM copy")?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        copies.entry(row.get(0)?).or_default().push(read_copy(row)?);
    }
    for want in &mut wants {
        want.aim.copies = copies.remove(&want.id).unwrap_or_default();
    }
    Ok(wants)
}

fn read_copy(row: &SqlRow<'_>) -> rusqlite::Result<Copy> {
    let begun: i64 = row.get(2)?;
    let mark = Mark { uidvalidity: row.get(3)?, uid: row.get(4)? };
    Ok(Copy { target: row.get(1)?, begun: (begun != 0).then_some((Timestamp(begun), mark)) })
}

pub(super) fn one(db: &Connection, id: i64) -> Result<Option<Want>, StoreError> {
    let want = db.prepare_cached(&format!("{WANT} WHERE w.id = ?1"))?.query_row([id], read).optional()?;
    let Some(mut want) = want else { return Ok(None) };
    let mut find = db.prepare_cached("SELECT want, target, begun, mark_validity, mark FROM copy WHERE want = ?1")?;
    want.aim.copies = find.query_map([id], read_copy)?.collect::<Result<_, _>>()?;
    Ok(Some(want))
}

pub(super) fn remove(db: &Connection, id: i64) -> Result<(), StoreError> {
    for statement in ["DELETE FROM copy WHERE want = ?1", "DELETE FROM want WHERE id = ?1"] {
        db.prepare_cached(statement)?.execute([id])?;
    }
    Ok(())
}

/// Writes how far a want has come and what is still wanted of it; not which message it is for.
pub(super) fn update(db: &Connection, want: &Want) -> Result<(), StoreError> {
    let Want { id, revision, add, remove, aim, .. } = want;
    db.prepare_cached(
        "UPDATE want SET revision = ?2, add_flags = ?3, remove_flags = ?4, target = ?5, erase = ?6, step = ?7, way = ?8,
           mark_validity = ?9, mark = ?10, since = ?11 WHERE id = ?1",
    )?
    .execute(params![
        id,
        revision,
        add.bits(),
        remove.bits(),
        aim.target,
        aim.erase.map(|at| at.0),
        aim.step.code(),
        aim.way,
        aim.mark.uidvalidity,
        aim.mark.uid,
        aim.since.0
    ])?;
    db.prepare_cached("DELETE FROM copy WHERE want = ?1")?.execute([id])?;
    for copy in &aim.copies {
        let (begun, mark) = copy.begun.unwrap_or_default();
        db.prepare_cached(
            "INSERT OR REPLACE INTO copy(want, target, begun, mark_validity, mark) VALUES(?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![id, copy.target, begun.0, mark.uidvalidity, mark.uid])?;
    }
    Ok(())
}

/// What is said of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word<'a> {
    Flags(Flags, Flags),
    /// It shall lie in this folder.
    Lie(&'a [u8]),
    Copy(&'a [u8]),
    /// No more copy shall lie there, if it is not too late.
    NoCopy(&'a [u8]),
    /// It shall be gone, and the server is told after this moment.
    Erase(Timestamp),
}

impl Word<'_> {
    fn over(self, want: &mut Want) {
        let aim = &mut want.aim;
        match self {
            Self::Flags(add, remove) => {
                want.add = want.add.without(remove).with(add);
                want.remove = want.remove.without(add).with(remove);
            }
            Self::Lie(folder) => {
                aim.erase = None;
                // Where the server was told to put it, it lies soon; else, where it lies.
                let lies = if aim.is_under_way() { &aim.way } else { &want.folder };
                aim.target = (lies != folder).then(|| folder.to_vec());
            }
            Self::Copy(folder) => {
                if !aim.copies.iter().any(|copy| copy.target == folder) {
                    aim.copies.push(Copy { target: folder.to_vec(), begun: None });
                }
            }
            Self::NoCopy(folder) => aim.copies.retain(|copy| copy.target != folder || copy.begun.is_some()),
            Self::Erase(not_before) => {
                aim.target = None;
                aim.erase = Some(not_before);
            }
        }
    }
}

/// A message of which something is wanted.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) placement: PlacementId,
    /// What finds it again, and what was wanted of it while no server had it.
    pub(super) want: Want,
    /// As last seen on the server.
    pub(super) flags: Flags,
    pub(super) subject: String,
    pub(super) sender: String,
}

/// How a message looked before something was wanted of it.
#[derive(Clone, Debug)]
pub(super) struct Before {
    pub(super) want: i64,
    pub(super) lay: Vec<u8>,
    pub(super) flags: Flags,
}

fn size_of(want: &Want) -> i64 {
    i64::try_from(want.size).unwrap_or(i64::MAX)
}

/// Adds to what is wanted of the message already: the later word counts. A want of nothing is gone from here, and answered
/// all the same, so that it is not shown any more.
pub(super) fn record(db: &Connection, found: &Found, word: Word<'_>) -> Result<(Want, Before), StoreError> {
    let target = &found.want;
    let account = accounts::id_of(db, &target.account)?;
    // Numbers change behind our back: a want of another message that still holds this one has to look for its own.
    db.prepare_cached(
        "UPDATE want SET uidvalidity = 0, uid = id
         WHERE account = ?1 AND folder = ?2 AND uidvalidity = ?3 AND uid = ?4
           AND id <> ?5 AND NOT (msgid = ?6 AND msgid <> '' OR size = ?7 AND arrival = ?8)",
    )?
    .execute(params![
        account,
        target.folder,
        target.uidvalidity,
        target.uid,
        target.id,
        target.msgid,
        size_of(target),
        target.arrival.0
    ])?;
    let known: Option<i64> = db
        .prepare_cached(
            // By its number; by the want that the row shows; or, from before the numbers changed, by what it is: an older
            // word must not come back after this one. What is left where a message was moved away is not wanted of it.
            "SELECT id FROM (
               SELECT id, uidvalidity FROM want
                 WHERE account = ?1 AND folder = ?2 AND uidvalidity = ?3 AND uid = ?4 AND step < 3
               UNION SELECT id, uidvalidity FROM want
                 WHERE id = ?5 AND account = ?1 AND folder = ?2 AND msgid = ?6 AND step < 3
               UNION SELECT id, uidvalidity FROM want
                 WHERE msgid = ?6 AND size = ?7 AND arrival = ?8 AND msgid <> '' AND account = ?1 AND folder = ?2
                   AND (uidvalidity <> ?3 OR ?3 = 0) AND step < 3)
             ORDER BY id = ?5 DESC, uidvalidity = ?3 DESC LIMIT 1",
        )?
        .query_row(
            params![
                account,
                target.folder,
                target.uidvalidity,
                target.uid,
                target.id,
                target.msgid,
                size_of(target),
                target.arrival.0
            ],
            |row| row.get(0),
        )
        .optional()?;
    let had = known.map(|id| one(db, id)).transpose()?.flatten();
    let is_leftover =
        "SELECT 1 FROM want WHERE account = ?1 AND folder = ?2 AND uidvalidity = ?3 AND uid = ?4 AND step >= 3";
    if target.uidvalidity != 0
        && db.prepare_cached(is_leftover)?.exists(params![account, target.folder, target.uidvalidity, target.uid])?
    {
        // The server was told to remove it.
        return Err(StoreError::Gone);
    }
    // Should it turn out that another one is for the same message, the later word counts.
    let latest: i64 = db
        .prepare_cached(
            "SELECT coalesce(max(revision), 0) FROM want
             WHERE account = ?1 AND folder = ?2 AND msgid = ?3 AND size = ?4 AND arrival = ?5",
        )?
        .query_row(params![account, target.folder, target.msgid, size_of(target), target.arrival.0], |row| {
            row.get(0)
        })?;
    let (had_add, had_remove) = had.as_ref().map_or((Flags::NONE, Flags::NONE), |had| (had.add, had.remove));
    let mut want = Want {
        id: had.as_ref().map_or(0, |had| had.id),
        revision: target.revision.max(had.as_ref().map_or(0, |had| had.revision)).max(latest) + 1,
        add: had_add.without(target.remove).with(target.add),
        remove: had_remove.without(target.add).with(target.remove),
        aim: had.map(|had| had.aim).unwrap_or_default(),
        ..target.clone()
    };
    let lay = want.aim.shown_in(&want.folder).unwrap_or_default().to_vec();
    let mut before = Before { want: want.id, lay, flags: want.over(found.flags) };
    word.over(&mut want);
    if want.id != 0 && want.is_nothing() {
        remove(db, want.id)?;
        return Ok((want, before));
    }
    if want.id == 0 && want.is_nothing() {
        return Ok((want, before));
    }
    if want.id == 0 {
        want.id = insert(db, account, &want)?;
        before.want = want.id;
    } else {
        // One that has its number already is not written twice: each page more is a longer wait for the disk.
        db.prepare_cached(
            "UPDATE OR IGNORE want SET uidvalidity = ?2, uid = ?3 WHERE id = ?1 AND (uidvalidity <> ?2 OR uid <> ?3)",
        )?
        .execute(params![want.id, want.uidvalidity, want.uid])?;
    }
    update(db, &want)?;
    if !want.aim.is_none() {
        let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
        db.prepare_cached("UPDATE want SET subject = ?2, sender = ?3 WHERE id = ?1 AND subject = ''")?
            .execute(params![want.id, short(&found.subject), short(&found.sender)])?;
    }
    Ok((want, before))
}

/// A want of a message whose number is not known (0) has one of its own until it is.
pub(super) fn insert(db: &Connection, account: i64, want: &Want) -> Result<i64, StoreError> {
    let nameless = want.uidvalidity == 0 || want.uid == 0;
    let (uidvalidity, uid) = if nameless { (0, -1) } else { (want.uidvalidity, i64::from(want.uid)) };
    db.prepare_cached(
        "INSERT INTO want(account, folder, uidvalidity, uid, msgid, size, arrival, add_flags, remove_flags, revision)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        account,
        want.folder,
        uidvalidity,
        uid,
        want.msgid,
        size_of(want),
        want.arrival.0,
        want.add.bits(),
        want.remove.bits(),
        want.revision
    ])?;
    let id = db.last_insert_rowid();
    if nameless {
        db.prepare_cached("UPDATE want SET uid = id WHERE id = ?1")?.execute([id])?;
    }
    Ok(id)
}
