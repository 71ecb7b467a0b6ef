//! All that is to be done for the outbox of one account, a round at a time: send what is due, see to the copies, and say
//! when to come back.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::copy::{SentFolder, see_to_copies};
use super::drain::{Books, Closing, Told, drain, put_right, settle};
use super::outbox::{self, Habits, Step};
use super::smtp::{Limits, Session};
use crate::config::Account;
use crate::model::{
    AccountId, Answering, Failure, FailureKind, Flags, Intent, Outgoing, OutgoingId, Retry, Sending, Takes, Timestamp,
    clock,
};
use crate::store::{MailWriter, OwnReader, OwnWrite, OwnWriter, Reader, Store, StoreError};
use crate::sync::{At, Backoff, Door, NEXT_TRY, Way};

/// The letters of an account as own.db keeps them.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub account: String,
    pub id: AccountId,
    pub profile: PathBuf,
    pub own: OwnWriter,
    pub mail: MailWriter,
    pub closing: watch::Receiver<Closing>,
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

    fn closing(&self) -> Closing {
        *self.closing.borrow()
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
    /// Nothing is tried before, whatever waits, and why.
    not_before: Option<(Timestamp, Failure)>,
    /// When the user last wanted, or is to get, another try.
    asked_for: Option<Timestamp>,
    /// What letters came to, where the disk did not take it.
    unwritten: Vec<Outgoing>,
    /// What another one left was put right.
    is_right: bool,
    /// What the server said last.
    takes: Option<Takes>,
    clock: fn() -> Timestamp,
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
/// Nor one that has a bad moment, whoever logs in.
const A_BAD_MOMENT: Duration = Duration::from_mins(1);
/// Until the user has done something about it.
const NEVER: Timestamp = Timestamp(i64::MAX);

fn instant() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn asks_for_patience(failure: &Failure) -> bool {
    failure.kind == FailureKind::Throttled || matches!(failure.retry, Retry::Patience | Retry::Doubtful)
}

impl Desk {
    pub fn new(account: Account, way: Way, ledger: Ledger) -> Self {
        let seed = ledger.id.0.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let backoff = Backoff::new(seed);
        let (not_before, asked_for, unwritten) = (None, None, Vec::new());
        Self {
            account,
            way,
            ledger,
            backoff,
            not_before,
            asked_for,
            unwritten,
            is_right: false,
            takes: None,
            clock: clock::now,
        }
    }

    /// By a clock that somebody else moves.
    #[cfg(test)]
    pub(crate) fn by(self, clock: fn() -> Timestamp) -> Self {
        Self { clock, ..self }
    }

    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// There is another secret, or the network is another one.
    pub fn try_again(&mut self) {
        self.not_before = None;
        self.backoff.reset();
    }

    /// The user wants another try. A login that was refused is not tried again at once each time: it counts, in its time.
    pub fn asked_again(&mut self) {
        self.way.door.send_modify(Door::knock);
        let now = self.now();
        // A clock that was set back keeps nobody waiting.
        self.asked_for = self.asked_for.filter(|asked| *asked <= now.plus(NEXT_TRY.as_secs()));
        let soonest = self.asked_for.filter(|last| *last <= now).map(|last| last.plus(NEXT_TRY.as_secs()));
        let refused = self.not_before.take().map(|(_, failure)| failure).filter(Failure::is_refusal);
        match (refused, self.asked_for, soonest) {
            (Some(failure), Some(asked), None) => self.not_before = Some((asked, failure)),
            (Some(failure), _, Some(soonest)) if now < soonest => {
                self.asked_for = Some(soonest);
                self.not_before = Some((soonest, failure));
            }
            _ => self.asked_for = Some(now),
        }
        self.backoff.reset();
    }

    /// Sends what is due, then sees to the copies.
    pub async fn round(&mut self, sent: &mut impl SentFolder, told: impl FnMut(Told)) -> Result<Round, Failure> {
        let mut round = self.send(told).await?;
        let copies = see_to_copies(&self.ledger, sent, &Habits::of(&self.account)).await?;
        round.copies = copies.failure;
        round.next = round.next.into_iter().chain(copies.next).min();
        Ok(round)
    }

    /// Whatever was not written down comes before anything else: as long as it is not, nobody knows how the letters stand.
    async fn write_down(&mut self, told: &mut impl FnMut(Told)) -> Result<(), Failure> {
        while let Some(came) = self.unwritten.last() {
            settle(&self.ledger, came).await?;
            if let Some(came) = self.unwritten.pop() {
                told(Told::Came(Box::new(came)));
            }
        }
        if !self.is_right {
            put_right(&self.ledger).await?;
            self.is_right = true;
        }
        Ok(())
    }

    /// Sends what is due.
    pub async fn send(&mut self, mut told: impl FnMut(Told)) -> Result<Round, Failure> {
        self.write_down(&mut told).await?;
        let mut round = Round::default();
        let now = self.now();
        match outbox::next(&self.ledger.letters()?, now) {
            Step::Rest => return Ok(round),
            Step::Wait(at) => {
                round.next = Some(at);
                return Ok(round);
            }
            Step::Send(_) => {}
        }
        if let Some((at, failure)) = self.not_before.clone().filter(|(at, _)| now < *at) {
            round.next = Some(at).filter(|at| *at < NEVER);
            // What the user has just said something about, or what came since, waits for the same reason.
            self.note(&failure).await?;
            round.failure = Some(failure);
            return Ok(round);
        }
        let tried = self.connect_and_drain(told).await?;
        round.sent = tried.0;
        if let Some(failure) = tried.1 {
            let wait = self.wait_after(&failure);
            round.next = wait.map(|wait| now.plus(wait));
            // If there is no time for it, it stays where it is until the user has done something about it.
            self.not_before = Some((round.next.unwrap_or(NEVER), failure.clone()));
            if self.unwritten.is_empty() {
                self.note(&failure).await?;
            }
            round.failure = Some(failure);
            return Ok(round);
        }
        self.not_before = None;
        self.backoff.reset();
        if let Step::Wait(at) = outbox::next(&self.ledger.letters()?, self.now()) {
            round.next = Some(at);
        }
        Ok(round)
    }

    async fn connect_and_drain(&mut self, mut told: impl FnMut(Told)) -> Result<(usize, Option<Failure>), Failure> {
        let secret = match self.way.present_secret().await {
            Ok(secret) => secret,
            Err(failure) => return Ok((0, Some(failure))),
        };
        let shut = self.way.door.borrow().shut_for(At::Sending, &secret, instant());
        if let Some(shut) = shut {
            return Ok((0, Some(shut.failure)));
        }
        match Session::open(&self.account, &self.way.dialer, &secret).await {
            Ok(session) => {
                self.way.door.send_modify(|door| door.let_in(At::Sending, &secret));
                self.note_taken(session.limits(), &mut told).await;
                let drained = drain(&self.ledger, session, &Habits::of(&self.account), told).await?;
                self.unwritten.extend(drained.unwritten);
                Ok((drained.sent, drained.failure))
            }
            Err(failure) => {
                self.way.door.send_modify(|door| door.refused(At::Sending, &secret, &failure, instant()));
                Ok((0, Some(failure)))
            }
        }
    }

    /// Whoever writes is told beforehand what is too much. Should it not be kept, it is heard again.
    async fn note_taken(&mut self, limits: Limits, told: &mut impl FnMut(Told)) {
        let takes = Takes { size: limits.size, eight_bit: limits.eight_bit, smtputf8: limits.smtputf8 };
        if self.takes.replace(takes) == Some(takes) {
            return;
        }
        told(Told::Takes(takes));
        let (account, at) = (self.ledger.account.clone(), self.now());
        let _ = self.ledger.own.commit(OwnWrite::Takes { account, takes, at }).await;
    }

    /// Seconds; `None`: until the user does something.
    fn wait_after(&mut self, failure: &Failure) -> Option<u64> {
        let until = {
            let secret = self.way.secret.borrow();
            self.way.door.borrow().shut_for(At::Sending, &secret, instant()).map(|shut| shut.until)
        };
        match until {
            Some(None) => None,
            Some(Some(until)) => Some(until.saturating_duration_since(instant()).as_secs().max(1)),
            None if failure.retry == Retry::AfterUser && failure.kind != FailureKind::Disk => None,
            None => {
                let soon = self.backoff.after_failure();
                let least = match failure.kind {
                    _ if asks_for_patience(failure) => PATIENCE,
                    FailureKind::Refused | FailureKind::Disk => A_BAD_MOMENT,
                    _ => Duration::ZERO,
                };
                Some((least + soon).as_secs().max(1))
            }
        }
    }

    /// Each letter that could go tells why it waits.
    async fn note(&self, failure: &Failure) -> Result<(), Failure> {
        let now = self.now();
        let letters = self.ledger.letters()?;
        let due = |letter: &&Outgoing| letter.state == Sending::Queued && letter.hold_until <= now;
        for letter in letters.iter().filter(due).filter(|letter| letter.failure.as_ref() != Some(failure)) {
            self.ledger.step(Sending::Queued, &outbox::put_off(letter, failure, letter.hold_until)).await?;
        }
        Ok(())
    }
}
