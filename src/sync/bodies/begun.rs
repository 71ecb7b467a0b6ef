//! Large messages come in pieces: between two of them a newer wish gets its turn, and what is here of one that was left
//! is not fetched again when somebody comes back to it.
//!
//! Each piece begins a little before the end of the last one. Where the two do not agree the server cuts messages another
//! way than we think, and they are fetched as a whole from then on.

use std::io;
use std::time::Duration;

use tokio::time::Instant;

use super::{Bodies, BodyRequest, Queue, Reply, broken, read_one};
use crate::model::{Failure, FailureKind, MessageId};
use crate::store::{Spooled, Whereabouts, Whole};
use crate::sync::imap::{Piece, Session};

/// Smaller messages are fetched with one question.
pub(super) const LARGE: u64 = 512 * 1024;
/// No message is larger.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Bytes of a piece at first, at least and at most.
const FIRST: u64 = 256 * 1024;
const LEAST: u64 = 32 * 1024;
const MOST: u64 = 16 * 1024 * 1024;
/// A piece that comes sooner is hardly worth its question, and one that takes longer keeps others waiting.
const MOMENT: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(1));
/// What two pieces have in common.
const COMMON: usize = 64;
/// Messages that were begun and left.
const LEFT: usize = 3;
/// A connection is not closed for a newer wish before it has been at work for so long, nor more often than this.
const AT_WORK: Duration = Duration::from_secs(3);
const SELDOM: Duration = Duration::from_mins(1);

/// A message of which the beginning is here.
#[derive(Debug)]
pub(super) struct Begun {
    message: MessageId,
    uidvalidity: u32,
    uid: u32,
    here: Spooled,
    /// The end of what is here.
    end: Vec<u8>,
    /// How much is asked for next.
    next: u64,
}

/// How a fetch ended.
#[derive(Debug)]
pub(super) enum Fetched {
    Answered(Result<Whole, Failure>),
    /// There is a newer wish, or nobody waits any more. So many older wishes wait.
    Left(usize),
}

enum Step {
    More,
    Done,
    All(Whole),
    /// Not in pieces: for this once, or ever.
    AsAWhole {
        ever: bool,
    },
}

impl Begun {
    fn new(at: &Whereabouts, here: Spooled) -> Self {
        let Whereabouts { message, uidvalidity, uid, .. } = *at;
        Self { message, uidvalidity, uid, here, end: Vec::new(), next: FIRST }
    }

    fn is_of(&self, at: &Whereabouts) -> bool {
        (self.message, self.uidvalidity, self.uid) == (at.message, at.uidvalidity, at.uid)
    }

    /// Adds a piece to what is here. `None` if it does not belong there, else how much it brought.
    fn add(&mut self, piece: &Whole) -> io::Result<Option<u64>> {
        let (mut common, mut agrees, before) = (std::mem::take(&mut self.end), true, self.here.size());
        let mut end = common.clone();
        piece.each(|bytes| {
            let again = common.len().min(bytes.len());
            let (old, new) = bytes.split_at_checked(again).unwrap_or((bytes, &[]));
            agrees &= common.get(..again) == Some(old);
            common.drain(..again);
            if !agrees {
                return Ok(());
            }
            end.extend_from_slice(new.get(new.len().saturating_sub(COMMON)..).unwrap_or_default());
            end.drain(..end.len().saturating_sub(COMMON));
            self.here.append(new)
        })?;
        self.end = end;
        Ok((agrees && common.is_empty()).then(|| self.here.size() - before))
    }

    fn pace(&mut self, took: Duration) {
        if took < MOMENT.0 {
            self.next = (self.next * 4).min(MOST);
        } else if took < MOMENT.1 / 2 {
            self.next = (self.next * 2).min(MOST);
        } else if took > MOMENT.1 {
            self.next = (self.next / 2).max(LEAST);
        }
    }

    async fn step(&mut self, line: &mut Session, at: &Whereabouts) -> Result<Step, Failure> {
        let opened = line.look_into(&at.name).await?;
        if opened.uidvalidity != at.uidvalidity {
            return Ok(Step::AsAWhole { ever: false });
        }
        let common = u64::try_from(self.end.len()).unwrap_or(0);
        let began = Instant::now();
        let asked = self.next;
        let (bytes, size) = match line.piece(&at.spot(), self.here.size() - common, asked + common).await? {
            Piece::Stretch { bytes, size } => (bytes, size),
            Piece::All(whole) => return Ok(Step::All(whole)),
            Piece::Refused => return Ok(Step::AsAWhole { ever: true }),
            Piece::Nothing => return Ok(Step::AsAWhole { ever: false }),
        };
        self.pace(began.elapsed());
        let disk = |error: io::Error| Failure::passing(FailureKind::Disk, "", &error.to_string());
        let Some(new) = self.add(&bytes).map_err(disk)? else { return Ok(Step::AsAWhole { ever: true }) };
        if self.here.size() > LARGEST {
            return Err(Failure::passing(FailureKind::Protocol, "", "a text that is too long"));
        }
        // One that ends before its size is asked once more: some servers are mistaken about that, and some hand out less
        // than they were asked for.
        let whole = self.here.size() >= size.unwrap_or(at.size);
        Ok(if new == 0 || (whole && new < asked) { Step::Done } else { Step::More })
    }
}

impl Bodies {
    /// Fetches a large message, as far as nobody wants something else meanwhile.
    pub(super) async fn fetch_large(
        &mut self,
        session: &mut Option<Session>,
        at: &Whereabouts,
        reply: &Reply,
        queue: &mut Queue,
    ) -> Fetched {
        let mut fresh = session.is_none();
        let mut begun = match self.begun.iter().position(|begun| begun.is_of(at)) {
            Some(known) => self.begun.remove(known),
            None => match self.mail.spool().begin() {
                Ok(here) => Begun::new(at, here),
                Err(_) => return Fetched::Answered(self.fetch(session, at).await),
            },
        };
        while !self.as_a_whole {
            // Where there is no second connection the first is asked for all of it.
            let Ok(mut line) = self.line(session).await else { break };
            let step = begun.step(&mut line, at).await;
            self.keep_unless_broken(session, line, &step);
            match step {
                Ok(Step::Done) => return Fetched::Answered(Ok(Whole::File(begun.here))),
                Ok(Step::All(whole)) => {
                    self.as_a_whole = true;
                    return Fetched::Answered(Ok(whole));
                }
                Ok(Step::AsAWhole { ever }) => {
                    self.as_a_whole = ever;
                    return Box::pin(self.fetch_or_leave(session, at, reply, queue)).await;
                }
                Ok(Step::More) => fresh = false,
                // A connection may die at any time: on with a fresh one, from where it was.
                Err(failure) if !fresh && broken(&failure) => fresh = true,
                Err(failure) => {
                    self.lay_aside(begun);
                    return Fetched::Answered(Err(failure));
                }
            }
            let older = queue.now.len();
            while let Ok(request) = self.requests.try_recv() {
                self.doubt(&request, session);
                queue.add(request);
            }
            let reads = |(_, reply): &(Whereabouts, Reply)| matches!(reply, Reply::Read(reply) if !reply.is_closed());
            let newer = queue.now.iter().skip(older).any(reads);
            if newer || reply.is_closed() {
                self.lay_aside(begun);
                return Fetched::Left(older);
            }
        }
        if begun.here.size() > 0 {
            self.lay_aside(begun);
        }
        Box::pin(self.fetch_or_leave(session, at, reply, queue)).await
    }

    fn lay_aside(&mut self, begun: Begun) {
        self.begun.push(begun);
        if self.begun.len() > LEFT {
            self.begun.remove(0);
        }
    }

    /// Fetches it as a whole. If nobody waits for it any more while somebody waits for something else, the connection is
    /// closed in the middle of it; not often, because the next one is a login.
    async fn fetch_or_leave(
        &mut self,
        session: &mut Option<Session>,
        at: &Whereabouts,
        reply: &Reply,
        queue: &mut Queue,
    ) -> Fetched {
        let was_open = session.is_some();
        let Ok(mut line) = self.line(session).await else { return Fetched::Answered(self.fetch(session, at).await) };
        let earliest = self.left.map_or_else(Instant::now, |left| left + SELDOM).max(Instant::now() + AT_WORK);
        let (mut came, mut open) = (Vec::new(), true);
        let whole = {
            let mut reading = Box::pin(read_one(&mut line, at));
            loop {
                let is_newer = |request: &BodyRequest| match request {
                    BodyRequest::Now { reply, .. } => !reply.is_closed(),
                    BodyRequest::Keep { .. } | BodyRequest::Ahead(_) | BodyRequest::Check => false,
                };
                let newer = reply.is_closed() && came.iter().any(is_newer);
                tokio::select! {
                    whole = &mut reading => break Some(whole),
                    request = self.requests.recv(), if open => match request {
                        Some(request) => came.push(request),
                        None => open = false,
                    },
                    () = tokio::time::sleep_until(earliest), if newer => break None,
                }
            }
        };
        let older = queue.now.len();
        if let Some(whole) = &whole {
            self.keep_unless_broken(session, line, whole);
        } else {
            drop(line);
            self.left = Some(Instant::now());
        }
        for request in came {
            self.doubt(&request, session);
            queue.add(request);
        }
        match whole {
            None => Fetched::Left(older),
            Some(Err(failure)) if was_open && broken(&failure) => Fetched::Answered(self.fetch(session, at).await),
            Some(whole) => Fetched::Answered(whole),
        }
    }
}

#[cfg(test)]
mod tests;
