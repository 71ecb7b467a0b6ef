//! Messages that attack the terminal, read one after the other in the real program.

use hongyan::model::clock;

use super::terminal::Terminal;
use crate::cli::home::Home;
use crate::embedded::Embedded;
use crate::hostile::{self, Letter};

fn filled(letters: &[Letter]) -> (Embedded, Home) {
    let server = Embedded::start(|options| options.messages = 0);
    let posts = hostile::posts(letters, clock::now());
    server.ask(async |demo| demo.deliver_all("INBOX", posts).await);
    let home = server.home(server.port(), "");
    home.run(&["sync", "--once", "--bodies"]).good();
    (server, home)
}

/// The columns of the upright lines of a pane, line by line; none where there is only one pane.
fn rules(screen: &Terminal) -> Vec<Vec<usize>> {
    let all = screen.text();
    let lines: Vec<&str> = all.lines().collect();
    let inner = lines.get(1..lines.len().saturating_sub(2)).unwrap_or_default();
    let places = |line: &&str| {
        let mut column = 0;
        let mut rules = Vec::new();
        for c in line.chars() {
            if c == '│' {
                rules.push(column);
            }
            column += hongyan::text::width(&c.to_string());
        }
        rules
    };
    inner.iter().map(places).collect()
}

/// Reads every letter, to its end, and looks at the screen each time.
fn read_all(letters: &[Letter], terminal: &mut Terminal) {
    terminal.wait("all letters", |screen| screen.has(&format!("1/{}", letters.len())));
    terminal.press("\r");
    for letter in letters {
        let what = format!("{} ({})", letter.mark, letter.name);
        terminal.wait(&what, |screen| screen.has(&letter.mark) && !screen.has("Loading"));
        // To its end: what is below the head is on the screen, too.
        terminal.press("G");
        // The next message, open.
        terminal.press("\u{e}");
    }
    terminal.look();
}

#[test]
fn t01_t02_t03_t05_t06_t09_t12_t15_hostile_messages_leave_the_terminal_alone() {
    let letters = hostile::letters();
    let (_server, home) = filled(&letters);
    for (columns, rows) in [(80, 24), (40, 10)] {
        let mut terminal = Terminal::start(home.path(), &[], columns, rows);
        read_all(&letters, &mut terminal);
        terminal.press("q");
        terminal.wait("the list", |screen| screen.has(&format!("{0}/{0}", letters.len())));
        terminal.press("q");
        assert_eq!(terminal.ended(), 0, "{}", terminal.text());
        terminal.assert_only_our_own_bytes();
    }
}

#[test]
fn t14_borders_stay_straight_beside_hostile_messages() {
    let letters = hostile::letters();
    let (_server, home) = filled(&letters);
    let mut terminal = Terminal::start(home.path(), &[], 120, 30);
    terminal.wait("all letters", |screen| screen.has(&format!("1/{}", letters.len())));
    for letter in &letters {
        terminal.wait(&letter.name, |screen| {
            let rules = rules(screen);
            screen.has(&letter.mark) && rules.iter().all(|at| at.len() >= 2 && at[..2] == rules[0][..2])
        });
        terminal.press("j");
    }
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    terminal.assert_only_our_own_bytes();
}

/// Every call that has to do with the network is written down while pages are read that ask for things in every way.
#[test]
fn h01_h11_h12_messages_that_are_read_ask_the_network_for_nothing() {
    let letters = hostile::curious(200);
    let (server, home) = filled(&letters);
    let calls = home.path().join("calls");
    let strace = ["strace", "-f", "-qq", "-e", "trace=network", "-o", calls.to_str().unwrap()];
    let mut terminal = Terminal::start_under(home.path(), &strace, 100, 30);
    read_all(&letters, &mut terminal);
    terminal.press("qq");
    assert_eq!(terminal.ended(), 0);
    let calls = std::fs::read_to_string(calls).unwrap();
    let connects: Vec<&str> = calls.lines().filter(|line| line.contains(" connect(")).collect();
    let ours = format!("htons({})", server.port());
    assert!(connects.iter().any(|line| line.contains(&ours)), "nothing was seen:\n{calls}");
    for line in connects {
        // Which network this is, is asked of the kernel by a socket that never sends anything.
        let weather = line.contains("htons(9)") && (line.contains("\"192.0.2.1\"") || line.contains("\"2001:db8::1\""));
        // Whoever resolves `localhost` may ask a daemon of this machine through a file.
        let own = line.contains(&ours) && (line.contains("127.0.0.1") || line.contains("\"::1\""));
        assert!(own || weather || line.contains("AF_UNIX"), "{line}");
    }
    for line in calls.lines().filter(|line| line.contains("sendto(") || line.contains("sendmsg(")) {
        assert!(!line.contains("sin_addr") && !line.contains("sin6_addr"), "{line}");
    }
}
