//! What the commands say about mail that goes out.

use std::path::Path;

use crate::i18n::Language::{self, En as English, ZhCn as Chinese};
use crate::model::{Outgoing, Reception, Recipient, Sending, SentCopy};

pub(in crate::cli) fn no_message(tongue: Language, file: &Path) -> String {
    let file = file.display();
    match tongue {
        Chinese => format!("{file} 不是一封邮件：没有 From、To 这样的信头"),
        English => format!("{file} is no message: it has no head with From and To"),
    }
}

pub(in crate::cli) fn too_large(tongue: Language) -> String {
    match tongue {
        Chinese => "这封邮件超过 160 MiB，没有服务器会收；请改用网盘链接".to_owned(),
        English => "the message is larger than 160 MiB, and no server takes that; send a link instead".to_owned(),
    }
}

pub(in crate::cli) fn no_sender(tongue: Language, found: usize) -> String {
    match (tongue, found) {
        (Chinese, 0) => "邮件里没有 From；请写上你自己的地址".to_owned(),
        (Chinese, _) => "From 里有几个地址；请只留一个".to_owned(),
        (English, 0) => "the message has no From; put your own address there".to_owned(),
        (English, _) => "there are several addresses in From; leave one".to_owned(),
    }
}

pub(in crate::cli) fn not_your_address(tongue: Language, address: &str) -> String {
    match tongue {
        Chinese => format!("{address} 不是这里的账户或身份；请改 From，或在 config.toml 的 identities 里写上它"),
        English => {
            format!(
                "{address} is no address of an account here; change From, or write it under identities in config.toml"
            )
        }
    }
}

pub(in crate::cli) fn no_address(tongue: Language, wrong: &str) -> String {
    match tongue {
        Chinese => format!("“{wrong}”不是邮件地址；请改正后再发"),
        English => format!("“{wrong}” is no mail address; correct it and send again"),
    }
}

pub(in crate::cli) fn nobody(tongue: Language) -> String {
    match tongue {
        Chinese => "没有收件人；请写 To，或加 --to 地址".to_owned(),
        English => "there is nobody to send it to; write To, or add --to ADDRESS".to_owned(),
    }
}

pub(in crate::cli) fn handed_over(tongue: Language) -> String {
    match tongue {
        Chinese => "已交给正在运行的 hongyan，由它发出".to_owned(),
        English => "handed over to the hongyan that is running, which sends it".to_owned(),
    }
}

pub(in crate::cli) fn queued(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("已放入发件箱，编号 {id}；用 hongyan outbox flush 发出"),
        English => format!("it is number {id} in the outbox; hongyan outbox flush sends it"),
    }
}

pub(in crate::cli) fn sent(tongue: Language, recipients: usize) -> String {
    match (tongue, recipients) {
        (Chinese, _) => format!("已发给 {recipients} 位收件人"),
        (English, 1) => "sent to 1 recipient".to_owned(),
        (English, _) => format!("sent to {recipients} recipients"),
    }
}

pub(in crate::cli) fn going(tongue: Language, gone: u64, of: u64) -> String {
    let percent = gone.saturating_mul(100).checked_div(of).unwrap_or(100).min(100);
    match tongue {
        Chinese => format!("正在发送 {percent}%"),
        English => format!("sending {percent}%"),
    }
}

pub(in crate::cli) fn is_empty(tongue: Language) -> String {
    match tongue {
        Chinese => "发件箱是空的".to_owned(),
        English => "the outbox is empty".to_owned(),
    }
}

pub(in crate::cli) fn no_such(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("发件箱里没有编号 {id}；用 hongyan outbox list 查看"),
        English => format!("there is no number {id} in the outbox; see hongyan outbox list"),
    }
}

pub(in crate::cli) fn too_late(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("来不及了：邮件 {id} 正在发送，或者已经发出"),
        English => format!("too late: message {id} is being sent, or it was sent"),
    }
}

pub(in crate::cli) fn makes_no_sense(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("邮件 {id} 现在不需要这样做；用 hongyan outbox list 看它的状态"),
        English => format!("that makes no sense for where message {id} is now; see hongyan outbox list"),
    }
}

pub(in crate::cli) fn for_the_rest(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("邮件 {id} 有收件人已经收到；草稿里只留下还没收到的人"),
        English => format!("some have message {id} already; the draft is for those alone who do not"),
    }
}

pub(in crate::cli) fn taken_back(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("邮件 {id} 已撤回，回到草稿里"),
        English => format!("message {id} was taken back, and is a draft again"),
    }
}

pub(in crate::cli) fn given_up(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("邮件 {id} 已丢弃"),
        English => format!("message {id} was thrown away"),
    }
}

pub(in crate::cli) fn said_sent(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("邮件 {id} 记为已发出"),
        English => format!("message {id} is taken as sent"),
    }
}

/// Somebody else sends it.
pub(in crate::cli) fn goes_there(tongue: Language, id: Option<i64>) -> String {
    match (tongue, id) {
        (Chinese, Some(id)) => format!("正在运行的 hongyan 会再发邮件 {id}；结果见 hongyan outbox list"),
        (Chinese, None) => "正在运行的 hongyan 会发出等待的邮件；结果见 hongyan outbox list".to_owned(),
        (English, Some(id)) => {
            format!(
                "the hongyan that is running sends message {id} again; see hongyan outbox list for what comes of it"
            )
        }
        (English, None) => {
            "the hongyan that is running sends what waits; see hongyan outbox list for what comes of it".to_owned()
        }
    }
}

/// It was in the outbox, and went.
pub(in crate::cli) fn one_sent(tongue: Language, letter: &Outgoing) -> String {
    let (id, subject) = (letter.id.0, letter.subject.as_str());
    match tongue {
        Chinese => format!("邮件 {id} 已发出：{subject}"),
        English => format!("message {id} was sent: {subject}"),
    }
}

pub(in crate::cli) fn may_have_gone(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!(
            "邮件 {id} 可能已经发出，没有撤回；到“已发送”里看一看，再用 hongyan outbox sent {id} 或 retry {id} 说明，\
             或用 drop {id} 丢弃"
        ),
        English => format!(
            "message {id} may have been sent, and was not taken back; look into the folder for sent mail, then say so \
             with hongyan outbox sent {id} or retry {id}, or throw it away with drop {id}"
        ),
    }
}

pub(in crate::cli) fn no_draft(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!("邮件 {id} 没有草稿可以退回，仍在发件箱；要丢弃请用 hongyan outbox drop {id}"),
        English => format!(
            "message {id} was made of no draft and stays in the outbox; hongyan outbox drop {id} throws it away"
        ),
    }
}

/// It was not even tried.
pub(in crate::cli) fn waits(tongue: Language, id: i64, why: &str) -> String {
    match tongue {
        Chinese => format!("邮件 {id} 留在发件箱，用 hongyan outbox flush 发出：{why}"),
        English => format!("message {id} stays in the outbox, and hongyan outbox flush sends it: {why}"),
    }
}

/// Where a message is that did not go, and what to do.
pub(in crate::cli) fn came_to(tongue: Language, letter: &Outgoing, why: Option<&str>) -> String {
    let id = letter.id.0;
    let because = |text: String| match (tongue, why) {
        (_, None) => text,
        (Chinese, Some(why)) => format!("{text}：{why}"),
        (English, Some(why)) => format!("{text}: {why}"),
    };
    match (tongue, letter.state) {
        (Chinese, Sending::Sent) if !has_refused(letter) => because(format!("邮件 {id} 已发出，“已发送”里还没有副本")),
        (English, Sending::Sent) if !has_refused(letter) => {
            because(format!("message {id} was sent, and its copy is not in the folder for sent mail yet"))
        }
        (Chinese, Sending::Sent) => {
            because(format!("邮件 {id} 已发出，但 {} 拒收（hongyan outbox list）", names(tongue, letter)))
        }
        (English, Sending::Sent) => {
            because(format!("message {id} was sent, but not to {} (hongyan outbox list)", names(tongue, letter)))
        }
        (Chinese, Sending::Unknown) => because(format!(
            "邮件 {id} 不知道是否已发出；到“已发送”里看一看，再用 hongyan outbox sent {id} 或 retry {id} 说明"
        )),
        (English, Sending::Unknown) => because(format!(
            "nobody knows whether message {id} was sent; look into the folder for sent mail, then say so with hongyan \
             outbox sent {id} or retry {id}"
        )),
        (_, Sending::Refused) => because(refused(tongue, letter)),
        (Chinese, Sending::Asks) => {
            because(format!("邮件 {id} 写好之后账户的服务器变了；仍要发出请用 hongyan outbox retry {id}"))
        }
        (English, Sending::Asks) => because(format!(
            "the account of message {id} has another server since; hongyan outbox retry {id} sends it all the same"
        )),
        (Chinese, Sending::Queued | Sending::Begun | Sending::Handed) => {
            because(format!("邮件 {id} 留在发件箱，稍后再发"))
        }
        (English, Sending::Queued | Sending::Begun | Sending::Handed) => {
            because(format!("message {id} stays in the outbox and is sent later"))
        }
    }
}

fn is_refused(to: &Recipient) -> bool {
    matches!(to.state, Reception::Refused { .. })
}

pub(in crate::cli) fn has_refused(letter: &Outgoing) -> bool {
    letter.recipients.iter().any(is_refused)
}

/// Those who were refused, as long as they can be counted at a glance.
fn names(tongue: Language, letter: &Outgoing) -> String {
    let names: Vec<&str> = letter.recipients.iter().filter(|to| is_refused(to)).map(|to| to.address.as_str()).collect();
    match (tongue, names.as_slice()) {
        (Chinese, []) => "有收件人".to_owned(),
        (English, []) => "everybody".to_owned(),
        (Chinese, [one, two, three, _, ..]) => format!("{one}、{two}、{three} 等 {} 人", names.len()),
        (English, [one, two, three, rest @ ..]) if !rest.is_empty() => {
            format!("{one}, {two}, {three} and {} more", rest.len())
        }
        (Chinese, names) => names.join("、"),
        (English, names) => names.join(", "),
    }
}

/// Who was refused, and what can be done: for the others, or for the only one.
fn refused(tongue: Language, letter: &Outgoing) -> String {
    let (id, names) = (letter.id.0, names(tongue, letter));
    let refused = letter.recipients.iter().filter(|to| is_refused(to)).count();
    if letter.recipients.iter().any(|to| to.state == Reception::Taken) {
        return match tongue {
            Chinese => {
                format!("邮件 {id} 没有发到 {names}；再试请用 hongyan outbox retry {id}，只为他们改写请用 cancel {id}")
            }
            English => format!(
                "message {id} did not go to {names}; hongyan outbox retry {id} tries again, cancel {id} makes it a draft for \
                 them alone"
            ),
        };
    }
    match (tongue, refused, letter.recipients.len().saturating_sub(refused)) {
        (Chinese, 0, _) => {
            format!("邮件 {id} 被拒绝，没有发出；改好后再发请用 hongyan outbox retry {id}，不要了请用 drop {id}")
        }
        (English, 0, _) => format!(
            "message {id} was refused and not sent; hongyan outbox retry {id} tries again, drop {id} throws it away"
        ),
        (Chinese, _, 0) => format!(
            "邮件 {id} 没有发出：{names} 被拒收；再试一次请用 hongyan outbox retry {id}，退回草稿请用 cancel {id}，\
             不要了请用 drop {id}"
        ),
        (English, _, 0) => format!(
            "message {id} was not sent: {names} is not taken; hongyan outbox retry {id} tries again, cancel {id} makes it \
             a draft again, drop {id} throws it away"
        ),
        (Chinese, _, others) => format!(
            "邮件 {id} 没有发出，因为 {names} 被拒收；只发给其余 {others} 人请用 hongyan outbox retry {id}，\
             退回草稿请用 cancel {id}"
        ),
        (English, _, others) => format!(
            "message {id} was not sent, because {names} is not taken; hongyan outbox retry {id} sends it to the \
             {others} left, cancel {id} makes it a draft again"
        ),
    }
}

/// Of one that some have and others were refused.
fn mend(tongue: Language, id: i64) -> String {
    match tongue {
        Chinese => format!(
            "要改地址再发：hongyan outbox cancel {id} 把它退回草稿，只留下没收到的人；不再管它：hongyan outbox drop {id}"
        ),
        English => format!(
            "hongyan outbox cancel {id} makes it a draft again for those who do not have it; drop {id} leaves it at that"
        ),
    }
}

/// What there is to know of a message besides itself.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Told<'a> {
    pub(in crate::cli) asks: bool,
    /// When it goes, on the clock on the wall, if that is not now.
    pub(in crate::cli) at: Option<&'a str>,
    pub(in crate::cli) why: Option<&'a str>,
}

/// A message in the list: what it is, then whatever there is to know.
pub(in crate::cli) fn lines(tongue: Language, letter: &Outgoing, told: &Told<'_>) -> Vec<String> {
    let Told { asks, at, why } = *told;
    let to: Vec<&str> = letter.recipients.iter().map(|to| to.address.as_str()).collect();
    let first = match to.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, rest @ ..] => format!("{one} +{}", rest.len()),
    };
    let state = match (tongue, letter.state) {
        (Chinese, Sending::Queued) => "待发",
        (Chinese, Sending::Begun | Sending::Handed) => "正在发送",
        (Chinese, Sending::Unknown) => "不知是否已发",
        (Chinese, Sending::Sent) if letter.copy != SentCopy::Done => "已发出，等“已发送”里的副本",
        (Chinese, Sending::Sent) => "已发出",
        (Chinese, Sending::Asks) => "等你决定",
        (Chinese, Sending::Refused) => "被拒绝",
        (English, Sending::Queued) => "waiting",
        (English, Sending::Begun | Sending::Handed) => "being sent",
        (English, Sending::Unknown) => "unknown",
        (English, Sending::Sent) if letter.copy != SentCopy::Done => "sent, its copy is awaited",
        (English, Sending::Sent) => "sent",
        (English, Sending::Asks) => "asks you",
        (English, Sending::Refused) => "refused",
    };
    let state = match (tongue, at) {
        (_, None) => state.to_owned(),
        (Chinese, Some(at)) if letter.attempts == 0 => format!("{at} 发出"),
        (English, Some(at)) if letter.attempts == 0 => format!("goes at {at}"),
        (Chinese, Some(at)) => format!("{state}，{at} 再试"),
        (English, Some(at)) => format!("{state} until {at}"),
    };
    let mut lines = vec![format!("{}  {state}  {first}  {}", letter.id.0, letter.subject.as_str())];
    for to in &letter.recipients {
        if let Reception::Refused { said, .. } = &to.state {
            lines.push(format!("    {}: {}", to.address, said.as_str()));
        }
    }
    if letter.state == Sending::Sent && has_refused(letter) {
        lines.push(format!("    {}", mend(tongue, letter.id.0)));
    }
    if asks || letter.state == Sending::Refused {
        lines.push(format!("    {}", came_to(tongue, letter, why)));
    } else if let Some(why) = why {
        lines.push(format!("    {why}"));
    }
    lines
}

/// A message that was begun on the command line.
pub(in crate::cli) fn opened_there(tongue: Language) -> String {
    match tongue {
        Chinese => "已在打开着的 hongyan 里开好了，请到那边继续写".to_owned(),
        English => "it is open in the hongyan that is running; go on writing there".to_owned(),
    }
}

pub(in crate::cli) fn waits_for_the_other(tongue: Language) -> String {
    match tongue {
        Chinese => "另一个 hongyan 正占着邮箱，等它一会儿…".to_owned(),
        English => "another hongyan has the mailbox; waiting a little for it…".to_owned(),
    }
}
