//! A whole message → what a person reads.
//!
//! The structure comes from mail-parser, of a [`skeleton`] of the message; headers and contents are decoded by our own rules. Everything here works with
//! lists instead of calling itself, because a hostile message may be nested without end.

use std::borrow::Cow;
use std::ops::Range;

use mail_parser::{HeaderName, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::skeleton::{self, skeleton};
use super::transfer::{self, Transfer};
use super::{charset, header, html};
use crate::model::{Attachment, BodySource, Document, PartId, Readable};
use crate::text::Text;

/// A text longer than this is cut for the screen; the message itself is kept whole.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;

/// Messages inside messages beyond this are nobody's mail.
const DEEPEST: usize = 64;

/// Nobody looks through a longer list.
const MOST_ATTACHMENTS: usize = 1_000;

pub fn readable(raw: &[u8]) -> Readable {
    let headers = header::headers(leading_rubbish_skipped(raw));
    let mut readable = Readable {
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
    };
    let skeleton = skeleton(raw);
    let Some(message) = structure().parse(&skeleton.bytes) else {
        (readable.document.text, readable.cut) = shortened(&String::from_utf8_lossy(raw));
        return readable;
    };
    contents(raw, &message, &mut readable);
    readable.too_deep = take_apart(message) > DEEPEST || skeleton.not_followed;
    readable.cut |= skeleton.cut && !readable.too_deep;
    if readable.too_deep && readable.source == BodySource::Nothing {
        (readable.document.text, readable.cut) = shortened(&String::from_utf8_lossy(raw));
    }
    readable
}

/// What can be shown of a message that nothing else can be made of.
pub fn as_it_is(raw: &[u8]) -> Readable {
    let (text, cut) = shortened(&String::from_utf8_lossy(raw));
    Readable { document: Document::plain(text), cut, ..Readable::default() }
}

/// A parser that looks for parts and nothing else. It must not know how they are encoded: inside a message that was
/// wrapped in base64 it would call itself for every level.
pub(super) fn structure() -> MessageParser {
    MessageParser::new()
        .header_content_type(HeaderName::ContentType)
        .header_content_type(HeaderName::ContentDisposition)
        .default_header_ignore()
}

/// Dropping a message drops the messages inside it by recursion, so they are taken out first. Returns how deep it was.
pub(super) fn take_apart(message: Message<'_>) -> usize {
    let mut deepest = 0;
    let mut waiting = vec![(0, message.parts)];
    while let Some((depth, parts)) = waiting.pop() {
        deepest = deepest.max(depth);
        for part in parts {
            if let PartType::Message(inner) = part.body {
                waiting.push((depth + 1, inner.parts));
            }
        }
    }
    deepest
}

fn contents(raw: &[u8], message: &Message<'_>, readable: &mut Readable) {
    let part_of = |ids: &[u32], wanted: fn(&PartType<'_>) -> bool| {
        ids.iter().filter_map(|id| message.part(*id)).filter(|part| wanted(&part.body)).collect::<Vec<_>>()
    };
    let plain = part_of(&message.text_body, |body| matches!(body, PartType::Text(_)));
    let pages = part_of(&message.html_body, |body| matches!(body, PartType::Html(_)));
    let mut words = String::new();
    readable.source = if plain.is_empty() && pages.is_empty() {
        BodySource::Nothing
    } else if plain.is_empty() {
        BodySource::Html
    } else {
        BodySource::Plain
    };
    for part in if plain.is_empty() { pages } else { plain } {
        if !words.is_empty() {
            words.push('\n');
        }
        let text = text_of(raw, part);
        match part.body {
            PartType::Html(_) => words.push_str(&html::strip(&text)),
            _ => words.push_str(&text),
        }
        if words.len() > LONGEST_TEXT {
            break;
        }
    }
    (readable.document.text, readable.cut) = shortened(&words);
    readable.attachments = message
        .attachments
        .iter()
        .filter_map(|id| Some((PartId(*id), message.part(*id)?)))
        .take(MOST_ATTACHMENTS)
        .map(|(id, part)| described(raw, id, part))
        .collect();
}

fn described(raw: &[u8], id: PartId, part: &MessagePart<'_>) -> Attachment {
    Attachment {
        part: id,
        name: Text::new(part.attachment_name().unwrap_or_default()),
        kind: Text::new(kind_of(part)),
        size: u64::try_from(bytes_of(raw, part).len()).unwrap_or(u64::MAX),
        inline: part.content_disposition().is_some_and(|d| d.ctype().eq_ignore_ascii_case("inline")),
        ..Attachment::default()
    }
}

fn kind_of(part: &MessagePart<'_>) -> String {
    match (part.content_type(), &part.body) {
        (Some(kind), _) if kind.ctype() == skeleton::NOT_FOLLOWED => {
            format!("multipart/{}", kind.subtype().unwrap_or("*")).to_ascii_lowercase()
        }
        (Some(kind), _) => format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")).to_ascii_lowercase(),
        (None, PartType::Message(_)) => "message/rfc822".to_owned(),
        (None, _) => "application/octet-stream".to_owned(),
    }
}

/// The text of a part by our own rules: the parser's charsets leave holes where senders are careless.
pub(super) fn text_of(raw: &[u8], part: &MessagePart<'_>) -> String {
    let label = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or_default();
    charset::labelled(label, &bytes_of(raw, part))
}

/// What a part holds, its encoding undone.
pub(super) fn bytes_of<'a>(raw: &'a [u8], part: &MessagePart<'_>) -> Cow<'a, [u8]> {
    let body = slice(raw, part.raw_body_offset()..part.raw_end_offset());
    match transfer_of(raw, part) {
        Transfer::Plain => body.into(),
        how => transfer::decode(body, how).into(),
    }
}

fn transfer_of(raw: &[u8], part: &MessagePart<'_>) -> Transfer {
    let said = part.headers.iter().rfind(|header| header.name == HeaderName::ContentTransferEncoding);
    let value = said.map_or(&[][..], |header| slice(raw, header.offset_start..header.offset_end));
    // Some put a comment or a semicolon behind it.
    let word = value.trim_ascii_start();
    let is = |name: &[u8]| word.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if is(b"base64") {
        Transfer::Base64
    } else if is(b"quoted-printable") {
        Transfer::QuotedPrintable
    } else {
        Transfer::Plain
    }
}

fn slice(raw: &[u8], at: Range<u32>) -> &[u8] {
    let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    raw.get(place(at.start)..place(at.end)).unwrap_or_default()
}

fn shortened(text: &str) -> (Text, bool) {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (Text::new(text.get(..end).unwrap_or_default()), end < text.len())
}

/// Blank lines and an mbox `From ` line before the headers.
fn leading_rubbish_skipped(raw: &[u8]) -> &[u8] {
    let mut rest = raw;
    loop {
        if let Some(after) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) {
            rest = after;
        } else if rest.starts_with(b"From ") || rest.starts_with(b">From ") {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            rest = rest.get(end..).unwrap_or_default();
        } else {
            return rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_wins_over_html_and_files_are_listed() {
        let raw = b"From: a@example.com\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n\
            --m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain; charset=gb2312\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nxOO6ww==\r\n--a\r\nContent-Type: text/html\r\n\r\n<p>hi</p>\r\n--a--\r\n\
            --m\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\n\r\nPDF\r\n--m--\r\n";
        let readable = readable(raw);
        assert_eq!(readable.document.text.as_untrusted(), "你好");
        assert_eq!(readable.source, BodySource::Plain);
        assert_eq!(readable.attachments.len(), 1);
        assert_eq!(readable.attachments[0].name.as_untrusted(), "x.pdf");
        assert_eq!(readable.attachments[0].kind.as_untrusted(), "application/pdf");
    }

    #[test]
    fn html_alone_is_read_as_text() {
        let readable = readable(b"Subject: s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>one</p><p>two</p>");
        assert_eq!(readable.document.text.as_untrusted(), "one\n\ntwo\n");
        assert_eq!(readable.source, BodySource::Html);
    }

    /// Levels of nesting that overflow any stack.
    const DEEP: usize = 60_000;

    /// As the program does it: on a thread with the stack that threads have.
    fn on_a_small_stack(raw: Vec<u8>) -> Readable {
        std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(move || readable(&raw)).unwrap().join().unwrap()
    }

    fn digests(depth: usize) -> Vec<u8> {
        let level = |n| format!("Content-Type: multipart/digest; boundary={n:x}\n\n--{n:x}\n\n");
        (0..depth).map(level).collect::<String>().into_bytes()
    }

    fn base64(raw: &[u8]) -> Vec<u8> {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = Vec::new();
        for (at, three) in raw.chunks(3).enumerate() {
            let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(b'\n'));
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            out.extend([18, 12, 6, 0].map(|shift| DIGITS[usize::try_from(bits >> shift & 63).unwrap()]));
            if at % 19 == 18 {
                out.extend(b"\r\n");
            }
        }
        out
    }

    #[test]
    fn m01_messages_nested_without_end_do_not_abort() {
        for kind in ["message/rfc822", "message (x) / rfc822", "Message/GLOBAL"] {
            let level = format!("Content-Type: {kind}\r\n\r\n");
            let readable = on_a_small_stack(level.repeat(DEEP).into_bytes());
            assert!(readable.too_deep, "{kind}");
            assert!(!readable.document.text.is_empty(), "{kind}");
        }
    }

    #[test]
    fn m01_digests_nested_without_end_do_not_abort() {
        let readable = on_a_small_stack(digests(DEEP));
        assert!(readable.too_deep && !readable.document.text.is_empty());
        // Each of them closed again.
        let closed = (0..DEEP).rev().flat_map(|n| format!("\n--{n:x}--\n").into_bytes());
        let readable = on_a_small_stack(digests(DEEP).into_iter().chain(closed).collect());
        assert!(readable.too_deep && !readable.document.text.is_empty());
    }

    #[test]
    fn m01_nesting_inside_an_encoding_is_not_followed() {
        let bomb = base64(&digests(DEEP));
        let head = b"Subject: s\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        let readable = on_a_small_stack([&head[..], &bomb].concat());
        assert_eq!((readable.subject.as_untrusted(), readable.attachments.len()), ("s", 1));
    }

    #[test]
    fn m01_what_can_be_read_beside_too_deep_nesting_is_read() {
        let mut raw =
            b"Subject: s\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n\nwords\n--outer\n".to_vec();
        raw.extend(digests(DEEP));
        let readable = on_a_small_stack(raw);
        assert_eq!((readable.document.text.as_untrusted(), readable.source), ("words", BodySource::Plain));
        assert!(readable.too_deep);
        assert!(!readable_of_depth(DEEPEST).too_deep && readable_of_depth(DEEPEST + 1).too_deep);
    }

    fn readable_of_depth(depth: usize) -> Readable {
        let mut raw = b"Content-Type: message/rfc822\n\n".repeat(depth);
        raw.extend(b"Subject: the last\n\nwords\n");
        on_a_small_stack(raw)
    }

    #[test]
    fn attachments_are_as_large_as_what_is_in_them() {
        let raw = b"Content-Type: multipart/mixed; boundary=m\r\n\r\n\
            --m\r\nContent-Type: application/x; name=a\r\nContent-Transfer-Encoding: BASE64 (so)\r\n\r\nAAAA\r\nAAAA\r\n\
            --m\r\nContent-Type: application/x; name=b\r\n\r\n12345\r\n\
            --m\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nhello\r\n--m--\r\n";
        let sizes: Vec<u64> = readable(raw).attachments.iter().map(|part| part.size).collect();
        assert_eq!(sizes, [6, 5, 19]);
    }

    #[test]
    fn m17_rubbish_before_the_headers_is_skipped() {
        assert_eq!(readable(b"\r\nFrom x Tue\nSubject: here\n\nbody").subject.as_untrusted(), "here");
    }

    #[test]
    fn rubbish_is_shown_as_it_is() {
        let readable = readable(b"\xff\xfe\x00");
        assert!(!readable.cut);
    }
}
