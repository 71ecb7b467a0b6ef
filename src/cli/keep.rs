//! The right to write to the profile: ours, or that of another hongyan which does the work for us.

use std::time::Duration;

use tokio::sync::mpsc;

use super::attach::{self, Heard, Line, Progress, Work};
use super::ground::{Ground, no_place};
use super::output::{Ending, Meter, aside};
use super::sentences;
use crate::config::Account;
use crate::model::{Failure, FailureKind, clock};
use crate::store::{ProfileLock, Repair, Store, StoreError, StoreOptions};

/// Another hongyan may be starting (locked, not listening yet) or ending (listening no more, still locked).
const BETWEEN: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub(super) enum Access<T> {
    Own(T),
    Through(Line),
}

/// The open profile, and the lock that lets nobody else write to it.
#[derive(Debug)]
pub(super) struct Keeper {
    pub(super) store: Store,
    lock: ProfileLock,
}

impl Keeper {
    /// Waits until everything is on the disk. Whoever got a writer must have dropped it.
    pub(super) fn close(self) {
        self.store.close();
        drop(self.lock);
    }
}

/// Takes and opens the profile, or finds the one who has it. Not to be called inside the runtime: opening blocks.
pub(super) fn access(ground: &Ground) -> Result<Access<Keeper>, Ending> {
    Ok(match claim(ground)? {
        Access::Own(lock) => Access::Own(open(ground, lock)?),
        Access::Through(line) => Access::Through(line),
    })
}

/// Takes the profile without opening it yet, or finds the one who has it.
pub(super) fn claim(ground: &Ground) -> Result<Access<ProfileLock>, Ending> {
    ground.paths.prepare().map_err(|problem| no_place(ground.tongue, &problem))?;
    let end = clock::instant() + BETWEEN;
    loop {
        if let Some(lock) = ProfileLock::take(&ground.paths.profile)? {
            return Ok(Access::Own(lock));
        }
        if let Ok(line) = attach::connect(&ground.paths.socket()) {
            return Ok(Access::Through(line));
        }
        if clock::instant() >= end {
            return Err(ground.failed(&Failure::lasting(FailureKind::InUse, "", "")));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

pub(super) fn open(ground: &Ground, lock: ProfileLock) -> Result<Keeper, Ending> {
    let profile = &ground.paths.profile;
    let accounts: Vec<String> = ground.config.accounts.iter().map(|account| account.name.clone()).collect();
    let marks: Vec<_> = ground.config.accounts.iter().map(Account::marks).collect();
    let options = StoreOptions { profile, accounts: &accounts, now: clock::now(), restore: ground.general.restore() };
    // A command asks for what it wants to know; nobody has to be told of changes.
    let (changes, _) = mpsc::unbounded_channel();
    let store = Store::open_for(&options, &marks, changes).map_err(|error| match &error {
        StoreError::Damaged(file) if file.file_name().is_some_and(|name| name == "own.db") => {
            ground.own_db_is_damaged()
        }
        other => ground.stored(other),
    })?;
    for repair in &store.repairs {
        aside(&match repair {
            Repair::MailRebuilt { set_aside } => sentences::mail_is_rebuilt(ground.tongue, set_aside),
            Repair::OwnReplaced { set_aside, copy } => {
                sentences::own_db_was_replaced(ground.tongue, set_aside, copy.as_deref())
            }
            Repair::Doubted { wants, letters } => sentences::loss::doubted(ground.tongue, *wants, *letters),
            Repair::LeftBytes { folder, files } => sentences::loss::left_bytes(ground.tongue, folder, *files),
        });
    }
    Ok(Keeper { store, lock })
}

/// Lets the other hongyan do it, and shows how far it is.
pub(super) fn ask_the_other(ground: &Ground, line: Line, work: &Work) -> Result<Heard, Ending> {
    hear_the_other(ground, line, work).map_err(|failure| ground.failed(&failure))
}

/// The same, for whoever knows more about what may go wrong.
pub(super) fn hear_the_other(ground: &Ground, line: Line, work: &Work) -> Result<Heard, Failure> {
    let mut meter = Meter::new();
    let heard = line.ask(work, |Progress { account, folder, done, total }| {
        meter.show(&sentences::fetching(ground.tongue, account, folder, *done, *total));
    });
    meter.clear();
    heard
}

/// The same, and each trouble is an end.
pub(super) fn hand_over(ground: &Ground, line: Line, work: &Work) -> Result<Heard, Ending> {
    let heard = ask_the_other(ground, line, work)?;
    if heard.troubles.is_empty() {
        return Ok(heard);
    }
    let lines = heard
        .troubles
        .iter()
        .map(|(account, failure)| format!("{account}: {}", sentences::failure(ground.tongue, failure)));
    Err(Ending::Failed(lines.collect()))
}
