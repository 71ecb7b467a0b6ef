use jiff::tz::TimeZone;

use super::*;
use crate::app::rehearsal::{Mailbox, NOW, Rehearsal, folder, person};
use crate::app::{DeedTrouble, ErrorRow, Event, Notice};
use crate::config::{Desktop, Notify};
use crate::model::{AccountId, FolderId, NewMail};

fn mail(from: &str, subject: &str) -> NewMail {
    NewMail { from: person(from, "sender@a.example"), subject: subject.into(), arrival: NOW }
}

fn came(folder: i64, name: &str, newest: Vec<NewMail>) -> Arrivals {
    Arrivals {
        account: AccountId(1),
        folder: FolderId(folder),
        name: name.into(),
        delimiter: Some('/'),
        role: (name == "INBOX").then_some(Role::Inbox),
        count: newest.len() as u64,
        newest,
    }
}

fn quiet(hours: &str) -> Quiet {
    Quiet::try_from(hours.to_owned()).unwrap()
}

fn stage(notify: Notify) -> Rehearsal {
    let mail = Mailbox { folders: vec![folder(1, 1, "INBOX", Some(Role::Inbox), 0)], ..Mailbox::default() };
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    Rehearsal::new(mail, 80, 24, Settings { notify, zone, ..Settings::default() })
}

fn loud() -> Notify {
    Notify { command: "tell 'all of it' %s".to_owned(), ..Notify::default() }
}

fn bells(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| **effect == Effect::Terminal(TerminalRequest::Bell)).count()
}

fn announced(effects: &[Effect]) -> Vec<u64> {
    let count = |arrivals: &[Arrivals]| arrivals.iter().map(|arrivals| arrivals.count).sum();
    effects
        .iter()
        .filter_map(|effect| if let Effect::Announce(all) = effect { Some(count(all)) } else { None })
        .collect()
}

fn commands(effects: &[Effect]) -> Vec<(Vec<String>, u64)> {
    let command = |effect: &Effect| match effect {
        Effect::NewMailCommand { command, arrivals } => Some((command.clone(), arrivals.count)),
        _ => None,
    };
    effects.iter().filter_map(command).collect()
}

#[test]
fn many_messages_are_one_word() {
    let mut stage = stage(loud());
    for n in 0..40 {
        stage.send(Event::Arrived(came(1, "INBOX", vec![mail("a", &n.to_string())])));
    }
    assert_eq!(stage.deeds(), []);
    stage.wait(2_000);
    let effects = stage.deeds();
    assert_eq!((bells(&effects), announced(&effects)), (1, vec![40]));
    assert_eq!(commands(&effects), [(vec!["tell".to_owned(), "all of it".to_owned(), "%s".to_owned()], 40)]);
    let Some(Effect::Announce(all)) = effects.iter().find(|effect| matches!(effect, Effect::Announce(_))) else {
        panic!()
    };
    assert_eq!(all[0].newest.len(), MESSAGES);
    assert_eq!(all[0].newest[0].subject.as_untrusted(), "39", "the newest first");
}

#[test]
fn nobody_is_told_something_all_the_time() {
    let mut stage = stage(loud());
    let (mut rung, mut told) = (0, 0);
    for _ in 0..600 {
        stage.send(Event::Arrived(came(1, "INBOX", vec![mail("a", "b")])));
        stage.wait(1_000);
        let effects = stage.deeds();
        rung += bells(&effects);
        told += announced(&effects).iter().sum::<u64>();
    }
    assert!((38..=41).contains(&rung), "{rung} bells in ten minutes");
    stage.wait(30_000);
    told += announced(&stage.deeds()).iter().sum::<u64>();
    assert_eq!(told, 600, "none is forgotten");
}

#[test]
fn one_command_at_a_time_and_none_is_left_out() {
    let mut stage = stage(Notify { command_folders: vec!["*".to_owned()], ..loud() });
    stage.send(Event::Arrived(came(1, "INBOX", vec![mail("a", "b")])));
    stage.send(Event::Arrived(came(2, "list", vec![mail("a", "c")])));
    stage.wait(2_000);
    assert_eq!(commands(&stage.deeds()).len(), 1);
    // It takes its time, and more comes meanwhile.
    stage.send(Event::Arrived(came(2, "list", vec![mail("a", "d")])));
    stage.wait(60_000);
    assert_eq!(commands(&stage.deeds()), []);
    stage.send(Event::NewMailCommandEnded(Ok(())));
    let next = commands(&stage.deeds());
    assert_eq!((next.len(), next[0].1), (1, 2));
    let trouble = DeedTrouble::Ended { program: SafeText::of("tell"), status: 3 };
    stage.send(Event::NewMailCommandEnded(Err(trouble.clone())));
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::NewMailCommand(trouble))));
    stage.wait(60_000);
    assert_eq!(commands(&stage.deeds()), []);
}

#[test]
fn each_way_has_its_folders_and_its_hours() {
    // It is ten in the morning.
    let notify = Notify {
        bell_quiet: quiet("09:30-10:30"),
        desktop_folders: vec!["项目".to_owned()],
        command_quiet: quiet("22:00-07:00"),
        ..loud()
    };
    let mut stage = stage(notify);
    stage.send(Event::Arrived(came(1, "INBOX", vec![mail("a", "b")])));
    stage.send(Event::Arrived(came(2, "其他文件夹/项目", vec![mail("a", "c"), mail("a", "d")])));
    stage.wait(2_000);
    let effects = stage.deeds();
    assert_eq!((bells(&effects), announced(&effects), commands(&effects).len()), (0, vec![2], 1));
    // Thirty-five minutes later the bell may be rung again, for what comes then.
    stage.wait(35 * 60_000);
    assert_eq!(stage.deeds(), []);
    stage.send(Event::Arrived(came(1, "INBOX", vec![mail("a", "b")])));
    stage.wait(2_000);
    assert_eq!(bells(&stage.deeds()), 1);
}

#[test]
fn whoever_wants_to_hear_nothing_hears_nothing() {
    let mut stage = stage(Notify::nothing());
    stage.send(Event::Arrived(came(1, "INBOX", vec![mail("a", "b")])));
    stage.wait(60_000);
    assert_eq!(stage.deeds(), []);
    assert_eq!(Notify::nothing().desktop, Desktop::Off);
}

/// In Berlin on the last Sunday of March the clock goes from 2:00 to 3:00, and in October from 3:00 to 2:00.
#[test]
fn quiet_hours_go_by_the_clock_on_the_wall_in_summer_and_in_winter() {
    // As POSIX writes it: no table of time zones is needed.
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let at = |utc: &str| Timestamp(utc.parse::<jiff::Timestamp>().unwrap().as_second());
    let minute = |utc: &str| minute_of_day(at(utc), &zone).unwrap();
    let still = |utc: &str| quiet("22:00-07:00").holds(minute(utc));
    for (utc, holds) in [
        // Winter: an hour ahead.
        ("2025-01-15T20:59:59Z", false),
        ("2025-01-15T21:00:00Z", true),
        ("2025-01-16T05:59:59Z", true),
        ("2025-01-16T06:00:00Z", false),
        // The night in which an hour is missing, and the morning after.
        ("2025-03-29T21:00:00Z", true),
        ("2025-03-30T01:00:00Z", true),
        ("2025-03-30T04:59:59Z", true),
        ("2025-03-30T05:00:00Z", false),
        // Summer: two hours ahead.
        ("2025-07-15T19:59:59Z", false),
        ("2025-07-15T20:00:00Z", true),
        // The night with an hour twice.
        ("2025-10-25T20:00:00Z", true),
        ("2025-10-26T00:30:00Z", true),
        ("2025-10-26T01:30:00Z", true),
        ("2025-10-26T06:00:00Z", false),
    ] {
        assert_eq!(still(utc), holds, "{utc}");
    }
    assert_eq!((minute("2025-10-26T00:30:00Z"), minute("2025-10-26T01:30:00Z")), (150, 150));
    assert_eq!(minute_of_day(Timestamp(i64::MAX), &zone), None);
}

#[test]
fn t21_what_a_command_is_told_is_plain_and_short() {
    let evil = "\x1b]0;x\x07$(id) `id`\r\nHONGYAN_COUNT=9\u{202e}\0".repeat(500);
    let long = format!("e{}", "\u{301}".repeat(100_000));
    for bad in [evil, long] {
        let arrivals = came(1, &bad, vec![mail(&bad, &bad)]);
        for (name, value) in facts(&arrivals, &SafeText::of("me"), false) {
            assert!(value.as_str().len() <= 3_000, "{name} has {} bytes", value.as_str().len());
            assert!(!value.as_str().contains(|c: char| c.is_control() || c == '\u{202e}'), "{value:?}");
        }
    }
    let arrivals = came(1, "INBOX", vec![mail("李雷", "会议"), mail("b", "c")]);
    let told: Vec<String> =
        facts(&arrivals, &SafeText::of("me"), false).iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        told,
        [
            "HONGYAN_ACCOUNT=me",
            "HONGYAN_FOLDER=INBOX",
            "HONGYAN_COUNT=2",
            "HONGYAN_FROM=李雷 <sender@a.example>",
            "HONGYAN_SUBJECT=会议"
        ]
    );
    let hidden = facts(&arrivals, &SafeText::of("me"), true);
    assert!(hidden.iter().all(|(_, value)| !value.as_str().contains("李雷") && !value.as_str().contains("会议")));
}
