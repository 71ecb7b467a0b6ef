//! A sheet of rows, of which those around the one that has the keys are in view.

use ratatui::style::Style;

use crate::app::Area;
use crate::text::{graphemes, wrap};
use crate::ui::Look;
use crate::ui::pen::{Field, Pen, columns};

enum Row {
    Blank,
    Said {
        text: String,
        style: Style,
        indent: u16,
    },
    /// Left out where there is little room.
    Spare {
        text: String,
        style: Style,
    },
    Field(Input),
    Buttons(Vec<(String, bool)>),
}

/// A field with its name.
pub(super) struct Input {
    pub(super) label: String,
    /// What stands before the cursor and behind it, ready to be shown.
    pub(super) before: String,
    pub(super) after: String,
    pub(super) style: Style,
    pub(super) has_keys: bool,
    /// It can be typed into.
    pub(super) open: bool,
}

pub(super) struct Sheet {
    columns: u16,
    rows: Vec<Row>,
    /// The row that must be in view.
    anchor: usize,
    /// Columns that the names of fields have at least.
    label: u16,
}

pub(super) struct Shown {
    pub(super) cursor: Option<(u16, u16)>,
    /// Not everything is in view.
    pub(super) more: bool,
}

impl Sheet {
    pub(super) fn new(columns: u16) -> Self {
        Self { columns, rows: Vec::new(), anchor: 0, label: 0 }
    }

    /// The fields stand where they stood when this one was among them.
    pub(super) fn leave_room_for(&mut self, label: &str) {
        self.label = self.label.max(columns(label));
    }

    pub(super) fn blank(&mut self) {
        self.rows.push(Row::Blank);
    }

    pub(super) fn say(&mut self, text: &str, style: Style) {
        self.say_indented(text, style, 0);
    }

    pub(super) fn say_indented(&mut self, text: &str, style: Style, indent: u16) {
        let room = usize::from(self.columns.saturating_sub(indent).max(8));
        for line in wrap(text, room) {
            self.rows.push(Row::Said { text: line.to_owned(), style, indent });
        }
    }

    /// For those who have room.
    pub(super) fn say_by_the_way(&mut self, text: &str, style: Style) {
        for line in wrap(text, usize::from(self.columns.max(8))) {
            self.rows.push(Row::Spare { text: line.to_owned(), style });
        }
    }

    pub(super) fn field(&mut self, input: Input) {
        if input.has_keys {
            self.anchor = self.rows.len();
        }
        self.rows.push(Row::Field(input));
    }

    /// The row that was written last must be in view.
    pub(super) fn keep_in_view(&mut self) {
        self.anchor = self.rows.len().saturating_sub(1);
    }

    /// Side by side if there is room.
    pub(super) fn buttons(&mut self, buttons: Vec<(String, bool)>) {
        let wide: u16 = buttons.iter().map(|(word, _)| columns(word) + 6).sum();
        let rows = if wide <= self.columns + 2 {
            vec![buttons]
        } else {
            buttons.into_iter().map(|button| vec![button]).collect()
        };
        for row in rows {
            if row.iter().any(|(_, has_keys)| *has_keys) {
                self.anchor = self.rows.len();
            }
            self.rows.push(Row::Buttons(row));
        }
    }

    /// `page`: how many pages further than where the keys are.
    pub(super) fn draw(mut self, page: usize, area: Area, look: &Look, pen: &mut Pen<'_>) -> Shown {
        let height = usize::from(area.height);
        if self.rows.len() > height {
            self.close_up();
        }
        let count = self.rows.len();
        let over = count.saturating_sub(height);
        // The row with the keys, and as much as possible of what stands above it.
        let first = (self.anchor + 1).saturating_sub(height);
        let step = height.saturating_sub(1).max(1);
        let pages = (over.saturating_sub(first)).div_ceil(step) + 1;
        let top = (first + (page % pages) * step).min(over);
        // Where a sheet begins does not hang on how long it is just now: nothing jumps when something is said.
        let room = height.saturating_sub(count);
        let above = u16::try_from(room.min(height / 9)).unwrap_or(0);
        let label = self.rows.iter().map(|row| match row {
            Row::Field(input) => columns(&input.label),
            Row::Blank | Row::Said { .. } | Row::Spare { .. } | Row::Buttons(_) => 0,
        });
        let label = label.max().unwrap_or(0).max(self.label).min(self.columns / 2) + 2;
        let mut cursor = None;
        for (row, y) in self.rows.iter().skip(top).take(height).zip(above..) {
            let field = Field::row(area, y);
            match row {
                Row::Blank => {}
                Row::Said { text, style, indent } => {
                    pen.put(field.skip(*indent), text, *style);
                }
                Row::Spare { text, style } => {
                    pen.put(field, text, *style);
                }
                Row::Field(input) => cursor = input.draw(field, label, look, pen).or(cursor),
                Row::Buttons(buttons) => {
                    let mut at = field;
                    for (word, has_keys) in buttons {
                        let style = if *has_keys { look.paint.cursor } else { look.paint.text };
                        let used = pen.put(at, &format!("[ {word} ]"), style);
                        at = at.skip(used + 2);
                    }
                }
            }
        }
        Shown { cursor, more: over > 0 }
    }

    /// Where there is little room nothing stands apart.
    fn close_up(&mut self) {
        let is_spare = |row: &Row| matches!(row, Row::Blank | Row::Spare { .. });
        let before = self.rows.iter().take(self.anchor).filter(|row| is_spare(row)).count();
        self.anchor -= before;
        self.rows.retain(|row| !is_spare(row));
    }
}

impl Input {
    /// Where the cursor stands, if it stands here.
    fn draw(&self, field: Field, label: u16, look: &Look, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
        let paint = &look.paint;
        let style = if self.has_keys { paint.key } else { paint.label };
        pen.put(field.take(label.saturating_sub(2)), &self.label, style);
        let room = field.skip(label);
        if self.open {
            pen.fill(room, "_", paint.rule);
        }
        // The end of what stands before the cursor is always in view.
        let mut from = self.before.as_str();
        while columns(from) >= room.columns.max(1) {
            let first = graphemes(from).next().map_or(from.len(), |(first, _)| first.len());
            if first == 0 {
                break;
            }
            from = from.get(first..).unwrap_or_default();
        }
        let used = pen.put(room, from, self.style);
        pen.put(room.skip(used), &self.after, self.style);
        (self.has_keys && self.open && room.columns > 0).then_some((room.x.saturating_add(used), room.y))
    }
}
