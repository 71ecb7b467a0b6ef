//! Ranges of numbers, merged, so that asking whether a number is in one of many is quick.

use std::ops::RangeInclusive;

#[derive(Debug)]
pub(super) struct Ranges(Vec<RangeInclusive<u32>>);

impl Ranges {
    pub(super) fn of(ranges: &[RangeInclusive<u32>]) -> Self {
        let mut sorted: Vec<RangeInclusive<u32>> = ranges.iter().filter(|range| !range.is_empty()).cloned().collect();
        sorted.sort_unstable_by_key(|range| *range.start());
        let mut merged: Vec<RangeInclusive<u32>> = Vec::new();
        for range in sorted {
            match merged.last_mut() {
                Some(last) if *range.start() <= last.end().saturating_add(1) => {
                    *last = *last.start()..=*last.end().max(range.end());
                }
                _ => merged.push(range),
            }
        }
        Self(merged)
    }

    pub(super) fn hold(&self, number: u32) -> bool {
        let behind = self.0.partition_point(|range| *range.start() <= number);
        behind.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|range| range.contains(&number))
    }

    /// How many numbers there are in them.
    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|range| u64::from(range.end() - range.start()) + 1).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_hold_what_any_of_them_holds(
            ranges in proptest::collection::vec((0_u32..60, 0_u32..12).prop_map(|(from, length)| from..=from + length), 0..20),
        ) {
            let merged = Ranges::of(&ranges);
            let held: Vec<u32> = (0..80).filter(|number| merged.hold(*number)).collect();
            let expected: Vec<u32> = (0..80).filter(|number| ranges.iter().any(|range| range.contains(number))).collect();
            prop_assert_eq!(merged.count(), expected.len() as u64);
            prop_assert_eq!(held, expected);
        }
    }
}
