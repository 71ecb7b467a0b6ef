//! A charset that the user knows better than the sender.

use hongyan::demo::Post;
use hongyan::model::{Timestamp, clock};

use super::terminal::Terminal;
use crate::embedded::Embedded;

/// Greetings in KOI8-R that nobody labelled: too short for a good guess.
const LETTERS: [(&str, &[u8], i64); 2] = [("first", b"\xf0\xd2\xc9\xd7\xc5\xd4", 60), ("second", b"\xed\xc9\xd2", 120)];

#[test]
fn m08_a_charset_that_was_chosen_is_remembered_for_the_sender() {
    let server = Embedded::start(|options| options.messages = 0);
    let now = clock::now();
    let post = |(subject, body, age): &(&str, &[u8], i64)| {
        let head = format!("From: Vanya <vanya@one.example>\r\nSubject: {subject}\r\n\r\n");
        let raw = [head.as_bytes(), body, b"\r\n"].concat();
        Post { raw, flags: Vec::new(), arrived: Timestamp(now.0 - age) }
    };
    let posts = LETTERS.iter().map(post).collect();
    server.ask(async |demo| demo.deliver_all("INBOX", posts).await);
    let home = server.home(server.port(), "");
    home.run(&["sync", "--once", "--bodies"]).good();

    let mut terminal = Terminal::start(home.path(), &[], 100, 30);
    terminal.wait("the list", |screen| screen.has("1/2"));
    terminal.press("\r");
    // As it is guessed at first.
    terminal.wait_for("鹨");
    // Six others come before it. All at once: no key waits for what the one before it asked for.
    terminal.press("EEEEEEE");
    terminal.wait_for("Привет");
    terminal.press("\u{e}");
    terminal.wait_for("Мир");
    terminal.press("qq");
    terminal.ended();

    let shown = home.run(&["list", "INBOX", "--json"]).json();
    let id = shown[1]["id"].as_i64().unwrap().to_string();
    let read = home.run(&["show", &id, "--json"]).json();
    assert_eq!((read["text"].as_str().unwrap().trim(), &read["charset"]), ("Мир", &"koi8-r".into()));
    let mut terminal = Terminal::start(home.path(), &[], 100, 30);
    terminal.wait("the list", |screen| screen.has("1/2"));
    terminal.press("\r");
    terminal.wait_for("Привет");
    terminal.press("qq");
    terminal.ended();
}
