//! What lies over the panes while something is found by typing: the palette, and the choice of a folder. What it offers is
//! made when it is opened; what is taken is done where the user was.

use std::collections::BTreeMap;

use super::chooser::{Chooser, Entry};
use super::{Action, Area, LayoutChoice, State};
use crate::model::{AccountId, Folder, FolderId, Role};
use crate::text::SafeText;

/// So many of what was taken last are remembered.
const LATELY: usize = 30;
/// A frame that is wider than this is no easier to read.
const WIDEST: u16 = 76;
const HIGHEST: u16 = 20;

/// What one of them is wanted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A folder, to be looked at.
    GoTo,
    /// Whatever there is, to be done or gone to.
    Palette,
    /// An action by the name that it has in keymap files.
    Command,
    /// What a key, a setting or a command does.
    Help,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Choice {
    Folder(FolderId),
    Action(Action),
    /// The inbox of an account.
    Account(AccountId),
    /// A setting, until the program ends.
    Switch(Switch),
    /// Somebody to write to, as they stand in a draft.
    Person(String),
    /// Something to read, by its place among what is told.
    Told(usize),
}

/// What can be set while mail is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Switch {
    LayoutAuto,
    LayoutWide,
    LayoutMedium,
    LayoutNarrow,
    MarkRead,
    MarkReadNever,
    Mouse,
}

impl Switch {
    pub const EVERY: [Self; 7] = [
        Self::LayoutAuto,
        Self::LayoutWide,
        Self::LayoutMedium,
        Self::LayoutNarrow,
        Self::MarkRead,
        Self::MarkReadNever,
        Self::Mouse,
    ];

    /// What it is called in the catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::LayoutAuto => "layout-auto",
            Self::LayoutWide => "layout-wide",
            Self::LayoutMedium => "layout-medium",
            Self::LayoutNarrow => "layout-narrow",
            Self::MarkRead => "mark-read",
            Self::MarkReadNever => "mark-read-never",
            Self::Mouse => "mouse",
        }
    }

    pub(super) fn layout(self) -> Option<LayoutChoice> {
        match self {
            Self::LayoutAuto => Some(LayoutChoice::Auto),
            Self::LayoutWide => Some(LayoutChoice::Wide),
            Self::LayoutMedium => Some(LayoutChoice::Stacked),
            Self::LayoutNarrow => Some(LayoutChoice::Single),
            Self::MarkRead | Self::MarkReadNever | Self::Mouse => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    purpose: Purpose,
    pub(super) chooser: Chooser<Choice>,
}

impl Finding {
    pub(super) fn new(purpose: Purpose, entries: Vec<Entry<Choice>>) -> Self {
        Self { purpose, chooser: Chooser::new(entries) }
    }

    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    pub fn chooser(&self) -> &Chooser<Choice> {
        &self.chooser
    }
}

/// What was taken before, the last first.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Lately(Vec<Choice>);

impl Lately {
    pub(super) fn taken(&mut self, choice: &Choice) {
        self.0.retain(|known| known != choice);
        self.0.insert(0, choice.clone());
        self.0.truncate(LATELY);
    }

    pub(super) fn of(&self, choice: &Choice) -> u32 {
        let place = self.0.iter().position(|known| known == choice);
        place.and_then(|place| u32::try_from(place + 1).ok()).unwrap_or(0)
    }
}

/// What things are called in the language of the user. The core knows none: the shell says it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Names {
    pub actions: BTreeMap<Action, SafeText>,
    pub roles: BTreeMap<&'static str, SafeText>,
    pub panes: BTreeMap<&'static str, SafeText>,
    pub switches: BTreeMap<&'static str, SafeText>,
    /// What kind of thing something is.
    pub folder: SafeText,
    pub account: SafeText,
    pub setting: SafeText,
    pub person: SafeText,
    /// The folder for invoices.
    pub invoices: SafeText,
    /// Settings and commands: what they are called, and what they do.
    pub told: Vec<(SafeText, SafeText)>,
}

impl Names {
    pub fn action(&self, action: Action) -> SafeText {
        self.actions.get(&action).cloned().unwrap_or_else(|| SafeText::of(action.name()))
    }

    pub(super) fn switch(&self, switch: Switch) -> SafeText {
        self.switches.get(switch.code()).cloned().unwrap_or_else(|| SafeText::of(switch.code()))
    }

    fn role(&self, role: Role) -> Option<&SafeText> {
        self.roles.get(role.code())
    }
}

impl State {
    /// What is being found.
    pub fn finding(&self) -> Option<&Finding> {
        self.finding.as_ref()
    }

    /// Where it lies: its frame, and the rows of what is offered.
    pub fn finding_area(&self) -> (Area, Area) {
        let main = self.layout.main;
        let width = if main.width <= WIDEST + 4 { main.width } else { WIDEST };
        // On a small screen everything else gives way.
        let height = if main.height <= 14 { main.height } else { (main.height - 2).min(HIGHEST) };
        let (x, y) = (main.x + (main.width - width) / 2, main.y + (main.height - height) / 4);
        let frame = Area { x, y, width, height };
        let has_foot = height > 4;
        let rows = Area { height: frame.height.saturating_sub(2 + u16::from(has_foot)), ..frame.below(2) };
        let sides = if rows.width > 4 { 2 } else { 0 };
        (frame, Area { x: rows.x + sides, width: rows.width - 2 * sides, ..rows })
    }

    /// Folders to choose from, of one account or of all: what was taken lately first, then as the pane shows them. The name
    /// is the whole path, with the user's word for a folder that has a role.
    pub fn folder_entries(&self, of: Option<AccountId>) -> Vec<Entry<Choice>> {
        let several = self.accounts.len() > 1 && of.is_none();
        let folders = self.folders.every().iter().filter(|folder| folder.selectable);
        let folders = folders.filter(|folder| of.is_none_or(|account| account == folder.account));
        let entry = |folder: &Folder| {
            let whole = SafeText::beginning(&folder.name, 300);
            let role = folder.role.and_then(|role| self.settings.names.role(role));
            let (name, also) = match role {
                Some(role) => (role.clone(), whole),
                None => (whole, SafeText::default()),
            };
            let account = self.account(folder.account).filter(|_| several).map(|account| account.name.clone());
            let what = Choice::Folder(folder.id);
            let lately = self.lately.of(&what);
            Entry::new(what, name).also(also).beside(account.unwrap_or_default()).lately(lately)
        };
        folders.map(entry).collect()
    }
}

mod offered;

#[cfg(test)]
mod tests;
