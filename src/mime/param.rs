//! Parameters of Content-Type and Content-Disposition, and the name of a file out of them. Names come in four encodings:
//! RFC 2231, RFC 2047 where it must not be, raw bytes, and percent signs; and in pieces that are cut inside a character.

use std::collections::BTreeMap;

use super::charset::{self, Hints};
use super::word::{self, hex};
use crate::text::Text;

/// No more of a value is read.
const LONGEST: usize = 2 * 1024 * 1024;
/// More parameters than this are not kept; those that name a file are kept a while longer.
const MOST: usize = 500;
const MOST_NAMES: usize = 5_000;
/// A longer name of a parameter is none.
const LONGEST_NAME: usize = 60;

/// The parameters of a value, in order.
#[derive(Default, Debug)]
pub(super) struct Params {
    all: Vec<Param>,
}

#[derive(Debug)]
struct Param {
    /// In lower case, without what RFC 2231 adds.
    name: Vec<u8>,
    section: Option<u32>,
    /// With percent signs, and with a charset in front.
    extended: bool,
    value: Vec<u8>,
}

/// A value that may say how it was written.
struct Found {
    bytes: Vec<u8>,
    charset: Option<String>,
    extended: bool,
}

impl Params {
    /// The value as bytes, its pieces joined and its percent signs undone.
    pub(super) fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.extended(name).or_else(|| self.simple(name)).map(|found| found.bytes)
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Param> {
        self.all.iter().filter(move |param| param.name == name.as_bytes())
    }

    fn simple(&self, name: &str) -> Option<Found> {
        let param = self.named(name).find(|param| param.section.is_none() && !param.extended)?;
        Some(Found { bytes: param.value.clone(), charset: None, extended: false })
    }

    /// RFC 2231: `name*=gbk''%BB%E1`, or the same in numbered pieces of which each may or may not be encoded.
    fn extended(&self, name: &str) -> Option<Found> {
        if let Some(whole) = self.named(name).find(|param| param.section.is_none() && param.extended) {
            return Some(joined(&[whole]));
        }
        let mut pieces = BTreeMap::new();
        for param in self.named(name) {
            if let Some(section) = param.section {
                pieces.entry(section).or_insert(param);
            }
        }
        let pieces: Vec<&Param> = pieces.into_values().collect();
        (!pieces.is_empty()).then(|| joined(&pieces))
    }
}

fn joined(pieces: &[&Param]) -> Found {
    let mut found = Found { bytes: Vec::new(), charset: None, extended: false };
    let mut encoded = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        if !piece.extended {
            percent(&std::mem::take(&mut encoded), &mut found.bytes);
            found.bytes.extend_from_slice(&piece.value);
            continue;
        }
        let mut value = piece.value.as_slice();
        // The first piece should say the charset; some say it later.
        if found.charset.is_none()
            && let Some((label, says_nothing, rest)) = charset_in_front(value)
            && (place == 0 && says_nothing || charset::name_of(&label).is_some())
        {
            found.charset = Some(label);
            value = rest;
        }
        found.extended = true;
        // A cut may be inside of `%BB`, so they are undone together.
        encoded.extend_from_slice(value);
    }
    percent(&encoded, &mut found.bytes);
    found
}

/// `gbk'zh'…`: the charset, whether it may be an unknown one, and the rest. A quotation mark in a name is no such thing.
fn charset_in_front(value: &[u8]) -> Option<(String, bool, &[u8])> {
    let mut parts = value.splitn(3, |b| *b == b'\'');
    let (label, language, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let is_label = |b: &u8| b.is_ascii_alphanumeric() || b"-_.:+()".contains(b);
    let good = label.len() <= LONGEST_NAME
        && label.iter().all(is_label)
        && language.len() <= LONGEST_NAME
        && language.iter().all(is_label);
    good.then(|| (String::from_utf8_lossy(label).into_owned(), label.is_empty() || language.is_empty(), rest))
}

fn percent(encoded: &[u8], out: &mut Vec<u8>) {
    let mut rest = encoded;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (byte, _) => out.push(*byte),
        }
    }
}

/// Reads the value of a Content-Type or Content-Disposition field; it may still be folded.
pub(super) fn params(value: &[u8]) -> Params {
    let unfolded = unfolded(value.get(..LONGEST).unwrap_or(value));
    let mut reader =
        Reader { rest: &unfolded, is_utf8: std::str::from_utf8(&unfolded).is_ok(), has_no_more_quotes: false };
    let mut params = Params::default();
    while let Some((name, value)) = reader.next() {
        let param = Param::of(name, value);
        let names_file = matches!(param.name.as_slice(), b"filename" | b"name");
        if params.all.len() < if names_file { MOST_NAMES } else { MOST } {
            params.all.push(param);
        }
    }
    params
}

impl Param {
    fn of(name: &[u8], value: Vec<u8>) -> Self {
        let mut name = name.to_ascii_lowercase();
        let extended = name.ends_with(b"*");
        if extended {
            name.pop();
        }
        let number = |star: usize| std::str::from_utf8(name.get(star + 1..)?).ok()?.parse().ok();
        let star = name.iter().position(|b| *b == b'*');
        let section = star.and_then(number);
        if let (Some(star), Some(_)) = (star, section) {
            name.truncate(star);
        }
        Self { name, section, extended, value }
    }
}

/// Line ends that are followed by a blank are none.
fn unfolded(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if !matches!(first, b'\r' | b'\n') {
            out.push(*first);
            continue;
        }
        let ends = tail.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(tail.len());
        let behind = tail.get(ends..).unwrap_or_default();
        let blanks = behind.iter().position(|b| !is_blank(*b)).unwrap_or(behind.len());
        if blanks > 0 {
            out.push(b' ');
            rest = behind.get(blanks..).unwrap_or_default();
        } else {
            out.push(*first);
        }
    }
    out
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.*!#$&+^`|~".contains(&byte)
}

struct Reader<'a> {
    rest: &'a [u8],
    is_utf8: bool,
    /// Looked for once and not found: it is not looked for again.
    has_no_more_quotes: bool,
}

impl<'a> Reader<'a> {
    /// The next name with its value; what has no `=` is left out.
    fn next(&mut self) -> Option<(&'a [u8], Vec<u8>)> {
        loop {
            let begin = self.rest.iter().position(|b| !matches!(b, b';' | b' ' | b'\t' | b'\r' | b'\n'))?;
            self.rest = self.rest.get(begin..)?;
            let end = self.rest.iter().position(|b| !is_token(*b)).unwrap_or(self.rest.len());
            let (name, after) = self.rest.split_at(end);
            let blanks = after.iter().position(|b| !is_blank(*b)).unwrap_or(after.len());
            let behind = after.get(blanks..).unwrap_or_default();
            if let Some(value) = behind.strip_prefix(b"=")
                && (1..=LONGEST_NAME).contains(&name.len())
            {
                let blanks = value.iter().position(|b| !is_blank(*b)).unwrap_or(value.len());
                self.rest = value.get(blanks..).unwrap_or_default();
                return Some((name, self.value(name)));
            }
            // `text/plain`, a comment, or nonsense: on to what may be the next.
            self.rest = match behind.first() {
                Some(first) if blanks > 0 && is_token(*first) => behind,
                _ => {
                    let next = behind.iter().position(|b| matches!(b, b';' | b' ' | b'\t')).unwrap_or(behind.len());
                    behind.get(next..).unwrap_or_default()
                }
            };
        }
    }

    fn value(&mut self, name: &[u8]) -> Vec<u8> {
        if let Some(inner) = self.rest.strip_prefix(b"\"") {
            if !self.has_no_more_quotes
                && let Some((value, after)) = self.quoted(inner)
            {
                self.rest = after;
                return value;
            }
            self.has_no_more_quotes = true;
            self.rest = inner;
        }
        // Blanks belong to nothing but to names, and not even there if another parameter follows: somebody forgot the `;`.
        let may_have_blanks = [b"name", b"file"]
            .iter()
            .any(|start| name.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case(*start)));
        let rest = self.rest;
        let ends = |at: &usize| match rest.get(*at..) {
            Some([b';', ..]) | None => true,
            Some([_, next, ..]) if is_blank(*next) => false,
            Some(behind) => !may_have_blanks || begins_param(behind),
        };
        let end = memchr::memchr3_iter(b';', b' ', b'\t', rest).find(ends).unwrap_or(rest.len());
        let (value, after) = rest.split_at(end);
        self.rest = after;
        value.trim_ascii().to_vec()
    }

    /// Up to the quotation mark that is followed by what may follow one: careless programs write others inside.
    fn quoted(&self, inner: &'a [u8]) -> Option<(Vec<u8>, &'a [u8])> {
        let mut value = Vec::new();
        let mut rest = inner;
        while let Some((first, tail)) = rest.split_first() {
            rest = tail;
            match (first, tail) {
                // Other backslashes are of Windows.
                (b'\\', [next @ (b'"' | b'\\'), after @ ..]) => {
                    value.push(*next);
                    rest = after;
                }
                (b'"', _) if may_end(tail) => return Some((value, tail)),
                // The second byte of a character may be a backslash.
                (0x81..=0xfe, [next @ 0x40..=0xfe, after @ ..]) if !self.is_utf8 => {
                    value.extend_from_slice(&[*first, *next]);
                    rest = after;
                }
                _ => value.push(*first),
            }
        }
        None
    }
}

/// True if a quoted value may end before `rest`.
fn may_end(rest: &[u8]) -> bool {
    const NEAR: usize = 200;
    let near = rest.get(..NEAR).unwrap_or(rest);
    match near.iter().find(|b| !is_blank(**b)) {
        None | Some(b';' | b',' | b'(' | b'\r' | b'\n' | 0) => true,
        Some(_) => begins_param(near),
    }
}

/// True for blanks and `name=`.
fn begins_param(rest: &[u8]) -> bool {
    let token = rest.trim_ascii_start();
    let near = token.get(..LONGEST_NAME).unwrap_or(token);
    let end = near.iter().position(|b| !is_token(*b)).unwrap_or(near.len());
    end > 0 && token.len() < rest.len() && near.get(end) == Some(&b'=')
}

/// The name of a file, of what two fields say: `filename*`, `filename`, `name*`, `name`, the first that is not empty.
#[allow(dead_code, reason = "whoever reads the whole message asks")]
pub(super) fn file_name(disposition: &[u8], content_type: &[u8], context: Option<&'static str>) -> Text {
    let (disposition, content_type) = (params(disposition), params(content_type));
    let places =
        [(&disposition, "filename"), (&content_type, "name"), (&disposition, "name"), (&content_type, "filename")];
    let all = places.iter().flat_map(|(params, name)| [params.extended(name), params.simple(name)]);
    let names = all.flatten().map(|found| text(&found, context));
    Text::new(names.into_iter().find(|name| !name.is_empty()).unwrap_or_default())
}

fn text(found: &Found, context: Option<&'static str>) -> String {
    let bytes = &found.bytes;
    let name = if found.extended {
        let label = found.charset.as_deref().unwrap_or_default();
        let (name, _) = charset::read(bytes, &Hints { label, context, wish: None });
        // Encoded twice.
        if name.starts_with("=?") { word::decode(name.as_bytes(), context) } else { name }
    } else {
        by_percents(bytes).unwrap_or_else(|| word::decode(bytes, context))
    };
    let end = name.find(['\0', '\r', '\n']).unwrap_or(name.len());
    name.get(..end).unwrap_or_default().trim().to_owned()
}

/// Some write names as they stand in addresses of the web. Only what comes out as more than ASCII was meant so.
fn by_percents(bytes: &[u8]) -> Option<String> {
    if !bytes.is_ascii() || memchr::memchr(b'%', bytes).is_none() || memchr::memmem::find(bytes, b"=?").is_some() {
        return None;
    }
    let mut decoded = Vec::with_capacity(bytes.len());
    percent(bytes, &mut decoded);
    String::from_utf8(decoded).ok().filter(|text| !text.is_ascii())
}

#[cfg(test)]
mod tests;
