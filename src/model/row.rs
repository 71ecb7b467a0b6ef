//! One line of a list.

use super::{Address, Flags, MessageId, PlacementId, Timestamp};
use crate::text::Text;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub placement: PlacementId,
    pub message: MessageId,
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
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyState {
    Absent,
    Here,
}
