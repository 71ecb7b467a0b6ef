//! Why a message did not arrive: by the words of the servers where they are plain, else by their codes.
//!
//! The words come first: servers say `5.7.1` and `5.0.0` of everything.

use crate::model::DeliveryReason;

use DeliveryReason::{
    Content, MailboxFull, MailboxOff, Network, NoSuchDomain, NoSuchUser, Policy, TooLarge, TooOften, Unknown,
};

/// What servers write, in lower case; the first that is found counts.
const WORDS: &[(&str, DeliveryReason)] = &[
    ("frequency limited", TooOften),
    ("too many connections", TooOften),
    ("too many messages", TooOften),
    ("rate limit", TooOften),
    ("ratelimit", TooOften),
    ("quota of messages", TooOften),
    ("sending limit", TooOften),
    ("频率", TooOften),
    ("发送过于频繁", TooOften),
    ("过于频繁", TooOften),
    ("mi:stc", TooOften),
    ("mi:sfq", TooOften),
    ("rp:drc", TooOften),
    ("rp:trc", TooOften),
    ("rp:qrc", TooOften),
    ("hl:rep", TooOften),
    ("hl:icc", TooOften),
    ("mailbox full", MailboxFull),
    ("mailbox is full", MailboxFull),
    ("full mailbox", MailboxFull),
    ("over quota", MailboxFull),
    ("overquota", MailboxFull),
    ("quota exceeded", MailboxFull),
    ("exceeded quota", MailboxFull),
    ("exceeded storage", MailboxFull),
    ("out of storage", MailboxFull),
    ("insufficient storage", MailboxFull),
    ("mailbox size limit", MailboxFull),
    ("user is over", MailboxFull),
    ("超过邮箱容量", MailboxFull),
    ("邮箱空间不足", MailboxFull),
    ("容量不足", MailboxFull),
    ("空间已满", MailboxFull),
    ("邮箱已满", MailboxFull),
    ("信箱已满", MailboxFull),
    ("邮箱容量", MailboxFull),
    ("too large", TooLarge),
    ("too big", TooLarge),
    ("exceeds size", TooLarge),
    ("size exceeds", TooLarge),
    ("message size", TooLarge),
    ("mailsize limit", TooLarge),
    ("邮件过大", TooLarge),
    ("邮件太大", TooLarge),
    ("超过大小", TooLarge),
    ("大小超过", TooLarge),
    ("deactivated", MailboxOff),
    ("disabled", MailboxOff),
    ("inactive", MailboxOff),
    ("suspended", MailboxOff),
    ("account closed", MailboxOff),
    ("已停用", MailboxOff),
    ("被停用", MailboxOff),
    ("已禁用", MailboxOff),
    ("被禁用", MailboxOff),
    ("已冻结", MailboxOff),
    ("被冻结", MailboxOff),
    ("已注销", MailboxOff),
    ("host or domain name not found", NoSuchDomain),
    ("host not found", NoSuchDomain),
    ("host unknown", NoSuchDomain),
    ("unknown host", NoSuchDomain),
    ("unrouteable", NoSuchDomain),
    ("domain not found", NoSuchDomain),
    ("no such domain", NoSuchDomain),
    ("nxdomain", NoSuchDomain),
    ("couldn't find any host", NoSuchDomain),
    ("域名不存在", NoSuchDomain),
    ("域名错误", NoSuchDomain),
    ("找不到域", NoSuchDomain),
    ("user unknown", NoSuchUser),
    ("unknown user", NoSuchUser),
    ("no such user", NoSuchUser),
    ("user not found", NoSuchUser),
    ("user doesn't exist", NoSuchUser),
    ("user does not exist", NoSuchUser),
    ("does not exist", NoSuchUser),
    ("doesn't exist", NoSuchUser),
    ("mailbox not found", NoSuchUser),
    ("mailbox unavailable", NoSuchUser),
    ("no mailbox", NoSuchUser),
    ("invalid mailbox", NoSuchUser),
    ("invalid recipient", NoSuchUser),
    ("recipient not found", NoSuchUser),
    ("recipientnotfound", NoSuchUser),
    ("recipient address rejected", NoSuchUser),
    ("unknown recipient", NoSuchUser),
    ("address not found", NoSuchUser),
    ("bad address", NoSuchUser),
    ("用户不存在", NoSuchUser),
    ("帐号不存在", NoSuchUser),
    ("账号不存在", NoSuchUser),
    ("邮箱不存在", NoSuchUser),
    ("地址不存在", NoSuchUser),
    ("收件人不存在", NoSuchUser),
    ("不存在", NoSuchUser),
    ("没有这个用户", NoSuchUser),
    ("无此用户", NoSuchUser),
    ("查无此人", NoSuchUser),
    ("content denied", Content),
    ("content reject", Content),
    ("spam", Content),
    ("dt:spm", Content),
    ("virus", Content),
    ("illegal attachment", Content),
    ("垃圾邮件", Content),
    ("内容被", Content),
    ("病毒", Content),
    ("违禁", Content),
    ("blacklist", Policy),
    ("block list", Policy),
    ("blocked using", Policy),
    ("dmarc", Policy),
    ("spf", Policy),
    ("dkim", Policy),
    ("relay", Policy),
    ("not authorized", Policy),
    ("access denied", Policy),
    ("rejected by recipients", Policy),
    ("policy", Policy),
    ("拒收", Policy),
    ("拒绝", Policy),
    ("黑名单", Policy),
    ("connection timed out", Network),
    ("timed out", Network),
    ("timeout", Network),
    ("connection refused", Network),
    ("network is unreachable", Network),
    ("no route to host", Network),
    ("could not connect", Network),
    ("lost connection", Network),
    ("连接超时", Network),
    ("连接失败", Network),
    ("无法连接", Network),
    ("网络", Network),
];

/// Codes of RFC 3463 without their class; the longest that fits counts.
const CODES: &[(&str, DeliveryReason)] = &[
    ("1.1", NoSuchUser),
    ("1.2", NoSuchDomain),
    ("1.3", NoSuchUser),
    ("1.6", NoSuchUser),
    ("1.10", NoSuchUser),
    ("2.0", MailboxOff),
    ("2.1", MailboxOff),
    ("2.2", MailboxFull),
    ("2.3", TooLarge),
    ("3.1", MailboxFull),
    ("3.4", TooLarge),
    ("4.1", Network),
    ("4.2", Network),
    ("4.3", NoSuchDomain),
    ("4.4", NoSuchDomain),
    ("4.5", TooOften),
    ("4.7", Network),
    ("6.0", Content),
    ("7.28", TooOften),
];

pub(super) fn reason(status: &str, said: &str) -> DeliveryReason {
    if status.starts_with('2') {
        return Unknown;
    }
    let said = said.to_lowercase();
    if let Some((_, reason)) = WORDS.iter().find(|(words, _)| said.contains(words)) {
        return *reason;
    }
    let status = if status.contains('.') { status } else { status_in(&said) };
    let Some((_, code)) = status.split_once('.') else { return by_reply(status) };
    if let Some((_, reason)) = CODES.iter().find(|(known, _)| *known == code) {
        return *reason;
    }
    match code.split('.').next() {
        Some("7") => Policy,
        Some("6") => Content,
        Some("4") => Network,
        _ => Unknown,
    }
}

/// The three digits of SMTP alone.
fn by_reply(reply: &str) -> DeliveryReason {
    match reply {
        "552" => MailboxFull,
        "553" => NoSuchUser,
        _ => Unknown,
    }
}

/// The code in what was said: `5.1.1` if there is one, else `550`, else nothing.
pub(super) fn status_in(said: &str) -> &str {
    let words = || said.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|word| !word.is_empty());
    let enhanced = words().map(|word| word.trim_matches('.')).find(|word| {
        let mut pieces = word.split('.');
        let class = matches!(pieces.next(), Some("2" | "4" | "5"));
        let fits = |piece: Option<&str>| piece.is_some_and(|piece| (1..=3).contains(&piece.len()));
        class && fits(pieces.next()) && fits(pieces.next()) && pieces.next().is_none()
    });
    enhanced
        .or_else(|| words().find(|word| word.len() == 3 && matches!(word.as_bytes(), [b'4' | b'5', b'0'..=b'5', _])))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_codes() {
        for (status, said, why) in [
            ("5.1.1", "", NoSuchUser),
            ("5.0.0", "550 User unknown: x@example.com", NoSuchUser),
            ("5.7.1", "550 Mail content denied", Content),
            ("", "552 5.2.2 whatever", MailboxFull),
            ("", "收件人邮箱空间不足", MailboxFull),
            ("", "550 Ip frequency limited", TooOften),
            ("", "您的邮件内容被判定为垃圾邮件", Content),
            ("5.7.26", "unauthenticated", Policy),
            ("4.4.1", "", Network),
            ("5.4.4", "", NoSuchDomain),
            ("5.3.4", "", TooLarge),
            ("2.1.5", "delivered to user unknown", Unknown),
            ("", "", Unknown),
        ] {
            assert_eq!(reason(status, said), why, "{status} {said}");
        }
    }

    #[test]
    fn codes_in_words() {
        assert_eq!(status_in("host mx.example[192.0.2.1] said: 550 5.1.1 <a@example.com>"), "5.1.1");
        assert_eq!(status_in("SMTP error, RCPT TO: 550 no"), "550");
        assert_eq!(status_in("192.168.5.100 and 2026"), "");
    }
}
