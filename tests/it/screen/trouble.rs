//! Bad input: a sentence with what to do, the rest of the program alive, and nothing lost.

use std::os::unix::fs::PermissionsExt as _;

use super::sync::{PASSWORD, USER, home, home_with, server};
use super::terminal::Terminal;

fn start_at(port: u16, ca: &std::path::Path, tls: &str) -> (tempfile::TempDir, Terminal) {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("password"), PASSWORD).unwrap();
    let config = format!(
        "[[account]]\naddress = \"{USER}\"\nimap = \"localhost:{port}\"\ntls = \"{tls}\"\nca = \"{}\"\n\
         secret = {{ command = [\"cat\", \"{}\"] }}\n",
        ca.display(),
        home.path().join("password").display()
    );
    std::fs::write(home.path().join("config.toml"), config).unwrap();
    let terminal = Terminal::start(home.path(), &[], 120, 24);
    (home, terminal)
}

#[test]
fn each_way_not_to_get_in_has_its_sentence() {
    let server = server(3);
    let cases = [
        (server.wrong_name_port(), "tls", "not for localhost"),
        (server.expired_port(), "tls", "not valid"),
        (server.untrusted_port(), "tls", "not signed"),
        (1, "tls", "answer"),
    ];
    for (port, tls, word) in cases {
        let (_home, mut terminal) = start_at(port, &server.ca_path(), tls);
        terminal.wait(word, |screen| screen.text().to_lowercase().contains(word));
        // Keys are alive: help opens and closes.
        terminal.press("?");
        terminal.wait_for("Half a page");
        terminal.press("\u{1b}");
        // A key that follows at once would be taken for one with Alt.
        terminal.wait_gone("Half a page");
        terminal.press("q");
        assert_eq!(terminal.ended(), 0);
        terminal.assert_only_our_own_bytes();
    }
}

#[test]
fn n07_a_wrong_password_is_tried_once() {
    let server = server(3);
    let home = home_with(&server, "not the password", "");
    let mut terminal = Terminal::start(home.path(), &[], 120, 24);
    terminal.wait("the refusal", |screen| screen.text().to_lowercase().contains("password"));
    let tries = |log: &str| log.matches("auth failed").count();
    assert!(tries(&server.log()) <= 1, "{}", server.log());
    // The right one, and the key that tries again.
    std::fs::write(home.path().join("password"), PASSWORD).unwrap();
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let mut terminal = Terminal::start(home.path(), &[], 120, 24);
    terminal.wait_for("Up to date");
}

#[test]
fn k03_the_second_hongyan_only_looks() {
    let server = server(5);
    let home = home(&server);
    let mut first = Terminal::start(home.path(), &[], 120, 24);
    first.wait("the list", |screen| screen.has("1/5") && screen.has("Up to date"));
    let mut second = Terminal::start(home.path(), &[], 120, 24);
    second.wait("the list, to be looked at", |screen| screen.has("1/5") && screen.has("Read-only"));
    second.press("s");
    second.wait_for("another");
    // What the first one does is seen by the second.
    first.press("s");
    let starred = |screen: &Terminal| screen.text().contains('★');
    let before = first.text().matches('★').count();
    first.wait("a change of the star", |screen| screen.text().matches('★').count() != before || starred(screen));
    let stars = first.text().matches('★').count();
    second.wait("the same stars", |screen| screen.text().matches('★').count() == stars);
    first.press("q");
    assert_eq!(first.ended(), 0);
    second.press("q");
    assert_eq!(second.ended(), 0);
}

#[test]
fn f06_a_damaged_mail_db_is_said_set_aside_and_downloaded_again() {
    let server = server(5);
    let home = home(&server);
    let mut terminal = Terminal::start(home.path(), &[], 120, 24);
    terminal.wait("the list", |screen| screen.has("1/5") && screen.has("Up to date"));
    terminal.press("q");
    terminal.ended();
    let data = home.path().join("data");
    for tail in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(data.join(format!("mail.db{tail}")));
    }
    std::fs::write(data.join("mail.db"), vec![b'x'; 100_000]).unwrap();
    let mut terminal = Terminal::start(home.path(), &[], 120, 24);
    terminal.wait("the sentence", |screen| screen.has("set aside"));
    terminal.wait("the list again", |screen| screen.has("1/5"));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let aside = std::fs::read_dir(&data)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("mail.db.damaged"));
    assert_eq!(aside.count(), 1);
}

#[test]
fn f04_the_profile_is_private() {
    let server = server(2);
    let home = home(&server);
    let mut terminal = Terminal::start(home.path(), &[], 80, 24);
    terminal.wait_for("Up to date");
    let mut folders = vec![home.path().join("data")];
    while let Some(folder) = folders.pop() {
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o077, 0, "{}", folder.display());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let about = std::fs::symlink_metadata(&path).unwrap();
            if about.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(about.permissions().mode() & 0o077, 0, "{}", path.display());
            }
        }
    }
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}
