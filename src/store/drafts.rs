//! Messages that somebody writes, in own.db: a draft is written as a whole, in one small commit.

use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};

use super::{StoreError, accounts};
use crate::model::{About, Answering, Draft, DraftId, DraftRow, Enclosed, EnclosedFrom, Form, Timestamp};

/// Writes a draft down: a new one, or what became of a known one. One that is gone, or on its way out, is not written.
pub(super) fn keep(db: &Connection, id: Option<DraftId>, draft: &Draft, at: Timestamp) -> Result<DraftId, StoreError> {
    let account = accounts::id_of(db, &draft.account)?;
    let id = if let Some(id) = id {
        let mut change = db.prepare_cached(
            "UPDATE draft SET account = ?2, updated = ?3, sender = ?4, receivers = ?5, cc = ?6, bcc = ?7,
               reply_to = ?8, subject = ?9, body = ?10, form = ?11 WHERE id = ?1 AND letter IS NULL",
        )?;
        let known = change.execute(params![
            id.0,
            account,
            at.0,
            draft.from,
            draft.to,
            draft.cc,
            draft.bcc,
            draft.reply_to,
            draft.subject,
            draft.body,
            draft.form.code()
        ])?;
        if known == 0 {
            return Err(StoreError::Gone);
        }
        remove_parts(db, id)?;
        id
    } else {
        db.prepare_cached(
            "INSERT INTO draft(account, updated, sender, receivers, cc, bcc, reply_to, subject, body, form)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            account,
            at.0,
            draft.from,
            draft.to,
            draft.cc,
            draft.bcc,
            draft.reply_to,
            draft.subject,
            draft.body,
            draft.form.code()
        ])?;
        DraftId(db.last_insert_rowid())
    };
    keep_parts(db, id, draft)?;
    Ok(id)
}

fn keep_parts(db: &Connection, id: DraftId, draft: &Draft) -> Result<(), StoreError> {
    for ((name, value), n) in draft.more.iter().zip(0_i64..) {
        db.prepare_cached("INSERT INTO draft_field(draft, n, name, value) VALUES(?1, ?2, ?3, ?4)")?
            .execute(params![id.0, n, name, value])?;
    }
    for (file, n) in draft.files.iter().zip(0_i64..) {
        let (path, kept) = match &file.from {
            EnclosedFrom::File(path) => (Some(path.as_os_str().as_bytes()), None),
            EnclosedFrom::Kept(hash) => (None, Some(hash)),
        };
        let size = i64::try_from(file.size).unwrap_or(i64::MAX);
        db.prepare_cached(
            "INSERT INTO draft_file(draft, n, name, kind, size, path, kept, content_id)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id.0, n, file.name, file.kind, size, path, kept, file.content_id])?;
    }
    if let Some(about) = &draft.about {
        db.prepare_cached(
            "INSERT INTO draft_about(draft, what, message_id, refs, page, quoted_from, subject, sender, date)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            id.0,
            about.what.code(),
            about.message_id,
            about.references.join("\n"),
            about.page,
            about.quoted_from,
            about.subject,
            about.from,
            about.date.map(|date| date.0)
        ])?;
    }
    Ok(())
}

fn remove_parts(db: &Connection, id: DraftId) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM draft_field WHERE draft = ?1",
        "DELETE FROM draft_file WHERE draft = ?1",
        "DELETE FROM draft_about WHERE draft = ?1",
    ] {
        db.prepare_cached(statement)?.execute([id.0])?;
    }
    Ok(())
}

/// Removes a draft. Answers the hashes of the bytes that nobody needs any more.
pub(super) fn remove(db: &Connection, id: DraftId) -> Result<Vec<String>, StoreError> {
    let had = kept_of(db, Some(id))?;
    remove_parts(db, id)?;
    db.prepare_cached("DELETE FROM draft WHERE id = ?1")?.execute([id.0])?;
    let needed = kept_of(db, None)?;
    Ok(had.into_iter().filter(|hash| !needed.contains(hash)).collect())
}

/// The hashes of the bytes that a draft needs, or all of them.
pub(super) fn kept_of(db: &Connection, draft: Option<DraftId>) -> Result<Vec<String>, StoreError> {
    let mut find = db.prepare_cached(
        "SELECT kept FROM draft_file WHERE kept IS NOT NULL AND (?1 IS NULL OR draft = ?1)
         UNION SELECT page FROM draft_about WHERE page IS NOT NULL AND (?1 IS NULL OR draft = ?1)",
    )?;
    Ok(find.query_map([draft.map(|draft| draft.0)], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

pub(super) fn all(db: &Connection) -> Result<Vec<DraftRow>, StoreError> {
    let mut find = db.prepare_cached(
        "SELECT d.id, a.name, d.receivers, d.subject, d.updated FROM draft d JOIN account a ON a.id = d.account
         WHERE d.letter IS NULL ORDER BY d.updated DESC, d.id DESC",
    )?;
    let rows = find.query_map([], |row| {
        Ok(DraftRow {
            id: DraftId(row.get(0)?),
            account: row.get(1)?,
            to: row.get(2)?,
            subject: row.get(3)?,
            updated: Timestamp(row.get(4)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A draft, unless it is on its way out.
pub(super) fn one(db: &Connection, id: DraftId) -> Result<Option<Draft>, StoreError> {
    let draft = db
        .prepare_cached(
            "SELECT a.name, d.sender, d.receivers, d.cc, d.bcc, d.reply_to, d.subject, d.body, d.form
             FROM draft d JOIN account a ON a.id = d.account WHERE d.id = ?1 AND d.letter IS NULL",
        )?
        .query_row([id.0], |row| {
            Ok(Draft {
                account: row.get(0)?,
                from: row.get(1)?,
                to: row.get(2)?,
                cc: row.get(3)?,
                bcc: row.get(4)?,
                reply_to: row.get(5)?,
                subject: row.get(6)?,
                body: row.get(7)?,
                form: Form::from_code(&row.get::<_, String>(8)?).unwrap_or_default(),
                ..Draft::default()
            })
        })
        .optional()?;
    let Some(mut draft) = draft else { return Ok(None) };
    let mut fields = db.prepare_cached("SELECT name, value FROM draft_field WHERE draft = ?1 ORDER BY n")?;
    draft.more = fields.query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut files = db.prepare_cached(
        "SELECT name, kind, size, path, kept, content_id FROM draft_file WHERE draft = ?1 ORDER BY n",
    )?;
    draft.files = files.query_map([id.0], read_file)?.collect::<Result<_, _>>()?;
    draft.about = db
        .prepare_cached(
            "SELECT what, message_id, refs, page, quoted_from, subject, sender, date FROM draft_about WHERE draft = ?1",
        )?
        .query_row([id.0], read_about)
        .optional()?
        .flatten();
    Ok(Some(draft))
}

fn read_file(row: &SqlRow<'_>) -> rusqlite::Result<Enclosed> {
    let path = row.get::<_, Option<Vec<u8>>>(3)?.map(|path| PathBuf::from(std::ffi::OsString::from_vec(path)));
    let kept = row.get::<_, Option<String>>(4)?.unwrap_or_default();
    Ok(Enclosed {
        name: row.get(0)?,
        kind: row.get(1)?,
        size: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
        from: path.map_or(EnclosedFrom::Kept(kept), EnclosedFrom::File),
        content_id: row.get(5)?,
    })
}

/// `None` for what only a newer hongyan does with a message.
fn read_about(row: &SqlRow<'_>) -> rusqlite::Result<Option<About>> {
    let Some(what) = Answering::from_code(&row.get::<_, String>(0)?) else { return Ok(None) };
    Ok(Some(About {
        what,
        message_id: row.get(1)?,
        references: row.get::<_, String>(2)?.lines().map(str::to_owned).collect(),
        page: row.get(3)?,
        quoted_from: row.get(4)?,
        subject: row.get(5)?,
        from: row.get(6)?,
        date: row.get::<_, Option<i64>>(7)?.map(Timestamp),
    }))
}
