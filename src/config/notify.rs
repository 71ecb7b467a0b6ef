//! In which ways new mail is told of, and when not.

use serde::{Deserialize, Serialize};

/// `[notify]`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notify {
    pub bell: bool,
    pub bell_quiet: Quiet,
    pub bell_folders: Vec<String>,
    pub desktop: Desktop,
    pub desktop_quiet: Quiet,
    pub desktop_folders: Vec<String>,
    /// A command, taken apart into words and read by no shell. Empty: none.
    pub command: String,
    pub command_quiet: Quiet,
    pub command_folders: Vec<String>,
    /// Nobody who looks at the screen or at the command's log shall read who writes about what.
    pub hide: bool,
}

impl Default for Notify {
    fn default() -> Self {
        let inbox = || vec!["INBOX".to_owned()];
        Self {
            bell: true,
            bell_quiet: Quiet::default(),
            bell_folders: inbox(),
            desktop: Desktop::Auto,
            desktop_quiet: Quiet::default(),
            desktop_folders: inbox(),
            command: String::new(),
            command_quiet: Quiet::default(),
            command_folders: inbox(),
            hide: false,
        }
    }
}

impl Notify {
    /// Nobody is told anything.
    pub fn nothing() -> Self {
        Self { bell: false, desktop: Desktop::Off, command: String::new(), ..Self::default() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Desktop {
    /// By the desktop if it is there, else by the terminal if it is known to understand.
    #[default]
    Auto,
    /// By the terminal, whatever it is.
    Terminal,
    Off,
}

/// Hours in which nobody wants to hear anything, by the clock on the wall: minutes of the day, the second not included.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quiet(Option<(u16, u16)>);

impl Quiet {
    /// Whether it is quiet at this minute of the day. Hours may go over midnight.
    pub fn holds(self, minute: u16) -> bool {
        match self.0 {
            None => false,
            Some((from, to)) if from < to => (from..to).contains(&minute),
            Some((from, to)) => minute >= from || minute < to,
        }
    }
}

impl TryFrom<String> for Quiet {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        let text = written.trim();
        if text.is_empty() {
            return Ok(Self(None));
        }
        let wrong = || format!("`{text}` is not a time of the day; write it as 22:00-07:00, or \"\" for none");
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let (from, to) = (minute(from).ok_or_else(wrong)?, minute(to).ok_or_else(wrong)?);
        if from == to {
            return Err(format!("`{text}` begins when it ends; to turn it off for good, use the setting itself"));
        }
        Ok(Self(Some((from, to))))
    }
}

impl From<Quiet> for String {
    fn from(quiet: Quiet) -> Self {
        let shown = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        quiet.0.map(|(from, to)| format!("{}-{}", shown(from), shown(to))).unwrap_or_default()
    }
}

/// `7:05` → 425. The end of the day is its beginning.
fn minute(written: &str) -> Option<u16> {
    let number = |part: &str| {
        let digits = !part.is_empty() && part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| digits)
    };
    let (hour, minute) = written.trim().split_once(':')?;
    match (number(hour)?, number(minute).filter(|minute| *minute < 60)?) {
        (24, 0) => Some(0),
        (hour @ 0..24, minute) => Some(hour * 60 + minute),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(written: &str) -> Quiet {
        Quiet::try_from(written.to_owned()).unwrap()
    }

    #[test]
    fn quiet_hours_by_the_minute_and_over_midnight() {
        for (written, loud, still) in [
            ("", &["0:00", "12:00", "23:59"][..], &[][..]),
            ("22:00-07:00", &["21:59", "7:00", "12:00"], &["22:00", "23:59", "0:00", "06:59"]),
            ("12:30-13:00", &["12:29", "13:00", "0:00"], &["12:30", "12:59"]),
            ("22:00-24:00", &["21:59", "0:00"], &["22:00", "23:59"]),
            ("0:00-6:00", &["6:00", "23:59"], &["0:00", "5:59"]),
            ("00:01-00:00", &["0:00"], &["0:01", "12:00", "23:59"]),
        ] {
            for at in loud {
                assert!(!quiet(written).holds(minute(at).unwrap()), "{written} at {at}");
            }
            for at in still {
                assert!(quiet(written).holds(minute(at).unwrap()), "{written} at {at}");
            }
        }
        for wrong in ["22", "22-7", "22:00", "25:00-07:00", "22:60-07:00", "a:b-c:d", "7:00-7:00", "22:00-24:01", "-"] {
            assert!(Quiet::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(String::from(quiet(" 7:05 - 23:30 ")), "07:05-23:30");
        assert_eq!(String::from(quiet("")), "");
    }
}
