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
        if mechanism != "PLAIN" {
            return Ok(Reply::no("That mechanism is not offered"));
        }
        let coded = if let Some(coded) = initial {
            coded.into_bytes()
        } else {
            wire.send(b"+ \r\n").await?;
            wire.flush().await?;
            let line = wire.line().await?.unwrap_or_default();
            if line.trim_ascii() == b"*" {
                return Ok(Reply::bad("Given up"));
            }
            line
        };
        let plain = base64::decode(coded.trim_ascii());
        let mut pieces = plain.split(|b| *b == 0);
        let (Some(_), Some(user), Some(password), None) = (pieces.next(), pieces.next(), pieces.next(), pieces.next())
        else {
            return Ok(Reply::bad("That is not an answer to PLAIN"));
        };
        self.log_in(user.to_vec(), password.to_vec()).await
    }
}
