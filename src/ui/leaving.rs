//! The question before the program ends while letters wait, where the keys usually stand.

use super::Look;
use super::pen::{Field, Pen, columns};
use crate::app::outbox::Standing;
use crate::app::{Leaving, State};
use crate::i18n::{Words, fill};
use crate::model::{Outgoing, Timestamp};
use crate::text::SafeText;

pub(super) fn draw(state: &State, look: &Look, pen: &mut Pen<'_>) {
    let (Some(leaving), size) = (state.leaving(), state.size()) else { return };
    let Some(last) = size.rows.checked_sub(1) else { return };
    let row = state.layout().footer.map_or(Field { x: 0, y: last, columns: size.columns }, |area| Field::row(area, 0));
    let words = &look.words.leaving;
    let (style, templates) = match leaving {
        Leaving::Asked { tried: false } => (look.paint.notice, [&words.ask, &words.ask_short]),
        Leaving::Asked { tried: true } => (look.paint.error, [&words.tried, &words.tried_short]),
        Leaving::Unkept => (look.paint.error, [&words.unkept, &words.unkept_short]),
        Leaving::Sending(_) => (look.paint.notice, [&words.sending, &words.sending_short]),
    };
    let count = state.about_to_go().to_string();
    let [long, short] = templates.map(|template| fill(template, &[("count", &count)]));
    let room = row.skip(1).less(1);
    let text = if columns(&long) <= room.columns { long } else { short };
    pen.fill(row, " ", look.paint.text);
    pen.put(room, &text, style);
}

/// What is said when the screen is gone: how much waits, and what it waits for.
pub fn last_words(letters: &[Outgoing], now: Timestamp, words: &Words) -> Vec<SafeText> {
    let (mut kept, mut scheduled) = (0_usize, 0_usize);
    for letter in letters {
        match Standing::of(letter, now) {
            Standing::Scheduled(_) => scheduled += 1,
            standing => kept += usize::from(standing.is_about_to_go()),
        }
    }
    let words = &words.leaving;
    let told = [(kept, &words.kept), (scheduled, &words.scheduled)];
    let told = told.into_iter().filter(|(count, _)| *count > 0);
    told.map(|(count, template)| SafeText::of(&fill(template, &[("count", &count.to_string())]))).collect()
}
