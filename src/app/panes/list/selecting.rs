//! Which messages are selected: a set of them, and a range that goes with the cursor. Ten thousand cost a frame no more
//! than ten: what is drawn is asked for row by row.

use std::collections::HashSet;

use super::ListPane;
use crate::model::PlacementId;

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Selection {
    chosen: HashSet<PlacementId>,
    /// Where the range begins that ends at the cursor, and at which position that is now.
    anchor: Option<(PlacementId, usize)>,
    /// Of the range, as far as it is not chosen besides; reckoned when the cursor moves.
    more: usize,
}

impl ListPane {
    pub fn is_selected(&self, at: usize) -> bool {
        self.is_in_range(at) || self.order.get(at).is_some_and(|entry| self.selection.chosen.contains(&entry.placement))
    }

    fn is_in_range(&self, at: usize) -> bool {
        self.selection.anchor.is_some_and(|(_, from)| {
            let (first, last) = (from.min(self.cursor), from.max(self.cursor));
            (first..=last).contains(&at)
        })
    }

    /// How many are selected.
    pub fn selected(&self) -> usize {
        self.selection.chosen.len() + self.selection.more
    }

    pub(crate) fn has_range(&self) -> bool {
        self.selection.anchor.is_some()
    }

    /// Those of them that stand for more: a conversation is folded into each.
    pub(crate) fn folded(&self, placements: &[PlacementId]) -> Vec<PlacementId> {
        if self.knots.is_empty() {
            return Vec::new();
        }
        let wanted: HashSet<PlacementId> = placements.iter().copied().collect();
        let lines = self.order.iter().zip(&self.knots).filter(|(_, knot)| knot.folded);
        lines.map(|(entry, _)| entry.placement).filter(|placement| wanted.contains(placement)).collect()
    }

    /// All of the list.
    pub(crate) fn every_placement(&self) -> Vec<PlacementId> {
        self.order.iter().map(|entry| entry.placement).collect()
    }

    /// All that are selected, in the order of the list.
    pub(crate) fn selected_placements(&self) -> Vec<PlacementId> {
        let all = self.order.iter().enumerate().filter(|(at, _)| self.is_selected(*at));
        all.map(|(_, entry)| entry.placement).collect()
    }

    pub(crate) fn clear_selection(&mut self) -> bool {
        let had = self.selected() > 0;
        self.selection = Selection::default();
        had
    }

    /// Selects what is under the cursor, or no more, and goes on.
    pub(crate) fn toggle_selected(&mut self) {
        self.end_range();
        if let Some(placement) = self.placement_at_cursor() {
            if !self.selection.chosen.remove(&placement) {
                self.selection.chosen.insert(placement);
            }
            self.move_by(1);
        }
    }

    /// Begins a range at the cursor, or keeps the one that there is.
    pub(crate) fn turn_range(&mut self) {
        if self.has_range() {
            self.end_range();
        } else if let Some(placement) = self.placement_at_cursor() {
            self.selection.anchor = Some((placement, self.cursor));
            self.count_range();
        }
    }

    fn end_range(&mut self) {
        if let Some((_, from)) = self.selection.anchor.take() {
            let (first, last) = (from.min(self.cursor), from.max(self.cursor));
            let range = self.order.get(first..=last).unwrap_or_default();
            self.selection.chosen.extend(range.iter().map(|entry| entry.placement));
        }
        self.selection.more = 0;
    }

    /// After the cursor moved.
    pub(super) fn count_range(&mut self) {
        let Some((_, from)) = self.selection.anchor else { return };
        let (first, last) = (from.min(self.cursor), from.max(self.cursor));
        let range = self.order.get(first..=last).unwrap_or_default();
        let chosen = &self.selection.chosen;
        self.selection.more = if chosen.is_empty() {
            range.len()
        } else {
            range.iter().filter(|entry| !chosen.contains(&entry.placement)).count()
        };
    }

    pub(crate) fn select(&mut self, placements: impl IntoIterator<Item = PlacementId>) {
        self.end_range();
        self.selection.chosen.extend(placements);
        self.keep_selection();
    }

    pub(crate) fn select_all(&mut self) {
        self.selection = Selection::default();
        self.selection.chosen.extend(self.order.iter().map(|entry| entry.placement));
    }

    pub(crate) fn invert_selection(&mut self) {
        self.end_range();
        let chosen = std::mem::take(&mut self.selection.chosen);
        let others = self.order.iter().map(|entry| entry.placement).filter(|placement| !chosen.contains(placement));
        self.selection.chosen = others.collect();
    }

    /// After the order changed: what is not there any more is not selected.
    pub(super) fn keep_selection(&mut self) {
        if let Some((placement, _)) = self.selection.anchor {
            let at = self.order.iter().position(|entry| entry.placement == placement);
            self.selection.anchor = at.map(|at| (placement, at));
            self.selection.more = 0;
        }
        if !self.selection.chosen.is_empty() {
            let chosen = std::mem::take(&mut self.selection.chosen);
            let there = self.order.iter().map(|entry| entry.placement).filter(|placement| chosen.contains(placement));
            self.selection.chosen = there.collect();
        }
        self.count_range();
    }
}
