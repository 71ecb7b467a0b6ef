//! The servers of the providers that are known by name.

use serde::Deserialize;

use super::account::{Address, HostPort};
use crate::model::{Server, TlsMode};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Presets(Vec<Preset>);

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preset {
    /// The stable name, as in `qq`.
    pub id: String,
    pub domains: Vec<String>,
    pub imap: Server,
    pub pop3: Option<Server>,
    pub smtp: Server,
    pub login: Login,
    /// What the provider calls the secret for mail programs, in Chinese and in English.
    pub secret_zh: String,
    pub secret_en: String,
    /// It takes no password from mail programs at all.
    pub oauth_only: bool,
    /// Its IMAP server lists only the mail of the last weeks.
    pub window: bool,
    /// Its IMAP server tells of new mail by itself.
    pub idle_push: bool,
    /// Under which names it writes what it found out about senders.
    pub vouches: Vec<String>,
}

/// What the name to log in with is made of.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    #[default]
    Full,
    LocalPart,
}

impl Presets {
    pub fn built_in() -> Self {
        // A test reads the file; it cannot be wrong in a program that was released.
        Self::read(include_str!("../../assets/providers.toml")).unwrap_or_default()
    }

    fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        file.provider.into_iter().map(Entry::complete).collect::<Result<_, _>>().map(Self)
    }

    /// The provider of an address.
    pub fn of(&self, address: &Address) -> Option<&Preset> {
        let domain = address.domain().to_lowercase();
        self.0.iter().find(|preset| preset.domains.contains(&domain))
    }

    /// The provider whose IMAP server this is.
    pub fn at(&self, imap: &Server) -> Option<&Preset> {
        self.0.iter().find(|preset| preset.imap.host.eq_ignore_ascii_case(&imap.host))
    }

    pub fn all(&self) -> &[Preset] {
        &self.0
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    domains: Vec<String>,
    imap: String,
    pop3: Option<String>,
    smtp: String,
    #[serde(default)]
    login: Login,
    secret_zh: String,
    secret_en: String,
    #[serde(default)]
    oauth_only: bool,
    #[serde(default)]
    window: bool,
    #[serde(default = "yes")]
    idle_push: bool,
    #[serde(default)]
    vouches: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Entry {
    fn complete(self) -> Result<Preset, String> {
        Ok(Preset {
            imap: server(&self.imap)?,
            pop3: self.pop3.as_deref().map(server).transpose()?,
            smtp: server(&self.smtp)?,
            id: self.id,
            domains: self.domains,
            login: self.login,
            secret_zh: self.secret_zh,
            secret_en: self.secret_en,
            oauth_only: self.oauth_only,
            window: self.window,
            idle_push: self.idle_push,
            vouches: self.vouches,
        })
    }
}

/// `HOST:PORT:MODE`
fn server(written: &str) -> Result<Server, String> {
    let (place, mode) = written.rsplit_once(':').ok_or_else(|| format!("`{written}` is not HOST:PORT:MODE"))?;
    let HostPort { host, port } = place.parse()?;
    let port = port.ok_or_else(|| format!("`{written}` has no port"))?;
    Ok(Server { host, port, tls: mode.parse::<TlsMode>()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(written: &str) -> Address {
        written.parse().unwrap()
    }

    #[test]
    fn the_file_is_right_and_no_domain_is_named_twice() {
        let presets = Presets::read(include_str!("../../assets/providers.toml")).unwrap();
        let mut domains: Vec<_> = presets.all().iter().flat_map(|preset| preset.domains.clone()).collect();
        let count = domains.len();
        domains.sort();
        domains.dedup();
        assert_eq!(domains.len(), count);
        assert!(count >= 25, "{domains:?}");
        for preset in presets.all() {
            assert_ne!(preset.imap.tls, TlsMode::None, "{}", preset.id);
            assert!(!preset.secret_zh.is_empty() && !preset.secret_en.is_empty(), "{}", preset.id);
        }
    }

    #[test]
    fn an_address_finds_its_provider_in_any_case() {
        let presets = Presets::built_in();
        let id = |written: &str| presets.of(&address(written)).map(|preset| preset.id.clone());
        assert_eq!(id("10001@qq.com").as_deref(), Some("qq"));
        assert_eq!(id("someone@FoxMail.com").as_deref(), Some("qq"));
        assert_eq!(id("someone@vip.163.com").as_deref(), Some("163"));
        assert_eq!(id("someone@notqq.com"), None);
        assert_eq!(id("someone@qq.com.example"), None);
    }
}
