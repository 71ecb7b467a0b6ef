//! The talk itself, without a socket and without a terminal: what a person types and what the server says come in, and
//! what shall be sent, shown and asked comes out.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::command::{announced, verb, without_tag};
use super::danger::{Change, asks_for_secrets, change, leaves_its_secret_for_later, without_secret};
use super::ear::{Ear, Heard, Reply};
use super::login::{Login, Step};
use crate::cli::sentences::wire as say;
use crate::i18n::Language;
use crate::model::Secret;
use crate::net::{Hidden, Protocol};

/// Lines that wait for their turn.
const AHEAD: usize = 100;

/// What shall be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    Send {
        bytes: Zeroizing<Vec<u8>>,
        /// The same without a secret and without mail.
        shown: String,
    },
    /// What the server said.
    Show(String),
    /// What we have to say ourselves.
    Note(String),
    /// For the record: the first line of an answer.
    Heard(Vec<u8>),
    End,
}

/// What is done about a command that changes something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Consent {
    Ask,
    Given,
    Refused,
}

#[derive(Debug)]
enum Phase {
    /// The server has the first word.
    Greeting,
    Ready,
    /// A command waits for yes or no.
    Asking(String),
    /// An answer is on its way.
    Waiting(Present),
    /// The server wants more lines for the present command.
    More(Present),
    Over,
}

/// The command that is being answered.
#[derive(Default, Debug)]
struct Present {
    tag: String,
    verb: String,
    step: Option<Step>,
    /// The server asked for more of it.
    asked: bool,
    /// A person said it, and the server will ask for the secret.
    bare: bool,
    /// Bytes of a literal that are still to come, where the command announced one.
    literal: Option<u64>,
}

#[derive(Debug)]
pub struct Conversation {
    protocol: Protocol,
    tongue: Language,
    login: Login,
    hidden: Hidden,
    consent: Consent,
    ear: Ear,
    phase: Phase,
    tags: u64,
    ahead: VecDeque<String>,
    /// What the server said that it can do.
    abilities: Vec<String>,
    failed: bool,
    /// We have said goodbye.
    leaving: bool,
    acts: Vec<Act>,
}

impl Conversation {
    /// `greeted`: the greeting was read already, before the encryption.
    pub fn new(
        protocol: Protocol,
        tongue: Language,
        login: &str,
        secret: Option<Secret>,
        consent: Consent,
        greeted: bool,
    ) -> Self {
        let hidden = secret.as_ref().map(|secret| Hidden::of(login, secret)).unwrap_or_default();
        Self {
            protocol,
            tongue,
            login: Login { name: login.to_owned(), secret },
            hidden,
            consent,
            ear: Ear::new(protocol),
            phase: if greeted { Phase::Ready } else { Phase::Greeting },
            tags: 0,
            ahead: VecDeque::new(),
            abilities: Vec::new(),
            failed: false,
            leaving: false,
            acts: Vec::new(),
        }
    }

    /// True when the next line has its turn: nothing is being waited for.
    pub fn wants_a_line(&self) -> bool {
        self.ahead.is_empty() && matches!(self.phase, Phase::Ready | Phase::Asking(_) | Phase::More(_))
    }

    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// We have said goodbye.
    pub fn is_leaving(&self) -> bool {
        self.leaving
    }

    /// The last command was refused, or the connection ended before we did.
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// What stands before the line that is typed.
    pub fn prompt(&self) -> String {
        match &self.phase {
            Phase::Asking(_) => say::go_on(self.tongue),
            Phase::More(_) => "+ ".to_owned(),
            Phase::Greeting | Phase::Ready | Phase::Waiting(_) | Phase::Over => {
                format!("{}> ", super::code(self.protocol))
            }
        }
    }

    /// True if a line that is typed now must not be kept.
    pub fn is_private(&self, line: &str) -> bool {
        match &self.phase {
            Phase::More(_) | Phase::Asking(_) => true,
            // What is typed ahead may be what such a command will ask for.
            Phase::Waiting(present) if asks_for_secrets(&present.verb) => true,
            Phase::Greeting | Phase::Ready | Phase::Waiting(_) | Phase::Over => {
                let before = |line: &String| asks_for_secrets(&verb(without_tag(self.protocol, line).1).0);
                if self.ahead.iter().any(before) {
                    return true;
                }
                let bare = without_secret(self.protocol, line).is_some();
                let tagged = line.split_once(' ').and_then(|(_, rest)| without_secret(self.protocol, rest));
                bare || tagged.is_some()
            }
        }
    }

    /// A person typed a line.
    pub fn typed(&mut self, line: &str) -> Vec<Act> {
        // A line is a line: what breaks it would be another command.
        let line: String = line.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')).collect();
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Ready => {
                self.phase = Phase::Ready;
                self.command(line);
            }
            Phase::Asking(command) => {
                self.phase = Phase::Ready;
                if matches!(line.trim(), "y" | "Y" | "yes") {
                    self.send_command(&command);
                } else {
                    self.note(say::not_sent(self.tongue));
                }
                self.go_on();
            }
            Phase::More(present) => self.more(present, &line),
            phase @ (Phase::Greeting | Phase::Waiting(_)) => {
                self.phase = phase;
                if self.ahead.len() < AHEAD {
                    self.ahead.push_back(line);
                } else {
                    self.note(say::too_much_ahead(self.tongue));
                }
            }
            Phase::Over => {}
        }
        std::mem::take(&mut self.acts)
    }

    /// Nothing more will be typed: says goodbye, if the line is free for it.
    pub fn leave(&mut self) -> Vec<Act> {
        self.ahead.clear();
        match &self.phase {
            Phase::Ready | Phase::Asking(_) => {
                // Whether it works is no part of how the talk went.
                self.leaving = true;
                self.phase = Phase::Ready;
                let goodbye = if self.protocol == Protocol::Imap { "LOGOUT" } else { "QUIT" };
                self.send_command(goodbye);
            }
            Phase::Greeting | Phase::Waiting(_) | Phase::More(_) | Phase::Over => self.end(),
        }
        std::mem::take(&mut self.acts)
    }

    /// The server said something.
    pub fn heard(&mut self, bytes: &[u8]) -> Vec<Act> {
        for heard in self.ear.feed(bytes) {
            match heard {
                Heard::Line(line) => {
                    let line = String::from_utf8_lossy(&line);
                    self.learn(&line);
                    self.acts.push(Act::Show(self.hidden.hide(&line)));
                }
                Heard::LeftOut(bytes) => self.note(say::left_out(self.tongue, bytes)),
                Heard::Whole(reply, first) => {
                    self.reply(&reply, &first);
                    self.acts.push(Act::Heard(first));
                }
            }
        }
        std::mem::take(&mut self.acts)
    }

    /// The connection is at its end.
    pub fn closed(&mut self) -> Vec<Act> {
        if !self.is_over() {
            if !self.leaving {
                self.failed = true;
                self.note(say::closed(self.tongue));
            }
            self.end();
        }
        std::mem::take(&mut self.acts)
    }

    fn end(&mut self) {
        self.phase = Phase::Over;
        self.acts.push(Act::End);
    }

    fn note(&mut self, said: String) {
        self.acts.push(Act::Note(said));
    }

    /// Lines that were typed while something was being waited for: commands, or what the present one asks for.
    fn go_on(&mut self) {
        while matches!(self.phase, Phase::Ready | Phase::More(_))
            && let Some(line) = self.ahead.pop_front()
        {
            match std::mem::replace(&mut self.phase, Phase::Ready) {
                Phase::More(present) => self.more(present, &line),
                _ => self.command(line),
            }
        }
    }

    /// A name and a password that were typed ahead and that nobody asked for are no commands.
    fn forget_secrets(&mut self, present: &Present, good: bool) {
        let left = present.bare && !(good && present.asked);
        if left && !self.ahead.is_empty() {
            self.ahead.clear();
            self.note(say::ahead_was_dropped(self.tongue));
        }
    }

    fn command(&mut self, line: String) {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            return;
        }
        // Words of our own; what the protocols call so is written in capitals or has more words.
        match bare {
            "login" | "LOGIN" | "auth" => return self.log_in(),
            "help" | "?" => {
                for line in say::help(self.tongue) {
                    self.note(line);
                }
                return;
            }
            "quit" | "exit" | "bye" => {
                self.acts = self.leave();
                return;
            }
            _ => {}
        }
        let command = without_tag(self.protocol, &line).1;
        let (verb, _) = verb(command);
        if matches!(verb.as_str(), "STARTTLS" | "STLS" | "COMPRESS") {
            self.failed = true;
            return self.note(say::no_starttls_here(self.tongue));
        }
        match change(self.protocol, command) {
            Some(change) => self.about_to(change, line),
            None => self.send_command(&line),
        }
    }

    fn about_to(&mut self, change: Change, line: String) {
        match self.consent {
            Consent::Given => self.send_command(&line),
            Consent::Ask => {
                self.note(say::would(self.tongue, change));
                self.phase = Phase::Asking(line);
            }
            Consent::Refused => {
                self.failed = true;
                let would = say::would(self.tongue, change);
                self.note(format!("{would}; {}", say::needs_yes(self.tongue)));
            }
        }
    }

    fn send_command(&mut self, line: &str) {
        let (tag, command) = without_tag(self.protocol, line);
        let shown = without_secret(self.protocol, command).unwrap_or_else(|| self.hidden.hide(command));
        let (tag, command) = (tag.map(str::to_owned), command.to_owned());
        self.send(tag, &command, shown, None);
    }

    fn send(&mut self, tag: Option<String>, command: &str, shown: String, step: Option<Step>) {
        let (verb, rest) = verb(command);
        let mut bytes = Zeroizing::new(Vec::new());
        let literal = announced(command);
        let bare = step.is_none() && leaves_its_secret_for_later(&verb, rest, literal.is_some());
        let mut present = Present { tag: String::new(), verb, step, asked: false, bare, literal };
        let mut shown = shown;
        if self.protocol == Protocol::Imap {
            present.tag = tag.unwrap_or_else(|| {
                self.tags += 1;
                format!("h{}", self.tags)
            });
            bytes.extend_from_slice(present.tag.as_bytes());
            bytes.push(b' ');
            shown = format!("{} {shown}", present.tag);
        }
        bytes.extend_from_slice(command.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        self.leaving |= matches!(present.verb.as_str(), "LOGOUT" | "QUIT");
        let list = match present.verb.as_str() {
            "LIST" | "UIDL" | "AUTH" => rest.is_empty(),
            "RETR" | "TOP" | "CAPA" => true,
            _ => false,
        };
        self.ear.expect_list(self.protocol == Protocol::Pop3 && list);
        self.acts.push(Act::Send { bytes, shown });
        self.phase = Phase::Waiting(present);
    }

    /// A line for the command that is going on.
    fn more(&mut self, mut present: Present, line: &str) {
        let mut bytes = Zeroizing::new(line.as_bytes().to_vec());
        bytes.extend_from_slice(b"\r\n");
        let shown = match present.verb.as_str() {
            "IDLE" => line.to_owned(),
            "LOGIN" | "AUTHENTICATE" | "AUTH" => "***".to_owned(),
            _ => format!("({} bytes)", bytes.len()),
        };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let literal = present.literal.take();
        match literal {
            Some(left) if left > length => present.literal = Some(left - length),
            // The line end belongs to the literal; the command has one of its own.
            Some(left) if left == length => bytes.extend_from_slice(b"\r\n"),
            _ => present.literal = announced(line),
        }
        let within = literal.is_some_and(|left| left > length);
        self.acts.push(Act::Send { bytes, shown });
        // A login asks and is answered in turns; a message goes on, for SMTP up to a point alone.
        let turns = matches!(present.verb.as_str(), "LOGIN" | "AUTHENTICATE" | "AUTH" | "IDLE");
        let ends = match self.protocol {
            Protocol::Imap => !within && (turns || literal.is_some()),
            Protocol::Smtp => turns || line == ".",
            Protocol::Pop3 => true,
        };
        self.phase = if ends { Phase::Waiting(present) } else { Phase::More(present) };
    }

    fn reply(&mut self, reply: &Reply, first: &[u8]) {
        match (std::mem::replace(&mut self.phase, Phase::Over), reply) {
            (Phase::Greeting, reply) => {
                let good = match reply {
                    Reply::News => !first.get(2..5).is_some_and(|word| word.eq_ignore_ascii_case(b"BYE")),
                    Reply::Code(code) => *code < 400,
                    Reply::Said { good } => *good,
                    Reply::Tagged { .. } | Reply::Go => false,
                };
                self.failed = !good;
                self.phase = Phase::Ready;
                self.go_on();
            }
            (Phase::Waiting(present) | Phase::More(present), Reply::Tagged { tag, good }) if *tag == present.tag => {
                self.answered(present, *good);
            }
            (Phase::Waiting(present), Reply::Said { good }) => self.answered(present, *good),
            (Phase::Waiting(present), Reply::Go) => self.wanted(present),
            // A message goes on until its end, whatever the server says meanwhile.
            (Phase::Waiting(present), Reply::Code(code)) => match code {
                300..=399 => self.wanted(present),
                code => self.answered(present, *code < 400),
            },
            (phase, _) => self.phase = phase,
        }
    }

    fn wanted(&mut self, mut present: Present) {
        present.asked = true;
        if let Some((line, next)) = present.step.and_then(|step| self.login.more(step)) {
            let mut bytes = Zeroizing::new(line.as_bytes().to_vec());
            bytes.extend_from_slice(b"\r\n");
            self.acts.push(Act::Send { bytes, shown: "***".to_owned() });
            self.phase = Phase::Waiting(Present { step: Some(next), ..present });
        } else {
            self.phase = Phase::More(present);
            self.go_on();
        }
    }

    fn answered(&mut self, present: Present, good: bool) {
        if self.leaving && matches!(present.verb.as_str(), "LOGOUT" | "QUIT") {
            return self.end();
        }
        self.failed = !good;
        self.phase = Phase::Ready;
        self.forget_secrets(&present, good);
        if good && let Some(step) = present.step {
            if let Some((command, shown, next)) = self.login.next(step, &self.abilities) {
                return self.send(None, &command, shown, Some(next));
            }
        } else if let Some(Step::Hello) = present.step {
            // An old server: it may know how to log in all the same.
            let (command, shown, next) = self.login.auth(&self.abilities);
            return self.send(None, &command, shown, Some(next));
        }
        self.go_on();
    }

    fn log_in(&mut self) {
        if self.login.secret.is_none() {
            self.failed = true;
            return self.note(say::no_stored_secret(self.tongue));
        }
        if self.login.is_odd() {
            self.failed = true;
            return self.note(say::odd_secret(self.tongue));
        }
        self.log_in_now();
    }

    fn log_in_now(&mut self) {
        if let Some((command, shown, step)) = self.login.first(self.protocol, &self.abilities) {
            self.send(None, &command, shown, Some(step));
        } else {
            self.failed = true;
            self.note(say::no_stored_secret(self.tongue));
        }
    }

    /// Remembers what the server can do, where it says so.
    fn learn(&mut self, line: &str) {
        let beginnings: &[&str] = match self.protocol {
            Protocol::Imap => &["* CAPABILITY ", "* OK [CAPABILITY "],
            Protocol::Smtp => &["250-AUTH ", "250 AUTH ", "250-AUTH=", "250 AUTH="],
            Protocol::Pop3 => &[],
        };
        let upper = line.to_ascii_uppercase();
        if let Some(list) = beginnings.iter().find_map(|beginning| upper.strip_prefix(beginning)) {
            let words = list.split([' ', ']']).filter(|word| !word.is_empty());
            self.abilities = words.take(200).map(str::to_owned).collect();
        }
    }
}

#[cfg(test)]
mod tests;
