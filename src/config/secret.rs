//! Passwords: fetched from where the account says, put there when the user gives one, never shown.
//!
//! Nothing here is chosen silently. A keyring that is missing is told as such; the user may then name a program, a file
//! of the profile or being asked each time. Everything blocks: call it where blocking is allowed.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use super::account::{Account, SecretSource};
use super::paths::{Paths, private_folder};
use super::{atomic, env::Env};
use crate::model::{Failure, FailureKind, Secret};
use crate::proc::{self, Limits, Trouble};

const SERVICE: &str = "hongyan";

/// A password command may wait for a person who types a passphrase into a window.
const LIMITS: Limits = Limits { output: 64 * 1024, time: Duration::from_mins(2) };

/// Fetches the password. `typed` is what the user entered since the start, for accounts that keep it nowhere.
pub fn load(account: &Account, paths: &Paths, env: &Env, typed: Option<&Secret>) -> Result<Secret, Failure> {
    match (&account.formerly, &account.secret) {
        // It may have been put there when the account went by its address, and by nobody else.
        (Some(formerly), SecretSource::Keyring | SecretSource::File) if !is_kept(account, paths) => {
            let before = Account { name: formerly.clone(), ..account.clone() };
            load_as_named(&before, paths, env, typed).or_else(|_| load_as_named(account, paths, env, typed))
        }
        _ => load_as_named(account, paths, env, typed),
    }
}

/// True unless it is certain that nothing is there.
fn is_kept(account: &Account, paths: &Paths) -> bool {
    match account.secret {
        SecretSource::File => std::fs::symlink_metadata(file(account, paths))
            .map_or_else(|error| error.kind() != ErrorKind::NotFound, |_| true),
        _ => !matches!(entry(account).and_then(|entry| entry.get_password()), Err(keyring::Error::NoEntry)),
    }
}

fn load_as_named(account: &Account, paths: &Paths, env: &Env, typed: Option<&Secret>) -> Result<Secret, Failure> {
    let secret = match &account.secret {
        SecretSource::Keyring => {
            let found =
                entry(account).and_then(|entry| entry.get_password()).map_err(|e| of_keyring(&account.name, &e))?;
            trimmed(&Zeroizing::new(found))
        }
        SecretSource::File => of_file(account, &file(account, paths))?,
        SecretSource::Command { command } => of_command(account, command, env, none)?,
        SecretSource::Token { token_command } => of_token_command(account, token_command, env)?,
        SecretSource::Session => match typed {
            Some(typed) => typed.clone(),
            None => return Err(none(account, "it is kept nowhere: enter it")),
        },
    };
    if secret.is_empty() { Err(none(account, "it is empty")) } else { Ok(secret) }
}

/// Puts the password where the account keeps it.
pub fn store(account: &Account, paths: &Paths, secret: &Secret) -> Result<(), Failure> {
    match &account.secret {
        SecretSource::Keyring => entry(account)
            .and_then(|entry| entry.set_password(secret.expose()))
            .map_err(|error| of_keyring(&account.name, &error)),
        SecretSource::File => {
            private_folder(&paths.secrets()).map_err(|error| disk(account, &error.to_string()))?;
            let bytes = Zeroizing::new(format!("{}\n", secret.expose()).into_bytes());
            atomic::replace(&file(account, paths), &bytes).map_err(|error| disk(account, &error.to_string()))
        }
        SecretSource::Session | SecretSource::Command { .. } | SecretSource::Token { .. } => Ok(()),
    }
}

/// Removes the password from where the account keeps it. It is fine if there is none.
pub fn forget(account: &Account, paths: &Paths) -> Result<(), Failure> {
    match &account.secret {
        SecretSource::Keyring => match entry(account).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(of_keyring(&account.name, &error)),
        },
        SecretSource::File => match std::fs::remove_file(file(account, paths)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(disk(account, &error.to_string())),
            _ => Ok(()),
        },
        SecretSource::Session | SecretSource::Command { .. } | SecretSource::Token { .. } => Ok(()),
    }
}

/// Whether a keyring is there that would take a password; it may take its time to answer.
pub fn keyring_answers() -> Result<(), Failure> {
    let asked = keyring::Entry::new(SERVICE, "?").and_then(|entry| entry.get_password().map(Zeroizing::new));
    match asked {
        Ok(_) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(of_keyring("", &error)),
    }
}

/// As the user entered it: without the blanks that come with copying, and those that providers show codes with: sixteen
/// letters and digits in groups of four.
pub fn entered(typed: &str) -> Secret {
    let in_fours = typed.split_whitespace().all(|group| group.len() % 4 == 0);
    let letters = || typed.chars().filter(|c| !c.is_whitespace());
    if in_fours && letters().count() == 16 && letters().all(|c| c.is_ascii_alphanumeric()) {
        return Secret::new(letters().collect());
    }
    Secret::new(typed.trim().to_owned())
}

fn none(account: &Account, said: &str) -> Failure {
    Failure::lasting(FailureKind::NoSecret, &account.name, said)
}

fn disk(account: &Account, said: &str) -> Failure {
    Failure::lasting(FailureKind::Disk, &account.name, said)
}

/// The first line, without blanks at its end: programs print more, and editors add line ends.
fn trimmed(text: &str) -> Secret {
    Secret::new(text.lines().next().unwrap_or_default().trim_end().to_owned())
}

fn entry(account: &Account) -> keyring::Result<keyring::Entry> {
    keyring::Entry::new(SERVICE, &account.name)
}

/// Some of the keyring's errors carry the secret, so their own words are told only where they cannot.
fn of_keyring(account: &str, error: &keyring::Error) -> Failure {
    use keyring::Error;
    let none = |said: &str| Failure::lasting(FailureKind::NoSecret, account, said);
    match error {
        Error::NoEntry => none("the keyring has no password for this account"),
        Error::NoDefaultStore => {
            none("no keyring answers here; set secret to a command, to \"file\" or to \"session\" in config.toml")
        }
        Error::NoStorageAccess(_) => none("the keyring is locked; unlock it and try again"),
        Error::PlatformFailure(said) => none(&format!("the keyring failed: {said}")),
        Error::Ambiguous(_) => none("the keyring has more than one password for this account"),
        _ => none("what the keyring has for this account is not a password"),
    }
}

/// The same, told apart for whoever looks for what is wrong: `Offline`: there is none; `Refused`: it is locked.
pub fn ask_keyring() -> Result<(), Failure> {
    use keyring::Error;
    match keyring::Entry::new(SERVICE, "is anybody there?").and_then(|entry| entry.get_password()) {
        Ok(_) | Err(Error::NoEntry) => Ok(()),
        Err(Error::NoDefaultStore) => Err(Failure::lasting(FailureKind::Offline, "keyring", "")),
        Err(Error::NoStorageAccess(_)) => Err(Failure::lasting(FailureKind::Refused, "keyring", "")),
        Err(Error::PlatformFailure(said)) => Err(Failure::lasting(FailureKind::Internal, "keyring", &said.to_string())),
        Err(_) => Err(Failure::lasting(FailureKind::Internal, "keyring", "")),
    }
}

/// One file for each account; whatever the name, it stays in the folder.
fn file(account: &Account, paths: &Paths) -> PathBuf {
    let mut name = String::new();
    for (at, byte) in account.name.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'-' | b'_' | b'+' => name.push(char::from(byte)),
            b'.' if at > 0 => name.push('.'),
            _ => {
                use std::fmt::Write as _;
                let _ = write!(name, "%{byte:02x}");
            }
        }
    }
    paths.secrets().join(name)
}

fn of_file(account: &Account, file: &Path) -> Result<Secret, Failure> {
    let shown = file.display();
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => none(account, &format!("there is no password in {shown}")),
        _ => none(account, &format!("{shown} cannot be read: {error}")),
    };
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(file).map_err(unreadable)?;
    let about = opened.metadata().map_err(unreadable)?;
    if !about.is_file() {
        return Err(none(account, &format!("{shown} is not a file")));
    }
    if about.mode() & 0o077 != 0 {
        return Err(none(account, &format!("others may read {shown}; change the password, and run chmod 600 on it")));
    }
    if about.uid() != rustix::process::geteuid().as_raw() {
        return Err(none(account, &format!("{shown} belongs to somebody else")));
    }
    let mut text = Zeroizing::new(String::with_capacity(LIMITS.output));
    opened.take(u64::try_from(LIMITS.output).unwrap_or_default()).read_to_string(&mut text).map_err(unreadable)?;
    Ok(trimmed(&text))
}

/// `unlucky` makes the failure of a program that is there and did not do its work.
fn of_command(
    account: &Account,
    command: &[String],
    env: &Env,
    unlucky: fn(&Account, &str) -> Failure,
) -> Result<Secret, Failure> {
    let finished = proc::run(command, &env.handed_on, LIMITS).map_err(|trouble| {
        let failure = if matches!(trouble, Trouble::TooSlow { .. }) { unlucky } else { none };
        failure(account, &trouble.to_string())
    })?;
    if finished.status != Some(0) {
        let program = command.first().map_or("", String::as_str);
        let how =
            finished.status.map_or("was ended by a signal".to_owned(), |status| format!("ended with status {status}"));
        return Err(unlucky(account, &format!("the program `{program}` {how}; run it by hand to see why")));
    }
    let text = std::str::from_utf8(&finished.output)
        .map_err(|_| none(account, "what the password command printed is not UTF-8"))?;
    Ok(trimmed(text))
}

/// A program that asks somebody on the network for a token may fail for want of a network: it is asked again.
fn of_token_command(account: &Account, command: &[String], env: &Env) -> Result<Secret, Failure> {
    let unlucky = |account: &Account, said: &str| Failure::passing(FailureKind::NoSecret, &account.name, said);
    let token = of_command(account, command, env, unlucky)?;
    Ok(Secret::token(token.expose().trim().to_owned()))
}

#[cfg(test)]
mod tests;
