//! The header fields that a list row is made of.

use super::{address, date, word};
use crate::model::Headers;
use crate::text::Text;

/// A field longer than this is cut before it is decoded.
const LONGEST_FIELD: usize = 64 * 1024;

/// Reads a block of header fields, up to the first empty line. Where a field stands twice the first counts.
pub fn headers(block: &[u8]) -> Headers {
    let mut headers = Headers::default();
    let mut seen = [false; 9];
    each_field(block, |name, value| {
        let Some(which) = FIELDS.iter().position(|known| name.eq_ignore_ascii_case(known)) else { return };
        if let Some(had) = seen.get_mut(which) {
            if *had {
                return;
            }
            *had = true;
        }
        match which {
            0 => headers.from = address::list(value, None),
            1 => headers.to = address::list(value, None),
            2 => headers.cc = address::list(value, None),
            3 => headers.reply_to = address::list(value, None),
            4 => headers.subject = Text::new(word::decode(value, None)),
            5 => headers.date = std::str::from_utf8(value).ok().and_then(date::date),
            6 => headers.message_id = ids(value).into_iter().next().unwrap_or_default(),
            7 => headers.in_reply_to = ids(value).into_iter().next().unwrap_or_default(),
            8 => headers.references = ids(value),
            _ => {
                let kind = value.split(|b| *b == b';').next().unwrap_or_default();
                headers.content_type = String::from_utf8_lossy(kind.trim_ascii()).to_ascii_lowercase();
            }
        }
    });
    headers
}

const FIELDS: [&[u8]; 10] = [
    b"from",
    b"to",
    b"cc",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"in-reply-to",
    b"references",
    b"content-type",
];

/// Calls `field` with the name and the unfolded value of each header field.
fn each_field(block: &[u8], mut field: impl FnMut(&[u8], &[u8])) {
    let mut rest = block;
    let mut unfolded: Vec<u8> = Vec::new();
    while !rest.is_empty() {
        let (line, after) = split_line(rest);
        if line.is_empty() {
            return;
        }
        rest = after;
        let Some(colon) = memchr::memchr(b':', line) else { continue };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default();
        if !rest.first().is_some_and(|b| matches!(b, b' ' | b'\t')) {
            field(name.trim_ascii(), cut(value).trim_ascii());
            continue;
        }
        unfolded.clear();
        unfolded.extend_from_slice(value);
        while rest.first().is_some_and(|b| matches!(b, b' ' | b'\t')) {
            let (more, after) = split_line(rest);
            rest = after;
            if unfolded.len() < LONGEST_FIELD {
                unfolded.push(b' ');
                unfolded.extend_from_slice(more.trim_ascii_start());
            }
        }
        field(name.trim_ascii(), cut(&unfolded).trim_ascii());
    }
}

fn cut(value: &[u8]) -> &[u8] {
    value.get(..LONGEST_FIELD).unwrap_or(value)
}

fn split_line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'\n', input).unwrap_or(input.len());
    let (line, rest) = input.split_at(end);
    (line.strip_suffix(b"\r").unwrap_or(line), rest.get(1..).unwrap_or_default())
}

/// The `<ids>` of a Message-ID, In-Reply-To or References field, without their brackets.
fn ids(value: &[u8]) -> Vec<Text> {
    const MOST: usize = 200;
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(open) = memchr::memchr(b'<', rest) {
        let inner = rest.get(open + 1..).unwrap_or_default();
        let Some(close) = memchr::memchr(b'>', inner) else { break };
        let (id, after) = inner.split_at(close);
        if !id.is_empty() {
            found.push(Text::new(String::from_utf8_lossy(id)));
        }
        rest = after;
        if found.len() >= MOST {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn a_usual_block() {
        let block = b"From: =?utf-8?B?5p2O6Zu3?= <lilei@example.com>\r\nTo: a@example.com,\r\n b@example.com\r\n\
            Subject: =?utf-8?Q?=E9=B8?=\r\n =?utf-8?Q?=BF?= letter\r\nDate: Tue, 17 Nov 2026 09:30:00 +0800\r\n\
            Message-ID: <one@example.com>\r\nReferences: <a@x.example>\r\n\t<b@x.example>\r\n\
            Content-Type: Multipart/Mixed; boundary=x\r\n\r\nSubject: not a header\r\n";
        let headers = headers(block);
        assert_eq!(headers.from[0].name.as_untrusted(), "李雷");
        assert_eq!(headers.to.len(), 2);
        assert_eq!(headers.subject.as_untrusted(), "鸿 letter");
        assert_eq!(headers.date, Some(Timestamp(1_794_879_000)));
        assert_eq!(headers.message_id.as_untrusted(), "one@example.com");
        assert_eq!(headers.references.len(), 2);
        assert!(headers.looks_attached());
    }

    #[test]
    fn the_first_of_two_counts_and_rubbish_is_skipped() {
        let headers = headers(b"0/X-Total-Score: -120:\nno colon here\nSubject: one\nSubject: two\n");
        assert_eq!(headers.subject.as_untrusted(), "one");
    }

    #[test]
    fn a_huge_field_is_cut() {
        let mut block = b"Subject: ".to_vec();
        block.extend(std::iter::repeat_n(b'x', 50_000_000));
        assert!(headers(&block).subject.as_untrusted().len() <= LONGEST_FIELD);
    }
}
