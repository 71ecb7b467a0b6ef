//! Content-Transfer-Encoding → bytes. Broken encodings give what is in them.

use super::word::base64;

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

fn quoted_printable(encoded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded.len());
    for line in encoded.split_inclusive(|b| *b == b'\n') {
        let (text, ended) = match line.strip_suffix(b"\n") {
            Some(text) => (text.strip_suffix(b"\r").unwrap_or(text), true),
            None => (line, false),
        };
        let text = trim_blanks(text);
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

/// Blanks at the end of a line were added on the way.
fn trim_blanks(line: &[u8]) -> &[u8] {
    let kept = line.iter().rposition(|b| !matches!(b, b' ' | b'\t')).map_or(0, |at| at + 1);
    line.get(..kept).unwrap_or(line)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m09_quoted_printable_right_and_broken() {
        let read = |encoded: &[u8]| String::from_utf8(decode(encoded, Transfer::QuotedPrintable)).unwrap();
        assert_eq!(read(b"a=3Db =\r\nc  \r\nd"), "a=b c\r\nd");
        assert_eq!(read(b"=E9=B8=\n=BF"), "鸿");
        assert_eq!(read(b"=XY = =4"), "=XY = =4");
    }
}
