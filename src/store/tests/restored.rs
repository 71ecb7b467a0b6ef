//! A copy of own.db in the place of a damaged one, and files of older schemas.

use super::*;
use crate::model::{Outgoing, Sending, SentCopy};

fn ruin(fixture: Fixture) -> tempfile::TempDir {
    let Fixture { dir, store, .. } = fixture;
    store.close();
    spoil(&dir.path().join("own.db"));
    for tail in ["own.db-wal", "own.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(tail));
    }
    dir
}

fn restored(dir: tempfile::TempDir, restore: Restore) -> Fixture {
    let (store, changes) = open(dir.path(), restore).unwrap();
    Fixture { dir, store, changes }
}

#[test]
fn a_restored_copy_pushes_nothing() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    fixture.want(folder, 2, Flags::SEEN, Flags::NONE);
    // A copy is made at every start, for the clock of these tests is in the future.
    let fixture = fixture.reopen();
    let want = fixture.wants().remove(0);
    let confirmed = Confirmed { id: want.id, revision: want.revision };
    fixture.commit(MailWrite::Settled(vec![(want, Outcome::Has(Flags::SEEN))]));
    fixture.store.own.commit_blocking(OwnWrite::Confirm(vec![confirmed])).unwrap();
    // Read, and unread again by another program.
    fixture.commit(MailWrite::Flags { folder, flags: vec![(2, Flags::NONE)] });
    let fixture = restored(ruin(fixture), Restore::Copy);
    assert!(fixture.store.repairs.contains(&Repair::Doubted { wants: 1, letters: 0 }));
    assert_eq!(fixture.wants(), []);
    assert!(fixture.shown(folder).iter().all(|(_, flags, pending)| flags.is_empty() && !pending));
    let db = rusqlite::Connection::open(fixture.dir.path().join("own.db")).unwrap();
    let doubtful: i64 = db.query_row("SELECT count(*) FROM doubtful", [], |row| row.get(0)).unwrap();
    assert_eq!(doubtful, 1, "it is kept");
    drop(db);
    // And never comes back.
    let fixture = fixture.reopen();
    assert_eq!((fixture.wants(), fixture.store.repairs.clone()), (Vec::new(), Vec::new()));
}

#[test]
fn a_restored_copy_sends_nothing() {
    let (fixture, _) = fixture();
    let letters: Vec<_> = (0..4).map(|nth| fixture.queue(&nth.to_string())).collect();
    let steps = [Sending::Queued, Sending::Begun, Sending::Handed, Sending::Sent];
    for (nth, letter) in letters.iter().enumerate() {
        for (was, state) in steps.iter().zip(&steps[1..]).take(nth) {
            let now = Outgoing { state: *state, copy: SentCopy::Wanted, ..letter.clone() };
            assert!(fixture.step(*was, &now));
        }
    }
    let Fixture { dir, store, .. } = fixture;
    store.close();
    // As they are, before a start puts them right.
    std::fs::copy(dir.path().join("own.db"), dir.path().join("own.db.copy-1")).unwrap();
    spoil(&dir.path().join("own.db"));
    let fixture = restored(dir, Restore::Copy);
    assert!(fixture.store.repairs.contains(&Repair::Doubted { wants: 0, letters: 3 }));
    let left = fixture.own().outbox(None).unwrap();
    assert_eq!(
        left.iter().map(|letter| letter.state).collect::<Vec<_>>(),
        [Sending::Unknown, Sending::Unknown, Sending::Unknown, Sending::Sent]
    );
    assert!(left.iter().all(|letter| letter.hold_until <= letter.queued), "nothing is held back any more");
    assert_eq!(left[3].copy, SentCopy::LookFrom(Timestamp(1_800_000_000)), "the copy may be there");
    assert!(left.iter().all(|letter| fixture.own().letter(letter.id).is_ok()));
}

#[test]
fn a_letter_that_no_row_knows_any_more_is_set_aside_and_told() {
    for restore in [Restore::Copy, Restore::Empty] {
        let (fixture, _) = fixture();
        let Fixture { dir, store, .. } = fixture;
        store.close();
        let older = std::fs::read(dir.path().join("own.db")).unwrap();
        let fixture = restored(dir, Restore::Refuse);
        fixture.queue("younger than the copy");
        let dir = ruin(fixture);
        std::fs::write(dir.path().join("own.db.copy-1"), older).unwrap();
        let fixture = restored(dir, restore);
        let folder = fixture.dir.path().join("outgoing.left");
        assert_eq!(fixture.reader().accounts().unwrap(), fixture.store.accounts, "the mail is the account's as before");
        assert!(fixture.store.repairs.contains(&Repair::LeftBytes { folder, files: 1 }), "{:?}", fixture.store.repairs);
        let name = fixture.files("outgoing.left").remove(0);
        let bytes = std::fs::read(fixture.dir.path().join("outgoing.left").join(name)).unwrap();
        assert_eq!(bytes, b"bytes of younger than the copy");
    }
}

#[test]
fn a_restoring_that_was_cut_off_is_done_again() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=1);
    fixture.want(folder, 1, Flags::SEEN, Flags::NONE);
    let fixture = fixture.reopen();
    let dir = ruin(fixture);
    std::fs::write(dir.path().join("own.db.restoring"), "half of a copy").unwrap();
    let fixture = restored(dir, Restore::Copy);
    assert_eq!(fixture.wants(), []);
    assert!(!fixture.dir.path().join("own.db.restoring").exists());
}

/// As the version before wrote it.
fn of_version_4() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let db = rusqlite::Connection::open(dir.path().join("own.db")).unwrap();
    db.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;").unwrap();
    for schema in &super::super::open::OWN_SCHEMA[..4] {
        db.execute_batch(schema).unwrap();
    }
    db.execute_batch(&format!(
        "PRAGMA application_id = {}; PRAGMA user_version = 4;
         INSERT INTO want VALUES(7, 'me@example.com', x'494e424f58', 7, 2, '2@example.com', 1002, 1700000002, 1, 0, 3);
         INSERT INTO want VALUES(9, 'gone@example.com', x'494e424f58', 7, 2, '2@example.com', 1002, 1700000002, 1, 0, 3);
         DELETE FROM want WHERE id = 9;
         INSERT INTO learned VALUES('me@example.com', 'silent-idle', 'it said nothing', 1799999999);
         INSERT INTO dismissed VALUES('me@example.com', 'hidden-folders');
         INSERT INTO encoding VALUES('lilei@example.com', 'gbk');",
        0x6879_6f77
    ))
    .unwrap();
    drop(db);
    dir
}

#[test]
fn an_older_file_brings_everything_along() {
    let dir = of_version_4();
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let fixture = Fixture { dir, store, changes };
    let wants = fixture.wants();
    assert_eq!((wants.len(), wants[0].id, wants[0].account.as_str(), wants[0].revision), (1, 7, "me@example.com", 3));
    let own = &fixture.store.own;
    assert!(block_on(own.learned("me@example.com", Timestamp(1_800_000_000))).unwrap().has(Quirk::SilentIdle));
    assert_eq!(block_on(own.dismissed("me@example.com")).unwrap(), ["hidden-folders"]);
    let learned = Learned::of(fixture.dir.path(), "me@example.com", Timestamp(1_800_000_000)).unwrap();
    assert_eq!(learned.len(), 1);
    let chosen = Encodings::open(fixture.dir.path()).unwrap().unwrap().of("lilei@example.com").unwrap();
    assert_eq!(chosen.as_deref(), Some("gbk"));
    // A number is never used twice.
    let folder = list_folders(&fixture.store, &["INBOX"])[0];
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 7, on_server: 0, renumbered: false });
    fixture.ingest(folder, [5]);
    fixture.want(folder, 5, Flags::SEEN, Flags::NONE);
    assert_eq!(fixture.wants().iter().map(|want| want.id).max(), Some(10));
    let fixture = fixture.reopen();
    assert_eq!(fixture.wants().len(), 2);
}

#[test]
fn an_older_file_whose_account_got_a_name_meanwhile_brings_everything_along() {
    let dir = of_version_4();
    let formerly = Some("me@example.com".to_owned());
    let marks = crate::model::AccountMarks { formerly, ..crate::model::AccountMarks::named("work") };
    let (to, _changes) = mpsc::unbounded_channel();
    let (accounts, now) = (["work".to_owned()], Timestamp(1_800_000_000));
    let options = StoreOptions { profile: dir.path(), accounts: &accounts, now, restore: Restore::Refuse };
    let store = Store::open_for(&options, &[marks], to).unwrap();
    let wants = store.own.commit_blocking(OwnWrite::Wants(Some("work".to_owned()))).unwrap();
    assert_eq!(wants.len(), 1);
    assert_eq!(block_on(store.own.dismissed("work")).unwrap(), ["hidden-folders"]);
}
