//! Accounts that go by another name now: what was kept under the old one is theirs.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// Gives what is kept under the first name of each pair to the second one, unless that has something already. The caller
/// holds the profile's lock and has not opened it yet. What is damaged is left to whoever opens it.
pub fn rename_accounts(profile: &Path, names: &[(String, String)]) {
    if names.is_empty() {
        return;
    }
    // First what the user wants: it is found again by the name of its account, and the mail is found again by the server.
    let _ = in_own(&profile.join("own.db"), names);
    let _ = in_mail(&profile.join("mail.db"), names);
}

fn open(file: &Path) -> Result<Connection, StoreError> {
    Ok(Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?)
}

fn in_own(file: &Path, names: &[(String, String)]) -> Result<(), StoreError> {
    let mut db = open(file)?;
    let all = db.transaction()?;
    for (old, new) in names {
        all.execute("UPDATE OR IGNORE want SET account = ?2 WHERE account = ?1", [old, new])?;
        all.execute("UPDATE OR IGNORE learned SET account = ?2 WHERE account = ?1", [old, new])?;
    }
    Ok(all.commit()?)
}

fn in_mail(file: &Path, names: &[(String, String)]) -> Result<(), StoreError> {
    let mut db = open(file)?;
    let all = db.transaction()?;
    for (old, new) in names {
        // The new name may be there, empty, from a start in between.
        all.execute(
            "DELETE FROM account WHERE name = ?2 AND EXISTS (SELECT 1 FROM account WHERE name = ?1)
             AND NOT EXISTS (SELECT 1 FROM folder WHERE account = account.id)",
            [old, new],
        )?;
        all.execute("UPDATE OR IGNORE account SET name = ?2 WHERE name = ?1", [old, new])?;
    }
    Ok(all.commit()?)
}
