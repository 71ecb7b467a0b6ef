//! Sets of message numbers as IMAP writes them: ascending, merged, and never longer than a server reads.

use std::fmt::Write as _;

/// Some servers drop a longer line without a word.
const LONGEST: usize = 900;

/// Writes the numbers as sets of at most [`LONGEST`] characters and at most `most` numbers each. They need not be sorted.
pub(super) fn sets(numbers: &[u32], most: usize) -> Vec<Set> {
    let mut sorted: Vec<u32> = numbers.iter().copied().filter(|number| *number != 0).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut sets: Vec<Set> = Vec::new();
    let mut from = sorted.as_slice();
    while let [first, rest @ ..] = from {
        let mut last = *first;
        let mut run = rest;
        let open = sets.last().is_some_and(|set| set.text.len() < LONGEST - 24 && set.count < most);
        let room = if open { sets.last().map_or(most, |set| most - set.count) } else { most }.max(1);
        let mut length = 1;
        while let [next, tail @ ..] = run {
            if last.checked_add(1) != Some(*next) || length >= room {
                break;
            }
            (last, run, length) = (*next, tail, length + 1);
        }
        if !open {
            sets.push(Set { text: String::new(), count: 0, first: *first, last });
        }
        if let Some(set) = sets.last_mut() {
            if !set.text.is_empty() {
                set.text.push(',');
            }
            let _ = if last == *first { write!(set.text, "{first}") } else { write!(set.text, "{first}:{last}") };
            set.count += length;
            set.last = last;
        }
        from = run;
    }
    sets
}

/// One set, and how many numbers it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Set {
    pub(super) text: String,
    pub(super) count: usize,
    first: u32,
    last: u32,
}

impl Set {
    /// True for the numbers that it was made from; the sets of one list do not overlap.
    pub(super) fn holds(&self, number: u32) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(numbers: &[u32], most: usize) -> Vec<String> {
        sets(numbers, most).into_iter().map(|set| set.text).collect()
    }

    #[test]
    fn neighbours_are_merged() {
        assert_eq!(texts(&[5, 1, 2, 3, 9, 5], 100), ["1:3,5,9"]);
        assert_eq!(texts(&[], 100), [""; 0]);
        assert_eq!(texts(&[1, 2, 3, 4, 5], 2), ["1:2", "3:4", "5"]);
        assert_eq!(texts(&[u32::MAX - 1, u32::MAX], 9), ["4294967294:4294967295"]);
    }

    proptest! {
        #[test]
        fn every_number_is_in_exactly_one_set(numbers in proptest::collection::vec(1_u32..100_000, 0..2000), most in 1_usize..500) {
            let sets = sets(&numbers, most);
            let mut found = Vec::new();
            for set in &sets {
                prop_assert!(set.text.len() <= LONGEST);
                prop_assert!(set.count <= most);
                prop_assert_eq!(numbers.iter().filter(|n| set.holds(**n)).collect::<std::collections::BTreeSet<_>>().len(), set.count);
                for part in set.text.split(',') {
                    let (from, to) = part.split_once(':').unwrap_or((part, part));
                    found.extend(from.parse::<u32>().unwrap()..=to.parse::<u32>().unwrap());
                }
            }
            prop_assert_eq!(sets.iter().map(|set| set.count).sum::<usize>(), found.len());
            let mut wanted = numbers;
            wanted.sort_unstable();
            wanted.dedup();
            prop_assert_eq!(found, wanted);
        }
    }
}
