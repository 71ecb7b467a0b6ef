//! Time zones of calendars: what the file itself says of them, else a few names that everybody uses.
//!
//! No database of zones is asked: it would be a file, and what a message means must not depend on the machine.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;

use super::{Property, date_time};
use crate::model::Timestamp;

/// More zones, and more rules of one, are not read.
const MOST_ZONES: usize = 50;
const MOST_RULES: usize = 200;

/// When clocks are changed, in zones that are known by name.
#[derive(Clone, Copy)]
enum Summer {
    Never,
    /// Second Sunday in March to first Sunday in November, at two.
    American,
    /// Last Sunday in March to last Sunday in October, at one o'clock of Greenwich.
    European,
}

/// Names, as the world and as Windows writes them, and hours from Greenwich in winter.
const KNOWN: &[(&[&str], i32, Summer)] = &[
    (
        &[
            "China Standard Time",
            "Asia/Shanghai",
            "Asia/Beijing",
            "Asia/Chongqing",
            "Asia/Chungking",
            "Asia/Harbin",
            "Asia/Hong_Kong",
            "Asia/Macau",
            "Asia/Taipei",
            "Asia/Singapore",
            "Asia/Kuala_Lumpur",
            "Asia/Manila",
            "Australia/Perth",
            "Taipei Standard Time",
            "Singapore Standard Time",
            "W. Australia Standard Time",
            "PRC",
            "Hongkong",
            "Beijing",
            "北京",
            "中国标准时间",
        ],
        8,
        Summer::Never,
    ),
    (&["UTC", "GMT", "Etc/UTC", "Etc/GMT", "Z", "Zulu", "Coordinated Universal Time"], 0, Summer::Never),
    (&["Asia/Tokyo", "Asia/Seoul", "Tokyo Standard Time", "Korea Standard Time", "Japan"], 9, Summer::Never),
    (&["Asia/Urumqi", "Asia/Dhaka", "Central Asia Standard Time"], 6, Summer::Never),
    (&["Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Saigon", "Asia/Jakarta", "SE Asia Standard Time"], 7, Summer::Never),
    (&["Asia/Dubai", "Arabian Standard Time"], 4, Summer::Never),
    (&["Europe/Moscow", "Russian Standard Time"], 3, Summer::Never),
    (&["America/New_York", "America/Toronto", "US/Eastern", "Eastern Standard Time"], -5, Summer::American),
    (&["America/Chicago", "US/Central", "Central Standard Time"], -6, Summer::American),
    (&["America/Denver", "US/Mountain", "Mountain Standard Time"], -7, Summer::American),
    (&["America/Phoenix", "US Mountain Standard Time"], -7, Summer::Never),
    (&["America/Los_Angeles", "America/Vancouver", "US/Pacific", "Pacific Standard Time"], -8, Summer::American),
    (&["Europe/London", "Europe/Dublin", "Europe/Lisbon", "GMT Standard Time"], 0, Summer::European),
    (
        &[
            "Europe/Berlin",
            "Europe/Paris",
            "Europe/Rome",
            "Europe/Madrid",
            "Europe/Amsterdam",
            "Europe/Brussels",
            "Europe/Vienna",
            "Europe/Zurich",
            "Europe/Stockholm",
            "Europe/Prague",
            "Europe/Warsaw",
            "W. Europe Standard Time",
            "Romance Standard Time",
            "Central Europe Standard Time",
            "Central European Standard Time",
        ],
        1,
        Summer::European,
    ),
    (
        &["Europe/Helsinki", "Europe/Kiev", "Europe/Athens", "FLE Standard Time", "GTB Standard Time"],
        2,
        Summer::European,
    ),
];

/// A moment of which the clock there and its distance from Greenwich in seconds are known.
pub(super) fn at(time: DateTime, offset: i32) -> Option<Timestamp> {
    Some(Timestamp(Offset::from_seconds(offset).ok()?.to_timestamp(time).ok()?.as_second()))
}

/// The zones that a calendar describes.
#[derive(Default)]
pub(super) struct Zones(Vec<(String, Vec<Rule>)>);

/// From when on a zone has which distance from Greenwich.
#[derive(Default)]
struct Rule {
    begins: Option<DateTime>,
    /// Again each year: the month and, where it is said, which weekday of it, counted from its end if negative.
    yearly: Option<Yearly>,
    until: Option<Date>,
    before: i32,
    then: i32,
}

/// The month, and which weekday of it.
type Yearly = (Option<i8>, Option<(i8, Weekday)>);

impl Zones {
    pub(super) fn of(lines: &[String]) -> Self {
        let mut zones = Self::default();
        let mut rule: Option<Rule> = None;
        let mut inside = false;
        for line in lines {
            // Most lines are none of a zone.
            if !inside && !line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN")) {
                continue;
            }
            let property = Property::of(line);
            let value = property.value.trim();
            match (property.name.as_str(), value.to_ascii_uppercase().as_str()) {
                ("BEGIN", "VTIMEZONE") if zones.0.len() < MOST_ZONES => {
                    inside = true;
                    zones.0.push((String::new(), Vec::new()));
                }
                ("END", "VTIMEZONE") => inside = false,
                ("BEGIN", "STANDARD" | "DAYLIGHT") if inside => rule = Some(Rule::default()),
                ("END", "STANDARD" | "DAYLIGHT") => {
                    if let (Some(rule), Some((_, rules))) = (rule.take(), zones.0.last_mut())
                        && rules.len() < MOST_RULES
                    {
                        rules.push(rule);
                    }
                }
                ("TZID", _) if inside => {
                    if let Some((name, _)) = zones.0.last_mut() {
                        value.clone_into(name);
                    }
                }
                (name, value) => {
                    if let Some(rule) = &mut rule {
                        rule.take(name, value);
                    }
                }
            }
        }
        zones
    }

    /// How far a zone is from Greenwich when its clocks show a time.
    pub(super) fn offset(&self, zone: &str, time: DateTime) -> Option<i32> {
        let zone = zone.trim().trim_matches('"');
        let described = self.0.iter().find(|(name, _)| name.trim_matches('"') == zone);
        described.and_then(|(_, rules)| said(rules, time)).or_else(|| known(zone, time)).or_else(|| written(zone))
    }
}

fn said(rules: &[Rule], time: DateTime) -> Option<i32> {
    let latest =
        rules.iter().filter_map(|rule| Some((rule.last_before(time)?, rule.then))).max_by_key(|(since, _)| *since);
    let first =
        || rules.iter().filter(|rule| rule.begins.is_some()).min_by_key(|rule| rule.begins).map(|rule| rule.before);
    latest.map(|(_, then)| then).or_else(first)
}

impl Rule {
    fn take(&mut self, name: &str, value: &str) {
        match name {
            "DTSTART" => {
                self.begins = date_time(value).and_then(|(date, time)| time.or_else(|| date.at(0, 0, 0, 0).into()));
            }
            "TZOFFSETFROM" => self.before = clock_offset(value).unwrap_or_default(),
            "TZOFFSETTO" => self.then = clock_offset(value).unwrap_or_default(),
            "RRULE" => {
                let said =
                    |name: &str| value.split(';').filter_map(|piece| piece.split_once('=')).find(|(n, _)| *n == name);
                if said("FREQ").is_some_and(|(_, often)| often == "YEARLY") {
                    let month =
                        said("BYMONTH").and_then(|(_, month)| month.parse().ok()).filter(|m| (1..=12).contains(m));
                    self.yearly = Some((month, said("BYDAY").and_then(|(_, day)| weekday(day))));
                    let until = said("UNTIL").and_then(|(_, until)| date_time(until.trim_end_matches('Z')));
                    self.until = until.map(|(date, _)| date);
                }
            }
            _ => {}
        }
    }

    /// When it began to count the last time before a time.
    fn last_before(&self, time: DateTime) -> Option<DateTime> {
        let begins = self.begins?;
        if begins > time {
            return None;
        }
        let Some((month, day)) = self.yearly else { return Some(begins) };
        let in_year = |year: i16| {
            let month = month.unwrap_or(begins.month());
            let date = match day {
                Some((nth, weekday)) => Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()?,
                None => Date::new(year, month, begins.day()).ok()?,
            };
            let fits = date >= begins.date() && self.until.is_none_or(|until| date <= until);
            Some(date.to_datetime(begins.time())).filter(|since| fits && *since <= time)
        };
        let until = self.until.map_or(i16::MAX, |until| until.year());
        let year = time.year().min(until);
        in_year(year).or_else(|| in_year(year.checked_sub(1)?)).or(Some(begins))
    }
}

/// `-1SU`.
fn weekday(day: &str) -> Option<(i8, Weekday)> {
    let split = day.len().checked_sub(2)?;
    let weekday = match day.get(split..)? {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let nth = match day.get(..split)? {
        "" => 1,
        nth => nth.trim_start_matches('+').parse().ok()?,
    };
    (nth != 0 && (-5..=5).contains(&nth)).then_some((nth, weekday))
}

/// `+0800`, in seconds.
fn clock_offset(value: &str) -> Option<i32> {
    let (sign, rest) = match value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, value.strip_prefix('+').unwrap_or(value)),
    };
    let digits: String = rest.chars().filter(|c| *c != ':').take(6).collect();
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i32>().ok().filter(|number| *number >= 0);
    let (hours, minutes) = (number(0, 2)?, number(2, 4)?);
    (hours <= 15 && minutes < 60).then(|| sign * (hours * 3_600 + minutes * 60 + number(4, 6).unwrap_or(0)))
}

fn known(zone: &str, time: DateTime) -> Option<i32> {
    // Some put their own name before it: `/example.com/Asia/Shanghai`.
    let is = |name: &str| {
        zone.eq_ignore_ascii_case(name)
            || (name.contains('/')
                && zone
                    .len()
                    .checked_sub(name.len() + 1)
                    .and_then(|at| zone.get(at..))
                    .is_some_and(|end| end.strip_prefix('/').is_some_and(|end| end.eq_ignore_ascii_case(name))))
    };
    let (_, hours, summer) = KNOWN.iter().find(|(names, ..)| names.iter().any(|name| is(name)))?;
    let sunday = |month: i8, nth: i8, hour: i32| {
        let day = Date::new(time.year(), month, 1).ok()?.nth_weekday_of_month(nth, Weekday::Sunday).ok()?;
        Some(day.at(i8::try_from(hour).ok()?, 0, 0, 0))
    };
    let is_summer = match summer {
        Summer::Never => false,
        Summer::American => sunday(3, 2, 2)? <= time && time < sunday(11, 1, 2)?,
        Summer::European => sunday(3, -1, 1 + hours)? <= time && time < sunday(10, -1, 2 + hours)?,
    };
    Some((hours + i32::from(is_summer)) * 3_600)
}

/// The distance that a name says itself: `(UTC+08:00) Beijing, Chongqing`, `GMT+0800`.
fn written(zone: &str) -> Option<i32> {
    let upper = zone.trim_start_matches('(').get(..9).or(zone.get(..))?.to_ascii_uppercase();
    let rest = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT"))?;
    let end = rest.find(|c: char| !matches!(c, '+' | '-' | ':' | '0'..='9')).unwrap_or(rest.len());
    match rest.get(..end)? {
        "" => Some(0),
        // `GMT+8`
        short if short.len() <= 3 => {
            let digits = short.trim_start_matches(['+', '-']);
            clock_offset(&format!("{}{digits:0>2}00", if short.starts_with('-') { "-" } else { "+" }))
        }
        offset => clock_offset(offset),
    }
}
