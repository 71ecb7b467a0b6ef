//! The form of somebody who has no account yet, or one more, or another password. It is read like a letter, from the top:
//! two fields, what goes on, where the secret is to be found.

mod sheet;
mod words;

use ratatui::Frame;
use ratatui::buffer::Buffer;

use super::pen::{Field, Pen, columns};
use super::{Look, bars};
use crate::app::Area;
use crate::app::setup::{Form, Stage};
use sheet::Sheet;

/// Wider lines are harder to read.
const WIDEST: u16 = 76;

/// Draws the whole screen.
pub fn form(form: &Form, look: &Look, frame: &mut Frame<'_>) {
    if let Some(cursor) = draw(form, look, frame.buffer_mut()) {
        frame.set_cursor_position(cursor);
    }
}

/// Where the cursor stands, so that the window of an input method opens there.
pub(super) fn draw(form: &Form, look: &Look, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let (width, height) = (buffer.area.width, buffer.area.height);
    let mut pen = Pen::new(buffer);
    let titled = height > 5;
    if titled {
        let row = Area { x: 0, y: 0, width, height: 1 };
        bars::rule(look, row, &words::title(form, look), "", look.paint.title_focused, &mut pen);
    }
    let top = u16::from(titled);
    let body = Area { x: 0, y: top, width, height: height.saturating_sub(top + u16::from(height > 2)) };
    let margin = u16::from(width > 20);
    let columns = width.saturating_sub(2 * margin).min(WIDEST);
    let mut sheet = Sheet::new(columns);
    words::write(form, look, &mut sheet);
    let middle = Area { x: width.saturating_sub(columns) / 2, width: columns, ..body };
    let shown = sheet.draw(form.page(), middle, look, &mut pen);
    if height > 2 {
        let row = Field { x: margin, y: height - 1, columns: width.saturating_sub(2 * margin) };
        footer(form, look, shown.more, row, &mut pen);
    }
    shown.cursor.filter(|_| *form.stage() == Stage::Asking)
}

/// The keys that mean something now; those at the end drop out where there is no room.
fn footer(form: &Form, look: &Look, more: bool, row: Field, pen: &mut Pen<'_>) {
    let mut at = row;
    for (key, word) in words::keys(form, look, more) {
        let cost = columns(key) + 1 + columns(word);
        if cost > at.columns {
            return;
        }
        let used = pen.put(at, key, look.paint.key) + 1;
        let used = used + pen.put(at.skip(used), word, look.paint.hint);
        at = at.skip(used + 2);
    }
}
