//! Filtering the open list and searching everywhere: both open a list of what is found, which follows what is typed.

use crate::app::{Asks, Effect, Focus, Prompt, State};
use crate::model::{Key, KeyPress, Source};
use crate::search::{Field, Today, parse};

/// The open list, of those that have the words that are typed.
pub(super) fn filter(state: &mut State) -> Vec<Effect> {
    let Some(open) = state.list.source().cloned() else { return Vec::new() };
    let (words, within) = match open {
        // What was found is found with other words.
        Source::Search { words, within } => (words, within),
        other => (String::new(), Some(Box::new(other))),
    };
    begin(state, &words, within)
}

/// Everything of all accounts.
pub(super) fn everywhere(state: &mut State) -> Vec<Effect> {
    let words = match state.list.source() {
        Some(Source::Search { words, within: None }) => words.clone(),
        _ => String::new(),
    };
    begin(state, &words, None)
}

fn begin(state: &mut State, words: &str, within: Option<Box<Source>>) -> Vec<Effect> {
    state.searching.problem = None;
    state.focus = Focus::List;
    let asks = if within.is_some() { Asks::Filter { within } } else { Asks::Everywhere };
    state.prompt = Some(Prompt::new(asks, words));
    Vec::new()
}

/// What is typed changed: the list is what it finds now. What cannot be understood (yet) changes nothing.
pub(super) fn changed(state: &mut State, typed: &str, within: Option<Box<Source>>) -> Vec<Effect> {
    state.searching.problem = None;
    if typed.trim().is_empty() {
        return leave(state);
    }
    show(state, typed, within)
}

/// Shows what is found by these words; where they cannot be understood (yet), by those before that.
fn show(state: &mut State, typed: &str, within: Option<Box<Source>>) -> Vec<Effect> {
    let today = Today::new(state.now, &state.settings.zone);
    let understood = match parse(typed, &today) {
        Ok(condition) => Some((typed, condition)),
        Err(problem) => {
            let words = beginning(typed, problem.at.start);
            if words.trim().is_empty() {
                let effects = leave(state);
                state.searching.problem = Some((typed.to_owned(), problem));
                return effects;
            }
            state.searching.problem = Some((typed.to_owned(), problem));
            parse(words, &today).ok().map(|condition| (words, condition))
        }
    };
    let Some((words, condition)) = understood else { return Vec::new() };
    if let Some(open) = state.list.source().filter(|open| !matches!(open, Source::Search { .. })) {
        state.searching.before = Some(open.clone());
    }
    state.searching.condition = Some(condition);
    let source = Source::Search { words: words.to_owned(), within };
    if state.list.source() != Some(&source) {
        state.searching.whole = false;
    }
    state.open_found(source)
}

/// The words before the one in which this place is.
fn beginning(typed: &str, place: usize) -> &str {
    let before = typed.get(..place).unwrap_or_default();
    let word = before.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, _)| at);
    before.get(..word).unwrap_or_default()
}

pub(super) fn entered(state: &mut State, typed: &str, within: Option<Box<Source>>) -> Vec<Effect> {
    if typed.trim().is_empty() {
        return leave(state);
    }
    typed.clone_into(&mut state.searching.last);
    let effects = show(state, typed, within.clone());
    if state.searching.problem.is_some() {
        // It is to be mended where it stands.
        let asks = if within.is_some() { Asks::Filter { within } } else { Asks::Everywhere };
        state.prompt = Some(Prompt::new(asks, typed));
    }
    effects
}

/// The list can be looked through while one types.
pub(super) fn moved(state: &mut State, press: KeyPress) {
    let by = match press.key {
        Key::Down => 1,
        Key::Up => -1,
        Key::PageDown => isize::try_from(state.list.page()).unwrap_or(1),
        Key::PageUp => -isize::try_from(state.list.page()).unwrap_or(1),
        _ => return,
    };
    state.list.move_by(by);
    state.cursor_moved();
}

/// Back to what was shown before. Nothing where nothing was searched.
pub(super) fn leave(state: &mut State) -> Vec<Effect> {
    state.searching.problem = None;
    if !is_open(state) {
        return Vec::new();
    }
    state.searching.condition = None;
    state.reader.mark(&[]);
    match state.searching.before.take() {
        Some(before) => state.open_list(before),
        None => match state.folders.first_to_open() {
            Some(folder) => state.open_folder(folder),
            None => Vec::new(),
        },
    }
}

/// Where the words stand in the message that is shown.
pub(super) fn mark(state: &mut State) {
    if is_open(state) {
        state.reader.mark(&state.searching.phrases(Field::Body));
    }
}

pub(super) fn is_open(state: &State) -> bool {
    matches!(state.list.source(), Some(Source::Search { .. }))
}
