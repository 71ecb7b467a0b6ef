//! Times as a list shows them: 14:03 · 昨天 · 周三 · 3月2日 · 2024-11-02.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, Zoned};

use crate::i18n::{Words, fill};
use crate::model::Timestamp;

/// How much room a date has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Length {
    Whole,
    /// Years have two digits.
    Narrow,
    /// Six columns.
    Tiny,
}

/// Today, where the user lives: reckoned once per frame.
#[derive(Clone, Debug)]
pub(super) struct Calendar<'a> {
    zone: &'a TimeZone,
    words: &'a Words,
    today: Option<Date>,
}

impl<'a> Calendar<'a> {
    pub(super) fn new(now: Timestamp, zone: &'a TimeZone, words: &'a Words) -> Self {
        let mut calendar = Self { zone, words, today: None };
        calendar.today = calendar.zoned(now).map(|now| now.date());
        calendar
    }

    /// A time from a mail may be anything at all, so it may be no time.
    fn zoned(&self, at: Timestamp) -> Option<Zoned> {
        Instant::from_second(at.0).ok().map(|at| at.to_zoned(self.zone.clone()))
    }

    /// As short as it can be told apart.
    pub(super) fn short(&self, at: Timestamp, length: Length) -> String {
        let (Some(today), Some(at)) = (self.today, self.zoned(at)) else {
            return String::new();
        };
        let date = at.date();
        let ago = today.since(date).map_or(i32::MAX, |span| span.get_days());
        match ago {
            0 => clock(&at),
            1 if length != Length::Tiny || self.words.dates.yesterday.chars().count() < 6 => {
                self.words.dates.yesterday.clone()
            }
            1..=6 => self.weekday(date),
            _ if date.year() == today.year() && length == Length::Tiny => {
                format!("{:02}-{:02}", date.month(), date.day())
            }
            _ if length == Length::Tiny => format!("{:04}", date.year()),
            _ if date.year() == today.year() => {
                let (month, day) = (self.month(date), date.day().to_string());
                fill(&self.words.dates.day, &[("month", &month), ("day", &day)])
            }
            _ if length == Length::Narrow => {
                format!("{:02}-{:02}-{:02}", date.year().rem_euclid(100), date.month(), date.day())
            }
            _ => format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
        }
    }

    /// A time to come: 21:30 · 明早 09:00 · 周五 09:00 · 3月20日 09:00.
    pub(super) fn ahead(&self, at: Timestamp) -> String {
        let (Some(today), Some(at)) = (self.today, self.zoned(at)) else {
            return String::new();
        };
        let (date, words) = (at.date(), &self.words.dates);
        let day = match date.since(today).map_or(i32::MAX, |span| span.get_days()) {
            0 => return clock(&at),
            1 if (5..12).contains(&at.hour()) => words.tomorrow_morning.clone(),
            1 => words.tomorrow.clone(),
            2..=6 => self.weekday(date),
            _ if date.year() == today.year() => {
                fill(&words.day, &[("month", &self.month(date)), ("day", &date.day().to_string())])
            }
            _ => format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
        };
        format!("{day} {}", clock(&at))
    }

    pub(super) fn full(&self, at: Timestamp) -> String {
        let Some(at) = self.zoned(at) else {
            return String::new();
        };
        let date = at.date();
        let values = [
            ("year", date.year().to_string()),
            ("month", self.month(date)),
            ("day", date.day().to_string()),
            ("weekday", self.weekday(date)),
            ("time", clock(&at)),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill(&self.words.dates.full, &values)
    }

    /// A day without a time, `before` days earlier; nothing if there is no such day.
    pub(super) fn day(&self, year: i16, month: u8, day: u8, before: i8) -> String {
        let (month, day) = (i8::try_from(month).unwrap_or(0), i8::try_from(day).unwrap_or(0));
        let Ok(date) = Date::new(year, month, day) else { return String::new() };
        let Ok(date) = date.checked_sub(jiff::Span::new().days(before)) else { return String::new() };
        format!("{:04}-{:02}-{:02} {}", date.year(), date.month(), date.day(), self.weekday(date))
    }

    pub(super) fn is_same_day(&self, a: Timestamp, b: Timestamp) -> bool {
        let day = |at| self.zoned(at).map(|at| at.date());
        day(a).is_some() && day(a) == day(b)
    }

    /// `14:03`
    pub(super) fn time(&self, at: Timestamp) -> String {
        self.zoned(at).as_ref().map(clock).unwrap_or_default()
    }

    /// `14:03:07`
    pub(super) fn time_with_seconds(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        zoned.map(|at| format!("{}:{:02}", clock(&at), at.second())).unwrap_or_default()
    }

    fn weekday(&self, date: Date) -> String {
        let at = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        self.words.dates.weekdays.get(at).cloned().unwrap_or_default()
    }

    fn month(&self, date: Date) -> String {
        let at = usize::try_from(date.month()).unwrap_or(1).saturating_sub(1);
        self.words.dates.months.get(at).cloned().unwrap_or_default()
    }
}

fn clock(at: &Zoned) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn every_kind_of_date_in_both_languages() {
        // Wednesday, 12 March 2025, 10:00 in Shanghai.
        let now = Timestamp(1_741_744_800);
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let ago = |hours: i64| Timestamp(now.0 - hours * 3600);
        let at = [ago(1), ago(11), ago(48), ago(24 * 10), ago(24 * 130), Timestamp(now.0 + 86400), Timestamp(i64::MAX)];
        let zh = Words::of(Language::ZhCn);
        let zh = Calendar::new(now, &zone, &zh);
        assert_eq!(
            at.map(|at| zh.short(at, Length::Whole)),
            ["09:00", "昨天", "周一", "3月2日", "2024-11-02", "3月13日", ""]
        );
        assert_eq!(zh.short(ago(24 * 130), Length::Narrow), "24-11-02");
        assert_eq!(at.map(|at| zh.short(at, Length::Tiny)), ["09:00", "昨天", "周一", "03-02", "2024", "03-13", ""]);
        let ahead = [ago(-2), ago(-23), ago(-30), ago(-72), ago(-24 * 10), ago(-24 * 400)];
        assert_eq!(
            ahead.map(|at| zh.ahead(at)),
            ["12:00", "明早 09:00", "明天 16:00", "周六 10:00", "3月22日 10:00", "2026-04-16 10:00"]
        );
        assert_eq!(zh.full(ago(1)), "2025年3月12日 周三 09:00");
        let en = Words::of(Language::En);
        let en = Calendar::new(now, &zone, &en);
        assert_eq!(
            at.map(|at| en.short(at, Length::Whole)),
            ["09:00", "Yesterday", "Mon", "Mar 2", "2024-11-02", "Mar 13", ""]
        );
        assert_eq!(en.full(ago(1)), "Wed 12 Mar 2025, 09:00");
    }
}
