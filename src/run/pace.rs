//! Changes of the store, merged and paced: while thousands of messages come in, the screen follows ten times a second
//! and not a thousand times. A change that comes alone is passed on at once.

use std::time::{Duration, Instant};

use crate::model::Changed;

/// Between two rounds of changes that make the screen ask for whole orders.
const ROUND: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
pub(super) struct Pace {
    waiting: Vec<Changed>,
    last: Option<Instant>,
}

impl Pace {
    pub(super) fn note(&mut self, changed: Changed) {
        if !self.waiting.contains(&changed) {
            self.waiting.push(changed);
        }
    }

    /// What may be passed on now. Rows and bodies always: somebody looks at them.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Changed> {
        let round = self.last.is_none_or(|last| now.duration_since(last) >= ROUND);
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|changed| round || matches!(changed, Changed::Rows(_) | Changed::Body(_)));
        self.waiting = later;
        if round && !due.is_empty() {
            self.last = Some(now);
        }
        due
    }

    /// When to ask again, if something waits.
    pub(super) fn next(&self) -> Option<Instant> {
        if self.waiting.is_empty() { None } else { self.last.map(|last| last + ROUND) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FolderId, clock};

    #[test]
    fn one_change_passes_at_once_and_a_flood_in_rounds() {
        let mut pace = Pace::default();
        let start = clock::instant();
        let order = Changed::Order(FolderId(1));
        pace.note(order);
        assert_eq!(pace.due(start), [order]);
        for _ in 0..1000 {
            pace.note(order);
            pace.note(Changed::Folders);
        }
        assert_eq!(pace.due(start + Duration::from_millis(50)), []);
        pace.note(Changed::Rows(FolderId(1)));
        assert_eq!(pace.due(start + Duration::from_millis(60)), [Changed::Rows(FolderId(1))]);
        assert_eq!(pace.next(), Some(start + ROUND));
        assert_eq!(pace.due(start + ROUND), [order, Changed::Folders]);
        assert_eq!(pace.next(), None);
    }
}
