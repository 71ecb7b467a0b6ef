//! One visit to the server of an account: one connection, one login, nothing changed. Each fact is told as soon as it is
//! known. What the engine would say is said here too, by the same code; a tap tells what that was.

use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::approach::approach;
use super::fact::{Check, Expected, Fact, Idle, NoLogin, Watched};
use super::heard::{Beforehand, Talk, sorted};
use super::{unasked, watch};
use crate::model::{Failure, FailureKind, FolderName, Quirk, Role, Server, Timestamp, clock};
use crate::net::{Dialer, Opened, Overheard, Protocol};
use crate::store::{FolderSeen, Incoming};
use crate::sync::imap::Session;
use crate::sync::{First, Remote as _, Sink, Span, Way};

/// Nearer than this, what takes time is not the way.
const NEAR: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(super) struct Visit {
    pub(super) server: Server,
    /// How to get there. Its tap is not overheard.
    pub(super) dialer: Dialer,
    /// How to log in, or why not.
    pub(super) way: Result<Way, NoLogin>,
    pub(super) expected: Expected,
    pub(super) known: Beforehand,
    /// The user says that IDLE is not to be used.
    pub(super) idle_is_off: bool,
    /// What was learned earlier, and by what.
    pub(super) learned: Vec<(Quirk, String)>,
    pub(super) hides_folders: bool,
    pub(super) zone: String,
    pub(super) watch: Option<Duration>,
    pub(super) tell: UnboundedSender<Fact>,
}

impl Visit {
    fn tell(&self, fact: Fact) {
        // Whoever asked may have left.
        let _ = self.tell.send(fact);
    }

    fn failed(&self, check: Check, failure: Failure) {
        self.tell(Fact::Failed { check, failure });
    }

    /// True if the server refused the login, so that the same secret is better not said to anybody else now.
    pub(super) async fn go(mut self) -> bool {
        let Some(opened) = self.connect().await else { return false };
        self.known.near = opened.reached < NEAR;
        match std::mem::replace(&mut self.way, Err(NoLogin::NoAccount)) {
            Err(why) => {
                if !opened.greeted {
                    self.ask_a_little(opened).await;
                }
                let refused = matches!(why, NoLogin::Refused { .. });
                self.tell(Fact::NoLogin(why));
                refused
            }
            Ok(way) => Box::pin(self.look_round(way, opened)).await,
        }
    }

    /// Up to the encrypted line.
    async fn connect(&self) -> Option<Opened> {
        let tell = |fact| self.tell(fact);
        let opened = approach(&self.dialer, &self.server, Protocol::Imap, self.expected, &tell).await;
        opened.map_err(|(check, failure)| self.failed(check, failure)).ok()
    }

    /// Everything that can be asked of a stranger.
    async fn ask_a_little(&self, opened: Opened) {
        match unasked::ask(opened.line).await {
            Ok(heard) => {
                let mut talk = Talk::default();
                heard.iter().flat_map(|line| talk.hear(line)).for_each(|fact| self.tell(fact));
                if !talk.words.is_empty() {
                    self.tell(Fact::Abilities(sorted(&talk.words, self.known, true)));
                }
            }
            Err(said) => {
                self.failed(Check::Greeting, Failure::passing(FailureKind::Protocol, &self.server.host, &said));
            }
        }
    }

    async fn look_round(&self, mut way: Way, opened: Opened) -> bool {
        let (ear, lines) = unbounded_channel();
        way.dialer.tap = way.dialer.tap.overheard_by(ear);
        let mut listening = Listening { talk: Talk::default(), lines, visit: self };
        let begun = listening.during(Box::pin(way.begin(opened, First { folders: true, home: None }))).await;
        let mut session = match begun {
            Ok(session) => session,
            Err(failure) => {
                let check = match (listening.talk.logged_in, &listening.talk.greeting) {
                    (true, _) => Check::Folders,
                    (false, None) if !asks_for_login(&failure) => Check::Greeting,
                    (false, _) => Check::Login,
                };
                let refused = asks_for_login(&failure);
                self.failed(check, failure);
                return refused;
            }
        };
        match self.look_into(&mut session, &mut listening, &way).await {
            Ok(()) => {
                session.close().await;
                false
            }
            Err((check, failure)) => {
                let refused = asks_for_login(&failure) || failure.kind == FailureKind::Mistrusted;
                self.failed(check, failure);
                refused
            }
        }
    }

    async fn look_into(
        &self,
        session: &mut Session,
        listening: &mut Listening<'_>,
        way: &Way,
    ) -> Result<(), (Check, Failure)> {
        self.known_of(&listening.talk, session);
        self.folders_and_inbox(session, listening).await?;
        self.tell(Fact::Idle(self.idle(session.abilities().idle)));
        let begun = clock::instant();
        let answered = listening.during(session.answers_within(self.dialer.limits.answer)).await;
        answered.map_err(|failure| (Check::Pulse, failure))?;
        self.tell(Fact::Pulse { took: begun.elapsed() });
        if let Some(at_most) = self.watch {
            let watched = listening.during(Box::pin(watched(session, way, at_most))).await;
            self.tell(Fact::Watch(watched.map_err(|failure| (Check::Watch, failure))?));
        }
        Ok(())
    }

    fn known_of(&self, talk: &Talk, session: &Session) {
        let near = !session.is_far();
        self.tell(Fact::Abilities(sorted(&talk.words, Beforehand { near, ..self.known }, false)));
        for (quirk, evidence) in &self.learned {
            self.tell(Fact::Learned { quirk: *quirk, evidence: evidence.clone() });
        }
    }

    async fn folders_and_inbox(
        &self,
        session: &mut Session,
        listening: &mut Listening<'_>,
    ) -> Result<(), (Check, Failure)> {
        let inbox = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
        let opened = listening.during(session.look_into(&inbox)).await.map_err(|failure| (Check::Inbox, failure))?;
        let uid_next = listening.talk.uid_next;
        self.tell(Fact::Inbox { messages: opened.messages, uidvalidity: opened.uidvalidity, uid_next });
        let folders = listening.during(session.folders()).await.map_err(|failure| (Check::Folders, failure))?;
        self.tell(of_folders(folders, listening.talk.roles_told, self.hides_folders));
        let mut newest = Newest(None);
        if opened.messages > 0 {
            let asked = session.headers(Span::Newest { skip: 0, count: 1 }, &mut newest);
            listening.during(asked).await.map_err(|failure| (Check::Inbox, failure))?;
        }
        let newest = newest.0.map(|(_, at)| at);
        self.tell(Fact::Clock { newest, now: clock::now(), zone: self.zone.clone() });
        Ok(())
    }

    fn idle(&self, offered: bool) -> Idle {
        let learned = self.learned.iter().find(|(quirk, _)| *quirk == Quirk::SilentIdle);
        match learned {
            _ if !offered => Idle::NotOffered,
            _ if self.known.silent => Idle::KnownSilent,
            _ if self.idle_is_off => Idle::SwitchedOff,
            Some((_, evidence)) => Idle::Learned(evidence.clone()),
            None => Idle::Believed,
        }
    }
}

/// By a second connection, which is made only if the first one may be told something at all.
async fn watched(session: &mut Session, way: &Way, at_most: Duration) -> Result<Watched, Failure> {
    if !session.is_told() {
        return Ok(Watched::NotOffered);
    }
    let mut asking = way.connect().await?;
    let watched = watch::watch(session, &mut asking, at_most).await;
    asking.close().await;
    watched
}

fn asks_for_login(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Login | FailureKind::Throttled | FailureKind::NoSecret)
}

fn of_folders(folders: Vec<FolderSeen>, told: bool, hides: bool) -> Fact {
    let mut roles: Vec<(Role, String)> = Vec::new();
    let mut others = 0;
    for folder in folders {
        match folder.role {
            Some(role) => roles.push((role, folder.decoded)),
            None if folder.selectable => others += 1,
            None => {}
        }
    }
    roles.sort();
    Fact::Folders { roles, others, told, hides }
}

/// Hears what is said while something goes on.
struct Listening<'a> {
    talk: Talk,
    lines: UnboundedReceiver<Overheard>,
    visit: &'a Visit,
}

impl Listening<'_> {
    async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                Some(line) = self.lines.recv() => self.hear(&line),
                done = &mut work => {
                    while let Ok(line) = self.lines.try_recv() {
                        self.hear(&line);
                    }
                    return done;
                }
            }
        }
    }

    fn hear(&mut self, line: &Overheard) {
        for fact in self.talk.hear(line) {
            self.visit.tell(fact);
        }
    }
}

/// The newest message of a folder.
pub(super) struct Newest(pub(super) Option<(u32, Timestamp)>);

impl Sink for Newest {
    async fn take(&mut self, batch: Vec<Incoming>) -> Result<(), Failure> {
        let last = batch.iter().max_by_key(|message| message.uid).map(|message| (message.uid, message.arrival));
        self.0 = self.0.max(last);
        Ok(())
    }
}
