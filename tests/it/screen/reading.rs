//! Reading in the demo: what a newcomer sees.

use rustix::process::Signal;

use super::terminal::Terminal;

fn demo(columns: u16, rows: u16, locale: &str) -> (tempfile::TempDir, Terminal) {
    let home = tempfile::tempdir().unwrap();
    let terminal = Terminal::start_in(home.path(), &["demo"], columns, rows, locale);
    (home, terminal)
}

#[test]
fn a_newcomer_reads_a_message_and_leaves() {
    let (home, mut terminal) = demo(120, 40, "zh_CN.UTF-8");
    terminal.wait("a list", |screen| screen.has("收件箱") && screen.has("已同步"));
    terminal.press("j");
    terminal.wait("the second message", |screen| screen.has("2/"));
    terminal.press("\r");
    terminal.wait_for("q 返回");
    terminal.wait_for("发件人");
    terminal.press("q");
    terminal.wait_for("q 退出");
    terminal.press("?");
    terminal.wait("the help", |screen| screen.has("标为已读或未读"));
    terminal.press("\u{1b}");
    terminal.wait_for("发件人");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    assert!(!terminal.is_alternate(), "the terminal was not given back");
    terminal.assert_only_our_own_bytes();
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "the throw-away profile is still there: {left:?}");
}

/// Where the cursor is, and how many messages there are.
fn place(screen: &Terminal) -> Option<(usize, usize)> {
    let text = screen.text();
    let words: Vec<&str> = text.lines().next()?.split_whitespace().collect();
    words.iter().find_map(|word| {
        let (at, all) = word.split_once('/')?;
        Some((at.parse().ok()?, all.parse().ok()?))
    })
}

/// The first page is there before the rest is.
fn all_of_the_inbox(screen: &Terminal) -> bool {
    screen.has("Up to date") && place(screen).is_some_and(|(_, all)| all >= 150)
}

/// All of it, with every conversation open.
fn each_for_itself(terminal: &mut Terminal) {
    terminal.wait("all of the inbox", all_of_the_inbox);
    terminal.press("T");
    terminal.wait("every conversation open", |screen| place(screen).is_some_and(|(_, all)| all >= 196));
}

/// Walks through every message of the inbox, the hostile ones among them, at sizes where everything is cramped.
#[test]
fn every_message_of_the_demo_leaves_the_terminal_alone() {
    for (columns, rows) in [(80, 24), (40, 10), (200, 50)] {
        let (_home, mut terminal) = demo(columns, rows, "en_US.UTF-8");
        each_for_itself(&mut terminal);
        terminal.press("\r");
        terminal.wait("an open message", |screen| screen.has("From"));
        for _ in 0..195 {
            // C-n: the next message, open.
            terminal.press("\u{e}");
        }
        terminal.press("q");
        // New mail may have come in above meanwhile.
        terminal.wait("the last message", |screen| place(screen).is_some_and(|(at, all)| at >= 195 && at <= all));
        terminal.press("q");
        assert_eq!(terminal.ended(), 0);
        terminal.assert_only_our_own_bytes();
    }
}

#[test]
fn t14_borders_stay_straight_whatever_the_mail_is_like() {
    let (_home, mut terminal) = demo(120, 40, "en_US.UTF-8");
    each_for_itself(&mut terminal);
    for _ in 0..5 {
        let screen = terminal.text();
        let columns: Vec<Vec<usize>> = screen
            .lines()
            .skip(1)
            .take(36)
            .map(|line| {
                let mut column = 0;
                let mut rules = Vec::new();
                for c in line.chars() {
                    if c == '│' {
                        rules.push(column);
                    }
                    column += hongyan::text::width(&c.to_string());
                }
                rules
            })
            .collect();
        // Trees of conversations have such lines too, but none from top to bottom.
        let straight = columns[0].iter().filter(|rule| columns.iter().all(|rules| rules.contains(rule)));
        assert_eq!(straight.count(), 2, "{screen}");
        let before = terminal.text();
        terminal.press("\u{4}");
        terminal.wait("the next half page", |screen| screen.text() != before);
    }
}

#[test]
fn t23_signals_give_the_terminal_back() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let (_home, mut terminal) = demo(80, 24, "en_US.UTF-8");
        terminal.wait_for("Up to date");
        terminal.signal(signal);
        terminal.ended();
        assert!(!terminal.is_alternate(), "{signal:?}");
        let written = String::from_utf8_lossy(&terminal.written).into_owned();
        for off in ["\u{1b}[?1049l", "\u{1b}[?2004l", "\u{1b}[?25h", "\u{1b}[?1003l"] {
            assert!(
                written.rfind(off) > written.rfind(&off.replace('l', "h").replace("25h", "25l")),
                "{signal:?}: {off:?}"
            );
        }
    }
}

/// Both are told to the program at once, and whoever looks at one of them only leaves the other lying.
#[test]
fn t24_a_key_that_comes_with_another_size_counts_at_once() {
    let (_home, mut terminal) = demo(80, 24, "zh_CN.UTF-8");
    terminal.wait_for("已同步");
    for at in 2..12 {
        terminal.signal(Signal::STOP);
        terminal.resize(if at % 2 == 0 { 90 } else { 80 }, 24);
        terminal.press("j");
        terminal.signal(Signal::CONT);
        let place = format!(" {at}/");
        terminal.wait(&place, |screen| screen.has(&place));
    }
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn t24_a_storm_of_sizes_is_weathered() {
    let (_home, mut terminal) = demo(80, 24, "zh_CN.UTF-8");
    terminal.wait_for("已同步");
    for (columns, rows) in [(1, 1), (500, 200), (2, 50), (300, 2), (20, 5), (70, 20), (69, 24), (119, 40), (120, 40)] {
        terminal.resize(columns, rows);
        terminal.press("j");
    }
    terminal
        .wait("three panes", |screen| screen.text().lines().next().is_some_and(|line| line.matches('┬').count() == 2));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}
