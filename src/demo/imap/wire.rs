//! Framing: commands with their literals in, answers out.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufStream};

use super::personality::Faults;

/// The longest line, and the most bytes of a command that is no APPEND.
const LINE: usize = 64 * 1024;
const COMMAND: usize = 1024 * 1024;
const MESSAGE: usize = 64 * 1024 * 1024;

pub(super) struct Wire<S> {
    stream: BufStream<S>,
    /// A line that is not complete yet; kept here so that waiting for it can be given up and taken up again.
    line: Vec<u8>,
    sent: u64,
    faults: Faults,
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
    pub(super) fn new(stream: S, faults: Faults) -> Self {
        Self { stream: BufStream::with_capacity(16 * 1024, 32 * 1024, stream), line: Vec::new(), sent: 0, faults }
    }

    /// The stream below. What was read ahead is forgotten: before STARTTLS it was said in clear by anybody.
    pub(super) fn into_inner(self) -> S {
        self.stream.into_inner()
    }

    /// A line with its end; `None` at the end of the stream.
    pub(super) async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let ahead = self.stream.fill_buf().await?;
            if ahead.is_empty() {
                return Ok(None);
            }
            let end = ahead.iter().position(|b| *b == b'\n').map(|at| at + 1);
            let count = end.unwrap_or(ahead.len());
            self.line.extend(ahead.iter().take(count));
            self.stream.consume(count);
            if self.line.len() > LINE {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the line is too long"));
            }
            if end.is_some() {
                return Ok(Some(std::mem::take(&mut self.line)));
            }
        }
    }

    /// A whole command; asks for its literals as it meets them.
    pub(super) async fn command(&mut self) -> io::Result<Heard> {
        let mut command = Vec::new();
        loop {
            let Some(line) = self.line().await? else { return Ok(Heard::Nothing) };
            command.extend_from_slice(&line);
            let Some((length, waits)) = literal(&line) else {
                let end = command.strip_suffix(b"\n").map_or(command.len(), <[u8]>::len);
                command.truncate(end);
                let end = command.strip_suffix(b"\r").map_or(command.len(), <[u8]>::len);
                command.truncate(end);
                return Ok(Heard::Command(command));
            };
            let append = command.split(|b| *b == b' ').nth(1).is_some_and(|verb| verb.eq_ignore_ascii_case(b"APPEND"));
            if length.saturating_add(command.len()) > if append { MESSAGE } else { COMMAND } {
                if waits {
                    return Ok(Heard::TooLarge(command));
                }
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the literal is too large"));
            }
            if waits {
                self.send(b"+ OK\r\n").await?;
                self.flush().await?;
            }
            let before = command.len();
            let mut literal = (&mut self.stream).take(u64::try_from(length).unwrap_or(0));
            literal.read_to_end(&mut command).await?;
            if command.len() - before < length {
                return Ok(Heard::Nothing);
            }
        }
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let limit = match (self.faults.cut_after, self.faults.stall_after) {
            (Some(cut), Some(stall)) => Some(cut.min(stall)),
            (one, other) => one.or(other),
        };
        let room = limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.sent));
        let allowed = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        self.stream.write_all(bytes.get(..allowed).unwrap_or(bytes)).await?;
        self.sent += u64::try_from(allowed).unwrap_or(0);
        if allowed == bytes.len() {
            return Ok(());
        }
        self.stream.flush().await?;
        if self.faults.cut_after.is_some_and(|cut| self.sent >= cut) {
            return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut, as asked for"));
        }
        std::future::pending().await
    }

    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.stream.flush().await
    }

    /// Says goodbye to the layer below, so that the client sees an end and not a cut.
    pub(super) async fn close(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }
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
