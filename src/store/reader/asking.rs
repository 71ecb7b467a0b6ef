//! What the screen asks, and who answers it.

use std::sync::mpsc as std_mpsc;
use std::thread;

use super::Reader;
use crate::model::{Answer, Query};
use crate::store::{OwnReader, StoreError};

impl Reader {
    pub fn answer(&self, query: &Query) -> Answer {
        let answer = match query {
            Query::Folders => self.folders().map(Answer::Folders),
            Query::Order(listing) => {
                self.listing(listing).map(|(order, knots)| Answer::Order { listing: listing.clone(), order, knots })
            }
            Query::Rows { source, placements, threads } => {
                let rows =
                    if *threads { self.rows_with_conversations(source, placements) } else { self.rows(placements) };
                rows.map(|rows| Answer::Rows { source: source.clone(), rows })
            }
            Query::Drafts => {
                self.own().and_then(|own| own.map_or_else(|| Ok(Vec::new()), OwnReader::drafts)).map(Answer::Drafts)
            }
            Query::Draft(id) => self.own().and_then(|own| {
                let draft = own.map(|own| own.draft(*id)).transpose()?.flatten();
                Ok(Answer::Draft { id: *id, draft: draft.map(Box::new) })
            }),
            Query::Outbox => self
                .own()
                .and_then(|own| own.map_or_else(|| Ok(Vec::new()), |own| own.outbox(None)))
                .map(Answer::Outbox),
            Query::Needs => self.needs().map(Answer::Needs),
            Query::Pending => self.pending().map(Answer::Pending),
            Query::Alike { within, placement, how } => {
                self.alike(within, *placement, *how).map(|placements| Answer::Alike { placements })
            }
            Query::Meant { source, placements, folded } => self.meant(source, placements, folded).map(Answer::Meant),
            Query::People { typed, limit } => {
                self.people(typed, *limit).map(|people| Answer::People { typed: typed.clone(), people })
            }
        };
        answer.unwrap_or_else(|error| Answer::Failed { query: Box::new(query.clone()), failure: error.failure() })
    }

    pub(super) fn own(&self) -> Result<Option<&OwnReader>, StoreError> {
        if self.own.get().is_none()
            && let Some(own) = OwnReader::open(&self.profile)?
        {
            // Nobody else is here who could have set it.
            let _ = self.own.set(own);
        }
        Ok(self.own.get())
    }
}

/// A reader with a thread of its own, for the screen: questions in, answers out, in order.
#[derive(Debug)]
pub struct ReaderThread {
    questions: std_mpsc::Sender<Query>,
}

impl ReaderThread {
    /// `answer` is called on the reader's thread.
    pub fn start(reader: Reader, answer: impl Fn(Answer) + Send + 'static) -> std::io::Result<Self> {
        let (questions, inbox) = std_mpsc::channel::<Query>();
        thread::Builder::new().name("reader".to_owned()).spawn(move || {
            while let Ok(query) = inbox.recv() {
                // One answer for each question, in their order: whoever asks counts on it.
                answer(reader.answer(&query));
            }
        })?;
        Ok(Self { questions })
    }

    pub fn ask(&self, query: Query) {
        // The thread ends only with its sender, which is here.
        let _ = self.questions.send(query);
    }
}
