//! A message as it came, on its way again: as a part of another, or under the name of whoever wrote it.

use crate::letter::parts::LARGEST;
use std::io::{self, Read};

use crate::letter::clean;

/// No server takes a longer line.
const LONGEST_LINE: usize = 998;

/// Every byte of something that is read.
pub(super) fn read(from: Box<dyn Read + '_>, size: u64) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    let expected = usize::try_from(size.min(LARGEST)).unwrap_or_default();
    raw.try_reserve_exact(expected).map_err(|_| io::ErrorKind::OutOfMemory)?;
    from.take(LARGEST + 1).read_to_end(&mut raw)?;
    if u64::try_from(raw.len()).unwrap_or(u64::MAX) > LARGEST {
        Err(io::ErrorKind::FileTooLarge.into())
    } else {
        Ok(raw)
    }
}

/// A message in lines that a server takes: nothing but what ends them is changed, and who got it without the others
/// knowing is left out. The bytes come back where that cannot be.
pub(super) fn in_lines(raw: Vec<u8>) -> Result<Vec<u8>, Vec<u8>> {
    let mut lines = raw.split(|byte| *byte == b'\n').peekable();
    let (mut is_good, mut has_bare) = (memchr::memchr(0, &raw).is_none(), false);
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        let inner = line.strip_suffix(b"\r").unwrap_or(line);
        has_bare |= !is_last && inner.len() == line.len();
        is_good &= inner.len() <= LONGEST_LINE && memchr::memchr(b'\r', inner).is_none();
        is_good &= !is_last || inner.len() == line.len();
    }
    if !is_good || raw.is_empty() {
        return Err(raw);
    }
    let cut = hidden(&raw);
    if cut.is_empty() && !has_bare && raw.ends_with(b"\n") {
        return Ok(raw);
    }
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 16);
    let mut at = 0;
    let mut cut = cut.into_iter().peekable();
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        while cut.next_if(|range| range.end <= at).is_some() {}
        if cut.peek().is_none_or(|range| at < range.start) {
            let inner = line.strip_suffix(b"\n").unwrap_or(line);
            out.extend_from_slice(inner.strip_suffix(b"\r").unwrap_or(inner));
            out.extend_from_slice(b"\r\n");
        }
        at += line.len();
    }
    Ok(out)
}

/// Where fields stand in the head that do not leave, in order: hidden recipients, and the line of a mailbox file.
fn hidden(raw: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    let (mut at, mut goes_on) = (0, false);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        let is_continued = matches!(line.first(), Some(b' ' | b'\t'));
        let named = |name: &[u8]| {
            line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && line.get(name.len()..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"))
        };
        goes_on = if is_continued && at > 0 { goes_on } else { named(b"bcc") || named(b"resent-bcc") };
        let is_envelope = at == 0 && (line.starts_with(b"From ") || line.starts_with(b">From "));
        if goes_on || is_envelope {
            let end = at + line.len();
            match found.last_mut().filter(|last| last.end == at) {
                Some(last) => last.end = end,
                None => found.push(at..end),
            }
        }
        at += line.len();
    }
    found
}

/// What a message inside is called.
pub(super) fn name(said: &str) -> String {
    let name = clean::line(said, 200);
    let ends = name.get(name.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".eml"));
    if ends { name } else { format!("{name}.eml") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ends_lines_is_changed() {
        let whole = b"From: a\r\n\r\nwords\r\n".to_vec();
        assert_eq!(in_lines(whole.clone()), Ok(whole.clone()));
        assert_eq!(in_lines(b"From: a\n\nwords".to_vec()), Ok(whole.clone()));
        assert_eq!(in_lines(b"From x Mon\nBcc: y,\n z\nFrom: a\nBCC : x\n\nwords\n".to_vec()), Ok(whole));
        assert_eq!(in_lines(b"A: b\n\nBcc: text\n".to_vec()), Ok(b"A: b\r\n\r\nBcc: text\r\n".to_vec()));
        for bad in [b"A: b\n\na\rb\n".to_vec(), b"A: b\n\n\0\n".to_vec(), vec![b'x'; 999], b"a\r".to_vec()] {
            assert_eq!(in_lines(bad.clone()), Err(bad));
        }
    }

    #[test]
    fn a_field_of_a_million_lines_is_left_out_at_once() {
        let mut whole = Vec::new();
        for field in ["Bcc: a\n x\n", "A: b\n", "Bcc: a\n"] {
            whole.extend_from_slice(field.repeat(100_000).as_bytes());
        }
        whole.extend_from_slice(&b" x\n".repeat(1_000_000));
        whole.extend_from_slice(b"To: c\n\nwords\n");
        let begun = crate::model::clock::instant();
        let out = in_lines(whole).unwrap();
        assert_eq!(out.len(), "A: b\r\n".len() * 100_000 + "To: c\r\n\r\nwords\r\n".len());
        // One look at every range for every line takes an hour.
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    }

    #[test]
    fn fields_that_stay_may_stand_between_those_that_do_not() {
        let mixed = "Bcc: a\n b\nTo: c\nBcc: d\nResent-Bcc: e\nCc: f\n g\n\nBcc: words\n";
        assert_eq!(in_lines(mixed.as_bytes().to_vec()), Ok(b"To: c\r\nCc: f\r\n g\r\n\r\nBcc: words\r\n".to_vec()));
    }
}
