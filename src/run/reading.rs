//! The bytes of a message in each of the ways in which they can be looked at.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::decoding::{self, Addressee};
use crate::model::{Hop, Inside, Readable, Reading, SHOWN};
use crate::text::Text;

/// A message that is longer than its beginning is looked through for files, so long and not longer.
const FOR_FILES: Duration = Duration::from_secs(1);

/// How a message is to be read, and for whom.
#[derive(Clone, Default, Debug)]
pub(super) struct Wanted {
    pub(super) reading: Reading,
    pub(super) addressee: Arc<Addressee>,
    /// True if the user asked for it to be read in just this way.
    pub(super) insists: bool,
}

pub(super) fn message(raw: &Arc<Vec<u8>>, wanted: &Wanted) -> Readable {
    decoding::whole(raw, &wanted.reading, &wanted.addressee, FOR_FILES)
}

/// The message inside that is meant; the message itself, if it is none of those.
pub(super) fn inner(raw: Vec<u8>, inside: Inside) -> Option<Vec<u8>> {
    inside.parts().iter().try_fold(raw, |raw, of| decoding::part(&raw, *of))
}

/// The way that the message came, and all the fields of its head, in order, decoded. Nothing, where that takes too long.
pub(super) fn head(raw: Vec<u8>) -> (Vec<Hop>, Vec<(Text, Text)>) {
    let read = move || {
        let fields = decoding::fields(&raw).into_iter().map(|field| (field.name, field.value)).collect();
        (decoding::route(&raw), fields)
    };
    decoding::within(decoding::PATIENCE, read).unwrap_or_default()
}

/// The beginning of the message as it came, and how much there is behind it. A byte that is no text is written as what it
/// is: `\xb4`.
pub(super) fn source(raw: &[u8]) -> Text {
    let behind = raw.len().saturating_sub(SHOWN);
    let raw = raw.get(..SHOWN).unwrap_or(raw);
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    if behind > 0 {
        let _ = write!(text, "\n\n[… + {behind} B]\n");
    }
    Text::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime;
    use crate::model::PartId;

    #[test]
    fn a_source_hides_nothing() {
        let raw = b"Subject: \xb4\xf3 \xe4\xbd\xa0\r\n\r\n\x1b[2J\xff";
        assert_eq!(source(raw).as_untrusted(), "Subject: \\xb4\\xf3 你\r\n\r\n\u{1b}[2J\\xff");
    }

    #[test]
    fn a_source_that_is_cut_says_so() {
        let shown = source(&vec![b'x'; SHOWN + 7]);
        assert!(shown.as_untrusted().ends_with("xx\n\n[… + 7 B]\n"));
    }

    #[test]
    fn the_way_inside_is_followed_part_by_part() {
        let innermost = "Subject: innermost\r\n\r\nwords";
        let middle = format!("Subject: middle\r\nContent-Type: message/rfc822\r\n\r\n{innermost}");
        let raw = format!("Subject: outer\r\nContent-Type: message/rfc822\r\n\r\n{middle}").into_bytes();
        let listed = |raw: &[u8]| mime::readable(raw).attachments[0].part;
        let first = Inside::default().within(listed(&raw)).unwrap();
        assert_eq!(inner(raw.clone(), Inside::default()).unwrap(), raw);
        assert_eq!(inner(raw.clone(), first).unwrap(), middle.as_bytes());
        let second = first.within(listed(middle.as_bytes())).unwrap();
        assert_eq!(inner(raw.clone(), second).unwrap(), innermost.as_bytes());
        assert_eq!(inner(raw, first.within(PartId(99)).unwrap()), None);
    }

    #[test]
    fn fields_are_listed_as_they_come() {
        let raw = b"Received: a\r\n\tb\r\nX: =?gb2312?B?xOO6ww==?=\r\nX: 2\r\nrubbish\r\n\r\nno: field\r\n";
        let (_, fields) = head(raw.to_vec());
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_untrusted(), value.as_untrusted())).collect();
        assert_eq!(fields, [("Received", "a b"), ("X", "你好"), ("X", "2")]);
    }
}
