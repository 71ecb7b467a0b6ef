//! What came and the user was not told of yet.

use rusqlite::params;

use super::rows::{ROW, read_row};
use super::{Reader, count};
use crate::model::{FolderId, Row, Timestamp};
use crate::store::StoreError;

/// Messages of a folder above the mark up to which everything was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Untold {
    /// The mark; `None` if there is none under the present numbers.
    pub told: Option<u32>,
    /// The greatest number that is known.
    pub highest: u32,
    /// Unread ones above the mark that arrived since a moment.
    pub count: u64,
    /// The newest of them first.
    pub newest: Vec<Row>,
}

impl Reader {
    pub fn untold(&self, folder: FolderId, since: Timestamp, limit: usize) -> Result<Untold, StoreError> {
        let highest = self.highest(folder)?;
        let mut find =
            self.db.prepare_cached("SELECT iif(told_epoch = epoch, told, NULL), epoch FROM folder WHERE id = ?1")?;
        let (told, epoch): (Option<u32>, i64) = find.query_row([folder.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some(mark) = told.filter(|mark| *mark < highest) else {
            return Ok(Untold { told, highest, count: 0, newest: Vec::new() });
        };
        let above = "p.folder = ?1 AND p.epoch = ?2 AND p.uid > ?3 AND p.arrival >= ?4 AND p.lflags & 1 = 0";
        let values = params![folder.0, epoch, mark, since.0];
        let mut counted = self.db.prepare_cached(&format!("SELECT count(*) FROM placement p WHERE {above}"))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = self.db.prepare_cached(&format!("{ROW} WHERE {above} ORDER BY p.uid DESC LIMIT ?5"))?;
        let newest =
            rows.query_map(params![folder.0, epoch, mark, since.0, limit], read_row)?.collect::<Result<_, _>>()?;
        Ok(Untold { told, highest, count: counted.query_row(values, |row| count(row, 0))?, newest })
    }
}
