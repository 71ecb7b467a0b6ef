mod bytes;
mod composing;
mod finding;
mod found;
mod frames;
mod letters;
mod listing;
mod outbox;
mod reading;
mod refusals;
mod scenes;
mod setup;
mod triage;
mod widths;
mod wordings;
mod writing;

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::config::theme::BuiltIn;
use crate::i18n::Language;

fn look(language: Language, theme: BuiltIn) -> Look {
    Look::new(&Theme::built_in(theme), Words::of(language), TimeZone::fixed(jiff::tz::offset(8)))
}

/// The screen of a state, as a terminal of its size would get it.
fn screen(state: &State, look: &Look) -> Buffer {
    let size = state.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.columns, size.rows));
    draw(state, look, &mut buffer);
    buffer
}

/// The rows of a screen as a terminal shows them: what a wide character covers is not there.
fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (0..area.height)
        .map(|y| {
            let mut row = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                x += u16::try_from(crate::text::width(symbol).max(1)).unwrap();
            }
            row
        })
        .collect()
}
