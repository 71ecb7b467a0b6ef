//! What the loop shall do: data that can be printed and compared.

use super::compose::Errand;
use super::{Dialect, WebAddress};
use crate::model::{
    AccountId, Arrivals, FolderDeed, FolderId, Inside, Intent, MessageId, PartId, PlacementId, Query, Reading, Role,
    Settling, ThreadId, Ticket,
};
use crate::text::{SafeText, Text};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// An indexed read. Answers come back in the order of the questions.
    Ask(Query),
    /// What the user wants, to be made durable; shown as pending until then.
    Record(Intent),
    /// The same of what one key did in several accounts: it is taken back together.
    RecordTogether(Vec<Intent>),
    /// The same for what comes of itself, like a message that counts as read: it cannot be taken back.
    Note(Intent),
    /// Take back what was done last.
    Undo,
    /// Say what becomes of what could not be done.
    Settle {
        needs: Vec<i64>,
        how: Settling,
    },
    /// Make, rename or remove a folder: the server has to do it now.
    Folder(FolderDeed),
    /// The user was told how a folder for this is made elsewhere.
    Told {
        account: AccountId,
        role: Role,
    },
    /// Slow work; its outcome carries the ticket.
    Start {
        ticket: Ticket,
        job: Job,
    },
    /// Mail of this sender is to be read in this charset from now on, or as it says of itself.
    Choose {
        sender: Text,
        charset: Option<&'static str>,
    },
    /// The outcome is not wanted any more.
    Cancel(Ticket),
    /// Make a pass now.
    Wake(AccountId),
    /// Tell what is said on the connections from now on, or no longer.
    Overhear(bool),
    /// These folders are being looked at, one of an account: sync and watch them first.
    Focus {
        folders: Vec<(AccountId, FolderId)>,
    },
    /// These messages lie next to the cursor and have no body yet: fetch them when there is nothing better to do.
    Near {
        placements: Vec<PlacementId>,
    },
    /// New mail of the conversation of this message is told of from now on, or no longer.
    Mute {
        thread: ThreadId,
        mute: bool,
    },
    Terminal(TerminalRequest),
    /// Where the folders of this account are hidden is known now.
    NoMoreHints(AccountId),
    /// Show a notification of what came.
    Announce(Vec<Arrivals>),
    /// Run this for what came into one folder, and say when it ended.
    NewMailCommand {
        command: Vec<String>,
        arrivals: Arrivals,
    },
    /// Something about a draft.
    Compose(Errand),
    /// Ask for another account, or for another secret, on the whole screen.
    SetUp(SetUp),
    Quit,
}

/// What somebody is asked for who reads mail already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetUp {
    Account,
    /// Another secret for this account.
    Secret(AccountId),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Job {
    /// Fetch the body if it is not here, and decode it.
    Read { placement: PlacementId, message: MessageId, how: How },
    /// Show an address of the web, or one to write to, in the program that the user has for it.
    Browse(WebAddress),
    /// Do something with files that are in a message.
    Files { placement: PlacementId, message: MessageId, inside: Inside, files: Vec<FileWanted>, deed: Deed },
    /// Leave a mailing list by a form that is sent there, by the way of this account.
    Unsubscribe { account: SafeText, address: WebAddress },
    /// Hand a text to whoever keeps the clipboard; `is_told`: the terminal knows it already.
    Copy { text: String, shown: SafeText, is_told: bool },
    /// Hand a text to a program.
    Pipe { text: Text, command: Vec<String> },
}

/// How a message is to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct How {
    pub reading: Reading,
    pub view: View,
    /// Which of the messages inside it.
    pub inside: Inside,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum View {
    #[default]
    Message,
    /// Every field of its header.
    Headers,
    /// The bytes as they came.
    Source,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileWanted {
    pub part: PartId,
    /// As the message calls it.
    pub name: Text,
    pub kind: Text,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// With the program that the user has for such files.
    Open,
    Save {
        folder: String,
    },
    /// Into the folder of a month in that folder.
    SaveDated {
        folder: String,
        month: String,
    },
    Pipe {
        command: Vec<String>,
    },
}

/// What only the owner of the terminal can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TerminalRequest {
    Title(SafeText),
    Mouse(bool),
    Bell,
    /// A text for the clipboard, in base64.
    Clipboard(String),
    /// A notification, in the words that the terminal understands.
    Notify {
        dialect: Dialect,
        title: SafeText,
        body: SafeText,
    },
    /// Give the terminal back to the shell, and stop until it is continued.
    Suspend,
    /// Forget what the screen shows and draw all of it.
    Redraw,
}
