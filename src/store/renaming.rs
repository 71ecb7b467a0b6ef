//! Accounts that go by another name now: what was kept under the old one is theirs.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// What own.db keeps under the name of an account.
const OWN: [&str; 3] = ["want", "learned", "dismissed"];

/// Gives what is kept under the first name of each pair to the second one, unless that has something already. The caller
/// holds the profile's lock and has not opened it yet. What is damaged is left to whoever opens it.
pub fn rename_accounts(profile: &Path, names: &[(String, String)]) {
    if names.is_empty() {
        return;
    }
    // First what the user wants: it is found again by the name of its account, and the mail is found again by the server.
    // Mostly there is nothing to do, and to open a file for writing takes many times as long as to look.
    let (own, mail) = (profile.join("own.db"), profile.join("mail.db"));
    if holds(&own, &OWN.map(|table| (table, "account")), names).unwrap_or(true) {
        let _ = in_own(&own, names);
    }
    if holds(&mail, &[("account", "name")], names).unwrap_or(true) {
        let _ = in_mail(&mail, names);
    }
}

/// True if any of these tables and columns has one of the old names.
fn holds(file: &Path, tables: &[(&str, &str)], names: &[(String, String)]) -> Result<bool, StoreError> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    for (table, column) in tables {
        if !has_table(&db, table)? {
            continue;
        }
        let mut find = db.prepare(&format!("SELECT 1 FROM {table} WHERE {column} = ?1"))?;
        for (old, _) in names {
            if find.exists([old])? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The file may be an older hongyan's, and is brought up to date after this.
fn has_table(db: &Connection, table: &str) -> Result<bool, StoreError> {
    Ok(db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?.exists([table])?)
}

fn open(file: &Path) -> Result<Connection, StoreError> {
    Ok(Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?)
}

fn in_own(file: &Path, names: &[(String, String)]) -> Result<(), StoreError> {
    let mut db = open(file)?;
    let all = db.transaction()?;
    for (old, new) in names {
        for table in OWN {
            if has_table(&all, table)? {
                all.execute(&format!("UPDATE OR IGNORE {table} SET account = ?2 WHERE account = ?1"), [old, new])?;
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::store::{OwnWrite, Restore, Store, StoreOptions};

    fn opened(profile: &Path, account: &str) -> Store {
        let accounts = [account.to_owned()];
        let options = StoreOptions { profile, accounts: &accounts, now: Timestamp(0), restore: Restore::Refuse };
        Store::open(&options, tokio::sync::mpsc::unbounded_channel().0).unwrap()
    }

    #[test]
    fn what_was_said_already_is_not_said_again_for_its_new_name() {
        let dir = tempfile::tempdir().unwrap();
        let store = opened(dir.path(), "me@example.com");
        let dismiss = OwnWrite::Dismiss { account: "me@example.com".to_owned(), hint: "hidden-folders".to_owned() };
        store.own.commit_blocking(dismiss).unwrap();
        store.close();
        rename_accounts(dir.path(), &[("me@example.com".to_owned(), "work".to_owned())]);
        let store = opened(dir.path(), "work");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(store.own.dismissed("work")).unwrap(), ["hidden-folders"]);
        assert!(runtime.block_on(store.own.dismissed("me@example.com")).unwrap().is_empty());
    }

    #[test]
    fn a_file_of_an_older_hongyan_lacks_tables_and_what_it_has_is_carried_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("own.db");
        let names = [("me@example.com".to_owned(), "work".to_owned())];
        let db = Connection::open(&file).unwrap();
        db.execute_batch("CREATE TABLE learned(account, quirk); INSERT INTO learned VALUES('me@example.com', 'x')")
            .unwrap();
        rename_accounts(dir.path(), &names);
        let account: String = db.query_row("SELECT account FROM learned", [], |row| row.get(0)).unwrap();
        assert_eq!(account, "work");
    }
}
