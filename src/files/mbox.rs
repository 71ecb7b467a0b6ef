//! A mailbox in one file, read and written as a stream: nothing but a line is in memory.
//!
//! Messages are told apart by the line that begins each of them: `From `, who, and when, after a blank line. A message that
//! says such a thing itself has `>` before it, which is taken away. What a message says of its own length (Content-Length,
//! Lines) counts for nothing: a wrong one would hide the messages that follow.

use std::io::{self, BufRead, Read, Write};

use jiff::civil::Date;

use crate::model::Timestamp;

/// Of a line so much is looked at; the rest of a longer one goes through as it is.
const LONGEST_LINE: usize = 64 * 1024;

const FROM: &[u8] = b"From ";
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The line before a message.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FromLine {
    /// When it was put there, if it says that.
    pub at: Option<Timestamp>,
}

#[derive(Debug)]
pub struct Mbox<R> {
    lines: Lines<R>,
    /// The line of the message that comes next.
    next: Option<FromLine>,
    begun: bool,
}

impl<R: BufRead> Mbox<R> {
    pub fn new(from: R) -> Self {
        Self { lines: Lines::new(from), next: None, begun: false }
    }

    /// Writes the next message to `into`, if there is one.
    pub fn read(&mut self, mut into: impl Write) -> io::Result<Option<FromLine>> {
        if !self.begun {
            self.begun = true;
            self.begin()?;
        }
        let Some(this) = self.next.take() else { return Ok(None) };
        // A blank line is the message's own only if no other message follows it.
        let mut held: Vec<u8> = Vec::new();
        let mut after_blank = true;
        while self.lines.advance()? {
            let line = self.lines.line();
            if self.lines.begins_line && after_blank && line.starts_with(FROM) {
                self.next = self.lines.begun_message()?;
                if self.next.is_some() {
                    return Ok(Some(this));
                }
            }
            into.write_all(&held)?;
            held.clear();
            let line = self.lines.line();
            after_blank = self.lines.begins_line && matches!(line, b"\n" | b"\r\n");
            if after_blank {
                held.extend_from_slice(line);
            } else if self.lines.begins_line && is_quoted(line) {
                into.write_all(line.get(1..).unwrap_or_default())?;
            } else {
                into.write_all(line)?;
            }
        }
        Ok(Some(this))
    }

    fn begin(&mut self) -> io::Result<()> {
        while self.lines.advance()? {
            let line = self.lines.line();
            if line.trim_ascii().is_empty() {
                continue;
            }
            // The first one may say what it likes.
            if self.lines.begins_line && line.starts_with(FROM) {
                self.next = Some(FromLine { at: postmark(line) });
            }
            return Ok(());
        }
        Ok(())
    }
}

/// True for `>From `, with as many `>` as there are.
fn is_quoted(line: &[u8]) -> bool {
    line.starts_with(b">") && unquoted(line).starts_with(FROM)
}

fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    line.get(marks..).unwrap_or_default()
}

/// Lines, and a look at the one behind the present one.
#[derive(Debug)]
struct Lines<R> {
    from: R,
    line: Vec<u8>,
    /// False in the rest of a line that is too long.
    begins_line: bool,
    next: Vec<u8>,
    has_next: bool,
    ended_line: bool,
}

impl<R: BufRead> Lines<R> {
    fn new(from: R) -> Self {
        Self { from, line: Vec::new(), begins_line: true, next: Vec::new(), has_next: false, ended_line: true }
    }

    fn line(&self) -> &[u8] {
        &self.line
    }

    /// Goes to the next line; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        if self.has_next {
            self.has_next = false;
            std::mem::swap(&mut self.line, &mut self.next);
        } else {
            read_line(&mut self.from, &mut self.line)?;
        }
        self.begins_line = self.ended_line;
        if self.line.is_empty() {
            return Ok(false);
        }
        self.ended_line = self.line.ends_with(b"\n");
        Ok(true)
    }

    /// The present line as one that begins a message, if what follows it is one.
    fn begun_message(&mut self) -> io::Result<Option<FromLine>> {
        if !self.ended_line {
            return Ok(None);
        }
        let at = postmark(&self.line);
        // Some programs write nothing behind it, or only a dash.
        let words = self.line.get(FROM.len()..).unwrap_or_default().trim_ascii();
        if at.is_none() && !words.is_empty() && words != b"-" {
            return Ok(None);
        }
        if !self.has_next {
            read_line(&mut self.from, &mut self.next)?;
            self.has_next = true;
        }
        Ok(begins_message(&self.next).then_some(FromLine { at }))
    }
}

/// True for the first line of a message: a field, or nothing at all.
fn begins_message(line: &[u8]) -> bool {
    let name = line.iter().position(|byte| *byte == b':').and_then(|colon| line.get(..colon));
    let is_field = name.is_some_and(|name| !name.is_empty() && name.iter().all(|byte| matches!(byte, 0x21..=0x7e)));
    is_field || line.trim_ascii().is_empty() || unquoted(line).starts_with(FROM)
}

fn read_line(from: &mut impl BufRead, into: &mut Vec<u8>) -> io::Result<()> {
    into.clear();
    let most = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
    from.take(most).read_until(b'\n', into).map(|_| ())
}

/// `From a@example.com Tue Nov 17 09:30:00 2026`: when. A zone counts for nothing; a day more or less in a list does not.
fn postmark(line: &[u8]) -> Option<Timestamp> {
    const LONGEST: usize = 1_000;
    let line = std::str::from_utf8(line.get(..line.len().min(LONGEST))?.get(FROM.len()..)?).ok()?;
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let clock = words.iter().rposition(|word| word.matches(':').count() > 0 && time(word).is_some())?;
    let (hours, minutes, seconds) = time(words.get(clock)?)?;
    let year = words.get(clock + 1..)?.iter().find(|word| word.len() == 4 && !word.starts_with(['+', '-']))?;
    let day = words.get(clock.checked_sub(1)?)?;
    let month = words.get(clock.checked_sub(2)?)?;
    let month = MONTHS.iter().position(|known| known.eq_ignore_ascii_case(month))?;
    let date = Date::new(year.parse().ok()?, i8::try_from(month + 1).ok()?, day.parse().ok()?).ok()?;
    let at = date.at(hours, minutes, seconds, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp(at.timestamp().as_second()))
}

fn time(word: &str) -> Option<(i8, i8, i8)> {
    let mut numbers = word.split(':').map(|number| number.parse::<i8>().ok());
    let (hours, minutes) = (numbers.next()??, numbers.next()??);
    let seconds = numbers.next().unwrap_or(Some(0))?;
    let good = numbers.next().is_none()
        && (0..24).contains(&hours)
        && (0..60).contains(&minutes)
        && (0..61).contains(&seconds);
    good.then_some((hours, minutes, seconds.min(59)))
}

/// Adds a message to a mailbox. The bytes stay as they are, but for a `>` before each line that would be taken for the
/// beginning of a message.
pub fn write(mut into: impl Write, sender: &str, at: Timestamp, message: impl BufRead) -> io::Result<()> {
    let sender: String = sender.chars().filter(|c| c.is_ascii_graphic()).take(200).collect();
    let sender = if sender.is_empty() { "MAILER-DAEMON" } else { &sender };
    writeln!(into, "From {sender} {}", asctime(at))?;
    let mut lines = Lines::new(message);
    let mut first = true;
    while lines.advance()? {
        // Text without any field: it has none then.
        if std::mem::take(&mut first) && !begins_message(lines.line()) {
            into.write_all(b"\n")?;
        }
        if lines.begins_line && unquoted(lines.line()).starts_with(FROM) {
            into.write_all(b">")?;
        }
        into.write_all(lines.line())?;
    }
    into.write_all(if lines.ended_line { b"\n" } else { b"\n\n" })
}

fn asctime(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    at.strftime("%a %b %e %H:%M:%S %Y").to_string()
}

#[cfg(test)]
mod tests;
