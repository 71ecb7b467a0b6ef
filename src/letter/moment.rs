//! A time as mail writes it: with its distance to UTC, and without the name of a zone, which says where somebody is.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::model::Timestamp;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// No zone is further from UTC, in minutes.
const FURTHEST: i32 = 14 * 60;

fn civil(at: Timestamp, offset: i32) -> (DateTime, i32) {
    let offset = offset.clamp(-FURTHEST, FURTHEST);
    let zone = Offset::from_seconds(offset * 60).unwrap_or(Offset::UTC);
    let at = jiff::Timestamp::from_second(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    (zone.to_datetime(at), offset)
}

/// `Fri, 20 Nov 2026 16:08:38 +0800`; `offset` in minutes to the east.
pub(super) fn field(at: Timestamp, offset: i32) -> String {
    let (time, offset) = civil(at, offset);
    let named = |names: &[&'static str], number: i8| {
        usize::try_from(number - 1).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
    };
    let day = named(&DAYS, time.weekday().to_monday_one_offset());
    let month = named(&MONTHS, time.month());
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    format!(
        "{day}, {} {month} {:04} {:02}:{:02}:{:02} {sign}{hours:02}{minutes:02}",
        time.day(),
        time.year(),
        time.hour(),
        time.minute(),
        time.second(),
    )
}

/// `2026-11-20 16:08 (+0800)`: as it stands above an original.
pub(super) fn shown(at: Timestamp, offset: i32) -> String {
    let (time, offset) = civil(at, offset);
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    let (date, hour, minute) = (time.date(), time.hour(), time.minute());
    format!("{date} {hour:02}:{minute:02} ({sign}{hours:02}{minutes:02})")
}

/// `20261120T080838Z`, as calendars write it.
pub(super) fn calendar(at: Timestamp) -> String {
    let (time, _) = civil(at, 0);
    let (year, month, day) = (time.year(), time.month(), time.day());
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_the_standard_wants_it() {
        let at = Timestamp(1_795_162_118);
        assert_eq!(field(at, 480), "Fri, 20 Nov 2026 16:08:38 +0800");
        assert_eq!(field(at, 0), "Fri, 20 Nov 2026 08:08:38 +0000");
        assert_eq!(field(at, -570), "Thu, 19 Nov 2026 22:38:38 -0930");
        assert_eq!(field(Timestamp(i64::MAX), i32::MAX), "Thu, 1 Jan 1970 14:00:00 +1400");
    }
}
