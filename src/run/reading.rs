//! The bytes of a message in each of the ways in which they can be looked at.

use std::fmt::Write as _;

use crate::mime;
use crate::model::{PartId, Readable, Reading};
use crate::text::Text;

/// More fields than this are nobody's mail.
const MOST_FIELDS: usize = 1_000;
/// Bytes of a source that are shown.
const LONGEST_SOURCE: usize = 64 * 1024 * 1024;

pub(super) fn message(raw: &[u8], _reading: Reading) -> Readable {
    mime::readable(raw)
}

/// What a part holds.
pub(super) fn part(_raw: &[u8], _part: PartId) -> Option<Vec<u8>> {
    None
}

/// All the fields of the header, in order.
pub(super) fn headers(raw: &[u8]) -> Vec<(Text, Text)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in raw.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() || fields.len() >= MOST_FIELDS {
            break;
        }
        let line = String::from_utf8_lossy(line);
        match (line.split_once(':'), fields.last_mut()) {
            (_, Some((_, value))) if line.starts_with([' ', '\t']) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (Some((name, value)), _) => fields.push((name.trim().to_owned(), value.trim().to_owned())),
            (None, _) => {}
        }
    }
    fields.into_iter().map(|(name, value)| (Text::new(name), Text::new(value))).collect()
}

/// The message as it came. A byte that is no text is written as what it is: `\xb4`.
pub(super) fn source(raw: &[u8]) -> Text {
    let raw = raw.get(..LONGEST_SOURCE).unwrap_or(raw);
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    Text::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_hides_nothing() {
        let raw = b"Subject: \xb4\xf3 \xe4\xbd\xa0\r\n\r\n\x1b[2J\xff";
        assert_eq!(source(raw).as_untrusted(), "Subject: \\xb4\\xf3 你\r\n\r\n\u{1b}[2J\\xff");
    }

    #[test]
    fn fields_are_listed_as_they_come() {
        let raw = b"Received: a\r\n\tb\r\nX: 1\r\nX: 2\r\nrubbish\r\n\r\nno: field\r\n";
        let fields = headers(raw);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_untrusted(), value.as_untrusted())).collect();
        assert_eq!(fields, [("Received", "a b"), ("X", "1"), ("X", "2")]);
    }
}
