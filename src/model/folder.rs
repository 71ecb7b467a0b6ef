//! Folders: the server's name for one, and what a person sees of it.

use std::fmt;

use super::{AccountId, FolderId};
use crate::text::Text;

/// A folder as the server names it. The bytes are kept exactly, because they are what the server must be told again;
/// what they mean (modified UTF-7, a delimiter) is decoded beside them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderName {
    pub wire: Vec<u8>,
    pub delimiter: Option<char>,
}

impl fmt::Debug for FolderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FolderName({:?})", String::from_utf8_lossy(&self.wire))
    }
}

/// What a folder is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    Inbox,
    Starred,
    Sent,
    Drafts,
    Archive,
    Junk,
    Trash,
    All,
}

impl Role {
    pub const EVERY: [Self; 8] =
        [Self::Inbox, Self::Starred, Self::Sent, Self::Drafts, Self::Archive, Self::Junk, Self::Trash, Self::All];

    /// The stable word for JSON and for the store.
    pub fn code(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Starred => "starred",
            Self::Sent => "sent",
            Self::Drafts => "drafts",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Trash => "trash",
            Self::All => "all",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|role| role.code() == code)
    }
}

/// A folder as a person sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Folder {
    pub id: FolderId,
    pub account: AccountId,
    /// The decoded name, whole: `其他文件夹/QQ邮件订阅`.
    pub name: Text,
    pub delimiter: Option<char>,
    pub role: Option<Role>,
    /// False for a folder that only holds other folders.
    pub selectable: bool,
    /// Messages known to the store.
    pub total: u64,
    pub unread: u64,
    /// Messages on the server when it was last asked; more than `total` while the folder is being filled.
    pub on_server: u64,
}
