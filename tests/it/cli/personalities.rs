//! Every kind of server that the demo can be: one round ends well, and says so.

use hongyan::demo::{COREMAIL, Fault, Limits, PERSONALITIES, Personality, QQ};

use crate::embedded::Embedded;

#[test]
fn one_round_with_every_kind_of_server_ends_well() {
    for personality in PERSONALITIES {
        let server = Embedded::start(|options| options.personality = personality);
        let home = server.home(server.port(), "");
        for _ in 0..2 {
            let said = home.run(&["sync", "--once", "--bodies"]).good();
            assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""), "{}", personality.name);
        }
        let kept = server.ask(async |demo| demo.snapshot().await);
        let there: usize = kept.iter().find(|kept| kept.folder == "INBOX").unwrap().messages.len();
        let rows = home.run(&["list", "INBOX", "--json"]).json();
        let rows = rows.as_array().unwrap();
        println!("{}: {there} messages", personality.name);
        assert_eq!(rows.len(), there, "{}", personality.name);
        assert!(rows.iter().all(|row| row["body"] == "here"), "{}", personality.name);
    }
}

/// Who we are is said on every connection before the first folder is opened.
#[test]
fn i19_a_stranger_introduces_himself_before_he_opens_a_folder() {
    let server = Embedded::start(|options| options.personality = &COREMAIL);
    let home = server.home(server.port(), "");
    home.run(&["sync", "--once", "--bodies"]).good();
    let said = server.ask(async |demo| demo.said().await);
    let at = |what: &str| said.iter().position(|line| line.to_uppercase().split(' ').nth(1) == Some(what)).unwrap();
    assert!(at("LOGIN") < at("ID") && at("ID") < at("SELECT"), "{said:#?}");
}

#[test]
fn i19_a_server_that_mistrusts_us_for_ever_is_told_with_what_to_do() {
    static SHUT: Personality = {
        let mut shut = COREMAIL;
        shut.toggles.gate_stays_shut = true;
        shut
    };
    let server = Embedded::start(|options| options.personality = &SHUT);
    let home = server.home(server.port(), "");
    let said = home.run(&["sync", "--once"]).failed();
    assert!(said.contains("turn IMAP on again") && !said.contains("Unsafe Login"), "{said}");
    let said = home.run(&["--lang", "zh-CN", "sync", "--once"]).failed();
    assert!(said.contains("重新开启 IMAP"), "{said}");
}

const fn qq(window_days: Option<u32>) -> Personality {
    Personality { limits: Limits { window_days, login_rate: None, ..QQ.limits }, ..QQ }
}

/// The same mailbox, seen through a window of two months and then of one.
#[test]
fn what_the_server_lists_no_more_stays_and_says_so() {
    static SIXTY: Personality = qq(Some(60));
    static THIRTY: Personality = qq(Some(30));
    let server = |personality| {
        Embedded::start(|options| {
            options.personality = personality;
            options.messages = 900;
        })
    };
    let sixty = server(&SIXTY);
    let home = sixty.home(sixty.port(), "");
    home.run(&["sync", "--once"]).good();
    let list = || {
        let rows = home.run(&["list", "INBOX", "--json"]).json();
        let id = |row: &serde_json::Value| row["id"].to_string();
        let rows: Vec<_> = rows.as_array().unwrap().iter().map(|row| (id(row), row.clone())).collect();
        rows.into_iter().unzip::<_, _, Vec<String>, Vec<_>>()
    };
    let (ids, rows) = list();
    assert!(rows.iter().all(|row| row["only_here"] == false && row["body"] == "absent"));
    let [.., never_read, oldest] = ids.as_slice() else { panic!("{ids:?}") };
    let read = home.run(&["show", oldest, "--json"]).json();
    assert_eq!(read["only_here"], false);

    let thirty = server(&THIRTY);
    let moved = home.config().replace(&sixty.port().to_string(), &thirty.port().to_string());
    let moved = moved.replace(sixty.ca().to_str().unwrap(), thirty.ca().to_str().unwrap());
    std::fs::write(home.path().join("config.toml"), format!("{moved}window = true\n")).unwrap();
    home.run(&["sync", "--once"]).good();
    let (after, rows) = list();
    assert_eq!(after, ids, "a row disappeared, or came anew");
    let (here, there): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["only_here"] == true);
    assert!(here.len() > 20 && there.len() > 20, "{} {}", here.len(), there.len());
    assert!(here.iter().all(|row| row["uid"].is_null()));
    assert_eq!((&there[0]["body"], &there[there.len() - 1]["body"]), (&"absent".into(), &"here".into()));

    let shown = home.run(&["show", oldest, "--json"]).json();
    assert_eq!((&shown["text"], &shown["only_here"]), (&read["text"], &true.into()));
    let shown = home.run(&["--lang", "en", "show", oldest]).good();
    assert!(shown.out.contains("\nOnly here: the server does not list it any more\n"), "{}", shown.out);
    let said = home.run(&["--lang", "en", "show", never_read]).failed();
    assert!(said.contains("its text was not fetched before"), "{said}");
    assert!(home.run(&["--lang", "zh-CN", "show", never_read]).failed().contains("服务器已不再列出这封邮件"));
    let lines = home.run(&["list", "INBOX"]).good().out;
    assert_eq!(lines.lines().filter(|line| line.get(31..32) == Some("h")).count(), here.len(), "{lines}");
}

/// A folder and a search that would be commands of their own are strings, or nothing.
#[test]
fn i14_i15_what_is_typed_is_never_a_command() {
    let server = Embedded::start(|_| {});
    let home = server.home(server.port(), "");
    home.run(&["sync", "--once", "--folder", "INBOX"]).good();
    for folder in ["x\" OR 1=1\r\nA1 DELETE INBOX", "{3}", "x\r\nA1 LOGOUT"] {
        let said = home.run(&["sync", "--once", "--folder", folder]);
        assert_eq!(said.code, Some(1), "{said:?}");
    }
    let imap = format!("localhost:{}", server.port());
    let ca = server.ca();
    for (login, password, ours) in [
        ("me\"\\ you", "pass\"word\\ {3}", true),
        ("我", "授权码", true),
        ("me", &*"x".repeat(1_024), true),
        ("me", &*"x".repeat(10_000), false),
    ] {
        let before = server.heard("LOGIN");
        let line = ["account", "add", "b@mail.example", "--imap", &imap, "--ca", ca.to_str().unwrap()];
        let said = home.run_with(&[&line[..], &["--login", login, "--secret-stdin"]].concat(), password).failed();
        assert!(said.contains("login") || said.contains("password"), "{said}");
        assert_eq!(server.heard("LOGIN") > before, ours, "{login}: {said}");
    }
    let said = server.ask(async |demo| demo.said().await);
    let smuggled = |line: &&String| line.starts_with("A1 ") || line.contains(" DELETE ");
    assert_eq!(said.iter().filter(smuggled).count(), 0, "{said:#?}");
}

#[test]
fn n06_a_server_that_hangs_up_on_every_third_command_is_told_and_not_stormed() {
    let server = Embedded::start(|_| {});
    let home = server.home(server.port(), "");
    home.run(&["sync", "--once"]).good();
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    server.fail(&[Fault::CloseEvery(3)]);
    for round in 1..=3 {
        let before = server.heard("LOGIN");
        let said = home.run(&["sync", "--once"]).failed();
        assert!(said.contains("closed the connection"), "{round}: {said}");
        assert_eq!(server.heard("LOGIN") - before, 1, "{round}");
    }
    assert_eq!(home.run(&["list", "INBOX", "--json"]).json(), rows, "nothing is lost by it");
}
