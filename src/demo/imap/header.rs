//! The header of a message or of a part, field by field, as bytes.

use std::ops::Range;

/// The bytes at a place; none if there is no such place.
pub(super) fn cut<'a>(raw: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    raw.get(range.clone()).unwrap_or_default()
}

/// One line with its end of line, and what follows it.
pub(super) fn line(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
    if rest.is_empty() { None } else { rest.split_at_checked(end) }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    /// After the colon, with folds and all, without the last end of line.
    pub(super) value: &'a [u8],
    /// All of it, with its end of line.
    pub(super) whole: &'a [u8],
}

/// The fields of a header, in their order. Lines that are no field are left out.
pub(super) fn fields(header: &[u8]) -> impl Iterator<Item = Field<'_>> {
    let mut rest = header;
    std::iter::from_fn(move || {
        loop {
            let before = rest;
            let (first, mut tail) = line(rest)?;
            let mut length = first.len();
            while let Some((next, after)) = line(tail)
                && matches!(next.first(), Some(b' ' | b'\t'))
            {
                length += next.len();
                tail = after;
            }
            rest = tail;
            let whole = before.get(..length)?;
            let Some(colon) = whole.iter().position(|b| *b == b':') else { continue };
            let (name, value) = whole.split_at_checked(colon)?;
            let name = name.trim_ascii_end();
            let Ok(name) = std::str::from_utf8(name) else { continue };
            if name.is_empty() || name.bytes().any(|b| b <= b' ') {
                continue;
            }
            let value = value.strip_prefix(b":").unwrap_or(value);
            let value = value.strip_suffix(b"\n").unwrap_or(value);
            let value = value.strip_suffix(b"\r").unwrap_or(value);
            return Some(Field { name, value, whole });
        }
    })
}

/// The first field of that name, unfolded.
pub(super) fn first(header: &[u8], name: &str) -> Option<Vec<u8>> {
    fields(header).find(|f| f.name.eq_ignore_ascii_case(name)).map(|f| unfolded(f.value))
}

/// One line: a fold becomes a space.
pub(super) fn unfolded(value: &[u8]) -> Vec<u8> {
    let mut one = Vec::with_capacity(value.len());
    let mut folded = false;
    for byte in value.trim_ascii() {
        match byte {
            b'\r' => {}
            b'\n' => folded = true,
            b'\t' if folded => {
                one.push(b' ');
                folded = false;
            }
            other => {
                one.push(*other);
                folded = false;
            }
        }
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_folds_and_odd_lines_are_passed_over() {
        let header = b"From: a\r\nnonsense\r\nSubject: one\r\n\t two\r\nX-Empty:\r\n\r\n";
        let seen: Vec<_> = fields(header).map(|f| (f.name, f.whole.len())).collect();
        assert_eq!(seen, [("From", 9), ("Subject", 21), ("X-Empty", 10)]);
        assert_eq!(first(header, "SUBJECT").unwrap(), b"one  two");
        assert_eq!(first(header, "x-empty").unwrap(), b"");
        assert_eq!(first(header, "Date"), None);
    }
}
