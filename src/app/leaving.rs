//! Leaving while letters wait: what is asked, and what is waited for.

use crate::model::{Moment, Outgoing, OutgoingId, Sending, Timestamp};

use super::State;
use super::outbox::Standing;

/// Nothing has happened for so long: somebody is asked again.
const PATIENCE_MS: u64 = 20_000;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Leaving {
    /// Whether to send what waits. `tried`: it was, and did not go.
    Asked { tried: bool },
    /// Whether to throw away what cannot be kept as long as another hongyan has the profile.
    Unkept,
    /// It ends as soon as everything has gone.
    Sending(Haste),
}

impl State {
    /// What is asked, or waited for, before the program ends.
    pub fn leaving(&self) -> Option<&Leaving> {
        self.leaving.as_ref()
    }

    /// Letters that go by themselves, and soon.
    pub fn about_to_go(&self) -> usize {
        let goes = |letter: &&Outgoing| Standing::of(letter, self.now).is_about_to_go();
        self.outbox.letters().iter().filter(goes).count() + self.unlisted()
    }

    /// When the seconds on the screen are others, or somebody has waited for long enough.
    pub(super) fn outbox_wake(&self) -> Option<Moment> {
        let counting = |letter: &Outgoing| matches!(Standing::of(letter, self.now), Standing::Counting(_));
        let counted = self.outbox.is_shown() && self.outbox.letters().iter().any(counting);
        let waited = match &self.leaving {
            Some(Leaving::Sending(haste)) => Some(haste.until()),
            Some(Leaving::Asked { .. } | Leaving::Unkept) | None => None,
        };
        counted.then(|| self.moment.plus(1000)).into_iter().chain(waited).min()
    }

    /// Letters of which the outbox does not know yet.
    pub(super) fn unlisted(&self) -> usize {
        let known = |id: OutgoingId| self.outbox.letters().iter().any(|letter| letter.id == id);
        self.composing.held_ids().filter(|id| id.is_none_or(|id| !known(id))).count()
    }
}

/// Letters that were told to go now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Haste {
    /// With the time that each of them had before.
    told: Vec<(OutgoingId, Timestamp)>,
    /// When something happened last.
    since: Moment,
}

/// How it goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum How {
    Goes,
    /// Everything has gone.
    Over,
    /// What could go has gone, and something is left.
    Stuck,
}

impl Haste {
    pub(super) fn new(moment: Moment) -> Self {
        Self { told: Vec::new(), since: moment }
    }

    /// Those that wait and were not told yet.
    pub(super) fn tell(&mut self, letters: &[Outgoing], now: Timestamp, moment: Moment) -> Vec<OutgoingId> {
        let mut new = Vec::new();
        for letter in letters {
            let waits =
                matches!(Standing::of(letter, now), Standing::Counting(_) | Standing::Due | Standing::Waits { .. });
            if waits && self.told.iter().all(|(known, _)| *known != letter.id) {
                self.told.push((letter.id, letter.hold_until));
                self.since = moment;
                new.push(letter.id);
            }
        }
        new
    }

    pub(super) fn moved(&mut self, moment: Moment) {
        self.since = moment;
    }

    pub(super) fn until(&self) -> Moment {
        self.since.plus(PATIENCE_MS)
    }

    /// `others`: there are letters that are not in the outbox yet.
    pub(super) fn how(&self, letters: &[Outgoing], others: bool) -> How {
        let told = || {
            letters.iter().filter_map(|letter| {
                let (_, before) = self.told.iter().find(|(known, _)| *known == letter.id)?;
                Some((letter, *before))
            })
        };
        let goes = told().any(|(letter, before)| match letter.state {
            Sending::Begun | Sending::Handed => true,
            // As it was, it has not been tried yet.
            Sending::Queued => letter.failure.is_none() || letter.hold_until == before,
            Sending::Unknown | Sending::Sent | Sending::Asks | Sending::Refused => false,
        });
        let on_the_line = letters.iter().any(|letter| matches!(letter.state, Sending::Begun | Sending::Handed));
        match () {
            () if goes || on_the_line || others => How::Goes,
            () if told().next().is_some() => How::Stuck,
            () => How::Over,
        }
    }
}
