//! The fields at the head of a part, and what is said in their values: kinds and parameters.
//!
//! They are read where they lie, as ranges of the message; only what is asked for is copied, and never more of it than an
//! honest sender writes.

use std::ops::Range;

use memchr::memchr;

/// Of a field that describes a part, this much is read. The longest honest one names a file in a far alphabet.
const LONGEST_VALUE: usize = 8 * 1024;

/// A longer word before a colon is no name of a field.
const LONGEST_NAME: usize = 128;

/// More parameters than this are not looked at.
const MOST_PARAMETERS: usize = 256;

/// What describes a part. Where a field stands twice the first counts.
#[derive(Clone, Default, Debug)]
pub(super) struct Fields {
    pub(super) content_type: Range<usize>,
    pub(super) disposition: Range<usize>,
    pub(super) transfer: Range<usize>,
    pub(super) id: Range<usize>,
    /// Where what they describe begins.
    pub(super) end: usize,
}

/// Reads the fields from `from` on. Where `strict`, a line that is no field ends them; the head of a message may have
/// rubbish in it. `is_boundary` tells lines at which the part is over before it began.
pub(super) fn read(raw: &[u8], from: usize, strict: bool, is_boundary: impl Fn(&[u8]) -> bool) -> Fields {
    let mut fields = Fields::default();
    let (mut at, mut any) = (from, false);
    // Where lines begin that are no fields and that no field follows.
    let mut rubbish = None;
    // Where what may be the words of the message begins: what no program calls a field.
    let (mut words, mut ended) = (None, false);
    while at < raw.len() {
        let rest = raw.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") && is_boundary(first_line(rest)) {
            break;
        }
        let (line, end) = line(raw, at);
        match line {
            Line::Blank if any || strict || rubbish.is_some() => {
                (at, ended) = (end, true);
                break;
            }
            Line::Other if strict => break,
            Line::Blank => {}
            Line::Other => rubbish = rubbish.or(Some(at)),
            Line::Field { name, value } => {
                any = true;
                rubbish = None;
                words = may_be_words(raw.get(name.clone()).unwrap_or_default()).then(|| words.unwrap_or(at));
                let kept = match raw.get(name).unwrap_or_default() {
                    name if name.eq_ignore_ascii_case(b"content-type") => Some(&mut fields.content_type),
                    name if name.eq_ignore_ascii_case(b"content-disposition") => Some(&mut fields.disposition),
                    name if name.eq_ignore_ascii_case(b"content-transfer-encoding") => Some(&mut fields.transfer),
                    name if name.eq_ignore_ascii_case(b"content-id") => Some(&mut fields.id),
                    _ => None,
                };
                if let Some(kept) = kept.filter(|kept| kept.start == kept.end) {
                    *kept = value;
                }
            }
        }
        at = end;
    }
    // Nothing would be left where the blank line was forgotten.
    if let Some(words) = words.filter(|_| !ended) {
        fields.end = words;
        return fields;
    }
    // Words without any field before them are words, and so are words behind the last field.
    fields.end = if any || strict { rubbish.unwrap_or(at) } else { from };
    fields
}

/// True if a line that looks like a field may be a sentence with a colon. Fields of one word are few, and known.
fn may_be_words(name: &[u8]) -> bool {
    const KNOWN: [&[u8]; 28] = [
        b"from",
        b"to",
        b"cc",
        b"bcc",
        b"date",
        b"subject",
        b"sender",
        b"received",
        b"comments",
        b"keywords",
        b"organization",
        b"organisation",
        b"references",
        b"precedence",
        b"priority",
        b"importance",
        b"sensitivity",
        b"encrypted",
        b"newsgroups",
        b"path",
        b"lines",
        b"xref",
        b"status",
        b"autocrypt",
        b"supersedes",
        b"approved",
        b"expires",
        b"mailer",
    ];
    !name.contains(&b'-') && !KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known))
}

enum Line {
    Field { name: Range<usize>, value: Range<usize> },
    Blank,
    Other,
}

/// What begins at `from`, and where it ends: a field with the lines that continue it, or one line.
fn line(bytes: &[u8], from: usize) -> (Line, usize) {
    let rest = bytes.get(from..).unwrap_or_default();
    let line = first_line(rest);
    let next = (from + line.len() + 1).min(bytes.len());
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return (Line::Blank, next);
    }
    let Some(colon) = memchr(b':', line.get(..LONGEST_NAME).unwrap_or(line)) else { return (Line::Other, next) };
    let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return (Line::Other, next);
    }
    let mut end = next;
    while matches!(bytes.get(end), Some(b' ' | b'\t')) {
        let more = first_line(bytes.get(end..).unwrap_or_default());
        end = (end + more.len() + 1).min(bytes.len());
    }
    (Line::Field { name: from..from + name.len(), value: from + colon + 1..end }, end)
}

/// Up to the line break, without it.
pub(super) fn first_line(rest: &[u8]) -> &[u8] {
    rest.get(..memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default()
}

/// The value of a field on one line.
pub(super) fn value(raw: &[u8], at: &Range<usize>) -> Vec<u8> {
    let lines = raw.get(at.start..at.end.min(at.start.saturating_add(LONGEST_VALUE))).unwrap_or_default();
    let one: Vec<u8> = lines.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    one.trim_ascii().to_vec()
}

/// Blocks of fields with blank lines between them, as reports have them: names in lower case and values.
pub(super) fn blocks(report: &[u8], most: usize) -> Vec<Vec<(String, Vec<u8>)>> {
    let (mut blocks, mut block) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < report.len() && blocks.len() < most {
        let (line, end) = line(report, at);
        match line {
            Line::Field { name, value: lines } if block.len() < 64 => {
                let name = String::from_utf8_lossy(report.get(name).unwrap_or_default()).to_ascii_lowercase();
                block.push((name, value(report, &lines)));
            }
            Line::Blank if !block.is_empty() => blocks.push(std::mem::take(&mut block)),
            _ => {}
        }
        at = end;
    }
    if !block.is_empty() && blocks.len() < most {
        blocks.push(block);
    }
    blocks
}

/// `text/html`, in lower case, of a Content-Type; empty if there is none.
pub(super) fn kind(value: &[u8]) -> String {
    let mut kind = Vec::new();
    let mut depth = 0_usize;
    for byte in value {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b';' | b',' if depth == 0 => break,
            // A semicolon was forgotten.
            _ if depth == 0 && byte.is_ascii_whitespace() && kind.contains(&b'/') && !kind.ends_with(b"/") => break,
            _ if depth > 0 || byte.is_ascii_whitespace() || *byte == b'"' => {}
            _ => kind.push(byte.to_ascii_lowercase()),
        }
    }
    kind.truncate(200);
    String::from_utf8_lossy(&kind).into_owned()
}

/// A parameter of a Content-Type or a Content-Disposition; pieces of it (`boundary*0=`) are put together.
pub(super) fn parameter(value: &[u8], wanted: &str) -> Option<Vec<u8>> {
    let mut pieces: Vec<(u32, Vec<u8>)> = Vec::new();
    for (name, said) in parameters(value) {
        let Some(rest) = name.get(..wanted.len()).filter(|start| start.eq_ignore_ascii_case(wanted.as_bytes())) else {
            continue;
        };
        let rest = name.get(rest.len()..).unwrap_or_default();
        if rest.is_empty() {
            return Some(said);
        }
        let Some(rest) = rest.strip_prefix(b"*") else { continue };
        let (number, encoded) = match rest.strip_suffix(b"*") {
            Some(number) => (number, true),
            None => (rest, rest.is_empty()),
        };
        let number: u32 = std::str::from_utf8(number).ok().and_then(|n| n.parse().ok()).unwrap_or(0);
        pieces.push((number, if encoded { percent_decoded(&said, number == 0) } else { said }));
    }
    pieces.sort_by_key(|(number, _)| *number);
    (!pieces.is_empty()).then(|| pieces.into_iter().flat_map(|(_, piece)| piece).collect())
}

fn percent_decoded(said: &[u8], first: bool) -> Vec<u8> {
    // `charset'language'` before the first piece.
    let mut rest = said;
    if first
        && let Some(charset) = memchr(b'\'', said)
        && let Some(language) = memchr(b'\'', said.get(charset + 1..).unwrap_or_default())
    {
        rest = said.get(charset + language + 2..).unwrap_or_default();
    }
    percents(rest)
}

/// Undoes `%E6`.
pub(super) fn percents(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%'
            && let [high, low, tail @ ..] = after
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            out.push(u8::try_from(high * 16 + low).unwrap_or_default());
            rest = tail;
        } else {
            out.push(*first);
        }
    }
    out
}

/// Names and values behind the first semicolon.
fn parameters(value: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let mut now = (Vec::new(), Vec::new());
    let (mut named, mut quoted, mut comment, mut was_quoted) = (false, false, 0_usize, false);
    let mut bytes = value.iter().copied();
    let mut first = true;
    loop {
        let byte = bytes.next();
        match byte {
            Some(b'\\') if quoted || comment > 0 => {
                if let Some(next) = bytes.next()
                    && comment == 0
                {
                    // GBK has this byte as the second one of characters; nobody escapes a letter.
                    if !matches!(next, b'"' | b'\\') {
                        now.1.push(b'\\');
                    }
                    now.1.push(next);
                }
            }
            Some(b'"') if comment == 0 && named => (quoted, was_quoted) = (!quoted, true),
            Some(byte) if quoted => now.1.push(byte),
            // `a(1).pdf` is no comment.
            Some(b'(') if !named || comment > 0 || now.1.last().is_none_or(u8::is_ascii_whitespace) => comment += 1,
            Some(b')') if comment > 0 => comment -= 1,
            Some(_) if comment > 0 => {}
            Some(b';') | None => {
                let (name, said) = std::mem::take(&mut now);
                if named && !first {
                    let said = if was_quoted { said } else { said.trim_ascii().to_vec() };
                    found.push((name, said));
                }
                (named, was_quoted, quoted, first) = (false, false, false, false);
                if byte.is_none() || found.len() >= MOST_PARAMETERS {
                    return found;
                }
            }
            Some(b'=') if !named => named = true,
            Some(byte) if !named && byte.is_ascii_whitespace() => {}
            Some(byte) if named && was_quoted && byte.is_ascii_whitespace() => {}
            Some(byte) => (if named { &mut now.1 } else { &mut now.0 }).push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_words_without_comments() {
        for (value, said) in [
            ("Text/HTML; charset=x", "text/html"),
            ("message (x) / rfc822", "message/rfc822"),
            ("multipart/mixed boundary=x", "multipart/mixed"),
            ("", ""),
        ] {
            assert_eq!(kind(value.as_bytes()), said);
        }
    }

    #[test]
    fn parameters_as_they_are_written() {
        let value = b"multipart/mixed; a=b (c;d=e); boundary=\"x;\\\"y\" ; Boundary2 = z ;c*0=one; c*1*=%20two; d*=utf-8'en'%E9%B8%BF; e=\"open";
        let read = |name| parameter(value, name).map(|said| String::from_utf8(said).unwrap());
        assert_eq!(read("a").as_deref(), Some("b"));
        assert_eq!(read("boundary").as_deref(), Some("x;\"y"));
        assert_eq!(read("boundary2").as_deref(), Some("z"));
        assert_eq!(read("c").as_deref(), Some("one two"));
        assert_eq!(read("d").as_deref(), Some("鸿"));
        assert_eq!(read("e").as_deref(), Some("open"));
        assert_eq!(read("f"), None);
    }

    #[test]
    fn what_is_no_field_ends_the_head_of_a_part_but_not_of_a_message() {
        let raw = b"Content-Type: a/b\r\n c=d\r\nno field\r\nContent-ID: <x>\r\n\r\nbody";
        assert_eq!(&raw[read(raw, 0, true, |_| false).end..], b"no field\r\nContent-ID: <x>\r\n\r\nbody");
        let fields = read(raw, 0, false, |_| false);
        assert_eq!(&raw[fields.end..], b"body");
        assert_eq!((value(raw, &fields.content_type), value(raw, &fields.id)), (b"a/b c=d".to_vec(), b"<x>".to_vec()));
        assert_eq!(read(b"words\n\nmore", 0, false, |_| false).end, 0);
        let raw = b"Subject: s\nno blank line\nbefore this\n\nmore";
        assert_eq!(&raw[read(raw, 0, false, |_| false).end..], b"no blank line\nbefore this\n\nmore");
    }
}
