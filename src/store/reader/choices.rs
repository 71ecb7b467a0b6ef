//! What the user chose for lists and conversations, as own.db keeps it.

use std::collections::HashSet;

use rusqlite::OptionalExtension as _;

use super::Reader;
use crate::model::ThreadId;
use crate::store::StoreError;
use crate::store::mail::name_hash;

impl Reader {
    /// Conversations whose new mail is not told of.
    pub(super) fn muted_threads(&self) -> Result<HashSet<i64>, StoreError> {
        Ok(self.muted()?.into_iter().map(|(_, thread)| thread).collect())
    }

    /// By which names of own.db this conversation is one of them.
    pub fn muted_by(&self, thread: ThreadId) -> Result<Vec<String>, StoreError> {
        Ok(self.muted()?.into_iter().filter(|(_, muted)| *muted == thread.0).map(|(name, _)| name).collect())
    }

    fn muted(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let Some(own) = self.own()? else { return Ok(Vec::new()) };
        let mut find = self.db.prepare_cached(
            "SELECT coalesce(j.thread, r.strand) FROM ref r LEFT JOIN joined j ON j.strand = r.strand WHERE r.h = ?1",
        )?;
        let mut muted = Vec::new();
        for id in own.muted()? {
            if let Some(thread) = find.query_row([name_hash(&id)], |row| row.get(0)).optional()? {
                muted.push((id, thread));
            }
        }
        Ok(muted)
    }

    /// What a conversation is known by in own.db: the Message-ID of its oldest message that has one.
    pub fn root_of(&self, thread: ThreadId) -> Result<Option<String>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT m.msgid FROM placement p JOIN msg m ON m.id = p.msg
             WHERE p.strand IN (SELECT ?1 UNION ALL SELECT strand FROM joined WHERE thread = ?1) AND m.msgid <> ''
             ORDER BY p.arrival, p.id LIMIT 1",
        )?;
        Ok(find.query_row([thread.0], |row| row.get(0)).optional()?)
    }
}
