//! What a user waits for, on a real pty: from the start of the program to the list, from a key to the last byte of its
//! answer, and how much memory it takes. Each beside a floor of the same run. `cargo bench --bench start`

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and ends at the first fault")]

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc as std_mpsc;
use std::time::{Duration, Instant};

use hongyan::mime;
use hongyan::model::{Flags, FolderName, Role, Timestamp, clock};
use hongyan::store::{FolderSeen, Incoming, MailWrite, Restore, Store, StoreOptions, Written};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use tokio::sync::mpsc;

const PROGRAM: &str = env!("CARGO_BIN_EXE_hongyan");
const ACCOUNT: &str = "me@mail.example";
/// A pause this long is the end of an answer.
const REST: Duration = Duration::from_millis(60);

/// A home whose store has so many messages, and whose account cannot be reached.
fn home(messages: u32) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let config = format!(
        "[look]\nlayout = \"narrow\"\n[[account]]\naddress = \"{ACCOUNT}\"\nimap = \"127.0.0.1:1\"\n\
         secret = {{ command = [\"echo\", \"x\"] }}\n"
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let profile = home.path().join("data");
    std::fs::create_dir(&profile).unwrap();
    std::fs::set_permissions(&profile, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let (changes, _) = mpsc::unbounded_channel();
    let accounts = [ACCOUNT.to_owned()];
    let options = StoreOptions { profile: &profile, accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
    let store = Store::open(&options, changes).unwrap();
    let name = FolderName { wire: b"INBOX".to_vec(), delimiter: Some('/') };
    let seen = vec![FolderSeen { name, decoded: "INBOX".into(), role: Some(Role::Inbox), selectable: true }];
    let write = MailWrite::Folders { account: store.accounts.first().unwrap().0, seen, at: Timestamp(0) };
    let Written::Folders(ids) = store.mail.commit_blocking(write).unwrap() else { unreachable!() };
    let folder = *ids.first().unwrap();
    store
        .mail
        .commit_blocking(MailWrite::Opened {
            folder,
            uidvalidity: 1,
            on_server: u64::from(messages),
            renumbered: false,
        })
        .unwrap();
    let all: Vec<u32> = (1..=messages).rev().collect();
    for batch in all.chunks(2_000) {
        let messages = batch.iter().map(|uid| incoming(*uid)).collect();
        store
            .mail
            .commit_blocking(MailWrite::Ingest { folder, messages, on_server: u64::from(messages_of(&all)) })
            .unwrap();
    }
    store.close();
    home
}

fn messages_of(all: &[u32]) -> u32 {
    u32::try_from(all.len()).unwrap()
}

fn incoming(uid: u32) -> Incoming {
    let raw = format!(
        "From: 李雷 <lilei@example.com>\r\nSubject: 第 {uid} 封：关于本周例会的通知\r\nMessage-ID: <{uid}@example.com>\r\n\r\n"
    )
    .into_bytes();
    let flags = if uid.is_multiple_of(3) { Flags::NONE } else { Flags::SEEN };
    let arrival = Timestamp(1_700_000_000 + i64::from(uid) * 60);
    Incoming { uid, flags, arrival, size: 8_000, headers: mime::headers(&raw), raw, decoder: mime::DECODER }
}

struct Pty {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    keys: Box<dyn std::io::Write + Send>,
    chunks: std_mpsc::Receiver<(Instant, Vec<u8>)>,
    _master: Box<dyn portable_pty::MasterPty + Send>,
    begun: Instant,
}

impl Pty {
    fn start(home: &Path, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 48, cols: 160, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(arguments);
        command.env("HONGYAN_HOME", home);
        command.env("LC_ALL", "C.UTF-8");
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (to, chunks) = std_mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(read) = reader.read(&mut buffer)
                && read > 0
                && to.send((clock::instant(), buffer.get(..read).unwrap_or_default().to_vec())).is_ok()
            {}
        });
        let begun = clock::instant();
        let child = pair.slave.spawn_command(command).unwrap();
        Self { child, keys, chunks, _master: pair.master, begun }
    }

    /// When this text was written.
    fn until(&self, text: &str) -> Duration {
        let mut seen = Vec::new();
        loop {
            let (at, chunk) = self.chunks.recv_timeout(Duration::from_secs(30)).unwrap();
            seen.extend(chunk);
            if memchr::memmem::find(&seen, text.as_bytes()).is_some() {
                return at.duration_since(self.begun);
            }
        }
    }

    fn rest(&self) {
        while self.chunks.recv_timeout(Duration::from_millis(300)).is_ok() {}
    }

    /// Presses a key: when the last byte of the answer came, and how many bytes it had.
    fn tap(&mut self, key: &str) -> (Duration, usize) {
        let begun = clock::instant();
        self.keys.write_all(key.as_bytes()).unwrap();
        let (mut last, mut bytes) = (Duration::ZERO, 0);
        let mut patience = Duration::from_secs(5);
        while let Ok((at, chunk)) = self.chunks.recv_timeout(patience) {
            last = at.duration_since(begun);
            bytes += chunk.len();
            patience = REST;
        }
        (last, bytes)
    }

    fn resident_mb(&self) -> u64 {
        let pid = self.child.process_id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap() / 1024
    }

    fn quit(mut self) {
        let _ = self.keys.write_all(b"q");
        let _ = self.child.wait();
    }
}

fn median<T: Ord + Copy>(mut all: Vec<T>) -> T {
    all.sort();
    *all.get(all.len() / 2).unwrap()
}

fn main() {
    for messages in [1_000, 100_000] {
        let home = home(messages);
        let newest = format!("第 {messages} 封");
        let mut starts = Vec::new();
        let mut floors = Vec::new();
        for _ in 0..9 {
            let pty = Pty::start(home.path(), &["--version"]);
            floors.push(pty.until("hongyan"));
            let pty = Pty::start(home.path(), &[]);
            starts.push(pty.until(&newest));
            pty.rest();
            pty.quit();
        }
        let (start, floor) = (median(starts), median(floors));
        println!("{messages:>7} messages: start → list {start:>9.2?}  (hold ≤ 30 ms; `--version` {floor:.2?})");
        let mut pty = Pty::start(home.path(), &[]);
        pty.until(&newest);
        pty.rest();
        for (name, key, times, hold) in
            [("j", "j", 41, "≤ 0.3 ms, ≤ 400 bytes"), ("PageDown", "\u{1b}[6~", 21, "≤ 1 ms")]
        {
            let taps: Vec<(Duration, usize)> = (0..times).map(|_| pty.tap(key)).collect();
            let last = median(taps.iter().map(|(last, _)| *last).collect());
            let bytes = median(taps.iter().map(|(_, bytes)| *bytes).collect());
            println!("{messages:>7} messages: {name:<8} {last:>9.2?} to the last byte, {bytes} bytes  (hold {hold})");
        }
        println!("{messages:>7} messages: resident {} MB at most  (hold ≤ 55)", pty.resident_mb());
        pty.quit();
    }
}
