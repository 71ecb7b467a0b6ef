//! The messages of one folder, or of several. The order of all of them is in memory (16 bytes each, and 16 more where
//! conversations stand together); the rows only around the part in view. No key costs more for a folder of a million messages than for one of ten.

mod hunt;
mod leaving;
mod selecting;
mod threads;
mod wanted;

use std::collections::{HashMap, HashSet, VecDeque};

use crate::letter::bare_subject;
use crate::model::{FolderId, Knot, Listing, OrderEntry, PlacementId, Query, Row, Sort, Source, Threads};
use crate::text::{SafeText, Text};
use hunt::Hunt;
pub(crate) use hunt::Hunted;
use leaving::Leaving;
use selecting::Selection;
use threads::Turned;
use wanted::{Want, overlay};

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
    /// Without what answers begin with.
    pub bare: SafeText,
}

impl ListRow {
    fn new(row: Row) -> Self {
        Self {
            from: SafeText::beginning(row.from.shown(), SHOWN),
            to: SafeText::beginning(row.to.shown(), SHOWN),
            subject: SafeText::beginning(&row.subject, SHOWN),
            bare: SafeText::beginning(&Text::new(bare_subject(row.subject.as_untrusted())), SHOWN),
            row,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Asked {
    number: u64,
    source: Source,
    placements: Vec<PlacementId>,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ListPane {
    source: Option<Source>,
    sort: Sort,
    threads: Threads,
    /// False until the order of the list has come for the first time.
    loaded: bool,
    /// The rows are those of the list that was open before.
    borrowed: bool,
    order: Vec<OrderEntry>,
    /// One for each entry where conversations stand together; else empty.
    knots: Vec<Knot>,
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
    /// Where the cursor was in lists that were left.
    places: HashMap<Source, OrderEntry>,
    selection: Selection,
    leaving: Leaving,
    /// How lists are sorted, and whether conversations stand together in them, where the user chose it.
    choices: HashMap<Source, (Sort, bool)>,
    just_turned: Option<Turned>,
}

impl ListPane {
    /// What it is open on.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// The one folder that all of it lies in.
    pub fn folder(&self) -> Option<FolderId> {
        self.source.as_ref().and_then(Source::folder)
    }

    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// What a line is within its conversation, where conversations stand together.
    pub fn knot(&self, at: usize) -> Option<&Knot> {
        self.knots.get(at)
    }

    /// All of it, as it is asked for.
    pub(crate) fn listing(&self) -> Option<Listing> {
        let source = self.source.clone()?;
        let keeps = source.follows_flags() || self.threads != Threads::Off && !self.is_being_folded();
        let keep = self.placement_at_cursor().filter(|_| keeps && !self.borrowed);
        Some(Listing { source, sort: self.sort, threads: self.threads.clone(), keep })
    }

    /// True if this is the order that is waited for.
    pub(crate) fn is_answered_by(&self, listing: &Listing) -> bool {
        self.source.as_ref() == Some(&listing.source) && self.sort == listing.sort && self.threads == listing.threads
    }

    /// The question for these rows, which were noted by `ask`.
    pub(crate) fn rows_query(&self, placements: Vec<PlacementId>) -> Option<Query> {
        let threads = self.threads != Threads::Off;
        self.source.clone().map(|source| Query::Rows { source, placements, threads })
    }

    /// False until it is known what lies in the folder.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// True if nothing may be done with what is shown: it is not of this list, or nothing came yet.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.loaded || self.borrowed
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

    /// Another list: what is shown of the old one goes when the new order comes.
    pub(crate) fn open(&mut self, source: Source, sort: Sort, threads: Threads) {
        let mut places = std::mem::take(&mut self.places);
        if let (Some(left), Some(entry)) = (self.source.take(), self.order.get(self.cursor)) {
            // The top of a list is where one wants to come back to, whatever lies there then.
            if self.cursor == 0 {
                places.remove(&left);
            } else {
                places.insert(left, *entry);
            }
        }
        *self = Self {
            places,
            source: Some(source),
            sort,
            threads,
            height: self.height,
            wants: std::mem::take(&mut self.wants),
            choices: std::mem::take(&mut self.choices),
            asked: std::mem::take(&mut self.asked),
            questions: self.questions,
            leaving: std::mem::take(&mut self.leaving),
            ..Self::default()
        };
    }

    /// What is found in the open list, or somewhere else, takes its place: it is shown until the other comes.
    pub(crate) fn turn_to(&mut self, found: Source) {
        self.source = Some(found);
        self.borrowed = true;
        (self.sort, self.threads) = (Sort::default(), Threads::Off);
        self.asked.clear();
        (self.cursor, self.top) = (0, 0);
    }

    /// The same from a list that is to be found again as it is left.
    pub(crate) fn leave_for(&mut self, found: Source) {
        if let (Some(left), Some(entry)) = (self.source.take(), self.order.get(self.cursor))
            && self.cursor > 0
        {
            self.places.insert(left, *entry);
        }
        self.turn_to(found);
    }

    /// Where the cursor is in this folder and was in others. At the top that says nothing, unless it is held on to.
    pub(crate) fn places(&self, held: bool) -> HashMap<Source, OrderEntry> {
        let mut places = self.places.clone();
        if let (Some(source), Some(entry)) = (&self.source, self.order.get(self.cursor)) {
            places.remove(source);
            if held || self.cursor > 0 {
                places.insert(source.clone(), *entry);
            }
        }
        places
    }

    pub(crate) fn remember(&mut self, places: HashMap<Source, OrderEntry>) {
        self.places = places;
    }

    /// The folder is gone, and there is no other.
    pub(crate) fn close(&mut self) {
        let leaving = std::mem::take(&mut self.leaving);
        *self = Self { height: self.height, questions: self.questions, leaving, ..Self::default() };
    }

    /// A new order. The cursor stays on its message, or goes to the next one that is still there.
    pub(crate) fn replace_order(&mut self, order: Vec<OrderEntry>, knots: Vec<Knot>) {
        let (order, knots) = self.without_leaving(order, knots);
        let from_the_top = self.top == 0;
        let screen_row = self.cursor.saturating_sub(self.top);
        let cursor = if self.loaded {
            self.cursor_in(&order, &knots)
        } else {
            let place = self.source.as_ref().and_then(|source| self.places.get(source));
            place.and_then(|entry| find(&order, entry).or_else(|| find_anywhere(&order, entry))).unwrap_or(0)
        };
        self.order = order;
        self.knots = knots;
        self.loaded = true;
        self.borrowed = false;
        self.gone.clear();
        self.cursor = cursor.min(self.order.len().saturating_sub(1));
        // At the top of the list new mail comes into view; further down the screen stands still.
        self.top = if from_the_top && self.cursor < self.height { 0 } else { self.cursor.saturating_sub(screen_row) };
        self.scroll();
        self.keep_selection();
    }

    fn cursor_in(&self, order: &[OrderEntry], knots: &[Knot]) -> usize {
        let Some(here) = self.order.get(self.cursor) else {
            return 0;
        };
        if let Some(at) = find(order, here) {
            return at;
        }
        // A message whose time changed is not where its time says: look everywhere, once.
        if let Some(at) = find_anywhere(order, here) {
            return at;
        }
        // It may be folded into its conversation now.
        if let Some(knot) = self.knots.get(self.cursor)
            && let Some(at) = knots.iter().position(|other| other.thread == knot.thread)
        {
            return at;
        }
        let mut later = self.order.iter().skip(self.cursor + 1);
        let next = if self.sort == Sort::default() && knots.is_empty() {
            later.find_map(|entry| find(order, entry))
        } else {
            let places: HashMap<PlacementId, usize> =
                order.iter().enumerate().map(|(at, entry)| (entry.placement, at)).collect();
            later.find_map(|entry| places.get(&entry.placement).copied())
        };
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
        if let Some(source) = self.source.clone() {
            self.asked.push_back(Asked { number: self.questions, source, placements: placements.clone() });
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
    pub(crate) fn answered(&mut self, source: &Source, rows: Vec<Row>) {
        let number = self.asked.iter().position(|asked| asked.source == *source);
        let asked = number.and_then(|at| self.asked.remove(at));
        let number = asked.as_ref().map_or(self.questions, |asked| asked.number);
        if self.source.as_ref() != Some(source) {
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
    pub(crate) fn unanswered(&mut self, source: &Source) {
        if let Some(at) = self.asked.iter().position(|asked| asked.source == *source)
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

    /// Something about the rows of this list changed: those near the view are asked for again, the others let go.
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

fn find_anywhere(order: &[OrderEntry], entry: &OrderEntry) -> Option<usize> {
    order.iter().position(|other| other.placement == entry.placement)
}

#[cfg(test)]
mod tests;
