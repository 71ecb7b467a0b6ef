//! Who it is.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use super::super::super::base64;
use super::super::wire::Wire;
use super::super::world::{Reply, Status};
use super::Session;

impl Session {
    pub(super) async fn log_in(&mut self, user: Vec<u8>, password: Vec<u8>) -> io::Result<Reply> {
        let id = self.id;
        self.logged_in = self.keeper.ask(move |world| world.log_in(id, &user, &password)).await?;
        Ok(if self.logged_in { self.let_in() } else { self.turned_away() })
    }

    pub(super) async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        mechanism: &str,
        initial: Option<String>,
    ) -> io::Result<Reply> {
        let offered = self.personality.before_login.iter().filter_map(|c| c.strip_prefix("AUTH="));
        let offered = offered.into_iter().find(|offered| offered.eq_ignore_ascii_case(mechanism));
        if let (Some(refusal), true) = (self.personality.toggles.inline_refused, initial.is_some()) {
            let (word, why) = refusal.split_once(' ').unwrap_or((refusal, ""));
            return Ok(if word == "BAD" { Reply::bad(why) } else { Reply::no(why) });
        }
        match offered {
            Some("PLAIN" | "XOAUTH2") => {}
            Some("LOGIN") if initial.is_none() => return self.authenticate_in_two_steps(wire).await,
            _ => return Ok(Reply::no("That mechanism is not offered")),
        }
        if initial.is_some() && !self.personality.can("SASL-IR") {
            return Ok(Reply::bad("Too many arguments"));
        }
        let coded = match initial {
            Some(coded) => coded.into_bytes(),
            None => match answered(wire, "").await? {
                Some(coded) => coded,
                None => return Ok(Reply::bad("Given up")),
            },
        };
        let plain = base64::decode(coded.trim_ascii());
        if offered == Some("XOAUTH2") {
            return self.log_in_by_token(wire, &plain).await;
        }
        let mut pieces = plain.split(|b| *b == 0);
        let (Some(_), Some(user), Some(password), None) = (pieces.next(), pieces.next(), pieces.next(), pieces.next())
        else {
            return Ok(Reply::bad("That is not an answer to PLAIN"));
        };
        self.log_in(user.to_vec(), password.to_vec()).await
    }

    /// A token that is not taken is told so by a question, and the refusal comes behind the answer to it.
    async fn log_in_by_token<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        said: &[u8],
    ) -> io::Result<Reply> {
        let parts = said.strip_prefix(b"user=").and_then(|said| said.strip_suffix(b"\x01\x01"));
        let parts: Vec<&[u8]> = parts.unwrap_or_default().split(|byte| *byte == 1).collect();
        let (user, token) = match parts.as_slice() {
            [user, bearer] => (user.to_vec(), bearer.strip_prefix(b"auth=Bearer ").unwrap_or_default().to_vec()),
            _ => return Ok(Reply::bad("That is not an answer to XOAUTH2")),
        };
        let id = self.id;
        self.logged_in = self.keeper.ask(move |world| world.log_in_by_token(id, &user, &token)).await?;
        if self.logged_in {
            return Ok(self.let_in());
        }
        let why = r#"{"status":"401","schemes":"bearer","scope":"https://mail.example/"}"#;
        let heard_out = answered(wire, why).await?.is_some_and(|answer| answer.trim_ascii().is_empty());
        Ok(if heard_out { self.turned_away() } else { Reply::bad("An empty line was due") })
    }

    fn turned_away(&self) -> Reply {
        let wrong = self.personality.wrong_password;
        Reply::no(wrong.strip_prefix("NO ").unwrap_or(wrong))
    }

    fn let_in(&self) -> Reply {
        let told = self.personality.toggles.login_tells_capabilities;
        let code = told.then(|| format!("CAPABILITY {}", self.capabilities()));
        Reply { lines: Vec::new(), status: Status::Done(code) }
    }

    /// AUTH=LOGIN, which is in no book.
    async fn authenticate_in_two_steps<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
    ) -> io::Result<Reply> {
        let Some(user) = answered(wire, "Username:").await? else { return Ok(Reply::bad("Given up")) };
        let Some(password) = answered(wire, "Password:").await? else { return Ok(Reply::bad("Given up")) };
        self.log_in(base64::decode(user.trim_ascii()), base64::decode(password.trim_ascii())).await
    }
}

/// What the client answers to a question; `None` if it gives up.
async fn answered<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    question: &str,
) -> io::Result<Option<Vec<u8>>> {
    wire.send(format!("+ {}\r\n", base64::encode(question.as_bytes())).as_bytes()).await?;
    wire.flush().await?;
    let line = wire.line().await?.unwrap_or_default();
    Ok(Some(line).filter(|line| line.trim_ascii() != b"*"))
}
