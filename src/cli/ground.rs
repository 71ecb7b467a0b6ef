//! What every command stands on: where things are, what is set, which accounts there are.

use std::path::Path;

use tokio::runtime::{Builder, Runtime};

use super::arguments::General;
use super::output::{Ending, aside};
use super::sentences;
use crate::config::{self, Account, Config, Env, Paths, Preset, Presets};
use crate::i18n::Language;
use crate::joining;
use crate::model::Failure;
use crate::net::{Dialer, Resolver};
use crate::store::{Reader, StoreError, last_copy};

#[derive(Debug)]
pub struct Ground {
    pub env: Env,
    pub paths: Paths,
    pub presets: Presets,
    pub config: Config,
    pub tongue: Language,
    pub general: General,
}

impl Ground {
    /// Reads environment and settings; makes nothing.
    pub fn find(general: &General) -> Result<Self, Ending> {
        let env = Env::read();
        let built_in = Presets::built_in();
        // What the settings say of the language counts only once they are read.
        let tongue = sentences::language(general.lang, config::Language::Auto, env.lang.as_deref());
        let paths = Paths::find(&general.given(), &env).map_err(|problem| no_place(tongue, &problem))?;
        let config = config::load(&paths.config, &built_in)
            .map_err(|problem| Ending::because(sentences::reasons::problem(tongue, &problem)))?;
        let presets = config.presets(&built_in);
        let tongue = sentences::language(general.lang, config.general.language, env.lang.as_deref());
        Ok(Self { env, paths, presets, config, tongue, general: general.clone() })
    }

    /// The same where the settings cannot be read: as if there were none.
    pub(super) fn without_settings(general: &General) -> Result<Self, Ending> {
        let env = Env::read();
        let (presets, config) = (Presets::built_in(), Config::default());
        let tongue = sentences::language(general.lang, config.general.language, env.lang.as_deref());
        let paths = Paths::find(&general.given(), &env).map_err(|problem| no_place(tongue, &problem))?;
        Ok(Self { env, paths, presets, config, tongue, general: general.clone() })
    }

    /// How to connect for an account.
    pub fn dialer(&self, account: &Account) -> Dialer {
        joining::dialer(account, &self.env, &self.general.connect_to, self.general.limits())
    }

    /// Whom to ask for names.
    pub fn resolver(&self) -> Resolver {
        let system = Resolver::system(self.general.limits());
        self.general.dns.map_or(system, |server| system.at(server))
    }

    /// The provider that an account is at, or that its address looks like.
    pub fn provider<'a>(&'a self, account: &'a Account) -> Option<&'a Preset> {
        let by_address = || account.address.parse().ok().and_then(|address| self.presets.of(&address));
        account.preset.as_ref().or_else(by_address)
    }

    /// The account of this name; or of this address, if only one has it.
    pub(super) fn account(&self, named: &str) -> Result<&Account, Ending> {
        if let Some(account) = self.config.account(named) {
            return Ok(account);
        }
        let mut of_address = self.config.accounts.iter().filter(|account| account.address.eq_ignore_ascii_case(named));
        match (of_address.next(), of_address.next()) {
            (Some(account), None) => Ok(account),
            _ if self.config.accounts.is_empty() => Err(Ending::because(sentences::no_account(self.tongue))),
            _ => {
                let known: Vec<&str> = self.config.accounts.iter().map(|account| account.name.as_str()).collect();
                Err(Ending::because(sentences::unknown_account(self.tongue, named, &known)))
            }
        }
    }

    /// The account that was named, or all.
    pub(super) fn accounts(&self, named: Option<&str>) -> Result<Vec<&Account>, Ending> {
        match named {
            Some(named) => self.account(named).map(|account| vec![account]),
            None => Ok(self.config.accounts.iter().collect()),
        }
    }

    /// A look at what is stored; `None`, and a hint, if there is nothing yet.
    pub(super) fn reader(&self) -> Result<Option<Reader>, Ending> {
        let reader = Reader::find(&self.paths.profile).map_err(|error| self.stored(&error))?;
        if reader.is_none() {
            self.hint_at_nothing();
        }
        Ok(reader)
    }

    pub(super) fn hint_at_nothing(&self) {
        aside(&if self.config.accounts.is_empty() {
            sentences::no_account(self.tongue)
        } else {
            sentences::nothing_yet(self.tongue)
        });
    }

    pub(super) fn failed(&self, failure: &Failure) -> Ending {
        Ending::because(sentences::failure(self.tongue, failure))
    }

    /// Names the file, its last copy, and what can be done.
    pub fn own_db_is_damaged(&self) -> Ending {
        let profile = &self.paths.profile;
        let copy = last_copy(profile);
        Ending::because(sentences::own_db_is_damaged(self.tongue, &profile.join("own.db"), copy.as_deref()))
    }

    /// A file that an older program must leave alone.
    pub fn is_newer(&self, file: &Path) -> Ending {
        Ending::because(sentences::is_newer(self.tongue, file))
    }

    pub(super) fn stored(&self, error: &StoreError) -> Ending {
        match error {
            StoreError::Newer(file) => self.is_newer(file),
            other => self.failed(&other.failure()),
        }
    }
}

/// Why there is no place to work in.
pub(super) fn no_place(tongue: Language, problem: &config::PathProblem) -> Ending {
    Ending::because(sentences::reasons::reason(tongue, &problem.to_string()))
}

pub(super) fn runtime() -> Result<Runtime, Ending> {
    Ok(Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}
