//! What stays when everything begins again on the same screen: where the user was, and what nobody was told yet.

use std::collections::HashMap;

use super::compose::Composing;
use super::herald::Herald;
use super::state::Focus;
use super::{Overlay, State};
use crate::model::{OrderEntry, PlacementId, Source};

/// What one screen leaves to the next one over the same store.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Kept {
    herald: Herald,
    back: Back,
    /// The help that is being read.
    help: Option<Overlay>,
    /// Where the cursor was, in every list.
    places: HashMap<Source, OrderEntry>,
    /// What is open and what can be taken back.
    composing: Composing,
    /// Somebody writes right now.
    writes: bool,
}

/// The way back to where the user was.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Back {
    /// What was open, until it is open again.
    pub(super) source: Option<Source>,
    /// The message that was being read, until it is again.
    pub(super) reading: Option<PlacementId>,
}

impl State {
    /// The user is in the middle of nothing that would be lost.
    pub fn can_be_left(&self) -> bool {
        let idle = |overlay: Overlay| matches!(overlay, Overlay::Help { .. } | Overlay::History { .. });
        self.prompt.is_none() && self.finding.is_none() && self.pressed.is_empty() && self.overlay.is_none_or(idle)
    }

    pub fn keep(&mut self) -> Kept {
        let reading = self.list.placement_at_cursor().filter(|_| self.focus == Focus::Reader);
        let mut composing = std::mem::take(&mut self.composing);
        composing.count_from(self.moment);
        Kept {
            writes: self.focus == Focus::Composer && composing.current().is_some(),
            composing,
            herald: std::mem::take(&mut self.herald).begun_again(),
            back: Back { source: self.list.source().cloned(), reading },
            help: self.overlay.filter(|overlay| matches!(overlay, Overlay::Help { .. })),
            places: self.list.places(reading.is_some()),
        }
    }

    /// Before the first event.
    pub fn go_on(&mut self, kept: Kept) {
        self.herald = kept.herald;
        self.back = kept.back;
        self.overlay = kept.help;
        self.list.remember(kept.places);
        self.composing = kept.composing;
        self.composing.know_senders(&self.settings.senders);
        if kept.writes {
            self.focus = Focus::Composer;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::app::rehearsal::{Mailbox, NOW, Rehearsal, person, row};
    use crate::app::{Effect, Event, Focus, Settings};
    use crate::model::{AccountId, Arrivals, FolderId, NewMail, PlacementId, Role};

    fn mailbox() -> Mailbox {
        let mut mail = Mailbox::of(9);
        let others = (100..120).map(|nth| row(nth, person("a", "a@a.example"), "s"));
        mail.rows.insert(FolderId(3), others.collect());
        mail
    }

    fn read_only() -> Settings {
        Settings { read_only: true, ..Settings::default() }
    }

    fn went_on(mut before: Rehearsal, mail: Mailbox) -> Rehearsal {
        let kept = before.state.keep();
        Rehearsal::going_on(mail, 80, 24, Settings::default(), kept)
    }

    /// The third message of the third folder.
    fn reading() -> Rehearsal {
        let mut stage = Rehearsal::new(mailbox(), 80, 24, read_only());
        let effects = stage.state.open_folder(FolderId(3));
        stage.perform(effects);
        stage.press("jj<Enter>");
        assert_eq!(
            (stage.state.focus(), stage.state.list().placement_at_cursor()),
            (Focus::Reader, Some(PlacementId(102)))
        );
        stage
    }

    #[test]
    fn whoever_reads_goes_on_reading() {
        let mut stage = went_on(reading(), mailbox());
        let state = &stage.state;
        assert_eq!((state.list().folder(), state.focus()), (Some(FolderId(3)), Focus::Reader));
        assert_eq!(state.list().placement_at_cursor(), Some(PlacementId(102)));
        assert!(!state.is_read_only());
        // The way back is gone once.
        let effects = stage.state.open_folder(FolderId(1));
        stage.perform(effects);
        assert_eq!((stage.state.list().folder(), stage.state.list().cursor()), (Some(FolderId(1)), 0));
    }

    #[test]
    fn what_is_gone_is_not_gone_back_to() {
        let mut mail = mailbox();
        mail.rows.get_mut(&FolderId(3)).unwrap().retain(|row| row.placement != PlacementId(102));
        let stage = went_on(reading(), mail);
        // Another message in its place would be open without being opened.
        assert_eq!((stage.state.list().folder(), stage.state.focus()), (Some(FolderId(3)), Focus::List));
        let mut mail = mailbox();
        mail.folders.retain(|folder| folder.id != FolderId(3));
        assert_eq!(went_on(reading(), mail).state.list().folder(), Some(FolderId(1)));
    }

    #[test]
    fn new_mail_that_nobody_was_told_of_is_told_of_once() {
        let mut before = Rehearsal::new(mailbox(), 80, 24, Settings::default());
        let newest = vec![NewMail { from: person("a", "a@a.example"), subject: "s".into(), arrival: NOW }];
        let (account, folder, role) = (AccountId(1), FolderId(1), Some(Role::Inbox));
        before.send(Event::Arrived(Arrivals {
            account,
            folder,
            name: "INBOX".into(),
            delimiter: None,
            role,
            count: 1,
            newest,
        }));
        let kept = before.state.keep();
        assert_eq!(before.state.keep().herald, super::Herald::default(), "it is kept twice");
        let told = |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::Announce(_))).count();
        let (mut state, _) = super::State::new(Settings::default(), Vec::new());
        state.go_on(kept);
        let tick = Event::Clock { now: NOW, moment: crate::model::Moment(1) };
        assert_eq!(told(&crate::app::update(&mut state, tick.clone())), 1);
        assert_eq!(told(&crate::app::update(&mut state, tick)), 0);
    }

    #[test]
    fn nobody_is_cut_off_in_the_middle_of_something() {
        let mut stage = Rehearsal::at(80, 24);
        assert!(stage.state.can_be_left());
        stage.press("?");
        assert!(stage.state.can_be_left());
        let kept = stage.state.keep();
        let after = Rehearsal::going_on(Mailbox::of(9), 80, 24, Settings::default(), kept);
        assert_eq!(after.state.overlay(), stage.state.overlay());
        stage.press("<Esc><Enter>/");
        assert!(!stage.state.can_be_left(), "a line is being typed");
    }
}
