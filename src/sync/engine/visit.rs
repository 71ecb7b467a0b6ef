//! What is known of the connection that there is.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use crate::model::{FolderId, FolderName, Role, Watch};
use crate::store::FolderSeen;
use crate::sync::Pushed;
use crate::sync::imap::Session;
use crate::sync::remote::Glance;

/// One connection.
pub(super) struct Visit {
    pub(super) remote: Session,
    pub(super) folders: Vec<(FolderId, FolderSeen)>,
    pub(super) todo: Vec<FolderId>,
    /// Folders that the server would not open.
    pub(super) refused: HashSet<FolderId>,
    /// Folders that were looked at in a round that something urgent interrupted.
    pub(super) looked_at: HashSet<FolderId>,
    /// How folders that are to be synced look from outside.
    pub(super) glances: HashMap<FolderId, Glance>,
    /// When the list of folders was asked for; `None` if it is time to.
    pub(super) listed: Option<Instant>,
    /// The folder that is open and was synced on this connection: what the server tells is about it.
    pub(super) at: Option<FolderId>,
    /// Folders of which everything is compared, because the user asked.
    pub(super) thorough: HashSet<FolderId>,
}

impl Visit {
    pub(super) fn name_of(&self, folder: FolderId) -> Option<FolderName> {
        let may = |(id, seen): &&(FolderId, FolderSeen)| *id == folder && seen.selectable && !self.refused.contains(id);
        self.folders.iter().find(may).map(|(_, seen)| seen.name.clone())
    }

    pub(super) fn inbox(&self) -> Option<FolderId> {
        self.folders.iter().find(|(_, seen)| seen.role == Some(Role::Inbox)).map(|(id, _)| *id)
    }

    /// The folder for sent mail, as the server names it.
    pub(super) fn sent(&self) -> Option<&FolderName> {
        let is = |(_, seen): &&(FolderId, FolderSeen)| seen.role == Some(Role::Sent) && seen.selectable;
        self.folders.iter().find(is).map(|(_, seen)| &seen.name)
    }

    /// The folder to watch: what the user looks at, else the inbox, if it can be opened at all.
    pub(super) fn home(&self, focus: Option<FolderId>) -> Option<(FolderId, FolderName)> {
        [focus, self.inbox()].into_iter().flatten().find_map(|id| Some((id, self.name_of(id)?)))
    }

    /// Wants were told, as far as they could be.
    pub(super) fn pushed(&mut self, pushed: &Pushed) {
        if pushed.moved {
            self.at = None;
        }
        for folder in &pushed.doubtful {
            self.next_first(*folder);
        }
    }

    /// How news comes.
    pub(super) fn watch(&self) -> Watch {
        if self.remote.is_told() { Watch::Told } else { Watch::Asking }
    }

    pub(super) fn next_first(&mut self, folder: FolderId) {
        self.todo.retain(|id| *id != folder);
        self.todo.insert(0, folder);
    }
}
