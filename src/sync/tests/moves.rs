//! Random keys, random servers, and a program that is killed anywhere: between two writes, and at any byte of the line.

use super::story::{NEITHER, NO_MOVE, SLOW, Story};
use super::*;
use crate::demo::{MODERN, PLAIN, Personality};
use crate::model::clock;

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
    #[expect(clippy::disallowed_methods, reason = "to see one fail again")]
    let one = std::env::var("HONGYAN_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in one.map_or(first..first + count, |seed: u64| seed..seed + 1) {
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
