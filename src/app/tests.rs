mod as_a_stranger;
mod copying;
mod folders;
mod folders_made;
mod leaving_lists;
mod listing;
mod motion;
mod outbox;
mod palette;
mod refusals;
mod seams;
mod searching;
mod triage;

use super::rehearsal::*;
use super::*;
use crate::config::keymap::{KeymapFile, Preset};
use crate::model::*;

fn check(keys: &str, subject: &str) {
    let mut stage = Rehearsal::at(80, 24);
    stage.press(keys);
    assert_eq!(stage.subject(), subject, "{keys}");
}

fn started(effects: &[Effect]) -> Vec<i64> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Start { job: Job::Read { message, .. }, .. } => Some(message.0),
            _ => None,
        })
        .collect()
}

fn seen(placement: i64) -> Effect {
    Effect::Note(Intent::Flag { placements: vec![PlacementId(placement)], add: Flags::SEEN, remove: Flags::NONE })
}

#[test]
fn a_list_that_has_not_come_yet_is_not_said_to_be_read() {
    let mut mail = Mailbox::of(10);
    mail.folders.push(rehearsal::folder(2, 1, "Sent", Some(Role::Sent), 5));
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.answers = false;
    stage.press("2n");
    assert_eq!(stage.state.list().folder(), Some(FolderId(2)));
    assert_eq!(stage.state.error_row(), None);
}

#[test]
fn space_pages_through_the_message_and_then_goes_to_the_next_unread_one() {
    let mut stage = Rehearsal::at(80, 24);
    stage.press("j");
    let mut pages = 0;
    while stage.subject() == "subject 1" {
        stage.press(" ");
        pages += 1;
        assert!(pages < 30);
    }
    assert_eq!(stage.subject(), "subject 2");
    assert!(pages > 3, "{pages}");
}

#[test]
fn an_account_in_trouble_says_so_and_counts_down() {
    let mut stage = Rehearsal::at(80, 24);
    let failure = Failure::passing(FailureKind::Unreachable, "imap.qq.example:993", "");
    let retry_at = Some(stage.state.now().plus(20));
    let offline = Status::Offline { failure: failure.clone(), retry_at };
    stage.send(Event::Account { id: AccountId(1), status: offline });
    let again = |stage: &Rehearsal| match stage.state.error_row() {
        Some(ErrorRow::Account { again_in, .. }) => again_in,
        other => panic!("{other:?}"),
    };
    assert_eq!(again(&stage), Some(20));
    stage.wait(5000);
    assert_eq!(again(&stage), Some(15));
    stage.press("<C-r>");
    assert_eq!(stage.deeds(), [Effect::Wake(AccountId(1))]);
    stage.wait(5000);
    stage.press("<Esc>");
    assert_eq!(stage.state.error_row(), None);
    let status = Status::UpToDate { at: NOW, watch: Watch::Told };
    stage.send(Event::Account { id: AccountId(1), status });
    let kinds: Vec<&Happened> = stage.state.history().iter().map(|happening| &happening.what).collect();
    assert_eq!(kinds, [&Happened::Back(AccountId(1)), &Happened::Account(AccountId(1), failure)]);
}

#[test]
fn read_only_answers_with_a_sentence_and_changes_nothing() {
    let settings = Settings { read_only: true, ..Settings::default() };
    let mut stage = Rehearsal::new(Mailbox::of(9), 160, 50, settings);
    stage.press("jm");
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::ReadOnly)));
    stage.press("s<Enter>");
    stage.wait(10_000);
    assert!(!stage.deeds().iter().any(|effect| matches!(effect, Effect::Record(_) | Effect::Note(_))));
}

#[test]
fn nothing_is_done_to_messages_behind_an_overlay() {
    let mut stage = Rehearsal::at(80, 24);
    stage.press("?jsmJ1");
    assert_eq!(stage.state.overlay(), Some(Overlay::Help { top: 1 }));
    assert_eq!(stage.deeds(), []);
    stage.press("G");
    let Some(Overlay::Help { top: end }) = stage.state.overlay() else { panic!("no help") };
    stage.press("jq");
    assert!(end > 10 && stage.state.overlay().is_none());
    stage.press("<C-e>q");
    assert_eq!(stage.state.overlay(), None);
}

#[test]
fn without_an_account_there_is_a_welcome_and_a_way_out() {
    let (mut state, _) = State::new(Settings::default(), Vec::new());
    assert!(state.is_welcome());
    assert!(!state.start().iter().any(|effect| matches!(effect, Effect::Ask(_))));
    for key in ["j", "s", "Enter", "J"] {
        assert_eq!(update(&mut state, Event::Key(key.parse().unwrap())), []);
    }
    assert_eq!(update(&mut state, Event::Key("q".parse().unwrap())), [Effect::Quit]);
}

#[test]
fn a_click_moves_and_a_second_one_opens() {
    let mut stage = Rehearsal::at(80, 24);
    let body = stage.state.layout().list.unwrap().body;
    let click = Event::Mouse(Mouse { column: 10, row: body.y + 3, kind: MouseKind::Click });
    stage.send(click.clone());
    assert_eq!((stage.subject(), stage.state.focus()), ("subject 3", Focus::List));
    stage.send(click);
    assert_eq!(stage.state.focus(), Focus::Reader);
    stage.send(Event::Mouse(Mouse { column: 10, row: body.y + 1, kind: MouseKind::WheelDown }));
    assert_eq!(stage.subject(), "subject 6");
}

#[test]
fn the_neighbours_of_a_resting_cursor_are_named_once() {
    let mut mail = Mailbox::of(50);
    for row in mail.rows.get_mut(&FolderId(1)).unwrap() {
        row.body = BodyState::Absent;
    }
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("jjjj");
    stage.wait(500);
    let near: Vec<Effect> = stage.deeds().into_iter().filter(|effect| matches!(effect, Effect::Near { .. })).collect();
    let placements = [5, 6, 3, 7].map(PlacementId).to_vec();
    assert_eq!(near, [Effect::Near { placements }]);
}

#[test]
fn a_body_that_comes_later_is_shown() {
    let mut stage = Rehearsal::at(160, 50);
    stage.jobs = false;
    stage.press("j");
    let Some(Effect::Start { ticket, .. }) = stage.held.pop_front() else { panic!() };
    let failure = Failure::passing(FailureKind::Offline, "", "");
    stage.send(Event::Finished { ticket, outcome: Outcome::Read(Err(failure)) });
    assert!(matches!(stage.state.reader().content(), Content::Failed(..)));
    stage.jobs = true;
    stage.send(Event::Changed(Changed::Body(MessageId(1))));
    assert_eq!(*stage.state.reader().content(), Content::Ready);
}

#[test]
fn a_message_that_goes_while_it_is_read_opens_no_other() {
    let mut stage = Rehearsal::at(160, 50);
    stage.press("jj<Enter>");
    stage.take();
    stage.mail.rows.get_mut(&FolderId(1)).unwrap().remove(2);
    stage.send(Event::Changed(Changed::Order(FolderId(1))));
    assert_eq!(stage.state.focus(), Focus::List);
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::GoneElsewhere)));
    stage.wait(10_000);
    assert!(
        !stage.take().iter().any(|effect| matches!(effect, Effect::Record(_) | Effect::Note(_))),
        "something was marked as read"
    );
}

#[test]
fn a_folder_is_found_again_where_it_was_left() {
    let mut mail = Mailbox::of(50);
    mail.folders.push(rehearsal::folder(2, 1, "Sent", Some(Role::Sent), 0));
    let rows = (100..110).map(|nth| rehearsal::row(nth, rehearsal::person("a", "a@goose.example"), "s")).collect();
    mail.rows.insert(FolderId(2), rows);
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("jjjjj");
    let place = stage.state.list().cursor();
    stage.press("2");
    assert_eq!(stage.state.list().folder(), Some(FolderId(2)));
    stage.press("1");
    assert_eq!((stage.state.list().folder(), stage.state.list().cursor()), (Some(FolderId(1)), place));
}

#[test]
fn actions_have_names_of_their_own() {
    for action in Action::EVERY {
        assert_eq!(Action::named(action.name()), Some(*action));
        assert!(action.name().chars().all(|c| c.is_ascii_lowercase() || c == '-'));
    }
    assert_eq!(Action::named("archives"), None);
}

#[test]
fn every_action_can_be_reached_in_the_default_keymap() {
    let (keymap, _) = Keymap::new(Preset::Default, &KeymapFile::default());
    let bound: Vec<Action> = keymap
        .help()
        .into_iter()
        .filter_map(|line| match line {
            keys::HelpLine::Entry { action, .. } => Some(action),
            _ => None,
        })
        .collect();
    // These stand in the menu that a key opens.
    let ways = [
        Action::SortByDate,
        Action::SortBySender,
        Action::SortBySubject,
        Action::SortBySize,
        Action::SortUnreadFirst,
        Action::ReverseSort,
        Action::ToggleThreads,
    ];
    for action in Action::EVERY {
        assert!(bound.contains(action) || ways.contains(action), "{}", action.name());
    }
}
