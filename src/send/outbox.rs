//! What is to be done with letters, and what they come to: values in, values out.
//!
//! A letter goes `Queued → Begun → Handed → Sent | Refused | Unknown`. Each arrow is on the disk before anything follows
//! from it, and `Handed` before the end of the data leaves. Up to there a try that was cut off came to nothing and may be
//! made again; behind it only the server knows, and nothing is sent again unless somebody found out or the user says so.

use std::time::Duration;

use crate::config::{Account, Sent};
use crate::model::{
    Failure, FailureKind, Outgoing, OutgoingId, Reception, Recipient, Retry, Sending, SentCopy, Timestamp,
};

use super::smtp::{Delivered, Envelope, Outcome, Refusal};

/// After each try that was refused for now, seconds until the next one; the last one again and again.
const WAITS: [u64; 8] = [120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400];
/// That is three days. After so many tries a letter that is still refused is the user's again.
const TRIES: u32 = 24;
/// A server that asks for patience.
const PATIENCE: u64 = 15 * 60;
/// A letter whose connection breaks is tried again at least so often.
const SELDOM: u64 = 60 * 60;
/// For so long a copy may still turn up that the server makes, after the time that it is known to take.
pub(super) const TURNS_UP: u64 = 5 * 60;
/// The same where nobody knows the provider: few other servers make copies, and those that do make them at once.
const SOON: u64 = 20;
/// Between two looks.
pub(super) const LOOK_EVERY: u64 = 60;
/// A folder that does not take a copy is asked again.
const COPY_LATER: u64 = 60 * 60;

/// What the provider does with what is sent by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Habits {
    pub sent: Sent,
    /// How long it may take until its copy is seen.
    pub lag: Duration,
    /// For how many seconds after that one may still turn up.
    pub turns_up: u64,
    /// The largest message that can be put into a folder.
    pub append_limit: Option<u64>,
}

impl Habits {
    pub fn of(account: &Account) -> Self {
        let unknown = Self { sent: Sent::Check, lag: Duration::ZERO, turns_up: SOON, append_limit: None };
        account.preset.as_ref().map_or(unknown, |preset| Self {
            sent: preset.sent,
            lag: preset.visibility_lag,
            turns_up: TURNS_UP,
            append_limit: preset.append_limit,
        })
    }

    fn lag(&self) -> u64 {
        self.lag.as_secs().max(5)
    }
}

/// What to do next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Send(OutgoingId),
    /// Nothing before this moment.
    Wait(Timestamp),
    /// Nothing, unless the user says something.
    Rest,
}

/// Of what waits, that which was tried least is sent first: one letter that breaks every connection holds up no other.
pub fn next(letters: &[Outgoing], now: Timestamp) -> Step {
    let waiting = || letters.iter().filter(|letter| letter.state == Sending::Queued);
    let due = waiting().filter(|letter| letter.hold_until <= now).min_by_key(|letter| (letter.attempts, letter.id));
    match (due, waiting().map(|letter| letter.hold_until).min()) {
        (Some(letter), _) => Step::Send(letter.id),
        (None, Some(at)) => Step::Wait(at),
        (None, None) => Step::Rest,
    }
}

/// To whom it still has to go. If it is known already that somebody is refused, the others get it all the same: else it
/// goes to everybody or to nobody, and the user decides.
pub fn envelope(letter: &Outgoing) -> Envelope {
    let open = |to: &&Recipient| matches!(to.state, Reception::Waiting | Reception::Refused { for_good: false, .. });
    let recipients = letter.recipients.iter().filter(open).map(|to| to.address.clone()).collect();
    let go_on = letter.recipients.iter().any(|to| to.state != Reception::Waiting);
    Envelope { from: letter.from.clone(), recipients, go_on, notices: None }
}

/// It is being sent from now on. What was said of those who are tried again is of yesterday.
#[must_use]
pub fn begun(letter: &Outgoing, now: Timestamp) -> Outgoing {
    let attempts = letter.attempts.saturating_add(1);
    let mut letter = Outgoing { state: Sending::Begun, attempts, hold_until: now, failure: None, ..letter.clone() };
    for to in &mut letter.recipients {
        if matches!(to.state, Reception::Refused { for_good: false, .. }) {
            to.state = Reception::Waiting;
        }
    }
    letter
}

/// All of it is there but its end, which leaves once this is on the disk: with whom it is for, should nobody hear the rest.
#[must_use]
pub fn handed(letter: &Outgoing, so_far: &[(String, Result<(), Refusal>)]) -> Outgoing {
    let mut letter = Outgoing { state: Sending::Handed, ..letter.clone() };
    note(&mut letter, so_far, false, false);
    letter
}

/// It could not even be begun, or it was begun and nothing of it was said: it waits as it did.
#[must_use]
pub fn put_off(letter: &Outgoing, failure: &Failure, until: Timestamp) -> Outgoing {
    Outgoing { state: Sending::Queued, failure: Some(failure.clone()), hold_until: until, ..letter.clone() }
}

/// What a letter that was begun has come to. `went_on`: those who are not refused get it, whatever is said of others.
#[must_use]
pub fn after(letter: &Outgoing, went_on: bool, delivered: &Delivered, habits: &Habits, now: Timestamp) -> Outgoing {
    let (taken, of_all) = (matches!(delivered.outcome, Outcome::Taken(_)), is_of_all(delivered));
    let mut letter = Outgoing { hold_until: now, ..letter.clone() };
    match &delivered.outcome {
        Outcome::Taken(_) => {
            note(&mut letter, &delivered.recipients, taken, of_all);
            after_taken(letter, delivered, habits, now)
        }
        Outcome::Refused(failure) => {
            note(&mut letter, &delivered.recipients, taken, of_all);
            after_refused(letter, failure, went_on, habits, now)
        }
        Outcome::Lost(failure) => {
            let wait = wait(letter.attempts).min(SELDOM);
            put_off(&letter, failure, now.plus(wait))
        }
        Outcome::Unknown(failure) => {
            note(&mut letter, &delivered.recipients, taken, of_all);
            letter.state = Sending::Unknown;
            letter.failure = Some(failure.clone());
            letter.copy = SentCopy::Later;
            letter
        }
    }
}

/// Writes down what was said of each recipient.
fn note(letter: &mut Outgoing, came: &[(String, Result<(), Refusal>)], taken: bool, of_all: bool) {
    for (address, reception) in came {
        for to in letter.recipients.iter_mut().filter(|to| to.address == *address && to.state != Reception::Taken) {
            to.state = match reception {
                Ok(()) if taken => Reception::Taken,
                Err(refusal) if !of_all => {
                    Reception::Refused { said: refusal.said.clone(), for_good: refusal.for_good }
                }
                _ => Reception::Waiting,
            };
        }
    }
}

/// What is said of several in the same words is said of the message.
fn is_of_all(delivered: &Delivered) -> bool {
    let Outcome::Refused(failure) = &delivered.outcome else { return false };
    let same = |(_, to): &(String, Result<(), Refusal>)| to.as_ref().is_err_and(|no| no.said == failure.said);
    delivered.recipients.len() > 1 && delivered.recipients.iter().all(same)
}

fn wait(attempts: u32) -> u64 {
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    WAITS.get(at).or(WAITS.last()).copied().unwrap_or(PATIENCE)
}

fn after_taken(letter: Outgoing, delivered: &Delivered, habits: &Habits, now: Timestamp) -> Outgoing {
    let failure = delivered.recipients.iter().find_map(|(_, to)| to.as_ref().err().map(|no| no.failure.clone()));
    let open = letter.recipients.iter().any(|to| matches!(to.state, Reception::Refused { for_good: false, .. }));
    if open && letter.attempts < TRIES {
        let until = now.plus(wait(letter.attempts));
        return Outgoing { state: Sending::Queued, failure, hold_until: until, ..letter };
    }
    Outgoing { state: Sending::Sent, failure, copy: first_copy(habits, now), ..letter }
}

fn after_refused(letter: Outgoing, failure: &Failure, went_on: bool, habits: &Habits, now: Timestamp) -> Outgoing {
    let mut letter = Outgoing { failure: Some(failure.clone()), ..letter };
    let is = |to: &Recipient, good: bool| matches!(to.state, Reception::Refused { for_good, .. } if for_good == good);
    let for_now = letter.recipients.iter().any(|to| is(to, false));
    let for_good = letter.recipients.iter().any(|to| is(to, true));
    let waiting = letter.recipients.iter().any(|to| to.state == Reception::Waiting);
    let taken = letter.recipients.iter().any(|to| to.state == Reception::Taken);
    if taken && !waiting && !for_now {
        // Everybody else has it.
        return Outgoing { state: Sending::Sent, copy: first_copy(habits, now), ..letter };
    }
    // That somebody does not get it is for the user to decide, before anybody gets it.
    let ask = for_good && !went_on || failure.retry == Retry::AfterUser && !for_now || letter.attempts >= TRIES;
    if ask || !(waiting || for_now) {
        letter.state = Sending::Refused;
        return letter;
    }
    letter.state = Sending::Queued;
    let wait = match failure.retry {
        Retry::Patience | Retry::Doubtful => PATIENCE.max(wait(letter.attempts)),
        Retry::Later | Retry::AfterUser => wait(letter.attempts),
    };
    // The others need not wait for those who are refused for now.
    letter.hold_until = if for_now && waiting && !went_on { now } else { now.plus(wait) };
    letter
}

fn first_copy(habits: &Habits, now: Timestamp) -> SentCopy {
    match habits.sent {
        Sent::Server => SentCopy::Servers,
        Sent::Append => SentCopy::Wanted,
        Sent::Check => SentCopy::LookFrom(now.plus(habits.lag())),
    }
}

/// What is to be found out or done in the folder for sent mail, for one letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// Nothing before this moment.
    Wait(Timestamp),
    /// Whether it is there.
    Find,
    /// It has to be there; whether it is, is looked at first.
    Put,
    Nothing,
}

/// What to do now about the copy of a letter.
pub fn look(letter: &Outgoing, habits: &Habits, now: Timestamp) -> Look {
    match (letter.state, letter.copy) {
        (Sending::Unknown, SentCopy::Later) if !may_be_found(letter, habits) => Look::Nothing,
        (Sending::Unknown, SentCopy::Later) => {
            let from = letter.hold_until.plus(habits.lag());
            if from <= now { Look::Find } else { Look::Wait(from) }
        }
        (Sending::Unknown | Sending::Sent, SentCopy::LookFrom(from)) if from > now => Look::Wait(from),
        (Sending::Unknown, SentCopy::LookFrom(_)) => Look::Find,
        (Sending::Sent, SentCopy::LookFrom(_)) if turns_up(letter, habits, now) => Look::Find,
        (Sending::Sent, SentCopy::LookFrom(_) | SentCopy::Wanted) => Look::Put,
        _ => Look::Nothing,
    }
}

/// A copy that the server makes would prove that it has the letter. Where we make it, there is none; and where some have
/// it already, it may be theirs.
fn may_be_found(letter: &Outgoing, habits: &Habits) -> bool {
    habits.sent != Sent::Append && letter.recipients.iter().all(|to| to.state != Reception::Taken)
}

fn turns_up(letter: &Outgoing, habits: &Habits, now: Timestamp) -> bool {
    habits.sent != Sent::Append && now < letter.hold_until.plus(habits.lag().max(habits.turns_up))
}

/// The user has to say what is to become of it: nobody knows, and it was looked for.
pub fn is_asked(letter: &Outgoing, habits: &Habits) -> bool {
    letter.state == Sending::Unknown
        && match letter.copy {
            SentCopy::Later => !may_be_found(letter, habits),
            SentCopy::LookFrom(_) => false,
            SentCopy::Wanted | SentCopy::Servers | SentCopy::Done => true,
        }
}

/// It lies in the folder for sent mail: those who were not refused have it. Whoever was refused for now is tried again.
#[must_use]
pub fn found(letter: &Outgoing, now: Timestamp) -> Outgoing {
    let mut letter = Outgoing { state: Sending::Sent, copy: SentCopy::Done, ..letter.clone() };
    for to in &mut letter.recipients {
        if to.state == Reception::Waiting {
            to.state = Reception::Taken;
        }
    }
    if letter.recipients.iter().any(|to| matches!(to.state, Reception::Refused { for_good: false, .. })) {
        let hold_until = now.plus(wait(letter.attempts));
        return Outgoing { state: Sending::Queued, copy: SentCopy::Later, hold_until, ..letter };
    }
    if !has_refused(&letter) {
        letter.failure = None;
    }
    letter
}

/// It does not lie there, at least not yet.
#[must_use]
pub fn not_found(letter: &Outgoing, habits: &Habits, now: Timestamp) -> Outgoing {
    let copy = match letter.state {
        _ if turns_up(letter, habits, now) => SentCopy::LookFrom(now.plus(LOOK_EVERY.min(habits.turns_up))),
        // For a letter of which nobody knows this means that it was looked for.
        _ => SentCopy::Wanted,
    };
    Outgoing { copy, ..letter.clone() }
}

/// The copy is there, or the server has said that it sees to it.
#[must_use]
pub fn copied(letter: &Outgoing) -> Outgoing {
    let failure = letter.failure.clone().filter(|_| has_refused(letter));
    Outgoing { copy: SentCopy::Done, failure, ..letter.clone() }
}

/// The copy was not taken. The letter is sent all the same, and is never sent again for it.
#[must_use]
pub fn not_copied(letter: &Outgoing, failure: &Failure, now: Timestamp) -> Outgoing {
    let soon = matches!(failure.kind, FailureKind::Dropped | FailureKind::TimedOut | FailureKind::Offline);
    let wait = if soon { LOOK_EVERY } else { COPY_LATER };
    let copy = SentCopy::LookFrom(now.plus(wait));
    let failure = if soon { letter.failure.clone() } else { Some(failure.clone()) };
    Outgoing { failure, copy, ..letter.clone() }
}

fn has_refused(letter: &Outgoing) -> bool {
    letter.recipients.iter().any(|to| matches!(to.state, Reception::Refused { .. }))
}

/// What the user says of a letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// Send it (again).
    Again,
    /// It was sent: of one that nobody knows of.
    WasSent,
    /// The hold is over: send it now.
    Now,
    /// Not before this moment: of one that waits.
    At(Timestamp),
}

/// What follows from it. `None` if it does not make sense for where the letter is.
pub fn said(letter: &Outgoing, word: Word, now: Timestamp) -> Option<Outgoing> {
    let mut letter = letter.clone();
    match (word, letter.state) {
        (Word::Again | Word::Now, Sending::Queued) => {}
        (Word::At(at), Sending::Queued) => {
            return Some(Outgoing { hold_until: at, failure: None, attempts: 0, ..letter });
        }
        (Word::Again, Sending::Unknown | Sending::Refused | Sending::Asks) => {
            for to in &mut letter.recipients {
                if let Reception::Refused { for_good, .. } = &mut to.state {
                    *for_good = false;
                }
            }
            letter.attempts = 0;
        }
        (Word::WasSent, Sending::Unknown) => {
            let letter = found(&letter, now);
            let copy = if letter.state == Sending::Sent { SentCopy::Wanted } else { letter.copy };
            return Some(Outgoing { copy, ..letter });
        }
        _ => return None,
    }
    Some(Outgoing { state: Sending::Queued, hold_until: now, failure: None, copy: SentCopy::Later, ..letter })
}

#[cfg(test)]
mod tests;
