//! SEARCH: its keys, and which messages they match.

use std::cell::OnceCell;
use std::sync::Arc;

use super::command::{Day, Key, When};
use super::header::{cut, fields};
use super::lexer::{Lexer, Malformed, Parsed};
use super::marks::{Marks, Words};
use super::personality::{Search, TextSearch};
use super::sequence::Set;
use super::structure::Part;
use super::world::{Gathered, Seen};
use super::{date, decode};

/// Keys nested deeper than this are refused.
const DEPTH: usize = 24;

/// The charset, if one is named, and all keys as one.
pub(super) fn parse(lexer: &mut Lexer<'_>) -> Parsed<(Option<String>, Key)> {
    let mut charset = None;
    let mut ahead = *lexer;
    if ahead.name().is_ok_and(|n| n == "CHARSET") {
        ahead.space()?;
        charset = Some(text(&mut ahead)?);
        ahead.space()?;
        *lexer = ahead;
    }
    let mut keys = vec![key(lexer, 0)?];
    while lexer.eat(b' ') {
        keys.push(key(lexer, 0)?);
    }
    Ok((charset, all(keys)))
}

fn all(mut keys: Vec<Key>) -> Key {
    if keys.len() == 1 { keys.pop().unwrap_or(Key::All) } else { Key::And(keys) }
}

fn text(lexer: &mut Lexer<'_>) -> Parsed<String> {
    String::from_utf8(lexer.astring()?).map_err(|_| Malformed("The text to search for is not UTF-8"))
}

fn key(lexer: &mut Lexer<'_>, depth: usize) -> Parsed<Key> {
    if depth > DEPTH {
        return Err(Malformed("The search is nested too deeply"));
    }
    match lexer.peek() {
        Some(b'(') => return lexer.list(|l| key(l, depth + 1)).map(Key::Group),
        Some(b'*' | b'0'..=b'9') => return Set::parse(lexer).map(Key::Sequence),
        _ => {}
    }
    let name = lexer.name()?;
    let flag = |name: &str| Key::Flag(name.to_owned());
    let not = |key: Key| Key::Not(Box::new(key));
    let simple = match name.as_str() {
        "ALL" | "OLD" => Some(Key::All),
        "NEW" | "RECENT" => Some(Key::New),
        "ANSWERED" => Some(flag("\\Answered")),
        "DELETED" => Some(flag("\\Deleted")),
        "DRAFT" => Some(flag("\\Draft")),
        "FLAGGED" => Some(flag("\\Flagged")),
        "SEEN" => Some(flag("\\Seen")),
        "UNANSWERED" => Some(not(flag("\\Answered"))),
        "UNDELETED" => Some(not(flag("\\Deleted"))),
        "UNDRAFT" => Some(not(flag("\\Draft"))),
        "UNFLAGGED" => Some(not(flag("\\Flagged"))),
        "UNSEEN" => Some(not(flag("\\Seen"))),
        _ => None,
    };
    if let Some(key) = simple {
        return Ok(key);
    }
    lexer.space().map_err(|_| Malformed("Unknown search key, or its argument is missing"))?;
    Ok(match name.as_str() {
        "NOT" => not(key(lexer, depth + 1)?),
        "OR" => {
            let one = key(lexer, depth + 1)?;
            lexer.space()?;
            Key::Or(Box::new(one), Box::new(key(lexer, depth + 1)?))
        }
        "UID" => Key::Uid(Set::parse(lexer)?),
        "KEYWORD" => Key::Flag(lexer.atom()?.to_owned()),
        "UNKEYWORD" => not(Key::Flag(lexer.atom()?.to_owned())),
        "BEFORE" => Key::Arrived(When::Before, day(lexer)?),
        "ON" => Key::Arrived(When::On, day(lexer)?),
        "SINCE" => Key::Arrived(When::Since, day(lexer)?),
        "SENTBEFORE" => Key::Sent(When::Before, day(lexer)?),
        "SENTON" => Key::Sent(When::On, day(lexer)?),
        "SENTSINCE" => Key::Sent(When::Since, day(lexer)?),
        "FROM" | "TO" | "CC" | "BCC" | "SUBJECT" => Key::Header(name, text(lexer)?),
        "HEADER" => {
            let name = text(lexer)?.to_ascii_uppercase();
            lexer.space()?;
            Key::Header(name, text(lexer)?)
        }
        "BODY" => Key::Body(text(lexer)?),
        "TEXT" => Key::Text(text(lexer)?),
        "LARGER" => Key::Larger(lexer.number()?),
        "SMALLER" => Key::Smaller(lexer.number()?),
        "MODSEQ" => modseq(lexer)?,
        _ => return Err(Malformed("Unknown search key")),
    })
}

/// The flag that may be named is not looked at: there is one sequence for a whole message.
fn modseq(lexer: &mut Lexer<'_>) -> Parsed<Key> {
    if lexer.peek() == Some(b'"') {
        lexer.string()?;
        lexer.space()?;
        if !matches!(lexer.name()?.as_str(), "PRIV" | "SHARED" | "ALL") {
            return Err(Malformed("Unknown entry of MODSEQ"));
        }
        lexer.space()?;
    }
    Ok(Key::ModSeq(lexer.modseq()?))
}

fn day(lexer: &mut Lexer<'_>) -> Parsed<Day> {
    date::parse_day(&text(lexer)?).ok_or(Malformed("Invalid search date"))
}

/// What the stars of a search stand for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Last {
    pub(super) number: u32,
    pub(super) uid: u32,
}

/// A message that is read only as far as the search asks.
struct Reading<'a> {
    seen: &'a Seen,
    raw: OnceCell<Arc<[u8]>>,
    whole: OnceCell<Part>,
}

impl Reading<'_> {
    fn raw(&self) -> &[u8] {
        self.raw.get_or_init(|| self.seen.content.bytes())
    }

    fn whole(&self) -> &Part {
        self.whole.get_or_init(|| Part::of(self.raw()))
    }

    fn header(&self) -> &[u8] {
        cut(self.raw(), &self.whole().header)
    }

    fn size(&self) -> usize {
        self.raw().len()
    }
}

pub(super) fn matches(key: &Key, seen: &Seen, gathered: &Gathered, habits: &Search) -> bool {
    let reading = Reading { seen, raw: OnceCell::new(), whole: OnceCell::new() };
    hit(key, &reading, &Ground { last: gathered.last, words: &gathered.words, habits })
}

/// What the answer depends on besides the message.
struct Ground<'a> {
    last: Last,
    words: &'a Words,
    habits: &'a Search,
}

/// What the server does instead of searching for text.
pub(super) fn instead(key: &Key, habits: &Search) -> Option<Instead> {
    let text = |key: &Key| match key {
        Key::Header(_, text) | Key::Body(text) | Key::Text(text) => Some(text.is_ascii()),
        _ => None,
    };
    if habits.parentheses_find_all && key.any(&|key| matches!(key, Key::Group(_))) {
        return Some(Instead::All);
    }
    if !key.any(&|key| text(key).is_some()) {
        return None;
    }
    match habits.text {
        TextSearch::Works => None,
        TextSearch::FindsNothing => Some(Instead::Nothing),
        TextSearch::FindsAllOrNothing if key.any(&|key| text(key) == Some(false)) => Some(Instead::Nothing),
        TextSearch::FindsAllOrNothing => Some(Instead::All),
        TextSearch::Refused(why) => Some(Instead::Refused(why)),
    }
}

pub(super) enum Instead {
    All,
    Nothing,
    Refused(&'static str),
}

fn hit(key: &Key, reading: &Reading<'_>, ground: &Ground<'_>) -> bool {
    let seen = reading.seen;
    match key {
        Key::All => true,
        Key::New => ground.habits.recent_is_unseen && !seen.marks.has(Marks::SEEN),
        Key::And(keys) | Key::Group(keys) => keys.iter().all(|k| hit(k, reading, ground)),
        Key::Or(one, other) => hit(one, reading, ground) || hit(other, reading, ground),
        Key::Not(key) => !hit(key, reading, ground),
        Key::Sequence(set) => set.contains(seen.number, ground.last.number),
        Key::Uid(set) => set.contains(seen.uid, ground.last.uid),
        Key::Flag(name) => {
            let mark = ground.words.find(name);
            mark != Marks::NONE && seen.marks.has(mark)
        }
        Key::Arrived(when, day) => compare(*when, date::day_of(seen.arrived), *day),
        Key::Sent(when, day) => {
            let sent = super::header::first(reading.header(), "Date");
            let sent = sent.and_then(|d| date::parse_sent(&String::from_utf8_lossy(&d)));
            compare(*when, sent.unwrap_or_else(|| date::day_of(seen.arrived)), *day)
        }
        Key::Header(name, text) => {
            let wanted = decode::folded(text);
            let mut values = fields(reading.header()).filter(|f| f.name.eq_ignore_ascii_case(name));
            values.any(|f| decode::folded(&decode::words(f.value)).contains(&wanted))
        }
        Key::Body(text) => {
            decode::folded(&decode::bodies(reading.raw(), reading.whole())).contains(&decode::folded(text))
        }
        Key::Text(text) => {
            let wanted = decode::folded(text);
            decode::folded(&decode::headers(reading.header())).contains(&wanted)
                || decode::folded(&decode::bodies(reading.raw(), reading.whole())).contains(&wanted)
        }
        Key::ModSeq(from) => seen.modseq >= *from,
        Key::Larger(size) => usize::try_from(*size).is_ok_and(|size| reading.size() > size),
        Key::Smaller(size) => usize::try_from(*size).is_ok_and(|size| reading.size() < size),
    }
}

fn compare(when: When, is: Day, asked: Day) -> bool {
    match when {
        When::Before => is < asked,
        When::On => is == asked,
        When::Since => is >= asked,
    }
}
