//! Where the parts of a message are.

use std::ops::Range;

use super::header::{cut, first, line};
use super::mime::{self, Value};

/// Parts nested deeper than this are not looked into.
const DEPTH: usize = 32;

#[derive(Clone, Debug)]
pub(super) struct Part {
    /// With the empty line that ends it.
    pub(super) header: Range<usize>,
    pub(super) body: Range<usize>,
    pub(super) kind: Value,
    pub(super) inside: Inside,
}

#[derive(Clone, Debug)]
pub(super) enum Inside {
    Leaf,
    Parts(Vec<Part>),
    Message(Box<Part>),
}

impl Part {
    pub(super) fn of(raw: &[u8]) -> Self {
        part(raw, 0..raw.len(), "text/plain", 0)
    }

    /// The two halves of the kind.
    pub(super) fn kind(&self) -> (&str, &str) {
        self.kind.kind.split_once('/').unwrap_or(("text", "plain"))
    }

    /// The part with that number. A message that is not a multipart has itself as part 1.
    pub(super) fn numbered(&self, number: &[u32]) -> Option<&Self> {
        let Some((at, rest)) = number.split_first() else { return Some(self) };
        match &self.inside {
            Inside::Parts(parts) => {
                let at = usize::try_from(*at).ok()?.checked_sub(1)?;
                parts.get(at)?.below(rest)
            }
            Inside::Leaf | Inside::Message(_) if *at == 1 && rest.is_empty() => Some(self),
            Inside::Message(_) if *at == 1 => self.below(rest),
            Inside::Leaf | Inside::Message(_) => None,
        }
    }

    fn below(&self, rest: &[u32]) -> Option<&Self> {
        match &self.inside {
            _ if rest.is_empty() => Some(self),
            Inside::Message(message) => message.numbered(rest),
            Inside::Parts(_) => self.numbered(rest),
            // Dovecot takes a leaf for its own part 1.
            Inside::Leaf => Some(self).filter(|_| rest == [1]),
        }
    }
}

fn part(raw: &[u8], range: Range<usize>, default: &str, depth: usize) -> Part {
    let start = range.start;
    let mut rest = cut(raw, &range);
    let mut body = start;
    while let Some((one, tail)) = line(rest) {
        body += one.len();
        rest = tail;
        if matches!(one, b"\r\n" | b"\n") {
            break;
        }
    }
    let header = start..body;
    let body = body..range.end;
    let mut kind = first(cut(raw, &header), "Content-Type").map(|v| mime::value(&v)).unwrap_or_default();
    if !kind.kind.contains('/') {
        kind = Value { kind: default.to_owned(), params: Vec::new() };
    }
    let lower = kind.kind.to_ascii_lowercase();
    let inside = if depth >= DEPTH {
        Inside::Leaf
    } else if lower.starts_with("multipart/") {
        let within = if lower == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let ranges = kind.param("boundary").map(|b| split(raw, &body, b)).unwrap_or_default();
        Inside::Parts(ranges.into_iter().map(|r| part(raw, r, within, depth + 1)).collect())
    } else if lower == "message/rfc822" {
        Inside::Message(Box::new(part(raw, body.clone(), "text/plain", depth + 1)))
    } else {
        Inside::Leaf
    };
    Part { header, body, kind, inside }
}

/// The ranges between the boundaries. The end of line before a boundary belongs to it.
fn split(raw: &[u8], body: &Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = body.start;
    let mut rest = cut(raw, body);
    while let Some((one, tail)) = line(rest) {
        let delimits = one.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary)).map(|l| l.trim_ascii_end());
        if matches!(delimits, Some(b"" | b"--")) {
            if let Some(from) = open.take() {
                let content = cut(raw, &(from..at));
                let content = content.strip_suffix(b"\n").unwrap_or(content);
                let content = content.strip_suffix(b"\r").unwrap_or(content);
                found.push(from..from + content.len());
            }
            if delimits == Some(b"--") {
                return found;
            }
            open = Some(at + one.len());
        }
        at += one.len();
        rest = tail;
    }
    if let Some(from) = open {
        found.push(from..body.end);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::PLAIN;

    #[test]
    fn parts_end_before_the_line_break_of_the_boundary() {
        let raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\n\
            Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ninner\r\n--b--\r\nepilogue\r\n";
        let whole = Part::of(raw);
        let text = |number: &[u32]| whole.numbered(number).map(|p| cut(raw, &p.body));
        assert_eq!(text(&[1]), Some(&b"one"[..]));
        assert_eq!(text(&[2]), Some(&b"Subject: x\r\n\r\ninner"[..]));
        assert_eq!(text(&[2, 1]), Some(&b"inner"[..]));
        assert_eq!(text(&[3]), None);
        assert_eq!(text(&[1, 2]), None);
        assert_eq!(text(&[2, 1, 2]), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_have_a_structure_that_lies_within_them(
            pieces in proptest::collection::vec(proptest::sample::select(vec![
                "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n", "\r\n", "--b\r\n", "--b--\r\n",
                "Content-Type: text/plain; name*0*=x; name*1=\"\r\n", "Subject: =?utf-8?B?\r\n", "To: <a@b, \"c\" (d\r\n", " folded\r\n",
                "text\r\n", "\n", "\r", ":", "From", "--b",
            ]), 0..30),
        ) {
            let raw = pieces.concat().into_bytes();
            let whole = Part::of(&raw);
            let mut out = Vec::new();
            super::super::answer::body_structure(&raw, &whole, true, &PLAIN.toggles, &mut out);
            super::super::answer::envelope(cut(&raw, &whole.header), PLAIN.toggles.envelope, &mut out);
            proptest::prop_assert!(out.starts_with(b"(") && out.ends_with(b")"));
            proptest::prop_assert!(whole.body.end <= raw.len() && whole.header.end == whole.body.start);
        }
    }
}
