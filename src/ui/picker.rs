//! Choosing files to send.

use super::Look;
use super::compose::typed;
use super::number::size;
use super::pen::{Field, Pen, columns};
use crate::app::Area;
use crate::app::compose::Picker;
use crate::i18n::fill;
use crate::text::{SafeText, clip_middle};

/// Returns where the cursor stands.
pub(super) fn draw(look: &Look, picker: &Picker, body: Area, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let (words, paint) = (&look.words.compose, &look.paint);
    let row = |at: u16| Field::row(body, at).skip(1).less(1);
    let (count, chosen) = picker.counts();
    let counted = fill(&words.picker_count, &[("count", &count.to_string()), ("chosen", &chosen.to_string())]);
    let counted = if picker.is_of_templates() { count.to_string() } else { counted };
    let mut head = row(0);
    if head.columns > columns(&counted) + 16 {
        pen.put_right(head, &counted, paint.counter);
        head = head.less(columns(&counted) + 2);
    }
    let folder = picker.folder();
    pen.put(head, &clip_middle(folder.as_str(), usize::from(head.columns)), paint.label);
    let used = pen.put(row(1), "› ", paint.key);
    let cursor = typed(row(1).skip(used), picker.line(), true, paint.text, pen);
    let rows = body.height.saturating_sub(3);
    let said = match picker.trouble() {
        Some(trouble) => Some(trouble.as_str()),
        None if picker.is_waiting() => Some(words.picker_waiting.as_str()),
        None if count == 0 => Some(words.picker_empty.as_str()),
        None => None,
    };
    if let Some(said) = said {
        pen.put(row(2), said, paint.dim);
    }
    for (at, (entry, chosen, under_cursor)) in (0..rows).zip(picker.in_view()) {
        let field = row(2 + at);
        let style = |style| if under_cursor { paint.cursor } else { style };
        pen.fill(field, " ", style(paint.text));
        pen.put(field, if chosen { "✓" } else { " " }, style(paint.good));
        let what = if entry.is_folder { words.folder_mark.clone() } else { size(entry.size) };
        pen.put_right(field, &what, style(paint.dim));
        let name = field.skip(2).less(columns(&what) + 2);
        let text = SafeText::beginning(&entry.name, 300);
        let text = if entry.is_folder { format!("{text}/") } else { text.into_string() };
        let shown = clip_middle(&text, usize::from(name.columns));
        pen.put(name, &shown, style(if entry.is_folder { paint.link } else { paint.text }));
    }
    let keys = if picker.is_of_templates() { &words.template_keys } else { &words.picker_keys };
    pen.put(row(body.height.saturating_sub(1)), keys, paint.hint);
    cursor
}
