mod fields;
mod keeping;
mod large;
mod looked_over;
mod returning;
mod templates;

use std::path::PathBuf;

use super::*;
use crate::app::rehearsal::*;
use crate::app::{Effect, Event, Focus, Notice, Settings};
use crate::model::*;
use crate::text::SafeText;

pub(crate) fn senders() -> Vec<Sender> {
    vec![
        Sender {
            account: "goose@qq.example".into(),
            from: "鸿雁 <goose@qq.example>".into(),
            signature: "鸿雁".into(),
            most: Some(50_000_000),
        },
        Sender { account: "swan".into(), from: "swan@163.example".into(), signature: "The swan".into(), most: None },
    ]
}

fn person(name: &str, address: &str) -> Person {
    Person { name: name.into(), address: address.into(), wrote: true }
}

fn stage() -> Rehearsal {
    at(80, 24)
}

fn at(columns: u16, rows: u16) -> Rehearsal {
    let mut mail = Mailbox::of(20);
    mail.people = vec![person("李静", "lijing@crane.example"), person("李明", "liming@goose.example")];
    let settings = Settings { senders: senders(), ..Settings::default() };
    Rehearsal::new(mail, columns, rows, settings)
}

fn errands(stage: &mut Rehearsal) -> Vec<Errand> {
    let errand = |effect| match effect {
        Effect::Compose(errand) => Some(errand),
        _ => None,
    };
    stage.take().into_iter().filter_map(errand).collect()
}

fn current(stage: &Rehearsal) -> &Composer {
    stage.state.composing().current().unwrap()
}

fn draft(stage: &Rehearsal) -> Draft {
    current(stage).draft()
}

fn said(stage: &Rehearsal) -> Option<&'static str> {
    match stage.state.error_row() {
        Some(crate::app::ErrorRow::Notice(Notice::Draft(notice))) => Some(notice.code()),
        _ => None,
    }
}

fn tell(stage: &mut Rehearsal, tidings: Tidings) {
    stage.send(Event::Composed(tidings));
}

/// A draft to somebody, with a subject and a text.
fn written() -> Rehearsal {
    let mut stage = stage();
    stage.press("cwang@goose.example<Tab>会议<Tab>");
    stage.send(Event::Paste("下午三点。\n".into()));
    stage
}

#[test]
fn a_message_is_written_looked_over_and_sent() {
    let mut stage = written();
    let draft = draft(&stage);
    assert_eq!((draft.to.as_str(), draft.subject.as_str()), ("wang@goose.example", "会议"));
    assert_eq!(draft.body, "下午三点。\n\n\n-- \n鸿雁\n");
    assert_eq!(draft.from, "鸿雁 <goose@qq.example>");
    errands(&mut stage);
    stage.press("<C-s>");
    let Stage::Reviewing(review) = current(&stage).stage() else { panic!() };
    assert_eq!(review.doubts, []);
    stage.press("y");
    let sent = errands(&mut stage);
    let [Errand::Send { sheet, id: None, draft: sent, hold_until }] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!((sent.as_ref(), hold_until.0), (&draft, stage.state.now().0 + 10));
    assert_eq!(stage.state.focus(), Focus::List);
    tell(&mut stage, Tidings::Queued { sheet: *sheet, result: Ok((OutgoingId(7), *hold_until)) });
    assert!(stage.state.composing().current().is_none());
    let held = stage.state.composing().held().unwrap();
    assert_eq!(held.seconds_left(stage.state.moment()), 10);
    stage.press("u");
    assert_eq!(errands(&mut stage), [Errand::TakeBack(OutgoingId(7))]);
    tell(&mut stage, Tidings::TakenBack { id: OutgoingId(7), draft: None, result: Ok(true) });
    assert_eq!(super::tests::draft(&stage), draft);
    assert_eq!((stage.state.focus(), said(&stage)), (Focus::Composer, Some("back")));
    let kept = errands(&mut stage);
    assert!(matches!(kept.as_slice(), [Errand::Keep { id: None, .. }]), "it is a draft again: {kept:?}");
}

#[test]
fn what_is_held_goes_when_its_time_has_come() {
    let mut stage = written();
    stage.press("<C-s>y");
    let until = stage.state.now().plus(10);
    tell(&mut stage, Tidings::Queued { sheet: Sheet(1), result: Ok((OutgoingId(7), until)) });
    stage.wait(9_000);
    assert_eq!(stage.state.composing().held().unwrap().seconds_left(stage.state.moment()), 1);
    stage.wait(1_500);
    assert!(stage.state.composing().held().is_none());
    errands(&mut stage);
    stage.press("u");
    // What was done before is taken back then, if anything was.
    assert_eq!((errands(&mut stage), said(&stage)), (vec![], None));
}

#[test]
fn what_cannot_be_queued_is_a_draft_again() {
    let mut stage = written();
    stage.press("<C-s>y");
    let trouble = SendTrouble::Said(SafeText::of("invoice.pdf is gone"));
    tell(&mut stage, Tidings::Queued { sheet: Sheet(1), result: Err(trouble) });
    assert_eq!((stage.state.focus(), said(&stage)), (Focus::Composer, Some("said")));
    assert_eq!(draft(&stage).subject, "会议");
}

#[test]
fn a_draft_is_kept_within_a_second_and_one_at_a_time() {
    let mut stage = stage();
    stage.press("c");
    stage.take();
    let mut kept_after = Vec::new();
    for nth in 0..12 {
        stage.press("鸿");
        stage.wait(100);
        if !errands(&mut stage).is_empty() {
            kept_after.push(nth);
        }
    }
    // Nothing more is sent while the first is on its way.
    assert_eq!(kept_after, [8]);
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Ok(DraftId(3)) });
    stage.wait(600);
    let kept = errands(&mut stage);
    let [Errand::Keep { id: Some(DraftId(3)), draft, .. }] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!(draft.to, "鸿".repeat(12));
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Ok(DraftId(3)) });
    stage.wait(3_000);
    assert_eq!(errands(&mut stage), []);
    assert!(current(&stage).is_kept());
    stage.press("x");
    stage.wait(450);
    assert_eq!(errands(&mut stage), []);
    stage.wait(100);
    assert_eq!(errands(&mut stage).len(), 1, "half a second after the last key");
    let failure = Failure::lasting(FailureKind::Disk, "", "");
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Err(failure) });
    assert_eq!(said(&stage), Some("not-kept"));
    stage.wait(7_000);
    assert_eq!(errands(&mut stage).len(), 1, "it is tried again");
}

#[test]
fn a_draft_is_left_and_returned_to_and_nothing_of_it_is_lost_at_the_end() {
    let mut stage = written();
    errands(&mut stage);
    stage.press("<Esc>");
    assert_eq!((stage.state.focus(), said(&stage)), (Focus::List, Some("left")));
    assert!(matches!(errands(&mut stage).as_slice(), [Errand::Keep { .. }]));
    stage.press("jj<Enter>");
    assert_eq!((stage.state.focus(), stage.subject()), (Focus::Reader, "subject 2"));
    stage.press("<C-o>");
    assert_eq!(stage.state.focus(), Focus::Composer);
    assert_eq!(draft(&stage).subject, "会议");
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Ok(DraftId(3)) });
    stage.press("x<C-c>");
    let effects = stage.take();
    assert!(matches!(
        effects.as_slice(),
        [.., Effect::Compose(Errand::Keep { id: Some(DraftId(3)), .. }), Effect::Quit]
    ));
    // An untouched sheet leaves nothing behind.
    let mut stage = self::stage();
    stage.press("c<Esc>");
    assert_eq!((stage.state.composing().open_count(), errands(&mut stage)), (0, vec![]));
}

#[test]
fn several_drafts_are_open_and_kept_ones_are_found_in_the_list() {
    let mut stage = written();
    stage.press("<Esc>cxia@crane.example<Esc>");
    assert_eq!(stage.state.composing().open_count(), 2);
    stage.press("D");
    let kept = Draft { subject: "上周的".into(), ..Draft::default() };
    let kept = KeptDraft { id: DraftId(9), draft: Box::new(kept), updated: stage.state.now() };
    tell(&mut stage, Tidings::Drafts(vec![kept]));
    assert_eq!(stage.state.composing().lines().len(), 3);
    stage.press("j<Enter>");
    assert_eq!(draft(&stage).subject, "会议");
    stage.press("<C-o>Djj<Enter>");
    assert_eq!((draft(&stage).subject.as_str(), stage.state.composing().open_count()), ("上周的", 3));
    stage.press("<C-q>n");
    assert_eq!(stage.state.composing().open_count(), 3);
    stage.press("<C-q>y");
    assert_eq!((stage.state.composing().open_count(), said(&stage)), (2, Some("discarded")));
    assert!(errands(&mut stage).contains(&Errand::Drop(DraftId(9))));
}

#[test]
fn a_draft_that_is_thrown_away_while_it_is_kept_is_dropped_all_the_same() {
    let mut stage = written();
    stage.wait(1_000);
    assert!(matches!(errands(&mut stage).as_slice(), [Errand::Keep { id: None, .. }]));
    stage.press("<C-q>y");
    assert_eq!(errands(&mut stage), []);
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Ok(DraftId(4)) });
    assert_eq!(errands(&mut stage), [Errand::Drop(DraftId(4))]);
}

#[test]
fn an_answer_is_made_by_the_shell_and_written_at_above_the_original() {
    let mut stage = stage();
    stage.press("jr");
    let [Errand::Prepare { sheet, message, how: Answering::Reply, .. }] = errands(&mut stage)[..] else { panic!() };
    assert_eq!((message, current(&stage).stage()), (MessageId(1), &Stage::Preparing));
    // Nobody types into what is not there.
    stage.press("xyz");
    let about = About {
        what: Answering::Reply,
        message_id: "1@a.example".into(),
        references: vec![],
        page: None,
        quoted_from: None,
        subject: "subject 1".into(),
        from: "s@a.example".into(),
        date: None,
    };
    let answer = Draft {
        to: "s@a.example".into(),
        subject: "Re: subject 1".into(),
        body: "\n\n> 原来的话\n".into(),
        from: "swan@163.example".into(),
        about: Some(about.clone()),
        ..Draft::default()
    };
    tell(&mut stage, Tidings::Prepared { sheet, result: Ok(Box::new(answer)) });
    stage.press("好的");
    let draft = draft(&stage);
    assert_eq!((draft.body.as_str(), draft.account.as_str()), ("好的\n\n> 原来的话\n", "swan"));
    assert_eq!(draft.about, Some(about));
    stage.press("<Esc>f<Esc>");
    assert_eq!(stage.state.composing().open_count(), 1, "given up before it was there");
    let failure = Failure::lasting(FailureKind::Gone, "", "");
    stage.press("a");
    let Some(Errand::Prepare { sheet, .. }) = errands(&mut stage).pop() else { panic!() };
    tell(&mut stage, Tidings::Prepared { sheet, result: Err(failure) });
    assert_eq!((stage.state.composing().open_count(), stage.state.focus()), (1, Focus::Composer));
}

#[test]
fn people_are_offered_and_taken() {
    let mut stage = stage();
    stage.press("c李");
    assert_eq!(current(&stage).candidates().unwrap().people.len(), 2);
    stage.press("<Down><Down><Enter>");
    assert_eq!(draft(&stage).to, "李明 <liming@goose.example>, ");
    stage.press("li");
    // Who stands there already is not offered again.
    assert_eq!(current(&stage).candidates().unwrap().people, ["李静 <lijing@crane.example>"]);
    stage.press("<Tab>");
    assert_eq!(draft(&stage).to, "李明 <liming@goose.example>, 李静 <lijing@crane.example>, ");
    assert!(current(&stage).candidates().is_none());
    stage.press("<C-u>li<Esc>");
    assert_eq!((current(&stage).candidates(), stage.state.focus()), (None, Focus::Composer));
    // A whole address is meant as it stands.
    stage.press("<C-u>li@x.example");
    stage.press("<Enter>");
    assert_eq!((draft(&stage).to.as_str(), current(&stage).focus()), ("li@x.example", Head::Subject));
}

#[test]
fn an_answer_about_people_that_comes_too_late_is_dropped() {
    let mut stage = stage();
    stage.answers = false;
    stage.press("c李");
    stage.press("x");
    stage.release();
    assert_eq!(current(&stage).candidates(), None);
}

#[test]
fn nobody_of_too_many_is_left_out_without_a_word() {
    let mut stage = stage();
    stage.press("cx@example.com，");
    stage.send(Event::Paste("a@example.com\n".repeat(20_000)));
    assert_eq!((draft(&stage).to.as_str(), said(&stage)), ("x@example.com，", Some("no-room")));
    stage.send(Event::Paste("a@example.com\n".repeat(5_000)));
    stage.press("<C-s>");
    let Stage::Reviewing(review) = current(&stage).stage() else { panic!() };
    assert!(review.doubts.contains(&Doubt::TooManyAddresses) && review.is_in_the_way());
    assert!(!review.doubts.contains(&Doubt::WrongAddress));
    assert!(review.recipients.last().unwrap().is_one_too_many());
}

#[test]
fn doubts_are_shown_before_it_goes_out() {
    let mut stage = stage();
    stage.press("cwang@qq.con，half，<Tab><Tab>");
    stage.send(Event::Paste("见附件\n".into()));
    assert_eq!(current(&stage).wrong_in(Head::To).len(), 1);
    stage.press("<C-s>");
    let Stage::Reviewing(review) = current(&stage).stage() else { panic!() };
    assert_eq!(review.doubts, [Doubt::WrongAddress, Doubt::NoSubject, Doubt::ForgottenFile]);
    let likes: Vec<Option<&str>> =
        review.recipients.iter().map(|recipient| recipient.like.as_ref().map(SafeText::as_str)).collect();
    assert_eq!(likes, [Some("wang@qq.com"), None]);
    errands(&mut stage);
    stage.press("y");
    assert_eq!((errands(&mut stage), said(&stage)), (vec![], Some("in-the-way")));
    // Somebody known is one letter away.
    let mut stage = self::stage();
    stage.press("clijin@crane.example<Tab><C-s>");
    let Stage::Reviewing(review) = current(&stage).stage() else { panic!() };
    assert_eq!(review.recipients[0].like.as_ref().unwrap().as_str(), "lijing@crane.example");
}

#[test]
fn a_message_is_sent_at_another_time() {
    let mut stage = written();
    stage.press("<C-s>lsoon<Enter>");
    assert_eq!(said(&stage), Some("not-a-time"));
    errands(&mut stage);
    stage.press("<C-u>明早9点<Enter>");
    let sent = errands(&mut stage);
    let [Errand::Send { hold_until, .. }] = sent.as_slice() else { panic!("{sent:?}") };
    // Nine in the morning where the user is: in this test, UTC.
    assert_eq!(hold_until.0 % 86_400, 9 * 3_600);
    assert_eq!(said(&stage), Some("later"));
    let until = *hold_until;
    tell(&mut stage, Tidings::Queued { sheet: Sheet(1), result: Ok((OutgoingId(7), until)) });
    assert!(stage.state.composing().held().is_none(), "nobody counts the seconds until tomorrow");
}

#[test]
fn files_are_chosen_by_what_is_typed() {
    let mut stage = written();
    stage.press("<A-a>");
    assert_eq!(errands(&mut stage).pop(), Some(Errand::ListFiles { folder: "~".into() }));
    let entry = |name: &str, is_folder| FileEntry {
        path: PathBuf::from(format!("/home/goose/{name}")),
        name: name.into(),
        size: 1000,
        is_folder,
    };
    let files =
        vec![entry("会议纪要.docx", false), entry("发票 04.pdf", false), entry("photos", true), entry(".x", false)];
    tell(&mut stage, Tidings::Files { folder: "~".into(), result: Ok(files.clone()) });
    let Stage::Picking(picker) = current(&stage).stage() else { panic!() };
    let names: Vec<&str> = picker.in_view().iter().map(|(entry, ..)| entry.name.as_untrusted()).collect();
    assert_eq!(names, ["photos", "会议纪要.docx", "发票 04.pdf"]);
    stage.press("pdf<Tab><C-u>会<Tab><Enter>");
    let paths = |names: &[&str]| names.iter().map(|name| PathBuf::from(format!("/home/goose/{name}"))).collect();
    let sheet = Sheet(1);
    assert_eq!(
        errands(&mut stage).pop(),
        Some(Errand::Attach { sheet, paths: paths(&["发票 04.pdf", "会议纪要.docx"]) })
    );
    let enclosed = |name: &str, size| {
        Ok(Enclosed {
            name: name.into(),
            kind: "application/pdf".into(),
            size,
            from: EnclosedFrom::File(PathBuf::from(name)),
            content_id: None,
        })
    };
    tell(&mut stage, Tidings::Attached { sheet, files: vec![enclosed("a.pdf", 1), enclosed("b.pdf", 60_000_000)] });
    assert_eq!(draft(&stage).files.len(), 2);
    stage.press("<C-s>");
    let Stage::Reviewing(review) = current(&stage).stage() else { panic!() };
    assert!(matches!(review.doubts[..], [Doubt::TooLarge { .. }]));
    stage.press("e<S-Tab><Right><Delete>");
    assert_eq!(draft(&stage).files.len(), 1);
    // Into a folder, up, and a path that is pasted.
    stage.press("<A-a>");
    tell(&mut stage, Tidings::Files { folder: "~".into(), result: Ok(files) });
    errands(&mut stage);
    stage.press("pho<Enter>");
    assert_eq!(errands(&mut stage).pop(), Some(Errand::ListFiles { folder: "/home/goose/photos".into() }));
    stage.press("<Left>");
    assert_eq!(errands(&mut stage).pop(), Some(Errand::ListFiles { folder: "/home/goose".into() }));
    stage.send(Event::Paste("'/tmp/a b.pdf'\n/tmp/c.pdf\n".into()));
    let pasted = vec![PathBuf::from("/tmp/a b.pdf"), PathBuf::from("/tmp/c.pdf")];
    assert_eq!(errands(&mut stage).pop(), Some(Errand::Attach { sheet, paths: pasted }));
}

#[test]
fn the_text_goes_to_another_program_and_comes_back() {
    let mut stage = written();
    stage.press("<A-e>");
    tell(&mut stage, Tidings::Kept { sheet: Sheet(1), result: Ok(DraftId(3)) });
    let Some(Errand::Edit { sheet, text, id: Some(DraftId(3)) }) = errands(&mut stage).pop() else { panic!() };
    assert!(text.starts_with("下午三点。"));
    stage.press("xyz<Esc>");
    assert_eq!(draft(&stage).body, text, "nobody types meanwhile");
    tell(&mut stage, Tidings::Edited { sheet, result: Ok("新的\r\n".into()) });
    assert_eq!(draft(&stage).body, "新的\n");
    let Some(Errand::Keep { draft: kept, .. }) = errands(&mut stage).pop() else { panic!("it is kept at once") };
    assert_eq!(kept.body, "新的\n");
    tell(&mut stage, Tidings::Kept { sheet, result: Ok(DraftId(3)) });
    stage.press("<C-z>");
    assert_eq!(draft(&stage).body, text);
    stage.press("<F4>");
    tell(&mut stage, Tidings::Edited { sheet, result: Err(SafeText::of("vim ended with 1")) });
    assert_eq!((draft(&stage).body, said(&stage)), (text, Some("said")));
}

#[test]
fn the_signature_follows_the_sender() {
    let mut stage = written();
    stage.press("<A-s>");
    assert_eq!(draft(&stage).body, "下午三点。\n\n\n-- \nThe swan\n");
    assert_eq!((draft(&stage).from.as_str(), draft(&stage).account.as_str()), ("swan@163.example", "swan"));
    stage.press("<C-p><C-p><C-p><C-p><C-p><C-p><C-p><C-p><Up><Up><Left>");
    assert_eq!(draft(&stage).body, "下午三点。\n\n\n-- \n鸿雁\n");
}

#[test]
fn chinese_that_is_typed_is_text_and_keys_of_lists_are_letters() {
    let mut stage = stage();
    stage.press("c<Tab>jdq1?，你好");
    assert_eq!(draft(&stage).subject, "jdq1?，你好");
    assert_eq!(said(&stage), None);
    stage.press("<F1>");
    assert!(stage.state.overlay().is_some());
    stage.press("q!");
    assert_eq!(draft(&stage).subject, "jdq1?，你好!");
}

#[test]
fn words_are_found_in_the_text() {
    let mut stage = written();
    stage.press("<C-f>三");
    assert_eq!(current(&stage).body().cursor().at, 6);
    stage.press("x");
    assert_eq!(said(&stage), Some("not-found"));
    stage.press("<Esc>");
    assert_eq!(*current(&stage).stage(), Stage::Editing);
}

#[test]
fn the_draft_is_beside_the_list_where_there_is_room() {
    let mut stage = at(140, 40);
    stage.press("cx");
    let layout = *stage.state.layout();
    assert!(layout.list.is_some() && layout.reader.is_none());
    assert!(layout.composer.unwrap().body.width >= 82);
    stage.press("<Esc>j");
    assert!(stage.state.layout().composer.is_some(), "it stays, and the list is used");
    assert_eq!(stage.subject(), "subject 1");
    stage.press("<Enter>");
    assert!(stage.state.layout().reader.is_some() && stage.state.layout().composer.is_none());
    stage.press("<C-o>");
    assert_eq!(stage.state.focus(), Focus::Composer);
    stage.send(Event::Resize { columns: 80, rows: 24 });
    assert!(stage.state.layout().list.is_none());
}

#[test]
fn a_tiny_screen_has_room_for_the_text() {
    let mut stage = at(40, 10);
    stage.press("cwang@goose.example<Tab>会议<Tab>");
    let composer = current(&stage);
    assert_eq!(composer.head_rows().iter().map(|row| row.head).collect::<Vec<_>>(), [Head::To]);
    assert!(composer.text_area().height >= 4, "{:?}", composer.text_area());
}

#[test]
fn nothing_is_written_where_nothing_may_be_changed() {
    let settings = Settings { senders: senders(), read_only: true, ..Settings::default() };
    let mut stage = Rehearsal::new(Mailbox::of(3), 80, 24, settings);
    stage.press("cr");
    assert_eq!((stage.state.composing().open_count(), errands(&mut stage)), (0, vec![]));
}

#[test]
fn t22_what_is_pasted_is_never_a_command() {
    let mut stage = written();
    errands(&mut stage);
    stage.send(Event::Paste("\u{1b}[201~\u{13}y\u{3}q".into()));
    assert_eq!(errands(&mut stage), []);
    assert!(draft(&stage).body.contains("[201~yq"));
}
