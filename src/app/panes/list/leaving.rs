//! Messages that the user sent away: they leave the list with the key, before the store knows, and come back if it cannot
//! be.

use std::collections::{HashMap, HashSet};

use super::ListPane;
use crate::model::{Knot, OrderEntry, PlacementId, Source};

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Leaving {
    placements: HashMap<PlacementId, Away>,
    /// Questions for orders and answers to them, which come in the same order.
    asked: u64,
    answered: u64,
    /// Questions for what is found. Of those only the last one is answered, once or more.
    asked_found: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Away {
    /// Commits that have not come back.
    outstanding: u32,
    /// The first question whose answer will know of it, once all is committed.
    settled_from: u64,
    /// The same of what is found.
    found_from: u64,
}

impl ListPane {
    /// Takes messages out of the list. The cursor stays on its message, or goes to the next one below that stays, or
    /// above if that is wanted or there is no other.
    pub(crate) fn leave(&mut self, placements: &[PlacementId], upwards: bool) {
        for placement in placements {
            let away = self.leaving.placements.entry(*placement).or_default();
            away.outstanding += 1;
            self.rows.remove(placement);
        }
        let gone: HashSet<PlacementId> = placements.iter().copied().collect();
        self.take_out(|entry| !gone.contains(&entry.placement), upwards);
    }

    fn take_out(&mut self, stays: impl Fn(&OrderEntry) -> bool, upwards: bool) {
        let here = self.order.get(self.cursor).filter(|entry| stays(entry)).map(|_| self.cursor);
        let below = self.order.iter().enumerate().skip(self.cursor).find(|(_, entry)| stays(entry));
        let above = || self.order.iter().enumerate().take(self.cursor).rev().find(|(_, entry)| stays(entry));
        let next = if upwards { above().or(below) } else { below.or_else(above) };
        let to = here.or(next.map(|(at, _)| at)).unwrap_or(0);
        let staying = |until: usize| self.order.iter().take(until).filter(|entry| stays(entry)).count();
        let (cursor, top) = (staying(to), staying(self.top));
        if !self.knots.is_empty() {
            let mut entries = self.order.iter();
            self.knots.retain(|_| entries.next().is_some_and(&stays));
        }
        self.order.retain(stays);
        self.cursor = cursor.min(self.order.len().saturating_sub(1));
        self.top = top;
        self.scroll();
        self.keep_selection();
    }

    /// An order that may not know yet what was sent away.
    pub(super) fn without_leaving(
        &self,
        mut order: Vec<OrderEntry>,
        mut knots: Vec<Knot>,
    ) -> (Vec<OrderEntry>, Vec<Knot>) {
        let gone = &self.leaving.placements;
        if !gone.is_empty() {
            if !knots.is_empty() {
                let mut entries = order.iter();
                knots.retain(|_| entries.next().is_some_and(|entry| !gone.contains_key(&entry.placement)));
            }
            order.retain(|entry| !gone.contains_key(&entry.placement));
        }
        (order, knots)
    }

    /// The commit came back. True if the list must be asked for again, because something comes back.
    pub(crate) fn left(&mut self, placements: &[PlacementId], ok: bool) -> bool {
        let (next, next_found) = (self.leaving.asked + 1, self.leaving.asked_found + 1);
        let mut back = false;
        for placement in placements {
            if let Some(away) = self.leaving.placements.get_mut(placement) {
                away.outstanding = away.outstanding.saturating_sub(1);
                (away.settled_from, away.found_from) = (next, next_found);
                if !ok {
                    self.leaving.placements.remove(placement);
                    back = true;
                }
            }
        }
        back
    }

    pub(crate) fn order_asked(&mut self, source: &Source) {
        if source.is_found() {
            self.leaving.asked_found += 1;
        } else {
            self.leaving.asked += 1;
        }
    }

    /// An order came: what it was asked for late enough, it knows.
    pub(crate) fn order_answered(&mut self, source: &Source) {
        if source.is_found() {
            let asked = self.leaving.asked_found;
            self.leaving.placements.retain(|_, away| away.outstanding > 0 || asked < away.found_from);
            return;
        }
        self.leaving.answered += 1;
        let answered = self.leaving.answered;
        self.leaving.placements.retain(|_, away| away.outstanding > 0 || answered < away.settled_from);
    }

    /// Where a message is in the list.
    pub(crate) fn position(&self, placement: PlacementId) -> Option<usize> {
        self.order.iter().position(|entry| entry.placement == placement)
    }
}
