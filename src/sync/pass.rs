//! One round with a server: what the user wants goes there first, then what is new comes here.

use std::time::Duration;

use crate::model::{AccountId, Failure, FailureKind, FolderId, FolderName, clock};
use crate::store::{
    Committing, Confirmed, FolderSeen, Incoming, MailWrite, MailWriter, Outcome, OwnWrite, OwnWriter, Reader, Rebound,
    StoreError, Want, Written,
};

use super::{News, Plan, Remote, Sink, Span, plan};

/// The first page is small, so that there is something to read at once; then chunks grow with the line.
const FIRST_PAGE: usize = 100;
const LARGEST_CHUNK: usize = 8_000;
const QUICK: Duration = Duration::from_millis(500);

/// Who looks on while a pass is made.
pub trait Progress: Send {
    /// `done` of `total` messages of the folder are known.
    fn synced(&mut self, folder: FolderId, done: u64, total: u64);

    /// True if something more urgent waits: a long fill stops after its present chunk and is taken up again later.
    fn urgent(&mut self) -> bool {
        false
    }

    /// The server refused what the user wanted.
    fn refused(&mut self, _want: &Want) {}
}

/// How a folder was left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    Complete,
    /// There is more to fetch; something urgent came between.
    Unfinished,
}

/// What a pass works with.
#[derive(Debug)]
pub struct Pass {
    pub account: AccountId,
    pub name: String,
    pub own: OwnWriter,
    pub mail: MailWriter,
    pub reader: Reader,
}

fn stored<T>(result: Result<T, StoreError>) -> Result<T, Failure> {
    result.map_err(|error| error.failure())
}

impl Pass {
    /// Takes over the server's list of folders.
    pub async fn folders<R: Remote>(&mut self, remote: &mut R) -> Result<Vec<(FolderId, FolderSeen)>, Failure> {
        let seen = remote.folders().await?;
        let write = MailWrite::Folders { account: self.account, seen: seen.clone() };
        match stored(self.mail.commit(write).await)? {
            Written::Folders(ids) => Ok(ids.into_iter().zip(seen).collect()),
            _ => Err(Failure::lasting(FailureKind::Disk, "", "")),
        }
    }

    /// Brings one folder in step. It stays open.
    pub async fn folder<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        name: &FolderName,
        progress: &mut impl Progress,
    ) -> Result<Left, Failure> {
        let opened = remote.open(name).await?;
        if opened.uidvalidity == 0 {
            return Err(Failure::passing(FailureKind::Protocol, "", "the folder has no UIDVALIDITY"));
        }
        let write = MailWrite::Opened { folder, uidvalidity: opened.uidvalidity, on_server: opened.messages };
        stored(self.mail.commit(write).await)?;
        self.push_into(remote, name, opened.uidvalidity, progress).await?;
        let local = stored(self.reader.local(folder))?;
        let left = match local.messages.last() {
            None => self.fill(remote, folder, name, opened.uidvalidity, progress).await?,
            Some((last, _)) => {
                self.ingest(remote, Span::Above(*last), folder, progress).await?;
                self.compare(remote, folder, progress).await?
            }
        };
        if left == Left::Unfinished {
            return Ok(left);
        }
        // Arrivals and expunges while it was filled: compare once more if the numbers do not add up.
        self.news(remote, folder, progress).await?;
        let known = stored(self.reader.local(folder))?.messages.len();
        if u64::try_from(known).unwrap_or(0) != remote.count() {
            self.compare(remote, folder, progress).await?;
        }
        self.rebind(folder, name, opened.uidvalidity).await?;
        stored(self.mail.commit(MailWrite::Complete { folder }).await)?;
        self.push_into(remote, name, opened.uidvalidity, progress).await?;
        progress.synced(folder, remote.count(), remote.count());
        Ok(Left::Complete)
    }

    /// Wants from before the folder's numbers changed get the new ones.
    async fn rebind(&mut self, folder: FolderId, name: &FolderName, uidvalidity: u32) -> Result<(), Failure> {
        let wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        let old: Vec<i64> = wants
            .into_iter()
            .filter(|want| want.folder == name.wire && want.uidvalidity != uidvalidity)
            .map(|want| want.id)
            .collect();
        if old.is_empty() {
            return Ok(());
        }
        let rebound = stored(self.reader.bound_wants(folder))?
            .into_iter()
            .filter(|(id, _)| old.contains(id))
            .map(|(id, uid)| Rebound { id, uidvalidity, uid })
            .collect();
        stored(self.own.commit(OwnWrite::Rebind(rebound)).await).map(|_| ())
    }

    /// Fills an empty folder, newest first.
    async fn fill<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        name: &FolderName,
        uidvalidity: u32,
        progress: &mut impl Progress,
    ) -> Result<Left, Failure> {
        let (mut skip, mut chunk) = (0, FIRST_PAGE);
        while u64::try_from(skip).unwrap_or(u64::MAX) < remote.count() {
            let begun = clock::instant();
            self.ingest(remote, Span::Newest { skip, count: chunk }, folder, progress).await?;
            skip += chunk;
            if begun.elapsed() < QUICK {
                chunk = (chunk * 4).min(LARGEST_CHUNK);
            }
            self.news(remote, folder, progress).await?;
            if progress.urgent() && u64::try_from(skip).unwrap_or(u64::MAX) < remote.count() {
                self.push_into(remote, name, uidvalidity, progress).await?;
                return Ok(Left::Unfinished);
            }
        }
        Ok(Left::Complete)
    }

    /// Compares everything that we have with everything that the server has.
    async fn compare<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        progress: &mut impl Progress,
    ) -> Result<Left, Failure> {
        let there = remote.enumerate().await?;
        let complete = u64::try_from(there.len()).unwrap_or(0) == remote.count();
        let local = stored(self.reader.local(folder))?;
        let Plan { gone, flags, missing } = plan(&local.messages, &there, complete);
        if !gone.is_empty() {
            let write = MailWrite::Expunged { folder, uids: gone, on_server: remote.count() };
            stored(self.mail.commit(write).await)?;
        }
        if !flags.is_empty() {
            stored(self.mail.commit(MailWrite::Flags { folder, flags }).await)?;
        }
        let mut missing = missing.as_slice();
        while let Some(rest) =
            missing.len().checked_sub(LARGEST_CHUNK.min(missing.len())).filter(|_| !missing.is_empty())
        {
            let (older, newest) = missing.split_at(rest);
            self.ingest(remote, Span::These(newest), folder, progress).await?;
            missing = older;
            if !missing.is_empty() && progress.urgent() {
                return Ok(Left::Unfinished);
            }
        }
        Ok(Left::Complete)
    }

    async fn ingest<R: Remote>(
        &mut self,
        remote: &mut R,
        of: Span<'_>,
        folder: FolderId,
        progress: &mut impl Progress,
    ) -> Result<(), Failure> {
        let done = stored(self.reader.local(folder))?.messages.len();
        let mut into = Ingest {
            mail: self.mail.clone(),
            folder,
            on_server: remote.count(),
            done: u64::try_from(done).unwrap_or(0),
            committing: None,
            progress,
        };
        let fetched = remote.headers(of, &mut into).await;
        // What came before a failure is kept.
        let kept = into.finish().await;
        fetched.and(kept)
    }

    /// Takes over what the server told by the way about the open folder. True if there was anything.
    pub async fn news<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        progress: &mut impl Progress,
    ) -> Result<bool, Failure> {
        let mut any = false;
        // Fetching what has arrived may bring more news.
        for _ in 0..8 {
            let News { expunged, flags, arrived, unsure } = remote.news();
            let quiet = expunged.is_empty() && flags.is_empty() && !arrived && !unsure;
            if quiet {
                return Ok(any);
            }
            any = true;
            if !expunged.is_empty() {
                let write = MailWrite::Expunged { folder, uids: expunged, on_server: remote.count() };
                stored(self.mail.commit(write).await)?;
            }
            if !flags.is_empty() {
                stored(self.mail.commit(MailWrite::Flags { folder, flags }).await)?;
            }
            if unsure {
                self.compare(remote, folder, progress).await?;
            } else if arrived {
                let last = stored(self.reader.local(folder))?.messages.last().map_or(0, |(uid, _)| *uid);
                self.ingest(remote, Span::Above(last), folder, progress).await?;
            }
        }
        Ok(any)
    }

    /// Every want of the account, folder by folder. Returns true if another folder than before is open now.
    pub async fn push<R: Remote>(
        &mut self,
        remote: &mut R,
        open: Option<&FolderName>,
        progress: &mut impl Progress,
    ) -> Result<bool, Failure> {
        let wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        let mut elsewhere = false;
        for group in wants.chunk_by(|a, b| a.folder == b.folder && a.uidvalidity == b.uidvalidity) {
            let Some(first) = group.first() else { continue };
            let is_open = open.is_some_and(|open| open.wire == first.folder) && !elsewhere;
            if !is_open {
                elsewhere = true;
                let name = FolderName { wire: first.folder.clone(), delimiter: None };
                let opened = remote.open(&name).await?;
                // Its numbers mean nothing any more; the want waits until its message is found again.
                if opened.uidvalidity != first.uidvalidity {
                    continue;
                }
            }
            self.push_group(remote, group, progress).await?;
        }
        Ok(elsewhere)
    }

    /// The wants of the folder that is open.
    async fn push_into<R: Remote>(
        &mut self,
        remote: &mut R,
        name: &FolderName,
        uidvalidity: u32,
        progress: &mut impl Progress,
    ) -> Result<(), Failure> {
        let wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        let here: Vec<Want> =
            wants.into_iter().filter(|want| want.folder == name.wire && want.uidvalidity == uidvalidity).collect();
        self.push_group(remote, &here, progress).await
    }

    async fn push_group<R: Remote>(
        &mut self,
        remote: &mut R,
        wants: &[Want],
        progress: &mut impl Progress,
    ) -> Result<(), Failure> {
        if wants.is_empty() {
            return Ok(());
        }
        let settled = remote.push(wants).await?;
        let confirmed = settled.iter().map(|(want, _)| Confirmed { id: want.id, revision: want.revision }).collect();
        for (want, _) in settled.iter().filter(|(_, outcome)| *outcome == Outcome::Refused) {
            progress.refused(want);
        }
        // First what the server has, then the want is forgotten: a crash in between pushes twice, which changes nothing.
        stored(self.mail.commit(MailWrite::Settled(settled)).await)?;
        stored(self.own.commit(OwnWrite::Confirm(confirmed)).await)?;
        Ok(())
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
