//! A message ready to be read: decoded, still untrusted.

use super::{Address, Timestamp};
use crate::text::Text;

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Readable {
    pub subject: Text,
    pub from: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub reply_to: Vec<Address>,
    pub date: Option<Timestamp>,
    pub message_id: Text,
    pub in_reply_to: Text,
    pub references: Vec<Text>,
    /// The body as text of several lines.
    pub text: Text,
    pub source: BodySource,
    /// True if the text was cut because it was too long to show.
    pub cut: bool,
    /// True if messages are nested in it too deep to be looked at.
    pub too_deep: bool,
    pub attachments: Vec<Attachment>,
}

/// What the text was made from.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum BodySource {
    #[default]
    Plain,
    Html,
    /// There was no part that could be read as text.
    Nothing,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Attachment {
    pub name: Text,
    /// `image/png`; as the message says.
    pub kind: Text,
    pub size: u64,
    pub inline: bool,
}
