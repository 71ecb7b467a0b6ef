use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;
use crate::config::{AccountEntry, Found, Presets};
use crate::model::{Retry, Server, TlsMode, clock};
use crate::net::Dialer;
use crate::send::desk::Ledger;
use crate::store::{Letter, OwnReader, Restore, Store, StoreOptions};
use crate::sync::{At, Door, Way};
use crate::text::SafeText;

const DOUBTFUL: &str = "535 Login Fail. Please enter your authorization code to login, or login frequency limited, or \
                        system is busy.\r\n";
const WRONG: &str = "535 Error: authentication failed\r\n";
const GOOD: &str = "235 ok\r\n";
const STEP: Duration = Duration::from_secs(30);

/// The time that the tests let go by.
fn simulated() -> Timestamp {
    static BEGUN: LazyLock<(Timestamp, std::time::Instant)> = LazyLock::new(|| (clock::now(), clock::instant()));
    let gone = Instant::now().into_std().saturating_duration_since(BEGUN.1);
    BEGUN.0.plus(gone.as_secs())
}

/// What a server says to a login, by how many there were before.
type Answers = Arc<dyn Fn(usize) -> &'static str + Send + Sync>;

async fn talk(
    tcp: TcpStream,
    logins: Arc<AtomicUsize>,
    to_a_login: Answers,
    at_the_end: Arc<dyn Fn() -> bool + Send + Sync>,
) {
    let (read, mut write) = tcp.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 hello\r\n").await;
    let mut in_data = false;
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let said = match verb.as_str() {
            "." if in_data => {
                in_data = false;
                if !at_the_end() {
                    return;
                }
                "250 taken\r\n"
            }
            _ if in_data => continue,
            "EHLO" => "250-me\r\n250-SIZE 9000000\r\n250 AUTH PLAIN\r\n",
            "AUTH" => to_a_login(logins.fetch_add(1, Ordering::SeqCst)),
            "DATA" => {
                in_data = true;
                "354 go\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        if write.write_all(said.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// One who sends, by a clock that only the test moves.
struct Bench {
    store: Store,
    profile: tempfile::TempDir,
    logins: Arc<AtomicUsize>,
    door: watch::Sender<Door>,
    secrets: watch::Sender<Secret>,
    wanted: watch::Sender<()>,
    post: Post,
    inbox: mpsc::UnboundedReceiver<Input>,
    task: JoinHandle<()>,
    _orders: mpsc::UnboundedSender<Order>,
}

fn opened(profile: &Path) -> Store {
    let accounts = ["me".to_owned()];
    let options = StoreOptions { profile, accounts: &accounts, now: clock::now(), restore: Restore::Refuse };
    Store::open(&options, mpsc::unbounded_channel().0).unwrap()
}

impl Bench {
    async fn new(to_a_login: impl Fn(usize) -> &'static str + Send + Sync + 'static) -> Self {
        Self::with(to_a_login, || true, &[]).await
    }

    async fn with(
        to_a_login: impl Fn(usize) -> &'static str + Send + Sync + 'static,
        at_the_end: impl Fn() -> bool + Send + Sync + 'static,
        left: &[Sending],
    ) -> Self {
        let _ = simulated();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server =
            Server { host: "127.0.0.1".into(), port: listener.local_addr().unwrap().port(), tls: TlsMode::None };
        let logins = Arc::new(AtomicUsize::new(0));
        let (count, answers, end): (_, Answers, Arc<dyn Fn() -> bool + Send + Sync>) =
            (logins.clone(), Arc::new(to_a_login), Arc::new(at_the_end));
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tokio::spawn(talk(tcp, count.clone(), answers.clone(), end.clone()));
            }
        });
        let profile = tempfile::tempdir().unwrap();
        let store = opened(profile.path());
        let entry = AccountEntry::new("me@example.com".parse().unwrap());
        let mut account = entry.complete(&Presets::built_in(), Path::new("/"));
        account.name = "me".to_owned();
        (account.smtp, account.smtp_found) = (Some(server.clone()), Found::Written);
        let (secrets, secret) = watch::channel(Secret::new("p".into()));
        let way = Way { secret, ..Way::new(Dialer::default(), server, "u".into(), Secret::new("p".into())) };
        let (door, post) = (way.door.clone(), Post::default());
        let ledger = Ledger {
            account: "me".to_owned(),
            id: store.accounts[0].0,
            profile: profile.path().to_owned(),
            own: store.own.clone(),
            mail: store.mail.clone(),
            closing: post.closing.subscribe(),
        };
        let desk = Desk::new(account, way, ledger).by(simulated);
        let (orders, _) = mpsc::unbounded_channel();
        let (to, inbox) = mpsc::unbounded_channel();
        let (wanted, word) = watch::channel(());
        let bench = |task, store, profile| Self {
            store,
            profile,
            logins,
            door,
            secrets,
            wanted,
            post: post.clone(),
            inbox,
            task,
            _orders: orders.clone(),
        };
        // Before anybody sends, so that there is something to send.
        queue(&store, 1, 100).await;
        for pair in [&[Sending::Queued], left].concat().windows(2) {
            let letter = OwnReader::open(profile.path()).unwrap().unwrap().outbox(None).unwrap().remove(0);
            let step = crate::model::Outgoing { state: pair[1], ..letter };
            assert!(store.own.step(pair[0], step).await.unwrap());
        }
        let task = tokio::spawn(send(desk, orders.downgrade(), post.clone(), word, to));
        bench(task, store, profile)
    }

    fn logins(&self) -> usize {
        self.logins.load(Ordering::SeqCst)
    }

    /// Lets so much time go by, in steps, and gives everybody the real time that their words take on the way.
    async fn minutes(&self, minutes: u32, mut each: impl FnMut(u32)) {
        for minute in 0..minutes {
            each(minute);
            for _ in 0..2 {
                for _ in 0..2 {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                tokio::time::pause();
                tokio::time::advance(STEP).await;
                tokio::time::resume();
            }
        }
    }

    /// Until there were so many logins, which are answered.
    async fn until(&self, logins: usize) {
        let wait = async {
            while self.logins() < logins {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("nobody logs in");
    }

    fn letters(&self) -> Vec<crate::model::Outgoing> {
        OwnReader::open(self.profile.path()).unwrap().unwrap().outbox(None).unwrap()
    }

    fn told(&mut self) -> Vec<Failure> {
        let mut told = Vec::new();
        while let Ok(input) = self.inbox.try_recv() {
            if let Input::Event(Event::Notice(Notice::Failed(failure))) = input {
                told.push(failure);
            }
        }
        told
    }
}

async fn queue(store: &Store, n: u32, size: usize) {
    let letter = Letter {
        account: "me".to_owned(),
        from: "me@example.com".to_owned(),
        recipients: vec!["a@example.com".to_owned()],
        subject: SafeText::of("a letter"),
        message_id: format!("{n}@example.com"),
        queued: Timestamp(0),
        hold_until: Timestamp(0),
        about: None,
        draft: None,
    };
    let bytes =
        format!("From: me@example.com\r\nMessage-ID: <{n}@example.com>\r\n\r\n{}\r\n", "x\r\n".repeat(size / 3));
    store.own.queue(letter, bytes.into_bytes()).await.unwrap();
}

/// A mailbox that lets us in anew every ten minutes, for ten hours.
#[tokio::test]
async fn n07_a_refused_login_for_sending_is_parked_after_three_however_well_the_mailbox_does() {
    for (words, logins) in [(DOUBTFUL, 3), (WRONG, 1)] {
        let mut bench = Bench::new(move |_| words).await;
        let (door, post) = (bench.door.clone(), bench.post.clone());
        bench
            .minutes(600, |minute| {
                if minute % 10 == 0 {
                    door.send_modify(|door| door.let_in(At::Mailbox, &Secret::new("p".into())));
                }
                // Whatever else changes in the outbox.
                post.queued.send_replace(());
            })
            .await;
        println!("{} logins in ten hours: {words}", bench.logins());
        assert_eq!(bench.logins(), logins, "{words}");
        // It is said why, on the screen and where the letter lies.
        assert!(bench.told().last().is_some_and(|failure| failure.kind == FailureKind::Login));
        assert_eq!(bench.letters()[0].failure.as_ref().map(|failure| failure.kind), Some(FailureKind::Login));
        bench.task.abort();
    }
}

#[tokio::test]
async fn n07_another_secret_is_tried_at_once() {
    let mut bench = Bench::new(|before| if before == 0 { WRONG } else { GOOD }).await;
    bench.until(1).await;
    assert_eq!(bench.letters()[0].state, Sending::Queued);
    // The same one is no other.
    bench.secrets.send_replace(Secret::new("p".into()));
    bench.minutes(30, |_| ()).await;
    assert_eq!(bench.logins(), 1);
    bench.secrets.send_replace(Secret::new("q".into()));
    bench.until(2).await;
    let came = std::iter::from_fn(|| bench.inbox.try_recv().ok()).any(|input| matches!(input, Input::Letter(_)));
    assert!(came, "it was sent");
    let own = OwnReader::open(bench.profile.path()).unwrap().unwrap();
    let takes = crate::model::Takes { size: Some(9_000_000), ..crate::model::Takes::default() };
    assert_eq!(own.takes("me", clock::now()).unwrap(), Some(takes), "what it takes is remembered");
    assert_eq!(own.takes("me", clock::now().plus(40 * 86_400)).unwrap(), None);
    bench.task.abort();
}

#[tokio::test]
async fn n07_the_users_word_is_another_try_and_no_more_than_one_a_minute() {
    let mut bench = Bench::new(|before| if before < 3 { WRONG } else { GOOD }).await;
    bench.until(1).await;
    bench.told();
    bench.wanted.send_replace(());
    bench.until(2).await;
    assert_eq!(bench.told().len(), 1, "whoever asks hears how it is");
    // A key that is held down.
    for _ in 0..20 {
        bench.wanted.send_replace(());
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    assert_eq!(bench.logins(), 2);
    bench.minutes(3, |_| ()).await;
    assert_eq!(bench.logins(), 3, "it counts, in its time");
    bench.minutes(60, |_| ()).await;
    assert_eq!(bench.logins(), 3);
    bench.wanted.send_replace(());
    bench.until(4).await;
    assert!(bench.letters().iter().all(|letter| letter.state == Sending::Sent));
    bench.task.abort();
}

#[tokio::test]
async fn what_the_user_says_again_waits_for_the_same_reason_and_says_so() {
    let bench = Bench::new(|_| WRONG).await;
    bench.until(1).await;
    let letter = bench.letters().remove(0);
    let again = crate::send::outbox::said(&letter, crate::send::outbox::Word::Again, Timestamp(0)).unwrap();
    assert_eq!(again.failure, None);
    bench.store.own.step(Sending::Queued, again).await.unwrap();
    bench.post.queued.send_replace(());
    let why = async {
        while bench.letters()[0].failure.is_none() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), why).await.expect("nobody says why it waits");
    assert_eq!((bench.letters()[0].failure.as_ref().map(|why| why.retry), bench.logins()), (Some(Retry::AfterUser), 1));
    bench.task.abort();
}

/// Who begun them is gone, and the program is not.
#[tokio::test]
async fn k02_what_another_task_left_in_the_middle_is_put_right() {
    for (left, state, logins) in
        [(&[Sending::Begun][..], Sending::Sent, 1), (&[Sending::Begun, Sending::Handed], Sending::Unknown, 0)]
    {
        let bench = Bench::with(|_| GOOD, || true, left).await;
        let settled = async {
            while bench.letters().first().is_some_and(|letter| letter.state != state) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), settled).await.expect("it stays where it was");
        bench.minutes(2, |_| ()).await;
        assert_eq!(bench.logins(), logins, "{left:?}");
        bench.task.abort();
    }
}

/// The disk takes nothing from the end of the message on.
#[tokio::test]
async fn k02_what_the_disk_does_not_take_is_kept_and_written_before_anything_else() {
    let (to, mut locks) = mpsc::unbounded_channel();
    let (say, path) = watch::channel(std::path::PathBuf::new());
    let lock = move || {
        let db = rusqlite::Connection::open(path.borrow().join("own.db")).unwrap();
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        to.send(db).is_ok()
    };
    let mut bench = Bench::with(|_| GOOD, lock, &[]).await;
    say.send_replace(bench.profile.path().to_owned());
    let lock = tokio::time::timeout(Duration::from_secs(20), locks.recv()).await.unwrap().unwrap();
    let failed = async {
        while bench.told().iter().all(|failure| failure.kind != FailureKind::Disk) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), failed).await.expect("nobody says that the disk is full");
    assert_eq!((bench.letters()[0].state, *bench.post.on_the_line.borrow()), (Sending::Handed, 0));
    drop(lock);
    bench.minutes(3, |_| ()).await;
    let letters = bench.letters();
    assert!(letters.iter().all(|letter| letter.state == Sending::Sent), "{letters:?}");
    let came = std::iter::from_fn(|| bench.inbox.try_recv().ok()).any(|input| matches!(input, Input::Letter(_)));
    assert!(came && bench.logins() == 1, "{} logins", bench.logins());
    bench.task.abort();
}

#[tokio::test(start_paused = true)]
async fn k02_whoever_ends_the_program_waits_for_what_is_on_the_line_and_begins_nothing() {
    let post = Post::default();
    let began = Instant::now();
    let end = began + Duration::from_secs(20);
    post.hang_up(end).await;
    assert_eq!((began.elapsed(), *post.closing.borrow()), (Duration::ZERO, Closing::NoEnd));
    let post = Post::default();
    let (to, _inbox) = mpsc::unbounded_channel();
    let mut telling = Telling { account: "me", post: &post, inbox: &to, on_the_line: None, told: None };
    telling.hear(Told::Begins(OutgoingId(1)));
    let watch = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(*post.closing.borrow(), Closing::NothingNew, "it may still go to its end");
        tokio::time::sleep(Duration::from_secs(7)).await;
        assert_eq!(*post.closing.borrow(), Closing::NoEnd, "and must not be ended any more");
        telling.hear(Told::Stays(OutgoingId(1)));
    };
    tokio::join!(post.hang_up(end), watch);
    assert_eq!(began.elapsed(), Duration::from_secs(17));
}

#[test]
fn how_much_of_a_large_message_has_gone_is_told_once_each_hundredth() {
    let post = Post::default();
    let (to, mut inbox) = mpsc::unbounded_channel();
    let mut telling = Telling { account: "me", post: &post, inbox: &to, on_the_line: None, told: None };
    telling.hear(Told::Begins(OutgoingId(7)));
    for gone in 0..=2_000 {
        telling.hear(Told::Going { letter: OutgoingId(7), gone: gone * 1_000, of: 2_000_000 });
        telling.hear(Told::Going { letter: OutgoingId(8), gone: gone * 400, of: 800_000 });
    }
    telling.over();
    let told: Vec<_> = std::iter::from_fn(|| inbox.try_recv().ok()).collect();
    assert_eq!(told.len(), 102);
    let going = |input: &Input| match input {
        Input::Event(Event::Going(going)) => *going,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (going(&told[0]), going(&told[100]), going(&told[101])),
        (Some((OutgoingId(7), 0)), Some((OutgoingId(7), 100)), None)
    );
}

/// It has a bad moment, and has not looked at the secret.
#[tokio::test]
async fn a_login_that_is_put_off_is_no_refusal() {
    let bench =
        Bench::new(|before| if before < 2 { "454 4.7.0 Temporary authentication failure\r\n" } else { GOOD }).await;
    bench.until(1).await;
    let failure = bench.letters()[0].failure.clone().unwrap();
    assert_eq!((failure.kind, failure.retry), (FailureKind::Refused, Retry::Later));
    let secret = Secret::new("p".into());
    let shut = |at| bench.door.borrow().shut_for(at, &secret, Instant::now().into_std());
    assert!(shut(At::Mailbox).is_none() && shut(At::Sending).is_none());
    bench.minutes(1, |_| ()).await;
    assert_eq!(bench.logins(), 1, "it is not asked again at once either");
    bench.minutes(4, |_| ()).await;
    bench.until(3).await;
    assert_eq!(bench.letters()[0].state, Sending::Sent);
    bench.task.abort();
}
