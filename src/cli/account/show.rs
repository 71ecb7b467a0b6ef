//! `hongyan account show` and `account forget-quirks`: what is known of an account, and what was learned of its server
//! and why.

use super::secret_code;
use crate::cli::ground::Ground;
use crate::cli::json;
use crate::cli::keep::{Access, access};
use crate::cli::output::{Ending, Out};
use crate::cli::sentences::accounts::{self, Label};
use crate::config::{Account, Identity};
use crate::model::{Failure, FailureKind, clock};
use crate::store::{Learned, OwnWrite};
use crate::text::width;

/// What counts of what was learned of the account's server.
pub(super) fn learned(ground: &Ground, account: &Account) -> Result<Vec<Learned>, Ending> {
    Learned::of(&ground.paths.profile, &account.name, clock::now()).map_err(|error| ground.stored(&error))
}

pub(in crate::cli) fn show(ground: &Ground, named: &str) -> Result<(), Ending> {
    let account = ground.account(named)?;
    let tongue = ground.tongue;
    let address = match account.full_name.as_str() {
        "" => account.address.clone(),
        name => format!("{name} <{}>", account.address),
    };
    let mut rows = vec![(Label::Address, vec![address])];
    let identities = |identity: &Identity| String::from(identity.clone());
    rows.push((Label::Identities, account.identities.iter().map(identities).collect()));
    rows.push((Label::Provider, account.preset.iter().map(|preset| preset.id.clone()).collect()));
    rows.push((Label::Imap, vec![format!("{} {}", account.imap, account.imap.tls.code())]));
    let smtp = account.smtp.iter().map(|smtp| format!("{smtp} {}", smtp.tls.code()));
    rows.push((Label::Smtp, smtp.collect()));
    rows.push((Label::Login, vec![account.login.clone()]));
    rows.push((Label::Secret, vec![secret_code(&account.secret).to_owned()]));
    let said = |Learned { quirk, evidence, at }: Learned| {
        let date = json::date(at).unwrap_or_default();
        accounts::learned(tongue, accounts::quirk(tongue, quirk), date.split('T').next().unwrap_or_default(), &evidence)
    };
    let mut learned: Vec<String> = learned(ground, account)?.into_iter().map(said).collect();
    if learned.is_empty() {
        learned.push(accounts::nothing_learned(tongue).to_owned());
    }
    rows.push((Label::Learned, learned));
    let mut out = Out::new();
    let widest = rows.iter().map(|(label, _)| width(accounts::label(tongue, *label))).max().unwrap_or_default();
    for (label, values) in rows {
        for (at, value) in values.iter().enumerate() {
            let label = if at == 0 { accounts::label(tongue, label) } else { "" };
            out.line(&format!("{label}{:1$}  {value}", "", widest - width(label)))?;
        }
    }
    out.end()
}

pub(in crate::cli) fn forget_quirks(ground: &Ground, named: &str) -> Result<(), Ending> {
    let name = ground.account(named)?.name.as_str();
    let Access::Own(keeper) = access(ground)? else {
        // Whoever is at work with it would go on as it knows, and write it down again.
        return Err(ground.failed(&Failure::lasting(FailureKind::InUse, "", "")));
    };
    let known = learned(ground, ground.account(named)?);
    let write = OwnWrite::Unlearn { account: name.to_owned() };
    let done = keeper.store.own.commit_blocking(write).map_err(|error| ground.stored(&error));
    keeper.close();
    done?;
    let mut out = Out::new();
    out.line(&accounts::forgotten(ground.tongue, name, known?.len()))?;
    out.end()
}
