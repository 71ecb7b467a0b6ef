//! Actions on conversations, and on lists of several folders and accounts.

use super::listing::{conversations, two_accounts};
use super::triage::{ids, moved, said};
use super::*;
use crate::app::rehearsal::folder;
use crate::app::{Did, TriageNotice};
use crate::model::Role;

fn with_archives(mut mail: Mailbox) -> Mailbox {
    for (id, account) in [(21, 1), (22, 2)] {
        mail.folders.push(folder(id, account, "Archive", Some(Role::Archive), 0));
        mail.rows.insert(FolderId(id), Vec::new());
    }
    mail
}

/// What was written down with each key.
fn written_down(stage: &mut Rehearsal) -> Vec<Vec<Intent>> {
    let one = |effect| match effect {
        Effect::Record(intent) => Some(vec![intent]),
        Effect::RecordTogether(intents) => Some(intents),
        _ => None,
    };
    stage.take().into_iter().filter_map(one).collect()
}

#[test]
fn a_key_on_a_folded_conversation_is_about_all_of_it() {
    let mut stage = Rehearsal::new(with_archives(conversations()), 80, 24, Settings::default());
    stage.press("jj");
    stage.take();
    stage.press("m");
    let read = Intent::Flag { placements: ids([6]), add: Flags::SEEN, remove: Flags::NONE };
    assert_eq!(written_down(&mut stage), [[read]]);
    stage.press("s");
    let starred = Intent::Flag { placements: ids([2, 4, 6]), add: Flags::FLAGGED, remove: Flags::NONE };
    assert_eq!(written_down(&mut stage), [[starred]]);
    stage.press("e");
    assert_eq!(written_down(&mut stage), [[moved([2, 4, 6], 21)]]);
    let done = stage.state.triage().done().unwrap();
    assert_eq!((done.did, done.count), (Did::Archived, 3));
    assert_eq!(stage.mail.rows[&FolderId(21)].len(), 3);
    stage.press("u");
    assert_eq!(stage.mail.rows[&FolderId(21)].len(), 0);
}

#[test]
fn a_key_in_an_open_conversation_is_about_the_message() {
    for (keys, at) in [("jjt", 6), ("jjtj", 4), ("jjtjj", 2)] {
        let mut stage = Rehearsal::new(with_archives(conversations()), 80, 24, Settings::default());
        stage.press(keys);
        stage.take();
        stage.press("e");
        assert_eq!(written_down(&mut stage), [[moved([at], 21)]], "{keys}");
    }
}

#[test]
fn what_one_key_did_in_two_accounts_is_told_and_taken_back_as_one() {
    for keys in ["8", "8;subject OR other<Enter>"] {
        let mut stage = Rehearsal::new(with_archives(two_accounts()), 160, 40, Settings::default());
        stage.press(keys);
        let all = stage.state.list().len();
        stage.press("xxx");
        stage.take();
        stage.press("e");
        assert_eq!(written_down(&mut stage), [[moved([0, 1], 21), moved([100], 22)]], "{keys}");
        let done = stage.state.triage().done().unwrap();
        assert_eq!((done.did, done.count), (Did::Archived, 3), "{keys}");
        stage.press("u");
        assert!(matches!(said(&stage), Some(TriageNotice::Undone(_, 3))), "{keys}: {:?}", said(&stage));
        assert_eq!((stage.mail.rows[&FolderId(21)].len(), stage.mail.rows[&FolderId(22)].len()), (0, 0), "{keys}");
        assert_eq!(stage.state.list().len(), all, "{keys}");
        // No folder is in two accounts.
        stage.press("xxxv");
        assert_eq!(said(&stage), Some(&TriageNotice::SeveralAccounts), "{keys}");
    }
}

#[test]
fn what_is_typed_ahead_is_written_down_when_the_order_has_come() {
    let mut stage = Rehearsal::new(with_archives(conversations()), 80, 24, Settings::default());
    stage.answers = false;
    stage.press("2");
    stage.take();
    stage.press("1e");
    assert_eq!(written_down(&mut stage), [[]; 0]);
    stage.answers = true;
    while !stage.held.is_empty() {
        stage.release();
    }
    stage.wait(50);
    assert_eq!(written_down(&mut stage), [[moved([0], 21)]]);
}

#[test]
fn nothing_is_done_to_what_is_shown_until_what_is_found_has_come() {
    let mut stage = Rehearsal::new(with_archives(Mailbox::of(20)), 160, 40, Settings::default());
    stage.answers = false;
    stage.press("/is:unread<Enter>");
    stage.take();
    stage.press("e");
    assert_eq!(written_down(&mut stage), [[]; 0], "the first line is still of the list before");
    stage.answers = true;
    while !stage.held.is_empty() {
        stage.release();
    }
    stage.wait(50);
    assert_eq!(written_down(&mut stage), [[moved([1], 21)]]);
}
