//! Groups of folders, and the hint that some are hidden.

use super::*;

/// QQ with nothing but what it shows by itself, and one group.
fn a_tree() -> Rehearsal {
    let mut mail = Mailbox::of(3);
    mail.folders = vec![
        rehearsal::folder(1, 1, "INBOX", Some(Role::Inbox), 4),
        rehearsal::folder(2, 1, "Sent Messages", Some(Role::Sent), 0),
        Folder { selectable: false, ..rehearsal::folder(3, 1, "其他文件夹", None, 0) },
        rehearsal::folder(4, 1, "其他文件夹/账单", None, 2),
        rehearsal::folder(5, 1, "项目", None, 1),
        rehearsal::folder(6, 1, "项目/甲", None, 0),
    ];
    Rehearsal::new(mail, 160, 40, Settings::default())
}

#[test]
fn groups_of_folders_open_and_close_as_in_a_tree() {
    let open = |stage: &Rehearsal| stage.state.folders().open().map(|folder| folder.id.0);
    let lines = |stage: &Rehearsal| stage.state.folders().lines().len();
    for into in ["l", "<Enter>", "<Right>"] {
        let mut stage = a_tree();
        stage.press("hjj");
        assert_eq!(lines(&stage), 5, "其他文件夹 is closed, 项目 is open");
        stage.press(into);
        assert_eq!((lines(&stage), open(&stage), stage.state.focus()), (6, Some(1), Focus::Folders), "{into}");
        stage.press("jl");
        assert_eq!((open(&stage), stage.state.focus()), (Some(4), Focus::List), "{into}");
        // Back at the folders, out of the group, and the group closes.
        stage.press("hhh");
        assert_eq!((lines(&stage), open(&stage), stage.state.focus()), (5, Some(4), Focus::Folders), "{into}");
        stage.press("h");
        assert_eq!(stage.state.focus(), Focus::List, "{into}");
    }
    // Enter opens a folder that holds others; l opens it when it is open already as a group.
    let mut stage = a_tree();
    stage.press("hjjjh");
    assert_eq!((lines(&stage), stage.state.focus()), (4, Focus::Folders));
    stage.press("l");
    assert_eq!((lines(&stage), open(&stage)), (5, Some(1)));
    stage.press("<Enter>");
    assert_eq!((open(&stage), stage.state.focus()), (Some(5), Focus::List));
    // The mouse does it too.
    let mut stage = a_tree();
    let body = stage.state.layout().folders.unwrap().body;
    let click = Mouse { column: body.x + 3, row: body.y + 2, kind: MouseKind::Click };
    stage.send(Event::Mouse(click));
    assert_eq!((lines(&stage), open(&stage)), (6, Some(1)));
}

#[test]
fn what_a_provider_hides_is_said_until_it_was_read() {
    let mut mail = Mailbox::of(1);
    let roles = [Role::Inbox, Role::Sent, Role::Drafts, Role::Trash, Role::Junk];
    mail.folders = (1..).zip(roles).map(|(id, role)| rehearsal::folder(id, 1, role.code(), Some(role), 0)).collect();
    let settings = || Settings { hiding_folders: vec![AccountId(1)], ..Settings::default() };
    let mut stage = Rehearsal::new(mail.clone(), 120, 40, settings());
    assert_eq!(stage.state.hinted(), [AccountId(1)]);
    stage.press("hx");
    assert_eq!(stage.state.hinted(), []);
    assert_eq!(stage.deeds(), [Effect::NoMoreHints(AccountId(1))]);
    stage.press("x");
    assert_eq!(stage.deeds(), []);
    // Where there is another folder nothing is hidden.
    mail.folders.push(rehearsal::folder(9, 1, "账单", None, 0));
    let stage = Rehearsal::new(mail, 120, 40, settings());
    assert_eq!(stage.state.hinted(), []);
}
