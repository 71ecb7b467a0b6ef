//! Servers that hang up or hang, and files that are damaged: a sentence, an exit code, and nothing lost.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hongyan::store::Reader;

use super::home::{Home, PASSWORD, USER, server};
use crate::dovecot::Dovecot;

/// A line to the server that breaks after so many bytes of its answers.
struct Frail {
    port: u16,
    left: Arc<AtomicUsize>,
}

impl Frail {
    fn before(server: &Dovecot) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let (to, budget) = (server.imap_port(), left.clone());
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let budget = budget.load(Ordering::Relaxed);
                let (Ok(near), Ok(far)) = (near, TcpStream::connect(("127.0.0.1", to))) else { return };
                let (mut up_from, mut up_to) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut up_from, &mut up_to);
                    let _ = up_to.shutdown(std::net::Shutdown::Both);
                });
                std::thread::spawn(move || carry(far, near, budget));
            }
        });
        Self { port, left }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut budget: usize) {
    let mut buffer = [0; 4096];
    while budget > 0
        && let Ok(read) = from.read(&mut buffer)
        && read > 0
    {
        let pass = read.min(budget);
        budget -= pass;
        if to.write_all(&buffer[..pass]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
    let _ = from.shutdown(std::net::Shutdown::Both);
}

fn add(home: &Home, port: u16, more: &[&str]) {
    let imap = format!("127.0.0.1:{port}");
    let line = ["account", "add", USER, "--imap", &imap, "--tls", "none", "--secret-stdin", "--secret-store", "file"];
    home.run_with(&[&line[..], more].concat(), PASSWORD).good();
}

#[test]
fn n01_a_line_that_breaks_anywhere_is_taken_up_again() {
    let server = server();
    server.fill(USER, "INBOX", 1_200);
    let frail = Frail::before(&server);
    let home = Home::new();
    add(&home, frail.port, &[]);
    let mut before = 0;
    // From the greeting to the middle of the rows.
    for bytes in [0, 10, 200, 500, 900, 1_500, 3_000, 20_000, 60_000, 150_000, 300_000] {
        frail.left.store(bytes, Ordering::Relaxed);
        let said = home.run(&["sync", "--once", "--folder", "INBOX"]).failed();
        assert!(said.contains("127.0.0.1 closed the connection"), "{bytes}: {said}");
        let reader = Reader::open(&home.profile()).unwrap();
        assert_eq!(reader.wrong_counters().unwrap(), []);
        let known = reader.folders().unwrap().iter().map(|folder| folder.total).sum::<u64>();
        assert!(known >= before && known < 1_200, "{bytes}: {known} after {before}");
        before = known;
    }
    assert!(before > 0, "what came before the end was kept");
    frail.left.store(usize::MAX, Ordering::Relaxed);
    home.run(&["sync", "--once", "--folder", "INBOX"]).good();
    assert_eq!(home.flags("INBOX"), server.flags(USER, "INBOX"));
}

#[test]
fn a_server_that_is_killed_is_told_and_found_again() {
    let server = server();
    server.fill(USER, "INBOX", 30);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    server.kill();
    let said = home.run(&["sync", "--once"]).failed();
    assert!(said.contains("nothing answers at localhost"), "{said}");
    assert_eq!(home.flags("INBOX").len(), 30);
    server.restart();
    server.set_flags(USER, "INBOX", 1, &["\\Seen"]);
    home.run(&["sync", "--once"]).good();
    assert_eq!(home.flags("INBOX"), server.flags(USER, "INBOX"));
}

#[test]
fn n03_a_server_that_hangs_is_left_in_time() {
    // What it says before it falls silent.
    for (said, words) in [
        (&b""[..], "took too long to answer"),
        (b"* OK hello\r\n", "took too long to answer"),
        (b"* OK hello\r\n* OK wait\r\n", "took too long to answer"),
        // I11: the answer is there before the question.
        (b"* OK hello\r\nA0001 OK in\r\n", "does not talk like a mail server"),
        (b"* BYE busy, come back later\r\n", "busy, come back later"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "a web page answers instead of 127.0.0.1"),
    ] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(said).unwrap();
            // Until the other side gives up.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let home = Home::new();
        add(&home, port, &["--no-check"]);
        let told = home.run(&["sync", "--once", "--patience", "0.5"]).failed();
        assert!(told.contains(words) && told.contains(USER), "{told}");
    }
}

#[test]
fn f06_a_damaged_own_db_is_named_and_nothing_is_deleted() {
    let server = server();
    server.fill(USER, "INBOX", 6);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let own = home.profile().join("own.db");
    let copy = home.profile().join("own.db.copy-1");
    assert!(copy.exists());
    let rubbish = "not a database ".repeat(1_000);
    fs::write(&own, &rubbish).unwrap();
    for command in [&["sync", "--once"][..], &["account", "remove", USER, "--yes"]] {
        let said = home.run(command).failed();
        for part in [own.to_str().unwrap(), copy.to_str().unwrap(), "--own-db restore", "--own-db empty"] {
            assert!(said.contains(part), "{said}");
        }
    }
    assert_eq!(fs::read_to_string(&own).unwrap(), rubbish);
    // Readers need no own.db.
    assert_eq!(home.flags("INBOX").len(), 6);
    let restored = home.run(&["sync", "--once", "--own-db", "restore"]).good();
    assert!(restored.err.contains("restored from") && restored.err.contains("own.db.damaged-"), "{restored:?}");
    let aside = |home: &Home| {
        let files = home.files();
        files
            .iter()
            .filter(|(path, bytes)| path.to_str().unwrap().contains("own.db.damaged-") && *bytes == rubbish.as_bytes())
            .count()
    };
    assert_eq!(aside(&home), 1);
    assert_eq!(home.run(&["sync", "--once"]).good().err, "");

    fs::write(&own, &rubbish).unwrap();
    for n in 1..=3 {
        let _ = fs::remove_file(home.profile().join(format!("own.db.copy-{n}")));
    }
    let said = home.run(&["sync", "--once"]).failed();
    assert!(said.contains("there is no copy of it"), "{said}");
    home.run(&["sync", "--once", "--own-db", "empty"]).good();
    assert_eq!(aside(&home), 2);
    assert_eq!(home.flags("INBOX"), server.flags(USER, "INBOX"));
}

#[test]
fn f06_a_damaged_mail_db_is_named_by_readers_and_made_anew_by_the_next_sync() {
    let server = server();
    server.fill(USER, "INBOX", 6);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    for tail in ["-wal", "-shm"] {
        let _ = fs::remove_file(home.profile().join(format!("mail.db{tail}")));
    }
    fs::write(home.profile().join("mail.db"), "not a database ".repeat(1_000)).unwrap();
    let said = home.run(&["list", "INBOX"]).failed();
    assert!(said.contains("mail.db is damaged"), "{said}");
    let again = home.run(&["sync", "--once"]).good();
    assert!(again.err.contains("mail.db could not be used"), "{again:?}");
    assert_eq!(home.flags("INBOX"), server.flags(USER, "INBOX"));
}

#[test]
fn f04_f08_a_profile_that_others_may_look_into_or_that_cannot_be_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = server();
    let home = Home::with_account(&server);
    fs::set_permissions(home.profile(), fs::Permissions::from_mode(0o755)).unwrap();
    let said = home.run(&["sync", "--once"]).failed();
    assert!(said.contains("chmod 700"), "{said}");
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let said = home.run(&["sync", "--once", "--profile", file.to_str().unwrap()]).failed();
    assert!(said.contains("is not a folder"), "{said}");
}
