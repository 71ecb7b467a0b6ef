//! The byte stream that protocols talk over: plain or encrypted, buffered for writing, with a deadline for reading.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, BufWriter, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_native_tls::TlsStream;

use super::dial::Limits;
use super::look::leaf;
use super::speaks::Tapped;
use crate::model::Fingerprint;

/// How long the line waits for the next byte. The owner of a connection changes it: an answer to a command is due in
/// seconds, news may take minutes.
#[derive(Clone, Debug)]
pub struct Patience {
    milliseconds: Arc<AtomicU64>,
    received: Arc<AtomicU64>,
}

impl Patience {
    fn new(at_most: Duration) -> Self {
        let patience = Self { milliseconds: Arc::default(), received: Arc::default() };
        patience.set(at_most);
        patience
    }

    pub fn set(&self, at_most: Duration) {
        self.milliseconds.store(u64::try_from(at_most.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn get(&self) -> Duration {
        Duration::from_millis(self.milliseconds.load(Ordering::Relaxed))
    }

    /// How many bytes have come in so far: whether a long answer is on its way.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

/// An open connection.
#[derive(Debug)]
pub struct Line {
    stream: BufWriter<Stream>,
    patience: Patience,
    deadline: Pin<Box<Sleep>>,
    /// The patience that the running deadline was set with; `None` while nothing waits.
    armed: Option<Duration>,
}

/// Whatever can be read and written.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<Tapped>>),
    Other(Box<dyn Duplex>),
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Tls(_) => "Tls",
            Self::Other(_) => "Other",
        })
    }
}

impl Line {
    pub(super) fn new(stream: Stream, at_most: Duration) -> Self {
        Self {
            stream: BufWriter::new(stream),
            patience: Patience::new(at_most),
            deadline: Box::pin(tokio::time::sleep(at_most)),
            armed: None,
        }
    }

    /// A line over a stream that somebody else made and vouches for: a pipe of a test, the stream of a program.
    pub fn over(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, limits: Limits) -> Self {
        Self::new(Stream::Other(Box::new(stream)), limits.answer)
    }

    /// The certificate of the other side, if the way is encrypted.
    pub fn certificate(&self) -> Option<Fingerprint> {
        match self.stream.get_ref() {
            Stream::Tls(stream) => leaf(stream).map(|leaf| leaf.fingerprint),
            Stream::Plain(_) | Stream::Other(_) => None,
        }
    }

    pub fn patience(&self) -> Patience {
        self.patience.clone()
    }

    /// Turns a wait without end into an error.
    fn guard<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.armed = None;
            return polled;
        }
        let patience = self.patience.get();
        if self.armed != Some(patience) {
            self.armed = Some(patience);
            self.deadline.as_mut().reset(Instant::now() + patience);
        }
        ready!(self.deadline.as_mut().poll(cx));
        self.armed = None;
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        let read = u64::try_from(buf.filled().len() - before).unwrap_or(0);
        self.patience.received.fetch_add(read, Ordering::Relaxed);
        self.guard(cx, polled)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.guard(cx, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.guard(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.guard(cx, polled)
    }
}

/// Errors of the TLS library are of no kind, like those of a parser above; who reads them must not take one for the other.
fn of_tls<T>(polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
    polled.map_err(|error| match error.kind() {
        io::ErrorKind::Other => io::Error::new(io::ErrorKind::InvalidData, error),
        _ => error,
    })
}

macro_rules! each {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Self::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Self::Tls($stream) => {
                let $stream = Pin::new($stream.as_mut());
                of_tls($call)
            }
            Self::Other($stream) => {
                let $stream = Pin::new($stream.as_mut());
                $call
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, stream => stream.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_shutdown(cx))
    }
}
