//! Addresses of people, as they are written in config.toml and on the command line.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A mail address: `local@domain`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

impl Address {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(&self.0, |(local, _)| local)
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || "<>(),;:\\\"[]".contains(c);
        match written.rsplit_once('@') {
            Some((local, domain))
                if !local.is_empty()
                    && written.len() <= 254
                    && !written.contains(odd)
                    && !local.contains('@')
                    && domain.split('.').all(|label| !label.is_empty()) =>
            {
                Ok(Self(written.to_owned()))
            }
            _ => Err(format!("`{written}` is not a mail address; write it as me@example.com")),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        written.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name and an address to write from: `Name <alias@example.com>`, or the address alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identity {
    /// May be empty.
    pub name: String,
    pub address: Address,
}

impl TryFrom<String> for Identity {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        let (name, address) = match written.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"'), address),
            None => ("", written.as_str()),
        };
        let odd = |c: char| c.is_control() || "<>\"".contains(c);
        if name.len() > 200 || name.contains(odd) {
            return Err(format!("`{written}` is not a name and an address; write it as \"Name <me@example.com>\""));
        }
        Ok(Self { name: name.to_owned(), address: address.trim().parse()? })
    }
}

impl From<Identity> for String {
    fn from(identity: Identity) -> Self {
        match identity.name.as_str() {
            "" => identity.address.into(),
            name => format!("{name} <{}>", identity.address),
        }
    }
}
