//! What a server says, as values of our own. Nothing above this knows who read it, or how odd it was.

mod code;
mod odd;
mod reading;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use async_imap::imap_proto::{
    self, Capability, MailboxDatum, NameAttribute, Outcome, Response, ResponseCode, StatusAttribute,
};

use super::sluice::Aside;
use crate::model::{Flags, Timestamp};
use crate::store::Whole;
pub(super) use code::Code;

#[derive(PartialEq, Debug)]
pub(super) enum Said {
    /// How a command ended.
    Tagged(Tagged),
    /// The `+` that asks for the rest of a command, and what stands behind it.
    Go(String),
    State(State),
    Exists(u32),
    Recent(u32),
    Expunge(u32),
    Vanished {
        /// They were gone before we asked.
        earlier: bool,
        uids: Vec<RangeInclusive<u32>>,
    },
    Fetch(Box<Fetched>),
    List(Listed),
    Status(Measured),
    Search {
        /// Of which question it is the answer, if that is said.
        tag: Option<String>,
        numbers: Vec<u32>,
        modseq: Option<u64>,
    },
    Capability(Vec<String>),
    Enabled(Vec<String>),
    /// Those flags that we know and that are in use in a folder.
    Flags(Flags),
    Id,
    /// Something else, or nonsense.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    Ok,
    No,
    Bad,
    PreAuth,
    Bye,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct State {
    pub(super) verdict: Verdict,
    pub(super) code: Option<Code>,
    /// The server's own words, without the code.
    pub(super) text: String,
}

impl State {
    /// Everything that was said, to be looked up.
    pub(super) fn whole(&self) -> String {
        match &self.code {
            Some(code) => format!("[{}] {}", code.name(), self.text),
            None => self.text.clone(),
        }
    }

    /// What to tell people: the words, and the code where there are none.
    pub(super) fn words(&self) -> String {
        match &self.code {
            Some(Code::Other(code)) if self.text.is_empty() => code.clone(),
            _ => self.text.clone(),
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Tagged {
    pub(super) tag: String,
    pub(super) state: State,
}

/// What was told of one message, as much of it as could be understood.
#[derive(PartialEq, Default, Debug)]
pub(super) struct Fetched {
    pub(super) seq: u32,
    /// Never 0.
    pub(super) uid: Option<u32>,
    pub(super) flags: Option<Flags>,
    pub(super) size: Option<u64>,
    pub(super) arrival: Option<Timestamp>,
    pub(super) modseq: Option<u64>,
    /// Header lines; empty where the server has none.
    pub(super) header: Option<Vec<u8>>,
    /// The message as a whole; empty where the server has none.
    pub(super) body: Option<Whole>,
    /// A stretch of it, and where that begins.
    pub(super) piece: Option<(u64, Whole)>,
    /// Not all of it could be understood.
    pub(super) odd: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Listed {
    /// As the server writes it, byte for byte.
    pub(super) name: Vec<u8>,
    pub(super) delimiter: Option<char>,
    pub(super) attributes: Vec<String>,
}

/// The answer to STATUS.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Measured {
    pub(super) name: Vec<u8>,
    pub(super) messages: Option<u32>,
    pub(super) unseen: Option<u32>,
    pub(super) uid_next: Option<u32>,
    pub(super) uidvalidity: Option<u32>,
    pub(super) modseq: Option<u64>,
}

impl Said {
    /// What was set aside, read by our own reader.
    pub(super) fn read(aside: Aside) -> Self {
        odd::read(&aside.bytes, &aside.literals, aside.files)
    }

    /// What the library read.
    pub(super) fn of(response: &Response<'_>) -> Self {
        match response {
            Response::Done { tag, status, outcome } => {
                Self::Tagged(Tagged { tag: tag.0.clone(), state: state(status, outcome) })
            }
            Response::Continue(outcome) => Self::Go(state(&imap_proto::Status::Ok, outcome).text),
            Response::Data { status, outcome } => Self::State(state(status, outcome)),
            Response::Expunge(number) => Self::Expunge(*number),
            Response::Vanished { earlier, uids } => {
                Self::Vanished { earlier: *earlier, uids: uids.iter().map(ascending).collect() }
            }
            Response::Capabilities(words) => Self::Capability(capabilities(words)),
            Response::Id(_) => Self::Id,
            Response::MailboxData(data) => datum(data),
            _ => Self::Other,
        }
    }
}

fn datum(data: &MailboxDatum<'_>) -> Said {
    match data {
        MailboxDatum::Exists(number) => Said::Exists(*number),
        MailboxDatum::Recent(number) => Said::Recent(*number),
        MailboxDatum::List(listed) => Said::List(Listed {
            name: unescaped(&listed.name).into_bytes(),
            delimiter: listed.delimiter.as_deref().and_then(|d| unescaped(d).chars().next()),
            attributes: listed.name_attributes.iter().map(|attribute| attribute_name(attribute).to_owned()).collect(),
        }),
        MailboxDatum::Flags(names) => {
            Said::Flags(names.iter().fold(Flags::NONE, |all, name| all.with(Flags::from_imap(name))))
        }
        MailboxDatum::Search(numbers) => Said::Search { tag: None, numbers: numbers.clone(), modseq: None },
        MailboxDatum::Status { mailbox, status } => {
            let mut measured = Measured { name: unescaped(mailbox).into_bytes(), ..Measured::default() };
            for attribute in status {
                match attribute {
                    StatusAttribute::Messages(number) => measured.messages = Some(*number),
                    StatusAttribute::Unseen(number) => measured.unseen = Some(*number),
                    StatusAttribute::UidNext(number) => measured.uid_next = Some(*number),
                    StatusAttribute::UidValidity(number) => measured.uidvalidity = Some(*number),
                    StatusAttribute::HighestModSeq(number) => measured.modseq = Some(*number),
                    _ => {}
                }
            }
            Said::Status(measured)
        }
        _ => Said::Other,
    }
}

fn state(status: &imap_proto::Status, outcome: &Outcome<'_>) -> State {
    let verdict = match status {
        imap_proto::Status::Ok => Verdict::Ok,
        imap_proto::Status::No => Verdict::No,
        imap_proto::Status::Bad => Verdict::Bad,
        imap_proto::Status::PreAuth => Verdict::PreAuth,
        imap_proto::Status::Bye => Verdict::Bye,
    };
    let said = outcome.information.as_deref().unwrap_or_default();
    let (code, text) = match &outcome.code {
        Some(code) => (Some(known(code)), said),
        None => code::split(said),
    };
    State { verdict, code, text: text.to_owned() }
}

fn known(code: &ResponseCode<'_>) -> Code {
    let other = |name: &str| Code::Other(name.to_owned());
    match code {
        ResponseCode::Alert => Code::Alert,
        ResponseCode::Capabilities(words) => Code::Capability(capabilities(words)),
        ResponseCode::HighestModSeq(number) => Code::HighestModSeq(*number),
        ResponseCode::ReadOnly => Code::ReadOnly,
        ResponseCode::ReadWrite => Code::ReadWrite,
        ResponseCode::TryCreate => Code::TryCreate,
        ResponseCode::UidNext(number) => Code::UidNext(*number),
        ResponseCode::UidValidity(number) => Code::UidValidity(*number),
        ResponseCode::AppendUid(validity, uids) => Code::AppendUid { validity: *validity, uids: members(uids) },
        ResponseCode::CopyUid(validity, from, to) => {
            Code::CopyUid { validity: *validity, from: members(from), to: members(to) }
        }
        ResponseCode::PermanentFlags(_) => other("PERMANENTFLAGS"),
        ResponseCode::Unseen(_) => other("UNSEEN"),
        ResponseCode::BadCharset(_) => other("BADCHARSET"),
        ResponseCode::Parse => other("PARSE"),
        ResponseCode::UidNotSticky => other("UIDNOTSTICKY"),
        _ => other(""),
    }
}

fn members(of: &[imap_proto::rfc4315::UidSetMember]) -> Vec<RangeInclusive<u32>> {
    of.iter()
        .map(|member| match member {
            imap_proto::rfc4315::UidSetMember::UidRange(range) => ascending(range),
            imap_proto::rfc4315::UidSetMember::Uid(uid) => *uid..=*uid,
        })
        .collect()
}

/// `5:3` means the same as `3:5`.
fn ascending(range: &RangeInclusive<u32>) -> RangeInclusive<u32> {
    *range.start().min(range.end())..=*range.start().max(range.end())
}

fn capabilities(words: &[Capability<'_>]) -> Vec<String> {
    words
        .iter()
        .map(|word| match word {
            Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
            Capability::Auth(way) => format!("AUTH={}", way.to_ascii_uppercase()),
            Capability::Atom(word) => word.to_ascii_uppercase(),
        })
        .collect()
}

fn attribute_name<'a>(attribute: &'a NameAttribute<'_>) -> &'a str {
    match attribute {
        NameAttribute::NoInferiors => "\\Noinferiors",
        NameAttribute::NoSelect => "\\Noselect",
        NameAttribute::Marked => "\\Marked",
        NameAttribute::Unmarked => "\\Unmarked",
        NameAttribute::All => "\\All",
        NameAttribute::Archive => "\\Archive",
        NameAttribute::Drafts => "\\Drafts",
        NameAttribute::Flagged => "\\Flagged",
        NameAttribute::Junk => "\\Junk",
        NameAttribute::Sent => "\\Sent",
        NameAttribute::Trash => "\\Trash",
        NameAttribute::Extension(other) => other,
        _ => "",
    }
}

/// Quoted strings come out of the library with their backslashes.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(chars.next().unwrap_or('\\')),
            _ => out.push(c),
        }
    }
    out
}

/// For tests: whole responses as a session hears them.
#[cfg(test)]
pub(super) fn heard(bytes: &[u8]) -> Vec<Said> {
    super::sluice::through(bytes)
}
