//! The second connection: whole messages for whoever wants to read one now, and before anybody asks.
//!
//! Where the server wants no second one, the first is asked for what somebody waits for, and nothing is fetched ahead.
//! It only ever looks (EXAMINE, PEEK). It is opened when it is needed and closed when it has been idle for a while. A
//! message that somebody waits for goes before everything that is fetched ahead.

mod begun;

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use begun::{Begun, Fetched};

use super::imap::Session;
use super::{Errand, Order, Remote as _, Way};
use crate::model::{Failure, FailureKind, MessageId, Quirk, Retry, Timestamp, clock};
use crate::store::{MailWriter, Spot, StoreError, Whereabouts, Whole};

const IDLE: Duration = Duration::from_mins(2);
/// Seconds without use after which a connection that is doubted is rather made anew than asked.
const LONG_IDLE: u64 = 30;
/// One that is doubted answers within this time, or it is made anew.
const SOON: Duration = Duration::from_secs(2);
/// After a connection that failed.
const FAILED: Duration = Duration::from_secs(10);
/// A connection that lasted so long has earned a quick new one.
const WENT_WELL: Duration = Duration::from_mins(2);
const MOST_DOUBLINGS: u32 = 6;
/// How often the account is looked at anew because a message was not where it should be.
const LOOK_AGAIN: Duration = Duration::from_mins(1);
/// Messages that are fetched ahead with one command.
const TOGETHER: usize = 10;
/// Wishes to fetch ahead that are remembered; older ones are forgotten first.
const AHEAD: usize = 1_000;
/// Messages of which is remembered that they were fetched.
const REMEMBERED: usize = 5_000;

#[derive(Debug)]
pub enum BodyRequest {
    /// Somebody waits for it, for as much of it as anybody shows.
    Now { at: Whereabouts, reply: oneshot::Sender<Result<Vec<u8>, Failure>> },
    /// Somebody waits until it is kept.
    Keep { at: Whereabouts, reply: oneshot::Sender<Result<(), Failure>> },
    /// These may be wanted soon.
    Ahead(Vec<Whereabouts>),
    /// The machine slept or moved to another network: what looks like a connection may be none.
    Check,
}

/// The task that owns the connection.
#[derive(Debug)]
pub struct Bodies {
    way: Way,
    mail: MailWriter,
    requests: mpsc::UnboundedReceiver<BodyRequest>,
    /// Whether the account can be reached at all.
    online: watch::Receiver<bool>,
    /// Whoever has the account's first connection.
    first: Option<mpsc::WeakUnboundedSender<Order>>,
    /// When another login may be tried.
    not_before: Option<Instant>,
    /// When the present connection was made, and how many in a row ended soon after.
    connected: Option<Instant>,
    broke: u32,
    /// When the connection was last of use, by the clock that goes on while the machine sleeps.
    used: Timestamp,
    /// The machine slept or moved since.
    doubted: bool,
    /// When the account was last asked to be looked at anew.
    asked_anew: Option<Instant>,
    /// Large messages that were begun and left, the last one last.
    begun: Vec<Begun>,
    /// The server hands out no pieces of messages.
    as_a_whole: bool,
    /// When a connection was last closed in the middle of a message.
    left: Option<Instant>,
}

/// What waits to be fetched.
#[derive(Debug, Default)]
struct Queue {
    /// The last one first: whoever moved on does not look at the earlier ones any more.
    now: Vec<(Whereabouts, Reply)>,
    ahead: VecDeque<Whereabouts>,
    /// Lately fetched ahead: whoever wished for them did not know yet that they are here.
    here: HashSet<MessageId>,
}

#[derive(Debug)]
enum Reply {
    Read(oneshot::Sender<Result<Vec<u8>, Failure>>),
    Kept(oneshot::Sender<Result<(), Failure>>),
}

impl Reply {
    fn is_closed(&self) -> bool {
        match self {
            Self::Read(reply) => reply.is_closed(),
            Self::Kept(reply) => reply.is_closed(),
        }
    }
}

impl Queue {
    fn add(&mut self, request: BodyRequest) {
        match request {
            BodyRequest::Now { at, reply } => self.add_now(at, Reply::Read(reply)),
            BodyRequest::Keep { at, reply } => self.add_now(at, Reply::Kept(reply)),
            BodyRequest::Ahead(wishes) => {
                for wish in wishes.into_iter().rev().filter(|wish| !self.here.contains(&wish.message)) {
                    self.ahead.retain(|known| known.message != wish.message);
                    self.ahead.push_front(wish);
                }
                self.ahead.truncate(AHEAD);
            }
            BodyRequest::Check => {}
        }
    }

    fn add_now(&mut self, at: Whereabouts, reply: Reply) {
        self.ahead.retain(|known| known.message != at.message);
        self.now.push((at, reply));
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
        Self {
            way,
            mail,
            requests,
            online,
            first: None,
            not_before: None,
            connected: None,
            broke: 0,
            used: Timestamp(0),
            doubted: false,
            asked_anew: None,
            begun: Vec::new(),
            as_a_whole: false,
            left: None,
        }
    }

    /// There is an engine to ask where the server wants no second connection.
    #[must_use]
    pub fn beside(mut self, first: mpsc::WeakUnboundedSender<Order>) -> Self {
        self.first = Some(first);
        self
    }

    pub async fn run(mut self) {
        let mut session: Option<Session> = None;
        let mut queue = Queue::default();
        loop {
            while let Ok(request) = self.requests.try_recv() {
                self.doubt(&request, &mut session);
                queue.add(request);
            }
            if let Some((at, reply)) = queue.now.pop() {
                // Whoever asked may have gone on to another message.
                if !reply.is_closed() {
                    let whole = if at.size > begun::LARGE {
                        match Box::pin(self.fetch_large(&mut session, &at, &reply, &mut queue)).await {
                            Fetched::Answered(whole) => whole,
                            Fetched::Left(older) => {
                                queue.now.insert(older.min(queue.now.len()), (at, reply));
                                continue;
                            }
                        }
                    } else {
                        self.fetch(&mut session, &at).await
                    };
                    if whole.as_ref().is_err_and(|failure| failure.kind == FailureKind::Gone) {
                        self.look_anew();
                    }
                    deliver(&self.mail, at.message, whole, reply).await;
                }
                continue;
            }
            if !queue.is_empty() {
                if !self.fetch_ahead(&mut session, &mut queue).await {
                    queue.ahead.clear();
                }
                continue;
            }
            let idle = tokio::time::sleep(IDLE);
            tokio::select! {
                request = self.requests.recv() => match request {
                    Some(request) => {
                        self.doubt(&request, &mut session);
                        queue.add(request);
                    }
                    None => break,
                },
                () = idle, if session.is_some() => {
                    if let Some(session) = session.take() {
                        session.close().await;
                    }
                    self.begun.clear();
                }
            }
        }
        if let Some(session) = session {
            session.close().await;
        }
    }

    async fn fetch(&mut self, session: &mut Option<Session>, at: &Whereabouts) -> Result<Whole, Failure> {
        let was_open = session.is_some();
        let first = self.try_fetch(session, at).await;
        // A connection that was kept may have died in its sleep: once more with a fresh one.
        match first {
            Err(failure) if was_open && broken(&failure) => self.try_fetch(session, at).await,
            other => other,
        }
    }

    async fn try_fetch(&mut self, session: &mut Option<Session>, at: &Whereabouts) -> Result<Whole, Failure> {
        let mut line = match self.line(session).await {
            Ok(line) => line,
            Err(failure) => return self.ask_the_first(at, failure).await,
        };
        let whole = read_one(&mut line, at).await;
        self.keep_unless_broken(session, line, &whole);
        whole
    }

    /// There is no second connection: perhaps the server wants only one. `failure` stands if there is no first one either.
    async fn ask_the_first(&self, at: &Whereabouts, failure: Failure) -> Result<Whole, Failure> {
        let (reply, answer) = oneshot::channel();
        let first = self.first.as_ref().and_then(mpsc::WeakUnboundedSender::upgrade);
        let Some(first) = first.filter(|_| *self.online.borrow()) else { return Err(failure) };
        let _ = first.send(Order::Fetch(Errand { at: at.clone(), reply }));
        drop(first);
        answer.await.unwrap_or(Err(failure))
    }

    /// The list shows what is not there any more, or has another number: it is time to sync it.
    fn look_anew(&mut self) {
        // While there is no connection the next one looks anyway, and is not to be hurried.
        if *self.online.borrow()
            && self.asked_anew.is_none_or(|at| at.elapsed() >= LOOK_AGAIN)
            && let Some(first) = self.first.as_ref().and_then(mpsc::WeakUnboundedSender::upgrade)
        {
            self.asked_anew = Some(Instant::now());
            let _ = first.send(Order::Wake);
        }
    }

    /// Fetches the next few. False if it makes no sense to go on for now.
    async fn fetch_ahead(&mut self, session: &mut Option<Session>, queue: &mut Queue) -> bool {
        let ahead = &mut queue.ahead;
        let Some(first) = ahead.pop_front() else { return true };
        let mut together = vec![first];
        while let Some(next) = ahead.front()
            && together.len() < TOGETHER
            && together.first().is_some_and(|first| first.folder == next.folder)
        {
            together.extend(ahead.pop_front());
        }
        let Ok(mut line) = self.line(session).await else { return false };
        let found = read(&mut line, &together).await;
        self.keep_unless_broken(session, line, &found);
        let Ok(found) = found else { return false };
        if queue.here.len() >= REMEMBERED {
            queue.here.clear();
        }
        queue.here.extend(found.iter().map(|(message, _)| *message));
        // Together, so that they are committed together.
        let keeping = found.into_iter().map(|(message, whole)| self.mail.keep_body(message, whole));
        let kept = futures_util::future::join_all(keeping).await;
        // One that was expunged while it was fetched is no reason to stop.
        kept.into_iter().all(|kept| matches!(kept, Ok(()) | Err(StoreError::Gone)))
    }

    /// A login that was refused is not tried again for long, whatever becomes of the account's other connection, unless
    /// the user gives another secret; one that failed not at once, until the other connection has got through anew.
    async fn connect(&mut self) -> Result<Session, Failure> {
        if self.online.has_changed().unwrap_or(false) {
            self.online.mark_unchanged();
            self.not_before = None;
        }
        if self.way.secret.has_changed().unwrap_or(false) {
            self.way.secret.mark_unchanged();
            self.way.forgive();
        }
        let offline = || Failure::passing(FailureKind::Offline, "", "");
        let unwanted = self.way.known.borrow().quirks.has(Quirk::OneConnection);
        if unwanted
            || self.way.is_shut()
            || !*self.online.borrow()
            || self.not_before.is_some_and(|at| Instant::now() < at)
        {
            return Err(offline());
        }
        let mut connected = self.way.connect().await;
        if let Ok(line) = &mut connected {
            self.connected = Some(Instant::now());
            self.way.second_came();
            line.spool_into(self.mail.spool());
        }
        self.not_before = match &connected {
            Ok(_) => None,
            Err(failure) => {
                if is_unwanted(failure) {
                    self.way.second_refused();
                }
                Some(Instant::now() + FAILED)
            }
        };
        connected
    }

    async fn line(&mut self, session: &mut Option<Session>) -> Result<Session, Failure> {
        let doubted = std::mem::take(&mut self.doubted);
        match session.take() {
            Some(mut line) => {
                if !doubted || line.answers_within(SOON).await.is_ok() {
                    return Ok(line);
                }
                self.connect().await
            }
            None => self.connect().await,
        }
    }

    fn keep_unless_broken<T>(&mut self, session: &mut Option<Session>, mut line: Session, answer: &Result<T, Failure>) {
        for (quirk, evidence) in line.learned() {
            self.way.known.send_modify(|known| known.learn(quirk, &evidence));
        }
        // It shows nothing to us: no further one is made.
        if answer.as_ref().is_err_and(|failure| failure.kind == FailureKind::Mistrusted) {
            self.way.second_refused();
            return;
        }
        if answer.as_ref().is_err_and(broken) {
            // One that ends soon after its login costs a login each time: ever more seldom.
            let soon = self.connected.is_some_and(|at| at.elapsed() < WENT_WELL);
            self.broke = if soon { self.broke.saturating_add(1) } else { 0 };
            if self.broke > 1 {
                let wait = FAILED.saturating_mul(1 << self.broke.min(MOST_DOUBLINGS));
                self.not_before = Some(Instant::now() + wait);
            }
        } else {
            self.used = clock::now();
            *session = Some(line);
        }
    }

    /// A connection that only seems to be alive is not waited for: another one is quickly made. One that was just of use
    /// proves itself first: where routes flap, every new one is a login.
    fn doubt(&mut self, request: &BodyRequest, session: &mut Option<Session>) {
        if !matches!(request, BodyRequest::Check) {
            return;
        }
        if clock::now().since(self.used) >= LONG_IDLE {
            *session = None;
        }
        self.doubted = session.is_some();
    }
}

/// The server does not want this connection, while the account's other one may well stand.
fn is_unwanted(failure: &Failure) -> bool {
    failure.retry != Retry::Later || matches!(failure.kind, FailureKind::Throttled | FailureKind::Refused)
}

/// Tells whoever waits, and keeps the message.
async fn deliver(mail: &MailWriter, message: MessageId, whole: Result<Whole, Failure>, reply: Reply) {
    match (whole, reply) {
        (Ok(whole), Reply::Read(reply)) => {
            let read = tokio::task::spawn_blocking(move || (whole.beginning(), whole)).await;
            let (beginning, whole) = match read {
                Ok((beginning, whole)) => (beginning, whole),
                Err(error) => {
                    let _ = reply.send(Err(Failure::passing(FailureKind::Internal, "", &error.to_string())));
                    return;
                }
            };
            // Reading goes before keeping: what is on a full disk is told by whoever writes there next.
            let _ = reply.send(beginning.map_err(|error| Failure::passing(FailureKind::Disk, "", &error.to_string())));
            let _ = mail.keep_body(message, whole).await;
        }
        (Ok(whole), Reply::Kept(reply)) => {
            let _ = reply.send(mail.keep_body(message, whole).await.map_err(|error| error.failure()));
        }
        (Err(failure), Reply::Read(reply)) => _ = reply.send(Err(failure)),
        (Err(failure), Reply::Kept(reply)) => _ = reply.send(Err(failure)),
    }
}

pub(super) async fn read_one(line: &mut Session, at: &Whereabouts) -> Result<Whole, Failure> {
    let mut found = read(line, std::slice::from_ref(at)).await?;
    match found.pop() {
        Some((_, whole)) => Ok(whole),
        None => Err(Failure::lasting(FailureKind::Gone, "", "")),
    }
}

async fn read(line: &mut Session, of: &[Whereabouts]) -> Result<Vec<(MessageId, Whole)>, Failure> {
    let Some(first) = of.first() else { return Ok(Vec::new()) };
    let was_open = line.is_looking_into(&first.name);
    let opened = line.look_into(&first.name).await?;
    let valid: Vec<&Whereabouts> = of.iter().filter(|at| at.uidvalidity == opened.uidvalidity).collect();
    let spots: Vec<Spot> = valid.iter().map(|at| at.spot()).collect();
    let found = line.bodies(&spots).await;
    let missing = |found: &[(u32, Whole)]| {
        let is_missing = |spot: &&Spot| !found.iter().any(|(uid, _)| *uid == spot.uid);
        spots.iter().filter(is_missing).copied().collect::<Vec<Spot>>()
    };
    let missing = match &found {
        Ok(found) => missing(found),
        Err(failure) if failure.kind == FailureKind::Gone => missing(&[]),
        Err(_) => Vec::new(),
    };
    // Some servers (QQ) show an open folder as it was when it was opened: what came since is seen by opening it again.
    let found = if was_open && !missing.is_empty() {
        let mut found = found.unwrap_or_default();
        if line.look_again_into(&first.name).await?.uidvalidity == opened.uidvalidity {
            found.extend(line.bodies(&missing).await?);
        }
        found
    } else {
        found?
    };
    Ok(found
        .into_iter()
        .filter_map(|(uid, whole)| valid.iter().find(|at| at.uid == uid).map(|at| (at.message, whole)))
        .collect())
}

/// True if the connection is of no use any more.
pub(super) fn broken(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Dropped | FailureKind::TimedOut | FailureKind::Protocol | FailureKind::Disk)
}

#[cfg(test)]
mod tests;
