//! `hongyan people`: those whom the composer offers, and those whom the user brings along from elsewhere.

mod contacts;

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::arguments::People;
use super::ground::{Ground, runtime};
use super::keep::{Access, access};
use super::output::{Ending, Out};
use super::sentences::people as said;
use crate::model::{Failure, FailureKind};

/// No file of contacts is larger.
const LARGEST: u64 = 64 * 1024 * 1024;

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    address: &'a str,
    wrote: bool,
}

pub(super) fn people(ground: &Ground, asked: &People) -> Result<(), Ending> {
    match asked {
        People::List { typed, json } => list(ground, typed, *json),
        People::Import { file } => import(ground, file),
    }
}

fn list(ground: &Ground, typed: &str, json: bool) -> Result<(), Ending> {
    let people = match ground.reader()? {
        Some(reader) => reader.people(typed, usize::MAX).map_err(|error| ground.stored(&error))?,
        None => Vec::new(),
    };
    let mut out = Out::new();
    if json {
        let listed = people.iter().map(|person| Listed {
            name: person.name.as_untrusted(),
            address: person.address.as_untrusted(),
            wrote: person.wrote,
        });
        out.json(&listed.collect::<Vec<_>>())?;
        return out.end();
    }
    for person in &people {
        match person.name.as_untrusted() {
            "" => out.line(person.address.as_untrusted())?,
            name => out.line(&format!("{name} <{}>", person.address.as_untrusted()))?,
        }
    }
    out.end()
}

fn import(ground: &Ground, file: &Path) -> Result<(), Ending> {
    let named = |error: std::io::Error| Ending::because(format!("{}: {error}", file.display()));
    if fs::metadata(file).map_err(named)?.len() > LARGEST {
        return Err(Ending::because(said::too_large(ground.tongue, file)));
    }
    let found = contacts::read(&fs::read(file).map_err(named)?);
    if found.is_empty() {
        return Err(Ending::because(said::nobody(ground.tongue, file)));
    }
    let Access::Own(keeper) = access(ground)? else {
        return Err(ground.failed(&Failure::lasting(FailureKind::InUse, "", "")));
    };
    let count = found.len();
    let done = runtime().map(|runtime| runtime.block_on(keeper.store.own.bring_along(found)));
    keeper.close();
    let new = done?.map_err(|error| ground.stored(&error))?;
    let mut out = Out::new();
    out.line(&said::imported(ground.tongue, count, new))?;
    out.end()
}
