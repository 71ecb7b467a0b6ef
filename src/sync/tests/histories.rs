//! Random histories of a mailbox and of the program, over the real protocol: whatever kind of server it is, wherever the
//! line breaks, and whoever else works in the mailbox meanwhile, in the end both sides are equal and nothing is lost.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use tokio::sync::oneshot;

use super::piped::{Side, Tally, empty, post, theirs, watched, way};
use super::*;
use crate::demo::{AT_ONCE, COREMAIL, Demo, Fault, Limits, MODERN, NO_LIMITS, PLAIN, Personality, QQ, Sent};
use crate::model::{Quirk, Quirks};

/// What somebody else does.
#[derive(Clone, Debug)]
enum Change {
    Deliver(u16),
    /// So many at once.
    Flood(u16),
    Flags(usize, u16),
    Expunge(usize),
    /// Each so many-th.
    Decimate(usize),
    Renumber,
    Reshuffle,
}

#[derive(Clone, Debug)]
enum Step {
    Else(Change),
    /// The user sets or takes a flag of a message on the screen.
    Want(usize, usize, bool),
    Pass(Line),
    /// After a pass the line stays, and each of these is told on it.
    Stay(Vec<Change>),
    /// The program is ended and started again; perhaps without its mail.db.
    Restart(bool),
}

/// How a connection goes.
#[derive(Clone, Debug)]
struct Line {
    /// It breaks after so many bytes.
    cut: Option<u64>,
    /// After so many bytes somebody else does something.
    meanwhile: Option<(u64, Change)>,
    bytewise: bool,
    thorough: bool,
}

const WHOLE: Line = Line { cut: None, meanwhile: None, bytewise: false, thorough: false };

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        5 => any::<u8>().prop_map(|flags| Change::Deliver(u16::from(flags))),
        2 => (2_u16..16).prop_map(Change::Flood),
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, flags)| Change::Flags(at, u16::from(flags))),
        3 => any::<usize>().prop_map(Change::Expunge),
        1 => (2_usize..6).prop_map(Change::Decimate),
        1 => Just(Change::Renumber),
        1 => Just(Change::Reshuffle),
    ]
}

/// What a server tells who is there.
fn news() -> impl Strategy<Value = Change> {
    change().prop_filter("tells that it is another folder", |change| {
        !matches!(change, Change::Renumber | Change::Reshuffle)
    })
}

/// Not every byte is as interesting: the beginning is where much is said.
fn byte() -> impl Strategy<Value = u64> {
    prop_oneof![1 => 0_u64..700, 3 => 700_u64..3_000, 2 => 3_000_u64..9_000]
}

fn line() -> impl Strategy<Value = Line> {
    let meanwhile = proptest::option::weighted(0.3, (byte(), change()));
    (proptest::option::weighted(0.4, byte()), meanwhile, 0_u8..16).prop_map(|(cut, meanwhile, dice)| Line {
        cut,
        meanwhile,
        bytewise: dice == 0,
        thorough: dice == 1,
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => change().prop_map(Step::Else),
        3 => (any::<usize>(), 0_usize..3, any::<bool>()).prop_map(|(at, flag, on)| Step::Want(at, flag, on)),
        6 => line().prop_map(Step::Pass),
        2 => proptest::collection::vec(news(), 1..8).prop_map(Step::Stay),
        1 => (0_u8..6).prop_map(|dice| Step::Restart(dice == 0)),
    ]
}

/// QRESYNC is not there, and neither is ESEARCH.
const CHANGES_ONLY: Personality = Personality {
    name: "changes-only",
    after_login: &["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "IDLE", "UIDPLUS", "ENABLE", "CONDSTORE"],
    ..MODERN
};

/// It has no clock: what comes is there at once.
const QQ_AT_ONCE: Personality = Personality {
    visibility: crate::demo::Visibility { told: false, ..AT_ONCE },
    limits: Limits { line: QQ.limits.line, ..NO_LIMITS },
    sent: Sent { settles_after: Duration::ZERO, ..QQ.sent },
    ..QQ
};

/// So small that a handful of messages is a large folder.
const TINY: Sizes = Sizes { first_page: 3, chunk: 4, newest: 2, small: 1, many_gone: 6 };

struct World {
    demo: Demo,
    identities: u32,
    /// What the user wanted last, by the identity of the message and the flag.
    wanted: BTreeMap<(u32, u16), bool>,
    /// The flags that the server keeps at all.
    kept: Flags,
}

impl World {
    fn new(personality: &'static Personality) -> Self {
        let kept = if personality.toggles.stores_keywords { 0xff } else { 0x1f };
        Self { demo: empty(personality), identities: 0, wanted: BTreeMap::new(), kept: Flags::from_bits(kept) }
    }

    async fn deliver(&mut self, count: u16, flags: u16) {
        let flags = Flags::from_bits(flags & self.kept.bits());
        let posts = (0..count).map(|n| post(self.identities + 1 + u32::from(n), flags)).collect();
        self.identities += u32::from(count);
        self.demo.deliver_all("INBOX", posts).await.unwrap();
    }

    async fn apply(&mut self, change: Change) {
        let there = theirs(&self.demo).await;
        let at = |at: usize| there.get(at % there.len().max(1)).copied();
        match change {
            Change::Deliver(flags) => self.deliver(1, flags).await,
            Change::Flood(count) => self.deliver(count, count).await,
            Change::Flags(n, flags) => {
                let Some((uid, identity, known)) = at(n) else { return };
                // Another client has a say too; whose word counts is clear only for flags that we want nothing of.
                let ours: u16 = self.wanted.keys().filter(|(id, _)| *id == identity).map(|(_, flag)| *flag).sum();
                let now = (known.bits() & ours) | (flags & self.kept.bits() & !ours);
                let names: Vec<&str> = Flags::from_bits(now).imap_names().collect();
                self.demo.set_flags("INBOX", uid, &names).await.unwrap();
            }
            Change::Expunge(n) => {
                let Some((uid, ..)) = at(n) else { return };
                self.demo.expunge("INBOX", &[uid]).await.unwrap();
            }
            Change::Decimate(each) => {
                let uids: Vec<u32> = there.iter().step_by(each).map(|(uid, ..)| *uid).collect();
                self.demo.expunge("INBOX", &uids).await.unwrap();
            }
            Change::Renumber => self.demo.renumber("INBOX").await.unwrap(),
            Change::Reshuffle => self.demo.reshuffle("INBOX").await.unwrap(),
        }
    }
}

/// Which questions were asked, and what was told.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Asked {
    cases: usize,
    passes: usize,
    stays: usize,
    broken: usize,
    rows: usize,
    numbers: usize,
    places: usize,
    lists: usize,
    since: usize,
    resync: usize,
    vanished: usize,
    all_flags: usize,
    wants: usize,
}

impl Asked {
    fn note(&mut self, said: &[String], tally: &Tally) {
        for line in said {
            let command = line.split_once(' ').map_or("", |(_, command)| command);
            let has = |what: &str| command.contains(what);
            self.rows += usize::from(has("HEADER.FIELDS"));
            self.places += usize::from(command.starts_with("FETCH ") && command.ends_with(" (UID)"));
            self.lists += usize::from(command.starts_with("SEARCH "));
            self.numbers += usize::from(command.starts_with("UID SEARCH "));
            self.since += usize::from(has("CHANGEDSINCE"));
            self.resync += usize::from(has("(QRESYNC ("));
            self.all_flags += usize::from(command == "UID FETCH 1:* (UID FLAGS)");
            self.wants += usize::from(command.starts_with("UID STORE "));
        }
        self.vanished += tally.vanished.load(Ordering::Relaxed);
    }
}

async fn pass(
    program: &mut Program,
    world: &mut World,
    way: &Way,
    line: Line,
    tally: &Arc<Tally>,
) -> Result<Left, Failure> {
    let mut faults = Vec::new();
    faults.extend(line.cut.map(Fault::CutAfter));
    faults.extend(line.bytewise.then_some(Fault::Pieces(1)));
    world.demo.break_connections(&faults).await.unwrap();
    program.pass.sizes = TINY;
    let Some((at, change)) = line.meanwhile else {
        let stream = watched(&world.demo, tally.clone(), None);
        return program.visit(way, stream, line.thorough).await;
    };
    let (tell, told) = oneshot::channel::<oneshot::Sender<()>>();
    let stream = watched(&world.demo, tally.clone(), Some((at, tell)));
    let meddle = async {
        if let Ok(done) = told.await {
            world.apply(change).await;
            let _ = done.send(());
        }
    };
    tokio::join!(program.visit(way, stream, line.thorough), meddle).0
}

async fn history(
    personality: &'static Personality,
    one_at_a_time: bool,
    steps: Vec<Step>,
    asked: &mut Asked,
) -> Result<(), TestCaseError> {
    let mut program = Program::start();
    let mut world = World::new(personality);
    let tally = Arc::new(Tally::default());
    let way = way(Duration::from_secs(20));
    if one_at_a_time {
        way.known.send_modify(|known| known.quirks = Quirks::default().with(Quirk::OneAtATime));
    }
    for step in steps {
        match step {
            Step::Else(change) => world.apply(change).await,
            Step::Want(at, flag, on) => {
                let Some(folder) = program.inbox() else { continue };
                let rows = program.reader.newest(folder, 1000).unwrap();
                let Some(row) = rows.get(at % rows.len().max(1)) else { continue };
                let flag = [Flags::SEEN, Flags::FLAGGED, Flags::ANSWERED][flag];
                let (add, remove) = if on { (flag, Flags::NONE) } else { (Flags::NONE, flag) };
                let intent = Intent::Flag { placements: vec![row.placement], add, remove };
                if Store::record(&program.store.own, &program.store.mail, intent).await.is_ok() {
                    world.wanted.insert((row.subject.as_untrusted().parse().unwrap(), flag.bits()), on);
                    let shown = program.reader.rows(&[row.placement]).unwrap();
                    prop_assert_eq!(shown[0].flags.contains(flag), on, "shown at once");
                }
            }
            Step::Restart(without_mail) => program = program.restart(without_mail),
            Step::Pass(line) => {
                let before = program.ours();
                let undisturbed = line.cut.is_none() && line.meanwhile.is_none();
                let ended = pass(&mut program, &mut world, &way, line, &tally).await;
                asked.passes += 1;
                asked.broken += usize::from(ended.is_err());
                prop_assert!(!undisturbed || ended == Ok(Left::Complete), "undisturbed, and yet {:?}", ended);
                // Whatever happened, nothing disappeared that the server still has.
                let (after, there) = (program.ours(), theirs(&world.demo).await);
                for (_, identity, _) in before {
                    let has = |side: &[(u32, u32, Flags)]| side.iter().any(|(_, known, _)| *known == identity);
                    prop_assert!(!has(&there) || has(&after), "{} disappeared", identity);
                }
            }
            Step::Stay(changes) => {
                world.demo.break_connections(&[]).await.unwrap();
                program.pass.sizes = TINY;
                let stream = watched(&world.demo, tally.clone(), None);
                let mut changes = changes.into_iter();
                let (visited, seen) = (&mut world, &tally);
                let ended = program
                    .long_visit(&way, stream, false, async || match changes.next() {
                        Some(change) => {
                            visited.apply(change).await;
                            true
                        }
                        None => false,
                    })
                    .await;
                prop_assert_eq!(ended, Ok(Left::Complete));
                asked.stays += 1;
                if personality.visibility.told {
                    prop_assert_eq!(program.ours(), theirs(&world.demo).await, "as it was told: {:?}", seen);
                }
            }
        }
        prop_assert_eq!(program.reader.wrong_counters().unwrap(), []);
    }
    let ended = pass(&mut program, &mut world, &way, WHOLE, &tally).await;
    prop_assert_eq!(ended, Ok(Left::Complete));
    let there = theirs(&world.demo).await;
    for ((identity, flag), on) in &world.wanted {
        if let Some((.., flags)) = there.iter().find(|(_, known, _)| known == identity) {
            prop_assert_eq!(
                flags.contains(Flags::from_bits(*flag)),
                *on,
                "an intent was lost: {} of {}",
                flag,
                identity
            );
        }
    }
    prop_assert_eq!(program.ours(), there.clone());
    prop_assert_eq!(program.reader.wrong_counters().unwrap(), []);
    // A pass with nothing to do changes nothing, and costs little.
    let (before, sent) = (program.store_state(), world.demo.traffic().sent);
    let ended = pass(&mut program, &mut world, &way, WHOLE, &tally).await;
    prop_assert_eq!(ended, Ok(Left::Complete));
    prop_assert_eq!(program.store_state(), before);
    let cost = world.demo.traffic().sent - sent;
    prop_assert!(cost < 2_500 + 12 * there.len() as u64, "{} bytes for {} messages", cost, there.len());
    asked.cases += 1;
    asked.note(&world.demo.said().await.unwrap(), &tally);
    Ok(())
}

impl Program {
    fn store_state(&self) -> (Side, (u64, u64)) {
        (self.ours(), self.reader.counters(self.inbox().unwrap()).unwrap())
    }
}

/// Runs so many histories with every way of asking; the questions that were asked.
fn run(personality: &'static Personality, cases: u32, fixed: bool) -> Asked {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 3_000, ..config() };
    let mut runner = if fixed {
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    } else {
        TestRunner::new(config)
    };
    let asked = RefCell::new(Asked::default());
    let strategy = (any::<bool>(), proptest::collection::vec(step(), 1..40));
    let ended = runner.run(&strategy, |(one_at_a_time, steps)| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(history(personality, one_at_a_time, steps, &mut asked.borrow_mut()))
    });
    match ended {
        Ok(()) => asked.into_inner(),
        Err(TestError::Fail(why, (one_at_a_time, steps))) => {
            panic!("{}, one at a time: {one_at_a_time}: {why}\n{steps:#?}", personality.name)
        }
        Err(TestError::Abort(why)) => panic!("{}: {why}", personality.name),
    }
}

/// A fifth of all cases for each of five kinds of servers.
fn both_sides_become_equal(personality: &'static Personality) {
    let asked = run(personality, cases() / 5, false);
    println!("{}: {asked:?}", personality.name);
}

#[test]
fn histories_with_a_server_that_tells_what_vanished() {
    both_sides_become_equal(&MODERN);
}

#[test]
fn histories_with_a_server_that_counts_changes() {
    both_sides_become_equal(&CHANGES_ONLY);
}

#[test]
fn histories_with_a_plain_server() {
    both_sides_become_equal(&PLAIN);
}

#[test]
fn histories_with_coremail() {
    both_sides_become_equal(&COREMAIL);
}

#[test]
fn histories_with_qq() {
    both_sides_become_equal(&QQ_AT_ONCE);
}

/// The same cases each time: every question is really asked by somebody.
#[test]
fn every_way_of_asking_is_walked() {
    let [modern, counting, plain] = [&MODERN, &CHANGES_ONLY, &PLAIN].map(|personality| run(personality, 12, true));
    println!("{modern:?}\n{counting:?}\n{plain:?}");
    assert!(modern.resync > 0 && modern.vanished > 0, "{modern:?}");
    assert!(counting.since > 0 && counting.places > 0, "{counting:?}");
    assert!(plain.places > 0 && plain.lists > 0 && plain.numbers > 0 && plain.all_flags > 0, "{plain:?}");
    for asked in [modern, counting, plain] {
        assert!(asked.broken > 0 && asked.wants > 0 && asked.rows > 0, "{asked:?}");
    }
}
