//! What the user did, and how it is taken back: the last deed first, each as a whole.
//!
//! Nothing is undone on a server from here. The state from before a deed is wanted again, like anything that is wanted: what
//! the server was not told yet is cancelled by that, and what it was told is wanted back.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::wants::{self, Before, Found, Word};
use super::{OwnAnswer, OwnWork, OwnWrite, OwnWriter};
use crate::model::{Deed, DeedId, DeedKind, Flags, FolderId, Intent, PlacementId, Timestamp};
use crate::store::mail::folders::under_another_name;
use crate::store::want::{Aim, Want};
use crate::store::{StoreError, accounts};

/// So many deeds can be taken back, for so long.
const DEEDS: i64 = 100;
const TAKEN_BACK_FOR: i64 = 86_400;
/// The server is not told of a message that shall be gone before so many seconds are over.
const SECOND_THOUGHTS: u32 = 10;

/// What became of taking something back.
#[derive(Debug, Default)]
pub struct Undone {
    /// What it was; `None` if there was nothing.
    pub deed: Option<Deed>,
    /// As they stand now.
    pub wants: Vec<Want>,
    /// Flags to be set right of messages that no server has.
    pub here: Vec<(PlacementId, Flags, Flags)>,
}

impl OwnWriter {
    /// Takes back what was done last.
    pub(in crate::store) async fn undo(&self, at: Timestamp) -> Result<Undone, StoreError> {
        let answer = self.answer(OwnWrite::Undo { at }).await?;
        Ok(Undone { deed: answer.deed, wants: answer.wants, here: answer.here_again })
    }
}

/// The words of an intent, for messages of one account.
struct Saying {
    add: Flags,
    remove: Flags,
    /// The folder, and whose it is.
    to: Option<(String, Vec<u8>)>,
    kind: &'static str,
    not_before: Timestamp,
}

impl Saying {
    /// What it says of a message of this account; `None` if it cannot be meant.
    fn word(&self, account: &str) -> Option<Word<'_>> {
        let folder = || self.to.as_ref().filter(|(owner, _)| owner == account).map(|(_, wire)| wire.as_slice());
        match self.kind {
            "move" => folder().map(Word::Lie),
            "copy" => folder().map(Word::Copy),
            "erase" => Some(Word::Erase(self.not_before)),
            _ => Some(Word::Flags(self.add, self.remove)),
        }
    }
}

impl OwnWork {
    pub(super) fn record(
        &self,
        db: &Connection,
        intent: &Intent,
        by_hand: Option<Timestamp>,
        answer: &mut OwnAnswer,
    ) -> Result<Option<DeedId>, StoreError> {
        let now = by_hand.unwrap_or_else(crate::model::clock::now);
        let nothing = Saying {
            add: Flags::NONE,
            remove: Flags::NONE,
            to: None,
            kind: "flag",
            not_before: now.plus(u64::from(SECOND_THOUGHTS)),
        };
        let saying = match intent {
            Intent::Flag { add, remove, .. } => Saying { add: *add, remove: *remove, ..nothing },
            Intent::Move { to, .. } => Saying { kind: "move", to: Some(self.folder(*to)?), ..nothing },
            Intent::Copy { to, .. } => Saying { kind: "copy", to: Some(self.folder(*to)?), ..nothing },
            Intent::Erase { .. } => Saying { kind: "erase", ..nothing },
        };
        let mut done: Vec<(Found, Before)> = Vec::new();
        let mut unlisted = false;
        for placement in intent.placements() {
            match self.found(*placement) {
                Ok(Some(found)) => {
                    let Some(word) = saying.word(&found.want.account) else { continue };
                    let (want, before) = match wants::record(db, &found, word) {
                        Err(StoreError::Gone) => continue,
                        recorded => recorded?,
                    };
                    answer.wants.push(want);
                    done.push((found, before));
                }
                // Flags of what only we have are ours to keep; it lies in no server's folder that it could leave.
                Ok(None) if saying.kind == "flag" => answer.only_here.push(*placement),
                Ok(None) => unlisted = true,
                // One that went meanwhile does not keep the others from what they are wanted for.
                Err(StoreError::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        if answer.wants.is_empty() && answer.only_here.is_empty() {
            return Err(if unlisted { StoreError::Unlisted } else { StoreError::Gone });
        }
        by_hand.map(|at| self.write_deed(db, &saying, at, &done, &answer.only_here)).transpose()
    }

    /// What one key did, in each account for itself.
    pub(super) fn record_together(
        &self,
        db: &Connection,
        intents: &[Intent],
        at: Timestamp,
        answers: &mut Vec<Result<OwnAnswer, StoreError>>,
    ) -> Result<(), StoreError> {
        let mut first = None;
        for intent in intents {
            let mut answer = OwnAnswer::default();
            match self.record(db, intent, Some(at), &mut answer) {
                Ok(deed) => {
                    if let (Some(DeedId(first)), Some(DeedId(deed))) = (first, deed) {
                        db.prepare_cached("INSERT INTO deed_with(deed, first) VALUES(?1, ?2)")?
                            .execute([deed, first])?;
                    }
                    first = first.or(deed);
                    answers.push(Ok(answer));
                }
                Err(error @ (StoreError::Gone | StoreError::Unlisted)) => answers.push(Err(error)),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn write_deed(
        &self,
        db: &Connection,
        saying: &Saying,
        at: Timestamp,
        done: &[(Found, Before)],
        only_here: &[PlacementId],
    ) -> Result<DeedId, StoreError> {
        let account = saying.to.as_ref().map(|(owner, _)| accounts::id_of(db, owner)).transpose()?;
        db.prepare_cached(
            "INSERT INTO deed(kind, add_flags, remove_flags, account, target, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            saying.kind,
            saying.add.bits(),
            saying.remove.bits(),
            account,
            saying.to.as_ref().map(|(_, wire)| wire),
            at.0
        ])?;
        let deed = db.last_insert_rowid();
        let mut part = db.prepare_cached(
            "INSERT INTO deed_part(deed, n, placement, want, account, folder, uidvalidity, uid, msgid, size, arrival, lay,
               flags)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?;
        for (n, (found, before)) in (0_i64..).zip(done) {
            let want = &found.want;
            part.execute(params![
                deed,
                n,
                found.placement.0,
                before.want,
                accounts::id_of(db, &want.account)?,
                want.folder,
                want.uidvalidity,
                want.uid,
                want.msgid,
                i64::try_from(want.size).unwrap_or(i64::MAX),
                want.arrival.0,
                before.lay,
                before.flags.bits()
            ])?;
        }
        for (n, placement) in (i64::try_from(done.len()).unwrap_or(i64::MAX)..).zip(only_here) {
            let Some((account, shown)) = self.only_here(*placement)? else { continue };
            let account = accounts::id_of(db, &account)?;
            part.execute(params![deed, n, placement.0, 0, account, [], 0, 0, "", 0, 0, [], shown.bits()])?;
        }
        // Of what is too old or too deep nobody takes anything back. The parts go first: looking for those that are left over
        // would walk through every one of what may be a hundred large deeds.
        for statement in [
            "DELETE FROM deed_part WHERE deed IN (SELECT id FROM deed WHERE id <= ?1 OR at < ?2)",
            "DELETE FROM deed WHERE id <= ?1 OR at < ?2",
        ] {
            db.prepare_cached(statement)?.execute(params![deed - DEEDS, at.0 - TAKEN_BACK_FOR])?;
        }
        db.prepare_cached("DELETE FROM deed_with WHERE deed NOT IN (SELECT id FROM deed)")?.execute([])?;
        Ok(DeedId(deed))
    }

    fn only_here(&self, placement: PlacementId) -> Result<Option<(String, Flags)>, StoreError> {
        let mut find = self.mail.prepare_cached(
            "SELECT a.name, p.lflags FROM placement p JOIN folder f ON f.id = p.folder JOIN account a ON a.id = f.account
             WHERE p.id = ?1 AND p.epoch < 0",
        )?;
        Ok(find.query_row([placement.0], |row| Ok((row.get(0)?, Flags::from_bits(row.get(1)?)))).optional()?)
    }

    /// Wants the state from before what was done with the last key.
    pub(super) fn undo(
        &self,
        db: &Connection,
        now: Timestamp,
        answer: &mut OwnAnswer,
    ) -> Result<Option<Deed>, StoreError> {
        let mut with = db.prepare_cached("SELECT first FROM deed_with WHERE deed = ?1")?;
        let Some(last) = Self::last_deed(db, now)? else { return Ok(None) };
        let first = with.query_row([last], |row| row.get(0)).optional()?.unwrap_or(last);
        let mut undone: Option<Deed> = None;
        while let Some(next) = Self::last_deed(db, now)?.filter(|next| *next >= first) {
            let Some(deed) = self.undo_last(db, now, answer)? else { break };
            debug_assert_eq!(deed.id, DeedId(next), "the last one is taken back first");
            match &mut undone {
                Some(undone) => undone.count += deed.count,
                None => undone = Some(deed),
            }
        }
        Ok(undone)
    }

    fn last_deed(db: &Connection, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let mut find = db.prepare_cached("SELECT max(id) FROM deed WHERE at >= ?1")?;
        Ok(find.query_row([now.0 - TAKEN_BACK_FOR], |row| row.get(0))?)
    }

    fn undo_last(&self, db: &Connection, now: Timestamp, answer: &mut OwnAnswer) -> Result<Option<Deed>, StoreError> {
        let mut find = db.prepare_cached(
            "SELECT d.id, d.kind, d.add_flags, d.remove_flags, a.name, d.target, d.at
             FROM deed d LEFT JOIN account a ON a.id = d.account WHERE d.at >= ?1 ORDER BY d.id DESC LIMIT 1",
        )?;
        let last = find.query_row([now.0 - TAKEN_BACK_FOR], |row| {
            let flags = (Flags::from_bits(row.get(2)?), Flags::from_bits(row.get(3)?));
            let (account, wire): (Option<String>, Option<Vec<u8>>) = (row.get(4)?, row.get(5)?);
            Ok((row.get(0)?, row.get::<_, String>(1)?, flags, account.zip(wire), Timestamp(row.get(6)?)))
        });
        let Some((id, kind, (add, remove), to, at)) = last.optional()? else { return Ok(None) };
        let mut find = db.prepare_cached(
            "SELECT p.placement, p.want, a.name, p.folder, p.uidvalidity, p.uid, p.msgid, p.size, p.arrival, p.lay, p.flags
             FROM deed_part p JOIN account a ON a.id = p.account WHERE p.deed = ?1 ORDER BY p.n",
        )?;
        let parts: Vec<Part> = find.query_map([id], read_part)?.collect::<Result<_, _>>()?;
        let mut count = 0;
        for part in &parts {
            let touched = add.with(remove);
            let untouched = Flags::from_bits(u16::MAX).without(touched);
            let (again, away) = (part.flags.without(untouched), touched.without(part.flags));
            if part.want.id == 0 && part.want.folder.is_empty() {
                if self.only_here(part.placement)?.is_some() {
                    answer.here_again.push((part.placement, again, away));
                    count += 1;
                }
                continue;
            }
            let Some(found) = self.find_again(db, part, to.as_ref().map(|(_, wire)| wire.as_slice()))? else {
                continue;
            };
            let word = match (kind.as_str(), &to) {
                ("copy", Some((_, wire))) => Word::NoCopy(wire),
                // It lay nowhere.
                ("move" | "erase", _) if part.lay.is_empty() => continue,
                ("move" | "erase", _) => Word::Lie(&part.lay),
                _ => Word::Flags(again, away),
            };
            match wants::record(db, &found, word) {
                // Too late.
                Err(StoreError::Gone) => continue,
                recorded => answer.wants.push(recorded?.0),
            }
            db.prepare_cached("DELETE FROM need WHERE want = ?1")?.execute([part.want.id])?;
            count += 1;
        }
        for statement in ["DELETE FROM deed_part WHERE deed = ?1", "DELETE FROM deed WHERE id = ?1"] {
            db.prepare_cached(statement)?.execute([id])?;
        }
        let to = to.map_or(Ok(None), |(account, wire)| self.folder_id(&account, &wire))?.unwrap_or(FolderId(0));
        let kind = match kind.as_str() {
            "move" => DeedKind::Move { to },
            "copy" => DeedKind::Copy { to },
            "erase" => DeedKind::Erase,
            _ => DeedKind::Flag { add, remove },
        };
        Ok(Some(Deed { id: DeedId(id), kind, count, at }))
    }

    /// A message of a deed, wherever it lies by now.
    fn find_again(&self, db: &Connection, part: &Part, moved: Option<&[u8]>) -> Result<Option<Found>, StoreError> {
        // mail.db may be another one, whose rows have other numbers.
        match self.found(part.placement) {
            Ok(Some(found)) if found.want.account == part.want.account && is_same(&found.want, &part.want) => {
                return Ok(Some(found));
            }
            Ok(_) | Err(StoreError::Gone) => {}
            Err(error) => return Err(error),
        }
        let nothing = |want| Found {
            placement: part.placement,
            want,
            flags: part.flags,
            subject: String::new(),
            sender: String::new(),
        };
        // As long as something is wanted of it, that tells where it is.
        if let Some(known) = wants::one(db, part.want.id)?
            && !known.aim.is_leftover()
        {
            let as_found = Want { revision: 0, add: Flags::NONE, remove: Flags::NONE, aim: Aim::default(), ..known };
            return Ok(Some(nothing(as_found)));
        }
        // The server did it: it is found by what it is, where it was moved to.
        Ok(Some(nothing(match moved {
            Some(folder) => Want { id: 0, folder: folder.to_vec(), uidvalidity: 0, uid: 0, ..part.want.clone() },
            None => Want { id: 0, ..part.want.clone() },
        })))
    }

    pub(super) fn folder_id(&self, account: &str, wire: &[u8]) -> Result<Option<FolderId>, StoreError> {
        let mut find = self.mail.prepare_cached(
            "SELECT f.id FROM folder f JOIN account a ON a.id = f.account WHERE a.name = ?1 AND f.wire = ?2",
        )?;
        Ok(find.query_row(params![account, wire], |row| row.get(0).map(FolderId)).optional()?)
    }
}

/// One message of a deed.
struct Part {
    placement: PlacementId,
    /// What found it then.
    want: Want,
    lay: Vec<u8>,
    flags: Flags,
}

fn read_part(row: &rusqlite::Row<'_>) -> rusqlite::Result<Part> {
    let want = Want {
        id: row.get(1)?,
        revision: 0,
        account: row.get(2)?,
        folder: row.get(3)?,
        uidvalidity: row.get(4)?,
        uid: row.get(5)?,
        msgid: row.get(6)?,
        size: u64::try_from(row.get::<_, i64>(7)?).unwrap_or(0),
        arrival: Timestamp(row.get(8)?),
        add: Flags::NONE,
        remove: Flags::NONE,
        aim: Aim::default(),
    };
    Ok(Part { placement: PlacementId(row.get(0)?), want, lay: row.get(9)?, flags: Flags::from_bits(row.get(10)?) })
}

/// One message under two keys: a copy has its own time of arrival on some servers.
fn is_same(one: &Want, other: &Want) -> bool {
    one.msgid == other.msgid && one.size == other.size && (!one.msgid.is_empty() || one.arrival == other.arrival)
}

/// What is wanted of messages in a folder, or was, goes on under its new name.
pub(super) fn folder_renamed(
    db: &Connection,
    account: &str,
    names: (&[u8], &[u8]),
    delimiter: &[u8],
) -> Result<(), StoreError> {
    let Some(account) = accounts::find(db, account)? else { return Ok(()) };
    let columns = [
        ("want", "folder", "account = ?1"),
        ("want", "target", "account = ?1"),
        ("want", "way", "account = ?1"),
        ("copy", "target", "want IN (SELECT id FROM want WHERE account = ?1)"),
        ("need", "folder", "account = ?1"),
        ("need", "target", "account = ?1"),
        ("deed", "target", "account = ?1"),
        ("deed_part", "folder", "account = ?1"),
        ("deed_part", "lay", "account = ?1"),
    ];
    for (table, column, whose) in columns {
        let mut find =
            db.prepare(&format!("SELECT DISTINCT {column} FROM {table} WHERE {whose} AND {column} IS NOT NULL"))?;
        let known: Vec<Vec<u8>> = find.query_map([account], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for wire in known {
            if let Some(now) = under_another_name(&wire, names, delimiter) {
                db.prepare(&format!("UPDATE OR IGNORE {table} SET {column} = ?3 WHERE {whose} AND {column} = ?2"))?
                    .execute(params![account, wire, now])?;
            }
        }
    }
    Ok(())
}
