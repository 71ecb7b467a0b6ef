//! Texts on their way: as they are where every machine lets them through untouched, else quoted-printable or base64,
//! whichever is shorter. None of them needs a server that takes eight bits.

use lettre::message::header::ContentTransferEncoding as Encoding;

use super::{base64, clean};

/// A line as it is written, and in its encoding.
const LINE: usize = 76;

/// How a text is written, by the name that the standard has for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    AsItIs,
    Printable,
    Base64,
}

impl Way {
    pub(super) fn encoding(self) -> Encoding {
        match self {
            Self::AsItIs => Encoding::SevenBit,
            Self::Printable => Encoding::QuotedPrintable,
            Self::Base64 => Encoding::Base64,
        }
    }
}

/// A text with its lines ended as the standard wants it, the last one too.
pub(super) fn canonical(text: &str) -> String {
    let text = clean::lines(text);
    let mut canonical = String::with_capacity(text.len() + text.len() / 32 + 2);
    for line in text.strip_suffix('\n').unwrap_or(&text).split('\n') {
        canonical.push_str(line);
        canonical.push_str("\r\n");
    }
    canonical
}

pub(super) fn way(canonical: &str) -> Way {
    // Mailboxes of files take `From ` for the beginning of the next message; blanks at the end of a line are lost.
    let is_safe =
        |line: &str| line.len() <= LINE && !line.starts_with("From ") && !line.ends_with([' ', '\t']) && line != ".";
    if canonical.is_ascii() && canonical.split("\r\n").all(is_safe) {
        return Way::AsItIs;
    }
    let others = canonical.bytes().filter(|byte| !byte.is_ascii()).count();
    if others.saturating_mul(6) > canonical.len() { Way::Base64 } else { Way::Printable }
}

/// Adds a text whose lines are ended by CRLF.
pub(super) fn add(canonical: &str, way: Way, out: &mut Vec<u8>) {
    match way {
        Way::AsItIs => out.extend_from_slice(canonical.as_bytes()),
        Way::Base64 => {
            out.reserve(base64::length(canonical.len()));
            // Reading from memory does not fail.
            let _ = base64::lines(&mut canonical.as_bytes(), u64::MAX, out);
        }
        Way::Printable => {
            let text = canonical.strip_suffix("\r\n").unwrap_or(canonical);
            for line in text.split("\r\n") {
                add_line(line, out);
                out.extend_from_slice(b"\r\n");
            }
        }
    }
}

fn add_line(line: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let hex = |bits: u8| HEX.get(usize::from(bits & 15)).copied().unwrap_or(b'0');
    let mut column = 0;
    let mut rest = line.chars();
    let mut is_first = true;
    while let Some(c) = rest.next() {
        let is_last = rest.as_str().is_empty();
        let as_it_is = match c {
            '=' => false,
            ' ' | '\t' => !is_last,
            'F' if is_first => !line.starts_with("From "),
            '.' if is_first => false,
            c => c.is_ascii_graphic(),
        };
        is_first = false;
        let length = if as_it_is { 1 } else { 3 * c.len_utf8() };
        // One place is for the sign that the line goes on.
        if column + length > LINE - usize::from(!is_last) {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        column += length;
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            if as_it_is {
                out.push(byte);
            } else {
                out.extend_from_slice(&[b'=', hex(byte >> 4), hex(byte)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printable(text: &str) -> String {
        let mut out = Vec::new();
        add(&canonical(text), Way::Printable, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_is_written_so_that_nothing_is_lost() {
        for (text, written) in [
            ("plain", "plain\r\n"),
            ("a = b", "a =3D b\r\n"),
            ("-- \nme", "--=20\r\nme\r\n"),
            ("From here", "=46rom here\r\n"),
            (".\n.x", "=2E\r\n=2Ex\r\n"),
            ("é", "=C3=A9\r\n"),
            ("a\tb\t", "a\tb=09\r\n"),
            ("", "\r\n"),
        ] {
            assert_eq!(printable(text), written);
        }
        let long = "é".repeat(100) + &"x".repeat(300);
        let written = printable(&long);
        assert!(written.split("\r\n").all(|line| line.len() <= LINE), "{written}");
        assert_eq!(written.replace("=\r\n", "").replace("=C3=A9", "é"), long + "\r\n");
    }

    #[test]
    fn the_shorter_way_is_taken() {
        assert_eq!(way(&canonical("plain\nlines\n")), Way::AsItIs);
        assert_eq!(way(&canonical("-- \nme")), Way::Printable);
        assert_eq!(way(&canonical(&"x".repeat(1000))), Way::Printable);
        assert_eq!(way(&canonical("one 鸿 in a long line of other letters")), Way::Printable);
        assert_eq!(way(&canonical("鸿雁传书")), Way::Base64);
        assert_eq!(way(&canonical("a\r.\rb")), Way::Printable);
    }
}
