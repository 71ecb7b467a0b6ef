use std::path::Path;

use super::*;
use crate::mime::headers;
use crate::model::{Flags, FolderName, Timestamp};
use crate::store::{FolderSeen, Incoming, MailWrite, Reader, Restore, Store, StoreOptions, Written};

const RAW: &[u8] = b"Subject: s\n\nwords";

/// A profile with one message whose body is not there.
async fn profile(dir: &Path) -> (Store, MessageId) {
    let accounts = ["me@example.com".to_owned()];
    let options = StoreOptions { profile: dir, accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
    let store = Store::open(&options, mpsc::unbounded_channel().0).unwrap();
    let inbox = FolderSeen {
        name: FolderName { wire: b"INBOX".to_vec(), delimiter: None },
        decoded: "INBOX".to_owned(),
        role: None,
        selectable: true,
    };
    let seen = MailWrite::Folders { account: store.accounts[0].0, seen: vec![inbox], at: Timestamp(0) };
    let Written::Folders(folders) = store.mail.commit(seen).await.unwrap() else { panic!() };
    let folder = folders[0];
    let message = Incoming {
        uid: 1,
        flags: Flags::NONE,
        arrival: Timestamp(1),
        size: 17,
        headers: headers(RAW),
        raw: RAW.to_vec(),
        decoder: 1,
    };
    store.mail.commit(MailWrite::Opened { folder, uidvalidity: 1, on_server: 1, renumbered: false }).await.unwrap();
    store.mail.commit(MailWrite::Ingest { folder, messages: vec![message], on_server: 1 }).await.unwrap();
    let message = store.reader().unwrap().newest(folder, 1).unwrap()[0].message;
    (store, message)
}

#[tokio::test]
async fn a_message_is_read_before_it_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (store, message) = profile(dir.path()).await;
    // A disk that takes its time.
    let busy = rusqlite::Connection::open(dir.path().join("mail.db")).unwrap();
    busy.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (reply, answer) = oneshot::channel();
    let mail = store.mail.clone();
    let delivery =
        tokio::spawn(async move { deliver(&mail, message, Ok(Whole::Bytes(RAW.to_vec())), Reply::Read(reply)).await });
    let read = tokio::time::timeout(Duration::from_secs(4), answer).await;
    assert_eq!(read.expect("it does not wait for the disk").unwrap().unwrap(), RAW);
    let kept = || Reader::open(dir.path()).unwrap().body(message).unwrap();
    assert_eq!(kept(), None);
    busy.execute_batch("ROLLBACK").unwrap();
    delivery.await.unwrap();
    assert_eq!(kept().as_deref(), Some(RAW));
}

#[tokio::test]
async fn who_wants_it_kept_hears_whether_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (store, message) = profile(dir.path()).await;
    let (reply, answer) = oneshot::channel();
    deliver(&store.mail, message, Ok(Whole::Bytes(RAW.to_vec())), Reply::Kept(reply)).await;
    assert_eq!(answer.await.unwrap(), Ok(()));
    assert_eq!(Reader::open(dir.path()).unwrap().body(message).unwrap().as_deref(), Some(RAW));
    let (reply, answer) = oneshot::channel();
    deliver(&store.mail, MessageId(99), Ok(Whole::Bytes(RAW.to_vec())), Reply::Kept(reply)).await;
    assert_eq!(answer.await.unwrap().unwrap_err().kind, FailureKind::Gone);
}
