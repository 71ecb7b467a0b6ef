//! The first words on a connection: the greeting, the login, who we are, and the first questions right behind.

use std::time::Duration;

use super::command::{Command, can_be_said};
use super::entrance::{Entrance, Judged, Misheard, Offer, choose, fits};
use super::folders::{LIST, Listing, note};
use super::news::Selected;
use super::opening::Opening;
use super::refusal;
use super::said::{Code, Said, State, Verdict};
use super::session::Session;
use crate::model::{Abilities, Failure, FailureKind, FolderName, Quirk, Secret, Server};
use crate::net::{Dialer, Hidden, Opened, Protocol};
use crate::store::Standing;
use crate::sync::Known;
use crate::text::SafeText;

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
    /// The login may not have been understood.
    pub misheard: Option<Misheard>,
}

impl From<Failure> for Unopened {
    fn from(failure: Failure) -> Self {
        Self { failure, together: false, misheard: None }
    }
}

/// Some servers show no folder to a stranger. Nothing in it is about the user or the machine.
pub const INTRODUCTION: &str =
    concat!("ID (\"name\" \"hongyan\" \"version\" \"", env!("CARGO_PKG_VERSION"), "\" \"vendor\" \"hongyan\")");

/// Whoever is so far away is spoken to in few bytes; nearby, packing takes longer than sending.
const FAR: Duration = Duration::from_millis(5);

/// Servers of which it is known that they take the first questions together with the login; what they greet with.
const EAGER: [&str; 1] = ["Dovecot"];

/// What is asked for with each command of the first flight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// What is offered before the login.
    Offer,
    Login,
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
        if !can_be_said(login.as_bytes()) || !fits(secret) {
            let said = "the name or the password holds a line break, or is too long";
            return Err(Failure::lasting(FailureKind::Login, &server.host, said).into());
        }
        // Nobody is called in vain.
        if let Err(closed) = choose(secret.is_token(), known.manners, None, |quirk| known.suspects(quirk)) {
            return Err(closed.failure(&server.host).into());
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
            let Opened { line, greeted, reached } = reaching.await?;
            let mut session = Self::on(line, dialer.tap.clone(), &server.host, dialer.limits.answer, known.quirks);
            session.hidden = Hidden::of(login, secret);
            session.far = reached >= FAR;
            if !greeted {
                session.greeting().await?;
            }
            match session.begin_with(login, secret, known, &first).await {
                Ok(()) => Ok(session),
                Err(failure) => {
                    let together = session.open_questions() > 1;
                    Err(Unopened { failure, together, misheard: session.misheard.take() })
                }
            }
        };
        tokio::time::timeout(at_most, patiently)
            .await
            .unwrap_or_else(|_| Err(Failure::passing(FailureKind::TimedOut, &server.host, "").into()))
    }

    /// The login and the first questions, in as few breaths as the server is known to take.
    async fn begin_with(&mut self, login: &str, secret: &Secret, known: &Known, first: &First) -> Result<(), Failure> {
        let manners = known.manners;
        self.wants_id |= manners.introduce || known.introduce;
        self.offer = self.offer.or(known.offer);
        let known_by_now = manners.login_only || manners.oauth_only || self.takes_login;
        if self.offer.is_none() && !known_by_now {
            self.fly(&[Asked::Offer], &First::default(), None).await?;
        }
        let entrance = choose(secret.is_token(), manners, self.offer, |quirk| known.suspects(quirk))
            .map_err(|closed| closed.failure(self.host()))?;
        self.only_login = choose(false, manners, self.offer, |quirk| quirk == Quirk::NoLogin || known.suspects(quirk))
            .is_ok_and(|other| other == Entrance::Login);
        let inline = entrance.may_be_inline(manners, self.offer, known.suspects(Quirk::NoInline));
        let command =
            entrance.command(login, secret, inline).ok_or_else(|| self.nonsense("a login that cannot be said"))?;
        self.entrance = Some((entrance, inline));
        let eager = self.eager && self.together() && entrance == Entrance::Login && command.is_whole();
        if !eager {
            self.enter(entrance, command.clone()).await?;
        }
        let told = self.told_abilities.or(known.abilities);
        self.abilities = told.unwrap_or_default();
        // Whoever is not known at all, and gives no hint, is asked first and introduced to afterwards.
        if !eager && told.is_none() && !self.wants_id {
            self.fly(&[Asked::Capability], &First::default(), None).await?;
        }
        let mut asked = Vec::new();
        if eager {
            asked.push(Asked::Login);
        }
        if told.is_none() && (eager || self.wants_id) {
            asked.push(Asked::Capability);
        }
        if self.abilities.id || self.wants_id {
            asked.push(Asked::Id);
        }
        if (self.abilities.qresync || (eager && told.is_none())) && !self.quirks.has(Quirk::NoChanges) {
            asked.push(Asked::Enable);
        }
        if first.folders {
            asked.push(Asked::List);
        }
        if first.home.is_some() {
            asked.push(Asked::Open(0));
        }
        if self.may_compress() {
            // The last one: nothing may be said behind it before it is answered.
            asked.push(Asked::Compress);
        }
        self.fly(&asked, first, Some(&command)).await?;
        if let Some(told) = self.told_abilities {
            self.abilities = told;
        }
        Ok(())
    }

    fn may_compress(&mut self) -> bool {
        self.far
            && self.abilities.compress
            && !self.quirks.has(Quirk::NoCompression)
            && !self.wire.get_mut().below().is_packed()
    }

    /// Before much is fetched from far away.
    pub(super) async fn pack(&mut self) -> Result<(), Failure> {
        if self.may_compress() {
            self.leave_ahead().await?;
            self.fly(&[Asked::Compress], &First::default(), None).await?;
        }
        Ok(())
    }

    async fn greeting(&mut self) -> Result<(), Failure> {
        match self.next().await? {
            Said::State(State { verdict: Verdict::Ok, code, text }) => {
                // What is said before the login may change with it; only who wants to know us is kept in mind.
                let offers = matches!(&code, Some(Code::Capability(words)) if words.iter().any(|word| word == "ID"));
                let coremail = text.to_ascii_lowercase().contains("coremail");
                self.wants_id = offers || coremail;
                // It does not offer what it takes, and does not take what it offers.
                self.takes_login = coremail;
                if let Some(Code::Capability(words)) = &code {
                    self.offer = Some(Offer::of(words));
                }
                self.eager = EAGER.iter().any(|software| text.contains(software));
                Ok(())
            }
            Said::State(State { verdict: Verdict::Bye, text, .. }) => {
                Err(refusal::at_the_door(&text, Failure::passing(FailureKind::Refused, self.host(), &text)))
            }
            // A login that we did not make is somebody else's.
            _ => Err(Failure::lasting(FailureKind::Protocol, self.host(), "not the greeting of an IMAP server")),
        }
    }

    /// What was offered before the login.
    pub fn offered(&self) -> Option<Offer> {
        self.offer
    }

    /// The login went well in another way than one that the server may not know.
    pub fn went_without(&self, quirk: Quirk) -> bool {
        match (quirk, self.entrance) {
            (Quirk::NoInline, Some((_, inline))) => !inline,
            (Quirk::NoLogin, Some((entrance, _))) => entrance != Entrance::Login,
            _ => false,
        }
    }

    /// Whether the folder that was asked for right behind the login, if one was, is opened for the likes of us.
    pub fn trust(&self) -> Option<Result<(), Failure>> {
        let (_, opened) = self.ready.opened.as_ref()?;
        Some(match opened {
            Err(failure) if failure.kind == FailureKind::Mistrusted => Err(failure.clone()),
            Ok(_) | Err(_) => Ok(()),
        })
    }

    /// The login, with nothing behind it.
    async fn enter(&mut self, entrance: Entrance, command: Command) -> Result<(), Failure> {
        let mut words = None;
        let mut each = |said: &Said| {
            if let Said::Capability(told) = said {
                words = Some(abilities(told));
            }
        };
        let judged = match entrance {
            Entrance::Login => {
                let state = self.run(command, |said| each(said)).await?;
                Judged { state, looked_at: false, status: None }
            }
            Entrance::Plain | Entrance::Steps | Entrance::Bearer => self.authenticate(command, each).await?,
        };
        let admitted = self.admitted(judged.state, words);
        if judged.looked_at {
            self.misheard = None;
        }
        admitted.map_err(|failure| of_token(failure, judged.status))
    }

    /// The answer to the login.
    fn admitted(&mut self, state: State, words: Option<Abilities>) -> Result<(), Failure> {
        match state.verdict {
            Verdict::Ok => {
                self.told_abilities = match &state.code {
                    Some(Code::Capability(words)) => Some(abilities(words)),
                    _ => words,
                };
                Ok(())
            }
            // A server in a bad moment says NO to everybody; that is no word about the password.
            _ if state
                .code
                .as_ref()
                .is_some_and(|code| ["UNAVAILABLE", "INUSE", "LIMIT"].iter().any(|name| code.is(name))) =>
            {
                let throttled = Failure::passing(FailureKind::Throttled, self.host(), &state.words());
                Err(refusal::at_the_door(&state.whole(), throttled))
            }
            Verdict::No | Verdict::Bad => {
                // Words that are known to be about the secret, or about too many logins, are not about how it was said.
                let way = self.entrance.take().filter(|_| !refusal::is_about_us(&state));
                self.misheard = way.and_then(|(entrance, inline)| entrance.misheard(&state, inline));
                if let Some(misheard) = &mut self.misheard {
                    // Said in the same way it would only be one more login.
                    let is_the_same = misheard.quirk == Quirk::NoLogin && self.only_login;
                    misheard.again &= !is_the_same && !refusal::is_known(&state);
                }
                Err(refusal::of_a_login(&state, self.host()))
            }
            Verdict::PreAuth | Verdict::Bye => Err(self.nonsense("an answer to a login that is none")),
        }
    }

    /// The server has agreed: everything behind its answer is compressed.
    fn compressed(&mut self, agreed: bool) {
        let sluice = self.wire.get_mut();
        sluice.one_by_one(false);
        if agreed {
            sluice.switch(|line, behind| line.begin(behind));
        }
    }

    async fn fly(&mut self, asked: &[Asked], first: &First, login: Option<&Command>) -> Result<(), Failure> {
        let mut commands = Vec::new();
        let mut heard = Heard::default();
        for what in asked {
            match what {
                Asked::Login => commands.extend(login.cloned()),
                Asked::Offer | Asked::Capability => commands.push(Command::from("CAPABILITY")),
                Asked::Id => commands.push(Command::from(INTRODUCTION)),
                Asked::Enable => {
                    commands.push(Command::from("ENABLE QRESYNC"));
                    // A SELECT in the same breath already counts on it.
                    self.vanishing = true;
                }
                Asked::List => commands.push(Command::from(LIST)),
                Asked::Compress => {
                    self.wire.get_mut().one_by_one(true);
                    commands.push(Command::from("COMPRESS DEFLATE"));
                }
                Asked::Open(_) => {
                    let Some((name, standing)) = &first.home else { continue };
                    // A name that cannot be written is refused when somebody really wants it.
                    let Ok(mut ready) = self.opening(name, standing, false) else { continue };
                    let own = std::mem::take(&mut ready.commands);
                    heard.meant.extend((0..own.len()).map(Asked::Open));
                    commands.extend(own);
                    self.selected = Some(Selected::new(&name.wire, false));
                    heard.opening = Some(ready);
                    continue;
                }
            }
            heard.meant.push(*what);
        }
        let login_first = heard.meant.first() == Some(&Asked::Login);
        let mut states = self.flight_once(&commands, login_first, &mut |n, said: &Said| heard.hear(n, said)).await?;
        if login_first && !states.is_empty() {
            // Whoever was not let in was not heard with the rest.
            self.admitted(states.remove(0), heard.words)?;
            commands.remove(0);
            heard.meant.remove(0);
        }
        if heard.meant.last() == Some(&Asked::Compress) {
            self.compressed(states.last().is_some_and(|state| state.verdict == Verdict::Ok));
            commands.pop();
        }
        self.once_more(&commands, &mut states, &mut |n, said: &Said| heard.hear(n, said)).await?;
        self.take(heard, states, first)
    }

    /// What the answers of the first flight mean.
    fn take(&mut self, mut heard: Heard, states: Vec<State>, first: &First) -> Result<(), Failure> {
        let mut opened = Vec::new();
        for (what, state) in heard.meant.iter().zip(states) {
            let well = state.verdict == Verdict::Ok;
            match what {
                Asked::Capability => {
                    self.must(state)?;
                    self.abilities = heard.words.unwrap_or_default();
                }
                Asked::Offer => {
                    self.offer = Some(heard.offer.filter(|_| well).unwrap_or_default());
                }
                Asked::Enable => self.vanishing = well,
                Asked::List if well => self.ready.folders = Some(self.listed(std::mem::take(&mut heard.folders))?),
                // A refusal of the word itself is no reason to stop, and a list is asked for again when somebody wants it.
                Asked::Login | Asked::Id | Asked::List | Asked::Compress => {}
                Asked::Open(_) => opened.push(state),
            }
        }
        if let (Some(opening), Some((name, _))) = (heard.opening, &first.home)
            && !self.told_too_much(&opening, &opened)
        {
            let wire = name.wire.clone();
            let opened = self.opened(name, opening, &opened);
            self.ready.opened = Some((wire, opened));
        }
        Ok(())
    }
}

/// What is said in the first flight, and for what.
#[derive(Default)]
struct Heard {
    meant: Vec<Asked>,
    words: Option<Abilities>,
    offer: Option<Offer>,
    folders: Listing,
    opening: Option<Opening>,
}

impl Heard {
    fn hear(&mut self, n: usize, said: &Said) {
        match (self.meant.get(n), said) {
            (Some(Asked::Offer), Said::Capability(told)) => self.offer = Some(Offer::of(told)),
            (_, Said::Capability(told)) => self.words = Some(abilities(told)),
            (_, Said::List(_)) => note(said, &mut self.folders),
            (Some(Asked::Open(n)), said) => {
                if let Some(opening) = &mut self.opening {
                    opening.hear(*n, said);
                }
            }
            _ => {}
        }
    }
}

/// A token that ran out, or a bad moment of whoever looks at tokens.
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
