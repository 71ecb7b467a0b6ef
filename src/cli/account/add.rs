//! `hongyan account add` and `account secret`: try it first, keep it only if it works.

use std::io::{self, Read as _};

use zeroize::Zeroizing;

use crate::cli::arguments::{Add, NewSecret, SecretStore};
use crate::cli::ask::Terminal;
use crate::cli::ground::{Ground, runtime};
use crate::cli::output::{Ending, Out, aside};
use crate::cli::sentences::{self, accounts, reasons};
use crate::config::{
    Account, AccountEntry, Address, Found, HostPort, Kind, Pin, Preset, SecretSource, Tls, edit, secret,
};
use crate::joining::{self, Hosting, KeepIn, NotKept, Tried};
use crate::model::{Failure, FailureKind, Purpose, Secret};
use crate::net::Recorder;

/// No password is longer.
const LONGEST: u64 = 4 * 1024;

pub(in crate::cli) fn add(ground: &Ground, add: &Add) -> Result<(), Ending> {
    let tongue = ground.tongue;
    if add.kind != Kind::Imap {
        return Err(Ending::because(sentences::kind_is_not_there(tongue, add.kind)));
    }
    let there = |address: &str| {
        let accounts = &ground.config.accounts;
        accounts.iter().find(|account| account.address.eq_ignore_ascii_case(address))
    };
    let meant = if there(add.address.as_str()).is_some() { None } else { corrected(ground, add)? };
    let add = &Add { address: meant.unwrap_or_else(|| add.address.clone()), ..add.clone() };
    let address = add.address.as_str();
    let known = there(address);
    if let (Some(known), None) = (known, &add.name) {
        if says_nothing_but_the_address(add) && is_kept_by_us(known) {
            return replace(ground, known, add.secret_stdin, add.no_check);
        }
        return Err(Ending::because(sentences::address_is_known(tongue, address, &known.name)));
    }
    if add.imap.is_none()
        && let Some(preset) = ground.presets.of(&add.address)
        && wants_tokens(add, preset)
    {
        return Err(takes_tokens_only(ground, add, preset));
    }
    let asks = !has_program(add) && !add.secret_stdin;
    if asks && !add.no_check && Terminal::find().is_none() {
        return Err(Ending::because(sentences::no_terminal(tongue)));
    }
    let hosting = hosting(ground, add)?;
    let mut entry = entry(add, &hosting)?;
    let mut account = check(ground, &entry)?;
    if account.found == Found::Guessed && !add.no_check {
        // Where the password will go is known, and said, before it is asked for.
        let chosen = runtime()?.block_on(joining::choose(&account, &ground.dialer(&account)));
        let server = chosen.map_err(|failure| Ending::Failed(refused(ground, &account, None, &failure)))?;
        aside(&accounts::guessed(tongue, add.address.domain(), &server));
        entry.imap = Some(HostPort::from(&server));
        account = check(ground, &entry)?;
    }
    let preset = account.preset.as_ref().or(hosting.preset());
    if let Some(preset) = &account.preset
        && wants_tokens(add, preset)
    {
        return Err(takes_tokens_only(ground, add, preset));
    }
    if let Hosting::Hosted(preset) = &hosting {
        aside(&accounts::hosted_by(tongue, add.address.domain(), preset));
    }
    let given = obtain(ground, add, &account, preset)?;
    let tried = if add.no_check {
        None
    } else {
        Some(try_login(ground, &account, preset, given.as_ref().map(|given| &given.secret))?)
    };
    if let Some(tried) = &tried {
        tried.settle(&account, &mut entry);
    }
    let account = keep(ground, add, entry, given.as_ref())?;
    let mut out = Out::new();
    out.line(&sentences::added(tongue, &account, tried.is_some()))?;
    if let Some(tried) = &tried {
        out.line(&accounts::found(tongue, tried))?;
        for note in preset.map(|preset| accounts::notes(tongue, preset, tried)).unwrap_or_default() {
            out.line(&note)?;
        }
    }
    out.end()
}

/// What was probably meant instead, if whoever sits here says so. A password that is sent to a slip of the finger is
/// lost to whoever registered that domain, so nothing goes there before this is settled.
fn corrected(ground: &Ground, add: &Add) -> Result<Option<Address>, Ending> {
    let meant = ground.presets.probably_meant(&add.address);
    // Whoever names a server means it.
    let Some(meant) = meant.filter(|_| add.imap.is_none()) else { return Ok(None) };
    let (tongue, written) = (ground.tongue, &add.address);
    let Some(mut terminal) = Terminal::find() else {
        return Err(Ending::because(accounts::nearly_known(tongue, written, &meant)));
    };
    match terminal.yes_or_no(&accounts::ask_what_was_meant(tongue, written, &meant))? {
        Some(true) => Ok(Some(meant)),
        Some(false) => Ok(None),
        None => Err(Ending::because(sentences::cancelled(tongue))),
    }
}

fn wants_tokens(add: &Add, preset: &Preset) -> bool {
    preset.oauth_only && add.token_command.is_none()
}

fn takes_tokens_only(ground: &Ground, add: &Add, preset: &Preset) -> Ending {
    let mut lines = explained(ground, sentences::about_the_secret(ground.tongue, preset), Some(preset));
    lines.push(accounts::with_tokens(ground.tongue, &add.address));
    Ending::Failed(lines)
}

/// `account secret`
pub(in crate::cli) fn new_secret(ground: &Ground, asked: &NewSecret) -> Result<(), Ending> {
    let account = ground.account(&asked.name)?;
    if !is_kept_by_us(account) {
        let each_time = account.secret == SecretSource::Session;
        return Err(Ending::because(accounts::not_ours_to_keep(ground.tongue, account, each_time)));
    }
    replace(ground, account, asked.secret_stdin, asked.no_check)
}

fn is_kept_by_us(account: &Account) -> bool {
    matches!(account.secret, SecretSource::Keyring | SecretSource::File)
}

/// Only the password can be new.
fn says_nothing_but_the_address(add: &Add) -> bool {
    let servers = add.imap.is_none() && add.pop3.is_none() && add.smtp.is_none() && add.tls.is_none();
    let secret = !has_program(add) && add.secret_store.is_none();
    let way = add.ca.is_none() && add.pin.is_none() && add.proxy.is_none();
    servers && secret && way && add.login.is_none() && !add.insecure
}

/// Codes run out and passwords are changed: the account stays as it is, and the new secret takes the old one's place.
fn replace(ground: &Ground, known: &Account, of_stdin: bool, unchecked: bool) -> Result<(), Ending> {
    let preset = ground.provider(known);
    let Some(given) = asked(ground, of_stdin, known, preset)? else {
        return Err(Ending::because(sentences::no_terminal(ground.tongue)));
    };
    if !unchecked {
        try_login(ground, known, preset, Some(&given.secret))?;
    }
    joining::replace(&ground.paths, known, &given.secret).map_err(|failure| ground.failed(&failure))?;
    let mut out = Out::new();
    out.line(&sentences::secret_replaced(ground.tongue, known, !unchecked))?;
    out.end()
}

/// Who has the mail of this address. Whoever names a server needs no look-up.
fn hosting(ground: &Ground, add: &Add) -> Result<Hosting, Ending> {
    if add.imap.is_some() {
        return Ok(match ground.presets.of(&add.address) {
            Some(preset) => Hosting::Known(preset.clone()),
            None => Hosting::Guesses(Vec::new()),
        });
    }
    // Whoever goes through a proxy does not want the names to be asked for beside it.
    if add.proxy.is_some() && ground.presets.of(&add.address).is_none() {
        return Ok(Hosting::Guesses(joining::guesses(&add.address)));
    }
    let found = runtime()?.block_on(joining::find(&add.address, &ground.presets, &ground.resolver()));
    match found {
        Hosting::Unknown(failure) if failure.kind == FailureKind::UnknownHost => {
            Err(Ending::because(accounts::no_such_domain(ground.tongue, add.address.domain())))
        }
        // Nobody could be asked: through a proxy its server may be found all the same.
        Hosting::Unknown(_) => Ok(Hosting::Guesses(joining::guesses(&add.address))),
        found => Ok(found),
    }
}

fn check(ground: &Ground, entry: &AccountEntry) -> Result<Account, Ending> {
    edit::check_addition(&ground.paths.config, entry, &ground.presets)
        .map_err(|problem| Ending::because(reasons::problem(ground.tongue, &problem)))
}

/// The account as it will stand in the file.
fn entry(add: &Add, hosting: &Hosting) -> Result<AccountEntry, Ending> {
    // In the file a relative path begins at the file; here it begins where the person is.
    let ca = add.ca.as_ref().map(std::path::absolute).transpose()?;
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
        secret: chosen(add).unwrap_or(KeepIn::Keyring).into(),
        ..hosting.entry(&add.address)
    })
}

/// Where the user said that the password is to be.
fn chosen(add: &Add) -> Option<KeepIn> {
    let program = add.password_command.clone().map(KeepIn::Program);
    let store = |store| match store {
        SecretStore::Keyring => KeepIn::Keyring,
        SecretStore::File => KeepIn::File,
        SecretStore::Session => KeepIn::Session,
    };
    program.or_else(|| add.token_command.clone().map(KeepIn::TokenProgram)).or_else(|| add.secret_store.map(store))
}

fn has_program(add: &Add) -> bool {
    add.password_command.is_some() || add.token_command.is_some()
}

/// A password that somebody gave us.
struct Given {
    secret: Secret,
    /// They sit at the terminal, and can be asked more.
    typed: bool,
}

/// `None` if the password stays where it is (a program prints it), or if none is needed now and nobody can be asked.
fn obtain(ground: &Ground, add: &Add, account: &Account, preset: Option<&Preset>) -> Result<Option<Given>, Ending> {
    if has_program(add) {
        return Ok(None);
    }
    match asked(ground, add.secret_stdin, account, preset)? {
        None if !add.no_check => Err(Ending::because(sentences::no_terminal(ground.tongue))),
        given => Ok(given),
    }
}

/// Asks for a password, under the name that the provider has for it. `None` if there is nobody to ask.
fn asked(ground: &Ground, stdin: bool, account: &Account, preset: Option<&Preset>) -> Result<Option<Given>, Ending> {
    let tongue = ground.tongue;
    let (secret, typed) = if stdin {
        (of_stdin()?, false)
    } else {
        let Some(mut terminal) = Terminal::find() else { return Ok(None) };
        for line in preset.map(|preset| accounts::where_from(tongue, preset)).unwrap_or_default() {
            terminal.tell(&line)?;
        }
        let typed = terminal.secret(&sentences::ask_secret(tongue, &account.address, preset))?;
        let typed = typed.ok_or_else(|| Ending::because(sentences::cancelled(tongue)))?;
        (secret::entered(&typed), true)
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

/// Logs in and looks into the inbox, and explains what the provider wants if it says no.
fn try_login(
    ground: &Ground,
    account: &Account,
    preset: Option<&Preset>,
    given: Option<&Secret>,
) -> Result<Tried, Ending> {
    let secret = match given {
        Some(secret) => secret.clone(),
        None => secret::load(account, &ground.paths, &ground.env, None).map_err(|failure| ground.failed(&failure))?,
    };
    let mut dialer = ground.dialer(account);
    // Whether it was let in is known afterwards too, if it is an account already.
    let known = ground.config.account(&account.name).is_some();
    let recorder = known.then(|| Recorder::start(ground.paths.protocol_log())).transpose()?;
    if let Some(recorder) = &recorder {
        dialer.tap = recorder.tap(&account.name, Purpose::Sync);
    }
    let tried = runtime()?.block_on(joining::try_login(account, dialer, &secret));
    if let Some(recorder) = recorder {
        recorder.close();
    }
    tried.map_err(|failure| Ending::Failed(refused(ground, account, preset, &failure)))
}

fn refused(ground: &Ground, account: &Account, preset: Option<&Preset>, failure: &Failure) -> Vec<String> {
    let sentence = sentences::failure(ground.tongue, failure);
    match failure.kind {
        FailureKind::Login => {
            // Where it is known what the words mean, nothing has to be guessed.
            let unclear = failure.remedy.is_none() && !matches!(account.secret, SecretSource::Token { .. });
            let hint = preset.filter(|_| unclear).and_then(|there| sentences::about_the_secret(ground.tongue, there));
            let sentence = hint.map_or(sentence.clone(), |hint| format!("{sentence}; {hint}"));
            explained(ground, Some(sentence), preset)
        }
        FailureKind::UnknownHost | FailureKind::Unreachable | FailureKind::TimedOut
            if account.found == Found::Guessed =>
        {
            let domain = account.address.rsplit_once('@').map_or("", |(_, domain)| domain);
            vec![sentence, accounts::name_the_server(ground.tongue, domain)]
        }
        _ => vec![sentence],
    }
}

/// A sentence, and below it where to get what is wanted.
fn explained(ground: &Ground, sentence: Option<String>, preset: Option<&Preset>) -> Vec<String> {
    let below = preset.map(|preset| accounts::where_from(ground.tongue, preset)).unwrap_or_default();
    sentence.into_iter().chain(below).collect()
}

/// Puts the password where it shall be and writes the account. Where the user did not say where and there is no keyring,
/// a file is used, and that is told; who sits at a terminal is asked.
fn keep(ground: &Ground, add: &Add, entry: AccountEntry, given: Option<&Given>) -> Result<Account, Ending> {
    let tongue = ground.tongue;
    let secret = given.map(|given| &given.secret);
    let put = |keep_in| joining::keep(&ground.paths, &ground.presets, entry.clone(), keep_in, secret);
    let ending = |not_kept| match not_kept {
        NotKept::Secret(failure) => ground.failed(&failure),
        NotKept::Settings(problem) => Ending::because(reasons::problem(tongue, &problem)),
    };
    if let Some(chosen) = chosen(add) {
        if secret.is_none() && matches!(chosen, KeepIn::Keyring | KeepIn::File) {
            aside(&sentences::no_secret_kept(tongue));
        }
        return put(chosen).map_err(ending);
    }
    let Some(given) = given else {
        let account = put(KeepIn::Keyring).map_err(ending)?;
        aside(&sentences::no_secret_kept(tongue));
        return Ok(account);
    };
    let answers = runtime()?.block_on(joining::keyring_answers());
    let failure = match answers.map_err(NotKept::Secret).and_then(|()| put(KeepIn::Keyring)) {
        Ok(account) => return Ok(account),
        Err(NotKept::Secret(failure)) => failure,
        Err(settings) => return Err(ending(settings)),
    };
    // What else could be done is for those who edit the settings by hand.
    let why = failure.said.as_str().split(';').next().unwrap_or_default();
    if given.typed
        && let Some(mut terminal) = Terminal::find()
        && !terminal.yes(&sentences::may_it_be_a_file(tongue, why))?
    {
        return put(KeepIn::Session).map_err(ending);
    }
    let account = put(KeepIn::File).map_err(ending)?;
    aside(&sentences::secret_in_file(tongue, &ground.paths.secrets(), why));
    Ok(account)
}
