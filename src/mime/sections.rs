//! What the lines of a text are: what somebody wrote before, a signature, a patch, a table drawn with blanks.
//!
//! No standard says how an answer quotes, so every program does it in its own way. Nothing here believes one line alone
//! where it can be avoided: a quotation is known by several fields that stand together, or by marks on many lines.
//! Everything looks at each line a fixed number of times.

mod fixed;
mod patch;
mod quotes;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::links;
use crate::model::{Document, Section, SectionKind};

/// Lines beyond these are not looked at.
const MOST_LINES: usize = 200_000;

/// Footers are short. Longer lines are nobody's signature.
const LONGEST_FOOTER: usize = 160;

/// Lines below a `--` that lost its blank, at most.
const SIGNATURE_LINES: usize = 12;

/// Finds the sections of a text and the addresses of the web in it. What is known of the document already is kept.
pub(super) fn find(document: &mut Document) {
    links::find(document);
    let found = sections(document);
    document.sections = found;
}

#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
    /// What is known of it without looking.
    told: Told,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    /// It is quoted.
    Quoted,
    /// It is something else, and will not be looked at.
    Other,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

type Kinds = Vec<Option<SectionKind>>;

fn sections(document: &Document) -> Vec<Section> {
    let lines = lines(document);
    let mut kinds: Kinds = vec![None; lines.len()];
    patch::mark(&lines, &mut kinds);
    let quoted_to_the_end = quotes::mark(&lines, &mut kinds);
    signatures(&lines, &mut kinds);
    fixed::mark(&lines, &mut kinds);
    let is_told = lines.iter().any(|line| line.told == Told::Quoted);
    if !is_told && !is_anything_new(&lines, &kinds) {
        // Somebody sent it on without a word: to fold it would leave a blank page.
        for kind in kinds.iter_mut().filter(|kind| **kind == Some(SectionKind::Quoted)) {
            *kind = None;
        }
    }
    let mut found = gathered(&lines, &kinds);
    if quoted_to_the_end
        && lines.len() == MOST_LINES
        && let Some(last) = found.last_mut().filter(|last| last.kind == SectionKind::Quoted)
    {
        last.at.end = document.text.as_untrusted().len();
    }
    merged(found, &document.sections)
}

fn lines(document: &Document) -> Vec<Line<'_>> {
    let text = document.text.as_untrusted();
    let mut lines = Vec::new();
    let mut start = 0;
    let mut sections = document.sections.iter().peekable();
    let mut tables = document.tables.iter().peekable();
    while start < text.len() && lines.len() < MOST_LINES {
        let rest = text.get(start..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        let stop = start + end;
        while sections.next_if(|section| section.at.end <= start && !section.at.is_empty()).is_some() {}
        while tables.next_if(|table| table.at.end <= start).is_some() {}
        let in_table = tables.peek().is_some_and(|table| table.at.start < stop);
        let told = match sections.peek().filter(|section| section.at.start < stop) {
            Some(section) if section.kind == SectionKind::Quoted => Told::Quoted,
            Some(_) => Told::Other,
            None if in_table => Told::Other,
            None => Told::Nothing,
        };
        lines.push(Line { start, text: line, told });
        let ending = if after.starts_with("\r\n") { 2 } else { 1 };
        start = stop + ending;
    }
    lines
}

fn is_anything_new(lines: &[Line<'_>], kinds: &Kinds) -> bool {
    lines
        .iter()
        .zip(kinds)
        .any(|(line, kind)| !matches!(kind, Some(SectionKind::Quoted | SectionKind::Signature)) && !line.is_blank())
}

/// Lines of a kind that stand together become one section; lines of a patch stay alone.
fn gathered(lines: &[Line<'_>], kinds: &Kinds) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    let mut together = false;
    for (line, kind) in lines.iter().zip(kinds) {
        let Some(kind) = *kind else {
            together = false;
            continue;
        };
        let alone = matches!(kind, SectionKind::Added | SectionKind::Removed | SectionKind::Hunk);
        match found.last_mut().filter(|last| together && !alone && last.kind == kind) {
            Some(last) => last.at.end = line.end(),
            None => found.push(Section { at: line.start..line.end(), kind }),
        }
        together = true;
    }
    found.retain(|section| !section.at.is_empty());
    found
}

/// Both lists as one, in order. Where two overlap the quotation stays, or what was known before.
fn merged(found: Vec<Section>, known: &[Section]) -> Vec<Section> {
    if known.is_empty() {
        return found;
    }
    let mut all: Vec<(bool, Section)> = known.iter().map(|section| (true, section.clone())).collect();
    all.extend(found.into_iter().map(|section| (false, section)));
    all.sort_by_key(|(_, section)| section.at.start);
    let mut merged: Vec<(bool, Section)> = Vec::with_capacity(all.len());
    for (was_known, mut section) in all {
        let is_quoted = section.kind == SectionKind::Quoted;
        let mut dropped = false;
        while let Some((last_known, last)) = merged.last_mut().filter(|(_, last)| overlap(&last.at, &section.at)) {
            if is_quoted && last.kind == SectionKind::Quoted {
                section.at.start = section.at.start.min(last.at.start);
                section.at.end = section.at.end.max(last.at.end);
            } else if !is_quoted && (last.kind == SectionKind::Quoted || *last_known || !was_known) {
                dropped = true;
                break;
            }
            merged.pop();
        }
        if !dropped {
            merged.push((was_known, section));
        }
    }
    merged.into_iter().map(|(_, section)| section).collect()
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// From the `-- ` to the end or to a quotation; footers of lists; what telephones write below.
fn signatures(lines: &[Line<'_>], kinds: &mut Kinds) {
    let mut from = 0;
    while from < lines.len() {
        let is_open = |at: usize| {
            lines.get(at).is_some_and(|line| line.told == Told::Nothing) && kinds.get(at).is_some_and(Option::is_none)
        };
        let to = (from..lines.len()).find(|at| !is_open(*at)).unwrap_or(lines.len());
        if let Some((first, last)) = signature(lines.get(from..to).unwrap_or_default()) {
            for kind in kinds.iter_mut().take(from + last + 1).skip(from + first) {
                *kind = Some(SectionKind::Signature);
            }
        }
        from = to + 1;
    }
}

/// Where the signature of these lines begins, and its last line.
fn signature(lines: &[Line<'_>]) -> Option<(usize, usize)> {
    let written: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| !line.is_blank()).map(|(number, _)| number).collect();
    let last = *written.last()?;
    let mut before: Option<(usize, &str)> = None;
    for (place, number) in written.iter().enumerate() {
        let line = lines.get(*number).map_or("", |line| line.text);
        let below = written.len() - place - 1;
        let begins = match line {
            "-- " => true,
            "--" => (1..=SIGNATURE_LINES).contains(&below),
            _ => {
                below == 0 && is_sent_from(line)
                    || below <= SIGNATURE_LINES && is_footer(line, lines.get(number + 1..).unwrap_or_default())
            }
        };
        if begins {
            let first = before.filter(|(_, line)| is_sent_from(line)).map_or(*number, |(number, _)| number);
            return Some((first, last));
        }
        before = Some((*number, line));
    }
    None
}

/// The line that mailing lists draw, and who they are below it.
fn is_footer(line: &str, below: &[Line<'_>]) -> bool {
    let line = line.trim_end();
    line.len() >= 30
        && line.len() <= LONGEST_FOOTER
        && line.bytes().all(|byte| byte == b'_')
        && below.iter().take(4).any(|line| {
            line.text.len() <= LONGEST_FOOTER
                && ["http", "mailing list", "邮件列表"].iter().any(|word| line.text.contains(word))
        })
}

const SENT_FROM: [&str; 18] = [
    "发自我的",
    "發自我的",
    "发自 ",
    "發自 ",
    "发自网易",
    "发自QQ",
    "发自新浪",
    "来自我的",
    "從我的 ",
    "从我的 ",
    "发送自 ",
    "获取 Outlook for",
    "Get Outlook for",
    "Sent from my ",
    "Sent from Mail for",
    "Sent from Outlook",
    "Sent from Yahoo Mail",
    "Sent via ",
];

fn is_sent_from(line: &str) -> bool {
    let line =
        line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '|' | '*' | '-' | '—' | '<' | '[' | '\u{feff}'));
    line.len() <= LONGEST_FOOTER
        && (SENT_FROM.iter().any(|begin| line.starts_with(begin)) || line.contains("签名由") && line.contains("定制"))
}
