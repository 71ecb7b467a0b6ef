//! Tables, laid out for the width there is: columns as wide as what stands in them, cells broken within their column, and
//! where even that has no room, a line for each cell after the name of its column.

use std::ops::Range;

use super::ink::{Ink, Inked, Over, inked};
use crate::model::{Document, Table};
use crate::text::{SafeText, graphemes, width, wrap_hanging};

/// Between two columns.
const BORDER: &str = " │ ";
const BORDER_COLUMNS: usize = 3;
/// More columns than this are never side by side.
const MOST_COLUMNS: usize = 24;
/// Rows that have a say in how wide the columns are.
const MEASURED_ROWS: usize = 200;
/// A cell wants no more room than this.
const WIDEST: usize = 60;
/// A word of this many columns is broken rather than its column made wider.
const LONGEST_WORD: usize = 12;
/// Cells of a row that are shown where they stand below each other.
const MOST_CELLS: usize = 500;
/// Bytes of a cell that are looked at.
const CELL: usize = 2048;

/// What the columns of a table want: at most, and at least.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wants(Vec<(usize, usize)>);

pub(super) fn measure(document: &Document, table: &Table) -> Wants {
    let mut wants: Vec<(usize, usize)> = Vec::new();
    for row in table.rows.iter().take(MEASURED_ROWS) {
        for (column, cell) in row.iter().enumerate().take(MOST_COLUMNS + 1) {
            if wants.len() <= column {
                wants.push((1, 1));
            }
            let text = SafeText::of(beginning(document, cell));
            let whole = width(text.as_str()).min(WIDEST);
            let word = text.as_str().split(' ').map(longest_word).max().unwrap_or(0).min(LONGEST_WORD);
            if let Some((most, least)) = wants.get_mut(column) {
                (*most, *least) = ((*most).max(whole), (*least).max(word.min(whole)));
            }
        }
    }
    Wants(wants)
}

fn beginning<'a>(document: &'a Document, cell: &Range<usize>) -> &'a str {
    let text = document.text.as_untrusted();
    let mut end = cell.end.min(cell.start + CELL);
    while !text.is_char_boundary(end) && end > cell.start {
        end -= 1;
    }
    text.get(cell.start..end).unwrap_or_default().trim()
}

/// Columns that stay together: a Chinese word can be broken anywhere.
fn longest_word(word: &str) -> usize {
    let (mut longest, mut here) = (0, 0);
    for (_, cost) in graphemes(word) {
        here = if cost > 1 { cost } else { here + cost };
        longest = longest.max(here);
    }
    longest
}

impl Wants {
    /// How wide each column is, if they fit side by side.
    fn fit(&self, room: usize) -> Option<Vec<usize>> {
        let count = self.0.len();
        let room = room.checked_sub(BORDER_COLUMNS * count.saturating_sub(1))?;
        let least: usize = self.0.iter().map(|(_, least)| *least).sum();
        if count > MOST_COLUMNS || least > room {
            return None;
        }
        let mut columns: Vec<usize> = self.0.iter().map(|(_, least)| *least).collect();
        let mut left = room - least;
        // The narrowest of those that want more gets the next one, so that short columns are never broken for long ones.
        while left > 0 {
            let wanting = columns.iter().zip(&self.0).enumerate().filter(|(_, (now, (most, _)))| now < &most);
            let Some(at) = wanting.min_by_key(|(_, (now, _))| **now).map(|(at, _)| at) else { break };
            if let Some(column) = columns.get_mut(at) {
                *column += 1;
            }
            left -= 1;
        }
        Some(columns)
    }
}

/// One row of a table as lines.
pub(super) fn row(
    document: &Document,
    over: &Over,
    table: &Table,
    wants: &Wants,
    at: usize,
    room: usize,
) -> Vec<Inked> {
    let Some(cells) = table.rows.get(at) else { return vec![Inked::default()] };
    let cells: Vec<Inked> =
        cells.iter().take(MOST_CELLS).map(|cell| inked(document, over, within(document, cell))).collect();
    match wants.fit(room) {
        Some(columns) => side_by_side(&cells, &columns, at == 0 && is_header(&cells)),
        None => one_below_the_other(document, over, table, &cells, at, room),
    }
}

/// A cell without the blanks around it, and no more of it than anybody reads in a table.
fn within(document: &Document, cell: &Range<usize>) -> Range<usize> {
    const LONG: usize = 16 * 1024;
    let text = document.text.as_untrusted();
    let whole = text.get(cell.clone()).unwrap_or_default();
    let start = cell.start + (whole.len() - whole.trim_start().len());
    let mut end = (cell.start + whole.trim_end().len()).max(start).min(start + LONG);
    while !text.is_char_boundary(end) && end > start {
        end -= 1;
    }
    start..end
}

fn is_header(cells: &[Inked]) -> bool {
    let marked = |cell: &Inked| cell.runs.iter().all(|run| run.ink.look.strong || run.ink.look.heading);
    cells.iter().any(|cell| !cell.text.is_empty()) && cells.iter().all(marked)
}

fn side_by_side(cells: &[Inked], columns: &[usize], header: bool) -> Vec<Inked> {
    let aside = Ink { aside: true, ..Ink::default() };
    let none = Inked::default();
    let broken: Vec<(&Inked, usize, Vec<Range<usize>>)> = columns
        .iter()
        .enumerate()
        .map(|(at, columns)| {
            let cell = cells.get(at).unwrap_or(&none);
            (cell, *columns, wrap_hanging(&cell.text, *columns, *columns))
        })
        .collect();
    let height = broken.iter().map(|(.., pieces)| pieces.len()).max().unwrap_or(1);
    let mut lines = Vec::new();
    for line in 0..height {
        let mut whole = Inked::default();
        for (at, (cell, columns, pieces)) in broken.iter().enumerate() {
            let piece = pieces.get(line).cloned().unwrap_or(0..0);
            let used = width(cell.text.get(piece.clone()).unwrap_or_default());
            whole.push_part(cell, piece);
            if at + 1 < broken.len() {
                whole.push(&" ".repeat(columns.saturating_sub(used)), Ink::default());
                whole.push(BORDER, aside);
            }
        }
        lines.push(whole);
    }
    if header {
        let mut rule = Inked::default();
        let parts: Vec<String> = columns.iter().map(|columns| "─".repeat(*columns)).collect();
        rule.push(&parts.join("─┼─"), aside);
        lines.push(rule);
    }
    lines
}

fn one_below_the_other(
    document: &Document,
    over: &Over,
    table: &Table,
    cells: &[Inked],
    at: usize,
    room: usize,
) -> Vec<Inked> {
    // The first row names the others.
    if at == 0 && table.rows.len() > 1 {
        return vec![Inked::default()];
    }
    let names: Vec<Inked> = match table.rows.first() {
        Some(first) if at > 0 => {
            first.iter().take(MOST_CELLS).map(|cell| inked(document, over, within(document, cell))).collect()
        }
        _ => Vec::new(),
    };
    let mut lines = Vec::new();
    for (column, cell) in cells.iter().enumerate() {
        if cell.text.is_empty() {
            continue;
        }
        let mut whole = Inked::default();
        if let Some(name) = names.get(column).filter(|name| !name.text.is_empty()) {
            whole.push(&name.text, Ink { aside: true, ..Ink::default() });
            whole.push(": ", Ink { aside: true, ..Ink::default() });
        }
        whole.push_part(cell, 0..cell.text.len());
        for (nth, piece) in wrap_hanging(&whole.text, room, room.saturating_sub(2)).into_iter().enumerate() {
            let mut line = Inked::default();
            line.push(if nth > 0 && room > 4 { "  " } else { "" }, Ink::default());
            line.push_part(&whole, piece);
            lines.push(line);
        }
    }
    // The last row needs nothing that sets it off.
    if at + 1 < table.rows.len() {
        lines.push(Inked::default());
    }
    if lines.is_empty() { vec![Inked::default()] } else { lines }
}
