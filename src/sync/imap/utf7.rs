//! Modified UTF-7 (RFC 3501 §5.1.3): how folder names are written on the wire.
//!
//! Decoding is for people only. The wire's own bytes are kept beside it and sent back unchanged, because servers write
//! things that no encoder would.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// A folder name for people. What is not valid stays as it is written.
pub fn decode(wire: &[u8]) -> String {
    let mut text = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some(amp) = memchr::memchr(b'&', rest) {
        let (plain, tail) = rest.split_at(amp);
        push_plain(plain, &mut text);
        let inside = tail.get(1..).unwrap_or_default();
        let decoded = memchr::memchr(b'-', inside).and_then(|end| {
            let shifted = inside.get(..end)?;
            let after = inside.get(end + 1..)?;
            if shifted.is_empty() { Some(("&".to_owned(), after)) } else { Some((unshift(shifted)?, after)) }
        });
        if let Some((decoded, after)) = decoded {
            text.push_str(&decoded);
            rest = after;
        } else {
            text.push('&');
            rest = inside;
        }
    }
    push_plain(rest, &mut text);
    text
}

/// Some servers write UTF-8, or GBK, as it is.
fn push_plain(bytes: &[u8], text: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(plain) => text.push_str(plain),
        Err(_) => text.push_str(&encoding_rs::GB18030.decode_without_bom_handling(bytes).0),
    }
}

fn unshift(shifted: &[u8]) -> Option<String> {
    let mut units = Vec::with_capacity(shifted.len() / 2);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in shifted {
        let six = ALPHABET.iter().position(|letter| letter == byte)?;
        bits = (bits << 6) | u32::try_from(six).ok()?;
        held += 6;
        if held >= 16 {
            held -= 16;
            units.push(u16::try_from((bits >> held) & 0xffff).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    // What is left over is padding: less than a letter, and zero.
    if held >= 6 || bits != 0 {
        return None;
    }
    String::from_utf16(&units).ok()
}

/// A name that we make ourselves, for the wire.
pub fn encode(text: &str) -> String {
    let mut wire = String::with_capacity(text.len() + 8);
    let mut units: Vec<u16> = Vec::new();
    for c in text.chars() {
        if (' '..='~').contains(&c) {
            shift(&mut units, &mut wire);
            wire.push(c);
            if c == '&' {
                wire.push('-');
            }
        } else {
            units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    shift(&mut units, &mut wire);
    wire
}

fn shift(units: &mut Vec<u16>, wire: &mut String) {
    if units.is_empty() {
        return;
    }
    wire.push('&');
    let (mut bits, mut held) = (0_u32, 0_u32);
    for unit in units.drain(..) {
        bits = (bits << 16) | u32::from(unit);
        held += 16;
        while held >= 6 {
            held -= 6;
            push_letter(bits >> held, wire);
            bits &= (1 << held) - 1;
        }
    }
    if held > 0 {
        push_letter(bits << (6 - held), wire);
    }
    wire.push('-');
}

fn push_letter(six: u32, wire: &mut String) {
    let letter = usize::try_from(six & 63).ok().and_then(|at| ALPHABET.get(at));
    wire.push(char::from(*letter.unwrap_or(&b'A')));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_from_real_servers() {
        for (wire, name) in [
            ("INBOX", "INBOX"),
            ("&g0l6P3ux-", "草稿箱"),
            ("&XfJT0ZAB-", "已发送"),
            ("&XfJSIJZk-", "已删除"),
            ("&V4NXPpCuTvY-", "垃圾邮件"),
            ("&UXZO1mWHTvZZOQ-/QQ&kK5O9ouilgU-", "其他文件夹/QQ邮件订阅"),
            ("Dan at Real Python", "Dan at Real Python"),
            ("R&-D", "R&D"),
            ("&2D3cjA-", "💌"),
        ] {
            assert_eq!(decode(wire.as_bytes()), name);
            assert_eq!(encode(name), wire);
        }
    }

    #[test]
    fn what_is_not_valid_stays_readable() {
        assert_eq!(decode(b"a & b"), "a & b");
        assert_eq!(decode(b"&g0l6P3ux"), "&g0l6P3ux");
        assert_eq!(decode(b"&!!-x"), "&!!-x");
        assert_eq!(decode(b"&2D0-"), "&2D0-"); // half of a pair
        assert_eq!(decode("草稿".as_bytes()), "草稿");
        assert_eq!(decode(b"\xb2\xdd\xb8\xe5"), "草稿");
    }

    proptest! {
        #[test]
        fn there_and_back(name in any::<String>()) {
            let wire = encode(&name);
            prop_assert!(wire.bytes().all(|b| (0x20..0x7f).contains(&b)));
            prop_assert_eq!(decode(wire.as_bytes()), name);
        }

        #[test]
        fn any_bytes_decode_to_something(wire in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&wire);
        }
    }
}
