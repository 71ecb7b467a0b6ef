//! `hongyan doctor`: what is wrong, in words that help, and safe to paste.
//!
//! Those who look ([`here`], [`visit`]) tell facts; [`judge`] makes findings of them, purely; [`report`] prints them as
//! they come. Nothing is changed anywhere: no folder is opened for writing, nothing is appended, nothing becomes read. An
//! account gets one connection and one login, and none while a refusal stands. The server that takes its mail gets the same.

mod approach;
mod delivery;
pub(in crate::cli) mod fact;
mod heard;
mod heard_sending;
mod here;
pub(in crate::cli) mod judge;
pub(in crate::cli) mod keys;
mod report;
mod terminal;
mod unasked;
pub(in crate::cli) mod veil;
mod visit;
mod watch;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::mpsc::unbounded_channel;

use super::arguments::{Doctor, General};
use super::ground::{Ground, runtime};
use super::output::{Ending, columns};
use super::refusals::{standing_for, standing_for_sending};
use super::sentences::doctor as say;
use super::sync::secret_of;
use crate::config::{Account, AccountEntry, Address, Config, Found, Kind, Preset, Presets, SecretSource};
use crate::joining;
use crate::model::{Failure, Purpose, Quirk, Route, Secret, Server, clock};
use crate::net::{Dialer, Recorder};
use crate::send::smtp;
use crate::store::Learned;
use crate::sync::imap::Manners;
use crate::sync::{Known, Way};

use delivery::Delivery;
use fact::{Certainty, Check, Expected, Fact, NoLogin, Place};
use heard::Beforehand;
pub use keys::{Wrong, WrongKey};
use report::Report;
use veil::Veil;
use visit::Visit;

/// Everything about one account is done within this.
const DEADLINE: Duration = Duration::from_mins(1);
/// A server that says nothing for so long does not answer.
const ANSWER: Duration = Duration::from_secs(20);

/// `wrong_keys` knows which keys and actions there are.
pub fn run(general: &General, asked: &Doctor, wrong_keys: impl Fn(&Config) -> Vec<WrongKey>) -> ExitCode {
    match examine(general, asked, &wrong_keys) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(ending) => super::end(Err(ending)),
    }
}

fn examine(general: &General, asked: &Doctor, wrong_keys: &dyn Fn(&Config) -> Vec<WrongKey>) -> Result<bool, Ending> {
    let (ground, wrong) = match Ground::find(general) {
        Ok(ground) => (ground, None),
        Err(Ending::Failed(said)) => (Ground::without_settings(general)?, Some(said.join(" "))),
        Err(unheard) => return Err(unheard),
    };
    let patients = patients(&ground, asked)?;
    let mut report = Report::new(ground.tongue, asked.json, columns());
    let veil =
        Veil::new(asked.addresses, known_names(), ground.env.home.as_ref().map(|home| home.display().to_string()))
            .near(Presets::built_in().all().iter().flat_map(|preset| preset.domains.clone()).collect())
            .over_folders(&[&ground.paths.profile, ground.paths.config.parent().unwrap_or(Path::new(""))]);
    report.group(None, veil.clone())?;
    let mut unheard = Ok(());
    let keys = wrong_keys(&ground.config);
    here::look(&ground, wrong, keys, |fact| {
        if unheard.is_ok() {
            unheard = report.tell(&fact);
        }
    });
    unheard?;
    let recorder = Recorder::start(ground.paths.protocol_log()).ok();
    for patient in &patients {
        let Account { address, login, imap, name, .. } = &patient.account;
        let hosts = [Some(imap), patient.account.smtp.as_ref(), patient.account.pop3.as_ref()];
        let hosts: Vec<&str> = hosts.into_iter().flatten().map(|server| server.host.as_str()).collect();
        let whose = if asked.addresses && name != address { format!("{name} <{address}>") } else { address.clone() };
        report.group(Some(&whose), veil.over(address, login, &hosts))?;
        visit_one(&ground, asked, patient, recorder.as_ref(), &mut report)?;
    }
    if let Some(recorder) = recorder {
        recorder.close();
    }
    report.end()
}

/// An account, or an address that is none.
struct Patient {
    account: Account,
    is_account: bool,
    /// Who receives the mail of its domain, where that decides something.
    mx: Option<Mx>,
    by_mx: bool,
}

/// Who receives the mail of a domain.
enum Mx {
    Asked(Result<Vec<String>, Failure>),
    /// The question would go past the proxy, and tell others what the proxy is there to hide.
    Unasked,
}

fn patients(ground: &Ground, asked: &Doctor) -> Result<Vec<Patient>, Ending> {
    let Some(named) = &asked.address else {
        let accounts = ground.config.accounts.iter().cloned();
        return accounts.map(|account| Patient::known(ground, account)).collect();
    };
    let of_address = |account: &&Account| account.address.eq_ignore_ascii_case(named);
    let known = ground.config.account(named).or_else(|| ground.config.accounts.iter().find(of_address));
    if let Some(account) = known {
        return Ok(vec![Patient::known(ground, account.clone())?]);
    }
    let address: Address = named.parse().map_err(|_| Ending::because(say::no_such_account(ground.tongue, named)))?;
    let mx = Patient::mx(ground, &address, &Route::Direct)?;
    let hosted = match &mx {
        Some(Mx::Asked(Ok(names))) => ground.presets.behind(names),
        Some(Mx::Asked(Err(_)) | Mx::Unasked) | None => None,
    };
    let by_mx = hosted.is_some();
    let provider = hosted.map(|preset| preset.id.clone());
    let entry = AccountEntry { provider, ..AccountEntry::new(address) };
    let mut account = entry.complete(&ground.presets, Path::new(""));
    if account.found == Found::Guessed {
        // The one that would be chosen for an account; if there is none, the first says why.
        let chosen = runtime()?.block_on(joining::choose(&account, &ground.dialer(&account)));
        account.imap = chosen.unwrap_or(account.imap);
    }
    Ok(vec![Patient { account, is_account: false, mx, by_mx }])
}

impl Patient {
    fn known(ground: &Ground, account: Account) -> Result<Self, Ending> {
        // Where somebody wrote the server's name, nobody has to be asked for it.
        let asks = account.found != Found::Written;
        let address: Option<Address> = account.address.parse().ok().filter(|_| asks);
        let route = account.route(&ground.env);
        let mx = address.map(|address| Self::mx(ground, &address, &route)).transpose()?.flatten();
        Ok(Self { account, is_account: true, mx, by_mx: false })
    }

    /// A domain of a provider is not asked about.
    fn mx(ground: &Ground, address: &Address, route: &Route) -> Result<Option<Mx>, Ending> {
        if ground.presets.of(address).is_some() {
            return Ok(None);
        }
        match route {
            Route::Direct => {}
            Route::Through(_) | Route::Unclear { .. } => return Ok(Some(Mx::Unasked)),
        }
        let asked = runtime()?.block_on(ground.resolver().exchangers(address.domain()));
        Ok(Some(Mx::Asked(asked.map(|found| found.into_iter().map(|exchanger| exchanger.host).collect()))))
    }
}

/// Names that everybody may see: those of providers.
fn known_names() -> Vec<String> {
    let presets = Presets::built_in();
    let mut names: Vec<String> = Vec::new();
    for preset in presets.all() {
        names.extend(preset.domains.iter().cloned());
        let servers = [Some(&preset.imap), preset.smtp.as_ref(), preset.pop3.as_ref()];
        for server in servers.into_iter().flatten() {
            names.push(server.host.to_ascii_lowercase());
            // Their certificates are for the machines beside it too.
            names.extend(
                server
                    .host
                    .split_once('.')
                    .filter(|(_, parent)| parent.contains('.'))
                    .map(|(_, parent)| parent.to_ascii_lowercase()),
            );
        }
    }
    names.sort();
    names.dedup();
    names
}

fn visit_one(
    ground: &Ground,
    asked: &Doctor,
    patient: &Patient,
    recorder: Option<&Recorder>,
    report: &mut Report,
) -> Result<(), Ending> {
    let account = &patient.account;
    match &patient.mx {
        Some(Mx::Asked(Ok(names))) => {
            let provider = ground.presets.behind(names).map(|preset| preset.id.clone());
            report.tell(&Fact::Mx { names: names.clone(), provider })?;
        }
        Some(Mx::Unasked) => report.tell(&Fact::MxUnasked)?,
        Some(Mx::Asked(Err(failure))) => report.tell(&Fact::Failed { check: Check::Mx, failure: failure.clone() })?,
        None => {}
    }
    report.tell(&Fact::Account {
        provider: account.preset.as_ref().map(|preset| preset.id.clone()),
        server: account.imap.to_string(),
        certainty: certainty(patient, account.found),
    })?;
    if account.kind != Kind::Imap {
        return report.tell(&Fact::NoLogin(NoLogin::Kind(account.kind.code())));
    }
    let mut dialer = ground.dialer(account);
    dialer.limits = limits(&ground.general);
    let preset = account.preset.as_ref();
    // What cannot be read is told with the profile.
    let learned = Learned::of(&ground.paths.profile, &account.name, clock::now()).unwrap_or_default();
    let learned: Vec<(Quirk, String)> = learned.into_iter().map(|it| (it.quirk, it.evidence)).collect();
    let known = known(account, &learned);
    let secret = secret(ground, asked, patient, report)?;
    if secret.is_ok() {
        // A refusal has to be remembered. Where it cannot be, that is told with the profile.
        let _ = ground.paths.prepare();
    }
    let (tell, mut told) = unbounded_channel();
    let delivery = Delivery {
        places: smtp::places(account).into_iter().map(|place| (place.clone(), expected(ground, &place))).collect(),
        provider: preset.filter(|_| account.smtp_found == Found::Known).map(|preset| preset.id.clone()),
        certainty: certainty(patient, account.smtp_found),
        dialer: Dialer { pin: account.smtp_pin, ..dialer.clone() },
        tap: recorder.map(|recorder| recorder.tap(&account.name, Purpose::Sending)).unwrap_or_default(),
        login: account.login.clone(),
        secret: secret_to_send(ground, asked, account, &secret),
        manners: manners(account, dialer.limits.answer),
        tell: tell.clone(),
    };
    let way = secret.map(|secret| way_to(ground, account, secret, recorder, asked, &known));
    let visit = Visit {
        server: account.imap.clone(),
        dialer,
        way,
        expected: expected(ground, &account.imap),
        known: Beforehand {
            quirks: known.quirks,
            silent: preset.is_some_and(|preset| !preset.idle || !preset.idle_push) && account.idle != Some(true),
            near: false,
        },
        idle_is_off: account.idle == Some(false),
        learned,
        hides_folders: preset.is_some_and(|preset| preset.hides_folders),
        zone: zone(),
        watch: asked.watch,
        tell: tell.clone(),
    };
    // A server that is watched has a while to tell what another connection has found.
    let to_deliver = deadline(&ground.general);
    let deadline = to_deliver + asked.watch.map_or(Duration::ZERO, |watch| watch + DEADLINE);
    let runtime = runtime()?;
    runtime.spawn(async move {
        let visited = tokio::time::timeout(deadline, Box::pin(visit.go())).await;
        let refused = visited.unwrap_or_else(|_| {
            let _ = tell.send(Fact::Late { after: deadline });
            false
        });
        if tokio::time::timeout(to_deliver, Box::pin(delivery.go(refused))).await.is_err() {
            let _ = tell.send(Fact::Late { after: to_deliver });
        }
    });
    let mut heard = Ok(());
    // It ends when the visit has, whichever way.
    while let Some(fact) = told.blocking_recv() {
        if heard.is_ok() {
            heard = report.tell(&fact);
        }
        if heard.is_err() {
            break;
        }
    }
    runtime.shutdown_background();
    heard
}

/// The password, or why there will be no login.
fn secret(
    ground: &Ground,
    asked: &Doctor,
    patient: &Patient,
    report: &mut Report,
) -> Result<Result<Secret, NoLogin>, Ending> {
    let account = &patient.account;
    if !patient.is_account {
        return Ok(Err(NoLogin::NoAccount));
    }
    if account.preset.as_ref().is_some_and(|preset| preset.oauth_only)
        && !matches!(account.secret, SecretSource::Token { .. })
    {
        return Ok(Err(NoLogin::NoToken));
    }
    let secret = match secret_of(ground, account) {
        Ok(secret) => secret,
        Err(failure) => {
            report.tell(&Fact::Failed { check: Check::Secret, failure })?;
            return Ok(Err(NoLogin::NoSecret));
        }
    };
    report.tell(&Fact::Secret {
        place: match account.secret {
            SecretSource::Keyring => Place::Keyring,
            SecretSource::File => Place::File,
            SecretSource::Session => Place::Session,
            SecretSource::Command { .. } => Place::Command,
            SecretSource::Token { .. } => Place::Token,
        },
    })?;
    if !asked.login
        && let Some(refusal) = standing_for(ground, account)
    {
        let (failure, left) = (refusal.failure(&account.imap.host), refusal.left());
        return Ok(Err(NoLogin::Refused { ago: refusal.ago, left, times: refusal.times, failure }));
    }
    Ok(Ok(secret))
}

fn certainty(patient: &Patient, found: Found) -> Certainty {
    match found {
        _ if patient.by_mx => Certainty::Mx,
        Found::Written => Certainty::Written,
        Found::Known => Certainty::Known,
        Found::Guessed => Certainty::Guessed,
    }
}

fn expected(ground: &Ground, server: &Server) -> Expected {
    let is_of =
        |preset: &&Preset| preset.smtp.iter().chain(&preset.smtp_alternatives).any(|smtp| smtp.host == server.host);
    if ground.general.connect_to.iter().any(|rule| rule.is_for(server)) {
        Expected::Elsewhere
    } else if ground.presets.at(server).is_some() || ground.presets.all().iter().any(|preset| is_of(&preset)) {
        Expected::World
    } else {
        Expected::Anywhere
    }
}

/// The same rules as for the mailbox, and where that is not logged in to, mail is not handed over either.
fn secret_to_send(
    ground: &Ground,
    asked: &Doctor,
    account: &Account,
    secret: &Result<Secret, NoLogin>,
) -> Result<Secret, NoLogin> {
    let secret = match secret {
        Ok(secret) => secret,
        Err(NoLogin::NoAccount) => return Err(NoLogin::NoAccount),
        Err(_) => return Err(NoLogin::AsMailbox),
    };
    match standing_for_sending(ground, account).filter(|_| !asked.login) {
        Some(refusal) => {
            let host = account.smtp.as_ref().map_or("", |server| server.host.as_str());
            let (failure, left) = (refusal.failure_of_sending(host), refusal.left());
            Err(NoLogin::Refused { ago: refusal.ago, left, times: refusal.times, failure })
        }
        None => Ok(secret.clone()),
    }
}

/// Somebody waits for the report.
fn manners(account: &Account, answer: Duration) -> smtp::Manners {
    let usual = smtp::Manners::of(account);
    let deadlines = smtp::Deadlines { greeting: answer, reply: answer * 3 / 4, ..usual.deadlines };
    smtp::Manners { deadlines, ..usual }
}

fn known(account: &Account, learned: &[(Quirk, String)]) -> Known {
    let quirks = learned.iter().map(|(quirk, _)| *quirk).collect();
    Known::of(quirks).idle(account.idle).mannered(Manners::of(account))
}

fn way_to(
    ground: &Ground,
    account: &Account,
    secret: Secret,
    recorder: Option<&Recorder>,
    asked: &Doctor,
    beforehand: &Known,
) -> Way {
    let mut dialer = ground.dialer(account);
    dialer.limits = limits(&ground.general);
    if let Some(recorder) = recorder {
        dialer.tap = recorder.tap(&account.name, Purpose::Sync);
    }
    let way = Way::to(account, dialer, secret);
    way.known.send_modify(|known| {
        known.clone_from(beforehand);
        if asked.watch.is_some() {
            // Whether that is true is what shall be found out.
            known.quirks = known.quirks.without(Quirk::SilentIdle);
        }
    });
    way
}

fn limits(general: &General) -> crate::net::Limits {
    let limits = general.limits();
    crate::net::Limits { answer: general.patience.unwrap_or_else(|| limits.answer.min(ANSWER)), ..limits }
}

fn deadline(general: &General) -> Duration {
    general.patience.map_or(DEADLINE, |patience| patience * 4)
}

fn zone() -> String {
    let zone = jiff::tz::TimeZone::system();
    let now = jiff::Timestamp::from_second(clock::now().0).unwrap_or_default().to_zoned(zone.clone());
    format!("{} (UTC{})", zone.iana_name().unwrap_or("?"), now.strftime("%:z"))
}
