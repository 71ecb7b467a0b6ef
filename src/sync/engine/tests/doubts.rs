//! Lines that only seem to be alive, other networks, and servers that count logins.

use super::*;

fn not_idling(command: &str) -> Option<String> {
    command.starts_with("CAPABILITY").then(|| "* CAPABILITY IMAP4rev1\r\n@ OK\r\n".to_owned())
}

/// A way to where nobody is.
async fn nowhere() -> Way {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server { host: "127.0.0.1".into(), port, tls: crate::model::TlsMode::None };
    Way::new(Dialer::default(), server, "u".into(), Secret::new("p".into()))
}

impl Running {
    /// Until the next try begins; the time goes by at once, and is measured. The server is not talked to meanwhile.
    pub(super) async fn until_the_next_try(&mut self) -> Duration {
        tokio::time::pause();
        let begun = tokio::time::Instant::now();
        let right = |status: &Status| matches!(status, Status::Connecting);
        let next = async {
            loop {
                if let Some(Report::Status(_, status)) = self.reports.recv().await
                    && right(&status)
                {
                    return;
                }
            }
        };
        next.await;
        tokio::time::resume();
        begun.elapsed()
    }

    pub(super) async fn offline(&mut self) -> Status {
        self.until(|status| matches!(status, Status::Offline { .. })).await
    }
}

#[tokio::test]
async fn k06_a_line_that_is_alive_proves_it_with_one_word() {
    for (idles, word) in [(true, "DONE"), (false, "NOOP")] {
        let answer = move |command: &str| if idles { None } else { not_idling(command) };
        let mut server = Scripted::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let mut running = start(&store, server.way());
        running.at_rest().await;
        running.orders.send(Order::Check).unwrap();
        running.at_rest().await;
        assert_eq!((server.count("LOGIN"), server.count(word), server.count("SELECT")), (1, 1, 1), "{word}");
    }
}

#[tokio::test]
async fn k06_a_line_that_is_doubted_and_dead_is_made_anew_within_seconds() {
    for (idles, word) in [(true, "DONE"), (false, "NOOP")] {
        let answer = move |command: &str| {
            // It was cut off in its sleep: nothing comes any more.
            if command.starts_with(word) {
                return Some(String::new());
            }
            if idles { None } else { not_idling(command) }
        };
        let mut server = Scripted::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let limits = crate::net::Limits { answer: Duration::from_mins(1), ..crate::net::Limits::default() };
        let mut way = server.way();
        way.dialer.limits = limits;
        let mut running = start(&store, way);
        running.at_rest().await;
        running.orders.send(Order::Check).unwrap();
        let heard = async {
            while server.count(word) == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), heard).await.expect("it was not asked");
        let waited = running.until_the_next_try().await;
        assert!(waited <= Duration::from_secs(6), "{waited:?}");
        running.at_rest().await;
        assert_eq!(server.count("LOGIN"), 2, "{word}");
    }
}

#[tokio::test]
async fn k06_another_network_is_tried_at_once_and_a_refusal_stands_on_every_network() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, nowhere().await);
    for _ in 0..8 {
        running.offline().await;
        running.until_the_next_try().await;
    }
    running.offline().await;
    running.orders.send(Order::Check).unwrap();
    let waited = running.until_the_next_try().await;
    assert!(waited < Duration::from_secs(1), "{waited:?}");

    for said in ["@ NO wrong\r\n", "@ NO [UNAVAILABLE] too many logins\r\n"] {
        let no = move |command: &str| command.starts_with("LOGIN").then(|| said.to_owned());
        let mut server = Scripted::start(no).await;
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let mut running = start(&store, server.way());
        running.offline().await;
        for _ in 0..20 {
            running.orders.send(Order::Check).unwrap();
        }
        // What was ordered is read in order, and this one ends it.
        running.orders.send(Order::Stop).unwrap();
        assert_eq!(running.task.await.unwrap(), Rest::Stopped);
        assert_eq!(server.count("LOGIN"), 1, "{said}");
    }
}

#[tokio::test]
async fn n06_where_nobody_answers_tries_become_rare() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, nowhere().await);
    let mut waits = Vec::new();
    while waits.iter().sum::<Duration>() < Duration::from_hours(6) {
        running.offline().await;
        waits.push(running.until_the_next_try().await);
    }
    assert!((60..=90).contains(&waits.len()), "{} tries in six hours", waits.len());
    assert!(waits[0] < Duration::from_secs(2) && waits.iter().all(|wait| *wait < Duration::from_mins(7)), "{waits:?}");
    let settled: HashSet<&Duration> = waits.iter().skip(12).collect();
    assert!(settled.len() > 10, "all clients at the same moment: {settled:?}");
}

/// It lets us in, shows everything, and hangs up as soon as we wait.
#[tokio::test]
async fn n06_getting_in_is_no_reason_to_come_back_at_once_for_ever() {
    let bye = |command: &str| command.starts_with("IDLE").then(|| "* BYE\r\nx OK never asked for\r\n".to_owned());
    let mut server = Scripted::start(bye).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    let mut waits = Vec::new();
    for _ in 0..8 {
        running.at_rest().await;
        running.offline().await;
        waits.push(running.until_the_next_try().await);
    }
    assert!(waits.is_sorted() && waits[7] >= Duration::from_secs(128), "{waits:?}");
    assert!(server.count("LOGIN") <= 9);
}

#[tokio::test]
async fn n07_a_server_that_asks_for_patience_is_left_alone_for_a_quarter_of_an_hour() {
    let no = |command: &str| command.starts_with("LOGIN").then(|| "@ NO [UNAVAILABLE] later\r\n".to_owned());
    let mut server = Scripted::start(no).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    for tries in 1..=3 {
        let Status::Offline { failure, retry_at: Some(_) } = running.offline().await else { panic!() };
        assert_eq!((failure.kind, server.count("LOGIN")), (FailureKind::Throttled, tries));
        let waited = running.until_the_next_try().await;
        assert!(waited >= Duration::from_mins(15), "{waited:?}");
    }
}

#[tokio::test]
async fn n07_a_refused_login_is_not_tried_again_by_itself() {
    let no = |command: &str| command.starts_with("LOGIN").then(|| "@ NO wrong\r\n".to_owned());
    let mut server = Scripted::start(no).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    let Status::Offline { retry_at: None, .. } = running.offline().await else { panic!("it means to try again") };
    tokio::time::pause();
    tokio::time::sleep(Duration::from_hours(24)).await;
    assert!(!running.task.is_finished() && running.reports.is_empty());
    assert_eq!(server.count("LOGIN"), 1);
}

/// What the second connection may not fetch, the first one does, also in the middle of its own work.
#[tokio::test]
async fn n06_the_first_connection_fetches_for_whom_there_is_no_second() {
    let answer = |command: &str| {
        if command.starts_with("SELECT") || command.starts_with("EXAMINE") {
            return Some("* 1 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n".to_owned());
        }
        if command.starts_with("UID FETCH") && command.contains("BODY.PEEK[]") {
            return Some("* 1 FETCH (UID 5 RFC822.SIZE 5 BODY[] {5}\r\nwords)\r\n@ OK\r\n".to_owned());
        }
        None
    };
    let mut server = Scripted::start(answer).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let folder = with_a_want(&store, "INBOX").await;
    let row = store.reader().unwrap().newest(folder, 1).unwrap().remove(0);
    let at = store.reader().unwrap().whereabouts(row.placement).unwrap();
    let mut running = start(&store, server.way());
    let logins = server.count("LOGIN");
    let (reply, fetched) = tokio::sync::oneshot::channel();
    running.orders.send(Order::Fetch(Errand { at: at.clone(), reply })).unwrap();
    let whole = tokio::time::timeout(Duration::from_secs(20), fetched).await.unwrap().unwrap().unwrap();
    assert_eq!(whole.beginning().unwrap(), b"words");
    running.at_rest().await;
    assert!(logins <= 1 && server.count("LOGIN") == 1);
    // Nobody waits any more: nothing is asked.
    let before = server.count("UID FETCH 5 (");
    running.orders.send(Order::Fetch(Errand { at, reply: tokio::sync::oneshot::channel().0 })).unwrap();
    running.at_rest().await;
    assert_eq!(server.count("UID FETCH 5 ("), before);
}

/// Every folder would be refused, and every try is one more.
#[tokio::test]
async fn i19_a_server_that_mistrusts_us_is_told_who_we_are_once_more_and_left_alone_until_the_user_has_done_something()
{
    let no =
        |command: &str| command.starts_with("SELECT").then(|| "@ NO SELECT Unsafe Login. Please ask\r\n".to_owned());
    let mut server = Scripted::start(no).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    let Status::Offline { failure, retry_at: None } = running.offline().await else { panic!("it means to try again") };
    assert_eq!(failure.kind, FailureKind::Mistrusted);
    running.orders.send(Order::Check).unwrap();
    running.orders.send(Order::Wake).unwrap();
    assert_eq!(running.task.await.unwrap(), Rest::AskedAgain);
    // It did not ask who we are; it was told all the same.
    assert_eq!((server.count("SELECT"), server.count("LOGIN"), server.count("ID (")), (2, 2, 1));
}

/// Nothing of a connection is left when it is over, however it ended.
#[tokio::test]
async fn r04_tasks_stay_the_same_over_many_connections() {
    #[expect(clippy::disallowed_methods, reason = "how much time there is for tests")]
    let rounds = if std::env::var_os("HONGYAN_LONG").is_some() { 10_000 } else { 1_000 };
    let bad = std::sync::atomic::AtomicUsize::new(0);
    let answer = move |command: &str| {
        let every_third = || bad.fetch_add(1, std::sync::atomic::Ordering::SeqCst).is_multiple_of(3);
        (command.starts_with("LOGIN") && every_third()).then(|| "@ NO wrong\r\n".to_owned())
    };
    let server = Scripted::start(answer).await;
    let metrics = tokio::runtime::Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    let (way, mut open) = (server.way(), 0);
    for round in 0..rounds {
        match way.connect().await {
            Ok(session) if round % 2 == 0 => session.close().await,
            Ok(_) => open += 1,
            Err(failure) => assert_eq!(failure.kind, FailureKind::Login),
        }
    }
    assert!(open > rounds / 10, "{open}");
    let settled = async {
        while metrics.num_alive_tasks() > before {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), settled).await.expect("tasks are left");
}

/// A server that lists folders without end, and answers for each of them.
#[tokio::test]
async fn i13_what_the_user_wants_goes_before_a_round_over_many_folders() {
    let answer = |command: &str| {
        if command.starts_with("LIST") {
            let folders: Vec<String> = (0..5_000).map(|n| format!("* LIST () \"/\" \"folder {n}\"\r\n")).collect();
            return Some(format!("* LIST () \"/\" INBOX\r\n{}@ OK\r\n", folders.concat()));
        }
        let name = command.strip_prefix("STATUS \"")?.split('"').next()?;
        Some(format!("* STATUS \"{name}\" (MESSAGES 0 UNSEEN 0)\r\n@ OK\r\n"))
    };
    let mut server = Scripted::start(answer).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    let until_asked = async |server: &mut Scripted, start: &str, times: usize| {
        let asked = async {
            while server.count(start) < times {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), asked).await.expect("it was not asked");
    };
    until_asked(&mut server, "STATUS", 10).await;
    let reader = store.reader().unwrap();
    let last = reader.folder_named(store.accounts[0].0, b"folder 4999").unwrap().unwrap();
    running.orders.send(Order::Focus(last)).unwrap();
    until_asked(&mut server, "SELECT \"folder 4999\"", 1).await;
    assert!(server.count("STATUS") < 4_900, "{} folders were looked at first", server.count("STATUS"));
    running.at_rest().await;
    // Each once, but for the one that is open.
    assert_eq!(server.count("STATUS"), 5_000);
    assert_eq!(server.count("LIST"), 1);
}
