//! A piece of a text around the first place where something was found.

use std::ops::Range;

use super::phrase::{Phrase, hits};

/// Characters before the hit, and of all of it.
const BEFORE: usize = 16;
const LENGTH: usize = 120;

/// One line, and where in it the hits are. `None` if there is none.
pub fn snippet(text: &str, phrases: &[&Phrase]) -> Option<(String, Vec<Range<usize>>)> {
    let first = hits(text, phrases).into_iter().next()?;
    let before = text.get(..first.start)?;
    let from = before.char_indices().rev().take(BEFORE).last().map_or(first.start, |(at, _)| at);
    // What ends a line ends what the hit is about, unless the hit goes on over it.
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let from = from.max(line.min(first.start));
    let piece: String = text.get(from..)?.chars().take(LENGTH).collect();
    let mut shown = if from > line { String::from("…") } else { String::new() };
    for word in piece.split_whitespace() {
        if !shown.is_empty() && shown != "…" {
            shown.push(' ');
        }
        shown.push_str(word);
    }
    let places = hits(&shown, phrases);
    Some((shown, places))
}
