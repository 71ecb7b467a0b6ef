//! What is asked before the program ends while letters wait, and what follows from the answer.

use crate::app::compose::Errand;
use crate::app::leaving::{Haste, How, Leaving};
use crate::app::outbox::LetterWish;
use crate::app::{Effect, State};
use crate::config::keymap::folded;
use crate::model::{Key, KeyPress, Query};

/// The user wants to leave.
pub(super) fn quit(state: &mut State) -> Vec<Effect> {
    if !state.read_only && state.about_to_go() > 0 {
        state.leaving = Some(Leaving::Asked { tried: false });
        return vec![Effect::Ask(Query::Outbox)];
    }
    if state.read_only && state.composing.has_unkept() {
        state.leaving = Some(Leaving::Unkept);
        return Vec::new();
    }
    leave(state)
}

fn leave(state: &mut State) -> Vec<Effect> {
    state.leaving = None;
    let mut effects = state.keep_drafts();
    effects.push(Effect::Quit);
    effects
}

pub(super) fn key(state: &mut State, press: KeyPress) -> Vec<Effect> {
    let press = folded(press);
    let asked = matches!(state.leaving, Some(Leaving::Asked { .. }));
    match (press.key, press.ctrl, press.alt) {
        (Key::Char('s' | 'S'), false, false) | (Key::Enter, ..) if asked => {
            state.leaving = Some(Leaving::Sending(Haste::new(state.moment)));
            let mut effects = looked(state);
            effects.push(Effect::Ask(Query::Outbox));
            effects
        }
        (Key::Char('y' | 'Y'), false, false) if state.leaving == Some(Leaving::Unkept) => leave(state),
        (Key::Char('k' | 'K'), false, false) if state.leaving == Some(Leaving::Unkept) => Vec::new(),
        (Key::Char('k' | 'K'), false, false) | (Key::Char('c'), true, false) => leave(state),
        (Key::Esc, ..) => {
            state.leaving = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The outbox was looked at.
pub(super) fn looked(state: &mut State) -> Vec<Effect> {
    let others = state.unlisted() > 0;
    let Some(Leaving::Sending(haste)) = &mut state.leaving else {
        // What was asked about has gone meanwhile, or it did not go: that is worth a look.
        if matches!(state.leaving, Some(Leaving::Asked { tried: false })) && state.about_to_go() == 0 {
            state.leaving = None;
        }
        return Vec::new();
    };
    let told = haste.tell(state.outbox.letters(), state.now, state.moment);
    match haste.how(state.outbox.letters(), others) {
        How::Over => return leave(state),
        How::Stuck => state.leaving = Some(Leaving::Asked { tried: true }),
        How::Goes => {}
    }
    told.into_iter().map(|id| Effect::Compose(Errand::Letter { id, wish: LetterWish::Now })).collect()
}

/// Something of a letter has gone.
pub(super) fn moved(state: &mut State) {
    if let Some(Leaving::Sending(haste)) = &mut state.leaving {
        haste.moved(state.moment);
    }
}

/// Who waits for nothing is asked again.
pub(super) fn tick(state: &mut State) {
    if let Some(Leaving::Sending(haste)) = &state.leaving
        && haste.until() <= state.moment
    {
        state.leaving = Some(Leaving::Asked { tried: true });
    }
}
