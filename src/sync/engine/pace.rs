//! How often a server is bothered. Providers count: who asks too often is locked out, and who never asks sees nothing.

use std::time::Duration;

use tokio::time::Instant;

/// Between two looks, where nothing is known of the server.
const POLL: Duration = Duration::from_mins(1);
/// Other folders are looked at more seldom than the one that is watched: so many times, and no more often than this.
const ELSEWHERE: u32 = 5;
const ELSEWHERE_SOONEST: Duration = Duration::from_mins(5);
/// A line that was cut makes us ask half as often, until it held for so long. Not ever more seldom: servers that cut quiet
/// lines would cut it for that, and each new line is a login.
const CALM: Duration = Duration::from_hours(1);
const STRAINED: u32 = 2;
/// What was found and is not handed out is waited for so often; then it is a number without a message.
const TRIES: u32 = 3;

/// What a provider bears, and what the user wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    /// Between two looks at the folder that is watched.
    pub poll: Duration,
    /// Between two rounds over the other folders.
    pub elsewhere: Duration,
    /// How old a connection gets; some stop telling of new mail.
    pub recycle: Option<Duration>,
    /// How long it may take until a message that a search finds is handed out.
    pub lag: Duration,
}

/// Where a pace comes from. What is not said is `None`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Wished {
    /// By the user for this very account: that counts, whatever the provider bears.
    pub for_account: Option<Duration>,
    /// By the user for all accounts.
    pub for_all: Option<Duration>,
    /// What the provider bears.
    pub borne: Option<Duration>,
    pub elsewhere: Option<Duration>,
    pub recycle: Option<Duration>,
    pub lag: Duration,
}

impl Pace {
    pub fn of(wished: Wished) -> Self {
        let Wished { for_account, for_all, borne, elsewhere, recycle, lag } = wished;
        let bearable = borne.unwrap_or_default();
        let general = for_all.or(borne).unwrap_or(POLL).max(bearable);
        let poll = for_account.unwrap_or(general);
        let elsewhere = elsewhere.unwrap_or(ELSEWHERE_SOONEST).max(poll.saturating_mul(ELSEWHERE));
        Self { poll, elsewhere, recycle: recycle.filter(|after| !after.is_zero()), lag }
    }

    /// For tests, and wherever a server is ours.
    pub fn every(poll: Duration) -> Self {
        Self { poll, elsewhere: poll, recycle: None, lag: Duration::ZERO }
    }
}

/// What is to be done next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// This connection is old.
    Renew,
    /// Look at the folders that nobody watches.
    Round,
    /// Ask for new mail where it is watched for.
    Probe,
    Wait(Duration),
}

/// When what was done last. It outlives connections: whoever comes back soon does not begin from the start.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Agenda {
    probed: Option<Instant>,
    looked_round: Option<Instant>,
    /// When the present connection was made, and how old it gets.
    connected: Option<Instant>,
    renewed_after: Option<Duration>,
    /// When a line was last cut.
    cut: Option<Instant>,
    awaited: Option<Awaited>,
    jitter: u64,
}

/// A message that a search finds and nobody hands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Awaited {
    uid: u32,
    tries: u32,
    again: Instant,
}

impl Agenda {
    /// A connection was made.
    pub(super) fn connected(&mut self, pace: &Pace, seed: u64, now: Instant) {
        self.jitter = (self.jitter ^ seed | 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        // Between nine and eleven tenths, so that nobody comes with everybody else.
        let part = u32::try_from(self.jitter % 200).unwrap_or_default();
        self.renewed_after = pace.recycle.map(|after| after / 1_000 * (900 + part));
        self.connected = Some(now);
    }

    /// A line was cut that should have held.
    pub(super) fn cut(&mut self, now: Instant) {
        self.cut = Some(now);
    }

    /// The folder that is watched was asked for new mail, or opened.
    pub(super) fn probed(&mut self, now: Instant) {
        self.probed = Some(now);
    }

    pub(super) fn looked_round(&mut self, now: Instant) {
        self.looked_round = Some(now);
    }

    /// Whoever asks does not want to wait for the next round.
    pub(super) fn look_round_now(&mut self) {
        self.looked_round = None;
        self.awaited = None;
    }

    fn strain(&self, now: Instant) -> u32 {
        if self.cut.is_some_and(|at| now.duration_since(at) < CALM) { STRAINED } else { 1 }
    }

    pub(super) fn next(&self, pace: &Pace, now: Instant) -> Next {
        let strain = self.strain(now);
        let due = |last: Option<Instant>, every: Duration| match last {
            Some(last) => (last + every.saturating_mul(strain)).saturating_duration_since(now),
            None => Duration::ZERO,
        };
        let round = due(self.looked_round, pace.elsewhere);
        let again = self.awaited.map(|awaited| awaited.again.saturating_duration_since(now));
        let probe = due(self.probed, pace.poll).min(again.unwrap_or(Duration::MAX));
        let old = self.connected.zip(self.renewed_after).is_some_and(|(at, after)| now.duration_since(at) >= after);
        match () {
            // Only when something is to be asked anyway: the new connection answers it.
            () if (round.is_zero() || probe.is_zero()) && old => Next::Renew,
            () if round.is_zero() => Next::Round,
            () if probe.is_zero() => Next::Probe,
            () => Next::Wait(round.min(probe)),
        }
    }

    /// A search found nothing that we do not have.
    pub(super) fn nothing_found(&mut self) {
        self.awaited = None;
    }

    /// A search found numbers up to this one, which we do not have. True if it is worth opening the folder for.
    pub(super) fn found(&self, uid: u32, now: Instant) -> bool {
        self.awaited.is_none_or(|awaited| uid > awaited.uid || now >= awaited.again)
    }

    /// The folder is opened because a search found `uid`. Should it not be handed out, it is asked for again.
    pub(super) fn opening_for(&mut self, pace: &Pace, uid: u32, now: Instant) {
        let tries = self.awaited.filter(|awaited| awaited.uid == uid).map_or(0, |awaited| awaited.tries);
        // A few times within the lag; what is not there by then is looked for ever more seldom.
        let soon = (pace.lag / 2).max(Duration::from_secs(1));
        let late = pace.poll.saturating_mul(1 << tries.saturating_sub(TRIES).min(6));
        let wait = if tries < TRIES && !pace.lag.is_zero() { soon } else { late.min(CALM) };
        self.awaited = Some(Awaited { uid, tries: tries.saturating_add(1), again: now + wait });
    }
}

#[cfg(test)]
mod tests;
