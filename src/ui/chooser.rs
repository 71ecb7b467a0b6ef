//! What is found by typing: a frame over the panes, with the line that is typed and what fits it.

use super::compose::typed;
use super::number::grouped;
use super::pen::{Field, Pen, columns};
use super::{Look, bars};
use crate::app::{Area, Chooser, Finding, Purpose, State};
use crate::text::clip_middle;

/// Draws what is being found, if something is. Returns where the cursor stands.
pub(super) fn draw(state: &State, look: &Look, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let finding = state.finding()?;
    let (frame, rows) = state.finding_area();
    let name = title(finding, look);
    chooser(look, name, finding.chooser(), frame, rows, frame.width < state.layout().main.width, pen)
}

fn title<'a>(finding: &Finding, look: &'a Look) -> &'a str {
    match finding.purpose() {
        Purpose::GoTo => &look.words.finding.go_to,
        Purpose::Palette => &look.words.finding.palette,
        Purpose::Command => &look.words.finding.command,
        Purpose::Help => &look.words.finding.help,
    }
}

/// The frame of a chooser: `is_boxed` where something else is seen beside it.
pub(super) fn chooser<T: Clone>(
    look: &Look,
    name: &str,
    chooser: &Chooser<T>,
    frame: Area,
    rows: Area,
    is_boxed: bool,
    pen: &mut Pen<'_>,
) -> Option<(u16, u16)> {
    let (words, paint) = (&look.words.finding, &look.paint);
    for row in 0..frame.height {
        pen.fill(Field::row(frame, row), " ", paint.text);
    }
    let (fitting, all) = chooser.counts();
    let number = |number: usize| grouped(u64::try_from(number).unwrap_or(u64::MAX));
    bars::rule(look, frame, name, &format!("{}/{}", number(fitting), number(all)), paint.title_focused, pen);
    let line = Field::row(Area { y: frame.y.saturating_add(1), ..rows }, 0);
    let used = pen.put(line, "› ", paint.key);
    let cursor = typed(line.skip(used), chooser.line(), true, paint.text, pen);
    if fitting == 0 && rows.height > 0 {
        pen.put(Field::row(rows, 0).skip(2), &words.nothing, paint.dim);
    }
    for (at, (entry, under_cursor)) in (0..rows.height).zip(chooser.in_view()) {
        let field = Field::row(rows, at);
        let style = |style| if under_cursor { paint.cursor } else { style };
        pen.fill(field, " ", style(paint.text));
        let mut field = field.skip(2).less(1);
        let beside = entry.beside.as_str();
        if !beside.is_empty() {
            // What it is called is worth more than what stands beside it.
            let room = field.columns.saturating_sub(columns(entry.name.as_str()).min(field.columns / 2) + 2);
            let beside = clip_middle(beside, usize::from(room));
            pen.put_right(field, &beside, style(paint.dim));
            field = field.less(columns(&beside) + 2);
        }
        pen.put(field, &clip_middle(entry.name.as_str(), usize::from(field.columns)), style(paint.text));
    }
    let foot = frame.height.checked_sub(1).filter(|foot| frame.y + foot >= rows.y + rows.height);
    if let Some(foot) = foot {
        pen.fill(Field::row(frame, foot), "─", paint.rule);
        let keys = Field::row(frame, foot).skip(2).less(2);
        if columns(&words.keys) + 4 < keys.columns {
            pen.put_right(keys, &format!(" {} ", words.keys), paint.hint);
        }
    }
    if is_boxed {
        edges(look, frame, foot.is_some(), pen);
    }
    cursor
}

/// What stands beside a frame must not be taken for a part of it.
pub(super) fn edges(look: &Look, frame: Area, has_foot: bool, pen: &mut Pen<'_>) {
    let right = frame.x.saturating_add(frame.width.saturating_sub(1));
    let last = frame.height.saturating_sub(1);
    for row in 0..frame.height {
        let (left_end, right_end) = match row {
            0 => ("┌", "┐"),
            row if row == last && has_foot => ("└", "┘"),
            _ => ("│", "│"),
        };
        let y = frame.y.saturating_add(row);
        // Half of a wide character would hide the edge.
        if let Some(x) = frame.x.checked_sub(1)
            && columns(pen.symbol(x, y)) > 1
        {
            pen.put(Field { x, y, columns: 1 }, " ", look.paint.text);
        }
        // The other half of one that the edge took the first half of.
        let beside = right.saturating_add(1);
        if pen.symbol(beside, y).is_empty() {
            pen.put(Field { x: beside, y, columns: 1 }, " ", look.paint.text);
        }
        pen.put(Field { x: frame.x, y, columns: 1 }, left_end, look.paint.rule);
        pen.put(Field { x: right, y, columns: 1 }, right_end, look.paint.rule);
    }
}
