//! Where a response ends, without a stream: bytes that are held come in, what to do with them comes out.
//!
//! A response is lines and literals. The framing sees everything that is held of the present one and remembers how far
//! it has looked, so the result is the same however the bytes were cut on their way.

use std::fmt;

/// How much of what a server says is held in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::sync::imap) struct Limits {
    /// One line, and all lines of one response together.
    pub(in crate::sync::imap) line: usize,
    /// The same for lists of numbers: a large folder has many.
    pub(in crate::sync::imap) numbers: usize,
    /// A literal of a message beyond this is cut, or spooled if there is room for it.
    pub(in crate::sync::imap) literal_memory: usize,
    /// A literal of anything else: the name of a folder, say.
    pub(in crate::sync::imap) literal_elsewhere: usize,
    /// No message is larger.
    pub(in crate::sync::imap) literal_largest: u64,
    pub(in crate::sync::imap) literals: usize,
    /// Everything that is held of one response.
    pub(in crate::sync::imap) whole: usize,
    /// Large bodies go to the disk and not into memory.
    pub(in crate::sync::imap) spool: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 1024 * 1024,
            numbers: 16 * 1024 * 1024,
            literal_memory: 1024 * 1024,
            literal_elsewhere: 64 * 1024,
            literal_largest: 512 * 1024 * 1024,
            literals: 1_000,
            whole: 4 * 1024 * 1024,
            spool: false,
        }
    }
}

/// What a server must not ask us to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::sync::imap) enum Excess {
    Line,
    Literal,
    Literals,
    /// `{-1}`: where the rest of it ends is anybody's guess.
    NoNumber,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line => "a line without end",
            Self::Literal => "a text that is too long",
            Self::Literals => "too many texts in one answer",
            Self::NoNumber => "a text whose length is no number",
        })
    }
}

/// A literal of the present response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::sync::imap) struct Literal {
    /// Where its bytes begin in what is held.
    pub(in crate::sync::imap) at: usize,
    /// How many of them are held there.
    pub(in crate::sync::imap) held: usize,
    /// How many the server sent.
    pub(in crate::sync::imap) size: u64,
    /// They are in the spool.
    pub(in crate::sync::imap) spooled: bool,
}

/// What a response looks like from outside.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(in crate::sync::imap) struct Shape {
    /// Bytes outside of literals.
    pub(in crate::sync::imap) text: usize,
    /// Opening parentheses outside of literals. Quoted ones count as well: who cannot be deceived about quotes need not
    /// know them, and an honest answer has few.
    pub(in crate::sync::imap) opened: usize,
    /// There is a byte outside of literals that is not ASCII, or is NUL.
    pub(in crate::sync::imap) raw: bool,
    pub(in crate::sync::imap) literals: Vec<Literal>,
}

/// What to do with the bytes that are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::sync::imap) enum Step {
    /// More have to come.
    More,
    /// So many bytes from here on belong to a large literal. They are to be taken out of what is held.
    Away { at: usize, length: usize, spooled: bool },
    /// The response is whole; it is so long.
    Whole(usize),
}

#[derive(Debug)]
pub(in crate::sync::imap) struct Framing {
    limits: Limits,
    /// Where the present line or literal begins.
    from: usize,
    /// How far was looked for the end of the line.
    seen: usize,
    /// Bytes of the present literal that are still to be held, and then those that are not.
    stay: usize,
    away: u64,
    shape: Shape,
}

impl Framing {
    pub(in crate::sync::imap) fn new(limits: Limits) -> Self {
        Self { limits, from: 0, seen: 0, stay: 0, away: 0, shape: Shape::default() }
    }

    pub(in crate::sync::imap) fn spool(&mut self, spool: bool) {
        self.limits.spool = spool;
    }

    pub(in crate::sync::imap) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The next response begins. Gives the shape of the one before.
    pub(in crate::sync::imap) fn next(&mut self) -> Shape {
        (self.from, self.seen, self.stay, self.away) = (0, 0, 0, 0);
        std::mem::take(&mut self.shape)
    }

    /// Looks at everything that is held from the beginning of the response on; bytes of the next one may follow.
    pub(in crate::sync::imap) fn step(&mut self, held: &[u8]) -> Result<Step, Excess> {
        loop {
            let here = held.len().saturating_sub(self.from);
            if self.stay > 0 {
                let length = here.min(self.stay);
                self.from += length;
                self.stay -= length;
                if self.stay > 0 {
                    return Ok(Step::More);
                }
                self.seen = self.from;
                continue;
            }
            if self.away > 0 {
                let length = usize::try_from(self.away).unwrap_or(usize::MAX).min(here);
                if length == 0 {
                    return Ok(Step::More);
                }
                self.away -= u64::try_from(length).unwrap_or(0);
                let spooled = self.shape.literals.last().is_some_and(|literal| literal.spooled);
                return Ok(Step::Away { at: self.from, length, spooled });
            }
            let room = self.room(held);
            let Some(end) = memchr::memchr(b'\n', held.get(self.seen..).unwrap_or_default()) else {
                self.seen = held.len();
                return if here > room { Err(Excess::Line) } else { Ok(Step::More) };
            };
            let end = self.seen + end + 1;
            let line = held.get(self.from..end).unwrap_or_default();
            if line.len() > room {
                return Err(Excess::Line);
            }
            self.shape.text += line.len();
            for byte in line {
                self.shape.opened += usize::from(*byte == b'(');
                self.shape.raw |= *byte >= 0x80 || *byte == 0;
            }
            (self.from, self.seen) = (end, end);
            match literal(line).filter(|_| may_hold_literals(held)) {
                None => return Ok(Step::Whole(end)),
                Some(size) => self.begin(size?, line, held, end)?,
            }
        }
    }

    /// How long the present line may become.
    fn room(&self, held: &[u8]) -> usize {
        let most = if lists_numbers(held) { self.limits.numbers } else { self.limits.line };
        most.saturating_sub(self.shape.text)
    }

    fn begin(&mut self, size: u64, line: &[u8], held: &[u8], at: usize) -> Result<(), Excess> {
        if self.shape.literals.len() >= self.limits.literals {
            return Err(Excess::Literals);
        }
        let of_a_message = is_fetch(held);
        let most = u64::try_from(self.limits.literal_elsewhere).unwrap_or(u64::MAX);
        if size > if of_a_message { self.limits.literal_largest } else { most } {
            return Err(Excess::Literal);
        }
        let whole = usize::try_from(size).unwrap_or(usize::MAX);
        let spooled = self.limits.spool && whole > self.limits.literal_memory && is_body(line);
        let stay = if spooled { 0 } else { whole.min(self.limits.literal_memory) };
        if at.saturating_add(stay) > self.limits.whole {
            return Err(Excess::Literals);
        }
        self.stay = stay;
        self.away = size - u64::try_from(stay).unwrap_or(size);
        self.shape.literals.push(Literal { at, held: stay, size, spooled });
        Ok(())
    }
}

/// The length of the literal that this line announces at its end, if it announces one.
fn literal(line: &[u8]) -> Option<Result<u64, Excess>> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let open = memchr::memrchr(b'{', line)?;
    let inside = line.get(open + 1..)?;
    if !inside.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    let digits = inside.strip_suffix(b"+").unwrap_or(inside);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Some(Err(Excess::NoNumber));
    }
    // More digits than a number holds are too many bytes in any case.
    Some(Ok(std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX)))
}

/// Free text ends with its line, whatever stands at the end of it.
fn may_hold_literals(held: &[u8]) -> bool {
    let Some(rest) = held.strip_prefix(b"* ") else { return false };
    !["OK", "NO", "BAD", "BYE", "PREAUTH"].iter().any(|word| starts_with_word(rest, word))
}

fn lists_numbers(held: &[u8]) -> bool {
    let Some(rest) = held.strip_prefix(b"* ") else { return false };
    ["SEARCH", "ESEARCH", "VANISHED"].iter().any(|word| starts_with_word(rest, word))
}

fn is_fetch(held: &[u8]) -> bool {
    let Some(rest) = held.strip_prefix(b"* ") else { return false };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = rest.get(digits..).unwrap_or_default().strip_prefix(b" ");
    digits > 0 && rest.is_some_and(|rest| starts_with_word(rest, "FETCH"))
}

/// The literal at the end of this line is a message as a whole, or a stretch of one.
fn is_body(line: &[u8]) -> bool {
    let Some(open) = memchr::memrchr(b'{', line) else { return false };
    let before = line.get(..open).unwrap_or_default();
    let before = before.strip_suffix(b"~").unwrap_or(before).trim_ascii_end();
    let without_stretch = before.strip_suffix(b">").and_then(|before| {
        let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        before.get(..before.len() - digits)?.strip_suffix(b"<")
    });
    without_stretch.unwrap_or(before).ends_with(b"[]") || ends_with_word(before, b"RFC822")
}

fn ends_with_word(line: &[u8], word: &[u8]) -> bool {
    line.len().checked_sub(word.len()).and_then(|at| line.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

pub(in crate::sync::imap) fn starts_with_word(line: &[u8], word: &str) -> bool {
    line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        && line.get(word.len()).is_none_or(|next| matches!(next, b' ' | b'\r' | b'\n'))
}
