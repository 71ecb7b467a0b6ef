//! What a client can ask, understood.

use super::sequence::Set;
use crate::model::Timestamp;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Command {
    Capability,
    Noop,
    Logout,
    StartTls,
    Login {
        user: Vec<u8>,
        password: Vec<u8>,
    },
    Authenticate {
        mechanism: String,
        initial: Option<String>,
    },
    /// True if something was said of who asks.
    Id(bool),
    Namespace,
    List {
        reference: String,
        pattern: String,
        listing: Listing,
    },
    Status {
        mailbox: String,
        items: Vec<StatusItem>,
    },
    /// With what the client remembers of it, and `true` if it wants to hear of modification sequences.
    Select {
        mailbox: String,
        read_only: bool,
        condstore: bool,
        resync: Option<Resync>,
    },
    Create(String),
    Delete(String),
    Rename {
        from: String,
        to: String,
    },
    Subscribe {
        mailbox: String,
        wanted: bool,
    },
    Append {
        mailbox: String,
        flags: Vec<String>,
        date: Option<Timestamp>,
        message: Vec<u8>,
    },
    Check,
    Close,
    Unselect,
    Expunge(Option<Set>),
    Search {
        by_uid: bool,
        charset: Option<String>,
        key: Key,
        wants: Option<Wants>,
    },
    Fetch {
        by_uid: bool,
        set: Set,
        items: Vec<Item>,
        since: Option<Since>,
    },
    Store {
        by_uid: bool,
        set: Set,
        store: Store,
    },
    Copy {
        by_uid: bool,
        set: Set,
        to: String,
        removing: bool,
    },
    Idle,
    Enable(Vec<String>),
    Compress(String),
}

/// What a client still knows of a mailbox: QRESYNC.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Resync {
    pub(super) validity: u32,
    pub(super) modseq: u64,
    /// The UIDs it has; all if it does not say.
    pub(super) known: Option<Set>,
}

/// Only messages that changed after that sequence, and `true` if those that vanished since shall be named too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Since {
    pub(super) modseq: u64,
    pub(super) vanished: bool,
}

/// What SEARCH shall return of what it finds: ESEARCH.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Wants {
    pub(super) all: bool,
    pub(super) count: bool,
    pub(super) min: bool,
    pub(super) max: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Store {
    pub(super) change: Change,
    pub(super) silent: bool,
    pub(super) flags: Vec<String>,
    /// Messages that changed after that sequence are left alone.
    pub(super) unchanged_since: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StatusItem {
    Messages,
    Recent,
    UidNext,
    UidValidity,
    Unseen,
    HighestModSeq,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Listing {
    All,
    Subscribed,
    /// XLIST.
    WithRoles,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Change {
    Set,
    Add,
    Remove,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Item {
    Flags,
    Uid,
    InternalDate,
    Size,
    Envelope,
    Body,
    BodyStructure,
    ModSeq,
    Section(Section),
}

/// `BODY[…]<…>` and its older spellings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Section {
    /// The name under which it is answered, without the partial.
    pub(super) label: String,
    /// False if it sets \Seen.
    pub(super) peek: bool,
    pub(super) part: Vec<u32>,
    pub(super) what: What,
    /// The first byte and how many.
    pub(super) partial: Option<(u32, u32)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    Whole,
    Header,
    Fields { names: Vec<String>, others: bool },
    Text,
    Mime,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Key {
    All,
    And(Vec<Key>),
    /// The same, in parentheses.
    Group(Vec<Key>),
    Or(Box<Key>, Box<Key>),
    Not(Box<Key>),
    Sequence(Set),
    Uid(Set),
    Flag(String),
    /// What nobody has been told of before; nothing, on a server that does not keep track.
    New,
    Arrived(When, Day),
    Sent(When, Day),
    /// The name of a header in capitals, and what it contains.
    Header(String, String),
    Body(String),
    Text(String),
    Larger(u32),
    Smaller(u32),
    /// That sequence or a later one.
    ModSeq(u64),
}

impl Command {
    /// The extension without which this spelling of a command cannot be understood.
    pub(super) fn extension(&self) -> Option<&'static str> {
        match self {
            Self::Select { resync: Some(_), .. } | Self::Fetch { since: Some(Since { vanished: true, .. }), .. } => {
                Some("QRESYNC")
            }
            Self::Select { condstore: true, .. } | Self::Fetch { since: Some(_), .. } => Some("CONDSTORE"),
            Self::Fetch { items, .. } if items.contains(&Item::ModSeq) => Some("CONDSTORE"),
            Self::Store { store, .. } if store.unchanged_since.is_some() => Some("CONDSTORE"),
            Self::Status { items, .. } if items.contains(&StatusItem::HighestModSeq) => Some("CONDSTORE"),
            Self::Search { key, .. } if key.names_modseq() => Some("CONDSTORE"),
            Self::Search { wants: Some(_), .. } => Some("ESEARCH"),
            _ => None,
        }
    }

    /// True if whoever says this wants to hear of modification sequences from now on.
    pub(super) fn turns_condstore_on(&self) -> bool {
        match self {
            Self::Enable(names) => names.iter().any(|n| matches!(n.as_str(), "CONDSTORE" | "QRESYNC")),
            other => matches!(other.extension(), Some("CONDSTORE" | "QRESYNC")),
        }
    }
}

impl Key {
    pub(super) fn names_modseq(&self) -> bool {
        self.any(&|key| matches!(key, Self::ModSeq(_)))
    }

    /// True if a key in it is like that.
    pub(super) fn any(&self, like: &impl Fn(&Self) -> bool) -> bool {
        like(self)
            || match self {
                Self::And(keys) | Self::Group(keys) => keys.iter().any(|key| key.any(like)),
                Self::Or(one, other) => one.any(like) || other.any(like),
                Self::Not(key) => key.any(like),
                _ => false,
            }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum When {
    Before,
    On,
    Since,
}

/// Year, month, day: ordered as days are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Day(pub(super) i16, pub(super) u8, pub(super) u8);
