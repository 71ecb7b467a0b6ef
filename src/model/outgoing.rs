//! A message on its way out: what is known of it from the moment the user said `send`.

use super::{Failure, Timestamp};
use crate::text::SafeText;

/// A message in the outbox; never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OutgoingId(pub i64);

/// A message in the outbox. Its bytes lie beside, and never change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    pub id: OutgoingId,
    /// By the name of the account in config.toml.
    pub account: String,
    /// The address that stands on the envelope as the sender.
    pub from: String,
    pub recipients: Vec<Recipient>,
    pub subject: SafeText,
    /// Without the angle brackets; the same at every attempt.
    pub message_id: String,
    pub size: u64,
    pub queued: Timestamp,
    /// Not before this moment: until then it can be taken back. Of what was begun: when that was.
    pub hold_until: Timestamp,
    /// How often it was begun.
    pub attempts: u32,
    pub state: Sending,
    /// What went wrong last.
    pub failure: Option<Failure>,
    /// What a copy in the folder for sent mail has come to.
    pub copy: SentCopy,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recipient {
    pub address: String,
    pub state: Reception,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reception {
    Waiting,
    /// The server took it for this address.
    Taken,
    /// The server does not take it for this address, and says so for good or for now.
    Refused {
        said: SafeText,
        for_good: bool,
    },
}

/// How far a message has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sending {
    /// Nobody has begun, or it was begun and surely came to nothing: it is safe to try (again).
    Queued,
    /// Being sent. Found at a start, it was cut off: before the end of the data it is as if nothing had been; whether the
    /// end was reached is written down before it is sent.
    Begun,
    /// The end of the data is on its way, and the server has not answered yet. Found at a start, it is `Unknown`.
    Handed,
    /// Nobody knows whether the server has it: never sent again unless the user says so.
    Unknown,
    Sent,
    /// It was queued for another server or another login than its account has now, or its account is in the settings no
    /// more: never sent unless the user says so.
    Asks,
    /// The server does not want it as it is, or none of its recipients: the user has to do something.
    Refused,
}

impl Sending {
    pub const EVERY: [Self; 7] =
        [Self::Queued, Self::Begun, Self::Handed, Self::Unknown, Self::Sent, Self::Asks, Self::Refused];

    /// The stable word for the store and JSON; never translated.
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Begun => "begun",
            Self::Handed => "handed",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Asks => "asks",
            Self::Refused => "refused",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|sending| sending.code() == code)
    }
}

/// The copy of a message in the folder for sent mail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SentCopy {
    /// Not yet time to care.
    Later,
    /// The provider puts it there itself.
    Servers,
    /// To be looked for there from this moment on, and to be put there if it is missing.
    LookFrom(Timestamp),
    /// To be put there.
    Wanted,
    Done,
}
