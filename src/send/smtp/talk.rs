//! The line, and what is heard on it: nothing is said while an answer lies there that nobody asked for, nothing is waited
//! for without a deadline, and no secret is told to whoever listens.

use std::io;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::reply::{Nonsense, Replies, Reply};
use crate::model::{Failure, FailureKind};
use crate::net::{Hidden, Line, Tap};
use crate::text::SafeText;

pub(super) struct Talk {
    line: Line,
    replies: Replies,
    tap: Tap,
    hidden: Hidden,
    pub(super) host: String,
}

impl std::fmt::Debug for Talk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Talk").field("host", &self.host).finish_non_exhaustive()
    }
}

/// How a write came to nothing.
pub(super) enum Unsaid {
    /// The server had said something before.
    Early(Reply),
    Broken(Failure),
}

impl Talk {
    pub(super) fn new(line: Line, tap: Tap, hidden: Hidden, host: &str) -> Self {
        Self { line, replies: Replies::default(), tap, hidden, host: host.to_owned() }
    }

    /// The same failure, without the secret in it.
    pub(super) fn veiled(&self, failure: Failure) -> Failure {
        Failure { said: self.without_secret(&failure.said), ..failure }
    }

    pub(super) fn without_secret(&self, said: &SafeText) -> SafeText {
        SafeText::of(&self.hidden.hide(said.as_str()))
    }

    fn broken(&self, error: &io::Error) -> Failure {
        if error.kind() == io::ErrorKind::TimedOut {
            return Failure::passing(FailureKind::TimedOut, &self.host, "");
        }
        Failure::passing(FailureKind::Dropped, &self.host, &error.to_string())
    }

    fn nonsense(&self, nonsense: Nonsense) -> Failure {
        Failure::passing(FailureKind::Protocol, &self.host, nonsense.said())
    }

    /// A reply, as a whole within this time.
    pub(super) async fn reply(&mut self, at_most: Duration) -> Result<Reply, Failure> {
        self.line.patience().set(at_most);
        let heard = timeout(at_most, async {
            loop {
                match self.replies.next() {
                    Ok(Some(reply)) => return Ok(reply),
                    Ok(None) => {}
                    Err(nonsense) => return Err(self.nonsense(nonsense)),
                }
                let mut bytes = [0; 4096];
                let read = self.line.read(&mut bytes).await.map_err(|error| self.broken(&error))?;
                if read == 0 {
                    return Err(Failure::passing(FailureKind::Dropped, &self.host, ""));
                }
                self.replies.hear(bytes.get(..read).unwrap_or_default());
            }
        });
        let heard = heard.await.unwrap_or_else(|_| Err(Failure::passing(FailureKind::TimedOut, &self.host, "")));
        if let Ok(reply) = &heard {
            self.note(reply);
        }
        heard
    }

    fn note(&self, reply: &Reply) {
        if !self.tap.listens() {
            return;
        }
        if reply.code == 334 {
            // A question about the secret; what stands in it is nobody's business.
            return self.tap.heard(b"334 ***", []);
        }
        for line in reply.raw().split(|byte| *byte == b'\n') {
            self.tap.heard(line, []);
        }
    }

    /// What the server has said although nothing was asked.
    pub(super) fn early(&mut self) -> Result<(), Unsaid> {
        let mut bytes = [0; 4096];
        while let Some(read) = self.line.read(&mut bytes).now_or_never() {
            match read {
                Ok(0) if self.replies.is_silent() => {
                    return Err(Unsaid::Broken(Failure::passing(FailureKind::Dropped, &self.host, "")));
                }
                Ok(read @ 1..) => self.replies.hear(bytes.get(..read).unwrap_or_default()),
                Err(error) if self.replies.is_silent() => return Err(Unsaid::Broken(self.broken(&error))),
                Ok(0) | Err(_) => break,
            }
        }
        if self.replies.is_silent() {
            return Ok(());
        }
        match self.replies.next() {
            Ok(Some(reply)) => {
                self.note(&reply);
                Err(Unsaid::Early(reply))
            }
            Ok(None) => Err(Unsaid::Broken(self.out_of_turn())),
            Err(nonsense) => Err(Unsaid::Broken(self.nonsense(nonsense))),
        }
    }

    fn out_of_turn(&self) -> Failure {
        Failure::passing(FailureKind::Protocol, &self.host, "the server spoke out of turn")
    }

    /// What a word out of turn means: a goodbye, or that no answer can be told from another any more.
    pub(super) fn meant(&self, unsaid: Unsaid) -> Failure {
        match unsaid {
            Unsaid::Early(reply) if reply.refuses() => super::refusal::of_mail(&reply, &self.host),
            Unsaid::Early(_) => self.out_of_turn(),
            Unsaid::Broken(failure) => failure,
        }
    }

    /// Says lines; `shown` is what may be told of them.
    pub(super) async fn say(&mut self, lines: &str, shown: &str, at_most: Duration) -> Result<(), Failure> {
        self.early().map_err(|unsaid| self.meant(unsaid))?;
        for line in shown.lines() {
            self.tap.sent(line);
        }
        self.write(lines.as_bytes(), at_most).await.map_err(|error| self.broken(&error))
    }

    /// Each time that bytes are taken the time begins anew.
    async fn write(&mut self, bytes: &[u8], at_most: Duration) -> io::Result<()> {
        self.line.patience().set(at_most);
        self.line.write_all(bytes).await?;
        self.line.flush().await
    }

    /// Some bytes of the message.
    pub(super) async fn send(&mut self, bytes: &[u8], at_most: Duration) -> Result<(), Unsaid> {
        self.early()?;
        match self.write(bytes, at_most).await {
            Ok(()) => Ok(()),
            // It may have said why before it hung up.
            Err(error) => Err(match timeout(Duration::from_secs(1), self.reply(Duration::from_secs(1))).await {
                Ok(Ok(reply)) => Unsaid::Early(reply),
                _ => Unsaid::Broken(self.broken(&error)),
            }),
        }
    }

    /// The end of the message.
    pub(super) async fn end(&mut self, bytes: &[u8], at_most: Duration) -> Result<(), Failure> {
        self.write(bytes, at_most).await.map_err(|error| self.broken(&error))
    }

    pub(super) fn tell(&self, shown: &str) {
        self.tap.sent(shown);
    }

    pub(super) fn closed(&self, why: &str) {
        self.tap.closed(&self.hidden.hide(why));
    }

    pub(super) async fn close(&mut self) {
        let _ = timeout(Duration::from_secs(2), self.line.shutdown()).await;
    }
}
