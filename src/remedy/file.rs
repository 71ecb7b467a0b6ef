//! The file of the remedies, checked as it is read.

use std::time::Duration;

use serde::Deserialize;

use super::{Policy, Protocol, Remedy, Wording};
use crate::model::FailureKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    remedy: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    protocols: Vec<Named>,
    contains: Vec<Words>,
    kind: String,
    policy: Way,
    once_worked: Option<Way>,
    wait_minutes: Option<u64>,
    zh: Written,
    en: Written,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Named {
    Imap,
    Pop3,
    Smtp,
    Bounce,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    All(Vec<String>),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    Ask,
    Doubtful,
    Patience,
    Network,
    Message,
    Later,
    Handled,
    Identify,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    what: String,
    todo: String,
}

pub(super) fn read(text: &str) -> Result<Vec<Remedy>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.remedy.into_iter().map(Entry::complete).collect()
}

impl Entry {
    fn complete(self) -> Result<Remedy, String> {
        let kind = FailureKind::EVERY.into_iter().find(|kind| kind.code() == self.kind);
        let words: Vec<Vec<String>> = self.contains.into_iter().map(Words::in_small_letters).collect();
        if words.iter().any(|all| all.is_empty() || all.iter().any(|word| word.trim().is_empty())) {
            return Err(format!("`{}` fits everything", self.id));
        }
        Ok(Remedy {
            kind: kind.ok_or_else(|| format!("`{}`: there is no kind `{}`", self.id, self.kind))?,
            protocols: self.protocols.iter().map(Named::protocol).collect(),
            words,
            policy: self.policy.policy(),
            once_worked: self.once_worked.map(Way::policy),
            wait: self.wait_minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
            zh: self.zh.wording(),
            en: self.en.wording(),
            id: self.id,
        })
    }
}

impl Words {
    fn in_small_letters(self) -> Vec<String> {
        let words = match self {
            Self::One(word) => vec![word],
            Self::All(words) => words,
        };
        words.iter().map(|word| word.to_lowercase()).collect()
    }
}

impl Named {
    fn protocol(&self) -> Protocol {
        match self {
            Self::Imap => Protocol::Imap,
            Self::Pop3 => Protocol::Pop3,
            Self::Smtp => Protocol::Smtp,
            Self::Bounce => Protocol::Bounce,
        }
    }
}

impl Way {
    fn policy(self) -> Policy {
        match self {
            Self::Ask => Policy::Ask,
            Self::Doubtful => Policy::Doubtful,
            Self::Patience => Policy::Patience,
            Self::Network => Policy::Network,
            Self::Message => Policy::Message,
            Self::Later => Policy::Later,
            Self::Handled => Policy::Handled,
            Self::Identify => Policy::Identify,
        }
    }
}

impl Written {
    fn wording(self) -> Wording {
        Wording { what: self.what, todo: self.todo }
    }
}
