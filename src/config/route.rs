//! How an account reaches its server, as written: through which proxy, and to which certificate alone.

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::env::Env;
use crate::model::{Fingerprint, Proxy, ProxyLogin, Route, Secret};

/// `proxy = "…"`. Nothing in the environment counts unless the user writes `env` here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ProxySetting {
    Of(Proxy),
    /// As ALL_PROXY says.
    Env,
}

impl TryFrom<String> for ProxySetting {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        if written == "env" {
            return Ok(Self::Env);
        }
        written.parse().map(Self::Of).map_err(|wrong| format!("{wrong}; or \"env\", for what ALL_PROXY says"))
    }
}

/// The one place where the password is written out again: the user's own file.
impl From<ProxySetting> for String {
    fn from(setting: ProxySetting) -> Self {
        let proxy = match setting {
            ProxySetting::Env => return "env".to_owned(),
            ProxySetting::Of(proxy) => proxy,
        };
        let shown = proxy.to_string();
        let (Some(ProxyLogin { user, password }), Some((scheme, place))) = (&proxy.login, shown.split_once("://"))
        else {
            return shown;
        };
        format!("{scheme}://{}:{}@{place}", encoded(user), encoded(password))
    }
}

fn encoded(secret: &Secret) -> String {
    let mut written = String::new();
    for c in secret.expose().chars() {
        match c {
            '%' => written.push_str("%25"),
            ':' => written.push_str("%3A"),
            '@' => written.push_str("%40"),
            other => written.push(other),
        }
    }
    written
}

/// `pin = "sha256:…"`
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin(pub Fingerprint);

impl TryFrom<String> for Pin {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        written.parse().map(Self)
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> Self {
        pin.0.to_string()
    }
}

impl Account {
    /// How the way to its servers begins.
    pub fn route(&self, env: &Env) -> Route {
        match (&self.proxy, &env.all_proxy) {
            (None, _) | (Some(ProxySetting::Env), None) => Route::Direct,
            (Some(ProxySetting::Of(proxy)), _) => Route::Through(proxy.clone()),
            (Some(ProxySetting::Env), Some(written)) => match written.expose().parse() {
                Ok(proxy) => Route::Through(proxy),
                Err(why) => Route::Unclear { at: "ALL_PROXY", why },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AccountEntry, Presets};

    fn account(proxy: Option<&str>) -> Account {
        let mut entry = AccountEntry::new("me@example.com".parse().unwrap());
        entry.proxy = proxy.map(|written| written.to_owned().try_into().unwrap());
        entry.complete(&Presets::built_in(), std::path::Path::new(""))
    }

    fn env(all_proxy: &str) -> Env {
        Env::of([("ALL_PROXY".into(), all_proxy.into())])
    }

    #[test]
    fn a_proxy_is_written_back_as_it_was_read() {
        for written in ["env", "http://proxy.example:8080", "socks5://m%40e:p%3Aa%25ss@[::1]:1080"] {
            let setting = ProxySetting::try_from(written.to_owned()).unwrap();
            assert_eq!(String::from(setting), written);
        }
    }

    #[test]
    fn the_environment_counts_only_for_who_asks_for_it() {
        assert_eq!(account(None).route(&env("socks5://proxy.example:1080")), Route::Direct);
        let Route::Through(proxy) = account(Some("env")).route(&env("socks5://proxy.example:1080")) else { panic!() };
        assert_eq!(proxy.to_string(), "socks5://proxy.example:1080");
        assert_eq!(account(Some("env")).route(&env("")), Route::Direct);
        let Route::Through(proxy) = account(Some("http://a.example:1")).route(&env("socks5://b.example:2")) else {
            panic!()
        };
        assert_eq!(proxy.host, "a.example");
    }

    #[test]
    fn what_cannot_be_read_never_means_directly_and_shows_no_password() {
        let route = account(Some("env")).route(&env("gopher://me:hunter2@proxy.example:70"));
        assert!(matches!(route, Route::Unclear { .. }), "{route:?}");
        assert!(!format!("{route:?} {:?}", env("socks5://me:hunter2@proxy.example:1")).contains("hunter2"));
    }
}
