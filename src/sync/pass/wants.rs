//! What the user wants, told to the server: only of messages that are known under the numbers that it will hear.

use std::collections::{BTreeMap, HashSet};

use crate::model::{Failure, FailureKind, FolderId, FolderName, Intent};
use crate::store::{Confirmed, MailWrite, Outcome, OwnWrite, Rebound, Store, Want};
use crate::sync::Remote;

use super::{Pass, Progress, stored};

impl Pass {
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
            let mut open = remote.open_now(&name);
            if open.is_none() {
                moved = true;
                open = self.open_for(remote, folder, &name, progress).await?;
            }
            // Numbers of another time may be other messages now: such wants wait until they have found theirs.
            if open == Some(first.uidvalidity) {
                self.push_group(remote, &here, progress).await?;
            } else {
                self.closed.insert(key);
            }
        }
        Ok(moved)
    }

    /// Opens a folder for its wants. `None` if its numbers do not mean what they meant, or if it is closed to us: then its
    /// wants stay, and the others go on.
    async fn open_for<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        name: &FolderName,
        progress: &mut impl Progress,
    ) -> Result<Option<u32>, Failure> {
        let standing = stored(self.reader.standing(folder))?;
        match remote.open(name, &standing).await {
            Ok(opened) => {
                let same = self.take_numbers(remote, folder, name, &standing, &opened).await?;
                Ok(same.then_some(opened.uidvalidity))
            }
            Err(failure) if matches!(failure.kind, FailureKind::Refused | FailureKind::Throttled) => {
                progress.refused(failure);
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Those wants whose messages are known under the numbers that the wants hold. A number alone could be any message's.
    fn bound(&self, folder: FolderId, wants: &[Want]) -> Result<Vec<Want>, Failure> {
        let bound: HashSet<(i64, u32)> = stored(self.reader.bound_wants(folder))?.into_iter().collect();
        Ok(wants.iter().filter(|want| bound.contains(&(want.id, want.uid))).cloned().collect())
    }

    /// The wants of the folder that is open.
    pub(super) async fn push_into<R: Remote>(
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

    /// What was wanted of messages while only we had them, and the server has them again, is wanted of the server now.
    async fn take_up(&mut self, folder: FolderId) -> Result<(), Failure> {
        let mut alike: BTreeMap<(u16, u16), Intent> = BTreeMap::new();
        for (placement, add, remove) in stored(self.reader.wanted_here(folder))? {
            let none = Intent::Flag { placements: Vec::new(), add, remove };
            let Intent::Flag { placements, .. } = alike.entry((add.bits(), remove.bits())).or_insert(none);
            placements.push(placement);
        }
        for intent in alike.into_values() {
            stored(Store::record(&self.own, &self.mail, intent).await)?;
        }
        Ok(())
    }

    /// At a folder that is in step: wants from before its numbers changed get the new ones, those that lost their message
    /// find it by what it is, and those of messages that left are over.
    pub(super) async fn rebind(
        &mut self,
        folder: FolderId,
        name: &FolderName,
        uidvalidity: u32,
    ) -> Result<(), Failure> {
        self.take_up(folder).await?;
        let mut wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        wants.retain(|want| want.folder == name.wire);
        if wants.is_empty() {
            return Ok(());
        }
        let bound = stored(self.reader.bound_wants(folder))?;
        let here = stored(self.reader.local(folder))?.messages;
        let (mut over, mut found) = (Vec::new(), Vec::new());
        for want in wants.iter().filter(|want| !bound.iter().any(|(id, _)| *id == want.id)) {
            let there = here.binary_search_by_key(&want.uid, |(uid, _)| *uid).is_ok();
            if let Some(uid) = stored(self.reader.like(folder, want))? {
                found.push(Want { uidvalidity, uid, ..want.clone() });
            } else if want.uidvalidity == uidvalidity && !there {
                over.push(Confirmed { id: want.id, revision: want.revision });
            }
        }
        let has_moved = |(id, uid): &(i64, u32)| {
            wants.iter().any(|want| want.id == *id && (want.uidvalidity, want.uid) != (uidvalidity, *uid))
        };
        let rebound = bound
            .iter()
            .copied()
            .filter(has_moved)
            .chain(found.iter().map(|want| (want.id, want.uid)))
            .map(|(id, uid)| Rebound { id, uidvalidity, uid })
            .collect();
        stored(self.own.commit(OwnWrite::Confirm(over)).await)?;
        stored(self.own.commit(OwnWrite::Rebind(rebound)).await)?;
        if found.is_empty() {
            return Ok(());
        }
        stored(self.mail.commit(MailWrite::Wanted(found)).await).map(|_| ())
    }
}
