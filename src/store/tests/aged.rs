//! Messages that became too old for their server.

use super::*;

impl Fixture {
    fn age(&self, folder: FolderId, uids: impl IntoIterator<Item = u32>) {
        let placements = uids.into_iter().map(|uid| self.placement(folder, uid)).collect();
        self.commit(MailWrite::Aged { folder, placements, on_server: 0 });
    }

    /// Subject, whether only we have it, and flags; newest first.
    fn here(&self, folder: FolderId) -> Vec<(String, bool, Flags)> {
        let rows = self.reader().newest(folder, 1000).unwrap();
        rows.into_iter().map(|row| (row.subject.as_untrusted().to_owned(), row.only_here, row.flags)).collect()
    }

    fn flag_only_here(&self, folder: FolderId, add: Flags, remove: Flags) {
        let rows = self.reader().newest(folder, 1000).unwrap();
        let placements = rows.into_iter().filter(|row| row.only_here).map(|row| row.placement).collect();
        let intent = Intent::Flag { placements, add, remove };
        block_on(Store::record(&self.store.own, &self.store.mail, intent)).unwrap();
    }
}

const NONE: Flags = Flags::NONE;

fn subject(uid: u32) -> String {
    format!("第 {uid} 封")
}

#[test]
fn what_became_too_old_is_shown_in_its_place_and_known_under_no_number() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=4);
    let before = fixture.reader().order(folder).unwrap();
    fixture.age(folder, [1, 2]);
    assert_eq!(fixture.reader().order(folder).unwrap(), before);
    let here: Vec<_> = fixture.here(folder).into_iter().map(|(subject, only_here, _)| (subject, only_here)).collect();
    assert_eq!(here, [(subject(4), false), (subject(3), false), (subject(2), true), (subject(1), true)]);
    assert_eq!(fixture.counters(folder), (4, 4));
    let reader = fixture.reader();
    assert_eq!(reader.newest(folder, 4).unwrap()[3].uid, None);
    let numbers: Vec<u32> = reader.local(folder).unwrap().messages.into_iter().map(|(uid, _)| uid).collect();
    assert_eq!((numbers, reader.known(folder).unwrap(), reader.highest(folder).unwrap()), (vec![3, 4], 2, 4));
    assert_eq!(reader.known_from(folder, 0).unwrap(), 2);
    assert_eq!(reader.only_here(folder).unwrap(), (2, 2));
    let spots = reader.standing(folder).unwrap().spots;
    assert!(spots.iter().all(|spot| spot.uid >= 3), "{spots:?}");
    // A server speaks of numbers that it lists.
    fixture.commit(MailWrite::Flags { folder, flags: vec![(1, Flags::SEEN)] });
    fixture.commit(MailWrite::Expunged { folder, uids: vec![1, 2], on_server: 2 });
    assert_eq!(fixture.counters(folder), (4, 4));
}

#[test]
fn neither_new_numbers_nor_the_loss_of_the_folder_takes_it_away() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=3);
    fixture.age(folder, [1]);
    for (uidvalidity, renumbered) in [(7, true), (8, false)] {
        fixture.commit(MailWrite::Opened { folder, uidvalidity, on_server: 2, renumbered });
        let renumbered = [2, 3].map(|old| Incoming { uid: old + 10 * uidvalidity, ..incoming(old, NONE) });
        fixture.commit(MailWrite::Ingest { folder, messages: renumbered.to_vec(), on_server: 2 });
        fixture.commit(MailWrite::Complete { folder, modseq: 0 });
        assert_eq!(fixture.counters(folder), (3, 3));
        assert_eq!(fixture.reader().only_here(folder).unwrap(), (1, 1));
    }
    for day in 1..=9 {
        list_folders_at(&fixture.store, &["another"], day * 86_400);
    }
    list_folders_at(&fixture.store, &["INBOX"], 10 * 86_400);
    assert_eq!(fixture.counters(folder), (3, 3));
}

#[test]
fn a_message_that_the_server_lists_again_gets_its_number_back_and_keeps_its_text() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=3);
    let oldest = fixture.reader().newest(folder, 3).unwrap().pop().unwrap();
    block_on(fixture.store.mail.keep_body(oldest.message, Whole::Bytes(b"the whole message".to_vec()))).unwrap();
    fixture.age(folder, [1, 2]);
    assert!(matches!(fixture.reader().whereabouts(oldest.placement), Err(StoreError::Unlisted)));
    let fixture = fixture.reopen();
    // One under its old number, one under another, and one that was never here.
    let again = vec![Incoming { uid: 9, ..incoming(2, NONE) }, incoming(1, Flags::SEEN), incoming(0, NONE)];
    fixture.commit(MailWrite::Ingest { folder, messages: again, on_server: 4 });
    assert_eq!(fixture.shown(folder), [(3, NONE, false), (9, NONE, false), (1, Flags::SEEN, false), (0, NONE, false)]);
    assert_eq!(fixture.counters(folder), (4, 3));
    assert_eq!(fixture.placement(folder, 1), oldest.placement);
    assert_eq!(fixture.reader().body(oldest.message).unwrap().as_deref(), Some(&b"the whole message"[..]));
    assert_eq!(fixture.reader().whereabouts(oldest.placement).unwrap().uid, 1);
}

#[test]
fn a_number_that_is_given_twice_makes_no_difference() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, [1, 2]);
    fixture.age(folder, [1]);
    fixture.commit(MailWrite::Ingest {
        folder,
        messages: vec![Incoming { uid: 1, ..incoming(5, NONE) }],
        on_server: 2,
    });
    fixture.age(folder, [1]);
    assert_eq!(fixture.counters(folder), (3, 3));
    assert_eq!(fixture.reader().only_here(folder).unwrap(), (2, 2));
}

#[test]
fn what_the_user_wants_of_it_is_kept_here_and_waits_for_no_server() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    fixture.age(folder, [1]);
    fixture.flag_only_here(folder, Flags::SEEN.with(Flags::FLAGGED), NONE);
    fixture.flag_only_here(folder, NONE, Flags::FLAGGED);
    let fixture = fixture.reopen();
    assert_eq!(fixture.here(folder)[1], (subject(1), true, Flags::SEEN));
    assert!(!fixture.reader().newest(folder, 2).unwrap()[1].pending);
    assert_eq!((fixture.counters(folder), fixture.wants()), ((2, 1), vec![]));
    // When the server lists it again, it has to be told.
    fixture.commit(MailWrite::Ingest { folder, messages: vec![incoming(1, Flags::ANSWERED)], on_server: 2 });
    assert_eq!(fixture.shown(folder)[1], (1, Flags::SEEN.with(Flags::ANSWERED), true));
    let (placement, add, remove) = fixture.reader().wanted_here(folder).unwrap().remove(0);
    assert_eq!((placement, add, remove), (fixture.placement(folder, 1), Flags::SEEN, Flags::FLAGGED));
    // A word that comes before that does not make the others forgotten.
    fixture.want(folder, 1, Flags::FLAGGED, NONE);
    let want = fixture.wants().remove(0);
    assert_eq!((want.uid, want.add, want.remove), (1, Flags::SEEN.with(Flags::FLAGGED), NONE));
    assert_eq!(fixture.reader().wanted_here(folder).unwrap(), []);
}

#[test]
fn a_want_that_the_server_did_not_hear_in_time_is_kept_here() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    fixture.want(folder, 1, Flags::SEEN, NONE);
    fixture.age(folder, [1]);
    assert_eq!(fixture.here(folder)[1], (subject(1), true, Flags::SEEN));
    // own.db has it until the next pass; what the user said since is younger.
    fixture.flag_only_here(folder, NONE, Flags::SEEN);
    let fixture = fixture.reopen();
    assert_eq!(fixture.wants().len(), 1);
    assert_eq!(fixture.here(folder)[1], (subject(1), true, NONE));
    assert_eq!(fixture.counters(folder), (2, 2));
    fixture.ingest(folder, [1]);
    let fixture = fixture.reopen();
    assert_eq!(fixture.shown(folder)[1], (1, NONE, true));
}

/// The key was pressed while the message was listed, and what came of it arrives when it is not.
#[test]
fn a_want_that_comes_a_moment_too_late_is_shown_all_the_same() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, [1]);
    let intent = Intent::Flag { placements: vec![fixture.placement(folder, 1)], add: Flags::FLAGGED, remove: NONE };
    let wants = fixture.store.own.commit_blocking(OwnWrite::Record(intent)).unwrap();
    fixture.age(folder, [1]);
    fixture.commit(MailWrite::Wanted(wants));
    assert_eq!(fixture.here(folder), [(subject(1), true, Flags::FLAGGED)]);
}

#[test]
fn several_wishes_at_once_reach_what_is_listed_and_what_is_only_here() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, [1, 2]);
    fixture.age(folder, [1]);
    let at: Vec<PlacementId> = fixture.reader().newest(folder, 2).unwrap().iter().map(|row| row.placement).collect();
    let star = |placements: &[PlacementId]| Intent::Flag {
        placements: placements.to_vec(),
        add: Flags::FLAGGED,
        remove: NONE,
    };
    let gone = star(&[PlacementId(4711)]);
    let intents = [star(&at[..1]), gone, star(&at[1..])];
    let intents = intents.map(|intent| (intent, None));
    let recorded = block_on(Store::record_all(&fixture.store.own, &fixture.store.mail, &intents));
    assert_eq!(recorded.results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(recorded.accounts.len(), 1);
    let flags: Vec<Flags> = fixture.here(folder).into_iter().map(|(_, _, flags)| flags).collect();
    assert_eq!(flags, [Flags::FLAGGED; 2]);
    assert_eq!(fixture.wants().len(), 1, "no server is told of what it does not list");
}

#[test]
fn what_is_about_to_become_too_old_is_found_oldest_first() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=9);
    fixture.age(folder, [1]);
    let second = fixture.reader().rows(&[fixture.placement(folder, 2)]).unwrap().remove(0);
    block_on(fixture.store.mail.keep_body(second.message, Whole::Bytes(b"here".to_vec()))).unwrap();
    let found = |before: i64, largest, limit| {
        let before = Timestamp(1_700_000_000 + before);
        let found = fixture.reader().old_without_body(folder, before, largest, limit).unwrap();
        found.into_iter().map(|at| at.uid).collect::<Vec<_>>()
    };
    assert_eq!(found(6, 5000, 10), [3, 4, 5]);
    assert_eq!(found(6, 1004, 10), [3, 4]);
    assert_eq!(found(6, 5000, 1), [3]);
}
