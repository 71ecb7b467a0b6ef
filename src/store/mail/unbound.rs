//! Wants whose messages are not known here: their folder has not been fetched yet, or its numbers changed. They wait, and
//! whichever message turns out to be theirs gets them.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::flags;
use super::ingest::Identity;
use crate::model::FolderId;
use crate::store::{Incoming, StoreError, Want};

/// Wants that were settled lately, so that one that comes late is not taken for new.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Unbound {
    /// Of folders that were not opened since the start.
    elsewhere: Vec<Want>,
    /// Of open folders, by the number that the message has or will have.
    waiting: HashMap<(FolderId, u32), Want>,
    /// Of open folders whose numbers changed, by what the message is.
    strangers: HashMap<(FolderId, Identity), Want>,
    /// The last revision of each want that was settled.
    settled: HashMap<i64, i64>,
}

impl Unbound {
    pub(super) fn add(&mut self, want: Want) {
        self.elsewhere.push(want);
    }

    /// True if the want was settled already, at this revision or a later one.
    pub(super) fn is_settled(&self, want: &Want) -> bool {
        self.settled.get(&want.id).is_some_and(|revision| *revision >= want.revision)
    }

    /// A newer word on a want: what waited for the older one does not any more.
    pub(super) fn renew(&mut self, want: &Want) {
        let older = |other: &Want| other.id == want.id && other.revision < want.revision;
        self.elsewhere.retain(|other| !older(other));
        self.waiting.retain(|_, other| !older(other));
        self.strangers.retain(|_, other| !older(other));
    }

    /// The want is over, wherever it waited.
    pub(super) fn settle(&mut self, want: &Want) {
        let over = |other: &Want| other.id == want.id && other.revision <= want.revision;
        self.elsewhere.retain(|other| !over(other));
        self.waiting.retain(|_, other| !over(other));
        self.strangers.retain(|_, other| !over(other));
        if self.settled.len() >= REMEMBERED {
            self.settled.clear();
        }
        self.settled.insert(want.id, want.revision);
    }

    /// A folder was opened: its wants wait for its messages, or find them among those that are here.
    pub(super) fn opened(
        &mut self,
        db: &Connection,
        folder: FolderId,
        epoch: i64,
        uidvalidity: u32,
        renumbered: bool,
    ) -> Result<(), StoreError> {
        // Numbers that waited under an older uidvalidity mean nothing any more.
        let stale: Vec<(FolderId, u32)> = self
            .waiting
            .iter()
            .filter(|((of, _), want)| *of == folder && (renumbered || want.uidvalidity != uidvalidity))
            .map(|(key, _)| *key)
            .collect();
        self.elsewhere.extend(stale.iter().filter_map(|key| self.waiting.remove(key)));
        if self.elsewhere.is_empty() {
            return Ok(());
        }
        let (account, wire): (String, Vec<u8>) = db.query_row(
            "SELECT a.name, f.wire FROM folder f JOIN account a ON a.id = f.account WHERE f.id = ?1",
            [folder.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let (mut here, elsewhere): (Vec<_>, Vec<_>) = std::mem::take(&mut self.elsewhere)
            .into_iter()
            .partition(|want| want.account == account && want.folder == wire);
        self.elsewhere = elsewhere;
        for want in here.iter_mut().filter(|want| renumbered && want.uidvalidity == uidvalidity) {
            // The number of before means another message now.
            want.uidvalidity = 0;
        }
        for want in here {
            match place_of(db, folder, epoch, uidvalidity, &want)? {
                Some(placement) => flags::bind(db, folder, placement, &want)?,
                None if want.uidvalidity == uidvalidity => {
                    self.waiting.insert((folder, want.uid), want);
                }
                None => {
                    self.strangers.insert((folder, Identity::of_want(&want)), want);
                }
            }
        }
        Ok(())
    }

    /// The want that waited for this message, if there is one.
    pub(super) fn take(&mut self, folder: FolderId, message: &Incoming) -> Option<Want> {
        if !self.waiting.is_empty()
            && let Some(want) = self.waiting.remove(&(folder, message.uid))
        {
            if want.is_for(&message.headers.message_id, message.size, message.arrival) {
                return Some(want);
            }
            // Another message has the number: it is looked for by what it is.
            self.strangers.insert((folder, Identity::of_want(&want)), want);
        }
        if self.strangers.is_empty() { None } else { self.strangers.remove(&(folder, Identity::of(message))) }
    }
}

/// The placement that a want is for, by its number or, where that is from another time, by what the message is.
fn place_of(
    db: &Connection,
    folder: FolderId,
    epoch: i64,
    uidvalidity: u32,
    want: &Want,
) -> Result<Option<i64>, StoreError> {
    let size = i64::try_from(want.size).unwrap_or(i64::MAX);
    if want.uidvalidity == uidvalidity {
        return Ok(db
            .prepare_cached(
                "SELECT p.id FROM placement p JOIN msg m ON m.id = p.msg
                 WHERE p.folder = ?1 AND p.epoch = ?2 AND p.uid = ?3
                   AND (m.msgid = ?4 AND m.msgid <> '' OR m.size = ?5 AND m.arrival = ?6)",
            )?
            .query_row(params![folder.0, epoch, want.uid, want.msgid, size, want.arrival.0], |row| row.get(0))
            .optional()?);
    }
    // A walk through the folder: numbers change seldom, and wants that outlive it are few.
    Ok(db
        .prepare_cached(
            "SELECT p.id FROM placement p JOIN msg m ON m.id = p.msg
             WHERE p.folder = ?1 AND p.epoch = ?2 AND m.msgid = ?3 AND m.size = ?4 AND m.arrival = ?5
               AND NOT EXISTS (SELECT 1 FROM pending w WHERE w.placement = p.id) LIMIT 1",
        )?
        .query_row(params![folder.0, epoch, want.msgid, size, want.arrival.0], |row| row.get(0))
        .optional()?)
}
