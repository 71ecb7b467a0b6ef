//! What the user wanted and could not be done. It waits until the user says what becomes of it.

use super::{AccountId, DeedKind, FolderId, Timestamp};
use crate::text::Text;

/// Something that needs attention.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    pub id: i64,
    pub account: AccountId,
    /// Where the message lies, as far as is known.
    pub folder: Text,
    /// Where it was to go.
    pub to: Option<Text>,
    pub subject: Text,
    pub from: Text,
    pub kind: DeedKind,
    pub why: NeedWhy,
    pub since: Timestamp,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NeedWhy {
    /// The folder where it was to go, or the one where it lay, is not there any more.
    FolderGone,
    /// Somebody else moved the message or removed it.
    MessageGone,
    /// The server refused, in these words.
    Refused(Text),
    /// There is no room left in the mailbox on the server.
    Full,
    /// The line broke while it was copied, and the copy cannot be found: it was done, or it was not.
    Unknown,
    /// It stood in a copy of own.db that took the place of a damaged one: it may have been done since.
    Restored,
}

impl NeedWhy {
    /// The stable word for the store and for JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FolderGone => "folder-gone",
            Self::MessageGone => "message-gone",
            Self::Refused(_) => "refused",
            Self::Full => "full",
            Self::Unknown => "unknown",
            Self::Restored => "restored",
        }
    }

    /// `said`: the server's words, for those that have them.
    pub fn from_code(code: &str, said: &str) -> Self {
        match code {
            "folder-gone" => Self::FolderGone,
            "message-gone" => Self::MessageGone,
            "full" => Self::Full,
            "restored" => Self::Restored,
            "unknown" => Self::Unknown,
            _ => Self::Refused(Text::new(said)),
        }
    }
}

/// What becomes of something that could not be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Settling {
    Again,
    /// Move it there instead.
    Into(FolderId),
    /// It is not wanted any more.
    Drop,
}
