//! The ways out of the loop: to the form and back, and to begin again on the same screen.

use tokio::sync::mpsc;

use super::EventLoop;
use crate::app::{Event, Kept, State};
use crate::model::Secret;
use crate::run::inbox::Input;
use crate::run::screen::Screen;
use crate::sync::Report;

/// How the loop was left.
pub(in crate::run) enum Left {
    Quit,
    /// To begin again on the same screen: with another account, or with a profile that is free now.
    Again {
        screen: Box<Screen>,
        typed: Vec<(String, Secret)>,
        left_over: Box<LeftOver>,
    },
}

/// What the next loop goes on with.
#[derive(Debug, Default)]
pub(in crate::run) struct LeftOver {
    pub(in crate::run) kept: Kept,
    /// New mail that this loop has not heard of, and what the desktop did not show.
    pub(in crate::run) unheard: Vec<Input>,
    /// What is said at once.
    pub(in crate::run) notices: Vec<Event>,
}

impl LeftOver {
    /// When nobody sends anything any more. The rest is in the store, and told again by whoever begins.
    pub(super) fn of(state: &mut State, inbox: &mut mpsc::UnboundedReceiver<Input>) -> Self {
        let mut unheard = Vec::new();
        while let Ok(input) = inbox.try_recv() {
            match input {
                Input::Report(Report::Arrived(_)) | Input::NotShown { .. } | Input::Ordered(_) => unheard.push(input),
                Input::Answer(_)
                | Input::Event(_)
                | Input::Changed(_)
                | Input::Letter(_)
                | Input::ProgramOver
                | Input::Report(Report::Status(..) | Report::Refused(..))
                | Input::Free => {}
            }
        }
        Self { kept: state.keep(), unheard, notices: Vec::new() }
    }
}

impl EventLoop {
    /// Begins again with the profile that is free, unless that would cut the user off in the middle of something.
    pub(super) fn take_over(&mut self) {
        // Whoever has the terminal would be ended for it.
        let is_lent = self.screen.is_lent() || self.to_lend.is_some();
        if self.free && !self.quit && !is_lent && self.state.can_be_left() {
            (self.quit, self.again) = (true, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Settings;
    use crate::model::{AccountId, Arrivals, FolderId, Status};
    use crate::text::SafeText;

    #[test]
    fn new_mail_that_came_behind_the_form_is_handed_on_and_nothing_else() {
        let (to, mut inbox) = mpsc::unbounded_channel();
        let (account, folder) = (AccountId(1), FolderId(1));
        let arrivals = Arrivals {
            account,
            folder,
            name: "INBOX".into(),
            delimiter: None,
            role: None,
            count: 1,
            newest: Vec::new(),
        };
        to.send(Input::Free).unwrap();
        to.send(Input::Report(Report::Status(account, Status::Connecting))).unwrap();
        to.send(Input::Report(Report::Arrived(arrivals.clone()))).unwrap();
        to.send(Input::NotShown { title: SafeText::of("a"), body: SafeText::of("b"), late: false }).unwrap();
        let (mut state, _) = State::new(Settings::default(), Vec::new());
        let left_over = LeftOver::of(&mut state, &mut inbox);
        let [Input::Report(Report::Arrived(told)), Input::NotShown { .. }] = &left_over.unheard[..] else {
            panic!("{:?}", left_over.unheard)
        };
        assert_eq!(*told, arrivals);
    }
}
