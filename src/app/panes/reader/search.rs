//! Looking for words in the message that is shown: a slice at a time, so that no key waits for a large one.

use std::collections::VecDeque;
use std::ops::Range;

use crate::text::folded;

/// Bytes that are looked through at a time.
const SLICE: usize = 512 * 1024;
/// More places than this are not gone to one by one.
pub(crate) const MOST_HITS: usize = 10_000;
/// Nobody types more.
const LONGEST: usize = 200;

/// A search on its way through a text. It compares each character once, or a text made of one letter would hold it up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Search {
    wanted: Vec<char>,
    /// For each prefix of what is wanted, the longest one that it ends with.
    falls_back: Vec<usize>,
    matched: usize,
    /// Where the last characters began.
    begun: VecDeque<usize>,
    at: usize,
    /// Where the user was when it began: the first place to go to is not before.
    pub(crate) from: usize,
    /// A place was gone to.
    pub(crate) arrived: bool,
    done: bool,
}

impl Search {
    pub(crate) fn new(words: &str, from: usize) -> Self {
        let wanted: Vec<char> = words.chars().flat_map(folded).take(LONGEST).collect();
        let mut falls_back = vec![0; wanted.len()];
        let mut length = 0;
        for (at, c) in wanted.iter().enumerate().skip(1) {
            while length > 0 && wanted.get(length) != Some(c) {
                length = falls_back.get(length - 1).copied().unwrap_or(0);
            }
            if wanted.get(length) == Some(c) {
                length += 1;
            }
            if let Some(entry) = falls_back.get_mut(at) {
                *entry = length;
            }
        }
        let done = wanted.is_empty();
        Self { wanted, falls_back, matched: 0, begun: VecDeque::new(), at: 0, from, arrived: false, done }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.done
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Looks through the next slice, and adds what it finds.
    pub(crate) fn go_on(&mut self, text: &str, hits: &mut Vec<Range<usize>>) {
        let rest = text.get(self.at..).unwrap_or_default();
        let begin = self.at;
        for (offset, c) in rest.char_indices() {
            if offset >= SLICE {
                self.at = begin + offset;
                return;
            }
            let at = begin + offset;
            for x in folded(c) {
                if self.step(x, at) {
                    hits.push(self.begun.front().copied().unwrap_or(at)..at + c.len_utf8());
                    self.begun.clear();
                    self.matched = 0;
                    if hits.len() >= MOST_HITS {
                        self.done = true;
                        return;
                    }
                }
            }
        }
        self.done = true;
    }

    fn step(&mut self, x: char, at: usize) -> bool {
        while self.matched > 0 && self.wanted.get(self.matched) != Some(&x) {
            self.matched = self.falls_back.get(self.matched - 1).copied().unwrap_or(0);
        }
        if self.wanted.get(self.matched) == Some(&x) {
            self.matched += 1;
        }
        self.begun.push_back(at);
        if self.begun.len() > self.wanted.len() {
            self.begun.pop_front();
        }
        self.matched == self.wanted.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &str, text: &str) -> Vec<Range<usize>> {
        let (mut search, mut hits) = (Search::new(words, 0), Vec::new());
        while !search.is_done() {
            search.go_on(text, &mut hits);
        }
        hits
    }

    #[test]
    fn case_and_width_do_not_count_and_nothing_is_missed() {
        assert_eq!(found("qq邮箱", "ＱＱ邮箱, Qq邮箱"), [0..12, 14..22]);
        assert_eq!(found("aab", "aaab aab"), [1..4, 5..8]);
        assert_eq!(found("aa", "aaaa"), [0..2, 2..4]);
        assert_eq!(found("", "abc"), []);
        assert_eq!(found("ｘ", "abc"), []);
    }

    #[test]
    fn a_word_between_two_slices_is_found_and_a_text_of_one_letter_is_no_trap() {
        let text = format!("{}鸿雁{}", "a".repeat(SLICE - 2), "a".repeat(SLICE));
        assert_eq!(found("鸿雁", &text).first(), Some(&(SLICE - 2..SLICE + 4)));
        let needle = format!("{}b", "a".repeat(199));
        assert_eq!(found(&needle, &text), []);
        assert_eq!(found("a", &text).len(), MOST_HITS);
    }
}
