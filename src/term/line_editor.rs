//! A line that is typed and edited, with those that were typed before. Pure: keys in, a picture of the line out.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::model::{Key, KeyPress};
use crate::text::{SafeText, graphemes, is_harmless, width};

/// Bytes of a line; more is not typed by hand.
const LONGEST: usize = 64 * 1024;

#[derive(Clone, Default, Debug)]
pub struct LineEditor {
    before: String,
    after: String,
    /// The lines that were typed before, the oldest first.
    past: Vec<String>,
    /// Which of them is shown, and the line that was being typed.
    shown: Option<(usize, String)>,
}

/// What a key did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Edited {
    Changed,
    Nothing,
    /// The line is finished; the editor is empty again.
    Entered(String),
    /// C-d on an empty line.
    Ended,
    /// C-c.
    Interrupted,
}

impl LineEditor {
    pub fn new(past: Vec<String>) -> Self {
        Self { past, ..Self::default() }
    }

    pub fn past(&self) -> &[String] {
        &self.past
    }

    /// Adds a line to those that were typed before. One that comes twice in a row is kept once.
    pub fn remember(&mut self, line: &str, at_most: usize) {
        if line.trim().is_empty() || self.past.last().is_some_and(|last| last == line) {
            return;
        }
        self.past.push(line.to_owned());
        let over = self.past.len().saturating_sub(at_most);
        self.past.drain(..over);
    }

    pub fn press(&mut self, press: KeyPress) -> Edited {
        let before = (self.before.len(), self.after.len());
        match (press.key, press.ctrl, press.alt) {
            (Key::Char('c'), true, _) => return Edited::Interrupted,
            (Key::Char('d'), true, _) if self.is_empty() => return Edited::Ended,
            (Key::Enter, ..) | (Key::Char('j' | 'm'), true, _) => {
                self.shown = None;
                let after = std::mem::take(&mut self.after);
                return Edited::Entered(std::mem::take(&mut self.before) + &after);
            }
            (Key::Char('d'), true, _) | (Key::Delete, ..) => {
                self.after = first(&self.after).1.to_owned();
            }
            (Key::Backspace, ..) | (Key::Char('h'), true, _) => {
                let rest = last(&self.before).0.len();
                self.before.truncate(rest);
            }
            (Key::Char('u'), true, _) => self.before.clear(),
            (Key::Char('k'), true, _) => self.after.clear(),
            (Key::Char('w'), true, _) => {
                let kept = self.before.trim_end().rfind(char::is_whitespace).map_or(0, |at| at + 1);
                // A blank may have more bytes than one.
                self.before.truncate(self.before.ceil_char_boundary(kept));
            }
            (Key::Left, ..) | (Key::Char('b'), true, _) => {
                let (rest, moved) = last(&self.before);
                self.after.insert_str(0, moved);
                let rest = rest.len();
                self.before.truncate(rest);
            }
            (Key::Right, ..) | (Key::Char('f'), true, _) => {
                let (moved, rest) = first(&self.after);
                self.before.push_str(moved);
                self.after = rest.to_owned();
            }
            (Key::Home, ..) | (Key::Char('a'), true, _) => {
                self.after.insert_str(0, &std::mem::take(&mut self.before));
            }
            (Key::End, ..) | (Key::Char('e'), true, _) => self.before.push_str(&std::mem::take(&mut self.after)),
            (Key::Up, ..) | (Key::Char('p'), true, _) => return self.go_back(),
            (Key::Down, ..) | (Key::Char('n'), true, _) => return self.go_on(),
            (Key::Char(c), false, false) if is_harmless(c) && self.before.len() + self.after.len() < LONGEST => {
                self.before.push(c);
            }
            _ => {}
        }
        if before == (self.before.len(), self.after.len()) { Edited::Nothing } else { Edited::Changed }
    }

    fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    fn go_back(&mut self) -> Edited {
        let at = self.shown.as_ref().map_or(self.past.len(), |(at, _)| *at);
        let Some(earlier) = at.checked_sub(1).and_then(|at| Some((at, self.past.get(at)?.clone()))) else {
            return Edited::Nothing;
        };
        let typed = match self.shown.take() {
            Some((_, typed)) => typed,
            None => format!("{}{}", self.before, self.after),
        };
        self.shown = Some((earlier.0, typed));
        self.replace(earlier.1)
    }

    fn go_on(&mut self) -> Edited {
        let Some((at, typed)) = self.shown.take() else { return Edited::Nothing };
        if let Some(later) = self.past.get(at + 1).cloned() {
            self.shown = Some((at + 1, typed));
            return self.replace(later);
        }
        self.replace(typed)
    }

    fn replace(&mut self, line: String) -> Edited {
        (self.before, self.after) = (line, String::new());
        Edited::Changed
    }

    /// The line behind its prompt in at most `columns` columns, scrolled so that the cursor is in view, and the
    /// cursor's column.
    pub fn picture(&self, prompt: &str, columns: usize) -> (SafeText, usize) {
        let mut shown = SafeText::of(prompt).into_string();
        if width(&shown) + 8 > columns {
            shown.clear();
        }
        // One column for the cursor behind the end.
        let room = columns.saturating_sub(width(&shown) + 1);
        let (before, after) = (SafeText::of(&self.before), SafeText::of(&self.after));
        let mut skip = width(before.as_str()).saturating_sub(room);
        let mut seen = before.as_str();
        while skip > 0
            && let Some((grapheme, cost)) = graphemes(seen).next()
        {
            seen = seen.get(grapheme.len()..).unwrap_or_default();
            skip = skip.saturating_sub(cost);
        }
        shown.push_str(seen);
        let cursor = width(&shown);
        let mut left = columns.saturating_sub(cursor + 1);
        for (grapheme, cost) in graphemes(after.as_str()) {
            if cost > left {
                break;
            }
            left -= cost;
            shown.push_str(grapheme);
        }
        (SafeText::of(&shown), cursor)
    }
}

/// The first grapheme and the rest.
fn first(text: &str) -> (&str, &str) {
    text.split_at(text.graphemes(true).next().map_or(0, str::len))
}

/// All but the last grapheme, and that.
fn last(text: &str) -> (&str, &str) {
    text.split_at(text.len() - text.graphemes(true).next_back().map_or(0, str::len))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Types keys like `ab<Left>c<C-k>`.
    fn type_in(editor: &mut LineEditor, keys: &str) -> Edited {
        let mut last = Edited::Nothing;
        let mut rest = keys;
        while !rest.is_empty() {
            let (key, tail) = match rest.strip_prefix('<').and_then(|named| named.split_once('>')) {
                Some(named) => named,
                None => rest.split_at(rest.chars().next().unwrap().len_utf8()),
            };
            rest = tail;
            last = editor.press(if key == " " { "Space" } else { key }.parse().unwrap());
        }
        last
    }

    fn typed(keys: &str) -> String {
        let mut editor = LineEditor::default();
        match type_in(&mut editor, &format!("{keys}<Enter>")) {
            Edited::Entered(line) => line,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_is_edited_as_people_expect() {
        for (keys, line) in [
            ("NOOP", "NOOP"),
            ("a b", "a b"),
            ("ac<Left>b", "abc"),
            ("鸿X<Backspace>雁", "鸿雁"),
            ("鸿雁<Left><Left>传<Delete>", "传雁"),
            ("e\u{301}x<Left><Backspace>", "x"),
            ("abc<Home>x<End>y", "xabcy"),
            ("abc<C-a>x<C-e>y", "xabcy"),
            ("one two  <C-w>", "one "),
            ("one\u{3000}two<C-w>", "one\u{3000}"),
            ("abc<Left><C-k>", "ab"),
            ("abc<Left><C-u>", "c"),
            ("ab<C-b><C-d>", "a"),
            ("a<A-x><F1><Esc>", "a"),
            ("<Backspace><Delete><Left><Right><Up><Down>", ""),
        ] {
            assert_eq!(typed(keys), line, "{keys}");
        }
        let mut editor = LineEditor::default();
        assert_eq!(type_in(&mut editor, "<C-d>"), Edited::Ended);
        assert_eq!(type_in(&mut editor, "ab<C-d>"), Edited::Nothing);
        assert_eq!(type_in(&mut editor, "<C-c>"), Edited::Interrupted);
    }

    #[test]
    fn t22_what_a_terminal_would_obey_is_not_typed() {
        let mut editor = LineEditor::default();
        for c in ['\u{1b}', '\u{9b}', '\u{202e}', '\u{200b}', 'a'] {
            editor.press(KeyPress { key: Key::Char(c), ctrl: false, alt: false });
        }
        assert_eq!(type_in(&mut editor, "<Enter>"), Edited::Entered("a".to_owned()));
    }

    #[test]
    fn up_and_down_go_through_what_was_typed() {
        let mut editor = LineEditor::new(vec!["one".into(), "two".into()]);
        type_in(&mut editor, "dra<Up>");
        assert_eq!(editor.picture("", 80).0.as_str(), "two");
        type_in(&mut editor, "<Up><Up>");
        assert_eq!(editor.picture("", 80).0.as_str(), "one");
        type_in(&mut editor, "<Down>!<Down><Down>ft");
        assert_eq!(type_in(&mut editor, "<Enter>"), Edited::Entered("draft".to_owned()));
        for line in ["two", " ", "three", "three"] {
            editor.remember(line, 2);
        }
        assert_eq!(editor.past(), ["two", "three"]);
    }

    #[test]
    fn a_long_line_is_scrolled_to_the_cursor() {
        let mut editor = LineEditor::default();
        type_in(&mut editor, "0123456789鸿雁传书");
        assert_eq!(editor.picture("> ", 80), (SafeText::of("> 0123456789鸿雁传书"), 20));
        assert_eq!(editor.picture("> ", 14), (SafeText::of("> 789鸿雁传书"), 13));
        type_in(&mut editor, "<Home>");
        assert_eq!(editor.picture("> ", 14), (SafeText::of("> 0123456789"), 2));
        assert_eq!(editor.picture("prompt> ", 9).1, 0);
    }

    proptest! {
        #[test]
        fn the_picture_fits_and_nothing_panics(
            keys in prop::collection::vec(prop_oneof![
                any::<char>().prop_map(|c| KeyPress { key: Key::Char(c), ctrl: false, alt: false }),
                "[abdefhkpuw]".prop_map(|c| KeyPress { key: Key::Char(c.chars().next().unwrap()), ctrl: true, alt: false }),
                prop::sample::select(vec![Key::Left, Key::Right, Key::Up, Key::Backspace, Key::Delete, Key::Enter])
                    .prop_map(|key| KeyPress { key, ctrl: false, alt: false }),
            ], 0..60),
            columns in 1_usize..40,
        ) {
            let mut editor = LineEditor::new(vec!["NOOP 鸿雁".into()]);
            for key in keys {
                editor.press(key);
                let (text, cursor) = editor.picture("imap> ", columns);
                prop_assert!(width(text.as_str()) <= columns && cursor < columns, "{text:?} {cursor}");
            }
        }
    }
}
