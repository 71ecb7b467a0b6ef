//! Messages whose text is not here.

use rusqlite::params;

use super::{Reader, Whereabouts, read_whereabouts};
use crate::model::{AccountId, Timestamp};
use crate::store::StoreError;

impl Reader {
    /// Messages of an account that arrived since then and are here without their text, the newest first; of junk and of what
    /// was thrown away nobody looks for the words.
    pub fn texts_wanted(
        &self,
        account: AccountId,
        since: Timestamp,
        largest: u64,
        limit: usize,
    ) -> Result<Vec<Whereabouts>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT f.account, f.id, f.wire, f.delimiter, f.uidvalidity, p.uid, p.msg, m.size, m.arrival
             FROM msg m INDEXED BY msg_without_body JOIN placement p ON p.msg = m.id JOIN folder f ON f.id = p.folder
             WHERE m.body = 0 AND m.arrival >= ?2 AND m.size <= ?3 AND f.account = ?1 AND f.absent = 0
               AND p.epoch = f.epoch AND p.uid IS NOT NULL AND p.shown = p.folder AND coalesce(f.role, '') NOT IN ('junk', 'trash')
             ORDER BY m.arrival DESC LIMIT ?4",
        )?;
        let (largest, limit) = (i64::try_from(largest).unwrap_or(i64::MAX), i64::try_from(limit).unwrap_or(i64::MAX));
        let found = find.query_map(params![account.0, since.0, largest, limit], read_whereabouts)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
