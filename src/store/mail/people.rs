//! Whom the user wrote to and who wrote, learned from mail as it comes. All of it can be learned again.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::MailWork;
use crate::model::{Address, FolderId, Role};
use crate::store::{Incoming, StoreError};

/// More than these are not remembered; those go first whom the user never wrote to, the oldest of them before the others.
const MOST: i64 = 50_000;
/// Of one message no more are learned.
const OF_ONE: usize = 200;
/// No address is longer.
const LONGEST_ADDRESS: usize = 320;
const LONGEST_NAME: usize = 200;

/// What a folder tells of people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Teaches {
    /// Whom the user writes to.
    Recipients,
    Senders,
    /// Junk is written by anybody, and what lies elsewhere too would count twice.
    Nothing,
}

impl Teaches {
    pub(super) fn of(db: &Connection, folder: FolderId) -> Result<Self, StoreError> {
        let mut find = db.prepare_cached("SELECT role FROM folder WHERE id = ?1")?;
        let role: Option<String> = find.query_row([folder.0], |row| row.get(0)).optional()?.flatten();
        Ok(match role.as_deref().and_then(Role::from_code) {
            Some(Role::Sent) => Self::Recipients,
            Some(Role::Inbox | Role::Archive) | None => Self::Senders,
            Some(Role::Starred | Role::Drafts | Role::Junk | Role::Trash | Role::All) => Self::Nothing,
        })
    }
}

/// A message that was not known before.
pub(super) fn learn(
    work: &mut MailWork,
    db: &Connection,
    teaches: Teaches,
    message: &Incoming,
) -> Result<(), StoreError> {
    let headers = &message.headers;
    let (people, written, writes): (Vec<&Address>, _, _) = match teaches {
        Teaches::Nothing => return Ok(()),
        Teaches::Recipients => (headers.to.iter().chain(&headers.cc).take(OF_ONE).collect(), 1, 0),
        Teaches::Senders => (headers.from.iter().take(1).filter(|from| is_a_person(from)).collect(), 0, 1),
    };
    let mut meet = db.prepare_cached(
        "INSERT INTO person(address, name, written, writes, last, stamp) VALUES(?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT(address) DO UPDATE SET
           name = iif(excluded.name <> '' AND (name = '' OR excluded.last >= last), excluded.name, name),
           written = written + excluded.written, writes = writes + excluded.writes, last = max(last, excluded.last),
           stamp = excluded.stamp",
    )?;
    for person in people {
        let address = person.address.as_untrusted();
        if address.len() > LONGEST_ADDRESS || !is_address(address) {
            continue;
        }
        let name: String = person.name.as_untrusted().chars().take(LONGEST_NAME).collect();
        let stamp = next_stamp(work, db)?;
        let last = headers.date.unwrap_or(message.arrival).min(message.arrival).0;
        meet.execute(params![address.to_lowercase(), name.trim(), written, writes, last, stamp])?;
    }
    Ok(())
}

fn is_address(address: &str) -> bool {
    let parts = address.rsplit_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
        && !address.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Nobody writes to a machine that says it reads nothing.
fn is_a_person(from: &Address) -> bool {
    let address = from.address.as_untrusted().to_lowercase();
    let user = address.rsplit_once('@').map_or(address.as_str(), |(user, _)| user);
    let user: String = user.chars().filter(|c| c.is_alphanumeric()).collect();
    !["noreply", "donotreply", "mailerdaemon"].iter().any(|robot| user.contains(robot))
}

fn next_stamp(work: &mut MailWork, db: &Connection) -> Result<i64, StoreError> {
    if work.stamp == 0 {
        work.stamp = db.query_row("SELECT coalesce(max(stamp), 0) FROM person", [], |row| row.get(0))?;
    }
    work.stamp += 1;
    Ok(work.stamp)
}

/// After a batch.
pub(super) fn bound(db: &Connection) -> Result<(), StoreError> {
    let known: i64 = db.prepare_cached("SELECT count(*) FROM person")?.query_row([], |row| row.get(0))?;
    if known > MOST {
        db.execute(
            "DELETE FROM person WHERE address IN (SELECT address FROM person ORDER BY written > 0, last LIMIT ?1)",
            // Room for some, so that not every message costs this.
            [known - MOST + MOST / 100],
        )?;
    }
    Ok(())
}

/// Much of the mail is gone: what it taught is too.
pub(super) fn learn_again(work: &mut MailWork, db: &Connection) -> Result<(), StoreError> {
    let stamp = next_stamp(work, db)?;
    db.execute("DELETE FROM person", [])?;
    db.execute_batch(include_str!("../schema/people.sql"))?;
    db.execute("UPDATE person SET stamp = ?1", [stamp])?;
    Ok(())
}
