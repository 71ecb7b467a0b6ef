//! Messages on their way out, in own.db: each step is on the disk before anything follows from it.

use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};

use super::{StoreError, accounts, drafts};
use crate::model::{
    Answering, DraftId, Failure, FailureKind, Outgoing, OutgoingId, Reception, Recipient, Retry, Sending, SentCopy,
    Timestamp,
};
use crate::remedy;
use crate::text::SafeText;

/// A message that the user said is to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// By the name of the account in config.toml.
    pub account: String,
    /// The address that stands on the envelope as the sender.
    pub from: String,
    /// Those on the envelope.
    pub recipients: Vec<String>,
    pub subject: SafeText,
    /// Without the angle brackets.
    pub message_id: String,
    pub queued: Timestamp,
    /// Not before this moment: until then it can be taken back.
    pub hold_until: Timestamp,
    /// What is done with which message, by its Message-ID.
    pub about: Option<(Answering, String)>,
    /// What it was made of: it is not shown any more, and comes back if the letter is taken back.
    pub draft: Option<DraftId>,
}

/// What became of a letter that was to be taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TakenBack {
    /// It is not on its way out any more; the draft that it was made of is one again.
    Back(Option<DraftId>),
    /// It is being sent right now, or it was.
    TooLate,
}

/// Whether a letter may go from one state to the other; what may be written twice is sent twice.
fn may_follow(was: Sending, now: Sending) -> bool {
    use Sending::{Asks, Begun, Handed, Queued, Refused, Sent, Unknown};
    match was {
        _ if was == now => true,
        Queued => matches!(now, Begun | Asks | Refused),
        // Some have it from an earlier try, and everybody else was refused.
        Begun => matches!(now, Queued | Handed | Sent | Asks | Refused),
        Handed => matches!(now, Queued | Sent | Unknown | Refused),
        // Found in the folder for sent mail; or the user says what is to become of it.
        Unknown => matches!(now, Queued | Sent | Refused),
        Asks | Refused => matches!(now, Queued | Asks | Refused),
        Sent => false,
    }
}

/// The letter as it stands, its bytes being in the file of that hash. One draft becomes one letter: said twice, it is
/// answered with the letter that it became.
pub(super) fn queue(db: &Connection, letter: &Letter, sha256: &str, size: u64) -> Result<OutgoingId, StoreError> {
    if let Some(draft) = letter.draft {
        let became: Option<i64> = db
            .prepare_cached("SELECT letter FROM draft WHERE id = ?1")?
            .query_row([draft.0], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Gone)?;
        if let Some(became) = became {
            return Ok(OutgoingId(became));
        }
    }
    let account = accounts::id_of(db, &letter.account)?;
    let (what, about) = letter.about.as_ref().map(|(what, about)| (what.code(), about.as_str())).unzip();
    db.prepare_cached(
        "INSERT INTO outgoing(account, sender, subject, message_id, sha256, size, queued, hold_until, state, copy, what,
           about) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'later', ?10, ?11)",
    )?
    .execute(params![
        account,
        letter.from,
        letter.subject.as_str(),
        letter.message_id,
        sha256,
        i64::try_from(size).unwrap_or(i64::MAX),
        letter.queued.0,
        letter.hold_until.0,
        Sending::Queued.code(),
        what,
        about.unwrap_or_default()
    ])?;
    let id = OutgoingId(db.last_insert_rowid());
    let recipients: Vec<_> = letter
        .recipients
        .iter()
        .map(|address| Recipient { address: address.clone(), state: Reception::Waiting })
        .collect();
    write_recipients(db, id, &recipients)?;
    if let Some(draft) = letter.draft {
        db.prepare_cached("UPDATE draft SET letter = ?2 WHERE id = ?1")?.execute([draft.0, id.0])?;
    }
    Ok(id)
}

/// What a letter left behind: hashes of bytes that may be needed by nobody now.
#[derive(Debug, Default)]
pub(super) struct Residue {
    pub(super) letters: Vec<String>,
    pub(super) kept: Vec<String>,
}

/// Writes how far a letter has come, if it is still where `was` says and the way is a possible one. `None` if it is not.
pub(super) fn step(db: &Connection, was: Sending, now: &Outgoing) -> Result<Option<Residue>, StoreError> {
    if state_of(db, now.id)? != Some(was) || !may_follow(was, now.state) {
        return Ok(None);
    }
    let (copy, copy_from) = copy_code(now.copy);
    let failure = now.failure.as_ref();
    db.prepare_cached(
        "UPDATE outgoing SET hold_until = ?2, attempts = ?3, state = ?4, copy = ?5, copy_from = ?6, failure = ?7,
           failure_about = ?8, failure_said = ?9, failure_retry = ?10, failure_remedy = ?11, worked_before = ?12
         WHERE id = ?1",
    )?
    .execute(params![
        now.id.0,
        now.hold_until.0,
        now.attempts,
        now.state.code(),
        copy,
        copy_from,
        failure.map(|failure| failure.kind.code()),
        failure.map_or("", |failure| failure.about.as_str()),
        failure.map_or("", |failure| failure.said.as_str()),
        failure.map_or("", |failure| failure.retry.code()),
        failure.and_then(|failure| failure.remedy),
        failure.is_some_and(|failure| failure.worked_before)
    ])?;
    write_recipients(db, now.id, &now.recipients)?;
    let is_refused = |recipient: &Recipient| matches!(recipient.state, Reception::Refused { .. });
    let mut residue = Residue::default();
    if now.state == Sending::Sent && !now.recipients.iter().any(is_refused) {
        if matches!(now.copy, SentCopy::Servers | SentCopy::Done) {
            residue = remove(db, now.id)?;
        } else {
            residue.kept = remove_draft(db, now.id)?;
        }
    }
    Ok(Some(residue))
}

fn state_of(db: &Connection, id: OutgoingId) -> Result<Option<Sending>, StoreError> {
    let mut find = db.prepare_cached("SELECT state FROM outgoing WHERE id = ?1")?;
    let code: Option<String> = find.query_row([id.0], |row| row.get(0)).optional()?;
    Ok(code.map(|code| state(&code)))
}

/// A word of a newer hongyan is not acted on.
fn state(code: &str) -> Sending {
    Sending::from_code(code).unwrap_or(Sending::Unknown)
}

/// Takes a letter back that nobody is sending.
pub(super) fn take_back(db: &Connection, id: OutgoingId) -> Result<(TakenBack, Residue), StoreError> {
    match state_of(db, id)?.ok_or(StoreError::Gone)? {
        Sending::Begun | Sending::Handed | Sending::Sent => return Ok((TakenBack::TooLate, Residue::default())),
        Sending::Queued | Sending::Unknown | Sending::Asks | Sending::Refused => {}
    }
    let draft = draft_of(db, id)?;
    db.prepare_cached("UPDATE draft SET letter = NULL WHERE letter = ?1")?.execute([id.0])?;
    Ok((TakenBack::Back(draft), remove(db, id)?))
}

/// Gives a letter up, with what it was made of. False if it is being sent right now.
pub(super) fn give_up(db: &Connection, id: OutgoingId) -> Result<Option<Residue>, StoreError> {
    match state_of(db, id)?.ok_or(StoreError::Gone)? {
        Sending::Begun | Sending::Handed => Ok(None),
        Sending::Queued | Sending::Unknown | Sending::Sent | Sending::Asks | Sending::Refused => {
            remove(db, id).map(Some)
        }
    }
}

fn draft_of(db: &Connection, id: OutgoingId) -> Result<Option<DraftId>, StoreError> {
    let mut find = db.prepare_cached("SELECT id FROM draft WHERE letter = ?1")?;
    Ok(find.query_row([id.0], |row| row.get(0).map(DraftId)).optional()?)
}

fn remove_draft(db: &Connection, id: OutgoingId) -> Result<Vec<String>, StoreError> {
    draft_of(db, id)?.map_or_else(|| Ok(Vec::new()), |draft| drafts::remove(db, draft))
}

pub(super) fn remove(db: &Connection, id: OutgoingId) -> Result<Residue, StoreError> {
    let mut find = db.prepare_cached("SELECT sha256 FROM outgoing WHERE id = ?1")?;
    let letters = find.query_row([id.0], |row| row.get(0)).optional()?.into_iter().collect();
    let kept = remove_draft(db, id)?;
    db.prepare_cached("DELETE FROM outgoing_recipient WHERE letter = ?1")?.execute([id.0])?;
    db.prepare_cached("DELETE FROM outgoing WHERE id = ?1")?.execute([id.0])?;
    Ok(Residue { letters, kept })
}

pub(super) fn is_needed(db: &Connection, sha256: &str) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM outgoing WHERE sha256 = ?1")?.exists([sha256])?)
}

/// The hashes of the bytes of every letter.
pub(super) fn hashes(db: &Connection) -> Result<Vec<String>, StoreError> {
    let mut find = db.prepare_cached("SELECT DISTINCT sha256 FROM outgoing")?;
    Ok(find.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// At a start: puts right what was cut off. What was begun came to nothing; what was handed over nobody knows.
pub(super) fn put_right(db: &Connection, has_bytes: impl Fn(&str) -> bool) -> Result<(), StoreError> {
    db.execute_batch(
        "UPDATE outgoing SET state = 'queued' WHERE state = 'begun';
         UPDATE outgoing SET state = 'unknown' WHERE state = 'handed';",
    )?;
    for hash in hashes(db)?.iter().filter(|hash| !has_bytes(hash)) {
        // Somebody removed the file. What nobody knows of stays unknown; nothing of it can be sent.
        db.execute(
            "UPDATE outgoing SET state = iif(state IN ('unknown', 'sent'), state, 'refused'), failure = ?2,
               failure_about = ?3, failure_said = '', failure_retry = ?4, failure_remedy = NULL
             WHERE sha256 = ?1",
            params![hash, FailureKind::Gone.code(), format!("outgoing/{hash}"), Retry::AfterUser.code()],
        )?;
    }
    Ok(())
}

const OUTGOING: &str =
    "SELECT o.id, a.name, o.sender, o.subject, o.message_id, o.size, o.queued, o.hold_until, o.attempts,
    o.state, o.copy, o.copy_from, o.failure, o.failure_about, o.failure_said, o.failure_retry, o.failure_remedy,
    o.worked_before FROM outgoing o JOIN account a ON a.id = o.account";

/// Everything on its way out, the oldest first; or what is on its way from one account.
pub(super) fn all(db: &Connection, account: Option<&str>) -> Result<Vec<Outgoing>, StoreError> {
    let mut find = db.prepare_cached(&format!("{OUTGOING} WHERE ?1 IS NULL OR a.name = ?1 ORDER BY o.id"))?;
    let mut letters: Vec<Outgoing> = find.query_map([account], read)?.collect::<Result<_, _>>()?;
    for letter in &mut letters {
        letter.recipients = recipients(db, letter.id)?;
    }
    Ok(letters)
}

pub(super) fn one(db: &Connection, id: OutgoingId) -> Result<Option<Outgoing>, StoreError> {
    let mut find = db.prepare_cached(&format!("{OUTGOING} WHERE o.id = ?1"))?;
    let Some(letter) = find.query_row([id.0], read).optional()? else { return Ok(None) };
    Ok(Some(Outgoing { recipients: recipients(db, id)?, ..letter }))
}

/// What is done with which message.
pub(super) fn about(db: &Connection, id: OutgoingId) -> Result<Option<(Answering, String)>, StoreError> {
    let mut find = db.prepare_cached("SELECT what, about FROM outgoing WHERE id = ?1 AND what IS NOT NULL")?;
    let found = find.query_row([id.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).optional()?;
    Ok(found.and_then(|(what, about)| Answering::from_code(&what).map(|what| (what, about))))
}

/// The hash of its bytes.
pub(super) fn hash_of(db: &Connection, id: OutgoingId) -> Result<String, StoreError> {
    let mut find = db.prepare_cached("SELECT sha256 FROM outgoing WHERE id = ?1")?;
    Ok(find.query_row([id.0], |row| row.get(0))?)
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<Outgoing> {
    Ok(Outgoing {
        id: OutgoingId(row.get(0)?),
        account: row.get(1)?,
        from: row.get(2)?,
        recipients: Vec::new(),
        subject: SafeText::of(&row.get::<_, String>(3)?),
        message_id: row.get(4)?,
        size: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
        queued: Timestamp(row.get(6)?),
        hold_until: Timestamp(row.get(7)?),
        attempts: row.get(8)?,
        state: state(&row.get::<_, String>(9)?),
        failure: read_failure(row)?,
        copy: copy_of(&row.get::<_, String>(10)?, row.get::<_, Option<i64>>(11)?),
    })
}

fn read_failure(row: &SqlRow<'_>) -> rusqlite::Result<Option<Failure>> {
    let Some(code) = row.get::<_, Option<String>>(12)? else { return Ok(None) };
    let (about, said, retry): (String, String, String) = (row.get(13)?, row.get(14)?, row.get(15)?);
    let remedy: Option<String> = row.get(16)?;
    let kind = FailureKind::EVERY.into_iter().find(|kind| kind.code() == code).unwrap_or(FailureKind::Refused);
    let failure = Failure::lasting(kind, &about, &said);
    let retry = Retry::EVERY.into_iter().find(|known| known.code() == retry).unwrap_or(failure.retry);
    let remedy = remedy.as_deref().and_then(remedy::named).map(|remedy| remedy.id.as_str());
    Ok(Some(Failure { retry, remedy, worked_before: row.get(17)?, ..failure }))
}

fn copy_code(copy: SentCopy) -> (&'static str, Option<i64>) {
    match copy {
        SentCopy::Later => ("later", None),
        SentCopy::Servers => ("servers", None),
        SentCopy::LookFrom(at) => ("look", Some(at.0)),
        SentCopy::Wanted => ("wanted", None),
        SentCopy::Done => ("done", None),
    }
}

fn copy_of(code: &str, from: Option<i64>) -> SentCopy {
    match code {
        "servers" => SentCopy::Servers,
        "look" => SentCopy::LookFrom(Timestamp(from.unwrap_or_default())),
        "wanted" => SentCopy::Wanted,
        "done" => SentCopy::Done,
        _ => SentCopy::Later,
    }
}

fn recipients(db: &Connection, id: OutgoingId) -> Result<Vec<Recipient>, StoreError> {
    let mut find =
        db.prepare_cached("SELECT address, state, said FROM outgoing_recipient WHERE letter = ?1 ORDER BY n")?;
    let found = find.query_map([id.0], |row| {
        let said = || row.get::<_, String>(2).map(|said| SafeText::of(&said));
        let state = match row.get::<_, String>(1)?.as_str() {
            "taken" => Reception::Taken,
            "refused" => Reception::Refused { said: said()?, for_good: true },
            "refused-for-now" => Reception::Refused { said: said()?, for_good: false },
            _ => Reception::Waiting,
        };
        Ok(Recipient { address: row.get(0)?, state })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn write_recipients(db: &Connection, id: OutgoingId, recipients: &[Recipient]) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM outgoing_recipient WHERE letter = ?1")?.execute([id.0])?;
    let mut write = db
        .prepare_cached("INSERT INTO outgoing_recipient(letter, n, address, state, said) VALUES(?1, ?2, ?3, ?4, ?5)")?;
    for (Recipient { address, state }, n) in recipients.iter().zip(0_i64..) {
        let (code, said) = match state {
            Reception::Waiting => ("waiting", ""),
            Reception::Taken => ("taken", ""),
            Reception::Refused { said, for_good: true } => ("refused", said.as_str()),
            Reception::Refused { said, for_good: false } => ("refused-for-now", said.as_str()),
        };
        write.execute(params![id.0, n, address, code, said])?;
    }
    Ok(())
}
