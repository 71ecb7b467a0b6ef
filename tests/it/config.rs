//! config.example.toml against the code, and what the user is told about mistakes.

use std::path::{Path, PathBuf};

use hongyan::config::{Config, Env, Found, Given, Kind, Paths, Presets, SecretSource, check, load};
use hongyan::model::TlsMode;
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// The example with the `#` taken from its examples.
fn with_examples() -> String {
    let is_example = |rest: &str| rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[');
    let lines = EXAMPLE.lines().map(|line| line.strip_prefix('#').filter(|rest| is_example(rest)).unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn read(text: &str) -> Result<Config, String> {
    check(text, Path::new("config.toml"), &Presets::built_in()).map_err(|problem| problem.to_string())
}

/// `section.name` of everything in a table.
fn leaves(table: &toml::Table) -> Vec<String> {
    table
        .iter()
        .flat_map(|(section, inner)| match inner {
            toml::Value::Table(inner) => {
                inner.iter().map(|(name, value)| format!("{section}.{name} = {value}")).collect()
            }
            other => vec![format!("{section} = {other}")],
        })
        .collect()
}

#[test]
fn the_example_has_every_setting_with_its_default() {
    assert_eq!(read(EXAMPLE).unwrap(), Config::default());
    let written: toml::Table = EXAMPLE.parse().unwrap();
    let known = toml::Table::try_from(Config::default()).unwrap();
    assert_eq!(leaves(&written), leaves(&known));
}

#[test]
fn the_example_has_every_setting_of_an_account_with_its_default() {
    let text = with_examples();
    let written: toml::Table = text.parse().unwrap();
    let account = written["account"].as_array().unwrap()[0].as_table().unwrap();
    let mut named: Vec<&str> = account.keys().map(String::as_str).collect();
    named.sort_unstable();
    // The message about an unknown setting lists all that are known.
    let said = read("[[account]]\naddress = \"a@b.example\"\nxxxxxxxx = 1\n").unwrap_err();
    let mut known: Vec<&str> = said.rsplit_once("possible: ").unwrap().1.split(", ").collect();
    known.sort_unstable();
    assert_eq!(named, known);

    let config = read(&text).unwrap();
    let mut only_address = read("[[account]]\naddress = \"me@example.com\"\n").unwrap().accounts.remove(0);
    assert_eq!(only_address.found, Found::Guessed);
    // What is an example and no default.
    let shown = &config.accounts[0];
    only_address.found = Found::Written;
    only_address.ca = Some("my-ca.pem".into());
    only_address.pin.clone_from(&shown.pin);
    only_address.proxy.clone_from(&shown.proxy);
    only_address.pop3.clone_from(&shown.pop3);
    assert_eq!(only_address.smtp, shown.smtp);
    only_address.smtp_found = Found::Written;
    only_address.smtp_pin.clone_from(&shown.smtp_pin);
    only_address.idle = shown.idle;
    only_address.poll = shown.poll;
    only_address.preset.clone_from(&shown.preset);
    only_address.identities.clone_from(&shown.identities);
    only_address.vouchers.clone_from(&shown.vouchers);
    assert_eq!(*shown, only_address);
    assert_eq!((shown.kind, &shown.secret, shown.imap.tls), (Kind::Imap, &SecretSource::Keyring, TlsMode::Tls));
}

#[test]
fn mistakes_are_named_with_line_column_and_a_sentence() {
    for (text, said) in [
        ("[look]\nthmee = \"dark\"\n", "2:1: `thmee` is not a setting here; did you mean `theme`?"),
        ("[look]\n  colour = 1\n", "2:3: `colour` is not a setting here; possible: theme, layout, mouse, size_column"),
        ("[lok]\n", "1:2: `lok` is not a setting here; did you mean `look`?"),
        ("[look]\ntheme = \"drak\"\n", "2:9: `drak` is not possible here; did you mean `dark`?"),
        (
            "[look]\n# 深色\ntheme = \"solarized\"\n",
            "3:9: `solarized` is not possible here; possible: auto, dark, light, plain",
        ),
        ("[look]\nmouse = \"yes\"\n", "2:9: here must stand true or false, not a text"),
        ("[general]\nlanguage = \"zh-cn\"\n", "2:12: `zh-cn` is not possible here; did you mean `zh-CN`?"),
        (
            "[reading]\nmark_read_after = \"soon\"\n",
            "2:19: `soon` is not a span of time; write 500ms, 2s, 5m or 1h, or never",
        ),
        ("[sync]\npoll = \"1s\"\n", "2:8: `1s` is out of range; write something from 10s to 24h"),
        (
            "[keys]\nj = \"down\"\n",
            "2:5: keys stand in a table of their pane, as in [keys.list]; only `preset` stands here",
        ),
        ("\n[[account]]\nname = \"x\"\n", "2:1: `address` is missing here"),
        ("[[account]]\naddress = \"me\"\n", "2:11: `me` is not a mail address; write it as me@example.com"),
        ("[[account]]\naddress = \"a@b.example\"\nimap = \"h:x\"\n", "3:8: `h:x` is not HOST:PORT"),
        ("[[account]]\naddress = \"a@b.example\"\ntls = \"ssl\"\n", "3:7: `ssl` is none of tls, starttls, none"),
        (
            "[[account]]\naddress = \"a@b.example\"\n\n[[account]]\naddress = \"a@b.example\"\n",
            "4:1: another account is called `a@b.example` already; give this one a `name` of its own",
        ),
        (
            "[[account]]\naddress = \"a@b.example\"\nsecret = { command = [] }\n",
            "1:1: `command` must name a program and its arguments, as in command = [\"pass\", \"mail/me\"]",
        ),
        (
            "[[account]]\naddress = \"a@b.example\"\nproxy = \"proxy.example:1080\"\n",
            "3:9: write it as \"socks5://HOST:PORT\" or \"http://HOST:PORT\"; or \"env\", for what ALL_PROXY says",
        ),
        (
            "[[account]]\naddress = \"a@b.example\"\npin = \"0aff\"\n",
            "3:7: write it as sha256: and 64 hexadecimal digits, as they are told when a certificate is refused",
        ),
        (
            "[[account]]\naddress = \"a@b.example\"\nwindow = \"30\"\n",
            "3:10: here must stand true or false, not a text",
        ),
        ("[[provider]]\nid = \"qq\"\nimpa = \"h\"\n", "3:1: `impa` is not a setting here; did you mean `imap`?"),
        (
            "[[provider]]\nid = \"qq\"\nimap = \"h.example:993\"\n",
            "3:8: `h.example:993` is not HOST:PORT:MODE, as in imap.example.com:993:tls",
        ),
        (
            "[[provider]]\nid = \"qq\"\npoll = 60\n\n[[provider]]\nid = \"ours\"\nlike = \"qqq\"\n",
            "5:1: `like`: there is no provider `qqq`",
        ),
        (
            "[[account]]\naddress = \"a@b.example\"\nidentities = [\"me <x>\"]\n",
            "3:14: `x` is not a mail address; write it as me@example.com",
        ),
        ("[look\n", "1:6: unclosed table, expected `]`"),
    ] {
        assert_eq!(read(text).unwrap_err(), format!("config.toml:{said}"), "{text}");
    }
}

#[test]
fn l01_a_password_in_the_wrong_place_is_not_repeated() {
    for secret in ["\"k4n4ri-code\"", "{ comand = [\"k4n4ri-code\"] }", "{ command = \"k4n4ri-code\" }"] {
        let said = read(&format!("[[account]]\naddress = \"a@b.example\"\nsecret = {secret}\n")).unwrap_err();
        assert!(said.starts_with("config.toml:3:") && !said.contains("k4n4ri"), "{said}");
    }
    for proxy in ["k4n4ri-code", "socks5://me:k4n4ri-code@proxy.example", "socks4://me:k4n4ri-code@proxy.example:1"] {
        let said = read(&format!("[[account]]\naddress = \"a@b.example\"\nproxy = \"{proxy}\"\n")).unwrap_err();
        assert!(said.starts_with("config.toml:3:") && !said.contains("k4n4ri"), "{said}");
    }
    for unknown in ["password = \"k4n4ri-code\"", "insecure = \"k4n4ri-code\""] {
        let said = read(&format!("[[account]]\naddress = \"a@b.example\"\n{unknown}\n")).unwrap_err();
        assert!(!said.contains("k4n4ri"), "{said}");
    }
}

#[test]
fn a_pin_without_encryption_is_a_mistake() {
    let pin = format!("pin = \"sha256:{}\"", "0a".repeat(32));
    let said = |tls: &str| read(&format!("[[account]]\naddress = \"a@b.example\"\ntls = \"{tls}\"\n{pin}\n"));
    assert!(said("none").unwrap_err().contains("`pin` needs an encrypted connection"));
    assert_eq!(said("starttls").unwrap().accounts[0].pin.unwrap().to_string(), format!("sha256:{}", "0a".repeat(32)));
}

#[test]
fn t17_a_mistake_cannot_reach_the_terminal_as_an_escape_sequence() {
    let said = read("[look]\n\"\\u001b]0;x\\u0007\" = 1\n").unwrap_err();
    assert!(said.contains("␛]0;x␇") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn accounts_are_completed_from_what_is_known() {
    let text = "[[account]]\naddress = \"10001@qq.com\"\n[[account]]\naddress = \"me@icloud.com\"\n\
                [[account]]\naddress = \"me@firm.example\"\ntls = \"starttls\"\nca = \"ca.pem\"\n\
                [[account]]\naddress = \"x@firm.example\"\nimap = \"127.0.0.1:1143\"\ntls = \"none\"\nlogin = \"x\"\n";
    let config = check(text, Path::new("/etc/hongyan/config.toml"), &Presets::built_in()).unwrap();
    let seen: Vec<String> = config
        .accounts
        .iter()
        .map(|a| format!("{} {} {} {} {:?}", a.name, a.login, a.imap, a.imap.tls.code(), a.found))
        .collect();
    assert_eq!(
        seen,
        [
            "10001@qq.com 10001@qq.com imap.qq.com:993 tls Known",
            "me@icloud.com me imap.mail.me.com:993 tls Known",
            "me@firm.example me@firm.example imap.firm.example:143 starttls Guessed",
            "x@firm.example x 127.0.0.1:1143 none Written",
        ]
    );
    assert_eq!(config.accounts[2].ca.as_deref(), Some(Path::new("/etc/hongyan/ca.pem")));
    assert_eq!(config.account("x@firm.example").unwrap().login, "x");
}

/// A server behaves as it does whatever the address is; what the user writes counts more.
#[test]
fn what_is_known_of_a_server_holds_for_every_account_there() {
    let behaves = |account: &str| {
        let text = format!("[[account]]\n{account}\n");
        let config = check(&text, Path::new("config.toml"), &Presets::built_in()).unwrap();
        (config.accounts[0].window, config.accounts[0].idle)
    };
    assert_eq!(behaves("address = \"10001@qq.com\""), (true, Some(false)));
    assert_eq!(behaves("address = \"me@sina.com\""), (false, Some(false)));
    assert_eq!(behaves("address = \"me@gmail.com\""), (false, None));
    assert_eq!(behaves("address = \"me@firm.example\""), (false, None));
    assert_eq!(behaves("address = \"me@firm.example\"\nimap = \"imap.exmail.qq.com\""), (true, Some(false)));
    assert_eq!(behaves("address = \"10001@qq.com\"\nimap = \"mail.firm.example\""), (false, None));
    assert_eq!(behaves("address = \"10001@qq.com\"\nwindow = false\nidle = true"), (false, Some(true)));
    assert_eq!(behaves("address = \"me@firm.example\"\nwindow = true\nidle = false"), (true, Some(false)));
}

/// Whoever else writes what a provider found out is not believed.
#[test]
fn h05_whose_word_counts_about_a_sender_is_known() {
    let vouches = |account: &str| {
        let text = format!("[[account]]\n{account}\n");
        let account = check(&text, Path::new("config.toml"), &Presets::built_in()).unwrap().accounts.remove(0);
        (account.vouchers.names.join(" "), account.vouchers.guessed)
    };
    let known = |names: &str| (names.to_owned(), false);
    let guessed = |names: &str| (names.to_owned(), true);
    assert_eq!(vouches("address = \"me@gmail.com\""), known("mx.google.com"));
    assert_eq!(vouches("address = \"10001@qq.com\""), known("mx.qq.com"));
    assert_eq!(vouches("address = \"me@163.com\""), known(""), "not known to write any");
    assert_eq!(vouches("address = \"me@firm.example\""), guessed("firm.example"));
    assert_eq!(
        vouches("address = \"me@firm.example\"\nimap = \"imap.host.example\""),
        guessed("firm.example host.example")
    );
    assert_eq!(vouches("address = \"me@firm.example\"\nimap = \"127.0.0.1\""), guessed("firm.example"));
    assert_eq!(vouches("address = \"me@163.com\"\nvouches = [\"mx.here.example\"]"), known("mx.here.example"));
}

#[test]
fn keys_are_kept_as_written_with_their_places() {
    let config = read("[keys]\npreset = \"mutt\"\n[keys.list]\n\"C-d\" = \"page-down\"\n， = 1\n").unwrap_err();
    assert!(config.starts_with("config.toml:5:"), "{config}");
    let config = read("[keys]\npreset = \"mutt\"\n[keys.list]\n\"C-d\" = \"page-down\"\n  \"，\" = \"x\"\n").unwrap();
    assert_eq!(config.keys.preset, "mutt");
    let seen: Vec<_> =
        config.keys.bindings.iter().map(|b| format!("{} {} {} {:?}", b.pane, b.key, b.action, b.at)).collect();
    assert_eq!(
        seen,
        ["list C-d page-down Position { line: 4, column: 1 }", "list ， x Position { line: 5, column: 3 }"]
    );
}

#[test]
fn a_file_that_is_not_there_or_not_readable() {
    let folder = tempfile::tempdir().unwrap();
    let load = |name: &str| load(&folder.path().join(name), &Presets::default());
    assert_eq!(load("none.toml").unwrap(), Config::default());
    assert!(load("").unwrap_err().sentence.as_str().starts_with("this file cannot be read: "));
    std::fs::write(folder.path().join("gbk.toml"), b"[general]\n# \xba\xe8\xd1\xe3\n").unwrap();
    let gbk = load("gbk.toml").unwrap_err();
    assert_eq!(gbk.sentence.as_str(), "here stands something that is not UTF-8; save the file as UTF-8");
    assert_eq!(gbk.at.map(|at| (at.line, at.column)), Some((2, 3)));
    std::fs::write(folder.path().join("big.toml"), vec![b'#'; 2_000_000]).unwrap();
    assert!(load("big.toml").unwrap_err().sentence.as_str().contains("larger than 1 MiB"));
}

#[test]
fn the_standard_folders_are_below_home() {
    let env = Env { home: Some(PathBuf::from("/home/nobody")), ..Env::default() };
    let paths = Paths::find(&Given::default(), &env).unwrap();
    assert!(paths.config.ends_with("hongyan/config.toml"), "{paths:?}");
    assert!(paths.config.is_absolute() && paths.profile.is_absolute() && paths.runtime.is_absolute(), "{paths:?}");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fail_in_another_way(text in any::<String>()) {
        let _ = read(&text);
    }

    /// The example with a piece cut out or put in: it is read, or a place inside the text is named.
    #[test]
    fn a_damaged_configuration_is_answered_with_a_place(
        at in any::<prop::sample::Index>(), cut in 0_usize..9, put in "[\\[\\]={}\"'#a-z\n\t鸿0-9.-]{0,5}",
    ) {
        let whole: Vec<char> = with_examples().chars().collect();
        let at = at.index(whole.len());
        let end = whole.len().min(at + cut);
        let damaged: String = whole[..at].iter().copied().chain(put.chars()).chain(whole[end..].iter().copied()).collect();
        if let Err(problem) = check(&damaged, Path::new("c"), &Presets::default()) {
            let place = problem.at.expect("a place");
            let line = damaged.split('\n').nth(place.line - 1).expect("a line of the text");
            prop_assert!(place.column <= line.chars().count() + 1, "{}", problem);
            prop_assert!(!problem.sentence.is_empty());
        }
    }
}

#[test]
fn an_account_of_ones_own_domain_is_at_a_provider_that_is_named() {
    let text = "[[provider]]\nid = \"ours\"\nlike = \"163\"\nmx = [\"mx.mail.example\"]\nimap = \"in.mail.example:993:tls\"\n\
                [[account]]\naddress = \"me@mail.example\"\nprovider = \"ours\"\npoll = \"5m\"\n\
                identities = [\"Me at work <work@mail.example>\", \"other@mail.example\"]\n\
                [[account]]\naddress = \"me@shop.example\"\nprovider = \"exmail\"\nimap = \"localhost:1993\"\n";
    let config = read(text).unwrap();
    let [ours, exmail] = &config.accounts[..] else { panic!("{config:?}") };
    assert_eq!((ours.imap.to_string(), ours.found), ("in.mail.example:993".to_owned(), Found::Known));
    assert!(ours.preset.as_ref().is_some_and(|preset| preset.id == "ours" && preset.login_only));
    assert_eq!(ours.poll, Some(std::time::Duration::from_mins(5)));
    let identities: Vec<String> = ours.identities.iter().cloned().map(String::from).collect();
    assert_eq!(identities, ["Me at work <work@mail.example>", "other@mail.example"]);
    // A way to the provider that only the user knows: the provider is the same.
    assert_eq!((exmail.imap.to_string(), exmail.window, exmail.idle), ("localhost:1993".to_owned(), true, Some(false)));
    assert_eq!(exmail.smtp.as_ref().unwrap().host, "smtp.exmail.qq.com");
    assert_eq!(config.presets(&Presets::built_in()).all().len(), Presets::built_in().all().len() + 1);
    let wrong = read("[[account]]\naddress = \"a@b.example\"\nprovider = \"qqq\"\n").unwrap_err();
    assert!(wrong.starts_with("config.toml:1:1: there is no provider `qqq`; known: qq, exmail, 163,"), "{wrong}");
}
