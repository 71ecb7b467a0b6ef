//! What the store costs, each figure beside a floor measured in the same run:
//! headers a second into mail.db, one action on the disk, and a whole order of 100,000.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and ends at the first fault")]

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use hongyan::mime;
use hongyan::model::{
    Answer, Flags, FolderId, FolderName, Intent, Listing, Query, Role, Sort, SortBy, Source, Threads, Timestamp, clock,
};
use hongyan::store::{FolderSeen, Incoming, MailWrite, Reader, Restore, Store, StoreOptions, Written};
use tokio::sync::mpsc;

const MESSAGES: u32 = 100_000;
const BATCH: usize = 200;

fn raw(uid: u32) -> Vec<u8> {
    format!(
        "From: =?utf-8?B?5p2O6Zu3?= <lilei{}@example.com>\r\nTo: <me@example.com>, <team@example.com>\r\n\
         Subject: =?utf-8?B?5YWz5LqO5pys5ZGo5L6L5Lya55qE6YCa55+l?= {uid}\r\nDate: Tue, 17 Nov 2026 09:30:00 +0800\r\n\
         Message-ID: <{uid}.1794879000@example.com>\r\nReferences: <{}.1794879000@example.com>\r\n\
         Content-Type: multipart/alternative; boundary=\"----=_001_NextPart{uid}_=----\"\r\n\r\n",
        uid % 500,
        uid / 3
    )
    .into_bytes()
}

fn incoming(uid: u32, raw: Vec<u8>) -> Incoming {
    let headers = mime::headers(&raw);
    let arrival = Timestamp(1_700_000_000 + i64::from(uid) * 60);
    let flags = if uid.is_multiple_of(7) { Flags::NONE } else { Flags::SEEN };
    Incoming { uid, flags, arrival, size: 8_000, headers, raw, decoder: mime::DECODER }
}

fn open(profile: &Path) -> Store {
    let (changes, _) = mpsc::unbounded_channel();
    let accounts = ["me@example.com".to_owned()];
    Store::open(&StoreOptions { profile, accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse }, changes)
        .unwrap()
}

fn folder(store: &Store) -> FolderId {
    let name = FolderName { wire: b"INBOX".to_vec(), delimiter: Some('/') };
    let seen = vec![FolderSeen { name, decoded: "INBOX".into(), role: Some(Role::Inbox), selectable: true }];
    let write = MailWrite::Folders { account: store.accounts.first().unwrap().0, seen, at: Timestamp(0) };
    let Written::Folders(ids) = store.mail.commit_blocking(write).unwrap() else { unreachable!() };
    let folder = *ids.first().unwrap();
    store.mail.commit_blocking(MailWrite::Opened { folder, uidvalidity: 1, on_server: 0, renumbered: false }).unwrap();
    folder
}

/// Headers a second, decoding included, with the next batch decoded while one is committed.
fn ingest(runtime: &tokio::runtime::Runtime, store: &Store, folder: FolderId, raws: Vec<Vec<u8>>) -> Duration {
    let begun = clock::instant();
    runtime.block_on(async {
        let mut committing = None;
        let mut uid = MESSAGES;
        let mut raws = raws.into_iter();
        loop {
            let batch: Vec<Incoming> = raws
                .by_ref()
                .take(BATCH)
                .map(|raw| {
                    let message = incoming(uid, raw);
                    uid -= 1;
                    message
                })
                .collect();
            if batch.is_empty() {
                break;
            }
            let write = MailWrite::Ingest { folder, messages: batch, on_server: u64::from(MESSAGES) };
            let sent = store.mail.send(write).await.unwrap();
            if let Some(before) = committing.replace(sent) {
                hongyan::store::Committing::done(before).await.unwrap();
            }
        }
        if let Some(last) = committing {
            last.done().await.unwrap();
        }
    });
    begun.elapsed()
}

/// The floor of an ingest: the same bytes appended to a file and synced once a batch.
fn plain_file(dir: &Path, raws: &[Vec<u8>]) -> Duration {
    let begun = clock::instant();
    let mut file = OpenOptions::new().create(true).append(true).open(dir.join("floor")).unwrap();
    for batch in raws.chunks(BATCH) {
        file.write_all(&batch.concat()).unwrap();
    }
    file.sync_data().unwrap();
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn times(count: usize, mut what: impl FnMut()) -> Duration {
    median(
        (0..count)
            .map(|_| {
                let begun: Instant = clock::instant();
                what();
                begun.elapsed()
            })
            .collect(),
    )
}

/// Lists of 100,000 with conversations together, and sorted otherwise, as the screen asks for them.
fn conversations(reader: &Reader, folder: FolderId) {
    let listing = |open, by| Listing {
        threads: Threads::On { open, turned: Vec::new() },
        sort: Sort { by, reversed: false },
        ..Listing::flat(Source::Folder(folder))
    };
    let lines = |listing: &Listing| match reader.answer(&Query::Order(Box::new(listing.clone()))) {
        Answer::Order { order, .. } => order,
        _ => Vec::new(),
    };
    let folded = listing(false, SortBy::Date);
    let took = times(11, || assert!(!lines(&folded).is_empty()));
    println!("threads       {took:>12.2?}   folded, {} lines of 100k (hold ≤ 100 ms)", lines(&folded).len());
    let open = listing(true, SortBy::Date);
    let took = times(3, || assert_eq!(lines(&open).len(), MESSAGES as usize));
    println!("threads open  {took:>12.2?}   every tree of 100k");
    for by in [SortBy::Sender, SortBy::Subject, SortBy::Size, SortBy::UnreadFirst] {
        let sorted = listing(false, by);
        let took = times(3, || assert_eq!(lines(&sorted).len(), MESSAGES as usize));
        println!("sorted        {took:>12.2?}   by {}", by.code());
    }
    let placements: Vec<_> = lines(&folded).iter().take(50).map(|entry| entry.placement).collect();
    let rows = Query::Rows { source: folded.source.clone(), placements, threads: true };
    let took = times(101, || assert!(matches!(reader.answer(&rows), Answer::Rows { .. })));
    println!("50 rows       {took:>12.2?}   with what is folded into them");
}

fn main() {
    let dir = tempfile::tempdir_in(".").unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let store = open(dir.path());
    let folder = folder(&store);
    let raws: Vec<Vec<u8>> = (1..=MESSAGES).rev().map(raw).collect();
    let floor = plain_file(dir.path(), &raws);
    let took = ingest(&runtime, &store, folder, raws);
    let rate = f64::from(MESSAGES) / took.as_secs_f64();
    println!("ingest        {rate:>10.0} headers/s   (hold ≥ 27,000; the same bytes into a plain file: {floor:.0?})");

    let reader = store.reader().unwrap();
    let order = times(11, || assert_eq!(reader.order(folder).unwrap().len(), MESSAGES as usize));
    println!("order of 100k {order:>12.2?}");
    conversations(&reader, folder);
    let ids: Vec<_> = reader.order(folder).unwrap().iter().take(50).map(|entry| entry.placement).collect();
    let rows = times(101, || assert_eq!(reader.rows(&ids).unwrap().len(), 50));
    println!("50 rows       {rows:>12.2?}");

    let mut file = OpenOptions::new().create(true).append(true).open(dir.path().join("sync")).unwrap();
    let sync = times(101, || {
        file.write_all(&[0; 4096]).unwrap();
        file.sync_data().unwrap();
    });
    let mut at = 0;
    let mut act = || {
        let placement = ids.get(at % 50).copied().unwrap();
        let (add, remove) = if at % 100 < 50 { (Flags::FLAGGED, Flags::NONE) } else { (Flags::NONE, Flags::FLAGGED) };
        at += 1;
        let intent = Intent::Flag { placements: vec![placement], add, remove };
        runtime.block_on(store.own.commit(hongyan::store::OwnWrite::Record(intent))).unwrap();
    };
    let action = times(101, &mut act);
    let ratio = action.as_secs_f64() / sync.as_secs_f64();
    println!("action        {action:>12.2?}   = {ratio:.1} × fdatasync of 4 KB ({sync:.2?}); hold ≤ 2");

    let begun = clock::instant();
    runtime.block_on(async {
        let intent = |add| Intent::Flag { placements: vec![ids.first().copied().unwrap()], add, remove: Flags::NONE };
        let all = (0..200).map(|_| store.own.commit(hongyan::store::OwnWrite::Record(intent(Flags::FLAGGED))));
        for done in futures_util::future::join_all(all).await {
            done.unwrap();
        }
    });
    println!("200 actions   {:>12.2?}   in one go", begun.elapsed());
    drop(reader);
    store.close();
    let size = std::fs::metadata(dir.path().join("mail.db")).unwrap().len();
    println!("mail.db       {:>9} MB     for {MESSAGES} messages without bodies", size / 1_000_000);
    let reopen = times(5, || {
        let store = open(dir.path());
        store.close();
    });
    println!("open + close  {reopen:>12.2?}");
}
