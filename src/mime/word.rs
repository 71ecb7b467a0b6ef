//! RFC 2047 encoded words, as they are written and not only as they should be.
//!
//! Senders cut a Chinese character in two and put each half into a word of its own, so the *bytes* of neighbours with the
//! same charset are joined before they are decoded.

use super::charset;

/// Decodes an unfolded header value.
pub(super) fn decode(value: &[u8]) -> String {
    if memchr::memmem::find(value, b"=?").is_none() {
        return charset::unlabelled(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut open: Option<(String, Vec<u8>)> = None; // the charset and the bytes of the words being joined
    let mut rest = value;
    let mut blanks: &[u8] = &[];
    while !rest.is_empty() {
        if let Some((word, after)) = read_word(rest) {
            let charset = word.charset.to_ascii_lowercase();
            match &mut open {
                Some((same, bytes)) if *same == charset => bytes.extend_from_slice(&word.bytes),
                _ => {
                    close(&mut open, &mut text);
                    open = Some((charset, word.bytes));
                }
            }
            // Blanks between two words are not part of the text; they are kept until it is known what follows.
            let (skipped, after) = split_blanks(after);
            blanks = skipped;
            rest = after;
            continue;
        }
        close(&mut open, &mut text);
        text.push_str(&String::from_utf8_lossy(blanks));
        blanks = &[];
        let next = memchr::memmem::find(rest.get(1..).unwrap_or_default(), b"=?").map_or(rest.len(), |at| at + 1);
        let (plain, after) = rest.split_at(next);
        text.push_str(&charset::unlabelled(plain));
        rest = after;
    }
    close(&mut open, &mut text);
    text
}

fn close(open: &mut Option<(String, Vec<u8>)>, text: &mut String) {
    if let Some((charset, bytes)) = open.take() {
        text.push_str(&charset::labelled(&charset, &bytes));
    }
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// Reads one `=?charset?B?…?=` at the start of `input`.
fn read_word(input: &[u8]) -> Option<(Word<'_>, &[u8])> {
    let inner = input.strip_prefix(b"=?")?;
    let charset_end = memchr::memchr(b'?', inner)?;
    let charset = std::str::from_utf8(inner.get(..charset_end)?).ok()?;
    if charset.is_empty() || charset.len() > 60 || !charset.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let kind = *inner.get(charset_end + 1)?;
    if inner.get(charset_end + 2) != Some(&b'?') {
        return None;
    }
    let encoded = inner.get(charset_end + 3..)?;
    let end = memchr::memmem::find(encoded, b"?=")?;
    let payload = encoded.get(..end)?;
    let bytes = match kind {
        b'B' | b'b' => base64(payload),
        b'Q' | b'q' => q(payload),
        _ => return None,
    };
    // RFC 2231 allows a language after the charset: `=?utf-8*zh?…`.
    let charset = charset.split('*').next().unwrap_or(charset);
    Some((Word { charset, bytes }, encoded.get(end + 2..)?))
}

fn split_blanks(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(input.len());
    input.split_at(end)
}

/// Base64 that forgives: other characters are skipped, padding may be missing.
pub(super) fn base64(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0_u32, 0_u8);
    for byte in input {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            // A word that was cut in the middle of its padding goes on with a fresh quantum.
            b'=' => {
                (bits, held) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).unwrap_or(0));
        }
    }
    out
}

fn q(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len());
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
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_kinds() {
        assert_eq!(decode(b"=?utf-8?B?6bi/6ZuB?= and =?gb2312?Q?=BB=E1=D2=E9?="), "鸿雁 and 会议");
        assert_eq!(decode(b"plain"), "plain");
        assert_eq!(decode(b"=?iso-8859-1?Q?Caf=E9_ol=E9?="), "Café olé");
    }

    #[test]
    fn a_character_cut_in_two_is_joined() {
        // 鸿 is E9 B8 BF: two bytes in the first word, one in the second.
        assert_eq!(decode(b"=?utf-8?Q?=E9=B8?= =?UTF-8?Q?=BF=E9=9B=81?="), "鸿雁");
        assert_eq!(decode(b"=?gbk?Q?=BB?=\r\n =?gbk?Q?=E1=D2=E9?="), "会议");
    }

    #[test]
    fn raw_bytes_are_read_as_what_they_are() {
        assert_eq!(decode(b"\xbb\xe1\xd2\xe9\xcd\xa8\xd6\xaa"), "会议通知");
        assert_eq!(decode("会议通知".as_bytes()), "会议通知");
    }

    #[test]
    fn what_is_no_word_stays() {
        assert_eq!(decode(b"a =? b"), "a =? b");
        assert_eq!(decode(b"=?utf-8?X?abc?="), "=?utf-8?X?abc?=");
        assert_eq!(decode(b"=?utf-8?B?6bi/"), "=?utf-8?B?6bi/");
        assert_eq!(decode(b"50 =?utf-8?Q?=25?= off"), "50 % off");
    }
}
