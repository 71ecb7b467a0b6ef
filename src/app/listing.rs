//! What the list is open on, and what follows from that: which folders are looked at, and which changes concern it.

use super::panes::list::Hunted;
use super::{Effect, Focus, Notice, Shape, State};
use crate::model::{AccountId, FolderId, Query, Role, Sort, Source, Threads};

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
        self.list.open(source.clone(), Sort::default(), Threads::Off);
        self.near.clear();
        self.opening = None;
        if self.focus == Focus::Reader {
            self.focus = Focus::List;
        }
        let mut effects = vec![Effect::Focus { folders: self.looked_at(&source) }];
        effects.extend(self.ask_for_order());
        let wishes = self.reader.clear();
        effects.extend(self.grant(wishes));
        effects
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
        for folder in self.folders.all().iter().filter(|folder| folder.selectable) {
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
