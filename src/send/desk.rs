//! All that is to be done for the outbox of one account, a round at a time: send what is due, see to the copies, and say
//! when to come back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::copy::{SentFolder, see_to_copies};
use super::drain::{Books, Told, drain};
use super::outbox::{self, Habits, Step};
use super::smtp::Session;
use crate::config::Account;
use crate::model::{
    AccountId, Answering, Failure, FailureKind, Flags, Intent, Outgoing, OutgoingId, Retry, Sending, Timestamp, clock,
};
use crate::store::{MailWriter, OwnReader, OwnWriter, Reader, Store, StoreError};
use crate::sync::{Backoff, Way};

/// The letters of an account as own.db keeps them.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub account: String,
    pub id: AccountId,
    pub profile: PathBuf,
    pub own: OwnWriter,
    pub mail: MailWriter,
}

fn stored<T>(result: Result<T, StoreError>) -> Result<T, Failure> {
    result.map_err(|error| error.failure())
}

impl Ledger {
    fn reader(&self) -> Result<Option<OwnReader>, Failure> {
        stored(OwnReader::open(&self.profile))
    }

    /// The message that a letter is about was answered or passed on, wherever it lies. Should it not be noted, the letter
    /// goes all the same.
    async fn note_answered(&self, letter: OutgoingId) -> Result<(), Failure> {
        let Some((what, message_id)) = self.reader()?.and_then(|own| own.about(letter).ok()).flatten() else {
            return Ok(());
        };
        let Some(add) = flag_of(what).filter(|_| !message_id.is_empty()) else { return Ok(()) };
        let placements = placements(&self.profile, self.id, &message_id)?;
        if placements.is_empty() {
            return Ok(());
        }
        let intent = Intent::Flag { placements, add, remove: Flags::NONE };
        stored(Store::record(&self.own, &self.mail, intent).await)
    }
}

fn placements(profile: &Path, account: AccountId, message_id: &str) -> Result<Vec<crate::model::PlacementId>, Failure> {
    stored(stored(Reader::open(profile))?.placements_of(account, message_id))
}

/// What the message looks like that was answered so.
fn flag_of(what: Answering) -> Option<Flags> {
    match what {
        Answering::Reply
        | Answering::ReplyAll
        | Answering::ReplyList
        | Answering::Accept
        | Answering::Tentative
        | Answering::Decline => Some(Flags::ANSWERED),
        Answering::Forward | Answering::ForwardAttached | Answering::Bounce => Some(Flags::FORWARDED),
        Answering::AsNew => None,
    }
}

impl Books for Ledger {
    fn letters(&self) -> Result<Vec<Outgoing>, Failure> {
        self.reader()?.map_or_else(|| Ok(Vec::new()), |own| stored(own.outbox(Some(&self.account))))
    }

    fn bytes(&self, letter: OutgoingId) -> Result<Vec<u8>, Failure> {
        let gone = || Failure::lasting(FailureKind::Gone, "outgoing", "");
        stored(self.reader()?.ok_or_else(gone)?.letter(letter))
    }

    async fn step(&self, was: Sending, now: &Outgoing) -> Result<bool, Failure> {
        if now.state == Sending::Sent && was != Sending::Sent {
            // With the letter goes what it was about.
            let _ = self.note_answered(now.id).await;
        }
        stored(self.own.step(was, now.clone()).await)
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }
}

/// Who sends for one account.
#[derive(Debug)]
pub struct Desk {
    pub account: Account,
    /// Where the secret comes from, and the door that is shared with whoever fetches mail.
    pub way: Way,
    pub ledger: Ledger,
    backoff: Backoff,
    /// Nothing is tried before, whatever waits.
    not_before: Option<Timestamp>,
}

/// What a round has come to.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Round {
    pub sent: usize,
    /// Why letters wait that could go, if they do.
    pub failure: Option<Failure>,
    /// Why copies are missing.
    pub copies: Option<Failure>,
    /// When to make the next round; `None`: when something is queued, or the user says something.
    pub next: Option<Timestamp>,
}

/// A server that asks for patience is not asked again sooner.
const PATIENCE: Duration = Duration::from_mins(15);

fn asks_for_patience(failure: &Failure) -> bool {
    failure.kind == FailureKind::Throttled || matches!(failure.retry, Retry::Patience | Retry::Doubtful)
}

impl Desk {
    pub fn new(account: Account, way: Way, ledger: Ledger) -> Self {
        let seed = ledger.id.0.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self { account, way, ledger, backoff: Backoff::new(seed), not_before: None }
    }

    /// The user wants another try, there is another secret, or the network is another one.
    pub fn try_again(&mut self, by_the_user: bool) {
        self.not_before = None;
        self.backoff.reset();
        if by_the_user {
            self.way.door.send_modify(crate::sync::Door::knock);
        }
    }

    /// Sends what is due, then sees to the copies.
    pub async fn round(&mut self, sent: &mut impl SentFolder, told: impl FnMut(Told)) -> Result<Round, Failure> {
        let mut round = self.send(told).await?;
        let copies = see_to_copies(&self.ledger, sent, &Habits::of(&self.account)).await?;
        round.copies = copies.failure;
        round.next = round.next.into_iter().chain(copies.next).min();
        Ok(round)
    }

    /// Sends what is due.
    pub async fn send(&mut self, told: impl FnMut(Told)) -> Result<Round, Failure> {
        let mut round = Round::default();
        let now = clock::now();
        match outbox::next(&self.ledger.letters()?, now) {
            Step::Rest => return Ok(round),
            Step::Wait(at) => {
                round.next = Some(at);
                return Ok(round);
            }
            Step::Send(_) => {}
        }
        if let Some(at) = self.not_before.filter(|at| now < *at) {
            round.next = Some(at).filter(|at| at.0 < i64::MAX);
            return Ok(round);
        }
        let tried = self.connect_and_drain(told).await?;
        round.sent = tried.0;
        if let Some(failure) = tried.1 {
            let wait = self.wait_after(&failure);
            self.not_before = wait.map(|wait| now.plus(wait));
            round.next = self.not_before;
            if wait.is_none() {
                // It stays where it is until the user has done something about it.
                self.not_before = Some(Timestamp(i64::MAX));
            }
            self.note(&failure).await?;
            round.failure = Some(failure);
            return Ok(round);
        }
        self.backoff.reset();
        if let Step::Wait(at) = outbox::next(&self.ledger.letters()?, clock::now()) {
            round.next = Some(at);
        }
        Ok(round)
    }

    async fn connect_and_drain(&self, told: impl FnMut(Told)) -> Result<(usize, Option<Failure>), Failure> {
        let secret = match self.way.present_secret().await {
            Ok(secret) => secret,
            Err(failure) => return Ok((0, Some(failure))),
        };
        let shut = self.way.door.borrow().shut_for(&secret, clock::instant()).map(|shut| shut.failure.clone());
        if let Some(failure) = shut {
            return Ok((0, Some(failure)));
        }
        match Session::open(&self.account, &self.way.dialer, &secret).await {
            Ok(session) => {
                self.way.door.send_modify(crate::sync::Door::let_in);
                let drained = drain(&self.ledger, session, &Habits::of(&self.account), told).await?;
                Ok((drained.sent, drained.failure))
            }
            Err(failure) => {
                self.way.door.send_modify(|door| door.refused(&secret, &failure, clock::instant()));
                Ok((0, Some(failure)))
            }
        }
    }

    /// Seconds; `None`: until the user does something.
    fn wait_after(&mut self, failure: &Failure) -> Option<u64> {
        let shut = self.way.door.borrow();
        let secret = self.way.secret.borrow();
        let until = shut.shut_for(&secret, clock::instant()).map(|shut| shut.until);
        match until {
            Some(None) => None,
            Some(Some(until)) => Some(until.saturating_duration_since(clock::instant()).as_secs().max(1)),
            None if failure.retry == Retry::AfterUser => None,
            None => {
                let soon = self.backoff.after_failure();
                Some(if asks_for_patience(failure) { PATIENCE + soon } else { soon }.as_secs().max(1))
            }
        }
    }

    /// Each letter that could go tells why it waits.
    async fn note(&self, failure: &Failure) -> Result<(), Failure> {
        let now = clock::now();
        let letters = self.ledger.letters()?;
        let due = |letter: &&Outgoing| letter.state == Sending::Queued && letter.hold_until <= now;
        for letter in letters.iter().filter(due).filter(|letter| letter.failure.as_ref() != Some(failure)) {
            self.ledger.step(Sending::Queued, &outbox::put_off(letter, failure, letter.hold_until)).await?;
        }
        Ok(())
    }
}
