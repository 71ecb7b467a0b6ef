use crate::app::rehearsal::{Mailbox, Rehearsal, folder};
use crate::app::{Event, Focus, Mouse, MouseKind, Names, Settings};
use crate::model::{FolderId, Role};
use crate::text::SafeText;

fn stage() -> Rehearsal {
    let mut mail = Mailbox::of(5);
    mail.folders.push(folder(4, 1, "其他文件夹/项目/二〇二五年度", None, 0));
    mail.folders.push(folder(5, 2, "INBOX", Some(Role::Inbox), 0));
    mail.folders.push(folder(6, 2, "项目", None, 0));
    let mut group = folder(7, 2, "其他", None, 0);
    group.selectable = false;
    mail.folders.push(group);
    let mut names = Names::default();
    names.roles.insert(Role::Inbox.code(), SafeText::of("收件箱"));
    Rehearsal::new(mail, 80, 24, Settings { names, ..Settings::default() })
}

fn offered(stage: &Rehearsal) -> String {
    let rows = stage.state.finding().unwrap().chooser().in_view();
    rows.map(|(entry, _)| format!("{} {}", entry.name, entry.beside)).collect::<Vec<_>>().join("|")
}

fn open(stage: &Rehearsal) -> FolderId {
    stage.state.folders().open().unwrap().id
}

#[test]
fn a_folder_of_any_account_is_found_and_gone_to() {
    let mut stage = stage();
    stage.press("<C-g>");
    assert_eq!(
        offered(&stage),
        "收件箱 goose@qq.example|Sent Messages goose@qq.example|其他文件夹/项目/二〇二五年度 goose@qq.example|\
         通知 goose@qq.example|收件箱 swan@163.example|项目 swan@163.example",
        "what cannot be opened is not offered"
    );
    stage.press("xm");
    assert_eq!(offered(&stage), "项目 swan@163.example|其他文件夹/项目/二〇二五年度 goose@qq.example");
    stage.press("<Down><Enter>");
    assert_eq!((open(&stage), stage.state.finding().is_some()), (FolderId(4), false));
    // What was gone to last comes first.
    stage.press("<C-g>");
    assert!(offered(&stage).starts_with("其他文件夹/项目"), "{}", offered(&stage));
    stage.press("inbox 163<Enter>");
    assert_eq!(open(&stage), FolderId(5));
}

#[test]
fn chinese_is_typed_and_pasted_into_it() {
    let mut stage = stage();
    stage.press("<Enter><C-g>通");
    assert_eq!(offered(&stage), "通知 goose@qq.example");
    stage.send(Event::Paste("知\n".to_owned()));
    stage.press("<Enter>");
    assert_eq!((open(&stage), stage.state.focus()), (FolderId(3), Focus::List));
}

#[test]
fn nothing_is_done_when_it_is_given_up_and_no_key_reaches_the_panes() {
    let mut stage = stage();
    for keys in ["<C-g>jjj<Esc>", "<C-g>q<C-c>", "<C-g><Backspace>", "<C-g>zzz<Enter><Esc>"] {
        stage.press(keys);
        assert!(stage.state.finding().is_none(), "{keys}");
        assert_eq!((open(&stage), stage.state.list().cursor()), (FolderId(1), 0), "{keys}");
    }
    assert!(stage.deeds().is_empty());
}

#[test]
fn a_folder_that_went_meanwhile_is_not_opened() {
    let mut stage = stage();
    stage.press("<C-g>通知");
    stage.mail.folders.retain(|folder| folder.id != FolderId(3));
    stage.send(Event::Changed(crate::model::Changed::Folders));
    stage.press("<Enter>");
    assert_eq!(open(&stage), FolderId(1));
    assert!(stage.state.error_row().is_some(), "it is said");
}

#[test]
fn a_click_takes_a_row_or_gives_up() {
    let mut stage = stage();
    stage.press("<C-g>");
    let (frame, rows) = stage.state.finding_area();
    stage.send(Event::Mouse(Mouse { column: rows.x, row: rows.y + 1, kind: MouseKind::Click }));
    assert_eq!(open(&stage), FolderId(2));
    stage.press("<C-g>");
    stage.send(Event::Mouse(Mouse { column: 0, row: frame.y + frame.height, kind: MouseKind::Click }));
    assert!(stage.state.finding().is_none() && open(&stage) == FolderId(2));
}

#[test]
fn it_has_room_on_every_screen() {
    for (columns, rows) in [(1, 1), (3, 2), (10, 4), (20, 6), (40, 10), (80, 24), (120, 40), (300, 90)] {
        let mut stage = stage();
        stage.press("<C-g>");
        stage.send(Event::Resize { columns, rows });
        let (frame, inner) = stage.state.finding_area();
        let main = stage.state.layout().main;
        assert!(frame.x + frame.width <= main.x + main.width && frame.y + frame.height <= main.y + main.height);
        assert!(inner.y + inner.height <= frame.y + frame.height, "{columns}x{rows}");
    }
}
