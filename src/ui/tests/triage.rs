//! What is done with messages, as it looks.

use super::frames::{keep, pressed};
use super::scenes::{mailbox, stage};
use crate::app::rehearsal::{NOW, Rehearsal, folder};
use crate::app::{Event, Settings, SizeColumn};
use crate::model::*;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 10)];

/// With a folder for every purpose.
fn whole(columns: u16, rows: u16) -> Rehearsal {
    let mut mail = mailbox();
    mail.folders.push(folder(9, 1, "归档", Some(Role::Archive), 0));
    let mut stage = Rehearsal::new(mail, columns, rows, Settings::default());
    let status = Status::UpToDate { at: NOW, watch: Watch::Told };
    stage.send(Event::Account { id: AccountId(1), status });
    stage
}

fn need(id: i64, subject: &str, from: &str, kind: DeedKind, why: NeedWhy) -> Need {
    Need {
        id,
        account: AccountId(1),
        folder: "INBOX".into(),
        to: matches!(kind, DeedKind::Move { .. })
            .then(|| "其他文件夹/项目/二〇二五年度的一个名字特别长的文件夹".into()),
        subject: subject.into(),
        from: from.into(),
        kind,
        why,
        since: Timestamp(NOW.0 - id * 7000),
    }
}

fn needy(columns: u16, rows: u16) -> Rehearsal {
    let mut stage = whole(columns, rows);
    let to = DeedKind::Move { to: FolderId(8) };
    let flag = DeedKind::Flag { add: Flags::FLAGGED, remove: Flags::NONE };
    stage.mail.needs = vec![
        need(1, "周五的会改到下午三点，地点不变", "周明远", to, NeedWhy::FolderGone),
        need(2, "", "no-reply@bank.example", to, NeedWhy::Refused("NO \u{1b}[2JMail not exists!".into())),
        need(3, "Re: Draft of the programme — comments inline", "Lena Fischer", flag, NeedWhy::MessageGone),
        need(4, "周末爬山的照片 🏔️🌸", "李静", DeedKind::Erase, NeedWhy::Full),
    ];
    stage.send(Event::Changed(Changed::Needs));
    stage.wait(5000);
    stage
}

#[test]
fn some_are_selected() {
    keep("selected", &SIZES, |columns, rows| pressed(whole(columns, rows), "xjxVjj"));
}

#[test]
fn something_was_just_done() {
    keep("archived", &SIZES, |columns, rows| pressed(whole(columns, rows), "xxxe"));
    keep("undone", &[(80, 24)], |columns, rows| pressed(whole(columns, rows), "xxxeu"));
}

#[test]
fn choosing_a_folder_for_them() {
    keep("move_to", &SIZES, |columns, rows| pressed(whole(columns, rows), "xxv"));
    keep("move_to_typed", &[(80, 24)], |columns, rows| pressed(whole(columns, rows), "vxm"));
    keep("move_to_none", &[(80, 24), (40, 10)], |columns, rows| pressed(whole(columns, rows), "v发票"));
}

#[test]
fn what_is_alike() {
    keep("alike", &SIZES, |columns, rows| pressed(whole(columns, rows), "jj*j"));
}

#[test]
fn what_is_asked() {
    keep("erase", &SIZES, |columns, rows| {
        let mut stage = whole(columns, rows);
        let rows = stage.mail.rows[&FolderId(1)].clone();
        stage.mail.rows.insert(FolderId(5), rows);
        pressed(stage, "4xxd")
    });
    keep("made_elsewhere", &SIZES, |columns, rows| {
        let mut stage = stage(columns, rows);
        stage.state.know_folders(vec![AccountId(1)], Vec::new());
        pressed(stage, "e")
    });
}

#[test]
fn what_could_not_be_done() {
    keep("needs", &SIZES, |columns, rows| pressed(needy(columns, rows), "0j"));
    keep("needs_named", &SIZES, needy);
}

#[test]
fn how_large_they_are() {
    keep("sizes", &[(80, 24)], |columns, rows| {
        let settings = Settings { size_column: SizeColumn::Always, ..Settings::default() };
        let mut mail = mailbox();
        for (row, size) in
            mail.rows.get_mut(&FolderId(1)).unwrap().iter_mut().zip([312, 4_410, 81_000, 3 << 20, 25 << 20])
        {
            row.size = size;
        }
        Rehearsal::new(mail, columns, rows, settings)
    });
}
