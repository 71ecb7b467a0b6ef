//! A thread that owns a database and writes it: everything that waits is committed together.

use std::sync::mpsc as std_mpsc;
use std::thread;

use rusqlite::Connection;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use crate::model::Changed;

/// How many waiting writes go into one transaction at most.
const GROUP: usize = 256;

/// What a writer thread does with its database.
pub(super) trait Work: Send + 'static {
    type Write: Send + 'static;
    type Answer: Send + 'static;

    /// Applies one write inside an open transaction. `changed` collects what others must hear of after the commit.
    fn apply(
        &mut self,
        db: &Connection,
        write: Self::Write,
        changed: &mut Vec<Changed>,
    ) -> Result<Self::Answer, StoreError>;

    /// Called after each commit, outside of any transaction.
    fn committed(&mut self, _db: &Connection) {}

    /// Called when a transaction was rolled back, to forget what was remembered of it.
    fn rolled_back(&mut self) {}

    /// Called while nobody writes: takes a short step of what can wait. True if there is another to take.
    fn idle(&mut self, _db: &Connection) -> bool {
        false
    }

    /// Called when everything was written and nobody can write any more.
    fn ended(&mut self, _db: &Connection) {}
}

pub(super) struct Envelope<W: Work> {
    pub(super) write: W::Write,
    pub(super) reply: oneshot::Sender<Result<W::Answer, StoreError>>,
}

/// Starts the thread. It ends when every sender is gone; what was sent before is written first.
pub(super) fn start<W: Work>(
    name: &str,
    db: Connection,
    work: W,
    mut inbox: mpsc::Receiver<Envelope<W>>,
    changes: mpsc::UnboundedSender<Changed>,
) -> std::io::Result<std_mpsc::Receiver<()>> {
    // The other end of this channel is dropped when the thread ends: waiting on it is waiting for the last commit.
    let (alive, ended) = std_mpsc::channel::<()>();
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _alive = alive;
        // Closed before the end is told: whoever waits for it may touch the file then.
        let (db, mut work) = (db, work);
        while let Some(first) = next(&mut inbox, || work.idle(&db)) {
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(more) = inbox.try_recv()
            {
                group.push(more);
            }
            commit(&db, &mut work, group, &changes);
        }
        work.ended(&db);
    })?;
    Ok(ended)
}

/// The next write, however long it takes to come; until it comes, what can wait is done.
fn next<T>(inbox: &mut mpsc::Receiver<T>, mut idle: impl FnMut() -> bool) -> Option<T> {
    loop {
        match inbox.try_recv() {
            Ok(write) => return Some(write),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) if idle() => {}
            Err(TryRecvError::Empty) => return inbox.blocking_recv(),
        }
    }
}

type Reply<W> = (oneshot::Sender<Result<<W as Work>::Answer, StoreError>>, Result<<W as Work>::Answer, StoreError>);

fn commit<W: Work>(db: &Connection, work: &mut W, group: Vec<Envelope<W>>, changes: &mpsc::UnboundedSender<Changed>) {
    let mut changed = Vec::new();
    let mut replies: Vec<Reply<W>> = Vec::with_capacity(group.len());
    let begun = db.execute_batch("BEGIN IMMEDIATE").map_err(StoreError::from);
    let mut failed = begun.err();
    for Envelope { write, reply } in group {
        if failed.is_some() {
            replies.push((reply, Err(StoreError::Closed)));
            continue;
        }
        let before = changed.len();
        // A write that fails is taken back alone; its neighbours in the group stay.
        let answer = db.execute_batch("SAVEPOINT one").map_err(StoreError::from).and_then(|()| {
            let answer = work.apply(db, write, &mut changed);
            let end = if answer.is_ok() { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
            db.execute_batch(end).map_err(StoreError::from).and(answer)
        });
        if answer.is_err() {
            changed.truncate(before);
        }
        // A full disk or a broken file may have ended the whole transaction.
        if db.is_autocommit() {
            failed = Some(StoreError::Full);
        }
        replies.push((reply, answer));
    }
    if failed.is_none() {
        failed = db.execute_batch("COMMIT").map_err(StoreError::from).err();
    }
    if let Some(error) = failed {
        if !db.is_autocommit() {
            // If even this fails, the connection's next BEGIN says so.
            let _ = db.execute_batch("ROLLBACK");
        }
        work.rolled_back();
        let said = error.to_string();
        let mut error = Some(error);
        for (reply, _) in replies {
            let error = error.take().unwrap_or_else(|| StoreError::Io(std::io::Error::other(said.clone())));
            let _ = reply.send(Err(error));
        }
        return;
    }
    work.committed(db);
    for change in changed {
        // Nobody may be listening (a command that prints): that is fine.
        let _ = changes.send(change);
    }
    for (reply, answer) in replies {
        let _ = reply.send(answer);
    }
}
