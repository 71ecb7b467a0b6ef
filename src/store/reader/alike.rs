//! Messages that are like one of them, or of one kind: what is selected together, and what is meant by one line.

use std::collections::{HashMap, HashSet};

use rusqlite::OptionalExtension as _;

use super::Reader;
use crate::letter::bare_subject;
use crate::model::{AccountId, Alike, Flags, FolderId, Listing, Lying, PlacementId, Source, Within};
use crate::store::StoreError;

/// The conversation of a message; a message that nobody looked at yet is one by itself.
const THREAD: &str =
    "iif(p.strand = 0, -p.id, coalesce((SELECT j.thread FROM joined j WHERE j.strand = p.strand), p.strand))";

/// What is looked at of each message.
struct Traits {
    size: u64,
    flags: Flags,
    sender: String,
    subject: String,
    thread: i64,
}

impl Reader {
    /// In the order of the folder, or of what is asked for. A walk through all of it: somebody asked for it.
    pub fn alike(&self, within: &Within, placement: PlacementId, how: Alike) -> Result<Vec<PlacementId>, StoreError> {
        let of_one = match how {
            Alike::Thread | Alike::Sender | Alike::Subject => match self.traits(placement)? {
                Some(of_one) => Some(of_one),
                None => return Ok(Vec::new()),
            },
            Alike::AtLeast(_) | Alike::Unread | Alike::Unstarred => None,
        };
        let is_alike = |id: PlacementId, other: &Traits| match (how, &of_one) {
            (Alike::AtLeast(size), _) => other.size >= size,
            (Alike::Unread, _) => !other.flags.seen(),
            (Alike::Unstarred, _) => !other.flags.flagged(),
            (_, None) => false,
            // What says nothing is like nothing else.
            (Alike::Sender, Some(one)) => id == placement || !one.sender.is_empty() && one.sender == other.sender,
            (Alike::Subject, Some(one)) => id == placement || !one.subject.is_empty() && one.subject == other.subject,
            (Alike::Thread, Some(one)) => id == placement || one.thread == other.thread,
        };
        let mut found = Vec::new();
        match within {
            Within::Folder(folder) => {
                let mut find = self.db.prepare_cached(&format!(
                    "SELECT p.id, m.size, p.lflags, m.from_addr, m.subject, {THREAD}
                     FROM placement p JOIN msg m ON m.id = p.msg WHERE p.shown = ?1
                     ORDER BY p.arrival DESC, p.uid DESC"
                ))?;
                let mut rows = find.query([folder.0])?;
                while let Some(row) = rows.next()? {
                    let id = PlacementId(row.get(0)?);
                    if is_alike(id, &read(row)?) {
                        found.push(id);
                    }
                }
            }
            Within::Listed(source) => {
                let (listed, _) = self.listing(&Listing::flat(source.clone()))?;
                self.these(listed.into_iter().map(|entry| entry.placement), is_alike, &mut found)?;
            }
            Within::These(placements) => self.these(placements.iter().copied(), is_alike, &mut found)?,
        }
        Ok(found)
    }

    fn these(
        &self,
        placements: impl Iterator<Item = PlacementId>,
        is_alike: impl Fn(PlacementId, &Traits) -> bool,
        found: &mut Vec<PlacementId>,
    ) -> Result<(), StoreError> {
        for id in placements {
            if self.traits(id)?.is_some_and(|other| is_alike(id, &other)) {
                found.push(id);
            }
        }
        Ok(())
    }

    fn traits(&self, placement: PlacementId) -> Result<Option<Traits>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT p.id, m.size, p.lflags, m.from_addr, m.subject, {THREAD}
             FROM placement p JOIN msg m ON m.id = p.msg WHERE p.id = ?1"
        ))?;
        Ok(find.query_row([placement.0], read).optional()?)
    }

    /// Where messages lie; for each of `folded` what of its conversation is in the same list, too.
    pub fn meant(
        &self,
        source: &Source,
        placements: &[PlacementId],
        folded: &[PlacementId],
    ) -> Result<Vec<Lying>, StoreError> {
        let mut one = self.db.prepare_cached(
            "SELECT p.id, f.account, p.shown, p.lflags FROM placement p JOIN folder f ON f.id = p.shown WHERE p.id = ?1",
        )?;
        let mut others = if folded.is_empty() { HashMap::new() } else { self.folded_into(source, folded)? };
        let mut taken = HashSet::new();
        let mut found = Vec::with_capacity(placements.len());
        for placement in placements {
            for meant in std::iter::once(*placement).chain(others.remove(placement).unwrap_or_default()) {
                if !taken.insert(meant) {
                    continue;
                }
                let lying = one.query_row([meant.0], |row| {
                    Ok(Lying {
                        placement: PlacementId(row.get(0)?),
                        account: AccountId(row.get(1)?),
                        folder: FolderId(row.get(2)?),
                        flags: Flags::from_bits(row.get(3)?),
                    })
                });
                found.extend(lying.optional()?);
            }
        }
        Ok(found)
    }

    /// Of how many messages something is wanted that their servers were not told yet.
    pub fn pending(&self) -> Result<usize, StoreError> {
        let mut find = self.db.prepare_cached("SELECT count(*) FROM pending")?;
        Ok(usize::try_from(find.query_row([], |row| row.get::<_, i64>(0))?).unwrap_or(0))
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Traits> {
    Ok(Traits {
        size: u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0),
        flags: Flags::from_bits(row.get(2)?),
        sender: row.get::<_, String>(3)?.to_lowercase(),
        subject: bare_subject(row.get_ref(4)?.as_str().unwrap_or_default()).to_lowercase(),
        thread: row.get(5)?,
    })
}
