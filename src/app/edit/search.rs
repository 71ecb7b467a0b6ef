//! Finding words in a text that is being written, as a reader finds them: without case, and whatever their width.

use super::buffer::{Buffer, Place};
use crate::text::folded;

/// What was found last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) length: usize,
}

impl Buffer {
    /// Goes to the next place where the words stand, or the one before; past the end it goes on at the other. `here`:
    /// where the cursor stands counts too. False if they stand nowhere.
    pub fn find(&mut self, words: &str, forward: bool, here: bool) -> bool {
        let wanted: String = words.chars().flat_map(folded).collect();
        let (count, cursor) = (self.lines.len(), self.cursor);
        if wanted.is_empty() {
            self.found = None;
            return true;
        }
        for step in 0..=count {
            let line =
                if forward { (cursor.line + step) % count } else { (cursor.line + count - step % count) % count };
            let hits = hits(self.line(line), &wanted);
            let ahead = |at: usize| match (step, forward) {
                (0, true) => at > cursor.at || (here && at == cursor.at),
                (0, false) => at < cursor.at || (here && at == cursor.at),
                _ => true,
            };
            let mut hits = hits.into_iter().filter(|(at, _)| ahead(*at));
            let hit = if forward { hits.next() } else { hits.next_back() };
            if let Some((at, length)) = hit {
                self.leave();
                self.unfold_lines(line, line);
                self.cursor = self.snapped(Place { line, at });
                self.goal = None;
                self.settle();
                self.found = Some(Found { place: Place { line, at }, length });
                return true;
            }
        }
        false
    }

    /// Nothing is marked as found any more.
    pub fn end_search(&mut self) {
        self.found = None;
    }
}

/// Where words stand in a line, and how long they are there.
fn hits(line: &str, wanted: &str) -> Vec<(usize, usize)> {
    let mut plain = String::with_capacity(line.len());
    let mut origin = Vec::new();
    // Most lines need no table.
    let ascii = line.is_ascii();
    if ascii {
        plain.push_str(&line.to_ascii_lowercase().replace('\t', " "));
    } else {
        for (at, c) in line.char_indices() {
            for c in folded(c) {
                origin.extend(std::iter::repeat_n(at, c.len_utf8()));
                plain.push(c);
            }
        }
        origin.push(line.len());
    }
    let raw = |at: usize| if ascii { at } else { origin.get(at).copied().unwrap_or(line.len()) };
    let end = |at: usize| {
        if ascii { at } else { (at..=plain.len()).map(raw).find(|to| *to > raw(at - 1)).unwrap_or(line.len()) }
    };
    plain.match_indices(wanted).map(|(at, _)| (raw(at), end(at + wanted.len()) - raw(at))).collect()
}
