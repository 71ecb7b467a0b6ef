//! Whole messages: their beginnings for the screen, every byte of them for a file.

use rusqlite::types::FromSql;
use rusqlite::{OptionalExtension as _, Row as SqlRow, params};

use super::Reader;
use crate::model::{AccountId, FolderId, MessageId, PlacementId};
use crate::store::StoreError;
use crate::store::blobs::{self, WholeBody};

impl Reader {
    /// The message, if it is here: as much of it as anybody shows.
    pub fn body(&self, message: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>, i64)> = self
            .db
            .prepare_cached("SELECT z, size FROM body WHERE msg = ?1")?
            .query_row([message.0], two)
            .optional()?;
        if let Some((z, size)) = row {
            return blobs::unpack(z.as_slice(), size).map(Some);
        }
        let file: Option<(String, i64)> = self
            .db
            .prepare_cached("SELECT sha256, size FROM bigbody WHERE msg = ?1")?
            .query_row([message.0], two)
            .optional()?;
        match file {
            // A file that somebody removed is a body that has to be downloaded again.
            Some((sha256, size)) => Ok(blobs::read_file(&self.bodies, &sha256, size).ok()),
            None => Ok(None),
        }
    }

    /// The message, if it is here: every byte of it.
    pub fn whole_body(&self, message: MessageId) -> Result<Option<WholeBody>, StoreError> {
        let row: Option<(Vec<u8>, i64)> = self
            .db
            .prepare_cached("SELECT z, size FROM body WHERE msg = ?1")?
            .query_row([message.0], two)
            .optional()?;
        if let Some((z, size)) = row {
            return WholeBody::of_row(z, size).map(Some);
        }
        let file: Option<(String, i64)> = self
            .db
            .prepare_cached("SELECT sha256, size FROM bigbody WHERE msg = ?1")?
            .query_row([message.0], two)
            .optional()?;
        Ok(file.and_then(|(sha256, size)| WholeBody::of_file(&self.bodies, &sha256, size).ok()))
    }

    /// Every place in the account where a message of this Message-ID lies.
    pub fn placements_of(&self, account: AccountId, message_id: &str) -> Result<Vec<PlacementId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT p.id FROM placement p JOIN msg m ON m.id = p.msg JOIN folder f ON f.id = p.folder
             WHERE m.msgid = ?2 AND f.account = ?1 AND (p.epoch = f.epoch AND p.uid IS NOT NULL OR p.epoch < 0)
             ORDER BY p.id LIMIT 100",
        )?;
        let found = find.query_map(params![account.0, message_id], |row| row.get(0).map(PlacementId))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The messages with these numbers in the folder's present epoch.
    pub fn messages(&self, folder: FolderId, uids: &[u32]) -> Result<Vec<(u32, MessageId)>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT p.msg FROM placement p
             WHERE p.folder = ?1 AND p.uid = ?2 AND p.epoch = (SELECT epoch FROM folder WHERE id = ?1)",
        )?;
        let mut found = Vec::with_capacity(uids.len());
        for uid in uids {
            let message: Option<i64> = find.query_row(params![folder.0, uid], |row| row.get(0)).optional()?;
            found.extend(message.map(|message| (*uid, MessageId(message))));
        }
        Ok(found)
    }

    /// How large the message is that is here; [`Reader::body`] may give less.
    pub fn body_size(&self, message: MessageId) -> Result<Option<u64>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT size FROM body WHERE msg = ?1 UNION ALL SELECT size FROM bigbody WHERE msg = ?1 LIMIT 1",
        )?;
        let size: Option<i64> = find.query_row([message.0], |row| row.get(0)).optional()?;
        Ok(size.and_then(|size| u64::try_from(size).ok()))
    }
}

fn two<A: FromSql, B: FromSql>(row: &SqlRow<'_>) -> rusqlite::Result<(A, B)> {
    Ok((row.get(0)?, row.get(1)?))
}
