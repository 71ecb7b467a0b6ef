//! One door for all logins of an account, with the word of each of its servers. A secret that one of them has just refused is
//! mostly no better at the other: whoever tries it there and then again here gets the account locked. What a server has let
//! in it has let in, whatever the other one says; and that one does not take back what the other has refused.

use std::time::{Duration, Instant};

use crate::model::{Failure, FailureKind, Retry, Secret};

/// For a server that asks for patience, and for one that may have meant that.
const LEFT_ALONE: Duration = Duration::from_mins(15);
/// After so many refusals in a row that leave it open what is wrong, only the user has another try.
const REFUSALS: u32 = 3;

/// Which of the account's servers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    Mailbox,
    Sending,
}

/// Shared by everybody who logs in for the account.
#[derive(Clone, Default, Debug)]
pub struct Door {
    mailbox: Side,
    sending: Side,
}

/// What one server has said.
#[derive(Clone, Default, Debug)]
struct Side {
    shut: Option<Shut>,
    /// Refusals in a row that may mean anything.
    doubtful: u32,
    /// With what it let us in last.
    worked: Option<Secret>,
}

/// Why nobody should knock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shut {
    secret: Secret,
    since: Instant,
    pub failure: Failure,
    /// `None`: until there is another secret, or the user wants another try.
    pub until: Option<Instant>,
}

/// A token is another one each time, and the answer to it is the same.
fn same(one: &Secret, other: &Secret) -> bool {
    one == other || (one.is_token() && other.is_token())
}

impl Side {
    fn shut_for(&self, secret: &Secret, now: Instant) -> Option<&Shut> {
        let holds = |shut: &&Shut| same(&shut.secret, secret) && shut.until.is_none_or(|until| now < until);
        self.shut.as_ref().filter(holds)
    }

    fn knows(&self, secret: &Secret) -> bool {
        self.worked.as_ref().is_some_and(|worked| same(worked, secret))
    }
}

impl Door {
    fn sides(&mut self, at: At) -> (&mut Side, &mut Side) {
        match at {
            At::Mailbox => (&mut self.mailbox, &mut self.sending),
            At::Sending => (&mut self.sending, &mut self.mailbox),
        }
    }

    /// Why this secret is better not tried there now.
    pub fn shut_for(&self, at: At, secret: &Secret, now: Instant) -> Option<Shut> {
        let (own, elsewhere) = match at {
            At::Mailbox => (&self.mailbox, self.elsewhere(at, secret, now)),
            At::Sending => (&self.sending, self.elsewhere(at, secret, now)),
        };
        own.shut_for(secret, now).cloned().or(elsewhere)
    }

    /// The same, by what the account's other server has said.
    pub fn elsewhere(&self, at: At, secret: &Secret, now: Instant) -> Option<Shut> {
        match at {
            At::Mailbox if self.mailbox.knows(secret) => None,
            // An account may be good for reading alone: for the rest, one try of its own is worth it after a while.
            At::Mailbox => {
                let shut = self.sending.shut_for(secret, now)?;
                let longest = shut.since + LEFT_ALONE;
                let until = shut.until.map_or(longest, |until| until.min(longest));
                (now < until).then(|| Shut { until: Some(until), ..shut.clone() })
            }
            At::Sending if self.sending.knows(secret) => None,
            At::Sending => self.mailbox.shut_for(secret, now).cloned(),
        }
    }

    /// A login came to this. What has nothing to do with logins changes nothing.
    pub fn refused(&mut self, at: At, secret: &Secret, failure: &Failure, now: Instant) {
        let about_it = matches!(
            failure.kind,
            FailureKind::Login | FailureKind::NoSecret | FailureKind::Mistrusted | FailureKind::Throttled
        );
        if !about_it {
            return;
        }
        let (own, other) = self.sides(at);
        let until = match failure.retry {
            Retry::AfterUser => None,
            Retry::Doubtful => {
                own.doubtful = own.doubtful.saturating_add(1);
                // Where it has never been good, it is counted who refused it in all.
                let in_all = own.doubtful.saturating_add(if own.knows(secret) { 0 } else { other.doubtful });
                (in_all < REFUSALS).then(|| now + LEFT_ALONE)
            }
            Retry::Patience | Retry::Later => Some(now + LEFT_ALONE),
        };
        own.shut = Some(Shut { secret: secret.clone(), since: now, failure: failure.clone(), until });
    }

    /// Somebody was let in there. What the other server says it says for itself.
    pub fn let_in(&mut self, at: At, secret: &Secret) {
        *self.sides(at).0 = Side { worked: Some(secret.clone()), ..Side::default() };
    }

    /// The user wants another try.
    pub fn knock(&mut self) {
        self.mailbox.shut = None;
        self.sending.shut = None;
    }
}

#[cfg(test)]
mod tests;
