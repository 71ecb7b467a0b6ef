use super::*;

const MINUTE: Duration = Duration::from_mins(1);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// QQ as it is known: half a minute, ten minutes, forty seconds.
fn qq() -> Pace {
    Pace::of(Wished {
        borne: Some(seconds(30)),
        elsewhere: Some(5 * MINUTE),
        recycle: Some(10 * MINUTE),
        lag: seconds(40),
        ..Wished::default()
    })
}

/// What is done on a day on which nothing happens, or a line is cut every so often: logins, rounds, probes, and when.
struct Day {
    logins: u32,
    rounds: Vec<Duration>,
    probes: Vec<Duration>,
}

fn a_day(pace: &Pace, cut_every: Option<Duration>) -> Day {
    let begun = Instant::now();
    let (mut agenda, mut day) = (Agenda::default(), Day { logins: 0, rounds: Vec::new(), probes: Vec::new() });
    let mut passed = Duration::ZERO;
    let mut connected = None::<Duration>;
    while passed < Duration::from_hours(24) {
        let now = begun + passed;
        // Whatever is asked takes a moment.
        passed += Duration::from_millis(200);
        let Some(since) = connected else {
            day.logins += 1;
            agenda.connected(pace, 7, now);
            agenda.probed(now);
            connected = Some(passed);
            continue;
        };
        if cut_every.is_some_and(|after| passed >= since + after) {
            agenda.cut(now);
            connected = None;
            passed += seconds(1);
            continue;
        }
        match agenda.next(pace, now) {
            Next::Renew => connected = None,
            Next::Round => {
                day.rounds.push(passed);
                agenda.looked_round(now);
                agenda.probed(now);
            }
            Next::Probe => {
                day.probes.push(passed);
                agenda.probed(now);
            }
            Next::Wait(at_most) => passed += at_most,
        }
    }
    day
}

fn closest(times: &[Duration]) -> Duration {
    times.iter().zip(times.iter().skip(1)).map(|(a, b)| b.saturating_sub(*a)).min().unwrap_or(Duration::MAX)
}

#[test]
fn n06_the_pace_is_never_exceeded_on_a_simulated_day() {
    let day = a_day(&qq(), None);
    assert!((130..=162).contains(&day.logins), "{} logins in a day", day.logins);
    assert!((270..=289).contains(&day.rounds.len()), "{} rounds", day.rounds.len());
    assert!((2_400..=2_881).contains(&(day.probes.len() + day.rounds.len())), "{} probes", day.probes.len());
    assert!(closest(&day.probes) >= seconds(30) && closest(&day.rounds) >= 5 * MINUTE);
    // One that lets a connection live is not left.
    let kept = a_day(&Pace::of(Wished { borne: Some(MINUTE), ..Wished::default() }), None);
    assert_eq!(kept.logins, 1);
    assert!(kept.probes.len() + kept.rounds.len() <= 1_441, "{}", kept.probes.len());
}

#[test]
fn n06_a_line_that_is_cut_makes_us_ask_half_as_often_for_an_hour() {
    let pace = Pace::of(Wished { borne: Some(MINUTE), ..Wished::default() });
    let day = a_day(&pace, Some(30 * MINUTE));
    assert!((700..=760).contains(&(day.probes.len() + day.rounds.len())), "{}", day.probes.len());
    assert!(day.logins <= 49, "{}", day.logins);
    let begun = Instant::now();
    let mut agenda = Agenda::default();
    agenda.looked_round(begun);
    agenda.probed(begun);
    agenda.cut(begun);
    assert_eq!(agenda.next(&pace, begun), Next::Wait(2 * MINUTE));
    // An hour later.
    let later = begun + Duration::from_hours(1);
    agenda.looked_round(later);
    agenda.probed(later);
    assert_eq!(agenda.next(&pace, later), Next::Wait(MINUTE));
}

#[test]
fn what_the_user_writes_counts_but_not_below_what_a_provider_bears_unless_it_is_for_the_account() {
    let poll = |for_account: Option<u64>, for_all: Option<u64>, borne: Option<u64>| {
        let duration = |given: Option<u64>| given.map(seconds);
        let wished = Wished {
            for_account: duration(for_account),
            for_all: duration(for_all),
            borne: duration(borne),
            ..Wished::default()
        };
        Pace::of(wished).poll.as_secs()
    };
    assert_eq!(poll(None, None, None), 60);
    assert_eq!(poll(None, None, Some(30)), 30);
    assert_eq!(poll(None, Some(120), Some(30)), 120);
    assert_eq!(poll(None, Some(10), Some(60)), 60);
    assert_eq!(poll(Some(10), Some(120), Some(60)), 10);
    assert_eq!(poll(None, Some(10), None), 10);
    let elsewhere = |for_all: u64, elsewhere: Option<u64>| {
        let wished = Wished { for_all: Some(seconds(for_all)), elsewhere: elsewhere.map(seconds), ..Wished::default() };
        Pace::of(wished).elsewhere.as_secs()
    };
    assert_eq!((elsewhere(10, None), elsewhere(60, None), elsewhere(120, None)), (300, 300, 600));
    assert_eq!((elsewhere(60, Some(900)), elsewhere(120, Some(300))), (900, 600));
}

#[test]
fn a_connection_is_made_anew_about_when_it_should_be_and_only_when_there_is_something_to_ask() {
    let (pace, begun) = (qq(), Instant::now());
    let mut ages = std::collections::BTreeSet::new();
    let mut agenda = Agenda::default();
    for _ in 0..50 {
        agenda.connected(&pace, 3, begun);
        let age = agenda.renewed_after.unwrap();
        assert!((9 * MINUTE..=11 * MINUTE).contains(&age), "{age:?}");
        ages.insert(age);
    }
    assert!(ages.len() > 10, "always the same: {ages:?}");
    let late = begun + 12 * MINUTE;
    agenda.probed(late);
    agenda.looked_round(late);
    assert_eq!(agenda.next(&pace, late + seconds(5)), Next::Wait(seconds(25)));
    assert_eq!(agenda.next(&pace, late + seconds(30)), Next::Renew);
    // Nobody is sent away where connections may grow old.
    agenda.connected(&Pace { recycle: None, ..pace }, 3, begun);
    assert_eq!(agenda.next(&Pace { recycle: None, ..pace }, late + seconds(30)), Next::Probe);
}

#[test]
fn what_is_found_and_not_handed_out_is_asked_for_within_the_lag_and_then_ever_more_seldom() {
    let (pace, mut now) = (qq(), Instant::now());
    let mut agenda = Agenda::default();
    agenda.looked_round(now);
    let mut opened = Vec::new();
    let begun = now;
    while now - begun < Duration::from_hours(3) {
        if agenda.next(&pace, now) == Next::Probe || agenda.next(&pace, now) == Next::Round {
            agenda.probed(now);
            agenda.looked_round(now);
            if agenda.found(9, now) {
                opened.push((now - begun).as_secs());
                agenda.opening_for(&pace, 9, now);
            }
        }
        now += seconds(1);
    }
    assert!(opened.starts_with(&[0, 20, 40, 60]), "{opened:?}");
    assert!(opened.len() < 16, "a number without a message is asked for too often: {opened:?}");
    // Something newer is no such number.
    assert!(agenda.found(10, now));
    agenda.opening_for(&pace, 10, now);
    assert_eq!(agenda.next(&pace, now + seconds(20)), Next::Probe);
    agenda.nothing_found();
    assert!(agenda.found(10, now));
}
