//! What a draft asks for.

use super::{Ended, EventLoop};
use crate::app::compose::{DraftNotice, Errand};
use crate::app::{Event, Notice};
use crate::text::SafeText;

impl EventLoop {
    /// Performed by the run, later: until then it is said that it is not.
    pub(super) fn errand(&mut self, errand: Errand) -> Result<(), Ended> {
        let said = match errand {
            Errand::Keep { .. } | Errand::Drop(_) | Errand::ListDrafts | Errand::ListFiles { .. } => return Ok(()),
            Errand::Send { .. } | Errand::TakeBack(_) => "send",
            Errand::Prepare { .. } => "prepare",
            Errand::Attach { .. } => "attach",
            Errand::Edit { .. } => "edit",
        };
        self.happen(Event::Notice(Notice::Draft(DraftNotice::Said(SafeText::of(said)))))
    }
}
