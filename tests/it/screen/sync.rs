//! The screen and a real server: what others do appears, and what the user does arrives.

use std::collections::BTreeSet;

use super::terminal::Terminal;
use crate::dovecot::Dovecot;

pub(super) const USER: &str = "me@mail.example";
pub(super) const PASSWORD: &str = "secret 密码";

/// A home with one account at this server.
pub(super) fn home(server: &Dovecot) -> tempfile::TempDir {
    home_with(server, PASSWORD, "")
}

pub(super) fn home_with(server: &Dovecot, password: &str, settings: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("password"), password).unwrap();
    let config = format!(
        "{settings}\n[list]\nthreads = false\n[[account]]\naddress = \"{USER}\"\nimap = \"localhost:{}\"\nca = \"{}\"\n\
         secret = {{ command = [\"cat\", \"{}\"] }}\n",
        server.imaps_port(),
        server.ca_path().display(),
        home.path().join("password").display()
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    home
}

pub(super) fn server(messages: usize) -> Dovecot {
    let server = Dovecot::start();
    server.add_user(USER, PASSWORD);
    server.fill(USER, "INBOX", messages);
    server
}

fn letter(subject: &str) -> Vec<u8> {
    format!(
        "From: Goose <goose@example.com>\r\nTo: <{USER}>\r\nSubject: {subject}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0800\r\n\
         Message-ID: <{}@example.com>\r\n\r\nhello\r\n",
        subject.replace(' ', ".")
    )
    .into_bytes()
}

fn seen(server: &Dovecot) -> BTreeSet<u32> {
    let flags = server.flags(USER, "INBOX");
    flags.into_iter().filter(|(_, flags)| flags.iter().any(|flag| flag == "\\Seen")).map(|(uid, _)| uid).collect()
}

#[test]
fn what_others_do_appears_without_a_key() {
    let server = server(30);
    let home = home(&server);
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait_for("Up to date");
    server.deliver(USER, "INBOX", &letter("fresh arrival"));
    let delivery = terminal.wait_for("fresh arrival");
    let uid = *server.flags(USER, "INBOX").keys().last().unwrap();
    server.set_flags(USER, "INBOX", uid, &["\\Seen", "\\Flagged"]);
    let flags = terminal.wait("a star", |screen| screen.line("fresh arrival").is_some_and(|line| line.contains('★')));
    server.expunge(USER, "INBOX", uid);
    let expunge = terminal.wait_gone("fresh arrival");
    println!("on screen after: delivery {delivery:.0?}, flags {flags:.0?}, expunge {expunge:.0?}");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn previews_leave_mail_unread_and_reading_marks_it() {
    let server = server(60);
    let all: Vec<u32> = server.flags(USER, "INBOX").keys().copied().collect();
    for uid in &all {
        server.set_flags(USER, "INBOX", *uid, &[]);
    }
    let home = home_with(&server, PASSWORD, "[reading]\nmark_read_after = \"500ms\"\n");
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait("the list", |screen| screen.has("1/60") && screen.has("Up to date"));
    // Fifty messages go by under the cursor, each with its text on the screen.
    for at in 2..=51 {
        terminal.press("j");
        let place = format!("{at}/60");
        terminal.wait("a preview", |screen| screen.has(&place) && screen.has("From "));
    }
    terminal.press("g");
    terminal.wait("the first, and all counted", |screen| screen.has(" 1/60") && unread(screen) == 60);
    // Three are opened, and read until they count as read.
    for place in [" 1/60", " 3/60", " 5/60"] {
        terminal.wait_for(place);
        let unread = unread(&terminal);
        terminal.press("\r");
        terminal.wait("one less unread", |screen| self::unread(screen) == unread - 1);
        terminal.press("qjj");
    }
    terminal.wait("the marks to be settled", |screen| !screen.has("↑"));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let newest: Vec<u32> = all.iter().rev().copied().collect();
    assert_eq!(seen(&server), BTreeSet::from([newest[0], newest[2], newest[4]]));
}

/// The unread counter in the head of the list.
fn unread(screen: &Terminal) -> u32 {
    let text = screen.text();
    let head = text.lines().next().unwrap().to_owned();
    let words: Vec<&str> = head.split_whitespace().collect();
    words.iter().position(|word| *word == "unread").and_then(|at| words[at - 1].parse().ok()).unwrap_or(0)
}

#[test]
fn the_list_stays_when_the_line_is_cut_and_comes_back_by_itself() {
    let server = server(30);
    let home = home(&server);
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait("the list", |screen| screen.has("1/30") && screen.has("Up to date"));
    server.kill();
    terminal.wait_for("Offline");
    assert!(terminal.has("1/30"), "{}", terminal.text());
    // Keys go on, and what they mean is kept.
    terminal.press("jjs");
    terminal.wait("the cursor", |screen| screen.has("3/30"));
    terminal.wait("a mark that waits", |screen| screen.has("↑"));
    server.restart();
    server.deliver(USER, "INBOX", &letter("while you were away"));
    terminal.press("\u{12}");
    terminal.wait_for("31");
    terminal.press("g");
    terminal.wait_for("while you were");
    terminal.wait_gone("↑");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let starred = server.flags(USER, "INBOX").values().filter(|flags| flags.iter().any(|f| f == "\\Flagged")).count();
    assert!((1..=30).contains(&starred));
}
