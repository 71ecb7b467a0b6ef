//! What a client can ask, understood.

use super::sequence::Set;
use crate::model::Timestamp;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Command {
    Capability,
    Noop,
    Logout,
    StartTls,
    Login { user: Vec<u8>, password: Vec<u8> },
    Authenticate { mechanism: String, initial: Option<String> },
    Id,
    Namespace,
    List { reference: String, pattern: String, subscribed: bool },
    Status { mailbox: String, items: Vec<StatusItem> },
    Select { mailbox: String, read_only: bool },
    Create(String),
    Delete(String),
    Rename { from: String, to: String },
    Subscribe { mailbox: String, wanted: bool },
    Append { mailbox: String, flags: Vec<String>, date: Option<Timestamp>, message: Vec<u8> },
    Check,
    Close,
    Unselect,
    Expunge(Option<Set>),
    Search { by_uid: bool, charset: Option<String>, key: Key },
    Fetch { by_uid: bool, set: Set, items: Vec<Item> },
    Store { by_uid: bool, set: Set, change: Change, silent: bool, flags: Vec<String> },
    Copy { by_uid: bool, set: Set, to: String, removing: bool },
    Idle,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StatusItem {
    Messages,
    Recent,
    UidNext,
    UidValidity,
    Unseen,
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
    Or(Box<Key>, Box<Key>),
    Not(Box<Key>),
    Sequence(Set),
    Uid(Set),
    Flag(String),
    Never,
    Arrived(When, Day),
    Sent(When, Day),
    /// The name of a header in capitals, and what it contains.
    Header(String, String),
    Body(String),
    Text(String),
    Larger(u32),
    Smaller(u32),
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
