//! What the user wants of messages: a state, not a job.

use super::{Flags, FolderId, PlacementId};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Intent {
    /// These messages shall have the flags of `add` and not those of `remove`.
    Flag { placements: Vec<PlacementId>, add: Flags, remove: Flags },
    /// These messages shall lie in that folder of their account, and no more where they lie now.
    Move { placements: Vec<PlacementId>, to: FolderId },
    /// These messages shall lie in that folder of their account too.
    Copy { placements: Vec<PlacementId>, to: FolderId },
    /// Gone for good: only from the bin and from junk, or where there is no bin, and only asked. The server is told when
    /// there was time to take it back.
    Erase { placements: Vec<PlacementId> },
}

impl Intent {
    pub fn placements(&self) -> &[PlacementId] {
        match self {
            Self::Flag { placements, .. }
            | Self::Move { placements, .. }
            | Self::Copy { placements, .. }
            | Self::Erase { placements } => placements,
        }
    }
}
