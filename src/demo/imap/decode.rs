//! What a message says, decoded far enough to be searched.
//!
//! UTF-8 and ASCII are decoded. Of the older Chinese charsets only the ASCII in them is found, as on many real servers.

use super::super::base64;
use super::header::{cut, fields, first, unfolded};
use super::structure::{Inside, Part};

/// Folded for comparing: case does not matter in a search.
pub(super) fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The value of a header with its encoded words read.
pub(super) fn words(value: &[u8]) -> String {
    let one = unfolded(value);
    let text = String::from_utf8_lossy(&one);
    let mut out = String::new();
    let mut bytes = Vec::new();
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once("=?") {
        let Some((word, tail)) = encoded_word(after) else {
            flush(&mut bytes, &mut out);
            out.push_str(before);
            out.push_str("=?");
            rest = after;
            continue;
        };
        // Blanks between two encoded words are not part of the text, and a character may be split over both.
        if !before.trim().is_empty() || bytes.is_empty() {
            flush(&mut bytes, &mut out);
            out.push_str(before);
        }
        bytes.extend(word);
        rest = tail;
    }
    flush(&mut bytes, &mut out);
    out.push_str(rest);
    out
}

fn flush(bytes: &mut Vec<u8>, out: &mut String) {
    out.push_str(&String::from_utf8_lossy(bytes));
    bytes.clear();
}

/// `utf-8?B?…?=` and what follows it.
fn encoded_word(after: &str) -> Option<(Vec<u8>, &str)> {
    let (_charset, rest) = after.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (coded, tail) = rest.split_once("?=")?;
    let bytes = match encoding {
        "B" | "b" => base64::decode(coded.as_bytes()),
        "Q" | "q" => quoted_printable(coded.replace('_', " ").as_bytes()),
        _ => return None,
    };
    Some((bytes, tail))
}

fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        match rest.as_slice() {
            [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..] => rest = tail.iter(),
            [high, low, tail @ ..] => {
                if let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16)) {
                    out.extend(u8::try_from(high * 16 + low));
                    rest = tail.iter();
                } else {
                    out.push(b'=');
                }
            }
            _ => {}
        }
    }
    out
}

/// Every header, decoded, one on a line.
pub(super) fn headers(header: &[u8]) -> String {
    fields(header).map(|f| format!("{}: {}\n", f.name, words(f.value))).collect::<Vec<_>>().concat()
}

/// The text of all parts that are text, the headers of parts left out.
pub(super) fn bodies(raw: &[u8], part: &Part) -> String {
    match &part.inside {
        Inside::Parts(parts) => parts.iter().map(|p| bodies(raw, p)).collect(),
        Inside::Message(message) => headers(cut(raw, &message.header)) + &bodies(raw, message),
        Inside::Leaf if !part.kind().0.eq_ignore_ascii_case("text") => String::new(),
        Inside::Leaf => {
            let body = cut(raw, &part.body);
            let encoding = first(cut(raw, &part.header), "Content-Transfer-Encoding").unwrap_or_default();
            let bytes = match encoding.to_ascii_lowercase().as_slice() {
                b"base64" => base64::decode(body),
                b"quoted-printable" => quoted_printable(body),
                _ => body.to_vec(),
            };
            String::from_utf8_lossy(&bytes).into_owned() + "\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_joined_before_they_are_read() {
        assert_eq!(words(b" =?utf-8?B?6bi/6Zs=?=\r\n =?UTF-8?B?gQ==?= ok =?utf-8?q?a_=3D?="), "鸿雁 ok a =");
        assert_eq!(words(b"1 =? 2 =?x"), "1 =? 2 =?x");
    }

    #[test]
    fn bodies_are_decoded() {
        let raw = b"Content-Transfer-Encoding: quoted-printable\r\n\r\nsoft=\r\n break =E9=B8=BF\r\n";
        assert_eq!(bodies(raw, &Part::of(raw)), "soft break 鸿\r\n\n");
    }
}
