//! `hongyan list FOLDER`: the messages of a folder as they are stored, newest first.

use serde::Serialize;

use super::arguments::List;
use super::find;
use super::folders;
use super::ground::Ground;
use super::json::date;
use super::output::{Ending, Out};
use super::sentences;
use crate::config::Account;
use crate::model::{Address, BodyState, Folder, Role, Row, Timestamp};
use crate::store::Reader;
use crate::text::{SafeText, clip, width};

#[derive(Serialize)]
pub(super) struct Listed<'a> {
    account: &'a str,
    id: i64,
    uid: Option<u32>,
    from: Person<'a>,
    to: Person<'a>,
    subject: &'a str,
    date: Option<String>,
    arrival: Option<String>,
    size: u64,
    flags: Vec<&'static str>,
    pending: bool,
    attachments: bool,
    only_here: bool,
    body: &'static str,
}

#[derive(Serialize)]
pub(super) struct Person<'a> {
    name: &'a str,
    address: &'a str,
}

pub(super) fn person(address: &Address) -> Person<'_> {
    Person { name: address.name.as_untrusted(), address: address.address.as_untrusted() }
}

/// Columns for a name, so that subjects begin below each other.
const NAME: usize = 24;

pub(super) fn list(ground: &Ground, asked: &List) -> Result<(), Ending> {
    let mut out = Out::new();
    let found = rows(ground, asked)?;
    if asked.json {
        out.json(&found.iter().map(|(account, _, row)| listed(account, row)).collect::<Vec<_>>())?;
        return out.end();
    }
    let zone = jiff::tz::TimeZone::system();
    // Where the rows are of several accounts, each says whose it is.
    let several = found.iter().any(|(account, ..)| Some(account) != found.first().map(|(first, ..)| first));
    for (account, role, row) in &found {
        let line = line(row, *role, &zone);
        out.line(&if several { format!("{line}  [{account}]") } else { line })?;
    }
    out.end()
}

type Found<'a> = (&'a str, Option<Role>, Row);

/// The rows, each with its account and with what its folder is for. A name or a role may mean a folder of several
/// accounts; then their messages are put into one order.
fn rows<'a>(ground: &'a Ground, asked: &List) -> Result<Vec<Found<'a>>, Ending> {
    let accounts = ground.accounts(asked.account.as_deref())?;
    let Some(reader) = ground.reader()? else { return Ok(Vec::new()) };
    let Some(meant) = meant(ground, &reader, &accounts, &asked.folder)? else {
        ground.hint_at_nothing();
        return Ok(Vec::new());
    };
    let limit = asked.limit.unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for (account, folder) in &meant {
        let newest = reader.newest(folder.id, limit).map_err(|error| ground.stored(&error))?;
        rows.extend(newest.into_iter().map(|row| (*account, folder.role, row)));
    }
    if meant.len() > 1 {
        rows.sort_by_key(|(_, _, row)| std::cmp::Reverse(row.arrival));
        rows.truncate(limit);
    }
    Ok(rows)
}

/// The folders that are meant, at most one of each account; `None` if nothing is stored yet.
pub(super) fn meant<'a>(
    ground: &Ground,
    reader: &Reader,
    accounts: &[&'a Account],
    asked: &str,
) -> Result<Option<Vec<(&'a str, Folder)>>, Ending> {
    let all = folders::of(ground, reader, accounts)?;
    if all.is_empty() {
        return Ok(None);
    }
    let meant: Vec<(&str, Folder)> = all
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|of_one| find::folder(asked, of_one, |(_, folder)| (folder.name.as_untrusted(), folder.role)))
        .cloned()
        .collect();
    if meant.is_empty() {
        let near = find::near(asked, all.iter().map(|(_, folder)| folder.name.as_untrusted()));
        return Err(Ending::because(sentences::unknown_folder(ground.tongue, asked, &near)));
    }
    if meant.iter().all(|(_, folder)| !folder.selectable) {
        return Err(Ending::because(sentences::only_holds_folders(ground.tongue, asked)));
    }
    Ok(Some(meant))
}

pub(super) fn listed<'a>(account: &'a str, row: &'a Row) -> Listed<'a> {
    Listed {
        account,
        id: row.placement.0,
        uid: row.uid,
        from: person(&row.from),
        to: person(&row.to),
        subject: row.subject.as_untrusted(),
        date: date(row.date),
        arrival: date(row.arrival),
        size: row.size,
        flags: row.flags.imap_names().collect(),
        pending: row.pending,
        attachments: row.attachments,
        only_here: row.only_here,
        body: match row.body {
            BodyState::Absent => "absent",
            BodyState::Here => "here",
        },
    }
}

/// `    17  2024-11-02 09:30  N*a  name  subject`
pub(super) fn line(row: &Row, role: Option<Role>, zone: &jiff::tz::TimeZone) -> String {
    let mark = |set: bool, mark: char| if set { mark } else { ' ' };
    // In a folder of mail that was sent, everybody knows who sent it.
    let who = if matches!(role, Some(Role::Sent | Role::Drafts)) { &row.to } else { &row.from };
    let name = SafeText::new(who.shown());
    let name = clip(name.as_str(), NAME);
    let gap = " ".repeat(NAME.saturating_sub(width(&name)));
    let marks: String = [
        mark(!row.flags.seen(), 'N'),
        mark(row.flags.flagged(), '*'),
        mark(row.flags.answered(), 'r'),
        mark(row.attachments, 'a'),
        // Where no server has it, nothing waits to be told to one.
        if row.only_here { 'h' } else { mark(row.pending, '~') },
    ]
    .into_iter()
    .collect();
    let subject = SafeText::new(&row.subject);
    format!("{:>7}  {}  {marks}  {name}{gap}  {subject}", row.placement.0, local(row.date, zone))
}

/// A time as the clock on the wall says it.
pub(super) fn local(at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    match jiff::Timestamp::from_second(at.0) {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => " ".repeat(16),
    }
}
