//! `folders`, `list` and `show`: no lock, no network, and nothing that a terminal obeys.

use std::fs;

use hongyan::store::ProfileLock;
use hongyan::text::is_harmless;
use serde_json::json;

use super::home::{Home, USER, finish, server};

#[test]
fn where_nothing_is_stored_the_answer_is_empty_and_a_hint_says_why() {
    let home = Home::new();
    for (line, out) in
        [(&["folders", "--json"][..], "[]\n"), (&["folders"], ""), (&["list", "INBOX", "--json"], "[]\n")]
    {
        let done = home.run(line).good();
        assert_eq!(done.out, out);
        assert!(done.err.contains("hongyan account add ADDRESS"), "{done:?}");
    }
    assert_eq!(home.run(&["account", "list", "--json"]).good().out, "[]\n");
    let server = server();
    let home = Home::with_account(&server);
    let done = home.run(&["list", "INBOX", "--json"]).good();
    assert_eq!(done.out, "[]\n");
    assert!(done.err.contains("hongyan sync --once"), "{done:?}");
    assert_eq!(home.run(&["show", "1"]).code, Some(1));
    assert!(!home.profile().join("mail.db").exists(), "reading makes nothing");
}

#[test]
fn a_message_is_fetched_when_it_is_shown_and_stays_unread() {
    let server = server();
    server.fill(USER, "INBOX", 10);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let before = server.flags(USER, "INBOX");
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    for row in rows.as_array().unwrap() {
        let n = row["uid"].as_u64().unwrap() - 1;
        let id = row["id"].to_string();
        let shown = home.run(&["show", &id, "--json"]).json();
        assert_eq!((&shown["subject"], &shown["date"]), (&row["subject"], &row["date"]));
        assert_eq!(shown["from"], json!([row["from"]]));
        assert_eq!(shown["message_id"].as_str().unwrap().split('@').next(), Some(&*format!("letter.{n}")));
        assert!(shown["text"].as_str().unwrap().contains(&format!("这是第 {n} 封信")), "{shown}");
        assert_eq!(shown["source"], if n % 5 == 4 { "html" } else { "plain" });
    }
    assert_eq!(server.flags(USER, "INBOX"), before, "showing marked something as read");
    // Once fetched it is here, also without the server and beside somebody who writes.
    server.kill();
    let _lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    assert!(rows.as_array().unwrap().iter().all(|row| row["body"] == "here"));
    let id = rows[0]["id"].to_string();
    let plain = home.run(&["show", &id]).good().out;
    for part in ["From: ", "To: me@mail.example\n", "Date: 2023-", "Subject: ", "\n\n你好，\n"] {
        assert!(plain.contains(part), "{plain}");
    }
    let gone = home.run(&["show", "4711", "--json"]).failed();
    assert!(gone.contains("not there"), "{gone}");
}

#[test]
fn a_body_that_cannot_be_fetched_is_told_and_one_that_is_gone_too() {
    let server = server();
    server.fill(USER, "INBOX", 3);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    let ids: Vec<String> = rows.as_array().unwrap().iter().map(|row| row["id"].to_string()).collect();
    server.expunge(USER, "INBOX", 3);
    let gone = home.run(&["show", &ids[0]]).failed();
    assert!(gone.contains("not there any more"), "{gone}");
    server.kill();
    let offline = home.run(&["show", &ids[1]]).failed();
    assert!(offline.contains("nothing answers at localhost"), "{offline}");
}

#[test]
fn t20_whatever_a_message_holds_the_output_is_safe() {
    let server = server();
    let hostile = "From: =?utf-8?B?G1syShtbMTsxSA==?= <a\u{202e}b@x.example>\r\nTo: me@mail.example\r\n\
        Subject: \u{1b}]52;c;aGk=\u{7} \u{9b}31m \u{200b}\u{feff} done\r\nMessage-ID: <x\u{1b}@y>\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\r\n\u{1b}[6n \u{1b}]0;title\u{7} \u{e0041} \u{2066}x\r\nlast\r\n";
    server.deliver(USER, "INBOX", hostile.as_bytes());
    server.create_folder(USER, "\u{1b}]0;t\u{7}");
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let rows = home.run(&["list", "INBOX", "--json"]);
    let id = rows.json()[0]["id"].to_string();
    assert!(rows.json()[0]["subject"].as_str().unwrap().starts_with("\u{1b}]52;c;aGk=\u{7}"), "JSON keeps what it was");
    fs::write(home.path().join("x.eml"), hostile).unwrap();
    for line in [
        &["list", "INBOX"][..],
        &["list", "INBOX", "--json"],
        &["folders"],
        &["folders", "--json"],
        &["show", &id],
        &["show", &id, "--json"],
        &["show", "x.eml"],
        &["show", "x.eml", "--json"],
    ] {
        let out = home.run(line).good().out;
        assert!(!out.is_empty());
        let bad: Vec<char> = out.chars().filter(|c| !is_harmless(*c) && *c != '\n').collect();
        assert!(bad.is_empty(), "{line:?}: {bad:?} in {out:?}");
    }
    let missing = home.run(&["show", "\u{1b}[31m.eml"]).failed();
    assert!(missing.contains("␛[31m.eml cannot be read"), "{missing}");
}

#[test]
fn a_file_is_shown_without_any_account() {
    let home = Home::new();
    let mixed = b"From: \"Li, Lei\" <a@b.example>\r\nTo: c@d.example, e@f.example\r\nCc: g@h.example\r\nReply-To: r@b.example\r\n\
        Subject: s\r\nDate: Tue, 17 Nov 2026 09:30:00 +0800\r\nMessage-ID: <1@b.example>\r\nIn-Reply-To: <0@b.example>\r\n\
        References: <-1@b.example> <0@b.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n\
        --m\r\nContent-Type: text/plain\r\n\r\nhello\r\nyou\r\n--m\r\nContent-Type: application/pdf\r\n\
        Content-Disposition: attachment; filename=x.pdf\r\n\r\nPDF\r\n--m--\r\n";
    fs::write(home.path().join("17"), mixed).unwrap();
    let shown = home.run(&["show", "./17", "--json"]).json();
    assert_eq!(
        shown,
        json!({
            "subject": "s",
            "from": [{"name": "Li, Lei", "address": "a@b.example"}],
            "to": [{"name": "", "address": "c@d.example"}, {"name": "", "address": "e@f.example"}],
            "cc": [{"name": "", "address": "g@h.example"}],
            "reply_to": [{"name": "", "address": "r@b.example"}],
            "date": "2026-11-17T01:30:00Z",
            "message_id": "1@b.example",
            "in_reply_to": "0@b.example",
            "references": ["-1@b.example", "0@b.example"],
            "text": "hello\nyou",
            "source": "plain",
            "charset": shown["charset"],
            "cut": false,
            "too_deep": false,
            "only_here": false,
            "attachments": [{
                "name": "x.pdf",
                "type": "application/pdf",
                "size": 3,
                "sha256": "1d393b0081b632c54654eb08c345ff76b92ae4efe0768b4c0f64b9ebbe920492",
                "inline": false,
            }],
            "links": [],
            "auth": null,
            "warnings": [], "cards": [],
            "blocked": {"pictures": 0, "trackers": 0, "others": 0, "hosts": [], "receipt": false},
        })
    );
    let plain = home.run(&["show", "./17"]).good().out;
    assert_eq!(
        plain,
        "From: Li, Lei <a@b.example>\nTo: c@d.example, e@f.example\nCc: g@h.example\nDate: 2026-11-17 01:30\n\
         Subject: s\nAttachment: x.pdf (application/pdf, 3 bytes)\n\nhello\nyou\n"
    );
    // Without ./ it is an id.
    assert_eq!(home.run(&["show", "17"]).code, Some(1));
    for (name, bytes) in [("empty", &b""[..]), ("rubbish", b"\xff\xfe\x00\x1b[2J")] {
        fs::write(home.path().join(name), bytes).unwrap();
        home.run(&["show", name]).good();
        home.run(&["show", name, "--json"]).json();
    }
    assert!(home.run(&["show", "."]).failed().contains("cannot be read"));
}

#[test]
fn folders_are_found_as_people_name_them() {
    let server = server();
    server.fill(USER, "INBOX", 2);
    server.fill(USER, "已发送", 3);
    server.fill(USER, "其他文件夹/项目", 4);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    for (name, count) in [
        ("INBOX", 2),
        ("Inbox", 2),
        ("inbox", 2),
        ("sent", 3),
        ("已发送", 3),
        ("其他文件夹/项目", 4),
        ("trash", 0),
        ("DRAFTS", 0),
    ] {
        assert_eq!(home.flags(name).len(), count, "{name}");
    }
    let said = home.run(&["list", "已发件"]).failed();
    assert!(said.contains("已发送"), "{said}");
    let said = home.run(&["list", "zzz"]).failed();
    assert!(said.contains("hongyan folders"), "{said}");
    let plain = home.run(&["folders"]).good().out;
    let inbox = plain.lines().find(|line| line.contains("INBOX")).unwrap();
    assert!(inbox.contains("1/2") && inbox.ends_with("inbox"), "{plain}");
    let list = home.run(&["list", "inbox"]).good().out;
    assert_eq!(list.lines().count(), 2);
    assert!(list.lines().all(|line| line.contains("2023-11-14 ")), "{list}");
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let server = server();
    server.fill(USER, "INBOX", 3_000);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once", "--folder", "INBOX"]).good();
    let mut child = home.start(&["list", "INBOX", "--json"]);
    drop(child.stdout.take());
    let done = finish(child);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
}
