//! QQ: mail that a search sees before a SELECT does, an IDLE that says nothing, and one refusal for every reason.

use std::time::Duration;

use super::super::super::smtp::QQ_SUBMISSION;
use super::{
    Addresses, Creation, Limits, NO_LIMITS, Numbers, PLAIN, Personality, Place, Search, SelectLine, Sent, TextSearch,
    Toggles, Visibility,
};

const OFFERED: &[&str] = &[
    "IMAP4",
    "IMAP4rev1",
    "XLIST",
    "MOVE",
    "IDLE",
    "XAPPLEPUSHSERVICE",
    "AUTH=PLAIN",
    "AUTH=LOGIN",
    "AUTH=XOAUTH2",
    "NAMESPACE",
    "CHILDREN",
    "ID",
    "UIDPLUS",
    "COMPRESS=DEFLATE",
];

pub const QQ: Personality = Personality {
    name: "qq",
    greeting: "[CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 NAMESPACE] QQMail XMIMAP4Server ready",
    farewell: "LOGOUT received",
    before_tls: &["IMAP4", "IMAP4rev1", "ID", "STARTTLS", "LOGINDISABLED"],
    before_login: OFFERED,
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
        "COMPRESS=DEFLATE",
    ],
    id: &[],
    completed: &[
        ("LOGIN", "Success login ok"),
        ("AUTHENTICATE", "Success login ok"),
        ("CAPABILITY", "CAPABILITY Completed"),
        ("NOOP", "NOOP Completed"),
        ("LOGOUT", "LOGOUT Completed"),
        ("NAMESPACE", "NAMESPACE Success"),
        ("SELECT", "SELECT complete"),
        ("EXAMINE", "EXAMINE complete"),
        ("STARTTLS", "Begin TLS negotiation now"),
    ],
    wrong_password: "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency \
                     limited, or system is busy. More information at https://help.mail.qq.com/detail/108/1023",
    select: &[
        SelectLine::Exists,
        SelectLine::Recent,
        SelectLine::Unseen(""),
        SelectLine::UidValidity("UID validity status"),
        SelectLine::UidNext("Predicted next UID"),
        SelectLine::Flags,
        SelectLine::PermanentFlags("Permanent flags"),
    ],
    flags: "\\Answered \\Flagged \\Deleted \\Draft \\Seen",
    permanent_flags: Some("\\* \\Answered \\Flagged \\Deleted \\Draft \\Seen"),
    folders: &[
        Place { holds: "inbox", name: "INBOX", role: Some("\\Inbox") },
        Place { holds: "sent", name: "Sent Messages", role: Some("\\Sent") },
        Place { holds: "drafts", name: "Drafts", role: Some("\\Drafts") },
        Place { holds: "trash", name: "Deleted Messages", role: Some("\\Trash") },
        Place { holds: "junk", name: "Junk", role: Some("\\Junk") },
        Place { holds: "news", name: "其他文件夹/QQ邮件订阅", role: None },
        Place { holds: "project", name: "其他文件夹/项目", role: None },
        Place { holds: "archive", name: "其他文件夹/归档", role: None },
    ],
    numbers: Numbers { validity: Some(1_633_979_026), ..PLAIN.numbers },
    search: Search { text: TextSearch::FindsAllOrNothing, parentheses_find_all: true, recent_is_unseen: false },
    limits: Limits { line: Some(6144), login_rate: Some((10, Duration::from_mins(10))), ..NO_LIMITS },
    sent: Sent { append_refused: Some("Mail has saved by smtp!"), settles_after: Duration::from_hours(1), surplus: 2 },
    visibility: Visibility {
        by_search: Duration::from_secs(5),
        by_select: (Duration::from_secs(15), Duration::from_secs(40)),
        stale_after: None,
        told: false,
    },
    toggles: Toggles {
        greets_with_capabilities: false,
        login_tells_capabilities: false,
        folder_roles: false,
        idle_pushes: false,
        stores_keywords: false,
        create: Creation::Refused("CREATE failed"),
        refusal_closes: true,
        bare_multipart: true,
        envelope: Addresses::Renamed,
        ..PLAIN.toggles
    },
    submission: QQ_SUBMISSION,
    ..PLAIN
};
