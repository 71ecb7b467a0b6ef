//! What the screen asks the store, and what it answers. Each is an indexed read of less than a millisecond, except for
//! a whole order, which takes about 5 ms at 100,000 messages.

use super::{
    AccountId, Alike, Draft, DraftId, DraftRow, Failure, Flags, Folder, FolderId, Knot, Listing, Need, Outgoing,
    PlacementId, Row, Source, Timestamp,
};
use crate::text::Text;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Query {
    /// Every folder of every account.
    Folders,
    /// The order of a whole list.
    Order(Box<Listing>),
    /// The rows of the visible window of a list, from whichever folders; with what is folded into them, if it is asked for.
    Rows {
        source: Source,
        placements: Vec<PlacementId>,
        threads: bool,
    },
    /// Whom the user may mean who typed this: the beginning of a name, of an address, or the initials.
    People {
        typed: String,
        limit: usize,
    },
    /// Every draft that is not on its way out, the youngest first.
    Drafts,
    Draft(DraftId),
    /// Everything on its way out, the oldest first.
    Outbox,
    /// What was wanted and could not be done, the oldest first.
    Needs,
    /// Of how many messages something is wanted that no server was told yet.
    Pending,
    /// The messages of a folder that are like this one, or of one kind. A walk through the folder.
    Alike {
        within: Within,
        placement: PlacementId,
        how: Alike,
    },
    /// Where these messages lie, and of a conversation that is folded into one of them, all that is in the same list.
    Meant {
        source: Source,
        placements: Vec<PlacementId>,
        folded: Vec<PlacementId>,
    },
}

/// Where messages are looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Within {
    Folder(FolderId),
    /// All of a list, whatever is folded in it.
    Listed(Source),
    These(Vec<PlacementId>),
}

/// Where a message lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lying {
    pub placement: PlacementId,
    pub account: AccountId,
    pub folder: FolderId,
    pub flags: Flags,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    Folders(Vec<Folder>),
    Order {
        listing: Box<Listing>,
        /// What is to be shown: of a conversation that is folded only its newest message.
        order: Vec<OrderEntry>,
        /// One for each of them where conversations stand together; else empty.
        knots: Vec<Knot>,
    },
    /// In the order of the question; those that are gone are left out.
    Rows {
        source: Source,
        rows: Vec<Row>,
    },
    /// Those who are meant most likely come first. What was typed may have changed meanwhile.
    People {
        typed: String,
        people: Vec<Person>,
    },
    Drafts(Vec<DraftRow>),
    /// `None` if it is not there any more.
    Draft {
        id: DraftId,
        draft: Option<Box<Draft>>,
    },
    Outbox(Vec<Outgoing>),
    Needs(Vec<Need>),
    Pending(usize),
    /// In the order of the folder.
    Alike {
        placements: Vec<PlacementId>,
    },
    /// Those that are gone are left out.
    Meant(Vec<Lying>),
    Failed {
        query: Box<Query>,
        failure: Failure,
    },
}

/// Somebody whom the user knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// May be empty.
    pub name: Text,
    pub address: Text,
    /// The user wrote to them; the others only wrote.
    pub wrote: bool,
}

/// One message of a folder's order: 16 bytes, so that a list of a million rows is 16 MB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderEntry {
    pub placement: PlacementId,
    pub arrival: Timestamp,
}
