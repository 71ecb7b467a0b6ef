//! Random histories: whatever happens in whatever order, the counters are a recount and what the user sees is the wants
//! over what the server has.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Ingest(u32, u16),
    Flags(u32, u16),
    Expunge(u32),
    Want(u32, u16, u16),
    Settle(bool),
    Renumber,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_u32..12, 0_u16..8).prop_map(|(uid, flags)| Step::Ingest(uid, flags)),
        2 => (1_u32..12, 0_u16..8).prop_map(|(uid, flags)| Step::Flags(uid, flags)),
        1 => (1_u32..12).prop_map(Step::Expunge),
        3 => (1_u32..12, 0_u16..8, 0_u16..8).prop_map(|(uid, add, remove)| Step::Want(uid, add, remove)),
        2 => any::<bool>().prop_map(Step::Settle),
        1 => Just(Step::Renumber),
        1 => Just(Step::Reopen),
    ]
}

fn long() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "the switch of the test run for its long counts")]
    if std::env::var_os("HONGYAN_LONG").is_some() { 2_000 } else { 40 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: long(), ..ProptestConfig::default() })]
    #[test]
    fn counters_are_a_recount_and_wants_stay_on_top(steps in proptest::collection::vec(step(), 1..40)) {
        let (mut fixture, folder) = fixture();
        let mut server: BTreeMap<u32, Flags> = BTreeMap::new();
        let mut wanted: BTreeMap<u32, (Flags, Flags)> = BTreeMap::new();
        let mut uidvalidity = 7;
        // A server never gives a number twice within one uidvalidity.
        let mut dead: BTreeSet<u32> = BTreeSet::new();
        for step in steps {
            match step {
                Step::Ingest(uid, _) | Step::Flags(uid, _) if dead.contains(&uid) => {}
                Step::Ingest(uid, flags) => {
                    let flags = Flags::from_bits(flags);
                    fixture.commit(MailWrite::Ingest { folder, messages: vec![incoming(uid, flags)], on_server: 0 });
                    server.insert(uid, flags);
                }
                Step::Flags(uid, flags) => {
                    let flags = Flags::from_bits(flags);
                    fixture.commit(MailWrite::Flags { folder, flags: vec![(uid, flags)] });
                    if let Some(known) = server.get_mut(&uid) {
                        *known = flags;
                    }
                }
                Step::Expunge(uid) => {
                    fixture.commit(MailWrite::Expunged { folder, uids: vec![uid], on_server: 0 });
                    server.remove(&uid);
                    dead.insert(uid);
                }
                Step::Want(uid, add, remove) => {
                    if server.contains_key(&uid) {
                        let (add, remove) = (Flags::from_bits(add), Flags::from_bits(remove & !add));
                        fixture.want(folder, uid, add, remove);
                        let entry = wanted.entry(uid).or_insert((Flags::NONE, Flags::NONE));
                        *entry = (entry.0.without(remove).with(add), entry.1.without(add).with(remove));
                    }
                }
                Step::Settle(accepted) => {
                    let wants = fixture.wants();
                    for want in wants.into_iter().filter(|want| want.uidvalidity == uidvalidity) {
                        let now = server.get(&want.uid).map(|flags| want.over(*flags)).filter(|_| accepted);
                        let outcome = now.map_or(Outcome::Refused, Outcome::Has);
                        fixture.commit(MailWrite::Settled(vec![(want.clone(), outcome)]));
                        let confirmed = Confirmed { id: want.id, revision: want.revision };
                        fixture.store.own.commit_blocking(OwnWrite::Confirm(vec![confirmed])).unwrap();
                        if let (Some(now), Some(known)) = (now, server.get_mut(&want.uid)) {
                            *known = now;
                        }
                        wanted.remove(&want.uid);
                    }
                }
                Step::Renumber => {
                    // Only without open wants: finding them again under new numbers is another test's matter.
                    if !wanted.is_empty() {
                        continue;
                    }
                    uidvalidity += 1;
                    dead.clear();
                    fixture.commit(MailWrite::Opened { folder, uidvalidity, on_server: 0, renumbered: false });
                    let all = server.iter().map(|(uid, flags)| incoming(*uid, *flags)).collect();
                    fixture.commit(MailWrite::Ingest { folder, messages: all, on_server: 0 });
                    fixture.commit(MailWrite::Complete { folder, modseq: 0 });
                }
                Step::Reopen => fixture = fixture.reopen(),
            }
            let expected: Vec<(u32, Flags)> = server
                .iter()
                .rev()
                .map(|(uid, flags)| match wanted.get(uid) {
                    Some((add, remove)) => (*uid, flags.without(*remove).with(*add)),
                    None => (*uid, *flags),
                })
                .collect();
            let shown: Vec<(u32, Flags)> = fixture.shown(folder).into_iter().map(|(uid, flags, _)| (uid, flags)).collect();
            prop_assert_eq!(shown, expected);
            let unread = server.keys().filter(|uid| {
                let (add, remove) = wanted.get(uid).copied().unwrap_or_default();
                !server[uid].without(remove).with(add).seen()
            }).count();
            prop_assert_eq!(fixture.counters(folder), (server.len() as u64, unread as u64));
        }
    }
}
