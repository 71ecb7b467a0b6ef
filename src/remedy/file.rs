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
    protocols: Vec<Protocol>,
    contains: Vec<Words>,
    kind: String,
    policy: Policy,
    once_worked: Option<Policy>,
    instead_of: Option<String>,
    #[serde(default)]
    at: Vec<String>,
    wait_minutes: Option<u64>,
    zh: Wording,
    en: Wording,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    All(Vec<String>),
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
            protocols: self.protocols,
            words,
            policy: self.policy,
            once_worked: self.once_worked,
            instead_of: self.instead_of,
            at: self.at,
            wait: self.wait_minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
            zh: self.zh,
            en: self.en,
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
