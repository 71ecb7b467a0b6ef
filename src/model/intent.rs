//! What the user wants of messages: a state, not a job.

use super::{Flags, PlacementId};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Intent {
    /// These messages shall have the flags of `add` and not those of `remove`.
    Flag { placements: Vec<PlacementId>, add: Flags, remove: Flags },
}

impl Intent {
    pub fn placements(&self) -> &[PlacementId] {
        match self {
            Self::Flag { placements, .. } => placements,
        }
    }
}
