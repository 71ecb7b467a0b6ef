//! What is done with messages, as its user meets it: keys that are typed at once, what is taken back, and what survives
//! whatever ends the program.

use std::time::Duration;

use hongyan::demo::{COREMAIL, MODERN, PLAIN, Personality};
use hongyan::model::clock;
use rustix::process::Signal;

use super::terminal::Terminal;
use crate::cli::home::Home;
use crate::embedded::Embedded;

const SUBJECTS: [&str; 5] = ["first of five", "second of five", "third of five", "fourth of five", "fifth of five"];

fn server(personality: &'static Personality) -> Embedded {
    Embedded::start(|options| {
        options.messages = 0;
        options.personality = personality;
    })
}

/// An inbox of five, the first one the newest.
fn five(personality: &'static Personality) -> (Embedded, Home) {
    let server = server(personality);
    for subject in SUBJECTS.iter().rev() {
        let id = subject.replace(' ', ".");
        let raw = format!("From: a@example.com\r\nSubject: {subject}\r\nMessage-ID: <{id}@example.com>\r\n\r\nx\r\n");
        server.ask(async |demo| demo.deliver("INBOX", raw.clone().into_bytes(), &[]).await);
    }
    let home = server.home(server.port(), "");
    (server, home)
}

/// How many messages a folder has, as its user sees it.
fn count(home: &Home, folder: &str) -> Option<usize> {
    let reader = hongyan::store::Reader::open(&home.profile()).ok()?;
    let folders = reader.folders().ok()?;
    let id = folders.iter().find(|known| known.name.as_untrusted() == folder)?.id;
    reader.order(id).ok().map(|order| order.len())
}

/// Until it is on the disk.
fn wait_until(home: &Home, folder: &str, wanted: usize) {
    let begun = clock::instant();
    while count(home, folder) != Some(wanted) {
        assert!(begun.elapsed() < Duration::from_secs(40), "{folder}: {:?} instead of {wanted}", count(home, folder));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Until the server has heard of it.
fn wait_on_server(server: &Embedded, folder: &str, wanted: usize) {
    let begun = clock::instant();
    loop {
        let kept = server.ask(async |demo| demo.snapshot().await);
        let now: usize = kept.iter().filter(|kept| kept.folder == folder).map(|kept| kept.messages.len()).sum();
        if now == wanted {
            return;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{folder}: {now} instead of {wanted} on the server");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn opened(home: &Home) -> Terminal {
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    for subject in SUBJECTS {
        screen.wait_for(subject);
    }
    screen
}

#[test]
fn three_keys_typed_at_once_archive_three_messages() {
    let (server, home) = five(&MODERN);
    let mut screen = opened(&home);
    screen.press("eee");
    for subject in &SUBJECTS[..3] {
        screen.wait_gone(subject);
    }
    assert!(screen.has(SUBJECTS[3]) && screen.has("u undoes it"), "{}", screen.text());
    wait_until(&home, "归档", 3);
    assert_eq!(count(&home, "INBOX"), Some(2));
    wait_on_server(&server, "归档", 3);
    wait_on_server(&server, "INBOX", 2);
    screen.press("q");
    assert_eq!(screen.ended(), 0);
}

#[test]
fn what_is_deleted_is_in_the_bin_and_comes_back() {
    // One that moves, and one that copies and removes.
    for personality in [&MODERN, &COREMAIL] {
        let (server, home) = five(personality);
        let bin = "已删除";
        let mut screen = opened(&home);
        screen.press("jd");
        screen.wait_gone(SUBJECTS[1]);
        wait_until(&home, bin, 1);
        wait_on_server(&server, bin, 1);
        screen.press("u");
        screen.wait_for(SUBJECTS[1]);
        wait_until(&home, bin, 0);
        wait_until(&home, "INBOX", 5);
        wait_on_server(&server, "INBOX", 5);
        wait_on_server(&server, bin, 0);
        screen.press("q");
        assert_eq!(screen.ended(), 0);
    }
}

#[test]
fn what_left_the_list_is_done_after_kill_nine() {
    let (server, home) = five(&PLAIN);
    let mut screen = opened(&home);
    // Nobody is told anything of it.
    server.ask(async |demo| demo.refuse_logins(true).await);
    server.ask(async |demo| demo.drop_connections().await);
    screen.press("ed");
    screen.wait_gone(SUBJECTS[0]);
    screen.wait_gone(SUBJECTS[1]);
    wait_until(&home, "INBOX", 3);
    screen.signal(Signal::KILL);
    screen.ended();
    server.ask(async |demo| demo.refuse_logins(false).await);
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for(SUBJECTS[2]);
    assert!(!screen.has(SUBJECTS[0]) && !screen.has(SUBJECTS[1]), "{}", screen.text());
    wait_until(&home, "归档", 1);
    wait_until(&home, "已删除", 1);
    assert_eq!(count(&home, "INBOX"), Some(3));
    for (folder, wanted) in [("归档", 1), ("已删除", 1), ("INBOX", 3)] {
        wait_on_server(&server, folder, wanted);
    }
}
