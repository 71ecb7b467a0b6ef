//! Drafts, as they look.

use std::path::PathBuf;

use super::frames::keep;
use super::scenes::mailbox;
use super::*;
use crate::app::compose::{FileEntry, KeptDraft, Sender, Sheet, Tidings};
use crate::app::rehearsal::{Rehearsal, letter};
use crate::app::{Event, Settings};
use crate::model::*;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

const QUOTED: &str = "三点可以，会议室我来订。\n\n另外请把春季路线的地图带上，上次那份少了最后两页，路上要走的那段山路正好在上面。\n\n\
    ------------------ 原始邮件 ------------------\n发件人: 周明远 <zhoumy@goose.example>\n主题: 周五的会改到下午三点\n\n各位：\n\n原定周五上午十点的会改到下午三点。\n";

fn sender(account: &str, from: &str) -> Sender {
    Sender { account: account.into(), from: from.into(), signature: String::new(), most: Some(50_000_000) }
}

fn stage(columns: u16, rows: u16) -> Rehearsal {
    let mut mail = mailbox();
    let person = |name: &str, address: &str| Person { name: name.into(), address: address.into(), wrote: true };
    mail.people = vec![person("李静", "lijing@crane.example"), person("李明", "liming@goose.example")];
    let senders = vec![sender("goose@qq.example", "鸿雁 <goose@qq.example>"), sender("swan", "swan@163.example")];
    Rehearsal::new(mail, columns, rows, Settings { senders, ..Settings::default() })
}

fn enclosed(name: &str, size: u64) -> Enclosed {
    Enclosed {
        name: name.into(),
        kind: "application/octet-stream".into(),
        size,
        from: EnclosedFrom::File(PathBuf::from(name)),
        content_id: None,
    }
}

fn answer() -> Draft {
    let about = About {
        what: Answering::Reply,
        message_id: String::new(),
        references: Vec::new(),
        page: None,
        quoted_from: None,
        subject: String::new(),
        from: String::new(),
        date: None,
    };
    Draft {
        account: "goose@qq.example".into(),
        from: "鸿雁 <goose@qq.example>".into(),
        to: "周明远 <zhoumy@goose.example>, 李静".into(),
        subject: "回复：周五的会改到下午三点，地点不变".into(),
        body: QUOTED.into(),
        files: vec![enclosed("春季路线的地图.pdf", 1_284_213), enclosed("photos.zip", 48_213)],
        about: Some(about),
        ..Draft::default()
    }
}

fn answering(columns: u16, rows: u16) -> Rehearsal {
    let mut stage = stage(columns, rows);
    stage.press("r");
    stage.send(Event::Composed(Tidings::Prepared { sheet: Sheet(1), result: Ok(Box::new(answer())) }));
    stage.press("<Down><Down>");
    stage.send(Event::Paste("> 一、春季的路线已经定下来\n> > 出发前要不要再开一次会？\n> 二、经费\n\n".into()));
    stage
}

#[test]
fn a_draft() {
    keep("draft", &SIZES, answering);
}

#[test]
fn a_draft_with_its_quotations_folded() {
    keep("draft_folded", &SIZES[..2], |columns, rows| {
        let mut stage = answering(columns, rows);
        stage.press("<C-t><C-n>");
        stage
    });
}

#[test]
fn people_below_a_field() {
    keep("draft_people", &SIZES, |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.press("c李<Down>");
        stage
    });
}

#[test]
fn a_draft_before_it_is_sent() {
    keep("review", &SIZES, |columns, rows| {
        let mut stage = answering(columns, rows);
        stage.press("<C-s>");
        stage
    });
    keep("review_in_doubt", &SIZES[..1], |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.press("cwang@qq.con<Tab><Tab>");
        stage.send(Event::Paste("合同见附件，请看。\n".into()));
        stage.press("<C-s>");
        stage
    });
}

#[test]
fn files_to_choose_from() {
    keep("picker", &SIZES, |columns, rows| {
        let mut stage = answering(columns, rows);
        stage.press("<A-a>");
        let entry =
            |name: &str, size, is_folder| FileEntry { path: PathBuf::from(name), name: name.into(), size, is_folder };
        let files = vec![
            entry("文档", 0, true),
            entry("发票_04_北京某某科技有限公司.pdf", 128_000, false),
            entry("notes.txt", 812, false),
            entry("\u{1b}[2J\u{202e}gpj.exe", 9_000_000, false),
        ];
        stage.send(Event::Composed(Tidings::Files { folder: "~".into(), result: Ok(files) }));
        stage.press("<Down><Tab>");
        stage
    });
}

#[test]
fn drafts_to_choose_from() {
    keep("drafts", &SIZES[..1], |columns, rows| {
        let mut stage = answering(columns, rows);
        stage.press("<Esc>D");
        let draft =
            Draft {
                subject: "上周没有写完的".into(), to: "陈晨 <chen@crane.example>".into(), ..Draft::default()
            };
        let kept = KeptDraft { id: DraftId(1), draft: Box::new(draft), updated: stage.state.now() };
        stage.send(Event::Composed(Tidings::Drafts(vec![kept])));
        stage.press("j");
        stage
    });
}

#[test]
fn what_was_just_sent_can_be_had_back() {
    keep("held", &[(80, 24), (40, 10)], |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.press("cwang@goose.example<Tab>会议<Tab>x<C-s>y");
        let until = stage.state.now().plus(7);
        stage.send(Event::Composed(Tidings::Queued { sheet: Sheet(1), result: Ok((OutgoingId(1), until)) }));
        stage
    });
}

#[test]
fn the_cursor_of_the_terminal_stands_where_letters_appear() {
    for (keys, letter) in [("cab", "b"), ("c<Tab>会议", "议"), ("c<Tab><Tab>鸿雁", "雁"), ("c<Tab><Tab>x<C-f>q", "q")]
    {
        for (columns, rows) in SIZES {
            let mut stage = stage(columns, rows);
            stage.press(keys);
            let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
            let (x, y) = draw(&stage.state, &look(Language::ZhCn, BuiltIn::Dark), &mut buffer).unwrap();
            let wide = u16::try_from(crate::text::width(letter)).unwrap();
            assert_eq!(buffer[(x - wide, y)].symbol(), letter, "{keys} at {columns}x{rows}");
        }
    }
}

#[test]
fn a_draft_has_a_frame_at_every_size() {
    for keys in ["", "<C-t>", "<C-s>", "<C-s>lx", "<A-a>", "<C-q>", "<C-f>x", "<S-Tab>李"] {
        let mut stage = answering(80, 24);
        stage.press(keys);
        for columns in [0, 1, 2, 3, 5, 9, 14, 21, 40, 69, 121] {
            for rows in 0..=13 {
                stage.send(Event::Resize { columns, rows });
                let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
                if let Some((x, y)) = draw(&stage.state, &look(Language::ZhCn, BuiltIn::Dark), &mut buffer) {
                    assert!(x < columns && y < rows, "{x},{y} in {columns}x{rows} after {keys}");
                }
            }
        }
    }
}

#[test]
fn every_code_has_words() {
    use crate::app::compose::DraftNotice as N;
    let named = SafeText::of("x");
    for language in Language::EVERY {
        let words = Words::of(language);
        for notice in [
            N::Cut,
            N::OneSender,
            N::NothingToUndo,
            N::NoMark,
            N::NoQuote,
            N::NotFound(named.clone()),
            N::None(named.clone()),
            N::Kept(named.clone()),
            N::Discarded,
            N::Left(named.clone()),
            N::InTheWay,
            N::NotATime(named.clone()),
            N::Later(named.clone()),
            N::NothingHeld,
            N::TooLate,
            N::Back,
            N::NotKept,
            N::Said(named.clone()),
            N::Attached(2),
            N::NoSender,
            N::Waiting(named.clone()),
            N::Came(named.clone()),
            N::KeptLater,
        ] {
            let sentence = words.compose.notices.get(notice.code()).unwrap();
            assert_eq!(sentence.contains('{'), !notice.names().is_empty(), "{sentence}");
        }
    }
}

#[test]
fn what_waits_and_what_does_not_go_is_told_in_the_status_row() {
    let (waits, refused) = (letter(Sending::Queued, &[]), letter(Sending::Refused, &[]));
    for (letters, columns, zh, en) in [
        (vec![waits.clone()], 80, "1 封待发", "1 to be sent"),
        (vec![waits.clone(), refused.clone()], 80, "1 封没发出，按 9 看", "1 not sent: 9 shows it"),
        (vec![waits, refused], 40, "1 封没发出", "1 not sent"),
    ] {
        let mut stage = stage(columns, 24);
        stage.send(Event::Answered(Answer::Outbox(letters)));
        let status = usize::from(stage.state.layout().status.unwrap().y);
        for (language, said) in [(Language::ZhCn, zh), (Language::En, en)] {
            let rows = rows(&screen(&stage.state, &look(language, BuiltIn::Dark)));
            assert!(rows[status].trim_end().ends_with(said), "{:?}", rows[status]);
        }
    }
}
