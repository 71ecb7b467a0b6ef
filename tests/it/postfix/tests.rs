//! hongyan hands mail over to a server that it was not made for.

use std::path::Path;

use hongyan::config::{Account, AccountEntry, Presets};
use hongyan::model::{Failure, FailureKind, FolderName, Purpose, Retry, Secret, WireKind};
use hongyan::net::{Dialer, LogPlace, Recorder, read_log};
use hongyan::send::smtp::{Delivered, Envelope, Outcome, Session};
use hongyan::sync::{Remote as _, Way};

use super::settings::LARGEST;
use super::*;
use crate::cli::doctor::{bad, find, objects, with_utf8};
use crate::cli::home::Home;

const ME: &str = "me@mail.example";
const YOU: &str = "you@mail.example";
const PASSWORD: &str = "canary-7391-Wildgans";

fn server() -> Option<Postfix> {
    Postfix::start(&[ME, YOU], PASSWORD)
}

/// Nothing in it is trimmed, folded, stuffed or coded anew on the way.
fn letter(id: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "Date: Fri, 20 Nov 2026 10:00:00 +0800\r\nFrom: =?utf-8?B?6bi/6ZuB?= <{ME}>\r\nTo: {YOU},\r\n\t nobody \
         <nobody@elsewhere.example>\r\nSubject: {id}\r\nMessage-ID: <{id}@mail.example>\r\nX-Blanks:   two  \r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

const HARD: &str = ".\r\n..\r\n. \r\n.x\r\n\r\nFrom the start\r\n>From\r\n鸿雁传书 é \r\n\t\r\n  .\r\n\r\n\r\n.\r\n";

fn dialer(server: &Postfix) -> Dialer {
    Dialer { ca_file: Some(server.dovecot.ca_path()), ..Dialer::default() }
}

fn account(server: &Postfix, door: Door) -> Account {
    let entry = AccountEntry::new(ME.parse().unwrap());
    let mut account = entry.complete(&Presets::built_in(), Path::new("/"));
    account.smtp = Some(server.at(door));
    account.smtp_found = hongyan::config::Found::Written;
    account
}

async fn open_with(server: &Postfix, door: Door, dialer: &Dialer, password: &str) -> Result<Session, Failure> {
    Session::open(&account(server, door), dialer, &Secret::new(password.to_owned())).await
}

async fn open(server: &Postfix, door: Door) -> Session {
    let opened = open_with(server, door, &dialer(server), PASSWORD).await;
    opened.unwrap_or_else(|failure| panic!("{failure:?}\n{}", server.log()))
}

fn to(recipients: &[&str]) -> Envelope {
    let recipients = recipients.iter().map(|to| (*to).to_owned()).collect();
    Envelope { from: ME.to_owned(), recipients, ..Envelope::default() }
}

async fn deliver(session: &mut Session, envelope: &Envelope, bytes: &[u8]) -> Delivered {
    session.deliver(envelope, bytes, async |_| Ok(()), |_| ()).await
}

#[track_caller]
fn taken(delivered: &Delivered) {
    assert!(matches!(&delivered.outcome, Outcome::Taken(said) if said.as_str().contains("queued as")), "{delivered:?}");
}

/// Below the lines that the servers on the way have put before it.
#[track_caller]
fn is_below(sent: &[u8], arrived: &[u8]) {
    let trace = arrived.strip_suffix(sent);
    let shown = |bytes: &[u8]| bytes[..bytes.len().min(2000)].escape_ascii().to_string();
    let trace = trace.unwrap_or_else(|| panic!("sent {}\narrived {}", shown(sent), shown(arrived)));
    for line in std::str::from_utf8(trace).unwrap().lines() {
        let is_trace = ["Return-Path:", "Delivered-To:", "Received:", "X-Original-To:", "\t", " "];
        assert!(is_trace.iter().any(|start| line.starts_with(start)), "{line}");
    }
}

#[tokio::test]
async fn a_letter_arrives_byte_for_byte_through_every_door() {
    let Some(server) = server() else { return };
    let mut inbox = Mailbox::open(&server.dovecot, YOU, PASSWORD);
    for (n, door) in Door::EVERY.into_iter().enumerate() {
        let mut session = open(&server, door).await;
        let limits = session.limits();
        assert_eq!(limits.size, Some(u64::try_from(LARGEST).unwrap()));
        assert!(limits.eight_bit && limits.smtputf8 && limits.notices, "{limits:?}");
        let sent = letter(&format!("door-{n}"), HARD.as_bytes());
        let delivered = deliver(&mut session, &to(&[YOU]), &sent).await;
        taken(&delivered);
        assert_eq!(delivered.recipients, [(YOU.to_owned(), Ok(()))]);
        session.quit().await;
        is_below(&sent, inbox.messages(n + 1).last().unwrap());
        let way = if matches!(door, Door::Tls | Door::StartTls) { "PLAIN" } else { "LOGIN" };
        server.logged(&["sasl_username=me@mail.example", &format!("sasl_method={way}")]);
        // EHLO once for each state of the line, and nothing twice.
        let starttls =
            if matches!(door, Door::StartTls | Door::StartTlsSteps) { "ehlo=2 starttls=1" } else { "ehlo=1" };
        server.logged(&[&format!("{starttls} auth=1 mail=1 rcpt=1 data=1 quit=1 commands=")]);
    }
}

#[tokio::test]
async fn who_is_refused_is_named_and_the_next_message_goes() {
    let Some(server) = server() else { return };
    let mut session = open(&server, Door::StartTls).await;
    let strange = ["nobody@mail.example", "somebody@elsewhere.example"];
    let all = [YOU, strange[0], strange[1], ME];
    let whole = deliver(&mut session, &to(&all), &letter("whole", b"a\r\n")).await;
    let Outcome::Refused(failure) = &whole.outcome else { panic!("{whole:?}") };
    assert_eq!(failure.retry, Retry::AfterUser, "{failure:?}");
    let refused = |delivered: &Delivered| -> Vec<String> {
        let refused = delivered.recipients.iter().filter_map(|(to, came)| came.as_ref().err().map(|why| (to, why)));
        refused.map(|(to, why)| format!("{to} {} {}", why.for_good, why.said.as_str())).collect()
    };
    let said = refused(&whole);
    let of = |to: &str| said.iter().find(|line| line.starts_with(to)).unwrap_or_else(|| panic!("{to}: {said:?}"));
    assert!(of(strange[0]).starts_with("nobody@mail.example true 550 5.1.1 "), "{said:?}");
    assert!(of(strange[1]).starts_with("somebody@elsewhere.example true 554 5.7.1 "), "{said:?}");
    assert!(session.is_alive());
    let sent = letter("part", b"b\r\n");
    let part = deliver(&mut session, &Envelope { go_on: true, ..to(&all) }, &sent).await;
    taken(&part);
    assert_eq!(refused(&part).len(), 2, "{part:?}");
    session.quit().await;
    for user in [YOU, ME] {
        let arrived = Mailbox::open(&server.dovecot, user, PASSWORD).messages(1);
        is_below(&sent, &arrived[0]);
    }
    server.logged(&["rcpt=4/8", "data="]);
    assert!(!server.log().contains("nothing leaves"), "{}", server.log());
}

#[tokio::test]
async fn what_is_too_large_is_not_even_offered_and_what_is_not_goes_whole() {
    let Some(server) = server() else { return };
    let mut session = open(&server, Door::Tls).await;
    let line = "鸿雁 .".repeat(90) + "\r\n.\r\n";
    let body = |size: usize| line.repeat(size / line.len());
    let delivered = deliver(&mut session, &to(&[YOU]), &letter("huge", body(LARGEST + 10_000).as_bytes())).await;
    let Outcome::Refused(failure) = &delivered.outcome else { panic!("{:?}", delivered.outcome) };
    assert_eq!(failure.retry, Retry::AfterUser, "{failure:?}");
    assert!(session.is_alive());
    let sent = letter("large", body(20 << 20).as_bytes());
    let mut gone = Vec::new();
    let allowed = std::cell::Cell::new(false);
    let allow = async |_| {
        allowed.set(true);
        Ok(())
    };
    let delivered = session.deliver(&to(&[YOU]), &sent, allow, |bytes| gone.push(bytes)).await;
    taken(&delivered);
    assert!(allowed.get() && gone.len() > 100 && gone.is_sorted());
    assert_eq!(gone.last().copied(), u64::try_from(sent.len()).ok());
    session.quit().await;
    let arrived = Mailbox::open(&server.dovecot, YOU, PASSWORD).messages(1);
    is_below(&sent, &arrived[0]);
    // The large one was never mentioned.
    server.logged(&["auth=1 mail=1 rcpt=1 data=1 quit=1"]);
}

#[tokio::test]
async fn a_letter_whose_end_is_not_allowed_is_not_sent() {
    let Some(server) = server() else { return };
    let mut session = open(&server, Door::Tls).await;
    let refuse = async |_| Err(Failure::passing(FailureKind::Disk, "here", "the disk is full"));
    let delivered = session.deliver(&to(&[YOU]), &letter("held", b"a\r\n"), refuse, |_| ()).await;
    assert!(matches!(&delivered.outcome, Outcome::Lost(failure) if failure.kind == FailureKind::Disk), "{delivered:?}");
    assert!(!session.is_alive());
    session.quit().await;
    server.logged(&["lost connection after DATA"]);
    let mut session = open(&server, Door::Tls).await;
    let sent = letter("sent", b"b\r\n");
    taken(&deliver(&mut session, &to(&[YOU]), &sent).await);
    session.quit().await;
    is_below(&sent, &Mailbox::open(&server.dovecot, YOU, PASSWORD).messages(1)[0]);
}

#[tokio::test]
async fn a_wrong_password_is_said_once_and_stands_nowhere() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("protocol.log");
    let recorder = Recorder::start(record.clone()).unwrap();
    let dialer = Dialer { tap: recorder.tap(ME, Purpose::Sending), ..dialer(&server) };
    let wrong = "wrong-code-5512";
    for (n, door) in Door::EVERY.into_iter().enumerate() {
        let failure = open_with(&server, door, &dialer, wrong).await.unwrap_err();
        assert_eq!((failure.kind, failure.retry), (FailureKind::Login, Retry::AfterUser), "{failure:?}");
        server.logged(&["disconnect from"]);
        let refusals = || server.log().lines().filter(|line| line.contains("authentication failed")).count();
        let end = clock::instant() + PATIENCE;
        while refusals() < n + 1 {
            assert!(clock::instant() < end, "{}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(refusals(), n + 1, "{}", server.log());
    }
    open_with(&server, Door::Tls, &dialer, PASSWORD).await.unwrap().quit().await;
    recorder.close();
    let record = std::fs::read_to_string(record).unwrap();
    assert!(record.contains("535 5.7.8") && record.contains("235 2.7.0"), "{record}");
    // "wrong-code-5512", alone and behind the name, and the other one, as base64 has them.
    for secret in [wrong, PASSWORD, "d3JvbmctY29kZS01NTEy", "cm9uZy1jb2RlLTU1MT", "Y2FuYXJ5LTczOTEtV2lsZGdhbnM", "Nhbm"]
    {
        assert!(!record.contains(secret), "{secret}: {record}");
    }
}

#[tokio::test]
async fn nothing_is_said_of_the_secret_on_a_line_in_clear() {
    let Some(server) = server() else { return };
    let mut account = account(&server, Door::StartTls);
    account.smtp.as_mut().unwrap().tls = TlsMode::None;
    let opened = Session::open(&account, &dialer(&server), &Secret::new(PASSWORD.to_owned())).await;
    // The server offers no login there. It takes nothing either.
    let mut session = opened.unwrap();
    let delivered = deliver(&mut session, &to(&[YOU]), &letter("clear", b"a\r\n")).await;
    let Outcome::Refused(failure) = delivered.outcome else { panic!("{delivered:?}") };
    assert!(failure.said.as_str().contains("STARTTLS"), "{failure:?}");
    session.quit().await;
    let line = server.logged(&["disconnect from"]);
    assert!(!line.contains("auth="), "{line}");
}

#[tokio::test]
async fn a_hundred_people_are_named_in_two_breaths() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("protocol.log");
    let recorder = Recorder::start(record.clone()).unwrap();
    let dialer = Dialer { tap: recorder.tap(ME, Purpose::Sending), ..dialer(&server) };
    let mut session = open_with(&server, Door::Tls, &dialer, PASSWORD).await.unwrap();
    let everybody: Vec<String> = (0..100).map(|n| format!("you+{n}@mail.example")).collect();
    let mut named: Vec<&str> = everybody.iter().map(String::as_str).collect();
    named.insert(70, "nobody@mail.example");
    let sent = letter("many", HARD.as_bytes());
    let delivered = deliver(&mut session, &Envelope { go_on: true, ..to(&named) }, &sent).await;
    taken(&delivered);
    let refused: Vec<&str> =
        delivered.recipients.iter().filter(|(_, came)| came.is_err()).map(|(to, _)| to.as_str()).collect();
    assert_eq!(refused, ["nobody@mail.example"]);
    session.quit().await;
    recorder.close();
    let arrived = Mailbox::open(&server.dovecot, YOU, PASSWORD).messages(100);
    for letter in &arrived {
        is_below(&sent, letter);
    }
    let (lines, _) = read_log(&record, LogPlace::default()).unwrap();
    // How often it stopped speaking in order to listen, from the sender to the end of the letter.
    let from_sender = lines.iter().skip_while(|line| !line.text.as_str().starts_with("MAIL FROM"));
    let kinds = from_sender.take_while(|line| !line.text.as_str().starts_with("QUIT"));
    let kinds = kinds.map(|line| line.kind).filter(|kind| matches!(kind, WireKind::Sent | WireKind::Heard));
    let mut kinds: Vec<bool> = kinds.map(|kind| kind == WireKind::Sent).collect();
    kinds.dedup();
    let turns = kinds.iter().filter(|speaks| **speaks).count();
    assert!((2..=6).contains(&turns), "{turns} turns: {lines:#?}");
}

/// The whole way: it is written here, and who waits at the other end is told.
#[tokio::test]
async fn who_waits_in_the_other_mailbox_is_told() {
    let Some(server) = server() else { return };
    let imap = Server { host: "localhost".to_owned(), port: server.dovecot.imaps_port(), tls: TlsMode::Tls };
    let way = Way::new(dialer(&server), imap, YOU.to_owned(), Secret::new(PASSWORD.to_owned()));
    let mut waiting = way.connect().await.unwrap();
    let inbox = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    assert_eq!(waiting.look_into(&inbox).await.unwrap().messages, 0);
    let mut session = open(&server, Door::StartTls).await;
    let sent = letter("told", HARD.as_bytes());
    let envelope = to(&[YOU]);
    let (told, delivered) =
        tokio::join!(waiting.wait(PATIENCE, std::future::pending()), deliver(&mut session, &envelope, &sent));
    told.unwrap();
    taken(&delivered);
    assert!(!waiting.news().is_empty());
    assert_eq!(waiting.count(), 1);
    is_below(&sent, &Mailbox::open(&server.dovecot, YOU, PASSWORD).messages(1)[0]);
    waiting.close().await;
    session.quit().await;
}

/// The program itself, at both doors: what it finds, and that a wrong password is said to one server only.
#[test]
fn the_doctor_looks_at_it_without_leaving_a_letter() {
    let Some(server) = server() else { return };
    let ca = server.dovecot.ca_path();
    let imap = format!("localhost:{}", server.dovecot.imaps_port());
    let at = |door: Door| {
        let Server { host, port, tls } = server.at(door);
        format!("{host}:{port}:{}", tls.code())
    };
    for door in Door::EVERY {
        let home = Home::new();
        let line = ["account", "add", ME, "--imap", &imap, "--smtp", &at(door), "--ca", ca.to_str().unwrap()];
        home.run_with(&[&line[..], &["--no-check", "--secret-stdin", "--secret-store", "file"]].concat(), PASSWORD)
            .good();
        let found = objects(&with_utf8(&home, &["doctor", "--json"]));
        assert_eq!(bad(&found), Vec::<String>::new(), "{found:#?}");
        let said = |check: &str| find(&found, check)["sentence"].as_str().unwrap().to_owned();
        assert_eq!(said("smtp-size"), "a message may have 25 MB");
        // Behind STARTTLS no second greeting comes.
        if matches!(door, Door::Tls | Door::TlsSteps) {
            assert_eq!(said("smtp-greeting"), "looks like Postfix");
        }
        assert!(said("smtp-login").starts_with(if matches!(door, Door::Tls | Door::StartTls) {
            "AUTH PLAIN"
        } else {
            "AUTH LOGIN"
        }));
        assert_eq!(find(&found, "smtp-quit")["kind"], "quit");
        std::fs::write(home.profile().join("secrets").join(ME), "wrong-code-5512\n").unwrap();
        let found = objects(&with_utf8(&home, &["doctor", "--json"]));
        assert_eq!(bad(&found), ["login login"], "{found:#?}");
        assert_eq!(find(&found, "smtp-login")["kind"], "as-mailbox");
    }
    assert!(!server.log().contains("authentication failed") && !server.log().contains("mail="), "{}", server.log());
}

/// By the engine of the program: it is fetched, listed and shown.
#[tokio::test]
async fn what_was_sent_is_read_with_the_program() {
    let Some(server) = server() else { return };
    let mut session = open(&server, Door::Tls).await;
    taken(&deliver(&mut session, &to(&[YOU]), &letter("read", HARD.as_bytes())).await);
    session.quit().await;
    Mailbox::open(&server.dovecot, YOU, PASSWORD).messages(1);
    let home = Home::new();
    let (imap, ca) = (format!("localhost:{}", server.dovecot.imaps_port()), server.dovecot.ca_path());
    let line = ["account", "add", YOU, "--imap", &imap, "--ca", ca.to_str().unwrap(), "--no-check"];
    home.run_with(&[&line[..], &["--secret-stdin", "--secret-store", "file"]].concat(), PASSWORD).good();
    home.run(&["sync", "--once"]).good();
    let listed = home.run(&["list", "INBOX", "--json"]).good().json();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["subject"]), (1, &"read".into()), "{listed:#?}");
    let shown = home.run(&["show", &listed[0]["id"].to_string()]).good().out;
    assert!(shown.contains("鸿雁传书 é") && shown.contains("\n.x\n"), "{shown}");
}
