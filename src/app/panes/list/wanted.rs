//! What the user wants of messages, over what the store knows of them.

use super::{ListPane, ListRow};
use crate::model::{Failure, Flags, PlacementId};

/// What the user wants of a message, until the store is seen to know it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Want {
    add: Flags,
    remove: Flags,
    /// Commits that have not come back.
    outstanding: u32,
    /// The first question whose answer will know of it, once all is committed.
    pub(super) settled_from: Option<u64>,
}

impl ListPane {
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
}

pub(super) fn overlay(shown: &mut ListRow, want: Option<&Want>) {
    if let Some(want) = want {
        shown.row.flags = shown.row.flags.with(want.add).without(want.remove);
        shown.row.pending = true;
    }
}
