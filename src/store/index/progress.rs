//! What is still to be cut, and how much of the mail can be found.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::reader::Reader;
use crate::model::{MessageId, Timestamp};
use crate::store::StoreError;

/// The next changes to take into the index.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ToIndex {
    changes: Vec<(i64, MessageId)>,
    top: i64,
    bottom: i64,
    is_new: bool,
}

impl ToIndex {
    pub fn messages(&self) -> impl ExactSizeIterator<Item = MessageId> {
        self.changes.iter().map(|(_, message)| *message)
    }

    /// The marks of the index once it has the first `count` of them.
    pub fn marks_after(&self, count: usize) -> (i64, i64) {
        let last = count.checked_sub(1).and_then(|last| self.changes.get(last)).map(|(n, _)| *n);
        match last {
            Some(n) if self.is_new => (n, self.bottom),
            Some(n) => (self.top, n - 1),
            None => (self.top, self.bottom),
        }
    }
}

pub(super) fn marks(index: &Connection) -> Result<Option<(i64, i64)>, StoreError> {
    let mut find = index.prepare_cached("SELECT top, bottom FROM progress")?;
    Ok(find.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

impl Reader {
    /// Which mail.db it is, and the number of its last change.
    pub(super) fn changes(&self) -> Result<(String, i64), StoreError> {
        let mark = self.db.query_row("SELECT mark FROM identity", [], |row| row.get(0))?;
        let last = self.db.query_row(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change'",
            [],
            |row| row.get(0),
        )?;
        Ok((mark, last))
    }

    /// What to take into the index next: what changed since, then what was there before, both the newest change first as
    /// far as that can be.
    pub(super) fn to_index(&self, top: i64, bottom: i64, limit: usize) -> Result<ToIndex, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = |sql: &str, from: i64| -> Result<Vec<(i64, MessageId)>, StoreError> {
            let mut find = self.db.prepare_cached(sql)?;
            let found = find.query_map(params![from, limit], |row| Ok((row.get(0)?, MessageId(row.get(1)?))))?;
            Ok(found.collect::<Result<_, _>>()?)
        };
        let new = read("SELECT n, msg FROM change WHERE n > ?1 ORDER BY n LIMIT ?2", top)?;
        if !new.is_empty() {
            return Ok(ToIndex { changes: new, top, bottom, is_new: true });
        }
        let old = read("SELECT n, msg FROM change WHERE n <= ?1 ORDER BY n DESC LIMIT ?2", bottom)?;
        Ok(ToIndex { changes: old, top, bottom, is_new: false })
    }

    /// When a message arrived, and the bytes of its head; `None` if it is gone.
    pub fn head_of(&self, message: MessageId) -> Result<Option<(Timestamp, Vec<u8>)>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT m.arrival, coalesce(h.raw, x'') FROM msg m LEFT JOIN header h ON h.msg = m.id WHERE m.id = ?1",
        )?;
        Ok(find.query_row([message.0], |row| Ok((Timestamp(row.get(0)?), row.get(1)?))).optional()?)
    }

    pub(super) fn waiting(&self, top: i64, bottom: i64) -> Result<u64, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT (SELECT count(*) FROM change WHERE n > ?1) + (SELECT count(*) FROM change WHERE n <= ?2)",
        )?;
        let waiting: i64 = find.query_row(params![top, bottom], |row| row.get(0))?;
        Ok(u64::try_from(waiting).unwrap_or(0))
    }

    /// All messages, and those of them whose text is not here.
    pub(super) fn without_text(&self) -> Result<(u64, u64), StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT (SELECT coalesce(sum(total), 0) FROM folder), (SELECT count(*) FROM msg WHERE body = 0)",
        )?;
        let (all, without): (i64, i64) = find.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((u64::try_from(all).unwrap_or(0), u64::try_from(without).unwrap_or(0)))
    }
}
