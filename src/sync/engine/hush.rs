//! Connections die: whoever is idle is hung up on, and a second login ends the first. That is no trouble for anybody before
//! it turns out that there is no new one.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Failure, FailureKind, Retry};

/// For so long a new connection may be on its way without a word.
const AWHILE: Duration = Duration::from_secs(5);

#[derive(Default, Debug)]
pub(super) struct Hush {
    /// The present connection had come so far that there was nothing left to do.
    pub(super) rested: bool,
    until: Option<Instant>,
}

impl Hush {
    /// True if nobody is told of the end of a connection, because the next try comes soon. It is told if that fails, too.
    pub(super) fn begins(&mut self, failure: &Failure, wait: Option<Duration>) -> bool {
        let of_the_line = matches!(failure.kind, FailureKind::Dropped | FailureKind::TimedOut);
        let soon = failure.retry == Retry::Later && wait.is_some_and(|wait| wait < AWHILE);
        let begins = std::mem::take(&mut self.rested) && of_the_line && soon;
        self.until = begins.then(|| Instant::now() + AWHILE);
        begins
    }

    pub(super) fn is_on(&self) -> bool {
        self.until.is_some()
    }

    pub(super) fn end(&mut self) {
        self.until = None;
    }

    /// Tells when it has taken too long.
    pub(super) async fn broken(&self, tell: impl FnOnce()) -> Infallible {
        if let Some(until) = self.until {
            tokio::time::sleep_until(until).await;
            tell();
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_what_was_well_and_is_soon_tried_again_goes_unsaid() {
        let dropped = Failure::passing(FailureKind::Dropped, "", "");
        let soon = Some(Duration::from_secs(1));
        for (rested, failure, wait, unsaid) in [
            (true, dropped.clone(), soon, true),
            (true, Failure::passing(FailureKind::TimedOut, "", ""), soon, true),
            (false, dropped.clone(), soon, false),
            (true, dropped.clone(), Some(AWHILE), false),
            (true, dropped.clone(), None, false),
            (true, Failure::passing(FailureKind::Protocol, "", ""), soon, false),
            (true, Failure::lasting(FailureKind::Dropped, "", ""), soon, false),
        ] {
            let mut hush = Hush { rested, until: None };
            assert_eq!(hush.begins(&failure, wait), unsaid, "{rested} {failure:?} {wait:?}");
            assert_eq!(hush.is_on(), unsaid);
            // The next failure is told, whatever it is.
            assert!(!hush.begins(&failure, wait));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_broken_when_it_takes_too_long() {
        let mut hush = Hush { rested: true, until: None };
        hush.begins(&Failure::passing(FailureKind::Dropped, "", ""), Some(Duration::from_secs(1)));
        let mut told = false;
        let in_time = tokio::time::timeout(Duration::from_millis(4_900), hush.broken(|| told = true)).await;
        assert!(in_time.is_err() && !told);
        let late = tokio::time::timeout(Duration::from_secs(1), hush.broken(|| told = true)).await;
        assert!(late.is_err() && told);
        hush.end();
        let mut told = false;
        let never = tokio::time::timeout(Duration::from_mins(9), hush.broken(|| told = true)).await;
        assert!(never.is_err() && !told);
    }
}
