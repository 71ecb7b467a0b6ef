//! What an answer begins with: whom it goes to, from whom, its subject, and the original below it or above it.
//!
//! Everything that is taken from the original was written by somebody who may want to harm whoever answers.

mod quote;
mod subject;
#[cfg(test)]
mod tests;
mod whom;

pub use subject::bare as bare_subject;

use super::build::clean_id;
use super::calendar;
use super::clean;
use super::mailbox::Mailbox;
use super::phrases::Phrases;
use super::signature;
use crate::model::{
    About, AnswerHints, Answering, Attachment, Draft, Enclosed, EnclosedFrom, Form, PartId, Readable, Timestamp,
};
use crate::text::SafeFileName;

/// Files of an original that go along, at most.
const MOST_FILES: usize = 200;
/// Ids of older messages that are remembered.
const MOST_REFERENCES: usize = 200;

/// The message that is answered.
#[derive(Clone, Copy, Debug)]
pub struct Original<'a> {
    pub readable: &'a Readable,
    pub hints: &'a AnswerHints,
    /// Its page, made harmless; none if it has none.
    pub page: Option<&'a str>,
    /// What of it goes along ([`along`]), with the hash that it is kept by and its size.
    pub kept: &'a [(Along, String, u64)],
}

/// Something of an original that goes along with its answer, and has to be kept for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Along {
    Part(PartId),
    /// The harmless page.
    Page,
    /// Its bytes as they came.
    Whole,
    /// What [`invited`] says.
    Calendar,
}

/// Who answers.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Me {
    /// By the name of the account in config.toml.
    pub account: String,
    /// The usual one first.
    pub identities: Vec<Identity>,
    /// Every other address that is mine too.
    pub own: Vec<String>,
    pub now: Timestamp,
    /// Minutes to the east of UTC.
    pub offset: i32,
    pub quoting: Quoting,
    /// Answers to pages are pages.
    pub with_page: bool,
}

/// `Name <me@example.com>`, and what stands below its mail.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Identity {
    pub from: String,
    pub signature: String,
}

/// Where the original stands in an answer.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Quoting {
    /// Below, under a block that says what it is.
    #[default]
    Below,
    /// Above, each line with a mark.
    Above,
    /// Nowhere.
    Nowhere,
}

/// True if the original stands below the answer, as it came.
fn has_block(how: Answering, me: &Me) -> bool {
    match how {
        Answering::Reply | Answering::ReplyAll | Answering::ReplyList => me.quoting == Quoting::Below,
        Answering::Forward => true,
        Answering::ForwardAttached
        | Answering::AsNew
        | Answering::Bounce
        | Answering::Accept
        | Answering::Tentative
        | Answering::Decline => false,
    }
}

/// What of the original goes along with an answer: to be kept before the answer is made.
pub fn along(original: &Original<'_>, how: Answering, me: &Me) -> Vec<Along> {
    let mut along = Vec::new();
    // What the answer says is left out does not leave in another form.
    let page = original.page.filter(|_| me.with_page && has_block(how, me) && quote::is_whole(original));
    along.extend(page.map(|_| Along::Page));
    let parts = original.readable.attachments.iter().filter(|attachment| {
        let is_shown = page.is_some_and(|page| shows(page, attachment));
        match how {
            Answering::Forward | Answering::AsNew => is_shown || !attachment.inline || page.is_none(),
            Answering::Reply | Answering::ReplyAll | Answering::ReplyList => is_shown,
            Answering::ForwardAttached
            | Answering::Bounce
            | Answering::Accept
            | Answering::Tentative
            | Answering::Decline => false,
        }
    });
    along.extend(parts.take(MOST_FILES).map(|attachment| Along::Part(attachment.part)));
    match how {
        Answering::ForwardAttached | Answering::Bounce => along.push(Along::Whole),
        Answering::Accept | Answering::Tentative | Answering::Decline => {
            along.extend(whom::invitation(original).map(|_| Along::Calendar));
        }
        Answering::Reply | Answering::ReplyAll | Answering::ReplyList | Answering::Forward | Answering::AsNew => {}
    }
    along
}

/// What a calendar is told of the answer to an invitation.
pub fn invited(original: &Original<'_>, how: Answering, me: &Me) -> Option<String> {
    let invitation = whom::invitation(original)?;
    let own = whom::Own::of(me);
    let invited = invitation.attendees.iter().find_map(|one| {
        let mailbox = Mailbox::new(one.name.as_untrusted(), one.address.as_untrusted()).ok()?;
        own.has(&mailbox).then_some(mailbox)
    });
    let identity =
        || super::addresses(&whom::identity(original, me, &own)).into_iter().find_map(|one| one.mailbox.ok());
    calendar::reply(invitation, original.hints, &invited.or_else(identity)?, how, me.now)
}

/// True if a page shows the picture.
fn shows(page: &str, attachment: &Attachment) -> bool {
    let id = attachment.content_id.as_untrusted();
    clean_id(id).is_some_and(|id| page.contains(&format!("cid:{id}")))
}

/// The draft that an answer begins with.
pub fn answer(original: &Original<'_>, how: Answering, me: &Me, phrases: &Phrases) -> Draft {
    let own = whom::Own::of(me);
    let whom = whom::whom(original, how, &own);
    let from = whom::identity(original, me, &own);
    let has_page = original.kept.iter().any(|(along, ..)| *along == Along::Page);
    let typed = |people: &[Mailbox]| people.iter().map(Mailbox::typed).collect::<Vec<_>>().join(", ");
    let said = original.readable.subject.as_untrusted();
    let subject = match how {
        Answering::Reply | Answering::ReplyAll | Answering::ReplyList => subject::of(phrases.reply, false, said),
        Answering::Forward | Answering::ForwardAttached => subject::of(phrases.forward, true, said),
        Answering::Accept | Answering::Tentative | Answering::Decline => {
            let summary = whom::invitation(original).map_or(said, |invitation| invitation.summary.as_untrusted());
            format!("{}{}", phrases.prefix(how), clean::line(summary, 1_000))
        }
        Answering::AsNew | Answering::Bounce => clean::line(said, 4_000),
    };
    let (body, quoted) = body(original, how, me, phrases, &from);
    let mut draft = Draft {
        account: me.account.clone(),
        from,
        to: typed(&whom.to),
        cc: typed(&whom.cc),
        subject,
        body,
        form: if has_page { Form::WithPage } else { Form::Plain },
        files: files(original, how),
        ..Draft::default()
    };
    if how == Answering::AsNew {
        let bcc = original.hints.bcc.iter();
        let bcc = bcc.filter_map(|one| Mailbox::new(one.name.as_untrusted(), one.address.as_untrusted()).ok());
        draft.bcc = typed(&bcc.collect::<Vec<_>>());
        return draft;
    }
    draft.about = Some(about(original, how, quoted));
    draft
}

fn about(original: &Original<'_>, how: Answering, quoted: Option<String>) -> About {
    let readable = original.readable;
    let id = |id: &crate::text::Text| clean_id(id.as_untrusted()).map(str::to_owned);
    let mut references: Vec<String> = Vec::new();
    let older = if readable.references.is_empty() {
        std::slice::from_ref(&readable.in_reply_to)
    } else {
        readable.references.as_slice()
    };
    // Some see the message under the one id, some under the other.
    for id in older.iter().chain([&original.hints.other_id]).filter_map(id) {
        if !references.contains(&id) {
            references.push(id);
        }
    }
    if references.len() > MOST_REFERENCES {
        references.drain(1..=references.len() - MOST_REFERENCES);
    }
    let page = original.kept.iter().find(|(along, ..)| *along == Along::Page).map(|(_, hash, _)| hash.clone());
    About {
        what: how,
        message_id: id(&readable.message_id).unwrap_or_default(),
        references,
        page,
        quoted_from: quoted,
        subject: clean::line(readable.subject.as_untrusted(), 1_000),
        from: readable.from.first().map(quote::person).unwrap_or_default(),
        date: readable.date,
    }
}

/// The text, and which part of it is the original's.
fn body(original: &Original<'_>, how: Answering, me: &Me, phrases: &Phrases, from: &str) -> (String, Option<String>) {
    let signature = me.identities.iter().find(|identity| identity.from == from).or(me.identities.first());
    let signature = signature.map_or("", |identity| identity.signature.as_str());
    if has_block(how, me) {
        let block = quote::block(original, phrases, me.offset);
        return (format!("{}{block}", signature::above(signature)), Some(block));
    }
    match how {
        Answering::Reply | Answering::ReplyAll | Answering::ReplyList if me.quoting == Quoting::Above => {
            let marked = quote::marked(original, phrases, me.offset);
            (format!("{marked}\n{}", signature::at_the_end(signature)), Some(marked))
        }
        Answering::AsNew => (quote::whole(original).into_owned(), None),
        Answering::Bounce => (String::new(), None),
        Answering::Reply
        | Answering::ReplyAll
        | Answering::ReplyList
        | Answering::Forward
        | Answering::ForwardAttached
        | Answering::Accept
        | Answering::Tentative
        | Answering::Decline => (signature::at_the_end(signature), None),
    }
}

fn files(original: &Original<'_>, how: Answering) -> Vec<Enclosed> {
    let page = original.page.filter(|_| original.kept.iter().any(|(along, ..)| *along == Along::Page));
    let file = |(along, hash, size): &(Along, String, u64)| {
        let from = EnclosedFrom::Kept(hash.clone());
        let whole = |name: String, kind: &str| Enclosed {
            name: SafeFileName::of(&name).as_str().to_owned(),
            kind: kind.to_owned(),
            size: *size,
            from: from.clone(),
            content_id: None,
        };
        match along {
            Along::Page => None,
            Along::Whole => {
                let subject = clean::line(original.readable.subject.as_untrusted(), 150);
                let name = if subject.is_empty() { "message" } else { subject.as_str() };
                Some(whole(format!("{}.eml", name.replace(['/', '\\'], "_")), "message/rfc822"))
            }
            Along::Calendar => Some(whole("invite.ics".to_owned(), calendar::KIND)),
            Along::Part(part) => {
                let attachment = original.readable.attachments.iter().find(|one| one.part == *part)?;
                let is_shown = page.is_some_and(|page| shows(page, attachment));
                let id = clean_id(attachment.content_id.as_untrusted()).filter(|_| is_shown);
                Some(Enclosed {
                    content_id: id.map(str::to_owned),
                    ..whole(attachment.name.as_untrusted().to_owned(), attachment.kind.as_untrusted())
                })
            }
        }
    };
    if how == Answering::Bounce {
        return original.kept.iter().filter(|(along, ..)| *along == Along::Whole).filter_map(file).collect();
    }
    original.kept.iter().filter_map(file).collect()
}
