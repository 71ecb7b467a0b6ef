//! A mail server inside the program, with a mailbox that somebody might have: `hongyan demo` shows it without an
//! account or a network, and the tests of the sync code talk to it.
//!
//! Parts that know nothing of each other's insides: [`imap`] hands mail out, [`smtp`] takes it, [`mailbox`] invents it.
//! The server listens on loopback only, or nowhere ([`serve_pipes`]), and lives as long as its [`Demo`]. What kind of
//! server it is, is a [`Personality`]; what goes wrong, a list of [`Fault`]s.

mod base64;
mod content;
mod imap;
mod mailbox;
mod random;
mod smtp;
mod tls;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::DuplexStream;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use imap::{
    ALIYUN, AT_ONCE, Addresses, COREMAIL, Creation, EXMAIL, FAULTS, Fault, FaultPlace, Limits, MODERN, NO_LIMITS,
    NamedFault, Numbers, OUTLOOK, PERSONALITIES, PLAIN, Personality, Place, QQ, SINA, Search, SelectLine, Sent,
    TextSearch, Toggles, Traffic, Visibility,
};

pub use smtp::{
    ALIYUN_SUBMISSION, COREMAIL_SUBMISSION, EXMAIL_SUBMISSION, MODERN_SUBMISSION, PLAIN_SUBMISSION, QQ_SUBMISSION,
    SINA_SUBMISSION, SmtpDoing, SmtpFault, SmtpStep, Submission, Submitted, smtp_faults,
};

use self::content::Content;
use self::imap::{Doors, Keeper, Start, World};
use crate::model::{Secret, Timestamp};

/// What kind of demo to run.
#[derive(Clone)]
pub struct Options {
    /// How many messages there are in all folders together. The written ones come first; what is asked for beyond them
    /// is generated, older, into INBOX. With none at all the server is ready in a moment.
    pub messages: usize,
    /// The same seed gives the same mailbox.
    pub seed: u64,
    /// The moment to which the dates of the messages are relative.
    pub now: Timestamp,
    /// A new message comes to INBOX every so often.
    pub arrivals: Option<Duration>,
    /// Whose mailbox it is, and the name to log in with.
    pub address: String,
    pub password: String,
    /// An access token that is as good as the password, if there is one.
    pub token: Option<String>,
    pub personality: &'static Personality,
    /// Whose certificate it shows, besides that of this machine: it stands in for these hosts.
    pub names: Vec<String>,
}

/// How many messages are written by hand or by season; a mailbox of that size has all of them and no others.
pub const WRITTEN: usize = 271;

impl Options {
    /// The demo as `hongyan demo` shows it.
    pub fn new(now: Timestamp, password: impl Into<String>) -> Self {
        Self {
            messages: WRITTEN,
            seed: 1,
            now,
            arrivals: None,
            address: "demo@hongyan.example".to_owned(),
            password: password.into(),
            token: None,
            personality: &PLAIN,
            names: Vec::new(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("messages", &self.messages)
            .field("seed", &self.seed)
            .field("now", &self.now)
            .field("arrivals", &self.arrivals)
            .field("address", &self.address)
            .field("personality", &self.personality.name)
            .finish_non_exhaustive()
    }
}

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Demo {
    /// Where TLS begins at once; port 0 if it listens nowhere.
    pub tls: SocketAddr,
    /// Where it begins with STARTTLS.
    pub starttls: SocketAddr,
    /// Where mail is taken: where TLS begins at once, and where it begins with STARTTLS.
    pub smtp_tls: SocketAddr,
    pub smtp_starttls: SocketAddr,
    /// The authority that signed the certificate for `localhost`, `127.0.0.1` and the names that were asked for.
    pub ca_pem: String,
    keeper: Keeper,
    task: JoinHandle<()>,
    /// Takes mail.
    office: Option<JoinHandle<()>>,
}

/// A message of a snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    pub uid: u32,
    /// IMAP names, the five of the standard first.
    pub flags: Vec<String>,
}

/// A message on its way to a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    pub raw: Vec<u8>,
    pub flags: Vec<&'static str>,
    pub arrived: Timestamp,
}

/// A folder of a snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Decoded: `已发送`.
    pub folder: String,
    pub messages: Vec<Stored>,
}

/// Starts a server on free ports of the loopback interface.
pub async fn serve(options: Options) -> io::Result<Demo> {
    let tls = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let starttls = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let (tls_at, starttls_at) = (tls.local_addr()?, starttls.local_addr()?);
    let smtp_tls = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let smtp_starttls = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let (smtp_tls_at, smtp_starttls_at) = (smtp_tls.local_addr()?, smtp_starttls.local_addr()?);
    let arrivals = options.arrivals;
    let prepared =
        tokio::task::spawn_blocking(move || tls::papers(&options.names).map(|papers| (papers, world(&options))));
    let (papers, world) = prepared.await.map_err(io::Error::other)??;
    let acceptor = Arc::new(papers.acceptor);
    let doors = Doors { tls, starttls, acceptor: Arc::clone(&acceptor) };
    let (keeper, work) = imap::keep(Start { world, doors: Some(doors), arrivals, deliver: mailbox::arrival });
    let counters = smtp::Counters { tls: smtp_tls, starttls: smtp_starttls, acceptor };
    let office = Some(tokio::spawn(smtp::listen(counters, keeper.clone())));
    Ok(Demo {
        tls: tls_at,
        starttls: starttls_at,
        smtp_tls: smtp_tls_at,
        smtp_starttls: smtp_starttls_at,
        ca_pem: papers.ca_pem,
        keeper,
        task: tokio::spawn(work),
        office,
    })
}

/// Starts a server that listens nowhere and has no papers; it is reached by [`Demo::pipe`]. Cheap: for tests that need
/// thousands of them.
pub fn serve_pipes(options: &Options) -> Demo {
    let nowhere = (Ipv4Addr::LOCALHOST, 0).into();
    let start = Start { world: world(options), doors: None, arrivals: options.arrivals, deliver: mailbox::arrival };
    let (keeper, work) = imap::keep(start);
    Demo {
        tls: nowhere,
        starttls: nowhere,
        smtp_tls: nowhere,
        smtp_starttls: nowhere,
        ca_pem: String::new(),
        keeper,
        task: tokio::spawn(work),
        office: None,
    }
}

/// Every message that it begins with, and its folder.
#[cfg(test)]
pub(crate) fn messages(options: &Options) -> Vec<(String, std::sync::Arc<[u8]>)> {
    let lying = |f: &imap::Folder| f.messages.iter().map(|m| (f.name.clone(), m.content.bytes())).collect::<Vec<_>>();
    world(options).folders.iter().flat_map(lying).collect()
}

fn world(options: &Options) -> World {
    let (address, password) = (options.address.clone(), options.password.clone());
    let mut world = World::new(options.personality, address, password, options.now);
    world.token = options.token.clone().map(Secret::token);
    mailbox::fill(&mut world, options);
    world.open();
    world
}

impl Demo {
    /// Delivers a message, raw, into a folder by its decoded name; its UID.
    pub async fn deliver(&self, folder: &str, raw: impl Into<Vec<u8>>, flags: &[&str]) -> io::Result<u32> {
        let (folder, raw, flags) = (folder.to_owned(), raw.into(), owned(flags));
        let put = move |world: &mut World| {
            let now = world.now();
            world.put(&folder, Content::Kept(raw.into()), flags.iter().map(String::as_str), now)
        };
        self.keeper.ask(put).await?.ok_or_else(nothing_there)
    }

    /// Delivers many at once, each with the moment of its arrival; their UIDs.
    pub async fn deliver_all(&self, folder: &str, posts: Vec<Post>) -> io::Result<Vec<u32>> {
        let folder = folder.to_owned();
        let put = move |world: &mut World| {
            let one =
                |Post { raw, flags, arrived }: Post| world.put(&folder, Content::Kept(raw.into()), flags, arrived);
            posts.into_iter().map(one).collect::<Option<Vec<u32>>>()
        };
        self.keeper.ask(put).await?.ok_or_else(nothing_there)
    }

    /// Sets the flags of a message to these, as another client would.
    pub async fn set_flags(&self, folder: &str, uid: u32, flags: &[&str]) -> io::Result<()> {
        let (folder, flags) = (folder.to_owned(), owned(flags));
        let set = move |world: &mut World| world.set_flags(&folder, uid, flags.iter().map(String::as_str));
        if self.keeper.ask(set).await? { Ok(()) } else { Err(nothing_there()) }
    }

    /// Removes messages for good, as another client would; how many were there.
    pub async fn expunge(&self, folder: &str, uids: &[u32]) -> io::Result<usize> {
        let (folder, uids) = (folder.to_owned(), uids.to_vec());
        self.keeper.ask(move |world| world.remove(&folder, &uids)).await
    }

    /// Adds a folder that was not there.
    pub async fn create(&self, folder: &str) -> io::Result<()> {
        let folder = folder.to_owned();
        self.keeper.ask(move |world| world.add_folder(&folder, None)).await
    }

    /// Removes a folder with all that is in it, as another client would.
    pub async fn remove_folder(&self, folder: &str) -> io::Result<()> {
        let folder = folder.to_owned();
        let removed = self.keeper.ask(move |world| world.remove_folder(&folder)).await?;
        if removed { Ok(()) } else { Err(nothing_there()) }
    }

    /// Gives the messages of a folder other UIDs under a new UIDVALIDITY.
    pub async fn renumber(&self, folder: &str) -> io::Result<()> {
        self.number_again(folder, true).await
    }

    /// Gives the messages of a folder other UIDs under the same UIDVALIDITY, which no server should do and some do.
    pub async fn reshuffle(&self, folder: &str) -> io::Result<()> {
        self.number_again(folder, false).await
    }

    async fn number_again(&self, folder: &str, new_validity: bool) -> io::Result<()> {
        let folder = folder.to_owned();
        let done = self.keeper.ask(move |world| world.renumber(&folder, new_validity)).await?;
        if done { Ok(()) } else { Err(nothing_there()) }
    }

    /// A new connection that needs no socket; TLS counts as on. The greeting is on its way already.
    pub fn pipe(&self) -> DuplexStream {
        self.keeper.pipe()
    }

    /// The same to where mail is taken.
    pub fn smtp_pipe(&self) -> DuplexStream {
        smtp::pipe(&self.keeper)
    }

    /// Every message that was handed over and taken so far, the oldest first.
    pub async fn outgoing(&self) -> io::Result<Vec<Submitted>> {
        self.keeper.ask(|world| world.office.taken.clone()).await
    }

    /// How often a message of this Message-ID was taken so far; without the angle brackets.
    pub async fn deliveries(&self, message_id: &str) -> io::Result<usize> {
        let message_id = message_id.to_owned();
        let is = move |taken: &&Submitted| taken.message_id == message_id;
        self.keeper.ask(move |world| world.office.taken.iter().filter(is).count()).await
    }

    /// What will go wrong where mail is taken, on connections that are made from now on.
    pub async fn break_submission(&self, faults: &[SmtpFault]) -> io::Result<()> {
        let faults = faults.into();
        self.keeper.ask(move |world| world.office.faults = faults).await
    }

    /// Every line that was said so far where mail is taken; without secrets and messages.
    pub async fn submission_said(&self) -> io::Result<Vec<String>> {
        self.keeper.ask(|world| world.office.said.clone()).await
    }

    /// How many connections there were so far to where mail is taken, and how many logins were tried there.
    pub async fn submission_visits(&self) -> io::Result<(usize, usize)> {
        self.keeper.ask(|world| (world.office.connections, world.office.logins)).await
    }

    /// What went over all connections so far.
    pub fn traffic(&self) -> Traffic {
        self.keeper.traffic()
    }

    /// Every command line received so far, on all connections, in the order of arrival; passwords are replaced.
    pub async fn said(&self) -> io::Result<Vec<String>> {
        self.keeper.ask(|world| world.said()).await
    }

    /// How many connections are open.
    pub async fn connections(&self) -> io::Result<usize> {
        self.keeper.ask(|world| world.connections()).await
    }

    /// Cuts every connection; new ones are welcome.
    pub async fn drop_connections(&self) -> io::Result<()> {
        self.keeper.ask(|world| world.cut.send_modify(|count| *count += 1)).await
    }

    /// From now on every login is refused, or no longer.
    pub async fn refuse_logins(&self, refuse: bool) -> io::Result<()> {
        self.keeper.ask(move |world| world.refuse_logins = refuse).await
    }

    /// How often somebody tried to log in so far, in whatever way and with whatever result.
    pub async fn logins(&self) -> io::Result<usize> {
        self.keeper.ask(|world| world.tried).await
    }

    /// What will go wrong on connections that are made from now on; nothing, if nothing is named.
    pub async fn break_connections(&self, faults: &[Fault]) -> io::Result<()> {
        let faults = faults.into();
        self.keeper.ask(move |world| world.faults = faults).await
    }

    /// Everything there is, by folder.
    pub async fn snapshot(&self) -> io::Result<Vec<Kept>> {
        let stored = |world: &World, held: &imap::Held| Stored { uid: held.uid, flags: world.names(held.marks) };
        self.keeper
            .ask(move |world| {
                let kept = |f: &imap::Folder| Kept {
                    folder: f.name.clone(),
                    messages: f.messages.iter().map(|m| stored(world, m)).collect(),
                };
                world.folders.iter().map(kept).collect()
            })
            .await
    }

    /// The bytes of a message.
    pub async fn raw(&self, folder: &str, uid: u32) -> io::Result<Vec<u8>> {
        let folder = folder.to_owned();
        let find = move |world: &mut World| {
            world.folder(&folder).and_then(|f| f.messages.iter().find(|m| m.uid == uid)).map(|m| m.content.clone())
        };
        let content = self.keeper.ask(find).await?.ok_or_else(nothing_there)?;
        Ok(content.bytes().to_vec())
    }

    /// Ends the server and waits until its ports are free.
    pub async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
        if let Some(mut office) = self.office.take() {
            office.abort();
            let _ = (&mut office).await;
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(office) = &self.office {
            office.abort();
        }
    }
}

fn owned(flags: &[&str]) -> Vec<String> {
    flags.iter().map(|f| (*f).to_owned()).collect()
}

fn nothing_there() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the demo has no such folder or message")
}

#[cfg(test)]
mod tests;
