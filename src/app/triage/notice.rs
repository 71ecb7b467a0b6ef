//! What is said about what is done with messages and folders.

use super::Did;
use crate::model::Role;
use crate::text::SafeText;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TriageNotice {
    Undone(Did, usize),
    NothingToUndo,
    /// What was under the cursor went away right before the key.
    Shifted,
    /// It lies there already.
    There(Role),
    MadeElsewhere(Role),
    NothingUnread,
    NothingThere,
    /// A folder is being made for it.
    Making(SafeText),
    Made(SafeText),
    Renamed(SafeText),
    Removed,
    /// A folder that the server needs stays what it is.
    Protected,
    /// Folders are chosen for the messages of one account.
    SeveralAccounts,
    NoNeeds,
    NeedsCame(usize),
    Settled(usize),
    /// What was typed is no size.
    NotASize(SafeText),
}

impl TriageNotice {
    /// Its word in the catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Undone(..) => "undone",
            Self::NothingToUndo => "nothing-to-undo",
            Self::Shifted => "shifted",
            Self::There(_) => "there",
            Self::MadeElsewhere(_) => "made-elsewhere",
            Self::NothingUnread => "nothing-unread",
            Self::NothingThere => "nothing-there",
            Self::Making(_) => "making",
            Self::Made(_) => "made",
            Self::Renamed(_) => "renamed",
            Self::Removed => "removed",
            Self::Protected => "protected",
            Self::SeveralAccounts => "several-accounts",
            Self::NoNeeds => "no-needs",
            Self::NeedsCame(_) => "needs-came",
            Self::Settled(_) => "settled",
            Self::NotASize(_) => "not-a-size",
        }
    }
}
