//! config.toml → [`Config`]: every setting known, every value right, or a [`Problem`] that says where it is not.

use std::io::Read as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_spanned::Spanned;

use super::account::{Account, AccountEntry, renamed};
use super::notify::Notify;
use super::presets::{Presets, ProviderEntry};
use super::problem::{Position, Problem};
use super::settings::{Compose, General, Keys, List, Look, Openers, OwnSplit, Reading, Sync, WrittenKeys};
use crate::text::typing_errors;

/// Everything that the user set, and the defaults for the rest.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Config {
    pub general: General,
    pub reading: Reading,
    pub list: List,
    pub sync: Sync,
    pub look: Look,
    pub openers: Openers,
    pub compose: Compose,
    pub notify: Notify,
    pub keys: Keys,
    /// In the order of the file, complete.
    #[serde(skip)]
    pub accounts: Vec<Account>,
    /// What the user says of providers.
    #[serde(skip)]
    pub providers: Vec<ProviderEntry>,
    /// Parts of the inbox that the user describes.
    #[serde(skip)]
    pub splits: Vec<OwnSplit>,
}

impl Config {
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// The providers, as the user wants them.
    pub fn presets(&self, built_in: &Presets) -> Presets {
        // They were laid over one another when the file was checked.
        built_in.with(&self.providers).unwrap_or_else(|_| built_in.clone())
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    general: General,
    reading: Reading,
    list: List,
    sync: Sync,
    look: Look,
    openers: Openers,
    compose: Compose,
    notify: Notify,
    keys: WrittenKeys,
    account: Vec<Spanned<AccountEntry>>,
    provider: Vec<Spanned<ProviderEntry>>,
    split: Vec<OwnSplit>,
}

/// More than any configuration takes; a wrong `--config` shall not fill the memory.
const LARGEST: u64 = 1024 * 1024;

/// Reads and checks a file. No file is no settings: the defaults.
pub fn load(file: &Path, presets: &Presets) -> Result<Config, Problem> {
    match read(file)? {
        Some(text) => check(&text, file, presets),
        None => Ok(Config::default()),
    }
}

/// The text of the file; `None` if there is no file.
pub(super) fn read(file: &Path) -> Result<Option<String>, Problem> {
    let unreadable = |error: std::io::Error| Problem::whole(file, &format!("this file cannot be read: {error}"));
    // Whoever opens a pipe waits until somebody writes into it.
    if std::fs::metadata(file).is_ok_and(|found| found.file_type().is_fifo()) {
        return Err(Problem::whole(file, "this is a pipe; name a file"));
    }
    let opened = match std::fs::File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut bytes = Vec::new();
    opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST) {
        return Err(Problem::whole(file, "this file is larger than 1 MiB; it cannot be a configuration of hongyan"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let sentence = "here stands something that is not UTF-8; save the file as UTF-8";
            Err(Problem::at(file, Position::of(&text, good), sentence))
        }
    }
}

/// Checks the text of a configuration; `file` is only named and says where relative paths begin.
pub fn check(text: &str, file: &Path, presets: &Presets) -> Result<Config, Problem> {
    let written: Written = parse(text, file)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let providers: Vec<ProviderEntry> = written.provider.iter().map(|entry| entry.get_ref().clone()).collect();
    let presets = &presets.with(&providers).map_err(|wrong| {
        let start = written.provider.get(wrong.index).map_or(0, |entry| entry.span().start);
        Problem::at(file, Position::of(text, start), &wrong.sentence)
    })?;
    let mut accounts: Vec<Account> = Vec::new();
    for entry in &written.account {
        let here = |sentence: &str| Problem::at(file, Position::of(text, entry.span().start), sentence);
        let entry = entry.get_ref();
        if let Some(sentence) = entry.wrong(presets) {
            return Err(here(&sentence));
        }
        let account = entry.complete(presets, folder);
        if accounts.iter().any(|other| other.name == account.name) {
            return Err(here(&format!(
                "another account is called `{}` already; give this one a `name` of its own",
                account.name
            )));
        }
        accounts.push(account);
    }
    for (address, name) in renamed(&accounts) {
        if let Some(account) = accounts.iter_mut().find(|account| account.name == name) {
            account.formerly = Some(address);
        }
    }
    let Written { general, reading, list, sync, look, openers, compose, notify, keys, account: _, provider: _, split } =
        written;
    let (keys, splits) = (keys.place(text), split);
    Ok(Config { general, reading, list, sync, look, openers, compose, notify, keys, accounts, providers, splits })
}

/// Parses TOML into a type, and says in one sentence what is wrong and where.
pub(super) fn parse<T: serde::de::DeserializeOwned>(text: &str, file: &Path) -> Result<T, Problem> {
    toml::from_str(text).map_err(|error| {
        let sentence = sentence(error.message());
        match error.span() {
            Some(span) => Problem::at(file, Position::of(text, span.start), &sentence),
            None => Problem::whole(file, &sentence),
        }
    })
}

/// The messages of serde, in words for people.
fn sentence(message: &str) -> String {
    let message = message.trim().replace('\n', ", ");
    let names = || message.split('`').skip(1).step_by(2).collect::<Vec<_>>();
    if message.starts_with("unknown field `") || message.starts_with("unknown variant `") {
        let names = names();
        let (Some(wrong), Some(known)) = (names.first(), names.get(1..)) else { return message };
        let what = if message.starts_with("unknown field") { "is not a setting here" } else { "is not possible here" };
        return match nearest(wrong, known) {
            Some(meant) => format!("`{wrong}` {what}; did you mean `{meant}`?"),
            None => format!("`{wrong}` {what}; possible: {}", known.join(", ")),
        };
    }
    if message.starts_with("missing field `")
        && let Some(name) = names().first()
    {
        return format!("`{name}` is missing here");
    }
    if let Some(rest) = message.strip_prefix("invalid type: ")
        && let Some((found, wanted)) = rest.split_once(", expected ")
    {
        let wanted = match wanted {
            "a boolean" => "true or false",
            "a sequence" => "a list in [ ]",
            "a string" => "a text in quotes",
            other => other,
        };
        // A text is not repeated: it may be a password in the wrong place.
        let found = if found.starts_with("string ") { "a text" } else { found };
        return format!("here must stand {wanted}, not {found}");
    }
    message
}

/// The name that was probably meant: at most two typing errors away, and at most one in a short name.
fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    known
        .iter()
        .map(|name| (typing_errors(&wrong, &name.to_lowercase()), *name))
        .filter(|(errors, name)| *errors <= if name.chars().count() <= 4 { 1 } else { 2 })
        .min_by_key(|(errors, _)| *errors)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("config.toml");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from(0o600)).unwrap();
        assert!(read(&pipe).unwrap_err().to_string().contains("a pipe"));
        assert_eq!(read(Path::new("/dev/null")).unwrap().as_deref(), Some(""));
        assert!(read(Path::new("/dev/zero")).unwrap_err().to_string().contains("larger than"));
    }

    #[test]
    fn the_name_that_was_meant_is_found() {
        assert_eq!(nearest("langauge", &["language", "poll"]), Some("language"));
        assert_eq!(nearest("colour", &["theme", "mouse"]), None);
    }
}
