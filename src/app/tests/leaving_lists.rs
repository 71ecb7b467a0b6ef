//! Leaving mailing lists, and saving invoices.

use crate::app::rehearsal::{Mailbox, Rehearsal};
use crate::app::{Deed, Effect, ErrorRow, Focus, Job, Notice, Overlay, Settings};
use crate::config::keymap::KeyPane;
use crate::model::*;

fn stage(change: impl FnOnce(&mut Readable)) -> Rehearsal {
    let mut mail = Mailbox::of(3);
    let row = mail.rows[&FolderId(1)][0].clone();
    let mut readable = mail.body_of(&row);
    change(&mut readable);
    mail.bodies.insert(row.message, readable);
    Rehearsal::new(mail, 80, 24, Settings::default())
}

fn list(ways: &[&str], one_click: bool, auth: Option<Auth>) -> Rehearsal {
    let ways = ways.iter().map(|way| (*way).into()).collect();
    stage(|readable| {
        readable.unsubscribe = Some(Unsubscribe { ways, one_click });
        readable.auth = auth;
    })
}

fn sent(stage: &mut Rehearsal) -> Vec<String> {
    let jobs = stage.take().into_iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::Unsubscribe { account, address }, .. } => {
            Some(format!("{account} posts {}", address.url()))
        }
        Effect::Start { job: Job::Browse(address), .. } => Some(format!("opens {}", address.url())),
        _ => None,
    });
    jobs.collect()
}

const BOTH: [&str; 2] = ["mailto:leave@list.example?subject=leave", "https://list.example/l?u=1"];

#[test]
fn h11_a_click_is_sent_only_after_a_yes_that_names_the_host() {
    let mut stage = list(&BOTH, true, None);
    stage.press("U");
    assert!(sent(&mut stage).is_empty(), "nothing is sent by the key itself");
    assert!(stage.state.leaves_a_list());
    assert_eq!(stage.state.address().unwrap().host().as_str(), "list.example");
    stage.press("q");
    assert!(sent(&mut stage).is_empty() && stage.state.overlay().is_none(), "no is no");
    stage.press("U<Enter>");
    assert_eq!(sent(&mut stage), ["goose@qq.example posts https://list.example/l?u=1"]);
    assert!(stage.state.overlay().is_none());
}

#[test]
fn an_address_that_is_opened_later_is_not_taken_for_one_to_leave_by() {
    let mut stage = list(&BOTH, true, None);
    stage.press("Uq");
    let readable = stage.state.list().at_cursor().unwrap().row.message;
    assert_eq!(readable, MessageId(0));
    let mut with_link = list(&["https://list.example/page"], false, None);
    with_link.press("U<Enter>");
    assert_eq!(sent(&mut with_link), ["opens https://list.example/page"]);
}

#[test]
fn h11_whoever_may_not_be_the_list_gets_no_click() {
    let auth = |dkim, dmarc| Some(Auth { dkim, dmarc, ..Auth::default() });
    for (auth, clicks) in [
        (None, true),
        (auth(Verdict::Pass, Verdict::Pass), true),
        (auth(Verdict::Unsaid, Verdict::Unsaid), true),
        (auth(Verdict::Fail, Verdict::Unsaid), false),
        (auth(Verdict::Unclear, Verdict::Unsaid), false),
        (auth(Verdict::Unsaid, Verdict::Fail), false),
    ] {
        let mut stage = list(&["https://list.example/l"], true, auth.clone());
        stage.press("U<Enter>");
        let way = if clicks { "goose@qq.example posts https://list.example/l" } else { "opens https://list.example/l" };
        assert_eq!(sent(&mut stage), [way], "{auth:?}");
    }
}

#[test]
fn h11_a_letter_is_looked_at_before_it_goes() {
    let mut stage = list(&["mailto:leave@list.example?subject=leave%20me&attach=/etc/passwd", BOTH[1]], false, None);
    stage.press("U");
    assert!(sent(&mut stage).is_empty());
    assert_eq!((stage.state.focus(), stage.state.key_pane()), (Focus::Composer, KeyPane::Review));
    let draft = stage.state.composing().current().unwrap().draft();
    assert_eq!((draft.to.as_str(), draft.subject.as_str(), draft.files.len()), ("leave@list.example", "leave me", 0));
}

#[test]
fn where_there_is_no_way_it_is_said() {
    for mut stage in [stage(|_| {}), list(&["https://"], true, None)] {
        stage.press("U");
        assert!(matches!(stage.state.error_row(), Some(ErrorRow::Notice(Notice::NoUnsubscribe))));
        assert!(sent(&mut stage).is_empty() && stage.state.overlay().is_none());
    }
}

#[test]
fn the_question_goes_with_its_message() {
    let mut stage = list(&BOTH, true, None);
    stage.press("U");
    assert!(matches!(stage.state.overlay(), Some(Overlay::Address { .. })));
    stage.mail.rows.get_mut(&FolderId(1)).unwrap().remove(0);
    stage.send(crate::app::Event::Changed(Changed::Order(FolderId(1))));
    assert_eq!(stage.state.overlay(), None);
    stage.press("<Enter>");
    assert!(sent(&mut stage).is_empty());
}

#[test]
fn invoices_go_into_the_folder_of_their_month() {
    let file = |part, name: &str, kind: &str, truly| Attachment {
        part: PartId(part),
        name: name.into(),
        kind: kind.into(),
        truly,
        ..Attachment::default()
    };
    let mut stage = stage(|readable| {
        readable.attachments = vec![
            file(1, "发票.PDF", "application/octet-stream", None),
            file(2, "logo.png", "image/png", None),
            file(3, "发票.ofd", "application/ofd", None),
            file(4, "invoice.pdf", "application/pdf", Some("program")),
            file(5, "发票.xml", "text/xml", None),
        ];
    });
    stage.press("I");
    assert!(stage.deeds().is_empty(), "where is asked first");
    stage.press("<C-u>~/bills<Enter>");
    let saved = stage.take().into_iter().find_map(|effect| match effect {
        Effect::Start { job: Job::Files { files, deed, .. }, .. } => {
            Some((files.iter().map(|file| file.part.0).collect::<Vec<_>>(), deed))
        }
        _ => None,
    });
    let deed = Deed::SaveDated { folder: "~/bills".to_owned(), month: "2025-03".to_owned() };
    assert_eq!(saved, Some((vec![1, 3, 5], deed)), "and not what only claims to be one");
    stage.press("I<Enter>");
    let again = stage.take().iter().any(
        |effect| matches!(effect, Effect::Start { job: Job::Files { deed: Deed::SaveDated { folder, .. }, .. }, .. } if folder == "~/bills"),
    );
    assert!(again, "the folder is remembered");
    let mut none = Rehearsal::at(80, 24);
    none.press("I");
    assert!(matches!(none.state.error_row(), Some(ErrorRow::Notice(Notice::NoInvoices))));
}
