//! A server that does not let us in: what the screen says in both languages, how often it is asked, and what becomes of
//! the secret.

use hongyan::demo::{COREMAIL, Fault, Personality, QQ, Toggles};
use hongyan::remedy;

use super::terminal::Terminal;
use crate::embedded::{Embedded, SECRET};

struct Case {
    name: &'static str,
    personality: &'static Personality,
    /// The server knows another secret than the user has.
    wrong: bool,
    faults: &'static [Fault],
    /// What the row says, by the table of remedies.
    remedy: &'static str,
    /// The short word of the status row, in English and in Chinese.
    words: [&'static str; 2],
    /// A word of the server's own, which belongs into the history.
    raw: &'static str,
}

const UNSAFE_FOR_EVER: Personality =
    Personality { toggles: Toggles { gate_stays_shut: true, ..COREMAIL.toggles }, ..COREMAIL };
const SERVICE_OFF: &[Fault] = &[
    Fault::Answer { on: "LOGIN", words: "NO [ALERT] Your account is not enabled for IMAP use. (Failure)" },
    Fault::Answer { on: "AUTHENTICATE", words: "NO [ALERT] Your account is not enabled for IMAP use. (Failure)" },
];
const BUSY: &[Fault] = &[
    Fault::Answer { on: "LOGIN", words: "NO System busy!" },
    Fault::Answer { on: "AUTHENTICATE", words: "NO System busy!" },
];

const CASES: [Case; 5] = [
    Case {
        name: "wrong code, and QQ does not say so",
        personality: &QQ,
        wrong: true,
        faults: &[],
        remedy: "qq-refused",
        words: ["Password needed", "需要授权码"],
        raw: "abnormal",
    },
    Case {
        name: "wrong code",
        personality: &COREMAIL,
        wrong: true,
        faults: &[],
        remedy: "netease-login",
        words: ["Password needed", "需要授权码"],
        raw: "LOGIN Login error",
    },
    Case {
        name: "throttled",
        personality: &QQ,
        wrong: false,
        faults: BUSY,
        remedy: "qq-busy",
        words: ["On hold", "限流中"],
        raw: "System busy",
    },
    Case {
        name: "service off",
        personality: &QQ,
        wrong: false,
        faults: SERVICE_OFF,
        remedy: "imap-is-off",
        words: ["Stopped", "已停止"],
        raw: "(Failure)",
    },
    Case {
        name: "unsafe for ever",
        personality: &UNSAFE_FOR_EVER,
        wrong: false,
        faults: &[],
        remedy: "netease-mistrusted",
        words: ["Stopped", "已停止"],
        raw: "Unsafe Login",
    },
];

/// The secret as it is kept.
fn kept(home: &std::path::Path) -> Vec<u8> {
    let mut files = std::fs::read_dir(home.join("data/secrets")).unwrap();
    let file = files.next().expect("no secret is kept").unwrap().path();
    let secret = std::fs::read(file).unwrap();
    assert!(secret.starts_with(SECRET.as_bytes()) && files.next().is_none());
    secret
}

#[test]
fn n07_a_refusal_says_what_to_do_and_is_not_repeated() {
    for case in CASES {
        for (at, locale) in ["en_US.UTF-8", "zh_CN.UTF-8"].into_iter().enumerate() {
            let server = Embedded::start(|options| {
                options.personality = case.personality;
                if case.wrong {
                    options.password = "another code".to_owned();
                }
            });
            server.fail(case.faults);
            let home = server.home(server.port(), "");
            let secret = kept(home.path());
            let remedy = remedy::named(case.remedy).unwrap();
            let wording = if at == 0 { &remedy.en } else { &remedy.zh };
            // A row of its own begins with a capital.
            let advice: String = wording.todo.chars().skip(1).collect();
            let mut terminal = Terminal::start_in(home.path(), &[], 80, 24, locale);
            // The whole of the advice, at 80 columns.
            terminal.wait(case.name, |screen| screen.has(&wording.what) && screen.has(&advice));
            terminal.wait_for(case.words[at]);
            println!("{} {locale}\n{}\n", case.name, terminal.text());
            assert!(!terminal.has(case.raw), "{}", terminal.text());
            // The words themselves are in the history, and keys are alive.
            terminal.press("\u{5}");
            terminal.wait_for(case.raw);
            assert!(!terminal.has(SECRET));
            terminal.press("q");
            terminal.wait_gone(case.raw);
            terminal.press("q");
            assert_eq!(terminal.ended(), 0);
            let logins = server.heard("LOGIN") + server.heard("AUTHENTICATE");
            assert!((1..=2).contains(&logins), "{}: {logins} logins", case.name);
            assert_eq!(kept(home.path()), secret, "{}: the secret that is kept", case.name);
        }
    }
}

#[test]
fn n07_to_start_again_is_no_other_try() {
    let server = Embedded::start(|options| {
        options.personality = &QQ;
        options.password = "another code".to_owned();
    });
    let home = server.home(server.port(), "");
    // A timetable was refused a moment ago.
    home.run(&["sync", "--once"]).failed();
    let logins = || server.heard("LOGIN") + server.heard("AUTHENTICATE");
    let before = logins();
    let what = &remedy::named("qq-refused").unwrap().zh.what;
    for asks in [false, true] {
        let mut terminal = Terminal::start_in(home.path(), &[], 80, 24, "zh_CN.UTF-8");
        terminal.wait("the refusal, and the key", |screen| screen.has(what) && screen.has("F2"));
        assert_eq!(logins(), before, "{}", terminal.text());
        if asks {
            // The key is another try.
            terminal.press("\u{12}");
            terminal.wait("another try", |screen| screen.has(what) && logins() > before);
        }
        terminal.press("q");
        assert_eq!(terminal.ended(), 0);
    }
    assert_eq!(logins(), before + 1);
}

#[test]
fn a_refused_login_on_the_command_line_says_what_to_do() {
    for case in CASES {
        let server = Embedded::start(|options| {
            options.personality = case.personality;
            if case.wrong {
                options.password = "another code".to_owned();
            }
        });
        server.fail(case.faults);
        let home = server.home(server.port(), "");
        let remedy = remedy::named(case.remedy).unwrap();
        for (lang, wording) in [("en", &remedy.en), ("zh-CN", &remedy.zh)] {
            let said = home.run(&["sync", "--once", "--lang", lang]).failed();
            println!("{said}");
            assert!(said.contains(&wording.what) && said.contains(&wording.todo), "{said}");
            assert!(!said.contains(case.raw), "{said}");
        }
        // Whatever is tried by a timetable, the server hears of it once; who is asked for an introduction, twice.
        let logins = server.ask(async |demo| demo.logins().await);
        assert!(logins <= if case.remedy == "netease-mistrusted" { 2 } else { 1 }, "{}: {logins}", case.name);
    }
}
