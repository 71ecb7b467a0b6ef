//! Who answers: a mail server is told from a web page, and a port in clear from an encrypted one, by the first bytes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;

use super::dial::Protocol;
use crate::model::{Failure, FailureKind, TlsMode};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Speaks {
    Imap,
    Smtp,
    Pop3,
    Web,
    Tls,
}

impl Speaks {
    /// What begins like this; `None` if it could be anything.
    pub(super) fn of(beginning: &[u8]) -> Option<Self> {
        match beginning {
            [b'*', b' ', ..] => Some(Self::Imap),
            [b'+', b'O', b'K', ..] | [b'-', b'E', b'R', b'R', ..] => Some(Self::Pop3),
            [b'H', b'T', b'T', b'P', b'/', ..] | [b'<', b'!' | b'h' | b'H', ..] => Some(Self::Web),
            [0x15 | 0x16, 0x03, ..] => Some(Self::Tls),
            [a, b, c, b' ' | b'-', ..] if [a, b, c].iter().all(|digit| digit.is_ascii_digit()) => Some(Self::Smtp),
            _ => None,
        }
    }

    /// Why what is heard in clear cannot be the server that was meant.
    pub(super) fn instead_of(self, protocol: Protocol, host: &str) -> Option<Failure> {
        let other = |said| Some(Failure::lasting(FailureKind::Protocol, host, said));
        match (self, protocol) {
            (Self::Imap, Protocol::Imap) | (Self::Smtp, Protocol::Smtp) | (Self::Pop3, Protocol::Pop3) => None,
            (Self::Web, _) => Some(Failure::passing(FailureKind::Portal, host, "")),
            (Self::Tls, _) => Some(Failure::lasting(FailureKind::TlsPort, host, "")),
            (Self::Imap, _) => other("an IMAP server answers"),
            (Self::Smtp, _) => other("an SMTP server answers"),
            (Self::Pop3, _) => other("a POP3 server answers"),
        }
    }

    /// Why what is heard instead of a handshake cannot be the server that was meant.
    pub(super) fn instead_of_tls(self, tls: TlsMode, host: &str) -> Option<Failure> {
        match self {
            Self::Imap | Self::Smtp | Self::Pop3 if tls == TlsMode::StartTls => {
                Some(Failure::lasting(FailureKind::StartTls, host, "somebody spoke instead of encrypting"))
            }
            Self::Imap | Self::Smtp | Self::Pop3 => Some(Failure::lasting(FailureKind::PlainPort, host, "")),
            Self::Web => Some(Failure::passing(FailureKind::Portal, host, "")),
            Self::Tls => None,
        }
    }
}

/// The first bytes that came over a stream, to be asked for when the stream itself is gone: a failed handshake keeps it.
#[derive(Clone, Default, Debug)]
pub(super) struct Beginning(Arc<AtomicU64>);

impl Beginning {
    /// As much as fits into a number: enough for every kind of greeting.
    const LENGTH: usize = 5;

    fn hear(&self, bytes: &[u8]) {
        let mut held = self.0.load(Ordering::Relaxed);
        for byte in bytes {
            // The highest byte counts how many there are.
            let count = held >> 56;
            if usize::try_from(count).is_ok_and(|count| count >= Self::LENGTH) {
                return;
            }
            held = (count + 1) << 56 | ((held << 8 | u64::from(*byte)) & 0x00ff_ffff_ffff_ffff);
            self.0.store(held, Ordering::Relaxed);
        }
    }

    pub(super) fn speaks(&self) -> Option<Speaks> {
        let [count, bytes @ ..] = self.0.load(Ordering::Relaxed).to_be_bytes();
        let from = bytes.len().checked_sub(usize::from(count))?;
        Speaks::of(bytes.get(from..)?)
    }
}

/// The connection below TLS: its beginning is remembered, and its end is an error. Whoever ends TLS says so inside it, and
/// then nothing more is read here; the library itself would take a line that was cut for an end that was said.
#[derive(Debug)]
pub(super) struct Tapped {
    tcp: TcpStream,
    beginning: Beginning,
    /// Who wants to hear how the other side begins, and how much more of it.
    ear: Option<(UnboundedSender<Vec<u8>>, usize)>,
}

impl Tapped {
    pub(super) fn new(tcp: TcpStream) -> (Self, Beginning) {
        let beginning = Beginning::default();
        (Self { tcp, beginning: beginning.clone(), ear: None }, beginning)
    }

    /// The same, and so many bytes of what the other side says go there too.
    pub(super) fn overheard(mut self, most: usize, by: UnboundedSender<Vec<u8>>) -> Self {
        self.ear = Some((by, most));
        self
    }

    fn overhear(&mut self, read: &[u8]) {
        if let Some((by, room)) = &mut self.ear {
            let first = read.get(..(*room).min(read.len())).unwrap_or_default();
            *room -= first.len();
            if by.send(first.to_vec()).is_err() || *room == 0 {
                self.ear = None;
            }
        }
    }
}

impl AsyncRead for Tapped {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (before, room) = (buf.filled().len(), buf.remaining());
        ready!(Pin::new(&mut self.tcp).poll_read(cx, buf))?;
        let read = buf.filled().get(before..).unwrap_or_default();
        if read.is_empty() && room > 0 {
            let cut = "unexpected eof: the connection was cut without a word";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::UnexpectedEof, cut)));
        }
        self.beginning.hear(read);
        self.overhear(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_told_apart_however_they_are_cut() {
        for (said, speaks) in [
            (&b"* OK ready\r\n"[..], Some(Speaks::Imap)),
            (b"* BYE\r\n", Some(Speaks::Imap)),
            (b"220 mail.example ESMTP\r\n", Some(Speaks::Smtp)),
            (b"220-mail.example\r\n", Some(Speaks::Smtp)),
            (b"+OK\r\n", Some(Speaks::Pop3)),
            (b"HTTP/1.1 400 Bad Request\r\n", Some(Speaks::Web)),
            (b"<html>", Some(Speaks::Web)),
            (b"\x16\x03\x01\x02\x00", Some(Speaks::Tls)),
            (b"\x15\x03\x03\x00\x02", Some(Speaks::Tls)),
            (b"SSH-2.0-x\r\n", None),
            (b"2 ", None),
            (b"", None),
        ] {
            assert_eq!(Speaks::of(said), speaks, "{said:?}");
            for size in [1, 2, 5, 9] {
                let beginning = Beginning::default();
                said.chunks(size).for_each(|bytes| beginning.hear(bytes));
                assert_eq!(beginning.speaks(), speaks, "{said:?} by {size}");
            }
        }
    }
}
