//! What it costs to go through a folder of 100,000 messages and to do something with them, each figure beside its floor in
//! the same run: from the key to the frame, until it is on the disk, with conversations together and apart, quiet and
//! while mail comes in. `cargo bench --bench triage`; of a million the list alone.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and ends at the first fault")]
#![expect(clippy::disallowed_methods, reason = "what it weighs is measured in a process that did nothing else")]

mod desk;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use desk::{Desk, Input, look, state, terminal};
use hongyan::app::{Effect, Event, update};
use hongyan::mime;
use hongyan::model::{
    AccountId, Answer, Changed, Flags, Folder, FolderId, FolderName, Intent, Knot, Listing, OrderEntry, PlacementId,
    Query, Role, Source, ThreadId, Threads, Timestamp, clock,
};
use hongyan::store::{
    FolderSeen, Incoming, MailWrite, MailWriter, OwnWrite, Reader, Restore, Store, StoreOptions, Written,
};
use hongyan::ui::view;
use ratatui::style::Style;
use tokio::runtime::Runtime;

const SIZE: (u16, u16) = (120, 40);
const MESSAGES: u32 = 100_000;
const MILLION: i64 = 1_000_000;
const NEWEST: i64 = 1_763_000_000;
/// Six of ten messages are in conversations of five, which lie forty messages apart.
fn raw(uid: u32) -> Vec<u8> {
    let (block, rest) = (uid / 200, uid % 200);
    let (conversation, nth) = (block * 40 + rest % 40, rest / 40);
    let answers = if conversation % 5 < 3 && nth > 0 {
        format!("References: <{}.1@example.com>\r\n", block * 200 + rest % 40)
    } else {
        String::new()
    };
    format!(
        "From: =?utf-8?B?5p2O6Zu3?= <lilei{}@example.com>\r\nTo: <me@example.com>, <team@example.com>\r\n\
         Subject: =?utf-8?B?5YWz5LqO5pys5ZGo5L6L5Lya55qE6YCa55+l?= {uid}\r\nDate: Tue, 17 Nov 2026 09:30:00 +0800\r\n\
         Message-ID: <{uid}.1@example.com>\r\n{answers}\
         Content-Type: multipart/alternative; boundary=\"----=_001_NextPart{uid}_=----\"\r\n\r\n",
        uid % 10,
    )
    .into_bytes()
}

fn incoming(uid: u32) -> Incoming {
    let raw = raw(uid);
    let headers = mime::headers(&raw);
    let arrival = Timestamp(NEWEST - i64::from(MESSAGES) * 60 + i64::from(uid) * 60);
    let flags = if uid.is_multiple_of(7) { Flags::NONE } else { Flags::SEEN };
    Incoming { uid, flags, arrival, size: 8_000, headers, raw, decoder: mime::DECODER }
}

fn ingest(mail: &MailWriter, folder: FolderId, uids: std::ops::Range<u32>) {
    let messages = uids.map(incoming).collect();
    mail.commit_blocking(MailWrite::Ingest { folder, messages, on_server: u64::from(MESSAGES) }).unwrap();
}

fn open(profile: &Path, changes: tokio::sync::mpsc::UnboundedSender<Changed>) -> Store {
    let accounts = ["me@example.com".to_owned()];
    Store::open(&StoreOptions { profile, accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse }, changes)
        .unwrap()
}

fn folders(store: &Store) -> FolderId {
    let seen = [("INBOX", Role::Inbox), ("Archive", Role::Archive), ("Trash", Role::Trash), ("Sent", Role::Sent)]
        .map(|(name, role)| FolderSeen {
            name: FolderName { wire: name.as_bytes().to_vec(), delimiter: Some('/') },
            decoded: name.into(),
            role: Some(role),
            selectable: true,
        })
        .to_vec();
    let write = MailWrite::Folders { account: store.accounts.first().unwrap().0, seen, at: Timestamp(0) };
    let Written::Folders(ids) = store.mail.commit_blocking(write).unwrap() else { unreachable!() };
    for folder in &ids {
        let opened = MailWrite::Opened { folder: *folder, uidvalidity: 1, on_server: 0, renumbered: false };
        store.mail.commit_blocking(opened).unwrap();
    }
    *ids.first().unwrap()
}

fn share(times: &mut [Duration], of: usize) -> Duration {
    times.sort();
    times.get(times.len() * of / 100).or(times.last()).copied().unwrap_or_default()
}

fn said(name: &str, mut times: Vec<Duration>, beside: &str) {
    let (half, most) = (share(&mut times, 50), share(&mut times, 99));
    println!("{name:<52} p50 {half:>9.2?}  p99 {most:>9.2?}  {beside}");
}

fn timed(rounds: usize, mut what: impl FnMut()) -> Vec<Duration> {
    (0..rounds)
        .map(|_| {
            let begun = clock::instant();
            what();
            begun.elapsed()
        })
        .collect()
}

/// Mail comes in at twice the speed of a line of 10 Mbit/s while this is done.
fn while_mail_comes(mail: &MailWriter, folder: FolderId, next: &mut u32, what: impl FnOnce()) {
    let (stop, stopped) = mpsc::channel::<()>();
    let (mail, mut uid) = (mail.clone(), *next);
    let coming = thread::spawn(move || {
        while stopped.recv_timeout(Duration::from_millis(100)) == Err(mpsc::RecvTimeoutError::Timeout) {
            ingest(&mail, folder, uid..uid + 200);
            uid += 200;
        }
        uid
    });
    what();
    drop(stop);
    *next = coming.join().unwrap();
}

const MOVES: &[&str] = &["j", "j", "j", "k", "PageDown", "j", "PageUp", "j"];
const ACTIONS: &[&str] = &["j", "s", "x", "x", "e", "u", "k"];

fn keys(desk: &mut Desk, name: &str) {
    desk.typed(MOVES, 400, Duration::from_millis(12));
    let all = std::mem::take(&mut desk.frames).into_values().flatten().collect();
    said(&format!("{name}: move → frame"), all, "hold ≤ 0.3 ms p50, ≤ 8 ms p99 while syncing");
    desk.typed(ACTIONS, 210, Duration::from_millis(25));
    for (key, times) in std::mem::take(&mut desk.frames) {
        if ["e", "s", "u", "x"].contains(&key) {
            said(&format!("{name}: {key} → frame"), times, "");
        }
    }
    let durable = std::mem::take(&mut desk.durable);
    said(&format!("{name}: e, s, u → durable and in mail.db"), durable, "hold ≤ 25 ms");
}

/// One action on the disk, in turn with the disk alone: a disk that others use is not the same disk a second later.
fn actions(runtime: &Runtime, store: &Store, dir: &Path, placements: &[PlacementId], name: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(dir.join("sync")).unwrap();
    for (what, by_hand) in [("an action that undo knows", true), ("one that it does not", false)] {
        let (mut floor, mut times) = (Vec::new(), Vec::new());
        for at in 0..200 {
            floor.extend(timed(1, || {
                file.write_all(&[0; 4096]).unwrap();
                file.sync_data().unwrap();
            }));
            let placement = *placements.get(at % 50).unwrap();
            let (add, remove) =
                if at % 100 < 50 { (Flags::FLAGGED, Flags::NONE) } else { (Flags::NONE, Flags::FLAGGED) };
            let intent = Intent::Flag { placements: vec![placement], add, remove };
            let write = if by_hand { OwnWrite::Do { intent, at: clock::now() } } else { OwnWrite::Record(intent) };
            let mut write = Some(write);
            times.extend(timed(1, || drop(runtime.block_on(store.own.commit(write.take().unwrap())).unwrap())));
        }
        let ratio = share(&mut times, 50).as_secs_f64() / share(&mut floor, 50).as_secs_f64();
        said(&format!("{name}: fdatasync of 4 KB (the floor)"), floor, "");
        said(&format!("{name}: {what}"), times, &format!("= {ratio:.1} × the floor; hold ≤ 2 quiet, ≤ 25 ms busy"));
    }
}

fn lists(reader: &Reader, store: &Store, folder: FolderId, next: &mut u32) {
    let order = reader.order(folder).unwrap();
    said("an order of 100k copied (the floor)", timed(101, || drop(std::hint::black_box(order.clone()))), "");
    said("an order of 100k read", timed(11, || drop(reader.order(folder).unwrap())), "");
    let folded =
        Listing { threads: Threads::On { open: false, turned: Vec::new() }, ..Listing::flat(Source::Folder(folder)) };
    let lines = |listing: &Listing| match reader.answer(&Query::Order(Box::new(listing.clone()))) {
        Answer::Order { order, .. } => order,
        _ => Vec::new(),
    };
    let count = lines(&folded).len();
    let threads = timed(11, || drop(lines(&folded)));
    said(&format!("threads of 100k ({count} lines)"), threads, "hold ≤ 100 ms");
    let placements: Vec<_> = lines(&folded).iter().take(50).map(|entry| entry.placement).collect();
    for threads in [false, true] {
        let rows = Query::Rows { source: folded.source.clone(), placements: placements.clone(), threads };
        let name = if threads { "50 rows with what is folded" } else { "50 rows (the floor of the next)" };
        said(name, timed(101, || drop(reader.answer(&rows))), "");
    }
    let batch = timed(21, || {
        ingest(&store.mail, folder, *next..*next + 100);
        *next += 100;
    });
    said("100 new messages, decoded and committed", batch, "");
    let mut uid = *next;
    let decoding = timed(21, || {
        drop((uid..uid + 100).map(incoming).collect::<Vec<_>>());
        uid += 100;
    });
    said("100 new messages decoded only (the floor)", decoding, "");
}

/// 10,000 messages by one key, and back.
fn bulk(desk: &mut Desk, name: &str) {
    desk.one("g");
    desk.one("*");
    let (frame, _, shown) = desk.one("f");
    println!(
        "{name}: {} selected: a frame after {frame:.2?}, selected after {shown:.2?}",
        desk.state.list().selected()
    );
    for (key, what) in [("e", "archived"), ("u", "back again")] {
        let (frame, durable, shown) = desk.one(key);
        println!(
            "{name}: all of them {what}: frame {frame:.2?}, durable and in mail.db {durable:.2?}, everything shown {shown:.2?}"
        );
    }
}

fn inbox(count: i64) -> Folder {
    Folder {
        id: FolderId(1),
        account: AccountId(1),
        name: "INBOX".into(),
        delimiter: Some('/'),
        role: Some(Role::Inbox),
        selectable: true,
        total: count.unsigned_abs(),
        unread: 12,
        on_server: count.unsigned_abs(),
    }
}

/// The list of a million, without its rows.
fn million(floor: Duration) {
    let entry = |nth| OrderEntry { placement: PlacementId(nth), arrival: Timestamp(NEWEST - nth * 60) };
    for count in [i64::from(MESSAGES), MILLION] {
        let (mut state, mut screen, look) = (state(AccountId(1), true), terminal(), look());
        update(&mut state, Event::Resize { columns: SIZE.0, rows: SIZE.1 });
        let mut waiting = state.start();
        while let Some(effect) = waiting.pop() {
            let answer = match effect {
                Effect::Ask(Query::Folders) => Answer::Folders(vec![inbox(count)]),
                Effect::Ask(Query::Order(listing)) => {
                    let knot = |nth| Knot { thread: ThreadId(nth), count: 3, folded: true, ..Knot::default() };
                    let (order, knots) = ((0..count).map(entry).collect(), (0..count).map(knot).collect());
                    Answer::Order { listing, order, knots }
                }
                _ => continue,
            };
            waiting.extend(update(&mut state, Event::Answered(answer)));
        }
        assert_eq!(state.list().len(), usize::try_from(count).unwrap());
        let mut press = |key: &str| {
            update(&mut state, Event::Key(key.parse().unwrap()));
            screen.draw(|frame| view(&state, &look, frame)).unwrap();
        };
        for key in ["j", "x", "PageDown"] {
            said(
                &format!("a list of {count}: {key} → frame"),
                timed(301, || press(key)),
                &format!("a frame full of one letter: {floor:.2?}"),
            );
        }
    }
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

fn desk_of(runtime: &Runtime, profile: &Path, threads: bool) -> (Store, Desk) {
    let (send, inbox) = mpsc::channel();
    let (changes, mut changed) = tokio::sync::mpsc::unbounded_channel();
    let store = open(profile, changes);
    let told = send.clone();
    thread::spawn(move || {
        while let Some(change) = changed.blocking_recv() {
            if told.send(Input::Changed(change)).is_err() {
                return;
            }
        }
    });
    let desk = Desk::new(runtime, &store, threads, (send, inbox));
    (store, desk)
}

/// This process does nothing but have the folder open.
fn weigh(runtime: &Runtime, profile: &Path) {
    let nothing = resident();
    for threads in [false, true] {
        let (store, mut desk) = desk_of(runtime, profile, threads);
        for _ in 0..20 {
            desk.one("PageDown");
        }
        let name = if threads { "conversations" } else { "flat" };
        println!("{name}: the folder open weighs at most {:.1} MB; hold ≤ 55 (nothing: {nothing:.1})", resident());
        drop(desk);
        store.close();
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut arguments = std::env::args().skip_while(|argument| argument != "--weigh").skip(1);
    if let Some(profile) = arguments.next() {
        weigh(&runtime, Path::new(&profile));
        return;
    }
    let dir = tempfile::tempdir_in(".").unwrap();
    let (changes, _) = tokio::sync::mpsc::unbounded_channel();
    let store = open(dir.path(), changes);
    let folder = folders(&store);
    for from in (0..MESSAGES / 200).rev() {
        ingest(&store.mail, folder, from * 200 + 1..from * 200 + 201);
    }
    let reader = store.reader().unwrap();
    let mut next = MESSAGES + 1;
    lists(&reader, &store, folder, &mut next);
    let placements: Vec<_> = reader.order(folder).unwrap().iter().take(50).map(|entry| entry.placement).collect();
    actions(&runtime, &store, dir.path(), &placements, "quiet");
    while_mail_comes(&store.mail, folder, &mut next, || {
        actions(&runtime, &store, dir.path(), &placements, "busy");
    });
    drop(reader);
    store.close();
    let run = std::process::Command::new(std::env::current_exe().unwrap()).arg("--weigh").arg(dir.path()).status();
    assert!(run.unwrap().success());

    let (line, mut plain) = ("x".repeat(usize::from(SIZE.0)), terminal());
    let mut floor = timed(1000, || {
        plain.draw(|frame| (0..SIZE.1).for_each(|y| frame.buffer_mut().set_string(0, y, &line, Style::new()))).unwrap();
    });
    let floor_of_frames = share(&mut floor, 50);
    said("a frame full of one letter (the floor)", floor, "");
    for threads in [false, true] {
        let (store, mut desk) = desk_of(&runtime, dir.path(), threads);
        let name = if threads { "conversations" } else { "flat" };
        keys(&mut desk, &format!("{name}, quiet"));
        desk.quiet();
        let mail = store.mail.clone();
        while_mail_comes(&mail, folder, &mut next, || keys(&mut desk, &format!("{name}, busy")));
        desk.quiet();
        bulk(&mut desk, name);
        drop((desk, mail));
        store.close();
    }
    million(floor_of_frames);
}
