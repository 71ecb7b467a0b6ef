//! The order of lists.

use super::Reader;
use crate::model::{FolderId, Knot, Listing, OrderEntry, PlacementId, Source, Timestamp};
use crate::store::StoreError;

impl Reader {
    /// A list as it is to be shown, and what each line is within its conversation.
    pub(super) fn listing(&self, listing: &Listing) -> Result<(Vec<OrderEntry>, Vec<Knot>), StoreError> {
        match &listing.source {
            Source::Folder(folder) => Ok((self.order(*folder)?, Vec::new())),
            Source::Unified(_) | Source::Starred | Source::Split { .. } | Source::Search { .. } => {
                Ok((Vec::new(), Vec::new()))
            }
        }
    }

    pub fn order(&self, folder: FolderId) -> Result<Vec<OrderEntry>, StoreError> {
        let total: i64 = self
            .db
            .prepare_cached("SELECT total FROM folder WHERE id = ?1")?
            .query_row([folder.0], |row| row.get(0))?;
        let mut find = self
            .db
            .prepare_cached("SELECT id, arrival FROM placement WHERE folder = ?1 ORDER BY arrival DESC, uid DESC")?;
        let mut order = Vec::with_capacity(usize::try_from(total).unwrap_or(0));
        let mut rows = find.query([folder.0])?;
        while let Some(row) = rows.next()? {
            order.push(OrderEntry { placement: PlacementId(row.get(0)?), arrival: Timestamp(row.get(1)?) });
        }
        Ok(order)
    }
}
