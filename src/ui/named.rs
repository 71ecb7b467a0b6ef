//! The names that the core is told, so that things can be found by them.

use crate::app::{Action, Names, Switch};
use crate::config::keymap::KeyPane;
use crate::i18n::{Words, fill};
use crate::model::Role;
use crate::text::SafeText;

/// What things are called in the language of the user; `commands` are those of the command line, with what they do.
pub fn names(words: &Words, commands: &[(String, String)]) -> Names {
    let actions = Action::EVERY.iter().map(|action| (*action, SafeText::of(words.action(action.name()))));
    let roles = Role::EVERY.iter().map(|role| (role.code(), SafeText::of(words.role(role.code()))));
    let said = &words.finding;
    let panes = KeyPane::EVERY.iter().filter_map(|pane| Some((pane.code(), words.help.panes.get(pane.code())?)));
    let switches = Switch::EVERY.iter().filter_map(|switch| Some((switch.code(), said.switches.get(switch.code())?)));
    let safe = |(code, text): (&'static str, &String)| (code, SafeText::of(text));
    let settings = said.settings.iter().map(|(name, what)| {
        let name = name.split_once('.').map_or_else(|| name.clone(), |(table, key)| format!("[{table}] {key}"));
        (SafeText::of(&name), SafeText::of(what))
    });
    let commands = commands
        .iter()
        .map(|(name, what)| (SafeText::of(&fill(&said.hongyan, &[("command", name)])), SafeText::of(what)));
    Names {
        actions: actions.collect(),
        roles: roles.collect(),
        panes: panes.map(safe).collect(),
        switches: switches.map(safe).collect(),
        folder: SafeText::of(&said.folder),
        account: SafeText::of(&said.account),
        setting: SafeText::of(&said.setting),
        person: SafeText::of(&said.person),
        invoices: SafeText::of(&words.prompt.invoices_name),
        told: settings.chain(commands).collect(),
    }
}
