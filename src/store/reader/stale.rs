//! Rows that were made by older rules.

use rusqlite::params;

use super::Reader;
use crate::model::MessageId;
use crate::store::StoreError;

/// A batch ends when its headers are longer than this together.
const LONGEST_BATCH: usize = 4 * 1024 * 1024;

impl Reader {
    /// Messages whose row was made by rules older than `below`, and the bytes it was made from: no more than `limit`, those
    /// of the oldest rules first. Costs nothing where there are none.
    pub fn stale(&self, below: u32, limit: usize) -> Result<Vec<(MessageId, Vec<u8>)>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT m.id, coalesce(h.raw, x'') FROM msg m INDEXED BY msg_decoder LEFT JOIN header h ON h.msg = m.id
             WHERE m.decoder < ?1 ORDER BY m.decoder, m.id LIMIT ?2",
        )?;
        let mut rows = find.query(params![below, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let (mut found, mut length) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let raw: Vec<u8> = row.get(1)?;
            length += raw.len();
            found.push((MessageId(row.get(0)?), raw));
            if length > LONGEST_BATCH {
                break;
            }
        }
        Ok(found)
    }
}
