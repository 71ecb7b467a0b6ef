//! Two programs in one mailbox of a real server: ours, and one that says plain commands. Whatever each of them does, in
//! the end both see the same, every message is there once, and nobody's mail was removed but what was to be.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use hongyan::model::{Changed, Flags, FolderId, Intent, PlacementId, Secret, Server, Timestamp, TlsMode, clock};
use hongyan::net::Dialer;
use hongyan::store::{OwnWrite, Restore, Step, Store, StoreOptions};
use hongyan::sync::{Moving, Pass, Sizes, Way};
use native_tls::{Certificate, TlsConnector, TlsStream};
use tokio::sync::mpsc;

use crate::dovecot::Dovecot;

const USER: &str = "me@mail.example";
const PASSWORD: &str = "secret";
const FOLDERS: [&str; 3] = ["INBOX", "Archive", "Papers"];

/// xorshift64*: the same seed, the same story.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % u64::try_from(below.max(1)).unwrap())
            .unwrap()
    }
}

/// The other one.
struct Plain(BufReader<TlsStream<TcpStream>>);

impl Plain {
    fn connect(server: &Dovecot) -> Self {
        let ca = Certificate::from_pem(&std::fs::read(server.ca_path()).unwrap()).unwrap();
        let connector = TlsConnector::builder().add_root_certificate(ca).build().unwrap();
        let stream = TcpStream::connect(("127.0.0.1", server.imaps_port())).unwrap();
        let mut plain = Self(BufReader::new(connector.connect("localhost", stream).unwrap()));
        let mut greeting = String::new();
        plain.0.read_line(&mut greeting).unwrap();
        plain.ask(&format!("LOGIN {USER} {PASSWORD}"));
        plain
    }

    fn ask(&mut self, command: &str) -> Vec<String> {
        self.0.get_mut().write_all(format!("t {command}\r\n").as_bytes()).unwrap();
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            assert!(self.0.read_until(b'\n', &mut line).unwrap() > 0, "closed after {lines:?}");
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if line.starts_with("t ") {
                assert!(line.starts_with("t OK"), "{command}: {line}");
                return lines;
            }
            lines.push(line);
        }
    }

    /// Numbers, flags and subjects of a folder.
    fn list(&mut self, folder: &str) -> Vec<(u32, Flags, String)> {
        self.ask(&format!("SELECT {folder}"));
        let lines = self.ask("UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])");
        let mut all: Vec<(u32, Flags, String)> = Vec::new();
        for line in lines {
            let between = |from: &str, to: &str| {
                line.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(found, _)| found.to_owned())
            };
            if line.starts_with("* ") && line.contains(" FETCH (") {
                let uid = between("UID ", " ").or_else(|| between("UID ", ")")).unwrap().parse().unwrap();
                let flags = between("FLAGS (", ")").unwrap_or_default();
                let flags = flags.split(' ').fold(Flags::NONE, |all, name| all.with(Flags::from_imap(name)));
                all.push((uid, flags, String::new()));
            } else if let Some(id) = between("<", ">")
                && let Some(last) = all.last_mut()
            {
                last.2 = id;
            }
        }
        all
    }
}

struct Ours {
    _dir: tempfile::TempDir,
    store: Store,
    way: Way,
    pass: Pass,
}

impl Ours {
    fn open(server: &Dovecot) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let dialer = Dialer { ca_file: Some(server.ca_path()), ..Dialer::default() };
        let there = Server { host: "localhost".into(), port: server.imaps_port(), tls: TlsMode::Tls };
        let way = Way::new(dialer, there, USER.into(), Secret::new(PASSWORD.into()));
        let (changes, _) = mpsc::unbounded_channel::<Changed>();
        let accounts = ["me".to_owned()];
        let options =
            StoreOptions { profile: dir.path(), accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
        let store = Store::open(&options, changes).unwrap();
        let pass = Pass {
            account: store.accounts[0].0,
            name: "me".into(),
            own: store.own.clone(),
            mail: store.mail.clone(),
            reader: store.reader().unwrap(),
            closed: HashSet::new(),
            moving: Moving::default(),
            window: false,
            sizes: Sizes::default(),
        };
        Self { _dir: dir, store, way, pass }
    }

    async fn visit(&mut self) {
        let mut remote = self.way.connect().await.unwrap();
        self.pass.closed.clear();
        let folders = self.pass.folders(&mut remote).await.unwrap();
        for _ in 0..2 {
            self.pass.push(&mut remote, &mut ()).await.unwrap();
            for (id, seen) in folders.iter().filter(|(_, seen)| seen.selectable) {
                self.pass.folder(&mut remote, *id, &seen.name, false, &mut ()).await.unwrap();
                self.pass.news(&mut remote, *id, &mut ()).await.unwrap();
            }
            self.pass.moving.landed.clear();
        }
        remote.close().await;
    }

    fn folder(&self, name: &str) -> FolderId {
        let folders = self.pass.reader.folders().unwrap();
        folders.iter().find(|folder| folder.name.as_untrusted() == name).unwrap().id
    }

    fn any(&self, dice: &mut Dice) -> Option<PlacementId> {
        let order = self.pass.reader.order(self.folder(FOLDERS[dice.roll(3)])).unwrap();
        order.get(dice.roll(order.len())).map(|entry| entry.placement)
    }

    async fn act(&self, dice: &mut Dice) {
        let Some(placement) = self.any(dice) else { return };
        let placements = vec![placement];
        let flag = [Flags::SEEN, Flags::FLAGGED, Flags::ANSWERED][dice.roll(3)];
        let intent = match dice.roll(8) {
            0..4 => Intent::Move { placements, to: self.folder(FOLDERS[dice.roll(3)]) },
            4 | 5 => Intent::Flag { placements, add: flag, remove: Flags::NONE },
            6 => Intent::Flag { placements, add: Flags::NONE, remove: flag },
            _ => {
                Store::undo(&self.store.own, &self.store.mail, clock::now()).await.unwrap();
                return;
            }
        };
        let at = Some(clock::now());
        let _ = Store::record_all(&self.store.own, &self.store.mail, &[(intent, at)]).await;
    }
}

fn the_other_acts(plain: &mut Plain, dice: &mut Dice, folder: &str) {
    let there = plain.list(folder);
    let Some((uid, ..)) = there.get(dice.roll(there.len())) else { return };
    match dice.roll(6) {
        0..2 => _ = plain.ask(&format!("UID MOVE {uid} {}", FOLDERS[dice.roll(3)])),
        2..4 => _ = plain.ask(&format!("UID STORE {uid} +FLAGS (\\Flagged)")),
        4 => _ = plain.ask(&format!("UID STORE {uid} -FLAGS (\\Seen)")),
        _ => _ = plain.ask(&format!("UID STORE {uid} +FLAGS (\\Seen)")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_in_one_mailbox_agree_in_the_end() {
    let server = Dovecot::start();
    server.add_user(USER, PASSWORD);
    server.fill(USER, "INBOX", 60);
    let mut plain = Plain::connect(&server);
    for folder in &FOLDERS[1..] {
        plain.ask(&format!("CREATE {folder}"));
    }
    let before: Vec<String> = plain.list("INBOX").into_iter().map(|(.., id)| id).collect();
    assert_eq!(before.iter().collect::<HashSet<_>>().len(), 60);
    let mut ours = Ours::open(&server);
    ours.visit().await;
    #[expect(clippy::disallowed_methods, reason = "the switch of the test run for its long counts")]
    let operations = if std::env::var_os("HONGYAN_LONG").is_some() { 10_000 } else { 240 };
    let mut dice = Dice(0x5eed_0fa1_1ce5);
    for operation in 0..operations {
        if dice.roll(2) == 0 {
            ours.act(&mut dice).await;
        } else {
            let folder = FOLDERS[dice.roll(3)];
            the_other_acts(&mut plain, &mut dice, folder);
        }
        if operation % 12 == 11 {
            ours.visit().await;
        }
        assert_eq!(ours.pass.reader.wrong_counters().unwrap(), [], "{operation}");
    }
    let until = clock::instant() + std::time::Duration::from_mins(1);
    loop {
        ours.visit().await;
        let wants = ours.store.own.commit(OwnWrite::Wants(None)).await.unwrap();
        if wants.iter().all(|want| want.aim.step == Step::Kept) {
            break;
        }
        assert!(clock::instant() < until, "{wants:#?}");
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for folder in FOLDERS {
        let theirs = plain.list(folder);
        for (.., id) in &theirs {
            *seen.entry(id.clone()).or_default() += 1;
        }
        let theirs: Vec<(u32, Flags)> = theirs.into_iter().map(|(uid, flags, _)| (uid, flags)).collect();
        assert_eq!(ours.pass.reader.local(ours.folder(folder)).unwrap().messages, theirs, "{folder}");
        let shown = ours.pass.reader.order(ours.folder(folder)).unwrap().len();
        assert_eq!(shown, theirs.len(), "{folder} shows what there is");
    }
    assert_eq!(seen.len(), 60, "a message is in no folder");
    assert!(seen.values().all(|times| *times == 1), "a message is there twice: {seen:?}");
    println!("{operations} operations of two programs; {} need attention", ours.pass.reader.needs().unwrap().len());
}
