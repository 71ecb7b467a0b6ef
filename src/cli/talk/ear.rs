//! Listening to a server for a person: its lines as they come, and where an answer ends. Nothing is kept of what is too
//! much: a line, a literal and a list are shown up to a size, and the rest is counted.

use crate::net::Protocol;

/// Bytes that are shown of a line, of a literal, and of a list of lines that ends with a point.
const LINE: usize = 8 * 1024;
const LITERAL: usize = 4 * 1024;
const LIST: usize = 64 * 1024;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Heard {
    /// A line to show.
    Line(Vec<u8>),
    /// So many bytes were left out here.
    LeftOut(u64),
    /// Here ends an answer or a piece of news; its first line.
    Whole(Reply, Vec<u8>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Reply {
    /// IMAP: `* …`, which answers nothing by itself.
    News,
    /// IMAP: the end of the command with this tag.
    Tagged { tag: String, good: bool },
    /// SMTP: the three digits.
    Code(u16),
    /// POP3: +OK or -ERR.
    Said { good: bool },
    /// The server waits for more: `+`.
    Go,
}

#[derive(Debug)]
pub(super) struct Ear {
    protocol: Protocol,
    line: Vec<u8>,
    /// Bytes of the line that were not kept.
    over: u64,
    /// The first line of the answer that is coming in.
    first: Option<Vec<u8>>,
    literal: Option<Literal>,
    /// A good answer goes on up to a line with a point (POP3).
    list_follows: bool,
    list: Option<List>,
}

#[derive(Debug)]
struct Literal {
    left: u64,
    shown: Vec<u8>,
    over: u64,
}

#[derive(Default, Debug)]
struct List {
    shown: usize,
    over: u64,
}

impl Ear {
    pub(super) fn new(protocol: Protocol) -> Self {
        Self { protocol, line: Vec::new(), over: 0, first: None, literal: None, list_follows: false, list: None }
    }

    pub(super) fn expect_list(&mut self, follows: bool) {
        self.list_follows = follows;
    }

    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Vec<Heard> {
        let mut heard = Vec::new();
        while !bytes.is_empty() {
            if let Some(literal) = &mut self.literal {
                let here = usize::try_from(literal.left).unwrap_or(usize::MAX).min(bytes.len());
                let (content, rest) = bytes.split_at(here);
                bytes = rest;
                literal.take(content);
                if literal.left == 0 {
                    self.end_literal(&mut heard);
                }
                continue;
            }
            let Some(end) = memchr::memchr(b'\n', bytes) else {
                self.keep(bytes);
                break;
            };
            let (line, rest) = bytes.split_at(end);
            self.keep(line);
            bytes = rest.get(1..).unwrap_or_default();
            self.end_line(&mut heard);
        }
        heard
    }

    fn keep(&mut self, piece: &[u8]) {
        let room = LINE.saturating_sub(self.line.len()).min(piece.len());
        self.line.extend(piece.iter().take(room));
        self.over += count(piece.len() - room);
    }

    fn end_literal(&mut self, heard: &mut Vec<Heard>) {
        let Some(literal) = self.literal.take() else { return };
        let shown = literal.shown.strip_suffix(b"\n").unwrap_or(&literal.shown);
        for line in shown.split(|byte| *byte == b'\n') {
            heard.push(Heard::Line(line.strip_suffix(b"\r").unwrap_or(line).to_vec()));
        }
        if literal.over > 0 {
            heard.push(Heard::LeftOut(literal.over));
        }
    }

    fn end_line(&mut self, heard: &mut Vec<Heard>) {
        let mut line = std::mem::take(&mut self.line);
        let over = std::mem::take(&mut self.over);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if self.list.is_some() {
            return self.list_line(line, over, heard);
        }
        heard.push(Heard::Line(line.clone()));
        if over > 0 {
            heard.push(Heard::LeftOut(over));
        }
        match self.protocol {
            Protocol::Imap => {
                let literal = if over == 0 { literal(&line) } else { None };
                let first = self.first.take().unwrap_or(line);
                match literal {
                    Some(0) => self.first = Some(first),
                    Some(left) => {
                        self.first = Some(first);
                        self.literal = Some(Literal { left, shown: Vec::new(), over: 0 });
                    }
                    None => heard.push(Heard::Whole(of_imap(&first), first)),
                }
            }
            Protocol::Smtp => {
                let code = line.get(..3).and_then(|code| std::str::from_utf8(code).ok()?.parse().ok());
                // Otherwise more lines follow, or it is no SMTP at all.
                if let (Some(code), None | Some(b' ')) = (code, line.get(3)) {
                    heard.push(Heard::Whole(Reply::Code(code), line));
                }
            }
            Protocol::Pop3 => {
                let follows = std::mem::take(&mut self.list_follows);
                if line.starts_with(b"+OK") && follows {
                    (self.first, self.list) = (Some(line), Some(List::default()));
                } else if line.starts_with(b"+OK") || line.starts_with(b"-ERR") {
                    heard.push(Heard::Whole(Reply::Said { good: line.starts_with(b"+") }, line));
                } else if line.starts_with(b"+") {
                    heard.push(Heard::Whole(Reply::Go, line));
                }
            }
        }
    }

    fn list_line(&mut self, line: Vec<u8>, over: u64, heard: &mut Vec<Heard>) {
        let Some(list) = &mut self.list else { return };
        if line == b"." {
            if list.over > 0 {
                heard.push(Heard::LeftOut(list.over));
            }
            self.list = None;
            heard.push(Heard::Line(line));
            let first = self.first.take().unwrap_or_default();
            heard.push(Heard::Whole(Reply::Said { good: true }, first));
        } else if list.shown + line.len() <= LIST {
            list.shown += line.len() + 2;
            list.over += over;
            heard.push(Heard::Line(line));
        } else {
            list.over += count(line.len()) + 2 + over;
        }
    }
}

impl Literal {
    fn take(&mut self, content: &[u8]) {
        let room = LITERAL.saturating_sub(self.shown.len()).min(content.len());
        self.shown.extend(content.iter().take(room));
        self.over += count(content.len() - room);
        self.left -= count(content.len());
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// How long the literal is that a line announces at its end.
fn literal(line: &[u8]) -> Option<u64> {
    let inner = line.strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let digits = inner.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, number) = inner.split_at(inner.len() - digits);
    if before.last() != Some(&b'{') {
        return None;
    }
    std::str::from_utf8(number).ok()?.parse().ok()
}

fn of_imap(first: &[u8]) -> Reply {
    if first.starts_with(b"* ") {
        return Reply::News;
    }
    if first.starts_with(b"+") {
        return Reply::Go;
    }
    let text = String::from_utf8_lossy(first);
    let mut words = text.split(' ');
    let tag = words.next().unwrap_or_default().to_owned();
    match words.next().map(str::to_ascii_uppercase).as_deref() {
        Some("OK") => Reply::Tagged { tag, good: true },
        Some("NO" | "BAD") => Reply::Tagged { tag, good: false },
        _ => Reply::News,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is heard, the same however the bytes come.
    fn heard(protocol: Protocol, list: bool, said: &[u8]) -> Vec<String> {
        let listen = |pieces: usize| {
            let mut ear = Ear::new(protocol);
            ear.expect_list(list);
            let heard: Vec<Heard> = said.chunks(pieces).flat_map(|piece| ear.feed(piece)).collect();
            heard
        };
        let whole = listen(said.len().max(1));
        assert_eq!(listen(1), whole);
        assert_eq!(listen(7), whole);
        let shown = |heard: Heard| match heard {
            Heard::Line(line) => String::from_utf8(line).unwrap(),
            Heard::LeftOut(bytes) => format!("-{bytes}"),
            Heard::Whole(reply, _) => format!("{reply:?}"),
        };
        whole.into_iter().map(shown).collect()
    }

    #[test]
    fn answers_of_each_protocol_end_where_they_end() {
        assert_eq!(
            heard(
                Protocol::Imap,
                false,
                b"* 1 FETCH (X {5}\r\nab\r\ny UID 1)\r\n+ go\r\na1 OK done\r\nb NO {0}\r\n\r\nx\n"
            ),
            [
                "* 1 FETCH (X {5}",
                "ab",
                "y",
                " UID 1)",
                "News",
                "+ go",
                "Go",
                "a1 OK done",
                "Tagged { tag: \"a1\", good: true }",
                "b NO {0}",
                "",
                "Tagged { tag: \"b\", good: false }",
                "x",
                "News"
            ]
        );
        assert_eq!(
            heard(Protocol::Smtp, false, b"250-a\r\n250 b\r\n220\r\nwhat is this\r\n"),
            ["250-a", "250 b", "Code(250)", "220", "Code(220)", "what is this"]
        );
        assert_eq!(
            heard(Protocol::Pop3, false, b"+OK\r\n-ERR x\r\n+ \r\n"),
            ["+OK", "Said { good: true }", "-ERR x", "Said { good: false }", "+ ", "Go"]
        );
        assert_eq!(
            heard(Protocol::Pop3, true, b"+OK 2\r\n1 10\r\n..x\r\n.\r\n+OK\r\n"),
            ["+OK 2", "1 10", "..x", ".", "Said { good: true }", "+OK", "Said { good: true }"]
        );
        assert_eq!(heard(Protocol::Pop3, true, b"-ERR no\r\n"), ["-ERR no", "Said { good: false }"]);
    }

    #[test]
    fn what_is_too_much_is_counted_and_not_kept() {
        let long = [&b"* OK "[..], &b"x".repeat(100_000), b"\r\na OK\r\n"].concat();
        let said = heard(Protocol::Imap, false, &long);
        assert_eq!(said[0].len(), LINE);
        assert_eq!(said[1..], ["-91814", "News", "a OK", "Tagged { tag: \"a\", good: true }"]);
        let literal = [&b"* 1 FETCH (B {100000}\r\n"[..], &b"x".repeat(100_000), b")\r\n"].concat();
        let said = heard(Protocol::Imap, false, &literal);
        assert_eq!(
            (said[1].len(), &said[2..]),
            (LITERAL, &["-95904".to_owned(), ")".to_owned(), "News".to_owned()][..])
        );
        let list = [&b"+OK\r\n"[..], &b"0123456789\r\n".repeat(100_000), b".\r\n"].concat();
        let said = heard(Protocol::Pop3, true, &list);
        assert!(said.len() < 6_000, "{}", said.len());
        assert!(said[said.len() - 3].starts_with("-11"), "{}", said[said.len() - 3]);
        let mut ear = Ear::new(Protocol::Imap);
        for _ in 0..1000 {
            ear.feed(&[b'x'; 1000]);
        }
        ear.feed(b"\r\n* {99999999999999}\r\n");
        for _ in 0..1000 {
            ear.feed(&[b'x'; 1000]);
        }
        assert!(ear.line.capacity() + ear.literal.unwrap().shown.capacity() < 4 * LINE);
    }
}
