//! What waits to be sent, as its user meets it: put off, refused, taken back, and named at the end. And messages that are
//! begun on the command line beside a screen that is open.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc;
use std::time::Duration;

use hongyan::store::{OwnReader, ProfileLock};
use rustix::process::Signal;

use super::terminal::Terminal;
use crate::cli::home::Home;
use crate::embedded::{ADDRESS, Embedded};

fn home(server: &Embedded) -> Home {
    let home = server.home(server.port(), "[compose]\ntake_back = 2\n");
    let smtp = format!("smtp = \"localhost:{}:tls\"\nimap = ", server.demo.smtp_tls.port());
    home.write_config(&home.config().replacen("imap = ", &smtp, 1));
    home
}

/// Writes a message to oneself and looks it over.
fn reviewed(home: &Home, to: &str) -> Terminal {
    let line = ["compose", "--to", to, "--subject", "给自己的信", "--body", "你好"];
    let mut screen = Terminal::start(home.path(), &line, 80, 24);
    screen.wait_for("你好");
    screen.press("\x13");
    screen.wait_for("Before sending");
    screen
}

fn letters(home: &Home) -> usize {
    OwnReader::open(&home.profile()).unwrap().map_or(0, |own| own.outbox(None).unwrap().len())
}

#[test]
fn a_letter_with_a_time_of_its_own_is_named_at_the_end_and_comes_back() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let mut screen = reviewed(&home, ADDRESS);
    screen.press("l");
    screen.wait_for("Send when");
    screen.press("in 3 hours\r");
    screen.wait_for("(hongyan outbox flush) runs then");
    screen.wait_for("1 to be sent");
    screen.press("9");
    screen.wait_for("Outbox");
    screen.wait_for("a timer must run");
    screen.press("tin 5 days\r");
    screen.wait_for("Now it goes");
    // Nobody is asked about what has a time of its own.
    screen.press("q");
    screen.wait_gone("Outbox");
    screen.press("q");
    assert_eq!(screen.ended(), 0);
    assert!(screen.text().contains("1 to go at their time"), "{}", screen.text());
    // A timer does not send it before.
    home.run(&["outbox", "flush"]);
    assert_eq!(letters(&home), 1);
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for("1 to be sent");
    screen.press("u");
    screen.wait_for("你好");
    screen.wait_for("It was taken back");
    assert_eq!(letters(&home), 0);
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
}

#[test]
fn a_refused_letter_is_corrected_where_the_address_is_marked() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let mut screen = reviewed(&home, "nobody@example.com");
    screen.press("y");
    screen.wait_for("1 not sent: 9 shows it");
    screen.press("9");
    screen.wait_for("✗ nobody@example.com");
    screen.press("\r");
    screen.wait("the draft", |screen| screen.has("New message") && screen.has("✗ refused"));
    screen.press(&format!("\x15{ADDRESS}\x13"));
    screen.wait_for("Before sending");
    screen.press("y");
    screen.wait_for("Sent: 给自己的信");
    // A key would be asked back as long as the outbox still shows what has just gone.
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
}

#[test]
fn what_counts_down_is_sent_before_the_end_if_the_user_says_so() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    home.write_config(&home.config().replace("take_back = 2", "take_back = 100"));
    let mut screen = reviewed(&home, ADDRESS);
    screen.press("y");
    screen.wait_for("takes it back");
    screen.press("q");
    screen.wait_for("1 not sent yet");
    screen.press("s");
    assert_eq!(screen.ended(), 0);
    let arrived = home.run(&["sync", "--once"]).good();
    drop(arrived);
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    assert!(rows.as_array().unwrap().iter().any(|row| row["subject"] == "给自己的信"), "{rows}");
}

#[test]
fn who_keeps_it_for_the_next_time_is_told_so() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    home.write_config(&home.config().replace("take_back = 2", "take_back = 100"));
    let mut screen = reviewed(&home, ADDRESS);
    screen.press("y");
    screen.wait_for("takes it back");
    screen.press("qk");
    assert_eq!(screen.ended(), 0);
    assert!(screen.text().contains("1 not sent yet"), "{}", screen.text());
    assert_eq!(letters(&home), 1);
}

#[test]
fn k03_a_message_that_is_begun_beside_a_screen_opens_there() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let file = home.path().join("notes.txt");
    std::fs::write(&file, "notes").unwrap();
    // Nothing at home may be read by others, and this lies there.
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut screen = Terminal::start(home.path(), &[], 80, 24);
    screen.wait_for("Up to date");
    let line = ["compose", "--to", "a@example.com", "--subject", "handed over", "--body", "at first", "--attach"];
    let done = home.run(&[&line[..], &[file.to_str().unwrap()]].concat()).good();
    assert!(done.err.contains("it is open in the hongyan that is running"), "{}", done.err);
    screen.wait_for("at first");
    screen.wait_for("notes.txt");
    screen.press("\x1b");
    screen.wait_for("returns to it");
    home.run(&["mailto:b@example.com?subject=by%20a%20link"]).good();
    screen.wait_for("by a link");
    // Nothing of it is left behind.
    assert!(home.files().iter().all(|(path, _)| !path.to_string_lossy().contains("handed-over")));
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
    let own = OwnReader::open(&home.profile()).unwrap().unwrap();
    assert_eq!(own.drafts().unwrap().len(), 2);
}

#[test]
fn a_message_that_is_begun_while_a_command_has_the_mail_waits_for_it() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    home.run(&["sync", "--once"]).good();
    let lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
    let line = ["compose", "--to", "a@example.com", "--subject", "hello", "--body", "at first"];
    let mut screen = Terminal::start(home.path(), &line, 80, 24);
    screen.wait_for("waiting a little");
    drop(lock);
    screen.wait_for("at first");
    screen.wait_gone("Read-only");
    screen.signal(Signal::TERM);
    assert_eq!(screen.ended(), 0);
    assert_eq!(OwnReader::open(&home.profile()).unwrap().unwrap().drafts().unwrap().len(), 1);
}

#[test]
fn k03_a_second_one_sees_drafts_and_the_outbox_change() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = home(&server);
    let mut first = Terminal::start(home.path(), &[], 80, 24);
    first.wait_for("Up to date");
    let mut second = Terminal::start(home.path(), &[], 80, 24);
    second.wait_for("Read-only");
    second.press("D");
    second.wait_for("There are no drafts.");
    home.run(&["compose", "--to", ADDRESS, "--subject", "begun elsewhere", "--body", "x"]).good();
    second.wait_for("begun elsewhere");
    // It looks, and no more.
    second.press("\r");
    second.wait_for("another Hongyan");
    first.press("\x13");
    first.wait_for("Before sending");
    first.press("l");
    first.wait_for("Send when");
    first.press("in 3 hours\r");
    second.wait_for("1 to be sent");
    second.wait_gone("begun elsewhere");
    second.press("q");
    second.wait_gone("There are no drafts.");
    second.press("9");
    second.wait_for("begun elsewhere");
    second.press("u");
    second.wait_for("another Hongyan");
    assert_eq!(letters(&home), 1);
    for screen in [&mut second, &mut first] {
        screen.signal(Signal::TERM);
        assert_eq!(screen.ended(), 0);
    }
}

/// Takes one message, and says so late. Tells when the message has come.
fn slow_server(word: Duration) -> (u16, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (came, comes) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut to, _) = listener.accept().unwrap();
        let from = BufReader::new(to.try_clone().unwrap());
        to.write_all(b"220 hello\r\n").unwrap();
        let mut in_data = false;
        for line in from.lines() {
            let said = match line.unwrap().split(' ').next().unwrap_or_default() {
                "." if in_data => {
                    in_data = false;
                    came.send(()).unwrap();
                    std::thread::sleep(word);
                    "250 taken\r\n"
                }
                _ if in_data => continue,
                "EHLO" => "250-me\r\n250 AUTH PLAIN\r\n",
                "AUTH" => "235 ok\r\n",
                "DATA" => {
                    in_data = true;
                    "354 go\r\n"
                }
                _ => "250 ok\r\n",
            };
            to.write_all(said.as_bytes()).unwrap();
        }
    });
    (port, comes)
}

#[test]
fn k03_a_message_that_is_begun_beside_a_screen_that_is_ending_is_a_draft() {
    let server = Embedded::start(|options| options.messages = 5);
    let home = server.home(server.port(), "[compose]\ntake_back = 0\n");
    let (port, comes) = slow_server(Duration::from_secs(6));
    home.write_config(&home.config().replacen("imap = ", &format!("smtp = \"localhost:{port}:none\"\nimap = "), 1));
    let mut screen = reviewed(&home, ADDRESS);
    screen.press("\r");
    comes.recv_timeout(Duration::from_secs(30)).unwrap();
    screen.signal(Signal::TERM);
    // It ends, and waits for the word on what it has sent.
    std::thread::sleep(Duration::from_millis(500));
    home.run(&["compose", "--to", "a@example.com", "--subject", "late", "--body", "not to be lost"]).good();
    assert_eq!(screen.ended(), 0);
    assert_eq!(super::writing::drafts(&home.profile()), ["not to be lost\n"]);
}
