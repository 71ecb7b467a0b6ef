//! kill -9 in the middle of anything: the store opens, and the next sync makes it right.

use hongyan::model::clock;
use hongyan::store::Reader;

use super::home::{Home, USER, server};

/// A small generator, so that a run can be repeated by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the counts and the seed of a test come from whoever runs it")]
fn k01_killed_at_any_moment_the_next_sync_makes_it_right() {
    let long = std::env::var("HONGYAN_LONG").is_ok_and(|value| value == "1");
    let seed = std::env::var("HONGYAN_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::try_from(clock::now().0).unwrap() * 2 + 1);
    println!("HONGYAN_SEED={seed}");
    let mut dice = Dice(seed | 1);
    let server = server();
    server.fill(USER, "INBOX", 2_500);
    server.fill(USER, "已发送", 50);
    let mut home = Home::with_account(&server);
    let begun = clock::instant();
    home.run(&["sync", "--once"]).good();
    let whole = u64::try_from(begun.elapsed().as_micros()).unwrap().max(1_000);
    let (mut killed, mut expunged) = (0, 0);
    let wanted = if long { 100 } else { 10 };
    // Those that were done before the blow do not count.
    for round in 0..wanted * 10 {
        if killed == wanted {
            break;
        }
        // Filling a new store, or bringing an old one in step; with bodies or without.
        if dice.roll(3) > 0 {
            home = Home::with_account(&server);
        }
        for _ in 0..dice.roll(5) {
            let all = server.flags(USER, "INBOX");
            let uids: Vec<u32> = all.keys().copied().collect();
            let uid = uids[usize::try_from(dice.roll(u64::try_from(uids.len()).unwrap())).unwrap()];
            if dice.roll(3) == 0 {
                server.expunge(USER, "INBOX", uid);
                expunged += 1;
            } else {
                server.set_flags(
                    USER,
                    "INBOX",
                    uid,
                    [&[][..], &["\\Seen"], &["\\Flagged"]][usize::try_from(dice.roll(3)).unwrap()],
                );
            }
        }
        let line: &[&str] = if dice.roll(4) == 0 { &["sync", "--once", "--bodies"] } else { &["sync", "--once"] };
        let moment = std::time::Duration::from_micros(dice.roll(whole + whole / 10));
        let mut child = home.start(line);
        let until = clock::instant() + moment;
        // Not waiting for anything: the moment itself is what is tried.
        while clock::instant() < until && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());

        let seen = format!("seed {seed}, round {round}, {line:?} killed after {moment:?}");
        if let Some(reader) = Reader::find(&home.profile()).unwrap_or_else(|error| panic!("{seen}: {error}")) {
            assert_eq!(reader.wrong_counters().unwrap(), [], "{seen}");
        }
        let again = home.run(&["sync", "--once"]);
        assert_eq!((again.code, again.err.as_str()), (Some(0), ""), "{seen}");
        let reader = Reader::open(&home.profile()).unwrap();
        assert_eq!(reader.wrong_counters().unwrap(), [], "{seen}");
        drop(reader);
        for folder in ["INBOX", "已发送"] {
            assert_eq!(home.flags(folder), server.flags(USER, folder), "{seen}");
        }
    }
    println!("{killed} killed in time, {expunged} expunged, a whole sync took {} ms", whole / 1_000);
    assert_eq!(killed, wanted);
}
