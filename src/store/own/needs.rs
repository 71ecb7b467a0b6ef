//! What could not be done, written down until the user says what becomes of it.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::wants::{self, Found, Word};
use super::{OwnAnswer, OwnWork, OwnWrite, OwnWriter};
use crate::model::{Changed, Flags, NeedWhy, PlacementId, Settling, Timestamp};
use crate::store::want::{Aim, Want};
use crate::store::{StoreError, accounts};

/// What could not be done, as it stands in own.db.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::store) struct NeedRow {
    pub(in crate::store) id: i64,
    pub(in crate::store) account: String,
    pub(in crate::store) folder: Vec<u8>,
    pub(in crate::store) subject: String,
    pub(in crate::store) sender: String,
    pub(in crate::store) kind: String,
    pub(in crate::store) target: Option<Vec<u8>>,
    pub(in crate::store) why: NeedWhy,
    pub(in crate::store) since: Timestamp,
}

impl OwnWriter {
    /// Settles what could not be done. Answers the wants that come of it.
    pub(in crate::store) async fn settle(
        &self,
        needs: Vec<i64>,
        how: Settling,
    ) -> Result<(usize, Vec<Want>), StoreError> {
        let answer = self.answer(OwnWrite::Settle { needs, how }).await?;
        Ok((answer.new, answer.wants))
    }

    /// These cannot be done. Answers the wants as they stand now.
    pub async fn give_up_wants(&self, wants: Vec<(Want, NeedWhy)>, at: Timestamp) -> Result<Vec<Want>, StoreError> {
        self.answer(OwnWrite::Needy { wants, at }).await.map(|answer| answer.wants)
    }
}

/// Everything that could not be done, the oldest first.
pub(in crate::store) fn all(db: &Connection) -> Result<Vec<NeedRow>, StoreError> {
    let mut find = db.prepare_cached(
        "SELECT n.id, a.name, n.folder, n.subject, n.sender, n.kind, n.target, n.why, n.said, n.since
         FROM need n JOIN account a ON a.id = n.account ORDER BY n.id",
    )?;
    let rows = find.query_map([], |row| {
        let (why, said): (String, String) = (row.get(7)?, row.get(8)?);
        Ok(NeedRow {
            id: row.get(0)?,
            account: row.get(1)?,
            folder: row.get(2)?,
            subject: row.get(3)?,
            sender: row.get(4)?,
            kind: row.get(5)?,
            target: row.get(6)?,
            why: NeedWhy::from_code(&why, &said),
            since: Timestamp(row.get(9)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl OwnWork {
    /// These cannot be done. What else is wanted of the messages stays wanted, and so does what the user wanted since.
    pub(super) fn give_up(
        db: &Connection,
        all: Vec<(Want, NeedWhy)>,
        at: Timestamp,
        answer: &mut OwnAnswer,
        changed: &mut Vec<Changed>,
    ) -> Result<(), StoreError> {
        for (told, why) in all {
            let Some(mut want) = wants::one(db, told.id)? else { continue };
            // The copy that was told is the one that could not be made; a move goes after its copies.
            let copy = told.aim.copies.first().map(|copy| copy.target.clone());
            let refused = match &copy {
                Some(_) => copy.clone(),
                None if told.aim.is_under_way() => Some(told.aim.way.clone()),
                None => told.aim.target.clone(),
            };
            let kind = match (&copy, &refused) {
                (Some(_), _) => "copy",
                (None, Some(_)) => "move",
                (None, None) => "erase",
            };
            if let Some(target) = &copy {
                want.aim.copies.retain(|copy| copy.target != *target);
            } else {
                let (target, erase) = (want.aim.target.take(), want.aim.erase.take());
                want.aim = Aim { copies: std::mem::take(&mut want.aim.copies), ..Aim::default() };
                if kind == "move" && (told.aim.is_under_way() || target != refused) {
                    // Somewhere else by now, or nowhere any more: that may be done.
                    want.aim.target = target.filter(|target| *target != want.folder);
                    want.aim.erase = erase;
                }
            }
            write(db, &want, (kind, refused.as_deref()), &why, at)?;
            want.revision += 1;
            if want.is_nothing() {
                wants::remove(db, want.id)?;
            } else {
                wants::update(db, &want)?;
            }
            answer.wants.push(want);
            changed.push(Changed::Needs);
        }
        Ok(())
    }

    pub(super) fn settle(
        &self,
        db: &Connection,
        needs: &[i64],
        how: Settling,
        answer: &mut OwnAnswer,
        changed: &mut Vec<Changed>,
    ) -> Result<(), StoreError> {
        let into = if let Settling::Into(folder) = how { Some(self.folder(folder)?) } else { None };
        for id in needs {
            let mut find = db.prepare_cached(
                "SELECT a.name, n.folder, n.uidvalidity, n.uid, n.msgid, n.size, n.arrival, n.subject, n.sender, n.kind,
                   n.target FROM need n JOIN account a ON a.id = n.account WHERE n.id = ?1",
            )?;
            let need = find
                .query_row([id], |row| {
                    let want = Want {
                        id: 0,
                        revision: 0,
                        account: row.get(0)?,
                        folder: row.get(1)?,
                        uidvalidity: row.get(2)?,
                        uid: row.get(3)?,
                        msgid: row.get(4)?,
                        size: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
                        arrival: Timestamp(row.get(6)?),
                        add: Flags::NONE,
                        remove: Flags::NONE,
                        aim: Aim::default(),
                    };
                    let (subject, sender) = (row.get(7)?, row.get(8)?);
                    let found = Found { placement: PlacementId(0), want, flags: Flags::NONE, subject, sender };
                    Ok((found, row.get::<_, String>(9)?, row.get::<_, Option<Vec<u8>>>(10)?))
                })
                .optional()?;
            let Some((found, kind, target)) = need else { continue };
            let word = match (&into, kind.as_str(), &target) {
                // A folder of another account is no place for it.
                (Some((owner, _)), ..) if *owner != found.want.account => continue,
                (Some((_, folder)), ..) => Some(Word::Lie(folder)),
                (None, ..) if how == Settling::Drop => None,
                (None, "erase", _) => Some(Word::Erase(crate::model::clock::now())),
                (None, "copy", Some(target)) => Some(Word::Copy(target)),
                (None, _, Some(target)) => Some(Word::Lie(target)),
                (None, _, None) => None,
            };
            if let Some(word) = word {
                match wants::record(db, &found, word) {
                    Ok((want, _)) => answer.wants.push(want),
                    Err(StoreError::Gone) => {}
                    Err(error) => return Err(error),
                }
            }
            db.prepare_cached("DELETE FROM need WHERE id = ?1")?.execute([id])?;
            answer.new += 1;
            changed.push(Changed::Needs);
        }
        Ok(())
    }
}

fn write(
    db: &Connection,
    want: &Want,
    (kind, target): (&str, Option<&[u8]>),
    why: &NeedWhy,
    at: Timestamp,
) -> Result<(), StoreError> {
    let said = if let NeedWhy::Refused(said) = why { said.as_untrusted() } else { "" };
    db.prepare_cached(
        "INSERT INTO need(want, account, folder, uidvalidity, uid, msgid, size, arrival, subject, sender, kind, target, why,
           said, since)
         SELECT id, ?2, folder, uidvalidity, uid, msgid, size, arrival, subject, sender, ?3, ?4, ?5, ?6, ?7
         FROM want WHERE id = ?1",
    )?
    .execute(params![
        want.id,
        accounts::id_of(db, &want.account)?,
        kind,
        target,
        why.code(),
        said.chars().take(1000).collect::<String>(),
        at.0
    ])?;
    Ok(())
}
