//! What one row says of a conversation that is folded into it.

use std::collections::{HashMap, HashSet};

use rusqlite::Row as SqlRow;

use super::Reader;
use crate::model::{Conversation, Flags, FolderId, PlacementId, Row, Source, Timestamp, Writer};
use crate::store::StoreError;
use crate::text::Text;

/// Messages of one conversation that are looked at for its row.
const MOST: usize = 1000;
/// People who are named.
const PEOPLE: usize = 8;

/// A message of a conversation, as far as its row is concerned.
struct Part {
    placement: PlacementId,
    folder: FolderId,
    arrival: Timestamp,
    flags: Flags,
    attachments: bool,
    name: String,
    address: String,
}

impl Reader {
    /// The rows of these placements with what is folded into them in this list.
    pub(super) fn rows_with_conversations(
        &self,
        source: &Source,
        placements: &[PlacementId],
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = self.rows(placements)?;
        let scope = self.scope(source)?;
        let here: HashSet<FolderId> = scope.folders.iter().map(|(_, folder, _)| *folder).collect();
        let own: HashSet<FolderId> = scope.own.iter().map(|(_, folder)| *folder).collect();
        let muted = self.muted_threads()?;
        let mut known: HashMap<i64, Option<Box<Conversation>>> = HashMap::new();
        for row in &mut rows {
            let thread = row.thread.0;
            if thread == 0 {
                continue;
            }
            if !known.contains_key(&thread) {
                let mut found = self.conversation(thread, &here, &own)?;
                found.muted = muted.contains(&thread);
                let says_something = found.count > 1 || found.muted;
                known.insert(thread, says_something.then(|| Box::new(found)));
            }
            row.conversation = known.get(&thread).cloned().flatten();
        }
        Ok(rows)
    }

    fn conversation(
        &self,
        thread: i64,
        here: &HashSet<FolderId>,
        own: &HashSet<FolderId>,
    ) -> Result<Conversation, StoreError> {
        let mut strands = vec![thread];
        let mut joined = self.db.prepare_cached("SELECT strand FROM joined WHERE thread = ?1 LIMIT ?2")?;
        for strand in joined.query_map([thread, i64::try_from(MOST).unwrap_or(i64::MAX)], |row| row.get(0))? {
            strands.push(strand?);
        }
        let mut find = self.db.prepare_cached(
            "SELECT p.id, p.shown, p.arrival, p.lflags, m.attach, m.from_name, m.from_addr
             FROM placement p JOIN msg m ON m.id = p.msg WHERE p.strand = ?1 LIMIT ?2",
        )?;
        let mut parts: Vec<Part> = Vec::new();
        for strand in strands {
            let left = MOST.saturating_sub(parts.len());
            for part in find.query_map([strand, i64::try_from(left).unwrap_or(0)], read)? {
                let part = part?;
                if here.contains(&part.folder) || own.contains(&part.folder) {
                    parts.push(part);
                }
            }
        }
        parts.sort_by_key(|part| (part.arrival, part.placement));
        let mut said =
            Conversation { count: u32::try_from(parts.len()).unwrap_or(u32::MAX), ..Conversation::default() };
        let mut met: HashSet<&str> = HashSet::new();
        for part in &parts {
            let is_own = own.contains(&part.folder) && !here.contains(&part.folder);
            if !is_own {
                said.unread += u32::from(!part.flags.seen());
                said.starred |= part.flags.flagged();
                said.members.push(part.placement);
            }
            said.attachments |= part.attachments;
            if met.insert(if is_own { "" } else { part.address.as_str() }) && said.people.len() < PEOPLE {
                let name = if part.name.trim().is_empty() { &part.address } else { &part.name };
                said.people.push(Writer { name: Text::new(name.as_str()), own: is_own });
            }
        }
        said.members.reverse();
        Ok(said)
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Part> {
    Ok(Part {
        placement: PlacementId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        arrival: Timestamp(row.get(2)?),
        flags: Flags::from_bits(row.get(3)?),
        attachments: row.get(4)?,
        name: row.get(5)?,
        address: row.get(6)?,
    })
}
