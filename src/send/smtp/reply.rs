//! Bytes in, whole replies out. Whatever a server says, what is kept of it has a limit.

use std::borrow::Cow;
use std::collections::VecDeque;

/// Of one line so much is kept.
const KEPT: usize = 4 * 1024;
/// A line that goes on for longer than this has no end.
const LONGEST: usize = 256 * 1024;
const MOST_LINES: usize = 200;
/// Nobody asks so many questions at once.
const MOST_REPLIES: usize = 128;

/// One reply, all lines of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// As they came, without their ends.
    lines: Vec<Vec<u8>>,
}

/// Why something is no reply. No two sides that got here mean the same any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nonsense {
    NoCode,
    TwoCodes,
    TooLong,
    TooManyLines,
    TooManyReplies,
}

impl Nonsense {
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::NoCode => "no answer of an SMTP server",
            Self::TwoCodes => "an answer with two codes",
            Self::TooLong => "a line without end",
            Self::TooManyLines => "an answer without end",
            Self::TooManyReplies => "answers to questions that nobody asked",
        }
    }
}

impl Reply {
    pub(super) fn is_good(&self) -> bool {
        self.code / 100 == 2
    }

    pub(super) fn refuses(&self) -> bool {
        matches!(self.code / 100, 4 | 5)
    }

    pub(super) fn for_good(&self) -> bool {
        self.code / 100 == 5
    }

    /// The words of each line.
    pub(super) fn words(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.lines.iter().map(|line| decoded(line.get(4..).unwrap_or_default().trim_ascii()))
    }

    /// The code and all words, for people.
    pub(super) fn said(&self) -> String {
        let mut said = self.code.to_string();
        for words in self.words().filter(|words| !words.is_empty()) {
            said.push(' ');
            said.push_str(&words);
        }
        said
    }

    /// As it came, for whoever knows such words.
    pub(super) fn raw(&self) -> Vec<u8> {
        self.lines.join(&b"\n"[..])
    }
}

/// In UTF-8, or in the encoding of China.
fn decoded(words: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(words) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(words).0,
    }
}

/// What was heard and not yet understood.
#[derive(Default, Debug)]
pub(super) struct Replies {
    line: Vec<u8>,
    /// Bytes of the line that were not kept.
    cut: usize,
    begun: Option<Reply>,
    whole: VecDeque<Reply>,
    wrong: Option<Nonsense>,
}

impl Replies {
    pub(super) fn hear(&mut self, mut bytes: &[u8]) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            if self.wrong.is_some() {
                return;
            }
            let (line, rest) = bytes.split_at_checked(end + 1).unwrap_or((bytes, &[]));
            self.keep(line.strip_suffix(b"\n").unwrap_or(line));
            let line = std::mem::take(&mut self.line);
            self.cut = 0;
            self.end_line(line.strip_suffix(b"\r").unwrap_or(&line));
            bytes = rest;
        }
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.line.len()).min(bytes.len());
        self.line.extend_from_slice(bytes.get(..room).unwrap_or_default());
        self.cut += bytes.len() - room;
        if self.cut > LONGEST {
            self.wrong = self.wrong.or(Some(Nonsense::TooLong));
        }
    }

    fn end_line(&mut self, line: &[u8]) {
        let digits = line.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit));
        let code = digits.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| digits.parse().ok());
        let last = match line.get(3) {
            None | Some(b' ') => Some(true),
            Some(b'-') => Some(false),
            Some(_) => None,
        };
        let (Some(code @ 200..=599), Some(last)) = (code, last) else {
            self.wrong = Some(Nonsense::NoCode);
            return;
        };
        let reply = self.begun.get_or_insert(Reply { code, lines: Vec::new() });
        if reply.code != code {
            self.wrong = Some(Nonsense::TwoCodes);
        } else if reply.lines.len() >= MOST_LINES {
            self.wrong = Some(Nonsense::TooManyLines);
        } else {
            reply.lines.push(line.to_vec());
            if last {
                self.whole.extend(self.begun.take());
            }
        }
        if self.whole.len() > MOST_REPLIES {
            self.wrong = Some(Nonsense::TooManyReplies);
        }
    }

    /// The next reply, if it is there as a whole. What was said before the nonsense still counts.
    pub(super) fn next(&mut self) -> Result<Option<Reply>, Nonsense> {
        match (self.whole.pop_front(), self.wrong) {
            (Some(reply), _) => Ok(Some(reply)),
            (None, Some(wrong)) => Err(wrong),
            (None, None) => Ok(None),
        }
    }

    /// Nothing was said that is not used up.
    pub(super) fn is_silent(&self) -> bool {
        self.line.is_empty() && self.cut == 0 && self.begun.is_none() && self.whole.is_empty() && self.wrong.is_none()
    }
}

#[cfg(test)]
mod tests;
