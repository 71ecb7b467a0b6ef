//! For tests: a fuzzer that needs nothing. What is good is broken in seeded ways, and whoever reads it must hold.

use std::panic::{RefUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::model::clock;

/// What a target is fed with.
pub(crate) struct Diet {
    /// Whole inputs as they come.
    pub(crate) good: &'static [&'static [u8]],
    /// Pieces that mean something to whoever reads.
    pub(crate) pieces: &'static [&'static [u8]],
}

/// How long it goes on when there is time (`tests/run --long`).
#[derive(Clone, Copy)]
pub(crate) enum Long {
    Runs(u64),
    Minutes(u64),
}

const QUICK: u64 = 20_000;

pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    fn of<'a>(&mut self, all: &[&'a [u8]]) -> &'a [u8] {
        all[self.below(all.len())]
    }

    fn nonsense(&mut self, diet: &Diet) -> Vec<u8> {
        let mut bytes = self.of(diet.good).to_vec();
        for _ in 0..self.below(3) {
            bytes.extend_from_slice(self.of(diet.good));
        }
        for _ in 0..=self.below(8) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(20)).min(bytes.len());
            match self.below(7) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
                3 => {
                    let many = self.of(diet.pieces).repeat(self.below(40));
                    bytes.splice(at..at, many);
                }
                4 => bytes.truncate(at.max(1)),
                _ => drop(bytes.splice(at..at, self.of(diet.pieces).iter().copied())),
            }
        }
        bytes
    }
}

/// Fails with the seed and the input if `holds` is false or panics. HONGYAN_LONG takes longer and another way each time.
#[expect(clippy::disallowed_methods, reason = "a test that may take longer, and then begins somewhere else")]
pub(crate) fn fuzz(diet: &Diet, long: Long, holds: impl Fn(&[u8]) -> bool + RefUnwindSafe) {
    let begun = clock::instant();
    let is_long = std::env::var_os("HONGYAN_LONG").is_some();
    let seed = if is_long {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        u64::try_from(now.as_nanos() & u128::from(u64::MAX)).unwrap()
    } else {
        7
    };
    let goes_on = |runs| match long {
        _ if !is_long => runs < QUICK,
        Long::Runs(most) => runs < most,
        Long::Minutes(minutes) => begun.elapsed() < Duration::from_secs(60 * minutes),
    };
    let mut dice = Dice(seed);
    let mut runs = 0;
    while goes_on(runs) {
        let bytes = dice.nonsense(diet);
        let good = catch_unwind(|| holds(&bytes));
        assert!(matches!(good, Ok(true)), "seed {seed}, run {runs}: {:?}", String::from_utf8_lossy(&bytes));
        runs += 1;
    }
    println!("seed {seed}, {runs} runs");
}
