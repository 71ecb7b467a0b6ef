//! The outbox of a real store against the server of the demo.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use crate::config::Sent;
use crate::demo::{
    Demo, EXMAIL, Fault, MODERN, Options, PLAIN, Personality, QQ, SmtpDoing, SmtpFault, SmtpStep, serve_pipes,
    smtp_faults,
};
use crate::model::{
    AccountId, Answering, Failure, Outgoing, Reception, Role, Secret, Sending, SentCopy, Server, Timestamp, TlsMode,
    clock,
};
use crate::net::{Dialer, Limits as Deadline, Line, Opened, Tap};
use crate::send::copy::see_to_copies;
use crate::send::desk::Ledger;
use crate::send::drain::{Books, Closing, Drained, drain};
use crate::send::outbox::{self, Habits, Word};
use crate::send::smtp::{Manners, Session};
use crate::store::{Letter, Restore, Store, StoreOptions};
use crate::sync::{First, Pass, Sizes, Way};
use crate::text::SafeText;

const SECRET: &str = "canary-7391-Wildgans";
/// Where PLAIN and MODERN keep what was sent.
pub(super) const SENT: &str = "已发送";
const ME: &str = "demo@hongyan.example";

pub(super) fn demo(personality: &'static Personality) -> Demo {
    serve_pipes(&Options { messages: 0, personality, ..Options::new(clock::now(), SECRET) })
}

pub(super) fn opened(profile: &Path) -> (Store, Ledger) {
    let accounts = ["me".to_owned()];
    let options = StoreOptions { profile, accounts: &accounts, now: clock::now(), restore: Restore::Refuse };
    let store = Store::open(&options, tokio::sync::mpsc::unbounded_channel().0).unwrap();
    let id: AccountId = store.accounts[0].0;
    let (own, mail) = (store.own.clone(), store.mail.clone());
    let closing = tokio::sync::watch::channel(Closing::Open).1;
    let ledger = Ledger { account: "me".to_owned(), id, profile: profile.to_owned(), own, mail, closing };
    (store, ledger)
}

pub(super) async fn queue(ledger: &Ledger, n: u32, to: &[&str]) {
    let letter = Letter {
        account: "me".to_owned(),
        from: ME.to_owned(),
        recipients: to.iter().map(|to| (*to).to_owned()).collect(),
        subject: SafeText::of("a letter"),
        message_id: format!("{n}@hongyan.example"),
        queued: clock::now(),
        hold_until: clock::now(),
        about: Some((Answering::Reply, "original@example.com".to_owned())),
        draft: None,
    };
    let bytes = format!("From: {ME}\r\nTo: {}\r\nMessage-ID: <{n}@hongyan.example>\r\nSubject: x\r\n\r\nhi\r\n", to[0]);
    ledger.own.queue(letter, bytes.into_bytes()).await.unwrap();
}

pub(super) async fn session(demo: &Demo) -> Result<Session, Failure> {
    let line = Line::over(demo.smtp_pipe(), Deadline::default());
    let opened = Opened { line, greeted: false, reached: Duration::ZERO };
    let server = Server { host: "mail.example".into(), port: 465, tls: TlsMode::Tls };
    let mut manners = Manners::default();
    manners.deadlines.reply = Duration::from_millis(400);
    manners.deadlines.greeting = Duration::from_millis(400);
    manners.deadlines.data = Duration::from_millis(400);
    manners.deadlines.verdict = Duration::from_millis(400);
    Session::over(opened, &server, &Tap::default(), ME, &Secret::new(SECRET.into()), manners).await
}

pub(super) async fn drained(demo: &Demo, ledger: &Ledger, habits: &Habits) -> Option<Drained> {
    let session = session(demo).await.ok()?;
    Some(drain(ledger, session, habits, |_| ()).await.unwrap())
}

pub(super) async fn mailbox(demo: &Demo) -> crate::sync::imap::Session {
    let server = Server { host: "mail.example".into(), port: 993, tls: TlsMode::Tls };
    let second = Duration::from_secs(1);
    let limits = Deadline { connect: second, handshake: second, answer: second };
    let dialer = Dialer { limits, ..Dialer::default() };
    let way = Way::new(dialer, server, ME.to_owned(), Secret::new(SECRET.into()));
    way.connect_over(demo.pipe(), First::default()).await.unwrap()
}

pub(super) const APPENDS: Habits =
    Habits { sent: Sent::Append, lag: Duration::ZERO, turns_up: outbox::TURNS_UP, append_limit: None };
pub(super) const CHECKS: Habits =
    Habits { sent: Sent::Check, lag: Duration::ZERO, turns_up: outbox::TURNS_UP, append_limit: None };

/// As if it had been handed over long ago.
pub(super) async fn age(ledger: &Ledger) {
    for letter in ledger.letters().unwrap() {
        let copy = match letter.copy {
            SentCopy::LookFrom(_) => SentCopy::LookFrom(Timestamp(0)),
            copy => copy,
        };
        let hold_until = Timestamp(letter.hold_until.0 - 100_000);
        assert!(ledger.step(letter.state, &Outgoing { hold_until, copy, ..letter.clone() }).await.unwrap());
    }
}

pub(super) async fn copies(demo: &Demo, folder: &str) -> Vec<Vec<String>> {
    let kept = demo.snapshot().await.unwrap();
    let folder = kept.into_iter().find(|kept| kept.folder == folder).unwrap();
    folder.messages.into_iter().map(|message| message.flags).collect()
}

#[tokio::test]
async fn c13_one_session_sends_all_and_the_copies_are_put_there_once() {
    let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
    let (store, ledger) = opened(dir.path());
    for n in 1..=3 {
        queue(&ledger, n, &["a@example.com", "b@example.com"]).await;
    }
    assert_eq!(drained(&demo, &ledger, &APPENDS).await.unwrap().sent, 3);
    assert_eq!(demo.submission_visits().await.unwrap(), (1, 1), "one connection, one login");
    let wanted = ledger.letters().unwrap();
    assert!(wanted.iter().all(|l| l.state == Sending::Sent && l.copy == SentCopy::Wanted), "{wanted:?}");
    // The folder does not take them: they are sent, and not sent again.
    let nowhere = see_to_copies(&ledger, &mut crate::send::copy::Nowhere, &APPENDS).await.unwrap();
    assert!(nowhere.failure.is_some() && ledger.letters().unwrap().len() == 3);
    let mut imap = mailbox(&demo).await;
    see_to_copies(&ledger, &mut imap, &APPENDS).await.unwrap();
    assert_eq!(ledger.letters().unwrap(), []);
    let sent = copies(&demo, SENT).await;
    assert!(sent.len() == 3 && sent.iter().all(|flags| flags.contains(&"\\Seen".to_owned())), "{sent:?}");
    assert_eq!(demo.outgoing().await.unwrap().len(), 3);
    drop(ledger);
    store.close();
}

#[tokio::test]
async fn i23_what_the_server_keeps_by_itself_is_not_put_there() {
    for personality in [&QQ, &EXMAIL, &MODERN] {
        let (dir, demo) = (tempfile::tempdir().unwrap(), demo(personality));
        let (store, ledger) = opened(dir.path());
        queue(&ledger, 1, &["a@example.com"]).await;
        assert_eq!(drained(&demo, &ledger, &CHECKS).await.unwrap().sent, 1);
        age(&ledger).await;
        let mut imap = mailbox(&demo).await;
        // By its other name, or by what the server says to a second copy.
        see_to_copies(&ledger, &mut imap, &CHECKS).await.unwrap();
        assert_eq!(ledger.letters().unwrap(), [], "{}", personality.name);
        drop(ledger);
        store.close();
    }
}

#[tokio::test]
async fn i23_a_folder_that_is_not_there_leaves_the_letter_sent() {
    let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
    let (store, ledger) = opened(dir.path());
    queue(&ledger, 1, &["a@example.com"]).await;
    drained(&demo, &ledger, &APPENDS).await.unwrap();
    demo.remove_folder(SENT).await.unwrap();
    let mut imap = mailbox(&demo).await;
    let seen = see_to_copies(&ledger, &mut imap, &APPENDS).await.unwrap();
    let [letter] = &ledger.letters().unwrap()[..] else { panic!("it is gone") };
    assert!(letter.state == Sending::Sent && letter.failure.is_some() && seen.next.is_some(), "{letter:?}");
    assert_eq!(demo.outgoing().await.unwrap().len(), 1);
    drop(ledger);
    store.close();
}

#[tokio::test]
async fn i23_an_append_that_is_never_asked_for_ends_the_line_and_not_the_letter() {
    let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
    let (store, ledger) = opened(dir.path());
    queue(&ledger, 1, &["a@example.com"]).await;
    drained(&demo, &ledger, &APPENDS).await.unwrap();
    demo.break_connections(&[Fault::Deaf("+")]).await.unwrap();
    let mut imap = mailbox(&demo).await;
    let seen = see_to_copies(&ledger, &mut imap, &APPENDS).await.unwrap();
    let [letter] = &ledger.letters().unwrap()[..] else { panic!("it is gone") };
    assert!(letter.state == Sending::Sent && seen.next.is_some(), "{letter:?}");
    demo.break_connections(&[]).await.unwrap();
    age(&ledger).await;
    see_to_copies(&ledger, &mut mailbox(&demo).await, &APPENDS).await.unwrap();
    assert_eq!((ledger.letters().unwrap().len(), copies(&demo, SENT).await.len()), (0, 1));
    drop(ledger);
    store.close();
}

#[tokio::test]
async fn c12_one_of_several_is_refused_and_nobody_gets_it_before_the_user_says_so() {
    let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
    let (store, ledger) = opened(dir.path());
    queue(&ledger, 1, &["a@example.com", "b@example.com"]).await;
    let says = SmtpDoing::Says(b"550 5.1.1 no such user\r\n");
    let fault = SmtpFault { only: Some(0), ..SmtpFault::new(SmtpStep::Recipient, says) };
    demo.break_submission(&[fault]).await.unwrap();
    drained(&demo, &ledger, &APPENDS).await.unwrap();
    let [letter] = &ledger.letters().unwrap()[..] else { panic!("it is gone") };
    assert_eq!(letter.state, Sending::Refused, "{letter:?}");
    assert!(letter.recipients.iter().any(|to| matches!(to.state, Reception::Refused { for_good: true, .. })));
    assert_eq!(demo.outgoing().await.unwrap().len(), 0);
    demo.break_submission(&[]).await.unwrap();
    let again = outbox::said(letter, Word::Again, clock::now()).unwrap();
    assert!(ledger.step(Sending::Refused, &again).await.unwrap());
    assert_eq!(drained(&demo, &ledger, &APPENDS).await.unwrap().sent, 1);
    assert_eq!(demo.outgoing().await.unwrap().len(), 1);
    drop(ledger);
    store.close();
}

/// What a letter may be after each fault, and how often the server has it.
#[tokio::test]
async fn c10_after_every_fault_at_every_step_the_letter_is_where_it_is_said_to_be() {
    for (name, fault) in smtp_faults() {
        let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
        let (store, ledger) = opened(dir.path());
        queue(&ledger, 1, &["a@example.com"]).await;
        demo.break_submission(&[fault]).await.unwrap();
        drained(&demo, &ledger, &CHECKS).await;
        let took = demo.outgoing().await.unwrap().len();
        let letters = ledger.letters().unwrap();
        let state = letters.first().map(|letter| letter.state);
        match state {
            // A server that takes it and says no is believed.
            Some(Sending::Queued | Sending::Refused) => {
                assert_eq!(took, usize::from(name.starts_with("taken")), "{name}: {letters:?}");
            }
            Some(Sending::Unknown) => assert!(took <= 1, "{name}"),
            // What a server says behind the dot is believed, although it may lie.
            Some(Sending::Sent) | None => assert!(took == 1 || name.starts_with("dot"), "{name}: {took}"),
            state => panic!("{name}: {state:?}"),
        }
        // And however it stands, in the end it went exactly once or somebody is asked.
        demo.break_submission(&[]).await.unwrap();
        for letter in letters.iter().filter(|letter| letter.state == Sending::Queued) {
            let due = Outgoing { hold_until: Timestamp(0), ..letter.clone() };
            ledger.step(Sending::Queued, &due).await.unwrap();
        }
        if state == Some(Sending::Queued) {
            drained(&demo, &ledger, &CHECKS).await.unwrap();
            assert_eq!(demo.outgoing().await.unwrap().len(), took + 1, "{name}");
        }
        drop(ledger);
        store.close();
    }
}

#[tokio::test]
async fn c11_a_line_that_is_lost_behind_the_dot_is_looked_for_and_asked_about() {
    for personality in [&PLAIN, &MODERN] {
        let (dir, demo) = (tempfile::tempdir().unwrap(), demo(personality));
        let (store, ledger) = opened(dir.path());
        queue(&ledger, 1, &["a@example.com"]).await;
        demo.break_submission(&[SmtpFault::new(SmtpStep::Taken, SmtpDoing::Closes)]).await.unwrap();
        drained(&demo, &ledger, &CHECKS).await.unwrap();
        let [letter] = &ledger.letters().unwrap()[..] else { panic!("it is gone") };
        assert_eq!((letter.state, outbox::is_asked(letter, &CHECKS)), (Sending::Unknown, false));
        age(&ledger).await;
        let saves = demo.snapshot().await.unwrap().iter().any(|f| f.folder == SENT && !f.messages.is_empty());
        let mut imap = mailbox(&demo).await;
        see_to_copies(&ledger, &mut imap, &CHECKS).await.unwrap();
        let letters = ledger.letters().unwrap();
        if saves {
            assert_eq!(letters, []);
        } else {
            assert!(outbox::is_asked(&letters[0], &CHECKS), "{letters:?}");
        }
        // Nothing goes again unasked.
        demo.break_submission(&[]).await.unwrap();
        drained(&demo, &ledger, &CHECKS).await.unwrap();
        assert_eq!(demo.outgoing().await.unwrap().len(), 1);
        drop(ledger);
        store.close();
    }
}

#[tokio::test]
async fn what_was_answered_is_marked_wherever_it_lies() {
    let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
    let (store, ledger) = opened(dir.path());
    let original = "Message-ID: <original@example.com>\r\nFrom: a@example.com\r\nSubject: x\r\n\r\nhi\r\n";
    demo.deliver("INBOX", original, &[]).await.unwrap();
    let mut imap = mailbox(&demo).await;
    let mut pass = Pass {
        account: ledger.id,
        name: "me".to_owned(),
        own: store.own.clone(),
        mail: store.mail.clone(),
        reader: store.reader().unwrap(),
        closed: HashSet::new(),
        moving: crate::sync::Moving::default(),
        sizes: Sizes::default(),
        window: false,
    };
    let folders = pass.folders(&mut imap).await.unwrap();
    let (inbox, seen) = folders.iter().find(|(_, seen)| seen.role == Some(Role::Inbox)).unwrap();
    pass.folder(&mut imap, *inbox, &seen.name, false, &mut ()).await.unwrap();
    queue(&ledger, 1, &["a@example.com"]).await;
    drained(&demo, &ledger, &APPENDS).await.unwrap();
    let rows = pass.reader.newest(*inbox, 9).unwrap();
    assert!(rows.len() == 1 && rows[0].flags.answered(), "{rows:?}");
    drop((ledger, pass));
    store.close();
}

#[test]
fn a_round_may_be_part_of_a_task() {
    fn is_send<T: Send>(_: &T) {}
    #[expect(dead_code, reason = "only compiled")]
    fn rounds_can_be_spawned(
        mut desk: crate::send::desk::Desk,
        mut to: tokio::sync::mpsc::UnboundedSender<crate::sync::Order>,
    ) {
        is_send(&async move { drop(desk.round(&mut to, |_| ()).await) });
    }
}
