//! What the doctor says of what a server can do, of its folders, and of the login.

use super::{advised, names, took, two};
use crate::cli::doctor::fact::{Abilities, Left, NoLogin, Watched};
use crate::cli::doctor::veil::Veil;
use crate::i18n::Language::{self, ZhCn as Chinese};
use crate::model::{Quirk, Role};

/// A line for what is used, one for each that is not, one for what is missing and one for the rest.
pub(in crate::cli) fn abilities(t: Language, abilities: &Abilities) -> Vec<(&'static str, String)> {
    let Abilities { used, left, unneeded, lacking, before_login } = abilities;
    let mut lines = Vec::new();
    let comma = |words: &[String]| words.join(", ");
    if !used.is_empty() {
        let words = comma(used);
        lines.push((
            "used",
            match before_login {
                false => two(t, format!("用到：{words}"), format!("used: {words}")),
                true => two(t, format!("登录前说会：{words}"), format!("offered before the login: {words}")),
            },
        ));
    }
    for (word, why) in left {
        let why = match why {
            Left::Known => two(t, "这家说会，其实不做", "this provider says it and does not do it"),
            Left::Learned(quirk) => learned(t, *quirk),
            Left::Near => two(t, "服务器很近，压缩反而慢", "the server is near; packing would take longer"),
            Left::Names => two(t, "看文件夹的名字就够了", "the names of the folders tell the same"),
            Left::Encrypted => two(t, "已经加密了", "the line is encrypted already"),
            Left::Data => two(t, "用 DATA，每一家都会", "DATA is used, which everybody knows"),
            Left::Ways => two(t, "有别的登录方式", "there is another way to log in"),
            Left::OldForm => two(t, "AUTH 已经说了同样的话", "AUTH says the same"),
        };
        lines.push(("not-used", two(t, format!("不用 {word}：{why}"), format!("not used: {word}: {why}"))));
    }
    // Before the login servers tell less.
    if !lacking.is_empty() && !before_login {
        let words = lacking.join(", ");
        lines.push((
            "lacking",
            two(t, format!("没有，也能工作：{words}"), format!("missing, and it works without: {words}")),
        ));
    }
    if !unneeded.is_empty() {
        let words = comma(unneeded);
        lines.push(("not-needed", two(t, format!("用不到：{words}"), format!("not needed: {words}"))));
    }
    lines
}

pub(super) fn learned(t: Language, quirk: Quirk) -> String {
    match quirk {
        Quirk::OneAtATime => two(t, "一次只能问一句", "it takes one question at a time"),
        Quirk::SilentIdle => two(t, "IDLE 不通知", "IDLE tells nothing"),
        Quirk::NoCompression => two(t, "压缩会出错", "compression breaks"),
        Quirk::NoChanges => two(t, "它说的改动不可信", "what it says of changes is not true"),
        Quirk::OneConnection => two(t, "只容一个连接", "it keeps one connection only"),
        Quirk::NoInline => two(t, "AUTHENTICATE 要分两步说", "AUTHENTICATE has to be said in two steps"),
        Quirk::NoLogin => two(t, "不认识 LOGIN", "it does not know LOGIN"),
        Quirk::NoMove => two(t, "MOVE 不管用", "MOVE does not move"),
    }
}

pub(super) fn no_login(t: Language, why: &NoLogin) -> String {
    match why {
        NoLogin::NoAccount => two(t, "没有这个账户，到登录为止", "this is no account; it ends before the login"),
        NoLogin::Refused { ago, times, failure, .. } => {
            let when = match ago / 60 {
                0 => two(t, "刚才", "just now"),
                minutes @ 1..120 => two(t, format!("{minutes} 分钟前"), format!("{minutes} minutes ago")),
                minutes => two(t, format!("{} 小时前", minutes / 60), format!("{} hours ago", minutes / 60)),
            };
            let what = advised(t, failure).map(|(what, _)| what.to_owned());
            let what = what.unwrap_or_else(|| two(t, "服务器拒绝登录", "the server refused the login"));
            two(
                t,
                format!("{what}（{when}，连续 {times} 次）；这次没有再试"),
                format!("{what} ({when}, {times} in a row); it was not tried again now"),
            )
        }
        NoLogin::NoSecret => two(t, "没有登录：没有密码", "not tried: there is no password"),
        NoLogin::NoToken => {
            two(t, "没有登录：这家不收密码，只收令牌", "not tried: this provider takes tokens and no passwords")
        }
        NoLogin::AsMailbox => {
            two(t, "没有登录，原因和收信的登录一样", "not tried, for the same reason as the login to the mailbox")
        }
        NoLogin::Kind(kind) => two(
            t,
            format!("没有登录：还不能读取 {kind} 账户"),
            format!("not tried: {kind} accounts cannot be read yet"),
        ),
    }
}

pub(super) fn folders(t: Language, roles: &[(Role, String)], others: usize, told: bool, veil: &Veil) -> String {
    let show = |(role, name): &(Role, String)| {
        let role = names::role(t, *role);
        if veil.is_lifted() { format!("{role} = {name}") } else { role }
    };
    let roles: Vec<String> = roles.iter().map(show).collect();
    let how = if told {
        two(t, "服务器说的", "as the server says")
    } else {
        two(t, "按名字认的", "by their names")
    };
    let roles = roles.join(if t == Chinese { "、" } else { ", " });
    two(t, format!("{roles}（{how}）；另有 {others} 个"), format!("{roles} ({how}); {others} others"))
}

pub(super) fn watching(t: Language, watched: Watched) -> String {
    match watched {
        Watched::Told { after } => {
            let after = took(t, after);
            two(
                t,
                format!("{after}后来了新邮件，服务器主动通知了"),
                format!("new mail came after {after}, and the server told of it"),
            )
        }
        Watched::Silent { after } => {
            let after = took(t, after);
            two(
                t,
                format!("{after}后来了新邮件，服务器没有通知"),
                format!("new mail came after {after}, and the server did not tell"),
            )
        }
        Watched::Nothing { after } => {
            let after = took(t, after);
            two(
                t,
                format!("{after}里没有来新邮件，无法判断"),
                format!("no new mail came within {after}, so nobody knows"),
            )
        }
        Watched::NotOffered => {
            two(t, "服务器没有 IDLE，没有什么可等", "the server has no IDLE; there is nothing to wait for")
        }
    }
}
