//! Keys that go somewhere, and what comes of them.

use super::*;

#[test]
fn keys_move_the_cursor() {
    check("", "subject 0");
    check("jjk", "subject 1");
    check("<Down><Down><Up>", "subject 1");
    check("G", "subject 99");
    check("Gg", "subject 0");
    check("<End>k<Home>", "subject 0");
    check("kkk", "subject 0");
    check("<C-d>", "subject 4");
    check("<C-d><C-u>", "subject 0");
    check("<PageDown>", "subject 8");
    check("<PageDown><PageUp>", "subject 0");
    check("Gjj", "subject 99");
}

#[test]
fn full_width_keys_work_and_chinese_text_says_that_an_input_method_is_on() {
    check("ｊｊ", "subject 2");
    let mut stage = Rehearsal::at(80, 24);
    stage.press("？");
    assert_eq!(stage.state.overlay(), Some(Overlay::Help { top: 0 }));
    stage.press("q你");
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::InputMethod)));
    assert_eq!(stage.deeds(), []);
    assert_eq!(stage.subject(), "subject 0");
    stage.send(Event::Paste("好的".into()));
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::InputMethod)));
    stage.wait(5000);
    assert_eq!(stage.state.error_row(), None);
}

#[test]
fn only_what_is_missing_is_asked_for() {
    let mut stage = Rehearsal::at(80, 24);
    stage.press("jjj");
    assert_eq!(stage.take().iter().filter(|effect| matches!(effect, Effect::Ask(_))).count(), 0);
    stage.press("G");
    let asked: Vec<usize> = stage
        .take()
        .iter()
        .filter_map(|effect| match effect {
            Effect::Ask(Query::Rows { placements, .. }) => Some(placements.len()),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [16]);
}

#[test]
fn a_preview_never_marks_a_message_read_and_an_open_message_is_marked_once() {
    let mut stage = Rehearsal::at(160, 50);
    stage.press("j");
    stage.wait(60_000);
    assert!(!stage.take().contains(&seen(1)));
    stage.press("<Enter>");
    stage.wait(1900);
    assert!(!stage.take().contains(&seen(1)));
    stage.wait(200);
    assert_eq!(stage.deeds(), [seen(1)]);
    // Marked as unread while it is open: it stays so.
    stage.press("m");
    stage.deeds();
    stage.wait(60_000);
    assert_eq!(stage.deeds(), []);
}

#[test]
fn a_message_that_is_left_before_its_time_stays_unread() {
    let mut stage = Rehearsal::at(160, 50);
    stage.press("j<Enter>");
    stage.wait(1500);
    stage.press("q");
    stage.wait(60_000);
    assert!(!stage.take().contains(&seen(1)));
    stage.press("<Enter><C-n>");
    stage.wait(3000);
    assert_eq!(stage.deeds().into_iter().filter(|e| matches!(e, Effect::Note(_))).collect::<Vec<_>>(), [seen(2)]);
}

#[test]
fn time_counts_from_when_the_text_is_on_the_screen() {
    let mut stage = Rehearsal::at(160, 50);
    stage.jobs = false;
    stage.press("j<Enter>");
    stage.wait(10_000);
    assert!(!stage.take().contains(&seen(1)));
    assert!(matches!(stage.state.reader().content(), Content::Waiting(_)));
    stage.release();
    stage.wait(2100);
    assert!(stage.take().contains(&seen(1)));
}

#[test]
fn a_setting_turns_marking_off() {
    let settings = Settings { mark_read_after_ms: None, ..Settings::default() };
    let mut stage = Rehearsal::new(Mailbox::of(9), 160, 50, settings);
    stage.press("j<Enter>");
    stage.wait(100_000);
    assert!(!stage.deeds().iter().any(|effect| matches!(effect, Effect::Record(_) | Effect::Note(_))));
}

#[test]
fn a_held_key_starts_no_job_for_every_row() {
    let mut stage = Rehearsal::at(160, 50);
    stage.jobs = false;
    stage.press("jjjjjjjj");
    assert_eq!(started(&stage.take()), [1]);
    // The job comes back: nobody wants its row any more, and the one under the cursor is next.
    stage.release();
    assert_eq!(started(&stage.take()), [8]);
    stage.release();
    assert_eq!(stage.state.reader().placement(), Some(PlacementId(8)));
}

#[test]
fn a_job_that_hangs_is_given_up_when_the_key_rests() {
    let mut stage = Rehearsal::at(160, 50);
    stage.jobs = false;
    stage.press("jj");
    stage.take();
    stage.wait(100);
    let effects = stage.deeds();
    assert!(matches!(effects[0], Effect::Cancel(_)), "{effects:?}");
    assert_eq!(started(&effects), [2]);
    stage.release();
    assert_ne!(stage.state.reader().placement(), Some(PlacementId(1)), "a stale ticket");
    stage.release();
    assert_eq!(stage.state.reader().placement(), Some(PlacementId(2)));
    assert_eq!(*stage.state.reader().content(), Content::Ready);
}

#[test]
fn away_and_back_again_does_not_wait_for_ever() {
    let mut stage = Rehearsal::at(160, 50);
    stage.jobs = false;
    stage.press("j");
    stage.wait(500);
    stage.press("jk");
    stage.wait(500);
    while !stage.held.is_empty() {
        stage.release();
    }
    stage.wait(500);
    assert_eq!(*stage.state.reader().content(), Content::Ready);
    assert_eq!(stage.state.reader().placement(), Some(PlacementId(1)));
}

#[test]
fn one_pane_at_a_time_reads_only_what_is_opened() {
    let mut stage = Rehearsal::at(40, 12);
    stage.press("jj");
    assert_eq!(started(&stage.take()), [0_i64; 0]);
    stage.press("l");
    assert_eq!(started(&stage.take()), [2]);
    assert_eq!(stage.state.focus(), Focus::Reader);
    stage.press("h");
    assert_eq!(stage.state.focus(), Focus::List);
}

#[test]
fn flags_show_at_once_and_stay_pending_until_the_store_knows_them() {
    let mut stage = Rehearsal::at(80, 24);
    stage.records = false;
    stage.press("s");
    let row = |stage: &Rehearsal| stage.state.list().row(0).unwrap().row.clone();
    assert!(row(&stage).flags.flagged() && row(&stage).pending);
    // An answer that does not know of it yet must not undo it.
    stage.send(Event::Changed(Changed::Rows(FolderId(1))));
    assert!(row(&stage).flags.flagged() && row(&stage).pending);
    stage.release();
    assert!(row(&stage).flags.flagged() && row(&stage).pending);
    for row in stage.mail.rows.get_mut(&FolderId(1)).unwrap() {
        row.pending = false;
    }
    stage.send(Event::Changed(Changed::Rows(FolderId(1))));
    assert!(row(&stage).flags.flagged() && !row(&stage).pending);
}

#[test]
fn keys_faster_than_the_disk_add_up() {
    let mut stage = Rehearsal::at(80, 24);
    stage.records = false;
    stage.press("ssmm");
    assert_eq!(stage.held.len(), 4);
    for _ in 0..4 {
        stage.release();
    }
    let row = &stage.state.list().row(0).unwrap().row;
    assert_eq!(row.flags, Flags::SEEN, "{row:?}");
}

#[test]
fn a_wish_that_could_not_be_saved_is_taken_back_and_told() {
    let mut stage = Rehearsal::at(80, 24);
    stage.records = false;
    stage.press("s");
    let Some(Effect::Record(intent)) = stage.held.pop_front() else { panic!("{:?}", stage.effects) };
    let failure = Failure::lasting(FailureKind::Disk, "own.db", "No space left on device");
    stage.send(Event::Recorded { intent, result: Err(failure.clone()) });
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Failed(Undertaking::Saving, &failure)));
    assert!(!stage.state.list().row(0).unwrap().row.flags.flagged());
    assert!(!stage.state.list().row(0).unwrap().row.pending);
    // The row takes no key away, and Esc puts it away.
    stage.press("j");
    assert_eq!(stage.subject(), "subject 1");
    stage.press("<Esc>");
    assert_eq!(stage.state.error_row(), None);
    assert_eq!(stage.state.history().len(), 1);
}

#[test]
fn the_cursor_stays_on_its_message_when_mail_comes_and_goes() {
    let mut stage = Rehearsal::at(80, 24);
    let inbox = FolderId(1);
    let arrive = |stage: &mut Rehearsal, id: i64| {
        let mut new = row(-id, person("new", "n@a.example"), "new");
        new.placement = PlacementId(1000 + id);
        new.message = MessageId(1000 + id);
        stage.mail.rows.get_mut(&inbox).unwrap().insert(0, new);
        stage.send(Event::Changed(Changed::Order(inbox)));
    };
    arrive(&mut stage, 1);
    assert_eq!((stage.subject(), stage.state.list().cursor(), stage.state.list().top()), ("subject 0", 1, 0));
    stage.press("<C-d><C-d><C-d><C-d>");
    let (subject, cursor, top) = (stage.subject().to_owned(), stage.state.list().cursor(), stage.state.list().top());
    arrive(&mut stage, 2);
    assert_eq!(stage.subject(), subject);
    assert_eq!((stage.state.list().cursor(), stage.state.list().top()), (cursor + 1, top + 1));
    // The message under the cursor goes away, and one above it.
    let rows = stage.mail.rows.get_mut(&inbox).unwrap();
    let next = rows[cursor + 2].subject.clone();
    rows.remove(cursor + 1);
    rows.remove(0);
    stage.send(Event::Changed(Changed::Order(inbox)));
    assert_eq!(stage.subject(), next.as_untrusted());
}

#[test]
fn rows_that_are_not_answered_keep_the_old_picture() {
    let mut stage = Rehearsal::at(80, 24);
    stage.answers = false;
    stage.send(Event::Changed(Changed::Rows(FolderId(1))));
    assert!(stage.state.list().row(0).is_some(), "the old rows stay until the new ones come");
    stage.press("G");
    assert!(stage.state.list().row(99).is_none());
    while !stage.held.is_empty() {
        stage.release();
    }
    assert!(stage.state.list().row(99).is_some());
}

#[test]
fn folders_are_reached_by_keys() {
    let mut stage = Rehearsal::at(80, 24);
    stage.press("J");
    assert_eq!(
        stage.take().into_iter().take(2).collect::<Vec<_>>(),
        [
            Effect::Focus { folders: vec![(AccountId(1), FolderId(2))] },
            Effect::Ask(Query::Order(Box::new(Listing::flat(Source::Folder(FolderId(2))))))
        ]
    );
    stage.press("K");
    assert_eq!(stage.state.list().folder(), Some(FolderId(1)));
    stage.press("K");
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::NoOtherFolder)));
    stage.press("2");
    assert_eq!(stage.state.list().folder(), Some(FolderId(2)));
    stage.press("5");
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::NoSuchFolder(Role::Junk))));
    stage.press("h");
    assert_eq!(stage.state.focus(), Focus::Folders);
    assert!(stage.state.layout().folders.is_some());
    stage.press("jl");
    assert_eq!((stage.state.focus(), stage.state.list().folder()), (Focus::List, Some(FolderId(3))));
    assert!(stage.state.layout().folders.is_none());
}

#[test]
fn next_unread_finds_what_is_far_away() {
    let mut mail = Mailbox::of(3000);
    for row in mail.rows.get_mut(&FolderId(1)).unwrap() {
        row.flags = if [2, 2500].contains(&row.placement.0) { Flags::NONE } else { Flags::SEEN };
    }
    let mut stage = Rehearsal::new(mail, 80, 24, Settings::default());
    stage.press("n");
    assert_eq!(stage.subject(), "subject 2");
    stage.press("n");
    assert_eq!(stage.subject(), "subject 2500");
    stage.press("n");
    assert_eq!(stage.state.error_row(), Some(ErrorRow::Notice(&Notice::NothingUnread)));
    stage.press("N");
    assert_eq!(stage.subject(), "subject 2");
}
