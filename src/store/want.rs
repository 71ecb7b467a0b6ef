//! What the user wants of a message and the server does not know yet: its flags, and where it shall lie.

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
    pub aim: Aim,
}

/// Where a message shall lie, and how far it has come there.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Aim {
    /// The server's name of the folder; `None` if it stays where it is.
    pub target: Option<Vec<u8>>,
    /// It shall be gone, but the server is not told before this moment.
    pub erase: Option<Timestamp>,
    /// Folders where a copy shall lie.
    pub copies: Vec<Copy>,
    pub step: Step,
    /// The folder that the server was told; empty if it was told to remove the message, or nothing.
    pub way: Vec<u8>,
    /// Copies have greater numbers than this one, under this validity.
    pub mark: Mark,
    /// When the present step was taken.
    pub since: Timestamp,
}

/// A copy that shall lie elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copy {
    pub target: Vec<u8>,
    /// When the server was told, and what was there before.
    pub begun: Option<(Timestamp, Mark)>,
}

/// The greatest number of a folder before something was put there.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Mark {
    pub uidvalidity: u32,
    pub uid: u32,
}

/// How far the server has come with a message that shall lie elsewhere. Each step is on the disk before the server is told
/// to take it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Step {
    /// The server was told nothing: whatever is wanted instead costs nothing.
    #[default]
    Waiting,
    /// It was told to move the message.
    Moving,
    /// It was told to copy the message.
    Copying,
    /// The copy is there; what is left of this want is that the message here goes.
    Copied,
    /// It was told to mark the message as deleted.
    Flagged,
    /// The server cannot remove single messages: this one is marked, not shown, and stays.
    Kept,
}

impl Step {
    pub fn code(self) -> u8 {
        match self {
            Self::Waiting => 0,
            Self::Moving => 1,
            Self::Copying => 2,
            Self::Copied => 3,
            Self::Flagged => 4,
            Self::Kept => 5,
        }
    }

    /// Nothing else is ever written.
    pub fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Moving,
            2 => Self::Copying,
            3 => Self::Copied,
            4 => Self::Flagged,
            5 => Self::Kept,
            _ => Self::Waiting,
        }
    }
}

impl Aim {
    /// Nothing but flags is wanted.
    pub fn is_none(&self) -> bool {
        self.target.is_none() && self.erase.is_none() && self.copies.is_empty() && self.step == Step::Waiting
    }

    /// True if the message is somewhere else or gone for the user, whatever is left here.
    pub fn is_leftover(&self) -> bool {
        self.step >= Step::Copied
    }

    /// The server may have put it where it was told to, or not.
    pub fn is_under_way(&self) -> bool {
        matches!(self.step, Step::Moving | Step::Copying)
    }

    /// The folder in whose list the user sees it; `None` for none.
    pub fn shown_in<'a>(&'a self, home: &'a [u8]) -> Option<&'a [u8]> {
        if self.is_leftover() || self.erase.is_some() {
            return None;
        }
        let told = if self.is_under_way() { self.way.as_slice() } else { home };
        Some(self.target.as_deref().unwrap_or(told))
    }
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

    /// Everything that was wanted is not wanted any more.
    pub fn is_nothing(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty() && self.aim.is_none()
    }
}

/// A want that the server has taken over, or will never take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Confirmed {
    pub id: i64,
    /// The revision that was pushed; if the want has moved on, it stays.
    pub revision: i64,
}

/// How a want ended, as far as it is about flags.
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

/// A message that has come where the server was told to put it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landing {
    /// As it was when the server was told.
    pub want: Want,
    /// Its number there, if that is known.
    pub number: Option<Mark>,
    /// The message lies where it lay too, and has to be removed there.
    pub leaves_a_copy: bool,
    /// What was wanted of it meanwhile, of its new place.
    pub rest: Option<Want>,
}
