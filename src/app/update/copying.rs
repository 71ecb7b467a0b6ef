//! Copying: the terminal is told, and a program of the desktop is handed the same; which of them knew of it is said.

use crate::app::copying::ToCopy;
use crate::app::{Action, Effect, Job, Notice, State, TerminalRequest};

pub(super) fn copy(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(found) = state.to_copy(action) else {
        let none = if state.list.is_empty() { Notice::NoMessage } else { Notice::NothingToCopy(action) };
        state.notice(none);
        return Vec::new();
    };
    let for_terminal = found.for_terminal();
    let ToCopy { text, shown } = found;
    let is_told = for_terminal.is_some();
    let mut effects: Vec<Effect> =
        for_terminal.map(|text| Effect::Terminal(TerminalRequest::Clipboard(text))).into_iter().collect();
    effects.push(state.begin(Job::Copy { text, shown, is_told }).1);
    effects
}
