//! Accounts that are refused, and one that is removed while it is looked at.

use super::*;

#[test]
fn what_goes_with_its_account_was_not_deleted_by_anybody() {
    let mut stage = Rehearsal::at(160, 50);
    stage.press("jj<Enter>");
    let status = Status::Offline { failure: Failure::account_removed("me@mail.example"), retry_at: None };
    stage.send(Event::Account { id: AccountId(1), status });
    stage.mail.rows.get_mut(&FolderId(1)).unwrap().clear();
    stage.send(Event::Changed(Changed::Order(FolderId(1))));
    assert_eq!(stage.state.focus(), Focus::List);
    let Some(ErrorRow::Account { failure, .. }) = stage.state.error_row() else { panic!("it says something else") };
    assert!(failure.is_account_removed());
}

#[test]
fn a_key_for_one_account_does_not_wake_those_that_were_refused() {
    let mut mail = Mailbox::of(5);
    for id in [2, 3, 4] {
        mail.folders.push(rehearsal::folder(10 + id, id, "INBOX", Some(Role::Inbox), 0));
    }
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    let woken = |stage: &mut Rehearsal| -> Vec<i64> {
        stage.take();
        stage.press("<C-r>");
        let id = |effect: &Effect| if let Effect::Wake(id) = effect { Some(id.0) } else { None };
        let woken = stage.take().iter().filter_map(id).collect();
        stage.wait(20_000);
        woken
    };
    let refused = |kind| Failure { retry: Retry::Doubtful, ..Failure::lasting(kind, "mail.example", "") };
    let offline = |stage: &mut Rehearsal, id: i64, failure: Failure, waits: bool| {
        let retry_at = waits.then(|| stage.state.now().plus(900));
        stage.send(Event::Account { id: AccountId(id), status: Status::Offline { failure, retry_at } });
    };
    assert_eq!(woken(&mut stage), [1, 2, 3, 4]);
    offline(&mut stage, 2, refused(FailureKind::Login), false);
    offline(&mut stage, 3, refused(FailureKind::Throttled), true);
    offline(&mut stage, 4, Failure::passing(FailureKind::Dropped, "mail.example", ""), true);
    // The row tells of the second one, and of a key.
    assert_eq!(woken(&mut stage), [1, 2, 4]);
    // Put away, it is the one that is looked at.
    stage.press("<Esc>");
    assert_eq!(woken(&mut stage), [1, 4]);
}
