//! What servers say when they refuse, and what helps: raw words in, an entry of `assets/remedies.toml` out.
//!
//! Servers say the same thing in many words, one sentence for many things, and some of it in GBK. Nothing else in the
//! program looks at such words: whoever has them asks here once, and goes by the entry.

mod file;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

use crate::model::{Failure, FailureKind, Retry};

/// In what the words were said.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    Imap,
    Pop3,
    Smtp,
    /// In a report of failed delivery.
    Bounce,
}

/// What is done about it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Only the user can mend it.
    Ask,
    /// Perhaps the secret is wrong, perhaps it was too often: seldom, and not for ever.
    Doubtful,
    /// The server asks for patience.
    Patience,
    /// Soon, then ever more seldom.
    Network,
    /// It is about this message or folder, and stays so.
    Message,
    /// It will be taken later, after [`Remedy::wait`] if that is known.
    Later,
    /// Nobody need be told.
    Handled,
    /// We say who we are once more, and only then ask the user.
    Identify,
}

impl Policy {
    /// Whether the whole connection is worth another try without being told to.
    pub fn retry(self) -> Retry {
        match self {
            Self::Ask | Self::Message | Self::Identify => Retry::AfterUser,
            Self::Doubtful => Retry::Doubtful,
            Self::Patience => Retry::Patience,
            Self::Network | Self::Later | Self::Handled => Retry::Later,
        }
    }
}

/// What is the matter, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    pub what: String,
    pub todo: String,
}

impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · {}", self.what, self.todo)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remedy {
    /// The stable name, for JSON and the log; never translated.
    pub id: String,
    pub protocols: Vec<Protocol>,
    /// All words of one of these have to stand there. In small letters.
    words: Vec<Vec<String>>,
    pub kind: FailureKind,
    pub policy: Policy,
    /// The policy instead, where the same secret was good enough before.
    pub once_worked: Option<Policy>,
    /// The entry that this one stands for where these servers say the same, and the ends of their names.
    instead_of: Option<String>,
    at: Vec<String>,
    /// For [`Policy::Later`].
    pub wait: Option<Duration>,
    pub zh: Wording,
    pub en: Wording,
}

impl Remedy {
    fn fits(&self, protocol: Protocol, said: &str) -> bool {
        self.protocols.contains(&protocol)
            && self.words.iter().any(|all| all.iter().all(|word| said.contains(word.as_str())))
    }

    /// The same for what this server calls things.
    fn at(&'static self, host: &str) -> &'static Self {
        let host = host.to_ascii_lowercase();
        let is_there = |end: &String| {
            host.strip_suffix(end.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let own = |other: &&Self| other.instead_of.as_ref() == Some(&self.id) && other.at.iter().any(is_there);
        TABLE.iter().find(own).unwrap_or(self)
    }

    /// The failure that it stands for; `about`: the server, if it is one; `said` in its own words.
    pub fn failure(&'static self, about: &str, said: &str) -> Failure {
        let remedy = self.at(about);
        let failure = Failure::passing(remedy.kind, about, said);
        Failure { retry: remedy.policy.retry(), remedy: Some(&remedy.id), ..failure }
    }
}

/// The same words come at the beginning, if at all.
const LONGEST: usize = 2048;

static TABLE: LazyLock<Vec<Remedy>> =
    // A test reads the file; it cannot be wrong in a program that was released.
    LazyLock::new(|| file::read(include_str!("../assets/remedies.toml")).unwrap_or_default());

/// What these words mean, as they came: in UTF-8, or in the encoding of China.
pub fn of(protocol: Protocol, words: &[u8]) -> Option<&'static Remedy> {
    let said = decoded(words).to_lowercase();
    TABLE.iter().find(|remedy| remedy.fits(protocol, &said))
}

pub fn named(id: &str) -> Option<&'static Remedy> {
    TABLE.iter().find(|remedy| remedy.id == id)
}

/// All of them, in the order in which they are looked at.
pub fn all() -> &'static [Remedy] {
    &TABLE
}

/// What helps against this failure. A secret that was good enough before is not called wrong at first sight.
pub fn against(failure: &Failure) -> Option<&'static Remedy> {
    if failure.worked_before && failure.retry == Retry::Doubtful {
        return named("worked-before");
    }
    named(failure.remedy?)
}

/// A login was refused with a secret that was good enough before: perhaps it was only too often.
pub fn once_worked(failure: Failure) -> Failure {
    let own = failure.remedy.and_then(named).and_then(|remedy| remedy.once_worked);
    let retry = match (failure.retry, own) {
        (_, Some(policy)) => policy.retry(),
        // Nothing is known of the words: what is known is that it worked.
        (Retry::AfterUser, None) if failure.remedy.is_none() => Retry::Doubtful,
        (retry, None) => retry,
    };
    Failure { worked_before: true, retry, ..failure }
}

fn decoded(words: &[u8]) -> Cow<'_, str> {
    let words = words.get(..LONGEST).unwrap_or(words);
    match std::str::from_utf8(words) {
        Ok(text) => Cow::Borrowed(text),
        // Cut in the middle of a character, here or by whoever handed it on.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(words.get(..error.valid_up_to()).unwrap_or_default())
        }
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(words).0,
    }
}

#[cfg(test)]
mod tests;
