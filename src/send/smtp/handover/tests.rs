use super::*;
use crate::send::smtp::Notices;
use crate::send::smtp::reply::Replies;

fn reply(line: &str) -> Reply {
    let mut replies = Replies::default();
    replies.hear(format!("{line}\r\n").as_bytes());
    replies.next().unwrap().unwrap()
}

fn offers(words: &str) -> Offers {
    Offers::of(&reply(&format!("250-x\r\n250-{}\r\n250 HELP", words.replace(", ", "\r\n250-"))))
}

fn to(recipients: &[&str]) -> Envelope {
    Envelope {
        from: "me@example.com".into(),
        recipients: recipients.iter().map(|to| format!("{to}@example.com")).collect(),
        ..Envelope::default()
    }
}

/// What is said, each breath a text, and the end.
fn course(envelope: &Envelope, offered: &str, answers: &[&str]) -> (Vec<String>, Step, Handover) {
    let offers = offers(offered);
    let shape = Shape { size: 100, eight_bit: false, eight_bit_head: false };
    let mut handover = Handover::new(envelope, shape, &offers, offers.pipelining, "mail.example").unwrap();
    let mut answers = answers.iter();
    let mut said = Vec::new();
    loop {
        match handover.step() {
            Step::Say(lines) => {
                said.push(lines.join(" | "));
                for _ in 0..lines.len() {
                    handover.hear(&reply(answers.next().expect("an answer")));
                }
            }
            end => {
                assert_eq!(answers.next(), None);
                return (said, end, handover);
            }
        }
    }
}

const SENDER: &str = "MAIL FROM:<me@example.com>";

#[test]
fn without_pipelining_each_answer_is_waited_for() {
    let (said, end, _) = course(&to(&["a", "b"]), "8BITMIME", &["250 ok", "250 ok", "251 ok", "354 go"]);
    assert_eq!(said, [SENDER, "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"]);
    assert_eq!(end, Step::Go);
}

#[test]
fn all_of_it_goes_in_one_breath_where_nothing_can_be_regretted() {
    let (said, end, _) = course(&to(&["a"]), "PIPELINING", &["250 ok", "250 ok", "354 go"]);
    assert_eq!((said, end), (vec![format!("{SENDER} | RCPT TO:<a@example.com> | DATA")], Step::Go));
    let both = [format!("{SENDER} | RCPT TO:<a@example.com> | RCPT TO:<b@example.com>"), "DATA".into()];
    let (said, end, _) = course(&to(&["a", "b"]), "PIPELINING", &["250 ok", "250 ok", "250 ok", "354 go"]);
    assert_eq!((said, end), (both.to_vec(), Step::Go));
    let many: Vec<String> = (0..120).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (said, end, _) = course(&to(&many), "PIPELINING", &[&["250 ok"; 121][..], &["354 go"]].concat());
    assert_eq!((said.len(), end), (4, Step::Go));
}

#[test]
fn c12_one_refused_recipient_is_named_and_nobody_gets_it_unless_wanted() {
    let answers = ["250 ok", "250 ok", "550 5.1.1 no such user", "452 full"];
    for offered in ["PIPELINING", "HELP"] {
        let (_, end, handover) = course(&to(&["a", "b", "c"]), offered, &answers);
        let Step::Refused(failure) = end else { panic!("{end:?}") };
        assert!(failure.said.as_str().contains("5.1.1"), "{failure:?}");
        let came = handover.recipients(&to(&["a", "b", "c"]), Some(&failure));
        let refused: Vec<_> = came.iter().filter_map(|(to, came)| Some((to, came.as_ref().err()?.for_good))).collect();
        assert_eq!(refused, [(&"b@example.com".to_owned(), true), (&"c@example.com".to_owned(), false)]);
        let on = Envelope { go_on: true, ..to(&["a", "b", "c"]) };
        let (_, end, handover) = course(&on, offered, &[&answers[..], &["354 go"]].concat());
        assert_eq!(end, Step::Go);
        assert_eq!(handover.recipients(&on, None).iter().filter(|(_, came)| came.is_ok()).count(), 1);
    }
}

#[test]
fn c10_a_refusal_at_each_step_is_told_from_another() {
    for (line, retry) in [("451 later", Retry::Later), ("554 never", Retry::AfterUser)] {
        for offered in ["PIPELINING", "HELP"] {
            let rest: &[&str] = if offered == "HELP" { &[] } else { &["503 what", "503 what"] };
            let (_, end, handover) = course(&to(&["a"]), offered, &[&[line][..], rest].concat());
            assert!(matches!(&end, Step::Refused(failure) if failure.retry == retry), "{end:?}");
            let (_, came) = handover.recipients(&to(&["a"]), None).remove(0);
            assert_eq!(came, Ok(()), "nothing is known of the recipient");
            let rest: &[&str] = if offered == "HELP" { &[] } else { &["554 nobody"] };
            let (_, end, _) = course(&to(&["a"]), offered, &[&["250 ok", line][..], rest].concat());
            assert!(matches!(&end, Step::Refused(failure) if failure.retry == retry), "{end:?}");
            let (_, end, _) = course(&to(&["a"]), offered, &["250 ok", "250 ok", line]);
            assert!(matches!(&end, Step::Refused(failure) if failure.retry == retry), "{end:?}");
        }
    }
}

#[test]
fn c10_a_server_that_wants_bytes_for_nobody_gets_none() {
    let (_, end, _) = course(&to(&["a"]), "PIPELINING", &["250 ok", "550 no", "354 go"]);
    assert!(matches!(end, Step::Over(_)), "{end:?}");
    let (_, end, _) = course(&to(&["a"]), "PIPELINING", &["550 no", "250 ok", "354 go"]);
    assert!(matches!(end, Step::Over(_)), "{end:?}");
}

#[test]
fn c10_an_answer_to_another_question_is_the_end() {
    for answers in [&["354 go"][..], &["334 what"], &["250 ok", "354 go"], &["250 ok", "250 ok", "250 ok"]] {
        let (_, end, _) = course(&to(&["a"]), "HELP", answers);
        assert!(matches!(&end, Step::Over(failure) if failure.kind == FailureKind::Protocol), "{answers:?}");
    }
}

#[test]
fn what_is_offered_is_used_and_nothing_else() {
    let eight = Shape { size: 9, eight_bit: true, eight_bit_head: false };
    let notices = Notices { failure: true, delay: true, id: "a b".into(), ..Notices::default() };
    let envelope = Envelope { notices: Some(notices), ..to(&["a"]) };
    let said = |offered: &str, shape| {
        let mut handover = Handover::new(&envelope, shape, &offers(offered), true, "x").unwrap();
        let Step::Say(lines) = handover.step() else { panic!() };
        lines.join(" | ")
    };
    assert_eq!(
        said("SIZE 0, 8BITMIME, SMTPUTF8, DSN", eight),
        format!(
            "{SENDER} SIZE=9 BODY=8BITMIME RET=HDRS ENVID=a+20b | RCPT TO:<a@example.com> NOTIFY=FAILURE,DELAY | DATA"
        )
    );
    assert_eq!(said("HELP", eight), format!("{SENDER} | RCPT TO:<a@example.com> | DATA"));
    let head = Shape { eight_bit_head: true, ..eight };
    assert!(said("SMTPUTF8", head).starts_with(&format!("{SENDER} SMTPUTF8 |")));
    assert!(Handover::new(&envelope, head, &offers("HELP"), true, "x").is_err());
}

#[test]
fn c15_what_is_too_large_is_not_even_offered() {
    let shape = Shape { size: 73_400_321, ..Shape::default() };
    let failure = Handover::new(&to(&["a"]), shape, &offers("SIZE 73400320"), true, "x").unwrap_err();
    assert_eq!((failure.remedy, failure.retry), (Some("too-large"), Retry::AfterUser));
    assert!(Handover::new(&to(&["a"]), shape, &offers("SIZE"), true, "x").is_ok());
}
