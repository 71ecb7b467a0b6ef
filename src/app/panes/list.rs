//! The messages of one folder. The order of all of them is in memory (16 bytes each); the rows only around the part in
//! view. No key costs more for a folder of a million messages than for one of ten.

mod leaving;
mod selecting;

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use crate::model::{Failure, Flags, FolderId, OrderEntry, PlacementId, Row};
use crate::text::SafeText;
use leaving::Leaving;
use selecting::Selection;

/// Rows kept beyond what is in view; more than this and those far away are let go.
const KEPT: usize = 1000;

/// No terminal is so wide; a sender may write a hundred times as much.
const SHOWN: usize = 500;

/// A row with the parts that are drawn made safe once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListRow {
    /// With what the user wants of it on top.
    pub row: Row,
    pub from: SafeText,
    pub to: SafeText,
    pub subject: SafeText,
}

impl ListRow {
    fn new(row: Row) -> Self {
        Self {
            from: SafeText::beginning(row.from.shown(), SHOWN),
            to: SafeText::beginning(row.to.shown(), SHOWN),
            subject: SafeText::beginning(&row.subject, SHOWN),
            row,
        }
    }
}

/// What the user wants of a message, until the store is seen to know it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Want {
    add: Flags,
    remove: Flags,
    /// Commits that have not come back.
    outstanding: u32,
    /// The first question whose answer will know of it, once all is committed.
    settled_from: Option<u64>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Asked {
    number: u64,
    folder: FolderId,
    placements: Vec<PlacementId>,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ListPane {
    folder: Option<FolderId>,
    /// False until the order of the folder has come for the first time.
    loaded: bool,
    order: Vec<OrderEntry>,
    cursor: usize,
    top: usize,
    height: usize,
    rows: HashMap<PlacementId, ListRow>,
    /// Rows that may have changed since they were answered.
    stale: HashSet<PlacementId>,
    /// Placements of the order that the store did not answer: on their way out.
    gone: HashSet<PlacementId>,
    wants: HashMap<PlacementId, Want>,
    asked: VecDeque<Asked>,
    questions: u64,
    hunt: Option<Hunt>,
    /// Where the cursor was in folders that were left.
    places: HashMap<FolderId, OrderEntry>,
    selection: Selection,
    leaving: Leaving,
}

/// A search for the next unread message beyond the rows that are known, batch by batch.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Hunt {
    down: bool,
    /// The positions asked for last.
    batch: Range<usize>,
    batches_left: u8,
}

/// Where a search for the next unread message stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Hunted {
    At(usize),
    Ask(Vec<PlacementId>),
    Nothing,
}

const HUNT_BATCH: usize = 500;
const HUNT_BATCHES: u8 = 40;

impl ListPane {
    pub fn folder(&self) -> Option<FolderId> {
        self.folder
    }

    /// False until it is known what lies in the folder.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    pub fn top(&self) -> usize {
        self.top
    }

    /// The row at a position of the order, if it has been answered.
    pub fn row(&self, at: usize) -> Option<&ListRow> {
        self.rows.get(&self.order.get(at)?.placement)
    }

    pub fn entry(&self, at: usize) -> Option<&OrderEntry> {
        self.order.get(at)
    }

    pub fn at_cursor(&self) -> Option<&ListRow> {
        self.row(self.cursor)
    }

    pub(crate) fn placement_at_cursor(&self) -> Option<PlacementId> {
        self.order.get(self.cursor).map(|entry| entry.placement)
    }

    pub(crate) fn find_row(&self, placement: PlacementId) -> Option<&ListRow> {
        self.rows.get(&placement)
    }

    /// Another folder: what is shown of the old one goes when the new order comes.
    pub(crate) fn open(&mut self, folder: FolderId) {
        let mut places = std::mem::take(&mut self.places);
        if let (Some(left), Some(entry)) = (self.folder, self.order.get(self.cursor)) {
            // The top of a list is where one wants to come back to, whatever lies there then.
            if self.cursor == 0 {
                places.remove(&left);
            } else {
                places.insert(left, *entry);
            }
        }
        *self = Self {
            places,
            folder: Some(folder),
            height: self.height,
            wants: std::mem::take(&mut self.wants),
            asked: std::mem::take(&mut self.asked),
            questions: self.questions,
            leaving: std::mem::take(&mut self.leaving),
            ..Self::default()
        };
    }

    /// Where the cursor is in this folder and was in others. At the top that says nothing, unless it is held on to.
    pub(crate) fn places(&self, held: bool) -> HashMap<FolderId, OrderEntry> {
        let mut places = self.places.clone();
        if let (Some(folder), Some(entry)) = (self.folder, self.order.get(self.cursor)) {
            places.remove(&folder);
            if held || self.cursor > 0 {
                places.insert(folder, *entry);
            }
        }
        places
    }

    pub(crate) fn remember(&mut self, places: HashMap<FolderId, OrderEntry>) {
        self.places = places;
    }

    /// The folder is gone, and there is no other.
    pub(crate) fn close(&mut self) {
        let leaving = std::mem::take(&mut self.leaving);
        *self = Self { height: self.height, questions: self.questions, leaving, ..Self::default() };
    }

    /// A new order. The cursor stays on its message, or goes to the next one that is still there.
    pub(crate) fn replace_order(&mut self, order: Vec<OrderEntry>) {
        let order = self.without_leaving(order);
        let from_the_top = self.top == 0;
        let screen_row = self.cursor.saturating_sub(self.top);
        let cursor = if self.loaded {
            self.cursor_in(&order)
        } else {
            let place = self.folder.and_then(|folder| self.places.get(&folder));
            place.and_then(|entry| find(&order, entry)).unwrap_or(0)
        };
        self.order = order;
        self.loaded = true;
        self.gone.clear();
        self.cursor = cursor.min(self.order.len().saturating_sub(1));
        // At the top of the list new mail comes into view; further down the screen stands still.
        self.top = if from_the_top && self.cursor < self.height { 0 } else { self.cursor.saturating_sub(screen_row) };
        self.scroll();
        self.keep_selection();
    }

    fn cursor_in(&self, order: &[OrderEntry]) -> usize {
        let Some(here) = self.order.get(self.cursor) else {
            return 0;
        };
        if let Some(at) = find(order, here) {
            return at;
        }
        // A message whose time changed is not where its time says: look everywhere, once.
        if let Some(at) = order.iter().position(|entry| entry.placement == here.placement) {
            return at;
        }
        let next = self.order.iter().skip(self.cursor + 1).find_map(|entry| find(order, entry));
        next.unwrap_or(self.cursor)
    }

    pub(crate) fn resize(&mut self, height: usize) {
        self.height = height;
        self.scroll();
    }

    pub(crate) fn page(&self) -> usize {
        self.height.max(1)
    }

    pub(crate) fn move_to(&mut self, at: usize) {
        self.cursor = at.min(self.order.len().saturating_sub(1));
        self.scroll();
        self.count_range();
    }

    pub(crate) fn move_by(&mut self, by: isize) {
        self.move_to(self.cursor.saturating_add_signed(by));
    }

    /// A page further: the view moves as far as the cursor does, so that the eye finds its place again.
    pub(crate) fn page_by(&mut self, by: isize) {
        self.top = self.top.saturating_add_signed(by).min(self.order.len().saturating_sub(self.page()));
        self.move_by(by);
    }

    fn scroll(&mut self) {
        let page = self.page();
        if self.cursor < self.top {
            self.top = self.cursor;
        }
        if self.cursor >= self.top + page {
            self.top = self.cursor + 1 - page;
        }
        self.top = self.top.min(self.order.len().saturating_sub(page.min(self.order.len())));
    }

    /// Looks for the next unread message below the cursor or above it, from the next row on.
    pub(crate) fn hunt(&mut self, down: bool) -> Hunted {
        let batch = if down { self.cursor + 1..self.cursor + 1 } else { self.cursor..self.cursor };
        self.hunt = Some(Hunt { down, batch, batches_left: HUNT_BATCHES });
        self.hunt_on()
    }

    pub(crate) fn give_up_hunt(&mut self) {
        self.hunt = None;
    }

    pub(crate) fn is_hunting(&self) -> bool {
        self.hunt.is_some()
    }

    /// The next step: what the known rows say, then a question about those beyond.
    pub(crate) fn hunt_on(&mut self) -> Hunted {
        let Some(Hunt { down, mut batch, batches_left }) = self.hunt.take() else {
            return Hunted::Nothing;
        };
        loop {
            let ends = if down { batch.end >= self.order.len() } else { batch.start == 0 };
            let unread = |at: &usize| self.row(*at).is_some_and(|row| !row.row.flags.seen());
            let found = if down { batch.clone().find(unread) } else { batch.clone().rev().find(unread) };
            if let Some(at) = found {
                return Hunted::At(at);
            }
            if ends || batches_left == 0 {
                return Hunted::Nothing;
            }
            batch = if down {
                batch.end..(batch.end + HUNT_BATCH).min(self.order.len())
            } else {
                batch.start.saturating_sub(HUNT_BATCH)..batch.start
            };
            let entries = self.order.get(batch.clone()).unwrap_or_default();
            let known =
                |entry: &&OrderEntry| self.rows.contains_key(&entry.placement) || self.gone.contains(&entry.placement);
            if let Some(first_unknown) = entries.iter().position(|entry| !known(&entry)) {
                // What is known and nearer decides before a question is worth its while.
                let nearer = if down { batch.start..batch.start + first_unknown } else { batch.end..batch.end };
                if let Some(at) = nearer.clone().find(unread) {
                    return Hunted::At(at);
                }
                let placements: Vec<PlacementId> =
                    entries.iter().filter(|entry| !known(entry)).map(|entry| entry.placement).collect();
                self.hunt = Some(Hunt { down, batch, batches_left: batches_left - 1 });
                return Hunted::Ask(self.ask(placements));
            }
        }
    }

    /// The rows to ask for now: nothing while what is in view is known, and a page more on both sides when it is not.
    pub(crate) fn missing(&mut self) -> Option<Vec<PlacementId>> {
        let page = self.page();
        let near = self.window(page / 2);
        let is_missing = |list: &Self, entry: &OrderEntry| {
            let id = entry.placement;
            (!list.rows.contains_key(&id) || list.stale.contains(&id)) && !list.gone.contains(&id)
        };
        let under_way: HashSet<PlacementId> =
            self.asked.iter().flat_map(|asked| asked.placements.iter().copied()).collect();
        let wanted = |list: &Self, entry: &OrderEntry| is_missing(list, entry) && !under_way.contains(&entry.placement);
        if !near.iter().any(|entry| wanted(self, entry)) {
            return None;
        }
        let placements: Vec<PlacementId> =
            self.window(page).iter().filter(|entry| wanted(self, entry)).map(|entry| entry.placement).collect();
        Some(self.ask(placements))
    }

    /// Notes the question, so that its answer can be told from others.
    pub(crate) fn ask(&mut self, placements: Vec<PlacementId>) -> Vec<PlacementId> {
        self.questions += 1;
        if let Some(folder) = self.folder {
            self.asked.push_back(Asked { number: self.questions, folder, placements: placements.clone() });
        }
        for placement in &placements {
            self.stale.remove(placement);
        }
        placements
    }

    fn window(&self, beyond: usize) -> &[OrderEntry] {
        let from = self.top.saturating_sub(beyond);
        let to = (self.top + self.page() + beyond).min(self.order.len());
        self.order.get(from..to).unwrap_or_default()
    }

    /// Rows came, in the order of the questions.
    pub(crate) fn answered(&mut self, folder: FolderId, rows: Vec<Row>) {
        let number = self.asked.iter().position(|asked| asked.folder == folder);
        let asked = number.and_then(|at| self.asked.remove(at));
        let number = asked.as_ref().map_or(self.questions, |asked| asked.number);
        if self.folder != Some(folder) {
            return;
        }
        let mut missing: HashSet<PlacementId> = asked.into_iter().flat_map(|asked| asked.placements).collect();
        for row in rows {
            missing.remove(&row.placement);
            let placement = row.placement;
            if self.wants.get(&placement).and_then(|want| want.settled_from).is_some_and(|from| number >= from) {
                self.wants.remove(&placement);
            }
            let mut shown = ListRow::new(row);
            overlay(&mut shown, self.wants.get(&placement));
            self.rows.insert(placement, shown);
        }
        self.gone.extend(missing);
    }

    /// The store could not answer: ask again when something changes, not at once.
    pub(crate) fn unanswered(&mut self, folder: FolderId) {
        if let Some(at) = self.asked.iter().position(|asked| asked.folder == folder)
            && let Some(asked) = self.asked.remove(at)
        {
            self.gone.extend(asked.placements);
        }
    }

    /// Rows far from the view are let go; not while they are being searched.
    pub(crate) fn forget_far_away(&mut self) {
        if self.rows.len() > KEPT && self.hunt.is_none() {
            let near: HashSet<PlacementId> = self.window(self.page() * 2).iter().map(|entry| entry.placement).collect();
            self.rows.retain(|placement, _| near.contains(placement));
            self.stale.retain(|placement| near.contains(placement));
        }
    }

    /// Something about the rows of this folder changed: those near the view are asked for again, the others let go.
    pub(crate) fn rows_changed(&mut self) {
        let near: HashSet<PlacementId> = self.window(self.page()).iter().map(|entry| entry.placement).collect();
        self.rows.retain(|placement, _| near.contains(placement));
        self.gone.clear();
        self.stale = near;
        // Answers under way may be older than the change.
        for asked in &mut self.asked {
            asked.placements.clear();
        }
    }

    /// The user wants flags of a message: shown at once, as pending.
    pub(crate) fn want(&mut self, placement: PlacementId, add: Flags, remove: Flags) {
        let want = self.wants.entry(placement).or_default();
        want.add = want.add.without(remove).with(add);
        want.remove = want.remove.without(add).with(remove);
        want.outstanding += 1;
        want.settled_from = None;
        if let Some(row) = self.rows.get_mut(&placement) {
            overlay(row, Some(want));
        }
    }

    /// A commit came back. True if the row must be asked for again.
    pub(crate) fn recorded(&mut self, placement: PlacementId, result: Result<&(), &Failure>) -> bool {
        let next = self.questions + 1;
        let Some(want) = self.wants.get_mut(&placement) else {
            return false;
        };
        want.outstanding = want.outstanding.saturating_sub(1);
        match result {
            Ok(()) if want.outstanding > 0 => false,
            Ok(()) => {
                want.settled_from = Some(next);
                true
            }
            Err(_) => {
                self.wants.remove(&placement);
                true
            }
        }
    }

    /// Messages beside the cursor, the likeliest first, that have no body yet.
    pub(crate) fn near_without_body(&self) -> Vec<PlacementId> {
        let at = self.cursor;
        let beside = [Some(at + 1), Some(at + 2), at.checked_sub(1), Some(at + 3)];
        beside
            .into_iter()
            .flatten()
            .filter_map(|at| self.row(at))
            .filter(|row| row.row.body == crate::model::BodyState::Absent)
            .map(|row| row.row.placement)
            .collect()
    }
}

/// Where an entry is in an order that is sorted by time, newest first.
fn find(order: &[OrderEntry], entry: &OrderEntry) -> Option<usize> {
    let from = order.partition_point(|other| other.arrival > entry.arrival);
    let at = order.iter().skip(from).take_while(|other| other.arrival == entry.arrival);
    at.zip(from..).find(|(other, _)| other.placement == entry.placement).map(|(_, at)| at)
}

fn overlay(shown: &mut ListRow, want: Option<&Want>) {
    if let Some(want) = want {
        shown.row.flags = shown.row.flags.with(want.add).without(want.remove);
        shown.row.pending = true;
    }
}

#[cfg(test)]
mod tests;
