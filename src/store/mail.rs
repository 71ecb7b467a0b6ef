//! The writer of mail.db.

mod aged;
mod derived;
mod flags;
pub(super) mod folders;
mod ingest;
pub(super) mod moves;
mod people;
mod room;
mod threads;
mod unbound;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

use super::aside::{drop_set_aside, note_only_copies};
use super::batch::{MailWrite, Written};
use super::blobs::{self, Packed};
use super::writer::{Envelope, Work};
use super::{Spool, StoreError, Want, Whole};
use crate::model::{AccountId, Changed, FolderId, MessageId};
pub(in crate::store) use threads::hash as name_hash;
use unbound::Unbound;

/// The door to mail.db's writer. Cheap to clone; the thread ends when the last one is gone.
#[derive(Clone, Debug)]
pub struct MailWriter {
    to: mpsc::Sender<Envelope<MailWork>>,
    bodies: PathBuf,
    spool: Spool,
}

#[derive(Clone, Debug)]
pub(super) struct WeakMailWriter {
    to: mpsc::WeakSender<Envelope<MailWork>>,
    bodies: PathBuf,
    spool: Spool,
}

impl WeakMailWriter {
    /// The door, if the thread has not ended.
    pub(super) fn upgrade(&self) -> Option<MailWriter> {
        self.to.upgrade().map(|to| MailWriter { to, bodies: self.bodies.clone(), spool: self.spool.clone() })
    }
}

/// A commit under way: wait for it now, or after the next batch is on its way.
#[derive(Debug)]
#[must_use = "a write that nobody waits for may fail unseen"]
pub struct Committing(oneshot::Receiver<Result<Written, StoreError>>);

impl Committing {
    pub async fn done(self) -> Result<Written, StoreError> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }
}

impl MailWriter {
    pub(super) fn new(to: mpsc::Sender<Envelope<MailWork>>, profile: &Path) -> Self {
        Self { to, bodies: profile.join("bodies"), spool: Spool::of(profile) }
    }

    /// A door that does not keep the thread from ending.
    pub(super) fn downgrade(&self) -> WeakMailWriter {
        WeakMailWriter { to: self.to.downgrade(), bodies: self.bodies.clone(), spool: self.spool.clone() }
    }

    /// Resolves when the write is committed.
    pub async fn commit(&self, write: MailWrite) -> Result<Written, StoreError> {
        self.send(write).await?.done().await
    }

    /// Hands the write over, waiting only if the writer is far behind: the socket feels the disk.
    pub async fn send(&self, write: MailWrite) -> Result<Committing, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.to.send(Envelope { write, reply }).await.map_err(|_| StoreError::Closed)?;
        Ok(Committing(answer))
    }

    /// The same from a thread that may wait, which no task of the runtime may.
    pub fn commit_blocking(&self, write: MailWrite) -> Result<Written, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.to.blocking_send(Envelope { write, reply }).map_err(|_| StoreError::Closed)?;
        answer.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }

    /// Where large messages come in.
    pub fn spool(&self) -> Spool {
        self.spool.clone()
    }

    /// Keeps a whole message. Compressing happens on the pool for slow work, not on the writer.
    pub async fn keep_body(&self, message: MessageId, whole: Whole) -> Result<(), StoreError> {
        let (bodies, spool) = (self.bodies.clone(), self.spool.clone());
        let packed = tokio::task::spawn_blocking(move || blobs::pack(&bodies, &spool, &whole))
            .await
            .map_err(|error| StoreError::Io(std::io::Error::other(error.to_string())))??;
        self.commit(MailWrite::Body { message, packed: PackedBody(packed) }).await.map(|_| ())
    }
}

/// A body that is ready to be stored.
#[derive(Debug)]
pub struct PackedBody(pub(super) Packed);

#[derive(Debug)]
pub(super) struct MailWork {
    bodies: PathBuf,
    /// Wants whose messages are not known to mail.db (yet).
    unbound: Unbound,
    /// Messages of earlier epochs, to be found again under their new numbers instead of being downloaded again.
    earlier: HashMap<FolderId, ingest::Earlier>,
    /// The next id of a message; 0 if it is not known.
    next_message: i64,
    /// The last change of what is known of people; 0 if it is not known.
    stamp: i64,
    /// `unbound` as it was at the last commit, if something was written since.
    at_commit: Option<Unbound>,
    /// Files of bodies that were removed since the last commit; somebody else's message may have the same.
    abandoned: Vec<String>,
    room: room::Room,
}

impl MailWork {
    pub(super) fn new(profile: &Path) -> Self {
        Self {
            bodies: profile.join("bodies"),
            unbound: Unbound::default(),
            earlier: HashMap::new(),
            next_message: 0,
            stamp: 0,
            at_commit: None,
            abandoned: Vec::new(),
            room: room::Room::default(),
        }
    }

    /// At a start: numbers the accounts, and shows what is wanted as own.db says, whatever was shown before.
    pub(super) fn begin(
        &mut self,
        db: &Connection,
        names: &[String],
        wants: Vec<Want>,
    ) -> Result<Vec<(AccountId, String)>, StoreError> {
        db.execute_batch("BEGIN IMMEDIATE")?;
        flags::unbind_all(db)?;
        let accounts = names
            .iter()
            .map(|name| Ok((folders::account(db, name)?, name.clone())))
            .collect::<Result<_, StoreError>>()?;
        flags::wanted(self, db, wants)?;
        db.execute_batch("COMMIT")?;
        Ok(accounts)
    }

    fn write(&mut self, db: &Connection, write: MailWrite, changed: &mut Vec<Changed>) -> Result<Written, StoreError> {
        match write {
            MailWrite::Account(name) => folders::account(db, &name).map(Written::Account),
            MailWrite::Folders { account, seen, at } => {
                let ids = folders::seen(self, db, account, &seen, at)?;
                changed.push(Changed::Folders);
                Ok(Written::Folders(ids))
            }
            MailWrite::Opened { folder, uidvalidity, on_server, renumbered } => {
                folders::opened(self, db, folder, uidvalidity, on_server, renumbered)?;
                changed.push(Changed::Folders);
                Ok(Written::Done)
            }
            MailWrite::Ingest { folder, messages, on_server } => {
                let new = ingest::ingest(self, db, folder, &messages, on_server)?;
                changed.extend([Changed::Order(folder), Changed::Folders]);
                Ok(Written::New(new))
            }
            MailWrite::Whole { folder, from } => {
                db.prepare_cached("UPDATE folder SET whole_from = ?2 WHERE id = ?1")?
                    .execute(params![folder.0, from])?;
                Ok(Written::Done)
            }
            MailWrite::Complete { folder, modseq } => {
                let modseq = i64::try_from(modseq).unwrap_or(0);
                db.prepare_cached("UPDATE folder SET whole_from = 0, modseq = ?2 WHERE id = ?1")?
                    .execute(params![folder.0, modseq])?;
                if ingest::complete(self, db, folder)? > 0 {
                    changed.extend([Changed::Order(folder), Changed::Folders]);
                }
                Ok(Written::Done)
            }
            MailWrite::Told { folder, uid } => {
                db.prepare_cached("UPDATE folder SET told_epoch = epoch, told = ?2 WHERE id = ?1")?
                    .execute(params![folder.0, uid])?;
                Ok(Written::Done)
            }
            MailWrite::Flags { folder, flags } => {
                if flags::seen_on_server(db, folder, &flags)? {
                    changed.extend([Changed::Rows(folder), Changed::Folders]);
                }
                Ok(Written::Done)
            }
            MailWrite::Expunged { folder, uids, on_server } => {
                let gone = ingest::expunged(self, db, folder, &uids, on_server)?;
                if gone > 0 {
                    changed.push(Changed::Order(folder));
                }
                changed.push(Changed::Folders);
                Ok(Written::Done)
            }
            MailWrite::Aged { folder, placements, on_server } => {
                if let Some(profile) = self.bodies.parent() {
                    note_only_copies(profile);
                }
                if aged::aged(self, db, folder, &placements, on_server)? {
                    changed.push(Changed::Rows(folder));
                }
                changed.push(Changed::Folders);
                Ok(Written::Done)
            }
            MailWrite::Derived { messages, decoder } => {
                changed.extend(derived::derived(db, &messages, decoder)?);
                Ok(Written::Done)
            }
            MailWrite::Body { message, packed } => {
                keep(&self.bodies, db, message, packed.0)?;
                changed.push(Changed::Body(message));
                Ok(Written::Done)
            }
            MailWrite::Wanted(wants) => {
                let moved = wants.iter().any(|want| want.is_nothing() || !want.aim.is_none());
                for folder in flags::wanted(self, db, wants)? {
                    changed.extend([Changed::Rows(folder), Changed::Folders]);
                    changed.extend(moved.then_some(Changed::Order(folder)));
                }
                Ok(Written::Done)
            }
            MailWrite::Landed(landings) => {
                for folder in moves::landed(self, db, &landings)? {
                    changed.extend([Changed::Order(folder), Changed::Rows(folder), Changed::Folders]);
                }
                Ok(Written::Done)
            }
            MailWrite::WantedHere { placements, add, remove } => {
                for folder in aged::wanted(db, &placements, add, remove)? {
                    changed.extend([Changed::Rows(folder), Changed::Folders]);
                }
                Ok(Written::Done)
            }
            MailWrite::Settled(settled) => {
                for folder in flags::settled(self, db, &settled)? {
                    changed.extend([Changed::Rows(folder), Changed::Folders]);
                }
                Ok(Written::Done)
            }
            MailWrite::FolderRenamed { account, from, to, delimiter } => {
                folders::renamed(db, account, (&from, &to), &delimiter)?;
                changed.push(Changed::Folders);
                Ok(Written::Done)
            }
            MailWrite::Forget(account) => {
                folders::forget(self, db, account)?;
                people::learn_again(self, db)?;
                threads::forget(db)?;
                self.room.forgetting = true;
                changed.push(Changed::Folders);
                Ok(Written::Done)
            }
            MailWrite::Shelf(shelf) => {
                room::compare(self, db, &shelf)?;
                Ok(Written::Done)
            }
        }
    }
}

impl Work for MailWork {
    type Write = MailWrite;
    type Answer = Written;

    fn apply(&mut self, db: &Connection, write: MailWrite, changed: &mut Vec<Changed>) -> Result<Written, StoreError> {
        let (unbound, abandoned) = (self.unbound.clone(), self.abandoned.len());
        let written = self.write(db, write, changed);
        if written.is_err() {
            self.unbound = unbound.clone();
            self.abandoned.truncate(abandoned);
        }
        self.at_commit.get_or_insert(unbound);
        written
    }

    fn committed(&mut self, db: &Connection) {
        self.at_commit = None;
        for sha256 in std::mem::take(&mut self.abandoned) {
            // Only now is nobody able to take the removal back.
            if let Ok(false) = is_referenced(db, &sha256) {
                blobs::remove_file(&self.bodies, &sha256);
            }
        }
        if self.room.forgotten()
            && let Some(profile) = self.bodies.parent()
        {
            // It may hold what was forgotten.
            drop_set_aside(&profile.join("mail.db"), None);
        }
    }

    fn rolled_back(&mut self) {
        // What was remembered may speak of rows that do not exist; it is read again when it is needed.
        (self.next_message, self.stamp) = (0, 0);
        self.earlier.clear();
        self.abandoned.clear();
        self.room.forgetting = false;
        if let Some(unbound) = self.at_commit.take() {
            self.unbound = unbound;
        }
    }

    fn idle(&mut self, db: &Connection) -> bool {
        self.room.give_back(db)
    }

    fn ended(&mut self, db: &Connection) {
        self.room.finish(db);
        // A long write-ahead log makes the next start slow.
        let _ = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

fn is_referenced(db: &Connection, sha256: &str) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM bigbody WHERE sha256 = ?1")?.exists([sha256])?)
}

fn keep(bodies: &Path, db: &Connection, message: MessageId, packed: Packed) -> Result<(), StoreError> {
    if let Packed::File { sha256, .. } = &packed
        && !blobs::has_file(bodies, sha256)
    {
        // It was another message's, which was removed since it was found there.
        return Err(StoreError::Io(std::io::ErrorKind::NotFound.into()));
    }
    let kind = match &packed {
        Packed::Row { .. } => 1,
        Packed::File { .. } => 2,
    };
    let known = db.prepare_cached("UPDATE msg SET body = ?2 WHERE id = ?1")?.execute(params![message.0, kind])?;
    if known == 0 {
        return Err(StoreError::Gone);
    }
    match packed {
        Packed::Row { size, z } => db
            .prepare_cached("INSERT OR REPLACE INTO body(msg, size, z) VALUES(?1, ?2, ?3)")?
            .execute(params![message.0, size, z])?,
        Packed::File { size, sha256 } => db
            .prepare_cached("INSERT OR REPLACE INTO bigbody(msg, sha256, size) VALUES(?1, ?2, ?3)")?
            .execute(params![message.0, sha256, size])?,
    };
    Ok(())
}
