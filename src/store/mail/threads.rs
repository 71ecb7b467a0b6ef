//! Which messages belong together: whatever names the same Message-ID, or is named by it. Subjects say nothing.
//!
//! Every name has a strand, and so has every message; a message that names what lies in several strands joins them. What
//! comes of it is the same in whatever order messages come, because it is only who names whom that counts.
//!
//! Whoever writes a header can name what is not theirs. They must know its Message-ID, which only those have who got it,
//! and one message joins by no more than `JOINS` names: so it cannot tie everything together, and costs no more than others.

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use crate::model::Headers;
use crate::store::StoreError;
use crate::text::Text;

/// Names that count of what a message answers: the nearest ones, and the first of all.
const JOINS: usize = 24;
/// Sizes of conversations are compared up to here; two that are larger are joined either way.
const WEIGHED: i64 = 1000;

/// What a Message-ID is in the tables. 0 is none.
pub(in crate::store) fn hash(id: &str) -> i64 {
    let id = id.trim();
    if id.is_empty() {
        return 0;
    }
    let digest: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    let start = digest.first_chunk().copied().unwrap_or_default();
    // One that would be 0 is none; that happens to nobody.
    i64::from_be_bytes(start)
}

/// What a message is called, and what it names.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Names {
    pub(super) own: i64,
    pub(super) other: i64,
    /// What it answers, the nearest first.
    pub(super) refs: Vec<i64>,
}

impl Names {
    pub(super) fn of(headers: &Headers) -> Self {
        let named = |id: &Text| hash(id.as_untrusted());
        let (own, other) = (named(&headers.message_id), named(&headers.other_id));
        let mut refs: Vec<i64> = Vec::new();
        let name = |refs: &mut Vec<i64>, hash: i64| {
            if hash != 0 && hash != own && hash != other && !refs.contains(&hash) {
                refs.push(hash);
            }
        };
        name(&mut refs, named(&headers.in_reply_to));
        for id in headers.references.iter().rev().take(2 * JOINS) {
            if refs.len() + 1 < JOINS {
                name(&mut refs, named(id));
            }
        }
        if let Some(first) = headers.references.first() {
            name(&mut refs, named(first));
        }
        Self { own, other, refs }
    }

    pub(super) fn refs_column(&self) -> Vec<u8> {
        self.refs.iter().flat_map(|hash| hash.to_be_bytes()).collect()
    }

    fn all(&self) -> impl Iterator<Item = i64> + '_ {
        [self.own, self.other].into_iter().filter(|hash| *hash != 0).chain(self.refs.iter().copied())
    }
}

/// The strand of a message with these names. `fresh` is one that nobody has yet.
pub(super) fn strand(db: &Connection, names: &Names, fresh: i64) -> Result<i64, StoreError> {
    let mut known = db.prepare_cached(
        "SELECT r.strand, coalesce(j.thread, r.strand) FROM ref r LEFT JOIN joined j ON j.strand = r.strand
         WHERE r.h = ?1",
    )?;
    let mut ours: Option<(i64, i64)> = None;
    let mut others: Vec<i64> = Vec::new();
    let mut new: Vec<i64> = Vec::new();
    for hash in names.all() {
        match known.query_row([hash], |row| Ok((row.get(0)?, row.get(1)?))).optional()? {
            None if new.contains(&hash) => {}
            None => new.push(hash),
            Some(found) if ours.is_none() => ours = Some(found),
            Some((_, thread)) => {
                if ours.is_some_and(|(_, own)| own != thread) && !others.contains(&thread) {
                    others.push(thread);
                }
            }
        }
    }
    let (strand, mut thread) = ours.unwrap_or((fresh, fresh));
    for hash in new {
        db.prepare_cached("INSERT INTO ref(h, strand) VALUES(?1, ?2)")?.execute([hash, strand])?;
    }
    for other in others {
        thread = join(db, thread, other)?;
    }
    Ok(strand)
}

/// Makes one conversation of two: the smaller one goes into the larger.
fn join(db: &Connection, a: i64, b: i64) -> Result<i64, StoreError> {
    let weight = |thread: i64| -> Result<i64, StoreError> {
        Ok(db
            .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM joined WHERE thread = ?1 LIMIT ?2)")?
            .query_row([thread, WEIGHED], |row| row.get(0))?)
    };
    let (larger, smaller) = if weight(b)? > weight(a)? { (b, a) } else { (a, b) };
    db.prepare_cached("UPDATE joined SET thread = ?2 WHERE thread = ?1")?.execute([smaller, larger])?;
    db.prepare_cached("INSERT INTO joined(strand, thread) VALUES(?1, ?2)")?.execute([smaller, larger])?;
    Ok(larger)
}

/// Gives the placements of a message that nobody looked at yet their strand. Returns the folders that they are in.
pub(super) fn tie(db: &Connection, message: i64, names: &Names) -> Result<Vec<i64>, StoreError> {
    let mut untied = db.prepare_cached("SELECT folder FROM placement WHERE msg = ?1 AND strand = 0")?;
    let folders: Vec<i64> = untied.query_map([message], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if !folders.is_empty() {
        let strand = strand(db, names, message)?;
        db.prepare_cached("UPDATE placement SET strand = ?2 WHERE msg = ?1 AND strand = 0")?
            .execute(params![message, strand])?;
    }
    Ok(folders)
}

/// Names that no message is left for. A walk through all of them.
pub(super) fn forget(db: &Connection) -> Result<(), StoreError> {
    db.execute("DELETE FROM ref WHERE NOT EXISTS (SELECT 1 FROM placement p WHERE p.strand = ref.strand)", [])?;
    Ok(())
}

#[cfg(test)]
mod tests;
