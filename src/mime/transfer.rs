//! Content-Transfer-Encoding → bytes, and files that stand encoded in the middle of a text. Broken encodings give what is
//! in them.

use std::ops::Range;

use super::word::hex;
use crate::text::Text;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Transfer {
    Plain,
    QuotedPrintable,
    Base64,
}

pub(super) fn decode(encoded: &[u8], how: Transfer) -> Vec<u8> {
    match how {
        Transfer::Plain => encoded.to_vec(),
        Transfer::Base64 => base64(encoded),
        Transfer::QuotedPrintable => quoted_printable(encoded),
    }
}

/// Without its padding, with blanks, and with lines of others in between: a list adds its footer to everything.
fn base64(encoded: &[u8]) -> Vec<u8> {
    well_formed_base64(encoded).unwrap_or_else(|| other_base64(encoded))
}

fn other_base64(encoded: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(encoded.len());
    let mut ended = false;
    for line in encoded.split(|b| *b == b'\n') {
        let line = line.trim_ascii();
        let is_digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
        let blank = line.iter().any(|b| b.is_ascii_whitespace());
        let foreign = line.iter().any(|b| !(is_digit(b) || *b == b'=' || b.is_ascii_whitespace()));
        let digits = line.iter().filter(|b| is_digit(b)).count();
        // After the end only what is whole may go on: somebody put two together.
        let padding = line.iter().rev().take_while(|b| **b == b'=').count();
        let whole = !blank && !foreign && (digits + padding).is_multiple_of(4);
        let is_other = foreign && (blank || digits * 2 < line.len());
        if is_other || (ended && !whole) {
            continue;
        }
        ended |= padding > 0;
        kept.extend(line.iter().filter(|b| is_digit(b) || **b == b'='));
    }
    super::word::base64(&kept)
}

/// As nearly all of it is: nothing but digits and ends of lines, and its padding at the end. Each byte is looked at once.
fn well_formed_base64(encoded: &[u8]) -> Option<Vec<u8>> {
    let encoded = encoded.trim_ascii_end();
    let padding = encoded.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let digits = encoded.get(..encoded.len() - padding)?;
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0_u32, 0_u8);
    let mut rest = digits;
    while !rest.is_empty() {
        // Four at a time as far as there are four.
        if held == 0
            && let Some(([a, b, c, d], after)) = rest.split_first_chunk()
        {
            let four = [a, b, c, d].map(|digit| SIX_BITS.get(usize::from(*digit)).copied().unwrap_or(OTHER));
            if four.iter().all(|six| *six < END_OF_LINE) {
                let [a, b, c, d] = four.map(u32::from);
                let [_, first, second, third] = (a << 18 | b << 12 | c << 6 | d).to_be_bytes();
                out.extend_from_slice(&[first, second, third]);
                rest = after;
                continue;
            }
        }
        let (digit, after) = rest.split_first()?;
        rest = after;
        match SIX_BITS.get(usize::from(*digit)).copied().unwrap_or(OTHER) {
            OTHER => return None,
            END_OF_LINE => {}
            six => {
                bits = bits << 6 | u32::from(six);
                held += 1;
                if held == 4 {
                    let [_, first, second, third] = bits.to_be_bytes();
                    out.extend_from_slice(&[first, second, third]);
                    (bits, held) = (0, 0);
                }
            }
        }
    }
    // What is left must be what its padding says, or have none.
    match (held, padding) {
        (0, 0) => {}
        (2, 0 | 2) => out.push((bits << 12).to_be_bytes()[1]),
        (3, 0 | 1) => {
            let [_, first, second, _] = (bits << 6).to_be_bytes();
            out.extend_from_slice(&[first, second]);
        }
        _ => return None,
    }
    Some(out)
}

const END_OF_LINE: u8 = 64;
const OTHER: u8 = 255;

/// What a byte stands for.
#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "done by the compiler, or not at all")]
const SIX_BITS: [u8; 256] = {
    let mut table = [OTHER; 256];
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at = 0;
    while at < digits.len() {
        table[digits[at] as usize] = at as u8;
        at += 1;
    }
    table[b'\r' as usize] = END_OF_LINE;
    table[b'\n' as usize] = END_OF_LINE;
    table
};

fn quoted_printable(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len());
    for line in encoded.split_inclusive(|b| *b == b'\n') {
        let (text, ended) = match line.strip_suffix(b"\n") {
            Some(text) => (trimmed(text, b"\r"), true),
            None => (line, false),
        };
        // Blanks at the end of a line were added on the way.
        let text = trimmed(text, b" \t");
        let (text, goes_on) = match text.strip_suffix(b"=") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let mut rest = text;
        while let Some((first, tail)) = rest.split_first() {
            rest = tail;
            match (first, tail) {
                (b'=', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                    (Some(high), Some(low)) => {
                        out.push(high << 4 | low);
                        rest = after;
                    }
                    _ => out.push(b'='),
                },
                (byte, _) => out.push(*byte),
            }
        }
        if ended && !goes_on {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

fn trimmed<'a>(line: &'a [u8], added: &[u8]) -> &'a [u8] {
    let kept = line.iter().rposition(|b| !added.contains(b)).map_or(0, |at| at + 1);
    line.get(..kept).unwrap_or(line)
}

/// A file in the middle of a text.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Inline {
    /// Where in the text it stands, with its first and its last line.
    pub(super) at: Range<usize>,
    pub(super) name: Text,
    pub(super) how: InlineEncoding,
    /// What is in it; nothing where it is only listed.
    pub(super) bytes: Vec<u8>,
    /// How large it is, or says that it is.
    pub(super) size: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum InlineEncoding {
    Uuencode,
    /// Of the news. It is not decoded.
    YEnc,
}

/// More files in one text are somebody's joke.
const MOST_INLINE: usize = 100;
/// A longer line is of no such file.
const LONGEST_LINE: usize = 1_000;

/// So much is in a line of uuencode.
const USUAL_LENGTH: usize = 45;

/// The files that stand in a text by uuencode or yEnc, in order. `context` is how their names are written.
#[allow(dead_code, reason = "whoever reads the whole message asks")]
pub(super) fn uuencoded(text: &[u8], context: Option<&'static str>) -> Vec<Inline> {
    let mut found = Vec::new();
    let mut lines = Lines { text, at: 0 };
    while found.len() < MOST_INLINE {
        let begins = lines.at;
        let Some(line) = lines.next() else { break };
        let behind = Lines { text, at: lines.at };
        let file = if let Some(name) = uuencode_begins(line) {
            uuencode(behind).map(|(bytes, ends)| {
                let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                (name, InlineEncoding::Uuencode, bytes, size, ends)
            })
        } else if let Some((name, size)) = yenc_begins(line) {
            yenc_end(behind).map(|ends| (name, InlineEncoding::YEnc, Vec::new(), size, ends))
        } else {
            None
        };
        if let Some((name, how, bytes, size, ends)) = file {
            let name = Text::new(super::word::decode(name.trim_ascii(), context));
            found.push(Inline { at: begins..ends, name, how, bytes, size });
            lines.at = ends;
        }
    }
    found
}

#[derive(Clone, Copy)]
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        self.at += end;
        rest.get(..end).map(|line| trimmed(line, b"\r\n"))
    }
}

/// `begin 644 name`.
fn uuencode_begins(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"begin ")?;
    let digits = rest.iter().position(|b| !matches!(b, b'0'..=b'7'))?;
    let name = rest.get(digits..)?.strip_prefix(b" ")?;
    ((3..=4).contains(&digits) && !name.trim_ascii().is_empty() && line.len() <= LONGEST_LINE).then_some(name)
}

/// What is in the lines up to `end`, and where that line ends. Each line says how much is in it, and some of them lie.
fn uuencode(mut lines: Lines<'_>) -> Option<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    let (mut any, mut all_right) = (false, true);
    loop {
        let Some(line) = lines.next() else {
            // The rest of the message was cut off, if it is no words in capital letters.
            return (any && all_right).then_some((bytes, lines.at));
        };
        if line == b"end" {
            return any.then_some((bytes, lines.at));
        }
        let Some((first, digits)) = line.split_first() else { continue };
        if line.len() > LONGEST_LINE || !line.iter().all(|b| matches!(b, b' '..=b'`')) {
            return None;
        }
        let length = usize::from((first - b' ') & 0x3f);
        let begin = bytes.len();
        let value = |b: Option<&u8>| b.map_or(0, |b| u32::from((b - b' ') & 0x3f));
        for four in digits.chunks(4) {
            let bits = (0..4).fold(0, |bits, at| bits << 6 | value(four.get(at)));
            bytes.extend(bits.to_be_bytes().iter().skip(1));
        }
        bytes.truncate(begin + length);
        // Blanks at the end are zeros, and get lost on the way.
        if length <= USUAL_LENGTH {
            bytes.resize(begin + length, 0);
        }
        all_right &= digits.len() >= length.div_ceil(3) * 4 || lines.at >= lines.text.len();
        any = true;
    }
}

/// `=ybegin line=128 size=123 name=x`: the name and the size.
fn yenc_begins(line: &[u8]) -> Option<(&[u8], u64)> {
    let rest = line.strip_prefix(b"=ybegin ").filter(|_| line.len() <= LONGEST_LINE)?;
    let name = memchr::memmem::find(rest, b" name=").and_then(|at| rest.get(at + 6..))?;
    let size = memchr::memmem::find(rest, b"size=").and_then(|at| rest.get(at + 5..))?;
    let digits = size.iter().position(|b| !b.is_ascii_digit()).unwrap_or(size.len());
    let size = std::str::from_utf8(size.get(..digits)?).ok()?.parse().ok()?;
    Some((name, size))
}

fn yenc_end(mut lines: Lines<'_>) -> Option<usize> {
    loop {
        let line = lines.next()?;
        if line.starts_with(b"=yend") {
            return Some(lines.at);
        }
        if line.starts_with(b"=ybegin ") {
            return None;
        }
    }
}

#[cfg(test)]
mod tests;
