//! The only way onto the screen: text goes into columns that were measured, and never over the edge of its field.

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use crate::app::Area;
use crate::text::{fits, graphemes, width};

#[derive(Debug)]
pub(super) struct Pen<'a> {
    buffer: &'a mut Buffer,
}

/// A run of text within one row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) columns: u16,
}

impl Field {
    /// A row of an area.
    pub(super) fn row(area: Area, row: u16) -> Self {
        Self { x: area.x, y: area.y.saturating_add(row), columns: area.width }
    }

    /// Without its first columns.
    #[must_use]
    pub(super) fn skip(self, columns: u16) -> Self {
        let columns = columns.min(self.columns);
        Self { x: self.x + columns, columns: self.columns - columns, ..self }
    }

    /// Its first columns only.
    #[must_use]
    pub(super) fn take(self, columns: u16) -> Self {
        Self { columns: columns.min(self.columns), ..self }
    }

    /// Without its last columns.
    #[must_use]
    pub(super) fn less(self, columns: u16) -> Self {
        Self { columns: self.columns.saturating_sub(columns), ..self }
    }
}

/// The columns of a text, as the type that areas are made of.
pub(super) fn columns(text: &str) -> u16 {
    u16::try_from(width(text)).unwrap_or(u16::MAX)
}

impl<'a> Pen<'a> {
    pub(super) fn new(buffer: &'a mut Buffer) -> Self {
        Self { buffer }
    }

    /// Writes from the left; what does not fit ends in `…`. Returns the columns used.
    pub(super) fn put(&mut self, field: Field, text: &str, style: Style) -> u16 {
        self.put_with(field, text, |_| style)
    }

    /// The same where each place of the text has a style of its own.
    pub(super) fn put_with(&mut self, field: Field, text: &str, style: impl Fn(usize) -> Style) -> u16 {
        let mut at = 0;
        let fits = fits(text, usize::from(field.columns));
        let room = if fits { field.columns } else { field.columns.saturating_sub(1) };
        let mut used: u16 = 0;
        for (grapheme, cost) in graphemes(text) {
            let cost = u16::try_from(cost).unwrap_or(u16::MAX);
            let style = style(at);
            at += grapheme.len();
            if cost == 0 {
                continue;
            }
            if used.saturating_add(cost) > room {
                break;
            }
            self.cell(field.x.saturating_add(used), field.y, grapheme, style);
            for hidden in 1..cost {
                // Empty, and so unlike any cell that is seen: when it comes into view again it is drawn again. A
                // terminal that loses half of a wide character fills the other half as it likes.
                self.cell(field.x.saturating_add(used + hidden), field.y, "", style);
            }
            used += cost;
        }
        if !fits && field.columns > 0 {
            self.cell(field.x.saturating_add(used), field.y, "…", style(at));
            used += 1;
        }
        used
    }

    /// Writes up to the right edge of the field.
    pub(super) fn put_right(&mut self, field: Field, text: &str, style: Style) -> u16 {
        let room = if fits(text, usize::from(field.columns)) { field.columns.saturating_sub(columns(text)) } else { 0 };
        self.put(field.skip(room), text, style)
    }

    /// Writes in the middle of the field.
    pub(super) fn put_centred(&mut self, field: Field, text: &str, style: Style) {
        self.put(field.skip(field.columns.saturating_sub(columns(text)) / 2), text, style);
    }

    pub(super) fn fill(&mut self, field: Field, symbol: &str, style: Style) {
        for at in 0..field.columns {
            self.cell(field.x.saturating_add(at), field.y, symbol, style);
        }
    }

    fn cell(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            // Whatever came through the wrong door must still not reach the terminal as a command.
            let symbol = if symbol.chars().any(char::is_control) { "\u{fffd}" } else { symbol };
            cell.set_symbol(symbol).set_style(style);
        }
    }

    /// The symbol that stands somewhere, for rules that meet.
    pub(super) fn symbol(&self, x: u16, y: u16) -> &str {
        self.buffer.cell((x, y)).map_or(" ", ratatui::buffer::Cell::symbol)
    }
}
