//! One event in, effects out. This file only routes; what a key does stands in `acting`.

mod acting;
mod choosing;
mod composing;
mod copying;
mod finding;
mod folders;
mod leaving;
mod listing;
mod mouse;
mod outbox;
mod over;
mod reading;
mod searching;
mod set_up;
mod triage;
mod unsubscribing;

use super::compose::Errand;
use super::keys::Meaning;
use super::panes::reader::Arrived;
use super::state::Opening;
use super::{Anchor, Effect, Event, Focus, Notice, Outcome, Overlay, State, Undertaking};
use crate::config::keymap::folded;
use crate::model::{
    AccountId, Answer, Changed, Failure, Flags, Intent, Key, KeyPress, Moment, Query, Source, Status, Timestamp,
    WireLine,
};
use crate::text::SafeText;
use acting::act;
use mouse::clicked;

pub(super) use listing::PARTS;
pub use reading::CHARSETS;
pub use triage::ALIKE;

/// Applies an event to the state, and says what shall be done about it.
pub fn update(state: &mut State, event: Event) -> Vec<Effect> {
    let overheard = state.overhears();
    let mut effects = match event {
        Event::Key(press) => key(state, press),
        Event::Paste(text) if state.finding.is_some() => finding::pasted(state, &text),
        Event::Paste(text) if state.prompt.is_some() => choosing::pasted(state, &text),
        Event::Paste(_) if state.leaving.is_some() => Vec::new(),
        Event::Paste(text) if outbox::has_keys(state) => {
            outbox::pasted(state, &text);
            Vec::new()
        }
        Event::Paste(text) if composing::has_keys(state) => composing::pasted(state, &text),
        Event::Paste(text) => {
            if text.chars().any(is_written_with_an_input_method) {
                state.notice(Notice::InputMethod);
            }
            Vec::new()
        }
        Event::Mouse(mouse) => clicked(state, mouse),
        Event::Resize { columns, rows } => {
            state.size = super::Size { columns, rows };
            Vec::new()
        }
        Event::Clock { now, moment } => clock(state, now, moment),
        Event::Answered(answer) => answered(state, answer),
        Event::Covered { coverage, whole } => {
            (state.searching.coverage, state.searching.whole) = (coverage, whole);
            Vec::new()
        }
        Event::Changed(changed) => {
            let how_far = triage::how_far(state, changed);
            changed_in_store(state, changed).into_iter().chain(how_far).collect()
        }
        Event::Finished { ticket, outcome } => match outcome {
            Outcome::Read(result) => finished(state, ticket, result.map(Arrived::Message)),
            Outcome::Headers { route, fields } => finished(state, ticket, Ok(Arrived::Headers { route, fields })),
            Outcome::Source(text) => finished(state, ticket, Ok(Arrived::Source(text))),
            Outcome::Done(done) => {
                state.notice(done.map_or_else(Notice::Deed, Notice::Done));
                Vec::new()
            }
        },
        Event::Account { id, status } => account(state, id, status),
        Event::Recorded { intent, result } => recorded(state, &intent, result),
        Event::Undone(result) => triage::undone(state, result),
        Event::Settled(result) => triage::settled(state, result),
        Event::FolderDone { deed, result } => triage::folder_done(state, &deed, result),
        Event::Notice(notice) => {
            state.notice(notice);
            Vec::new()
        }
        Event::Arrived(arrivals) => {
            state.herald.note(&arrivals, &state.settings, state.moment);
            Vec::new()
        }
        Event::NewMailCommandEnded(result) => {
            if let Err(trouble) = result {
                state.notice(Notice::NewMailCommand(trouble));
            }
            state.herald.command_ended(&state.settings).into_iter().collect()
        }
        Event::Ending => state.keep_drafts(),
        Event::Takes { account, takes } => {
            state.takes(&account, takes);
            Vec::new()
        }
        Event::Going(going) => {
            state.on_its_way.going = going;
            leaving::moved(state);
            Vec::new()
        }
        Event::Composed(tidings) => composing::heard(state, tidings),
        Event::Overheard { first, lines } => {
            overheard_lines(state, first, lines);
            Vec::new()
        }
    };
    if state.overhears() != overheard {
        effects.push(Effect::Overhear(!overheard));
        state.wire.clear();
    }
    state.note_pressed();
    effects.extend(state.settle_plain());
    state.lay_out();
    effects.extend(state.follow_cursor());
    if !state.list.is_hunting() {
        state.list.forget_far_away();
    }
    open_when_shown(state);
    choosing::let_go(state);
    triage::watch_letters(state);
    for _ in effects.iter().filter(|effect| matches!(effect, Effect::Ask(Query::Order(_)))) {
        state.list.order_asked();
    }
    effects
}

fn key(state: &mut State, press: KeyPress) -> Vec<Effect> {
    let press = state.keymap.told_apart(state.key_pane(), press);
    state.list.give_up_hunt();
    state.asked_to_open = state.asking_to_open.take();
    if state.leaving.is_some() {
        return leaving::key(state, press);
    }
    if state.finding.is_some() {
        return finding::typed(state, press);
    }
    if state.prompt.is_some() {
        return choosing::typed(state, press);
    }
    if outbox::has_keys(state) {
        return outbox::key(state, press);
    }
    if let Some(effects) = triage::key(state, press) {
        return effects;
    }
    if composing::has_keys(state)
        && let Some(effects) = composing::key(state, press)
    {
        return effects;
    }
    if let Key::Char(c) = folded(press).key
        && is_written_with_an_input_method(c)
    {
        state.pressed.clear();
        state.notice(Notice::InputMethod);
        return Vec::new();
    }
    state.pressed.push(press);
    match state.keymap.meaning(state.key_pane(), &state.pressed) {
        Meaning::More => Vec::new(),
        Meaning::Action(action) => {
            state.pressed.clear();
            act(state, action)
        }
        Meaning::Nothing => {
            state.pressed.clear();
            Vec::new()
        }
    }
}

/// Letters that no key of a keyboard types by itself.
fn is_written_with_an_input_method(c: char) -> bool {
    matches!(u32::from(c), 0x2e80..=0x9fff | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

fn clock(state: &mut State, now: Timestamp, moment: Moment) -> Vec<Effect> {
    (state.now, state.moment) = (now, moment);
    state.troubles.tick(moment);
    state.triage.tick(moment);
    leaving::tick(state);
    let wishes = state.reader.tick(moment);
    let mut effects = state.grant(wishes);
    effects.extend(state.herald.tick(&state.settings, now, moment));
    effects.extend(state.composing.tick(moment).into_iter().map(Effect::Compose));
    if let Some(Opening::Until(until)) = state.opening
        && moment >= until
    {
        state.opening = None;
        effects.extend(count_as_read(state));
    }
    if state.resting_from.is_some_and(|rest| moment >= rest) {
        state.resting_from = None;
        let placements = state.list.near_without_body();
        if !placements.is_empty() && placements != state.near {
            state.near.clone_from(&placements);
            effects.push(Effect::Near { placements });
        }
    }
    effects
}

fn count_as_read(state: &mut State) -> Option<Effect> {
    let row = &state.list.at_cursor()?.row;
    if row.flags.seen() || state.read_only {
        return None;
    }
    let placements: Vec<_> = state.list.placement_at_cursor().into_iter().collect();
    for placement in &placements {
        state.list.want(*placement, Flags::SEEN, Flags::NONE);
    }
    Some(Effect::Note(Intent::Flag { placements, add: Flags::SEEN, remove: Flags::NONE }))
}

/// A message counts as open from the moment when its text is on the screen.
fn open_when_shown(state: &mut State) {
    let shown = state.list.placement_at_cursor().is_some_and(|placement| state.reader.is_ready(placement));
    if state.focus == Focus::Reader && state.opening == Some(Opening::Waiting) && shown {
        state.opening = state.settings.mark_read_after_ms.map(|after| Opening::Until(state.moment.plus(after)));
    }
}

fn answered(state: &mut State, answer: Answer) -> Vec<Effect> {
    match answer {
        Answer::Folders(folders) => {
            let accounts: Vec<AccountId> = state.accounts.iter().map(|account| account.id).collect();
            state.folders.replace(folders, &accounts);
            let can_be_opened = |source: &Source| match source.folder() {
                Some(folder) => state.folders.find(folder).is_some_and(|found| found.selectable),
                None => !state.folders.is_empty(),
            };
            let open = state.list.source().is_some_and(can_be_opened);
            let back = state.back.source.take().filter(can_be_opened);
            match (open, back.or_else(|| state.folders.first_to_open().map(Source::Folder))) {
                (false, Some(source)) => state.open_list(source),
                (false, None) if state.list.source().is_some() => {
                    state.list.close();
                    state.focus = Focus::List;
                    let wishes = state.reader.clear();
                    state.grant(wishes)
                }
                (false, None) | (true, _) => Vec::new(),
            }
        }
        Answer::Order { listing, order, knots } => {
            state.list.order_answered();
            let mut effects = triage::found(state, &listing, &order);
            if state.list.is_answered_by(&listing) {
                let before = state.list.placement_at_cursor();
                state.list.replace_order(order, knots);
                searching::mark(state);
                let reading = state.back.reading.take();
                if reading.is_some() && reading == state.list.placement_at_cursor() {
                    state.focus = Focus::Reader;
                }
                if state.list.placement_at_cursor() != before {
                    // What was being read is gone. Another message in its place would be open without being opened.
                    if before.is_some() && state.focus == Focus::Reader {
                        state.focus = Focus::List;
                        if !listing.source.folder().is_some_and(|folder| state.is_removed(folder)) {
                            state.notice(Notice::GoneElsewhere);
                        }
                    }
                    state.cursor_moved();
                }
                effects.extend(triage::order_came(state, before));
                if state.list.is_empty() && state.focus == Focus::Reader {
                    state.focus = Focus::List;
                }
                return state.follow_turned();
            }
            effects
        }
        Answer::Rows { source, rows } => {
            state.list.answered(&source, rows);
            if state.list.is_hunting() {
                let step = state.list.hunt_on();
                return state.hunted(step);
            }
            Vec::new()
        }
        Answer::People { typed, people } => {
            composing::known(state, &typed, &people);
            finding::known(state, &typed, &people);
            Vec::new()
        }
        Answer::Outbox(letters) => outbox::known(state, letters),
        Answer::Needs(needs) => {
            triage::needs(state, needs);
            Vec::new()
        }
        Answer::Pending(count) => {
            triage::pending(state, count);
            Vec::new()
        }
        Answer::Alike { placements } => triage::alike(state, placements),
        Answer::Meant(lying) => triage::lying(state, &lying),
        Answer::Drafts(_) | Answer::Draft { .. } => Vec::new(),
        Answer::Failed { query, failure } => {
            match &*query {
                Query::Rows { source, .. } => state.list.unanswered(source),
                Query::Order(_) => state.list.order_answered(),
                Query::Alike { .. } | Query::Meant { .. } => drop(triage::asked(state)),
                _ => {}
            }
            state.troubles.failed(Undertaking::Listing, failure, state.now);
            Vec::new()
        }
    }
}

fn changed_in_store(state: &mut State, changed: Changed) -> Vec<Effect> {
    match changed {
        Changed::Folders => vec![Effect::Ask(Query::Folders)],
        Changed::Order(folder) if state.lists(folder) => state.ask_for_order().into_iter().collect(),
        Changed::Rows(folder) if state.lists(folder) => {
            state.list.rows_changed();
            let moved = state.list.source().is_some_and(Source::follows_flags);
            state.ask_for_order().filter(|_| moved).into_iter().collect()
        }
        Changed::Outbox => vec![Effect::Ask(Query::Outbox)],
        Changed::Needs => vec![Effect::Ask(Query::Needs)],
        Changed::Words if searching::is_open(state) => state.ask_for_order().into_iter().collect(),
        // Somebody looks at them.
        Changed::Drafts if state.composing.list().is_some() => vec![Effect::Compose(Errand::ListDrafts)],
        Changed::Order(_) | Changed::Rows(_) | Changed::Drafts | Changed::Words => Vec::new(),
        Changed::Body(message) => {
            let not_shown = !matches!(state.reader.content(), super::Content::Ready);
            match state.list.at_cursor() {
                Some(row) if row.row.message == message && not_shown && state.reader.message() == Some(message) => {
                    let row = row.row.clone();
                    let wishes = state.reader.again(&row, state.moment);
                    state.grant(wishes)
                }
                _ => Vec::new(),
            }
        }
    }
}

fn finished(state: &mut State, ticket: crate::model::Ticket, result: Result<Arrived, Failure>) -> Vec<Effect> {
    let failed = result.as_ref().err().cloned();
    let Some(wishes) = state.reader.finished(ticket, result) else {
        return Vec::new();
    };
    searching::mark(state);
    if let Some(failure) = failed {
        // The pane itself says so too; the row would only say it twice.
        state.troubles.remember_failure(Undertaking::Reading, failure, state.now);
    }
    state.grant(wishes)
}

fn account(state: &mut State, id: AccountId, status: Status) -> Vec<Effect> {
    let Some(account) = state.accounts.iter_mut().find(|account| account.id == id) else {
        return Vec::new();
    };
    let before = std::mem::replace(&mut account.status, status.clone());
    state.troubles.account(id, &before, &status, state.now);
    state.read_only |= status == Status::ReadOnly;
    let back = matches!(before, Status::Offline { .. } | Status::Connecting)
        && matches!(status, Status::UpToDate { .. } | Status::Syncing { .. });
    let failed = matches!(state.reader.content(), super::Content::Failed(..));
    if let Some(row) = state.list.at_cursor().filter(|_| back && failed) {
        let row = row.row.clone();
        let wishes = state.reader.again(&row, state.moment);
        return state.grant(wishes);
    }
    Vec::new()
}

fn overheard_lines(state: &mut State, first: bool, lines: Vec<WireLine>) {
    // On their way when the view was closed.
    if !state.overhears() {
        return;
    }
    if first {
        state.wire.clear();
    }
    let names: Vec<&SafeText> = state.accounts.iter().map(|account| &account.name).collect();
    let shown = match state.overlay {
        Some(Overlay::Wire { account, .. }) => account,
        Some(
            Overlay::Help { .. }
            | Overlay::History { .. }
            | Overlay::Links { .. }
            | Overlay::Files { .. }
            | Overlay::Address { .. },
        )
        | None => usize::MAX,
    };
    let gone = state.wire.take(lines, &names, shown);
    if let Some(Overlay::Wire { account, anchor }) = state.overlay {
        let anchor = match anchor {
            Anchor::Newest => Anchor::Newest,
            Anchor::Top(at) => Anchor::Top(at.saturating_sub(gone)),
            Anchor::Bottom(at) => Anchor::Bottom(at.saturating_sub(gone)),
        };
        let anchor = state.wire.settled(account, anchor, state.wire_body(account));
        state.overlay = Some(Overlay::Wire { account, anchor });
    }
}

fn recorded(state: &mut State, intent: &Intent, result: Result<(), Failure>) -> Vec<Effect> {
    if let Some(effects) = triage::recorded(state, intent, &result) {
        return effects;
    }
    let mut again = Vec::new();
    for placement in intent.placements() {
        if state.list.recorded(*placement, result.as_ref()) {
            again.push(*placement);
        }
    }
    if let Err(failure) = result {
        state.troubles.failed(Undertaking::Saving, failure, state.now);
    }
    let known: Vec<_> = again.into_iter().filter(|placement| state.list.find_row(*placement).is_some()).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let placements = state.list.ask(known);
    state.list.rows_query(placements).map(Effect::Ask).into_iter().collect()
}
