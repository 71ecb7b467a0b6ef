//! The other visit: to the server that takes the account's mail. Nothing is sent. There is one login at most, and none
//! while a refusal stands or where the mailbox has refused the same secret.

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::approach::approach;
use super::fact::{Certainty, Check, Expected, Fact, NoLogin};
use super::heard_sending::{Talk, sorted};
use super::unasked;
use crate::model::{Failure, FailureKind, Secret, Server};
use crate::net::{Dialer, Opened, Protocol, Tap};
use crate::send::smtp::{Limits, Manners, Session, is_nobody_there};

#[derive(Debug)]
pub(super) struct Delivery {
    /// Where mail is handed over, in the order of trying.
    pub(super) places: Vec<(Server, Expected)>,
    pub(super) provider: Option<String>,
    pub(super) certainty: Certainty,
    /// Its tap is not on a connection yet.
    pub(super) dialer: Dialer,
    pub(super) tap: Tap,
    pub(super) login: String,
    /// What to log in with, or why not.
    pub(super) secret: Result<Secret, NoLogin>,
    pub(super) manners: Manners,
    pub(super) tell: UnboundedSender<Fact>,
}

impl Delivery {
    fn tell(&self, fact: Fact) {
        // Whoever asked may have left.
        let _ = self.tell.send(Fact::Sending(Box::new(fact)));
    }

    /// `refused`: the mailbox has refused the same secret.
    pub(super) async fn go(mut self, refused: bool) {
        if refused && self.secret.is_ok() {
            self.secret = Err(NoLogin::AsMailbox);
        }
        if self.places.is_empty() {
            return self.tell(Fact::NoSubmission);
        }
        let mut shut = false;
        let mut places = self.places.iter().peekable();
        while let Some((server, expected)) = places.next() {
            let provider = self.provider.clone();
            // It is said once that it is a guess.
            let certainty = if shut { Certainty::Known } else { self.certainty };
            self.tell(Fact::Account { provider, server: server.to_string(), certainty });
            let tell = |fact| self.tell(fact);
            let (check, failure) = match approach(&self.dialer, server, Protocol::Smtp, *expected, &tell).await {
                Ok(opened) => return self.look_round(server, opened).await,
                Err(ended) => ended,
            };
            if failure.kind == FailureKind::UnknownHost {
                while places.next_if(|(next, _)| next.host == server.host).is_some() {}
            }
            if places.peek().is_none() || !is_nobody_there(&failure) {
                return self.tell(Fact::Failed { check, failure });
            }
            self.tell(Fact::Shut { check, failure });
            shut = true;
        }
    }

    async fn look_round(&self, server: &Server, opened: Opened) {
        match &self.secret {
            Ok(secret) => self.enter(server, opened, secret).await,
            Err(why) => {
                self.ask_a_little(server, opened).await;
                self.tell(Fact::NoLogin(why.clone()));
            }
        }
    }

    /// Everything that can be asked of a stranger.
    async fn ask_a_little(&self, server: &Server, opened: Opened) {
        match unasked::ask_submission(opened.line, opened.greeted).await {
            Ok(heard) => {
                let mut talk = Talk::default();
                heard.iter().filter_map(|line| talk.hear(line)).for_each(|fact| self.tell(fact));
                let size =
                    talk.lines.iter().find_map(|line| line.to_ascii_uppercase().strip_prefix("SIZE ")?.parse().ok());
                self.offered(&talk, server, size);
            }
            Err(said) => {
                let failure = Failure::passing(FailureKind::Protocol, &server.host, &said);
                self.tell(Fact::Failed { check: Check::Greeting, failure });
            }
        }
    }

    fn offered(&self, talk: &Talk, server: &Server, size: Option<u64>) {
        if !talk.lines.is_empty() {
            self.tell(Fact::Abilities(sorted(&talk.lines, server.tls, talk.way.as_deref())));
            // Zero is no limit.
            self.tell(Fact::Size(size.filter(|size| *size > 0)));
        }
    }

    async fn enter(&self, server: &Server, opened: Opened, secret: &Secret) {
        let (ear, mut lines) = unbounded_channel();
        let tap = self.tap.overheard_by(ear).connection(&self.login, secret);
        let mut talk = Talk::default();
        tap.connecting(&server.to_string());
        tap.connected(server.tls.code());
        let greeted = opened.greeted;
        let entered = Session::over(opened, server, &tap, &self.login, secret, self.manners).await;
        let mut listen = |talk: &mut Talk| {
            while let Ok(line) = lines.try_recv() {
                if let Some(fact) = talk.hear(&line) {
                    self.tell(fact);
                }
            }
        };
        listen(&mut talk);
        let session = match entered {
            Ok(session) => session,
            Err(failure) => {
                let check = match () {
                    () if talk.way.is_some() || failure.wants_a_secret() => Check::Login,
                    () if talk.greeted || greeted => Check::Abilities,
                    () => Check::Greeting,
                };
                self.offered(&talk, server, None);
                return self.tell(Fact::Failed { check, failure });
            }
        };
        let Limits { size, .. } = session.limits();
        self.offered(&talk, server, size);
        session.quit().await;
        listen(&mut talk);
        self.tell(Fact::Goodbye { took: talk.goodbye });
    }
}
