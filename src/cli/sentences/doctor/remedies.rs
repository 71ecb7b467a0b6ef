//! What to do about what the doctor found.

use super::{Oddity, advised, oddity, two};
use crate::cli::doctor::fact::{Certainty, Fact, Keyring, NoLogin, Opens, Profile, Settings, Watched, Width};
use crate::cli::doctor::judge::{LITTLE_SPACE, SOON, is_ahead};
use crate::cli::doctor::keys::Wrong;
use crate::config::keymap::KeyTrouble;
use crate::i18n::Language;
use crate::model::FailureKind;

pub(in crate::cli) fn remedy(t: Language, fact: &Fact) -> Option<String> {
    let say = |chinese: &str, english: &str| Some(two(t, chinese, english));
    match fact {
        Fact::Settings(Settings::Read { accounts: 0, .. } | Settings::Absent { .. }) => {
            say("用 hongyan account add 地址 添加账户", "add an account with hongyan account add ADDRESS")
        }
        Fact::Settings(Settings::Wrong { .. }) => {
            say("按行号改正设置文件，再检查一次", "correct the file at that line, then look again")
        }
        Fact::Profile(Profile::Wrong { .. }) => say(
            "改好这个目录的权限，或者用 --profile 另指定一个",
            "set the permissions of this folder right, or name another with --profile",
        ),
        Fact::Space(free) if *free < LITTLE_SPACE => {
            say("腾出磁盘空间，否则邮件保存不下", "make room on this disk, or mail cannot be kept")
        }
        Fact::Keys(Some(wrong)) => match wrong.trouble {
            Wrong::Key(KeyTrouble::NotAKey) => {
                say("按键写成 j、G、C-d、Space 或 F1 这样", "write keys like j, G, C-d, Space or F1")
            }
            Wrong::Key(KeyTrouble::UnknownAction) => {
                say("在 hongyan 里按 ? 查看全部动作", "press ? in hongyan to see all actions")
            }
            Wrong::Key(KeyTrouble::Twice) => say("删掉其中一行", "remove one of the two lines"),
            Wrong::Key(KeyTrouble::Prefix) => say(
                "两个按键改掉一个，否则长的永远按不出来",
                "change one of the two keys: the longer one can never be typed",
            ),
            Wrong::Pane => say(
                "可用的有 everywhere、folders、list、reader、overlay、choice",
                "there are everywhere, folders, list, reader, overlay and choice",
            ),
            Wrong::Preset => say("可用的有 default、mutt", "there are default and mutt"),
        },
        Fact::Opener { what, program: None } => match what {
            Opens::Web => say(
                "安装 xdg-utils，或在 config.toml 的 [openers] 里写 web",
                "install xdg-utils, or write web into [openers] in config.toml",
            ),
            Opens::File => say(
                "安装 xdg-utils，或在 config.toml 的 [openers] 里写 file",
                "install xdg-utils, or write file into [openers] in config.toml",
            ),
        },
        Fact::Keyring { answer: Keyring::Locked, needed: true } => {
            say("解锁钥匙串再试", "unlock the keyring and try again")
        }
        Fact::Keyring { answer: Keyring::Absent | Keyring::Silent | Keyring::Failed(_), needed: true } => say(
            "启动系统的钥匙串服务，或在 config.toml 里把 secret 改为 \"file\"、\"session\" 或一个程序",
            "start the system's keyring service, or set secret to \"file\", \"session\" or a command in config.toml",
        ),
        Fact::Terminal { name, .. } if matches!(name.as_deref(), None | Some("dumb")) => {
            say("换一个终端，或把 TERM 设为 xterm-256color", "use another terminal, or set TERM to xterm-256color")
        }
        Fact::Locale { utf8: false, .. } => say(
            "把 LANG 设为 zh_CN.UTF-8 或 C.UTF-8，否则中文会乱",
            "set LANG to one with UTF-8, like C.UTF-8, or Chinese text will be garbled",
        ),
        Fact::Width(Width::Measured { wide: 2, ambiguous: 1 } | Width::NoTerminal) => None,
        Fact::Width(Width::Measured { wide: 2, .. }) => say(
            "在终端的设置里把“宽度不明的字符”改为窄，否则边框会错位",
            "set ambiguous characters to narrow in the terminal's settings, or borders will be out of place",
        ),
        Fact::Width(Width::Measured { .. }) => say(
            "换用 UTF-8 的终端和语言环境：中文应占两列",
            "use a terminal and a locale with UTF-8: Chinese characters take two columns",
        ),
        Fact::Width(Width::Silent) => {
            say("若显示错位，换一个终端试试", "if things are out of place, try another terminal")
        }
        Fact::Account { certainty: Certainty::Guessed, .. } => say(
            "连不上的话，在 config.toml 里写 imap = \"主机:端口\"",
            "if it is not reached, write imap = \"HOST:PORT\" into config.toml",
        ),
        Fact::Named { addresses, expected, .. } => match oddity(addresses, *expected) {
            Some(Oddity::MadeUp) => say(
                "这是代理软件编造的地址（fake-IP），连接都要经过它；连不上就让它直连这个域名",
                "a proxy program made this address up (fake-IP); if nothing answers, let it pass this name directly",
            ),
            Some(Oddity::Private) => say(
                "这不是邮件服务商的地址；换一个 DNS，或检查 hosts 文件和网络的登录页",
                "no provider has this address; try another DNS server, and look at the hosts file and this network's login",
            ),
            None => None,
        },
        Fact::Mx { names, .. } if names.is_empty() => {
            say("检查地址的拼写，或询问域名的管理者", "check the address, or ask who runs the domain")
        }
        Fact::Called { took: None, .. } => {
            say("其他地址能通就没有关系", "it does not matter as long as another address answers")
        }
        Fact::Plain => say("在 config.toml 里写 tls = \"tls\"", "write tls = \"tls\" into config.toml"),
        Fact::Certificate(certificate) => {
            let now = certificate.now;
            if certificate.begins.is_some_and(|begins| is_ahead(begins, now)) {
                say("先校准本机的时钟", "set the clock of this machine right")
            } else if certificate.ends.is_some_and(|ends| ends <= now) {
                say("先检查本机的时钟，再告诉服务器的管理者", "check the clock here, then tell who runs the server")
            } else if certificate.ends.is_some_and(|ends| ends.since(now) < SOON) {
                say("快到期了，告诉服务器的管理者", "it ends soon; tell who runs the server")
            } else {
                None
            }
        }
        Fact::NoLogin(why) => match why {
            NoLogin::NoAccount | NoLogin::AsMailbox => None,
            NoLogin::Refused { left, failure, .. } => {
                let what = advised(t, failure).map(|(_, todo)| todo.to_owned());
                let what = what.unwrap_or_else(|| {
                    two(
                        t,
                        "检查授权码和网页邮箱里的 IMAP 开关",
                        "check the password and whether IMAP is on in the web mail",
                    )
                });
                let minutes = left.div_ceil(60);
                Some(two(
                    t,
                    format!("{what}；改好了就加 --login 现在试，否则等 {minutes} 分钟"),
                    format!("{what}; when that is done, try with --login, or wait {minutes} minutes"),
                ))
            }
            NoLogin::NoSecret => say(
                "用 hongyan account add 地址 重新输入密码",
                "enter the password again with hongyan account add ADDRESS",
            ),
            NoLogin::NoToken => say(
                "在 config.toml 里写 secret = { token_command = [\"程序\", \"参数\"] }",
                "write secret = { token_command = [\"PROGRAM\", \"ARGUMENT\"] } into config.toml",
            ),
            NoLogin::Kind(_) => say("改用 IMAP", "use IMAP instead"),
        },
        Fact::Folders { hides: true, others: 0, .. } => say(
            "自己的文件夹没有列出；在网页邮箱的收信设置里勾选“收取我的文件夹”",
            "your own folders are not listed; tick 收取我的文件夹 in the settings of the web mail",
        ),
        Fact::Pulse { took } if took.as_secs() >= 2 => {
            say("网络很慢；换一个网络或代理试试", "the network is slow; try another one, or another proxy")
        }
        Fact::Clock { newest: Some(newest), now, .. } if is_ahead(*newest, *now) => {
            say("校准本机的时钟和时区", "set clock and time zone of this machine right")
        }
        Fact::Watch(Watched::Silent { .. }) => say(
            "在 config.toml 的账户里写 idle = false，改为定时去问",
            "write idle = false into the account in config.toml, so that the server is asked",
        ),
        Fact::Watch(Watched::Nothing { .. }) => {
            say("守候时给自己发一封邮件", "send yourself a message while it watches")
        }
        Fact::Sending(fact) => remedy(t, fact),
        Fact::Shut { .. } | Fact::Size(_) => super::sending::remedy(t, fact),
        Fact::Late { .. } => {
            say("稍后再试，或用 --patience 给更多时间", "try again later, or give it more time with --patience")
        }
        Fact::Failed { failure, .. } if failure.is_advised() => advised(t, failure).map(|(_, todo)| todo.to_owned()),
        Fact::Failed { failure, .. } if failure.kind == FailureKind::Login => say(
            "过一会儿再试：连续失败会让服务商暂停登录",
            "wait before you try again: providers stop accepting logins after several failures",
        ),
        Fact::Program { .. }
        | Fact::Settings(_)
        | Fact::Profile(_)
        | Fact::Space(_)
        | Fact::Keys(None)
        | Fact::Opener { .. }
        | Fact::Keyring { .. }
        | Fact::Terminal { .. }
        | Fact::Locale { .. }
        | Fact::Account { .. }
        | Fact::Secret { .. }
        | Fact::Proxy { .. }
        | Fact::Mx { .. }
        | Fact::Called { .. }
        | Fact::MxUnasked
        | Fact::Agreed { .. }
        | Fact::Encrypted { .. }
        | Fact::Greeting { .. }
        | Fact::Abilities(_)
        | Fact::Learned { .. }
        | Fact::Login { .. }
        | Fact::Id { .. }
        | Fact::Inbox { .. }
        | Fact::Folders { .. }
        | Fact::Idle(_)
        | Fact::Pulse { .. }
        | Fact::Clock { .. }
        | Fact::Watch(_)
        | Fact::NoSubmission
        | Fact::Goodbye { .. }
        | Fact::Failed { .. } => None,
    }
}
