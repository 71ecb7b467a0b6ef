//! Over real sockets, with real encryption: what is said before it, on the wrong port, and into the record.

use super::*;
use crate::config::{Account, AccountEntry, Found, Presets};
use crate::demo::{MODERN, PLAIN, SmtpDoing, SmtpStep, serve};
use crate::model::{FailureKind, Purpose, clock};
use crate::net::{Dialer, Recorder};

struct Scene {
    demo: Demo,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn new(personality: &'static Personality) -> Self {
        let options = Options { messages: 0, personality, ..Options::new(clock::now(), SECRET) };
        let scene = Self { demo: serve(options).await.unwrap(), folder: tempfile::tempdir().unwrap() };
        std::fs::write(scene.folder.path().join("ca.pem"), &scene.demo.ca_pem).unwrap();
        scene
    }

    fn account(&self, port: u16, mode: &str) -> Account {
        let mut entry = AccountEntry::new(ME.parse().unwrap());
        entry.smtp = Some(format!("localhost:{port}:{mode}").parse().unwrap());
        entry.complete(&Presets::built_in(), self.folder.path())
    }

    fn dialer(&self) -> Dialer {
        Dialer { ca_file: Some(self.folder.path().join("ca.pem")), ..Dialer::default() }
    }

    async fn open(&self, port: u16, mode: &str) -> Result<Session, Failure> {
        Session::open(&self.account(port, mode), &self.dialer(), &Secret::new(SECRET.into())).await
    }

    async fn logins_said(&self) -> usize {
        self.demo.submission_said().await.unwrap().iter().filter(|line| line.starts_with("AUTH")).count()
    }
}

#[tokio::test]
async fn s04_what_was_offered_before_the_encryption_is_asked_for_again() {
    let scene = Scene::new(&MODERN).await;
    for (port, mode, hellos) in
        [(scene.demo.smtp_starttls.port(), "starttls", 2), (scene.demo.smtp_tls.port(), "tls", 3)]
    {
        let mut session = scene.open(port, mode).await.unwrap();
        // Only told inside of it.
        assert!(session.limits().notices, "{mode}");
        let delivered = deliver(&mut session, &to(&["a@example.com"]), &message(mode, "x")).await;
        assert!(matches!(delivered.outcome, Outcome::Taken(_)), "{delivered:?}");
        session.quit().await;
        let said = scene.demo.submission_said().await.unwrap();
        assert_eq!(said.iter().filter(|line| *line == "EHLO [127.0.0.1]").count(), hellos);
    }
    assert_eq!(scene.demo.outgoing().await.unwrap().len(), 2);
}

#[tokio::test]
async fn s01_s03_no_secret_is_said_where_the_encryption_was_tampered_with() {
    let scene = Scene::new(&PLAIN).await;
    for doing in [
        SmtpDoing::Says(b"454 4.7.0 TLS not available\r\n"),
        SmtpDoing::Says(b"502 what\r\n"),
        SmtpDoing::Behind(b"250 injected\r\n"),
        SmtpDoing::Behind(b"2"),
        SmtpDoing::Ahead(b"220 go\r\n"),
        SmtpDoing::Closes,
    ] {
        breaks(&scene.demo, &[SmtpFault::new(SmtpStep::StartTls, doing)]).await;
        let failure = scene.open(scene.demo.smtp_starttls.port(), "starttls").await.unwrap_err();
        let kinds = [FailureKind::StartTls, FailureKind::Dropped];
        assert!(kinds.contains(&failure.kind), "{doing:?} {failure:?}");
        assert!(!failure.said.as_str().contains("injected"));
    }
    assert_eq!(scene.logins_said().await, 0);
}

#[tokio::test]
async fn s11_the_wrong_port_is_told_soon_and_nothing_is_said_in_clear() {
    let scene = Scene::new(&PLAIN).await;
    let begun = clock::instant();
    let failure = scene.open(scene.demo.smtp_starttls.port(), "tls").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::PlainPort, "{failure:?}");
    let failure = scene.open(scene.demo.smtp_tls.port(), "starttls").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::TlsPort, "{failure:?}");
    assert!(begun.elapsed() < Duration::from_secs(20));
    let mut plain = scene.account(scene.demo.smtp_starttls.port(), "none");
    plain.smtp.as_mut().unwrap().host = "192.0.2.1".into();
    let failure = Session::open(&plain, &scene.dialer(), &Secret::new(SECRET.into())).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Plaintext);
    assert_eq!(scene.logins_said().await, 0);
}

#[tokio::test]
async fn another_door_is_tried_where_nobody_answers_and_not_where_we_are_refused() {
    let scene = Scene::new(&PLAIN).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let starttls = scene.demo.smtp_starttls.port();
    let to = [format!("localhost:465=127.0.0.1:{closed}"), format!("localhost:587=127.0.0.1:{starttls}")];
    let connect_to = to.iter().map(|rule| rule.parse().unwrap()).collect();
    let dialer = Dialer { connect_to, ..scene.dialer() };
    let mut account = scene.account(465, "tls");
    account.smtp_found = Found::Guessed;
    let session = Session::open(&account, &dialer, &Secret::new(SECRET.into())).await.unwrap();
    assert_eq!(session.server().port, 587);
    session.quit().await;
    let tls = scene.demo.smtp_tls.port();
    let dialer = Dialer { connect_to: vec![format!("localhost:465=127.0.0.1:{tls}").parse().unwrap()], ..dialer };
    let failure = Session::open(&account, &dialer, &Secret::new("wrong".into())).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Login);
    assert_eq!(scene.logins_said().await, 2);
}

#[tokio::test]
async fn l01_the_secret_is_in_no_record_and_in_no_failure() {
    let scene = Scene::new(&MODERN).await;
    let path = scene.folder.path().join("protocol.log");
    let recorder = Recorder::start(path.clone()).unwrap();
    let dialer = Dialer { tap: recorder.tap(ME, Purpose::Sync), ..scene.dialer() };
    let account = scene.account(scene.demo.smtp_tls.port(), "tls");
    let echo =
        SmtpDoing::Says(b"535 AHUAY2FuYXJ5LTczOTEtV2lsZGdhbnM= canary-7391-Wildgans CANARY-7391-WILDGANS no\r\n");
    let mut failures = Vec::new();
    for secret in [Secret::new(SECRET.into()), Secret::token(SECRET.into())] {
        for faults in [
            &[][..],
            &[SmtpFault::new(SmtpStep::Auth, echo)],
            &[SmtpFault::new(SmtpStep::Sender, echo)],
            &[SmtpFault::new(SmtpStep::Recipient, echo)],
        ] {
            breaks(&scene.demo, faults).await;
            match Session::open(&account, &dialer, &secret).await {
                Ok(mut session) => {
                    let delivered = deliver(&mut session, &to(&["a@example.com"]), &message("1", "private\r\n")).await;
                    failures.push(format!("{delivered:?} {session:?}"));
                    session.quit().await;
                }
                Err(failure) => failures.push(format!("{failure:?}")),
            }
        }
    }
    drop(dialer);
    recorder.close();
    let record = std::fs::read_to_string(&path).unwrap();
    for word in ["AUTH PLAIN ***", "AUTH XOAUTH2 ***", "MAIL FROM", "354 ", "221 ", "sending"] {
        assert!(record.contains(word), "{word} is missing:\n{record}");
    }
    for text in failures.iter().chain([&record]) {
        let small = text.to_lowercase();
        for form in ["canary", "wildgans", "y2fuyxj5", "v2lsZGdhbnM", "private"] {
            assert!(!small.contains(&form.to_lowercase()), "{form}: {text}");
        }
    }
}
