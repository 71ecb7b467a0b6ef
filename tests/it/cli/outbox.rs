//! Mail that goes out by the commands, to the server that hongyan carries along.

use hongyan::cli::attach::{Request, Verb, Work, serve};
use hongyan::demo::{PLAIN, Personality, QQ, SmtpDoing, SmtpFault, SmtpStep};
use hongyan::send::wish::Came;
use hongyan::store::ProfileLock;
use serde_json::Value;
use tokio::sync::mpsc;

use super::documented::{example, shape};
use super::home::{Home, finish};
use crate::embedded::{ADDRESS, Embedded, SECRET};

/// A server of this kind, and a home whose account sends by it.
fn ready(personality: &'static Personality) -> (Embedded, Home) {
    let server = Embedded::start(|options| {
        options.messages = 0;
        options.personality = personality;
    });
    let home = Home::new();
    let (imap, smtp) = (format!("localhost:{}", server.port()), format!("localhost:{}", server.demo.smtp_tls.port()));
    let ca = server.ca();
    let line = ["account", "add", ADDRESS, "--imap", &imap, "--smtp", &smtp, "--tls", "tls", "--no-check"];
    let line = [&line[..], &["--ca", ca.to_str().unwrap(), "--secret-stdin", "--secret-store", "file"]].concat();
    home.run_with(&line, SECRET).good();
    (server, home)
}

fn letter(n: u32, more: &str) -> String {
    format!(
        "From: Demo <{ADDRESS}>\nTo: a@example.com, b@example.com\n{more}Message-ID: <{n}@hongyan.example>\n\
         Date: Fri, 20 Nov 2026 10:00:00 +0000\nSubject: letter {n}\n\n.\nhello\n"
    )
}

fn listed(home: &Home) -> Vec<Value> {
    home.run(&["outbox", "list", "--json"]).json().as_array().unwrap().clone()
}

#[test]
fn c05_a_file_is_sent_once_without_its_blind_copies_and_lies_in_sent() {
    let (server, home) = ready(&PLAIN);
    let done = home.run_with(&["send", "-", "--json"], &letter(1, "Bcc: c@example.com\n"));
    let said = done.json();
    assert_eq!(shape(&said), shape(&example("send FILE.eml|- --json")));
    assert_eq!((&said["state"], said["recipients"].as_array().unwrap().len()), (&Value::from("sent"), 3));
    let taken = server.ask(async |demo| demo.outgoing().await);
    assert_eq!(taken.len(), 1);
    let text = String::from_utf8_lossy(&taken[0].raw).into_owned();
    assert!(!text.contains("c@example.com") && text.ends_with("\r\n\r\n.\r\nhello\r\n"), "{text}");
    // Nobody knows whether this server keeps copies: it is looked for later, and the letter is sent all the same.
    let rows = listed(&home);
    assert!(rows.iter().all(|row| row["state"] == "sent"), "{rows:?}");
    home.run(&["outbox", "flush"]).good();
    assert_eq!(server.ask(async |demo| demo.outgoing().await).len(), 1);
}

#[test]
fn c12_what_one_recipient_is_refused_waits_for_the_user() {
    let (server, home) = ready(&PLAIN);
    let says = SmtpDoing::Says(b"550 5.1.1 no such user\r\n");
    let fault = SmtpFault { only: Some(1), ..SmtpFault::new(SmtpStep::Recipient, says) };
    server.ask(async |demo| demo.break_submission(&[fault]).await);
    let said = home.run_with(&["send", "-"], &letter(2, "")).failed();
    let named = said.contains("because b@example.com is not taken; hongyan outbox retry 1 sends it to the 1 left");
    assert!(named, "{said}");
    let rows = listed(&home);
    assert_eq!((rows.len(), &rows[0]["state"]), (1, &Value::from("refused")));
    assert_eq!(shape(&Value::Array(rows.clone())), shape(&example("outbox list --json")));
    assert_eq!(rows[0]["recipients"][1]["state"], "refused");
    assert!(server.ask(async |demo| demo.outgoing().await).is_empty(), "nobody gets half of it");
    let text = home.run(&["--lang", "zh-CN", "outbox", "list"]).good().out;
    assert!(text.contains("被拒绝") && text.contains("b@example.com: 550"), "{text}");
    server.ask(async |demo| demo.break_submission(&[]).await);
    home.run(&["outbox", "retry", "1"]).good();
    assert_eq!(server.ask(async |demo| demo.outgoing().await).len(), 1);
}

#[test]
fn c11_what_nobody_knows_is_not_sent_again_and_the_user_says_what_it_is() {
    let (server, home) = ready(&PLAIN);
    server.ask(async |demo| demo.break_submission(&[SmtpFault::new(SmtpStep::Taken, SmtpDoing::Closes)]).await);
    let said = home.run_with(&["send", "-"], &letter(3, "")).failed();
    assert!(said.contains("nobody knows"), "{said}");
    server.ask(async |demo| demo.break_submission(&[]).await);
    let _ = home.run(&["outbox", "flush"]);
    assert_eq!(listed(&home)[0]["state"], "unknown");
    assert_eq!(server.ask(async |demo| demo.outgoing().await).len(), 1);
    let _ = home.run(&["outbox", "sent", "1"]);
    assert!(listed(&home).iter().all(|row| row["state"] == "sent"));
    assert_eq!(server.ask(async |demo| demo.outgoing().await).len(), 1);
}

#[test]
fn what_waits_can_be_taken_back_and_what_is_wrong_is_said_in_one_line() {
    let (server, home) = ready(&QQ);
    let said = home.run_with(&["send", "-", "--later", "--to", "x@example.com"], &letter(4, "")).good();
    assert!(said.err.contains("number 1"), "{said:?}");
    let row = &listed(&home)[0];
    assert_eq!((&row["state"], &row["recipients"][0]["address"]), (&"queued".into(), &"x@example.com".into()));
    let kept = home.run(&["outbox", "cancel", "1"]).failed();
    assert!(kept.contains("outbox drop 1") && listed(&home).len() == 1, "it is all that there is of it: {kept}");
    let dropped = home.run(&["outbox", "drop", "1"]).good();
    assert!(dropped.err.contains("message 1 was thrown away"), "{dropped:?}");
    assert!(listed(&home).is_empty());
    assert!(home.run(&["outbox", "drop", "1"]).failed().contains("no number 1"));
    assert!(home.run(&["outbox", "list"]).good().err.contains("empty"));
    let other = letter(5, "").replace(ADDRESS, "other@example.com");
    assert!(home.run_with(&["send", "-"], &other).failed().contains("other@example.com"));
    assert!(home.run_with(&["send", "-"], "hello\n").failed().contains("no message"));
    let nobody = letter(6, "").replace("To: a@example.com, b@example.com\n", "");
    assert!(home.run_with(&["send", "-"], &nobody).failed().contains("--to"));
    assert!(server.ask(async |demo| demo.outgoing().await).is_empty());
}

#[test]
fn n07_a_login_that_is_refused_leaves_the_letter_where_it_is() {
    let (server, home) = ready(&QQ);
    server.ask(async |demo| demo.refuse_logins(true).await);
    let said = home.run_with(&["send", "-"], &letter(7, "")).failed();
    assert!(said.contains("message 1 stays in the outbox"), "{said}");
    let row = &listed(&home)[0];
    assert_eq!((&row["state"], row["failure"].is_null()), (&"queued".into(), false));
    server.ask(async |demo| demo.refuse_logins(false).await);
    let _ = home.run(&["outbox", "flush"]);
    assert_eq!(server.ask(async |demo| demo.outgoing().await).len(), 1);
}

/// From a timetable: nobody sits at a terminal.
#[test]
fn a_login_that_was_refused_is_not_repeated_by_the_next_letter() {
    let (server, home) = ready(&QQ);
    server.ask(async |demo| demo.refuse_logins(true).await);
    home.run_with(&["send", "-"], &letter(7, "")).failed();
    server.ask(async |demo| demo.refuse_logins(false).await);
    let said = home.run_with(&["send", "-"], &letter(8, "")).failed();
    assert!(said.contains("message 2 stays in the outbox") && said.contains("not tried again"), "{said}");
    assert!(server.ask(async |demo| demo.outgoing().await).is_empty());
    let _ = home.run(&["outbox", "flush"]);
    assert_eq!(server.ask(async |demo| demo.outgoing().await).len(), 2, "the user says so");
}

#[test]
fn k03_the_hongyan_that_has_the_profile_gets_the_letter() {
    let (_server, home) = ready(&PLAIN);
    home.run(&["outbox", "flush"]).good();
    let _lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
    let folder = home.path().join("run");
    let _ = std::fs::create_dir(&folder);
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (to, mut requests) = mpsc::channel(1);
    let _serving = {
        let _inside = runtime.enter();
        serve(&folder.join("socket"), to).unwrap()
    };
    std::fs::write(home.path().join("letter.eml"), letter(8, "")).unwrap();
    let child = home.start(&["send", "letter.eml"]);
    let Request { work, reply } = runtime.block_on(requests.recv()).unwrap();
    let Work::Queue(parcel) = work else { panic!("{work:?}") };
    assert_eq!((parcel.account.as_str(), parcel.message_id.as_str()), (ADDRESS, "8@hongyan.example"));
    assert!(std::fs::read_to_string(&parcel.file).unwrap().contains("letter 8"));
    reply.done();
    assert!(finish(child).good().err.contains("handed over"));
    assert!(!parcel.file.exists());
    let child = home.start(&["outbox", "retry", "7"]);
    let Request { work, reply } = runtime.block_on(requests.recv()).unwrap();
    assert_eq!(work, Work::Outbox { verb: Verb::Again, id: Some(7) });
    reply.done();
    let said = finish(child).good();
    assert!(said.err.contains("sends message 7 again"), "{said:?}");
    // What came of it is said as if it had been done here.
    for (line, came, says) in [
        (["outbox", "drop", "9"], Came::Unknown, "no number 9"),
        (["outbox", "cancel", "9"], Came::MayHaveGone, "message 9 may have been sent"),
        (["outbox", "drop", "9"], Came::TooLate, "message 9 is being sent"),
        (["outbox", "cancel", "9"], Came::NoDraft, "message 9 was made of no draft"),
    ] {
        let child = home.start(&line);
        let Request { reply, .. } = runtime.block_on(requests.recv()).unwrap();
        reply.failed(&came.failure().unwrap_err());
        let said = finish(child).failed();
        assert!(said.contains(says), "{line:?}: {said}");
    }
    let child = home.start(&["--lang", "zh-CN", "outbox", "cancel", "9"]);
    runtime.block_on(requests.recv()).unwrap().reply.failed(&Came::ForTheRest.failure().unwrap_err());
    assert!(finish(child).good().err.contains("邮件 9 有收件人已经收到"));
}

#[test]
fn when_a_message_goes_is_in_the_list() {
    let (server, home) = ready(&QQ);
    home.run_with(&["send", "-", "--later"], &letter(1, "")).good();
    let db = rusqlite::Connection::open(home.profile().join("own.db")).unwrap();
    let later = |attempts: u32| {
        db.execute("UPDATE outgoing SET hold_until = 2000000000, attempts = ?1", [attempts]).unwrap();
        home.run(&["--lang", "en", "outbox", "list"]).good().out
    };
    assert!(later(0).contains("goes at 2033-05-18 "), "{}", later(0));
    assert!(later(3).contains("waiting until 2033-05-18 "), "{}", later(3));
    assert!(home.run(&["--lang", "zh-CN", "outbox", "list"]).good().out.contains("再试"));
    assert_eq!(listed(&home)[0]["at"], "2033-05-18T03:33:20Z");
    // One that is wanted now goes now, and is named.
    let said = home.run(&["outbox", "flush"]).good();
    assert!(said.err.contains("message 1 was sent: letter 1"), "{said:?}");
    assert_eq!(server.ask(async |demo| demo.outgoing().await).len(), 1);
}

#[test]
fn a_message_that_does_not_say_whose_it_is_is_the_accounts() {
    let (_server, home) = ready(&PLAIN);
    let letter = format!("To: {ADDRESS}\r\nSubject: no From\r\n\r\nx\r\n");
    home.run_with(&["send", "--later", "-"], &letter).failed();
    let account = home.run(&["account", "list", "--json"]).json()[0]["name"].as_str().unwrap().to_owned();
    home.run_with(&["send", "--later", "--account", &account, "-"], &letter).good();
    assert_eq!(home.run(&["outbox", "list", "--json"]).json()[0]["from"], ADDRESS);
}
