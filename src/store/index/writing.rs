//! The writer of search.db.

use std::sync::mpsc as std_mpsc;
use std::time::Duration;

use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

use super::super::people::sounds;
use super::super::writer::{Envelope, Work};
use crate::model::{Changed, MessageId, Timestamp};
use crate::search::{cut, folded_words};
use crate::store::StoreError;

/// What can be found of a message.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Words {
    /// Name and address of each.
    pub sender: Vec<(String, String)>,
    pub receivers: Vec<(String, String)>,
    pub subject: String,
    pub body: String,
    /// Their names.
    pub files: Vec<String>,
}

/// A message that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    pub message: MessageId,
    /// `None`: it is gone.
    pub words: Option<(Timestamp, Box<Words>)>,
}

#[derive(Debug)]
pub enum IndexWrite {
    /// Messages, and which changes are in the index then.
    Batch { entries: Vec<Entry>, top: i64, bottom: i64 },
}

/// The door to search.db's writer. The thread ends when the last one is gone.
#[derive(Debug)]
pub struct IndexWriter {
    to: mpsc::Sender<Envelope<IndexWork>>,
    ended: std_mpsc::Receiver<()>,
}

impl IndexWriter {
    pub(super) fn new(to: mpsc::Sender<Envelope<IndexWork>>, ended: std_mpsc::Receiver<()>) -> Self {
        Self { to, ended }
    }

    /// From a thread that may wait. Returns when it is on the disk.
    pub fn commit_blocking(&self, write: IndexWrite) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.to.blocking_send(Envelope { write, reply }).map_err(|_| StoreError::Closed)?;
        answer.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }

    /// Waits until the file is closed.
    pub fn close(self) {
        drop(self.to);
        let _ = self.ended.recv_timeout(Duration::from_secs(10));
    }
}

#[derive(Debug)]
pub(super) struct IndexWork;

impl Work for IndexWork {
    type Write = IndexWrite;
    type Answer = ();

    fn apply(&mut self, db: &Connection, write: IndexWrite, _changed: &mut Vec<Changed>) -> Result<(), StoreError> {
        let IndexWrite::Batch { entries, top, bottom } = write;
        for entry in entries {
            let message = entry.message.0;
            let known = db.prepare_cached("DELETE FROM done WHERE msg = ?1")?.execute([message])?;
            if known > 0 {
                db.prepare_cached("DELETE FROM words WHERE rowid = ?1")?.execute([message])?;
            }
            let Some((arrival, words)) = entry.words else { continue };
            let columns = Columns::of(&words);
            db.prepare_cached(
                "INSERT INTO words(rowid, sender, receivers, subject, body, files, sender_sounds, receiver_sounds)
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                message,
                columns.sender,
                columns.receivers,
                columns.subject,
                columns.body,
                columns.files,
                columns.sender_sounds,
                columns.receiver_sounds
            ])?;
            db.prepare_cached("INSERT INTO done(msg, arrival) VALUES(?1, ?2)")?.execute(params![message, arrival.0])?;
        }
        db.prepare_cached("UPDATE progress SET top = ?1, bottom = ?2")?.execute(params![top, bottom])?;
        Ok(())
    }

    fn ended(&mut self, db: &Connection) {
        let _ = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

/// The words of a message, cut.
#[derive(Default)]
struct Columns {
    sender: String,
    receivers: String,
    subject: String,
    body: String,
    files: String,
    sender_sounds: String,
    receiver_sounds: String,
}

impl Columns {
    fn of(words: &Words) -> Self {
        let mut columns = Self::default();
        people(&words.sender, &mut columns.sender, &mut columns.sender_sounds);
        people(&words.receivers, &mut columns.receivers, &mut columns.receiver_sounds);
        cut(&words.subject, &mut columns.subject);
        cut(&words.body, &mut columns.body);
        for name in &words.files {
            cut(name, &mut columns.files);
            columns.files.push_str(APART);
        }
        columns
    }
}

/// A word that nobody looks for: what stands on its two sides is not beside each other.
const APART: &str = " ‖";
/// People of one message that are read out; a list of thousands has no name that somebody remembers.
const READ_OUT: usize = 50;

fn people(people: &[(String, String)], words: &mut String, sounding: &mut String) {
    for (n, (name, address)) in people.iter().enumerate() {
        cut(name, words);
        cut(address, words);
        words.push_str(APART);
        if n < READ_OUT {
            let name: String = folded_words(name).chars().filter(|c| c.is_alphanumeric()).take(20).collect();
            for sound in sounds(&name) {
                cut(&sound, sounding);
            }
        }
    }
}
