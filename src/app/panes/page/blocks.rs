//! The text cut into blocks: a line, a part of a very long line, a row of a table, or a quotation that is folded.

use std::ops::Range;

use crate::model::{Document, Section, SectionKind};

/// A line longer than this many bytes is broken as if it were several.
pub(super) const BLOCK: usize = 4096;
/// Quotations of no more lines than this are never folded.
const SHORT_QUOTE: usize = 6;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Block {
    pub(super) at: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Line(Option<SectionKind>),
    Row { table: usize, row: usize },
    Fold { lines: usize },
}

/// Whether there are quotations that can be folded.
pub(super) fn can_fold(document: &Document) -> bool {
    let text = document.text.as_untrusted();
    let quotes = || document.sections.iter().filter(|section| section.kind == SectionKind::Quoted);
    if !quotes().any(|section| lines_of(text, section) > SHORT_QUOTE) {
        return false;
    }
    // What is the only text is what one wants to read.
    let mut from = 0;
    let mut own = false;
    for section in quotes() {
        own |= says_something(text, from..section.at.start);
        from = section.at.end;
    }
    own || says_something(text, from..text.len())
}

fn says_something(text: &str, at: Range<usize>) -> bool {
    text.get(at).is_some_and(|part| !part.trim().is_empty())
}

fn lines_of(text: &str, section: &Section) -> usize {
    let part = text.get(section.at.clone()).unwrap_or_default();
    let part = part.strip_suffix('\n').unwrap_or(part);
    memchr::memchr_iter(b'\n', part.as_bytes()).count() + 1
}

/// The document as blocks, in order. Linear in its size, and done again when quotations are folded or unfolded.
pub(super) fn blocks(document: &Document, folded: bool) -> Vec<Block> {
    let text = document.text.as_untrusted();
    let folded = folded && can_fold(document);
    let mut blocks = Vec::new();
    let (mut from, mut table, mut section) = (0, 0, 0);
    while from < text.len() {
        while document.tables.get(table).is_some_and(|one| one.at.end <= from || one.at.start < from) {
            table += 1;
        }
        while document.sections.get(section).is_some_and(|one| one.at.end <= from) {
            section += 1;
        }
        let here = document.sections.get(section).filter(|one| one.at.contains(&from));
        if let Some(quote) = here.filter(|one| folded && one.kind == SectionKind::Quoted && one.at.start == from) {
            let lines = lines_of(text, quote);
            if lines > SHORT_QUOTE {
                blocks.push(Block { at: quote.at.clone(), kind: Kind::Fold { lines } });
                from = after_break(text, quote.at.end);
                continue;
            }
        }
        let next = document.tables.get(table);
        if let Some(grid) = next.filter(|one| one.at.start == from && has_columns(&one.rows)) {
            push_rows(table, &grid.rows, grid.at.start, &mut blocks);
            from = after_break(text, grid.at.end);
            continue;
        }
        // A quotation or a table that begins within a line begins a line of its own.
        let limit = next.filter(|one| one.at.start > from && has_columns(&one.rows)).map(|one| one.at.start);
        let begins = document.sections.get(section).map(|one| one.at.start).filter(|start| *start > from);
        let limit = limit.into_iter().chain(begins).min().unwrap_or(text.len()).min(text.len());
        let end = text.as_bytes().get(from..limit).and_then(|part| memchr::memchr(b'\n', part)).map(|at| from + at);
        let line = from..without_return(text, from, end.unwrap_or(limit));
        push_parts(text, line, here.map(|one| one.kind), &mut blocks);
        from = end.map_or(limit, |end| end + 1);
    }
    // Blank lines at the end say nothing.
    let blank = |block: &Block| {
        matches!(block.kind, Kind::Line(_)) && text.get(block.at.clone()).unwrap_or_default().trim().is_empty()
    };
    while blocks.last().is_some_and(blank) {
        blocks.pop();
    }
    blocks
}

fn has_columns(rows: &[Vec<Range<usize>>]) -> bool {
    rows.iter().any(|row| row.len() > 1)
}

fn push_rows(table: usize, rows: &[Vec<Range<usize>>], start: usize, into: &mut Vec<Block>) {
    let mut from = start;
    for (row, cells) in rows.iter().enumerate() {
        let begin = cells.first().map_or(from, |cell| cell.start.max(from));
        let end = cells.last().map_or(begin, |cell| cell.end.max(begin));
        into.push(Block { at: begin..end, kind: Kind::Row { table, row } });
        from = end;
    }
}

/// Past the line break that stands here.
fn after_break(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let already = at > 0 && text.as_bytes().get(at - 1) == Some(&b'\n');
    let length = if already {
        0
    } else if rest.starts_with("\r\n") {
        2
    } else {
        usize::from(rest.starts_with('\n'))
    };
    at + length
}

/// The end of a line without the CR that mail puts before its LF.
fn without_return(text: &str, from: usize, end: usize) -> usize {
    if end > from && text.as_bytes().get(end - 1) == Some(&b'\r') { end - 1 } else { end }
}

fn push_parts(text: &str, line: Range<usize>, kind: Option<SectionKind>, into: &mut Vec<Block>) {
    let kind = Kind::Line(kind);
    let mut from = line.start;
    while line.end - from > BLOCK {
        let mut to = from + BLOCK;
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        // At a blank, where there is one nearby, so that words stay whole.
        if let Some(blank) = text.get(to - BLOCK / 8..to).and_then(|near| near.rfind(' ')) {
            to = to - BLOCK / 8 + blank + 1;
        }
        into.push(Block { at: from..to, kind });
        from = to;
    }
    into.push(Block { at: from..line.end, kind });
}
