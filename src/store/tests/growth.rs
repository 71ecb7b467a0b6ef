//! What is kept is bounded, and what is removed is gone.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::*;
use crate::model::clock;

const DAY: i64 = 86_400;

/// Waits until it is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = clock::instant() + Duration::from_secs(20);
    while !is_so() {
        assert!(clock::instant() < deadline, "{what}");
        std::thread::yield_now();
    }
}

fn begin(dir: &Path, at: i64) -> Result<Store, StoreError> {
    let accounts = ["me@example.com".to_owned()];
    let options = StoreOptions {
        profile: dir,
        accounts: &accounts,
        now: Timestamp(1_800_000_000 + at),
        restore: Restore::Refuse,
    };
    Store::open(&options, mpsc::unbounded_channel().0)
}

/// Messages with headers of 16 kilobytes each, which say `word`.
fn bulk(fixture: &Fixture, folder: FolderId, word: &str) {
    let raw = format!("Subject: s\r\nX: {}\r\n\r\n", word.repeat(16_384 / word.len()));
    for chunk in 0..4 {
        let message = |uid| Incoming { raw: raw.clone().into_bytes(), ..incoming(uid, Flags::NONE) };
        let messages = (1..=200).map(|uid| message(chunk * 200 + uid)).collect();
        fixture.commit(MailWrite::Ingest { folder, messages, on_server: 800 });
    }
}

fn pages(dir: &Path) -> u32 {
    let db = rusqlite::Connection::open(dir.join("mail.db")).unwrap();
    db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap()
}

fn set_aside(dir: &Path) -> Vec<PathBuf> {
    let named = |file: &PathBuf| file.to_string_lossy().contains("mail.db.damaged-");
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(named).collect()
}

#[test]
fn what_was_removed_gives_its_room_back_while_nobody_writes() {
    let (fixture, folder) = fixture();
    bulk(&fixture, folder, "word");
    let before = pages(fixture.dir.path());
    fixture.commit(MailWrite::Expunged { folder, uids: (1..=800).collect(), on_server: 0 });
    until("the file shrinks", || pages(fixture.dir.path()) < before / 4);
}

#[test]
fn what_was_forgotten_is_nowhere() {
    let (fixture, folder) = fixture();
    bulk(&fixture, folder, "to-be-forgotten");
    let message = fixture.reader().newest(folder, 1).unwrap()[0].message;
    block_on(fixture.store.mail.keep_body(message, Whole::Bytes(vec![b'x'; 2_000_000]))).unwrap();
    let account = fixture.store.accounts[0].0;
    let earlier = fixture.dir.path().join("mail.db.damaged-1799999999");
    fs::write(&earlier, "to-be-forgotten").unwrap();
    fixture.commit(MailWrite::Forget(account));
    let Fixture { dir, store, .. } = fixture;
    store.close();
    let file = fs::read(dir.path().join("mail.db")).unwrap();
    assert!(file.len() < 1_000_000, "{}", file.len());
    assert!(!file.windows(15).any(|bytes| bytes == b"to-be-forgotten"));
    assert!(!earlier.exists());
    let shelves = fs::read_dir(dir.path().join("bodies")).unwrap();
    assert!(shelves.into_iter().all(|shelf| fs::read_dir(shelf.unwrap().path()).unwrap().next().is_none()));
}

#[test]
fn f06_a_damaged_mail_db_that_may_hold_only_copies_stays_and_so_do_its_bodies() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, [1]);
    let row = fixture.reader().newest(folder, 1).unwrap().remove(0);
    block_on(fixture.store.mail.keep_body(row.message, Whole::Bytes(vec![b'x'; 2_000_000]))).unwrap();
    fixture.commit(MailWrite::Aged { folder, placements: vec![row.placement], on_server: 0 });
    let Fixture { dir, store, .. } = fixture;
    store.close();
    let bodies = || {
        let shelves = fs::read_dir(dir.path().join("bodies")).unwrap();
        shelves
            .flat_map(|shelf| fs::read_dir(shelf.unwrap().path()).unwrap())
            .map(|file| file.unwrap().path())
            .collect::<Vec<_>>()
    };
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::open(&bodies()[0]).unwrap().set_modified(old).unwrap();
    for (spoilt, at) in [(1, 10), (2, 20)] {
        spoil(&dir.path().join("mail.db"));
        begin(dir.path(), at).unwrap().close();
        assert_eq!(set_aside(dir.path()).len(), spoilt);
    }
    begin(dir.path(), 40 * DAY).unwrap().close();
    assert_eq!((set_aside(dir.path()).len(), bodies().len()), (2, 1));
}

#[test]
fn f06_a_mail_db_that_is_whole_after_all_is_kept() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, [1]);
    let Fixture { dir, store, .. } = fixture;
    store.close();
    let doubt_and_begin = |at| {
        mark_mail_broken(dir.path());
        begin(dir.path(), at).unwrap().close();
        set_aside(dir.path()).len()
    };
    assert_eq!(doubt_and_begin(10), 0, "another file was damaged");
    begin(dir.path(), 20).unwrap().close();
    assert_eq!(doubt_and_begin(30), 0);
    assert_eq!(doubt_and_begin(40), 1, "who doubts it twice in a row is right");
}

#[test]
fn f06_of_damaged_mail_dbs_one_is_kept_and_not_for_ever() {
    let (fixture, _) = fixture();
    let Fixture { dir, store, .. } = fixture;
    store.close();
    for at in [10, 20] {
        spoil(&dir.path().join("mail.db"));
        begin(dir.path(), at).unwrap().close();
        let one = dir.path().join(format!("mail.db.damaged-{}", 1_800_000_000 + at));
        assert_eq!(set_aside(dir.path()), [one]);
    }
    begin(dir.path(), DAY).unwrap().close();
    assert_eq!(set_aside(dir.path()).len(), 1, "it is not a day yet");
    fs::write(dir.path().join("own.db.damaged-1"), "what no server has").unwrap();
    begin(dir.path(), DAY + 30).unwrap().close();
    assert_eq!(set_aside(dir.path()), [] as [PathBuf; 0]);
    assert!(dir.path().join("own.db.damaged-1").exists());
}

#[test]
fn a_mail_db_of_a_newer_hongyan_is_left_alone() {
    let (fixture, _) = fixture();
    let Fixture { dir, store, .. } = fixture;
    store.close();
    rusqlite::Connection::open(dir.path().join("mail.db")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let refused = begin(dir.path(), 0).map(Store::close);
    assert!(matches!(refused, Err(StoreError::Newer(file)) if file.ends_with("mail.db")));
    assert_eq!(set_aside(dir.path()), [] as [PathBuf; 0]);
}

#[test]
fn files_that_no_message_has_go_and_a_body_without_its_file_is_fetched_again() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    for (row, byte) in fixture.reader().newest(folder, 2).unwrap().iter().zip([b'x', b'y']) {
        block_on(fixture.store.mail.keep_body(row.message, Whole::Bytes(vec![byte; 2_000_000]))).unwrap();
    }
    assert_eq!(fixture.reader().without_body(folder).unwrap().len(), 0);
    let Fixture { dir, store, .. } = fixture;
    store.close();
    let bodies = dir.path().join("bodies");
    let mut files: Vec<PathBuf> = fs::read_dir(&bodies)
        .unwrap()
        .flat_map(|shelf| fs::read_dir(shelf.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()))
        .collect();
    fs::remove_file(files.remove(0)).unwrap();
    let shelf = bodies.join("a5");
    fs::create_dir_all(&shelf).unwrap();
    let put = |name: &str| {
        let file = shelf.join(name);
        fs::write(&file, "z").unwrap();
        file
    };
    let put_long_ago = |name: &str| {
        let file = put(name);
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        File::options().write(true).open(&file).unwrap().set_modified(at).unwrap();
        file
    };
    let name = |last: &str| format!("a5{}{last}", "0".repeat(61));
    let old = [put_long_ago(&name("1.zst")), put_long_ago(&name("2.part"))];
    let new = [put(&name("3.zst")), put(&name("4.part")), put_long_ago("note")];
    let store = begin(dir.path(), 0).unwrap();
    until("orphans go", || old.iter().all(|file| !file.exists()));
    until("a body is missed", || store.reader().unwrap().without_body(folder).unwrap().len() == 1);
    store.close();
    assert!(new.iter().chain(&files).all(|file| file.exists()));
}

#[test]
fn r02_columns_are_short_and_still_tell_messages_apart() {
    let (fixture, folder) = fixture();
    let long = "鸿".repeat(10_000);
    let raw = format!("From: {long} <{long}@example.com>\r\nSubject: {long}\r\nMessage-ID: <{long}>\r\n\r\n");
    let endless =
        |uid| Incoming { uid, headers: headers(raw.as_bytes()), raw: raw.clone().into(), ..incoming(1, Flags::NONE) };
    fixture.commit(MailWrite::Ingest { folder, messages: vec![endless(1)], on_server: 1 });
    let row = fixture.reader().newest(folder, 1).unwrap().remove(0);
    for field in [&row.subject, &row.from.name, &row.from.address] {
        assert!((4_000..=4_096).contains(&field.as_untrusted().len()), "{}", field.as_untrusted().len());
    }
    // Under its new number it is the same message.
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 8, on_server: 1, renumbered: false });
    fixture.commit(MailWrite::Ingest { folder, messages: vec![endless(5)], on_server: 1 });
    let again = fixture.reader().newest(folder, 2).unwrap();
    assert_eq!((again.len(), again[0].message), (1, row.message));
}
