//! Writing, as its user meets it: the terminal lent to an editor and taken back, and text that survives whatever ends the
//! program.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use hongyan::model::Sending;
use hongyan::model::clock;
use hongyan::store::OwnReader;
use rustix::process::{Pid, Signal, kill_process};

use super::enduring::long;
use super::terminal::Terminal;
use crate::cli::home::Home;
use crate::embedded::{ADDRESS, Embedded};

pub(super) const F4: &str = "\x1bOS";

/// A home where texts are written with a script that does what the file `deed` says, `$1` being the text.
pub(super) fn home(server: &Embedded) -> Home {
    let home = server.home(server.port(), "[compose]\neditor = \"editor.sh -f\"\n");
    let script = home.path().join("editor.sh");
    let text = format!("#!/bin/sh\numask 077\nshift\nprintf %s $$ > {0}/pid\n. {0}/deed\n", home.path().display());
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let config = home.config().replace("editor.sh", script.to_str().unwrap());
    home.write_config(&config);
    home
}

pub(super) fn will(home: &Home, deed: &str) {
    let file = home.path().join("deed");
    std::fs::write(&file, deed).unwrap();
    // Nothing at home may be read by others, and this lies there.
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A draft that says this, in front.
pub(super) fn writing(home: &Home, words: &str) -> Terminal {
    let line = ["compose", "--to", "a@example.com", "--subject", "hello", "--body", "at first"];
    let mut screen = Terminal::start(home.path(), &line, 80, 24);
    screen.wait_for("at first");
    screen.press(words);
    screen.wait_for(words);
    screen
}

pub(super) fn drafts(profile: &Path) -> Vec<String> {
    let Ok(Some(reader)) = OwnReader::open(profile) else { return Vec::new() };
    let rows = reader.drafts().unwrap_or_default();
    rows.iter().filter_map(|row| reader.draft(row.id).ok().flatten()).map(|draft| draft.body).collect()
}

/// What lies where texts lie while an editor has them.
fn left_behind(home: &Home) -> usize {
    let texts = home.files().into_iter().filter(|(path, _)| path.to_string_lossy().contains("draft.txt"));
    texts.count()
}

#[test]
fn c14_every_letter_that_is_typed_for_an_editor_reaches_it() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    will(&home, "stty -echo; echo READY; IFS= read -r line; printf '%s\\n' \"$line\" > \"$1\"");
    let mut screen = writing(&home, "mine ");
    let typed: String = (0..400).map(|at| char::from(b'a' + u8::try_from(at * 7 % 26).unwrap())).collect();
    screen.press(F4);
    screen.wait_for("READY");
    assert!(!screen.is_alternate());
    let heard = server.heard("UID");
    server.ask(async |demo| {
        demo.deliver("INBOX", b"From: a@example.com\r\nSubject: meanwhile\r\n\r\nx\r\n".to_vec(), &[]).await
    });
    for letter in typed.chars() {
        screen.press(&letter.to_string());
    }
    // Mail is fetched while somebody writes.
    let begun = clock::instant();
    while server.heard("UID") == heard {
        assert!(begun.elapsed() < Duration::from_secs(40), "nothing was fetched meanwhile");
        std::thread::sleep(Duration::from_millis(10));
    }
    screen.press("\r");
    screen.wait("the draft", |screen| screen.is_alternate() && screen.has("a@example.com"));
    let last = &typed[typed.len() - 20..];
    let text = |screen: &Terminal| screen.text().split_whitespace().collect::<String>();
    screen.wait("every letter", |screen| text(screen).contains(last));
    assert!(text(&screen).contains(&typed), "{}", screen.text());
    // The keys are ours again.
    screen.press("ZZZ");
    screen.wait_for("ZZZ");
    // The file goes as soon as the draft has what is in it.
    let begun = clock::instant();
    while left_behind(&home) > 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "the file stays");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(drafts(&home.profile()).iter().any(|body| body.contains(&typed)));
}

#[test]
fn c14_whatever_an_editor_does_the_draft_is_what_it_says_or_what_it_was() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let mut screen = writing(&home, "kept words ");
    let set_aside = "/edited/kept-";
    let mut kept = 0;
    for (deed, said, is_kept) in [
        ("echo lost > \"$1\"; exit 3", set_aside, true),
        ("exit 3", "ended with 3", false),
        ("rm \"$1\"", "not there any more", false),
        (": > \"$1\"", "came back empty", false),
        ("printf '\\304\\343\\272\\303' > \"$1\"", set_aside, true),
        ("truncate -s 104857601 \"$1\"", set_aside, true),
        ("kill -9 $$", "ended from outside", false),
        ("echo lost > \"$1.swp\"; kill -9 $$", set_aside, true),
        ("stty raw -echo; printf '\\033[?1049h\\033[?1h\\033[5;9r\\033[?7l\\033[31m'; exit 9", "ended with 9", false),
    ] {
        will(&home, deed);
        screen.press(F4);
        screen.wait(said, |screen| screen.is_alternate() && screen.has(said));
        assert!(screen.has("kept words ") && screen.has("hello") && !screen.has("lost"), "{deed}: {}", screen.text());
        kept += usize::from(is_kept);
        let folders = || std::fs::read_dir(home.profile().join("edited")).map_or(0, Iterator::count);
        assert_eq!(folders(), kept, "{deed}");
        // It goes away with the next key.
        screen.press("x\x7f");
        screen.wait_gone(said);
    }
    // Stopped, where no shell could continue it, it goes on.
    will(&home, "kill -TSTP $$; echo went on >> \"$1\"");
    screen.press(F4);
    screen.wait_for("went on");
    assert!(screen.has("kept words "), "{}", screen.text());
}

#[test]
fn letters_for_a_program_that_is_gone_are_no_keys() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    will(&home, "stty echo echoctl; echo READY; exec sleep 1000");
    let mut screen = writing(&home, "kept ");
    screen.press(F4);
    screen.wait_for("READY");
    screen.press("QQQQ\x1bQ");
    // They have arrived, and nobody reads them.
    screen.wait_for("QQQQ^[Q");
    let pid = std::fs::read_to_string(home.path().join("pid")).unwrap();
    kill_process(Pid::from_raw(pid.parse().unwrap()).unwrap(), Signal::KILL).unwrap();
    screen.wait("the draft", |screen| screen.is_alternate() && screen.has("ended from outside"));
    screen.press("yes");
    screen.wait_for("yes");
    assert!(!screen.has("Q"), "{}", screen.text());
}

#[test]
fn k11_who_ends_the_program_ends_its_editor_and_loses_nothing() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    will(&home, "echo saved before >> \"$1\"; echo READY; exec sleep 1000");
    let mut screen = writing(&home, "typed ");
    screen.press(F4);
    screen.wait_for("READY");
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
    let drafts = drafts(&home.profile());
    assert!(drafts.len() == 1 && drafts[0].contains("typed ") && drafts[0].contains("saved before"), "{drafts:?}");
    let pid = std::fs::read_to_string(home.path().join("pid")).unwrap();
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    assert_eq!(left_behind(&home), 0);
}

#[test]
fn k11_what_was_typed_when_the_program_is_ended_is_a_draft() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let mut screen = writing(&home, "the last words ");
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
    assert!(drafts(&home.profile()).iter().any(|body| body.contains("the last words ")));
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for("draft");
    screen.press("D");
    screen.wait_for("hello");
}

#[test]
fn what_is_sent_arrives_and_what_is_taken_back_does_not() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let smtp = format!("smtp = \"localhost:{}:tls\"\nimap = ", server.demo.smtp_tls.port());
    home.write_config(
        &home.config().replacen("imap = ", &smtp, 1).replace("[compose]\n", "[compose]\ntake_back = 2\n"),
    );
    let line = ["compose", "--to", ADDRESS, "--subject", "给自己的信", "--body", "你好"];
    let mut screen = Terminal::start(home.path(), &line, 80, 24);
    screen.wait_for("你好");
    let send = |screen: &mut Terminal| {
        screen.press("\x13");
        screen.wait_for("Before sending");
        screen.press("\r");
        screen.wait_for("takes it back");
    };
    send(&mut screen);
    screen.press("u");
    screen.wait_for("It was taken back");
    assert_eq!(drafts(&home.profile()).len(), 1);
    send(&mut screen);
    screen.wait_for("Sent: 给自己的信");
    screen.wait("the letter", |screen| screen.line("●").is_some_and(|line| line.contains("给自己的信")));
    assert!(drafts(&home.profile()).is_empty());
    let reader = OwnReader::open(&home.profile()).unwrap().unwrap();
    let letters = reader.outbox(None).unwrap();
    assert!(letters.len() <= 1 && letters.iter().all(|letter| letter.state == Sending::Sent), "{letters:?}");
    drop(reader);
    screen.press("q");
    assert_eq!(screen.ended(), 0);
}

#[test]
fn text_older_than_a_second_survives_kill_nine() {
    let rounds = long(3, 100);
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    for round in 0..rounds {
        let mut screen = writing(&home, &format!("round {round} begins "));
        // Without a pause between keys, which would be a time to keep it by.
        let shown = clock::instant();
        while shown.elapsed() < Duration::from_secs(1) {
            screen.press(".");
            std::thread::sleep(Duration::from_millis(20));
            screen.look();
        }
        screen.signal(Signal::KILL);
        screen.ended();
        let kept = drafts(&home.profile());
        assert!(kept.iter().any(|body| body.contains(&format!("round {round} begins "))), "{round}: {kept:?}");
    }
    assert_eq!(drafts(&home.profile()).len(), rounds);
}

#[test]
fn what_was_refused_stays_on_the_screen_until_somebody_sees_to_it() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let smtp = format!("smtp = \"localhost:{}:tls\"\nimap = ", server.demo.smtp_tls.port());
    home.write_config(&home.config().replacen("imap = ", &smtp, 1));
    let letter = format!("From: {ADDRESS}\r\nTo: nobody@example.com\r\nSubject: s\r\n\r\nx\r\n");
    home.run_with(&["send", "-"], &letter).failed();
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for("1 not sent");
    home.run(&["outbox", "drop", "1"]).good();
    screen.wait_gone("not sent");
    screen.press("q");
    assert_eq!(screen.ended(), 0);
}
