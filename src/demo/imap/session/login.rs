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
        if !self.logged_in {
            let wrong = self.personality.wrong_password;
            return Ok(Reply::no(wrong.strip_prefix("NO ").unwrap_or(wrong)));
        }
        let told = self.personality.toggles.login_tells_capabilities;
        let code = told.then(|| format!("CAPABILITY {}", self.capabilities()));
        Ok(Reply { lines: Vec::new(), status: Status::Done(code) })
    }

    pub(super) async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        mechanism: &str,
        initial: Option<String>,
    ) -> io::Result<Reply> {
        let offered = self.personality.before_login.iter().filter_map(|c| c.strip_prefix("AUTH="));
        match offered.into_iter().find(|offered| offered.eq_ignore_ascii_case(mechanism)) {
            Some("PLAIN") => {}
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
        let mut pieces = plain.split(|b| *b == 0);
        let (Some(_), Some(user), Some(password), None) = (pieces.next(), pieces.next(), pieces.next(), pieces.next())
        else {
            return Ok(Reply::bad("That is not an answer to PLAIN"));
        };
        self.log_in(user.to_vec(), password.to_vec()).await
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
