use super::*;
use crate::app::rehearsal::{Mailbox, Rehearsal};
use crate::app::{DeedTrouble, Done, ErrorRow, Event, Focus, Outcome, Settings};
use crate::model::{
    Attachment, Card, Changed, CloudFile, Document, FolderId, MessageId, PartId, PlacementId, Readable, Ticket,
};

fn stage() -> Rehearsal {
    let file = |part, name: &str| Attachment {
        part: PartId(part),
        name: name.into(),
        kind: "application/pdf".into(),
        size: 1,
        ..Attachment::default()
    };
    let cloud = CloudFile { name: "big".into(), url: "https://cloud.example/x".into(), ..CloudFile::default() };
    let readable = Readable {
        document: Document::plain("words"),
        attachments: vec![file(2, "../发票.pdf"), file(5, "run.exe")],
        cards: vec![Card::Cloud(cloud)],
        ..Readable::default()
    };
    let mut mail = Mailbox::of(20);
    mail.bodies.insert(MessageId(0), readable);
    let mut stage =
        Rehearsal::new(mail, 160, 50, Settings { save_to: "~/Downloads".to_owned(), ..Settings::default() });
    stage.press("<Enter>");
    stage.take();
    stage
}

fn jobs(stage: &mut Rehearsal) -> Vec<Job> {
    let effects = stage.deeds().into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::Start { job, .. } => Some(job),
            _ => None,
        })
        .collect()
}

fn parts(job: &Job) -> (Vec<u32>, &Deed) {
    match job {
        Job::Files { placement, message, files, deed, .. } => {
            assert_eq!((*placement, *message), (PlacementId(0), MessageId(0)));
            (files.iter().map(|file| file.part.0).collect(), deed)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn files_are_opened_saved_and_piped() {
    let mut stage = stage();
    stage.press("A<Enter>");
    assert_eq!(jobs(&mut stage).iter().map(parts).collect::<Vec<_>>(), [(vec![2], &Deed::Open)]);
    stage.press("s<End>/x<Enter>");
    let folder = "~/Downloads/x".to_owned();
    assert_eq!(jobs(&mut stage).iter().map(parts).collect::<Vec<_>>(), [(vec![2], &Deed::Save { folder })]);
    // The folder of the last time is offered; all files that are in the message.
    stage.press("S<Enter>");
    let folder = "~/Downloads/x".to_owned();
    assert_eq!(jobs(&mut stage).iter().map(parts).collect::<Vec<_>>(), [(vec![2, 5], &Deed::Save { folder })]);
    stage.press("j|grep -c 'a b'<Enter>");
    let command = ["grep", "-c", "a b"].map(str::to_owned).to_vec();
    assert_eq!(jobs(&mut stage).iter().map(parts).collect::<Vec<_>>(), [(vec![5], &Deed::Pipe { command })]);
    assert_eq!(stage.state.overlay(), Some(Overlay::Files { cursor: 1 }));
}

#[test]
fn a_message_inside_the_message_is_read_here_and_left_again() {
    let inner = Attachment { part: PartId(3), kind: "message/RFC822".into(), ..Attachment::default() };
    let readable = Readable { attachments: vec![inner], ..Readable::default() };
    let mut mail = Mailbox::of(20);
    mail.bodies.insert(MessageId(0), readable);
    let mut stage = Rehearsal::new(mail, 160, 50, Settings::default());
    stage.press("<Enter>");
    stage.take();
    let ways = |stage: &mut Rehearsal| -> Vec<Vec<u32>> {
        let jobs = jobs(stage).into_iter();
        jobs.filter_map(|job| match job {
            Job::Read { how, .. } => Some(how.inside.parts().iter().map(|part| part.0).collect()),
            _ => None,
        })
        .collect()
    };
    // One step further in each time, as far as anybody goes.
    stage.press(&"A<Enter>".repeat(9));
    let found = ways(&mut stage);
    assert_eq!((found.len(), &found[0], &found[7]), (8, &vec![3], &vec![3; 8]));
    // What is done with its files is done inside of it.
    stage.press("As<Enter>");
    let saved = jobs(&mut stage).pop().unwrap();
    assert!(matches!(saved, Job::Files { inside, .. } if inside.parts().len() == 8), "{saved:?}");
    stage.press("<Esc><Esc>");
    assert_eq!(ways(&mut stage), [vec![3; 7]]);
    stage.press("<C-n>");
    assert_eq!(ways(&mut stage), [Vec::<u32>::new()]);
}

#[test]
fn programs_are_not_opened_and_what_lies_on_the_web_is_asked_about() {
    let mut stage = stage();
    stage.press("Aj<Enter>");
    assert_eq!(jobs(&mut stage), []);
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::Program(SafeText::of("run.exe")))));
    stage.press("j<Enter>");
    assert_eq!(stage.state.address().unwrap().url(), "https://cloud.example/x");
    stage.press("<Enter>");
    assert!(matches!(&jobs(&mut stage)[..], [Job::Browse(_)]));
    stage.press("s");
    assert!(matches!(stage.state.overlay(), Some(Overlay::Address { .. })));
}

#[test]
fn f03_what_may_run_is_opened_by_the_second_key_in_a_row_and_not_by_the_first() {
    let mut mail = Mailbox::of(20);
    let file = |part, name: &str| Attachment { part: PartId(part), name: name.into(), ..Attachment::default() };
    let attachments = vec![file(2, "page.html"), file(3, "logo.svg")];
    mail.bodies.insert(MessageId(0), Readable { attachments, ..Readable::default() });
    let mut stage = Rehearsal::new(mail, 160, 50, Settings::default());
    stage.press("<Enter>");
    stage.take();
    stage.press("A<Enter>");
    assert_eq!(jobs(&mut stage), []);
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::Doubtful(SafeText::of("page.html")))));
    stage.press("j<Enter>k<Enter>");
    assert_eq!(jobs(&mut stage), [], "each asks for itself, and again after another key");
    stage.press("<Enter>");
    assert_eq!(jobs(&mut stage).iter().map(parts).collect::<Vec<_>>(), [(vec![2], &Deed::Open)]);
}

#[test]
fn the_message_itself_goes_to_a_command() {
    let mut stage = stage();
    stage.press("|wc -w<Enter>");
    let command = ["wc", "-w"].map(str::to_owned).to_vec();
    assert_eq!(jobs(&mut stage), [Job::Pipe { text: "words".into(), command }]);
    stage.press("|<C-u>'x<Enter>");
    assert!(matches!(stage.state.error_row(), Some(ErrorRow::Notice(Notice::Command(_)))));
    stage.press("p<Esc>");
    assert_eq!((jobs(&mut stage), stage.state.prompt()), (Vec::new(), None));
    stage.press("p<Enter>");
    assert_eq!(jobs(&mut stage), [Job::Pipe { text: "words".into(), command: vec!["lp".to_owned()] }]);
}

#[test]
fn what_came_of_it_is_told() {
    let mut stage = stage();
    let done = |outcome| Event::Finished { ticket: Ticket(99), outcome: Outcome::Done(outcome) };
    stage.send(done(Ok(Done::Opened)));
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::Done(Done::Opened))));
    stage.send(done(Err(DeedTrouble::NoPart)));
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::Deed(DeedTrouble::NoPart))));
    assert!(!stage.state.history().is_empty());
}

#[test]
fn nothing_is_asked_about_a_message_that_is_gone() {
    for keys in ["A", "As", "/wo", "|wc"] {
        let mut stage = stage();
        stage.press(keys);
        stage.mail.rows.get_mut(&FolderId(1)).unwrap().remove(0);
        stage.send(Event::Changed(Changed::Order(FolderId(1))));
        stage.wait(1_000);
        assert_eq!((stage.state.overlay(), stage.state.prompt()), (None, None), "{keys}");
        assert_eq!(stage.state.focus(), Focus::List);
    }
}

#[test]
fn t22_what_is_pasted_into_a_line_is_text_and_chinese_may_be_typed() {
    let mut stage = stage();
    stage.press("/");
    stage.send(Event::Paste("wo\u{1b}[201~\r".into()));
    assert_eq!(stage.state.prompt().unwrap().text(), "wo[201~");
    stage.press("<C-u>鸿雁");
    assert_eq!(stage.state.prompt().unwrap().text(), "鸿雁");
    assert_eq!(stage.state.error_row(), None);
    assert_eq!(jobs(&mut stage), []);
}

#[test]
fn nothing_that_is_hidden_is_touched_while_one_chooses() {
    let mut stage = stage();
    stage.press("Am*NEHw");
    assert!(!stage.deeds().iter().any(|effect| matches!(effect, Effect::Record(_) | Effect::Start { .. })));
    assert_eq!(stage.state.overlay(), Some(Overlay::Files { cursor: 0 }));
}
