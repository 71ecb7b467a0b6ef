//! What the user was told once and is not told again.

use super::EventLoop;
use crate::model::{AccountId, Role};
use crate::run::setup::hint_of;
use crate::store::OwnWrite;

impl EventLoop {
    /// Should it not be kept, it is told once more.
    pub(super) fn told(&self, account: AccountId, role: Role) {
        let line = self.running.iter().map(|running| &running.line).find(|line| line.id == account);
        let (Some(line), Some(own)) = (line, self.hands.own.clone()) else { return };
        let write = OwnWrite::Dismiss { account: line.name.clone(), hint: hint_of(role) };
        tokio::spawn(async move { own.commit(write).await });
    }
}
