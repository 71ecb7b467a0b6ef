//! When a message shall be sent, in the words of whoever writes it: `明早9点`, `tomorrow 9am`, `2 小时后`, `周一`.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, ToSpan as _, Zoned};

use crate::model::Timestamp;
use crate::text::folded;

/// Nobody plans further ahead.
const LONGEST_DAYS: i64 = 366;

const DIGITS: [(&str, &str); 13] = [
    ("十二", "12"),
    ("十一", "11"),
    ("十", "10"),
    ("九", "9"),
    ("八", "8"),
    ("七", "7"),
    ("六", "6"),
    ("五", "5"),
    ("四", "4"),
    ("三", "3"),
    ("两", "2"),
    ("二", "2"),
    ("一", "1"),
];

#[derive(Default)]
struct Said {
    date: Option<Date>,
    hour: Option<i8>,
    minute: i8,
    /// A part of the day: the hour that is meant without another, and whether hours count from noon.
    part: Option<(i8, bool)>,
    next_week: bool,
}

/// A moment to come, or nothing if the words mean none.
pub(in crate::app) fn later(words: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let here = Instant::from_second(now.0).ok()?.to_zoned(zone.clone());
    let mut text: String = words.trim().chars().take(100).flat_map(folded).collect();
    let weekday = weekday(&text);
    for (word, digit) in DIGITS {
        // The days of the week are no numbers.
        if weekday.is_none() {
            text = text.replace(word, digit);
        }
    }
    let then = span(&text, &here).or_else(|| moment(&text, &here))?;
    let then = Timestamp(then.timestamp().as_second());
    (then > now && then.0 - now.0 <= LONGEST_DAYS * 86_400).then_some(then)
}

/// `in 2 hours`, `2小时后`.
fn span(text: &str, here: &Zoned) -> Option<Zoned> {
    let inner = text.strip_prefix("in ").or_else(|| text.strip_suffix('后')).or_else(|| text.strip_suffix("之后"))?;
    let inner = inner.trim().trim_end_matches("以").trim_end_matches('之').trim();
    if inner.starts_with('半') {
        return here.checked_add(30.minutes()).ok();
    }
    let end = inner.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = inner.split_at_checked(end)?;
    let count: i64 = count.parse().ok().filter(|count| (1..=9_999).contains(count))?;
    let span = match unit.trim().trim_start_matches('个') {
        "分钟" | "分" | "m" | "min" | "mins" | "minute" | "minutes" => count.minutes(),
        "小时" | "钟头" | "h" | "hour" | "hours" => count.hours(),
        "天" | "日" | "d" | "day" | "days" => count.days(),
        "周" | "星期" | "week" | "weeks" => count.weeks(),
        _ => return None,
    };
    here.checked_add(span).ok()
}

fn weekday(text: &str) -> Option<Weekday> {
    const DAYS: [(Weekday, &[&str]); 7] = [
        (Weekday::Monday, &["一", "monday", "mon"]),
        (Weekday::Tuesday, &["二", "tuesday", "tue"]),
        (Weekday::Wednesday, &["三", "wednesday", "wed"]),
        (Weekday::Thursday, &["四", "thursday", "thu"]),
        (Weekday::Friday, &["五", "friday", "fri"]),
        (Weekday::Saturday, &["六", "saturday", "sat"]),
        (Weekday::Sunday, &["日", "sunday", "sun"]),
    ];
    let said = |word: &&str| {
        if word.is_ascii() {
            text.split(|c: char| !c.is_ascii_alphabetic()).any(|part| part == *word)
        } else {
            ["周", "星期", "礼拜"].iter().any(|week| text.contains(&format!("{week}{word}")))
        }
    };
    let sunday = ["周天", "星期天", "礼拜天"].iter().any(|day| text.contains(day));
    DAYS.into_iter().find(|(_, words)| words.iter().any(said)).map(|(day, _)| day).or(sunday.then_some(Weekday::Sunday))
}

fn moment(text: &str, here: &Zoned) -> Option<Zoned> {
    let mut said = Said::default();
    let mut rest = text.trim();
    while !rest.is_empty() {
        rest = one(rest, here, &mut said)?.trim_start_matches([' ', ',', '的']);
    }
    let hour = match (said.hour, said.part) {
        (Some(hour), Some((_, true))) if hour < 12 => hour + 12,
        (Some(12), Some((_, false))) => 0,
        (Some(hour), _) => hour,
        (None, Some((usual, _))) => usual,
        (None, None) if said.date.is_some() => 9,
        (None, None) => return None,
    };
    let time = Time::new(hour, said.minute, 0, 0).ok()?;
    let date = said.date.unwrap_or_else(|| here.date());
    let date = if said.next_week { date.checked_add(7.days()).ok()? } else { date };
    let then = date.to_datetime(time).to_zoned(here.time_zone().clone()).ok()?;
    // Without a day the next time that the clock says so is meant.
    if said.date.is_none() && then <= *here {
        return date.checked_add(1.day()).ok()?.to_datetime(time).to_zoned(here.time_zone().clone()).ok();
    }
    Some(then)
}

/// Reads one word, and returns what stands behind it.
fn one<'a>(text: &'a str, here: &Zoned, said: &mut Said) -> Option<&'a str> {
    const DAYS: [(&str, i64); 12] = [
        ("大后天", 3),
        ("后天", 2),
        ("明天", 1),
        ("明日", 1),
        ("明", 1),
        ("今天", 0),
        ("今日", 0),
        ("今", 0),
        ("tomorrow", 1),
        ("tmr", 1),
        ("today", 0),
        ("tonight", 0),
    ];
    const PARTS: [(&str, i8, bool); 16] = [
        ("凌晨", 1, false),
        ("早上", 9, false),
        ("早晨", 8, false),
        ("上午", 9, false),
        ("中午", 12, true),
        ("下午", 14, true),
        ("傍晚", 18, true),
        ("晚上", 20, true),
        ("早", 9, false),
        ("晚", 20, true),
        ("morning", 9, false),
        ("noon", 12, true),
        ("afternoon", 14, true),
        ("evening", 20, true),
        ("am", 9, false),
        ("pm", 14, true),
    ];
    for (word, days) in DAYS {
        if let Some(rest) = text.strip_prefix(word) {
            said.date = here.date().checked_add(days.days()).ok();
            if word == "tonight" {
                said.part = Some((20, true));
            }
            return Some(rest);
        }
    }
    for (word, hour, from_noon) in PARTS {
        if let Some(rest) = text.strip_prefix(word) {
            said.part = Some((hour, from_noon));
            return Some(rest);
        }
    }
    for word in ["at ", "on ", "next ", "下个", "下", "这", "本"] {
        if let Some(rest) = text.strip_prefix(word) {
            said.next_week |= matches!(word, "下个" | "下" | "next ");
            return Some(rest);
        }
    }
    for week in ["星期", "礼拜", "周"] {
        if let Some(day) = text.strip_prefix(week) {
            let named = day.chars().next()?;
            return on_weekday(weekday(&format!("周{named}"))?, here, said)
                .map(|()| day.get(named.len_utf8()..).unwrap_or_default());
        }
    }
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    if letters > 0 {
        let (word, rest) = text.split_at_checked(letters)?;
        on_weekday(weekday(word)?, here, said)?;
        return Some(rest);
    }
    number(text, here, said)
}

/// The next day of this name; `next` one: in the week after this.
fn on_weekday(day: Weekday, here: &Zoned, said: &mut Said) -> Option<()> {
    let ahead = i64::from(day.since(here.date().weekday()));
    let date = here.date().checked_add(ahead.days()).ok()?;
    // In a week that begins on Monday.
    let is_next_week = i64::from(here.date().weekday().to_monday_zero_offset()) + ahead >= 7;
    said.next_week &= !is_next_week;
    said.date = Some(if ahead == 0 && !said.next_week { date.checked_add(7.days()).ok()? } else { date });
    Some(())
}

/// `9点半`, `9:30`, `9am`, `3月20日`, `2025-03-20`.
fn number<'a>(text: &'a str, here: &Zoned, said: &mut Said) -> Option<&'a str> {
    let digits = |text: &'a str| -> Option<(i16, &'a str)> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, rest) = text.split_at_checked(end)?;
        Some((number.parse().ok()?, rest))
    };
    let (first, rest) = digits(text)?;
    let small = |number: i16| i8::try_from(number).ok();
    if first > 999 {
        let (month, rest) = digits(rest.strip_prefix(['-', '/', '年'])?)?;
        let (day, rest) = digits(rest.strip_prefix(['-', '/', '月'])?)?;
        said.date = Date::new(first, small(month)?, small(day)?).ok();
        said.date?;
        return Some(rest.strip_prefix(['日', '号']).unwrap_or(rest));
    }
    if let Some(behind) = rest.strip_prefix(['-', '/', '月']) {
        let (day, rest) = digits(behind)?;
        let this_year = Date::new(here.year(), small(first)?, small(day)?).ok()?;
        let next_year = Date::new(here.year() + 1, small(first)?, small(day)?).ok();
        said.date = if this_year < here.date() { next_year } else { Some(this_year) };
        return Some(rest.strip_prefix(['日', '号']).unwrap_or(rest));
    }
    said.hour = small(first).filter(|hour| *hour < 24);
    said.hour?;
    if let Some(behind) = rest.strip_prefix(':') {
        let (minute, rest) = digits(behind)?;
        said.minute = small(minute)?;
        return Some(rest);
    }
    let Some(behind) = rest.strip_prefix('点').or_else(|| rest.strip_prefix('时')) else { return Some(rest) };
    if let Some(rest) = behind.strip_prefix('半') {
        said.minute = 30;
        return Some(rest);
    }
    let behind = behind.strip_prefix('钟').or_else(|| behind.strip_prefix('整')).unwrap_or(behind);
    match digits(behind) {
        Some((minute, rest)) => {
            said.minute = small(minute)?;
            Some(rest.strip_prefix('分').unwrap_or(rest))
        }
        None => Some(behind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::rehearsal::NOW;

    #[test]
    fn a_time_is_read_in_both_languages() {
        // Wednesday, 12 March 2025, 10:00.
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        for (words, meant) in [
            ("明早9点", "2025-03-13T09:00"),
            ("明天上午九点半", "2025-03-13T09:30"),
            ("后天下午3点", "2025-03-14T15:00"),
            ("今晚8点15分", "2025-03-12T20:15"),
            ("晚上", "2025-03-12T20:00"),
            ("９：３０", "2025-03-13T09:30"),
            ("21:05", "2025-03-12T21:05"),
            ("2小时后", "2025-03-12T12:00"),
            ("半小时后", "2025-03-12T10:30"),
            ("三天后", "2025-03-15T10:00"),
            ("周五", "2025-03-14T09:00"),
            ("下周一上午10点", "2025-03-17T10:00"),
            ("下周五", "2025-03-21T09:00"),
            ("周一", "2025-03-17T09:00"),
            ("周三", "2025-03-19T09:00"),
            ("3月20日 8点", "2025-03-20T08:00"),
            ("1月2号", "2026-01-02T09:00"),
            ("2025-04-01 18:00", "2025-04-01T18:00"),
            ("tomorrow 9am", "2025-03-13T09:00"),
            ("tomorrow at 12pm", "2025-03-13T12:00"),
            ("tonight", "2025-03-12T20:00"),
            ("in 45 minutes", "2025-03-12T10:45"),
            ("friday 5pm", "2025-03-14T17:00"),
            ("next monday", "2025-03-17T09:00"),
            ("Mon 8:30", "2025-03-17T08:30"),
        ] {
            let then = later(words, NOW, &zone).map(|then| {
                let there = Instant::from_second(then.0).unwrap().to_zoned(zone.clone());
                there.strftime("%Y-%m-%dT%H:%M").to_string()
            });
            assert_eq!(then.as_deref(), Some(meant), "{words}");
        }
        for words in ["", "soon", "今天9点", "25点", "9999999小时后", "2030-01-01", "3月40日", "-1", "：", "9:99"]
        {
            assert_eq!(later(words, NOW, &zone), None, "{words}");
        }
    }
}
