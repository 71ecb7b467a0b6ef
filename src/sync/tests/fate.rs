//! What happens to a program, by dice: the same seed, the same fate.

use std::pin::Pin;
use std::task::{Context, Poll};

/// xorshift64*: the same seed, the same schedule.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % u64::try_from(below.max(1)).unwrap())
            .unwrap()
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }
}

/// Killed after so many turns: whatever was to be done next is not done.
pub(super) struct Killed<'a, F> {
    pub(super) work: Pin<&'a mut F>,
    pub(super) turns: usize,
}

impl<F: Future> Future for Killed<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.turns == 0 {
            return Poll::Ready(None);
        }
        self.turns -= 1;
        self.work.as_mut().poll(cx).map(Some)
    }
}
