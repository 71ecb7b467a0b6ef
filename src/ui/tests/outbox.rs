//! What waits to be sent, as it looks, and the question at the end.

use super::frames::keep;
use super::scenes::mailbox;
use super::*;
use crate::app::outbox::OutboxNotice;
use crate::app::rehearsal::{NOW, Rehearsal, letter};
use crate::app::{Event, Settings};
use crate::model::*;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

fn to(address: &str, state: Reception) -> Recipient {
    Recipient { address: address.to_owned(), state }
}

fn written(id: i64, subject: &str, state: Sending, recipients: Vec<Recipient>) -> Outgoing {
    Outgoing {
        id: OutgoingId(id),
        subject: SafeText::of(subject),
        from: "goose@qq.example".to_owned(),
        size: 48_213,
        queued: Timestamp(NOW.0 - 900),
        hold_until: NOW,
        recipients,
        ..letter(state, &[])
    }
}

fn letters() -> Vec<Outgoing> {
    use Reception::{Taken, Waiting};
    let no = |said: &str| Reception::Refused { said: SafeText::of(said), for_good: true };
    let mut all = vec![
        written(
            1,
            "周五的会改到下午三点",
            Sending::Refused,
            vec![to("zhoumy@goose.example", Waiting), to("lijng@crane.example", no("550 5.1.1 User unknown"))],
        ),
        written(2, "合同（第三稿）", Sending::Unknown, vec![to("wang@crane.example", Waiting)]),
        written(3, "春季路线的照片", Sending::Handed, vec![to("li@crane.example", Waiting)]),
        written(4, "Programme for spring", Sending::Queued, vec![to("lena@swan.example", Waiting)]),
        written(5, "生日快乐", Sending::Queued, vec![to("ma@home.example", Waiting)]),
        written(6, "上次说的书单", Sending::Queued, vec![to("chen@crane.example", Waiting)]),
        written(7, "会议记录", Sending::Sent, vec![to("a@goose.example", Taken), to("b@goose.exampel", no("no"))]),
        written(8, "", Sending::Asks, vec![to("x@goose.example", Waiting), to("y@goose.example", Waiting)]),
    ];
    all[0].failure = Some(Failure::lasting(FailureKind::Refused, "smtp.qq.example", "550 5.1.1 User unknown"));
    all[3].failure = Some(Failure::passing(FailureKind::Offline, "smtp.qq.example", ""));
    all[3].hold_until = NOW.plus(240);
    all[4].hold_until = NOW.plus(23 * 3600);
    all[5].hold_until = NOW.plus(7);
    all
}

fn stage(columns: u16, rows: u16) -> Rehearsal {
    let mail = crate::app::rehearsal::Mailbox { outbox: letters(), ..mailbox() };
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let mut stage = Rehearsal::new(mail, columns, rows, Settings { zone, ..Settings::default() });
    stage.send(Event::Changed(Changed::Outbox));
    stage.send(Event::Going(Some((OutgoingId(3), 40))));
    stage
}

fn pressed(columns: u16, rows: u16, keys: &str) -> Rehearsal {
    let mut stage = stage(columns, rows);
    stage.press(keys);
    stage
}

#[test]
fn what_waits_to_be_sent() {
    keep("outbox", &SIZES, |columns, rows| pressed(columns, rows, "9"));
}

#[test]
fn a_letter_of_which_nobody_knows() {
    keep("outbox_unknown", &SIZES, |columns, rows| pressed(columns, rows, "9j"));
    keep("outbox_unknown_again", &SIZES[..1], |columns, rows| pressed(columns, rows, "9jr"));
}

#[test]
fn a_letter_with_a_time_of_its_own() {
    keep("outbox_scheduled", &SIZES, |columns, rows| pressed(columns, rows, "9G"));
    keep("outbox_another_time", &[SIZES[0], SIZES[2]], |columns, rows| pressed(columns, rows, "9Gt明早10点"));
}

#[test]
fn giving_a_letter_up() {
    keep("outbox_give_up", &[SIZES[0], SIZES[2]], |columns, rows| pressed(columns, rows, "9d"));
}

#[test]
fn an_empty_outbox() {
    keep("outbox_empty", &SIZES[..1], |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.mail.outbox.clear();
        stage.press("9");
        stage
    });
}

#[test]
fn the_question_at_the_end() {
    keep("leaving", &SIZES, |columns, rows| pressed(columns, rows, "q"));
    keep("leaving_sends", &[SIZES[0], SIZES[2]], |columns, rows| pressed(columns, rows, "qs"));
}

#[test]
fn what_waits_is_named_when_the_screen_is_gone() {
    let words = Words::of(Language::ZhCn);
    let said: Vec<String> = last_words(&letters(), NOW, &words).into_iter().map(SafeText::into_string).collect();
    assert_eq!(said.len(), 2);
    assert!(said[0].starts_with("3 封") && said[1].starts_with("1 封"), "{said:?}");
    assert!(last_words(&[], NOW, &words).is_empty());
}

#[test]
fn the_outbox_has_a_frame_at_every_size() {
    for keys in ["9", "9d", "9Gt明早", "q", "qs"] {
        let mut stage = pressed(80, 24, keys);
        for columns in [0, 1, 2, 3, 5, 9, 14, 21, 40, 69, 121] {
            for rows in 0..=13 {
                stage.send(Event::Resize { columns, rows });
                let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
                // Where there is no row there is no cursor either.
                if let Some((x, y)) = draw(&stage.state, &look(Language::ZhCn, BuiltIn::Dark), &mut buffer) {
                    assert!(x < columns && y < rows, "{x},{y} in {columns}x{rows} after {keys}");
                }
            }
        }
    }
}

#[test]
fn every_notice_has_words() {
    use OutboxNotice as N;
    let named = SafeText::of("x");
    let notices = [
        N::Now,
        N::WasSent,
        N::GivenUp,
        N::At(named.clone()),
        N::TooLate,
        N::Nothing,
        N::MayHaveGone,
        N::NoDraft,
        N::Gone,
        N::ForTheRest,
        N::TakeBackFirst(named),
    ];
    for language in Language::EVERY {
        let words = Words::of(language);
        for notice in &notices {
            let said = super::super::outbox::notice(notice, &words);
            assert!(!said.is_empty() && !said.contains('{'), "{notice:?}: {said}");
        }
        assert_eq!(words.outbox.notices.len(), notices.len());
    }
}
