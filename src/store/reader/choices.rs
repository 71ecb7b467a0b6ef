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
        let Some(own) = self.own()? else { return Ok(HashSet::new()) };
        let mut find = self.db.prepare_cached(
            "SELECT coalesce(j.thread, r.strand) FROM ref r LEFT JOIN joined j ON j.strand = r.strand WHERE r.h = ?1",
        )?;
        let mut threads = HashSet::new();
        for id in own.muted()? {
            threads.extend(find.query_row([name_hash(&id)], |row| row.get::<_, i64>(0)).optional()?);
        }
        Ok(threads)
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
