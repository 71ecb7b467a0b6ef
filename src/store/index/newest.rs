//! The newest messages, and where their words stand in the index: numbers of messages are given as they come from a server,
//! so what arrived together lies in few ranges of numbers, and the index need not be read elsewhere.

use super::Finder;
use crate::store::StoreError;

/// Numbers of messages, from and to.
pub(super) type Range = (i64, i64);

pub(super) const EVERYTHING: &[Range] = &[(0, i64::MAX)];
/// Each range is a question of its own.
const RANGES: usize = 16;
/// To read over so many numbers is quicker than to ask again.
const GAP: i64 = 64;

/// Numbers of messages.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Set(Vec<u64>);

impl Set {
    fn at(message: i64) -> Option<(usize, u64)> {
        let message = usize::try_from(message).ok()?;
        Some((message / 64, 1 << (message % 64)))
    }

    pub(super) fn add(&mut self, message: i64) {
        let Some((place, bit)) = Self::at(message) else { return };
        if place >= self.0.len() {
            self.0.resize(place + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(place) {
            *bits |= bit;
        }
    }

    pub(super) fn has(&self, message: i64) -> bool {
        Self::at(message).is_some_and(|(place, bit)| self.0.get(place).is_some_and(|bits| bits & bit != 0))
    }
}

/// Messages with the times of their arrival, the newest first.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Newest {
    messages: Vec<(i64, i64)>,
    set: Set,
}

impl Newest {
    fn new(messages: Vec<(i64, i64)>) -> Self {
        let mut set = Set::default();
        for (_, message) in &messages {
            set.add(*message);
        }
        Self { messages, set }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Few ranges that have all of them.
    pub(super) fn ranges(&self) -> Vec<Range> {
        let mut numbers: Vec<i64> = self.messages.iter().map(|(_, message)| *message).collect();
        numbers.sort_unstable();
        let gaps = numbers.windows(2).filter_map(|pair| match pair {
            [before, after] => Some(after - before).filter(|gap| *gap > GAP),
            _ => None,
        });
        let mut widest: Vec<i64> = gaps.collect();
        widest.sort_unstable_by(|one, other| other.cmp(one));
        let split_at = widest.get(RANGES - 2).or(widest.last()).copied().unwrap_or(i64::MAX);
        let mut ranges: Vec<Range> = Vec::new();
        for number in numbers {
            // More gaps may be as wide as the last one that counts.
            let enough = ranges.len() >= RANGES;
            match ranges.last_mut() {
                Some((_, to)) if enough || number - *to < split_at => *to = number,
                _ => ranges.push((number, number)),
            }
        }
        ranges
    }

    /// Those of them that are among these; all if it may be any.
    pub(super) fn of(&self, candidates: Option<Vec<i64>>) -> Vec<(i64, i64)> {
        let Some(candidates) = candidates else { return self.messages.clone() };
        let mut wanted = Set::default();
        for message in candidates {
            wanted.add(message);
        }
        self.messages.iter().filter(|(_, message)| wanted.has(*message)).copied().collect()
    }

    /// True if one of these is newer: it came to the index meanwhile.
    pub(super) fn is_behind(&self, found: &[(i64, i64)]) -> bool {
        let last = self.messages.last();
        found.iter().any(|one| last.is_some_and(|last| one > last) && !self.set.has(one.1))
    }

    pub(super) fn leave_out(&self, found: &mut Vec<(i64, i64)>) {
        found.retain(|(_, message)| !self.set.has(*message));
    }
}

impl Finder {
    pub(super) fn newest(&self, most: usize) -> Result<Newest, StoreError> {
        let mut find =
            self.index.prepare_cached("SELECT arrival, msg FROM done ORDER BY arrival DESC, msg DESC LIMIT ?1")?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = find.query_map([most], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Newest::new(found.collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_ranges_hold_all_the_newest() {
        let newest = Newest::new(vec![(9, 5), (8, 4), (7, 900), (6, 6), (5, 901)]);
        assert_eq!(newest.ranges(), [(4, 6), (900, 901)]);
        assert!(Newest::default().ranges().is_empty());
        let far = Newest::new((0..100).map(|n| (n, n * 1_000)).collect());
        let ranges = far.ranges();
        assert!(ranges.len() <= RANGES, "{ranges:?}");
        let is_in = |number: i64| ranges.iter().any(|(from, to)| (*from..=*to).contains(&number));
        assert!((0..100).all(|n| is_in(n * 1_000)), "{ranges:?}");
    }

    #[test]
    fn what_came_meanwhile_is_noticed() {
        let newest = Newest::new(vec![(9, 5), (8, 4)]);
        assert!(!newest.is_behind(&[(9, 5), (8, 4), (7, 3)]));
        assert!(newest.is_behind(&[(9, 5), (10, 6)]));
        let mut found = vec![(9, 5), (7, 3)];
        newest.leave_out(&mut found);
        assert_eq!(found, [(7, 3)]);
        assert_eq!(newest.of(Some(vec![4, 3])), [(8, 4)]);
        assert_eq!(newest.of(None).len(), 2);
    }
}
