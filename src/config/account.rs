//! Accounts: as they are written in config.toml, and as the rest of hongyan gets them, complete and checked.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::address::{Address, Identity};
use super::host_port::{HostPort, Tls};
use super::presets::{Login, Preset, Presets};
use super::route::{Pin, ProxySetting};
use super::span::Interval;
use crate::model::{AccountMarks, Fingerprint, Server, TlsMode};

/// An account, ready to be used: what was not written has been filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Unique in the file.
    pub name: String,
    /// What it may have gone by before: its address, if no other account goes by that.
    pub formerly: Option<String>,
    pub address: String,
    pub full_name: String,
    /// Other names and addresses that mail of this account may be written from.
    pub identities: Vec<Identity>,
    pub kind: Kind,
    pub imap: Server,
    /// Where `imap` comes from.
    pub found: Found,
    /// The provider whose server it is, with all that is known of it.
    pub preset: Option<Preset>,
    pub pop3: Option<Server>,
    /// Who takes the mail that is sent. Only the provider that has the mailbox, or a name in the domain of the address:
    /// nobody else gets the password.
    pub smtp: Option<Server>,
    /// Where `smtp` comes from.
    pub smtp_found: Found,
    pub login: String,
    /// A file with the certificates to trust instead of those of the system.
    pub ca: Option<PathBuf>,
    /// The one certificate that counts, whoever signed it.
    pub pin: Option<Fingerprint>,
    /// The same for the server to send with.
    pub smtp_pin: Option<Fingerprint>,
    pub proxy: Option<ProxySetting>,
    pub insecure: bool,
    /// The server lists only the mail of the last weeks; what is older is kept here.
    pub window: bool,
    pub vouchers: Vouchers,
    /// Whether the server tells of new mail by itself, if that is known beforehand.
    pub idle: Option<bool>,
    /// How often the user wants this account to be asked for new mail.
    pub poll: Option<Duration>,
    pub secret: SecretSource,
}

/// How certain a server's name is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// The user wrote it.
    Written,
    /// The provider is known.
    Known,
    /// Made up from the domain of the address.
    Guessed,
}

/// One `[[account]]` as it is written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub address: Address,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub full_name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imap: Option<HostPort>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pop3: Option<HostPort>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp: Option<HostPort>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp_pin: Option<Pin>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxySetting>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub insecure: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Interval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouches: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub secret: SecretSource,
}

const MOST_IDENTITIES: usize = 100;

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl AccountEntry {
    /// An account of which only the address is known.
    pub fn new(address: Address) -> Self {
        Self {
            name: None,
            address,
            full_name: String::new(),
            identities: Vec::new(),
            kind: Kind::default(),
            provider: None,
            imap: None,
            pop3: None,
            smtp: None,
            tls: None,
            login: None,
            ca: None,
            pin: None,
            smtp_pin: None,
            proxy: None,
            insecure: false,
            window: None,
            idle: None,
            poll: None,
            vouches: None,
            secret: SecretSource::default(),
        }
    }

    /// The name that it goes by.
    pub fn effective_name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.address.as_str())
    }

    /// What is wrong with it beyond single values.
    pub(super) fn wrong(&self, presets: &Presets) -> Option<String> {
        if let Some(name) = &self.name
            && (name.trim() != name || name.is_empty() || name.len() > 100 || name.chars().any(char::is_control))
        {
            return Some("the account's name must have 1 to 100 bytes, without blanks around it".to_owned());
        }
        if self.login.as_ref().is_some_and(|login| login.is_empty() || login.chars().any(char::is_control)) {
            return Some("`login` must not be empty; leave it out to log in with the address".to_owned());
        }
        if self.pin.is_some() && self.tls == Some(Tls(TlsMode::None)) {
            return Some(
                "`pin` needs an encrypted connection: set tls to tls or starttls, or take `pin` away".to_owned(),
            );
        }
        let speaks_clear = |written: &Option<HostPort>| written.as_ref().and_then(|w| w.tls) == Some(TlsMode::None);
        if (self.pin.is_some() && speaks_clear(&self.imap)) || (self.smtp_pin.is_some() && speaks_clear(&self.smtp)) {
            return Some("a pin needs an encrypted connection; write no `:none` behind that server".to_owned());
        }
        if let Some(provider) = &self.provider
            && presets.named(provider).is_none()
        {
            let known: Vec<&str> = presets.all().iter().map(|preset| preset.id.as_str()).collect();
            return Some(format!("there is no provider `{provider}`; known: {}", known.join(", ")));
        }
        if self.identities.len() > MOST_IDENTITIES {
            return Some(format!("`identities` has more than {MOST_IDENTITIES} addresses"));
        }
        if let SecretSource::Token { token_command } = &self.secret
            && token_command.first().is_none_or(|program| program.is_empty())
        {
            return Some(
                "`token_command` must name a program and its arguments, as in token_command = [\"oama\", \"access\", \
                 \"me@example.com\"]"
                    .to_owned(),
            );
        }
        if let SecretSource::Command { command } = &self.secret
            && command.first().is_none_or(|program| program.is_empty())
        {
            return Some(
                "`command` must name a program and its arguments, as in command = [\"pass\", \"mail/me\"]".to_owned(),
            );
        }
        None
    }

    /// A provider that is known to write nothing of this is not believed anything: who knows it could write in its name.
    fn vouchers(&self, there: Option<&Preset>, imap: &Server) -> Vouchers {
        if let Some(names) = &self.vouches {
            return Vouchers { names: names.clone(), guessed: false };
        }
        if let Some(preset) = there {
            return Vouchers { names: preset.vouches.clone(), guessed: false };
        }
        // `imap.mail.example` → `mail.example`; a number is nobody's name.
        let parent = imap.host.split_once('.').map(|(_, parent)| parent.to_lowercase());
        let is_name = |parent: &String| parent.contains('.') && parent.contains(|c: char| c.is_ascii_alphabetic());
        let mut names = vec![self.address.domain().to_lowercase()];
        names.extend(parent.filter(is_name));
        names.sort();
        names.dedup();
        Vouchers { names, guessed: true }
    }

    /// Who takes what this account sends, and how certain that is. The password goes along: so it is whoever has the
    /// mailbox, and never whoever the address would suggest.
    fn submission(&self, there: Option<&Preset>, imap: &Server) -> (Option<Server>, Found) {
        if let Some(written) = &self.smtp {
            return (Some(written.submission(self.tls)), Found::Written);
        }
        if let Some(preset) = there {
            return (preset.smtp.clone(), Found::Known);
        }
        let domain = self.address.domain();
        let is_theirs = |host: &str| {
            let above = host.len().checked_sub(domain.len()).and_then(|at| host.split_at_checked(at));
            above.is_some_and(|(above, rest)| {
                rest.eq_ignore_ascii_case(domain) && (above.is_empty() || above.ends_with('.'))
            })
        };
        let guess = HostPort::of(format!("smtp.{domain}"));
        (is_theirs(&imap.host).then(|| guess.submission(None)), Found::Guessed)
    }

    /// Fills in what is not written, from the provider if it is known. `folder` is where config.toml lies.
    pub fn complete(&self, presets: &Presets, folder: &Path) -> Account {
        let preset = self.provider.as_ref().and_then(|id| presets.named(id)).or_else(|| presets.of(&self.address));
        let own = |written: &HostPort, encrypted: u16, plain: u16| written.server(self.tls, encrypted, plain);
        let (imap, found) = match (&self.imap, preset) {
            (Some(written), _) => (own(written, 993, 143), Found::Written),
            (None, Some(preset)) => (preset.imap.clone(), Found::Known),
            (None, None) => {
                let host = format!("imap.{}", self.address.domain());
                (own(&HostPort::of(host), 993, 143), Found::Guessed)
            }
        };
        // A server behaves as it does whatever the address is. Who names the provider knows a way to it that we do not.
        let there = if self.provider.is_some() { preset } else { presets.at(&imap) };
        let login = match (&self.login, there.map(|preset| preset.login)) {
            (Some(login), _) => login.clone(),
            (None, Some(Login::LocalPart)) => self.address.local_part().to_owned(),
            (None, _) => self.address.to_string(),
        };
        let (smtp, smtp_found) = self.submission(there, &imap);
        let vouchers = self.vouchers(there, &imap);
        // One machine has one certificate, whatever the port.
        let is_one = smtp.as_ref().is_some_and(|smtp| smtp.host.eq_ignore_ascii_case(&imap.host));
        let pin_there = self.pin.filter(|_| is_one);
        let silent = there.is_some_and(|preset| !preset.idle || !preset.idle_push);
        Account {
            name: self.effective_name().to_owned(),
            formerly: None,
            address: self.address.to_string(),
            full_name: self.full_name.clone(),
            identities: self.identities.clone(),
            kind: self.kind,
            imap,
            found,
            preset: there.cloned(),
            pop3: self.pop3.as_ref().map(|w| own(w, 995, 110)).or_else(|| there.and_then(|p| p.pop3.clone())),
            smtp,
            smtp_found,
            login,
            ca: self.ca.as_ref().map(|ca| folder.join(ca)),
            pin: self.pin.map(|pin| pin.0),
            smtp_pin: self.smtp_pin.or(pin_there).map(|pin| pin.0),
            proxy: self.proxy.clone(),
            insecure: self.insecure,
            window: self.window.unwrap_or_else(|| there.is_some_and(|preset| preset.window)),
            vouchers,
            idle: self.idle.or_else(|| silent.then_some(false)),
            poll: self.poll.map(Interval::duration),
            secret: self.secret.clone(),
        }
    }
}

impl Account {
    /// By what it is known again under another name.
    pub fn marks(&self) -> AccountMarks {
        AccountMarks {
            name: self.name.clone(),
            formerly: self.formerly.clone(),
            address: self.address.clone(),
            imap: self.imap.host.clone(),
            smtp: self.smtp.as_ref().map(|smtp| smtp.host.clone()).unwrap_or_default(),
            login: self.login.clone(),
        }
    }
}

/// Accounts that may have gone by their address before, each with what it goes by now.
pub fn renamed(accounts: &[Account]) -> Vec<(String, String)> {
    let is_taken = |address: &str| accounts.iter().any(|account| account.name == address);
    // Of two with one address nobody knows whose it was; a password must not go to the other one's server.
    let is_alone = |address: &str| accounts.iter().filter(|account| account.address == address).count() == 1;
    let named = accounts.iter().filter(|account| !is_taken(&account.address) && is_alone(&account.address));
    named.map(|account| (account.address.clone(), account.name.clone())).collect()
}

/// Who may say in a message of an account what was found out about its sender.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Vouchers {
    /// Names of machines, and domains of some; an empty one stands for a provider that writes no name. Nobody, if there
    /// is none.
    pub names: Vec<String>,
    /// The names are guessed. Only what stands above everything that came from outside counts then: who receives a
    /// message writes on top of it.
    pub guessed: bool,
}

/// By what means the mail comes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    Imap,
    Pop3,
    Maildir,
}

impl Kind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Maildir => "maildir",
        }
    }
}

/// Where the password is.
#[derive(Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase", untagged)]
pub enum SecretSource {
    /// In the system's keyring.
    #[default]
    #[serde(serialize_with = "keyring")]
    Keyring,
    /// In a file of the profile that only its owner may read.
    #[serde(serialize_with = "file")]
    File,
    /// Nowhere: it is asked for each time.
    #[serde(serialize_with = "session")]
    Session,
    /// A program prints it.
    Command { command: Vec<String> },
    /// A program prints an access token of OAuth2, for each login a new one.
    Token { token_command: Vec<String> },
}

fn keyring<S: Serializer>(to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str("keyring")
}

fn file<S: Serializer>(to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str("file")
}

fn session<S: Serializer>(to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str("session")
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("Keyring"),
            Self::File => f.write_str("File"),
            Self::Session => f.write_str("Session"),
            // Somebody may have put a password among the arguments.
            Self::Command { command } => write!(f, "Command({:?} …)", command.first().map_or("", String::as_str)),
            Self::Token { token_command } => {
                write!(f, "Token({:?} …)", token_command.first().map_or("", String::as_str))
            }
        }
    }
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct ByCommand {
            command: Option<Vec<String>>,
            token_command: Option<Vec<String>>,
        }

        impl<'de> Visitor<'de> for Either {
            type Value = SecretSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "\"keyring\", \"file\", \"session\", { command = [\"program\", \"argument\"] } or \
                     { token_command = [\"program\", \"argument\"] }",
                )
            }

            fn visit_str<E: serde::de::Error>(self, written: &str) -> Result<SecretSource, E> {
                match written {
                    "keyring" => Ok(SecretSource::Keyring),
                    "file" => Ok(SecretSource::File),
                    "session" => Ok(SecretSource::Session),
                    // Not repeated: a password may have been put here by mistake.
                    _ => Err(E::custom(
                        "write \"keyring\", \"file\", \"session\" or { command = [\"program\", \"argument\"] }; \
                         a password itself does not belong here",
                    )),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SecretSource, A::Error> {
                match ByCommand::deserialize(MapAccessDeserializer::new(map))? {
                    ByCommand { command: Some(command), token_command: None } => Ok(SecretSource::Command { command }),
                    ByCommand { command: None, token_command: Some(token_command) } => {
                        Ok(SecretSource::Token { token_command })
                    }
                    _ => Err(serde::de::Error::custom(
                        "write either `command`, which prints a password, or `token_command`, which prints an access token",
                    )),
                }
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests;
