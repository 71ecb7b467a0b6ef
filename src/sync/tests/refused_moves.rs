//! Servers that will not, or only say that they did: nothing is lost, nothing is done twice, and the user hears of it.

use super::piped::{empty, post, way};
use super::story::{FOLDERS, NEITHER, NO_MOVE, places};
use super::*;
use crate::demo::{Demo, Fault, MODERN, PLAIN, Personality};
use crate::model::{DeedKind, FolderDeed, NeedWhy, PlacementId, Quirk, Settling, clock};

struct Desk {
    demo: Demo,
    program: Program,
    way: Way,
    personality: &'static Personality,
}

impl Desk {
    async fn of(personality: &'static Personality, messages: u32) -> Self {
        let demo = empty(personality);
        let posts = (1..=messages).map(|identity| post(identity, Flags::NONE)).collect();
        demo.deliver_all("INBOX", posts).await.unwrap();
        let mut desk = Self { demo, program: Program::start(), way: way(Duration::from_secs(20)), personality };
        desk.visit(Vec::new()).await;
        desk
    }

    /// A connection of a server that has these faults.
    async fn visit(&mut self, faults: Vec<Fault>) {
        self.demo.break_connections(&faults).await.unwrap();
        super::story::whole_visit(&mut self.program, &self.way, self.demo.pipe()).await.unwrap();
        assert_eq!(self.program.reader.wrong_counters().unwrap(), [], "{}", self.personality.name);
    }

    fn folder(&self, at: usize) -> FolderId {
        let folders = self.program.reader.folders().unwrap();
        folders.iter().find(|known| known.name.as_untrusted() == FOLDERS[at]).unwrap().id
    }

    fn at(&self, folder: usize, identity: u32) -> PlacementId {
        let rows = self.program.reader.newest(self.folder(folder), 100).unwrap();
        rows.iter().find(|row| row.subject.as_untrusted() == identity.to_string()).unwrap().placement
    }

    async fn does(&self, intent: Intent) {
        let store = &self.program.store;
        let at = Timestamp(clock::now().0 - 60);
        Store::record_all(&store.own, &store.mail, &[(intent, Some(at))]).await.results.remove(0).unwrap();
    }

    async fn moves(&self, identity: u32, to: usize) {
        self.does(Intent::Move { placements: vec![self.at(0, identity)], to: self.folder(to) }).await;
    }

    async fn copies(&self, identity: u32, to: usize) {
        self.does(Intent::Copy { placements: vec![self.at(0, identity)], to: self.folder(to) }).await;
    }

    async fn undo(&self) -> Option<usize> {
        let store = &self.program.store;
        Store::undo(&store.own, &store.mail, clock::now()).await.unwrap().0.map(|deed| deed.count)
    }

    /// In which folders the user sees each message.
    fn shown(&self) -> Vec<Vec<u32>> {
        let of = |at: usize| {
            let rows = self.program.reader.newest(self.folder(at), 100).unwrap();
            let mut all: Vec<u32> = rows.iter().map(|row| row.subject.as_untrusted().parse().unwrap()).collect();
            all.sort_unstable();
            all
        };
        (0..FOLDERS.len()).map(of).collect()
    }

    /// In which folders the server has each message, without what is marked as deleted.
    async fn there(&self) -> Vec<Vec<u32>> {
        let mut all = vec![Vec::new(); FOLDERS.len()];
        for (identity, at) in places(&self.demo).await {
            for (folder, _, deleted) in at {
                if !deleted {
                    all[folder].push(identity);
                }
            }
        }
        all
    }

    async fn open_wants(&self) -> Vec<Want> {
        let mut wants = self.program.store.own.commit(OwnWrite::Wants(None)).await.unwrap();
        wants.retain(|want| want.aim.step != crate::store::Step::Kept);
        wants
    }
}

fn texts(lists: [&[u32]; 3]) -> Vec<Vec<u32>> {
    lists.iter().map(|list| list.to_vec()).collect()
}

#[tokio::test]
async fn a_full_mailbox_is_told_the_message_stays_and_it_can_be_tried_again() {
    for (personality, verb) in [(&PLAIN, "MOVE"), (&MODERN, "MOVE"), (&NO_MOVE, "COPY"), (&NEITHER, "COPY")] {
        let mut desk = Desk::of(personality, 3).await;
        desk.moves(2, 1).await;
        assert_eq!(desk.shown(), texts([&[1, 3], &[2], &[]]));
        desk.visit(vec![Fault::Answer { on: verb, words: "NO [OVERQUOTA] Quota exceeded" }]).await;
        assert_eq!(desk.shown(), texts([&[1, 2, 3], &[], &[]]), "{}", personality.name);
        assert_eq!(desk.there().await, texts([&[1, 2, 3], &[], &[]]), "{}", personality.name);
        assert_eq!(desk.open_wants().await, []);
        let [need] = desk.program.reader.needs().unwrap().try_into().unwrap();
        assert_eq!((need.why, need.kind), (NeedWhy::Full, DeedKind::Move { to: desk.folder(1) }));
        let store = &desk.program.store;
        Store::settle(&store.own, &store.mail, vec![need.id], Settling::Again).await.unwrap();
        assert_eq!(desk.shown(), texts([&[1, 3], &[2], &[]]));
        desk.visit(Vec::new()).await;
        assert_eq!(desk.shown(), texts([&[1, 3], &[2], &[]]), "{}", personality.name);
        assert_eq!(desk.there().await, texts([&[1, 3], &[2], &[]]), "{}", personality.name);
        assert_eq!(desk.program.reader.needs().unwrap(), []);
    }
}

#[tokio::test]
async fn ok_to_a_move_that_did_nothing_is_not_believed() {
    for personality in [&PLAIN, &MODERN] {
        let mut desk = Desk::of(personality, 3).await;
        desk.moves(2, 1).await;
        desk.visit(vec![Fault::Answer { on: "MOVE", words: "OK Completed" }]).await;
        // Whether anything was copied nobody knows: it is asked, and what is there is shown.
        assert_eq!(desk.there().await, texts([&[1, 2, 3], &[], &[]]), "{}", personality.name);
        assert_eq!(desk.shown(), texts([&[1, 2, 3], &[], &[]]), "{}", personality.name);
        let [need] = desk.program.reader.needs().unwrap().try_into().unwrap();
        assert_eq!(need.why, NeedWhy::Unknown);
        assert!(desk.way.known.borrow().quirks.has(Quirk::NoMove), "{}", personality.name);
        // From now on it copies and removes.
        let store = &desk.program.store;
        Store::settle(&store.own, &store.mail, vec![need.id], Settling::Again).await.unwrap();
        desk.visit(vec![Fault::Answer { on: "MOVE", words: "OK Completed" }]).await;
        assert_eq!(desk.there().await, texts([&[1, 3], &[2], &[]]), "{}", personality.name);
        assert_eq!(desk.shown(), texts([&[1, 3], &[2], &[]]), "{}", personality.name);
    }
}

#[tokio::test]
async fn a_server_that_refuses_to_move_is_told_to_copy_and_remove_without_a_question() {
    let mut desk = Desk::of(&PLAIN, 3).await;
    desk.moves(2, 1).await;
    let bad = || vec![Fault::Answer { on: "MOVE", words: "BAD unknown command" }];
    desk.visit(bad()).await;
    desk.visit(bad()).await;
    assert_eq!(desk.there().await, texts([&[1, 3], &[2], &[]]));
    assert_eq!(desk.shown(), texts([&[1, 3], &[2], &[]]));
    assert_eq!((desk.open_wants().await, desk.program.reader.needs().unwrap()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn ok_to_a_create_that_made_nothing_is_a_refusal() {
    let demo = empty(&PLAIN);
    demo.break_connections(&[Fault::Answer { on: "CREATE", words: "OK Completed" }]).await.unwrap();
    let mut program = Program::start();
    let way = way(Duration::from_secs(20));
    let mut session = way.connect_over(demo.pipe(), First { folders: true, home: None }).await.unwrap();
    program.pass.folders(&mut session).await.unwrap();
    let create = FolderDeed::Create { account: program.pass.account, name: "发票".to_owned() };
    let refused = program.pass.folder_deed(&mut session, &create).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::Refused);
    assert!(program.reader.folders().unwrap().iter().all(|folder| folder.name.as_untrusted() != "发票"));
}

#[tokio::test]
async fn a_copy_is_made_once_and_taken_back_only_as_long_as_nobody_was_told() {
    for personality in [&PLAIN, &NO_MOVE, &NEITHER] {
        let mut desk = Desk::of(personality, 2).await;
        // Taken back in time: nobody hears of it.
        desk.copies(1, 1).await;
        assert_eq!(desk.undo().await, Some(1));
        assert_eq!(desk.open_wants().await, []);
        desk.copies(2, 1).await;
        desk.visit(Vec::new()).await;
        assert_eq!(desk.there().await, texts([&[1, 2], &[2], &[]]), "{}", personality.name);
        assert_eq!(desk.shown(), texts([&[1, 2], &[2], &[]]), "{}", personality.name);
        // Made: it stays, for by now it is a message like any other, and the original is not touched.
        desk.undo().await;
        desk.visit(Vec::new()).await;
        assert_eq!(desk.there().await, texts([&[1, 2], &[2], &[]]), "{}", personality.name);
        assert_eq!(desk.shown(), texts([&[1, 2], &[2], &[]]), "{}", personality.name);
        assert_eq!((desk.open_wants().await, desk.program.reader.needs().unwrap()), (Vec::new(), Vec::new()));
    }
}

#[tokio::test]
async fn what_somebody_removes_right_after_our_move_is_not_expected_for_ever() {
    for personality in [&PLAIN, &NO_MOVE] {
        let mut desk = Desk::of(personality, 2).await;
        desk.moves(2, 1).await;
        let (inbox, name) = (desk.folder(0), inbox());
        desk.demo.break_connections(&[]).await.unwrap();
        let mut session = desk.way.connect_over(desk.demo.pipe(), First { folders: true, home: None }).await.unwrap();
        desk.program.pass.folders(&mut session).await.unwrap();
        desk.program.pass.push(&mut session, &mut ()).await.unwrap();
        desk.program.pass.folder(&mut session, inbox, &name, false, &mut ()).await.unwrap();
        session.close().await;
        let (_, uid, _) = places(&desk.demo).await[&2].iter().find(|(folder, ..)| *folder == 1).copied().unwrap();
        desk.demo.expunge(FOLDERS[1], &[uid]).await.unwrap();
        // It is wanted again, so that a want goes with it.
        let star = Intent::Flag { placements: vec![desk.at(1, 2)], add: Flags::FLAGGED, remove: Flags::NONE };
        desk.does(star).await;
        desk.visit(Vec::new()).await;
        assert_eq!(desk.shown()[1], [2], "it may be seen late");
        let account = desk.program.pass.account;
        assert_eq!(desk.program.reader.overdue(account).unwrap(), []);
        let db = rusqlite::Connection::open(desk.program.dir.path().join("mail.db")).unwrap();
        db.busy_timeout(Duration::from_secs(10)).unwrap();
        db.execute("UPDATE expected SET since = since - 200", []).unwrap();
        drop(db);
        assert_eq!(desk.program.reader.overdue(account).unwrap(), [desk.folder(1)], "it is looked at once more");
        desk.visit(Vec::new()).await;
        assert_eq!(desk.shown(), texts([&[1], &[], &[]]), "{}", personality.name);
        assert_eq!(desk.program.reader.overdue(account).unwrap(), []);
        assert_eq!(desk.open_wants().await, [], "nobody waits for ever");
    }
}

#[tokio::test]
async fn a_folder_renamed_while_messages_are_to_go_there_and_leave_it_keeps_them() {
    for personality in [&PLAIN, &NO_MOVE] {
        let mut desk = Desk::of(personality, 3).await;
        desk.moves(1, 1).await;
        desk.visit(Vec::new()).await;
        // One shall go there, one leaves it, and one is copied there.
        desk.moves(2, 1).await;
        desk.copies(3, 1).await;
        desk.does(Intent::Move { placements: vec![desk.at(1, 1)], to: desk.folder(2) }).await;
        let folder = desk.folder(1);
        let mut session = desk.way.connect_over(desk.demo.pipe(), First { folders: true, home: None }).await.unwrap();
        desk.program.pass.folders(&mut session).await.unwrap();
        let rename = FolderDeed::Rename { folder, name: "旧信".to_owned() };
        assert_eq!(desk.program.pass.folder_deed(&mut session, &rename).await.unwrap().0, Some(folder));
        desk.program.pass.push(&mut session, &mut ()).await.unwrap();
        session.close().await;
        let there = desk.demo.snapshot().await.unwrap();
        let count = |name: &str| {
            there.iter().find(|kept| kept.folder == name).map_or(0, |kept| {
                kept.messages.iter().filter(|message| !message.flags.iter().any(|flag| flag == "\\Deleted")).count()
            })
        };
        assert_eq!((count("INBOX"), count("旧信"), count(FOLDERS[2])), (1, 2, 1), "{}", personality.name);
        assert_eq!((desk.open_wants().await, desk.program.reader.needs().unwrap()), (Vec::new(), Vec::new()));
    }
}
