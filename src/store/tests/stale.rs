use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::model::{Headers, MessageId};

const NEW: u32 = 7;

fn made_by(decoder: u32, uid: u32) -> Incoming {
    let headers =
        Headers { subject: "???".into(), message_id: format!("{uid}@example.com").into(), ..Headers::default() };
    Incoming { headers, decoder, ..incoming(uid, Flags::NONE) }
}

fn ingest(fixture: &Fixture, folder: FolderId, messages: Vec<Incoming>) {
    fixture.commit(MailWrite::Ingest { folder, messages, on_server: 0 });
}

fn derive(fixture: &Fixture, stale: &[(MessageId, Vec<u8>)]) {
    let messages = stale.iter().map(|(id, raw)| (*id, headers(raw))).collect();
    fixture.commit(MailWrite::Derived { messages, decoder: NEW });
}

fn subjects(fixture: &Fixture, folder: FolderId) -> Vec<String> {
    let rows = fixture.reader().newest(folder, 1000).unwrap();
    rows.into_iter().rev().map(|row| row.subject.as_untrusted().to_owned()).collect()
}

fn changes(fixture: &mut Fixture) -> Vec<Changed> {
    std::iter::from_fn(|| fixture.changes.try_recv().ok()).collect()
}

#[test]
fn rows_of_older_rules_are_made_again() {
    let (mut fixture, folder) = fixture();
    ingest(&fixture, folder, vec![made_by(1, 1), made_by(NEW, 2), made_by(3, 3), made_by(1, 4)]);
    let stale = fixture.reader().stale(NEW, 100).unwrap();
    assert_eq!(stale.len(), 3);
    assert_eq!(fixture.reader().stale(NEW, 2).unwrap().len(), 2);
    assert!(fixture.reader().stale(1, 100).unwrap().is_empty());
    changes(&mut fixture);
    derive(&fixture, &stale);
    assert_eq!(subjects(&fixture, folder), ["第 1 封", "???", "第 3 封", "第 4 封"]);
    assert_eq!(changes(&mut fixture), [Changed::Rows(folder)]);
    assert!(fixture.reader().stale(NEW, 100).unwrap().is_empty());
    let row = fixture.reader().newest(folder, 1).unwrap().remove(0);
    assert_eq!((row.from.name.as_untrusted(), row.from.address.as_untrusted()), ("李雷", "lilei@example.com"));
    // Without a date in the header it is the time of arrival, as when it came.
    assert_eq!(row.date, row.arrival);
}

#[test]
fn what_did_not_change_is_only_noted() {
    let (mut fixture, folder) = fixture();
    fixture.ingest(folder, 1..=3);
    changes(&mut fixture);
    let stale = fixture.reader().stale(NEW, 100).unwrap();
    derive(&fixture, &stale);
    assert_eq!(changes(&mut fixture), []);
    assert!(fixture.reader().stale(NEW, 100).unwrap().is_empty());
}

#[test]
fn what_wants_are_matched_by_stays() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, [1]);
    let id = fixture.reader().stale(NEW, 1).unwrap()[0].0;
    fixture.want(folder, 1, Flags::FLAGGED, Flags::NONE);
    let other = Headers { message_id: "other@example.com".into(), ..Headers::default() };
    fixture.commit(MailWrite::Derived { messages: vec![(id, other)], decoder: NEW });
    // The server gives other numbers: the want finds its message.
    fixture.commit(MailWrite::Opened { folder, uidvalidity: 8, on_server: 1, renumbered: false });
    ingest(&fixture, folder, vec![Incoming { uid: 50, ..incoming(1, Flags::NONE) }]);
    assert_eq!(fixture.shown(folder), [(50, Flags::FLAGGED, true)]);
    assert_eq!(fixture.wants()[0].msgid, "1@example.com");
}

#[test]
fn newer_rows_and_messages_that_went_are_left_alone() {
    let (fixture, folder) = fixture();
    ingest(&fixture, folder, vec![made_by(1, 1), made_by(1, 2)]);
    let stale = fixture.reader().stale(NEW, 100).unwrap();
    fixture.commit(MailWrite::Expunged { folder, uids: vec![2], on_server: 1 });
    derive(&fixture, &stale);
    let older = vec![(stale[0].0, Headers::default())];
    fixture.commit(MailWrite::Derived { messages: older, decoder: NEW });
    assert_eq!(subjects(&fixture, folder), ["第 1 封"]);
    assert_eq!(fixture.counters(folder), (1, 1));
}

fn columns(profile: &Path, file: &str, sql: &str) -> Vec<String> {
    let db = Connection::open(profile.join(file)).unwrap();
    let mut find = db.prepare(sql).unwrap();
    find.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn nothing_is_walked_through_to_find_that_nothing_is_stale() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=3);
    let plan = columns(
        fixture.dir.path(),
        "mail.db",
        "EXPLAIN QUERY PLAN SELECT m.id FROM msg m INDEXED BY msg_decoder WHERE m.decoder < 5 ORDER BY m.decoder, m.id LIMIT 9",
    );
    assert!(plan.len() == 1 && plan[0].contains("USING COVERING INDEX msg_decoder (decoder<?)"), "{plan:?}");
}

#[test]
fn a_batch_is_bounded_by_its_bytes() {
    let (fixture, folder) = fixture();
    let long = |uid| Incoming { raw: vec![b'x'; 3 * 1024 * 1024], ..made_by(1, uid) };
    ingest(&fixture, folder, (1..=5).map(long).collect());
    assert_eq!(fixture.reader().stale(NEW, 100).unwrap().len(), 2);
}

#[test]
fn an_encoding_is_remembered_by_its_sender() {
    let (fixture, _) = fixture();
    let choose = |sender: &str, charset: Option<&str>| {
        let charset = charset.map(str::to_owned);
        fixture.store.own.commit_blocking(OwnWrite::Encoding { sender: sender.to_owned(), charset }).unwrap();
    };
    let chosen = |sender: &str| Encodings::open(fixture.dir.path()).unwrap().unwrap().of(sender).unwrap();
    assert_eq!(chosen("a@example.com"), None);
    choose(" A@Example.com", Some("big5"));
    choose("b@example.com", Some("gb18030"));
    assert_eq!(chosen("a@example.COM").as_deref(), Some("big5"));
    choose("a@example.com", Some("euc-kr"));
    assert_eq!(chosen("a@example.com").as_deref(), Some("euc-kr"));
    choose("a@example.com", None);
    assert_eq!(chosen("a@example.com"), None);
    assert_eq!(chosen("b@example.com").as_deref(), Some("gb18030"));
    // Nobody's address.
    choose("", Some("big5"));
    choose(&format!("{}@example.com", "x".repeat(400)), Some("big5"));
    assert_eq!(chosen(""), None);
    let fixture = fixture.reopen();
    let again = Encodings::open(fixture.dir.path()).unwrap().unwrap();
    assert_eq!(again.of("b@example.com").unwrap().as_deref(), Some("gb18030"));
}

#[test]
fn the_oldest_choices_are_forgotten() {
    let (fixture, _) = fixture();
    let write = |n: u32| OwnWrite::Encoding { sender: format!("{n}@example.com"), charset: Some("big5".to_owned()) };
    block_on(futures_util::future::join_all((0..10_005).map(|n| fixture.store.own.commit(write(n)))));
    // Chosen again, it is not the oldest any more.
    fixture.store.own.commit_blocking(write(5)).unwrap();
    fixture.store.own.commit_blocking(write(20_000)).unwrap();
    let encodings = Encodings::open(fixture.dir.path()).unwrap().unwrap();
    let is_known = |n: u32| encodings.of(&format!("{n}@example.com")).unwrap().is_some();
    assert!([0, 4, 6].into_iter().all(|n| !is_known(n)));
    assert!([5, 7, 8, 10_004, 20_000].into_iter().all(is_known));
}

#[test]
fn where_nothing_was_ever_kept_no_encoding_is_known() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Encodings::open(dir.path()).unwrap().is_none());
    // Made by an older hongyan.
    Connection::open(dir.path().join("own.db")).unwrap().execute_batch("CREATE TABLE want(id)").unwrap();
    assert!(Encodings::open(dir.path()).unwrap().is_none());
}
