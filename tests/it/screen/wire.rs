//! What is said to the servers, on the screen while it is said.

use std::os::unix::fs::PermissionsExt as _;

use super::sync::{PASSWORD, home, server};
use super::terminal::Terminal;

#[test]
fn l01_t17_the_history_shows_what_is_said_and_no_secret() {
    let server = server(60);
    let home = home(&server);
    for (columns, rows, locale) in [(120, 40, "en_US.UTF-8"), (40, 14, "zh_CN.UTF-8")] {
        let mut terminal = Terminal::start_in(home.path(), &[], columns, rows, locale);
        terminal.press("\u{5}");
        let wide = columns > 60;
        let settled = if wide { "Up to date" } else { "已同步" };
        // On a small screen the last answer may hide what was asked.
        terminal.wait("the end of the talk", |screen| (screen.has("→ ") || screen.has("← ")) && screen.has(settled));
        if wide {
            // News come to whoever looks on, and the view follows.
            terminal.wait("silence", |screen| screen.has(" IDLE"));
            server.fill(super::sync::USER, "INBOX", 1);
            terminal.wait("news", |screen| screen.has("→ DONE"));
        }
        terminal.press("g");
        terminal.wait("the beginning", |screen| screen.has(if wide { "calling localhost:" } else { "正在连接" }));
        assert!(terminal.has("LOGIN"), "{}", terminal.text());
        // The next page tells everything that happened.
        terminal.press("n");
        terminal.wait("the other page", |screen| screen.has(if wide { "What happened" } else { "事件记录" }));
        terminal.press("\tq");
        terminal.wait_gone("LOGIN");
        terminal.press("q");
        assert_eq!(terminal.ended(), 0);
        terminal.assert_only_our_own_bytes();
        assert!(!String::from_utf8_lossy(&terminal.written).contains(PASSWORD));
    }
    let file = home.path().join("data/protocol.log");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("LOGIN me@mail.example ***") && text.contains("\tclosed\t"), "{text}");
    assert!(!text.contains(PASSWORD) && !text.contains("Subject:"), "{text}");
}
