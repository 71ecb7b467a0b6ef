//! Invitations (RFC 5545), as calendars write them and as they should not.

mod zone;

use jiff::civil::{Date, DateTime};

use super::parts::without_brackets;
use crate::model::{Address, EventTime, Invitation, InvitationMethod};
use crate::text::Text;

use zone::Zones;

/// More events than this in one file are a calendar and not an invitation.
const MOST_EVENTS: usize = 20;

/// A mail to a million people is still one mail.
const MOST_PEOPLE: usize = 500;

/// Of a line with those that continue it.
const LONGEST_LINE: usize = 16 * 1024;

/// Of a calendar, this much is read.
const LONGEST: usize = 2 * 1024 * 1024;

/// The events of a calendar file. `method` is what the part says of itself, where the file does not.
pub(super) fn invitations(calendar: &str, method: &str) -> Vec<Invitation> {
    let lines = unfolded(calendar);
    let zones = Zones::of(&lines);
    let mut method = method_named(method);
    let mut found: Vec<Invitation> = Vec::new();
    // Which component the line is in, below the calendar.
    let mut inside: Vec<String> = Vec::new();
    let mut event: Option<Event> = None;
    for line in &lines {
        let property = Property::of(line);
        match property.name.as_str() {
            "BEGIN" => {
                let name = property.value.trim().to_ascii_uppercase();
                if name == "VEVENT" {
                    // One that was not ended counts as well.
                    found.extend(event.take().map(|event| event.done(&zones)));
                    inside.clear();
                    event = Some(Event::default());
                } else if inside.len() < 8 {
                    inside.push(name);
                }
            }
            "END" => {
                let name = property.value.trim().to_ascii_uppercase();
                if name == "VEVENT" {
                    found.extend(event.take().map(|event| event.done(&zones)));
                } else if let Some(level) = inside.iter().rposition(|open| *open == name) {
                    inside.truncate(level);
                }
            }
            "METHOD" if event.is_none() => method = method_named(property.value.trim()).or(method),
            // What an alarm says is not about the event.
            _ if inside.iter().any(|name| name != "VCALENDAR") => {}
            _ => {
                if let Some(event) = &mut event {
                    event.take(&property);
                }
            }
        }
        if found.len() >= MOST_EVENTS {
            break;
        }
    }
    found.extend(event.map(|event| event.done(&zones)));
    found.truncate(MOST_EVENTS);
    for invitation in &mut found {
        invitation.method = method.unwrap_or_default();
    }
    found
}

/// How often the first event of a calendar file was changed, and the line that says which of its times is meant.
pub(super) fn which(calendar: &str) -> (u32, String) {
    let (mut sequence, mut recurrence) = (0, String::new());
    let lines = unfolded(calendar);
    let event = lines.iter().skip_while(|line| !line.trim().eq_ignore_ascii_case("BEGIN:VEVENT")).skip(1);
    for line in event.take_while(|line| !line.trim().eq_ignore_ascii_case("END:VEVENT")) {
        let property = Property::of(line);
        match property.name.as_str() {
            "SEQUENCE" => sequence = property.value.trim().parse().unwrap_or(sequence),
            "RECURRENCE-ID" if recurrence.is_empty() => recurrence.clone_from(line),
            _ => {}
        }
    }
    (sequence, recurrence)
}

fn method_named(name: &str) -> Option<InvitationMethod> {
    Some(match name.to_ascii_uppercase().as_str() {
        "PUBLISH" => InvitationMethod::Publish,
        "REQUEST" | "ADD" => InvitationMethod::Request,
        "CANCEL" => InvitationMethod::Cancel,
        "REPLY" => InvitationMethod::Reply,
        "COUNTER" | "DECLINECOUNTER" => InvitationMethod::Counter,
        _ => return None,
    })
}

/// Lines with those put behind them that begin with a blank.
fn unfolded(calendar: &str) -> Vec<String> {
    let mut end = calendar.len().min(LONGEST);
    while !calendar.is_char_boundary(end) {
        end -= 1;
    }
    let mut lines: Vec<String> = Vec::new();
    for line in calendar.get(..end).unwrap_or_default().split(['\n', '\r']).filter(|line| !line.is_empty()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) if last.len() < LONGEST_LINE => last.push_str(more),
            (Some(_), Some(_)) => {}
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// `NAME;PARAMETER=x:value`.
struct Property<'a> {
    name: String,
    parameters: &'a str,
    value: &'a str,
}

impl<'a> Property<'a> {
    fn of(line: &'a str) -> Self {
        let mut quoted = false;
        let colon = line.bytes().position(|byte| {
            quoted ^= byte == b'"';
            byte == b':' && !quoted
        });
        // A quote that never ends.
        let colon = colon.or_else(|| line.find(':'));
        let (head, value) = match colon {
            Some(colon) => (line.get(..colon).unwrap_or_default(), line.get(colon + 1..).unwrap_or_default()),
            None => (line, ""),
        };
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        let name = name.get(..40).unwrap_or(name).trim().to_ascii_uppercase();
        Self { name, parameters, value }
    }

    fn parameter(&self, wanted: &str) -> Option<&'a str> {
        let mut quoted = false;
        let pieces = self.parameters.split(move |c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        let named = pieces.filter_map(|piece| piece.split_once('='));
        named
            .into_iter()
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, said)| said.trim().trim_matches('"'))
    }
}

/// An event as its lines say it; times are known only when the zones are.
#[derive(Default)]
struct Event {
    invitation: Invitation,
    begins: Option<Time>,
    ends: Option<Time>,
    lasts: Option<i64>,
}

struct Time {
    value: String,
    zone: Option<String>,
}

impl Event {
    fn take(&mut self, property: &Property<'_>) {
        let Property { name, value, .. } = property;
        let invitation = &mut self.invitation;
        let text = || Text::new(unescaped(value).trim());
        let time = || {
            Some(Time { value: value.trim().to_ascii_uppercase(), zone: property.parameter("TZID").map(str::to_owned) })
        };
        match name.as_str() {
            "SUMMARY" if invitation.summary.is_empty() => invitation.summary = text(),
            "LOCATION" if invitation.location.is_empty() => invitation.location = text(),
            "UID" if invitation.uid.is_empty() => invitation.uid = Text::new(value.trim()),
            "RRULE" if invitation.repeats.is_empty() => invitation.repeats = Text::new(value.trim()),
            "ORGANIZER" if invitation.organizer.is_none() => invitation.organizer = person(property),
            "ATTENDEE" if invitation.attendees.len() < MOST_PEOPLE => invitation.attendees.extend(person(property)),
            "DTSTART" if self.begins.is_none() => self.begins = time(),
            "DTEND" if self.ends.is_none() => self.ends = time(),
            "DURATION" if self.lasts.is_none() => self.lasts = duration(value.trim()),
            _ => {}
        }
    }

    fn done(self, zones: &Zones) -> Invitation {
        let Self { mut invitation, begins, ends, lasts } = self;
        invitation.begins = begins.as_ref().and_then(|time| time.read(zones));
        invitation.ends = match (ends.as_ref().and_then(|time| time.read(zones)), &invitation.begins, lasts) {
            // The file names the day after the last one.
            (Some(EventTime::Day(year, month, day)), _, _) => {
                let last = Date::new(year, i8_of(month), i8_of(day)).ok().and_then(|day| day.yesterday().ok());
                let begins = invitation.begins.as_ref();
                last.map(day_of)
                    .filter(|last| begins.is_none_or(|begins| !is_before(last, begins)))
                    .or_else(|| begins.cloned())
            }
            (Some(ends), _, _) => Some(ends),
            (None, Some(EventTime::At(begins)), Some(lasts)) if lasts >= 0 => {
                Some(EventTime::At(begins.plus(lasts.unsigned_abs())))
            }
            _ => None,
        };
        invitation
    }
}

fn is_before(one: &EventTime, other: &EventTime) -> bool {
    match (one, other) {
        (EventTime::Day(year, month, day), EventTime::Day(to_year, to_month, to_day)) => {
            (year, month, day) < (to_year, to_month, to_day)
        }
        _ => false,
    }
}

fn i8_of(number: u8) -> i8 {
    i8::try_from(number).unwrap_or_default()
}

fn day_of(date: Date) -> EventTime {
    let number = |n: i8| u8::try_from(n).unwrap_or_default();
    EventTime::Day(date.year(), number(date.month()), number(date.day()))
}

impl Time {
    fn read(&self, zones: &Zones) -> Option<EventTime> {
        if self.value.is_empty() {
            return None;
        }
        let as_it_came = || Some(EventTime::Local(Text::new(self.value.clone())));
        let (digits, is_utc) = match self.value.strip_suffix('Z') {
            Some(digits) => (digits, true),
            None => (self.value.as_str(), false),
        };
        let Some(time) = date_time(digits) else { return as_it_came() };
        match (time, &self.zone) {
            ((date, None), _) => Some(day_of(date)),
            ((_, Some(time)), _) if is_utc => zone::at(time, 0).map(EventTime::At).or_else(as_it_came),
            ((_, Some(time)), Some(zone)) => {
                let known = zones.offset(zone, time).and_then(|offset| zone::at(time, offset));
                known.map(EventTime::At).or_else(as_it_came)
            }
            ((_, Some(_)), None) => as_it_came(),
        }
    }
}

/// `20261117` or `20261117T093000`.
fn date_time(digits: &str) -> Option<(Date, Option<DateTime>)> {
    let digits: String = digits.chars().filter(|c| !matches!(c, '-' | ':' | ' ')).collect();
    if !digits.is_ascii() {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i8>().ok().filter(|number| *number >= 0);
    let date = Date::new(digits.get(..4)?.parse().ok()?, number(4, 6)?, number(6, 8)?).ok()?;
    if digits.len() == 8 {
        return Some((date, None));
    }
    let second = if digits.len() >= 15 { number(13, 15)?.min(59) } else { 0 };
    let time = (digits.get(8..9)? == "T")
        .then(|| jiff::civil::Time::new(number(9, 11)?, number(11, 13)?, second, 0).ok())??;
    Some((date, Some(date.to_datetime(time))))
}

/// `P1DT2H30M`, in seconds.
fn duration(value: &str) -> Option<i64> {
    let (mut seconds, mut number, mut in_time) = (0_i64, String::new(), false);
    for c in value.strip_prefix('P').or_else(|| value.strip_prefix("+P"))?.chars().take(40) {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'T' => {
                in_time = true;
                continue;
            }
            'W' => 7 * 86_400,
            'D' => 86_400,
            'H' => 3_600,
            'M' if in_time => 60,
            'S' => 1,
            _ => return None,
        };
        let many: i64 = number.parse().ok().filter(|many| *many < 1_000_000)?;
        seconds += many * unit;
        number.clear();
    }
    Some(seconds)
}

fn person(property: &Property<'_>) -> Option<Address> {
    let value = property.value.trim();
    let address = match value.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto") => rest,
        _ => value,
    };
    let address = match property.parameter("EMAIL") {
        Some(better) if !address.contains('@') => better,
        _ => without_brackets(address),
    };
    let name = property.parameter("CN").unwrap_or_default();
    let name = if name == address { "" } else { name };
    // RFC 6868.
    let name = name.replace("^n", " ").replace("^'", "\"").replace("^^", "^");
    (!address.is_empty() || !name.is_empty()).then(|| Address { name: Text::new(name), address: Text::new(address) })
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests;
