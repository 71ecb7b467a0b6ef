//! What the user does to messages and folders.

use tokio::sync::oneshot;

use super::EventLoop;
use crate::app::Event;
use crate::model::{Failure, FailureKind, FolderDeed};
use crate::run::Ended;
use crate::run::inbox::Input;
use crate::run::record::Wish;
use crate::sync::{FolderErrand, Order};

impl EventLoop {
    /// Has something written down, if anything may be changed here.
    pub(super) fn wish(&mut self, wish: Wish) -> Result<(), Ended> {
        let refused = match &self.hands.to_record {
            Some(to_record) => match to_record.send(wish) {
                Ok(()) => return Ok(()),
                Err(lost) => lost.0,
            },
            None => wish,
        };
        let failure = Failure::lasting(FailureKind::InUse, "", "");
        self.happen(match refused {
            Wish::Do(intent) | Wish::Note(intent) => Event::Recorded { intent, result: Err(failure) },
            Wish::Undo => Event::Undone(Err(failure)),
            Wish::Settle { .. } => Event::Settled(Err(failure)),
        })
    }

    /// Has something done to a folder, on the server, by the account whose it is.
    pub(super) fn folder_deed(&self, deed: FolderDeed) {
        let account = match &deed {
            FolderDeed::Create { account, .. } => Some(*account),
            FolderDeed::Rename { folder, .. }
            | FolderDeed::Delete { folder }
            | FolderDeed::DeleteWithMail { folder } => self.state.folders().find(*folder).map(|folder| folder.account),
        };
        let (reply, answer) = oneshot::channel();
        if let Some(running) = self.running.iter().find(|running| Some(running.line.id) == account) {
            let _ = running.line.orders.send(Order::Folder(FolderErrand { deed: deed.clone(), reply }));
        }
        let tell = self.hands.tell.clone();
        tokio::spawn(async move {
            // Nobody to do it, or no connection to do it on.
            let offline = || Err(Failure::passing(FailureKind::Offline, "", ""));
            let result = answer.await.unwrap_or_else(|_| offline());
            let _ = tell.send(Input::Event(Event::FolderDone { deed: Box::new(deed), result }));
        });
    }
}
