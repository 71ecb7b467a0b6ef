//! What was done last: said for a while at the foot, with the seconds for which it is said.

use crate::model::{DeedKind, FolderId, Moment, PlacementId};

/// How long it is said.
const SAID_MS: u64 = 10_000;

/// What was done with messages, as it is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Did {
    Archived,
    Deleted,
    Erased,
    Junk,
    NotJunk,
    Moved(FolderId),
    Copied(FolderId),
    Starred,
    Unstarred,
    Read,
    Unread,
}

impl Did {
    /// Its word in the catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::Archived => "archived",
            Self::Deleted => "deleted",
            Self::Erased => "erased",
            Self::Junk => "junk",
            Self::NotJunk => "not-junk",
            Self::Moved(_) => "moved",
            Self::Copied(_) => "copied",
            Self::Starred => "starred",
            Self::Unstarred => "unstarred",
            Self::Read => "read",
            Self::Unread => "unread",
        }
    }

    pub fn folder(self) -> Option<FolderId> {
        match self {
            Self::Moved(folder) | Self::Copied(folder) => Some(folder),
            _ => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JustDone {
    pub did: Did,
    pub count: usize,
    /// The first of them.
    pub first: PlacementId,
    /// As the store was asked for it.
    pub kind: DeedKind,
    pub until: Moment,
}

impl JustDone {
    pub(crate) fn new(did: Did, kind: DeedKind, placements: &[PlacementId], moment: Moment) -> Option<Self> {
        let first = *placements.first()?;
        Some(Self { did, count: placements.len(), first, kind, until: moment.plus(SAID_MS) })
    }

    pub fn seconds_left(&self, moment: Moment) -> u64 {
        self.until.0.saturating_sub(moment.0).div_ceil(1000)
    }

    /// When another number is to be shown.
    pub(super) fn next_change(&self, moment: Moment) -> Moment {
        let left = self.until.0.saturating_sub(moment.0);
        let step = if left.is_multiple_of(1000) { 1000 } else { left % 1000 };
        moment.plus(step.max(1))
    }
}
