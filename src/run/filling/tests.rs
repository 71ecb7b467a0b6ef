use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tokio::sync::mpsc;

use super::*;
use crate::files::maildir::MaildirWriter;
use crate::model::{Folder, PlacementId, Row};
use crate::store::{Restore, Store, StoreOptions};

struct Filled {
    _dir: tempfile::TempDir,
    store: Store,
    reader: Reader,
    outcome: Result<(), String>,
}

impl Filled {
    /// What is at a path, put into a store; `leave` if nobody wants to see it.
    async fn from(path: &Path, leave: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (changes, _) = mpsc::unbounded_channel();
        let names = ["box".to_owned()];
        let options =
            StoreOptions { profile: dir.path(), accounts: &names, now: Timestamp(0), restore: Restore::Refuse };
        let store = Store::open(&options, changes).unwrap();
        let (wanted, watched) = oneshot::channel();
        let filling = Filling {
            mail: store.mail.clone(),
            reader: store.reader().unwrap(),
            account: store.accounts[0].0,
            runtime: Handle::current(),
            wanted,
        };
        let source = Source::open(path).unwrap();
        let watched = Some(watched).filter(|_| !leave);
        let outcome = tokio::task::spawn_blocking(move || filling.fill(source, "box")).await.unwrap();
        drop(watched);
        let reader = store.reader().unwrap();
        Self { _dir: dir, store, reader, outcome }
    }

    fn folders(&self) -> Vec<(String, Folder)> {
        let folders = self.reader.folders().unwrap();
        folders.into_iter().map(|folder| (folder.name.as_untrusted().to_owned(), folder)).collect()
    }

    fn rows(&self, folder: &str) -> Vec<Row> {
        let (_, folder) = self.folders().into_iter().find(|(name, _)| name == folder).unwrap();
        assert_eq!(folder.on_server, folder.total);
        let order: Vec<PlacementId> =
            self.reader.order(folder.id).unwrap().into_iter().map(|entry| entry.placement).collect();
        self.reader.rows(&order).unwrap()
    }

    fn body(&self, row: &Row) -> Vec<u8> {
        self.reader.whole_body(row.message).unwrap().unwrap().bytes().unwrap()
    }
}

fn subjects(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.subject.as_untrusted()).collect()
}

#[tokio::test]
async fn an_mbox_is_a_folder_with_the_flags_that_it_tells() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("box");
    // The last one says that it is the whole file.
    fs::write(
        &path,
        "From a@example.com Tue Nov 17 09:30:00 2026\nSubject: one\n\nhi\n\n\
         From - Wed Nov 18 09:30:00 2026\nSubject: two\nStatus: O\n\n>From me\n\n\
         From b@example.com Thu Nov 19 09:30:00 2026\nSubject: three\nStatus: RO\nX-Status: AF\nContent-Length: 1\n\nlong\n",
    )
    .unwrap();
    let filled = Filled::from(&path, false).await;
    assert_eq!(filled.outcome, Ok(()));
    let rows = filled.rows("box");
    assert_eq!(subjects(&rows), ["three", "two", "one"]);
    let answered = Flags::SEEN.with(Flags::ANSWERED).with(Flags::FLAGGED);
    assert_eq!(rows.iter().map(|row| row.flags).collect::<Vec<_>>(), [answered, Flags::NONE, Flags::SEEN]);
    assert_eq!(rows[2].arrival, Timestamp(1_794_907_800));
    assert_eq!(filled.body(&rows[2]), b"Subject: one\n\nhi\n");
    assert_eq!(filled.body(&rows[1]), b"Subject: two\nStatus: O\n\nFrom me\n");
    assert!(filled.body(&rows[0]).ends_with(b"\n\nlong\n"));
    filled.store.close();
}

#[tokio::test]
async fn f07_a_maildir_is_its_folders_and_nothing_that_is_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("mail");
    let put = |at: &Path, subject: &str, flags| {
        let mut maildir = MaildirWriter::open(at).unwrap();
        let message = format!("\nDate: Tue, 17 Nov 2026 09:30:00 +0800\nSubject: {subject}\n\nbody");
        maildir.add(flags, Timestamp(5), message.as_bytes()).unwrap();
        maildir.end().unwrap();
    };
    put(&root, "top", Flags::NONE);
    put(&root.join(".&V4NXPpCuTvY-"), "junk", Flags::SEEN);
    put(&root.join(".a.b"), "dots", Flags::FLAGGED);
    put(&root.join("a"), "folder", Flags::NONE);
    symlink("/etc/passwd", root.join("cur/link:2,S")).unwrap();
    symlink(&root, root.join("circle")).unwrap();
    let filled = Filled::from(&root, false).await;
    assert_eq!(filled.outcome, Ok(()));
    let mut names: Vec<String> = filled.folders().into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, ["INBOX", "a", "a/b", "垃圾邮件"]);
    for (folder, subject, flags) in [
        ("INBOX", "top", Flags::NONE),
        ("垃圾邮件", "junk", Flags::SEEN),
        ("a/b", "dots", Flags::FLAGGED),
        ("a", "folder", Flags::NONE),
    ] {
        let rows = filled.rows(folder);
        assert_eq!(subjects(&rows), [subject]);
        assert_eq!((rows[0].flags, rows[0].arrival), (flags, Timestamp(5)));
    }
    filled.store.close();
}

#[tokio::test]
async fn a_large_message_comes_whole_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.eml");
    let mut raw = b"Subject: large\nDate: Tue, 17 Nov 2026 09:30:00 +0800\n\n".to_vec();
    raw.extend((0..3 * SMALL).map(|n| u8::try_from(n % 251).unwrap()));
    fs::write(&path, &raw).unwrap();
    let filled = Filled::from(&path, false).await;
    assert_eq!(filled.outcome, Ok(()));
    let rows = filled.rows("box");
    assert_eq!((subjects(&rows), rows[0].arrival), (vec!["large"], Timestamp(1_794_879_000)));
    assert_eq!(rows[0].size, u64::try_from(raw.len()).unwrap());
    assert!(filled.body(&rows[0]) == raw);
    filled.store.close();
}

#[tokio::test]
async fn many_messages_are_many_rows_with_their_bodies() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("box");
    let count = 2_000;
    let letters = (0..count).map(|n| format!("From - Tue Nov 17 09:30:00 2026\nSubject: {n}\n\nbody {n}\n\n"));
    fs::write(&path, letters.collect::<String>()).unwrap();
    let filled = Filled::from(&path, false).await;
    assert_eq!(filled.outcome, Ok(()));
    let rows = filled.rows("box");
    assert_eq!(rows.len(), count);
    for row in rows {
        let n = row.subject.as_untrusted().to_owned();
        assert_eq!(filled.body(&row), format!("Subject: {n}\n\nbody {n}\n").into_bytes());
    }
    filled.store.close();
}

#[tokio::test]
async fn what_nobody_wants_is_not_read_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("box");
    fs::write(&path, "From - Tue Nov 17 09:30:00 2026\nSubject: one\n\nhi\n\n").unwrap();
    let filled = Filled::from(&path, true).await;
    assert_eq!(filled.outcome, Ok(()));
    assert_eq!(filled.folders()[0].1.total, 0);
    filled.store.close();
}
