//! Logging in with the stored password, step by step, as each protocol does it.

use zeroize::Zeroizing;

use crate::model::Secret;
use crate::net::{Protocol, base64};
use crate::sync::INTRODUCTION;

#[derive(Debug)]
pub(super) struct Login {
    pub(super) name: String,
    pub(super) secret: Option<Secret>,
}

/// What was said last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// IMAP: LOGIN, or AUTHENTICATE that waits for its data.
    Login,
    Data,
    /// The data was given; whoever asks again has refused it and waits to be heard out.
    Given,
    Capability,
    Id,
    /// SMTP: EHLO, then AUTH.
    Hello,
    /// The data of PLAIN went with its command.
    Done,
    /// AUTH LOGIN: the name is asked for next, then the password.
    Name,
    Password,
    /// POP3: USER.
    User,
}

/// A command, what it looks like without its secret, and the step that it is.
type Said = (Zeroizing<String>, String, Step);

impl Login {
    /// A name or a password that no command can hold.
    pub(super) fn is_odd(&self) -> bool {
        let odd = |text: &str| text.contains(['\r', '\n', '\0']);
        odd(&self.name) || self.secret.as_ref().is_some_and(|secret| odd(secret.expose()))
    }

    fn exposed(&self) -> &str {
        self.secret.as_ref().map(Secret::expose).unwrap_or_default()
    }

    fn is_by_token(&self) -> bool {
        self.secret.as_ref().is_some_and(Secret::is_token)
    }

    fn mechanism(&self) -> &'static str {
        if self.is_by_token() { "XOAUTH2" } else { "PLAIN" }
    }

    fn data(&self) -> Zeroizing<String> {
        let plain = Zeroizing::new(if self.is_by_token() {
            format!("user={}\x01auth=Bearer {}\x01\x01", self.name, self.exposed())
        } else {
            format!("\0{}\0{}", self.name, self.exposed())
        });
        Zeroizing::new(base64::encode(plain.as_bytes()))
    }

    pub(super) fn first(&self, protocol: Protocol, abilities: &[String]) -> Option<Said> {
        self.secret.as_ref()?;
        Some(match protocol {
            Protocol::Imap => {
                let printable = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
                let disabled = abilities.iter().any(|ability| ability == "LOGINDISABLED");
                if printable(&self.name) && printable(self.exposed()) && !disabled && !self.is_by_token() {
                    let shown = format!("LOGIN {} ***", quoted(&self.name).as_str());
                    let (name, secret) = (quoted(&self.name), quoted(self.exposed()));
                    (Zeroizing::new(format!("LOGIN {} {}", name.as_str(), secret.as_str())), shown, Step::Login)
                } else {
                    plainly(&format!("AUTHENTICATE {}", self.mechanism()), Step::Data)
                }
            }
            Protocol::Smtp => plainly("EHLO localhost", Step::Hello),
            // A token is no password.
            Protocol::Pop3 if self.is_by_token() => return None,
            Protocol::Pop3 => plainly(&format!("USER {}", self.name), Step::User),
        })
    }

    /// After a good answer.
    pub(super) fn next(&self, step: Step, abilities: &[String]) -> Option<Said> {
        match step {
            Step::Login | Step::Data | Step::Given => Some(plainly("CAPABILITY", Step::Capability)),
            // Some servers show no folder to a stranger.
            Step::Capability if abilities.iter().any(|ability| ability == "ID") => {
                Some(plainly(INTRODUCTION, Step::Id))
            }
            Step::Hello => Some(self.auth(abilities)),
            Step::User => Some((Zeroizing::new(format!("PASS {}", self.exposed())), "PASS ***".to_owned(), Step::Done)),
            Step::Capability | Step::Id | Step::Done | Step::Name | Step::Password => None,
        }
    }

    pub(super) fn auth(&self, abilities: &[String]) -> Said {
        let has = |way: &str| abilities.iter().any(|ability| ability == way);
        if has("LOGIN") && !has("PLAIN") && !self.is_by_token() {
            return plainly("AUTH LOGIN", Step::Name);
        }
        let (mechanism, data) = (self.mechanism(), self.data());
        let shown = format!("AUTH {mechanism} ***");
        (Zeroizing::new(format!("AUTH {mechanism} {}", data.as_str())), shown, Step::Done)
    }

    /// After the server asked for more.
    pub(super) fn more(&self, step: Step) -> Option<(Zeroizing<String>, Step)> {
        match step {
            Step::Data => Some((self.data(), Step::Given)),
            Step::Given => Some((Zeroizing::new(String::new()), Step::Given)),
            Step::Name => Some((Zeroizing::new(base64::encode(self.name.as_bytes())), Step::Password)),
            Step::Password => Some((Zeroizing::new(base64::encode(self.exposed().as_bytes())), Step::Done)),
            Step::Login | Step::Capability | Step::Id | Step::Hello | Step::Done | Step::User => None,
        }
    }
}

fn plainly(command: &str, step: Step) -> Said {
    (Zeroizing::new(command.to_owned()), command.to_owned(), step)
}

fn quoted(text: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}
