//! One round with a server: what the user wants goes there first, then what is new comes here.

mod folder;

use std::collections::HashSet;

use crate::model::{AccountId, Failure, FailureKind, FolderId, FolderName};
use crate::store::{
    Committing, Confirmed, FolderSeen, Incoming, MailWrite, MailWriter, Outcome, OwnWrite, OwnWriter, Reader,
    StoreError, Want, Written,
};

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
                let gone = |uid: u32| vanished.iter().any(|range| range.contains(&uid));
                expunged.extend(here.into_iter().map(|(uid, _)| uid).filter(|uid| gone(*uid)));
            }
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

    /// Every want of the account, folder by folder. Answers whether a folder was opened for it: it was not synced then.
    pub async fn push<R: Remote>(&mut self, remote: &mut R, progress: &mut impl Progress) -> Result<bool, Failure> {
        let wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        let mut moved = false;
        for group in wants.chunk_by(|a, b| a.folder == b.folder && a.uidvalidity == b.uidvalidity) {
            let Some(first) = group.first() else { continue };
            let key = (first.folder.clone(), first.uidvalidity);
            let name = FolderName { wire: first.folder.clone(), delimiter: None };
            // What we do not know of, nobody can be told about: its wants wait.
            let Some(folder) = stored(self.reader.folder_named(self.account, &name.wire))? else { continue };
            let here = self.bound(folder, group)?;
            if here.is_empty() || self.closed.contains(&key) {
                continue;
            }
            let uidvalidity = match remote.open_now(&name) {
                Some(uidvalidity) => uidvalidity,
                None => {
                    let standing = stored(self.reader.standing(folder))?;
                    moved = true;
                    match remote.open(&name, &standing).await {
                        Ok(opened) if self.take_numbers(folder, &name, &standing, &opened).await? => opened.uidvalidity,
                        Ok(_) => {
                            self.closed.insert(key);
                            continue;
                        }
                        // The folder is gone or closed to us. Its wants stay, and the others go on.
                        Err(failure) if failure.kind == FailureKind::Refused => {
                            self.closed.insert(key);
                            progress.refused(failure);
                            continue;
                        }
                        Err(failure) => return Err(failure),
                    }
                }
            };
            // Numbers of another time may be other messages now: such wants wait until they have found theirs.
            if uidvalidity == first.uidvalidity {
                self.push_group(remote, &here, progress).await?;
            } else {
                self.closed.insert(key);
            }
        }
        Ok(moved)
    }

    /// Those wants whose messages are known under the numbers that the wants hold. A number alone could be any message's.
    fn bound(&self, folder: FolderId, wants: &[Want]) -> Result<Vec<Want>, Failure> {
        let bound: HashSet<(i64, u32)> = stored(self.reader.bound_wants(folder))?.into_iter().collect();
        Ok(wants.iter().filter(|want| bound.contains(&(want.id, want.uid))).cloned().collect())
    }

    /// The wants of the folder that is open.
    async fn push_into<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        name: &FolderName,
        uidvalidity: u32,
        progress: &mut impl Progress,
    ) -> Result<(), Failure> {
        let mut wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        wants.retain(|want| want.folder == name.wire && want.uidvalidity == uidvalidity);
        if wants.is_empty() {
            return Ok(());
        }
        let here = self.bound(folder, &wants)?;
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
