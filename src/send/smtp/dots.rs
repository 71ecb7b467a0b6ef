//! A message as it may follow DATA: each end of a line is CR LF and nothing else is, and no line is taken for the end.
//!
//! A lone CR or LF never leaves: some servers take it for the end of a line and others do not, and between two of them
//! one message can become two.

#[derive(Debug)]
pub(super) struct Dots {
    line_begins: bool,
    /// A CR came, and what follows it did not yet.
    returned: bool,
    /// Bytes that went out, without the dots that were put in.
    pub(super) size: u64,
}

impl Dots {
    pub(super) fn new() -> Self {
        Self { line_begins: true, returned: false, size: 0 }
    }

    pub(super) fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while let Some(first) = bytes.first() {
            match first {
                b'\n' => {
                    self.end_line(out);
                    bytes = bytes.get(1..).unwrap_or_default();
                }
                b'\r' => {
                    if self.returned {
                        self.end_line(out);
                    }
                    self.returned = true;
                    bytes = bytes.get(1..).unwrap_or_default();
                }
                first => {
                    if self.returned {
                        self.end_line(out);
                    }
                    if self.line_begins && *first == b'.' {
                        out.push(b'.');
                    }
                    self.line_begins = false;
                    let end = memchr::memchr2(b'\r', b'\n', bytes).unwrap_or(bytes.len());
                    let (line, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
                    out.extend_from_slice(line);
                    self.size += u64::try_from(line.len()).unwrap_or_default();
                    bytes = rest;
                }
            }
        }
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\r\n");
        self.size += 2;
        (self.returned, self.line_begins) = (false, true);
    }

    /// What ends the last line, if it has no end. The dot is not among it.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if self.returned || !self.line_begins {
            self.end_line(out);
        }
    }
}

/// What has to be known of a message before it is offered.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Shape {
    /// As it goes out; dots that are put in do not count.
    pub(super) size: u64,
    pub(super) eight_bit: bool,
    pub(super) eight_bit_head: bool,
}

/// So much of a message is worked on at once.
pub(super) const CHUNK: usize = 32 * 1024;

impl Shape {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (mut dots, mut out) = (Dots::new(), Vec::with_capacity(CHUNK + CHUNK / 8));
        for chunk in bytes.chunks(CHUNK) {
            out.clear();
            dots.push(chunk, &mut out);
        }
        dots.finish(&mut out);
        let ends = [&b"\r\n\r\n"[..], b"\n\n"].map(|end| memchr::memmem::find(bytes, end).unwrap_or(bytes.len()));
        let head = bytes.get(..ends.into_iter().min().unwrap_or(bytes.len())).unwrap_or(bytes);
        Self { size: dots.size, eight_bit: !bytes.is_ascii(), eight_bit_head: !head.is_ascii() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut dots, mut out) = (Dots::new(), Vec::new());
        for piece in pieces {
            dots.push(piece, &mut out);
        }
        dots.finish(&mut out);
        out
    }

    #[test]
    fn c03_nothing_but_the_end_is_the_end() {
        for (written, goes) in [
            (&b""[..], &b""[..]),
            (b"a", b"a\r\n"),
            (b"a\r\n", b"a\r\n"),
            (b"a\n", b"a\r\n"),
            (b"a\r", b"a\r\n"),
            (b"a\n.\nb", b"a\r\n..\r\nb\r\n"),
            (b"a\r.\rb", b"a\r\n..\r\nb\r\n"),
            (b"a\n.\r\nb", b"a\r\n..\r\nb\r\n"),
            (b"a\r\n.\r\nb", b"a\r\n..\r\nb\r\n"),
            (b"a\r\r\n.b", b"a\r\n\r\n..b\r\n"),
            (b".", b"..\r\n"),
            (b"..\r\n...x", b"...\r\n....x\r\n"),
        ] {
            assert_eq!(sent(&[written]), goes, "{}", written.escape_ascii());
        }
    }

    #[test]
    fn what_has_to_be_known_is_counted_as_it_goes_out() {
        assert_eq!(Shape::of(b"A: b\n\n.c\n"), Shape { size: 6 + 2 + 4, eight_bit: false, eight_bit_head: false });
        let said = "A: b\r\n\r\n\u{96c1}";
        assert_eq!(Shape::of(said.as_bytes()), Shape { size: 8 + 3 + 2, eight_bit: true, eight_bit_head: false });
        assert!(Shape::of("A: \u{96c1}\r\n\r\n".as_bytes()).eight_bit_head);
    }

    proptest! {
        #[test]
        fn c03_wherever_a_message_is_cut_it_goes_out_the_same(
            written in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'a')], 0..40),
            at in 0_usize..40,
        ) {
            let out = sent(&[&written]);
            let (first, second) = written.split_at(at.min(written.len()));
            prop_assert_eq!(&out, &sent(&[first, second]));
            let text = String::from_utf8(out.clone()).unwrap();
            prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
            prop_assert!(!["\r\n", &text].concat().contains("\r\n.\r\n"));
            // Whoever takes the dots off again has what was meant.
            let plain: Vec<&str> = text.split_terminator("\r\n").map(|l| l.strip_prefix('.').unwrap_or(l)).collect();
            let meant = String::from_utf8(written.clone()).unwrap().replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(plain, meant.split_terminator('\n').collect::<Vec<_>>());
            prop_assert_eq!(Shape::of(&written).size, u64::try_from(out.len() - dots_in(&text)).unwrap());
        }
    }

    fn dots_in(text: &str) -> usize {
        text.split_terminator("\r\n").filter(|line| line.starts_with('.')).count()
    }
}
