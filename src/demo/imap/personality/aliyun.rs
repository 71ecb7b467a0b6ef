//! Aliyun: LOGIN although nothing says so, and no patience with a SEARCH that is more than plain.

use super::super::super::smtp::ALIYUN_SUBMISSION;
use super::{PLAIN, Personality, Search, TextSearch, Toggles};

const CAPABILITIES: &[&str] =
    &["IMAP4rev1", "IDLE", "XLIST", "UIDPLUS", "ID", "SASL-IR", "AUTH=XOAUTH", "AUTH=XOAUTH2", "AUTH=EXTERNAL"];

pub const ALIYUN: Personality = Personality {
    name: "aliyun",
    greeting: "AliYun IMAP Server Ready(192.0.2.164)",
    farewell: "LOGOUT",
    before_tls: CAPABILITIES,
    before_login: CAPABILITIES,
    after_login: CAPABILITIES,
    id: &[],
    completed: &[],
    wrong_password: "NO LOGIN failed",
    search: Search { text: TextSearch::Refused("invalid command or parameters"), ..PLAIN.search },
    toggles: Toggles {
        greets_with_capabilities: false,
        login_tells_capabilities: false,
        folder_roles: false,
        malformed: Some("invalid command or parameters"),
        ..PLAIN.toggles
    },
    submission: ALIYUN_SUBMISSION,
    ..PLAIN
};
