//! Whether a refusal of a login stands, as the record of what was said to the servers tells. Trying again right after
//! one is what gets accounts locked.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::ground::Ground;
use crate::config::Account;
use crate::model::{Failure, FailureKind, Purpose, Timestamp, WireKind, WireLine, clock};
use crate::net::{LogPlace, read_log};
use crate::remedy::{self, Protocol};
use crate::text::SafeText;

/// After a refusal nothing is tried for so long.
const LEFT_ALONE: u64 = 15 * 60;
/// After so many in a row somebody has to do something, and for a day nothing is tried unasked.
const IN_A_ROW: usize = 3;
const PARKED: u64 = 24 * 60 * 60;

/// A login that was refused and is better not tried again yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refusal {
    /// Seconds.
    pub(crate) ago: u64,
    /// In a row.
    pub(crate) times: usize,
    pub(crate) said: String,
}

impl Refusal {
    /// Seconds until it may be tried again.
    pub(crate) fn left(&self) -> u64 {
        lasts(self.times).saturating_sub(self.ago)
    }

    /// Without the code before them.
    fn words(&self) -> &str {
        let behind = self.said.strip_prefix('[').and_then(|code| code.split_once("] "));
        behind.map_or(self.said.as_str(), |(_, words)| words)
    }

    /// The same as it was told then.
    pub(crate) fn failure(&self, host: &str) -> Failure {
        match remedy::of(Protocol::Imap, self.said.as_bytes()) {
            Some(known) => known.failure(host, self.words()),
            None => Failure::lasting(FailureKind::Login, host, self.words()),
        }
    }
}

impl Refusal {
    /// The same of one by the server that takes mail.
    pub(crate) fn failure_of_sending(&self, host: &str) -> Failure {
        match remedy::of(Protocol::Smtp, self.said.as_bytes()) {
            Some(known) => known.failure(host, &self.said),
            None => Failure::lasting(FailureKind::Login, host, &self.said),
        }
    }
}

fn lasts(times: usize) -> u64 {
    if times >= IN_A_ROW { PARKED } else { LEFT_ALONE }
}

/// The refusal that stands for this account, if there is one.
pub(super) fn standing_for(ground: &Ground, account: &Account) -> Option<Refusal> {
    standing_at(&ground.paths.protocol_log(), account)
}

/// The same for who has only the record.
pub(crate) fn standing_at(record: &Path, account: &Account) -> Option<Refusal> {
    let (lines, _) = read_log(record, LogPlace::default()).ok()?;
    // Names stand in the record as they are shown.
    standing(&lines, SafeText::of(&account.name).as_str(), clock::now())
}

/// The refusal of the server that takes the account's mail, if one stands.
pub(super) fn standing_for_sending(ground: &Ground, account: &Account) -> Option<Refusal> {
    let (lines, _) = read_log(&ground.paths.protocol_log(), LogPlace::default()).ok()?;
    standing_of_sending(&lines, SafeText::of(&account.name).as_str(), clock::now())
}

fn standing_of_sending(lines: &[WireLine], account: &str, now: Timestamp) -> Option<Refusal> {
    let mut open: HashSet<u32> = HashSet::new();
    let mut refused: Option<(Timestamp, String)> = None;
    let mut times = 0;
    let ours = |line: &&WireLine| line.account.as_str() == account && line.purpose == Purpose::Sending;
    for line in lines.iter().filter(ours) {
        let text = line.text.as_str();
        match line.kind {
            WireKind::Sent if text.starts_with("AUTH ") => drop(open.insert(line.number)),
            // A question about the secret.
            WireKind::Heard if text.starts_with("334") => {}
            WireKind::Heard if open.remove(&line.number) => match text.get(..3) {
                Some(code) if code.starts_with('2') => (refused, times) = (None, 0),
                // The words were not understood, so that nobody has looked at the secret.
                Some("500" | "501" | "502" | "504") => {}
                _ => (refused, times) = (Some((line.at, text.to_owned())), times + 1),
            },
            _ => {}
        }
    }
    let (at, said) = refused?;
    let ago = now.since(at);
    (at <= now && ago < lasts(times)).then_some(Refusal { ago, times, said })
}

fn standing(lines: &[WireLine], account: &str, now: Timestamp) -> Option<Refusal> {
    let mut open: HashMap<(&str, u32), &str> = HashMap::new();
    let mut refused: Option<(Timestamp, String)> = None;
    let mut times = 0;
    for line in lines.iter().filter(|line| line.account.as_str() == account) {
        let connection = (line.purpose.code(), line.number);
        let text = line.text.as_str();
        let (tag, rest) = text.split_once(' ').unwrap_or((text, ""));
        match line.kind {
            WireKind::Sent if is_login(rest) => drop(open.insert(connection, tag)),
            WireKind::Heard if open.get(&connection).is_some_and(|open| *open == tag) => {
                open.remove(&connection);
                let (verdict, said) = rest.split_once(' ').unwrap_or((rest, ""));
                if verdict.eq_ignore_ascii_case("OK") {
                    (refused, times) = (None, 0);
                } else {
                    (refused, times) = (Some((line.at, said.to_owned())), times + 1);
                }
            }
            // Whoever is let in and then shown nothing is not wanted either.
            WireKind::Heard if text.to_ascii_lowercase().contains("unsafe login") => {
                (refused, times) = (Some((line.at, rest.to_owned())), times.max(1));
            }
            _ => {}
        }
    }
    let (at, said) = refused?;
    let ago = now.since(at);
    // What lies in the future was written by another clock.
    (at <= now && ago < lasts(times)).then_some(Refusal { ago, times, said })
}

fn is_login(said: &str) -> bool {
    let verb = said.split(' ').next().unwrap_or_default();
    verb.eq_ignore_ascii_case("LOGIN") || verb.eq_ignore_ascii_case("AUTHENTICATE")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SECONDS NUMBER > TEXT`
    fn lines(written: &str) -> Vec<WireLine> {
        let line = |line: &str| {
            let mut words = line.trim().splitn(4, ' ');
            let mut next = || words.next().unwrap();
            WireLine {
                at: Timestamp(next().parse().unwrap()),
                account: SafeText::of("me@mail.example"),
                purpose: Purpose::Sync,
                number: next().parse().unwrap(),
                kind: if next() == ">" { WireKind::Sent } else { WireKind::Heard },
                text: SafeText::of(next()),
            }
        };
        written.lines().map(line).collect()
    }

    fn stands(written: &str, now: i64) -> Option<(u64, usize)> {
        standing(&lines(written), "me@mail.example", Timestamp(now)).map(|refusal| (refusal.ago, refusal.times))
    }

    const ONE: &str = "1000 1 > H1 LOGIN me ***\n1001 1 < * CAPABILITY\n1002 1 < H1 NO Login fail.";

    #[test]
    fn a_refusal_stands_for_a_while_and_a_success_ends_it() {
        assert_eq!(stands(ONE, 1062), Some((60, 1)));
        assert_eq!(stands(ONE, 1002 + 900), None);
        assert_eq!(stands(ONE, 900), None);
        assert_eq!(stands(&format!("{ONE}\n1010 2 > H1 AUTHENTICATE PLAIN\n1011 2 < H1 OK in"), 1062), None);
        let other = "1003 1 > H2 NOOP\n1004 1 < H2 NO what\n1005 3 < H1 NO nobody asked";
        assert_eq!(stands(other, 1062), None);
        assert!(standing(&lines(ONE), "you@mail.example", Timestamp(1062)).is_none());
    }

    #[test]
    fn whoever_is_shown_nothing_is_refused_too() {
        let shut = "1000 1 > H1 LOGIN me ***\n1001 1 < H1 OK in\n1002 1 > H2 EXAMINE INBOX\n\
                    1003 1 < H2 NO EXAMINE Unsafe Login. Please contact kefu@188.com for help";
        assert_eq!(stands(shut, 1063), Some((60, 1)));
    }

    #[test]
    fn it_is_told_as_it_was_told_then() {
        let failure = |said: &str| {
            let refusal = Refusal { ago: 60, times: 1, said: said.to_owned() };
            refusal.failure("imap.mail.example")
        };
        let known = failure("LOGIN Login error or password error");
        assert_eq!((known.remedy, known.said.as_str()), (Some("netease-login"), "LOGIN Login error or password error"));
        let coded = failure("[AUTHENTICATIONFAILED] Invalid credentials (Failure)");
        assert_eq!((coded.remedy, coded.said.as_str()), (Some("gmail-refused"), "Invalid credentials (Failure)"));
        let unknown = failure("[AUTHENTICATIONFAILED] Authentication failed.");
        assert_eq!((unknown.remedy, unknown.kind), (None, FailureKind::Login));
        assert_eq!((unknown.said.as_str(), unknown.about.as_str()), ("Authentication failed.", "imap.mail.example"));
    }

    #[test]
    fn three_in_a_row_stand_until_somebody_does_something() {
        let many = format!("{ONE}\n{}\n{}", ONE.replace(" 1 ", " 2 "), ONE.replace(" 1 ", " 3 "));
        assert_eq!(stands(&many, 1002 + 3600), Some((3600, 3)));
        assert_eq!(stands(&many, 1002 + 86_400), None);
    }

    fn stands_of_sending(written: &str, now: i64) -> Option<(u64, usize)> {
        let mut lines = lines(written);
        assert_eq!(standing_of_sending(&lines, "me@mail.example", Timestamp(now)), None, "these are of the mailbox");
        for line in &mut lines {
            line.purpose = Purpose::Sending;
        }
        // Neither is taken for the other.
        assert_eq!(standing(&lines, "me@mail.example", Timestamp(now)), None);
        standing_of_sending(&lines, "me@mail.example", Timestamp(now)).map(|refusal| (refusal.ago, refusal.times))
    }

    #[test]
    fn a_refusal_of_who_takes_mail_stands_too() {
        let refused = "1000 1 < 220 ready\n1000 1 > AUTH LOGIN\n1001 1 < 334 ***\n1001 1 > ***\n1002 1 < 535-no\n\
                       1002 1 < 535 Login Fail.";
        assert_eq!(stands_of_sending(refused, 1062), Some((60, 1)));
        assert_eq!(stands_of_sending(refused, 1002 + 900), None);
        let again = format!("{refused}\n{}\n{}", refused.replace(" 1 ", " 2 "), refused.replace(" 1 ", " 3 "));
        assert_eq!(stands_of_sending(&again, 1002 + 3600), Some((3600, 3)));
        let good = format!("{refused}\n1010 2 > AUTH PLAIN ***\n1011 2 < 235 in");
        assert_eq!(stands_of_sending(&good, 1062), None);
        assert_eq!(stands_of_sending("1000 1 > AUTH PLAIN ***\n1001 1 < 504 what", 1062), None);
        let failure =
            Refusal { ago: 60, times: 1, said: "535 Login Fail. Please enter your authorization code".into() };
        assert_eq!(failure.failure_of_sending("smtp.mail.example").kind, FailureKind::Login);
    }
}
