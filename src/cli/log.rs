//! `hongyan log`: what was said on the connections, from the file in which it is recorded.

use std::thread;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::arguments::Log;
use super::ground::Ground;
use super::json::date;
use super::output::{Ending, Out, aside};
use super::sentences::wire as say;
use crate::model::{Timestamp, WireLine};
use crate::net::{LogPlace, read_log};

/// How often a log that is followed is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub(super) fn log(ground: &Ground, asked: &Log) -> Result<(), Ending> {
    let account = asked.account.as_deref().map(|named| ground.account(named)).transpose()?;
    // Names stand in the log as they are shown.
    let account = account.map(|account| crate::text::SafeText::of(&account.name));
    let ours = |line: &WireLine| account.as_ref().is_none_or(|account| *account == line.account);
    let file = ground.paths.protocol_log();
    let (mut lines, mut place) = read_log(&file, LogPlace::default())?;
    lines.retain(ours);
    if lines.is_empty() && !asked.follow {
        aside(&say::nothing_said(ground.tongue));
    }
    let skipped = asked.lines.map_or(0, |most| lines.len().saturating_sub(most));
    let zone = TimeZone::system();
    let mut out = Out::new();
    let mut print = |lines: &[WireLine]| {
        for line in lines {
            if asked.json {
                out.json(&told(line))?;
            } else {
                out.line(&written(ground, line, &zone))?;
            }
        }
        out.flush()
    };
    print(lines.get(skipped..).unwrap_or_default())?;
    if !asked.follow {
        return Ok(());
    }
    loop {
        thread::sleep(LOOK);
        let (mut new, next) = read_log(&file, place)?;
        place = next;
        new.retain(ours);
        print(&new)?;
    }
}

fn written(ground: &Ground, line: &WireLine, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_second(line.at.0).unwrap_or_default().to_zoned(zone.clone());
    let at = at.strftime("%Y-%m-%d %H:%M:%S");
    let purpose = say::purpose(ground.tongue, line.purpose);
    let (account, number, arrow) = (&line.account, line.number, line.kind.arrow());
    format!("{at} {account} {purpose} {number} {arrow} {}", say::said(ground.tongue, line))
}

#[derive(Serialize)]
struct Told<'a> {
    at: Option<String>,
    account: &'a str,
    connection: &'static str,
    number: u32,
    kind: &'static str,
    count: Option<u64>,
    text: &'a str,
}

fn told(line: &WireLine) -> Told<'_> {
    let at: Timestamp = line.at;
    Told {
        at: date(at),
        account: line.account.as_str(),
        connection: line.purpose.code(),
        number: line.number,
        kind: line.kind.code(),
        count: line.kind.count(),
        text: line.text.as_str(),
    }
}
