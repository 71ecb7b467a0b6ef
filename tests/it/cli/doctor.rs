//! `hongyan doctor`: what it finds on servers of every kind, and what it never does and never says.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use hongyan::demo::{COREMAIL, EXMAIL, MODERN, PERSONALITIES, Personality, QQ};
use hongyan::model::clock;
use serde_json::Value;

use super::home::{Done, Home, PASSWORD, USER, server};
use super::terminal::Pty;
use crate::dovecot::Dovecot;
use crate::embedded::{ADDRESS, Embedded, SECRET};
use crate::name_server::{NameServer, Says};

/// The objects that were printed.
#[track_caller]
pub fn objects(done: &Done) -> Vec<Value> {
    done.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// `check kind` of everything that is at least as bad as a warning, but for what depends on the machine of the test.
pub fn bad(objects: &[Value]) -> Vec<String> {
    let is_bad =
        |object: &&Value| object["level"] != "ok" && object["check"] != "openers" && object["check"] != "space";
    let name = |object: &Value| format!("{} {}", object["check"].as_str().unwrap(), object["kind"].as_str().unwrap());
    objects.iter().filter(is_bad).map(name).collect()
}

#[track_caller]
pub fn find<'a>(objects: &'a [Value], check: &str) -> &'a Value {
    objects.iter().find(|object| object["check"] == check).unwrap_or_else(|| panic!("no {check}: {objects:#?}"))
}

pub fn with_utf8(home: &Home, arguments: &[&str]) -> Done {
    let child = home.command(arguments).env("LANG", "C.UTF-8").env("TERM", "xterm-256color").spawn().unwrap();
    let out = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: out.status.code(), out: text(out.stdout), err: text(out.stderr) }
}

/// An account at this port of this machine, its password in a file.
fn account_at(port: u16, more: &[&str]) -> Home {
    let home = Home::new();
    let imap = format!("localhost:{port}");
    let line = ["account", "add", USER, "--imap", &imap, "--no-check", "--secret-stdin", "--secret-store", "file"];
    home.run_with(&[&line[..], more].concat(), PASSWORD).good();
    home
}

#[test]
fn every_kind_of_server_is_found_well_by_one_login_that_changes_nothing() {
    for personality in PERSONALITIES {
        let server = Embedded::start(|options| options.personality = personality);
        let home = server.home(server.port(), "");
        let done = with_utf8(&home, &["doctor", "--json"]);
        assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{}: {done:?}", personality.name);
        let found = objects(&done);
        assert_eq!(bad(&found), Vec::<String>::new(), "{}", personality.name);
        for check in [
            "dns",
            "tcp",
            "tls",
            "certificate",
            "greeting",
            "capabilities",
            "login",
            "id",
            "inbox",
            "folders",
            "idle",
            "round-trip",
            "clock",
        ] {
            if check != "id" || personality.name != "plain" {
                find(&found, check);
            }
        }
        for verb in ["SELECT", "APPEND", "STORE", "UID STORE", "COPY", "EXPUNGE"] {
            assert_eq!(server.heard(verb), 0, "{}: {verb}", personality.name);
        }
        assert_eq!(
            (server.heard("LOGIN") + server.heard("AUTHENTICATE"), server.heard("EXAMINE")),
            (1, 1),
            "{}",
            personality.name
        );
        println!("{}: {} findings", personality.name, found.len());
    }
}

/// It is made to be pasted: nothing of it says who and where.
#[test]
fn l04_a_report_holds_no_secret_and_no_address_unless_asked_for() {
    let server = Embedded::start(|options| options.personality = &COREMAIL);
    let home = server.home(server.port(), "");
    for line in [&["doctor"][..], &["doctor", "--json"], &["--lang", "zh-CN", "doctor"]] {
        let done = with_utf8(&home, line);
        assert_eq!(done.code, Some(0), "{done:?}");
        for private in [SECRET, ADDRESS, "demo@", "hongyan.example", home.path().to_str().unwrap()] {
            assert!(!done.out.contains(private) && !done.err.contains(private), "{private}: {}", done.out);
        }
    }
    let shown = with_utf8(&home, &["doctor", "--addresses"]);
    assert!(shown.out.contains(ADDRESS) && shown.out.contains("sha256:") && !shown.out.contains(SECRET), "{shown:?}");
    for (file, bytes) in home.files() {
        if !file.ends_with(format!("data/secrets/{ADDRESS}")) {
            assert!(!String::from_utf8_lossy(&bytes).contains(SECRET), "{}", file.display());
        }
    }
}

#[test]
fn a_refusal_stands_until_somebody_insists() {
    let server = Embedded::start(|options| options.personality = &QQ);
    let home = server.home(server.port(), "");
    let secret = home.profile().join("secrets").join(ADDRESS);
    std::fs::write(&secret, "wrong-code-5512\n").unwrap();
    let logins = || server.heard("LOGIN");
    let done = with_utf8(&home, &["doctor", "--json"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    let found = objects(&done);
    assert_eq!((bad(&found).len(), find(&found, "login")["level"].as_str()), (1, Some("fail")), "{found:#?}");
    assert!(!done.out.contains("wrong-code-5512"));
    let first = logins();
    assert_eq!(first, 1);
    for _ in 0..3 {
        let done = with_utf8(&home, &["doctor", "--json"]);
        assert_eq!((done.code, bad(&objects(&done))), (Some(1), vec!["login refusal-stands".to_owned()]), "{done:?}");
    }
    assert_eq!(logins(), first);
    std::fs::write(&secret, SECRET).unwrap();
    let insisted = with_utf8(&home, &["doctor", "--json", "--login"]);
    assert_eq!((insisted.code, logins()), (Some(0), first + 1), "{insisted:?}");
    // The success ends it.
    assert_eq!(with_utf8(&home, &["doctor"]).code, Some(0));
}

#[test]
fn a_server_that_shows_nothing_is_not_asked_again_and_again() {
    static SHUT: Personality = {
        let mut shut = COREMAIL;
        shut.toggles.gate_stays_shut = true;
        shut
    };
    let server = Embedded::start(|options| options.personality = &SHUT);
    let home = server.home(server.port(), "");
    let found = objects(&with_utf8(&home, &["doctor", "--json"]));
    assert_eq!(bad(&found), ["inbox mistrusted"], "{found:#?}");
    assert!(find(&found, "inbox")["remedy"].is_string(), "{found:#?}");
    let logins = server.heard("LOGIN");
    for _ in 0..3 {
        let found = objects(&with_utf8(&home, &["doctor", "--json"]));
        assert_eq!(bad(&found), ["login refusal-stands"], "{found:#?}");
    }
    assert_eq!(server.heard("LOGIN"), logins);
    assert!(logins <= 2, "{logins}");
}

#[test]
fn s07_a_bad_certificate_is_told_with_what_is_bad_and_no_password_is_sent() {
    let server = server();
    for (port, kind) in [
        (server.expired_port(), "expired"),
        (server.untrusted_port(), "untrusted-certificate"),
        (server.wrong_name_port(), "wrong-name"),
    ] {
        let home = account_at(port, &["--ca", server.ca_path().to_str().unwrap()]);
        let done = with_utf8(&home, &["doctor", "--json"]);
        let found = objects(&done);
        assert_eq!(done.code, Some(1), "{done:?}");
        assert!(bad(&found).contains(&format!("certificate {kind}")), "{kind}: {found:#?}");
        assert!(found.iter().all(|object| object["check"] != "login"), "{found:#?}");
    }
    assert!(!server.log().contains("Login:"), "{}", server.log());
}

#[test]
fn a_real_server_is_found_well_over_tls_and_starttls() {
    let server: Dovecot = server();
    server.fill(USER, "INBOX", 3);
    let before = server.flags(USER, "INBOX");
    let ca = server.ca_path();
    let ca = ca.to_str().unwrap();
    for (port, more) in
        [(server.imaps_port(), &["--ca", ca][..]), (server.imap_port(), &["--ca", ca, "--tls", "starttls"])]
    {
        let home = account_at(port, more);
        let done = with_utf8(&home, &["doctor", "--json"]);
        let found = objects(&done);
        assert_eq!((done.code, bad(&found)), (Some(0), vec![]), "{done:?}");
        let tls =
            found.iter().filter(|object| object["check"] == "tls").filter_map(|object| object["sentence"].as_str());
        assert!(tls.clone().any(|said| said.starts_with("TLS 1.3")), "{found:#?}");
        assert!(find(&found, "inbox")["sentence"].as_str().unwrap().starts_with("3 messages"), "{found:#?}");
        assert!(find(&found, "id")["sentence"].as_str().unwrap().contains("Dovecot"), "{found:#?}");
        assert_eq!(server.flags(USER, "INBOX"), before);
    }
}

/// A server that says this to everybody, and then nothing.
fn saying(words: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut open: Vec<TcpStream> = Vec::new();
        for mut tcp in listener.incoming().flatten() {
            let _ = tcp.write_all(words);
            open.push(tcp);
        }
    });
    port
}

#[test]
fn n04_whoever_does_not_answer_as_he_should_is_told_in_time() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (port, found) in [
        (closed, "tcp unreachable"),
        (saying(b""), "tls timed-out"),
        (saying(b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n"), "tls portal"),
        (saying(b"* OK Dovecot ready.\r\n"), "tls plain-port"),
    ] {
        let home = account_at(port, &[]);
        let begun = clock::instant();
        let done = with_utf8(&home, &["--patience", "1", "doctor", "--json"]);
        assert_eq!(done.code, Some(1), "{done:?}");
        assert!(bad(&objects(&done)).contains(&found.to_owned()), "{found}: {done:?}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{found}: {:?}", begun.elapsed());
    }
    let home = account_at(993, &["--proxy", &format!("socks5://127.0.0.1:{closed}")]);
    assert_eq!(bad(&objects(&with_utf8(&home, &["doctor", "--json"]))), ["proxy proxy"]);
}

/// A server that greets and then keeps every answer for itself is given up.
#[test]
fn n05_the_end_of_all_patience_is_told() {
    let home = account_at(saying(b"* OK ready\r\n"), &["--tls", "none", "--insecure"]);
    let done = with_utf8(&home, &["--patience", "0.5", "doctor", "--json"]);
    let found = objects(&done);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(bad(&found).iter().any(|bad| bad == "login timed-out" || bad == "deadline deadline"), "{found:#?}");
}

/// A server that stands in for a host and for the one that takes its mail, and rules that lead there.
pub(super) fn standin(host: &str, address: &str, personality: &'static Personality) -> (Embedded, [String; 2]) {
    let taking = host.replacen("imap.", "smtp.", 1);
    let server = Embedded::start(|options| {
        options.personality = personality;
        address.clone_into(&mut options.address);
        options.names = vec![host.to_owned(), taking.clone()];
    });
    let rules = [
        format!("{host}:993=127.0.0.1:{}", server.port()),
        format!("{taking}:465=127.0.0.1:{}", server.demo.smtp_tls.port()),
    ];
    (server, rules)
}

/// The same as an ordinary user would see it, to whom the authority of the test is one of the system's.
pub(super) fn as_usual(home: &Home, server: &Embedded, arguments: &[&str]) -> Done {
    let mut command = home.command(arguments);
    command.env("LANG", "C.UTF-8").env("TERM", "xterm-256color").env("SSL_CERT_FILE", server.ca());
    let out = command.spawn().unwrap().wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: out.status.code(), out: text(out.stdout), err: text(out.stderr) }
}

#[test]
fn an_address_that_is_no_account_is_looked_at_up_to_the_login() {
    let (server, [rule, taking]) = standin("imap.163.com", "someone@163.com", &COREMAIL);
    let home = Home::new();
    let done = as_usual(
        &home,
        &server,
        &["--connect-to", &rule, "--connect-to", &taking, "doctor", "someone@163.com", "--json"],
    );
    let found = objects(&done);
    assert_eq!((done.code, bad(&found)), (Some(0), vec!["settings no-account".to_owned()]), "{done:?}");
    assert_eq!(find(&found, "account")["account"], "s…@163.com");
    assert_eq!(find(&found, "account")["sentence"], "imap.163.com:993 (163)");
    assert_eq!(find(&found, "greeting")["sentence"], "looks like Coremail");
    assert_eq!(find(&found, "login")["kind"], "no-account");
    assert_eq!(find(&found, "smtp")["sentence"], "smtp.163.com:465 (163)");
    assert_eq!(find(&found, "smtp-greeting")["sentence"], "looks like Coremail");
    assert_eq!(find(&found, "smtp-login")["kind"], "no-account");
    assert_eq!(server.ask(async |demo| demo.submission_visits().await), (1, 0));
    assert!(find(&found, "certificate")["sentence"].as_str().unwrap().contains("imap.163.com"), "{found:#?}");
    assert_eq!((server.heard("LOGIN"), server.heard("CAPABILITY")), (0, 1));
    let said = home.run(&["doctor", "nobody"]).failed();
    assert!(said.contains("neither an account nor a mail address"), "{said}");
}

#[test]
fn a_domain_of_ones_own_is_found_by_who_receives_its_mail() {
    let (server, [rule, taking]) = standin("imap.exmail.qq.com", "me@shop.example", &EXMAIL);
    let names = NameServer::start(&[
        ("shop.example", Says::Mx(&[(5, "mxbiz1.qq.com")])),
        ("empty.example", Says::Nothing),
        ("none.example", Says::NoDomain),
        ("own.example", Says::Mx(&[(5, "mx.own.example")])),
    ]);
    let (home, dns) = (Home::new(), names.at.to_string());
    let look = |address: &str| {
        let line = [
            "--connect-to",
            &rule,
            "--connect-to",
            &taking,
            "--dns",
            &dns,
            "--patience",
            "2",
            "doctor",
            address,
            "--json",
        ];
        objects(&as_usual(&home, &server, &line))
    };
    let found = look("me@shop.example");
    assert_eq!(bad(&found), ["settings no-account"], "{found:#?}");
    assert_eq!(find(&found, "mx")["sentence"], "exmail receives the mail");
    assert_eq!(find(&found, "account")["sentence"], "imap.exmail.qq.com:993 (hosted by exmail)");
    assert_eq!(find(&found, "greeting")["sentence"], "looks like QQMail");
    assert_eq!(find(&look("me@empty.example"), "mx")["kind"], "no-mx");
    assert_eq!(find(&look("me@none.example"), "mx")["kind"], "unknown-host");
    let found = look("me@own.example");
    assert_eq!(find(&found, "mx")["sentence"], "received by: m….example", "{found:#?}");
    assert_eq!(find(&found, "account")["kind"], "guessed-server");
    assert_eq!(server.heard("LOGIN"), 0);
}

#[test]
fn the_terminal_is_measured_and_one_that_keeps_silent_is_told() {
    let home = Home::new();
    let mut answers = Pty::start(&home, &["--lang", "en", "doctor"]);
    answers.wait_for("中\x1b[6n");
    answers.send("\x1b[7;3R");
    answers.wait_for("…\x1b[6n");
    answers.send("\x1b[7;3R");
    answers.wait_for("中 takes 2 columns, … takes 2");
    answers.wait_for("set ambiguous characters to narrow");
    let mut silent = Pty::start(&home, &["--lang", "en", "doctor"]);
    silent.wait_for("does not tell where its cursor");
}

#[test]
fn settings_that_cannot_be_read_are_told_with_their_line() {
    let home = Home::new();
    std::fs::write(home.path().join("config.toml"), "[look]\ntheme = \"purple\"\n").unwrap();
    let done = with_utf8(&home, &["doctor", "--json"]);
    let found = objects(&done);
    assert_eq!((done.code, bad(&found)), (Some(1), vec!["settings wrong-settings".to_owned()]), "{done:?}");
    assert!(find(&found, "settings")["sentence"].as_str().unwrap().contains("config.toml:2:"), "{found:#?}");
    std::fs::write(home.path().join("config.toml"), "[keys.list]\nx = \"dance\"\n").unwrap();
    let found = objects(&with_utf8(&home, &["doctor", "--json"]));
    assert_eq!(bad(&found), ["settings no-account", "keys wrong-key"], "{found:#?}");
}

#[test]
fn whoever_watches_sees_that_a_server_tells() {
    let server = Embedded::start(|options| options.personality = &MODERN);
    let home = server.home(server.port(), "");
    let child = home.command(&["doctor", "--json", "--watch", "60"]).spawn().unwrap();
    let end = clock::instant() + Duration::from_mins(1);
    while server.heard("IDLE") == 0 || server.heard("EXAMINE") < 2 {
        assert!(clock::instant() < end, "nobody waits");
        std::thread::yield_now();
    }
    server.ask(async |demo| demo.deliver("INBOX", &b"From: a@mail.example\r\n\r\nx\r\n"[..], &[]).await);
    let out = child.wait_with_output().unwrap();
    let done = Done { code: out.status.code(), out: String::from_utf8(out.stdout).unwrap(), err: String::new() };
    assert_eq!(find(&objects(&done), "watch")["kind"], "told", "{done:?}");
    assert_eq!(server.heard("LOGIN") + server.heard("AUTHENTICATE"), 2);
}

/// Each line fits the window in which it will be read.
#[test]
fn lines_fit_eighty_columns_in_both_languages() {
    let server = Embedded::start(|options| options.personality = &QQ);
    let home = server.home(server.port(), "");
    for lang in ["zh-CN", "en"] {
        let done = with_utf8(&home, &["--lang", lang, "doctor"]);
        for line in done.out.lines() {
            assert!(hongyan::text::width(line) <= 80, "{line}");
        }
        assert!(done.out.lines().count() > 25, "{done:?}");
    }
}
