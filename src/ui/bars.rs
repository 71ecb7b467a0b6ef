//! The lines around the panes: titles, rules, the status of the accounts, and the keys that are worth knowing here.

use ratatui::style::Style;

use super::date::Calendar;
use super::number::grouped;
use super::pen::{Field, Pen, columns};
use super::{Look, has_keys, triage};
use crate::app::compose::Stage;
use crate::app::outbox::{Asked, Standing};
use crate::app::{Account, Action, Area, Focus, OnItsWay, Overlay, State};
use crate::config::keymap::KeyPane;
use crate::i18n::fill;
use crate::model::{FailureKind, Retry, Status, Watch};

/// `─ Inbox ─────── 3/120 ─`: a rule that bears a name, and something short at its right end.
pub(super) fn title(state: &State, look: &Look, focus: Focus, area: Area, name: &str, right: &str, pen: &mut Pen<'_>) {
    if area.height == 0 {
        return;
    }
    let style = if has_keys(state, focus) { look.paint.title_focused } else { look.paint.title };
    rule(look, area, name, right, style, pen);
}

pub(super) fn rule(look: &Look, area: Area, name: &str, right: &str, style: Style, pen: &mut Pen<'_>) {
    let row = Field::row(area, 0);
    pen.fill(row, "─", look.paint.rule);
    let mut field = row.skip(1).less(1);
    if !right.is_empty() && field.columns > columns(right) + 6 {
        pen.put_right(field, &format!(" {right} "), look.paint.title);
        field = field.less(columns(right) + 3);
    }
    if !name.is_empty() && field.columns > 4 {
        // A name may be clipped, so the blank after it is not part of the text.
        let used = pen.put(field.skip(1).less(1), name, style);
        pen.put(field.take(1), " ", look.paint.rule);
        pen.put(field.skip(1 + used).take(1), " ", look.paint.rule);
    }
}

pub(super) fn upright_rules(state: &State, look: &Look, pen: &mut Pen<'_>) {
    let main = state.layout().main;
    for x in state.layout().rules.into_iter().flatten() {
        for y in main.y..main.y.saturating_add(main.height) {
            let left = x.checked_sub(1).is_some_and(|x| pen.symbol(x, y) == "─");
            let right = pen.symbol(x.saturating_add(1), y) == "─";
            let symbol = match (left, right, y == main.y) {
                (true, true, true) => "┬",
                (_, true, false) => "├",
                (_, false, _) | (false, true, true) => "│",
            };
            pen.put(Field { x, y, columns: 1 }, symbol, look.paint.rule);
        }
    }
}

/// Every account with its glyph and its word.
pub(super) fn status(state: &State, look: &Look, area: Area, pen: &mut Pen<'_>) {
    let row = Field::row(area, 0);
    pen.fill(row, " ", look.paint.status);
    let mut field = row.skip(1).less(1);
    if state.is_read_only() {
        let word = &look.words.status.read_only;
        let used = pen.put_right(field, word, look.paint.status_busy);
        field = field.less(used + 2);
    }
    if let Some(held) = state.composing().held() {
        let key_of = |action| state.keymap().key_of(KeyPane::List, action);
        let key = key_of(Action::Undo).or_else(|| key_of(Action::TakeBack));
        let key = key.map(|key| key.to_string()).unwrap_or_default();
        // In a draft a letter is a letter.
        let key = if state.key_pane() == KeyPane::Compose { format!("Esc {key}") } else { key };
        let seconds = held.seconds_left(state.moment()).to_string();
        let words = &look.words.compose;
        let template = if field.columns > 60 { &words.held } else { &words.held_short };
        let word = fill(template, &[("seconds", &seconds), ("key", &key)]);
        let used = pen.put_right(field, &word, look.paint.status_busy);
        field = field.less(used + 2);
    }
    field = triage::status(state, look, field, pen);
    field = on_its_way(state, look, field, pen);
    let accounts = state.accounts();
    for (at, account) in accounts.iter().enumerate() {
        let left = u16::try_from(accounts.len() - at).unwrap_or(u16::MAX).max(1);
        let share = if left == 1 { field.columns } else { field.columns / left };
        let used =
            one_status(state, look, account, field.take(if left == 1 { share } else { share.saturating_sub(2) }), pen);
        field = field.skip((used + 3).min(share.max(used)));
    }
}

/// What will not go by itself is said before what waits, and stays until somebody has seen to it.
fn on_its_way(state: &State, look: &Look, field: Field, pen: &mut Pen<'_>) -> Field {
    let words = &look.words.status;
    let OnItsWay { waiting, stuck, going } = state.on_its_way();
    let key = state.keymap().key_of(KeyPane::List, Action::Outbox).map(|key| key.to_string()).unwrap_or_default();
    // The one that counts down is told already.
    let waiting = waiting.saturating_sub(usize::from(state.composing().held().is_some()));
    if let Some((_, percent)) = going.filter(|_| stuck == 0) {
        let word = fill(&words.going, &[("percent", &percent.to_string())]);
        let used = pen.put_right(field, &word, look.paint.status_busy);
        return field.less(used + 2);
    }
    let (count, style, template) = match (stuck, waiting) {
        (0, 0) => return field,
        (0, waiting) => (waiting, look.paint.status_busy, &words.waiting),
        (stuck, _) if field.columns > 60 => (stuck, look.paint.status_bad, &words.stuck),
        (stuck, _) => (stuck, look.paint.status_bad, &words.stuck_short),
    };
    let used = pen.put_right(field, &fill(template, &[("count", &count.to_string()), ("key", &key)]), style);
    field.less(used + 2)
}

fn one_status(state: &State, look: &Look, account: &Account, field: Field, pen: &mut Pen<'_>) -> u16 {
    let words = &look.words.status;
    let paint = &look.paint;
    let (glyph, style, word) = match &account.status {
        Status::Starting => ("·", paint.status, words.starting.clone()),
        Status::Connecting => ("○", paint.status_busy, words.connecting.clone()),
        Status::Syncing { done, total, .. } => {
            let word = fill(&words.syncing, &[("done", &grouped(*done)), ("total", &grouped(*total))]);
            ("↓", paint.status_busy, word)
        }
        Status::UpToDate { watch: Watch::Told, .. } => ("●", paint.status_good, words.up_to_date.clone()),
        Status::UpToDate { at, watch: Watch::Asking } => {
            let time = Calendar::new(state.now(), &look.zone, &look.words).time(*at);
            ("●", paint.status_good, fill(&words.up_to_date_asking, &[("time", &time)]))
        }
        Status::Offline { failure, .. } => match (failure.kind, failure.retry) {
            (FailureKind::Throttled, Retry::Later | Retry::Patience) => ("○", paint.status_bad, words.on_hold.clone()),
            // It was let in with the same secret before: probably that is not what is needed.
            (_, Retry::Doubtful) if failure.worked_before => ("○", paint.status_bad, words.on_hold.clone()),
            (FailureKind::Login | FailureKind::NoSecret, _) => ("✕", paint.status_bad, words.needs_code.clone()),
            (_, Retry::AfterUser) => ("✕", paint.status_bad, words.stopped.clone()),
            (_, Retry::Later | Retry::Patience | Retry::Doubtful) => ("○", paint.status_bad, words.offline.clone()),
        },
        Status::ReadOnly => ("●", paint.status, words.read_only.clone()),
    };
    let mut used = pen.put(field, glyph, style);
    used += 1;
    // The word says more than the name: in little room the name gives way.
    let name_room = field.columns.saturating_sub(used + columns(&word) + 1);
    if name_room >= 4 {
        used += pen.put(field.skip(used).take(name_room), account.name.as_str(), paint.status);
        used += 1;
    }
    used += pen.put(field.skip(used), &word, style);
    if let Status::Syncing { done, total, .. } = &account.status {
        const CELLS: u64 = 12;
        if *total > 0 && field.columns.saturating_sub(used) > 14 {
            let full = (done.saturating_mul(CELLS) / total).min(CELLS);
            used += 1;
            for cell in 0..CELLS {
                let symbol = if cell < full { "█" } else { "░" };
                used += pen.put(field.skip(used), symbol, style);
            }
        }
    }
    used
}

const LISTED: [Action; 11] = [
    Action::Help,
    Action::Open,
    Action::Quit,
    Action::Archive,
    Action::Delete,
    Action::NextUnread,
    Action::Star,
    Action::ToggleRead,
    Action::ShowFolders,
    Action::NextFolder,
    Action::Sync,
];

/// Hints by how much they are worth; the least worth drop out first.
fn hints(pane: KeyPane, state: &State) -> &'static [Action] {
    use Action as A;
    if state.is_welcome() {
        return &[A::Quit, A::Help];
    }
    match pane {
        KeyPane::List if state.list().selected() > 0 => {
            &[A::Help, A::Dismiss, A::Archive, A::Delete, A::MoveTo, A::ToggleRead, A::Star, A::Junk, A::CopyTo]
        }
        KeyPane::List | KeyPane::Everywhere => &LISTED,
        KeyPane::Reader if state.is_plain() => &[A::PlainView, A::PageDown],
        KeyPane::Reader if state.reader().has_search() => &[A::Help, A::Back, A::NextHit, A::PreviousHit, A::Search],
        KeyPane::Reader if state.reader().has_numbers() => {
            &[A::Help, A::Back, A::OpenLink, A::NextLink, A::PreviousLink, A::Links]
        }
        KeyPane::Reader => &[
            A::Help,
            A::Back,
            A::PageThenNextUnread,
            A::Archive,
            A::Delete,
            A::NextUnread,
            A::Attachments,
            A::SwitchForm,
            A::Search,
            A::Links,
            A::NextMessage,
            A::Star,
            A::ToggleRead,
            A::Sync,
        ],
        KeyPane::Folders => &[A::Help, A::Open, A::Back, A::Sync, A::Quit],
        // The question has its keys with it.
        KeyPane::Choice if state.leaves_a_list() => &[A::Help],
        KeyPane::Choice => &[A::Open, A::Back, A::Save, A::SaveAll, A::Pipe, A::Help],
        // A question has its keys with it.
        KeyPane::Compose if !state.composing().is_written_at() => &[],
        KeyPane::Compose => &[
            A::Send,
            A::Back,
            A::Attach,
            A::Help,
            A::MoreFields,
            A::FoldQuotes,
            A::UndoEdit,
            A::ExternalEditor,
            A::Discard,
        ],
        KeyPane::Review => {
            &[A::Send, A::Back, A::SendLater, A::PageDown, A::SaveDraft, A::Attach, A::Discard, A::SwitchForm, A::Help]
        }
        KeyPane::Needs => &[A::TryAgain, A::MoveTo, A::Discard, A::Back, A::Help],
        // A question has its keys with it.
        KeyPane::Outbox if *state.outbox().asked() != Asked::Nothing => &[],
        KeyPane::Outbox => &[A::Back, A::Open, A::WasSent, A::SendNow, A::TakeBack, A::SendLater, A::GiveUp, A::Help],
        KeyPane::Overlay if matches!(state.overlay(), Some(Overlay::Help { .. })) => {
            &[A::Back, A::Search, A::PageDown, A::Quit]
        }
        KeyPane::Overlay => &[A::Back, A::PageDown, A::NextAccount, A::Help, A::Quit],
    }
}

/// The order in which those that are left stand: what is done most often first, the ways out last.
const STANDING: [Action; 46] = [
    Action::TryAgain,
    Action::Open,
    Action::Archive,
    Action::Delete,
    Action::MoveTo,
    Action::Junk,
    Action::CopyTo,
    Action::Dismiss,
    Action::WasSent,
    Action::SendNow,
    Action::TakeBack,
    Action::Send,
    Action::SendLater,
    Action::SaveDraft,
    Action::Attach,
    Action::MoreFields,
    Action::FoldQuotes,
    Action::UndoEdit,
    Action::ExternalEditor,
    Action::Discard,
    Action::GiveUp,
    Action::NextHit,
    Action::PreviousHit,
    Action::OpenLink,
    Action::NextLink,
    Action::PreviousLink,
    Action::Back,
    Action::PageThenNextUnread,
    Action::PageDown,
    Action::NextUnread,
    Action::NextMessage,
    Action::Save,
    Action::SaveAll,
    Action::Pipe,
    Action::Attachments,
    Action::SwitchForm,
    Action::Search,
    Action::Links,
    Action::Star,
    Action::ToggleRead,
    Action::ShowFolders,
    Action::NextFolder,
    Action::NextAccount,
    Action::Sync,
    Action::History,
    Action::Help,
];

/// When a message goes is being typed.
fn types_a_time(state: &State) -> bool {
    match state.key_pane() {
        KeyPane::Outbox => matches!(state.outbox().asked(), Asked::When(_)),
        KeyPane::Compose | KeyPane::Review => {
            state.composing().current().is_some_and(|composer| matches!(composer.stage(), Stage::Timing(_)))
        }
        _ => false,
    }
}

/// What can be done about the letter at the cursor.
fn suits_letter(state: &State, action: Action) -> bool {
    if matches!(action, Action::Back | Action::Help) {
        return true;
    }
    let letter = state.outbox().at_cursor().filter(|_| !state.is_read_only());
    letter.is_some_and(|letter| Standing::of(letter, state.now()).offers(action))
}

/// The first columns are taken by what is said.
pub(super) fn footer(state: &State, look: &Look, area: Area, taken: u16, pen: &mut Pen<'_>) {
    let pane = state.key_pane();
    let field = Field::row(area, 0).skip(1).less(1).skip(if taken > 0 { taken + 3 } else { 0 });
    if types_a_time(state) {
        pen.put(field, &look.words.finding.keys, look.paint.hint);
        return;
    }
    let mut chosen: Vec<(Action, String, &str)> = Vec::new();
    let mut room = field.columns;
    let reader = state.reader();
    let again = state.outbox().at_cursor().is_some_and(|it| !Standing::of(it, state.now()).offers(Action::SendLater));
    // What there is nothing for is not offered.
    let listed = matches!(state.overlay(), Some(Overlay::Files { .. }) | None) && state.composing().list().is_none();
    let fits_here = |action: &&Action| {
        let changes = matches!(
            action,
            Action::Star | Action::ToggleRead | Action::Sync | Action::Archive | Action::Delete | Action::MoveTo
        ) || matches!(action, Action::Junk | Action::CopyTo);
        !(changes && state.is_read_only())
            && (listed || !matches!(action, Action::Save | Action::SaveAll | Action::Pipe))
            && (**action != Action::Attachments || !reader.files().is_empty())
            && (**action != Action::Links || reader.link_count() > 0)
            && (pane != KeyPane::Outbox || suits_letter(state, **action))
            && (**action != Action::SwitchForm || pane == KeyPane::Review || reader.forms().1.is_some())
    };
    for action in hints(pane, state).iter().filter(fits_here) {
        let Some(key) = state.keymap().key_of(pane, *action) else {
            continue;
        };
        let is_again = again && *action == Action::SendNow;
        let word = if is_again { &look.words.outbox.send_again } else { look.words.hint(action.name()) };
        let key = key.to_string();
        let cost = columns(&key) + 1 + columns(word);
        if cost > room {
            break;
        }
        room = room.saturating_sub(cost + 2);
        chosen.push((*action, key, word));
    }
    chosen.sort_by_key(|(action, ..)| STANDING.iter().position(|known| known == action).unwrap_or(usize::MAX));
    let mut at = field;
    for (_, key, word) in chosen {
        let used = pen.put(at, &key, look.paint.key) + 1;
        let used = used + pen.put(at.skip(used), word, look.paint.hint);
        at = at.skip(used + 2);
    }
}
