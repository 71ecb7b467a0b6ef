//! A message ready to be read: decoded, still untrusted.

use std::ops::Range;

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
    pub document: Document,
    pub source: BodySource,
    /// What else the document could be made from.
    pub other: Option<BodySource>,
    /// How the bytes of the text were read: `gb18030`; empty if there were none.
    pub charset: &'static str,
    /// True if the text was cut because it was too long to show, or if only the beginning of the message is here.
    pub cut: bool,
    /// True if messages are nested in it too deep to be looked at.
    pub too_deep: bool,
    pub attachments: Vec<Attachment>,
    pub cards: Vec<Card>,
    pub auth: Option<Auth>,
    pub warnings: Vec<Warning>,
    pub blocked: Blocked,
    /// How the list that it came by may be left, if it says so.
    pub unsubscribe: Option<Unsubscribe>,
}

/// As much of a message as is kept ready to be shown; what comes after it are files.
pub const SHOWN: usize = 16 * 1024 * 1024;

/// How a message is to be read. The default is what its sender meant, as far as that can be known.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Reading {
    /// From which of its forms, where there are two.
    pub source: Option<BodySource>,
    /// A charset that the user knows better, by the name that the standard for the web gives it.
    pub charset: Option<&'static str>,
    /// How large the message is, where only its beginning may be here.
    pub size: Option<u64>,
}

/// What the text was made from.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum BodySource {
    #[default]
    Plain,
    Html,
    /// The same as `Html`, laid out as on a wide screen: lines that are broken nowhere.
    Drawn,
    /// There was no part that could be read as text.
    Nothing,
}

/// A text of several lines, and what is known of parts of it. Every range is one of bytes of the text, at borders of
/// characters; lists of ranges are in order and do not overlap.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Document {
    pub text: Text,
    pub marks: Vec<Mark>,
    pub links: Vec<Link>,
    pub tables: Vec<Table>,
    pub sections: Vec<Section>,
}

impl Document {
    /// A text of which nothing else is known.
    pub fn plain(text: impl Into<Text>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// How a part of the text looks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    pub at: Range<usize>,
    pub look: Look,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Look {
    pub strong: bool,
    pub emphasis: bool,
    pub struck: bool,
    pub code: bool,
    pub heading: bool,
    /// It stands for a picture that is not shown.
    pub picture: bool,
    /// Red, green and blue, as the sender wishes.
    pub colour: Option<(u8, u8, u8)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    pub at: Range<usize>,
    /// Where it leads, as the message says.
    pub url: Text,
}

/// Rows of cells that belong below each other. The text of its range says the same without columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    pub at: Range<usize>,
    /// Where in the text each cell stands.
    pub rows: Vec<Vec<Range<usize>>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    pub at: Range<usize>,
    pub kind: SectionKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SectionKind {
    /// What somebody wrote before, with the lines that say who and when.
    Quoted,
    Signature,
    /// Lines that are broken nowhere: a patch, a log.
    Fixed,
    /// A line of a patch.
    Added,
    Removed,
    Hunk,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Attachment {
    /// Which part of the message it is.
    pub part: PartId,
    pub name: Text,
    /// `image/png`; as the message says.
    pub kind: Text,
    /// What the bytes say that it is, where that is something else.
    pub truly: Option<&'static str>,
    pub size: u64,
    /// True if the text shows it in its place: it is no file to the reader.
    pub inline: bool,
    /// By which other parts mean it.
    pub content_id: Text,
    /// True if only its beginning is here.
    pub cut: bool,
}

/// A part of a message, by its place among all of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct PartId(pub u32);

/// The way to a message inside a message: the parts that lead there, each one of the message before it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Inside {
    parts: [PartId; Self::DEEPEST],
    depth: usize,
}

impl Inside {
    /// Nobody opens messages further inside than this.
    const DEEPEST: usize = 8;

    /// One step further in.
    pub fn within(mut self, part: PartId) -> Option<Self> {
        *self.parts.get_mut(self.depth)? = part;
        self.depth += 1;
        Some(self)
    }

    /// One step back out; `None` for the message itself.
    pub fn out(mut self) -> Option<Self> {
        self.depth = self.depth.checked_sub(1)?;
        *self.parts.get_mut(self.depth)? = PartId::default();
        Some(self)
    }

    pub fn parts(&self) -> &[PartId] {
        self.parts.get(..self.depth).unwrap_or_default()
    }
}

/// What a message is about, where machines wrote it for machines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Card {
    /// What became of a message that was sent: one for each recipient.
    Delivery(Delivery),
    Invitation(Box<Invitation>),
    /// A file that lies on the web, and not in the message.
    Cloud(CloudFile),
    /// A message inside this one.
    Message {
        part: PartId,
        subject: Text,
        from: Option<Address>,
        date: Option<Timestamp>,
    },
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Delivery {
    pub recipient: Text,
    pub action: DeliveryAction,
    /// `5.1.1`.
    pub status: Text,
    pub reason: DeliveryReason,
    /// What the other server said.
    pub said: Text,
    pub by: Text,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum DeliveryAction {
    #[default]
    Failed,
    Delayed,
    Delivered,
    Relayed,
    Expanded,
    /// Shown to the recipient, says a receipt.
    Read,
}

/// Why, as far as a code can say it; each has a remedy.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum DeliveryReason {
    #[default]
    Unknown,
    NoSuchUser,
    NoSuchDomain,
    MailboxFull,
    MailboxOff,
    TooLarge,
    Content,
    Policy,
    TooOften,
    Network,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Invitation {
    pub method: InvitationMethod,
    pub summary: Text,
    pub location: Text,
    pub organizer: Option<Address>,
    pub attendees: Vec<Address>,
    pub begins: Option<EventTime>,
    pub ends: Option<EventTime>,
    /// `FREQ=WEEKLY`, as it came; empty if it happens once.
    pub repeats: Text,
    pub uid: Text,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum InvitationMethod {
    #[default]
    Publish,
    Request,
    Cancel,
    Reply,
    Counter,
}

/// A time in an invitation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EventTime {
    At(Timestamp),
    /// A whole day: year, month, day.
    Day(i16, u8, u8),
    /// A time of day wherever the reader is, or in a zone that nobody knows: as it came.
    Local(Text),
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CloudFile {
    /// Who keeps it: `QQ`, `163`.
    pub keeper: &'static str,
    pub name: Text,
    /// As the message says: `1.2GB`.
    pub size: Text,
    /// As the message says: `2026年12月20日`.
    pub until: Text,
    pub url: Text,
}

/// What the user's own provider found out about the sender.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Auth {
    /// Who says so.
    pub by: Text,
    pub spf: Verdict,
    pub dkim: Verdict,
    pub dmarc: Verdict,
    /// True if nobody knows whether it is the user's own provider that says so: of a message in a file.
    pub unproven: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Verdict {
    #[default]
    Unsaid,
    Pass,
    Fail,
    /// Neither: none, neutral, softfail, an error.
    Unclear,
}

/// A step on the way of a message from machine to machine, as the one that took it says.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Hop {
    pub from: Text,
    pub by: Text,
    pub at: Option<Timestamp>,
}

/// What a reader should know before believing or clicking.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Warning {
    /// It broke whoever was to read it, or took too long: it is shown as it came.
    AsItCame,
    /// The name shown is an address, and another one than the true one.
    NameIsOtherAddress { name: Text, address: Text },
    /// A domain in letters that look like others.
    LookAlike { domain: Text, like: Text },
    /// The text of a link names another place than where it leads.
    LinkElsewhere { shown: Text, leads: Text },
    /// Answers go to another domain.
    ReplyElsewhere { domain: Text },
    /// Characters that turn or hide text, in this field.
    Hidden { field: &'static str },
    /// There are two From fields, or two people in it.
    TwoSenders,
    /// The own provider says that the sender is not who it claims to be.
    Forged,
    /// A file that is a program, or another kind of file than its name says.
    Disguised { name: Text },
}

/// How a mailing list may be left.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Unsubscribe {
    /// Addresses of the web and to write to, as the message says them.
    pub ways: Vec<Text>,
    /// A form sent to an address of the web is enough.
    pub one_click: bool,
}

/// What the message wanted from the network and did not get.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Blocked {
    pub pictures: u32,
    /// Pictures that nobody could see: they tell who reads.
    pub trackers: u32,
    /// Style sheets, fonts, films, frames, scripts, forms.
    pub others: u32,
    /// Whom they would have told, each once.
    pub hosts: Vec<Text>,
    /// The sender wants to be told that it was read.
    pub receipt: bool,
}
