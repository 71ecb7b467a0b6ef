//! What is sent can be read to its end before it is, and an invitation is answered with one look.

use super::returning::about;
use super::*;

fn long(stage: &mut Rehearsal) {
    let text = (0..200).map(|line| format!("line {line}")).collect::<Vec<_>>().join("\n") + "\n";
    stage.press("ca@a.example<Tab>s<Tab>");
    stage.send(Event::Paste(text));
    stage.press("<C-s>");
}

fn review(stage: &Rehearsal) -> &Review {
    match current(stage).stage() {
        Stage::Reviewing(review) => review,
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_of_a_text_can_be_read() {
    for (columns, rows) in [(80, 24), (40, 10)] {
        let mut stage = at(columns, rows);
        long(&mut stage);
        assert!(review(&stage).rows().len() < 150, "nobody waits for the end");
        let mut seen = 0;
        for _ in 0..200 {
            seen = review(&stage).top;
            stage.press("<PageDown>");
            if review(&stage).top == seen {
                break;
            }
        }
        assert!(review(&stage).rows().iter().any(|row| row.as_str() == "line 199"));
        assert!(seen > 150, "{seen}");
        stage.press("g");
        assert_eq!(review(&stage).top, 0);
        stage.press("G");
        assert_eq!(review(&stage).top, seen);
        stage.press("kk<PageUp><Down> ");
        assert!(review(&stage).top < seen);
        stage.press("<Home><End><Up>");
        assert_eq!(review(&stage).top, seen - 1);
        // Another width breaks it anew.
        stage.send(Event::Resize { columns: 30, rows: 12 });
        assert!(review(&stage).rows().iter().all(|row| crate::text::width(row.as_str()) <= 28));
    }
}

#[test]
fn a_text_of_one_line_without_end_is_no_trouble() {
    let mut stage = stage();
    stage.press("ca@a.example<Tab>s<Tab>");
    stage.send(Event::Paste("鸿".repeat(100_000)));
    stage.press("<C-s>G");
    assert!(review(&stage).top > 1_000);
}

#[test]
fn the_forms_go_round() {
    let mut stage = written();
    stage.press("<C-s>");
    let forms: Vec<Form> = (0..3)
        .map(|_| {
            stage.press("p");
            review(&stage).form
        })
        .collect();
    assert_eq!(forms, [Form::Markdown, Form::Plain, Form::Markdown]);
    let mut stage = self::stage();
    stage.press("r");
    let Some(Errand::Prepare { sheet, .. }) = errands(&mut stage).pop() else { panic!() };
    let about = About { page: Some("hash".into()), ..about(Answering::Reply) };
    let draft = Draft { to: "a@a.example".into(), form: Form::WithPage, about: Some(about), ..Draft::default() };
    tell(&mut stage, Tidings::Prepared { sheet, result: Ok(Box::new(draft)) });
    let forms: Vec<Form> = (0..3)
        .map(|_| {
            stage.press("<A-p>");
            current(&stage).form()
        })
        .collect();
    assert_eq!(forms, [Form::Plain, Form::Markdown, Form::WithPage]);
}

fn invited(method: InvitationMethod) -> Rehearsal {
    let mut mail = Mailbox::of(20);
    let invitation = Invitation {
        method,
        summary: "春游".into(),
        location: "".into(),
        organizer: Some(crate::app::rehearsal::person("周明远", "zhou@goose.example")),
        attendees: Vec::new(),
        begins: None,
        ends: None,
        repeats: "".into(),
        uid: "1@goose.example".into(),
    };
    let mut body = mail.body_of(&mail.rows[&FolderId(1)][0]);
    body.cards = vec![Card::Invitation(Box::new(invitation))];
    mail.bodies.insert(MessageId(0), body);
    Rehearsal::new(mail, 80, 24, Settings { senders: senders(), ..Settings::default() })
}

#[test]
fn an_invitation_is_answered_and_looked_over() {
    for (keys, how) in [("ia", Answering::Accept), ("it", Answering::Tentative), ("id", Answering::Decline)] {
        let mut stage = invited(InvitationMethod::Request);
        stage.wait(300);
        stage.press("<Enter>");
        stage.wait(300);
        stage.press(keys);
        let asked = errands(&mut stage);
        let [Errand::Prepare { sheet, how: asked, .. }] = asked.as_slice() else { panic!("{keys}: {asked:?}") };
        assert_eq!(*asked, how);
        let draft =
            Draft { to: "zhou@goose.example".into(), subject: "s".into(), about: Some(about(how)), ..Draft::default() };
        tell(&mut stage, Tidings::Prepared { sheet: *sheet, result: Ok(Box::new(draft)) });
        assert_eq!(review(&stage).recipients.len(), 1, "nothing goes out unseen");
        errands(&mut stage);
        stage.press("y");
        assert!(matches!(errands(&mut stage).as_slice(), [Errand::Send { .. }]), "{keys}");
        assert_eq!(stage.state.focus(), Focus::Reader);
    }
}

#[test]
fn what_is_no_invitation_is_not_answered_as_one() {
    let mut stage = invited(InvitationMethod::Cancel);
    stage.wait(300);
    stage.press("<Enter>");
    stage.wait(300);
    stage.press("ia");
    assert_eq!((errands(&mut stage), said(&stage)), (vec![], Some("no-invitation")));
    stage.press("jid");
    assert_eq!(said(&stage), Some("no-invitation"));
}
