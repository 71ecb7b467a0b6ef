//! `Date:` headers → seconds, in all the forms in which programs write them. What cannot be read, or may mean two days, is
//! `None`, and the caller takes the time of arrival.

mod token;

use token::{Half, Piece, Token, tokens};

use crate::model::Timestamp;

/// A longer one is none.
const LONGEST: usize = 200;
/// Nobody sent mail before, and nobody sends any after.
const YEARS: std::ops::RangeInclusive<i64> = 1970..=2200;

const EIGHT_HOURS: i64 = 8 * 3_600;

/// Reads a date by itself: `Tue, 17 Nov 2026 09:30:00 +0800 (CST)`, `17-Nov-2026 09:30:00 +0800`.
pub fn date(value: &str) -> Option<Timestamp> {
    read(value, || false)
}

/// The same where more is known: `chinese` says if it comes from where `CST` and no zone at all are eight hours east.
pub(super) fn read(value: &str, chinese: impl Fn() -> bool) -> Option<Timestamp> {
    let (outside, comment) = without_comments(value);
    let tokens = tokens(&outside);
    let clock = Clock::of(&tokens)?;
    let before = tokens.get(..clock.begins)?;
    let after = tokens.get(clock.ends..)?;
    let (mut zone, zone_at) = zone(after)?;
    let mut pieces: Vec<Token<'_>> = before.to_vec();
    pieces.extend(after.iter().enumerate().filter(|(at, _)| !zone_at.contains(at)).map(|(_, token)| *token));
    let (year, month, day) = day(&pieces, before.len())?;
    if zone == Zone::Unsaid {
        zone = self::zone(&self::tokens(&comment)).map_or(Zone::Unsaid, |(zone, _)| zone);
    }
    let offset = match zone {
        Zone::Offset(seconds) => seconds,
        Zone::Cst if chinese() => EIGHT_HOURS,
        Zone::Cst => -6 * 3_600,
        Zone::Unsaid if is_chinese(&outside) || chinese() => EIGHT_HOURS,
        Zone::Unsaid => 0,
    };
    let seconds = days_since_1970(year, month, day) * 86_400 + clock.seconds_of(&pieces)? - offset;
    (seconds >= 0).then_some(Timestamp(seconds))
}

/// What stands outside of brackets and what inside, in small letters and signs of ASCII.
fn without_comments(value: &str) -> (String, String) {
    let (mut outside, mut comment) = (String::with_capacity(value.len().min(LONGEST)), String::new());
    let mut depth = 0_u32;
    for c in value.chars().take(LONGEST) {
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c if c.is_whitespace() => ' ',
            c => c,
        };
        match c.to_ascii_lowercase() {
            '(' => depth = depth.saturating_add(1),
            ')' if depth > 0 => {
                depth -= 1;
                outside.push(' ');
            }
            c if depth > 0 => comment.push(c),
            c => outside.push(c),
        }
    }
    (outside, comment)
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
}

fn number(token: Option<&Token<'_>>, most_digits: usize) -> Option<i64> {
    match token?.piece {
        Piece::Number { value, digits } if digits <= most_digits => Some(value),
        _ => None,
    }
}

fn is_sign(token: Option<&Token<'_>>, sign: char) -> bool {
    token.is_some_and(|token| token.piece == Piece::Sign(sign))
}

fn is_unit(token: Option<&Token<'_>>, unit: char) -> bool {
    token.is_some_and(|token| token.piece == Piece::Unit(unit))
}

/// A time of day, and which of the tokens say it.
struct Clock {
    begins: usize,
    ends: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Clock {
    fn of(tokens: &[Token<'_>]) -> Option<Self> {
        (0..tokens.len()).find_map(|at| Self::at(tokens, at, ':')).or_else(|| Self::with_dots(tokens))
    }

    /// `11:06`, `11:06:12.345`, `11时06分12秒`.
    fn at(tokens: &[Token<'_>], at: usize, sign: char) -> Option<Self> {
        let hour = number(tokens.get(at), 2)?;
        let second_sign = |at: usize| is_sign(tokens.get(at), sign) || is_unit(tokens.get(at), '分');
        if at > 0 && is_sign(tokens.get(at - 1), '+')
            || !(is_sign(tokens.get(at + 1), sign) || is_unit(tokens.get(at + 1), '时'))
        {
            return None;
        }
        let mut clock = Self { begins: at, ends: at + 2, hour, minute: 0, second: 0 };
        match number(tokens.get(clock.ends), 2) {
            Some(minute) => clock.minute = minute,
            None if is_unit(tokens.get(at + 1), '时') => return Some(clock),
            None => return None,
        }
        clock.ends += 1;
        if second_sign(clock.ends)
            && let Some(second) = number(tokens.get(clock.ends + 1), 2)
        {
            clock.second = second;
            clock.ends += 2;
            let is_fraction = |sign| is_sign(tokens.get(clock.ends), sign);
            let behind = tokens.get(clock.ends + 1);
            if (is_fraction('.') || is_fraction(','))
                && behind.is_some_and(|token| !token.after_blank)
                && number(behind, 9).is_some()
            {
                clock.ends += 2;
            }
        }
        if is_unit(tokens.get(clock.ends), '分') || is_unit(tokens.get(clock.ends), '秒') {
            clock.ends += 1;
        }
        Some(clock)
    }

    /// `11.06.12`, where the day is written in another way or stands before it.
    fn with_dots(tokens: &[Token<'_>]) -> Option<Self> {
        let names_month = tokens.iter().any(|token| matches!(token.piece, Piece::Month(_)));
        let mut groups = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let dotted = |at: usize| {
                is_sign(tokens.get(at), '.')
                    && tokens.get(at + 1).is_some_and(|next| !next.after_blank && number(Some(next), 4).is_some())
            };
            if number(tokens.get(at), 4).is_some() && dotted(at + 1) {
                groups.push(at);
                at += 3;
                while dotted(at) {
                    at += 2;
                }
            } else {
                at += 1;
            }
        }
        let at = *groups.last().filter(|_| names_month || groups.len() > 1)?;
        Self::at(tokens, at, '.')
    }

    fn seconds_of(&self, others: &[Token<'_>]) -> Option<i64> {
        let half = others.iter().find_map(|token| match token.piece {
            Piece::Half(half) => Some(half),
            _ => None,
        });
        let hour = match (half, self.hour) {
            (Some(Half::Morning), 12) => 0,
            (Some(Half::Afternoon), hour @ 1..=11) | (Some(Half::Noon), hour @ 1..=2) => hour + 12,
            (_, hour) => hour,
        };
        let good = (0..24).contains(&hour) && (0..60).contains(&self.minute) && (0..=60).contains(&self.second);
        good.then(|| hour * 3_600 + self.minute * 60 + self.second)
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Zone {
    Unsaid,
    /// China's or Chicago's.
    Cst,
    Offset(i64),
}

/// The zone among the tokens after the clock, and where it stands. None if there is one that cannot be.
fn zone(after: &[Token<'_>]) -> Option<(Zone, std::ops::Range<usize>)> {
    let mut named = (Zone::Unsaid, 0..0);
    for (at, token) in after.iter().enumerate() {
        let previous = at.checked_sub(1).and_then(|before| after.get(before)).map(|token| token.piece);
        let behind_name = matches!(previous, Some(Piece::Word("gmt" | "utc" | "ut" | "z")));
        match token.piece {
            Piece::Sign(sign @ ('+' | '-')) => {
                let begins = sign == '+' || at == 0 || token.after_blank || behind_name;
                let Some(Piece::Number { value, digits }) = after.get(at + 1).map(|next| next.piece) else { continue };
                if !begins || after.get(at + 1).is_some_and(|next| next.after_blank) {
                    continue;
                }
                let mut ends = at + 2;
                let (hours, minutes) = match digits {
                    3 | 4 => (value / 100, value % 100),
                    1 | 2 if is_sign(after.get(ends), ':') => {
                        ends += 2;
                        (value, number(after.get(ends - 1), 2)?)
                    }
                    1 | 2 => (value, 0),
                    _ => return None,
                };
                let seconds = hours * 3_600 + minutes * 60;
                if minutes >= 60 || seconds > 14 * 3_600 {
                    return None;
                }
                return Some((Zone::Offset(if sign == '-' { -seconds } else { seconds }), at..ends));
            }
            Piece::Beijing => named = (Zone::Offset(EIGHT_HOURS), at..at + 1),
            Piece::Word(word) if named.0 == Zone::Unsaid => {
                if let Some(zone) = named_zone(word) {
                    named = (zone, at..at + 1);
                }
            }
            _ => {}
        }
    }
    Some(named)
}

fn named_zone(word: &str) -> Option<Zone> {
    let minutes = match word {
        "cst" => return Some(Zone::Cst),
        "gmt" | "utc" | "ut" | "z" | "wet" => 0,
        "hst" => -600,
        "akst" => -540,
        "pst" | "akdt" => -480,
        "mst" | "pdt" => -420,
        "mdt" => -360,
        "est" | "cdt" => -300,
        "edt" => -240,
        "bst" | "cet" | "mez" | "west" => 60,
        "cest" | "mesz" | "eet" | "sast" => 120,
        "eest" | "msk" => 180,
        "ist" => 330,
        "hkt" | "sgt" | "myt" | "pht" | "awst" | "prc" => 480,
        "jst" | "kst" => 540,
        "aest" => 600,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        _ => return None,
    };
    Some(Zone::Offset(minutes * 60))
}

/// The name of the month, if there is one: `mar` before the day is Tuesday in half of Europe, and a month between day and
/// year says so. The error is a month that cannot be known.
fn named_month(pieces: &[Token<'_>], before_clock: usize) -> Result<Option<i64>, ()> {
    let is_number = |token: &Token<'_>| matches!(token.piece, Piece::Number { .. });
    let words = pieces.iter().enumerate().filter(|(_, token)| !matches!(token.piece, Piece::Sign(_)));
    let words: Vec<(bool, Token<'_>)> = words.map(|(at, token)| (at < before_clock, *token)).collect();
    let (mut first, mut inside, mut differ) = (None, None, false);
    for (at, (is_before, token)) in words.iter().enumerate() {
        let beside = |at: Option<usize>| at.and_then(|at| words.get(at)).is_some_and(|(_, token)| is_number(token));
        let is_inside = beside(at.checked_sub(1)) && beside(at.checked_add(1));
        match token.piece {
            Piece::Month(month) => {
                differ |= first.is_some_and(|first| first != month);
                first = first.or(Some(month));
                if is_inside && inside.replace(month).is_some_and(|other| other != month) {
                    return Err(());
                }
            }
            // A month of a language that is not known here.
            Piece::Word(word) if *is_before && is_inside && first.is_some() && word.len() > 2 => return Err(()),
            _ => {}
        }
    }
    match inside {
        None if differ => Err(()),
        inside => Ok(inside.or(first)),
    }
}

/// Year, month and day, of what stands before the clock and after it.
fn day(pieces: &[Token<'_>], before_clock: usize) -> Option<(i64, i64, i64)> {
    let mut numbers: Vec<(i64, usize, char)> = Vec::with_capacity(3);
    let (mut year, mut day) = (None, None);
    let mut month = named_month(pieces, before_clock).ok()?;
    for (at, token) in pieces.iter().enumerate() {
        let next = pieces.get(at + 1);
        match token.piece {
            // A minus, and not what stands between two numbers.
            Piece::Sign('-')
                if token.after_blank
                    && next.is_some_and(|next| !next.after_blank && matches!(next.piece, Piece::Number { .. })) =>
            {
                return None;
            }
            Piece::Number { value, digits } => match next.map(|next| next.piece) {
                Some(Piece::Unit('年')) => year = whole_year(value, digits),
                Some(Piece::Unit('月')) => month = Some(value),
                Some(Piece::Unit('日')) => day = Some(value),
                Some(Piece::Sign(sign)) => numbers.push((value, digits, sign)),
                _ => numbers.push((value, digits, ' ')),
            },
            _ => {}
        }
    }
    let (year, month, day) = match (year, month, day, numbers.as_slice()) {
        (Some(year), Some(month), Some(day), _) => (year, month, day),
        (Some(year), Some(month), None, [(day, 1 | 2, _), ..]) => (year, month, *day),
        (None, Some(month), None, [(year, digits @ 3.., _), (day, ..), ..]) => {
            (whole_year(*year, *digits)?, month, *day)
        }
        (None, Some(month), None, [(day, ..), (year, digits, _), ..]) => (whole_year(*year, *digits)?, month, *day),
        (None, None, None, [(year, 4, _), (month, 1 | 2, _), (day, 1 | 2, _), ..]) => (*year, *month, *day),
        (None, None, None, [(first, 1 | 2, sign), (second, 1 | 2, _), (year, 4, _), ..]) => match sign {
            '.' | '-' => (*year, *second, *first),
            // Some write the month first and some the day: what may be both is neither.
            '/' if *first > 12 || first == second => (*year, *second, *first),
            '/' if *second > 12 => (*year, *first, *second),
            _ => return None,
        },
        _ => return None,
    };
    let good = YEARS.contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    good.then_some((year, month, day))
}

/// Years of two digits are of our time, and those of three count from 1900.
fn whole_year(value: i64, digits: usize) -> Option<i64> {
    match digits {
        2 if value < 50 => Some(2000 + value),
        2 | 3 => Some(1900 + value),
        4 => Some(value),
        _ => None,
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    let leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leaps => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests;
