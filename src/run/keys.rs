//! The keys of the settings as the keymap wants them, and what is wrong with them.

use crate::app::Keymap;
use crate::cli::doctor::{Wrong, WrongKey};
use crate::config::Config;
use crate::config::keymap::{KeyPane, KeymapFile, KeymapProblem, Preset};

/// A name in the settings that means nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Unknown {
    Pane(String),
    Preset(String),
}

pub(super) fn of(config: &Config) -> (Preset, KeymapFile, Vec<Unknown>) {
    let mut keys = KeymapFile::default();
    let mut unknown = Vec::new();
    for binding in &config.keys.bindings {
        let Some(pane) = KeyPane::EVERY.into_iter().find(|pane| pane.code() == binding.pane) else {
            unknown.push(Unknown::Pane(binding.pane.clone()));
            continue;
        };
        keys.pane_mut(pane).insert(binding.key.clone(), binding.action.clone());
    }
    let preset = Preset::named(&config.keys.preset).unwrap_or_else(|| {
        unknown.push(Unknown::Preset(config.keys.preset.clone()));
        Preset::default()
    });
    (preset, keys, unknown)
}

/// Everything that is wrong with the keys of these settings.
pub fn wrong_keys(config: &Config) -> Vec<WrongKey> {
    let (preset, keys, unknown) = of(config);
    let (_, problems) = Keymap::new(preset, &keys);
    let named = unknown.into_iter().map(|unknown| {
        let (pane, key, trouble) = match unknown {
            Unknown::Pane(pane) => (pane, String::new(), Wrong::Pane),
            Unknown::Preset(preset) => (String::new(), preset, Wrong::Preset),
        };
        WrongKey { pane, key, action: String::new(), trouble }
    });
    let lines = problems.into_iter().map(|KeymapProblem { pane, key, action, trouble }| WrongKey {
        pane: pane.code().to_owned(),
        key,
        action,
        trouble: Wrong::Key(trouble),
    });
    named.chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::keymap::KeyTrouble;
    use crate::config::{Presets, check};

    #[test]
    fn what_is_wrong_with_the_keys_is_found_and_the_usual_ones_are_right() {
        assert_eq!(wrong_keys(&Config::default()), []);
        let text = "[keys]\npreset = \"emacs\"\n[keys.list]\nfoo = \"archive\"\nx = \"dance\"\n'Y' = \"star\"\n[keys.compose]\nA-g = \"yank\"\n[keys.nowhere]\na = \"archive\"\n";
        let config = check(text, Path::new("config.toml"), &Presets::built_in()).unwrap();
        let found: Vec<_> =
            wrong_keys(&config).into_iter().map(|wrong| (wrong.trouble, wrong.pane, wrong.key)).collect();
        assert_eq!(
            found,
            [
                (Wrong::Pane, "nowhere".to_owned(), String::new()),
                (Wrong::Preset, String::new(), "emacs".to_owned()),
                (Wrong::Key(KeyTrouble::NotAKey), "list".to_owned(), "foo".to_owned()),
                (Wrong::Key(KeyTrouble::UnknownAction), "list".to_owned(), "x".to_owned()),
                // Other keys begin with this one.
                (Wrong::Key(KeyTrouble::Prefix), "list".to_owned(), "Y".to_owned()),
            ]
        );
    }
}
