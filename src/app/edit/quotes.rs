//! What is quoted in a text: to be folded away, trimmed, or filled anew. A quotation is a row of lines that begin with
//! `>`, or all that follows a line such as `----- 原始邮件 -----`.

use super::buffer::{Buffer, Folded, Place};
use super::past::Kind;
use super::view::depth;
use crate::text::{may_break, width, wrap};

/// Fewer lines than these are not worth folding.
const WORTH_FOLDING: usize = 3;
/// How original mail is announced, without case.
const ANNOUNCED: [&str; 8] = [
    "原始邮件",
    "原始郵件",
    "原邮件",
    "转发的邮件",
    "转发邮件",
    "original message",
    "forwarded message",
    "original mail",
];

/// A line that says that the original message follows.
pub(super) fn announces_original(line: &str) -> bool {
    let line = line.trim();
    if line.len() > 120 || !line.starts_with("--") || !line.ends_with("--") {
        return false;
    }
    let said = line.trim_matches(['-', ' ']).to_lowercase();
    ANNOUNCED.iter().any(|known| said == *known)
}

impl Buffer {
    /// The next line that can be seen.
    pub(super) fn line_below(&self, line: usize) -> Option<usize> {
        let below = line + self.folded_lines(line).unwrap_or(1);
        (below < self.lines.len()).then_some(below)
    }

    pub(super) fn line_above(&self, line: usize) -> Option<usize> {
        let above = line.checked_sub(1)?;
        Some(self.head_of(above))
    }

    /// The line that stands for this one.
    fn head_of(&self, line: usize) -> usize {
        let inside = |line: &usize| self.lines.get(*line).is_some_and(|line| line.folded == Folded::Inside);
        (0..=line).rev().find(|line| !inside(line)).unwrap_or_default()
    }

    /// For how many lines this one stands, if it stands for more than itself.
    pub fn folded_lines(&self, line: usize) -> Option<usize> {
        match self.lines.get(line)?.folded {
            Folded::Head(lines) => Some(lines),
            Folded::No | Folded::Inside => None,
        }
    }

    /// Shows everything that is folded away and touches these lines.
    pub(super) fn unfold_lines(&mut self, from: usize, to: usize) {
        let mut line = self.head_of(from);
        while line <= to {
            let lines = self.folded_lines(line).unwrap_or(1);
            if lines > 1 {
                for line in self.lines.iter_mut().skip(line).take(lines) {
                    line.folded = Folded::No;
                }
            }
            line += lines;
        }
    }

    /// The quotation that a line belongs to: its first line, and the one behind its last.
    pub(super) fn quotation(&self, line: usize) -> Option<(usize, usize)> {
        let quoted = |line: usize| depth(self.line(line)) > 0;
        if quoted(line) {
            let from = (0..line).rev().find(|line| !quoted(*line)).map_or(0, |above| above + 1);
            let to = (line..self.lines.len()).find(|line| !quoted(*line)).unwrap_or(self.lines.len());
            return Some((from, to));
        }
        let from = (0..=line.min(self.lines.len().saturating_sub(1)))
            .rev()
            .find(|line| announces_original(self.line(*line)))?;
        Some((from, self.lines.len()))
    }

    fn quotations(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut line = 0;
        while line < self.lines.len() {
            let starts = depth(self.line(line)) > 0 || announces_original(self.line(line));
            let end = if starts { self.quotation(line).map_or(line + 1, |(_, to)| to) } else { line + 1 };
            if starts && end - line >= WORTH_FOLDING {
                found.push((line, end));
            }
            line = end;
        }
        found
    }

    fn fold(&mut self, from: usize, to: usize) {
        self.unfold_lines(from, to.saturating_sub(1));
        for (nth, line) in self.lines.iter_mut().enumerate().skip(from).take(to - from) {
            line.folded = if nth == from { Folded::Head(to - from) } else { Folded::Inside };
        }
        if (from..to).contains(&self.cursor.line) {
            self.cursor = Place { line: from, at: 0 };
        }
        self.mark = None;
    }

    /// Folds every quotation, or unfolds all if one is folded. False if there is none.
    pub fn toggle_folds(&mut self) -> bool {
        self.leave();
        let folded = self.lines.iter().any(|line| line.folded != Folded::No);
        let quotations = self.quotations();
        if folded {
            self.unfold_lines(0, self.lines.len().saturating_sub(1));
        } else {
            for (from, to) in &quotations {
                self.fold(*from, *to);
            }
        }
        self.goal = None;
        self.settle();
        folded || !quotations.is_empty()
    }

    /// Shows what is folded under the cursor. False if nothing is.
    pub fn unfold_here(&mut self) -> bool {
        let Some(lines) = self.folded_lines(self.cursor.line) else { return false };
        self.unfold_lines(self.cursor.line, self.cursor.line + lines - 1);
        self.settle();
        true
    }

    /// Takes out the rest of the quotation, from the line of the cursor on. False if that is not quoted.
    pub fn trim_quotation(&mut self) -> bool {
        let Some((_, to)) = self.quotation(self.cursor.line) else { return false };
        let from = Place { line: self.cursor.line, at: 0 };
        let last = self.lines.len().saturating_sub(1);
        let to = if to > last { Place { line: last, at: self.line(last).len() } } else { Place { line: to, at: 0 } };
        self.leave();
        self.cut_out(from, to);
        self.leave();
        true
    }

    /// Breaks the lines of the paragraph anew, each with the marks of its quotation. False if nothing changed.
    pub fn reflow(&mut self, columns: usize) -> bool {
        let here = self.cursor.line;
        let (prefix, _) = split(self.line(here));
        let belongs = |line: usize| {
            let (other, rest) = split(self.line(line));
            other.trim_end() == prefix.trim_end() && !rest.trim().is_empty() && !announces_original(self.line(line))
        };
        if !belongs(here) {
            return false;
        }
        let from = (0..here).rev().find(|line| !belongs(*line)).map_or(0, |above| above + 1);
        let to = (here..self.lines.len()).find(|line| !belongs(*line)).unwrap_or(self.lines.len());
        let mut whole = String::new();
        for line in from..to {
            let (_, rest) = split(self.line(line));
            // Between two Han characters there is no blank.
            let last = whole.chars().next_back().map(String::from).unwrap_or_default();
            let next = rest.trim_start().chars().next().map(String::from).unwrap_or_default();
            let tight = width(&last) == 2 || width(&next) == 2;
            let tight = tight && (may_break(&last, &next) || width(&last) == 2 && width(&next) == 2);
            if !whole.is_empty() && !tight {
                whole.push(' ');
            }
            whole.push_str(if line == from { rest.trim_end() } else { rest.trim() });
        }
        let prefix = prefix.to_owned();
        let room = columns.saturating_sub(width(&prefix)).max(10);
        let lines: Vec<String> = wrap(&whole, room).into_iter().map(|line| format!("{prefix}{line}")).collect();
        let new = lines.join("\n");
        let (start, end) = (Place { line: from, at: 0 }, Place { line: to - 1, at: self.line(to - 1).len() });
        if new == self.between(start, end) {
            return false;
        }
        self.leave();
        self.change(start, end, &new, Kind::AtOnce);
        self.leave();
        true
    }
}

/// The marks of the quotation that a line begins with, with a blank behind them, and the rest.
fn split(line: &str) -> (&str, &str) {
    let marks = line.char_indices().find(|(_, c)| !matches!(c, '>' | ' ')).map_or(line.len(), |(at, _)| at);
    if depth(line) == 0 { ("", line) } else { line.split_at_checked(marks).unwrap_or(("", line)) }
}
