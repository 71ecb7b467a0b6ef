//! What waits in the outbox of one account is sent whenever it is due, beside everything else.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

use super::inbox::Input;
use crate::app::{Event, Notice};
use crate::model::{Failure, FailureKind, OutgoingId, Secret, Sending, Timestamp};
use crate::send::copy::SentFolder;
use crate::send::desk::Desk;
use crate::send::drain::{Closing, Told};
use crate::sync::{Order, SentAnswer, SentErrand, SentQuestion};

/// The clock of the machine may be set while we wait.
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// After the disk would not say what waits.
const AFTER_TROUBLE: u64 = 60;
/// So long before the end comes no message is ended any more: the word on one that was may still come.
const TO_BREAK_OFF: Duration = Duration::from_secs(4);
/// How much has gone is told of those that take a while.
const TAKES_A_WHILE: u64 = 1_000_000;

/// How the outbox is told that something was put into it, and tells that something is just being sent.
#[derive(Clone, Debug)]
pub(super) struct Post {
    /// Changed with everything that changes in the outbox.
    pub(super) queued: watch::Sender<()>,
    /// How many letters are on the line: begun, and not written down yet what they came to.
    pub(super) on_the_line: watch::Sender<usize>,
    /// Set when the program ends.
    pub(super) closing: watch::Sender<Closing>,
}

impl Default for Post {
    fn default() -> Self {
        Self {
            queued: watch::Sender::new(()),
            on_the_line: watch::Sender::new(0),
            closing: watch::Sender::new(Closing::Open),
        }
    }
}

impl Post {
    /// Nothing new is begun, and what is on the line has until then to come to its end.
    pub(super) async fn hang_up(&self, until: Instant) {
        let mut on_the_line = self.on_the_line.subscribe();
        self.closing.send_replace(Closing::NothingNew);
        let early = until.checked_sub(TO_BREAK_OFF).unwrap_or(until);
        let _ = timeout_at(early, on_the_line.wait_for(|count| *count == 0)).await;
        self.closing.send_replace(Closing::NoEnd);
        let _ = timeout_at(until, on_the_line.wait_for(|count| *count == 0)).await;
    }
}

/// The folder for sent mail, looked at by the connection that is there anyhow.
struct Sent(mpsc::WeakUnboundedSender<Order>);

impl SentFolder for Sent {
    async fn ask(&mut self, question: SentQuestion) -> Result<SentAnswer, Failure> {
        let offline = || Failure::passing(FailureKind::Offline, "", "");
        let (reply, answer) = tokio::sync::oneshot::channel();
        let orders = self.0.upgrade().ok_or_else(offline)?;
        orders.send(Order::Sent(SentErrand { question, reply })).map_err(|_| offline())?;
        drop(orders);
        answer.await.unwrap_or_else(|_| Err(offline()))
    }
}

/// A letter that is on the line, until this is dropped.
struct OnTheLine(watch::Sender<usize>);

impl OnTheLine {
    fn new(post: &Post) -> Self {
        post.on_the_line.send_modify(|count| *count += 1);
        Self(post.on_the_line.clone())
    }
}

impl Drop for OnTheLine {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// What a round tells while it goes on.
struct Telling<'a> {
    account: &'a str,
    post: &'a Post,
    inbox: &'a mpsc::UnboundedSender<Input>,
    on_the_line: Option<OnTheLine>,
    /// The hundredths that were told last.
    told: Option<(OutgoingId, u8)>,
}

impl Telling<'_> {
    fn hear(&mut self, told: Told) {
        match told {
            Told::Takes(takes) => {
                let account = self.account.to_owned();
                let _ = self.inbox.send(Input::Event(Event::Takes { account, takes }));
            }
            Told::Begins(_) => self.on_the_line = Some(OnTheLine::new(self.post)),
            Told::Stays(_) => self.over(),
            Told::Going { letter, gone, of } => {
                let hundredths = gone.saturating_mul(100).checked_div(of).unwrap_or(100);
                let hundredths = u8::try_from(hundredths.min(100)).unwrap_or(100);
                if of >= TAKES_A_WHILE && self.told != Some((letter, hundredths)) {
                    self.told = Some((letter, hundredths));
                    let _ = self.inbox.send(Input::Event(Event::Going(Some((letter, hundredths)))));
                }
            }
            Told::Came(letter) => {
                self.over();
                if letter.state != Sending::Queued {
                    let _ = self.inbox.send(Input::Letter(letter));
                }
            }
        }
    }

    fn over(&mut self) {
        self.on_the_line = None;
        if self.told.take().is_some() {
            let _ = self.inbox.send(Input::Event(Event::Going(None)));
        }
    }
}

/// Sends for one account until this is dropped. `wanted` changes whenever the user wants what waits to go now.
pub(super) async fn send(
    mut desk: Desk,
    orders: mpsc::WeakUnboundedSender<Order>,
    post: Post,
    mut wanted: watch::Receiver<()>,
    inbox: mpsc::UnboundedSender<Input>,
) {
    let mut queued = post.queued.subscribe();
    let mut secrets = desk.way.secret.clone();
    let mut tried = secrets.borrow_and_update().clone();
    let mut folder = Sent(orders);
    let mut said: Option<Failure> = None;
    let account = desk.account.name.clone();
    loop {
        queued.mark_unchanged();
        let mut telling = Telling { account: &account, post: &post, inbox: &inbox, on_the_line: None, told: None };
        let round = desk.round(&mut folder, |told| telling.hear(told)).await;
        telling.over();
        let (next, failure) = match round {
            Ok(round) => (round.next, round.failure),
            Err(failure) => (Some(desk.now().plus(AFTER_TROUBLE)), Some(failure)),
        };
        // Said once: what goes on is in the list of what is on its way.
        if let Some(failure) = failure.clone().filter(|failure| said.as_ref() != Some(failure)) {
            let _ = inbox.send(Input::Event(Event::Notice(Notice::Failed(failure))));
        }
        said = failure;
        let now = desk.now();
        tokio::select! {
            changed = queued.changed() => if changed.is_err() { return },
            () = another(&mut secrets, &mut tried) => desk.try_again(),
            () = asked(&mut wanted) => {
                // Whoever asks wants to hear how it is, whether that is news or not.
                said = None;
                desk.asked_again();
            }
            () = until(now, next) => {}
        }
    }
}

/// Until there is another secret than the one that was tried.
async fn another(secrets: &mut watch::Receiver<Secret>, tried: &mut Secret) {
    while secrets.changed().await.is_ok() {
        let now = secrets.borrow_and_update().clone();
        if now != *tried {
            *tried = now;
            return;
        }
    }
    std::future::pending::<()>().await;
}

async fn asked(wanted: &mut watch::Receiver<()>) {
    if wanted.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn until(now: Timestamp, next: Option<Timestamp>) {
    let Some(next) = next else { return std::future::pending().await };
    let seconds = next.0.saturating_sub(now.0).max(1).unsigned_abs();
    tokio::time::sleep(Duration::from_secs(seconds).min(LONGEST_WAIT)).await;
}

#[cfg(test)]
mod tests;
