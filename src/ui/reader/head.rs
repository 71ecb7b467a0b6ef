//! What stands above the text, in words: cards, warnings, files and what was blocked.

use std::collections::BTreeMap;

use ratatui::style::Style;

use super::super::Look;
use super::super::date::Calendar;
use super::super::number::size;
use crate::app::{Caution, Field, PageLine, When};
use crate::i18n::{Words, fill};
use crate::model::{DeliveryAction, DeliveryReason, InvitationMethod};

/// A label and a sentence; the sentence is broken to fit by whoever draws.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) label: &'a str,
    pub(super) sentence: String,
    pub(super) style: Style,
}

/// The sentence of a field that has one.
pub(super) fn said<'a>(line: &PageLine, look: &'a Look, calendar: &Calendar<'_>) -> Option<Said<'a>> {
    let (words, paint) = (&look.words.message, &look.paint);
    let fact = |at: usize| line.facts.get(at).map_or("", |fact| fact.as_str()).trim();
    let (label, sentence, style): (&str, String, Style) = match line.field {
        Field::Warning(caution) => {
            let template = words.warnings.get(caution_code(caution)).map_or("{a} {b}", String::as_str);
            let field = look.words.header_fields.get(&fact(0).to_lowercase());
            let a = if caution == Caution::Hidden { field.map_or(fact(0), String::as_str) } else { fact(0) };
            (&words.warning, fill(template, &[("a", a), ("b", fact(1))]), paint.warning)
        }
        Field::Delivery { action, reason } => {
            let template = words.deliveries.get(action_code(action)).map_or("{who}", String::as_str);
            let why = words.reasons.get(reason_code(reason)).map_or("", |reason| reason.what.as_str());
            let known = reason != DeliveryReason::Unknown || action == DeliveryAction::Failed;
            let why = if known && is_trouble(action) { why } else { "" };
            let said = fact(2);
            // A code that the other server named itself is not said twice.
            let status = if said.contains(fact(1)) { "" } else { fact(1) };
            let what = fill(template, &[("who", fact(0))]);
            let style = match action {
                DeliveryAction::Failed => paint.error,
                DeliveryAction::Delayed => paint.warning,
                DeliveryAction::Delivered
                | DeliveryAction::Relayed
                | DeliveryAction::Expanded
                | DeliveryAction::Read => paint.good,
            };
            (&words.delivery, joined(&[&what, why, status, said]), style)
        }
        Field::DeliveryRemedy(reason) => {
            let todo = words.reasons.get(reason_code(reason)).map_or("", |reason| reason.todo.as_str());
            (&words.remedy, todo.to_owned(), paint.notice)
        }
        Field::When { begins, ends } => {
            (&words.when, time_span((begins, fact(0)), (ends, fact(1)), calendar), paint.text)
        }
        Field::Repeats => (&words.repeats, repeats(fact(0), look), paint.text),
        Field::Cloud => {
            let keeper = fill(&look.words.choice.at_keeper, &[("keeper", fact(3))]);
            let keeper = if fact(3).is_empty() { "" } else { keeper.as_str() };
            let until = fill(&words.until, &[("day", fact(2))]);
            let until = if fact(2).is_empty() { "" } else { until.as_str() };
            (&words.cloud, format!("☁ {}", joined(&[fact(0), fact(1), until, keeper])), paint.attachment)
        }
        Field::Nested(date) => {
            let date = date.map(|at| calendar.full(at)).unwrap_or_default();
            let subject = if fact(0).is_empty() { look.words.list.no_subject.as_str() } else { fact(0) };
            (&words.nested, format!("✉ {}", joined(&[subject, fact(1), &date])), paint.attachment)
        }
        Field::Attachment { size: bytes } => {
            let name = if fact(0).is_empty() { words.unnamed.as_str() } else { fact(0) };
            let mut sentence = format!("{name}  {}", size(bytes));
            let truly = line.facts.get(1).map(|kind| kind_in_words(kind.as_str(), &words.kinds));
            if let Some(kind) = &truly {
                sentence = format!("{sentence}  {}", fill(&words.truly, &[("kind", kind)]));
            }
            let style = if truly.is_some() { paint.warning } else { paint.attachment };
            (&look.words.reader.attachment, sentence, style)
        }
        Field::Blocked { pictures, trackers, others } => {
            (&words.blocked, blocked(pictures, trackers, others, fact(0), look), paint.dim)
        }
        Field::Receipt => (&words.receipt, words.receipt_asked.clone(), paint.dim),
        _ => return None,
    };
    Some(Said { label, sentence, style })
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

fn blocked(pictures: u32, trackers: u32, others: u32, hosts: &str, look: &Look) -> String {
    let words = &look.words.message;
    let count = |template: &str, count: u32| fill(template, &[("count", &count.to_string())]);
    let mut said = String::new();
    if pictures > 0 {
        said.push_str(&count(&words.pictures, pictures));
        if trackers > 0 {
            said.push_str(&count(&words.trackers, trackers));
        }
    }
    if others > 0 {
        said.push_str(&count(if said.is_empty() { &words.others } else { &words.others_too }, others));
    }
    if !hosts.is_empty() {
        said.push_str(&fill(&words.hosts, &[("hosts", hosts)]));
    }
    said
}

fn time_span(begins: (When, &str), ends: (When, &str), calendar: &Calendar<'_>) -> String {
    let whole = |when: When, said: &str| match when {
        When::Unsaid => String::new(),
        When::At(at) => calendar.full(at),
        When::Day(year, month, day) => calendar.day(year, month, day, 0),
        When::Said => said.to_owned(),
    };
    let first = whole(begins.0, begins.1);
    let last = match (begins.0, ends.0) {
        (When::At(from), When::At(to)) if calendar.is_same_day(from, to) => calendar.time(to),
        // The day after the last one, as calendars write it.
        (When::Day(..), When::Day(year, month, day)) => calendar.day(year, month, day, 1),
        (_, ends_at) => whole(ends_at, ends.1),
    };
    if last.is_empty() || last == first {
        first
    } else if first.is_empty() {
        format!("– {last}")
    } else {
        format!("{first} – {last}")
    }
}

/// `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=5` in words; what is not known of it stays as it came.
fn repeats(rule: &str, look: &Look) -> String {
    let words = &look.words.message;
    let (mut frequency, mut interval, mut rest) = (String::new(), 1_u32, Vec::new());
    for part in rule.split(';').take(20) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name.trim().to_ascii_uppercase().as_str() {
            "FREQ" => frequency = value.to_ascii_lowercase(),
            "INTERVAL" => interval = value.parse().unwrap_or(1),
            "COUNT" => rest.push(fill(&words.times, &[("count", value)])),
            "UNTIL" => {
                let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
                let day = match (digits.get(..4), digits.get(4..6), digits.get(6..8)) {
                    (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
                    _ => value.to_owned(),
                };
                rest.push(fill(&words.until, &[("day", &day)]));
            }
            "BYDAY" => rest.push(days(value, &look.words)),
            "WKST" | "" => {}
            _ => rest.push(part.to_owned()),
        }
    }
    let every = match interval {
        0 | 1 => words.every.get(&frequency).cloned(),
        few => words.every_few.get(&frequency).map(|template| fill(template, &[("count", &few.to_string())])),
    };
    let Some(every) = every else { return rule.to_owned() };
    rest.insert(0, every);
    joined(&rest.iter().map(String::as_str).collect::<Vec<_>>())
}

fn days(written: &str, words: &Words) -> String {
    const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let day = |code: &str| {
        let at = DAYS.iter().position(|day| *day == code.to_ascii_uppercase());
        at.and_then(|at| words.dates.weekdays.get(at)).cloned().unwrap_or_else(|| code.to_owned())
    };
    written.split(',').take(14).map(day).collect::<Vec<_>>().join(" ")
}

/// `image/png` in words; what is not known is named as it is.
pub(in super::super) fn kind_in_words(kind: &str, kinds: &BTreeMap<String, String>) -> String {
    let kind = kind.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| kind.contains(part));
    let code = if has(&["executable", "dosexec", "msdownload", "sharedlib", "x-sh", "x-elf", "x-mach"]) {
        "program"
    } else if kind == "text/html" || has(&["xhtml"]) {
        "html"
    } else if kind == "application/pdf" {
        "pdf"
    } else if has(&["calendar", "/ics"]) {
        "calendar"
    } else if has(&["message/rfc822"]) {
        "message"
    } else if has(&["word", "officedocument", "opendocument", "excel", "powerpoint", "rtf", "/ofd"]) {
        "document"
    } else if has(&["zip", "x-rar", "vnd.rar", "x-7z", "x-tar", "compressed", "x-bzip", "x-xz"]) {
        "archive"
    } else {
        kind.split('/').next().unwrap_or_default()
    };
    kinds.get(code).cloned().unwrap_or(kind)
}

fn is_trouble(action: DeliveryAction) -> bool {
    matches!(action, DeliveryAction::Failed | DeliveryAction::Delayed)
}

pub(super) fn method_code(method: InvitationMethod) -> &'static str {
    match method {
        InvitationMethod::Publish => "publish",
        InvitationMethod::Request => "request",
        InvitationMethod::Cancel => "cancel",
        InvitationMethod::Reply => "reply",
        InvitationMethod::Counter => "counter",
    }
}

pub(super) fn caution_code(caution: Caution) -> &'static str {
    match caution {
        Caution::AsItCame => "as-it-came",
        Caution::NameIsOtherAddress => "name-is-other-address",
        Caution::LookAlike => "look-alike",
        Caution::LinkElsewhere => "link-elsewhere",
        Caution::ReplyElsewhere => "reply-elsewhere",
        Caution::Hidden => "hidden",
        Caution::TwoSenders => "two-senders",
        Caution::Forged => "forged",
        Caution::Disguised => "disguised",
    }
}

pub(super) fn action_code(action: DeliveryAction) -> &'static str {
    match action {
        DeliveryAction::Failed => "failed",
        DeliveryAction::Delayed => "delayed",
        DeliveryAction::Delivered => "delivered",
        DeliveryAction::Relayed => "relayed",
        DeliveryAction::Expanded => "expanded",
        DeliveryAction::Read => "read",
    }
}

pub(super) fn reason_code(reason: DeliveryReason) -> &'static str {
    match reason {
        DeliveryReason::Unknown => "unknown",
        DeliveryReason::NoSuchUser => "no-such-user",
        DeliveryReason::NoSuchDomain => "no-such-domain",
        DeliveryReason::MailboxFull => "mailbox-full",
        DeliveryReason::MailboxOff => "mailbox-off",
        DeliveryReason::TooLarge => "too-large",
        DeliveryReason::Content => "content",
        DeliveryReason::Policy => "policy",
        DeliveryReason::TooOften => "too-often",
        DeliveryReason::Network => "network",
    }
}

#[cfg(test)]
mod tests;
