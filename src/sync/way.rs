//! How to get to an account, and what is known of who answers there.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::Door;
use super::imap::{First, Manners, Misheard, Offer, Session, Unopened};
use crate::config::Account;
use crate::model::{Abilities, Failure, FailureKind, Purpose, Quirk, Quirks, Role, Secret, Server};
use crate::net::{Dialer, Hidden, Opened, Tap};
use crate::remedy;
use crate::text::SafeText;

/// What one connection learned and the next one need not ask.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Known {
    pub quirks: Quirks,
    /// What the server said after the last login.
    pub abilities: Option<Abilities>,
    /// What made us believe each quirk that was learned since the start.
    pub evidence: Vec<(Quirk, String)>,
    /// Names of folders that stand for roles, whatever is usual.
    pub folders: Arc<[(String, Role)]>,
    pub manners: Manners,
    /// What the server offered before the last login.
    pub(super) offer: Option<Offer>,
    /// It opened no folder for a stranger: it is told who we are, whether it asks or not.
    pub(super) introduce: bool,
    /// It opens no folder for us although it was told.
    distrusts: bool,
    doubted: Option<Doubt>,
    refusals: Refusals,
    /// Connections in a row that broke while several questions were open.
    broken_together: u32,
    /// What that may mean is not certain before it goes well one by one.
    suspected: Option<String>,
    /// When the second connection was let in.
    second: Option<Instant>,
    /// How often in a row the first one ended right after that.
    rivals: u32,
    /// With what we were let in.
    worked: Option<Secret>,
}

/// A second connection that was refused is not tried again for so long, and twice as long after each further time.
const LEFT_ALONE: Duration = Duration::from_mins(15);
const MOST_DOUBLINGS: u32 = 4;

/// A way to log in that may be the reason of a refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Doubt {
    quirk: Quirk,
    evidence: String,
    /// What was refused, if it may have been looked at: only what is taken in another way was not the reason.
    secret: Option<Secret>,
}

/// A connection that came to nothing; `again`: it may be tried anew at once, once.
struct Tried {
    failure: Failure,
    again: bool,
}

impl From<Failure> for Tried {
    fn from(failure: Failure) -> Self {
        Self { failure, again: false }
    }
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

    /// The same, where it is known beforehand what some folders are for.
    #[must_use]
    pub fn folders(mut self, folders: &[(String, Role)]) -> Self {
        self.folders = folders.into();
        self
    }

    /// The same, where it is known beforehand how the server wants to be spoken to.
    #[must_use]
    pub fn mannered(self, manners: Manners) -> Self {
        Self { manners, ..self }
    }

    /// True if it was learned, or seems to be so.
    pub(super) fn suspects(&self, quirk: Quirk) -> bool {
        self.quirks.has(quirk) || self.doubted.as_ref().is_some_and(|doubt| doubt.quirk == quirk)
    }

    pub fn learn(&mut self, quirk: Quirk, evidence: &str) {
        if !self.quirks.has(quirk) {
            self.quirks = self.quirks.with(quirk);
            self.evidence.push((quirk, evidence.to_owned()));
        }
    }
}

/// Logins for the second connection that the server did not want.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Refusals {
    /// How many in a row.
    count: u32,
    last: Option<Instant>,
}

/// Where a secret comes from that is good for one login only. It may take its time, and blocks.
#[derive(Clone)]
pub struct Fresh(Arc<dyn Fn() -> Result<Secret, Failure> + Send + Sync>);

impl Fresh {
    pub fn new(ask: impl Fn() -> Result<Secret, Failure> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    async fn ask(&self) -> Result<Secret, Failure> {
        let ask = Arc::clone(&self.0);
        let answer = tokio::task::spawn_blocking(move || ask()).await;
        answer.unwrap_or_else(|error| Err(Failure::passing(FailureKind::NoSecret, "", &error.to_string())))
    }
}

impl fmt::Debug for Fresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fresh(…)")
    }
}

#[derive(Clone, Debug)]
pub struct Way {
    pub dialer: Dialer,
    pub server: Server,
    pub login: String,
    /// The secret may be changed by whoever holds the other end; every new login takes the present one.
    pub secret: watch::Receiver<Secret>,
    /// Asked before each login, instead of the secret, where one is good for one login only.
    pub fresh: Option<Fresh>,
    /// Shared by all connections of the account.
    pub known: watch::Sender<Known>,
    /// Whether a login with this secret is better not tried now, wherever.
    pub door: watch::Sender<Door>,
}

impl Way {
    /// A way whose secret stays what it is.
    pub fn new(dialer: Dialer, server: Server, login: String, secret: Secret) -> Self {
        let (_, secret) = watch::channel(secret);
        Self {
            dialer,
            server,
            login,
            secret,
            fresh: None,
            known: watch::Sender::default(),
            door: watch::Sender::default(),
        }
    }

    /// The way to an account, as it is known to want it.
    pub fn to(account: &Account, dialer: Dialer, secret: Secret) -> Self {
        let way = Self::new(dialer, account.imap.clone(), account.login.clone(), secret);
        way.known.send_modify(|known| {
            known.manners = Manners::of(account);
            known.folders = account.preset.as_ref().map(|there| there.folders.as_slice().into()).unwrap_or_default();
        });
        way
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
        match self.try_to(first.clone()).await {
            Err(Tried { again: true, .. }) => self.try_to(first).await.map_err(|tried| tried.failure),
            other => other.map_err(|tried| tried.failure),
        }
    }

    async fn try_to(&self, first: First) -> Result<Session, Tried> {
        let (dialer, secret, known) = self.prepared().await?;
        let opened = Session::open(&dialer, &self.server, &self.login, &secret, &known, first).await;
        self.taken(opened, &dialer.tap, &secret)
    }

    /// The same over a connection that was opened before, with no questions behind the login but these. Where the server
    /// has to be spoken to in another way than was known, another connection is made, once.
    pub async fn begin(&self, opened: Opened, first: First) -> Result<Session, Failure> {
        let (dialer, secret, known) = self.prepared().await?;
        dialer.tap.connecting(&self.server.to_string());
        dialer.tap.connected(self.server.tls.code());
        let ready = std::future::ready(Ok(opened));
        let begun = Session::over(ready, &dialer, &self.server, &self.login, &secret, &known, first.clone()).await;
        match self.taken(begun, &dialer.tap, &secret) {
            Err(Tried { again: true, .. }) => self.try_to(first).await.map_err(|tried| tried.failure),
            other => other.map_err(|tried| tried.failure),
        }
    }

    /// The same over a stream that is there already.
    #[cfg(test)]
    pub(crate) async fn connect_over(
        &self,
        stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
        first: First,
    ) -> Result<Session, Failure> {
        let (dialer, secret, known) = self.prepared().await?;
        let line = crate::net::Line::over(stream, dialer.limits);
        let opened = async { Ok(crate::net::Opened { line, greeted: false, reached: std::time::Duration::ZERO }) };
        let opened = Session::over(opened, &dialer, &self.server, &self.login, &secret, &known, first).await;
        self.taken(opened, &dialer.tap, &secret).map_err(|tried| tried.failure)
    }

    /// What to log in with now. It may have to be asked for.
    pub async fn present_secret(&self) -> Result<Secret, Failure> {
        match &self.fresh {
            Some(fresh) => fresh.ask().await,
            None => Ok(self.secret.borrow().clone()),
        }
    }

    async fn prepared(&self) -> Result<(Dialer, Secret, Known), Failure> {
        let secret = self.present_secret().await?;
        let tap = self.dialer.tap.connection(&self.login, &secret);
        Ok((Dialer { tap, ..self.dialer.clone() }, secret, self.known.borrow().clone()))
    }

    fn taken(&self, opened: Result<Session, Unopened>, tap: &Tap, secret: &Secret) -> Result<Session, Tried> {
        match opened {
            Ok(mut session) => {
                session.stand_for(self.known.borrow().folders.clone());
                self.known.send_modify(|known| known.worked = Some(secret.clone()));
                self.let_in(session, tap, secret)
            }
            Err(Unopened { failure, together, misheard }) => {
                self.ended(&failure, together);
                let again = self.turned_away(misheard, secret);
                // A server may repeat what it was told.
                let said = Hidden::of(&self.login, secret).hide(failure.said.as_str());
                tap.closed(&format!("{} {said}", failure.kind.code()));
                let failure = Failure { said: SafeText::of(&said), ..failure };
                // A token runs out by itself.
                let about_it = failure.kind == FailureKind::Login && !secret.is_token();
                let worked = about_it && self.known.borrow().worked.as_ref() == Some(secret);
                Err(Tried { failure: if worked { remedy::once_worked(failure) } else { failure }, again })
            }
        }
    }

    /// The login was taken; whether we are trusted shows when a folder is opened.
    fn let_in(&self, session: Session, tap: &Tap, secret: &Secret) -> Result<Session, Tried> {
        let (abilities, offer) = (session.abilities(), session.offered());
        // Who opened nothing has learned nothing of that.
        let trust = session.trust();
        let distrust = trust.clone().and_then(Result::err);
        let mut again = false;
        self.known.send_modify(|known| {
            known.abilities = Some(abilities);
            known.offer = offer;
            if let Some(doubt) = known.doubted.take_if(|doubt| session.went_without(doubt.quirk)) {
                if doubt.secret.as_ref().is_none_or(|refused| refused == secret) {
                    known.learn(doubt.quirk, &doubt.evidence);
                } else if secret.is_token() {
                    // Each login has its own: what was wrong with the last one nobody knows.
                    known.doubted = Some(doubt);
                }
            }
            if distrust.is_some() {
                // Whoever was not told is told, and once more whoever was: on another connection.
                again = !known.distrusts;
                known.introduce = true;
            }
            if trust.is_some() {
                known.distrusts = distrust.is_some();
            }
        });
        match distrust {
            Some(failure) if again => {
                tap.closed(&format!("{} {}", failure.kind.code(), failure.said.as_str()));
                Err(Tried { failure, again })
            }
            _ => Ok(session),
        }
    }

    /// True if it is worth another try at once, because nobody has looked at the secret yet.
    fn turned_away(&self, misheard: Option<Misheard>, secret: &Secret) -> bool {
        let mut again = false;
        self.known.send_modify(|known| {
            if let Some(Misheard { quirk, evidence, again: not_understood }) = misheard {
                again = not_understood && !known.suspects(quirk);
                let secret = (!not_understood).then(|| secret.clone());
                known.doubted = Some(Doubt { quirk, evidence, secret });
            }
        });
        again
    }

    /// True if a login that can be done without is better not tried now: the server did not want the last one, or lets
    /// us in and shows nothing. The longer it goes on, the longer it is left alone.
    pub fn is_shut(&self) -> bool {
        let known = self.known.borrow();
        let patience = LEFT_ALONE.saturating_mul(1 << known.refusals.count.saturating_sub(1).min(MOST_DOUBLINGS));
        known.distrusts || known.refusals.last.is_some_and(|last| last.elapsed() < patience)
    }

    /// The account's second connection was not wanted.
    pub(super) fn second_refused(&self) {
        self.known.send_if_modified(|known| {
            known.refusals = Refusals { count: known.refusals.count.saturating_add(1), last: Some(Instant::now()) };
            false
        });
    }

    /// Whatever was refused was refused for another secret, or before the user asked again.
    pub(super) fn forgive(&self) {
        self.known.send_if_modified(|known| {
            known.refusals = Refusals::default();
            false
        });
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
            known.refusals = Refusals::default();
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
