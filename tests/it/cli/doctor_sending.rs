//! `hongyan doctor` at the server that takes mail: what it finds there, and that it says a secret once at most.

use std::net::TcpListener;

use hongyan::demo::{COREMAIL, MODERN, PERSONALITIES, PLAIN, QQ, SmtpDoing, SmtpFault, SmtpStep};

use super::doctor::{as_usual, bad, find, objects, standin, with_utf8};
use super::home::Home;
use crate::embedded::{ADDRESS, Embedded, SECRET};

/// An account whose mail goes to this port.
fn home(server: &Embedded, smtp: &str) -> Home {
    let home = Home::new();
    let (imap, ca) = (format!("localhost:{}", server.port()), server.ca());
    let line = ["account", "add", ADDRESS, "--imap", &imap, "--smtp", smtp, "--ca", ca.to_str().unwrap(), "--no-check"];
    home.run_with(&[&line[..], &["--secret-stdin", "--secret-store", "file"]].concat(), SECRET).good();
    home
}

fn tls(server: &Embedded) -> String {
    format!("localhost:{}", server.demo.smtp_tls.port())
}

/// Connections and logins where mail is taken.
fn visits(server: &Embedded) -> (usize, usize) {
    server.ask(async |demo| demo.submission_visits().await)
}

fn kind(found: &[serde_json::Value], check: &str) -> String {
    find(found, check)["kind"].as_str().unwrap().to_owned()
}

#[test]
fn every_kind_of_server_is_found_well_by_one_login_and_nothing_is_sent() {
    for personality in PERSONALITIES {
        let server = Embedded::start(|options| options.personality = personality);
        let home = home(&server, &tls(&server));
        let done = with_utf8(&home, &["doctor", "--json"]);
        let found = objects(&done);
        assert_eq!((done.code, bad(&found)), (Some(0), vec![]), "{}: {done:?}", personality.name);
        for check in [
            "smtp",
            "smtp-dns",
            "smtp-tcp",
            "smtp-tls",
            "smtp-certificate",
            "smtp-greeting",
            "smtp-capabilities",
            "smtp-login",
            "smtp-size",
            "smtp-quit",
        ] {
            find(&found, check);
        }
        assert_eq!((kind(&found, "smtp-login"), kind(&found, "smtp-quit")), ("login".to_owned(), "quit".to_owned()));
        let tells = personality.submission.hello.iter().any(|line| line.starts_with("SIZE"));
        assert_eq!(kind(&found, "smtp-size"), if tells { "size" } else { "no-size" }, "{}", personality.name);
        assert_eq!(visits(&server), (1, 1), "{}", personality.name);
        let said = server.ask(async |demo| demo.submission_said().await);
        assert!(said.iter().all(|line| !line.starts_with("MAIL")), "{said:?}");
        assert!(said.iter().any(|line| line.starts_with("QUIT")), "{said:?}");
    }
}

#[test]
fn what_is_not_used_is_told_with_the_reason() {
    let server = Embedded::start(|options| options.personality = &COREMAIL);
    let home = home(&server, &tls(&server));
    let found = objects(&with_utf8(&home, &["doctor", "--json"]));
    let told = |kind: &str| -> Vec<&str> {
        let of = |object: &&serde_json::Value| object["check"] == "smtp-capabilities" && object["kind"] == kind;
        found.iter().filter(of).map(|object| object["sentence"].as_str().unwrap()).collect()
    };
    assert_eq!(told("used"), ["used: PIPELINING, AUTH PLAIN, 8BITMIME"]);
    assert_eq!(
        told("not-used"),
        [
            "not used: STARTTLS: the line is encrypted already",
            "not used: AUTH=LOGIN PLAIN: AUTH says the same",
            "not used: AUTH LOGIN: there is another way to log in",
        ]
    );
    assert_eq!(told("lacking"), ["missing, and it works without: SIZE, SMTPUTF8, DSN"]);
    assert_eq!(find(&found, "smtp-greeting")["sentence"], "looks like Coremail");
    assert_eq!(find(&found, "smtp-login")["sentence"].as_str().unwrap().split(',').next(), Some("AUTH PLAIN"));
}

#[test]
fn starttls_is_told_step_by_step() {
    let server = Embedded::start(|options| options.personality = &MODERN);
    let home = home(&server, &format!("localhost:{}:starttls", server.demo.smtp_starttls.port()));
    let done = with_utf8(&home, &["doctor", "--json"]);
    let found = objects(&done);
    assert_eq!((done.code, bad(&found)), (Some(0), vec![]), "{done:?}");
    let said: Vec<&str> =
        found.iter().filter(|object| object["check"] == "smtp-tls").map(|o| o["sentence"].as_str().unwrap()).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("the server agrees to STARTTLS") && said[1].contains("after STARTTLS"), "{said:?}");
}

#[test]
fn a_refusal_stands_and_the_mailbox_is_looked_at_all_the_same() {
    let server = Embedded::start(|options| options.personality = &PLAIN);
    let home = home(&server, &tls(&server));
    let refuses = [SmtpFault::new(SmtpStep::Auth, SmtpDoing::Says(b"535 5.7.8 Error: authentication failed\r\n"))];
    server.ask(async |demo| demo.break_submission(&refuses).await);
    let logins = || {
        let said = server.ask(async |demo| demo.submission_said().await);
        said.iter().filter(|line| line.starts_with("AUTH")).count()
    };
    let done = with_utf8(&home, &["doctor", "--json"]);
    let found = objects(&done);
    assert_eq!((done.code, bad(&found)), (Some(1), vec!["smtp-login login".to_owned()]), "{done:?}");
    assert!(find(&found, "smtp-login")["said"].as_str().unwrap().contains("535"), "{done:?}");
    assert_eq!(logins(), 1);
    for n in 2..4 {
        let found = objects(&with_utf8(&home, &["doctor", "--json"]));
        assert_eq!(bad(&found), ["smtp-login refusal-stands"], "{found:#?}");
        assert_eq!(kind(&found, "login"), "login");
        // It is asked what it can do, as a stranger may.
        assert_eq!((kind(&found, "smtp-greeting").as_str(), visits(&server).0, logins()), ("greeting", n, 1));
    }
    server.ask(async |demo| demo.break_submission(&[]).await);
    let insisted = objects(&with_utf8(&home, &["doctor", "--json", "--login"]));
    assert_eq!((bad(&insisted), logins()), (vec![], 2), "{insisted:#?}");
    assert_eq!(bad(&objects(&with_utf8(&home, &["doctor", "--json"]))), Vec::<String>::new());
}

#[test]
fn a_secret_that_the_mailbox_refuses_is_not_said_again_here() {
    let server = Embedded::start(|options| options.personality = &QQ);
    let home = home(&server, &tls(&server));
    std::fs::write(home.profile().join("secrets").join(ADDRESS), "wrong-code-5512\n").unwrap();
    for n in 1..3 {
        let done = with_utf8(&home, &["doctor", "--json"]);
        let found = objects(&done);
        assert_eq!((done.code, bad(&found).len()), (Some(1), 1), "{done:?}");
        assert_eq!(kind(&found, "smtp-login"), "as-mailbox");
        assert_eq!(visits(&server), (n, 0));
        assert!(!done.out.contains("wrong-code-5512"));
    }
}

#[test]
fn what_goes_wrong_is_told_where_it_does() {
    let server = Embedded::start(|options| options.personality = &PLAIN);
    let home = home(&server, &tls(&server));
    for (step, doing, found) in [
        (SmtpStep::Greeting, SmtpDoing::SaysAndCloses(b"554 5.7.1 Not you\r\n"), "smtp-greeting refused"),
        (SmtpStep::Greeting, SmtpDoing::Closes, "smtp-greeting dropped"),
        (SmtpStep::Hello, SmtpDoing::Says(b"\xff garbage \x1b[2J\r\n"), "smtp-capabilities protocol"),
        (SmtpStep::Hello, SmtpDoing::NeverEnds, "smtp-capabilities protocol"),
        (SmtpStep::Auth, SmtpDoing::Closes, "smtp-login dropped"),
    ] {
        server.ask(async |demo| demo.break_submission(&[SmtpFault::new(step, doing)]).await);
        let done = with_utf8(&home, &["doctor", "--json"]);
        assert_eq!(
            (done.code, bad(&objects(&done))),
            (Some(1), vec![found.to_owned()]),
            "{step:?} {doing:?}: {done:?}"
        );
        assert!(!done.out.contains('\x1b'), "{done:?}");
    }
    server.ask(async |demo| demo.break_submission(&[SmtpFault::new(SmtpStep::Quit, SmtpDoing::Closes)]).await);
    let found = objects(&with_utf8(&home, &["doctor", "--json"]));
    assert_eq!((bad(&found), kind(&found, "smtp-quit").as_str()), (vec![], "hung-up"), "{found:#?}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let home = self::home(&server, &format!("localhost:{closed}"));
    let found = objects(&with_utf8(&home, &["doctor", "--json"]));
    assert_eq!(bad(&found), ["smtp-tcp silent-address", "smtp-tcp unreachable"]);
}

#[test]
fn another_port_is_looked_at_where_nobody_answers_at_the_first() {
    let (server, [rule, taking]) = standin("imap.163.com", "someone@163.com", &COREMAIL);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let shut = format!("smtp.163.com:465=127.0.0.1:{closed}");
    let open = taking.replace(":465=", ":994=");
    let rules = ["--connect-to", &rule, "--connect-to", &shut, "--connect-to", &open];
    let line = [&rules[..], &["doctor", "someone@163.com", "--json"]].concat();
    let done = as_usual(&Home::new(), &server, &line);
    let found = objects(&done);
    let told = ["settings no-account", "smtp-tcp silent-address", "smtp-tcp unreachable"].map(str::to_owned).to_vec();
    assert_eq!((done.code, bad(&found)), (Some(0), told), "{done:?}");
    let doors =
        found.iter().filter(|object| object["check"] == "smtp").map(|object| object["sentence"].as_str().unwrap());
    assert_eq!(doors.collect::<Vec<_>>(), ["smtp.163.com:465 (163)", "smtp.163.com:994 (163)"]);
    assert_eq!((kind(&found, "smtp-greeting").as_str(), visits(&server)), ("greeting", (1, 0)));
}

#[test]
fn l04_nothing_private_stands_in_it_and_every_line_fits() {
    let server = Embedded::start(|options| options.personality = &QQ);
    let home = home(&server, &tls(&server));
    for line in [&["--lang", "en", "doctor"][..], &["doctor", "--json"], &["--lang", "zh-CN", "doctor"]] {
        let done = with_utf8(&home, line);
        assert_eq!(done.code, Some(0), "{done:?}");
        for private in [SECRET, ADDRESS, "demo@", "hongyan.example", home.path().to_str().unwrap()] {
            assert!(!done.out.contains(private) && !done.err.contains(private), "{private}: {}", done.out);
        }
        if line.len() == 3 {
            assert!(done.out.lines().all(|line| hongyan::text::width(line) <= 80), "{}", done.out);
            println!("{}", done.out);
        }
    }
    let recorded = home.run(&["log", "--json"]);
    assert!(recorded.out.contains("AUTH PLAIN ***"), "{recorded:?}");
    for (file, bytes) in home.files() {
        if !file.ends_with(format!("data/secrets/{ADDRESS}")) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(!text.contains(SECRET) && !text.contains("Y2FuYXJ5LTczOTEtV2lsZGdhbnM"), "{}", file.display());
        }
    }
}
