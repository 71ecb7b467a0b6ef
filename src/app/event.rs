//! What happens to the program, as values.

use crate::config::keymap::KeymapProblem;
use crate::model::{
    AccountId, Answer, Changed, Failure, Intent, KeyPress, Moment, Readable, Role, Status, Ticket, Timestamp, WireLine,
};
use crate::text::SafeText;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    Key(KeyPress),
    Paste(String),
    Mouse(Mouse),
    Resize {
        columns: u16,
        rows: u16,
    },
    /// What time it is. The loop says so first whenever it wakes, and at the latest at `State::next_wake`.
    Clock {
        now: Timestamp,
        moment: Moment,
    },
    Answered(Answer),
    Changed(Changed),
    Finished {
        ticket: Ticket,
        outcome: Outcome,
    },
    Account {
        id: AccountId,
        status: Status,
    },
    /// The commit of an `Effect::Record` came back.
    Recorded {
        intent: Intent,
        result: Result<(), Failure>,
    },
    Notice(Notice),
    /// What was said on the connections: all that is kept at `first`, then what is new.
    Overheard {
        first: bool,
        lines: Vec<WireLine>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mouse {
    pub column: u16,
    pub row: u16,
    pub kind: MouseKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MouseKind {
    Click,
    WheelUp,
    WheelDown,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    Read(Result<Box<Readable>, Failure>),
}

/// Something to tell in one line that goes away by itself. The words stand in the catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Notice {
    /// Chinese text arrived where keys are expected.
    InputMethod,
    /// Another hongyan has this profile, so nothing can be changed here.
    ReadOnly,
    NothingUnread,
    /// The message that was open was moved or deleted by somebody else.
    GoneElsewhere,
    NoSuchFolder(Role),
    NoOtherFolder,
    /// The way to nowhere: an action that needs a message, in an empty folder.
    NoMessage,
    Mouse(bool),
    SyncStarted,
    Keymap(KeymapProblem),
    /// Something that the shell wants to say, in words it found itself.
    Said(SafeText),
    /// Something failed outside of what the core had asked for.
    Failed(Failure),
}
