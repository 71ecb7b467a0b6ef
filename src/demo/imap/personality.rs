//! How a server behaves where servers differ, as data. A new personality is a new constant, not a new branch.

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
}

/// What goes wrong on the way, counted in bytes sent on one connection.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Faults {
    /// The connection is closed after that many bytes.
    pub cut_after: Option<u64>,
    /// Nothing more is sent after that many bytes, and the connection stays open.
    pub stall_after: Option<u64>,
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

    pub(super) fn can(&self, capability: &str) -> bool {
        self.after_login.iter().any(|c| c.eq_ignore_ascii_case(capability))
    }
}

/// The commands that an extension brings.
const EXTENSIONS: [(&str, &[&str]); 6] = [
    ("ID", &["ID"]),
    ("IDLE", &["IDLE"]),
    ("MOVE", &["MOVE", "UID MOVE"]),
    ("NAMESPACE", &["NAMESPACE"]),
    ("UIDPLUS", &["UID EXPUNGE"]),
    ("UNSELECT", &["UNSELECT"]),
];

/// A server by the book: it offers what it does, and does what it offers.
pub const PLAIN: Personality = Personality {
    name: "plain",
    greeting: "hongyan demo ready",
    farewell: "Until next time",
    before_tls: &["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "STARTTLS", "LOGINDISABLED"],
    before_login: &["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "AUTH=PLAIN"],
    after_login: &[
        "IMAP4rev1",
        "LITERAL+",
        "SASL-IR",
        "ID",
        "IDLE",
        "NAMESPACE",
        "CHILDREN",
        "UIDPLUS",
        "UNSELECT",
        "MOVE",
        "SPECIAL-USE",
    ],
    id: &[("name", "hongyan demo")],
    completed: &[("LOGIN", "Logged in"), ("AUTHENTICATE", "Logged in"), ("STARTTLS", "Begin TLS negotiation now")],
    refused: &[],
    wrong_password: "NO [AUTHENTICATIONFAILED] Authentication failed",
    toggles: Toggles { tells_capabilities: true, select_uidnext: true, folder_roles: true, idle_pushes: true },
};
