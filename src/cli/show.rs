//! `hongyan show`: one message, out of a file, the standard input or the store. Looking at it marks nothing as read.
//!
//! What a terminal sees is sanitised, whatever is asked for. The source and the page go into a pipe as they are: whoever
//! asks for them wants the bytes.

use std::io::IsTerminal as _;

use super::arguments::{Show, View};
use super::ground::Ground;
use super::letter::Letter;
use super::list::local;
use super::output::{Ending, Out};
use super::{cards, sentences, shown};
use crate::model::{Address, Readable};
use crate::text::{SafeText, Text, line_ranges};

pub(super) fn show(ground: &Ground, asked: &Show) -> Result<(), Ending> {
    let letter = Letter::find(ground, &asked.what)?;
    let mut out = Out::new();
    match asked.view() {
        View::Json => out.json(&shown::shown(&letter, &letter.readable()))?,
        View::Whole => print(ground, &letter.readable(), letter.only_here, &mut out)?,
        View::Text => text(ground, &letter.readable(), &mut out)?,
        View::Html => html(ground, &letter, &mut out)?,
        View::Headers => {
            for field in letter.fields() {
                out.line(&format!("{}: {}", field.name.as_untrusted(), field.value.as_untrusted()))?;
            }
        }
        View::Source if is_at_a_terminal() => {
            let raw = letter.raw();
            for line in raw.strip_suffix(b"\n").unwrap_or(raw).split(|byte| *byte == b'\n') {
                out.line(&String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)))?;
            }
        }
        View::Source => out.bytes(letter.raw())?,
    }
    out.end()
}

fn is_at_a_terminal() -> bool {
    std::io::stdout().is_terminal()
}

fn html(ground: &Ground, letter: &Letter, out: &mut Out) -> Result<(), Ending> {
    let no_page = || Ending::because(sentences::files::no_page(ground.tongue).to_owned());
    let (part, text) = letter.pages().into_iter().next().ok_or_else(no_page)?;
    if !is_at_a_terminal() {
        return out.bytes(&letter.part(part).ok_or_else(no_page)?);
    }
    for line in SafeText::lines(&Text::new(text)) {
        out.line(line.as_str())?;
    }
    Ok(())
}

fn print(ground: &Ground, readable: &Readable, only_here: bool, out: &mut Out) -> Result<(), Ending> {
    for (field, people) in [("From", &readable.from), ("To", &readable.to), ("Cc", &readable.cc)] {
        if !people.is_empty() {
            out.line(&format!("{field}: {}", people.iter().map(written).collect::<Vec<_>>().join(", ")))?;
        }
    }
    if let Some(date) = readable.date {
        out.line(&format!("Date: {}", local(date, &jiff::tz::TimeZone::system())))?;
    }
    out.line(&format!("Subject: {}", readable.subject.as_untrusted()))?;
    for part in &readable.attachments {
        let (name, kind) = (part.name.as_untrusted(), part.kind.as_untrusted());
        out.line(&format!("Attachment: {name} ({kind}, {} bytes)", part.size))?;
    }
    for line in cards::lines(readable) {
        out.line(&line)?;
    }
    for warning in &readable.warnings {
        out.line(&format!("Warning: {}", sentences::doubts::doubt(ground.tongue, warning)))?;
    }
    if only_here {
        out.line(sentences::only_here(ground.tongue))?;
    }
    out.line("")?;
    text(ground, readable, out)
}

fn text(ground: &Ground, readable: &Readable, out: &mut Out) -> Result<(), Ending> {
    if is_at_a_terminal() {
        for line in SafeText::lines(&readable.document.text) {
            out.line(line.as_str())?;
        }
    } else {
        // A program that reads a patch wants its tabs.
        let text = readable.document.text.as_untrusted();
        for at in line_ranges(text) {
            let pieces = text.get(at).unwrap_or_default().split('\t');
            let line = pieces.map(|piece| SafeText::of(piece).into_string()).collect::<Vec<_>>().join("\t");
            out.bytes(format!("{line}\n").as_bytes())?;
        }
    }
    if readable.cut {
        out.line(sentences::cut(ground.tongue))?;
    }
    if readable.too_deep {
        out.line(sentences::too_deep(ground.tongue))?;
    }
    Ok(())
}

fn written(of: &Address) -> String {
    let (name, address) = (of.name.as_untrusted(), of.address.as_untrusted());
    match (name.trim(), address) {
        ("", address) => address.to_owned(),
        (name, "") => name.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    }
}
