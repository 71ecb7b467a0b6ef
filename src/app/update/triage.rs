//! What is done with messages: with the one under the cursor, or with all that are selected.

mod after;
mod folders;
mod putting;
mod sheets;

use crate::app::triage::{Question, Sheet, Then, Wanted};
use crate::app::{Action, Did, Effect, Focus, Notice, State, TriageNotice};
use crate::model::{Alike, DeedKind, Flags, Intent, PlacementId, Query, Role};

pub(super) use after::{
    alike, asked, found, how_far, needs, order_came, pending, recorded, rows_came, settled, undone,
};
pub(super) use folders::{folder_done, named, sized};
pub use sheets::ALIKE;
pub(super) use sheets::{act_in_needs, key, pasted, scrolled};

/// What was under the cursor may have been something else this long ago.
const MOMENT_AGO_MS: u64 = 500;
/// Keys that are kept for a list that is not there yet.
const AHEAD: usize = 64;

pub(super) fn say(state: &mut State, notice: TriageNotice) {
    state.notice(Notice::Triage(notice));
}

/// Actions of this part.
pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Archive => archive(state),
        Action::Delete => delete(state),
        Action::Junk => junk(state),
        Action::Star => toggle(state, Flags::FLAGGED),
        Action::ToggleRead => toggle(state, Flags::SEEN),
        Action::MarkAllRead => mark_all_read(state),
        Action::Select => select(state),
        Action::SelectRange => {
            if state.list.is_empty() {
                state.notice(Notice::NoMessage);
            }
            state.list.turn_range();
            Vec::new()
        }
        Action::SelectAlike => {
            if state.list.is_empty() {
                state.notice(Notice::NoMessage);
            } else {
                state.triage.sheet = Some(Sheet::Alike { cursor: 0 });
            }
            Vec::new()
        }
        Action::MoveTo => sheets::choose(state, false),
        Action::CopyTo => sheets::choose(state, true),
        Action::Undo => undo(state),
        Action::NeedsAttention => sheets::show_needs(state),
        Action::EmptyBin => folders::empty(state),
        Action::NewFolder => folders::ask_new(state),
        Action::RenameFolder => folders::ask_rename(state),
        Action::DeleteFolder => folders::ask_delete(state),
        _ => Vec::new(),
    }
}

/// The list is on its way: what is typed ahead of it waits for it. It is never done to what lies elsewhere, because going
/// elsewhere forgets it.
pub(super) fn waits_for_list(state: &mut State, action: Action) -> bool {
    use Action as A;
    let here = state.overlay.is_none() && state.list.folder().is_some() && !state.list.is_loaded();
    let moves = matches!(
        action,
        A::Down | A::Up | A::First | A::Last | A::HalfPageDown | A::HalfPageUp | A::PageDown | A::PageUp
    ) || matches!(action, A::NextMessage | A::PreviousMessage);
    let acts = matches!(
        action,
        A::Archive | A::Delete | A::Junk | A::Star | A::ToggleRead | A::MarkAllRead | A::Select | A::SelectRange
    ) || matches!(action, A::SelectAlike | A::MoveTo | A::CopyTo);
    let waits = here && state.focus == Focus::List && (moves || acts);
    if waits && state.triage.ahead.len() < AHEAD {
        state.triage.ahead.push_back(action);
    }
    waits
}

/// All that is selected, or what is under the cursor. Says so if there is nothing, or nothing may be done.
fn meant(state: &mut State) -> Vec<PlacementId> {
    let selected = state.list.selected_placements();
    let all = if selected.is_empty() { state.list.placement_at_cursor().into_iter().collect() } else { selected };
    if all.is_empty() {
        state.notice(Notice::NoMessage);
        return all;
    }
    if state.read_only {
        state.notice(Notice::ReadOnly);
        return Vec::new();
    }
    let moment = state.moment.0;
    let shifted = state.triage.shifted.take().is_some_and(|at| moment.saturating_sub(at.0) < MOMENT_AGO_MS);
    if shifted && state.list.selected() == 0 {
        say(state, TriageNotice::Shifted);
        return Vec::new();
    }
    all
}

fn open_role(state: &State) -> Option<Role> {
    state.folders.open().and_then(|folder| folder.role)
}

fn archive(state: &mut State) -> Vec<Effect> {
    if open_role(state) == Some(Role::Archive) && !state.list.is_empty() {
        say(state, TriageNotice::There(Role::Archive));
        return Vec::new();
    }
    let placements = meant(state);
    putting::into_role(state, placements, Role::Archive, Did::Archived)
}

fn delete(state: &mut State) -> Vec<Effect> {
    let placements = meant(state);
    if placements.is_empty() {
        return Vec::new();
    }
    match open_role(state) {
        Some(Role::Trash | Role::Junk) => {
            state.triage.question = Some(Question::Erase { placements });
            Vec::new()
        }
        _ => putting::into_role(state, placements, Role::Trash, Did::Deleted),
    }
}

/// Junk, or out of it.
fn junk(state: &mut State) -> Vec<Effect> {
    let placements = meant(state);
    match open_role(state) {
        Some(Role::Junk) => putting::into_role(state, placements, Role::Inbox, Did::NotJunk),
        _ => putting::into_role(state, placements, Role::Junk, Did::Junk),
    }
}

fn select(state: &mut State) -> Vec<Effect> {
    if state.list.is_empty() {
        state.notice(Notice::NoMessage);
        return Vec::new();
    }
    let before = state.list.cursor();
    state.list.toggle_selected();
    if state.list.cursor() != before {
        state.cursor_moved();
    }
    Vec::new()
}

fn mark_all_read(state: &mut State) -> Vec<Effect> {
    let Some(folder) = state.list.folder() else { return Vec::new() };
    if state.read_only {
        state.notice(Notice::ReadOnly);
        return Vec::new();
    }
    state.triage.wanted.push(Wanted::ReadAll);
    vec![ask_alike(state, folder, Alike::Unread)]
}

fn ask_alike(state: &State, folder: crate::model::FolderId, how: Alike) -> Effect {
    let placement = state.list.placement_at_cursor().unwrap_or(PlacementId(0));
    Effect::Ask(Query::Alike { folder, placement, how })
}

/// A flag on or off: on for all of them, unless all have it.
fn toggle(state: &mut State, flag: Flags) -> Vec<Effect> {
    let placements = meant(state);
    let Some(folder) = state.list.folder().filter(|_| !placements.is_empty()) else { return Vec::new() };
    if flag == Flags::SEEN {
        // The user has decided; the clock has no say any more.
        state.opening = None;
    }
    let known = |placement: &PlacementId| state.list.find_row(*placement).map(|row| row.row.flags);
    let flags: Option<Vec<Flags>> = placements.iter().map(known).collect();
    match (flags, placements.as_slice()) {
        (Some(flags), _) => {
            let lacking = |(_, flags): &(&PlacementId, &Flags)| !flags.contains(flag);
            let without: Vec<PlacementId> =
                placements.iter().zip(&flags).filter(lacking).map(|(placement, _)| *placement).collect();
            turn(state, flag, placements, without)
        }
        // Which way it goes is not known before the row is.
        (None, [one]) => {
            state.triage.unseen.push((*one, flag));
            Vec::new()
        }
        (None, _) => {
            state.triage.wanted.push(Wanted::Flag { flag, placements });
            let how = if flag == Flags::SEEN { Alike::Unread } else { Alike::Unstarred };
            vec![ask_alike(state, folder, how)]
        }
    }
}

/// `without`: those of them that lack the flag.
fn turn(state: &mut State, flag: Flags, all: Vec<PlacementId>, without: Vec<PlacementId>) -> Vec<Effect> {
    let adds = !without.is_empty();
    let did = match (flag == Flags::SEEN, adds) {
        (true, true) => Did::Read,
        (true, false) => Did::Unread,
        (false, true) => Did::Starred,
        (false, false) => Did::Unstarred,
    };
    let (placements, add, remove) = if adds { (without, flag, Flags::NONE) } else { (all, Flags::NONE, flag) };
    flagged(state, placements, add, remove, did)
}

/// Shown at once, and recorded.
fn flagged(state: &mut State, placements: Vec<PlacementId>, add: Flags, remove: Flags, did: Did) -> Vec<Effect> {
    for placement in &placements {
        state.list.want(*placement, add, remove);
    }
    putting::done(state, did, DeedKind::Flag { add, remove }, &placements);
    vec![Effect::Record(Intent::Flag { placements, add, remove })]
}

/// Takes back what was done last: a letter that counts down, or what was done with messages.
fn undo(state: &mut State) -> Vec<Effect> {
    let letter = state.composing.held().and(state.triage.letter_at);
    if letter.is_some() && letter >= state.triage.done_at {
        return super::composing::act(state, Action::TakeBack);
    }
    if state.read_only {
        state.notice(Notice::ReadOnly);
        return Vec::new();
    }
    vec![Effect::Undo]
}

/// Esc, where nothing else is to be put away: what is under way can be stopped.
pub(super) fn dismissed(state: &mut State) -> bool {
    let Some(bulk) = state.triage.bulk else { return false };
    state.triage.question = Some(Question::StopBulk(bulk));
    true
}

/// When a letter began to count down, so that it is known what was done last.
pub(super) fn watch_letters(state: &mut State) {
    state.triage.letter_at = match (state.composing.held().is_some(), state.triage.letter_at) {
        (false, _) => None,
        (true, None) => Some(state.moment),
        (true, since) => since,
    };
}

fn then_put(placements: Vec<PlacementId>, did: Did, copy: bool) -> Then {
    Then::Put { placements, did, copy }
}
