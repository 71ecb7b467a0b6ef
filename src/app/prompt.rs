//! A line that is typed at the foot of the screen: what to look for, which link, where to save.

use super::FileWanted;
use super::edit::Line;
use crate::model::{AccountId, FolderId, Key, KeyPress, Source};
use crate::text::SafeText;

/// Bytes; nobody types more.
const LONGEST: usize = 4096;

/// What the line is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asks {
    Search,
    /// What the messages of the open list are to have.
    Filter {
        within: Option<Box<Source>>,
    },
    /// What to look for in all mail.
    Everywhere,
    LinkNumber,
    /// Where to put these files.
    Folder(Vec<FileWanted>),
    /// In which folder the folder of the month is, for these invoices.
    Invoices {
        files: Vec<FileWanted>,
        month: String,
    },
    /// To which program to hand this file; `None`: the text of the message.
    Command(Option<FileWanted>),
    /// What a new folder of this account is to be called.
    NewFolder(AccountId),
    RenameFolder(FolderId),
    /// How many megabytes the messages have at least that are to be selected.
    AtLeast,
}

impl Asks {
    /// True if it is not about the message that is shown.
    pub(crate) fn is_of_a_list(&self) -> bool {
        matches!(self, Self::Filter { .. } | Self::Everywhere)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prompt {
    asks: Asks,
    line: Line,
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
        Self { asks, line: Line::of(text, LONGEST, &[' ', '/']) }
    }

    /// With something to take as it is, to change, or to type over.
    pub(crate) fn offering(asks: Asks, text: &str) -> Self {
        let mut prompt = Self::new(asks, text);
        prompt.line.offer();
        prompt
    }

    pub fn is_offer(&self) -> bool {
        self.line.is_offer()
    }

    pub fn asks(&self) -> &Asks {
        &self.asks
    }

    pub(crate) fn text(&self) -> String {
        self.line.text().to_owned()
    }

    /// What stands before the cursor, and behind it.
    pub fn shown(&self) -> (SafeText, SafeText) {
        let (before, after) = self.line.around();
        (SafeText::of(before), SafeText::of(after))
    }

    pub(crate) fn paste(&mut self, text: &str) {
        self.line.insert(text);
    }

    pub(crate) fn press(&mut self, press: KeyPress) -> Typed {
        let before = (self.line.at(), self.line.text().len());
        match (press.key, press.ctrl, press.alt) {
            (Key::Enter, ..) | (Key::Char('j' | 'm'), true, _) => return Typed::Entered,
            (Key::Esc, ..) | (Key::Char('c' | 'g'), true, _) => return Typed::GivenUp,
            (Key::Backspace, ..) | (Key::Char('h'), true, _) if self.line.is_empty() => return Typed::GivenUp,
            _ => {}
        }
        let offered = self.line.is_offer();
        let known = self.line.press(press);
        let same = before == (self.line.at(), self.line.text().len());
        if !known || (same && !offered) { Typed::Nothing } else { Typed::Changed }
    }
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
