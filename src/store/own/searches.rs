//! Searches that the user gave a name.

use rusqlite::{Connection, params};

use crate::model::{NamedSearch, Timestamp};
use crate::store::StoreError;

/// More of them are no help to anybody; the ones that were named last are known.
const MOST: u32 = 200;

/// Keeps a search under a name, in the place of what had it; without words, the name means nothing any more.
pub(super) fn name(db: &Connection, name: &str, words: Option<&str>, at: Timestamp) -> Result<(), StoreError> {
    match words {
        Some(words) => {
            db.prepare_cached("INSERT OR REPLACE INTO named_search(name, words, at) VALUES(?1, ?2, ?3)")?
                .execute(params![name, words, at.0])?;
        }
        None => {
            db.prepare_cached("DELETE FROM named_search WHERE name = ?1")?.execute([name])?;
        }
    }
    Ok(())
}

/// In the order of their names. An older file has none.
pub(in crate::store) fn all(db: &Connection) -> Result<Vec<NamedSearch>, StoreError> {
    if !db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'named_search'")?.exists([])? {
        return Ok(Vec::new());
    }
    let mut find = db.prepare_cached(
        "SELECT name, words FROM (SELECT name, words FROM named_search ORDER BY at DESC LIMIT ?1) ORDER BY name",
    )?;
    let all = find.query_map([MOST], |row| Ok(NamedSearch { name: row.get(0)?, words: row.get(1)? }))?;
    Ok(all.collect::<Result<_, _>>()?)
}
