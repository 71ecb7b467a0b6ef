//! The form of somebody who has no account yet, or one more, or another password: two answers, tried while the form is
//! still there. Like the rest of `app` it only decides: events come in, effects go out as data.

mod address;
mod by_hand;
mod form;
mod keys;
mod trying;

pub use super::edit::Line;
pub use by_hand::ByHand;
pub use form::{Form, Purpose};

use crate::app::TerminalRequest;
use crate::config::{AccountEntry, Address, Preset};
use crate::model::{Failure, FailureKind, Fingerprint, KeyPress, Moment, Secret, Server, Ticket};
use crate::text::SafeText;

/// What happens to a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    Key(KeyPress),
    Paste(String),
    /// What time it is; said first whenever the loop wakes, and at the latest at `Form::next_wake`.
    Clock(Moment),
    /// Whether there is a keyring, and if not, why.
    Keyring(Result<(), SafeText>),
    Found {
        ticket: Ticket,
        hosting: Hosting,
    },
    /// How far a login has come.
    Doing {
        ticket: Ticket,
        doing: Doing,
    },
    Tried {
        ticket: Ticket,
        result: Result<Tried, Failure>,
    },
    Kept {
        ticket: Ticket,
        result: Result<(), Failure>,
    },
}

/// What shall be done for a form, beside the loop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    AskKeyring,
    LookUp {
        ticket: Ticket,
        address: Address,
    },
    Try {
        ticket: Ticket,
        whom: Whom,
        secret: Secret,
    },
    Cancel(Ticket),
    /// Put the secret where the account says, then write the account.
    Keep {
        ticket: Ticket,
        entry: Box<AccountEntry>,
        secret: Secret,
    },
    /// Put the secret in the place of the old one.
    Replace {
        ticket: Ticket,
        name: String,
        secret: Secret,
    },
    Terminal(TerminalRequest),
    End(End),
}

/// Where to log in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whom {
    /// As a new account; where no server is known, at those that may be its own.
    New(Box<AccountEntry>),
    /// As an account that is there, by its name.
    Known(String),
}

/// How a form ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    GivenUp,
    /// Show the demo instead.
    Demo,
    /// The account is in config.toml now. The secret is for the time until the program ends, wherever else it is kept.
    Joined {
        name: String,
        secret: Secret,
    },
    /// A secret for an account that was there before.
    Entered {
        name: String,
        secret: Secret,
    },
}

/// Who has the mail of an address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hosting {
    Known(Box<Preset>),
    /// The domain is somebody's own, and its mail lies at a provider that is known.
    Hosted(Box<Preset>),
    Guesses(Vec<Server>),
    Unknown(Failure),
}

/// What is being done just now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doing {
    LookingUp(SafeText),
    Connecting(SafeText),
    LoggingIn,
    Opening,
    Keeping,
}

/// It went well: this is what is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tried {
    pub server: Server,
    /// Messages in the inbox.
    pub messages: u32,
}

/// Where the secret is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeepIn {
    Keyring,
    File,
    EachTime,
    /// A program will print it; which one is for the user to write.
    Program,
}

impl KeepIn {
    /// What is offered where there is no keyring.
    pub const CHOICES: [Self; 3] = [Self::File, Self::EachTime, Self::Program];
}

/// A place of the form that can have the keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spot {
    Address,
    Secret,
    Server,
    Port,
    Encryption,
    Login,
    /// Buttons.
    Try,
    ByHand,
    Demo,
}

/// What stands in the way. The words are in the catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    NoAddress,
    KnownAlready(SafeText),
    NoSecret,
    NoServer,
    NoPort,
    Failed(Failure),
    /// The provider takes no password from mail programs.
    OAuthOnly,
    /// The domain is nearly one that is known: was this address meant? Enter once more, and it stays as it is.
    ProbablyMeant(SafeText),
    /// Nobody knows the server. One of these will get the secret, at the next Enter.
    ToBeTried(Vec<Server>),
    /// The same key once more, and what was typed is gone; or a login that worked, and was not kept yet.
    Leaving,
    Cancelled,
}

/// What the form is doing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    Asking,
    /// `None`: who has the mail is still being looked up.
    Trying {
        ticket: Option<Ticket>,
        doing: Doing,
    },
    /// Shall this certificate be trusted, and no other?
    Pinning(Fingerprint),
    /// It was let in; the keyring or the disk is at work. `None`: whether there is a keyring is not known yet.
    Keeping {
        ticket: Option<Ticket>,
        tried: Tried,
    },
    /// Where to keep the secret; why there is a choice.
    Choosing {
        cursor: usize,
        why: SafeText,
        tried: Tried,
    },
    Done {
        tried: Tried,
        kept: Option<KeepIn>,
    },
}

/// The certificate that was refused, if it may be trusted alone.
fn refused_certificate(failure: &Failure) -> Option<Fingerprint> {
    let refused = matches!(failure.kind, FailureKind::UntrustedCertificate | FailureKind::WrongName);
    // The fingerprint is told last: what stands before it was written by whoever made the certificate.
    let last = failure.said.as_str().rsplit_once("; ").map_or(failure.said.as_str(), |(_, last)| last);
    last.parse().ok().filter(|_| refused)
}

#[cfg(test)]
mod tests;
