//! Connecting step by step, each told with how long it took: for whoever looks for what is wrong on the way. What is
//! accepted and what is refused is the same as in [`Dialer::open`].

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::dial::{Dialer, HANDSHAKE_WORK, Opened, Protocol, addresses, keep_awake};
use super::hello::{self, TlsVersion};
use super::leaf::Leaf;
use super::line::{Line, Stream};
use super::look::{Seen, leaf};
use super::speaks::Tapped;
use super::{starttls, trust};
use crate::model::{Failure, FailureKind, Route, Server, TlsMode, clock};

/// More addresses of one name are not tried.
pub const MOST_ADDRESSES: usize = 6;

/// What was found on the way.
#[derive(Clone, Debug)]
pub enum Step {
    /// What the server's name stands for.
    Named { addresses: Vec<SocketAddr>, took: Duration },
    /// One of the addresses was called. `None`: nobody answered there.
    Called { address: SocketAddr, took: Option<Duration> },
    /// The proxy let us through.
    Through { took: Duration },
    /// The server agreed to begin encryption.
    Agreed { took: Duration },
    /// The other side has shown this, whether it is believed or not.
    Shown(Leaf),
    /// Encrypted, and the certificate is good.
    Encrypted { version: Option<TlsVersion>, took: Duration },
}

impl Dialer {
    /// Connects as [`Dialer::open`] does, and tells each step when it is done. A failure belongs to the step that was
    /// not told.
    pub async fn open_closely(
        &self,
        server: &Server,
        protocol: Protocol,
        mut told: impl FnMut(Step) + Send,
    ) -> Result<Opened, Failure> {
        let host = server.host.as_str();
        let begun = clock::instant();
        let (mut tcp, mut reached) = match &self.route {
            Route::Direct => self.call(server, &mut told).await?,
            Route::Through(_) | Route::Unclear { .. } => {
                let reached = self.reach(server).await?;
                told(Step::Through { took: begun.elapsed() });
                reached
            }
        };
        if server.tls != TlsMode::None {
            self.connector().await?;
        }
        if server.tls != TlsMode::Tls {
            self.first_words(server, protocol, &tcp).await?;
        }
        if server.tls == TlsMode::StartTls {
            let begun = clock::instant();
            let at_most = self.limits.handshake.max(self.limits.first_words(protocol));
            let asked = timeout(at_most, starttls::ask(protocol, &mut tcp, host)).await;
            asked.map_err(|_| Failure::passing(FailureKind::TimedOut, host, ""))??;
            told(Step::Agreed { took: begun.elapsed() });
        }
        let begun = clock::instant();
        let stream = match server.tls {
            TlsMode::None => Stream::Plain(tcp),
            TlsMode::Tls | TlsMode::StartTls => self.encrypt_closely(server, protocol, tcp, &mut told).await?,
        };
        reached = reached.max(begun.elapsed() / HANDSHAKE_WORK);
        let line = Line::new(stream, self.limits.answer);
        Ok(Opened { line, greeted: server.tls == TlsMode::StartTls, reached })
    }

    /// Calls every address, and goes on with the one that answered first.
    async fn call(
        &self,
        server: &Server,
        told: &mut (impl FnMut(Step) + Send),
    ) -> Result<(TcpStream, Duration), Failure> {
        let (host, port) = self.target(server);
        let begun = clock::instant();
        let found = addresses(host, port, self.limits.connect).await?;
        told(Step::Named { addresses: found.clone(), took: begun.elapsed() });
        if server.tls == TlsMode::None && !self.insecure && !found.iter().all(|address| address.ip().is_loopback()) {
            return Err(Failure::lasting(FailureKind::Plaintext, &server.host, ""));
        }
        let calls = found.iter().take(MOST_ADDRESSES).map(|address| async move {
            let begun = clock::instant();
            let called = timeout(self.limits.connect, TcpStream::connect(address)).await;
            (*address, called.map(|called| called.map(|tcp| (tcp, begun.elapsed()))))
        });
        let mut best: Option<(TcpStream, Duration)> = None;
        let mut worst = None;
        for (address, called) in join_all(calls).await {
            match called {
                Ok(Ok((tcp, took))) => {
                    told(Step::Called { address, took: Some(took) });
                    if best.as_ref().is_none_or(|(_, known)| took < *known) {
                        best = Some((tcp, took));
                    }
                }
                Ok(Err(error)) => {
                    told(Step::Called { address, took: None });
                    let said = error.to_string();
                    worst = Some(Failure::passing(FailureKind::Unreachable, &server.to_string(), &said));
                }
                Err(_) => told(Step::Called { address, took: None }),
            }
        }
        let late = || Failure::passing(FailureKind::TimedOut, &server.to_string(), "");
        let (tcp, took) = best.ok_or_else(|| worst.unwrap_or_else(late))?;
        keep_awake(&tcp);
        Ok((tcp, took))
    }

    async fn encrypt_closely(
        &self,
        server: &Server,
        protocol: Protocol,
        tcp: TcpStream,
        told: &mut (impl FnMut(Step) + Send),
    ) -> Result<Stream, Failure> {
        let begun = clock::instant();
        let (by, mut overheard) = mpsc::unbounded_channel();
        let (tapped, beginning) = Tapped::new(tcp);
        match self.encrypt_over(server, tapped.overheard(hello::ENOUGH, by), &beginning).await {
            Ok(stream) => {
                let took = begun.elapsed();
                if let Stream::Tls(stream) = &stream
                    && let Some(leaf) = leaf(stream)
                {
                    told(Step::Shown(leaf));
                }
                let mut said = Vec::new();
                while let Ok(more) = overheard.try_recv() {
                    said.extend(more);
                }
                told(Step::Encrypted { version: hello::version(&said), took });
                Ok(stream)
            }
            Err(failure) => {
                let about_it = trust::is_about_the_certificate(failure.kind) || failure.kind == FailureKind::PinChanged;
                let asked = (server.tls == TlsMode::StartTls).then_some(protocol);
                if about_it && let Some(Seen::Certificate(leaf)) = self.look(server, asked).await {
                    told(Step::Shown(leaf.clone()));
                    // Its names and its fingerprint are told already, unless it is a portal that answers.
                    return Err(if leaf.looks_like_a_portal() { trust::refusal(failure, &leaf) } else { failure });
                }
                Err(failure)
            }
        }
    }
}
