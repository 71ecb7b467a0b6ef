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

pub(in crate::cli) fn too_late(tongue: Language) -> String {
    match tongue {
        Chinese => "来不及了：它正在发送，或者已经发出".to_owned(),
        English => "too late: it is being sent, or it was sent".to_owned(),
    }
}

pub(in crate::cli) fn makes_no_sense(tongue: Language) -> String {
    match tongue {
        Chinese => "这封邮件现在不需要这样做；用 hongyan outbox list 看它的状态".to_owned(),
        English => "that makes no sense for where the message is now; see hongyan outbox list".to_owned(),
    }
}

pub(in crate::cli) fn for_the_rest(tongue: Language) -> String {
    match tongue {
        Chinese => "有收件人已经收到；草稿里只留下还没收到的人".to_owned(),
        English => "some have it already; the draft is for those alone who do not".to_owned(),
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
        (Chinese, Sending::Sent) => because(format!("邮件 {id} 已发出，但有收件人被拒收（hongyan outbox list）")),
        (English, Sending::Sent) => {
            because(format!("message {id} was sent, but not to everybody (hongyan outbox list)"))
        }
        (Chinese, Sending::Unknown) => because(format!(
            "邮件 {id} 不知道是否已发出；到“已发送”里看一看，再用 hongyan outbox sent {id} 或 retry {id} 说明"
        )),
        (English, Sending::Unknown) => because(format!(
            "nobody knows whether message {id} was sent; look into the folder for sent mail, then say so with hongyan \
             outbox sent {id} or retry {id}"
        )),
        (Chinese, Sending::Refused) => {
            because(format!("邮件 {id} 被拒绝，没有发出；仍要发给其余的人请用 hongyan outbox retry {id}"))
        }
        (English, Sending::Refused) => because(format!(
            "message {id} was refused and not sent; hongyan outbox retry {id} sends it to whoever can have it"
        )),
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

/// A message in the list: what it is, then whatever there is to know.
pub(in crate::cli) fn lines(tongue: Language, letter: &Outgoing, asks: bool, why: Option<&str>) -> Vec<String> {
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
    let mut lines = vec![format!("{}  {state}  {first}  {}", letter.id.0, letter.subject.as_str())];
    for to in &letter.recipients {
        if let Reception::Refused { said, .. } = &to.state {
            lines.push(format!("    {}: {}", to.address, said.as_str()));
        }
    }
    let is_refused = |to: &Recipient| matches!(to.state, Reception::Refused { .. });
    if letter.state == Sending::Sent && letter.recipients.iter().any(is_refused) {
        lines.push(format!("    {}", mend(tongue, letter.id.0)));
    }
    if asks || letter.state == Sending::Refused {
        lines.push(format!("    {}", came_to(tongue, letter, why)));
    } else if let Some(why) = why {
        lines.push(format!("    {why}"));
    }
    lines
}
