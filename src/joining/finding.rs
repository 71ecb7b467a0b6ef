//! An address → its servers: the provider is known, or it is who receives the mail of the domain, or one guesses.

use crate::config::{AccountEntry, Address, Preset, Presets};
use crate::model::{Failure, Server, TlsMode};
use crate::net::Resolver;

/// Where the mail of an address is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hosting {
    /// The provider gives out such addresses.
    Known(Preset),
    /// The domain is somebody's own, and this provider receives its mail.
    Hosted(Preset),
    /// Nobody that we know. These may be its servers; encrypted from the first byte, all of them.
    Guesses(Vec<Server>),
    /// Nothing could be found out: there is no such domain, or nobody answers who would know.
    Unknown(Failure),
}

impl Hosting {
    pub fn preset(&self) -> Option<&Preset> {
        match self {
            Self::Known(preset) | Self::Hosted(preset) => Some(preset),
            Self::Guesses(_) | Self::Unknown(_) => None,
        }
    }

    /// The account as it would be written, with nothing that need not be.
    pub fn entry(&self, address: &Address) -> AccountEntry {
        let provider = match self {
            Self::Hosted(preset) => Some(preset.id.clone()),
            Self::Known(_) | Self::Guesses(_) | Self::Unknown(_) => None,
        };
        AccountEntry { provider, ..AccountEntry::new(address.clone()) }
    }
}

/// Asks a name server only if the domain is not known.
pub async fn find(address: &Address, presets: &Presets, resolver: &Resolver) -> Hosting {
    if let Some(preset) = presets.of(address) {
        return Hosting::Known(preset.clone());
    }
    match resolver.exchangers(address.domain()).await {
        Ok(exchangers) => {
            let hosts: Vec<&str> = exchangers.iter().map(|exchanger| exchanger.host.as_str()).collect();
            match presets.behind(&hosts) {
                Some(preset) => Hosting::Hosted(preset.clone()),
                None => Hosting::Guesses(guesses(address)),
            }
        }
        Err(failure) => Hosting::Unknown(failure),
    }
}

/// What the IMAP server of a domain is mostly called.
pub fn guesses(address: &Address) -> Vec<Server> {
    let domain = address.domain().to_lowercase();
    ["imap.", "mail.", ""]
        .map(|prefix| Server { host: format!("{prefix}{domain}"), port: 993, tls: TlsMode::Tls })
        .into()
}
