//! New mail, as different servers let it be seen.

use crate::demo::{COREMAIL, Demo, Options, PLAIN, Personality, QQ, Visibility, serve};
use crate::model::{Quirk, TlsMode, clock};

use super::*;

struct Scene {
    demo: Demo,
    _dir: tempfile::TempDir,
    store: Store,
    running: Running,
}

async fn scene(personality: &'static Personality, poll: Duration) -> Scene {
    let options = Options { messages: 0, personality, ..Options::new(clock::now(), "secret") };
    let demo = serve(options).await.unwrap();
    demo.deliver("INBOX", mail(0), &[]).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    std::fs::write(&ca, &demo.ca_pem).unwrap();
    let dialer = Dialer { ca_file: Some(ca), ..Dialer::default() };
    let server = Server { host: "localhost".into(), port: demo.tls.port(), tls: TlsMode::Tls };
    let way = Way::new(dialer, server, "demo@hongyan.example".into(), Secret::new("secret".into()));
    let store = open(dir.path());
    let mut running = start_with(&store, way, poll);
    running.at_rest().await;
    Scene { demo, _dir: dir, store, running }
}

fn mail(number: u32) -> Vec<u8> {
    format!("Subject: {number}\r\nMessage-ID: <{number}@example.com>\r\n\r\nbody {number}\r\n").into_bytes()
}

impl Scene {
    /// Delivers a message and waits until it is in the store.
    async fn arrives(&mut self, number: u32) {
        self.demo.deliver("INBOX", mail(number), &[]).await.unwrap();
        let reader = self.store.reader().unwrap();
        let subject = number.to_string();
        let here = || {
            let folders = reader.folders().unwrap();
            let inbox = folders.iter().find(|folder| folder.role == Some(Role::Inbox)).unwrap().id;
            reader.newest(inbox, 100).unwrap().iter().any(|row| row.subject.as_untrusted() == subject)
        };
        let wait = async {
            while !here() {
                // Whatever the engine says is a reason to look.
                let _ = tokio::time::timeout(Duration::from_millis(20), self.running.reports.recv()).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it does not arrive");
    }
}

#[tokio::test]
async fn a_server_that_tells_is_believed() {
    let mut scene = scene(&PLAIN, Duration::from_hours(1)).await;
    for number in 1..4 {
        scene.arrives(number).await;
    }
    assert!(!scene.store.own.learned("me", clock::now()).await.unwrap().has(Quirk::SilentIdle));
}

#[tokio::test]
async fn without_idle_it_arrives_with_the_next_look() {
    let mut scene = scene(&COREMAIL, Duration::from_millis(50)).await;
    for number in 1..4 {
        scene.arrives(number).await;
    }
}

const QUICK_QQ: Personality = Personality {
    visibility: Visibility {
        by_search: Duration::from_millis(20),
        by_select: (Duration::from_millis(30), Duration::from_millis(60)),
        ..QQ.visibility
    },
    ..QQ
};

#[tokio::test]
async fn a_server_that_only_says_that_it_would_tell_is_asked_and_that_is_remembered() {
    let mut scene = scene(&QUICK_QQ, Duration::from_millis(50)).await;
    for number in 1..5 {
        scene.arrives(number).await;
    }
    scene.running.orders.send(Order::Stop).unwrap();
    let rest = tokio::time::timeout(Duration::from_secs(10), &mut scene.running.task).await.unwrap().unwrap();
    assert_eq!(rest, Rest::Stopped);
    assert!(scene.store.own.learned("me", clock::now()).await.unwrap().has(Quirk::SilentIdle));
    let said = scene.demo.said().await.unwrap();
    let after = said.iter().rev().take_while(|line| !line.contains("IDLE")).count();
    assert!(after > 3, "it still idles at the end: {said:?}");
}

impl Scene {
    /// Everything that is told until the engine is at rest again.
    async fn told_until_rest(&mut self) -> Vec<Status> {
        let mut told = Vec::new();
        let wait = async {
            loop {
                if let Some(Report::Status(_, status)) = self.running.reports.recv().await {
                    told.push(status);
                    if matches!(told.last(), Some(Status::UpToDate { .. } | Status::Offline { .. })) {
                        return;
                    }
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it does not come to rest");
        told
    }
}

/// Servers hang up on who is quiet. Nobody needs to know that who is let in again at once.
#[tokio::test]
async fn a_connection_that_dies_and_is_made_anew_is_no_trouble() {
    let mut scene = scene(&COREMAIL, Duration::from_millis(200)).await;
    scene.demo.drop_connections().await.unwrap();
    while scene.demo.logins().await.unwrap() < 2 {
        let told = scene.told_until_rest().await;
        assert!(!told.iter().any(|status| matches!(status, Status::Offline { .. } | Status::Connecting)), "{told:?}");
    }
    scene.arrives(1).await;
    assert_eq!(scene.demo.logins().await.unwrap(), 2);
    // Where the next one comes to nothing, it is told.
    scene.demo.break_connections(&[crate::demo::Fault::Greeting("* BYE not now")]).await.unwrap();
    scene.demo.drop_connections().await.unwrap();
    let told = async {
        loop {
            let told = scene.told_until_rest().await;
            if let Some(Status::Offline { failure, .. }) = told.last() {
                return failure.clone();
            }
        }
    };
    let failure = tokio::time::timeout(Duration::from_secs(30), told).await.expect("nobody tells");
    assert_eq!((failure.kind, failure.said.as_str()), (FailureKind::Refused, "not now"));
}
