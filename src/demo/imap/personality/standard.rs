//! Servers by the book: they offer what they do, and do what they offer.

use std::time::Duration;

use super::super::super::smtp::{MODERN_SUBMISSION, PLAIN_SUBMISSION};
use super::{
    AT_ONCE, Addresses, Creation, NO_LIMITS, Numbers, Personality, Place, Search, SelectLine, Sent, TextSearch, Toggles,
};

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
    select: &[
        SelectLine::Flags,
        SelectLine::PermanentFlags("Flags that are kept"),
        SelectLine::Exists,
        SelectLine::Recent,
        SelectLine::Unseen("First unseen"),
        SelectLine::UidValidity("UIDs valid"),
        SelectLine::UidNext("Predicted next UID"),
        SelectLine::HighestModSeq("Changes counted"),
    ],
    flags: "\\Answered \\Flagged \\Deleted \\Seen \\Draft",
    permanent_flags: None,
    status_drops: &[],
    folders: &[
        Place { holds: "inbox", name: "INBOX", role: None },
        Place { holds: "drafts", name: "草稿箱", role: Some("\\Drafts") },
        Place { holds: "sent", name: "已发送", role: Some("\\Sent") },
        Place { holds: "trash", name: "已删除", role: Some("\\Trash") },
        Place { holds: "junk", name: "垃圾邮件", role: Some("\\Junk") },
        Place { holds: "archive", name: "归档", role: Some("\\Archive") },
        Place { holds: "project", name: "其他文件夹/项目", role: None },
        Place { holds: "news", name: "其他文件夹/Newsletters", role: None },
    ],
    numbers: Numbers { first_uid: 1, gaps: 0, validity: None, reshuffles: false },
    search: Search { text: TextSearch::Works, parentheses_find_all: false, recent_is_unseen: false },
    limits: NO_LIMITS,
    sent: Sent { append_refused: None, settles_after: Duration::ZERO, surplus: 0 },
    submission: PLAIN_SUBMISSION,
    visibility: AT_ONCE,
    toggles: Toggles {
        greets_with_capabilities: true,
        login_tells_capabilities: true,
        folder_roles: true,
        empty_pattern_lists_all: false,
        own_folders: true,
        idle_pushes: true,
        says_enabled: true,
        id_gate: None,
        gate_stays_shut: false,
        inline_refused: None,
        not_connected: None,
        stores_keywords: true,
        create: Creation::Works,
        refusal_closes: false,
        digits_are_no_tag: false,
        own_item_order: false,
        malformed: None,
        bare_multipart: false,
        envelope: Addresses::Whole,
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
    submission: MODERN_SUBMISSION,
    ..PLAIN
};
