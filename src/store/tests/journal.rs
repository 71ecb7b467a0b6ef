//! Messages that shall lie elsewhere, before any server hears of it: what is shown, what is counted, what is taken back.

use super::*;
use crate::model::{DeedKind, NeedWhy, Settling};

const AT: Timestamp = Timestamp(1_800_000_000);

struct Desk {
    fixture: Fixture,
    inbox: FolderId,
    archive: FolderId,
    project: FolderId,
}

fn desk() -> Desk {
    let (fixture, inbox) = fixture();
    let ids = list_folders(&fixture.store, &["INBOX", "Archive", "Project"]);
    fixture.ingest(inbox, 1..=5);
    Desk { fixture, inbox, archive: ids[1], project: ids[2] }
}

impl Desk {
    fn does(&self, intent: Intent) -> Result<(), StoreError> {
        let store = &self.fixture.store;
        block_on(Store::record_all(&store.own, &store.mail, &[(intent, Some(AT))])).results.remove(0)
    }

    fn at(&self, uid: u32) -> PlacementId {
        let subject = format!("第 {uid} 封");
        let folders = [self.inbox, self.archive, self.project];
        let rows = folders.into_iter().flat_map(|folder| self.fixture.reader().newest(folder, 100).unwrap());
        rows.filter(|row| row.subject.as_untrusted() == subject).map(|row| row.placement).next().unwrap()
    }

    fn moves(&self, uid: u32, to: FolderId) {
        self.does(Intent::Move { placements: vec![self.at(uid)], to }).unwrap();
    }

    fn lists(&self) -> [Vec<String>; 3] {
        [self.inbox, self.archive, self.project].map(|folder| {
            let rows = self.fixture.reader().newest(folder, 100).unwrap();
            let ordered = self.fixture.reader().order(folder).unwrap();
            assert_eq!(
                ordered.iter().map(|entry| entry.placement).collect::<Vec<_>>(),
                rows.iter().map(|row| row.placement).collect::<Vec<_>>()
            );
            rows.iter()
                .map(|row| {
                    let uid: String = row.subject.as_untrusted().chars().filter(char::is_ascii_digit).collect();
                    if row.uid.is_none() {
                        assert!(row.pending);
                    }
                    uid + if row.uid.is_none() { "…" } else { "" } + if row.flags.seen() { "r" } else { "" }
                })
                .collect()
        })
    }

    fn counters(&self) -> [(u64, u64); 3] {
        [self.inbox, self.archive, self.project].map(|folder| self.fixture.counters(folder))
    }

    fn undo(&self) -> Option<(DeedKind, usize)> {
        let store = &self.fixture.store;
        let (deed, _) = block_on(Store::undo(&store.own, &store.mail, AT)).unwrap();
        deed.map(|deed| (deed.kind, deed.count))
    }

    fn reopen(mut self) -> Self {
        self.fixture = self.fixture.reopen();
        self
    }
}

fn texts(all: [&[&str]; 3]) -> [Vec<String>; 3] {
    all.map(|list| list.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn a_moved_message_stands_in_its_new_folder_at_once_and_is_counted_there() {
    let desk = desk();
    desk.moves(3, desk.archive);
    assert_eq!(desk.lists(), texts([&["5", "4", "2", "1"], &["3…"], &[]]));
    assert_eq!(desk.counters(), [(4, 4), (1, 1), (0, 0)]);
    // For the server nothing has happened yet.
    assert_eq!(desk.fixture.reader().known(desk.inbox).unwrap(), 5);
    assert_eq!(desk.fixture.reader().on_server(desk.inbox).unwrap(), (5, 5));
    assert_eq!(desk.fixture.reader().on_server(desk.archive).unwrap(), (0, 0));
    // What the server says of it meanwhile is shown and counted where it stands.
    desk.fixture.commit(MailWrite::Flags { folder: desk.inbox, flags: vec![(3, Flags::SEEN)] });
    assert_eq!(desk.counters(), [(4, 4), (1, 0), (0, 0)]);
    let desk = desk.reopen();
    assert_eq!(desk.lists(), texts([&["5", "4", "2", "1"], &["3…r"], &[]]));
    assert_eq!(desk.counters(), [(4, 4), (1, 0), (0, 0)]);
}

#[test]
fn a_chain_of_words_before_the_server_hears_of_any_is_one_state() {
    let desk = desk();
    let flag = |desk: &Desk| Intent::Flag { placements: vec![desk.at(2)], add: Flags::SEEN, remove: Flags::NONE };
    desk.does(flag(&desk)).unwrap();
    desk.moves(2, desk.archive);
    desk.moves(2, desk.project);
    let [want] = desk.fixture.wants().try_into().unwrap();
    assert_eq!((want.aim.target.as_deref(), want.add, want.uid), (Some(&b"Project"[..]), Flags::SEEN, 2));
    assert_eq!(desk.lists(), texts([&["5", "4", "3", "1"], &[], &["2…r"]]));
    // One step back is the folder before, two are the inbox: nothing is left to tell but the flag.
    assert_eq!(desk.undo(), Some((DeedKind::Move { to: desk.project }, 1)));
    assert_eq!(desk.lists()[1], ["2…r"]);
    let desk = desk.reopen();
    assert_eq!(desk.undo(), Some((DeedKind::Move { to: desk.archive }, 1)));
    let [want] = desk.fixture.wants().try_into().unwrap();
    assert!(want.aim.is_none());
    assert!(matches!(desk.undo(), Some((DeedKind::Flag { .. }, 1))));
    assert_eq!(desk.undo(), None);
    assert_eq!(desk.lists(), texts([&["5", "4", "3", "2", "1"], &[], &[]]));
    assert_eq!(desk.counters(), [(5, 5), (0, 0), (0, 0)]);
}

#[test]
fn moving_there_and_back_leaves_nothing_to_tell() {
    let desk = desk();
    desk.moves(1, desk.archive);
    desk.moves(1, desk.inbox);
    assert_eq!(desk.fixture.wants(), []);
    assert_eq!(desk.lists(), texts([&["5", "4", "3", "2", "1"], &[], &[]]));
}

#[test]
fn what_is_erased_is_shown_nowhere_and_can_be_had_back() {
    let desk = desk();
    desk.moves(4, desk.archive);
    desk.does(Intent::Erase { placements: vec![desk.at(4), desk.at(5)] }).unwrap();
    assert_eq!(desk.lists(), texts([&["3", "2", "1"], &[], &[]]));
    let wants = desk.fixture.wants();
    assert!(wants.iter().all(|want| want.aim.erase == Some(AT.plus(10)) && want.aim.target.is_none()));
    assert_eq!(desk.undo(), Some((DeedKind::Erase, 2)));
    assert_eq!(desk.lists(), texts([&["5", "3", "2", "1"], &["4…"], &[]]));
    assert_eq!(desk.counters(), [(4, 4), (1, 1), (0, 0)]);
}

#[test]
fn a_want_for_a_move_finds_its_message_in_a_mail_db_made_anew() {
    let desk = desk();
    desk.moves(3, desk.archive);
    desk.does(Intent::Flag { placements: vec![desk.at(3)], add: Flags::SEEN, remove: Flags::NONE }).unwrap();
    let Desk { fixture: Fixture { dir, store, .. }, .. } = desk;
    store.close();
    for tail in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(dir.path().join(format!("mail.db{tail}")));
    }
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let ids = list_folders(&store, &["INBOX", "Archive", "Project"]);
    let fixture = Fixture { dir, store, changes };
    fixture.commit(MailWrite::Opened { folder: ids[0], uidvalidity: 7, on_server: 5, renumbered: false });
    fixture.ingest(ids[0], 1..=5);
    let desk = Desk { fixture, inbox: ids[0], archive: ids[1], project: ids[2] };
    assert_eq!(desk.lists(), texts([&["5", "4", "2", "1"], &["3…r"], &[]]));
    assert_eq!(desk.counters(), [(4, 4), (1, 0), (0, 0)]);
    // And it can be taken back there too.
    assert!(desk.undo().is_some() && desk.undo().is_some());
    assert_eq!(desk.lists(), texts([&["5", "4", "3", "2", "1"], &[], &[]]));
}

#[test]
fn flags_come_back_as_they_were_message_by_message() {
    let desk = desk();
    desk.fixture.commit(MailWrite::Flags { folder: desk.inbox, flags: vec![(1, Flags::SEEN), (2, Flags::FLAGGED)] });
    let placements = (1..=3).map(|uid| desk.at(uid)).collect();
    desk.does(Intent::Flag { placements, add: Flags::SEEN, remove: Flags::FLAGGED }).unwrap();
    assert_eq!(desk.counters()[0], (5, 2));
    assert!(matches!(desk.undo(), Some((DeedKind::Flag { .. }, 3))));
    let shown = desk.fixture.shown(desk.inbox);
    let flags: Vec<Flags> = shown.iter().rev().take(3).map(|row| row.1).collect();
    assert_eq!(flags, [Flags::SEEN, Flags::FLAGGED, Flags::NONE]);
    assert_eq!(desk.counters()[0], (5, 4));
}

#[test]
fn what_could_not_be_done_waits_until_the_user_says_what_becomes_of_it() {
    let desk = desk();
    desk.moves(3, desk.archive);
    let [want] = desk.fixture.wants().try_into().unwrap();
    let store = &desk.fixture.store;
    let wants = block_on(store.own.give_up_wants(vec![(want, NeedWhy::FolderGone)], AT)).unwrap();
    desk.fixture.commit(MailWrite::Wanted(wants));
    assert_eq!(desk.fixture.wants(), []);
    assert_eq!(desk.lists(), texts([&["5", "4", "3", "2", "1"], &[], &[]]));
    let desk = desk.reopen();
    let [need] = desk.fixture.reader().needs().unwrap().try_into().unwrap();
    assert_eq!((need.subject.as_untrusted(), need.from.as_untrusted()), ("第 3 封", "李雷"));
    assert_eq!((need.folder.as_untrusted(), need.to.unwrap().as_untrusted()), ("INBOX", "Archive"));
    assert_eq!((need.kind, need.why), (DeedKind::Move { to: desk.archive }, NeedWhy::FolderGone));
    let store = &desk.fixture.store;
    let settled = block_on(Store::settle(&store.own, &store.mail, vec![need.id], Settling::Into(desk.project)));
    assert_eq!(settled.unwrap().0, 1);
    assert_eq!(desk.lists(), texts([&["5", "4", "2", "1"], &[], &["3…"]]));
    assert_eq!(desk.fixture.reader().needs().unwrap(), []);
}

#[test]
fn what_one_key_did_is_taken_back_together_and_nothing_else() {
    let desk = desk();
    desk.moves(5, desk.archive);
    let moved = |placement, to| Intent::Move { placements: vec![placement], to };
    let intents =
        [moved(desk.at(1), desk.project), moved(PlacementId(4711), desk.project), moved(desk.at(2), desk.archive)];
    let store = &desk.fixture.store;
    let recorded = block_on(Store::record_together(&store.own, &store.mail, &intents, AT));
    assert_eq!(recorded.results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(desk.lists(), texts([&["4", "3"], &["5…", "2…"], &["1…"]]));
    let undone = block_on(Store::undo(&store.own, &store.mail, AT)).unwrap().0.unwrap();
    assert_eq!((undone.count, undone.kind), (2, DeedKind::Move { to: desk.archive }));
    assert_eq!(desk.lists(), texts([&["4", "3", "2", "1"], &["5…"], &[]]));
    let undone = block_on(Store::undo(&store.own, &store.mail, AT)).unwrap().0.unwrap();
    assert_eq!(undone.count, 1);
    assert!(block_on(Store::undo(&store.own, &store.mail, AT)).unwrap().0.is_none());
}

#[test]
fn ten_thousand_messages_move_with_one_key() {
    let (fixture, inbox) = fixture();
    let archive = list_folders(&fixture.store, &["INBOX", "Archive"])[1];
    fixture.ingest(inbox, 1..=10_000);
    let placements: Vec<_> = fixture.reader().order(inbox).unwrap().iter().map(|entry| entry.placement).collect();
    let began = crate::model::clock::instant();
    let intent = Intent::Move { placements, to: archive };
    let store = &fixture.store;
    block_on(Store::record_all(&store.own, &store.mail, &[(intent, Some(AT))])).results.remove(0).unwrap();
    println!("10,000 moved in {:?}", began.elapsed());
    assert_eq!((fixture.counters(inbox).0, fixture.counters(archive).0), (0, 10_000));
    assert!(began.elapsed().as_secs() < 30);
    let began = crate::model::clock::instant();
    assert_eq!(block_on(Store::undo(&store.own, &store.mail, AT)).unwrap().0.unwrap().count, 10_000);
    println!("and back in {:?}", began.elapsed());
    assert_eq!((fixture.counters(inbox).0, fixture.counters(archive).0), (10_000, 0));
    assert_eq!(fixture.wants(), []);
}
