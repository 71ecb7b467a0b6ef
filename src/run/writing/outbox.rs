//! What the user says on the screen about letters in the outbox, carried out on what is written down.

use std::sync::Arc;

use super::{Means, Writing, read_only};
use crate::app::compose::Tidings;
use crate::app::outbox::{self, LetterCame, LetterWish, NotReopened, Reopened};
use crate::model::{Failure, Outgoing, OutgoingId, clock};
use crate::send::outbox::Word;
use crate::send::wish::{Came, Wish, grant};
use crate::store::{OwnReader, OwnWriter, StoreError, TakenBack};

impl Writing {
    /// Everything that is on its way out, as it is written down.
    pub(in crate::run) fn outbox(&self) -> Vec<Outgoing> {
        let reader = OwnReader::open(&self.means.profile).ok().flatten();
        reader.and_then(|reader| reader.outbox(None).ok()).unwrap_or_default()
    }

    pub(in crate::run) fn grant(&mut self, id: OutgoingId, wish: LetterWish) {
        let means = self.means.clone();
        self.begin(async move {
            let result = match &means.own {
                Some(own) => granted(&means, own, id, wish).await,
                None => Err(read_only()),
            };
            Some(Tidings::Letter { id, wish, result })
        });
    }

    /// Takes a letter back, and hands over the draft that it was made of.
    pub(in crate::run) fn reopen(&mut self, id: OutgoingId) {
        let means = self.means.clone();
        self.begin(async move {
            let result = match &means.own {
                Some(own) => reopened(means.clone(), own, id).await.map(Box::new),
                None => Err(NotReopened::Failed(read_only())),
            };
            Some(Tidings::Reopened { id, result })
        });
    }
}

async fn granted(means: &Means, own: &OwnWriter, id: OutgoingId, wish: LetterWish) -> Result<LetterCame, Failure> {
    let wish = match wish {
        LetterWish::Now => Wish::Say(id, Word::Now),
        LetterWish::Again => Wish::Say(id, Word::Again),
        LetterWish::At(at) => Wish::Say(id, Word::At(at)),
        LetterWish::WasSent => Wish::Say(id, Word::WasSent),
        LetterWish::GiveUp => Wish::GiveUp(id),
    };
    Ok(match grant(&means.profile, own, wish, clock::now()).await? {
        Came::Done | Came::ForTheRest => LetterCame::Done,
        Came::TooLate => LetterCame::TooLate,
        Came::Nothing | Came::MayHaveGone | Came::NoDraft => LetterCame::Nothing,
        Came::Unknown => LetterCame::Gone,
    })
}

async fn reopened(means: Arc<Means>, own: &OwnWriter, id: OutgoingId) -> Result<Reopened, NotReopened> {
    let failed = |error: StoreError| match error {
        StoreError::Gone => NotReopened::Gone,
        error => NotReopened::Failed(error.failure()),
    };
    let open = || OwnReader::open(&means.profile).map_err(failed)?.ok_or(NotReopened::Gone);
    // Who was refused is known only as long as it is a letter.
    let letter = open()?.outgoing(id).map_err(failed)?.ok_or(NotReopened::Gone)?;
    let refused = outbox::refused(&letter).map(|(address, _)| address.to_owned()).collect();
    let (draft, for_the_rest) = match own.take_back(id).await.map_err(failed)? {
        TakenBack::Back(Some(draft)) => (draft, false),
        TakenBack::ForTheRest(draft) => (draft, true),
        TakenBack::Back(None) | TakenBack::NoDraft => return Err(NotReopened::NoDraft),
        TakenBack::TooLate => return Err(NotReopened::TooLate),
        TakenBack::MayHaveGone => return Err(NotReopened::MayHaveGone),
    };
    let written = open()?.draft(draft).map_err(failed)?.ok_or(NotReopened::Gone)?;
    Ok(Reopened { draft, written, refused, for_the_rest })
}
