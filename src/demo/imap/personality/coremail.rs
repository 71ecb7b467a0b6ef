//! Coremail: 163, 126, yeah and many a company.

use std::time::Duration;

use super::super::super::smtp::COREMAIL_SUBMISSION;
use super::{Limits, NO_LIMITS, Numbers, PLAIN, Personality, Place, Search, SelectLine, TextSearch, Toggles};

const CAPABILITIES: &[&str] = &[
    "IMAP4rev1",
    "XLIST",
    "SPECIAL-USE",
    "ID",
    "LITERAL+",
    "STARTTLS",
    "APPENDLIMIT=71680000",
    "XAPPLEPUSHSERVICE",
    "UIDPLUS",
    "X-CM-EXT-1",
    "SASL-IR",
    "AUTH=XOAUTH2",
];

/// It wants to know who asks, has no UIDNEXT, and hangs up on who is silent.
pub const COREMAIL: Personality = Personality {
    name: "coremail",
    greeting: "Coremail System IMap Server Ready(163com[726cd87d72d896a1ac393507346040fa])",
    farewell: "IMAP4rev1 Server logging out",
    before_tls: CAPABILITIES,
    before_login: CAPABILITIES,
    after_login: CAPABILITIES,
    id: &[("name", "Coremail Imap"), ("vendor", "Mailtech"), ("TransID", "3PmVJQB3bjS5RERX")],
    completed: &[("LIST", "LIST Completed"), ("FETCH", "Fetch completed"), ("STARTTLS", "Begin TLS negotiation now")],
    refused: &[
        ("IDLE", "BAD command not support"),
        ("MOVE", "BAD command not support"),
        ("UID MOVE", "BAD command not support"),
        ("NAMESPACE", "BAD command not support"),
    ],
    wrong_password: "NO LOGIN Login error or password error",
    select: &[
        SelectLine::Exists,
        SelectLine::Recent,
        SelectLine::UidValidity("UIDs valid"),
        SelectLine::Flags,
        SelectLine::PermanentFlags("Limited"),
    ],
    flags: "\\Answered \\Seen \\Deleted \\Draft \\Flagged",
    permanent_flags: Some("\\Answered \\Seen \\Deleted \\Draft \\Flagged"),
    status_drops: &["UIDNEXT"],
    folders: &[
        Place { holds: "inbox", name: "INBOX", role: None },
        Place { holds: "drafts", name: "草稿箱", role: Some("\\Drafts") },
        Place { holds: "sent", name: "已发送", role: Some("\\Sent") },
        Place { holds: "trash", name: "已删除", role: Some("\\Trash") },
        Place { holds: "junk", name: "垃圾邮件", role: Some("\\Junk") },
        Place { holds: "", name: "病毒文件夹", role: None },
        Place { holds: "", name: "广告邮件", role: None },
        Place { holds: "news", name: "订阅邮件", role: None },
        Place { holds: "archive", name: "归档", role: None },
        Place { holds: "project", name: "Dan at Real Python", role: None },
    ],
    numbers: Numbers { first_uid: 1_392_611_444, gaps: 3, validity: Some(1), reshuffles: false },
    search: Search { text: TextSearch::FindsNothing, parentheses_find_all: false, recent_is_unseen: true },
    limits: Limits { bodies: Some(80), silence: Some(Duration::from_mins(3)), ..NO_LIMITS },
    toggles: Toggles {
        greets_with_capabilities: false,
        login_tells_capabilities: false,
        idle_pushes: false,
        inline_refused: Some("NO AUTHENTICATE failed"),
        id_gate: Some("Unsafe Login. Please contact kefu@188.com for help"),
        stores_keywords: false,
        digits_are_no_tag: true,
        own_item_order: true,
        malformed: Some("Parse command error"),
        ..PLAIN.toggles
    },
    submission: COREMAIL_SUBMISSION,
    ..PLAIN
};
