//! What a search costs over 100,000 messages, 65 % of them Chinese: the first 50 hits and all of them, each beside a floor
//! of the same run (FTS5 alone, asked for any 50 rows), and how fast the index grows, and how large it becomes.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and ends at the first fault"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use hongyan::model::{Flags, FolderId, FolderName, Role, Timestamp, clock};
use hongyan::search::{Today, parse};
use hongyan::store::{
    Entry, Finder, FolderSeen, Incoming, Index, IndexWrite, MailWrite, Restore, Store, StoreOptions, Whole, Words,
    Written,
};
use hongyan::{decoding, indexing};
use tokio::sync::mpsc;

const MESSAGES: u32 = 100_000;
const BATCH: usize = 200;
/// Messages that go the whole way: read from the store, decoded, cut.
const DECODED: u32 = 3_000;

struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(most).unwrap()).unwrap()
    }

    /// Small numbers often, large ones seldom, as words are.
    fn rank(&mut self, most: usize) -> usize {
        let (a, b) = (self.below(most), self.below(most));
        (a * b / most).min(self.below(most))
    }
}

fn char_of(rank: usize) -> char {
    // 3,500 characters in a mixed order.
    char::from_u32(0x4e00 + u32::try_from(rank * 1_597 % 3_500).unwrap()).unwrap()
}

fn text(uid: u32) -> String {
    let mut dice = Dice(u64::from(uid) * 0x9e37_79b9 + 1);
    let mut text = String::new();
    let chinese = dice.below(100) < 65;
    for _ in 0..20 + dice.below(40) {
        if chinese {
            for _ in 0..6 + dice.below(14) {
                text.push(char_of(dice.rank(3_500)));
            }
            text.push('，');
        } else {
            for _ in 0..10 {
                let word = dice.rank(20_000);
                let _ = write!(text, "{}{word:x} ", ["re", "ma", "to", "sun"][word % 4]);
            }
        }
    }
    if uid.is_multiple_of(3) {
        text.push_str("关于会议的通知");
    }
    if uid == 777 {
        text.push_str("独一无二的鹓鶵 unicorn");
    }
    text
}

fn raw(uid: u32) -> Vec<u8> {
    let head = format!(
        "From: 李雷{} <lilei{}@example.com>\r\nTo: <me@example.com>\r\nSubject: 第 {uid} 封\r\n\
         Message-ID: <{uid}@example.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
        uid % 500,
        uid % 500
    );
    [head.into_bytes(), text(uid).into_bytes()].concat()
}

fn store_all(store: &Store) -> FolderId {
    let name = FolderName { wire: b"INBOX".to_vec(), delimiter: Some('/') };
    let seen = vec![FolderSeen { name, decoded: "INBOX".into(), role: Some(Role::Inbox), selectable: true }];
    let write = MailWrite::Folders { account: store.accounts.first().unwrap().0, seen, at: Timestamp(0) };
    let Written::Folders(ids) = store.mail.commit_blocking(write).unwrap() else { unreachable!() };
    let folder = *ids.first().unwrap();
    store.mail.commit_blocking(MailWrite::Opened { folder, uidvalidity: 1, on_server: 0, renumbered: false }).unwrap();
    // The newest first, as they come from a server.
    let uids: Vec<u32> = (1..=MESSAGES).rev().collect();
    for batch in uids.chunks(BATCH) {
        let incoming = |uid: &u32| {
            let raw = raw(*uid);
            let end = raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
            Incoming {
                uid: *uid,
                flags: if uid.is_multiple_of(7) { Flags::NONE } else { Flags::SEEN },
                arrival: Timestamp(1_700_000_000 + i64::from(*uid) * 60),
                size: u64::try_from(raw.len()).unwrap(),
                headers: decoding::headers(&raw[..end]),
                raw: raw[..end].to_vec(),
                decoder: decoding::DECODER,
            }
        };
        let messages = batch.iter().map(incoming).collect();
        store.mail.commit_blocking(MailWrite::Ingest { folder, messages, on_server: 0 }).unwrap();
    }
    folder
}

/// The words of all messages into the index, a batch at a time.
fn index_all(profile: &Path, store: &Store, folder: FolderId) -> (Duration, u64) {
    let index = Index::open(profile, Timestamp(0)).unwrap();
    let reader = store.reader().unwrap();
    let (mut raw_size, mut took) = (0, Duration::ZERO);
    let uids: Vec<u32> = (1..=MESSAGES).rev().collect();
    for batch in uids.chunks(BATCH) {
        let entries: Vec<Entry> = reader
            .messages(folder, batch)
            .unwrap()
            .into_iter()
            .map(|(uid, message)| {
                raw_size += u64::try_from(raw(uid).len()).unwrap();
                let words = Words {
                    sender: vec![(format!("李雷{}", uid % 500), format!("lilei{}@example.com", uid % 500))],
                    receivers: vec![(String::new(), "me@example.com".to_owned())],
                    subject: format!("第 {uid} 封"),
                    body: text(uid),
                    files: Vec::new(),
                };
                let arrival = Timestamp(1_700_000_000 + i64::from(uid) * 60);
                Entry { message, words: Some((arrival, Box::new(words))) }
            })
            .collect();
        let begun = clock::instant();
        index.writer.commit_blocking(IndexWrite::Batch { entries, top: i64::MAX / 2, bottom: 0 }).unwrap();
        took += begun.elapsed();
    }
    index.writer.close();
    (took, raw_size)
}

fn quantiles(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

fn measure(count: usize, mut what: impl FnMut()) -> (Duration, Duration) {
    what();
    quantiles(
        (0..count)
            .map(|_| {
                let begun: Instant = clock::instant();
                what();
                begun.elapsed()
            })
            .collect(),
    )
}

fn main() {
    let dir = tempfile::tempdir_in(".").unwrap();
    let (changes, _) = mpsc::unbounded_channel();
    let accounts = ["me@example.com".to_owned()];
    let options =
        StoreOptions { profile: dir.path(), accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
    let store = Store::open(&options, changes).unwrap();
    let folder = store_all(&store);
    let (took, raw_size) = index_all(dir.path(), &store, folder);
    let rate = f64::from(MESSAGES) / took.as_secs_f64();
    let file = dir.path().join("search.db");
    let size = std::fs::metadata(&file).unwrap().len();
    println!("cut and written {rate:>9.0} messages/s (hold ≥ 3,000)");
    println!(
        "search.db       {:>9.2} × the raw mail ({} MiB of {} MiB)",
        size as f64 / raw_size as f64,
        size >> 20,
        raw_size >> 20
    );

    let mut finder = Finder::open(dir.path()).unwrap().unwrap();
    let floor = rusqlite::Connection::open(&file).unwrap();
    let today = Today::new(Timestamp(1_706_000_000), &jiff::tz::TimeZone::UTC);
    println!("{:<28} {:>8} {:>10} {:>10} {:>10} {:>10}", "", "hits", "50: p50", "50: p99", "all", "floor");
    for (what, typed, bare) in [
        ("one message", "鹓鶵", "\"鹓鶵\""),
        ("a third of all", "会议", "\"会议\""),
        ("a phrase", "关于会议的通知", "\"关于 于会 会议 议的 的通 通知\""),
        ("a word", "unicorn", "\"unicorn\""),
        ("the beginning of words", "sun1", "\"sun1\" *"),
        ("all of them", "example", "\"example\" *"),
        ("two words", "会议 第", "\"会议\" AND \"第\" *"),
        ("words and a state", "会议 is:unread", "\"会议\""),
        ("a common pair", "一", "\"一\" *"),
        ("one character, all", "第", "\"第\" *"),
        ("no words", "is:unread", "\"example\""),
    ] {
        let condition = parse(typed, &today).unwrap();
        let mut hits = 0;
        let all = measure(9, || {
            finder
                .find(
                    &condition,
                    None,
                    usize::MAX,
                    |found| {
                        hits = found.order.len();
                        true
                    },
                    || true,
                )
                .unwrap();
        });
        let first = measure(101, || {
            finder.find(&condition, None, 50, |found| found.order.is_empty(), || true).unwrap();
        });
        let bare = measure(101, || {
            let mut find = floor.prepare_cached("SELECT rowid FROM words WHERE words MATCH ?1 LIMIT 50").unwrap();
            let _: Vec<i64> = find.query_map([bare], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        });
        println!("{what:<28} {hits:>8} {:>10.2?} {:>10.2?} {:>10.2?} {:>10.2?}", first.0, first.1, all.0, bare.0);
    }

    // The whole way, on messages that are stored with their text.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let reader = store.reader().unwrap();
    let uids: Vec<u32> = (1..=DECODED).collect();
    for (uid, message) in reader.messages(folder, &uids).unwrap() {
        runtime.block_on(store.mail.keep_body(message, Whole::Bytes(raw(uid)))).unwrap();
    }
    std::fs::remove_file(&file).unwrap();
    let _ = std::fs::remove_file(dir.path().join("search.db-wal"));
    let index = Index::open(dir.path(), Timestamp(0)).unwrap();
    let finder = Finder::open(dir.path()).unwrap().unwrap();
    let (begun, mut done) = (clock::instant(), 0);
    while done < usize::try_from(DECODED).unwrap() {
        done += indexing::step(&finder, &index.writer).unwrap();
    }
    println!(
        "read and decoded too {:>8.0} messages/s",
        f64::from(u32::try_from(done).unwrap()) / begun.elapsed().as_secs_f64()
    );
    index.writer.close();
    store.close();
}
