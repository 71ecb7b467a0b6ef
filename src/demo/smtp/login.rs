//! Who it is that hands mail over.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use super::super::base64;
use super::session::{Next, Session};
use super::wire::Wire;

impl Session {
    pub(super) async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        rest: &str,
    ) -> io::Result<Next> {
        let mut words = rest.split_ascii_whitespace();
        let mechanism = words.next().unwrap_or_default().to_ascii_uppercase();
        let initial = words.next().map(str::to_owned);
        if !self.secure {
            self.say(wire, "530 Must issue a STARTTLS command first").await?;
            return Ok(Next::Go);
        }
        if self.login.is_some() {
            self.say(wire, "503 Error: already authenticated").await?;
            return Ok(Next::Go);
        }
        if !self.manners.offers(&mechanism) {
            self.say(wire, "504 Unrecognized authentication type").await?;
            return Ok(Next::Go);
        }
        let Some((user, secret)) = (match mechanism.as_str() {
            "PLAIN" => self.in_one(wire, initial).await?,
            "XOAUTH2" => self.by_token(wire, initial).await?,
            _ => self.in_steps(wire, initial).await?,
        }) else {
            self.say(wire, "501 Authentication cancelled").await?;
            return Ok(Next::Go);
        };
        let token = mechanism == "XOAUTH2";
        let who = String::from_utf8_lossy(&user).into_owned();
        if self.keeper.ask(move |world| world.admits_sender(&user, &secret, token)).await? {
            self.login = Some(who);
            self.say(wire, self.manners.admitted).await?;
            return Ok(Next::Go);
        }
        if token {
            // What is wrong with it is told by a question, and the refusal comes behind the answer.
            let why = r#"{"status":"401","schemes":"bearer","scope":"https://mail.example/"}"#;
            let _ = self.ask(wire, &base64::encode(why.as_bytes())).await?;
        }
        self.say(wire, self.manners.refused).await?;
        if !self.manners.refusal_closes {
            return Ok(Next::Go);
        }
        wire.close().await?;
        Ok(Next::Close)
    }

    /// What is answered to a question; `None` if nothing more comes.
    async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        question: &str,
    ) -> io::Result<Option<Vec<u8>>> {
        self.say(wire, &format!("334 {question}")).await?;
        Ok(wire.line().await?.filter(|line| line != b"*").map(|line| base64::decode(&line)))
    }

    async fn in_one<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        initial: Option<String>,
    ) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let said = match initial {
            Some(initial) => Some(base64::decode(initial.as_bytes())),
            None => self.ask(wire, "").await?,
        };
        let Some(said) = said else { return Ok(None) };
        let mut pieces = said.split(|byte| *byte == 0);
        let (_, user, secret) = (pieces.next(), pieces.next(), pieces.next());
        Ok(user.zip(secret).map(|(user, secret)| (user.to_vec(), secret.to_vec())))
    }

    async fn in_steps<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        initial: Option<String>,
    ) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let [first, second] = self.manners.questions;
        let user = match initial {
            Some(initial) => Some(base64::decode(initial.as_bytes())),
            None => self.ask(wire, first).await?,
        };
        let Some(user) = user else { return Ok(None) };
        Ok(self.ask(wire, second).await?.map(|secret| (user, secret)))
    }

    async fn by_token<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        wire: &mut Wire<S>,
        initial: Option<String>,
    ) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let said = match initial {
            Some(initial) => Some(base64::decode(initial.as_bytes())),
            None => self.ask(wire, "").await?,
        };
        let Some(said) = said else { return Ok(None) };
        let parts = said.strip_prefix(b"user=").and_then(|said| said.strip_suffix(b"\x01\x01"));
        let parts: Vec<&[u8]> = parts.unwrap_or_default().split(|byte| *byte == 1).collect();
        Ok(match parts.as_slice() {
            [user, bearer] => bearer.strip_prefix(b"auth=Bearer ").map(|token| (user.to_vec(), token.to_vec())),
            _ => None,
        })
    }
}
