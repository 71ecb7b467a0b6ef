//! Which way in. A login is said once on a connection, in the way that the server is known to take or offers itself; what
//! was refused as a password is not said again in another way.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::command::{Command, can_be_said};
use super::refusal;
use super::said::{Code, Said, State, Verdict};
use super::session::{Begun, Session};
use crate::config::Account;
use crate::model::{Failure, FailureKind, Quirk, Secret};
use crate::net::base64;

/// No access token is longer.
const LONGEST_TOKEN: usize = 16 * 1024;
/// So often a server may ask for more after it was told everything.
const QUESTIONS: usize = 3;
/// Of what a server says of a token, so much is looked at.
const LONGEST_WORD_ON_IT: usize = 4 * 1024;

/// How a server is known to want to be spoken to before the first folder is opened.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Manners {
    /// It takes LOGIN, whatever it offers or does not.
    pub login_only: bool,
    /// It takes no password at all.
    pub oauth_only: bool,
    /// It keeps its word where it offers to take the whole of AUTHENTICATE in one line.
    pub inline: bool,
    /// It wants to know who asks, whether it says so or not.
    pub introduce: bool,
}

impl Manners {
    pub fn of(account: &Account) -> Self {
        let Some(preset) = &account.preset else { return Self::default() };
        Self {
            login_only: preset.login_only,
            oauth_only: preset.oauth_only,
            inline: preset.sasl_ir,
            introduce: preset.send_id,
        }
    }
}

/// What a server offered before the login.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Offer {
    no_login: bool,
    plain: bool,
    steps: bool,
    bearer: bool,
    inline: bool,
}

impl Offer {
    pub(super) fn of(words: &[String]) -> Self {
        let has = |word: &str| words.iter().any(|told| told == word);
        Self {
            no_login: has("LOGINDISABLED"),
            plain: has("AUTH=PLAIN"),
            steps: has("AUTH=LOGIN"),
            bearer: has("AUTH=XOAUTH2"),
            inline: has("SASL-IR"),
        }
    }
}

/// The login was refused in a way that may be about how it was said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misheard {
    /// What the server would have then.
    pub quirk: Quirk,
    pub evidence: String,
    /// The words were not understood, so that nobody has looked at the secret: it may be said in another way.
    pub again: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entrance {
    Login,
    /// AUTHENTICATE PLAIN.
    Plain,
    /// AUTHENTICATE LOGIN.
    Steps,
    /// AUTHENTICATE XOAUTH2.
    Bearer,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Closed {
    /// It takes tokens only, and we have a password.
    WantsToken,
    /// We have a token, and it takes none.
    WantsPassword,
    /// It lets nobody in here.
    LetsNobodyIn,
}

/// `known` tells what was learned of the server.
pub(super) fn choose(
    token: bool,
    manners: Manners,
    offer: Option<Offer>,
    known: impl Fn(Quirk) -> bool,
) -> Result<Entrance, Closed> {
    let told = offer.unwrap_or_default();
    match (token, manners.oauth_only) {
        (true, true) => return Ok(Entrance::Bearer),
        (true, false) if told.bearer || offer.is_none() => return Ok(Entrance::Bearer),
        (true, false) => return Err(Closed::WantsPassword),
        (false, true) => return Err(Closed::WantsToken),
        (false, false) => {}
    }
    let by_login = !told.no_login && (manners.login_only || !known(Quirk::NoLogin));
    match told {
        _ if by_login => Ok(Entrance::Login),
        Offer { plain: true, .. } => Ok(Entrance::Plain),
        Offer { steps: true, .. } => Ok(Entrance::Steps),
        Offer { no_login: false, .. } => Ok(Entrance::Login),
        Offer { bearer: true, .. } => Err(Closed::WantsToken),
        _ => Err(Closed::LetsNobodyIn),
    }
}

impl Closed {
    pub(super) fn failure(self, host: &str) -> Failure {
        let (kind, said) = match self {
            Self::WantsToken => (
                FailureKind::NoSecret,
                "it takes no passwords (LOGINDISABLED): set secret to { token_command = [\"program\", \"argument\"] } \
                 in config.toml; mutt_oauth2.py, oama and pizauth are such programs",
            ),
            Self::WantsPassword => {
                (FailureKind::Login, "it takes no tokens (no AUTH=XOAUTH2): set secret to where its password is")
            }
            Self::LetsNobodyIn => {
                (FailureKind::Login, "it lets nobody in on this connection (LOGINDISABLED): try tls = \"tls\"")
            }
        };
        match self {
            Self::WantsToken => refusal::at_the_door(said, Failure::lasting(kind, host, said)),
            Self::WantsPassword | Self::LetsNobodyIn => Failure::lasting(kind, host, said),
        }
    }
}

/// True if it can be said at all. A line break in it would begin another command.
pub(super) fn fits(secret: &Secret) -> bool {
    if secret.is_token() {
        // All that a token may have, so that nothing in it is taken for what stands around it.
        secret.expose().len() <= LONGEST_TOKEN && secret.expose().bytes().all(|byte| (b'!'..=b'~').contains(&byte))
    } else {
        can_be_said(secret.expose().as_bytes())
    }
}

impl Entrance {
    /// What is said. `None` if it cannot be.
    pub(super) fn command(self, login: &str, secret: &Secret, inline: bool) -> Option<Command> {
        let secret = secret.expose();
        let coded = |text: String| Zeroizing::new(base64::encode(Zeroizing::new(text).as_bytes()).into_bytes());
        let (mechanism, answers) = match self {
            Self::Login => {
                let command = Command::from("LOGIN").with(login.as_bytes())?.with_secret(secret.as_bytes())?;
                return Some(command.shown_as(format!("LOGIN {login} ***")));
            }
            Self::Plain => ("PLAIN", vec![coded(format!("\0{login}\0{secret}"))]),
            Self::Steps => ("LOGIN", vec![coded(login.to_owned()), coded(secret.to_owned())]),
            Self::Bearer => ("XOAUTH2", vec![coded(format!("user={login}\x01auth=Bearer {secret}\x01\x01"))]),
        };
        Some(Command::from(format!("AUTHENTICATE {mechanism}")).answering(answers, inline && self.is_one_step()))
    }

    fn is_one_step(self) -> bool {
        matches!(self, Self::Plain | Self::Bearer)
    }

    pub(super) fn may_be_inline(self, manners: Manners, offer: Option<Offer>, lies: bool) -> bool {
        self.is_one_step() && manners.inline && !lies && offer.is_some_and(|offer| offer.inline)
    }

    /// What a refusal may mean besides the secret.
    pub(super) fn misheard(self, state: &State, inline: bool) -> Option<Misheard> {
        let about_it = |code: &Code| ["AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED"].iter().any(|name| code.is(name));
        let not_understood = state.verdict == Verdict::Bad && !state.code.as_ref().is_some_and(about_it);
        let quirk = match self {
            _ if inline => Quirk::NoInline,
            Self::Login if not_understood => Quirk::NoLogin,
            _ => return None,
        };
        let word = if state.verdict == Verdict::Bad { "BAD" } else { "NO" };
        let said = match self {
            Self::Login => "LOGIN",
            Self::Plain | Self::Steps | Self::Bearer => "AUTHENTICATE in one line",
        };
        Some(Misheard {
            quirk,
            evidence: format!("{said}: {word}, OK when said in another way"),
            again: not_understood,
        })
    }
}

/// What XOAUTH2 says of a token that it does not take.
#[derive(Deserialize)]
struct Word {
    status: Status,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Status {
    Number(u16),
    Text(String),
}

/// The end of AUTHENTICATE.
pub(super) struct Judged {
    pub(super) state: State,
    /// The server asked back after it had been told everything: it has looked at it.
    pub(super) looked_at: bool,
    /// The status of a token that was refused.
    pub(super) status: Option<u16>,
}

/// The status of a refused token.
pub(crate) fn status(challenge: &str) -> Option<u16> {
    let beginning = challenge.get(..LONGEST_WORD_ON_IT).unwrap_or(challenge);
    match serde_json::from_slice::<Word>(&base64::decode(beginning)).ok()?.status {
        Status::Number(status) => Some(status),
        Status::Text(status) => status.parse().ok(),
    }
}

impl Session {
    /// Says who it is by AUTHENTICATE.
    pub(super) async fn authenticate(
        &mut self,
        command: Command,
        mut each: impl FnMut(&Said),
    ) -> Result<Judged, Failure> {
        let tag = match self.send(command).await? {
            Begun::Sent(tag) => tag,
            // Whoever is let in without having said who it is would read somebody else's mail.
            Begun::Ended(State { verdict: Verdict::Ok, .. }) => {
                return Err(self.nonsense("an answer to a login that is none"));
            }
            Begun::Ended(state) => return Ok(Judged { state, looked_at: false, status: None }),
        };
        let (mut refused, mut questions) = (None, 0);
        loop {
            match self.next().await? {
                Said::Tagged(tagged) => {
                    if let Some(state) = self.answer_to(&tag, tagged)? {
                        return Ok(Judged { state, looked_at: questions > 0, status: refused });
                    }
                }
                Said::Go(challenge) => {
                    questions += 1;
                    if questions > QUESTIONS {
                        return Err(self.nonsense("a login that does not end"));
                    }
                    refused = refused.or(status(&challenge));
                    // That is how a refusal is heard out.
                    self.say("").await?;
                }
                other => {
                    each(&other);
                    self.hear(&other);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
