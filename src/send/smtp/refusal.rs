//! What a refusal of the server means for us. Its words are looked up in the table of remedies; what stands here is for
//! which question they count.

use super::reply::Reply;
use crate::model::{Failure, FailureKind, Retry};
use crate::remedy::{self, Policy, Protocol};
use crate::text::SafeText;

/// One recipient is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// In the server's own words, with the code.
    pub said: SafeText,
    /// It is no use to try again.
    pub for_good: bool,
    /// The same as a failure, with what helps.
    pub failure: Failure,
}

impl Refusal {
    pub(super) fn of(reply: &Reply, host: &str) -> Self {
        let failure = of_mail(reply, host);
        Self { said: failure.said.clone(), for_good: failure.retry == Retry::AfterUser, failure }
    }

    /// Nobody was asked.
    pub(super) fn before(failure: &Failure) -> Self {
        Self { said: failure.said.clone(), for_good: true, failure: failure.clone() }
    }
}

/// What was refused is about this message, or about whoever sends it.
pub(super) fn of_mail(reply: &Reply, host: &str) -> Failure {
    let said = reply.said();
    let otherwise = match reply.code {
        // It wants a login, and we had none to give.
        530 => Failure::lasting(FailureKind::Login, host, &said),
        500..=599 => Failure::lasting(FailureKind::Refused, host, &said),
        _ => Failure::passing(FailureKind::Refused, host, &said),
    };
    known(reply, otherwise, |_| true)
}

/// Words of a server that does not let us in.
pub(super) fn at_the_door(reply: &Reply, host: &str) -> Failure {
    let said = reply.said();
    let otherwise = if reply.for_good() {
        Failure::lasting(FailureKind::Refused, host, &said)
    } else {
        Failure::passing(FailureKind::Throttled, host, &said)
    };
    known(reply, otherwise, |policy| policy != Policy::Message)
}

/// Something is broken over there, so that nobody has looked at the secret.
const A_BAD_MOMENT: [u16; 2] = [451, 454];

/// Whatever the words are, the same login is not tried again soon unless the server says that it is about something else.
pub(super) fn of_a_login(reply: &Reply, host: &str) -> Failure {
    let said = reply.said();
    let otherwise = if reply.for_good() {
        Failure::lasting(FailureKind::Login, host, &said)
    } else if A_BAD_MOMENT.contains(&reply.code) {
        Failure::passing(FailureKind::Refused, host, &said)
    } else {
        Failure { retry: Retry::Patience, ..Failure::passing(FailureKind::Throttled, host, &said) }
    };
    known(reply, otherwise, |policy| policy != Policy::Message)
}

fn known(reply: &Reply, otherwise: Failure, counts: impl Fn(Policy) -> bool) -> Failure {
    match remedy::of(Protocol::Smtp, &reply.raw()).filter(|remedy| counts(remedy.policy)) {
        Some(remedy) => {
            let failure = remedy.failure(otherwise.about.as_str(), otherwise.said.as_str());
            // What is refused for now is not given up, whatever else the words mean.
            let passing = !reply.for_good() && failure.retry == Retry::AfterUser && remedy.policy == Policy::Message;
            Failure { retry: if passing { Retry::Later } else { failure.retry }, ..failure }
        }
        None => otherwise,
    }
}
