//! What a list is open on, and how it is shown.

use super::{FolderId, PlacementId, Role};

/// Where the messages of a list come from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    Folder(FolderId),
    /// The folders of this role in all accounts, as one.
    Unified(Role),
    /// Every starred message, wherever it lies, but for junk and what was thrown away.
    Starred,
    /// A part of another list: a tab above it.
    Split {
        of: Box<Self>,
        split: Split,
    },
    /// What a search finds, everywhere or in another list.
    Search {
        words: String,
        within: Option<Box<Self>>,
    },
}

impl Source {
    /// The list that it is a part of, or itself.
    pub fn whole(&self) -> &Self {
        match self {
            Self::Split { of, .. } => of.whole(),
            Self::Search { within: Some(within), .. } => within.whole(),
            Self::Folder(_) | Self::Unified(_) | Self::Starred | Self::Search { within: None, .. } => self,
        }
    }

    /// The one folder that all of it lies in.
    pub fn folder(&self) -> Option<FolderId> {
        match self.whole() {
            Self::Folder(folder) => Some(*folder),
            _ => None,
        }
    }

    /// True if it is looked for in the index of all words, and not only read.
    pub fn is_found(&self) -> bool {
        match self {
            Self::Search { .. } | Self::Split { split: Split::Own(_), .. } => true,
            Self::Split { of, .. } => of.is_found(),
            Self::Folder(_) | Self::Unified(_) | Self::Starred => false,
        }
    }

    /// True if what belongs to it depends on flags.
    pub fn follows_flags(&self) -> bool {
        match self {
            Self::Starred
            | Self::Split { split: Split::Unread | Split::Starred | Split::Own(_), .. }
            | Self::Search { .. } => true,
            Self::Split { of, .. } => of.follows_flags(),
            Self::Folder(_) | Self::Unified(_) => false,
        }
    }
}

/// A search that the user gave a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedSearch {
    pub name: String,
    pub words: String,
}

/// What one tab above a list shows of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Split {
    Unread,
    Starred,
    Attachments,
    Kind(Kind),
    /// What the user describes, in the words of a search.
    Own(String),
}

/// What a message is, as far as its header tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum Kind {
    #[default]
    Letter,
    /// An account that is to be paid or was settled, an invoice.
    Bill,
    /// A code to log in with.
    Code,
    Shipping,
    /// What comes to many, from a list.
    Subscription,
}

impl Kind {
    pub const EVERY: [Self; 5] = [Self::Letter, Self::Bill, Self::Code, Self::Shipping, Self::Subscription];

    /// The stable word for JSON and for settings.
    pub fn code(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Bill => "bill",
            Self::Code => "code",
            Self::Shipping => "shipping",
            Self::Subscription => "subscription",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|kind| kind.code() == code)
    }

    /// For the store's columns only.
    pub fn number(self) -> u8 {
        match self {
            Self::Letter => 0,
            Self::Bill => 1,
            Self::Code => 2,
            Self::Shipping => 3,
            Self::Subscription => 4,
        }
    }

    pub fn from_number(number: u8) -> Self {
        Self::EVERY.into_iter().find(|kind| kind.number() == number).unwrap_or_default()
    }
}

/// A list as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    pub source: Source,
    pub sort: Sort,
    pub threads: Threads,
    /// This message stays where it is, even if its flags do not belong here any more: the cursor is on it.
    pub keep: Option<PlacementId>,
}

impl Listing {
    /// As it is without anybody having chosen: each message for itself, the newest first.
    pub fn flat(source: Source) -> Self {
        Self { source, sort: Sort::default(), threads: Threads::Off, keep: None }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Sort {
    pub by: SortBy,
    /// The other way round than one would think of first.
    pub reversed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub enum SortBy {
    /// The newest first.
    #[default]
    Date,
    /// By name.
    Sender,
    Subject,
    /// The largest first.
    Size,
    UnreadFirst,
}

impl SortBy {
    pub const EVERY: [Self; 5] = [Self::Date, Self::Sender, Self::Subject, Self::Size, Self::UnreadFirst];

    /// The stable word for the store and for settings.
    pub fn code(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Sender => "sender",
            Self::Subject => "subject",
            Self::Size => "size",
            Self::UnreadFirst => "unread",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|by| by.code() == code)
    }
}

/// A conversation, as mail.db numbers it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct ThreadId(pub i64);

/// Whether conversations stand together, and which of them are open.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Threads {
    #[default]
    Off,
    /// `turned` are the ones that are not as all others.
    On { open: bool, turned: Vec<ThreadId> },
}

/// What a line of a list is within its conversation: 16 bytes beside its `OrderEntry`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Knot {
    pub thread: ThreadId,
    /// Messages of the conversation, on its first line; else 0.
    pub count: u32,
    /// On which levels something comes further below: bit n for level n.
    pub rails: u8,
    /// 0: the first message, or the line that stands for all.
    pub depth: u8,
    /// Nothing comes below on its own level.
    pub last: bool,
    /// The line stands for all of its conversation.
    pub folded: bool,
}
