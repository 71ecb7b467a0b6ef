//! One line of a list.

use super::{AccountId, Address, Flags, FolderId, Kind, MessageId, PlacementId, ThreadId, Timestamp};
use crate::text::Text;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub placement: PlacementId,
    pub message: MessageId,
    /// Whose it is, and where it lies: a list may have rows of several.
    pub account: AccountId,
    pub folder: FolderId,
    /// The server's number of the message, if it has one yet.
    pub uid: Option<u32>,
    pub from: Address,
    /// The first recipient, for folders of mail that was sent.
    pub to: Address,
    pub subject: Text,
    /// When it was sent, by its own account; when it arrived, if it does not say.
    pub date: Timestamp,
    /// When the server received it.
    pub arrival: Timestamp,
    pub size: u64,
    /// As the user sees them: what the server has, and what the user wants on top of it.
    pub flags: Flags,
    /// Something the user wants of it has not reached the server yet.
    pub pending: bool,
    pub attachments: bool,
    pub body: BodyState,
    /// It became too old for the server, which does not list it any more: only we have it.
    pub only_here: bool,
    pub kind: Kind,
    /// The conversation that it belongs to.
    pub thread: ThreadId,
    /// What is folded into the row, itself included; `None` where nobody asked, or it stands alone.
    pub conversation: Option<Box<Conversation>>,
}

/// What is said of a conversation in one row.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Conversation {
    pub count: u32,
    pub unread: u32,
    pub starred: bool,
    pub attachments: bool,
    /// Who wrote, the first one first, each once; not all of many.
    pub people: Vec<Writer>,
    /// Its messages in the list itself, newest first; not all of very many.
    pub members: Vec<PlacementId>,
    /// Its new mail is not told of.
    pub muted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyState {
    Absent,
    Here,
}

/// Somebody who wrote in a conversation.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Writer {
    /// As they call themselves, or their address.
    pub name: Text,
    /// It is the user.
    pub own: bool,
}
