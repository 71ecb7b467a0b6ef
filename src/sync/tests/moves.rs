//! Random keys, random servers, and a program that is killed anywhere: between two writes, and at any byte of the line.
//! Nothing that the user wanted is lost or done twice, no message is in no folder, and nobody else's deleted mail goes.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use super::fate::{Dice, Killed};
use super::piped::{Tally, empty, post, watched, way};
use super::*;
use crate::demo::{AT_ONCE, Demo, Fault, MODERN, PLAIN, Personality, Visibility};
use crate::model::{NeedWhy, PlacementId, clock};

const FOLDERS: [&str; 3] = ["INBOX", "归档", "已删除"];

/// It cannot move.
const NO_MOVE: Personality = Personality {
    name: "uidplus-only",
    after_login: &["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "IDLE", "UIDPLUS", "SPECIAL-USE"],
    ..PLAIN
};

/// Nor remove single messages.
const NEITHER: Personality = Personality {
    name: "neither",
    after_login: &["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "IDLE", "SPECIAL-USE"],
    ..PLAIN
};

/// Its copies are not seen for a while, and it does not tell its next number.
const SLOW: Personality = Personality {
    name: "slow",
    visibility: Visibility { by_select: (Duration::from_millis(300), Duration::from_millis(400)), ..AT_ONCE },
    status_drops: &["UIDNEXT"],
    ..NO_MOVE
};

/// Where a message lies on the server: the folder, its number, and whether it is marked as deleted.
type Places = BTreeMap<u32, Vec<(usize, u32, bool)>>;

async fn places(demo: &Demo) -> Places {
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
enum Done {
    Moved(Vec<(u32, usize)>),
    Flagged(Vec<(u32, bool)>),
    Erased,
}

struct Story {
    demo: Demo,
    program: Program,
    way: Way,
    dice: Dice,
    /// Where the user wants each message, and whether with a star.
    wanted: BTreeMap<u32, (usize, bool)>,
    /// Nobody knows any more what ought to be: erased, and perhaps taken back.
    erased: BTreeSet<u32>,
    /// Somebody else marked these as deleted, and nobody of ours touches them.
    foreign: BTreeSet<u32>,
    /// Somebody else removed these.
    gone: BTreeSet<u32>,
    done: Vec<Done>,
    identities: u32,
    said: Vec<String>,
    lag: Duration,
}

impl Story {
    async fn begin(personality: &'static Personality, seed: u64) -> Self {
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

    async fn deliver(&mut self, folder: usize) -> u32 {
        self.identities += 1;
        self.demo.deliver_all(FOLDERS[folder], vec![post(self.identities, Flags::NONE)]).await.unwrap();
        self.wanted.insert(self.identities, (folder, false));
        self.identities
    }

    fn folder(&self, folder: usize) -> Option<FolderId> {
        let folders = self.program.reader.folders().unwrap();
        folders.iter().find(|known| known.name.as_untrusted() == FOLDERS[folder]).map(|known| known.id)
    }

    /// What the user sees: where each message stands.
    fn shown(&self) -> BTreeMap<u32, Vec<(usize, PlacementId)>> {
        let mut shown: BTreeMap<u32, Vec<(usize, PlacementId)>> = BTreeMap::new();
        for at in 0..FOLDERS.len() {
            let Some(folder) = self.folder(at) else { continue };
            for row in self.program.reader.newest(folder, 10_000).unwrap() {
                shown.entry(row.subject.as_untrusted().parse().unwrap()).or_default().push((at, row.placement));
            }
        }
        shown
    }

    async fn does(&mut self, intent: Intent) -> bool {
        let store = &self.program.store;
        // Nobody waits for a second thought.
        let at = Timestamp(clock::now().0 - 60);
        Store::record_all(&store.own, &store.mail, &[(intent, Some(at))]).await.results.remove(0).is_ok()
    }

    async fn key(&mut self) {
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
    async fn other(&mut self) {
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
    async fn visit(&mut self, cut: Option<u64>, turns: Option<usize>) -> Result<(), Failure> {
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

    fn restart(self, without_mail: bool) -> Self {
        let program = self.program.restart(without_mail);
        Self { program, ..self }
    }

    fn check(&self, seed: u64) {
        assert_eq!(self.program.reader.wrong_counters().unwrap(), [], "{seed}: {:#?}", self.said);
    }

    /// Until nothing is left to be told.
    async fn come_to_rest(&mut self, seed: u64) {
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

    async fn judge(&self, seed: u64) {
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
        assert_eq!(seen, expected, "{seed}: {:#?}", self.said);
    }
}

async fn whole_visit(program: &mut Program, way: &Way, stream: tokio::io::DuplexStream) -> Result<(), Failure> {
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

async fn schedule(personality: &'static Personality, seed: u64) {
    let mut story = Story::begin(personality, seed).await;
    if personality.name == "slow" {
        story.lag = Duration::from_secs(1);
    }
    let until = clock::instant() + Duration::from_secs(10);
    while story.shown().len() < 6 {
        assert_eq!(story.visit(None, None).await, Ok(()), "{seed}");
        assert!(clock::instant() < until, "{seed}");
    }
    for _ in 0..3 + story.dice.roll(10) {
        match story.dice.roll(10) {
            0..5 => story.key().await,
            5 => story.other().await,
            6..9 => {
                let (cut, turns) = match story.dice.roll(3) {
                    0 => (Some(u64::try_from(story.dice.roll(9_000)).unwrap()), None),
                    1 => (None, Some(1 + story.dice.roll(160))),
                    _ => (None, None),
                };
                let ended = story.visit(cut, turns).await.is_ok();
                story.said.push(format!("a visit, {cut:?} {turns:?}: {ended}"));
                if turns.is_some() && !ended {
                    story = story.restart(false);
                }
            }
            _ => {
                let without_mail = story.dice.chance(40);
                story.said.push(format!("a restart, {without_mail}"));
                story = story.restart(without_mail);
            }
        }
        story.check(seed);
    }
    story.come_to_rest(seed).await;
    story.check(seed);
    story.judge(seed).await;
}

fn schedules(personality: &'static Personality, first: u64, few: u64) {
    #[expect(clippy::disallowed_methods, reason = "the switch of the test run for its long counts")]
    let long = std::env::var_os("HONGYAN_LONG").is_some();
    // Those that wait for what is seen late take their time.
    let count = if !long {
        few
    } else if few < 10 {
        60
    } else {
        2_600
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for seed in first..first + count {
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            runtime.block_on(schedule(personality, seed));
        }));
        if let Err(why) = ended {
            println!("{}, seed {seed}", personality.name);
            std::panic::resume_unwind(why);
        }
    }
    println!("{}: {count} schedules from seed {first}", personality.name);
}

#[test]
fn schedules_with_move_and_uidplus() {
    schedules(&PLAIN, 1, 40);
}

#[test]
fn schedules_with_move_uidplus_and_what_vanished() {
    schedules(&MODERN, 1, 20);
}

#[test]
fn schedules_with_uidplus_only() {
    schedules(&NO_MOVE, 1, 40);
}

#[test]
fn schedules_with_neither() {
    schedules(&NEITHER, 1, 40);
}

#[test]
fn schedules_with_copies_that_are_seen_late() {
    schedules(&SLOW, 1, 2);
}

#[tokio::test]
async fn two_hundred_actions_offline_are_one_pass() {
    for personality in [&PLAIN, &NO_MOVE, &NEITHER] {
        let mut story = Story::begin(personality, 7).await;
        for _ in 0..120 {
            story.deliver(0).await;
        }
        assert_eq!(story.visit(None, None).await, Ok(()));
        let shown = story.shown();
        let at = |identity: u32| shown[&identity][0].1;
        for n in 0..200_u32 {
            let identity = 1 + n % 120;
            let intent = match n % 4 {
                0 => Intent::Move { placements: vec![at(identity)], to: story.folder(1).unwrap() },
                1 => Intent::Move { placements: vec![at(identity)], to: story.folder(2).unwrap() },
                2 => Intent::Flag { placements: vec![at(identity)], add: Flags::SEEN, remove: Flags::NONE },
                _ => Intent::Flag { placements: vec![at(identity)], add: Flags::FLAGGED, remove: Flags::NONE },
            };
            assert!(story.does(intent).await);
            let (folder, star) = story.wanted.get_mut(&identity).unwrap();
            match n % 4 {
                0 => *folder = 1,
                1 => *folder = 2,
                2 => {}
                _ => *star = true,
            }
        }
        story = story.restart(false);
        let before = story.demo.said().await.unwrap().len();
        assert_eq!(story.visit(None, None).await, Ok(()));
        let said = story.demo.said().await.unwrap().split_off(before);
        let changes = ["UID STORE", "UID MOVE", "UID COPY", "UID EXPUNGE"];
        let told = said.iter().filter(|line| changes.iter().any(|verb| line.contains(verb))).count();
        println!("{}: 200 actions in {told} commands, of {} of the whole pass", personality.name, said.len());
        assert!(told <= 20, "{said:#?}");
        assert!(said.iter().all(|line| line.len() <= 980 && !line.ends_with(" EXPUNGE") && !line.ends_with(" CLOSE")));
        story.come_to_rest(7).await;
        story.judge(7).await;
    }
}
