//! What is wrong with the user's keys. Which actions there are is not known here: whoever knows brings it.

use crate::config::keymap::KeyTrouble;

/// A line of `[keys]` that does not do what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongKey {
    pub pane: String,
    pub key: String,
    pub action: String,
    pub trouble: Wrong,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    Key(KeyTrouble),
    /// There is no such pane.
    Pane,
    /// There is no such preset.
    Preset,
}
