//! One connection: what is said on it, in which state, and who answers.

mod faulty;
mod idle;
mod login;
mod read;
mod record;

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};

use self::faulty::Fate;
use self::record::remembered;
use super::answer::quoted;
use super::command::Command;
use super::fault::{Fault, Place};
use super::keeper::Keeper;
use super::parse::{self, Asked};
use super::personality::Personality;
use super::tally::Tally;
use super::wire::{Heard, Wire};
use super::world::{Reply, Status, World};

/// How somebody came.
pub(super) enum Incoming {
    /// TLS begins at once, or with STARTTLS.
    Tcp { stream: TcpStream, acceptor: Arc<tokio_native_tls::TlsAcceptor>, tls_at_once: bool },
    /// From inside the program, as if TLS were on.
    Pipe(DuplexStream),
}

/// What goes wrong on the connection, and where it is counted.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) faults: Arc<[Fault]>,
    pub(super) tally: Arc<Tally>,
    /// `{5+}` is understood.
    pub(super) literals_may_come_unasked: bool,
}

pub(super) struct Session {
    id: u64,
    keeper: Keeper,
    personality: &'static Personality,
    bell: Arc<Notify>,
    secure: bool,
    logged_in: bool,
    selected: bool,
    /// It has said who it is.
    introduced: bool,
    terms: Terms,
    /// Commands so far.
    heard: u64,
}

enum Next {
    Go,
    StartTls,
    Compress,
    Close,
}

impl Drop for Session {
    fn drop(&mut self) {
        let id = self.id;
        self.keeper.tell(move |world| world.leave(id));
    }
}

impl Session {
    pub(super) fn new(id: u64, keeper: Keeper, personality: &'static Personality, terms: Terms) -> Self {
        Self {
            id,
            keeper,
            personality,
            bell: Arc::new(Notify::new()),
            secure: false,
            logged_in: false,
            selected: false,
            introduced: false,
            terms,
            heard: 0,
        }
    }

    pub(super) async fn serve(mut self, incoming: Incoming, cut: oneshot::Sender<()>) -> io::Result<()> {
        let (id, bell) = (self.id, Arc::clone(&self.bell));
        self.keeper.ask(move |world| world.arrive(id, bell, cut)).await?;
        match incoming {
            Incoming::Pipe(stream) => self.secured(stream, true).await,
            Incoming::Tcp { stream, acceptor, tls_at_once: true } => {
                let mut stream = acceptor.accept(stream).await.map_err(io::Error::other)?;
                let ended = self.secured(&mut stream, true).await;
                reset(stream.get_ref().get_ref().get_ref(), &ended);
                ended
            }
            Incoming::Tcp { stream, acceptor, tls_at_once: false } => {
                let mut wire = Wire::new(stream, &self.terms);
                if let Next::StartTls = self.converse(&mut wire, true).await? {
                    let mut stream = acceptor.accept(wire.into_inner()).await.map_err(io::Error::other)?;
                    let ended = self.secured(&mut stream, false).await;
                    reset(stream.get_ref().get_ref().get_ref(), &ended);
                }
                Ok(())
            }
        }
    }

    async fn secured<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: S, greet: bool) -> io::Result<()> {
        self.secure = true;
        let mut wire = Wire::new(stream, &self.terms);
        self.converse(&mut wire, greet).await?;
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
        if greet && !self.greet(wire).await? {
            return Ok(Next::Close);
        }
        loop {
            let heard = match self.personality.limits.silence {
                Some(silence) => match tokio::time::timeout(silence, wire.command()).await {
                    Ok(heard) => heard,
                    Err(_) => return Err(io::ErrorKind::TimedOut.into()),
                },
                None => wire.command().await,
            };
            let bytes = match heard {
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
            if self.personality.limits.line.is_some_and(|most| bytes.len() > most) && asked.verb != "APPEND" {
                continue;
            }
            let fate = self.fate(&asked.verb);
            if !matches!(fate, Fate::Cut) {
                self.say(wire, &asked.verb, Place::Ahead).await?;
            }
            let next = match fate {
                Fate::Answered => self.answer(wire, asked).await?,
                Fate::Instead(words) => {
                    wire.send(format!("{} {words}\r\n", asked.tag).as_bytes()).await?;
                    Next::Go
                }
                Fate::Ignored => Next::Go,
                Fate::SentAway => {
                    wire.send(b"* BYE Closing\r\n").await?;
                    Next::Close
                }
                Fate::Cut => return Err(io::ErrorKind::ConnectionAborted.into()),
            };
            wire.flush().await?;
            match next {
                Next::Go => {}
                Next::Compress => {
                    wire.compress()?;
                    wire.bomb().await?;
                }
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
        let toggles = &self.personality.toggles;
        if toggles.digits_are_no_tag && tag.bytes().all(|b| b.is_ascii_digit()) {
            wire.send(b"* BAD Invalid tag\r\n").await?;
            return Ok(Next::Go);
        }
        if let Some(refusal) = self.personality.refusal(&verb) {
            wire.send(format!("{tag} {refusal}\r\n").as_bytes()).await?;
            return Ok(Next::Go);
        }
        let mut next = Next::Go;
        let reply = match command {
            Err(wrong) => Reply::bad(toggles.malformed.unwrap_or(wrong.0)),
            Ok(_) if self.personality.lacks(&verb) => Reply::bad("Unknown command"),
            Ok(command) => {
                if let Some(why) = self.personality.cannot(&command) {
                    Reply::bad(why)
                } else if let Some(reply) = self.forbidden(&command) {
                    reply
                } else if matches!(command, Command::Compress(_)) && wire.is_compressed() {
                    Reply::no("[COMPRESSIONACTIVE] Compression is on already")
                } else {
                    match command {
                        Command::StartTls => next = Next::StartTls,
                        Command::Compress(_) => next = Next::Compress,
                        Command::Logout => {
                            wire.send(format!("* BYE {}\r\n", self.personality.farewell).as_bytes()).await?;
                            next = Next::Close;
                        }
                        _ => {}
                    }
                    let enters = matches!(command, Command::Login { .. } | Command::Authenticate { .. });
                    let reply = self.perform(wire, &tag, command).await?;
                    if enters && matches!(reply.status, Status::No(_)) && toggles.refusal_closes {
                        next = Next::Close;
                    }
                    reply
                }
            }
        };
        if self.replaces() {
            wire.send(&self.bent(&verb, &reply.lines)).await?;
        } else {
            wire.send(&reply.lines).await?;
        }
        if verb != "IDLE" {
            self.say(wire, &verb, Place::Between).await?;
        }
        let status = match reply.status {
            Status::Done(None) if self.selected && self.personality.can("QRESYNC") => {
                let (id, lines) = (self.id, reply.lines);
                Status::Done(self.keeper.ask(move |world| world.code_after(id, &lines)).await?)
            }
            other => other,
        };
        let status = match status {
            Status::Done(None) => format!("OK {}", self.personality.completion(&verb)),
            Status::Done(Some(code)) => format!("OK [{code}] {}", self.personality.completion(&verb)),
            Status::Said(words) => format!("OK {words}"),
            Status::No(why) => format!("NO {why}"),
            Status::Bad(why) => format!("BAD {why}"),
        };
        wire.send(format!("{tag} {status}\r\n").as_bytes()).await?;
        self.say(wire, &verb, Place::Behind).await?;
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
            Command::Login { .. } if self.personality.before_login.contains(&"LOGINDISABLED") => {
                Some(Reply::no("LOGIN is disabled"))
            }
            Command::Select { .. } | Command::List { .. } | Command::Status { .. } if self.logged_in => {
                self.personality.toggles.not_connected.map(Reply::bad).or_else(|| self.gate(command))
            }
            Command::StartTls
            | Command::Login { .. }
            | Command::Authenticate { .. }
            | Command::Capability
            | Command::Noop
            | Command::Logout
            | Command::Id(_) => None,
            _ if !self.logged_in => Some(Reply::bad("Please log in first")),
            Command::Compress(how) if how != "DEFLATE" => Some(Reply::bad("Only DEFLATE is known here")),
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

    /// Who has not said who it is gets no folder.
    fn gate(&self, command: &Command) -> Option<Reply> {
        let Command::Select { read_only, .. } = command else { return None };
        let why = self.personality.toggles.id_gate.filter(|_| !self.introduced)?;
        Some(Reply::no(format!("{} {why}", if *read_only { "EXAMINE" } else { "SELECT" })))
    }

    async fn perform<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        tag: &str,
        command: Command,
    ) -> io::Result<Reply> {
        let id = self.id;
        let keeper = self.keeper.clone();
        if command.turns_condstore_on() {
            wire.send(&keeper.ask(move |world| world.turn_condstore_on(id)).await?).await?;
        }
        let reply = match command {
            Command::Capability => return Ok(Reply::done(format!("* CAPABILITY {}\r\n", self.capabilities()))),
            Command::StartTls | Command::Logout | Command::Compress(_) => return Ok(Reply::done("")),
            Command::Login { user, password } => return self.log_in(user, password).await,
            Command::Authenticate { mechanism, initial } => return self.authenticate(wire, &mechanism, initial).await,
            Command::Id(said) => {
                self.introduced |= said && !self.personality.toggles.gate_stays_shut;
                let pairs = self.personality.id.iter().map(|(k, v)| format!("{} {}", quoted(k), quoted(v)));
                let pairs = pairs.collect::<Vec<_>>().join(" ");
                let answer = if pairs.is_empty() { "NIL".to_owned() } else { format!("({pairs})") };
                return Ok(Reply::done(format!("* ID {answer}\r\n")));
            }
            Command::Fetch { by_uid, set, items, since } => self.fetch(wire, by_uid, set, items, since).await?,
            Command::Search { by_uid, charset, key, wants } => {
                self.search(read::Asked { tag: tag.to_owned(), by_uid, charset, key, wants }).await?
            }
            Command::Idle => {
                if let Err(reply) = self.idle(wire).await? {
                    return Ok(reply);
                }
                let lines = keeper.ask(move |world| world.news(id, true)).await?;
                Reply::done(lines)
            }
            Command::Enable(names) => keeper.ask(move |world| world.enable(id, &names)).await?,
            Command::Select { mailbox, read_only, resync, .. } => {
                let select = move |world: &mut World| world.select(id, &mailbox, read_only, resync.as_ref());
                let reply = keeper.ask(select).await?;
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
            Command::Store { by_uid, set, store } => {
                keeper.ask(move |world| world.store(id, by_uid, &set, &store)).await?
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
}

/// Makes a connection that ended badly on purpose end in a reset.
fn reset(stream: &TcpStream, ended: &io::Result<()>) {
    if ended.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset) {
        // If that cannot be, it is an end all the same.
        let _ = stream.set_zero_linger();
    }
}

/// Commands that leave the selected folder alone; news of it comes with them.
fn elsewhere(world: &mut World, id: u64, command: Command) -> Reply {
    let mut reply = match command {
        Command::List { reference, pattern, listing } => world.list(&reference, &pattern, listing),
        Command::Status { mailbox, items } => world.status(id, &mailbox, &items),
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
