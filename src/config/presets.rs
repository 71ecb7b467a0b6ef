//! The servers of the providers that are known by name, and how they behave: assets/providers.toml, and over it what
//! the user says in `[[provider]]`.

mod entry;
mod near;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use entry::ProviderEntry;

use super::address::Address;
use crate::model::{Role, Server};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Presets {
    /// As written, so that something can be written over it.
    entries: Vec<ProviderEntry>,
    all: Vec<Preset>,
}

/// A provider, complete.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preset {
    /// The stable name, as in `qq`.
    pub id: String,
    /// In lower case.
    pub domains: Vec<String>,
    /// The machines that receive mail for domains of its customers, in lower case; `*` at the beginning stands for
    /// anything.
    pub mx: Vec<String>,
    pub imap: Server,
    /// Tried in turn where nothing answers at `imap`.
    pub imap_alternatives: Vec<Server>,
    pub pop3: Option<Server>,
    pub smtp: Option<Server>,
    /// For later work.
    pub smtp_alternatives: Vec<Server>,
    pub login: Login,
    /// What the provider calls the secret for mail programs, in Chinese and in English.
    pub secret_zh: String,
    pub secret_en: String,
    /// Where to get it: a few short lines.
    pub where_zh: Vec<String>,
    pub where_en: Vec<String>,
    /// What to switch on in the web mail besides.
    pub notes_zh: Vec<String>,
    pub notes_en: Vec<String>,
    /// The address of a page that explains it.
    pub help: Option<String>,
    /// It takes no password from mail programs at all.
    pub oauth_only: bool,
    /// The password goes by LOGIN and by nothing else, whatever is advertised.
    pub login_only: bool,
    /// Its AUTHENTICATE really takes the first answer in the same line.
    pub sasl_ir: bool,
    /// It wants to know what program this is, whether it advertises ID or not.
    pub send_id: bool,
    /// IDLE may be used where it is advertised.
    pub idle: bool,
    /// Its IMAP server tells of new mail by itself.
    pub idle_push: bool,
    /// How long to wait between two questions for new mail in the inbox.
    pub poll: Option<Duration>,
    /// How long to wait between two looks at the other folders.
    pub elsewhere: Option<Duration>,
    /// After how long a connection is made anew.
    pub recycle: Option<Duration>,
    /// How long it may take from a search that finds a message until the message is handed out.
    pub visibility_lag: Duration,
    /// Its IMAP server lists only the mail of the last weeks.
    pub window: bool,
    /// It shows only the system's folders, unless told otherwise in its web mail.
    pub hides_folders: bool,
    /// Names of folders that stand for roles.
    pub folders: Vec<(String, Role)>,
    /// Under which names it writes what it found out about senders.
    pub vouches: Vec<String>,
    /// The longest line that it takes, in bytes.
    pub max_command: Option<u32>,
    /// Who keeps a copy of what was sent. For later work, as all below but `verified`.
    pub sent: Sent,
    /// The largest message that it takes into a folder, in bytes.
    pub append_limit: Option<u64>,
    pub moves: Option<Kept>,
    pub creates_folders: Option<Kept>,
    pub searches_text: Option<Kept>,
    /// Somebody used it with a real account.
    pub verified: bool,
}

/// What the name to log in with is made of.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    #[default]
    Full,
    LocalPart,
}

/// Who puts a copy of a sent message into the folder for it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sent {
    /// The provider does.
    Server,
    /// We have to.
    Append,
    /// It depends on a switch in the web mail: look first.
    #[default]
    Check,
}

/// Whether a promise is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kept {
    Yes,
    No,
    /// It says yes, and sometimes it is not so.
    Unreliable,
}

/// An entry that cannot be used, by its place in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrongEntry {
    pub index: usize,
    pub sentence: String,
}

impl Presets {
    pub fn built_in() -> Self {
        // A test reads the file; it cannot be wrong in a program that was released.
        Self::read(include_str!("../../assets/providers.toml")).unwrap_or_default()
    }

    fn read(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            provider: Vec<ProviderEntry>,
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let all = entry::complete(&file.provider).map_err(|wrong| wrong.sentence)?;
        Ok(Self { entries: file.provider, all })
    }

    /// With what the user wrote over it: keys that are given replace those of the entry with the same id; an id that
    /// is not known yet is a new provider, which comes before those that we know.
    pub fn with(&self, written: &[ProviderEntry]) -> Result<Self, WrongEntry> {
        if written.is_empty() {
            return Ok(self.clone());
        }
        let entries = entry::merged(&self.entries, written)?;
        let all = entry::complete(&entries).map_err(|wrong| {
            let id = entries.get(wrong.index).map(|entry| entry.id.as_str());
            let index = written.iter().position(|entry| Some(entry.id.as_str()) == id).unwrap_or_default();
            WrongEntry { index, ..wrong }
        })?;
        Ok(Self { entries, all })
    }

    /// The provider of an address.
    pub fn of(&self, address: &Address) -> Option<&Preset> {
        let domain = address.domain().to_lowercase();
        self.all.iter().find(|preset| preset.domains.contains(&domain))
    }

    /// The provider whose IMAP server this is.
    pub fn at(&self, imap: &Server) -> Option<&Preset> {
        let here = |server: &Server| server.host.eq_ignore_ascii_case(&imap.host);
        self.all
            .iter()
            .find(|preset| here(&preset.imap))
            .or_else(|| self.all.iter().find(|preset| preset.imap_alternatives.iter().any(here)))
    }

    pub fn named(&self, id: &str) -> Option<&Preset> {
        self.all.iter().find(|preset| preset.id == id)
    }

    /// The provider that receives mail at one of these machines; the first that is known counts.
    pub fn behind<S: AsRef<str>>(&self, exchangers: &[S]) -> Option<&Preset> {
        exchangers.iter().find_map(|exchanger| {
            let name = exchanger.as_ref().trim_end_matches('.').to_ascii_lowercase();
            self.all.iter().find(|preset| preset.mx.iter().any(|pattern| fits(pattern, &name)))
        })
    }

    pub fn all(&self) -> &[Preset] {
        &self.all
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(end) => name.len() > end.len() && name.ends_with(end) || name == end,
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests;
