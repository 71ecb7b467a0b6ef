//! What the screen says of a server that does not let us in.

use super::scenes::stage;
use super::*;
use crate::app::Event;
use crate::app::rehearsal::Rehearsal;
use crate::model::{AccountId, Failure, FailureKind, Retry, Status};
use crate::remedy;

/// The last rows of a screen with this failure: what is the matter, and how the account is.
fn said(failure: &Failure, again_in: Option<u64>, size: (u16, u16), language: Language) -> Vec<String> {
    let mut stage = stage(size.0, size.1);
    in_trouble(&mut stage, failure, again_in);
    let rows = rows(&screen(&stage.state, &look(language, BuiltIn::Dark)));
    let error = stage.state.layout().error.unwrap();
    let status = stage.state.layout().status.unwrap();
    let at = usize::from(error.y)..usize::from(status.y + 1);
    rows[at].iter().map(|row| row.trim().to_owned()).collect()
}

fn in_trouble(stage: &mut Rehearsal, failure: &Failure, again_in: Option<u64>) {
    let retry_at = again_in.map(|seconds| stage.state.now().plus(seconds));
    let status = Status::Offline { failure: failure.clone(), retry_at };
    stage.send(Event::Account { id: AccountId(1), status });
}

#[test]
fn every_remedy_is_readable_in_two_rows_of_80_columns() {
    for remedy in remedy::all() {
        let failure = remedy.failure("imap.example.com", "raw words");
        for (language, wording) in [(Language::ZhCn, &remedy.zh), (Language::En, &remedy.en)] {
            // What only the user can mend is not tried again, and what was given up neither.
            let waits = if failure.retry == Retry::AfterUser { vec![None] } else { vec![None, Some(1020)] };
            for again_in in waits {
                let rows = said(&failure, again_in, (80, 24), language);
                assert_eq!(rows.len(), 3, "{rows:?}");
                assert!(rows[0].starts_with(&wording.what), "{rows:?}");
                assert_eq!(rows[1].to_lowercase(), wording.todo.to_lowercase());
                assert!(!rows.concat().contains("raw words"), "{rows:?}");
            }
        }
    }
}

#[test]
fn the_row_tells_when_it_is_tried_again_and_which_key_helps() {
    let doubtful = remedy::named("qq-refused").unwrap().failure("imap.qq.example", "");
    let worked = Failure { worked_before: true, ..doubtful.clone() };
    let busy = remedy::named("qq-busy").unwrap().failure("imap.qq.example", "");
    let wrong = remedy::named("netease-login").unwrap().failure("imap.163.example", "");
    let gone = Failure::passing(FailureKind::Dropped, "imap.example.com", "");
    let long = Failure { retry: Retry::Patience, ..Failure::passing(FailureKind::Throttled, "imap.example.com", "") };
    for (failure, again_in, row, status) in [
        (&doubtful, Some(900), "QQ 拒绝登录，没有说明原因 · 15 分钟后重试 · F2 换授权码", "需要授权码"),
        (&doubtful, None, "QQ 拒绝登录，没有说明原因 · 不再自动重试 · F2 换授权码 · C-r 立刻重试", "需要授权码"),
        (&worked, Some(901), "服务器暂时不让登录 · 16 分钟后重试 · C-e 看经过", "限流中"),
        (&worked, None, "服务器暂时不让登录 · 不再自动重试 · C-r 立刻重试", "限流中"),
        (&busy, Some(1100), "QQ 服务器正忙，限制了请求 · 19 分钟后重试 · C-e 看经过", "限流中"),
        (&wrong, None, "账号或授权码不对 · F2 换授权码 · C-r 立刻重试", "需要授权码"),
        (&gone, Some(119), "imap.example.com 断开了连接 · 稍后会重新连接 · 119 秒后重试 · C-r 立刻重试", "离线"),
        (&long, Some(900), "imap.example.com 嫌连接太频繁 · 等一会儿就好，不… · 15 分钟后重试 · C-e 看经过", "限流中"),
    ] {
        let rows = said(failure, again_in, (80, 24), Language::ZhCn);
        assert_eq!(rows[0], row);
        assert!(rows.last().unwrap().ends_with(status), "{rows:?}");
    }
    // Where rows are few, one has to do.
    assert_eq!(said(&busy, Some(900), (80, 12), Language::ZhCn).len(), 2);
    assert_eq!(said(&busy, Some(900), (40, 20), Language::En).len(), 3);
}

/// What only the user can mend goes before what mends itself.
#[test]
fn a_login_that_was_given_up_comes_first() {
    let mut mail = super::scenes::mailbox();
    let inbox = crate::app::rehearsal::folder(11, 2, "INBOX", Some(crate::model::Role::Inbox), 0);
    mail.folders.push(inbox);
    let mut stage = Rehearsal::new(mail, 80, 24, crate::app::Settings::default());
    let busy = remedy::named("qq-busy").unwrap().failure("", "");
    let doubtful = remedy::named("qq-refused").unwrap().failure("", "");
    in_trouble(&mut stage, &busy, Some(900));
    for (retry_at, first) in [(Some(stage.state.now().plus(900)), "QQ 服务器正忙"), (None, "QQ 拒绝登录")] {
        let status = Status::Offline { failure: doubtful.clone(), retry_at };
        stage.send(Event::Account { id: AccountId(2), status });
        let rows = rows(&screen(&stage.state, &look(Language::ZhCn, BuiltIn::Dark)));
        let error = usize::from(stage.state.layout().error.unwrap().y);
        assert!(rows[error].contains(first), "{rows:?}");
    }
}

/// Nobody deleted a message, and nothing will be fetched.
#[test]
fn an_account_that_was_removed_is_told_as_that() {
    let removed = Failure::account_removed("goose@qq.example");
    let mut stage = stage(80, 24);
    in_trouble(&mut stage, &removed, None);
    stage.mail.folders.clear();
    stage.mail.rows.clear();
    stage.send(Event::Changed(crate::model::Changed::Folders));
    let shown = rows(&screen(&stage.state, &look(Language::ZhCn, BuiltIn::Dark))).join("\n");
    assert!(shown.contains("这个账户已从设置中移除") && shown.contains("下次启动后就看不到它了"), "{shown}");
    assert!(!shown.contains("还没有收取过") && !shown.contains("C-r"), "{shown}");
    // Beside another account it is said which one.
    let mut mail = super::scenes::mailbox();
    mail.folders.push(crate::app::rehearsal::folder(11, 2, "INBOX", Some(crate::model::Role::Inbox), 0));
    let mut stage = Rehearsal::new(mail, 80, 24, crate::app::Settings::default());
    in_trouble(&mut stage, &removed, None);
    let shown = rows(&screen(&stage.state, &look(Language::En, BuiltIn::Dark))).join("\n");
    let name = stage.state.accounts()[0].name.as_str();
    assert!(shown.contains(&format!("{name}: This account was removed")), "{shown}");
}
