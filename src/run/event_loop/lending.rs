//! The terminal lent to the program that the user writes with. Mail goes on coming meanwhile; nobody sees it until then.

use std::thread;

use super::{Ended, EventLoop};
use crate::app::Event;
use crate::app::compose::Tidings;
use crate::run::inbox::Input;
use crate::run::screen::NotLent;
use crate::run::writing::Edited;
use crate::term;
use crate::text::SafeText;

impl EventLoop {
    pub(super) async fn lend(&mut self, mut edited: Edited) -> Result<(), Ended> {
        let watch = match self.screen.lend(&edited.argv, &edited.environment).await? {
            Ok(watch) => watch,
            Err(not) => {
                let trouble = match &not {
                    NotLent::Busy => None,
                    NotLent::Not(trouble) => Some(trouble),
                };
                let said = self.hands.writing.not_started(&mut edited, trouble);
                self.tell_edited(&edited, Err(said))?;
                return self.drawn_anew();
            }
        };
        self.lent_for = Some(edited);
        let tell = self.hands.tell.clone();
        let wait = move || {
            watch.wait();
            let _ = tell.send(Input::ProgramOver);
        };
        match thread::Builder::new().name("in front".to_owned()).spawn(wait) {
            Ok(_) => Ok(()),
            Err(_) => self.program_over(),
        }
    }

    pub(super) fn program_over(&mut self) -> Result<(), Ended> {
        let Some(mut edited) = self.lent_for.take() else { return Ok(()) };
        let back = self.screen.take_back();
        // We ended it ourselves, or the terminal is gone: what it wrote by then was meant.
        let result = match &back {
            Ok(status) if !self.quit => self.hands.writing.taken_back(&mut edited, *status),
            Ok(_) | Err(_) => self.hands.writing.read_back(&mut edited),
        };
        let is_read = result.is_ok();
        let told = self.tell_edited(&edited, result);
        if is_read {
            self.hands.writing.goes_when_kept(edited);
        }
        told?;
        back?;
        self.drawn_anew()
    }

    fn tell_edited(&mut self, edited: &Edited, result: Result<String, SafeText>) -> Result<(), Ended> {
        self.happen(Event::Composed(Tidings::Edited { sheet: edited.sheet, result }))
    }

    fn drawn_anew(&mut self) -> Result<(), Ended> {
        self.title = SafeText::default();
        let (columns, rows) = term::size();
        self.happen(Event::Resize { columns, rows })
    }
}
