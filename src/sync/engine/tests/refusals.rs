//! Servers that refuse, in the words of those that exist: how often they are asked, and what is told.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::model::Retry;
use crate::remedy;
use crate::store::Whereabouts;
use crate::sync::Bodies;

const QQ: &str = "@ NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, \
                  or system is busy. More information at https://help.example/detail/108/1023\r\n";
const WRONG_CODE: &str = "@ NO LOGIN Login error or password error\r\n";
const BUSY: &str = "@ NO System busy!\r\n";
const SERVICE_OFF: &str = "@ NO [ALERT] Your account is not enabled for IMAP use. (Failure)\r\n";
const UNSAFE: &str = "@ NO SELECT Unsafe Login. Please contact kefu@188.com for help\r\n";

/// A whole account: the engine, the second connection beside it, and both channels to them.
struct Account {
    running: Running,
    bodies: mpsc::UnboundedSender<BodyRequest>,
    secrets: watch::Sender<Secret>,
}

fn account(store: &Store, mut way: Way) -> Account {
    let (secrets, secret) = watch::channel(Secret::new("p".into()));
    way.secret = secret;
    let (orders, inbox) = mpsc::unbounded_channel();
    let (to, reports) = mpsc::unbounded_channel();
    let (to_bodies, requests) = mpsc::unbounded_channel();
    let (online, is_online) = watch::channel(false);
    let second = way.for_purpose(Purpose::Bodies);
    tokio::spawn(Bodies::new(second, store.mail.clone(), requests, is_online).beside(orders.downgrade()).run());
    let mut engine = Engine {
        way,
        pass: pass(store),
        orders: inbox,
        reports: to,
        bodies: to_bodies.clone(),
        online,
        pace: Pace::every(Duration::from_mins(1)),
        ahead: 10,
        ahead_size: 1 << 20,
        memory: Memory::default(),
    };
    // The user's next try begins with the secret that is kept.
    let task = tokio::spawn(async move {
        loop {
            match engine.run().await {
                Rest::AskedAgain => {}
                rest @ Rest::Stopped => return rest,
            }
        }
    });
    let (_, bodies) = mpsc::unbounded_channel();
    Account {
        running: Running { orders, reports, task, refused: 0, arrived: Vec::new(), bodies },
        bodies: to_bodies,
        secrets,
    }
}

impl Account {
    /// Everything that goes on by itself in a program that is in use: messages are wanted, networks come and go, and
    /// there is something to push.
    fn pester(&self, at: &Whereabouts) {
        let (reply, _) = tokio::sync::oneshot::channel();
        let _ = self.bodies.send(BodyRequest::Now { at: at.clone(), reply });
        let _ = self.bodies.send(BodyRequest::Ahead(vec![at.clone()]));
        let _ = self.bodies.send(BodyRequest::Check);
        for order in [Order::Check, Order::Push, Order::Focus(at.folder)] {
            let _ = self.running.orders.send(order);
        }
    }

    /// Lets so much time go by at once, and gives everybody the real time that their words take on the way.
    async fn minutes(&mut self, minutes: u64, at: &Whereabouts) -> Vec<Status> {
        let mut told = vec![self.running.offline().await];
        for _ in 0..minutes * 2 {
            self.pester(at);
            // Real time, for what is said on the line.
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_millis(2)).await;
                while let Ok(report) = self.running.reports.try_recv() {
                    if let Report::Status(_, status) = report {
                        told.push(status);
                    }
                }
            }
            tokio::time::pause();
            tokio::time::advance(Duration::from_secs(30)).await;
            tokio::time::resume();
        }
        told
    }
}

/// A profile with one message, of which the text is not here.
async fn profile(dir: &Path) -> (Store, Whereabouts) {
    let store = open(dir);
    let folder = with_a_want(&store, "INBOX").await;
    let row = store.reader().unwrap().newest(folder, 1).unwrap().remove(0);
    let at = store.reader().unwrap().whereabouts(row.placement).unwrap();
    (store, at)
}

/// The words on a command, and how the failure is taken.
fn cases() -> [(&'static str, &'static str, &'static str, Retry); 5] {
    [
        ("LOGIN", WRONG_CODE, "netease-login", Retry::AfterUser),
        ("LOGIN", QQ, "qq-refused", Retry::Doubtful),
        ("LOGIN", BUSY, "qq-busy", Retry::Patience),
        ("LOGIN", SERVICE_OFF, "imap-is-off", Retry::AfterUser),
        ("SELECT", UNSAFE, "netease-mistrusted", Retry::AfterUser),
    ]
}

#[tokio::test]
async fn n07_whatever_the_refusal_there_are_at_most_two_logins_in_ten_minutes() {
    for (on, words, id, retry) in cases() {
        let no = move |command: &str| {
            let here = command.starts_with(on) || (on == "SELECT" && command.starts_with("EXAMINE"));
            here.then(|| words.to_owned())
        };
        let mut server = Scripted::start(no).await;
        let dir = tempfile::tempdir().unwrap();
        let (store, at) = profile(dir.path()).await;
        let mut account = account(&store, server.way());
        let told = account.minutes(10, &at).await;
        let failures: Vec<&Failure> = told
            .iter()
            .filter_map(|status| match status {
                Status::Offline { failure, .. } => Some(failure),
                _ => None,
            })
            .collect();
        let first = failures.first().unwrap_or_else(|| panic!("{id}: {told:?}"));
        assert_eq!((first.remedy, first.retry, first.worked_before), (Some(id), retry, false), "{first:?}");
        let logins = server.count("LOGIN");
        println!("{id}: {logins} logins in ten minutes");
        assert!((1..=2).contains(&logins), "{id}: {logins} logins");
        assert_eq!(account.secrets.borrow().expose(), "p");
    }
}

#[tokio::test]
async fn n07_a_doubtful_refusal_is_tried_three_times_in_a_day_and_then_when_the_user_asks() {
    let no = |command: &str| command.starts_with("LOGIN").then(|| QQ.to_owned());
    let mut server = Scripted::start(no).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    for tries in 1..=3 {
        let Status::Offline { failure, retry_at } = running.offline().await else { panic!() };
        assert_eq!((failure.retry, server.count("LOGIN")), (Retry::Doubtful, tries));
        assert_eq!(retry_at.is_some(), tries < 3, "{retry_at:?}");
        if tries < 3 {
            // Another network changes nothing.
            running.orders.send(Order::Check).unwrap();
            let waited = running.until_the_next_try().await;
            assert!(waited >= Duration::from_mins(15) && waited < Duration::from_mins(21), "{waited:?}");
        }
    }
    running.orders.send(Order::Check).unwrap();
    running.orders.send(Order::Push).unwrap();
    tokio::time::pause();
    tokio::time::sleep(Duration::from_hours(24)).await;
    tokio::time::resume();
    assert_eq!(server.count("LOGIN"), 3);
    // The user asks: the secret is looked for anew.
    running.orders.send(Order::Wake).unwrap();
    assert_eq!(running.task.await.unwrap(), Rest::AskedAgain);
}

#[tokio::test]
async fn n07_a_try_that_the_user_asked_for_counts_and_one_that_goes_well_is_a_new_beginning() {
    // Refused, but for the fifth time.
    let logins = std::sync::atomic::AtomicUsize::new(0);
    let answer = move |command: &str| {
        if command.starts_with("LOGIN") {
            let before = logins.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            return (before != 4).then(|| QQ.to_owned());
        }
        // What was let in is thrown out soon.
        command.starts_with("IDLE").then(|| "* BYE\r\nx OK never asked for\r\n".to_owned())
    };
    let mut server = Scripted::start(answer).await;
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = profile(dir.path()).await;
    let mut account = account(&store, server.way());
    let running = &mut account.running;
    let mut wake = true;
    for (tries, parked) in [(1, false), (2, false), (3, true), (4, true)] {
        let Status::Offline { failure, retry_at } = running.offline().await else { panic!() };
        assert_eq!((server.count("LOGIN"), retry_at.is_none(), failure.worked_before), (tries, parked, false));
        // Asked for or not, each of them counts.
        if wake || parked {
            running.orders.send(Order::Wake).unwrap();
        } else {
            running.until_the_next_try().await;
        }
        wake = !wake;
    }
    // One that comes right after another waits: a key that is held down is no storm of logins.
    assert!(running.until_the_next_try().await > Duration::from_secs(50));
    running.at_rest().await;
    // The connection ends, and the same secret is refused again.
    let Status::Offline { failure, retry_at } = running
        .until(|status| matches!(status, Status::Offline { failure, .. } if failure.kind == FailureKind::Login))
        .await
    else {
        panic!()
    };
    assert!(retry_at.is_some() && failure.worked_before, "{failure:?}");
    assert_eq!(remedy::against(&failure).unwrap().id, "worked-before");
}

#[tokio::test]
async fn n07_what_sending_was_refused_is_left_alone_for_a_while_where_it_was_never_good() {
    let mut server = Scripted::start(|_| None).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let way = server.way();
    let refused = Failure::lasting(FailureKind::Login, "smtp.example", "no");
    let refuse = |door: &watch::Sender<Door>| {
        door.send_modify(|door| {
            door.refused(At::Sending, &Secret::new("p".into()), &refused, patience::on_the_clock());
        });
    };
    refuse(&way.door);
    let door = way.door.clone();
    let mut running = start(&store, way);
    let Status::Offline { failure, retry_at: Some(_) } = running.offline().await else { panic!() };
    assert_eq!((failure.kind, failure.about.as_str(), server.count("LOGIN")), (FailureKind::Login, "smtp.example", 0));
    let waited = running.until_the_next_try().await;
    assert!(waited >= Duration::from_mins(15), "{waited:?}");
    running.at_rest().await;
    assert_eq!(server.count("LOGIN"), 1);
    // From now on the mailbox is known to take it.
    refuse(&door);
    assert!(door.borrow().elsewhere(At::Mailbox, &Secret::new("p".into()), patience::on_the_clock()).is_none());
    drop(running);
    // The user need not wait.
    let way = server.way();
    refuse(&way.door);
    let mut running = start(&store, way);
    running.offline().await;
    running.orders.send(Order::Wake).unwrap();
    assert_eq!(running.task.await.unwrap(), Rest::AskedAgain);
}

/// Whoever starts the program again has not asked for another try by that.
#[tokio::test]
async fn n07_what_was_refused_before_the_start_is_waited_for() {
    for (words, times, waits, then) in
        [(QQ, 1, true, true), (QQ, 2, true, false), (QQ, 3, false, false), (WRONG_CODE, 1, false, false)]
    {
        let no = move |command: &str| command.starts_with("LOGIN").then(|| words.to_owned());
        let mut server = Scripted::start(no).await;
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let said = words.trim_start_matches("@ ").trim();
        let failure = remedy::of(remedy::Protocol::Imap, said.as_bytes()).unwrap().failure("127.0.0.1", said);
        let earlier = Earlier { failure: failure.clone(), times, left: Duration::from_mins(9) };
        let mut running = start_after(&store, server.way(), Memory::of(Some(earlier)));
        let Status::Offline { failure: told, retry_at } = running.offline().await else { panic!() };
        assert_eq!((&told, retry_at.is_some()), (&failure, waits), "{words}");
        assert_eq!(server.count("LOGIN"), 0, "{words}");
        if !waits {
            running.orders.send(Order::Wake).unwrap();
            assert_eq!(running.task.await.unwrap(), Rest::AskedAgain);
            continue;
        }
        let waited = running.until_the_next_try().await;
        assert!(waited > Duration::from_mins(8) && waited <= Duration::from_mins(10), "{waited:?}");
        // It counts among those before it.
        let Status::Offline { retry_at, .. } = running.offline().await else { panic!() };
        assert_eq!((server.count("LOGIN"), retry_at.is_some()), (1, then), "{times}");
    }
}

#[tokio::test]
async fn n07_a_secret_that_was_good_enough_is_not_given_up_at_the_first_refusal() {
    for words in [WRONG_CODE, "@ NO nobody knows these words\r\n"] {
        let logins = std::sync::atomic::AtomicUsize::new(0);
        let answer = move |command: &str| {
            if command.starts_with("LOGIN") {
                let before = logins.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                return (before > 0).then(|| words.to_owned());
            }
            None
        };
        let server = Scripted::start(answer).await;
        let (secrets, secret) = watch::channel(Secret::new("p".into()));
        let way = Way { secret, ..server.way() };
        assert!(way.connect().await.is_ok());
        let again = way.connect().await.map(|_| ()).unwrap_err();
        assert_eq!((again.retry, again.worked_before, again.kind), (Retry::Doubtful, true, FailureKind::Login));
        // Of another one nothing is known.
        secrets.send_replace(Secret::new("q".into()));
        let other = way.connect().await.map(|_| ()).unwrap_err();
        assert_eq!((other.retry, other.worked_before), (Retry::AfterUser, false));
    }
}

/// A server that greets, says these bytes to a login (`@` stands for the tag), and hangs up.
async fn rude(greeting: &'static [u8], says: &'static [u8]) -> Way {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (read, mut write) = tcp.into_split();
            let mut lines = tokio::io::BufReader::new(read).lines();
            write.write_all(greeting).await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let asks = line.contains("CAPABILITY");
                let says = if asks { b"* CAPABILITY IMAP4rev1\r\n@ OK\r\n" } else { says };
                let tag = line.split(' ').next().unwrap_or_default().as_bytes();
                let said = says.iter().flat_map(|byte| if *byte == b'@' { tag } else { std::slice::from_ref(byte) });
                let said: Vec<u8> = said.copied().collect();
                let _ = write.write_all(&said).await;
                if !asks {
                    break;
                }
            }
        }
    });
    let server = Server { host: "127.0.0.1".into(), port, tls: crate::model::TlsMode::None };
    Way::new(Dialer::default(), server, "u".into(), Secret::new("p".into()))
}

/// From the bytes on the wire, the encoding of China among them, to what is known of them.
#[tokio::test]
async fn i19_words_of_refusal_are_understood_as_they_come() {
    let hello = &b"* OK hello\r\n"[..];
    let cases: [(&[u8], &[u8], &str, Retry); 7] = [
        // 535 Error: 请使用授权码登录。, as it was said in those years.
        (
            hello,
            b"@ NO Error: \xc7\xeb\xca\xb9\xd3\xc3\xca\xda\xc8\xa8\xc2\xeb\xb5\xc7\xc2\xbc\xa1\xa3\r\n",
            "qq-use-code",
            Retry::AfterUser,
        ),
        (hello, b"@ NO [ALERT] \xb5\xc7\xc2\xbc\xcc\xab\xc6\xb5\xb7\xb1\r\n", "login-too-often", Retry::Patience),
        (hello, b"* BYE \xb5\xc7\xc2\xbc\xcc\xab\xc6\xb5\xb7\xb1\r\n", "login-too-often", Retry::Patience),
        (hello, "* BYE 登录太频繁\r\n".as_bytes(), "login-too-often", Retry::Patience),
        (b"* BYE System busy!\r\n", b"", "qq-busy", Retry::Patience),
        (hello, b"@ NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n", "gmail-refused", Retry::Doubtful),
        (hello, b"@ NO [LIMIT] Maximum number of connections exceeded\r\n", "too-many-connections", Retry::Patience),
    ];
    for (greeting, says, id, retry) in cases {
        let way = rude(greeting, says).await;
        let failure = way.connect().await.map(|_| ()).unwrap_err();
        assert_eq!((failure.remedy, failure.retry), (Some(id), retry), "{failure:?}");
        assert!(!failure.said.as_str().contains('\u{fffd}'), "{failure:?}");
    }
    // Words about a folder are no word about a login, and a goodbye that means nothing is one.
    for (says, kind, retry) in [
        (&b"@ NO Folder not exist!\r\n"[..], FailureKind::Login, Retry::AfterUser),
        (b"@ BAD invalid command or parameters\r\n", FailureKind::Login, Retry::AfterUser),
        (b"* BYE Mails not exist!\r\n", FailureKind::Dropped, Retry::Later),
    ] {
        let failure = rude(hello, says).await.connect().await.map(|_| ()).unwrap_err();
        assert_eq!((failure.kind, failure.retry), (kind, retry), "{failure:?}");
    }
}

/// A server with an INBOX and a folder of sent mail, which says this to the commands that begin so while that is open.
fn of_two(on: &'static str, words: &'static str, busy: &'static str) -> impl Fn(&str) -> Option<String> {
    let open = std::sync::atomic::AtomicBool::new(false);
    move |command: &str| {
        let folder = format!("\"{busy}\"");
        if command.starts_with("SELECT") || command.starts_with("EXAMINE") {
            open.store(command.contains(&folder) || command.ends_with(busy), std::sync::atomic::Ordering::SeqCst);
            let select = (on != "SELECT" || !open.load(std::sync::atomic::Ordering::SeqCst))
                .then_some("* 1 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK [READ-WRITE] done\r\n");
            return Some(select.unwrap_or(words).to_owned());
        }
        if command.starts_with("LIST") {
            return Some("* LIST () \"/\" INBOX\r\n* LIST (\\Sent) \"/\" Sent\r\n@ OK\r\n".to_owned());
        }
        if command.starts_with("CAPABILITY") {
            return Some("* CAPABILITY IMAP4rev1\r\n@ OK\r\n".to_owned());
        }
        if command.starts_with("STATUS") {
            return Some("* STATUS Sent (MESSAGES 7 UNSEEN 1)\r\n@ OK\r\n".to_owned());
        }
        let is_open = open.load(std::sync::atomic::Ordering::SeqCst);
        if is_open && !on.is_empty() && command.contains(on) {
            return Some(words.to_owned());
        }
        if command.contains("FETCH") && command.contains("HEADER") {
            return Some(
                "* 1 FETCH (UID 5 FLAGS () RFC822.SIZE 9 INTERNALDATE \"01-Jan-1970 00:00:01 +0000\" \
                 BODY[HEADER.FIELDS (X)] {2}\r\n\r\n)\r\n@ OK\r\n"
                    .to_owned(),
            );
        }
        if command.contains("FETCH") {
            return Some("* 1 FETCH (UID 5 FLAGS ())\r\n@ OK\r\n".to_owned());
        }
        if command.contains("SEARCH") {
            return Some("* SEARCH 5\r\n@ OK\r\n".to_owned());
        }
        None
    }
}

/// Copies that QQ makes of sent mail are kept back for an hour: the rest of the account goes on.
#[tokio::test]
async fn a_busy_folder_is_put_off_and_the_inbox_stays() {
    for on in ["FETCH", "SELECT"] {
        let mut server = Scripted::start(of_two(on, BUSY, "Sent")).await;
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let mut running = start_with(&store, server.way(), Pace::every(Duration::from_millis(5)));
        for _ in 0..20 {
            running.at_rest().await;
        }
        let inbox = store.reader().unwrap().folder_named(store.accounts[0].0, b"INBOX").unwrap().unwrap();
        assert_eq!(store.reader().unwrap().counters(inbox).unwrap().0, 1);
        assert_eq!((server.count("LOGIN"), running.refused), (1, 0), "{on}");
        assert_eq!(server.count("SELECT \"Sent\""), 1, "{on}: it was asked again and again");
        // Who asks for it hears why, and the inbox is there all the same.
        let sent = store.reader().unwrap().folder_named(store.accounts[0].0, b"Sent").unwrap().unwrap();
        running.orders.send(Order::Focus(sent)).unwrap();
        while running.refused == 0 {
            running.at_rest().await;
        }
        running.at_rest().await;
        assert_eq!((server.count("LOGIN"), running.refused), (1, 1), "{on}");
    }
}

#[tokio::test]
async fn without_the_inbox_a_busy_server_is_left_alone() {
    let mut server = Scripted::start(of_two("SELECT", BUSY, "INBOX")).await;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut running = start(&store, server.way());
    let Status::Offline { failure, retry_at: Some(_) } = running.offline().await else { panic!() };
    assert_eq!(
        (failure.kind, failure.retry, failure.remedy),
        (FailureKind::Throttled, Retry::Patience, Some("qq-busy"))
    );
    let waited = running.until_the_next_try().await;
    assert!(waited >= Duration::from_mins(15), "{waited:?}");
    assert_eq!(server.count("LOGIN"), 1);
}

/// What the user wants is not thrown away for a bad moment, and nothing is removed for words that sound like it.
#[tokio::test]
async fn a_wish_waits_for_a_busy_server_and_silence_removes_nothing() {
    for words in [BUSY, "@ BAD System busy!\r\n", "@ NO Mails not exist!\r\n", "@ BAD Mails not exist!\r\n"] {
        let answer = move |command: &str| {
            if command.starts_with("SELECT") {
                return Some("* 1 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n".to_owned());
            }
            let refused = command.starts_with("UID STORE") || command.contains("FETCH");
            refused.then(|| words.to_owned())
        };
        let mut server = Scripted::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let (store, at) = profile(dir.path()).await;
        let mut running = start(&store, server.way());
        running.until(|status| matches!(status, Status::UpToDate { .. } | Status::Offline { .. })).await;
        if words.contains("Mails") {
            // It was asked, in every way that there is.
            assert!(server.count("UID FETCH") > 0 && server.count("LOGIN") == 1);
        }
        assert_eq!(wants(&store).await, 1, "{words}");
        assert_eq!(store.reader().unwrap().counters(at.folder).unwrap().0, 1, "{words}");
    }
}

#[tokio::test]
async fn a_text_that_is_not_handed_out_is_said_to_be_that() {
    for words in ["@ NO Mails not exist!\r\n", "@ OK Mails not exist!\r\n"] {
        let answer = move |command: &str| {
            if command.starts_with("EXAMINE") {
                return Some("* 1 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n@ OK\r\n".to_owned());
            }
            command.contains("BODY.PEEK[]").then(|| words.to_owned())
        };
        let server = Scripted::start(answer).await;
        let dir = tempfile::tempdir().unwrap();
        let (_store, at) = profile(dir.path()).await;
        let mut session = server.way().connect().await.unwrap();
        let failure = crate::sync::bodies::read_one(&mut session, &at).await.unwrap_err();
        assert_eq!((failure.kind, failure.remedy), (FailureKind::Gone, Some("mails-not-exist")), "{words}");
    }
}
