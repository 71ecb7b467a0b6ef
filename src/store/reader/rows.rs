//! The rows of lists.

use rusqlite::{OptionalExtension as _, Row as SqlRow, params};

use super::{Reader, count};
use crate::model::{
    AccountId, Address, BodyState, Flags, FolderId, Kind, MessageId, PlacementId, Row, ThreadId, Timestamp,
};
use crate::store::StoreError;
use crate::text::Text;

pub(super) const ROW: &str = "SELECT p.id, p.msg, iif(p.epoch < 0 OR p.shown <> p.folder, NULL, p.uid), m.from_name, m.from_addr, m.to_name, m.to_addr, m.subject, m.date,
    p.arrival, m.size, p.lflags, (w.placement IS NOT NULL OR p.uid IS NULL) AND p.epoch >= 0, m.attach, m.body, p.epoch < 0,
    iif(p.shown = 0, p.folder, p.shown), f.account, m.kind, p.strand, j.thread
    FROM placement p JOIN msg m ON m.id = p.msg JOIN folder f ON f.id = p.folder
    LEFT JOIN pending w ON w.placement = p.id LEFT JOIN joined j ON j.strand = p.strand";

impl Reader {
    /// The rows of these placements, in this order; those that are gone are left out.
    pub fn rows(&self, placements: &[PlacementId]) -> Result<Vec<Row>, StoreError> {
        let mut find = self.db.prepare_cached(&format!("{ROW} WHERE p.id = ?1"))?;
        let mut rows = Vec::with_capacity(placements.len());
        for placement in placements {
            rows.extend(find.query_row([placement.0], read_row).optional()?);
        }
        Ok(rows)
    }

    /// The newest `limit` rows of a folder.
    pub fn newest(&self, folder: FolderId, limit: usize) -> Result<Vec<Row>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut find = self
            .db
            .prepare_cached(&format!("{ROW} WHERE p.shown = ?1 ORDER BY p.arrival DESC, p.uid DESC LIMIT ?2"))?;
        Ok(find.query_map(params![folder.0, limit], read_row)?.collect::<Result<_, _>>()?)
    }
}

pub(super) fn read_row(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let (strand, joined): (i64, Option<i64>) = (row.get(19)?, row.get(20)?);
    let text = |column: usize| row.get::<_, String>(column).map(Text::new);
    Ok(Row {
        placement: PlacementId(row.get(0)?),
        message: MessageId(row.get(1)?),
        account: AccountId(row.get(17)?),
        folder: FolderId(row.get(16)?),
        uid: row.get(2)?,
        from: Address { name: text(3)?, address: text(4)? },
        to: Address { name: text(5)?, address: text(6)? },
        subject: text(7)?,
        date: Timestamp(row.get(8)?),
        arrival: Timestamp(row.get(9)?),
        size: count(row, 10)?,
        flags: Flags::from_bits(row.get(11)?),
        pending: row.get(12)?,
        attachments: row.get(13)?,
        body: if row.get::<_, i64>(14)? == 0 { BodyState::Absent } else { BodyState::Here },
        only_here: row.get(15)?,
        kind: Kind::from_number(row.get(18)?),
        thread: ThreadId(joined.unwrap_or(strand)),
        conversation: None,
    })
}
