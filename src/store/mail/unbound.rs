//! Wants whose messages are not known here: their folder has not been fetched yet, or its numbers changed. They wait, and
//! whichever message turns out to be theirs gets them.
//!
//! This is memory beside a transaction: a copy is taken before each write, and put back if the write is undone. A copy is
//! cheap until something changes.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::flags;
use super::ingest::Identity;
use crate::model::FolderId;
use crate::store::{Incoming, StoreError, Want};

/// Wants that were settled lately, so that one that comes late is not taken for new.
const REMEMBERED: usize = 10_000;

#[derive(Clone, Debug, Default)]
pub(super) struct Unbound {
    /// Of folders that were not opened since the start.
    elsewhere: Arc<Vec<Want>>,
    /// Of open folders, by the number that the message has or will have.
    waiting: Arc<HashMap<(FolderId, u32), Want>>,
    /// Of open folders whose numbers changed, by what the message is.
    strangers: Arc<HashMap<(FolderId, Identity), Want>>,
    /// The last revision of each want that was settled.
    settled: Arc<HashMap<i64, i64>>,
}

impl Unbound {
    pub(super) fn add(&mut self, want: Want) {
        Arc::make_mut(&mut self.elsewhere).push(want);
    }

    /// True if the want was settled already, at this revision or a later one.
    pub(super) fn is_settled(&self, want: &Want) -> bool {
        self.settled.get(&want.id).is_some_and(|revision| *revision >= want.revision)
    }

    /// A newer word on a want: what waited for the older one does not any more.
    pub(super) fn renew(&mut self, want: &Want) {
        self.drop_where(|other| other.id == want.id && other.revision < want.revision);
    }

    /// The want is over, wherever it waited.
    pub(super) fn settle(&mut self, want: &Want) {
        self.drop_where(|other| other.id == want.id && other.revision <= want.revision);
        let settled = Arc::make_mut(&mut self.settled);
        if settled.len() >= REMEMBERED {
            settled.clear();
        }
        settled.insert(want.id, want.revision);
    }

    fn drop_where(&mut self, over: impl Fn(&Want) -> bool) {
        if self.elsewhere.iter().any(&over) {
            Arc::make_mut(&mut self.elsewhere).retain(|want| !over(want));
        }
        if self.waiting.values().any(&over) {
            Arc::make_mut(&mut self.waiting).retain(|_, want| !over(want));
        }
        if self.strangers.values().any(&over) {
            Arc::make_mut(&mut self.strangers).retain(|_, want| !over(want));
        }
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
        if !stale.is_empty() {
            let waiting = Arc::make_mut(&mut self.waiting);
            Arc::make_mut(&mut self.elsewhere).extend(stale.iter().filter_map(|key| waiting.remove(key)));
        }
        if self.elsewhere.is_empty() {
            return Ok(());
        }
        let (account, wire): (String, Vec<u8>) = db.query_row(
            "SELECT a.name, f.wire FROM folder f JOIN account a ON a.id = f.account WHERE f.id = ?1",
            [folder.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let is_here = |want: &Want| want.account == account && want.folder == wire;
        if !self.elsewhere.iter().any(is_here) {
            return Ok(());
        }
        let mut here: Vec<Want> = Arc::make_mut(&mut self.elsewhere).extract_if(.., |want| is_here(want)).collect();
        for want in here.iter_mut().filter(|want| renumbered && want.uidvalidity == uidvalidity) {
            // The number of before means another message now.
            want.uidvalidity = 0;
        }
        for want in here {
            match place_of(db, folder, epoch, uidvalidity, &want)? {
                Some(placement) => _ = flags::bind(db, placement, &want)?,
                None if want.uidvalidity == uidvalidity => {
                    Arc::make_mut(&mut self.waiting).insert((folder, want.uid), want);
                }
                None => {
                    Arc::make_mut(&mut self.strangers).insert((folder, Identity::of_want(&want)), want);
                }
            }
        }
        Ok(())
    }

    /// The want that waited for this message, if there is one.
    pub(super) fn take(&mut self, folder: FolderId, message: &Incoming) -> Option<Want> {
        if self.waiting.contains_key(&(folder, message.uid))
            && let Some(want) = Arc::make_mut(&mut self.waiting).remove(&(folder, message.uid))
        {
            if want.is_for(&message.headers.message_id, message.size, message.arrival) {
                return Some(want);
            }
            // Another message has the number: it is looked for by what it is.
            Arc::make_mut(&mut self.strangers).insert((folder, Identity::of_want(&want)), want);
        }
        if self.strangers.is_empty() { None } else { self.take_stranger(folder, Identity::of(message)) }
    }

    pub(super) fn has_strangers(&self) -> bool {
        !self.strangers.is_empty()
    }

    /// The want of a message that is this and has no number that anybody knows.
    pub(super) fn take_stranger(&mut self, folder: FolderId, message: Identity) -> Option<Want> {
        let key = (folder, message);
        if self.strangers.contains_key(&key) { Arc::make_mut(&mut self.strangers).remove(&key) } else { None }
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
