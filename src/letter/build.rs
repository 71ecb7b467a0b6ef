//! A draft → the bytes that leave, and the envelope that they leave in. Made once: every attempt to send has the same.

mod bounce;
mod enclosed;
mod markdown;
mod names;
mod page;
mod whole;

use std::io::{self, Read};

pub use names::{NoField, no_field};

use super::field::{Head, HeaderText};
use super::mailbox::{Mailbox, Wrong};
use super::moment;
use super::parts::{LARGEST, Writer, custom};
use super::typed::addresses;
use crate::model::{Answering, Draft, EnclosedFrom, Timestamp};
use crate::text::{SafeFileName, punycode};

/// Ids of older messages that are named, at most: the first of them, and the last.
const REFERENCES: usize = 40;

/// Where the bytes are that go along.
pub trait Held {
    fn open(&self, from: &EnclosedFrom) -> io::Result<Box<dyn Read + '_>>;
}

/// What a message needs beside its draft.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub now: Timestamp,
    /// Minutes to the east of UTC; zero tells nobody where the sender is.
    pub offset: i32,
    /// Nobody may be able to guess them, and they are never used twice.
    pub random: [u8; 32],
    /// The address of the account: who sends where the draft does not say it, and whose domain the id has.
    pub address: &'a str,
    pub held: &'a dyn Held,
    /// The server takes bytes of eight bits.
    pub eight_bit: bool,
    /// The server takes addresses in all letters.
    pub smtputf8: bool,
}

impl std::fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts").field("now", &self.now).field("address", &self.address).finish_non_exhaustive()
    }
}

/// A message that is ready to leave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Built {
    /// Every line ends with CRLF.
    pub bytes: Vec<u8>,
    /// Who stands on the envelope as the sender.
    pub from: String,
    /// Everybody who gets it, each once; those of Bcc stand only here.
    pub recipients: Vec<String>,
    /// Without the angle brackets.
    pub message_id: String,
    pub subject: HeaderText,
    /// It can only be given to a server that takes bytes of eight bits.
    pub eight_bit: bool,
    /// It can only be given to a server that takes addresses in all letters.
    pub smtputf8: bool,
}

/// Why a draft cannot become a message as it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// Neither the draft nor the account has an address to write from.
    NoSender,
    NoRecipient,
    /// Something in one of the fields is no address.
    BadAddress {
        field: Field,
        typed: String,
        wrong: Wrong,
    },
    /// The server does not take this address: it has other letters than those of ASCII.
    NeedsUtf8 {
        address: String,
    },
    /// The program writes this field itself.
    ReservedField {
        name: String,
    },
    /// No field can have this name.
    BadField {
        name: String,
    },
    /// A file is not there any more, or cannot be read.
    File {
        name: SafeFileName,
        why: io::ErrorKind,
    },
    /// The original that is sent on needs a server that takes eight bits, and this one does not.
    NeedsEightBit,
    /// The original that is sent on has lines that no server takes; it can go along as a file.
    LongLines,
}

/// The fields that have people in them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Field {
    From,
    To,
    Cc,
    Bcc,
    ReplyTo,
}

/// The message of a draft.
pub fn build(draft: &Draft, facts: &Facts<'_>) -> Result<Built, Trouble> {
    let people = People::of(draft, facts)?;
    written(draft, facts, people, false)
}

/// A draft as it is, for the folder of drafts on a server: never to be sent. Hidden recipients stand in it, and what is no
/// address yet is left out.
pub fn unfinished(draft: &Draft, facts: &Facts<'_>) -> Result<Built, Trouble> {
    let good = |typed: &str| addresses(typed).into_iter().filter_map(|one| one.mailbox.ok()).collect::<Vec<_>>();
    let from = good(&draft.from).into_iter().next().or_else(|| Mailbox::new("", facts.address).ok());
    let people = People {
        from: from.ok_or(Trouble::NoSender)?,
        to: good(&draft.to),
        cc: good(&draft.cc),
        bcc: good(&draft.bcc),
        reply_to: good(&draft.reply_to),
    };
    written(draft, facts, people, true)
}

fn written(draft: &Draft, facts: &Facts<'_>, people: People, is_unfinished: bool) -> Result<Built, Trouble> {
    if draft.about.as_ref().is_some_and(|about| about.what == Answering::Bounce) {
        return bounce::build(draft, facts, &people);
    }
    let more = names::checked(&draft.more)?;
    let subject = HeaderText::of(&draft.subject);
    let message_id = message_id(facts);
    let mut head = Head::default();
    head.tokens("Date", moment::field(facts.now, facts.offset).split(' '));
    people.write(&mut head);
    if is_unfinished && !people.bcc.is_empty() {
        head.people("Bcc", &people.bcc);
    }
    head.text("Subject", &subject);
    head.tokens("Message-ID", [format!("<{message_id}>").as_str()]);
    write_references(draft, &mut head);
    custom(&mut head, &more);
    head.tokens("MIME-Version", ["1.0"]);
    let part = enclosed::parts(draft, facts)?;
    let head = head.into_string().into_bytes();
    let mut out = Vec::new();
    // What is too much to be held at once is told as such, and does not end the program.
    out.try_reserve_exact(head.len().saturating_add(part.length()))
        .map_err(|_| Trouble::File { name: SafeFileName::of(""), why: io::ErrorKind::OutOfMemory })?;
    out.extend_from_slice(&head);
    let mut writer = Writer::new(out, hex(facts.random.get(16..).unwrap_or_default()), LARGEST);
    writer.part(part).map_err(|unread| Trouble::File { name: unread.name, why: unread.why })?;
    Ok(people.sent(writer.out, message_id, subject))
}

/// Everybody whom a message names.
struct People {
    from: Mailbox,
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
    bcc: Vec<Mailbox>,
    reply_to: Vec<Mailbox>,
}

impl People {
    fn of(draft: &Draft, facts: &Facts<'_>) -> Result<Self, Trouble> {
        let from = list(Field::From, &draft.from)?.into_iter().next();
        let from = from.or_else(|| Mailbox::new("", facts.address).ok()).ok_or(Trouble::NoSender)?;
        let people = Self {
            from,
            to: list(Field::To, &draft.to)?,
            cc: list(Field::Cc, &draft.cc)?,
            bcc: list(Field::Bcc, &draft.bcc)?,
            reply_to: list(Field::ReplyTo, &draft.reply_to)?,
        };
        if people.recipients().next().is_none() {
            return Err(Trouble::NoRecipient);
        }
        let too_new = people.everybody().find(|mailbox| mailbox.needs_utf8() && !facts.smtputf8);
        if let Some(mailbox) = too_new {
            return Err(Trouble::NeedsUtf8 { address: mailbox.address() });
        }
        Ok(people)
    }

    fn recipients(&self) -> impl Iterator<Item = &Mailbox> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    fn everybody(&self) -> impl Iterator<Item = &Mailbox> {
        self.recipients().chain([&self.from]).chain(&self.reply_to)
    }

    fn write(&self, head: &mut Head) {
        head.people("From", std::slice::from_ref(&self.from));
        if !self.reply_to.is_empty() {
            head.people("Reply-To", &self.reply_to);
        }
        if !self.to.is_empty() {
            head.people("To", &self.to);
        } else if self.cc.is_empty() {
            head.tokens("To", ["undisclosed-recipients:;"]);
        }
        if !self.cc.is_empty() {
            head.people("Cc", &self.cc);
        }
    }

    fn sent(&self, bytes: Vec<u8>, message_id: String, subject: HeaderText) -> Built {
        let mut known = std::collections::BTreeSet::new();
        let recipients = self.recipients().filter(|mailbox| known.insert(mailbox.key())).map(Mailbox::address);
        let recipients = recipients.collect();
        let smtputf8 = self.everybody().any(Mailbox::needs_utf8);
        let eight_bit = !bytes.is_ascii();
        Built { bytes, from: self.from.address(), recipients, message_id, subject, eight_bit, smtputf8 }
    }
}

fn list(field: Field, typed: &str) -> Result<Vec<Mailbox>, Trouble> {
    let read = |one: super::Typed| {
        one.mailbox.map_err(|wrong| Trouble::BadAddress {
            field,
            typed: typed.get(one.at).unwrap_or_default().to_owned(),
            wrong,
        })
    };
    addresses(typed).into_iter().map(read).collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * bytes.len());
    for digit in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        hex.extend(char::from_digit(u32::from(digit), 16));
    }
    hex
}

/// It says nothing of this machine, nor of when it was made.
fn message_id(facts: &Facts<'_>) -> String {
    let domain = Mailbox::new("", facts.address).map(|mailbox| mailbox.domain().to_owned());
    let domain = domain.ok().filter(|domain| !domain.starts_with('[')).unwrap_or_else(|| {
        let typed = facts.address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let domain = punycode::in_ascii(typed);
        if clean_id(&domain).is_some() { domain } else { "localhost".to_owned() }
    });
    format!("{}@{domain}", hex(facts.random.get(..16).unwrap_or_default()))
}

/// The id of a message as it may stand in a field; none of what would break it.
pub(super) fn clean_id(id: &str) -> Option<&str> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let good =
        (1..=250).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic() && !b"<>()\",;:\\".contains(&b));
    good.then_some(id)
}

fn write_references(draft: &Draft, head: &mut Head) {
    let Some(about) = &draft.about else { return };
    match about.what {
        Answering::Reply
        | Answering::ReplyAll
        | Answering::ReplyList
        | Answering::Forward
        | Answering::Accept
        | Answering::Tentative
        | Answering::Decline => {}
        Answering::ForwardAttached | Answering::AsNew | Answering::Bounce => return,
    }
    let parent = clean_id(&about.message_id);
    let mut ids: Vec<&str> = Vec::new();
    for id in about.references.iter().filter_map(|id| clean_id(id)).filter(|id| Some(*id) != parent).chain(parent) {
        if !ids.contains(&id) && ids.len() < 1_000 {
            ids.push(id);
        }
    }
    if ids.len() > REFERENCES {
        ids.drain(1..=ids.len() - REFERENCES);
    }
    if let Some(parent) = parent
        && about.what != Answering::Forward
    {
        head.tokens("In-Reply-To", [format!("<{parent}>").as_str()]);
    }
    if !ids.is_empty() {
        let ids: Vec<String> = ids.iter().map(|id| format!("<{id}>")).collect();
        head.tokens("References", ids.iter().map(String::as_str));
    }
}

#[cfg(test)]
mod tests;
