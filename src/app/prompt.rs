//! A line that is typed at the foot of the screen: what to look for, which link, where to save.

use unicode_segmentation::UnicodeSegmentation as _;

use super::FileWanted;
use crate::model::{Key, KeyPress};
use crate::text::SafeText;

/// Bytes; nobody types more.
const LONGEST: usize = 4096;

/// What the line is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asks {
    Search,
    LinkNumber,
    /// Where to put these files.
    Folder(Vec<FileWanted>),
    /// To which program to hand this file; `None`: the text of the message.
    Command(Option<FileWanted>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    asks: Asks,
    before: String,
    after: String,
    /// What stands there was not typed: the first letter takes its place.
    offer: bool,
}

/// What a key did to the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Typed {
    Changed,
    Nothing,
    Entered,
    GivenUp,
}

impl Prompt {
    pub(crate) fn new(asks: Asks, text: &str) -> Self {
        Self { asks, before: text.to_owned(), after: String::new(), offer: false }
    }

    /// With something to take as it is, to change, or to type over.
    pub(crate) fn offering(asks: Asks, text: &str) -> Self {
        Self { offer: !text.is_empty(), ..Self::new(asks, text) }
    }

    pub fn is_offer(&self) -> bool {
        self.offer
    }

    pub fn asks(&self) -> &Asks {
        &self.asks
    }

    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// What stands before the cursor, and behind it.
    pub fn shown(&self) -> (SafeText, SafeText) {
        (SafeText::of(&self.before), SafeText::of(&self.after))
    }

    pub(crate) fn paste(&mut self, text: &str) {
        self.type_over();
        for c in text.chars() {
            self.insert(c);
        }
    }

    fn type_over(&mut self) {
        if std::mem::take(&mut self.offer) {
            self.before.clear();
        }
    }

    fn insert(&mut self, c: char) {
        if !c.is_control() && self.before.len() + self.after.len() < LONGEST {
            self.before.push(c);
        }
    }

    pub(crate) fn press(&mut self, press: KeyPress) -> Typed {
        let written = matches!((press.key, press.ctrl, press.alt), (Key::Char(_), false, false));
        let offered = self.offer && !matches!(press.key, Key::Enter | Key::Esc);
        let lengths = (self.before.len(), self.after.len());
        if written || (offered && matches!(press.key, Key::Backspace | Key::Delete)) {
            self.type_over();
            if offered && !written {
                return Typed::Changed;
            }
        }
        if offered {
            self.offer = false;
        }
        match (press.key, press.ctrl, press.alt) {
            (Key::Enter, ..) | (Key::Char('j' | 'm'), true, _) => return Typed::Entered,
            (Key::Esc, ..) | (Key::Char('c' | 'g'), true, _) => return Typed::GivenUp,
            (Key::Backspace, ..) | (Key::Char('h'), true, _) => {
                if lengths == (0, 0) {
                    return Typed::GivenUp;
                }
                drop_last(&mut self.before);
            }
            (Key::Delete, ..) | (Key::Char('d'), true, _) => {
                let first = self.after.graphemes(true).next().map_or(0, str::len);
                self.after.drain(..first);
            }
            (Key::Char('u'), true, _) => self.before.clear(),
            (Key::Char('k'), true, _) => self.after.clear(),
            (Key::Char('w'), true, _) => {
                let kept = self.before.trim_end().trim_end_matches(|c| c != ' ' && c != '/').len();
                let kept = if kept == self.before.len() { kept.saturating_sub(1) } else { kept };
                self.before.truncate(kept);
            }
            (Key::Left, ..) | (Key::Char('b'), true, _) => {
                if let Some(last) = drop_last(&mut self.before) {
                    self.after.insert_str(0, &last);
                }
            }
            (Key::Right, ..) | (Key::Char('f'), true, _) => {
                let first: String = self.after.graphemes(true).next().unwrap_or_default().to_owned();
                self.after.drain(..first.len());
                self.before.push_str(&first);
            }
            (Key::Home, ..) | (Key::Char('a'), true, _) => {
                self.after.insert_str(0, &self.before);
                self.before.clear();
            }
            (Key::End, ..) | (Key::Char('e'), true, _) => {
                self.before.push_str(&self.after);
                self.after.clear();
            }
            (Key::Char(c), false, false) => self.insert(c),
            _ => return Typed::Nothing,
        }
        if lengths == (self.before.len(), self.after.len()) { Typed::Nothing } else { Typed::Changed }
    }
}

fn drop_last(text: &mut String) -> Option<String> {
    let at = text.grapheme_indices(true).next_back()?.0;
    Some(text.split_off(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str) -> (Typed, String) {
        let mut prompt = Prompt::new(Asks::Search, "ab/cd");
        let mut last = Typed::Nothing;
        for key in keys.split_whitespace() {
            last = prompt.press(key.parse().unwrap());
        }
        let (before, after) = prompt.shown();
        (last, format!("{before}|{after}"))
    }

    #[test]
    fn a_line_is_edited_as_everywhere() {
        for (keys, line) in [
            ("鸿 e", "ab/cd鸿e|"),
            ("Backspace Left", "ab/|c"),
            ("Home x Delete", "x|b/cd"),
            ("C-w", "ab/|"),
            ("C-w C-w", "ab|"),
            ("Left C-k C-u", "|"),
            ("Home Right End", "ab/cd|"),
        ] {
            assert_eq!(typed(keys).1, line, "{keys}");
        }
        assert_eq!(typed("Enter").0, Typed::Entered);
        assert_eq!(typed("Esc").0, Typed::GivenUp);
        assert_eq!(typed("C-u Backspace").0, Typed::GivenUp);
        assert_eq!(typed("F5").0, Typed::Nothing);
    }

    #[test]
    fn what_is_offered_is_taken_changed_or_typed_over() {
        for (keys, line) in [
            ("Enter", "ab"),
            ("x y", "xy"),
            ("End x", "abx"),
            ("Left x", "axb"),
            ("Backspace", ""),
            ("Delete x", "x"),
            ("C-u x", "x"),
            ("a", "a"),
        ] {
            let mut prompt = Prompt::offering(Asks::Search, "ab");
            for key in keys.split_whitespace() {
                prompt.press(key.parse().unwrap());
            }
            assert_eq!(prompt.text(), line, "{keys}");
        }
        let mut prompt = Prompt::offering(Asks::Search, "ab");
        prompt.paste("/x");
        assert_eq!(prompt.text(), "/x");
    }

    #[test]
    fn t22_what_is_pasted_is_text() {
        let mut prompt = Prompt::new(Asks::Search, "");
        prompt.paste("\u{1b}[201~:q!\r\nx");
        assert_eq!(prompt.text(), "[201~:q!x");
    }
}
