//! One round with a server: what the user wants goes there first, then what is new comes here.

mod copies;
mod folder;
mod leaving;
mod moves;
mod wants;

pub use moves::Moving;
pub use wants::Pushed;

use std::collections::HashSet;

use crate::model::{AccountId, Failure, FailureKind, FolderId, clock};
use crate::store::{Committing, FolderSeen, Incoming, MailWrite, MailWriter, OwnWriter, Reader, StoreError, Written};

use super::ranges::Ranges;
use super::{News, Remote, Sink, Span};

/// Who looks on while a pass is made.
pub trait Progress: Send {
    /// `done` of `total` messages of the folder are known.
    fn synced(&mut self, folder: FolderId, done: u64, total: u64);

    /// True if something more urgent waits: a long fill stops after its present chunk and is taken up again later.
    fn urgent(&mut self) -> bool {
        false
    }

    /// The server would not do what the user wanted; once for all that it refused together.
    fn refused(&mut self, _failure: Failure) {}
}

/// How a folder was left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    Complete,
    /// There is more to fetch; something urgent came between.
    Unfinished,
    /// What the server says does not add up. Nothing was taken away for it; the next round looks again.
    Doubtful,
}

/// What the server told by the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    Nothing,
    /// It was taken over.
    Changes,
    /// The folder has to be opened and compared again.
    Doubt,
}

/// What a pass works with.
#[derive(Debug)]
pub struct Pass {
    pub account: AccountId,
    pub name: String,
    pub own: OwnWriter,
    pub mail: MailWriter,
    pub reader: Reader,
    /// Folders, with their numbers' validity, whose wants cannot be pushed for now. Forgotten with the connection.
    pub closed: HashSet<(Vec<u8>, u32)>,
    /// The server lists only the mail of the last weeks: what becomes too old for it stays here.
    pub window: bool,
    pub sizes: Sizes,
    pub moving: Moving,
}

/// From which size of a folder on which question is worth asking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// The first page of a fill: small, so that there is something to read at once.
    pub first_page: usize,
    /// Messages fetched by number with one call.
    pub chunk: usize,
    /// The newest messages, whose flags are looked at one by one.
    pub newest: usize,
    /// A folder up to this size is compared number by number at once, and so is one of which more than so many are gone.
    pub small: u64,
    pub many_gone: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { first_page: 100, chunk: 8_000, newest: 500, small: 2_000, many_gone: 400 }
    }
}

fn stored<T>(result: Result<T, StoreError>) -> Result<T, Failure> {
    result.map_err(|error| error.failure())
}

impl Pass {
    /// Takes over the server's list of folders.
    pub async fn folders<R: Remote>(&mut self, remote: &mut R) -> Result<Vec<(FolderId, FolderSeen)>, Failure> {
        let seen = remote.folders().await?;
        let write = MailWrite::Folders { account: self.account, seen: seen.clone(), at: clock::now() };
        match stored(self.mail.commit(write).await)? {
            Written::Folders(ids) => Ok(ids.into_iter().zip(seen).collect()),
            _ => Err(Failure::lasting(FailureKind::Disk, "", "")),
        }
    }

    /// Takes over what the server told by the way about the open folder.
    pub async fn news<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        progress: &mut impl Progress,
    ) -> Result<Told, Failure> {
        let mut told = Told::Nothing;
        // Fetching what has arrived may bring more news.
        for _ in 0..8 {
            let news = remote.news();
            if news.is_empty() {
                break;
            }
            let News { mut expunged, vanished, flags, arrived, unsure } = news;
            told = Told::Changes;
            if !vanished.is_empty() {
                let here = stored(self.reader.local(folder))?.messages;
                let vanished = Ranges::of(&vanished);
                expunged.extend(here.into_iter().map(|(uid, _)| uid).filter(|uid| vanished.hold(*uid)));
            }
            self.remove(folder, expunged, remote.count()).await?;
            if !flags.is_empty() {
                stored(self.mail.commit(MailWrite::Flags { folder, flags }).await)?;
            }
            if unsure {
                return Ok(Told::Doubt);
            }
            if arrived {
                let highest = stored(self.reader.highest(folder))?;
                self.ingest(remote, Span::Above(highest), folder, progress).await?;
            }
        }
        Ok(told)
    }
}

/// Batches on their way into the store: one is being committed while the next comes in.
struct Ingest<'a, P> {
    mail: MailWriter,
    folder: FolderId,
    on_server: u64,
    done: u64,
    committing: Option<Committing>,
    progress: &'a mut P,
}

impl<P: Progress> Ingest<'_, P> {
    async fn settle(&mut self) -> Result<(), Failure> {
        if let Some(committing) = self.committing.take()
            && let Written::New(new) = stored(committing.done().await)?
        {
            self.done += new;
            self.progress.synced(self.folder, self.done, self.on_server.max(self.done));
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<(), Failure> {
        self.settle().await
    }
}

impl<P: Progress> Sink for Ingest<'_, P> {
    async fn whole_from(&mut self, uid: u32) -> Result<(), Failure> {
        // Behind the messages that it speaks of, in the same queue.
        let sent = stored(self.mail.send(MailWrite::Whole { folder: self.folder, from: uid }).await)?;
        self.settle().await?;
        self.committing = Some(sent);
        Ok(())
    }

    fn go_on(&mut self) -> bool {
        !self.progress.urgent()
    }

    async fn take(&mut self, mut batch: Vec<Incoming>) -> Result<(), Failure> {
        // Stored newest first, as the list shows them.
        batch.sort_by_key(|message| std::cmp::Reverse(message.uid));
        let write = MailWrite::Ingest { folder: self.folder, messages: batch, on_server: self.on_server };
        let sent = stored(self.mail.send(write).await)?;
        self.settle().await?;
        self.committing = Some(sent);
        Ok(())
    }
}

/// Nobody looks on.
impl Progress for () {
    fn synced(&mut self, _: FolderId, _: u64, _: u64) {}
}
