//! What is written and what is on its way out, as the writer of own.db keeps it: rows here, bytes in files beside.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::Connection;

use super::{OwnAnswer, OwnWrite, OwnWriter};
use crate::model::{Changed, Draft, DraftId, Outgoing, OutgoingId, Sending, Timestamp, clock};
use crate::store::cellar::Cellar;
use crate::store::outgoing::{self, Letter, Residue, TakenBack};
use crate::store::{StoreError, drafts};

impl OwnWriter {
    /// Writes a draft down, as it stands. Without a number it is a new one. One that was dropped or sent meanwhile is gone.
    pub async fn keep_draft(&self, id: Option<DraftId>, draft: Draft, at: Timestamp) -> Result<DraftId, StoreError> {
        let answer = self.answer(OwnWrite::KeepDraft { id, draft: Box::new(draft), at }).await?;
        answer.draft.ok_or(StoreError::Closed)
    }

    pub async fn drop_draft(&self, id: DraftId) -> Result<(), StoreError> {
        self.answer(OwnWrite::DropDraft(id)).await.map(|_| ())
    }

    /// Keeps bytes that a draft is going to need, and answers what they are called. Those that no draft names are removed
    /// at the next start.
    pub async fn keep_bytes(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        let hash = put(self.kept.clone(), bytes).await?;
        self.answer(OwnWrite::Kept(hash.clone())).await?;
        Ok(hash)
    }

    /// Puts a message into the outbox. It, and all that is needed to send it, is on the disk when this resolves; before,
    /// nothing of it will be sent. A draft that is in the outbox already is not put there again.
    pub async fn queue(&self, letter: Letter, bytes: Vec<u8>) -> Result<OutgoingId, StoreError> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let sha256 = put(self.outgoing.clone(), bytes).await?;
        let answer = self.answer(OwnWrite::Queue { letter: Box::new(letter), sha256, size }).await?;
        answer.letter.ok_or(StoreError::Closed)
    }

    /// Writes how far a letter has come, all of it but what never changes. False if it is not where `was` says any more,
    /// or there is no way from there: then nothing is written, and nothing must be sent.
    pub async fn step(&self, was: Sending, now: Outgoing) -> Result<bool, StoreError> {
        self.answer(OwnWrite::Step { was, now: Box::new(now) }).await.map(|answer| answer.done)
    }

    /// Takes a letter back that nobody is sending: it is a draft again, for whoever does not have it yet.
    pub async fn take_back(&self, id: OutgoingId) -> Result<TakenBack, StoreError> {
        let answer = self.answer(OwnWrite::TakeBack(id, clock::now())).await?;
        Ok(answer.taken_back.unwrap_or(TakenBack::TooLate))
    }

    /// Gives a letter up, and the draft that it was made of. False if it is being sent right now.
    pub async fn give_up(&self, id: OutgoingId) -> Result<bool, StoreError> {
        self.answer(OwnWrite::GiveUp(id)).await.map(|answer| answer.done)
    }
}

/// Putting bytes on the disk takes its time, and is nothing for a task of the runtime.
async fn put(cellar: Cellar, bytes: Vec<u8>) -> Result<String, StoreError> {
    tokio::task::spawn_blocking(move || cellar.put(&bytes))
        .await
        .map_err(|error| StoreError::Io(std::io::Error::other(error.to_string())))?
}

/// The files that own.db's writer looks after.
#[derive(Debug)]
pub(in crate::store) struct Files {
    pub(super) outgoing: Cellar,
    pub(super) kept: Cellar,
    /// Kept in this run, and named by no draft yet.
    awaited: HashSet<String>,
    /// What may be needed by nobody once this is committed.
    abandoned: Vec<Residue>,
}

impl Files {
    pub(in crate::store) fn of(profile: &Path) -> Self {
        let (outgoing, kept) = (Cellar::outgoing(profile), Cellar::kept(profile));
        Self { outgoing, kept, awaited: HashSet::new(), abandoned: Vec::new() }
    }

    pub(super) fn abandoned(&self) -> usize {
        self.abandoned.len()
    }

    /// What a write left that was taken back.
    pub(super) fn forget_from(&mut self, at: usize) {
        self.abandoned.truncate(at);
    }

    /// Only now is nobody able to take the removal back.
    pub(super) fn committed(&mut self, db: &Connection) {
        for Residue { letters, kept } in std::mem::take(&mut self.abandoned) {
            for hash in letters {
                // The same bytes may be another letter's too.
                if let Ok(false) = outgoing::is_needed(db, &hash) {
                    self.outgoing.remove(&hash);
                }
            }
            let needed = drafts::kept_of(db, None);
            for hash in kept.iter().filter(|hash| !self.awaited.contains(*hash)) {
                if let Ok(needed) = &needed
                    && !needed.contains(hash)
                {
                    self.kept.remove(hash);
                }
            }
        }
    }

    /// What of it is about drafts and letters.
    pub(super) fn apply(
        &mut self,
        db: &Connection,
        write: OwnWrite,
        answer: &mut OwnAnswer,
        changed: &mut Vec<Changed>,
    ) -> Result<(), StoreError> {
        match write {
            OwnWrite::KeepDraft { id, draft, at } => {
                let id = drafts::keep(db, id, &draft, at)?;
                for hash in drafts::kept_of(db, Some(id))? {
                    self.awaited.remove(&hash);
                }
                answer.draft = Some(id);
                changed.push(Changed::Drafts);
            }
            // One that is on its way out goes with its letter.
            OwnWrite::DropDraft(id) if drafts::one(db, id)?.is_some() => {
                let kept = drafts::remove(db, id)?;
                self.abandoned.push(Residue { kept, ..Residue::default() });
                changed.push(Changed::Drafts);
            }
            OwnWrite::Kept(hash) => {
                must_have(&self.kept, &hash)?;
                self.awaited.insert(hash);
            }
            OwnWrite::Queue { letter, sha256, size } => {
                // The same bytes may have been another letter's, which went since they were found there.
                must_have(&self.outgoing, &sha256)?;
                answer.letter = Some(outgoing::queue(db, &letter, &sha256, size)?);
                // If it was there already under other bytes, these are nobody's.
                self.abandoned.push(Residue { letters: vec![sha256], ..Residue::default() });
                changed.extend([Changed::Outbox, Changed::Drafts]);
            }
            OwnWrite::Step { was, now } => {
                if let Some(residue) = outgoing::step(db, was, &now)? {
                    self.abandoned.push(residue);
                    answer.done = true;
                    changed.push(Changed::Outbox);
                }
            }
            OwnWrite::TakeBack(id, now) => {
                let (taken_back, residue) = outgoing::take_back(db, id, now)?;
                self.abandoned.push(residue);
                answer.taken_back = Some(taken_back);
                changed.extend([Changed::Outbox, Changed::Drafts]);
            }
            OwnWrite::GiveUp(id) => {
                if let Some(residue) = outgoing::give_up(db, id)? {
                    self.abandoned.push(residue);
                    answer.done = true;
                    changed.push(Changed::Outbox);
                }
            }
            OwnWrite::Forget { account } => {
                self.abandoned.extend(forget(db, &account)?);
                changed.extend([Changed::Outbox, Changed::Drafts, Changed::Needs]);
            }
            // The others are not about letters.
            _ => {}
        }
        Ok(())
    }
}

fn must_have(cellar: &Cellar, hash: &str) -> Result<(), StoreError> {
    if cellar.has(hash) { Ok(()) } else { Err(StoreError::Io(std::io::ErrorKind::NotFound.into())) }
}

/// All that is kept of an account. What was learned of its server goes too: the next one of that name may be another.
fn forget(db: &Connection, account: &str) -> Result<Vec<Residue>, StoreError> {
    let Some(id) = crate::store::accounts::find(db, account)? else { return Ok(Vec::new()) };
    let mut residues = Vec::new();
    for letter in outgoing::all(db, Some(account))? {
        residues.push(outgoing::remove(db, letter.id)?);
    }
    let mut find = db.prepare("SELECT id FROM draft WHERE account = ?1")?;
    let drafts: Vec<i64> = find.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for draft in drafts {
        residues.push(Residue { kept: drafts::remove(db, DraftId(draft))?, ..Residue::default() });
    }
    for statement in [
        "DELETE FROM copy WHERE want IN (SELECT id FROM want WHERE account = ?1)",
        "DELETE FROM want WHERE account = ?1",
        "DELETE FROM need WHERE account = ?1",
        "DELETE FROM deed WHERE id IN (SELECT deed FROM deed_part WHERE account = ?1)",
        "DELETE FROM deed_part WHERE account = ?1 OR deed NOT IN (SELECT id FROM deed)",
        "DELETE FROM doubtful WHERE account = ?1",
        "DELETE FROM learned WHERE account = ?1",
        "DELETE FROM dismissed WHERE account = ?1",
        "DELETE FROM account WHERE id = ?1",
    ] {
        db.execute(statement, [id])?;
    }
    Ok(residues)
}
