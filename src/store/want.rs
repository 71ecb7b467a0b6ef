//! What the user wants of a message and the server does not know yet.

use crate::model::{Flags, Timestamp};
use crate::text::Text;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Want {
    pub id: i64,
    pub revision: i64,
    pub account: String,
    /// The server's name of the folder.
    pub folder: Vec<u8>,
    pub uidvalidity: u32,
    pub uid: u32,
    pub msgid: String,
    pub size: u64,
    pub arrival: Timestamp,
    pub add: Flags,
    pub remove: Flags,
}

impl Want {
    /// True if it is for a message that looks like this.
    pub fn is_for(&self, message_id: &Text, size: u64, arrival: Timestamp) -> bool {
        let same_id = !self.msgid.is_empty() && self.msgid == message_id.as_untrusted();
        same_id || (self.size == size && self.arrival == arrival)
    }

    /// The flags that the user sees where the server has `server`.
    pub fn over(&self, server: Flags) -> Flags {
        server.without(self.remove).with(self.add)
    }
}

/// A want that the server has taken over, or will never take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Confirmed {
    pub id: i64,
    /// The revision that was pushed; if the want has moved on, it stays.
    pub revision: i64,
}

/// How a want ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The server says that the message has these flags now.
    Has(Flags),
    /// The server agreed and said no more.
    Agreed,
    /// The server refused, and will again: what it had, it has.
    Refused,
    /// Not now: the want stays, and is tried again.
    Later,
}
