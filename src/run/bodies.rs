//! Bodies for the reader pane: from the store if they are there, else from the server. All of it is done on threads of
//! their own, because the largest message must not hold up a key.

use std::collections::HashMap;
use std::sync::mpsc::{self as std_mpsc, RecvTimeoutError};
use std::thread;

use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use super::decoding::Decoding;
use super::inbox::Input;
use crate::app::{Event, Outcome};
use crate::mime;
use crate::model::{AccountId, Failure, FailureKind, MessageId, PlacementId, Readable, Ticket, clock};
use crate::store::{Reader, StoreError, Whereabouts};
use crate::sync::BodyRequest;

/// Where each account's bodies come from.
pub(super) type Sources = HashMap<AccountId, mpsc::UnboundedSender<BodyRequest>>;

#[derive(Debug)]
pub(super) enum Ask {
    Read {
        ticket: Ticket,
        placement: PlacementId,
        message: MessageId,
    },
    /// A body that came from the server, to be decoded.
    Decode {
        ticket: Ticket,
        raw: Result<Vec<u8>, Failure>,
    },
    /// It is decoded.
    Decoded {
        ticket: Ticket,
        readable: Box<Readable>,
    },
    Cancel(Ticket),
    /// Fetch these while there is nothing better to do.
    Ahead(Vec<PlacementId>),
    /// The screen is gone.
    End,
}

/// The desk where bodies are asked for.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    to: std_mpsc::Sender<Ask>,
}

impl Desk {
    pub(super) fn open(
        reader: Reader,
        sources: Sources,
        inbox: mpsc::UnboundedSender<Input>,
        runtime: tokio::runtime::Handle,
    ) -> std::io::Result<Self> {
        let (to, questions) = std_mpsc::channel();
        let fetching = HashMap::new();
        let decoding = Decoding::new(mime::readable as fn(&[u8]) -> Readable);
        let mut clerk = Clerk { reader, sources, inbox, runtime, desk: to.clone(), fetching, decoding };
        thread::Builder::new().name("bodies".to_owned()).spawn(move || clerk.work(&questions))?;
        Ok(Self { to })
    }

    pub(super) fn ask(&self, ask: Ask) {
        // The clerk holds a sender of its own, so there is always somebody to ask.
        let _ = self.to.send(ask);
    }
}

struct Clerk {
    reader: Reader,
    sources: Sources,
    inbox: mpsc::UnboundedSender<Input>,
    runtime: tokio::runtime::Handle,
    desk: std_mpsc::Sender<Ask>,
    /// Who waits for the server. Ended, it waits no more, and the server is not asked if it was not yet.
    fetching: HashMap<Ticket, AbortHandle>,
    decoding: Decoding<fn(&[u8]) -> Readable>,
}

impl Clerk {
    fn work(&mut self, questions: &std_mpsc::Receiver<Ask>) {
        loop {
            let wait = self.decoding.until().map(|until| until.saturating_duration_since(clock::instant()));
            let first = match wait {
                None => questions.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(wait) => questions.recv_timeout(wait),
            };
            let mut waiting = match first {
                Ok(first) => vec![first],
                Err(RecvTimeoutError::Timeout) => Vec::new(),
                Err(RecvTimeoutError::Disconnected) => return,
            };
            waiting.extend(questions.try_iter());
            let cancelled: Vec<Ticket> = waiting
                .iter()
                .filter_map(|ask| match ask {
                    Ask::Cancel(ticket) => Some(*ticket),
                    Ask::Read { .. } | Ask::Decode { .. } | Ask::Decoded { .. } | Ask::Ahead(_) | Ask::End => None,
                })
                .collect();
            for ask in waiting {
                match ask {
                    Ask::Read { ticket, .. } | Ask::Decode { ticket, .. } if cancelled.contains(&ticket) => {}
                    Ask::Read { ticket, placement, message } => self.read(ticket, placement, message),
                    Ask::Decode { ticket, raw } => {
                        self.fetching.remove(&ticket);
                        self.finish(ticket, raw);
                    }
                    Ask::Decoded { ticket, readable } => {
                        if self.decoding.ended(ticket) && !cancelled.contains(&ticket) {
                            self.tell(ticket, Ok(readable));
                        }
                    }
                    Ask::Ahead(placements) => self.ahead(&placements),
                    Ask::Cancel(ticket) => {
                        self.decoding.cancel(ticket);
                        if let Some(fetching) = self.fetching.remove(&ticket) {
                            fetching.abort();
                        }
                    }
                    Ask::End => return,
                }
            }
            for (ticket, readable) in self.decoding.late(clock::instant()) {
                self.tell(ticket, Ok(Box::new(readable)));
            }
            let desk = self.desk.clone();
            self.decoding.begin(move |ticket, readable| {
                let _ = desk.send(Ask::Decoded { ticket, readable });
            });
        }
    }

    fn read(&mut self, ticket: Ticket, placement: PlacementId, message: MessageId) {
        match self.reader.body(message) {
            Ok(Some(raw)) => self.finish(ticket, Ok(raw)),
            // A blob that cannot be unpacked can be had again from the server.
            Ok(None) | Err(StoreError::Damaged(_) | StoreError::Io(_)) => match self.reader.whereabouts(placement) {
                Ok(at) => self.fetch(ticket, at),
                Err(error) => self.finish(ticket, Err(error.failure())),
            },
            Err(error) => self.finish(ticket, Err(error.failure())),
        }
    }

    fn fetch(&mut self, ticket: Ticket, at: Whereabouts) {
        let offline = || Failure::passing(FailureKind::Offline, "", "");
        let Some(source) = self.sources.get(&at.account) else {
            return self.finish(ticket, Err(offline()));
        };
        let (reply, answer) = oneshot::channel();
        if source.send(BodyRequest::Now { at, reply }).is_err() {
            return self.finish(ticket, Err(offline()));
        }
        let desk = self.desk.clone();
        let fetching = self.runtime.spawn(async move {
            let raw = answer.await.unwrap_or_else(|_| Err(Failure::passing(FailureKind::Offline, "", "")));
            let _ = desk.send(Ask::Decode { ticket, raw });
        });
        self.fetching.insert(ticket, fetching.abort_handle());
    }

    fn finish(&mut self, ticket: Ticket, raw: Result<Vec<u8>, Failure>) {
        match raw {
            Ok(raw) => self.decoding.add(ticket, raw, clock::instant()),
            Err(failure) => self.tell(ticket, Err(failure)),
        }
    }

    fn tell(&self, ticket: Ticket, readable: Result<Box<Readable>, Failure>) {
        let _ = self.inbox.send(Input::Event(Event::Finished { ticket, outcome: Outcome::Read(readable) }));
    }

    fn ahead(&self, placements: &[PlacementId]) {
        let mut wishes: HashMap<AccountId, Vec<Whereabouts>> = HashMap::new();
        for placement in placements {
            if let Ok(at) = self.reader.whereabouts(*placement)
                && at.size <= AHEAD_SIZE
            {
                wishes.entry(at.account).or_default().push(at);
            }
        }
        for (account, wishes) in wishes {
            if let Some(source) = self.sources.get(&account) {
                let _ = source.send(BodyRequest::Ahead(wishes));
            }
        }
    }
}

/// Larger messages are fetched when they are opened, and not before.
pub(super) const AHEAD_SIZE: u64 = 256 * 1024;
