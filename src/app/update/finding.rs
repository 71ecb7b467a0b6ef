//! What keys, text and clicks do while something is found by typing, and what is done with what was taken.

use super::acting;
use crate::app::chooser::Chosen;
use crate::app::finding::{Choice, Finding, Purpose};
use crate::app::{Effect, Focus, Mouse, MouseKind, Notice, State};
use crate::model::KeyPress;

pub(super) fn begin(state: &mut State, purpose: Purpose) -> Vec<Effect> {
    let entries = match purpose {
        Purpose::GoTo => state.folder_entries(None),
    };
    if entries.is_empty() {
        state.notice(Notice::NoOtherFolder);
        return Vec::new();
    }
    state.finding = Some(Finding::new(purpose, entries));
    Vec::new()
}

pub(super) fn typed(state: &mut State, press: KeyPress) -> Vec<Effect> {
    let Some(finding) = &mut state.finding else { return Vec::new() };
    let chosen = finding.chooser.press(press);
    after(state, chosen)
}

pub(super) fn pasted(state: &mut State, text: &str) -> Vec<Effect> {
    let Some(finding) = &mut state.finding else { return Vec::new() };
    let chosen = finding.chooser.paste(text);
    after(state, chosen)
}

pub(super) fn clicked(state: &mut State, mouse: Mouse) -> Vec<Effect> {
    let (frame, rows) = state.finding_area();
    let Some(finding) = &mut state.finding else { return Vec::new() };
    match mouse.kind {
        MouseKind::WheelUp => finding.chooser.move_by(-1),
        MouseKind::WheelDown => finding.chooser.move_by(1),
        MouseKind::Click if rows.contains(mouse.column, mouse.row) => {
            if let Some(choice) = finding.chooser.at_row(usize::from(mouse.row - rows.y)) {
                return after(state, Chosen::Taken(choice));
            }
        }
        MouseKind::Click if frame.contains(mouse.column, mouse.row) => {}
        MouseKind::Click => state.finding = None,
    }
    Vec::new()
}

fn after(state: &mut State, chosen: Chosen<Choice>) -> Vec<Effect> {
    match chosen {
        Chosen::Nothing | Chosen::Typed => Vec::new(),
        Chosen::GivenUp => {
            state.finding = None;
            Vec::new()
        }
        Chosen::Taken(choice) => match state.finding.take() {
            Some(finding) => {
                state.lately.taken(&choice);
                take(state, finding.purpose(), choice)
            }
            None => Vec::new(),
        },
    }
}

fn take(state: &mut State, purpose: Purpose, choice: Choice) -> Vec<Effect> {
    match (purpose, choice) {
        (Purpose::GoTo, Choice::Folder(folder)) => {
            // It may have gone meanwhile.
            if state.folders.find(folder).is_none_or(|found| !found.selectable) {
                state.notice(Notice::NoOtherFolder);
                return Vec::new();
            }
            acting::focus(state, Focus::List);
            state.open_folder(folder)
        }
    }
}
