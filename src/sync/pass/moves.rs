//! Messages that shall lie elsewhere, told to the server.
//!
//! Where it can move, one command does it. Where it cannot, the message is copied, marked as deleted and removed, each step
//! written down before it is said, so that whoever goes on after a line that broke or a program that was killed knows what
//! may have been done: a copy is looked for above the greatest number that its folder had before, and only one that is not
//! found after a while is a question for the user. Nothing is ever removed but what was moved or erased here.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use crate::model::{Failure, FailureKind, FolderId, FolderName, NeedWhy, Timestamp, clock};
use crate::store::{Landed, Landing, MailWrite, Mark, OwnWrite, Standing, Step, Stride, Want};
use crate::sync::{Placing, Remote};
use crate::text::Text;

use super::{Pass, stored};

/// What a server had no time for is told again after so many seconds.
pub(super) const AGAIN: u64 = 60;

/// What is to be known and remembered for messages that go elsewhere.
#[derive(Clone, Default, Debug)]
pub struct Moving {
    /// So long after a copy was made it may not be seen.
    pub lag: Duration,
    /// When there is something to be told that could not be told yet.
    pub again: Option<Timestamp>,
    /// Something has to be told that needs other folders to be opened first.
    pub left: bool,
    /// Folders that messages were put into.
    pub landed: Vec<FolderId>,
    /// Something was put elsewhere, or removed: the server has told of it.
    pub(super) shifted: bool,
    /// Wants whose copies were looked for once.
    probed: HashSet<i64>,
}

impl Moving {
    /// For a server on which a copy may not be seen for so long.
    pub fn of(lag: Duration) -> Self {
        Self { lag, ..Self::default() }
    }

    /// A copy is looked for at once, and then when it must be seen.
    pub(super) fn may_probe(&mut self, want: i64, since: Timestamp) -> bool {
        let until = since.plus(self.lag.as_secs());
        let may = until <= clock::now() || self.probed.insert(want);
        if !may {
            self.not_before(until);
        }
        may
    }

    pub(super) fn not_before(&mut self, at: Timestamp) {
        self.again = Some(self.again.map_or(at, |again| again.min(at)));
    }
}

pub(super) fn bare(wire: &[u8]) -> FolderName {
    FolderName { wire: wire.to_vec(), delimiter: None }
}

/// Whether the server is to be told something of it now.
pub(super) fn is_due(want: &Want, now: Timestamp) -> bool {
    let aim = &want.aim;
    match aim.step {
        Step::Kept => false,
        Step::Copying => !aim.copies.is_empty(),
        Step::Moving | Step::Copied | Step::Flagged => true,
        Step::Waiting => {
            !(want.add.is_empty() && want.remove.is_empty())
                || aim.target.is_some()
                || aim.copies.iter().any(|copy| copy.begun.is_none())
                || aim.erase.is_some_and(|at| at <= now)
        }
    }
}

type Marks = HashMap<Vec<u8>, Mark>;

impl Pass {
    pub(super) async fn stride(&mut self, stride: Stride) -> Result<Vec<Want>, Failure> {
        let (wants, landings) = stored(self.own.stride(stride, clock::now()).await)?;
        self.landed(landings).await?;
        Ok(wants)
    }

    async fn landed(&mut self, landings: Vec<Landing>) -> Result<(), Failure> {
        if landings.is_empty() {
            return Ok(());
        }
        for landing in &landings {
            if let Some(folder) = stored(self.reader.folder_named(self.account, &landing.want.aim.way))?
                && !self.moving.landed.contains(&folder)
            {
                self.moving.landed.push(folder);
            }
        }
        stored(self.mail.commit(MailWrite::Landed(landings)).await).map(|_| ())
    }

    /// These stand again as they are wanted now.
    pub(super) async fn show(&mut self, wants: Vec<Want>) -> Result<(), Failure> {
        if wants.is_empty() {
            return Ok(());
        }
        stored(self.mail.commit(MailWrite::Wanted(wants)).await).map(|_| ())
    }

    /// These cannot be done: they are as they were, and the user is told.
    pub(super) async fn give_up(&mut self, wants: Vec<(Want, NeedWhy)>) -> Result<(), Failure> {
        if wants.is_empty() {
            return Ok(());
        }
        let wants = stored(self.own.give_up_wants(wants, clock::now()).await)?;
        self.show(wants).await
    }

    pub(super) async fn my_wants(&mut self) -> Result<Vec<Want>, Failure> {
        stored(self.own.commit(OwnWrite::Wants(Some(self.name.clone()))).await)
    }

    /// The greatest numbers of folders that something is to be put into, as far as they are needed.
    pub(super) async fn marks<R: Remote>(
        &mut self,
        remote: &mut R,
        wants: &[Want],
        may_open: bool,
    ) -> Result<Marks, Failure> {
        let mut marks = Marks::new();
        let moves = remote.abilities().r#move && remote.abilities().uidplus;
        for want in wants.iter().filter(|want| want.aim.step <= Step::Moving) {
            let copies = want.aim.copies.iter().filter(|copy| copy.begun.is_none()).map(|copy| &copy.target);
            for target in want.aim.target.iter().filter(|_| !moves).chain(copies) {
                if marks.contains_key(target) {
                    continue;
                }
                let name = bare(target);
                let mark = match remote.mark(&name).await? {
                    None if may_open => self.mark_by_opening(remote, &name).await?,
                    mark => mark,
                };
                match mark {
                    Some(mark) => _ = marks.insert(target.clone(), mark),
                    None => self.moving.left |= !may_open,
                }
            }
        }
        Ok(marks)
    }

    /// The same from the folder itself, of a server that does not tell its next number. Another one is open afterwards.
    async fn mark_by_opening<R: Remote>(&mut self, remote: &mut R, name: &FolderName) -> Result<Option<Mark>, Failure> {
        let opened = match remote.open(name, &Standing::default()).await {
            Ok(opened) => opened,
            // Whoever tells it to put something there hears why not.
            Err(failure) if failure.kind == FailureKind::Refused => return Ok(Some(Mark::default())),
            Err(failure) => return Err(failure),
        };
        let last = remote.spots(&[]).await?.last().map_or(0, |spot| spot.uid);
        let _ = remote.news();
        Ok(Some(Mark { uidvalidity: opened.uidvalidity, uid: last }))
    }

    /// Tells the server what shall lie elsewhere, of the folder that is open. `there`: the numbers that stand for what they
    /// stood for, just now. True if anything was told.
    pub(super) async fn shift<R: Remote>(
        &mut self,
        remote: &mut R,
        folder: FolderId,
        there: &HashSet<u32>,
        marks: &Marks,
    ) -> Result<bool, Failure> {
        let bound: HashSet<(i64, u32)> = stored(self.reader.bound_wants(folder))?.into_iter().collect();
        let now = clock::now();
        let mut wants = self.my_wants().await?;
        wants.retain(|want| bound.contains(&(want.id, want.uid)) && there.contains(&want.uid));
        for want in &wants {
            if let Some(at) = want.aim.erase.filter(|at| *at > now) {
                self.moving.not_before(at);
            }
        }
        wants.retain(|want| is_due(want, now) && !want.aim.is_none());
        if wants.is_empty() {
            return Ok(false);
        }
        self.moving.shifted = true;
        self.copy_out(remote, &wants, marks).await?;
        self.erase(&wants).await?;
        self.move_out(remote, &wants, marks).await?;
        // What is left here of all that.
        let mut left = self.my_wants().await?;
        left.retain(|want| there.contains(&want.uid) && wants.iter().any(|known| known.id == want.id));
        self.remove_left(remote, left).await?;
        Ok(true)
    }

    async fn copy_out<R: Remote>(&mut self, remote: &mut R, wants: &[Want], marks: &Marks) -> Result<(), Failure> {
        let mut targets: BTreeMap<&[u8], Vec<&Want>> = BTreeMap::new();
        for want in wants.iter().filter(|want| want.aim.step == Step::Waiting) {
            for copy in want.aim.copies.iter().filter(|copy| copy.begun.is_none()) {
                targets.entry(&copy.target).or_default().push(want);
            }
        }
        for (target, wants) in targets {
            let Some(mark) = marks.get(target).copied() else { continue };
            let ids = wants.iter().map(|want| want.id).collect();
            let begun = self.stride(Stride::BeginCopy { wants: ids, target: target.to_vec(), mark }).await?;
            let uids: Vec<u32> = begun.iter().map(|want| want.uid).collect();
            let placed = remote.place(&uids, &bare(target), false).await?;
            let told: HashSet<u32> = placed.iter().flat_map(|(uids, _)| uids).copied().collect();
            let untold = begun.iter().filter(|want| !told.contains(&want.uid)).map(|want| want.id).collect();
            self.end_copy(untold, target, false).await?;
            for (uids, placing) in placed {
                let these: Vec<&Want> = begun.iter().filter(|want| uids.contains(&want.uid)).collect();
                let ids = these.iter().map(|want| want.id).collect();
                let why = match placing {
                    Placing::Done { .. } | Placing::Left { .. } => {
                        if let Some(folder) = stored(self.reader.folder_named(self.account, target))? {
                            self.moving.landed.push(folder);
                        }
                        self.end_copy(ids, target, true).await?;
                        continue;
                    }
                    Placing::Later | Placing::Doubtful | Placing::CannotMove => {
                        self.moving.not_before(clock::now().plus(AGAIN));
                        self.end_copy(ids, target, false).await?;
                        continue;
                    }
                    Placing::NoTarget => NeedWhy::FolderGone,
                    Placing::Full => NeedWhy::Full,
                    Placing::Refused(words) => NeedWhy::Refused(Text::new(words)),
                };
                let one = |want: &&Want| {
                    let mut told = (*want).clone();
                    told.aim.copies.retain(|copy| copy.target == target);
                    (told, why.clone())
                };
                self.give_up(these.iter().map(one).collect()).await?;
            }
        }
        Ok(())
    }

    async fn end_copy(&mut self, wants: Vec<i64>, target: &[u8], made: bool) -> Result<(), Failure> {
        let wants = self.stride(Stride::EndCopy { wants, target: target.to_vec(), made }).await?;
        self.show(wants).await
    }

    /// What shall be gone, and there was time to think better of it.
    async fn erase(&mut self, wants: &[Want]) -> Result<(), Failure> {
        let now = clock::now();
        let due = |want: &&Want| want.aim.step == Step::Waiting && want.aim.erase.is_some_and(|at| at <= now);
        let due: Vec<(i64, i64)> = wants.iter().filter(due).map(|want| (want.id, want.revision)).collect();
        let wants = self.stride(Stride::BeginErasing(due)).await?;
        self.show(wants).await
    }

    async fn move_out<R: Remote>(&mut self, remote: &mut R, wants: &[Want], marks: &Marks) -> Result<(), Failure> {
        let mut targets: BTreeMap<&[u8], Vec<(i64, i64)>> = BTreeMap::new();
        for want in wants {
            let has_flags = !(want.add.is_empty() && want.remove.is_empty());
            let copies = want.aim.copies.iter().any(|copy| copy.begun.is_none());
            match (want.aim.step, &want.aim.target) {
                // Flags go first: they go along then. What could not be told is told again.
                (Step::Waiting, Some(target)) if !has_flags && !copies => {
                    targets.entry(target).or_default().push((want.id, want.revision));
                }
                (Step::Moving, _) => targets.entry(&want.aim.way).or_default().push((want.id, want.revision)),
                _ => {}
            }
        }
        for (target, wants) in targets {
            let moves = remote.abilities().r#move;
            let mark = match marks.get(target) {
                Some(mark) => *mark,
                // Where it goes is told by the server itself.
                None if moves && remote.abilities().uidplus => Mark::default(),
                None => continue,
            };
            let step = if moves { Step::Moving } else { Step::Copying };
            let begin = Stride::Begin { wants, step, way: target.to_vec(), mark };
            let begun = self.stride(begin).await?;
            self.show(begun.clone()).await?;
            let uids: Vec<u32> = begun.iter().map(|want| want.uid).collect();
            let placed = remote.place(&uids, &bare(target), moves).await?;
            let told: HashSet<u32> = placed.iter().flat_map(|(uids, _)| uids).copied().collect();
            let untold: Vec<i64> = begun.iter().filter(|want| !told.contains(&want.uid)).map(|want| want.id).collect();
            self.reset(untold).await?;
            for (uids, placing) in placed {
                let these: Vec<Want> = begun.iter().filter(|want| uids.contains(&want.uid)).cloned().collect();
                self.placed(remote, these, placing, moves).await?;
            }
        }
        Ok(())
    }

    async fn reset(&mut self, wants: Vec<i64>) -> Result<(), Failure> {
        let wants = self.stride(Stride::Reset(wants)).await?;
        self.show(wants).await
    }

    async fn placed<R: Remote>(
        &mut self,
        remote: &mut R,
        wants: Vec<Want>,
        placing: Placing,
        moves: bool,
    ) -> Result<(), Failure> {
        let ids: Vec<i64> = wants.iter().map(|want| want.id).collect();
        let why = match placing {
            Placing::Done { .. } | Placing::Left { .. } => {
                let leaves_a_copy = !moves || matches!(placing, Placing::Left { .. });
                let (Placing::Done { uidvalidity, numbers } | Placing::Left { uidvalidity, numbers }) = placing else {
                    return Ok(());
                };
                let numbers: HashMap<u32, u32> = numbers.into_iter().collect();
                let landed = wants.iter().map(|want| Landed {
                    want: want.id,
                    number: numbers.get(&want.uid).map(|uid| Mark { uidvalidity, uid: *uid }),
                    leaves_a_copy,
                });
                return self.stride(Stride::Landed(landed.collect())).await.map(|_| ());
            }
            Placing::CannotMove => {
                // Some of them may have left all the same.
                let uids: Vec<u32> = wants.iter().map(|want| want.uid).collect();
                let here: HashSet<u32> = remote.spots(&uids).await?.into_iter().map(|spot| spot.uid).collect();
                let here = wants.iter().filter(|want| here.contains(&want.uid)).map(|want| want.id).collect();
                self.moving.left = true;
                return self.reset(here).await;
            }
            Placing::Later => {
                self.moving.not_before(clock::now().plus(AGAIN));
                return self.reset(ids).await;
            }
            Placing::Doubtful => NeedWhy::Unknown,
            Placing::NoTarget => NeedWhy::FolderGone,
            Placing::Full => NeedWhy::Full,
            Placing::Refused(words) => NeedWhy::Refused(Text::new(words)),
        };
        self.give_up(wants.into_iter().map(|want| (want, why.clone())).collect()).await
    }

    /// Removes what lies elsewhere by now, or shall be gone: these messages, and no other.
    async fn remove_left<R: Remote>(&mut self, remote: &mut R, wants: Vec<Want>) -> Result<(), Failure> {
        let at = |step: Step| wants.iter().filter(move |want| want.aim.step == step);
        let uids: Vec<u32> = at(Step::Copied).map(|want| want.uid).collect();
        let mut flagged: Vec<&Want> = at(Step::Flagged).collect();
        if !uids.is_empty() {
            let done: HashSet<u32> = remote.mark_deleted(&uids).await?.into_iter().collect();
            let done: Vec<&Want> = at(Step::Copied).filter(|want| done.contains(&want.uid)).collect();
            let step = if remote.abilities().uidplus { Step::Flagged } else { Step::Kept };
            self.stride(Stride::Advance { wants: done.iter().map(|want| want.id).collect(), step }).await?;
            if done.len() < uids.len() {
                self.moving.not_before(clock::now().plus(AGAIN));
            }
            flagged.extend(done);
        }
        if flagged.is_empty() || !remote.abilities().uidplus {
            return Ok(());
        }
        let uids: Vec<u32> = flagged.iter().map(|want| want.uid).collect();
        let gone: HashSet<u32> = remote.expunge(&uids).await?.into_iter().collect();
        let finished = flagged.iter().filter(|want| gone.contains(&want.uid)).map(|want| want.id).collect();
        if gone.len() < uids.len() {
            self.moving.not_before(clock::now().plus(AGAIN));
        }
        self.stride(Stride::Finish(finished)).await.map(|_| ())
    }

    /// At a folder that is in step: messages that shall lie elsewhere, or do, and are not here any more. Those that are left
    /// to be looked for are answered with true.
    pub(super) async fn gone(&mut self, wants: &[Want]) -> Result<(), Failure> {
        let (mut landed, mut finished, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        for want in wants {
            match (want.aim.step, &want.aim.target) {
                (Step::Moving, _) => {
                    landed.push(Landed { want: want.id, number: None, leaves_a_copy: false });
                }
                (Step::Copying, _) => self.moving.left |= !self.moving.probed.contains(&want.id),
                (Step::Copied | Step::Flagged | Step::Kept, _) => finished.push(want.id),
                (Step::Waiting, _) if want.aim.copies.iter().any(|copy| copy.begun.is_some()) => {
                    self.moving.left |= !self.moving.probed.contains(&want.id);
                }
                (Step::Waiting, None) if want.aim.copies.is_empty() => finished.push(want.id),
                (Step::Waiting, target) => {
                    // Somebody else has moved it there.
                    let folder = target.as_deref().filter(|_| want.aim.copies.is_empty());
                    let folder = folder.map(|wire| stored(self.reader.folder_named(self.account, wire))).transpose()?;
                    match folder.flatten() {
                        Some(folder) if !stored(self.reader.like(folder, want))?.is_empty() => finished.push(want.id),
                        _ => lost.push((want.clone(), NeedWhy::MessageGone)),
                    }
                }
            }
        }
        self.stride(Stride::Landed(landed)).await?;
        self.stride(Stride::Finish(finished)).await?;
        for (want, why) in lost {
            // All that was wanted of it, one after the other.
            let mut rest = want;
            while !rest.aim.is_none() {
                let wants = stored(self.own.give_up_wants(vec![(rest.clone(), why.clone())], clock::now()).await)?;
                let Some(now) = wants.into_iter().next().filter(|now| now.aim != rest.aim) else { break };
                rest = now;
            }
            // Of flags nobody is told.
            self.stride(Stride::Finish(vec![rest.id])).await?;
        }
        Ok(())
    }
}
