//! `hongyan search`: found without a server, without the index, and after any blow.

use std::fs;

use hongyan::model::clock;
use hongyan::store::ProfileLock;

use super::home::{Home, USER, server};

fn ids(home: &Home, line: &[&str]) -> Vec<u64> {
    let answer = home.run(line).json();
    answer["hits"].as_array().unwrap().iter().map(|hit| hit["id"].as_u64().unwrap()).collect()
}

#[test]
fn what_is_stored_is_found_and_what_is_not_understood_is_said() {
    let server = server();
    for (folder, n) in [("INBOX", 1), ("INBOX", 2), ("已发送", 3)] {
        let letter = format!(
            "From: 张三 <z{n}@mail.example>\r\nTo: me@mail.example\r\nSubject: 會議通知 {n}\r\n\
             Date: Tue, 17 Nov 2026 09:30:0{n} +0800\r\nMessage-ID: <{n}@b.example>\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n各位好：\r\n请于周三带上第 {n} 号发票。\r\n"
        );
        server.deliver(USER, folder, letter.as_bytes());
    }
    let home = Home::new();
    assert_eq!(home.run(&["search", "x"]).good().out, "");
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let done = home.run(&["search", "会议"]).good();
    assert_eq!(done.out.lines().count(), 3, "{done:?}");
    assert!(done.err.contains("the text of 0 of 3 messages is here"), "{done:?}");
    assert_eq!(home.run(&["search", "发票"]).good().out, "");
    home.run(&["sync", "--once", "--bodies"]).good();
    let answer = home.run(&["search", "发票", "--json"]).json();
    assert_eq!((&answer["messages"], &answer["with_text"], &answer["waiting"]), (&3.into(), &3.into(), &0.into()));
    let hit = &answer["hits"][0];
    assert!(hit["snippet"].as_str().unwrap().contains("号发票"), "{hit}");
    assert_eq!(hit["subject"], "會議通知 3");
    let found = |line: &[&str]| ids(&home, &[line, &["--json"]].concat()).len();
    assert_eq!(found(&["search", "發票", "--in", "inbox"]), 2);
    assert_eq!(found(&["search", "發票 in:已发"]), 1);
    assert_eq!(found(&["search", "发票", "--limit", "1"]), 1);
    assert_eq!(found(&["search", "发件人：zs", "会议", "-\"通知 3\""]), 2);
    assert_eq!(found(&["search", "-发票"]), 0);
    assert_eq!(found(&["search", "--in", "inbox", "-from:李雷", "-a"]), 2);
    assert_eq!(found(&["search", "会议", "--account", USER]), 3);
    assert!(home.run(&["search", "before:soon"]).failed().contains("\"soon\": this is no date"));
    assert!(home.run(&["--lang", "zh-CN", "search", "(会议"]).failed().contains("括号没有结束"));
    assert!(home.run(&["search", "x", "--in", "nowhere"]).failed().contains("nowhere"));
    // Under a name.
    assert_eq!(found(&["search", "--save-as", "账单", "发票", "in:inbox"]), 2);
    assert_eq!(found(&["search", "--saved", "账单"]), 2);
    assert_eq!(found(&["search", "--saved", "账单", "subject:\"通知 2\""]), 1);
    assert!(home.run(&["search", "--saved", "bills"]).failed().contains("账单"));
    assert!(home.run(&["search", "--save-as", "x", "(会议"]).failed().contains("bracket"));
    home.run(&["search", "--forget", "账单"]).good();
    assert!(home.run(&["search", "--saved", "账单"]).failed().contains("--save-as"));
    // Without a server, and beside a hongyan that is at work.
    server.kill();
    let _lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
    assert_eq!(found(&["search", "请于周三"]), 3);
}

#[test]
fn k01_killed_while_it_indexes_nothing_is_missing_after_the_next_time() {
    let server = server();
    server.fill(USER, "INBOX", 1_500);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once", "--bodies"]).good();
    let search = ["search", "这是第", "--json"];
    let begun = clock::instant();
    let all = ids(&home, &search);
    let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    assert!(all.len() > 1_000, "{}", all.len());
    let remove = || {
        for tail in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(home.profile().join(format!("search.db{tail}")));
        }
    };
    for round in 0..8_u64 {
        if round % 4 == 0 {
            remove();
        }
        let until = begun.elapsed() + std::time::Duration::from_micros(whole * (round + 1) / 9);
        let mut child = home.start(&search);
        while begun.elapsed() < until && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if round % 2 == 1 {
            assert_eq!(ids(&home, &search), all, "round {round}");
            assert!(
                !fs::read_dir(home.profile())
                    .unwrap()
                    .any(|file| { file.unwrap().file_name().to_string_lossy().contains("damaged") })
            );
        }
    }
}
