//! Whoever keeps what taps tell: the newest lines in memory, for the screen, and all of them in a private file.
//!
//! A thread of its own, so that neither a connection nor a key ever waits for a disk. A disk that is full ends the file
//! for a while, and nothing else.

mod file;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use file::LogFile;
pub use file::{Place, read as read_log};

use super::tap::Tap;
use crate::model::{Purpose, WireLine, clock};
use crate::text::SafeText;

/// Lines on their way to the recorder.
const WAITING: usize = 2_048;
/// Lines of an account that are kept for the screen.
const KEPT: usize = 2_000;
/// The screen is told of new lines this often.
const ROUND: Duration = Duration::from_millis(100);
/// Lines that are taken together before they go to the file.
const TOGETHER: usize = 256;
/// How long the end waits for the disk.
const LAST_LINES: Duration = Duration::from_millis(300);

pub(super) enum Message {
    Line(WireLine),
    /// Somebody wants to see lines: those that are kept, and then the new ones.
    Watch(Watcher),
    Unwatch,
    End(std::sync::mpsc::Sender<()>),
}

/// Takes lines in the order in which they came. False if it wants no more.
type Watcher = Box<dyn FnMut(Vec<WireLine>) -> bool + Send>;

/// The way to the recorder. It ends when this and all its taps are gone.
#[derive(Clone)]
pub struct Recorder {
    to: SyncSender<Message>,
    numbers: Arc<AtomicU32>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}

impl Recorder {
    /// `file` and the older one beside it are made when there is something to write.
    pub fn start(file: PathBuf) -> std::io::Result<Self> {
        let (to, messages) = sync_channel(WAITING);
        thread::Builder::new().name("protocol".to_owned()).spawn(move || {
            Clerk { file: LogFile::new(file), kept: BTreeMap::new(), watcher: None, fresh: Vec::new(), told: None }
                .work(&messages);
        })?;
        Ok(Self { to, numbers: Arc::default() })
    }

    /// A tap for the connections of an account.
    pub fn tap(&self, account: &str, purpose: Purpose) -> Tap {
        Tap::new(self.to.clone(), self.numbers.clone(), account, purpose)
    }

    /// `watcher` gets the lines that are kept, and new ones ten times a second at most, until it returns false.
    pub fn watch(&self, watcher: impl FnMut(Vec<WireLine>) -> bool + Send + 'static) {
        self.ask(Message::Watch(Box::new(watcher)));
    }

    pub fn unwatch(&self) {
        self.ask(Message::Unwatch);
    }

    fn ask(&self, message: Message) {
        if let Err(TrySendError::Full(message)) = self.to.try_send(message) {
            // The disk is slow just now; the key that asked does not wait for it.
            let to = self.to.clone();
            let _ = thread::Builder::new().spawn(move || to.send(message));
        }
    }

    /// Waits a moment for the last lines to be written.
    pub fn close(self) {
        let (done, ended) = channel();
        self.ask(Message::End(done));
        let _ = ended.recv_timeout(LAST_LINES);
    }
}

struct Clerk {
    file: LogFile,
    kept: BTreeMap<SafeText, VecDeque<WireLine>>,
    watcher: Option<Watcher>,
    /// Lines that the watcher has not seen.
    fresh: Vec<WireLine>,
    /// When the watcher was told last.
    told: Option<Instant>,
}

impl Clerk {
    fn work(&mut self, messages: &Receiver<Message>) {
        let mut lines = Vec::new();
        let mut ended = None;
        while ended.is_none() {
            let first = match self.due() {
                Some(due) => messages.recv_timeout(due.saturating_duration_since(clock::instant())),
                None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match first {
                Ok(first) => {
                    for message in std::iter::once(first).chain(messages.try_iter()).take(TOGETHER) {
                        match message {
                            Message::Line(line) => lines.push(line),
                            Message::Watch(watcher) => {
                                self.keep(&mut lines);
                                self.watcher = Some(watcher);
                                self.fresh = self.all();
                                self.tell();
                            }
                            Message::Unwatch => (self.watcher, self.fresh) = (None, Vec::new()),
                            Message::End(done) => {
                                ended = Some(done);
                                break;
                            }
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.keep(&mut lines);
            if self.due().is_some_and(|due| clock::instant() >= due) {
                self.tell();
            }
        }
        if let Some(done) = ended {
            let _ = done.send(());
        }
    }

    /// When the watcher is to be told of what is new.
    fn due(&self) -> Option<Instant> {
        if self.fresh.is_empty() { None } else { self.told.map(|told| told + ROUND) }
    }

    fn keep(&mut self, lines: &mut Vec<WireLine>) {
        if lines.is_empty() {
            return;
        }
        self.file.append(lines);
        for line in lines.drain(..) {
            if self.watcher.is_some() {
                self.fresh.push(line.clone());
            }
            let kept = self.kept.entry(line.account.clone()).or_default();
            if kept.len() >= KEPT {
                kept.pop_front();
            }
            kept.push_back(line);
        }
    }

    /// What is kept, the oldest first. Lines of the same second stay as they came within their account.
    fn all(&self) -> Vec<WireLine> {
        let mut all: Vec<WireLine> = self.kept.values().flatten().cloned().collect();
        all.sort_by_key(|line| line.at);
        all
    }

    fn tell(&mut self) {
        self.told = Some(clock::instant());
        let fresh = std::mem::take(&mut self.fresh);
        if let Some(watcher) = &mut self.watcher
            && !watcher(fresh)
        {
            self.watcher = None;
        }
    }
}

#[cfg(test)]
mod tests;
