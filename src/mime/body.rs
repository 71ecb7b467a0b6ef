//! A whole message → what a person reads.
//!
//! Where the parts are is found by [`parts`](super::parts); headers, names and contents are decoded by our own rules, because
//! what senders say of them is often wrong. Everything here works with lists instead of calling itself, because a hostile
//! message may be nested without end.

mod cards;
pub(super) mod choice;
mod joined;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::attached::{self, Listing};
use super::auth::{self, Trust};
use super::charset::Hints;
use super::html::Page;
use super::parts::{self, Form, Part, Parts, parts};
use super::truth::{self, Doubts};
use super::{charset, flowed, header, html, links, sections, transfer, unsubscribe};
use crate::model::{Attachment, BodySource, Document, PartId, Readable, Reading, Warning};
use crate::text::Text;

use choice::{Choice, Role};
use joined::Joined;

/// A text longer than this is cut for the screen; the message itself is kept whole.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;

/// A message as its sender meant it.
pub fn readable(raw: &[u8]) -> Readable {
    readable_as(raw, &Reading::default())
}

/// A message as the reader wishes, who is nobody in particular.
pub fn readable_as(raw: &[u8], reading: &Reading) -> Readable {
    readable_for(raw, reading, &Recipient::default())
}

/// Who reads.
#[derive(Clone, Copy, Default, Debug)]
pub struct Recipient<'a> {
    /// The names under which the own provider says what it found out of senders; `None` if the provider is not known.
    pub provider: Option<&'a [&'a str]>,
    /// True if the names are guessed: only what stands on top counts.
    pub guessed: bool,
    /// The domains of the own addresses.
    pub own: &'a [&'a str],
}

/// A message as the reader wishes.
pub fn readable_for(raw: &[u8], reading: &Reading, recipient: &Recipient<'_>) -> Readable {
    let raw = &*parts::in_lines(raw);
    let parts = parts(raw);
    let choice = Choice::of(raw, &parts, reading);
    let mut readable = Readable { source: choice.source, other: choice.other, ..head_of(raw) };
    let is_prefix = is_prefix(raw, reading);
    write(raw, &parts, &choice, reading, &mut readable);
    if readable.source == BodySource::Nothing {
        readable.document = Document::plain(substitute(raw, &parts));
        let all_is_hidden = parts.too_deep && readable.document.text.is_empty();
        if all_is_hidden {
            readable.document = Document::plain(String::from_utf8_lossy(raw).into_owned());
        }
        readable.cut = joined::shorten(&mut readable.document, LONGEST_TEXT);
    }
    readable.too_deep = parts.too_deep;
    readable.cut |= is_prefix || (parts.cut && !parts.too_deep);
    // What is drawn is broken into lines already, and was looked at before.
    if readable.source != BodySource::Drawn {
        sections::find(&mut readable.document);
    }
    let told = cards::add(raw, &parts, &choice, &mut readable);
    let listing = Listing {
        raw,
        parts: &parts,
        choice: &choice,
        context: Some(readable.charset).filter(|charset| !charset.is_empty()),
        shown_ids: shown_ids(raw, &parts, &choice),
        is_prefix,
    };
    readable.attachments = listing.all(&told);
    readable.warnings.extend(attached::warnings(&readable.attachments));
    if is_blank(&readable) && lost_words(raw, &parts, &choice) {
        let (text, charset) = left_over(raw, &parts, reading);
        (readable.document, readable.charset) = (Document::plain(text), charset);
        readable.cut |= joined::shorten(&mut readable.document, LONGEST_TEXT);
        sections::find(&mut readable.document);
    }
    let header_end = parts.list.first().map_or(raw.len(), |root| root.body.start);
    links::straighten(&mut readable.document);
    doubt(raw.get(parts::head(raw)..header_end).unwrap_or_default(), recipient, &mut readable);
    readable
}

/// What can be shown of a message that nothing else can be made of.
pub fn as_it_is(raw: &[u8]) -> Readable {
    let mut document = Document::plain(String::from_utf8_lossy(raw).into_owned());
    let cut = joined::shorten(&mut document, LONGEST_TEXT);
    let warnings = vec![Warning::AsItCame];
    // Whoever asks for another form of it asks for another try.
    Readable { document, cut, warnings, other: Some(BodySource::Html), ..Readable::default() }
}

/// What a part holds, its encoding undone. Of a message inside the message: that message as it is.
pub fn part(raw: &[u8], id: PartId) -> Option<Cow<'_, [u8]>> {
    match parts::in_lines(raw) {
        Cow::Borrowed(raw) => attached::contents(raw, &parts(raw), id),
        Cow::Owned(raw) => attached::contents(&raw, &parts(&raw), id).map(|held| Cow::Owned(held.into_owned())),
    }
}

/// The same of many parts, for which the message is taken apart once.
pub fn each_part(raw: &[u8], ids: &[PartId], mut each: impl FnMut(PartId, Option<Cow<'_, [u8]>>)) {
    let raw = &*parts::in_lines(raw);
    let parts = parts(raw);
    for id in ids {
        each(*id, attached::contents(raw, &parts, *id));
    }
}

/// What [`readable`] lists of a message.
pub fn parts_of(raw: &[u8]) -> Vec<Attachment> {
    readable(raw).attachments
}

/// The pages of a message: the parts that are HTML and no files, each with its text.
pub fn pages(raw: &[u8]) -> Vec<(PartId, String)> {
    let raw = &*parts::in_lines(raw);
    let parts = parts(raw);
    let choice = Choice::of(raw, &parts, &Reading::default());
    let pages = parts.list.iter().enumerate().filter(|(index, _)| choice.role(*index) == Role::Html);
    pages
        .take(attached::MOST)
        .map(|(index, part)| (attached::id(index), text_of(raw, part, &part.contents(raw), None).0))
        .collect()
}

/// The pages of a message as one that may be sent on: it runs nothing, fetches nothing, and shows the pictures that came
/// along. None if there is no page, or if it cannot be had whole.
pub fn harmless_page(raw: &[u8]) -> Option<String> {
    let pages = pages(raw).into_iter().map(|(_, page)| html::harmless(&page));
    let pages: Vec<String> = pages.collect::<Option<_>>()?;
    let page = pages.join("<hr>");
    (!page.is_empty()).then_some(page)
}

/// True if there is more of the message than these bytes.
fn is_prefix(raw: &[u8], reading: &Reading) -> bool {
    reading.size.is_some_and(|size| size > u64::try_from(raw.len()).unwrap_or(u64::MAX))
}

fn head_of(raw: &[u8]) -> Readable {
    let headers = header::headers(raw.get(parts::head(raw)..).unwrap_or_default());
    Readable {
        subject: headers.subject,
        from: headers.from,
        to: headers.to,
        cc: headers.cc,
        reply_to: headers.reply_to,
        date: headers.date,
        message_id: headers.message_id,
        in_reply_to: headers.in_reply_to,
        references: headers.references,
        ..Readable::default()
    }
}

/// What is to be said of its sender, and of what the sender wants to know.
fn doubt(header: &[u8], recipient: &Recipient<'_>, readable: &mut Readable) {
    let trust = match recipient.provider {
        None => Trust::Unknown,
        Some(names) if recipient.guessed => Trust::OnTop(names),
        Some(names) => Trust::Provider(names),
    };
    readable.auth = auth::auth(header, trust);
    readable.blocked.receipt |= truth::wants_receipt(header);
    readable.unsubscribe = unsubscribe::unsubscribe(header);
    let doubts = truth::warnings(&Doubts { readable, header, own: recipient.own });
    readable.warnings.splice(..0, doubts);
}

/// Puts the text into the document: parts one behind the other, with a blank line between.
fn write(raw: &[u8], parts: &Parts, choice: &Choice, reading: &Reading, readable: &mut Readable) {
    let mut joined = Joined::default();
    let mut is_drawn = false;
    for index in &choice.shown {
        let Some(part) = parts.list.get(*index) else { continue };
        let (text, charset) = text_of(raw, part, &part.contents(raw), reading.charset);
        if readable.charset.is_empty() && !text.is_empty() {
            readable.charset = charset;
        }
        let draws = choice.source == BodySource::Drawn;
        let page = if choice.role(*index) == Role::Html {
            let drawn = if draws { html::drawn(&text) } else { None };
            is_drawn |= drawn.is_some();
            drawn.unwrap_or_else(|| html::page(&text))
        } else {
            let mut document = words(raw, part, &text);
            if draws {
                sections::find(&mut document);
            }
            Page { document, ..Page::default() }
        };
        joined.append(page.document);
        joined::add(&mut readable.blocked, page.blocked);
        readable.cut |= page.cut;
        if joined.len() > LONGEST_TEXT {
            break;
        }
    }
    if readable.source == BodySource::Drawn && !is_drawn {
        // What cannot be drawn is read, and there is no further form.
        readable.source = BodySource::Html;
        readable.other = readable.other.filter(|other| *other == BodySource::Plain);
    }
    readable.document = joined.done();
    readable.cut |= joined::shorten(&mut readable.document, LONGEST_TEXT);
}

/// A plain text, in lines as they were written.
fn words(raw: &[u8], part: &Part, text: &str) -> Document {
    let text = &*without_files(text);
    let is = |name, value| part.parameter(raw, name).eq_ignore_ascii_case(value);
    Document::plain(if part.form == Form::Leaf && is("format", "flowed") {
        flowed::joined(text, is("delsp", "yes"))
    } else {
        text.replace("\r\n", "\n")
    })
}

/// A text without the files that stand between its lines: they are listed.
fn without_files(text: &str) -> Cow<'_, str> {
    let files = transfer::uuencoded(text.as_bytes(), None);
    if files.is_empty() {
        return text.into();
    }
    let (mut kept, mut from) = (String::with_capacity(text.len()), 0);
    for file in files {
        kept.push_str(text.get(from..file.at.start).unwrap_or_default());
        from = file.at.end;
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept.into()
}

/// Bytes of a part as text, and the charset that was used.
fn text_of(raw: &[u8], part: &Part, bytes: &[u8], wish: Option<&'static str>) -> (String, &'static str) {
    let mut label = if part.form == Form::Leaf { part.parameter(raw, "charset") } else { String::new() };
    if label.is_empty() && part.kind == "text/html" {
        label = label_in(bytes);
    }
    charset::read(bytes, &Hints { label: &label, context: None, wish })
}

/// The charset that a page says of itself: `<meta charset=gbk>`.
fn label_in(page: &[u8]) -> String {
    let start = page.get(..2_048).unwrap_or(page).to_ascii_lowercase();
    let Some(at) = memchr::memmem::find(&start, b"charset=") else { return String::new() };
    let rest = start.get(at + 8..).unwrap_or_default();
    let rest = rest.trim_ascii_start().strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
    String::from_utf8_lossy(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()).into_owned()
}

/// Where there is no text: of a part that says where something else is, what it says. Nothing of it is ever fetched.
fn substitute(raw: &[u8], parts: &Parts) -> Text {
    let mut text = String::new();
    let pointers = parts
        .list
        .iter()
        .filter(|part| !part.nested && matches!(part.kind.as_str(), "message/partial" | "message/external-body"));
    for part in pointers.take(20) {
        text.push_str(&String::from_utf8_lossy(&part.content_type(raw)));
        text.push_str("\n\n");
        text.push_str(&text_of(raw, part, &part.beginning(raw, 64 * 1024), None).0.replace("\r\n", "\n"));
        text.push_str("\n\n");
    }
    Text::new(text.trim_end())
}

fn is_blank(readable: &Readable) -> bool {
    matches!(readable.source, BodySource::Plain | BodySource::Nothing)
        && readable.attachments.is_empty()
        && readable.cards.is_empty()
        && readable.document.text.as_untrusted().trim().is_empty()
}

/// True if there is something in a message of which nothing is shown: parts that were not found, or that could not be
/// decoded. A message that was sent without words stays empty.
fn lost_words(raw: &[u8], parts: &Parts, choice: &Choice) -> bool {
    let has_bytes = |part: &Part| raw.get(part.body.clone()).is_some_and(|body| !body.trim_ascii().is_empty());
    let is_lost = |index, part: &Part| match part.form {
        Form::Leaf => choice.role(index) != Role::Html,
        Form::Multipart => part.children == 0,
        Form::Message | Form::NotFollowed => false,
    };
    parts.list.iter().enumerate().any(|(index, part)| is_lost(index, part) && has_bytes(part))
}

/// Everything behind the header, as it came.
fn left_over(raw: &[u8], parts: &Parts, reading: &Reading) -> (String, &'static str) {
    let start = parts.list.first().map_or(0, |root| root.body.start);
    let body = raw.get(start..).unwrap_or_default().trim_ascii();
    let (text, charset) = charset::read(body, &Hints { label: "", context: None, wish: reading.charset });
    (text.replace("\r\n", "\n"), charset)
}

/// The content ids that pages of the message show, those included that are not shown now.
fn shown_ids(raw: &[u8], parts: &Parts, choice: &Choice) -> BTreeSet<String> {
    /// More pictures are in no page.
    const MOST: usize = 10_000;
    let mut ids = BTreeSet::new();
    for (index, part) in parts.list.iter().enumerate() {
        if choice.role(index) != Role::Html || ids.len() > MOST {
            continue;
        }
        let page = part.contents(raw);
        let mut behind = 0;
        for at in memchr::memchr_iter(b':', &page) {
            let names = at.checked_sub(3).and_then(|from| page.get(from..at));
            if at < behind || !names.is_some_and(|name| name.eq_ignore_ascii_case(b"cid")) {
                continue;
            }
            let rest = page.get(at + 1..page.len().min(at + 1_000)).unwrap_or_default();
            let end = rest.iter().position(|byte| byte.is_ascii_whitespace() || b"\"'<>()&;".contains(byte));
            let id = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            behind = at + id.len();
            ids.insert(String::from_utf8_lossy(&super::entity::percents(id)).into_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests;
