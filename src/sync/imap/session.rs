//! One IMAP connection: commands in, our own tag and status matching on what comes back.
//!
//! async-imap takes responses apart; what it makes of a server's NO or of a connection that ends is not trusted. A
//! command has succeeded only when its own tag came back with OK. Nothing else here decides that anything is gone.

use std::sync::Arc;
use std::time::Duration;

use async_imap::Client;
use tokio::io::AsyncWriteExt as _;

use super::command::Command;
use super::deflate::Deflate;
use super::entrance::{Entrance, Misheard, Offer};
use super::news::{News, Selected};
use super::refusal;
use super::said::{Code, Fetched, Said, State, Tagged, Verdict};
use super::sluice::{self, Limits, NoRoom, Sluice};
use crate::model::{Abilities, Failure, FailureKind, Quirk, Quirks, Role};
use crate::net::{Hidden, Line, Patience, Tap};
use crate::store::{FolderSeen, Spool};
use crate::sync::Opened;

#[derive(Debug)]
pub struct Session {
    pub(super) wire: Client<Sluice<Deflate<Line>>>,
    pub(super) patience: Patience,
    tap: Tap,
    answer: Duration,
    host: String,
    pub(in crate::sync) abilities: Abilities,
    pub(super) selected: Option<Selected>,
    /// What the server may repeat and nobody may see.
    pub(super) hidden: Hidden,
    /// The server said goodbye, in these words.
    goodbye: Option<String>,
    /// When the answer to the present command must have come, or at least some of it.
    due: tokio::time::Instant,
    /// What every tag of this connection begins with: no answer can be there before its question.
    tags: String,
    commands: u32,
    /// Bodies that were shorter than the server had said, and yet all that it has.
    pub(super) misjudged: u32,
    pub(super) quirks: Quirks,
    /// The greeting hinted that it wants to know who we are.
    pub(super) wants_id: bool,
    /// The greeting is one of those that take LOGIN, whatever is offered.
    pub(super) takes_login: bool,
    /// What was offered before the login.
    pub(super) offer: Option<Offer>,
    /// How the login was said, and whether in one line.
    pub(super) entrance: Option<(Entrance, bool)>,
    /// The login may not have been understood.
    pub(super) misheard: Option<Misheard>,
    /// There is no other way to say a password here than LOGIN.
    pub(super) only_login: bool,
    /// What the server said that it can do, with its answer to the login.
    pub(super) told_abilities: Option<Abilities>,
    /// It takes the login and what follows in one breath.
    pub(super) eager: bool,
    /// The way there takes its time.
    pub(super) far: bool,
    /// QRESYNC is on: what leaves is told by its number.
    pub(super) vanishing: bool,
    pub(super) learned: Vec<(Quirk, String)>,
    /// Questions that were said and not answered yet.
    pub(super) open_questions: Vec<String>,
    /// Answers that came before their turn.
    answered: Vec<Tagged>,
    /// The fetch that was said behind a SELECT, and from which number on.
    pub(super) ahead: Option<Ahead>,
    /// What was asked right behind the login.
    pub(super) ready: Ready,
    /// Names of folders that stand for roles, whatever is usual.
    pub(super) roles: Arc<[(String, Role)]>,
}

/// A response of which fewer bytes come in a second is not waited for to its end.
const SLOWEST: u64 = 8;

/// The fetch that was said behind a SELECT.
#[derive(Debug)]
pub(super) struct Ahead {
    pub(super) tag: String,
    pub(super) from: u32,
    /// What came of it while something else was waited for.
    pub(super) rows: Vec<Fetched>,
}

/// Answers that came before anybody asked.
#[derive(Debug, Default)]
pub(super) struct Ready {
    pub(super) folders: Option<Vec<FolderSeen>>,
    pub(super) opened: Option<(Vec<u8>, Result<Opened, Failure>)>,
}

/// How far a command came.
pub(super) enum Begun {
    /// It is said. This is its tag.
    Sent(String),
    /// The server did not want to hear all of it.
    Ended(State),
}

impl Session {
    pub(super) fn on(line: Line, tap: Tap, host: &str, answer: Duration, quirks: Quirks) -> Self {
        let patience = line.patience();
        let mark = sluice::mark();
        Self {
            wire: Client::new(Sluice::new(Deflate::new(line), Limits::default()).tapped(tap.clone())),
            patience,
            tap,
            answer,
            host: host.to_owned(),
            abilities: Abilities::default(),
            selected: None,
            hidden: Hidden::default(),
            goodbye: None,
            due: tokio::time::Instant::now() + answer,
            tags: format!("H{}", mark.get(..6).unwrap_or_default().to_ascii_uppercase()),
            commands: 0,
            misjudged: 0,
            quirks,
            wants_id: false,
            takes_login: false,
            offer: None,
            entrance: None,
            misheard: None,
            only_login: false,
            told_abilities: None,
            eager: false,
            far: false,
            vanishing: false,
            learned: Vec::new(),
            open_questions: Vec::new(),
            answered: Vec::new(),
            ahead: None,
            ready: Ready::default(),
            roles: Arc::default(),
        }
    }

    /// From now on large messages go there and not into memory.
    pub fn spool_into(&mut self, spool: Spool) {
        self.wire.get_mut().spool_into(spool);
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Runs one command to its own tagged answer. `each` sees every other response first; what it does not look at is
    /// taken as news about the selected folder.
    pub(super) async fn run(
        &mut self,
        command: impl Into<Command>,
        mut each: impl FnMut(&mut Said),
    ) -> Result<State, Failure> {
        let tag = match self.send(command.into()).await? {
            Begun::Sent(tag) => tag,
            Begun::Ended(state) => return Ok(state),
        };
        self.until(&tag, &mut each).await
    }

    /// The answer to a question: `None` if it is the one to another that is open too. Some servers work at several
    /// questions at once, and what they say for them comes mixed.
    pub(super) fn answer_to(&mut self, tag: &str, tagged: Tagged) -> Result<Option<State>, Failure> {
        let Some(at) = self.open_questions.iter().position(|open| *open == tagged.tag) else {
            return Err(self.nonsense("an answer to a question that was not asked"));
        };
        self.open_questions.remove(at);
        if tagged.tag == tag {
            return Ok(Some(tagged.state));
        }
        self.answered.push(tagged);
        Ok(None)
    }

    /// The answer, if it came while another one was waited for.
    pub(super) fn already_answered(&mut self, tag: &str) -> Option<State> {
        let at = self.answered.iter().position(|answered| answered.tag == tag)?;
        Some(self.answered.swap_remove(at).state)
    }

    /// Says a command that needs no asking for its rest, and does not send it off yet. Returns the tag.
    pub(super) async fn say_whole(&mut self, command: &Command) -> Result<String, Failure> {
        self.leave_ahead().await?;
        self.expect_an_answer();
        let tag = self.tag(command);
        let words = command.parts.first().map_or(&b""[..], |part| part.as_slice());
        self.write(&[tag.as_bytes(), b" ", words, b"\r\n"]).await?;
        Ok(tag)
    }

    fn tag(&mut self, command: &Command) -> String {
        self.commands = self.commands.wrapping_add(1);
        let tag = format!("{}{}", self.tags, self.commands);
        self.open_questions.push(tag.clone());
        self.tap.sent(&format!("{tag} {}", command.shown));
        tag
    }

    /// What was asked behind a SELECT is not wanted any more: its answer is read, and is nobody's.
    pub(super) async fn leave_ahead(&mut self) -> Result<(), Failure> {
        if let Some(ahead) = self.ahead.take() {
            self.until(&ahead.tag, |_| {}).await?;
        }
        Ok(())
    }

    pub(super) async fn send(&mut self, command: Command) -> Result<Begun, Failure> {
        self.leave_ahead().await?;
        self.expect_an_answer();
        let tag = self.tag(&command);
        let mut parts = command.parts.iter();
        self.write(&[tag.as_bytes(), b" ", parts.next().map_or(b"", |part| part.as_slice()), b"\r\n"]).await?;
        self.flush().await?;
        for part in parts {
            loop {
                match self.next().await? {
                    Said::Go(_) => break,
                    Said::Tagged(tagged) => {
                        if let Some(state) = self.answer_to(&tag, tagged)? {
                            return Ok(Begun::Ended(state));
                        }
                    }
                    other => self.hear(&other),
                }
            }
            self.write(&[part.as_slice(), b"\r\n"]).await?;
            self.flush().await?;
            // A long part takes its time.
            self.still_due();
        }
        Ok(Begun::Sent(tag))
    }

    async fn write(&mut self, pieces: &[&[u8]]) -> Result<(), Failure> {
        let line = self.wire.get_mut();
        let written = async {
            for piece in pieces {
                line.write_all(piece).await?;
            }
            Ok(())
        };
        written.await.map_err(|error| self.io(&error))
    }

    pub(super) async fn flush(&mut self) -> Result<(), Failure> {
        self.wire.get_mut().flush().await.map_err(|error| io_failure(&self.host, &error))
    }

    /// From now on, and after everything that brings us further, an answer is due in time. A server that only ever says
    /// that it is still there does not bring us further.
    fn expect_an_answer(&mut self) {
        self.patience.set(self.answer);
        self.due = tokio::time::Instant::now() + self.answer;
    }

    /// We were busy ourselves: what came meanwhile is not late.
    pub(super) fn still_due(&mut self) {
        self.due = self.due.max(tokio::time::Instant::now() + self.answer);
    }

    /// Nothing is due for a while: news may come or not.
    pub(super) fn expect_nothing(&mut self, at_most: Duration) {
        self.patience.set(at_most);
        self.due = tokio::time::Instant::now() + at_most;
    }

    /// The next response, whatever it is. Its bytes stay where they are if this is dropped half-way.
    pub(super) async fn next(&mut self) -> Result<Said, Failure> {
        let mut said = loop {
            // It may be something that the library was not shown.
            if let Some(aside) = self.wire.get_mut().take() {
                break Said::read(aside);
            }
            let said = self.read_in_time().await?;
            match &said {
                Said::State(State { text, .. }) if self.wire.get_mut().release(text) => {}
                _ => break said,
            }
        };
        if let Said::State(state) | Said::Tagged(Tagged { state, .. }) = &mut said {
            state.text = self.hidden.hide(&state.text);
            if let Some(Code::Other(code)) = &mut state.code {
                *code = self.hidden.hide(code);
            }
        }
        if brings_us_further(&said) {
            self.due = self.due.max(tokio::time::Instant::now() + self.answer);
        }
        Ok(said)
    }

    async fn read_in_time(&mut self) -> Result<Said, Failure> {
        // Whole responses may go on for ever without bringing us further.
        if tokio::time::Instant::now() >= self.due {
            return Err(self.late());
        }
        let read = loop {
            let before = self.patience.received();
            match tokio::time::timeout_at(self.due, self.wire.read_response()).await {
                Ok(read) => break read,
                // One long response takes its time, as long as it comes at all.
                Err(_) if self.is_coming(before) => self.due = tokio::time::Instant::now() + self.answer,
                Err(_) => return Err(self.late()),
            }
        };
        match read {
            Ok(Some(response)) => Ok(Said::of(response.parsed())),
            Ok(None) => Err(self.hung_up()),
            // Many servers say goodbye and then hang up without ending the encryption.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof && self.goodbye.is_some() => {
                Err(self.hung_up())
            }
            Err(error) => {
                if self.wire.get_mut().below().is_broken() {
                    // The next connection goes without.
                    self.learn(Quirk::NoCompression, &error.to_string());
                }
                Err(self.io(&error))
            }
        }
    }

    fn hung_up(&self) -> Failure {
        let said = self.goodbye.clone().unwrap_or_default();
        self.tap.closed(if said.is_empty() { "dropped" } else { &said });
        let dropped = Failure::passing(FailureKind::Dropped, &self.host, &said);
        // Whatever it said: the line is gone, and what was asked on it is not refused.
        Failure { kind: FailureKind::Dropped, ..refusal::at_the_door(&said, dropped) }
    }

    /// True if what has come since then is worth waiting for more.
    fn is_coming(&self, before: u64) -> bool {
        let least = u64::try_from(self.answer.as_millis()).unwrap_or(u64::MAX).saturating_mul(SLOWEST) / 1000;
        self.patience.received().saturating_sub(before) >= least.max(1)
    }

    /// Sends a line without a tag: the end of IDLE.
    pub(super) async fn say(&mut self, line: &str) -> Result<(), Failure> {
        self.tap.sent(line);
        self.write(&[line.as_bytes(), b"\r\n"]).await?;
        self.flush().await
    }

    /// Sends a command and leaves its answer to be read by the caller. Returns the tag.
    pub(super) async fn begin(&mut self, command: &str) -> Result<String, Failure> {
        match self.send(command.into()).await? {
            Begun::Sent(tag) => Ok(tag),
            Begun::Ended(_) => Err(self.nonsense("an answer before the question was asked")),
        }
    }

    pub(super) fn hear(&mut self, said: &Said) {
        if let Said::State(State { verdict: Verdict::Bye, text, .. }) = said {
            self.goodbye = Some(text.clone());
        }
        if let Some(selected) = &mut self.selected {
            selected.hear(said);
        }
    }

    /// Turns a NO or BAD into a failure.
    pub(super) fn must(&self, state: State) -> Result<(), Failure> {
        match state.verdict {
            Verdict::Ok => Ok(()),
            _ => Err(refusal::of_a_command(&state, &self.host)),
        }
    }

    /// The same where messages were asked for: some servers say NO where they have none to hand out.
    pub(super) fn must_or_nothing(&self, state: State) -> Result<(), Failure> {
        match state.verdict {
            Verdict::No | Verdict::Bad if refusal::hands_nothing_out(&state).is_some() => Ok(()),
            _ => self.must(state),
        }
    }

    fn late(&self) -> Failure {
        self.io(&std::io::ErrorKind::TimedOut.into())
    }

    fn io(&self, error: &std::io::Error) -> Failure {
        self.tap.closed(&error.to_string());
        io_failure(&self.host, error)
    }

    pub(super) fn nonsense(&self, what: &str) -> Failure {
        self.tap.closed(what);
        Failure::passing(FailureKind::Protocol, &self.host, what)
    }

    /// Says goodbye if the line is free, and never waits long for an answer.
    pub async fn close(mut self) {
        self.patience.set(Duration::from_millis(300));
        let _ = self.write(&[self.tags.clone().as_bytes(), b" LOGOUT\r\n"]).await;
        let _ = self.flush().await;
    }

    pub fn abilities(&self) -> Abilities {
        self.abilities
    }

    /// What was told since the last call.
    pub fn news(&mut self) -> News {
        self.selected.as_mut().map(|selected| std::mem::take(&mut selected.news)).unwrap_or_default()
    }
}

fn brings_us_further(said: &Said) -> bool {
    match said {
        Said::Fetch(_)
        | Said::Tagged(_)
        | Said::Capability(_)
        | Said::Enabled(_)
        | Said::Id
        | Said::List(_)
        | Said::Status(_)
        | Said::Search { .. }
        | Said::Vanished { .. } => true,
        Said::Go(_)
        | Said::Flags(_)
        | Said::State(_)
        | Said::Exists(_)
        | Said::Recent(_)
        | Said::Expunge(_)
        | Said::Other => false,
    }
}

fn io_failure(host: &str, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::TimedOut => Failure::passing(FailureKind::TimedOut, host, ""),
        _ if error.get_ref().is_some_and(|error| error.is::<NoRoom>()) => {
            Failure::passing(FailureKind::Disk, "", &error.to_string())
        }
        // More than anybody should hold; the words are ours.
        std::io::ErrorKind::InvalidData => Failure::passing(FailureKind::Protocol, host, &error.to_string()),
        // What the library could not read; its own words quote the server and help nobody.
        std::io::ErrorKind::Other => Failure::passing(FailureKind::Protocol, host, ""),
        _ => Failure::passing(FailureKind::Dropped, host, &error.to_string()),
    }
}
