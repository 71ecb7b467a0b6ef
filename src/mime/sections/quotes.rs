//! What somebody wrote before: lines that are marked, and blocks that begin with fields or with "so and so wrote".

use super::{Kinds, Line, Told};
use crate::model::SectionKind;

/// A line that says who wrote what follows is not longer, nor is the line of a field that is looked at.
const LONGEST_LINE: usize = 1_000;

/// Lines over which "so and so wrote" may be broken.
const BROKEN_OVER: usize = 4;

/// Lines among which the fields of one block stand.
const CLUSTER: usize = 16;

/// Marks every quoted line. True if a block goes on to the end.
pub(super) fn mark(lines: &[Line<'_>], kinds: &mut Kinds) -> bool {
    let marked = marked(lines, kinds);
    let mut number = 0;
    while let Some(line) = lines.get(number) {
        if let Some(run) = marked.get(number).copied().filter(|end| *end > number) {
            let (from, strong) = introduced(lines, number);
            if strong || run - number > 1 || is_clearly_marked(line) {
                fill(kinds, from, run);
            }
            number = run;
            continue;
        }
        if matches!(divider(line.text), Some(Divider::Forward)) {
            number = behind_fields(lines, number + 1);
            continue;
        }
        let is_open = line.told == Told::Nothing && kinds.get(number).is_some_and(Option::is_none);
        if is_open && let Some(from) = block(lines, number, &marked) {
            let last = (from..lines.len()).rev().find(|at| lines.get(*at).is_some_and(|line| !line.is_blank()));
            fill(kinds, from, last.map_or(lines.len(), |last| last + 1));
            return true;
        }
        number += 1;
    }
    false
}

fn fill(kinds: &mut Kinds, from: usize, to: usize) {
    for kind in kinds.iter_mut().take(to).skip(from) {
        *kind = Some(SectionKind::Quoted);
    }
}

/// For each line that a run of marked lines begins with, where the run ends; blank lines between do not end it.
fn marked(lines: &[Line<'_>], kinds: &Kinds) -> Vec<usize> {
    let mut ends = vec![0; lines.len()];
    let mut begun: Option<(usize, usize)> = None;
    let mut close = |run: Option<(usize, usize)>| {
        if let Some((from, to)) = run
            && let Some(end) = ends.get_mut(from)
        {
            *end = to;
        }
    };
    for (number, (line, kind)) in lines.iter().zip(kinds).enumerate() {
        let is_marked = line.told == Told::Quoted || kind.is_none() && is_marked(line);
        if is_marked {
            begun = Some((begun.map_or(number, |(from, _)| from), number + 1));
        } else if !line.is_blank() {
            close(begun.take());
        }
    }
    close(begun);
    ends
}

fn is_marked(line: &Line<'_>) -> bool {
    let text = line.text.strip_prefix(' ').unwrap_or(line.text);
    // What mailboxes in one file do to a line that begins with From.
    text.starts_with('>') && !text.starts_with(">From ")
}

/// A lonely line with a mark may be a face.
fn is_clearly_marked(line: &Line<'_>) -> bool {
    let text = line.text.trim_start_matches(' ');
    line.told == Told::Quoted || text.starts_with("> ") || text.starts_with(">>")
}

/// Where a quotation that is marked from here begins, with the lines above it that say who wrote it.
fn introduced(lines: &[Line<'_>], from: usize) -> (usize, bool) {
    let above = (from.saturating_sub(3)..from).rev().find(|at| lines.get(*at).is_some_and(|line| !line.is_blank()));
    match above.and_then(|last| attribution(lines, last)) {
        Some((first, _)) => (first, true),
        None => (from, false),
    }
}

/// The verbs that end "so and so wrote".
const WROTE: [&str; 15] = [
    "wrote",
    "writes",
    "写道",
    "寫道",
    "写到",
    "撰写",
    "撰寫",
    "寫了",
    "said",
    "schrieb",
    "a écrit",
    "escribió",
    "ha scritto",
    "のメール",
    "написал",
];

/// "So and so wrote", if it ends with this line: its first line, and whether it says when and who by address.
fn attribution(lines: &[Line<'_>], last: usize) -> Option<(usize, bool)> {
    let line = lines.get(last)?;
    if line.text.len() > LONGEST_LINE || line.told != Told::Nothing {
        return None;
    }
    let text = line.text.trim_end().trim_end_matches(['>', '*']).trim_end();
    let text = text.strip_suffix([':', '：'])?.trim_end();
    if !WROTE.iter().any(|verb| text.ends_with(verb)) {
        return None;
    }
    let mut first = last;
    let mut found = None;
    let (mut has_time, mut has_address) = (false, false);
    for back in 0..BROKEN_OVER {
        let Some(line) = last.checked_sub(back).and_then(|at| lines.get(at)) else { break };
        if line.is_blank() || line.text.len() > LONGEST_LINE || line.told != Told::Nothing || is_marked(line) {
            break;
        }
        first = last - back;
        has_time |= says_when(line.text);
        has_address |= line.text.contains('@');
        if begins_attribution(line.text) || back == 0 && has_time && has_address {
            found = Some((first, has_time && has_address));
            break;
        }
    }
    // Broken in the middle of a name, it begins where both are said.
    found.or_else(|| (has_time && has_address).then_some((first, true))).or(Some((last, false)))
}

fn begins_attribution(text: &str) -> bool {
    let text = text.trim_start();
    ["On ", "At ", "Am ", "Le ", "El ", "Il ", "在", "于"].iter().any(|begin| text.starts_with(begin))
}

/// A year, or a time of day.
fn says_when(text: &str) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    text.as_bytes().windows(4).any(|four| match four {
        [b'1', b'9', rest @ ..] | [b'2', b'0', rest @ ..] => digits(rest),
        [hour, b':', minutes @ ..] => hour.is_ascii_digit() && digits(minutes),
        _ => false,
    })
}

/// The line with which a block that goes to the end begins, if this one shows it.
fn block(lines: &[Line<'_>], number: usize, marked: &[usize]) -> Option<usize> {
    let line = lines.get(number)?;
    if line.text.len() > LONGEST_LINE {
        return None;
    }
    match divider(line.text) {
        Some(Divider::Words) => {
            let next = next_written(lines, number + 1)?;
            let is_followed = cluster(lines, next).is_some() || lines.get(next).is_some_and(|line| is_cell(line.text));
            return is_followed.then_some(number);
        }
        Some(Divider::Forward) => return None,
        Some(Divider::Rule) => {
            let fields = next_written(lines, number + 1).and_then(|at| cluster(lines, at));
            return fields.filter(Cluster::is_likely).map(|_| number);
        }
        None => {}
    }
    if let Some(fields) = cluster(lines, number) {
        return fields.is_sure().then_some(number);
    }
    let (first, is_sure) = attribution(lines, number)?;
    let next = next_written(lines, number + 1)?;
    let is_marked = marked.get(next).is_some_and(|end| *end > next);
    (is_sure && !is_marked).then_some(first)
}

/// The next line with something on it, if it is near.
fn next_written(lines: &[Line<'_>], from: usize) -> Option<usize> {
    (from..from + 4).find(|at| lines.get(*at).is_some_and(|line| !line.is_blank()))
}

enum Divider {
    /// `----- Original Message -----`
    Words,
    /// `----- Forwarded Message -----`: what follows is what the sender wants to be read.
    Forward,
    /// `________________________________`
    Rule,
}

const DIVIDERS: [&str; 18] = [
    "original",
    "original message",
    "original mail",
    "original email",
    "original appointment",
    "replied message",
    "原始邮件",
    "原始郵件",
    "原邮件",
    "原郵件",
    "原始信件",
    "原始信息",
    "原始消息",
    "回复的原邮件",
    "回复的原始邮件",
    "回复邮件",
    "回覆郵件",
    "ursprüngliche nachricht",
];

const FORWARDS: [&str; 11] = [
    "forwarded message",
    "begin forwarded message",
    "forwarded by",
    "转发邮件",
    "转发的邮件",
    "转发的原邮件",
    "转发邮件信息",
    "轉寄郵件",
    "轉寄的郵件",
    "以下为转发邮件",
    "以下是转发的邮件",
];

fn divider(text: &str) -> Option<Divider> {
    if text.len() > LONGEST_LINE {
        return None;
    }
    let line = text.trim();
    let is_line = |c: char| matches!(c, '-' | '_' | '=' | '—' | '─' | '–');
    let words = line.trim_matches(|c: char| is_line(c) || c.is_whitespace() || matches!(c, '*' | ':' | '：' | '|'));
    if words.is_empty() {
        return (line.chars().filter(|c| is_line(*c)).count() >= 5).then_some(Divider::Rule);
    }
    let drawn = line.starts_with(is_line) && line.chars().take_while(|c| is_line(*c)).count() >= 2;
    let lower = words.to_lowercase();
    if !drawn && !line.ends_with([':', '：']) {
        return None;
    }
    match lower.as_str() {
        words if DIVIDERS.contains(&words) => Some(Divider::Words),
        words if FORWARDS.contains(&words) => Some(Divider::Forward),
        _ => None,
    }
}

const FROM: u8 = 1;
const DATE: u8 = 2;
const TO: u8 = 4;
const CC: u8 = 8;
const SUBJECT: u8 = 16;
const OTHER: u8 = 32;

const LABELS: [(&str, u8); 44] = [
    ("from", FROM),
    ("发件人", FROM),
    ("發件人", FROM),
    ("寄件人", FROM),
    ("寄件者", FROM),
    ("发信人", FROM),
    ("来自", FROM),
    ("von", FROM),
    ("sent", DATE),
    ("date", DATE),
    ("sendtime", DATE),
    ("发送时间", DATE),
    ("發送時間", DATE),
    ("发件时间", DATE),
    ("发送日期", DATE),
    ("寄件日期", DATE),
    ("传送时间", DATE),
    ("傳送時間", DATE),
    ("日期", DATE),
    ("时间", DATE),
    ("時間", DATE),
    ("gesendet", DATE),
    ("datum", DATE),
    ("to", TO),
    ("收件人", TO),
    ("收件者", TO),
    ("收信人", TO),
    ("发至", TO),
    ("an", TO),
    ("cc", CC),
    ("抄送", CC),
    ("抄送人", CC),
    ("副本", CC),
    ("密送", CC),
    ("subject", SUBJECT),
    ("主题", SUBJECT),
    ("主題", SUBJECT),
    ("主旨", SUBJECT),
    ("标题", SUBJECT),
    ("betreff", SUBJECT),
    ("reply-to", OTHER),
    ("attachments", OTHER),
    ("附件", OTHER),
    ("importance", OTHER),
];

/// Longer words before a colon are no name of a field.
const LONGEST_LABEL: usize = 48;

/// The field that a line begins with, and what it says.
fn field(text: &str) -> Option<(u8, &str)> {
    let is_around = |c: char| c.is_whitespace() || matches!(c, '*' | '|' | '│' | '\u{feff}');
    let line = text.trim_start_matches(is_around);
    let head = line.get(..line.floor_char_boundary(LONGEST_LABEL)).unwrap_or(line);
    let (at, mark) = head.char_indices().find(|(_, c)| matches!(c, ':' | '：' | '|' | '│'))?;
    let label: String = head.get(..at)?.chars().filter(|c| !is_around(*c)).flat_map(char::to_lowercase).collect();
    let kind = LABELS.iter().find(|(name, _)| *name == label).map(|(_, kind)| *kind)?;
    Some((kind, line.get(at + mark.len_utf8()..)?))
}

/// A field out of a table: its name and what it says are cells.
fn is_cell(text: &str) -> bool {
    text.trim_start().split_once("  ").is_some_and(|(name, _)| {
        let name = name.to_lowercase();
        LABELS.iter().any(|(label, _)| *label == name)
    })
}

#[derive(Default)]
struct Cluster {
    kinds: u8,
    /// Somebody is named by address.
    has_address: bool,
}

impl Cluster {
    fn is_likely(&self) -> bool {
        self.kinds & FROM != 0 && self.kinds.count_ones() >= 2 && (self.has_address || self.kinds & SUBJECT != 0)
    }

    /// A timetable has a from, a to and a date as well.
    fn is_sure(&self) -> bool {
        self.is_likely() && self.kinds & (DATE | SUBJECT) != 0 && self.kinds & (TO | DATE) != 0 && {
            let main = self.kinds & (FROM | DATE | TO | SUBJECT);
            main.count_ones() >= 3
        }
    }
}

/// The first line from here that is no field and no part of one.
fn behind_fields(lines: &[Line<'_>], from: usize) -> usize {
    let is_part = |line: &Line<'_>| {
        let text = line.text.get(..line.text.floor_char_boundary(LONGEST_LINE)).unwrap_or(line.text);
        line.is_blank() || field(text).is_some() || text.starts_with([' ', '\t']) && text.contains('@')
    };
    let fields = lines.iter().skip(from).take(CLUSTER).take_while(|line| is_part(line)).count();
    from + fields
}

/// The fields that stand together from this line on.
fn cluster(lines: &[Line<'_>], from: usize) -> Option<Cluster> {
    field(lines.get(from)?.text)?;
    let mut cluster = Cluster::default();
    let mut blanks = 0;
    let mut last = 0;
    for line in lines.iter().skip(from).take(CLUSTER) {
        if line.is_blank() {
            blanks += 1;
            if blanks > 1 {
                break;
            }
            continue;
        }
        let text = line.text.get(..line.text.floor_char_boundary(LONGEST_LINE)).unwrap_or(line.text);
        match field(text) {
            Some((kind, said)) => {
                if cluster.kinds & kind != 0 {
                    break;
                }
                cluster.kinds |= kind;
                last = kind;
                cluster.has_address |= kind & (FROM | TO | CC) != 0 && said.contains('@');
            }
            // A long list of people goes on in the next line.
            None if blanks == 0 && last & (FROM | TO | CC) != 0 && text.contains('@') => cluster.has_address = true,
            None => break,
        }
        blanks = 0;
    }
    Some(cluster)
}
