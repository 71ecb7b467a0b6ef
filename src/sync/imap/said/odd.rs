//! Our own reader, for what the library cannot read or should not see. It takes what it understands and never gives up
//! on the rest of a response because of one part of it.

use std::ops::RangeInclusive;

use super::reading::{Piece, Reading};
use super::{Fetched, Listed, Measured, Said, State, Tagged, Verdict, code};
use crate::decoding;
use crate::model::Flags;
use crate::store::Spooled;
use crate::sync::imap::sluice::Literal;

/// No mailbox has more; ranges that say otherwise are not written out.
const MOST_NUMBERS: usize = 5_000_000;

/// What we ask about a message, and find again after something that makes no sense.
const KEYS: [&str; 8] = ["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "MODSEQ", "BODY", "RFC822.HEADER", "RFC822"];

pub(super) fn read(bytes: &[u8], literals: &[Literal], files: Vec<Spooled>) -> Said {
    let mut reading = Reading::new(bytes, literals, files);
    if reading.eat(b'+') {
        reading.spaces();
        return Said::Go(text(reading.line()));
    }
    let tag = reading.word();
    reading.spaces();
    if tag != b"*" {
        return tagged(tag, &mut reading);
    }
    if reading.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        return numbered(&mut reading);
    }
    let name = reading.name();
    if let Some(verdict) = verdict(&name) {
        reading.spaces();
        return Said::State(state(verdict, &mut reading));
    }
    reading.spaces();
    match name.as_str() {
        "CAPABILITY" => Said::Capability(words(&mut reading)),
        "ENABLED" => Said::Enabled(words(&mut reading)),
        "LIST" | "LSUB" | "XLIST" => listed(&mut reading).map_or(Said::Other, Said::List),
        "STATUS" => measured(&mut reading).map_or(Said::Other, Said::Status),
        "SEARCH" => search(&mut reading),
        "ESEARCH" => extended_search(&mut reading),
        "VANISHED" => vanished(&mut reading),
        "ID" => Said::Id,
        _ => Said::Other,
    }
}

fn verdict(name: &str) -> Option<Verdict> {
    Some(match name {
        "OK" => Verdict::Ok,
        "NO" => Verdict::No,
        "BAD" => Verdict::Bad,
        "PREAUTH" => Verdict::PreAuth,
        "BYE" => Verdict::Bye,
        _ => return None,
    })
}

fn tagged(tag: &[u8], reading: &mut Reading<'_>) -> Said {
    let name = reading.name();
    let verdict = verdict(&name).filter(|verdict| matches!(verdict, Verdict::Ok | Verdict::No | Verdict::Bad));
    match (std::str::from_utf8(tag), verdict) {
        (Ok(tag), Some(verdict)) if !tag.is_empty() => {
            reading.spaces();
            Said::Tagged(Tagged { tag: tag.to_owned(), state: state(verdict, reading) })
        }
        _ => Said::Other,
    }
}

fn state(verdict: Verdict, reading: &mut Reading<'_>) -> State {
    let text = text(reading.line());
    let (code, words) = code::split(&text);
    State { verdict, code, text: words.to_owned() }
}

/// Words for people: UTF-8, or what Chinese servers write instead.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn words(reading: &mut Reading<'_>) -> Vec<String> {
    String::from_utf8_lossy(reading.line()).split_ascii_whitespace().map(str::to_ascii_uppercase).collect()
}

fn numbered(reading: &mut Reading<'_>) -> Said {
    let number: Option<u32> = reading.number();
    reading.spaces();
    let name = reading.name();
    let Some(number) = number else { return Said::Other };
    match name.as_str() {
        "EXISTS" => Said::Exists(number),
        "RECENT" => Said::Recent(number),
        "EXPUNGE" => Said::Expunge(number),
        "FETCH" => {
            reading.spaces();
            let mut told = Fetched { seq: number, ..Fetched::default() };
            fetched(reading, &mut told);
            // What has no number is no message, and nothing about one.
            if told.uid == Some(0) { Said::Other } else { Said::Fetch(Box::new(told)) }
        }
        _ => Said::Other,
    }
}

/// The first word on each thing counts: what comes later may be the inside of something that was not understood.
fn fetched(reading: &mut Reading<'_>, told: &mut Fetched) {
    told.odd = !reading.eat(b'(');
    loop {
        reading.spaces();
        if reading.eat(b')') {
            return;
        }
        if reading.is_over() || attribute(reading, told).is_none() {
            told.odd = true;
            if !reading.seek(&KEYS) {
                return;
            }
        }
    }
}

/// One thing that is told of a message; `None` if it has no end.
fn attribute(reading: &mut Reading<'_>, told: &mut Fetched) -> Option<()> {
    let written = reading.key();
    let key = KEYS.into_iter().find(|key| written.eq_ignore_ascii_case(key.as_bytes()));
    if written.is_empty() {
        return None;
    }
    let section = if reading.eat(b'[') {
        let section = reading.while_like(|byte| !matches!(byte, b']' | b'\r' | b'\n'));
        reading.eat(b']').then_some(())?;
        Some(section)
    } else {
        None
    };
    let part = reading.peek() == Some(b'<');
    let begins = if part { stretch(reading.word()) } else { None };
    reading.spaces();
    match (key.unwrap_or_default(), section) {
        ("UID", None) => {
            let uid = reading.number();
            told.uid = told.uid.or(uid);
        }
        ("RFC822.SIZE", None) => {
            let size = reading.number();
            told.size = told.size.or(size);
        }
        ("FLAGS", None) => {
            reading.eat(b'(').then_some(())?;
            let names = reading.while_like(|byte| !matches!(byte, b')' | b'\r' | b'\n'));
            reading.eat(b')').then_some(())?;
            let flags = String::from_utf8_lossy(names)
                .split_ascii_whitespace()
                .fold(Flags::NONE, |all, name| all.with(Flags::from_imap(name)));
            told.flags = told.flags.or(Some(flags));
        }
        ("INTERNALDATE", None) => {
            let written = reading.string()?.into_bytes();
            told.arrival = told.arrival.or_else(|| decoding::date(&String::from_utf8_lossy(&written)));
        }
        ("MODSEQ", None) => {
            reading.eat(b'(').then_some(())?;
            let number = reading.number();
            reading.eat(b')').then_some(())?;
            told.modseq = told.modseq.or(number);
        }
        ("BODY", Some(b"")) | ("RFC822", None) if !part => {
            let body = reading.string()?;
            let whole = reading.whole(body);
            // What was cut is not the message.
            told.odd |= whole.is_none();
            told.body = told.body.take().or(whole);
        }
        ("BODY", Some(b"")) if part => {
            let piece = reading.string()?;
            let whole = reading.whole(piece);
            told.odd |= whole.is_none() || begins.is_none();
            told.piece = told.piece.take().or(begins.zip(whole));
        }
        ("BODY", Some(section)) if is_header(section) => header(reading.string()?, told),
        ("RFC822.HEADER", None) => header(reading.string()?, told),
        _ => reading.skip().then_some(())?,
    }
    Some(())
}

/// `<0>`: where a stretch begins.
fn stretch(word: &[u8]) -> Option<u64> {
    std::str::from_utf8(word.strip_prefix(b"<")?.strip_suffix(b">")?).ok()?.parse().ok()
}

fn is_header(section: &[u8]) -> bool {
    section.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"HEADER"))
}

fn header(piece: Piece<'_>, told: &mut Fetched) {
    if told.header.is_none() {
        told.header = Some(piece.into_bytes());
    }
}

fn listed(reading: &mut Reading<'_>) -> Option<Listed> {
    reading.eat(b'(').then_some(())?;
    let attributes = reading.while_like(|byte| !matches!(byte, b')' | b'\r' | b'\n'));
    let attributes = String::from_utf8_lossy(attributes).split_ascii_whitespace().map(str::to_owned).collect();
    reading.eat(b')').then_some(())?;
    reading.spaces();
    let delimiter = match reading.string()? {
        Piece::Nil => None,
        other => text(&other.into_bytes()).chars().next(),
    };
    reading.spaces();
    let name = folder_name(reading)?;
    Some(Listed { name, delimiter, attributes })
}

fn folder_name(reading: &mut Reading<'_>) -> Option<Vec<u8>> {
    match reading.peek()? {
        b'"' | b'{' => reading.string().map(Piece::into_bytes),
        // A name that the server forgot to quote, or one that is called NIL.
        _ => Some(reading.line().trim_ascii_end().to_vec()).filter(|name| !name.is_empty()),
    }
}

fn measured(reading: &mut Reading<'_>) -> Option<Measured> {
    let name = match reading.peek()? {
        b'"' | b'{' => reading.string()?.into_bytes(),
        _ => reading.word().to_vec(),
    };
    let mut measured = Measured { name, ..Measured::default() };
    reading.spaces();
    reading.eat(b'(').then_some(())?;
    loop {
        reading.spaces();
        let key = reading.name();
        if key.is_empty() {
            return Some(measured);
        }
        reading.spaces();
        match key.as_str() {
            "MESSAGES" => measured.messages = reading.number(),
            "UNSEEN" => measured.unseen = reading.number(),
            "UIDNEXT" => measured.uid_next = reading.number(),
            "UIDVALIDITY" => measured.uidvalidity = reading.number(),
            "HIGHESTMODSEQ" => measured.modseq = reading.number(),
            _ if reading.skip() => {}
            _ => return Some(measured),
        }
    }
}

fn search(reading: &mut Reading<'_>) -> Said {
    let (mut numbers, mut modseq) = (Vec::new(), None);
    while !reading.is_over() {
        if reading.eat(b'(') {
            if reading.name() == "MODSEQ" {
                reading.spaces();
                modseq = reading.number();
            }
            reading.eat(b')');
        } else if let Some(number) = reading.number().filter(|_| numbers.len() < MOST_NUMBERS) {
            numbers.push(number);
        } else {
            reading.eat(b')');
        }
        reading.spaces();
    }
    Said::Search { tag: None, numbers, modseq }
}

fn extended_search(reading: &mut Reading<'_>) -> Said {
    let (mut numbers, mut modseq) = (Vec::new(), None);
    let tag = if reading.peek() == Some(b'(') { correlator(reading) } else { None };
    while !reading.is_over() {
        reading.spaces();
        let key = reading.name();
        reading.spaces();
        match key.as_str() {
            "UID" => {}
            "ALL" => match written_out(code::each_range(set(reading))) {
                Some(all) => numbers = all,
                None => return Said::Other,
            },
            "MODSEQ" => modseq = reading.number(),
            _ if !reading.skip() => break,
            _ => {
                // What cannot follow a value is gone past, so that this ends.
                reading.eat(b')');
            }
        }
    }
    Said::Search { tag, numbers, modseq }
}

/// `(TAG "H1")`
fn correlator(reading: &mut Reading<'_>) -> Option<String> {
    reading.eat(b'(');
    let is_tag = reading.name() == "TAG";
    reading.spaces();
    let tag = reading.string().and_then(|tag| String::from_utf8(tag.into_bytes()).ok());
    while !reading.is_over() && !reading.eat(b')') && reading.skip() {}
    tag.filter(|_| is_tag)
}

fn set<'a>(reading: &mut Reading<'a>) -> &'a str {
    std::str::from_utf8(reading.word()).unwrap_or_default()
}

/// `None` if that would be more than any mailbox has.
fn written_out(ranges: impl Iterator<Item = RangeInclusive<u32>>) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    for range in ranges {
        let more = usize::try_from(range.end() - range.start()).ok()?;
        if more >= MOST_NUMBERS.saturating_sub(numbers.len()) {
            return None;
        }
        numbers.extend(range);
    }
    Some(numbers)
}

fn vanished(reading: &mut Reading<'_>) -> Said {
    let earlier = reading.eat(b'(');
    if earlier {
        reading.word();
        reading.eat(b')');
        reading.spaces();
    }
    Said::Vanished { earlier, uids: code::ranges(set(reading)) }
}
