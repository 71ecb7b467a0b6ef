//! Lists with conversations, over all accounts, and in parts.

use super::frames::keep;
use crate::app::Settings;
use crate::app::rehearsal::{Mailbox, NOW, Rehearsal, folder, person, row};
use crate::model::{AccountId, Flags, FolderId, Kind, Role, ThreadId, Timestamp};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

/// An inbox as a day brings it: a conversation of four, a bill, a code, a parcel, and a list.
fn a_day() -> Mailbox {
    let mut mail = Mailbox::of(0);
    let said = [
        ("李雷", "l@work.example", "Re: 周五的评审会", ThreadId(5), Kind::Letter),
        ("招商银行", "bill@bank.example", "您的三月信用卡电子账单", ThreadId(0), Kind::Bill),
        ("韩梅梅", "h@work.example", "回复：周五的评审会", ThreadId(5), Kind::Letter),
        ("账号中心", "no-reply@id.example", "登录验证码 482913", ThreadId(0), Kind::Code),
        ("Ann Lee", "ann@work.example", "Re: 周五的评审会", ThreadId(5), Kind::Letter),
        ("顺风车速递", "s@parcel.example", "您的包裹已发货", ThreadId(0), Kind::Shipping),
        ("李雷", "l@work.example", "周五的评审会", ThreadId(5), Kind::Letter),
        ("每周精选", "news@list.example", "第 120 期：云中谁寄锦书来", ThreadId(0), Kind::Subscription),
    ];
    let rows = said.into_iter().zip(0_i64..).map(|((name, address, subject, thread, kind), nth)| {
        let mut row = row(nth, person(name, address), subject);
        (row.thread, row.kind) = (thread, kind);
        row.flags = if nth == 0 || nth == 3 { Flags::NONE } else { Flags::SEEN };
        row.attachments = nth == 2;
        row
    });
    mail.rows.insert(FolderId(1), rows.collect());
    mail
}

fn opened(mail: Mailbox, columns: u16, rows: u16, keys: &str) -> Rehearsal {
    let mut stage = Rehearsal::new(mail, columns, rows, Settings::default());
    stage.press(keys);
    stage.wait(300);
    stage
}

#[test]
fn a_conversation_folded_and_open() {
    keep("thread_folded", &SIZES, |columns, rows| opened(a_day(), columns, rows, "j"));
    keep("thread_open", &SIZES, |columns, rows| opened(a_day(), columns, rows, "t"));
    keep("thread_muted", &[(80, 24)], |columns, rows| opened(a_day(), columns, rows, "Zj"));
}

#[test]
fn the_parts_of_an_inbox() {
    keep("split_unread", &SIZES, |columns, rows| opened(a_day(), columns, rows, "]"));
    keep("split_bills", &SIZES, |columns, rows| opened(a_day(), columns, rows, "]]]]"));
    keep("sort_menu", &[(80, 24)], |columns, rows| opened(a_day(), columns, rows, "O"));
}

#[test]
fn all_inboxes_as_one() {
    keep("unified", &SIZES, |columns, rows| {
        let mut mail = a_day();
        mail.folders.push(folder(11, 2, "INBOX", Some(Role::Inbox), 1));
        let rows_of_the_other = (0..4).map(|nth| {
            let mut row = row(100 + nth, person("鸿雁", "goose@b.example"), &format!("北雁南飞 {nth}"));
            row.arrival = Timestamp(NOW.0 - 2400 - nth * 3600);
            (row.date, row.account, row.folder) = (row.arrival, AccountId(2), FolderId(11));
            row
        });
        mail.rows.insert(FolderId(11), rows_of_the_other.collect());
        opened(mail, columns, rows, "8")
    });
}
