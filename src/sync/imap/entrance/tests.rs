mod mad;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;

use super::*;
use crate::demo::{COREMAIL, OUTLOOK, Options, PLAIN, Personality, Toggles, serve};
use crate::model::{FolderName, Retry, Server, TlsMode, clock};
use crate::net::Dialer;
use crate::store::Standing;
use crate::sync::imap::First;
use crate::sync::tests::scripted::Scripted;
use crate::sync::{Fresh, Way};

const UNKNOWN: Manners = Manners { login_only: false, oauth_only: false, inline: false, introduce: false };
const NETEASE: Manners = Manners { login_only: true, introduce: true, ..UNKNOWN };
const OAUTH: Manners = Manners { oauth_only: true, inline: true, ..UNKNOWN };
const KEEPS_ITS_WORD: Manners = Manners { inline: true, ..UNKNOWN };

const LOGIN: &str = r#"LOGIN "u" "p""#;
// Made by another encoder.
const PLAIN_U_P: &str = "AHUAcA==";
const BEARER: &str = "dXNlcj11AWF1dGg9QmVhcmVyIHQwawEB";
const STATUS_401: &str = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZXhhbXBsZS8ifQ==";

fn token() -> Secret {
    Secret::token("t0k".into())
}

fn password() -> Secret {
    Secret::new("p".into())
}

fn with(way: &Way, manners: Manners, secret: Secret) -> Way {
    let (_, secret) = watch::channel(secret);
    let known = watch::Sender::new(way.known.borrow().clone().mannered(manners));
    Way { secret, known, ..way.clone() }
}

/// A server that offers this, and takes every login that is said to its end.
async fn server(greeting: &'static str, offers: &'static str) -> Scripted {
    Scripted::start_as(greeting, move |command| match command.split(' ').collect::<Vec<_>>().as_slice() {
        ["CAPABILITY"] if !offers.is_empty() => Some(format!("* CAPABILITY IMAP4rev1 {offers}\r\n@ OK\r\n")),
        ["AUTHENTICATE", _] => Some("+ whatever it likes\r\n".to_owned()),
        ["dQ=="] => Some("+\r\n".to_owned()),
        _ => None,
    })
    .await
}

/// What is said until the login is over.
async fn said(greeting: &'static str, offers: &'static str, manners: Manners, secret: Secret) -> Vec<String> {
    let mut server = server(greeting, offers).await;
    let way = with(&server.way(), manners, secret);
    let opened = way.connect().await;
    let heard = server.heard();
    let over = |line: &String| line.starts_with("ID ") || line.starts_with("CAPABILITY");
    let end = heard.iter().skip(1).position(over).map_or(heard.len(), |at| at + 1);
    match opened {
        Ok(_) => heard[..end].to_vec(),
        Err(failure) => vec![heard.join(" | "), format!("{}: {:?}", failure.kind.code(), failure.retry)],
    }
}

/// What it is about, the greeting, what is offered, what is known, the secret, and what is said then.
type Row = (&'static str, &'static str, &'static str, Manners, Secret, &'static [&'static str]);

#[tokio::test]
async fn every_server_hears_the_login_that_it_takes() {
    let table: [Row; 19] = [
        ("nothing known: it is asked", "hi", "IDLE", UNKNOWN, password(), &["CAPABILITY", LOGIN]),
        ("told by the greeting", "[CAPABILITY IMAP4rev1 IDLE] hi", "", UNKNOWN, password(), &[LOGIN]),
        (
            "QQ",
            "[CAPABILITY IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 NAMESPACE] QQMail",
            "",
            UNKNOWN,
            password(),
            &[LOGIN],
        ),
        ("163 by its preset", "hi", "SASL-IR AUTH=XOAUTH2", NETEASE, password(), &[LOGIN]),
        (
            "a Coremail of one's own",
            "Coremail System IMap Server Ready(x)",
            "SASL-IR AUTH=XOAUTH2",
            UNKNOWN,
            password(),
            &[LOGIN],
        ),
        (
            "Aliyun",
            "AliYun IMAP Server Ready",
            "ID SASL-IR AUTH=XOAUTH AUTH=EXTERNAL",
            UNKNOWN,
            password(),
            &["CAPABILITY", LOGIN],
        ),
        (
            "no LOGIN",
            "[CAPABILITY LOGINDISABLED AUTH=PLAIN AUTH=LOGIN] hi",
            "",
            UNKNOWN,
            password(),
            &["AUTHENTICATE PLAIN", PLAIN_U_P],
        ),
        (
            "no LOGIN, asked",
            "hi",
            "LOGINDISABLED AUTH=PLAIN",
            UNKNOWN,
            password(),
            &["CAPABILITY", "AUTHENTICATE PLAIN", PLAIN_U_P],
        ),
        (
            "no LOGIN, and no PLAIN",
            "[CAPABILITY LOGINDISABLED AUTH=LOGIN] hi",
            "",
            UNKNOWN,
            password(),
            &["AUTHENTICATE LOGIN", "dQ==", "cA=="],
        ),
        (
            "in one line only where that is known",
            "[CAPABILITY LOGINDISABLED AUTH=PLAIN SASL-IR] hi",
            "",
            UNKNOWN,
            password(),
            &["AUTHENTICATE PLAIN", PLAIN_U_P],
        ),
        (
            "in one line",
            "[CAPABILITY LOGINDISABLED AUTH=PLAIN SASL-IR] hi",
            "",
            KEEPS_ITS_WORD,
            password(),
            &["AUTHENTICATE PLAIN AHUAcA=="],
        ),
        (
            "in one line only where it is offered",
            "[CAPABILITY LOGINDISABLED AUTH=PLAIN] hi",
            "",
            KEEPS_ITS_WORD,
            password(),
            &["AUTHENTICATE PLAIN", PLAIN_U_P],
        ),
        (
            "nobody may come in here",
            "[CAPABILITY LOGINDISABLED STARTTLS] hi",
            "",
            UNKNOWN,
            password(),
            &["", "login: AfterUser"],
        ),
        (
            "tokens only, as it turns out",
            "[CAPABILITY LOGINDISABLED AUTH=XOAUTH2] hi",
            "",
            UNKNOWN,
            password(),
            &["", "login: AfterUser"],
        ),
        ("tokens only, as is known", "hi", "AUTH=PLAIN", OAUTH, password(), &["", "login: AfterUser"]),
        ("a token", "[CAPABILITY AUTH=XOAUTH2] hi", "", UNKNOWN, token(), &["AUTHENTICATE XOAUTH2", BEARER]),
        (
            "a token where it keeps its word",
            "[CAPABILITY AUTH=XOAUTH2 SASL-IR] hi",
            "",
            OAUTH,
            token(),
            &["AUTHENTICATE XOAUTH2 dXNlcj11AWF1dGg9QmVhcmVyIHQwawEB"],
        ),
        ("a token is no password", "[CAPABILITY AUTH=PLAIN] hi", "", UNKNOWN, token(), &["", "login: AfterUser"]),
        ("a token for a stranger", "hi", "AUTH=PLAIN", UNKNOWN, token(), &["CAPABILITY", "login: AfterUser"]),
    ];
    for (name, greeting, offers, manners, secret, expected) in table {
        assert_eq!(said(greeting, offers, manners, secret).await, expected, "{name}");
    }
}

#[test]
fn who_has_a_password_where_tokens_are_wanted_is_told_what_to_do() {
    let failure = Closed::WantsToken.failure("mail.example");
    let remedy = crate::remedy::against(&failure).unwrap();
    assert_eq!((failure.retry, remedy.id.as_str()), (Retry::AfterUser, "outlook-oauth"));
    assert!(remedy.en.todo.contains("token_command") && remedy.zh.todo.contains("token_command"));
    for (closed, what) in [(Closed::WantsPassword, "no tokens"), (Closed::LetsNobodyIn, "tls = \"tls\"")] {
        let failure = closed.failure("mail.example");
        assert_eq!((failure.kind, failure.retry), (FailureKind::Login, Retry::AfterUser));
        assert!(failure.said.as_str().contains(what) && crate::remedy::against(&failure).is_none(), "{failure:?}");
    }
}

/// What is offered before the login is not what can be done after it.
#[tokio::test]
async fn abilities_are_those_that_are_told_after_the_login() {
    let logged_in = AtomicUsize::new(0);
    let server = Scripted::start_as("hi", move |command| match command {
        "CAPABILITY" if logged_in.load(Ordering::SeqCst) == 0 => {
            Some("* CAPABILITY IMAP4rev1 AUTH=PLAIN MOVE\r\n@ OK\r\n".to_owned())
        }
        "CAPABILITY" => Some("* CAPABILITY IMAP4rev1 UIDPLUS\r\n@ OK\r\n".to_owned()),
        _ => {
            logged_in.fetch_add(1, Ordering::SeqCst);
            None
        }
    })
    .await;
    let session = server.way().connect().await.unwrap();
    assert!(session.abilities().uidplus && !session.abilities().r#move);
}

#[test]
fn the_status_of_a_token_is_read_and_nothing_else_is() {
    assert_eq!(status(STATUS_401), Some(401));
    assert_eq!(status("eyJzdGF0dXMiOjUwM30="), Some(503));
    for nothing in ["", "=", "whatever it likes", "eyJzdGF0dXMiOi0xfQ==", "bnVsbA==", "\u{8349}", "eyJzdGF0"] {
        assert_eq!(status(nothing), None, "{nothing}");
    }
    assert_eq!(status(&"e30".repeat(100_000)), None);
}

/// The refusal comes as a question, and is heard out.
#[tokio::test]
async fn the_status_of_a_refused_token_becomes_the_failure() {
    for (challenge, kind, said) in [
        (STATUS_401, FailureKind::Login, "status 401: failed"),
        ("eyJzdGF0dXMiOjUwM30=", FailureKind::Throttled, "status 503: failed"),
        ("Tm8=", FailureKind::Login, "failed"),
    ] {
        let mut server = Scripted::start_as("[CAPABILITY AUTH=XOAUTH2] hi", move |command| match command {
            "AUTHENTICATE XOAUTH2" => Some("+ \r\n".to_owned()),
            BEARER => Some(format!("+ {challenge}\r\n")),
            "" => Some("@ NO failed\r\n".to_owned()),
            _ => None,
        })
        .await;
        let failure = with(&server.way(), UNKNOWN, token()).connect().await.unwrap_err();
        assert_eq!((failure.kind, failure.said.as_str()), (kind, said));
        assert_eq!(server.heard(), ["AUTHENTICATE XOAUTH2", BEARER, ""]);
    }
}

#[tokio::test]
async fn each_login_asks_for_a_token_of_its_own() {
    let mut server = server("[CAPABILITY AUTH=XOAUTH2] hi", "").await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let fresh = Fresh::new(move || match count.fetch_add(1, Ordering::SeqCst) {
        2 => Err(Failure::passing(FailureKind::NoSecret, "", "no network")),
        n => Ok(Secret::token(format!("t0k{n}"))),
    });
    let way = Way { fresh: Some(fresh), ..server.way() };
    way.connect().await.unwrap();
    way.connect().await.unwrap();
    let logins = server.count("AUTHENTICATE");
    assert_eq!(way.connect().await.unwrap_err().kind, FailureKind::NoSecret);
    assert_eq!((logins, server.count("AUTHENTICATE"), asked.load(Ordering::SeqCst)), (2, 2, 3));
    let heard = server.heard();
    for coded in ["dXNlcj11AWF1dGg9QmVhcmVyIHQwazABAQ==", "dXNlcj11AWF1dGg9QmVhcmVyIHQwazEBAQ=="] {
        assert_eq!(heard.iter().filter(|line| *line == coded).count(), 1, "{heard:?}");
    }
}

#[tokio::test]
async fn a_token_that_would_say_more_than_itself_is_not_said() {
    let mut server = server("[CAPABILITY AUTH=XOAUTH2] hi", "").await;
    for odd in ["a\x01auth=Bearer b".to_owned(), "a b".to_owned(), "草".to_owned(), "x".repeat(LONGEST_TOKEN + 1)] {
        let failure = with(&server.way(), UNKNOWN, Secret::token(odd)).connect().await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Login);
    }
    assert!(server.heard().is_empty());
    let long = Secret::token("x".repeat(LONGEST_TOKEN));
    with(&server.way(), UNKNOWN, long).connect().await.unwrap();
}

/// Whoever does not know the word has not looked at the password: it is said in the other way, on another connection.
#[tokio::test]
async fn a_login_that_is_not_understood_is_said_in_another_way_and_that_is_remembered() {
    let mut server = Scripted::start_as("[CAPABILITY AUTH=PLAIN] hi", |command| match command {
        "AUTHENTICATE PLAIN" => Some("+\r\n".to_owned()),
        _ => command.starts_with("LOGIN").then(|| "@ BAD command not support\r\n".to_owned()),
    })
    .await;
    let way = with(&server.way(), UNKNOWN, password());
    way.connect().await.unwrap();
    assert!(way.known.borrow().quirks.has(Quirk::NoLogin));
    assert_eq!(way.take_evidence(), [(Quirk::NoLogin, "LOGIN: BAD, OK when said in another way".to_owned())]);
    way.connect().await.unwrap();
    assert_eq!((server.count("LOGIN"), server.count("AUTHENTICATE"), server.count(PLAIN_U_P)), (1, 2, 2));
}

#[tokio::test]
async fn what_was_refused_as_a_password_is_not_said_in_another_way() {
    for answer in ["@ NO wrong\r\n", "@ BAD [AUTHENTICATIONFAILED] wrong\r\n", "* BYE\r\n", "+\r\n@ NO wrong\r\n"] {
        let mut server = Scripted::start_as("[CAPABILITY AUTH=PLAIN SASL-IR] hi", move |command| {
            command.starts_with("LOGIN").then(|| answer.to_owned())
        })
        .await;
        with(&server.way(), KEEPS_ITS_WORD, password()).connect().await.unwrap_err();
        assert_eq!(server.heard(), [r#"LOGIN "u" "p""#], "{answer}");
    }
}

/// It may have been the password: nothing is said at once. The next login shows what it was.
#[tokio::test]
async fn a_line_that_is_refused_only_as_a_whole_is_learned_without_a_second_try() {
    let mut server = Scripted::start_as("[CAPABILITY LOGINDISABLED AUTH=PLAIN SASL-IR] hi", |command| {
        match command.split(' ').collect::<Vec<_>>().as_slice() {
            ["AUTHENTICATE", "PLAIN"] => Some("+\r\n".to_owned()),
            ["AUTHENTICATE", "PLAIN", _] => Some("@ NO AUTHENTICATE failed\r\n".to_owned()),
            _ => None,
        }
    })
    .await;
    let way = with(&server.way(), KEEPS_ITS_WORD, password());
    assert_eq!(way.connect().await.unwrap_err().kind, FailureKind::Login);
    assert_eq!((server.count("AUTHENTICATE"), way.known.borrow().quirks.has(Quirk::NoInline)), (1, false));
    way.connect().await.unwrap();
    assert!(way.known.borrow().quirks.has(Quirk::NoInline));
    assert_eq!(way.take_evidence().len(), 1);
    assert_eq!(server.count(PLAIN_U_P), 1);
}

/// A server that takes this password only, however it is said, and refuses others in these words.
async fn takes(right: &'static str, words: &'static str) -> Scripted {
    Scripted::start_as("[CAPABILITY LOGINDISABLED AUTH=PLAIN SASL-IR] hi", move |command| {
        match command.split(' ').collect::<Vec<_>>().as_slice() {
            ["AUTHENTICATE", "PLAIN"] => Some("+\r\n".to_owned()),
            ["AUTHENTICATE", "PLAIN", coded] => (*coded != right).then(|| format!("@ NO {words}\r\n")),
            _ => None,
        }
    })
    .await
}

/// It was the password: with the right one it goes in one line.
#[tokio::test]
async fn a_wrong_password_teaches_nothing_about_lines() {
    // The password `q`.
    let right = "AHUAcQ==";
    for (words, doubted) in [("AUTHENTICATE failed", true), ("LOGIN Login error or password error", false)] {
        let mut server = takes(right, words).await;
        let (secrets, secret) = watch::channel(password());
        let way = Way { secret, ..with(&server.way(), KEEPS_ITS_WORD, password()) };
        assert_eq!(way.connect().await.unwrap_err().kind, FailureKind::Login, "{words}");
        assert_eq!(way.known.borrow().suspects(Quirk::NoInline), doubted, "{words}");
        secrets.send_replace(Secret::new("q".into()));
        for _ in 0..2 {
            way.connect().await.unwrap();
            assert!(!way.known.borrow().suspects(Quirk::NoInline), "{words}");
        }
        assert!(way.take_evidence().is_empty(), "{words}");
        assert!(server.count(&format!("AUTHENTICATE PLAIN {right}")) > 0, "{words}");
    }
}

/// Each login has a token of its own: it is said in two steps as long as the program runs, and that is all.
#[tokio::test]
async fn a_token_that_was_refused_teaches_nothing_that_is_kept() {
    let server = Scripted::start_as("[CAPABILITY AUTH=XOAUTH2 SASL-IR] hi", |command| {
        match command.split(' ').collect::<Vec<_>>().as_slice() {
            ["AUTHENTICATE", "XOAUTH2"] => Some("+\r\n".to_owned()),
            ["AUTHENTICATE", "XOAUTH2", _] => Some("@ NO AUTHENTICATE failed\r\n".to_owned()),
            _ => None,
        }
    })
    .await;
    let count = AtomicUsize::new(0);
    let fresh = Fresh::new(move || Ok(Secret::token(format!("t0k{}", count.fetch_add(1, Ordering::SeqCst)))));
    let way = Way { fresh: Some(fresh), ..with(&server.way(), OAUTH, token()) };
    way.connect().await.unwrap_err();
    for _ in 0..2 {
        way.connect().await.unwrap();
        assert!(way.known.borrow().suspects(Quirk::NoInline) && !way.known.borrow().quirks.has(Quirk::NoInline));
    }
    assert!(way.take_evidence().is_empty());
}

/// What is known of the words is not lost beside the status.
#[tokio::test]
async fn a_status_leaves_remedy_and_patience_as_they_are() {
    for (challenge, words, remedy, retry, kind) in [
        (
            STATUS_401,
            "LOGIN User is authenticated but not connected",
            Some("outlook-not-connected"),
            Retry::AfterUser,
            FailureKind::Refused,
        ),
        (STATUS_401, "System busy!", Some("qq-busy"), Retry::Patience, FailureKind::Throttled),
        ("eyJzdGF0dXMiOjUwM30=", "System busy!", Some("qq-busy"), Retry::Patience, FailureKind::Throttled),
        ("eyJzdGF0dXMiOjUwM30=", "[AUTHENTICATIONFAILED] no (Failure)", None, Retry::Later, FailureKind::Throttled),
    ] {
        let server = Scripted::start_as("[CAPABILITY AUTH=XOAUTH2] hi", move |command| match command {
            "AUTHENTICATE XOAUTH2" => Some("+ \r\n".to_owned()),
            BEARER => Some(format!("+ {challenge}\r\n")),
            "" => Some(format!("@ NO {words}\r\n")),
            _ => None,
        })
        .await;
        let failure = with(&server.way(), UNKNOWN, token()).connect().await.unwrap_err();
        assert_eq!((failure.remedy, failure.retry, failure.kind), (remedy, retry, kind), "{words}");
        assert!(failure.said.as_str().starts_with("status "), "{failure:?}");
    }
}

fn demo_way(demo: &crate::demo::Demo, folder: &std::path::Path, secret: Secret, manners: Manners) -> Way {
    let ca = folder.join("ca.pem");
    std::fs::write(&ca, &demo.ca_pem).unwrap();
    let dialer = Dialer { ca_file: Some(ca), ..Dialer::default() };
    let server = Server { host: "localhost".into(), port: demo.tls.port(), tls: TlsMode::Tls };
    let way = Way::new(dialer, server, "demo@hongyan.example".into(), secret);
    way.known.send_modify(|known| known.manners = manners);
    way
}

fn home() -> First {
    let inbox = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    First { folders: true, home: Some((inbox, Standing::default())) }
}

/// As Outlook, Coremail and others do it, from a server that did not come from this file.
#[tokio::test]
async fn tokens_are_taken_by_those_who_want_them() {
    const ELSEWHERE: Personality = Personality {
        toggles: Toggles { not_connected: Some("User is authenticated but not connected."), ..OUTLOOK.toggles },
        ..OUTLOOK
    };
    let dir = tempfile::tempdir().unwrap();
    for (personality, manners, secret, lets_in, tried) in [
        (&OUTLOOK, OAUTH, Secret::token("good".into()), true, 1),
        (&OUTLOOK, UNKNOWN, Secret::token("good".into()), true, 1),
        (&OUTLOOK, OAUTH, Secret::token("bad".into()), false, 1),
        (&OUTLOOK, UNKNOWN, Secret::new("secret".into()), false, 0),
        // It offers to take it in one line, and lies: that is not tried at a Coremail.
        (&COREMAIL, KEEPS_ITS_WORD, Secret::token("good".into()), true, 1),
        (&COREMAIL, UNKNOWN, Secret::token("good".into()), true, 1),
        (&COREMAIL, NETEASE, Secret::new("secret".into()), true, 1),
        (&ELSEWHERE, OAUTH, Secret::token("good".into()), true, 1),
        (&PLAIN, UNKNOWN, Secret::token("good".into()), false, 0),
    ] {
        let options =
            Options { token: Some("good".into()), personality, messages: 3, ..Options::new(clock::now(), "secret") };
        let demo = serve(options).await.unwrap();
        let way = demo_way(&demo, dir.path(), secret, manners);
        let opened = way.connect_and(home()).await;
        assert_eq!(opened.is_ok(), lets_in, "{}: {:?}", personality.name, opened.err());
        assert_eq!(demo.logins().await.unwrap(), tried, "{}", personality.name);
        if let Ok(mut session) = opened {
            let looked = session.look_into(&home().home.unwrap().0).await;
            assert_eq!(looked.is_ok(), personality.toggles.not_connected.is_none(), "{}", personality.name);
        }
    }
}

/// Whoever is let in and shown nothing says once more, on another connection, who it is.
#[tokio::test]
async fn i19_who_is_not_believed_says_once_more_who_it_is_and_no_more() {
    const NEVER: Personality =
        Personality { toggles: Toggles { gate_stays_shut: true, ..COREMAIL.toggles }, ..COREMAIL };
    let dir = tempfile::tempdir().unwrap();
    let demo =
        serve(Options { personality: &NEVER, messages: 3, ..Options::new(clock::now(), "secret") }).await.unwrap();
    let way = demo_way(&demo, dir.path(), password(), NETEASE);
    let way = with(&way, NETEASE, Secret::new("secret".into()));
    let session = way.connect_and(home()).await.unwrap();
    assert_eq!(session.trust().unwrap().unwrap_err().kind, FailureKind::Mistrusted);
    assert_eq!(demo.logins().await.unwrap(), 2);
    assert!(way.is_shut(), "a second connection would be one more login");
    way.connect().await.unwrap();
    assert!(way.is_shut(), "it has not even tried to open a folder");
    // What the user asks for later is one login.
    way.connect_and(home()).await.unwrap();
    assert_eq!(demo.logins().await.unwrap(), 4);
    let said = demo.said().await.unwrap();
    let ids: Vec<&String> = said.iter().filter(|line| line.contains(" ID ")).collect();
    assert_eq!(ids.len(), 4);
    for id in ids {
        assert!(id.ends_with(INTRODUCTION_OF_TESTS), "{id}");
    }
}

const INTRODUCTION_OF_TESTS: &str =
    concat!(" ID (\"name\" \"hongyan\" \"version\" \"", env!("CARGO_PKG_VERSION"), "\" \"vendor\" \"hongyan\")");
