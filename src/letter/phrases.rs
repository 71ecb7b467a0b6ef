//! The words that stand in answers themselves: they go to whoever gets the mail, and are no words of the interface.

use crate::model::Answering;

/// In one language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phrases {
    /// With its colon, and the blank that follows it.
    pub reply: &'static str,
    pub forward: &'static str,
    pub accepted: &'static str,
    pub tentative: &'static str,
    pub declined: &'static str,
    /// The line above an original.
    pub original: &'static str,
    pub from: &'static str,
    pub sent: &'static str,
    pub to: &'static str,
    pub cc: &'static str,
    pub subject: &'static str,
    /// `{when}` and `{who}` are filled in.
    pub attribution: &'static str,
    /// The same where nobody knows when.
    pub attribution_undated: &'static str,
    /// Behind recipients that are left out; `{count}` is filled in.
    pub and_more: &'static str,
    /// Where the original is cut.
    pub cut: &'static str,
}

pub const CHINESE: Phrases = Phrases {
    reply: "回复：",
    forward: "转发：",
    accepted: "已接受：",
    tentative: "暂定：",
    declined: "已拒绝：",
    original: "------------------ 原始邮件 ------------------",
    from: "发件人: ",
    sent: "发送时间: ",
    to: "收件人: ",
    cc: "抄送: ",
    subject: "主题: ",
    attribution: "{when}，{who} 写道：",
    attribution_undated: "{who} 写道：",
    and_more: "等 {count} 人",
    cut: "[原邮件过长，以下省略]",
};

pub const ENGLISH: Phrases = Phrases {
    reply: "Re: ",
    forward: "Fwd: ",
    accepted: "Accepted: ",
    tentative: "Tentative: ",
    declined: "Declined: ",
    original: "------------------ Original ------------------",
    from: "From: ",
    sent: "Date: ",
    to: "To: ",
    cc: "Cc: ",
    subject: "Subject: ",
    attribution: "On {when}, {who} wrote:",
    attribution_undated: "{who} wrote:",
    and_more: "and {count} more",
    cut: "[The original is too long; the rest is left out]",
};

impl Phrases {
    /// What the subject of an answer begins with.
    pub(super) fn prefix(&self, how: Answering) -> &'static str {
        match how {
            Answering::Reply | Answering::ReplyAll | Answering::ReplyList => self.reply,
            Answering::Forward | Answering::ForwardAttached => self.forward,
            Answering::Accept => self.accepted,
            Answering::Tentative => self.tentative,
            Answering::Decline => self.declined,
            Answering::AsNew | Answering::Bounce => "",
        }
    }
}
