//! The password is where the user put it, on the line to the server, and nowhere else: whatever the server repeats of it,
//! and whatever goes wrong.

use std::collections::BTreeSet;
use std::path::PathBuf;

use hongyan::demo::{Fault, FaultPlace as Place};

use super::terminal::Terminal;
use crate::cli::home::Home;
use crate::embedded::{ADDRESS, Embedded, SECRET};

/// What a server may say that has read a password, and thinks it helps to repeat it.
const ECHOES: [&[Fault]; 8] = [
    &[Fault::Answer { on: "LOGIN", words: "NO wrong password canary-7391-Wildgans for you" }],
    &[Fault::Answer { on: "LOGIN", words: "NO [UNAVAILABLE] not now, canary-7391-Wildgans" }],
    &[Fault::Answer { on: "SELECT", words: "NO your password is CANARY-7391-wildgans" }],
    &[Fault::Answer { on: "SELECT", words: "NO [canary-7391-Wildgans]" }],
    &[Fault::Answer { on: "FETCH", words: "BAD canary-7391-Wildgans" }],
    &[
        Fault::Say { on: "LIST", place: Place::Between, bytes: b"* BYE canary-7391-Wildgans\r\n", times: 1 },
        Fault::CutAfter(700),
    ],
    &[Fault::Say { on: "", place: Place::Between, bytes: b"* OK [ALERT] canary-7391-Wildgans\r\n", times: 1 }],
    &[Fault::Greeting("* BYE remember canary-7391-Wildgans"), Fault::Pieces(7)],
];

/// Wherever the canary sings in these bytes, in any case, or as base64.
fn sings(bytes: &[u8]) -> bool {
    let lower = bytes.to_ascii_lowercase();
    let forms = [SECRET.to_lowercase(), "y2fuyxj5ltczotetv2lszgdhbn".to_owned(), "v2lszgdhbn".to_owned()];
    forms.iter().any(|form| memchr::memmem::find(&lower, form.as_bytes()).is_some())
}

fn files_with_it(home: &Home) -> BTreeSet<PathBuf> {
    home.files().into_iter().filter(|(_, bytes)| sings(bytes)).map(|(path, _)| path).collect()
}

#[track_caller]
fn assert_silent(home: &Home, what: &str) {
    let own = BTreeSet::from([home.profile().join("secrets").join(ADDRESS)]);
    assert_eq!(files_with_it(home), own, "{what}");
}

#[test]
fn l01_l04_a_password_that_a_server_repeats_is_nowhere() {
    let server = Embedded::start(|_| {});
    let home = server.home(server.port(), "");
    assert_silent(&home, "account add");
    for faults in ECHOES {
        server.fail(faults);
        let done = home.run(&["sync", "--once", "--bodies"]);
        assert!(!sings(done.err.as_bytes()) && !sings(done.out.as_bytes()), "{faults:?}: {done:?}");
        let mut terminal = Terminal::start(home.path(), &[], 160, 40);
        let outside = terminal.outside();
        assert!(!sings(&outside), "{faults:?}: arguments or environment");
        terminal.wait("something said", |screen| {
            ["Offline", "Up to date", "refused", "password", "Connecting"].iter().any(|word| screen.has(word))
        });
        terminal.wait("the end of the first try", |screen| !screen.has("Connecting"));
        // Every trouble, and what is said on the wire.
        terminal.press("\u{5}");
        terminal.wait("one of two pages", |screen| screen.has("What happened") || screen.has("What was said"));
        let other = if terminal.has("What happened") { "What was said" } else { "What happened" };
        terminal.press("\t");
        terminal.wait_for(other);
        terminal.signal(rustix::process::Signal::TERM);
        terminal.ended();
        assert!(!sings(&terminal.written), "{faults:?}: {}", terminal.text());
        assert_silent(&home, &format!("{faults:?}"));
    }
    // It was on the wire, and the log of the wire says so without saying it.
    let log = std::fs::read_to_string(home.profile().join("protocol.log")).unwrap();
    assert!(log.contains("LOGIN demo@hongyan.example ***") && log.contains("password ***"), "{log}");
    server.fail(&[]);
    home.run(&["sync", "--once"]).good();
    for command in
        [&["account", "list", "--json"][..], &["account", "list"], &["folders", "--json"], &["list", "INBOX"]]
    {
        let done = home.run(command).good();
        assert!(!sings(done.out.as_bytes()) && !sings(done.err.as_bytes()), "{command:?}");
    }
    assert_silent(&home, "the end");
}

/// What a program that is asked for the password sees of the one that asks.
#[test]
fn l02_a_child_sees_no_password_in_arguments_or_environment() {
    let server = Embedded::start(|_| {});
    let home = server.home(server.port(), "");
    let script = home.path().join("ask.sh");
    std::fs::write(
        &script,
        format!(
            "cat /proc/$PPID/cmdline /proc/$PPID/environ /proc/self/environ >> {0}/seen\ncat {0}/typed\n",
            home.path().display()
        ),
    )
    .unwrap();
    std::fs::write(home.path().join("typed"), SECRET).unwrap();
    let config = home.config();
    let secret = format!("secret = {{ command = [\"sh\", \"{}\"] }}", script.display());
    let lines: Vec<&str> = config.lines().filter(|line| !line.starts_with("secret")).collect();
    std::fs::write(home.path().join("config.toml"), format!("{}\n{secret}\n", lines.join("\n"))).unwrap();
    // The first try is refused, so that it is asked for twice.
    server.ask(async |demo| demo.refuse_logins(true).await);
    let mut terminal = Terminal::start(home.path(), &[], 120, 40);
    terminal.wait("the refusal", |screen| screen.has("password"));
    server.ask(async |demo| demo.refuse_logins(false).await);
    terminal.press("\u{12}");
    terminal.wait_for("Up to date");
    assert!(!sings(&terminal.outside()));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let seen = std::fs::read(home.path().join("seen")).unwrap();
    assert!(seen.len() > 100 && !sings(&seen), "{}", String::from_utf8_lossy(&seen));
}
