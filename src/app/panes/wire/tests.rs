use super::*;
use crate::app::rehearsal::{Mailbox, NOW, Rehearsal};
use crate::app::{Effect, Event, Overlay, Settings};
use crate::model::{AccountId, Failure, FailureKind, Purpose, Status, WireKind};

fn line(account: &str, text: &str) -> WireLine {
    let (purpose, kind) = (Purpose::Sync, WireKind::Heard);
    WireLine { at: NOW, account: SafeText::of(account), purpose, number: 1, kind, text: SafeText::of(text) }
}

fn lines(account: &str, range: std::ops::Range<usize>) -> Vec<WireLine> {
    range.map(|number| line(account, &number.to_string())).collect()
}

fn overheard(first: bool, lines: Vec<WireLine>) -> Event {
    Event::Overheard { first, lines }
}

const ONE: &str = "goose@qq.example";
const OTHER: &str = "swan@163.example";

fn two_accounts() -> Rehearsal {
    let mut mail = Mailbox::of(5);
    mail.folders.push(crate::app::rehearsal::folder(11, 2, "INBOX", None, 0));
    Rehearsal::new(mail, 80, 24, Settings::default())
}

fn in_view(stage: &Rehearsal) -> Vec<String> {
    let Some(Overlay::Wire { account, anchor }) = stage.state.overlay() else { panic!("no view") };
    let (first, end) = stage.state.wire().in_view(account, anchor, stage.state.wire_body(account));
    stage.state.wire().lines(account).skip(first).take(end - first).map(|line| line.text.to_string()).collect()
}

#[track_caller]
fn assert_in_view(stage: &Rehearsal, range: std::ops::RangeInclusive<usize>) {
    assert_eq!(in_view(stage), range.map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn it_is_listened_to_only_while_somebody_looks() {
    let mut stage = two_accounts();
    stage.send(overheard(true, lines(ONE, 0..5)));
    assert_eq!(stage.state.wire().lines(0).len(), 0);
    stage.press("<C-e>");
    assert_eq!(stage.deeds(), [Effect::Overhear(true)]);
    stage.send(overheard(true, [lines(ONE, 0..5), lines(OTHER, 0..2), lines("nobody", 0..9)].concat()));
    stage.send(overheard(false, lines(ONE, 5..6)));
    assert_in_view(&stage, 0..=5);
    stage.press("?");
    assert_eq!(stage.deeds(), [Effect::Overhear(false)]);
    stage.press("<C-e>");
    stage.send(overheard(false, lines(ONE, 6..7)));
    // What was on its way goes when the whole comes.
    stage.send(overheard(true, lines(ONE, 0..7)));
    assert_in_view(&stage, 0..=6);
    stage.press("q");
    assert_eq!(stage.deeds(), [Effect::Overhear(true), Effect::Overhear(false)]);
    assert_eq!(stage.state.wire(), &WirePane::default());
}

#[test]
fn keys_go_round_through_the_accounts_and_what_happened() {
    let mut stage = two_accounts();
    stage.press("<C-e>");
    let mut seen = Vec::new();
    for key in ["n", "n", "n", "<Tab>", "p", "p", "<S-Tab>"] {
        stage.press(key);
        seen.push(match stage.state.overlay() {
            Some(Overlay::Wire { account, .. }) => account,
            Some(Overlay::History { .. }) => 9,
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(seen, [1, 9, 0, 1, 0, 9, 1]);
    stage.take();
    stage.press("<C-e>");
    assert_eq!((stage.state.overlay(), stage.deeds()), (None, vec![Effect::Overhear(false)]));
    // The account in trouble is the one in question.
    let failure = Failure::lasting(FailureKind::Login, "imap.163.example", "");
    stage.send(Event::Account { id: AccountId(2), status: Status::Offline { failure, retry_at: None } });
    stage.press("<C-e>");
    assert_eq!(stage.state.overlay(), Some(Overlay::Wire { account: 1, anchor: Anchor::Newest }));
    assert_eq!(stage.state.lately(1).len(), 1);
    assert_eq!(stage.state.lately(0).len(), 0);
}

#[test]
fn it_follows_while_at_the_end_and_stays_where_it_was_put() {
    let mut stage = two_accounts();
    stage.press("<C-e>");
    let rows = usize::from(stage.state.wire_body(0).height);
    assert_eq!(rows, 20);
    stage.send(overheard(true, lines(ONE, 0..100)));
    assert_in_view(&stage, 80..=99);
    stage.send(overheard(false, lines(ONE, 100..101)));
    assert_in_view(&stage, 81..=100);
    stage.press("k");
    stage.send(overheard(false, lines(ONE, 101..110)));
    assert_in_view(&stage, 80..=99);
    stage.press("<PageUp>");
    assert_in_view(&stage, 61..=80);
    stage.press("g");
    assert_in_view(&stage, 0..=19);
    stage.press("j");
    assert_in_view(&stage, 1..=20);
    stage.press("<PageDown>");
    assert_in_view(&stage, 20..=39);
    stage.press("kk<C-u>");
    assert_in_view(&stage, 8..=27);
    stage.press("kkkkkkkkkkkk");
    assert_in_view(&stage, 0..=19);
    stage.press("G");
    stage.send(overheard(false, lines(ONE, 110..111)));
    assert_in_view(&stage, 91..=110);
    stage.press("<PageUp><PageDown>");
    stage.send(overheard(false, lines(ONE, 111..112)));
    assert_in_view(&stage, 92..=111);
}

#[test]
fn what_is_held_in_view_stays_when_the_oldest_lines_go() {
    let mut stage = two_accounts();
    stage.press("<C-e>");
    stage.send(overheard(true, lines(ONE, 0..KEPT)));
    stage.press("<PageUp>k");
    let before = in_view(&stage);
    stage.send(overheard(false, lines(ONE, KEPT..KEPT + 500)));
    stage.send(overheard(false, lines(OTHER, 0..KEPT + 500)));
    assert_eq!(in_view(&stage), before);
    assert_eq!(stage.state.wire().lines(0).len(), KEPT);
    stage.send(overheard(false, lines(ONE, 0..KEPT * 2)));
    assert_eq!(in_view(&stage).len(), 20);
}

#[test]
fn long_lines_are_all_seen_page_by_page_at_every_size() {
    let all: Vec<WireLine> =
        (0..60).map(|number| line(ONE, &format!("{number} {}", "字ab ".repeat(number * 7 % 90)))).collect();
    for (columns, rows) in [(40, 12), (80, 24), (120, 40), (12, 6), (300, 9), (1, 1)] {
        let mut stage = two_accounts();
        stage.send(Event::Resize { columns, rows });
        stage.press("<C-e>");
        stage.send(overheard(true, all.clone()));
        stage.press("g");
        let mut seen = in_view(&stage);
        for _ in 0..200 {
            stage.press("<PageDown>");
            seen.extend(in_view(&stage));
        }
        assert_eq!(
            stage.state.overlay(),
            Some(Overlay::Wire { account: 0, anchor: Anchor::Newest }),
            "{columns}x{rows}"
        );
        if rows > 4 {
            assert!(all.iter().all(|line| seen.contains(&line.text.to_string())), "{columns}x{rows}");
        }
        for _ in 0..200 {
            stage.press("<PageUp>");
        }
        if rows > 4 {
            assert_eq!(
                stage.state.overlay(),
                Some(Overlay::Wire { account: 0, anchor: Anchor::Top(0) }),
                "{columns}x{rows}"
            );
        }
    }
}
