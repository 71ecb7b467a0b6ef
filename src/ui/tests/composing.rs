//! Fields of one's own, a long text before it is sent, and an invitation, as they look.

use super::frames::keep;
use crate::app::compose::{FileEntry, Sender, Sheet, Tidings};
use crate::app::rehearsal::{Mailbox, Rehearsal, person};
use crate::app::{Event, Settings};
use crate::model::*;
use crate::text::SafeText;

const SIZES: [(u16, u16); 2] = [(80, 24), (40, 10)];

fn mailbox() -> Mailbox {
    let mut mail = Mailbox::of(8);
    let invitation = Invitation {
        method: InvitationMethod::Request,
        summary: "春季路线的碰头会".into(),
        location: "三楼会议室".into(),
        organizer: Some(person("周明远", "zhoumy@goose.example")),
        attendees: vec![person("鸿雁", "goose@qq.example"), person("李静", "lijing@crane.example")],
        begins: Some(EventTime::At(Timestamp(1_741_935_600))),
        ends: Some(EventTime::At(Timestamp(1_741_939_200))),
        repeats: "".into(),
        uid: "1@goose.example".into(),
    };
    let mut body = mail.body_of(&mail.rows[&FolderId(1)][0]);
    body.document = Document::plain("请确认是否参加。".to_owned());
    body.cards = vec![Card::Invitation(Box::new(invitation))];
    mail.bodies.insert(MessageId(0), body);
    mail
}

fn stage(columns: u16, rows: u16) -> Rehearsal {
    let sender = Sender {
        account: "goose@qq.example".into(),
        from: "鸿雁 <goose@qq.example>".into(),
        signature: "鸿雁".into(),
        most: None,
    };
    Rehearsal::new(mailbox(), columns, rows, Settings { senders: vec![sender], ..Settings::default() })
}

#[test]
fn fields_of_ones_own() {
    keep("own_fields", &SIZES, |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.press("czhou@goose.example<A-c><Tab><Tab><Tab>X-Project: 春季路线<Tab>X Two: 2<Tab>");
        stage.wait(6_000);
        stage
    });
}

fn long(columns: u16, rows: u16) -> Rehearsal {
    let mut stage = stage(columns, rows);
    stage.press("czhou@goose.example<Tab>春季路线<Tab>");
    let day = |day| format!("第 {day} 天：沿着河走，天黑以前到下一个湖，在那里过夜。");
    let text = (1..=40).map(day).collect::<Vec<_>>().join("\n") + "\n";
    stage.send(Event::Paste(format!("# 路线\n\n{text}")));
    stage.press("<A-p><C-s>");
    stage
}

#[test]
fn a_long_text_before_it_is_sent() {
    keep("review_long", &SIZES, long);
    keep("review_long_end", &SIZES, |columns, rows| {
        let mut stage = long(columns, rows);
        stage.press("G");
        stage
    });
}

#[test]
fn an_invitation_names_the_keys_that_answer_it() {
    keep("invited", &SIZES, |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.press("<Enter>");
        stage.wait(300);
        stage
    });
}

#[test]
fn a_file_that_is_pasted_by_its_name() {
    keep("pasted_file", &SIZES, |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.press("czhou@goose.example<Tab>春季路线<Tab>");
        stage.take();
        stage.send(Event::Paste("'/home/goose/春季 路线.pdf'".into()));
        let file = Enclosed {
            name: "春季 路线.pdf".into(),
            kind: "application/pdf".into(),
            size: 12_345,
            from: EnclosedFrom::File("/home/goose/春季 路线.pdf".into()),
            content_id: None,
        };
        let revision = stage.state.composing().current().unwrap().body().revision();
        stage.send(Event::Composed(Tidings::Found { sheet: Sheet(1), files: vec![file], revision }));
        stage
    });
}

#[test]
fn templates_to_choose_from() {
    keep("templates", &SIZES, |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.press("c<A-t>");
        let entry = |name: &str, size| FileEntry { path: name.into(), name: name.into(), size, is_folder: false };
        let files = vec![entry("周报.txt", 412), entry("invoice.txt", 1_212), entry("\u{202e}x.txt", 12)];
        let folder = SafeText::of("~/.config/hongyan/templates");
        stage.send(Event::Composed(Tidings::Templates { sheet: Sheet(1), folder, files }));
        stage.press("<Down>");
        stage
    });
}
