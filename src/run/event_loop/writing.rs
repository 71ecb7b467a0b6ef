//! What a draft asks for.

use super::{Ended, EventLoop};
use crate::app::compose::{Errand, Tidings};
use crate::app::outbox::LetterWish;
use crate::app::{Action, Event, Notice};
use crate::config::keymap::KeyPane;
use crate::i18n::fill;
use crate::model::{Outgoing, Sending};
use crate::run::writing::{Asked, Wanted};
use crate::text::SafeText;
use crate::ui;

impl EventLoop {
    /// Says what a letter has come to. What is only begun is no news.
    pub(super) fn letter_came(&mut self, letter: &Outgoing) -> Result<(), Ended> {
        let code = match letter.state {
            Sending::Queued | Sending::Begun | Sending::Handed => return Ok(()),
            Sending::Sent => "sent",
            Sending::Refused => "refused",
            Sending::Unknown => "unknown",
            Sending::Asks => "asks",
        };
        let words = self.look.words();
        let why = letter.failure.as_ref().map(|failure| ui::failure_sentence(failure, words).into_string());
        let to = letter.recipients.first().map_or("", |recipient| recipient.address.as_str());
        let name = if letter.subject.as_str().trim().is_empty() { to } else { letter.subject.as_str() };
        let key = self.state.keymap().key_of(KeyPane::List, Action::Outbox).map(|key| key.to_string());
        let key = key.unwrap_or_default();
        let said = fill(
            words.compose.troubles.get(code).map_or("{name}", String::as_str),
            &[("name", name), ("why", why.as_deref().unwrap_or_default()), ("key", &key)],
        );
        self.happen(Event::Notice(Notice::Said(SafeText::of(&said))))
    }

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
            Errand::Letter { id, wish } => {
                writing.grant(id, wish);
                // Somebody wants it now: what was parked is tried again.
                if matches!(wish, LetterWish::Now | LetterWish::Again) {
                    self.running.iter().for_each(|running| running.line.send_now());
                }
            }
            Errand::Reopen(id) => writing.reopen(id),
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
