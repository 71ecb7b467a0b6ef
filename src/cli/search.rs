//! `hongyan search QUERY`: what is found in all that is stored, newest first, without asking any server.

use serde::Serialize;

use super::arguments::Search;
use super::ground::Ground;
use super::keep;
use super::list::{Listed, line, listed, meant};
use super::named;
use super::output::{Ending, Meter, Out, aside};
use super::sentences::search as said;
use crate::indexing;
use crate::model::{FolderId, Row, clock};
use crate::search::{Field, Today, parse, snippet};
use crate::store::{Finder, Index, ProfileLock, StoreError};

#[derive(Serialize)]
struct Hit<'a> {
    #[serde(flatten)]
    listed: Listed<'a>,
    folder: &'a str,
    /// The text around the first place where the words stand; `null` if they stand somewhere else.
    snippet: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    hits: Vec<Hit<'a>>,
    messages: u64,
    with_text: u64,
    waiting: u64,
}

pub(super) fn search(ground: &Ground, asked: &Search) -> Result<(), Ending> {
    if let Some(name) = &asked.forget {
        return named::forget(ground, name);
    }
    let mut typed = asked.query.join(" ");
    if let Some(name) = &asked.saved {
        let words = named::words_of(ground, name)?;
        typed = if typed.trim().is_empty() { words } else { format!("({words}) {typed}") };
    }
    let today = Today::new(clock::now(), &jiff::tz::TimeZone::system());
    let condition =
        parse(&typed, &today).map_err(|problem| Ending::because(said::problem(ground.tongue, &typed, &problem)))?;
    if let Some(name) = &asked.save_as {
        named::keep(ground, name, &typed)?;
    }
    let accounts = ground.accounts(asked.account.as_deref())?;
    index(ground)?;
    let stored = |error: StoreError| ground.stored(&error);
    let Some(mut finder) = Finder::open(&ground.paths.profile).map_err(stored)? else {
        ground.hint_at_nothing();
        return if asked.json {
            print(&Answer { hits: Vec::new(), messages: 0, with_text: 0, waiting: 0 })
        } else {
            Ok(())
        };
    };
    // What is still here of accounts that are in the settings no more is not shown.
    let all = super::folders::of(ground, finder.mail(), &accounts)?;
    let within: Vec<FolderId> = match &asked.folder {
        None => all.iter().map(|(_, folder)| folder.id).collect(),
        Some(folder) => match meant(ground, finder.mail(), &accounts, folder)? {
            Some(meant) => meant.iter().map(|(_, folder)| folder.id).collect(),
            None => Vec::new(),
        },
    };
    let mut order = Vec::new();
    let limit = asked.limit.unwrap_or(usize::MAX);
    let tell = |hits: crate::store::Hits| {
        order = hits.order;
        order.len() < limit
    };
    finder.find(&condition, Some(&within), limit, tell, || true).map_err(stored)?;
    order.truncate(limit);
    let placements: Vec<_> = order.iter().map(|entry| entry.placement).collect();
    let hits: Vec<Row> = finder.mail().rows(&placements).map_err(stored)?;
    let of_folder = |id: FolderId| all.iter().find(|(_, folder)| folder.id == id);
    let coverage = finder.coverage().map_err(stored)?;
    if asked.json {
        let phrases = condition.phrases(Field::Body);
        let shown = hits.iter().filter_map(|row| {
            let (account, folder) = of_folder(row.folder)?;
            let text = if phrases.is_empty() { None } else { indexing::text_of(&finder, row.message) };
            let snippet = text.and_then(|text| snippet(&text, &phrases)).map(|(shown, _)| shown);
            Some(Hit { listed: listed(account, row), folder: folder.name.as_untrusted(), snippet })
        });
        let answer = Answer {
            hits: shown.collect(),
            messages: coverage.messages,
            with_text: coverage.with_text,
            waiting: coverage.waiting,
        };
        return print(&answer);
    }
    let mut out = Out::new();
    let zone = jiff::tz::TimeZone::system();
    let several = accounts.len() > 1;
    for row in &hits {
        let Some((account, folder)) = of_folder(row.folder) else { continue };
        let line = line(row, folder.role, &zone);
        let name = folder.name.as_untrusted();
        out.line(&if several { format!("{line}  [{account}/{name}]") } else { format!("{line}  [{name}]") })?;
    }
    out.end()?;
    if !coverage.is_whole() {
        aside(&said::coverage(ground.tongue, coverage));
    }
    Ok(())
}

fn print(answer: &Answer<'_>) -> Result<(), Ending> {
    let mut out = Out::new();
    out.json(answer)?;
    out.end()
}

/// Brings the index up to what is stored. Where another hongyan is at work, that one does.
fn index(ground: &Ground) -> Result<(), Ending> {
    let profile = &ground.paths.profile;
    if !profile.join("mail.db").exists() {
        return Ok(());
    }
    let Some(lock) = ProfileLock::take(profile)? else { return Ok(()) };
    let keeper = keep::open(ground, lock)?;
    let indexed = catch_up(ground);
    keeper.close();
    indexed
}

fn catch_up(ground: &Ground) -> Result<(), Ending> {
    let profile = &ground.paths.profile;
    let stored = |error: StoreError| ground.stored(&error);
    let index = Index::open(profile, clock::now()).map_err(stored)?;
    if let Some(set_aside) = &index.set_aside {
        aside(&said::index_is_rebuilt(ground.tongue, set_aside));
    }
    let mut meter = Meter::new();
    if let Some(finder) = Finder::open(profile).map_err(stored)? {
        while indexing::step(&finder, &index.writer).map_err(stored)? > 0 {
            if meter.is_seen() {
                let waiting = finder.coverage().map_err(stored)?.waiting;
                meter.show(&said::indexing(ground.tongue, waiting));
            }
        }
    }
    meter.clear();
    index.writer.close();
    Ok(())
}
