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
}

impl Overlay {
    /// True if both are of the same kind: a key that shows what is shown takes it away.
    pub(crate) fn is_like(self, other: Self) -> bool {
        let is_help = |overlay| matches!(overlay, Self::Help { .. });
        is_help(self) == is_help(other)
    }
}
