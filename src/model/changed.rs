//! What changed in the store, coarse enough to be merged and fine enough not to ask for everything again.

use super::{FolderId, MessageId};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Changed {
    /// The list of folders, or their counters.
    Folders,
    /// Which messages a folder has, or their order.
    Order(FolderId),
    /// Flags or states of messages of a folder; not their order.
    Rows(FolderId),
    /// The body of a message arrived.
    Body(MessageId),
    /// More can be found by its words.
    Words,
    /// The list of drafts, or one of them.
    Drafts,
    /// What is on its way out.
    Outbox,
    /// What could not be done.
    Needs,
}
