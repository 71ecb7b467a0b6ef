//! Who receives the mail of a domain, and where a machine is: questions to a name server, in bounded time.
//!
//! Connecting does not come here: it asks the system, which knows more (its own hosts, its own caches). Whoever answers
//! may be anybody: names are checked, few are taken, and nothing that they say makes anybody send a password anywhere.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData};
use tokio::time::timeout;

use super::dial::Limits;
use crate::model::{Failure, FailureKind};

/// Asks name servers: those of the system, or one that was named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resolver {
    at: Option<SocketAddr>,
    at_most: Duration,
}

/// A machine that receives mail for a domain.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Exchanger {
    /// The lower, the sooner it is tried by whoever delivers.
    pub preference: u16,
    /// In lower case, without a dot at the end.
    pub host: String,
}

/// Nobody waits longer for a name server, whatever else is patient.
const AT_MOST: Duration = Duration::from_secs(5);
/// A name server may name thousands.
const MOST: usize = 16;

impl Resolver {
    /// The name servers of the system.
    pub fn system(limits: Limits) -> Self {
        Self { at: None, at_most: limits.connect.min(AT_MOST) }
    }

    /// This name server and no other.
    #[must_use]
    pub fn at(self, server: SocketAddr) -> Self {
        Self { at: Some(server), ..self }
    }

    /// The machines that receive mail for a domain, the preferred ones first; none if the domain is there and names
    /// none.
    pub async fn exchangers(&self, domain: &str) -> Result<Vec<Exchanger>, Failure> {
        let name = name(domain)?;
        let asked = async { self.start()?.mx_lookup(name).await };
        let Some(found) = self.answered(domain, asked).await? else { return Ok(Vec::new()) };
        let mut exchangers: Vec<Exchanger> = found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::MX(mx) => Some(Exchanger { preference: mx.preference, host: host(&mx.exchange)? }),
                _ => None,
            })
            .collect();
        exchangers.sort();
        exchangers.dedup();
        exchangers.truncate(MOST);
        Ok(exchangers)
    }

    /// The addresses of a machine; none if its name is there and has none.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        let name = name(host)?;
        let asked = async { self.start()?.lookup_ip(name).await };
        let Some(found) = self.answered(host, asked).await? else { return Ok(Vec::new()) };
        let mut addresses: Vec<IpAddr> = Vec::new();
        for address in found.iter() {
            if addresses.len() < MOST && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        Ok(addresses)
    }

    /// The settings of the system are read each time: they change with the network.
    fn start(&self) -> Result<TokioResolver, NetError> {
        let mut builder = match self.at {
            None => TokioResolver::builder_tokio()?,
            Some(server) => {
                let mut there = NameServerConfig::udp_and_tcp(server.ip());
                there.connections.iter_mut().for_each(|way| way.port = server.port());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![there]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options: &mut ResolverOpts = builder.options_mut();
        // One more try, and over TCP, has to fit in.
        options.timeout = self.at_most / 3;
        options.attempts = 1;
        options.cache_size = 0;
        builder.build()
    }

    /// `None` if what was asked about is there, but nothing of this kind is known of it.
    async fn answered<T>(
        &self,
        about: &str,
        asked: impl Future<Output = Result<T, NetError>>,
    ) -> Result<Option<T>, Failure> {
        let late = || Failure::passing(FailureKind::TimedOut, about, "no answer from the name server");
        let error = match timeout(self.at_most, asked).await {
            Ok(Ok(answer)) => return Ok(Some(answer)),
            Ok(Err(error)) => error,
            Err(_) => return Err(late()),
        };
        Err(match error {
            NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
                ResponseCode::NoError => return Ok(None),
                ResponseCode::NXDomain => Failure::passing(FailureKind::UnknownHost, about, ""),
                code => Failure::passing(FailureKind::Unreachable, about, &format!("the name server says {code}")),
            },
            NetError::Timeout => late(),
            other => Failure::passing(FailureKind::Unreachable, about, &format!("the name server: {other}")),
        })
    }
}

/// Whole, so that nothing is looked for below the domains of this network.
fn name(written: &str) -> Result<Name, Failure> {
    let name = Name::from_utf8(written.trim_end_matches('.'));
    let mut name =
        name.map_err(|_| Failure::lasting(FailureKind::UnknownHost, written, "not the name of a machine"))?;
    name.set_fqdn(true);
    Ok(name)
}

/// As people write it, if it is one that a machine can have.
fn host(name: &Name) -> Option<String> {
    let good = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut labels = Vec::new();
    for label in name {
        if label.is_empty() || !label.iter().all(good) {
            return None;
        }
        labels.push(std::str::from_utf8(label).ok()?.to_ascii_lowercase());
    }
    (!labels.is_empty()).then(|| labels.join("."))
}

#[cfg(test)]
mod tests;
