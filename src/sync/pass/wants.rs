//! What the user wants, told to the server: only of messages that are known under the numbers that it will hear, and that
//! it still knows under them. A number of which it knows nothing is no answer: servers say OK to a STORE that meets nobody.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::{Failure, FailureKind, Flags, FolderId, FolderName, Intent, NeedWhy, PlacementId, Timestamp, clock};
use crate::store::{Confirmed, Incoming, MailWrite, Mark, Outcome, OwnWrite, Rebound, Spot, Step, Store, Want};
use crate::sync::plan::{Numbers, renumbered};
use crate::sync::{Remote, Sink, Span};

use super::{Pass, Progress, Told, moves, stored};

fn identity(want: &Want) -> (&str, u64, Timestamp) {
    (&want.msgid, want.size, want.arrival)
}

/// The Message-IDs of what comes in, as wants have them.
#[derive(Default)]
struct Names(HashMap<u32, String>);

impl Sink for Names {
    async fn take(&mut self, batch: Vec<Incoming>) -> Result<(), Failure> {
        self.0.extend(batch.iter().map(|message| (message.uid, message.message_id().to_owned())));
        Ok(())
    }
}

/// What telling the wants of an account came to.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Pushed {
    /// A folder was opened for it, and not synced.
    pub moved: bool,
    /// Folders that have to be compared before the rest of their wants can be told.
    pub doubtful: Vec<FolderId>,
}

/// What telling the wants of one folder came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Telling {
    Done,
    /// Some wait: the server knows nothing of their numbers. Their messages left, or have others now, or are not handed
    /// out by number; a comparison tells.
    Silence,
    /// A number stands for another message now. Nothing was told.
    Strangers,
}

impl Pass {
    /// Every want of the account, folder by folder.
    pub async fn push<R: Remote>(&mut self, remote: &mut R, progress: &mut impl Progress) -> Result<Pushed, Failure> {
        self.moving.again = None;
        self.moving.left = false;
        let looked = self.look_for_copies(remote, progress).await?;
        let wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        let mut pushed = Pushed { moved: looked, ..Pushed::default() };
        for group in wants.chunk_by(|a, b| a.folder == b.folder && a.uidvalidity == b.uidvalidity) {
            let Some(first) = group.first() else { continue };
            let key = (first.folder.clone(), first.uidvalidity);
            let name = FolderName { wire: first.folder.clone(), delimiter: None };
            // What we do not know of, nobody can be told about: its wants wait.
            let Some(folder) = stored(self.reader.folder_named(self.account, &name.wire))? else {
                self.folder_is_gone(group).await?;
                continue;
            };
            let here = self.due(self.bound(folder, group)?);
            if here.is_empty() || self.closed.contains(&key) {
                continue;
            }
            let before = remote.open_now(&name);
            let marks = self.marks(remote, &here, true).await?;
            let mut open = remote.open_now(&name);
            pushed.moved |= before.is_some() && open.is_none();
            if open.is_none() {
                pushed.moved = true;
                open = self.open_for(remote, folder, &name, progress).await?;
            }
            // Numbers of another time may be other messages now: such wants wait until they have found theirs.
            if open != Some(first.uidvalidity) {
                self.closed.insert(key);
                continue;
            }
            let telling = self.push_group(remote, folder, &here, (&wants, &marks), false, progress).await?;
            if telling == Telling::Strangers {
                self.renumber(remote, folder, &name, first.uidvalidity).await?;
            } else if std::mem::take(&mut self.moving.shifted)
                && self.news(remote, folder, progress).await? == Told::Doubt
            {
                pushed.doubtful.push(folder);
            }
            if telling != Telling::Done {
                pushed.doubtful.push(folder);
            }
        }
        Ok(pushed)
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

    /// Of those that the server is to be told something of now. Others have their time.
    fn due(&mut self, wants: Vec<Want>) -> Vec<Want> {
        let now = clock::now();
        for at in wants.iter().filter_map(|want| want.aim.erase).filter(|at| *at > now) {
            self.moving.again = Some(self.moving.again.map_or(at, |again| again.min(at)));
        }
        wants.into_iter().filter(|want| moves::is_due(want, now)).collect()
    }

    /// Where a folder is not there any more, for long, what shall lie elsewhere cannot be taken from it.
    async fn folder_is_gone(&mut self, wants: &[Want]) -> Result<(), Failure> {
        let Some(first) = wants.first() else { return Ok(()) };
        if !stored(self.reader.is_forgotten(self.account, &first.folder))? {
            return Ok(());
        }
        let lost = wants.iter().filter(|want| !want.aim.is_none() && !want.aim.is_leftover());
        self.give_up(lost.map(|want| (want.clone(), NeedWhy::FolderGone)).collect()).await
    }

    /// Those wants whose messages are known under the numbers that the wants hold. A number alone could be any message's.
    fn bound(&self, folder: FolderId, wants: &[Want]) -> Result<Vec<Want>, Failure> {
        let bound: HashSet<(i64, u32)> = stored(self.reader.bound_wants(folder))?.into_iter().collect();
        Ok(wants.iter().filter(|want| bound.contains(&(want.id, want.uid))).cloned().collect())
    }

    /// The wants of the folder that is open. `compared`: its numbers were, just now.
    pub(super) async fn push_into<R: Remote>(
        &mut self,
        remote: &mut R,
        (folder, name): (FolderId, &FolderName),
        uidvalidity: u32,
        compared: bool,
        progress: &mut impl Progress,
    ) -> Result<Telling, Failure> {
        let mut wants = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
        wants.retain(|want| want.folder == name.wire);
        if wants.is_empty() {
            return Ok(Telling::Done);
        }
        let mut here = self.due(self.bound(folder, &wants)?);
        here.retain(|want| want.uidvalidity == uidvalidity);
        // Without opening another folder, which would close this one.
        let marks = self.marks(remote, &here, false).await?;
        self.push_group(remote, folder, &here, (&wants, &marks), compared, progress).await
    }

    async fn push_group<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        wants: &[Want],
        (all, marks): (&[Want], &HashMap<Vec<u8>, Mark>),
        compared: bool,
        progress: &mut impl Progress,
    ) -> Result<Telling, Failure> {
        if wants.is_empty() {
            return Ok(Telling::Done);
        }
        let Some(there) = self.still_there(remote, folder, wants).await? else { return Ok(Telling::Strangers) };
        // One that looks for its message may be for the message of another: which word is the later one is clear after that.
        let ids: HashSet<i64> = wants.iter().filter(|want| there.contains(&want.uid)).map(|want| want.id).collect();
        let searching =
            |want: &&Want| Some(&want.folder) == wants.first().map(|first| &first.folder) && !ids.contains(&want.id);
        let sought: HashSet<_> = all.iter().filter(searching).map(identity).collect();
        // What is listed and not handed out by number is wanted all the same.
        let may = |want: &&Want| compared || (there.contains(&want.uid) && !sought.contains(&identity(want)));
        let wanted: Vec<Want> = wants.iter().filter(may).cloned().collect();
        let telling = if wanted.len() == wants.len() { Telling::Done } else { Telling::Silence };
        if wanted.is_empty() {
            return Ok(telling);
        }
        let may_tell: HashSet<u32> = wanted.iter().map(|want| want.uid).collect();
        // What is on its way has its flags with it; what is said since is said of it where it comes to.
        let flagged: Vec<Want> = wanted
            .into_iter()
            .filter(|want| want.aim.step == Step::Waiting && !(want.add.is_empty() && want.remove.is_empty()))
            .collect();
        if !flagged.is_empty() {
            self.push_flags(remote, &flagged, progress).await?;
        }
        self.shift(remote, folder, &may_tell, marks).await?;
        Ok(telling)
    }

    async fn push_flags<R: Remote>(
        &mut self,
        remote: &mut R,
        wanted: &[Want],
        progress: &mut impl Progress,
    ) -> Result<(), Failure> {
        let mut settled = remote.push(wanted).await?;
        settled.retain(|(_, outcome)| *outcome != Outcome::Later);
        let confirmed = settled.iter().map(|(want, _)| Confirmed { id: want.id, revision: want.revision }).collect();
        if let Some((want, _)) = settled.iter().find(|(_, outcome)| *outcome == Outcome::Refused) {
            let folder = String::from_utf8_lossy(&want.folder).into_owned();
            progress.refused(Failure::lasting(FailureKind::Refused, &folder, ""));
        }
        // First what the server has, then the want is forgotten: a crash in between pushes twice, which changes nothing.
        stored(self.mail.commit(MailWrite::Settled(settled)).await)?;
        stored(self.own.commit(OwnWrite::Confirm(confirmed)).await).map(|_| ())
    }

    /// Which of the numbers of these wants stand for what they stood for; `None` if one stands for another message.
    async fn still_there<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        wants: &[Want],
    ) -> Result<Option<HashSet<u32>>, Failure> {
        let uids: Vec<u32> = wants.iter().map(|want| want.uid).collect();
        let theirs: HashMap<u32, Spot> =
            remote.spots(&uids).await?.into_iter().map(|their| (their.uid, their)).collect();
        let (mut there, mut alike) = (HashSet::with_capacity(uids.len()), Vec::new());
        for our in stored(self.reader.spots_of(folder, &uids))? {
            let Some(their) = theirs.get(&our.uid) else { continue };
            if our == *their {
                there.insert(our.uid);
            } else if renumbered(&[our], &[*their]) == Numbers::Others {
                return Ok(None);
            } else {
                alike.push(our.uid);
            }
        }
        if alike.is_empty() {
            return Ok(Some(there));
        }
        // Servers count differently from day to day, and where mail was moved in, much of it arrived in one second: one
        // that is half the same is asked for its name.
        let mut names = Names::default();
        remote.headers(Span::These(&alike), &mut names).await?;
        for want in wants {
            let Some(name) = names.0.get(&want.uid) else { continue };
            if want.msgid != *name {
                return Ok(None);
            }
            there.insert(want.uid);
        }
        Ok(Some(there))
    }

    /// What was wanted of messages while only we had them, and the server has them again, is wanted of the server now.
    async fn take_up(&mut self, folder: FolderId) -> Result<(), Failure> {
        let mut alike: BTreeMap<(u16, u16), Vec<PlacementId>> = BTreeMap::new();
        for (placement, add, remove) in stored(self.reader.wanted_here(folder))? {
            alike.entry((add.bits(), remove.bits())).or_default().push(placement);
        }
        for ((add, remove), placements) in alike {
            let (add, remove) = (Flags::from_bits(add), Flags::from_bits(remove));
            let intent = Intent::Flag { placements, add, remove };
            stored(Store::record(&self.own, &self.mail, intent).await)?;
        }
        Ok(())
    }

    /// At a folder that is in step: wants from before its numbers changed get the new ones, those that lost their message
    /// find it by what it is, and those of messages that are not in the folder any more are over.
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
        let (mut over, mut found, mut taken) = (Vec::new(), Vec::new(), HashSet::new());
        for want in wants.iter().filter(|want| !bound.iter().any(|(id, _)| *id == want.id)) {
            // Of two that cannot be told apart each has one.
            let alike = stored(self.reader.like(folder, want))?;
            // What is to be removed is that one, and not another like it.
            let may = |uid: &u32| !want.aim.is_leftover() || want.uidvalidity != uidvalidity || want.uid == *uid;
            if let Some(uid) = alike.into_iter().filter(may).find(|uid| taken.insert(*uid)) {
                found.push(Want { uidvalidity, uid, ..want.clone() });
            } else if !stored(self.reader.stands_for(folder, want))? {
                over.push(want.clone());
            }
        }
        let has_moved = |(id, uid): &(i64, u32)| {
            wants.iter().any(|want| want.id == *id && (want.uidvalidity, want.uid) != (uidvalidity, *uid))
        };
        let moved = bound.iter().copied().filter(has_moved).chain(found.iter().map(|want| (want.id, want.uid)));
        // The number of one that is over may be that of another by now.
        let rebound = over
            .iter()
            .map(|want| Rebound { id: want.id, uidvalidity: 0, uid: 0 })
            .chain(moved.map(|(id, uid)| Rebound { id, uidvalidity, uid }))
            .collect();
        stored(self.own.commit(OwnWrite::Rebind(rebound)).await)?;
        if !found.is_empty() {
            stored(self.mail.commit(MailWrite::Wanted(found)).await)?;
        }
        let (over, elsewhere): (Vec<Want>, Vec<Want>) = over.into_iter().partition(|want| want.aim.is_none());
        self.gone(&elsewhere).await?;
        if !over.is_empty() {
            self.join(folder, &over).await?;
            // Whatever still waits for the message waits for nothing.
            let confirmed = over.iter().map(|want| Confirmed { id: want.id, revision: want.revision }).collect();
            let settled = over.into_iter().map(|want| (want, Outcome::Refused)).collect();
            stored(self.mail.commit(MailWrite::Settled(settled)).await)?;
            stored(self.own.commit(OwnWrite::Confirm(confirmed)).await)?;
        }
        Ok(())
    }

    /// What was wanted of messages that turned out to be one is wanted of that: where two words differ, the later counts.
    async fn join(&mut self, folder: FolderId, over: &[Want]) -> Result<(), Failure> {
        for want in over {
            let Some((placement, id)) = stored(self.reader.wanted_like(folder, want))? else { continue };
            let all = stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)?;
            let Some(other) = all.into_iter().find(|other| other.id == id) else { continue };
            let said = if want.revision > other.revision { Flags::NONE } else { other.add.with(other.remove) };
            let (add, remove) = (want.add.without(said), want.remove.without(said));
            if !(add.is_empty() && remove.is_empty()) {
                let intent = Intent::Flag { placements: vec![placement], add, remove };
                stored(Store::record(&self.own, &self.mail, intent).await)?;
            }
        }
        Ok(())
    }
}
