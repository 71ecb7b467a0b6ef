//! Looking at the message that is open: in which form, in which charset, where in it.

use super::{acting, choosing};
use crate::app::{Asks, Content, Effect, Focus, How, Notice, Prompt, ReaderPane, State, View};
use crate::model::{PartId, PlacementId, Reading, Row};

/// The charsets that are tried one after the other; after the last one, what was found by itself comes again.
pub const CHARSETS: [&str; 9] =
    ["utf-8", "gb18030", "big5", "shift_jis", "euc-kr", "windows-1252", "koi8-r", "hz-gb-2312", "iso-2022-cn"];

/// The message that is on the screen, if it is the one under the cursor.
pub(super) fn shown(state: &mut State) -> Option<Row> {
    on_screen(state, ReaderPane::is_ready)
}

/// The same, even if it is about to be shown in another way.
fn looked_at(state: &mut State) -> Option<Row> {
    on_screen(state, ReaderPane::shows)
}

fn on_screen(state: &mut State, is_there: fn(&ReaderPane, PlacementId) -> bool) -> Option<Row> {
    let in_view = state.layout.reader.is_some();
    let row = state.list.at_cursor().map(|row| row.row.clone());
    let row = row.filter(|row| in_view && is_there(&state.reader, row.placement));
    if row.is_none() && !matches!(state.reader.content(), Content::Waiting(_)) {
        state.notice(Notice::NoMessage);
    }
    row
}

pub(super) fn alter(state: &mut State, how: How) -> Vec<Effect> {
    let Some(row) = looked_at(state) else { return Vec::new() };
    let wishes = state.reader.alter(how, &row, state.moment);
    state.grant(wishes)
}

pub(super) fn switch_form(state: &mut State) -> Vec<Effect> {
    if shown(state).is_none() {
        return Vec::new();
    }
    let how = state.reader.how();
    let (_, Some(other)) = state.reader.forms() else {
        state.notice(Notice::OneForm);
        return Vec::new();
    };
    alter(state, How { view: View::Message, reading: Reading { source: Some(other), ..how.reading }, ..how })
}

pub(super) fn next_charset(state: &mut State) -> Vec<Effect> {
    if looked_at(state).is_none() {
        return Vec::new();
    }
    let how = state.reader.intended();
    let found = if how.reading.charset.is_none() { state.reader.charset() } else { "" };
    let next = match how.reading.charset {
        None => 0,
        Some(now) => CHARSETS.iter().position(|name| *name == now).map_or(0, |at| at + 1),
    };
    // What it is read as already would change nothing.
    let charset =
        CHARSETS.get(next..).unwrap_or_default().iter().find(|name| !name.eq_ignore_ascii_case(found)).copied();
    state.notice(Notice::Charset(charset.unwrap_or_default()));
    let sender = state.reader.sender().filter(|sender| !sender.is_empty()).cloned();
    let mut effects: Vec<Effect> = sender.map(|sender| Effect::Choose { sender, charset }).into_iter().collect();
    effects.extend(alter(state, How { view: View::Message, reading: Reading { charset, ..how.reading }, ..how }));
    effects
}

/// Shows a message that is inside the one that is shown.
pub(super) fn enter(state: &mut State, part: PartId) -> Vec<Effect> {
    match state.reader.how().inside.within(part) {
        Some(inside) => alter(state, How { inside, ..How::default() }),
        None => Vec::new(),
    }
}

/// Shows the message in this way, or as a message again.
pub(super) fn view(state: &mut State, view: View) -> Vec<Effect> {
    let how = state.reader.intended();
    let view = if how.view == view { View::Message } else { view };
    alter(state, How { view, ..how })
}

/// The message alone, to select its text with the terminal's own means; or everything again.
pub(super) fn plain(state: &mut State) -> Vec<Effect> {
    if state.list.is_empty() {
        state.notice(Notice::NoMessage);
        return Vec::new();
    }
    acting::focus(state, Focus::Reader);
    state.turn_plain()
}

pub(super) fn fold_quotes(state: &mut State) -> Vec<Effect> {
    if shown(state).is_some() && !state.reader.fold_quotes() {
        state.notice(Notice::NoQuotes);
    }
    Vec::new()
}

pub(super) fn has_search(state: &State) -> bool {
    state.focus == Focus::Reader && state.overlay.is_none() && state.reader.has_search()
}

pub(super) fn search(state: &mut State) -> Vec<Effect> {
    if shown(state).is_some() {
        state.reader.end_search();
        choosing::ask(state, Prompt::new(Asks::Search, ""));
    }
    Vec::new()
}

pub(super) fn next_hit(state: &mut State, down: bool) -> Vec<Effect> {
    state.reader.next_hit(down);
    Vec::new()
}

pub(super) fn next_link(state: &mut State, down: bool) -> Vec<Effect> {
    if shown(state).is_some() {
        state.reader.next_link(down);
    }
    Vec::new()
}

/// The chosen link; if none is, their numbers are shown and one is asked for.
pub(super) fn open_link(state: &mut State) -> Vec<Effect> {
    if shown(state).is_none() {
        return Vec::new();
    }
    match (state.reader.chosen_link(), state.reader.link_count()) {
        (_, 0) => state.notice(Notice::NoLinks),
        (Some(link), _) => choosing::ask_about_link(state, link),
        (None, 1) => choosing::ask_about_link(state, 0),
        (None, _) => {
            state.reader.number_links(true);
            choosing::ask(state, Prompt::new(Asks::LinkNumber, ""));
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests;
