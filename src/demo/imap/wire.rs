//! Framing: commands with their literals in, answers out.

mod deflate;

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use self::deflate::Deflate;
use super::fault::Fault;
use super::session::Terms;
use super::tally::{Tally, count};

/// The longest line, and the most bytes of a command that is no APPEND.
const LINE: usize = 64 * 1024;
const COMMAND: usize = 1024 * 1024;
const MESSAGE: usize = 64 * 1024 * 1024;

/// Answers are gathered up to this size before they are sent.
const GATHERED: usize = 32 * 1024;

pub(super) struct Wire<S> {
    stream: S,
    /// What was received, from `at` on not yet read; kept here so that waiting for more can be given up and taken up
    /// again.
    ahead: Vec<u8>,
    at: usize,
    out: Vec<u8>,
    sent: u64,
    packed: Option<Deflate>,
    faults: Arc<[Fault]>,
    tally: Arc<Tally>,
    literals_may_come_unasked: bool,
}

#[derive(Debug)]
pub(super) enum Heard {
    /// Without the last end of line.
    Command(Vec<u8>),
    /// What came before a literal that is too large; the literal was not sent.
    TooLarge(Vec<u8>),
    /// The client has gone.
    Nothing,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S, terms: &Terms) -> Self {
        let (faults, tally) = (Arc::clone(&terms.faults), Arc::clone(&terms.tally));
        let literals_may_come_unasked = terms.literals_may_come_unasked;
        Self {
            literals_may_come_unasked,
            stream,
            ahead: Vec::new(),
            at: 0,
            out: Vec::new(),
            sent: 0,
            packed: None,
            faults,
            tally,
        }
    }

    /// The stream below. What was read ahead is forgotten: before STARTTLS it was said in clear by anybody.
    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// From here on both sides compress.
    pub(super) fn compress(&mut self) -> io::Result<()> {
        let mut packed = Deflate::new();
        let early = self.ahead.split_off(self.at);
        packed.unpack(&early, &mut self.ahead)?;
        self.packed = Some(packed);
        Ok(())
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.packed.is_some()
    }

    /// Receives some more; false at the end of the stream.
    async fn fill(&mut self) -> io::Result<bool> {
        if self.at > 0 {
            self.ahead.drain(..self.at);
            self.at = 0;
        }
        if let Some(packed) = &mut self.packed {
            let mut raw = Vec::with_capacity(GATHERED);
            let received = self.stream.read_buf(&mut raw).await?;
            packed.unpack(&raw, &mut self.ahead)?;
            count(&self.tally.received, received);
            return Ok(received > 0);
        }
        self.ahead.reserve(GATHERED);
        let received = self.stream.read_buf(&mut self.ahead).await?;
        count(&self.tally.received, received);
        Ok(received > 0)
    }

    /// A line with its end; `None` at the end of the stream.
    pub(super) async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut looked_at = 0;
        loop {
            let unread = self.ahead.get(self.at..).unwrap_or_default();
            let end = memchr::memchr(b'\n', unread.get(looked_at..).unwrap_or_default());
            if let Some(line) = end.and_then(|end| unread.get(..=looked_at + end)) {
                let line = line.to_vec();
                self.at += line.len();
                return if line.len() > LINE { Err(too_long()) } else { Ok(Some(line)) };
            }
            looked_at = unread.len();
            if looked_at > LINE {
                return Err(too_long());
            }
            if !self.fill().await? {
                return Ok(None);
            }
        }
    }

    /// That many bytes after the line read last, behind what is there; false if the stream ends before.
    async fn exactly(&mut self, length: usize, into: &mut Vec<u8>) -> io::Result<bool> {
        let mut missing = length;
        loop {
            let unread = self.ahead.get(self.at..).unwrap_or_default();
            let some = unread.get(..missing).unwrap_or(unread);
            into.extend_from_slice(some);
            self.at += some.len();
            missing -= some.len();
            if missing == 0 {
                return Ok(true);
            }
            if !self.fill().await? {
                return Ok(false);
            }
        }
    }

    /// A whole command; asks for its literals as it meets them.
    pub(super) async fn command(&mut self) -> io::Result<Heard> {
        let mut command = Vec::new();
        loop {
            let Some(line) = self.line().await? else { return Ok(Heard::Nothing) };
            command.extend_from_slice(&line);
            let announced = literal(&line).filter(|(_, waits)| *waits || self.literals_may_come_unasked);
            let Some((length, waits)) = announced else {
                let end = command.strip_suffix(b"\n").map_or(command.len(), <[u8]>::len);
                command.truncate(end);
                let end = command.strip_suffix(b"\r").map_or(command.len(), <[u8]>::len);
                command.truncate(end);
                count(&self.tally.commands, 1);
                return Ok(Heard::Command(command));
            };
            let append = command.split(|b| *b == b' ').nth(1).is_some_and(|verb| verb.eq_ignore_ascii_case(b"APPEND"));
            if length.saturating_add(command.len()) > if append { MESSAGE } else { COMMAND } {
                if waits {
                    return Ok(Heard::TooLarge(command));
                }
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the literal is too large"));
            }
            if waits && !self.faults.contains(&Fault::Deaf("+")) {
                self.send(b"+ OK\r\n").await?;
                self.flush().await?;
            }
            if !self.exactly(length, &mut command).await? {
                return Ok(Heard::Nothing);
            }
        }
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.extend_from_slice(bytes);
        let waits = self.faults.contains(&Fault::OneSegment);
        if self.out.len() >= GATHERED && !waits { self.write().await } else { Ok(()) }
    }

    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.write().await?;
        self.stream.flush().await
    }

    /// Sends what was gathered, in the middle of an answer.
    pub(super) async fn flush_part(&mut self) -> io::Result<()> {
        if self.faults.contains(&Fault::OneSegment) { Ok(()) } else { self.flush().await }
    }

    async fn write(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.out);
        let mut bytes = match &mut self.packed {
            Some(packed) => packed.pack(&bytes)?,
            None => bytes,
        };
        if self.faults.is_empty() {
            return self.put(&bytes).await;
        }
        self.corrupt(&mut bytes);
        let end = self.faults.iter().filter_map(Fault::end).min();
        let room = end.map_or(u64::MAX, |after| after.saturating_sub(self.sent));
        let allowed = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        self.put_slowly(bytes.get(..allowed).unwrap_or(&bytes)).await?;
        if end.is_some_and(|end| self.sent >= end) {
            return self.give_up().await;
        }
        Ok(())
    }

    /// Onto the line.
    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.sent += u64::try_from(bytes.len()).unwrap_or(0);
        count(&self.tally.sent, bytes.len());
        Ok(())
    }

    async fn put_slowly(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let trickle = self.faults.iter().find_map(|fault| match fault {
            Fault::Trickle { after, each } => Some((*after, *each)),
            _ => None,
        });
        let piece =
            self.faults.iter().find_map(|fault| if let Fault::Pieces(size) = fault { Some(*size) } else { None });
        while !bytes.is_empty() {
            let slow = trickle.filter(|(after, _)| self.sent >= *after);
            let until_slow = trickle.map_or(u64::MAX, |(after, _)| after.saturating_sub(self.sent).max(1));
            let size = piece.unwrap_or(usize::MAX).max(1).min(usize::try_from(until_slow).unwrap_or(usize::MAX));
            let (now, later) = bytes.split_at_checked(size).unwrap_or((bytes, &[]));
            self.put(now).await?;
            if let Some((_, each)) = slow {
                self.stream.flush().await?;
                tokio::time::sleep(each).await;
            } else if piece.is_some() {
                self.stream.flush().await?;
                tokio::task::yield_now().await;
            }
            bytes = later;
        }
        Ok(())
    }

    fn corrupt(&self, bytes: &mut [u8]) {
        for fault in self.faults.iter() {
            if let Fault::Corrupt(at) = fault
                && let Some(at) = at.checked_sub(self.sent).and_then(|at| usize::try_from(at).ok())
                && let Some(byte) = bytes.get_mut(at)
            {
                *byte ^= 0x55;
            }
        }
    }

    /// What was asked for has been sent, and the line breaks in the way that was asked for.
    async fn give_up(&mut self) -> io::Result<()> {
        let how = self.faults.iter().filter(|fault| fault.end().is_some()).min_by_key(|fault| fault.end()).cloned();
        match how {
            Some(Fault::StallAfter(_)) => {
                self.stream.flush().await?;
                return std::future::pending().await;
            }
            Some(Fault::ByeAfter(_)) => {
                self.put(b"* BYE Closing\r\n").await?;
                self.stream.shutdown().await?;
            }
            Some(Fault::ResetAfter(_)) => return Err(io::ErrorKind::ConnectionReset.into()),
            Some(Fault::EndAfter(_)) => self.stream.shutdown().await?,
            _ => self.stream.flush().await?,
        }
        Err(io::Error::new(io::ErrorKind::ConnectionAborted, "ended, as asked for"))
    }

    /// One line, very long and easily compressed, if that was asked for.
    pub(super) async fn bomb(&mut self) -> io::Result<()> {
        let size = self.faults.iter().find_map(|fault| if let Fault::Bomb(size) = fault { Some(*size) } else { None });
        let Some(mut left) = size else { return Ok(()) };
        self.send(b"* OK ").await?;
        while left > 0 {
            let some = left.min(1024 * 1024);
            self.send(&vec![b'x'; some]).await?;
            self.flush().await?;
            left -= some;
        }
        self.send(b"\r\n").await?;
        self.flush().await
    }

    /// Says goodbye to the layer below, so that the client sees an end and not a cut.
    pub(super) async fn close(&mut self) -> io::Result<()> {
        self.flush().await?;
        self.stream.shutdown().await
    }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the line is too long")
}

/// The length of the literal that a line announces at its end, and whether the client waits to be asked for it.
fn literal(line: &[u8]) -> Option<(usize, bool)> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_suffix(b"}")?;
    let open = line.iter().rposition(|b| *b == b'{')?;
    let digits = line.get(open + 1..)?;
    let (digits, waits) = digits.strip_suffix(b"+").map_or((digits, true), |digits| (digits, false));
    let length: u32 =
        std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    Some((usize::try_from(length).unwrap_or(usize::MAX), waits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_announced_at_the_end_of_a_line() {
        assert_eq!(literal(b"a LOGIN {5}\r\n"), Some((5, true)));
        assert_eq!(literal(b"{0+}\n"), Some((0, false)));
        for none in [&b"a NOOP\r\n"[..], b"{}\r\n", b"{-1}\r\n", b"{5} \r\n", b"{99999999999}\r\n", b"{5}"] {
            assert_eq!(literal(none), None);
        }
    }
}
