use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn read(folder: &MaildirFolder) -> Vec<(String, Flags, i64)> {
    let mut all: Vec<_> = folder
        .messages()
        .map(|stored| {
            let mut stored = stored.unwrap();
            let mut text = String::new();
            stored.file.read_to_string(&mut text).unwrap();
            assert_eq!(u64::try_from(text.len()).unwrap(), stored.size);
            (text, stored.flags, stored.arrival.0)
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

fn names(maildir: &Maildir) -> Vec<String> {
    maildir.folders.iter().map(|folder| shown(&folder.name)).collect()
}

fn make(root: &Path, folder: &str) -> PathBuf {
    let path = root.join(folder);
    for shelf in ["cur", "new", "tmp"] {
        fs::create_dir_all(path.join(shelf)).unwrap();
    }
    path
}

#[test]
fn folders_of_every_kind_are_found_and_messages_have_their_flags() {
    let dir = tempfile::tempdir().unwrap();
    let root = make(dir.path(), "");
    for folder in [".Sent", ".Work.2026", ".&Xn9USpCuTvY-", "plain/inner", ".a b\u{1b}[31m"] {
        make(dir.path(), folder);
    }
    fs::create_dir_all(dir.path().join("no maildir/x")).unwrap();
    fs::write(root.join("new/1.a.b"), "new").unwrap();
    fs::write(root.join("cur/2.a.b:2,FRS"), "seen").unwrap();
    fs::write(root.join("cur/3.a.b;2,TDP"), "semicolon").unwrap();
    fs::write(root.join("cur/4 \n\u{202e}:2,x"), "strange").unwrap();
    fs::write(root.join("cur/.hidden"), "hidden").unwrap();
    fs::write(root.join("tmp/5.a.b"), "half").unwrap();
    let maildir = Maildir::open(dir.path()).unwrap().unwrap();
    let mut found = names(&maildir);
    found.sort();
    assert_eq!(found, ["", "&Xn9USpCuTvY-", "Sent", "Work/2026", "a b\u{1b}[31m", "plain/inner"]);
    let messages: Vec<_> = read(&maildir.folders[0]).into_iter().map(|(text, flags, _)| (text, flags)).collect();
    assert_eq!(
        messages,
        [
            ("new".to_owned(), Flags::NONE),
            ("seen".to_owned(), Flags::FLAGGED.with(Flags::ANSWERED).with(Flags::SEEN)),
            ("semicolon".to_owned(), Flags::DELETED.with(Flags::DRAFT).with(Flags::FORWARDED)),
            ("strange".to_owned(), Flags::NONE),
        ]
    );
    assert_eq!(Maildir::open(&dir.path().join("no maildir")).unwrap(), None);
}

#[cfg(target_os = "linux")]
#[test]
fn f07_links_pipes_devices_and_cycles_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let root = make(dir.path(), "");
    fs::write(elsewhere.path().join("secret"), "secret").unwrap();
    make(elsewhere.path(), "");
    symlink(elsewhere.path().join("secret"), root.join("cur/1:2,S")).unwrap();
    symlink("/dev/zero", root.join("cur/2:2,S")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, root.join("cur/3:2,S"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("cur/4:2,S")).unwrap();
    fs::create_dir(root.join("cur/5:2,S")).unwrap();
    // Round in circles, and out of it.
    symlink(dir.path(), root.join(".loop")).unwrap();
    symlink(elsewhere.path(), root.join(".out")).unwrap();
    make(dir.path(), ".inner");
    fs::remove_dir(dir.path().join(".inner/cur")).unwrap();
    symlink(elsewhere.path(), dir.path().join(".inner/cur")).unwrap();
    fs::write(root.join("cur/6:2,S"), "good").unwrap();
    let maildir = Maildir::open(dir.path()).unwrap().unwrap();
    assert_eq!(names(&maildir), ["", "inner"]);
    assert_eq!(read(&maildir.folders[0]).len(), 1);
    assert_eq!(read(&maildir.folders[1]).len(), 0);
}

#[test]
fn f07_folders_without_end_are_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let deep = ["x"; 60].join("/");
    fs::create_dir_all(dir.path().join(&deep).join("cur")).unwrap();
    make(dir.path(), "");
    assert_eq!(Maildir::open(dir.path()).unwrap().unwrap().folders.len(), 1);
}

#[test]
fn messages_of_which_there_are_many_come_one_by_one() {
    let dir = tempfile::tempdir().unwrap();
    let root = make(dir.path(), "");
    for n in 0..5_000 {
        fs::write(root.join(format!("cur/{n}:2,")), "x").unwrap();
    }
    let maildir = Maildir::open(dir.path()).unwrap().unwrap();
    let mut messages = maildir.folders[0].messages();
    assert_eq!(messages.next().unwrap().unwrap().size, 1);
    // They are not all known beforehand: what is removed meanwhile is no error.
    fs::remove_dir_all(root.join("cur")).unwrap();
    assert!(messages.all(|stored| stored.is_ok()));
}

#[test]
fn what_is_written_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("out");
    let mut writer = MaildirWriter::open(&path).unwrap();
    let all = [("one", Flags::NONE), ("two", Flags::SEEN.with(Flags::FLAGGED).with(Flags::JUNK))];
    for (text, flags) in all {
        writer.add(flags, Timestamp(1_794_907_800), text.as_bytes()).unwrap();
    }
    writer.end().unwrap();
    let maildir = Maildir::open(&path).unwrap().unwrap();
    let read_back = read(&maildir.folders[0]);
    assert_eq!(read_back[0], ("one".to_owned(), Flags::NONE, 1_794_907_800));
    assert_eq!(read_back[1], ("two".to_owned(), Flags::SEEN.with(Flags::FLAGGED), 1_794_907_800));
    for entry in fs::read_dir(path.join("cur")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(name.ends_with(":2,") || name.ends_with(":2,FS"), "{name}");
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // A second time beside the first.
    MaildirWriter::open(&path).unwrap().add(Flags::NONE, Timestamp(0), &b"three"[..]).unwrap();
    assert_eq!(read(&maildir.folders[0]).len(), 3);
    assert_eq!(fs::read_dir(path.join("tmp")).unwrap().count(), 0);
}

#[test]
fn f05_what_cannot_be_written_leaves_nothing_behind() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let mut writer = MaildirWriter::open(dir.path()).unwrap();
    let failed = writer.add(Flags::NONE, Timestamp(0), b"half".chain(Broken)).unwrap_err();
    assert_eq!(failed.kind(), io::ErrorKind::StorageFull);
    for shelf in ["cur", "tmp", "new"] {
        assert_eq!(fs::read_dir(dir.path().join(shelf)).unwrap().count(), 0, "{shelf}");
    }
}

#[test]
fn f02_a_folder_with_other_things_or_a_link_in_it_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.txt"), "x").unwrap();
    assert!(MaildirWriter::open(dir.path()).is_err());
    let linked = tempfile::tempdir().unwrap();
    fs::create_dir(linked.path().join("tmp")).unwrap();
    fs::create_dir(linked.path().join("new")).unwrap();
    fs::create_dir(linked.path().join("aside")).unwrap();
    symlink(dir.path(), linked.path().join("cur")).unwrap();
    assert!(MaildirWriter::open(linked.path()).is_err());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
