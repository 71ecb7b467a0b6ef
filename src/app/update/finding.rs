//! What keys, text and clicks do while something is found by typing, and what is done with what was taken.

use super::{acting, composing};
use crate::app::chooser::Chosen;
use crate::app::finding::{Choice, Finding, Purpose, Switch};
use crate::app::{Action, Effect, Focus, Mouse, MouseKind, Notice, Settings, State};
use crate::model::{FolderId, KeyPress, Person};

pub(super) fn begin(state: &mut State, purpose: Purpose) -> Vec<Effect> {
    let entries = state.offered_for(purpose);
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
        // What is only told stays where it can be read.
        Chosen::Nothing | Chosen::Taken(Choice::Told(_)) => Vec::new(),
        Chosen::Typed => asked(state),
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

/// People are asked for as they are typed.
fn asked(state: &mut State) -> Vec<Effect> {
    let Some(finding) = state.finding.as_mut().filter(|finding| finding.purpose() == Purpose::Palette) else {
        return Vec::new();
    };
    let asked = State::people_asked(finding.chooser.typed());
    if asked.is_none() {
        finding.chooser.replace(is_somebody, Vec::new());
    }
    asked.map(Effect::Ask).into_iter().collect()
}

fn is_somebody(choice: &Choice) -> bool {
    matches!(choice, Choice::Person(_))
}

/// People whom the palette asked for; what is typed may have changed meanwhile.
pub(super) fn known(state: &mut State, typed: &str, people: &[Person]) {
    let entries = state.people_entries(typed, people);
    let Some(finding) = state.finding.as_mut().filter(|finding| finding.purpose() == Purpose::Palette) else { return };
    if finding.chooser.typed().trim() == typed {
        finding.chooser.replace(is_somebody, entries);
    }
}

fn take(state: &mut State, purpose: Purpose, choice: Choice) -> Vec<Effect> {
    match choice {
        Choice::Action(action) => {
            if purpose == Purpose::Help {
                state.overlay = None;
            }
            acting::act(state, action)
        }
        Choice::Person(to) => composing::write_to(state, to),
        Choice::Switch(switch) => turn(state, switch),
        Choice::Account(account) => match state.folders.inbox_of(account) {
            Some(folder) => go_to(state, folder),
            None => Vec::new(),
        },
        Choice::Folder(folder) => match purpose {
            Purpose::GoTo | Purpose::Palette | Purpose::Command | Purpose::Help => go_to(state, folder),
        },
        Choice::Told(_) => Vec::new(),
    }
}

fn turn(state: &mut State, switch: Switch) -> Vec<Effect> {
    if let Some(layout) = switch.layout() {
        state.settings.layout = layout;
    }
    match switch {
        Switch::MarkRead => state.settings.mark_read_after_ms = Settings::default().mark_read_after_ms,
        Switch::MarkReadNever => {
            state.settings.mark_read_after_ms = None;
            state.opening = None;
        }
        Switch::Mouse => return acting::act(state, Action::ToggleMouse),
        Switch::LayoutAuto | Switch::LayoutWide | Switch::LayoutMedium | Switch::LayoutNarrow => {}
    }
    Vec::new()
}

fn go_to(state: &mut State, folder: FolderId) -> Vec<Effect> {
    // It may have gone meanwhile.
    if state.folders.find(folder).is_none_or(|found| !found.selectable) {
        state.notice(Notice::NoOtherFolder);
        return Vec::new();
    }
    acting::focus(state, Focus::List);
    state.open_folder(folder)
}
