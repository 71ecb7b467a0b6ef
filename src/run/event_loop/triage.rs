//! What is done with messages and folders, beyond what is written down at once.

use super::{Ended, EventLoop};
use crate::app::Event;
use crate::model::{AccountId, Failure, FailureKind, FolderDeed, Role, Settling};
use crate::run::setup::hint_of;
use crate::store::OwnWrite;

impl EventLoop {
    pub(super) fn undo(&mut self) -> Result<(), Ended> {
        self.happen(Event::Undone(Ok(None)))
    }

    pub(super) fn settle_needs(&mut self, _needs: Vec<i64>, _how: Settling) -> Result<(), Ended> {
        self.happen(Event::Settled(Ok(0)))
    }

    pub(super) fn folder(&mut self, deed: FolderDeed) -> Result<(), Ended> {
        let result = Err(Failure::lasting(FailureKind::Offline, "", ""));
        self.happen(Event::FolderDone { deed, result })
    }

    /// Should it not be kept, it is told once more.
    pub(super) fn told(&self, account: AccountId, role: Role) {
        let line = self.running.iter().map(|running| &running.line).find(|line| line.id == account);
        let (Some(line), Some(own)) = (line, self.hands.own.clone()) else { return };
        let write = OwnWrite::Dismiss { account: line.name.clone(), hint: hint_of(role) };
        tokio::spawn(async move { own.commit(write).await });
    }
}
