//! The program with a server at the other end of a pipe: the real code from the bytes to the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::oneshot;

use super::*;
use crate::demo::{Demo, Options, Personality, Post, serve_pipes};
use crate::model::{Secret, Server, TlsMode};
use crate::net::{Dialer, Limits};

pub(super) const SECRET: &str = "open sesame";

/// A server without any mail.
pub(super) fn empty(personality: &'static Personality) -> Demo {
    serve_pipes(&Options { messages: 0, personality, ..Options::new(Timestamp(1_790_000_000), SECRET) })
}

/// The way to it. Whoever says nothing for `patience` is given up.
pub(super) fn way(patience: Duration) -> Way {
    let limits = Limits { connect: patience, handshake: patience, answer: patience };
    let server = Server { host: "mail.example".into(), port: 993, tls: TlsMode::Tls };
    let (login, secret) = ("demo@hongyan.example".into(), Secret::new(SECRET.into()));
    Way::new(Dialer { limits, ..Dialer::default() }, server, login, secret)
}

/// A message that is known by its number, whatever its UID.
pub(super) fn post(identity: u32, flags: Flags) -> Post {
    let padding = "x".repeat(usize::try_from(identity % 997).unwrap());
    let raw = format!("Subject: {identity}\r\nMessage-ID: <{identity}@example.com>\r\n\r\n{padding}\r\n");
    let arrived = Timestamp(1_700_000_000 + i64::from(identity) * 7);
    Post { raw: raw.into_bytes(), flags: flags.imap_names().collect(), arrived }
}

/// A mailbox: the number, the message, its flags.
pub(super) type Side = Vec<(u32, u32, Flags)>;

/// What is in INBOX: numbers, flags and what the messages are.
pub(super) async fn theirs(demo: &Demo) -> Side {
    let kept = demo.snapshot().await.unwrap().into_iter().find(|kept| kept.folder == "INBOX").unwrap();
    let mut all = Vec::new();
    for message in kept.messages {
        let raw = String::from_utf8(demo.raw("INBOX", message.uid).await.unwrap()).unwrap();
        let subject = raw.lines().find_map(|line| line.strip_prefix("Subject: "));
        let identity = subject.and_then(|subject| subject.parse().ok()).unwrap_or(0);
        let flags = message.flags.iter().fold(Flags::NONE, |all, name| all.with(Flags::from_imap(name)));
        all.push((message.uid, identity, flags));
    }
    all
}

impl Program {
    /// What the list shows, as [`theirs`].
    pub(super) fn ours(&self) -> Side {
        let Some(folder) = self.inbox() else { return Vec::new() };
        let row =
            |row: crate::model::Row| (row.uid.unwrap_or(0), row.subject.as_untrusted().parse().unwrap_or(0), row.flags);
        let mut ours: Vec<_> = self.reader.newest(folder, 1_000_000).unwrap().into_iter().map(row).collect();
        ours.sort_by_key(|(uid, ..)| *uid);
        ours
    }

    pub(super) fn inbox(&self) -> Option<FolderId> {
        self.reader.folder_named(self.pass.account, b"INBOX").unwrap()
    }

    /// One connection: the login with the first questions behind it, what the user wants, and the inbox.
    pub(super) async fn visit(&mut self, way: &Way, stream: DuplexStream, thorough: bool) -> Result<Left, Failure> {
        self.long_visit(way, stream, thorough, async || false).await
    }

    /// The same, and then one wait for news after the other, as long as something happens before it.
    pub(super) async fn long_visit(
        &mut self,
        way: &Way,
        stream: DuplexStream,
        thorough: bool,
        meanwhile: impl AsyncFnMut() -> bool,
    ) -> Result<Left, Failure> {
        let standing = self.inbox().map(|folder| self.reader.standing(folder).unwrap()).unwrap_or_default();
        let first = First { folders: true, home: Some((inbox(), standing)) };
        let mut session = way.connect_over(stream, first).await?;
        session.spool_into(self.store.mail.spool());
        self.pass.closed.clear();
        let ended = match self.work(&mut session, thorough).await {
            Ok(left) => self.stay(&mut session, left, meanwhile).await,
            Err(failure) => Err(failure),
        };
        for (quirk, evidence) in session.learned() {
            way.known.send_modify(|known| known.learn(quirk, &evidence));
        }
        match ended {
            Ok(left) => {
                session.close().await;
                Ok(left)
            }
            Err(failure) => {
                way.ended(&failure, session.open_questions() > 1);
                Err(failure)
            }
        }
    }

    async fn stay(
        &mut self,
        session: &mut imap::Session,
        mut left: Left,
        mut meanwhile: impl AsyncFnMut() -> bool,
    ) -> Result<Left, Failure> {
        let folder = self.inbox().unwrap();
        while meanwhile().await {
            // The first returns at once where something was told by the way, as by our own STORE.
            for _ in 0..2 {
                session.wait(Duration::ZERO, std::future::pending()).await?;
                if self.pass.news(session, folder, &mut ()).await? == Told::Doubt {
                    left = self.pass.folder(session, folder, &inbox(), false, &mut ()).await?;
                }
            }
        }
        Ok(left)
    }

    async fn work(&mut self, session: &mut imap::Session, thorough: bool) -> Result<Left, Failure> {
        let folders = self.pass.folders(session).await?;
        let named = |(_, seen): &&(FolderId, FolderSeen)| seen.role == Some(Role::Inbox);
        let (folder, name) = folders.iter().find(named).map(|(id, seen)| (*id, seen.name.clone())).unwrap();
        self.pass.push(session, &mut ()).await?;
        self.pass.folder(session, folder, &name, thorough, &mut ()).await
    }
}

/// What went through the middle of a pipe.
#[derive(Default, Debug)]
pub(super) struct Tally {
    /// How often the client said something after it had heard something: it may have waited so often.
    pub(super) turns: AtomicUsize,
    pub(super) vanished: AtomicUsize,
    /// Turns, and bytes of both sides, to the end of the answer to the first SELECT.
    pub(super) opening_turns: AtomicUsize,
    pub(super) opening: AtomicU64,
}

/// A pipe with somebody in its middle, who counts. When `at` bytes have come from the server, nothing more passes until
/// whoever is told so has answered.
pub(super) fn watched(
    demo: &Demo,
    tally: Arc<Tally>,
    at: Option<(u64, oneshot::Sender<oneshot::Sender<()>>)>,
) -> DuplexStream {
    let mut server = demo.pipe();
    let (ours, mut client) = tokio::io::duplex(64 * 1024);
    let mut at = at;
    tokio::spawn(async move {
        let (mut up, mut down) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
        let (mut heard, mut came, mut went) = (true, 0_u64, 0_u64);
        let (mut select, mut selected) = (Vec::new(), false);
        loop {
            tokio::select! {
                biased;
                said = client.read(&mut up) => {
                    let Ok(count @ 1..) = said else { break };
                    if memchr::memmem::find(&up[..count], b" LOGOUT").is_none() && std::mem::take(&mut heard) {
                        tally.turns.fetch_add(1, Ordering::Relaxed);
                    }
                    went += count as u64;
                    if select.is_empty()
                        && let Some(at) = memchr::memmem::find(&up[..count], b" SELECT ")
                    {
                        select = up[..at].rsplit(|b| *b == b'\n').next().unwrap().to_vec();
                        select.extend_from_slice(b" ");
                    }
                    if server.write_all(&up[..count]).await.is_err() {
                        break;
                    }
                }
                said = server.read(&mut down) => {
                    let Ok(count @ 1..) = said else { break };
                    heard = true;
                    came += count as u64;
                    if !selected && !select.is_empty() && memchr::memmem::find(&down[..count], &select).is_some() {
                        selected = true;
                        tally.opening.store(came + went, Ordering::Relaxed);
                        tally.opening_turns.store(tally.turns.load(Ordering::Relaxed), Ordering::Relaxed);
                    }
                    let vanished = memchr::memmem::find_iter(&down[..count], b"* VANISHED ").count();
                    tally.vanished.fetch_add(vanished, Ordering::Relaxed);
                    if let Some((_, tell)) = at.take_if(|(at, _)| came >= *at) {
                        let (done, wait) = oneshot::channel();
                        if tell.send(done).is_ok() {
                            let _ = wait.await;
                        }
                    }
                    if client.write_all(&down[..count]).await.is_err() {
                        break;
                    }
                }
            }
        }
    });
    ours
}
