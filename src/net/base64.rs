//! Base64, as logins are said in it: to mail servers and to proxies.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut three = chunk.iter().copied().map(u32::from).chain(std::iter::repeat(0));
        let group = (0..3).fold(0, |group, _| group << 8 | three.next().unwrap_or(0));
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = usize::try_from(group >> shift & 63).ok().and_then(|digit| ALPHABET.get(digit));
            out.push(if at <= chunk.len() { digit.map_or('A', |byte| char::from(*byte)) } else { '=' });
        }
    }
    out
}

/// What stands there, skipping what is not of the alphabet and stopping at the padding.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in text.bytes().take_while(|byte| *byte != b'=') {
        let Some(digit) = ALPHABET.iter().position(|known| *known == byte) else { continue };
        held = held << 6 | u32::try_from(digit).unwrap_or_default();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.extend(u8::try_from(held >> bits & 255));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_the_base64_that_everybody_has() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("\u{0}\u{7f}~?", "AH9+Pw==")]
        {
            assert_eq!(super::encode(plain.as_bytes()), coded);
            assert_eq!(super::decode(coded), plain.as_bytes());
        }
        assert_eq!(super::decode("Zm 9\r\nv\u{e9}Yg"), b"foob");
        assert_eq!(super::encode(b"\0u@x.example\0pass"), "AHVAeC5leGFtcGxlAHBhc3M=");
    }
}
