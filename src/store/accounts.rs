//! Whose is whose: the accounts of own.db, matched at every start with those of the settings.
//!
//! A name is the user's to change, and to give to another account. What waits for an account stays with the account that
//! it was meant for, and letters are never sent by another server than they were written for without being asked about.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::StoreError;
use crate::model::AccountMarks;

/// The number of an account; one that was not known is from now on.
pub(super) fn id_of(db: &Connection, name: &str) -> Result<i64, StoreError> {
    if let Some(id) = find(db, name)? {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO account(name) VALUES(?1)")?.execute([name])?;
    Ok(db.last_insert_rowid())
}

pub(super) fn find(db: &Connection, name: &str) -> Result<Option<i64>, StoreError> {
    let mut find = db.prepare_cached("SELECT id FROM account WHERE name = ?1")?;
    Ok(find.query_row([name], |row| row.get(0)).optional()?)
}

/// An account of own.db, as mail.db has to know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Owner {
    pub(super) mark: String,
    /// What it was called until now, and what it is called from now on.
    pub(super) before: String,
    pub(super) name: String,
    /// Something that no server has waits for it here.
    pub(super) is_needed: bool,
}

/// An account as own.db knows it.
#[derive(Clone, Debug)]
struct Known {
    id: i64,
    marks: AccountMarks,
}

impl Known {
    fn is_told_apart(&self) -> bool {
        !self.marks.imap.is_empty()
    }
}

fn is_same(one: &AccountMarks, other: &AccountMarks) -> bool {
    !one.imap.is_empty()
        && one.imap.eq_ignore_ascii_case(&other.imap)
        && one.address.eq_ignore_ascii_case(&other.address)
        && one.login == other.login
}

/// Whether an account of the settings may be a known one.
type Rule<'a> = &'a dyn Fn(&Known, &AccountMarks) -> bool;

/// For each account of the settings the one that it was, by its place among the known ones. An account that looks just as
/// it did under another name is that one, whoever has its old name now; of what is left, the name decides.
fn matched(known: &[Known], settings: &[AccountMarks]) -> Vec<Option<usize>> {
    let mut found: Vec<Option<usize>> = vec![None; settings.len()];
    let exactly = |known: &Known, now: &AccountMarks| known.marks.name == now.name && is_same(&known.marks, now);
    let as_before = |known: &Known, now: &AccountMarks| is_same(&known.marks, now);
    let by_name = |known: &Known, now: &AccountMarks| known.marks.name == now.name;
    let by_its_address = |known: &Known, now: &AccountMarks| {
        now.formerly.as_ref() == Some(&known.marks.name)
            && (!known.is_told_apart() || known.marks.address.eq_ignore_ascii_case(&now.address))
    };
    let rules: [Rule<'_>; 4] = [&exactly, &as_before, &by_name, &by_its_address];
    for rule in rules {
        let taken: HashSet<usize> = found.iter().flatten().copied().collect();
        let open: Vec<usize> = (0..settings.len()).filter(|at| found.get(*at).is_some_and(Option::is_none)).collect();
        let fits = |at: &usize, place: &usize| {
            let pair = known.get(*place).zip(settings.get(*at));
            !taken.contains(place) && pair.is_some_and(|(known, now)| rule(known, now))
        };
        for at in &open {
            let mut places = (0..known.len()).filter(|place| fits(at, place));
            // Of two that look the same nobody knows which one it is.
            let (Some(place), None) = (places.next(), places.next()) else { continue };
            if open.iter().filter(|other| fits(other, &place)).count() == 1
                && let Some(found) = found.get_mut(*at)
            {
                *found = Some(place);
            }
        }
    }
    found
}

/// Matches the accounts with those of the settings, in one transaction. Letters of an account that goes by another server
/// or login now, or that is in the settings no more, ask before they go.
pub(super) fn match_all(db: &Connection, settings: &[AccountMarks]) -> Result<Vec<Owner>, StoreError> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    let owners = in_transaction(db, settings);
    db.execute_batch(if owners.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    owners
}

fn in_transaction(db: &Connection, settings: &[AccountMarks]) -> Result<Vec<Owner>, StoreError> {
    let known = known(db)?;
    let found = matched(&known, settings);
    let mut names: Vec<String> = known.iter().map(|known| known.marks.name.clone()).collect();
    for (now, place) in settings.iter().zip(&found) {
        let Some((known, name)) = place.and_then(|place| Some((known.get(place)?, names.get_mut(place)?))) else {
            continue;
        };
        name.clone_from(&now.name);
        let was = &known.marks;
        let moved = known.is_told_apart()
            && !now.imap.is_empty()
            && (!was.imap.eq_ignore_ascii_case(&now.imap)
                || was.login != now.login
                || !was.smtp.is_empty() && !was.smtp.eq_ignore_ascii_case(&now.smtp));
        if moved {
            ask(db, known.id)?;
        }
        if !now.imap.is_empty() && (!is_same(was, now) || was.smtp != now.smtp) {
            db.execute(
                "UPDATE account SET address = ?2, imap = ?3, smtp = ?4, login = ?5 WHERE id = ?1",
                params![known.id, now.address, now.imap, now.smtp, now.login],
            )?;
        }
    }
    let mut taken: HashSet<String> = settings.iter().map(|now| now.name.clone()).collect();
    let of_settings: HashSet<usize> = found.iter().flatten().copied().collect();
    for (place, known) in known.iter().enumerate().filter(|(place, _)| !of_settings.contains(place)) {
        ask(db, known.id)?;
        if let Some(name) = names.get_mut(place) {
            *name = free_name(&known.marks, &taken);
            taken.insert(name.clone());
        }
    }
    let renamed: Vec<_> = known.iter().zip(&names).filter(|(known, name)| known.marks.name != **name).collect();
    // Two may change places: first nobody has a name, then everybody has the new one.
    for (known, _) in &renamed {
        db.execute("UPDATE account SET name = char(1) || id WHERE id = ?1", [known.id])?;
    }
    for (known, name) in &renamed {
        db.execute("UPDATE account SET name = ?2 WHERE id = ?1", params![known.id, name])?;
    }
    for (now, _) in settings.iter().zip(&found).filter(|(_, place)| place.is_none()) {
        db.execute(
            "INSERT INTO account(name, address, imap, smtp, login) VALUES(?1, ?2, ?3, ?4, ?5)",
            params![now.name, now.address, now.imap, now.smtp, now.login],
        )?;
    }
    owners(db, &known)
}

/// What an account is called that is in the settings no more, if another one has its name.
fn free_name(marks: &AccountMarks, taken: &HashSet<String>) -> String {
    let again = (2..).map(|nth: u32| format!("{} ({nth})", marks.name));
    let names = [marks.name.clone(), marks.address.clone()].into_iter().chain(again);
    names.filter(|name| !name.is_empty()).find(|name| !taken.contains(name)).unwrap_or_default()
}

fn ask(db: &Connection, account: i64) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE outgoing SET state = 'asks' WHERE account = ?1 AND state IN ('queued', 'begun')")?
        .execute([account])?;
    Ok(())
}

fn known(db: &Connection) -> Result<Vec<Known>, StoreError> {
    let mut find = db.prepare("SELECT id, name, address, imap, smtp, login FROM account ORDER BY id")?;
    let known = find.query_map([], |row| {
        let (address, imap) = (row.get(2)?, row.get(3)?);
        let (smtp, login) = (row.get(4)?, row.get(5)?);
        Ok(Known {
            id: row.get(0)?,
            marks: AccountMarks { name: row.get(1)?, formerly: None, address, imap, smtp, login },
        })
    })?;
    Ok(known.collect::<Result<_, _>>()?)
}

fn owners(db: &Connection, before: &[Known]) -> Result<Vec<Owner>, StoreError> {
    let mut find = db.prepare(
        "SELECT id, mark, name, EXISTS (SELECT 1 FROM draft WHERE account = a.id)
           OR EXISTS (SELECT 1 FROM outgoing WHERE account = a.id) FROM account a ORDER BY id",
    )?;
    let owners = find.query_map([], |row| {
        let (id, name): (i64, String) = (row.get(0)?, row.get(2)?);
        let was = before.iter().find(|known| known.id == id).map(|known| known.marks.name.clone());
        // What another one was called is not what a new one was.
        let is_others = before.iter().any(|known| known.marks.name == name);
        let was = was.unwrap_or_else(|| if is_others { String::new() } else { name.clone() });
        Ok(Owner { mark: row.get(1)?, before: was, name, is_needed: row.get(3)? })
    })?;
    Ok(owners.collect::<Result<_, _>>()?)
}
