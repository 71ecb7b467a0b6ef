//! What is said while an account is made, shown and mended.

use crate::config::{Account, Address, Preset};
use crate::i18n::Language::{self, En as English, ZhCn as Chinese};
use crate::joining::{Hint, Tried};
use crate::model::{Quirk, Server};

/// Where to get the secret of this provider: a few lines.
pub(in crate::cli) fn where_from(tongue: Language, preset: &Preset) -> Vec<String> {
    let lines = match tongue {
        Chinese => &preset.where_zh,
        English => &preset.where_en,
    };
    let help = preset.help.iter().map(|help| match tongue {
        Chinese => format!("说明：{help}"),
        English => format!("explained at {help}"),
    });
    lines.iter().cloned().chain(help).collect()
}

/// What to know of what will be seen, if there is something.
pub(in crate::cli) fn notes(tongue: Language, preset: &Preset, tried: &Tried) -> Vec<String> {
    let worth = tried.hints.iter().any(|hint| matches!(hint, Hint::OnlyRecent | Hint::OnlySystemFolders));
    let lines = match tongue {
        Chinese => &preset.notes_zh,
        English => &preset.notes_en,
    };
    lines.iter().filter(|_| worth).cloned().collect()
}

pub(in crate::cli) fn found(tongue: Language, tried: &Tried) -> String {
    let Tried { messages, folders, .. } = tried;
    match tongue {
        Chinese => format!("收件箱 {messages} 封，文件夹 {folders} 个"),
        English => format!("messages in the inbox: {messages}, folders: {folders}"),
    }
}

/// Who receives the mail of a domain of somebody's own.
pub(in crate::cli) fn hosted_by(tongue: Language, domain: &str, preset: &Preset) -> String {
    let host = &preset.imap.host;
    match tongue {
        Chinese => format!("{domain} 的邮件由 {} 收（{host}）", preset.id),
        English => format!("the mail of {domain} is at {} ({host})", preset.id),
    }
}

/// A server that answers under a name that servers mostly have.
pub(in crate::cli) fn guessed(tongue: Language, domain: &str, server: &Server) -> String {
    match tongue {
        Chinese => format!("没有记录 {domain} 的服务器；{server} 有应答，证书也对，就用它"),
        English => format!("nothing is known of {domain}; {server} answers with a good certificate and is used"),
    }
}

/// A domain that is nearly a known one, where somebody can be asked.
pub(in crate::cli) fn ask_what_was_meant(tongue: Language, written: &Address, meant: &Address) -> String {
    let domain = written.domain();
    match tongue {
        Chinese => format!("是不是 {meant}？y 用它，n 就是 {domain}："),
        English => format!("did you mean {meant}? y: take it, n: {domain} is right: "),
    }
}

/// The same, where nobody can be asked.
pub(in crate::cli) fn nearly_known(tongue: Language, written: &Address, meant: &Address) -> String {
    let domain = written.domain();
    match tongue {
        Chinese => {
            format!("{domain} 很像写错了，没有发送任何内容；是不是 {meant}？没有写错，就用 --imap HOST 指定服务器")
        }
        English => format!(
            "{domain} looks like a slip of the finger, and nothing was sent; did you mean {meant}? If it is right, \
             name the server: --imap HOST"
        ),
    }
}

/// How an account is added whose provider takes tokens only.
pub(in crate::cli) fn with_tokens(tongue: Language, address: &Address) -> String {
    let line = format!("hongyan account add {address} --token-command 'oama access {address}'");
    match tongue {
        Chinese => format!("取令牌的程序装好、授权以后：{line}"),
        English => format!("once such a program is set up: {line}"),
    }
}

pub(in crate::cli) fn no_such_domain(tongue: Language, domain: &str) -> String {
    match tongue {
        Chinese => format!("没有 {domain} 这个域名；请检查地址的拼写，或用 --imap HOST 指定服务器"),
        English => {
            format!("there is no domain {domain}; check the spelling of the address, or name the server: --imap HOST")
        }
    }
}

/// What was tried is only what servers are mostly called.
pub(in crate::cli) fn name_the_server(tongue: Language, domain: &str) -> String {
    match tongue {
        Chinese => {
            format!(
                "试过 imap.{domain}、mail.{domain} 和 {domain}；请向邮箱的管理者问到收信服务器，用 --imap HOST 指定"
            )
        }
        English => format!(
            "imap.{domain}, mail.{domain} and {domain} were tried; ask who runs it for the IMAP server and name it: \
             --imap HOST"
        ),
    }
}

/// `account secret`, where no secret is kept by us.
pub(in crate::cli) fn not_ours_to_keep(tongue: Language, account: &Account, asked_each_time: bool) -> String {
    let name = &account.name;
    match (tongue, asked_each_time) {
        (Chinese, true) => format!("{name} 的密码不保存，每次都会询问；没有可以更换的"),
        (Chinese, false) => format!("{name} 的密码由一个程序给出；请在那里更换，或修改 config.toml 里的 secret"),
        (English, true) => {
            format!("the password of {name} is kept nowhere and asked for each time: nothing to replace")
        }
        (English, false) => {
            format!("a program prints the password of {name}: change it there, or change secret in config.toml")
        }
    }
}

pub(in crate::cli) fn quirk(tongue: Language, quirk: Quirk) -> &'static str {
    match (tongue, quirk) {
        (Chinese, Quirk::OneAtATime) => "命令要一条一条说",
        (Chinese, Quirk::SilentIdle) => "接受 IDLE 但不通知新邮件，改为定时询问",
        (Chinese, Quirk::NoCompression) => "压缩会出错，不用",
        (Chinese, Quirk::NoChanges) => "所报的变化不可信，逐一核对",
        (Chinese, Quirk::OneConnection) => "只容得下一个连接",
        (Chinese, Quirk::NoInline) => "登录时要一步一步说",
        (Chinese, Quirk::NoLogin) => "不认识 LOGIN 命令，改用 AUTHENTICATE",
        (Chinese, Quirk::NoMove) => "MOVE 不管用，改为先复制再删除",
        (English, Quirk::OneAtATime) => "it takes commands only one by one",
        (English, Quirk::SilentIdle) => "it takes IDLE and tells of nothing: it is asked instead",
        (English, Quirk::NoCompression) => "compression breaks: not used",
        (English, Quirk::NoChanges) => "what it tells of changes is not true: everything is compared",
        (English, Quirk::OneConnection) => "it bears one connection only",
        (English, Quirk::NoInline) => "it takes a login only step by step",
        (English, Quirk::NoLogin) => "it does not know LOGIN: AUTHENTICATE is used",
        (English, Quirk::NoMove) => "it offers MOVE and does not move: messages are copied and removed",
    }
}

/// Since when a quirk is known, and why it is believed.
pub(in crate::cli) fn learned(tongue: Language, quirk: &str, date: &str, evidence: &str) -> String {
    match tongue {
        Chinese => format!("{quirk}（{date}：{evidence}）"),
        English => format!("{quirk} ({date}: {evidence})"),
    }
}

pub(in crate::cli) fn nothing_learned(tongue: Language) -> &'static str {
    match tongue {
        Chinese => "没有",
        English => "nothing",
    }
}

pub(in crate::cli) fn forgotten(tongue: Language, name: &str, count: usize) -> String {
    match (tongue, count) {
        (Chinese, 0) => format!("关于 {name} 的服务器没有学到什么，无需忘记"),
        (Chinese, count) => format!("已忘记关于 {name} 的服务器学到的 {count} 件事；需要时会重新学到"),
        (English, 0) => format!("nothing was learned of the server of {name}"),
        (English, count) => {
            format!(
                "forgot {count} things that were learned of the server of {name}; what is still true is learned again"
            )
        }
    }
}

/// The left column of `account show`.
pub(in crate::cli) fn label(tongue: Language, label: Label) -> &'static str {
    match (tongue, label) {
        (Chinese, Label::Address) => "地址",
        (Chinese, Label::Identities) => "其他身份",
        (Chinese, Label::Provider) => "服务商",
        (Chinese, Label::Imap) => "收信服务器",
        (Chinese, Label::Smtp) => "发信服务器",
        (Chinese, Label::Login) => "登录名",
        (Chinese, Label::Secret) => "密码在",
        (Chinese, Label::Learned) => "学到的",
        (English, Label::Address) => "address",
        (English, Label::Identities) => "identities",
        (English, Label::Provider) => "provider",
        (English, Label::Imap) => "imap",
        (English, Label::Smtp) => "smtp",
        (English, Label::Login) => "login",
        (English, Label::Secret) => "secret",
        (English, Label::Learned) => "learned",
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Label {
    Address,
    Identities,
    Provider,
    Imap,
    Smtp,
    Login,
    Secret,
    Learned,
}
