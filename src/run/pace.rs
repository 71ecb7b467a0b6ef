//! Changes of the store, merged and paced: while thousands of messages come in, the screen follows ten times a second
//! and not a thousand times. A change that comes alone is passed on at once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::model::Changed;

/// Between two rounds of changes that make the screen ask for whole orders, on average. A few may come in a burst: a
/// first page comes right behind the list of folders, and somebody waits for it.
const ROUND: Duration = Duration::from_millis(100);
const BURST: u32 = 3;

#[derive(Debug, Default)]
pub(super) struct Pace {
    waiting: Vec<Changed>,
    /// When the last rounds were, the oldest first; no more than a burst.
    rounds: VecDeque<Instant>,
}

impl Pace {
    pub(super) fn note(&mut self, changed: Changed) {
        if !self.waiting.contains(&changed) {
            self.waiting.push(changed);
        }
    }

    /// When another round may be.
    fn free_at(&self) -> Option<Instant> {
        if self.rounds.len() < usize::try_from(BURST).unwrap_or(1) {
            None
        } else {
            self.rounds.front().map(|first| *first + ROUND * BURST)
        }
    }

    /// What may be passed on now. Rows and bodies always: somebody looks at them. Drafts and letters too: there are few.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Changed> {
        let round = self.free_at().is_none_or(|free| now >= free);
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting).into_iter().partition(|changed| {
            let few = matches!(changed, Changed::Drafts | Changed::Outbox | Changed::Needs);
            round || few || matches!(changed, Changed::Rows(_) | Changed::Body(_))
        });
        self.waiting = later;
        if round && !due.is_empty() {
            if self.free_at().is_some() {
                self.rounds.pop_front();
            }
            self.rounds.push_back(now);
        }
        due
    }

    /// When to ask again, if something waits.
    pub(super) fn next(&self) -> Option<Instant> {
        if self.waiting.is_empty() { None } else { self.free_at() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FolderId, clock};

    #[test]
    fn a_few_changes_pass_at_once_and_a_flood_in_rounds() {
        let mut pace = Pace::default();
        let start = clock::instant();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let order = Changed::Order(FolderId(1));
        for soon in [0, 10, 20] {
            pace.note(order);
            assert_eq!(pace.due(at(soon)), [order]);
        }
        for _ in 0..1000 {
            pace.note(order);
            pace.note(Changed::Folders);
        }
        assert_eq!(pace.due(at(50)), []);
        pace.note(Changed::Rows(FolderId(1)));
        assert_eq!(pace.due(at(60)), [Changed::Rows(FolderId(1))]);
        assert_eq!(pace.next(), Some(at(300)));
        assert_eq!(pace.due(at(300)), [order, Changed::Folders]);
        assert_eq!(pace.next(), None);
    }

    #[test]
    fn a_flood_makes_ten_rounds_a_second() {
        let mut pace = Pace::default();
        let start = clock::instant();
        let mut rounds = 0;
        for millisecond in 0..10_000 {
            pace.note(Changed::Folders);
            rounds += pace.due(start + Duration::from_millis(millisecond)).len();
        }
        assert!((98..=103).contains(&rounds), "{rounds}");
    }
}
