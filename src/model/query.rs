//! What the screen asks the store, and what it answers. Each is an indexed read of less than a millisecond, except for
//! a whole order, which takes about 5 ms at 100,000 messages.

use super::{
    Draft, DraftId, DraftRow, Failure, Folder, Knot, Listing, Need, Outgoing, PlacementId, Row, Source, Timestamp,
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
    /// Everything that could not be done, the oldest first.
    Needs,
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
