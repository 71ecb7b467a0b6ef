//! How a server behaves where servers differ, as data. A new personality is a new constant, not a new branch.

mod standard;

pub use self::standard::{MODERN, PLAIN};

use super::command::Command;

/// One kind of server.
#[derive(Clone, Debug)]
pub struct Personality {
    pub name: &'static str,
    /// What follows `* OK `, after the capabilities if those are told there.
    pub greeting: &'static str,
    pub farewell: &'static str,
    /// What is offered in clear, where a login is not allowed yet.
    pub before_tls: &'static [&'static str],
    pub before_login: &'static [&'static str],
    pub after_login: &'static [&'static str],
    /// The answer to ID, name and value.
    pub id: &'static [(&'static str, &'static str)],
    /// What is said after the OK of a command; a command that is not named here gets `… completed`.
    pub completed: &'static [(&'static str, &'static str)],
    /// Commands that are refused, with the whole answer after the tag.
    pub refused: &'static [(&'static str, &'static str)],
    pub wrong_password: &'static str,
    pub toggles: Toggles,
}

/// Habits that a server has or has not.
#[derive(Clone, Copy, Debug)]
pub struct Toggles {
    /// The greeting and the answer to a login name the capabilities.
    pub tells_capabilities: bool,
    /// SELECT says UIDNEXT.
    pub select_uidnext: bool,
    /// LIST says what folders are for.
    pub folder_roles: bool,
    /// During IDLE it really says what happens.
    pub idle_pushes: bool,
    /// ENABLE is answered by saying what is on now, and not only by OK.
    pub says_enabled: bool,
}

impl Personality {
    pub(super) fn completion(&self, verb: &str) -> String {
        let own = self.completed.iter().find(|(known, _)| known.eq_ignore_ascii_case(verb));
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
        command.extension().filter(|extension| !self.can(extension)).map(|_| "Unknown parameter")
    }

    pub(super) fn can(&self, capability: &str) -> bool {
        self.after_login.iter().any(|c| c.eq_ignore_ascii_case(capability))
    }
}

/// The commands that an extension brings.
const EXTENSIONS: [(&str, &[&str]); 8] = [
    ("COMPRESS=DEFLATE", &["COMPRESS"]),
    ("ENABLE", &["ENABLE"]),
    ("ID", &["ID"]),
    ("IDLE", &["IDLE"]),
    ("MOVE", &["MOVE", "UID MOVE"]),
    ("NAMESPACE", &["NAMESPACE"]),
    ("UIDPLUS", &["UID EXPUNGE"]),
    ("UNSELECT", &["UNSELECT"]),
];
