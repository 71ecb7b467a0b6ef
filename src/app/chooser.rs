//! Finding one of many by typing: folders, actions, people. What is typed may be letters of a name in order, the sounds or
//! the initials of a Chinese one (`sjx`: 收件箱), or several words in any order. Pure: keys in, what was chosen out.

mod fit;

use super::edit::Line;
use crate::model::{Key, KeyPress};
use crate::text::SafeText;
use fit::{Letters, Wanted};

/// Of more than these nobody chooses.
pub(crate) const MOST: usize = 10_000;
/// Bytes; nobody types more.
const LONGEST: usize = 256;

/// One thing that can be chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry<T> {
    pub what: T,
    pub name: SafeText,
    /// What is shown at the right end: whose it is, which key does the same.
    pub beside: SafeText,
    /// What it can be found by as well, though it is not shown.
    pub also: SafeText,
    /// What was chosen lately stands before what was not: 1 is the last one, 0 is none.
    pub lately: u32,
}

impl<T> Entry<T> {
    pub fn new(what: T, name: SafeText) -> Self {
        Self { what, name, beside: SafeText::default(), also: SafeText::default(), lately: 0 }
    }

    #[must_use]
    pub fn beside(self, beside: SafeText) -> Self {
        Self { beside, ..self }
    }

    #[must_use]
    pub fn also(self, also: SafeText) -> Self {
        Self { also, ..self }
    }

    #[must_use]
    pub fn lately(self, lately: u32) -> Self {
        Self { lately, ..self }
    }
}

/// What a key did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Chosen<T> {
    Nothing,
    /// Something else stands in the line.
    Typed,
    Taken(T),
    GivenUp,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chooser<T> {
    entries: Vec<Entry<T>>,
    letters: Vec<Letters>,
    line: Line,
    /// Those that fit, by their place, the best first.
    fitting: Vec<usize>,
    cursor: usize,
    top: usize,
    height: usize,
}

impl<T: Clone> Chooser<T> {
    /// In this order where nothing else counts. What is beyond `MOST` is left out.
    pub fn new(mut entries: Vec<Entry<T>>) -> Self {
        entries.truncate(MOST);
        let letters = entries.iter().map(Letters::of).collect();
        let line = Line::of("", LONGEST, &[' ', '/']);
        let mut chooser = Self { entries, letters, line, fitting: Vec::new(), cursor: 0, top: 0, height: 1 };
        chooser.fit();
        chooser
    }

    pub fn line(&self) -> &Line {
        &self.line
    }

    pub fn typed(&self) -> &str {
        self.line.text()
    }

    /// How many fit, and how many there are.
    pub fn counts(&self) -> (usize, usize) {
        (self.fitting.len(), self.entries.len())
    }

    /// What fits, as far as it is in view, and whether the cursor is on it.
    pub fn in_view(&self) -> impl Iterator<Item = (&Entry<T>, bool)> {
        let rows = self.fitting.iter().enumerate().skip(self.top).take(self.height);
        rows.filter_map(|(at, place)| Some((self.entries.get(*place)?, at == self.cursor)))
    }

    pub fn at_cursor(&self) -> Option<&Entry<T>> {
        self.entries.get(*self.fitting.get(self.cursor)?)
    }

    /// So many rows are in view.
    pub fn resize(&mut self, height: usize) {
        self.height = height.max(1);
        self.scroll();
    }

    /// Others in the place of those that `goes` picks out, as what is typed asks for them.
    pub fn replace(&mut self, goes: impl Fn(&T) -> bool, others: Vec<Entry<T>>) {
        let (cursor, top) = (self.cursor, self.top);
        self.entries.retain(|entry| !goes(&entry.what));
        self.entries.extend(others);
        self.entries.truncate(MOST);
        self.letters = self.entries.iter().map(Letters::of).collect();
        self.fit();
        (self.cursor, self.top) = (cursor, top);
        self.scroll();
    }

    pub fn move_by(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by);
        self.scroll();
    }

    /// Takes what stands in a row that is in view.
    pub fn at_row(&self, row: usize) -> Option<T> {
        let place = self.fitting.get(self.top.checked_add(row)?)?;
        self.entries.get(*place).filter(|_| row < self.height).map(|entry| entry.what.clone())
    }

    pub fn paste(&mut self, text: &str) -> Chosen<T> {
        if !self.line.insert(text) {
            return Chosen::Nothing;
        }
        self.fit();
        Chosen::Typed
    }

    pub fn press(&mut self, press: KeyPress) -> Chosen<T> {
        let page = self.height.saturating_sub(1).max(1).cast_signed();
        match (press.key, press.ctrl, press.alt) {
            (Key::Esc, ..) | (Key::Char('c' | 'g'), true, _) => return Chosen::GivenUp,
            (Key::Backspace, ..) | (Key::Char('h'), true, _) if self.line.is_empty() => return Chosen::GivenUp,
            (Key::Enter, ..) | (Key::Char('j' | 'm'), true, _) => {
                return self.at_cursor().map_or(Chosen::Nothing, |entry| Chosen::Taken(entry.what.clone()));
            }
            (Key::Up | Key::BackTab, ..) | (Key::Char('p'), true, _) => self.move_by(-1),
            (Key::Down | Key::Tab, ..) | (Key::Char('n'), true, _) => self.move_by(1),
            (Key::PageUp, ..) => self.move_by(-page),
            (Key::PageDown, ..) => self.move_by(page),
            _ => {
                let before = self.line.text().to_owned();
                if self.line.press(press) && self.line.text() != before {
                    self.fit();
                    return Chosen::Typed;
                }
            }
        }
        Chosen::Nothing
    }

    fn fit(&mut self) {
        let wanted = Wanted::of(self.line.text());
        let mut fitting: Vec<(u32, u32, usize)> = Vec::new();
        for (at, (entry, letters)) in self.entries.iter().zip(&self.letters).enumerate() {
            if let Some(far) = letters.distance(&wanted) {
                fitting.push((far, entry.lately.checked_sub(1).unwrap_or(u32::MAX), at));
            }
        }
        fitting.sort_unstable();
        self.fitting = fitting.into_iter().map(|(.., at)| at).collect();
        (self.cursor, self.top) = (0, 0);
    }

    fn scroll(&mut self) {
        self.cursor = self.cursor.min(self.fitting.len().saturating_sub(1));
        self.top = self.top.min(self.cursor).max((self.cursor + 1).saturating_sub(self.height));
    }
}

#[cfg(test)]
mod tests;
