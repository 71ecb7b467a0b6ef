//! Which way in. A secret is said once on a connection, in a way that the server offers; what was refused as a secret is
//! not said again in another way.

use zeroize::Zeroizing;

use super::offers::Offers;
use crate::model::{Failure, FailureKind, Secret};
use crate::net::base64;

/// No access token is longer.
const LONGEST: usize = 16 * 1024;
/// A longer line is said in two steps: old servers take no more in one.
const IN_ONE_LINE: usize = 500;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entrance {
    Plain,
    /// AUTH LOGIN.
    Steps,
    /// AUTH XOAUTH2.
    Bearer,
    /// The server has no login; whoever may send from here is known otherwise.
    Open,
}

pub(super) fn choose(secret: &Secret, oauth_only: bool, offers: &Offers, host: &str) -> Result<Entrance, Failure> {
    let (plain, steps, bearer) = (offers.has("PLAIN"), offers.has("LOGIN"), offers.has("XOAUTH2"));
    let refuse = |kind, said: &str| Err(Failure::lasting(kind, host, said));
    match secret.is_token() {
        true if bearer || oauth_only => Ok(Entrance::Bearer),
        _ if offers.ways.is_empty() && !oauth_only => Ok(Entrance::Open),
        true => refuse(FailureKind::Login, "it takes no tokens (no AUTH XOAUTH2): set secret to where its password is"),
        false if !oauth_only && plain => Ok(Entrance::Plain),
        false if !oauth_only && steps => Ok(Entrance::Steps),
        false if oauth_only || bearer => refuse(
            FailureKind::NoSecret,
            "it takes no passwords: set secret to { token_command = [\"program\", \"argument\"] } in config.toml",
        ),
        false => refuse(FailureKind::Login, "it offers no way to log in that hongyan knows"),
    }
}

/// True if it can be said at all.
pub(super) fn fits(login: &str, secret: &Secret) -> bool {
    let odd = |text: &str| text.len() > LONGEST || text.bytes().any(|byte| matches!(byte, 0 | b'\r' | b'\n'));
    // All that a token may have, so that nothing in it is taken for what stands around it.
    let token = |text: &str| text.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    !odd(login) && !odd(secret.expose()) && (!secret.is_token() || (token(secret.expose()) && !login.contains('\u{1}')))
}

/// What is said, a line for each question.
pub(super) struct Words {
    /// The first line, and how it may be shown.
    pub(super) first: (Zeroizing<String>, String),
    /// What is answered to each question, coded.
    pub(super) answers: Vec<Zeroizing<String>>,
}

impl Entrance {
    /// `None` if nothing is to be said.
    pub(super) fn words(self, login: &str, secret: &Secret) -> Option<Words> {
        let secret = secret.expose();
        let coded = |text: String| Zeroizing::new(base64::encode(Zeroizing::new(text).as_bytes()));
        let (name, mut answers) = match self {
            Self::Plain => ("PLAIN", vec![coded(format!("\0{login}\0{secret}"))]),
            Self::Steps => ("LOGIN", vec![coded(login.to_owned()), coded(secret.to_owned())]),
            Self::Bearer => ("XOAUTH2", vec![coded(format!("user={login}\x01auth=Bearer {secret}\x01\x01"))]),
            Self::Open => return None,
        };
        let inline = match self {
            Self::Bearer => true,
            Self::Plain => answers.first().is_some_and(|answer| answer.len() <= IN_ONE_LINE),
            Self::Steps | Self::Open => false,
        };
        let first = if inline {
            let answer = answers.remove(0);
            (Zeroizing::new(format!("AUTH {name} {}", *answer)), format!("AUTH {name} ***"))
        } else {
            (Zeroizing::new(format!("AUTH {name}")), format!("AUTH {name}"))
        };
        Some(Words { first, answers })
    }
}
