//! What the user says of letters, carried out on what is written down.

use std::path::Path;

use super::outbox::{self, Word};
use crate::model::{Failure, FailureKind, Outgoing, OutgoingId, Sending, Timestamp};
use crate::store::{OwnReader, OwnWriter, TakenBack};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    Say(OutgoingId, Word),
    /// Whatever was put off is tried now.
    Flush,
    /// It is not sent; what it was made of is a draft again.
    TakeBack(OutgoingId),
    /// It is gone.
    GiveUp(OutgoingId),
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    Done,
    /// The draft is one again for those who do not have it; the others have it.
    ForTheRest,
    /// It is being sent right now, or it was sent.
    TooLate,
    /// That makes no sense for where the letter is.
    Nothing,
    /// Nobody knows whether it went: it is not taken back unless the user says so.
    MayHaveGone,
    /// There is no draft that it could become.
    NoDraft,
    /// There is none of this number.
    Unknown,
}

/// Writes down what follows from a wish.
pub async fn grant(profile: &Path, own: &OwnWriter, wish: Wish, now: Timestamp) -> Result<Came, Failure> {
    let letters = {
        let reader = OwnReader::open(profile).map_err(|error| error.failure())?;
        reader.map_or_else(|| Ok(Vec::new()), |reader| reader.outbox(None)).map_err(|error| error.failure())?
    };
    let about = match wish {
        Wish::Flush => None,
        Wish::Say(id, _) | Wish::TakeBack(id) | Wish::GiveUp(id) => Some(id),
    };
    let letter = letters.iter().find(|letter| Some(letter.id) == about);
    match (wish, letter) {
        (Wish::Flush, _) => {
            // What was put off. What the user gave a time to is not sent before it.
            let put_off = |it: &&Outgoing| {
                it.state == Sending::Queued && it.hold_until > now && (it.attempts > 0 || it.failure.is_some())
            };
            for letter in letters.iter().filter(put_off) {
                if let Some(came) = outbox::said(letter, Word::Now, now) {
                    own.step(letter.state, came).await.map_err(|error| error.failure())?;
                }
            }
            Ok(Came::Done)
        }
        (_, None) => Ok(Came::Unknown),
        (Wish::Say(_, word), Some(letter)) => {
            let too_late = matches!(letter.state, Sending::Begun | Sending::Handed | Sending::Sent);
            let Some(came) = outbox::said(letter, word, now) else {
                return Ok(if too_late { Came::TooLate } else { Came::Nothing });
            };
            let written = own.step(letter.state, came).await.map_err(|error| error.failure())?;
            Ok(if written { Came::Done } else { Came::TooLate })
        }
        (Wish::TakeBack(id), Some(_)) => Ok(match own.take_back(id).await.map_err(|error| error.failure())? {
            TakenBack::Back(_) => Came::Done,
            TakenBack::ForTheRest(_) => Came::ForTheRest,
            TakenBack::TooLate => Came::TooLate,
            TakenBack::MayHaveGone => Came::MayHaveGone,
            TakenBack::NoDraft => Came::NoDraft,
        }),
        (Wish::GiveUp(id), Some(_)) => {
            let done = own.give_up(id).await.map_err(|error| error.failure())?;
            Ok(if done { Came::Done } else { Came::TooLate })
        }
    }
}

/// What a failure that tells what came of a wish is about.
const OUTBOX: &str = "outbox";

impl Came {
    const EVERY: [Self; 7] =
        [Self::Done, Self::ForTheRest, Self::TooLate, Self::Nothing, Self::MayHaveGone, Self::NoDraft, Self::Unknown];

    /// The stable word between one hongyan and another; never translated.
    fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::ForTheRest => "for-the-rest",
            Self::TooLate => "too-late",
            Self::Nothing => "makes-no-sense",
            Self::MayHaveGone => "may-have-gone",
            Self::NoDraft => "no-draft",
            Self::Unknown => "no-such-message",
        }
    }

    /// For whoever only hears of failures. [`Came::heard`] makes of it again what it was.
    pub fn failure(self) -> Result<(), Failure> {
        match self {
            Self::Done => Ok(()),
            Self::Unknown => Err(Failure::lasting(FailureKind::Gone, OUTBOX, self.code())),
            other => Err(Failure::lasting(FailureKind::Refused, OUTBOX, other.code())),
        }
    }

    /// `None` if the failure is another one.
    pub fn heard(failure: &Failure) -> Option<Self> {
        let code = Some(failure.said.as_str()).filter(|_| failure.about.as_str() == OUTBOX)?;
        Self::EVERY.into_iter().find(|came| came.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_a_wish_is_the_same_on_the_other_side() {
        for came in Came::EVERY {
            let heard = came.failure().err().map(|failure| Came::heard(&failure));
            assert_eq!(heard, (came != Came::Done).then_some(Some(came)));
        }
        assert_eq!(Came::heard(&Failure::lasting(FailureKind::Gone, "outgoing", "no-draft")), None);
    }
}
