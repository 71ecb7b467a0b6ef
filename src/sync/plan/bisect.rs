//! Finding what is gone from a large folder by asking for a few places of it. Pure.
//!
//! The server tells which number stands at a place (its sequence number); we know at which place it would stand if
//! nothing were gone. Between two places that are shifted alike nothing is missing, so only the other stretches are
//! looked at more closely: one message that is gone from a hundred thousand is found with three short questions.

/// The most places asked for in one round, and the fewest and most in one stretch.
const ROUND: usize = 512;
const STRETCH: (usize, usize) = (6, 128);

/// A stretch of the folder: places `first..=last` on the server hold some of our numbers `from..to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stretch {
    first: u32,
    last: u32,
    from: usize,
    to: usize,
}

impl Stretch {
    fn there(self) -> usize {
        usize::try_from((self.last + 1).saturating_sub(self.first)).unwrap_or(usize::MAX)
    }

    fn here(self) -> usize {
        self.to - self.from
    }
}

/// The server holds something where nothing can be: the folder is not as we thought, and has to be compared as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::sync) struct Contradiction;

#[derive(Debug)]
pub(in crate::sync) struct Bisect<'a> {
    /// Ours, ascending; the server has all of its messages among them.
    ours: &'a [u32],
    open: Vec<Stretch>,
    asked: Vec<(Stretch, Vec<u32>)>,
    gone: Vec<u32>,
}

impl<'a> Bisect<'a> {
    /// `there` messages are left of ours.
    pub(in crate::sync) fn new(ours: &'a [u32], there: u32) -> Self {
        let mut bisect = Self { ours, open: Vec::new(), asked: Vec::new(), gone: Vec::new() };
        // Ours are at least as many; where they are not, the first answer contradicts.
        bisect.narrow(Stretch { first: 1, last: there, from: 0, to: ours.len() });
        bisect
    }

    /// The places to ask for next, ascending; none when everything is known.
    pub(in crate::sync) fn places(&mut self) -> Vec<u32> {
        let (fewest, most) = STRETCH;
        let quota = (ROUND / self.open.len().max(1)).clamp(fewest, most);
        self.open.sort_unstable_by_key(|stretch| stretch.first);
        let open = std::mem::take(&mut self.open);
        self.asked = open.into_iter().map(|stretch| (stretch, spread(stretch, quota))).collect();
        self.asked.iter().flat_map(|(_, places)| places.iter().copied()).collect()
    }

    /// What stands at the places that were asked for: `at` gives the number at a place.
    pub(in crate::sync) fn answered(&mut self, at: impl Fn(u32) -> Option<u32>) -> Result<(), Contradiction> {
        for (stretch, places) in std::mem::take(&mut self.asked) {
            let mut rest = stretch;
            for place in places {
                let uid = at(place).ok_or(Contradiction)?;
                let ours = self.ours.get(rest.from..rest.to).ok_or(Contradiction)?;
                let found = rest.from + ours.binary_search(&uid).map_err(|_| Contradiction)?;
                let before = Stretch { first: rest.first, last: place - 1, from: rest.from, to: found };
                if before.here() < before.there() {
                    return Err(Contradiction);
                }
                self.narrow(before);
                rest = Stretch { first: place + 1, from: found + 1, ..rest };
            }
            if rest.here() < rest.there() {
                return Err(Contradiction);
            }
            self.narrow(rest);
        }
        Ok(())
    }

    fn narrow(&mut self, stretch: Stretch) {
        if stretch.here() == stretch.there() {
            return;
        }
        if stretch.there() == 0 {
            self.gone.extend(self.ours.get(stretch.from..stretch.to).unwrap_or_default());
        } else {
            self.open.push(stretch);
        }
    }

    /// Those of ours that the server does not have any more, ascending.
    pub(in crate::sync) fn gone(mut self) -> Vec<u32> {
        self.gone.sort_unstable();
        self.gone
    }
}

/// At most so many places of a stretch, evenly.
fn spread(stretch: Stretch, at_most: usize) -> Vec<u32> {
    let length = stretch.there();
    let count = length.min(at_most);
    (1..=count)
        .map(|n| {
            // The middle of the n-th of `count` equal parts.
            let offset = (length * (2 * n - 1)) / (2 * count);
            stretch.first + u32::try_from(offset.min(length - 1)).unwrap_or(0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Rounds and places that it took.
    fn find(ours: &[u32], gone: &BTreeSet<u32>) -> Result<(Vec<u32>, usize, usize), Contradiction> {
        let there: Vec<u32> = ours.iter().copied().filter(|uid| !gone.contains(uid)).collect();
        let mut bisect = Bisect::new(ours, u32::try_from(there.len()).unwrap());
        let (mut rounds, mut asked) = (0, 0);
        loop {
            let places = bisect.places();
            if places.is_empty() {
                return Ok((bisect.gone(), rounds, asked));
            }
            assert!(places.is_sorted());
            (rounds, asked) = (rounds + 1, asked + places.len());
            bisect.answered(|place| there.get(usize::try_from(place).unwrap() - 1).copied())?;
        }
    }

    #[test]
    fn one_of_a_hundred_thousand_takes_three_short_questions() {
        let ours: Vec<u32> = (1..=100_000).map(|n| 1_400_000_000 + n * 3).collect();
        for gone in [ours[0], ours[77_777], ours[99_999]] {
            let (found, rounds, asked) = find(&ours, &[gone].into()).unwrap();
            assert_eq!(found, [gone]);
            assert!(rounds <= 3 && asked <= 3 * 128, "{rounds} rounds, {asked} places");
        }
    }

    #[test]
    fn fifty_take_four() {
        let ours: Vec<u32> = (1..=100_000).collect();
        let gone: BTreeSet<u32> = (0..50).map(|n| ours[n * 1_999 + 7]).collect();
        let (found, rounds, asked) = find(&ours, &gone).unwrap();
        assert_eq!(found, gone.into_iter().collect::<Vec<_>>());
        assert!(rounds <= 5 && asked <= 1_800, "{rounds} rounds, {asked} places");
    }

    #[test]
    fn a_number_that_is_not_ours_contradicts() {
        let mut bisect = Bisect::new(&[10, 20, 30, 40], 3);
        assert_eq!(bisect.places(), [1, 2, 3]);
        assert_eq!(bisect.answered(|place| Some(if place == 2 { 25 } else { place * 10 })), Err(Contradiction));
    }

    #[test]
    fn a_place_without_an_answer_contradicts() {
        let mut bisect = Bisect::new(&[10, 20], 1);
        bisect.places();
        assert_eq!(bisect.answered(|_| None), Err(Contradiction));
    }

    proptest! {
        #[test]
        fn everything_that_is_gone_is_found(
            ours in proptest::collection::btree_set(1_u32..100_000, 0..3_000),
            dice in proptest::collection::vec(any::<usize>(), 0..60),
        ) {
            let ours: Vec<u32> = ours.into_iter().collect();
            let gone: BTreeSet<u32> = dice.iter().filter_map(|at| ours.get(at % ours.len().max(1)).copied()).collect();
            let (found, rounds, _) = find(&ours, &gone).unwrap();
            prop_assert_eq!(found, gone.into_iter().collect::<Vec<_>>());
            prop_assert!(rounds <= 8);
        }

        #[test]
        fn a_server_that_says_anything_never_breaks_it(
            ours in proptest::collection::btree_set(1_u32..50, 0..40),
            there in 0_u32..60,
            said in proptest::collection::vec(proptest::option::of(0_u32..60), 60),
        ) {
            let ours: Vec<u32> = ours.into_iter().collect();
            let mut bisect = Bisect::new(&ours, there);
            for _ in 0..200 {
                if bisect.places().is_empty() {
                    return Ok(());
                }
                if bisect.answered(|place| said[usize::try_from(place).unwrap() % 60]).is_err() {
                    return Ok(());
                }
            }
            prop_assert!(false, "it does not end");
        }
    }
}
