//! A walk through one response, for a reader that has to bear with everything.
//!
//! Linear and without recursion, whatever comes: a quote that never ends is looked for once.

use crate::store::{Spooled, Whole};
use crate::sync::imap::sluice::Literal;

#[derive(Debug)]
pub(super) struct Reading<'a> {
    bytes: &'a [u8],
    at: usize,
    literals: &'a [Literal],
    /// What is spooled of them, as long as nobody has it.
    files: Vec<Option<Spooled>>,
    /// Before this place no quoted string ends any more.
    hopeless: usize,
    /// Before this place a backslash is taken for itself.
    lenient: usize,
}

/// A string of any kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece<'a> {
    Nil,
    Bytes(Vec<u8>),
    /// What is held of a literal.
    Literal(&'a [u8], Literal),
}

impl Piece<'_> {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Nil => Vec::new(),
            Self::Bytes(bytes) => bytes,
            Self::Literal(held, _) => held.to_vec(),
        }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn new(bytes: &'a [u8], literals: &'a [Literal], files: Vec<Spooled>) -> Self {
        Self { bytes, at: 0, literals, files: files.into_iter().map(Some).collect(), hopeless: 0, lenient: 0 }
    }

    /// All the bytes of a string; `None` if some of them were not kept.
    pub(super) fn whole(&mut self, piece: Piece<'_>) -> Option<Whole> {
        match piece {
            Piece::Literal(_, literal) if literal.spooled => {
                let spooled = |other: &&Literal| other.spooled && other.at < literal.at;
                let which = self.literals.iter().filter(spooled).count();
                self.files.get_mut(which)?.take().map(Whole::File)
            }
            Piece::Literal(held, literal) if u64::try_from(held.len()).ok()? < literal.size => None,
            other => Some(Whole::Bytes(other.into_bytes())),
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    pub(super) fn spaces(&mut self) {
        while self.eat(b' ') {}
    }

    /// Bytes as long as they are like this.
    pub(super) fn while_like(&mut self, like: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !like(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// A word up to a space, a parenthesis or the end of the line.
    pub(super) fn word(&mut self) -> &'a [u8] {
        self.while_like(|byte| !matches!(byte, b' ' | b'(' | b')' | b'\r' | b'\n'))
    }

    /// The name of something; empty if there is none.
    pub(super) fn key(&mut self) -> &'a [u8] {
        self.while_like(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    }

    /// The same in capitals.
    pub(super) fn name(&mut self) -> String {
        String::from_utf8_lossy(self.key()).to_ascii_uppercase()
    }

    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        std::str::from_utf8(self.word()).ok()?.parse().ok()
    }

    /// The rest of the line.
    pub(super) fn line(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += length;
        let line = rest.get(..length).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// A string, or an atom, or NIL. `None` if it does not end.
    pub(super) fn string(&mut self) -> Option<Piece<'a>> {
        match self.peek()? {
            b'"' => self.quoted().map(Piece::Bytes),
            b'{' | b'~' => self.literal(),
            _ => {
                let word = self.word();
                match word {
                    [] => None,
                    nil if nil.eq_ignore_ascii_case(b"NIL") => Some(Piece::Nil),
                    word => Some(Piece::Bytes(word.to_vec())),
                }
            }
        }
    }

    fn literal(&mut self) -> Option<Piece<'a>> {
        let rest = self.bytes.get(self.at..)?;
        // It was found when the response was framed, so its place is known; what only looks like one is not there.
        let head = memchr::memchr(b'\n', rest.get(..rest.len().min(32))?)?;
        let begin = self.at + head + 1;
        let which = self.literals.binary_search_by_key(&begin, |literal| literal.at).ok()?;
        let literal = *self.literals.get(which)?;
        let held = self.bytes.get(begin..begin + literal.held)?;
        self.at = begin + literal.held;
        Some(Piece::Literal(held, literal))
    }

    fn quoted(&mut self) -> Option<Vec<u8>> {
        if self.at < self.hopeless {
            return None;
        }
        let strictly = self.at >= self.lenient;
        let mut found = if strictly { self.quoted_with(true) } else { None };
        if found.is_none() {
            if strictly {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                self.lenient = self.at + memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
            }
            found = self.quoted_with(false);
            if found.is_none() {
                self.hopeless = self.lenient;
            }
        }
        let (text, end) = found?;
        self.at = end;
        Some(text)
    }

    /// The text of a quoted string, and where it ends. Some servers forget to escape a quote, some escape what is no
    /// quote, and the second byte of a GBK character may be a backslash: so a quote ends the string only before
    /// something that can follow a string.
    fn quoted_with(&self, escapes: bool) -> Option<(Vec<u8>, usize)> {
        let mut text = Vec::new();
        let mut rest = self.bytes.get(self.at + 1..)?;
        loop {
            let length = match rest {
                [] | [b'\r' | b'\n', ..] => return None,
                [b'\\', b'\\' | b'"', ..] if escapes => {
                    rest = rest.get(1..)?;
                    1
                }
                [b'"', b' ' | b')' | b'(' | b']' | b'\r' | b'\n', ..] => {
                    return Some((text, self.bytes.len() - rest.len() + 1));
                }
                [b'"'] => return Some((text, self.bytes.len())),
                [first, ..] if *first >= 0x80 => character(rest),
                _ => 1,
            };
            text.extend_from_slice(rest.get(..length)?);
            rest = rest.get(length..)?;
        }
    }

    /// Goes past one value, however deep. False if it has no end.
    pub(super) fn skip(&mut self) -> bool {
        let mut depth = 0_u32;
        loop {
            match self.peek() {
                None | Some(b'\r' | b'\n') => return false,
                Some(b'(') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b')') if depth == 0 => return true,
                Some(b')') => {
                    depth -= 1;
                    self.at += 1;
                }
                Some(b' ') => self.at += 1,
                Some(_) => {
                    let before = self.at;
                    if self.string().is_none() {
                        return false;
                    }
                    if self.at == before {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return true;
            }
        }
    }

    /// Goes to the next word that is one of these, outside of literals, after something that made no sense. False if
    /// there is none.
    pub(super) fn seek(&mut self, words: &[&str]) -> bool {
        let before = self.literals.partition_point(|literal| literal.at < self.at);
        let mut literals = self.literals.iter().skip(before).peekable();
        let mut at = self.at;
        while at < self.bytes.len() {
            if let Some(literal) = literals.next_if(|literal| literal.at <= at) {
                at = at.max(literal.at + literal.held);
                continue;
            }
            let rest = self.bytes.get(at..).unwrap_or_default();
            if rest.first() == Some(&b' ')
                && words.iter().any(|word| {
                    let here = rest.get(1..=word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word.as_bytes()));
                    here && rest.get(word.len() + 1).is_some_and(|next| matches!(next, b' ' | b'['))
                })
            {
                self.at = at + 1;
                return true;
            }
            at += 1;
        }
        self.at = self.bytes.len();
        false
    }

    pub(super) fn is_over(&self) -> bool {
        self.peek().is_none_or(|byte| matches!(byte, b'\r' | b'\n'))
    }
}

/// How many bytes the character at the beginning has, as UTF-8 or else as GBK.
fn character(bytes: &[u8]) -> usize {
    let like_utf8 = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => 0,
    };
    if like_utf8 > 0 && bytes.get(1..like_utf8).is_some_and(|rest| rest.iter().all(|byte| (0x80..0xc0).contains(byte)))
    {
        return like_utf8;
    }
    match bytes {
        [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, ..] => 2,
        _ => 1,
    }
}
