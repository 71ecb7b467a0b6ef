//! What the user says of letters, carried out on what is written down.

use std::path::Path;

use super::outbox::{self, Word};
use crate::model::{Failure, FailureKind, OutgoingId, Sending, Timestamp};
use crate::store::{OwnReader, OwnWriter, TakenBack};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    Say(OutgoingId, Word),
    /// Whatever waits for its time goes now.
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
    /// It is being sent right now, or it was sent.
    TooLate,
    /// That makes no sense for where the letter is.
    Nothing,
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
            for letter in letters.iter().filter(|it| it.state == Sending::Queued && it.hold_until > now) {
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
            TakenBack::TooLate => Came::TooLate,
        }),
        (Wish::GiveUp(id), Some(_)) => {
            let done = own.give_up(id).await.map_err(|error| error.failure())?;
            Ok(if done { Came::Done } else { Came::TooLate })
        }
    }
}

impl Came {
    /// For whoever only hears of failures.
    pub fn failure(self) -> Result<(), Failure> {
        let refused = |said: &str| Err(Failure::lasting(FailureKind::Refused, "outbox", said));
        match self {
            Self::Done => Ok(()),
            Self::TooLate => refused("it is being sent, or it was sent"),
            Self::Nothing => refused("that makes no sense for where the message is"),
            Self::Unknown => Err(Failure::lasting(FailureKind::Gone, "outbox", "")),
        }
    }
}
