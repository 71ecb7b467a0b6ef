//! A second look at who is there, when the first went wrong or nobody speaks: a handshake that trusts anybody, reads the
//! certificate or the first bytes in clear, says nothing and hangs up.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::dial::{Dialer, Protocol};
use super::leaf::Leaf;
use super::speaks::{Speaks, Tapped};
use super::{starttls, trust};
use crate::model::{Failure, FailureKind, Server, TlsMode};

/// How long a server may keep silent before it is asked whether it waits for a handshake. Some servers of SMTP greet late
/// on purpose, and think ill of whoever speaks before.
fn silence(protocol: Protocol) -> Duration {
    Duration::from_secs(match protocol {
        Protocol::Imap | Protocol::Pop3 => 4,
        Protocol::Smtp => 7,
    })
}

pub(super) enum Seen {
    Certificate(Leaf),
    Speaks(Speaks),
}

impl Dialer {
    /// Waits for the greeting in clear and looks at its first bytes, which stay to be read.
    pub(super) async fn first_words(
        &self,
        server: &Server,
        protocol: Protocol,
        tcp: &TcpStream,
    ) -> Result<(), Failure> {
        let host = server.host.as_str();
        let late = || Failure::passing(FailureKind::TimedOut, host, "");
        let at_most = self.limits.first_words(protocol);
        let mut bytes = [0; 16];
        let spoken = async {
            let doubt = async {
                sleep(silence(protocol).min(at_most / 2)).await;
                match self.look(server, None).await {
                    Some(Seen::Certificate(_)) => Failure::lasting(FailureKind::TlsPort, host, ""),
                    Some(Seen::Speaks(Speaks::Web)) => Failure::passing(FailureKind::Portal, host, ""),
                    // It may still come.
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                read = tcp.peek(&mut bytes) => match read {
                    Ok(0) => Err(Failure::passing(FailureKind::Dropped, host, "")),
                    Ok(read) => Ok(read),
                    Err(error) => Err(Failure::passing(FailureKind::Dropped, host, &error.to_string())),
                },
                failure = doubt => Err(failure),
            }
        };
        let read = timeout(at_most, spoken).await.map_err(|_| late())??;
        let speaks = Speaks::of(bytes.get(..read).unwrap_or_default());
        speaks.and_then(|speaks| speaks.instead_of(protocol, host)).map_or(Ok(()), Err)
    }

    /// A certificate was refused: learns which, so that it can be told.
    pub(super) async fn explained(&self, server: &Server, protocol: Protocol, failure: Failure) -> Failure {
        let asked = (server.tls == TlsMode::StartTls).then_some(protocol);
        match self.look(server, asked).await {
            Some(Seen::Certificate(leaf)) => trust::refusal(failure, &leaf),
            _ => failure,
        }
    }

    /// `asked`: encryption is asked for in clear first.
    pub(super) async fn look(&self, server: &Server, asked: Option<Protocol>) -> Option<Seen> {
        let look = async {
            let (mut tcp, _) = self.reach(server).await.ok()?;
            if let Some(protocol) = asked {
                starttls::ask(protocol, &mut tcp, &server.host).await.ok()?;
            }
            let connector = tokio_native_tls::TlsConnector::from(trust::blind().await.ok()?);
            let (tapped, beginning) = Tapped::new(tcp);
            match connector.connect(&server.host, tapped).await {
                Ok(stream) => leaf(&stream).map(Seen::Certificate),
                Err(_) => beginning.speaks().map(Seen::Speaks),
            }
        };
        timeout(self.limits.handshake, look).await.ok().flatten()
    }
}

pub(super) fn leaf(stream: &tokio_native_tls::TlsStream<Tapped>) -> Option<Leaf> {
    let certificate = stream.get_ref().peer_certificate().ok()??;
    certificate.to_der().ok().map(|der| Leaf::read(&der))
}
