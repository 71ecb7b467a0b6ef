//! Searches that have a name: kept, found again, forgotten.

use super::ground::Ground;
use super::keep::{self, Access};
use super::output::Ending;
use super::sentences::search as said;
use crate::model::{Failure, FailureKind, NamedSearch, clock};
use crate::store::{OwnReader, OwnWrite, StoreError};

/// The words that were kept under a name.
pub(super) fn words_of(ground: &Ground, name: &str) -> Result<String, Ending> {
    let mut all = all(ground)?;
    match all.iter().position(|known| known.name == name.trim()) {
        Some(at) => Ok(all.swap_remove(at).words),
        None => Err(unknown(ground, name, &all)),
    }
}

/// Keeps a query that can be understood.
pub(super) fn keep(ground: &Ground, name: &str, words: &str) -> Result<(), Ending> {
    if name.trim().is_empty() {
        return Err(Ending::because(said::no_name(ground.tongue)));
    }
    write(ground, name, Some(words))
}

pub(super) fn forget(ground: &Ground, name: &str) -> Result<(), Ending> {
    words_of(ground, name)?;
    write(ground, name, None)
}

fn all(ground: &Ground) -> Result<Vec<NamedSearch>, Ending> {
    let stored = |error: StoreError| ground.stored(&error);
    match OwnReader::open(&ground.paths.profile).map_err(stored)? {
        Some(own) => own.named_searches().map_err(stored),
        None => Ok(Vec::new()),
    }
}

fn unknown(ground: &Ground, name: &str, all: &[NamedSearch]) -> Ending {
    let names: Vec<&str> = all.iter().map(|known| known.name.as_str()).collect();
    Ending::because(said::no_such_name(ground.tongue, name, &names))
}

fn write(ground: &Ground, name: &str, words: Option<&str>) -> Result<(), Ending> {
    let Access::Own(keeper) = keep::access(ground)? else {
        return Err(ground.failed(&Failure::lasting(FailureKind::InUse, "", "")));
    };
    let (name, words) = (name.trim().to_owned(), words.map(str::to_owned));
    let written = keeper.store.own.commit_blocking(OwnWrite::NameSearch { name, words, at: clock::now() });
    keeper.close();
    written.map(|_| ()).map_err(|error| ground.stored(&error))
}
