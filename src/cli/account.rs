//! `hongyan account`: the accounts in config.toml.

mod add;
mod show;

use serde::Serialize;

pub(super) use add::{add, new_secret};
use show::learned;
pub(super) use show::{forget_quirks, show};

use super::attach::{Loss, Work};
use super::ground::{Ground, runtime};
use super::json;
use super::keep::{Access, Keeper, access, hand_over};
use super::output::{Ending, Out, aside};
use super::sentences;
use crate::config::{Account, Found, ProxySetting, SecretSource, edit, renamed, secret};
use crate::model::Server;
use crate::store::{Learned, forget_account, loss_of};

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    address: &'a str,
    full_name: &'a str,
    kind: &'static str,
    imap: Place<'a>,
    smtp: Option<Place<'a>>,
    found: &'static str,
    login: &'a str,
    /// The one certificate that counts.
    pin: Option<String>,
    /// Without name and password.
    proxy: Option<String>,
    secret: &'static str,
    /// By its id.
    provider: Option<&'a str>,
    identities: Vec<Who<'a>>,
    learned: Vec<Known>,
}

#[derive(Serialize)]
struct Who<'a> {
    name: &'a str,
    address: &'a str,
}

/// Something that the server does not keep.
#[derive(Serialize)]
struct Known {
    quirk: &'static str,
    evidence: String,
    at: Option<String>,
}

#[derive(Serialize)]
struct Place<'a> {
    host: &'a str,
    port: u16,
    tls: &'static str,
}

fn place(server: &Server) -> Place<'_> {
    Place { host: &server.host, port: server.port, tls: server.tls.code() }
}

fn secret_code(source: &SecretSource) -> &'static str {
    match source {
        SecretSource::Keyring => "keyring",
        SecretSource::File => "file",
        SecretSource::Session => "session",
        SecretSource::Command { .. } => "command",
        SecretSource::Token { .. } => "token_command",
    }
}

pub(super) fn list(ground: &Ground, json: bool) -> Result<(), Ending> {
    let mut out = Out::new();
    let accounts = &ground.config.accounts;
    if json {
        let listed = accounts.iter().map(|account| Ok(listed(account, learned(ground, account)?)));
        out.json(&listed.collect::<Result<Vec<_>, Ending>>()?)?;
    } else {
        for account in accounts {
            let Account { name, address, imap, .. } = account;
            let kind = account.kind.code();
            let whose = if name == address { name.clone() } else { format!("{name} <{address}>") };
            out.line(&format!("{whose}  {kind}  {imap}  {}", imap.tls.code()))?;
        }
    }
    out.end()
}

fn listed(account: &Account, learned: Vec<Learned>) -> Listed<'_> {
    let known = |Learned { quirk, evidence, at }| Known { quirk: quirk.code(), evidence, at: json::date(at) };
    Listed {
        name: &account.name,
        address: &account.address,
        full_name: &account.full_name,
        kind: account.kind.code(),
        imap: place(&account.imap),
        smtp: account.smtp.as_ref().map(place),
        found: match account.found {
            Found::Written => "written",
            Found::Known => "known",
            Found::Guessed => "guessed",
        },
        login: &account.login,
        pin: account.pin.map(|pin| pin.to_string()),
        proxy: account.proxy.as_ref().map(|proxy| match proxy {
            ProxySetting::Of(proxy) => proxy.to_string(),
            ProxySetting::Env => "env".to_owned(),
        }),
        secret: secret_code(&account.secret),
        provider: account.preset.as_ref().map(|preset| preset.id.as_str()),
        identities: account
            .identities
            .iter()
            .map(|identity| Who { name: &identity.name, address: identity.address.as_str() })
            .collect(),
        learned: learned.into_iter().map(known).collect(),
    }
}

/// First the mail, then the settings, then the password: whatever comes between, the same command goes on from there.
pub(super) fn remove(ground: &Ground, named: &str, yes: bool) -> Result<(), Ending> {
    let kept = ground.reader()?.map(|reader| reader.accounts()).transpose().map_err(|error| ground.stored(&error))?;
    let is_kept = kept.unwrap_or_default().iter().any(|(_, name)| name == named);
    if is_kept
        && ground.config.account(named).is_none()
        && !renamed(&ground.config.accounts).iter().any(|(old, _)| old == named)
    {
        return remove_left_over(ground, named, yes);
    }
    let account = ground.account(named)?;
    let name = account.name.as_str();
    let said = |problem: crate::config::Problem| Ending::because(sentences::reasons::problem(ground.tongue, &problem));
    edit::check_removal(&ground.paths.config, name, &ground.presets).map_err(said)?;
    let_go(ground, name, yes)?;
    edit::remove_account(&ground.paths.config, name, &ground.presets).map_err(said)?;
    if let Err(failure) = secret::forget(account, &ground.paths) {
        aside(&sentences::secret_stays(ground.tongue, name, failure.said.as_str()));
    }
    let mut out = Out::new();
    out.line(&sentences::removed(ground.tongue, name))?;
    out.end()
}

/// The mail of an account that stands in the settings no more.
fn remove_left_over(ground: &Ground, name: &str, yes: bool) -> Result<(), Ending> {
    let_go(ground, name, yes)?;
    let mut out = Out::new();
    out.line(&sentences::removed(ground.tongue, name))?;
    out.end()
}

fn let_go(ground: &Ground, name: &str, yes: bool) -> Result<(), Ending> {
    let lost = match access(ground)? {
        Access::Own(keeper) => {
            let lost = forget(ground, &keeper, name, yes);
            keeper.close();
            lost?
        }
        Access::Through(line) => hand_over(ground, line, &Work::Forget { account: name.to_owned(), yes })?.lost,
    };
    match lost {
        Some(loss) => Err(Ending::because(sentences::loss::would_be_lost(ground.tongue, name, loss))),
        None => Ok(()),
    }
}

/// Forgets all that is kept of it. Answers what would be lost, if that keeps it from being done.
fn forget(ground: &Ground, keeper: &Keeper, name: &str, yes: bool) -> Result<Option<Loss>, Ending> {
    let stored = |error| ground.stored(&error);
    let (store, profile) = (&keeper.store, &ground.paths.profile);
    let loss = loss_of(profile, name).map_err(stored)?;
    if loss != Loss::default() && !yes {
        return Ok(Some(loss));
    }
    runtime()?.block_on(forget_account(profile, &store.own, &store.mail, name)).map_err(stored)?;
    Ok(None)
}
