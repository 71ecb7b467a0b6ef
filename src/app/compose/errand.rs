//! What a composer asks of the shell, and what the shell tells it.

use std::path::PathBuf;

use super::Sheet;
use crate::app::outbox::{LetterCame, LetterWish, NotReopened, Reopened};
use crate::model::{Answering, Draft, DraftId, Enclosed, Failure, MessageId, OutgoingId, PlacementId, Timestamp};
use crate::text::{SafeText, Text};

/// What the shell shall do; each is answered with a [`Tidings`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Errand {
    /// Make this durable: as a new draft, or in place of what was kept under this number. There is never more than one
    /// on its way for one sheet.
    Keep { sheet: Sheet, id: Option<DraftId>, draft: Box<Draft> },
    /// Nobody wants it any more.
    Drop(DraftId),
    /// Put it into the outbox, not to go before `hold_until`, and drop the draft with the same commit.
    Send { sheet: Sheet, id: Option<DraftId>, draft: Box<Draft>, hold_until: Timestamp },
    /// Take it out of the outbox again, if nobody has begun with it.
    TakeBack(OutgoingId),
    /// Make the draft for an answer to a message, of its bytes.
    Prepare { sheet: Sheet, placement: PlacementId, message: MessageId, how: Answering },
    /// What lies in a folder; `~` is the home of the user.
    ListFiles { folder: String },
    /// How large a file is, and of which kind.
    Attach { sheet: Sheet, paths: Vec<PathBuf> },
    /// Hand the text to the program that the user writes with, and the terminal to it.
    Edit { sheet: Sheet, text: String },
    /// Every draft that is kept.
    ListDrafts,
    /// What the user wants of a letter in the outbox.
    Letter { id: OutgoingId, wish: LetterWish },
    /// Take it out of the outbox, and hand over what it was made of.
    Reopen(OutgoingId),
}

/// What comes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tidings {
    Kept {
        sheet: Sheet,
        result: Result<DraftId, Failure>,
    },
    /// In the outbox, or why not.
    Queued {
        sheet: Sheet,
        result: Result<(OutgoingId, Timestamp), SendTrouble>,
    },
    /// `false`: too late. `draft` is what it was made of, kept as it was.
    TakenBack {
        id: OutgoingId,
        draft: Option<DraftId>,
        result: Result<bool, Failure>,
    },
    Prepared {
        sheet: Sheet,
        result: Result<Box<Draft>, Failure>,
    },
    Files {
        folder: String,
        result: Result<Vec<FileEntry>, SafeText>,
    },
    Attached {
        sheet: Sheet,
        files: Vec<Result<Enclosed, SafeText>>,
    },
    /// What came back from the other program; `Err`: its text is not taken, and why.
    Edited {
        sheet: Sheet,
        result: Result<String, SafeText>,
    },
    Drafts(Vec<KeptDraft>),
    Letter {
        id: OutgoingId,
        wish: LetterWish,
        result: Result<LetterCame, Failure>,
    },
    Reopened {
        id: OutgoingId,
        result: Result<Box<Reopened>, NotReopened>,
    },
    /// Somebody asked for a message to be written: the command line, or a link.
    Begin(Box<Draft>),
}

/// Why a message is not in the outbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SendTrouble {
    /// It cannot be built: words for the user.
    Said(SafeText),
    Failed(Failure),
}

/// A draft that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptDraft {
    pub id: DraftId,
    pub draft: Box<Draft>,
    pub updated: Timestamp,
}

/// Something that lies in a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileEntry {
    pub path: PathBuf,
    pub name: Text,
    pub size: u64,
    pub is_folder: bool,
}

/// What is said of a draft in one line. The words stand in the catalogue, by their codes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DraftNotice {
    /// What was pasted was too long for all of it.
    Cut,
    /// What was pasted into a field has no room there, and nothing of it was taken.
    NoRoom,
    OneSender,
    NothingToUndo,
    /// Nothing is marked that could be cut.
    NoMark,
    NoQuote,
    NotFound(SafeText),
    /// There are no drafts; this key begins one.
    None(SafeText),
    /// It is kept, and closed; this key shows all.
    Kept(SafeText),
    Discarded,
    /// It is left; this key returns to it.
    Left(SafeText),
    /// It cannot be sent like this.
    InTheWay,
    NotATime(SafeText),
    /// It goes out at this time.
    Later(SafeText),
    NothingHeld,
    TooLate,
    Back,
    NotKept,
    /// Something that the shell says.
    Said(SafeText),
    /// Files were added.
    Attached(usize),
    NoSender,
    /// There are drafts of another day; this key shows them.
    Waiting(SafeText),
    /// One was begun elsewhere, behind the one that is written at; this key shows it.
    Came(SafeText),
    /// It is kept when the other hongyan has ended.
    KeptLater,
}

impl DraftNotice {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::NoRoom => "no-room",
            Self::OneSender => "one-sender",
            Self::NothingToUndo => "nothing-to-undo",
            Self::NoMark => "no-mark",
            Self::NoQuote => "no-quote",
            Self::NotFound(_) => "not-found",
            Self::None(_) => "none",
            Self::Kept(_) => "kept",
            Self::Discarded => "discarded",
            Self::Left(_) => "left",
            Self::InTheWay => "in-the-way",
            Self::NotATime(_) => "not-a-time",
            Self::Later(_) => "later",
            Self::NothingHeld => "nothing-held",
            Self::TooLate => "too-late",
            Self::Back => "back",
            Self::NotKept => "not-kept",
            Self::Said(_) => "said",
            Self::Attached(_) => "attached",
            Self::NoSender => "no-sender",
            Self::Waiting(_) => "waiting",
            Self::Came(_) => "came",
            Self::KeptLater => "kept-later",
        }
    }
    /// What its sentence names: words, a key, a time or a number.
    pub fn names(&self) -> String {
        match self {
            Self::None(named)
            | Self::Kept(named)
            | Self::Left(named)
            | Self::Later(named)
            | Self::Waiting(named)
            | Self::Came(named)
            | Self::NotFound(named)
            | Self::NotATime(named)
            | Self::Said(named) => named.as_str().to_owned(),
            Self::Attached(count) => count.to_string(),
            Self::Cut
            | Self::NoRoom
            | Self::OneSender
            | Self::NothingToUndo
            | Self::NoMark
            | Self::NoQuote
            | Self::Discarded
            | Self::InTheWay
            | Self::NothingHeld
            | Self::TooLate
            | Self::Back
            | Self::NotKept
            | Self::NoSender
            | Self::KeptLater => String::new(),
        }
    }
}
