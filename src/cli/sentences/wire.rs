//! What `log` and `talk` say.

use crate::cli::talk::Change;
use crate::i18n::Language::{self, En as English, ZhCn as Chinese};
use crate::model::{Fingerprint, Purpose, Server, TlsMode, WireKind, WireLine};

fn either(tongue: Language, chinese: &str, english: &str) -> String {
    match tongue {
        Chinese => chinese,
        English => english,
    }
    .to_owned()
}

pub(in crate::cli) fn purpose(tongue: Language, purpose: Purpose) -> String {
    match purpose {
        Purpose::Sync => either(tongue, "同步", "sync"),
        Purpose::Bodies => either(tongue, "取信", "bodies"),
        Purpose::Talk => either(tongue, "对话", "talk"),
        Purpose::Sending => either(tongue, "发信", "sending"),
    }
}

/// What a line of the log says, after its arrow.
pub(in crate::cli) fn said(tongue: Language, line: &WireLine) -> String {
    let text = line.text.as_str();
    match (line.kind, tongue) {
        (WireKind::Sent | WireKind::Heard, _) => text.to_owned(),
        (WireKind::Connecting, Chinese) => format!("正在连接 {text}"),
        (WireKind::Connecting, English) => format!("calling {text}"),
        (WireKind::Connected, Chinese) => format!("已连接（{text}）"),
        (WireKind::Connected, English) => format!("connected ({text})"),
        (WireKind::Closed, _) if text.is_empty() => either(tongue, "已断开", "closed"),
        (WireKind::Closed, Chinese) => format!("已断开：{text}"),
        (WireKind::Closed, English) => format!("closed: {text}"),
        (WireKind::Folded(count), Chinese) => format!("… 另有 {count} 条 {text}"),
        (WireKind::Folded(count), English) => format!("… {count} more {text}"),
        (WireKind::Lost(count), Chinese) => format!("来得太快，略去 {count} 行"),
        (WireKind::Lost(count), English) => format!("{count} lines left out: they came too fast"),
    }
}

pub(in crate::cli) fn nothing_said(tongue: Language) -> String {
    either(
        tongue,
        "还没有与服务器的对话记录；hongyan 或 hongyan sync --once 会留下记录",
        "nothing was said to a server yet; hongyan or hongyan sync --once will leave something here",
    )
}

pub(in crate::cli) fn which_account(tongue: Language, protocol: &str, known: &[&str]) -> String {
    let known = known.join(", ");
    match tongue {
        Chinese => format!("有几个账户，请写明一个：hongyan talk {protocol} 账户；已有：{known}"),
        English => {
            format!("there are several accounts; name one: hongyan talk {protocol} ACCOUNT; there are: {known}")
        }
    }
}

pub(in crate::cli) fn no_server(tongue: Language, name: &str, protocol: &str) -> String {
    match tongue {
        Chinese => {
            format!(
                "{name} 没有写明 {protocol} 服务器；请在 config.toml 里写 {protocol} = \"主机:端口\"，或用 --at 主机:端口"
            )
        }
        English => format!(
            "{name} names no {protocol} server; write {protocol} = \"HOST:PORT\" into config.toml, or say --at HOST:PORT"
        ),
    }
}

pub(in crate::cli) fn calling(tongue: Language, server: &Server) -> String {
    match tongue {
        Chinese => format!("正在连接 {server}"),
        English => format!("calling {server}"),
    }
}

/// By what a certificate was judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Judged {
    System,
    Authority,
    Pin,
}

pub(in crate::cli) fn protected(tongue: Language, server: &Server, judged: Judged) -> String {
    let host = &server.host;
    let judged = match (judged, tongue) {
        (Judged::System, Chinese) => format!("证书确属 {host}，由系统信任的机构签发"),
        (Judged::System, English) => format!("the certificate is for {host}, signed by somebody this system trusts"),
        (Judged::Authority, Chinese) => format!("证书确属 {host}，由账户指定的机构签发"),
        (Judged::Authority, English) => {
            format!("the certificate is for {host}, signed by the account's own authority")
        }
        (Judged::Pin, Chinese) => "证书正是账户里用 pin 写明的那一个".to_owned(),
        (Judged::Pin, English) => "the certificate is the one that the account pins".to_owned(),
    };
    match (server.tls, tongue) {
        (TlsMode::None, _) => either(tongue, "已连接，没有加密", "connected, not encrypted"),
        (TlsMode::Tls, Chinese) => format!("已连接，全程 TLS 加密（1.2 或更新）；{judged}"),
        (TlsMode::Tls, English) => format!("connected, with TLS (1.2 or newer) from the start; {judged}"),
        (TlsMode::StartTls, Chinese) => format!("已连接，STARTTLS 之后是 TLS 加密（1.2 或更新）；{judged}"),
        (TlsMode::StartTls, English) => format!("connected, with TLS (1.2 or newer) after STARTTLS; {judged}"),
    }
}

pub(in crate::cli) fn certificate(tongue: Language, fingerprint: Fingerprint) -> String {
    match tongue {
        Chinese => format!("证书指纹 {fingerprint}"),
        English => format!("the certificate is {fingerprint}"),
    }
}

pub(in crate::cli) fn how_to_talk(tongue: Language) -> String {
    either(
        tongue,
        "login 用保存的密码登录，help 看说明，Ctrl-D 告别，Ctrl-C 立刻断开",
        "login: log in with the stored password; help: more; Ctrl-D: say goodbye; Ctrl-C: end at once",
    )
}

pub(in crate::cli) fn help(tongue: Language) -> Vec<String> {
    match tongue {
        Chinese => [
            "输入的每一行都发给服务器，服务器的回答原样显示；CRLF 自动加上，IMAP 的标签不写会自动加上。",
            "login（或 auth）用保存的密码登录，密码不显示。手工输入的密码不会进入记录和历史。",
            "会改动邮箱的命令，发出之前会问一句。# 开头的行不发送。",
            "上下键翻历史；Ctrl-D 或 quit 告别；Ctrl-C 立刻断开。",
        ],
        English => [
            "Each line goes to the server, and what it says is shown; CRLF is added, and so is the tag of IMAP if it is missing.",
            "login (or auth) logs in with the stored password, which is not shown. One typed by hand is kept nowhere.",
            "Before a command that changes something you are asked. Lines that begin with # are not sent.",
            "Up and down go through the history; Ctrl-D or quit says goodbye; Ctrl-C ends it at once.",
        ],
    }
    .map(str::to_owned)
    .to_vec()
}

pub(in crate::cli) fn would(tongue: Language, change: Change) -> String {
    let (chinese, english) = match change {
        Change::Flags => ("这会改变邮件的标记（已读、星标、待删除）", "this changes the flags of messages"),
        Change::Expunge => {
            ("这会彻底删除所有标为待删除的邮件", "this removes every message that is marked as deleted, for good")
        }
        Change::Close => (
            "这会关闭文件夹，并彻底删除其中标为待删除的邮件（UNSELECT 只关闭）",
            "this closes the folder and removes what is marked as deleted in it, for good (UNSELECT only closes)",
        ),
        Change::DeleteFolder => ("这会删除一个文件夹和里面的邮件", "this deletes a folder with the messages in it"),
        Change::Rename => ("这会给文件夹改名", "this renames a folder"),
        Change::Create => ("这会新建一个文件夹", "this makes a new folder"),
        Change::Append => ("这会往文件夹里放进一封邮件", "this puts a message into a folder"),
        Change::Copy => ("这会把邮件复制到另一个文件夹", "this copies messages into another folder"),
        Change::Move => ("这会把邮件移到另一个文件夹", "this moves messages into another folder"),
        Change::Subscription => (
            "这会改变订阅的文件夹，其他邮件程序也会受影响",
            "this changes which folders are subscribed, for other programs too",
        ),
        Change::Rights => ("这会改变服务器上的权限或设置", "this changes rights or settings on the server"),
        Change::MarkRead => (
            "这样取信会把邮件标为已读（BODY.PEEK[…] 不会）",
            "fetching it this way marks the message as read (BODY.PEEK[…] does not)",
        ),
        Change::Message => ("这会开始发出一封邮件", "this begins to send a message"),
        Change::Data => ("下面的内容会作为邮件发出", "what follows is sent as a message"),
        Change::Delete => (
            "QUIT 之后这封邮件会从服务器上删除（RSET 可以撤回）",
            "after QUIT the message is gone from the server (RSET takes it back)",
        ),
    };
    either(tongue, chinese, english)
}

pub(in crate::cli) fn go_on(tongue: Language) -> String {
    either(tongue, "继续吗？y/N ", "Go on? y/N ")
}

pub(in crate::cli) fn not_sent(tongue: Language) -> String {
    either(tongue, "没有发送", "not sent")
}

pub(in crate::cli) fn needs_yes(tongue: Language) -> String {
    either(
        tongue,
        "这里没有人可以问，没有发送；确实要做就加 --yes",
        "nobody can be asked here, so it was not sent; add --yes to do it",
    )
}

pub(in crate::cli) fn no_stored_secret(tongue: Language) -> String {
    either(tongue, "没有可用的密码，login 用不了", "there is no stored password to log in with")
}

pub(in crate::cli) fn odd_secret(tongue: Language) -> String {
    either(tongue, "用户名或密码里有换行，没有发送", "the name or the password holds a line break; nothing was sent")
}

pub(in crate::cli) fn no_starttls_here(tongue: Language) -> String {
    either(
        tongue,
        "加密要在连接时决定：请用 --tls starttls",
        "encryption is decided when the connection is made: use --tls starttls",
    )
}

pub(in crate::cli) fn left_out(tongue: Language, bytes: u64) -> String {
    match tongue {
        Chinese => format!("… 略去 {bytes} 字节"),
        English => format!("… {bytes} bytes left out"),
    }
}

pub(in crate::cli) fn closed(tongue: Language) -> String {
    either(tongue, "服务器断开了连接", "the server closed the connection")
}

pub(in crate::cli) fn too_much_ahead(tongue: Language) -> String {
    either(
        tongue,
        "前面的命令还没有回答，这一行没有发送",
        "earlier commands are not answered yet; this line was not sent",
    )
}

pub(in crate::cli) fn ahead_was_dropped(tongue: Language) -> String {
    either(
        tongue,
        "登录没有完成，提前输入的行没有发送；请重新输入",
        "the login did not take what was typed ahead; those lines were not sent, type them again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_has_a_sentence_in_both_languages() {
        for change in Change::EVERY {
            let (chinese, english) = (would(Chinese, change), would(English, change));
            assert!(!chinese.is_ascii() && english.len() > 10, "{change:?}");
        }
    }
}
