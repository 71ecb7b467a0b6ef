//! What a draft asks for.

use super::{Ended, EventLoop};
use crate::app::Event;
use crate::app::compose::{Errand, Tidings};
use crate::run::writing::{Asked, Wanted};

impl EventLoop {
    pub(super) fn errand(&mut self, errand: Errand) -> Result<(), Ended> {
        let writing = &mut self.hands.writing;
        match errand {
            Errand::Keep { sheet, id, draft } => writing.keep(sheet, id, *draft),
            Errand::Drop(id) => writing.drop_draft(id),
            Errand::Send { sheet, id, draft, hold_until } => {
                writing.send(Wanted { sheet, id, draft: *draft, hold_until });
            }
            Errand::TakeBack(id) => writing.take_back(id),
            Errand::Prepare { sheet, placement, message, how } => {
                writing.prepare(self.desk.as_ref(), Asked { sheet, placement, message, how });
            }
            Errand::ListFiles { folder } => writing.list_files(folder),
            Errand::Attach { sheet, paths } => writing.attach(sheet, paths),
            Errand::ListDrafts => writing.list_drafts(),
            Errand::Edit { sheet, text } => match writing.hand_over(sheet, &text) {
                Ok(edited) => self.to_lend = Some(edited),
                Err(said) => {
                    return self.happen(Event::Composed(Tidings::Edited { sheet, result: Err(said) }));
                }
            },
        }
        Ok(())
    }
}
