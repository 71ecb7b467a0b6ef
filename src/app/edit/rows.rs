//! Where the rows of one line begin on the screen. A key in a line of a megabyte must not break all of it again: what is
//! before the change stays, what comes behind it is taken over as soon as a row begins where one began before, and what
//! nobody has seen yet is not looked at.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::{SafeText, is_harmless, may_break, width};

/// Rows behind a change that are looked at for one that begins where one began before.
const LOOKED_AT: usize = 64;
/// A tab takes as many columns wherever it stands, so that no row depends on another.
const TAB: &str = "    ";

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Rows {
    columns: usize,
    /// The first is 0. As far as they are known.
    starts: Vec<usize>,
    /// All of them are known.
    whole: bool,
}

impl Rows {
    pub(super) fn new(columns: usize) -> Self {
        Self { columns: columns.max(2), starts: vec![0], whole: false }
    }

    /// The rows of the line after something new of so many bytes took the place of a piece of it.
    pub(super) fn edited(mut self, from: usize, to: usize, new: usize, text: &str) -> Self {
        let behind = Self { columns: self.columns, starts: self.starts.split_off(self.kept(from)), whole: self.whole };
        self.grown(from + new, Some((&behind, to)), text)
    }

    /// The rows of a line that was put together: what stood before `from` in one, something new of so many bytes, and
    /// what stood behind `to` in another.
    pub(super) fn spliced(mut self, from: usize, new: usize, tail: Option<(&Self, usize)>, text: &str) -> Self {
        self.starts.truncate(self.kept(from));
        self.grown(from + new, tail, text)
    }

    /// How many rows are the same whatever stands here. What is behind a border of rows decides where the one before it
    /// ends.
    fn kept(&self, from: usize) -> usize {
        self.starts.partition_point(|start| *start <= from).saturating_sub(2).max(1)
    }

    fn grown(mut self, changed: usize, tail: Option<(&Self, usize)>, text: &str) -> Self {
        let tail = tail.filter(|(tail, _)| tail.columns == self.columns);
        self.whole = false;
        let mut looked_at = 0;
        while !self.whole && looked_at < LOOKED_AT {
            let last = self.last();
            if last >= changed {
                looked_at += 1;
                if let Some((tail, to)) = tail
                    && let Ok(at) = tail.starts.binary_search(&(last - changed + to))
                {
                    let behind = tail.starts.get(at + 1..).unwrap_or_default();
                    self.starts.extend(behind.iter().map(|start| start - to + changed));
                    self.whole = tail.whole;
                    return self;
                }
            }
            self.step(text);
        }
        self
    }

    pub(super) fn is_for(&self, columns: usize) -> bool {
        self.columns == columns.max(2)
    }

    fn last(&self) -> usize {
        self.starts.last().copied().unwrap_or_default()
    }

    fn step(&mut self, text: &str) {
        match next_start(text, self.last(), self.columns) {
            Some(start) => self.starts.push(start),
            None => self.whole = true,
        }
    }

    /// Looks at the line until the row with this byte is known, and where it ends.
    pub(super) fn reach(&mut self, text: &str, byte: usize) {
        while !self.whole && self.last() <= byte {
            self.step(text);
        }
    }

    /// The same until a row by its number is known, and where it ends.
    pub(super) fn reach_row(&mut self, text: &str, row: usize) {
        while !self.whole && self.starts.len() <= row + 1 {
            self.step(text);
        }
    }

    #[cfg(test)]
    pub(super) fn reach_end(&mut self, text: &str) {
        while !self.whole {
            self.step(text);
        }
    }

    pub(super) fn start(&self, row: usize) -> Option<usize> {
        self.starts.get(row).copied()
    }

    /// Which row a byte stands in.
    pub(super) fn row_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }
}

/// Where the row after the one that begins here begins.
fn next_start(text: &str, from: usize, columns: usize) -> Option<usize> {
    let (mut used, mut at) = (0, from);
    let (mut good, mut before) = (None, None);
    for grapheme in text.get(from..)?.graphemes(true) {
        let cost = cost(grapheme);
        if before.is_some_and(|before| may_break(before, grapheme)) {
            good = Some(at);
        }
        // Blanks hang over the border.
        if used + cost > columns && at > from && grapheme != " " {
            return Some(good.unwrap_or(at));
        }
        used += cost;
        at += grapheme.len();
        before = Some(grapheme);
    }
    None
}

/// What moves as one, as it is drawn: a joined emoji as its parts, on whose widths all terminals agree.
pub(super) fn drawn(grapheme: &str) -> Cow<'_, str> {
    if grapheme == "\t" {
        TAB.into()
    } else if grapheme.chars().all(is_harmless) && grapheme.chars().nth(8).is_none() {
        grapheme.into()
    } else {
        SafeText::line(grapheme).into_string().into()
    }
}

/// The columns of what moves as one.
pub(super) fn cost(grapheme: &str) -> usize {
    match grapheme.as_bytes() {
        [b' '..=b'~'] => 1,
        _ => width(&drawn(grapheme)),
    }
}

/// The columns of a piece of a row.
pub(super) fn columns_of(text: &str) -> usize {
    text.graphemes(true).map(cost).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::wrap;

    fn all(text: &str, columns: usize) -> Vec<usize> {
        let mut rows = Rows::new(columns);
        rows.reach_end(text);
        rows.starts
    }

    fn pieces(text: &str, columns: usize) -> Vec<&str> {
        let mut starts = all(text, columns);
        starts.push(text.len());
        starts.windows(2).map(|pair| text.get(pair[0]..pair[1]).unwrap().trim_end_matches(' ')).collect()
    }

    #[test]
    fn no_row_begins_with_a_full_stop_and_blanks_hang() {
        assert_eq!(pieces("今天开会。明天放假。", 8), ["今天开", "会。明天", "放假。"]);
        assert_eq!(pieces("the wild goose carries letters", 12), ["the wild", "goose", "carries", "letters"]);
        assert_eq!(all("ab     cd", 3), [0, 7]);
        assert_eq!(all("", 5), [0]);
        assert_eq!(all("a\tb", 4), [0, 1, 2]);
    }

    #[test]
    fn a_joined_emoji_takes_the_room_of_its_parts() {
        assert_eq!((cost("👨‍👩‍👧"), cost("❤️"), cost("👍🏽"), cost("鸿"), cost("e\u{301}")), (6, 1, 2, 2, 1));
        assert_eq!((cost("\t"), cost("a"), cost("🇨🇳")), (4, 1, 2));
    }

    proptest! {
        #[test]
        fn rows_are_broken_as_messages_are(raw in "[鸿雁传书，。！“”a-z 0-9（）]{0,80}", columns in 2_usize..40) {
            let wrapped: Vec<&str> = wrap(&raw, columns).into_iter().map(|line| line.trim_end_matches(' ')).collect();
            prop_assert_eq!(pieces(&raw, columns), wrapped);
        }

        #[test]
        fn a_change_leaves_the_rows_as_if_all_were_broken_again(
            raw in "[鸿雁，。a-c 🇨e\u{301}]{0,200}", new in "[雁，。b \u{301}🇨]{0,6}", from in 0_usize..200, length in 0_usize..20,
            columns in 2_usize..14,
        ) {
            let chars: Vec<usize> = raw.char_indices().map(|(at, _)| at).chain([raw.len()]).collect();
            let from = chars[from.min(chars.len() - 1)];
            let to = chars.iter().copied().find(|at| *at >= from + length).unwrap_or(raw.len());
            let mut old = Rows::new(columns);
            old.reach_end(&raw);
            let mut text = raw.clone();
            text.replace_range(from..to, &new);
            let mut rows = old.clone().edited(from, to, new.len(), &text);
            rows.reach_end(&text);
            prop_assert_eq!(&rows.starts, &all(&text, columns), "{:?} -> {:?}", raw, text);
            let mut rows = old.clone().spliced(from, new.len(), Some((&old, to)), &text);
            rows.reach_end(&text);
            prop_assert_eq!(&rows.starts, &all(&text, columns), "{:?} -> {:?}", raw, text);
        }
    }
}
