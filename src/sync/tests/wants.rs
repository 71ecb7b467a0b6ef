//! Wants whose messages get other numbers while the name of validity stays: none is told of another message, none is lost
//! while its message is there, and none stays when it is not.

use super::Step::{
    Deliver, OtherExpunge, OtherFlags, Pass as Visit, Renumber, Reshuffle, Restart, SaveAgain, Want as Wanted,
};
use super::piped::{empty, post, way};
use super::*;
use crate::demo::PLAIN;

/// What the random histories found, as they were shrunken.
macro_rules! histories {
    ($($name:ident: $batch:literal, [$($step:expr),* $(,)?];)*) => {$(
        #[tokio::test]
        async fn $name() {
            history(vec![$($step),*], $batch).await.unwrap();
        }
    )*};
}

histories! {
    a_want_of_a_number_that_nobody_has_any_more_finds_its_message: 3, [
        Deliver(0), Deliver(0), Deliver(0), Visit(4), OtherExpunge(16_459_659_800_569), Reshuffle(false), Deliver(0), Deliver(0),
        Reshuffle(false), Wanted(1_165_937_914_702_068_395, false, true), OtherExpunge(13_894_018_551_066_603_308),
        Deliver(4),
    ];
    a_later_word_counts_after_all_numbers_changed: 2, [
        Deliver(0), Deliver(0), OtherExpunge(0), Deliver(0), Deliver(0), Deliver(0), Deliver(1), Visit(6), Deliver(0),
        Deliver(0), Renumber, Wanted(1_780_860_029_483_470_425, true, false), Visit(6),
        Wanted(9_265_991_621_595_620_361, false, false),
    ];
    a_want_of_half_a_folder_outlives_a_restart: 1, [
        Deliver(0), Deliver(0), Deliver(0), Deliver(0), Deliver(0), Visit(5), Renumber,
        Wanted(203_301_120_095_911_945, true, false), Visit(6), Restart(false),
        Wanted(5_175_064_100_191_641_001, true, true),
    ];
    a_want_outlives_a_mail_db_that_is_made_anew: 1, [
        Deliver(0), Deliver(0), Deliver(0), Visit(4), Deliver(0), OtherExpunge(1_436_688_180_575_475_879),
        Wanted(0, false, true), Reshuffle(true), Restart(true),
    ];
    two_wants_that_change_places_outlive_a_mail_db_that_is_made_anew: 2, [
        Deliver(0), Deliver(0), Visit(4), Wanted(7_437_810_852_925_484_819, false, true), Reshuffle(false),
        Wanted(1_466_035_502_753_840_996, false, false), Restart(true),
    ];
    a_want_of_a_message_that_is_saved_again_goes_with_it: 2, [
        Deliver(0), Deliver(0), Deliver(0), Deliver(0), Visit(99), Wanted(2, true, true), SaveAgain(1), Deliver(0),
    ];
    of_two_words_about_a_message_that_was_here_twice_the_later_counts: 1, [
        Deliver(0), Deliver(0), Deliver(0), OtherExpunge(0), Deliver(0), Visit(6), SaveAgain(7_072_916_807_071_367_130),
        Wanted(15_688_216_483_870_639_302, false, false), Deliver(0), Wanted(9_467_601_946_749_913_475, true, false),
        OtherExpunge(1_861_260_721_313_943_212), Visit(12), Wanted(11_029_078_903_467_968_117, true, true),
    ];
    of_two_words_about_a_message_that_was_here_twice_both_count: 1, [
        Deliver(0), Visit(4), Deliver(0), Deliver(0), OtherExpunge(3_765_583_576_640_354_602), Deliver(0), Deliver(0),
        OtherExpunge(18_583_771_319_169_433), OtherFlags(3_492_114_558_788_219_050, 4), Visit(5),
        SaveAgain(4_918_953_125_824_132_420), Wanted(4_448_092_733_802_218_404, false, false), Deliver(0), Visit(9),
        Wanted(18_319_177_815_728_401_592, true, false), Renumber,
    ];
    a_want_that_is_over_keeps_no_other_from_its_number: 2, [
        Deliver(0), Deliver(0), Deliver(0), Deliver(0), Deliver(0), Deliver(0), OtherExpunge(0), Visit(6),
        Reshuffle(false), Wanted(4_434_560_280_602_331_781, false, false), Wanted(7_429_388_193_911_829_370, false, false),
        Restart(true), OtherExpunge(5_504_747_202_467_516_400), Deliver(0),
    ];
    a_want_whose_message_left_while_its_folder_was_numbered_anew_is_over: 2, [
        Deliver(0), Deliver(0), Deliver(0), Visit(99), Wanted(2, false, true), Renumber, OtherExpunge(0), Visit(3),
        Restart(true),
    ];
}

fn server(count: u16) -> Server {
    let mut server = Server { uidvalidity: 5, next: 1, ..Server::default() };
    (0..count).for_each(|_| server.deliver(Flags::NONE));
    server
}

async fn star(program: &Program, folder: FolderId, identity: u32) {
    let rows = program.reader.newest(folder, 100).unwrap();
    let row = rows.iter().find(|row| row.subject.as_untrusted() == identity.to_string()).unwrap();
    let intent = Intent::Flag { placements: vec![row.placement], add: Flags::FLAGGED, remove: Flags::NONE };
    Store::record(&program.store.own, &program.store.mail, intent).await.unwrap();
}

async fn waiting(program: &Program) -> usize {
    program.store.own.commit(OwnWrite::Wants(None)).await.unwrap().len()
}

fn starred(server: &Server) -> Vec<u32> {
    server
        .messages
        .values()
        .filter(|(flags, _)| flags.contains(Flags::FLAGGED))
        .map(|(_, identity)| *identity)
        .collect()
}

/// As many messages as ever, the same numbers and the same next one; what stands at both ends and in the middle is the same.
#[tokio::test]
async fn a_want_is_told_of_its_message_where_only_two_numbers_were_swapped() {
    for moved_in in [false, true] {
        let mut program = Program::start();
        let mut server = Server { moved_in, ..server(9) };
        let folder = make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
        star(&program, folder, 2).await;
        server.swap(2, 4);
        make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
        assert_eq!((starred(&server), waiting(&program).await), (vec![2], 0), "moved in: {moved_in}");
        let local = program.reader.newest(folder, 100).unwrap();
        let row = local.iter().find(|row| row.subject.as_untrusted() == "2").unwrap();
        assert_eq!((row.uid, row.flags.contains(Flags::FLAGGED), row.pending), (Some(4), true, false));
    }
}

/// The folder is open, and nobody told of anything.
#[tokio::test]
async fn a_want_of_an_open_folder_is_not_told_of_whoever_has_its_number_now() {
    for gone in [false, true] {
        let mut program = Program::start();
        let mut server = server(9);
        let folder = make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
        if gone {
            server.save_again(2);
        } else {
            server.swap(2, 4);
        }
        star(&program, folder, 2).await;
        let mut line = Line { server: &mut server, fuel: usize::MAX, batch: 3, open: true, terse: false };
        let pushed = program.pass.push(&mut line, &mut ()).await.unwrap();
        assert_eq!(pushed, Pushed { moved: false, doubtful: vec![folder] });
        assert!(starred(line.server).is_empty());
        assert_eq!(waiting(&program).await, 1);
        let left = program.pass.folder(&mut line, folder, &inbox(), false, &mut ()).await;
        assert_eq!(left, Ok(Left::Complete));
        assert_eq!((starred(&server), waiting(&program).await), (vec![2], 0));
        // The folder is closed to no want after this.
        star(&program, folder, 7).await;
        let mut line = Line { server: &mut server, fuel: usize::MAX, batch: 3, open: true, terse: false };
        assert_eq!(program.pass.push(&mut line, &mut ()).await.unwrap(), Pushed::default());
        assert_eq!(starred(&server).len(), 2);
    }
}

/// Copies that a server made itself are listed, and for an hour it says nothing of their numbers.
#[tokio::test]
async fn a_want_of_a_number_that_is_listed_and_says_nothing_is_told_after_a_comparison() {
    let mut program = Program::start();
    let mut server = server(9);
    let folder = make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
    server.mute.insert(3);
    star(&program, folder, 3).await;
    make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
    assert_eq!((starred(&server), waiting(&program).await), (vec![3], 0));
}

/// Nothing tells the two apart, so either may be either, but both wants are told, or the one whose message is left.
#[tokio::test]
async fn wants_of_two_messages_that_are_alike_do_not_wait_for_each_other() {
    for one_left in [false, true] {
        let mut program = Program::start();
        let mut server = server(5);
        server.messages.insert(6, (Flags::NONE, 2));
        server.next = 7;
        let folder = make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
        for row in program.reader.newest(folder, 100).unwrap() {
            if row.subject.as_untrusted() == "2" {
                let intent = Intent::Flag { placements: vec![row.placement], add: Flags::FLAGGED, remove: Flags::NONE };
                Store::record(&program.store.own, &program.store.mail, intent).await.unwrap();
            }
        }
        server.reshuffle(true);
        if one_left {
            server.messages.pop_last();
        }
        let mut program = program.restart(true);
        make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
        assert_eq!(waiting(&program).await, 0);
        assert_eq!(starred(&server), if one_left { vec![2] } else { vec![2, 2] });
        assert!(program.reader.newest(folder, 100).unwrap().iter().all(|row| !row.pending));
    }
}

#[tokio::test]
async fn a_want_whose_message_left_is_over_whatever_its_number() {
    for renumbered in [false, true] {
        let mut program = Program::start();
        let mut server = server(9);
        let folder = make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
        star(&program, folder, 4).await;
        server.messages.remove(&4);
        if renumbered {
            server.renumber();
        }
        make_pass(&mut program.pass, &mut server, usize::MAX, 3).await.unwrap();
        assert_eq!((starred(&server), waiting(&program).await), (vec![], 0));
    }
}

/// The same message under the same number in two folders: what is wanted of one is not told of the other, not even when
/// the one is gone.
#[tokio::test]
async fn a_want_stays_in_its_folder() {
    for gone in [false, true] {
        let demo = empty(&PLAIN);
        for folder in ["INBOX", "归档"] {
            demo.deliver_all(folder, (1..=3).map(|identity| post(identity, Flags::NONE)).collect()).await.unwrap();
        }
        let mut program = Program::start();
        let way = way(Duration::from_secs(20));
        let visit = async |program: &mut Program| {
            let mut session = way.connect_over(demo.pipe(), First { folders: true, home: None }).await.unwrap();
            let folders = program.pass.folders(&mut session).await.unwrap();
            program.pass.push(&mut session, &mut ()).await.unwrap();
            for (folder, seen) in folders.into_iter().filter(|(_, seen)| seen.selectable) {
                let left = program.pass.folder(&mut session, folder, &seen.name, false, &mut ()).await;
                assert_eq!(left, Ok(Left::Complete));
            }
        };
        visit(&mut program).await;
        star(&program, program.inbox().unwrap(), 2).await;
        if gone {
            demo.expunge("INBOX", &[2]).await.unwrap();
        }
        visit(&mut program).await;
        for kept in demo.snapshot().await.unwrap() {
            let starred: Vec<u32> =
                kept.messages.iter().filter(|kept| !kept.flags.is_empty()).map(|kept| kept.uid).collect();
            assert_eq!(starred, if kept.folder == "INBOX" && !gone { vec![2] } else { vec![] }, "{}", kept.folder);
        }
        assert_eq!(waiting(&program).await, 0);
    }
}
