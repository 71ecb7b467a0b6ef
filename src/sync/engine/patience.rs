//! How long a server is left alone after a failure. Servers count logins, and lock out whoever makes too many.

use std::time::Duration;

use crate::model::{Failure, FailureKind, Retry};
use crate::sync::Backoff;

/// A connection that lasted so long has earned a quick new one. Those that end sooner cost a login each, however far they
/// came.
const WENT_WELL: Duration = Duration::from_mins(2);
/// For a server that asks for patience.
const THROTTLED: Duration = Duration::from_mins(15);

/// `lasted`: for how long there was a connection, if there was one. `None`: until the user wants another try.
pub(super) fn wait_after(failure: &Failure, lasted: Option<Duration>, backoff: &mut Backoff) -> Option<Duration> {
    if lasted.is_some_and(|lasted| lasted >= WENT_WELL) {
        backoff.reset();
    }
    match (failure.retry, failure.kind) {
        (Retry::AfterUser, _) => None,
        (Retry::Later, FailureKind::Throttled) => Some(THROTTLED + backoff.after_failure()),
        (Retry::Later, _) => Some(backoff.after_failure()),
    }
}

/// Another network may mend it: not what the server itself has said about the login.
pub(super) fn may_hurry(failure: &Failure) -> bool {
    failure.retry == Retry::Later && failure.kind != FailureKind::Throttled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n06_a_server_that_ends_every_connection_soon_is_asked_ever_more_seldom() {
        let mut backoff = Backoff::new(7);
        let dropped = Failure::passing(FailureKind::Dropped, "", "");
        let mut day = Duration::ZERO;
        let mut logins = 0;
        while day < Duration::from_hours(24) {
            let soon = Duration::from_secs(1);
            day += soon + wait_after(&dropped, Some(soon), &mut backoff).unwrap();
            logins += 1;
        }
        assert!(logins < 300, "{logins} in a day");
        assert!(wait_after(&dropped, Some(Duration::from_mins(10)), &mut backoff).unwrap() < Duration::from_secs(2));
    }

    #[test]
    fn n07_whoever_asks_for_patience_gets_it_and_a_refusal_stands() {
        let mut backoff = Backoff::new(7);
        let throttled = Failure::passing(FailureKind::Throttled, "", "");
        let refused = Failure::lasting(FailureKind::Login, "", "");
        assert!(wait_after(&throttled, None, &mut backoff).unwrap() > THROTTLED);
        assert_eq!(wait_after(&refused, None, &mut backoff), None);
        assert!(!may_hurry(&throttled) && !may_hurry(&refused));
        assert!(may_hurry(&Failure::passing(FailureKind::Portal, "", "")));
    }
}
