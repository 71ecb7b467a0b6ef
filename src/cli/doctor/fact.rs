//! What was found out, as values: nothing here is a word for people, and nothing is judged yet.

use std::net::IpAddr;
use std::time::Duration;

use super::keys::WrongKey;
use crate::model::{Failure, Fingerprint, Quirk, Role, Timestamp, TlsMode};
use crate::net::{Leaf, TlsVersion};

/// What was looked at. Its code stands in JSON and never changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::cli) enum Check {
    Program,
    Settings,
    Profile,
    Space,
    Keys,
    Openers,
    Keyring,
    Terminal,
    Locale,
    Width,
    Account,
    Secret,
    Proxy,
    Names,
    Mx,
    Address,
    Tls,
    Certificate,
    Greeting,
    Abilities,
    Login,
    Id,
    Inbox,
    Folders,
    Idle,
    Pulse,
    Clock,
    Watch,
    /// The same about the server that mail is handed to.
    SmtpServer,
    SmtpProxy,
    SmtpNames,
    SmtpAddress,
    SmtpTls,
    SmtpCertificate,
    SmtpGreeting,
    SmtpAbilities,
    SmtpLogin,
    SmtpSize,
    SmtpGoodbye,
    Deadline,
}

impl Check {
    pub(in crate::cli) const EVERY: [Self; 40] = [
        Self::Program,
        Self::Settings,
        Self::Profile,
        Self::Space,
        Self::Keys,
        Self::Openers,
        Self::Keyring,
        Self::Terminal,
        Self::Locale,
        Self::Width,
        Self::Account,
        Self::Secret,
        Self::Proxy,
        Self::Names,
        Self::Mx,
        Self::Address,
        Self::Tls,
        Self::Certificate,
        Self::Greeting,
        Self::Abilities,
        Self::Login,
        Self::Id,
        Self::Inbox,
        Self::Folders,
        Self::Idle,
        Self::Pulse,
        Self::Clock,
        Self::Watch,
        Self::SmtpServer,
        Self::SmtpProxy,
        Self::SmtpNames,
        Self::SmtpAddress,
        Self::SmtpTls,
        Self::SmtpCertificate,
        Self::SmtpGreeting,
        Self::SmtpAbilities,
        Self::SmtpLogin,
        Self::SmtpSize,
        Self::SmtpGoodbye,
        Self::Deadline,
    ];

    pub(in crate::cli) fn code(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Settings => "settings",
            Self::Profile => "profile",
            Self::Space => "space",
            Self::Keys => "keys",
            Self::Openers => "openers",
            Self::Keyring => "keyring",
            Self::Terminal => "terminal",
            Self::Locale => "locale",
            Self::Width => "width",
            Self::Account => "account",
            Self::Secret => "secret",
            Self::Proxy => "proxy",
            Self::Names => "dns",
            Self::Mx => "mx",
            Self::Address => "tcp",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::Greeting => "greeting",
            Self::Abilities => "capabilities",
            Self::Login => "login",
            Self::Id => "id",
            Self::Inbox => "inbox",
            Self::Folders => "folders",
            Self::Idle => "idle",
            Self::Pulse => "round-trip",
            Self::Clock => "clock",
            Self::Watch => "watch",
            Self::SmtpServer => "smtp",
            Self::SmtpProxy => "smtp-proxy",
            Self::SmtpNames => "smtp-dns",
            Self::SmtpAddress => "smtp-tcp",
            Self::SmtpTls => "smtp-tls",
            Self::SmtpCertificate => "smtp-certificate",
            Self::SmtpGreeting => "smtp-greeting",
            Self::SmtpAbilities => "smtp-capabilities",
            Self::SmtpLogin => "smtp-login",
            Self::SmtpSize => "smtp-size",
            Self::SmtpGoodbye => "smtp-quit",
            Self::Deadline => "deadline",
        }
    }

    /// The same about the server that mail is handed to.
    pub(super) fn of_sending(self) -> Self {
        match self {
            Self::Account => Self::SmtpServer,
            Self::Proxy => Self::SmtpProxy,
            Self::Names => Self::SmtpNames,
            Self::Address => Self::SmtpAddress,
            Self::Tls => Self::SmtpTls,
            Self::Certificate => Self::SmtpCertificate,
            Self::Greeting => Self::SmtpGreeting,
            Self::Abilities => Self::SmtpAbilities,
            Self::Login => Self::SmtpLogin,
            other => other,
        }
    }
}

/// The texts in here may come from anywhere; they are made safe where they are printed.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Fact {
    Program {
        system: &'static str,
        machine: &'static str,
    },
    Settings(Settings),
    Profile(Profile),
    /// Bytes that are free where mail is kept.
    Space(u64),
    /// `None`: nothing is wrong with the keys.
    Keys(Option<WrongKey>),
    Opener {
        what: Opens,
        program: Option<String>,
    },
    Keyring {
        answer: Keyring,
        needed: bool,
    },
    Terminal {
        name: Option<String>,
        colours: Colours,
    },
    Locale {
        name: Option<String>,
        utf8: bool,
    },
    Width(Width),
    Account {
        provider: Option<String>,
        server: String,
        certainty: Certainty,
    },
    Secret {
        place: Place,
    },
    Proxy {
        place: String,
        took: Duration,
    },
    Named {
        addresses: Vec<IpAddr>,
        took: Duration,
        expected: Expected,
    },
    /// Who receives mail for the domain, and whose customer it is by that.
    Mx {
        names: Vec<String>,
        provider: Option<String>,
    },
    /// Nobody was asked who receives the mail: the question would go past the account's proxy.
    MxUnasked,
    /// `None`: nobody answered there.
    Called {
        address: IpAddr,
        took: Option<Duration>,
        expected: Expected,
    },
    Agreed {
        took: Duration,
    },
    Encrypted {
        version: Option<TlsVersion>,
        took: Duration,
        mode: TlsMode,
    },
    Plain,
    Certificate(Certificate),
    Greeting {
        software: Option<&'static str>,
        said: String,
    },
    /// What the server said that it can do, sorted by what is made of it.
    Abilities(Abilities),
    /// What was learned about the server by what happened.
    Learned {
        quirk: Quirk,
        evidence: String,
    },
    Login {
        way: String,
        took: Option<Duration>,
    },
    NoLogin(NoLogin),
    Id {
        answer: Option<String>,
        needed: bool,
    },
    Inbox {
        messages: u64,
        uidvalidity: u32,
        uid_next: bool,
    },
    Folders {
        roles: Vec<(Role, String)>,
        others: usize,
        told: bool,
        hides: bool,
    },
    Idle(Idle),
    Pulse {
        took: Duration,
    },
    Clock {
        newest: Option<Timestamp>,
        now: Timestamp,
        zone: String,
    },
    Watch(Watched),
    /// The same about the server that mail is handed to.
    Sending(Box<Fact>),
    /// Nobody is known who takes the account's mail.
    NoSubmission,
    /// Nobody answers at this door, and another one is tried.
    Shut {
        check: Check,
        failure: Failure,
    },
    /// The largest message that is taken, if the server tells.
    Size(Option<u64>),
    /// `None`: it hung up without one.
    Goodbye {
        took: Option<Duration>,
    },
    /// It was not done in time.
    Late {
        after: Duration,
    },
    /// It went no further than this.
    Failed {
        check: Check,
        failure: Failure,
    },
}

#[derive(Clone, Debug)]
pub(in crate::cli) enum Settings {
    Read { file: String, accounts: usize },
    Absent { file: String },
    Wrong { said: String },
}

#[derive(Clone, Debug)]
pub(in crate::cli) enum Profile {
    Good {
        folder: String,
    },
    /// Another hongyan has it open.
    Open {
        folder: String,
    },
    Absent {
        folder: String,
    },
    Wrong {
        said: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Opens {
    Web,
    File,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Keyring {
    Answers,
    Locked,
    Absent,
    Silent,
    Failed(String),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Colours {
    /// NO_COLOR is set, or the terminal has none.
    None,
    Some,
    All,
}

/// How many columns the cursor went on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Width {
    NoTerminal,
    /// It does not tell where its cursor is.
    Silent,
    Measured {
        wide: u16,
        ambiguous: u16,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Certainty {
    Written,
    Known,
    Guessed,
    /// By who receives its mail.
    Mx,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Place {
    Keyring,
    File,
    Session,
    Command,
    /// A program gives one for each login.
    Token,
}

/// Whose addresses they should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Expected {
    /// Of a provider in the world.
    World,
    /// Of somebody; it may be a machine at home.
    Anywhere,
    /// They are not the server's: --connect-to says so.
    Elsewhere,
}

#[derive(Clone, Debug)]
pub(in crate::cli) struct Certificate {
    pub(in crate::cli) names: Vec<String>,
    pub(in crate::cli) issuer: String,
    pub(in crate::cli) begins: Option<Timestamp>,
    pub(in crate::cli) ends: Option<Timestamp>,
    pub(in crate::cli) fingerprint: Fingerprint,
    pub(in crate::cli) now: Timestamp,
    pub(in crate::cli) judged: Judged,
}

impl Certificate {
    /// The names that fit the host come first.
    pub(in crate::cli) fn of(leaf: Leaf, now: Timestamp, judged: Judged, host: &str) -> Self {
        let Leaf { fingerprint, mut names, issuer, begins, ends, .. } = leaf;
        let parent = host.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        let fits = |name: &str| {
            name.eq_ignore_ascii_case(host) || parent.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(name))
        };
        names.sort_by_key(|name| !fits(name));
        Self { names, issuer, begins, ends, fingerprint, now, judged }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Judged {
    System,
    Authority,
    Pin,
}

#[derive(Clone, Default, Debug)]
pub(in crate::cli) struct Abilities {
    pub(in crate::cli) used: Vec<String>,
    /// There, and not used.
    pub(in crate::cli) left: Vec<(String, Left)>,
    /// There, and of no use to anybody here.
    pub(in crate::cli) unneeded: Vec<String>,
    /// Not there, and how it goes without.
    pub(in crate::cli) lacking: Vec<&'static str>,
    /// The server was asked before the login; it may be able to do more afterwards.
    pub(in crate::cli) before_login: bool,
}

/// Why something is not used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Left {
    /// The provider is known to say it and not to do it.
    Known,
    /// It was learned that it is not so.
    Learned(Quirk),
    /// The server is near: it would take longer.
    Near,
    /// The names of the folders tell the same.
    Names,
    /// The line is encrypted already.
    Encrypted,
    /// Every server takes a message in the way that is used instead.
    Data,
    /// There is another way to log in.
    Ways,
    /// The same was said in the form of today.
    OldForm,
}

#[derive(Clone, Debug)]
pub(in crate::cli) enum NoLogin {
    /// It is no account.
    NoAccount,
    /// A refusal stands: so many seconds old, and so many until it is forgotten.
    Refused {
        ago: u64,
        left: u64,
        times: usize,
        failure: Failure,
    },
    NoSecret,
    /// Only a token is taken, and there is none.
    NoToken,
    /// The mailbox has refused the same secret just now.
    AsMailbox,
    /// It is no account that can be looked into.
    Kind(&'static str),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Idle {
    NotOffered,
    /// The provider is known for it.
    KnownSilent,
    /// The user says so.
    SwitchedOff,
    Learned(String),
    Believed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Watched {
    /// It told of new mail so long before or after it was found by asking.
    Told {
        after: Duration,
    },
    /// New mail was found by asking, and it did not tell.
    Silent {
        after: Duration,
    },
    /// No new mail came in this time.
    Nothing {
        after: Duration,
    },
    NotOffered,
}
