//! Asking an IMAP server for encryption, in clear, and trusting nothing that was said before it.
//!
//! A byte that arrives after the server's OK and before the handshake was put there by somebody on the way; it would be
//! taken for an answer inside the encryption. So would capabilities: they are asked for again.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::model::{Failure, FailureKind};

/// More than this in clear, and it is no mail server.
const LONGEST: usize = 8 * 1024;

pub(super) async fn ask_imap(tcp: &mut TcpStream, host: &str) -> Result<(), Failure> {
    let mut talk = Talk { tcp, host, held: Vec::new() };
    let greeting = talk.line().await?;
    if starts_with(&greeting, b"* PREAUTH") {
        return Err(talk.wrong("the server skips the login before it is encrypted"));
    }
    if !starts_with(&greeting, b"* OK") {
        return Err(talk.wrong(&String::from_utf8_lossy(&greeting)));
    }
    talk.nothing_left()?;
    talk.tcp.write_all(b"s1 STARTTLS\r\n").await.map_err(|error| talk.broken(&error))?;
    loop {
        let line = talk.line().await?;
        if starts_with(&line, b"s1 OK") {
            return talk.nothing_left();
        }
        if starts_with(&line, b"s1 ") {
            return Err(talk.wrong(&String::from_utf8_lossy(&line)));
        }
        if !starts_with(&line, b"* ") {
            return Err(talk.wrong(&String::from_utf8_lossy(&line)));
        }
    }
}

struct Talk<'a> {
    tcp: &'a mut TcpStream,
    host: &'a str,
    held: Vec<u8>,
}

impl Talk<'_> {
    async fn line(&mut self) -> Result<Vec<u8>, Failure> {
        loop {
            if let Some(end) = memchr::memmem::find(&self.held, b"\r\n") {
                let rest = self.held.split_off(end + 2);
                let mut line = std::mem::replace(&mut self.held, rest);
                line.truncate(end);
                return Ok(line);
            }
            if self.held.len() > LONGEST {
                return Err(self.wrong("too much before the encryption"));
            }
            let mut buffer = [0; 1024];
            let read = self.tcp.read(&mut buffer).await.map_err(|error| self.broken(&error))?;
            if read == 0 {
                return Err(Failure::passing(FailureKind::Dropped, self.host, ""));
            }
            self.held.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
    }

    fn nothing_left(&self) -> Result<(), Failure> {
        if self.held.is_empty() { Ok(()) } else { Err(self.wrong("somebody spoke before the encryption")) }
    }

    fn wrong(&self, said: &str) -> Failure {
        Failure::lasting(FailureKind::StartTls, self.host, said)
    }

    fn broken(&self, error: &std::io::Error) -> Failure {
        Failure::passing(FailureKind::Dropped, self.host, &error.to_string())
    }
}

fn starts_with(line: &[u8], prefix: &[u8]) -> bool {
    line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
