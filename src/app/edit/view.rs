//! What of a text is in view, and where the cursor stands there. Rows are looked for from the top of the view or from the
//! cursor, never from the beginning of the text.

use std::ops::Range;

use super::buffer::{Buffer, Folded, Spot};
use super::rows::{Rows, columns_of, drawn};
use crate::text::{SafeText, graphemes};
use unicode_segmentation::UnicodeSegmentation as _;

/// A row on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowView {
    pub line: usize,
    /// As it is drawn.
    pub text: SafeText,
    /// How deep it is quoted.
    pub depth: usize,
    /// It stands for so many lines.
    pub folded: Option<usize>,
    /// What is chosen of it, in bytes of what is drawn, and whether the end of the line is chosen too.
    pub chosen: Option<(Range<usize>, bool)>,
    /// What was looked for and found in it.
    pub hit: Option<Range<usize>>,
}

impl Buffer {
    /// Where a row begins, and where the next one of its line does; nothing if there is no such row.
    pub(super) fn row_range(&mut self, spot: Spot) -> Option<(usize, Option<usize>)> {
        let columns = self.columns;
        let line = self.lines.get_mut(spot.line)?;
        let rows = line.rows.get_or_insert_with(|| Box::new(Rows::new(columns)));
        rows.reach_row(&line.text, spot.row);
        Some((rows.start(spot.row)?, rows.start(spot.row + 1)))
    }

    pub(super) fn spot_of(&mut self, place: super::Place) -> Spot {
        let columns = self.columns;
        let Some(line) = self.lines.get_mut(place.line) else { return Spot::default() };
        if line.folded != Folded::No {
            return Spot { line: place.line, row: 0 };
        }
        let rows = line.rows.get_or_insert_with(|| Box::new(Rows::new(columns)));
        rows.reach(&line.text, place.at);
        Spot { line: place.line, row: rows.row_of(place.at) }
    }

    pub(super) fn spot_below(&mut self, spot: Spot) -> Option<Spot> {
        let below = Spot { row: spot.row + 1, ..spot };
        if self.folded_lines(spot.line).is_none() && self.row_range(below).is_some() {
            return Some(below);
        }
        self.line_below(spot.line).map(|line| Spot { line, row: 0 })
    }

    pub(super) fn spot_above(&mut self, spot: Spot) -> Option<Spot> {
        if let Some(row) = spot.row.checked_sub(1) {
            return Some(Spot { row, ..spot });
        }
        let line = self.line_above(spot.line)?;
        if self.folded_lines(line).is_some() {
            return Some(Spot { line, row: 0 });
        }
        let at = self.line(line).len();
        Some(self.spot_of(super::Place { line, at }))
    }

    /// Puts things right after a change or a motion: the cursor is in view, and the rows in view are known.
    pub(super) fn settle(&mut self) {
        if self.lines.get(self.cursor.line).is_some_and(|line| line.folded == Folded::Inside) {
            self.unfold_lines(self.cursor.line, self.cursor.line);
        }
        let cursor = self.spot_of(self.cursor);
        let top_is_there = self.lines.get(self.top.line).is_some_and(|line| line.folded != Folded::Inside)
            && self.row_range(self.top).is_some();
        if !top_is_there || cursor < self.top || !self.in_view(cursor) {
            let below = if cursor < self.top { 0 } else { self.height.saturating_sub(1) };
            let mut top = cursor;
            for _ in 0..below {
                let Some(above) = self.spot_above(top) else { break };
                top = above;
            }
            self.top = top;
        }
        // Now every row in view is known.
        self.in_view(Spot { line: usize::MAX, row: 0 });
    }

    fn in_view(&mut self, wanted: Spot) -> bool {
        let mut spot = self.top;
        for _ in 1..self.height {
            if spot >= wanted {
                return spot == wanted;
            }
            let Some(below) = self.spot_below(spot) else { return false };
            spot = below;
        }
        self.row_range(spot);
        spot == wanted
    }

    /// The line and the column that the cursor stands in, as people count.
    pub fn counted(&self) -> (usize, usize) {
        let before = self.line(self.cursor.line).get(..self.cursor.at).unwrap_or_default();
        // In a line as long as a book nobody counts what moves as one.
        let column = if before.len() < 4_096 { before.graphemes(true).count() } else { before.chars().count() };
        (self.cursor.line + 1, column + 1)
    }

    /// What is in view, from the top.
    pub fn rows_in_view(&self) -> Vec<RowView> {
        let mut views = Vec::with_capacity(self.height);
        let mut spot = self.top;
        while views.len() < self.height {
            let Some(line) = self.lines.get(spot.line) else { break };
            let (range, more) = known_range(line.rows.as_deref(), spot.row, line.text.len());
            let folded = self.folded_lines(spot.line);
            // What it stands for is said in its place.
            let text = line.text.get(range.clone()).filter(|_| folded.is_none()).unwrap_or_default();
            let (text, places) = traced(text, &self.marked(spot.line, &range));
            let pair = |at: usize| Some(*places.get(at)?..*places.get(at + 1)?);
            views.push(RowView {
                line: spot.line,
                depth: depth(&line.text),
                folded,
                chosen: pair(0)
                    .filter(|_| self.is_chosen(spot.line, &range))
                    .map(|at| (at, self.goes_on(spot.line, &range))),
                hit: pair(2).filter(|at| !at.is_empty()),
                text,
            });
            spot = if more && folded.is_none() {
                Spot { row: spot.row + 1, ..spot }
            } else {
                match self.line_below(spot.line) {
                    Some(line) => Spot { line, row: 0 },
                    None => break,
                }
            };
        }
        views
    }

    /// Where the selection and the hit begin and end, in this row.
    fn marked(&self, line: usize, range: &Range<usize>) -> [usize; 4] {
        let inside = |place: super::Place| match place.line.cmp(&line) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Greater => range.len(),
            std::cmp::Ordering::Equal => place.at.clamp(range.start, range.end) - range.start,
        };
        let (from, to) = self.selection().map_or((0, 0), |(from, to)| (inside(from), inside(to)));
        let hit = self.found.as_ref().filter(|found| found.place.line == line).map_or((0, 0), |found| {
            (inside(found.place), inside(super::Place { line, at: found.place.at + found.length }))
        });
        [from, to, hit.0, hit.1]
    }

    fn is_chosen(&self, line: usize, range: &Range<usize>) -> bool {
        self.selection().is_some_and(|(from, to)| {
            from != to
                && (from.line < line || (from.line == line && from.at <= range.end))
                && (to.line > line || (to.line == line && to.at >= range.start))
        })
    }

    fn goes_on(&self, line: usize, range: &Range<usize>) -> bool {
        let end = super::Place { line, at: range.end };
        self.selection().is_some_and(|(from, to)| from <= end && to > end)
    }

    /// Where the cursor stands in what is in view: the row and the column.
    pub fn cursor_cell(&self) -> Option<(usize, usize)> {
        let mut spot = self.top;
        for row in 0..self.height {
            let line = self.lines.get(spot.line)?;
            let (range, more) = known_range(line.rows.as_deref(), spot.row, line.text.len());
            let folded = self.folded_lines(spot.line).is_some();
            if spot.line == self.cursor.line && (folded || !more || self.cursor.at < range.end) {
                let before = line.text.get(range.start..self.cursor.at).filter(|_| !folded).unwrap_or_default();
                return Some((row, columns_of(before).min(self.columns)));
            }
            spot = if more && !folded {
                Spot { row: spot.row + 1, ..spot }
            } else {
                Spot { line: self.line_below(spot.line)?, row: 0 }
            };
        }
        None
    }
}

fn known_range(rows: Option<&Rows>, row: usize, length: usize) -> (Range<usize>, bool) {
    let Some(rows) = rows else { return (0..length, false) };
    let from = rows.start(row).unwrap_or(length);
    match rows.start(row + 1) {
        Some(to) => (from..to, true),
        None => (from..length, false),
    }
}

/// A row as it is drawn, and where places of it have come to stand.
fn traced(text: &str, places: &[usize]) -> (SafeText, Vec<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut stand = Vec::with_capacity(places.len());
    let plain = text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if plain {
        return (SafeText::of(text), places.to_vec());
    }
    let mut now: Vec<(usize, usize)> = vec![(0, 0)];
    let mut at = 0;
    for (grapheme, _) in graphemes(text) {
        out.push_str(&drawn(grapheme));
        at += grapheme.len();
        now.push((at, out.len()));
    }
    for place in places {
        let found = now.partition_point(|(raw, _)| raw < place);
        stand.push(now.get(found).map_or(out.len(), |(_, drawn)| *drawn));
    }
    (SafeText::of(&out), stand)
}

/// How many marks of a quotation a line begins with.
pub(super) fn depth(line: &str) -> usize {
    let mut depth = 0;
    for c in line.chars().take(64) {
        match c {
            '>' => depth += 1,
            ' ' if depth > 0 => {}
            _ => break,
        }
    }
    depth
}
