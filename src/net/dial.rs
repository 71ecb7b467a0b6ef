//! From a server's name to a line that is ready for its protocol.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::line::{Line, Stream};
use super::look::leaf;
use super::race::race;
use super::speaks::{Beginning, Tapped};
use super::tap::Tap;
use super::trust::{self, Trust};
use super::{proxy, starttls};
use crate::model::{Failure, FailureKind, Fingerprint, Route, Server, TlsMode, clock, host_and_port};

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

impl Limits {
    /// How long a server may take for its first words. Some servers of SMTP greet late on purpose.
    pub(super) fn first_words(&self, protocol: Protocol) -> Duration {
        let at_most = match protocol {
            Protocol::Imap | Protocol::Pop3 => self.handshake,
            Protocol::Smtp => self.handshake * 4,
        };
        at_most.min(self.answer)
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

impl ConnectTo {
    /// True if connections to this server go elsewhere.
    pub fn is_for(&self, server: &Server) -> bool {
        self.port == server.port && self.host.eq_ignore_ascii_case(&server.host)
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

/// A handshake is work on both sides too; so many times longer than the way there and back it may take nearby.
pub(super) const HANDSHAKE_WORK: u32 = 8;

/// A line that is ready for its protocol.
#[derive(Debug)]
pub struct Opened {
    pub line: Line,
    /// The greeting was read already, because encryption had to be asked for; no other one comes.
    pub greeted: bool,
    /// How long it took to be let in: about one way there and back.
    pub reached: Duration,
}

/// Everything that connecting for one account needs to know.
#[derive(Clone, Debug, Default)]
pub struct Dialer {
    pub ca_file: Option<PathBuf>,
    /// The only certificate that is accepted, whoever signed it.
    pub pin: Option<Fingerprint>,
    pub route: Route,
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
        let _ = self.connector().await;
    }

    /// Connects to a server, encrypts the way as the account asks, and says nothing else.
    pub async fn open(&self, server: &Server, protocol: Protocol) -> Result<Opened, Failure> {
        let host = server.host.as_str();
        // Whom to trust is read while the other side is reached for.
        let (tcp, ()) = tokio::join!(self.reach(server), async {
            if server.tls != TlsMode::None {
                self.prepare().await;
            }
        });
        let (mut tcp, mut reached) = tcp?;
        if server.tls != TlsMode::None {
            // Authorities that cannot be read are no fault of the certificate.
            self.connector().await?;
        }
        if server.tls != TlsMode::Tls {
            self.first_words(server, protocol, &tcp).await?;
        }
        if server.tls == TlsMode::StartTls {
            let at_most = self.limits.handshake.max(self.limits.first_words(protocol));
            let asked = timeout(at_most, starttls::ask(protocol, &mut tcp, host)).await;
            asked.map_err(|_| Failure::passing(FailureKind::TimedOut, host, ""))??;
        }
        let begun = clock::instant();
        let stream = match server.tls {
            TlsMode::None => Stream::Plain(tcp),
            TlsMode::Tls | TlsMode::StartTls => match self.encrypt(server, tcp).await {
                Ok(stream) => stream,
                Err(failure) if trust::is_about_the_certificate(failure.kind) => {
                    return Err(self.explained(server, protocol, failure).await);
                }
                Err(failure) => return Err(failure),
            },
        };
        // Where something near answers for something far (a proxy, a tunnel), the first real answer is that to the handshake.
        reached = reached.max(begun.elapsed() / HANDSHAKE_WORK);
        let line = Line::new(stream, self.limits.answer);
        Ok(Opened { line, greeted: server.tls == TlsMode::StartTls, reached })
    }

    /// A connection to the server, in clear and silent, directly or through the proxy; and how long it took to be let in.
    pub(super) async fn reach(&self, server: &Server) -> Result<(TcpStream, Duration), Failure> {
        let (host, port) = self.target(server);
        let refuse_plain = server.tls == TlsMode::None && !self.insecure;
        let plaintext = || Failure::lasting(FailureKind::Plaintext, &server.host, "");
        match &self.route {
            Route::Direct => {
                let addresses = addresses(host, port, self.limits.connect).await?;
                if refuse_plain && !addresses.iter().all(|address| address.ip().is_loopback()) {
                    return Err(plaintext());
                }
                let begun = clock::instant();
                let tcp = self.connect(&server.to_string(), &addresses).await?;
                Ok((tcp, begun.elapsed()))
            }
            Route::Through(_) if refuse_plain => Err(plaintext()),
            Route::Through(proxy) => {
                let there = proxy.to_string();
                let closed = |failure: Failure| {
                    let said = if failure.said.is_empty() { failure.kind.code() } else { failure.said.as_str() };
                    Failure::passing(FailureKind::Proxy, &there, said)
                };
                let addresses = addresses(&proxy.host, proxy.port, self.limits.connect).await.map_err(closed)?;
                let mut tcp = self.connect(&there, &addresses).await.map_err(closed)?;
                let begun = clock::instant();
                let asked = timeout(self.limits.handshake, proxy::ask(proxy, &mut tcp, host, port)).await;
                asked.map_err(|_| Failure::passing(FailureKind::Proxy, &there, "no answer in time"))??;
                Ok((tcp, begun.elapsed()))
            }
            Route::Unclear { at, why } => Err(Failure::lasting(FailureKind::Proxy, at, why)),
        }
    }

    /// Where to go for a server: elsewhere, if there is a rule for it.
    pub(super) fn target<'a>(&'a self, server: &'a Server) -> (&'a str, u16) {
        let mut rules = self.connect_to.iter();
        let rule = rules.find(|rule| rule.is_for(server));
        rule.map_or((server.host.as_str(), server.port), |rule| (rule.to_host.as_str(), rule.to_port))
    }

    pub(super) async fn connect(&self, there: &str, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
        let tcp =
            race(addresses, self.limits.connect, TcpStream::connect).await.map_err(|error| match error.kind() {
                std::io::ErrorKind::TimedOut => Failure::passing(FailureKind::TimedOut, there, ""),
                _ => Failure::passing(FailureKind::Unreachable, there, &error.to_string()),
            })?;
        keep_awake(&tcp);
        Ok(tcp)
    }

    pub(super) async fn connector(&self) -> Result<native_tls::TlsConnector, Failure> {
        match self.pin {
            Some(_) => trust::blind().await,
            None => self.trust.connector(self.ca_file.as_deref()).await,
        }
    }

    async fn encrypt(&self, server: &Server, tcp: TcpStream) -> Result<Stream, Failure> {
        let (tapped, beginning) = Tapped::new(tcp);
        self.encrypt_over(server, tapped, &beginning).await
    }

    pub(super) async fn encrypt_over(
        &self,
        server: &Server,
        tapped: Tapped,
        beginning: &Beginning,
    ) -> Result<Stream, Failure> {
        let host = server.host.as_str();
        let connector = tokio_native_tls::TlsConnector::from(self.connector().await?);
        let stream = match timeout(self.limits.handshake, connector.connect(host, tapped)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                let instead = beginning.speaks().and_then(|speaks| speaks.instead_of_tls(server.tls, host));
                return Err(instead.unwrap_or_else(|| trust::handshake_failure(host, &error)));
            }
            Err(_) => return Err(Failure::passing(FailureKind::TimedOut, host, "")),
        };
        // The library may let pass what we do not; nothing has been sent so far.
        let leaf = leaf(&stream).ok_or_else(|| Failure::lasting(FailureKind::Tls, host, "no certificate"))?;
        match self.pin {
            Some(pin) => trust::compare(&leaf, pin, host)?,
            None => trust::examine(&leaf, host)?,
        }
        Ok(Stream::Tls(Box::new(stream)))
    }
}

pub(super) async fn addresses(host: &str, port: u16, at_most: Duration) -> Result<Vec<SocketAddr>, Failure> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    found(host, lookup_host((host, port)), at_most).await
}

async fn found<A>(
    host: &str,
    lookup: impl Future<Output = std::io::Result<A>>,
    at_most: Duration,
) -> Result<Vec<SocketAddr>, Failure>
where
    A: Iterator<Item = SocketAddr>,
{
    let unknown = |said: &str| Failure::passing(FailureKind::UnknownHost, host, said);
    let found = timeout(at_most, lookup)
        .await
        .map_err(|_| unknown("no answer from the name server"))?
        .map_err(|error| unknown(&error.to_string()))?
        .collect::<Vec<_>>();
    if found.is_empty() { Err(unknown("")) } else { Ok(found) }
}

/// A connection that carries nothing for minutes is noticed when the other side is gone: the system asks now and then,
/// and does not wait for ever for a word that was sent. What a system cannot do is left out.
pub(super) fn keep_awake(tcp: &TcpStream) {
    use rustix::net::sockopt;
    // A command is one small write; waiting for company costs 40 ms.
    let _ = tcp.set_nodelay(true);
    let _ = sockopt::set_socket_keepalive(tcp, true);
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        let _ = sockopt::set_tcp_keepidle(tcp, IDLE);
        let _ = sockopt::set_tcp_keepintvl(tcp, Duration::from_secs(10));
        let _ = sockopt::set_tcp_keepcnt(tcp, 3);
    }
    #[cfg(target_os = "linux")]
    let _ = sockopt::set_tcp_user_timeout(tcp, 30_000);
}

/// After so much silence the system asks whether the other side is still there.
const IDLE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests;
