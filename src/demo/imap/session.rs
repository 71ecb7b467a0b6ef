//! One connection: what is said on it, in which state, and who answers.

use std::fmt::Write as _;

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::super::base64;
use super::answer::quoted;
use super::command::{Command, Item, Key};
use super::keeper::Keeper;
use super::parse::{self, Asked};
use super::personality::{Faults, Personality};
use super::wire::{Heard, Wire};
use super::world::{Reply, Status};
use super::{search, section};

/// Messages rendered or searched before others get a turn.
const TURN: usize = 64;

pub(super) struct Session {
    id: u64,
    keeper: Keeper,
    personality: &'static Personality,
    bell: Arc<Notify>,
    secure: bool,
    logged_in: bool,
    selected: bool,
}

enum Next {
    Go,
    StartTls,
    Close,
}

impl Drop for Session {
    fn drop(&mut self) {
        let id = self.id;
        self.keeper.tell(move |world| world.leave(id));
    }
}

impl Session {
    pub(super) fn new(id: u64, keeper: Keeper, personality: &'static Personality) -> Self {
        Self {
            id,
            keeper,
            personality,
            bell: Arc::new(Notify::new()),
            secure: false,
            logged_in: false,
            selected: false,
        }
    }

    pub(super) async fn serve(
        mut self,
        stream: TcpStream,
        acceptor: Arc<tokio_native_tls::TlsAcceptor>,
        tls_at_once: bool,
        faults: Faults,
    ) -> io::Result<()> {
        let (id, bell) = (self.id, Arc::clone(&self.bell));
        self.keeper.ask(move |world| world.arrive(id, bell)).await?;
        if tls_at_once {
            let stream = acceptor.accept(stream).await.map_err(io::Error::other)?;
            self.secure = true;
            self.converse(&mut Wire::new(stream, faults), true).await?;
            return Ok(());
        }
        let mut wire = Wire::new(stream, faults);
        if let Next::StartTls = self.converse(&mut wire, true).await? {
            let stream = acceptor.accept(wire.into_inner()).await.map_err(io::Error::other)?;
            self.secure = true;
            self.converse(&mut Wire::new(stream, faults), false).await?;
        }
        Ok(())
    }

    fn capabilities(&self) -> String {
        let list = match (self.logged_in, self.secure) {
            (true, _) => self.personality.after_login,
            (false, true) => self.personality.before_login,
            (false, false) => self.personality.before_tls,
        };
        list.join(" ")
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        greet: bool,
    ) -> io::Result<Next> {
        if greet {
            let told = self.personality.toggles.tells_capabilities;
            let code = if told { format!("[CAPABILITY {}] ", self.capabilities()) } else { String::new() };
            wire.send(format!("* OK {code}{}\r\n", self.personality.greeting).as_bytes()).await?;
            wire.flush().await?;
        }
        loop {
            let bytes = match wire.command().await {
                Ok(Heard::Command(bytes)) => bytes,
                Ok(Heard::TooLarge(before)) => {
                    let tag = parse::parse(&before).tag;
                    self.hear(&before, "").await?;
                    wire.send(format!("{tag} NO [TOOBIG] The literal is too large\r\n").as_bytes()).await?;
                    wire.flush().await?;
                    continue;
                }
                Ok(Heard::Nothing) => return Ok(Next::Close),
                Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                    wire.send(format!("* BYE Closing, {e}\r\n").as_bytes()).await?;
                    wire.close().await?;
                    return Ok(Next::Close);
                }
                Err(e) => return Err(e),
            };
            let asked = parse::parse(&bytes);
            self.hear(&bytes, &asked.verb).await?;
            let next = self.answer(wire, asked).await?;
            wire.flush().await?;
            match next {
                Next::Go => {}
                Next::StartTls => return Ok(next),
                Next::Close => {
                    wire.close().await?;
                    return Ok(next);
                }
            }
        }
    }

    async fn hear(&self, bytes: &[u8], verb: &str) -> io::Result<()> {
        let line = remembered(bytes, verb);
        self.keeper.ask(move |world| world.hear(&line)).await
    }

    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        asked: Asked,
    ) -> io::Result<Next> {
        let Asked { tag, verb, command } = asked;
        if let Some(refusal) = self.personality.refusal(&verb) {
            wire.send(format!("{tag} {refusal}\r\n").as_bytes()).await?;
            return Ok(Next::Go);
        }
        let mut next = Next::Go;
        let reply = match command {
            Err(wrong) => Reply::bad(wrong.0),
            Ok(_) if self.personality.lacks(&verb) => Reply::bad("Unknown command"),
            Ok(command) => {
                if let Some(reply) = self.forbidden(&command) {
                    reply
                } else {
                    match command {
                        Command::StartTls => next = Next::StartTls,
                        Command::Logout => {
                            wire.send(format!("* BYE {}\r\n", self.personality.farewell).as_bytes()).await?;
                            next = Next::Close;
                        }
                        _ => {}
                    }
                    self.perform(wire, command).await?
                }
            }
        };
        wire.send(&reply.lines).await?;
        let status = match reply.status {
            Status::Done(None) => format!("OK {}", self.personality.completion(&verb)),
            Status::Done(Some(code)) => format!("OK [{code}] {}", self.personality.completion(&verb)),
            Status::No(why) => format!("NO {why}"),
            Status::Bad(why) => format!("BAD {why}"),
        };
        wire.send(format!("{tag} {status}\r\n").as_bytes()).await?;
        Ok(next)
    }

    /// Commands that make no sense in this state.
    fn forbidden(&self, command: &Command) -> Option<Reply> {
        match command {
            Command::StartTls if self.secure => Some(Reply::bad("TLS is on already")),
            Command::Login { .. } | Command::Authenticate { .. } if self.logged_in => {
                Some(Reply::bad("You are logged in already"))
            }
            Command::Login { .. } | Command::Authenticate { .. } if !self.secure => {
                Some(Reply::no("[PRIVACYREQUIRED] Say STARTTLS first"))
            }
            Command::StartTls
            | Command::Login { .. }
            | Command::Authenticate { .. }
            | Command::Capability
            | Command::Noop
            | Command::Logout
            | Command::Id => None,
            _ if !self.logged_in => Some(Reply::bad("Please log in first")),
            Command::Check
            | Command::Close
            | Command::Unselect
            | Command::Expunge(_)
            | Command::Search { .. }
            | Command::Fetch { .. }
            | Command::Store { .. }
            | Command::Copy { .. }
                if !self.selected =>
            {
                Some(Reply::bad("No mailbox is selected"))
            }
            _ => None,
        }
    }

    async fn perform<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        command: Command,
    ) -> io::Result<Reply> {
        let id = self.id;
        let keeper = self.keeper.clone();
        let reply = match command {
            Command::Capability => return Ok(Reply::done(format!("* CAPABILITY {}\r\n", self.capabilities()))),
            Command::StartTls | Command::Logout => return Ok(Reply::done("")),
            Command::Login { user, password } => return self.log_in(user, password).await,
            Command::Authenticate { mechanism, initial } => return self.authenticate(wire, &mechanism, initial).await,
            Command::Id => {
                let pairs = self.personality.id.iter().map(|(k, v)| format!("{} {}", quoted(k), quoted(v)));
                return Ok(Reply::done(format!("* ID ({})\r\n", pairs.collect::<Vec<_>>().join(" "))));
            }
            Command::Fetch { by_uid, set, items } => {
                let read = items.iter().any(|i| matches!(i, Item::Section(s) if !s.peek));
                match keeper.ask(move |world| world.gather(id, by_uid, &set, read)).await? {
                    Err(reply) => reply,
                    Ok(gathered) => {
                        for (at, seen) in gathered.messages.iter().enumerate() {
                            wire.send(&section::render(seen, &items, by_uid, &gathered.words)).await?;
                            if at % TURN == TURN - 1 {
                                tokio::task::yield_now().await;
                            }
                        }
                        let lines = keeper.ask(move |world| world.news(id, by_uid)).await?;
                        let code = gathered.incomplete.then(|| "EXPUNGEISSUED".to_owned());
                        Reply { lines, status: Status::Done(code) }
                    }
                }
            }
            Command::Search { by_uid, charset, key } => self.search(by_uid, charset.as_deref(), key).await?,
            Command::Idle => {
                if let Err(reply) = self.idle(wire).await? {
                    return Ok(reply);
                }
                let lines = keeper.ask(move |world| world.news(id, true)).await?;
                Reply::done(lines)
            }
            Command::Select { mailbox, read_only } => {
                let reply = keeper.ask(move |world| world.select(id, &mailbox, read_only)).await?;
                self.selected = matches!(reply.status, Status::Done(_));
                reply
            }
            Command::Close | Command::Unselect => {
                let expunge = command == Command::Close;
                self.selected = false;
                keeper
                    .ask(move |world| {
                        if expunge {
                            world.expunge(id, None, true);
                        }
                        world.unselect(id);
                    })
                    .await?;
                Reply::done("")
            }
            Command::Store { by_uid, set, change, silent, flags } => {
                keeper.ask(move |world| world.store(id, by_uid, &set, change, silent, &flags)).await?
            }
            Command::Copy { by_uid, set, to, removing } => {
                keeper.ask(move |world| world.copy(id, by_uid, &set, &to, removing)).await?
            }
            Command::Expunge(among) => keeper.ask(move |world| world.expunge(id, among.as_ref(), false)).await?,
            Command::Append { mailbox, flags, date, message } => {
                keeper.ask(move |world| world.append(id, &mailbox, &flags, date, message)).await?
            }
            other => keeper.ask(move |world| elsewhere(world, id, other)).await?,
        };
        Ok(reply)
    }

    async fn log_in(&mut self, user: Vec<u8>, password: Vec<u8>) -> io::Result<Reply> {
        self.logged_in = self.keeper.ask(move |world| world.may_log_in(&user, &password)).await?;
        if !self.logged_in {
            let wrong = self.personality.wrong_password;
            return Ok(Reply::no(wrong.strip_prefix("NO ").unwrap_or(wrong)));
        }
        let told = self.personality.toggles.tells_capabilities;
        let code = told.then(|| format!("CAPABILITY {}", self.capabilities()));
        Ok(Reply { lines: Vec::new(), status: Status::Done(code) })
    }

    async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        mechanism: &str,
        initial: Option<String>,
    ) -> io::Result<Reply> {
        if mechanism != "PLAIN" {
            return Ok(Reply::no("That mechanism is not offered"));
        }
        let coded = if let Some(coded) = initial {
            coded.into_bytes()
        } else {
            wire.send(b"+ \r\n").await?;
            wire.flush().await?;
            let line = wire.line().await?.unwrap_or_default();
            if line.trim_ascii() == b"*" {
                return Ok(Reply::bad("Given up"));
            }
            line
        };
        let plain = base64::decode(coded.trim_ascii());
        let mut pieces = plain.split(|b| *b == 0);
        let (Some(_), Some(user), Some(password), None) = (pieces.next(), pieces.next(), pieces.next(), pieces.next())
        else {
            return Ok(Reply::bad("That is not an answer to PLAIN"));
        };
        self.log_in(user.to_vec(), password.to_vec()).await
    }

    async fn search(&self, by_uid: bool, charset: Option<&str>, key: Key) -> io::Result<Reply> {
        if charset.is_some_and(|c| !c.eq_ignore_ascii_case("UTF-8") && !c.eq_ignore_ascii_case("US-ASCII")) {
            return Ok(Reply::no("[BADCHARSET (UTF-8 US-ASCII)] That charset is not known here"));
        }
        let id = self.id;
        let gathered = match self.keeper.ask(move |world| world.gather_every(id)).await? {
            Ok(gathered) => gathered,
            Err(reply) => return Ok(reply),
        };
        let mut line = String::from("* SEARCH");
        for (at, seen) in gathered.messages.iter().enumerate() {
            if search::matches(&key, seen, gathered.last, &gathered.words) {
                let _ = write!(line, " {}", if by_uid { seen.uid } else { seen.number });
            }
            if at % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
        }
        line.push_str("\r\n");
        let mut lines = line.into_bytes();
        lines.extend(self.keeper.ask(move |world| world.news(id, by_uid)).await?);
        Ok(Reply::done(lines))
    }

    /// Tells what happens until the client says DONE.
    async fn idle<S: AsyncRead + AsyncWrite + Unpin>(&mut self, wire: &mut Wire<S>) -> io::Result<Result<(), Reply>> {
        wire.send(b"+ idling\r\n").await?;
        let id = self.id;
        loop {
            if self.personality.toggles.idle_pushes {
                let news = self.keeper.ask(move |world| world.news(id, true)).await?;
                wire.send(&news).await?;
            }
            wire.flush().await?;
            let line = tokio::select! {
                () = self.bell.notified() => continue,
                line = wire.line() => line?,
            };
            let Some(line) = line else { return Err(io::ErrorKind::UnexpectedEof.into()) };
            self.hear(line.trim_ascii(), "").await?;
            return Ok(if line.trim_ascii().eq_ignore_ascii_case(b"DONE") {
                Ok(())
            } else {
                Err(Reply::bad("DONE was expected"))
            });
        }
    }
}

/// Commands that leave the selected folder alone; news of it comes with them.
fn elsewhere(world: &mut super::world::World, id: u64, command: Command) -> Reply {
    let mut reply = match command {
        Command::List { reference, pattern, subscribed } => world.list(&reference, &pattern, subscribed),
        Command::Status { mailbox, items } => world.status(&mailbox, &items),
        Command::Create(name) => world.create(&name),
        Command::Delete(name) => world.delete(&name),
        Command::Rename { from, to } => world.rename(&from, &to),
        Command::Subscribe { mailbox, wanted } => world.subscribe(&mailbox, wanted),
        Command::Namespace => Reply::done("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n"),
        _ => Reply::done(""),
    };
    reply.lines.extend(world.news(id, true));
    reply
}

/// A command line for the record: one line, no password, no message.
fn remembered(bytes: &[u8], verb: &str) -> String {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.splitn(4, ' ').collect();
    match (verb, words.as_slice()) {
        ("LOGIN", [tag, login, user, ..]) => format!("{tag} {login} {} ***", user.lines().next().unwrap_or_default()),
        ("AUTHENTICATE", [tag, authenticate, mechanism, _]) => format!("{tag} {authenticate} {mechanism} ***"),
        ("APPEND", _) => text.lines().next().unwrap_or_default().to_owned(),
        _ => text.lines().collect::<Vec<_>>().join(" ").chars().take(4000).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_messages_are_not_remembered() {
        assert_eq!(remembered(b"a login me \"se cret\"", "LOGIN"), "a login me ***");
        assert_eq!(remembered(b"a LOGIN {2}\r\nme {6}\r\nsecret", "LOGIN"), "a LOGIN {2} ***");
        assert_eq!(remembered(b"a AUTHENTICATE PLAIN AG1lAHg=", "AUTHENTICATE"), "a AUTHENTICATE PLAIN ***");
        assert_eq!(remembered(b"a APPEND x {3}\r\nabc", "APPEND"), "a APPEND x {3}");
        assert_eq!(remembered(b"a SEARCH TEXT {3}\r\nabc", "SEARCH"), "a SEARCH TEXT {3} abc");
    }
}
