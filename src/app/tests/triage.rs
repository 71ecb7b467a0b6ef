//! What is done with messages, key by key.

use super::*;
use crate::app::rehearsal::{folder, person, row};
use crate::app::{AfterAction, Question, TriageNotice};
use crate::model::{FolderDeed, Role};

/// An inbox of twenty, and a folder for every purpose.
pub(super) fn mailbox() -> Mailbox {
    let mut mail = Mailbox::of(20);
    for (nth, row) in mail.rows.get_mut(&FolderId(1)).unwrap().iter_mut().enumerate() {
        row.size = if nth < 3 { 6 << 20 } else { 2048 };
        row.from.address = if nth % 2 == 0 { "even@a.example" } else { "odd@a.example" }.into();
    }
    for (id, name, role) in [
        (4, "Archive", Role::Archive),
        (5, "Deleted Messages", Role::Trash),
        (6, "Junk", Role::Junk),
        (7, "Drafts", Role::Drafts),
    ] {
        mail.folders.push(folder(id, 1, name, Some(role), 0));
        mail.rows.insert(FolderId(id), Vec::new());
    }
    let junk = (200..203).map(|nth| row(nth, person("a", "a@a.example"), "s")).collect();
    mail.rows.insert(FolderId(6), junk);
    mail.folders.iter_mut().find(|folder| folder.id == FolderId(6)).unwrap().total = 3;
    mail
}

pub(super) fn stage() -> Rehearsal {
    Rehearsal::new(mailbox(), 80, 24, Settings::default())
}

pub(super) fn without(role: Role) -> Rehearsal {
    let mut mail = mailbox();
    mail.folders.retain(|folder| folder.role != Some(role));
    Rehearsal::new(mail, 80, 24, Settings::default())
}

pub(super) fn ids(range: impl IntoIterator<Item = i64>) -> Vec<PlacementId> {
    range.into_iter().map(PlacementId).collect()
}

pub(super) fn records(stage: &mut Rehearsal) -> Vec<Intent> {
    let record = |effect| match effect {
        Effect::Record(intent) => vec![intent],
        Effect::RecordTogether(intents) => intents,
        _ => Vec::new(),
    };
    stage.take().into_iter().flat_map(record).collect()
}

pub(super) fn moved(range: impl IntoIterator<Item = i64>, to: i64) -> Intent {
    Intent::Move { placements: ids(range), to: FolderId(to) }
}

pub(super) fn said(stage: &Rehearsal) -> Option<&TriageNotice> {
    match stage.state.error_row() {
        Some(ErrorRow::Notice(Notice::Triage(notice))) => Some(notice),
        _ => None,
    }
}

pub(super) fn shown(stage: &Rehearsal) -> usize {
    stage.state.list().len()
}

#[test]
fn three_keys_at_once_act_on_three_messages() {
    for (key, to) in [("e", 4), ("d", 5), ("!", 6)] {
        let mut stage = stage();
        stage.records = false;
        stage.press(&key.repeat(3));
        assert_eq!(records(&mut stage), [moved([0], to), moved([1], to), moved([2], to)], "{key}");
        // Before anything is on the disk.
        assert_eq!((shown(&stage), stage.subject()), (17, "subject 3"), "{key}");
        for _ in 0..3 {
            stage.release();
        }
        stage.wait(50);
        assert_eq!((shown(&stage), stage.subject()), (17, "subject 3"), "{key}");
        assert_eq!(stage.mail.rows[&FolderId(to)].len(), if to == 6 { 6 } else { 3 }, "{key}");
    }
}

#[test]
fn an_order_from_before_does_not_bring_back_what_left() {
    let mut stage = stage();
    (stage.records, stage.answers) = (false, false);
    // Asked for before the key, answered after it.
    stage.send(Event::Changed(Changed::Order(FolderId(1))));
    stage.press("e");
    while !stage.held.is_empty() {
        stage.release();
    }
    stage.wait(50);
    assert_eq!((shown(&stage), stage.subject()), (19, "subject 1"));
}

#[test]
fn in_the_reader_the_next_one_is_read_or_the_one_before_or_none() {
    for (after, keys, subject, focus) in [
        (AfterAction::Next, "jj<Enter>e", "subject 3", Focus::Reader),
        (AfterAction::Previous, "jj<Enter>e", "subject 1", Focus::Reader),
        (AfterAction::List, "jj<Enter>e", "subject 3", Focus::List),
        (AfterAction::Next, "G<Enter>d", "subject 18", Focus::Reader),
        (AfterAction::Previous, "<Enter>d", "subject 1", Focus::Reader),
    ] {
        let settings = Settings { after_action: after, ..Settings::default() };
        let mut stage = Rehearsal::new(mailbox(), 80, 24, settings);
        stage.press(keys);
        stage.wait(50);
        assert_eq!((stage.subject(), stage.state.focus()), (subject, focus), "{after:?} {keys}");
        if focus == Focus::Reader {
            assert_eq!(stage.state.reader().placement(), stage.state.list().placement_at_cursor());
        }
    }
}

#[test]
fn the_last_message_that_leaves_closes_the_reader() {
    let mut mail = mailbox();
    mail.rows.get_mut(&FolderId(1)).unwrap().truncate(1);
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("<Enter>e");
    stage.wait(50);
    assert_eq!((shown(&stage), stage.state.focus()), (0, Focus::List));
    stage.press("e");
    assert_eq!(records(&mut stage).len(), 1, "there was nothing to archive");
}

#[test]
fn what_is_selected_is_what_is_meant() {
    for (keys, intent) in [
        ("xxxe", moved([0, 1, 2], 4)),
        ("jVjjkd", moved([1, 2], 5)),
        ("VGe", moved(0..20, 4)),
        ("jjVkV<C-n><C-n><C-n>xe", moved([1, 2, 4], 4)),
        ("*ae", moved(0..20, 4)),
        ("xx*id", moved(2..20, 5)),
        ("*z<C-u>6<Enter>d", moved([0, 1, 2], 5)),
        ("j*fe", moved((1..20).step_by(2), 4)),
        ("*se", moved([0], 4)),
        ("*te", moved([0], 4)),
        ("*jjj<Enter>e", moved(0..20, 4)),
        ("xx*ne", moved([2], 4)),
        ("xx<Esc>e", moved([2], 4)),
        ("<Enter>xxe", moved([0, 1], 4)),
    ] {
        let mut stage = stage();
        stage.press(keys);
        assert_eq!(records(&mut stage), [intent], "{keys}");
        assert_eq!(stage.state.list().selected(), 0, "{keys}");
    }
}

#[test]
fn a_range_follows_the_cursor_and_is_counted() {
    let mut stage = stage();
    for (keys, count) in [("x", 1), ("jV", 2), ("j", 3), ("kkk", 3), ("V", 3), ("G", 3), ("V", 4), ("<Esc>", 0)] {
        stage.press(keys);
        assert_eq!(stage.state.list().selected(), count, "{keys}");
        let marks = (0..20).filter(|at| stage.state.list().is_selected(*at)).count();
        assert_eq!(marks, count, "{keys}");
    }
}

#[test]
fn what_is_gone_elsewhere_is_selected_no_more() {
    let mut stage = stage();
    stage.press("xxx");
    stage.mail.rows.get_mut(&FolderId(1)).unwrap().remove(1);
    stage.send(Event::Changed(Changed::Order(FolderId(1))));
    assert_eq!(stage.state.list().selected(), 2);
    stage.press("e");
    assert_eq!(records(&mut stage), [moved([0, 2], 4)]);
}

#[test]
fn flags_go_one_way_for_all() {
    // Every third one is read.
    for (keys, placements, add, remove) in [
        ("xxxm", ids([1, 2]), Flags::SEEN, Flags::NONE),
        ("xm", ids([0]), Flags::NONE, Flags::SEEN),
        ("xxxs", ids([0, 1, 2]), Flags::FLAGGED, Flags::NONE),
        ("xxxss", ids([0, 1, 2]), Flags::NONE, Flags::FLAGGED),
        ("<A-r>", ids((0..20).filter(|nth| nth % 3 != 0)), Flags::SEEN, Flags::NONE),
    ] {
        let mut stage = stage();
        stage.press(keys);
        assert_eq!(records(&mut stage).pop(), Some(Intent::Flag { placements, add, remove }), "{keys}");
    }
}

#[test]
fn flags_of_messages_far_away_are_asked_for() {
    let mut mail = Mailbox::of(3000);
    mail.folders.push(folder(4, 1, "Archive", Some(Role::Archive), 0));
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("*am");
    let unread = ids((0..3000).filter(|nth| nth % 3 != 0));
    let intent = Intent::Flag { placements: unread, add: Flags::SEEN, remove: Flags::NONE };
    assert_eq!(records(&mut stage), [intent]);
    stage.press("m");
    let intent = Intent::Flag { placements: ids(0..3000), add: Flags::NONE, remove: Flags::SEEN };
    assert_eq!(records(&mut stage), [intent]);
}

#[test]
fn keys_typed_ahead_wait_for_the_list_and_are_never_for_another() {
    let mut stage = stage();
    stage.answers = false;
    stage.press("5je1");
    while !stage.held.is_empty() {
        stage.release();
    }
    assert_eq!(records(&mut stage), [], "it was meant for the junk");
    stage.answers = true;
    stage.press("1");
    stage.answers = false;
    stage.press("5jje");
    assert_eq!(records(&mut stage), []);
    while !stage.held.is_empty() {
        stage.release();
    }
    assert_eq!(records(&mut stage), [moved([202], 4)]);
}

#[test]
fn a_flag_waits_for_the_row_that_says_which_way() {
    let mut stage = Rehearsal::at(80, 24);
    stage.answers = false;
    stage.press("Gm");
    assert_eq!(records(&mut stage), []);
    while !stage.held.is_empty() {
        stage.release();
    }
    let intent = Intent::Flag { placements: ids([99]), add: Flags::NONE, remove: Flags::SEEN };
    assert_eq!(records(&mut stage), [intent], "the hundredth is read");
}

#[test]
fn what_shifts_under_the_finger_is_left_alone() {
    let mut stage = stage();
    stage.press("j");
    stage.mail.rows.get_mut(&FolderId(1)).unwrap().remove(1);
    stage.send(Event::Changed(Changed::Order(FolderId(1))));
    stage.press("e");
    assert_eq!(records(&mut stage), []);
    assert_eq!(said(&stage), Some(&TriageNotice::Shifted));
    stage.press("e");
    assert_eq!(records(&mut stage), [moved([2], 4)]);
}

#[test]
fn in_the_bin_and_in_junk_it_is_asked_once() {
    let mut stage = stage();
    stage.press("5xxd");
    assert!(matches!(stage.state.triage().question(), Some(Question::Erase { placements }) if placements.len() == 2));
    stage.press("n");
    assert_eq!((records(&mut stage), stage.state.triage().question()), (Vec::new(), None));
    stage.press("dy");
    assert_eq!(records(&mut stage), [Intent::Erase { placements: ids([200, 201]) }]);
    stage.press("!");
    assert_eq!(records(&mut stage), [moved([202], 1)], "it is no junk");
}

#[test]
fn the_bin_is_emptied_when_that_is_confirmed() {
    let keys = KeymapFile::parse("[list]\nA-x = 'empty-bin'").unwrap();
    let mut stage = Rehearsal::new(mailbox(), 80, 24, Settings { keys, ..Settings::default() });
    stage.press("<A-x>");
    assert_eq!(said(&stage), Some(&TriageNotice::NothingThere));
    stage.press("5<A-x>");
    assert_eq!(stage.state.triage().question(), Some(&Question::Empty { folder: FolderId(6), count: 3 }));
    stage.press("y");
    assert_eq!(records(&mut stage), [Intent::Erase { placements: ids(200..203) }]);
    assert_eq!(shown(&stage), 0);
}

#[test]
fn into_a_folder_that_is_chosen_and_offered_first_the_next_time() {
    let mut stage = stage();
    stage.press("vtz");
    assert!(stage.state.finding().is_some());
    stage.press("<Enter>");
    assert_eq!(records(&mut stage), [moved([0], 3)], "tz: 通知");
    assert_eq!(shown(&stage), 19);
    stage.press("v<Enter>");
    assert_eq!(records(&mut stage), [moved([1], 3)]);
    stage.press("ydele<Enter>");
    assert_eq!(records(&mut stage), [Intent::Copy { placements: ids([2]), to: FolderId(5) }]);
    assert_eq!(shown(&stage), 18);
    stage.press("v<Esc>e");
    assert_eq!(records(&mut stage), [moved([2], 4)]);
}

#[test]
fn only_folders_of_the_account_are_offered() {
    let mut mail = mailbox();
    mail.folders.push(folder(30, 2, "别处", None, 0));
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("v别处<Enter>");
    let create = FolderDeed::Create { account: AccountId(1), name: "别处".to_owned() };
    assert!(stage.effects.contains(&Effect::Folder(create)), "{:?}", stage.effects);
}
