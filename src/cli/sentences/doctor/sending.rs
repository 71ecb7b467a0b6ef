//! What the doctor says of the server that mail is handed to, where that differs from what it says of the mailbox.

use super::{advised, failed, took, two};
use crate::cli::doctor::fact::{Certainty, Fact, NoLogin};
use crate::cli::doctor::judge::LITTLE_MESSAGE;
use crate::cli::doctor::veil::Veil;
use crate::i18n::Language;
use crate::model::Failure;
use crate::text::SafeText;

pub(super) fn sentence(t: Language, fact: &Fact, veil: &Veil) -> String {
    match fact {
        Fact::Shut { failure, .. } => {
            let what = match advised(t, failure) {
                Some((what, _)) => what.to_owned(),
                None => veil.text(&failed(t, &Failure { said: SafeText::default(), ..failure.clone() })),
            };
            two(t, format!("{what}；改试另一个端口"), format!("{what}; another port is tried"))
        }
        Fact::Size(Some(most)) => {
            let most = megabytes(*most);
            two(t, format!("一封最大 {most}"), format!("a message may have {most}"))
        }
        Fact::Size(None) => two(t, "没有说一封最大多少", "it does not tell how large a message may be"),
        Fact::Goodbye { took: Some(time) } => {
            let time = took(t, *time);
            two(t, format!("道别了，{time}"), format!("said goodbye, {time}"))
        }
        Fact::Goodbye { took: None } => {
            two(t, "没有道别就挂断了；邮件不受影响", "it hung up without a word, which does no harm to mail")
        }
        _ => two(
            t,
            "不知道由哪台服务器发信；要发信，在 config.toml 里写 smtp = \"主机:端口\"",
            "no server to send with is known; to send, write smtp = \"HOST:PORT\" into config.toml",
        ),
    }
}

/// What to do where that is not the same as for the mailbox.
pub(in crate::cli) fn remedy(t: Language, fact: &Fact) -> Option<String> {
    let say = |chinese: &str, english: &str| Some(two(t, chinese, english));
    match fact {
        Fact::Account { certainty: Certainty::Guessed, .. } => say(
            "连不上的话，在 config.toml 里写 smtp = \"主机:端口\"",
            "if it is not reached, write smtp = \"HOST:PORT\" into config.toml",
        ),
        Fact::Shut { .. } => say(
            "后面的端口能用就没有关系；想少等，就在 config.toml 里写 smtp = \"主机:端口\"",
            "it does not matter if a later port answers; to wait less, write smtp = \"HOST:PORT\" into config.toml",
        ),
        Fact::Plain => say(
            "在 config.toml 里写 smtp = \"主机:465\"，不要写 tls = \"none\"",
            "write smtp = \"HOST:465\" into config.toml, and leave tls = \"none\" out",
        ),
        Fact::Size(Some(..LITTLE_MESSAGE)) => {
            say("大的附件换成网盘链接", "send large files as a link instead of an attachment")
        }
        Fact::NoLogin(NoLogin::Refused { left, failure, .. }) => {
            let what = advised(t, failure).map(|(_, todo)| todo.to_owned());
            let what = what.unwrap_or_else(|| {
                two(
                    t,
                    "检查授权码和网页邮箱里的 SMTP 开关",
                    "check the password and whether SMTP is on in the web mail",
                )
            });
            let minutes = left.div_ceil(60);
            Some(two(
                t,
                format!("{what}；改好了就加 --login 现在试，否则等 {minutes} 分钟"),
                format!("{what}; when that is done, try with --login, or wait {minutes} minutes"),
            ))
        }
        _ => None,
    }
}

/// As people count, and never more than it is.
fn megabytes(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{} KB", bytes >> 10),
        _ => format!("{} MB", bytes >> 20),
    }
}
