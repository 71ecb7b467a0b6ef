//! What the user does to messages and folders.

use super::EventLoop;
use crate::app::Event;
use crate::model::{Failure, FailureKind, FolderDeed};
use crate::run::Ended;
use crate::run::record::Wish;

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

    /// Has something done to a folder, on the server.
    pub(super) fn folder_deed(&mut self, deed: FolderDeed) -> Result<(), Ended> {
        let result = Err(Failure::passing(FailureKind::Offline, "", ""));
        self.happen(Event::FolderDone { deed, result })
    }
}
