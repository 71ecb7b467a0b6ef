//! `hongyan show`: one message, out of a file or out of the store. A body that is not here yet is fetched, and looking
//! at it marks nothing as read.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};

use super::arguments::Show;
use super::attach::Work;
use super::ground::{Ground, runtime};
use super::json::date;
use super::keep::{Access, Keeper, access, hand_over};
use super::list::{Person, local, person};
use super::output::{Ending, Out};
use super::sentences;
use super::sync::secret_of;
use crate::mime;
use crate::model::{Address, BodySource, BodyState, Failure, FailureKind, PlacementId, Purpose, Readable, Row};
use crate::net::Recorder;
use crate::store::{Reader, Whereabouts};
use crate::sync::{Bodies, BodyRequest, Way};
use crate::text::{SafeText, Text};

/// No message is larger.
const LARGEST: u64 = 512 * 1024 * 1024;

pub(super) fn show(ground: &Ground, asked: &Show) -> Result<(), Ending> {
    let (raw, only_here) = match id(&asked.what) {
        Some(placement) => of_store(ground, placement)?,
        None => (of_file(ground, Path::new(&asked.what))?, false),
    };
    let readable = mime::readable(&raw);
    let mut out = Out::new();
    if asked.json {
        out.json(&shown(&readable, only_here))?;
    } else {
        print(ground, &readable, only_here, &mut out)?;
    }
    out.end()
}

/// A number is an id; a file that is called so is `./17`.
fn id(what: &OsStr) -> Option<PlacementId> {
    let digits = what.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().map(PlacementId)
}

fn of_file(ground: &Ground, file: &Path) -> Result<Vec<u8>, Ending> {
    let unreadable = |error: std::io::Error| {
        Ending::because(sentences::not_a_message(ground.tongue, &file.to_string_lossy(), &error.to_string()))
    };
    let mut raw = Vec::new();
    File::open(file).and_then(|file| file.take(LARGEST).read_to_end(&mut raw)).map_err(unreadable)?;
    Ok(raw)
}

/// The message, and whether no server has it any more.
fn of_store(ground: &Ground, placement: PlacementId) -> Result<(Vec<u8>, bool), Ending> {
    let gone = || ground.failed(&Failure::lasting(FailureKind::Gone, "", ""));
    let reader = ground.reader()?.ok_or_else(gone)?;
    let row = row(ground, &reader, placement)?.ok_or_else(gone)?;
    if row.body == BodyState::Here
        && let Some(raw) = reader.body(row.message).map_err(|error| ground.stored(&error))?
    {
        return Ok((raw, row.only_here));
    }
    if row.only_here {
        return Err(ground.failed(&Failure::lasting(FailureKind::Unlisted, "", "")));
    }
    let raw = match access(ground)? {
        Access::Own(keeper) => {
            let raw = fetch(ground, &keeper, placement);
            keeper.close();
            raw?
        }
        Access::Through(line) => {
            hand_over(ground, line, &Work::Body(placement))?;
            let row = self::row(ground, &reader, placement)?.ok_or_else(gone)?;
            reader.body(row.message).map_err(|error| ground.stored(&error))?.ok_or_else(gone)?
        }
    };
    Ok((raw, false))
}

fn row(ground: &Ground, reader: &Reader, placement: PlacementId) -> Result<Option<Row>, Ending> {
    let rows = reader.rows(&[placement]).map_err(|error| ground.stored(&error))?;
    Ok(rows.into_iter().next())
}

/// Fetches a body from its server and keeps it.
fn fetch(ground: &Ground, keeper: &Keeper, placement: PlacementId) -> Result<Vec<u8>, Ending> {
    let at: Whereabouts = keeper
        .store
        .reader()
        .and_then(|reader| reader.whereabouts(placement))
        .map_err(|error| ground.stored(&error))?;
    let name = keeper.store.accounts.iter().find(|(id, _)| *id == at.account).map_or("", |(_, name)| name.as_str());
    let account = ground.account(name)?;
    let secret = secret_of(ground, account).map_err(|failure| ground.failed(&failure))?;
    let recorder = Recorder::start(ground.paths.protocol_log())?;
    let mut dialer = ground.dialer(account);
    dialer.tap = recorder.tap(&account.name, Purpose::Bodies);
    let way = Way::new(dialer, account.imap.clone(), account.login.clone(), secret);
    let fetched = runtime()?.block_on(async {
        let (requests, inbox) = mpsc::unbounded_channel();
        let (_on, online) = watch::channel(true);
        let working = tokio::spawn(Bodies::new(way, keeper.store.mail.clone(), inbox, online).run());
        let (reply, answer) = oneshot::channel();
        let sent = requests.send(BodyRequest::Now { at, reply });
        // The task ends when nobody can ask it any more.
        drop(requests);
        let answer = match sent {
            Ok(()) => answer.await.ok(),
            Err(_) => None,
        };
        let _ = working.await;
        answer.unwrap_or_else(|| Err(Failure::passing(FailureKind::Dropped, "", "")))
    });
    recorder.close();
    fetched.map_err(|failure| ground.failed(&failure))
}

#[derive(Serialize)]
struct Shown<'a> {
    subject: &'a str,
    from: Vec<Person<'a>>,
    to: Vec<Person<'a>>,
    cc: Vec<Person<'a>>,
    reply_to: Vec<Person<'a>>,
    date: Option<String>,
    message_id: &'a str,
    in_reply_to: &'a str,
    references: Vec<&'a str>,
    /// Lines end with `\n`, whatever the message has.
    text: String,
    source: &'static str,
    cut: bool,
    too_deep: bool,
    only_here: bool,
    attachments: Vec<Part<'a>>,
}

fn people(of: &[Address]) -> Vec<Person<'_>> {
    of.iter().map(person).collect()
}

#[derive(Serialize)]
struct Part<'a> {
    name: &'a str,
    r#type: &'a str,
    size: u64,
    inline: bool,
}

fn shown(readable: &Readable, only_here: bool) -> Shown<'_> {
    Shown {
        subject: readable.subject.as_untrusted(),
        from: people(&readable.from),
        to: people(&readable.to),
        cc: people(&readable.cc),
        reply_to: people(&readable.reply_to),
        date: readable.date.and_then(date),
        message_id: readable.message_id.as_untrusted(),
        in_reply_to: readable.in_reply_to.as_untrusted(),
        references: readable.references.iter().map(Text::as_untrusted).collect(),
        text: readable.document.text.as_untrusted().replace("\r\n", "\n"),
        source: match readable.source {
            BodySource::Plain => "plain",
            BodySource::Html => "html",
            BodySource::Nothing => "nothing",
        },
        cut: readable.cut,
        too_deep: readable.too_deep,
        only_here,
        attachments: readable
            .attachments
            .iter()
            .map(|part| Part {
                name: part.name.as_untrusted(),
                r#type: part.kind.as_untrusted(),
                size: part.size,
                inline: part.inline,
            })
            .collect(),
    }
}

fn print(ground: &Ground, readable: &Readable, only_here: bool, out: &mut Out) -> Result<(), Ending> {
    for (field, people) in [("From", &readable.from), ("To", &readable.to), ("Cc", &readable.cc)] {
        if !people.is_empty() {
            out.line(&format!("{field}: {}", people.iter().map(written).collect::<Vec<_>>().join(", ")))?;
        }
    }
    if let Some(date) = readable.date {
        out.line(&format!("Date: {}", local(date, &jiff::tz::TimeZone::system())))?;
    }
    out.line(&format!("Subject: {}", readable.subject.as_untrusted()))?;
    for part in &readable.attachments {
        let (name, kind) = (part.name.as_untrusted(), part.kind.as_untrusted());
        out.line(&format!("Attachment: {name} ({kind}, {} bytes)", part.size))?;
    }
    if only_here {
        out.line(sentences::only_here(ground.tongue))?;
    }
    out.line("")?;
    for line in SafeText::lines(&readable.document.text) {
        out.line(line.as_str())?;
    }
    if readable.cut {
        out.line(sentences::cut(ground.tongue))?;
    }
    if readable.too_deep {
        out.line(sentences::too_deep(ground.tongue))?;
    }
    Ok(())
}

fn written(of: &Address) -> String {
    let (name, address) = (of.name.as_untrusted(), of.address.as_untrusted());
    match (name.trim(), address) {
        ("", address) => address.to_owned(),
        (name, "") => name.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    }
}
