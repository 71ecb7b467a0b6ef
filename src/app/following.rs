//! What can follow on the first key of several: told to who hesitates.

use super::{Action, State};
use crate::config::keymap::KeySequence;
use crate::model::Moment;

/// Whoever knows the next key has pressed it by now.
const HESITATION_MS: u64 = 300;

/// What is known of a row of keys that is not finished.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Following {
    /// What was pressed.
    pub pressed: String,
    pub keys: Vec<(KeySequence, Action)>,
}

impl State {
    /// Remembers since when a row of keys is unfinished.
    pub(super) fn note_pressed(&mut self) {
        self.pressed_since = if self.pressed.is_empty() { None } else { self.pressed_since.or(Some(self.moment)) };
    }

    pub(super) fn hesitates_from(&self) -> Option<Moment> {
        let from = self.pressed_since?.plus(HESITATION_MS);
        (from > self.moment).then_some(from)
    }

    /// What can follow, if somebody hesitates.
    pub fn following(&self) -> Option<Following> {
        if self.pressed_since.is_none_or(|since| self.moment < since.plus(HESITATION_MS)) {
            return None;
        }
        let pressed = KeySequence::of(&self.pressed)?.to_string();
        let keys = self.keymap.following(self.key_pane(), &self.pressed);
        (!keys.is_empty()).then_some(Following { pressed, keys })
    }
}
