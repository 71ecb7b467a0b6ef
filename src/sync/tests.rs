//! A pass against a mailbox in memory that drops the line at any moment and changes behind our back: nothing that the
//! user wanted is lost, and in the end both sides are equal.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use tokio::sync::mpsc;

use super::remote::Glance;
use super::*;
use crate::mime::headers;
use crate::model::{Abilities, Changed, Failure, FailureKind, Flags, FolderId, FolderName, Intent, Role, Timestamp};
use crate::store::{FolderSeen, Incoming, Outcome, Restore, Store, StoreOptions, Want};

/// What is on the server, whoever is connected.
#[derive(Clone, Debug)]
struct Server {
    uidvalidity: u32,
    next: u32,
    messages: BTreeMap<u32, (Flags, u32)>, // uid → flags, identity
    identities: u32,
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
        self.messages = all.into_values().enumerate().map(|(at, kept)| (at as u32 * 3 + 1, kept)).collect();
        self.next = self.messages.keys().last().map_or(1, |last| last + 1);
    }

    fn incoming(&self, uid: u32) -> Incoming {
        let (flags, identity) = self.messages[&uid];
        let raw = format!("Subject: {identity}\r\nMessage-ID: <{identity}@example.com>\r\n\r\n").into_bytes();
        let arrival = Timestamp(1_700_000_000 + i64::from(identity));
        Incoming { uid, flags, arrival, size: 100, headers: headers(&raw), raw, decoder: 1 }
    }
}

/// A connection that ends after some steps.
struct Line<'a> {
    server: &'a mut Server,
    fuel: usize,
    batch: usize,
}

impl Line<'_> {
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

    async fn open(&mut self, _: &FolderName) -> Result<Opened, Failure> {
        self.burn()?;
        Ok(Opened { uidvalidity: self.server.uidvalidity, messages: self.count() })
    }

    async fn headers<S: Sink>(&mut self, of: Span<'_>, into: &mut S) -> Result<(), Failure> {
        self.burn()?;
        let all: Vec<u32> = self.server.messages.keys().copied().collect();
        let wanted: Vec<u32> = match of {
            Span::Newest { skip, count } => all.iter().rev().skip(skip).take(count).copied().collect(),
            Span::Above(uid) => all.into_iter().filter(|known| *known > uid).collect(),
            Span::These(uids) => uids.iter().copied().filter(|uid| self.server.messages.contains_key(uid)).collect(),
        };
        for batch in wanted.chunks(self.batch) {
            self.burn()?;
            into.take(batch.iter().map(|uid| self.server.incoming(*uid)).collect()).await?;
        }
        Ok(())
    }

    async fn enumerate(&mut self) -> Result<Vec<(u32, Flags)>, Failure> {
        self.burn()?;
        Ok(self.server.messages.iter().map(|(uid, (flags, _))| (*uid, *flags)).collect())
    }

    async fn bodies(&mut self, _: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, Failure> {
        Ok(Vec::new())
    }

    async fn push(&mut self, wants: &[Want]) -> Result<Vec<(Want, Outcome)>, Failure> {
        let mut settled = Vec::new();
        for want in wants {
            // The server does it, and then the line may break before we hear of it.
            let outcome = match self.server.messages.get_mut(&want.uid) {
                Some((flags, _)) => {
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

    fn news(&mut self) -> News {
        News::default()
    }

    async fn wait(&mut self, _: Duration, _: impl Future<Output = ()> + Send) -> Result<(), Failure> {
        Ok(())
    }

    async fn glance(&mut self, _: &FolderName) -> Result<Glance, Failure> {
        Ok(Glance::default())
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
    /// The user sets or takes a flag of a message on the screen.
    Want(usize, bool, bool),
    /// A pass whose line breaks after so many steps.
    Pass(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0_u16..8).prop_map(Step::Deliver),
        3 => (any::<usize>(), 0_u16..8).prop_map(|(at, flags)| Step::OtherFlags(at, flags)),
        2 => any::<usize>().prop_map(Step::OtherExpunge),
        1 => Just(Step::Renumber),
        4 => (any::<usize>(), any::<bool>(), any::<bool>()).prop_map(|(at, seen, on)| Step::Want(at, seen, on)),
        5 => (0_usize..14).prop_map(Step::Pass),
    ]
}

fn cases() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "the switch of the test run for its long counts")]
    if std::env::var_os("HONGYAN_LONG").is_some() { 10_000 } else { 60 }
}

async fn make_pass(pass: &mut Pass, server: &mut Server, fuel: usize, batch: usize) -> Result<FolderId, Failure> {
    let mut line = Line { server, fuel, batch };
    let folder = pass.folders(&mut line).await?[0].0;
    pass.push(&mut line, None, &mut ()).await?;
    pass.folder(&mut line, folder, &inbox(), &mut ()).await?;
    Ok(folder)
}

async fn history(steps: Vec<Step>, batch: usize) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let (changes, _keep) = mpsc::unbounded_channel::<Changed>();
    let name = "me@example.com".to_owned();
    let options = StoreOptions {
        profile: dir.path(),
        accounts: std::slice::from_ref(&name),
        now: Timestamp(0),
        restore: Restore::Refuse,
    };
    let store = Store::open(&options, changes).unwrap();
    let account = store.accounts[0].0;
    let (own, mail) = (store.own.clone(), store.mail.clone());
    let mut pass = Pass { account, name, own: own.clone(), mail: mail.clone(), reader: store.reader().unwrap() };
    let mut server = Server { uidvalidity: 5, next: 1, messages: BTreeMap::new(), identities: 0 };
    let reader = store.reader().unwrap();
    let folder = |reader: &crate::store::Reader| reader.folders().unwrap().first().map(|folder| folder.id);
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
            Step::Want(at, seen, on) => {
                let Some(folder) = folder(&reader) else { continue };
                let rows = reader.newest(folder, 100).unwrap();
                let Some(row) = rows.get(at % rows.len().max(1)) else { continue };
                let flag = if seen { Flags::SEEN } else { Flags::FLAGGED };
                let (add, remove) = if on { (flag, Flags::NONE) } else { (Flags::NONE, flag) };
                let intent = Intent::Flag { placements: vec![row.placement], add, remove };
                if Store::record(&own, &mail, intent).await.is_ok() {
                    let identity: u32 = row.subject.as_untrusted().parse().unwrap();
                    wanted.insert((identity, flag.bits()), on);
                    let shown = reader.rows(&[row.placement]).unwrap();
                    prop_assert_eq!(shown[0].flags.contains(flag), on, "shown at once");
                }
            }
            Step::Pass(fuel) => {
                let before = folder(&reader).map(|folder| reader.newest(folder, 1000).unwrap());
                let _ = make_pass(&mut pass, &mut server, fuel, batch).await;
                // Whatever happened, nothing disappeared that the server still has.
                if let (Some(before), Some(folder)) = (before, folder(&reader)) {
                    let after = reader.newest(folder, 1000).unwrap();
                    for row in before {
                        let identity: u32 = row.subject.as_untrusted().parse().unwrap();
                        let there = server.messages.values().any(|(_, known)| *known == identity);
                        let here = after.iter().any(|known| known.subject == row.subject);
                        prop_assert!(!there || here, "{identity} disappeared");
                    }
                }
            }
        }
        prop_assert_eq!(reader.wrong_counters().unwrap(), []);
    }
    let folder = make_pass(&mut pass, &mut server, usize::MAX, batch).await.unwrap();
    for ((identity, flag), on) in wanted {
        if let Some((flags, _)) = server.messages.values().find(|(_, known)| *known == identity) {
            prop_assert_eq!(flags.contains(Flags::from_bits(flag)), on, "an intent was lost: {} of {}", flag, identity);
        }
    }
    let theirs: Vec<(u32, u32, Flags)> =
        server.messages.iter().map(|(uid, (flags, identity))| (*uid, *identity, *flags)).collect();
    let mut ours: Vec<(u32, u32, Flags)> = reader
        .newest(folder, 1000)
        .unwrap()
        .into_iter()
        .map(|row| (row.uid.unwrap(), row.subject.as_untrusted().parse().unwrap(), row.flags))
        .collect();
    ours.sort_by_key(|(uid, ..)| *uid);
    prop_assert_eq!(ours, theirs);
    prop_assert_eq!(reader.wrong_counters().unwrap(), []);
    // A pass with nothing to do changes nothing.
    let local = reader.local(folder).unwrap();
    make_pass(&mut pass, &mut server, usize::MAX, batch).await.unwrap();
    prop_assert_eq!(reader.local(folder).unwrap(), local);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]
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
    let dir = tempfile::tempdir().unwrap();
    let (changes, _keep) = mpsc::unbounded_channel::<Changed>();
    let name = "me@example.com".to_owned();
    let options = StoreOptions {
        profile: dir.path(),
        accounts: std::slice::from_ref(&name),
        now: Timestamp(0),
        restore: Restore::Refuse,
    };
    let store = Store::open(&options, changes).unwrap();
    let mut server = Server { uidvalidity: 1, next: 1, messages: BTreeMap::new(), identities: 0 };
    (0..500).for_each(|_| server.deliver(Flags::NONE));
    let account = store.accounts[0].0;
    let reader = store.reader().unwrap();
    let mut pass =
        Pass { account, name, own: store.own.clone(), mail: store.mail.clone(), reader: store.reader().unwrap() };
    for fuel in [4, 6, 8] {
        assert!(make_pass(&mut pass, &mut server, fuel, 50).await.is_err());
    }
    let folder = make_pass(&mut pass, &mut server, usize::MAX, 50).await.unwrap();
    assert_eq!(reader.local(folder).unwrap().messages.len(), 500);
    // The order is the order of arrival, however it came in.
    let order = reader.order(folder).unwrap();
    assert!(order.is_sorted_by(|a, b| a.arrival > b.arrival));
}
