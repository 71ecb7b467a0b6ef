//! Messages that arrive as they were made.

use super::*;
use crate::demo::{COREMAIL, MODERN, PERSONALITIES, PLAIN, QQ};

#[tokio::test(start_paused = true)]
async fn every_kind_of_server_gets_every_byte() {
    for personality in PERSONALITIES {
        let demo = demo(personality);
        let mut session = open(&demo).await.unwrap();
        let long = "\u{9e3f}\u{96c1}\r\n..\r\n.x\r\n".repeat(20_000);
        for (id, body) in [("1", "one\r\n"), ("2", ".\r\n..\r\n"), ("3", &*long), ("4", "")] {
            let raw = message(id, body);
            let delivered = deliver(&mut session, &to(&["a@example.com", "b@example.com"]), &raw).await;
            assert!(matches!(delivered.outcome, Outcome::Taken(_)), "{}: {delivered:?}", personality.name);
            assert!(delivered.recipients.iter().all(|(_, came)| came.is_ok()));
            let taken = demo.outgoing().await.unwrap().pop().unwrap();
            assert_eq!((taken.from.as_str(), taken.recipients.len()), (ME, 2));
            assert!(taken.raw == raw, "{} changed {id}", personality.name);
            assert_eq!(demo.deliveries(&format!("{id}@hongyan.example")).await.unwrap(), 1);
        }
        session.quit().await;
        assert_eq!(demo.submission_visits().await.unwrap(), (1, 1), "{}", personality.name);
        let said = demo.submission_said().await.unwrap();
        assert_eq!(said.iter().filter(|line| line.starts_with("EHLO")).count(), 1, "{}", personality.name);
        assert_eq!((said[0].as_str(), said.last().unwrap().as_str()), ("EHLO [127.0.0.1]", "QUIT"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_for_the_account_itself_arrives_and_a_copy_is_kept_where_that_is_so() {
    for (personality, copies) in [(&PLAIN, 0), (&COREMAIL, 1), (&QQ, 1)] {
        let demo = demo(personality);
        let mut session = open(&demo).await.unwrap();
        let delivered = deliver(&mut session, &to(&[ME]), &message("1", "one\r\n")).await;
        assert!(matches!(delivered.outcome, Outcome::Taken(_)));
        let count = async |folder: &str| {
            let kept = demo.snapshot().await.unwrap();
            kept.into_iter().find(|kept| kept.folder == folder).unwrap().messages
        };
        let sent = personality.folders.iter().find(|place| place.holds == "sent").unwrap().name;
        let inbox = count("INBOX").await;
        assert_eq!((inbox.len(), count(sent).await.len()), (1, 0));
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(count(sent).await.len(), copies, "{}", personality.name);
        let raw = String::from_utf8(demo.raw("INBOX", inbox[0].uid).await.unwrap()).unwrap();
        assert_eq!(raw.contains("X-OQ-MSGID: <1@hongyan.example>"), personality.name == "qq", "{raw}");
        assert_eq!(raw.contains("\r\nMessage-ID: <1@hongyan.example>"), personality.name != "qq", "{raw}");
    }
}

#[tokio::test]
async fn c03_two_messages_do_not_become_of_one() {
    let demo = demo(&PLAIN);
    let mut session = open(&demo).await.unwrap();
    for smuggled in ["\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r", "\r\r\n.\r\r\n"] {
        let body =
            format!("one{smuggled}MAIL FROM:<x@evil.example>\r\nRCPT TO:<a@example.com>\r\nDATA\r\ntwo\r\n.\r\n");
        let before = demo.outgoing().await.unwrap().len();
        let delivered = deliver(&mut session, &to(&["a@example.com"]), &message("1", &body)).await;
        assert!(matches!(delivered.outcome, Outcome::Taken(_)));
        let taken = demo.outgoing().await.unwrap();
        assert_eq!(taken.len(), before + 1, "{smuggled:?}");
        let meant = body.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
        assert_eq!(String::from_utf8(taken.last().unwrap().raw.clone()).unwrap(), {
            String::from_utf8(message("1", &meant)).unwrap()
        });
    }
}

#[tokio::test]
async fn c09_letters_outside_of_ascii_go_where_they_are_taken_and_nowhere_else() {
    let mut session = open(&demo(&PLAIN)).await.unwrap();
    let delivered = deliver(&mut session, &to(&["a@example.com", "\u{96c1}@example.com"]), &message("1", "x")).await;
    let Outcome::Refused(failure) = &delivered.outcome else { panic!("{delivered:?}") };
    assert!(failure.said.as_str().contains("SMTPUTF8"));
    assert!(delivered.recipients[0].1.is_ok() && delivered.recipients[1].1.is_err());
    assert!(session.is_alive() && !session.limits().smtputf8);
    let modern = demo(&MODERN);
    let mut session = open(&modern).await.unwrap();
    assert!(session.limits().smtputf8 && session.limits().eight_bit);
    let delivered = deliver(&mut session, &to(&["\u{96c1}@b\u{fc}cher.example"]), &message("1", "x")).await;
    assert!(matches!(delivered.outcome, Outcome::Taken(_)));
    assert_eq!(modern.outgoing().await.unwrap()[0].recipients, ["\u{96c1}@xn--bcher-kva.example"]);
}

#[tokio::test]
async fn c12_one_of_several_is_refused_by_name() {
    let demo = demo(&PLAIN);
    let mut session = open(&demo).await.unwrap();
    let mut envelope = to(&["a@example.com", "nobody@example.com", "b@example.com"]);
    let refused = |delivered: &Delivered| {
        let refused = delivered.recipients.iter().filter(|(_, came)| came.is_err());
        refused.map(|(to, _)| to.clone()).collect::<Vec<_>>()
    };
    let delivered = deliver(&mut session, &envelope, &message("1", "x")).await;
    assert!(matches!(delivered.outcome, Outcome::Refused(_)), "{delivered:?}");
    assert_eq!(refused(&delivered), ["nobody@example.com"]);
    assert!(demo.outgoing().await.unwrap().is_empty() && session.is_alive());
    envelope.go_on = true;
    let delivered = deliver(&mut session, &envelope, &message("1", "x")).await;
    assert!(matches!(delivered.outcome, Outcome::Taken(_)), "{delivered:?}");
    assert_eq!(refused(&delivered), ["nobody@example.com"]);
    assert_eq!(demo.outgoing().await.unwrap()[0].recipients, ["a@example.com", "b@example.com"]);
}

#[tokio::test]
async fn c15_another_sender_and_too_many_bytes_are_caught_before_the_upload() {
    let demo = demo(&QQ);
    let mut session = open(&demo).await.unwrap();
    let sent = std::cell::Cell::new(0);
    let stranger = Envelope { from: "x@example.com".into(), ..to(&["a@example.com"]) };
    let delivered = session.deliver(&stranger, &message("1", "x"), async |_| Ok(()), |gone| sent.set(gone)).await;
    let Outcome::Refused(failure) = delivered.outcome else { panic!() };
    assert_eq!(failure.remedy, Some("from-differs"));
    assert_eq!(session.limits().size, Some(73_400_320));
    let large = message("2", &"0123456789\r\n".repeat(6_200_000));
    let delivered = session.deliver(&to(&["a@example.com"]), &large, async |_| Ok(()), |gone| sent.set(gone)).await;
    let Outcome::Refused(failure) = delivered.outcome else { panic!() };
    assert_eq!((failure.remedy, sent.get()), (Some("too-large"), 0));
    assert!(session.is_alive() && demo.outgoing().await.unwrap().is_empty());
    let delivered = deliver(&mut session, &to(&["a@example.com"]), &message("3", "x")).await;
    assert!(matches!(delivered.outcome, Outcome::Taken(_)), "the session goes on with the next message");
}

#[tokio::test]
async fn the_end_waits_until_it_is_allowed_and_a_task_may_carry_it() {
    let demo = demo(&PLAIN);
    let mut session = open(&demo).await.unwrap();
    let task = tokio::spawn(async move {
        let refuse = async |_| Err(Failure::lasting(crate::model::FailureKind::Disk, "own.db", "no room"));
        let envelope = to(&["a@example.com"]);
        let delivered = session.deliver(&envelope, &message("1", "x"), refuse, |_| ()).await;
        (delivered, session.is_alive())
    });
    let (delivered, alive) = task.await.unwrap();
    assert!(matches!(&delivered.outcome, Outcome::Lost(failure) if failure.about.as_str() == "own.db"));
    assert!(!alive && demo.outgoing().await.unwrap().is_empty());
}

#[tokio::test]
async fn how_much_has_gone_is_told() {
    let demo = demo(&PLAIN);
    let mut session = open(&demo).await.unwrap();
    let raw = message("1", &"0123456789\r\n".repeat(20_000));
    let mut gone = Vec::new();
    let delivered = session.deliver(&to(&["a@example.com"]), &raw, async |_| Ok(()), |bytes| gone.push(bytes)).await;
    assert!(matches!(delivered.outcome, Outcome::Taken(_)));
    assert!(gone.is_sorted() && gone.len() > 3);
    assert_eq!(*gone.last().unwrap(), u64::try_from(raw.len()).unwrap());
}

fn spawnable<F: Future + Send>(future: F) -> F {
    future
}

#[tokio::test]
async fn a_delivery_may_be_part_of_a_task_whatever_is_written_down_before_the_end() {
    let demo = demo(&PLAIN);
    let account = crate::config::AccountEntry::new(ME.parse().unwrap())
        .complete(&crate::config::Presets::built_in(), std::path::Path::new("/"));
    let (dialer, secret) = (crate::net::Dialer::default(), Secret::new(SECRET.into()));
    drop(spawnable(Session::open(&account, &dialer, &secret)));
    let mut session = open(&demo).await.unwrap();
    let (envelope, raw, written) =
        (to(&["a@example.com"]), message("1", "x"), std::sync::atomic::AtomicBool::new(false));
    let before_dot = async |_| {
        tokio::task::yield_now().await;
        written.store(true, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    };
    let mut gone = Vec::new();
    let delivered = spawnable(session.deliver(&envelope, &raw, before_dot, |bytes| gone.push(bytes))).await;
    assert!(matches!(delivered.outcome, Outcome::Taken(_)) && written.into_inner() && gone.len() == 1);
    spawnable(session.quit()).await;
}
