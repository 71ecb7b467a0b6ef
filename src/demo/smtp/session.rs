//! One connection: what is said on it, and what is carried out.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;

use super::super::imap::Keeper;
use super::fault::{SmtpDoing, SmtpFault, SmtpStep};
use super::manners::Submission;
use super::wire::{Body, Wire};

/// How somebody came.
pub(super) enum Incoming {
    /// TLS begins at once, or with STARTTLS.
    Tcp { stream: TcpStream, acceptor: Arc<tokio_native_tls::TlsAcceptor>, tls_at_once: bool },
    /// From inside the program, as if TLS were on.
    Pipe(DuplexStream),
}

pub(super) struct Session {
    pub(super) keeper: Keeper,
    pub(super) manners: &'static Submission,
    faults: Arc<[SmtpFault]>,
    pub(super) secure: bool,
    pub(super) login: Option<String>,
    greeted: bool,
    sender: Option<String>,
    recipients: Vec<String>,
    /// How often each step was come to.
    met: HashMap<SmtpStep, usize>,
    /// What follows the next answer.
    behind: &'static [u8],
}

/// What a step has come to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    Go,
    /// It was answered already, and is not carried out.
    Answered,
    Close,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    StartTls,
    Close,
}

/// Nobody has so many friends.
const MOST_RECIPIENTS: usize = 1000;

impl Session {
    pub(super) fn new(keeper: Keeper, manners: &'static Submission, faults: Arc<[SmtpFault]>) -> Self {
        Self {
            keeper,
            manners,
            faults,
            secure: false,
            login: None,
            greeted: false,
            sender: None,
            recipients: Vec::new(),
            met: HashMap::new(),
            behind: b"",
        }
    }

    pub(super) async fn serve(mut self, incoming: Incoming) -> io::Result<()> {
        match incoming {
            Incoming::Pipe(stream) => self.secured(stream, true).await,
            Incoming::Tcp { stream, acceptor, tls_at_once: true } => {
                let stream = acceptor.accept(stream).await.map_err(io::Error::other)?;
                self.secured(stream, true).await
            }
            Incoming::Tcp { stream, acceptor, tls_at_once: false } => {
                let mut wire = Wire::new(stream);
                if self.converse(&mut wire, true).await? != Next::StartTls {
                    return Ok(());
                }
                let stream = acceptor.accept(wire.into_inner()).await.map_err(io::Error::other)?;
                self.secured(stream, false).await
            }
        }
    }

    async fn secured<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: S, greet: bool) -> io::Result<()> {
        (self.secure, self.greeted) = (true, false);
        self.converse(&mut Wire::new(stream), greet).await.map(|_| ())
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        greet: bool,
    ) -> io::Result<Next> {
        if greet {
            tokio::time::sleep(self.manners.greets_after).await;
            match self.meet(wire, SmtpStep::Greeting).await? {
                Met::Go => self.tell(wire, "220", self.manners.greeting).await?,
                Met::Answered => {}
                Met::Close => return Ok(Next::Close),
            }
        }
        loop {
            let Some(line) = wire.line().await? else { return Ok(Next::Close) };
            let line = String::from_utf8_lossy(&line).into_owned();
            match self.hear(wire, &line).await? {
                Next::Go => {}
                next => return Ok(next),
            }
        }
    }

    /// Whatever goes wrong at this step.
    pub(super) async fn meet<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        step: SmtpStep,
    ) -> io::Result<Met> {
        let time = self.met.entry(step).or_default();
        let now = *time;
        *time += 1;
        let mut wrong = self.faults.iter().filter(|fault| fault.on == step && fault.only.is_none_or(|n| n == now));
        let Some(fault) = wrong.next() else { return Ok(Met::Go) };
        match fault.doing {
            SmtpDoing::Says(bytes) => {
                wire.send(bytes).await?;
                Ok(Met::Answered)
            }
            SmtpDoing::SaysAndCloses(bytes) => {
                wire.send(bytes).await?;
                wire.close().await?;
                Ok(Met::Close)
            }
            SmtpDoing::Closes => Ok(Met::Close),
            SmtpDoing::Stalls => {
                wire.stall().await?;
                Ok(Met::Close)
            }
            SmtpDoing::NeverEnds => loop {
                wire.send(&b"250-and one more\r\n".repeat(100)).await?;
            },
            SmtpDoing::Late(late) => {
                tokio::time::sleep(late).await;
                Ok(Met::Go)
            }
            SmtpDoing::Ahead(bytes) => {
                wire.send(bytes).await?;
                Ok(Met::Go)
            }
            SmtpDoing::Behind(bytes) => {
                self.behind = bytes;
                Ok(Met::Go)
            }
        }
    }

    pub(super) async fn say<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        words: &str,
    ) -> io::Result<()> {
        let mut bytes = format!("{words}\r\n").into_bytes();
        bytes.extend_from_slice(std::mem::take(&mut self.behind));
        wire.send(&bytes).await
    }

    /// A reply of several lines.
    async fn tell<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        code: &str,
        lines: &[&str],
    ) -> io::Result<()> {
        let all: Vec<String> = (1..)
            .zip(lines)
            .map(|(at, line)| format!("{code}{}{line}", if at == lines.len() { ' ' } else { '-' }))
            .collect();
        self.say(wire, &all.join("\r\n")).await
    }

    async fn note(&self, line: &str) -> io::Result<()> {
        let secret = line.get(..5).is_some_and(|verb| verb.eq_ignore_ascii_case("AUTH "));
        let shown = if secret { line.split(' ').take(2).collect::<Vec<_>>().join(" ") } else { line.to_owned() };
        self.keeper.ask(move |world| world.hear_submission(&shown)).await
    }

    async fn hear<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>, line: &str) -> io::Result<Next> {
        self.note(line).await?;
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let rest = line.get(verb.len()..).unwrap_or_default().trim();
        let step = match verb.as_str() {
            "EHLO" | "HELO" => Some(SmtpStep::Hello),
            "STARTTLS" => Some(SmtpStep::StartTls),
            "AUTH" => Some(SmtpStep::Auth),
            "MAIL" => Some(SmtpStep::Sender),
            "RCPT" => Some(SmtpStep::Recipient),
            "DATA" => Some(SmtpStep::Data),
            "RSET" => Some(SmtpStep::Reset),
            "QUIT" => Some(SmtpStep::Quit),
            _ => None,
        };
        if let Some(step) = step {
            match self.meet(wire, step).await? {
                Met::Go => {}
                Met::Answered => return Ok(Next::Go),
                Met::Close => return Ok(Next::Close),
            }
        }
        match verb.as_str() {
            "EHLO" => return self.hello(wire, rest).await,
            "HELO" => {
                self.greeted = true;
                self.tell(wire, "250", self.manners.short_hello).await?;
            }
            "STARTTLS" if !self.secure => {
                self.say(wire, "220 Ready to start TLS").await?;
                return Ok(Next::StartTls);
            }
            "AUTH" => return self.authenticate(wire, rest).await,
            "MAIL" => self.sender(wire, rest).await?,
            "RCPT" => self.recipient(wire, rest).await?,
            "DATA" => return self.data(wire).await,
            "RSET" => {
                self.forget();
                self.say(wire, "250 OK").await?;
            }
            "NOOP" => self.say(wire, "250 OK").await?,
            "QUIT" => {
                self.say(wire, self.manners.farewell).await?;
                wire.close().await?;
                return Ok(Next::Close);
            }
            _ => self.say(wire, "502 Error: command not implemented").await?,
        }
        Ok(Next::Go)
    }

    fn forget(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    async fn hello<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>, who: &str) -> io::Result<Next> {
        if self.login.is_some() && self.manners.breaks_on_second_hello {
            return Ok(Next::Close);
        }
        if let Some(refusal) = self.manners.knows_only_helo {
            self.say(wire, refusal).await?;
        } else if who.is_empty() {
            self.say(wire, "501 Syntax: EHLO hostname").await?;
        } else {
            self.greeted = true;
            self.forget();
            let lines = if self.secure { self.manners.hello } else { self.manners.hello_in_clear };
            self.tell(wire, "250", lines).await?;
        }
        Ok(Next::Go)
    }

    async fn sender<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>, rest: &str) -> io::Result<()> {
        let Some((address, words)) = path(rest, "FROM:") else {
            return self.say(wire, "501 Syntax: MAIL FROM:<address>").await;
        };
        let asks = |word: &str| words.iter().any(|given| given.eq_ignore_ascii_case(word));
        let size = words.iter().find_map(|word| word.to_ascii_uppercase().strip_prefix("SIZE=")?.parse::<u64>().ok());
        if !self.secure {
            return self.say(wire, "530 Must issue a STARTTLS command first").await;
        }
        let Some(login) = self.login.clone().filter(|_| self.greeted) else {
            return self.say(wire, "530 Authentication required").await;
        };
        if self.sender.is_some() {
            return self.say(wire, "503 Error: nested MAIL command").await;
        }
        let unknown = |word: &&String| {
            let name = word.split('=').next().unwrap_or_default().to_ascii_uppercase();
            let extension = match name.as_str() {
                "BODY" => "8BITMIME",
                "RET" | "ENVID" => "DSN",
                other => other,
            };
            !self.manners.can(extension)
        };
        if let Some(word) = words.iter().find(unknown) {
            let refusal = format!("555 Unsupported option: {word}");
            return self.say(wire, &refusal).await;
        }
        if !address.is_ascii() && !asks("SMTPUTF8") {
            return self.say(wire, "553 5.6.7 Must negotiate SMTPUTF8").await;
        }
        if let Some(refusal) = self.manners.stranger.filter(|_| !address.eq_ignore_ascii_case(&login)) {
            return self.say(wire, refusal).await;
        }
        if size > self.manners.largest {
            return self.say(wire, "552 5.3.4 Error: message file too big").await;
        }
        self.sender = Some(address);
        self.say(wire, self.manners.sender_taken).await
    }

    async fn recipient<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>, rest: &str) -> io::Result<()> {
        let Some((address, _)) = path(rest, "TO:").filter(|(address, _)| !address.is_empty()) else {
            return self.say(wire, "501 Syntax: RCPT TO:<address>").await;
        };
        if self.sender.is_none() {
            return self.say(wire, "503 Send command mailfrom first").await;
        }
        if self.recipients.len() >= MOST_RECIPIENTS {
            return self.say(wire, "452 4.5.3 Error: too many recipients").await;
        }
        if address.starts_with("nobody@") {
            let refusal = format!("550 5.1.1 <{address}>: Recipient address rejected: User unknown");
            return self.say(wire, &refusal).await;
        }
        self.recipients.push(address);
        self.say(wire, self.manners.recipient_taken).await
    }

    async fn data<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>) -> io::Result<Next> {
        if self.sender.is_none() {
            self.say(wire, "503 Send command mailfrom first").await?;
            return Ok(Next::Go);
        }
        if self.recipients.is_empty() {
            self.say(wire, "554 5.5.1 Error: no valid recipients").await?;
            return Ok(Next::Go);
        }
        self.say(wire, self.manners.go_ahead).await?;
        let mut answered = false;
        let mut begun = Vec::new();
        if self.faults.iter().any(|fault| fault.on == SmtpStep::Body) {
            match wire.body(begun, Some(1)).await? {
                Some(Body::Some(some)) => begun = some,
                // There was no middle.
                _ => return Ok(Next::Close),
            }
            match self.meet(wire, SmtpStep::Body).await? {
                Met::Go => {}
                Met::Answered => answered = true,
                Met::Close => return Ok(Next::Close),
            }
        }
        let Some(Body::Whole(raw)) = wire.body(begun, None).await? else { return Ok(Next::Close) };
        let (from, recipients) = (self.sender.take().unwrap_or_default(), std::mem::take(&mut self.recipients));
        if answered {
            return Ok(Next::Go);
        }
        match self.meet(wire, SmtpStep::Dot).await? {
            Met::Go => {}
            Met::Answered => return Ok(Next::Go),
            Met::Close => return Ok(Next::Close),
        }
        let size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        if self.manners.largest.is_some_and(|most| size > most) {
            self.say(wire, "552 5.3.4 Error: message exceeded mailsize limit").await?;
            return Ok(Next::Go);
        }
        let number = self.hand_in(from, recipients, raw).await?;
        match self.meet(wire, SmtpStep::Taken).await? {
            Met::Go => {}
            Met::Answered => return Ok(Next::Go),
            Met::Close => return Ok(Next::Close),
        }
        let taken = self.manners.taken.replace("{}", &number.to_string());
        self.say(wire, &taken).await?;
        match self.meet(wire, SmtpStep::Answered).await? {
            Met::Go | Met::Answered => Ok(Next::Go),
            Met::Close => Ok(Next::Close),
        }
    }

    async fn hand_in(&mut self, from: String, recipients: Vec<String>, raw: Vec<u8>) -> io::Result<u64> {
        let saves = self.manners.saves;
        let take = move |world: &mut super::World| {
            let (number, copy) = world.take(&from, &recipients, &raw);
            if saves.is_some_and(|lag| lag.is_zero()) {
                world.save(copy);
                return (number, None);
            }
            (number, Some(copy))
        };
        let (number, copy) = self.keeper.ask(take).await?;
        if let (Some(lag), Some(copy)) = (saves, copy) {
            let keeper = self.keeper.clone();
            tokio::spawn(async move {
                tokio::time::sleep(lag).await;
                keeper.tell(move |world| world.save(copy));
            });
        }
        Ok(number)
    }
}

/// `FROM:<address> WORDS`.
fn path(rest: &str, word: &str) -> Option<(String, Vec<String>)> {
    let after = rest.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).and(rest.get(word.len()..))?;
    let (address, words) = after.trim_start().strip_prefix('<')?.split_once('>')?;
    Some((address.to_owned(), words.split_ascii_whitespace().map(str::to_owned).collect()))
}
