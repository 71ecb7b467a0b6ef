//! What keys do to the list itself: which list it is, how it is sorted, and how its conversations are folded.

use super::acting::focus;
use super::finding;
use crate::app::{Action, Effect, Focus, Notice, Purpose, State};
use crate::model::{Kind, Role, Sort, SortBy, Source, Split};

pub(super) fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::GotoStarred => go_to(state, Source::Starred),
        Action::GotoUnified => go_to(state, Source::Unified(Role::Inbox)),
        Action::FoldThread => fold(state),
        Action::FoldAllThreads => {
            state.list.turn_all_threads();
            state.ask_for_order().into_iter().collect()
        }
        Action::MuteThread => mute(state),
        Action::SortMenu => finding::begin(state, Purpose::Sort),
        Action::ToggleThreads => {
            let threads = !state.threads_wanted();
            choose(state, None, Some(threads))
        }
        Action::SortByDate => sort(state, SortBy::Date),
        Action::SortBySender => sort(state, SortBy::Sender),
        Action::SortBySubject => sort(state, SortBy::Subject),
        Action::SortBySize => sort(state, SortBy::Size),
        Action::SortUnreadFirst => sort(state, SortBy::UnreadFirst),
        Action::ReverseSort => {
            let sort = state.list.sort();
            choose(state, Some(Sort { reversed: !sort.reversed, ..sort }), None)
        }
        Action::NextSplit => split(state, true),
        Action::PreviousSplit => split(state, false),
        _ => Vec::new(),
    }
}

fn go_to(state: &mut State, source: Source) -> Vec<Effect> {
    if state.folders.is_empty() {
        return Vec::new();
    }
    focus(state, Focus::List);
    state.open_list(source)
}

fn fold(state: &mut State) -> Vec<Effect> {
    if state.list.is_empty() {
        state.notice(Notice::NoMessage);
    }
    if !state.list.turn_thread_at_cursor() {
        return Vec::new();
    }
    state.ask_for_order().into_iter().collect()
}

fn mute(state: &mut State) -> Vec<Effect> {
    if state.read_only {
        state.notice(Notice::ReadOnly);
        return Vec::new();
    }
    let Some(row) = state.list.at_cursor() else {
        state.notice(Notice::NoMessage);
        return Vec::new();
    };
    let thread = row.row.thread;
    let mute = !row.row.conversation.as_ref().is_some_and(|conversation| conversation.muted);
    state.list.mute(thread, mute);
    vec![Effect::Mute { thread, mute }]
}

fn sort(state: &mut State, by: SortBy) -> Vec<Effect> {
    choose(state, Some(Sort { by, reversed: false }), None)
}

/// What is chosen holds for this list and all its parts.
fn choose(state: &mut State, sort: Option<Sort>, threads: Option<bool>) -> Vec<Effect> {
    let wanted = (sort.unwrap_or(state.list.sort()), threads.unwrap_or(state.threads_wanted()));
    let Some(source) = state.list.source().cloned() else { return Vec::new() };
    state.list.choose(source.whole().clone(), wanted);
    let (sort, threads) = state.how_listed(&source);
    state.list.show_by(sort, threads);
    state.ask_for_order().into_iter().collect()
}

/// The next part of the inbox, or all of it again.
fn split(state: &mut State, down: bool) -> Vec<Effect> {
    let Some(source) = state.list.source().cloned() else { return Vec::new() };
    let splits = state.splits();
    if splits.is_empty() {
        // Elsewhere there are no parts: the nearest place that has some is the inbox.
        return Vec::new();
    }
    let places = splits.len() + 1;
    let here = match &source {
        Source::Split { split, .. } => splits.iter().position(|known| known == split).map_or(0, |at| at + 1),
        _ => 0,
    };
    let to = if down { here + 1 } else { here + places - 1 } % places;
    let whole = source.whole().clone();
    state.open_list(match to.checked_sub(1).and_then(|at| splits.get(at)) {
        Some(split) => Source::Split { of: Box::new(whole), split: split.clone() },
        None => whole,
    })
}

/// The parts that an inbox has by itself.
pub(in crate::app) const PARTS: [Split; 7] = [
    Split::Unread,
    Split::Starred,
    Split::Attachments,
    Split::Kind(Kind::Bill),
    Split::Kind(Kind::Code),
    Split::Kind(Kind::Shipping),
    Split::Kind(Kind::Subscription),
];
