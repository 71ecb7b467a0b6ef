use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::sync::mpsc;

use super::*;
use crate::mime::headers;
use crate::model::{
    Changed, Flags, FolderId, FolderName, Intent, PlacementId, Query, Quirk, Quirks, Source, Timestamp,
};

struct Fixture {
    dir: tempfile::TempDir,
    store: Store,
    changes: mpsc::UnboundedReceiver<Changed>,
}

fn open(dir: &Path, restore: Restore) -> Result<(Store, mpsc::UnboundedReceiver<Changed>), StoreError> {
    let (to, changes) = mpsc::unbounded_channel();
    let options =
        StoreOptions { profile: dir, accounts: &["me@example.com".to_owned()], now: Timestamp(1_800_000_000), restore };
    Store::open(&options, to).map(|store| (store, changes))
}

fn fixture() -> (Fixture, FolderId) {
    let dir = tempfile::tempdir().unwrap();
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let folder = list_folders(&store, &["INBOX"])[0];
    let fixture = Fixture { dir, store, changes };
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 7, on_server: 0, renumbered: false });
    (fixture, folder)
}

fn list_folders(store: &Store, names: &[&str]) -> Vec<FolderId> {
    list_folders_at(store, names, 0)
}

fn list_folders_at(store: &Store, names: &[&str], at: i64) -> Vec<FolderId> {
    let seen = names
        .iter()
        .map(|name| FolderSeen {
            name: FolderName { wire: name.as_bytes().to_vec(), delimiter: Some('/') },
            decoded: (*name).to_owned(),
            role: None,
            selectable: true,
        })
        .collect();
    match store
        .mail
        .commit_blocking(MailWrite::Folders { account: store.accounts[0].0, seen, at: Timestamp(at) })
        .unwrap()
    {
        Written::Folders(ids) => ids,
        other => panic!("{other:?}"),
    }
}

fn incoming(uid: u32, flags: Flags) -> Incoming {
    let raw =
        format!("From: 李雷 <lilei@example.com>\r\nSubject: 第 {uid} 封\r\nMessage-ID: <{uid}@example.com>\r\n\r\n");
    Incoming {
        uid,
        flags,
        arrival: Timestamp(1_700_000_000 + i64::from(uid)),
        size: 1000 + u64::from(uid),
        headers: headers(raw.as_bytes()),
        raw: raw.into_bytes(),
        decoder: 1,
    }
}

impl Fixture {
    fn commit(&self, write: MailWrite) -> Written {
        self.store.mail.commit_blocking(write).unwrap()
    }

    fn ingest(&self, folder: FolderId, uids: impl IntoIterator<Item = u32>) {
        let messages = uids.into_iter().map(|uid| incoming(uid, Flags::NONE)).collect();
        self.commit(MailWrite::Ingest { folder, messages, on_server: 0 });
    }

    fn reader(&self) -> Reader {
        self.store.reader().unwrap()
    }

    fn shown(&self, folder: FolderId) -> Vec<(u32, Flags, bool)> {
        let rows = self.reader().newest(folder, 1000).unwrap();
        rows.into_iter().map(|row| (row.uid.unwrap(), row.flags, row.pending)).collect()
    }

    fn placement(&self, folder: FolderId, uid: u32) -> PlacementId {
        self.reader().newest(folder, 1000).unwrap().into_iter().find(|row| row.uid == Some(uid)).unwrap().placement
    }

    fn want(&self, folder: FolderId, uid: u32, add: Flags, remove: Flags) {
        let intent = Intent::Flag { placements: vec![self.placement(folder, uid)], add, remove };
        block_on(Store::record(&self.store.own, &self.store.mail, intent)).unwrap();
    }

    fn wants(&self) -> Vec<Want> {
        self.store.own.commit_blocking(OwnWrite::Wants(None)).unwrap()
    }

    fn counters(&self, folder: FolderId) -> (u64, u64) {
        assert_eq!(self.reader().wrong_counters().unwrap(), []);
        let folder = self.reader().folders().unwrap().into_iter().find(|f| f.id == folder).unwrap();
        (folder.total, folder.unread)
    }

    fn reopen(self) -> Self {
        let Self { dir, store, .. } = self;
        store.close();
        let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
        Self { dir, store, changes }
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn messages_are_listed_newest_first_and_counted() {
    let (mut fixture, folder) = fixture();
    fixture.ingest(folder, [3, 1, 2]);
    assert_eq!(fixture.shown(folder).iter().map(|row| row.0).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(fixture.counters(folder), (3, 3));
    let order = fixture.reader().order(folder).unwrap();
    assert!(order.is_sorted_by(|a, b| a.arrival >= b.arrival));
    let rows = fixture.reader().answer(&Query::Rows {
        source: Source::Folder(folder),
        placements: vec![order[1].placement],
        threads: false,
    });
    let crate::model::Answer::Rows { rows, .. } = rows else { panic!() };
    assert_eq!(rows[0].subject.as_untrusted(), "第 2 封");
    assert_eq!(rows[0].from.name.as_untrusted(), "李雷");
    let mut changed = Vec::new();
    while let Ok(change) = fixture.changes.try_recv() {
        changed.push(change);
    }
    assert!(changed.contains(&Changed::Order(folder)) && changed.contains(&Changed::Folders));
}

#[test]
fn the_same_message_twice_is_one_message_with_its_newest_flags() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, [1, 2]);
    fixture.commit(MailWrite::Ingest { folder, messages: vec![incoming(2, Flags::SEEN)], on_server: 2 });
    assert_eq!(fixture.shown(folder), [(2, Flags::SEEN, false), (1, Flags::NONE, false)]);
    assert_eq!(fixture.counters(folder), (2, 1));
}

#[test]
fn m25_messages_of_one_id_are_all_there() {
    const MANY: u32 = 1_000;
    let (fixture, folder) = fixture();
    let one_id = |uid: u32| Incoming {
        headers: headers(b"Message-ID: <always@example.com>\r\n\r\n"),
        ..incoming(uid, Flags::NONE)
    };
    fixture.commit(MailWrite::Ingest {
        folder,
        messages: (1..=MANY).map(one_id).collect(),
        on_server: u64::from(MANY),
    });
    assert_eq!(fixture.counters(folder), (u64::from(MANY), u64::from(MANY)));
    assert_eq!(fixture.shown(folder).len(), usize::try_from(MANY).unwrap());
}

#[test]
fn flags_and_expunges_of_others_are_taken_over() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=4);
    fixture.commit(MailWrite::Flags { folder, flags: vec![(1, Flags::SEEN), (9, Flags::SEEN)] });
    fixture.commit(MailWrite::Expunged { folder, uids: vec![2, 3, 77], on_server: 2 });
    assert_eq!(fixture.shown(folder), [(4, Flags::NONE, false), (1, Flags::SEEN, false)]);
    assert_eq!(fixture.counters(folder), (2, 1));
}

#[test]
fn a_want_shows_at_once_and_survives_what_the_server_says_until_it_is_settled() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    fixture.want(folder, 1, Flags::SEEN, Flags::NONE);
    assert_eq!(fixture.shown(folder)[1], (1, Flags::SEEN, true));
    assert_eq!(fixture.counters(folder), (2, 1));
    // Another client stars it; our wish to have it read stays on top.
    fixture.commit(MailWrite::Flags { folder, flags: vec![(1, Flags::FLAGGED)] });
    assert_eq!(fixture.shown(folder)[1], (1, Flags::SEEN.with(Flags::FLAGGED), true));
    let want = fixture.wants().remove(0);
    fixture.commit(MailWrite::Settled(vec![(want.clone(), Outcome::Has(Flags::SEEN.with(Flags::FLAGGED)))]));
    let confirmed = Confirmed { id: want.id, revision: want.revision };
    fixture.store.own.commit_blocking(OwnWrite::Confirm(vec![confirmed])).unwrap();
    assert_eq!(fixture.shown(folder)[1], (1, Flags::SEEN.with(Flags::FLAGGED), false));
    assert_eq!(fixture.wants(), []);
}

#[test]
fn a_want_that_changed_while_it_was_pushed_stays() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=1);
    fixture.want(folder, 1, Flags::SEEN, Flags::NONE);
    let pushed = fixture.wants().remove(0);
    fixture.want(folder, 1, Flags::NONE, Flags::SEEN);
    fixture.commit(MailWrite::Settled(vec![(pushed.clone(), Outcome::Has(Flags::SEEN))]));
    let confirmed = Confirmed { id: pushed.id, revision: pushed.revision };
    fixture.store.own.commit_blocking(OwnWrite::Confirm(vec![confirmed])).unwrap();
    assert_eq!(fixture.shown(folder), [(1, Flags::NONE, true)]);
    assert_eq!(fixture.wants()[0].remove, Flags::SEEN);
}

#[test]
fn a_refused_want_goes_back_to_what_the_server_has() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=1);
    fixture.want(folder, 1, Flags::FLAGGED, Flags::NONE);
    let want = fixture.wants().remove(0);
    fixture.commit(MailWrite::Settled(vec![(want, Outcome::Refused)]));
    assert_eq!(fixture.shown(folder), [(1, Flags::NONE, false)]);
}

#[test]
fn wants_survive_a_restart_and_the_loss_of_mail_db() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    fixture.want(folder, 2, Flags::SEEN, Flags::NONE);
    let fixture = fixture.reopen();
    assert_eq!(fixture.shown(folder)[0], (2, Flags::SEEN, true));

    let Fixture { dir, store, .. } = fixture;
    store.close();
    for file in ["mail.db", "mail.db-wal", "mail.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(file));
    }
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let fixture = Fixture { dir, store, changes };
    let folder = list_folders(&fixture.store, &["INBOX"])[0];
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 7, on_server: 2, renumbered: false });
    fixture.ingest(folder, 1..=2);
    assert_eq!(fixture.shown(folder), [(2, Flags::SEEN, true), (1, Flags::NONE, false)]);
    assert_eq!(fixture.counters(folder), (2, 1));
}

#[test]
fn a_new_uidvalidity_keeps_the_messages_and_their_bodies() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=3);
    let message = fixture.reader().newest(folder, 1).unwrap()[0].message;
    block_on(fixture.store.mail.keep_body(message, Whole::Bytes(b"the whole message".to_vec()))).unwrap();
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 8, on_server: 2, renumbered: false });
    assert_eq!(fixture.shown(folder).len(), 3, "nothing disappears before the new numbers are known");
    let renumbered = [3, 1].into_iter().map(|old| Incoming { uid: old + 100, ..incoming(old, Flags::SEEN) }).collect();
    fixture.commit(MailWrite::Ingest { folder, messages: renumbered, on_server: 2 });
    fixture.commit(MailWrite::Complete { folder, modseq: 0 });
    assert_eq!(fixture.shown(folder), [(103, Flags::SEEN, false), (101, Flags::SEEN, false)]);
    assert_eq!(fixture.counters(folder), (2, 0));
    assert_eq!(fixture.reader().body(message).unwrap().as_deref(), Some(&b"the whole message"[..]));
}

#[test]
fn a_folder_that_the_server_no_longer_lists_is_hidden_and_goes_when_it_stays_away() {
    let (fixture, folder) = fixture();
    let both = list_folders(&fixture.store, &["INBOX", "old"]);
    assert_eq!(both[0], folder);
    fixture.commit(MailWrite::Opened { folder: both[1], uidvalidity: 1, on_server: 1, renumbered: false });
    fixture.ingest(both[1], [5]);
    for second in 0..5 {
        list_folders_at(&fixture.store, &["INBOX"], second);
    }
    assert_eq!(fixture.reader().folders().unwrap().len(), 1, "it is not shown");
    assert_eq!(fixture.reader().newest(both[1], 10).unwrap().len(), 1, "an hour without it may be a bad hour");
    list_folders_at(&fixture.store, &["INBOX", "old"], 3_600);
    assert_eq!(fixture.reader().folders().unwrap().len(), 2);
    for day in 1..=3 {
        list_folders_at(&fixture.store, &["INBOX"], day * 86_400);
    }
    assert_eq!(fixture.reader().newest(both[1], 10).unwrap(), []);
}

#[test]
fn what_was_learned_of_a_server_is_kept_for_a_month() {
    let (fixture, _) = fixture();
    let learn = OwnWrite::Learn {
        account: "me".into(),
        quirk: Quirk::SilentIdle,
        evidence: "two messages came that it did not tell of".into(),
        at: Timestamp(1_000),
    };
    fixture.store.own.commit_blocking(learn).unwrap();
    let learned = |account: &str, now| block_on(fixture.store.own.learned(account, Timestamp(now))).unwrap();
    assert!(learned("me", 2_000).has(Quirk::SilentIdle));
    assert!(!learned("me", 2_000).has(Quirk::OneAtATime));
    assert_eq!(learned("you", 2_000), Quirks::default());
    assert_eq!(learned("me", 1_000 + 31 * 86_400), Quirks::default());
}

/// A number that means another message now, in a mail.db that was made anew, gets no want that was not for it.
#[test]
fn a_want_is_never_bound_to_another_message_by_its_number() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    fixture.want(folder, 2, Flags::FLAGGED, Flags::NONE);
    let Fixture { dir, store, .. } = fixture;
    store.close();
    for file in ["mail.db", "mail.db-wal", "mail.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(file));
    }
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let fixture = Fixture { dir, store, changes };
    let folder = list_folders(&fixture.store, &["INBOX"])[0];
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 7, on_server: 2, renumbered: false });
    let others = vec![Incoming { uid: 2, ..incoming(1, Flags::NONE) }, Incoming { uid: 1, ..incoming(9, Flags::NONE) }];
    fixture.commit(MailWrite::Ingest { folder, messages: others, on_server: 2 });
    assert!(fixture.shown(folder).iter().all(|(_, flags, pending)| flags.is_empty() && !pending));
    assert_eq!(fixture.reader().bound_wants(folder).unwrap(), []);
    // Its own message gets it, whatever its number.
    let own = vec![Incoming { uid: 5, ..incoming(2, Flags::NONE) }];
    fixture.commit(MailWrite::Ingest { folder, messages: own, on_server: 3 });
    assert_eq!(fixture.shown(folder).iter().filter(|(uid, flags, _)| *uid == 5 && flags.flagged()).count(), 1);
}

#[test]
fn f04_files_are_private() {
    let (fixture, _) = fixture();
    for file in ["mail.db", "own.db", "mail.db-wal"] {
        let mode = std::fs::metadata(fixture.dir.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

fn spoil(file: &Path) {
    std::fs::write(file, b"this is not a database, it is a sentence that is long enough to look like a header page")
        .unwrap();
}

#[test]
fn f06_a_damaged_mail_db_is_set_aside_and_made_anew() {
    let (fixture, _) = fixture();
    let Fixture { dir, store, .. } = fixture;
    store.close();
    spoil(&dir.path().join("mail.db"));
    let (store, _changes) = open(dir.path(), Restore::Refuse).unwrap();
    let [Repair::MailRebuilt { set_aside }] = store.repairs.as_slice() else { panic!("{:?}", store.repairs) };
    assert!(set_aside.exists());
    assert_eq!(store.reader().unwrap().folders().unwrap(), []);
}

#[test]
fn f06_a_damaged_own_db_is_never_deleted_and_its_copy_comes_back() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=1);
    fixture.want(folder, 1, Flags::SEEN, Flags::NONE);
    // The clock of these tests is in the future, so that every start makes a copy.
    let fixture = fixture.reopen();
    let Fixture { dir, store, .. } = fixture;
    store.close();
    spoil(&dir.path().join("own.db"));
    for tail in ["own.db-wal", "own.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(tail));
    }
    assert!(open(dir.path(), Restore::Refuse).unwrap_err().is_damage());
    assert!(dir.path().join("own.db").exists());
    let (store, changes) = open(dir.path(), Restore::Copy).unwrap();
    assert!(
        matches!(&store.repairs[..], [Repair::OwnReplaced { set_aside, copy: Some(_) }, Repair::Doubted { .. }] if set_aside.exists())
    );
    let fixture = Fixture { dir, store, changes };
    assert_eq!(fixture.store.accounts.len(), 1);
}

#[test]
fn a_file_of_a_newer_hongyan_is_not_written_over() {
    let (fixture, _) = fixture();
    let Fixture { dir, store, .. } = fixture;
    store.close();
    rusqlite::Connection::open(dir.path().join("own.db")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(open(dir.path(), Restore::Empty), Err(StoreError::Newer(_))));
}

#[test]
fn a_write_that_fails_takes_nobody_with_it() {
    let (fixture, folder) = fixture();
    let lost = fixture.store.mail.commit_blocking(MailWrite::Ingest {
        folder: FolderId(999),
        messages: vec![incoming(1, Flags::NONE)],
        on_server: 1,
    });
    assert!(matches!(lost, Err(StoreError::Gone)));
    fixture.ingest(folder, [1]);
    assert_eq!(fixture.counters(folder), (1, 1));
}

/// A screen may show a row that is gone a moment longer, and a key may mean it.
#[test]
fn a_row_that_is_gone_lends_its_name_to_no_other() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, [5, 6]);
    let shown = fixture.placement(folder, 6);
    fixture.commit(MailWrite::Expunged { folder, uids: vec![6], on_server: 1 });
    let fixture = fixture.reopen();
    fixture.ingest(folder, [7]);
    assert_ne!(fixture.placement(folder, 7), shown);
    let intent = Intent::Flag { placements: vec![shown], add: Flags::SEEN, remove: Flags::NONE };
    assert!(block_on(Store::record(&fixture.store.own, &fixture.store.mail, intent)).is_err());
    assert_eq!(fixture.wants(), []);
}

mod accounts;
mod aged;
mod alike;
mod growth;
mod journal;
mod letters;
mod listing;
mod named;
mod people;
mod random;
mod restored;
mod stale;
mod undone;
mod untold;

#[test]
fn a_profile_in_which_nothing_was_kept_has_no_reader() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Reader::find(dir.path()).unwrap().is_none());
    let file = dir.path().join("mail.db");
    std::fs::write(&file, "").unwrap();
    assert!(Reader::find(dir.path()).unwrap().is_none(), "whoever made the file was killed at once");
    std::fs::write(&file, "rubbish ".repeat(1000)).unwrap();
    assert!(matches!(Reader::find(dir.path()), Err(StoreError::Damaged(named)) if named == file));
    let (fixture, _) = fixture();
    assert_eq!(Reader::find(fixture.dir.path()).unwrap().unwrap().folders().unwrap().len(), 1);
}

#[test]
fn a_closed_profile_is_two_files_without_logs() {
    for _ in 0..20 {
        let (fixture, folder) = fixture();
        fixture.ingest(folder, 1..=50);
        fixture.want(folder, 1, Flags::SEEN, Flags::NONE);
        let Fixture { dir, store, .. } = fixture;
        store.close();
        for log in ["mail.db-wal", "mail.db-shm", "own.db-wal", "own.db-shm"] {
            assert!(!dir.path().join(log).exists(), "{log}");
        }
    }
}

#[test]
fn a_profile_whose_maker_was_killed_in_the_middle_has_no_reader_yet() {
    let (making, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let db = rusqlite::Connection::open(making.path().join("mail.db")).unwrap();
    // So little memory that an unfinished transaction reaches the file, and its journal the disk.
    db.execute_batch(
        "CREATE TABLE x(y); PRAGMA cache_size = 1; BEGIN;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         INSERT INTO x SELECT hex(zeroblob(100)) FROM n;",
    )
    .unwrap();
    for file in ["mail.db", "mail.db-journal"] {
        std::fs::copy(making.path().join(file), left.path().join(file)).unwrap();
    }
    assert!(Reader::find(left.path()).unwrap().is_none());
}
