//! What is typed is on the disk, whatever happens next, and is there once.

use super::*;
use crate::model::Moment;

fn kept(stage: &mut Rehearsal, id: i64) {
    tell(stage, Tidings::Kept { sheet: Sheet(1), result: Ok(DraftId(id)) });
}

fn failed(kind: FailureKind) -> Failure {
    Failure::lasting(kind, "", "")
}

/// A draft that is kept, and on its way to the disk once more.
fn on_its_way() -> Rehearsal {
    let mut stage = written();
    stage.wait(1_000);
    kept(&mut stage, 3);
    stage.press("x");
    stage.wait(1_000);
    let asked = errands(&mut stage);
    assert!(matches!(asked.as_slice(), [.., Errand::Keep { id: Some(DraftId(3)), .. }]), "{asked:?}");
    stage
}

#[test]
fn sending_waits_for_what_is_on_its_way_to_the_disk() {
    let mut stage = on_its_way();
    let text = draft(&stage);
    stage.press("<C-s>y");
    assert_eq!(errands(&mut stage), []);
    assert_eq!(stage.state.focus(), Focus::List);
    // Meanwhile it is no draft to be opened.
    let listed = KeptDraft { id: DraftId(3), draft: Box::new(text.clone()), updated: stage.state.now() };
    tell(&mut stage, Tidings::Drafts(vec![listed]));
    assert_eq!(stage.state.composing().lines(), []);
    kept(&mut stage, 3);
    let sent = errands(&mut stage);
    let [Errand::Send { id: Some(DraftId(3)), draft, .. }] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(**draft, text);
    // The first time it is kept, too: it has the number of it.
    let mut stage = written();
    stage.wait(1_000);
    errands(&mut stage);
    stage.press("<C-s>y");
    assert_eq!(errands(&mut stage), []);
    kept(&mut stage, 4);
    assert!(matches!(errands(&mut stage).as_slice(), [Errand::Send { id: Some(DraftId(4)), .. }]));
    // A disk that does not take it may take the letter.
    let mut stage = on_its_way();
    stage.press("<C-s>y");
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Err(failed(FailureKind::Disk)) });
    assert!(matches!(errands(&mut stage).as_slice(), [Errand::Send { id: Some(DraftId(3)), .. }]));
}

#[test]
fn what_has_not_left_yet_is_back_at_once() {
    let mut stage = on_its_way();
    stage.press("<C-s>yu");
    assert_eq!((stage.state.focus(), said(&stage)), (Focus::Composer, Some("back")));
    assert_eq!(errands(&mut stage), []);
    kept(&mut stage, 3);
    assert_eq!(errands(&mut stage), [], "nobody sends it any more");
    assert!(current(&stage).is_kept());
}

#[test]
fn a_draft_that_is_gone_is_kept_anew() {
    let mut stage = on_its_way();
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Err(failed(FailureKind::Gone)) });
    let asked = errands(&mut stage);
    assert!(matches!(asked.as_slice(), [Errand::Keep { id: None, .. }]), "{asked:?}");
    // Nothing is asked for again and again.
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Err(failed(FailureKind::Gone)) });
    assert_eq!((errands(&mut stage), said(&stage)), (vec![], Some("not-kept")));
    let mut stage = on_its_way();
    kept(&mut stage, 3);
    stage.press("<C-s>y");
    errands(&mut stage);
    let trouble = SendTrouble::Failed(failed(FailureKind::Gone));
    tell(&mut stage, Tidings::Queued { sheet: Sheet(1), result: Err(trouble) });
    assert_eq!(stage.state.focus(), Focus::Composer);
    stage.wait(1_000);
    assert!(matches!(errands(&mut stage).as_slice(), [Errand::Keep { id: None, .. }]));
}

#[test]
fn a_draft_is_closed_when_its_last_word_is_kept() {
    let mut stage = on_its_way();
    stage.press("y<C-s>s");
    assert_eq!((stage.state.focus(), said(&stage)), (Focus::List, None));
    kept(&mut stage, 3);
    let rest = errands(&mut stage);
    let [Errand::Keep { id: Some(DraftId(3)), draft, .. }] = rest.as_slice() else { panic!("{rest:?}") };
    assert!(draft.body.contains("xy"));
    assert_eq!(stage.state.composing().open_count(), 1);
    // One that fails is said, and tried again.
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Err(failed(FailureKind::Disk)) });
    assert_eq!((stage.state.composing().open_count(), said(&stage)), (1, Some("not-kept")));
    stage.wait(7_000);
    assert!(matches!(errands(&mut stage).as_slice(), [Errand::Keep { id: Some(DraftId(3)), .. }]));
    kept(&mut stage, 3);
    assert_eq!((stage.state.composing().open_count(), said(&stage)), (0, Some("kept")));
    assert!(matches!(stage.state.composing().lines().as_slice(), [DraftLine::Kept(_)]));
    // Whoever comes back to it meanwhile goes on writing.
    let mut stage = on_its_way();
    stage.press("y<C-s>s<C-o>");
    kept(&mut stage, 3);
    stage.wait(1_000);
    kept(&mut stage, 3);
    assert_eq!((stage.state.focus(), stage.state.composing().open_count()), (Focus::Composer, 1));
}

#[test]
fn the_end_waits_for_what_was_typed_after_what_is_on_its_way() {
    let mut stage = on_its_way();
    stage.press("y");
    stage.send(Event::Ending);
    assert_eq!(errands(&mut stage), []);
    kept(&mut stage, 3);
    stage.send(Event::Ending);
    let rest = errands(&mut stage);
    let [Errand::Keep { draft, .. }] = rest.as_slice() else { panic!("{rest:?}") };
    assert!(draft.body.contains("xy"));
}

#[test]
fn what_was_kept_before_is_dropped_though_the_last_of_it_was_not() {
    let mut stage = on_its_way();
    stage.press("<C-q>y");
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Err(failed(FailureKind::Disk)) });
    assert_eq!(errands(&mut stage), [Errand::Drop(DraftId(3))]);
}

#[test]
fn whoever_writes_goes_on_writing_when_everything_begins_again() {
    let mut stage = written();
    stage.press("<C-s>y");
    let until = stage.state.now().plus(10);
    tell(&mut stage, Tidings::Queued { sheet: Sheet(1), result: Ok((OutgoingId(7), until)) });
    stage.press("cxia@crane.example<Tab>二<A-s>");
    stage.wait(4_000);
    tell(&mut stage, Tidings::Kept { sheet: Sheet(2), result: Ok(DraftId(5)) });
    let (before, left) = (draft(&stage), stage.state.composing().held().unwrap().seconds_left(stage.state.moment()));
    let kept = stage.state.keep();
    let mut more = senders();
    more.insert(0, Sender { account: "new".into(), from: "new@x.example".into(), ..Sender::default() });
    let settings = Settings { senders: more, ..Settings::default() };
    // Its clock begins at nothing, and the seconds go on.
    let (mut state, _) = crate::app::State::new(Settings::default(), Vec::new());
    state.go_on(kept.clone());
    crate::app::update(&mut state, Event::Clock { now: NOW, moment: Moment(1) });
    assert_eq!(state.composing().held().unwrap().seconds_left(Moment(0)), left);
    assert!(!state.keep_drafts().iter().any(|effect| matches!(effect, Effect::Compose(Errand::Keep { .. }))));
    let stage = Rehearsal::going_on(Mailbox::of(20), 80, 24, settings, kept);
    assert_eq!((stage.state.focus(), draft(&stage)), (Focus::Composer, before));
    assert_eq!(current(&stage).id(), Some(DraftId(5)));
    assert_eq!(current(&stage).senders.len(), 3);
}

#[test]
fn of_two_accounts_with_one_address_it_goes_by_the_one_it_was_written_for() {
    let of =
        |account: &str| Sender { account: account.into(), from: "新名 <me@x.example>".into(), ..Sender::default() };
    let draft = Draft { account: "second".into(), from: "旧名 <me@x.example>".into(), ..Draft::default() };
    let composer = Composer::new(Sheet(1), None, draft, &[of("first"), of("second")]);
    assert_eq!(composer.draft().account, "second");
}
