//! The names that the core is told, so that things can be found by them.

use crate::app::{Action, Names};
use crate::i18n::Words;
use crate::model::Role;
use crate::text::SafeText;

/// What actions and folders are called in the language of the user.
pub fn names(words: &Words) -> Names {
    let actions = Action::EVERY.iter().map(|action| (*action, SafeText::of(words.action(action.name()))));
    let roles = Role::EVERY.iter().map(|role| (role.code(), SafeText::of(words.role(role.code()))));
    Names { actions: actions.collect(), roles: roles.collect() }
}
