//! Writes the text of a page line by line, and notes on the way what is known of its parts. Who calls says what begins
//! and ends; blanks, empty lines, quote marks and bullets are put where they belong when the next word comes.

use std::ops::Range;

use super::facts::is_nothing;
use crate::model::{Document, Link, Look, Mark, Section, SectionKind, Table};
use crate::text::Text;

/// A text longer than this is cut.
const LONGEST: usize = 4 * 1024 * 1024;

/// Deeper quotes and lists stand where these end.
const MOST_PREFIXES: usize = 12;

/// Blanks that shall not vanish, at most so many beside each other.
const MOST_BLANKS: usize = 16;

const MOST_LINKS: usize = 20_000;

/// What is known of a piece of text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Span {
    pub(super) look: Look,
    pub(super) link: Option<usize>,
}

pub(super) enum Container {
    Quote,
    /// What stands before its first line, until that is written.
    Item {
        mark: String,
        is_fresh: bool,
    },
}

#[derive(Default)]
pub(super) struct Writer {
    text: String,
    marks: Vec<Mark>,
    /// Which address, and where.
    links: Vec<(usize, Range<usize>)>,
    addresses: Vec<String>,
    tables: Vec<Table>,
    sections: Vec<Section>,
    open: Vec<Container>,
    /// The fewest containers that were open since the last word.
    shallowest: usize,
    /// A word stands on the line.
    is_begun: bool,
    /// Line ends that come before the next word.
    owed: usize,
    /// Blanks that come before the next word on the line, and whether they may not be fewer.
    blanks: usize,
    firm: bool,
    /// A character without width that joins its neighbours, if both are letters.
    joiner: Option<char>,
    fixed_from: Option<usize>,
    in_fixed: bool,
    rows: Vec<Vec<Range<usize>>>,
    row: Option<Row>,
    table_from: usize,
    /// What comes next has a mark of its own.
    is_apart: bool,
    pub(super) is_full: bool,
}

#[derive(Default)]
struct Row {
    cells: Vec<Option<Range<usize>>>,
    /// Where the cell that is open begins, if anything stands in it.
    cell: Option<usize>,
    in_cell: bool,
    from: Option<usize>,
}

impl Writer {
    pub(super) fn has_words(&self) -> bool {
        !self.text.is_empty()
    }

    pub(super) fn address(&mut self, address: String) -> Option<usize> {
        if self.addresses.len() >= MOST_LINKS {
            return None;
        }
        self.addresses.push(address);
        Some(self.addresses.len() - 1)
    }

    pub(super) fn open(&mut self, container: Container) {
        self.end_line();
        self.open.push(container);
    }

    pub(super) fn close(&mut self) {
        self.end_line();
        if let Some(Container::Item { .. }) = self.open.pop() {
            // The items of a list stand below each other, even if each is a paragraph.
            self.owed = self.owed.min(1);
        }
        self.shallowest = self.shallowest.min(self.open.len());
    }

    /// What comes next stands on a new line.
    pub(super) fn end_line(&mut self) {
        if self.is_in_row() {
            self.blank();
            return;
        }
        if self.is_begun {
            self.owed = self.owed.max(1);
        } else if self.firm && self.owed > 0 {
            // A line of blanks that may not vanish is an empty one.
            self.owed = 2;
        }
        (self.is_begun, self.blanks, self.firm, self.joiner) = (false, 0, false, None);
    }

    /// What comes next stands on a new line, or below an empty one.
    pub(super) fn next(&mut self, parted: bool) {
        if parted { self.part() } else { self.end_line() }
    }

    pub(super) fn line_break(&mut self) {
        if self.is_in_row() {
            self.blank();
        } else if self.in_fixed {
            self.fixed_break();
        } else if self.is_begun || self.owed == 0 {
            self.end_line();
        } else {
            self.end_line();
            self.owed = 2;
        }
    }

    /// What comes next stands below an empty line, unless it is the first of a list item.
    pub(super) fn part(&mut self) {
        self.end_line();
        let is_first = matches!(self.open.last(), Some(Container::Item { is_fresh: true, .. }));
        if !self.is_in_row() && !is_first && self.has_words() {
            self.owed = 2;
        }
    }

    /// From here on lines are broken nowhere. False if that cannot be.
    pub(super) fn begin_fixed(&mut self) -> bool {
        if self.is_in_row() || self.in_fixed {
            return false;
        }
        self.part();
        self.in_fixed = true;
        true
    }

    pub(super) fn end_fixed(&mut self) {
        self.in_fixed = false;
        if let Some(from) = self.fixed_from.take() {
            // One line alone has nothing to be kept in line with: some write who wrote and when in this way.
            if self.text.get(from..).is_some_and(|lines| lines.contains('\n')) {
                self.sections.push(Section { at: from..self.text.len(), kind: SectionKind::Fixed });
            }
            self.is_begun = true;
        }
        self.part();
    }

    fn fixed_break(&mut self) {
        if self.fixed_from.is_some() {
            self.owed = if self.is_begun { 1 } else { self.owed.saturating_add(1) };
            (self.is_begun, self.blanks, self.joiner) = (false, 0, None);
        }
    }

    /// Words as they stand in a page: blanks beside each other are one.
    pub(super) fn words(&mut self, words: &str, span: Span, keeps_lines: bool) {
        for c in words.chars() {
            match c {
                '\r' => {}
                '\n' if keeps_lines => self.line_break(),
                '\t' if self.in_fixed => self.put(c, span),
                ' ' | '\t' if keeps_lines => self.firm_blank(),
                ' ' | '\t' | '\n' | '\u{c}' => self.blank(),
                '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => self.firm_blank(),
                '\u{200c}'..='\u{200f}' | '\u{61c}' => self.joiner = Some(c),
                c if is_nothing(c) => {}
                c => self.put(c, span),
            }
            if self.is_full {
                return;
            }
        }
    }

    /// Words that stand for a picture.
    pub(super) fn picture(&mut self, words: &str, span: Span) {
        self.is_apart = true;
        if self.marks.last().is_some_and(|mark| mark.look.picture && mark.at.end == self.text.len()) {
            self.blank();
        }
        self.words(words, span, false);
        self.is_apart = true;
    }

    fn blank(&mut self) {
        if self.is_begun && !self.is_at_start_of_cell() {
            self.blanks = self.blanks.max(1);
        }
    }

    fn firm_blank(&mut self) {
        if !self.is_at_start_of_cell() {
            self.blanks = if self.firm { (self.blanks + 1).min(self.most_blanks()) } else { self.blanks.max(1) };
            self.firm = true;
        }
    }

    fn most_blanks(&self) -> usize {
        if self.in_fixed { 1_000 } else { MOST_BLANKS }
    }

    fn put(&mut self, c: char, span: Span) {
        if self.text.len() >= LONGEST {
            self.is_full = true;
            return;
        }
        // What stands on one line and in one cell is one mark.
        let is_apart = std::mem::take(&mut self.is_apart);
        let goes_on = self.is_begun && !self.is_at_start_of_cell() && !is_apart;
        let before = if goes_on { Some(self.text.len()) } else { None };
        if self.is_begun {
            if let Some(joiner) = self.joiner.take()
                && self.blanks == 0
                && !self.is_at_start_of_cell()
            {
                self.text.push(joiner);
            }
        } else {
            self.begin_line();
        }
        if self.in_fixed && self.fixed_from.is_none() {
            self.fixed_from = Some(self.text.len());
        }
        self.text.extend(std::iter::repeat_n(' ', self.blanks));
        (self.is_begun, self.owed, self.blanks, self.firm, self.joiner) = (true, 0, 0, false, None);
        let from = self.text.len();
        self.text.push(c);
        let until = self.text.len();
        if let Some(row) = &mut self.row {
            row.from.get_or_insert(from);
            if row.in_cell {
                row.cell.get_or_insert(from);
            }
        }
        if span.look != Look::default() {
            match self.marks.last_mut() {
                Some(mark) if mark.look == span.look && Some(mark.at.end) == before => mark.at.end = until,
                _ => self.marks.push(Mark { at: from..until, look: span.look }),
            }
        }
        if let Some(link) = span.link {
            match self.links.last_mut() {
                Some((last, at)) if *last == link => at.end = until,
                _ => self.links.push((link, from..until)),
            }
        }
    }

    fn begin_line(&mut self) {
        if self.has_words() {
            let empty = self.prefix(self.shallowest);
            for line in 0..self.owed.max(1) {
                self.text.push('\n');
                if line + 1 < self.owed {
                    self.text.push_str(empty.trim_end());
                }
            }
        }
        let whole = self.prefix(self.open.len());
        self.text.push_str(&whole);
        for container in &mut self.open {
            if let Container::Item { is_fresh, mark } = container
                && *is_fresh
            {
                *is_fresh = false;
                *mark = " ".repeat(mark.chars().count());
            }
        }
        self.shallowest = self.open.len();
    }

    /// What stands before each line in so many of the containers that are open.
    fn prefix(&self, depth: usize) -> String {
        let piece = |container: &Container| match container {
            Container::Quote => "> ".to_owned(),
            Container::Item { mark, .. } => mark.clone(),
        };
        self.open.iter().take(depth.min(MOST_PREFIXES)).map(piece).collect()
    }

    pub(super) fn is_in_row(&self) -> bool {
        self.row.is_some()
    }

    fn is_at_start_of_cell(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.in_cell && row.cell.is_none())
    }

    pub(super) fn begin_table(&mut self) {
        self.rows.clear();
    }

    pub(super) fn begin_row(&mut self) {
        self.end_line();
        self.row = Some(Row::default());
    }

    pub(super) fn begin_cell(&mut self) {
        let Some(row) = &mut self.row else { return };
        (row.in_cell, row.cell) = (true, None);
        (self.blanks, self.firm, self.joiner) = (if row.from.is_some() { 2 } else { 0 }, false, None);
    }

    pub(super) fn end_cell(&mut self) {
        let Some(row) = &mut self.row else { return };
        row.in_cell = false;
        row.cells.push(row.cell.take().map(|from| from..self.text.len()));
    }

    /// Ends a line of things that stand beside each other. A table remembers where they are.
    pub(super) fn end_row(&mut self, is_of_table: bool) {
        let Some(row) = self.row.take() else { return };
        self.end_line();
        let Some(from) = row.from.filter(|_| is_of_table) else { return };
        if self.rows.is_empty() {
            self.table_from = from;
        }
        let mut last = from;
        let place = |cell: Option<Range<usize>>| {
            let at = cell.unwrap_or(last..last);
            last = at.end;
            at
        };
        self.rows.push(row.cells.into_iter().map(place).collect());
    }

    pub(super) fn end_table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        if rows.len() > 1 {
            self.tables.push(Table { at: self.table_from..self.text.len(), rows });
        }
    }

    pub(super) fn finish(mut self) -> Document {
        if self.has_words() {
            self.text.push('\n');
        }
        let addresses = self.addresses;
        let link = |(number, at): (usize, Range<usize>)| Some(Link { at, url: Text::new(addresses.get(number)?) });
        Document {
            text: Text::new(self.text),
            marks: self.marks,
            links: self.links.into_iter().filter_map(link).collect(),
            tables: self.tables,
            sections: self.sections,
        }
    }
}
