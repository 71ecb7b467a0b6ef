//! Messages of the store and of files, saved, exported and shown whole.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use hongyan::text::is_harmless;

use super::home::{Home, USER, finish, server};
use super::terminal::Pty;

const MIXED: &[u8] = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: =?gb2312?B?xOO6ww==?=\r\nX-Hidden: \x1b[31m\r\n\
    Content-Type: multipart/mixed; boundary=m\r\n\r\n\
    --m\r\nContent-Type: multipart/alternative; boundary=n\r\n\r\n\
    --n\r\nContent-Type: text/plain; charset=gbk\r\n\r\n\xc4\xe3\xba\xc3\r\n\
    --n\r\nContent-Type: text/html; charset=gbk\r\n\r\n<p>\xc4\xe3\xba\xc3\x1b[2J</p>\r\n--n--\r\n\
    --m\r\nContent-Type: application/pdf; name=\"../../.bashrc\"\r\nContent-Disposition: attachment\r\n\
    Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n\
    --m\r\nContent-Type: text/x-sh; name=\"x.sh\"\r\nContent-Disposition: attachment; filename=\"x.sh\"\r\n\r\nrm -rf /\r\n\
    --m\r\nContent-Type: text/x-sh; name=\"x.sh\"\r\nContent-Disposition: attachment; filename=\"x.sh\"\r\n\r\necho\r\n\
    --m--\r\n";

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn bytes_of(home: &Home, line: &[&str], input: &[u8]) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let mut child = home.command(line).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let mut bytes = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut bytes).unwrap();
    let _ = writing.join().unwrap();
    assert_eq!(finish(child).code, Some(0));
    bytes
}

#[test]
fn t20_a_pipe_gets_the_bytes_and_a_terminal_what_can_be_shown() {
    let home = Home::new();
    fs::write(home.path().join("x.eml"), MIXED).unwrap();
    assert_eq!(bytes_of(&home, &["show", "-", "--source"], MIXED), MIXED);
    assert_eq!(bytes_of(&home, &["show", "x.eml", "--source"], b""), MIXED);
    assert_eq!(bytes_of(&home, &["show", "-", "--html"], MIXED), b"<p>\xc4\xe3\xba\xc3\x1b[2J</p>");
    assert_eq!(bytes_of(&home, &["show", "-", "--text"], MIXED), "你好\n".as_bytes());
    let headers = home.run(&["show", "x.eml", "--headers"]).good().out;
    assert!(headers.contains("Subject: 你好\nX-Hidden: ␛[31m\n"), "{headers}");
    for (view, shown) in
        [("--source", "X-Hidden: ␛[31m"), ("--html", "<p>你好␛[2J</p>"), ("--headers", "X-Hidden: ␛[31m")]
    {
        let (code, seen) = Pty::start(&home, &["show", "x.eml", view]).end();
        assert_eq!(code, 0, "{seen:?}");
        assert!(seen.contains(shown), "{view}: {seen:?}");
        assert!(seen.chars().all(|c| is_harmless(c) || matches!(c, '\r' | '\n')), "{view}: {seen:?}");
    }
    fs::write(home.path().join("plain.eml"), "Subject: s\n\nx").unwrap();
    assert!(home.run(&["show", "plain.eml", "--html"]).failed().contains("--text"));
}

#[test]
fn f01_attachments_are_saved_and_nothing_else_is_touched() {
    let home = Home::new();
    fs::write(home.path().join("x.eml"), MIXED).unwrap();
    let saved = home.run(&["save-attachments", "x.eml", "saved", "--json"]).json();
    let saved_names: Vec<_> = saved.as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(saved_names, ["saved/bashrc", "saved/x.sh", "saved/x (1).sh"]);
    let folder = home.path().join("saved");
    assert_eq!(names(&folder), ["bashrc", "x (1).sh", "x.sh"]);
    assert_eq!(fs::read(folder.join("bashrc")).unwrap(), b"%PDF");
    assert_eq!(fs::read(folder.join("x (1).sh")).unwrap(), b"echo");
    for name in names(&folder) {
        assert_eq!(fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = home.run(&["save-attachments", "x.eml", "saved"]).good().out;
    assert_eq!(again, "saved/bashrc (1)\nsaved/x (2).sh\nsaved/x (3).sh\n");
    assert_eq!(names(home.path()).iter().filter(|name| name.contains("bashrc")).count(), 0);
}

#[test]
fn t08_a_name_that_a_terminal_would_obey_is_harmless_where_it_is_saved_and_told() {
    let home = Home::new();
    let hostile = b"Subject: s\r\nContent-Type: application/pdf; name=\"=?utf-8?B?G1szMW3igK5mZHAuDQpBCC5leGU=?=\"\r\n\
        Content-Disposition: attachment\r\n\r\nx";
    fs::write(home.path().join("x.eml"), hostile).unwrap();
    for line in [&["save-attachments", "x.eml", "saved"][..], &["save-attachments", "x.eml", "saved", "--json"]] {
        let out = home.run(line).good().out;
        assert!(out.contains("saved/") && out.chars().all(|c| is_harmless(c) || c == '\n'), "{out:?}");
    }
    let saved = names(&home.path().join("saved"));
    assert!(saved.len() == 2 && saved.iter().all(|name| name.chars().all(is_harmless)), "{saved:?}");
}

#[test]
fn f02_a_planted_link_is_not_written_through() {
    let home = Home::new();
    fs::write(home.path().join("x.eml"), MIXED).unwrap();
    fs::create_dir(home.path().join("saved")).unwrap();
    symlink(home.path().join("victim"), home.path().join("saved/x.sh")).unwrap();
    home.run(&["save-attachments", "x.eml", "saved"]).good();
    assert!(!home.path().join("victim").exists());
    fs::write(home.path().join("file"), "").unwrap();
    let said = home.run(&["save-attachments", "x.eml", "file"]).failed();
    assert!(said.contains("file was not saved"), "{said}");
    symlink(home.path().join("victim"), home.path().join("box")).unwrap();
    fs::write(home.path().join("plain.eml"), "Subject: s\n\nx").unwrap();
    let none = home.run(&["save-attachments", "plain.eml", "none"]).good();
    assert!(none.out.is_empty() && none.err.contains("no file in this message"), "{none:?}");
    assert!(!home.path().join("none").exists());
}

/// Messages of the demo server, exported.
#[test]
fn a_folder_is_exported_in_every_form() {
    let server = server();
    server.fill(USER, "INBOX", 10);
    server.deliver(USER, "INBOX", b"Subject: lines\r\nMessage-ID: <l@x>\r\n\r\nFrom here\r\n>From there\r\n");
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let before = server.flags(USER, "INBOX");
    let said = home.run(&["export", "inbox", "--mbox", "all.mbox"]).good();
    assert_eq!(said.out, "exported 11 messages to all.mbox\n");
    assert_eq!(server.flags(USER, "INBOX"), before, "exporting marked something as read");
    let mbox = fs::read(home.path().join("all.mbox")).unwrap();
    let text = String::from_utf8_lossy(&mbox);
    assert_eq!(text.lines().filter(|line| line.starts_with("From ")).count(), 11);
    assert!(text.contains("\n>From here\r\n>>From there\r\n"), "{text}");
    // All of it is here now: no server is needed.
    server.kill();
    let again = home.run(&["export", "inbox", "--mbox", "all.mbox"]).failed();
    assert!(again.contains("all.mbox was not saved: there is something already"), "{again}");
    assert_eq!(fs::read(home.path().join("all.mbox")).unwrap(), mbox);
    home.run(&["export", "inbox", "--maildir", "m"]).good();
    assert_eq!(names(&home.path().join("m")), ["cur", "new", "tmp"]);
    assert_eq!(names(&home.path().join("m/cur")).len(), 11);
    home.run(&["export", "inbox", "--eml", "letters"]).good();
    let letters = names(&home.path().join("letters"));
    assert!(
        letters.len() == 11 && letters.iter().all(|name| name.starts_with("2023-") || name.contains("lines")),
        "{letters:?}"
    );
    let rows = home.run(&["list", "inbox", "--json"]).json();
    let newest = rows[0]["id"].to_string();
    home.run(&["export", &newest, "--eml", "one.eml"]).good();
    assert_eq!(
        home.run(&["show", "one.eml", "--json"]).json(),
        home.run(&["show", &newest, "--json"]).json(),
        "a message that went through a file is the same"
    );
}

#[test]
fn what_cannot_be_had_is_named_and_the_rest_is_exported() {
    let server = server();
    server.fill(USER, "INBOX", 3);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    let id = rows[0]["id"].to_string();
    home.run(&["show", &id]).good();
    server.kill();
    let done = home.run(&["export", "INBOX", "--mbox", "some.mbox"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert_eq!(done.out, "exported 1 message to some.mbox\n");
    assert!(done.err.contains("nothing answers at localhost"), "{done:?}");
    assert_eq!(done.err.matches("its body is not here").count(), 2, "{done:?}");
    // Nothing at all is no file.
    let missing = rows[1]["id"].to_string();
    let done = home.run(&["export", &missing, "--eml", "none.eml"]);
    assert!(done.code == Some(1) && done.out.is_empty(), "{done:?}");
    assert!(!home.path().join("none.eml").exists());
}

#[test]
fn a_message_larger_than_the_screen_shows_is_whole_in_a_file() {
    let server = server();
    let mut large = b"Subject: large\r\nMessage-ID: <big@x>\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n\
        --m\r\n\r\nhello\r\n--m\r\nContent-Type: application/x; name=big.bin\r\n\
        Content-Disposition: attachment; filename=big.bin\r\n\r\n"
        .to_vec();
    let body: Vec<u8> = (0..18 * 1024 * 1024_u32 / 64).flat_map(|n| format!("{n:062}\r\n").into_bytes()).collect();
    large.extend_from_slice(&body);
    large.extend_from_slice(
        b"\r\n--m\r\nContent-Type: text/plain; name=last.txt\r\n\
        Content-Disposition: attachment; filename=last.txt\r\n\r\nend\r\n--m--\r\n",
    );
    server.deliver(USER, "INBOX", &large);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once", "--bodies"]).good();
    let id = home.run(&["list", "INBOX", "--json"]).json()[0]["id"].to_string();
    let shown = home.run(&["show", &id, "--json"]).json();
    assert_eq!(shown["cut"], true, "what was looked at is its beginning");
    assert_eq!(shown["text"], "hello");
    assert_eq!(shown["attachments"][1]["name"], "last.txt");
    assert_eq!(shown["attachments"][0]["size"], body.len());
    home.run(&["save-attachments", &id, "saved"]).good();
    assert!(fs::read(home.path().join("saved/big.bin")).unwrap() == body);
    assert_eq!(fs::read(home.path().join("saved/last.txt")).unwrap(), b"end");
    let source = bytes_of(&home, &["show", &id, "--source"], b"");
    assert!(source.ends_with(b"end\r\n--m--\r\n") && source.len() >= large.len(), "{}", source.len());
}

#[test]
fn m23_h03_what_machines_and_doubts_say_is_printed_too() {
    let home = Home::new();
    let demo = |name: &str| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/odd").join(name)).unwrap();
    for name in ["bounce.eml", "cloud.eml", "phish.eml", "invite.eml"] {
        fs::write(home.path().join(name), demo(name)).unwrap();
    }
    let shown = |name: &str| home.run(&["show", name]).good().out;
    let bounce = shown("bounce.eml");
    assert!(bounce.contains("\nDelivery: dapang@old-address.example · failed · 5.1.1 · "), "{bounce}");
    assert!(shown("cloud.eml").contains("\nCloud: 采访录音-完整.wav · 412.6M · "), "{}", shown("cloud.eml"));
    assert!(shown("invite.eml").contains("\nInvitation: request · 多币种报表演示 / Multi-currency demo · "));
    let phish = shown("phish.eml");
    for said in
        ["Warning: The name shown is ", "Warning: A link says mail.qq.com and leads to ", "in “the name of a file”"]
    {
        assert!(phish.contains(said), "{said}: {phish}");
    }
    let json = home.run(&["show", "cloud.eml", "--json"]).json();
    assert_eq!(json["cards"].as_array().unwrap().len(), 2);
    assert_eq!((&json["cards"][0]["kind"], &json["cards"][0]["keeper"]), (&"cloud".into(), &"QQ".into()));
    assert_eq!((&json["blocked"]["pictures"], &json["blocked"]["hosts"][0]), (&1.into(), &"rescdn.qqmail.com".into()));
}
