//! Accounts that go by another name now: the mail that was fetched for them is theirs.

use rusqlite::{Connection, params};

use super::StoreError;
use super::accounts::Owner;

/// An account of mail.db.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Shelved {
    id: i64,
    name: String,
    mark: Option<String>,
}

/// Gives the accounts of mail.db the names that they have in own.db, and makes those for which something waits there and
/// that have none. An account is known by its mark; one that has none, or one of an own.db that is gone, by its name.
pub(super) fn follow(db: &Connection, owners: &[Owner]) -> Result<(), StoreError> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    let done = in_transaction(db, owners);
    db.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn in_transaction(db: &Connection, owners: &[Owner]) -> Result<(), StoreError> {
    let mut find = db.prepare("SELECT id, name, mark FROM account ORDER BY id")?;
    let shelved: Vec<Shelved> = find
        .query_map([], |row| Ok(Shelved { id: row.get(0)?, name: row.get(1)?, mark: row.get(2)? }))?
        .collect::<Result<_, _>>()?;
    let is_known = |mark: &str| owners.iter().any(|owner| owner.mark == mark);
    let of = |owner: &Owner| {
        let by_mark = shelved.iter().find(|shelved| shelved.mark.as_ref() == Some(&owner.mark));
        let is_free = |shelved: &&Shelved| !shelved.mark.as_deref().is_some_and(is_known);
        by_mark.or_else(|| shelved.iter().filter(is_free).find(|shelved| shelved.name == owner.before))
    };
    let pairs: Vec<(&Owner, &Shelved)> = owners.iter().filter_map(|owner| Some((owner, of(owner)?))).collect();
    for (owner, shelved) in &pairs {
        if shelved.mark.as_ref() != Some(&owner.mark) {
            db.execute("UPDATE account SET mark = ?2 WHERE id = ?1", params![shelved.id, owner.mark])?;
        }
        if shelved.name != owner.name {
            // Two may change places.
            db.execute("UPDATE account SET name = char(1) || id WHERE id = ?1", [shelved.id])?;
        }
    }
    for (owner, shelved) in pairs.iter().filter(|(owner, shelved)| shelved.name != owner.name) {
        // The new name may be there, empty, from a start in between.
        db.execute(
            "DELETE FROM account WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM folder WHERE account = account.id)",
            [&owner.name],
        )?;
        let renamed =
            db.execute("UPDATE OR IGNORE account SET name = ?2 WHERE id = ?1", params![shelved.id, owner.name])?;
        if renamed == 0 {
            // It has mail of its own.
            db.execute("UPDATE OR IGNORE account SET name = ?2 WHERE id = ?1", params![shelved.id, shelved.name])?;
        }
    }
    for owner in owners.iter().filter(|owner| owner.is_needed && of(owner).is_none()) {
        db.execute("INSERT OR IGNORE INTO account(name, mark) VALUES(?1, ?2)", [&owner.name, &owner.mark])?;
    }
    Ok(())
}
