//! The line that is typed at the foot of the screen.

use super::Look;
use super::number::grouped;
use super::pen::{Field, Pen, columns};
use crate::app::{Asks, State};
use crate::i18n::fill;
use crate::text::{SafeText, clip, graphemes};

/// Returns where the cursor stands, so that the window of an input method opens there.
pub(super) fn draw(state: &State, look: &Look, pen: &mut Pen<'_>) -> Option<(u16, u16)> {
    let prompt = state.prompt()?;
    let size = state.size();
    let last = Field { x: 0, y: size.rows.checked_sub(1)?, columns: size.columns };
    let row = state.layout().footer.map_or(last, |area| Field::row(area, 0));
    let (row, paint) = (row.skip(u16::from(row.columns > 8)), &look.paint);
    pen.fill(Field { x: 0, columns: size.columns, ..row }, " ", paint.text);
    let words = &look.words.prompt;
    let question = match prompt.asks() {
        Asks::Search => words.search.clone(),
        Asks::Filter { .. } => words.filter.clone(),
        Asks::Everywhere => words.everywhere.clone(),
        Asks::LinkNumber => words.link.clone(),
        Asks::Folder(files) => match files.as_slice() {
            [one] => fill(&words.folder, &[("name", &short(&one.name, look))]),
            more => fill(&words.folder_many, &[("count", &more.len().to_string())]),
        },
        Asks::NewFolder(_) => words.new_folder.clone(),
        Asks::RenameFolder(_) => words.rename_folder.clone(),
        Asks::AtLeast => words.at_least.clone(),
        Asks::Invoices { files, month } => {
            fill(&words.invoices, &[("count", &files.len().to_string()), ("month", month)])
        }
        Asks::Command(None) => words.command.clone(),
        Asks::Command(Some(file)) => fill(&words.command_file, &[("name", &short(&file.name, look))]),
    };
    let used = pen.put(row.take(row.columns * 2 / 3), &question, paint.key);
    let mut room = row.skip(used).less(1);
    let beside = match prompt.asks() {
        Asks::Search => found(state, look),
        Asks::Filter { .. } | Asks::Everywhere => super::found::problem(state, look),
        Asks::LinkNumber
        | Asks::Folder(_)
        | Asks::Invoices { .. }
        | Asks::Command(_)
        | Asks::NewFolder(_)
        | Asks::RenameFolder(_)
        | Asks::AtLeast => None,
    };
    if let Some(found) = beside
        && room.columns > columns(&found) + 12
    {
        pen.put_right(room, &found, paint.dim);
        room = room.less(columns(&found) + 2);
    }
    let (before, after) = prompt.shown();
    // The end of what stands before the cursor is always in view.
    let mut from = before.as_str();
    while columns(from) >= room.columns.max(1) {
        let first = graphemes(from).next().map_or(from.len(), |(first, _)| first.len());
        if first == 0 {
            break;
        }
        from = from.get(first..).unwrap_or_default();
    }
    let style = if prompt.is_offer() { paint.chosen } else { paint.text };
    let used = pen.put(room, from, style);
    pen.put(room.skip(used), after.as_str(), paint.text);
    (room.columns > 0).then_some((room.x.saturating_add(used), room.y))
}

fn short(name: &crate::text::Text, look: &Look) -> String {
    if name.as_untrusted().trim().is_empty() {
        return look.words.message.unnamed.clone();
    }
    clip(SafeText::beginning(name, 60).as_str(), 24).into_owned()
}

/// At which of the places that were found the search stands.
pub(super) fn found(state: &State, look: &Look) -> Option<String> {
    let (words, at, count, whole) = state.reader().search_state()?;
    let said = &look.words.prompt;
    if words.is_empty() {
        return None;
    }
    if count == 0 && whole {
        return Some(said.no_hits.clone());
    }
    let number = |number: usize| grouped(u64::try_from(number).unwrap_or(u64::MAX));
    let template = if whole { &said.hits } else { &said.searching };
    Some(fill(template, &[("at", &number(at)), ("count", &number(count))]))
}
