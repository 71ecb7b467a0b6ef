//! A stretch of a large message, so that whoever wants something else meanwhile need not wait for all of it.

use super::fetch::is_another;
use super::said::{Said, Verdict};
use super::session::Session;
use crate::model::Failure;
use crate::store::{Spot, Whole};

/// What a server hands out where a stretch was asked for.
#[derive(Debug)]
pub enum Piece {
    /// The bytes from the place on that was asked for, and how large it says that the message is.
    Stretch { bytes: Whole, size: Option<u64> },
    /// All of the message, whatever was asked.
    All(Whole),
    /// It does not hand out stretches, or other ones.
    Refused,
    /// Nothing of this message.
    Nothing,
}

impl Session {
    /// At most `length` bytes of the message, from this place on. The folder is open.
    pub async fn piece(&mut self, our: &Spot, from: u64, length: u64) -> Result<Piece, Failure> {
        let mut found = None;
        let command = format!("UID FETCH {} (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<{from}.{length}>)", our.uid);
        let tagged = self
            .run(command.as_str(), |said| {
                let Said::Fetch(told) = said else { return };
                if told.uid != Some(our.uid) || found.is_some() || is_another(our, told) {
                    return;
                }
                let size = told.size;
                let is_all = |whole: &Whole| whole.size() > 0 && size.is_none_or(|size| whole.size() >= size);
                found = match (told.piece.take(), told.body.take()) {
                    // Flags of it may be told by the way.
                    (None, None) => None,
                    (Some((at, bytes)), _) if at == from && bytes.size() <= length => {
                        Some(Piece::Stretch { bytes, size })
                    }
                    (None, Some(whole)) if is_all(&whole) => Some(Piece::All(whole)),
                    (Some(_), _) | (None, Some(_)) => Some(Piece::Refused),
                };
            })
            .await?;
        Ok(match (found, tagged.verdict) {
            (Some(piece), Verdict::Ok) => piece,
            (_, Verdict::No | Verdict::Bad) => Piece::Refused,
            (Some(_) | None, _) => Piece::Nothing,
        })
    }
}
