//! What the user did with one key, so that it can be taken back.

use super::{AccountId, Flags, FolderId, Timestamp};

/// Never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DeedId(pub i64);

/// Something done to messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeedKind {
    Flag {
        add: Flags,
        remove: Flags,
    },
    /// Into a folder; number 0 if it is not known (any more).
    Move {
        to: FolderId,
    },
    Copy {
        to: FolderId,
    },
    Erase,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deed {
    pub id: DeedId,
    pub kind: DeedKind,
    /// Of how many messages.
    pub count: usize,
    pub at: Timestamp,
}

/// Something done to a folder. It needs the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FolderDeed {
    /// With all of its name, as people write it: `其他文件夹/发票`.
    Create {
        account: AccountId,
        name: String,
    },
    Rename {
        folder: FolderId,
        name: String,
    },
    /// Only if it is empty.
    Delete {
        folder: FolderId,
    },
    /// With all that lies in it: the user was told, and asked twice.
    DeleteWithMail {
        folder: FolderId,
    },
}
