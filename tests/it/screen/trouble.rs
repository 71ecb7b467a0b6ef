//! Bad input: a sentence with what to do, the rest of the program alive, and nothing lost.

use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc;
use std::time::Duration;

use hongyan::model::clock;

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
        (server.untrusted_port(), "tls", "not trusted"),
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
    // To start again is no other try; the key is.
    let mut terminal = Terminal::start(home.path(), &[], 120, 24);
    terminal.wait("the refusal", |screen| screen.text().to_lowercase().contains("password"));
    terminal.press("\u{12}");
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

/// A server that greets if it is told to, answers the login, and then says nothing any more.
/// Tells when somebody came, and each line that came after the login.
fn falls_silent(greets: bool) -> (u16, mpsc::Receiver<String>) {
    let (to, told) = mpsc::channel();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let to = to.clone();
            open.push(stream.try_clone().unwrap());
            std::thread::spawn(move || {
                if greets {
                    stream.write_all(b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n").unwrap();
                } else {
                    let _ = to.send("somebody came".to_owned());
                }
                for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                    let line = line.unwrap_or_default().to_uppercase();
                    let tag = line.split(' ').next().unwrap_or_default().to_owned();
                    if ["LOGIN", "CAPABILITY"].iter().any(|word| line.contains(word)) {
                        let _ = write!(stream, "* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK done\r\n");
                    } else {
                        let _ = to.send(line);
                    }
                }
            });
        }
    });
    (port, told)
}

#[test]
fn n03_quitting_waits_for_no_server_and_no_secret() {
    let (silent, logged_in) = (falls_silent(false), falls_silent(true));
    let cat = "\"cat\", \"password\"";
    let cases =
        [(silent.0, cat, Some(silent.1)), (logged_in.0, cat, Some(logged_in.1)), (1, "\"sleep\", \"60\"", None)];
    for (port, command, came) in cases {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("password"), PASSWORD).unwrap();
        let command = command.replace("password", home.path().join("password").to_str().unwrap());
        let config = format!(
            "[[account]]\naddress = \"{USER}\"\nimap = \"127.0.0.1:{port}\"\ntls = \"none\"\nsecret = {{ command = [{command}] }}\n"
        );
        std::fs::write(home.path().join("config.toml"), config).unwrap();
        let mut terminal = Terminal::start(home.path(), &[], 120, 24);
        terminal.wait_for("Connecting");
        let came = came.map(|came| came.recv_timeout(Duration::from_mins(1)).unwrap());
        let begun = clock::instant();
        terminal.press("q");
        assert_eq!(terminal.ended(), 0);
        // The fault is 20 seconds.
        let took = begun.elapsed();
        println!("{came:?}, {command}: ended after {took:.0?}");
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
}

#[test]
fn f06_damage_that_is_met_in_use_is_mended_at_the_next_start() {
    let server = server(600);
    let home = home(&server);
    let mut terminal = Terminal::start(home.path(), &[], 120, 24);
    terminal.wait("the list", |screen| screen.has("1/600") && screen.has("Up to date"));
    terminal.press("q");
    terminal.ended();
    let data = home.path().join("data");
    let mut terminal = Terminal::start(home.path(), &[], 160, 24);
    terminal.wait("the list", |screen| screen.has("1/600") && screen.has("Up to date"));
    // What is read at the start is read; it happens after that.
    let mut file = std::fs::OpenOptions::new().write(true).open(data.join("mail.db")).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(length / 4)).unwrap();
    file.write_all(&vec![b'x'; usize::try_from(length / 2).unwrap()]).unwrap();
    terminal.press(&"\u{4}".repeat(60));
    terminal.wait("the sentence", |screen| screen.has("damaged") && screen.has("start hongyan again"));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let mark = std::fs::metadata(data.join("mail.db.broken")).unwrap();
    assert_eq!(mark.permissions().mode() & 0o777, 0o600);
    let mut terminal = Terminal::start(home.path(), &[], 160, 24);
    terminal.wait("what was done about it", |screen| screen.has("set aside"));
    terminal.wait("the list again", |screen| screen.has("1/600") && screen.has("Up to date"));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    assert!(!data.join("mail.db.broken").exists());
}

#[test]
fn where_nothing_was_ever_fetched_the_list_says_so() {
    let server = server(0);
    let (_home, mut terminal) = start_at(1, &server.ca_path(), "tls");
    terminal.wait_for("Nothing has been fetched yet");
    assert!(!terminal.has("Opening…") && !terminal.has("Reading the folders"), "{}", terminal.text());
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn settings_that_mean_nothing_are_told() {
    let server = server(1);
    let home =
        home_with(&server, PASSWORD, "[keys.nowhere]\nx = \"down\"\n[keys.list]\nx = \"fly\"\nctrl-q = \"down\"\n");
    let mut terminal = Terminal::start(home.path(), &[], 160, 24);
    terminal.wait("a notice", |screen| screen.has("[keys.nowhere] is not a setting"));
    terminal.press("\u{5}");
    terminal.wait("all of them", |screen| {
        screen.has("[keys.nowhere]") && screen.has("`x` means `fly`") && screen.has("`ctrl-q` is not a key")
    });
    terminal.press("qq");
    assert_eq!(terminal.ended(), 0);
}
