//! `hongyan talk`: a person and a server, word for word, over a connection that is encrypted and checked as the account
//! asks; secrets are left out of what is kept, and what would change something is asked about first.
//!
//! Here is what needs no terminal: who is called, the talk itself as a value ([`Conversation`]), and talking out of a
//! pipe. Talking at a terminal is in `run`.

mod command;
mod conversation;
mod danger;
mod ear;
pub mod history;
mod login;
mod piped;

use std::io::IsTerminal as _;
use std::path::PathBuf;

pub use conversation::{Act, Consent, Conversation};
pub(crate) use danger::Change;

use super::arguments::Talk;
use super::ground::{Ground, runtime};
use super::output::{Ending, aside};
use super::sentences::{self, wire as say};
use super::sync::secret_of;
use crate::config::Account;
use crate::i18n::Language;
use crate::model::{Failure, Purpose, Secret, Server};
use crate::net::{Dialer, Line, Opened, Protocol, Recorder, Tap};

/// The word for a protocol on the command line and in files.
pub fn code(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "imap",
        Protocol::Smtp => "smtp",
        Protocol::Pop3 => "pop3",
    }
}

/// True if somebody sits there.
pub fn is_at_a_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Who is called, and how.
#[derive(Debug)]
pub struct Call {
    pub protocol: Protocol,
    pub tongue: Language,
    server: Server,
    dialer: Dialer,
    login: String,
    secret: Option<Secret>,
    yes: bool,
    judged: say::Judged,
    recorder: Option<Recorder>,
    profile: PathBuf,
}

/// A connection that is open, and the talk over it.
#[derive(Debug)]
pub struct Talking {
    pub line: Line,
    pub conversation: Conversation,
    pub tap: Tap,
}

impl Call {
    /// Finds the account, its server and its password. Blocks: the password may want somebody's attention.
    pub fn prepare(ground: &Ground, asked: &Talk) -> Result<Self, Ending> {
        let account = account(ground, asked)?;
        let server = server(ground, asked, account)?;
        // Without it one can talk all the same; only `login` does not work then.
        let secret = match secret_of(ground, account) {
            Ok(secret) => Some(secret),
            Err(failure) => {
                aside(&sentences::failure(ground.tongue, &failure));
                None
            }
        };
        ground.paths.prepare().map_err(|problem| Ending::because(problem.to_string()))?;
        let recorder = Recorder::start(ground.paths.protocol_log()).ok();
        let mut dialer = ground.dialer(account);
        dialer.insecure |= asked.insecure;
        if asked.protocol == Protocol::Smtp {
            dialer.pin = account.smtp_pin;
        }
        if let Some(recorder) = &recorder {
            dialer.tap = recorder.tap(&account.name, Purpose::Talk);
        }
        Ok(Self {
            protocol: asked.protocol,
            tongue: ground.tongue,
            server,
            login: account.login.clone(),
            secret,
            yes: asked.yes,
            judged: match (dialer.pin, &dialer.ca_file) {
                (Some(_), _) => say::Judged::Pin,
                (None, Some(_)) => say::Judged::Authority,
                (None, None) => say::Judged::System,
            },
            dialer,
            recorder,
            profile: ground.paths.profile.clone(),
        })
    }

    pub fn calling(&self) -> String {
        say::calling(self.tongue, &self.server)
    }

    /// What is known about the way: how it is protected, and the certificate at its end.
    pub fn facts(&self, talking: &Talking) -> Vec<String> {
        let protected = say::protected(self.tongue, &self.server, self.judged);
        let certificate = talking.line.certificate();
        std::iter::once(protected).chain(certificate.map(|it| say::certificate(self.tongue, it))).collect()
    }

    pub fn how_to_talk(&self) -> String {
        say::how_to_talk(self.tongue)
    }

    pub fn failed(&self, failure: &Failure) -> Ending {
        Ending::because(sentences::failure(self.tongue, failure))
    }

    /// The lines that were typed before, for this protocol.
    pub fn history(&self) -> PathBuf {
        self.profile.join(format!("talk-{}.history", code(self.protocol)))
    }

    pub async fn connect(&self, at_a_terminal: bool) -> Result<Talking, Failure> {
        let nothing = Secret::new(String::new());
        let tap = self.dialer.tap.connection(&self.login, self.secret.as_ref().unwrap_or(&nothing));
        tap.connecting(&self.server.to_string());
        let opened = self.dialer.open(&self.server, self.protocol).await;
        let Opened { line, greeted, .. } = opened.inspect_err(|failure| {
            tap.closed(&format!("{} {}", failure.kind.code(), failure.said.as_str()));
        })?;
        tap.connected(self.server.tls.code());
        let consent = match (self.yes, at_a_terminal) {
            (true, _) => Consent::Given,
            (false, true) => Consent::Ask,
            (false, false) => Consent::Refused,
        };
        let (login, secret) = (self.login.as_str(), self.secret.clone());
        let conversation = Conversation::new(self.protocol, self.tongue, login, secret, consent, greeted);
        Ok(Talking { line, conversation, tap })
    }

    /// The last lines of the record go to its file.
    pub fn end(self) {
        if let Some(recorder) = self.recorder {
            recorder.close();
        }
    }
}

fn account<'a>(ground: &'a Ground, asked: &Talk) -> Result<&'a Account, Ending> {
    if let Some(named) = &asked.account {
        return ground.account(named);
    }
    match ground.config.accounts.as_slice() {
        [only] => Ok(only),
        [] => Err(Ending::because(sentences::no_account(ground.tongue))),
        several => {
            let known: Vec<&str> = several.iter().map(|account| account.name.as_str()).collect();
            Err(Ending::because(say::which_account(ground.tongue, code(asked.protocol), &known)))
        }
    }
}

fn server(ground: &Ground, asked: &Talk, account: &Account) -> Result<Server, Ending> {
    let configured = match asked.protocol {
        Protocol::Imap => Some(account.imap.clone()),
        Protocol::Smtp => account.smtp.clone(),
        Protocol::Pop3 => account.pop3.clone(),
    };
    let server = match (&asked.at, configured) {
        (Some(at), configured) => {
            let tls = configured.as_ref().map(|server| server.tls).unwrap_or_default();
            let tls = asked.tls.or(at.tls).unwrap_or(tls);
            let port = at.port.unwrap_or_else(|| crate::net::usual_port(asked.protocol, tls));
            Some(Server { host: at.host.clone(), port, tls })
        }
        (None, Some(server)) => Some(match asked.tls {
            // Another way of encrypting lives at another port.
            Some(tls) if tls != server.tls => {
                Server { port: crate::net::usual_port(asked.protocol, tls), tls, ..server }
            }
            _ => server,
        }),
        (None, None) => None,
    };
    server.ok_or_else(|| Ending::because(say::no_server(ground.tongue, &account.name, code(asked.protocol))))
}

/// Talks out of a pipe: a line, its whole answer, the next line.
pub(super) fn talk(ground: &Ground, asked: &Talk) -> Result<(), Ending> {
    let call = Call::prepare(ground, asked)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(piped::talk(&call));
    runtime.shutdown_background();
    call.end();
    ended
}
