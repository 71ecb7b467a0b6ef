//! The first words: the greeting, who we are, and the ways to log in, against servers that stand here line by line.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::demo::{COREMAIL, PLAIN, QQ};
use crate::model::{FailureKind, Retry};

/// Says the greeting, and to each line the next answer; then hangs up. What it heard can be asked for.
fn scripted(greeting: &'static str, answers: &'static [&'static str]) -> (Opened, UnboundedReceiver<String>) {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (heard, hearing) = unbounded_channel();
    tokio::spawn(async move {
        let mut far = BufReader::new(far);
        far.write_all(greeting.as_bytes()).await.unwrap();
        let mut answers = answers.iter();
        let mut line = String::new();
        while let Ok(1..) = far.read_line(&mut line).await {
            let _ = heard.send(std::mem::take(&mut line).trim_end().to_owned());
            let Some(answer) = answers.next() else { return };
            let _ = far.write_all(answer.as_bytes()).await;
        }
    });
    (line(near), hearing)
}

async fn enter(
    (opened, mut hearing): (Opened, UnboundedReceiver<String>),
    secret: Secret,
    manners: Manners,
) -> (Result<Session, Failure>, Vec<String>) {
    let session = Session::over(opened, &server(), &Tap::default(), ME, &secret, manners).await;
    let mut heard = Vec::new();
    while let Ok(line) = hearing.try_recv() {
        heard.push(line);
    }
    (session, heard)
}

fn password() -> Secret {
    Secret::new(SECRET.into())
}

const HELLO: &str = "EHLO [127.0.0.1]";
const USER_CODED: &str = "ZGVtb0Bob25neWFuLmV4YW1wbGU=";
const SECRET_CODED: &str = "Y2FuYXJ5LTczOTEtV2lsZGdhbnM=";
const BOTH_CODED: &str = "AGRlbW9AaG9uZ3lhbi5leGFtcGxlAGNhbmFyeS03MzkxLVdpbGRnYW5z";

#[tokio::test]
async fn a_wrong_secret_is_said_once_and_what_helps_is_known() {
    for (personality, remedy) in
        [(&QQ, "qq-code-or-rate"), (&COREMAIL, "netease-smtp-login"), (&PLAIN, "wrong-password")]
    {
        let demo = demo(personality);
        let failure = open_as(&demo, Secret::new("not this one".into()), manners()).await.unwrap_err();
        assert_eq!((failure.kind, failure.remedy), (FailureKind::Login, Some(remedy)));
        assert_eq!(demo.submission_visits().await.unwrap(), (1, 1));
    }
}

#[tokio::test]
async fn the_way_in_is_one_that_is_offered() {
    let plain = format!("AUTH PLAIN {BOTH_CODED}");
    let ways: &[(&'static [&'static str], Vec<&str>)] = &[
        (&["250-x\r\n250 AUTH PLAIN LOGIN\r\n", "235 ok\r\n"], vec![HELLO, &plain]),
        (
            &["250-x\r\n250 AUTH=LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 ok\r\n"],
            vec![HELLO, "AUTH LOGIN", USER_CODED, SECRET_CODED],
        ),
        // Nobody has looked at the secret yet.
        (
            &["250-x\r\n250 AUTH LOGIN PLAIN\r\n", "504 what\r\n", "334 x\r\n", "334 y\r\n", "235 ok\r\n"],
            vec![HELLO, &plain, "AUTH LOGIN", USER_CODED, SECRET_CODED],
        ),
        // A relay that knows us otherwise, and one that is so old that it knows HELO only.
        (&["250 x\r\n"], vec![HELLO]),
        (&["502 what\r\n", "250-x\r\n250-SIZE 73400320\r\n250 OK\r\n"], vec![HELLO, "HELO [127.0.0.1]"]),
    ];
    for (answers, said) in ways {
        let (session, heard) = enter(scripted("220-x\r\n220 y\r\n", answers), password(), manners()).await;
        assert!(session.is_ok(), "{answers:?}: {session:?}");
        assert_eq!(heard, *said);
    }
}

#[tokio::test]
async fn what_was_refused_is_not_said_in_another_way() {
    let refused: &'static [&'static str] = &["250-x\r\n250 AUTH PLAIN LOGIN\r\n", "535 no\r\n"];
    let (session, heard) = enter(scripted("220 x\r\n", refused), password(), manners()).await;
    let failure = session.unwrap_err();
    assert_eq!((failure.kind, failure.retry, heard.len()), (FailureKind::Login, Retry::AfterUser, 2));
    let busy: &'static [&'static str] = &["250-x\r\n250 AUTH PLAIN LOGIN\r\n", "421 4.7.0 not now\r\n"];
    // Of a server that cannot look at secrets just now nothing is learned about this one.
    let broken: &'static [&'static str] = &["250-x\r\n250 AUTH PLAIN LOGIN\r\n", "454 4.7.0 not now\r\n"];
    for (says, kind, retry) in
        [(busy, FailureKind::Throttled, Retry::Patience), (broken, FailureKind::Refused, Retry::Later)]
    {
        let (session, heard) = enter(scripted("220 x\r\n", says), password(), manners()).await;
        let failure = session.unwrap_err();
        assert_eq!((failure.kind, failure.retry, heard.len()), (kind, retry, 2));
    }
    let endless: &'static [&'static str] =
        &["250-x\r\n250 AUTH LOGIN\r\n", "334 x\r\n", "334 y\r\n", "334 z\r\n", "334 z\r\n"];
    let (session, heard) = enter(scripted("220 x\r\n", endless), password(), manners()).await;
    assert_eq!(session.unwrap_err().kind, FailureKind::Protocol);
    assert_eq!(heard.iter().filter(|line| *line == SECRET_CODED).count(), 1);
    // What asks for a letter asks for no secret.
    let hasty: &'static [&'static str] = &["250-x\r\n250 AUTH LOGIN\r\n", "354 go\r\n", "354 go\r\n"];
    let (session, heard) = enter(scripted("220 x\r\n", hasty), password(), manners()).await;
    assert_eq!(session.unwrap_err().kind, FailureKind::Protocol);
    assert!(heard.iter().all(|line| *line != USER_CODED && *line != SECRET_CODED), "{heard:?}");
    // Nobody was asked who we are.
    let admits: &'static [&'static str] = &["250-x\r\n250 AUTH LOGIN\r\n", "235 come in\r\n"];
    let (session, _) = enter(scripted("220 x\r\n", admits), password(), manners()).await;
    assert_eq!(session.unwrap_err().kind, FailureKind::Protocol);
}

#[tokio::test]
async fn a_token_goes_where_tokens_are_taken_and_a_password_does_not() {
    let token = || Secret::token("t0k3n".into());
    let taken: &'static [&'static str] = &["250-x\r\n250 AUTH PLAIN XOAUTH2\r\n", "235 ok\r\n"];
    let (session, heard) = enter(scripted("220 x\r\n", taken), token(), manners()).await;
    assert!(session.is_ok());
    assert_eq!(heard[1], "AUTH XOAUTH2 dXNlcj1kZW1vQGhvbmd5YW4uZXhhbXBsZQFhdXRoPUJlYXJlciB0MGszbgEB");
    // {"status":"401"}
    let stale: &'static [&'static str] =
        &["250-x\r\n250 AUTH XOAUTH2\r\n", "334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", "535 5.7.8 no\r\n"];
    let (session, heard) = enter(scripted("220 x\r\n", stale), token(), manners()).await;
    let failure = session.unwrap_err();
    assert!(failure.said.as_str().starts_with("status 401"), "{failure:?}");
    assert_eq!((failure.kind, heard.len(), heard[2].as_str()), (FailureKind::Login, 3, ""));
    let no_token: &'static [&'static str] = &["250-x\r\n250 AUTH PLAIN\r\n"];
    let (session, heard) = enter(scripted("220 x\r\n", no_token), token(), manners()).await;
    assert!(session.unwrap_err().said.as_str().contains("XOAUTH2") && heard.len() == 1);
    for (offer, oauth_only) in [("250-x\r\n250 AUTH XOAUTH2\r\n", false), ("250-x\r\n250 AUTH PLAIN XOAUTH2\r\n", true)]
    {
        let answers: &'static [&'static str] = Box::leak(Box::new([offer]));
        let manners = Manners { oauth_only, ..manners() };
        let (session, heard) = enter(scripted("220 x\r\n", answers), password(), manners).await;
        assert_eq!((session.unwrap_err().kind, heard.len()), (FailureKind::NoSecret, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_greeting_may_be_late_and_has_to_be_one() {
    for (late, is_welcome) in [(30, true), (59, true), (61, false)] {
        let (near, mut far) = tokio::io::duplex(1024);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(late)).await;
            far.write_all(b"220 x\r\n").await.unwrap();
            let mut far = BufReader::new(far);
            let _ = far.read_line(&mut String::new()).await;
            let _ = far.write_all(b"250 x\r\n").await;
            std::future::pending::<()>().await;
        });
        let session = Session::over(line(near), &server(), &Tap::default(), ME, &password(), manners()).await;
        assert_eq!(session.is_ok(), is_welcome, "{late} s: {session:?}");
    }
    for (greeting, kind, retry) in [
        ("554 no\r\n", FailureKind::Refused, Retry::AfterUser),
        ("421 later\r\n", FailureKind::Throttled, Retry::Later),
        ("554 HL:IPB 163 smtp\r\n", FailureKind::Throttled, Retry::Later),
        ("* OK IMAP4rev1\r\n", FailureKind::Protocol, Retry::Later),
        ("250 hello\r\n", FailureKind::Protocol, Retry::Later),
    ] {
        let (session, heard) = enter(scripted(greeting, &[]), password(), manners()).await;
        let failure = session.unwrap_err();
        assert_eq!((failure.kind, failure.retry, heard.len()), (kind, retry, 0), "{greeting}");
    }
}
