use super::*;

fn folder(id: i64, account: i64, name: &str, role: Option<Role>) -> Folder {
    Folder {
        id: FolderId(id),
        account: AccountId(account),
        name: name.into(),
        delimiter: Some('/'),
        role,
        selectable: name != "其他文件夹",
        total: 0,
        unread: 0,
        on_server: 0,
    }
}

#[test]
fn folders_of_an_account_that_does_not_run_are_not_shown() {
    let mut pane = FoldersPane::default();
    let folders = vec![folder(1, 1, "INBOX", Some(Role::Inbox)), folder(2, 7, "INBOX", Some(Role::Inbox))];
    pane.replace(folders, &[AccountId(1)]);
    assert!(pane.find(FolderId(1)).is_some() && pane.find(FolderId(2)).is_none());
}

fn pane() -> FoldersPane {
    let mut pane = FoldersPane::default();
    let folders = vec![
        folder(3, 1, "其他文件夹/QQ邮件订阅", None),
        folder(2, 1, "Sent Messages", Some(Role::Sent)),
        folder(4, 1, "其他文件夹", None),
        folder(1, 1, "INBOX", Some(Role::Inbox)),
        folder(5, 2, "INBOX", Some(Role::Inbox)),
    ];
    pane.replace(folders, &[AccountId(1), AccountId(2)]);
    pane
}

/// Every line as it looks: how deep, how folded, and what is unread in it.
fn shown(pane: &FoldersPane) -> Vec<String> {
    let line = |line: &FolderLine| match line {
        FolderLine::Account(id) => format!("account {}", id.0),
        FolderLine::Gathered { source, unread } => format!("{source:?} {unread}"),
        FolderLine::Folder { name, depth, fold, unread, .. } => {
            let fold = match fold {
                Fold::Nothing => "",
                Fold::Open => "▾",
                Fold::Closed => "▸",
            };
            let unread = if *unread > 0 { format!(" {unread}") } else { String::new() };
            format!("{}{fold}{}{unread}", " ".repeat(usize::from(*depth)), name.as_str())
        }
    };
    pane.lines().iter().map(line).collect()
}

#[test]
fn inbox_first_children_under_their_parents_accounts_apart() {
    let mut pane = pane();
    let closed =
        ["Unified(Inbox) 0", "Starred 0", "account 1", "INBOX", "Sent Messages", "▸其他文件夹", "account 2", "INBOX"];
    assert_eq!(shown(&pane), closed);
    pane.set_open(FolderId(2));
    pane.move_by(1);
    pane.turn_at_cursor();
    let open = [
        "Unified(Inbox) 0",
        "Starred 0",
        "account 1",
        "INBOX",
        "Sent Messages",
        "▾其他文件夹",
        " QQ邮件订阅",
        "account 2",
        "INBOX",
    ];
    assert_eq!(shown(&pane), open);
}

/// With a hundred thousand of them, each key must still be answered: nothing here may look at all for each.
#[test]
fn i13_folders_without_end_and_without_bottom_are_put_in_order() {
    let mut folders: Vec<Folder> =
        (0..100_000).rev().map(|n| folder(n, 1, &format!("a{}/b{n}", n % 1_000), None)).collect();
    folders.extend((0..1_000).map(|n| folder(200_000 + n, 1, &format!("a{n}"), None)));
    folders.push(folder(300_000, 1, &"deep/".repeat(1_000), None));
    folders.push(folder(300_001, 1, "a b", None));
    let begun = crate::model::clock::instant();
    let mut pane = FoldersPane::default();
    pane.replace(folders, &[AccountId(1)]);
    // Looking at all for each takes hours.
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(pane.lines().len(), 101_002);
    let depth = |at: usize| match &pane.lines()[at] {
        FolderLine::Folder { name, depth, .. } => (name.as_str().to_owned(), *depth),
        FolderLine::Account(_) | FolderLine::Gathered { .. } => panic!("one account needs no heading"),
    };
    assert_eq!(depth(0), ("a b".to_owned(), 0));
    assert_eq!(depth(1), ("a0".to_owned(), 0));
    assert_eq!(depth(2), ("b0".to_owned(), 1));
    pane.set_open(FolderId(300_000));
    pane.move_by(-1);
    pane.scroll(40);
    assert!(pane.at_row(0).is_some());
}

#[test]
fn the_cursor_skips_what_cannot_be_opened() {
    let mut pane = pane();
    pane.set_open(FolderId(2));
    // What a closed group hides is not come upon by chance.
    assert_eq!(pane.neighbour(true), Some(Source::Folder(FolderId(5))));
    assert_eq!(pane.neighbour(false), Some(Source::Folder(FolderId(1))));
    pane.move_by(1);
    assert_eq!((pane.at_cursor(), pane.fold_at_cursor()), (None, Fold::Closed));
    pane.turn_at_cursor();
    assert_eq!(pane.neighbour(true), Some(Source::Folder(FolderId(3))));
    pane.move_by(1);
    assert_eq!(pane.at_cursor(), Some(FolderId(3)));
    pane.move_by(-2);
    assert_eq!(pane.at_cursor(), Some(FolderId(2)));
    pane.move_by(-99);
    assert_eq!(pane.source_at_cursor(), Some(Source::Unified(Role::Inbox)));
    pane.move_by(2);
    assert_eq!(pane.at_cursor(), Some(FolderId(1)), "the name of an account is no place to be");
    pane.move_by(99);
    assert_eq!(pane.at_cursor(), Some(FolderId(5)));
    assert_eq!(pane.of_role(Role::Inbox), Some(FolderId(1)));
    assert_eq!(pane.of_role(Role::Junk), None);
}

fn with_unread(mut folder: Folder, unread: u64) -> Folder {
    folder.unread = unread;
    folder
}

/// As QQ lists them, and as somebody has them elsewhere.
#[test]
fn a_closed_group_says_what_is_unread_in_it() {
    let mut pane = FoldersPane::default();
    let folders = || {
        vec![
            with_unread(folder(1, 1, "INBOX", Some(Role::Inbox)), 4),
            folder(2, 1, "其他文件夹", None),
            with_unread(folder(3, 1, "其他文件夹/QQ邮件订阅", None), 2),
            with_unread(folder(4, 1, "其他文件夹/账单/2025", None), 3),
            folder(5, 1, "其他文件夹/账单", None),
            with_unread(folder(6, 1, "项目", None), 1),
            with_unread(folder(7, 1, "项目/甲", None), 5),
        ]
    };
    pane.replace(folders(), &[AccountId(1)]);
    assert_eq!(shown(&pane), ["INBOX 4", "▸其他文件夹 5", "▾项目 1", " 甲 5"]);
    pane.set_open(FolderId(6));
    pane.turn_at_cursor();
    assert_eq!(shown(&pane), ["INBOX 4", "▸其他文件夹 5", "▸项目 6"]);
    assert_eq!(pane.at_cursor(), Some(FolderId(6)), "the cursor stays");
    pane.move_by(-1);
    pane.turn_at_cursor();
    assert_eq!(shown(&pane), ["INBOX 4", "▾其他文件夹", " QQ邮件订阅 2", " ▾账单", "  2025 3", "▸项目 6"]);
    // It stays so while the program runs, whatever the server lists.
    pane.replace(folders(), &[AccountId(1)]);
    assert_eq!(shown(&pane).len(), 6);
    // From inside, out: to the group, and the cursor is on it when it closes.
    pane.move_by(3);
    assert_eq!(pane.at_cursor(), Some(FolderId(4)));
    assert!(pane.go_to_parent() && pane.at_cursor() == Some(FolderId(5)));
    assert!(pane.go_to_parent() && pane.at_cursor().is_none());
    assert!(!pane.go_to_parent());
    pane.set_open(FolderId(4));
    pane.go_to_parent();
    pane.go_to_parent();
    pane.turn_at_cursor();
    // The open folder is in it: its neighbours are those of the group.
    assert_eq!(shown(&pane), ["INBOX 4", "▸其他文件夹 5", "▸项目 6"]);
    assert_eq!(
        (pane.neighbour(true), pane.neighbour(false)),
        (Some(Source::Folder(FolderId(6))), Some(Source::Folder(FolderId(1))))
    );
    pane.replace(folders(), &[AccountId(1)]);
    assert_eq!(pane.cursor(), 1);
}

#[test]
fn what_is_odd_comes_last_and_children_of_the_inbox_are_folders_like_others() {
    let mut pane = FoldersPane::default();
    let names = ["病毒文件夹", "zebra", "广告邮件", "订阅邮件", "订阅邮件/a", "Dan at Real Python", "INBOX/work"];
    let mut folders: Vec<Folder> = (10..).zip(names).map(|(id, name)| folder(id, 1, name, None)).collect();
    folders.push(folder(1, 1, "INBOX", Some(Role::Inbox)));
    folders.push(folder(2, 1, "垃圾邮件", Some(Role::Junk)));
    pane.replace(folders, &[AccountId(1)]);
    let expected =
        ["INBOX", "垃圾邮件", "Dan at Real Python", "INBOX/work", "zebra", "广告邮件", "病毒文件夹", "▾订阅邮件", " a"];
    assert_eq!(shown(&pane), expected);
}

#[test]
fn five_folders_and_no_other_are_the_systems() {
    let systems = || {
        vec![
            folder(1, 1, "INBOX", Some(Role::Inbox)),
            folder(2, 1, "Sent Messages", Some(Role::Sent)),
            folder(3, 1, "Drafts", Some(Role::Drafts)),
            folder(4, 1, "Deleted Messages", Some(Role::Trash)),
            folder(5, 1, "Junk", Some(Role::Junk)),
        ]
    };
    let only = |folders: Vec<Folder>| {
        let mut pane = FoldersPane::default();
        pane.replace(folders, &[AccountId(1), AccountId(2)]);
        pane.shows_only_the_systems(AccountId(1))
    };
    assert!(only(systems()));
    // The group that would hold the others does not count; one in it does, and so does another account's not.
    let and = |more: Folder| systems().into_iter().chain([more]).collect::<Vec<_>>();
    assert!(only(and(folder(6, 1, "其他文件夹", None))));
    assert!(!only(and(folder(6, 1, "其他文件夹/账单", None))));
    assert!(only(and(folder(6, 2, "账单", None))));
    assert!(!only(systems().into_iter().skip(1).collect()));
    assert!(!only(Vec::new()));
}
