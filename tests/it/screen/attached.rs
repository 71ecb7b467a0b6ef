//! Beside a screen that has the profile: it does the work of commands, and a second one only looks until it has ended.

use super::terminal::Terminal;
use crate::cli::home::{Home, USER, server};

#[test]
fn k03_commands_hand_their_work_to_the_screen() {
    let server = server();
    server.fill(USER, "INBOX", 40);
    let home = Home::with_account(&server);
    let config = format!("[sync]\nprefetch = 0\n[list]\nthreads = false\n{}", home.config());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait("the list", |screen| screen.has("1/40") && screen.has("Up to date"));

    let rows = || home.run(&["list", "INBOX", "--json"]).json().as_array().unwrap().clone();
    let last = rows().last().unwrap()["id"].as_i64().unwrap().to_string();
    let shown = home.run(&["show", &last, "--json"]).json();
    assert!(!shown["text"].as_str().unwrap().is_empty(), "{shown}");
    let said = home.run(&["show", "999999"]).failed();
    assert!(said.contains("not there any more"), "{said}");

    server.deliver(USER, "INBOX", b"From: a@example.com\r\nSubject: handed over\r\n\r\nhello\r\n");
    home.run(&["sync", "--once", "--folder", "inbox", "--bodies"]).good();
    assert!(rows().iter().any(|row| row["subject"] == "handed over"));
    let said = home.run(&["sync", "--once", "--folder", "nowhere"]).failed();
    assert!(said.contains("nowhere"), "{said}");
    terminal.wait_for("handed over");

    server.kill();
    terminal.wait_for("Offline");
    home.run(&["sync", "--once"]).failed();
    // What is here needs no server.
    home.run(&["show", &last]).good();

    home.run(&["account", "remove", USER, "--yes"]).good();
    assert_eq!(home.config().matches(USER).count(), 0);
    terminal.wait_for("This account was removed from the settings");
    terminal.wait_gone("handed over");
    assert!(!terminal.has("moved or deleted") && !terminal.has("not there any more"), "{}", terminal.text());
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    assert!(!home.path().join("run/socket").exists());
}

#[test]
fn k03_a_second_one_takes_over_where_the_user_is_when_the_first_has_ended() {
    let server = server();
    server.fill(USER, "INBOX", 40);
    let home = Home::with_account(&server);
    let config = format!("[sync]\nprefetch = 0\n[list]\nthreads = false\n{}", home.config());
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let mut first = Terminal::start(home.path(), &[], 120, 40);
    first.wait("the list", |screen| screen.has("1/40") && screen.has("Up to date"));
    let mut second = Terminal::start(home.path(), &[], 120, 40);
    second.wait("the list", |screen| screen.has("1/40") && screen.has("Read-only"));
    // What is not here is not promised.
    // The first one fetches what lies near its own cursor, and nothing else.
    second.press("G");
    second.wait_for("40/40");
    second.press("\r");
    second.wait_for("and this one goes on");
    first.press("q");
    assert_eq!(first.ended(), 0);
    second.wait("it takes over", |screen| screen.has("The other Hongyan has ended"));
    second.wait("the message", |screen| {
        screen.has("40/40") && screen.has("Up to date") && !screen.has("Read-only") && !screen.has("this one goes on")
    });
    second.press("q");
    second.press("q");
    assert_eq!(second.ended(), 0);
}
