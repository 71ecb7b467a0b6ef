//! Bringing one folder in step, with as few questions as the server makes possible.
//!
//! What we know decides what is asked. An empty folder is filled from its newest message downwards. One that we know is
//! asked for what is above our highest number; then the count tells whether anything is gone, a few places of the folder
//! tell what, and a few lists tell the flags. A server that counts its changes, or keeps what vanished, is asked for that
//! instead. Whenever the answers do not add up, the next question is a broader one, up to a comparison of everything;
//! nothing is taken away for an answer that does not add up.

use crate::model::{Failure, FailureKind, Flags, FolderId, FolderName};
use crate::store::{MailWrite, OwnWrite, Standing};
use crate::sync::plan::{Bisect, Numbers, flag_changes, renumbered, shorter_side, still_known};
use crate::sync::{Opened, Plan, Remote, Span, plan};

use super::wants::Telling;
use super::{Ingest, Left, Pass, Progress, Told, stored};

/// Messages that are looked at when one by which a folder is known again is not there.
const CLOSER: usize = 32;

/// How much of a folder has to be looked at again before it can be called known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Look {
    /// Counting is enough, and a few places if the count differs.
    Counts,
    /// Every number.
    Numbers,
    /// Every number with its flags.
    Everything,
}

impl Look {
    fn broader(self) -> Self {
        if self == Self::Counts { Self::Numbers } else { Self::Everything }
    }
}

impl Pass {
    /// Brings one folder in step. It stays open. `thorough`: everything is compared, whatever is known.
    pub async fn folder<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        name: &FolderName,
        thorough: bool,
        progress: &mut impl Progress,
    ) -> Result<Left, Failure> {
        let standing = stored(self.reader.standing(folder))?;
        let opened = remote.open(name, &standing).await?;
        if opened.uidvalidity == 0 {
            let name = String::from_utf8_lossy(&name.wire).into_owned();
            return Err(Failure::passing(FailureKind::Refused, &name, "the folder has no UIDVALIDITY"));
        }
        let mut same = self.take_numbers(remote, folder, name, &standing, &opened).await?;
        if same && standing.known > 0 {
            self.ingest(remote, Span::Above(standing.highest), folder, progress).await?;
        }
        let (at, uidvalidity) = ((folder, name), opened.uidvalidity);
        let telling = self.push_into(remote, at, uidvalidity, false, progress).await?;
        if telling == Telling::Strangers {
            self.renumber(remote, folder, name, uidvalidity).await?;
            same = false;
        }
        // From the newest downwards: all of it, or what is left of an earlier fill.
        let skip = if same { stored(self.reader.known_from(folder, standing.whole_from))? } else { 0 };
        let filled = !same || standing.whole_from > 0;
        if filled && !self.fill(remote, folder, skip, progress).await? {
            self.push_into(remote, at, uidvalidity, false, progress).await?;
            return Ok(Left::Unfinished);
        }
        let look = match thorough {
            true => Look::Everything,
            // As many as ever need not be the same.
            false if filled && skip > 0 || telling == Telling::Silence => Look::Numbers,
            false => Look::Counts,
        };
        let compared = match self.settle(remote, folder, look, progress).await? {
            Settled::Yes(compared) => {
                // What was told is not all if some of it could not be understood.
                let told = opened.told && compared == Look::Counts;
                let flags_known = compared == Look::Everything || told || (filled && skip == 0);
                if !flags_known && !self.flags(remote, folder, &standing, &opened).await? {
                    return Ok(Left::Doubtful);
                }
                compared != Look::Counts || (filled && skip == 0)
            }
            Settled::Unfinished => return Ok(Left::Unfinished),
            Settled::No => {
                // What was told meanwhile is part of what does not add up.
                let _ = remote.news();
                return Ok(Left::Doubtful);
            }
        };
        self.keep_left_over(folder, remote.count()).await?;
        self.rebind(folder, name, uidvalidity).await?;
        let overdue = stored(self.reader.overdue(self.account))?.contains(&folder);
        stored(self.mail.commit(MailWrite::Complete { folder, modseq: opened.modseq }).await)?;
        if overdue {
            // What was wanted of messages that did not come is over.
            self.rebind(folder, name, uidvalidity).await?;
        }
        // Its wants may be told again.
        self.closed.remove(&(name.wire.clone(), uidvalidity));
        if self.push_into(remote, at, uidvalidity, compared, progress).await? == Telling::Strangers {
            self.renumber(remote, folder, name, uidvalidity).await?;
            return Ok(Left::Doubtful);
        }
        progress.synced(folder, remote.count(), remote.count());
        Ok(Left::Complete)
    }

    /// Writes down which numbers count from now on. True if they are those that we know.
    pub(super) async fn take_numbers<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        name: &FolderName,
        standing: &Standing,
        opened: &Opened,
    ) -> Result<bool, Failure> {
        let same = opened.uidvalidity == standing.uidvalidity;
        let others = match &opened.spots {
            Some(spots) if same => match renumbered(&standing.spots, spots) {
                Numbers::Same => false,
                Numbers::Others => true,
                Numbers::Unsure => self.has_strangers(remote, folder, standing).await?,
            },
            _ => false,
        };
        let Opened { uidvalidity, messages: on_server, .. } = *opened;
        if others {
            self.renumber(remote, folder, name, uidvalidity).await?;
        } else {
            let write = MailWrite::Opened { folder, uidvalidity, on_server, renumbered: false };
            stored(self.mail.commit(write).await)?;
        }
        Ok(same && !others)
    }

    /// The numbers that we know mean nothing any more, though their `uidvalidity` is what it was.
    pub(super) async fn renumber<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        name: &FolderName,
        uidvalidity: u32,
    ) -> Result<(), Failure> {
        // Before anything else: a want must never find another message under its number, not even after a crash.
        let write = OwnWrite::Unnumber { account: self.name.clone(), folder: name.wire.clone() };
        stored(self.own.commit(write).await)?;
        // What was told of the numbers of before is about nothing that we keep; everything is fetched anew.
        let _ = remote.news();
        let write = MailWrite::Opened { folder, uidvalidity, on_server: remote.count(), renumbered: true };
        stored(self.mail.commit(write).await).map(|_| ())
    }

    /// True if a closer look finds a number that means something else, or one that should be known and is not. (Some
    /// servers do not hand out by number what they list, so that silence about a number means little.)
    async fn has_strangers<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        standing: &Standing,
    ) -> Result<bool, Failure> {
        let local = stored(self.reader.local(folder))?.messages;
        let some: Vec<u32> = local.iter().step_by(local.len().div_ceil(CLOSER).max(1)).map(|(uid, _)| *uid).collect();
        let theirs = remote.spots(&some).await?;
        let uids: Vec<u32> = theirs.iter().map(|spot| spot.uid).collect();
        let ours = stored(self.reader.spots_of(folder, &uids))?;
        let highest = (standing.whole_from == 0).then_some(standing.highest);
        Ok(!still_known(&ours, &theirs, highest))
    }

    /// Fetches everything below the newest `skip`, newest first. False if something more urgent came between.
    async fn fill<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        skip: u64,
        progress: &mut impl Progress,
    ) -> Result<bool, Failure> {
        let mut skip = usize::try_from(skip).unwrap_or(usize::MAX);
        if skip == 0 {
            self.ingest(remote, Span::Newest { skip, count: self.sizes.first_page }, folder, progress).await?;
            skip = self.sizes.first_page;
        }
        if u64::try_from(skip).unwrap_or(u64::MAX) >= remote.count() {
            return Ok(true);
        }
        self.ingest(remote, Span::Newest { skip, count: usize::MAX }, folder, progress).await
    }

    /// Until we have as many as the server, and the same: arrivals and expunges while it was fetched count too.
    async fn settle<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        mut look: Look,
        progress: &mut impl Progress,
    ) -> Result<Settled, Failure> {
        for _ in 0..4 {
            if self.news(remote, folder, progress).await? == Told::Doubt {
                look = look.broader();
            }
            let (known, there) = (stored(self.reader.known(folder))?, remote.count());
            if look == Look::Counts && known == there {
                return self.agreed(remote, folder, look);
            }
            let few = known > there && known - there <= self.sizes.many_gone && there > self.sizes.small;
            let found = if look == Look::Counts && few { self.bisect(remote, folder).await? } else { None };
            match found {
                Some(gone) => self.remove(folder, gone, remote.count()).await?,
                None if self.compare(remote, folder, look, progress).await? == Left::Unfinished => {
                    return Ok(Settled::Unfinished);
                }
                None => {}
            }
            let doubt = self.news(remote, folder, progress).await? == Told::Doubt;
            if !doubt && stored(self.reader.known(folder))? == remote.count() {
                return self.agreed(remote, folder, look);
            }
            look = look.broader();
        }
        Ok(Settled::No)
    }

    fn agreed<R: Remote>(&self, remote: &mut R, folder: FolderId, look: Look) -> Result<Settled, Failure> {
        let uids: Vec<u32> = stored(self.reader.local(folder))?.messages.into_iter().map(|(uid, _)| uid).collect();
        remote.holds(&uids);
        Ok(Settled::Yes(look))
    }

    /// What is gone, found by a few places; `None` if the folder is not as we thought.
    async fn bisect<R: Remote>(&mut self, remote: &mut R, folder: FolderId) -> Result<Option<Vec<u32>>, Failure> {
        let ours: Vec<u32> = stored(self.reader.local(folder))?.messages.into_iter().map(|(uid, _)| uid).collect();
        let Ok(there) = u32::try_from(remote.count()) else { return Ok(None) };
        let mut bisect = Bisect::new(&ours, there);
        loop {
            let places = bisect.places();
            if places.is_empty() {
                return Ok(Some(bisect.gone()));
            }
            let mut found = remote.at_places(&places).await?;
            // Whoever leaves in the middle moves all places.
            if remote.count() != u64::from(there) {
                return Ok(None);
            }
            found.sort_unstable();
            let at = |place: u32| {
                let at = found.binary_search_by_key(&place, |(place, _)| *place).ok()?;
                found.get(at).map(|(_, uid)| *uid)
            };
            if bisect.answered(at).is_err() {
                return Ok(None);
            }
        }
    }

    /// Compares what we have with every number that the server has, and with every flag if everything is looked at.
    async fn compare<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        look: Look,
        progress: &mut impl Progress,
    ) -> Result<Left, Failure> {
        let numbers = if look == Look::Everything { None } else { remote.uids().await? };
        let local = stored(self.reader.local(folder))?.messages;
        let Plan { gone, flags, missing } = if let Some(uids) = &numbers {
            let bare = |uid: &u32| (*uid, Flags::NONE);
            let ours: Vec<_> = local.iter().map(|(uid, _)| bare(uid)).collect();
            let theirs: Vec<_> = uids.iter().map(bare).collect();
            plan(&ours, &theirs, is_whole(uids.len(), remote))
        } else {
            let there = remote.enumerate().await?;
            plan(&local, &there, is_whole(there.len(), remote))
        };
        self.remove(folder, gone, remote.count()).await?;
        if !flags.is_empty() {
            stored(self.mail.commit(MailWrite::Flags { folder, flags }).await)?;
        }
        let mut missing = missing.as_slice();
        let all_missing = missing;
        while !missing.is_empty() {
            let (older, newest) = missing.split_at(missing.len() - self.sizes.chunk.min(missing.len()));
            self.ingest(remote, Span::These(newest), folder, progress).await?;
            missing = older;
            if !missing.is_empty() && progress.urgent() {
                return Ok(Left::Unfinished);
            }
        }
        self.by_place(remote, folder, all_missing, numbers.as_deref(), progress).await?;
        Ok(Left::Complete)
    }

    /// Some servers list messages that they do not hand out by number (copies that they made themselves, for an hour),
    /// but by place.
    async fn by_place<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        missing: &[u32],
        numbers: Option<&[u32]>,
        progress: &mut impl Progress,
    ) -> Result<(), Failure> {
        let Some(numbers) = numbers.filter(|numbers| !missing.is_empty() && is_whole(numbers.len(), remote)) else {
            return Ok(());
        };
        let here = stored(self.reader.local(folder))?.messages;
        let places: Vec<u32> = (1_u32..)
            .zip(numbers)
            .filter(|(_, uid)| here.binary_search_by_key(*uid, |(uid, _)| *uid).is_err())
            .map(|(place, _)| place)
            .take(self.sizes.chunk)
            .collect();
        if !places.is_empty() {
            self.ingest(remote, Span::Places(&places), folder, progress).await?;
        }
        Ok(())
    }

    /// The flags of a folder whose messages are all known. False if they have to be looked at again.
    async fn flags<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        standing: &Standing,
        opened: &Opened,
    ) -> Result<bool, Failure> {
        let counted = standing.modseq > 0 && opened.modseq > 0 && standing.uidvalidity == opened.uidvalidity;
        if counted && standing.modseq == opened.modseq {
            return Ok(true);
        }
        let changed = if counted { remote.changed_since(standing.modseq).await? } else { None };
        let flags = match changed {
            Some(changed) => changed,
            None => self.compared_flags(remote, folder).await?,
        };
        if !flags.is_empty() {
            stored(self.mail.commit(MailWrite::Flags { folder, flags }).await)?;
        }
        // What was told meanwhile is younger.
        Ok(self.news(remote, folder, &mut ()).await? != Told::Doubt)
    }

    /// Flags by a few lists if they can be had that way, else by every single one.
    async fn compared_flags<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
    ) -> Result<Vec<(u32, Flags)>, Failure> {
        if let Some(changes) = self.surveyed(remote, folder).await? {
            return Ok(changes);
        }
        let (there, local) = (remote.enumerate().await?, stored(self.reader.local(folder))?.messages);
        Ok(plan(&local, &there, false).flags)
    }

    /// Flags by a few lists; `None` if they cannot be had that way.
    async fn surveyed<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
    ) -> Result<Option<Vec<(u32, Flags)>>, Failure> {
        let local = stored(self.reader.local(folder))?.messages;
        let all = local.len() <= self.sizes.newest;
        let every = [
            Flags::SEEN,
            Flags::ANSWERED,
            Flags::FLAGGED,
            Flags::DELETED,
            Flags::DRAFT,
            Flags::FORWARDED,
            Flags::JUNK,
            Flags::NOT_JUNK,
        ];
        let lists: Vec<(Flags, bool)> =
            every.into_iter().filter(|_| !all).map(|flag| (flag, shorter_side(&local, flag))).collect();
        let survey = remote.survey(self.sizes.newest, &lists).await?;
        // Places are places only while nobody leaves.
        if remote.count() < u64::try_from(local.len()).unwrap_or(u64::MAX) {
            return Ok(None);
        }
        let Some(lists) = survey.lists else { return Ok(None) };
        Ok(flag_changes(&local, &survey.newest, &lists))
    }

    pub(super) async fn ingest<R: Remote>(
        &mut self,
        remote: &mut R,
        of: Span<'_>,
        folder: FolderId,
        progress: &mut impl Progress,
    ) -> Result<bool, Failure> {
        let (done, _) = stored(self.reader.counters(folder))?;
        let mut into =
            Ingest { mail: self.mail.clone(), folder, on_server: remote.count(), done, committing: None, progress };
        let fetched = remote.headers(of, &mut into).await;
        // What came before a failure is kept.
        let kept = into.finish().await;
        let all = fetched?;
        kept.map(|()| all)
    }
}

/// How a comparison ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Settled {
    /// Both sides have the same messages; so much was looked at for it.
    Yes(Look),
    Unfinished,
    No,
}

/// A list is whole if it is as long as the server says that the folder is.
fn is_whole(length: usize, remote: &impl Remote) -> bool {
    u64::try_from(length).unwrap_or(0) == remote.count()
}
