//! What a conversation tells, line by line: the greeting, what the server can do, how the login went, what it says of
//! itself. The lines come from a tap, so there is no secret in them.

use std::time::Instant;

use super::fact::{Abilities, Fact, Left};
use crate::model::{Quirk, Quirks, WireKind};
use crate::net::Overheard;

/// More words than this say nothing more.
const MOST_WORDS: usize = 200;
const LONGEST_WORD: usize = 80;

/// What greets like this, in the order in which it is looked for.
const SOFTWARE: [(&str, &str); 24] = [
    ("coremail", "Coremail"),
    ("qqmail", "QQMail"),
    ("aliyun", "AliYun"),
    ("sina imap", "Sina"),
    ("gimap", "Gmail"),
    ("microsoft exchange", "Microsoft Exchange"),
    ("dovecot", "Dovecot"),
    ("cyrus", "Cyrus"),
    ("courier", "Courier"),
    ("zimbra", "Zimbra"),
    ("stalwart", "Stalwart"),
    ("hmailserver", "hMailServer"),
    ("icewarp", "IceWarp"),
    ("mdaemon", "MDaemon"),
    ("winmail", "Winmail"),
    ("panda imap", "Panda IMAP"),
    ("hongyan", "hongyan demo"),
    // These where mail is handed over.
    ("esmtp qq mail", "QQMail"),
    ("sinamail", "Sina"),
    ("alimail", "AliYun"),
    ("gsmtp", "Gmail"),
    ("microsoft esmtp", "Microsoft Exchange"),
    ("postfix", "Postfix"),
    ("exim ", "Exim"),
];

/// Who greets like this, or calls himself so; `None` if nobody knows.
pub(super) fn software(said: &str) -> Option<&'static str> {
    let said = said.to_ascii_lowercase();
    SOFTWARE.iter().find(|(word, _)| said.contains(word)).map(|(_, name)| *name)
}

/// A command that was said and not answered.
struct Open {
    tag: String,
    what: What,
    at: Instant,
}

#[derive(Clone, PartialEq, Eq)]
enum What {
    Login(String),
    Id,
    Other,
}

/// One conversation so far.
#[derive(Default)]
pub(super) struct Talk {
    open: Vec<Open>,
    /// We said something already: what comes now is no greeting.
    spoke: bool,
    pub(super) greeting: Option<String>,
    /// The words of the last list of what the server can do.
    pub(super) words: Vec<String>,
    pub(super) logged_in: bool,
    /// ID was said, and answered like this.
    pub(super) id_said: bool,
    id_answer: Option<String>,
    pub(super) uid_next: bool,
    /// A folder's use was told with its name.
    pub(super) roles_told: bool,
}

impl Talk {
    pub(super) fn hear(&mut self, heard: &Overheard) -> Vec<Fact> {
        let text = heard.text.as_str();
        match heard.kind {
            WireKind::Sent => {
                self.sent(text, heard.at);
                Vec::new()
            }
            WireKind::Heard => match text.strip_prefix("* ") {
                Some(told) => self.told(told),
                None => self.answered(text, heard.at),
            },
            WireKind::Connecting | WireKind::Connected | WireKind::Closed | WireKind::Folded(_) | WireKind::Lost(_) => {
                Vec::new()
            }
        }
    }

    fn sent(&mut self, line: &str, at: Instant) {
        self.spoke = true;
        let mut words = line.split(' ');
        let (Some(tag), Some(verb)) = (words.next(), words.next()) else { return };
        let what = match verb {
            "LOGIN" => What::Login(verb.to_owned()),
            "AUTHENTICATE" => What::Login(words.next().map_or(verb.to_owned(), |way| format!("{verb} {way}"))),
            "ID" => What::Id,
            _ => What::Other,
        };
        self.id_said |= what == What::Id;
        self.open.push(Open { tag: tag.to_owned(), what, at });
    }

    fn told(&mut self, told: &str) -> Vec<Fact> {
        let mut facts = Vec::new();
        let (word, rest) = told.split_once(' ').unwrap_or((told, ""));
        if let Some(said) = capabilities(told) {
            self.words = said;
        }
        match word.to_ascii_uppercase().as_str() {
            "OK" | "PREAUTH" if !self.spoke && self.greeting.is_none() => {
                let said = without_code(rest).to_owned();
                facts.push(Fact::Greeting { software: software(&said), said: said.clone() });
                self.greeting = Some(said);
            }
            "OK" => self.uid_next |= rest.to_ascii_uppercase().starts_with("[UIDNEXT "),
            "ID" => self.id_answer = named(rest),
            "LIST" => {
                let upper = rest.to_ascii_uppercase();
                let attributes = upper.split(')').next().unwrap_or_default();
                self.roles_told |=
                    ["\\SENT", "\\DRAFTS", "\\TRASH", "\\JUNK"].iter().any(|role| attributes.contains(role));
            }
            _ => {}
        }
        facts
    }

    fn answered(&mut self, line: &str, at: Instant) -> Vec<Fact> {
        let (tag, rest) = line.split_once(' ').unwrap_or((line, ""));
        let Some(place) = self.open.iter().position(|open| open.tag == tag) else { return Vec::new() };
        let open = self.open.swap_remove(place);
        let well =
            rest.get(..3).is_some_and(|verdict| verdict.eq_ignore_ascii_case("OK ")) || rest.eq_ignore_ascii_case("OK");
        if let Some(said) = capabilities(rest) {
            self.words = said;
        }
        match open.what {
            What::Login(way) if well => {
                self.logged_in = true;
                vec![Fact::Login { way, took: Some(at.saturating_duration_since(open.at)) }]
            }
            What::Id if well => {
                let needed = self.greeting.as_deref().and_then(software) == Some("Coremail");
                vec![Fact::Id { answer: self.id_answer.take(), needed }]
            }
            What::Login(_) | What::Id | What::Other => Vec::new(),
        }
    }
}

/// The words of `CAPABILITY …` or of `OK [CAPABILITY …] …`.
fn capabilities(said: &str) -> Option<Vec<String>> {
    let list = match said.strip_prefix("CAPABILITY ") {
        Some(list) => list,
        None => said.split_once("[CAPABILITY ")?.1.split(']').next()?,
    };
    let words = list.split_ascii_whitespace().take(MOST_WORDS);
    Some(words.map(|word| word.chars().take(LONGEST_WORD).collect()).collect())
}

fn without_code(said: &str) -> &str {
    match said.strip_prefix('[').and_then(|said| said.split_once(']')) {
        Some((_, text)) => text.trim_start(),
        None => said,
    }
}

/// What a server calls itself in its answer to ID; `None` if it does not say.
fn named(answer: &str) -> Option<String> {
    let mut strings = answer.split('"').skip(1).step_by(2);
    loop {
        let (key, value) = (strings.next()?, strings.next()?);
        if key.eq_ignore_ascii_case("name") {
            return Some(value.to_owned());
        }
    }
}

/// What hongyan does with what servers can do.
const USED: [&str; 6] = ["ID", "MOVE", "UIDPLUS", "ESEARCH", "SPECIAL-USE", "IDLE"];
const COUNTED: [&str; 2] = ["CONDSTORE", "QRESYNC"];
const MISSED: [&str; 5] = ["IDLE", "MOVE", "UIDPLUS", "CONDSTORE", "SPECIAL-USE"];

/// What is known beforehand, or was learned.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Beforehand {
    pub(super) quirks: Quirks,
    /// The provider is known to take IDLE and to tell nothing.
    pub(super) silent: bool,
    /// The server is not far.
    pub(super) near: bool,
}

/// Sorts what a server can do by what is made of it.
pub(super) fn sorted(words: &[String], known: Beforehand, before_login: bool) -> Abilities {
    let mut abilities = Abilities { before_login, ..Abilities::default() };
    for word in words {
        let learned = |quirk: Quirk| known.quirks.has(quirk).then_some(Left::Learned(quirk));
        let upper = word.to_ascii_uppercase();
        let left = match upper.as_str() {
            "IDLE" if known.silent => Some(Left::Known),
            "IDLE" => learned(Quirk::SilentIdle),
            "COMPRESS=DEFLATE" => learned(Quirk::NoCompression).or(known.near.then_some(Left::Near)),
            word if COUNTED.contains(&word) => learned(Quirk::NoChanges),
            "XLIST" => Some(Left::Names),
            _ => None,
        };
        let known_words = USED.iter().chain(&COUNTED).chain(&["COMPRESS=DEFLATE"]);
        // What is offered to strangers is how to be let in.
        let lets_in = upper.starts_with("AUTH=") || matches!(upper.as_str(), "SASL-IR" | "LOGINDISABLED");
        let used = (before_login && lets_in) || known_words.into_iter().any(|known| *known == upper);
        match left {
            Some(left) => abilities.left.push((word.clone(), left)),
            None if used => abilities.used.push(word.clone()),
            None => abilities.unneeded.push(word.clone()),
        }
    }
    let is_there = |missed: &str| words.iter().any(|word| word.eq_ignore_ascii_case(missed));
    abilities.lacking = MISSED.iter().filter(|missed| !is_there(missed)).copied().collect();
    if is_there("QRESYNC") {
        abilities.lacking.retain(|word| *word != "CONDSTORE");
    }
    abilities
}

#[cfg(test)]
mod tests;
