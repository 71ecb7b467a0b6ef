//! What is found of messages that shall lie elsewhere, before any server hears of it.

use super::*;
use crate::model::{Intent, PlacementId};

fn folders(store: &Store) -> Vec<FolderId> {
    let seen = |(name, role): (&str, Role)| FolderSeen {
        name: FolderName { wire: name.as_bytes().to_vec(), delimiter: Some('/') },
        decoded: name.to_owned(),
        role: Some(role),
        selectable: true,
    };
    let seen = [("INBOX", Role::Inbox), ("Archive", Role::Archive)].map(seen).to_vec();
    let write = MailWrite::Folders { account: store.accounts[0].0, seen, at: Timestamp(0) };
    let Written::Folders(ids) = store.mail.commit_blocking(write).unwrap() else { panic!() };
    ids
}

/// The places of what is found, and the folders where they stand.
fn places(ground: &Ground, typed: &str, within: Option<&[FolderId]>) -> Vec<(PlacementId, FolderId)> {
    let mut finder = Finder::open(ground.path()).unwrap().unwrap();
    let condition = parse(typed, &Today::new(Timestamp(1_700_100_000), &jiff::tz::TimeZone::UTC)).unwrap();
    let mut order = Vec::new();
    let tell = |hits: Hits| {
        order = hits.order;
        true
    };
    finder.find(&condition, within, 3, tell, || true).unwrap();
    let placements: Vec<_> = order.iter().map(|entry| entry.placement).collect();
    finder.mail().rows(&placements).unwrap().into_iter().map(|row| (row.placement, row.folder)).collect()
}

#[test]
fn what_is_on_its_way_to_another_folder_is_found_there_and_nowhere_else() {
    let ground = Ground::new();
    let [inbox, archive] = folders(ground.store())[..] else { panic!() };
    ground.ingest(1..=40, |uid| {
        format!("From: a@example.com\r\nSubject: {}\r\n\r\n", if uid % 2 == 0 { "会议" } else { "发票" }).into_bytes()
    });
    ground.index();
    let before = places(&ground, "会议", None);
    assert_eq!(before.len(), 20);
    // The newest, which is found among the first, and the oldest, which is found with all others.
    let moved = [before[0].0, before[19].0];
    let intent = Intent::Move { placements: moved.to_vec(), to: archive };
    let store = ground.store();
    let intents = [(intent, Some(Timestamp(1_700_000_100)))];
    ground.runtime.block_on(Store::record_all(&store.own, &store.mail, &intents)).results.remove(0).unwrap();
    let expected: Vec<_> = before
        .iter()
        .map(|(placement, folder)| (*placement, if moved.contains(placement) { archive } else { *folder }))
        .collect();
    assert_eq!(places(&ground, "会议", None), expected);
    let there: Vec<_> = expected.iter().copied().filter(|(_, folder)| *folder == archive).collect();
    assert_eq!(places(&ground, "会议", Some(&[archive])), there);
    assert_eq!(places(&ground, "会议 in:archive", None), there);
    assert_eq!(places(&ground, "会议", Some(&[inbox])).len(), 18);
    assert_eq!(places(&ground, "会议 -in:inbox", None), there);
    // Undone, it is where it was.
    ground.runtime.block_on(Store::undo(&store.own, &store.mail, Timestamp(1_700_000_200))).unwrap();
    assert_eq!(places(&ground, "会议", None), before);
}
