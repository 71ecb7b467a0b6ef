//! The sluice: what a server says passes through here, response by response, before anything tries to understand it.
//!
//! The library above dies of one response that it cannot read, overflows the stack on a deep one, and takes everything
//! into memory. So it is shown only what it reads well. The rest is set aside for our own reader, as are the messages:
//! reading each of them twice costs more than everything else here. A line with a mark that no server can guess takes
//! the place of what was set aside, which keeps the order and wakes whoever waits. Large bodies go to the disk.

mod framing;
mod fuzz;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::Tap;
use crate::store::{Spool, Spooled};

pub(super) use framing::{Excess, Framing, Limits, Literal, Shape, Step};
pub use fuzz::fuzz;

/// Bytes that are read from below at once.
const CHUNK: usize = 32 * 1024;
/// No more is set aside at once: somebody has to take it first.
const ASIDE: usize = 256 * 1024;
/// A buffer that grew beyond this is given back.
const KEPT: usize = 256 * 1024;

/// A response that the library does not see.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) bytes: Vec<u8>,
    pub(super) literals: Vec<Literal>,
    /// The literals that are spooled, in their order.
    pub(super) files: Vec<Spooled>,
}

/// The disk did not take what the server sent.
#[derive(thiserror::Error, Debug)]
#[error("{0}")]
pub(super) struct NoRoom(io::Error);

#[derive(Debug)]
pub(super) struct Sluice<S> {
    below: S,
    framing: Framing,
    held: Vec<u8>,
    /// Where the present response begins.
    from: usize,
    /// How much of `held`, from `from` on, may pass.
    pass: usize,
    /// The line that stands for what was set aside, and how much of it has passed.
    line: Vec<u8>,
    aside: VecDeque<Aside>,
    /// How many bytes wait aside.
    waiting: usize,
    /// How many responses were set aside, and for how many of them a line has passed.
    set_aside: u64,
    marked: u64,
    /// How many of those that wait may be taken.
    released: u64,
    /// And how many were taken.
    taken: u64,
    mark: String,
    /// Who is told what the server says.
    tap: Tap,
    /// No response is looked at before the one in front of it was taken.
    singly: bool,
    ended: Option<io::ErrorKind>,
    trouble: Option<Trouble>,
    spool: Option<Spool>,
    /// The literals of the present response that went to the spool; the last one may still be coming in.
    files: Vec<Spooled>,
}

/// Why nothing more can come.
#[derive(Debug)]
enum Trouble {
    Excess(Excess),
    /// Told once; the connection is over then.
    NoRoom(Option<io::Error>),
}

impl Trouble {
    fn told(&mut self) -> io::Error {
        match self {
            Self::Excess(excess) => io::Error::new(io::ErrorKind::InvalidData, excess.to_string()),
            Self::NoRoom(error) => {
                let error = error.take().unwrap_or_else(|| io::ErrorKind::StorageFull.into());
                io::Error::new(error.kind(), NoRoom(error))
            }
        }
    }
}

impl From<Excess> for Trouble {
    fn from(excess: Excess) -> Self {
        Self::Excess(excess)
    }
}

impl<S> Sluice<S> {
    pub(super) fn new(below: S, limits: Limits) -> Self {
        Self {
            below,
            framing: Framing::new(limits),
            held: Vec::new(),
            from: 0,
            pass: 0,
            line: Vec::new(),
            aside: VecDeque::new(),
            waiting: 0,
            set_aside: 0,
            marked: 0,
            released: 0,
            taken: 0,
            mark: mark(),
            tap: Tap::default(),
            singly: false,
            ended: None,
            trouble: None,
            spool: None,
            files: Vec::new(),
        }
    }

    /// Tells this tap what the server says.
    pub(super) fn tapped(self, tap: Tap) -> Self {
        Self { tap, ..self }
    }

    /// From now on large bodies go there. Without it they are cut.
    pub(super) fn spool_into(&mut self, spool: Spool) {
        self.spool = Some(spool);
        self.framing.spool(true);
    }

    /// From now on one response is handed on at a time: behind one of them the stream may speak another way.
    pub(super) fn one_by_one(&mut self, singly: bool) {
        self.singly = singly;
    }

    /// Behind the last response that was taken the stream speaks another way; `begin` gets what was read of it already.
    pub(super) fn switch(&mut self, begin: impl FnOnce(&mut S, Vec<u8>)) {
        let behind = self.held.split_off(self.from);
        self.held.clear();
        self.from = 0;
        self.singly = false;
        begin(&mut self.below, behind);
    }

    pub(super) fn below(&self) -> &S {
        &self.below
    }

    /// True if this text of an untagged OK is a mark: everything that was set aside before it may be taken now.
    pub(super) fn release(&mut self, text: &str) -> bool {
        let number = text.strip_prefix(self.mark.as_str()).and_then(|rest| rest.strip_prefix(' ')?.parse().ok());
        self.released = number.unwrap_or(self.released).min(self.marked);
        number.is_some()
    }

    /// What was set aside next, if its turn has come.
    pub(super) fn take(&mut self) -> Option<Aside> {
        if self.taken >= self.released {
            return None;
        }
        self.taken += 1;
        let aside = self.aside.pop_front()?;
        self.waiting = self.waiting.saturating_sub(aside.bytes.len());
        Some(aside)
    }

    /// Bytes that are held for whatever reason.
    #[cfg(test)]
    fn weight(&self) -> usize {
        self.held.capacity() + self.waiting + self.line.capacity()
    }

    /// Hands on what may pass. True if nothing is left of it.
    fn hand_on(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        if !self.line.is_empty() {
            let length = self.line.len().min(buf.remaining());
            buf.put_slice(self.line.get(..length).unwrap_or_default());
            self.line.drain(..length);
            if !self.line.is_empty() {
                return false;
            }
        }
        let length = self.pass.min(buf.remaining());
        buf.put_slice(self.held.get(self.from..self.from + length).unwrap_or_default());
        self.from += length;
        self.pass -= length;
        self.pass == 0
    }

    /// Looks at what is held. False if more has to come.
    fn advance(&mut self) -> Result<bool, Trouble> {
        match self.framing.step(self.held.get(self.from..).unwrap_or_default())? {
            Step::More => Ok(false),
            Step::Away { at, length, spooled } => {
                let at = self.from + at;
                if spooled {
                    self.put_away(at, length).map_err(|error| Trouble::NoRoom(Some(error)))?;
                }
                self.held.drain(at..at + length);
                Ok(true)
            }
            Step::Whole(length) => {
                let response = self.held.get(self.from..self.from + length).unwrap_or_default();
                let literals = &self.framing.shape().literals;
                self.tap.heard(response, literals.iter().map(|literal| literal.at..literal.at + literal.held));
                if shown::reads_well(response, self.framing.shape()) {
                    self.framing.next();
                    self.pass = length;
                    self.mark_place();
                } else {
                    self.put_aside(length);
                }
                Ok(true)
            }
        }
    }

    fn put_away(&mut self, at: usize, length: usize) -> io::Result<()> {
        let spooled = self.framing.shape().literals.iter().filter(|literal| literal.spooled).count();
        if self.files.len() < spooled {
            let spool = self.spool.as_ref().ok_or(io::ErrorKind::NotFound)?;
            self.files.push(spool.begin()?);
        }
        let bytes = self.held.get(at..at + length).unwrap_or_default();
        self.files.last_mut().map_or(Ok(()), |file| file.append(bytes))
    }

    fn put_aside(&mut self, length: usize) {
        let shape = self.framing.next();
        let bytes = if length > KEPT {
            let mut bytes = std::mem::take(&mut self.held);
            self.held = bytes.split_off(self.from + length);
            bytes.drain(..self.from);
            self.from = 0;
            bytes
        } else {
            let end = self.from + length;
            let bytes = self.held.get(self.from..end).unwrap_or_default().to_vec();
            self.from = end;
            bytes
        };
        self.set_aside += 1;
        self.waiting += bytes.len();
        let files = std::mem::take(&mut self.files);
        self.aside.push_back(Aside { bytes, literals: shape.literals, files });
    }

    /// One line stands for everything that was set aside since the last one. True if it has to pass.
    fn mark_place(&mut self) -> bool {
        let behind = self.marked < self.set_aside;
        if behind {
            self.marked = self.set_aside;
            self.line = format!("* OK {} {}\r\n", self.mark, self.marked).into_bytes();
        }
        behind
    }

    /// Makes room behind what is held, without moving more than the beginning of a response.
    fn make_room(&mut self) {
        if self.from > 0 {
            self.held.drain(..self.from);
            self.from = 0;
        }
        if self.held.capacity() > KEPT && self.held.len() < KEPT / 4 {
            self.held.shrink_to(KEPT / 2);
        }
    }
}

impl<S: AsyncRead + Unpin> Sluice<S> {
    /// Reads from below. Nothing more comes if that gives zero.
    fn fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.make_room();
        let before = self.held.len();
        self.held.resize(before + CHUNK, 0);
        let mut chunk = ReadBuf::new(self.held.get_mut(before..).unwrap_or_default());
        let polled = Pin::new(&mut self.below).poll_read(cx, &mut chunk);
        let read = chunk.filled().len();
        self.held.truncate(before + read);
        ready!(polled)?;
        Poll::Ready(Ok(read))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Sluice<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let most = this.waiting.saturating_add(ASIDE);
        loop {
            if !this.hand_on(buf) || buf.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            // Something was understood, and what is behind it may be said another way.
            let one = this.singly && (buf.filled().len() > before || this.set_aside > this.marked);
            if this.trouble.is_none() && this.waiting <= most && !one {
                match this.advance() {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(trouble) => this.trouble = Some(trouble),
                }
            }
            if this.mark_place() {
                continue;
            }
            if buf.filled().len() > before {
                return Poll::Ready(Ok(()));
            }
            if let Some(trouble) = &mut this.trouble {
                return Poll::Ready(Err(trouble.told()));
            }
            if let Some(kind) = this.ended {
                return Poll::Ready(Err(kind.into()));
            }
            if ready!(this.fill(cx))? == 0 {
                // Half a response is none.
                if this.held.len() > this.from {
                    this.ended = Some(io::ErrorKind::UnexpectedEof);
                    continue;
                }
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Sluice<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.below).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.below).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.below).poll_shutdown(cx)
    }
}

/// A word that is different for every connection, and that no server can know: the keys of a hasher are random.
pub(super) fn mark() -> String {
    let mut mark = String::with_capacity(32);
    for _ in 0..2 {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_usize(mark.len());
        let _ = write!(mark, "{:016x}", hasher.finish());
    }
    mark
}

/// For tests: whole responses as a session hears them, however they have to be read.
#[cfg(test)]
pub(super) fn through(bytes: &[u8]) -> Vec<super::said::Said> {
    use async_imap::imap_proto::Response;

    use super::said::Said;

    let mut framing = Framing::new(Limits::default());
    let (mut rest, mut heard) = (bytes.to_vec(), Vec::new());
    loop {
        match framing.step(&rest).unwrap() {
            Step::More => break,
            Step::Away { at, length, .. } => drop(rest.drain(at..at + length)),
            Step::Whole(length) => {
                let after = rest.split_off(length);
                let shape = framing.next();
                heard.push(if shown::reads_well(&rest, &shape) {
                    Said::of(&Response::parse(&rest).unwrap().1)
                } else {
                    Said::read(Aside { bytes: rest, literals: shape.literals, files: Vec::new() })
                });
                rest = after;
            }
        }
    }
    assert!(rest.is_empty(), "{:?}", String::from_utf8_lossy(&rest));
    heard
}
