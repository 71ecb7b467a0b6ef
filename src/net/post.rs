//! One small form, sent to a web server: as much of HTTP as leaving a mailing list takes (RFC 8058).
//!
//! Whoever writes a message chooses where this goes. So it is asked for by the user, goes to a name that was shown, is
//! encrypted, and never to this machine or into the user's own network. Nothing is told but what the address says:
//! no cookie, no login, no language.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::dial::{Dialer, addresses};
use super::line::Line;
use super::speaks::Tapped;
use crate::model::{Failure, FailureKind, Route, Server, TlsMode};

/// For all of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Of an answer; only its first lines are read.
const ANSWER: usize = 64 * 1024;
/// Of its head.
const HEAD: usize = 16 * 1024;
/// How often it is sent on to another page of the same host.
const REDIRECTS: usize = 3;
const LONGEST_URL: usize = 16 * 1024;

/// Where it goes, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place {
    host: String,
    port: u16,
    /// Begins with a slash.
    path: String,
}

impl Place {
    /// Only https, and nothing in it that would end a line.
    fn of(url: &str) -> Option<Self> {
        let rest = url.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).and_then(|_| url.get(8..))?;
        if url.len() > LONGEST_URL || !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        if authority.is_empty() || authority.contains('@') || path.starts_with('\\') {
            return None;
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') && !port.contains(']') => (host, port.parse().ok()?),
            _ => (authority, 443),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        (!host.is_empty()).then_some(Self { host, port, path })
    }

    fn server(&self) -> Server {
        Server { host: self.host.clone(), port: self.port, tls: TlsMode::Tls }
    }

    /// As the server is told it.
    fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == 443 { host } else { format!("{host}:{}", self.port) }
    }

    /// Where an answer sends us on to, if that is the same host.
    fn next(&self, location: &str) -> Option<Self> {
        if location.starts_with('/') && !location.starts_with("//") {
            return Self::of(&format!("https://{}{location}", self.authority()));
        }
        Self::of(location).filter(|next| next.host == self.host && next.port == self.port)
    }
}

impl Dialer {
    /// Sends a form to an address of the web. The status that was answered in the end.
    pub async fn post(&self, url: &str, form: &str) -> Result<u16, Failure> {
        let place = Place::of(url).ok_or_else(|| Failure::lasting(FailureKind::Refused, url, "no https address"))?;
        let host = place.host.clone();
        let late = |_| Failure::passing(FailureKind::TimedOut, &host, "");
        timeout(PATIENCE.min(self.limits.answer), self.post_on(place, form)).await.map_err(late)?
    }

    async fn post_on(&self, mut place: Place, form: &str) -> Result<u16, Failure> {
        for _ in 0..=REDIRECTS {
            let (status, location) = self.post_once(&place, form).await?;
            match (status, location) {
                // What was sent was taken, and there is a page to look at.
                (303, _) => return Ok(status),
                (301 | 302 | 307 | 308, Some(location)) => {
                    let elsewhere =
                        || Failure::lasting(FailureKind::Refused, &place.host, "it wants to be asked at another host");
                    place = place.next(&location).ok_or_else(elsewhere)?;
                }
                (status, _) => return Ok(status),
            }
        }
        Err(Failure::lasting(FailureKind::Refused, &place.host, "it sends us on again and again"))
    }

    async fn post_once(&self, place: &Place, form: &str) -> Result<(u16, Option<String>), Failure> {
        let host = place.host.as_str();
        let server = place.server();
        let tcp = self.reach_in_public(&server).await?;
        let (tapped, beginning) = Tapped::new(tcp);
        let stream = self.encrypt_over(&server, tapped, &beginning).await?;
        let mut line = Line::new(stream, self.limits.answer);
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: hongyan\r\nAccept: */*\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
            place.path,
            place.authority(),
            form.len()
        );
        let broken = |error: std::io::Error| Failure::passing(FailureKind::Dropped, host, &error.to_string());
        line.write_all(head.as_bytes()).await.map_err(broken)?;
        line.flush().await.map_err(broken)?;
        let mut answer = Vec::new();
        let mut buffer = vec![0; 4096];
        while answer.len() < ANSWER {
            if let Some(read) = read_head(&answer) {
                return Ok(read);
            }
            if answer.len() >= HEAD {
                break;
            }
            match line.read(&mut buffer).await {
                Ok(0) => break,
                Ok(read) => answer.extend_from_slice(buffer.get(..read).unwrap_or_default()),
                Err(error) => return Err(broken(error)),
            }
        }
        Err(Failure::passing(FailureKind::Protocol, host, "no answer in HTTP"))
    }

    /// Like any other connection, but not to this machine and not into a network that only we see: there, nobody asked
    /// for it. A rule of the user's own (`connect_to`) is theirs.
    async fn reach_in_public(&self, server: &Server) -> Result<tokio::net::TcpStream, Failure> {
        let has_rule = self.connect_to.iter().any(|rule| rule.is_for(server));
        let refused =
            || Failure::lasting(FailureKind::Refused, &server.host, "an address that only this network knows");
        if has_rule {
            return Ok(self.reach(server).await?.0);
        }
        match (&self.route, server.host.parse::<IpAddr>()) {
            (Route::Direct, _) => {
                // Looked up once: what was checked is where it goes.
                let found = addresses(&server.host, server.port, self.limits.connect).await?;
                if !found.iter().all(|address| is_public(address.ip())) {
                    return Err(refused());
                }
                self.connect(&server.to_string(), &found).await
            }
            (_, Ok(address)) if !is_public(address) => Err(refused()),
            _ if is_local_name(&server.host) => Err(refused()),
            _ => Ok(self.reach(server).await?.0),
        }
    }
}

/// Names that a proxy would look up in its own network.
fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    !host.contains(['.', ':'])
        || ["localhost", "local", "internal", "lan", "home.arpa"].iter().any(|end| host.ends_with(end))
}

/// True if everybody on the internet means the same machine by it.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(inside) => is_public_v4(inside),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let reserved = a == 0 || a >= 240 || (a == 192 && b == 0 && c == 0) || (a == 198 && (18..20).contains(&b));
    !(shared
        || reserved
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_unspecified())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Global addresses begin with 2 or 3; of those, what carries an older address in it may lead anywhere.
    (0x2000..0x4000).contains(&first) && first != 0x2002 && !(first == 0x2001 && matches!(second, 0 | 0xdb8))
}

/// The status and where else to ask, once the whole head is there.
fn read_head(answer: &[u8]) -> Option<(u16, Option<String>)> {
    let text = String::from_utf8_lossy(answer.get(..answer.len().min(HEAD)).unwrap_or_default());
    let (head, _) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n"))?;
    let mut lines = head.lines();
    let first = lines.next()?;
    let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1))?;
    let status: u16 = status.parse().ok().filter(|status| (100..600).contains(status))?;
    if status < 200 {
        // Not the answer yet.
        let (_, rest) = text.split_once("\r\n\r\n")?;
        return read_head(rest.as_bytes());
    }
    let location = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    Some((status, location))
}

#[cfg(test)]
mod tests;
