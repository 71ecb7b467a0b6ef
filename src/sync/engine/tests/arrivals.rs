//! New mail, as different servers let it be seen.

use crate::demo::{COREMAIL, Demo, Options, PLAIN, Personality, Post, QQ, SINA, Visibility, serve};
use crate::model::{Quirk, Role, TlsMode, clock};

use super::*;

struct Scene {
    demo: Demo,
    dir: tempfile::TempDir,
    store: Store,
    running: Running,
    way: Way,
    pace: Pace,
}

async fn scene(personality: &'static Personality, poll: Duration) -> Scene {
    paced(personality, Pace::every(poll)).await
}

async fn paced(personality: &'static Personality, pace: Pace) -> Scene {
    let options = Options { messages: 0, personality, ..Options::new(clock::now(), "secret") };
    let demo = serve(options).await.unwrap();
    // Read, so that it is no news where it is seen late.
    demo.deliver("INBOX", mail(0), &["\\Seen"]).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    std::fs::write(&ca, &demo.ca_pem).unwrap();
    let dialer = Dialer { ca_file: Some(ca), ..Dialer::default() };
    let server = Server { host: "localhost".into(), port: demo.tls.port(), tls: TlsMode::Tls };
    let way = Way::new(dialer, server, "demo@hongyan.example".into(), Secret::new("secret".into()));
    let store = open(dir.path());
    let mut running = start_with(&store, way.clone(), pace);
    running.at_rest().await;
    Scene { demo, dir, store, running, way, pace }
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
                let said = tokio::time::timeout(Duration::from_millis(20), self.running.reports.recv()).await;
                if let Ok(Some(Report::Arrived(arrivals))) = said {
                    self.running.arrived.push(arrivals);
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it does not arrive");
    }

    /// Until so many messages were told of, in all.
    async fn told_of(&mut self, count: u64) {
        let told = |running: &Running| running.arrived.iter().map(|arrivals| arrivals.count).sum::<u64>();
        let wait = async {
            while told(&self.running) < count {
                match self.running.reports.recv().await.expect("the engine is gone") {
                    Report::Arrived(arrivals) => self.running.arrived.push(arrivals),
                    Report::Status(_, Status::Offline { failure, .. }) => panic!("{failure:?}"),
                    Report::Status(..) | Report::Refused(..) => {}
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("nobody is told");
        assert_eq!(told(&self.running), count);
    }

    fn subjects(&self) -> Vec<String> {
        let newest = self.running.arrived.iter().flat_map(|arrivals| &arrivals.newest);
        let mut subjects: Vec<String> = newest.map(|mail| mail.subject.as_untrusted().to_owned()).collect();
        subjects.sort();
        subjects
    }

    async fn stop(&mut self) {
        self.running.orders.send(Order::Stop).unwrap();
        tokio::time::timeout(Duration::from_secs(10), &mut self.running.task).await.unwrap().unwrap();
    }

    /// Ends the program and starts it again; `forgetful`: without its mail.db.
    async fn restarted(mut self, forgetful: bool) -> Self {
        self.stop().await;
        let Self { demo, dir, store, running, way, pace } = self;
        drop(running);
        tokio::task::spawn_blocking(move || store.close()).await.unwrap();
        if forgetful {
            for tail in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(dir.path().join(format!("mail.db{tail}")));
            }
        }
        let store = open(dir.path());
        let mut running = start_with(&store, way.clone(), pace);
        running.at_rest().await;
        Self { demo, dir, store, running, way, pace }
    }

    /// At rest on a connection that was made after so many others.
    async fn back_at_rest(&mut self, logins: usize) {
        loop {
            self.running.at_rest().await;
            if self.demo.logins().await.unwrap() > logins {
                return;
            }
        }
    }

    async fn heard(&self, verb: &str) -> usize {
        let said = self.demo.said().await.unwrap();
        said.iter().filter(|line| line.split(' ').nth(1) == Some(verb)).count()
    }
}

#[tokio::test]
async fn mail_is_told_of_once_and_only_if_it_came_while_somebody_watched() {
    let mut scene = scene(&PLAIN, Duration::from_hours(1)).await;
    scene.arrives(1).await;
    scene.told_of(1).await;
    scene.demo.deliver("INBOX", mail(2), &[]).await.unwrap();
    scene.told_of(2).await;
    assert_eq!(scene.subjects(), ["1", "2"], "what was there at the beginning is no news");
    assert!(scene.running.arrived.iter().all(|arrivals| arrivals.role == Some(Role::Inbox)));
    // What somebody read already is none either.
    scene.demo.deliver("INBOX", mail(3), &["\\Seen"]).await.unwrap();
    scene.demo.deliver("INBOX", mail(4), &[]).await.unwrap();
    scene.told_of(3).await;
    assert_eq!(scene.subjects(), ["1", "2", "4"]);
    let mut scene = scene.restarted(false).await;
    assert_eq!(scene.subjects(), [""; 0], "it was told of before the restart");
    // What came while nobody was there.
    scene.stop().await;
    scene.demo.deliver("INBOX", mail(5), &[]).await.unwrap();
    let mut running = start_with(&scene.store, scene.way.clone(), scene.pace);
    running.at_rest().await;
    scene.running = running;
    assert_eq!(scene.subjects(), ["5"]);
    let mut scene = scene.restarted(true).await;
    assert_eq!(scene.subjects(), [""; 0], "a mail.db that is made anew is no news");
    scene.arrives(6).await;
    scene.told_of(1).await;
    assert_eq!(scene.subjects(), ["6"]);
    // Other numbers are no other mail.
    let logins = scene.demo.logins().await.unwrap();
    scene.demo.renumber("INBOX").await.unwrap();
    while scene.running.reports.try_recv().is_ok() {}
    scene.demo.drop_connections().await.unwrap();
    scene.back_at_rest(logins).await;
    assert_eq!(scene.subjects(), ["6"]);
}

#[tokio::test]
async fn what_is_moved_in_from_long_ago_is_no_news() {
    let mut scene = scene(&PLAIN, Duration::from_hours(1)).await;
    let old = Post { raw: mail(1), flags: Vec::new(), arrived: Timestamp(clock::now().0 - 3 * 86_400) };
    scene.demo.deliver_all("INBOX", vec![old]).await.unwrap();
    scene.arrives(2).await;
    scene.told_of(1).await;
    assert_eq!(scene.subjects(), ["2"]);
}

#[tokio::test]
async fn another_folder_is_looked_at_in_its_own_time_and_the_inbox_first() {
    // Other folders once; the watched one and the inbox all the time.
    let pace = Pace { elsewhere: Duration::from_hours(1), ..Pace::every(Duration::from_millis(50)) };
    let mut scene = paced(&COREMAIL, pace).await;
    let folders = scene.store.reader().unwrap().folders().unwrap();
    let junk = folders.iter().find(|folder| folder.role == Some(Role::Junk)).unwrap().id;
    let sent = folders.iter().find(|folder| folder.role == Some(Role::Sent)).unwrap().name.clone();
    scene.running.orders.send(Order::Focus(junk)).unwrap();
    scene.running.at_rest().await;
    scene.demo.deliver(sent.as_untrusted(), mail(9), &[]).await.unwrap();
    for number in 1..4 {
        scene.arrives(number).await;
    }
    scene.told_of(3).await;
    assert_eq!(scene.subjects(), ["1", "2", "3"]);
    let sent = scene.store.reader().unwrap().folders().unwrap().into_iter().find(|f| f.role == Some(Role::Sent));
    assert_eq!(sent.unwrap().total, 0, "a round was made out of turn");
    // Whoever asks does not wait.
    scene.running.orders.send(Order::Wake).unwrap();
    let wait = async {
        loop {
            let folders = scene.store.reader().unwrap().folders().unwrap();
            if folders.iter().any(|folder| folder.role == Some(Role::Sent) && folder.total == 1) {
                return;
            }
            let _ = tokio::time::timeout(Duration::from_millis(20), scene.running.reports.recv()).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.expect("no round is made");
}

/// It hands out on a connection only what came in its first second.
const STALE_QQ: Personality = Personality {
    visibility: Visibility { stale_after: Some(Duration::from_millis(600)), ..QUICK_QQ.visibility },
    ..QUICK_QQ
};

#[tokio::test]
async fn a_connection_that_sees_nothing_new_any_more_is_got_over_quietly() {
    let pace = Pace { recycle: Some(Duration::from_millis(900)), ..Pace::every(Duration::from_millis(50)) };
    let mut scene = paced(&STALE_QQ, pace).await;
    let mut statuses = Vec::new();
    let begun = clock::instant();
    for number in 1..4 {
        // The connection is as old as it may get.
        let stale = tokio::time::Instant::now() + Duration::from_millis(700);
        while let Ok(Some(report)) = tokio::time::timeout_at(stale, scene.running.reports.recv()).await {
            match report {
                Report::Status(_, status) => statuses.push(status),
                Report::Arrived(arrivals) => scene.running.arrived.push(arrivals),
                Report::Refused(..) => {}
            }
        }
        scene.demo.deliver("INBOX", mail(number), &[]).await.unwrap();
    }
    scene.told_of(3).await;
    assert_eq!(scene.subjects(), ["1", "2", "3"]);
    let (logins, ages) = (scene.heard("LOGIN").await, begun.elapsed().as_millis() / 810);
    assert!(logins >= 2 && logins as u128 <= ages + 2, "{logins} logins");
    assert!(
        statuses.iter().all(|status| !matches!(status, Status::Offline { .. } | Status::Connecting)),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn a_message_is_here_after_poll_and_lag_on_every_kind_of_server() {
    for (personality, lag) in [(&COREMAIL, 0), (&QUICK_QQ, 80), (&SINA, 0)] {
        let pace = Pace { lag: Duration::from_millis(lag), ..Pace::every(Duration::from_millis(100)) };
        let mut scene = paced(personality, pace).await;
        let begun = clock::instant();
        scene.arrives(1).await;
        // The machine may be slow.
        assert!(begun.elapsed() < Duration::from_secs(10), "{}: {:?}", personality.name, begun.elapsed());
        scene.told_of(1).await;
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

/// The engine keeps to what the agenda says: counted by the server.
#[tokio::test]
async fn n06_no_more_is_asked_than_the_pace_allows() {
    let pace = Pace { elsewhere: Duration::from_secs(1), ..Pace::every(Duration::from_millis(100)) };
    let begun = clock::instant();
    let mut scene = paced(&COREMAIL, pace).await;
    let until = tokio::time::Instant::now() + Duration::from_millis(3_200);
    while let Ok(Some(_)) = tokio::time::timeout_at(until, scene.running.reports.recv()).await {}
    scene.stop().await;
    let took = begun.elapsed().as_millis();
    let folders = scene.store.reader().unwrap().folders().unwrap().len() as u128;
    let count = async |verb: &str| scene.heard(verb).await as u128;
    let (probes, looks) = (count("NOOP").await, count("STATUS").await);
    assert!(probes >= 3 && probes <= took / 100 + 1, "{probes} in {took} ms");
    let rounds = took / 1_000 + 1;
    assert!(looks >= folders - 1 && looks <= rounds * (folders - 1), "{looks} of {folders} in {took} ms");
    assert_eq!((count("LOGIN").await, count("LIST").await), (1, 1));
    // The first time, and whenever something is there to be had.
    assert!(count("SELECT").await <= folders + 1, "{}", count("SELECT").await);
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
