//! Spans of time as people write them: `500ms`, `2s`, `5m`, `1h`, `never`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How often something is done; not more often than every ten seconds, so that no server is bothered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Interval(Duration);

impl Interval {
    const SHORTEST: Duration = Duration::from_secs(10);
    const LONGEST: Duration = Duration::from_hours(24);

    pub fn duration(self) -> Duration {
        self.0
    }
}

impl TryFrom<String> for Interval {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        let duration = parse(&written)?;
        if (Self::SHORTEST..=Self::LONGEST).contains(&duration) {
            Ok(Self(duration))
        } else {
            Err(format!("`{written}` is out of range; write something from 10s to 24h"))
        }
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        show(interval.0)
    }
}

/// How often a server is asked.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Poll {
    /// As often as is known that the provider bears.
    #[default]
    Auto,
    Every(Interval),
}

impl Poll {
    pub fn every(self) -> Option<Duration> {
        match self {
            Self::Auto => None,
            Self::Every(interval) => Some(interval.duration()),
        }
    }
}

impl TryFrom<String> for Poll {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        if written == "auto" {
            return Ok(Self::Auto);
        }
        Interval::try_from(written).map(Self::Every)
    }
}

impl From<Poll> for String {
    fn from(poll: Poll) -> Self {
        match poll {
            Poll::Auto => "auto".to_owned(),
            Poll::Every(interval) => interval.into(),
        }
    }
}

/// After how long something happens by itself, if it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum After {
    Never,
    Pause(Duration),
}

impl FromStr for After {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        if written == "never" {
            return Ok(Self::Never);
        }
        parse(written).map(Self::Pause).map_err(|wrong| format!("{wrong}, or never"))
    }
}

impl TryFrom<String> for After {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        written.parse()
    }
}

impl From<After> for String {
    fn from(after: After) -> Self {
        match after {
            After::Never => "never".to_owned(),
            After::Pause(duration) => show(duration),
        }
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from(*self))
    }
}

fn parse(written: &str) -> Result<Duration, String> {
    let wrong = || format!("`{written}` is not a span of time; write 500ms, 2s, 5m or 1h");
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = written.split_at_checked(digits).ok_or_else(wrong)?;
    let number: u32 = number.parse().map_err(|_| wrong())?;
    match unit.trim_start() {
        "ms" => Ok(Duration::from_millis(u64::from(number))),
        "s" => Ok(Duration::from_secs(u64::from(number))),
        "m" => Ok(Duration::from_secs(u64::from(number) * 60)),
        "h" => Ok(Duration::from_secs(u64::from(number) * 3600)),
        _ => Err(wrong()),
    }
}

fn show(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    match milliseconds {
        0 => "0s".to_owned(),
        n if n % 3_600_000 == 0 => format!("{}h", n / 3_600_000),
        n if n % 1000 == 0 => format!("{}s", n / 1000),
        n => format!("{n}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written() {
        for (written, shown) in
            [("2s", "2s"), ("500ms", "500ms"), ("5m", "300s"), ("60m", "1h"), ("0s", "0s"), ("never", "never")]
        {
            assert_eq!(written.parse::<After>().unwrap().to_string(), shown);
        }
        for wrong in ["", "2", "s", "-2s", "2 weeks", "99999999999s", "２s", "Never"] {
            assert!(wrong.parse::<After>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_server_is_not_asked_more_often_than_every_ten_seconds() {
        for (written, fine) in [("10s", true), ("9s", false), ("24h", true), ("25h", false), ("never", false)] {
            assert_eq!(Interval::try_from(written.to_owned()).is_ok(), fine, "{written}");
        }
    }
}
