//! Questions about messages that lie elsewhere for the user than on the server, and about what could not be done.

use rusqlite::{OptionalExtension as _, params};

use super::{Reader, count};
use crate::model::{AccountId, DeedKind, Flags, FolderId, Need};
use crate::store::{OwnReader, StoreError};
use crate::text::Text;

impl Reader {
    /// What a folder has on the server, as far as is known: messages and unread ones. What only we have does not count, and
    /// what the user moved counts where the server has it.
    pub fn on_server(&self, folder: FolderId) -> Result<(u64, u64), StoreError> {
        let (total, unread) = self.counters(folder)?;
        let (kept, kept_unread) = self.only_here(folder)?;
        let mut find = self.db.prepare_cached(
            "SELECT coalesce(sum(folder = ?1), 0), coalesce(sum(folder = ?1 AND lflags & 1 = 0), 0),
               coalesce(sum(shown = ?1), 0), coalesce(sum(shown = ?1 AND lflags & 1 = 0), 0)
             FROM placement INDEXED BY placement_away WHERE shown <> folder",
        )?;
        let (away, away_unread, here, here_unread) =
            find.query_row([folder.0], |row| Ok((count(row, 0)?, count(row, 1)?, count(row, 2)?, count(row, 3)?)))?;
        Ok((
            (total + away).saturating_sub(kept + here),
            (unread + away_unread).saturating_sub(kept_unread + here_unread),
        ))
    }

    /// What could not be done, the oldest first.
    pub fn needs(&self) -> Result<Vec<Need>, StoreError> {
        let Some(own) = self.own()? else { return Ok(Vec::new()) };
        let rows = OwnReader::needs(own)?;
        let mut needs = Vec::with_capacity(rows.len());
        for row in rows {
            let account = self.account_named(&row.account)?.unwrap_or(AccountId(0));
            let (folder, _) = self.folder_called(account, &row.folder)?;
            let (to, id) = match &row.target {
                Some(wire) => self.folder_called(account, wire).map(|(name, id)| (Some(name), id))?,
                None => (None, FolderId(0)),
            };
            let kind = match row.kind.as_str() {
                "erase" => DeedKind::Erase,
                "copy" => DeedKind::Copy { to: id },
                "flag" => DeedKind::Flag { add: Flags::NONE, remove: Flags::NONE },
                _ => DeedKind::Move { to: id },
            };
            let (subject, from) = (Text::new(row.subject), Text::new(row.sender));
            needs.push(Need { id: row.id, account, folder, to, subject, from, kind, why: row.why, since: row.since });
        }
        Ok(needs)
    }

    fn account_named(&self, name: &str) -> Result<Option<AccountId>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT id FROM account WHERE name = ?1")?;
        Ok(find.query_row([name], |row| row.get(0).map(AccountId)).optional()?)
    }

    /// A folder by the server's name for it; one that is not known is called by that.
    fn folder_called(&self, account: AccountId, wire: &[u8]) -> Result<(Text, FolderId), StoreError> {
        let mut find = self.db.prepare_cached("SELECT name, id FROM folder WHERE account = ?1 AND wire = ?2")?;
        let found = find.query_row(params![account.0, wire], |row| {
            Ok((Text::new(row.get::<_, String>(0)?), FolderId(row.get(1)?)))
        });
        Ok(found.optional()?.unwrap_or_else(|| (Text::new(String::from_utf8_lossy(wire).into_owned()), FolderId(0))))
    }
}
