//! `sync --once`: afterwards the store says what the server says, and the server has not noticed.

use serde_json::Value;

use super::home::{Home, PASSWORD, USER, server};
use crate::dovecot::{Dovecot, letter};

fn folder(home: &Home, name: &str) -> Value {
    let folders = home.run(&["folders", "--json"]).json();
    let found = folders.as_array().unwrap().iter().find(|folder| folder["name"] == name).cloned();
    found.unwrap_or_else(|| panic!("no {name} in {folders}"))
}

#[track_caller]
fn assert_same(home: &Home, server: &Dovecot, name: &str) {
    let there = server.flags(USER, name);
    assert_eq!(home.flags(name), there, "{name}");
    let counted = folder(home, name);
    let unread = there.values().filter(|flags| !flags.contains(&"\\Seen".to_owned())).count();
    assert_eq!(counted["total"], there.len(), "{name}");
    assert_eq!(counted["on_server"], there.len(), "{name}");
    assert_eq!(counted["unread"], unread, "{name}");
}

#[test]
fn the_store_says_what_the_server_says_also_after_changes_there() {
    let server = server();
    server.fill(USER, "INBOX", 350);
    let home = Home::with_account(&server);
    let before = server.flags(USER, "INBOX");
    let said = home.run(&["sync", "--once", "--folder", "INBOX"]).good();
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""), "not a word where nobody looks on");
    assert_same(&home, &server, "INBOX");
    assert_eq!(folder(&home, "INBOX")["role"], "inbox");
    assert_eq!(folder(&home, "已发送")["role"], "sent");
    assert_eq!(server.flags(USER, "INBOX"), before, "looking marked something as read");

    let rows = home.run(&["list", "INBOX", "--json"]).json();
    for (at, row) in rows.as_array().unwrap().iter().enumerate() {
        let n = 349 - at;
        let (raw, arrival) = letter(n);
        assert_eq!(row["uid"], n + 1);
        assert_eq!(row["size"], raw.len());
        let arrival = jiff::Timestamp::from_second(i64::try_from(arrival).unwrap()).unwrap().to_string();
        assert_eq!((row["arrival"].as_str(), row["date"].as_str()), (Some(&*arrival), Some(&*arrival)));
        assert!(row["subject"].as_str().unwrap().ends_with(&format!("#{n:06}")), "{row}");
        assert_eq!((&row["body"], &row["pending"]), (&"absent".into(), &false.into()));
        assert_eq!(row["to"]["address"], "me@mail.example");
    }

    // What other clients do meanwhile.
    server.set_flags(USER, "INBOX", 2, &["\\Answered", "$Forwarded"]);
    server.set_flags(USER, "INBOX", 3, &[]);
    server.set_flags(USER, "INBOX", 340, &["\\Flagged", "\\Draft", "$Junk", "\\Seen"]);
    for gone in [1, 7, 350] {
        server.expunge(USER, "INBOX", gone);
    }
    server.deliver(USER, "INBOX", b"Subject: new\r\nFrom: a@b.example\r\n\r\nhello\r\n");
    home.run(&["sync", "--once", "--folder", "inbox"]).good();
    assert_same(&home, &server, "INBOX");
    let newest = home.run(&["list", "INBOX", "--json", "--limit", "1"]).json();
    assert_eq!((&newest[0]["uid"], &newest[0]["subject"]), (&351.into(), &"new".into()));
    assert_eq!(newest.as_array().unwrap().len(), 1);
}

#[test]
fn every_folder_is_fetched_or_the_one_that_is_meant() {
    let server = server();
    server.fill(USER, "INBOX", 3);
    server.fill(USER, "已发送", 4);
    server.fill(USER, "其他文件夹/项目", 5);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once", "--folder", "sent"]).good();
    assert_same(&home, &server, "已发送");
    assert_eq!((&folder(&home, "INBOX")["total"], &folder(&home, "其他文件夹/项目")["total"]), (&0.into(), &0.into()));
    home.run(&["sync", "--once", "--folder", "其他文件夹/项目"]).good();
    assert_same(&home, &server, "其他文件夹/项目");
    home.run(&["sync", "--once"]).good();
    for name in ["INBOX", "已发送", "其他文件夹/项目", "草稿箱"] {
        assert_same(&home, &server, name);
    }
    let unknown = home.run(&["sync", "--once", "--folder", "项目"]).failed();
    assert!(unknown.contains("there is no folder 项目") && unknown.contains("其他文件夹/项目"), "{unknown}");
    // A folder that was removed on the server is not shown any more. (Its mail stays for days, should it come back.)
    server.doveadm(&["mailbox", "delete", "-u", USER, "其他文件夹/项目"]);
    home.run(&["sync", "--once"]).good();
    let folders = home.run(&["folders", "--json"]).good().out;
    assert!(!folders.contains("项目"), "{folders}");
}

#[test]
fn with_bodies_everything_can_be_read_without_the_server() {
    let server = server();
    server.fill(USER, "INBOX", 23);
    server.fill(USER, "已发送", 2);
    let large = format!("Subject: large\r\n\r\n{}", "鸿雁传书，云中谁寄锦书来。\r\n".repeat(60_000));
    server.deliver(USER, "INBOX", large.as_bytes());
    let before = server.flags(USER, "INBOX");
    let home = Home::with_account(&server);
    home.run(&["sync", "--once", "--bodies"]).good();
    assert_eq!(server.flags(USER, "INBOX"), before);
    server.kill();
    for name in ["INBOX", "已发送"] {
        for row in home.run(&["list", name, "--json"]).json().as_array().unwrap() {
            assert_eq!(row["body"], "here", "{row}");
            let shown = home.run(&["show", &row["id"].to_string(), "--json"]).json();
            assert_eq!(shown["subject"], row["subject"]);
            let text = shown["text"].as_str().unwrap();
            assert!(text.contains("封信") || text.contains("云中谁寄锦书来"), "{text}");
        }
    }
}

#[test]
fn an_account_that_fails_does_not_stop_the_others() {
    let server = server();
    server.fill(USER, "INBOX", 12);
    let home = Home::new();
    for (address, port) in [("first@gone.example", 1), ("second@mail.example", server.imaps_port())] {
        let (imap, ca) = (format!("localhost:{port}"), server.ca_path());
        let line = ["account", "add", address, "--imap", &imap, "--ca", ca.to_str().unwrap(), "--no-check"];
        let line = [&line[..], &["--secret-stdin", "--secret-store", "file"]].concat();
        home.run_with(&line, "wrong").good();
    }
    home.add(&server, &[]).good();
    let failed = home.run(&["sync", "--once"]);
    assert_eq!((failed.code, failed.out.as_str()), (Some(1), ""));
    let lines: Vec<&str> = failed.err.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("hongyan: first@gone.example: nothing answers at localhost"), "{lines:?}");
    assert!(lines[1].starts_with("hongyan: second@mail.example: localhost refused the login"), "{lines:?}");
    assert_same(&home, &server, "INBOX");
    // Two accounts have a folder of this name: its messages stand in one list, each with its account.
    server.add_user("second@mail.example", "wrong");
    server.fill("second@mail.example", "INBOX", 2);
    // Nobody sits there: a timetable does not knock at a closed door, until the door is known to be open.
    let again = home.run(&["sync", "--once"]).err;
    assert!(again.contains("second@mail.example") && again.contains("not tried again"), "{again}");
    home.run_with(&["account", "secret", "second@mail.example", "--secret-stdin"], "wrong").good();
    assert_eq!(home.run(&["sync", "--once"]).err.lines().count(), 1);
    let both = home.run(&["list", "inbox", "--json"]).json();
    let accounts: Vec<&str> = both.as_array().unwrap().iter().map(|row| row["account"].as_str().unwrap()).collect();
    assert_eq!((accounts.len(), accounts.iter().filter(|name| **name == USER).count()), (14, 12));
    let arrivals: Vec<&str> = both.as_array().unwrap().iter().map(|row| row["arrival"].as_str().unwrap()).collect();
    assert!(arrivals.is_sorted_by(|a, b| a >= b), "{arrivals:?}");
    let one = home.run(&["list", "inbox", "--account", "second@mail.example", "--json"]).json();
    assert_eq!(one.as_array().unwrap().len(), 2);
    let only = home.run(&["sync", "--once", "--account", USER]).good();
    assert_eq!(only.err, "");
    let unknown = home.run(&["sync", "--once", "--account", "nobody"]).failed();
    assert!(unknown.contains(USER), "{unknown}");
}

#[test]
fn a_new_epoch_of_the_server_loses_and_doubles_nothing() {
    let server = server();
    server.fill(USER, "INBOX", 40);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    server.doveadm(&["mailbox", "update", "--uid-validity", "77777", "-u", USER, "INBOX"]);
    home.run(&["sync", "--once"]).good();
    assert_same(&home, &server, "INBOX");
}

#[test]
fn without_accounts_or_with_mistakes_nothing_is_done() {
    let home = Home::new();
    let said = home.run(&["sync", "--once"]).failed();
    assert!(said.contains("hongyan account add ADDRESS"), "{said}");
    assert_eq!(home.run(&["sync"]).code, Some(2));
    assert_eq!(home.run(&["frob"]).code, Some(2));
    assert_eq!(home.run(&["list"]).code, Some(2));
    for fine in [&["--version"][..], &["--help"], &["sync", "--help"], &["account", "add", "-h"]] {
        let done = home.run(fine).good();
        assert!(!done.out.is_empty());
    }
    assert_eq!(home.run(&["--version"]).out, format!("hongyan {}\n", env!("CARGO_PKG_VERSION")));
    assert!(home.files().is_empty(), "{:?}", home.files());
    let _ = PASSWORD;
}
