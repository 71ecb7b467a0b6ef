//! The folders of every account, as the webmail shows them: a tree whose groups open and close.

use std::collections::{HashMap, HashSet};

use crate::model::{AccountId, Folder, FolderId, Role, Source};
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
        /// Of a group that is closed: with all that is in it.
        unread: u64,
        fold: Fold,
    },
}

/// Whether a folder has others in it, and shows them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Fold {
    #[default]
    Nothing,
    Open,
    Closed,
}

impl FolderLine {
    pub fn folder(&self) -> Option<FolderId> {
        match self {
            Self::Folder { id, selectable: true, .. } => Some(*id),
            Self::Folder { .. } | Self::Account(_) => None,
        }
    }

    /// Whatever one can do with it: open it, or open the group that it is.
    fn id(&self) -> Option<FolderId> {
        match self {
            Self::Folder { id, selectable, fold, .. } if *selectable || *fold != Fold::Nothing => Some(*id),
            Self::Folder { .. } | Self::Account(_) => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FoldersPane {
    /// In the order in which they are shown.
    folders: Vec<Folder>,
    lines: Vec<FolderLine>,
    open: Option<FolderId>,
    cursor: usize,
    top: usize,
    /// Groups that the user opened or closed.
    turned: HashSet<FolderId>,
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

    /// In the order in which they are shown.
    pub(crate) fn every(&self) -> &[Folder] {
        &self.folders
    }

    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// Unread messages in the inboxes, for the title of the window.
    pub fn unread_in_inboxes(&self) -> u64 {
        self.folders.iter().filter(|folder| folder.role == Some(Role::Inbox)).map(|folder| folder.unread).sum()
    }

    /// True if an account shows its inbox, and what is sent, written, thrown away and unwanted, and nothing else.
    pub fn shows_only_the_systems(&self, account: AccountId) -> bool {
        const SYSTEMS: [Role; 5] = [Role::Inbox, Role::Sent, Role::Drafts, Role::Trash, Role::Junk];
        let ours = || self.folders.iter().filter(|folder| folder.account == account && folder.selectable);
        ours().count() == SYSTEMS.len() && SYSTEMS.iter().all(|role| ours().any(|folder| folder.role == Some(*role)))
    }

    pub(crate) fn replace(&mut self, mut folders: Vec<Folder>, accounts: &[AccountId]) {
        // Of an account that is not there any more nothing can be done.
        folders.retain(|folder| accounts.contains(&folder.account));
        let rank = |folder: &Folder| accounts.iter().position(|id| *id == folder.account).unwrap_or(usize::MAX);
        folders.sort_by_cached_key(|folder| (rank(folder), place_of(folder)));
        self.folders = folders;
        if self.open.is_some_and(|id| self.find(id).is_none()) {
            self.open = None;
        }
        self.unfold_lines();
    }

    /// Makes the lines anew. The cursor stays on its folder, or goes to the group that it is in.
    fn unfold_lines(&mut self) {
        let at_cursor = self.lines.get(self.cursor).and_then(FolderLine::id);
        let tree = Tree::of(&self.folders);
        let several =
            self.folders.iter().any(|folder| Some(folder.account) != self.folders.first().map(|first| first.account));
        let is_closed = |at: usize| {
            let group = self.folders.get(at).filter(|_| tree.is_group(at));
            // What only holds others is closed until somebody wants to see them.
            group.is_some_and(|group| self.turned.contains(&group.id) == group.selectable)
        };
        let mut hidden_in: HashMap<usize, u64> = HashMap::new();
        let mut lines = Vec::new();
        let mut account = None;
        let mut places: Vec<Option<usize>> = Vec::with_capacity(self.folders.len());
        for (at, folder) in self.folders.iter().enumerate() {
            if several && account != Some(folder.account) {
                account = Some(folder.account);
                lines.push(FolderLine::Account(folder.account));
            }
            let parents = tree.parents(at);
            if let Some(group) = parents.iter().copied().find(|parent| is_closed(*parent)) {
                let sum = hidden_in.entry(group).or_default();
                *sum = sum.saturating_add(folder.unread);
                places.push(None);
                continue;
            }
            places.push(Some(lines.len()));
            let fold = match (tree.is_group(at), is_closed(at)) {
                (false, _) => Fold::Nothing,
                (true, true) => Fold::Closed,
                (true, false) => Fold::Open,
            };
            lines.push(line_of(
                folder,
                parents.last().and_then(|parent| self.folders.get(*parent)),
                parents.len(),
                fold,
            ));
        }
        for (group, more) in hidden_in {
            let line = places.get(group).copied().flatten().and_then(|line| lines.get_mut(line));
            if let Some(FolderLine::Folder { unread, .. }) = line {
                *unread = unread.saturating_add(more);
            }
        }
        self.lines = lines;
        self.cursor = at_cursor.or(self.open).and_then(|id| self.line_showing(id)).unwrap_or_default();
    }

    fn line_of(&self, id: FolderId) -> Option<usize> {
        let is_it = |line: &FolderLine| matches!(line, FolderLine::Folder { id: known, .. } if *known == id);
        self.lines.iter().position(is_it)
    }

    /// The line of a folder, or of the closed group that it is in.
    fn line_showing(&self, id: FolderId) -> Option<usize> {
        self.line_of(id).or_else(|| {
            let at = self.folders.iter().position(|folder| folder.id == id)?;
            let tree = Tree::of(&self.folders);
            let parents = tree.parents(at);
            parents
                .iter()
                .rev()
                .filter_map(|parent| self.folders.get(*parent))
                .find_map(|parent| self.line_of(parent.id))
        })
    }

    pub(crate) fn set_open(&mut self, id: FolderId) {
        self.open = Some(id);
        self.cursor = self.line_showing(id).unwrap_or(self.cursor);
    }

    pub(crate) fn set_open_list(&mut self, source: &Source) {
        match source.folder() {
            Some(folder) => self.set_open(folder),
            None => self.open = None,
        }
    }

    pub(crate) fn all(&self) -> &[Folder] {
        &self.folders
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

    /// The next folder that is shown and can be opened, down or up from the open one.
    pub(crate) fn inbox_of(&self, account: AccountId) -> Option<FolderId> {
        let ours = |folder: &&Folder| folder.account == account && folder.selectable;
        let inbox = self.folders.iter().filter(ours).find(|folder| folder.role == Some(Role::Inbox));
        inbox.or_else(|| self.folders.iter().find(ours)).map(|folder| folder.id)
    }

    pub(crate) fn neighbour(&self, down: bool) -> Option<FolderId> {
        let here = self.open.and_then(|id| self.line_showing(id))?;
        let hidden = self.open.is_some_and(|id| self.line_of(id).is_none());
        if down {
            return self.lines.iter().skip(here + 1).find_map(FolderLine::folder);
        }
        // Out of a closed group, the next one up may be the group itself.
        let above = self.lines.iter().take(here + usize::from(hidden));
        above.rev().find_map(FolderLine::folder)
    }

    pub(crate) fn at_cursor(&self) -> Option<FolderId> {
        self.lines.get(self.cursor).and_then(FolderLine::folder)
    }

    pub(crate) fn at_row(&self, row: usize) -> Option<FolderId> {
        self.lines.get(self.top + row).and_then(FolderLine::folder)
    }

    /// Opens or closes the group at this row, if it is nothing else.
    pub(crate) fn turn_row(&mut self, row: usize) -> bool {
        let Some(FolderLine::Folder { id, selectable: false, fold: Fold::Open | Fold::Closed, .. }) =
            self.lines.get(self.top + row)
        else {
            return false;
        };
        let id = *id;
        self.cursor = self.top + row;
        self.turn(id);
        true
    }

    /// How the folder under the cursor is folded.
    pub(crate) fn fold_at_cursor(&self) -> Fold {
        match self.lines.get(self.cursor) {
            Some(FolderLine::Folder { fold, .. }) => *fold,
            Some(FolderLine::Account(_)) | None => Fold::Nothing,
        }
    }

    /// Opens or closes the group under the cursor.
    pub(crate) fn turn_at_cursor(&mut self) {
        if self.fold_at_cursor() != Fold::Nothing
            && let Some(id) = self.lines.get(self.cursor).and_then(FolderLine::id)
        {
            self.turn(id);
        }
    }

    fn turn(&mut self, id: FolderId) {
        if !self.turned.remove(&id) {
            self.turned.insert(id);
        }
        self.unfold_lines();
    }

    /// Moves the cursor to the group that its folder is in. False if it is in none.
    pub(crate) fn go_to_parent(&mut self) -> bool {
        let Some(FolderLine::Folder { id, .. }) = self.lines.get(self.cursor) else { return false };
        let tree = Tree::of(&self.folders);
        let at = self.folders.iter().position(|folder| folder.id == *id);
        let parent = at.and_then(|at| tree.parents(at).last().and_then(|parent| self.folders.get(*parent)));
        let line = parent.and_then(|parent| self.line_of(parent.id));
        self.cursor = line.unwrap_or(self.cursor);
        line.is_some()
    }

    /// Moves the cursor by lines; it skips what nothing can be done with.
    pub(crate) fn move_by(&mut self, by: isize) {
        let goal = self.cursor.saturating_add_signed(by).min(self.lines.len().saturating_sub(1));
        let can = |at: &usize| self.lines.get(*at).is_some_and(|line| line.id().is_some());
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

/// What providers put beside the user's own folders, and nobody looks into every day: after all others.
const ODD: [&str; 7] = ["病毒文件夹", "病毒邮件", "广告邮件", "订阅邮件", "商业邮件", "其它邮件", "其他邮件"];

/// Inbox first, then what has a role, then the user's own by name, then what is odd; children under their parents.
fn place_of(folder: &Folder) -> (usize, String) {
    let role = folder.role.and_then(|role| Role::EVERY.into_iter().position(|known| known == role));
    let whole = folder.name.as_untrusted();
    let root = folder.delimiter.and_then(|delimiter| whole.split(delimiter).next()).unwrap_or(whole);
    let mut name = whole.to_lowercase();
    if let Some(delimiter) = folder.delimiter {
        // Before every other character, so that nothing comes between a parent and its children.
        name = name.replace(&delimiter.to_lowercase().to_string(), "\0");
    }
    // A child of the inbox or of a role folder comes after all of these, with the others.
    let others = if ODD.contains(&root) { usize::MAX } else { usize::MAX - 1 };
    (role.unwrap_or(others), name)
}

/// Levels that are looked at, from the top. Nobody has more; a server that says so is not worth the time.
const DEEPEST: usize = 32;

/// Which folders are in which. Folders with a role stand at the top, wherever the server keeps them, and hold nothing.
struct Tree<'a> {
    folders: &'a [Folder],
    there: HashMap<(AccountId, &'a str), usize>,
    groups: HashSet<usize>,
}

impl<'a> Tree<'a> {
    fn of(folders: &'a [Folder]) -> Self {
        let may_hold = folders.iter().enumerate().filter(|(_, folder)| folder.role.is_none());
        let there = may_hold.map(|(at, folder)| ((folder.account, folder.name.as_untrusted()), at)).collect();
        let mut tree = Self { folders, there, groups: HashSet::new() };
        tree.groups = (0..folders.len()).filter_map(|at| tree.parents(at).last().copied()).collect();
        tree
    }

    fn is_group(&self, at: usize) -> bool {
        self.groups.contains(&at)
    }

    /// The folders that this one is in and that are listed themselves, the outermost first.
    fn parents(&self, at: usize) -> Vec<usize> {
        let Some(folder) = self.folders.get(at).filter(|folder| folder.role.is_none()) else { return Vec::new() };
        let (Some(delimiter), whole) = (folder.delimiter, folder.name.as_untrusted()) else { return Vec::new() };
        let above = whole.match_indices(delimiter).take(DEEPEST).map(|(at, _)| whole.split_at(at).0);
        above
            .filter_map(|name| self.there.get(&(folder.account, name)).copied())
            .filter(|parent| *parent != at)
            .collect()
    }
}

fn line_of(folder: &Folder, parent: Option<&Folder>, depth: usize, fold: Fold) -> FolderLine {
    let whole = folder.name.as_untrusted();
    let mut shown = whole;
    if let Some(delimiter) = folder.delimiter {
        // Under a parent that is listed itself, only the rest of the name needs to be said.
        let rest = parent.and_then(|parent| whole.strip_prefix(parent.name.as_untrusted()));
        shown = rest.and_then(|rest| rest.strip_prefix(delimiter)).unwrap_or(shown);
        if folder.role.is_some() {
            shown = shown.rsplit(delimiter).next().unwrap_or(shown);
        }
    }
    FolderLine::Folder {
        id: folder.id,
        name: SafeText::of(shown),
        depth: u8::try_from(depth.min(8)).unwrap_or(8),
        role: folder.role,
        selectable: folder.selectable,
        unread: folder.unread,
        fold,
    }
}

#[cfg(test)]
mod tests;
