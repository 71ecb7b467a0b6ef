//! What a user and somebody else do in one mailbox, by dice, and what has to come of it: nothing that the user wanted is
//! lost or done twice, no message is in no folder, and nobody else's deleted mail goes.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use super::fate::{Dice, Killed};
use super::piped::{Tally, empty, post, watched, way};
use super::*;
use crate::demo::{AT_ONCE, Demo, Fault, PLAIN, Personality, Visibility};
use crate::model::{NeedWhy, PlacementId, clock};

pub(super) const FOLDERS: [&str; 3] = ["INBOX", "归档", "已删除"];

/// It cannot move.
pub(super) const NO_MOVE: Personality = Personality {
    name: "uidplus-only",
    after_login: &["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "IDLE", "UIDPLUS", "SPECIAL-USE"],
    ..PLAIN
};

/// Nor remove single messages.
pub(super) const NEITHER: Personality = Personality {
    name: "neither",
    after_login: &["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "IDLE", "SPECIAL-USE"],
    ..PLAIN
};

/// Its copies are not seen for a while, and it does not tell its next number.
pub(super) const SLOW: Personality = Personality {
    name: "slow",
    visibility: Visibility { by_select: (Duration::from_millis(300), Duration::from_millis(400)), ..AT_ONCE },
    status_drops: &["UIDNEXT"],
    ..NO_MOVE
};

/// Where a message lies on the server: the folder, its number, and whether it is marked as deleted.
pub(super) type Places = BTreeMap<u32, Vec<(usize, u32, bool)>>;

pub(super) async fn places(demo: &Demo) -> Places {
    let mut places = Places::new();
    for kept in demo.snapshot().await.unwrap() {
        let Some(folder) = FOLDERS.iter().position(|name| *name == kept.folder) else { continue };
        for message in kept.messages {
            let raw = String::from_utf8(demo.raw(&kept.folder, message.uid).await.unwrap()).unwrap();
            let identity = raw.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap().parse().unwrap();
            let deleted = message.flags.iter().any(|flag| flag == "\\Deleted");
            places.entry(identity).or_default().push((folder, message.uid, deleted));
        }
    }
    places
}

/// What the user did, to be taken back.
pub(super) enum Done {
    Moved(Vec<(u32, usize)>),
    Flagged(Vec<(u32, bool)>),
    Erased,
}

pub(super) struct Story {
    pub(super) demo: Demo,
    pub(super) program: Program,
    pub(super) way: Way,
    pub(super) dice: Dice,
    /// Where the user wants each message, and whether with a star.
    pub(super) wanted: BTreeMap<u32, (usize, bool)>,
    /// Nobody knows any more what ought to be: erased, and perhaps taken back.
    pub(super) erased: BTreeSet<u32>,
    /// Somebody else marked these as deleted, and nobody of ours touches them.
    pub(super) foreign: BTreeSet<u32>,
    /// Somebody else removed these.
    pub(super) gone: BTreeSet<u32>,
    pub(super) done: Vec<Done>,
    pub(super) identities: u32,
    pub(super) said: Vec<String>,
    pub(super) lag: Duration,
}

impl Story {
    pub(super) async fn begin(personality: &'static Personality, seed: u64) -> Self {
        let demo = empty(personality);
        let mut story = Self {
            demo,
            program: Program::start(),
            way: way(Duration::from_secs(20)),
            dice: Dice::of(seed),
            wanted: BTreeMap::new(),
            erased: BTreeSet::new(),
            foreign: BTreeSet::new(),
            gone: BTreeSet::new(),
            done: Vec::new(),
            identities: 0,
            said: Vec::new(),
            lag: Duration::ZERO,
        };
        for _ in 0..6 {
            story.deliver(0).await;
        }
        story
    }

    pub(super) async fn deliver(&mut self, folder: usize) -> u32 {
        self.identities += 1;
        self.demo.deliver_all(FOLDERS[folder], vec![post(self.identities, Flags::NONE)]).await.unwrap();
        self.wanted.insert(self.identities, (folder, false));
        self.identities
    }

    pub(super) fn folder(&self, folder: usize) -> Option<FolderId> {
        let folders = self.program.reader.folders().unwrap();
        folders.iter().find(|known| known.name.as_untrusted() == FOLDERS[folder]).map(|known| known.id)
    }

    /// What the user sees: where each message stands.
    pub(super) fn shown(&self) -> BTreeMap<u32, Vec<(usize, PlacementId)>> {
        let mut shown: BTreeMap<u32, Vec<(usize, PlacementId)>> = BTreeMap::new();
        for at in 0..FOLDERS.len() {
            let Some(folder) = self.folder(at) else { continue };
            for row in self.program.reader.newest(folder, 10_000).unwrap() {
                shown.entry(row.subject.as_untrusted().parse().unwrap()).or_default().push((at, row.placement));
            }
        }
        shown
    }

    pub(super) async fn does(&mut self, intent: Intent) -> bool {
        let store = &self.program.store;
        // Nobody waits for a second thought.
        let at = Timestamp(clock::now().0 - 60);
        Store::record_all(&store.own, &store.mail, &[(intent, Some(at))]).await.results.remove(0).is_ok()
    }

    pub(super) async fn key(&mut self) {
        let shown = self.shown();
        let ours: Vec<(u32, PlacementId)> = shown
            .iter()
            .filter(|(identity, at)| !self.foreign.contains(identity) && !self.gone.contains(identity) && at.len() == 1)
            .map(|(identity, at)| (*identity, at[0].1))
            .collect();
        if ours.is_empty() {
            return;
        }
        let some: Vec<(u32, PlacementId)> = (0..=self.dice.roll(3)).map(|_| ours[self.dice.roll(ours.len())]).collect();
        let some: Vec<(u32, PlacementId)> = some.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect();
        let placements: Vec<PlacementId> = some.iter().map(|(_, placement)| *placement).collect();
        match self.dice.roll(10) {
            0..5 => {
                let to = self.dice.roll(3);
                let Some(folder) = self.folder(to) else { return };
                let before = some.iter().map(|(identity, _)| (*identity, self.wanted[identity].0)).collect();
                if self.does(Intent::Move { placements, to: folder }).await {
                    self.said.push(format!("moves {some:?} to {}", FOLDERS[to]));
                    for (identity, _) in &some {
                        self.wanted.get_mut(identity).unwrap().0 = to;
                    }
                    self.done.push(Done::Moved(before));
                }
            }
            5..8 => {
                let on = self.dice.chance(60);
                let before = some.iter().map(|(identity, _)| (*identity, self.wanted[identity].1)).collect();
                let (add, remove) = if on { (Flags::FLAGGED, Flags::NONE) } else { (Flags::NONE, Flags::FLAGGED) };
                if self.does(Intent::Flag { placements, add, remove }).await {
                    self.said.push(format!("flags {some:?} {on}"));
                    for (identity, _) in &some {
                        self.wanted.get_mut(identity).unwrap().1 = on;
                    }
                    self.done.push(Done::Flagged(before));
                }
            }
            8 => {
                let store = &self.program.store;
                let undone = Store::undo(&store.own, &store.mail, clock::now()).await.unwrap().0;
                self.said.push(format!("takes back {undone:?}"));
                match self.done.pop() {
                    Some(Done::Moved(before)) => {
                        for (identity, folder) in before {
                            self.wanted.get_mut(&identity).unwrap().0 = folder;
                        }
                    }
                    Some(Done::Flagged(before)) => {
                        for (identity, on) in before {
                            self.wanted.get_mut(&identity).unwrap().1 = on;
                        }
                    }
                    Some(Done::Erased) | None => {}
                }
            }
            _ => {
                let (identity, placement) = some[0];
                if self.does(Intent::Erase { placements: vec![placement] }).await {
                    self.said.push(format!("erases {identity}"));
                    self.erased.insert(identity);
                    self.done.push(Done::Erased);
                }
            }
        }
    }

    /// Somebody else works in the mailbox.
    pub(super) async fn other(&mut self) {
        let folder = self.dice.roll(3);
        match self.dice.roll(4) {
            0 | 1 => _ = self.deliver(folder).await,
            2 => {
                let identity = self.deliver(folder).await;
                let uid = places(&self.demo).await[&identity][0].1;
                self.demo.set_flags(FOLDERS[folder], uid, &["\\Deleted"]).await.unwrap();
                self.said.push(format!("somebody marks {identity} as deleted"));
                self.foreign.insert(identity);
            }
            _ => {
                let there = places(&self.demo).await;
                let free: Vec<_> = there.iter().filter(|(_, at)| at.len() == 1).collect();
                let (identity, at) = free[self.dice.roll(free.len())];
                let (folder, uid, _) = at[0];
                self.demo.expunge(FOLDERS[folder], &[uid]).await.unwrap();
                self.said.push(format!("somebody removes {identity}"));
                self.gone.insert(*identity);
                self.foreign.remove(identity);
            }
        }
    }

    /// A connection: all folders, after everything that was wanted. `turns`: it is killed after so many.
    pub(super) async fn visit(&mut self, cut: Option<u64>, turns: Option<usize>) -> Result<(), Failure> {
        let faults: Vec<Fault> = cut.map(Fault::CutAfter).into_iter().collect();
        self.demo.break_connections(&faults).await.unwrap();
        let stream = watched(&self.demo, Arc::new(Tally::default()), None);
        self.program.pass.moving.lag = self.lag;
        let work = pin!(whole_visit(&mut self.program, &self.way, stream));
        match turns {
            Some(turns) => Killed { work, turns }.await.unwrap_or(Err(Failure::passing(FailureKind::Internal, "", ""))),
            None => work.await,
        }
    }

    pub(super) fn restart(self, without_mail: bool) -> Self {
        let program = self.program.restart(without_mail);
        Self { program, ..self }
    }

    pub(super) fn check(&self, seed: u64) {
        assert_eq!(self.program.reader.wrong_counters().unwrap(), [], "{seed}: {:#?}", self.said);
    }

    /// Until nothing is left to be told.
    pub(super) async fn come_to_rest(&mut self, seed: u64) {
        let until = clock::instant() + Duration::from_secs(10);
        let mut quiet = 0;
        while quiet < 2 {
            let ended = self.visit(None, None).await;
            assert_eq!(ended, Ok(()), "{seed}: {:#?}", self.said);
            let wants = self.program.store.own.commit(OwnWrite::Wants(None)).await.unwrap();
            let open = wants.iter().filter(|want| want.aim.step != crate::store::Step::Kept).count();
            // What was put somewhere may be seen later.
            let unseen = self.lag > Duration::ZERO && self.shown().len() < places(&self.demo).await.len();
            quiet = if open == 0 && !unseen { quiet + 1 } else { 0 };
            assert!(clock::instant() < until, "{seed}: {wants:#?}\n{:#?}", self.said);
        }
    }

    pub(super) async fn judge(&self, seed: u64) {
        let there = places(&self.demo).await;
        let needs = self.program.reader.needs().unwrap();
        let in_need = |identity: u32| needs.iter().find(|need| need.subject.as_untrusted() == identity.to_string());
        let tell = |identity: u32| format!("{seed}: {identity} {there:?}\n{needs:#?}\n{:#?}", self.said);
        for (identity, (folder, star)) in &self.wanted {
            let at = there.get(identity).cloned().unwrap_or_default();
            if self.foreign.contains(identity) {
                assert!(at.iter().any(|(.., deleted)| *deleted), "not ours to remove: {}", tell(*identity));
                continue;
            }
            let here: Vec<usize> = at.iter().filter(|(.., deleted)| !deleted).map(|(folder, ..)| *folder).collect();
            let need = in_need(*identity);
            let may_be_twice = need.is_some_and(|need| need.why == NeedWhy::Unknown);
            assert!(here.len() <= 1 || may_be_twice, "twice: {}", tell(*identity));
            if self.gone.contains(identity) || self.erased.contains(identity) {
                continue;
            }
            assert!(!here.is_empty(), "in no folder: {}", tell(*identity));
            if need.is_none() {
                assert_eq!(here, [*folder], "lost: {}", tell(*identity));
                let flags = self.demo.snapshot().await.unwrap();
                let kept = flags.iter().find(|kept| kept.folder == FOLDERS[*folder]).unwrap();
                let uid = at.iter().find(|(.., deleted)| !deleted).unwrap().1;
                let message = kept.messages.iter().find(|message| message.uid == uid).unwrap();
                assert_eq!(message.flags.iter().any(|f| f == "\\Flagged"), *star, "star: {}", tell(*identity));
            }
        }
        // And the screen shows what the server has.
        let mut seen: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (identity, at) in self.shown() {
            // What was removed before it was ever seen where it went is expected there for a while.
            if !self.gone.contains(&identity) {
                seen.insert(identity, at.into_iter().map(|(folder, _)| folder).collect());
            }
        }
        let mut expected: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (identity, at) in &there {
            let mine = !self.foreign.contains(identity);
            let at: Vec<usize> = at.iter().filter(|(.., gone)| !(mine && *gone)).map(|(folder, ..)| *folder).collect();
            if !at.is_empty() && !self.gone.contains(identity) {
                expected.insert(*identity, at);
            }
        }
        assert_eq!(seen, expected, "{seed}: {there:?}\n{needs:#?}\n{:#?}", self.said);
    }
}

pub(super) async fn whole_visit(
    program: &mut Program,
    way: &Way,
    stream: tokio::io::DuplexStream,
) -> Result<(), Failure> {
    let standing = program.inbox().map(|folder| program.reader.standing(folder).unwrap()).unwrap_or_default();
    let first = First { folders: true, home: Some((inbox(), standing)) };
    let mut session = way.connect_over(stream, first).await?;
    session.spool_into(program.store.mail.spool());
    program.pass.closed.clear();
    let folders = program.pass.folders(&mut session).await?;
    let wanted = |name: &str| folders.iter().find(|(_, seen)| seen.decoded == name).cloned();
    let ours: Vec<_> = FOLDERS.iter().filter_map(|name| wanted(name)).collect();
    for _ in 0..2 {
        program.pass.push(&mut session, &mut ()).await?;
        for (folder, seen) in &ours {
            for _ in 0..3 {
                if program.pass.folder(&mut session, *folder, &seen.name, false, &mut ()).await? == Left::Complete {
                    break;
                }
            }
            program.pass.news(&mut session, *folder, &mut ()).await?;
        }
        if !std::mem::take(&mut program.pass.moving.left) && program.pass.moving.landed.is_empty() {
            break;
        }
        program.pass.moving.landed.clear();
    }
    for (quirk, evidence) in session.learned() {
        way.known.send_modify(|known| known.learn(quirk, &evidence));
    }
    session.close().await;
    Ok(())
}
