//! A pass against a mailbox in memory that drops the line at any moment and changes behind our back: nothing that the
//! user wanted is lost, and in the end both sides are equal.

mod cuts;
mod fate;
mod faulty;
mod folder_deeds;
mod histories;
mod moves;
mod mute;
mod piped;
mod refused_moves;
pub(super) mod scripted;
mod story;
mod volume;
mod wants;
mod window;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tokio::sync::mpsc;

use super::remote::Glance;
use super::*;
use crate::mime::headers;
use crate::model::{Abilities, Changed, Failure, FailureKind, Flags, FolderId, FolderName, Intent, Role, Timestamp};
use crate::store::{
    FolderSeen, Incoming, Outcome, OwnWrite, Reader, Restore, Spot, Standing, Store, StoreOptions, Want, Whole,
};

/// What is on the server, whoever is connected.
#[derive(Clone, Default, Debug)]
struct Server {
    uidvalidity: u32,
    next: u32,
    messages: BTreeMap<u32, (Flags, u32)>, // uid → flags, identity
    identities: u32,
    /// All of them were moved in within one second.
    moved_in: bool,
    /// Numbers that are listed, and of which it says nothing when it is asked for them.
    mute: HashSet<u32>,
}

impl Server {
    fn deliver(&mut self, flags: Flags) {
        self.identities += 1;
        self.messages.insert(self.next, (flags, self.identities));
        self.next += 1;
    }

    /// Gives every message another number, as a server does that lost its index.
    fn renumber(&mut self) {
        self.uidvalidity += 1;
        let all = std::mem::take(&mut self.messages);
        self.messages =
            all.into_values().enumerate().map(|(at, kept)| (u32::try_from(at).unwrap() * 3 + 1, kept)).collect();
        self.next = self.messages.keys().last().map_or(1, |last| last + 1);
    }

    /// The same behind the client's back: every number stands for another message then, or none for any.
    fn reshuffle(&mut self, strange: bool) {
        let all = std::mem::take(&mut self.messages);
        let mut numbers: Vec<u32> = all.keys().copied().collect();
        if strange {
            for number in &mut numbers {
                *number += self.next;
            }
            self.next *= 2;
        } else if !numbers.is_empty() {
            numbers.rotate_left(1);
        }
        self.messages = numbers.into_iter().zip(all.into_values()).collect();
    }

    /// One gets the next number, as from a client that saves it once more and takes the old one away.
    fn save_again(&mut self, uid: u32) {
        if let Some(message) = self.messages.remove(&uid) {
            self.messages.insert(self.next, message);
            self.next += 1;
        }
    }

    /// Two get each other's number.
    fn swap(&mut self, one: u32, other: u32) {
        let (first, second) = (self.messages[&one], self.messages[&other]);
        self.messages.extend([(one, second), (other, first)]);
    }

    fn place(&self, uid: u32) -> Option<u32> {
        self.messages.keys().position(|known| *known == uid).map(|at| u32::try_from(at + 1).unwrap())
    }

    fn incoming(&self, uid: u32) -> Incoming {
        let (flags, identity) = self.messages[&uid];
        let raw = format!("Subject: {identity}\r\nMessage-ID: <{identity}@example.com>\r\n\r\n").into_bytes();
        let arrival = Timestamp(1_700_000_000 + if self.moved_in { 0 } else { i64::from(identity) });
        Incoming { uid, flags, arrival, size: 100 + u64::from(identity), headers: headers(&raw), raw, decoder: 1 }
    }
}

/// A connection that ends after some steps.
struct Line<'a> {
    server: &'a mut Server,
    fuel: usize,
    batch: usize,
    open: bool,
    /// Lists of numbers and flags are refused.
    terse: bool,
}

impl Line<'_> {
    fn spot(&self, uid: u32) -> Spot {
        let Incoming { uid, size, arrival, .. } = self.server.incoming(uid);
        Spot { uid, size, arrival }
    }

    fn burn(&mut self) -> Result<(), Failure> {
        self.fuel = self.fuel.checked_sub(1).ok_or(Failure::passing(FailureKind::Dropped, "", ""))?;
        Ok(())
    }
}

impl Remote for Line<'_> {
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    async fn folders(&mut self) -> Result<Vec<FolderSeen>, Failure> {
        self.burn()?;
        let (name, decoded) = (inbox(), "INBOX".to_owned());
        Ok(vec![FolderSeen { name, decoded, role: Some(Role::Inbox), selectable: true }])
    }

    async fn open(&mut self, _: &FolderName, standing: &Standing) -> Result<Opened, Failure> {
        self.burn()?;
        self.open = true;
        let there = standing.spots.iter().filter(|spot| self.server.messages.contains_key(&spot.uid));
        let spot = |spot: &Spot| self.spot(spot.uid);
        let (uidvalidity, messages) = (self.server.uidvalidity, self.count());
        Ok(Opened { uidvalidity, messages, spots: Some(there.map(spot).collect()), ..Opened::default() })
    }

    async fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> Result<bool, Failure> {
        self.burn()?;
        let all: Vec<u32> = self.server.messages.keys().copied().collect();
        let wanted: Vec<u32> = match of {
            Span::Newest { skip, count } => all.iter().rev().skip(skip).take(count).copied().collect(),
            Span::Above(uid) => all.into_iter().filter(|known| *known > uid).collect(),
            Span::These(uids) => uids.iter().copied().filter(|uid| self.server.messages.contains_key(uid)).collect(),
            Span::Places(places) => {
                places.iter().filter_map(|place| all.get(usize::try_from(*place).unwrap() - 1).copied()).collect()
            }
        };
        for batch in wanted.chunks(self.batch) {
            self.burn()?;
            into.take(batch.iter().map(|uid| self.server.incoming(*uid)).collect()).await?;
            if let (Span::Newest { .. }, Some(lowest)) = (of, batch.last()) {
                into.whole_from(*lowest).await?;
            }
        }
        Ok(true)
    }

    async fn uids(&mut self) -> Result<Option<Vec<u32>>, Failure> {
        self.burn()?;
        Ok((!self.terse).then(|| self.server.messages.keys().copied().collect()))
    }

    async fn at_places(&mut self, places: &[u32]) -> Result<Vec<(u32, u32)>, Failure> {
        self.burn()?;
        let uids = self.server.messages.keys();
        Ok((1..).zip(uids.copied()).filter(|(place, _)| places.contains(place)).collect())
    }

    async fn spots(&mut self, uids: &[u32]) -> Result<Vec<Spot>, Failure> {
        self.burn()?;
        let mute = self.server.mute.clone();
        let (first, last) = (self.server.messages.keys().next(), self.server.messages.keys().last());
        let end = |uid: &u32| Some(uid) == first || Some(uid) == last;
        let told = self.server.messages.keys().filter(|uid| end(uid) || uids.contains(uid) && !mute.contains(uid));
        Ok(told.map(|uid| self.spot(*uid)).collect())
    }

    async fn changed_since(&mut self, _: u64) -> Result<Option<Vec<(u32, Flags)>>, Failure> {
        Ok(None)
    }

    async fn survey(&mut self, newest: usize, lists: &[(Flags, bool)]) -> Result<Survey, Failure> {
        self.burn()?;
        let mut close: Vec<_> =
            self.server.messages.iter().rev().take(newest).map(|(uid, (flags, _))| (*uid, *flags)).collect();
        close.reverse();
        let list = |(flag, set): &(Flags, bool)| {
            let listed = self.server.messages.iter().filter(|(_, (flags, _))| flags.contains(*flag) == *set);
            let places = listed.filter_map(|(uid, _)| self.server.place(*uid)).collect();
            Marked { flag: *flag, set: *set, places }
        };
        Ok(Survey { newest: close, lists: (!self.terse).then(|| lists.iter().map(list).collect()) })
    }

    fn holds(&mut self, _: &[u32]) {}

    async fn above(&mut self, uid: u32) -> Result<Vec<u32>, Failure> {
        self.burn()?;
        Ok(self.server.messages.keys().copied().filter(|known| *known > uid).collect())
    }

    async fn enumerate(&mut self) -> Result<Vec<(u32, Flags)>, Failure> {
        self.burn()?;
        Ok(self.server.messages.iter().map(|(uid, (flags, _))| (*uid, *flags)).collect())
    }

    async fn bodies(&mut self, _: &[Spot]) -> Result<Vec<(u32, Whole)>, Failure> {
        Ok(Vec::new())
    }

    async fn push(&mut self, wants: &[Want]) -> Result<Vec<(Want, Outcome)>, Failure> {
        let mut settled = Vec::new();
        for want in wants {
            // The server does it, and then the line may break before we hear of it.
            let outcome = match self.server.messages.get_mut(&want.uid) {
                Some((flags, identity)) => {
                    assert_eq!(want.msgid, format!("{identity}@example.com"), "it is told of another message");
                    *flags = want.over(*flags);
                    Outcome::Has(*flags)
                }
                None => Outcome::Agreed,
            };
            self.burn()?;
            settled.push((want.clone(), outcome));
        }
        Ok(settled)
    }

    fn count(&self) -> u64 {
        self.server.messages.len() as u64
    }

    fn open_now(&self, _: &FolderName) -> Option<u32> {
        self.open.then_some(self.server.uidvalidity)
    }

    fn news(&mut self) -> News {
        News::default()
    }

    async fn wait(&mut self, _: Duration, _: impl Future<Output = ()> + Send) -> Result<(), Failure> {
        Ok(())
    }

    async fn glances(&mut self, _: &[FolderName]) -> Result<Vec<Option<Glance>>, Failure> {
        Ok(Vec::new())
    }
}

fn inbox() -> FolderName {
    FolderName { wire: b"INBOX".to_vec(), delimiter: Some('/') }
}

#[derive(Clone, Debug)]
enum Step {
    Deliver(u16),
    OtherFlags(usize, u16),
    OtherExpunge(usize),
    Renumber,
    /// Other numbers, all of them strange or not, and not a word of it.
    Reshuffle(bool),
    /// One gets the next number.
    SaveAgain(usize),
    /// The user sets or takes a flag of a message on the screen.
    Want(usize, bool, bool),
    /// A pass whose line breaks after so many steps.
    Pass(usize),
    /// The program is ended and started again; perhaps without its mail.db.
    Restart(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0_u16..8).prop_map(Step::Deliver),
        3 => (any::<usize>(), 0_u16..8).prop_map(|(at, flags)| Step::OtherFlags(at, flags)),
        2 => any::<usize>().prop_map(Step::OtherExpunge),
        1 => Just(Step::Renumber),
        1 => any::<bool>().prop_map(Step::Reshuffle),
        1 => any::<usize>().prop_map(Step::SaveAgain),
        4 => (any::<usize>(), any::<bool>(), any::<bool>()).prop_map(|(at, seen, on)| Step::Want(at, seen, on)),
        5 => (0_usize..14).prop_map(Step::Pass),
        2 => (0_u8..8).prop_map(|dice| Step::Restart(dice == 0)),
    ]
}

/// The same cases each time: who sees one fail can see it fail again. In the long run there are other ones each time, or
/// those of PROPTEST_RNG_SEED; what fails is told with its shrunken steps, to be put into [`wants`] or a test like it.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    #[expect(clippy::disallowed_methods, reason = "the switches of the test run for its long counts")]
    let (long, counted) = (std::env::var_os("HONGYAN_LONG"), std::env::var_os("PROPTEST_CASES"));
    let cases = if counted.is_some() { usual.cases } else { 10_000 };
    match long {
        Some(_) => ProptestConfig { cases, ..usual },
        None => ProptestConfig { cases: 60, rng_seed: RngSeed::Fixed(4), ..usual },
    }
}

fn cases() -> u32 {
    config().cases
}

async fn make_pass(pass: &mut Pass, server: &mut Server, fuel: usize, batch: usize) -> Result<FolderId, Failure> {
    let mut line = Line { server, fuel, batch, open: false, terse: batch.is_multiple_of(2) };
    let folder = pass.folders(&mut line).await?[0].0;
    pass.push(&mut line, &mut ()).await?;
    pass.folder(&mut line, folder, &inbox(), false, &mut ()).await?;
    Ok(folder)
}

/// The program: a store, and a pass over it.
struct Program {
    dir: tempfile::TempDir,
    store: Store,
    pass: Pass,
    reader: Reader,
}

impl Program {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (store, pass, reader) = Self::open(&dir);
        Self { dir, store, pass, reader }
    }

    fn open(dir: &tempfile::TempDir) -> (Store, Pass, Reader) {
        let (changes, _) = mpsc::unbounded_channel::<Changed>();
        let name = "me@example.com".to_owned();
        let accounts = std::slice::from_ref(&name);
        let options = StoreOptions { profile: dir.path(), accounts, now: Timestamp(0), restore: Restore::Refuse };
        let store = Store::open(&options, changes).unwrap();
        let (account, own, mail) = (store.accounts[0].0, store.own.clone(), store.mail.clone());
        let pass = Pass {
            account,
            name,
            own,
            mail,
            reader: store.reader().unwrap(),
            closed: HashSet::new(),
            moving: Moving::default(),
            sizes: Sizes::default(),
            window: false,
        };
        let reader = store.reader().unwrap();
        (store, pass, reader)
    }

    fn restart(self, without_mail: bool) -> Self {
        let Self { dir, store, pass, reader } = self;
        drop((pass, reader));
        store.close();
        if without_mail {
            for tail in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(dir.path().join(format!("mail.db{tail}")));
            }
        }
        let (store, pass, reader) = Self::open(&dir);
        Self { dir, store, pass, reader }
    }

    fn folder(&self) -> Option<FolderId> {
        self.reader.folders().unwrap().first().map(|folder| folder.id)
    }
}

async fn history(steps: Vec<Step>, batch: usize) -> Result<(), TestCaseError> {
    let mut program = Program::start();
    let mut server = Server { uidvalidity: 5, next: 1, ..Server::default() };
    // What the user wanted last, by the identity of the message and the flag.
    let mut wanted: BTreeMap<(u32, u16), bool> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Deliver(flags) => server.deliver(Flags::from_bits(flags)),
            Step::OtherFlags(at, flags) => {
                let count = server.messages.len().max(1);
                if let Some((known, identity)) = server.messages.values_mut().nth(at % count) {
                    // Another client has a say too; whose word counts is clear only for flags that we want nothing of.
                    let ours: u16 = wanted.keys().filter(|(id, _)| id == identity).map(|(_, flag)| *flag).sum();
                    *known = Flags::from_bits((known.bits() & ours) | (flags & !ours));
                }
            }
            Step::OtherExpunge(at) => {
                let count = server.messages.len().max(1);
                if let Some(uid) = server.messages.keys().nth(at % count).copied() {
                    server.messages.remove(&uid);
                }
            }
            Step::Renumber => server.renumber(),
            Step::Reshuffle(strange) => server.reshuffle(strange),
            Step::SaveAgain(at) => {
                let count = server.messages.len().max(1);
                if let Some(uid) = server.messages.keys().nth(at % count).copied() {
                    server.save_again(uid);
                }
            }
            Step::Want(at, seen, on) => {
                let Some(folder) = program.folder() else { continue };
                let rows = program.reader.newest(folder, 100).unwrap();
                let Some(row) = rows.get(at % rows.len().max(1)) else { continue };
                let flag = if seen { Flags::SEEN } else { Flags::FLAGGED };
                let (add, remove) = if on { (flag, Flags::NONE) } else { (Flags::NONE, flag) };
                let intent = Intent::Flag { placements: vec![row.placement], add, remove };
                if Store::record(&program.store.own, &program.store.mail, intent).await.is_ok() {
                    let identity: u32 = row.subject.as_untrusted().parse().unwrap();
                    wanted.insert((identity, flag.bits()), on);
                    let shown = program.reader.rows(&[row.placement]).unwrap();
                    prop_assert_eq!(shown[0].flags.contains(flag), on, "shown at once");
                }
            }
            Step::Restart(without_mail) => program = program.restart(without_mail),
            Step::Pass(fuel) => {
                let before = program.folder().map(|folder| program.reader.newest(folder, 1000).unwrap());
                let _ = make_pass(&mut program.pass, &mut server, fuel, batch).await;
                // Whatever happened, nothing disappeared that the server still has.
                if let (Some(before), Some(folder)) = (before, program.folder()) {
                    let after = program.reader.newest(folder, 1000).unwrap();
                    for row in before {
                        let identity: u32 = row.subject.as_untrusted().parse().unwrap();
                        let there = server.messages.values().any(|(_, known)| *known == identity);
                        let here = after.iter().any(|known| known.subject == row.subject);
                        prop_assert!(!there || here, "{identity} disappeared");
                    }
                }
            }
        }
        prop_assert_eq!(program.reader.wrong_counters().unwrap(), []);
    }
    let folder = make_pass(&mut program.pass, &mut server, usize::MAX, batch).await.unwrap();
    for ((identity, flag), on) in wanted {
        if let Some((flags, _)) = server.messages.values().find(|(_, known)| *known == identity) {
            prop_assert_eq!(flags.contains(Flags::from_bits(flag)), on, "an intent was lost: {} of {}", flag, identity);
        }
    }
    let theirs: Vec<(u32, u32, Flags)> =
        server.messages.iter().map(|(uid, (flags, identity))| (*uid, *identity, *flags)).collect();
    let mut ours: Vec<(u32, u32, Flags)> = program
        .reader
        .newest(folder, 1000)
        .unwrap()
        .into_iter()
        .map(|row| (row.uid.unwrap(), row.subject.as_untrusted().parse().unwrap(), row.flags))
        .collect();
    ours.sort_by_key(|(uid, ..)| *uid);
    prop_assert_eq!(ours, theirs);
    prop_assert_eq!(program.reader.wrong_counters().unwrap(), []);
    prop_assert_eq!(program.store.own.commit(OwnWrite::Wants(None)).await.unwrap(), [], "nobody waits for ever");
    prop_assert!(program.reader.newest(folder, 1000).unwrap().iter().all(|row| !row.pending));
    // A pass with nothing to do changes nothing.
    let local = program.reader.local(folder).unwrap();
    make_pass(&mut program.pass, &mut server, usize::MAX, batch).await.unwrap();
    prop_assert_eq!(program.reader.local(folder).unwrap(), local);
    Ok(())
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn no_intent_is_lost_and_both_sides_become_equal(
        steps in proptest::collection::vec(step(), 1..40),
        batch in 1_usize..5,
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(history(steps, batch))?;
    }
}

#[tokio::test]
async fn an_interrupted_fill_is_finished_by_the_next_pass() {
    let mut program = Program::start();
    let mut server = Server { uidvalidity: 1, next: 1, ..Server::default() };
    (0..500).for_each(|_| server.deliver(Flags::NONE));
    for fuel in [4, 6, 8] {
        assert!(make_pass(&mut program.pass, &mut server, fuel, 50).await.is_err());
    }
    let folder = make_pass(&mut program.pass, &mut server, usize::MAX, 50).await.unwrap();
    assert_eq!(program.reader.local(folder).unwrap().messages.len(), 500);
    // The order is the order of arrival, however it came in.
    let order = program.reader.order(folder).unwrap();
    assert!(order.is_sorted_by(|a, b| a.arrival > b.arrival));
}
