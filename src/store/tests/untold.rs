//! Marks: up to where the user was told, and which hints were read.

use super::*;
use crate::store::Untold;

const SINCE: Timestamp = Timestamp(0);

fn untold(fixture: &Fixture, folder: FolderId) -> Untold {
    fixture.store.reader().unwrap().untold(folder, SINCE, 2).unwrap()
}

fn ingest(fixture: &Fixture, folder: FolderId, messages: Vec<Incoming>) {
    fixture.commit(MailWrite::Ingest { folder, messages, on_server: 9 });
}

#[test]
fn what_came_above_the_mark_is_untold_until_the_mark_is_set() {
    let (fixture, folder) = fixture();
    ingest(&fixture, folder, vec![incoming(1, Flags::NONE), incoming(2, Flags::NONE)]);
    let before = untold(&fixture, folder);
    assert_eq!((before.told, before.highest, before.count, before.newest.len()), (None, 2, 0, 0), "nobody begun yet");
    fixture.commit(MailWrite::Told { folder, uid: 2 });
    let new = [(3, Flags::NONE), (4, Flags::SEEN), (5, Flags::NONE), (6, Flags::NONE)];
    ingest(&fixture, folder, new.map(|(uid, flags)| incoming(uid, flags)).to_vec());
    let after = untold(&fixture, folder);
    let uids: Vec<_> = after.newest.iter().map(|row| row.uid).collect();
    assert_eq!((after.told, after.highest, after.count, uids), (Some(2), 6, 3, vec![Some(6), Some(5)]));
    // What came long ago does not count.
    let reader = fixture.store.reader().unwrap();
    assert_eq!(reader.untold(folder, Timestamp(1_700_000_006), 2).unwrap().count, 1);
    fixture.commit(MailWrite::Told { folder, uid: 6 });
    assert_eq!((untold(&fixture, folder).told, untold(&fixture, folder).count), (Some(6), 0));
    // Other numbers: the mark means nothing any more.
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 8, on_server: 6, renumbered: false });
    ingest(&fixture, folder, vec![incoming(11, Flags::NONE)]);
    assert_eq!((untold(&fixture, folder).told, untold(&fixture, folder).count), (None, 0));
}

#[test]
fn a_hint_that_was_read_is_remembered_for_its_account() {
    let (fixture, _) = fixture();
    let dismissed = |account: &str| block_on(fixture.store.own.dismissed(account)).unwrap();
    assert_eq!(dismissed("me"), [""; 0]);
    let write = || OwnWrite::Dismiss { account: "me".to_owned(), hint: "hidden-folders".to_owned() };
    fixture.store.own.commit_blocking(write()).unwrap();
    fixture.store.own.commit_blocking(write()).unwrap();
    assert_eq!(dismissed("me"), ["hidden-folders"]);
    assert_eq!(dismissed("you"), [""; 0]);
}
