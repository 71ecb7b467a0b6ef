use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot, watch};

use super::*;
use crate::mime::headers;
use crate::model::{Flags, FolderName, Timestamp};
use crate::store::{FolderSeen, Incoming, MailWrite, Restore, Store, StoreOptions, Written};
use crate::sync::tests::scripted::Scripted;

const SMALL: &str = "Subject: small\n\nwords";
const SIZE: usize = 1_500_000;

/// No two places of it look alike.
fn large() -> String {
    let mut raw = String::from("Subject: large\n\n");
    while raw.len() < SIZE {
        let at = raw.len();
        writeln!(raw, "{at:015}").unwrap();
    }
    raw.truncate(SIZE);
    raw
}

type Answer = Result<Vec<u8>, Failure>;

struct Desk {
    _dir: tempfile::TempDir,
    store: Store,
    requests: mpsc::UnboundedSender<BodyRequest>,
    _online: watch::Sender<bool>,
}

impl Desk {
    /// A large message with number 1 and a small one with number 2 at this server.
    async fn open(server: &Scripted) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let accounts = ["me@example.com".to_owned()];
        let options =
            StoreOptions { profile: dir.path(), accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
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
        let message = |(uid, raw): (u32, &str)| Incoming {
            uid,
            flags: Flags::NONE,
            arrival: Timestamp(1),
            size: u64::try_from(raw.len()).unwrap(),
            headers: headers(raw.as_bytes()),
            raw: raw.as_bytes()[..16].to_vec(),
            decoder: 1,
        };
        let messages = [(1, large().as_str()), (2, SMALL)].map(message).to_vec();
        store.mail.commit(MailWrite::Opened { folder, uidvalidity: 1, on_server: 2, renumbered: false }).await.unwrap();
        store.mail.commit(MailWrite::Ingest { folder, messages, on_server: 2 }).await.unwrap();
        let (requests, inbox) = mpsc::unbounded_channel();
        let (online, is_online) = watch::channel(true);
        tokio::spawn(Bodies::new(server.way(), store.mail.clone(), inbox, is_online).run());
        Self { _dir: dir, store, requests, _online: online }
    }

    fn ask(&self, uid: u32) -> oneshot::Receiver<Answer> {
        let reader = self.store.reader().unwrap();
        let folder = reader.folders().unwrap()[0].id;
        let rows = reader.newest(folder, 2).unwrap();
        let row = rows.iter().find(|row| row.uid == Some(uid)).unwrap();
        let (reply, answer) = oneshot::channel();
        self.requests.send(BodyRequest::Now { at: reader.whereabouts(row.placement).unwrap(), reply }).unwrap();
        answer
    }
}

/// Where the first piece waits until somebody has wished for something else.
#[derive(Clone, Default)]
struct Gate {
    reached: Arc<AtomicBool>,
    open: Arc<AtomicBool>,
}

impl Gate {
    fn pass(&self) {
        self.reached.store(true, Ordering::SeqCst);
        wait_for(&self.open);
    }

    fn let_pass_after<T>(&self, wish: impl FnOnce() -> T) -> T {
        wait_for(&self.reached);
        let wished = wish();
        self.open.store(true, Ordering::SeqCst);
        wished
    }
}

fn wait_for(flag: &AtomicBool) {
    let until = crate::model::clock::instant() + Duration::from_secs(20);
    while !flag.load(Ordering::SeqCst) {
        assert!(crate::model::clock::instant() < until, "nobody came");
        std::thread::yield_now();
    }
}

/// What an honest server says to this question, if it is one for a message.
fn honest(command: &str) -> Option<String> {
    if command.starts_with("EXAMINE") {
        return Some("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n@ OK\r\n".to_owned());
    }
    let (uid, raw) = if command.contains("FETCH 1 ") { (1, large()) } else { (2, SMALL.to_owned()) };
    let told = format!("* {uid} FETCH (UID {uid} RFC822.SIZE {} BODY[]", raw.len());
    match stretch(command) {
        Some((from, length)) => {
            let part = raw.get(from.min(raw.len())..(from + length).min(raw.len())).unwrap();
            Some(format!("{told}<{from}> {{{}}}\r\n{part})\r\n@ OK\r\n", part.len()))
        }
        None => command.contains("BODY.PEEK[]").then(|| format!("{told} {{{}}}\r\n{raw})\r\n@ OK\r\n", raw.len())),
    }
}

fn stretch(command: &str) -> Option<(usize, usize)> {
    let (from, length) = command.split_once("[]<")?.1.split_once('>')?.0.split_once('.')?;
    Some((from.parse().unwrap(), length.parse().unwrap()))
}

/// Numbers of messages that were asked for, and from where.
fn asked(server: &mut Scripted) -> Vec<(u32, Option<usize>)> {
    let fetches = server.heard().into_iter().filter(|line| line.contains("BODY.PEEK[]"));
    let uid = |line: &str| line.split(' ').nth(2).unwrap().parse().unwrap();
    fetches.map(|line| (uid(&line), stretch(&line).map(|(from, _)| from))).collect()
}

async fn behind(gate: &Gate) -> Scripted {
    let gate = gate.clone();
    Scripted::start(move |command| {
        if stretch(command).is_some() {
            gate.pass();
        }
        honest(command)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_wish_has_its_turn_between_two_pieces_and_the_older_one_goes_on() {
    let gate = Gate::default();
    let mut server = behind(&gate).await;
    let desk = Desk::open(&server).await;
    let large_came = desk.ask(1);
    let small_came = gate.let_pass_after(|| desk.ask(2));
    assert_eq!(small_came.await.unwrap().unwrap(), SMALL.as_bytes());
    assert!(large_came.await.unwrap().unwrap() == large().as_bytes(), "it came otherwise");
    let asked = asked(&mut server);
    assert_eq!(asked[..3], [(1, Some(0)), (2, None), (1, Some(256 * 1024 - COMMON))]);
    assert!(asked.iter().filter(|(uid, _)| *uid == 1).is_sorted(), "{asked:?}");
    assert!(asked.len() < 8 && asked.iter().all(|(_, from)| from.is_none_or(|from| from < SIZE)), "{asked:?}");
    assert_eq!(server.count("LOGIN"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_to_a_large_message_finds_what_was_there_of_it() {
    let gate = Gate::default();
    let mut server = behind(&gate).await;
    let desk = Desk::open(&server).await;
    let left = desk.ask(1);
    let small_came = gate.let_pass_after(|| {
        drop(left);
        desk.ask(2)
    });
    assert_eq!(small_came.await.unwrap().unwrap(), SMALL.as_bytes());
    assert_eq!(asked(&mut server), [(1, Some(0)), (2, None)], "nobody waits for the rest");
    assert!(desk.ask(1).await.unwrap().unwrap() == large().as_bytes(), "it came otherwise");
    assert_eq!(asked(&mut server)[2], (1, Some(256 * 1024 - COMMON)));
    assert_eq!(asked(&mut server).iter().filter(|(_, from)| *from == Some(0)).count(), 1);
}

/// Servers that hand out no pieces, or not those that were asked for, and those that are only mistaken.
#[tokio::test]
async fn what_a_server_hands_out_wrongly_is_never_put_together() {
    type Lie = fn(&str) -> Option<String>;
    let bad: Lie = |_| Some("@ BAD what\r\n".to_owned());
    let nothing: Lie = |_| Some("@ OK\r\n".to_owned());
    let all: Lie = |_| honest("FETCH 1 BODY.PEEK[]");
    let from_the_beginning: Lie = |command| {
        let (from, length) = stretch(command)?;
        Some(honest(&format!("FETCH 1 BODY.PEEK[]<0.{length}>"))?.replace("<0>", &format!("<{from}>")))
    };
    let always_the_beginning: Lie = |command| honest(&format!("FETCH 1 BODY.PEEK[]<0.{}>", stretch(command)?.1));
    let too_much: Lie = |command| {
        let (from, length) = stretch(command)?;
        honest(&format!("FETCH 1 BODY.PEEK[]<{from}.{}>", length + 1))
    };
    let too_little: Lie = |command| {
        let (from, length) = stretch(command)?;
        honest(&format!("FETCH 1 BODY.PEEK[]<{from}.{}>", length.min(200_000)))
    };
    let mistaken: Lie = |command| Some(honest(command)?.replace("SIZE 1500000", "SIZE 1500100"));
    let lies = [bad, nothing, all, from_the_beginning, always_the_beginning, too_much, too_little, mistaken];
    for (at, (lie, most)) in lies.into_iter().zip([2, 2, 1, 3, 3, 2, 10, 8]).enumerate() {
        let mut server =
            Scripted::start(move |command| if stretch(command).is_some() { lie(command) } else { honest(command) })
                .await;
        let desk = Desk::open(&server).await;
        assert!(desk.ask(1).await.unwrap().unwrap() == large().as_bytes(), "{at}: it came otherwise");
        let asked = asked(&mut server);
        assert!(asked.len() <= most, "{at}: {asked:?}");
        assert_eq!(server.count("LOGIN"), 1, "{at}");
    }
}
