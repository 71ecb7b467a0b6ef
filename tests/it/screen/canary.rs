//! The password is where the user put it, on the line to the server, and nowhere else: whatever the server repeats of it,
//! and whatever goes wrong.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Command;

use hongyan::demo::{Fault, FaultPlace as Place, QQ};
use hongyan::model::clock;
use rustix::process::{Pid, Signal, kill_process};

use super::terminal::Terminal;
use crate::cli::home::{Home, PATIENCE, PROGRAM};
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
    // Made by another encoder: as base64, wherever in a group of three it begins, and its ends alone.
    let forms = [
        "y2fuyxj5ltczotetv2lszgdhbn",
        "nhbmfyes03mzkxlvdpbgrnyw5z",
        "jyw5hcnktnzm5ms1xawxkz2fuc",
        "v2lszgdhbn",
        "vdpbgrnyw5",
        "xawxkz2fuc",
        &SECRET.to_lowercase(),
    ];
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
    let log = home.profile().join("protocol.log");
    let mut said = String::new();
    for faults in ECHOES {
        server.fail(faults);
        // A refusal that is remembered would keep the next one from being heard.
        said.push_str(&std::fs::read_to_string(&log).unwrap_or_default());
        let _ = std::fs::remove_file(&log);
        let done = home.run(&["sync", "--once", "--bodies"]);
        said.push_str(&std::fs::read_to_string(&log).unwrap());
        std::fs::remove_file(&log).unwrap();
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
    said.push_str(&std::fs::read_to_string(&log).unwrap());
    assert!(said.contains("LOGIN demo@hongyan.example ***") && said.contains("password ***"), "{said}");
    assert!(!sings(said.as_bytes()));
    server.fail(&[]);
    std::fs::remove_file(&log).unwrap();
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

/// The same as XOAUTH2 says it, in one piece and broken over lines: made by another encoder.
const TOKEN_ECHOES: [&[Fault]; 5] = [
    &[Fault::Answer { on: "AUTHENTICATE", words: "NO the token canary-7391-Wildgans is of no use" }],
    &[Fault::Answer {
        on: "AUTHENTICATE",
        words: "NO dXNlcj1kZW1vQGhvbmd5YW4uZXhhbXBsZQFhdXRoPUJlYXJlciBjYW5hcnktNzM5MS1XaWxkZ2FucwEB",
    }],
    &[Fault::Say {
        on: "AUTHENTICATE",
        place: Place::Ahead,
        bytes: b"* OK dXNlcj1kZW1vQGhvbmd5YW4uZXhhbXBsZQFhdXRoPUJlYXJlciBjYW5hcnkt\r\n* OK NzM5MS1XaWxkZ2FucwEB\r\n",
        times: 1,
    }],
    &[Fault::Say { on: "", place: Place::Between, bytes: b"* OK canary-7391\r\n* OK -Wildgans\r\n", times: 1 }],
    &[],
];

#[test]
fn l01_l04_a_token_that_a_server_repeats_is_nowhere() {
    let server = Embedded::start(|options| {
        options.personality = &QQ;
        options.password = "something else".to_owned();
        options.token = Some(SECRET.to_owned());
    });
    let home = server.home(server.port(), "");
    let private = |name: &str, text: &str| {
        let file = home.path().join(name);
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        file
    };
    std::fs::remove_file(home.profile().join("secrets").join(ADDRESS)).unwrap();
    let own = BTreeSet::from([private("kept", SECRET)]);
    private("seen", "");
    let asks = format!(
        "cat /proc/$PPID/cmdline /proc/$PPID/environ /proc/self/environ >> {0}/seen; cat {0}/kept",
        home.path().display()
    );
    let script = private("ask.sh", &asks);
    let config = home.config();
    let lines: Vec<&str> = config.lines().filter(|line| !line.starts_with("secret")).collect();
    let secret = format!("secret = {{ token_command = [\"sh\", \"{}\"] }}", script.display());
    private("config.toml", &format!("{}\n{secret}\n", lines.join("\n")));
    for faults in TOKEN_ECHOES {
        server.fail(faults);
        let mut loud = home.command(&["sync", "--once", "--bodies"]);
        loud.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
        let done = loud.output().unwrap();
        assert!(!sings(&done.stdout) && !sings(&done.stderr), "{faults:?}: {done:?}");
        let mut terminal = Terminal::start(home.path(), &[], 160, 40);
        terminal.wait("the first try", |screen| {
            ["Offline", "Up to date", "refused", "password", "token"].iter().any(|word| screen.has(word))
        });
        assert!(!sings(&terminal.outside()), "{faults:?}: arguments or environment");
        terminal.press("\u{5}");
        terminal.wait("one of two pages", |screen| screen.has("What happened") || screen.has("What was said"));
        terminal.press("\t");
        terminal.signal(Signal::TERM);
        terminal.ended();
        assert!(!sings(&terminal.written), "{faults:?}: {}", terminal.text());
        assert_eq!(files_with_it(&home), own, "{faults:?}");
    }
    assert!(std::fs::read(home.path().join("seen")).unwrap().len() > 100);
    let log = std::fs::read_to_string(home.profile().join("protocol.log")).unwrap();
    assert!(log.contains("AUTHENTICATE XOAUTH2 ***"), "{log}");
    // It was a token all the time: nobody was told that it is a password.
    assert_eq!(server.heard("LOGIN"), 0);
}

/// What dies while it holds a password leaves no memory behind, however generous the system is.
#[test]
fn l02_a_program_that_aborts_leaves_no_core() {
    let server = Embedded::start(|_| {});
    let home = server.home(server.port(), "");
    server.fail(&[Fault::Deaf("LOGIN")]);
    #[expect(clippy::disallowed_methods, reason = "the program under test, under a generous shell")]
    let generous = |line: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -c unlimited; exec {line}")]).env_clear().env("PATH", "/usr/bin:/bin");
        command.env("HOME", home.path()).env("HONGYAN_HOME", home.path()).current_dir(home.path());
        command.spawn().unwrap()
    };
    let mut child = generous(&format!("{PROGRAM} sync --once"));
    let end = clock::instant() + PATIENCE;
    while server.ask(async |demo| demo.said().await).iter().all(|line| !line.contains(" LOGIN ")) {
        assert!(clock::instant() < end, "it does not log in");
        std::thread::yield_now();
    }
    kill_process(Pid::from_child(&child), Signal::ABORT).unwrap();
    let status = child.wait().unwrap();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
    assert_silent(&home, "after its death");
    // The same system would have kept the core of another program, if it keeps any.
    let other = generous("sh -c 'kill -ABRT $$'").wait().unwrap();
    assert_eq!(other.signal(), Some(6));
    if !other.core_dumped() {
        eprintln!("this system keeps no cores at all");
    }
}
