//! The header fields that a list row is made of, decoded and still untrusted.

use super::{Address, Kind, Timestamp};
use crate::text::Text;

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Headers {
    pub from: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub reply_to: Vec<Address>,
    pub subject: Text,
    pub date: Option<Timestamp>,
    pub message_id: Text,
    /// What it was called before a provider gave it another name.
    pub other_id: Text,
    pub in_reply_to: Text,
    pub references: Vec<Text>,
    /// `multipart/mixed`, in lower case, without its parameters.
    pub content_type: String,
    pub kind: Kind,
}

impl Headers {
    /// True if the message most likely carries files. Only its structure knows for sure.
    pub fn looks_attached(&self) -> bool {
        self.content_type == "multipart/mixed"
            || matches!(self.content_type.split('/').next(), Some("application" | "image" | "audio" | "video"))
    }
}
