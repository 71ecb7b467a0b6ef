//! The first words on a connection: the greeting, the login, who we are, and the first questions right behind.

use super::command::{Command, can_be_said};
use super::folders::{LIST, note};
use super::news::Selected;
use super::opening::Opening;
use super::said::{Code, Said, State, Verdict};
use super::session::Session;
use crate::model::{Abilities, Failure, FailureKind, FolderName, Quirk, Secret, Server};
use crate::net::{Dialer, Opened, Protocol};
use crate::store::Standing;
use crate::sync::Known;

/// What is asked right behind the login.
#[derive(Clone, Default, Debug)]
pub struct First {
    /// The list of folders.
    pub folders: bool,
    /// This folder is opened.
    pub home: Option<(FolderName, Standing)>,
}

/// A connection that came to nothing.
#[derive(Debug)]
pub struct Unopened {
    pub failure: Failure,
    /// Several questions were open.
    pub together: bool,
}

impl From<Failure> for Unopened {
    fn from(failure: Failure) -> Self {
        Self { failure, together: false }
    }
}

/// Some servers show no folder to a stranger.
const ID: &str = concat!("ID (\"name\" \"hongyan\" \"version\" \"", env!("CARGO_PKG_VERSION"), "\")");

/// What is asked for with each command of the first flight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Capability,
    Id,
    Enable,
    List,
    Open(usize),
    Compress,
}

impl Session {
    /// Connects, logs in, says who we are and asks the first questions, all of it in bounded time.
    pub async fn open(
        dialer: &Dialer,
        server: &Server,
        login: &str,
        secret: &Secret,
        known: &Known,
        first: First,
    ) -> Result<Self, Unopened> {
        if !can_be_said(login.as_bytes()) || !can_be_said(secret.expose().as_bytes()) {
            let said = "the name or the password holds a line break, or is too long";
            return Err(Failure::lasting(FailureKind::Login, &server.host, said).into());
        }
        Self::over(Self::reached(dialer, server), dialer, server, login, secret, known, first).await
    }

    async fn reached(dialer: &Dialer, server: &Server) -> Result<Opened, Failure> {
        dialer.tap.connecting(&server.to_string());
        let opened = dialer.open(server, Protocol::Imap).await?;
        dialer.tap.connected(server.tls.code());
        Ok(opened)
    }

    /// The same over a line that somebody else has opened.
    pub(in crate::sync) async fn over(
        reaching: impl Future<Output = Result<Opened, Failure>>,
        dialer: &Dialer,
        server: &Server,
        login: &str,
        secret: &Secret,
        known: &Known,
        first: First,
    ) -> Result<Self, Unopened> {
        let at_most = dialer.limits.connect + dialer.limits.handshake * 2 + dialer.limits.answer * 3;
        let patiently = async {
            let Opened { line, greeted } = reaching.await?;
            let mut session = Self::on(line, dialer.tap.clone(), &server.host, dialer.limits.answer, known.quirks);
            session.log_in(greeted, login, secret).await?;
            match session.first_flight(known, first).await {
                Ok(()) => Ok(session),
                Err(failure) => Err(Unopened { failure, together: session.open_questions > 1 }),
            }
        };
        tokio::time::timeout(at_most, patiently)
            .await
            .unwrap_or_else(|_| Err(Failure::passing(FailureKind::TimedOut, &server.host, "").into()))
    }

    async fn log_in(&mut self, greeted: bool, login: &str, secret: &Secret) -> Result<(), Failure> {
        if !greeted {
            self.greeting().await?;
        }
        self.login(login, secret).await
    }

    async fn greeting(&mut self) -> Result<(), Failure> {
        match self.next().await? {
            Said::State(State { verdict: Verdict::Ok, code, text }) => {
                // What is said before the login may change with it; only who wants to know us is kept in mind.
                let offers = matches!(&code, Some(Code::Capability(words)) if words.iter().any(|word| word == "ID"));
                self.wants_id = offers || text.to_ascii_lowercase().contains("coremail");
                Ok(())
            }
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
            .and_then(|command| command.with_secret(secret.expose().as_bytes()))
            .ok_or_else(|| self.nonsense("a login that cannot be said"))?;
        let mut told = None;
        let tagged = self
            .run(command, |said| {
                if let Said::Capability(words) = said {
                    told = Some(abilities(words));
                }
            })
            .await?;
        if let Some(Code::Capability(words)) = &tagged.code {
            told = Some(abilities(words));
        }
        match tagged.verdict {
            Verdict::Ok => {
                self.told_abilities = told;
                Ok(())
            }
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

    /// Who we are, what the server can do, and the first questions: all in one go where that is possible.
    async fn first_flight(&mut self, known: &Known, first: First) -> Result<(), Failure> {
        let told = self.told_abilities.or(known.abilities);
        self.abilities = told.unwrap_or_default();
        // Whoever is not known at all, and gives no hint, is asked first and introduced to afterwards.
        if told.is_none() && !self.wants_id {
            self.fly(&[Asked::Capability], &First::default()).await?;
        }
        let mut asked = Vec::new();
        if told.is_none() && self.wants_id {
            asked.push(Asked::Capability);
        }
        if self.abilities.id || self.wants_id {
            asked.push(Asked::Id);
        }
        if self.abilities.qresync && !self.quirks.has(Quirk::NoChanges) {
            asked.push(Asked::Enable);
        }
        if first.folders {
            asked.push(Asked::List);
        }
        if first.home.is_some() {
            asked.push(Asked::Open(0));
        }
        self.fly(&asked, &first).await
    }

    async fn fly(&mut self, asked: &[Asked], first: &First) -> Result<(), Failure> {
        let mut opening: Option<Opening> = None;
        let (mut commands, mut meant) = (Vec::new(), Vec::new());
        for what in asked {
            match what {
                Asked::Capability => commands.push(Command::from("CAPABILITY")),
                Asked::Id => commands.push(Command::from(ID)),
                Asked::Enable => {
                    commands.push(Command::from("ENABLE QRESYNC"));
                    // A SELECT in the same breath already counts on it.
                    self.vanishing = true;
                }
                Asked::List => commands.push(Command::from(LIST)),
                Asked::Compress => commands.push(Command::from("COMPRESS DEFLATE")),
                Asked::Open(_) => {
                    let Some((name, standing)) = &first.home else { continue };
                    // A name that cannot be written is refused when somebody really wants it.
                    let Ok(mut ready) = self.opening(name, standing, false) else { continue };
                    let own = std::mem::take(&mut ready.commands);
                    meant.extend((0..own.len()).map(Asked::Open));
                    commands.extend(own);
                    self.selected = Some(Selected::new(&name.wire, false));
                    opening = Some(ready);
                    continue;
                }
            }
            meant.push(*what);
        }
        let mut words = None;
        let mut folders = Vec::new();
        let states = self
            .flight(&commands, |n, said| match (meant.get(n), said) {
                (_, Said::Capability(told)) => words = Some(abilities(told)),
                (_, Said::List(_)) => note(said, &mut folders),
                (Some(Asked::Open(n)), said) => {
                    if let Some(opening) = &mut opening {
                        opening.hear(*n, said);
                    }
                }
                _ => {}
            })
            .await?;
        let mut opened = Vec::new();
        for (what, state) in meant.iter().zip(states) {
            let well = state.verdict == Verdict::Ok;
            match what {
                Asked::Capability => {
                    self.must(state)?;
                    self.abilities = words.unwrap_or_default();
                }
                // A refusal of the word itself is no reason to stop.
                Asked::Id | Asked::Compress => {}
                Asked::Enable => self.vanishing = well,
                Asked::List if well => self.ready.folders = Some(self.listed(std::mem::take(&mut folders))?),
                // It is asked again when somebody wants it, and refused then.
                Asked::List => {}
                Asked::Open(_) => opened.push(state),
            }
        }
        if let (Some(opening), Some((name, _))) = (opening, &first.home)
            && !self.told_too_much(&opening, &opened)
        {
            let wire = name.wire.clone();
            let opened = self.opened(name, opening, &opened);
            self.ready.opened = Some((wire, opened));
        }
        Ok(())
    }
}

fn abilities(words: &[String]) -> Abilities {
    let mut abilities = Abilities::default();
    for word in words {
        match word.as_str() {
            "IDLE" => abilities.idle = true,
            "ID" => abilities.id = true,
            "MOVE" => abilities.r#move = true,
            "UIDPLUS" => abilities.uidplus = true,
            "SPECIAL-USE" => abilities.special_use = true,
            "CONDSTORE" => abilities.condstore = true,
            "QRESYNC" => (abilities.qresync, abilities.condstore) = (true, true),
            "ESEARCH" => abilities.esearch = true,
            "COMPRESS=DEFLATE" => abilities.compress = true,
            _ => {}
        }
    }
    abilities
}
