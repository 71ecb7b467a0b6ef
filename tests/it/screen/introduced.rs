//! Who we are is said to those who ask for it.

use std::collections::HashMap;

use hongyan::demo::COREMAIL;

use super::terminal::Terminal;
use crate::embedded::{ADDRESS, Embedded, SECRET};

/// Coremail asks for it on each connection; the tag tells which one it was.
#[test]
fn who_we_are_is_said_on_every_connection_before_a_folder_is_opened() {
    let server = Embedded::start(|options| options.personality = &COREMAIL);
    let home = server.home(server.port(), "");
    home.run(&["sync", "--once", "--bodies"]).good();
    home.run_with(&["account", "add", ADDRESS, "--secret-stdin"], SECRET).good();
    let mut terminal = Terminal::start(home.path(), &[], 100, 30);
    terminal.wait_for("Up to date");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let said = server.ask(async |demo| demo.said().await);
    let mut introduced: HashMap<&str, bool> = HashMap::new();
    for line in &said {
        let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
        let connection = introduced.entry(tag.get(..7).unwrap_or(tag)).or_default();
        if command.starts_with("SELECT") || command.starts_with("EXAMINE") {
            assert!(*connection, "{line} in {said:#?}");
        }
        *connection |= command.starts_with("ID (\"name\" \"hongyan\"");
    }
    assert!(introduced.len() >= 3 && introduced.values().all(|introduced| *introduced), "{introduced:?}");
}
