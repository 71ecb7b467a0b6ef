//! Whom mail.db knows, and from where.

use super::*;
use crate::model::{Person, Role};

fn folder_for(fixture: &Fixture, name: &str, role: Option<Role>) -> FolderId {
    let folder = |name: &str, role| FolderSeen {
        name: FolderName { wire: name.as_bytes().to_vec(), delimiter: Some('/') },
        decoded: name.to_owned(),
        role,
        selectable: true,
    };
    let seen = vec![folder("INBOX", Some(Role::Inbox)), folder(name, role)];
    let account = fixture.store.accounts[0].0;
    let Written::Folders(ids) = fixture.commit(MailWrite::Folders { account, seen, at: Timestamp(0) }) else {
        panic!()
    };
    fixture.commit(MailWrite::Opened { folder: ids[1], uidvalidity: 1, on_server: 0, renumbered: false });
    ids[1]
}

fn message(uid: u32, fields: &str) -> Incoming {
    let raw = format!("{fields}\r\nMessage-ID: <p{uid}@example.com>\r\n\r\n");
    Incoming { headers: headers(raw.as_bytes()), raw: raw.into_bytes(), ..incoming(uid, Flags::NONE) }
}

fn come(fixture: &Fixture, folder: FolderId, messages: &[&str]) {
    let messages = messages.iter().zip(1..).map(|(fields, uid)| message(uid, fields)).collect();
    fixture.commit(MailWrite::Ingest { folder, messages, on_server: 0 });
}

fn shown(people: Vec<Person>) -> Vec<String> {
    let person = |person: Person| {
        let mark = if person.wrote { " *" } else { "" };
        format!("{} <{}>{mark}", person.name.as_untrusted(), person.address.as_untrusted())
    };
    people.into_iter().map(person).collect()
}

#[test]
fn those_one_wrote_to_are_learned_from_sent_and_the_others_from_where_mail_comes_in() {
    let (fixture, inbox) = fixture();
    let reader = fixture.reader();
    assert_eq!(reader.people("", 10).unwrap(), []);
    let sent = folder_for(&fixture, "Sent", Some(Role::Sent));
    come(
        &fixture,
        inbox,
        &[
            "From: 张三 <ZS@example.com>",
            "From: 张三丰 <wudang@example.com>",
            "From: News <no-reply@news.example>",
            "From: not an address",
        ],
    );
    assert_eq!(shown(reader.people("zs", 10).unwrap()), ["张三丰 <wudang@example.com>", "张三 <zs@example.com>"]);
    come(
        &fixture,
        sent,
        &["From: me@example.com\r\nTo: zs@example.com, Li Lei <ll@example.com>\r\nCc: han@example.com"],
    );
    // The same reader sees it, and the name that is known stays.
    assert_eq!(shown(reader.people("zs", 10).unwrap()), ["张三 <zs@example.com> *", "张三丰 <wudang@example.com>"]);
    assert_eq!(reader.people("", 10).unwrap().len(), 4);
    assert_eq!(shown(reader.people("han", 10).unwrap()), [" <han@example.com> *"]);
    let junk = folder_for(&fixture, "Junk", Some(Role::Junk));
    come(&fixture, junk, &["From: Prince <prince@example.com>"]);
    assert_eq!(reader.people("pri", 10).unwrap(), []);
}

#[test]
fn a_message_that_is_known_already_counts_once() {
    let (fixture, inbox) = fixture();
    for _ in 0..3 {
        come(&fixture, inbox, &["From: 张三 <zs@example.com>"]);
    }
    fixture.commit(MailWrite::Opened { folder: inbox, uidvalidity: 8, on_server: 1, renumbered: false });
    come(&fixture, inbox, &["From: 张三 <zs@example.com>"]);
    let db = rusqlite::Connection::open(fixture.dir.path().join("mail.db")).unwrap();
    let writes: i64 = db.query_row("SELECT writes FROM person", [], |row| row.get(0)).unwrap();
    assert_eq!(writes, 1);
}

#[test]
fn there_is_a_bound_and_those_one_wrote_to_stay() {
    const MANY: u32 = 50_400;
    let (fixture, inbox) = fixture();
    let sent = folder_for(&fixture, "Sent", Some(Role::Sent));
    come(&fixture, sent, &["To: friend@example.com"]);
    let all: Vec<Incoming> = (1..=MANY).map(|uid| message(uid, &format!("From: u{uid}@example.com"))).collect();
    for batch in all.chunks(5_000) {
        fixture.commit(MailWrite::Ingest { folder: inbox, messages: batch.to_vec(), on_server: 0 });
    }
    let reader = fixture.reader();
    let known = reader.people("", usize::MAX).unwrap();
    assert!(known.len() <= 50_000 && known.len() > 49_000, "{}", known.len());
    assert_eq!(known[0].address.as_untrusted(), "friend@example.com");
    assert_eq!(reader.people(&format!("u{MANY}@"), 5).unwrap().len(), 1, "the youngest");
    assert_eq!(reader.people("u1@", 5).unwrap(), [], "the oldest went");
}

#[test]
fn an_older_file_knows_people_from_its_list() {
    let (fixture, inbox) = fixture();
    let sent = folder_for(&fixture, "Sent", Some(Role::Sent));
    come(&fixture, inbox, &["From: 张三 <zs@example.com>", "From: <no-reply@news.example>"]);
    come(&fixture, sent, &["To: 李雷 <ll@example.com>"]);
    let Fixture { dir, store, .. } = fixture;
    store.close();
    let db = rusqlite::Connection::open(dir.path().join("mail.db")).unwrap();
    db.execute_batch(
        "DROP TRIGGER message_came; DROP TRIGGER message_changed; DROP TRIGGER message_went; DROP TABLE change;
         DROP TABLE identity; DROP INDEX msg_without_body;
         DROP INDEX placement_away; DROP INDEX pending_want; ALTER TABLE pending DROP COLUMN step;
         ALTER TABLE pending DROP COLUMN way; DROP TABLE expected;
         DROP INDEX placement_strand; DROP INDEX placement_msg; DROP INDEX placement_starred; DROP INDEX placement_order;
         DROP TABLE ref; DROP TABLE joined; ALTER TABLE placement DROP COLUMN strand; ALTER TABLE msg DROP COLUMN kind;
         ALTER TABLE msg DROP COLUMN own; ALTER TABLE msg DROP COLUMN other; ALTER TABLE msg DROP COLUMN refs;
         ALTER TABLE placement DROP COLUMN shown;
         CREATE INDEX placement_order ON placement(folder, arrival DESC, uid DESC);
         DROP TABLE person; ALTER TABLE account DROP COLUMN mark; PRAGMA user_version = 4",
    )
    .unwrap();
    drop(db);
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let fixture = Fixture { dir, store, changes };
    let known = shown(fixture.reader().people("", 10).unwrap());
    assert_eq!(known, ["李雷 <ll@example.com> *", "张三 <zs@example.com>"]);
}

#[test]
fn who_was_known_from_an_account_that_is_given_up_is_forgotten() {
    let (fixture, inbox) = fixture();
    come(&fixture, inbox, &["From: 张三 <zs@example.com>"]);
    let Written::Account(other) = fixture.commit(MailWrite::Account("work".to_owned())) else { panic!() };
    let name = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    let seen = vec![FolderSeen { name, decoded: "INBOX".to_owned(), role: Some(Role::Inbox), selectable: true }];
    let Written::Folders(ids) = fixture.commit(MailWrite::Folders { account: other, seen, at: Timestamp(0) }) else {
        panic!()
    };
    fixture.commit(MailWrite::Opened { folder: ids[0], uidvalidity: 1, on_server: 0, renumbered: false });
    come(&fixture, ids[0], &["From: 李雷 <ll@example.com>"]);
    let reader = fixture.reader();
    assert_eq!(reader.people("", 10).unwrap().len(), 2);
    fixture.commit(MailWrite::Forget(other));
    assert_eq!(shown(reader.people("", 10).unwrap()), ["张三 <zs@example.com>"]);
    come(&fixture, inbox, &["From: x@example.com", "From: 韩 <han@example.com>"]);
    assert_eq!(reader.people("", 10).unwrap().len(), 2);
}

#[test]
fn those_brought_along_from_elsewhere_are_offered_at_once_and_outlive_mail_db() {
    let (fixture, inbox) = fixture();
    come(&fixture, inbox, &["From: lilei1987 <ll@example.com>"]);
    let reader = fixture.reader();
    assert_eq!(shown(reader.people("l", 10).unwrap()), ["lilei1987 <ll@example.com>"]);
    let book = vec![("李雷".to_owned(), "LL@example.com".to_owned()), ("韩".to_owned(), "han@example.com".to_owned())];
    assert_eq!(block_on(fixture.store.own.bring_along(book.clone())).unwrap(), 2);
    assert_eq!(block_on(fixture.store.own.bring_along(book)).unwrap(), 0);
    assert_eq!(shown(reader.people("ll", 10).unwrap()), ["李雷 <ll@example.com>"]);
    assert_eq!(shown(reader.people("han", 10).unwrap()), ["韩 <han@example.com>"]);
    drop(reader);
    let Fixture { dir, store, .. } = fixture;
    store.close();
    for file in ["mail.db", "mail.db-wal", "mail.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(file));
    }
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let fixture = Fixture { dir, store, changes };
    assert_eq!(fixture.reader().people("", 10).unwrap().len(), 2);
}
