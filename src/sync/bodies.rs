//! The second connection: whole messages for whoever wants to read one now, and before anybody asks.
//!
//! It only ever looks (EXAMINE, PEEK). It is opened when it is needed and closed when it has been idle for a while. A
//! message that somebody waits for goes before everything that is fetched ahead.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::imap::Session;
use super::{Remote as _, Way};
use crate::model::{Failure, FailureKind, MessageId};
use crate::store::{MailWriter, Whereabouts};

const IDLE: Duration = Duration::from_mins(2);
/// Messages that are fetched ahead with one command.
const TOGETHER: usize = 10;
/// Wishes to fetch ahead that are remembered; older ones are forgotten first.
const AHEAD: usize = 1_000;

#[derive(Debug)]
pub enum BodyRequest {
    /// Somebody waits for it.
    Now { at: Whereabouts, reply: oneshot::Sender<Result<Vec<u8>, Failure>> },
    /// These may be wanted soon.
    Ahead(Vec<Whereabouts>),
}

/// The task that owns the connection.
#[derive(Debug)]
pub struct Bodies {
    pub way: Way,
    pub mail: MailWriter,
    pub requests: mpsc::UnboundedReceiver<BodyRequest>,
    /// Whether the account can be reached at all: a login that was refused once is not tried again from here.
    pub online: watch::Receiver<bool>,
}

impl Bodies {
    pub async fn run(mut self) {
        let mut session: Option<Session> = None;
        let mut ahead: VecDeque<Whereabouts> = VecDeque::new();
        loop {
            let request = if ahead.is_empty() {
                let idle = tokio::time::sleep(IDLE);
                tokio::select! {
                    request = self.requests.recv() => request,
                    () = idle, if session.is_some() => {
                        if let Some(session) = session.take() {
                            session.close().await;
                        }
                        continue;
                    }
                }
            } else {
                match self.requests.try_recv() {
                    Ok(request) => Some(request),
                    Err(mpsc::error::TryRecvError::Empty) => {
                        if !self.fetch_ahead(&mut session, &mut ahead).await {
                            ahead.clear();
                        }
                        continue;
                    }
                    Err(mpsc::error::TryRecvError::Disconnected) => None,
                }
            };
            match request {
                None => break,
                Some(BodyRequest::Ahead(wishes)) => {
                    for wish in wishes.into_iter().rev() {
                        ahead.retain(|known| known.message != wish.message);
                        ahead.push_front(wish);
                    }
                    ahead.truncate(AHEAD);
                }
                Some(BodyRequest::Now { at, reply }) => {
                    ahead.retain(|known| known.message != at.message);
                    let answer = self.fetch(&mut session, &at).await;
                    // Whoever asked may have gone on to another message.
                    let _ = reply.send(answer);
                }
            }
        }
        if let Some(session) = session {
            session.close().await;
        }
    }

    async fn fetch(&mut self, session: &mut Option<Session>, at: &Whereabouts) -> Result<Vec<u8>, Failure> {
        let was_open = session.is_some();
        let first = self.try_fetch(session, at).await;
        // A connection that was kept may have died in its sleep: once more with a fresh one.
        let answer = match first {
            Err(failure) if was_open && broken(&failure) => self.try_fetch(session, at).await,
            other => other,
        };
        let raw = answer?;
        self.keep(at.message, raw.clone()).await?;
        Ok(raw)
    }

    async fn try_fetch(&mut self, session: &mut Option<Session>, at: &Whereabouts) -> Result<Vec<u8>, Failure> {
        let mut found = self.on_line(session, std::slice::from_ref(at)).await?;
        match found.pop() {
            Some((_, raw)) => Ok(raw),
            None => Err(Failure::lasting(FailureKind::Gone, "", "")),
        }
    }

    /// Fetches the next few. False if it makes no sense to go on for now.
    async fn fetch_ahead(&mut self, session: &mut Option<Session>, ahead: &mut VecDeque<Whereabouts>) -> bool {
        let Some(first) = ahead.pop_front() else { return true };
        let mut together = vec![first];
        while let Some(next) = ahead.front()
            && together.len() < TOGETHER
            && together.first().is_some_and(|first| first.folder == next.folder)
        {
            together.extend(ahead.pop_front());
        }
        let Ok(found) = self.on_line(session, &together).await else { return false };
        for (message, raw) in found {
            if self.keep(message, raw).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Fetches messages of one folder; a failure leaves no connection behind.
    async fn on_line(
        &mut self,
        session: &mut Option<Session>,
        of: &[Whereabouts],
    ) -> Result<Vec<(MessageId, Vec<u8>)>, Failure> {
        let mut line = match session.take() {
            Some(line) => line,
            None if *self.online.borrow() => self.way.connect().await?,
            None => return Err(Failure::passing(FailureKind::Offline, "", "")),
        };
        let answer = read(&mut line, of).await;
        if !answer.as_ref().is_err_and(broken) {
            *session = Some(line);
        }
        answer
    }

    async fn keep(&self, message: MessageId, raw: Vec<u8>) -> Result<(), Failure> {
        match self.mail.keep_body(message, raw).await {
            // It was expunged while it was fetched: whoever reads it may read on.
            Err(crate::store::StoreError::Gone) => Ok(()),
            other => other.map_err(|error| error.failure()),
        }
    }
}

async fn read(line: &mut Session, of: &[Whereabouts]) -> Result<Vec<(MessageId, Vec<u8>)>, Failure> {
    let Some(first) = of.first() else { return Ok(Vec::new()) };
    let opened = line.look_into(&first.name).await?;
    let valid: Vec<&Whereabouts> = of.iter().filter(|at| at.uidvalidity == opened.uidvalidity).collect();
    let uids: Vec<u32> = valid.iter().map(|at| at.uid).collect();
    let found = line.bodies(&uids).await?;
    Ok(found
        .into_iter()
        .filter_map(|(uid, raw)| valid.iter().find(|at| at.uid == uid).map(|at| (at.message, raw)))
        .collect())
}

/// True if the connection is of no use any more.
fn broken(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Dropped | FailureKind::TimedOut | FailureKind::Protocol)
}
