//! What the engine is told while it is busy with something else.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::model::{AccountId, Failure, FailureKind, FolderId, Status};
use crate::store::{Spool, Whereabouts, Whole};
use crate::sync::engine::Report;
use crate::sync::imap::Session;
use crate::sync::pass::Progress;
use crate::sync::{FolderErrand, Remote, SentErrand, bodies};

/// A line that is doubted answers within this time, or it is made anew.
pub(super) const SOON: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub enum Order {
    /// There is something to push.
    Push,
    /// The user wants to know what is new, and everything that was given up is tried again.
    Wake,
    /// The user looks at this folder.
    Focus(FolderId),
    /// The machine slept or moved to another network: what looks like a connection may be none.
    Check,
    /// Somebody waits for a message, and there is no second connection to fetch it with.
    Fetch(Errand),
    /// Something about the copies of sent mail.
    Sent(SentErrand),
    /// Make, rename or delete a folder.
    Folder(FolderErrand),
    /// Look at everything now, and say when everything is known or why it cannot be.
    Once(oneshot::Sender<Result<(), Failure>>),
    Stop,
}

#[derive(Debug)]
pub struct Errand {
    pub at: Whereabouts,
    pub reply: oneshot::Sender<Result<Whole, Failure>>,
}

/// The orders that were not carried out yet.
#[derive(Debug, Default)]
pub(super) struct Orders {
    pub(super) push: bool,
    pub(super) wake: bool,
    /// The line has not proved yet that it is alive. While this stands, the next try need not wait.
    pub(super) check: bool,
    pub(super) errands: Vec<Errand>,
    pub(super) sent: Vec<SentErrand>,
    pub(super) folders: Vec<FolderErrand>,
    /// Who waits to hear that everything is known.
    once: Vec<oneshot::Sender<Result<(), Failure>>>,
    pub(super) focus: Option<FolderId>,
    pub(super) stop: bool,
}

impl Orders {
    pub(super) fn note(&mut self, order: Option<Order>) {
        match order {
            Some(Order::Push) => self.push = true,
            Some(Order::Wake) => self.wake = true,
            Some(Order::Check) => self.check = true,
            Some(Order::Fetch(errand)) => self.errands.push(errand),
            Some(Order::Sent(errand)) => self.sent.push(errand),
            Some(Order::Folder(errand)) => self.folders.push(errand),
            Some(Order::Focus(folder)) => self.focus = Some(folder),
            Some(Order::Once(reply)) => {
                self.once.push(reply);
                self.wake = true;
            }
            // The channel is closed: nobody is left to work for.
            Some(Order::Stop) | None => self.stop = true,
        }
    }

    pub(super) fn drain(&mut self, inbox: &mut mpsc::UnboundedReceiver<Order>) {
        while let Ok(order) = inbox.try_recv() {
            self.note(Some(order));
        }
    }

    /// There is no connection to do it on. Whoever waits for an errand hears that it was not done.
    pub(super) fn drop_errands(&mut self) {
        self.errands.clear();
        self.sent.clear();
        self.folders.clear();
    }

    /// Those who only wait to hear how it is hear it, and nothing is tried for them.
    pub(super) fn hear(&mut self, failure: &Failure) {
        if !self.once.is_empty() {
            self.answer(&Err(failure.clone()));
            self.wake = false;
        }
    }

    /// Tells everybody who waits. Some may have gone.
    pub(super) fn answer(&mut self, outcome: &Result<(), Failure>) {
        for reply in self.once.drain(..) {
            let _ = reply.send(outcome.clone());
        }
    }

    pub(super) fn any(&self) -> bool {
        let errands = !self.errands.is_empty() || !self.sent.is_empty() || !self.folders.is_empty();
        self.push || self.wake || self.check || self.stop || self.focus.is_some() || errands
    }
}

/// Waits for news and for orders. Once the line is doubted, the end of the wait, which every server answers, is its proof.
pub(super) async fn wait_for_news(
    remote: &mut impl Remote,
    at_most: Duration,
    inbox: &mut mpsc::UnboundedReceiver<Order>,
    orders: &mut Orders,
) -> Result<(), Failure> {
    let (doubt, doubted) = oneshot::channel();
    let wake = async {
        orders.note(inbox.recv().await);
        if orders.check {
            let _ = doubt.send(());
        }
    };
    let proved = {
        let waiting = remote.wait(at_most, wake);
        let too_late = async {
            if doubted.await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(SOON).await;
        };
        tokio::select! {
            biased;
            waited = waiting => waited,
            () = too_late => Err(Failure::passing(FailureKind::TimedOut, "", "")),
        }
    };
    proved?;
    orders.check = false;
    Ok(())
}

/// Fetches a message for the second connection, which the server does not want.
pub(super) async fn run_errand(remote: &mut Session, spool: Spool, errand: Errand) -> Result<(), Failure> {
    let Errand { at, reply } = errand;
    // Whoever asked may have gone on.
    if reply.is_closed() {
        return Ok(());
    }
    remote.spool_into(spool);
    let found = bodies::read_one(remote, &at).await;
    let broken = found.as_ref().err().filter(|failure| bodies::broken(failure)).cloned();
    let _ = reply.send(found);
    broken.map_or(Ok(()), Err)
}

/// Looks on for the screen while a pass is made, and listens for orders.
pub(super) struct Eye<'a> {
    pub(super) account: AccountId,
    pub(super) reports: &'a mpsc::UnboundedSender<Report>,
    pub(super) inbox: &'a mut mpsc::UnboundedReceiver<Order>,
    pub(super) orders: &'a mut Orders,
}

impl Progress for Eye<'_> {
    fn synced(&mut self, folder: FolderId, done: u64, total: u64) {
        let _ = self.reports.send(Report::Status(self.account, Status::Syncing { folder, done, total }));
    }

    fn urgent(&mut self) -> bool {
        self.orders.drain(self.inbox);
        self.orders.any()
    }

    fn refused(&mut self, failure: Failure) {
        let _ = self.reports.send(Report::Refused(self.account, failure));
    }
}
