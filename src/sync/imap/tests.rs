//! A session with servers that answer something else than what they were asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::model::{Failure, FailureKind, Flags, FolderName, Secret, Server, Timestamp, TlsMode};
use crate::net::Dialer;
use crate::store::{Incoming, Outcome, Spool, Spot, Want, Whole};
use crate::sync::tests::scripted::Scripted;
use crate::sync::{Marked, Remote as _, Sink, Span, Way};

#[derive(Default)]
struct Rows(Vec<Incoming>);

impl Sink for Rows {
    async fn take(&mut self, batch: Vec<Incoming>) -> Result<(), Failure> {
        self.0.extend(batch);
        Ok(())
    }
}

fn inbox() -> FolderName {
    FolderName { wire: b"INBOX".to_vec(), delimiter: None }
}

/// A session with a server that has so many messages and answers FETCH like this.
async fn session(messages: usize, fetch: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Session {
    let server = Scripted::start(move |command| {
        if command.starts_with("SELECT") {
            return Some(format!("* {messages} EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n"));
        }
        command.contains("FETCH").then(|| fetch(command)).flatten()
    })
    .await;
    let mut session = server.way().connect().await.unwrap();
    session.open(&inbox(), &crate::store::Standing::default()).await.unwrap();
    session
}

fn row(seq: u32, uid: u32) -> String {
    format!(
        "* {seq} FETCH (UID {uid} FLAGS (\\Seen) RFC822.SIZE 9 BODY[HEADER.FIELDS (SUBJECT)] {{14}}\r\nSubject: a\r\n\r\n)\r\n"
    )
}

#[tokio::test]
async fn i06_one_that_nobody_understands_among_a_thousand_is_a_row_all_the_same() {
    let mut remote = session(1000, |_| {
        let mut said: String = (1..=1000)
            .map(|n| match n {
                500 => "* 500 FETCH (UID 500 BODY[HEADER.FIELDS (SUBJECT) \"what (((\r\n".to_owned(),
                n => row(n, n),
            })
            .collect();
        said.push_str("@ OK\r\n");
        Some(said)
    })
    .await;
    let mut rows = Rows::default();
    remote.headers(Span::Above(0), &mut rows).await.unwrap();
    assert_eq!(rows.0.len(), 1000);
    let odd = &rows.0[499];
    assert_eq!((odd.uid, odd.raw.len(), odd.headers.subject.as_untrusted()), (500, 0, ""));
    assert_eq!(rows.0[500].headers.subject.as_untrusted(), "a");
}

#[tokio::test]
async fn i10_what_was_not_asked_for_is_no_answer() {
    let told = "* 7 FETCH (UID 70 BODY[] \"other\" FLAGS ())\r\n* LIST () NIL x\r\n* SEARCH 1\r\n* 99 EXPUNGE\r\n\
        * STATUS other (MESSAGES 9)\r\n* 1 FETCH (FLAGS (\\Seen))\r\n+ what\r\n* 3 FETCH (UID 30 FLAGS (\\Flagged))\r\n";
    let mut remote = session(9, move |_| Some(format!("{told}{}{}@ OK\r\n", row(8, 80), row(2, 20)))).await;
    for (span, uids) in [
        (Span::These(&[20]), &[20][..]),
        (Span::Above(79), &[80]),
        (Span::Newest { skip: 0, count: 3 }, &[80]),
        (Span::These(&[5]), &[]),
    ] {
        let mut rows = Rows::default();
        remote.headers(span, &mut rows).await.unwrap();
        assert_eq!(rows.0.iter().map(|row| row.uid).collect::<Vec<_>>(), uids, "{span:?}");
    }
    assert!(remote.bodies(&[FIVE]).await.unwrap().is_empty());
    assert_eq!(remote.news().flags.iter().filter(|(uid, _)| *uid == 30).count(), 5, "news it is all the same");
}

#[tokio::test]
async fn i11_an_answer_to_another_question_ends_the_connection() {
    for said in ["A0001 OK\r\n@ OK\r\n", "@1 OK\r\n", "H1 NO\r\n@ OK\r\n", "\u{8349} OK\r\n@ OK\r\n"] {
        let mut remote = session(1, move |_| Some(said.to_owned())).await;
        let failure = remote.enumerate().await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Protocol, "{said}");
    }
}

/// Dovecot does it over a compressed line: rows of both before the end of either, and the ends in any order.
#[tokio::test]
async fn answers_to_two_questions_may_come_mixed() {
    for ends in ["← OK\r\n@ OK\r\n", "@ OK\r\n← OK\r\n"] {
        let mut remote = session(1_000, move |command| {
            let (first, last) = command.strip_prefix("FETCH ")?.split_once(' ')?.0.split_once(':')?;
            let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
            // Nothing is said before the second question has come.
            if last == 1_000 {
                return Some(String::new());
            }
            let size = last + 1 - first;
            let mixed: String = (first..=last).flat_map(|n| [row(n, n), row(n + size, n + size)]).collect();
            Some(format!("{mixed}{ends}"))
        })
        .await;
        let mut rows = Rows::default();
        remote.headers(Span::Newest { skip: 0, count: 1_000 }, &mut rows).await.unwrap();
        let mut uids: Vec<u32> = rows.0.iter().map(|row| row.uid).collect();
        uids.sort_unstable();
        assert!(uids.iter().copied().eq(1..=1_000), "{ends}: {} rows", uids.len());
        assert_eq!(remote.open_questions(), 0);
    }
}

/// New mail is asked for behind the SELECT, and may be told before the spots are.
#[tokio::test]
async fn rows_that_come_before_their_turn_are_kept_for_it() {
    for ends in ["← OK\r\n@ OK\r\n", "@ OK\r\n← OK\r\n"] {
        let server = Scripted::start(move |command| {
            if command.starts_with("SELECT") {
                return Some("* 7 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n".to_owned());
            }
            if command.starts_with("UID FETCH 5 ") {
                return Some(String::new());
            }
            let spot = "* 5 FETCH (UID 5 RFC822.SIZE 6 INTERNALDATE \"01-Jan-1970 00:00:01 +0000\")\r\n";
            command.starts_with("UID FETCH 6:* ").then(|| format!("{}{spot}{}{ends}", row(6, 6), row(7, 7)))
        })
        .await;
        let mut remote = server.way().connect().await.unwrap();
        let standing = crate::store::Standing { uidvalidity: 3, highest: 5, spots: vec![FIVE], ..Default::default() };
        remote.open(&inbox(), &standing).await.unwrap();
        let mut rows = Rows::default();
        remote.headers(Span::Above(5), &mut rows).await.unwrap();
        assert_eq!(rows.0.iter().map(|row| row.uid).collect::<Vec<_>>(), [6, 7], "{ends}");
        assert_eq!(remote.open_questions(), 0);
    }
}

/// Dovecot says everything it has to say before the end of the first of several questions.
#[tokio::test]
async fn lists_of_flags_are_told_apart_by_their_tags() {
    const NEWEST: &str = "* 5 FETCH (UID 50 FLAGS (\\Seen))\r\n* 6 FETCH (UID 60 FLAGS (\\Flagged))\r\n";
    const ENDS: &str = "⇐ OK\r\n← OK\r\n@ OK\r\n";
    let unseen = Marked { flag: Flags::SEEN, set: false, places: vec![1, 6] };
    let flagged = Marked { flag: Flags::FLAGGED, set: true, places: vec![2, 3, 6] };
    for (capability, searches, right) in [
        ("ESEARCH", "* ESEARCH (TAG \"←\") ALL 1,6\r\n* ESEARCH (TAG \"@\") ALL 2:3,6\r\n", true),
        ("ESEARCH", "* ESEARCH (TAG \"@\") ALL 2:3,6\r\n* ESEARCH (TAG \"←\") ALL 1,6\r\n", true),
        ("ESEARCH", "* ESEARCH (TAG \"@\") ALL 2:3,6\r\n", false),
        ("IDLE", "* SEARCH 1 6\r\n* SEARCH 2 3 6\r\n", true),
        // Which one is missing nobody can know.
        ("IDLE", "* SEARCH 1 6\r\n", false),
        ("IDLE", "", false),
    ] {
        let server = Scripted::start(move |command| {
            let said = match command.split(' ').next()? {
                "CAPABILITY" => format!("* CAPABILITY IMAP4rev1 {capability}\r\n@ OK\r\n"),
                "SELECT" => "* 6 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n".to_owned(),
                "FETCH" => String::new(),
                "SEARCH" if command.ends_with("UNSEEN") => String::new(),
                "SEARCH" => format!("{NEWEST}{searches}{ENDS}"),
                _ => return None,
            };
            Some(said)
        })
        .await;
        let mut remote = server.way().connect().await.unwrap();
        remote.open(&inbox(), &crate::store::Standing::default()).await.unwrap();
        let survey = remote.look_over(2, &[(Flags::SEEN, false), (Flags::FLAGGED, true)]).await.unwrap();
        assert_eq!(survey.newest, [(50, Flags::SEEN), (60, Flags::FLAGGED)]);
        assert_eq!(survey.lists, right.then(|| vec![unseen.clone(), flagged.clone()]), "{searches}");
    }
}

fn wish(uid: u32) -> Want {
    Want {
        id: uid.into(),
        revision: 1,
        account: "a".into(),
        folder: b"INBOX".to_vec(),
        uidvalidity: 3,
        uid,
        msgid: String::new(),
        size: 0,
        arrival: Timestamp(0),
        add: Flags::SEEN,
        remove: Flags::NONE,
        aim: crate::store::Aim::default(),
    }
}

#[tokio::test]
async fn one_wish_that_is_not_understood_takes_no_other_along() {
    let wishes: Vec<Want> = (1..=100).map(|n| wish(n * 3)).collect();
    let named = |command: &str| {
        let set = command.split(' ').nth(2).unwrap_or_default().to_owned();
        set.split(',').any(|part| part == "33")
    };
    for (sees, refused, later) in [(true, vec![33], 0), (false, vec![], 1)] {
        let server = Scripted::start(move |command| match command.split(' ').nth(1)? {
            _ if command.starts_with("SELECT") => None,
            "STORE" if named(command) => Some("@ BAD what\r\n".to_owned()),
            "FETCH" if sees => Some("* 11 FETCH (UID 33 FLAGS ())\r\n@ OK\r\n".to_owned()),
            "FETCH" => Some("@ BAD no folder\r\n".to_owned()),
            _ => None,
        })
        .await;
        let mut remote = server.way().connect().await.unwrap();
        remote.open(&inbox(), &crate::store::Standing::default()).await.unwrap();
        let settled = remote.push(&wishes).await.unwrap();
        let of = |which: Outcome| {
            settled.iter().filter(|(_, outcome)| *outcome == which).map(|(want, _)| want.uid).collect::<Vec<_>>()
        };
        assert_eq!((of(Outcome::Refused), of(Outcome::Later).len()), (refused, later));
        assert_eq!(of(Outcome::Agreed).len(), 99);
    }
}

#[tokio::test]
async fn wishes_wait_for_a_server_that_understands_nothing() {
    let wishes: Vec<Want> = (1..=500).map(|n| wish(n * 2)).collect();
    let mut server = Scripted::start(|command| command.starts_with("UID").then(|| "@ BAD what\r\n".to_owned())).await;
    let mut remote = server.way().connect().await.unwrap();
    remote.open(&inbox(), &crate::store::Standing::default()).await.unwrap();
    let settled = remote.push(&wishes).await.unwrap();
    assert_eq!(settled.len(), 500);
    assert!(settled.iter().all(|(_, outcome)| *outcome == Outcome::Later));
    assert!(server.count("UID STORE") < 120, "{}", server.count("UID STORE"));
}

#[tokio::test]
async fn i05_a_tagged_line_in_any_words_ends_its_command() {
    for said in ["@ OK\r\n", "@ OK \u{5b8c}\u{6210}\r\n", "@ ok\n", "@ OK [WHAT (((]]] {7}\r\n"] {
        let mut remote = session(1, move |_| Some(said.to_owned())).await;
        assert!(remote.enumerate().await.unwrap().is_empty(), "{said}");
    }
}

const FIVE: Spot = Spot { uid: 5, size: 6, arrival: Timestamp(1) };

/// A server that came back from a backup gives its numbers to other messages, and may keep its word that they are the same.
#[tokio::test]
async fn i09_a_body_with_the_number_of_another_message_is_not_taken() {
    let (ours, other) = ("01-Jan-1970 00:00:01 +0000", "02-Jan-1970 00:00:01 +0000");
    for (size, told, taken) in [
        (6, format!("RFC822.SIZE 6 INTERNALDATE {ours:?}"), true),
        (9, format!("RFC822.SIZE 9 INTERNALDATE {other:?}"), false),
        // Servers count differently from day to day, and some tell another date: one of the two is no sign.
        (9, format!("RFC822.SIZE 9 INTERNALDATE {ours:?}"), true),
        (6, format!("RFC822.SIZE 6 INTERNALDATE {other:?}"), true),
        (9, "RFC822.SIZE 9".to_owned(), true),
        (9, format!("INTERNALDATE {other:?}"), true),
    ] {
        let said = format!("* 1 FETCH (UID 5 {told} BODY[] {{{size}}}\r\n{})\r\n@ OK\r\n", "x".repeat(size));
        let mut remote = session(9, move |_| Some(said.clone())).await;
        assert_eq!(remote.bodies(&[FIVE]).await.unwrap().len(), usize::from(taken), "{told}");
    }
}

/// What is answered when a body is asked for: once, and then again.
async fn body_of(first: &'static str, again: &'static str) -> (Result<Vec<(u32, Whole)>, Failure>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let mut remote = session(9, move |_| {
        let said = if count.fetch_add(1, Ordering::Relaxed) == 0 { first } else { again };
        Some(format!("{said}@ OK\r\n"))
    })
    .await;
    let answer = remote.bodies(&[FIVE]).await;
    (answer, asked.load(Ordering::Relaxed))
}

#[tokio::test]
async fn i21_half_a_message_is_not_taken_for_it() {
    const WHOLE: &str = "* 1 FETCH (UID 5 RFC822.SIZE 6 BODY[] {6}\r\nabcdef)\r\n";
    const HALF: &str = "* 1 FETCH (UID 5 RFC822.SIZE 6 BODY[] {3}\r\nabc)\r\n";
    const LESS: &str = "* 1 FETCH (UID 5 RFC822.SIZE 6 BODY[] \"ab\")\r\n";
    const NIL: &str = "* 1 FETCH (UID 5 RFC822.SIZE 6 BODY[] NIL)\r\n";
    const EMPTY: &str = "* 1 FETCH (UID 5 BODY[] {0}\r\n)\r\n";
    const OTHER: &str = "* 1 FETCH (UID 6 RFC822.SIZE 6 BODY[] {6}\r\nabcdef)\r\n";
    for (first, again, kept, asked) in [
        (WHOLE, "", Some("abcdef"), 1),
        (HALF, WHOLE, Some("abcdef"), 2),
        // It insists: that is all that there is.
        (HALF, HALF, Some("abc"), 2),
        (NIL, WHOLE, Some("abcdef"), 2),
        (EMPTY, WHOLE, Some("abcdef"), 2),
    ] {
        let (answer, times) = body_of(first, again).await;
        let found = answer.unwrap();
        let kept = kept.map(|kept| (5, Whole::Bytes(kept.as_bytes().to_vec())));
        assert_eq!((found.into_iter().next(), times), (kept, asked), "{first}{again}");
    }
    for (first, again) in [(HALF, LESS), (NIL, NIL), (EMPTY, EMPTY), (NIL, ""), (HALF, OTHER)] {
        assert_eq!(body_of(first, again).await.0.unwrap_err().kind, FailureKind::Protocol, "{first}{again}");
    }
    // Somebody else's, and nothing at all: it is gone.
    assert!(body_of(OTHER, OTHER).await.0.unwrap().is_empty());
    assert!(body_of("", "").await.0.unwrap().is_empty());
}

#[tokio::test]
async fn i02_a_message_that_stops_in_the_middle_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    for spooled in [false, true] {
        let mut remote = session(9, |_| Some("* 1 FETCH (UID 5 BODY[] {500000000}\r\nFrom: nobody".to_owned())).await;
        if spooled {
            remote.spool_into(Spool::of(dir.path()));
        }
        assert_eq!(remote.bodies(&[FIVE]).await.unwrap_err().kind, FailureKind::TimedOut);
    }
}

#[tokio::test]
async fn a_body_that_the_disk_does_not_take_is_told() {
    let large = "x".repeat(2 * 1024 * 1024);
    let said = format!("* 1 FETCH (UID 5 RFC822.SIZE {0} BODY[] {{{0}}}\r\n{large})\r\n@ OK\r\n", large.len());
    let dir = tempfile::tempdir().unwrap();
    for full in [false, true] {
        let said = said.clone();
        let mut remote = session(9, move |_| Some(said.clone())).await;
        if full {
            std::fs::remove_dir(dir.path().join("spool")).unwrap();
            std::fs::write(dir.path().join("spool"), "in the way").unwrap();
        }
        remote.spool_into(Spool::of(dir.path()));
        match remote.bodies(&[FIVE]).await {
            Ok(found) => assert!(!full && matches!(&found[..], [(5, Whole::File(_))]) && found[0].1.size() == 2 << 20),
            Err(failure) => assert!(full && failure.kind == FailureKind::Disk, "{failure:?}"),
        }
    }
}

/// What a server hears of a login.
async fn login_heard(login: &str, secret: &str) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let hearing = tokio::spawn(async move {
        let mut tcp = BufReader::new(listener.accept().await.unwrap().0);
        tcp.write_all(b"* OK [CAPABILITY IMAP4rev1] hello\r\n").await.unwrap();
        let mut heard = Vec::new();
        loop {
            let from = heard.len();
            tcp.read_until(b'\n', &mut heard).await.unwrap();
            let line = String::from_utf8_lossy(&heard[from..]).into_owned();
            let Some(size) = line.strip_suffix("}\r\n").and_then(|line| line.rsplit_once('{')) else { break };
            tcp.write_all(b"* OK a word between\r\n+\r\n").await.unwrap();
            let mut literal = vec![0; size.1.parse().unwrap()];
            tcp.read_exact(&mut literal).await.unwrap();
            heard.extend_from_slice(&literal);
        }
        let words = heard.iter().position(|byte| *byte == b' ').unwrap();
        heard.split_off(words + 1)
    });
    let server = Server { host: "127.0.0.1".into(), port, tls: TlsMode::None };
    let way = Way::new(Dialer::default(), server, login.into(), Secret::new(secret.into()));
    assert!(way.connect().await.is_err());
    hearing.await.unwrap()
}

#[tokio::test]
async fn i15_a_password_of_any_letters_is_only_a_password() {
    assert_eq!(login_heard("u@example.com", "p\\\"q {3}").await, b"LOGIN \"u@example.com\" \"p\\\\\\\"q {3}\"\r\n");
    assert_eq!(login_heard("u", "密码").await, "LOGIN \"u\" {6}\r\n密码\r\n".as_bytes());
    assert_eq!(login_heard("用", "\t").await, "LOGIN {3}\r\n用 {1}\r\n\t\r\n".as_bytes());
    let long = "x".repeat(1024);
    assert_eq!(login_heard("u", &long).await, format!("LOGIN \"u\" \"{long}\"\r\n").as_bytes());
    for (login, secret) in [("u", "p\r\nA1 DELETE INBOX"), ("u\n", "p"), ("u", "p\0")] {
        // Nobody is there to connect to: it is refused before that.
        let server = Server { host: "127.0.0.1".into(), port: 1, tls: TlsMode::None };
        let way = Way::new(Dialer::default(), server, login.into(), Secret::new(secret.into()));
        assert_eq!(way.connect().await.unwrap_err().kind, FailureKind::Login);
    }
}
