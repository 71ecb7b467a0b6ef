//! Finding messages: which ones have the words, the newest first, and which of their places are meant.
//!
//! Words are asked of search.db and give numbers of messages; everything else is asked of mail.db, of as many of them as
//! are wanted. Neither waits for a writer.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row as SqlRow, params};

use super::super::reader::Reader;
use super::newest::{EVERYTHING, Range, Set};
use super::{FILE, SEARCH_SCHEMA, progress};
use crate::model::{Coverage, Flags, FolderId, Kind, OrderEntry, PlacementId, Role, Timestamp};
use crate::search::{Condition, Facts, Field, Phrase};
use crate::store::{StoreError, ToIndex};

/// Looking is broken off between so many messages, if nobody wants it any more.
const STEP: usize = 256;
/// Messages that are looked at before all others, so that the first ones are there at once.
const NEWEST: usize = if cfg!(test) { 8 } else { 2_000 };
/// From so many on, every place is looked at rather than each one looked for.
const MANY: usize = if cfg!(test) { 16 } else { 4_000 };

/// Some of what was found: of a list that grows.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Hits {
    /// All that was found so far, the newest first.
    pub order: Vec<OrderEntry>,
    /// True if there is no more.
    pub whole: bool,
}

/// Read-only connections to search.db and mail.db.
#[derive(Debug)]
pub struct Finder {
    pub(super) index: Connection,
    pub(super) mail: Reader,
    /// When each message arrived, by its number; what is not known is asked.
    arrivals: Vec<i64>,
    folders: HashMap<i64, Folder>,
}

#[derive(Debug)]
struct Folder {
    name: String,
    role: Option<Role>,
    account: String,
}

/// A place of a message.
struct Place {
    placement: PlacementId,
    folder: FolderId,
    flags: Flags,
    arrival: Timestamp,
    date: Timestamp,
    size: u64,
    files: bool,
    kind: Kind,
}

const UNKNOWN: i64 = i64::MIN;

/// A condition of which the words were looked up.
enum Plan<'a> {
    Found(Set, Vec<i64>),
    Fact(&'a Condition),
    Not(Box<Plan<'a>>),
    All(Vec<Plan<'a>>),
    Any(Vec<Plan<'a>>),
}

impl Plan<'_> {
    fn holds(&self, message: i64, facts: &Facts<'_>) -> bool {
        match self {
            Self::Found(set, _) => set.has(message),
            Self::Fact(condition) => condition.holds(facts, &|_, _| false),
            Self::Not(other) => !other.holds(message, facts),
            Self::All(all) => all.iter().all(|one| one.holds(message, facts)),
            Self::Any(any) => any.iter().any(|one| one.holds(message, facts)),
        }
    }

    /// More must be known than the place of a message.
    fn asks_of_messages(&self) -> bool {
        match self {
            Self::Found(..) => false,
            Self::Fact(condition) => !matches!(condition, Condition::Is(_) | Condition::In(_) | Condition::Account(_)),
            Self::Not(other) => other.asks_of_messages(),
            Self::All(all) | Self::Any(all) => all.iter().any(Plan::asks_of_messages),
        }
    }

    /// The only messages of which it can hold; `None` if it may hold of any.
    fn candidates(&self) -> Option<Vec<i64>> {
        match self {
            Self::Found(_, all) => Some(all.clone()),
            Self::Fact(_) | Self::Not(_) => None,
            Self::All(all) => all.iter().filter_map(Plan::candidates).min_by_key(Vec::len),
            Self::Any(any) => {
                let mut together: Vec<i64> = Vec::new();
                for one in any {
                    together.extend(one.candidates()?);
                }
                together.sort_unstable();
                together.dedup();
                Some(together)
            }
        }
    }
}

impl Finder {
    /// `None` if nothing was ever indexed in this profile.
    pub fn open(profile: &Path) -> Result<Option<Self>, StoreError> {
        let file = profile.join(FILE);
        if !file.exists() {
            return Ok(None);
        }
        let Some(mail) = Reader::find(profile)? else { return Ok(None) };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = || -> Result<(Connection, u32), StoreError> {
            let db = Connection::open_with_flags(&file, flags)?;
            db.pragma_update(None, "cache_size", -8000)?;
            db.busy_timeout(std::time::Duration::from_secs(2))?;
            db.set_prepared_statement_cache_capacity(32);
            let version = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
            Ok((db, version))
        };
        let (index, version) = opened().map_err(|error| error.in_file(&file))?;
        match usize::try_from(version).unwrap_or(usize::MAX) {
            0 => Ok(None),
            version if version > SEARCH_SCHEMA.len() => Err(StoreError::Newer(file)),
            _ => Ok(Some(Self { index, mail, arrivals: Vec::new(), folders: HashMap::new() })),
        }
    }

    pub fn mail(&self) -> &Reader {
        &self.mail
    }

    /// How much of the mail can be found.
    pub fn coverage(&self) -> Result<Coverage, StoreError> {
        let (messages, without) = self.mail.without_text()?;
        let waiting = match progress::marks(&self.index)? {
            Some((top, bottom)) => self.mail.waiting(top, bottom)?,
            None => messages,
        };
        Ok(Coverage { messages, with_text: messages.saturating_sub(without), waiting })
    }

    /// What to take into the index next.
    pub fn to_index(&self, limit: usize) -> Result<ToIndex, StoreError> {
        let (top, bottom) = progress::marks(&self.index)?.unwrap_or_default();
        self.mail.to_index(top, bottom, limit)
    }

    /// Finds messages, the newest first. `within` says which folders count. `tell` hears of the first `first` of them, and
    /// then of all; it says whether anybody still wants them.
    pub fn find(
        &mut self,
        condition: &Condition,
        within: Option<&[FolderId]>,
        first: usize,
        mut tell: impl FnMut(Hits) -> bool,
        is_wanted: impl Fn() -> bool,
    ) -> Result<(), StoreError> {
        self.know_folders()?;
        let mut told = false;
        let mut tell_first = |order: &[OrderEntry]| {
            if told || order.len() < first {
                return true;
            }
            told = true;
            tell(Hits { order: order.to_vec(), whole: false })
        };
        // Of words that are everywhere, the newest are enough to begin with.
        let newest = self.newest(NEWEST)?;
        let Some(plan) = self.plan(condition, &newest.ranges(), &is_wanted)? else { return Ok(()) };
        let mut order = Vec::new();
        if !self.take_each(&newest.of(plan.candidates()), &plan, within, &mut order, &mut tell_first, &is_wanted)? {
            return Ok(());
        }
        if newest.len() >= NEWEST {
            let Some(plan) = self.plan(condition, EVERYTHING, &is_wanted)? else { return Ok(()) };
            let mut found = match plan.candidates() {
                Some(messages) => self.dated(&messages)?,
                None => self.everything()?,
            };
            if newest.is_behind(&found) {
                order.clear();
            } else {
                newest.leave_out(&mut found);
            }
            if found.len() > MANY {
                let Some(more) = self.take_all(found, &plan, within, &is_wanted)? else { return Ok(()) };
                order.extend(more);
            } else {
                found.sort_unstable_by(|one, other| other.cmp(one));
                if !self.take_each(&found, &plan, within, &mut order, &mut tell_first, &is_wanted)? {
                    return Ok(());
                }
            }
        }
        tell(Hits { order, whole: true });
        Ok(())
    }

    /// Adds the places of these messages one by one. False: nobody wants them any more.
    fn take_each(
        &self,
        messages: &[(i64, i64)],
        plan: &Plan<'_>,
        within: Option<&[FolderId]>,
        order: &mut Vec<OrderEntry>,
        tell: &mut impl FnMut(&[OrderEntry]) -> bool,
        is_wanted: &impl Fn() -> bool,
    ) -> Result<bool, StoreError> {
        for (n, (_, message)) in messages.iter().enumerate() {
            if n % STEP == 0 && !is_wanted() {
                return Ok(false);
            }
            self.take(*message, plan, within, order)?;
            if !tell(order) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds the places of a message that are meant.
    fn take(
        &self,
        message: i64,
        plan: &Plan<'_>,
        within: Option<&[FolderId]>,
        order: &mut Vec<OrderEntry>,
    ) -> Result<(), StoreError> {
        let mut find = self.mail.db.prepare_cached(
            "SELECT p.id, p.shown, p.lflags, p.arrival, m.date, m.size, m.attach, m.kind
             FROM placement p JOIN msg m ON m.id = p.msg WHERE p.msg = ?1 AND p.shown <> 0
             ORDER BY p.shown, p.id",
        )?;
        let mut rows = find.query([message])?;
        let mut last = None;
        while let Some(row) = rows.next()? {
            let place = read_place(row)?;
            // The same message in the same folder twice is one to whoever looks.
            if last == Some(place.folder) || within.is_some_and(|within| !within.contains(&place.folder)) {
                continue;
            }
            if self.is_meant(message, &place, plan) {
                last = Some(place.folder);
                order.push(OrderEntry { placement: place.placement, arrival: place.arrival });
            }
        }
        Ok(())
    }

    fn is_meant(&self, message: i64, place: &Place, plan: &Plan<'_>) -> bool {
        let Some(folder) = self.folders.get(&place.folder.0) else { return false };
        let facts = Facts {
            flags: place.flags,
            files: place.files,
            date: place.date,
            size: place.size,
            folder: &folder.name,
            role: folder.role,
            account: &folder.account,
            kind: place.kind,
        };
        plan.holds(message, &facts)
    }

    /// The places of many messages: to look at every place once is quicker then than to look for each. `None`: nobody
    /// wants them any more.
    fn take_all(
        &self,
        mut found: Vec<(i64, i64)>,
        plan: &Plan<'_>,
        within: Option<&[FolderId]>,
        is_wanted: &impl Fn() -> bool,
    ) -> Result<Option<Vec<OrderEntry>>, StoreError> {
        found.sort_unstable_by_key(|(_, message)| *message);
        let mut find = self.mail.db.prepare_cached(if plan.asks_of_messages() {
            "SELECT p.id, p.shown, p.lflags, p.arrival, m.date, m.size, m.attach, m.kind, p.msg
             FROM placement p JOIN msg m ON m.id = p.msg WHERE p.shown <> 0"
        } else {
            "SELECT id, shown, lflags, arrival, 0, 0, 0, 0, msg FROM placement WHERE shown <> 0"
        })?;
        let mut rows = find.query([])?;
        let (mut taken, mut n) = (Vec::new(), 0_usize);
        while let Some(row) = rows.next()? {
            n += 1;
            if n % STEP == 0 && !is_wanted() {
                return Ok(None);
            }
            let message: i64 = row.get(8)?;
            let at = found.binary_search_by_key(&message, |(_, message)| *message).ok();
            let Some((arrival, _)) = at.and_then(|at| found.get(at)) else { continue };
            let place = read_place(row)?;
            let is_there = within.is_none_or(|within| within.contains(&place.folder));
            if is_there && self.is_meant(message, &place, plan) {
                let entry = OrderEntry { placement: place.placement, arrival: place.arrival };
                taken.push((Reverse((*arrival, message)), place.folder, entry));
            }
        }
        taken.sort_unstable_by_key(|(message, folder, entry)| (*message, folder.0, entry.placement.0));
        taken.dedup_by_key(|(message, folder, _)| (*message, *folder));
        Ok(Some(taken.into_iter().map(|(_, _, entry)| entry).collect()))
    }

    /// `None`: nobody wants it any more.
    fn plan<'a>(
        &self,
        condition: &'a Condition,
        ranges: &[Range],
        is_wanted: &impl Fn() -> bool,
    ) -> Result<Option<Plan<'a>>, StoreError> {
        if let Some(expression) = expression(condition) {
            let found = self.matching(&expression, ranges, is_wanted)?;
            return Ok(found.map(|(set, all)| Plan::Found(set, all)));
        }
        let several = |all: &'a [Condition], joined: &str| -> Result<Option<Vec<Plan<'a>>>, StoreError> {
            let mut plans = Vec::new();
            // What has only words in it is one question.
            let worded: Vec<String> = all.iter().filter_map(expression).collect();
            if !worded.is_empty() {
                let Some((set, found)) = self.matching(&worded.join(joined), ranges, is_wanted)? else {
                    return Ok(None);
                };
                plans.push(Plan::Found(set, found));
            }
            for one in all.iter().filter(|one| expression(one).is_none()) {
                let Some(plan) = self.plan(one, ranges, is_wanted)? else { return Ok(None) };
                plans.push(plan);
            }
            Ok(Some(plans))
        };
        Ok(match condition {
            Condition::Not(other) => self.plan(other, ranges, is_wanted)?.map(|plan| Plan::Not(Box::new(plan))),
            Condition::All(all) => several(all, " AND ")?.map(Plan::All),
            Condition::Any(any) => several(any, " OR ")?.map(Plan::Any),
            fact => Some(Plan::Fact(fact)),
        })
    }

    /// The messages in these ranges that have these words, in the order of their numbers.
    fn matching(
        &self,
        expression: &str,
        ranges: &[Range],
        is_wanted: &impl Fn() -> bool,
    ) -> Result<Option<(Set, Vec<i64>)>, StoreError> {
        let mut find =
            self.index.prepare_cached("SELECT rowid FROM words WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3")?;
        let (mut set, mut all) = (Set::default(), Vec::new());
        for (from, to) in ranges {
            let mut rows = find.query(params![expression, from, to])?;
            while let Some(row) = rows.next()? {
                if let ValueRef::Integer(message) = row.get_ref(0)? {
                    set.add(message);
                    all.push(message);
                }
                if all.len() % STEP == 0 && !is_wanted() {
                    return Ok(None);
                }
            }
        }
        Ok(Some((set, all)))
    }

    /// The messages with the times of their arrival.
    fn dated(&mut self, messages: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
        if self.arrivals.is_empty() {
            self.everything()?;
        }
        let mut dated = Vec::with_capacity(messages.len());
        for message in messages {
            let known = usize::try_from(*message).ok().and_then(|place| self.arrivals.get(place).copied());
            let arrival = match known.filter(|arrival| *arrival != UNKNOWN) {
                Some(arrival) => arrival,
                None => self.ask_arrival(*message)?,
            };
            dated.push((arrival, *message));
        }
        Ok(dated)
    }

    fn ask_arrival(&mut self, message: i64) -> Result<i64, StoreError> {
        let arrival = {
            let mut find = self.index.prepare_cached("SELECT arrival FROM done WHERE msg = ?1")?;
            let mut rows = find.query(params![message])?;
            rows.next()?.map(|row| row.get::<_, i64>(0)).transpose()?.unwrap_or(0)
        };
        self.note_arrival(message, arrival);
        Ok(arrival)
    }

    fn note_arrival(&mut self, message: i64, arrival: i64) {
        /// Numbers that are remembered; beyond them each is asked for.
        const MOST: usize = 16_000_000;
        let Some(place) = usize::try_from(message).ok().filter(|place| *place < MOST) else { return };
        if place >= self.arrivals.len() {
            self.arrivals.resize(place + 1, UNKNOWN);
        }
        if let Some(known) = self.arrivals.get_mut(place) {
            *known = arrival;
        }
    }

    /// All that is in the index.
    fn everything(&mut self) -> Result<Vec<(i64, i64)>, StoreError> {
        let all: Vec<(i64, i64)> = {
            let mut find = self.index.prepare_cached("SELECT arrival, msg FROM done")?;
            let all = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            all.collect::<Result<_, _>>()?
        };
        for (arrival, message) in &all {
            self.note_arrival(*message, *arrival);
        }
        Ok(all)
    }

    fn know_folders(&mut self) -> Result<(), StoreError> {
        let accounts: HashMap<i64, String> = self.mail.accounts()?.into_iter().map(|(id, name)| (id.0, name)).collect();
        let folders = self.mail.folders()?.into_iter().map(|folder| {
            let account = accounts.get(&folder.account.0).cloned().unwrap_or_default();
            let name = folder.name.as_untrusted().to_owned();
            (folder.id.0, Folder { name, role: folder.role, account })
        });
        self.folders = folders.collect();
        Ok(())
    }
}

/// What FTS5 is asked, if there are nothing but words in it.
fn expression(condition: &Condition) -> Option<String> {
    let all = |all: &[Condition], joined: &str| -> Option<String> {
        let parts: Option<Vec<String>> = all.iter().map(expression).collect();
        parts.map(|parts| format!("({})", parts.join(joined)))
    };
    match condition {
        Condition::Words { field, phrase } => Some(words(*field, phrase)),
        Condition::All(parts) => all(parts, " AND "),
        Condition::Any(parts) => all(parts, " OR "),
        Condition::Not(_)
        | Condition::Is(_)
        | Condition::HasFiles
        | Condition::Kind(_)
        | Condition::In(_)
        | Condition::Account(_)
        | Condition::Before(_)
        | Condition::Since(_)
        | Condition::Larger(_)
        | Condition::Smaller(_) => None,
    }
}

fn words(field: Field, phrase: &Phrase) -> String {
    let columns = match field {
        Field::Anywhere => "{sender receivers subject body files}",
        Field::From => "{sender sender_sounds}",
        Field::To => "{receivers receiver_sounds}",
        Field::Subject => "{subject}",
        Field::Body => "{body}",
        Field::Files => "{files}",
    };
    format!("{columns} : {}", phrase.for_index())
}

fn read_place(row: &SqlRow<'_>) -> rusqlite::Result<Place> {
    Ok(Place {
        placement: PlacementId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        flags: Flags::from_bits(row.get(2)?),
        arrival: Timestamp(row.get(3)?),
        date: Timestamp(row.get(4)?),
        size: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
        files: row.get(6)?,
        kind: Kind::from_number(row.get(7)?),
    })
}
