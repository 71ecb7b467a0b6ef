//! Charsets that fit into seven bits and change their meaning on the way: HZ, ISO-2022-CN, ISO-2022-KR, UTF-7. The
//! library leaves them out, because on the web they are only used to attack.

use encoding_rs::{EUC_KR, Encoding, GB18030};

use super::cns;

/// Bytes of one charset that are waiting to be decoded together, and the text before them.
#[derive(Default)]
struct Writer {
    text: String,
    waiting: Vec<u8>,
}

impl Writer {
    fn flush(&mut self, encoding: &'static Encoding) {
        if !self.waiting.is_empty() {
            self.text.push_str(&encoding.decode_without_bom_handling(&self.waiting).0);
            self.waiting.clear();
        }
    }

    fn finish(mut self, encoding: &'static Encoding) -> String {
        self.flush(encoding);
        self.text
    }
}

/// RFC 1842: `~{` and `~}` enclose pairs that are GB2312 without its high bits.
pub(super) fn hz(bytes: &[u8]) -> String {
    let mut eight_bit = Vec::with_capacity(bytes.len());
    let mut chinese = false;
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail, chinese) {
            (b'~', [b'{', after @ ..], _) => (chinese, rest) = (true, after),
            (b'~', [b'}', after @ ..], _) => (chinese, rest) = (false, after),
            (b'~', [b'~', after @ ..], false) => {
                eight_bit.push(b'~');
                rest = after;
            }
            (b'~', [b'\n', after @ ..] | [b'\r', b'\n', after @ ..], _) => rest = after,
            // A line ends the Chinese, whatever was forgotten.
            (b'\n', _, _) => {
                eight_bit.push(b'\n');
                chinese = false;
            }
            (high @ 0x21..=0x7d, [low @ 0x21..=0x7e, after @ ..], true) => {
                eight_bit.extend_from_slice(&[high | 0x80, low | 0x80]);
                rest = after;
            }
            (other, _, _) => eight_bit.push(*other),
        }
    }
    GB18030.decode_without_bom_handling(&eight_bit).0.into_owned()
}

/// True if every `~{` is closed on its line and holds nothing but usual characters, and not all of them are also words in
/// capitals, as of a template: then it is HZ, whatever it is called.
pub(super) fn is_hz(bytes: &[u8]) -> bool {
    let mut found = false;
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, b"~{") {
        let inner = rest.get(at + 2..).unwrap_or_default();
        let Some(end) = memchr::memmem::find(inner, b"~}") else { return false };
        let (chinese, after) = inner.split_at(end);
        // The last row of the first level ends early.
        let usual = |pair: &[u8]| matches!(pair, [0x30..=0x56 | 0x21 | 0x23, 0x21..=0x7e] | [0x57, 0x21..=0x79]);
        if chinese.is_empty() || !chinese.chunks(2).all(usual) {
            return false;
        }
        found |= !is_name(chinese);
        rest = after;
    }
    found
}

/// `HOME`, `USER_ID`: a letter first, nothing but capitals and digits, and a vowel.
fn is_name(inner: &[u8]) -> bool {
    inner.first().is_some_and(u8::is_ascii_uppercase)
        && inner.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
        && inner.iter().any(|b| matches!(b, b'A' | b'E' | b'I' | b'O' | b'U' | b'Y'))
}

#[derive(Clone, Copy, PartialEq)]
enum Set {
    Gb,
    CnsFirst,
    Korean,
    Unknown,
}

/// RFC 1922 and RFC 1557: an escape says what SO will mean, SO and SI switch, and SS2 is for one character of the second
/// plane. `korean` is what the set is where nobody said it.
pub(super) fn iso_2022(bytes: &[u8], korean: bool) -> String {
    let usual = if korean { Set::Korean } else { Set::Gb };
    let encoding = if korean { EUC_KR } else { GB18030 };
    let mut writer = Writer::default();
    let mut set = usual;
    let mut shifted = false;
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (0x1b, [b'$', b')', which, after @ ..]) => {
                writer.flush(encoding_of(set, encoding));
                set = match which {
                    b'A' | b'E' => Set::Gb,
                    b'G' => Set::CnsFirst,
                    b'C' => Set::Korean,
                    _ => Set::Unknown,
                };
                rest = after;
            }
            (0x1b, [b'$', b'*' | b'+', _, after @ ..]) => rest = after,
            (0x1b, [which @ (b'N' | b'O'), high @ 0x21..=0x7e, low @ 0x21..=0x7e, after @ ..]) => {
                writer.flush(encoding_of(set, encoding));
                let second = (*which == b'N').then(|| cns::second_plane(*high, *low)).flatten();
                writer.text.push(second.unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = after;
            }
            (0x0e, _) => shifted = true,
            (0x0f, _) => shifted = false,
            (b'\n', _) => {
                shifted = false;
                writer.waiting.push(b'\n');
            }
            (high @ 0x21..=0x7e, [low @ 0x21..=0x7e, after @ ..]) if shifted => {
                rest = after;
                match set {
                    Set::Gb | Set::Korean => writer.waiting.extend_from_slice(&[high | 0x80, low | 0x80]),
                    Set::CnsFirst => {
                        writer.flush(encoding);
                        let character = cns::first_plane(*high, *low);
                        writer.text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    Set::Unknown => {
                        writer.flush(encoding);
                        writer.text.push(char::REPLACEMENT_CHARACTER);
                    }
                }
            }
            (other, _) => writer.waiting.push(*other),
        }
    }
    writer.finish(encoding_of(set, encoding))
}

fn encoding_of(set: Set, usual: &'static Encoding) -> &'static Encoding {
    match set {
        Set::Gb => GB18030,
        Set::Korean => EUC_KR,
        Set::CnsFirst | Set::Unknown => usual,
    }
}

/// RFC 2152: `+` begins UTF-16 in base64, anything else ends it, a `-` there is swallowed, and `+-` is a plus.
pub(super) fn utf7(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'+', rest) {
        let (plain, encoded) = rest.split_at(at);
        text.push_str(&String::from_utf8_lossy(plain));
        let encoded = encoded.get(1..).unwrap_or_default();
        let end = encoded
            .iter()
            .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')))
            .unwrap_or(encoded.len());
        let (inner, after) = encoded.split_at(end);
        rest = after.strip_prefix(b"-").unwrap_or(after);
        if inner.is_empty() {
            text.push('+');
            continue;
        }
        let units = crate::mime::word::base64(inner);
        let units = units.chunks_exact(2).map(|pair| pair.iter().fold(0_u16, |unit, b| unit << 8 | u16::from(*b)));
        text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
    text.push_str(&String::from_utf8_lossy(rest));
    text
}
