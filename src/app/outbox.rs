//! What is on its way out, as the screen shows it: how each letter stands, what can be done about it, and what is asked.

use super::edit::Line;
use super::{Action, State};
use crate::model::{
    Draft, DraftId, Failure, FailureKind, Outgoing, OutgoingId, Reception, Sending, SentCopy, Timestamp,
};
use crate::text::SafeText;

/// Seconds; longer than this nobody counts them.
const COUNTED_DOWN: i64 = 120;
/// Bytes of a time that is typed.
const LONGEST: usize = 200;

/// How a letter stands, as far as there are words for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// So many seconds are left to take it back.
    Counting(u64),
    /// It was told when to go.
    Scheduled(Timestamp),
    /// It goes as soon as the one before it has gone.
    Due,
    /// Something kept it back that passes; `again`: when it is tried next, if that is known.
    Waits {
        network: bool,
        again: Option<Timestamp>,
    },
    /// It is on the line.
    Going,
    /// Nobody knows whether it went: it is looked for.
    LookedFor,
    /// The same, and it was not found.
    Unknown,
    Refused,
    /// Its account has another server or login now, or is in the settings no more.
    Asks,
    /// Some have it, and others are refused.
    Partly,
    Sent,
}

impl Standing {
    pub fn of(letter: &Outgoing, now: Timestamp) -> Self {
        let left = letter.hold_until.0.saturating_sub(now.0);
        match (letter.state, &letter.failure) {
            (Sending::Begun | Sending::Handed, _) => Self::Going,
            (Sending::Unknown, _) if matches!(letter.copy, SentCopy::LookFrom(_)) => Self::LookedFor,
            (Sending::Unknown, _) => Self::Unknown,
            (Sending::Refused, _) => Self::Refused,
            (Sending::Asks, _) => Self::Asks,
            (Sending::Sent, _) if refused(letter).next().is_some() => Self::Partly,
            (Sending::Sent, _) => Self::Sent,
            (Sending::Queued, Some(failure)) => {
                Self::Waits { network: is_network(failure.kind), again: (left > 0).then_some(letter.hold_until) }
            }
            (Sending::Queued, None) if left <= 0 => Self::Due,
            (Sending::Queued, None) if left <= COUNTED_DOWN => Self::Counting(left.unsigned_abs()),
            (Sending::Queued, None) => Self::Scheduled(letter.hold_until),
        }
    }

    /// It goes by itself, and soon.
    pub fn is_about_to_go(self) -> bool {
        matches!(self, Self::Counting(_) | Self::Due | Self::Waits { .. } | Self::Going)
    }

    /// Somebody has to say what is to become of it.
    pub fn needs_a_word(self) -> bool {
        matches!(self, Self::Unknown | Self::Refused | Self::Asks | Self::Partly)
    }

    /// What can be done about it.
    pub fn offers(self, action: Action) -> bool {
        let waits = matches!(self, Self::Counting(_) | Self::Scheduled(_) | Self::Due | Self::Waits { .. });
        let unknown = matches!(self, Self::Unknown | Self::LookedFor);
        match action {
            Action::SendNow => waits || unknown || matches!(self, Self::Refused | Self::Asks),
            Action::SendLater => waits,
            Action::TakeBack => waits || matches!(self, Self::Refused | Self::Asks | Self::Partly),
            Action::Open => matches!(self, Self::Refused | Self::Partly),
            Action::WasSent => unknown,
            Action::GiveUp => self != Self::Going,
            _ => false,
        }
    }
}

fn is_network(kind: FailureKind) -> bool {
    use FailureKind as K;
    matches!(kind, K::UnknownHost | K::Unreachable | K::TimedOut | K::Dropped | K::Offline | K::Portal | K::Proxy)
}

/// The addresses that a server did not take, and what it said.
pub fn refused(letter: &Outgoing) -> impl Iterator<Item = (&str, &SafeText)> {
    letter.recipients.iter().filter_map(|to| match &to.state {
        Reception::Refused { said, .. } => Some((to.address.as_str(), said)),
        Reception::Waiting | Reception::Taken => None,
    })
}

impl State {
    /// What is on its way out, and whether it is looked at.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }
}

/// What the user wants of a letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LetterWish {
    /// What waits goes now.
    Now,
    /// It is sent again: what was refused, or may have gone already.
    Again,
    At(Timestamp),
    /// It is known to have arrived.
    WasSent,
    GiveUp,
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LetterCame {
    Done,
    /// It is on the line, or it has gone.
    TooLate,
    /// It makes no sense for where the letter is.
    Nothing,
    /// It is in the outbox no more.
    Gone,
}

/// A letter that is a draft again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reopened {
    pub draft: DraftId,
    pub written: Draft,
    /// Addresses that a server did not take.
    pub refused: Vec<String>,
    /// Some have it; the draft is for the others.
    pub for_the_rest: bool,
}

/// Why it is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotReopened {
    TooLate,
    /// Nobody knows whether it went.
    MayHaveGone,
    /// It was made of none.
    NoDraft,
    Gone,
    Failed(Failure),
}

/// What is said in one line about a letter. The words stand in the catalogue, by their codes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OutboxNotice {
    Now,
    WasSent,
    GivenUp,
    /// It goes at this time.
    At(SafeText),
    TooLate,
    Nothing,
    MayHaveGone,
    NoDraft,
    Gone,
    ForTheRest,
    /// This key makes a draft of it again.
    TakeBackFirst(SafeText),
}

impl OutboxNotice {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::WasSent => "was-sent",
            Self::GivenUp => "given-up",
            Self::At(_) => "at",
            Self::TooLate => "too-late",
            Self::Nothing => "nothing",
            Self::MayHaveGone => "may-have-gone",
            Self::NoDraft => "no-draft",
            Self::Gone => "gone",
            Self::ForTheRest => "for-the-rest",
            Self::TakeBackFirst(_) => "take-back-first",
        }
    }
}

/// What is asked about the letter at the cursor.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Asked {
    #[default]
    Nothing,
    /// When it shall go.
    When(Line),
    /// Whether to send it once more, though it may have arrived.
    Again,
    GiveUp,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct View {
    at: Option<OutgoingId>,
    cursor: usize,
    asked: Asked,
}

/// The letters, and where the cursor stands if they are looked at.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Outbox {
    letters: Vec<Outgoing>,
    view: Option<View>,
}

impl Outbox {
    /// Those that need somebody come first, then the others as they go.
    pub(super) fn know(&mut self, mut letters: Vec<Outgoing>) {
        // Of what has gone only the copy is missing.
        letters.retain(|letter| letter.state != Sending::Sent || refused(letter).next().is_some());
        let waits = |letter: &Outgoing| !Standing::of(letter, letter.hold_until).needs_a_word();
        letters.sort_by_key(|letter| (waits(letter), if waits(letter) { letter.hold_until.0 } else { 0 }, letter.id));
        self.letters = letters;
        let Some(view) = &mut self.view else { return };
        let found = view.at.and_then(|id| self.letters.iter().position(|letter| letter.id == id));
        if found.is_none() {
            // What was asked was about one that is there no more.
            view.asked = Asked::Nothing;
        }
        view.cursor = found.unwrap_or(view.cursor).min(self.letters.len().saturating_sub(1));
        view.at = self.letters.get(view.cursor).map(|letter| letter.id);
    }

    pub fn letters(&self) -> &[Outgoing] {
        &self.letters
    }

    pub fn is_shown(&self) -> bool {
        self.view.is_some()
    }

    pub fn cursor(&self) -> usize {
        self.view.as_ref().map_or(0, |view| view.cursor)
    }

    pub fn at_cursor(&self) -> Option<&Outgoing> {
        self.letters.get(self.view.as_ref()?.cursor)
    }

    pub fn asked(&self) -> &Asked {
        self.view.as_ref().map_or(&Asked::Nothing, |view| &view.asked)
    }

    /// The one that was put in last, of those that nobody has begun with.
    pub(super) fn last_waiting(&self) -> Option<OutgoingId> {
        let waiting = self.letters.iter().filter(|letter| letter.state == Sending::Queued);
        waiting.map(|letter| letter.id).max()
    }

    /// How many are told when to go.
    pub fn scheduled(&self, now: Timestamp) -> usize {
        let is_scheduled = |letter: &&Outgoing| matches!(Standing::of(letter, now), Standing::Scheduled(_));
        self.letters.iter().filter(is_scheduled).count()
    }

    pub(super) fn show(&mut self, shown: bool) {
        self.view = shown.then(View::default);
        self.move_to(0);
    }

    pub(super) fn move_by(&mut self, by: isize) {
        self.move_to(self.cursor().saturating_add_signed(by));
    }

    fn move_to(&mut self, to: usize) {
        let Some(view) = &mut self.view else { return };
        view.cursor = to.min(self.letters.len().saturating_sub(1));
        view.at = self.letters.get(view.cursor).map(|letter| letter.id);
    }

    pub(super) fn ask(&mut self, asked: Asked) {
        if let Some(view) = &mut self.view {
            view.asked = asked;
        }
    }

    pub(super) fn ask_when(&mut self) {
        self.ask(Asked::When(Line::of("", LONGEST, &[' '])));
    }

    pub(super) fn line(&mut self) -> Option<&mut Line> {
        match &mut self.view.as_mut()?.asked {
            Asked::When(line) => Some(line),
            Asked::Nothing | Asked::Again | Asked::GiveUp => None,
        }
    }
}
