//! What the commands say to people, in Chinese and in English. Each sentence says what is and what to do.

pub(super) mod accounts;
pub(super) mod doctor;
pub(super) mod doubts;
pub(super) mod files;
pub(super) mod loss;
pub(super) mod outbox;
pub(super) mod people;
pub(super) mod reasons;
pub(super) mod refusals;
pub(super) mod search;
mod store;
pub(super) mod wire;

pub(super) use store::{is_newer, mail_is_rebuilt, own_db_is_damaged, own_db_was_replaced};

use std::path::Path;

use crate::config::{Account, Kind, Language as Chosen, Preset};
use crate::i18n::Language::{self, En as English, ZhCn as Chinese};
use crate::model::{Failure, FailureKind};

/// The command line counts before the settings, these before the locale.
pub(super) fn language(given: Option<Chosen>, set: Chosen, locale: Option<&str>) -> Language {
    match given.unwrap_or(set) {
        Chosen::Chinese => Chinese,
        Chosen::English => English,
        Chosen::Auto => Language::of_locale(locale.unwrap_or_default()),
    }
}

/// What went wrong, and what to do about it.
pub fn failure(tongue: Language, failure: &Failure) -> String {
    if let Some(advice) = refusals::advice(tongue, failure) {
        return advice;
    }
    let sentence = match tongue {
        Chinese => in_chinese(failure),
        English => in_english(failure),
    };
    let about_others = !matches!(
        failure.kind,
        FailureKind::NoSecret | FailureKind::Disk | FailureKind::Damaged | FailureKind::Internal
    );
    match (tongue, failure.said.as_str()) {
        (_, "") => sentence,
        (Chinese, said) if about_others => format!("{sentence}（对方说：{said}）"),
        (English, said) if about_others => format!("{sentence} (it said: {said})"),
        (Chinese, said) => format!("{sentence}：{}", reasons::reason(tongue, said)),
        (English, said) => format!("{sentence}: {said}"),
    }
}

fn in_english(failure: &Failure) -> String {
    let host = match failure.about.as_str() {
        "" => "the server",
        host => host,
    };
    match failure.kind {
        FailureKind::UnknownHost => format!("the name {host} has no address; check its spelling and the network"),
        FailureKind::Unreachable => {
            format!("nothing answers at {host}; check the server's name, its port and the network")
        }
        FailureKind::TimedOut => format!("{host} took too long to answer; try again later"),
        FailureKind::Dropped => format!("{host} closed the connection; try again later"),
        FailureKind::UntrustedCertificate => format!(
            "the certificate of {host} is not signed by anybody who is trusted here; nothing was sent; \
             for a server of your own name its authority with --ca FILE, \
             or compare the fingerprint and trust it alone: --pin, or pin in config.toml"
        ),
        FailureKind::WrongName => {
            format!("the certificate of {host} is for another name; nothing was sent; check the server's name")
        }
        FailureKind::Expired => format!(
            "the certificate of {host} is not valid today; nothing was sent; \
             check the clock here, then ask who runs the server"
        ),
        FailureKind::Tls => {
            format!("no encryption with {host}; check port and mode: 993 is usually tls, 143 is starttls")
        }
        FailureKind::PinChanged => format!(
            "{host} shows another certificate than the pinned one; nothing was sent; \
             ask who runs the server for the new fingerprint, and only then change pin in config.toml"
        ),
        FailureKind::PlainPort => format!(
            "the port of {host} is not encrypted from the start; nothing was sent; \
             use its encrypted port, for IMAP mostly 993, or --tls starttls"
        ),
        FailureKind::TlsPort => {
            format!("the port of {host} is encrypted from the start; choose --tls tls")
        }
        FailureKind::Portal => format!(
            "a web page answers instead of {host}; this network may want a login: \
             open any page in a browser, then try again"
        ),
        FailureKind::Proxy => format!(
            "the way through the proxy {} is closed; check proxy in config.toml: address, port, name and password",
            failure.about
        ),
        FailureKind::StartTls => format!(
            "{host} did not begin encryption as it must; nothing was sent; try --tls tls with its encrypted port"
        ),
        FailureKind::Plaintext => format!(
            "{host} is another machine, and without encryption everybody on the way could read the password; \
             choose --tls tls or starttls, or say --insecure"
        ),
        FailureKind::Login => format!("{host} refused the login; check name and password"),
        FailureKind::Mistrusted => format!(
            "{host} opens no folder for this program; in the webmail's settings turn IMAP on again and make a new \
             authorization code, or ask the provider"
        ),
        FailureKind::NoSecret => format!("there is no password for {host}"),
        FailureKind::Throttled => format!("{host} asks for patience; try again in a few minutes"),
        FailureKind::Refused => format!("{host} said no"),
        FailureKind::Protocol => format!("{host} does not talk like a mail server; check its name and port"),
        FailureKind::Gone => match failure.about.as_str() {
            "" => "the message is not there any more".to_owned(),
            what => format!("{what} is not there"),
        },
        FailureKind::Unlisted => "the server does not list the message any more, and its text was not fetched before; \
                                  let it show all mail, in the settings of its web mail, and sync again"
            .to_owned(),
        FailureKind::Disk => "the disk cannot be written or read".to_owned(),
        FailureKind::Damaged => "what is stored here cannot be read".to_owned(),
        FailureKind::InUse => {
            "another hongyan is at work with this profile; try again when it is done, or name another --profile"
                .to_owned()
        }
        FailureKind::Offline => "there is no connection to the server now; try again later".to_owned(),
        FailureKind::Internal => "a part of hongyan itself broke; please report what it said".to_owned(),
    }
}

fn in_chinese(failure: &Failure) -> String {
    let host = match failure.about.as_str() {
        "" => "服务器",
        host => host,
    };
    match failure.kind {
        FailureKind::UnknownHost => format!("找不到 {host} 的地址；请检查拼写和网络"),
        FailureKind::Unreachable => format!("{host} 没有响应；请检查服务器名、端口和网络"),
        FailureKind::TimedOut => format!("{host} 太久没有回答；请稍后再试"),
        FailureKind::Dropped => format!("{host} 断开了连接；请稍后再试"),
        FailureKind::UntrustedCertificate => {
            format!(
                "{host} 的证书不是由这里信任的机构签发的，没有发送任何内容；自己的服务器请用 --ca FILE 指定签发机构，\
                 或核对指纹后只信任它：--pin，或 config.toml 里的 pin"
            )
        }
        FailureKind::WrongName => format!("{host} 的证书属于另一个名字，没有发送任何内容；请检查服务器名"),
        FailureKind::Expired => {
            format!("{host} 的证书今天无效，没有发送任何内容；请先检查本机时间，再询问服务器的管理者")
        }
        FailureKind::Tls => format!("无法与 {host} 加密通信；请检查端口和方式：993 一般是 tls，143 是 starttls"),
        FailureKind::PinChanged => format!(
            "{host} 出示的不是指定的那张证书，没有发送任何内容；先向服务器的管理者问到新指纹，再修改 config.toml 里的 pin"
        ),
        FailureKind::PlainPort => format!(
            "{host} 的这个端口不是一开始就加密的，没有发送任何内容；请用加密端口（IMAP 一般是 993），或用 --tls starttls"
        ),
        FailureKind::TlsPort => format!("{host} 的这个端口一开始就要加密；请用 --tls tls"),
        FailureKind::Portal => {
            format!("应答的是网页，不是 {host}；这个网络可能要先登录：用浏览器随便打开一个网页，然后再试")
        }
        FailureKind::Proxy => {
            format!("代理 {} 走不通；请检查 config.toml 里 proxy 的地址、端口、用户名和密码", failure.about)
        }
        FailureKind::StartTls => {
            format!("{host} 没有按规定开始加密，没有发送任何内容；请改用加密端口和 --tls tls")
        }
        FailureKind::Plaintext => {
            format!("{host} 不是本机，不加密的话路上的人都能看到密码；请用 --tls tls 或 starttls，或者写明 --insecure")
        }
        FailureKind::Login => format!("{host} 拒绝登录；请检查用户名和密码"),
        FailureKind::Mistrusted => {
            format!("{host} 不让这个程序打开文件夹；请在网页邮箱的设置里重新开启 IMAP 并新建授权码，或联系客服")
        }
        FailureKind::NoSecret => format!("{host} 没有密码"),
        FailureKind::Throttled => format!("{host} 请求稍候；请过几分钟再试"),
        FailureKind::Refused => format!("{host} 拒绝了"),
        FailureKind::Protocol => format!("{host} 的回答不像邮件服务器；请检查服务器名和端口"),
        FailureKind::Gone => match failure.about.as_str() {
            "" => "这封邮件已经不在了".to_owned(),
            what => format!("{what} 不存在"),
        },
        FailureKind::Unlisted => {
            "服务器已不再列出这封邮件，正文也没有赶在那之前取到；请在网页邮箱的设置里改为收取全部邮件，再同步一次"
                .to_owned()
        }
        FailureKind::Disk => "磁盘无法读写".to_owned(),
        FailureKind::Damaged => "这里保存的内容无法读取".to_owned(),
        FailureKind::InUse => "另一个 hongyan 正在使用这份数据；请等它结束再试，或用 --profile 指定别的目录".to_owned(),
        FailureKind::Offline => "现在没有连上服务器；请稍后再试".to_owned(),
        FailureKind::Internal => "hongyan 自己有一部分出错了；请把原话报告给开发者".to_owned(),
    }
}

/// What to add when a login is refused: providers want another secret than the one people know.
pub(super) fn about_the_secret(tongue: Language, preset: &Preset) -> Option<String> {
    if preset.oauth_only {
        return Some(match tongue {
            Chinese => "这家服务商不再接受邮件程序用密码登录".to_owned(),
            English => "this provider does not accept passwords from mail programs any more".to_owned(),
        });
    }
    (preset.secret_en != "password").then(|| match tongue {
        Chinese => format!("这里要用网页邮箱设置里给出的{}，不是网页登录密码", preset.secret_zh),
        English => {
            format!("it wants the {} from the settings of its web mail, not the web password", preset.secret_en)
        }
    })
}

pub(super) fn ask_secret(tongue: Language, address: &str, preset: Option<&Preset>) -> String {
    match (tongue, preset) {
        (Chinese, Some(preset)) => format!("{address} 的{}：", preset.secret_zh),
        (Chinese, None) => format!("{address} 的密码："),
        (English, Some(preset)) => format!("{} for {address}: ", preset.secret_en),
        (English, None) => format!("password for {address}: "),
    }
}

pub(super) fn no_terminal(tongue: Language) -> String {
    match tongue {
        Chinese => "这里没有可以询问密码的终端；请用 --secret-stdin 或 --password-command",
        English => "there is no terminal to ask for the password; use --secret-stdin or --password-command",
    }
    .to_owned()
}

pub(super) fn cancelled(tongue: Language) -> String {
    match tongue {
        Chinese => "已取消，什么也没有保存",
        English => "cancelled; nothing was saved",
    }
    .to_owned()
}

pub(super) fn empty_secret(tongue: Language) -> String {
    match tongue {
        Chinese => "密码是空的，什么也没有保存",
        English => "the password is empty; nothing was saved",
    }
    .to_owned()
}

/// `account add` with a known address.
pub(super) fn secret_replaced(tongue: Language, account: &Account, tried: bool) -> String {
    let (name, imap) = (&account.name, &account.imap);
    match (tongue, tried) {
        (Chinese, true) => format!("已更换 {name} 的密码：在 {imap} 登录成功"),
        (Chinese, false) => format!("已更换 {name} 的密码，没有试登录"),
        (English, true) => format!("the password of {name} was replaced: the login at {imap} works"),
        (English, false) => format!("the password of {name} was replaced, without trying it"),
    }
}

pub(super) fn address_is_known(tongue: Language, address: &str, name: &str) -> String {
    match tongue {
        Chinese => format!("{address} 已经配置过，名为 {name}；要再加一次，请用 --name 另取名字"),
        English => format!("{address} is configured already, as {name}; to add it once more give it another --name"),
    }
}

pub(super) fn kind_is_not_there(tongue: Language, kind: Kind) -> String {
    match tongue {
        Chinese => format!("这个版本还不能读取 {} 账户；请用 --kind imap", kind.code()),
        English => format!("this version does not read {} accounts yet; use --kind imap", kind.code()),
    }
}

pub(super) fn added(tongue: Language, account: &Account, checked: bool) -> String {
    match (tongue, checked) {
        (Chinese, true) => format!("已添加 {}：在 {} 登录成功", account.name, account.imap),
        (Chinese, false) => format!("已添加 {}，没有试过登录（{}）", account.name, account.imap),
        (English, true) => format!("added {}: the login at {} works", account.name, account.imap),
        (English, false) => format!("added {} without trying the login at {}", account.name, account.imap),
    }
}

pub(super) fn secret_in_file(tongue: Language, folder: &Path, why: &str) -> String {
    let folder = folder.display();
    let why = reasons::reason(tongue, why);
    match tongue {
        Chinese => format!("钥匙串不可用（{why}）；密码保存在 {folder} 里，只有你能读"),
        English => format!("no keyring ({why}); the password is in a file in {folder} that only you may read"),
    }
}

pub(super) fn no_secret_kept(tongue: Language) -> String {
    match tongue {
        Chinese => "没有保存密码；请在 hongyan 里输入，或删除账户后带 --secret-stdin 重新添加",
        English => "no password was kept; enter it in hongyan, or remove the account and add it with --secret-stdin",
    }
    .to_owned()
}

pub(super) fn may_it_be_a_file(tongue: Language, why: &str) -> String {
    let why = reasons::reason(tongue, why);
    match tongue {
        Chinese => format!("钥匙串不可用（{why}）。把密码保存在只有你能读的文件里？y 保存，n 每次询问："),
        English => format!(
            "no keyring ({why}). Keep the password in a file that only you may read? y: keep, n: ask each time: "
        ),
    }
}

pub(super) fn no_account(tongue: Language) -> String {
    match tongue {
        Chinese => "还没有账户；请用 hongyan account add 地址 添加",
        English => "there is no account yet; add one with hongyan account add ADDRESS",
    }
    .to_owned()
}

pub(super) fn unknown_account(tongue: Language, name: &str, known: &[&str]) -> String {
    let known = known.join(", ");
    match tongue {
        Chinese => format!("没有名为 {name} 的账户；已有：{known}"),
        English => format!("there is no account {name}; there are: {known}"),
    }
}

pub(super) fn unknown_folder(tongue: Language, name: &str, near: &[String]) -> String {
    let near = near.join(", ");
    match (tongue, near.as_str()) {
        (Chinese, "") => format!("没有文件夹 {name}；hongyan folders 列出全部文件夹"),
        (Chinese, near) => format!("没有文件夹 {name}；相近的有：{near}"),
        (English, "") => format!("there is no folder {name}; hongyan folders lists them all"),
        (English, near) => format!("there is no folder {name}; close to it: {near}"),
    }
}

pub(super) fn only_holds_folders(tongue: Language, name: &str) -> String {
    match tongue {
        Chinese => format!("文件夹 {name} 只含其他文件夹，没有邮件"),
        English => format!("the folder {name} only holds other folders, no messages"),
    }
}

pub(super) fn nothing_yet(tongue: Language) -> String {
    match tongue {
        Chinese => "还没有邮件；hongyan sync --once 可以取回",
        English => "there is no mail here yet; hongyan sync --once fetches it",
    }
    .to_owned()
}

pub(super) fn removed(tongue: Language, name: &str) -> String {
    match tongue {
        Chinese => format!("已删除账户 {name} 和它在本机的邮件；服务器上的邮件不受影响"),
        English => format!("removed {name} and its mail from this machine; its server keeps everything"),
    }
}

pub(super) fn secret_stays(tongue: Language, name: &str, why: &str) -> String {
    let why = reasons::reason(tongue, why);
    match tongue {
        Chinese => format!("{name} 的密码可能还在原处：{why}"),
        English => format!("the password of {name} may still be where it was kept: {why}"),
    }
}

pub(super) fn wants_refused(tongue: Language, count: u64) -> String {
    match tongue {
        Chinese => format!("服务器拒绝了 {count} 处改动；这些邮件恢复为服务器上的样子"),
        English => format!("the server refused {count} changes; these messages are as the server has them"),
    }
}

pub(super) fn does_not_add_up(tongue: Language, folder: &str) -> String {
    match tongue {
        Chinese => format!("服务器给出的 {folder} 的邮件数目前后不一致；没有因此删除任何邮件，请稍后再运行一次"),
        English => {
            format!("the server's numbers for {folder} do not add up; nothing was removed for it; run this again later")
        }
    }
}

pub(super) fn not_a_message(tongue: Language, file: &str, why: &str) -> String {
    match tongue {
        Chinese => format!("{file} 无法读取：{why}"),
        English => format!("{file} cannot be read: {why}"),
    }
}

pub(super) fn cut(tongue: Language) -> &'static str {
    match tongue {
        Chinese => "（正文太长，这里只显示开头）",
        English => "(the text is too long; this is its beginning)",
    }
}

pub(super) fn only_here(tongue: Language) -> &'static str {
    match tongue {
        Chinese => "仅本机：服务器已不再列出这封邮件",
        English => "Only here: the server does not list it any more",
    }
}

pub(super) fn too_deep(tongue: Language) -> &'static str {
    match tongue {
        Chinese => "（邮件里层层套着邮件，太深了；里面的内容没有显示）",
        English => "(messages are nested too deep in this one; what is inside them is not shown)",
    }
}

pub(super) fn fetching(tongue: Language, account: &str, folder: &str, done: u64, total: u64) -> String {
    match tongue {
        Chinese => format!("{account}：{folder} {done}/{total}"),
        English => format!("{account}: {folder} {done}/{total}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_sentence_in_both_languages() {
        for kind in FailureKind::EVERY {
            for (about, said) in [("", ""), ("mail.example", ""), ("mail.example", "\u{1b}[31mno")] {
                let value = Failure::lasting(kind, about, said);
                for tongue in [Chinese, English] {
                    let sentence = failure(tongue, &value);
                    assert!(sentence.chars().count() > 4, "{kind:?}");
                    assert!(!sentence.contains(['\n', '!', '！', '\u{1b}']), "{sentence}");
                    assert!(said.is_empty() || sentence.contains("␛[31mno"), "{sentence}");
                }
            }
        }
    }

    #[test]
    fn the_command_line_counts_first_then_the_settings_then_the_locale() {
        for (given, set, locale, tongue) in [
            (None, Chosen::Auto, Some("zh_CN.UTF-8"), Chinese),
            (None, Chosen::Auto, Some("C.UTF-8"), English),
            (None, Chosen::Auto, None, English),
            (None, Chosen::English, Some("zh_CN.UTF-8"), English),
            (Some(Chosen::Chinese), Chosen::English, None, Chinese),
            (Some(Chosen::Auto), Chosen::Chinese, Some("en_US"), English),
        ] {
            assert_eq!(language(given, set, locale), tongue);
        }
    }
}
