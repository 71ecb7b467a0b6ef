//! Asking a server for encryption, in clear, and trusting nothing that was said before it.
//!
//! A byte that arrives after the server's OK and before the handshake was put there by somebody on the way; it would be
//! taken for an answer inside the encryption. So would capabilities: they are asked for again. Nothing that was said in
//! clear is shown either: whoever wrote it may not be the server.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::dial::Protocol;
use crate::model::{Failure, FailureKind};

/// More than this in clear, and it is no mail server.
const LONGEST: usize = 8 * 1024;

/// Afterwards the next byte on the stream belongs to the handshake.
pub(super) async fn ask<S>(protocol: Protocol, stream: &mut S, host: &str) -> Result<(), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut talk = Talk { stream, host, held: Vec::new(), room: LONGEST };
    match protocol {
        Protocol::Imap => talk.imap().await,
        Protocol::Smtp => talk.smtp().await,
        Protocol::Pop3 => talk.pop3().await,
    }
}

struct Talk<'a, S> {
    stream: &'a mut S,
    host: &'a str,
    held: Vec<u8>,
    /// How many more bytes are listened to.
    room: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<'_, S> {
    async fn imap(&mut self) -> Result<(), Failure> {
        let greeting = self.line().await?;
        if starts_with(&greeting, b"* PREAUTH") {
            return Err(self.wrong("the server skips the login before it is encrypted"));
        }
        if starts_with(&greeting, b"* BYE") {
            return Err(self.busy());
        }
        if !starts_with(&greeting, b"* OK") {
            return Err(self.wrong("no greeting of an IMAP server"));
        }
        self.say(b"s1 STARTTLS\r\n").await?;
        loop {
            let line = self.line().await?;
            if starts_with(&line, b"s1 OK") {
                return self.nothing_left();
            }
            if starts_with(&line, b"* BYE") {
                return Err(self.busy());
            }
            if !starts_with(&line, b"* ") {
                return Err(self.wrong("the server refuses STARTTLS"));
            }
        }
    }

    async fn smtp(&mut self) -> Result<(), Failure> {
        match self.reply().await? {
            220 => {}
            421 => return Err(self.busy()),
            _ => return Err(self.wrong("no greeting of an SMTP server")),
        }
        // Who we are is nobody's business before the encryption, and little of it after.
        self.say(b"EHLO [127.0.0.1]\r\n").await?;
        if self.reply().await? != 250 {
            return Err(self.wrong("the server refuses EHLO"));
        }
        self.say(b"STARTTLS\r\n").await?;
        match self.reply().await? {
            220 => self.nothing_left(),
            421 => Err(self.busy()),
            _ => Err(self.wrong("the server refuses STARTTLS")),
        }
    }

    async fn pop3(&mut self) -> Result<(), Failure> {
        if !starts_with(&self.line().await?, b"+OK") {
            return Err(self.wrong("no greeting of a POP3 server"));
        }
        self.say(b"STLS\r\n").await?;
        if !starts_with(&self.line().await?, b"+OK") {
            return Err(self.wrong("the server refuses STLS"));
        }
        self.nothing_left()
    }

    /// Says a line, if nobody spoke out of turn before it.
    async fn say(&mut self, line: &[u8]) -> Result<(), Failure> {
        self.nothing_left()?;
        let said = async {
            self.stream.write_all(line).await?;
            self.stream.flush().await
        };
        said.await.map_err(|error| self.broken(&error))
    }

    /// The code of a reply of SMTP, all lines of it.
    async fn reply(&mut self) -> Result<u16, Failure> {
        loop {
            let line = self.line().await?;
            let code = line.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit));
            let code = code.and_then(|digits| str::from_utf8(digits).ok()).and_then(|digits| digits.parse().ok());
            match (code, line.get(3)) {
                (Some(code), None | Some(b' ')) => return Ok(code),
                (Some(_), Some(b'-')) => {}
                _ => return Err(self.wrong("no answer of an SMTP server")),
            }
        }
    }

    async fn line(&mut self) -> Result<Vec<u8>, Failure> {
        loop {
            if let Some(end) = memchr::memmem::find(&self.held, b"\r\n") {
                let rest = self.held.split_off(end + 2);
                let mut line = std::mem::replace(&mut self.held, rest);
                line.truncate(end);
                return Ok(line);
            }
            let mut buffer = [0; 1024];
            let read = self.stream.read(&mut buffer).await.map_err(|error| self.broken(&error))?;
            if read == 0 {
                return Err(Failure::passing(FailureKind::Dropped, self.host, ""));
            }
            self.room = self.room.checked_sub(read).ok_or_else(|| self.wrong("too much before the encryption"))?;
            self.held.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
    }

    fn nothing_left(&self) -> Result<(), Failure> {
        if self.held.is_empty() { Ok(()) } else { Err(self.wrong("somebody spoke before the encryption")) }
    }

    fn wrong(&self, said: &str) -> Failure {
        Failure::lasting(FailureKind::StartTls, self.host, said)
    }

    fn busy(&self) -> Failure {
        Failure::passing(FailureKind::Refused, self.host, "")
    }

    fn broken(&self, error: &std::io::Error) -> Failure {
        Failure::passing(FailureKind::Dropped, self.host, &error.to_string())
    }
}

fn starts_with(line: &[u8], prefix: &[u8]) -> bool {
    line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
