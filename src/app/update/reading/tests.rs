use super::*;
use crate::app::rehearsal::{Mailbox, Rehearsal};
use crate::app::{ErrorRow, Event, Job, Overlay, Settings};
use crate::model::{
    Address, BodySource, BodyState, Document, FolderId, Link, MessageId, Readable, Section, SectionKind,
};
use crate::text::SafeText;

fn stage(readable: Readable) -> Rehearsal {
    let mut mail = Mailbox::of(20);
    mail.bodies.insert(MessageId(0), readable);
    let mut stage = Rehearsal::new(mail, 160, 50, Settings::default());
    stage.press("<Enter>");
    stage.take();
    stage
}

fn text(text: &str) -> Readable {
    Readable { document: Document::plain(text), charset: "gb18030", ..Readable::default() }
}

/// How the message was asked for, each time.
fn asked(stage: &mut Rehearsal) -> Vec<How> {
    let effects = stage.deeds().into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::Start { job: Job::Read { how, .. }, .. } => Some(how),
            _ => None,
        })
        .collect()
}

fn said(stage: &Rehearsal) -> Option<Notice> {
    match stage.state.error_row() {
        Some(ErrorRow::Notice(notice)) => Some(notice.clone()),
        _ => None,
    }
}

#[test]
fn charsets_go_round_and_the_one_that_was_found_is_passed_over() {
    let mut stage = stage(text("hello"));
    stage.press("EEEEEEEEEE");
    let tried: Vec<_> = asked(&mut stage).into_iter().map(|how| how.reading.charset).collect();
    let names = ["utf-8", "gb18030", "big5", "shift_jis", "euc-kr", "windows-1252", "koi8-r", "hz-gb-2312"];
    let all = names.into_iter().chain(["iso-2022-cn"]).map(Some).chain([None]);
    assert_eq!(tried, all.collect::<Vec<_>>());
    assert_eq!(said(&stage), Some(Notice::Charset("")));
    let mut mail = text("hello");
    mail.charset = "utf-8";
    let mut stage = self::stage(mail);
    stage.press("E");
    assert_eq!(asked(&mut stage)[0].reading.charset, Some("gb18030"));
}

#[test]
fn a_charset_is_chosen_for_the_sender_and_given_up_again() {
    let from = Address { address: "ann@example.com".into(), ..Address::default() };
    let mut stage = stage(Readable { from: vec![from], ..text("hello") });
    stage.press("EEEEEEEEEE");
    let chosen: Vec<_> = stage
        .deeds()
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Choose { sender, charset } => Some((sender.as_untrusted().to_owned(), charset)),
            _ => None,
        })
        .collect();
    assert_eq!(chosen.len(), 10);
    assert!(chosen.iter().all(|(sender, _)| sender == "ann@example.com"));
    assert_eq!((chosen[0].1, chosen[9].1), (Some("utf-8"), None));
}

#[test]
fn keys_that_come_faster_than_messages_are_read_all_count() {
    let mut stage = stage(text("hello"));
    stage.jobs = false;
    stage.press("EE");
    let begun = stage.take().into_iter().filter(|effect| matches!(effect, Effect::Start { .. } | Effect::Cancel(_)));
    assert!(matches!(begun.collect::<Vec<_>>()[..], [Effect::Start { .. }, Effect::Cancel(_), Effect::Start { .. }]));
    stage.release();
    assert_eq!(stage.state.reader().how(), How::default(), "nobody waits for the first one any more");
    stage.release();
    assert_eq!(stage.state.reader().how().reading.charset, Some("gb18030"));
    stage.press("HH");
    stage.release();
    stage.release();
    assert_eq!(stage.state.reader().how().view, View::Message);
}

#[test]
fn what_is_looked_at_can_be_looked_at_in_another_way_without_opening_it() {
    let mut mail = Mailbox::of(20);
    mail.bodies.insert(MessageId(0), text("hello"));
    let mut stage = Rehearsal::new(mail, 160, 50, Settings::default());
    stage.press("H");
    assert_eq!((stage.state.reader().how().view, stage.state.focus()), (View::Headers, Focus::List));
    stage.press("HE");
    assert_eq!(stage.state.reader().how().reading.charset, Some("utf-8"));
    stage.press("j");
    assert_eq!(stage.state.reader().how(), How::default());
}

#[test]
fn another_message_is_read_as_its_sender_meant_it() {
    let mut stage = stage(text("hello"));
    stage.press("EE<C-n>");
    let last = asked(&mut stage).pop().unwrap();
    assert_eq!(last, How::default());
    assert_eq!(stage.state.reader().how(), How::default());
}

#[test]
fn a_message_with_two_forms_shows_the_other_one() {
    let mut two = text("hello");
    two.other = Some(BodySource::Html);
    let mut stage = stage(two);
    stage.press("ww");
    let forms: Vec<_> = asked(&mut stage).into_iter().map(|how| how.reading.source).collect();
    assert_eq!(forms, [Some(BodySource::Html), Some(BodySource::Plain)]);
    let mut stage = self::stage(text("hello"));
    stage.press("w");
    assert_eq!((asked(&mut stage).len(), said(&stage)), (0, Some(Notice::OneForm)));
}

#[test]
fn headers_and_source_come_and_go_and_esc_leads_back_step_by_step() {
    let mut stage = stage(text("hello hello"));
    stage.press("H");
    assert_eq!(stage.state.reader().how().view, View::Headers);
    stage.press("\\");
    assert_eq!(stage.state.reader().how().view, View::Source);
    stage.press("\\");
    assert_eq!(stage.state.reader().how().view, View::Message);
    stage.press("H<Esc>");
    assert_eq!((stage.state.reader().how().view, stage.state.focus()), (View::Message, Focus::Reader));
    stage.press("/hello<Enter><Esc>");
    assert_eq!((stage.state.reader().has_search(), stage.state.focus()), (false, Focus::Reader));
    stage.press("<Esc>");
    assert_eq!(stage.state.focus(), Focus::List);
}

#[test]
fn words_are_found_while_they_are_typed() {
    let lines: Vec<String> = (0..400).map(|n| format!("line {n} ＱＱ邮箱")).collect();
    let mut stage = stage(text(&lines.join("\n")));
    stage.press("/qq邮");
    assert_eq!(stage.state.reader().search_state(), Some((SafeText::of("qq邮"), 1, 400, true)));
    stage.press("<Backspace><Backspace><Backspace>line 39");
    assert_eq!(stage.state.reader().search_state(), Some((SafeText::of("line 39"), 1, 11, true)));
    stage.press("<Enter>nn");
    assert_eq!(stage.state.reader().search_state().unwrap().1, 3);
    let shown = |stage: &Rehearsal, text: &str| {
        stage.state.reader().lines().iter().any(|line| line.text.as_str().starts_with(text))
    };
    assert!(shown(&stage, "line 391"));
    stage.press("N<Enter><Backspace>N");
    assert_eq!(stage.state.reader().search_state().unwrap().1, 1);
    assert!(stage.deeds().is_empty(), "n means the next place, not the next message");
    stage.press("<Esc>/nowhere<Enter>");
    assert_eq!(said(&stage), Some(Notice::NotFound(SafeText::of("nowhere"))));
    assert!(!stage.state.reader().has_search());
}

#[test]
fn a_large_message_is_searched_in_slices_between_keys() {
    let mut large = "鸿雁在云鱼在水，惆怅此情难寄。".repeat(100_000);
    large.push('终');
    let mut stage = stage(text(&large));
    stage.press("/终");
    let (_, _, count, done) = stage.state.reader().search_state().unwrap();
    assert_eq!((count, done), (0, false), "a key waits for one slice only");
    assert_eq!(stage.state.next_wake(), Some(crate::model::Moment::default()));
    for _ in 0..20 {
        let (now, moment) = (stage.state.now(), stage.state.moment.plus(1));
        stage.send(Event::Clock { now, moment });
    }
    assert_eq!(stage.state.reader().search_state(), Some((SafeText::of("终"), 1, 1, true)));
    assert!(stage.state.reader().lines().iter().any(|line| line.text.as_str().contains('终')));
}

fn linked() -> Readable {
    let text = "see one and two";
    let link = |at, url: &str| Link { at, url: url.into() };
    let links = vec![link(4..7, "https://one.example/"), link(12..15, "javascript:alert(1)")];
    Readable { document: Document { links, ..Document::plain(text) }, ..Readable::default() }
}

#[test]
fn h02_only_what_was_shown_and_confirmed_is_opened() {
    let mut stage = stage(linked());
    stage.press("<Tab>o");
    assert!(matches!(stage.state.overlay(), Some(Overlay::Address { .. })));
    assert_eq!(stage.state.address().unwrap().url(), "https://one.example/");
    assert_eq!(stage.deeds(), []);
    stage.press("q");
    assert_eq!((stage.state.overlay(), stage.deeds()), (None, Vec::new()));
    stage.press("<Enter>");
    assert!(matches!(stage.state.overlay(), Some(Overlay::Address { .. })), "a chosen link is asked about");
    stage.press("<Enter>");
    assert!(matches!(&stage.deeds()[..], [Effect::Start { job: Job::Browse(address), .. }]
        if address.url() == "https://one.example/"));
    stage.press("<Tab>o");
    assert_eq!(stage.state.overlay(), None);
    assert!(matches!(said(&stage), Some(Notice::LinkRefused(_))));
    stage.press("<Esc>o2<Enter>");
    assert!(matches!(said(&stage), Some(Notice::LinkRefused(_))));
    stage.press("o１<Enter>");
    assert_eq!(stage.state.address().unwrap().url(), "https://one.example/");
    stage.press("qo7<Enter>");
    assert!(matches!(said(&stage), Some(Notice::NoLinkOf(_))));
    stage.press("L<Enter><Enter>");
    assert!(matches!(&stage.deeds()[..], [Effect::Start { job: Job::Browse(_), .. }]));
    assert_eq!(stage.state.overlay(), Some(Overlay::Links { cursor: 0 }));
}

#[test]
fn tab_goes_on_to_the_next_pane_where_there_are_no_links() {
    let mut stage = stage(text("nothing here"));
    stage.press("<Tab>");
    assert_ne!(stage.state.focus(), Focus::Reader);
}

#[test]
fn long_quotations_are_folded_and_short_ones_and_the_only_text_are_not() {
    let quoted = |own: &str, lines: usize| {
        let quote = "> q\n".repeat(lines);
        let sections = vec![Section { at: own.len()..own.len() + quote.len(), kind: SectionKind::Quoted }];
        let document = Document { sections, ..Document::plain(format!("{own}{quote}")) };
        let stage = stage(Readable { document, ..Readable::default() });
        let is_fold = |line: &&crate::app::PageLine| matches!(line.field, crate::app::Field::Fold { .. });
        (stage.state.reader().lines().iter().filter(is_fold).count(), stage)
    };
    assert_eq!(quoted("yes\n", 6).0, 0);
    assert_eq!(quoted("", 30).0, 0);
    let (folds, mut stage) = quoted("yes\n", 7);
    assert_eq!(folds, 1);
    stage.press("z");
    assert!(stage.state.reader().lines().iter().any(|line| line.text.as_str() == "> q"));
    stage.press("/q");
    assert_eq!(stage.state.reader().search_state().unwrap().2, 7);
    let (_, mut stage) = quoted("yes\n", 2);
    stage.press("z");
    assert_eq!(said(&stage), Some(Notice::NoQuotes));
}

#[test]
fn where_nothing_can_be_marked_space_goes_on_to_the_next() {
    let mut mail = Mailbox::of(5);
    for n in 0..5 {
        mail.bodies.insert(MessageId(n), text("short"));
    }
    let mut stage = Rehearsal::new(mail, 160, 50, Settings { read_only: true, ..Settings::default() });
    stage.press("<Enter>");
    let mut seen = Vec::new();
    for _ in 0..4 {
        stage.press(" ");
        seen.push(stage.subject().to_owned());
    }
    assert_eq!(seen, ["subject 1", "subject 2", "subject 3", "subject 4"]);
    assert_eq!(stage.state.error_row(), None);
}

#[test]
fn what_is_large_is_fetched_when_it_is_opened_and_not_for_a_look() {
    let mut mail = Mailbox::of(20);
    let row = &mut mail.rows.get_mut(&FolderId(1)).unwrap()[1];
    (row.body, row.size) = (BodyState::Absent, 9 * 1024 * 1024);
    let mut stage = Rehearsal::new(mail, 160, 50, Settings::default());
    stage.take();
    stage.press("j");
    stage.wait(1000);
    assert_eq!(asked(&mut stage), []);
    assert!(matches!(stage.state.reader().content(), Content::HeldBack(row) if row.size == 9 * 1024 * 1024));
    stage.press("jk<Enter>");
    assert_eq!(asked(&mut stage).len(), 2, "the small one on the way, and the large one");
    assert_eq!(stage.state.reader().content(), &Content::Ready);
}
