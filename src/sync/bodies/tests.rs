use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::mime::headers;
use crate::model::{Flags, FolderName, Timestamp};
use crate::store::{FolderSeen, Incoming, MailWrite, Reader, Restore, Store, StoreOptions, Written};
use crate::sync::tests::scripted::Scripted;

const RAW: &[u8] = b"Subject: s\n\nwords";

/// A profile with one message whose body is not there.
async fn profile(dir: &Path) -> (Store, MessageId) {
    let accounts = ["me@example.com".to_owned()];
    let options = StoreOptions { profile: dir, accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
    let store = Store::open(&options, mpsc::unbounded_channel().0).unwrap();
    let inbox = FolderSeen {
        name: FolderName { wire: b"INBOX".to_vec(), delimiter: None },
        decoded: "INBOX".to_owned(),
        role: None,
        selectable: true,
    };
    let seen = MailWrite::Folders { account: store.accounts[0].0, seen: vec![inbox], at: Timestamp(0) };
    let Written::Folders(folders) = store.mail.commit(seen).await.unwrap() else { panic!() };
    let folder = folders[0];
    let message = Incoming {
        uid: 1,
        flags: Flags::NONE,
        arrival: Timestamp(1),
        size: 17,
        headers: headers(RAW),
        raw: RAW.to_vec(),
        decoder: 1,
    };
    store.mail.commit(MailWrite::Opened { folder, uidvalidity: 1, on_server: 1, renumbered: false }).await.unwrap();
    store.mail.commit(MailWrite::Ingest { folder, messages: vec![message], on_server: 1 }).await.unwrap();
    let message = store.reader().unwrap().newest(folder, 1).unwrap()[0].message;
    (store, message)
}

#[tokio::test]
async fn a_message_is_read_before_it_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (store, message) = profile(dir.path()).await;
    // A disk that takes its time.
    let busy = rusqlite::Connection::open(dir.path().join("mail.db")).unwrap();
    busy.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (reply, answer) = oneshot::channel();
    let mail = store.mail.clone();
    let delivery =
        tokio::spawn(async move { deliver(&mail, message, Ok(Whole::Bytes(RAW.to_vec())), Reply::Read(reply)).await });
    let read = tokio::time::timeout(Duration::from_secs(4), answer).await;
    assert_eq!(read.expect("it does not wait for the disk").unwrap().unwrap(), RAW);
    let kept = || Reader::open(dir.path()).unwrap().body(message).unwrap();
    assert_eq!(kept(), None);
    busy.execute_batch("ROLLBACK").unwrap();
    delivery.await.unwrap();
    assert_eq!(kept().as_deref(), Some(RAW));
}

#[tokio::test]
async fn who_wants_it_kept_hears_whether_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (store, message) = profile(dir.path()).await;
    let (reply, answer) = oneshot::channel();
    deliver(&store.mail, message, Ok(Whole::Bytes(RAW.to_vec())), Reply::Kept(reply)).await;
    assert_eq!(answer.await.unwrap(), Ok(()));
    assert_eq!(Reader::open(dir.path()).unwrap().body(message).unwrap().as_deref(), Some(RAW));
    let (reply, answer) = oneshot::channel();
    deliver(&store.mail, MessageId(99), Ok(Whole::Bytes(RAW.to_vec())), Reply::Kept(reply)).await;
    assert_eq!(answer.await.unwrap().unwrap_err().kind, FailureKind::Gone);
}

/// A server with that one message, and how many logins there were.
async fn library(refuse: usize) -> Scripted {
    library_that(refuse, true).await
}

async fn library_that(refuse: usize, answers_when_asked: bool) -> Scripted {
    let logins = AtomicUsize::new(0);
    Scripted::start(move |command| {
        if command.starts_with("LOGIN") && logins.fetch_add(1, Ordering::SeqCst) < refuse {
            return Some("@ NO [LIMIT] too many connections\r\n".to_owned());
        }
        if command.starts_with("EXAMINE") {
            return Some("* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n@ OK\r\n".to_owned());
        }
        if command == "NOOP" && !answers_when_asked {
            return Some(String::new());
        }
        let raw = String::from_utf8_lossy(RAW);
        let body = || format!("* 1 FETCH (UID 1 RFC822.SIZE {0} BODY[] {{{0}}}\r\n{raw})\r\n@ OK\r\n", RAW.len());
        command.contains("BODY.PEEK[]").then(body)
    })
    .await
}

/// The folder came back from a backup: its numbers stand for other messages, and their validity is the same.
#[tokio::test]
async fn i09_a_strangers_text_is_neither_shown_nor_kept_and_the_folder_is_looked_at_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (store, message) = profile(dir.path()).await;
    let server = Scripted::start(|command| {
        if command.starts_with("EXAMINE") {
            return Some("* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n@ OK\r\n".to_owned());
        }
        let told = format!("UID 1 INTERNALDATE {:?} RFC822.SIZE 5", "02-Jan-1970 00:00:00 +0000");
        command.contains("BODY.PEEK[]").then(|| format!("* 1 FETCH ({told} BODY[] {{5}}\r\nother)\r\n@ OK\r\n"))
    })
    .await;
    let (requests, inbox) = mpsc::unbounded_channel();
    let (_online, is_online) = watch::channel(true);
    let (first, mut orders) = mpsc::unbounded_channel();
    tokio::spawn(Bodies::new(server.way(), store.mail.clone(), inbox, is_online).beside(first.downgrade()).run());
    let reader = store.reader().unwrap();
    let folder = reader.folders().unwrap()[0].id;
    requests.send(BodyRequest::Ahead(reader.without_body(folder).unwrap())).unwrap();
    for _ in 0..2 {
        assert_eq!(ask(&requests, &store).await.unwrap().unwrap_err().kind, FailureKind::Gone);
    }
    assert_eq!(reader.body(message).unwrap(), None);
    assert!(matches!(orders.try_recv(), Ok(Order::Wake)), "the engine is not woken");
    assert!(orders.try_recv().is_err(), "it is not woken for every one");
}

fn ask(requests: &mpsc::UnboundedSender<BodyRequest>, store: &Store) -> oneshot::Receiver<Result<Vec<u8>, Failure>> {
    let reader = store.reader().unwrap();
    let folder = reader.folders().unwrap()[0].id;
    let at = reader.whereabouts(reader.newest(folder, 1).unwrap()[0].placement).unwrap();
    let (reply, answer) = oneshot::channel();
    requests.send(BodyRequest::Now { at, reply }).unwrap();
    answer
}

#[tokio::test]
async fn k06_a_connection_that_may_have_died_in_its_sleep_is_not_waited_for() {
    for (alive, logins) in [(true, 1), (false, 2)] {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = profile(dir.path()).await;
        let mut server = library_that(0, alive).await;
        let (requests, inbox) = mpsc::unbounded_channel();
        let (_online, is_online) = watch::channel(true);
        tokio::spawn(Bodies::new(server.way(), store.mail.clone(), inbox, is_online).run());
        for _ in 0..2 {
            assert_eq!(ask(&requests, &store).await.unwrap().unwrap(), RAW);
        }
        assert_eq!((server.count("LOGIN"), server.count("NOOP")), (1, 0));
        // Routes that flap: one that is alive is kept.
        for _ in 0..5 {
            requests.send(BodyRequest::Check).unwrap();
        }
        assert_eq!(ask(&requests, &store).await.unwrap().unwrap(), RAW);
        assert_eq!((server.count("LOGIN"), server.count("NOOP")), (logins, 1), "alive: {alive}");
    }
}

#[tokio::test]
async fn k06_a_connection_that_was_long_of_no_use_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = profile(dir.path()).await;
    let server = library(0).await;
    let (_online, is_online) = watch::channel(true);
    let mut bodies = Bodies::new(server.way(), store.mail.clone(), mpsc::unbounded_channel().1, is_online);
    let now = clock::now();
    for (used, kept) in [(now, true), (Timestamp(now.0 - 3_600), false)] {
        let mut session = Some(bodies.connect().await.unwrap());
        bodies.used = used;
        bodies.doubt(&BodyRequest::Check, &mut session);
        assert_eq!(session.is_some(), kept);
    }
}

#[tokio::test]
async fn n06_a_second_login_that_is_refused_is_not_repeated_and_the_first_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = profile(dir.path()).await;
    let mut server = library(1).await;
    let (requests, inbox) = mpsc::unbounded_channel();
    let (_online, is_online) = watch::channel(true);
    let (first, mut errands) = mpsc::unbounded_channel();
    tokio::spawn(Bodies::new(server.way(), store.mail.clone(), inbox, is_online).beside(first.downgrade()).run());
    for round in 1..=3 {
        let answer = ask(&requests, &store);
        let Some(Order::Fetch(errand)) = errands.recv().await else { panic!("the first one is not asked") };
        if round == 3 {
            // It is cut off as well: why there is no second one is what is known.
            drop(errand);
            assert_eq!(answer.await.unwrap().unwrap_err().kind, FailureKind::Offline);
        } else {
            errand.reply.send(Ok(Whole::Bytes(b"by the first".to_vec()))).unwrap();
            assert_eq!(answer.await.unwrap().unwrap(), b"by the first");
        }
        assert_eq!(server.count("LOGIN"), 1);
    }
}

/// The newest login wins there: two connections would end each other for ever.
#[tokio::test(start_paused = true)]
async fn n06_where_a_second_login_ends_the_first_there_is_none_any_more() {
    let server = crate::model::Server { host: "127.0.0.1".into(), port: 1, tls: crate::model::TlsMode::None };
    let dialer = crate::net::Dialer::default();
    let way = Way::new(dialer, server, "u".into(), crate::model::Secret::new("p".into()));
    let dropped = Failure::passing(FailureKind::Dropped, "", "");
    let learned = || way.known.borrow().quirks.has(Quirk::OneConnection);
    for (pause, failure, knows) in [
        (1, &dropped, false),
        // Long after the login: that is another reason.
        (60, &dropped, false),
        (1, &dropped, false),
        (1, &Failure::passing(FailureKind::Protocol, "", ""), false),
        (1, &dropped, false),
        (2, &dropped, true),
    ] {
        way.second_came();
        tokio::time::advance(Duration::from_secs(pause)).await;
        way.first_ended(failure);
        assert_eq!(learned(), knows);
    }
    assert_eq!(way.take_evidence().len(), 1);
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = profile(dir.path()).await;
    let (_online, is_online) = watch::channel(true);
    let mut bodies = Bodies::new(way, store.mail.clone(), mpsc::unbounded_channel().1, is_online);
    assert_eq!(bodies.connect().await.unwrap_err().kind, FailureKind::Offline, "it tried");
}

/// The other connection may come and go: that is no reason to try again what was refused.
#[tokio::test]
async fn n06_a_second_login_that_is_refused_is_left_alone_although_the_first_comes_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = profile(dir.path()).await;
    let mut server = library(1).await;
    let (online, is_online) = watch::channel(true);
    let (secrets, secret) = watch::channel(crate::model::Secret::new("p".into()));
    let way = Way { secret, ..server.way() };
    let mut bodies = Bodies::new(way.clone(), store.mail.clone(), mpsc::unbounded_channel().1, is_online);
    assert_eq!(bodies.connect().await.unwrap_err().kind, FailureKind::Throttled);
    for _ in 0..5 {
        online.send_replace(false);
        online.send_replace(true);
        assert_eq!(bodies.connect().await.unwrap_err().kind, FailureKind::Offline);
    }
    assert!(way.is_shut());
    assert_eq!(server.count("LOGIN"), 1);
    // What the user does is another matter.
    secrets.send_replace(crate::model::Secret::new("another".into()));
    online.send_replace(true);
    assert!(bodies.connect().await.is_ok());
    assert_eq!((server.count("LOGIN"), way.is_shut()), (2, false));
}

/// Over ten minutes of a server that lets in the first and refuses the second, whatever is asked for.
#[tokio::test(start_paused = true)]
async fn n06_the_longer_a_second_login_is_refused_the_longer_it_is_left_alone() {
    let server = crate::model::Server { host: "127.0.0.1".into(), port: 1, tls: crate::model::TlsMode::None };
    let way = Way::new(crate::net::Dialer::default(), server, "u".into(), crate::model::Secret::new("p".into()));
    let mut refused = Vec::new();
    for minute in 0..24 * 60 {
        if !way.is_shut() {
            way.second_refused();
            refused.push(minute);
        }
        tokio::time::advance(Duration::from_mins(1)).await;
    }
    assert_eq!(refused[..5], [0, 15, 45, 105, 225]);
    assert!(refused.len() < 12, "{refused:?}");
    way.second_came();
    assert!(!way.is_shut());
}

/// Who is let in and shown nothing does not come again, and the message is asked for on the other connection.
#[tokio::test]
async fn i19_a_second_connection_that_is_shown_nothing_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = profile(dir.path()).await;
    let mut server = Scripted::start(|command| {
        command.starts_with("EXAMINE").then(|| "@ NO EXAMINE Unsafe Login. Please ask\r\n".to_owned())
    })
    .await;
    let (requests, inbox) = mpsc::unbounded_channel();
    let (_online, is_online) = watch::channel(true);
    let (first, mut errands) = mpsc::unbounded_channel();
    tokio::spawn(Bodies::new(server.way(), store.mail.clone(), inbox, is_online).beside(first.downgrade()).run());
    assert_eq!(ask(&requests, &store).await.unwrap().unwrap_err().kind, FailureKind::Mistrusted);
    for _ in 0..3 {
        let answer = ask(&requests, &store);
        let Some(Order::Fetch(errand)) = errands.recv().await else { panic!("the first one is not asked") };
        errand.reply.send(Ok(Whole::Bytes(b"by the first".to_vec()))).unwrap();
        assert_eq!(answer.await.unwrap().unwrap(), b"by the first");
    }
    assert_eq!(server.count("LOGIN"), 1);
}

/// QQ shows an open folder as it was when it was opened.
#[tokio::test]
async fn what_came_after_the_folder_was_opened_is_seen_by_opening_it_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = profile(dir.path()).await;
    let reader = store.reader().unwrap();
    let folder = reader.folders().unwrap()[0].id;
    let at = reader.whereabouts(reader.newest(folder, 1).unwrap()[0].placement).unwrap();
    let opened = AtomicUsize::new(0);
    let server = Scripted::start(move |command| {
        if command.starts_with("EXAMINE") {
            opened.fetch_add(1, Ordering::SeqCst);
            return Some("* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n@ OK\r\n".to_owned());
        }
        if !command.contains("BODY.PEEK[]") {
            return None;
        }
        if opened.load(Ordering::SeqCst) < 2 {
            return Some("@ OK\r\n".to_owned());
        }
        let raw = String::from_utf8_lossy(RAW);
        Some(format!("* 1 FETCH (UID 1 RFC822.SIZE {0} BODY[] {{{0}}}\r\n{raw})\r\n@ OK\r\n", RAW.len()))
    })
    .await;
    let mut line = server.way().connect().await.unwrap();
    line.look_into(&at.name).await.unwrap();
    assert!(matches!(read_one(&mut line, &at).await, Ok(Whole::Bytes(raw)) if raw == RAW));
    // What is opened just now, and does not have it, has it not.
    let mut line = server.way().connect().await.unwrap();
    let gone = Whereabouts { uid: 7, ..at };
    assert_eq!(read_one(&mut line, &gone).await.unwrap_err().kind, FailureKind::Gone);
}
