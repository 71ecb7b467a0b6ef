//! What happens beside a transaction is undone with it.

use rusqlite::Connection;

use super::*;
use crate::store::blobs;
use crate::store::mail::{MailWork, PackedBody};
use crate::store::own::all_wants;
use crate::store::writer::Work as _;

/// The writer of mail.db by hand.
struct Hand {
    db: Connection,
    work: MailWork,
    dir: tempfile::TempDir,
}

impl Hand {
    fn of(fixture: Fixture) -> Self {
        let Fixture { dir, store, .. } = fixture;
        store.close();
        let db = Connection::open(dir.path().join("mail.db")).unwrap();
        let wants = all_wants(&Connection::open(dir.path().join("own.db")).unwrap()).unwrap();
        let mut work = MailWork::new(dir.path());
        work.begin(&db, &["me@example.com".to_owned()], wants).unwrap();
        Self { db, work, dir }
    }

    fn apply(&mut self, write: MailWrite) -> Result<Written, StoreError> {
        self.work.apply(&self.db, write, &mut Vec::new())
    }

    fn group(&mut self, writes: impl IntoIterator<Item = MailWrite>, committed: bool) {
        self.db.execute_batch("BEGIN").unwrap();
        for write in writes {
            self.apply(write).unwrap();
        }
        self.db.execute_batch(if committed { "COMMIT" } else { "ROLLBACK" }).unwrap();
        if committed { self.work.committed(&self.db) } else { self.work.rolled_back() }
    }

    fn reader(&self) -> Reader {
        Reader::open(self.dir.path()).unwrap()
    }

    fn shown(&self, folder: FolderId) -> Vec<(u32, Flags, bool)> {
        let rows = self.reader().newest(folder, 1000).unwrap();
        rows.into_iter().map(|row| (row.uid.unwrap(), row.flags, row.pending)).collect()
    }

    fn files(&self) -> usize {
        let shelves = std::fs::read_dir(self.dir.path().join("bodies")).unwrap();
        shelves.map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap().count()).sum()
    }
}

/// A folder that is known, with a want for its message 2, which is not.
fn a_want_that_waits() -> (Hand, FolderId) {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    fixture.want(folder, 2, Flags::SEEN, Flags::NONE);
    let mut hand = Hand::of(fixture);
    hand.db.execute_batch("DELETE FROM placement; DELETE FROM msg; DELETE FROM pending").unwrap();
    let wants = all_wants(&Connection::open(hand.dir.path().join("own.db")).unwrap()).unwrap();
    hand.work = MailWork::new(hand.dir.path());
    hand.work.begin(&hand.db, &["me@example.com".to_owned()], wants).unwrap();
    (hand, folder)
}

fn opened(folder: FolderId) -> MailWrite {
    MailWrite::Opened { folder, uidvalidity: 7, on_server: 2, renumbered: false }
}

fn both(folder: FolderId) -> MailWrite {
    let messages = [1, 2].map(|uid| incoming(uid, Flags::NONE)).to_vec();
    MailWrite::Ingest { folder, messages, on_server: 2 }
}

#[test]
fn a_want_whose_message_was_rolled_back_waits_for_it_again() {
    let (mut hand, folder) = a_want_that_waits();
    hand.group([opened(folder)], true);
    hand.group([both(folder)], false);
    assert_eq!(hand.shown(folder), []);
    hand.group([both(folder)], true);
    assert_eq!(hand.shown(folder), [(2, Flags::SEEN, true), (1, Flags::NONE, false)]);
}

#[test]
fn a_want_that_was_sorted_in_a_transaction_that_failed_is_sorted_again() {
    let (mut hand, folder) = a_want_that_waits();
    hand.group([opened(folder), both(folder)], false);
    hand.group([opened(folder)], true);
    hand.group([both(folder)], true);
    assert_eq!(hand.shown(folder)[0], (2, Flags::SEEN, true));
}

#[test]
fn a_want_is_not_settled_by_a_transaction_that_failed() {
    let (mut hand, folder) = a_want_that_waits();
    hand.group([opened(folder)], true);
    let want = all_wants(&Connection::open(hand.dir.path().join("own.db")).unwrap()).unwrap().remove(0);
    hand.group([MailWrite::Settled(vec![(want, Outcome::Refused)])], false);
    hand.group([both(folder)], true);
    assert_eq!(hand.shown(folder)[0], (2, Flags::SEEN, true));
}

#[test]
fn a_write_that_fails_alone_puts_back_the_wants_it_took() {
    let (mut hand, folder) = a_want_that_waits();
    hand.group([opened(folder)], true);
    // The second row of the two cannot be written.
    hand.db
        .execute_batch(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON main.header WHEN (SELECT count(*) FROM header) > 2
             BEGIN SELECT raise(FAIL, 'full'); END",
        )
        .unwrap();
    hand.db.execute_batch("BEGIN; SAVEPOINT one").unwrap();
    assert!(hand.apply(both(folder)).is_err());
    hand.db.execute_batch("ROLLBACK TO one; RELEASE one; COMMIT; DROP TRIGGER full").unwrap();
    hand.work.committed(&hand.db);
    hand.group([both(folder)], true);
    assert_eq!(hand.shown(folder)[0], (2, Flags::SEEN, true));
}

/// Two messages with one large body.
fn with_a_large_body() -> (Hand, FolderId, Vec<u8>) {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    let raw = vec![b'x'; 2 * 1024 * 1024];
    for row in fixture.reader().newest(folder, 2).unwrap() {
        block_on(fixture.store.mail.keep_body(row.message, Whole::Bytes(raw.clone()))).unwrap();
    }
    (Hand::of(fixture), folder, raw)
}

fn expunged(folder: FolderId, uid: u32) -> MailWrite {
    MailWrite::Expunged { folder, uids: vec![uid], on_server: 0 }
}

#[test]
fn a_body_whose_removal_was_rolled_back_is_still_there() {
    let (mut hand, folder, raw) = with_a_large_body();
    hand.group([expunged(folder, 1), expunged(folder, 2)], false);
    let row = hand.reader().newest(folder, 1).unwrap().remove(0);
    assert!(hand.reader().body(row.message).unwrap().as_deref() == Some(&raw[..]));
    hand.group([expunged(folder, 1)], true);
    assert_eq!(hand.files(), 1, "the other message has it too");
    hand.group([expunged(folder, 2)], true);
    assert_eq!(hand.files(), 0);
}

#[test]
fn a_body_whose_file_went_before_it_was_noted_is_not_kept() {
    let (mut hand, folder, raw) = with_a_large_body();
    let message = hand.reader().newest(folder, 1).unwrap()[0].message;
    let packed =
        blobs::pack(&hand.dir.path().join("bodies"), &Spool::of(hand.dir.path()), &Whole::Bytes(raw.clone())).unwrap();
    std::fs::remove_dir_all(hand.dir.path().join("bodies")).unwrap();
    assert!(hand.apply(MailWrite::Body { message, packed: PackedBody(packed) }).is_err());
}
