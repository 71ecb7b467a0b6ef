//! `hongyan account add`: try it first, keep it only if it works.

use std::io::{self, Read as _};

use zeroize::Zeroizing;

use crate::cli::arguments::{Add, SecretStore};
use crate::cli::ask::Terminal;
use crate::cli::ground::{Ground, runtime};
use crate::cli::output::{Ending, Out, aside};
use crate::cli::sentences;
use crate::config::{Account, AccountEntry, Kind, Pin, SecretSource, Tls, edit, secret};
use crate::model::{Failure, FailureKind, FolderName, Secret};
use crate::sync::Way;

/// No password is longer.
const LONGEST: u64 = 4 * 1024;

pub(in crate::cli) fn add(ground: &Ground, add: &Add) -> Result<(), Ending> {
    let tongue = ground.tongue;
    if add.kind != Kind::Imap {
        return Err(Ending::because(sentences::kind_is_not_there(tongue, add.kind)));
    }
    let address = add.address.as_str();
    let known = ground.config.accounts.iter().find(|account| account.address.eq_ignore_ascii_case(address));
    if let (Some(known), None) = (known, &add.name) {
        if says_nothing_but_the_address(add) && matches!(known.secret, SecretSource::Keyring | SecretSource::File) {
            return replace_secret(ground, add, known);
        }
        return Err(Ending::because(sentences::address_is_known(tongue, address, &known.name)));
    }
    let mut entry = entry(add)?;
    let account = check(ground, &entry)?;
    let given = obtain(ground, add, &account)?;
    if !add.no_check {
        try_login(ground, add, &account, given.as_ref().map(|given| &given.secret))?;
    }
    let note = match &given {
        Some(given) => keep(ground, add, &mut entry, given)?,
        None if matches!(entry.secret, SecretSource::Keyring | SecretSource::File) => {
            Some(sentences::no_secret_kept(tongue))
        }
        None => None,
    };
    let account = edit::add_account(&ground.paths.config, &entry, &ground.presets).map_err(|problem| {
        // A password without an account is of no use to anybody.
        if let Ok(account) = check(ground, &entry) {
            let _ = secret::forget(&account, &ground.paths);
        }
        Ending::because(problem.to_string())
    })?;
    if let Some(note) = note {
        aside(&note);
    }
    let mut out = Out::new();
    out.line(&sentences::added(tongue, &account, !add.no_check))?;
    out.end()
}

/// Only the password can be new.
fn says_nothing_but_the_address(add: &Add) -> bool {
    let servers = add.imap.is_none() && add.pop3.is_none() && add.smtp.is_none() && add.tls.is_none();
    let secret = add.password_command.is_none() && add.secret_store.is_none();
    let way = add.ca.is_none() && add.pin.is_none() && add.proxy.is_none();
    servers && secret && way && add.login.is_none() && !add.insecure
}

/// Codes run out and passwords are changed: the account stays as it is, and the new secret takes the old one's place.
fn replace_secret(ground: &Ground, add: &Add, known: &Account) -> Result<(), Ending> {
    let Some(given) = obtain(ground, add, known)? else {
        return Err(Ending::because(sentences::no_terminal(ground.tongue)));
    };
    if !add.no_check {
        try_login(ground, add, known, Some(&given.secret))?;
    }
    secret::store(known, &ground.paths, &given.secret).map_err(|failure| ground.failed(&failure))?;
    let mut out = Out::new();
    out.line(&sentences::secret_replaced(ground.tongue, known, !add.no_check))?;
    out.end()
}

fn check(ground: &Ground, entry: &AccountEntry) -> Result<Account, Ending> {
    edit::check_addition(&ground.paths.config, entry, &ground.presets)
        .map_err(|problem| Ending::because(problem.to_string()))
}

/// The account as it will stand in the file.
fn entry(add: &Add) -> Result<AccountEntry, Ending> {
    // In the file a relative path begins at the file; here it begins where the person is.
    let ca = add.ca.as_ref().map(std::path::absolute).transpose()?;
    let secret = match (&add.password_command, add.secret_store) {
        (Some(command), _) => SecretSource::Command { command: command.clone() },
        (None, None | Some(SecretStore::Keyring)) => SecretSource::Keyring,
        (None, Some(SecretStore::File)) => SecretSource::File,
        (None, Some(SecretStore::Session)) => SecretSource::Session,
    };
    Ok(AccountEntry {
        name: add.name.clone(),
        kind: add.kind,
        imap: add.imap.clone(),
        pop3: add.pop3.clone(),
        smtp: add.smtp.clone(),
        tls: add.tls.map(Tls),
        login: add.login.clone(),
        ca,
        pin: add.pin.map(Pin),
        proxy: add.proxy.clone(),
        insecure: add.insecure,
        secret,
        ..AccountEntry::new(add.address.clone())
    })
}

/// A password that somebody gave us.
struct Given {
    secret: Secret,
    /// They sit at the terminal, and can be asked more.
    typed: bool,
}

/// `None` if the password stays where it is (a program prints it), or if none is needed now and nobody can be asked.
fn obtain(ground: &Ground, add: &Add, account: &Account) -> Result<Option<Given>, Ending> {
    let tongue = ground.tongue;
    let (secret, typed) = if add.password_command.is_some() {
        return Ok(None);
    } else if add.secret_stdin {
        (of_stdin()?, false)
    } else {
        match Terminal::find() {
            Some(mut terminal) => {
                let preset = ground.presets.of(&add.address);
                let typed = terminal.secret(&sentences::ask_secret(tongue, &account.address, preset))?;
                let typed = typed.ok_or_else(|| Ending::because(sentences::cancelled(tongue)))?;
                (secret::entered(&typed), true)
            }
            None if add.no_check => return Ok(None),
            None => return Err(Ending::because(sentences::no_terminal(tongue))),
        }
    };
    if secret.is_empty() {
        return Err(Ending::because(sentences::empty_secret(tongue)));
    }
    Ok(Some(Given { secret, typed }))
}

fn of_stdin() -> Result<Secret, Ending> {
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(LONGEST).unwrap_or_default()));
    io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
    // Whoever prints it may print more below it, as password stores do.
    Ok(secret::entered(text.trim_start().lines().next().unwrap_or_default()))
}

/// Logs in and looks into the inbox; some servers refuse only that.
fn try_login(ground: &Ground, add: &Add, account: &Account, given: Option<&Secret>) -> Result<(), Ending> {
    let secret = match given {
        Some(secret) => secret.clone(),
        None => secret::load(account, &ground.paths, &ground.env, None).map_err(|failure| ground.failed(&failure))?,
    };
    let way = Way::to(account, ground.dialer(account), secret);
    let tried: Result<(), Failure> = runtime()?.block_on(async {
        let mut session = way.connect().await?;
        session.look_into(&FolderName { wire: b"INBOX".to_vec(), delimiter: None }).await?;
        session.close().await;
        Ok(())
    });
    tried.map_err(|failure| {
        let mut sentence = sentences::failure(ground.tongue, &failure);
        let preset = ground.presets.of(&add.address);
        if failure.kind == FailureKind::Login
            && let Some(hint) = preset.and_then(|preset| sentences::about_the_secret(ground.tongue, preset))
        {
            sentence = format!("{sentence}; {hint}");
        }
        Ending::because(sentence)
    })
}

/// Puts the password where it shall be. Where the user did not say where and there is no keyring, a file is used, and
/// that is told; who sits at a terminal is asked.
fn keep(ground: &Ground, add: &Add, entry: &mut AccountEntry, given: &Given) -> Result<Option<String>, Ending> {
    ground.paths.prepare().map_err(|problem| Ending::because(problem.to_string()))?;
    let store = |account: &Account| secret::store(account, &ground.paths, &given.secret);
    if matches!(entry.secret, SecretSource::Session | SecretSource::Command { .. } | SecretSource::Token { .. }) {
        return Ok(None);
    }
    let Err(failure) = store(&check(ground, entry)?) else { return Ok(None) };
    if add.secret_store.is_some() {
        return Err(ground.failed(&failure));
    }
    // What else could be done is for those who edit the settings by hand.
    let why = failure.said.as_str().split(';').next().unwrap_or_default();
    if given.typed
        && let Some(mut terminal) = Terminal::find()
        && !terminal.yes(&sentences::may_it_be_a_file(ground.tongue, why))?
    {
        entry.secret = SecretSource::Session;
        return Ok(None);
    }
    entry.secret = SecretSource::File;
    store(&check(ground, entry)?).map_err(|failure| ground.failed(&failure))?;
    Ok(Some(sentences::secret_in_file(ground.tongue, &ground.paths.secrets(), why)))
}
