//! The copy of a sent letter in the folder for sent mail: some providers make it themselves, some do not, and with some it
//! depends. What lies there also tells what became of a letter that nobody knows of.

use std::future::Future;

use tokio::sync::{mpsc, oneshot};

use super::drain::Books;
use super::outbox::{self, Habits, Look};
use crate::model::{Failure, FailureKind, Outgoing, Timestamp};
use crate::sync::imap::Session;
use crate::sync::{Order, Remote as _, SentAnswer, SentErrand, SentQuestion};

/// The folder for sent mail, wherever it is.
pub trait SentFolder {
    fn ask(&mut self, question: SentQuestion) -> impl Future<Output = Result<SentAnswer, Failure>>;
}

/// On the connection that keeps the account's folders in step.
impl SentFolder for mpsc::UnboundedSender<Order> {
    async fn ask(&mut self, question: SentQuestion) -> Result<SentAnswer, Failure> {
        let (reply, answer) = oneshot::channel();
        let _ = self.send(Order::Sent(SentErrand { question, reply }));
        answer.await.unwrap_or_else(|_| Err(Failure::passing(FailureKind::Offline, "", "")))
    }
}

/// On a connection of its own.
impl SentFolder for Session {
    async fn ask(&mut self, question: SentQuestion) -> Result<SentAnswer, Failure> {
        let folders = self.folders().await?;
        let sent = folders.iter().find(|seen| seen.role == Some(crate::model::Role::Sent) && seen.selectable);
        self.about_sent(sent.map(|seen| &seen.name), &question).await
    }
}

/// There is none to ask: whatever is to be done about copies waits.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

impl SentFolder for Nowhere {
    async fn ask(&mut self, _: SentQuestion) -> Result<SentAnswer, Failure> {
        Err(Failure::passing(FailureKind::Offline, "", ""))
    }
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Seen {
    /// When there is something to do again.
    pub next: Option<Timestamp>,
    /// Why the folder could not be asked, or would not do it.
    pub failure: Option<Failure>,
}

/// Looks after the copies of all letters of an account that are due.
pub async fn see_to_copies<B: Books>(
    books: &B,
    folder: &mut impl SentFolder,
    habits: &Habits,
) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    for letter in books.letters()? {
        let now = books.now();
        let was = letter.state;
        let came = match outbox::look(&letter, habits, now) {
            Look::Nothing => continue,
            Look::Wait(at) => {
                sooner(&mut seen.next, at);
                continue;
            }
            Look::Find => find(&letter, folder, habits, now).await,
            Look::Put => put(books, &letter, folder, habits, now).await,
        };
        let came = match came {
            Ok(came) => came,
            // Nobody can be asked now: the next one neither.
            Err(failure) => {
                sooner(&mut seen.next, now.plus(outbox::LOOK_EVERY));
                seen.failure = Some(failure);
                break;
            }
        };
        if let Some(failure) = came.failure.clone().filter(|_| came.failure != letter.failure) {
            seen.failure = Some(failure);
        }
        if let Look::Wait(at) = outbox::look(&came, habits, now) {
            sooner(&mut seen.next, at);
        }
        books.step(was, &came).await?;
    }
    Ok(seen)
}

fn sooner(next: &mut Option<Timestamp>, at: Timestamp) {
    *next = Some(next.map_or(at, |next| next.min(at)));
}

async fn find(
    letter: &Outgoing,
    folder: &mut impl SentFolder,
    habits: &Habits,
    now: Timestamp,
) -> Result<Outgoing, Failure> {
    let question = SentQuestion::IsThere { message_id: letter.message_id.clone() };
    Ok(match folder.ask(question).await? {
        SentAnswer::There | SentAnswer::ServerKeeps => outbox::found(letter, now),
        SentAnswer::NotThere => outbox::not_found(letter, habits, now),
    })
}

async fn put<B: Books>(
    books: &B,
    letter: &Outgoing,
    folder: &mut impl SentFolder,
    habits: &Habits,
    now: Timestamp,
) -> Result<Outgoing, Failure> {
    if let Some(most) = habits.append_limit.filter(|most| letter.size > *most) {
        let said = format!("the message has {} bytes, and the folder takes {most}", letter.size);
        return Ok(outbox::not_copied(letter, &Failure::lasting(FailureKind::Refused, "", &said), now));
    }
    let bytes = match books.bytes(letter.id) {
        Ok(bytes) => bytes,
        // Sent it is; of what is gone no copy can be made.
        Err(failure) if failure.kind == FailureKind::Gone => return Ok(outbox::copied(letter)),
        Err(failure) => return Ok(outbox::not_copied(letter, &failure, now)),
    };
    match folder.ask(SentQuestion::Put { message_id: letter.message_id.clone(), bytes }).await {
        Ok(_) => Ok(outbox::copied(letter)),
        Err(failure) if failure.kind == FailureKind::Offline => Err(failure),
        Err(failure) => Ok(outbox::not_copied(letter, &failure, now)),
    }
}
