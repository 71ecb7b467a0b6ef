use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::*;
use crate::fuzzing::Dice;
use crate::model::{Flags, FolderId, FolderName, Role, Timestamp};
use crate::search::{Today, folded_words, parse};
use crate::store::{
    FolderSeen, Hits, Incoming, Index, MailWrite, Restore, Store, StoreOptions, Whole, Written, mark_index_broken,
};

struct Ground {
    dir: tempfile::TempDir,
    store: Option<Store>,
    runtime: Runtime,
    folder: FolderId,
}

/// Everything of a message that somebody could look for, read by nobody of the index.
struct Scanned {
    uid: u32,
    fields: Vec<String>,
}

impl Ground {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let store = open(dir.path());
        let folder = folder(&store, "INBOX", 7);
        Self { dir, store: Some(store), runtime, folder }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn ingest(&self, uids: impl IntoIterator<Item = u32>, raw: impl Fn(u32) -> Vec<u8>) {
        let messages: Vec<Incoming> = uids
            .into_iter()
            .map(|uid| {
                let raw = raw(uid);
                Incoming {
                    uid,
                    flags: if uid.is_multiple_of(2) { Flags::SEEN } else { Flags::NONE },
                    arrival: Timestamp(1_700_000_000 + i64::from(uid)),
                    size: raw.len() as u64,
                    headers: decoding::headers(&raw),
                    raw: head(&raw),
                    decoder: decoding::DECODER,
                }
            })
            .collect();
        let write = MailWrite::Ingest { folder: self.folder, messages, on_server: 0 };
        self.store().mail.commit_blocking(write).unwrap();
    }

    fn keep(&self, uids: impl IntoIterator<Item = u32>, raw: impl Fn(u32) -> Vec<u8>) {
        let reader = self.store().reader().unwrap();
        for uid in uids {
            let known = reader.messages(self.folder, &[uid]).unwrap();
            let kept = self.store().mail.keep_body(known[0].1, Whole::Bytes(raw(uid)));
            self.runtime.block_on(kept).unwrap();
        }
    }

    fn expunge(&self, uids: &[u32]) {
        let write = MailWrite::Expunged { folder: self.folder, uids: uids.to_vec(), on_server: 0 };
        self.store().mail.commit_blocking(write).unwrap();
    }

    /// Brings the index up; answers how many messages were looked at.
    fn index(&self) -> usize {
        let index = Index::open(self.path(), Timestamp(0)).unwrap();
        assert_eq!(index.set_aside, None);
        let finder = Finder::open(self.path()).unwrap().unwrap();
        let mut done = 0;
        loop {
            match step(&finder, &index.writer).unwrap() {
                0 => break,
                more => done += more,
            }
        }
        assert_eq!(finder.coverage().unwrap().waiting, 0);
        index.writer.close();
        done
    }

    /// The server's numbers of what is found, the newest first.
    fn found(&self, typed: &str) -> Vec<u32> {
        let mut finder = Finder::open(self.path()).unwrap().unwrap();
        let today = Today::new(Timestamp(1_700_100_000), &jiff::tz::TimeZone::UTC);
        let condition = parse(typed, &today).unwrap_or_else(|problem| panic!("{typed}: {problem:?}"));
        let mut told: Vec<Hits> = Vec::new();
        let tell = |hits| {
            told.push(hits);
            true
        };
        finder.find(&condition, None, 3, tell, || true).unwrap();
        let (all, some) = told.split_last().unwrap();
        assert!(all.whole && some.iter().all(|some| !some.whole && all.order.starts_with(&some.order)));
        let placements: Vec<_> = all.order.iter().map(|entry| entry.placement).collect();
        finder.mail().rows(&placements).unwrap().into_iter().map(|row| row.uid.unwrap()).collect()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(store) = self.store.take() {
            store.close();
        }
    }
}

fn open(profile: &Path) -> Store {
    let (changes, _) = mpsc::unbounded_channel();
    let accounts = ["me@example.com".to_owned()];
    Store::open(&StoreOptions { profile, accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse }, changes)
        .unwrap()
}

fn folder(store: &Store, name: &str, uidvalidity: u32) -> FolderId {
    let seen = FolderSeen {
        name: FolderName { wire: name.as_bytes().to_vec(), delimiter: Some('/') },
        decoded: name.to_owned(),
        role: Some(Role::Inbox),
        selectable: true,
    };
    let write = MailWrite::Folders { account: store.accounts[0].0, seen: vec![seen], at: Timestamp(0) };
    let Written::Folders(ids) = store.mail.commit_blocking(write).unwrap() else { panic!() };
    let opened = MailWrite::Opened { folder: ids[0], uidvalidity, on_server: 0, renumbered: false };
    store.mail.commit_blocking(opened).unwrap();
    ids[0]
}

fn head(raw: &[u8]) -> Vec<u8> {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    raw[..end + 4].to_vec()
}

const PEOPLE: [&str; 6] = ["张三", "李雷", "韓梅梅", "Anna Müller", "ＱＱ邮箱团队", "单雄信"];
const PIECES: [&str; 20] = [
    "会议",
    "會議室",
    "通知",
    "发票",
    "發票號碼",
    "报销",
    "，",
    "。",
    " ",
    "\r\n",
    "invoice 2024",
    "hongyan",
    "Re: ",
    "的",
    "我們",
    "我们明天",
    "开会",
    "１２３",
    "a",
    "\r\n\r\n",
];

/// A letter that is always the same for its number: Chinese of both kinds and English, in several encodings and forms.
fn letter(uid: u32) -> Vec<u8> {
    let mut dice = Dice::new(u64::from(uid) * 7919);
    let mut text = String::new();
    for _ in 0..dice.below(40) {
        text.push_str(PIECES[dice.below(PIECES.len())]);
    }
    let subject: String = (0..=dice.below(4)).map(|_| PIECES[dice.below(6)]).collect();
    let person = PEOPLE[dice.below(PEOPLE.len())];
    let file = if dice.below(5) == 0 { "报销单 2024.pdf" } else { "" };
    let (charset, bytes) = match dice.below(3) {
        0 => ("gb18030", encoding_rs::GB18030.encode(&text).0.into_owned()),
        _ => ("utf-8", text.clone().into_bytes()),
    };
    let (kind, bytes) = match dice.below(4) {
        0 => ("text/html", [b"<div><p>".to_vec(), bytes, b"</p></div>".to_vec()].concat()),
        _ => ("text/plain", bytes),
    };
    let head = format!(
        "From: {person} <p{}@example.com>\r\nTo: 我自己 <me@example.com>\r\nSubject: {subject}\r\n\
         Message-ID: <{uid}@example.com>\r\nMIME-Version: 1.0\r\n",
        uid % 9
    );
    let body = format!("Content-Type: {kind}; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
    if file.is_empty() {
        return [head.into_bytes(), body.into_bytes(), bytes].concat();
    }
    let more = format!(
        "\r\n--b\r\nContent-Type: application/pdf; name=\"{file}\"\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--\r\n"
    );
    let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n";
    [head.as_bytes(), mixed.as_bytes(), body.as_bytes(), &bytes, more.as_bytes()].concat()
}

fn scanned(uid: u32, with_text: bool) -> Scanned {
    let raw = letter(uid);
    let headers = decoding::headers(&raw);
    let mut fields = vec![headers.subject.as_untrusted().to_owned()];
    for one in headers.from.iter().chain(&headers.to) {
        fields.push(format!("{} {}", one.name.as_untrusted(), one.address.as_untrusted()));
    }
    if with_text {
        let read = decoding::beginning(&raw, &Reading::default(), &Addressee::default());
        fields.push(read.document.text.as_untrusted().to_owned());
        fields.extend(read.attachments.iter().map(|file| file.name.as_untrusted().to_owned()));
    }
    Scanned { uid, fields: fields.iter().map(|field| folded_words(field)).collect() }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !('\u{3005}'..='\u{9fff}').contains(&c)
}

/// What a scan of every text finds: Chinese wherever it stands, other words by their beginnings.
fn scan(all: &[Scanned], asked: &str) -> Vec<u32> {
    let asked = folded_words(asked);
    let dense = asked.chars().all(|c| ('\u{3005}'..='\u{9fff}').contains(&c));
    let has = |field: &String| {
        if dense {
            return field.contains(&asked);
        }
        field
            .split(|c| !is_word(c))
            .any(|word| if asked.chars().count() > 2 { word.starts_with(&asked) } else { word == asked })
    };
    let mut found: Vec<u32> = all.iter().filter(|one| one.fields.iter().any(has)).map(|one| one.uid).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found
}

/// Random questions, most of which have an answer: pieces of what is there, of one character to six.
fn questions(all: &[Scanned], count: usize) -> BTreeSet<String> {
    let mut dice = Dice::new(42);
    let mut questions = BTreeSet::new();
    while questions.len() < count {
        let one = &all[dice.below(all.len())];
        let field: Vec<char> = one.fields[dice.below(one.fields.len())].chars().collect();
        let runs: Vec<&[char]> = field.split(|c| !('\u{3005}'..='\u{9fff}').contains(c)).collect();
        let run = runs[dice.below(runs.len())];
        if run.is_empty() {
            let words: Vec<&[char]> = field.split(|c| !is_word(*c)).filter(|word| !word.is_empty()).collect();
            if !words.is_empty() {
                let word = words[dice.below(words.len())];
                questions.insert(word[..=dice.below(word.len())].iter().collect());
            }
            continue;
        }
        let from = dice.below(run.len());
        let length = 1 + dice.below(6.min(run.len() - from));
        let mut asked: String = run[from..from + length].iter().collect();
        if dice.below(6) == 0 {
            // Most likely nowhere.
            asked.push(run[dice.below(run.len())]);
        }
        questions.insert(asked);
    }
    questions
}

fn compare(ground: &Ground, all: &[Scanned], count: usize) {
    let mut answered = 0;
    for asked in questions(all, count) {
        let expected = scan(all, &asked);
        answered += usize::from(!expected.is_empty());
        assert_eq!(ground.found(&asked), expected, "{asked}");
    }
    assert!(answered * 2 > count, "the questions are too hard: {answered} of {count}");
}

#[test]
fn what_is_found_is_what_a_scan_of_every_text_finds() {
    let ground = Ground::new();
    ground.ingest(1..=300, letter);
    let heads: Vec<Scanned> = (1..=300).map(|uid| scanned(uid, false)).collect();
    assert_eq!(ground.index(), 300);
    compare(&ground, &heads, 100);
    ground.keep(1..=300, letter);
    assert_eq!(ground.index(), 300, "each once more, with its text");
    assert_eq!(ground.index(), 0);
    let all: Vec<Scanned> = (1..=300).map(|uid| scanned(uid, true)).collect();
    compare(&ground, &all, 300);
    // It can go at any time.
    for tail in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(ground.path().join(format!("search.db{tail}")));
    }
    assert!(Finder::open(ground.path()).unwrap().is_none());
    assert_eq!(ground.index(), 300);
    compare(&ground, &all, 300);
}

#[test]
fn a_phrase_is_found_where_its_words_stand_beside_each_other() {
    let texts =
        ["请看 invoice 2024 的发票", "2024 invoice，发票", "发票 invoice-2024", "invoice\r\n2024", "invoices 2024"];
    let raw = |uid: u32| {
        let text = texts[uid as usize - 1];
        format!("From: a@example.com\r\nSubject: s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")
            .into_bytes()
    };
    let ground = Ground::new();
    ground.ingest(1..=5, raw);
    ground.keep(1..=5, raw);
    ground.index();
    for (typed, expected) in [
        ("\"invoice 2024\"", &[4, 3, 1][..]),
        ("invoice 2024", &[5, 4, 3, 2, 1]),
        ("\"2024 的发\"", &[1]),
        ("\"发票 invoice\"", &[3]),
        ("发票 -\"invoice 2024\"", &[2]),
        ("-发票", &[5, 4]),
        ("invoices OR 的", &[5, 1]),
        ("subject:发票", &[]),
        ("正文：发票 未读", &[3, 1]),
        ("is:read", &[4, 2]),
        ("is:read 发票", &[2]),
        ("in:inbox 请看", &[1]),
        ("in:sent 请看", &[]),
        ("account:example 请看", &[1]),
        ("larger:1k", &[]),
        ("before:2023-11-15 after:2023-11-14 请看", &[1]),
        ("(is:unread OR 2024) -的", &[5, 4, 3, 2]),
    ] {
        assert_eq!(ground.found(typed), expected, "{typed}");
    }
}

#[test]
fn people_are_found_by_how_their_names_sound() {
    let raw = |uid: u32| {
        let name = ["张三", "曾国藩", "Zhang Wei"][uid as usize - 1];
        format!("From: {name} <p{uid}@example.com>\r\nTo: 李雷 <l@example.com>\r\nSubject: zs\r\n\r\n").into_bytes()
    };
    let ground = Ground::new();
    ground.ingest(1..=3, raw);
    ground.index();
    for (typed, expected) in [
        ("from:zs", &[1][..]),
        ("发件人：zhangs", &[1]),
        ("from:zhang", &[3, 1]),
        ("from:zgf", &[2]),
        ("to:ll", &[3, 2, 1]),
        ("to:lilei", &[3, 2, 1]),
        // A name's sound is no word of the message.
        ("zgf", &[]),
        ("from:p2@example.com", &[2]),
    ] {
        assert_eq!(ground.found(typed), expected, "{typed}");
    }
}

#[test]
fn what_is_expunged_is_found_no_more_and_leaves_the_index() {
    let ground = Ground::new();
    ground.ingest(1..=50, letter);
    ground.keep(1..=50, letter);
    ground.index();
    let uids: Vec<u32> = (1..=50).step_by(3).collect();
    ground.expunge(&uids);
    // At once, although the index does not know yet.
    assert!(ground.found("example").iter().all(|uid| !uids.contains(uid)));
    assert_eq!(ground.index(), uids.len());
    let left: Vec<Scanned> = (1..=50).filter(|uid| !uids.contains(uid)).map(|uid| scanned(uid, true)).collect();
    assert_eq!(ground.found("example").len(), left.len());
    compare(&ground, &left, 60);
    // What comes anew gets numbers of its own.
    ground.ingest([100], letter);
    ground.index();
    assert!(ground.found("example").contains(&100));
}

#[test]
fn a_damaged_index_is_set_aside_and_made_again() {
    let ground = Ground::new();
    ground.ingest(1..=50, letter);
    ground.index();
    fs::write(ground.path().join("search.db"), vec![7_u8; 8192]).unwrap();
    let index = Index::open(ground.path(), Timestamp(5)).unwrap();
    let aside = index.set_aside.clone().unwrap();
    assert_eq!(fs::read(aside).unwrap(), vec![7_u8; 8192]);
    index.writer.close();
    assert_eq!(ground.index(), 50);
    assert_eq!(ground.found("example").len(), 50);
    // Damage that was met while it was in use.
    mark_index_broken(ground.path());
    let index = Index::open(ground.path(), Timestamp(6)).unwrap();
    assert!(index.set_aside.is_some());
    index.writer.close();
    assert_eq!(ground.index(), 50);
}

#[test]
fn the_words_of_another_mail_db_are_not_those_of_this_one() {
    let mut ground = Ground::new();
    ground.ingest(1..=20, letter);
    ground.index();
    ground.store.take().unwrap().close();
    for name in ["mail.db", "mail.db-wal", "mail.db-shm"] {
        let _ = fs::remove_file(ground.path().join(name));
    }
    let store = open(ground.path());
    ground.folder = folder(&store, "INBOX", 8);
    ground.store = Some(store);
    ground.ingest(101..=110, letter);
    assert_eq!(ground.index(), 10);
    let all: Vec<Scanned> = (101..=110).map(|uid| scanned(uid, false)).collect();
    compare(&ground, &all, 20);
}

#[test]
fn what_newer_rules_read_is_cut_again_in_the_background() {
    let ground = Ground::new();
    let wrong = |uid: u32| format!("From: a@example.com\r\nSubject: 第 {uid} 封\r\n\r\n").into_bytes();
    ground.ingest(1..=10, wrong);
    ground.index();
    let reader = ground.store().reader().unwrap();
    let messages = reader.messages(ground.folder, &(1..=10).collect::<Vec<_>>()).unwrap();
    let derived =
        messages.into_iter().map(|(_, message)| (message, decoding::headers(b"Subject: x\r\n\r\n"))).collect();
    let write = MailWrite::Derived { messages: derived, decoder: decoding::DECODER + 1 };
    ground.store().mail.commit_blocking(write).unwrap();
    assert_eq!(ground.found("第").len(), 10, "the old words are there until then");
    assert_eq!(ground.index(), 10);
}

#[test]
fn nobody_is_told_of_what_nobody_wants_any_more() {
    let ground = Ground::new();
    ground.ingest(1..=30, letter);
    ground.index();
    let mut finder = Finder::open(ground.path()).unwrap().unwrap();
    let today = Today::new(Timestamp(0), &jiff::tz::TimeZone::UTC);
    let condition = parse("example", &today).unwrap();
    finder.find(&condition, None, 3, |_| panic!("nobody asked"), || false).unwrap();
    let mut told = 0;
    let once = |hits: Hits| {
        told += 1;
        assert_eq!(hits.order.len(), 3);
        false
    };
    finder.find(&condition, None, 3, once, || true).unwrap();
    assert_eq!(told, 1);
    // In no folder at all there is nothing.
    finder.find(&condition, Some(&[]), 3, |hits| hits.order.is_empty(), || true).unwrap();
}

mod moved;
