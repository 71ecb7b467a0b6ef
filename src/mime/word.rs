//! RFC 2047 encoded words, as they are written and not only as they should be.
//!
//! Senders cut a Chinese character in two and put each half into a word of its own, so the *bytes* of neighbours with the
//! same charset are joined before they are decoded; some cut the base64 itself, so that is joined too.

use super::charset::{self, Hints};

/// A longer name of a charset is none.
const LONGEST_LABEL: usize = 60;

/// Decodes an unfolded header value. `context` is how the rest of the message was written, for what says nothing of itself.
pub(super) fn decode(value: &[u8], context: Option<&'static str>) -> String {
    if memchr::memmem::find(value, b"=?").is_none() {
        return plain(value, context);
    }
    let context = context.or_else(|| if value.is_ascii() { None } else { charset_of(value) });
    let mut text = String::with_capacity(value.len());
    let mut run = Run::default();
    let mut blanks: &[u8] = &[];
    let mut rest = value;
    while !rest.is_empty() {
        if let Some((word, after)) = read_word(rest) {
            if run.charset.is_none_or(|same| !is_same(same, word.charset)) {
                run.close(context, &mut text);
            }
            run.add(&word);
            // Blanks between two words are not part of the text; they are kept until it is known what follows.
            (blanks, rest) = split_blanks(after);
            continue;
        }
        run.close(context, &mut text);
        text.push_str(&String::from_utf8_lossy(blanks));
        blanks = &[];
        let next = memchr::memmem::find(rest.get(1..).unwrap_or_default(), b"=?").map_or(rest.len(), |at| at + 1);
        let (before, after) = rest.split_at(next);
        text.push_str(&plain(before, context));
        rest = after;
    }
    run.close(context, &mut text);
    text
}

/// How the words in it are written: the first charset that says more than that it is the usual one.
pub(super) fn charset_of(bytes: &[u8]) -> Option<&'static str> {
    memchr::memmem::find_iter(bytes, b"=?")
        .filter_map(|at| beginning(bytes.get(at..)?))
        .filter_map(|(label, ..)| charset::name_of(label))
        .find(|name| !matches!(*name, "utf-8" | "windows-1252"))
}

/// How long the word is that stands at the start of `input`, if it has an end.
pub(super) fn length(input: &[u8]) -> Option<usize> {
    let (_, after) = read_word(input)?;
    let length = input.len() - after.len();
    input.get(..length)?.ends_with(b"?=").then_some(length)
}

fn plain(bytes: &[u8], context: Option<&'static str>) -> String {
    charset::read(bytes, &Hints { context, ..Hints::default() }).0
}

fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || charset::name_of(one).is_some_and(|name| charset::name_of(other).is_some_and(|same| same == name))
}

/// Words with one charset that stand beside each other.
#[derive(Default)]
struct Run<'a> {
    charset: Option<&'a str>,
    bytes: Vec<u8>,
    /// Base64 that the last word left unfinished.
    open: Base64,
    /// The same with each word for itself, as soon as that is not the same.
    apart: Option<Vec<u8>>,
}

impl<'a> Run<'a> {
    fn add(&mut self, word: &Word<'a>) {
        self.charset = Some(word.charset);
        let was_open = self.open.is_open() && word.is_base64;
        if was_open && self.apart.is_none() {
            self.apart = Some(self.bytes.clone());
        }
        if let Some(apart) = &mut self.apart {
            word.decode_into(&mut Base64::default(), apart);
        }
        if !was_open {
            self.open = Base64::default();
        }
        word.decode_into(&mut self.open, &mut self.bytes);
    }

    fn close(&mut self, context: Option<&'static str>, text: &mut String) {
        let run = std::mem::take(self);
        let Some(label) = run.charset else { return };
        // What looks like a cut may be a sender that leaves the padding out.
        let bytes = match run.apart {
            Some(apart) if charset::fit(label, &apart) > charset::fit(label, &run.bytes) => apart,
            _ => run.bytes,
        };
        text.push_str(&charset::read(&bytes, &Hints { label, context, wish: None }).0);
    }
}

struct Word<'a> {
    charset: &'a str,
    is_base64: bool,
    payload: &'a [u8],
}

impl Word<'_> {
    fn decode_into(&self, open: &mut Base64, out: &mut Vec<u8>) {
        if self.is_base64 {
            open.decode_into(self.payload, out);
        } else {
            q(self.payload, out);
        }
    }
}

/// `=?charset?B?`: the charset, whether it is base64, and what follows.
fn beginning(input: &[u8]) -> Option<(&str, bool, &[u8])> {
    let inner = input.strip_prefix(b"=?")?;
    let end = memchr::memchr(b'?', inner.get(..LONGEST_LABEL).unwrap_or(inner))?;
    let charset = std::str::from_utf8(inner.get(..end)?).ok()?.trim();
    if !charset.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let is_base64 = match inner.get(end + 1)? {
        b'B' | b'b' => true,
        b'Q' | b'q' => false,
        _ => return None,
    };
    let encoded = inner.get(end + 2..)?.strip_prefix(b"?")?;
    // RFC 2231 allows a language after the charset: `=?utf-8*zh?…`.
    Some((charset.split('*').next().unwrap_or(charset), is_base64, encoded))
}

/// Reads one `=?charset?B?…?=` at the start of `input`. It looks no further than to where the next one begins.
fn read_word(input: &[u8]) -> Option<(Word<'_>, &[u8])> {
    let (charset, is_base64, encoded) = beginning(input)?;
    let (end, after) = if is_base64 { end_of_base64(encoded)? } else { end_of_q(encoded)? };
    Some((Word { charset, is_base64, payload: encoded.get(..end)? }, encoded.get(after..)?))
}

/// Where the payload ends, and where what follows it begins. Many are cut off by a limit and have no end.
fn end_of_base64(encoded: &[u8]) -> Option<(usize, usize)> {
    let is_of_it = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'=' | b' ' | b'\t');
    let end = encoded.iter().position(|b| !is_of_it(b)).unwrap_or(encoded.len());
    match encoded.get(end..)? {
        [b'?', b'=', ..] => Some((end, end + 2)),
        // The `=` of the next word.
        [b'?', ..] if encoded.get(..end)?.ends_with(b"=") && begins_word(encoded.get(end - 1..)?) => {
            (end > 1).then_some((end - 1, end - 1))
        }
        [b'?'] | [b'?', b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'<', ..] => Some((end, end + 1)),
        [] | [b'<' | b'"', ..] if end > 0 => Some((end, end)),
        _ => None,
    }
}

fn end_of_q(encoded: &[u8]) -> Option<(usize, usize)> {
    for at in memchr::memchr_iter(b'?', encoded) {
        let behind = encoded.get(at + 1..)?;
        match behind {
            // A raw question mark and then an encoded byte.
            [b'=', high, low, more @ ..] if is_hex(*high) && is_hex(*low) && goes_on(more) => {}
            [b'=', ..] => return Some((at, at + 2)),
            [] => return Some((at, at + 1)),
            _ if at > 0 && begins_word(encoded.get(at - 1..)?) => return Some((at - 1, at - 1)),
            _ => {}
        }
    }
    // Cut off: what is encoded without an end is still readable, what is not is somebody's text.
    let has_bytes = encoded.windows(3).any(|three| matches!(three, [b'=', a, b] if is_hex(*a) && is_hex(*b)));
    has_bytes.then_some((encoded.len(), encoded.len()))
}

/// True if the word ends further on, so that it did not end here.
fn goes_on(rest: &[u8]) -> bool {
    const NEAR: usize = 80;
    let near = rest.get(..NEAR).unwrap_or(rest);
    let end = near.iter().position(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(near.len());
    let near = near.get(..end).unwrap_or(near);
    match memchr::memmem::find(near, b"?=") {
        Some(end) => memchr::memmem::find(near.get(..end).unwrap_or_default(), b"=?").is_none(),
        None => false,
    }
}

fn begins_word(input: &[u8]) -> bool {
    beginning(input).is_some()
}

fn split_blanks(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(input.len());
    input.split_at(end)
}

/// Base64 that forgives: other characters are skipped, padding may be missing.
pub(super) fn base64(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len() / 4 * 3 + 3);
    Base64::default().decode_into(input, &mut out);
    out
}

/// Base64 that may go on.
#[derive(Clone, Copy, Default)]
struct Base64 {
    bits: u32,
    held: u8,
    /// How many digits there were of the last four.
    digits: u8,
}

impl Base64 {
    fn is_open(self) -> bool {
        self.digits != 0
    }

    fn decode_into(&mut self, input: &[u8], out: &mut Vec<u8>) {
        for byte in input {
            let six = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                // A word that was cut in the middle of its padding goes on with a fresh quantum.
                b'=' => {
                    *self = Self::default();
                    continue;
                }
                _ => continue,
            };
            self.bits = (self.bits << 6) | u32::from(six);
            self.held += 6;
            self.digits = (self.digits + 1) % 4;
            if self.held >= 8 {
                self.held -= 8;
                out.push(u8::try_from((self.bits >> self.held) & 0xff).unwrap_or(0));
            }
        }
    }
}

fn q(input: &[u8], out: &mut Vec<u8>) {
    let mut rest = input;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'_' => out.push(b' '),
            b'=' => match after {
                [high, low, tail @ ..] => match (hex(*high), hex(*low)) {
                    (Some(high), Some(low)) => {
                        out.push(high << 4 | low);
                        rest = tail;
                    }
                    _ => out.push(b'='),
                },
                _ => out.push(b'='),
            },
            other => out.push(*other),
        }
    }
}

pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

fn is_hex(digit: u8) -> bool {
    digit.is_ascii_hexdigit()
}

#[cfg(test)]
mod tests;
