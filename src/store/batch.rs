//! What is written to mail.db, as data.

use crate::model::{AccountId, Flags, FolderId, FolderName, Headers, MessageId, PlacementId, Role, Timestamp};

use super::want::Landing;
use super::{Outcome, Want};

/// A folder as the server lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FolderSeen {
    pub name: FolderName,
    /// The name for people.
    pub decoded: String,
    pub role: Option<Role>,
    pub selectable: bool,
}

/// A message as the server describes it, before its body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incoming {
    pub uid: u32,
    pub flags: Flags,
    pub arrival: Timestamp,
    pub size: u64,
    pub headers: Headers,
    /// The bytes that the headers were read from, and the version of the rules that read them.
    pub raw: Vec<u8>,
    pub decoder: u32,
}

#[derive(Debug)]
pub enum MailWrite {
    /// The folders of an account, all of them.
    Folders { account: AccountId, seen: Vec<FolderSeen>, at: Timestamp },
    /// A folder was opened: another `uidvalidity` begins a new epoch, and so do numbers that were given anew without one.
    Opened { folder: FolderId, uidvalidity: u32, on_server: u64, renumbered: bool },
    /// Messages and how many there are on the server now.
    Ingest { folder: FolderId, messages: Vec<Incoming>, on_server: u64 },
    /// From this number upwards every message of the folder is known.
    Whole { folder: FolderId, from: u32 },
    /// Every message of the folder's present epoch is known: what is left of earlier epochs is gone. `modseq` is the
    /// server's count of changes up to which everything was taken over; 0 if it does not count.
    Complete { folder: FolderId, modseq: u64 },
    /// The user was told of everything in the folder up to this number.
    Told { folder: FolderId, uid: u32 },
    /// Flags as the server has them.
    Flags { folder: FolderId, flags: Vec<(u32, Flags)> },
    /// Messages that the server said are gone.
    Expunged { folder: FolderId, uids: Vec<u32>, on_server: u64 },
    /// Messages that are too old for the server, which lists only the mail of the last weeks: they stay.
    Aged { folder: FolderId, placements: Vec<PlacementId>, on_server: u64 },
    /// What newer rules read in the headers of messages, and the version of these rules.
    Derived { messages: Vec<(MessageId, Headers)>, decoder: u32 },
    /// A whole message.
    Body { message: MessageId, packed: super::mail::PackedBody },
    /// What the user wants, already committed in own.db.
    Wanted(Vec<Want>),
    /// What the user wants of messages that no server has.
    WantedHere { placements: Vec<PlacementId>, add: Flags, remove: Flags },
    /// Wants that are settled, and how.
    Settled(Vec<(Want, Outcome)>),
    /// Messages that have come where the server was told to put them.
    Landed(Vec<Landing>),
    /// Account of this name is configured.
    Account(String),
    /// The account and everything that was downloaded for it.
    Forget(AccountId),
    /// What lies in `bodies/`.
    Shelf(super::shelves::Shelf),
}

/// What a write answers, once it is committed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Written {
    Done,
    /// The ids of the folders, in the order given.
    Folders(Vec<FolderId>),
    /// How many of the messages were new.
    New(u64),
    Account(AccountId),
}

/// How a folder stands in its present epoch, before anybody asks the server.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Standing {
    pub uidvalidity: u32,
    /// The greatest number; 0 if no message is known.
    pub highest: u32,
    pub known: u64,
    /// Everything from this number upwards was known when it was last looked at; more than any number if nothing was.
    pub whole_from: u64,
    pub modseq: u64,
    /// A few messages by which to see that the numbers still mean what they meant.
    pub spots: Vec<Spot>,
}

/// What a number stood for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spot {
    pub uid: u32,
    pub size: u64,
    pub arrival: Timestamp,
}

/// A message of a folder that the server listed when it was last asked; or before its numbers changed, if it was not found
/// since.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    pub placement: PlacementId,
    /// Its present number.
    pub uid: Option<u32>,
    pub arrival: Timestamp,
    /// As last seen on the server.
    pub flags: Flags,
}

/// What the store has of a folder: each number with the flags last seen, ascending.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct LocalFolder {
    pub uidvalidity: u32,
    pub messages: Vec<(u32, Flags)>,
}
