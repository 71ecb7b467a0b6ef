//! Where a server is, and how the way to it is protected.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub tls: TlsMode,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TlsMode {
    /// Encrypted from the first byte.
    #[default]
    Tls,
    /// Encrypted after a word in clear; refused if the server does not do it.
    StartTls,
    /// Not encrypted: loopback only, unless the account says `insecure = true`.
    None,
}

impl TlsMode {
    pub fn code(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::None => "none",
        }
    }
}

impl FromStr for TlsMode {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        [Self::Tls, Self::StartTls, Self::None]
            .into_iter()
            .find(|mode| mode.code() == written)
            .ok_or_else(|| format!("`{written}` is none of tls, starttls, none"))
    }
}

/// Splits `HOST:PORT`, `[V6]:PORT` or `HOST` into host and port.
pub fn host_and_port(written: &str) -> Result<(String, Option<u16>), String> {
    let wrong = || format!("`{written}` is not HOST:PORT");
    let (host, port) = match written.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or_else(wrong)?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':').ok_or_else(wrong)?) })
        }
        None => match written.rsplit_once(':') {
            Some((host, _)) if host.contains(':') => return Err(wrong()),
            Some((host, port)) => (host, Some(port)),
            None => (written, None),
        },
    };
    if host.is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(wrong());
    }
    let port = match port {
        Some(port) => Some(port.parse::<u16>().ok().filter(|p| *p != 0).ok_or_else(wrong)?),
        None => None,
    };
    Ok((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_in_every_form() {
        assert_eq!(host_and_port("imap.qq.com:993"), Ok(("imap.qq.com".into(), Some(993))));
        assert_eq!(host_and_port("imap.qq.com"), Ok(("imap.qq.com".into(), None)));
        assert_eq!(host_and_port("[::1]:143"), Ok(("::1".into(), Some(143))));
        for wrong in ["", ":993", "a:b", "a:0", "a:99999", "::1", "[::1", "a b:1"] {
            assert!(host_and_port(wrong).is_err(), "{wrong}");
        }
    }
}
