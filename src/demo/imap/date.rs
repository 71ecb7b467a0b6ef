//! Dates as IMAP and as mails write them.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use super::command::Day;
use crate::model::Timestamp;

/// The zone in which the server lives. Days in SEARCH are days here.
pub(in crate::demo) fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(name: &str) -> Option<u8> {
    let at = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(name))?;
    u8::try_from(at + 1).ok()
}

fn local(at: Timestamp) -> DateTime {
    let at = jiff::Timestamp::from_second(at.0).unwrap_or_default();
    at.to_zoned(zone()).datetime()
}

/// ` 5-Nov-2025 08:30:00 +0800`, without the quotes.
pub(super) fn internal(at: Timestamp) -> String {
    let at = local(at);
    let month = usize::try_from(at.month() - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or("Jan");
    format!("{:2}-{month}-{:04} {:02}:{:02}:{:02} +0800", at.day(), at.year(), at.hour(), at.minute(), at.second())
}

pub(super) fn day_of(at: Timestamp) -> Day {
    let at = local(at);
    Day(at.year(), u8::try_from(at.month()).unwrap_or(0), u8::try_from(at.day()).unwrap_or(0))
}

/// `5-Nov-2025`, as SEARCH takes it.
pub(super) fn parse_day(written: &str) -> Option<Day> {
    let mut pieces = written.trim().splitn(3, '-');
    let day = pieces.next()?.parse().ok().filter(|d| (1..=31).contains(d))?;
    let month = month(pieces.next()?)?;
    Some(Day(pieces.next()?.parse().ok()?, month, day))
}

/// ` 5-Nov-2025 08:30:00 +0800`, as APPEND takes it.
pub(super) fn parse_internal(written: &str) -> Option<Timestamp> {
    let mut words = written.split_ascii_whitespace();
    let Day(year, month, day) = parse_day(words.next()?)?;
    let mut clock = words.next()?.splitn(3, ':').map(str::parse::<i8>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let offset: i32 = words.next()?.parse().ok()?;
    let at = DateTime::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?, hour, minute, second, 0).ok()?;
    let seconds = at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    Some(Timestamp(seconds - i64::from(offset / 100 * 60 + offset % 100) * 60))
}

/// The day of a `Date:` header, as its sender counted it.
pub(super) fn parse_sent(header: &str) -> Option<Day> {
    let header = header.split_once(',').map_or(header, |(_, rest)| rest);
    let mut words = header.split_ascii_whitespace();
    let day = words.next()?.parse().ok()?;
    let month = month(words.next()?)?;
    Some(Day(words.next()?.parse().ok()?, month, day))
}

/// `Wed, 05 Nov 2025 08:30:00 +0800`, at so many hours east of Greenwich.
pub(in crate::demo) fn header(at: Timestamp, hours_east: i8) -> String {
    let zone = TimeZone::fixed(Offset::from_hours(hours_east).unwrap_or(Offset::UTC));
    let at = jiff::Timestamp::from_second(at.0).unwrap_or_default().to_zoned(zone);
    at.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_both_ways() {
        let at = Timestamp(1_762_302_600);
        assert_eq!(internal(at), " 5-Nov-2025 08:30:00 +0800");
        assert_eq!(parse_internal(" 5-Nov-2025 08:30:00 +0800"), Some(at));
        assert_eq!(parse_internal("04-Nov-2025 19:00:00 -0530"), Some(at));
        assert_eq!(header(at, 8), "Wed, 05 Nov 2025 08:30:00 +0800");
        assert_eq!(header(at, -5), "Tue, 04 Nov 2025 19:30:00 -0500");
        assert_eq!(parse_sent(&header(at, -5)), parse_day("4-nov-2025"));
        assert_eq!(day_of(at), Day(2025, 11, 5));
        assert_eq!(parse_internal("5-Nov-2025"), None);
        assert_eq!(parse_day("32-Nov-2025"), None);
    }
}
