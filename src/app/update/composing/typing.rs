//! Keys, text and clicks that go to a draft, or to the list of drafts.

use super::{acting, discard, enter, say, send};
use crate::app::compose::later::later;
use crate::app::compose::{CameFrom, DraftNotice, Sheet, Stage, Typed};
use crate::app::keys::Meaning;
use crate::app::{Action, Effect, Focus, Mouse, MouseKind, Notice, State};
use crate::config::keymap::KeyPane;
use crate::letter::{Blanks, template};
use crate::model::{Key, KeyPress, Person, Role};
use crate::text::SafeText;

/// Nothing: the key means what it means everywhere.
pub(in crate::app::update) fn key(state: &mut State, press: KeyPress) -> Option<Vec<Effect>> {
    if state.composing.list().is_some() {
        return Some(key_in_list(state, press));
    }
    let is_pressed = !state.pressed.is_empty();
    let composer = state.composing.current_mut()?;
    composer.another_key();
    let written = matches!((press.key, press.ctrl, press.alt), (Key::Char(_), false, false));
    match composer.stage() {
        Stage::Searching(_) => {
            let done = composer.press_on_search(press);
            Some(after(state, done))
        }
        Stage::Timing(_) => Some(key_in_time(state, press)),
        Stage::Picking(_) => Some(picked(state, press)),
        Stage::Discarding => {
            if matches!(press.key, Key::Char('y' | 'Y' | 'ｙ')) {
                return Some(discard(state));
            }
            composer.edit_on();
            Some(Vec::new())
        }
        Stage::Elsewhere => Some(Vec::new()),
        Stage::Preparing if written => Some(Vec::new()),
        Stage::Preparing | Stage::Reviewing(_) => Some(looked_up(state, press)),
        Stage::Editing => {
            if !is_pressed {
                if let Some(done) = composer.press_on_candidates(press) {
                    return Some(after(state, done));
                }
                if written {
                    let done = composer.press(press);
                    return Some(after(state, done));
                }
            }
            Some(looked_up(state, press))
        }
    }
}

/// By the keymap; what has no action there is a key of a text.
fn looked_up(state: &mut State, press: KeyPress) -> Vec<Effect> {
    state.pressed.push(press);
    match state.keymap.meaning(state.key_pane(), &state.pressed) {
        Meaning::More => Vec::new(),
        Meaning::Action(action) => {
            state.pressed.clear();
            acting::act(state, action)
        }
        Meaning::Nothing => {
            state.pressed.clear();
            let composer = state.composing.current_mut().filter(|composer| *composer.stage() == Stage::Editing);
            let done = composer.map_or(Typed::Nothing, |composer| composer.press(press));
            after(state, done)
        }
    }
}

/// What follows from what a key did to the draft.
pub(super) fn after(state: &mut State, done: Typed) -> Vec<Effect> {
    let moment = state.moment;
    let Some(composer) = state.composing.current_mut() else { return Vec::new() };
    let mut effects = Vec::new();
    match done {
        Typed::Nothing => {}
        Typed::Moved => drop(composer.ask_for_people()),
        Typed::Changed => {
            composer.changed(moment);
            effects.extend(composer.ask_for_people().map(Effect::Ask));
        }
        Typed::Said(notice) => {
            if notice == DraftNotice::Cut {
                composer.changed(moment);
            }
            say(state, notice);
        }
    }
    effects
}

pub(in crate::app::update) fn pasted(state: &mut State, text: &str) -> Vec<Effect> {
    let Some(composer) = state.composing.current_mut().filter(|_| state.focus == Focus::Composer) else {
        return Vec::new();
    };
    if let Stage::Picking(_) = composer.stage() {
        let errand = composer.paste_into_picker(text);
        return errand.map(Effect::Compose).into_iter().collect();
    }
    composer.another_key();
    let done = composer.typed(text, true);
    let looks = composer.ask_for_pasted_files(text).map(Effect::Compose);
    let mut effects = after(state, done);
    effects.extend(looks);
    effects
}

/// A template into a draft, its blanks filled with what is known.
pub(super) fn filled_in(state: &mut State, sheet: Sheet, written: &str) -> Vec<Effect> {
    let today = jiff::Timestamp::from_second(state.now.0).map(|at| at.to_zoned(state.settings.zone.clone()));
    let date = today.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
    let current = state.composing.current_mut();
    let Some(composer) = current.filter(|composer| composer.sheet() == sheet) else { return Vec::new() };
    let blanks = Blanks { date, to: composer.draft().to };
    let done = composer.take_template(template(written, &blanks));
    after(state, done)
}

pub(in crate::app::update) fn clicked(state: &mut State, mouse: Mouse, wheel: isize) {
    state.focus = Focus::Composer;
    let Some(composer) = state.composing.current_mut() else { return };
    match mouse.kind {
        MouseKind::Click => drop(composer.click(mouse.column, mouse.row)),
        MouseKind::WheelUp | MouseKind::WheelDown => composer.scroll(wheel),
    }
}

/// People whom a draft asked for.
pub(in crate::app::update) fn known(state: &mut State, typed: &str, people: &[Person]) {
    if let Some(composer) = state.composing.current_mut() {
        composer.offer(typed, people);
        composer.compare(people);
    }
}

fn key_in_list(state: &mut State, press: KeyPress) -> Vec<Effect> {
    state.pressed.push(press);
    let meaning = state.keymap.meaning(KeyPane::Choice, &state.pressed);
    let Meaning::Action(action) = meaning else {
        if meaning == Meaning::Nothing {
            state.pressed.clear();
        }
        return Vec::new();
    };
    state.pressed.clear();
    let page = isize::try_from(acting::overlay_rows(state)).unwrap_or(1).max(2) - 1;
    match action {
        Action::Down => state.composing.move_in_list(1),
        Action::Up => state.composing.move_in_list(-1),
        Action::PageDown | Action::HalfPageDown => state.composing.move_in_list(page),
        Action::PageUp | Action::HalfPageUp => state.composing.move_in_list(-page),
        Action::First => state.composing.move_in_list(-isize::MAX),
        Action::Last => state.composing.move_in_list(isize::MAX),
        Action::Open if state.read_only => state.notice(Notice::ReadOnly),
        Action::Open if state.composing.take_from_list(&state.settings.senders) => {
            let effects = enter(state);
            state.composing.came_from = CameFrom::Drafts;
            return effects;
        }
        Action::Back | Action::Drafts => state.composing.show_list(false),
        Action::Quit => {
            state.composing.show_list(false);
            return acting::act(state, action);
        }
        Action::Help | Action::Redraw | Action::Suspend | Action::ToggleMouse => return acting::act(state, action),
        _ => {}
    }
    Vec::new()
}

fn key_in_time(state: &mut State, press: KeyPress) -> Vec<Effect> {
    let (now, zone) = (state.now, state.settings.zone.clone());
    let Some(composer) = state.composing.current_mut() else { return Vec::new() };
    match press.key {
        Key::Esc => {
            composer.review();
        }
        Key::Enter => {
            let words = composer.time_typed();
            match later(&words, now, &zone) {
                Some(at) => return send(state, Some(at)),
                None => say(state, DraftNotice::NotATime(SafeText::of(&words))),
            }
        }
        _ => composer.type_time(press),
    }
    Vec::new()
}

fn picked(state: &mut State, press: KeyPress) -> Vec<Effect> {
    let errand = state.composing.current_mut().and_then(|composer| composer.press_on_picker(press));
    errand.map(Effect::Compose).into_iter().collect()
}

/// What is opened in a folder of drafts is written on.
pub(in crate::app::update) fn is_draft_of_server(state: &State) -> bool {
    let folder = state.folders.open().is_some_and(|folder| folder.role == Some(Role::Drafts));
    folder && !state.read_only && !state.settings.senders.is_empty()
}
