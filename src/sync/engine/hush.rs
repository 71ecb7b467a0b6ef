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
