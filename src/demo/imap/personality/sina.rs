//! Sina: names instead of roles, and an IDLE that ends after a minute.

use std::time::Duration;

use super::super::super::smtp::SINA_SUBMISSION;
use super::{Creation, Limits, NO_LIMITS, PLAIN, Personality, Place, Search, TextSearch, Toggles};

pub const SINA: Personality = Personality {
    name: "sina",
    greeting: "[CAPABILITY IMAP4rev1 ID] sina imap ready",
    before_tls: &["IMAP4rev1", "ID", "STARTTLS", "LOGINDISABLED"],
    before_login: &["IMAP4rev1", "ID"],
    after_login: &["IMAP4rev1", "ID", "UIDPLUS", "IDLE"],
    id: &[],
    folders: &[
        Place { holds: "inbox", name: "INBOX", role: None },
        Place { holds: "drafts", name: "草稿夹", role: None },
        Place { holds: "sent", name: "已发送", role: None },
        Place { holds: "trash", name: "已删除", role: None },
        Place { holds: "junk", name: "垃圾邮件", role: None },
        Place { holds: "news", name: "订阅邮件", role: None },
        Place { holds: "", name: "星标邮件", role: None },
        Place { holds: "project", name: "其它邮件", role: None },
        Place { holds: "archive", name: "归档", role: None },
    ],
    search: Search { text: TextSearch::Refused("Missing or invalid or unimplemented argument"), ..PLAIN.search },
    limits: Limits { idle: Some(Duration::from_mins(1)), ..NO_LIMITS },
    toggles: Toggles {
        greets_with_capabilities: false,
        folder_roles: false,
        empty_pattern_lists_all: true,
        idle_pushes: false,
        stores_keywords: false,
        create: Creation::Refused("CREATE is not allowed"),
        ..PLAIN.toggles
    },
    submission: SINA_SUBMISSION,
    ..PLAIN
};
