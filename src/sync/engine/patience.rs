//! How long a server is left alone after a failure. Servers count logins, and lock out whoever makes too many.

use std::time::{Duration, Instant};

use super::Engine;
use super::orders::Orders;
use crate::model::{Failure, FailureKind, Retry, Secret, Timestamp, clock};
use crate::sync::{At, Backoff};

/// A connection that lasted so long has earned a quick new one. Those that end sooner cost a login each, however far they
/// came.
const WENT_WELL: Duration = Duration::from_mins(2);
/// Seconds between two tries that another network has brought forward: routes may flap, and each try is a login.
const NEXT_HURRY: u64 = 60;
/// For a server that asks for patience, and for one that may have meant that.
pub(super) const THROTTLED: Duration = Duration::from_mins(15);
/// After so many refusals in a row that leave it open what is wrong, only the user has another try.
const REFUSALS: u32 = 3;

/// Logins that were refused in a row, by a server that does not say whether it is the secret or only too often.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Refusals(u32);

/// A login that was refused before the program began.
#[derive(Clone, Debug)]
pub struct Earlier {
    pub failure: Failure,
    /// In a row.
    pub times: u32,
    /// How long it is until that is forgotten.
    pub left: Duration,
}

impl Earlier {
    /// `None`: until the user wants another try.
    pub(super) fn wait(&self) -> Option<Duration> {
        let parked = match self.failure.retry {
            Retry::AfterUser => true,
            Retry::Doubtful => self.times >= REFUSALS,
            Retry::Patience | Retry::Later => false,
        };
        (!parked).then_some(self.left)
    }

    pub(super) fn refusals(&self) -> Refusals {
        Refusals(if self.failure.retry == Retry::Doubtful { self.times } else { 0 })
    }
}

impl Refusals {
    /// It let us in.
    pub(super) fn forget(&mut self) {
        self.0 = 0;
    }

    /// One more. True if that was enough.
    fn count(&mut self) -> bool {
        self.0 = self.0.saturating_add(1);
        self.0 >= REFUSALS
    }
}

/// `lasted`: for how long there was a connection, if there was one. `None`: until the user wants another try.
pub(super) fn wait_after(
    failure: &Failure,
    lasted: Option<Duration>,
    backoff: &mut Backoff,
    refusals: &mut Refusals,
) -> Option<Duration> {
    if lasted.is_some_and(|lasted| lasted >= WENT_WELL) {
        backoff.reset();
    }
    match (failure.retry, failure.kind) {
        (Retry::AfterUser, _) => None,
        (Retry::Doubtful, _) if refusals.count() => None,
        (Retry::Doubtful | Retry::Patience, _) | (Retry::Later, FailureKind::Throttled) => {
            Some(backoff.spread(THROTTLED) + backoff.after_failure())
        }
        (Retry::Later, _) => Some(backoff.after_failure()),
    }
}

/// Another network may mend it: not what the server itself has said about the login.
pub(super) fn may_hurry(failure: &Failure) -> bool {
    failure.retry == Retry::Later && failure.kind != FailureKind::Throttled
}

/// When another network was last a reason not to wait. By the wall clock, which goes on while the machine sleeps.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Hurries(Option<Timestamp>);

impl Hurries {
    /// How long it is until the next one is allowed.
    pub(super) fn next_in(self, now: Timestamp) -> Duration {
        // A clock that was set back allows it.
        let since = self.0.filter(|last| *last <= now).map_or(NEXT_HURRY, |last| now.since(last));
        Duration::from_secs(NEXT_HURRY.saturating_sub(since))
    }

    /// True, and counted, if one is allowed now.
    pub(super) fn take(&mut self, now: Timestamp) -> bool {
        let allowed = self.next_in(now).is_zero();
        if allowed {
            self.0 = Some(now);
        }
        allowed
    }
}

/// A refusal by the server itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused<'a> {
    pub(super) failure: &'a Failure,
    pub(super) secret: &'a Secret,
    /// The user's next try waits until then.
    pub(super) not_before: Option<tokio::time::Instant>,
}

/// Between two tries of a refused login that the user asks for.
pub const NEXT_TRY: Duration = Duration::from_mins(1);

/// The time by which doors open and shut.
pub(super) fn on_the_clock() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl Engine {
    /// The account's other server has just refused this secret, and this one has never taken it.
    pub(super) fn refused_elsewhere(&self, secret: &Secret) -> Option<Failure> {
        let shut = self.way.door.borrow().elsewhere(At::Mailbox, secret, on_the_clock())?;
        Some(Failure { retry: Retry::Patience, ..shut.failure })
    }

    /// Waits for the time of the next try, or until the user wants one now, or, with `hurries`, until the network is
    /// another one and one more hurry is allowed. False if it is over. Work that came up meanwhile waits: it is no reason to
    /// knock at a closed door.
    pub(super) async fn pause(
        &mut self,
        wait: Option<Duration>,
        mut hurries: Option<&mut Hurries>,
        refused: Option<Refused<'_>>,
        orders: &mut Orders,
    ) -> bool {
        let mut until = wait.map(|wait| tokio::time::Instant::now() + wait);
        loop {
            // A move is not forgotten because it came too soon after another one.
            let moved = hurries.as_deref_mut().filter(|_| orders.check);
            let soon = moved.map(|hurries| tokio::time::Instant::now() + hurries.next_in(clock::now()));
            let due = async {
                match until.into_iter().chain(soon).min() {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => {
                    if orders.check && let Some(hurries) = hurries {
                        hurries.take(clock::now());
                    }
                    orders.check = false;
                    return true;
                }
                order = self.orders.recv() => orders.note(order),
            }
            orders.drop_errands();
            if let Some(refused) = &refused {
                // A timetable that asks is no reason to try what was just refused.
                orders.hear(refused.failure);
                let soon = refused.not_before.filter(|at| *at > tokio::time::Instant::now());
                if let Some(soon) =
                    soon.filter(|_| orders.wake && !orders.stop && *self.way.secret.borrow() == *refused.secret)
                {
                    // Neither is a key that is held down: it counts, in its time.
                    until = Some(until.map_or(soon, |until| until.min(soon)));
                    continue;
                }
            }
            if orders.stop || orders.wake {
                orders.check = false;
                return !orders.stop;
            }
        }
    }
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
        let mut none = Refusals::default();
        while day < Duration::from_hours(24) {
            let soon = Duration::from_secs(1);
            day += soon + wait_after(&dropped, Some(soon), &mut backoff, &mut none).unwrap();
            logins += 1;
        }
        assert!(logins < 300, "{logins} in a day");
        let well = Some(Duration::from_mins(10));
        assert!(wait_after(&dropped, well, &mut backoff, &mut none).unwrap() < Duration::from_secs(2));
    }

    #[test]
    fn n06_another_network_is_a_reason_to_hurry_once_a_minute() {
        let mut hurries = Hurries::default();
        let at = |second| Timestamp(1_000 + second);
        let taken: Vec<i64> = (0..300).filter(|second| hurries.take(at(*second))).collect();
        assert_eq!(taken, [0, 60, 120, 180, 240]);
        assert_eq!(hurries.next_in(at(250)), Duration::from_secs(50));
        assert_eq!(hurries.next_in(at(9_000)), Duration::ZERO, "it slept");
        assert!(hurries.take(at(-500)), "the clock was set back");
    }

    #[test]
    fn n07_whoever_asks_for_patience_gets_it_and_a_refusal_stands() {
        let mut backoff = Backoff::new(7);
        let mut none = Refusals::default();
        let throttled = Failure::passing(FailureKind::Throttled, "", "");
        let busy = Failure { retry: Retry::Patience, ..throttled.clone() };
        let refused = Failure::lasting(FailureKind::Login, "", "");
        for patient in [&throttled, &busy] {
            for _ in 0..20 {
                assert!(wait_after(patient, None, &mut backoff, &mut none).unwrap() > THROTTLED);
            }
        }
        assert_eq!(wait_after(&refused, None, &mut backoff, &mut none), None);
        assert!(!may_hurry(&throttled) && !may_hurry(&busy) && !may_hurry(&refused));
        assert!(may_hurry(&Failure::passing(FailureKind::Portal, "", "")));
    }

    #[test]
    fn n07_a_refusal_that_may_mean_anything_is_taken_three_times() {
        let (mut backoff, mut refusals) = (Backoff::new(7), Refusals::default());
        let doubtful = Failure { retry: Retry::Doubtful, ..Failure::lasting(FailureKind::Login, "", "") };
        let dropped = Failure::passing(FailureKind::Dropped, "", "");
        let mut wait = |failure: &Failure, refusals: &mut Refusals| wait_after(failure, None, &mut backoff, refusals);
        let first = wait(&doubtful, &mut refusals).unwrap();
        // A line that breaks in between says nothing about the secret.
        assert!(wait(&dropped, &mut refusals).is_some());
        let second = wait(&doubtful, &mut refusals).unwrap();
        assert!(first >= THROTTLED && second >= THROTTLED && first != second, "{first:?} {second:?}");
        assert_eq!(wait(&doubtful, &mut refusals), None);
        // The user had another try.
        assert_eq!(wait(&doubtful, &mut refusals), None);
        refusals.forget();
        assert!(wait(&doubtful, &mut refusals).is_some());
        assert!(!may_hurry(&doubtful));
    }
}
