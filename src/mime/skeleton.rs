//! What the parser of the structure is given to read instead of the message: as many bytes, at the same places, without
//! what would cost it more than one walk.
//!
//! For every multipart it looks through the rest of the message for the boundary; a thousand multiparts whose boundary
//! never comes are a thousand such walks. Contents are read from the message itself, so nothing is lost to a reader by what
//! is blotted out here. Everything here is one walk over the message, whatever is in it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use mail_parser::parsers::MessageStream;
use memchr::{memchr, memchr_iter, memchr2_iter};

/// Of a field that describes a part, this much is read. The longest honest one names a file in a far alphabet.
const LONGEST_FIELD: usize = 8 * 1024;

/// After so many parts the rest of the message is not taken apart.
const MOST_PARTS: usize = 20_000;

/// Bytes that may be looked through for boundaries that never come.
const MOST_SOUGHT: usize = 64 * 1024 * 1024;

/// Bytes that may be compared to find out where boundaries are.
const MOST_COMPARED: usize = 256 * 1024 * 1024;

/// What stands for `multipart` in what is not followed.
pub(super) const NOT_FOLLOWED: &str = "xultipart";

#[derive(Debug)]
pub(super) struct Skeleton<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// True if it ends before the message does.
    pub(super) cut: bool,
    /// True if there are multiparts in it that are not followed.
    pub(super) not_followed: bool,
}

pub(super) fn skeleton(raw: &[u8]) -> Skeleton<'_> {
    let mut bytes = Cow::Borrowed(raw);
    shorten_fields(&mut bytes);
    let multiparts = multiparts(&bytes);
    let Places { last, end } = Places::of(&bytes, &multiparts);
    let lost: Vec<usize> = multiparts
        .iter()
        .filter(|multipart| multipart.at < end)
        .filter(|multipart| {
            let place = multipart.boundary.as_deref().and_then(|boundary| last.get(boundary));
            place.is_none_or(|place| *place < multipart.fields_end)
        })
        .map(|multipart| multipart.at)
        .collect();
    let sought = lost.iter().fold(0_usize, |sum, at| sum.saturating_add(end - at));
    let not_followed = sought > MOST_SOUGHT;
    if not_followed {
        let bytes = bytes.to_mut();
        for at in lost {
            if let Some(first) = bytes.get_mut(at) {
                *first = b'x';
            }
        }
    }
    let cut = end < raw.len();
    if cut {
        bytes = match bytes {
            Cow::Borrowed(all) => Cow::Borrowed(all.get(..end).unwrap_or(all)),
            Cow::Owned(mut all) => {
                all.truncate(end);
                Cow::Owned(all)
            }
        };
    }
    Skeleton { bytes, cut, not_followed }
}

/// Blots out what is too long of the fields that describe parts, whatever the parser may take for their beginning.
fn shorten_fields(bytes: &mut Cow<'_, [u8]>) {
    let mut start = 0;
    while start < bytes.len() {
        let end = field_end(bytes, start);
        if end - start > LONGEST_FIELD
            && let Some(value) = bytes.get(start..end).and_then(value_of_description)
            && let Some(rest) = bytes.to_mut().get_mut(start + value + LONGEST_FIELD..end)
        {
            for byte in rest.iter_mut().filter(|byte| **byte != b'\n') {
                *byte = b' ';
            }
        }
        start = end;
    }
}

/// Where the field that begins at `from` ends: after its last line.
fn field_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(newline) = bytes.get(at..).and_then(|rest| memchr(b'\n', rest)) {
        at += newline + 1;
        if !matches!(bytes.get(at), Some(b' ' | b'\t')) {
            return at;
        }
    }
    bytes.len()
}

/// Where the value begins, if the lines have the name of a field that describes a part; with blanks in it, and with a
/// boundary before it, as the parser reads names.
fn value_of_description(lines: &[u8]) -> Option<usize> {
    let is_named = |colon: &usize| {
        let name = lines.get(..*colon).unwrap_or_default();
        let letters = || name.iter().rev().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase);
        [&b"content-type"[..], b"content-disposition"]
            .into_iter()
            .any(|known| letters().take(known.len()).eq(known.iter().rev().copied()))
    };
    memchr_iter(b':', lines).find(is_named).map(|colon| colon + 1)
}

/// A field that says that parts follow, or words that look like one.
#[derive(Debug)]
struct Multipart {
    at: usize,
    /// Where its part begins to have contents.
    fields_end: usize,
    /// `None` if there was too much to read.
    boundary: Option<Vec<u8>>,
}

fn multiparts(bytes: &[u8]) -> Vec<Multipart> {
    const WORD: &[u8] = b"multipart";
    let mut found = Vec::new();
    // Each place of a line may look like the beginning of a field.
    let mut readable = bytes.len().saturating_mul(4);
    let mut fields_end = 0;
    for at in memchr2_iter(b'm', b'M', bytes) {
        if !bytes.get(at..at + WORD.len()).is_some_and(|word| word.eq_ignore_ascii_case(WORD)) {
            continue;
        }
        if fields_end <= at {
            fields_end = end_of_fields(bytes, at);
        }
        let Some(near) = bytes.get(..bytes.len().min(at.saturating_add(LONGEST_FIELD))) else { continue };
        let field = near.get(at..field_end(near, at)).unwrap_or_default();
        if readable < field.len() {
            found.push(Multipart { at, fields_end, boundary: None });
            continue;
        }
        readable -= field.len();
        if let Some(boundary) = boundary(field) {
            found.push(Multipart { at, fields_end, boundary: Some(boundary) });
        }
    }
    found
}

/// The boundary as the parser will read it, being read by the parser.
fn boundary(field: &[u8]) -> Option<Vec<u8>> {
    // It takes a field for one only if a line ends it.
    let field = [field, b"\n"].concat();
    let value = MessageStream::new(&field).parse_content_type();
    let kind = value.as_content_type().filter(|kind| kind.ctype() == "multipart")?;
    kind.attribute("boundary").filter(|boundary| !boundary.is_empty()).map(|boundary| boundary.as_bytes().to_vec())
}

/// Where the fields end at the latest among which `from` is: after a blank line that continues no other.
fn end_of_fields(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() {
        at = field_end(bytes, at);
        let rest = bytes.get(at..).unwrap_or_default();
        let blank = rest.iter().position(|byte| *byte == b'\n' || !byte.is_ascii_whitespace());
        if let Some(blank) = blank
            && rest.get(blank) == Some(&b'\n')
        {
            return at + blank + 1;
        }
    }
    bytes.len()
}

/// Where the boundaries are.
struct Places<'a> {
    /// The last place of each, behind the two dashes.
    last: HashMap<&'a [u8], usize>,
    /// Where there were too many of them, or the end of the message.
    end: usize,
}

impl<'a> Places<'a> {
    fn of(bytes: &[u8], multiparts: &'a [Multipart]) -> Self {
        let known = || multiparts.iter().filter_map(|multipart| multipart.boundary.as_deref());
        let mut last: HashMap<&[u8], usize> = known().map(|boundary| (boundary, 0)).collect();
        let lengths: BTreeSet<usize> = known().map(<[u8]>::len).collect();
        let firsts: BTreeSet<u8> = known().filter_map(|boundary| boundary.first().copied()).collect();
        let (mut compared, mut parts) = (0_usize, 0_usize);
        if last.is_empty() {
            return Self { last, end: bytes.len() };
        }
        for dash in memchr_iter(b'-', bytes) {
            let Some([b'-', first]) = bytes.get(dash + 1..dash + 3) else { continue };
            if !firsts.contains(first) {
                continue;
            }
            let behind = dash + 2;
            let mut begins_part = false;
            for length in &lengths {
                let Some(word) = bytes.get(behind..behind + length) else { break };
                compared = compared.saturating_add(*length);
                if let Some(place) = last.get_mut(word) {
                    *place = behind;
                    begins_part = true;
                }
            }
            parts += usize::from(begins_part);
            if parts > MOST_PARTS {
                return Self { last, end: dash };
            }
            if compared > MOST_COMPARED {
                // Nobody writes this: none of them is believed to come.
                return Self { last: HashMap::new(), end: bytes.len() };
            }
        }
        Self { last, end: bytes.len() }
    }
}

#[cfg(test)]
mod tests;
