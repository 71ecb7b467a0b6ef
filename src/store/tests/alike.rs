//! Messages of a folder that are selected together.

use super::*;
use crate::model::{Alike, Within};

fn message(uid: u32, fields: &str, flags: Flags, size: u64) -> Incoming {
    let raw = format!("{fields}\r\nMessage-ID: <a{uid}@example.com>\r\n\r\n");
    Incoming { headers: headers(raw.as_bytes()), raw: raw.into_bytes(), size, ..incoming(uid, flags) }
}

#[test]
fn what_is_alike_is_found_in_the_whole_folder() {
    let (fixture, inbox) = fixture();
    let messages = [
        ("From: A <a@example.com>\r\nSubject: Plan", Flags::NONE, 10),
        ("From: B <b@example.com>\r\nSubject: Re: plan", Flags::SEEN, 2_000_000),
        ("From: A <A@Example.com>\r\nSubject: Other", Flags::SEEN.with(Flags::FLAGGED), 10),
        ("From: nobody\r\nSubject:", Flags::NONE, 10),
        ("From: nobody\r\nSubject:", Flags::NONE, 10),
    ];
    let messages =
        messages.iter().zip(1..).map(|((fields, flags, size), uid)| message(uid, fields, *flags, *size)).collect();
    fixture.commit(MailWrite::Ingest { folder: inbox, messages, on_server: 5 });
    let reader = fixture.reader();
    let placement = |uid| fixture.placement(inbox, uid);
    let uids = |one: u32, how| {
        let found = reader.alike(&Within::Folder(inbox), placement(one), how).unwrap();
        let all: Vec<_> = (1..=5).map(placement).collect();
        assert_eq!(reader.alike(&Within::These(all), placement(one), how).unwrap().len(), found.len());
        let mut uids: Vec<u32> = (1..=5).filter(|uid| found.contains(&placement(*uid))).collect();
        assert_eq!(uids.len(), found.len());
        uids.sort_unstable();
        uids
    };
    assert_eq!(uids(1, Alike::Sender), [1, 3]);
    assert_eq!(uids(1, Alike::Subject), [1, 2]);
    assert_eq!(uids(2, Alike::Thread), [2], "nobody answers anybody");
    assert_eq!(uids(4, Alike::Subject), [4], "what has no subject is like nothing else");
    assert_eq!(uids(1, Alike::AtLeast(1 << 20)), [2]);
    assert_eq!(uids(1, Alike::Unread), [1, 4, 5]);
    assert_eq!(uids(1, Alike::Unstarred), [1, 2, 4, 5]);
}
