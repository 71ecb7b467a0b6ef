//! Fields of the head that the user names: `Name: value`, one a row, and an empty row for the next one.

use super::{Composer, Head};
use crate::app::edit::Line;
use crate::letter::{NoField, no_field};
use crate::model::Draft;
use crate::text::SafeText;

/// No message has more.
const MOST: usize = 100;
/// Bytes of one of them.
const LONGEST: usize = 4 * 1024;

fn line(text: &str) -> Line {
    Line::of(text, LONGEST, &[' ', ':', ',', '-'])
}

pub(super) fn lines(draft: &Draft) -> Vec<Line> {
    draft.more.iter().take(MOST).map(|(name, value)| line(&format!("{name}: {value}"))).collect()
}

/// What stands before the colon, which may be one of a Chinese keyboard, and behind it.
fn parted(text: &str) -> (&str, &str) {
    let (name, value) = text.split_once([':', '：']).unwrap_or((text, ""));
    (name.trim(), value.trim())
}

impl Composer {
    /// By name, as far as they were written.
    pub fn own_fields(&self) -> Vec<(String, String)> {
        let written = self
            .own
            .iter()
            .map(|line| parted(line.text()))
            .filter(|(name, value)| !(name.is_empty() && value.is_empty()));
        written.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    pub(super) fn add_own_fields(&mut self, more: Vec<(String, String)>) {
        self.own.retain(|line| !line.is_empty());
        let room = MOST.saturating_sub(self.own.len());
        self.own.extend(more.into_iter().take(room).map(|(name, value)| line(&format!("{name}: {value}"))));
        self.one_more_field();
    }

    /// Those that are shown now.
    pub(super) fn own_heads(&self) -> impl Iterator<Item = Head> {
        let shown = |(at, line): (usize, &Line)| {
            let head = Head::Own(at);
            (self.all_fields || self.focus == head || !line.is_empty()).then_some(head)
        };
        self.own.iter().enumerate().filter_map(shown)
    }

    /// There is always one more to be written.
    pub(super) fn one_more_field(&mut self) {
        if self.all_fields && self.own.len() < MOST && self.own.last().is_none_or(|last| !last.is_empty()) {
            self.own.push(line(""));
        }
    }

    /// Why this cannot be the name of a field, and the name.
    pub fn no_field(&self, head: Head) -> Option<(NoField, SafeText)> {
        let Head::Own(at) = head else { return None };
        let (name, value) = parted(self.own.get(at)?.text());
        if name.is_empty() && value.is_empty() {
            return None;
        }
        Some((no_field(name)?, SafeText::of(name)))
    }
}
