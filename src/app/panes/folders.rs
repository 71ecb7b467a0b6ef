//! The folders of every account, as the webmail shows them.

use std::collections::HashSet;

use crate::model::{AccountId, Folder, FolderId, Role};
use crate::text::SafeText;

/// One line of the pane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FolderLine {
    /// The name of an account, where there are several.
    Account(AccountId),
    Folder {
        id: FolderId,
        /// The last part of the name.
        name: SafeText,
        depth: u8,
        role: Option<Role>,
        selectable: bool,
        unread: u64,
    },
}

impl FolderLine {
    pub fn folder(&self) -> Option<FolderId> {
        match self {
            Self::Folder { id, selectable: true, .. } => Some(*id),
            Self::Folder { .. } | Self::Account(_) => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FoldersPane {
    folders: Vec<Folder>,
    lines: Vec<FolderLine>,
    open: Option<FolderId>,
    cursor: usize,
    top: usize,
}

impl FoldersPane {
    pub fn lines(&self) -> &[FolderLine] {
        &self.lines
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    pub fn top(&self) -> usize {
        self.top
    }

    /// The folder whose messages are listed.
    pub fn open(&self) -> Option<&Folder> {
        self.open.and_then(|id| self.find(id))
    }

    pub fn find(&self, id: FolderId) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.id == id)
    }

    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// Unread messages in the inboxes, for the title of the window.
    pub fn unread_in_inboxes(&self) -> u64 {
        self.folders.iter().filter(|folder| folder.role == Some(Role::Inbox)).map(|folder| folder.unread).sum()
    }

    pub(crate) fn replace(&mut self, mut folders: Vec<Folder>, accounts: &[AccountId]) {
        // Of an account that is not there any more nothing can be done.
        folders.retain(|folder| accounts.contains(&folder.account));
        let rank = |folder: &Folder| accounts.iter().position(|id| *id == folder.account).unwrap_or(usize::MAX);
        folders.sort_by_cached_key(|folder| (rank(folder), place_of(folder)));
        let at_cursor = self.lines.get(self.cursor).and_then(FolderLine::folder);
        let several = folders.iter().any(|folder| Some(folder.account) != folders.first().map(|first| first.account));
        self.lines.clear();
        let there: HashSet<(AccountId, &str)> =
            folders.iter().map(|folder| (folder.account, folder.name.as_untrusted())).collect();
        let mut account = None;
        for folder in &folders {
            if several && account != Some(folder.account) {
                account = Some(folder.account);
                self.lines.push(FolderLine::Account(folder.account));
            }
            self.lines.push(line_of(folder, &there));
        }
        self.folders = folders;
        if self.open.is_some_and(|id| self.find(id).is_none()) {
            self.open = None;
        }
        self.cursor = at_cursor.or(self.open).and_then(|id| self.line_of(id)).unwrap_or_default();
    }

    fn line_of(&self, id: FolderId) -> Option<usize> {
        self.lines.iter().position(|line| line.folder() == Some(id))
    }

    pub(crate) fn set_open(&mut self, id: FolderId) {
        self.open = Some(id);
        self.cursor = self.line_of(id).unwrap_or(self.cursor);
    }

    /// The folder to start with: the first inbox, or the first one that can be opened.
    pub(crate) fn first_to_open(&self) -> Option<FolderId> {
        let can = |folder: &&Folder| folder.selectable;
        let inbox = self.folders.iter().filter(can).find(|folder| folder.role == Some(Role::Inbox));
        inbox.or_else(|| self.folders.iter().find(can)).map(|folder| folder.id)
    }

    /// The folder of this role in the account that is being looked at, or in any.
    pub(crate) fn of_role(&self, role: Role) -> Option<FolderId> {
        let here = self.open().map(|folder| folder.account);
        let with_role = |folder: &&Folder| folder.role == Some(role) && folder.selectable;
        let near = self.folders.iter().filter(with_role).find(|folder| Some(folder.account) == here);
        near.or_else(|| self.folders.iter().find(with_role)).map(|folder| folder.id)
    }

    /// The next folder that can be opened, down or up from the open one.
    pub(crate) fn neighbour(&self, down: bool) -> Option<FolderId> {
        let mut ids = self.lines.iter().filter_map(FolderLine::folder);
        if down {
            ids.skip_while(|id| Some(*id) != self.open).nth(1)
        } else {
            let mut before = None;
            ids.find(|id| {
                let here = Some(*id) == self.open;
                if !here {
                    before = Some(*id);
                }
                here
            });
            before
        }
    }

    pub(crate) fn at_cursor(&self) -> Option<FolderId> {
        self.lines.get(self.cursor).and_then(FolderLine::folder)
    }

    pub(crate) fn at_row(&self, row: usize) -> Option<FolderId> {
        self.lines.get(self.top + row).and_then(FolderLine::folder)
    }

    /// Moves the cursor by lines; it skips what cannot be opened.
    pub(crate) fn move_by(&mut self, by: isize) {
        let goal = self.cursor.saturating_add_signed(by).min(self.lines.len().saturating_sub(1));
        let can = |at: &usize| self.lines.get(*at).is_some_and(|line| line.folder().is_some());
        let found = if by >= 0 {
            (goal..self.lines.len()).find(can).or_else(|| (0..goal).rev().find(can))
        } else {
            (0..=goal).rev().find(can).or_else(|| (goal..self.lines.len()).find(can))
        };
        self.cursor = found.unwrap_or(self.cursor);
    }

    pub(crate) fn scroll(&mut self, rows: usize) {
        if self.cursor < self.top {
            // The heading of an account comes into view with its first folder.
            let heading =
                self.cursor.checked_sub(1).filter(|at| matches!(self.lines.get(*at), Some(FolderLine::Account(_))));
            self.top = heading.unwrap_or(self.cursor);
        }
        if rows > 0 && self.cursor >= self.top + rows {
            self.top = self.cursor + 1 - rows;
        }
        self.top = self.top.min(self.lines.len().saturating_sub(rows.max(1)));
    }
}

/// Inbox first, then what has a role, then the rest by name; children under their parents.
fn place_of(folder: &Folder) -> (usize, String) {
    let role = folder.role.and_then(|role| Role::EVERY.into_iter().position(|known| known == role));
    let mut name = folder.name.as_untrusted().to_lowercase();
    if let Some(delimiter) = folder.delimiter {
        // Before every other character, so that nothing comes between a parent and its children.
        name = name.replace(&delimiter.to_lowercase().to_string(), "\0");
    }
    // A child of the inbox or of a role folder comes after all of these, with the others.
    (role.unwrap_or(usize::MAX), name)
}

/// Levels that are looked at, from the top. Nobody has more; a server that says so is not worth the time.
const DEEPEST: usize = 32;

fn line_of(folder: &Folder, there: &HashSet<(AccountId, &str)>) -> FolderLine {
    let mut depth: u8 = 0;
    let mut shown = folder.name.as_untrusted();
    if let Some(delimiter) = folder.delimiter {
        for (at, _) in folder.name.as_untrusted().match_indices(delimiter).take(DEEPEST) {
            let (parent, child) = folder.name.as_untrusted().split_at(at);
            // Under a parent that is listed itself, only the rest of the name needs to be said.
            if there.contains(&(folder.account, parent)) {
                depth = depth.saturating_add(1);
                shown = child.strip_prefix(delimiter).unwrap_or(child);
            }
        }
        if folder.role.is_some() {
            shown = shown.rsplit(delimiter).next().unwrap_or(shown);
        }
    }
    FolderLine::Folder {
        id: folder.id,
        name: SafeText::of(shown),
        depth: if folder.role.is_some() { 0 } else { depth.min(8) },
        role: folder.role,
        selectable: folder.selectable,
        unread: folder.unread,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(id: i64, account: i64, name: &str, role: Option<Role>) -> Folder {
        Folder {
            id: FolderId(id),
            account: AccountId(account),
            name: name.into(),
            delimiter: Some('/'),
            role,
            selectable: name != "其他文件夹",
            total: 0,
            unread: 0,
            on_server: 0,
        }
    }

    #[test]
    fn folders_of_an_account_that_does_not_run_are_not_shown() {
        let mut pane = FoldersPane::default();
        let folders = vec![folder(1, 1, "INBOX", Some(Role::Inbox)), folder(2, 7, "INBOX", Some(Role::Inbox))];
        pane.replace(folders, &[AccountId(1)]);
        assert!(pane.find(FolderId(1)).is_some() && pane.find(FolderId(2)).is_none());
    }

    fn pane() -> FoldersPane {
        let mut pane = FoldersPane::default();
        let folders = vec![
            folder(3, 1, "其他文件夹/QQ邮件订阅", None),
            folder(2, 1, "Sent Messages", Some(Role::Sent)),
            folder(4, 1, "其他文件夹", None),
            folder(1, 1, "INBOX", Some(Role::Inbox)),
            folder(5, 2, "INBOX", Some(Role::Inbox)),
        ];
        pane.replace(folders, &[AccountId(1), AccountId(2)]);
        pane
    }

    #[test]
    fn inbox_first_children_under_their_parents_accounts_apart() {
        let shown: Vec<String> = pane()
            .lines()
            .iter()
            .map(|line| match line {
                FolderLine::Account(id) => format!("account {}", id.0),
                FolderLine::Folder { name, depth, .. } => {
                    format!("{}{}", " ".repeat(usize::from(*depth)), name.as_str())
                }
            })
            .collect();
        assert_eq!(shown, ["account 1", "INBOX", "Sent Messages", "其他文件夹", " QQ邮件订阅", "account 2", "INBOX"]);
    }

    /// With a hundred thousand of them, each key must still be answered: nothing here may look at all for each.
    #[test]
    fn i13_folders_without_end_and_without_bottom_are_put_in_order() {
        let mut folders: Vec<Folder> =
            (0..100_000).rev().map(|n| folder(n, 1, &format!("a{}/b{n}", n % 1_000), None)).collect();
        folders.extend((0..1_000).map(|n| folder(200_000 + n, 1, &format!("a{n}"), None)));
        folders.push(folder(300_000, 1, &"deep/".repeat(1_000), None));
        folders.push(folder(300_001, 1, "a b", None));
        let begun = crate::model::clock::instant();
        let mut pane = FoldersPane::default();
        pane.replace(folders, &[AccountId(1)]);
        // Looking at all for each takes hours.
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(pane.lines().len(), 101_002);
        let depth = |at: usize| match &pane.lines()[at] {
            FolderLine::Folder { name, depth, .. } => (name.as_str().to_owned(), *depth),
            FolderLine::Account(_) => panic!("one account needs no heading"),
        };
        assert_eq!(depth(0), ("a b".to_owned(), 0));
        assert_eq!(depth(1), ("a0".to_owned(), 0));
        assert_eq!(depth(2), ("b0".to_owned(), 1));
        pane.set_open(FolderId(300_000));
        pane.move_by(-1);
        pane.scroll(40);
        assert!(pane.at_row(0).is_some());
    }

    #[test]
    fn the_cursor_skips_what_cannot_be_opened() {
        let mut pane = pane();
        pane.set_open(FolderId(2));
        assert_eq!(pane.neighbour(true), Some(FolderId(3)));
        assert_eq!(pane.neighbour(false), Some(FolderId(1)));
        pane.move_by(1);
        assert_eq!(pane.at_cursor(), Some(FolderId(3)));
        pane.move_by(-1);
        assert_eq!(pane.at_cursor(), Some(FolderId(2)));
        pane.move_by(-99);
        assert_eq!(pane.at_cursor(), Some(FolderId(1)));
        pane.move_by(99);
        assert_eq!(pane.at_cursor(), Some(FolderId(5)));
        assert_eq!(pane.of_role(Role::Inbox), Some(FolderId(1)));
        assert_eq!(pane.of_role(Role::Junk), None);
    }
}
