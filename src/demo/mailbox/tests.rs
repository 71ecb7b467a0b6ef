use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::demo::imap::World;
use crate::demo::{PLAIN, WRITTEN};

const NOW: Timestamp = Timestamp(1_762_302_600);

fn world(messages: usize, seed: u64) -> World {
    let mut options = Options::new(NOW, "x");
    options.messages = messages;
    options.seed = seed;
    let mut world = World::new(&PLAIN, options.address.clone(), "x".into(), NOW);
    fill(&mut world, &options);
    world
}

/// Folder, flags, arrival, bytes.
type Lying = (String, Vec<String>, Timestamp, Arc<[u8]>);

fn everything(world: &World) -> Vec<Lying> {
    let one = |f: &crate::demo::imap::Folder| {
        f.messages
            .iter()
            .map(|m| (f.name.clone(), world.names(m.marks), m.arrived, m.content.bytes()))
            .collect::<Vec<_>>()
    };
    world.folders.iter().flat_map(one).collect()
}

#[test]
fn the_written_mailbox_looks_alive() {
    let world = world(WRITTEN, 1);
    let all = everything(&world);
    assert_eq!(all.len(), WRITTEN, "the constant has to say how many there are");
    assert_eq!(base(&Person::new("", "a@b.example"), NOW, 1).len(), WRITTEN);
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for (folder, ..) in &all {
        *folders.entry(folder).or_default() += 1;
    }
    println!("{folders:?}");
    for place in PLAIN.folders {
        assert!(folders.contains_key(place.name), "{} is empty", place.name);
    }
    let inbox: Vec<_> = all.iter().filter(|(f, ..)| f == "INBOX").collect();
    let unread = inbox.iter().filter(|(_, flags, ..)| !flags.contains(&"\\Seen".to_owned())).count();
    println!("inbox {} unread {unread}", inbox.len());
    assert!((15..=25).contains(&unread), "{unread} unread");
    for wanted in ["\\Flagged", "\\Answered"] {
        assert!(inbox.iter().any(|(_, flags, ..)| flags.contains(&wanted.to_owned())), "{wanted}");
    }
    for (newer, older) in [(0, 1), (1, 2), (2, 7), (7, 31), (31, 365)] {
        let some = inbox.iter().any(|(_, _, at, _)| {
            let days = NOW.since(*at) / 86400;
            newer <= days && days < older
        });
        assert!(some, "nothing between {newer} and {older} days ago");
    }
    assert!(all.iter().all(|(_, _, at, _)| *at <= NOW));
    assert!(inbox.is_sorted_by_key(|(_, _, at, _)| *at));
}

#[test]
fn every_message_is_well_formed_and_only_invented_people_write() {
    let mut ids = BTreeSet::new();
    for (folder, _, _, raw) in everything(&world(WRITTEN + 2000, 3)) {
        let text = String::from_utf8_lossy(&raw);
        let (header, _) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{folder}: {text}"));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a line end that is not CRLF: {text}");
        assert!(!text.contains('@') || text.contains(".example"), "{text}");
        for word in header
            .split([' ', '<', '>', ',', ';', ':', '"', '\r', '\n', '\t'])
            .filter(|w| w.len() > 1 && w.contains('@'))
        {
            let word = word.trim_end_matches(['.', ')']);
            assert!(word.ends_with(".example") || word.contains('='), "{word} in {header}");
        }
        let id = header.lines().find(|l| l.to_ascii_lowercase().starts_with("message-id:"));
        assert!(id.is_none_or(|id| ids.insert(id.to_owned())), "twice: {id:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_mailbox_and_the_size_is_what_was_asked_for() {
    for size in [0, 10, WRITTEN, WRITTEN + 500] {
        let one = everything(&world(size, 5));
        assert_eq!(one.len(), size);
        assert_eq!(one, everything(&world(size, 5)));
    }
    assert_ne!(everything(&world(400, 5)), everything(&world(400, 6)));
}

#[test]
fn answers_name_messages_that_exist() {
    let all = everything(&world(WRITTEN + 1000, 2));
    let field = |raw: &[u8], name: &str| {
        let text = String::from_utf8_lossy(raw).into_owned();
        text.lines().take_while(|l| !l.is_empty()).find_map(|l| l.strip_prefix(name).map(str::to_owned))
    };
    let ids: BTreeSet<String> = all.iter().filter_map(|(.., raw)| field(raw, "Message-ID: ")).collect();
    let answers: Vec<String> = all.iter().filter_map(|(.., raw)| field(raw, "In-Reply-To: ")).collect();
    let known = answers.iter().filter(|a| ids.contains(*a)).count();
    println!("{known} of {} answers", answers.len());
    assert!(known > 200 && answers.iter().all(|a| ids.contains(a) || a.contains("gitforge") || a.contains("doc-77")));
}

#[test]
fn a_large_mailbox_is_made_quickly() {
    let before = crate::model::clock::instant();
    let world = world(100_000, 1);
    let took = before.elapsed();
    println!("{took:?}");
    assert!(took < std::time::Duration::from_secs(10), "{took:?}");
    assert_eq!(world.folder("INBOX").unwrap().messages.len() + all_but_inbox(&world), 100_000);
    assert!(world.folder("INBOX").unwrap().messages.is_sorted_by_key(|m| m.arrived));
}

fn all_but_inbox(world: &World) -> usize {
    world.folders.iter().filter(|f| f.name != "INBOX").map(|f| f.messages.len()).sum()
}
