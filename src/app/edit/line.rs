//! One line of text with a cursor in it: a field of a form, a line at the foot, a line of a head. Its memory is wiped when
//! it is let go of, because one of the fields is a password; in a field of a form, what is typed never makes the text
//! move to another place in memory.

use std::fmt;

use unicode_segmentation::UnicodeSegmentation as _;
use zeroize::Zeroizing;

use crate::model::{Key, KeyPress};

/// Bytes of a field of a form; nobody types more.
const LONGEST: usize = 1024;

#[derive(PartialEq, Eq)]
pub struct Line {
    text: Zeroizing<String>,
    /// Where the cursor stands, in bytes.
    at: usize,
    /// What stands there may be typed over: the first letter takes its place.
    offer: bool,
    /// Bytes.
    longest: usize,
    /// Where a word ends.
    stops: &'static [char],
}

impl Clone for Line {
    fn clone(&self) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(self.text.capacity()));
        text.push_str(&self.text);
        Self { text, ..*self }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(…)")
    }
}

impl Default for Line {
    fn default() -> Self {
        let text = Zeroizing::new(String::with_capacity(LONGEST));
        Self { text, at: 0, offer: false, longest: LONGEST, stops: &[' ', '@', '.'] }
    }
}

impl Line {
    /// A line that holds no secret, of so many bytes, with words that end at these characters.
    pub(crate) fn of(text: &str, longest: usize, stops: &'static [char]) -> Self {
        // What is there already stays whole.
        let longest = longest.max(text.len());
        let mut line = Self { text: Zeroizing::new(String::new()), at: 0, offer: false, longest, stops };
        line.insert(text);
        line
    }

    pub(crate) fn set(&mut self, text: &str) {
        self.clear();
        self.insert(text);
    }

    /// With something to take as it is, to change, or to type over.
    pub(crate) fn offer(&mut self) {
        self.at = self.text.len();
        self.offer = !self.text.is_empty();
    }

    pub fn is_offer(&self) -> bool {
        self.offer
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What stands before the cursor, and behind it.
    pub fn around(&self) -> (&str, &str) {
        self.text.split_at_checked(self.at).unwrap_or((&self.text, ""))
    }

    fn clear(&mut self) {
        self.text.clear();
        (self.at, self.offer) = (0, false);
    }

    /// Puts a text where what is before the cursor was from a byte on. False, and nothing is changed, if it has no room.
    pub(crate) fn replace_before(&mut self, from: usize, text: &str) -> bool {
        let has_room = self.text.len().saturating_sub(self.at.saturating_sub(from)) + text.len() <= self.longest;
        if has_room {
            self.cut(from, self.at);
            self.insert(text);
        }
        has_room
    }

    /// Where the cursor stands, in bytes.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    fn type_over(&mut self) {
        if std::mem::take(&mut self.offer) {
            self.clear();
        }
    }

    /// Puts a text where the cursor stands, without what cannot be seen. False, and nothing of it is taken, if it has no
    /// room: half an address may be somebody else's.
    pub(crate) fn insert(&mut self, text: &str) -> bool {
        let is_seen = |c: &char| crate::text::is_harmless(*c) && !c.is_control();
        let size = text.chars().filter(is_seen).fold(0_usize, |size, c| size.saturating_add(c.len_utf8()));
        let before = if self.offer { 0 } else { self.text.len() };
        if size > self.longest.saturating_sub(before) {
            return false;
        }
        self.type_over();
        let mut seen = Zeroizing::new(String::with_capacity(size));
        seen.extend(text.chars().filter(is_seen));
        if self.text.is_char_boundary(self.at) {
            self.text.insert_str(self.at, &seen);
            self.at += size;
        }
        true
    }

    fn cut(&mut self, from: usize, to: usize) {
        if self.text.is_char_boundary(from) && self.text.is_char_boundary(to) && from <= to {
            self.text.drain(from..to);
            self.at = from;
        }
    }

    /// True if the key means something in a line.
    pub(crate) fn press(&mut self, press: KeyPress) -> bool {
        let (before, after) = self.around();
        let last = before.graphemes(true).next_back().map_or(0, str::len);
        let next = after.graphemes(true).next().map_or(0, str::len);
        let word = before.trim_end().trim_end_matches(|c: char| !self.stops.contains(&c)).len();
        let word = if word == before.len() { word.saturating_sub(last) } else { word };
        let (at, length) = (self.at, self.text.len());
        let offered = self.offer;
        match (press.key, press.ctrl, press.alt) {
            (Key::Backspace | Key::Delete, ..) | (Key::Char('h' | 'd' | 'w'), true, _) if offered => self.clear(),
            (Key::Backspace, ..) | (Key::Char('h'), true, _) => self.cut(at.saturating_sub(last), at),
            (Key::Delete, ..) | (Key::Char('d'), true, _) => self.cut(at, at + next),
            (Key::Char('u'), true, _) => self.cut(0, at),
            (Key::Char('k'), true, _) => self.cut(at, length),
            (Key::Char('w'), true, _) => self.cut(word, at),
            (Key::Left, ..) | (Key::Char('b'), true, _) => self.at = at.saturating_sub(last),
            (Key::Right, ..) | (Key::Char('f'), true, _) => self.at = at + next,
            (Key::Home, ..) | (Key::Char('a'), true, _) => self.at = 0,
            (Key::End, ..) | (Key::Char('e'), true, _) => self.at = length,
            (Key::Char(c), false, false) => drop(self.insert(c.encode_utf8(&mut [0; 4]))),
            _ => return false,
        }
        self.offer = false;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &mut Line, keys: &str) -> String {
        for key in keys.split_whitespace() {
            line.press(key.parse().unwrap());
        }
        let (before, after) = line.around();
        format!("{before}|{after}")
    }

    #[test]
    fn a_field_is_edited_as_everywhere() {
        for (keys, line) in [
            ("x", "me@qq.comx|"),
            ("Left Left 鸿", "me@qq.c鸿|om"),
            ("Home Delete x", "x|e@qq.com"),
            ("C-w", "me@qq.|"),
            ("C-w C-w", "me@qq|"),
            ("Left Left C-k", "me@qq.c|"),
            ("Left C-u", "|m"),
            ("Home Right End Backspace", "me@qq.co|"),
            ("Home Backspace C-w", "|me@qq.com"),
            ("F5", "me@qq.com|"),
        ] {
            let mut field = Line::default();
            field.set("me@qq.com");
            assert_eq!(typed(&mut field, keys), line, "{keys}");
        }
    }

    #[test]
    fn what_is_offered_is_taken_changed_or_typed_over() {
        for (keys, line) in
            [("", "abc|"), ("x y", "xy|"), ("Backspace", "|"), ("End x", "abcx|"), ("Left x", "abx|c"), ("C-u", "|")]
        {
            let mut field = Line::default();
            field.set("abc");
            field.offer();
            assert_eq!(typed(&mut field, keys), line, "{keys}");
        }
        let mut field = Line::default();
        field.set("abc");
        field.offer();
        field.insert("xyz");
        assert_eq!(field.text(), "xyz");
    }

    #[test]
    fn t22_what_is_pasted_is_text_and_has_an_end() {
        let mut field = Line::default();
        field.insert("\u{1b}[201~a\u{200b}b\r\nc\u{202e}");
        assert_eq!(field.text(), "[201~abc");
        assert!(!field.insert(&"鸿".repeat(LONGEST)));
        assert_eq!(field.text(), "[201~abc", "nothing is taken of what has no room");
        assert!(field.insert(&"x".repeat(LONGEST - 8)));
        assert!(!field.insert("x"));
        assert_eq!(field.text().len(), LONGEST);
        assert_eq!(field.text.capacity(), LONGEST, "the text never moved");
    }

    #[test]
    fn a_long_line_is_put_in_at_once_and_stays_whole() {
        let long = "a@example.com, ".repeat(200_000);
        let mut field = Line::of("<>", 4 * 1024 * 1024, &[]);
        field.press("Left".parse().unwrap());
        assert!(field.insert(&long));
        assert_eq!(field.text().len(), long.len() + 2);
        assert_eq!(field.around().1, ">");
        let mut kept = Line::of(&long, 10, &[]);
        assert_eq!(kept.text(), long);
        assert!(!kept.insert("x"));
        assert!(!kept.replace_before(long.len(), "x") && kept.text() == long);
    }

    #[test]
    fn l01_a_field_tells_nothing_of_itself() {
        let mut field = Line::default();
        field.set("canary");
        assert!(!format!("{field:?}").contains("canary"));
    }
}
