//! Lines in, lines out, and a message with the dots taken off again.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

const LINE: usize = 64 * 1024;
const MESSAGE: usize = 128 * 1024 * 1024;

pub(super) struct Wire<S> {
    stream: S,
    ahead: Vec<u8>,
    at: usize,
}

/// What came of the message.
pub(super) enum Body {
    Whole(Vec<u8>),
    /// So much came already, and the end did not.
    Some(Vec<u8>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, ahead: Vec::new(), at: 0 }
    }

    /// The stream below. What was read ahead is forgotten: before STARTTLS it was said in clear by anybody.
    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    async fn fill(&mut self) -> io::Result<bool> {
        if self.at > 0 {
            self.ahead.drain(..self.at);
            self.at = 0;
        }
        self.ahead.reserve(32 * 1024);
        Ok(self.stream.read_buf(&mut self.ahead).await? > 0)
    }

    /// A line with its end, as long as `most`; `None` at the end of the stream.
    async fn up_to(&mut self, most: usize) -> io::Result<Option<Vec<u8>>> {
        let mut looked_at = 0;
        loop {
            let unread = self.ahead.get(self.at..).unwrap_or_default();
            let end = memchr::memchr(b'\n', unread.get(looked_at..).unwrap_or_default());
            if let Some(line) = end.and_then(|end| unread.get(..=looked_at + end)) {
                let line = line.to_vec();
                self.at += line.len();
                return Ok(Some(line));
            }
            looked_at = unread.len();
            if looked_at > most {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the line is too long"));
            }
            if !self.fill().await? {
                return Ok(None);
            }
        }
    }

    /// A command, without its end.
    pub(super) async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(mut line) = self.up_to(LINE).await? else { return Ok(None) };
        line.pop();
        line.pop_if(|byte| *byte == b'\r');
        Ok(Some(line))
    }

    /// The message behind DATA. Only CR LF is the end of a line: whoever takes less can be given two messages for one.
    /// `pause`: stops once so much has come.
    pub(super) async fn body(&mut self, mut so_far: Vec<u8>, pause: Option<usize>) -> io::Result<Option<Body>> {
        loop {
            if pause.is_some_and(|pause| so_far.len() >= pause) {
                return Ok(Some(Body::Some(so_far)));
            }
            let Some(line) = self.up_to(MESSAGE).await? else { return Ok(None) };
            let begins = so_far.is_empty() || so_far.ends_with(b"\r\n");
            if begins && line == b".\r\n" {
                return Ok(Some(Body::Whole(so_far)));
            }
            let dotted = begins && line.first() == Some(&b'.');
            so_far.extend_from_slice(line.get(usize::from(dotted)..).unwrap_or_default());
            if so_far.len() > MESSAGE {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the message is too long"));
            }
        }
    }

    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Listens without a word until the other side goes.
    pub(super) async fn stall(&mut self) -> io::Result<()> {
        while self.fill().await? {
            self.at = self.ahead.len();
        }
        Ok(())
    }

    pub(super) async fn close(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }
}
