//! What it costs to stay in step with a large folder: bytes and round trips, counted on the line.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::piped::{Tally, empty, post, theirs, watched, way};
use super::*;
use crate::demo::{Demo, MODERN, Numbers, PLAIN, Personality};
use crate::model::clock;

/// A hundred thousand, as many years of mail as anybody has.
const MANY: u32 = 100_000;
const PATIENT: Duration = Duration::from_mins(2);

/// UIDs of ten digits, and not one behind the other.
const WIDE: Numbers = Numbers { first_uid: 1_392_611_444, gaps: 3, validity: Some(1), reshuffles: false };

const PLAIN_WIDE: Personality = Personality { name: "plain, wide", numbers: WIDE, ..PLAIN };

/// It counts changes, and that is all.
const COUNTING: Personality = Personality {
    name: "counting",
    after_login: &["IMAP4rev1", "ID", "IDLE", "UIDPLUS", "ENABLE", "CONDSTORE"],
    numbers: WIDE,
    ..MODERN
};

const MODERN_WIDE: Personality = Personality { name: "modern, wide", numbers: WIDE, ..MODERN };

/// A folder of which everything is known.
struct Large {
    demo: Demo,
    program: Program,
    way: Way,
}

/// What one visit cost, without its login and what stands up to the answer to SELECT, and with them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cost {
    turns: usize,
    bytes: u64,
    /// Up to and with the answer to SELECT.
    opening: u64,
}

/// Of a hundred messages 35 are unread, two are answered and one has a star, everywhere alike.
fn flags(n: u32) -> Flags {
    let dice = n.wrapping_mul(2_654_435_761) >> 12;
    let mut flags = Flags::NONE;
    for (flag, percent) in [(Flags::SEEN, 65), (Flags::ANSWERED, 2), (Flags::FLAGGED, 1)] {
        if dice.wrapping_mul(u32::from(flag.bits()) * 7 + 1) % 100 < percent {
            flags = flags.with(flag);
        }
    }
    flags
}

impl Large {
    async fn filled(personality: &'static Personality, many: u32) -> Self {
        let begun = clock::instant();
        let demo = empty(personality);
        demo.deliver_all("INBOX", (1..=many).map(|n| post(n, flags(n))).collect()).await.unwrap();
        let mut large = Self { demo, program: Program::start(), way: way(PATIENT) };
        let built = begun.elapsed();
        let cost = large.visit().await;
        println!("{}: {built:?} to build, {:?} to fill; {cost:?}", personality.name, begun.elapsed());
        large
    }

    async fn visit(&mut self) -> Cost {
        let tally = Arc::new(Tally::default());
        let before = self.demo.traffic();
        let line = watched(&self.demo, tally.clone(), None);
        let left = self.program.visit(&self.way, line, false).await;
        assert_eq!(left, Ok(Left::Complete));
        let after = self.demo.traffic();
        let opening = tally.opening.load(Ordering::Relaxed);
        let all = after.sent + after.received - before.sent - before.received;
        let turns = tally.turns.load(Ordering::Relaxed) - tally.opening_turns.load(Ordering::Relaxed);
        Cost { turns, bytes: all - opening, opening }
    }

    async fn expunge(&mut self, uids: &[u32]) {
        assert_eq!(self.demo.expunge("INBOX", uids).await.unwrap(), uids.len());
    }

    fn uids(&self) -> Vec<u32> {
        let local = self.program.reader.local(self.program.inbox().unwrap()).unwrap();
        local.messages.into_iter().map(|(uid, _)| uid).collect()
    }

    async fn is_in_step(&self) {
        let kept = self.demo.snapshot().await.unwrap().into_iter().find(|kept| kept.folder == "INBOX").unwrap();
        let there: Vec<(u32, Flags)> = kept
            .messages
            .into_iter()
            .map(|m| (m.uid, m.flags.iter().fold(Flags::NONE, |all, name| all.with(Flags::from_imap(name)))))
            .collect();
        let here = self.program.reader.local(self.program.inbox().unwrap()).unwrap().messages;
        assert!(here == there, "{} here, {} there", here.len(), there.len());
    }
}

async fn without_any_count(personality: &'static Personality) {
    let mut large = Large::filled(personality, MANY).await;
    let unchanged = large.visit().await;
    println!("{}, unchanged: {unchanged:?}", personality.name);
    assert!(unchanged.turns <= 2 && unchanged.bytes <= 250_000, "{unchanged:?}");
    assert!(unchanged.opening <= 4_000, "{unchanged:?}");
    let uids = large.uids();
    for at in [77_777, uids.len() - 1] {
        large.expunge(&[uids[at]]).await;
        let one = large.visit().await;
        println!(
            "{}, one gone at {at}: {} bytes more, {} turns",
            personality.name,
            one.bytes - unchanged.bytes,
            one.turns
        );
        assert!(one.bytes <= unchanged.bytes + 30_000, "one at {at}: {one:?}");
    }
    let fifty: Vec<u32> = (0..50).map(|n| uids[n * 1_999 + 7]).collect();
    large.expunge(&fifty).await;
    let cost = large.visit().await;
    println!("{}, fifty gone: {} bytes more, {} turns", personality.name, cost.bytes - unchanged.bytes, cost.turns);
    assert!(cost.bytes <= unchanged.bytes + 60_000, "fifty: {cost:?}");
    large.is_in_step().await;
    // So many are found by one list, and not by places.
    let thousand: Vec<u32> = (0..1_000).map(|n| uids[n * 97 + 11]).filter(|uid| !fifty.contains(uid)).collect();
    large.expunge(&thousand).await;
    let before = large.demo.said().await.unwrap().len();
    let cost = large.visit().await;
    let said = large.demo.said().await.unwrap().split_off(before);
    let count = |what: &str| said.iter().filter(|line| line.contains(what)).count();
    assert!(count(" (UID)") == 0 && (1..=2).contains(&count(" UID SEARCH ")), "{said:?}");
    println!("{}: a thousand for {} more", personality.name, cost.bytes - unchanged.bytes);
    large.is_in_step().await;
}

#[tokio::test]
async fn a_plain_server_is_asked_for_little() {
    if cases() < 1_000 {
        // The one below is the harder one.
        return;
    }
    without_any_count(&PLAIN).await;
}

#[tokio::test]
async fn so_is_one_with_long_numbers() {
    without_any_count(&PLAIN_WIDE).await;
}

#[tokio::test]
async fn servers_that_count_changes_are_asked_for_next_to_nothing() {
    for personality in [&MODERN_WIDE, &COUNTING] {
        let mut large = Large::filled(personality, MANY).await;
        let unchanged = large.visit().await;
        println!("{}, unchanged: {unchanged:?}", personality.name);
        assert!(unchanged.turns <= 1 && unchanged.bytes <= 2_000, "{}: {unchanged:?}", personality.name);
        assert!(unchanged.opening <= 4_000, "{}: {unchanged:?}", personality.name);
        let uids = large.uids();
        large.demo.set_flags("INBOX", uids[5], &["\\Flagged"]).await.unwrap();
        large.expunge(&[uids[50_000]]).await;
        large.demo.deliver_all("INBOX", vec![post(MANY + 1, Flags::NONE)]).await.unwrap();
        let changed = large.visit().await;
        println!("{}, a few changes: {changed:?}", personality.name);
        assert!(changed.bytes <= unchanged.bytes + 30_000, "{}: {changed:?}", personality.name);
        large.is_in_step().await;
    }
}

/// Every number is another: what was fetched is not fetched again, and what the user wants finds its message.
async fn with_other_numbers(personality: &'static Personality, new_validity: bool) {
    const BODIES: usize = 300;
    const WANTS: usize = 50;
    let mut large = Large::filled(personality, 10_000).await;
    let folder = large.program.inbox().unwrap();
    let kept: Vec<_> =
        large.program.reader.without_body(folder).unwrap().into_iter().step_by(29).take(BODIES).collect();
    for at in &kept {
        let whole = large.demo.raw("INBOX", at.uid).await.unwrap();
        large.program.store.mail.keep_body(at.message, Whole::Bytes(whole)).await.unwrap();
    }
    let rows = large.program.reader.newest(folder, 10_000).unwrap();
    let mut wanted = Vec::new();
    for row in rows.iter().step_by(187).take(WANTS) {
        let intent = Intent::Flag { placements: vec![row.placement], add: Flags::DRAFT, remove: Flags::NONE };
        Store::record(&large.program.store.own, &large.program.store.mail, intent).await.unwrap();
        wanted.push(row.subject.as_untrusted().parse::<u32>().unwrap());
    }
    assert_eq!((kept.len(), wanted.len()), (BODIES, WANTS));
    let bodies = |program: &Program| -> BTreeMap<String, Option<Vec<u8>>> {
        let rows = program.reader.newest(folder, 20_000).unwrap();
        rows.iter()
            .map(|row| (row.subject.as_untrusted().to_owned(), program.reader.body(row.message).unwrap()))
            .collect()
    };
    let before = bodies(&large.program);
    assert_eq!(before.values().flatten().count(), BODIES);
    let said = large.demo.said().await.unwrap().len();
    if new_validity {
        large.demo.renumber("INBOX").await.unwrap();
    } else {
        large.demo.reshuffle("INBOX").await.unwrap();
    }
    let cost = large.visit().await;
    println!("{}, other validity: {new_validity}: {cost:?}", personality.name);
    let said = large.demo.said().await.unwrap().split_off(said);
    assert!(!said.iter().any(|line| line.contains("BODY.PEEK[]")), "{said:?}");
    assert!(bodies(&large.program) == before);
    let there = theirs(&large.demo).await;
    assert!(large.program.ours() == there);
    let drafts = there.iter().filter(|(.., flags)| flags.contains(Flags::DRAFT)).map(|(_, id, _)| *id);
    wanted.sort_unstable();
    assert_eq!(drafts.collect::<Vec<_>>(), wanted);
    large.is_in_step().await;
}

#[tokio::test]
async fn i09_another_validity_costs_no_body_and_no_want() {
    with_other_numbers(&PLAIN, true).await;
    with_other_numbers(&MODERN, true).await;
}

#[tokio::test]
async fn i09_other_numbers_without_a_word_cost_no_body_and_no_want() {
    with_other_numbers(&PLAIN_WIDE, false).await;
    with_other_numbers(&MODERN, false).await;
}
