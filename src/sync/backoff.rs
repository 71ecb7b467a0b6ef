//! How long to wait before the next try: longer each time, and never for all clients at the same moment.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backoff {
    next: Duration,
    /// Changes with every use; where it starts is given, so that two programs started together do not stay together.
    jitter: u64,
}

impl Backoff {
    pub fn new(seed: u64) -> Self {
        Self { next: FIRST, jitter: seed | 1 }
    }

    /// The wait after one more failure.
    pub fn after_failure(&mut self) -> Duration {
        let base = self.next;
        self.next = (self.next * 2).min(LONGEST);
        self.spread(base)
    }

    /// A little more than this, and each time another little.
    pub fn spread(&mut self, base: Duration) -> Duration {
        self.jitter ^= self.jitter << 13;
        self.jitter ^= self.jitter >> 7;
        self.jitter ^= self.jitter << 17;
        let quarter = u64::try_from(base.as_millis() / 4).unwrap_or(0).max(1);
        base + Duration::from_millis(self.jitter % quarter)
    }

    /// Something worked.
    pub fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes_and_start_again() {
        let mut backoff = Backoff::new(7);
        let waits: Vec<Duration> = (0..12).map(|_| backoff.after_failure()).collect();
        assert!(waits[0] >= FIRST && waits[0] < Duration::from_millis(1250));
        assert!(waits.iter().zip(waits.iter().skip(1)).take(8).all(|(a, b)| a < b));
        assert!(waits[11] >= LONGEST && waits[11] < LONGEST + Duration::from_secs(75));
        backoff.reset();
        assert!(backoff.after_failure() < Duration::from_millis(1250));
    }
}
