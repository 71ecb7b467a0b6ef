//! What comes back: commits, what was taken back, what could not be done, and what the store knows of a folder.

use super::{flagged, putting, say};
use crate::app::triage::{NeedsView, Sheet, Wanted};
use crate::app::{Did, Effect, State, TriageNotice, Undertaking};
use crate::model::{
    Alike, Changed, Deed, DeedKind, Failure, Flags, Intent, Listing, Lying, Need, OrderEntry, PlacementId, Query, Role,
};

/// A commit came back. `None`: it is about flags, which others know of.
pub(in crate::app::update) fn recorded(
    state: &mut State,
    intent: &Intent,
    result: &Result<(), Failure>,
) -> Option<Vec<Effect>> {
    let placements = match intent {
        Intent::Flag { .. } => {
            if result.is_err() {
                state.triage.done = None;
            }
            return None;
        }
        Intent::Move { placements, .. } | Intent::Erase { placements } => placements.as_slice(),
        Intent::Copy { .. } => &[],
    };
    let back = state.list.left(placements, result.is_ok());
    let Err(failure) = result else { return Some(Vec::new()) };
    state.triage.done = None;
    // What comes back shows itself.
    state.triage.back = placements.first().copied().filter(|_| back);
    state.troubles.failed(Undertaking::Saving, failure.clone(), state.now);
    Some(state.ask_for_order().filter(|_| back).into_iter().collect())
}

pub(in crate::app::update) fn undone(state: &mut State, result: Result<Option<Deed>, Failure>) -> Vec<Effect> {
    match result {
        Ok(None) => say(state, TriageNotice::NothingToUndo),
        Ok(Some(deed)) => {
            state.triage.bulk = None;
            let done = state.triage.done.take().filter(|done| done.kind == deed.kind && done.count == deed.count);
            if !matches!(deed.kind, DeedKind::Flag { .. } | DeedKind::Copy { .. }) {
                state.triage.back = done.map(|done| done.first);
            }
            let did = called(state, deed.kind);
            say(state, TriageNotice::Undone(did, deed.count));
            // What is shown may be what was wanted before.
            state.list.rows_changed();
            return state.ask_for_order().into_iter().collect();
        }
        Err(failure) => state.troubles.failed(Undertaking::Undoing, failure, state.now),
    }
    Vec::new()
}

/// What it is called that was done.
fn called(state: &State, kind: DeedKind) -> Did {
    match kind {
        DeedKind::Flag { add, .. } if add.seen() => Did::Read,
        DeedKind::Flag { add, .. } if add.flagged() => Did::Starred,
        DeedKind::Flag { remove, .. } if remove.flagged() => Did::Unstarred,
        DeedKind::Flag { .. } => Did::Unread,
        DeedKind::Copy { to } => Did::Copied(to),
        DeedKind::Erase => Did::Erased,
        DeedKind::Move { to } => match state.folders.find(to).and_then(|folder| folder.role) {
            Some(Role::Archive) => Did::Archived,
            Some(Role::Trash) => Did::Deleted,
            Some(Role::Junk) => Did::Junk,
            _ => Did::Moved(to),
        },
    }
}

/// The order of the list came. `before`: what was under the cursor.
pub(in crate::app::update) fn order_came(state: &mut State, before: Option<PlacementId>) -> Vec<Effect> {
    if let Some(at) = state.triage.back.and_then(|back| state.list.position(back)) {
        state.triage.back = None;
        state.list.move_to(at);
        if state.list.placement_at_cursor() != before {
            state.cursor_moved();
        }
    } else if before.is_some() && state.list.placement_at_cursor() != before && state.list.knot(0).is_none() {
        state.triage.shifted = Some(state.moment);
    }
    typed_ahead(state)
}

/// What was typed ahead is done now, until it has to wait again.
fn typed_ahead(state: &mut State) -> Vec<Effect> {
    let mut effects = Vec::new();
    for action in std::mem::take(&mut state.triage.ahead) {
        effects.extend(crate::app::update::acting::act(state, action));
    }
    effects
}

/// What lies in the bin is known: it goes.
pub(in crate::app::update) fn found(state: &mut State, listing: &Listing, order: &[OrderEntry]) -> Vec<Effect> {
    if state.triage.emptying.as_ref() != Some(listing) {
        return Vec::new();
    }
    state.triage.emptying = None;
    putting::erase(state, order.iter().map(|entry| entry.placement).collect())
}

/// It is known where messages lie: what was to be done with them is done.
pub(in crate::app::update) fn lying(state: &mut State, lying: &[Lying]) -> Vec<Effect> {
    let wanted = asked(state);
    let mut effects = match wanted {
        Some(Wanted::Act(action)) => super::act_on(state, action, lying),
        Some(Wanted::Selection(_) | Wanted::ReadAll) | None => Vec::new(),
    };
    effects.extend(typed_ahead(state));
    effects
}

/// Which messages are alike is known.
pub(in crate::app::update) fn alike(state: &mut State, placements: Vec<PlacementId>) -> Vec<Effect> {
    match asked(state) {
        Some(Wanted::Selection(how)) => {
            if placements.is_empty() && matches!(how, Alike::AtLeast(_)) {
                say(state, TriageNotice::NothingThere);
            }
            state.list.select(placements);
            Vec::new()
        }
        Some(Wanted::ReadAll) if placements.is_empty() => {
            say(state, TriageNotice::NothingUnread);
            Vec::new()
        }
        Some(Wanted::ReadAll) => flagged(state, placements, Flags::SEEN, Flags::NONE, Did::Read),
        Some(Wanted::Act(_)) | None => Vec::new(),
    }
}

/// What the next answer is for; they come in the order of the questions.
pub(in crate::app::update) fn asked(state: &mut State) -> Option<Wanted> {
    state.triage.wanted.pop_front()
}

pub(in crate::app::update) fn needs(state: &mut State, needs: Vec<Need>) {
    let is_new = |need: &&Need| state.triage.needs.iter().all(|known| known.id != need.id);
    let new = needs.iter().filter(is_new).count();
    state.triage.needs = needs;
    let count = state.triage.needs.len();
    if let Some(Sheet::Needs(NeedsView { cursor })) = &mut state.triage.sheet {
        *cursor = (*cursor).min(count.saturating_sub(1));
    } else if new > 0 {
        say(state, TriageNotice::NeedsCame(count));
    }
}

/// So much has not been told any server yet.
pub(in crate::app::update) fn pending(state: &mut State, count: usize) {
    if let Some(bulk) = &mut state.triage.bulk {
        bulk.left = bulk.left.min(count);
        if bulk.left == 0 {
            state.triage.bulk = None;
        }
    }
}

/// Something changed: if much is under way, how far it has come is asked for.
pub(in crate::app::update) fn how_far(state: &State, changed: Changed) -> Option<Effect> {
    let moved = matches!(changed, Changed::Order(_) | Changed::Rows(_) | Changed::Folders | Changed::Needs);
    state.triage.bulk.filter(|_| moved).map(|_| Effect::Ask(Query::Pending))
}

pub(in crate::app::update) fn settled(state: &mut State, result: Result<usize, Failure>) -> Vec<Effect> {
    match result {
        Ok(count) => say(state, TriageNotice::Settled(count)),
        Err(failure) => state.troubles.failed(Undertaking::Saving, failure, state.now),
    }
    vec![Effect::Ask(Query::Needs)]
}
