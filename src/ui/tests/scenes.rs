//! A mailbox as somebody in China might have it, all of it invented, and the situations that are drawn.

use crate::app::rehearsal::{Mailbox, NOW, Rehearsal, folder, person, row};
use crate::app::{Effect, Event, Outcome, Settings};
use crate::model::*;
use crate::text::SafeText;

const SUBJECTS: [(&str, &str, &str); 14] = [
    ("周明远", "zhoumy@goose.example", "周五的会改到下午三点，地点不变"),
    ("花园小区物业", "notice@garden.example", "关于 3 月 15 日停水检修的通知"),
    ("Lena Fischer", "lena@swan.example", "Re: Draft of the programme — comments inline"),
    ("", "no-reply@bank.example", "您尾号 4021 的账户有一笔新的交易，如非本人操作请及时联系我们的客服人员"),
    ("李静", "lijing@crane.example", "周末爬山的照片 🏔️🌸"),
    ("GitHub-alike", "noreply@forge.example", "[geese/formation] Tests fail on main (#482)"),
    ("电子发票", "fapiao@invoice.example", "您收到一张电子发票，金额 128.00 元"),
    ("王芳、陈晨及另外三人", "wangfang@crane.example", "转发：转发：二〇二四年度总结及二〇二五年度计划（第三稿修订）"),
    ("Newsletter", "news@weekly.example", "This week: seven things about migrating birds you did not want to know"),
    ("快递驿站", "box@parcel.example", "取件码 7-2-3015"),
    ("x\u{202e}gpj.exe", "trick@evil.example", "\u{1b}[2J\u{1b}[1;1H您的账户\r\n已冻结"),
    ("妈", "ma@home.example", ""),
    ("Ünïcödé Ñandú", "un@code.example", "e\u{301}\u{301}\u{301}tude 👨‍👩‍👧‍👦 한국어 日本語 ｆｕｌｌ"),
    ("技术支持", "support@host.example", "工单 #20250108 已关闭"),
];

pub(super) fn mailbox() -> Mailbox {
    let mut inbox = folder(1, 1, "INBOX", Some(Role::Inbox), 5);
    inbox.total = 42;
    let mut mail = Mailbox {
        folders: vec![
            inbox,
            folder(2, 1, "Sent Messages", Some(Role::Sent), 0),
            folder(3, 1, "Drafts", Some(Role::Drafts), 0),
            folder(4, 1, "Junk", Some(Role::Junk), 12),
            folder(5, 1, "Deleted Messages", Some(Role::Trash), 0),
            Folder { selectable: false, ..folder(6, 1, "其他文件夹", None, 0) },
            folder(7, 1, "其他文件夹/QQ邮件订阅", None, 1203),
            folder(8, 1, "其他文件夹/项目/二〇二五年度的一个名字特别长的文件夹", None, 0),
        ],
        ..Mailbox::default()
    };
    let rows = (0..42_i64).map(|nth| {
        let (name, address, subject) = SUBJECTS[usize::try_from(nth).unwrap() % SUBJECTS.len()];
        let mut row = row(nth, person(name, address), subject);
        let age = [0, 1, 2, 5, 20, 26, 49, 73, 100, 150, 300, 700, 1500, 2400][usize::try_from(nth).unwrap() % 14];
        row.arrival = Timestamp(NOW.0 - 240 - nth * 1700 - (nth / 14) * 86400 * 90 - age * 3600);
        row.date = row.arrival;
        row.flags = match nth {
            0 | 3 | 6 | 9 => Flags::NONE,
            4 => Flags::SEEN.with(Flags::FLAGGED),
            2 => Flags::SEEN.with(Flags::ANSWERED),
            _ => Flags::SEEN,
        };
        row.attachments = matches!(nth, 4 | 6 | 7);
        row
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by_key(|row| -row.arrival.0);
    let first = rows[0].clone();
    mail.bodies.insert(first.message, letter(&first));
    mail.rows.insert(FolderId(1), rows);
    mail
}

fn letter(row: &Row) -> Readable {
    Readable {
        subject: row.subject.clone(),
        from: vec![row.from.clone()],
        to: vec![person("我", "me@qq.example"), person("李静", "lijing@crane.example")],
        cc: vec![person("", "team@goose.example")],
        date: Some(row.date),
        document: Document::plain(
            "各位：\n\n原定周五上午十点的会改到下午三点，地点还在三楼的小会议室。请带上各自负责部分的进度，我们争取一个小时内说完。\n\n\
               另外，下面这段是上次的记录，没有来的人看一下：\n\n\
               > 一、春季的路线已经定下来，四月初出发。\n\
               > > 出发前要不要再开一次会？\n\
               > 不用，有事在群里说。\n\
               > 二、经费的单子由小陈收齐，二十号以前交。\n\n\
               The programme in English is here: https://goose.example/programme/2025/spring?lang=en&print=1\n\n\
               周明远\n",
        ),
        attachments: vec![
            Attachment {
                name: "会议议程（第二稿）.docx".into(),
                kind: "application/docx".into(),
                size: 48_213,
                ..Attachment::default()
            },
            Attachment {
                name: "路线图.png".into(),
                kind: "image/png".into(),
                size: 2_310_400,
                ..Attachment::default()
            },
        ],
        ..Readable::default()
    }
}

pub(super) fn stage(columns: u16, rows: u16) -> Rehearsal {
    let mut stage = Rehearsal::new(mailbox(), columns, rows, Settings::default());
    let status = Status::UpToDate { at: NOW, watch: Watch::Told };
    stage.send(Event::Account { id: AccountId(1), status });
    stage
}

/// A server that lists only the newest mail: the first two rows are still there, the others are only here, and the text of
/// one of them was never fetched.
pub(super) fn beyond_the_window(columns: u16, rows: u16) -> Rehearsal {
    let mut mail = mailbox();
    for row in mail.rows.get_mut(&FolderId(1)).unwrap().iter_mut().skip(2) {
        (row.only_here, row.uid) = (true, None);
    }
    let mut stage = Rehearsal::new(mail, columns, rows, Settings::default());
    let status = Status::UpToDate { at: NOW, watch: Watch::Asking };
    stage.send(Event::Account { id: AccountId(1), status });
    stage
}

/// The text of what the cursor is on cannot be had any more.
pub(super) fn unlisted(columns: u16, rows: u16) -> Rehearsal {
    let mut stage = beyond_the_window(columns, rows);
    stage.jobs = false;
    stage.press("jjj");
    stage.wait(300);
    let ticket = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Start { ticket, .. } => Some(*ticket),
        _ => None,
    });
    let outcome = Outcome::Read(Err(Failure::lasting(FailureKind::Unlisted, "", "")));
    stage.send(Event::Finished { ticket: ticket.unwrap(), outcome });
    stage
}

/// Two accounts: one fills its inbox, the other was told to use a code.
pub(super) fn busy(columns: u16, rows: u16) -> Rehearsal {
    let mut mail = mailbox();
    mail.folders.push(folder(11, 2, "INBOX", Some(Role::Inbox), 3));
    mail.folders.push(folder(12, 2, "已发送", Some(Role::Sent), 0));
    let mut stage = Rehearsal::new(mail, columns, rows, Settings::default());
    let status = Status::Syncing { folder: FolderId(1), done: 1234, total: 5678 };
    stage.send(Event::Account { id: AccountId(1), status });
    let failure = Failure::lasting(FailureKind::Login, "imap.163.example", "LOGIN Login error, password error");
    stage.send(Event::Account { id: AccountId(2), status: Status::Offline { failure, retry_at: None } });
    stage
}

pub(super) fn offline(columns: u16, rows: u16) -> Rehearsal {
    let mut stage = stage(columns, rows);
    let failure = Failure::passing(FailureKind::Unreachable, "imap.qq.example:993", "Connection refused");
    let retry_at = Some(stage.state.now().plus(20));
    stage.send(Event::Account { id: AccountId(1), status: Status::Offline { failure, retry_at } });
    stage
}

/// What a connection says, hostile text among it.
pub(super) fn said(mut stage: Rehearsal) -> Rehearsal {
    let said = [
        (WireKind::Connecting, "imap.qq.example:993"),
        (WireKind::Connected, "tls"),
        (
            WireKind::Heard,
            "* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail XMIMAP4Server ready",
        ),
        (WireKind::Sent, "LOGIN goose@qq.example ***"),
        (WireKind::Heard, "a1 OK 欢迎回来，您有四封新邮件；上次登录在北京"),
        (WireKind::Heard, "* OK \u{1b}[2J\u{1b}]0;您的账户\u{7}\u{202e}"),
        (
            WireKind::Sent,
            "a2 UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO CC SUBJECT)])",
        ),
        (WireKind::Heard, "* 1 FETCH (UID 101 FLAGS (\\Seen) BODY[HEADER.FIELDS (FROM TO CC SUBJECT)] {418})"),
        (WireKind::Folded(9_997), "FETCH"),
        (WireKind::Lost(37), ""),
        (WireKind::Closed, "no answer in time"),
    ];
    let lines = said.into_iter().zip(0..).map(|((kind, text), nth)| WireLine {
        at: Timestamp(NOW.0 + nth),
        account: SafeText::of("goose@qq.example"),
        purpose: if nth < 6 { Purpose::Sync } else { Purpose::Bodies },
        number: 1 + u32::try_from(nth).unwrap() / 6,
        kind,
        text: SafeText::of(text),
    });
    stage.send(Event::Overheard { first: true, lines: lines.collect() });
    stage
}
