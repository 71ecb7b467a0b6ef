//! Base64, for bodies, logins and the names of mailboxes.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(six_bits: u32) -> char {
    usize::try_from(six_bits & 63).ok().and_then(|at| ALPHABET.get(at)).map_or('A', |b| char::from(*b))
}

pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut three = chunk.iter().copied().chain(std::iter::repeat(0));
        let group =
            [three.next(), three.next(), three.next()].iter().fold(0, |n, b| n << 8 | u32::from(b.unwrap_or(0)));
        out.push(digit(group >> 18));
        out.push(digit(group >> 12));
        out.push(if chunk.len() > 1 { digit(group >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { digit(group) } else { '=' });
    }
    out
}

/// As a body carries it: lines of 76 characters.
pub(super) fn encode_lines(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + bytes.len() / 28 + 4);
    for line in bytes.chunks(57) {
        out.push_str(&encode(line));
        out.push_str("\r\n");
    }
    out
}

/// What stands there, skipping what is not of the alphabet and stopping at the padding.
pub(super) fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in text.iter().take_while(|b| **b != b'=') {
        let Some(value) = value_of(*byte) else { continue };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.extend(u8::try_from(held >> bits & 255));
        }
    }
    out
}

fn value_of(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_both_ways() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("\u{0}\u{7f}~?", "AH9+Pw==")]
        {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded.as_bytes()), plain.as_bytes());
        }
        let long: Vec<u8> = (0..=255).collect();
        let lines = encode_lines(&long);
        assert!(lines.split("\r\n").all(|l| l.len() <= 76));
        assert_eq!(decode(lines.as_bytes()), long);
    }
}
