//! The second connection: whole messages for whoever wants to read one now, and before anybody asks.
//!
//! It only ever looks (EXAMINE, PEEK). It is opened when it is needed and closed when it has been idle for a while. A
//! message that somebody waits for goes before everything that is fetched ahead.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::imap::Session;
use super::{Remote as _, Way};
use crate::model::{Failure, FailureKind, MessageId, Retry};
use crate::store::{MailWriter, StoreError, Whereabouts, Whole};

const IDLE: Duration = Duration::from_mins(2);
/// After a refused login, and after a connection that failed.
const REFUSED: Duration = Duration::from_mins(15);
const FAILED: Duration = Duration::from_secs(10);
/// Messages that are fetched ahead with one command.
const TOGETHER: usize = 10;
/// Wishes to fetch ahead that are remembered; older ones are forgotten first.
const AHEAD: usize = 1_000;

#[derive(Debug)]
pub enum BodyRequest {
    /// Somebody waits for it, for as much of it as anybody shows.
    Now { at: Whereabouts, reply: oneshot::Sender<Result<Vec<u8>, Failure>> },
    /// These may be wanted soon.
    Ahead(Vec<Whereabouts>),
}

/// The task that owns the connection.
#[derive(Debug)]
pub struct Bodies {
    way: Way,
    mail: MailWriter,
    requests: mpsc::UnboundedReceiver<BodyRequest>,
    /// Whether the account can be reached at all.
    online: watch::Receiver<bool>,
    /// When another login may be tried.
    not_before: Option<Instant>,
}

/// What waits to be fetched.
#[derive(Debug, Default)]
struct Queue {
    /// The last one first: whoever moved on does not look at the earlier ones any more.
    now: Vec<(Whereabouts, Reply)>,
    ahead: VecDeque<Whereabouts>,
}

type Reply = oneshot::Sender<Result<Vec<u8>, Failure>>;

impl Queue {
    fn add(&mut self, request: BodyRequest) {
        match request {
            BodyRequest::Now { at, reply } => {
                self.ahead.retain(|known| known.message != at.message);
                self.now.push((at, reply));
            }
            BodyRequest::Ahead(wishes) => {
                for wish in wishes.into_iter().rev() {
                    self.ahead.retain(|known| known.message != wish.message);
                    self.ahead.push_front(wish);
                }
                self.ahead.truncate(AHEAD);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.now.is_empty() && self.ahead.is_empty()
    }
}

impl Bodies {
    pub fn new(
        way: Way,
        mail: MailWriter,
        requests: mpsc::UnboundedReceiver<BodyRequest>,
        online: watch::Receiver<bool>,
    ) -> Self {
        Self { way, mail, requests, online, not_before: None }
    }

    pub async fn run(mut self) {
        let mut session: Option<Session> = None;
        let mut queue = Queue::default();
        loop {
            while let Ok(request) = self.requests.try_recv() {
                queue.add(request);
            }
            if let Some((at, reply)) = queue.now.pop() {
                // Whoever asked may have gone on to another message.
                if !reply.is_closed() {
                    let answer = self.fetch(&mut session, &at).await;
                    let _ = reply.send(answer);
                }
                continue;
            }
            if !queue.is_empty() {
                if !self.fetch_ahead(&mut session, &mut queue.ahead).await {
                    queue.ahead.clear();
                }
                continue;
            }
            let idle = tokio::time::sleep(IDLE);
            tokio::select! {
                request = self.requests.recv() => match request {
                    Some(request) => queue.add(request),
                    None => break,
                },
                () = idle, if session.is_some() => {
                    if let Some(session) = session.take() {
                        session.close().await;
                    }
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
        let whole = answer?;
        let (beginning, whole) = tokio::task::spawn_blocking(move || (whole.beginning(), whole))
            .await
            .map_err(|error| Failure::passing(FailureKind::Internal, "", &error.to_string()))?;
        // Reading goes before keeping: what is on a full disk is told by whoever writes there next.
        let _ = self.mail.keep_body(at.message, whole).await;
        beginning.map_err(|error| Failure::passing(FailureKind::Disk, "", &error.to_string()))
    }

    async fn try_fetch(&mut self, session: &mut Option<Session>, at: &Whereabouts) -> Result<Whole, Failure> {
        let mut found = self.on_line(session, std::slice::from_ref(at)).await?;
        match found.pop() {
            Some((_, whole)) => Ok(whole),
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
        for (message, whole) in found {
            match self.mail.keep_body(message, whole).await {
                // It was expunged while it was fetched.
                Ok(()) | Err(StoreError::Gone) => {}
                Err(_) => return false,
            }
        }
        true
    }

    /// A login that was refused is not tried again, and one that failed not at once, until the account's other
    /// connection has got through anew.
    async fn connect(&mut self) -> Result<Session, Failure> {
        if self.online.has_changed().unwrap_or(false) {
            self.online.mark_unchanged();
            self.not_before = None;
        }
        let offline = || Failure::passing(FailureKind::Offline, "", "");
        if !*self.online.borrow() || self.not_before.is_some_and(|at| Instant::now() < at) {
            return Err(offline());
        }
        let mut connected = self.way.connect().await;
        if let Ok(line) = &mut connected {
            line.spool_into(self.mail.spool());
        }
        self.not_before = match &connected {
            Ok(_) => None,
            Err(failure) if failure.retry == Retry::AfterUser => Some(Instant::now() + REFUSED),
            Err(_) => Some(Instant::now() + FAILED),
        };
        connected
    }

    /// Fetches messages of one folder; a failure leaves no connection behind.
    async fn on_line(
        &mut self,
        session: &mut Option<Session>,
        of: &[Whereabouts],
    ) -> Result<Vec<(MessageId, Whole)>, Failure> {
        let mut line = match session.take() {
            Some(line) => line,
            None => self.connect().await?,
        };
        let answer = read(&mut line, of).await;
        if !answer.as_ref().is_err_and(broken) {
            *session = Some(line);
        }
        answer
    }
}

async fn read(line: &mut Session, of: &[Whereabouts]) -> Result<Vec<(MessageId, Whole)>, Failure> {
    let Some(first) = of.first() else { return Ok(Vec::new()) };
    let opened = line.look_into(&first.name).await?;
    let valid: Vec<&Whereabouts> = of.iter().filter(|at| at.uidvalidity == opened.uidvalidity).collect();
    let uids: Vec<u32> = valid.iter().map(|at| at.uid).collect();
    let found = line.bodies(&uids).await?;
    Ok(found
        .into_iter()
        .filter_map(|(uid, whole)| valid.iter().find(|at| at.uid == uid).map(|at| (at.message, whole)))
        .collect())
}

/// True if the connection is of no use any more.
fn broken(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Dropped | FailureKind::TimedOut | FailureKind::Protocol | FailureKind::Disk)
}
