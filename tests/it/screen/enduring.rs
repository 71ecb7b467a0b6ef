//! Days of use in a minute: many reconnections, and a folder of any size.

use std::time::Duration;

use hongyan::demo::Fault;
use hongyan::mime::headers;
use hongyan::model::{Changed, Flags, FolderName, Role, Timestamp, clock};
use hongyan::store::{FolderSeen, Incoming, MailWrite, ProfileLock, Restore, Store, StoreOptions, Written};
use tokio::sync::mpsc;

use super::terminal::Terminal;
use crate::embedded::{ADDRESS, Embedded};

/// The large counts, where there is time for them.
#[expect(clippy::disallowed_methods, reason = "how much time there is for tests")]
pub(super) fn long<T>(usual: T, large: T) -> T {
    if std::env::var_os("HONGYAN_LONG").is_some() { large } else { usual }
}

/// Every connection is cut, and the key that tries again is pressed until there is another one.
fn come_back(server: &Embedded, terminal: &mut Terminal) {
    let before = server.demo.traffic().connections;
    server.ask(async |demo| demo.drop_connections().await);
    let deadline = clock::instant() + Duration::from_mins(1);
    while server.demo.traffic().connections == before {
        assert!(clock::instant() < deadline, "it does not come back\n{}", terminal.text());
        terminal.press("\u{12}");
        std::thread::sleep(Duration::from_millis(2));
        terminal.look();
    }
}

#[test]
fn r04_files_threads_and_memory_stay_the_same_over_many_connections() {
    let server = Embedded::start(|_| {});
    let home = server.home(server.port(), "[sync]\nprefetch = 0\n");
    home.run(&["sync", "--once"]).good();
    let mut terminal = Terminal::start(home.path(), &[], 120, 24);
    terminal.wait_for("Up to date");
    let faults: [&[Fault]; 4] =
        [&[], &[Fault::CutAfter(300)], &[Fault::Greeting("* BYE Not today")], &[Fault::ByeAfter(1_000)]];
    let rounds = long(150, 10_000);
    let mut sizes = Vec::new();
    let begun = server.demo.traffic().connections;
    for round in 0..rounds {
        server.fail(faults[round % faults.len()]);
        come_back(&server, &mut terminal);
        if round % (rounds / 3) == rounds / 3 - 1 {
            server.fail(&[]);
            come_back(&server, &mut terminal);
            terminal.wait_for("Up to date");
            sizes.push((terminal.open_files(), terminal.status("Threads"), terminal.status("VmRSS")));
        }
    }
    let made = server.demo.traffic().connections - begun;
    println!("{made} connections; files, threads, kB: {sizes:?}");
    let (files, threads, rss) = sizes[0];
    for (later_files, later_threads, later_rss) in sizes.iter().skip(1) {
        assert!(*later_files <= files + 2 && *later_threads <= threads + 2, "{sizes:?}");
        assert!(*later_rss < rss + 16 * 1024, "{sizes:?}");
    }
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

/// Fills the inbox of the profile, as a sync that took its time; `more` are folders with nothing in them.
fn fill(profile: &std::path::Path, messages: u32, more: Vec<String>) {
    std::fs::create_dir_all(profile).unwrap();
    let _lock = ProfileLock::take(profile).unwrap().unwrap();
    let accounts = [ADDRESS.to_owned()];
    let options = StoreOptions { profile, accounts: &accounts, now: clock::now(), restore: Restore::Refuse };
    let (changes, _) = mpsc::unbounded_channel::<Changed>();
    let store = Store::open(&options, changes).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let folder = |name: String, role| FolderSeen {
            name: FolderName { wire: name.clone().into_bytes(), delimiter: Some('/') },
            decoded: name,
            role,
            selectable: true,
        };
        let mut seen = vec![folder("INBOX".to_owned(), Some(Role::Inbox))];
        seen.extend(more.into_iter().map(|name| folder(name, None)));
        let write = MailWrite::Folders { account: store.accounts[0].0, seen, at: clock::now() };
        let Written::Folders(ids) = store.mail.commit(write).await.unwrap() else { panic!() };
        let (folder, on_server) = (ids[0], u64::from(messages));
        let opened = MailWrite::Opened { folder, uidvalidity: 1, on_server, renumbered: false };
        store.mail.commit(opened).await.unwrap();
        let all: Vec<u32> = (1..=messages).collect();
        for chunk in all.chunks(2_000) {
            let messages = chunk.iter().map(|uid| incoming(*uid)).collect();
            store.mail.commit(MailWrite::Ingest { folder, messages, on_server }).await.unwrap();
        }
    });
    store.close();
}

fn incoming(uid: u32) -> Incoming {
    let raw = format!(
        "From: Somebody <n{}@example.com>\r\nTo: <me@mail.example>\r\nSubject: letter {uid} 鸿雁\r\n\
         Message-ID: <{uid}@example.com>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0800\r\n\r\n",
        uid % 500
    )
    .into_bytes();
    let arrival = Timestamp(1_500_000_000 + i64::from(uid) * 60);
    Incoming { uid, flags: Flags::SEEN, arrival, size: 4_000, headers: headers(&raw), raw, decoder: 1 }
}

#[test]
fn i13_a_hundred_thousand_folders_and_a_thousand_levels_hold_up_no_key() {
    let home = crate::cli::home::Home::new();
    let line = ["account", "add", ADDRESS, "--imap", "127.0.0.1:1", "--tls", "none", "--no-check"];
    home.run_with(&[&line[..], &["--secret-stdin", "--secret-store", "file"]].concat(), "x").good();
    let mut folders: Vec<String> = (0..100_000).map(|n| format!("a{:03}/b{n:06}", n % 1_000)).collect();
    folders.push("deep/".repeat(1_000));
    fill(&home.profile(), 50, folders);
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    let first = terminal.wait_for("letter 50 ");
    let folders = terminal.wait_for("a000/b000000");
    terminal.press("j");
    let key = terminal.wait_for(" 2/50");
    terminal.press("J");
    let next = terminal.wait_gone("letter 50 ");
    let rss = terminal.status("VmHWM") / 1024;
    println!("first frame {first:.0?}, folders {folders:.0?}, a key {key:.0?}, the next folder {next:.0?}, {rss} MB");
    assert!(
        rss < 400 && first < Duration::from_secs(10) && key < Duration::from_secs(5),
        "{rss} MB, {first:?}, {key:?}"
    );
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

/// Budgets of a release build stand in the rows; a build for tests is some times slower, and so is a busy machine.
#[test]
fn r01_the_first_frame_does_not_know_how_many_messages_there_are() {
    for messages in long(&[1_000, 100_000][..], &[1_000, 100_000, 1_000_000]) {
        let home = crate::cli::home::Home::new();
        let line = ["account", "add", ADDRESS, "--imap", "127.0.0.1:1", "--tls", "none", "--no-check"];
        let line = [&line[..], &["--secret-stdin", "--secret-store", "file"]].concat();
        home.run_with(&line, "x").good();
        let begun = clock::instant();
        fill(&home.profile(), *messages, Vec::new());
        let filled = begun.elapsed();
        let mut terminal = Terminal::start(home.path(), &[], 120, 40);
        let newest = format!("letter {messages} ");
        let first = terminal.wait("the newest message", |screen| screen.has(&newest));
        terminal.wait("the number of messages", |screen| screen.has(&format!("1/{messages}")) || screen.has("1/1"));
        terminal.press("G");
        let end = terminal.wait_for("letter 1 ");
        terminal.press("g");
        terminal.wait("the newest message again", |screen| screen.has(&newest));
        let rss = terminal.status("VmHWM") / 1024;
        println!("{messages}: filled in {filled:.1?}, first frame {first:.0?}, to the last {end:.0?}, {rss} MB");
        assert!(rss < 200, "{messages}: {rss} MB");
        assert!(first < Duration::from_secs(5) && end < Duration::from_secs(5), "{messages}: {first:?}, {end:?}");
        terminal.press("q");
        assert_eq!(terminal.ended(), 0);
    }
}
