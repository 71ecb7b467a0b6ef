//! New mail, told of outside of the frame: the bell, a notification of the terminal, a command.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hongyan::model::clock;

use super::terminal::Terminal;
use crate::cli::home::Home;
use crate::embedded::{Embedded, SECRET};

/// What a terminal would take for commands, for markup or for the shell's: as a sender and as a subject.
const EVIL_FROM: &str = "=?utf-8?B?G11dMDt4B8KbMzFtJChpZCk7YGlkYA0KSE9OR1lBTl9DT1VOVD054oCu5p2O6Zu3?=";
const EVIL_SUBJECT: &str = "=?utf-8?B?PGI+5ZGo5LqUPC9iPiDkvJrorq47IBtdNzc3O25vdGlmeTthO2IHICYgIngi?=";

fn letter(number: u32, from: &str, subject: &str) -> Vec<u8> {
    format!(
        "From: {from} <a@example.com>\r\nTo: <demo@hongyan.example>\r\nSubject: {subject}\r\n\
         Message-ID: <new.{number}@example.com>\r\n\r\nhello\r\n"
    )
    .into_bytes()
}

/// A home whose command for new mail writes down what it is told.
fn home(server: &Embedded, more: &str) -> (Home, PathBuf) {
    let script = "sh -c 'env | sort > \"$HOME\"/told.tmp; mv \"$HOME\"/told.tmp \"$HOME\"/told.$HONGYAN_COUNT'";
    let settings = format!("[notify]\ndesktop = \"terminal\"\ncommand = {script:?}\n{more}\n");
    let home = server.home(server.port(), &settings);
    let told = home.path().join("told");
    (home, told)
}

fn wait_for_file(path: &Path) -> String {
    let begun = clock::instant();
    loop {
        if let Ok(text) = std::fs::read_to_string(path) {
            return text;
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "{} does not come", path.display());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What stands in commands to the terminal's system, and how often the bell was rung outside of them.
pub(super) fn systems(written: &[u8]) -> (Vec<String>, usize) {
    let (mut commands, mut bells) = (Vec::new(), 0);
    let text = String::from_utf8_lossy(written);
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(['\x1b', '\x07']) {
        let (_, from) = rest.split_at(at);
        if let Some(command) = from.strip_prefix("\x1b]") {
            let end = command.find(['\x07', '\x1b']).unwrap_or(command.len());
            commands.push(command[..end].to_owned());
            rest = &command[(end + 1).min(command.len())..];
        } else {
            bells += usize::from(from.starts_with('\x07'));
            rest = &from[1..];
        }
    }
    (commands, bells)
}

fn notified(written: &[u8]) -> Vec<String> {
    systems(written).0.into_iter().filter_map(|command| Some(command.strip_prefix("777;notify;")?.to_owned())).collect()
}

#[test]
fn t21_new_mail_is_told_of_once_in_plain_words() {
    let server = Embedded::start(|options| options.messages = 20);
    let (home, told) = home(&server, "");
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait_for("Up to date");
    assert_eq!((notified(&terminal.written).len(), systems(&terminal.written).1), (0, 0), "old mail is no news");
    server.ask(async |demo| demo.deliver("INBOX", letter(1, EVIL_FROM, EVIL_SUBJECT), &[]).await);
    terminal.wait("a notification", |screen| !notified(&screen.written).is_empty());
    let facts = wait_for_file(&told.with_extension("1"));
    let (commands, bells) = systems(&terminal.written);
    assert_eq!(bells, 1, "{commands:?}");
    let notified_of = notified(&terminal.written);
    assert_eq!(notified_of.len(), 1, "{notified_of:?}");
    assert!(notified_of[0].contains("李雷") && notified_of[0].contains("<b>周五</b> 会议"), "{notified_of:?}");
    assert!(!notified_of[0].contains(|c: char| c.is_control() || c == '\u{202e}'), "{notified_of:?}");
    terminal.assert_only_our_own_bytes();
    // The command sees what it needs, each on its own line, and nothing of ours besides.
    let value = |name: &str| {
        let lines: Vec<&str> = facts.lines().filter_map(|line| line.strip_prefix(&format!("{name}="))).collect();
        assert_eq!(lines.len(), 1, "{name}: {facts}");
        lines[0].to_owned()
    };
    assert_eq!((value("HONGYAN_COUNT"), value("HONGYAN_FOLDER")), ("1".to_owned(), "INBOX".to_owned()));
    assert!(
        value("HONGYAN_FROM").contains("李雷 <a@example.com>") && value("HONGYAN_SUBJECT").contains("会议"),
        "{facts}"
    );
    assert!(!facts.contains("HONGYAN_HOME") && !facts.contains(SECRET) && !facts.contains("uid="), "{facts}");
    assert!(!facts.contains(|c: char| c.is_control() && c != '\n'), "{facts}");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);

    // Started again, nothing is told twice; what came meanwhile is told, and many at once.
    let three = async |demo: &hongyan::demo::Demo| {
        for number in 2..5 {
            demo.deliver("INBOX", letter(number, "Goose", "three"), &[]).await?;
        }
        Ok(())
    };
    server.ask(three);
    let mut terminal = Terminal::start_in(home.path(), &[], 80, 24, "zh_CN.UTF-8");
    terminal.wait("a notification", |screen| !notified(&screen.written).is_empty());
    wait_for_file(&told.with_extension("3"));
    let expected = ["收到 3 封新邮件;Goose: three · Goose: three · Goose: three"];
    assert_eq!(notified(&terminal.written), expected);
    assert_eq!(systems(&terminal.written).1, 1);
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn who_writes_about_what_is_told_to_nobody_where_it_shall_be_hidden() {
    let server = Embedded::start(|options| options.messages = 20);
    let (home, told) = home(&server, "hide = true\nbell = false");
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait_for("Up to date");
    server.ask(async |demo| demo.deliver("INBOX", letter(1, "Goose", "a secret"), &[]).await);
    terminal.wait("a notification", |screen| !notified(&screen.written).is_empty());
    assert_eq!(notified(&terminal.written), ["New mail;demo@hongyan.example Inbox"]);
    let facts = wait_for_file(&told.with_extension("1"));
    assert!(facts.contains("HONGYAN_FROM=\n") && facts.contains("HONGYAN_SUBJECT=\n"), "{facts}");
    assert_eq!(systems(&terminal.written).1, 0, "the bell is off");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn a_command_that_is_not_there_or_hangs_harms_nobody() {
    let server = Embedded::start(|options| options.messages = 20);
    let home = server.home(server.port(), "[notify]\nbell = false\ncommand = \"no-such-program\"\n");
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait_for("Up to date");
    server.ask(async |demo| demo.deliver("INBOX", letter(1, "Goose", "one"), &[]).await);
    terminal.wait("what is wrong", |screen| screen.has("The command for new mail is not there: no-such-program"));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    // What is no command at all is said at the start.
    let home = server.home(server.port(), "[notify]\ncommand = \"sh -c 'open\"\n");
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait("what is wrong", |screen| screen.has("quotation mark"));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}
