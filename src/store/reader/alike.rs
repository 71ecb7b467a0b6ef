//! Messages of a folder that are like one of them, or of one kind: what is selected together.

use rusqlite::{OptionalExtension as _, params};

use super::Reader;
use crate::letter::bare_subject;
use crate::model::{Alike, FolderId, PlacementId};
use crate::store::StoreError;

impl Reader {
    /// In the order of the folder. A walk through it: somebody asked for all of them.
    pub fn alike(&self, folder: FolderId, placement: PlacementId, how: Alike) -> Result<Vec<PlacementId>, StoreError> {
        let all = |condition: &str, value: i64| -> Result<Vec<PlacementId>, StoreError> {
            let mut find = self.db.prepare_cached(&format!(
                "SELECT p.id FROM placement p JOIN msg m ON m.id = p.msg
                 WHERE p.folder = ?1 AND {condition} ORDER BY p.arrival DESC, p.uid DESC"
            ))?;
            let found = find.query_map(params![folder.0, value], |row| row.get(0).map(PlacementId))?;
            Ok(found.collect::<Result<_, _>>()?)
        };
        match how {
            Alike::AtLeast(size) => all("m.size >= ?2", i64::try_from(size).unwrap_or(i64::MAX)),
            Alike::Unread => all("p.lflags & 1 = ?2", 0),
            Alike::Unstarred => all("p.lflags & 4 = ?2", 0),
            Alike::Sender => all(
                "m.from_addr <> '' AND m.from_addr = (SELECT n.from_addr FROM placement o JOIN msg n ON n.id = o.msg
                 WHERE o.id = ?2) COLLATE NOCASE",
                placement.0,
            ),
            Alike::Thread | Alike::Subject => self.of_one_subject(folder, placement),
        }
    }

    /// Of how many messages something is wanted that their servers were not told yet.
    pub fn pending(&self) -> Result<usize, StoreError> {
        let mut find = self.db.prepare_cached("SELECT count(*) FROM pending")?;
        Ok(usize::try_from(find.query_row([], |row| row.get::<_, i64>(0))?).unwrap_or(0))
    }

    fn of_one_subject(&self, folder: FolderId, placement: PlacementId) -> Result<Vec<PlacementId>, StoreError> {
        let mut one =
            self.db.prepare_cached("SELECT m.subject FROM placement p JOIN msg m ON m.id = p.msg WHERE p.id = ?1")?;
        let Some(subject): Option<String> = one.query_row([placement.0], |row| row.get(0)).optional()? else {
            return Ok(Vec::new());
        };
        let wanted = bare(&subject);
        let mut find = self.db.prepare_cached(
            "SELECT p.id, m.subject FROM placement p JOIN msg m ON m.id = p.msg WHERE p.folder = ?1
             ORDER BY p.arrival DESC, p.uid DESC",
        )?;
        let mut found = Vec::new();
        let mut rows = find.query([folder.0])?;
        while let Some(row) = rows.next()? {
            let id = PlacementId(row.get(0)?);
            // What has no subject is like nothing else.
            let same = !wanted.is_empty() && row.get_ref(1)?.as_str().is_ok_and(|subject| bare(subject) == wanted);
            if same || id == placement {
                found.push(id);
            }
        }
        Ok(found)
    }
}

/// Without what answers and forwards put before it, in small letters.
fn bare(subject: &str) -> String {
    bare_subject(subject).to_lowercase()
}
