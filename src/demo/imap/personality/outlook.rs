//! Outlook.com: tokens and nothing else, and folders only for whom the token is good.

use super::super::super::smtp::MODERN_SUBMISSION;
use super::{PLAIN, Personality, Place, Toggles};

pub const OUTLOOK: Personality = Personality {
    name: "outlook",
    greeting: "The Microsoft Exchange IMAP4 service is ready.",
    farewell: "Microsoft Exchange Server IMAP4 server signing off.",
    before_tls: &["IMAP4", "IMAP4rev1", "ID", "STARTTLS", "LOGINDISABLED"],
    before_login: &[
        "IMAP4",
        "IMAP4rev1",
        "AUTH=XOAUTH2",
        "LOGINDISABLED",
        "SASL-IR",
        "UIDPLUS",
        "ID",
        "IDLE",
        "NAMESPACE",
        "LITERAL+",
    ],
    after_login: &[
        "IMAP4",
        "IMAP4rev1",
        "UIDPLUS",
        "MOVE",
        "ID",
        "UNSELECT",
        "CHILDREN",
        "IDLE",
        "NAMESPACE",
        "LITERAL+",
        "SASL-IR",
    ],
    id: &[("name", "Microsoft.Exchange.Imap4.Imap4Server"), ("version", "15.20")],
    completed: &[("AUTHENTICATE", "AUTHENTICATE completed."), ("SELECT", "SELECT completed.")],
    wrong_password: "NO AUTHENTICATE failed.",
    folders: &[
        Place { holds: "inbox", name: "INBOX", role: None },
        Place { holds: "drafts", name: "Drafts", role: None },
        Place { holds: "sent", name: "Sent", role: None },
        Place { holds: "trash", name: "Deleted", role: None },
        Place { holds: "junk", name: "Junk", role: None },
        Place { holds: "archive", name: "Archive", role: None },
        Place { holds: "project", name: "Project", role: None },
        Place { holds: "news", name: "Newsletters", role: None },
    ],
    toggles: Toggles {
        greets_with_capabilities: false,
        login_tells_capabilities: false,
        folder_roles: false,
        stores_keywords: false,
        ..PLAIN.toggles
    },
    submission: MODERN_SUBMISSION,
    ..PLAIN
};
