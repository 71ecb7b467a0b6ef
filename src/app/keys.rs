//! From keys to actions: presets, the user's own keys, and what is wrong with them.

use std::collections::BTreeMap;

use super::Action;
use crate::config::keymap::{KeyPane, KeySequence, KeyTrouble, KeymapFile, KeymapProblem, Preset, folded};
use crate::model::{Key, KeyPress};

/// What the name of no action means: the key is free.
const NONE: &str = "none";

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Keymap {
    panes: BTreeMap<KeyPane, BTreeMap<KeySequence, Action>>,
}

/// What a row of keys means so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    Action(Action),
    /// The beginning of a longer row of keys.
    More,
    Nothing,
}

/// One line of the help screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HelpLine {
    Pane(KeyPane),
    Entry { keys: Vec<KeySequence>, action: Action },
    Blank,
}

impl Keymap {
    /// The preset with the user's keys over it. What is wrong is left out and told.
    pub fn new(preset: Preset, user: &KeymapFile) -> (Self, Vec<KeymapProblem>) {
        let mut keymap = Self::default();
        let mut problems = keymap.lay(&KeymapFile::preset(preset));
        problems.extend(keymap.lay(user));
        problems.extend(keymap.prefixes());
        (keymap, problems)
    }

    fn lay(&mut self, file: &KeymapFile) -> Vec<KeymapProblem> {
        let mut problems = Vec::new();
        for pane in KeyPane::EVERY {
            let mut here = BTreeMap::new();
            for (key, action) in file.pane(pane) {
                let mut problem = |trouble| {
                    problems.push(KeymapProblem { pane, key: key.clone(), action: action.clone(), trouble });
                };
                let Some(sequence) = KeySequence::parse(key) else {
                    problem(KeyTrouble::NotAKey);
                    continue;
                };
                let meant = Action::named(action);
                if meant.is_none() && action != NONE {
                    problem(KeyTrouble::UnknownAction);
                    continue;
                }
                if here.insert(sequence, meant).is_some() {
                    problem(KeyTrouble::Twice);
                }
            }
            let table = self.panes.entry(pane).or_default();
            for (sequence, meant) in here {
                match meant {
                    Some(action) => table.insert(sequence, action),
                    None => table.remove(&sequence),
                };
            }
        }
        problems
    }

    /// Keys that are the beginning of others that work in the same pane. The shorter one would always win, so it does.
    fn prefixes(&self) -> Vec<KeymapProblem> {
        let mut problems = Vec::new();
        for pane in KeyPane::EVERY.into_iter().filter(|pane| *pane != KeyPane::Everywhere) {
            let bound = self.bound(pane);
            let mut sorted = bound.iter().peekable();
            while let Some((sequence, (from, action))) = sorted.next() {
                // In order, whatever begins with a sequence follows it at once.
                let Some((next, (next_from, _))) = sorted.peek() else {
                    break;
                };
                if next.keys().starts_with(sequence.keys()) {
                    let pane = if *from == *next_from { *from } else { pane };
                    let problem = KeymapProblem {
                        pane,
                        key: sequence.to_string(),
                        action: action.name().to_owned(),
                        trouble: KeyTrouble::Prefix,
                    };
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }
            }
        }
        problems
    }

    /// Every key that works in a pane, with the table that it comes from.
    fn bound(&self, pane: KeyPane) -> BTreeMap<&KeySequence, (KeyPane, Action)> {
        let mut bound = BTreeMap::new();
        for from in [KeyPane::Everywhere, pane] {
            for (sequence, action) in self.panes.get(&from).into_iter().flatten() {
                // A letter is typed there.
                if pane == KeyPane::Compose && is_written(sequence) {
                    continue;
                }
                bound.insert(sequence, (from, *action));
            }
        }
        bound
    }

    pub fn meaning(&self, pane: KeyPane, pressed: &[KeyPress]) -> Meaning {
        let tables = [pane, KeyPane::Everywhere];
        let folded: Vec<KeyPress> = pressed.iter().copied().map(folded).collect();
        let mut more = false;
        for table in tables.iter().filter_map(|pane| self.panes.get(pane)) {
            for (sequence, action) in table {
                if sequence.keys() == folded {
                    return Meaning::Action(*action);
                }
                more |= sequence.keys().starts_with(&folded);
            }
        }
        if more { Meaning::More } else { Meaning::Nothing }
    }

    /// What can follow on what was pressed: the keys that are left, and what they do.
    pub fn following(&self, pane: KeyPane, pressed: &[KeyPress]) -> Vec<(KeySequence, Action)> {
        let folded: Vec<KeyPress> = pressed.iter().copied().map(folded).collect();
        let rest = |(sequence, (_, action)): (&KeySequence, (KeyPane, Action))| {
            let rest = sequence.keys().strip_prefix(folded.as_slice())?;
            Some((KeySequence::of(rest)?, action))
        };
        self.bound(pane).into_iter().filter_map(rest).collect()
    }

    /// The keys of an action in a pane, the one to show first.
    pub fn keys_of(&self, pane: KeyPane, action: Action) -> Vec<KeySequence> {
        let mut keys: Vec<KeySequence> = self
            .bound(pane)
            .into_iter()
            .filter(|(_, (_, bound))| *bound == action)
            .map(|(sequence, _)| sequence.clone())
            .collect();
        keys.sort_by_cached_key(|sequence| strangeness(&sequence.to_string()));
        keys
    }

    /// The key to show for an action, where one is shown.
    pub fn key_of(&self, pane: KeyPane, action: Action) -> Option<KeySequence> {
        self.keys_of(pane, action).into_iter().next()
    }

    /// The help screen: every pane, every action bound in it, in the order of the vocabulary.
    pub fn help(&self) -> Vec<HelpLine> {
        let mut lines = Vec::new();
        for pane in [
            KeyPane::List,
            KeyPane::Reader,
            KeyPane::Folders,
            KeyPane::Compose,
            KeyPane::Review,
            KeyPane::Outbox,
            KeyPane::Everywhere,
            KeyPane::Overlay,
            KeyPane::Choice,
        ] {
            let Some(table) = self.panes.get(&pane).filter(|table| !table.is_empty()) else {
                continue;
            };
            if !lines.is_empty() {
                lines.push(HelpLine::Blank);
            }
            lines.push(HelpLine::Pane(pane));
            for action in Action::EVERY {
                let mut keys: Vec<KeySequence> =
                    table.iter().filter(|(_, bound)| *bound == action).map(|(keys, _)| keys.clone()).collect();
                keys.sort_by_cached_key(|sequence| strangeness(&sequence.to_string()));
                if !keys.is_empty() {
                    lines.push(HelpLine::Entry { keys, action: *action });
                }
            }
        }
        lines
    }
}

/// It begins with a key that types something.
fn is_written(sequence: &KeySequence) -> bool {
    let first = sequence.keys().first();
    first.is_some_and(|press| matches!((press.key, press.ctrl, press.alt), (Key::Char(_), false, false)))
}

/// What somebody would try who has never seen the program comes first, then what is short.
fn strangeness(key: &str) -> usize {
    match key {
        "Enter" => 0,
        "q" => 1,
        other => other.len() + 1,
    }
}

#[cfg(test)]
mod tests;
