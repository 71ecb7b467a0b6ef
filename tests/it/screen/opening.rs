//! Mail in files, read on the screen: nothing of it is changed, and nothing is left behind.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use hongyan::files::to_open;
use hongyan::text::SafeFileName;

use super::terminal::Terminal;

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_mbox_is_read_and_left_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let mail = tempfile::tempdir().unwrap();
    let path = mail.path().join("旧信.mbox");
    let mut letters = String::new();
    for n in 1..=10_000 {
        write!(
            letters,
            "From a@example.com Tue Nov 17 09:{:02}:{:02} 2026\nFrom: 李雷 <a@example.com>\nSubject: 第 {n} 封\n\
             Content-Type: text/plain; charset=utf-8\n\n正文 {n}\u{1b}[31m\n\n",
            n / 60 % 60,
            n % 60
        )
        .unwrap();
    }
    letters.push_str("From b@example.com Fri Nov 20 09:00:00 2026\nSubject: newest\nStatus: O\n\nhello\n");
    fs::write(&path, &letters).unwrap();
    let mut terminal = Terminal::start_in(home.path(), &["open", path.to_str().unwrap()], 120, 30, "en_US.UTF-8");
    terminal.wait("all of it", |screen| screen.has("/10,001") && screen.has("旧信.mbox"));
    // It may have grown while it was on the screen.
    terminal.press("g");
    terminal.wait_for("newest");
    terminal.press("\r");
    terminal.wait_for("hello");
    // Opening an unread one does not mark it, and nothing else can.
    terminal.press("q");
    terminal.press("m");
    terminal.wait_for("which stays as it is");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    terminal.assert_only_our_own_bytes();
    assert_eq!(fs::read_to_string(&path).unwrap(), letters);
    assert_eq!(files(mail.path()), ["旧信.mbox"]);
    assert_eq!(files(home.path()), [""; 0], "the throw-away profile is still there");
}

#[test]
fn what_is_no_mail_is_told_before_the_screen_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let empty = tempfile::tempdir().unwrap();
    let mut terminal =
        Terminal::start_in(home.path(), &["open", empty.path().to_str().unwrap()], 120, 30, "zh_CN.UTF-8");
    assert_eq!(terminal.ended(), 1);
    assert!(terminal.has("打不开"), "{}", terminal.text());
    assert_eq!(files(home.path()), [""; 0]);
}

#[test]
fn f03_what_a_viewer_was_given_is_gone_after_the_next_start() {
    let home = tempfile::tempdir().unwrap();
    let profile = home.path().join("data");
    fs::DirBuilder::new().mode(0o700).create(&profile).unwrap();
    let opened = to_open(&profile, &SafeFileName::of("secret.pdf"), b"secret").unwrap();
    let mut terminal = Terminal::start(home.path(), &[], 80, 24);
    terminal.wait_for("add a mailbox");
    assert!(!opened.exists());
    terminal.press("\u{1b}");
    assert_eq!(terminal.ended(), 0);
}

/// Plain text, then the page, then the page as it is drawn, then plain text again; and above its headers the way it came.
#[test]
fn a_letter_of_two_forms_has_three_and_a_way() {
    let home = tempfile::tempdir().unwrap();
    let mail = tempfile::tempdir().unwrap();
    let path = mail.path().join("letter.eml");
    let letter = "Received: from relay.example by mx.example with SMTP id 2; Fri, 20 Nov 2026 10:12:03 +0800 (CST)\n\
        Received: from laptop.example by relay.example with SMTP id 1; Fri, 20 Nov 2026 10:02:03 +0800\n\
        From: a@example.com\nSubject: weather\nContent-Type: multipart/alternative; boundary=x\n\n\
        --x\nContent-Type: text/plain\n\nin plain words\n\
        --x\nContent-Type: text/html\n\n<p>in a page<table><tr><th>City<th>High<tr><td>Hangzhou<td>12</table>\n--x--\n";
    fs::write(&path, letter).unwrap();
    let mut terminal = Terminal::start_in(home.path(), &["open", path.to_str().unwrap()], 120, 30, "en_US.UTF-8");
    terminal.wait_for("weather");
    terminal.press("\r");
    terminal.wait_for("in plain words");
    terminal.press("w");
    terminal.wait("the page", |screen| screen.has("in a page") && !screen.has("Hangzhou│12"));
    terminal.press("w");
    terminal.wait("the page as it is drawn", |screen| screen.has("Hangzhou│12") && screen.has("HTML as drawn"));
    terminal.press("w");
    terminal.wait_for("in plain words");
    terminal.press("H");
    terminal.wait("the way", |screen| screen.has("1  laptop.example → relay.example") && screen.has("+10 min  slow"));
    // Back to the message, to the list, and out.
    terminal.press("q");
    terminal.wait_for("in plain words");
    terminal.press("q");
    terminal.wait_for("q quit");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    terminal.assert_only_our_own_bytes();
}
