//! What reaches the loop from all the others, in one channel.

use crate::app::{Event, Outcome};
use crate::model::{Answer, Changed, FailureKind, Ordered, Outgoing, Status};
use crate::sync::Report;
use crate::text::SafeText;

#[derive(Debug)]
pub(super) enum Input {
    /// The reader answered.
    Answer(Answer),
    /// Something for the core as it is: an outcome, a commit.
    Event(Event),
    /// The store changed.
    Changed(Changed),
    /// An engine has something to say.
    Report(Report),
    /// What a letter has come to.
    Letter(Box<Outgoing>),
    /// The program that has the terminal is over.
    ProgramOver,
    /// Nobody on the desktop shows notifications, or not in time.
    #[cfg_attr(
        not(all(feature = "desktop", unix, not(target_os = "macos"))),
        expect(dead_code, reason = "there is none to ask")
    )]
    NotShown { title: SafeText, body: SafeText, late: bool },
    /// A message that somebody asked for on the command line.
    Ordered(Box<Ordered>),
    /// The hongyan that had the profile has ended.
    Free,
}

impl Input {
    /// A file of the store is damaged.
    pub(super) fn is_damage(&self) -> bool {
        let failure = match self {
            Self::Answer(Answer::Failed { failure, .. })
            | Self::Event(Event::Finished { outcome: Outcome::Read(Err(failure)), .. })
            | Self::Report(Report::Status(_, Status::Offline { failure, .. }) | Report::Refused(_, failure)) => failure,
            Self::Answer(_)
            | Self::Event(_)
            | Self::Report(_)
            | Self::Changed(_)
            | Self::Letter(_)
            | Self::ProgramOver
            | Self::NotShown { .. }
            | Self::Ordered(_)
            | Self::Free => return false,
        };
        failure.kind == FailureKind::Damaged
    }
}
