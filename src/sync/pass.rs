//! One round with a server: what the user wants goes there first, then what is new comes here.

use std::collections::HashSet;
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
            let name = String::from_utf8_lossy(&name.wire).into_owned();
            return Err(Failure::passing(FailureKind::Refused, &name, "the folder has no UIDVALIDITY"));
        }
        let write = MailWrite::Opened { folder, uidvalidity: opened.uidvalidity, on_server: opened.messages };
        stored(self.mail.commit(write).await)?;
        self.push_into(remote, name, opened.uidvalidity, progress).await?;
        let left = match stored(self.reader.highest(folder))? {
            0 => self.fill(remote, folder, name, opened.uidvalidity, progress).await?,
            highest => {
                self.ingest(remote, Span::Above(highest), folder, progress).await?;
                self.compare(remote, folder, progress).await?
            }
        };
        if left == Left::Unfinished {
            return Ok(left);
        }
        // Arrivals and expunges while it was fetched: compared again until the numbers add up, but not for ever.
        for _ in 0..3 {
            self.news(remote, folder, progress).await?;
            if stored(self.reader.known(folder))? == remote.count() {
                self.rebind(folder, name, opened.uidvalidity).await?;
                stored(self.mail.commit(MailWrite::Complete { folder }).await)?;
                self.push_into(remote, name, opened.uidvalidity, progress).await?;
                progress.synced(folder, remote.count(), remote.count());
                return Ok(Left::Complete);
            }
            if self.compare(remote, folder, progress).await? == Left::Unfinished {
                return Ok(Left::Unfinished);
            }
        }
        // What was told meanwhile is part of what does not add up.
        let _ = remote.news();
        Ok(Left::Doubtful)
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
            if self.news(remote, folder, progress).await? == Told::Doubt {
                return self.compare(remote, folder, progress).await;
            }
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
        let (done, _) = stored(self.reader.counters(folder))?;
        let mut into =
            Ingest { mail: self.mail.clone(), folder, on_server: remote.count(), done, committing: None, progress };
        let fetched = remote.headers(of, &mut into).await;
        // What came before a failure is kept.
        let kept = into.finish().await;
        fetched.and(kept)
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
            let News { expunged, flags, arrived, unsure } = remote.news();
            if expunged.is_empty() && flags.is_empty() && !arrived && !unsure {
                break;
            }
            told = Told::Changes;
            if !expunged.is_empty() {
                let write = MailWrite::Expunged { folder, uids: expunged, on_server: remote.count() };
                stored(self.mail.commit(write).await)?;
            }
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

    /// Every want of the account, folder by folder. Another folder than before may be open afterwards.
    pub async fn push<R: Remote>(&mut self, remote: &mut R, progress: &mut impl Progress) -> Result<(), Failure> {
        let wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        for group in wants.chunk_by(|a, b| a.folder == b.folder && a.uidvalidity == b.uidvalidity) {
            let Some(first) = group.first() else { continue };
            let key = (first.folder.clone(), first.uidvalidity);
            let name = FolderName { wire: first.folder.clone(), delimiter: None };
            let uidvalidity = match remote.open_now(&name) {
                Some(uidvalidity) => uidvalidity,
                None if self.closed.contains(&key) => continue,
                None => match remote.open(&name).await {
                    Ok(opened) => opened.uidvalidity,
                    // The folder is gone or closed to us. Its wants stay, and the others go on.
                    Err(failure) if failure.kind == FailureKind::Refused => {
                        self.closed.insert(key);
                        progress.refused(failure);
                        continue;
                    }
                    Err(failure) => return Err(failure),
                },
            };
            // Numbers of another time may be other messages now: such wants wait until they have found theirs.
            if uidvalidity == first.uidvalidity {
                self.push_group(remote, group, progress).await?;
            } else {
                self.closed.insert(key);
            }
        }
        Ok(())
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
        let mut settled = remote.push(wants).await?;
        settled.retain(|(_, outcome)| *outcome != Outcome::Later);
        let confirmed = settled.iter().map(|(want, _)| Confirmed { id: want.id, revision: want.revision }).collect();
        if let Some((want, _)) = settled.iter().find(|(_, outcome)| *outcome == Outcome::Refused) {
            let folder = String::from_utf8_lossy(&want.folder).into_owned();
            progress.refused(Failure::lasting(FailureKind::Refused, &folder, ""));
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
