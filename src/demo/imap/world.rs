//! Everything the server knows. One task owns it; there is nothing to lock.

mod entrance;
mod folders;
mod outside;
mod resync;
mod selected;
mod sight;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::{Notify, oneshot, watch};
use tokio::time::Instant;

use super::super::content::Content;
use super::super::smtp::Office;
use super::fault::Fault;
use super::marks::{Marks, Words};
use super::personality::Personality;
use super::search::Last;
use super::tally::Tally;
use crate::model::{Secret, Timestamp};

/// A message as its folder holds it.
#[derive(Clone, Debug)]
pub(in crate::demo) struct Held {
    pub(in crate::demo) uid: u32,
    pub(in crate::demo) marks: Marks,
    pub(in crate::demo) arrived: Timestamp,
    pub(in crate::demo) content: Content,
    /// When it changed last, as [`Folder::highest`] counted then.
    modseq: u64,
    /// When it was delivered; `None` if it was there from the beginning.
    came: Option<Instant>,
}

#[derive(Debug)]
pub(in crate::demo) struct Folder {
    /// What sessions remember; a name may be given to another folder.
    key: u64,
    pub(in crate::demo) name: String,
    pub(in crate::demo) role: Option<&'static str>,
    validity: u32,
    next_uid: u32,
    /// The most numbers that are left out between two UIDs.
    gaps: u32,
    /// By UID.
    pub(in crate::demo) messages: Vec<Held>,
    /// Words that were ever used as flags here.
    keywords: Marks,
    /// Counts the changes.
    highest: u64,
    /// What went, by when: the modification sequence and the UID.
    vanished: Vec<(u64, u32)>,
}

/// A message as one session sees it at one moment.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) number: u32,
    pub(super) uid: u32,
    pub(super) marks: Marks,
    pub(super) arrived: Timestamp,
    pub(super) content: Content,
    pub(super) modseq: u64,
    /// The server has not put it in order yet.
    pub(super) unsettled: bool,
    /// Reading it has just set \Seen, which the client has to be told.
    pub(super) changed: bool,
}

/// What a session works on without asking again.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) messages: Vec<Seen>,
    pub(super) words: Words,
    pub(super) last: Last,
    /// Some of what was asked for is gone.
    pub(super) incomplete: bool,
    /// The session hears of modification sequences.
    pub(super) condstore: bool,
    /// Messages that were counted and are not there.
    pub(super) surplus: usize,
}

/// Lines that start with a star, and how the command ended.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) lines: Vec<u8>,
    pub(super) status: Status,
}

#[derive(Debug)]
pub(super) enum Status {
    /// With a response code, if there is one.
    Done(Option<String>),
    /// OK, with these words.
    Said(String),
    No(String),
    Bad(String),
}

impl Seen {
    fn of(number: u32, held: &Held, unsettled: bool) -> Self {
        let Held { uid, marks, arrived, content, modseq, .. } = held.clone();
        Self { number, uid, marks, arrived, content, modseq, unsettled, changed: false }
    }
}

impl Reply {
    pub(super) fn done(lines: impl Into<Vec<u8>>) -> Self {
        Self { lines: lines.into(), status: Status::Done(None) }
    }

    pub(super) fn no(why: impl Into<String>) -> Self {
        Self { lines: Vec::new(), status: Status::No(why.into()) }
    }

    pub(super) fn bad(why: impl Into<String>) -> Self {
        Self { lines: Vec::new(), status: Status::Bad(why.into()) }
    }
}

#[derive(Debug)]
struct Viewer {
    bell: Arc<Notify>,
    /// Ends the connection.
    cut: Option<oneshot::Sender<()>>,
    since: Instant,
    logged_in: bool,
    selected: Option<Selected>,
    told: Told,
}

/// What a session has asked to hear of.
#[derive(Clone, Copy, Default, Debug)]
struct Told {
    /// Modification sequences.
    condstore: bool,
    /// UIDs that vanished, instead of numbers.
    qresync: bool,
}

/// What a session was told of the folder it has selected. Sequence numbers are places in `uids`.
#[derive(Debug)]
struct Selected {
    folder: u64,
    read_only: bool,
    uids: Vec<u32>,
    /// The first UID it was not told of.
    next_uid: u32,
    gone: BTreeSet<u32>,
    changed: BTreeSet<u32>,
    keywords: Marks,
}

/// The most command lines that are remembered.
const REMEMBERED: usize = 100_000;

#[derive(Debug)]
pub(in crate::demo) struct World {
    pub(in crate::demo) personality: &'static Personality,
    pub(in crate::demo) faults: Arc<[Fault]>,
    pub(super) tally: Arc<Tally>,
    address: String,
    password: Secret,
    pub(in crate::demo) token: Option<Secret>,
    pub(in crate::demo) refuse_logins: bool,
    /// Sending on it closes every connection.
    pub(in crate::demo) cut: watch::Sender<u64>,
    /// The time at the start, and how to count from there.
    started: (Timestamp, Instant),
    /// True once everything is there that was there from the beginning.
    open: bool,
    /// When somebody tried to log in.
    logins: VecDeque<Instant>,
    /// How often that was so far.
    pub(in crate::demo) tried: usize,
    pub(in crate::demo) office: Office,
    pub(in crate::demo) folders: Vec<Folder>,
    subscribed: BTreeSet<String>,
    words: Words,
    viewers: HashMap<u64, Viewer>,
    said: VecDeque<String>,
    next_key: u64,
}

impl World {
    pub(in crate::demo) fn new(
        personality: &'static Personality,
        address: String,
        password: String,
        now: Timestamp,
    ) -> Self {
        Self {
            personality,
            faults: Arc::default(),
            tally: Arc::default(),
            address,
            password: Secret::new(password),
            token: None,
            refuse_logins: false,
            cut: watch::Sender::new(0),
            started: (now, Instant::now()),
            open: false,
            logins: VecDeque::new(),
            tried: 0,
            office: Office::default(),
            folders: Vec::new(),
            subscribed: BTreeSet::new(),
            words: Words::default(),
            viewers: HashMap::new(),
            said: VecDeque::new(),
            next_key: 1,
        }
    }

    pub(in crate::demo) fn now(&self) -> Timestamp {
        let (then, since) = self.started;
        then.plus(since.elapsed().as_secs())
    }

    /// What is put from now on is new.
    pub(in crate::demo) fn open(&mut self) {
        self.open = true;
    }

    fn came(&self) -> Option<Instant> {
        self.open.then(Instant::now)
    }

    /// Whose mailbox it is.
    pub(in crate::demo) fn address(&self) -> &str {
        &self.address
    }

    /// Remembers a command line, without the password wherever it stands.
    pub(super) fn hear(&mut self, line: &str) {
        if self.said.len() >= REMEMBERED {
            self.said.pop_front();
        }
        let password = self.password.expose();
        self.said.push_back(if password.is_empty() { line.to_owned() } else { line.replace(password, "***") });
    }

    pub(in crate::demo) fn said(&self) -> Vec<String> {
        self.said.iter().cloned().collect()
    }

    pub(in crate::demo) fn folder(&self, name: &str) -> Option<&Folder> {
        self.folders.iter().find(|f| f.name == name)
    }

    /// The names of flags, as a snapshot tells them.
    pub(in crate::demo) fn names(&self, marks: Marks) -> Vec<String> {
        self.words.names(marks).split_ascii_whitespace().map(str::to_owned).collect()
    }

    /// Notes something for every session that has this folder selected, and wakes it if it is idle.
    fn ring(&mut self, folder: u64, mut note: impl FnMut(&mut Selected)) {
        for viewer in self.viewers.values_mut() {
            if let Some(selected) = viewer.selected.as_mut().filter(|s| s.folder == folder) {
                note(selected);
                viewer.bell.notify_one();
            }
        }
    }
}

impl Folder {
    fn add(&mut self, marks: Marks, arrived: Timestamp, content: Content, came: Option<Instant>) -> u32 {
        let uid = self.next_uid;
        let gap = (uid.wrapping_mul(2_654_435_761) >> 16) % (self.gaps + 1);
        self.next_uid = uid.saturating_add(1 + gap);
        self.keywords = self.keywords.with(marks.keywords());
        let modseq = self.tick();
        self.messages.push(Held { uid, marks, arrived, content, modseq, came });
        uid
    }

    /// The number of the next change.
    fn tick(&mut self) -> u64 {
        self.highest += 1;
        self.highest
    }

    /// Removes messages for good; which were there.
    fn drop_messages(&mut self, doomed: &BTreeSet<u32>) -> Vec<u32> {
        let gone: Vec<u32> = self.messages.iter().map(|m| m.uid).filter(|uid| doomed.contains(uid)).collect();
        if !gone.is_empty() {
            self.messages.retain(|m| !doomed.contains(&m.uid));
            let modseq = self.tick();
            self.vanished.extend(gone.iter().map(|uid| (modseq, *uid)));
        }
        gone
    }

    fn find(&self, uid: u32) -> Option<&Held> {
        self.messages.binary_search_by_key(&uid, |m| m.uid).ok().and_then(|at| self.messages.get(at))
    }

    fn find_mut(&mut self, uid: u32) -> Option<&mut Held> {
        self.messages.binary_search_by_key(&uid, |m| m.uid).ok().and_then(|at| self.messages.get_mut(at))
    }
}
