//! From a server's name to a line that is ready for its protocol.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::line::{Line, Stream};
use super::starttls;
use super::tap::Tap;
use super::trust::{self, Trust};
use crate::model::{Failure, FailureKind, Server, TlsMode, host_and_port};

/// How long the parts of connecting may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Name look-up and connecting, per address.
    pub connect: Duration,
    /// The TLS handshake, and what is said before it.
    pub handshake: Duration,
    /// The next byte of an answer.
    pub answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), handshake: Duration::from_secs(15), answer: Duration::from_mins(1) }
    }
}

/// `HOST:PORT=ADDR:PORT`: go there instead, and check the certificate for the name all the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectTo {
    host: String,
    port: u16,
    to_host: String,
    to_port: u16,
}

impl FromStr for ConnectTo {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{written}` is not HOST:PORT=ADDR:PORT");
        let (from, to) = written.split_once('=').ok_or_else(wrong)?;
        let (host, port) = host_and_port(from)?;
        let (to_host, to_port) = host_and_port(to)?;
        Ok(Self { host, port: port.ok_or_else(wrong)?, to_host, to_port: to_port.ok_or_else(wrong)? })
    }
}

/// What will be spoken: it decides what is said in clear before STARTTLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    Imap,
    Smtp,
    Pop3,
}

/// The port that a server has if nobody says otherwise.
pub fn usual_port(protocol: Protocol, tls: TlsMode) -> u16 {
    match (protocol, tls) {
        (Protocol::Imap, TlsMode::Tls) => 993,
        (Protocol::Imap, TlsMode::StartTls | TlsMode::None) => 143,
        (Protocol::Smtp, TlsMode::Tls) => 465,
        (Protocol::Smtp, TlsMode::StartTls) => 587,
        (Protocol::Smtp, TlsMode::None) => 25,
        (Protocol::Pop3, TlsMode::Tls) => 995,
        (Protocol::Pop3, TlsMode::StartTls | TlsMode::None) => 110,
    }
}

/// A line that is ready for its protocol.
#[derive(Debug)]
pub struct Opened {
    pub line: Line,
    /// The greeting was read already, because encryption had to be asked for; no other one comes.
    pub greeted: bool,
}

/// Everything that connecting for one account needs to know.
#[derive(Clone, Debug, Default)]
pub struct Dialer {
    pub ca_file: Option<PathBuf>,
    /// Passwords may cross the network in clear: somebody wrote `insecure = true`.
    pub insecure: bool,
    pub connect_to: Vec<ConnectTo>,
    pub limits: Limits,
    /// Read when it is first needed.
    pub trust: Trust,
    /// Who is told what is said on the connections.
    pub tap: Tap,
}

impl Dialer {
    /// Reads whom to trust, before anybody waits for it. A failure shows when somebody does.
    pub async fn prepare(&self) {
        let _ = self.trust.connector(self.ca_file.as_deref()).await;
    }

    /// Connects to a server, encrypts the way as the account asks, and says nothing else.
    pub async fn open(&self, server: &Server, protocol: Protocol) -> Result<Opened, Failure> {
        let host = server.host.as_str();
        let addresses = self.addresses(server).await?;
        let loopback = addresses.iter().all(|address| address.ip().is_loopback());
        if server.tls == TlsMode::None && !loopback && !self.insecure {
            return Err(Failure::lasting(FailureKind::Plaintext, host, ""));
        }
        // Whom to trust is read while the other side is reached for.
        let (tcp, ()) = tokio::join!(self.connect(server, &addresses), async {
            if server.tls != TlsMode::None {
                self.prepare().await;
            }
        });
        let mut tcp = tcp?;
        // A command is one small write; waiting for company costs 40 ms.
        let _ = tcp.set_nodelay(true);
        let late = |_| Failure::passing(FailureKind::TimedOut, host, "");
        let stream = match server.tls {
            TlsMode::None => Stream::Plain(tcp),
            TlsMode::Tls => timeout(self.limits.handshake, self.encrypt(host, tcp)).await.map_err(late)??,
            TlsMode::StartTls => {
                timeout(self.limits.handshake, starttls::ask(protocol, &mut tcp, host)).await.map_err(late)??;
                timeout(self.limits.handshake, self.encrypt(host, tcp)).await.map_err(late)??
            }
        };
        Ok(Opened { line: Line::new(stream, self.limits.answer), greeted: server.tls == TlsMode::StartTls })
    }

    async fn addresses(&self, server: &Server) -> Result<Vec<SocketAddr>, Failure> {
        let redirected = self
            .connect_to
            .iter()
            .find(|rule| rule.port == server.port && rule.host.eq_ignore_ascii_case(&server.host));
        let (host, port) =
            redirected.map_or((server.host.as_str(), server.port), |rule| (rule.to_host.as_str(), rule.to_port));
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let unknown = |said: &str| Failure::passing(FailureKind::UnknownHost, host, said);
        let found = timeout(self.limits.connect, lookup_host((host, port)))
            .await
            .map_err(|_| unknown("no answer from the name server"))?
            .map_err(|error| unknown(&error.to_string()))?
            .collect::<Vec<_>>();
        if found.is_empty() { Err(unknown("")) } else { Ok(found) }
    }

    async fn connect(&self, server: &Server, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
        let there = server.to_string();
        let mut last = Failure::passing(FailureKind::Unreachable, &there, "");
        for address in addresses {
            match timeout(self.limits.connect, TcpStream::connect(address)).await {
                Ok(Ok(tcp)) => return Ok(tcp),
                Ok(Err(error)) => last = Failure::passing(FailureKind::Unreachable, &there, &error.to_string()),
                Err(_) => last = Failure::passing(FailureKind::TimedOut, &there, ""),
            }
        }
        Err(last)
    }

    async fn encrypt(&self, host: &str, tcp: TcpStream) -> Result<Stream, Failure> {
        let connector = tokio_native_tls::TlsConnector::from(self.trust.connector(self.ca_file.as_deref()).await?);
        match connector.connect(host, tcp).await {
            Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
            Err(error) => Err(trust::handshake_failure(host, &error)),
        }
    }
}

#[cfg(test)]
mod tests;
