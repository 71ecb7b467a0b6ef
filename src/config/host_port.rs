//! Servers as they are written in config.toml and on the command line.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::{Server, TlsMode, host_and_port};

/// `HOST`, `HOST:PORT` or `HOST:PORT:MODE`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostPort {
    pub host: String,
    pub port: Option<u16>,
    /// Only where there is a port.
    pub tls: Option<TlsMode>,
}

impl HostPort {
    /// Nothing but the name is known.
    pub fn of(host: String) -> Self {
        Self { host, port: None, tls: None }
    }

    /// A server where mail is read: encrypted as it says, or as its account says, or from the first byte.
    pub(super) fn server(&self, account: Option<Tls>, encrypted: u16, plain: u16) -> Server {
        let tls = self.tls.or(account.map(|tls| tls.0)).unwrap_or_default();
        let port = self.port.unwrap_or(if tls == TlsMode::Tls { encrypted } else { plain });
        Server { host: self.host.clone(), port, tls }
    }

    /// A server that takes mail. Its well-known ports say how they are encrypted, whatever the account says of others.
    pub(super) fn submission(&self, account: Option<Tls>) -> Server {
        let account = account.map(|tls| tls.0);
        let of_port = match self.port {
            Some(465 | 994) => Some(TlsMode::Tls),
            Some(25 | 587 | 2525) if account != Some(TlsMode::None) => Some(TlsMode::StartTls),
            Some(_) | None => None,
        };
        let tls = self.tls.or(of_port).or(account).unwrap_or_default();
        let port = self.port.unwrap_or(if tls == TlsMode::Tls { 465 } else { 587 });
        Server { host: self.host.clone(), port, tls }
    }
}

impl From<&Server> for HostPort {
    fn from(server: &Server) -> Self {
        Self { host: server.host.clone(), port: Some(server.port), tls: None }
    }
}

impl FromStr for HostPort {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        if let Some((place, mode)) = written.rsplit_once(':')
            && let Ok(tls) = mode.parse::<TlsMode>()
            && let (host, Some(port)) = host_and_port(place)?
        {
            return Ok(Self { host, port: Some(port), tls: Some(tls) });
        }
        let (host, port) = host_and_port(written)?;
        Ok(Self { host, port, tls: None })
    }
}

impl TryFrom<String> for HostPort {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        written.parse()
    }
}

impl From<HostPort> for String {
    fn from(server: HostPort) -> Self {
        let host = if server.host.contains(':') { format!("[{}]", server.host) } else { server.host };
        match (server.port, server.tls) {
            (Some(port), Some(tls)) => format!("{host}:{port}:{}", tls.code()),
            (Some(port), None) => format!("{host}:{port}"),
            (None, _) => host,
        }
    }
}

/// How the way to the server is protected, as written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tls(pub TlsMode);

impl TryFrom<String> for Tls {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        written.parse().map(Self)
    }
}

impl From<Tls> for String {
    fn from(tls: Tls) -> Self {
        tls.0.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(server: &Server) -> String {
        format!("{server}:{}", server.tls.code())
    }

    #[test]
    fn a_server_is_written_back_as_it_was_read() {
        for written in ["a.example", "a.example:993", "a.example:1143:starttls", "[::1]:25:none"] {
            assert_eq!(String::from(written.parse::<HostPort>().unwrap()), written);
        }
        for wrong in ["a.example:tls", "a.example:993:ssl", ":993:tls", "a.example:0:tls", "a:1:tls:tls"] {
            assert!(wrong.parse::<HostPort>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_port_for_sending_says_how_it_is_encrypted_and_the_account_says_it_of_other_ports() {
        let starttls = Some(Tls(TlsMode::StartTls));
        for (written, account, server) in [
            ("a.example", None, "a.example:465:tls"),
            ("a.example", starttls, "a.example:587:starttls"),
            ("a.example:587", None, "a.example:587:starttls"),
            ("a.example:465", starttls, "a.example:465:tls"),
            ("a.example:994", None, "a.example:994:tls"),
            ("a.example:1025", None, "a.example:1025:tls"),
            // A bridge on this machine.
            ("127.0.0.1:1025", starttls, "127.0.0.1:1025:starttls"),
            ("127.0.0.1:25", Some(Tls(TlsMode::None)), "127.0.0.1:25:none"),
            ("a.example:587:tls", starttls, "a.example:587:tls"),
        ] {
            let written: HostPort = written.parse().unwrap();
            assert_eq!(shown(&written.submission(account)), server);
        }
    }
}
