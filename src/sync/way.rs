//! How to get to an account, and what is known of who answers there.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::imap::{First, Session, Unopened};
use crate::model::{Abilities, Failure, FailureKind, Purpose, Quirk, Quirks, Secret, Server};
use crate::net::{Dialer, Hidden, Opened, Tap};
use crate::text::SafeText;

/// What one connection learned and the next one need not ask.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Known {
    pub quirks: Quirks,
    /// What the server said after the last login.
    pub abilities: Option<Abilities>,
    /// What made us believe each quirk that was learned since the start.
    pub evidence: Vec<(Quirk, String)>,
    /// Connections in a row that broke while several questions were open.
    broken_together: u32,
    /// What that may mean is not certain before it goes well one by one.
    suspected: Option<String>,
    /// When the second connection was let in.
    second: Option<Instant>,
    /// How often in a row the first one ended right after that.
    rivals: u32,
}

/// So many are no accident any more.
const NO_ACCIDENT: u32 = 2;
/// What ends so soon after a login ends because of it.
const BECAUSE: Duration = Duration::from_secs(10);

impl Known {
    /// What was learned earlier.
    pub fn of(quirks: Quirks) -> Self {
        Self { quirks, ..Self::default() }
    }

    /// The same, where it is known beforehand whether the server tells of new mail by itself.
    #[must_use]
    pub fn idle(mut self, idle: Option<bool>) -> Self {
        self.quirks = match idle {
            Some(true) => self.quirks.without(Quirk::SilentIdle),
            Some(false) => self.quirks.with(Quirk::SilentIdle),
            None => self.quirks,
        };
        self
    }

    pub fn learn(&mut self, quirk: Quirk, evidence: &str) {
        if !self.quirks.has(quirk) {
            self.quirks = self.quirks.with(quirk);
            self.evidence.push((quirk, evidence.to_owned()));
        }
    }
}

#[derive(Clone, Debug)]
pub struct Way {
    pub dialer: Dialer,
    pub server: Server,
    pub login: String,
    /// The secret may be changed by whoever holds the other end; every new login takes the present one.
    pub secret: watch::Receiver<Secret>,
    /// Shared by all connections of the account.
    pub known: watch::Sender<Known>,
}

impl Way {
    /// A way whose secret stays what it is.
    pub fn new(dialer: Dialer, server: Server, login: String, secret: Secret) -> Self {
        let (_, secret) = watch::channel(secret);
        Self { dialer, server, login, secret, known: watch::Sender::default() }
    }

    /// The same way, told apart by what its connections are for.
    #[must_use]
    pub fn for_purpose(&self, purpose: Purpose) -> Self {
        let mut way = self.clone();
        way.dialer.tap = way.dialer.tap.for_purpose(purpose);
        way
    }

    pub async fn connect(&self) -> Result<Session, Failure> {
        self.connect_and(First::default()).await
    }

    /// The same, with the first questions said behind the login without waiting.
    pub async fn connect_and(&self, first: First) -> Result<Session, Failure> {
        let (dialer, secret, known) = self.prepared();
        let opened = Session::open(&dialer, &self.server, &self.login, &secret, &known, first).await;
        self.taken(opened, &dialer.tap, &secret)
    }

    /// The same over a connection that was opened before: greeting, login, and who we are.
    pub async fn begin(&self, opened: Opened, first: First) -> Result<Session, Failure> {
        let (dialer, secret, known) = self.prepared();
        dialer.tap.connecting(&self.server.to_string());
        dialer.tap.connected(self.server.tls.code());
        let ready = std::future::ready(Ok(opened));
        let begun = Session::over(ready, &dialer, &self.server, &self.login, &secret, &known, first).await;
        self.taken(begun, &dialer.tap, &secret)
    }

    /// The same over a stream that is there already.
    #[cfg(test)]
    pub(super) async fn connect_over(
        &self,
        stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
        first: First,
    ) -> Result<Session, Failure> {
        let (dialer, secret, known) = self.prepared();
        let line = crate::net::Line::over(stream, dialer.limits);
        let opened = async { Ok(crate::net::Opened { line, greeted: false, reached: std::time::Duration::ZERO }) };
        let opened = Session::over(opened, &dialer, &self.server, &self.login, &secret, &known, first).await;
        self.taken(opened, &dialer.tap, &secret)
    }

    fn prepared(&self) -> (Dialer, Secret, Known) {
        let secret = self.secret.borrow().clone();
        let tap = self.dialer.tap.connection(&self.login, &secret);
        (Dialer { tap, ..self.dialer.clone() }, secret, self.known.borrow().clone())
    }

    fn taken(&self, opened: Result<Session, Unopened>, tap: &Tap, secret: &Secret) -> Result<Session, Failure> {
        match opened {
            Ok(session) => {
                let abilities = session.abilities();
                self.known.send_modify(|known| known.abilities = Some(abilities));
                Ok(session)
            }
            Err(Unopened { failure, together }) => {
                self.ended(&failure, together);
                // A server may repeat what it was told.
                let said = Hidden::of(&self.login, secret).hide(failure.said.as_str());
                tap.closed(&format!("{} {said}", failure.kind.code()));
                Err(Failure { said: SafeText::of(&said), ..failure })
            }
        }
    }

    /// A connection ended like this; `together`: while more than one question was open.
    pub fn ended(&self, failure: &Failure, together: bool) {
        let of_the_line = matches!(failure.kind, FailureKind::TimedOut | FailureKind::Dropped | FailureKind::Protocol);
        if !(together && of_the_line) {
            return;
        }
        self.known.send_modify(|known| {
            known.broken_together += 1;
            if known.broken_together >= NO_ACCIDENT && !known.quirks.has(Quirk::OneAtATime) {
                known.quirks = known.quirks.with(Quirk::OneAtATime);
                known.suspected = Some(format!("{} while several questions were open", failure.kind.code()));
            }
        });
    }

    /// The account's second connection was let in.
    pub(super) fn second_came(&self) {
        self.known.send_if_modified(|known| {
            known.second = Some(Instant::now());
            false
        });
    }

    /// The account's first connection ended like this.
    pub(super) fn first_ended(&self, failure: &Failure) {
        self.known.send_modify(|known| {
            let rival = known.second.take().is_some_and(|at| at.elapsed() < BECAUSE);
            known.rivals = if rival && failure.kind == FailureKind::Dropped { known.rivals + 1 } else { 0 };
            if known.rivals >= NO_ACCIDENT {
                known.learn(Quirk::OneConnection, "the first connection ended right after a second login");
            }
        });
    }

    /// What was learned and is not on the disk yet.
    pub fn take_evidence(&self) -> Vec<(Quirk, String)> {
        let mut evidence = Vec::new();
        self.known.send_if_modified(|known| {
            evidence = std::mem::take(&mut known.evidence);
            false
        });
        evidence
    }

    /// A folder was brought in step.
    pub fn went_well(&self) {
        self.known.send_if_modified(|known| {
            known.broken_together = 0;
            // One by one it goes: that is worth remembering.
            let proved = known.suspected.take();
            let news = proved.is_some();
            known.evidence.extend(proved.map(|evidence| (Quirk::OneAtATime, evidence)));
            news
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_beforehand_of_idle_counts_more_than_what_was_learned_once() {
        let learned = Quirks::default().with(Quirk::SilentIdle).with(Quirk::NoCompression);
        let silent = |known: Known| known.quirks.has(Quirk::SilentIdle);
        assert!(silent(Known::of(learned).idle(None)));
        assert!(!silent(Known::of(learned).idle(Some(true))));
        assert!(Known::of(learned).idle(Some(true)).quirks.has(Quirk::NoCompression));
        assert!(silent(Known::default().idle(Some(false))));
        assert!(!silent(Known::default().idle(None)));
    }
}
