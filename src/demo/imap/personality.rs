//! How a server behaves where servers differ, as data. A new personality is a new constant, not a new branch.

mod aliyun;
mod coremail;
mod exmail;
mod outlook;
mod qq;
mod sina;
mod standard;

use std::time::Duration;

use super::super::smtp::Submission;
use super::command::{Command, StatusItem};

pub use self::aliyun::ALIYUN;
pub use self::coremail::COREMAIL;
pub use self::exmail::EXMAIL;
pub use self::outlook::OUTLOOK;
pub use self::qq::QQ;
pub use self::sina::SINA;
pub use self::standard::{MODERN, PLAIN};

/// All that take a password.
pub const PERSONALITIES: [&Personality; 7] = [&PLAIN, &MODERN, &COREMAIL, &QQ, &EXMAIL, &SINA, &ALIYUN];

/// One kind of server.
#[derive(Clone, Debug)]
pub struct Personality {
    pub name: &'static str,
    /// What follows `* OK `, after the capabilities if [`Toggles::greets_with_capabilities`].
    pub greeting: &'static str,
    pub farewell: &'static str,
    /// What is offered in clear, where a login is not allowed yet.
    pub before_tls: &'static [&'static str],
    pub before_login: &'static [&'static str],
    pub after_login: &'static [&'static str],
    /// The answer to ID, name and value; NIL if there is nothing to say.
    pub id: &'static [(&'static str, &'static str)],
    /// What is said after the OK of a command; a command that is not named here gets `… completed`.
    pub completed: &'static [(&'static str, &'static str)],
    /// Commands that are refused, with the whole answer after the tag.
    pub refused: &'static [(&'static str, &'static str)],
    pub wrong_password: &'static str,
    /// What SELECT says, in this order.
    pub select: &'static [SelectLine],
    /// The flags of the standard, as FLAGS tells them.
    pub flags: &'static str,
    /// What stands in PERMANENTFLAGS; all flags that are known and `\*` if nothing is said here.
    pub permanent_flags: Option<&'static str>,
    /// Items that STATUS leaves out without a word.
    pub status_drops: &'static [&'static str],
    pub folders: &'static [Place],
    pub numbers: Numbers,
    pub search: Search,
    pub limits: Limits,
    pub sent: Sent,
    /// How it takes mail.
    pub submission: Submission,
    pub visibility: Visibility,
    pub toggles: Toggles,
}

/// A line of the answer to SELECT, with the words that nobody reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelectLine {
    Flags,
    PermanentFlags(&'static str),
    Exists,
    Recent,
    Unseen(&'static str),
    UidValidity(&'static str),
    UidNext(&'static str),
    /// Only of a server that has CONDSTORE.
    HighestModSeq(&'static str),
}

/// A folder, and what of the demo's mail lies in it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// `inbox`, `drafts`, `sent`, `trash`, `junk`, `archive`, `project`, `news`, or nothing if it stays empty.
    pub holds: &'static str,
    /// Decoded.
    pub name: &'static str,
    pub role: Option<&'static str>,
}

/// How messages and folders are numbered.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub first_uid: u32,
    /// Between a UID and the next there are up to that many that nobody has.
    pub gaps: u32,
    /// The UIDVALIDITY of every folder, where it is not made up.
    pub validity: Option<u32>,
    /// With every first login the messages of all folders have other UIDs, under the same UIDVALIDITY.
    pub reshuffles: bool,
}

/// What SEARCH makes of its keys.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    pub text: TextSearch,
    /// What stands in parentheses is not looked at: everything is found.
    pub parentheses_find_all: bool,
    /// NEW means unseen, and so does RECENT in the answer to SELECT.
    pub recent_is_unseen: bool,
}

/// What is found when text is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextSearch {
    Works,
    /// OK, and nothing.
    FindsNothing,
    /// Everything, if the text is ASCII; else nothing.
    FindsAllOrNothing,
    /// The words after BAD.
    Refused(&'static str),
}

/// What is too much, and what is done then. `None` is no limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// A longer command line is never answered.
    pub line: Option<usize>,
    /// The connection is cut if one FETCH asks for more whole messages.
    pub bodies: Option<usize>,
    /// The connection is cut if nothing is said for so long.
    pub silence: Option<Duration>,
    /// IDLE ends with the connection after that time.
    pub idle: Option<Duration>,
    /// So many sessions may be logged in; with one more the oldest is cut.
    pub logins: Option<usize>,
    /// So many logins in so much time; one more is answered as if the password were wrong.
    pub login_rate: Option<(usize, Duration)>,
    /// FETCH takes so long for each message.
    pub per_message: Option<Duration>,
    /// Only messages of the last days are in INBOX.
    pub window_days: Option<u32>,
}

/// Nothing is too much.
pub const NO_LIMITS: Limits = Limits {
    line: None,
    bodies: None,
    silence: None,
    idle: None,
    logins: None,
    login_rate: None,
    per_message: None,
    window_days: None,
};

/// What happens in the folder of sent mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The answer to APPEND.
    pub append_refused: Option<&'static str>,
    /// For so long a new copy cannot be fetched by UID nor marked, and EXISTS counts [`Sent::surplus`] too many.
    pub settles_after: Duration,
    pub surplus: usize,
}

/// When a new message can be seen, counted from its delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Visibility {
    /// By UID SEARCH, in a session that has the folder selected.
    pub by_search: Duration,
    /// By SELECT, at the earliest and at the latest.
    pub by_select: (Duration, Duration),
    /// A connection older than that sees nothing new any more.
    pub stale_after: Option<Duration>,
    /// What others do is told; if not, only SELECT shows it.
    pub told: bool,
}

/// Everything is seen at once, and told.
pub const AT_ONCE: Visibility = Visibility {
    by_search: Duration::ZERO,
    by_select: (Duration::ZERO, Duration::ZERO),
    stale_after: None,
    told: true,
};

/// What becomes of CREATE.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Creation {
    Works,
    /// OK, and no folder.
    Vanishes,
    /// The words after NO.
    Refused(&'static str),
}

/// What ENVELOPE tells of addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Addresses {
    Whole,
    /// The name of each recipient is the local part of the address.
    Renamed,
    /// The six lists of addresses are not there at all.
    Missing,
    /// A backslash stands before the quote that ends a host.
    Unescaped,
}

/// Habits that a server has or has not.
#[derive(Clone, Copy, Debug)]
pub struct Toggles {
    pub greets_with_capabilities: bool,
    /// The answer to a login names the capabilities.
    pub login_tells_capabilities: bool,
    /// LIST says what folders are for.
    pub folder_roles: bool,
    /// `LIST "" ""` lists everything.
    pub empty_pattern_lists_all: bool,
    /// Folders that users have made are listed.
    pub own_folders: bool,
    /// During IDLE it really says what happens.
    pub idle_pushes: bool,
    /// ENABLE is answered by saying what is on now, and not only by OK.
    pub says_enabled: bool,
    /// SELECT and EXAMINE are refused with these words until ID was said with something in it.
    pub id_gate: Option<&'static str>,
    /// ID does not open the gate.
    pub gate_stays_shut: bool,
    /// The whole answer, after the tag, to an AUTHENTICATE that has more than the mechanism in its line.
    pub inline_refused: Option<&'static str>,
    /// Whoever logs in by a token that is good for another mailbox is let in, and every folder is refused with this.
    pub not_connected: Option<&'static str>,
    pub stores_keywords: bool,
    pub create: Creation,
    /// A refused login is the end of the connection.
    pub refusal_closes: bool,
    /// A tag of digits only is not understood.
    pub digits_are_no_tag: bool,
    /// The items of FETCH come in the server's order.
    pub own_item_order: bool,
    /// The words after BAD for a command that cannot be parsed.
    pub malformed: Option<&'static str>,
    /// BODYSTRUCTURE of a multipart without parts has no part at all.
    pub bare_multipart: bool,
    pub envelope: Addresses,
}

impl Personality {
    /// The one of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PERSONALITIES.into_iter().find(|p| p.name == name)
    }

    /// The name of the folder that holds such mail.
    pub(in crate::demo) fn folder(&self, holds: &str) -> &'static str {
        self.folders.iter().find(|place| place.holds == holds).map_or("INBOX", |place| place.name)
    }

    pub(super) fn completion(&self, verb: &str) -> String {
        let plain = verb.strip_prefix("UID ").unwrap_or(verb);
        let find = |wanted: &str| self.completed.iter().find(|(known, _)| known.eq_ignore_ascii_case(wanted));
        let own = find(verb).or_else(|| find(plain));
        own.map_or_else(|| format!("{verb} completed"), |(_, words)| (*words).to_owned())
    }

    pub(super) fn refusal(&self, verb: &str) -> Option<&'static str> {
        self.refused.iter().find(|(known, _)| known.eq_ignore_ascii_case(verb)).map(|(_, answer)| *answer)
    }

    /// True if the command belongs to an extension that this server does not have.
    pub(super) fn lacks(&self, verb: &str) -> bool {
        EXTENSIONS.iter().any(|(capability, verbs)| verbs.contains(&verb) && !self.can(capability))
    }

    /// What is wrong with a command that this server cannot understand for want of an extension.
    pub(super) fn cannot(&self, command: &Command) -> Option<&'static str> {
        let unknown = |items: &[StatusItem]| items.contains(&StatusItem::Other);
        match command {
            Command::Status { items, .. } if unknown(items) && self.status_drops.is_empty() => {
                Some("Unknown status item")
            }
            _ => command.extension().filter(|extension| !self.can(extension)).map(|_| "Unknown parameter"),
        }
    }

    pub(super) fn can(&self, capability: &str) -> bool {
        self.after_login.iter().any(|c| c.eq_ignore_ascii_case(capability))
    }
}

/// The commands that an extension brings.
const EXTENSIONS: [(&str, &[&str]); 9] = [
    ("COMPRESS=DEFLATE", &["COMPRESS"]),
    ("ENABLE", &["ENABLE"]),
    ("ID", &["ID"]),
    ("IDLE", &["IDLE"]),
    ("MOVE", &["MOVE", "UID MOVE"]),
    ("NAMESPACE", &["NAMESPACE"]),
    ("UIDPLUS", &["UID EXPUNGE"]),
    ("UNSELECT", &["UNSELECT"]),
    ("XLIST", &["XLIST"]),
];
