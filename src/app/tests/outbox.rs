//! The outbox on the screen, and leaving while something waits in it.

use crate::app::compose::{Errand, Sender, Sheet, Tidings};
use crate::app::outbox::*;
use crate::app::rehearsal::{Mailbox, NOW, Rehearsal, letter};
use crate::app::*;
use crate::model::*;
use crate::text::SafeText;

fn numbered(id: i64, state: Sending) -> Outgoing {
    Outgoing { id: OutgoingId(id), hold_until: NOW, ..letter(state, &[Reception::Waiting]) }
}

fn scheduled(id: i64, hours: u64) -> Outgoing {
    Outgoing { hold_until: NOW.plus(hours * 3600), ..numbered(id, Sending::Queued) }
}

fn refused(id: i64) -> Outgoing {
    let no = Reception::Refused { said: SafeText::of("no such user"), for_good: true };
    Outgoing { id: OutgoingId(id), ..letter(Sending::Refused, &[no]) }
}

fn stage(letters: Vec<Outgoing>) -> Rehearsal {
    let mail = Mailbox { outbox: letters.clone(), ..Mailbox::of(10) };
    let sender = Sender { account: "me".into(), from: "me@mail.example".into(), ..Sender::default() };
    let settings = Settings { senders: vec![sender], ..Settings::default() };
    let mut stage = Rehearsal::new(mail, 80, 24, settings);
    stage.send(Event::Answered(Answer::Outbox(letters)));
    stage.take();
    stage
}

fn wishes(stage: &mut Rehearsal) -> Vec<(i64, LetterWish)> {
    let wish = |effect| match effect {
        Effect::Compose(Errand::Letter { id, wish }) => Some((id.0, wish)),
        _ => None,
    };
    stage.take().into_iter().filter_map(wish).collect()
}

fn came(stage: &mut Rehearsal, letters: Vec<Outgoing>) {
    stage.mail.outbox.clone_from(&letters);
    stage.send(Event::Answered(Answer::Outbox(letters)));
}

fn quits(stage: &mut Rehearsal) -> bool {
    stage.take().contains(&Effect::Quit)
}

#[test]
fn every_letter_stands_somewhere() {
    let failed = |kind| Some(Failure::passing(kind, "", ""));
    let queued = |left: i64, failure| {
        let hold_until = Timestamp(NOW.0 + left);
        Outgoing { hold_until, failure, ..numbered(1, Sending::Queued) }
    };
    let partly = Outgoing { state: Sending::Sent, ..refused(1) };
    for (letter, standing) in [
        (queued(9, None), Standing::Counting(9)),
        (queued(0, None), Standing::Due),
        (queued(7200, None), Standing::Scheduled(NOW.plus(7200))),
        (queued(0, failed(FailureKind::Offline)), Standing::Waits { network: true, again: None }),
        (queued(60, failed(FailureKind::Refused)), Standing::Waits { network: false, again: Some(NOW.plus(60)) }),
        (numbered(1, Sending::Begun), Standing::Going),
        (numbered(1, Sending::Handed), Standing::Going),
        (numbered(1, Sending::Unknown), Standing::Unknown),
        (Outgoing { copy: SentCopy::LookFrom(NOW), ..numbered(1, Sending::Unknown) }, Standing::LookedFor),
        (refused(1), Standing::Refused),
        (partly, Standing::Partly),
        (numbered(1, Sending::Asks), Standing::Asks),
        (numbered(1, Sending::Sent), Standing::Sent),
    ] {
        assert_eq!(Standing::of(&letter, NOW), standing);
        let can = |action| standing.offers(action);
        // What may have gone comes back to nobody, and what goes cannot be stopped.
        assert!(!can(Action::TakeBack) || !matches!(letter.state, Sending::Unknown | Sending::Begun | Sending::Handed));
        assert_eq!(can(Action::WasSent), letter.state == Sending::Unknown);
        assert_eq!(can(Action::SendLater), letter.state == Sending::Queued);
    }
}

#[test]
fn what_needs_somebody_comes_first_and_the_cursor_stays_with_its_letter() {
    let mut stage = stage(vec![scheduled(1, 20), numbered(2, Sending::Queued), refused(3), numbered(4, Sending::Sent)]);
    stage.press("9");
    let ids = |stage: &Rehearsal| stage.state.outbox().letters().iter().map(|it| it.id.0).collect::<Vec<_>>();
    assert_eq!(ids(&stage), [3, 2, 1]);
    stage.press("jj");
    came(&mut stage, vec![scheduled(1, 20), scheduled(5, 40)]);
    assert_eq!(stage.state.outbox().at_cursor().map(|it| it.id), Some(OutgoingId(1)));
    came(&mut stage, vec![scheduled(5, 40)]);
    assert_eq!(stage.state.outbox().at_cursor().map(|it| it.id), Some(OutgoingId(5)));
    came(&mut stage, Vec::new());
    assert_eq!(stage.state.outbox().at_cursor(), None);
    stage.press("rutydj<Enter><Esc>");
    assert!(!stage.state.outbox().is_shown());
}

#[test]
fn keys_say_what_is_to_become_of_a_letter() {
    use LetterWish as W;
    let tomorrow = Timestamp(NOW.0 + 23 * 3600);
    for (letter, keys, wanted) in [
        (scheduled(7, 5), "r", vec![(7, W::Now)]),
        (scheduled(7, 5), "s", vec![(7, W::Now)]),
        (scheduled(7, 5), "t明早9点<Enter>", vec![(7, W::At(tomorrow))]),
        (scheduled(7, 5), "t明早9点<Esc>", vec![]),
        (scheduled(7, 5), "tsoon<Enter>", vec![]),
        (scheduled(7, 5), "y", vec![]),
        (refused(7), "r", vec![(7, W::Again)]),
        (refused(7), "t", vec![]),
        (refused(7), "dy", vec![(7, W::GiveUp)]),
        (refused(7), "dｙ", vec![(7, W::GiveUp)]),
        (refused(7), "dr", vec![]),
        (numbered(7, Sending::Unknown), "y", vec![(7, W::WasSent)]),
        // It may arrive twice, so that is asked.
        (numbered(7, Sending::Unknown), "r", vec![]),
        (numbered(7, Sending::Unknown), "ry", vec![(7, W::Again)]),
        (numbered(7, Sending::Unknown), "rj", vec![]),
        (numbered(7, Sending::Begun), "rtdy", vec![]),
    ] {
        let mut stage = stage(vec![letter]);
        // 10:00 in Shanghai.
        stage.state.settings.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
        stage.press("9").press(keys);
        assert_eq!(wishes(&mut stage), wanted, "{keys}");
    }
}

#[test]
fn nothing_is_changed_by_whoever_only_looks() {
    let mut stage = stage(vec![refused(1)]);
    stage.state.read_only = true;
    stage.press("9rdyu");
    assert_eq!(wishes(&mut stage), []);
    assert!(matches!(stage.state.error_row(), Some(ErrorRow::Notice(Notice::ReadOnly))));
}

fn reopened(to: &str) -> Box<Reopened> {
    let written = Draft { account: "me".into(), from: "me@mail.example".into(), to: to.into(), ..Draft::default() };
    let refused = vec!["A@mail.example".to_owned()];
    Box::new(Reopened { draft: DraftId(4), written, refused, for_the_rest: false })
}

#[test]
fn a_refused_letter_opens_as_its_draft_with_the_address_marked() {
    let mut stage = stage(vec![refused(3)]);
    stage.press("9<Enter>");
    assert!(stage.take().contains(&Effect::Compose(Errand::Reopen(OutgoingId(3)))));
    let to = "李静 <li@mail.example>, a@mail.example";
    stage.send(Event::Composed(Tidings::Reopened { id: OutgoingId(3), result: Ok(reopened(to)) }));
    let composer = stage.state.composing().current().unwrap();
    assert_eq!((stage.state.focus(), stage.state.outbox().is_shown()), (Focus::Composer, false));
    assert_eq!(composer.focus(), compose::Head::To);
    let marked: Vec<_> = composer.refused_in(compose::Head::To).into_iter().map(|at| to.get(at)).collect();
    assert_eq!(marked, [Some("a@mail.example")]);
    stage.press("<End><Backspace>");
    assert_eq!(stage.state.composing().current().unwrap().refused_in(compose::Head::To), []);
}

#[test]
fn why_a_letter_does_not_come_back_is_said() {
    for (why, said) in [
        (NotReopened::TooLate, OutboxNotice::TooLate),
        (NotReopened::MayHaveGone, OutboxNotice::MayHaveGone),
        (NotReopened::NoDraft, OutboxNotice::NoDraft),
        (NotReopened::Gone, OutboxNotice::Gone),
    ] {
        let mut stage = stage(vec![scheduled(3, 5)]);
        stage.press("9u");
        stage.send(Event::Composed(Tidings::Reopened { id: OutgoingId(3), result: Err(why) }));
        let Some(ErrorRow::Notice(Notice::Outbox(notice))) = stage.state.error_row() else { panic!() };
        assert_eq!(*notice, said);
        assert!(stage.state.outbox().is_shown());
    }
}

#[test]
fn what_waits_is_taken_back_by_the_key_for_what_was_just_sent() {
    let mut stage = stage(vec![scheduled(3, 5), scheduled(8, 2), numbered(9, Sending::Begun), refused(10)]);
    stage.press("u");
    assert_eq!(stage.deeds(), [Effect::Compose(Errand::Reopen(OutgoingId(8)))]);
    came(&mut stage, vec![numbered(9, Sending::Begun)]);
    stage.take();
    stage.press("u");
    assert_eq!(stage.deeds(), []);
}

/// A letter that counts down, in a stage that has it open.
fn counting() -> Rehearsal {
    let mut stage = stage(Vec::new());
    stage.press("cwang@goose.example<Tab>x<Tab>x<C-s>y");
    let until = NOW.plus(9);
    stage.send(Event::Composed(Tidings::Kept { sheet: Sheet(1), result: Ok(DraftId(1)) }));
    stage.send(Event::Composed(Tidings::Queued { sheet: Sheet(1), result: Ok((OutgoingId(1), until)) }));
    stage
}

#[test]
fn who_leaves_is_asked_only_if_something_waits() {
    let mut none = stage(vec![refused(1), scheduled(2, 5), numbered(3, Sending::Sent)]);
    none.press("q");
    assert!(quits(&mut none));
    for keys in ["k", "<C-c>"] {
        let mut waits = stage(vec![numbered(1, Sending::Queued)]);
        waits.press("q");
        assert!(!quits(&mut waits) && waits.state.leaving().is_some());
        waits.press(keys);
        assert!(quits(&mut waits), "{keys}");
    }
    let mut stays = counting();
    stays.press("q<Esc>");
    assert!(!quits(&mut stays) && stays.state.leaving().is_none());
    // The keys are those of the list again.
    stays.press("k");
    assert!(!quits(&mut stays));
}

#[test]
fn what_waits_is_sent_before_the_end() {
    let put_off = Outgoing { failure: Some(Failure::passing(FailureKind::Offline, "", "")), ..scheduled(2, 1) };
    let mut stage = stage(vec![numbered(1, Sending::Queued), put_off, scheduled(3, 9)]);
    stage.press("qs");
    // What has a time of its own keeps it.
    assert_eq!(wishes(&mut stage), [(1, LetterWish::Now), (2, LetterWish::Now)]);
    for id in [1, 2] {
        let (id, wish) = (OutgoingId(id), LetterWish::Now);
        stage.send(Event::Composed(Tidings::Letter { id, wish, result: Ok(LetterCame::Done) }));
    }
    came(&mut stage, vec![numbered(1, Sending::Begun), numbered(2, Sending::Queued), scheduled(3, 9)]);
    assert!(!quits(&mut stage));
    came(&mut stage, vec![numbered(2, Sending::Handed), scheduled(3, 9)]);
    assert!(!quits(&mut stage));
    came(&mut stage, vec![scheduled(3, 9)]);
    assert!(quits(&mut stage));
}

#[test]
fn what_does_not_go_is_asked_about_again() {
    let mut failed = stage(vec![numbered(1, Sending::Queued)]);
    failed.press("qs");
    came(&mut failed, vec![refused(1)]);
    assert_eq!(failed.state.leaving(), Some(&Leaving::Asked { tried: true }));
    assert!(!quits(&mut failed));
    // Nobody waits for ever.
    let mut silent = stage(vec![numbered(1, Sending::Queued)]);
    silent.press("qs");
    silent.wait(19_000);
    assert!(matches!(silent.state.leaving(), Some(Leaving::Sending(_))));
    silent.wait(2_000);
    assert_eq!(silent.state.leaving(), Some(&Leaving::Asked { tried: true }));
    silent.press("k");
    assert!(quits(&mut silent));
}

#[test]
fn a_letter_that_is_not_in_the_outbox_yet_is_waited_for() {
    let mut stage = stage(Vec::new());
    stage.press("cwang@goose.example<Tab>x<Tab>x<C-s>y");
    stage.press("qs");
    assert!(!quits(&mut stage));
    stage.send(Event::Composed(Tidings::Queued { sheet: Sheet(1), result: Ok((OutgoingId(1), NOW.plus(9))) }));
    came(&mut stage, vec![Outgoing { hold_until: NOW.plus(9), ..numbered(1, Sending::Queued) }]);
    assert_eq!(wishes(&mut stage), [(1, LetterWish::Now)]);
    let (id, wish) = (OutgoingId(1), LetterWish::Now);
    stage.send(Event::Composed(Tidings::Letter { id, wish, result: Ok(LetterCame::Done) }));
    came(&mut stage, Vec::new());
    assert!(quits(&mut stage));
}

#[test]
fn what_was_begun_elsewhere_opens_here_and_not_in_the_middle_of_a_word() {
    let begin = |to: &str| {
        let draft = Draft { to: to.into(), body: "x".into(), ..Draft::default() };
        Event::Composed(Tidings::Begin(Box::new(draft)))
    };
    let to = |stage: &Rehearsal| stage.state.composing().current().unwrap().draft().to;
    let mut stage = stage(Vec::new());
    stage.send(begin("a@mail.example"));
    assert_eq!((stage.state.focus(), to(&stage)), (Focus::Composer, "a@mail.example".to_owned()));
    stage.press("typed");
    stage.send(begin("b@mail.example"));
    assert_eq!((to(&stage), stage.state.composing().open_count()), ("a@mail.example".to_owned(), 2));
    // Both are kept.
    stage.wait(1_500);
    let kept = |effect: &Effect| matches!(effect, Effect::Compose(Errand::Keep { .. }));
    assert_eq!(stage.take().iter().filter(|effect| kept(effect)).count(), 2);
}

#[test]
fn what_cannot_be_kept_is_not_thrown_away_unasked() {
    let mut stage = stage(Vec::new());
    stage.state.read_only = true;
    let draft = Draft { to: "a@mail.example".into(), body: "x".into(), ..Draft::default() };
    stage.send(Event::Composed(Tidings::Begin(Box::new(draft))));
    stage.wait(1_000);
    let failure = Failure::lasting(FailureKind::InUse, "", "");
    stage.send(Event::Composed(Tidings::Kept { sheet: Sheet(1), result: Err(failure) }));
    stage.press("<Esc>q<Esc>");
    assert!(!quits(&mut stage));
    stage.press("qk");
    assert!(!quits(&mut stage));
    stage.press("y");
    assert!(quits(&mut stage));
}

#[test]
fn drafts_that_somebody_else_changed_are_looked_at_again() {
    let mut stage = stage(Vec::new());
    stage.send(Event::Changed(Changed::Drafts));
    assert_eq!(stage.deeds(), []);
    stage.press("D");
    stage.take();
    stage.send(Event::Changed(Changed::Drafts));
    assert_eq!(stage.deeds(), [Effect::Compose(Errand::ListDrafts)]);
}

#[test]
fn a_notice_does_not_hide_the_keys_of_a_question() {
    let mut stage = stage(vec![numbered(1, Sending::Queued)]);
    let said = |stage: &Rehearsal| stage.state.is_said_in_the_footer(&stage.state.error_row().unwrap());
    stage.send(Event::Notice(Notice::NothingUnread));
    assert!(said(&stage));
    stage.press("q");
    assert!(!said(&stage) && stage.state.layout().error.is_some());
    stage.press("<Esc>cwang@goose.example<Tab>x<Tab>x<C-s>");
    stage.send(Event::Notice(Notice::NothingUnread));
    assert!(!said(&stage) && stage.state.layout().error.is_some());
}

#[test]
fn a_signal_asks_nothing() {
    let mut stage = counting();
    stage.send(Event::Ending);
    assert_eq!(stage.state.leaving(), None);
}
