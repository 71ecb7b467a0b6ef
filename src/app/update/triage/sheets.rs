//! What lies over the panes and has the keys: what to select together, and what could not be done; and what is asked with `y` for yes.

use super::{ask_alike, folders, putting, say, targets};
use crate::app::triage::{NeedsView, Question, Sheet, Then, Wanted};
use crate::app::update::choosing;
use crate::app::{Action, Asks, Effect, Prompt, State, TriageNotice};
use crate::config::keymap::folded;
use crate::model::{Alike, FolderDeed, Key, KeyPress, Need, Query, Settling};

/// What can be selected together, each with its letter.
pub const ALIKE: [(char, &str); 7] =
    [('t', "thread"), ('f', "sender"), ('s', "subject"), ('a', "all"), ('n', "none"), ('i', "inverse"), ('z', "size")];
/// Rows of one entry of what could not be done.
const ROWS_OF_A_NEED: u16 = 2;

/// A key while something is asked, or is typed at. `None`: it goes where keys go.
pub(in crate::app::update) fn key(state: &mut State, press: KeyPress) -> Option<Vec<Effect>> {
    if state.overlay.is_some() {
        return None;
    }
    if let Some(question) = state.triage.question.take() {
        let yes = matches!(folded(press).key, Key::Char('y' | 'Y')) && !press.ctrl && !press.alt;
        return Some(if yes && !question.is_told_only() { answered(state, question) } else { Vec::new() });
    }
    match &mut state.triage.sheet {
        None | Some(Sheet::Needs(_)) => None,
        Some(Sheet::Alike { cursor }) => {
            let cursor = *cursor;
            Some(in_menu(state, cursor, press))
        }
    }
}

fn answered(state: &mut State, question: Question) -> Vec<Effect> {
    match question {
        Question::Erase { placements } => putting::erase(state, placements),
        Question::Empty { folder, .. } => folders::empty_now(state, folder),
        Question::DeleteFolder { folder, count: 0, .. } => vec![Effect::Folder(FolderDeed::Delete { folder })],
        Question::DeleteFolder { folder, sure: true, .. } => {
            vec![Effect::Folder(FolderDeed::DeleteWithMail { folder })]
        }
        Question::DeleteFolder { folder, count, sure: false } => {
            state.triage.question = Some(Question::DeleteFolder { folder, count, sure: true });
            Vec::new()
        }
        Question::DropNeed { needs } => vec![Effect::Settle { needs, how: Settling::Drop }],
        Question::StopBulk(_) => vec![Effect::Undo],
        Question::MadeElsewhere { .. } => Vec::new(),
    }
}

/// The wheel. False: nothing lies there.
pub(in crate::app::update) fn scrolled(state: &mut State, by: isize) -> bool {
    let count = state.triage.needs.len();
    match &mut state.triage.sheet {
        None => false,
        Some(Sheet::Needs(view)) => {
            view.move_by(by.signum(), count);
            true
        }
        Some(Sheet::Alike { .. }) => true,
    }
}

fn in_menu(state: &mut State, cursor: usize, press: KeyPress) -> Vec<Effect> {
    let last = ALIKE.len() - 1;
    let press = folded(press);
    let to = match (press.key, press.ctrl) {
        (Key::Down | Key::Tab, _) | (Key::Char('j'), false) | (Key::Char('n'), true) => Some((cursor + 1).min(last)),
        (Key::Up, _) | (Key::Char('k'), false) | (Key::Char('p'), true) => Some(cursor.saturating_sub(1)),
        _ => None,
    };
    if let Some(cursor) = to {
        state.triage.sheet = Some(Sheet::Alike { cursor });
        return Vec::new();
    }
    let chosen = match press.key {
        Key::Enter => ALIKE.get(cursor),
        Key::Char(letter) if !press.ctrl => ALIKE.iter().find(|(known, _)| *known == letter),
        _ => None,
    };
    state.triage.sheet = None;
    let Some((letter, _)) = chosen else { return Vec::new() };
    let how = match letter {
        't' => Alike::Thread,
        'f' => Alike::Sender,
        's' => Alike::Subject,
        'a' => {
            state.list.select_all();
            return Vec::new();
        }
        'n' => {
            state.list.clear_selection();
            return Vec::new();
        }
        'i' => {
            state.list.invert_selection();
            return Vec::new();
        }
        _ => {
            choosing::ask(state, Prompt::offering(Asks::AtLeast, "5"));
            return Vec::new();
        }
    };
    ask_alike(state, how, Wanted::Selection(how))
}

pub(super) fn show_needs(state: &mut State) -> Vec<Effect> {
    if state.triage.needs.is_empty() {
        say(state, TriageNotice::NoNeeds);
    } else {
        state.triage.sheet = Some(Sheet::Needs(NeedsView::default()));
    }
    vec![Effect::Ask(Query::Needs)]
}

/// What a key means among what could not be done. `None`: what it means everywhere.
pub(in crate::app::update) fn act_in_needs(state: &mut State, action: Action) -> Option<Vec<Effect>> {
    let page = isize::try_from(state.overlay_body().height / ROWS_OF_A_NEED).unwrap_or(1).max(1);
    let count = state.triage.needs.len();
    let Some(Sheet::Needs(view)) = &mut state.triage.sheet else { return None };
    let by = match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::HalfPageDown => (page / 2).max(1),
        Action::HalfPageUp => -(page / 2).max(1),
        Action::PageDown => page,
        Action::PageUp => -page,
        Action::First => -isize::MAX,
        Action::Last => isize::MAX,
        _ => 0,
    };
    if by != 0 {
        view.move_by(by, count);
        return Some(Vec::new());
    }
    let chosen: Option<Need> = state.triage.needs.get(view.cursor).cloned();
    match action {
        Action::Back | Action::Dismiss | Action::NeedsAttention => {
            state.triage.sheet = None;
            Some(Vec::new())
        }
        Action::TryAgain => {
            let settle = |need: Need| Effect::Settle { needs: vec![need.id], how: Settling::Again };
            Some(chosen.map(settle).into_iter().collect())
        }
        Action::MoveTo => {
            let ask = |need: Need| targets::ask(state, need.account, Then::Settle(vec![need.id]), 1);
            Some(chosen.map(ask).unwrap_or_default())
        }
        Action::Discard => {
            state.triage.question = chosen.map(|need| Question::DropNeed { needs: vec![need.id] });
            Some(Vec::new())
        }
        // Whoever wants help or to leave wants that here too.
        _ if crate::app::update::over::works_over_the_panes(action) => None,
        _ => Some(Vec::new()),
    }
}
