//! One connection for all that waits. Servers count logins, and block whoever makes too many.

use std::future::Future;

use super::outbox::{self, Habits, Step};
use super::smtp::{Delivered, Envelope, Limits, Outcome, Refusal, Session};
use crate::model::{Failure, FailureKind, Outgoing, OutgoingId, Retry, Sending, Takes, Timestamp};

/// Where it is written down how far each letter is. What it answers is on the disk.
pub trait Books {
    /// The letters of the account.
    fn letters(&self) -> Result<Vec<Outgoing>, Failure>;

    /// The bytes of one, the same each time.
    fn bytes(&self, letter: OutgoingId) -> Result<Vec<u8>, Failure>;

    /// Writes how far one has come. False if it is not where `was` says any more: then nothing was written.
    fn step(&self, was: Sending, now: &Outgoing) -> impl Future<Output = Result<bool, Failure>> + Send;

    fn now(&self) -> Timestamp;

    /// What may still be done, now that somebody may be ending the program.
    fn closing(&self) -> Closing {
        Closing::Open
    }
}

/// How far the end of the program has come, for whoever sends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Closing {
    #[default]
    Open,
    /// What is on the line goes to its end; nothing new is begun.
    NothingNew,
    /// No message is ended any more: whoever is cut off now has handed over nothing.
    NoEnd,
}

/// Whoever brings letters to the server.
pub trait Postman {
    fn limits(&self) -> Limits;

    fn is_alive(&self) -> bool;

    /// As [`Session::deliver`].
    fn deliver(
        &mut self,
        envelope: &Envelope,
        bytes: &[u8],
        before_dot: impl AsyncFnOnce(Vec<(String, Result<(), Refusal>)>) -> Result<(), Failure>,
        progress: impl FnMut(u64),
    ) -> impl Future<Output = Delivered>;

    fn quit(self) -> impl Future<Output = ()>;
}

impl Postman for Session {
    fn limits(&self) -> Limits {
        Session::limits(self)
    }

    fn is_alive(&self) -> bool {
        Session::is_alive(self)
    }

    async fn deliver(
        &mut self,
        envelope: &Envelope,
        bytes: &[u8],
        before_dot: impl AsyncFnOnce(Vec<(String, Result<(), Refusal>)>) -> Result<(), Failure>,
        progress: impl FnMut(u64),
    ) -> Delivered {
        Session::deliver(self, envelope, bytes, before_dot, progress).await
    }

    async fn quit(self) {
        Session::quit(self).await;
    }
}

/// What is told while letters go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// What the server takes, where that is news.
    Takes(Takes),
    /// It is about to be on the line, until it has come to something or stays.
    Begins(OutgoingId),
    /// It was not begun after all.
    Stays(OutgoingId),
    /// So many bytes of it have gone.
    Going { letter: OutgoingId, gone: u64, of: u64 },
    /// It has come to this.
    Came(Box<Outgoing>),
}

/// How it ended.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Drained {
    /// Letters that somebody got.
    pub sent: usize,
    /// What kept the rest from going, and has nothing to do with them: the connection, or a server that wants patience.
    pub failure: Option<Failure>,
    /// What a letter has come to, where the disk did not take it. To be written before anything else is sent.
    pub unwritten: Option<Outgoing>,
}

/// What became of one.
enum Came {
    To(Outgoing, Outcome),
    /// Somebody else has changed it meanwhile: the user took it back.
    Stays,
    /// It came to this, and that is not on the disk.
    Unwritten(Outgoing, Failure),
}

/// Sends all that is due over this connection.
pub async fn drain<B: Books, P: Postman>(
    books: &B,
    mut postman: P,
    habits: &Habits,
    mut told: impl FnMut(Told),
) -> Result<Drained, Failure> {
    let mut drained = Drained::default();
    while postman.is_alive() && books.closing() == Closing::Open {
        let letters = books.letters()?;
        let Step::Send(id) = outbox::next(&letters, books.now()) else { break };
        let Some(letter) = letters.into_iter().find(|letter| letter.id == id) else { break };
        told(Told::Begins(id));
        // Looked at again behind the word that one begins: whoever waits for the last one has heard of it by now.
        let came = match books.closing() {
            Closing::Open => send(books, &mut postman, &letter, habits, &mut told).await,
            Closing::NothingNew | Closing::NoEnd => Ok(Came::Stays),
        };
        let (came, outcome) = match came {
            Ok(Came::To(came, outcome)) => (came, outcome),
            Ok(Came::Stays) => {
                told(Told::Stays(id));
                continue;
            }
            Ok(Came::Unwritten(came, failure)) => {
                (drained.unwritten, drained.failure) = (Some(came), Some(failure));
                break;
            }
            Err(failure) => {
                drained.failure = Some(failure);
                break;
            }
        };
        drained.sent += usize::from(matches!(outcome, Outcome::Taken(_)));
        told(Told::Came(Box::new(came)));
        match outcome {
            Outcome::Refused(failure) if wants_patience(&failure) => {
                drained.failure = Some(failure);
                break;
            }
            Outcome::Taken(_) | Outcome::Refused(_) => {}
            Outcome::Lost(failure) | Outcome::Unknown(failure) => drained.failure = Some(failure),
        }
    }
    postman.quit().await;
    Ok(drained)
}

/// It is about whoever sends, and not about what is sent.
fn wants_patience(failure: &Failure) -> bool {
    failure.kind == FailureKind::Throttled
        || failure.kind == FailureKind::Login
        || matches!(failure.retry, Retry::Patience | Retry::Doubtful)
}

async fn send<B: Books>(
    books: &B,
    postman: &mut impl Postman,
    letter: &Outgoing,
    habits: &Habits,
    told: &mut impl FnMut(Told),
) -> Result<Came, Failure> {
    let bytes = match books.bytes(letter.id) {
        Ok(bytes) => bytes,
        // Without its bytes it cannot go, and the others can.
        Err(failure) => {
            let refused = Outgoing { state: Sending::Refused, failure: Some(failure.clone()), ..letter.clone() };
            let written = books.step(Sending::Queued, &refused).await?;
            return Ok(if written { Came::To(refused, Outcome::Refused(failure)) } else { Came::Stays });
        }
    };
    let envelope = outbox::envelope(letter);
    let begun = outbox::begun(letter, books.now());
    match books.step(Sending::Queued, &begun).await {
        Ok(true) => {}
        Ok(false) => return Ok(Came::Stays),
        // Nobody knows what the disk holds now: it is as it was.
        Err(failure) => return Ok(Came::Unwritten(letter.clone(), failure)),
    }
    // The end of the data leaves only when it is on the disk that it does.
    let before_dot = async |so_far: Vec<(String, Result<(), Refusal>)>| {
        let closing = || Err(Failure::passing(FailureKind::Offline, "", "hongyan is ending"));
        if books.closing() == Closing::NoEnd {
            return closing();
        }
        match books.step(Sending::Begun, &outbox::handed(&begun, &so_far)).await {
            // It may have begun to end while that was written.
            Ok(true) if books.closing() == Closing::NoEnd => closing(),
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::passing(FailureKind::Internal, "", "the letter was changed while it was sent")),
            Err(failure) => Err(failure),
        }
    };
    let of = letter.size;
    let progress = |gone| told(Told::Going { letter: letter.id, gone, of });
    let delivered = postman.deliver(&envelope, &bytes, before_dot, progress).await;
    let came = outbox::after(&begun, envelope.go_on, &delivered, habits, books.now());
    match settle(books, &came).await {
        Ok(()) => Ok(Came::To(came, delivered.outcome)),
        Err(failure) => Ok(Came::Unwritten(came, failure)),
    }
}

/// How far the disk believes it to be depends on where it was cut.
pub async fn settle<B: Books>(books: &B, came: &Outgoing) -> Result<(), Failure> {
    if books.step(Sending::Handed, came).await? {
        return Ok(());
    }
    books.step(Sending::Begun, came).await.map(|_| ())
}

/// Whoever began these is not there any more: what was begun came to nothing, and what was handed over nobody knows.
pub async fn put_right<B: Books>(books: &B) -> Result<(), Failure> {
    for letter in books.letters()? {
        let state = match letter.state {
            Sending::Begun => Sending::Queued,
            Sending::Handed => Sending::Unknown,
            Sending::Queued | Sending::Sent | Sending::Unknown | Sending::Asks | Sending::Refused => continue,
        };
        books.step(letter.state, &Outgoing { state, ..letter.clone() }).await?;
    }
    Ok(())
}
