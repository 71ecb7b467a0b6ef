//! Questions about messages that are becoming too old for their server, and about those that are.

use rusqlite::params;

use super::{Reader, WHEREABOUTS, Whereabouts, count, read_whereabouts};
use crate::model::{Flags, FolderId, PlacementId, Timestamp};
use crate::store::{Placed, StoreError};

impl Reader {
    /// The oldest messages without a body that arrived before this time, as long as the server lists them.
    pub fn old_without_body(
        &self,
        folder: FolderId,
        before: Timestamp,
        largest: u64,
        limit: usize,
    ) -> Result<Vec<Whereabouts>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "{WHEREABOUTS} AND p.folder = ?1 AND p.arrival < ?2 AND m.body = 0 AND m.size <= ?3
             ORDER BY p.arrival, p.uid LIMIT ?4"
        ))?;
        let largest = i64::try_from(largest).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = find.query_map(params![folder.0, before.0, largest, limit], read_whereabouts)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Every message of a folder that a server has, or had when it was last asked. A walk through the folder.
    pub fn placed(&self, folder: FolderId) -> Result<Vec<Placed>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT p.id, iif(p.epoch = f.epoch, p.uid, NULL), p.arrival, p.sflags
             FROM folder f JOIN placement p ON p.folder = f.id WHERE f.id = ?1 AND p.epoch >= 0",
        )?;
        let placed = find.query_map([folder.0], |row| {
            let (placement, arrival) = (PlacementId(row.get(0)?), Timestamp(row.get(2)?));
            Ok(Placed { placement, uid: row.get(1)?, arrival, flags: Flags::from_bits(row.get(3)?) })
        })?;
        Ok(placed.collect::<Result<_, _>>()?)
    }

    /// True if the numbers of a folder changed and some of its messages have no present one.
    pub fn has_left_over(&self, folder: FolderId) -> Result<bool, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT 1 FROM placement WHERE folder = ?1 AND epoch >= 0
               AND epoch < (SELECT epoch FROM folder WHERE id = ?1) LIMIT 1",
        )?;
        Ok(find.exists([folder.0])?)
    }

    /// How many messages of an account only we have.
    pub fn only_here_of(&self, account: &str) -> Result<u64, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT count(*) FROM account a JOIN folder f ON f.account = a.id JOIN placement p ON p.folder = f.id
             WHERE a.name = ?1 AND p.epoch < 0",
        )?;
        Ok(find.query_row([account], |row| count(row, 0))?)
    }

    /// How many messages of a folder only we have, and how many of them are unread.
    pub fn only_here(&self, folder: FolderId) -> Result<(u64, u64), StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT count(*), coalesce(sum(lflags & 1 = 0), 0) FROM placement WHERE folder = ?1 AND epoch < 0",
        )?;
        Ok(find.query_row([folder.0], |row| Ok((count(row, 0)?, count(row, 1)?)))?)
    }

    /// What the user wanted of messages while no server had them, and one has them again.
    pub fn wanted_here(&self, folder: FolderId) -> Result<Vec<(PlacementId, Flags, Flags)>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT p.id, w.add_flags, w.remove_flags FROM pending w JOIN placement p ON p.id = w.placement
             JOIN folder f ON f.id = p.folder WHERE f.id = ?1 AND p.epoch = f.epoch AND w.want = 0",
        )?;
        let wanted = find.query_map([folder.0], |row| {
            Ok((PlacementId(row.get(0)?), Flags::from_bits(row.get(1)?), Flags::from_bits(row.get(2)?)))
        })?;
        Ok(wanted.collect::<Result<_, _>>()?)
    }
}
