//! Servers that list only the mail of the last weeks: what becomes too old stays, and comes back without a double.

use std::collections::BTreeSet;

use super::*;
use crate::demo::{Demo, Limits, Options, Personality, QQ, serve};
use crate::model::{PlacementId, Row, Secret, TlsMode, clock};
use crate::net::Dialer;

#[derive(Clone, Debug)]
enum Turn {
    Deliver(u16),
    /// So many of the oldest leave the window.
    Age(usize),
    /// Everything is listed again.
    Widen,
    /// One that is not the oldest is deleted, and that is noticed at once.
    Expunge(usize),
    Renumber,
    Reshuffle,
    /// The user sets or takes a flag of a message on the screen.
    Want(usize, bool, bool),
    /// A pass whose line breaks after so many steps.
    Pass(usize),
    Restart,
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        5 => (0_u16..8).prop_map(Turn::Deliver),
        4 => (0_usize..5).prop_map(Turn::Age),
        1 => Just(Turn::Widen),
        1 => any::<usize>().prop_map(Turn::Expunge),
        1 => Just(Turn::Renumber),
        1 => Just(Turn::Reshuffle),
        4 => (any::<usize>(), any::<bool>(), any::<bool>()).prop_map(|(at, seen, on)| Turn::Want(at, seen, on)),
        5 => (0_usize..14).prop_map(Turn::Pass),
        1 => Just(Turn::Restart),
    ]
}

/// The server, and what it does not list.
struct Windowed {
    server: Server,
    old: BTreeMap<u32, (Flags, u32)>,
}

impl Windowed {
    fn age(&mut self, count: usize) {
        for _ in 0..count {
            self.old.extend(self.server.messages.pop_first());
        }
    }

    fn widen(&mut self) {
        self.server.messages.append(&mut self.old);
    }

    /// What happens to numbers happens to all of them.
    fn all(&mut self, change: impl FnOnce(&mut Server)) {
        let hidden: BTreeSet<u32> = self.old.values().map(|(_, identity)| *identity).collect();
        self.widen();
        change(&mut self.server);
        self.old = self.server.messages.extract_if(.., |_, (_, identity)| hidden.contains(identity)).collect();
    }

    fn flags_of(&self, identity: u32) -> Option<Flags> {
        self.server.messages.values().find(|(_, known)| *known == identity).map(|(flags, _)| *flags)
    }
}

fn identity(row: &Row) -> u32 {
    row.subject.as_untrusted().parse().unwrap()
}

fn shown(program: &Program) -> Vec<Row> {
    program.folder().map(|folder| program.reader.newest(folder, 1000).unwrap()).unwrap_or_default()
}

async fn life(turns: Vec<Turn>, batch: usize) -> Result<(), TestCaseError> {
    let start = |mut program: Program| {
        program.pass.window = true;
        program
    };
    let mut program = start(Program::start());
    let server = Server { uidvalidity: 5, next: 1, ..Server::default() };
    let mut there = Windowed { server, old: BTreeMap::new() };
    let mut wanted: BTreeMap<(u32, u16), bool> = BTreeMap::new();
    // What the server says OK to may be about a message that it does not list any more: then it counts here only.
    let mut unheard: BTreeSet<(u32, u16)> = BTreeSet::new();
    let mut seen: BTreeSet<u32> = BTreeSet::new();
    for turn in turns {
        match turn {
            Turn::Deliver(flags) => there.server.deliver(Flags::from_bits(flags)),
            Turn::Age(count) => {
                there.age(count);
                for (flags, identity) in there.old.values() {
                    let here =
                        shown(&program).into_iter().any(|row| row.only_here && self::identity(&row) == *identity);
                    let of_it = wanted.range((*identity, 0)..=(*identity, u16::MAX)).filter(|_| !here);
                    let missing = of_it.filter(|((_, flag), on)| flags.contains(Flags::from_bits(*flag)) != **on);
                    unheard.extend(missing.map(|(key, _)| *key));
                }
            }
            Turn::Widen => there.widen(),
            Turn::Expunge(at) => {
                make_pass(&mut program.pass, &mut there.server, usize::MAX, batch).await.unwrap();
                let after_the_oldest = there.server.messages.len().saturating_sub(1).max(1);
                if let Some(uid) = there.server.messages.keys().nth(1 + at % after_the_oldest).copied() {
                    let (_, gone) = there.server.messages.remove(&uid).unwrap();
                    make_pass(&mut program.pass, &mut there.server, usize::MAX, batch).await.unwrap();
                    prop_assert!(shown(&program).iter().all(|row| identity(row) != gone), "{} was deleted", gone);
                    seen.remove(&gone);
                    wanted.retain(|(identity, _), _| *identity != gone);
                }
            }
            Turn::Renumber => there.all(Server::renumber),
            Turn::Reshuffle => there.all(|server| server.reshuffle(true)),
            Turn::Want(at, seen, on) => {
                let rows = shown(&program);
                let Some(row) = rows.get(at % rows.len().max(1)) else { continue };
                let flag = if seen { Flags::SEEN } else { Flags::FLAGGED };
                let (add, remove) = if on { (flag, Flags::NONE) } else { (Flags::NONE, flag) };
                let intent = Intent::Flag { placements: vec![row.placement], add, remove };
                if Store::record(&program.store.own, &program.store.mail, intent).await.is_ok() {
                    let key = (identity(row), flag.bits());
                    wanted.insert(key, on);
                    if there.old.values().any(|(_, hidden)| *hidden == key.0) && !row.only_here {
                        unheard.insert(key);
                    } else {
                        unheard.remove(&key);
                    }
                }
            }
            Turn::Pass(fuel) => _ = make_pass(&mut program.pass, &mut there.server, fuel, batch).await,
            Turn::Restart => program = start(program.restart(false)),
        }
        prop_assert_eq!(program.reader.wrong_counters().unwrap(), []);
        let rows = shown(&program);
        let here: BTreeSet<u32> = rows.iter().map(identity).collect();
        prop_assert_eq!(here.len(), rows.len(), "one is there twice");
        prop_assert!(seen.is_subset(&here), "{:?} of {:?}", here, seen);
        for row in &rows {
            let of_it = wanted.range((identity(row), 0)..=(identity(row), u16::MAX)).filter(|_| row.only_here);
            for ((_, flag), on) in of_it.filter(|(key, _)| !unheard.contains(key)) {
                prop_assert_eq!(row.flags.contains(Flags::from_bits(*flag)), *on, "flag {} of {}", flag, identity(row));
            }
        }
        seen = here;
    }
    for everything in [false, true] {
        if everything {
            there.widen();
        }
        make_pass(&mut program.pass, &mut there.server, usize::MAX, batch).await.unwrap();
        let rows = shown(&program);
        for row in &rows {
            let listed = row.uid.and_then(|uid| there.server.messages.get(&uid));
            prop_assert_eq!(listed.map(|(_, known)| *known), (!row.only_here).then(|| identity(row)));
            if let Some((flags, _)) = listed {
                prop_assert_eq!(row.flags, *flags);
            }
        }
        prop_assert_eq!(rows.iter().filter(|row| !row.only_here).count(), there.server.messages.len());
        prop_assert!(seen.is_subset(&rows.iter().map(identity).collect()));
        prop_assert!(!everything || rows.iter().all(|row| !row.only_here));
    }
    for ((identity, flag), on) in wanted.into_iter().filter(|(key, _)| !unheard.contains(key)) {
        let flags = there.flags_of(identity).unwrap();
        prop_assert_eq!(flags.contains(Flags::from_bits(flag)), on, "an intent was lost: {} of {}", flag, identity);
    }
    prop_assert_eq!(program.reader.wrong_counters().unwrap(), []);
    Ok(())
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn what_becomes_too_old_stays_and_comes_back_as_itself(
        turns in proptest::collection::vec(turn(), 1..40),
        batch in 1_usize..5,
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(life(turns, batch))?;
    }
}

async fn ten(window: bool) -> (Program, Windowed, FolderId) {
    let mut program = Program::start();
    program.pass.window = window;
    let server = Server { uidvalidity: 1, next: 1, ..Server::default() };
    let mut there = Windowed { server, old: BTreeMap::new() };
    (0..10).for_each(|_| there.server.deliver(Flags::NONE));
    let folder = make_pass(&mut program.pass, &mut there.server, usize::MAX, 3).await.unwrap();
    (program, there, folder)
}

#[tokio::test]
async fn without_a_window_what_leaves_is_gone() {
    let (mut program, mut there, folder) = ten(false).await;
    there.age(3);
    make_pass(&mut program.pass, &mut there.server, usize::MAX, 3).await.unwrap();
    assert_eq!(program.reader.counters(folder).unwrap(), (7, 7));
}

/// Weeks offline: every message that is known left the window, or all numbers changed meanwhile.
#[tokio::test]
async fn nothing_that_is_known_may_be_left_and_all_of_it_stays() {
    for (empty, renumbered) in [(true, false), (false, false), (false, true)] {
        let (mut program, mut there, folder) = ten(true).await;
        there.age(10);
        if !empty {
            (0..4).for_each(|_| there.server.deliver(Flags::SEEN));
        }
        if renumbered {
            there.all(Server::renumber);
        }
        make_pass(&mut program.pass, &mut there.server, usize::MAX, 3).await.unwrap();
        let total = if empty { 10 } else { 14 };
        assert_eq!(program.reader.counters(folder).unwrap(), (total, 10), "{empty} {renumbered}");
        assert_eq!(program.reader.only_here(folder).unwrap(), (10, 10));
    }
}

/// The same mailbox, seen through windows of different sizes.
const fn qq(window_days: Option<u32>) -> Personality {
    Personality { limits: Limits { window_days, login_rate: None, ..QQ.limits }, ..QQ }
}

static SIXTY: Personality = qq(Some(60));
static THIRTY: Personality = qq(Some(30));
static ALL: Personality = qq(None);

struct Profile {
    dir: tempfile::TempDir,
    store: Store,
    now: Timestamp,
}

impl Profile {
    async fn server(&self, personality: &'static Personality) -> Demo {
        serve(Options { messages: 900, personality, ..Options::new(self.now, "secret") }).await.unwrap()
    }

    async fn session(&self, demo: &Demo) -> imap::Session {
        let ca = self.dir.path().join("ca.pem");
        std::fs::write(&ca, &demo.ca_pem).unwrap();
        let dialer = Dialer { ca_file: Some(ca), ..Dialer::default() };
        let server = crate::model::Server { host: "localhost".into(), port: demo.tls.port(), tls: TlsMode::Tls };
        let way = Way::new(dialer, server, "demo@hongyan.example".into(), Secret::new("secret".into()));
        way.connect().await.unwrap()
    }

    /// One pass over the inbox.
    async fn pass(&self, demo: &Demo, window: bool) -> FolderId {
        let mut session = self.session(demo).await;
        let (own, mail, reader) = (self.store.own.clone(), self.store.mail.clone(), self.store.reader().unwrap());
        let account = self.store.accounts[0].0;
        let mut pass = Pass {
            account,
            name: "me".into(),
            own,
            mail,
            reader,
            closed: HashSet::new(),
            moving: Moving::default(),
            window,
            sizes: Sizes::default(),
        };
        let folders = pass.folders(&mut session).await.unwrap();
        let (id, seen) = folders.iter().find(|(_, seen)| seen.role == Some(Role::Inbox)).unwrap();
        let left = pass.folder(&mut session, *id, &seen.name, false, &mut ()).await.unwrap();
        assert_eq!(left, Left::Complete);
        session.close().await;
        *id
    }

    fn rows(&self, folder: FolderId) -> Vec<Row> {
        self.store.reader().unwrap().newest(folder, 10_000).unwrap()
    }
}

fn profile() -> Profile {
    let dir = tempfile::tempdir().unwrap();
    let (changes, _) = mpsc::unbounded_channel::<Changed>();
    let accounts = ["me".to_owned()];
    let options =
        StoreOptions { profile: dir.path(), accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
    let store = Store::open(&options, changes).unwrap();
    Profile { dir, store, now: clock::now() }
}

/// What does not change about a row, whether a server has it or not.
fn places(rows: &[Row]) -> Vec<(PlacementId, Timestamp)> {
    rows.iter().map(|row| (row.placement, row.arrival)).collect()
}

#[tokio::test]
async fn a_window_of_qq_that_narrows_hides_nothing_and_one_that_widens_doubles_nothing() {
    let profile = profile();
    let sixty = profile.server(&SIXTY).await;
    let inbox = profile.pass(&sixty, true).await;
    let at_sixty = profile.rows(inbox);
    assert!(at_sixty.len() > 100 && at_sixty.iter().all(|row| !row.only_here), "{}", at_sixty.len());
    let thirty = profile.server(&THIRTY).await;
    profile.pass(&thirty, true).await;
    let at_thirty = profile.rows(inbox);
    assert_eq!(places(&at_thirty), places(&at_sixty));
    let month = profile.now.0 - 30 * 86_400;
    assert!(at_thirty.iter().all(|row| row.only_here == (row.arrival.0 < month)));
    // A gap inside the window is a deletion; what comes anew is seen as ever.
    let gap = at_thirty.iter().filter(|row| !row.only_here).nth(20).unwrap();
    assert_eq!(thirty.expunge("INBOX", &[gap.uid.unwrap()]).await.unwrap(), 1);
    profile.pass(&thirty, true).await;
    let without: Vec<_> = places(&at_sixty).into_iter().filter(|(placement, _)| *placement != gap.placement).collect();
    assert_eq!(places(&profile.rows(inbox)), without);
    // The user chooses 全部.
    let all = profile.server(&ALL).await;
    profile.pass(&all, true).await;
    let at_all = profile.rows(inbox);
    assert!(at_all.len() > at_sixty.len() && at_all.iter().all(|row| !row.only_here), "{}", at_all.len());
    let known: BTreeSet<PlacementId> = at_all.iter().map(|row| row.placement).collect();
    assert!(without.iter().all(|(placement, _)| known.contains(placement)), "one was fetched anew");
    let mut identities: Vec<_> = at_all.iter().map(|row| (row.arrival, row.size, row.subject.clone())).collect();
    identities.sort();
    let count = identities.len();
    identities.dedup();
    assert_eq!(identities.len(), count, "one is there twice");
    assert_eq!(profile.store.reader().unwrap().wrong_counters().unwrap(), []);
}
