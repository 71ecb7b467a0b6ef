//! Messages coming into mail.db, and leaving it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{MailWork, aged, flags, moves, people, threads};
use crate::model::FolderId;
use crate::store::{Incoming, StoreError, Want};
use crate::text::Text;

/// A list and a search need no more of a field; `header` has all of it.
const LONGEST_COLUMN: usize = 4096;

pub(super) fn column(field: &Text) -> &str {
    let field = field.as_untrusted();
    field.get(..field.floor_char_boundary(LONGEST_COLUMN)).unwrap_or(field)
}

impl Incoming {
    /// The Message-ID as it is kept.
    pub fn message_id(&self) -> &str {
        column(&self.headers.message_id)
    }
}

/// What tells a message from others when its number is worth nothing: Message-ID, size, time of arrival.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Identity(pub(super) String, pub(super) i64, pub(super) i64);

impl Identity {
    pub(super) fn of_want(want: &Want) -> Self {
        Self(want.msgid.clone(), i64::try_from(want.size).unwrap_or(i64::MAX), want.arrival.0)
    }

    pub(super) fn of(message: &Incoming) -> Self {
        Self(message.message_id().to_owned(), i64::try_from(message.size).unwrap_or(i64::MAX), message.arrival.0)
    }
}

/// Messages of earlier epochs of one folder: what tells them apart → their placements, newest first.
#[derive(Debug, Default)]
pub(super) struct Earlier(HashMap<Identity, Vec<i64>>);

impl Earlier {
    pub(super) fn load(db: &Connection, folder: FolderId, epoch: i64) -> Result<Self, StoreError> {
        let mut rows = db.prepare_cached(
            "SELECT m.msgid, m.size, m.arrival, p.id FROM placement p JOIN msg m ON m.id = p.msg
             WHERE p.folder = ?1 AND p.epoch >= 0 AND p.epoch < ?2 ORDER BY p.uid",
        )?;
        let mut found: HashMap<_, Vec<i64>> = HashMap::new();
        let mut rows = rows.query(params![folder.0, epoch])?;
        while let Some(row) = rows.next()? {
            let identity = Identity(row.get(0)?, row.get(1)?, row.get(2)?);
            found.entry(identity).or_default().push(row.get(3)?);
        }
        Ok(Self(found))
    }

    fn take(&mut self, message: &Incoming) -> Option<i64> {
        self.0.get_mut(&Identity::of(message))?.pop()
    }
}

pub(super) fn ingest(
    work: &mut MailWork,
    db: &Connection,
    folder: FolderId,
    messages: &[Incoming],
    on_server: u64,
) -> Result<u64, StoreError> {
    let epoch: i64 =
        db.prepare_cached("SELECT epoch FROM folder WHERE id = ?1")?.query_row([folder.0], |row| row.get(0))?;
    if work.next_message == 0 {
        work.next_message =
            db.query_row("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'msg'", [], |row| {
                row.get(0)
            })?;
    }
    let mut place = db.prepare_cached(
        "INSERT OR IGNORE INTO placement(msg, folder, epoch, uid, arrival, sflags, lflags, shown, strand)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?2, ?8)",
    )?;
    let mut describe = db.prepare_cached(
        "INSERT INTO msg(id, date, arrival, size, from_name, from_addr, to_name, to_addr, subject, msgid, attach, decoder,
           kind, own, other, refs)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?;
    let mut keep_header = db.prepare_cached("INSERT INTO header(msg, raw) VALUES(?1, ?2)")?;
    let mut earlier = work.earlier.remove(&folder);
    let any_aged = aged::any(db, folder)?;
    let any_expected = moves::any_expected(db, folder)?;
    let teaches = people::Teaches::of(db, folder)?;
    let (mut new, mut unread) = (0_u64, 0_i64);
    for message in messages {
        let may_be_known =
            (earlier.is_some() || any_aged || any_expected) && !is_placed(db, folder, epoch, message.uid)?;
        if may_be_known
            && any_expected
            && let Some(placement) = moves::find_expected(db, folder, message)?
        {
            moves::arrived(db, placement, epoch, message)?;
            if let Some(want) = work.unbound.take(folder, message) {
                flags::bind(db, placement, &want)?;
            }
            continue;
        }
        let found_again = match earlier.as_mut().filter(|_| may_be_known).and_then(|earlier| earlier.take(message)) {
            None if may_be_known && any_aged => aged::find(db, folder, message)?,
            found => found,
        };
        let want = work.unbound.take(folder, message);
        if let Some(placement) = found_again {
            if let Some(want) = want
                && !aged::outdates(db, placement, &want)?
            {
                flags::remember(db, placement, &want)?;
                moves::aim(db, placement, &want)?;
            }
            renumber(db, placement, epoch, message)?;
            continue;
        }
        let shown = want.as_ref().map_or(message.flags, |want| want.over(message.flags));
        let id = work.next_message;
        let names = threads::Names::of(&message.headers);
        let strand = threads::strand(db, &names, id)?;
        let placed = place.execute(params![
            id,
            folder.0,
            epoch,
            message.uid,
            message.arrival.0,
            message.flags.bits(),
            shown.bits(),
            strand
        ])?;
        if placed == 0 {
            flags::one(db, folder, epoch, message.uid, message.flags)?;
            continue;
        }
        if let Some(want) = want {
            let placement = db.last_insert_rowid();
            flags::remember(db, placement, &want)?;
            // Counted here below, and out again by this.
            moves::aim(db, placement, &want)?;
        }
        let headers = &message.headers;
        let from = headers.from.first().cloned().unwrap_or_default();
        let to = headers.to.first().or(headers.cc.first()).cloned().unwrap_or_default();
        describe.execute(params![
            id,
            headers.date.unwrap_or(message.arrival).0,
            message.arrival.0,
            i64::try_from(message.size).unwrap_or(i64::MAX),
            column(&from.name),
            column(&from.address),
            column(&to.name),
            column(&to.address),
            column(&headers.subject),
            column(&headers.message_id),
            headers.looks_attached(),
            message.decoder,
            headers.kind.number(),
            names.own,
            names.other,
            names.refs_column()
        ])?;
        keep_header.execute(params![id, message.raw])?;
        people::learn(work, db, teaches, message)?;
        work.next_message += 1;
        new += 1;
        unread += i64::from(!shown.seen());
    }
    if let Some(earlier) = earlier {
        work.earlier.insert(folder, earlier);
    }
    if new > 0 {
        people::bound(db)?;
    }
    db.prepare_cached("UPDATE folder SET total = total + ?2, unread = unread + ?3, on_server = ?4 WHERE id = ?1")?
        .execute(params![
            folder.0,
            i64::try_from(new).unwrap_or(i64::MAX),
            unread,
            i64::try_from(on_server).unwrap_or(i64::MAX)
        ])?;
    Ok(new)
}

fn is_placed(db: &Connection, folder: FolderId, epoch: i64, uid: u32) -> Result<bool, StoreError> {
    let mut find = db.prepare_cached("SELECT 1 FROM placement WHERE folder = ?1 AND epoch = ?2 AND uid = ?3")?;
    Ok(find.exists(params![folder.0, epoch, uid])?)
}

/// Gives a message of an earlier epoch, or one that the server lists again, its new number.
fn renumber(db: &Connection, placement: i64, epoch: i64, message: &Incoming) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE placement SET epoch = ?2, uid = ?3 WHERE id = ?1")?.execute(params![
        placement,
        epoch,
        message.uid
    ])?;
    flags::show(db, placement, message.flags)
}

/// The folder is known completely: what is left of earlier epochs is not on the server any more.
pub(super) fn complete(work: &mut MailWork, db: &Connection, folder: FolderId) -> Result<usize, StoreError> {
    let given_up = moves::give_up_expected(work, db, folder)?;
    if work.earlier.remove(&folder).is_none() {
        return Ok(given_up);
    }
    let epoch: i64 =
        db.prepare_cached("SELECT epoch FROM folder WHERE id = ?1")?.query_row([folder.0], |row| row.get(0))?;
    let left = "folder = ?1 AND epoch >= 0 AND epoch < ?2";
    remove_where(work, db, left, params![folder.0, epoch]).map(|gone| gone + given_up)
}

pub(super) fn expunged(
    work: &mut MailWork,
    db: &Connection,
    folder: FolderId,
    uids: &[u32],
    on_server: u64,
) -> Result<usize, StoreError> {
    let mut gone = 0;
    for uid in uids {
        gone += remove_where(
            work,
            db,
            "folder = ?1 AND uid = ?2 AND epoch = (SELECT epoch FROM folder WHERE id = ?1)",
            params![folder.0, uid],
        )?;
    }
    db.prepare_cached("UPDATE folder SET on_server = ?2 WHERE id = ?1")?
        .execute(params![folder.0, i64::try_from(on_server).unwrap_or(i64::MAX)])?;
    Ok(gone)
}

/// Removes a whole folder's messages, a table at a time.
pub(super) fn remove_all(work: &mut MailWork, db: &Connection, folder: FolderId) -> Result<(), StoreError> {
    let mut away =
        db.prepare_cached("SELECT id, folder FROM placement WHERE shown <> folder AND (folder = ?1 OR shown = ?1)")?;
    let away: Vec<(i64, i64)> =
        away.query_map([folder.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (placement, home) in away {
        moves::show_in(db, placement, home)?;
    }
    let mut files =
        db.prepare_cached("SELECT b.sha256 FROM bigbody b JOIN placement p ON p.msg = b.msg WHERE p.folder = ?1")?;
    let files: Vec<String> = files.query_map([folder.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for statement in [
        "DELETE FROM pending WHERE placement IN (SELECT id FROM placement WHERE folder = ?1)",
        "DELETE FROM expected WHERE placement IN (SELECT id FROM placement WHERE folder = ?1)",
        "DELETE FROM msg WHERE id IN (SELECT msg FROM placement WHERE folder = ?1)",
        "DELETE FROM header WHERE msg IN (SELECT msg FROM placement WHERE folder = ?1)",
        "DELETE FROM body WHERE msg IN (SELECT msg FROM placement WHERE folder = ?1)",
        "DELETE FROM bigbody WHERE msg IN (SELECT msg FROM placement WHERE folder = ?1)",
        "DELETE FROM placement WHERE folder = ?1",
        "UPDATE folder SET total = 0, unread = 0 WHERE id = ?1",
    ] {
        db.prepare_cached(statement)?.execute([folder.0])?;
    }
    work.abandoned.extend(files);
    Ok(())
}

/// Removes placements with everything that belongs to their messages, and counts them out. One that the server is putting
/// elsewhere is expected there.
pub(super) fn remove_where(
    work: &mut MailWork,
    db: &Connection,
    condition: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<usize, StoreError> {
    let mut doomed = db.prepare_cached(&format!("SELECT id, msg FROM placement WHERE {condition}"))?;
    let doomed: Vec<(i64, i64)> =
        doomed.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut gone = 0;
    for (placement, message) in &doomed {
        if moves::leaves_for_its_target(db, *placement)? {
            continue;
        }
        moves::show_in(db, *placement, 0)?;
        for statement in [
            "DELETE FROM placement WHERE id = ?1",
            "DELETE FROM pending WHERE placement = ?1",
            "DELETE FROM expected WHERE placement = ?1",
        ] {
            db.prepare_cached(statement)?.execute([placement])?;
        }
        let file: Option<String> = db
            .prepare_cached("SELECT sha256 FROM bigbody WHERE msg = ?1")?
            .query_row([message], |row| row.get(0))
            .optional()?;
        for statement in [
            "DELETE FROM msg WHERE id = ?1",
            "DELETE FROM header WHERE msg = ?1",
            "DELETE FROM body WHERE msg = ?1",
            "DELETE FROM bigbody WHERE msg = ?1",
        ] {
            db.prepare_cached(statement)?.execute([message])?;
        }
        work.abandoned.extend(file);
        gone += 1;
    }
    Ok(gone)
}
