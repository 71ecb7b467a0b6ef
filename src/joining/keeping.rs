//! Writing an account down: first the secret where it was chosen to be, then the settings. Whatever comes between, no
//! account stands there whose secret was thought to be kept, and no secret is left behind for nobody.

use std::time::Duration;

use tokio::sync::oneshot;

use crate::config::{Account, AccountEntry, Paths, Presets, Problem, SecretSource, edit, secret};
use crate::model::{Failure, FailureKind, Secret};

/// Where the secret of an account shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeepIn {
    /// The keyring of the system.
    Keyring,
    /// A file of the profile that only its owner may read.
    File,
    /// Nowhere: it is asked for each time.
    Session,
    /// A program of the user's prints it.
    Program(Vec<String>),
    /// A program of the user's prints an access token of OAuth2.
    TokenProgram(Vec<String>),
}

impl From<KeepIn> for SecretSource {
    fn from(keep_in: KeepIn) -> Self {
        match keep_in {
            KeepIn::Keyring => Self::Keyring,
            KeepIn::File => Self::File,
            KeepIn::Session => Self::Session,
            KeepIn::Program(command) => Self::Command { command },
            KeepIn::TokenProgram(token_command) => Self::Token { token_command },
        }
    }
}

/// What could not be written. Nothing was, then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotKept {
    /// The place for the secret does not take it: choose another one.
    Secret(Failure),
    /// The settings.
    Settings(Problem),
}

/// Puts the secret where it shall be, and writes the account into the settings. Blocks.
pub fn keep(
    paths: &Paths,
    presets: &Presets,
    mut entry: AccountEntry,
    keep_in: KeepIn,
    secret: Option<&Secret>,
) -> Result<Account, NotKept> {
    entry.secret = keep_in.into();
    let account = edit::check_addition(&paths.config, &entry, presets).map_err(NotKept::Settings)?;
    paths
        .prepare()
        .map_err(|problem| NotKept::Secret(Failure::lasting(FailureKind::Disk, &account.name, &problem.to_string())))?;
    if let Some(secret) = secret {
        secret::store(&account, paths, secret).map_err(NotKept::Secret)?;
    }
    edit::add_account(&paths.config, &entry, presets).map_err(|problem| {
        // A secret without an account is of no use to anybody.
        let _ = secret::forget(&account, paths);
        NotKept::Settings(problem)
    })
}

/// The account stays as it is, and the new secret takes the old one's place. Blocks.
pub fn replace(paths: &Paths, account: &Account, secret: &Secret) -> Result<(), Failure> {
    secret::store(account, paths, secret)
}

/// Whether there is a keyring that takes a secret, or why not; soon, whatever the keyring does.
pub async fn keyring_answers() -> Result<(), Failure> {
    let (tell, told) = oneshot::channel();
    // A thread of its own: it may wait for ever for somebody who never answers, and nobody waits for it.
    let started =
        std::thread::Builder::new().name("keyring".to_owned()).spawn(move || tell.send(secret::keyring_answers()));
    let silent = || Failure::passing(FailureKind::NoSecret, "", "the keyring does not answer");
    if started.is_err() {
        return Err(silent());
    }
    match tokio::time::timeout(KEYRING, told).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) | Err(_) => Err(silent()),
    }
}

const KEYRING: Duration = Duration::from_secs(1);
