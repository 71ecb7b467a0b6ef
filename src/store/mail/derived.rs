//! Rows that are made again from their headers, by newer rules.

use rusqlite::{Connection, params};

use super::ingest::column;
use super::threads;
use crate::model::{Changed, FolderId, Headers, MessageId};
use crate::store::StoreError;

/// Takes over what newer rules read. What wants are matched by stays as it was: the Message-ID, the size, the time of
/// arrival. Returns what may look different now.
pub(super) fn derived(
    db: &Connection,
    messages: &[(MessageId, Headers)],
    decoder: u32,
) -> Result<Vec<Changed>, StoreError> {
    let mut take_over = db.prepare_cached(
        "UPDATE msg SET date = coalesce(?2, arrival), from_name = ?3, from_addr = ?4, to_name = ?5, to_addr = ?6,
           subject = ?7, attach = ?8, kind = ?10, own = ?11, other = ?12, refs = ?13
         WHERE id = ?1 AND decoder < ?9
           AND (date, from_name, from_addr, to_name, to_addr, subject, attach, kind, own, other, refs)
             IS NOT (coalesce(?2, arrival), ?3, ?4, ?5, ?6, ?7, ?8, ?10, ?11, ?12, ?13)
           AND EXISTS (SELECT 1 FROM header WHERE msg = ?1)",
    )?;
    let mut note = db.prepare_cached("UPDATE msg SET decoder = ?2 WHERE id = ?1 AND decoder < ?2")?;
    let (mut different, mut tied) = (0, Vec::new());
    for (message, headers) in messages {
        let from = headers.from.first().cloned().unwrap_or_default();
        let to = headers.to.first().or(headers.cc.first()).cloned().unwrap_or_default();
        let names = threads::Names::of(headers);
        different += take_over.execute(params![
            message.0,
            headers.date.map(|date| date.0),
            column(&from.name),
            column(&from.address),
            column(&to.name),
            column(&to.address),
            column(&headers.subject),
            headers.looks_attached(),
            decoder,
            headers.kind.number(),
            names.own,
            names.other,
            names.refs_column()
        ])?;
        for folder in threads::tie(db, message.0, &names)? {
            if !tied.contains(&folder) {
                tied.push(folder);
            }
        }
        note.execute(params![message.0, decoder])?;
    }
    let mut changed: Vec<Changed> = tied.into_iter().map(|folder| Changed::Order(FolderId(folder))).collect();
    if different > 0 {
        // To look again at a folder that is not shown costs nothing.
        let mut folders = db.prepare_cached("SELECT id FROM folder WHERE total > 0")?;
        for folder in folders.query_map([], |row| row.get(0).map(FolderId))? {
            changed.push(Changed::Rows(folder?));
        }
    }
    Ok(changed)
}
