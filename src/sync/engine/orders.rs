//! What the engine is told while it is busy with something else.

use tokio::sync::{mpsc, oneshot};

use crate::model::{AccountId, Failure, FolderId, Status};
use crate::sync::engine::Report;
use crate::sync::pass::Progress;

#[derive(Debug)]
pub enum Order {
    /// There is something to push.
    Push,
    /// The user wants to know what is new, and everything that was given up is tried again.
    Wake,
    /// The user looks at this folder.
    Focus(FolderId),
    /// Look at everything now, and say when everything is known or why it cannot be.
    Once(oneshot::Sender<Result<(), Failure>>),
    Stop,
}

/// The orders that were not carried out yet.
#[derive(Debug, Default)]
pub(super) struct Orders {
    pub(super) push: bool,
    pub(super) wake: bool,
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

    /// Tells everybody who waits. Some may have gone.
    pub(super) fn answer(&mut self, outcome: &Result<(), Failure>) {
        for reply in self.once.drain(..) {
            let _ = reply.send(outcome.clone());
        }
    }

    fn any(&self) -> bool {
        self.push || self.wake || self.stop || self.focus.is_some()
    }
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
