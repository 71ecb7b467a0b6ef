//! One IMAP connection: commands in, our own tag and status matching on what comes back.
//!
//! async-imap frames and parses; what it makes of a server's NO or of a connection that ends is not trusted. A command
//! has succeeded only when its own tag came back with OK. Nothing else here decides that anything is gone.

use std::time::Duration;

use async_imap::imap_proto::{Capability, MailboxDatum, Outcome, Response, ResponseCode, Status as Verdict};
use async_imap::{Client, Session as Wire};

use super::flags_of;
use super::rendered::rendered;
use crate::model::{Abilities, Failure, FailureKind, Flags, Secret, Server};
use crate::net::{Dialer, Line, Opened, Patience, Protocol, Tap};

/// What the server told without being asked, since it was last looked at.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct News {
    /// Numbers that are gone.
    pub expunged: Vec<u32>,
    pub flags: Vec<(u32, Flags)>,
    /// There are messages that we have not seen.
    pub arrived: bool,
    /// Something changed and we cannot tell what: everything has to be compared.
    pub unsure: bool,
}

impl News {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The folder that is selected.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) wire: Vec<u8>,
    pub(super) read_only: bool,
    pub(super) uidvalidity: u32,
    /// The uid of each message by its sequence number minus one; 0 where it is not known.
    pub(super) uids: Vec<u32>,
    /// The server said how many there are.
    pub(super) counted: bool,
    /// Everything is being listed: what is said of flags is the list, and no news.
    pub(super) listing: bool,
    pub(super) news: News,
}

#[derive(Debug)]
pub struct Session {
    wire: Wire<Line>,
    pub(super) patience: Patience,
    tap: Tap,
    answer: Duration,
    host: String,
    pub(in crate::sync) abilities: Abilities,
    pub(super) selected: Option<Selected>,
    /// The server said goodbye, in these words.
    goodbye: Option<String>,
    /// When the answer to the present command must have come, or at least some of it.
    due: tokio::time::Instant,
}

/// A response with its bytes. The library keeps the name of its type to itself, so it is held without naming it.
pub(super) struct Heard<T> {
    response: T,
    parsed: for<'a> fn(&'a T) -> &'a Response<'a>,
}

impl<T> Heard<T> {
    pub(super) fn parsed(&self) -> &Response<'_> {
        (self.parsed)(&self.response)
    }
}

impl<T> std::fmt::Debug for Heard<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.parsed().fmt(f)
    }
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Tagged {
    pub(super) verdict: Verdict,
    pub(super) said: String,
}

impl Session {
    /// Connects, logs in and says who we are, all of it in bounded time.
    pub async fn open(dialer: &Dialer, server: &Server, login: &str, secret: &Secret) -> Result<Self, Failure> {
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
        let patience = line.patience();
        let host = server.host.clone();
        let mut client = Client::new(line);
        if !greeted {
            greeting(&mut client, &host).await?;
        }
        tap.sent(&format!("LOGIN {login} ***"));
        let wire = match client.login(login, secret.expose()).await {
            Ok(wire) => wire,
            Err((error, _)) => return Err(login_failure(&host, &error)),
        };
        let answer = dialer.limits.answer;
        let due = tokio::time::Instant::now() + answer;
        let mut session = Self {
            wire,
            patience,
            tap,
            answer,
            host,
            abilities: Abilities::default(),
            selected: None,
            goodbye: None,
            due,
        };
        session.abilities = session.ask_abilities().await?;
        if session.abilities.id {
            // Some servers show no folder to a stranger. A refusal of the word itself is no reason to stop.
            let id = concat!("ID (\"name\" \"hongyan\" \"version\" \"", env!("CARGO_PKG_VERSION"), "\")");
            session.run(id, |_| {}).await?;
        }
        Ok(session)
    }

    async fn ask_abilities(&mut self) -> Result<Abilities, Failure> {
        let mut abilities = Abilities::default();
        let mut take = |capabilities: &[Capability<'_>]| {
            for capability in capabilities {
                let Capability::Atom(word) = capability else { continue };
                match word.to_ascii_uppercase().as_str() {
                    "IDLE" => abilities.idle = true,
                    "ID" => abilities.id = true,
                    "MOVE" => abilities.r#move = true,
                    "UIDPLUS" => abilities.uidplus = true,
                    "SPECIAL-USE" => abilities.special_use = true,
                    _ => {}
                }
            }
        };
        let tagged = self
            .run("CAPABILITY", |response| {
                if let Response::Capabilities(capabilities) = response {
                    take(capabilities);
                }
            })
            .await?;
        self.must(tagged)?;
        Ok(abilities)
    }

    /// Runs one command to its own tagged answer. `each` sees every other response first; what it does not look at is
    /// taken as news about the selected folder.
    pub(super) async fn run(&mut self, command: &str, mut each: impl FnMut(&Response<'_>)) -> Result<Tagged, Failure> {
        self.expect_an_answer();
        let tag = self.wire.run_command(command).await.map_err(|error| self.broken(&error))?;
        self.tap.sent(&format!("{} {command}", tag.0));
        loop {
            let response = self.next().await?;
            match response.parsed() {
                Response::Done { tag: done, status, outcome } if *done == tag => {
                    let said = outcome.information.as_deref().unwrap_or_default().to_owned();
                    return Ok(Tagged { verdict: verdict(status), said });
                }
                Response::Done { .. } => {
                    return Err(self.nonsense("an answer to a question that was not asked"));
                }
                other => {
                    each(other);
                    take_news(other, self.selected.as_mut(), &mut self.goodbye);
                }
            }
        }
    }

    /// From now on, and after everything that brings us further, an answer is due in time. A server that only ever says
    /// that it is still there does not bring us further.
    fn expect_an_answer(&mut self) {
        self.patience.set(self.answer);
        self.due = tokio::time::Instant::now() + self.answer;
    }

    /// Nothing is due for a while: news may come or not.
    pub(super) fn expect_nothing(&mut self, at_most: Duration) {
        self.patience.set(at_most);
        self.due = tokio::time::Instant::now() + at_most;
    }

    /// The next response, whatever it is. Its bytes stay where they are if this is dropped half-way.
    pub(super) async fn next(&mut self) -> Result<Heard<impl Send + use<>>, Failure> {
        let late = || Failure::passing(FailureKind::TimedOut, &self.host, "");
        // Whole responses may go on for ever without bringing us further.
        if tokio::time::Instant::now() >= self.due {
            return Err(late());
        }
        let read = loop {
            let before = self.patience.received();
            match tokio::time::timeout_at(self.due, self.wire.read_response()).await {
                Ok(read) => break read,
                // One long response takes its time, as long as it comes at all.
                Err(_) if self.patience.received() != before => self.due = tokio::time::Instant::now() + self.answer,
                Err(_) => return Err(late()),
            }
        };
        match read {
            Ok(Some(response)) => {
                if brings_us_further(response.parsed()) {
                    self.due = self.due.max(tokio::time::Instant::now() + self.answer);
                }
                if self.tap.listens() {
                    self.tap.heard(rendered(response.parsed()).as_bytes());
                }
                Ok(Heard { response, parsed: |response| response.parsed() })
            }
            Ok(None) => {
                let said = self.goodbye.clone().unwrap_or_default();
                Err(Failure::passing(FailureKind::Dropped, &self.host, &said))
            }
            Err(error) => match (error.kind(), &self.goodbye) {
                // Many servers say goodbye and then hang up without ending the encryption.
                (std::io::ErrorKind::UnexpectedEof, Some(said)) => {
                    Err(Failure::passing(FailureKind::Dropped, &self.host, said))
                }
                _ => Err(self.io(&error)),
            },
        }
    }

    /// Sends a line without a tag: the end of IDLE.
    pub(super) async fn say(&mut self, line: &str) -> Result<(), Failure> {
        self.tap.sent(line);
        self.wire.run_command_untagged(line).await.map_err(|error| self.broken(&error))
    }

    /// Sends a command and leaves its answer to be read by the caller. Returns the tag.
    pub(super) async fn begin(&mut self, command: &str) -> Result<String, Failure> {
        self.begin_as(command, command).await
    }

    /// The same for a command that holds what must not be seen: `shown` is what it looks like without that.
    pub(super) async fn begin_as(&mut self, command: &str, shown: &str) -> Result<String, Failure> {
        self.expect_an_answer();
        let tag = self.wire.run_command(command).await.map_err(|error| self.broken(&error))?;
        self.tap.sent(&format!("{} {shown}", tag.0));
        Ok(tag.0)
    }

    pub(super) fn hear(&mut self, response: &Response<'_>) {
        take_news(response, self.selected.as_mut(), &mut self.goodbye);
    }

    /// Turns a NO or BAD into a failure.
    pub(super) fn must(&self, tagged: Tagged) -> Result<(), Failure> {
        match tagged.verdict {
            Verdict::Ok => Ok(()),
            _ => Err(Failure::passing(FailureKind::Refused, &self.host, &tagged.said)),
        }
    }

    pub(super) fn nonsense(&self, what: &str) -> Failure {
        self.tap.closed(what);
        Failure::passing(FailureKind::Protocol, &self.host, what)
    }

    fn broken(&self, error: &async_imap::error::Error) -> Failure {
        match error {
            async_imap::error::Error::Io(error) => self.io(error),
            other => Failure::passing(FailureKind::Dropped, &self.host, &other.to_string()),
        }
    }

    fn io(&self, error: &std::io::Error) -> Failure {
        self.tap.closed(&error.to_string());
        io_failure(&self.host, error)
    }

    /// Says goodbye if the line is free, and never waits long for an answer.
    pub async fn close(mut self) {
        self.patience.set(Duration::from_millis(300));
        let _ = self.wire.run_command("LOGOUT").await;
        self.tap.closed("");
    }

    pub fn abilities(&self) -> Abilities {
        self.abilities
    }

    /// What was told since the last call.
    pub fn news(&mut self) -> News {
        self.selected.as_mut().map(|selected| std::mem::take(&mut selected.news)).unwrap_or_default()
    }
}

fn brings_us_further(response: &Response<'_>) -> bool {
    match response {
        Response::Fetch(..) | Response::Done { .. } | Response::Capabilities(_) | Response::Id(_) => true,
        Response::MailboxData(data) => !matches!(data, MailboxDatum::Exists(_) | MailboxDatum::Recent(_)),
        _ => false,
    }
}

fn verdict(status: &Verdict) -> Verdict {
    match status {
        Verdict::Ok => Verdict::Ok,
        Verdict::No => Verdict::No,
        Verdict::Bad => Verdict::Bad,
        Verdict::PreAuth => Verdict::PreAuth,
        Verdict::Bye => Verdict::Bye,
    }
}

fn io_failure(host: &str, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::TimedOut => Failure::passing(FailureKind::TimedOut, host, ""),
        // What the parser could not read; its own words quote the server and help nobody.
        std::io::ErrorKind::Other => Failure::passing(FailureKind::Protocol, host, ""),
        _ => Failure::passing(FailureKind::Dropped, host, &error.to_string()),
    }
}

async fn greeting(client: &mut Client<Line>, host: &str) -> Result<(), Failure> {
    let greeting = client.read_response().await.map_err(|error| io_failure(host, &error))?;
    let Some(greeting) = greeting else { return Err(Failure::passing(FailureKind::Dropped, host, "")) };
    match greeting.parsed() {
        Response::Data { status: Verdict::Ok, .. } => Ok(()),
        Response::Data { status: Verdict::Bye, outcome } => {
            let said = outcome.information.as_deref().unwrap_or_default();
            Err(Failure::passing(FailureKind::Refused, host, said))
        }
        // A login that we did not make is somebody else's.
        _ => Err(Failure::lasting(FailureKind::Protocol, host, "not the greeting of an IMAP server")),
    }
}

fn login_failure(host: &str, error: &async_imap::error::Error) -> Failure {
    match error {
        async_imap::error::Error::No(said) | async_imap::error::Error::Bad(said) => {
            let words = words_of(said);
            let upper = words.to_ascii_uppercase();
            // A server in a bad moment says NO to everybody; that is no word about the password.
            if ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]"].iter().any(|code| upper.contains(code)) {
                return Failure::passing(FailureKind::Throttled, host, words);
            }
            Failure::lasting(FailureKind::Login, host, words)
        }
        async_imap::error::Error::Io(error) => io_failure(host, error),
        async_imap::error::Error::Validate(_) => {
            Failure::lasting(FailureKind::Login, host, "the name or the password holds a line break")
        }
        other => Failure::passing(FailureKind::Dropped, host, &other.to_string()),
    }
}

/// The server's own words out of `code: None, info: Some("…")`.
fn words_of(said: &str) -> &str {
    said.split_once("info: Some(\"").and_then(|(_, tail)| tail.rsplit_once("\")")).map_or(said, |(words, _)| words)
}

/// No folder has more; a number beyond it is somebody's joke, and not worth the memory.
const MOST_MESSAGES: usize = 5_000_000;

/// More news than this is not written down one by one: everything is compared instead.
const MOST_NEWS: usize = 100_000;

fn take_news(response: &Response<'_>, selected: Option<&mut Selected>, goodbye: &mut Option<String>) {
    if let Response::Data { status: Verdict::Bye, outcome } = response {
        *goodbye = Some(outcome.information.as_deref().unwrap_or_default().to_owned());
    }
    let Some(selected) = selected else { return };
    match response {
        Response::MailboxData(MailboxDatum::Exists(number)) => {
            selected.counted = true;
            let number = usize::try_from(*number).unwrap_or(usize::MAX);
            match number.cmp(&selected.uids.len()) {
                // A server may only take messages away by EXPUNGE. One that does otherwise is compared as a whole.
                std::cmp::Ordering::Less => {
                    selected.uids.truncate(number);
                    selected.news.unsure = true;
                }
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => {
                    selected.news.arrived = true;
                    // A number that no mailbox has is not believed; the next enumeration tells the truth.
                    if number <= MOST_MESSAGES {
                        selected.uids.resize(number, 0);
                    } else {
                        selected.news.unsure = true;
                    }
                }
            }
        }
        Response::Expunge(number) => {
            let at = usize::try_from(*number).unwrap_or(0).wrapping_sub(1);
            if at < selected.uids.len() && selected.news.expunged.len() < MOST_NEWS {
                match selected.uids.remove(at) {
                    0 => selected.news.unsure = true,
                    uid => selected.news.expunged.push(uid),
                }
            } else {
                selected.news.unsure = true;
            }
        }
        Response::Fetch(number, attributes) => {
            let Some(place) =
                usize::try_from(*number).ok().and_then(|n| n.checked_sub(1)).and_then(|at| selected.uids.get_mut(at))
            else {
                return;
            };
            let (uid, flags) = flags_of(attributes);
            if let Some(uid) = uid {
                *place = uid;
            }
            match flags {
                _ if selected.listing => {}
                Some(flags) if *place != 0 && selected.news.flags.len() < MOST_NEWS => {
                    selected.news.flags.push((*place, flags));
                }
                Some(_) => selected.news.unsure = true,
                None => {}
            }
        }
        Response::Data { outcome: Outcome { code: Some(ResponseCode::UidValidity(number)), .. }, .. } => {
            selected.uidvalidity = *number;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(uids: &[u32]) -> Selected {
        let (wire, news) = (b"INBOX".to_vec(), News::default());
        Selected { wire, read_only: false, uidvalidity: 1, uids: uids.to_vec(), counted: true, listing: false, news }
    }

    fn hear(selected: &mut Selected, lines: &str) {
        for line in lines.split_inclusive('\n') {
            let (_, response) = Response::parse(line.as_bytes()).unwrap();
            take_news(&response, Some(selected), &mut None);
        }
    }

    #[test]
    fn expunges_are_told_by_sequence_number_and_known_by_uid() {
        let mut folder = selected(&[10, 20, 30, 40]);
        hear(&mut folder, "* 2 EXPUNGE\r\n* 2 EXPUNGE\r\n* 3 EXISTS\r\n");
        assert_eq!(folder.news.expunged, [20, 30]);
        assert!(folder.news.arrived);
        assert_eq!(folder.uids, [10, 40, 0]);
    }

    #[test]
    fn flags_come_with_and_without_a_uid() {
        let mut folder = selected(&[10, 0]);
        hear(&mut folder, "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 20 FLAGS ())\r\n");
        assert_eq!(folder.news.flags, [(10, Flags::SEEN), (20, Flags::NONE)]);
    }

    #[test]
    fn i07_counts_that_cannot_be_are_not_believed() {
        let mut folder = selected(&[10]);
        hear(&mut folder, "* 4294967295 EXISTS\r\n* 0 EXPUNGE\r\n* 9 EXPUNGE\r\n* 0 FETCH (FLAGS ())\r\n");
        assert_eq!(folder.uids, [10]);
        assert!(folder.news.unsure);
    }

    #[test]
    fn the_servers_own_words_are_found() {
        assert_eq!(words_of("code: None, info: Some(\"LOGIN Login error\")"), "LOGIN Login error");
        assert_eq!(words_of("something else"), "something else");
    }
}
