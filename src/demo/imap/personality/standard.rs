//! Servers by the book: they offer what they do, and do what they offer.

use super::{Personality, Toggles};

/// The protocol with what nearly every server adds to it.
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
    toggles: Toggles {
        tells_capabilities: true,
        select_uidnext: true,
        folder_roles: true,
        idle_pushes: true,
        says_enabled: true,
    },
};

/// The same with everything that makes catching up cheap.
pub const MODERN: Personality = Personality {
    name: "modern",
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
        "ENABLE",
        "CONDSTORE",
        "QRESYNC",
        "ESEARCH",
        "COMPRESS=DEFLATE",
    ],
    ..PLAIN
};
