//! What a refusal of the server means for us. Its words are looked up in the table of remedies; what stands here is for
//! which question they count.

use super::said::State;
use crate::model::{Failure, FailureKind, Retry};
use crate::remedy::{self, Policy, Protocol, Remedy};

fn known(state: &State) -> Option<&'static Remedy> {
    remedy::of(Protocol::Imap, state.whole().as_bytes())
}

/// True if it is known what the words mean.
pub(super) fn is_known(state: &State) -> bool {
    known(state).is_some()
}

/// True if it is known that the words are about who logs in: the secret, the account, or how often it was tried.
pub(super) fn is_about_us(state: &State) -> bool {
    known(state).is_some_and(about_us)
}

fn about_us(remedy: &Remedy) -> bool {
    remedy.policy.retry() != Retry::Later && remedy.policy != Policy::Message
}

/// A NO or BAD to anything but a login.
pub(super) fn of_a_command(state: &State, host: &str) -> Failure {
    let refused = Failure::passing(FailureKind::Refused, host, &state.words());
    let Some(remedy) = known(state) else { return refused };
    match remedy.policy {
        Policy::Ask | Policy::Doubtful | Policy::Patience | Policy::Identify => remedy.failure(host, &state.words()),
        // About one folder or message: the connection is as good as before.
        Policy::Message | Policy::Handled | Policy::Later | Policy::Network => {
            Failure { remedy: Some(&remedy.id), ..refused }
        }
    }
}

/// A NO or BAD to a login. Whatever the words are, it is not tried again soon.
pub(super) fn of_a_login(state: &State, host: &str) -> Failure {
    let refused = Failure::lasting(FailureKind::Login, host, &state.words());
    at_the_door(&state.whole(), refused)
}

/// Words of a server that does not let us in, or throws us out. `otherwise`: if they are not known.
pub(super) fn at_the_door(words: &str, otherwise: Failure) -> Failure {
    match remedy::of(Protocol::Imap, words.as_bytes()).filter(|remedy| about_us(remedy)) {
        Some(remedy) => remedy.failure(otherwise.about.as_str(), otherwise.said.as_str()),
        None => otherwise,
    }
}

/// The server has nothing to hand out of what was asked for, and that may be otherwise in an hour: no word about whether
/// the messages are still there.
pub(super) fn hands_nothing_out(state: &State) -> Option<&'static Remedy> {
    known(state).filter(|remedy| remedy.policy == Policy::Handled && remedy.kind == FailureKind::Gone)
}

/// A bad moment, and no word about what was wanted.
pub(super) fn is_a_bad_moment(state: &State) -> bool {
    known(state).is_some_and(|remedy| matches!(remedy.policy, Policy::Patience | Policy::Handled | Policy::Later))
}

/// A message is not put into a folder because the server has done it by itself: nothing is missing.
pub(super) fn says_it_keeps_it(state: &State) -> bool {
    known(state).is_some_and(|remedy| remedy.id == "saved-by-smtp")
}
