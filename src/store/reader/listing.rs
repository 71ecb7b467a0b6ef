//! The order of lists: of a folder, of several, of a part of them; flat, or with conversations together.
//!
//! By date without any condition, an order comes from one index and takes about 5 ms at 100,000 messages. Everything else
//! walks through the messages. All of it happens beside the loop.

use std::collections::{HashMap, HashSet};

use rusqlite::Row as SqlRow;

use super::Reader;
use super::trees::{Member, tree};
use crate::letter::bare_subject;
use crate::model::{
    AccountId, Flags, FolderId, Knot, Listing, OrderEntry, PlacementId, Role, Sort, SortBy, Source, Split, ThreadId,
    Threads, Timestamp,
};
use crate::store::StoreError;
use crate::text::{folded, sounds};

/// Of a name or a subject, so much decides its place.
const COMPARED: usize = 40;

/// Which messages a list has.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) folders: Vec<(AccountId, FolderId, Option<Role>)>,
    /// Mail that the user sent, which stands inside the conversations.
    pub(super) own: Vec<(AccountId, FolderId)>,
    splits: Vec<Split>,
    /// The same message may lie in several of the folders.
    once: bool,
}

/// A message of a list that is being put in order.
#[derive(Clone, Copy, Debug)]
struct Entry {
    entry: OrderEntry,
    strand: i64,
}

impl Reader {
    /// A list as it is to be shown, and what each line is within its conversation.
    pub(super) fn listing(&self, listing: &Listing) -> Result<(Vec<OrderEntry>, Vec<Knot>), StoreError> {
        let scope = self.scope(&listing.source)?;
        let by_date = listing.sort.by == SortBy::Date;
        let mut entries = if by_date {
            self.by_date(&scope, listing.keep)?
        } else {
            self.sorted(&scope, listing.sort.by, listing.keep)?
        };
        let (Threads::On { open, turned }, true) = (&listing.threads, by_date) else {
            return Ok((flat(&mut entries, listing.sort), Vec::new()));
        };
        let mut own = Vec::new();
        for (_, folder) in &scope.own {
            self.entries_of(*folder, &[], None, &mut own)?;
        }
        let turned: HashSet<i64> = turned.iter().map(|thread| thread.0).collect();
        let mut groups = Groups::of(&entries, &own, &self.joined()?, listing.keep);
        let mut lines = Vec::with_capacity(groups.all.len());
        let mut knots = Vec::with_capacity(groups.all.len());
        let mut find = self.db.prepare_cached(
            "SELECT m.own, m.other, m.refs FROM placement p JOIN msg m ON m.id = p.msg WHERE p.id = ?1",
        )?;
        for at in groups.in_order(listing.sort.reversed) {
            let Some(group) = groups.all.get(at).copied() else { continue };
            let thread = ThreadId(group.thread);
            if group.count < 2 || *open == turned.contains(&group.thread) {
                lines.push(group.shown);
                knots.push(Knot { thread, count: group.count, folded: group.count > 1, ..Knot::default() });
                continue;
            }
            let mut members = Vec::new();
            for entry in groups.members(at) {
                let read = |row: &SqlRow<'_>| {
                    let refs: Vec<u8> = row.get(2)?;
                    let refs = refs.chunks_exact(8).filter_map(|eight| eight.first_chunk().copied());
                    Ok(Member {
                        entry,
                        names: [row.get(0)?, row.get(1)?],
                        refs: refs.map(i64::from_be_bytes).collect(),
                    })
                };
                match find.query_row([entry.placement.0], read) {
                    Ok(member) => members.push(member),
                    // It went while the order was read.
                    Err(rusqlite::Error::QueryReturnedNoRows) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            for (nth, (entry, mut knot)) in tree(members).into_iter().enumerate() {
                (knot.thread, knot.count) = (thread, if nth == 0 { group.count } else { 0 });
                lines.push(entry);
                knots.push(knot);
            }
        }
        Ok((lines, knots))
    }

    /// What stands behind each of these lines of a list, besides the message that is seen: the newest first.
    pub(super) fn folded_into(
        &self,
        source: &Source,
        lines: &[PlacementId],
    ) -> Result<HashMap<PlacementId, Vec<PlacementId>>, StoreError> {
        let entries = self.by_date(&self.scope(source)?, None)?;
        let joined = self.joined()?;
        let wanted: HashSet<PlacementId> = lines.iter().copied().collect();
        let thread_of = |entry: &Entry| joined.get(&entry.strand).copied().unwrap_or(entry.strand);
        let mut lines: HashMap<i64, PlacementId> = HashMap::with_capacity(lines.len());
        for entry in entries.iter().filter(|entry| entry.strand != 0 && wanted.contains(&entry.entry.placement)) {
            lines.insert(thread_of(entry), entry.entry.placement);
        }
        let mut behind: HashMap<PlacementId, Vec<PlacementId>> = HashMap::with_capacity(lines.len());
        for entry in entries.iter().filter(|entry| entry.strand != 0) {
            let placement = entry.entry.placement;
            if let Some(line) = lines.get(&thread_of(entry)).filter(|line| **line != placement) {
                behind.entry(*line).or_default().push(placement);
            }
        }
        Ok(behind)
    }

    /// The order of a whole folder, newest first.
    pub fn order(&self, folder: FolderId) -> Result<Vec<OrderEntry>, StoreError> {
        let total: i64 = self
            .db
            .prepare_cached("SELECT total FROM folder WHERE id = ?1")?
            .query_row([folder.0], |row| row.get(0))?;
        let mut entries = Vec::with_capacity(usize::try_from(total).unwrap_or(0));
        self.entries_of(folder, &[], None, &mut entries)?;
        Ok(entries.into_iter().map(|entry| entry.entry).collect())
    }

    /// Which folders a list has messages of, and which of them.
    pub(super) fn scope(&self, source: &Source) -> Result<Scope, StoreError> {
        let mut scope = match source {
            Source::Split { of, split } => {
                let mut scope = self.scope(of)?;
                scope.splits.push(split.clone());
                return Ok(Scope { own: Vec::new(), ..scope });
            }
            Source::Search { within: Some(within), .. } => return self.scope(within),
            Source::Search { within: None, .. } => return Ok(Scope::default()),
            Source::Starred => Scope { splits: vec![Split::Starred], once: true, ..Scope::default() },
            Source::Folder(_) | Source::Unified(_) => Scope::default(),
        };
        let folders = self.folders()?;
        for folder in &folders {
            let is_in = match source {
                Source::Folder(id) => folder.id == *id,
                Source::Unified(role) => folder.role == Some(*role),
                _ => !matches!(folder.role, Some(Role::Starred | Role::Junk | Role::Trash)),
            };
            if is_in {
                scope.folders.push((folder.account, folder.id, folder.role));
            }
        }
        // Where all mail lies a second time, it counts only if it lies nowhere else.
        scope.folders.sort_by_key(|(_, _, role)| *role == Some(Role::All));
        let apart = |role: &Option<Role>| {
            matches!(role, Some(Role::Sent | Role::Drafts | Role::Junk | Role::Trash | Role::Starred | Role::All))
        };
        if !scope.once && !scope.folders.iter().any(|(_, _, role)| apart(role)) {
            let accounts: HashSet<AccountId> = scope.folders.iter().map(|(account, ..)| *account).collect();
            let sent = folders.iter().filter(|folder| folder.role == Some(Role::Sent));
            let ours = sent.filter(|folder| accounts.contains(&folder.account));
            scope.own = ours.map(|folder| (folder.account, folder.id)).collect();
        }
        Ok(scope)
    }

    fn by_date(&self, scope: &Scope, keep: Option<PlacementId>) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        let mut known = HashSet::new();
        for (account, folder, _) in &scope.folders {
            let from = entries.len();
            self.entries_of(*folder, &scope.splits, keep, &mut entries)?;
            if scope.once {
                let mut fresh = Vec::new();
                for entry in entries.drain(from..) {
                    let own = self.own_name(entry.entry.placement)?;
                    if own == 0 || known.insert((*account, own)) {
                        fresh.push(entry);
                    }
                }
                entries.append(&mut fresh);
            }
        }
        if scope.folders.len() > 1 {
            // Runs that are in order already are merged quickly.
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.entry.arrival));
        }
        Ok(entries)
    }

    fn own_name(&self, placement: PlacementId) -> Result<i64, StoreError> {
        let mut find =
            self.db.prepare_cached("SELECT m.own FROM placement p JOIN msg m ON m.id = p.msg WHERE p.id = ?1")?;
        Ok(find.query_row([placement.0], |row| row.get(0))?)
    }

    /// The messages of one folder, newest first.
    fn entries_of(
        &self,
        folder: FolderId,
        splits: &[Split],
        keep: Option<PlacementId>,
        into: &mut Vec<Entry>,
    ) -> Result<(), StoreError> {
        let condition = Condition::of(splits, keep);
        let mut find = self.db.prepare_cached(&format!(
            "SELECT p.id, p.arrival, p.strand FROM placement p {} WHERE p.shown = ?1 {}
             ORDER BY p.arrival DESC, p.uid DESC",
            condition.join(),
            condition.sql
        ))?;
        let mut rows = find.query([folder.0])?;
        while let Some(row) = rows.next()? {
            into.push(read(row)?);
        }
        Ok(())
    }

    /// The messages in an order other than by date; those that are alike by date, newest first.
    fn sorted(&self, scope: &Scope, by: SortBy, keep: Option<PlacementId>) -> Result<Vec<Entry>, StoreError> {
        let key = match by {
            SortBy::Sender => "iif(m.from_name = '', m.from_addr, m.from_name)",
            SortBy::Subject => "m.subject",
            SortBy::Size => "m.size",
            SortBy::Date | SortBy::UnreadFirst => "p.lflags",
        };
        let condition = Condition::of(&scope.splits, keep);
        let mut keyed: Vec<(Key, Entry)> = Vec::new();
        let mut said: HashMap<String, std::rc::Rc<str>> = HashMap::new();
        for (_, folder, _) in &scope.folders {
            let mut find = self.db.prepare_cached(&format!(
                "SELECT p.id, p.arrival, p.strand, {key} FROM placement p JOIN msg m ON m.id = p.msg
                 WHERE p.shown = ?1 {} ORDER BY p.arrival DESC, p.uid DESC",
                condition.sql
            ))?;
            let mut rows = find.query([folder.0])?;
            while let Some(row) = rows.next()? {
                let key = match by {
                    SortBy::Sender | SortBy::Subject => {
                        let text: String = row.get(3)?;
                        let text = if by == SortBy::Subject { bare_subject(&text) } else { &text };
                        if let Some(known) = said.get(text) {
                            Key::Words(known.clone())
                        } else {
                            let spoken: std::rc::Rc<str> = spoken(text).into();
                            said.insert(text.to_owned(), spoken.clone());
                            Key::Words(spoken)
                        }
                    }
                    SortBy::Size => Key::Number(-row.get::<_, i64>(3)?),
                    SortBy::Date | SortBy::UnreadFirst => Key::Number(i64::from(Flags::from_bits(row.get(3)?).seen())),
                };
                keyed.push((key, read(row)?));
            }
        }
        keyed.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| other.entry.arrival.cmp(&one.entry.arrival)));
        Ok(keyed.into_iter().map(|(_, entry)| entry).collect())
    }

    /// Strands that are part of another's conversation.
    fn joined(&self) -> Result<HashMap<i64, i64>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT strand, thread FROM joined")?;
        Ok(find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Entry> {
    let entry = OrderEntry { placement: PlacementId(row.get(0)?), arrival: Timestamp(row.get(1)?) };
    Ok(Entry { entry, strand: row.get(2)? })
}

fn flat(entries: &mut [Entry], sort: Sort) -> Vec<OrderEntry> {
    if sort.reversed {
        entries.reverse();
    }
    entries.iter().map(|entry| entry.entry).collect()
}

/// By what two messages are compared.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Words(std::rc::Rc<str>),
}

/// A text as it is looked up: Chinese by its sound, without case, and what begins with no letter last.
fn spoken(text: &str) -> String {
    let mut spoken = String::new();
    let letters = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    for c in letters.chars().take(COMPARED) {
        match sounds(c).first() {
            Some(sound) => {
                spoken.push_str(sound);
                // Characters of one sound stay together.
                spoken.push('\u{1}');
                spoken.push(c);
            }
            None => spoken.extend(folded(c)),
        }
    }
    if spoken.is_empty() { "\u{10ffff}".to_owned() } else { spoken }
}

/// What the messages of a part of a list have in common, for a question.
struct Condition {
    sql: String,
    of_messages: bool,
}

impl Condition {
    fn of(splits: &[Split], keep: Option<PlacementId>) -> Self {
        let (mut all, mut of_messages) = (Vec::new(), false);
        for split in splits {
            match split {
                Split::Unread => all.push("p.lflags & 1 = 0".to_owned()),
                Split::Starred => all.push("p.lflags & 4 <> 0".to_owned()),
                Split::Attachments => {
                    of_messages = true;
                    all.push("m.attach <> 0".to_owned());
                }
                Split::Kind(kind) => {
                    of_messages = true;
                    all.push(format!("m.kind = {}", kind.number()));
                }
                // The index of all words knows, and nobody else is asked.
                Split::Own(_) => all.push("0".to_owned()),
            }
        }
        let sql = match (all.is_empty(), keep) {
            (true, _) => String::new(),
            (false, None) => format!("AND {}", all.join(" AND ")),
            (false, Some(keep)) => format!("AND ({} OR p.id = {})", all.join(" AND "), keep.0),
        };
        Self { sql, of_messages }
    }

    fn join(&self) -> &'static str {
        if self.of_messages { "JOIN msg m ON m.id = p.msg" } else { "" }
    }
}

/// A conversation of a list that is being put in order.
#[derive(Clone, Copy, Debug)]
struct Group {
    thread: i64,
    /// The message that stands for it while it is folded.
    shown: OrderEntry,
    count: u32,
    /// Its last member so far, as an index into all of them.
    last: u32,
}

#[derive(Debug, Default)]
struct Groups {
    all: Vec<Group>,
    /// Every message, and the one before it in its conversation.
    chain: Vec<(OrderEntry, u32)>,
}

const NONE: u32 = u32::MAX;

impl Groups {
    /// In the order of the newest message of each that is in the list itself.
    fn of(entries: &[Entry], own: &[Entry], joined: &HashMap<i64, i64>, keep: Option<PlacementId>) -> Self {
        let mut groups = Self { all: Vec::new(), chain: Vec::with_capacity(entries.len()) };
        let mut by_thread: HashMap<i64, u32> = HashMap::with_capacity(entries.len());
        let sent = own.iter().map(|entry| (entry, true));
        for (entry, is_sent) in entries.iter().map(|entry| (entry, false)).chain(sent) {
            let thread = match entry.strand {
                // Nobody looked at it yet: it stands alone.
                0 => -entry.entry.placement.0,
                strand => joined.get(&strand).copied().unwrap_or(strand),
            };
            let place = u32::try_from(groups.chain.len()).unwrap_or(NONE);
            let known = by_thread.get(&thread).and_then(|at| groups.all.get_mut(usize::try_from(*at).ok()?));
            match known {
                Some(group) => {
                    groups.chain.push((entry.entry, group.last));
                    group.count += 1;
                    group.last = place;
                    if keep == Some(entry.entry.placement) {
                        group.shown = entry.entry;
                    }
                }
                None if is_sent => {}
                None => {
                    by_thread.insert(thread, u32::try_from(groups.all.len()).unwrap_or(NONE));
                    groups.chain.push((entry.entry, NONE));
                    groups.all.push(Group { thread, shown: entry.entry, count: 1, last: place });
                }
            }
        }
        groups
    }

    fn in_order(&self, reversed: bool) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.all.len()).collect();
        if reversed {
            all.reverse();
        }
        all
    }

    fn members(&mut self, at: usize) -> Vec<OrderEntry> {
        let mut members = Vec::new();
        let mut place = self.all.get(at).map_or(NONE, |group| group.last);
        while let Some((entry, before)) = usize::try_from(place).ok().and_then(|place| self.chain.get(place)) {
            members.push(*entry);
            place = *before;
        }
        members
    }
}
