//! The writer of own.db: what the user wants, on the disk before anybody says it is done.

mod journal;
mod letters;
pub(super) mod needs;
pub(super) mod searches;
mod steps;
mod wants;

use std::path::Path;

use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

use super::cellar::Cellar;
use super::outgoing::{Letter, TakenBack};
use super::want::{Aim, Confirmed, Landing, Want};
use super::writer::{Envelope, Work};
use super::{StoreError, accounts, encodings, learned, people};
use crate::model::{
    Changed, Deed, Draft, DraftId, Flags, FolderId, Intent, NeedWhy, Outgoing, OutgoingId, PlacementId, Quirk, Quirks,
    Sending, Settling, Takes, Timestamp,
};
pub use journal::Undone;
pub(super) use letters::Files;
pub use steps::{Landed, Stride};
use wants::Found;

#[derive(Debug)]
pub enum OwnWrite {
    /// The user wants this. Answers the wants as they stand now.
    Record(Intent),
    /// The same, done by hand: it can be taken back.
    Do {
        intent: Intent,
        at: Timestamp,
    },
    /// Takes back what was done last.
    Undo {
        at: Timestamp,
    },
    /// The server is told something of messages that shall lie elsewhere, or has done it.
    Stride {
        stride: Stride,
        at: Timestamp,
    },
    /// The server calls a folder, and those in it, by another name from now on.
    FolderRenamed {
        account: String,
        from: Vec<u8>,
        to: Vec<u8>,
        delimiter: Vec<u8>,
    },
    /// These wants cannot be done, and why.
    Needy {
        wants: Vec<(Want, NeedWhy)>,
        at: Timestamp,
    },
    /// The user says what becomes of what could not be done.
    Settle {
        needs: Vec<i64>,
        how: Settling,
    },
    /// These are settled.
    Confirm(Vec<Confirmed>),
    /// These wants are for messages that have other numbers now.
    Rebind(Vec<Rebound>),
    /// The server gave the messages of this folder other numbers under the same name of validity: what wants of it hold
    /// to find their messages by number is worth nothing any more.
    Unnumber {
        account: String,
        folder: Vec<u8>,
    },
    /// Something was learned of the account's server.
    Learn {
        account: String,
        quirk: Quirk,
        evidence: String,
        at: Timestamp,
    },
    /// What the account's server for sending said that it takes.
    Takes {
        account: String,
        takes: Takes,
        at: Timestamp,
    },
    /// What was learned of the account's server does not count any more.
    Unlearn {
        account: String,
    },
    /// The user says in which encoding the mail of this address is to be read, or leaves it to us again.
    Encoding {
        sender: String,
        charset: Option<String>,
    },
    /// The user has read a hint about the account, and does not want to see it again.
    Dismiss {
        account: String,
        hint: String,
    },
    /// Changes nothing: answers the hints about the account that are not to be seen again.
    Dismissed {
        account: String,
    },
    /// A draft as it stands: see [`OwnWriter::keep_draft`].
    KeepDraft {
        id: Option<DraftId>,
        draft: Box<Draft>,
        at: Timestamp,
    },
    DropDraft(DraftId),
    /// What one key did in several accounts: see [`OwnWriter::record_together`].
    DoTogether {
        intents: Vec<Intent>,
        at: Timestamp,
    },
    /// Bytes of this hash are in `kept/`: see [`OwnWriter::keep_bytes`].
    Kept(String),
    /// A message whose bytes are in `outgoing/`: see [`OwnWriter::queue`].
    Queue {
        letter: Box<Letter>,
        sha256: String,
        size: u64,
    },
    /// How far a letter has come: see [`OwnWriter::step`].
    Step {
        was: Sending,
        now: Box<Outgoing>,
    },
    TakeBack(OutgoingId, Timestamp),
    /// Names and addresses from elsewhere: see [`OwnWriter::bring_along`].
    BringAlong(Vec<(String, String)>),
    GiveUp(OutgoingId),
    /// A conversation, by the Message-ID of its oldest message: its new mail is told of or not.
    Mute {
        msgid: String,
        mute: bool,
        at: Timestamp,
    },
    /// A search is kept under this name; without words, none is any more.
    NameSearch {
        name: String,
        words: Option<String>,
        at: Timestamp,
    },
    /// All that is kept of an account.
    Forget {
        account: String,
    },
    /// Changes nothing: answers every want of one account, or of all.
    Wants(Option<String>),
    /// Changes nothing: answers what was learned of the account's server since then.
    Learned {
        account: String,
        since: Timestamp,
    },
}

/// The present number of a message that a want is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rebound {
    pub id: i64,
    pub uidvalidity: u32,
    pub uid: u32,
}

/// The door to own.db's writer.
#[derive(Clone, Debug)]
pub struct OwnWriter {
    to: mpsc::Sender<Envelope<OwnWork>>,
    outgoing: Cellar,
    kept: Cellar,
}

impl OwnWriter {
    pub(super) fn new(to: mpsc::Sender<Envelope<OwnWork>>, profile: &Path) -> Self {
        Self { to, outgoing: Cellar::outgoing(profile), kept: Cellar::kept(profile) }
    }

    /// Resolves when the write is on the disk.
    pub async fn commit(&self, write: OwnWrite) -> Result<Vec<Want>, StoreError> {
        self.answer(write).await.map(|answer| answer.wants)
    }

    /// Writes down what the user wants. Answers the wants as they stand now, and the messages that no server has: of
    /// those nothing is written down here.
    pub(super) async fn record(
        &self,
        intent: Intent,
        by_hand: Option<Timestamp>,
    ) -> Result<(Vec<Want>, Vec<PlacementId>), StoreError> {
        let write = match by_hand {
            Some(at) => OwnWrite::Do { intent, at },
            None => OwnWrite::Record(intent),
        };
        self.answer(write).await.map(|answer| (answer.wants, answer.only_here))
    }

    /// What was learned of the account's server, and is not too old to be true.
    pub async fn learned(&self, account: &str, now: Timestamp) -> Result<Quirks, StoreError> {
        let since = Timestamp(now.0 - FORGOTTEN);
        self.answer(OwnWrite::Learned { account: account.to_owned(), since }).await.map(|answer| answer.quirks)
    }

    /// Which hints about the account are not to be seen again.
    pub async fn dismissed(&self, account: &str) -> Result<Vec<String>, StoreError> {
        self.answer(OwnWrite::Dismissed { account: account.to_owned() }).await.map(|answer| answer.dismissed)
    }

    /// Remembers people whom the user knows from elsewhere. Answers how many of them are new.
    pub async fn bring_along(&self, all: Vec<(String, String)>) -> Result<usize, StoreError> {
        self.answer(OwnWrite::BringAlong(all)).await.map(|answer| answer.new)
    }

    /// The same of several, as what one key did. Only what cannot be meant any more is left out.
    pub(super) async fn record_together(
        &self,
        intents: Vec<Intent>,
        at: Timestamp,
    ) -> Result<Vec<Result<(Vec<Want>, Vec<PlacementId>), StoreError>>, StoreError> {
        let answer = self.answer(OwnWrite::DoTogether { intents, at }).await?;
        let one = |one: Result<OwnAnswer, StoreError>| one.map(|one| (one.wants, one.only_here));
        Ok(answer.together.into_iter().map(one).collect())
    }

    async fn answer(&self, write: OwnWrite) -> Result<OwnAnswer, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.to.send(Envelope { write, reply }).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// The same from a thread that may wait, which no task of the runtime may.
    pub fn commit_blocking(&self, write: OwnWrite) -> Result<Vec<Want>, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.to.blocking_send(Envelope { write, reply }).map_err(|_| StoreError::Closed)?;
        answer.blocking_recv().unwrap_or(Err(StoreError::Closed)).map(|answer| answer.wants)
    }
}

/// What is learned of a server counts for a month: it may be mended.
pub(super) const FORGOTTEN: i64 = 30 * 86_400;

#[derive(Debug, Default)]
pub(super) struct OwnAnswer {
    wants: Vec<Want>,
    only_here: Vec<PlacementId>,
    /// Flags to be set right of messages that no server has.
    here_again: Vec<(PlacementId, Flags, Flags)>,
    deed: Option<Deed>,
    together: Vec<Result<OwnAnswer, StoreError>>,
    landings: Vec<Landing>,
    quirks: Quirks,
    dismissed: Vec<String>,
    draft: Option<DraftId>,
    letter: Option<OutgoingId>,
    taken_back: Option<TakenBack>,
    done: bool,
    new: usize,
}

#[derive(Debug)]
pub(super) struct OwnWork {
    /// mail.db, read-only: what a placement is called on the server.
    pub(super) mail: Connection,
    pub(super) files: Files,
}

impl Work for OwnWork {
    type Write = OwnWrite;
    type Answer = OwnAnswer;

    fn apply(&mut self, db: &Connection, write: OwnWrite, changed: &mut Vec<Changed>) -> Result<OwnAnswer, StoreError> {
        let abandoned = self.files.abandoned();
        let answer = self.write(db, write, changed);
        if answer.is_err() {
            self.files.forget_from(abandoned);
        }
        answer
    }

    fn committed(&mut self, db: &Connection) {
        self.files.committed(db);
    }

    fn rolled_back(&mut self) {
        self.files.forget_from(0);
    }
}

impl OwnWork {
    fn write(&mut self, db: &Connection, write: OwnWrite, changed: &mut Vec<Changed>) -> Result<OwnAnswer, StoreError> {
        let mut answer = OwnAnswer::default();
        match write {
            OwnWrite::Record(intent) => drop(self.record(db, &intent, None, &mut answer)?),
            OwnWrite::Do { intent, at } => drop(self.record(db, &intent, Some(at), &mut answer)?),
            OwnWrite::DoTogether { intents, at } => self.record_together(db, &intents, at, &mut answer.together)?,
            OwnWrite::Undo { at } => {
                answer.deed = self.undo(db, at, &mut answer)?;
                changed.push(Changed::Needs);
            }
            OwnWrite::FolderRenamed { account, from, to, delimiter } => {
                journal::folder_renamed(db, &account, (&from, &to), &delimiter)?;
            }
            OwnWrite::Stride { stride, at } => Self::stride(db, stride, at, &mut answer)?,
            OwnWrite::Needy { wants, at } => Self::give_up(db, wants, at, &mut answer, changed)?,
            OwnWrite::Settle { needs, how } => self.settle(db, &needs, how, &mut answer, changed)?,
            OwnWrite::Confirm(confirmed) => {
                for Confirmed { id, revision } in confirmed {
                    let Some(mut want) = wants::one(db, id)?.filter(|want| want.revision == revision) else { continue };
                    if want.aim.is_none() {
                        wants::remove(db, id)?;
                    } else {
                        (want.add, want.remove) = (Flags::NONE, Flags::NONE);
                        wants::update(db, &want)?;
                    }
                }
            }
            OwnWrite::Rebind(rebound) => {
                // Two may change places: first nobody has a number, then everybody has the new one.
                for Rebound { id, .. } in &rebound {
                    db.prepare_cached("UPDATE want SET uidvalidity = 0, uid = id WHERE id = ?1")?.execute([id])?;
                }
                for Rebound { id, uidvalidity, uid } in rebound {
                    // Should the new number have a want of its own, that one is younger and stays.
                    db.prepare_cached("UPDATE OR IGNORE want SET uidvalidity = ?2, uid = ?3 WHERE id = ?1")?
                        .execute(params![id, uidvalidity, uid])?;
                }
            }
            OwnWrite::Unnumber { account, folder } => {
                // Any number that no other want has will do: it is found again by what its message is.
                db.prepare_cached(
                    "UPDATE want SET uidvalidity = 0, uid = id
                     WHERE account = (SELECT id FROM account WHERE name = ?1) AND folder = ?2 AND uidvalidity <> 0",
                )?
                .execute(params![account, folder])?;
            }
            OwnWrite::Learn { account, quirk, evidence, at } => {
                db.prepare_cached(
                    "INSERT OR REPLACE INTO learned(account, quirk, evidence, at) VALUES(?1, ?2, ?3, ?4)",
                )?
                .execute(params![accounts::id_of(db, &account)?, quirk.code(), evidence, at.0])?;
            }
            OwnWrite::Takes { account, takes, at } => learned::takes(db, &account, takes, at)?,
            OwnWrite::Unlearn { account } => {
                db.prepare_cached("DELETE FROM learned WHERE account = (SELECT id FROM account WHERE name = ?1)")?
                    .execute([account])?;
            }
            OwnWrite::Learned { account, since } => {
                let mut find = db.prepare_cached(
                    "SELECT l.quirk FROM learned l JOIN account a ON a.id = l.account WHERE a.name = ?1 AND l.at >= ?2",
                )?;
                let codes = find.query_map(params![account, since.0], |row| row.get::<_, String>(0))?;
                // A quirk that an older hongyan knew under another name is learned again.
                answer.quirks =
                    codes.collect::<Result<Vec<_>, _>>()?.iter().filter_map(|code| Quirk::from_code(code)).collect();
            }
            OwnWrite::Dismiss { account, hint } => {
                db.prepare_cached("INSERT OR IGNORE INTO dismissed(account, hint) VALUES(?1, ?2)")?
                    .execute(params![accounts::id_of(db, &account)?, hint])?;
            }
            OwnWrite::Dismissed { account } => {
                let mut find = db.prepare_cached(
                    "SELECT d.hint FROM dismissed d JOIN account a ON a.id = d.account WHERE a.name = ?1",
                )?;
                answer.dismissed = find.query_map([account], |row| row.get(0))?.collect::<Result<_, _>>()?;
            }
            OwnWrite::Encoding { sender, charset } => encodings::choose(db, &sender, charset.as_deref())?,
            OwnWrite::Mute { msgid, mute, at } => {
                if mute {
                    db.prepare_cached("INSERT OR REPLACE INTO muted(msgid, at) VALUES(?1, ?2)")?
                        .execute(params![msgid, at.0])?;
                } else {
                    db.prepare_cached("DELETE FROM muted WHERE msgid = ?1")?.execute([msgid])?;
                }
            }
            OwnWrite::NameSearch { name, words, at } => searches::name(db, &name, words.as_deref(), at)?,
            OwnWrite::Wants(account) => answer.wants = wants::all(db, account.as_deref())?,
            OwnWrite::BringAlong(all) => answer.new = people::bring_along(db, all)?,
            OwnWrite::KeepDraft { .. }
            | OwnWrite::DropDraft(_)
            | OwnWrite::Kept(_)
            | OwnWrite::Queue { .. }
            | OwnWrite::Step { .. }
            | OwnWrite::TakeBack(..)
            | OwnWrite::GiveUp(_)
            | OwnWrite::Forget { .. } => self.files.apply(db, write, &mut answer, changed)?,
        }
        Ok(answer)
    }

    /// What finds a message again, on the server and in a mail.db that was made anew. `None` if no server has it.
    fn found(&self, placement: PlacementId) -> Result<Option<Found>, StoreError> {
        let mut find = self.mail.prepare_cached(
            "SELECT a.name, f.wire, iif(p.epoch = f.epoch, f.uidvalidity, coalesce(e.uidvalidity, 0)),
               coalesce(p.uid, e.uid, 0), m.msgid, m.size, m.arrival, coalesce(w.want, 0), p.epoch < 0,
               iif(w.want = 0, w.add_flags, 0), iif(w.want = 0, w.remove_flags, 0), iif(w.want = 0, w.revision, 0),
               p.sflags, m.subject, iif(m.from_name <> '', m.from_name, m.from_addr)
             FROM placement p JOIN folder f ON f.id = p.folder JOIN account a ON a.id = f.account
             JOIN msg m ON m.id = p.msg LEFT JOIN pending w ON w.placement = p.id
             LEFT JOIN expected e ON e.placement = p.id
             WHERE p.id = ?1 AND coalesce(w.step, 0) < 3
               AND (p.epoch = f.epoch AND p.uid IS NOT NULL OR p.epoch < 0 OR e.placement IS NOT NULL)",
        )?;
        Ok(find.query_row([placement.0], |row| {
            if row.get(8)? {
                return Ok(None);
            }
            let want = Want {
                // The want that it has already, perhaps under an older number.
                id: row.get(7)?,
                revision: row.get(11)?,
                account: row.get(0)?,
                folder: row.get(1)?,
                uidvalidity: row.get(2)?,
                uid: row.get(3)?,
                msgid: row.get(4)?,
                size: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
                arrival: Timestamp(row.get(6)?),
                // What was wanted of it while no server had it.
                add: Flags::from_bits(row.get(9)?),
                remove: Flags::from_bits(row.get(10)?),
                aim: Aim::default(),
            };
            let flags = Flags::from_bits(row.get(12)?);
            Ok(Some(Found { placement, want, flags, subject: row.get(13)?, sender: row.get(14)? }))
        })?)
    }

    /// The server's name of a folder, and the account that has it.
    fn folder(&self, folder: FolderId) -> Result<(String, Vec<u8>), StoreError> {
        let mut find = self.mail.prepare_cached(
            "SELECT a.name, f.wire FROM folder f JOIN account a ON a.id = f.account WHERE f.id = ?1 AND f.selectable <> 0",
        )?;
        Ok(find.query_row([folder.0], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }
}

pub(super) fn all_wants(db: &Connection) -> Result<Vec<Want>, StoreError> {
    wants::all(db, None)
}
