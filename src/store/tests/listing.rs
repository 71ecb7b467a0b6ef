//! Lists of one folder and of several, as they are shown.

use super::*;
use crate::model::{Answer, Kind, Knot, Listing, OrderEntry, Role, Sort, SortBy, Split, ThreadId, Threads};

/// An inbox and what was sent from it.
fn boxes() -> (Fixture, FolderId, FolderId) {
    let (fixture, inbox) = fixture();
    let folder = |name: &str, role| FolderSeen {
        name: FolderName { wire: name.as_bytes().to_vec(), delimiter: Some('/') },
        decoded: name.to_owned(),
        role: Some(role),
        selectable: true,
    };
    let seen = vec![folder("INBOX", Role::Inbox), folder("Sent", Role::Sent), folder("Trash", Role::Trash)];
    let account = fixture.store.accounts[0].0;
    let Written::Folders(ids) = fixture.commit(MailWrite::Folders { account, seen, at: Timestamp(0) }) else {
        panic!()
    };
    for folder in [ids[1], ids[2]] {
        fixture.commit(MailWrite::Opened { folder, uidvalidity: 1, on_server: 0, renumbered: false });
    }
    (fixture, inbox, ids[1])
}

/// A message that arrives at `uid` and is called so, with these fields.
fn come(fixture: &Fixture, folder: FolderId, uid: u32, fields: &str) {
    let raw = format!("Message-ID: <{uid}@example.com>\r\n{fields}\r\n\r\n");
    let message = Incoming { headers: headers(raw.as_bytes()), raw: raw.into_bytes(), ..incoming(uid, Flags::NONE) };
    fixture.commit(MailWrite::Ingest { folder, messages: vec![message], on_server: 0 });
}

fn answers(uid: u32) -> String {
    format!("From: B <b@example.com>\r\nSubject: Re: a\r\nIn-Reply-To: <{uid}@example.com>")
}

fn listed(fixture: &Fixture, listing: &Listing) -> (Vec<OrderEntry>, Vec<Knot>) {
    let Answer::Order { order, knots, .. } = fixture.reader().answer(&Query::Order(Box::new(listing.clone()))) else {
        panic!()
    };
    (order, knots)
}

/// When each line arrived, which is its number: with its depth before it, and behind it how many are folded into it.
fn lines(fixture: &Fixture, listing: &Listing) -> Vec<String> {
    let (order, knots) = listed(fixture, listing);
    let line = |(entry, knot): (&OrderEntry, &Knot)| {
        let count = if knot.folded { format!(" ({})", knot.count) } else { String::new() };
        format!("{}{}{count}", "-".repeat(usize::from(knot.depth)), entry.arrival.0 - 1_700_000_000)
    };
    if knots.is_empty() {
        return order.iter().map(|entry| (entry.arrival.0 - 1_700_000_000).to_string()).collect();
    }
    assert_eq!(order.len(), knots.len());
    order.iter().zip(&knots).map(line).collect()
}

fn threaded(source: Source, open: bool, turned: Vec<ThreadId>) -> Listing {
    Listing { threads: Threads::On { open, turned }, ..Listing::flat(source) }
}

#[test]
fn a_conversation_stands_where_its_newest_message_is_with_what_the_user_sent() {
    let (fixture, inbox, sent) = boxes();
    come(&fixture, inbox, 1, "From: A <a@example.com>\r\nSubject: a");
    come(&fixture, inbox, 2, "Subject: other");
    come(&fixture, sent, 3, &answers(1));
    come(&fixture, inbox, 4, &answers(3));
    come(&fixture, inbox, 5, "Subject: last");
    come(&fixture, sent, 6, &answers(2));
    let folded = threaded(Source::Folder(inbox), false, Vec::new());
    assert_eq!(lines(&fixture, &folded), ["5", "4 (3)", "2 (2)"]);
    let open = threaded(Source::Folder(inbox), true, Vec::new());
    assert_eq!(lines(&fixture, &open), ["5", "1", "-3", "--4", "2", "-6"]);
    let thread = listed(&fixture, &folded).1[1].thread;
    let turned = threaded(Source::Folder(inbox), false, vec![thread]);
    assert_eq!(lines(&fixture, &turned), ["5", "1", "-3", "--4", "2 (2)"]);
    assert_eq!(lines(&fixture, &threaded(Source::Folder(inbox), true, vec![thread])), ["5", "4 (3)", "2", "-6"]);
    assert_eq!(lines(&fixture, &Listing::flat(Source::Folder(inbox))), ["5", "4", "2", "1"]);
    // Oldest first: the conversations, not what is in them.
    let sort = Sort { by: SortBy::Date, reversed: true };
    assert_eq!(lines(&fixture, &Listing { sort, ..open }), ["2", "-6", "1", "-3", "--4", "5"]);
    // The message under the cursor goes on standing for its conversation.
    let keep = listed(&fixture, &Listing::flat(Source::Folder(inbox))).0.last().map(|entry| entry.placement);
    assert_eq!(lines(&fixture, &Listing { keep, ..folded }), ["5", "1 (3)", "2 (2)"]);
}

#[test]
fn a_row_says_what_is_folded_into_it() {
    let (fixture, inbox, sent) = boxes();
    come(&fixture, inbox, 1, "From: A <a@example.com>\r\nSubject: a\r\nContent-Type: multipart/mixed");
    come(&fixture, sent, 3, &answers(1));
    come(&fixture, inbox, 4, &answers(3));
    fixture.commit(MailWrite::Flags { folder: inbox, flags: vec![(1, Flags::SEEN.with(Flags::FLAGGED))] });
    let source = Source::Folder(inbox);
    let (order, knots) = listed(&fixture, &threaded(source.clone(), false, Vec::new()));
    let rows = |threads| {
        let placements = vec![order[0].placement];
        let query = Query::Rows { source: source.clone(), placements, threads };
        let Answer::Rows { rows, .. } = fixture.reader().answer(&query) else { panic!() };
        rows
    };
    assert_eq!(rows(false)[0].conversation, None);
    let row = &rows(true)[0];
    let said = row.conversation.as_ref().unwrap();
    assert_eq!((row.thread, knots[0].count), (knots[0].thread, said.count));
    assert_eq!((said.count, said.unread, said.starred, said.attachments, said.muted), (3, 1, true, true, false));
    let people: Vec<(&str, bool)> = said.people.iter().map(|one| (one.name.as_untrusted(), one.own)).collect();
    assert_eq!(people, [("A", false), ("B", true), ("B", false)]);
    assert_eq!(said.members.len(), 2);
    assert_eq!(said.members[0], order[0].placement);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_conversation_is_known_by_its_oldest_message() {
    let (fixture, inbox) = tokio::task::spawn_blocking(|| {
        let (fixture, inbox, _) = boxes();
        come(&fixture, inbox, 1, "Subject: a");
        come(&fixture, inbox, 4, &answers(1));
        (fixture, inbox)
    })
    .await
    .unwrap();
    let row = || {
        let placements = vec![fixture.reader().order(inbox).unwrap()[0].placement];
        let query = Query::Rows { source: Source::Folder(inbox), placements, threads: true };
        let Answer::Rows { mut rows, .. } = fixture.reader().answer(&query) else { panic!() };
        rows.remove(0)
    };
    assert!(!row().conversation.unwrap().muted);
    let msgid = fixture.reader().root_of(row().thread).unwrap().unwrap();
    assert_eq!(msgid, "1@example.com");
    fixture.store.own.commit(OwnWrite::Mute { msgid: msgid.clone(), mute: true, at: Timestamp(1) }).await.unwrap();
    assert!(row().conversation.unwrap().muted);
    fixture.store.own.commit(OwnWrite::Mute { msgid, mute: false, at: Timestamp(2) }).await.unwrap();
    assert!(!row().conversation.unwrap().muted);
    tokio::task::spawn_blocking(move || drop(fixture)).await.unwrap();
}

#[test]
fn messages_of_before_find_their_conversation_later() {
    let (fixture, inbox, _) = boxes();
    come(&fixture, inbox, 1, "Subject: a");
    come(&fixture, inbox, 4, &answers(1));
    let Fixture { dir, store, .. } = fixture;
    store.close();
    let db = rusqlite::Connection::open(dir.path().join("mail.db")).unwrap();
    db.execute_batch("DELETE FROM ref; UPDATE placement SET strand = 0; UPDATE msg SET own = 0, refs = x'', kind = 0")
        .unwrap();
    drop(db);
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let mut fixture = Fixture { dir, store, changes };
    let listing = threaded(Source::Folder(inbox), true, Vec::new());
    assert_eq!(lines(&fixture, &listing), ["4", "1"]);
    let stale = fixture.reader().stale(9, 10).unwrap();
    let messages = stale.into_iter().map(|(id, raw)| (id, headers(&raw))).collect();
    fixture.commit(MailWrite::Derived { messages, decoder: 9 });
    assert_eq!(lines(&fixture, &listing), ["1", "-4"]);
    let told: Vec<Changed> = std::iter::from_fn(|| fixture.changes.try_recv().ok()).collect();
    assert!(told.contains(&Changed::Order(inbox)), "{told:?}");
}

#[test]
fn parts_of_a_list_have_what_belongs_to_them_and_the_one_under_the_cursor() {
    let (fixture, inbox, _) = boxes();
    come(&fixture, inbox, 1, "From: X <x@news.example>\r\nSubject: 三月账单");
    come(&fixture, inbox, 2, "From: Y <y@b.example>\r\nSubject: plan\r\nContent-Type: multipart/mixed");
    come(&fixture, inbox, 3, "From: X <x@news.example>\r\nSubject: weekly\r\nList-Id: <x.example>");
    fixture.commit(MailWrite::Flags { folder: inbox, flags: vec![(1, Flags::SEEN), (2, Flags::FLAGGED)] });
    let of = |split: Split| Listing::flat(Source::Split { of: Box::new(Source::Folder(inbox)), split });
    let split = |split: Split| lines(&fixture, &of(split));
    assert_eq!(split(Split::Unread), ["3", "2"]);
    assert_eq!(split(Split::Starred), ["2"]);
    assert_eq!(split(Split::Attachments), ["2"]);
    assert_eq!(split(Split::Kind(Kind::Bill)), ["1"]);
    assert_eq!(split(Split::Kind(Kind::Subscription)), ["3"]);
    let keep = fixture.reader().order(inbox).unwrap().last().map(|entry| entry.placement);
    assert_eq!(lines(&fixture, &Listing { keep, ..of(Split::Unread) }), ["3", "2", "1"]);
}

#[test]
fn starred_messages_are_gathered_once_and_not_from_the_trash() {
    let (fixture, inbox, sent) = boxes();
    let trash = fixture.reader().folder_named(fixture.store.accounts[0].0, b"Trash").unwrap().unwrap();
    for (folder, uid) in [(inbox, 1), (sent, 2), (trash, 3)] {
        come(&fixture, folder, uid, "Subject: a");
        fixture.commit(MailWrite::Flags { folder, flags: vec![(uid, Flags::FLAGGED)] });
    }
    // The same message in a second folder.
    come(&fixture, sent, 1, "Subject: a");
    fixture.commit(MailWrite::Flags { folder: sent, flags: vec![(1, Flags::FLAGGED)] });
    assert_eq!(lines(&fixture, &Listing::flat(Source::Starred)), ["2", "1"]);
}

#[test]
fn inboxes_of_all_accounts_are_one_list_by_date() {
    let (fixture, inbox, _) = boxes();
    let Written::Account(account) = fixture.commit(MailWrite::Account("work".to_owned())) else { panic!() };
    let name = FolderName { wire: b"INBOX".to_vec(), delimiter: Some('/') };
    let seen = vec![FolderSeen { name, decoded: "INBOX".to_owned(), role: Some(Role::Inbox), selectable: true }];
    let Written::Folders(ids) = fixture.commit(MailWrite::Folders { account, seen, at: Timestamp(0) }) else {
        panic!()
    };
    fixture.commit(MailWrite::Opened { folder: ids[0], uidvalidity: 1, on_server: 0, renumbered: false });
    come(&fixture, inbox, 1, "Subject: a");
    come(&fixture, ids[0], 2, "Subject: b");
    come(&fixture, inbox, 3, "Subject: c");
    let listing = Listing::flat(Source::Unified(Role::Inbox));
    assert_eq!(lines(&fixture, &listing), ["3", "2", "1"]);
    let placements = listed(&fixture, &listing).0.iter().map(|entry| entry.placement).collect();
    let query = Query::Rows { source: listing.source, placements, threads: false };
    let Answer::Rows { rows, .. } = fixture.reader().answer(&query) else { panic!() };
    assert_eq!(rows.iter().map(|row| row.account == account).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(rows[1].folder, ids[0]);
}

#[test]
fn lists_are_sorted_as_one_looks_things_up() {
    let (fixture, inbox, _) = boxes();
    for (uid, from, subject) in
        [(1, "张三", "b"), (2, "bob", "Re: a"), (3, "李四", "回复：c"), (4, "Zoe", "A"), (5, "Bob", "")]
    {
        come(&fixture, inbox, uid, &format!("From: {from} <x@example.com>\r\nSubject: {subject}"));
    }
    fixture.commit(MailWrite::Flags { folder: inbox, flags: vec![(5, Flags::SEEN), (4, Flags::SEEN)] });
    let by = |by, reversed| {
        let listing = Listing { sort: Sort { by, reversed }, ..threaded(Source::Folder(inbox), false, Vec::new()) };
        lines(&fixture, &listing)
    };
    assert_eq!(by(SortBy::Sender, false), ["5", "2", "3", "1", "4"]);
    assert_eq!(by(SortBy::Subject, false), ["4", "2", "1", "3", "5"]);
    assert_eq!(by(SortBy::Size, false), ["5", "4", "3", "2", "1"]);
    assert_eq!(by(SortBy::Size, true), ["1", "2", "3", "4", "5"]);
    assert_eq!(by(SortBy::UnreadFirst, false), ["3", "2", "1", "5", "4"]);
}
