//! The machine that a connection goes through, if it does not go straight to the server.

use std::fmt;
use std::str::FromStr;

use super::{Secret, host_and_port};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proxy {
    pub speaks: ProxyKind,
    pub host: String,
    pub port: u16,
    pub login: Option<ProxyLogin>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProxyKind {
    Socks5,
    /// HTTP's CONNECT.
    Http,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProxyLogin {
    pub user: Secret,
    pub password: Secret,
}

/// How the way to a server begins.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Route {
    #[default]
    Direct,
    Through(Proxy),
    /// A proxy is wanted and it is not clear which. Nobody is reached; least of all directly.
    Unclear {
        /// Where it is written.
        at: &'static str,
        why: String,
    },
}

impl ProxyKind {
    fn scheme(self) -> &'static str {
        match self {
            Self::Socks5 => "socks5",
            Self::Http => "http",
        }
    }
}

impl FromStr for Proxy {
    type Err = String;

    /// What is wrong is never repeated: there may be a password in it.
    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let wrong = || "write it as \"socks5://HOST:PORT\" or \"http://HOST:PORT\"".to_owned();
        let (scheme, rest) = written.split_once("://").ok_or_else(wrong)?;
        let speaks = match scheme.to_ascii_lowercase().as_str() {
            // Names are always looked up by the proxy, which others call socks5h.
            "socks5" | "socks5h" => ProxyKind::Socks5,
            "http" => ProxyKind::Http,
            _ => return Err(wrong()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let (host, port) = host_and_port(place).map_err(|_| wrong())?;
        let port = port.ok_or_else(|| "the proxy needs a port, as in \"socks5://HOST:1080\"".to_owned())?;
        if host.contains(['/', '?', '#', '@']) {
            return Err(wrong());
        }
        let login = login.map(read_login).transpose()?;
        Ok(Self { speaks, host, port, login })
    }
}

fn read_login(written: &str) -> Result<ProxyLogin, String> {
    let wrong = || {
        "the proxy's name and password are written as NAME:PASSWORD before the @, each of 1 to 255 bytes, \
         with %40 for @, %3A for : and %25 for %"
            .to_owned()
    };
    let (user, password) = written.split_once(':').ok_or_else(wrong)?;
    let part = |written: &str| {
        let part = decoded(written).ok_or_else(wrong)?;
        let fits = (1..=255).contains(&part.len()) && !part.contains(char::is_control);
        if fits { Ok(Secret::new(part)) } else { Err(wrong()) }
    };
    Ok(ProxyLogin { user: part(user)?, password: part(password)? })
}

/// `%40` → `@`
fn decoded(written: &str) -> Option<String> {
    let mut pieces = written.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Without name and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host, port) = (self.speaks.scheme(), &self.host, self.port);
        if host.contains(':') { write!(f, "{scheme}://[{host}]:{port}") } else { write!(f, "{scheme}://{host}:{port}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_read_as_they_are_written() {
        for (written, shown, login) in [
            ("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080", None),
            ("SOCKS5H://[::1]:9050/", "socks5://[::1]:9050", None),
            ("http://proxy.example:8080", "http://proxy.example:8080", None),
            ("socks5://me:p%40ss%3a%25@proxy.example:1", "socks5://proxy.example:1", Some(("me", "p@ss:%"))),
        ] {
            let proxy: Proxy = written.parse().unwrap();
            assert_eq!(proxy.to_string(), shown);
            assert_eq!(proxy.login.as_ref().map(|l| (l.user.expose(), l.password.expose())), login);
        }
    }

    #[test]
    fn l02_a_password_in_a_proxy_is_never_repeated() {
        let proxy: Proxy = "socks5://me:hunter2@proxy.example:1080".parse().unwrap();
        assert!(!format!("{proxy:?} {proxy} {:?}", Route::Through(proxy.clone())).contains("hunter2"));
        for wrong in [
            "hunter2",
            "https://me:hunter2@proxy.example:1080",
            "socks5://me:hunter2@proxy.example",
            "socks5://me:hunter2@:1080",
            "socks5://hunter2@proxy.example:1080",
            "socks5://me:hunter2%@proxy.example:1080",
            "socks5://me:hunter2%+1@proxy.example:1080",
            "socks5://me:hunter2%0a@proxy.example:1080",
            "socks5://:hunter2@proxy.example:1080",
            "http://me:hunter2@proxy.example:8080/path",
        ] {
            let said = wrong.parse::<Proxy>().unwrap_err();
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
