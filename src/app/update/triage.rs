//! What is done with messages: with the one under the cursor, or with all that are selected.

mod after;
mod folders;
mod putting;
mod sheets;
mod targets;

use crate::app::triage::{Question, Sheet, Then, Wanted};
use crate::app::{Action, Did, Effect, Focus, Notice, State, TriageNotice};
use crate::model::{Alike, DeedKind, Flags, FolderId, Intent, Lying, PlacementId, Query, Role, Within};

pub(super) use after::{alike, asked, found, how_far, lying, needs, order_came, pending, recorded, settled, undone};
pub(super) use folders::{folder_done, named, sized};
pub use sheets::ALIKE;
pub(super) use sheets::{act_in_needs, key, scrolled};
pub(super) use targets::{no_target, offer_new_folder, target};

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
        Action::Archive
        | Action::Delete
        | Action::Junk
        | Action::Star
        | Action::ToggleRead
        | Action::MoveTo
        | Action::CopyTo => act_on_messages(state, action),
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
        Action::Undo => undo(state),
        Action::NeedsAttention => sheets::show_needs(state),
        Action::EmptyBin => folders::empty(state),
        Action::NewFolder => folders::ask_new(state),
        Action::RenameFolder => folders::ask_rename(state),
        Action::DeleteFolder => folders::ask_delete(state),
        _ => Vec::new(),
    }
}

/// What a key is about is on its way: what is typed ahead of it waits for it. It is never done to what lies elsewhere,
/// because going elsewhere forgets it.
pub(super) fn waits_for_list(state: &mut State, action: Action) -> bool {
    use Action as A;
    let loading = state.list.source().is_some() && state.list.is_awaited() && state.focus == Focus::List;
    let here = state.overlay.is_none() && (loading || state.triage.is_asking());
    let moves = matches!(
        action,
        A::Down | A::Up | A::First | A::Last | A::HalfPageDown | A::HalfPageUp | A::PageDown | A::PageUp
    ) || matches!(action, A::NextMessage | A::PreviousMessage);
    let acts = matches!(
        action,
        A::Archive | A::Delete | A::Junk | A::Star | A::ToggleRead | A::MarkAllRead | A::Select | A::SelectRange
    ) || matches!(action, A::SelectAlike | A::MoveTo | A::CopyTo | A::Undo);
    let waits = here && (moves || acts);
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

fn act_on_messages(state: &mut State, action: Action) -> Vec<Effect> {
    let placements = meant(state);
    if placements.is_empty() {
        return Vec::new();
    }
    // Which way a flag goes is not known before the rows are.
    let flags = matches!(action, Action::Star | Action::ToggleRead);
    let unknown = flags && placements.iter().any(|placement| state.list.find_row(*placement).is_none());
    if let Some(lying) = state.lying(&placements).filter(|_| !unknown) {
        return act_on(state, action, &lying);
    }
    let Some(source) = state.list.source().cloned() else { return Vec::new() };
    let folded = state.list.folded(&placements);
    state.triage.wanted.push_back(Wanted::Act(action));
    vec![Effect::Ask(Query::Meant { source, placements, folded })]
}

/// It is known where they lie.
fn act_on(state: &mut State, action: Action, lying: &[Lying]) -> Vec<Effect> {
    let effects = act_in_each(state, action, lying);
    putting::together(state, effects)
}

fn act_in_each(state: &mut State, action: Action, lying: &[Lying]) -> Vec<Effect> {
    match action {
        Action::Archive => archive(state, lying),
        Action::Delete => delete(state, lying),
        Action::Junk => junk(state, lying),
        Action::Star => turn(state, Flags::FLAGGED, lying),
        Action::ToggleRead => turn(state, Flags::SEEN, lying),
        Action::MoveTo | Action::CopyTo => targets::choose(state, action == Action::CopyTo, lying),
        _ => Vec::new(),
    }
}

fn role_of(state: &State, folder: FolderId) -> Option<Role> {
    state.folders.find(folder).and_then(|folder| folder.role)
}

/// Those in folders of these roles, and the others.
fn divided(state: &State, lying: &[Lying], roles: &[Role]) -> (Vec<Lying>, Vec<Lying>) {
    lying.iter().partition(|one| role_of(state, one.folder).is_some_and(|role| roles.contains(&role)))
}

fn placements(lying: &[Lying]) -> Vec<PlacementId> {
    lying.iter().map(|one| one.placement).collect()
}

fn archive(state: &mut State, lying: &[Lying]) -> Vec<Effect> {
    let (_, others) = divided(state, lying, &[Role::Archive]);
    if others.is_empty() {
        say(state, TriageNotice::There(Role::Archive));
    }
    putting::into_role(state, &others, Role::Archive, Did::Archived)
}

fn delete(state: &mut State, lying: &[Lying]) -> Vec<Effect> {
    let (thrown_away, others) = divided(state, lying, &[Role::Trash, Role::Junk]);
    if !thrown_away.is_empty() {
        state.triage.question = Some(Question::Erase { placements: placements(&thrown_away) });
    }
    putting::into_role(state, &others, Role::Trash, Did::Deleted)
}

/// Junk, or out of it.
fn junk(state: &mut State, lying: &[Lying]) -> Vec<Effect> {
    let (junk, others) = divided(state, lying, &[Role::Junk]);
    if others.is_empty() {
        return putting::into_role(state, &junk, Role::Inbox, Did::NotJunk);
    }
    putting::into_role(state, &others, Role::Junk, Did::Junk)
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
    if state.read_only {
        state.notice(Notice::ReadOnly);
        return Vec::new();
    }
    ask_alike(state, Alike::Unread, Wanted::ReadAll)
}

fn ask_alike(state: &mut State, how: Alike, wanted: Wanted) -> Vec<Effect> {
    if !state.list.is_loaded() {
        return Vec::new();
    }
    // A part of a folder is not all of it.
    let whole = state.list.source().filter(|source| source.whole() == *source).and_then(|source| source.folder());
    let within = match (whole, state.list.source()) {
        (Some(folder), _) => Within::Folder(folder),
        (None, Some(source)) if !source.is_found() => Within::Listed(source.clone()),
        (None, _) => Within::These(state.list.every_placement()),
    };
    let placement = state.list.placement_at_cursor().unwrap_or(PlacementId(0));
    state.triage.wanted.push_back(wanted);
    vec![Effect::Ask(Query::Alike { within, placement, how })]
}

/// A flag on or off: on for all of them, unless all have it.
fn turn(state: &mut State, flag: Flags, lying: &[Lying]) -> Vec<Effect> {
    if flag == Flags::SEEN {
        // The user has decided; the clock has no say any more.
        state.opening = None;
    }
    // What the user sees counts, not what the store knew.
    let shown = |one: &Lying| state.list.find_row(one.placement).map_or(one.flags, |row| row.row.flags);
    let without: Vec<PlacementId> =
        lying.iter().filter(|one| !shown(one).contains(flag)).map(|one| one.placement).collect();
    let adds = !without.is_empty();
    let did = match (flag == Flags::SEEN, adds) {
        (true, true) => Did::Read,
        (true, false) => Did::Unread,
        (false, true) => Did::Starred,
        (false, false) => Did::Unstarred,
    };
    let (placements, add, remove) =
        if adds { (without, flag, Flags::NONE) } else { (placements(lying), Flags::NONE, flag) };
    flagged(state, placements, add, remove, did)
}

/// Shown at once, and recorded.
fn flagged(state: &mut State, placements: Vec<PlacementId>, add: Flags, remove: Flags, did: Did) -> Vec<Effect> {
    if placements.is_empty() {
        return Vec::new();
    }
    for placement in &placements {
        state.list.want(*placement, add, remove);
    }
    putting::done(state, did, DeedKind::Flag { add, remove }, &placements);
    vec![Effect::Record(Intent::Flag { placements, add, remove })]
}

/// Takes back what was done last: a letter that counts down, or what was done with messages.
fn undo(state: &mut State) -> Vec<Effect> {
    let done = state.triage.done_at;
    let held = state.composing.held().and(state.triage.letter_at);
    let later = held.is_some_and(|held| done.is_none_or(|(_, at)| held >= at));
    let put_in = state.outbox.last_put_in().is_some_and(|at| done.is_none_or(|(time, _)| at >= time));
    if later || held.is_none() && put_in {
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
