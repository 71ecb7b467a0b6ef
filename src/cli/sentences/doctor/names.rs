//! What the doctor calls things.

use super::two;
use crate::cli::doctor::fact::Check;
use crate::cli::doctor::judge::Level;
use crate::cli::doctor::keys::{Wrong, WrongKey};
use crate::cli::doctor::veil::Veil;
use crate::config::keymap::KeyTrouble;
use crate::i18n::{Language, Words};
use crate::model::Role;

/// How good it is. All of them are equally wide in one language.
pub(in crate::cli) fn level(t: Language, level: Level) -> String {
    match level {
        Level::Ok => two(t, "正常", "ok  "),
        Level::Warn => two(t, "注意", "warn"),
        Level::Fail => two(t, "不行", "FAIL"),
    }
}

pub(in crate::cli) fn label(t: Language, check: Check) -> String {
    match check {
        Check::Program => two(t, "程序", "program"),
        Check::Settings => two(t, "设置", "settings"),
        Check::Profile => two(t, "数据", "profile"),
        Check::Space => two(t, "磁盘", "disk"),
        Check::Keys => two(t, "按键", "keys"),
        Check::Openers => two(t, "打开", "openers"),
        Check::Keyring => two(t, "钥匙串", "keyring"),
        Check::Terminal => two(t, "终端", "terminal"),
        Check::Locale => two(t, "语言环境", "locale"),
        Check::Width => two(t, "字宽", "width"),
        Check::Account => two(t, "服务器", "server"),
        Check::Secret => two(t, "密码", "password"),
        Check::Proxy => two(t, "代理", "proxy"),
        Check::Names => two(t, "域名", "DNS"),
        Check::Mx => two(t, "收信", "MX"),
        Check::Address => two(t, "连接", "TCP"),
        Check::Tls => two(t, "加密", "TLS"),
        Check::Certificate => two(t, "证书", "certificate"),
        Check::Greeting => two(t, "问候", "greeting"),
        Check::Abilities => two(t, "能力", "abilities"),
        Check::Login => two(t, "登录", "login"),
        Check::Id => two(t, "自报", "ID"),
        Check::Inbox => two(t, "收件箱", "inbox"),
        Check::Folders => two(t, "文件夹", "folders"),
        Check::Idle => two(t, "通知", "IDLE"),
        Check::Pulse => two(t, "往返", "round trip"),
        Check::Clock => two(t, "时钟", "clock"),
        Check::Watch => two(t, "守候", "watch"),
        Check::SmtpServer => two(t, "发信", "SMTP"),
        Check::SmtpProxy => two(t, "发信代理", "SMTP proxy"),
        Check::SmtpNames => two(t, "发信域名", "SMTP DNS"),
        Check::SmtpAddress => two(t, "发信连接", "SMTP TCP"),
        Check::SmtpTls => two(t, "发信加密", "SMTP TLS"),
        Check::SmtpCertificate => two(t, "发信证书", "SMTP cert."),
        Check::SmtpGreeting => two(t, "发信问候", "SMTP hello"),
        Check::SmtpAbilities => two(t, "发信能力", "SMTP EHLO"),
        Check::SmtpLogin => two(t, "发信登录", "SMTP login"),
        Check::SmtpSize => two(t, "发信大小", "SMTP SIZE"),
        Check::SmtpGoodbye => two(t, "发信告别", "SMTP QUIT"),
        Check::Deadline => two(t, "时限", "time limit"),
    }
}

pub(super) fn role(t: Language, role: Role) -> String {
    Words::of(t).role(role.code()).to_owned()
}

pub(super) fn wrong_key(t: Language, wrong: &WrongKey, veil: &Veil) -> String {
    let WrongKey { pane, key, action, trouble } = wrong;
    let (pane, key, action) = (veil.text(pane), veil.text(key), veil.text(action));
    match trouble {
        Wrong::Key(KeyTrouble::NotAKey) => {
            two(t, format!("[keys.{pane}] 里的 {key} 不是按键"), format!("{key} in [keys.{pane}] is not a key"))
        }
        Wrong::Key(KeyTrouble::UnknownAction) => two(
            t,
            format!("[keys.{pane}] 里 {key} 的动作 {action} 不存在"),
            format!("{key} in [keys.{pane}] means {action}, which does not exist"),
        ),
        Wrong::Key(KeyTrouble::Twice) => {
            two(t, format!("[keys.{pane}] 里 {key} 写了两次"), format!("{key} is in [keys.{pane}] twice"))
        }
        Wrong::Key(KeyTrouble::Prefix) => two(
            t,
            format!("[keys.{pane}] 里 {key}（{action}）是另一个按键的开头"),
            format!("{key} ({action}) in [keys.{pane}] is the beginning of another key"),
        ),
        Wrong::Pane => two(t, format!("没有 [keys.{pane}] 这一栏"), format!("there is no pane for [keys.{pane}]")),
        Wrong::Preset => two(t, format!("没有叫 {key} 的按键方案"), format!("there is no set of keys called {key}")),
    }
}
