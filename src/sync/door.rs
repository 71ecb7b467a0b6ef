//! One door for all logins of an account. A secret that one server of it has just refused is no better at the other: whoever
//! tries it there and then again here gets the account locked.

use std::time::{Duration, Instant};

use crate::model::{Failure, FailureKind, Retry, Secret};

/// For a server that asks for patience, and for one that may have meant that.
const LEFT_ALONE: Duration = Duration::from_mins(15);
/// After so many refusals in a row that leave it open what is wrong, only the user has another try.
const REFUSALS: u32 = 3;

/// Shared by everybody who logs in for the account.
#[derive(Clone, Default, Debug)]
pub struct Door {
    shut: Option<Shut>,
    /// Refusals in a row that may mean anything.
    doubtful: u32,
}

/// Why nobody should knock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shut {
    secret: Secret,
    pub failure: Failure,
    /// `None`: until there is another secret, or the user wants another try.
    pub until: Option<Instant>,
}

impl Door {
    /// Why this secret is better not tried now.
    pub fn shut_for(&self, secret: &Secret, now: Instant) -> Option<&Shut> {
        // A token is another one each time, and the refusal is the same.
        let same = |shut: &&Shut| shut.secret == *secret || (shut.secret.is_token() && secret.is_token());
        self.shut.as_ref().filter(same).filter(|shut| shut.until.is_none_or(|until| now < until))
    }

    /// A login came to this. What has nothing to do with logins changes nothing.
    pub fn refused(&mut self, secret: &Secret, failure: &Failure, now: Instant) {
        let about_it = matches!(
            failure.kind,
            FailureKind::Login | FailureKind::NoSecret | FailureKind::Mistrusted | FailureKind::Throttled
        );
        if !about_it {
            return;
        }
        let until = match failure.retry {
            Retry::AfterUser => None,
            Retry::Doubtful => {
                self.doubtful = self.doubtful.saturating_add(1);
                (self.doubtful < REFUSALS).then(|| now + LEFT_ALONE)
            }
            Retry::Patience | Retry::Later => Some(now + LEFT_ALONE),
        };
        self.shut = Some(Shut { secret: secret.clone(), failure: failure.clone(), until });
    }

    /// Somebody was let in.
    pub fn let_in(&mut self) {
        *self = Self::default();
    }

    /// The user wants another try.
    pub fn knock(&mut self) {
        self.shut = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::clock;

    #[test]
    fn n07_a_secret_that_was_refused_at_one_server_is_not_tried_at_the_other() {
        let now = clock::instant();
        let (secret, other) = (Secret::new("a".into()), Secret::new("b".into()));
        let mut door = Door::default();
        door.refused(&secret, &Failure::passing(FailureKind::Dropped, "", ""), now);
        assert!(door.shut_for(&secret, now).is_none(), "a line that breaks says nothing about the secret");
        door.refused(&secret, &Failure::lasting(FailureKind::Login, "", ""), now);
        assert_eq!(door.shut_for(&secret, now + Duration::from_hours(99)).map(|shut| shut.until), Some(None));
        assert!(door.shut_for(&other, now).is_none());
        door.knock();
        assert!(door.shut_for(&secret, now).is_none());
    }

    #[test]
    fn n07_what_may_mean_anything_is_tried_three_times_in_all() {
        let secret = Secret::new("a".into());
        let doubtful = Failure { retry: Retry::Doubtful, ..Failure::lasting(FailureKind::Login, "", "") };
        let (mut door, mut now, mut tries) = (Door::default(), clock::instant(), 0);
        for _ in 0..100 {
            if door.shut_for(&secret, now).is_none() {
                tries += 1;
                door.refused(&secret, &doubtful, now);
            }
            now += Duration::from_mins(5);
        }
        assert_eq!(tries, 3);
        door.let_in();
        assert!(door.shut_for(&secret, now).is_none());
    }
}
