//! Accounts: kept only if they work, removed only if nothing is lost unseen.

use std::fs;

use hongyan::model::{Flags, Intent, Quirk, clock};
use hongyan::store::{OwnWrite, ProfileLock, Restore, Store, StoreOptions};
use tokio::sync::mpsc;

use super::home::{Home, PASSWORD, USER, server};

#[test]
fn an_account_that_works_is_kept_and_its_password_is_in_no_other_place() {
    let server = server();
    let home = Home::new();
    let imap = format!("localhost:{}", server.imaps_port());
    let ca = server.ca_path();
    // Without a keyring and without being told where, the password goes to a file, and that is said.
    let added = home.run_with(
        &["account", "add", USER, "--imap", &imap, "--ca", ca.to_str().unwrap(), "--secret-stdin"],
        &format!("  {PASSWORD}\nsecond line\n"),
    );
    assert!(added.err.contains("no keyring") && added.err.contains("only you may read"), "{added:?}");
    let added = added.good();
    assert!(added.out.contains("the login at localhost") && added.out.contains(USER), "{added:?}");
    home.run(&["sync", "--once", "--folder", "INBOX"]).good();

    let with_secret: Vec<_> = home
        .files()
        .into_iter()
        .filter(|(_, bytes)| bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes()))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(with_secret, [home.profile().join("secrets").join(USER)]);
    assert!(!format!("{added:?}").contains("授权码"));

    let listed = home.run(&["account", "list", "--json"]).json();
    assert_eq!(listed[0]["name"], USER);
    assert_eq!(listed[0]["imap"]["port"], server.imaps_port());
    assert_eq!(listed[0]["imap"]["tls"], "tls");
    assert_eq!(listed[0]["secret"], "file");
    assert!(home.run(&["account", "list"]).good().out.starts_with(USER));
}

#[test]
fn whoever_is_refused_finds_nothing_written_and_hears_what_to_do() {
    let server = server();
    let ports = [server.wrong_name_port(), server.expired_port(), server.untrusted_port(), server.imaps_port()];
    let [wrong_name, expired, untrusted, right] = ports.map(|port| format!("localhost:{port}"));
    let plain = format!("localhost:{}", server.imap_port());
    let ca = server.ca_path();
    let ca = ca.to_str().unwrap();
    for (arguments, password, said) in [
        (&["--imap", &right, "--ca", ca][..], "wrong", "localhost refused the login; check name and password"),
        (&["--imap", &wrong_name, "--ca", ca], PASSWORD, "is for another name"),
        (&["--imap", &expired, "--ca", ca], PASSWORD, "is not valid today"),
        (&["--imap", &untrusted, "--ca", ca], PASSWORD, "not signed by anybody who is trusted here"),
        (&["--imap", &right], PASSWORD, "name its authority with --ca FILE"),
        (&["--imap", "no-such-host.invalid:993"], PASSWORD, "no-such-host.invalid has no address"),
        (&["--imap", "localhost:1"], PASSWORD, "nothing answers at localhost"),
        // Another machine, in clear: refused before a byte is sent.
        (&["--imap", "192.0.2.1:143", "--tls", "none"], PASSWORD, "choose --tls tls or starttls"),
        // Encryption where none is spoken, and STARTTLS where it has begun already.
        (&["--imap", &plain, "--ca", ca], PASSWORD, "is not encrypted from the start"),
        (&["--imap", &right, "--ca", ca, "--tls", "starttls", "--patience", "2"], PASSWORD, "choose --tls tls"),
        (&["--imap", &right, "--ca", ca], " \n", "the password is empty"),
        (&["--imap", &right, "--ca", ca, "--secret-store", "keyring"], PASSWORD, "no keyring answers here"),
    ] {
        let home = Home::new();
        let mut line = vec!["account", "add", USER, "--secret-stdin", "--patience", "20"];
        if arguments.contains(&"--patience") {
            line.truncate(4);
        }
        line.extend(arguments);
        let sentence = home.run_with(&line, password).failed();
        assert!(sentence.contains(said), "{sentence}");
        assert!(!sentence.contains("授权码"), "{sentence}");
        assert_eq!(home.config(), "", "{sentence}");
        let secrets = home.profile().join("secrets");
        assert!(!secrets.exists() || fs::read_dir(secrets).unwrap().next().is_none(), "{sentence}");
    }
    assert!(!server.log().contains("授权码"));
}

#[test]
fn starttls_and_a_server_of_ones_own_work() {
    let server = server();
    let home = Home::new();
    let imap = format!("localhost:{}", server.imap_port());
    let ca = server.ca_path();
    // A relative path begins where the person is.
    fs::copy(ca, home.path().join("ca.pem")).unwrap();
    let line = ["account", "add", USER, "--imap", &imap, "--tls", "starttls", "--ca", "ca.pem", "--secret-stdin"];
    let line = [&line[..], &["--secret-store", "file", "--name", "家"]].concat();
    home.run_with(&line, PASSWORD).good();
    home.run(&["sync", "--once"]).good();
    assert_eq!(home.run(&["folders", "--json"]).json()[0]["account"], "家");
    // In clear, on this machine only.
    let home = Home::new();
    let imap = format!("127.0.0.1:{}", server.imap_port());
    let line = ["account", "add", USER, "--imap", &imap, "--tls", "none", "--secret-stdin"];
    home.run_with(&[&line[..], &["--secret-store", "file"]].concat(), PASSWORD).good();
}

#[test]
fn another_place_may_stand_in_for_a_name_but_not_for_its_certificate() {
    let server = server();
    let home = Home::new();
    let ca = server.ca_path();
    let add = |host: &str| {
        let (imap, rule) = (format!("{host}:993"), format!("{host}:993=127.0.0.1:{}", server.imaps_port()));
        let line = ["account", "add", USER, "--imap", &imap, "--connect-to", &rule, "--ca", ca.to_str().unwrap()];
        home.run_with(&[&line[..], &["--secret-stdin", "--secret-store", "file"]].concat(), PASSWORD)
    };
    assert!(add("mail.other.example").failed().contains("is for another name"));
    add("localhost").good();
}

#[test]
fn l02_a_program_that_prints_the_password_sees_nothing_else_of_it() {
    let server = server();
    let home = Home::new();
    let (imap, ca) = (format!("localhost:{}", server.imaps_port()), server.ca_path());
    fs::write(home.path().join("secret"), format!("{PASSWORD}\nmore\n")).unwrap();
    let script =
        "cat /proc/$PPID/cmdline /proc/$PPID/environ /proc/self/environ /proc/self/cmdline >> seen; cat secret";
    let program = format!("sh -c '{script}'");
    let line = ["account", "add", USER, "--imap", &imap, "--ca", ca.to_str().unwrap(), "--password-command", &program];
    home.run(&line).good();
    home.run(&["sync", "--once", "--folder", "INBOX"]).good();
    let seen = String::from_utf8_lossy(&fs::read(home.path().join("seen")).unwrap()).into_owned();
    assert!(seen.contains("sync") && !seen.contains("授权码"), "{seen}");
    assert!(home.config().contains("command = [\"sh\", \"-c\","), "{}", home.config());
    assert!(!home.config().contains("授权码"));
    assert!(!home.profile().join("secrets").exists());
    let listed = home.run(&["account", "list", "--json"]).good();
    assert!(listed.out.contains("\"secret\":\"command\"") && !listed.out.contains("cat"), "{listed:?}");
}

#[test]
fn what_is_there_already_and_what_is_not_there_yet_is_named() {
    let server = server();
    let home = Home::new();
    fs::write(home.path().join("config.toml"), "# mine\n[look]\ntheme = \"dark\" # at night\n").unwrap();
    home.add(&server, &["--no-check"]).good();
    assert!(home.config().starts_with("# mine\n[look]\ntheme = \"dark\" # at night\n\n[[account]]\n"));
    let before = home.config();
    let again = home.add(&server, &[]).failed();
    assert!(again.contains(&format!("{USER} is configured already, as {USER}")), "{again}");
    // Nothing but the address: only the password can be new, and it has to work.
    let wrong = home.run_with(&["account", "add", "ME@mail.example", "--secret-stdin"], "x").failed();
    assert!(wrong.contains("refused the login"), "{wrong}");
    let right = home.run_with(&["account", "add", USER, "--secret-stdin"], PASSWORD).good();
    assert!(right.out.contains(&format!("the password of {USER} was replaced")), "{right:?}");
    home.run(&["sync", "--once", "--folder", "INBOX"]).good();
    let same_name = home.add(&server, &["--name", USER]).failed();
    assert!(same_name.contains("choose another name"), "{same_name}");
    for kind in ["pop3", "maildir"] {
        let said = home.run_with(&["account", "add", "b@mail.example", "--kind", kind, "--secret-stdin"], "x").failed();
        assert!(said.contains(&format!("this version does not read {kind} accounts yet")), "{said}");
    }
    let nobody_to_ask = home.run(&["account", "add", "b@mail.example"]).failed();
    assert!(nobody_to_ask.contains("--secret-stdin"), "{nobody_to_ask}");
    assert_eq!(home.config(), before);
    home.add(&server, &["--name", "once more"]).good();
    let chinese = home.add(&server, &["--lang", "zh-CN", "--name", "b", "--imap", "localhost:1"]);
    assert_eq!(chinese.code, Some(2), "an option twice is a mistake: {chinese:?}");
    let line = ["--lang", "zh-CN", "account", "add", USER, "--imap", "localhost:1", "--secret-stdin"];
    let chinese = home.run_with(&line, "x").failed();
    assert!(chinese.contains("已经配置过"), "{chinese}");
    let broken = "[look]\nthmee = 1\n";
    fs::write(home.path().join("config.toml"), broken).unwrap();
    let said = home.add(&server, &[]).failed();
    assert!(said.contains("config.toml:2:1:") && said.contains("did you mean `theme`?"), "{said}");
    assert_eq!(home.config(), broken);
}

#[test]
fn a_provider_that_wants_another_secret_is_explained() {
    let server = server();
    let home = Home::new();
    let rule = format!("imap.qq.com:993=127.0.0.1:{}", server.imap_port());
    // In clear on this machine, so that the provider's name needs no certificate of it.
    let line = ["account", "add", "10001@qq.com", "--imap", "imap.qq.com:993", "--tls", "none", "--secret-stdin"];
    let line = [&line[..], &["--connect-to", &rule]].concat();
    let said = home.run_with(&line, "web password");
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    assert!(said.err.contains("imap.qq.com refused the login") && said.err.contains("authorization code"), "{said:?}");
    assert!(said.err.contains("enter the 16 letters"), "{said:?}");
    let said = home.run_with(&[&line[..], &["--lang", "zh-CN"]].concat(), "web password").err;
    assert!(said.contains("imap.qq.com 拒绝登录") && said.contains("授权码") && said.contains("发短信"), "{said}");
}

#[test]
fn removing_an_account_names_what_would_be_lost() {
    let server = server();
    server.fill(USER, "INBOX", 5);
    server.add_user("other@mail.example", PASSWORD);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let row = home.run(&["list", "INBOX", "--json"]).json()[0]["id"].as_i64().unwrap();
    want(&home, row);

    let pending = home.run(&["list", "INBOX", "--json"]).json();
    assert_eq!((&pending[0]["pending"], &pending[1]["pending"]), (&true.into(), &false.into()));
    let before = home.config();
    let said = home.run(&["account", "remove", USER]).failed();
    assert!(said.contains("1 changes") && said.contains("--yes"), "{said}");
    assert_eq!(home.config(), before);
    assert_eq!(home.run(&["list", "INBOX", "--json"]).json().as_array().unwrap().len(), 5);

    let said = home.run(&["account", "remove", "nobody@mail.example"]).failed();
    assert!(said.contains(USER), "{said}");

    home.run(&["account", "remove", USER, "--yes"]).good();
    assert_eq!(home.config(), "");
    assert_eq!(home.run(&["folders", "--json"]).json(), serde_json::json!([]));
    assert!(!home.profile().join("secrets").join(USER).exists());
    let again = home.run(&["account", "remove", USER]).failed();
    assert!(again.contains("no account"), "{again}");

    // Added again, it begins anew: nothing is wanted any more.
    home.add(&server, &[]).good();
    home.run(&["sync", "--once"]).good();
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    assert!(rows.as_array().unwrap().iter().all(|row| row["pending"] == false));
    assert_eq!(home.flags("INBOX"), server.flags(USER, "INBOX"));
}

#[test]
fn an_account_that_gets_a_name_keeps_everything_and_what_is_left_over_can_be_removed() {
    let server = server();
    server.fill(USER, "INBOX", 3);
    let home = Home::with_account(&server);
    home.run(&["sync", "--once"]).good();
    let row = home.run(&["list", "INBOX", "--json"]).json()[0]["id"].as_i64().unwrap();
    want(&home, row);
    let named = |name: &str| home.config().replace("[[account]]\n", &format!("[[account]]\nname = \"{name}\"\n"));
    let with_name = named("work");
    home.write_config(&with_name);
    // The want reaches the server, and the password is found, though both were kept under another name.
    home.run(&["sync", "--once"]).good();
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    assert_eq!((rows.as_array().unwrap().len(), &rows[0]["id"], &rows[0]["pending"]), (3, &row.into(), &false.into()));

    // Another name, which its address does not lead to: it is known by its server and login.
    home.write_config(&with_name.replace("\"work\"", "\"office\""));
    home.run(&["sync", "--once"]).good();
    let rows = home.run(&["list", "INBOX", "--json"]).json();
    assert_eq!((rows.as_array().unwrap().len(), &rows[0]["id"]), (3, &row.into()));
    assert!(home.run(&["account", "remove", "nobody"]).failed().contains("office"));
    assert!(home.run(&["account", "remove", "work"]).failed().contains("office"));

    // It stands in the settings no more.
    home.write_config("");
    let removed = home.run(&["account", "remove", "office"]).good();
    assert!(removed.out.contains("office"), "{removed:?}");
    assert!(home.run(&["account", "remove", "office"]).failed().contains("no account"));
}

#[test]
fn what_was_learned_of_a_server_is_told_with_its_evidence_and_can_be_forgotten() {
    let server = server();
    let home = Home::with_account(&server);
    let shown = home.run(&["account", "show", USER]).good().out;
    assert!(shown.contains("learned     nothing\n") && shown.contains("secret      file\n"), "{shown}");
    learn(&home, Quirk::SilentIdle);
    learn(&home, Quirk::OneAtATime);
    let shown = home.run(&["account", "show", USER]).good().out;
    let today = jiff::Timestamp::from_second(clock::now().0).unwrap().to_string();
    let today = today.split('T').next().unwrap();
    println!("{shown}");
    assert!(shown.contains(&format!("tells of nothing: it is asked instead ({today}: it was seen)\n")), "{shown}");
    assert!(
        shown.contains("            it takes commands only one by one (") || shown.contains("learned     it takes")
    );
    let shown = home.run(&["--lang", "zh-CN", "account", "show", USER]).good().out;
    assert!(shown.contains("学到的      ") && shown.contains("接受 IDLE 但不通知新邮件"), "{shown}");
    let listed = &home.run(&["account", "list", "--json"]).json()[0]["learned"];
    let quirks: Vec<&str> = listed.as_array().unwrap().iter().map(|known| known["quirk"].as_str().unwrap()).collect();
    assert_eq!(quirks, ["one-at-a-time", "silent-idle"]);
    assert_eq!(listed[0]["evidence"], "it was seen");

    // Whoever is at work with it knows better.
    let lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
    let busy = home.run(&["account", "forget-quirks", USER]).failed();
    assert!(busy.contains("another hongyan"), "{busy}");
    drop(lock);
    let forgot = home.run(&["account", "forget-quirks", USER]).good().out;
    assert!(forgot.contains("forgot 2 things"), "{forgot}");
    assert_eq!(home.run(&["account", "list", "--json"]).json()[0]["learned"], serde_json::json!([]));
    let again = home.run(&["account", "forget-quirks", USER]).good().out;
    assert!(again.contains("nothing was learned"), "{again}");
}

/// Writes down that something was learned of the account's server, as the engine does.
pub fn learn(home: &Home, quirk: Quirk) {
    let store = opened(home);
    let (account, at) = (USER.to_owned(), clock::now());
    let write = OwnWrite::Learn { account, quirk, evidence: "it was seen".to_owned(), at };
    store.own.commit_blocking(write).unwrap();
    store.close();
}

fn opened(home: &Home) -> Store {
    let options = StoreOptions {
        profile: &home.profile(),
        accounts: &[USER.to_owned()],
        now: clock::now(),
        restore: Restore::Refuse,
    };
    Store::open(&options, mpsc::unbounded_channel().0).unwrap()
}

/// Records in the store that a message shall be starred, as the screen does.
fn want(home: &Home, placement: i64) {
    let _lock = ProfileLock::take(&home.profile()).unwrap().unwrap();
    let store = opened(home);
    let placements = vec![hongyan::model::PlacementId(placement)];
    let intent = Intent::Flag { placements, add: Flags::ANSWERED, remove: Flags::NONE };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Store::record(&store.own, &store.mail, intent)).unwrap();
    assert_eq!(store.own.commit_blocking(OwnWrite::Wants(None)).unwrap().len(), 1);
    store.close();
}
