//! A line of the protocol view: what was said on a connection, without secrets and without mail.

use super::Timestamp;
use crate::text::SafeText;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WireLine {
    pub at: Timestamp,
    /// The account's name.
    pub account: SafeText,
    pub purpose: Purpose,
    /// Tells connections of the same purpose apart.
    pub number: u32,
    pub kind: WireKind,
    pub text: SafeText,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    Sync,
    Bodies,
    Talk,
    Sending,
}

impl Purpose {
    pub const EVERY: [Self; 4] = [Self::Sync, Self::Bodies, Self::Talk, Self::Sending];

    pub fn code(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Bodies => "bodies",
            Self::Talk => "talk",
            Self::Sending => "sending",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|purpose| purpose.code() == code)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WireKind {
    /// We said the text.
    Sent,
    /// The server said the text.
    Heard,
    /// We call; the text is the place.
    Connecting,
    /// Somebody answers; the text is how the way is protected.
    Connected,
    /// It is over; the text is why, if it did not end as it should.
    Closed,
    /// So many more of what the text names.
    Folded(u64),
    /// So many lines were not recorded, because they came too fast.
    Lost(u64),
}

impl WireKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Heard => "heard",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Closed => "closed",
            Self::Folded(_) => "folded",
            Self::Lost(_) => "lost",
        }
    }

    /// `count` is for the kinds that have one.
    pub fn from_code(code: &str, count: u64) -> Option<Self> {
        [
            Self::Sent,
            Self::Heard,
            Self::Connecting,
            Self::Connected,
            Self::Closed,
            Self::Folded(count),
            Self::Lost(count),
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
    }

    pub fn count(self) -> Option<u64> {
        match self {
            Self::Folded(count) | Self::Lost(count) => Some(count),
            Self::Sent | Self::Heard | Self::Connecting | Self::Connected | Self::Closed => None,
        }
    }

    /// Which way it went.
    pub fn arrow(self) -> &'static str {
        match self {
            Self::Sent => "→",
            Self::Heard | Self::Folded(_) => "←",
            Self::Connecting | Self::Connected | Self::Closed | Self::Lost(_) => "·",
        }
    }
}
