//! Messages as they come out of the decoder, each with something that the reader shows in its own way. All invented.

use std::ops::Range;

use super::scenes::mailbox;
use crate::app::rehearsal::{NOW, Rehearsal, person};
use crate::app::{Event, Settings};
use crate::model::*;
use crate::text::Text;

/// A text that is put together with what is known of its parts.
#[derive(Default)]
pub(super) struct Draft {
    text: String,
    marks: Vec<Mark>,
    links: Vec<Link>,
    tables: Vec<Table>,
    sections: Vec<Section>,
}

impl Draft {
    pub(super) fn say(&mut self, text: &str) -> Range<usize> {
        let from = self.text.len();
        self.text.push_str(text);
        from..self.text.len()
    }

    pub(super) fn mark(&mut self, text: &str, look: Look) {
        let at = self.say(text);
        self.marks.push(Mark { at, look });
    }

    pub(super) fn link(&mut self, text: &str, url: &str) {
        let at = self.say(text);
        self.links.push(Link { at, url: url.into() });
    }

    pub(super) fn section(&mut self, kind: SectionKind, text: &str) {
        let at = self.say(text);
        self.sections.push(Section { at, kind });
    }

    pub(super) fn table(&mut self, rows: &[&[&str]]) {
        let from = self.text.len();
        let mut table = Vec::new();
        for (nth, row) in rows.iter().enumerate() {
            let mut cells = Vec::new();
            for cell in *row {
                let at = self.say(cell);
                if nth == 0 {
                    self.marks.push(Mark { at: at.clone(), look: Look { strong: true, ..Look::default() } });
                }
                cells.push(at);
                self.say("\t");
            }
            self.say("\n");
            table.push(cells);
        }
        self.tables.push(Table { at: from..self.text.len(), rows: table });
    }

    pub(super) fn document(self) -> Document {
        let Self { text, marks, links, tables, sections } = self;
        Document { text: Text::new(text), marks, links, tables, sections }
    }
}

pub(super) fn letter(document: Document) -> Readable {
    Readable {
        subject: "春季观鸟活动安排".into(),
        from: vec![person("周明远", "zhoumy@goose.example")],
        to: vec![person("我", "me@qq.example")],
        date: Some(Timestamp(NOW.0 - 3600)),
        document,
        charset: "gb18030",
        ..Readable::default()
    }
}

fn look(change: impl FnOnce(&mut Look)) -> Look {
    let mut look = Look::default();
    change(&mut look);
    look
}

pub(super) fn marked() -> Readable {
    let mut draft = Draft::default();
    draft.mark("三月的安排", look(|look| look.heading = true));
    draft.say("\n\n请");
    draft.mark("务必", look(|look| look.strong = true));
    draft.say("在");
    draft.mark("周五", look(|look| look.emphasis = true));
    draft.say("之前报名，原定的");
    draft.mark("周四", look(|look| look.struck = true));
    draft.say("作废。名额");
    draft.mark("只有十二个", look(|look| look.colour = Some((200, 0, 0))));
    draft.say("，口令是 ");
    draft.mark("goose-2025", look(|look| look.code = true));
    draft.say("。\n");
    draft.mark("[图：路线图]", look(|look| look.picture = true));
    draft.say("\n\n• 报名在");
    draft.link("这里", "https://goose.example/报名?春=1");
    draft.say("，表格很短，填完以后会收到一封确认信，请留意不要被当成垃圾邮件。\n• 路线见 ");
    draft.link("https://goose.example/programme/2025/spring", "https://goose.example/programme/2025/spring");
    draft.say("\n1. 有问题写信给 ");
    draft.link("小陈", "mailto:chen@goose.example?subject=x&attach=/etc/passwd");
    draft.say("\n2. 或者看 ");
    draft.link("https://bank.example", "https://\u{430}pple.example/login");
    draft.say(" 和 ");
    draft.link("这个", "javascript:alert(1)");
    draft.say("\n");
    letter(draft.document())
}

pub(super) fn table() -> Readable {
    let mut draft = Draft::default();
    draft.say("本季度的账目如下：\n\n");
    draft.table(&[
        &["项目", "负责人", "金额", "说明"],
        &["望远镜", "周明远", "3,200.00", "两台，均已验收入库，保修期到后年三月"],
        &["车费", "Lena Fischer", "860.50", "往返"],
        &["宣传单 leaflets", "陈晨", "128.00", "printed on both sides, recycled paper"],
    ]);
    draft.say("\n以上。\n");
    letter(draft.document())
}

pub(super) fn quoted() -> Readable {
    let mut draft = Draft::default();
    draft.say("同意，就按这个来。\n\n");
    draft.section(SectionKind::Quoted, "> 下午三点还是四点？\n");
    draft.say("三点。\n\n");
    let history: String = (1..=14).map(|n| format!("> 第 {n} 条：上次会上说过的事情\n")).collect::<Vec<_>>().concat();
    draft.section(SectionKind::Quoted, &format!("在 2025年3月11日，李静 写道：\n{history}"));
    draft.say("\n");
    draft.section(SectionKind::Signature, "-- \n周明远\n观鸟协会\n");
    letter(draft.document())
}

pub(super) fn patch() -> Readable {
    let mut draft = Draft::default();
    draft.say("修好了，请看：\n\n");
    draft.section(SectionKind::Fixed, "diff --git a/formation.c b/formation.c\n");
    draft.section(SectionKind::Hunk, "@@ -12,7 +12,7 @@ static int lead(struct goose *g)\n");
    draft.section(SectionKind::Fixed, "     if (!g->wind)\n");
    draft.section(SectionKind::Removed, "-        return turn(g, LEFT);\n");
    draft.section(
        SectionKind::Added,
        "+        return turn_slowly_and_tell_everybody_behind(g, LEFT, \"a line that is longer than the window is wide\", 42);\n",
    );
    draft.section(SectionKind::Fixed, "     return 0;\n");
    letter(draft.document())
}

pub(super) fn delivery() -> Readable {
    let one = |recipient: &str, reason, status: &str, said: &str| {
        Card::Delivery(Delivery {
            recipient: recipient.into(),
            action: DeliveryAction::Failed,
            status: status.into(),
            reason,
            said: said.into(),
            by: "mx.goose.example".into(),
        })
    };
    Readable {
        subject: "退信通知".into(),
        from: vec![person("Mail Delivery System", "mailer-daemon@qq.example")],
        cards: vec![
            one("a@example.com", DeliveryReason::NoSuchUser, "5.1.1", "550 5.1.1 <a@example.com>: user unknown"),
            one("b@example.com", DeliveryReason::MailboxFull, "5.2.2", "\u{1b}[2Jmailbox full"),
            Card::Message {
                part: PartId(3),
                subject: "原来的信".into(),
                from: Some(person("我", "me@qq.example")),
                date: Some(Timestamp(NOW.0 - 7200)),
            },
        ],
        ..letter(Document::plain("This is the mail system at host mx.goose.example.\n"))
    }
}

pub(super) fn invitation() -> Readable {
    let at = |hours: i64| Some(EventTime::At(Timestamp(NOW.0 + hours * 3600)));
    Readable {
        cards: vec![Card::Invitation(Box::new(Invitation {
            method: InvitationMethod::Request,
            summary: "春季观鸟筹备会".into(),
            location: "三楼小会议室".into(),
            organizer: Some(person("李静", "lijing@crane.example")),
            attendees: vec![person("我", "me@qq.example"), person("", "chen@goose.example")],
            begins: at(29),
            ends: at(30),
            repeats: "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;COUNT=4".into(),
            uid: "1@crane.example".into(),
        }))],
        ..letter(Document::plain("请确认能否参加。\n"))
    }
}

pub(super) fn cloud() -> Readable {
    let attachment = |part, name: &str, kind: &str, truly, size| Attachment {
        part: PartId(part),
        name: name.into(),
        kind: kind.into(),
        truly,
        size,
        ..Attachment::default()
    };
    Readable {
        cards: vec![Card::Cloud(CloudFile {
            keeper: "QQ",
            name: "迁徙录像（全）.mp4".into(),
            size: "1.2GB".into(),
            until: "2025年4月11日".into(),
            url: "https://wx.mail.qq.example/ftn/download?key=abc".into(),
        })],
        attachments: vec![
            attachment(2, "会议议程（第二稿）.docx", "application/msword", None, 48_213),
            attachment(3, "照片.jpg", "image/jpeg", Some("application/x-dosexec"), 310_400),
            attachment(4, "发票.pdf.exe", "application/pdf", None, 9_000),
        ],
        ..letter(Document::plain("文件太大，放在中转站了。\n"))
    }
}

pub(super) fn suspicious() -> Readable {
    Readable {
        from: vec![person("service@bank.example", "x@evil.example")],
        reply_to: vec![person("", "y@elsewhere.example")],
        auth: Some(Auth { dmarc: Verdict::Fail, ..Auth::default() }),
        warnings: vec![
            Warning::Forged,
            Warning::NameIsOtherAddress { name: "service@bank.example".into(), address: "x@evil.example".into() },
            Warning::LookAlike { domain: "\u{430}pple.example".into(), like: "apple.example".into() },
            Warning::LinkElsewhere { shown: "https://bank.example".into(), leads: "evil.example".into() },
            Warning::Hidden { field: "subject" },
        ],
        blocked: Blocked {
            pictures: 12,
            trackers: 2,
            others: 3,
            hosts: ["a.example", "b.example", "c.example"].map(Text::from).to_vec(),
            receipt: true,
        },
        ..letter(Document::plain("您的账户已冻结，请立即登录。\n"))
    }
}

/// A page that has a further form: as it is drawn.
pub(super) fn drawn() -> Readable {
    let mut draft = Draft::default();
    let from = draft.say("────────┬────┬───\n").start;
    draft.mark("城市", Look { strong: true, ..Look::default() });
    draft.say("    │最高│最低\n────────┼────┼───\n北京    │12° │-1°\n────────┴────┴───\n\n一行很长的文字，在窄的屏幕上从中间断开，因为它已经排好了。");
    let at = from..draft.text.len();
    draft.sections.push(Section { at, kind: SectionKind::Fixed });
    Readable { source: BodySource::Html, other: Some(BodySource::Drawn), ..letter(draft.document()) }
}

/// The first message of the inbox is this one.
pub(super) fn reading(readable: Readable, columns: u16, rows: u16) -> Rehearsal {
    let mut mail = mailbox();
    let first = mail.rows[&FolderId(1)][0].message;
    mail.bodies.insert(first, readable);
    mail.fields = [
        ("Received", "from mx.goose.example by mx.qq.example with ESMTPS id 12345 for <me@qq.example>; Wed, 12 Mar 2025 09:00:00 +0800"),
        ("From", "周明远 <zhoumy@goose.example>"),
        ("Subject", "春季观鸟活动安排"),
        ("X-Unheard-Of", "\u{1b}]0;x\u{7}"),
        ("DKIM-Signature", "v=1; a=rsa-sha256; c=relaxed/relaxed; d=goose.example; s=spring; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ]
    .map(|(name, value)| (Text::from(name), Text::from(value)))
    .to_vec();
    let hop = |from: &str, by: &str, at: i64| Hop { from: from.into(), by: by.into(), at: Some(Timestamp(at)) };
    mail.route = vec![
        hop("goose-laptop", "smtp.goose.example", 1_741_740_720),
        hop("smtp.goose.example", "mx.goose.example", 1_741_740_722),
        Hop { at: None, ..hop("mx.goose.example", "filter-with-a-long-name.relay.qq.example", 0) },
        hop("", "mx.qq.example", 1_741_741_200),
    ];
    mail.source = "Subject: \\xb4\\xba\r\nX-Long: 鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书鸿雁传书\r\n\r\n\u{1b}[2J正文\r\n".into();
    let mut stage = Rehearsal::new(mail, columns, rows, Settings::default());
    let status = Status::UpToDate { at: NOW, watch: Watch::Told };
    stage.send(Event::Account { id: AccountId(1), status });
    stage.press("<Enter>");
    stage
}
