//! What the list is open on, and what follows from that: which folders are looked at, and which changes concern it.

use super::panes::list::Hunted;
use super::update::PARTS;
use super::{Effect, Focus, Notice, Shape, State};
use crate::model::{AccountId, FolderId, Query, Role, Sort, SortBy, Source, Split, Threads};

/// On fewer rows the parts of a list have no row of their own.
const TABS: u16 = 20;

impl State {
    pub(super) fn open_folder(&mut self, folder: FolderId) -> Vec<Effect> {
        self.open_list(Source::Folder(folder))
    }

    /// Shows another list, as it was shown before.
    pub(super) fn open_list(&mut self, source: Source) -> Vec<Effect> {
        if self.list.source() == Some(&source) {
            return Vec::new();
        }
        self.folders.set_open_list(&source);
        let (sort, threads) = self.how_listed(&source);
        self.list.open(source.clone(), sort, threads);
        self.near.clear();
        self.opening = None;
        self.triage.left_folder();
        if self.focus == Focus::Reader {
            self.focus = Focus::List;
        }
        let mut effects = vec![Effect::Focus { folders: self.looked_at(&source) }];
        effects.extend(self.ask_for_order());
        let wishes = self.reader.clear();
        effects.extend(self.grant(wishes));
        effects
    }

    /// How the user wants a list: as was chosen for it, else as the settings say.
    pub(super) fn how_listed(&self, source: &Source) -> (Sort, Threads) {
        let (sort, threads) = self.list.chosen(source).unwrap_or((Sort::default(), self.settings.threads));
        // By anything but the date, what belongs together does not stand together.
        let together = threads && sort.by == SortBy::Date;
        (sort, if together { Threads::On { open: false, turned: Vec::new() } } else { Threads::Off })
    }

    pub(super) fn threads_wanted(&self) -> bool {
        let chosen = self.list.source().and_then(|source| self.list.chosen(source));
        chosen.map_or(self.settings.threads, |(_, threads)| threads)
    }

    /// The parts that the open list has: inboxes have some.
    pub fn splits(&self) -> Vec<Split> {
        let is_inbox = match self.list.source().map(Source::whole) {
            Some(Source::Folder(folder)) => {
                self.folders.find(*folder).is_some_and(|folder| folder.role == Some(Role::Inbox))
            }
            Some(Source::Unified(role)) => *role == Role::Inbox,
            _ => false,
        };
        if !is_inbox {
            return Vec::new();
        }
        let own = self.settings.splits.iter().map(|(_, words)| Split::Own(words.clone()));
        PARTS.into_iter().chain(own).collect()
    }

    /// The parts of the list stand in a row above it.
    pub fn shows_splits(&self) -> bool {
        let in_one = matches!(self.list.source(), Some(Source::Split { .. }));
        self.size.rows >= TABS && (self.settings.split_tabs || in_one) && !self.splits().is_empty()
    }

    /// A new order came; a conversation may have been opened for it.
    pub(super) fn follow_turned(&mut self) -> Vec<Effect> {
        match self.list.follow_turned() {
            Some(Hunted::Nothing) | None => Vec::new(),
            Some(step) => self.hunted(step),
        }
    }

    /// Shows what is found, in the place of what is shown until that comes.
    pub(super) fn open_found(&mut self, source: Source) -> Vec<Effect> {
        if !matches!(self.list.source(), Some(Source::Search { .. })) {
            self.folders.set_open_list(&source);
            self.list.leave_for(source);
        } else if self.list.source() == Some(&source) {
            return Vec::new();
        } else {
            self.list.turn_to(source);
        }
        self.opening = None;
        self.ask_for_order().into_iter().collect()
    }

    /// The order of the open list, anew.
    pub(super) fn ask_for_order(&self) -> Option<Effect> {
        self.list.listing().map(|listing| Effect::Ask(Query::Order(Box::new(listing))))
    }

    /// The folder of each account that is looked at, if one is.
    fn looked_at(&self, source: &Source) -> Vec<(AccountId, FolderId)> {
        let mut looked_at: Vec<(AccountId, FolderId)> = Vec::new();
        for folder in self.folders.every().iter().filter(|folder| folder.selectable) {
            let meant = match source.whole() {
                Source::Folder(id) => folder.id == *id,
                Source::Unified(role) => folder.role == Some(*role),
                // Where a star may be is no place to look at.
                Source::Starred | Source::Split { .. } | Source::Search { .. } => folder.role == Some(Role::Inbox),
            };
            if meant && !looked_at.iter().any(|(account, _)| *account == folder.account) {
                looked_at.push((folder.account, folder.id));
            }
        }
        looked_at
    }

    /// True if messages of this folder may be in the open list.
    pub(super) fn lists(&self, folder: FolderId) -> bool {
        match self.list.source().map(Source::whole) {
            Some(Source::Folder(open)) => *open == folder,
            Some(Source::Unified(role)) => self.folders.find(folder).is_none_or(|folder| folder.role == Some(*role)),
            Some(Source::Starred | Source::Split { .. } | Source::Search { .. }) => true,
            None => false,
        }
    }

    /// The account that is looked at: the one of the open folder, or of the message under the cursor.
    pub(super) fn account_looked_at(&self) -> Option<AccountId> {
        let folder = self.folders.open().map(|folder| folder.account);
        folder.or_else(|| self.list.at_cursor().map(|row| row.row.account))
    }

    /// The cursor may stand on another message, or more may be known of the one it stands on.
    pub(super) fn follow_cursor(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(placements) = self.list.missing() {
            effects.extend(self.list.rows_query(placements).map(Effect::Ask));
        }
        // One pane at a time, and it is not the reader: nobody looks at a preview.
        if self.layout.shape == Shape::Single && self.focus != Focus::Reader {
            return effects;
        }
        let wishes = match (self.list.placement_at_cursor(), self.list.at_cursor()) {
            (_, Some(row)) => {
                let row = row.row.clone();
                self.reader.want(&row, self.moment, self.focus == Focus::Reader)
            }
            (None, _) if self.list.is_loaded() => self.reader.clear(),
            (_, None) => Vec::new(),
        };
        effects.extend(self.grant(wishes));
        effects
    }

    /// A step of the search for the next unread message.
    pub(super) fn hunted(&mut self, step: Hunted) -> Vec<Effect> {
        match step {
            Hunted::At(at) => {
                self.list.move_to(at);
                self.cursor_moved();
                if self.list.opens_for_unread() {
                    return self.ask_for_order().into_iter().collect();
                }
                Vec::new()
            }
            Hunted::Ask(placements) => self.list.rows_query(placements).map(Effect::Ask).into_iter().collect(),
            Hunted::Nothing => {
                self.notice(Notice::NothingUnread);
                Vec::new()
            }
        }
    }
}
