//! What a conversation about sending tells, line by line. The lines come from a tap, so there is no secret in them.

use std::time::{Duration, Instant};

use super::fact::{Abilities, Fact, Left};
use super::heard::software;
use crate::model::{TlsMode, WireKind};
use crate::net::Overheard;

/// More than this says nothing more.
const MOST_LINES: usize = 100;
const LONGEST_LINE: usize = 200;

/// What the next answers are about.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
enum Asked {
    #[default]
    Nothing,
    Hello,
    Login(String),
    Goodbye,
}

/// One conversation so far.
#[derive(Default, Debug)]
pub(super) struct Talk {
    asked: Asked,
    at: Option<Instant>,
    pub(super) greeted: bool,
    /// What the server said that it can do, a line each.
    pub(super) lines: Vec<String>,
    /// How we said who we are.
    pub(super) way: Option<String>,
    pub(super) goodbye: Option<Duration>,
}

impl Talk {
    pub(super) fn hear(&mut self, heard: &Overheard) -> Option<Fact> {
        let text = heard.text.as_str();
        match heard.kind {
            WireKind::Sent => {
                self.sent(text, heard.at);
                None
            }
            WireKind::Heard => self.told(text, heard.at),
            WireKind::Connecting | WireKind::Connected | WireKind::Closed | WireKind::Folded(_) | WireKind::Lost(_) => {
                None
            }
        }
    }

    fn sent(&mut self, line: &str, at: Instant) {
        let mut words = line.split(' ');
        let asked = match (words.next(), words.next()) {
            (Some("EHLO" | "HELO"), _) => {
                self.lines.clear();
                Asked::Hello
            }
            (Some("AUTH"), Some(way)) => {
                self.way = Some(way.to_owned());
                Asked::Login(format!("AUTH {way}"))
            }
            (Some("QUIT"), _) => Asked::Goodbye,
            // The answer to a question about the secret.
            _ => return,
        };
        (self.asked, self.at) = (asked, Some(at));
    }

    fn told(&mut self, line: &str, at: Instant) -> Option<Fact> {
        let (code, rest) = line.split_at_checked(3)?;
        let said = rest.get(1..).unwrap_or_default().trim();
        let good = code.starts_with('2');
        let took = || at.saturating_duration_since(self.at.unwrap_or(at));
        match &self.asked {
            Asked::Nothing if code == "220" && !self.greeted => {
                self.greeted = true;
                Some(Fact::Greeting { software: software(said), said: said.to_owned() })
            }
            Asked::Hello if good && self.lines.len() < MOST_LINES => {
                self.lines.push(said.chars().take(LONGEST_LINE).collect());
                None
            }
            Asked::Login(way) if good => {
                let fact = Fact::Login { way: way.clone(), took: Some(took()) };
                self.asked = Asked::Nothing;
                Some(fact)
            }
            Asked::Goodbye if good => {
                self.goodbye = Some(took());
                None
            }
            _ => None,
        }
    }
}

const USED: [&str; 5] = ["SIZE", "PIPELINING", "8BITMIME", "SMTPUTF8", "DSN"];
const WAYS: [&str; 3] = ["PLAIN", "LOGIN", "XOAUTH2"];

/// Sorts the lines of an answer to EHLO, of which the first tells who it is. `way`: how we were let in; who was not let
/// in yet may take any.
pub(super) fn sorted(lines: &[String], tls: TlsMode, way: Option<&str>) -> Abilities {
    let taken = |other: &str| WAYS.contains(&other) && way.is_none_or(|way| way == other);
    let mut abilities = Abilities::default();
    let (mut strange, mut old) = (Vec::new(), None);
    for line in lines.iter().skip(1) {
        let line = line.to_ascii_uppercase();
        let mut words = line.split_ascii_whitespace();
        let Some(word) = words.next() else { continue };
        match word {
            "AUTH" => {
                for way in words {
                    let way = way.to_owned();
                    if taken(&way) { abilities.used.push(format!("AUTH {way}")) } else { strange.push(way) }
                }
            }
            word if word.starts_with("AUTH=") => old = Some(line.clone()),
            "STARTTLS" if tls == TlsMode::None => abilities.unneeded.push(word.to_owned()),
            "STARTTLS" => abilities.left.push((word.to_owned(), Left::Encrypted)),
            "CHUNKING" | "BINARYMIME" => abilities.left.push((word.to_owned(), Left::Data)),
            word if USED.contains(&word) => abilities.used.push(word.to_owned()),
            word => abilities.unneeded.push(word.to_owned()),
        }
    }
    // Who says it only in the old form is understood too.
    match old {
        Some(line) if abilities.used.iter().all(|word| !word.starts_with("AUTH ")) => {
            let ways = line.trim_start_matches("AUTH=").split_ascii_whitespace().map(str::to_owned);
            let (known, others): (Vec<_>, Vec<_>) = ways.partition(|way| taken(way));
            abilities.used.extend(known.into_iter().map(|way| format!("AUTH {way}")));
            strange.extend(others);
        }
        Some(line) => abilities.left.push((line, Left::OldForm)),
        None => {}
    }
    if !strange.is_empty() {
        abilities.left.push((format!("AUTH {}", strange.join(" ")), Left::Ways));
    }
    let is_there = |missed: &&&str| abilities.used.iter().any(|word| word == **missed);
    abilities.lacking = USED.iter().filter(|missed| !is_there(missed)).copied().collect();
    abilities
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;

    fn lines(said: &str) -> Vec<String> {
        said.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn what_is_offered_is_sorted_by_what_is_made_of_it() {
        let coremail = "mail|PIPELINING|AUTH LOGIN PLAIN|AUTH=LOGIN PLAIN|coremail 1Uxr2xKj7kG0|STARTTLS|8BITMIME";
        let found = sorted(&lines(coremail), TlsMode::Tls, None);
        assert_eq!(found.used, ["PIPELINING", "AUTH LOGIN", "AUTH PLAIN", "8BITMIME"]);
        assert_eq!(
            found.left,
            [("STARTTLS".to_owned(), Left::Encrypted), ("AUTH=LOGIN PLAIN".to_owned(), Left::OldForm)]
        );
        // Only the first word is shown: what follows may be about whoever asks.
        assert_eq!((found.unneeded, found.lacking), (lines("COREMAIL"), vec!["SIZE", "SMTPUTF8", "DSN"]));
        let inside = sorted(&lines("x|AUTH LOGIN PLAIN XOAUTH2"), TlsMode::Tls, Some("PLAIN"));
        assert_eq!(
            (inside.used, inside.left),
            (lines("AUTH PLAIN"), vec![("AUTH LOGIN XOAUTH2".to_owned(), Left::Ways)])
        );
        let odd = sorted(&lines("x|auth=login|AUTH CRAM-MD5|CHUNKING|size 5"), TlsMode::StartTls, None);
        assert_eq!(odd.used, ["SIZE", "AUTH LOGIN"]);
        let left = [("CHUNKING".to_owned(), Left::Data), ("AUTH CRAM-MD5".to_owned(), Left::Ways)];
        assert_eq!(odd.left, left);
        assert_eq!(sorted(&[], TlsMode::Tls, None).lacking.len(), USED.len());
    }

    #[test]
    fn a_conversation_is_followed() {
        let mut talk = Talk::default();
        let at = crate::model::clock::instant();
        let mut say = |kind, text: &str| {
            let fact = talk.hear(&Overheard { at, kind, text: SafeText::of(text) });
            fact.map(|fact| format!("{fact:?}"))
        };
        let greeting = say(WireKind::Heard, "220-newxm.qq.com XMail Esmtp QQ Mail Server.").unwrap();
        assert!(greeting.contains("QQMail"), "{greeting}");
        assert_eq!(say(WireKind::Heard, "220 welcome"), None);
        for (kind, text) in [
            (WireKind::Sent, "EHLO [127.0.0.1]"),
            (WireKind::Heard, "250-qq.com"),
            (WireKind::Heard, "250 SIZE 5"),
            (WireKind::Sent, "AUTH LOGIN"),
            (WireKind::Heard, "334 ***"),
            (WireKind::Sent, "***"),
        ] {
            assert_eq!(say(kind, text), None);
        }
        assert!(say(WireKind::Heard, "235 in").unwrap().contains("AUTH LOGIN"));
        assert_eq!(say(WireKind::Sent, "QUIT"), None);
        assert_eq!(say(WireKind::Heard, "221 Bye"), None);
        assert_eq!((talk.lines, talk.way.as_deref()), (lines("qq.com|SIZE 5"), Some("LOGIN")));
        assert_eq!(talk.goodbye, Some(Duration::ZERO));
    }
}
