use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn database() -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE TABLE ref(h INTEGER PRIMARY KEY, strand INTEGER NOT NULL);
         CREATE TABLE joined(strand INTEGER PRIMARY KEY, thread INTEGER NOT NULL);
         CREATE INDEX joined_thread ON joined(thread);",
    )
    .unwrap();
    db
}

fn names(own: u8, refs: &[u8]) -> Names {
    let headers = Headers {
        message_id: Text::new(format!("{own}@example.com")),
        references: refs.iter().map(|id| Text::new(format!("{id}@example.com"))).collect(),
        ..Headers::default()
    };
    Names::of(&headers)
}

fn thread_of(db: &Connection, strand: i64) -> i64 {
    db.query_row("SELECT coalesce((SELECT thread FROM joined WHERE strand = ?1), ?1)", [strand], |row| row.get(0))
        .unwrap()
}

/// Which messages are together, whatever their threads are called.
fn parted(messages: &[(u8, Vec<u8>)], order: &[usize]) -> BTreeSet<BTreeSet<u8>> {
    let db = database();
    let strands: Vec<(u8, i64)> = order
        .iter()
        .enumerate()
        .map(|(nth, at)| {
            let (own, refs) = &messages[*at];
            (*own, strand(&db, &names(*own, refs), i64::try_from(nth).unwrap() + 1).unwrap())
        })
        .collect();
    let chained: i64 = db
        .query_row("SELECT count(*) FROM joined a JOIN joined b ON b.strand = a.thread", [], |row| row.get(0))
        .unwrap();
    assert_eq!(chained, 0, "what is joined is joined to the end");
    let mut parts: BTreeMap<i64, BTreeSet<u8>> = BTreeMap::new();
    for (own, strand) in strands {
        parts.entry(thread_of(&db, strand)).or_default().insert(own);
    }
    parts.into_values().collect()
}

/// The same by walking from message to message, without any table.
fn walked(messages: &[(u8, Vec<u8>)]) -> BTreeSet<BTreeSet<u8>> {
    let mut parts: Vec<(BTreeSet<i64>, BTreeSet<u8>)> = Vec::new();
    for (own, refs) in messages {
        let mut ids: BTreeSet<i64> = names(*own, refs).all().collect();
        let mut members = BTreeSet::from([*own]);
        let (touched, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(known, _)| !known.is_disjoint(&ids));
        for (known, had) in touched {
            ids.extend(known);
            members.extend(had);
        }
        parts = others;
        parts.push((ids, members));
    }
    parts.into_iter().map(|(_, members)| members).collect()
}

proptest! {
    #[test]
    fn the_same_messages_belong_together_in_whatever_order_they_come(
        refs in prop::collection::vec(prop::collection::vec(0_u8..40, 0..4), 1..30),
        seed in prop::collection::vec(any::<u32>(), 30),
    ) {
        let messages: Vec<(u8, Vec<u8>)> =
            refs.into_iter().enumerate().map(|(own, refs)| (u8::try_from(own).unwrap(), refs)).collect();
        let expected = walked(&messages);
        let forward: Vec<usize> = (0..messages.len()).collect();
        let backward: Vec<usize> = forward.iter().rev().copied().collect();
        let mut shuffled = forward.clone();
        shuffled.sort_by_key(|at| seed[*at]);
        for order in [forward, backward, shuffled] {
            prop_assert_eq!(&parted(&messages, &order), &expected);
        }
    }
}

#[test]
fn m24_names_without_end_join_no_more_than_a_few() {
    let ids: Vec<Text> = (0..10_000).map(|n| Text::new(format!("victim{n}@example.com"))).collect();
    let db = database();
    for (id, fresh) in ids.iter().zip(1..) {
        let headers = Headers { message_id: id.clone(), ..Headers::default() };
        strand(&db, &Names::of(&headers), fresh).unwrap();
    }
    let hostile = Headers { message_id: Text::new("evil@example.com"), references: ids, ..Headers::default() };
    let names = Names::of(&hostile);
    assert_eq!(names.refs.len(), JOINS);
    strand(&db, &names, 20_000).unwrap();
    let joined: i64 = db.query_row("SELECT count(*) FROM joined", [], |row| row.get(0)).unwrap();
    assert_eq!(joined, i64::try_from(JOINS).unwrap() - 1);
    // A message that answers itself, and two that answer each other, are what they are.
    assert_eq!(parted(&[(1, vec![1, 1]), (2, vec![3]), (3, vec![2])], &[0, 1, 2]).len(), 2);
}

#[test]
fn m24_joining_one_after_the_other_is_no_work_without_end() {
    let db = database();
    // Each message ties one more strand to all before it.
    let begun = crate::model::clock::instant();
    for n in (1..5_000).rev().map(|n| n * 2) {
        strand(&db, &Names { own: n, other: 0, refs: Vec::new() }, n).unwrap();
    }
    let names = (1..5_000).map(|n| Names { own: 0, other: 0, refs: vec![n * 2, (n + 1) * 2] });
    for name in names {
        strand(&db, &name, 1).unwrap();
    }
    let threads: i64 = db.query_row("SELECT count(DISTINCT thread) FROM joined", [], |row| row.get(0)).unwrap();
    assert_eq!(threads, 1);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_name_that_a_provider_took_away_still_counts() {
    // QQ calls what was sent `<tencent_…>`, and keeps the name that the answers know.
    let db = database();
    let sent = Headers {
        message_id: Text::new("tencent_1@qq.example"),
        other_id: Text::new("mine@example.com"),
        ..Headers::default()
    };
    let answer = Headers {
        message_id: Text::new("a@b.example"),
        in_reply_to: Text::new("mine@example.com"),
        ..Headers::default()
    };
    let other = Headers {
        message_id: Text::new("c@b.example"),
        in_reply_to: Text::new("tencent_1@qq.example"),
        ..Headers::default()
    };
    let strands: Vec<i64> = [answer, other, sent]
        .iter()
        .zip(1..)
        .map(|(headers, fresh)| strand(&db, &Names::of(headers), fresh).unwrap())
        .collect();
    let threads: BTreeSet<i64> = strands.into_iter().map(|strand| thread_of(&db, strand)).collect();
    assert_eq!(threads.len(), 1);
}
