//! What goes into a message: its text in one form or two, what a calendar is told, and the files that go along.

use std::io::Read as _;

use super::{Facts, Trouble, page, whole};
use crate::letter::clean;
use crate::letter::parts::{File, Part};
use crate::model::{Answering, Draft, Enclosed, EnclosedFrom, Form};
use crate::text::SafeFileName;

/// A larger page of an original is not sent on; its words are.
const LARGEST_PAGE: u64 = 8 * 1024 * 1024;

/// Everything below the head.
pub(super) fn parts<'a>(draft: &Draft, facts: &Facts<'a>) -> Result<Part<'a>, Trouble> {
    let mut forms = vec![Part::text("text/plain", &draft.body)];
    let page = page_of(draft, facts);
    let (mut pictures, mut files) = (Vec::new(), Vec::new());
    let is_forward = draft.about.as_ref().is_some_and(|about| about.what == Answering::Forward);
    for file in &draft.files {
        let shown = file.content_id.as_deref().filter(|id| {
            page.as_ref().is_some_and(|page| super::clean_id(id).is_some() && page.contains(&format!("cid:{id}")))
        });
        match shown {
            Some(id) => pictures.push(Part::File(opened(file, Some(id.to_owned()), facts)?)),
            // A picture that only the page of an original had need of.
            None if file.content_id.is_some() && draft.about.is_some() && !is_forward => {}
            None if is_for_calendars(file) => {
                let mut text = String::new();
                let read = held(file, facts)?.take(1 << 20).read_to_string(&mut text);
                read.map_err(|error| unread(file, error.kind()))?;
                forms.push(Part::text("text/calendar; method=REPLY", &text));
            }
            None if is_message(file) => files.push(message(file, facts)?),
            None => files.push(Part::File(opened(file, None, facts)?)),
        }
    }
    if let Some(page) = page {
        pictures.insert(0, Part::text("text/html", &page));
        // Calendars come last: whoever understands them prefers them.
        forms.insert(1, Part::together("multipart/related", pictures));
    }
    files.insert(0, Part::together("multipart/alternative", forms));
    Ok(Part::together("multipart/mixed", files))
}

/// The page of a draft that wants one.
fn page_of(draft: &Draft, facts: &Facts<'_>) -> Option<String> {
    match draft.form {
        Form::Plain => return None,
        Form::WithPage | Form::Markdown => {}
    }
    let body = clean::lines(&draft.body);
    let around = page::original(draft, &body);
    let kept = draft.about.as_ref().and_then(|about| about.page.clone()).filter(|_| around.is_some());
    let original = kept.and_then(|hash| {
        let mut page = String::new();
        let read = facts.held.open(&EnclosedFrom::Kept(hash)).ok()?;
        read.take(LARGEST_PAGE + 1).read_to_string(&mut page).ok()?;
        (u64::try_from(page.len()).is_ok_and(|size| size <= LARGEST_PAGE)).then_some(page)
    });
    let is_markdown = draft.form == Form::Markdown;
    Some(page::page(&body, around.as_ref(), original.as_deref(), is_markdown))
}

fn unread(file: &Enclosed, why: std::io::ErrorKind) -> Trouble {
    Trouble::File { name: SafeFileName::of(&file.name), why }
}

fn held<'a>(file: &Enclosed, facts: &Facts<'a>) -> Result<Box<dyn std::io::Read + 'a>, Trouble> {
    facts.held.open(&file.from).map_err(|error| unread(file, error.kind()))
}

fn opened<'a>(file: &Enclosed, content_id: Option<String>, facts: &Facts<'a>) -> Result<File<'a>, Trouble> {
    let name = SafeFileName::of(&file.name);
    Ok(File { name, kind: kind(&file.kind), content_id, size: file.size, from: held(file, facts)? })
}

/// A message inside; where no server would take it as it is, a file like others.
fn message<'a>(file: &Enclosed, facts: &Facts<'a>) -> Result<Part<'a>, Trouble> {
    let name = SafeFileName::of(&whole::name(&file.name));
    let raw = whole::read(held(file, facts)?, file.size).map_err(|error| unread(file, error.kind()))?;
    match whole::in_lines(raw) {
        Ok(raw) if facts.eight_bit || raw.is_ascii() => Ok(Part::Message { name, raw }),
        Ok(raw) | Err(raw) => Ok(Part::File(File {
            name,
            kind: "application/octet-stream".to_owned(),
            content_id: None,
            size: u64::try_from(raw.len()).unwrap_or(u64::MAX),
            from: Box::new(std::io::Cursor::new(raw)),
        })),
    }
}

fn is_message(file: &Enclosed) -> bool {
    file.kind.trim().eq_ignore_ascii_case("message/rfc822")
}

fn is_for_calendars(file: &Enclosed) -> bool {
    let kind = file.kind.to_ascii_lowercase();
    kind.starts_with("text/calendar") && kind.contains("method=reply")
}

/// A type that can be written; what has a form of its own is only bytes here.
fn kind(said: &str) -> String {
    let kind = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |part: &str| {
        (1..=100).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    match kind.split_once('/') {
        Some((main, sub)) if is_token(main) && is_token(sub) && !matches!(main, "multipart" | "message") => kind,
        _ => "application/octet-stream".to_owned(),
    }
}
