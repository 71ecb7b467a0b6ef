//! A whole message → what a person reads.
//!
//! The structure comes from mail-parser; headers are decoded by our own rules.

use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::transfer::{self, Transfer};
use super::{charset, header, html};
use crate::model::{Attachment, BodySource, Readable};
use crate::text::Text;

/// A text longer than this is cut for the screen; the message itself is kept whole.
const LONGEST_TEXT: usize = 4 * 1024 * 1024;

/// Messages inside messages: the parser's stack has no limit of its own, so deeper nesting is not tried.
const DEEPEST: usize = 64;

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
    if nested_messages(raw) > DEEPEST {
        (readable.text, readable.cut) = shortened(&String::from_utf8_lossy(raw));
        return readable;
    }
    let Some(message) = MessageParser::new().parse(raw) else {
        (readable.text, readable.cut) = shortened(&String::from_utf8_lossy(raw));
        return readable;
    };
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
        let text = text_of(&message, part);
        match part.body {
            PartType::Html(_) => words.push_str(&html::strip(&text)),
            _ => words.push_str(&text),
        }
        if words.len() > LONGEST_TEXT {
            break;
        }
    }
    (readable.text, readable.cut) = shortened(&words);
    readable.attachments = message
        .attachments()
        .map(|part| Attachment {
            name: Text::new(part.attachment_name().unwrap_or_default()),
            kind: Text::new(part.content_type().map_or_else(
                || "application/octet-stream".to_owned(),
                |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")).to_ascii_lowercase(),
            )),
            size: u64::try_from(part.len()).unwrap_or(u64::MAX),
            inline: part.content_disposition().is_some_and(|d| d.ctype().eq_ignore_ascii_case("inline")),
        })
        .collect();
    readable
}

/// The text of a part by our own rules: the parser's charsets leave holes where senders are careless.
fn text_of(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let range = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let raw = message.raw_message.get(range(part.raw_body_offset())..range(part.raw_end_offset()));
    let how = match part.encoding {
        Encoding::None => Transfer::Plain,
        Encoding::QuotedPrintable => Transfer::QuotedPrintable,
        Encoding::Base64 => Transfer::Base64,
    };
    let label = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or_default();
    charset::labelled(label, &transfer::decode(raw.unwrap_or_default(), how))
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

fn nested_messages(raw: &[u8]) -> usize {
    // Only the last word is searched for, in both cases: cheap, and it can only be too careful.
    let finder = |word: &'static [u8]| memchr::memmem::find_iter(raw, word).take(DEEPEST + 1).count();
    finder(b"/rfc822") + finder(b"/RFC822") + finder(b"/Rfc822") + finder(b"essage/global")
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
        assert_eq!(readable.text.as_untrusted(), "你好");
        assert_eq!(readable.source, BodySource::Plain);
        assert_eq!(readable.attachments.len(), 1);
        assert_eq!(readable.attachments[0].name.as_untrusted(), "x.pdf");
        assert_eq!(readable.attachments[0].kind.as_untrusted(), "application/pdf");
    }

    #[test]
    fn html_alone_is_read_as_text() {
        let readable = readable(b"Subject: s\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>one</p><p>two</p>");
        assert_eq!(readable.text.as_untrusted(), "one\n\ntwo\n");
        assert_eq!(readable.source, BodySource::Html);
    }

    #[test]
    fn m01_messages_nested_without_end_do_not_abort() {
        let mut raw = Vec::new();
        for _ in 0..30_000 {
            raw.extend_from_slice(b"Content-Type: message/rfc822\r\n\r\n");
        }
        assert!(!readable(&raw).text.is_empty());
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
