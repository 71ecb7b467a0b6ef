//! Choosing files to send: a folder, what of it fits what is typed, and those that were chosen already.

use std::path::PathBuf;

use super::FileEntry;
use crate::app::edit::Line;
use crate::model::{Key, KeyPress};
use crate::text::{SafeText, folded};

/// Of a folder no more are looked at.
const MOST: usize = 20_000;
const LONGEST: usize = 4096;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picker {
    folder: String,
    /// Known, or what is the matter with the folder.
    entries: Option<Result<Vec<FileEntry>, SafeText>>,
    line: Line,
    /// Those that fit, by their place.
    fitting: Vec<usize>,
    cursor: usize,
    top: usize,
    height: usize,
    chosen: Vec<PathBuf>,
    /// One of these begins the draft; nobody goes elsewhere.
    is_of_templates: bool,
}

/// What a key did to the picker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Picked {
    Nothing,
    /// What lies in another folder.
    Look(String),
    Take(Vec<PathBuf>),
    Template(PathBuf),
    GivenUp,
}

impl Picker {
    pub(super) fn new(folder: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            entries: None,
            line: Line::of("", LONGEST, &['/', ' ']),
            fitting: Vec::new(),
            cursor: 0,
            top: 0,
            height: 1,
            chosen: Vec::new(),
            is_of_templates: false,
        }
    }

    pub(super) fn of_templates(folder: &str, templates: Vec<FileEntry>) -> Self {
        let mut picker = Self { is_of_templates: true, ..Self::new(folder) };
        picker.know(folder, Ok(templates));
        picker
    }

    pub fn is_of_templates(&self) -> bool {
        self.is_of_templates
    }

    pub fn folder(&self) -> SafeText {
        SafeText::of(&self.folder)
    }

    pub fn line(&self) -> &Line {
        &self.line
    }

    /// What is the matter with the folder, if something is.
    pub fn trouble(&self) -> Option<&SafeText> {
        self.entries.as_ref()?.as_ref().err()
    }

    pub fn is_waiting(&self) -> bool {
        self.entries.is_none()
    }

    /// What fits, as far as it is in view: the entry, whether it is chosen, whether the cursor is on it.
    pub fn in_view(&self) -> Vec<(&FileEntry, bool, bool)> {
        let Some(Ok(entries)) = &self.entries else { return Vec::new() };
        let rows = self.fitting.iter().enumerate().skip(self.top).take(self.height);
        rows.filter_map(|(at, entry)| {
            let entry = entries.get(*entry)?;
            Some((entry, self.chosen.contains(&entry.path), at == self.cursor))
        })
        .collect()
    }

    pub fn counts(&self) -> (usize, usize) {
        (self.fitting.len(), self.chosen.len())
    }

    pub(super) fn resize(&mut self, height: usize) {
        self.height = height.max(1);
        self.scroll();
    }

    pub(super) fn know(&mut self, folder: &str, result: Result<Vec<FileEntry>, SafeText>) {
        if folder != self.folder {
            return;
        }
        let result = result.map(|mut entries| {
            entries.truncate(MOST);
            // Folders first, what is hidden last.
            let hidden = |entry: &FileEntry| entry.name.as_untrusted().starts_with('.');
            entries.sort_by_cached_key(|entry| {
                (hidden(entry), !entry.is_folder, entry.name.as_untrusted().to_lowercase())
            });
            entries
        });
        self.entries = Some(result);
        self.filter();
    }

    fn filter(&mut self) {
        let wanted: Vec<char> = self.line.text().chars().flat_map(folded).collect();
        let Some(Ok(entries)) = &self.entries else {
            self.fitting.clear();
            return;
        };
        let mut fitting: Vec<(usize, usize)> = entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| !wanted.is_empty() || !entry.name.as_untrusted().starts_with('.'))
            .filter_map(|(at, entry)| Some((score(entry.name.as_untrusted(), &wanted)?, at)))
            .collect();
        fitting.sort_unstable();
        self.fitting = fitting.into_iter().map(|(_, at)| at).collect();
        self.cursor = 0;
        self.scroll();
    }

    fn scroll(&mut self) {
        self.cursor = self.cursor.min(self.fitting.len().saturating_sub(1));
        self.top = self.top.min(self.cursor).max((self.cursor + 1).saturating_sub(self.height));
    }

    fn at_cursor(&self) -> Option<&FileEntry> {
        let Some(Ok(entries)) = &self.entries else { return None };
        entries.get(*self.fitting.get(self.cursor)?)
    }

    fn go(&mut self, folder: String) -> Picked {
        let (height, chosen) = (self.height, std::mem::take(&mut self.chosen));
        *self = Self { height, chosen, ..Self::new(&folder) };
        Picked::Look(folder)
    }

    fn up(&mut self) -> Picked {
        let above = match self.folder.trim_end_matches('/').rsplit_once('/') {
            Some(("", _)) => "/".to_owned(),
            Some((above, _)) => above.to_owned(),
            None if self.folder == "~" => "~/..".to_owned(),
            None => "/".to_owned(),
        };
        self.go(above)
    }

    fn mark(&mut self) {
        let Some(path) = self.at_cursor().filter(|entry| !entry.is_folder).map(|entry| entry.path.clone()) else {
            return;
        };
        match self.chosen.iter().position(|known| *known == path) {
            Some(at) => drop(self.chosen.remove(at)),
            None => self.chosen.push(path),
        }
        self.cursor += 1;
        self.scroll();
    }

    pub(super) fn paste(&mut self, text: &str) -> Picked {
        // A path, or several, as a file manager hands them over.
        let text = text.trim();
        if let Some(paths) = super::offering::paths(text).filter(|_| !self.is_of_templates) {
            let mut all = std::mem::take(&mut self.chosen);
            all.extend(paths);
            return Picked::Take(all);
        }
        self.line.insert(text);
        self.filter();
        Picked::Nothing
    }

    pub(super) fn press(&mut self, press: KeyPress) -> Picked {
        let page = self.height.saturating_sub(1).max(1);
        match (press.key, press.ctrl, press.alt) {
            (Key::Esc, ..) | (Key::Char('g'), true, _) => return Picked::GivenUp,
            (Key::Up, ..) | (Key::Char('p'), true, _) => self.cursor = self.cursor.saturating_sub(1),
            (Key::Down, ..) | (Key::Char('n'), true, _) => self.cursor += 1,
            (Key::PageUp, ..) => self.cursor = self.cursor.saturating_sub(page),
            (Key::PageDown, ..) => self.cursor += page,
            (Key::Tab, ..) if self.is_of_templates => return self.enter(),
            (Key::Tab, ..) => self.mark(),
            (Key::Left, false, false) | (Key::Backspace, ..) if self.line.is_empty() && !self.is_of_templates => {
                return self.up();
            }
            (Key::Right | Key::Char('/'), false, false)
                if self.line.at() == self.line.text().len()
                    && !(press.key == Key::Char('/') && self.is_path())
                    && self.at_cursor().is_some_and(|entry| entry.is_folder) =>
            {
                return self.enter();
            }
            (Key::Enter, ..) => return self.enter(),
            _ => {
                let before = self.line.text().to_owned();
                if self.line.press(press) && self.line.text() != before {
                    if let Some(folder) = self.typed_folder().filter(|_| !self.is_of_templates) {
                        return self.go(folder);
                    }
                    self.filter();
                }
            }
        }
        self.scroll();
        Picked::Nothing
    }

    /// A path that is typed to its end is gone to.
    fn typed_folder(&self) -> Option<String> {
        let typed = self.line.text();
        let whole = typed.ends_with('/') && typed.starts_with(['/', '~']);
        whole.then(|| if typed.len() > 1 { typed.trim_end_matches('/').to_owned() } else { typed.to_owned() })
    }

    /// A path is being typed, or may be: it begins with `/`.
    fn is_path(&self) -> bool {
        self.line.is_empty() || self.line.text().starts_with(['/', '~'])
    }

    fn enter(&mut self) -> Picked {
        if self.is_of_templates {
            return self.at_cursor().map_or(Picked::Nothing, |entry| Picked::Template(entry.path.clone()));
        }
        let typed = self.line.text();
        if typed.starts_with(['/', '~']) {
            return Picked::Take(vec![PathBuf::from(typed)]);
        }
        match self.at_cursor() {
            Some(entry) if entry.is_folder && self.chosen.is_empty() => {
                let folder = entry.path.to_string_lossy().into_owned();
                self.go(folder)
            }
            _ if !self.chosen.is_empty() => Picked::Take(std::mem::take(&mut self.chosen)),
            Some(entry) => Picked::Take(vec![entry.path.clone()]),
            None => Picked::Nothing,
        }
    }
}

/// How far a name is from what was typed: its letters in order, the nearer together the better.
fn score(name: &str, wanted: &[char]) -> Option<usize> {
    let name: Vec<char> = name.chars().flat_map(folded).collect();
    if wanted.is_empty() {
        return Some(0);
    }
    let first = name.windows(wanted.len()).position(|window| window == wanted);
    if let Some(at) = first {
        return Some(at);
    }
    let (mut at, mut begun, mut gaps) = (0, None, 0);
    for letter in wanted {
        let found = name.iter().skip(at).position(|c| c == letter)?;
        gaps += if begun.is_some() { found } else { 0 };
        begun.get_or_insert(at + found);
        at += found + 1;
    }
    Some(1_000 + gaps * 10 + begun.unwrap_or_default())
}
