//! What waits in the outbox of one account is sent whenever it is due, beside everything else.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::inbox::Input;
use crate::app::{Event, Notice};
use crate::model::{Failure, FailureKind, Sending, Timestamp, clock};
use crate::send::copy::SentFolder;
use crate::send::desk::Desk;
use crate::send::drain::Told;
use crate::sync::{Order, SentAnswer, SentErrand, SentQuestion};

/// The clock of the machine may be set while we wait.
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// After the disk would not say what waits.
const AFTER_TROUBLE: u64 = 60;

/// How the outbox is told that something was put into it, and tells that something is just being sent.
#[derive(Clone, Debug)]
pub(super) struct Post {
    /// Changed with everything that changes in the outbox.
    pub(super) queued: watch::Sender<()>,
    /// How many letters are on the line.
    pub(super) on_the_line: watch::Sender<usize>,
}

impl Default for Post {
    fn default() -> Self {
        Self { queued: watch::Sender::new(()), on_the_line: watch::Sender::new(0) }
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

/// Sends for one account until this is dropped.
pub(super) async fn send(
    mut desk: Desk,
    orders: mpsc::WeakUnboundedSender<Order>,
    post: Post,
    inbox: mpsc::UnboundedSender<Input>,
) {
    let mut queued = post.queued.subscribe();
    let mut folder = Sent(orders);
    let mut said: Option<Failure> = None;
    loop {
        queued.mark_unchanged();
        let mut on_the_line = None;
        let round = desk
            .round(&mut folder, |told| match told {
                Told::Going { .. } => {
                    on_the_line.get_or_insert_with(|| OnTheLine::new(&post));
                }
                Told::Came(letter) => {
                    on_the_line = None;
                    if letter.state != Sending::Queued {
                        let _ = inbox.send(Input::Letter(letter));
                    }
                }
            })
            .await;
        drop(on_the_line);
        let (next, failure) = match round {
            Ok(round) => (round.next, round.failure),
            Err(failure) => (Some(clock::now().plus(AFTER_TROUBLE)), Some(failure)),
        };
        // Said once: what goes on is in the list of what is on its way.
        if let Some(failure) = failure.clone().filter(|failure| said.as_ref() != Some(failure)) {
            let _ = inbox.send(Input::Event(Event::Notice(Notice::Failed(failure))));
        }
        said = failure;
        tokio::select! {
            changed = queued.changed() => if changed.is_err() { return },
            () = until(next) => {}
        }
    }
}

async fn until(next: Option<Timestamp>) {
    let Some(next) = next else { return std::future::pending().await };
    let seconds = next.0.saturating_sub(clock::now().0).max(1).unsigned_abs();
    tokio::time::sleep(Duration::from_secs(seconds).min(LONGEST_WAIT)).await;
}
