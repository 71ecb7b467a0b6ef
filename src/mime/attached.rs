//! The files of a message: what they are called, what they are, and how to get at them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::body::choice::{Choice, Role};
use super::parts::{self, Form, Part, Parts};
use super::transfer::{self, InlineEncoding};
use super::{header, kind, param, tnef, word};
use crate::model::{Attachment, PartId, Warning};
use crate::text::Text;

/// Nobody looks through a longer list.
pub(super) const MOST: usize = 1_000;

/// Numbers of files that are inside a part begin here; a part with such a number would be beyond the last one.
const PACKED: u32 = 1 << 24;

/// A subject that is to be a name is cut here.
const LONGEST_SUBJECT: usize = 80;

pub(super) fn id(index: usize) -> PartId {
    PartId(u32::try_from(index).unwrap_or(u32::MAX))
}

/// The number of a file that is inside a part.
fn packed_id(index: usize, place: usize) -> PartId {
    let number = index.checked_mul(tnef::MOST).and_then(|number| number.checked_add(place));
    PartId(number.and_then(|number| PACKED.checked_add(u32::try_from(number).ok()?)).unwrap_or(u32::MAX))
}

/// What a part, or a file inside one, holds.
pub(super) fn contents<'a>(raw: &'a [u8], parts: &Parts, id: PartId) -> Option<Cow<'a, [u8]>> {
    let number = usize::try_from(id.0.checked_sub(PACKED).unwrap_or(id.0)).ok()?;
    if id.0 < PACKED {
        return parts.list.get(number).map(|part| part.contents(raw));
    }
    let part = parts.list.get(number / tnef::MOST)?;
    let whole = part.contents(raw);
    let file = files_in(raw, part, &whole).into_iter().nth(number % tnef::MOST)?;
    Some(Cow::Owned(file.bytes.into_owned()))
}

/// True if a part is a message, or the head of one.
pub(super) fn is_message(part: &Part) -> bool {
    parts::is_message(&part.kind) || matches!(part.kind.as_str(), "text/rfc822-headers" | "message/global-headers")
}

fn is_packed(part: &Part, name: &[u8]) -> bool {
    matches!(part.kind.as_str(), "application/ms-tnef" | "application/vnd.ms-tnef")
        || name.eq_ignore_ascii_case(b"winmail.dat")
}

/// What a part says that it is called.
fn name_of(raw: &[u8], part: &Part, context: Option<&'static str>) -> Text {
    param::file_name(&part.disposition(raw), &part.content_type(raw), context)
}

/// A file inside a part.
struct Packed<'a> {
    name: Text,
    kind: &'static str,
    bytes: Cow<'a, [u8]>,
}

/// The files in a winmail.dat, or between the lines of a text.
fn files_in<'a>(raw: &[u8], part: &Part, contents: &'a [u8]) -> Vec<Packed<'a>> {
    if is_packed(part, &part.file_name(raw)) {
        let files = tnef::files(contents).into_iter();
        let packed = |file: tnef::File| {
            let bytes = contents.get(file.at).unwrap_or_default().into();
            Packed { name: name(&file.name), kind: "application/octet-stream", bytes }
        };
        return files.map(packed).collect();
    }
    if part.form != Form::Leaf || part.kind == "text/html" || !part.kind.starts_with("text/") {
        return Vec::new();
    }
    let files = transfer::uuencoded(contents, None).into_iter();
    let packed = |file: transfer::Inline| match file.how {
        InlineEncoding::Uuencode => {
            Packed { name: file.name, kind: "application/octet-stream", bytes: file.bytes.into() }
        }
        // Nobody undoes this one; it is kept as it came.
        InlineEncoding::YEnc => {
            let bytes = contents.get(file.at).unwrap_or_default().into();
            Packed { name: Text::new(format!("{}.yenc", file.name.as_untrusted())), kind: "application/x-yenc", bytes }
        }
    };
    files.map(packed).collect()
}

/// A name as text, by the bytes that were written.
fn name(written: &[u8]) -> Text {
    Text::new(word::decode(written, None).trim())
}

/// What the files of a message are found from.
pub(super) struct Listing<'a> {
    pub(super) raw: &'a [u8],
    pub(super) parts: &'a Parts,
    pub(super) choice: &'a Choice,
    /// How the text of the message was written.
    pub(super) context: Option<&'static str>,
    /// Content ids of what is shown in the text.
    pub(super) shown_ids: BTreeSet<String>,
    /// True if only the beginning of the message is here.
    pub(super) is_prefix: bool,
}

impl Listing<'_> {
    /// All files but those that `told` tells of.
    pub(super) fn all(&self, told: &BTreeSet<usize>) -> Vec<Attachment> {
        let mut listed = Vec::new();
        for (index, part) in self.parts.list.iter().enumerate() {
            if listed.len() >= MOST {
                break;
            }
            let is_listed = !told.contains(&index)
                && match self.choice.role(index) {
                    Role::File => true,
                    // A text with the name of a file is shown, and can be saved.
                    Role::Plain | Role::Html => !part.disposition_name(self.raw).is_empty(),
                    Role::Nothing => false,
                };
            if !is_listed && self.choice.role(index) != Role::Plain {
                continue;
            }
            let contents = part.contents(self.raw);
            if is_listed {
                listed.push(self.listed(index, part, &contents));
            }
            for (place, file) in files_in(self.raw, part, &contents).into_iter().enumerate() {
                let id = packed_id(index, place);
                listed.push(Attachment { part: id, ..described(file.name, file.kind, &file.bytes) });
            }
        }
        listed.truncate(MOST);
        listed
    }

    fn listed(&self, index: usize, part: &Part, contents: &[u8]) -> Attachment {
        let mut attachment = described(name_of(self.raw, part, self.context), &part.kind, contents);
        attachment.part = id(index);
        if attachment.name.is_empty() {
            attachment.name = name_of_nameless(part, contents);
        }
        if part.form != Form::Leaf {
            attachment.truly = None;
        }
        let content_id = part.id(self.raw);
        attachment.inline = self.choice.role(index) == Role::File && self.shown_ids.contains(&content_id);
        attachment.content_id = Text::new(content_id);
        attachment.cut = self.is_prefix && part.unended;
        attachment
    }
}

/// What a file is called of which nothing is said.
fn name_of_nameless(part: &Part, contents: &[u8]) -> Text {
    if is_message(part) {
        let headers = header::headers(contents.get(parts::head(contents)..).unwrap_or_default());
        let subject: String = headers.subject.as_untrusted().chars().take(LONGEST_SUBJECT).collect();
        let subject = subject.trim();
        return Text::new(format!("{}.eml", if subject.is_empty() { "message" } else { subject }));
    }
    let known = match part.kind.as_str() {
        "text/plain" => "text.txt",
        "text/html" => "page.html",
        "text/calendar" | "application/ics" => "invite.ics",
        "application/pdf" => "document.pdf",
        "application/ms-tnef" | "application/vnd.ms-tnef" => "winmail.dat",
        "image/jpeg" => "image.jpg",
        _ => "",
    };
    match part.kind.split_once('/') {
        Some((sort @ ("image" | "audio" | "video"), ending))
            if known.is_empty() && ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            Text::new(format!("{sort}.{ending}"))
        }
        _ => Text::new(known),
    }
}

fn described(name: Text, kind: &str, contents: &[u8]) -> Attachment {
    let beginning = contents.get(..kind::LOOKED_AT).unwrap_or(contents);
    Attachment {
        truly: kind::truly(beginning, kind, name.as_untrusted()),
        name,
        kind: Text::new(kind),
        size: u64::try_from(contents.len()).unwrap_or(u64::MAX),
        ..Attachment::default()
    }
}

/// The files that are not what they seem.
pub(super) fn warnings(attachments: &[Attachment]) -> impl Iterator<Item = Warning> {
    let disguised = attachments.iter().filter(|file| kind::is_disguised(file.name.as_untrusted(), file.truly));
    disguised.map(|file| Warning::Disguised { name: file.name.clone() })
}

#[cfg(test)]
mod tests;
