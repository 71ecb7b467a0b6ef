//! What `hongyan doctor` says. A sentence tells what was found, a remedy what to do about it.

mod names;
mod remedies;
mod sending;
mod there;

use std::net::IpAddr;
use std::time::Duration;

pub(in crate::cli) use names::{label, level};
pub(in crate::cli) use remedies::remedy as to_do;
pub(in crate::cli) use sending::remedy as to_send;
pub(in crate::cli) use there::abilities;
use there::{folders, learned, no_login, watching};

use super::failure as failed;
use crate::cli::doctor::fact::{
    Certainty, Certificate, Colours, Expected, Fact, Idle, Judged, Keyring, Opens, Place, Profile, Settings, Width,
};
use crate::cli::doctor::judge::{DAY, Level, is_ahead};
use crate::cli::doctor::veil::Veil;
use crate::i18n::Language::{self, En as English, ZhCn as Chinese};
use crate::model::{Failure, FailureKind, TlsMode};
use crate::remedy;
use crate::text::SafeText;

pub(super) fn two(tongue: Language, chinese: impl Into<String>, english: impl Into<String>) -> String {
    match tongue {
        Chinese => chinese.into(),
        English => english.into(),
    }
}

/// What is odd about the addresses of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Oddity {
    /// Made up by a program that wants every connection for itself.
    MadeUp,
    /// Of a machine nearby, where one far away is meant.
    Private,
}

impl Oddity {
    pub(in crate::cli) fn code(self) -> &'static str {
        match self {
            Self::MadeUp => "made-up-address",
            Self::Private => "private-address",
        }
    }
}

pub(in crate::cli) fn oddity(addresses: &[IpAddr], expected: Expected) -> Option<Oddity> {
    let made_up = |address: &IpAddr| match address {
        IpAddr::V4(four) => matches!(four.octets(), [198, 18 | 19, ..]),
        IpAddr::V6(_) => false,
    };
    let nowhere = |address: &IpAddr| match address {
        IpAddr::V4(four) => {
            four.is_private()
                || four.is_loopback()
                || four.is_unspecified()
                || four.is_link_local()
                || matches!(four.octets(), [100, 64..=127, ..])
        }
        IpAddr::V6(six) => six.is_loopback() || six.is_unspecified() || six.is_unique_local(),
    };
    match expected {
        Expected::World | Expected::Anywhere if addresses.iter().any(made_up) => Some(Oddity::MadeUp),
        Expected::World if addresses.iter().any(nowhere) => Some(Oddity::Private),
        Expected::World | Expected::Anywhere | Expected::Elsewhere => None,
    }
}

pub(in crate::cli) fn took(tongue: Language, took: Duration) -> String {
    let milliseconds = took.as_millis();
    match (tongue, milliseconds) {
        (Chinese, 0) => "不到 1 毫秒".to_owned(),
        (English, 0) => "under 1 ms".to_owned(),
        (Chinese, 1..10_000) => format!("{milliseconds} 毫秒"),
        (English, 1..10_000) => format!("{milliseconds} ms"),
        (Chinese, _) => format!("{} 秒", took.as_secs()),
        (English, _) => format!("{} s", took.as_secs()),
    }
}

fn bytes(count: u64) -> String {
    match count {
        0..0x4000_0000 => format!("{} MB", count >> 20),
        _ => format!("{} GB", count >> 30),
    }
}

pub(in crate::cli) fn sentence(t: Language, fact: &Fact, veil: &Veil) -> String {
    let hidden = |text: &str| veil.text(text);
    match fact {
        Fact::Program { system, machine } => format!("hongyan {} · {system} {machine}", env!("CARGO_PKG_VERSION")),
        Fact::Settings(Settings::Read { file, accounts: 0 }) => {
            two(t, format!("{} 里没有账户", hidden(file)), format!("there is no account in {}", hidden(file)))
        }
        Fact::Settings(Settings::Read { file, accounts }) => {
            let file = hidden(file);
            two(t, format!("{file}，{accounts} 个账户"), format!("{file}, accounts: {accounts}"))
        }
        Fact::Settings(Settings::Absent { file }) => {
            two(t, format!("还没有 {}", hidden(file)), format!("{} is not there yet", hidden(file)))
        }
        Fact::Settings(Settings::Wrong { said }) => hidden(said),
        Fact::Profile(profile) => of_profile(t, profile, veil),
        Fact::Space(free) => two(t, format!("还有 {}", bytes(*free)), format!("{} free", bytes(*free))),
        Fact::Keys(None) => two(t, "没有冲突", "no conflicts"),
        Fact::Keys(Some(wrong)) => names::wrong_key(t, wrong, veil),
        Fact::Opener { what, program } => {
            let what = match what {
                Opens::Web => two(t, "网页", "web pages"),
                Opens::File => two(t, "文件", "files"),
            };
            match program {
                Some(program) => two(t, format!("{what}用 {program} 打开"), format!("{what} open with {program}")),
                None => two(t, format!("没有打开{what}的程序"), format!("nothing is here that opens {what}")),
            }
        }
        Fact::Keyring { answer, needed } => {
            let found = match answer {
                Keyring::Answers => two(t, "钥匙串可用", "the keyring answers"),
                Keyring::Locked => two(t, "钥匙串锁着", "the keyring is locked"),
                Keyring::Absent => two(t, "没有钥匙串", "there is no keyring"),
                Keyring::Silent => two(t, "钥匙串没有回答", "the keyring does not answer"),
                Keyring::Failed(said) => {
                    let said = hidden(said);
                    two(t, format!("钥匙串出错：{said}"), format!("the keyring failed: {said}"))
                }
            };
            match (answer, needed) {
                (Keyring::Answers, _) | (_, true) => found,
                (_, false) => two(t, format!("{found}，也没有账户需要它"), format!("{found}; no account needs it")),
            }
        }
        Fact::Terminal { name, colours } => {
            let name = name.as_deref().unwrap_or("?");
            match colours {
                Colours::None => two(t, format!("TERM={name}，不用颜色"), format!("TERM={name}, no colours")),
                Colours::Some => {
                    two(t, format!("TERM={name}，256 色或更少"), format!("TERM={name}, 256 colours or fewer"))
                }
                Colours::All => two(t, format!("TERM={name}，真彩色"), format!("TERM={name}, all colours")),
            }
        }
        Fact::Locale { name, .. } => match name {
            Some(name) => name.clone(),
            None => two(t, "没有设置", "not set"),
        },
        Fact::Width(width) => match width {
            Width::NoTerminal => two(t, "这里没有终端，没有测量", "there is no terminal here; not measured"),
            Width::Silent => {
                two(t, "终端不说光标在哪里，没有测量", "the terminal does not tell where its cursor is; not measured")
            }
            Width::Measured { wide, ambiguous } => two(
                t,
                format!("中 占 {wide} 列，“…” 占 {ambiguous} 列"),
                format!("中 takes {wide} columns, … takes {ambiguous}"),
            ),
        },
        Fact::Account { provider, server, certainty } => {
            let server = hidden(server);
            match (provider, certainty) {
                (Some(provider), Certainty::Mx) => {
                    two(t, format!("{server}（邮件由 {provider} 托管）"), format!("{server} (hosted by {provider})"))
                }
                (Some(provider), _) => two(t, format!("{server}（{provider}）"), format!("{server} ({provider})")),
                (None, Certainty::Guessed) => {
                    two(t, format!("{server}，是猜的"), format!("{server}, which is a guess"))
                }
                (None, _) => server,
            }
        }
        Fact::Secret { place } => match place {
            Place::Keyring => two(t, "在钥匙串里", "is in the keyring"),
            Place::File => two(t, "在只有你能读的文件里", "is in a file that only you may read"),
            Place::Session => two(t, "刚才输入，没有保存", "was entered just now; it is kept nowhere"),
            Place::Command => two(t, "由程序给出", "comes from a program"),
            Place::Token => two(t, "是程序给出的令牌", "is a token from a program"),
        },
        Fact::Proxy { place, took: time } => {
            let (place, time) = (hidden(place), took(t, *time));
            two(t, format!("经 {place} 连到了服务器，{time}"), format!("{place} reached the server, {time}"))
        }
        Fact::Named { addresses, took: time, expected } => named(t, addresses, *time, *expected, veil),
        Fact::Mx { names, provider } => {
            let count = names.len();
            match (provider, count) {
                (Some(provider), _) => two(t, format!("由 {provider} 收信"), format!("{provider} receives the mail")),
                (None, 0) => two(t, "这个域名不收信", "nobody receives mail for this domain"),
                (None, _) => {
                    let all: Vec<String> = names.iter().map(|name| veil.host(name)).collect();
                    two(
                        t,
                        format!("由不认识的服务器收信：{}", all.join("、")),
                        format!("received by: {}", all.join(", ")),
                    )
                }
            }
        }
        Fact::MxUnasked => two(
            t,
            "没有查询由谁收信：账户走代理，而查询会绕过代理",
            "not asked who receives the mail: the account has a proxy, and the question would go past it",
        ),
        Fact::Called { address, took: time, expected } => {
            let address = veil.ip(*address, *expected == Expected::World);
            match time {
                Some(time) => format!("{address} · {}", took(t, *time)),
                None => two(t, format!("{address} 没有响应"), format!("nothing answers at {address}")),
            }
        }
        Fact::Agreed { took: time } => {
            let time = took(t, *time);
            two(t, format!("服务器同意 STARTTLS，{time}"), format!("the server agrees to STARTTLS, {time}"))
        }
        Fact::Encrypted { version, took: time, mode } => {
            let (version, time) = (version.map_or("TLS", |version| version.name()), took(t, *time));
            match mode {
                TlsMode::StartTls => {
                    two(t, format!("{version}（STARTTLS 之后），{time}"), format!("{version} after STARTTLS, {time}"))
                }
                TlsMode::Tls | TlsMode::None => two(t, format!("{version}，{time}"), format!("{version}, {time}")),
            }
        }
        Fact::Plain => two(t, "没有加密", "not encrypted"),
        Fact::Certificate(certificate) => of_certificate(t, certificate, veil),
        Fact::Greeting { software, .. } => match software {
            Some(software) => two(t, format!("像是 {software}"), format!("looks like {software}")),
            None => two(t, "是邮件服务器，不知道是哪一种", "a mail server of an unknown kind"),
        },
        Fact::Abilities(_) => String::new(),
        Fact::Learned { quirk, evidence } => {
            let (what, why) = (learned(t, *quirk), hidden(evidence));
            two(t, format!("记住了：{what}（{why}）"), format!("learned: {what} ({why})"))
        }
        Fact::Login { way, took: time } => {
            let time = time.map(|time| took(t, time)).unwrap_or_default();
            two(t, format!("{way}，{time}"), format!("{way}, {time}"))
        }
        Fact::NoLogin(why) => no_login(t, why),
        Fact::Id { answer, needed } => {
            let told = match answer {
                Some(answer) => two(
                    t,
                    format!("已告诉对方我们是谁；对方是 {}", hidden(answer)),
                    format!("told who we are; it is {}", hidden(answer)),
                ),
                None => two(t, "已告诉对方我们是谁；对方没有自报", "told who we are; it does not say who it is"),
            };
            if *needed {
                two(t, format!("{told}（这家不说不行）"), format!("{told} (this one insists)"))
            } else {
                told
            }
        }
        Fact::Inbox { messages, uidvalidity, uid_next } => {
            let next = match uid_next {
                true => two(t, "有 UIDNEXT", "UIDNEXT is told"),
                false => two(t, "没有 UIDNEXT，换别的办法找新邮件", "no UIDNEXT, so new mail is found in another way"),
            };
            two(
                t,
                format!("{messages} 封；UIDVALIDITY {uidvalidity}；{next}"),
                format!("{messages} messages; UIDVALIDITY {uidvalidity}; {next}"),
            )
        }
        Fact::Folders { roles, others, told, .. } => folders(t, roles, *others, *told, veil),
        Fact::Idle(idle) => match idle {
            Idle::NotOffered => {
                two(t, "服务器不会主动通知，定时去问", "the server does not tell of new mail; it is asked")
            }
            Idle::KnownSilent => two(
                t,
                "说会通知，其实从不通知；定时去问",
                "it says that it tells of new mail and never does; it is asked",
            ),
            Idle::SwitchedOff => two(t, "按设置不用 IDLE，定时去问", "not used, as the settings say; it is asked"),
            Idle::Learned(why) => {
                let why = hidden(why);
                two(
                    t,
                    format!("试过，没有通知（{why}）；定时去问"),
                    format!("was tried and found silent ({why}); it is asked"),
                )
            }
            Idle::Believed => two(t, "使用；有新邮件时服务器主动通知", "used: the server tells of new mail by itself"),
        },
        Fact::Pulse { took: time } => {
            let time = took(t, *time);
            two(t, format!("一问一答 {time}"), format!("a question and its answer take {time}"))
        }
        Fact::Clock { newest, now, zone } => match newest {
            Some(newest) if is_ahead(*newest, *now) => {
                let minutes = newest.since(*now) / 60;
                two(
                    t,
                    format!("最新的邮件来自 {minutes} 分钟以后"),
                    format!("the newest message came {minutes} minutes from now"),
                )
            }
            _ => two(t, format!("看不出错误；时区 {zone}"), format!("nothing is wrong with it; time zone {zone}")),
        },
        Fact::Watch(watched) => watching(t, *watched),
        Fact::Sending(fact) => sentence(t, fact, veil),
        Fact::NoSubmission | Fact::Shut { .. } | Fact::Size(_) | Fact::Goodbye { .. } => {
            sending::sentence(t, fact, veil)
        }
        Fact::Late { after } => {
            let after = took(t, *after);
            two(
                t,
                format!("{after}之内没有做完，后面的没有检查"),
                format!("not done within {after}; the rest was not looked at"),
            )
        }
        Fact::Failed { failure, .. } => {
            if let Some((what, _)) = advised(t, failure) {
                return what.to_owned();
            }
            // Our own words about a secret say where it should be; those of others stand in a line of their own.
            let said = if failure.kind == FailureKind::NoSecret { failure.said.clone() } else { SafeText::default() };
            hidden(&failed(t, &Failure { said, ..failure.clone() }))
        }
    }
}

/// What is the matter and what to do, where the server's words are known.
fn advised(t: Language, failure: &Failure) -> Option<(&'static str, &'static str)> {
    let remedy = remedy::against(failure)?;
    let wording = if t == Chinese { &remedy.zh } else { &remedy.en };
    Some((wording.what.as_ref(), wording.todo.as_ref()))
}

fn of_profile(t: Language, profile: &Profile, veil: &Veil) -> String {
    match profile {
        Profile::Good { folder } => veil.text(folder),
        Profile::Open { folder } => {
            let folder = veil.text(folder);
            two(t, format!("{folder}，有一个 hongyan 正开着"), format!("{folder}; a hongyan is open there"))
        }
        Profile::Absent { folder } => {
            let folder = veil.text(folder);
            two(t, format!("{folder}，用到时再建"), format!("{folder}; made when it is needed"))
        }
        Profile::Wrong { said, .. } => veil.text(said),
    }
}

fn named(t: Language, addresses: &[IpAddr], time: Duration, expected: Expected, veil: &Veil) -> String {
    let public = expected == Expected::World || oddity(addresses, expected).is_some();
    let mut all: Vec<String> = addresses.iter().map(|address| veil.ip(*address, public)).collect();
    all.dedup();
    let more = all.len().saturating_sub(3);
    all.truncate(3);
    let (all, time) = (all.join(", "), took(t, time));
    let all = if more > 0 { format!("{all} … (+{more})") } else { all };
    match expected {
        Expected::Elsewhere => {
            two(t, format!("{all}（--connect-to），{time}"), format!("{all} (--connect-to), {time}"))
        }
        Expected::World | Expected::Anywhere => two(t, format!("{all}，{time}"), format!("{all}, {time}")),
    }
}

fn of_certificate(t: Language, certificate: &Certificate, veil: &Veil) -> String {
    let Certificate { names, issuer, ends, fingerprint, now, judged, .. } = certificate;
    let names: Vec<String> = names.iter().take(2).map(|name| veil.host(name)).collect();
    let names = names.join(", ");
    // Whom everybody trusts is no secret; one's own authority may be.
    let by = match (issuer.as_str(), veil.authority(issuer)) {
        ("", _) => String::new(),
        (_, Some(issuer)) => two(t, format!("，{issuer} 签发"), format!(", signed by {issuer}")),
        (_, None) => two(t, "，一个私有机构签发", ", signed by a private authority"),
    };
    let days = |seconds: u64| seconds / DAY;
    let left = match ends {
        Some(ends) if ends <= now => {
            let days = days(now.since(*ends));
            two(t, format!("，已过期 {days} 天"), format!(", ended {days} days ago"))
        }
        Some(ends) => {
            let days = days(ends.since(*now));
            two(t, format!("，还有 {days} 天"), format!(", {days} days left"))
        }
        None => String::new(),
    };
    let judged = match judged {
        Judged::System => String::new(),
        Judged::Authority => two(t, "，按账户的 ca 检查", ", checked by the account's ca"),
        Judged::Pin => two(t, "，按账户的 pin 检查", ", checked by the account's pin"),
    };
    let shown = if veil.is_lifted() { format!(" {fingerprint}") } else { String::new() };
    two(t, format!("给 {names} 的{by}{left}{judged}{shown}"), format!("for {names}{by}{left}{judged}{shown}"))
}

pub(in crate::cli) fn this_machine(t: Language) -> String {
    two(t, "本机", "this machine")
}

pub(in crate::cli) fn advice(t: Language, about: &str, what: &str) -> String {
    two(t, format!("{about}：{what}"), format!("{about}: {what}"))
}

/// `worst`: the worst of all findings.
pub(in crate::cli) fn conclusion(t: Language, worst: Level) -> String {
    match worst {
        Level::Fail => two(t, "先做这些：", "do this first:"),
        Level::Warn => two(t, "都能用；可以改善的：", "everything works; this could be better:"),
        Level::Ok => two(t, "没有发现问题。", "nothing is wrong."),
    }
}

pub(in crate::cli) fn more(t: Language, count: usize) -> String {
    two(t, format!("另有 {count} 处，见上"), format!("{count} more above"))
}

pub(in crate::cli) fn no_such_account(t: Language, named: &str) -> String {
    two(t, format!("{named} 既不是账户，也不是邮件地址"), format!("{named} is neither an account nor a mail address"))
}
