//! A message that somebody is writing: as it was typed, finished or not. What goes to the server is made of it once, when
//! it is sent, and is not made again.

use std::path::PathBuf;

use super::Timestamp;

/// A draft in own.db; never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DraftId(pub i64);

/// A message that was asked for from outside, and the files that go along, as they were named.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ordered {
    pub draft: Draft,
    pub files: Vec<PathBuf>,
    /// The name of what it begins with.
    pub template: Option<String>,
}

/// The head as it was typed: an address may be half of one, a name may stand without its address.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Draft {
    /// By the name of the account in config.toml.
    pub account: String,
    /// One of the identities of the account: `Name <me@example.com>`, or the address alone.
    pub from: String,
    pub to: String,
    pub cc: String,
    pub bcc: String,
    pub reply_to: String,
    pub subject: String,
    /// Any other field of the head, by name.
    pub more: Vec<(String, String)>,
    pub body: String,
    pub form: Form,
    pub files: Vec<Enclosed>,
    /// What it answers or passes on.
    pub about: Option<About>,
}

impl Draft {
    /// Nothing was written that anybody could miss.
    pub fn is_blank(&self) -> bool {
        let heads = [&self.to, &self.cc, &self.bcc, &self.subject, &self.body];
        heads.iter().all(|text| text.trim().is_empty()) && self.files.is_empty()
    }
}

/// A draft in the list of drafts: as much of it as a row shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftRow {
    pub id: DraftId,
    /// By the name of the account in config.toml, or the name that it had there.
    pub account: String,
    pub to: String,
    pub subject: String,
    /// When it was last written to the disk.
    pub updated: Timestamp,
}

/// In which forms the text goes out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Form {
    #[default]
    Plain,
    /// Plain text, and beside it a page that says the same, with the original as its sender made it.
    WithPage,
    /// The text is Markdown: as it was typed, and as a page.
    Markdown,
}

impl Form {
    pub const EVERY: [Self; 3] = [Self::Plain, Self::WithPage, Self::Markdown];

    /// The stable word for the store; never translated.
    pub fn code(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::WithPage => "with-page",
            Self::Markdown => "markdown",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|form| form.code() == code)
    }
}

/// A file that goes along.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Enclosed {
    /// What the recipient sees.
    pub name: String,
    /// `image/png`.
    pub kind: String,
    pub size: u64,
    pub from: EnclosedFrom,
    /// A picture of the original that its page shows, by the name that the page has for it.
    pub content_id: Option<String>,
}

/// Where the bytes of a file are until the message is sent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum EnclosedFrom {
    /// On this machine, where the user keeps it; read when the message is sent.
    File(PathBuf),
    /// With the draft, by the hash of what it holds: taken out of another message.
    Kept(String),
}

/// The message that a draft is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct About {
    pub what: Answering,
    /// Without the angle brackets; may be empty.
    pub message_id: String,
    /// The same, the oldest first.
    pub references: Vec<String>,
    /// The page of the original, harmless, to stand below the answer: with the draft, by the hash of what it holds.
    pub page: Option<String>,
    /// The text of the original as it stood in the body at first. While it stands there unchanged, the page takes its place;
    /// what stands above is the answer.
    pub quoted_from: Option<String>,
    pub subject: String,
    pub from: String,
    pub date: Option<Timestamp>,
}

/// What is done with the message that a draft is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answering {
    Reply,
    ReplyAll,
    ReplyList,
    Forward,
    ForwardAttached,
    /// Written once more, as something new.
    AsNew,
    /// Sent on as it is, under the name of whoever wrote it.
    Bounce,
    Accept,
    Tentative,
    Decline,
}

impl Answering {
    pub const EVERY: [Self; 10] = [
        Self::Reply,
        Self::ReplyAll,
        Self::ReplyList,
        Self::Forward,
        Self::ForwardAttached,
        Self::AsNew,
        Self::Bounce,
        Self::Accept,
        Self::Tentative,
        Self::Decline,
    ];

    /// The stable word for the store; never translated.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::ReplyAll => "reply-all",
            Self::ReplyList => "reply-list",
            Self::Forward => "forward",
            Self::ForwardAttached => "forward-attached",
            Self::AsNew => "as-new",
            Self::Bounce => "bounce",
            Self::Accept => "accept",
            Self::Tentative => "tentative",
            Self::Decline => "decline",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|answering| answering.code() == code)
    }
}
