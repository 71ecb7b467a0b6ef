//! `Date:` headers → seconds. What cannot be read is `None`, and the caller takes the time of arrival.

use crate::model::Timestamp;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads RFC 5322 and RFC 3501 dates: `Tue, 17 Nov 2026 09:30:00 +0800 (CST)`, `17-Nov-2026 09:30:00 +0800`.
pub fn date(value: &str) -> Option<Timestamp> {
    let value = value.split('(').next()?;
    let mut words = value.split([' ', '\t', ',', '-', '\r', '\n']).filter(|word| !word.is_empty());
    let mut day = words.next()?;
    if !day.starts_with(|c: char| c.is_ascii_digit()) {
        day = words.next()?;
    }
    let day: i64 = day.parse().ok().filter(|d| (1..=31).contains(d))?;
    let name = words.next()?.get(..3)?.to_ascii_lowercase();
    let month = i64::try_from(MONTHS.iter().position(|m| *m == name)?).ok()? + 1;
    let mut year: i64 = words.next()?.parse().ok().filter(|y| (0..=9999).contains(y))?;
    if year < 50 {
        year += 2000;
    } else if year < 1000 {
        year += 1900;
    }
    let mut clock = words.next()?.split(':').map(|part| part.parse::<i64>().ok());
    let hour = clock.next()??;
    let minute = clock.next()??;
    let second = clock.next().unwrap_or(Some(0))?;
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..=60).contains(&second) {
        return None;
    }
    // The minus of a zone was eaten as a separator, so the zone is read from the raw text.
    let zone = value.rsplit([' ', '\t']).find(|word| !word.is_empty())?;
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(Timestamp(seconds - offset(zone)))
}

fn offset(zone: &str) -> i64 {
    let (sign, digits) = match (zone.strip_prefix('+'), zone.strip_prefix('-')) {
        (Some(digits), _) => (1, digits),
        (_, Some(digits)) => (-1, digits),
        _ => return named_offset(zone),
    };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    match digits.parse::<i64>() {
        Ok(number) if digits.len() == 4 && number <= 1400 => sign * (number / 100 * 3_600 + number % 100 * 60),
        _ => 0,
    }
}

fn named_offset(zone: &str) -> i64 {
    let hours = match zone.to_ascii_uppercase().as_str() {
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" => 1,
        "CEST" => 2,
        "JST" => 9,
        _ => 0,
    };
    hours * 3_600
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
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_mail_and_of_imap() {
        let expected = Some(Timestamp(1_794_879_000));
        assert_eq!(date("Tue, 17 Nov 2026 09:30:00 +0800"), expected);
        assert_eq!(date("Tue, 17 Nov 2026 09:30:00 +0800 (CST)"), expected);
        assert_eq!(date("17-Nov-2026 01:30:00 +0000"), expected);
        assert_eq!(date(" 7-Nov-2026 01:30:00 -0000"), Some(Timestamp(1_794_879_000 - 864_000)));
        assert_eq!(date("Mon, 16 Nov 2026 20:30:00 -0500"), expected);
        assert_eq!(date("17 Nov 26 01:30 GMT"), expected);
        assert_eq!(date("Thu, 1 Jan 1970 00:00:00 +0000"), Some(Timestamp(0)));
        assert_eq!(date("Sat, 29 Feb 2020 00:00:00 +0000"), Some(Timestamp(1_582_934_400)));
    }

    #[test]
    fn rubbish_is_none() {
        for wrong in [
            "",
            "yesterday",
            "32 Jan 2020 00:00:00 +0000",
            "1 Foo 2020 00:00",
            "1 Jan 99999 00:00:00",
            "1 Jan 2020 99:00",
            "1 Ja",
        ] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
        assert!(date("1 Jan 2020 00:00:00 +9999").is_some());
    }
}
