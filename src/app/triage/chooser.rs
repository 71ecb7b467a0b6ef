//! Into which folder: what was typed is looked for in the names, in how Chinese names sound, and in what a folder is for.

use crate::app::edit::Line;
use crate::model::{AccountId, Folder, FolderId, Key, KeyPress, PlacementId, Role};
use crate::text::{SafeText, folded, sounds};

/// Bytes of a name; no server takes more.
const LONGEST: usize = 512;
/// Letters of a name that are looked at.
const LOOKED_AT: usize = 200;

/// What it is chosen for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    Move(Vec<PlacementId>),
    Copy(Vec<PlacementId>),
    Settle(Vec<i64>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    pub id: FolderId,
    /// Whole, with the groups that it is in.
    pub name: SafeText,
    pub role: Option<Role>,
    /// Something went there lately.
    pub lately: bool,
    /// All that it can be found by, in small letters.
    keys: Vec<Vec<char>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chooser {
    account: AccountId,
    purpose: Purpose,
    line: Line,
    targets: Vec<Target>,
    /// Those that fit, by their place.
    fitting: Vec<usize>,
    cursor: usize,
    top: usize,
    height: usize,
    may_create: Allowed,
}

/// Whether the server of the account lets mail programs make folders.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allowed {
    Yes,
    No,
}

/// What a key did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::app) enum Picked {
    Nothing,
    GivenUp,
    Take(FolderId),
    /// None is called so: one is to be made.
    Make(String),
}

impl Chooser {
    pub(in crate::app) fn new(
        account: AccountId,
        purpose: Purpose,
        folders: &[Folder],
        lately: &[FolderId],
        may_create: Allowed,
    ) -> Self {
        // What is only a view of other folders is no place to put something.
        let real = |folder: &&Folder| folder.selectable && !matches!(folder.role, Some(Role::Starred));
        let mut targets: Vec<Target> = folders.iter().filter(real).map(|folder| Target::of(folder, lately)).collect();
        let rank = |target: &Target| lately.iter().position(|id| *id == target.id).unwrap_or(usize::MAX);
        targets.sort_by_key(rank);
        let line = Line::of("", LONGEST, &['/', ' ']);
        let fitting = (0..targets.len()).collect();
        Self { account, purpose, line, targets, fitting, cursor: 0, top: 0, height: 1, may_create }
    }

    pub fn account(&self) -> AccountId {
        self.account
    }

    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    pub fn line(&self) -> &Line {
        &self.line
    }

    /// How many fit, and how many there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.fitting.len(), self.targets.len())
    }

    /// What fits, as far as it is in view, and whether the cursor is on it.
    pub fn in_view(&self) -> Vec<(&Target, bool)> {
        let rows = self.fitting.iter().enumerate().skip(self.top).take(self.height);
        rows.filter_map(|(at, target)| Some((self.targets.get(*target)?, at == self.cursor))).collect()
    }

    /// The folder that would be made, if nothing that there is fits; and whether that can be done here.
    pub fn offers(&self) -> Option<(&str, Allowed)> {
        let name = self.line.text().trim();
        (self.fitting.is_empty() && !name.is_empty()).then_some((name, self.may_create))
    }

    pub(in crate::app) fn resize(&mut self, height: usize) {
        self.height = height.max(1);
        self.scroll();
    }

    fn scroll(&mut self) {
        self.cursor = self.cursor.min(self.fitting.len().saturating_sub(1));
        self.top = self.top.min(self.cursor).max((self.cursor + 1).saturating_sub(self.height));
    }

    fn filter(&mut self) {
        let wanted: Vec<char> = self.line.text().trim().chars().flat_map(folded).collect();
        let fits = |(at, target): (usize, &Target)| Some((target.distance(&wanted)?, at));
        let mut fitting: Vec<(usize, usize)> = self.targets.iter().enumerate().filter_map(fits).collect();
        fitting.sort_unstable();
        self.fitting = fitting.into_iter().map(|(_, at)| at).collect();
        self.cursor = 0;
        self.scroll();
    }

    pub(in crate::app) fn paste(&mut self, text: &str) {
        self.line.insert(text.trim());
        self.filter();
    }

    pub(in crate::app) fn press(&mut self, press: KeyPress) -> Picked {
        let page = self.height.saturating_sub(1).max(1);
        match (press.key, press.ctrl, press.alt) {
            (Key::Esc, ..) | (Key::Char('g' | 'c'), true, _) => return Picked::GivenUp,
            (Key::Backspace, ..) if self.line.is_empty() => return Picked::GivenUp,
            (Key::Up, ..) | (Key::Char('p'), true, _) => self.cursor = self.cursor.saturating_sub(1),
            (Key::Down | Key::Tab, ..) | (Key::Char('n'), true, _) => self.cursor += 1,
            (Key::PageUp, ..) => self.cursor = self.cursor.saturating_sub(page),
            (Key::PageDown, ..) => self.cursor += page,
            (Key::Enter, ..) | (Key::Char('j' | 'm'), true, _) => return self.enter(),
            _ => {
                let before = self.line.text().to_owned();
                if self.line.press(press) && self.line.text() != before {
                    self.filter();
                }
            }
        }
        self.scroll();
        Picked::Nothing
    }

    fn enter(&self) -> Picked {
        if let Some(target) = self.fitting.get(self.cursor).and_then(|at| self.targets.get(*at)) {
            return Picked::Take(target.id);
        }
        match self.offers() {
            Some((name, Allowed::Yes)) => Picked::Make(name.to_owned()),
            Some((_, Allowed::No)) | None => Picked::Nothing,
        }
    }
}

/// What people call folders for a purpose, whatever the server calls them.
fn called(role: Role) -> &'static [&'static str] {
    match role {
        Role::Inbox => &["inbox", "收件箱"],
        Role::Starred => &["starred", "星标"],
        Role::Sent => &["sent", "已发送"],
        Role::Drafts => &["drafts", "草稿箱"],
        Role::Archive => &["archive", "归档"],
        Role::Junk => &["junk", "spam", "垃圾邮件"],
        Role::Trash => &["trash", "bin", "deleted", "已删除", "回收站"],
        Role::All => &["all mail", "所有邮件"],
    }
}

impl Target {
    fn of(folder: &Folder, lately: &[FolderId]) -> Self {
        let name: String = folder.name.as_untrusted().chars().take(LOOKED_AT).collect();
        let last = folder.delimiter.and_then(|delimiter| name.rsplit(delimiter).next()).unwrap_or(&name).to_owned();
        let words = folder.role.map(called).unwrap_or_default();
        let mut keys: Vec<String> = Vec::new();
        for word in std::iter::once(name.as_str()).chain(std::iter::once(last.as_str())).chain(words.iter().copied()) {
            keys.push(word.to_owned());
            keys.extend(sounds(word));
        }
        keys.dedup();
        let keys = keys.into_iter().map(|key| key.chars().flat_map(folded).collect()).collect();
        let name = SafeText::beginning(&folder.name, LOOKED_AT);
        Self { id: folder.id, name, role: folder.role, lately: lately.contains(&folder.id), keys }
    }

    /// How far it is from what was typed: the beginning of a name, then what is in one, then its letters in their order.
    fn distance(&self, wanted: &[char]) -> Option<usize> {
        if wanted.is_empty() {
            return Some(0);
        }
        self.keys.iter().filter_map(|key| distance(key, wanted)).min()
    }
}

fn distance(key: &[char], wanted: &[char]) -> Option<usize> {
    if let Some(at) = key.windows(wanted.len()).position(|window| window == wanted) {
        return Some(if at == 0 { usize::from(key.len() != wanted.len()) } else { 1 + at });
    }
    let (mut at, mut begun, mut gaps) = (0, None, 0);
    for letter in wanted {
        let found = key.iter().skip(at).position(|c| c == letter)?;
        gaps += if begun.is_some() { found } else { 0 };
        begun.get_or_insert(at + found);
        at += found + 1;
    }
    Some(1_000 + gaps * 10 + begun.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::rehearsal::folder;

    fn chooser(lately: &[i64]) -> Chooser {
        let folders = [
            folder(1, 1, "INBOX", Some(Role::Inbox), 0),
            folder(2, 1, "Sent Messages", Some(Role::Sent), 0),
            folder(3, 1, "Deleted Messages", Some(Role::Trash), 0),
            folder(4, 1, "其他文件夹/项目", None, 0),
            folder(5, 1, "其他文件夹/归档/二〇二四", None, 0),
            folder(6, 1, "Projects/Spring", None, 0),
        ];
        let lately: Vec<FolderId> = lately.iter().map(|id| FolderId(*id)).collect();
        Chooser::new(AccountId(1), Purpose::Move(Vec::new()), &folders, &lately, Allowed::Yes)
    }

    fn first(typed: &str) -> Option<i64> {
        let mut chooser = chooser(&[]);
        chooser.paste(typed);
        chooser.resize(10);
        chooser.in_view().first().map(|(target, _)| target.id.0)
    }

    #[test]
    fn a_folder_is_found_by_its_name_its_sound_and_what_it_is_for() {
        for (typed, found) in [
            ("inbox", Some(1)),
            ("sjx", Some(1)),
            ("收件", Some(1)),
            ("trash", Some(3)),
            ("huishou", Some(3)),
            ("xm", Some(4)),
            ("xiangmu", Some(4)),
            ("项目", Some(4)),
            ("spr", Some(6)),
            ("prsp", Some(6)),
            ("ＳＥＮＴ", Some(2)),
            ("nothing", None),
        ] {
            assert_eq!(first(typed), found, "{typed}");
        }
    }

    #[test]
    fn where_something_went_last_is_offered_first() {
        let mut chooser = chooser(&[5, 2]);
        chooser.resize(10);
        let order: Vec<i64> = chooser.in_view().iter().map(|(target, _)| target.id.0).collect();
        assert_eq!(order, [5, 2, 1, 3, 4, 6]);
        assert_eq!(chooser.press("Enter".parse().unwrap()), Picked::Take(FolderId(5)));
    }

    #[test]
    fn what_nothing_is_called_is_offered_to_be_made() {
        let mut chooser = chooser(&[]);
        chooser.paste("发票 2025");
        assert_eq!(chooser.offers(), Some(("发票 2025", Allowed::Yes)));
        assert_eq!(chooser.press("Enter".parse().unwrap()), Picked::Make("发票 2025".to_owned()));
        chooser.may_create = Allowed::No;
        assert_eq!(chooser.press("Enter".parse().unwrap()), Picked::Nothing);
        assert_eq!(chooser.press("Esc".parse().unwrap()), Picked::GivenUp);
    }
}
