//! The first words on a connection: the greeting, the login, who we are.

use super::command::{Command, can_be_said};
use super::said::{Said, State, Verdict};
use super::session::Session;
use crate::model::{Abilities, Failure, FailureKind, Secret, Server};
use crate::net::{Dialer, Opened, Protocol};

impl Session {
    /// Connects, logs in and says who we are, all of it in bounded time.
    pub async fn open(dialer: &Dialer, server: &Server, login: &str, secret: &Secret) -> Result<Self, Failure> {
        if !can_be_said(login.as_bytes()) || !can_be_said(secret.expose().as_bytes()) {
            let said = "the name or the password holds a line break, or is too long";
            return Err(Failure::lasting(FailureKind::Login, &server.host, said));
        }
        let at_most = dialer.limits.connect + dialer.limits.handshake * 2 + dialer.limits.answer * 2;
        tokio::time::timeout(at_most, Self::open_patiently(dialer, server, login, secret))
            .await
            .unwrap_or_else(|_| Err(Failure::passing(FailureKind::TimedOut, &server.host, "")))
    }

    async fn open_patiently(dialer: &Dialer, server: &Server, login: &str, secret: &Secret) -> Result<Self, Failure> {
        let tap = dialer.tap.clone();
        tap.connecting(&server.to_string());
        let Opened { line, greeted } = dialer.open(server, Protocol::Imap).await?;
        tap.connected(server.tls.code());
        let mut session = Self::on(line, &server.host, dialer.limits.answer, tap);
        if !greeted {
            session.greeting().await?;
        }
        session.login(login, secret).await?;
        session.abilities = session.ask_abilities().await?;
        if session.abilities.id {
            // Some servers show no folder to a stranger. A refusal of the word itself is no reason to stop.
            let id = concat!("ID (\"name\" \"hongyan\" \"version\" \"", env!("CARGO_PKG_VERSION"), "\")");
            session.run(id, |_| {}).await?;
        }
        Ok(session)
    }

    async fn greeting(&mut self) -> Result<(), Failure> {
        match self.next().await? {
            Said::State(State { verdict: Verdict::Ok, .. }) => Ok(()),
            Said::State(State { verdict: Verdict::Bye, text, .. }) => {
                Err(Failure::passing(FailureKind::Refused, self.host(), &text))
            }
            // A login that we did not make is somebody else's.
            _ => Err(Failure::lasting(FailureKind::Protocol, self.host(), "not the greeting of an IMAP server")),
        }
    }

    async fn login(&mut self, login: &str, secret: &Secret) -> Result<(), Failure> {
        let command = Command::from("LOGIN")
            .with(login.as_bytes())
            .and_then(|command| command.with(secret.expose().as_bytes()))
            .ok_or_else(|| self.nonsense("a login that cannot be said"))?
            .shown_as(format!("LOGIN {login} ***"));
        let tagged = self.run(command, |_| {}).await?;
        match tagged.verdict {
            Verdict::Ok => Ok(()),
            // A server in a bad moment says NO to everybody; that is no word about the password.
            _ if tagged
                .code
                .as_ref()
                .is_some_and(|code| ["UNAVAILABLE", "INUSE", "LIMIT"].iter().any(|name| code.is(name))) =>
            {
                Err(Failure::passing(FailureKind::Throttled, self.host(), &tagged.words()))
            }
            Verdict::No | Verdict::Bad => Err(Failure::lasting(FailureKind::Login, self.host(), &tagged.words())),
            Verdict::PreAuth | Verdict::Bye => Err(self.nonsense("an answer to a login that is none")),
        }
    }

    async fn ask_abilities(&mut self) -> Result<Abilities, Failure> {
        let mut abilities = Abilities::default();
        let tagged = self
            .run("CAPABILITY", |said| {
                let Said::Capability(words) = said else { return };
                for word in words {
                    match word.as_str() {
                        "IDLE" => abilities.idle = true,
                        "ID" => abilities.id = true,
                        "MOVE" => abilities.r#move = true,
                        "UIDPLUS" => abilities.uidplus = true,
                        "SPECIAL-USE" => abilities.special_use = true,
                        _ => {}
                    }
                }
            })
            .await?;
        self.must(tagged)?;
        Ok(abilities)
    }
}
