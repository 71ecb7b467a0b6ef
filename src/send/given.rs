//! A message that somebody has already, in a file or out of another program: what has to be known of it before it can go,
//! and what must not go along.

use crate::decoding;
use crate::letter::{Mailbox, addresses};
use crate::model::Timestamp;
use crate::text::SafeText;

/// No server takes a larger one.
pub const LARGEST: usize = 160 * 1024 * 1024;

/// A message, ready to go as it was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// Without the blind copies; every line with its proper end.
    pub bytes: Vec<u8>,
    pub from: Vec<Mailbox>,
    /// Everybody in To, Cc and Bcc, once.
    pub to: Vec<Mailbox>,
    /// What stands there and is no address.
    pub wrong: Vec<String>,
    pub subject: SafeText,
    /// Without the angle brackets.
    pub message_id: String,
}

/// Reads it. `fresh` is its Message-ID if it has none, and `now` its date. `None` if it is no message.
pub fn given(raw: &[u8], fresh: &str, now: Timestamp) -> Option<Given> {
    let lines = canonical(raw.trim_ascii_start());
    let (head, body) = split(&lines)?;
    let fields = fields(head)?;
    let mut out = Vec::with_capacity(lines.len() + 128);
    let (mut from, mut to, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    let (mut message_id, mut dated) = (None, false);
    for (name, field) in fields {
        let value = || unfolded(memchr::memchr(b':', field).and_then(|at| field.get(at + 1..)).unwrap_or_default());
        match name.to_ascii_lowercase().as_str() {
            "from" => from.extend(people(&value()).0),
            "to" | "cc" | "bcc" => {
                let (found, odd) = people(&value());
                for mailbox in found {
                    if !to.iter().any(|known: &Mailbox| known.key() == mailbox.key()) {
                        to.push(mailbox);
                    }
                }
                wrong.extend(odd);
            }
            "message-id" => message_id = id(&value()).or(message_id),
            "date" => dated = true,
            _ => {}
        }
        if !name.eq_ignore_ascii_case("bcc") && !name.eq_ignore_ascii_case("resent-bcc") {
            out.extend_from_slice(field);
        }
    }
    if out.is_empty() {
        return None;
    }
    if message_id.is_none() {
        out.extend_from_slice(format!("Message-ID: <{fresh}>\r\n").as_bytes());
    }
    if !dated {
        out.extend_from_slice(format!("Date: {}\r\n", date(now)).as_bytes());
    }
    let subject = decoding::headers(&out).subject;
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    let subject = SafeText::of(subject.as_untrusted());
    Some(Given { bytes: out, from, to, wrong, subject, message_id: message_id.unwrap_or_else(|| fresh.to_owned()) })
}

fn people(value: &str) -> (Vec<Mailbox>, Vec<String>) {
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    for typed in addresses(value) {
        match typed.mailbox {
            Ok(mailbox) => found.push(mailbox),
            Err(_) => wrong.extend(value.get(typed.at).map(|text| text.trim().to_owned())),
        }
    }
    (found, wrong)
}

/// Every line ends with CR and LF.
fn canonical(raw: &[u8]) -> Vec<u8> {
    // What a mailbox file puts before each message.
    let raw = match raw.strip_prefix(b"From ") {
        Some(rest) => memchr::memchr(b'\n', rest).and_then(|at| rest.get(at + 1..)).unwrap_or_default(),
        None => raw,
    };
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 32);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            byte => out.push(byte),
        }
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// The head, with the end of its last line, and the body.
fn split(lines: &[u8]) -> Option<(&[u8], &[u8])> {
    match memchr::memmem::find(lines, b"\r\n\r\n") {
        Some(at) => Some((lines.get(..at + 2)?, lines.get(at + 4..)?)),
        None => Some((lines, b"")),
    }
}

/// Each field with its name, and with the lines that belong to it. `None` if there is a line that is no field: what it
/// says must not be lost, and nobody knows where it belongs.
fn fields(head: &[u8]) -> Option<Vec<(&str, &[u8])>> {
    let mut found = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let mut end = 0;
        loop {
            let line = memchr::memchr(b'\n', rest.get(end..).unwrap_or_default());
            end = line.map_or(rest.len(), |at| end + at + 1);
            if end >= rest.len() || !matches!(rest.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let (field, more) = rest.split_at(end.min(rest.len()));
        rest = more;
        // What mailboxes put there is no word of the sender's.
        if field.starts_with(b">From ") {
            continue;
        }
        // Old programs leave a blank before the colon.
        let name = memchr::memchr(b':', field).and_then(|at| field.get(..at))?.trim_ascii_end();
        let name = std::str::from_utf8(name).ok()?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        found.push((name, field));
    }
    Some(found)
}

fn unfolded(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect::<String>().trim().to_owned()
}

fn id(value: &str) -> Option<String> {
    let inner = value.trim().strip_prefix('<')?.split_once('>')?.0;
    let usual = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>');
    (!inner.is_empty() && inner.len() <= 900 && inner.chars().all(usual)).then(|| inner.to_owned())
}

fn date(now: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_string(&at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Given {
        given(raw.as_bytes(), "fresh@example.com", Timestamp(1_790_000_000)).unwrap()
    }

    fn to(given: &Given) -> Vec<String> {
        given.to.iter().map(Mailbox::address).collect()
    }

    #[test]
    fn c05_blind_copies_get_it_and_nobody_reads_of_them() {
        let given = read(
            "From: Me <me@example.com>\nTo: a@x.example,\n b@x.example\nBCC: =?utf-8?B?5p2O?= <c@x.example>,\n\td@x.example\n\
             Subject: =?utf-8?B?5L2g5aW9?=\nMessage-ID: <1@example.com>\nDate: x\n\nbcc: stays\n",
        );
        assert_eq!(to(&given), ["a@x.example", "b@x.example", "c@x.example", "d@x.example"]);
        let text = String::from_utf8(given.bytes).unwrap();
        assert!(!text.to_lowercase().contains("c@x.example") && !text.contains("d@x.example"), "{text}");
        assert!(text.ends_with("\r\n\r\nbcc: stays\r\n") && text.contains("To: a@x.example,\r\n b@x.example\r\n"));
        assert_eq!((given.subject.as_str(), given.message_id.as_str()), ("你好", "1@example.com"));
        assert_eq!(given.from[0].address(), "me@example.com");
    }

    #[test]
    fn what_every_message_must_have_is_added_once() {
        let given = read("From x Thu Jan  1 00:00:00 1970\r\nFrom: me@example.com\rTo: a@x.example, nobody\r\r.\rx");
        let text = String::from_utf8(given.bytes).unwrap();
        assert!(text.contains("Message-ID: <fresh@example.com>\r\nDate: Mon, 21 Sep 2026 "), "{text}");
        assert!(text.starts_with("From: me") && text.ends_with("\r\n\r\n.\r\nx\r\n"), "{text}");
        assert_eq!((given.message_id.as_str(), given.wrong), ("fresh@example.com", vec!["nobody".to_owned()]));
        let odd = read("From: me@example.com\nMessage-ID: <a b\n c>\n\n");
        assert_eq!(odd.message_id, "fresh@example.com");
    }

    #[test]
    fn nobody_is_lost_by_an_old_way_of_writing() {
        let given =
            read("\n\nTo: a@x.example\n>From x Thu Jan  1 00:00:00 1970\nCc : b@x.example\nBcc\t: c@x.example\n\nx\n");
        assert_eq!(to(&given), ["a@x.example", "b@x.example", "c@x.example"]);
        let text = String::from_utf8(given.bytes).unwrap();
        assert!(
            text.starts_with("To: ") && text.contains("Cc : b@") && !text.contains("c@x") && !text.contains(">From")
        );
    }

    #[test]
    fn what_is_no_message_is_none() {
        // Words without the blank line before them would be lost, and so would a recipient.
        let no_end = "From: me@example.com\nTo: a@x.example\nhello\n";
        for raw in ["", "\n\n", "hello there\n", "\u{0}\u{0}", no_end, "To: a@x.example\nCc b@x.example\n\nx\n"] {
            assert_eq!(super::given(raw.as_bytes(), "x@y.example", Timestamp(0)), None, "{raw:?}");
        }
    }
}
