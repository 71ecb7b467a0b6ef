//! What `config` and `proc` say of settings, places and passwords, in Chinese. They say it in English where it happens,
//! with names and words of the user in it; here each sentence stands once with holes for those. One that is not known
//! stays as it is.

use crate::config::Problem;
use crate::i18n::Language;
use crate::text::SafeText;

/// `{}` stands for anything; it comes in the same order in both.
const SENTENCES: &[(&str, &str)] = &[
    // The file.
    ("this file cannot be read: {}", "无法读取这个文件：{}"),
    ("this file cannot be written: {}", "无法写入这个文件：{}"),
    (
        "this file is larger than 1 MiB; it cannot be a configuration of hongyan",
        "这个文件超过 1 MiB，不会是 hongyan 的设置",
    ),
    ("here stands something that is not UTF-8; save the file as UTF-8", "这里的内容不是 UTF-8；请把文件存为 UTF-8"),
    ("`{}` is not a setting here; did you mean `{}`?", "这里没有 `{}` 这项设置；是不是 `{}`？"),
    ("`{}` is not a setting here; possible: {}", "这里没有 `{}` 这项设置；可用的有：{}"),
    ("`{}` is not possible here; did you mean `{}`?", "这里不能写 `{}`；是不是 `{}`？"),
    ("`{}` is not possible here; possible: {}", "这里不能写 `{}`；可以写：{}"),
    ("`{}` is missing here", "这里缺少 `{}`"),
    ("here must stand {}, not {}", "这里应当是{}，不是{}"),
    // Accounts.
    (
        "another account is called `{}` already; give this one a `name` of its own",
        "已有账户叫 `{}`；请用 `name` 给这个账户另取名字",
    ),
    ("there is an account called `{}` already; choose another name", "已有账户叫 `{}`；请另取名字"),
    ("there is no account called `{}`", "没有叫 `{}` 的账户"),
    (
        "the account cannot be added without disturbing the rest: edit this file by hand",
        "添加账户会打乱其余内容：请手动编辑这个文件",
    ),
    (
        "the account cannot be removed without disturbing the rest: edit this file by hand",
        "移除账户会打乱其余内容：请手动编辑这个文件",
    ),
    (
        "the account's name must have 1 to 100 bytes, without blanks around it",
        "账户的名字应为 1 到 100 个字节，前后没有空白",
    ),
    (
        "`login` must not be empty; leave it out to log in with the address",
        "`login` 不能为空；用邮件地址登录就不必写它",
    ),
    (
        "`pin` needs an encrypted connection: set tls to tls or starttls, or take `pin` away",
        "`pin` 需要加密连接：把 tls 设为 tls 或 starttls，或去掉 `pin`",
    ),
    ("there is no provider `{}`; known: {}", "没有服务商 `{}`；可用的有：{}"),
    ("`identities` has more than {} addresses", "`identities` 里的地址超过 {} 个"),
    ("`token_command` must name a program and its arguments, as in {}", "`token_command` 应写明程序和参数，例如 {}"),
    ("`command` must name a program and its arguments, as in {}", "`command` 应写明程序和参数，例如 {}"),
    (
        "write \"keyring\", \"file\", \"session\" or {}; a password itself does not belong here",
        "请写 \"keyring\"、\"file\"、\"session\" 或 {}；密码本身不写在这里",
    ),
    (
        "write either `command`, which prints a password, or `token_command`, which prints an access token",
        "`command`（打印密码）和 `token_command`（打印令牌）只能写一个",
    ),
    ("`{}` is not HOST:PORT", "`{}` 不是 主机:端口"),
    ("`{}` is none of {}", "`{}` 不在可选之列：{}"),
    (
        "write it as sha256: and 64 hexadecimal digits, as they are told when a certificate is refused",
        "请写成 sha256: 加 64 位十六进制数，拒绝证书时会给出",
    ),
    ("`{}` is not a mail address; write it as {}", "`{}` 不是邮件地址；请写成 {}"),
    ("`{}` is not a name and an address; write it as {}", "`{}` 不是名字加地址；请写成 {}"),
    // Proxies.
    ("write it as {} or {}; or \"env\", for what ALL_PROXY says", "请写成 {} 或 {}；或写 \"env\"，按 ALL_PROXY 的设置"),
    (
        "the proxy needs a port, as in {}; or \"env\", for what ALL_PROXY says",
        "代理要写端口，例如 {}；或写 \"env\"，按 ALL_PROXY 的设置",
    ),
    (
        "the proxy's name and password are written as NAME:PASSWORD before the @, each of 1 to 255 bytes, with %40 for \
         @, %3A for : and %25 for %; or \"env\", for what ALL_PROXY says",
        "代理的用户名和密码写成 用户名:密码，放在 @ 之前，各 1 到 255 个字节，用 %40 表示 @，%3A 表示 :，%25 表示 %；\
         或写 \"env\"，按 ALL_PROXY 的设置",
    ),
    // Times, keys, colours.
    (
        "`{}` is not a span of time; write 500ms, 2s, 5m or 1h, or never",
        "`{}` 不是时长；请写 500ms、2s、5m、1h 或 never",
    ),
    ("`{}` is not a span of time; write 500ms, 2s, 5m or 1h", "`{}` 不是时长；请写 500ms、2s、5m 或 1h"),
    ("`{}` is out of range; write something from 10s to 24h", "`{}` 超出范围；请写 10s 到 24h 之间的时长"),
    (
        "`{}` is not a time of the day; write it as 22:00-07:00, or \"\" for none",
        "`{}` 不是一段时刻；请写成 22:00-07:00，不要就写 \"\"",
    ),
    (
        "`{}` begins when it ends; to turn it off for good, use the setting itself",
        "`{}` 的开始就是结束；要一直关着，请用这项设置本身",
    ),
    (
        "keys stand in a table of their pane, as in [keys.list]; only `preset` stands here",
        "按键写在各个窗格的表里，例如 [keys.list]；这里只写 `preset`",
    ),
    ("the action is empty", "动作是空的"),
    // Providers.
    (
        "`{}` is not HOST:PORT:MODE, as in imap.example.com:993:tls",
        "`{}` 不是 主机:端口:方式，例如 imap.example.com:993:tls",
    ),
    ("`{}`: a provider is encrypted; write tls or starttls", "`{}`：服务商必须加密；请写 tls 或 starttls"),
    ("write 86400 seconds at most", "最多写 86400 秒"),
    ("write 1440 minutes at most", "最多写 1440 分钟"),
    ("`{}` is no role of a folder; possible: {}", "`{}` 不是文件夹的用途；可以写：{}"),
    (
        "`id` must be made of letters, digits and -, as in id = \"my-company\"",
        "`id` 由字母、数字和 - 组成，例如 id = \"my-company\"",
    ),
    ("there is another provider with the id `{}` already", "已有 id 为 `{}` 的服务商"),
    ("there are more than {} providers", "服务商超过 {} 个"),
    ("`like`: there is no provider `{}`", "`like`：没有服务商 `{}`"),
    ("`{}` is like itself by way of others; take a `like` away", "`{}` 绕了一圈又像它自己；请去掉一个 `like`"),
    ("the provider `{}` needs `{}`", "服务商 `{}` 缺少 `{}`"),
    ("`{}`: `{}` is not the name of a domain, as in example.com", "`{}`：`{}` 不是域名，域名例如 example.com"),
    ("`{}` has more than {} items", "`{}` 超过 {} 项"),
    ("`{}` has a text of several lines, or of more than {} bytes", "`{}` 里有多行的文本，或超过 {} 个字节的文本"),
    // Places.
    (
        "HOME is not set: set it, or set HONGYAN_HOME to a folder for hongyan",
        "没有设置 HOME：请设置它，或把 HONGYAN_HOME 设为给 hongyan 用的目录",
    ),
    ("{} is `{}`, which does not begin with /: set it to a whole path", "{} 是 `{}`，不是以 / 开头：请设为完整的路径"),
    (
        "the folder {} cannot be made: {}; set HONGYAN_HOME to a folder that can be written",
        "无法建立目录 {}：{}；请把 HONGYAN_HOME 设为可以写入的目录",
    ),
    ("{} is not a folder", "{} 不是目录"),
    (
        "others may look into the folder {}: run chmod 700 on it, or name another",
        "别人可以查看目录 {}：请对它执行 chmod 700，或另指定一个",
    ),
    ("the folder {} cannot be written: {}", "目录 {} 无法写入：{}"),
    // Passwords.
    ("the keyring has no password for this account", "钥匙串里没有这个账户的密码"),
    (
        "no keyring answers here; set secret to a command, to \"file\" or to \"session\" in config.toml",
        "这里没有可用的钥匙串；请在 config.toml 里把 secret 设为程序、\"file\" 或 \"session\"",
    ),
    ("no keyring answers here", "这里没有可用的钥匙串"),
    ("the keyring is locked; unlock it and try again", "钥匙串锁着；请解锁后再试"),
    ("the keyring is locked", "钥匙串锁着"),
    ("the keyring failed: {}", "钥匙串出错：{}"),
    ("the keyring has more than one password for this account", "钥匙串里这个账户的密码不止一个"),
    ("what the keyring has for this account is not a password", "钥匙串里这个账户存的不是密码"),
    ("it is kept nowhere: enter it", "没有保存：请输入"),
    ("it is empty", "是空的"),
    ("there is no password in {}", "{} 里没有密码"),
    ("{} cannot be read: {}", "无法读取 {}：{}"),
    ("{} is not a file", "{} 不是文件"),
    (
        "others may read {}; change the password, and run chmod 600 on it",
        "别人可以读取 {}；请更换密码，并对它执行 chmod 600",
    ),
    ("{} belongs to somebody else", "{} 属于别人"),
    (
        "the program `{}` ended with status {}; run it by hand to see why",
        "程序 `{}` 以状态 {} 结束；请手动运行看看原因",
    ),
    ("the program `{}` was ended by a signal; run it by hand to see why", "程序 `{}` 被信号终止；请手动运行看看原因"),
    ("what the password command printed is not UTF-8", "密码程序打印的不是 UTF-8"),
    ("the command is empty", "命令是空的"),
    ("the program `{}` was not found", "找不到程序 `{}`"),
    ("the program `{}` could not be started: {}", "无法启动程序 `{}`：{}"),
    ("the program `{}` took longer than {} seconds and was stopped", "程序 `{}` 超过 {} 秒没有结束，已停止"),
    ("the program `{}` wrote more than {} bytes and was stopped", "程序 `{}` 写出的内容超过 {} 字节，已停止"),
];

/// What stands in the holes and is not the user's.
const WORDS: &[(&str, &str)] = &[
    ("true or false", " true 或 false"),
    ("a list in [ ]", "方括号 [ ] 里的列表"),
    ("a text in quotes", "引号里的文本"),
    ("a text", "文本"),
    ("sequence", "列表"),
    ("map", "表"),
    ("integer {}", "整数 {}"),
    ("floating point {}", "小数 {}"),
    ("boolean {}", " {}"),
    ("a colour: red, bright-blue, 244 or #8ec07c", "颜色：red、bright-blue、244 或 #8ec07c"),
    ("a table with `preset` and one table for each pane", "一个表，里面是 `preset` 和各个窗格的表"),
    ("a table of keys and actions, as in [keys.list]", "按键和动作的表，例如 [keys.list]"),
];

/// Why something is not right, in the language of whoever asked.
pub(in crate::cli) fn reason(tongue: Language, said: &str) -> String {
    match tongue {
        Language::En => said.to_owned(),
        Language::ZhCn => in_chinese(said).unwrap_or_else(|| said.to_owned()),
    }
}

/// Where the settings are wrong, as editors can jump to, and how.
pub(in crate::cli) fn problem(tongue: Language, problem: &Problem) -> String {
    let sentence = SafeText::of(&reason(tongue, problem.sentence.as_str()));
    Problem { sentence, ..problem.clone() }.to_string()
}

/// `None`: nobody has said it in Chinese.
pub(super) fn in_chinese(said: &str) -> Option<String> {
    SENTENCES.iter().find_map(|(english, chinese)| Some(filled(chinese, &holes(english, said)?)))
}

fn in_a_hole(said: &str) -> String {
    let known = WORDS.iter().find_map(|(english, chinese)| {
        let holes = holes(english, said)?;
        Some(holes.iter().fold((*chinese).to_owned(), |text, hole| text.replacen("{}", hole, 1)))
    });
    known.unwrap_or_else(|| said.to_owned())
}

fn filled(chinese: &str, holes: &[&str]) -> String {
    let mut holes = holes.iter();
    let mut text = String::new();
    for (n, piece) in chinese.split("{}").enumerate() {
        if n > 0 {
            text.push_str(&in_a_hole(holes.next().copied().unwrap_or_default()));
        }
        text.push_str(piece);
    }
    text
}

/// What stands in the holes, if this is the sentence.
fn holes<'a>(sentence: &str, said: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = sentence.split("{}").peekable();
    let mut rest = said.strip_prefix(pieces.next()?)?;
    let mut holes = Vec::new();
    while let Some(piece) = pieces.next() {
        let (hole, behind) =
            if pieces.peek().is_some() { rest.split_once(piece)? } else { (rest.strip_suffix(piece)?, "") };
        holes.push(hole);
        rest = behind;
    }
    rest.is_empty().then_some(holes)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Presets, check};
    use crate::i18n::Language::{En, ZhCn};

    fn wrong(text: &str) -> Problem {
        check(text, Path::new("config.toml"), &Presets::built_in()).unwrap_err()
    }

    #[test]
    fn settings_that_are_wrong_are_told_in_chinese_too() {
        let account = "[[account]]\naddress = \"a@b.example\"\n";
        for (text, said) in [
            ("[look]\nthmee = \"dark\"\n".to_owned(), "2:1: 这里没有 `thmee` 这项设置；是不是 `theme`？"),
            ("[look]\nmouse = \"yes\"\n".to_owned(), "2:9: 这里应当是 true 或 false，不是文本"),
            ("[look]\ntheme = 3\n".to_owned(), "2:9: "),
            ("[sync]\npoll = \"1s\"\n".to_owned(), "2:8: `1s` 超出范围；请写 10s 到 24h 之间的时长"),
            ("[keys]\nj = \"down\"\n".to_owned(), "2:5: 按键写在各个窗格的表里，例如 [keys.list]；这里只写 `preset`"),
            ("[[account]]\naddress = \"me\"\n".to_owned(), "2:11: `me` 不是邮件地址；请写成 me@example.com"),
            (format!("{account}imap = \"h:x\"\n"), "3:8: `h:x` 不是 主机:端口"),
            (format!("{account}tls = \"ssl\"\n"), "3:7: `ssl` 不在可选之列：tls, starttls, none"),
            (format!("{account}proxy = \"x\"\n"), "3:9: 请写成 \"socks5://HOST:PORT\" 或 \"http://HOST:PORT\"；或写"),
            (format!("{account}proxy = \"http://x\"\n"), "3:9: 代理要写端口，例如 "),
            (format!("{account}proxy = \"http://x@y:1\"\n"), "3:9: 代理的用户名和密码写成 "),
            (format!("{account}pin = \"0aff\"\n"), "3:7: 请写成 sha256: 加 64 位十六进制数"),
            (format!("{account}secret = \"x\"\n"), "3:10: 请写 \"keyring\"、\"file\"、\"session\" 或 { command"),
            (format!("{account}secret = {{ command = [] }}\n"), "1:1: `command` 应写明程序和参数，例如 command = "),
            (format!("{account}provider = \"x\"\n"), "1:1: 没有服务商 `x`；可用的有：qq"),
            (format!("{account}\n{account}"), "4:1: 已有账户叫 `a@b.example`；请用 `name` 给这个账户另取名字"),
            ("[[provider]]\nid = \"ours\"\nlike = \"qqq\"\n".to_owned(), "1:1: `like`：没有服务商 `qqq`"),
        ] {
            let problem = wrong(&text);
            assert_eq!(super::problem(En, &problem), problem.to_string());
            let shown = super::problem(ZhCn, &problem);
            assert!(shown.starts_with(&format!("config.toml:{said}")), "{shown}");
        }
        // What nobody has said in Chinese is said all the same.
        let unclosed = wrong("[look\n");
        assert_eq!(super::problem(ZhCn, &unclosed), unclosed.to_string());
    }

    #[test]
    fn every_sentence_has_as_many_holes_in_both_and_is_found_by_itself() {
        for (english, chinese) in SENTENCES.iter().chain(WORDS) {
            assert_eq!(english.matches("{}").count(), chinese.matches("{}").count(), "{english}");
        }
        for (english, chinese) in SENTENCES {
            let said = english.replace("{}", "x");
            assert_eq!(in_chinese(&said).as_deref(), Some(chinese.replace("{}", "x").as_str()), "{english}");
            assert!(!chinese.contains(['!', '！', '。']), "{chinese}");
        }
    }

    #[test]
    fn a_passwords_place_is_told_in_chinese() {
        let keyring = "no keyring answers here; set secret to a command, to \"file\" or to \"session\" in config.toml";
        assert!(reason(ZhCn, keyring).starts_with("这里没有可用的钥匙串；"));
        assert_eq!(reason(En, keyring), keyring);
        let trouble = crate::proc::Trouble::NotFound { program: SafeText::of("pass") };
        assert_eq!(reason(ZhCn, &trouble.to_string()), "找不到程序 `pass`");
        assert_eq!(reason(ZhCn, "something else"), "something else");
    }
}
