mod arrivals;
mod doubts;
mod refusals;

use std::path::Path;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::*;
use crate::mime::headers;
use crate::model::{Changed, Flags, Intent, Purpose, Secret, Server, Timestamp};
use crate::net::{Dialer, Recorder};
use crate::store::{FolderSeen, Incoming, MailWrite, OwnWrite, Restore, Standing, Store, StoreOptions, Written};
use crate::sync::Sizes;
use crate::sync::tests::scripted::Scripted;

fn open(profile: &Path) -> Store {
    let (changes, _) = mpsc::unbounded_channel::<Changed>();
    let accounts = ["me".to_owned()];
    Store::open(&StoreOptions { profile, accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse }, changes)
        .unwrap()
}

fn pass(store: &Store) -> Pass {
    Pass {
        account: store.accounts[0].0,
        name: "me".into(),
        own: store.own.clone(),
        mail: store.mail.clone(),
        reader: store.reader().unwrap(),
        closed: HashSet::new(),
        moving: crate::sync::Moving::default(),
        sizes: Sizes::default(),
        window: false,
    }
}

struct Running {
    orders: mpsc::UnboundedSender<Order>,
    reports: mpsc::UnboundedReceiver<Report>,
    task: JoinHandle<Rest>,
    refused: usize,
    arrived: Vec<Arrivals>,
    bodies: mpsc::UnboundedReceiver<BodyRequest>,
}

fn start(store: &Store, way: Way) -> Running {
    start_with(store, way, Pace::every(Duration::from_mins(5)))
}

fn start_with(store: &Store, way: Way, pace: Pace) -> Running {
    start_as(store, way, pace, Memory::default())
}

/// With what is known from before.
fn start_after(store: &Store, way: Way, memory: Memory) -> Running {
    start_as(store, way, Pace::every(Duration::from_mins(1)), memory)
}

fn start_as(store: &Store, way: Way, pace: Pace, memory: Memory) -> Running {
    let (orders, inbox) = mpsc::unbounded_channel();
    let (to, reports) = mpsc::unbounded_channel();
    let (to_bodies, bodies) = mpsc::unbounded_channel();
    let (online, _) = watch::channel(false);
    let mut engine = Engine {
        way,
        pass: pass(store),
        orders: inbox,
        reports: to,
        bodies: to_bodies,
        online,
        pace,
        ahead: 0,
        ahead_size: 0,
        memory,
    };
    let task = tokio::spawn(async move { engine.run().await });
    Running { orders, reports, task, refused: 0, arrived: Vec::new(), bodies }
}

impl Running {
    async fn until(&mut self, right: impl Fn(&Status) -> bool) -> Status {
        let wait = async {
            loop {
                match self.reports.recv().await.expect("the engine is gone") {
                    Report::Status(_, status) if right(&status) => return status,
                    Report::Status(..) => {}
                    Report::Refused(..) => self.refused += 1,
                    Report::Arrived(arrivals) => self.arrived.push(arrivals),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), wait).await.expect("the engine does not come to rest")
    }

    async fn at_rest(&mut self) {
        self.until(|status| matches!(status, Status::UpToDate { .. })).await;
    }
}

fn message(uid: u32) -> Incoming {
    let raw = format!("Subject: {uid}\r\nMessage-ID: <{uid}@example.com>\r\n\r\n").into_bytes();
    Incoming { uid, flags: Flags::NONE, arrival: Timestamp(1), size: 9, headers: headers(&raw), raw, decoder: 1 }
}

/// A folder with one message, uid 5 of uidvalidity 3, that the user wants to have read.
async fn with_a_want(store: &Store, wire: &str) -> FolderId {
    let name = FolderName { wire: wire.into(), delimiter: None };
    let seen = vec![FolderSeen { name, decoded: wire.into(), role: None, selectable: true }];
    let write = MailWrite::Folders { account: store.accounts[0].0, seen, at: Timestamp(0) };
    let Written::Folders(ids) = store.mail.commit(write).await.unwrap() else { panic!() };
    store
        .mail
        .commit(MailWrite::Opened { folder: ids[0], uidvalidity: 3, on_server: 1, renumbered: false })
        .await
        .unwrap();
    let write = MailWrite::Ingest { folder: ids[0], messages: vec![message(5)], on_server: 1 };
    store.mail.commit(write).await.unwrap();
    let placement = store.reader().unwrap().newest(ids[0], 1).unwrap()[0].placement;
    let intent = Intent::Flag { placements: vec![placement], add: Flags::SEEN, remove: Flags::NONE };
    Store::record(&store.own, &store.mail, intent).await.unwrap();
    ids[0]
}

async fn wants(store: &Store) -> usize {
    store.own.commit(OwnWrite::Wants(None)).await.unwrap().len()
}

#[tokio::test]
async fn an_inbox_that_is_refused_is_not_knocked_at() {
    let no = |command: &str| command.starts_with("SELECT").then(|| "@ NO not for you\r\n".to_owned());
    let mut server = Scripted::start(no).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    running.at_rest().await;
    assert!(running.bodies.is_empty());
    assert_eq!((server.count("SELECT"), running.refused), (1, 1));
    // The user may ask again, once.
    running.orders.send(Order::Wake).unwrap();
    running.at_rest().await;
    assert_eq!((server.count("SELECT"), server.count("LOGIN")), (2, 1));
}

#[tokio::test]
async fn an_inbox_that_cannot_be_opened_is_no_reason_to_spin() {
    let list =
        |command: &str| command.starts_with("LIST").then(|| "* LIST (\\Noselect) \"/\" INBOX\r\n@ OK\r\n".to_owned());
    let server = Scripted::start(list).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    start(&store, server.way()).at_rest().await;
}

#[tokio::test]
async fn a_folder_that_is_gone_keeps_its_wants_and_poisons_nothing() {
    let gone = |command: &str| command.starts_with("SELECT \"gone\"").then(|| "@ NO no such mailbox\r\n".to_owned());
    let mut server = Scripted::start(gone).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    with_a_want(&store, "gone").await;
    let mut running = start(&store, server.way());
    running.at_rest().await;
    running.orders.send(Order::Push).unwrap();
    running.at_rest().await;
    assert_eq!(server.count("LOGIN"), 1, "the connection was thrown away");
    assert_eq!(wants(&store).await, 1);
}

#[tokio::test]
async fn a_want_that_the_server_puts_off_is_kept_and_one_that_it_forbids_is_taken_back() {
    for (said, left) in [("@ NO [INUSE] try again later\r\n", 1), ("@ NO [NOPERM] never\r\n", 0)] {
        let answer = move |command: &str| {
            if command.starts_with("SELECT") {
                return Some("* 1 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n".to_owned());
            }
            if command.starts_with("UID FETCH 5 (UID RFC822.SIZE") {
                return Some(format!(
                    "* 1 FETCH (UID 5 RFC822.SIZE 9 INTERNALDATE {:?})\r\n@ OK\r\n",
                    "01-Jan-1970 00:00:01 +0000"
                ));
            }
            command.starts_with("UID STORE").then(|| said.to_owned())
        };
        let server = Scripted::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let folder = with_a_want(&store, "INBOX").await;
        let mut remote = server.way().connect().await.unwrap();
        pass(&store).push(&mut remote, &mut ()).await.unwrap();
        assert_eq!(wants(&store).await, left, "{said}");
        let row = store.reader().unwrap().newest(folder, 1).unwrap().remove(0);
        assert_eq!((row.flags.seen(), row.pending), (left == 1, left == 1), "{said}");
    }
}

#[tokio::test]
async fn a_want_of_other_numbers_is_not_pushed_to_whoever_has_the_number_now() {
    let answer = |command: &str| {
        command.starts_with("SELECT").then(|| "* 1 EXISTS\r\n* OK [UIDVALIDITY 4] other numbers\r\n@ OK\r\n".to_owned())
    };
    let mut server = Scripted::start(answer).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    with_a_want(&store, "INBOX").await;
    let mut remote = server.way().connect().await.unwrap();
    let mut pass = pass(&store);
    pass.push(&mut remote, &mut ()).await.unwrap();
    // The folder is open now; that is no reason either.
    pass.push(&mut remote, &mut ()).await.unwrap();
    assert_eq!((server.count("UID STORE"), wants(&store).await), (0, 1));
}

#[tokio::test]
async fn a_folder_whose_size_nobody_tells_keeps_its_mail() {
    let answer = |command: &str| command.starts_with("SELECT").then(|| "* OK [UIDVALIDITY 3] x\r\n@ OK\r\n".to_owned());
    let server = Scripted::start(answer).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let folder = with_a_want(&store, "INBOX").await;
    let mut remote = server.way().connect().await.unwrap();
    let name = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    let left = pass(&store).folder(&mut remote, folder, &name, false, &mut ()).await;
    assert_eq!(left.unwrap_err().kind, FailureKind::Refused);
    assert_eq!(store.reader().unwrap().newest(folder, 10).unwrap().len(), 1);
}

#[tokio::test]
async fn n07_a_refused_login_is_not_repeated_for_every_key() {
    let no = |command: &str| command.starts_with("LOGIN").then(|| "@ NO wrong\r\n".to_owned());
    let mut server = Scripted::start(no).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    running.until(|status| matches!(status, Status::Offline { retry_at: None, .. })).await;
    for _ in 0..20 {
        running.orders.send(Order::Push).unwrap();
    }
    running.orders.send(Order::Wake).unwrap();
    assert_eq!(running.task.await.unwrap(), Rest::AskedAgain);
    assert_eq!(server.count("LOGIN"), 1);
}

#[tokio::test]
async fn i18_a_server_that_only_says_that_it_is_there_is_left() {
    let answer = |command: &str| command.starts_with("NOOP").then(|| "* OK still here\r\n".repeat(200_000));
    let server = Scripted::start(answer).await;
    let mut remote = server.way().connect().await.unwrap();
    remote.abilities.idle = false;
    let at_once = std::future::ready(());
    let failure = remote.wait_for_news(Duration::ZERO, at_once).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::TimedOut);
}

#[tokio::test]
async fn what_was_told_by_the_way_is_not_waited_for() {
    let answer = |command: &str| {
        let said = match command.split(' ').nth(1)? {
            "\"INBOX\"" | "INBOX" => "* 1 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n",
            "FETCH" => "* 1 FETCH (UID 5 RFC822.SIZE 9 INTERNALDATE \"01-Jan-1970 00:00:01 +0000\")\r\n@ OK\r\n",
            "STORE" => "* 2 EXISTS\r\n@ OK\r\n",
            _ => return None,
        };
        Some(said.to_owned())
    };
    let server = Scripted::start(answer).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    with_a_want(&store, "INBOX").await;
    let mut remote = server.way().connect().await.unwrap();
    pass(&store).push(&mut remote, &mut ()).await.unwrap();
    let waited = remote.wait_for_news(Duration::from_hours(1), std::future::pending());
    tokio::time::timeout(Duration::from_secs(20), waited).await.expect("it waits for what it knows").unwrap();
    assert!(remote.news().arrived);
}

#[tokio::test]
async fn numbers_that_go_while_everything_is_listed_are_followed() {
    let answer = |command: &str| {
        if command.starts_with("SELECT") {
            return Some("* 4 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n".to_owned());
        }
        let listed = "* 1 FETCH (UID 10 FLAGS ())\r\n* 2 FETCH (UID 20 FLAGS ())\r\n* 3 FETCH (UID 30 FLAGS ())\r\n\
                      * 4 FETCH (UID 40 FLAGS ())\r\n* 1 EXPUNGE\r\n@ OK\r\n";
        if command.starts_with("UID FETCH 1:*") {
            return Some(listed.to_owned());
        }
        command.starts_with("NOOP").then(|| "* 2 EXPUNGE\r\n@ OK\r\n".to_owned())
    };
    let server = Scripted::start(answer).await;
    let mut remote = server.way().connect().await.unwrap();
    remote.abilities.idle = false;
    let name = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    remote.open(&name, &Standing::default()).await.unwrap();
    remote.enumerate().await.unwrap();
    assert_eq!(remote.news().expunged, [10]);
    remote.wait_for_news(Duration::ZERO, std::future::ready(())).await.unwrap();
    assert_eq!(remote.news().expunged, [30]);
}

#[tokio::test]
async fn what_is_told_before_the_server_idles_is_not_waited_for() {
    let answer = |command: &str| match command {
        "IDLE" => Some("* 1 EXISTS\r\n+ idling\r\n".to_owned()),
        "DONE" => Some("@ OK done\r\n".to_owned()),
        _ => None,
    };
    let server = Scripted::start(answer).await;
    let mut remote = server.way().connect().await.unwrap();
    remote.open(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }, &Standing::default()).await.unwrap();
    let waited = remote.wait_for_news(Duration::from_hours(1), std::future::pending());
    tokio::time::timeout(Duration::from_secs(20), waited).await.expect("it waits for what it knows").unwrap();
    assert!(remote.news().arrived);
}

/// A folder that could not be synced when its turn came is not forgotten with the connection.
#[tokio::test]
async fn a_folder_that_failed_once_is_synced_after_all() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let tries = AtomicUsize::new(0);
    let answer = move |command: &str| {
        if command.starts_with("LIST") {
            return Some("* LIST () \"/\" INBOX\r\n* LIST () \"/\" a\r\n* LIST () \"/\" b\r\n@ OK\r\n".to_owned());
        }
        if command.starts_with("STATUS") {
            let name = command.split('"').nth(1).unwrap_or_default();
            return Some(format!("* STATUS \"{name}\" (MESSAGES 3 UNSEEN 1)\r\n@ OK\r\n"));
        }
        // The first time the line is cut in the middle of it.
        let cut = command.starts_with("SELECT \"a\"") && tries.fetch_add(1, Ordering::SeqCst) == 0;
        cut.then(|| "* BYE\r\nx OK never asked for\r\n".to_owned())
    };
    let mut server = Scripted::start(answer).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    running.until(|status| matches!(status, Status::Offline { .. })).await;
    running.at_rest().await;
    assert!(server.count("SELECT \"a\"") >= 2 && server.count("SELECT \"b\"") >= 1);
}

/// Bytes that trickle are an answer, however slow.
#[tokio::test]
async fn a_long_answer_may_take_long() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
        let (tcp, _) = listener.accept().await.unwrap();
        let mut tcp = BufReader::new(tcp);
        let mut said = "* OK hello\r\n".to_owned();
        let long = format!("* 1 EXISTS\r\n* OK [UIDVALIDITY 3] {}\r\n", "x".repeat(40));
        for answer in ["", "* CAPABILITY IMAP4rev1\r\n", &long] {
            tcp.write_all(said.as_bytes()).await.unwrap();
            let mut command = String::new();
            tcp.read_line(&mut command).await.unwrap();
            said = format!("{answer}{} OK\r\n", command.split(' ').next().unwrap());
        }
        let long = said;
        for byte in long.as_bytes().chunks(2) {
            tcp.write_all(byte).await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        std::future::pending::<()>().await;
    });
    let limits = crate::net::Limits { answer: Duration::from_millis(250), ..crate::net::Limits::default() };
    let dialer = Dialer { limits, ..Dialer::default() };
    let server = Server { host: "127.0.0.1".into(), port, tls: crate::model::TlsMode::None };
    let mut remote = Way::new(dialer, server, "u".into(), Secret::new("p".into())).connect().await.unwrap();
    let opened =
        remote.open(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }, &Standing::default()).await.unwrap();
    assert_eq!(opened.messages, 1);
}

/// Some servers count what is said behind a login that they refuse, and hang up at the third.
#[tokio::test]
async fn n07_a_refused_login_is_heard_whatever_becomes_of_what_was_said_behind_it() {
    let answer = |command: &str| match command.split(' ').next() {
        Some("LOGIN") => Some("@ NO [AUTHENTICATIONFAILED] wrong\r\n".to_owned()),
        Some("SELECT") => Some("* BYE too many invalid commands\r\n".to_owned()),
        _ => Some("@ BAD log in first\r\n".to_owned()),
    };
    let mut server = Scripted::start_as("Dovecot ready.", answer).await;
    let home = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    let first = First { folders: true, home: Some((home, Standing::default())) };
    let failure = server.way().connect_and(first).await.map(|_| ()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Login);
    assert_eq!(server.count("SELECT"), 1, "it was said in one breath");
}

/// Broken lines teach nothing for good before it is seen to go better one by one, and a good day is forgotten trouble.
#[test]
fn two_bad_lines_are_a_suspicion_and_no_knowledge() {
    let server = Server { host: "localhost".into(), port: 1, tls: crate::model::TlsMode::None };
    let way = Way::new(Dialer::default(), server, "u".into(), Secret::new("p".into()));
    let dropped = Failure::passing(FailureKind::Dropped, "", "");
    way.ended(&dropped, true);
    way.went_well();
    way.ended(&dropped, true);
    assert!(!way.known.borrow().quirks.has(Quirk::OneAtATime), "they were not in a row");
    way.ended(&dropped, true);
    assert!(way.known.borrow().quirks.has(Quirk::OneAtATime));
    assert!(way.take_evidence().is_empty());
    way.went_well();
    assert_eq!(way.take_evidence().len(), 1);
}

#[tokio::test]
async fn l04_a_password_that_the_server_repeats_is_in_no_failure_and_in_no_record() {
    let server = Scripted::start(|command| {
        command.starts_with("LOGIN").then(|| format!("@ NO {command} is wrong: aHVzaC1odXNo\r\n"))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("protocol.log");
    let recorder = Recorder::start(path.clone()).unwrap();
    let mut way = server.way();
    way.secret = watch::channel(Secret::new("hush-hush".into())).1;
    way.dialer.tap = recorder.tap("me", Purpose::Sync);
    let failure = way.connect().await.map(|_| ()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Login);
    assert_eq!(failure.said.as_str(), "LOGIN \"u\" \"***\" is wrong: ***");
    recorder.close();
    let record = std::fs::read_to_string(path).unwrap();
    assert!(
        record.contains("LOGIN u ***") && record.contains("is wrong: ***") && record.contains("login LOGIN"),
        "{record}"
    );
    assert!(!record.contains("hush") && !record.contains("aHVzaC1odXNo"), "{record}");
}

/// An interface that goes up and down, or a tunnel that changes the routes with every packet.
#[tokio::test]
async fn n06_a_route_that_flaps_brings_one_login_forward_and_not_every_one() {
    let nonsense = |command: &str| command.starts_with("LIST").then(|| "x OK never asked for\r\n".to_owned());
    let mut server = Scripted::start(nonsense).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    let offline = |status: &Status| matches!(status, Status::Offline { .. });
    running.until(offline).await;
    running.orders.send(Order::Check).unwrap();
    let begun = clock::instant();
    running.until(offline).await;
    assert!(begun.elapsed() < Duration::from_millis(900), "the first one is waited for");
    for _ in 0..20 {
        running.orders.send(Order::Check).unwrap();
    }
    let begun = clock::instant();
    running.until(offline).await;
    assert!(begun.elapsed() >= Duration::from_millis(1_900), "the others are not");
    assert_eq!(server.count("LOGIN"), 3);
}
