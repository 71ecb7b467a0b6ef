//! Asking a proxy to connect us: SOCKS5 (RFC 1928, 1929) and HTTP's CONNECT. The name of the server goes to the proxy as
//! it is, so nobody here looks it up.
//!
//! Exactly the proxy's answer is read and not a byte more: what follows belongs to the server.

use std::fmt::Write as _;
use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use zeroize::Zeroizing;

use super::base64;
use crate::model::{Failure, FailureKind, Proxy, ProxyKind, ProxyLogin};

/// No proxy needs more words than this.
const LONGEST: usize = 8 * 1024;

/// What is shown of them.
const LONGEST_STATUS: usize = 120;

/// Afterwards the next byte on the stream comes from the server.
pub(super) async fn ask<S>(proxy: &Proxy, stream: &mut S, host: &str, port: u16) -> Result<(), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut talk = Talk { proxy, stream, host, port };
    match proxy.speaks {
        ProxyKind::Socks5 => talk.socks5().await,
        ProxyKind::Http => talk.connect().await,
    }
}

struct Talk<'a, S> {
    proxy: &'a Proxy,
    stream: &'a mut S,
    host: &'a str,
    port: u16,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<'_, S> {
    async fn socks5(&mut self) -> Result<(), Failure> {
        let method = if self.proxy.login.is_some() { 2 } else { 0 };
        self.say(&[5, 1, method]).await?;
        match self.hear::<2>().await? {
            [5, chosen] if chosen == method => {}
            [5, 0xff] if method == 0 => return Err(self.refused("it wants a name and a password")),
            [5, 0xff] => return Err(self.refused("it takes no name and password")),
            _ => return Err(self.refused("it does not speak SOCKS5")),
        }
        if let Some(ProxyLogin { user, password }) = &self.proxy.login {
            let mut login = Zeroizing::new(Vec::with_capacity(520));
            login.push(1);
            for part in [user, password] {
                login.push(u8::try_from(part.expose().len()).unwrap_or(u8::MAX));
                login.extend(part.expose().bytes().take(usize::from(u8::MAX)));
            }
            self.say(&login).await?;
            if self.hear::<2>().await? != [1, 0] {
                return Err(self.refused("it refuses the name or the password"));
            }
        }
        let mut request = vec![5, 1, 0];
        match self.host.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => {
                request.push(1);
                request.extend(address.octets());
            }
            Ok(IpAddr::V6(address)) => {
                request.push(4);
                request.extend(address.octets());
            }
            Err(_) => {
                let length =
                    u8::try_from(self.host.len()).map_err(|_| self.refused("the server's name is too long"))?;
                request.extend([3, length]);
                request.extend(self.host.bytes());
            }
        }
        request.extend(self.port.to_be_bytes());
        self.say(&request).await?;
        let [version, answer, _, kind] = self.hear::<4>().await?;
        match (version, answer) {
            (5, 0) => {}
            (5, 1) => return Err(self.refused("it failed")),
            (5, 2) => return Err(self.refused("its rules do not allow this server")),
            (5, 3) => return Err(self.unreachable("the network cannot be reached")),
            (5, 4) => return Err(self.unreachable("the host cannot be reached")),
            (5, 5) => return Err(self.unreachable("the connection was refused")),
            (5, 6) => return Err(self.unreachable("it took too long")),
            (5, _) => return Err(self.refused("it cannot do this")),
            _ => return Err(self.refused("it does not speak SOCKS5")),
        }
        // Where it connects from is of no use to us, but it must be read.
        let rest = match kind {
            1 => 4,
            3 => usize::from(self.hear::<1>().await?[0]),
            4 => 16,
            _ => return Err(self.refused("it does not speak SOCKS5")),
        };
        let mut address = vec![0; rest + 2];
        let read = self.stream.read_exact(&mut address).await;
        read.map(|_| ()).map_err(|error| self.broken(&error))
    }

    async fn connect(&mut self) -> Result<(), Failure> {
        let (host, port) = (self.host, self.port);
        let there = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        if there.contains(|c: char| c.is_ascii_whitespace() || c.is_control()) {
            return Err(self.refused("the server's name cannot be written"));
        }
        let mut request = Zeroizing::new(String::with_capacity(1024));
        let _ = write!(request, "CONNECT {there} HTTP/1.1\r\nHost: {there}\r\n");
        if let Some(ProxyLogin { user, password }) = &self.proxy.login {
            let login = Zeroizing::new([user.expose(), ":", password.expose()].concat());
            request.push_str("Proxy-Authorization: Basic ");
            request.push_str(&Zeroizing::new(base64::encode(login.as_bytes())));
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        self.say(request.as_bytes()).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            if answer.len() >= LONGEST {
                return Err(self.refused("it says too much"));
            }
            answer.extend(self.hear::<1>().await?);
        }
        let answer = String::from_utf8_lossy(&answer);
        let status: String = answer.lines().next().unwrap_or_default().chars().take(LONGEST_STATUS).collect();
        let mut words = status.splitn(3, ' ');
        let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/1."));
        let code = words.next().filter(|code| is_http && code.len() == 3).and_then(|code| code.parse::<u16>().ok());
        match code {
            Some(200..=299) => Ok(()),
            Some(502..=504) => Err(self.unreachable(&status)),
            Some(407) if self.proxy.login.is_none() => Err(self.refused("it wants a name and a password")),
            Some(407) => Err(self.refused("it refuses the name or the password")),
            Some(_) => Err(self.refused(&status)),
            None => Err(self.refused("it does not speak HTTP")),
        }
    }

    async fn say(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let said = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        said.await.map_err(|error| self.broken(&error))
    }

    async fn hear<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let mut bytes = [0; N];
        let read = self.stream.read_exact(&mut bytes).await;
        read.map(|_| bytes).map_err(|error| self.broken(&error))
    }

    /// The proxy itself said no.
    fn refused(&self, said: &str) -> Failure {
        Failure::lasting(FailureKind::Proxy, &self.proxy.to_string(), said)
    }

    /// The proxy tried, and the server is not there.
    fn unreachable(&self, said: &str) -> Failure {
        let there = format!("{}:{}", self.host, self.port);
        Failure::passing(FailureKind::Unreachable, &there, &format!("the proxy {}: {said}", self.proxy))
    }

    fn broken(&self, error: &io::Error) -> Failure {
        let said = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it closed the connection".to_owned(),
            _ => error.to_string(),
        };
        Failure::passing(FailureKind::Proxy, &self.proxy.to_string(), &said)
    }
}
