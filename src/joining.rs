//! How an address becomes an account: who has its mail, whether one is let in there, and where the secret is kept.

use std::time::Duration;

use crate::config::{Account, AccountEntry, Address, Paths, Preset, Presets, edit, secret};
use crate::model::{Failure, FailureKind, FolderName, Secret, Server, TlsMode};
use crate::net::Dialer;
use crate::sync::Way;

#[derive(Debug)]
pub enum Hosting {
    Known(Preset),
    Hosted(Preset),
    Guesses(Vec<Server>),
    Unknown(Failure),
}

#[derive(Debug)]
pub struct Tried {
    pub server: Server,
    pub messages: u32,
}

pub async fn find(address: &Address, presets: &Presets) -> Hosting {
    if let Some(preset) = presets.of(address) {
        return Hosting::Known(preset.clone());
    }
    let domain = address.domain();
    let at = |host: String| Server { host, port: 993, tls: TlsMode::Tls };
    Hosting::Guesses(vec![at(format!("imap.{domain}")), at(format!("mail.{domain}")), at(domain.to_owned())])
}

pub async fn try_login(account: &Account, dialer: Dialer, secret: &Secret) -> Result<Tried, Failure> {
    let way = Way::new(dialer, account.imap.clone(), account.login.clone(), secret.clone());
    let mut session = way.connect().await?;
    session.look_into(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }).await?;
    session.close().await;
    Ok(Tried { server: account.imap.clone(), messages: 0 })
}

pub fn keep(paths: &Paths, presets: &Presets, entry: &AccountEntry, given: &Secret) -> Result<Account, Failure> {
    let problem = |said: String| Failure::lasting(FailureKind::Disk, "config.toml", &said);
    paths.prepare().map_err(|error| problem(error.to_string()))?;
    let account = edit::check_addition(&paths.config, entry, presets).map_err(|error| problem(error.to_string()))?;
    secret::store(&account, paths, given)?;
    edit::add_account(&paths.config, entry, presets).map_err(|error| {
        let _ = secret::forget(&account, paths);
        problem(error.to_string())
    })
}

pub fn keyring_answers(_paths: &Paths) -> Result<(), String> {
    Err("no keyring".to_owned())
}

/// How long a keyring may think about it.
pub const KEYRING: Duration = Duration::from_secs(1);
