//! What needs a folder that is not there, what is taken back, and what could not be done.

use super::triage::*;
use super::*;
use crate::app::rehearsal::{folder, person, row};
use crate::app::{Did, Question, TriageNotice};
use crate::model::{Deed, DeedKind, FolderDeed, Need, NeedWhy, Role, Settling};

#[test]
fn a_folder_that_is_missing_is_made_and_the_messages_go_there() {
    let mut stage = without(Role::Archive);
    stage.press("ee");
    let create = FolderDeed::Create { account: AccountId(1), name: "archive".to_owned() };
    let asked: Vec<Effect> =
        stage.take().into_iter().filter(|e| matches!(e, Effect::Folder(_) | Effect::Record(_))).collect();
    assert_eq!(asked, [Effect::Folder(create.clone())], "once");
    assert_eq!((shown(&stage), stage.subject()), (18, "subject 2"));
    stage.send(Event::FolderDone { deed: Box::new(create), result: Ok(Some(FolderId(40))) });
    assert_eq!(records(&mut stage), [moved([0], 40), moved([1], 40)]);
}

#[test]
fn a_folder_that_cannot_be_made_brings_the_messages_back() {
    let mut stage = without(Role::Archive);
    stage.press("e");
    assert_eq!(shown(&stage), 19);
    let deed = FolderDeed::Create { account: AccountId(1), name: "archive".to_owned() };
    let failure = Failure::lasting(FailureKind::Refused, "imap.qq.example", "NO not allowed");
    stage.send(Event::FolderDone { deed: Box::new(deed), result: Err(failure) });
    assert_eq!((shown(&stage), stage.subject()), (20, "subject 0"));
    assert!(matches!(stage.state.triage().question(), Some(Question::MadeElsewhere { role: Role::Archive, .. })));
    stage.press("q");
    assert!(stage.take().contains(&Effect::Told { account: AccountId(1), role: Role::Archive }));
    // From now on in a word.
    stage.press("e");
    assert_eq!(said(&stage), Some(&TriageNotice::MadeElsewhere(Role::Archive)));
    assert_eq!((shown(&stage), records(&mut stage)), (20, Vec::new()));
}

#[test]
fn where_no_bin_can_be_made_it_is_deleted_for_good_when_asked() {
    let mut stage = without(Role::Trash);
    stage.state.know_folders(vec![AccountId(1)], Vec::new());
    stage.press("d");
    assert_eq!(records(&mut stage), []);
    stage.press("y");
    assert_eq!(records(&mut stage), [Intent::Erase { placements: ids([0]) }]);
}

#[test]
fn undo_takes_back_and_shows_what_came_back() {
    let mut stage = stage();
    stage.press("jjd");
    let done = stage.state.triage().done().unwrap();
    assert_eq!((done.did, done.count, done.seconds_left(stage.state.moment())), (Did::Deleted, 1, 10));
    stage.press("GGu");
    assert_eq!(said(&stage), Some(&TriageNotice::Undone(Did::Deleted, 1)));
    assert_eq!((shown(&stage), stage.subject()), (20, "subject 2"));
    // What was said of it is over.
    assert_eq!(stage.state.triage().done(), None);
    stage.press("u");
    assert_eq!(said(&stage), Some(&TriageNotice::NothingToUndo));
}

#[test]
fn undo_goes_back_step_by_step_long_after_it_was_said() {
    let mut stage = stage();
    stage.press("exxe");
    stage.wait(11_000);
    assert_eq!(stage.state.triage().done(), None);
    stage.press("u");
    assert_eq!(said(&stage), Some(&TriageNotice::Undone(Did::Archived, 2)));
    stage.press("u");
    assert_eq!((said(&stage), shown(&stage)), (Some(&TriageNotice::Undone(Did::Archived, 1)), 20));
}

#[test]
fn what_cannot_be_kept_comes_back_and_says_why() {
    let mut stage = stage();
    stage.records = false;
    stage.press("e");
    stage.held.clear();
    let failure = Failure::lasting(FailureKind::Disk, "own.db", "full");
    stage.send(Event::Recorded { intent: moved([0], 4), result: Err(failure.clone()) });
    assert_eq!((shown(&stage), stage.subject()), (20, "subject 0"));
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Failed(Undertaking::Saving, &failure)));
    assert_eq!(stage.state.triage().done(), None);
}

#[test]
fn who_may_only_look_changes_nothing() {
    let settings = Settings { read_only: true, ..Settings::default() };
    let mut stage = Rehearsal::new(mailbox(), 80, 24, settings);
    for key in ["e", "d", "!", "s", "m", "<A-r>", "v", "y", "u"] {
        stage.press(key);
        assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::ReadOnly)), "{key}");
        assert!(stage.state.finding().is_none(), "{key}");
        let changes = |effect: &Effect| matches!(effect, Effect::Record(_) | Effect::Folder(_) | Effect::Undo);
        assert!(!stage.take().iter().any(changes), "{key}");
        stage.press("<Esc>");
    }
    assert_eq!(shown(&stage), 20);
}

fn need(id: i64, why: NeedWhy) -> Need {
    Need {
        id,
        account: AccountId(1),
        folder: "INBOX".into(),
        to: Some("项目".into()),
        subject: "subject".into(),
        from: "somebody".into(),
        kind: DeedKind::Move { to: FolderId(9) },
        why,
        since: NOW,
    }
}

#[test]
fn what_could_not_be_done_waits_for_somebody() {
    let mut stage = stage();
    stage.press("0");
    assert_eq!(said(&stage), Some(&TriageNotice::NoNeeds));
    stage.mail.needs = vec![need(1, NeedWhy::FolderGone), need(2, NeedWhy::Refused("NO".into()))];
    stage.send(Event::Changed(Changed::Needs));
    assert_eq!(said(&stage), Some(&TriageNotice::NeedsCame(2)));
    stage.press("0j");
    stage.take();
    stage.press("r");
    assert_eq!(stage.take(), [Effect::Settle { needs: vec![2], how: Settling::Again }]);
    stage.press("vtz<Enter>");
    assert_eq!(stage.take().pop(), Some(Effect::Settle { needs: vec![2], how: Settling::Into(FolderId(3)) }));
    stage.press("dx");
    assert_eq!(stage.take(), []);
    stage.press("dy");
    assert_eq!(stage.take(), [Effect::Settle { needs: vec![2], how: Settling::Drop }]);
    stage.press("?");
    assert!(stage.state.overlay().is_some());
    stage.press("<Esc><Esc>");
    assert!(stage.state.overlay().is_none() && stage.state.triage().sheet().is_none());
}

#[test]
fn what_was_undone_elsewhere_is_named() {
    let mut stage = stage();
    let deed = |kind| Deed { id: crate::model::DeedId(1), kind, count: 2, at: NOW };
    for (kind, did) in [
        (DeedKind::Flag { add: Flags::SEEN, remove: Flags::NONE }, Did::Read),
        (DeedKind::Flag { add: Flags::NONE, remove: Flags::FLAGGED }, Did::Unstarred),
        (DeedKind::Move { to: FolderId(4) }, Did::Archived),
        (DeedKind::Move { to: FolderId(3) }, Did::Moved(FolderId(3))),
        (DeedKind::Move { to: FolderId(0) }, Did::Moved(FolderId(0))),
        (DeedKind::Erase, Did::Erased),
    ] {
        stage.send(Event::Undone(Ok(Some(deed(kind)))));
        assert_eq!(said(&stage), Some(&TriageNotice::Undone(did, 2)));
    }
}

#[test]
fn folders_are_made_renamed_and_removed() {
    let mut stage = stage();
    let last =
        |stage: &mut Rehearsal| stage.take().into_iter().rev().find(|effect| matches!(effect, Effect::Folder(_)));
    stage.press("hn发票<Enter>");
    let create = FolderDeed::Create { account: AccountId(1), name: "发票".to_owned() };
    assert_eq!(last(&mut stage), Some(Effect::Folder(create)));
    stage.press("r");
    assert_eq!(said(&stage), Some(&TriageNotice::Protected), "the inbox");
    stage.press("Gr新名字<Enter>");
    let rename = FolderDeed::Rename { folder: FolderId(3), name: "新名字".to_owned() };
    assert_eq!(last(&mut stage), Some(Effect::Folder(rename)));
    stage.press("dn");
    assert_eq!(last(&mut stage), None);
    stage.mail.folders.iter_mut().find(|folder| folder.id == FolderId(3)).unwrap().total = 0;
    stage.press("dyy");
    assert_eq!(last(&mut stage), Some(Effect::Folder(FolderDeed::DeleteWithMail { folder: FolderId(3) })));
}

#[test]
fn ten_thousand_are_selected_and_sent_away_without_delay() {
    let mut mail = Mailbox::of(10_000);
    mail.folders.push(folder(4, 1, "Archive", Some(Role::Archive), 0));
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.records = false;
    let begun = crate::model::clock::instant();
    stage.press("*a");
    for _ in 0..200 {
        stage.press("j");
        assert!((0..24).all(|row| stage.state.list().is_selected(stage.state.list().top() + row)));
    }
    stage.press("e");
    assert_eq!(shown(&stage), 0);
    assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn how_far_much_has_come_is_told_and_can_be_stopped() {
    let mut mail = Mailbox::of(2_000);
    mail.folders.push(folder(4, 1, "Archive", Some(Role::Archive), 0));
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("*ae");
    let told = |stage: &Rehearsal| stage.state.triage().bulk().map(|bulk| bulk.told());
    assert_eq!(told(&stage), Some(0));
    stage.send(Event::Answered(Answer::Pending(1_500)));
    assert_eq!(told(&stage), Some(500));
    stage.press("<Esc>n");
    assert!(!stage.take().contains(&Effect::Undo));
    stage.press("<Esc>y");
    assert!(stage.take().contains(&Effect::Undo));
    assert_eq!((told(&stage), shown(&stage)), (None, 2_000));
    stage.press("*ae");
    stage.send(Event::Answered(Answer::Pending(0)));
    assert_eq!(told(&stage), None);
}

#[test]
fn each_message_goes_where_its_own_account_has_its_archive() {
    let mut mail = mailbox();
    for (id, name, role) in [(31, "INBOX", Role::Inbox), (34, "归档", Role::Archive)] {
        mail.folders.push(folder(id, 2, name, Some(role), 0));
    }
    let there = |id| {
        let row = row(id, person("b", "b@b.example"), "s");
        Row { account: AccountId(2), folder: FolderId(31), ..row }
    };
    mail.rows.insert(FolderId(31), vec![there(300), there(301)]);
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    let effects = stage.state.open_list(Source::Unified(Role::Inbox));
    stage.perform(effects);
    stage.press("*a");
    assert_eq!(stage.state.list().selected(), 22);
    stage.take();
    stage.press("v");
    assert_eq!(said(&stage), Some(&TriageNotice::SeveralAccounts));
    stage.press("e");
    let mut to: Vec<(usize, FolderId)> = Vec::new();
    for intent in records(&mut stage) {
        let Intent::Move { placements, to: folder } = intent else { panic!("{intent:?}") };
        to.push((placements.len(), folder));
    }
    assert_eq!((to, shown(&stage)), (vec![(20, FolderId(4)), (2, FolderId(34))], 0));
}

#[test]
fn keys_wait_for_what_a_key_before_them_is_about() {
    let mut mail = Mailbox::of(300);
    mail.folders.push(folder(4, 1, "Archive", Some(Role::Archive), 0));
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    let effects = stage.state.open_list(Source::Unified(Role::Inbox));
    stage.perform(effects);
    stage.answers = false;
    // Nothing is known of the last one yet.
    stage.press("Gee");
    assert_eq!(records(&mut stage), []);
    while !stage.held.is_empty() {
        stage.release();
    }
    assert_eq!(records(&mut stage), [moved([299], 4), moved([298], 4)]);
}
