//! What the palette and the search of the help offer.

use super::super::keys::HelpLine;
use super::{Choice, Purpose, Switch};
use crate::app::chooser::Entry;
use crate::app::{Action, State};
use crate::config::keymap::{KeyPane, KeySequence};
use crate::letter::Mailbox;
use crate::model::{Person, Query};
use crate::text::SafeText;

/// So many people are offered besides everything else.
const PEOPLE: usize = 8;
/// What is typed of a name.
const NAME: usize = 64;

/// Where mail is read.
const READING: [KeyPane; 4] = [KeyPane::List, KeyPane::Reader, KeyPane::Folders, KeyPane::Everywhere];

impl State {
    pub(in crate::app) fn offered_for(&self, purpose: Purpose) -> Vec<Entry<Choice>> {
        match purpose {
            Purpose::GoTo => self.folder_entries(None),
            Purpose::Command => self.action_entries(true),
            Purpose::Help => self.help_entries(),
            Purpose::Palette => {
                let mut all = self.action_entries(false);
                all.extend(self.folder_entries(None).into_iter().map(|entry| {
                    let beside = if entry.beside.is_empty() {
                        self.settings.names.folder.clone()
                    } else {
                        SafeText::of(&format!("{} · {}", entry.beside, self.settings.names.folder))
                    };
                    entry.beside(beside)
                }));
                all.extend(self.account_entries());
                all.extend(self.switch_entries());
                all
            }
        }
    }

    /// People as the palette offers them: they are asked for while somebody types.
    pub(in crate::app) fn people_asked(typed: &str) -> Option<Query> {
        let typed = typed.trim();
        let worth = !typed.is_empty() && typed.chars().count() <= NAME;
        worth.then(|| Query::People { typed: typed.to_owned(), limit: PEOPLE })
    }

    pub(in crate::app) fn people_entries(&self, typed: &str, people: &[Person]) -> Vec<Entry<Choice>> {
        let entry = |person: &Person| {
            let mailbox = Mailbox::new(person.name.as_untrusted(), person.address.as_untrusted()).ok()?.typed();
            let (name, what) = (SafeText::of(&mailbox), Choice::Person(mailbox));
            let lately = self.lately.of(&what);
            // They were found by more than can be seen here.
            let entry = Entry::new(what, name).beside(self.settings.names.person.clone());
            Some(entry.also(SafeText::of(typed)).lately(lately))
        };
        people.iter().take(PEOPLE).filter_map(entry).collect()
    }

    /// What can be done here: what has a key where the user is, and where mail is read whatever has one there, or none at
    /// all.
    fn action_entries(&self, by_name: bool) -> Vec<Entry<Choice>> {
        let here = self.key_pane();
        let is_reading = READING.contains(&here);
        let entry = |action: &Action| {
            let action = *action;
            let key = self.keymap.key_of(here, action);
            let key = key.or_else(|| READING.iter().find_map(|pane| self.keymap.key_of(*pane, action)));
            let is_meant = match (is_reading, self.keymap.key_of(here, action)) {
                (_, Some(_)) => true,
                (true, None) => {
                    key.is_some() || KeyPane::EVERY.iter().all(|pane| self.keymap.key_of(*pane, action).is_none())
                }
                (false, None) => false,
            };
            if !is_meant || is_a_step(action) {
                return None;
            }
            let what = Choice::Action(action);
            let (named, code) = (self.settings.names.action(action), SafeText::of(action.name()));
            let key = SafeText::of(&key.map(|key| key.to_string()).unwrap_or_default());
            let lately = self.lately.of(&what);
            Some(if by_name {
                let beside = if key.is_empty() { named } else { SafeText::of(&format!("{named}  {key}")) };
                Entry::new(what, code).beside(beside).lately(lately)
            } else {
                Entry::new(what, named).also(code).beside(key).lately(lately)
            })
        };
        Action::EVERY.iter().filter_map(entry).collect()
    }

    fn account_entries(&self) -> Vec<Entry<Choice>> {
        let entry = |account: &crate::app::Account| {
            let what = Choice::Account(account.id);
            let lately = self.lately.of(&what);
            Entry::new(what, account.name.clone()).beside(self.settings.names.account.clone()).lately(lately)
        };
        if self.accounts.len() > 1 { self.accounts.iter().map(entry).collect() } else { Vec::new() }
    }

    fn switch_entries(&self) -> Vec<Entry<Choice>> {
        let now = |switch: &Switch| match switch {
            Switch::MarkRead => self.settings.mark_read_after_ms.is_some(),
            Switch::MarkReadNever => self.settings.mark_read_after_ms.is_none(),
            Switch::Mouse => false,
            switch => switch.layout() == Some(self.settings.layout),
        };
        let entry = |switch: &Switch| {
            let what = Choice::Switch(*switch);
            let lately = self.lately.of(&what);
            let names = &self.settings.names;
            Entry::new(what, names.switch(*switch))
                .also(SafeText::of(switch.code()))
                .beside(names.setting.clone())
                .lately(lately)
        };
        Switch::EVERY.iter().filter(|switch| !now(switch)).map(entry).collect()
    }

    /// Every key as it is now, with what it does and where; then settings and commands.
    fn help_entries(&self) -> Vec<Entry<Choice>> {
        let names = &self.settings.names;
        let mut pane = SafeText::default();
        let mut all = Vec::new();
        for line in self.keymap.help() {
            match line {
                HelpLine::Blank => {}
                HelpLine::Pane(code) => {
                    pane = names.panes.get(code.code()).cloned().unwrap_or_else(|| SafeText::of(code.code()));
                }
                HelpLine::Entry { keys, action } => {
                    let keys: Vec<String> = keys.iter().map(KeySequence::to_string).collect();
                    let beside = SafeText::of(&format!("{pane}  {}", keys.join("  ")));
                    let entry = Entry::new(Choice::Action(action), names.action(action));
                    all.push(entry.also(SafeText::of(action.name())).beside(beside));
                }
            }
        }
        all.extend(
            names
                .told
                .iter()
                .enumerate()
                .map(|(at, (name, what))| Entry::new(Choice::Told(at), what.clone()).beside(name.clone())),
        );
        all
    }
}

/// Whoever wants to go a step does not look for it.
fn is_a_step(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::Down
            | A::Up
            | A::First
            | A::Last
            | A::Open
            | A::Back
            | A::Dismiss
            | A::NextMessage
            | A::PreviousMessage
            | A::HalfPageDown
            | A::HalfPageUp
            | A::PageDown
            | A::PageUp
            | A::Palette
            | A::Command
            | A::NextField
            | A::PreviousField
    )
}
