//! Letters and the end of the program, against the server of the demo.

use tokio::sync::watch;

use super::real::{CHECKS, demo, opened, queue, session};
use crate::demo::PLAIN;
use crate::model::Sending;
use crate::send::desk::Ledger;
use crate::send::drain::{Books, Closing, Told, drain};

/// What two letters are, and how many the server has, if the program ends like this while the first one goes.
async fn ended(how: Closing) -> (Vec<(Sending, u32)>, usize) {
    let (dir, demo) = (tempfile::tempdir().unwrap(), demo(&PLAIN));
    let (store, ledger) = opened(dir.path());
    let (close, closing) = watch::channel(Closing::Open);
    let ledger = Ledger { closing, ..ledger };
    queue(&ledger, 1, &["a@example.com"]).await;
    queue(&ledger, 2, &["a@example.com"]).await;
    let mut begun = Vec::new();
    let told = |told| match told {
        Told::Begins(id) => begun.push(id),
        Told::Going { .. } => _ = close.send_replace(how),
        Told::Takes(_) | Told::Stays(_) | Told::Came(_) => {}
    };
    drain(&ledger, session(&demo).await.unwrap(), &CHECKS, told).await.unwrap();
    assert_eq!(begun.len(), if how == Closing::Open { 2 } else { 1 });
    let letters = ledger.letters().unwrap().iter().map(|letter| (letter.state, letter.attempts)).collect();
    let taken = demo.outgoing().await.unwrap().len();
    drop(ledger);
    store.close();
    (letters, taken)
}

#[tokio::test]
async fn k02_at_the_end_of_the_program_no_letter_is_cut_off_behind_its_end() {
    let (sent, waits) = ((Sending::Sent, 1), (Sending::Queued, 0));
    assert_eq!(ended(Closing::Open).await, (vec![sent, sent], 2));
    assert_eq!(ended(Closing::NothingNew).await, (vec![sent, waits], 1));
    assert_eq!(ended(Closing::NoEnd).await, (vec![(Sending::Queued, 1), waits], 0));
}
