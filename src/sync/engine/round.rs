//! A look round now and then: often at the one folder that is watched, whether the server really tells what happens
//! there, and seldom at all the others.

use std::time::Duration;

use super::{Engine, Memory, Told, Visit};
use crate::model::{Failure, FolderId, FolderName, Quirk, Role, clock};
use crate::store::FolderSeen;
use crate::sync::Remote as _;
use crate::sync::remote::Glance;

/// Folders come and go seldom.
const LIST_AGAIN: Duration = Duration::from_mins(10);
/// Folders that are asked about in one breath; in between there may be something urgent.
const TOGETHER: usize = 20;
/// So many messages that a server did not tell of are no accident.
const NO_ACCIDENT: u32 = 2;
/// A folder that does not add up is looked at again after a while, and each time that it still does not, after twice as
/// long: some servers count messages for an hour that they do not hand out.
const DOUBT: Duration = Duration::from_mins(1);
const DOUBT_LONGEST: Duration = Duration::from_hours(1);

pub(super) fn doubt(memory: &mut Memory, folder: FolderId) {
    let times = memory.doubts.get(&folder).map_or(0, |(times, _)| *times);
    let wait = DOUBT.saturating_mul(1 << times.min(6)).min(DOUBT_LONGEST);
    memory.doubts.insert(folder, (times + 1, clock::instant() + wait));
}

impl Memory {
    /// How long to wait, no longer than this; `None` if there is something to tell now.
    pub(super) fn until_push(&self, at_most: Duration) -> Option<Duration> {
        let soon = self.push_at.map(|at| at.saturating_duration_since(tokio::time::Instant::now()));
        if soon == Some(Duration::ZERO) { None } else { Some(soon.map_or(at_most, |soon| soon.min(at_most))) }
    }

    pub(super) fn must_push(&mut self) -> bool {
        let due = self.push_at.take_if(|at| *at <= tokio::time::Instant::now()).is_some();
        std::mem::take(&mut self.orders.push) || due
    }
}

impl Engine {
    /// Folders are made, renamed and deleted; what there is now is looked at.
    pub(super) async fn folder_errands(&mut self, memory: &mut Memory, visit: &mut Visit) -> Result<(), Failure> {
        for errand in std::mem::take(&mut memory.orders.folders) {
            visit.at = None;
            if let Some(folders) = errand.run(&mut self.pass, &mut visit.remote).await? {
                visit.folders = folders;
                memory.agenda.look_round_now();
            }
        }
        Ok(())
    }

    /// What was put elsewhere is looked at there; what has its time is told then.
    pub(super) fn after_pushing(&mut self, memory: &mut Memory, visit: &mut Visit) {
        let moving = &mut self.pass.moving;
        for folder in moving.landed.drain(..) {
            if !visit.todo.contains(&folder) {
                visit.todo.push(folder);
            }
        }
        memory.orders.push |= std::mem::take(&mut moving.left);
        if let Some(at) = moving.again.take() {
            let soon = tokio::time::Instant::now() + Duration::from_secs(at.since(clock::now()).max(1));
            memory.push_at = Some(memory.push_at.map_or(soon, |known| known.min(soon)));
        }
    }

    /// Asks for new mail where it is watched for, and in the inbox if that is somewhere else.
    pub(super) async fn probe(
        &mut self,
        memory: &mut Memory,
        visit: &mut Visit,
        home: Option<FolderId>,
    ) -> Result<(), Failure> {
        memory.agenda.probed(tokio::time::Instant::now());
        let now = clock::instant();
        let due = memory.doubts.iter().filter(|(_, (_, at))| *at <= now).map(|(folder, _)| *folder);
        visit.todo.extend(due);
        // What is expected somewhere and does not come is given up there, though the folder looks as before.
        let overdue = self.pass.reader.overdue(self.pass.account).map_err(|error| error.failure())?;
        visit.todo.extend(overdue.into_iter().filter(|folder| !memory.doubts.contains_key(folder)));
        for (folder, _) in memory.busy.extract_if(|_, at| *at <= now) {
            visit.refused.remove(&folder);
            visit.todo.push(folder);
        }
        if let Some(home) = home.filter(|home| visit.at == Some(*home)) {
            self.check(memory, visit, home).await?;
        }
        if let Some(inbox) = visit.inbox().filter(|inbox| Some(*inbox) != home)
            && let Some(name) = visit.name_of(inbox)
            && let Some(Some(glance)) = visit.remote.glances(&[name]).await?.first().copied()
        {
            self.compare(memory, visit, inbox, glance);
        }
        Ok(())
    }

    /// Asks about the folders that nobody watches; those that look different from what is known are synced next. What
    /// the server put off is tried again.
    pub(super) async fn look_round(
        &mut self,
        memory: &mut Memory,
        visit: &mut Visit,
        home: Option<FolderId>,
    ) -> Result<(), Failure> {
        if visit.looked_at.is_empty() {
            if visit.listed.is_none_or(|at| at.elapsed() >= LIST_AGAIN) {
                visit.folders = self.pass.folders(&mut visit.remote).await?;
                visit.listed = Some(clock::instant());
            }
            self.probe(memory, visit, home).await?;
        }
        let elsewhere: Vec<(FolderId, FolderName)> = in_order(&visit.folders)
            .into_iter()
            .filter(|(folder, _)| Some(*folder) != home && !visit.refused.contains(folder))
            .filter(|(folder, _)| !visit.looked_at.contains(folder))
            .collect();
        for some in elsewhere.chunks(TOGETHER) {
            let names: Vec<FolderName> = some.iter().map(|(_, name)| name.clone()).collect();
            let glances = visit.remote.glances(&names).await?;
            for ((folder, _), glance) in some.iter().zip(glances) {
                visit.looked_at.insert(*folder);
                if let Some(glance) = glance {
                    self.compare(memory, visit, *folder, glance);
                }
            }
            memory.orders.drain(&mut self.orders);
            if memory.orders.any() {
                // The round is taken up again when that is done.
                return Ok(());
            }
        }
        visit.looked_at.clear();
        memory.agenda.looked_round(tokio::time::Instant::now());
        let (pass, mut eye) = self.with_eye(&mut memory.orders);
        let pushed = pass.push(&mut visit.remote, &mut eye).await?;
        visit.pushed(&pushed);
        self.after_pushing(memory, visit);
        Ok(())
    }

    /// A folder that looks different from what is known is synced next.
    fn compare(&self, memory: &mut Memory, visit: &mut Visit, folder: FolderId, glance: Glance) {
        let changed = match memory.glances.get(&folder) {
            Some(before) => *before != glance,
            None => self.differs(folder, glance),
        };
        if changed {
            visit.glances.insert(folder, glance);
            visit.todo.retain(|known| *known != folder);
            visit.todo.push(folder);
        } else {
            memory.glances.insert(folder, glance);
        }
    }

    /// Asks for messages above our highest number. Some servers answer that sooner than they tell of new messages, some
    /// never tell; what is found is fetched by opening the folder again.
    async fn check(&mut self, memory: &mut Memory, visit: &mut Visit, home: FolderId) -> Result<(), Failure> {
        let stored = |error: crate::store::StoreError| error.failure();
        let highest = self.pass.reader.highest(home).map_err(stored)?;
        let there = visit.remote.above(highest).await?;
        // What was told by the way is no secret.
        let (pass, mut eye) = self.with_eye(&mut memory.orders);
        match pass.news(&mut visit.remote, home, &mut eye).await? {
            Told::Nothing => {}
            Told::Changes => {
                self.fetch_ahead(visit, home);
                self.note_arrivals(visit, home, false).await?;
            }
            Told::Doubt => visit.next_first(home),
        }
        let highest = self.pass.reader.highest(home).map_err(stored)?;
        let Some(found) = there.into_iter().filter(|uid| *uid > highest).max() else {
            memory.agenda.nothing_found();
            return Ok(());
        };
        let now = tokio::time::Instant::now();
        if !memory.agenda.found(found, now) {
            return Ok(());
        }
        memory.agenda.opening_for(&self.pace, found, now);
        visit.next_first(home);
        visit.at = None;
        if visit.remote.is_told() {
            memory.missed += 1;
            if memory.missed >= NO_ACCIDENT {
                visit.remote.learn(Quirk::SilentIdle, "messages came that IDLE did not tell of");
            }
        }
        Ok(())
    }

    /// True unless the store has as many messages, and as many unread, as the server says.
    fn differs(&self, folder: FolderId, glance: Glance) -> bool {
        let (Ok((known, unread)), Some(messages), Some(unseen)) =
            (self.pass.reader.on_server(folder), glance.messages, glance.unseen)
        else {
            return true;
        };
        known != u64::from(messages) || unread != u64::from(unseen)
    }
}

/// The order in which folders are looked at: the ones with a use first, what is thrown away last.
fn in_order(folders: &[(FolderId, FolderSeen)]) -> Vec<(FolderId, FolderName)> {
    let mut order: Vec<(u8, Option<Role>, FolderId, &FolderName)> = folders
        .iter()
        .filter(|(_, seen)| seen.selectable)
        .map(|(id, seen)| {
            let rank = match seen.role {
                Some(Role::Inbox) => 0,
                Some(Role::Sent | Role::Drafts | Role::Archive | Role::Starred) => 1,
                None => 2,
                Some(Role::All | Role::Trash | Role::Junk) => 3,
            };
            (rank, seen.role, *id, &seen.name)
        })
        .collect();
    order.sort_unstable_by_key(|(rank, role, id, _)| (*rank, *role, *id));
    order.into_iter().map(|(_, _, id, name)| (id, name.clone())).collect()
}
