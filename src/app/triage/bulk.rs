//! Much that is done at once and takes its time on the server: how far it has come.

use super::Did;

/// Below this nobody waits.
const MANY: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bulk {
    pub did: Did,
    pub total: usize,
    /// Not told the server yet.
    pub left: usize,
}

impl Bulk {
    pub(in crate::app) fn of(did: Did, total: usize) -> Option<Self> {
        (total > MANY).then_some(Self { did, total, left: total })
    }

    pub fn told(self) -> usize {
        self.total.saturating_sub(self.left)
    }
}
