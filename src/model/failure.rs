//! What went wrong, as a value. The words for it stand in the catalogue.

use crate::text::SafeText;

/// By this name the table of remedies has words for it.
const ACCOUNT_REMOVED: &str = "account-removed";

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    pub kind: FailureKind,
    /// The host, file or folder it is about; may be empty.
    pub about: SafeText,
    /// What the other side said, in its own words, made safe; may be empty.
    pub said: SafeText,
    pub retry: Retry,
    /// What helps, by its name in the table of remedies, if the words are known there.
    pub remedy: Option<&'static str>,
    /// A login with the same secret went well since the start.
    pub worked_before: bool,
}

impl Failure {
    /// A failure that is worth another try in a while.
    pub fn passing(kind: FailureKind, about: &str, said: &str) -> Self {
        Self {
            kind,
            about: SafeText::of(about),
            said: SafeText::of(said),
            retry: Retry::Later,
            remedy: None,
            worked_before: false,
        }
    }

    /// A failure that stays until somebody does something about it.
    pub fn lasting(kind: FailureKind, about: &str, said: &str) -> Self {
        Self { retry: Retry::AfterUser, ..Self::passing(kind, about, said) }
    }

    /// The account was taken out of the settings while the program was open.
    pub fn account_removed(name: &str) -> Self {
        let failure = Self::passing(FailureKind::Refused, name, "");
        Self { retry: Retry::Patience, remedy: Some(ACCOUNT_REMOVED), ..failure }
    }

    pub fn is_account_removed(&self) -> bool {
        self.remedy == Some(ACCOUNT_REMOVED)
    }

    /// The server itself does not want this login now: it is tried again only when that is meant.
    pub fn is_refusal(&self) -> bool {
        let by_server = matches!(
            self.kind,
            FailureKind::Login | FailureKind::Mistrusted | FailureKind::Throttled | FailureKind::Refused
        );
        by_server && self.retry != Retry::Later
    }

    /// There is advice for this very case.
    pub fn is_advised(&self) -> bool {
        self.remedy.is_some() || (self.worked_before && self.retry == Retry::Doubtful)
    }

    /// Another password or code may mend it.
    pub fn wants_a_secret(&self) -> bool {
        matches!(self.kind, FailureKind::Login | FailureKind::NoSecret | FailureKind::Mistrusted)
    }
}

/// Whether it makes sense to try again without being told to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    /// Soon, then ever more seldom.
    Later,
    /// The other side asks for patience: a quarter of an hour and more.
    Patience,
    /// Nobody knows whether it is the secret or only too many logins: like patience, and not for ever.
    Doubtful,
    AfterUser,
}

impl Retry {
    pub const EVERY: [Self; 4] = [Self::Later, Self::Patience, Self::Doubtful, Self::AfterUser];

    /// The stable word for JSON; never translated.
    pub fn code(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::Patience => "patience",
            Self::Doubtful => "doubtful",
            Self::AfterUser => "after-user",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FailureKind {
    /// The host name has no address.
    UnknownHost,
    /// Nothing answers at the address.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The connection was closed in the middle.
    Dropped,
    /// The certificate is not signed by anybody we trust.
    UntrustedCertificate,
    /// The certificate is for another name.
    WrongName,
    /// The certificate is not valid at this time.
    Expired,
    /// The certificate is not the one that the account is pinned to.
    PinChanged,
    /// TLS failed in another way.
    Tls,
    /// Encrypted from the first byte was asked for, and the port speaks in clear.
    PlainPort,
    /// The port is encrypted from the first byte, and that was not asked for.
    TlsPort,
    /// A web server answers: mostly a network that wants a login first.
    Portal,
    /// The proxy is not there, or it said no.
    Proxy,
    /// The server offers no STARTTLS, or spoke before the encryption began.
    StartTls,
    /// The account asks for an unencrypted connection to another machine.
    Plaintext,
    /// The login was refused.
    Login,
    /// We were let in, and the server opens no folder for a program like this.
    Mistrusted,
    /// There is no password to log in with.
    NoSecret,
    /// The server asks for patience.
    Throttled,
    /// The server said no to something.
    Refused,
    /// The server said something that makes no sense.
    Protocol,
    /// The message, folder or file is not there (any more).
    Gone,
    /// The server does not list the message any more, and its text was not fetched before.
    Unlisted,
    /// There is no room on the disk, or it cannot be written.
    Disk,
    /// The store is damaged.
    Damaged,
    /// Another hongyan has this profile.
    InUse,
    /// It needs the network, and there is none.
    Offline,
    /// A part of the program broke.
    Internal,
}

impl FailureKind {
    pub const EVERY: [Self; 28] = [
        Self::UnknownHost,
        Self::Unreachable,
        Self::TimedOut,
        Self::Dropped,
        Self::UntrustedCertificate,
        Self::WrongName,
        Self::Expired,
        Self::PinChanged,
        Self::Tls,
        Self::PlainPort,
        Self::TlsPort,
        Self::Portal,
        Self::Proxy,
        Self::StartTls,
        Self::Plaintext,
        Self::Login,
        Self::Mistrusted,
        Self::NoSecret,
        Self::Throttled,
        Self::Refused,
        Self::Protocol,
        Self::Gone,
        Self::Unlisted,
        Self::Disk,
        Self::Damaged,
        Self::InUse,
        Self::Offline,
        Self::Internal,
    ];

    /// The stable word for JSON, the log and the catalogue; never translated.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownHost => "unknown-host",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::Dropped => "dropped",
            Self::UntrustedCertificate => "untrusted-certificate",
            Self::WrongName => "wrong-name",
            Self::Expired => "expired",
            Self::PinChanged => "pin-changed",
            Self::Tls => "tls",
            Self::PlainPort => "plain-port",
            Self::TlsPort => "tls-port",
            Self::Portal => "portal",
            Self::Proxy => "proxy",
            Self::StartTls => "starttls",
            Self::Plaintext => "plaintext",
            Self::Login => "login",
            Self::Mistrusted => "mistrusted",
            Self::NoSecret => "no-secret",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
            Self::Protocol => "protocol",
            Self::Gone => "gone",
            Self::Unlisted => "unlisted",
            Self::Disk => "disk",
            Self::Damaged => "damaged",
            Self::InUse => "in-use",
            Self::Offline => "offline",
            Self::Internal => "internal",
        }
    }
}
