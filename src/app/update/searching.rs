//! Filtering the open list and searching everywhere: both open a list of what is found, which follows what is typed.

use crate::app::{Asks, Effect, Focus, Prompt, State};
use crate::model::Source;
use crate::search::{Today, parse};

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
    let is_found = |source: &Source| matches!(source, Source::Search { .. });
    if let Some(open) = state.list.source().filter(|open| !is_found(open)) {
        state.searching.before = Some(open.clone());
    }
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

/// Shows what is found by these words. If they cannot be understood, the list stays as it is.
fn show(state: &mut State, typed: &str, within: Option<Box<Source>>) -> Vec<Effect> {
    let today = Today::new(state.now, &state.settings.zone);
    match parse(typed, &today) {
        Err(problem) => {
            state.searching.problem = Some((typed.to_owned(), problem));
            Vec::new()
        }
        Ok(condition) => {
            state.searching.condition = Some(condition);
            state.searching.whole = false;
            let source = Source::Search { words: typed.to_owned(), within };
            state.open_found(source)
        }
    }
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

/// Back to what was shown before. Nothing where nothing was searched.
pub(super) fn leave(state: &mut State) -> Vec<Effect> {
    state.searching.problem = None;
    if !is_open(state) {
        return Vec::new();
    }
    state.searching.condition = None;
    match state.searching.before.take() {
        Some(before) => state.open_list(before),
        None => match state.folders.first_to_open() {
            Some(folder) => state.open_folder(folder),
            None => Vec::new(),
        },
    }
}

pub(super) fn is_open(state: &State) -> bool {
    matches!(state.list.source(), Some(Source::Search { .. }))
}
