//! A connection on which mail is handed over, one message after the other.

use std::time::Duration;

use super::dots::{CHUNK, Dots, Shape};
use super::entrance::{Entrance, choose, fits};
use super::envelope::Envelope;
use super::handover::{Handover, Step};
use super::offers::{Limits, Offers};
use super::places::places;
use super::refusal::{Refusal, at_the_door, of_a_login, of_mail};
use super::talk::{Talk, Unsaid};
use crate::config::Account;
use crate::model::{Failure, FailureKind, Purpose, Secret, Server};
use crate::net::{Dialer, Hidden, Opened, Protocol, Tap};
use crate::sync::token_status;
use crate::text::SafeText;

/// How long each part may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deadlines {
    pub greeting: Duration,
    /// A reply to a command.
    pub reply: Duration,
    /// Until some more bytes of the message are taken.
    pub data: Duration,
    /// The word on a whole message: servers look for viruses before they say it.
    pub verdict: Duration,
    /// The goodbye, which is no longer about anything.
    pub goodbye: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            greeting: Duration::from_mins(1),
            reply: Duration::from_mins(2),
            data: Duration::from_mins(3),
            verdict: Duration::from_mins(10),
            goodbye: Duration::from_secs(5),
        }
    }
}

/// How a server is known to want to be spoken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Manners {
    pub deadlines: Deadlines,
    /// It takes no password at all.
    pub oauth_only: bool,
    /// It keeps its word where it offers to take several commands at once.
    pub pipelining: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self { deadlines: Deadlines::default(), oauth_only: false, pipelining: true }
    }
}

impl Manners {
    pub fn of(account: &Account) -> Self {
        let oauth_only = account.preset.as_ref().is_some_and(|preset| preset.oauth_only);
        Self { oauth_only, ..Self::default() }
    }
}

/// What became of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivered {
    /// By address, in the order of the envelope. What stands here counts only if the message was taken; else it tells
    /// who was refused.
    pub recipients: Vec<(String, Result<(), Refusal>)>,
    pub outcome: Outcome,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The server has it; in its own words.
    Taken(SafeText),
    /// The server does not take it, for now or for good ([`Failure::retry`]). Nobody gets it.
    Refused(Failure),
    /// The connection came to nothing before the end of the message: nobody gets it, and it may be sent again.
    Lost(Failure),
    /// The end of the message was sent, and no word came that can be understood. Perhaps the server has it.
    Unknown(Failure),
}

/// What we call ourselves: not what this machine is called, which is nobody's business.
const OURSELVES: &str = "[127.0.0.1]";
/// So often a server may ask at a login.
const QUESTIONS: usize = 4;

#[derive(Debug)]
pub struct Session {
    talk: Talk,
    server: Server,
    offers: Offers,
    manners: Manners,
    /// False while a message is on its way, and for ever once the two sides may mean different things.
    alive: bool,
}

impl Session {
    /// Connects to where the account hands its mail over and logs in.
    pub async fn open(account: &Account, dialer: &Dialer, secret: &Secret) -> Result<Self, Failure> {
        Self::open_with(account, dialer, secret, Manners::of(account)).await
    }

    pub async fn open_with(
        account: &Account,
        dialer: &Dialer,
        secret: &Secret,
        manners: Manners,
    ) -> Result<Self, Failure> {
        // The pin that the dialer may have is that of the mailbox.
        let dialer = &Dialer { pin: account.smtp_pin, ..dialer.clone() };
        let mut first = None;
        let mut unknown: Option<String> = None;
        for server in places(account) {
            if unknown.as_ref() == Some(&server.host) {
                continue;
            }
            match Self::at(&server, dialer, &account.login, secret, manners).await {
                Ok(session) => return Ok(session),
                Err(Unopened { failure, nobody_there: false }) => return Err(failure),
                Err(Unopened { failure, nobody_there: true }) => {
                    if failure.kind == FailureKind::UnknownHost {
                        unknown = Some(server.host);
                    }
                    first.get_or_insert(failure);
                }
            }
        }
        let said = "no server for sending is known for this account: set smtp in config.toml";
        Err(first.unwrap_or_else(|| Failure::lasting(FailureKind::UnknownHost, &account.name, said)))
    }

    async fn at(
        server: &Server,
        dialer: &Dialer,
        login: &str,
        secret: &Secret,
        manners: Manners,
    ) -> Result<Self, Unopened> {
        let dialer =
            Dialer { tap: dialer.tap.for_purpose(Purpose::Sending).connection(login, secret), ..dialer.clone() };
        if !fits(login, secret) {
            let said = "the name or the password holds a line break, or is too long";
            return Err(Failure::lasting(FailureKind::Login, &server.host, said).into());
        }
        dialer.tap.connecting(&server.to_string());
        let opened = match dialer.open(server, Protocol::Smtp).await {
            Ok(opened) => opened,
            Err(failure) => {
                dialer.tap.closed(failure.kind.code());
                return Err(Unopened { nobody_there: is_nobody_there(&failure), failure });
            }
        };
        dialer.tap.connected(server.tls.code());
        Self::over(opened, server, &dialer.tap, login, secret, manners).await.map_err(Unopened::from)
    }

    /// The same over a line that somebody else has opened.
    pub async fn over(
        opened: Opened,
        server: &Server,
        tap: &Tap,
        login: &str,
        secret: &Secret,
        manners: Manners,
    ) -> Result<Self, Failure> {
        let talk = Talk::new(opened.line, tap.clone(), Hidden::of(login, secret), &server.host);
        let mut session = Self { talk, server: server.clone(), offers: Offers::default(), manners, alive: false };
        let Deadlines { greeting, reply, .. } = manners.deadlines;
        let begun = tokio::time::timeout(greeting + reply * 2, session.begin(opened.greeted, login, secret)).await;
        match begun.unwrap_or_else(|_| Err(Failure::passing(FailureKind::TimedOut, &server.host, ""))) {
            Ok(()) => Ok(session),
            Err(failure) => {
                let failure = session.talk.veiled(failure);
                session.talk.closed(&format!("{} {}", failure.kind.code(), failure.said.as_str()));
                Err(failure)
            }
        }
    }

    async fn begin(&mut self, greeted: bool, login: &str, secret: &Secret) -> Result<(), Failure> {
        if !greeted {
            let greeting = self.talk.reply(self.manners.deadlines.greeting).await?;
            if greeting.code != 220 {
                return Err(if greeting.refuses() {
                    at_the_door(&greeting, &self.talk.host)
                } else {
                    self.nonsense("not the greeting of an SMTP server")
                });
            }
        }
        self.hello().await?;
        self.enter(login, secret).await?;
        self.alive = true;
        Ok(())
    }

    fn nonsense(&self, said: &str) -> Failure {
        Failure::passing(FailureKind::Protocol, &self.talk.host, said)
    }

    async fn ask(&mut self, command: &str) -> Result<super::reply::Reply, Failure> {
        let at_most = self.manners.deadlines.reply;
        self.talk.say(&format!("{command}\r\n"), command, at_most).await?;
        self.talk.reply(at_most).await
    }

    /// What was told before the encryption was never kept; after the login it is not asked again: some servers hang up.
    async fn hello(&mut self) -> Result<(), Failure> {
        let hello = self.ask(&format!("EHLO {OURSELVES}")).await?;
        if hello.is_good() {
            self.offers = Offers::of(&hello);
            return Ok(());
        }
        if !matches!(hello.code, 500 | 502 | 504) {
            return Err(self.not_welcome(&hello));
        }
        let hello = self.ask(&format!("HELO {OURSELVES}")).await?;
        if hello.is_good() { Ok(()) } else { Err(self.not_welcome(&hello)) }
    }

    fn not_welcome(&self, reply: &super::reply::Reply) -> Failure {
        if reply.refuses() { at_the_door(reply, &self.talk.host) } else { self.nonsense("no answer to a greeting") }
    }

    async fn enter(&mut self, login: &str, secret: &Secret) -> Result<(), Failure> {
        let entrance = choose(secret, self.manners.oauth_only, &self.offers, &self.talk.host)?;
        let refused = match self.say_who(entrance, login, secret).await? {
            Ok(()) => return Ok(()),
            Err(refused) => refused,
        };
        // The words were not understood, so that nobody has looked at the secret.
        let unheard = matches!(refused.0, 500..=502 | 504) && entrance == Entrance::Plain;
        if unheard && self.offers.has("LOGIN") {
            return self.say_who(Entrance::Steps, login, secret).await?.map_err(|(_, failure)| failure);
        }
        Err(refused.1)
    }

    async fn say_who(
        &mut self,
        entrance: Entrance,
        login: &str,
        secret: &Secret,
    ) -> Result<Result<(), (u16, Failure)>, Failure> {
        let Some(words) = entrance.words(login, secret) else { return Ok(Ok(())) };
        let at_most = self.manners.deadlines.reply;
        let (line, shown) = words.first;
        let line = zeroize::Zeroizing::new(format!("{}\r\n", *line));
        self.talk.say(&line, &shown, at_most).await?;
        let mut answers = words.answers.into_iter();
        let mut status = None;
        for _ in 0..QUESTIONS {
            let reply = self.talk.reply(at_most).await?;
            if reply.is_good() {
                // Whoever is let in without having said who it is would send in somebody else's name.
                let early = answers.len() > 0;
                return if early { Err(self.nonsense("an answer to a login that is none")) } else { Ok(Ok(())) };
            }
            if reply.refuses() {
                let failure = of_token(of_a_login(&reply, &self.talk.host), status);
                return Ok(Err((reply.code, failure)));
            }
            // Nothing else asks for a secret: who goes on in some other way has not understood what this is.
            if reply.code != 334 {
                return Err(self.nonsense("an answer to a login that is none"));
            }
            // Everything was said: that is how a refused token is told. An empty line hears the refusal out.
            let answer = answers.next().unwrap_or_default();
            if answer.is_empty() {
                status = status.or(reply.words().next().and_then(|challenge| token_status(&challenge)));
            }
            let answer = zeroize::Zeroizing::new(format!("{}\r\n", *answer));
            self.talk.say(&answer, "***", at_most).await?;
        }
        Err(self.nonsense("a login that does not end"))
    }

    /// What holds for every message on this connection.
    pub fn limits(&self) -> Limits {
        self.offers.limits
    }

    /// Where it leads.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Another message may be handed over.
    pub fn is_alive(&self) -> bool {
        self.alive
    }

    /// Hands a message over. `before_dot` is called when all of it is on its way but its end, without which nothing is
    /// sent, and hears who of the recipients was not refused; if it fails, the end is never sent. `progress` hears how many bytes of it have gone.
    ///
    /// To be run to its end. If it is dropped before, the connection is good for nothing any more, and after
    /// `before_dot` nobody knows whether the server has the message.
    pub async fn deliver(
        &mut self,
        envelope: &Envelope,
        bytes: &[u8],
        before_dot: impl AsyncFnOnce(Vec<(String, Result<(), Refusal>)>) -> Result<(), Failure>,
        progress: impl FnMut(u64),
    ) -> Delivered {
        let nobody = |failure: &Failure| {
            let refusal = Refusal { for_good: false, ..Refusal::before(failure) };
            envelope.recipients.iter().map(|to| (to.clone(), Err(refusal.clone()))).collect()
        };
        if !self.alive {
            let failure = Failure::passing(FailureKind::Dropped, &self.talk.host, "");
            return Delivered { recipients: nobody(&failure), outcome: Outcome::Lost(failure) };
        }
        let shape = Shape::of(bytes);
        let pipelining = self.offers.pipelining && self.manners.pipelining;
        let host = self.talk.host.clone();
        let mut handover = match Handover::new(envelope, shape, &self.offers, pipelining, &host) {
            Ok(handover) => handover,
            Err(failure) => {
                let recipients = envelope.unspeakable(self.offers.limits.smtputf8, &host);
                return Delivered { recipients, outcome: Outcome::Refused(failure) };
            }
        };
        self.alive = false;
        let outcome = match self.offer(&mut handover).await {
            Ok(()) => {
                let so_far = handover.recipients(envelope, None);
                self.hand_over(bytes, async || before_dot(so_far).await, progress).await
            }
            Err(outcome) => outcome,
        };
        let outcome = match outcome {
            Outcome::Refused(failure) => Outcome::Refused(self.talk.veiled(failure)),
            Outcome::Lost(failure) => Outcome::Lost(self.talk.veiled(failure)),
            Outcome::Unknown(failure) => Outcome::Unknown(self.talk.veiled(failure)),
            Outcome::Taken(said) => Outcome::Taken(self.talk.without_secret(&said)),
        };
        let failure = match &outcome {
            Outcome::Taken(_) => None,
            Outcome::Refused(failure) | Outcome::Lost(failure) | Outcome::Unknown(failure) => Some(failure),
        };
        if let Some(failure) = failure.filter(|_| !self.alive) {
            self.talk.closed(&format!("{} {}", failure.kind.code(), failure.said.as_str()));
            self.talk.close().await;
        }
        let veiled = |refusal: Refusal| Refusal {
            said: self.talk.without_secret(&refusal.said),
            failure: self.talk.veiled(refusal.failure),
            ..refusal
        };
        let recipients = handover.recipients(envelope, failure);
        let recipients = recipients.into_iter().map(|(to, came)| (to, came.map_err(veiled))).collect();
        Delivered { recipients, outcome }
    }

    /// Up to the word that the bytes may come.
    async fn offer(&mut self, handover: &mut Handover) -> Result<(), Outcome> {
        let at_most = self.manners.deadlines.reply;
        loop {
            match handover.step() {
                Step::Say(lines) => {
                    let lines = lines.join("\r\n") + "\r\n";
                    self.talk.say(&lines, &lines, at_most).await.map_err(Outcome::Lost)?;
                    while handover.due() > 0 {
                        let reply = self.talk.reply(at_most).await.map_err(Outcome::Lost)?;
                        if reply.code == 421 {
                            // It hangs up; nothing more is answered.
                            return Err(Outcome::Refused(of_mail(&reply, &self.talk.host)));
                        }
                        handover.hear(&reply);
                    }
                }
                Step::Go => return Ok(()),
                Step::Over(failure) if failure.kind == FailureKind::Protocol => return Err(Outcome::Lost(failure)),
                Step::Over(failure) => return Err(Outcome::Refused(failure)),
                Step::Refused(failure) => {
                    self.alive = self.ask("RSET").await.is_ok_and(|reply| reply.is_good());
                    return Err(Outcome::Refused(failure));
                }
            }
        }
    }

    async fn hand_over(
        &mut self,
        bytes: &[u8],
        before_dot: impl AsyncFnOnce() -> Result<(), Failure>,
        mut progress: impl FnMut(u64),
    ) -> Outcome {
        let Deadlines { data, verdict, .. } = self.manners.deadlines;
        let (mut dots, mut out, mut gone) = (Dots::new(), Vec::with_capacity(CHUNK + CHUNK / 8), 0);
        for chunk in bytes.chunks(CHUNK) {
            out.clear();
            dots.push(chunk, &mut out);
            if let Err(unsaid) = self.talk.send(&out, data).await {
                return self.interrupted(unsaid);
            }
            gone += u64::try_from(chunk.len()).unwrap_or_default();
            progress(gone);
        }
        let mut end = Vec::new();
        dots.finish(&mut end);
        self.talk.tell(&format!("({gone} bytes)"));
        // A word that came early must not be taken for the answer to what comes now.
        if let Err(unsaid) = self.talk.early() {
            return self.interrupted(unsaid);
        }
        if let Err(failure) = before_dot().await {
            return Outcome::Lost(failure);
        }
        if let Err(unsaid) = self.talk.early() {
            return self.interrupted(unsaid);
        }
        end.extend_from_slice(b".\r\n");
        self.talk.tell(".");
        if let Err(failure) = self.talk.end(&end, data).await {
            return Outcome::Unknown(failure);
        }
        match self.talk.reply(verdict).await {
            Ok(reply) if reply.is_good() => {
                self.alive = true;
                Outcome::Taken(SafeText::of(&reply.said()))
            }
            Ok(reply) if reply.refuses() => {
                self.alive = reply.code != 421;
                Outcome::Refused(of_mail(&reply, &self.talk.host))
            }
            Ok(_) => Outcome::Unknown(self.nonsense("no word on whether the message was taken")),
            Err(failure) => Outcome::Unknown(failure),
        }
    }

    /// The end of the message was not sent and will not be.
    fn interrupted(&self, unsaid: Unsaid) -> Outcome {
        match unsaid {
            Unsaid::Early(reply) if reply.refuses() => Outcome::Refused(of_mail(&reply, &self.talk.host)),
            unsaid => Outcome::Lost(self.talk.meant(unsaid)),
        }
    }

    /// Says goodbye. Nothing depends on whether it is heard.
    pub async fn quit(mut self) {
        if self.alive {
            self.manners.deadlines.reply = self.manners.deadlines.goodbye;
            let _ = self.ask("QUIT").await;
            self.talk.closed("");
        }
        self.talk.close().await;
    }
}

/// A connection that came to nothing.
struct Unopened {
    failure: Failure,
    /// Nobody answers there, so that another door may be tried. No secret was said.
    nobody_there: bool,
}

impl From<Failure> for Unopened {
    fn from(failure: Failure) -> Self {
        Self { failure, nobody_there: false }
    }
}

/// Another door may be tried: nobody answers at this one, and no secret was said.
pub fn is_nobody_there(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::UnknownHost
            | FailureKind::Unreachable
            | FailureKind::TimedOut
            | FailureKind::Dropped
            | FailureKind::PlainPort
            | FailureKind::TlsPort
    )
}

fn of_token(failure: Failure, status: Option<u16>) -> Failure {
    let Some(status) = status else { return failure };
    let said = SafeText::of(&format!("status {status}: {}", failure.said.as_str()));
    let is_a_bad_moment = status == 429 || status >= 500;
    if is_a_bad_moment && failure.kind != FailureKind::Throttled {
        // Whatever the words are, nobody has looked at the token.
        return Failure::passing(FailureKind::Throttled, failure.about.as_str(), said.as_str());
    }
    Failure { said, ..failure }
}
