//! Fields of the head: what may stand in one, and how it is written in lines that every program reads.

use super::base64;
use super::clean;
use super::mailbox::Mailbox;
use crate::text::Text;

/// Longer names are nobody's.
pub(super) const LONGEST_NAME: usize = 400;
/// Of any other value.
const LONGEST: usize = 16 * 1024;

/// No line is longer, where it can be broken.
const LINE: usize = 78;
/// An encoded word with everything that belongs to it.
const WORD: usize = 75;
const WORD_BEGIN: &str = "=?UTF-8?B?";
const WORD_END: &str = "?=";

/// One line that may stand in the head of a message: it can neither end its field nor steer whoever shows it.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct HeaderText(String);

impl HeaderText {
    pub fn new(untrusted: &Text) -> Self {
        Self::of(untrusted.as_untrusted())
    }

    pub fn of(untrusted: &str) -> Self {
        Self(clean::line(untrusted, LONGEST))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The field that says who writes, with the end of its line.
pub fn from_line(mailbox: &Mailbox) -> String {
    let mut head = Head::default();
    head.people("From", std::slice::from_ref(mailbox));
    head.into_string()
}

pub(super) fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// A text in quotation marks.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// A head, as far as it is written.
#[derive(Default)]
pub(super) struct Head {
    written: String,
    column: usize,
    /// Nothing stands behind the name of the field yet: there is no line to break.
    is_first: bool,
}

impl Head {
    pub(super) fn into_string(self) -> String {
        self.written
    }

    fn begin(&mut self, name: &str) {
        self.written.push_str(name);
        self.written.push(':');
        self.column = name.len() + 1;
        self.is_first = true;
    }

    /// What is not broken, with a blank before it.
    fn token(&mut self, token: &str) {
        if !self.is_first && self.column + 1 + token.len() > LINE {
            self.written.push_str("\r\n");
            self.column = 0;
        }
        self.written.push(' ');
        self.written.push_str(token);
        self.column += 1 + token.len();
        self.is_first = false;
    }

    fn end(&mut self) {
        self.written.push_str("\r\n");
    }

    /// A field of tokens, broken between them.
    pub(super) fn tokens<'a>(&mut self, name: &str, tokens: impl IntoIterator<Item = &'a str>) {
        self.begin(name);
        for token in tokens {
            self.token(token);
        }
        self.end();
    }

    /// A field of any text.
    pub(super) fn text(&mut self, name: &str, value: &HeaderText) {
        self.begin(name);
        let mut value = value.as_str();
        // What a program looks for at the beginning, `Re:`, can be read there.
        while let Some((word, rest)) = value.split_once(' ') {
            if !is_plain(word) || word.is_empty() || rest.starts_with(' ') || self.column + 1 + word.len() > LINE {
                break;
            }
            self.token(word);
            value = rest;
        }
        if value.split(' ').all(|word| is_plain(word) && !word.is_empty()) {
            value.split(' ').for_each(|word| self.token(word));
        } else {
            self.encoded(value);
        }
        self.end();
    }

    /// Words of RFC 2047, none of them cut inside of a character.
    fn encoded(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let room = LINE.saturating_sub(self.column + 1).min(WORD);
            let fitting = |room: usize| room.saturating_sub(WORD_BEGIN.len() + WORD_END.len()) / 4 * 3;
            let mut room = fitting(room);
            if room < 24 && !self.is_first {
                room = fitting(WORD);
            }
            let end = rest.floor_char_boundary(room).max(rest.chars().next().map_or(0, char::len_utf8));
            let (now, later) = rest.split_at_checked(end).unwrap_or((rest, ""));
            self.token(&[WORD_BEGIN, &base64::encode(now.as_bytes()), WORD_END].concat());
            rest = later;
        }
    }

    /// A field of people.
    pub(super) fn people(&mut self, name: &str, people: &[Mailbox]) {
        self.begin(name);
        let mut left = people.len();
        for mailbox in people {
            left -= 1;
            let comma = if left > 0 { "," } else { "" };
            let shown = mailbox.name();
            let is_phrase = |word: &str| !word.is_empty() && word.chars().all(is_atext) && is_plain(word);
            let address = mailbox.address();
            // One in quotation marks is read by everybody only in brackets.
            if shown.is_empty() && !address.starts_with('"') {
                self.token(&format!("{address}{comma}"));
                continue;
            }
            if shown.is_empty() {
                // Only the address.
            } else if shown.split(' ').all(is_phrase) {
                shown.split(' ').for_each(|word| self.token(word));
            } else if shown.len() < WORD && shown.is_ascii() && !shown.contains("=?") {
                self.token(&quoted(shown));
            } else {
                self.encoded(shown);
            }
            self.token(&format!("<{address}>{comma}"));
        }
        self.end();
    }

    /// A field of one value with parameters, each of them on a line of its own.
    pub(super) fn with_parameters(&mut self, name: &str, value: &str, parameters: &[String]) {
        self.begin(name);
        self.token(value);
        for parameter in parameters {
            self.written.push_str(";\r\n ");
            self.written.push_str(parameter);
        }
        self.end();
    }
}

/// The encoded words of a text, for a place that is not a field of its own.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(36).max(1);
        let (now, later) = rest.split_at_checked(end).unwrap_or((rest, ""));
        found.push([WORD_BEGIN, &base64::encode(now.as_bytes()), WORD_END].concat());
        rest = later;
    }
    found
}

/// A word that can stand as it is.
fn is_plain(word: &str) -> bool {
    word.len() < WORD && word.bytes().all(|byte| byte.is_ascii_graphic()) && !word.contains("=?")
}

#[cfg(test)]
mod tests;
