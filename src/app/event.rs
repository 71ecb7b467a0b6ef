//! What happens to the program, as values.

use super::compose::{DraftNotice, Tidings};
use super::outbox::OutboxNotice;
use super::{Action, CommandTrouble, TriageNotice};
use crate::config::keymap::KeymapProblem;
use crate::model::{
    AccountId, Answer, Arrivals, Changed, Coverage, Failure, FolderDeed, FolderId, Hop, Intent, KeyPress, Moment,
    OutgoingId, Readable, Role, Status, Takes, Ticket, Timestamp, WireLine,
};
use crate::text::{SafeText, Text};

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
    /// How much of the mail was looked at for the list that comes next, and whether that is all of it.
    Covered {
        coverage: Coverage,
        whole: bool,
    },
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
    /// What `Effect::Undo` took back; `None` if there was nothing.
    Undone(Result<Option<crate::model::Deed>, Failure>),
    /// How many an `Effect::Settle` settled.
    Settled(Result<usize, Failure>),
    /// What came of an `Effect::Folder`, and the folder that was made.
    FolderDone {
        deed: Box<FolderDeed>,
        result: Result<Option<FolderId>, Failure>,
    },
    Notice(Notice),
    /// Mail came that nobody was told of yet.
    Arrived(Arrivals),
    /// The command for new mail ended.
    NewMailCommandEnded(Result<(), DeedTrouble>),
    /// What came of an `Effect::Compose`, or a draft that somebody asked for.
    Composed(Tidings),
    /// So many hundredths of a large message have gone; `None`: nothing goes that takes a while.
    Going(Option<(OutgoingId, u8)>),
    /// What the account's server for sending takes.
    Takes {
        account: String,
        takes: Takes,
    },
    /// The program is about to end, whoever wants that: what must be on the disk by then is said now. Asked again until
    /// nothing is left.
    Ending,
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
    /// The whole header, as `View::Headers` wants it, and the way that the message came.
    Headers {
        route: Vec<Hop>,
        fields: Vec<(Text, Text)>,
    },
    /// The bytes as a text, as `View::Source` wants them.
    Source(Text),
    /// A file, a link or a text was handed on.
    Done(Result<Done, DeedTrouble>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Done {
    Opened,
    /// The last one by its name, and where it lies.
    Saved {
        count: usize,
        name: SafeText,
        folder: SafeText,
    },
    /// What the program said first, if anything.
    Piped(SafeText),
    /// This host was asked to take the user off its list, and did not refuse.
    Unsubscribed {
        host: SafeText,
    },
    /// The beginning of what is in the clipboard now, and who was handed it.
    Copied {
        shown: SafeText,
        by: SafeText,
    },
}

/// Why a file, a link or a text could not be handed on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeedTrouble {
    /// The message is not here, or the part is not in it.
    NoPart,
    NoProgram(SafeText),
    /// The program ended with this.
    Ended {
        program: SafeText,
        status: i32,
    },
    TooSlow(SafeText),
    NoFolder(SafeText),
    /// What the host answered that was asked to take the user off its list.
    NotUnsubscribed {
        host: SafeText,
        status: u16,
    },
    NotWritten(SafeText),
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
    /// The accounts here are not the user's.
    NoSetUp,
    /// A program gives the secret, so it is not entered here.
    OfProgram,
    /// What was entered was tried, and is in use now.
    NewSecret,
    Keymap(KeymapProblem),
    /// The message has only one form.
    OneForm,
    NoQuotes,
    NoLinks,
    /// There is no link of this number.
    NoLinkOf(SafeText),
    NoFiles,
    /// The message does not say how to leave the list.
    NoUnsubscribe,
    /// There is no file in the message that looks like an invoice.
    NoInvoices,
    /// There is nothing in the message that this action copies.
    NothingToCopy(Action),
    /// A link that leads neither to the web nor to an address.
    LinkRefused(SafeText),
    /// How the message is read now; empty: as was found by itself.
    Charset(&'static str),
    NotFound(SafeText),
    /// What was typed is no command.
    Command(CommandTrouble),
    /// A program from a message is not run.
    Program(SafeText),
    /// Nobody knows what happens when this file is opened: the same key once more opens it.
    Doubtful(SafeText),
    Done(Done),
    Deed(DeedTrouble),
    /// The command for new mail did not do what it should.
    NewMailCommand(DeedTrouble),
    /// Something about a draft.
    Draft(DraftNotice),
    /// Something about what is done with messages.
    Triage(TriageNotice),
    /// Something about a letter in the outbox.
    Outbox(OutboxNotice),
    /// Something that the shell wants to say, in words it found itself.
    Said(SafeText),
    /// Something failed outside of what the core had asked for.
    Failed(Failure),
}
