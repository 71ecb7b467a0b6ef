//! The way to the next unread message, beyond the rows that are known.

use std::ops::Range;

use super::ListPane;
use crate::model::{OrderEntry, PlacementId};

/// A search for the next unread message beyond the rows that are known, batch by batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Hunt {
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
}
