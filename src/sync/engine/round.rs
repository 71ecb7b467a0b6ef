//! A round over all folders: which one comes when.

use crate::model::{FolderId, FolderName, Role};
use crate::store::FolderSeen;

/// The order in which folders are looked at: the ones with a use first, what is thrown away last.
pub(super) fn in_order(folders: &[(FolderId, FolderSeen)]) -> Vec<(FolderId, FolderName)> {
    let mut order: Vec<(u8, Option<Role>, FolderId, &FolderName)> = folders
        .iter()
        .filter(|(_, seen)| seen.selectable)
        .map(|(id, seen)| {
            let rank = match seen.role {
                Some(Role::Inbox) => 0,
                Some(Role::Sent | Role::Drafts | Role::Archive | Role::Starred) => 1,
                None => 2,
                Some(Role::All | Role::Trash | Role::Junk) => 3,
            };
            (rank, seen.role, *id, &seen.name)
        })
        .collect();
    order.sort_unstable_by_key(|(rank, role, id, _)| (*rank, *role, *id));
    order.into_iter().map(|(_, _, id, name)| (id, name.clone())).collect()
}
