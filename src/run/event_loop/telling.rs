//! Telling of new mail outside of the frame, and remembering what was read.

use super::EventLoop;
use crate::app::{TerminalRequest, facts};
use crate::model::{AccountId, Arrivals};
use crate::run::Ended;
use crate::run::setup::HIDDEN_FOLDERS;
use crate::store::OwnWrite;
use crate::ui;

impl EventLoop {
    pub(super) fn announce(&mut self, arrivals: &[Arrivals]) -> Result<(), Ended> {
        let hide = self.state.settings().notify.hide;
        let (title, body) = ui::announcement(arrivals, &self.state, self.look.words(), hide);
        match self.hands.dialect {
            Some(dialect) => self.request(&TerminalRequest::Notify { dialect, title, body }),
            None => Ok(()),
        }
    }

    pub(super) fn new_mail_command(&self, command: Vec<String>, arrivals: &Arrivals) {
        let name = self.state.account(arrivals.account).map(|account| account.name.clone()).unwrap_or_default();
        let facts = facts(arrivals, &name, self.state.settings().notify.hide);
        self.hands.outside.new_mail(command, &facts);
    }

    pub(super) fn no_more_hints(&self, account: AccountId) {
        let line = self.running.iter().map(|running| &running.line).find(|line| line.id == account);
        let (Some(line), Some(own)) = (line, self.hands.own.clone()) else { return };
        let write = OwnWrite::Dismiss { account: line.name.clone(), hint: HIDDEN_FOLDERS.to_owned() };
        // Should it not be kept, the hint is shown once more.
        tokio::spawn(async move { own.commit(write).await });
    }
}
