//! What lies over the panes for a while: help, history, and what is said on the connections of an account.

use super::wire::Anchor;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overlay {
    Help {
        top: usize,
    },
    History {
        top: usize,
    },
    /// The account by its place among the accounts.
    Wire {
        account: usize,
        anchor: Anchor,
    },
    /// The links of the message.
    Links {
        cursor: usize,
    },
    /// The files of the message, and those that lie on the web.
    Files {
        cursor: usize,
    },
    /// Whether to open the address that is in question; afterwards, the links or the files are there again.
    Address {
        top: usize,
        over: Under,
    },
}

/// What lay there before the question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Under {
    Message,
    Links(usize),
    Files(usize),
}

impl Under {
    pub(crate) fn of(overlay: Option<Overlay>) -> Self {
        match overlay {
            Some(Overlay::Links { cursor }) => Self::Links(cursor),
            Some(Overlay::Files { cursor }) => Self::Files(cursor),
            Some(Overlay::Address { over, .. }) => over,
            Some(Overlay::Help { .. } | Overlay::History { .. } | Overlay::Wire { .. }) | None => Self::Message,
        }
    }

    pub(crate) fn overlay(self) -> Option<Overlay> {
        match self {
            Self::Message => None,
            Self::Links(cursor) => Some(Overlay::Links { cursor }),
            Self::Files(cursor) => Some(Overlay::Files { cursor }),
        }
    }
}

impl Overlay {
    /// One chooses in it, with keys of its own.
    pub(crate) fn is_choice(self) -> bool {
        match self {
            Self::Links { .. } | Self::Files { .. } | Self::Address { .. } => true,
            Self::Help { .. } | Self::History { .. } | Self::Wire { .. } => false,
        }
    }

    /// True if both are of the same kind: a key that shows what is shown takes it away.
    pub(crate) fn is_like(self, other: Self) -> bool {
        let kind = |overlay| match overlay {
            Self::Help { .. } => 0,
            Self::History { .. } | Self::Wire { .. } => 1,
            Self::Links { .. } => 2,
            Self::Files { .. } => 3,
            Self::Address { .. } => 4,
        };
        kind(self) == kind(other)
    }
}
