//! Bodies for the reader pane: from the store if they are there, else from the server. All of it is done on threads of
//! their own, because the largest message must not hold up a key.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{self as std_mpsc, RecvTimeoutError};
use std::thread;

use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use super::choices::Choices;
use super::decoding::Decoding;
use super::inbox::Input;
use super::outside::Outside;
use super::quarantine::Quarantine;
use super::reading::{self, Wanted};
use crate::app::{Deed, Event, FileWanted, How, Outcome, View};
use crate::decoding::Addressee;
use crate::model::{
    AccountId, Failure, FailureKind, Inside, MessageId, PlacementId, Readable, Reading, SHOWN, ThreadId, Ticket, clock,
};
use crate::store::{Reader, StoreError, Whereabouts, WholeBody};
use crate::sync::BodyRequest;
use crate::text::Text;

/// Where each account's bodies come from.
pub(super) type Sources = HashMap<AccountId, mpsc::UnboundedSender<BodyRequest>>;

#[derive(Debug)]
pub(super) enum Ask {
    Read {
        ticket: Ticket,
        placement: PlacementId,
        message: MessageId,
        how: How,
    },
    /// Files of a message are wanted elsewhere.
    Files {
        ticket: Ticket,
        message: MessageId,
        inside: Inside,
        files: Vec<FileWanted>,
        deed: Deed,
    },
    /// All of a message, from the server if it is not here.
    Whole {
        placement: PlacementId,
        message: MessageId,
        /// The server was asked.
        fetched: bool,
        reply: oneshot::Sender<Result<Found, Failure>>,
    },
    /// A body that came from the server, to be decoded.
    Decode {
        ticket: Ticket,
        about: About,
        raw: Result<Vec<u8>, Failure>,
    },
    /// It is decoded.
    Decoded {
        ticket: Ticket,
        readable: Box<Readable>,
    },
    Cancel(Ticket),
    /// Mail of this sender is to be read in this charset from now on, or as it says of itself.
    Choose {
        sender: Text,
        charset: Option<&'static str>,
    },
    /// New mail of this conversation is told of from now on, or no longer.
    Mute {
        thread: ThreadId,
        mute: bool,
    },
    /// Fetch these while there is nothing better to do.
    Ahead(Vec<PlacementId>),
    /// The screen is gone.
    End,
}

/// A message, and whose it is.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) body: WholeBody,
    pub(super) account: Option<AccountId>,
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
        outside: Outside,
        knowledge: Knowledge,
    ) -> std::io::Result<Self> {
        let (to, questions) = std_mpsc::channel();
        let fetching = HashMap::new();
        let Knowledge { addressees, choices, quarantine } = knowledge;
        let decoding = Decoding::new(reading::message as Decoder, quarantine);
        let desk = to.clone();
        let mut clerk =
            Clerk { reader, sources, inbox, runtime, desk, fetching, decoding, outside, addressees, choices };
        thread::Builder::new().name("bodies".to_owned()).spawn(move || clerk.work(&questions))?;
        Ok(Self { to })
    }

    pub(super) fn ask(&self, ask: Ask) {
        // The clerk holds a sender of its own, so there is always somebody to ask.
        let _ = self.to.send(ask);
    }
}

/// What is known besides the messages themselves.
pub(super) struct Knowledge {
    pub(super) addressees: HashMap<AccountId, Arc<Addressee>>,
    pub(super) choices: Choices,
    pub(super) quarantine: Quarantine,
}

/// Which message is to be shown, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    placement: PlacementId,
    message: MessageId,
    how: How,
}

struct Clerk {
    reader: Reader,
    sources: Sources,
    inbox: mpsc::UnboundedSender<Input>,
    runtime: tokio::runtime::Handle,
    desk: std_mpsc::Sender<Ask>,
    /// Who waits for the server. Ended, it waits no more, and the server is not asked if it was not yet.
    fetching: HashMap<Ticket, AbortHandle>,
    decoding: Decoding<Decoder>,
    outside: Outside,
    addressees: HashMap<AccountId, Arc<Addressee>>,
    choices: Choices,
}

type Decoder = fn(&Arc<Vec<u8>>, &Wanted) -> Readable;

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
                    Ask::Read { .. }
                    | Ask::Files { .. }
                    | Ask::Whole { .. }
                    | Ask::Decode { .. }
                    | Ask::Decoded { .. }
                    | Ask::Choose { .. }
                    | Ask::Mute { .. }
                    | Ask::Ahead(_)
                    | Ask::End => None,
                })
                .collect();
            for ask in waiting {
                match ask {
                    Ask::Read { ticket, .. } | Ask::Decode { ticket, .. } if cancelled.contains(&ticket) => {}
                    Ask::Read { ticket, placement, message, how } => {
                        self.read(ticket, About { placement, message, how });
                    }
                    Ask::Files { ticket, message, inside, files, deed } => {
                        let body = self.reader.whole_body(message).ok().flatten();
                        self.outside.files(ticket, body, inside, files, deed);
                    }
                    Ask::Whole { placement, message, fetched, reply } => {
                        self.give(placement, message, fetched, reply);
                    }
                    Ask::Decode { ticket, about, raw } => {
                        self.fetching.remove(&ticket);
                        self.finish(ticket, about, raw);
                    }
                    Ask::Choose { sender, charset } => self.choices.choose(sender.as_untrusted(), charset),
                    Ask::Mute { thread, mute } => self.choices.mute(&self.reader, thread, mute),
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
                    Ask::End => {
                        self.decoding.close();
                        return;
                    }
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

    fn read(&mut self, ticket: Ticket, about: About) {
        match self.reader.body(about.message) {
            Ok(Some(raw)) => self.finish(ticket, about, Ok(raw)),
            // A blob that cannot be unpacked can be had again from the server.
            Ok(None) | Err(StoreError::Damaged(_) | StoreError::Io(_)) => {
                match self.reader.whereabouts(about.placement) {
                    Ok(at) => self.fetch(ticket, about, at),
                    Err(error) => self.finish(ticket, about, Err(error.failure())),
                }
            }
            Err(error) => self.finish(ticket, about, Err(error.failure())),
        }
    }

    fn fetch(&mut self, ticket: Ticket, about: About, at: Whereabouts) {
        let offline = || Failure::passing(FailureKind::Offline, "", "");
        if self.sources.is_empty() {
            // Whoever only looks on has nobody to ask, and does not say that it will be fetched.
            return self.finish(ticket, about, Err(Failure::lasting(FailureKind::InUse, "", "")));
        }
        let Some(source) = self.sources.get(&at.account) else {
            return self.finish(ticket, about, Err(offline()));
        };
        let (reply, answer) = oneshot::channel();
        if source.send(BodyRequest::Now { at, reply }).is_err() {
            return self.finish(ticket, about, Err(offline()));
        }
        let desk = self.desk.clone();
        let fetching = self.runtime.spawn(async move {
            let raw = answer.await.unwrap_or_else(|_| Err(Failure::passing(FailureKind::Offline, "", "")));
            let _ = desk.send(Ask::Decode { ticket, about, raw });
        });
        self.fetching.insert(ticket, fetching.abort_handle());
    }

    fn give(
        &self,
        placement: PlacementId,
        message: MessageId,
        fetched: bool,
        reply: oneshot::Sender<Result<Found, Failure>>,
    ) {
        let account = self.reader.account_of(placement).ok().flatten();
        let failure = match self.reader.whole_body(message) {
            Ok(Some(body)) => {
                let _ = reply.send(Ok(Found { body, account }));
                return;
            }
            Ok(None) => Failure::passing(FailureKind::Offline, "", ""),
            Err(error) => error.failure(),
        };
        let source = account.and_then(|account| self.sources.get(&account)).filter(|_| !fetched);
        let (Some(source), Ok(at)) = (source, self.reader.whereabouts(placement)) else {
            let _ = reply.send(Err(failure));
            return;
        };
        let (raw_to, raw) = oneshot::channel();
        // Should it be gone, so is what would be answered.
        let _ = source.send(BodyRequest::Now { at, reply: raw_to });
        let desk = self.desk.clone();
        self.runtime.spawn(async move {
            match raw.await.unwrap_or_else(|_| Err(Failure::passing(FailureKind::Offline, "", ""))) {
                Ok(_) => _ = desk.send(Ask::Whole { placement, message, fetched: true, reply }),
                Err(failure) => _ = reply.send(Err(failure)),
            }
        });
    }

    fn finish(&mut self, ticket: Ticket, about: About, raw: Result<Vec<u8>, Failure>) {
        let gone = || Failure::lasting(FailureKind::Gone, "", "");
        let is_for_the_head = about.how.view == View::Headers && about.how.inside.parts().is_empty();
        let raw = raw.map(|raw| if is_for_the_head { raw } else { self.whole(raw, about.message) });
        let raw = raw.and_then(|raw| reading::inner(raw, about.how.inside).ok_or_else(gone));
        match (raw, about.how.view) {
            (Ok(raw), View::Message) => {
                let wanted = self.wanted(&raw, &about);
                if let Some(readable) = self.decoding.add(ticket, raw, wanted, clock::instant()) {
                    self.tell(ticket, Ok(Box::new(readable)));
                }
            }
            (Ok(raw), View::Headers) => {
                let (route, fields) = reading::head(raw);
                self.show(ticket, Outcome::Headers { route, fields });
            }
            (Ok(raw), View::Source) => self.show(ticket, Outcome::Source(reading::source(&raw))),
            (Err(failure), _) => self.tell(ticket, Err(failure)),
        }
    }

    /// All of the message of which this is the beginning, if it is here and can be held.
    fn whole(&self, beginning: Vec<u8>, message: MessageId) -> Vec<u8> {
        if beginning.len() < SHOWN {
            return beginning;
        }
        let body = self.reader.whole_body(message).ok().flatten().filter(|body| body.size() <= HELD);
        body.and_then(|body| body.bytes().ok()).unwrap_or(beginning)
    }

    /// What the user asked for, and what is known besides.
    fn wanted(&self, raw: &[u8], about: &About) -> Wanted {
        let asked = about.how.reading;
        let account = self.reader.account_of(about.placement).ok().flatten();
        let mut addressee = account.and_then(|account| self.addressees.get(&account)).cloned().unwrap_or_default();
        let is_inside = !about.how.inside.parts().is_empty();
        if is_inside {
            // Whoever put it in could write anything into it.
            addressee = Arc::new(Addressee { vouchers: Some(Vec::new()), ..(*addressee).clone() });
        }
        let charset = asked.charset.or_else(|| self.choices.of(raw));
        // Of a very large message there may be only the beginning.
        let is_beginning = raw.len() == SHOWN && !is_inside;
        let size = is_beginning.then(|| self.reader.body_size(about.message).ok().flatten()).flatten();
        Wanted { reading: Reading { charset, size, ..asked }, addressee, insists: asked != Reading::default() }
    }

    fn tell(&self, ticket: Ticket, readable: Result<Box<Readable>, Failure>) {
        self.show(ticket, Outcome::Read(readable));
    }

    fn show(&self, ticket: Ticket, outcome: Outcome) {
        let _ = self.inbox.send(Input::Event(Event::Finished { ticket, outcome }));
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

/// Of a larger message only the beginning is looked at; its files can be saved all the same once they are known.
const HELD: u64 = 256 * 1024 * 1024;

/// Larger messages are not fetched before somebody asks for them.
pub(super) const AHEAD_SIZE: u64 = 256 * 1024;
