//! exmail: QQ for companies.

use super::super::super::smtp::EXMAIL_SUBMISSION;
use super::{PLAIN, Personality, QQ, Search, TextSearch};

pub const EXMAIL: Personality = Personality {
    name: "exmail",
    greeting: "[CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail IMAP4Server ready",
    before_login: &[
        "IMAP4",
        "IMAP4rev1",
        "XLIST",
        "MOVE",
        "IDLE",
        "XAPPLEPUSHSERVICE",
        "AUTH=PLAIN",
        "AUTH=LOGIN",
        "NAMESPACE",
        "CHILDREN",
        "ID",
        "UIDPLUS",
    ],
    after_login: &[
        "IMAP4",
        "IMAP4rev1",
        "XLIST",
        "MOVE",
        "IDLE",
        "XAPPLEPUSHSERVICE",
        "NAMESPACE",
        "CHILDREN",
        "ID",
        "UIDPLUS",
    ],
    refused: &[("UID MOVE", "NO 100001 Mails not exist!"), ("MOVE", "NO 100001 Mails not exist!")],
    search: Search { text: TextSearch::Refused("UID SEARCH invalid argument"), ..PLAIN.search },
    submission: EXMAIL_SUBMISSION,
    ..QQ
};
