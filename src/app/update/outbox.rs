//! Keys and tidings that are about letters in the outbox.

use super::composing::{enter, in_clock, say};
use super::{acting, leaving, over};
use crate::app::compose::later::later;
use crate::app::compose::{DraftNotice, Errand};
use crate::app::keys::Meaning;
use crate::app::outbox::{Asked, LetterCame, LetterWish, NotReopened, OutboxNotice, Reopened, Standing};
use crate::app::{Action, Effect, Notice, OnItsWay, State, Undertaking};
use crate::config::keymap::{KeyPane, folded};
use crate::model::{Failure, Key, KeyPress, Outgoing, OutgoingId, Query};
use crate::text::SafeText;

/// Keys and text go to the outbox.
pub(super) fn has_keys(state: &State) -> bool {
    state.outbox.is_shown() && state.overlay.is_none()
}

pub(super) fn show(state: &mut State) -> Vec<Effect> {
    state.composing.show_list(false);
    state.overlay = None;
    state.outbox.show(true);
    vec![Effect::Ask(Query::Outbox)]
}

/// What is there now.
pub(super) fn known(state: &mut State, letters: Vec<Outgoing>) -> Vec<Effect> {
    state.on_its_way = OnItsWay { going: state.on_its_way.going, ..OnItsWay::of(&letters) };
    state.outbox.know(letters);
    leaving::looked(state)
}

fn notice(state: &mut State, notice: OutboxNotice) {
    state.notice(Notice::Outbox(notice));
}

pub(super) fn key(state: &mut State, press: KeyPress) -> Vec<Effect> {
    let yes = folded(press).key == Key::Char('y');
    match state.outbox.asked() {
        Asked::When(_) => return typed(state, press),
        Asked::Again if yes => {
            state.outbox.ask(Asked::Nothing);
            return wish(state, LetterWish::Again);
        }
        Asked::GiveUp if yes => {
            state.outbox.ask(Asked::Nothing);
            return wish(state, LetterWish::GiveUp);
        }
        Asked::Again | Asked::GiveUp => {
            state.outbox.ask(Asked::Nothing);
            return Vec::new();
        }
        Asked::Nothing => {}
    }
    state.pressed.push(press);
    match state.keymap.meaning(KeyPane::Outbox, &state.pressed) {
        Meaning::More => Vec::new(),
        Meaning::Nothing => {
            state.pressed.clear();
            Vec::new()
        }
        Meaning::Action(action) => {
            state.pressed.clear();
            act(state, action)
        }
    }
}

fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let page = isize::try_from(acting::overlay_rows(state) / 2).unwrap_or(1).max(2) - 1;
    match action {
        Action::Down => state.outbox.move_by(1),
        Action::Up => state.outbox.move_by(-1),
        Action::PageDown | Action::HalfPageDown => state.outbox.move_by(page),
        Action::PageUp | Action::HalfPageUp => state.outbox.move_by(-page),
        Action::First => state.outbox.move_by(-isize::MAX),
        Action::Last => state.outbox.move_by(isize::MAX),
        Action::Back | Action::Outbox => state.outbox.show(false),
        Action::Open | Action::SendNow | Action::SendLater | Action::TakeBack | Action::WasSent | Action::GiveUp => {
            return about_letter(state, action);
        }
        action if over::works_over_the_panes(action) => return acting::act(state, action),
        _ => {}
    }
    Vec::new()
}

fn about_letter(state: &mut State, action: Action) -> Vec<Effect> {
    let Some(letter) = state.outbox.at_cursor() else { return Vec::new() };
    let (id, standing) = (letter.id, Standing::of(letter, state.now));
    if state.read_only {
        state.notice(Notice::ReadOnly);
        return Vec::new();
    }
    let unknown = matches!(standing, Standing::Unknown | Standing::LookedFor);
    if !standing.offers(action) {
        let refusal = match (action, standing) {
            (_, Standing::Going | Standing::Sent) => OutboxNotice::TooLate,
            (Action::TakeBack | Action::Open, _) if unknown => OutboxNotice::MayHaveGone,
            (Action::Open, _) => {
                let key = state.keymap.key_of(KeyPane::Outbox, Action::TakeBack);
                OutboxNotice::TakeBackFirst(SafeText::of(&key.map(|key| key.to_string()).unwrap_or_default()))
            }
            _ => OutboxNotice::Nothing,
        };
        notice(state, refusal);
        return Vec::new();
    }
    match action {
        Action::Open | Action::TakeBack => return vec![Effect::Compose(Errand::Reopen(id))],
        // It may be there twice then.
        Action::SendNow if unknown => state.outbox.ask(Asked::Again),
        Action::SendNow if matches!(standing, Standing::Refused | Standing::Asks) => {
            return wish(state, LetterWish::Again);
        }
        Action::SendNow => return wish(state, LetterWish::Now),
        Action::SendLater => state.outbox.ask_when(),
        Action::WasSent => return wish(state, LetterWish::WasSent),
        Action::GiveUp => state.outbox.ask(Asked::GiveUp),
        _ => {}
    }
    Vec::new()
}

fn wish(state: &State, wish: LetterWish) -> Vec<Effect> {
    let letter = state.outbox.at_cursor();
    letter.map(|letter| Effect::Compose(Errand::Letter { id: letter.id, wish })).into_iter().collect()
}

/// When it shall go is being typed.
fn typed(state: &mut State, press: KeyPress) -> Vec<Effect> {
    let (now, zone) = (state.now, state.settings.zone.clone());
    let Some(line) = state.outbox.line() else { return Vec::new() };
    match (press.key, press.ctrl) {
        (Key::Esc, _) | (Key::Char('c' | 'g'), true) => state.outbox.ask(Asked::Nothing),
        (Key::Enter, _) => {
            let words = line.text().to_owned();
            let Some(at) = later(&words, now, &zone) else {
                say(state, DraftNotice::NotATime(SafeText::of(&words)));
                return Vec::new();
            };
            state.outbox.ask(Asked::Nothing);
            return wish(state, LetterWish::At(at));
        }
        (Key::Tab, _) => {}
        _ => drop(line.press(press)),
    }
    Vec::new()
}

pub(super) fn pasted(state: &mut State, text: &str) {
    if let Some(line) = state.outbox.line() {
        line.insert(text);
    }
}

/// Of what nobody has begun with, the one that was put in last comes back.
pub(super) fn take_back_last(state: &mut State) -> Option<Vec<Effect>> {
    let id = state.outbox.last_waiting()?;
    Some(vec![Effect::Compose(Errand::Reopen(id))])
}

/// What came of a wish.
pub(super) fn granted(
    state: &mut State,
    id: OutgoingId,
    wish: LetterWish,
    result: Result<LetterCame, Failure>,
) -> Vec<Effect> {
    let came = match result {
        Ok(came) => came,
        Err(failure) => {
            state.troubles.failed(Undertaking::Saving, failure, state.now);
            return vec![Effect::Ask(Query::Outbox)];
        }
    };
    if came == LetterCame::Done {
        // What counted down does not do so any more, and is no draft of this screen.
        state.composing.gone(id);
    }
    if state.leaving.is_none() {
        let said = match (came, wish) {
            (LetterCame::Done, LetterWish::Now | LetterWish::Again) => OutboxNotice::Now,
            (LetterCame::Done, LetterWish::At(at)) => OutboxNotice::At(in_clock(state, at)),
            (LetterCame::Done, LetterWish::WasSent) => OutboxNotice::WasSent,
            (LetterCame::Done, LetterWish::GiveUp) => OutboxNotice::GivenUp,
            (LetterCame::TooLate, _) => OutboxNotice::TooLate,
            (LetterCame::Nothing, _) => OutboxNotice::Nothing,
            (LetterCame::Gone, _) => OutboxNotice::Gone,
        };
        notice(state, said);
    }
    vec![Effect::Ask(Query::Outbox)]
}

/// A letter is a draft again, or it is not.
pub(super) fn reopened(state: &mut State, id: OutgoingId, result: Result<Box<Reopened>, NotReopened>) -> Vec<Effect> {
    let refusal = match result {
        Ok(reopened) => {
            let Reopened { draft, written, refused, for_the_rest } = *reopened;
            state.composing.gone(id);
            state.outbox.show(false);
            let sheet = state.composing.begin(written, Some(draft), &state.settings.senders);
            if let Some(composer) = state.composing.of(sheet) {
                composer.mark_refused(&refused);
            }
            if for_the_rest {
                notice(state, OutboxNotice::ForTheRest);
            } else {
                say(state, DraftNotice::Back);
            }
            enter(state);
            return vec![Effect::Ask(Query::Outbox)];
        }
        Err(NotReopened::Failed(failure)) => {
            state.troubles.failed(Undertaking::Saving, failure, state.now);
            return vec![Effect::Ask(Query::Outbox)];
        }
        Err(NotReopened::TooLate) => OutboxNotice::TooLate,
        Err(NotReopened::MayHaveGone) => OutboxNotice::MayHaveGone,
        Err(NotReopened::NoDraft) => OutboxNotice::NoDraft,
        Err(NotReopened::Gone) => OutboxNotice::Gone,
    };
    notice(state, refusal);
    vec![Effect::Ask(Query::Outbox)]
}
