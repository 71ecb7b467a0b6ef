//! Days as people name them: `2024-03`, 昨天, `7d`.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span as Distance, ToSpan as _};

use crate::model::Timestamp;

/// From one moment on, and before another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// Which day it is, and where.
#[derive(Clone, Debug)]
pub struct Today {
    today: Date,
    zone: TimeZone,
}

impl Today {
    pub fn new(now: Timestamp, zone: &TimeZone) -> Self {
        let today = jiff::Timestamp::from_second(now.0).map(|now| now.to_zoned(zone.clone()).date());
        Self { today: today.unwrap_or(date(1970, 1, 1)), zone: zone.clone() }
    }

    /// What is named by this; what was typed is folded.
    pub(super) fn span(&self, written: &str) -> Option<Span> {
        let (from, to) = self.days(written.trim())?;
        Some(Span { from: self.begins(from)?, to: self.begins(to)? })
    }

    fn begins(&self, day: Date) -> Option<Timestamp> {
        day.to_zoned(self.zone.clone()).ok().map(|at| Timestamp(at.timestamp().as_second()))
    }

    fn days(&self, written: &str) -> Option<(Date, Date)> {
        self.in_words(written).or_else(|| self.ago(written)).or_else(|| self.in_digits(written))
    }

    fn in_words(&self, written: &str) -> Option<(Date, Date)> {
        let today = self.today;
        let day = |back: i64| from(today.checked_sub(back.days()).ok()?, 1.day());
        let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
        let month = today.first_of_month();
        let year = today.first_of_year();
        match written {
            "today" | "今天" | "今日" => day(0),
            "yesterday" | "昨天" | "昨日" => day(1),
            "前天" => day(2),
            "thisweek" | "本周" | "这周" | "这个星期" => from(monday, 1.week()),
            "lastweek" | "上周" | "上个星期" => from(monday.checked_sub(1.week()).ok()?, 1.week()),
            "thismonth" | "本月" | "这个月" => from(month, 1.month()),
            "lastmonth" | "上月" | "上个月" => from(month.checked_sub(1.month()).ok()?, 1.month()),
            "thisyear" | "今年" => from(year, 1.year()),
            "lastyear" | "去年" => from(year.checked_sub(1.year()).ok()?, 1.year()),
            "前年" => from(year.checked_sub(2.years()).ok()?, 1.year()),
            _ => {
                let weekday = weekday(written)?;
                let back = i64::from(today.weekday().since(weekday));
                day(back)
            }
        }
    }

    /// `7d`, `2周`, `3个月前`.
    fn ago(&self, written: &str) -> Option<(Date, Date)> {
        let written = written.trim_end_matches('前').trim_end_matches("ago").trim();
        let at = written.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = written.split_at_checked(at)?;
        // A year has four digits.
        let number: i64 = number.parse().ok().filter(|number| *number < 1000)?;
        let back: Distance = match unit.trim().trim_start_matches('个') {
            "d" | "day" | "days" | "天" | "日内" => number.days(),
            "w" | "week" | "weeks" | "周" | "星期" => number.weeks(),
            "m" | "month" | "months" => number.months(),
            "月" if unit.starts_with('个') => number.months(),
            "y" | "year" | "years" | "年" => number.years(),
            _ => return None,
        };
        from(self.today.checked_sub(back).ok()?, 1.day())
    }

    /// `2024`, `2024-03`, `2024年3月2日`, `3月2日`.
    fn in_digits(&self, written: &str) -> Option<(Date, Date)> {
        let plain = written.trim_end_matches(['年', '月', '日', '号']);
        let parts: Vec<&str> = plain.split(['-', '/', '.', '年', '月']).map(str::trim).collect();
        let number = |text: &&str| text.parse::<i16>().ok().filter(|number| (0..=9999).contains(number));
        let numbers: Option<Vec<i16>> = parts.iter().map(number).collect();
        let small = |number: i16| i8::try_from(number).ok();
        let year_first = parts.first().is_some_and(|first| first.len() == 4);
        match *numbers?.as_slice() {
            [year] if year_first => from(Date::new(year, 1, 1).ok()?, 1.year()),
            [year, month] if year_first => from(Date::new(year, small(month)?, 1).ok()?, 1.month()),
            [year, month, day] if year_first => from(Date::new(year, small(month)?, small(day)?).ok()?, 1.day()),
            [month] if written.ends_with('月') => {
                from(self.lately(Date::new(self.today.year(), small(month)?, 1).ok()?)?, 1.month())
            }
            [month, day] => from(self.lately(Date::new(self.today.year(), small(month)?, small(day)?).ok()?)?, 1.day()),
            _ => None,
        }
    }

    /// What has no year is the last one that was.
    fn lately(&self, day: Date) -> Option<Date> {
        if day > self.today { day.checked_sub(1.year()).ok() } else { Some(day) }
    }
}

fn from(day: Date, length: Distance) -> Option<(Date, Date)> {
    Some((day, day.checked_add(length).ok()?))
}

fn weekday(written: &str) -> Option<Weekday> {
    let chinese = written.strip_prefix("周").or_else(|| written.strip_prefix("星期"));
    Some(match chinese.unwrap_or(written) {
        "一" | "monday" => Weekday::Monday,
        "二" | "tuesday" => Weekday::Tuesday,
        "三" | "wednesday" => Weekday::Wednesday,
        "四" | "thursday" => Weekday::Thursday,
        "五" | "friday" => Weekday::Friday,
        "六" | "saturday" => Weekday::Saturday,
        "日" | "天" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}
