//! What the original said, in the answer: below its block, or with a mark before each line. Without its signature, without
//! signs that steer anything, and no more of it than somebody may want to read again.

use std::borrow::Cow;

use super::{Original, Phrases};
use crate::letter::clean;
use crate::letter::mailbox::Mailbox;
use crate::letter::moment;
use crate::model::{Address, SectionKind};

/// A longer original is cut.
const LONGEST: usize = 256 * 1024;
/// Recipients that are named, and how long a name may be here.
const MOST_NAMES: usize = 30;
const LONGEST_NAME: usize = 200;
const LONGEST_SUBJECT: usize = 1_000;

/// `name <address>`, as a person reads it.
pub(super) fn person(one: &Address) -> String {
    let name = clean::line(one.name.as_untrusted(), LONGEST_NAME);
    let address = match Mailbox::new("", one.address.as_untrusted()) {
        Ok(mailbox) => mailbox.address(),
        Err(_) => clean::line(one.address.as_untrusted(), LONGEST_NAME),
    };
    match (name.is_empty(), address.is_empty()) {
        (true, _) => address,
        (false, true) => name,
        (false, false) => format!("{name} <{address}>"),
    }
}

/// The fields that stand above the original, each with its label.
pub(super) fn fields(original: &Original<'_>, phrases: &Phrases, offset: i32) -> Vec<(&'static str, String)> {
    let readable = original.readable;
    let people = |all: &[Address]| {
        let mut named: Vec<String> = all.iter().take(MOST_NAMES).map(person).collect();
        if all.len() > MOST_NAMES {
            named.push(phrases.and_more.replace("{count}", &all.len().to_string()));
        }
        named.join("; ")
    };
    let sent = readable.date.map_or_else(String::new, |date| moment::shown(date, offset));
    let subject = clean::line(readable.subject.as_untrusted(), LONGEST_SUBJECT);
    [
        (phrases.from, people(&readable.from)),
        (phrases.sent, sent),
        (phrases.to, people(&readable.to)),
        (phrases.cc, people(&readable.cc)),
        (phrases.subject, subject),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

/// The block and the original below it.
pub(super) fn block(original: &Original<'_>, phrases: &Phrases, offset: i32) -> String {
    let mut block = format!("{}\n", phrases.original);
    for (label, value) in fields(original, phrases, offset) {
        block.push_str(label);
        block.push_str(&value);
        block.push('\n');
    }
    block.push('\n');
    block.push_str(&text(original, phrases));
    block
}

/// Who wrote, and what, with a mark before each line.
pub(super) fn marked(original: &Original<'_>, phrases: &Phrases, offset: i32) -> String {
    let who = original.readable.from.first().map(person).unwrap_or_default();
    let attribution = match original.readable.date {
        Some(date) => phrases.attribution.replace("{when}", &moment::shown(date, offset)),
        None => phrases.attribution_undated.to_owned(),
    };
    let mut marked = attribution.replace("{who}", &who);
    marked.push('\n');
    for line in text(original, phrases).lines() {
        marked.push('>');
        // A mark of earlier ones stands beside ours.
        if !line.starts_with('>') && !line.is_empty() {
            marked.push(' ');
        }
        marked.push_str(line);
        marked.push('\n');
    }
    marked
}

/// All of it, for somebody who writes it again.
pub(super) fn whole<'a>(original: &Original<'a>) -> Cow<'a, str> {
    clean::lines(original.readable.document.text.as_untrusted())
}

/// What the original says, without its signature.
fn text(original: &Original<'_>, phrases: &Phrases) -> String {
    let (mut text, is_whole) = said(original);
    text.push('\n');
    if !is_whole {
        text.push_str(phrases.cut);
        text.push('\n');
    }
    text
}

/// True if nothing of it is cut.
pub(super) fn is_whole(original: &Original<'_>) -> bool {
    said(original).1
}

/// The words of the original that stand in an answer, and whether these are all.
fn said(original: &Original<'_>) -> (String, bool) {
    let document = &original.readable.document;
    let raw = document.text.as_untrusted();
    let mut said = String::with_capacity(raw.len().min(LONGEST));
    let mut from = 0;
    for section in document.sections.iter().filter(|section| section.kind == SectionKind::Signature) {
        said.push_str(raw.get(from..section.at.start).unwrap_or_default());
        from = section.at.end.max(from);
        if said.len() > LONGEST {
            break;
        }
    }
    let rest = raw.get(from..).unwrap_or_default();
    let beginning = clean::beginning(rest, 2 * LONGEST);
    said.push_str(beginning);
    let said = clean::lines(&said);
    let said = said.trim_matches('\n').trim_end();
    let short = clean::beginning(said, LONGEST);
    let is_whole = short.len() == said.len() && beginning.len() == rest.len() && !original.readable.cut;
    (short.to_owned(), is_whole)
}

#[cfg(test)]
mod tests {
    use super::super::{Along, Me, along};
    use super::*;
    use crate::letter::CHINESE;
    use crate::model::{AnswerHints, Answering, Document, Readable};

    #[test]
    fn what_is_left_out_of_the_words_goes_along_as_no_page() {
        let me = Me { with_page: true, ..Me::default() };
        let kept_out = "\u{1}".repeat(2 * LONGEST);
        for (words, cut, goes_along) in [
            ("short".to_owned(), false, true),
            ("short".to_owned(), true, false),
            ("x".repeat(LONGEST), false, true),
            ("x".repeat(LONGEST + 1), false, false),
            // What is behind signs that nobody sees is left out as well.
            (format!("short{kept_out}behind"), false, false),
        ] {
            let readable = Readable { document: Document::plain(words), cut, ..Readable::default() };
            let original =
                Original { readable: &readable, hints: &AnswerHints::default(), page: Some("<p>x</p>"), kept: &[] };
            for how in [Answering::Reply, Answering::Forward] {
                assert_eq!(along(&original, how, &me).contains(&Along::Page), goes_along);
            }
            assert_eq!(text(&original, &CHINESE).contains(CHINESE.cut), !goes_along);
        }
    }
}
