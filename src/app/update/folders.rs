//! What actions do among the folders.

use super::acting::{Motion, back, focus, moved, open};
use crate::app::{Effect, Focus, Fold, Notice, State};
use crate::model::Role;

/// Opens a group; what is none, or is open, is gone into.
pub(super) fn unfold(state: &mut State) -> Vec<Effect> {
    match (state.focus, state.folders.fold_at_cursor()) {
        (Focus::Folders, Fold::Closed) => {
            state.folders.turn_at_cursor();
            Vec::new()
        }
        (Focus::Folders, Fold::Open) if state.folders.source_at_cursor().is_none() => moved(state, Motion::By(1)),
        _ => open(state),
    }
}

/// Closes a group; from inside one, goes to it; from anywhere else, goes back.
pub(super) fn fold(state: &mut State) -> Vec<Effect> {
    if state.focus == Focus::Folders {
        if state.folders.fold_at_cursor() == Fold::Open {
            state.folders.turn_at_cursor();
            return Vec::new();
        }
        if state.folders.go_to_parent() {
            return Vec::new();
        }
    }
    back(state)
}

/// What the pane says about folders that are not there was read, and is not said again.
pub(super) fn dismiss_hint(state: &mut State) -> Vec<Effect> {
    let hinted = state.hinted();
    state.settings.hiding_folders.retain(|account| !hinted.contains(account));
    hinted.into_iter().map(Effect::NoMoreHints).collect()
}

pub(super) fn next(state: &mut State, down: bool) -> Vec<Effect> {
    if let Some(source) = state.folders.neighbour(down) {
        return state.open_list(source);
    }
    state.notice(Notice::NoOtherFolder);
    Vec::new()
}

pub(super) fn goto(state: &mut State, role: Role) -> Vec<Effect> {
    if let Some(folder) = state.folders.of_role(role) {
        focus(state, Focus::List);
        return state.open_folder(folder);
    }
    state.notice(Notice::NoSuchFolder(role));
    Vec::new()
}
