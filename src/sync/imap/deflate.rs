//! The line with or without compression (RFC 4978), below everything that reads responses.
//!
//! Compressed bytes can stand for a thousand times as many, and a server that means harm makes use of it. Nothing is held
//! here beyond a small buffer, whatever comes, and whoever sends more than a mail server has reason to is cut off: the
//! next connection goes without compression.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A list of flags shrinks to a thirtieth, a message of nothing but spaces to a thousandth. So much is believed of
/// anybody, and beyond that so many bytes for each that came.
const BELIEVED: u64 = 16 * 1024 * 1024;
const RATIO: u64 = 100;

const BUFFER: usize = 16 * 1024;

pub(super) struct Deflate<S> {
    inner: S,
    packing: Option<Box<Packing>>,
    /// What came could not be unpacked, or was more than anybody should believe.
    broken: bool,
}

struct Packing {
    inflate: Decompress,
    deflate: Compress,
    /// Compressed, and not looked at yet.
    received: Vec<u8>,
    taken: usize,
    /// Compressed, and not on its way yet.
    to_send: Vec<u8>,
    sent: usize,
    bytes_in: u64,
    bytes_out: u64,
    /// Something was written that the other side cannot read before it is flushed.
    unflushed: bool,
}

impl<S: fmt::Debug> fmt::Debug for Deflate<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inner, packing, broken } = self;
        let packed = packing.is_some();
        f.debug_struct("Deflate").field("inner", inner).field("packed", &packed).field("broken", broken).finish()
    }
}

impl<S> Deflate<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, packing: None, broken: false }
    }

    /// From now on both sides speak compressed. `behind`: what was read behind the server's word for it.
    pub(super) fn begin(&mut self, behind: Vec<u8>) {
        self.packing = Some(Box::new(Packing {
            inflate: Decompress::new(false),
            deflate: Compress::new(Compression::new(6), false),
            received: behind,
            taken: 0,
            to_send: Vec::new(),
            sent: 0,
            bytes_in: 0,
            bytes_out: 0,
            unflushed: false,
        }));
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    pub(super) fn is_packed(&self) -> bool {
        self.packing.is_some()
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl Packing {
    /// Unpacks into `buf` as much as there is. Answers how much it was.
    fn unpack(&mut self, buf: &mut ReadBuf<'_>) -> io::Result<usize> {
        let input = self.received.get(self.taken..).unwrap_or_default();
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(input, buf.initialize_unfilled(), FlushDecompress::Sync)
            .map_err(|_| broken("the compressed stream is damaged"))?;
        let (taken, made) = (self.inflate.total_in() - before_in, self.inflate.total_out() - before_out);
        let made_here = usize::try_from(made).map_err(|_| broken("too much at once"))?;
        self.taken += usize::try_from(taken).map_err(|_| broken("too much at once"))?;
        buf.advance(made_here);
        self.bytes_in += taken;
        self.bytes_out += made;
        if self.bytes_out > BELIEVED.saturating_add(self.bytes_in.saturating_mul(RATIO)) {
            return Err(broken("a few compressed bytes stand for too many"));
        }
        if status == Status::StreamEnd && made == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if taken == 0 && made == 0 && !input.is_empty() && status != Status::BufError {
            return Err(broken("the compressed stream does not go on"));
        }
        Ok(made_here)
    }

    fn pack(&mut self, bytes: &[u8], flush: FlushCompress) -> io::Result<()> {
        let mut rest = bytes;
        loop {
            let mut out = [0; 4096];
            let (before_in, before_out) = (self.deflate.total_in(), self.deflate.total_out());
            self.deflate.compress(rest, &mut out, flush).map_err(io::Error::other)?;
            let taken = usize::try_from(self.deflate.total_in() - before_in).unwrap_or(rest.len());
            let made = usize::try_from(self.deflate.total_out() - before_out).unwrap_or(0);
            self.to_send.extend_from_slice(out.get(..made).unwrap_or_default());
            rest = rest.get(taken..).unwrap_or_default();
            // Room that was left over means that nothing is held back.
            if rest.is_empty() && made < out.len() {
                return Ok(());
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Deflate<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let Some(packing) = &mut this.packing else { return Pin::new(&mut this.inner).poll_read(cx, buf) };
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            // Even without new input there may be output that had no room before.
            let unpacked = packing.unpack(buf);
            this.broken |= unpacked.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::InvalidData);
            if unpacked? > 0 {
                return Poll::Ready(Ok(()));
            }
            if packing.taken >= packing.received.len() {
                packing.received.clear();
                packing.taken = 0;
            }
            let mut space = [0; BUFFER];
            let mut read = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            packing.received.extend_from_slice(read.filled());
        }
    }
}

impl<S: AsyncWrite + Unpin> Deflate<S> {
    /// Hands on what is packed.
    fn poll_hand_on(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(packing) = &mut self.packing else { return Poll::Ready(Ok(())) };
        while packing.sent < packing.to_send.len() {
            let rest = packing.to_send.get(packing.sent..).unwrap_or_default();
            let written = ready!(Pin::new(&mut self.inner).poll_write(cx, rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            packing.sent += written;
        }
        packing.to_send.clear();
        packing.sent = 0;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Deflate<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.packing.is_none() {
            return Pin::new(&mut this.inner).poll_write(cx, bytes);
        }
        ready!(this.poll_hand_on(cx))?;
        if let Some(packing) = &mut this.packing {
            packing.pack(bytes, FlushCompress::None)?;
            packing.unflushed = true;
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(packing) = &mut this.packing
            && std::mem::take(&mut packing.unflushed)
        {
            packing.pack(&[], FlushCompress::Sync)?;
        }
        ready!(this.poll_hand_on(cx))?;
        Pin::new(&mut this.inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
