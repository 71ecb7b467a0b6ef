//! The copy in the folder for sent mail, where the server does not do what it should.

use super::real::{APPENDS, SENT, age, copies, demo, drained, mailbox, opened, queue};
use crate::demo::{Fault, FaultPlace, PLAIN};
use crate::model::{FailureKind, Retry, Sending};
use crate::send::copy::see_to_copies;
use crate::send::drain::Books as _;

#[tokio::test]
async fn i23_a_folder_that_is_full_says_why_and_gets_the_copy_when_there_is_room() {
    let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
    let (store, ledger) = opened(dir.path());
    queue(&ledger, 1, &["a@example.com"]).await;
    drained(&demo, &ledger, &APPENDS).await.unwrap();
    demo.break_connections(&[Fault::Answer { on: "APPEND", words: "NO [OVERQUOTA] Not enough disk quota" }])
        .await
        .unwrap();
    let seen = see_to_copies(&ledger, &mut mailbox(&demo).await, &APPENDS).await.unwrap();
    let [letter] = &ledger.letters().unwrap()[..] else { panic!("it is gone") };
    let why = letter.failure.as_ref().map(|failure| (failure.kind, failure.remedy));
    assert_eq!((letter.state, why), (Sending::Sent, Some((FailureKind::Refused, Some("no-room")))));
    assert!(seen.next.is_some() && seen.failure.is_some_and(|failure| failure.retry != Retry::Doubtful));
    demo.break_connections(&[]).await.unwrap();
    age(&ledger).await;
    see_to_copies(&ledger, &mut mailbox(&demo).await, &APPENDS).await.unwrap();
    assert_eq!((ledger.letters().unwrap().len(), copies(&demo, SENT).await.len()), (0, 1));
    assert_eq!(demo.outgoing().await.unwrap().len(), 1);
    drop(ledger);
    store.close();
}

/// It was put there, and the word on it does not come.
#[tokio::test]
async fn i24_a_copy_that_was_taken_without_a_word_is_found_and_not_made_twice() {
    let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
    let (store, ledger) = opened(dir.path());
    queue(&ledger, 1, &["a@example.com"]).await;
    drained(&demo, &ledger, &APPENDS).await.unwrap();
    let says = Fault::Say { on: "APPEND", place: FaultPlace::Between, bytes: b"* OK ", times: 1 };
    demo.break_connections(&[says]).await.unwrap();
    let seen = see_to_copies(&ledger, &mut mailbox(&demo).await, &APPENDS).await.unwrap();
    let [letter] = &ledger.letters().unwrap()[..] else { panic!("it is gone") };
    assert!(letter.state == Sending::Sent && seen.next.is_some(), "{letter:?}");
    assert_eq!(copies(&demo, SENT).await.len(), 1, "the server has it");
    demo.break_connections(&[]).await.unwrap();
    age(&ledger).await;
    see_to_copies(&ledger, &mut mailbox(&demo).await, &APPENDS).await.unwrap();
    assert_eq!((ledger.letters().unwrap().len(), copies(&demo, SENT).await.len()), (0, 1));
    drop(ledger);
    store.close();
}
