//! Conversations, parts of the inbox, and lists over all accounts.

use super::*;

/// Three messages of one conversation between others, of which the oldest is unread.
pub(super) fn conversations() -> Mailbox {
    let mut mail = Mailbox::of(9);
    for (nth, row) in mail.rows.get_mut(&FolderId(1)).unwrap().iter_mut().enumerate() {
        row.flags = Flags::SEEN;
        if [2, 4, 6].contains(&nth) {
            row.thread = ThreadId(40);
            row.from =
                person(["甲", "乙", "丙"][nth / 2 - 1], ["a@a.example", "b@b.example", "c@c.example"][nth / 2 - 1]);
            row.subject = if nth == 6 { "计划" } else { "Re: 计划" }.into();
        }
    }
    mail.rows.get_mut(&FolderId(1)).unwrap()[6].flags = Flags::NONE;
    mail
}

fn stage() -> Rehearsal {
    Rehearsal::new(conversations(), 80, 24, Settings::default())
}

fn lines(stage: &Rehearsal) -> Vec<i64> {
    let list = stage.state.list();
    (0..list.len()).filter_map(|at| list.entry(at)).map(|entry| entry.placement.0).collect()
}

#[test]
fn a_conversation_is_one_line_until_it_is_opened() {
    let mut stage = stage();
    assert_eq!(lines(&stage), [0, 1, 2, 3, 5, 7, 8]);
    stage.press("jj");
    let said = stage.state.list().folded_at(2).unwrap();
    assert_eq!((said.count, said.unread, said.members.len()), (3, 1, 3));
    assert_eq!(stage.state.list().meant_at(2), [PlacementId(2), PlacementId(4), PlacementId(6)]);
    assert!(stage.state.list().is_unread(2) && !stage.state.list().is_unread(3));
    // What is unread in it is gone to.
    stage.press("t");
    assert_eq!(lines(&stage), [0, 1, 6, 4, 2, 3, 5, 7, 8]);
    assert_eq!(stage.state.list().placement_at_cursor(), Some(PlacementId(6)));
    // From any of its messages it is folded again, and its newest message stands for it.
    stage.press("jt");
    assert_eq!(lines(&stage), [0, 1, 2, 3, 5, 7, 8]);
    assert_eq!(stage.state.list().placement_at_cursor(), Some(PlacementId(2)));
    // What stands alone is left alone.
    stage.press("gt");
    assert_eq!(stage.state.list().placement_at_cursor(), Some(PlacementId(0)));
}

#[test]
fn all_conversations_open_and_fold_with_one_key_and_the_cursor_stays_on_its_message() {
    let mut stage = stage();
    stage.press("jj");
    stage.press("T");
    assert_eq!(lines(&stage), [0, 1, 6, 4, 2, 3, 5, 7, 8]);
    assert_eq!(stage.state.list().placement_at_cursor(), Some(PlacementId(2)));
    stage.press("T");
    assert_eq!(lines(&stage), [0, 1, 2, 3, 5, 7, 8]);
    assert_eq!(stage.state.list().placement_at_cursor(), Some(PlacementId(2)));
}

#[test]
fn the_next_unread_message_is_found_inside_a_conversation() {
    let mut stage = stage();
    stage.press("n");
    assert_eq!(stage.state.list().placement_at_cursor(), Some(PlacementId(6)));
    assert_eq!(lines(&stage), [0, 1, 6, 4, 2, 3, 5, 7, 8]);
}

#[test]
fn what_is_read_stands_for_its_conversation_when_an_answer_comes() {
    let mut stage = stage();
    stage.press("jj<Enter>");
    let mut answer = row(50, person("丁", "d@d.example"), "Re: 计划");
    (answer.arrival, answer.thread) = (NOW, ThreadId(40));
    stage.mail.rows.get_mut(&FolderId(1)).unwrap().insert(0, answer);
    stage.send(Event::Changed(Changed::Order(FolderId(1))));
    assert_eq!(stage.state.list().placement_at_cursor(), Some(PlacementId(2)));
    assert_eq!(stage.state.focus(), Focus::Reader, "nobody took it away");
    assert_eq!(stage.state.list().cursor(), 0, "and it is where its newest message is");
}

#[test]
fn lists_are_sorted_by_choice_and_each_remembers_its_own() {
    let mut stage = stage();
    stage.press("O");
    assert!(stage.state.finding().is_some());
    stage.press("<Down><Down><Enter>");
    assert_eq!(stage.state.list().sort().by, SortBy::Subject);
    assert_eq!(stage.state.list().threads(), &Threads::Off);
    assert_eq!(lines(&stage).len(), 9);
    stage.press("2");
    assert_eq!(stage.state.list().sort(), Sort::default());
    stage.press("1");
    assert_eq!(stage.state.list().sort().by, SortBy::Subject);
    stage.press("O<Enter>");
    assert_eq!(stage.state.list().sort(), Sort::default());
    assert_eq!(lines(&stage), [0, 1, 2, 3, 5, 7, 8]);
}

#[test]
fn the_parts_of_the_inbox_follow_one_another_and_begin_again() {
    let mut stage = stage();
    let here = |stage: &Rehearsal| stage.state.list().source().cloned().unwrap();
    let inbox = Source::Folder(FolderId(1));
    assert!(stage.state.layout().tabs.is_none());
    stage.press("]");
    assert_eq!(here(&stage), Source::Split { of: Box::new(inbox.clone()), split: Split::Unread });
    assert_eq!(lines(&stage), [6]);
    assert!(stage.state.layout().tabs.is_some());
    // The folder is the same, and what is written is written from its account.
    assert_eq!(stage.state.folders().open().map(|folder| folder.id), Some(FolderId(1)));
    let parts = stage.state.splits().len();
    for _ in 0..parts {
        stage.press("]");
    }
    assert_eq!(here(&stage), inbox);
    stage.press("[");
    assert_eq!(here(&stage), Source::Split { of: Box::new(inbox), split: Split::Kind(Kind::Subscription) });
    // Other folders have no parts.
    stage.press("2]");
    assert_eq!(here(&stage), Source::Folder(FolderId(2)));
}

#[test]
fn a_message_that_is_read_leaves_the_unread_ones_when_the_cursor_does() {
    let mut mail = Mailbox::of(6);
    mail.rows.get_mut(&FolderId(1)).unwrap().iter_mut().for_each(|row| row.flags = Flags::NONE);
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("]jm");
    // The store is asked to leave what the cursor is on where it is.
    let kept = stage.take().into_iter().rev().find_map(|effect| match effect {
        Effect::Ask(Query::Order(listing)) => Some(listing.keep),
        _ => None,
    });
    assert_eq!(kept, Some(Some(PlacementId(1))));
}

/// Two accounts with an inbox each.
pub(super) fn two_accounts() -> Mailbox {
    let mut mail = Mailbox::of(6);
    mail.folders.push(folder(11, 2, "INBOX", Some(Role::Inbox), 3));
    mail.folders.push(folder(12, 2, "已发送", Some(Role::Sent), 0));
    let rows = (0..4).map(|nth| {
        let mut row = row(100 + nth, person("鸿雁传书", "goose@b.example"), &format!("from the other {nth}"));
        row.arrival = Timestamp(NOW.0 - 2400 - nth * 3600);
        (row.date, row.account, row.folder) = (row.arrival, AccountId(2), FolderId(11));
        row
    });
    mail.rows.insert(FolderId(11), rows.collect());
    mail
}

#[test]
fn all_inboxes_are_one_list_and_each_message_stays_with_its_account() {
    let mut stage = Rehearsal::new(two_accounts(), 160, 40, Settings::default());
    stage.take();
    stage.press("8");
    assert_eq!(lines(&stage)[..4], [0, 100, 1, 101]);
    let effects = stage.take();
    let looked_at = vec![(AccountId(1), FolderId(1)), (AccountId(2), FolderId(11))];
    assert!(effects.contains(&Effect::Focus { folders: looked_at }), "{effects:?}");
    stage.press("js");
    let rows = &stage.mail.rows[&FolderId(11)];
    assert!(rows[0].flags.flagged());
    // News of any of the inboxes concern it, news of other folders do not.
    stage.take();
    stage.send(Event::Changed(Changed::Order(FolderId(11))));
    assert!(matches!(stage.take().first(), Some(Effect::Ask(Query::Order(_)))));
    stage.send(Event::Changed(Changed::Order(FolderId(12))));
    assert_eq!(stage.take(), []);
    stage.press("7");
    assert_eq!(lines(&stage), [100]);
    stage.press("1");
    assert_eq!(stage.state.list().folder(), Some(FolderId(1)));
}

#[test]
fn lists_over_all_accounts_have_lines_among_the_folders() {
    let mut stage = Rehearsal::new(two_accounts(), 160, 40, Settings::default());
    let gathered = |stage: &Rehearsal| stage.state.folders().gathered().cloned();
    assert_eq!(gathered(&stage), None);
    stage.press("K");
    assert_eq!(gathered(&stage), Some(Source::Starred));
    stage.press("K");
    assert_eq!(gathered(&stage), Some(Source::Unified(Role::Inbox)));
    stage.press("JJ");
    assert_eq!((gathered(&stage), stage.state.list().folder()), (None, Some(FolderId(1))));
    stage.press("hgg<Enter>");
    assert_eq!((gathered(&stage), stage.state.focus()), (Some(Source::Unified(Role::Inbox)), Focus::List));
    // One account has no use for them.
    let one = Rehearsal::new(Mailbox::of(3), 160, 40, Settings::default());
    let is_gathered = |line: &FolderLine| matches!(line, FolderLine::Gathered { .. });
    assert!(!one.state.folders().lines().iter().any(is_gathered));
}

#[test]
fn a_conversation_is_muted_at_once_and_by_its_thread() {
    let mut stage = stage();
    stage.press("jjZ");
    assert!(stage.deeds().contains(&Effect::Mute { thread: ThreadId(40), mute: true }));
    assert!(stage.state.list().at_cursor().unwrap().row.conversation.as_ref().unwrap().muted);
    stage.press("Z");
    assert!(stage.deeds().contains(&Effect::Mute { thread: ThreadId(40), mute: false }));
    let mut guest = Rehearsal::new(conversations(), 80, 24, Settings { read_only: true, ..Settings::default() });
    guest.press("Z");
    assert!(!guest.deeds().iter().any(|effect| matches!(effect, Effect::Mute { .. })));
}
