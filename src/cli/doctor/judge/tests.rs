use std::collections::HashSet;
use std::net::IpAddr;

use super::*;
use crate::cli::doctor::fact::{Abilities, Colours, Judged, Left, Opens, Place};
use crate::cli::doctor::keys::{Wrong, WrongKey};
use crate::config::keymap::KeyTrouble;
use crate::i18n::Language;
use crate::model::{Failure, Fingerprint, Quirk, Role, TlsMode};
use crate::net::TlsVersion;
use crate::text::width;

const NOW: Timestamp = Timestamp(1_795_180_500);
const MOMENT: Duration = Duration::from_millis(12);

fn veil() -> Veil {
    let known = ["qq.com", "163.com"].map(str::to_owned).to_vec();
    let home = Some("/home/zhang".to_owned());
    Veil::new(false, known, home).over("zhang.san@mail.example", "zhang.san", &["imap.mail.example"])
}

fn certificate(begins: i64, days: i64) -> Fact {
    Fact::Certificate(Certificate {
        names: vec!["imap.mail.example".to_owned()],
        issuer: "Let's Encrypt".to_owned(),
        begins: Some(Timestamp(NOW.0 + begins)),
        ends: Some(Timestamp(NOW.0 + days * 86_400)),
        fingerprint: Fingerprint::new([7; 32]),
        now: NOW,
        judged: Judged::System,
    })
}

fn named(addresses: &[&str], expected: Expected) -> Fact {
    let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
    Fact::Named { addresses, took: MOMENT, expected }
}

fn key(trouble: Wrong) -> Fact {
    let [pane, key, action] = ["list", "x", "dance"].map(str::to_owned);
    Fact::Keys(Some(WrongKey { pane, key, action, trouble }))
}

/// Facts about this machine, and how each is judged.
fn here() -> Vec<(Fact, Level, &'static str)> {
    use Level::{Fail, Ok, Warn};
    let home = || "/home/zhang/.config/hongyan/config.toml".to_owned();
    let text = str::to_owned;
    let keyring = |answer, needed| Fact::Keyring { answer, needed };
    let terminal = |name: Option<&str>, colours| Fact::Terminal { name: name.map(str::to_owned), colours };
    let width = |wide, ambiguous| Fact::Width(Width::Measured { wide, ambiguous });
    vec![
        (Fact::Program { system: "linux", machine: "x86_64" }, Ok, "program"),
        (Fact::Settings(Settings::Read { file: home(), accounts: 2 }), Ok, "settings"),
        (Fact::Settings(Settings::Read { file: home(), accounts: 0 }), Warn, "no-account"),
        (Fact::Settings(Settings::Absent { file: home() }), Warn, "no-account"),
        (Fact::Settings(Settings::Wrong { said: format!("{}:3:1: wrong", home()) }), Fail, "wrong-settings"),
        (Fact::Profile(Profile::Good { folder: home() }), Ok, "profile"),
        (Fact::Profile(Profile::Open { folder: home() }), Ok, "in-use"),
        (Fact::Profile(Profile::Absent { folder: home() }), Ok, "not-made-yet"),
        (Fact::Profile(Profile::Wrong { said: home() }), Fail, "wrong-profile"),
        (Fact::Space(1 << 20), Fail, "no-space"),
        (Fact::Space(100 << 20), Warn, "little-space"),
        (Fact::Space(9 << 30), Ok, "space"),
        (Fact::Keys(None), Ok, "keys"),
        (key(Wrong::Key(KeyTrouble::NotAKey)), Warn, "wrong-key"),
        (key(Wrong::Key(KeyTrouble::UnknownAction)), Warn, "wrong-key"),
        (key(Wrong::Key(KeyTrouble::Twice)), Warn, "wrong-key"),
        (key(Wrong::Key(KeyTrouble::Prefix)), Warn, "wrong-key"),
        (key(Wrong::Pane), Warn, "wrong-key"),
        (key(Wrong::Preset), Warn, "wrong-key"),
        (Fact::Opener { what: Opens::Web, program: Some(text("firefox")) }, Ok, "opener"),
        (Fact::Opener { what: Opens::Web, program: None }, Warn, "no-opener"),
        (Fact::Opener { what: Opens::File, program: None }, Warn, "no-opener"),
        (keyring(Keyring::Answers, true), Ok, "keyring"),
        (keyring(Keyring::Locked, true), Fail, "keyring-locked"),
        (keyring(Keyring::Absent, true), Fail, "no-keyring"),
        (keyring(Keyring::Silent, true), Fail, "keyring-failed"),
        (keyring(Keyring::Failed(text("dbus")), true), Fail, "keyring-failed"),
        (keyring(Keyring::Absent, false), Ok, "no-keyring"),
        (terminal(Some("xterm-256color"), Colours::All), Ok, "terminal"),
        (terminal(Some("xterm"), Colours::Some), Ok, "terminal"),
        (terminal(Some("dumb"), Colours::None), Fail, "dumb-terminal"),
        (terminal(None, Colours::None), Fail, "dumb-terminal"),
        (Fact::Locale { name: Some(text("zh_CN.UTF-8")), utf8: true }, Ok, "locale"),
        (Fact::Locale { name: None, utf8: false }, Warn, "no-utf-8"),
        (width(2, 1), Ok, "width"),
        (width(2, 2), Warn, "ambiguous-is-wide"),
        (width(1, 1), Fail, "wide-is-narrow"),
        (Fact::Width(Width::Silent), Warn, "silent-terminal"),
        (Fact::Width(Width::NoTerminal), Ok, "no-terminal"),
    ]
}

/// Facts about the way to a server.
fn on_the_way() -> Vec<(Fact, Level, &'static str)> {
    use Level::{Fail, Ok, Warn};
    let text = str::to_owned;
    let account = |provider: Option<&str>, certainty| Fact::Account {
        provider: provider.map(str::to_owned),
        server: "imap.mail.example:993".to_owned(),
        certainty,
    };
    let called = |took| Fact::Called { address: "203.0.113.7".parse().unwrap(), took, expected: Expected::World };
    let mx = |names: &[&str], provider: Option<&str>| Fact::Mx {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        provider: provider.map(str::to_owned),
    };
    vec![
        (account(Some("qq"), Certainty::Known), Ok, "account"),
        (account(Some("exmail"), Certainty::Mx), Ok, "account"),
        (account(None, Certainty::Written), Ok, "account"),
        (account(None, Certainty::Guessed), Warn, "guessed-server"),
        (Fact::Secret { place: Place::Keyring }, Ok, "secret"),
        (Fact::Secret { place: Place::File }, Ok, "secret"),
        (Fact::Secret { place: Place::Session }, Ok, "secret"),
        (Fact::Secret { place: Place::Command }, Ok, "secret"),
        (Fact::Proxy { place: text("socks5://127.0.0.1:7890"), took: MOMENT }, Ok, "proxy"),
        (named(&["203.0.113.7", "2001:db8::1"], Expected::World), Ok, "dns"),
        (named(&["198.18.0.7"], Expected::Anywhere), Warn, "made-up-address"),
        (named(&["198.19.255.7"], Expected::World), Warn, "made-up-address"),
        (named(&["10.1.2.3"], Expected::World), Warn, "private-address"),
        (named(&["::1"], Expected::World), Warn, "private-address"),
        (named(&["100.64.0.1"], Expected::World), Warn, "private-address"),
        (named(&["10.1.2.3"], Expected::Anywhere), Ok, "dns"),
        (named(&["127.0.0.1"], Expected::Elsewhere), Ok, "elsewhere"),
        (mx(&[], None), Warn, "no-mx"),
        (mx(&["mx.mail.example"], None), Ok, "mx"),
        (mx(&["mxbiz1.qq.com"], Some("exmail")), Ok, "mx"),
        (Fact::MxUnasked, Ok, "not-asked"),
        (called(Some(MOMENT)), Ok, "tcp"),
        (called(None), Warn, "silent-address"),
        (Fact::Agreed { took: MOMENT }, Ok, "tls"),
        (Fact::Encrypted { version: Some(TlsVersion::Tls13), took: MOMENT, mode: TlsMode::Tls }, Ok, "tls"),
        (Fact::Encrypted { version: None, took: MOMENT, mode: TlsMode::StartTls }, Ok, "tls"),
        (Fact::Plain, Warn, "not-encrypted"),
        (certificate(-86_400, 60), Ok, "certificate"),
        (certificate(-86_400, 13), Warn, "expires-soon"),
        (certificate(-86_400, -2), Fail, "expired"),
        (certificate(3_600, 60), Fail, "not-yet-valid"),
        (certificate(60, 60), Ok, "certificate"),
    ]
}

/// Facts about what a server says and does.
fn there() -> Vec<(Fact, Level, &'static str)> {
    use Level::{Fail, Ok, Warn};
    let text = str::to_owned;
    let folders = |others, told, hides| Fact::Folders {
        roles: vec![(Role::Inbox, "INBOX".to_owned()), (Role::Sent, "Sent Messages".to_owned())],
        others,
        told,
        hides,
    };
    let abilities = Abilities { used: vec![text("ID")], ..Abilities::default() };
    let failure = |check, kind| Fact::Failed { check, failure: Failure::lasting(kind, "imap.mail.example", "said") };
    let clock = |ahead: i64| Fact::Clock { newest: Some(Timestamp(NOW.0 + ahead)), now: NOW, zone: text("UTC") };
    let refused = NoLogin::Refused {
        ago: 120,
        left: 780,
        times: 2,
        failure: Failure::lasting(FailureKind::Login, "imap.mail.example", "Login fail."),
    };
    vec![
        (Fact::Greeting { software: Some("Coremail"), said: text("x") }, Ok, "greeting"),
        (Fact::Greeting { software: None, said: text("x") }, Ok, "greeting"),
        (Fact::Abilities(abilities), Ok, "used"),
        (Fact::Learned { quirk: Quirk::OneConnection, evidence: text("dropped") }, Ok, "one-connection"),
        (Fact::Login { way: text("LOGIN"), took: Some(MOMENT) }, Ok, "login"),
        (Fact::Login { way: text("LOGIN"), took: None }, Ok, "login"),
        (Fact::NoLogin(NoLogin::NoAccount), Ok, "no-account"),
        (Fact::NoLogin(refused), Fail, "refusal-stands"),
        (Fact::NoLogin(NoLogin::NoSecret), Warn, "no-secret"),
        (Fact::NoLogin(NoLogin::NoToken), Fail, "no-token"),
        (Fact::NoLogin(NoLogin::Kind("pop3")), Warn, "kind"),
        (Fact::Id { answer: None, needed: true }, Ok, "id-needed"),
        (Fact::Id { answer: Some(text("Coremail Imap")), needed: false }, Ok, "id"),
        (Fact::Inbox { messages: 31, uidvalidity: 1, uid_next: true }, Ok, "inbox"),
        (Fact::Inbox { messages: 31, uidvalidity: 1, uid_next: false }, Ok, "no-uidnext"),
        (folders(0, false, true), Warn, "hidden-folders"),
        (folders(3, true, true), Ok, "folders"),
        (folders(0, true, false), Ok, "folders"),
        (Fact::Idle(Idle::NotOffered), Ok, "no-idle"),
        (Fact::Idle(Idle::KnownSilent), Ok, "known-silent"),
        (Fact::Idle(Idle::SwitchedOff), Ok, "switched-off"),
        (Fact::Idle(Idle::Learned(text("twice"))), Ok, "learned-silent"),
        (Fact::Idle(Idle::Believed), Ok, "idle"),
        (Fact::Pulse { took: MOMENT }, Ok, "round-trip"),
        (Fact::Pulse { took: Duration::from_secs(3) }, Warn, "slow"),
        (clock(-60), Ok, "clock"),
        (clock(540), Ok, "clock"),
        (clock(7_200), Warn, "clock-is-behind"),
        (Fact::Clock { newest: None, now: NOW, zone: text("UTC") }, Ok, "clock"),
        (Fact::Watch(Watched::Told { after: MOMENT }), Ok, "told"),
        (Fact::Watch(Watched::Silent { after: MOMENT }), Warn, "silent-idle"),
        (Fact::Watch(Watched::Nothing { after: MOMENT }), Warn, "nothing-came"),
        (Fact::Watch(Watched::NotOffered), Ok, "no-idle"),
        (Fact::Late { after: Duration::from_mins(1) }, Fail, "deadline"),
        (failure(Check::Login, FailureKind::Login), Fail, "login"),
        (failure(Check::Names, FailureKind::UnknownHost), Fail, "unknown-host"),
        (failure(Check::Secret, FailureKind::NoSecret), Fail, "no-secret"),
    ]
}

/// Facts about the server that mail is handed to.
fn sending() -> Vec<(Fact, Level, &'static str)> {
    use Level::{Fail, Ok, Warn};
    let text = str::to_owned;
    let account = |certainty| Fact::Account { provider: None, server: "smtp.mail.example:465".to_owned(), certainty };
    let address = "203.0.113.7".parse().unwrap();
    let refused = NoLogin::Refused {
        ago: 120,
        left: 780,
        times: 2,
        failure: Failure::lasting(FailureKind::Login, "imap.mail.example", "535 no"),
    };
    let failure = |kind| Failure::passing(kind, "imap.mail.example", "");
    let abilities = Abilities { used: vec![text("SIZE")], ..Abilities::default() };
    let same = vec![
        (account(Certainty::Known), Ok, "account"),
        (account(Certainty::Guessed), Warn, "guessed-server"),
        (Fact::Proxy { place: text("socks5://127.0.0.1:7890"), took: MOMENT }, Ok, "proxy"),
        (named(&["203.0.113.7"], Expected::World), Ok, "dns"),
        (Fact::Called { address, took: Some(MOMENT), expected: Expected::World }, Ok, "tcp"),
        (Fact::Agreed { took: MOMENT }, Ok, "tls"),
        (Fact::Plain, Warn, "not-encrypted"),
        (certificate(-86_400, 13), Warn, "expires-soon"),
        (Fact::Greeting { software: Some("QQMail"), said: text("x") }, Ok, "greeting"),
        (Fact::Abilities(abilities), Ok, "used"),
        (Fact::Login { way: text("AUTH PLAIN"), took: Some(MOMENT) }, Ok, "login"),
        (Fact::NoLogin(NoLogin::AsMailbox), Ok, "as-mailbox"),
        (Fact::NoLogin(refused), Fail, "refusal-stands"),
        (Fact::Shut { check: Check::Address, failure: failure(FailureKind::Unreachable) }, Warn, "unreachable"),
        (Fact::Size(Some(70 << 20)), Ok, "size"),
        (Fact::Size(Some(900 << 10)), Warn, "little-size"),
        (Fact::Size(None), Ok, "no-size"),
        (Fact::Goodbye { took: Some(MOMENT) }, Ok, "quit"),
        (Fact::Goodbye { took: None }, Ok, "hung-up"),
        (Fact::NoSubmission, Ok, "no-server"),
    ];
    same.into_iter().map(|(fact, level, kind)| (Fact::Sending(Box::new(fact)), level, kind)).collect()
}

#[test]
fn what_is_said_of_sending_speaks_of_sending() {
    for (fact, ..) in sending() {
        for tongue in [Language::ZhCn, Language::En] {
            for found in findings(&fact, tongue, &veil()) {
                assert!(found.check.code().starts_with("smtp"), "{found:?}");
                let said = format!("{} {}", found.sentence, found.remedy.unwrap_or_default());
                assert!(!said.contains("imap =") && !said.contains("IMAP"), "{said}");
            }
        }
    }
    let failure = Failure::lasting(FailureKind::Login, "smtp.mail.example", "535 no");
    let failed = Fact::Sending(Box::new(Fact::Failed { check: Check::Login, failure }));
    let found = findings(&failed, Language::En, &veil()).remove(0);
    assert_eq!((found.check, found.level, found.said.as_deref()), (Check::SmtpLogin, Level::Fail, Some("535 no")));
    assert!(found.remedy.is_some());
}

#[test]
fn every_fact_is_judged_and_told_in_both_languages() {
    let mut checks = HashSet::new();
    for (fact, level, kind) in here().into_iter().chain(on_the_way()).chain(there()).chain(sending()) {
        for tongue in [Language::ZhCn, Language::En] {
            let found = findings(&fact, tongue, &veil());
            assert_eq!(found.len(), 1, "{fact:?}");
            let Finding { check, level: judged, kind: told, sentence, remedy, .. } = &found[0];
            assert_eq!((*judged, *told), (level, kind), "{fact:?}");
            checks.insert(*check);
            let failed = matches!(fact, Fact::Failed { .. });
            assert!(failed || remedy.is_some() == (level != Level::Ok), "{fact:?}: {remedy:?}");
            for said in [Some(sentence), remedy.as_ref()].into_iter().flatten() {
                assert!(!said.is_empty() && !said.contains(['!', '！']), "{fact:?}: {said}");
                assert!(width(said) <= 240, "{said}");
                // What anybody may read says nothing of anybody.
                for private in ["zhang", "mail.example"] {
                    assert!(!said.contains(private), "{said}");
                }
            }
            if tongue == Language::En {
                let said = format!("{sentence} {}", remedy.clone().unwrap_or_default());
                let words = said.replace(['→', '·', '…', '中'], "").replace("收取我的文件夹", "");
                assert!(words.is_ascii(), "{words}");
            }
        }
    }
    assert_eq!(checks.len(), Check::EVERY.len(), "{checks:?}");
}

#[test]
fn the_codes_are_stable_words_and_the_labels_are_short() {
    let mut codes = HashSet::new();
    for check in Check::EVERY {
        let code = check.code();
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && codes.insert(code), "{code}");
        for tongue in [Language::ZhCn, Language::En] {
            assert!((2..=12).contains(&width(&say::label(tongue, check))), "{code}");
        }
    }
}

#[test]
fn what_the_other_side_said_is_told_apart_and_without_names() {
    let said = "NO zhang.san@mail.example: user zhang.san";
    let failure = Failure::lasting(FailureKind::Login, "imap.mail.example", said);
    let fact = Fact::Failed { check: Check::Login, failure };
    let found = findings(&fact, Language::En, &veil()).remove(0);
    assert_eq!(found.said.as_deref(), Some("NO z…@m….example: user z…"));
    assert!(found.sentence.starts_with("i….example refused the login"), "{}", found.sentence);
    assert!(!found.sentence.contains("NO "), "{}", found.sentence);
}

#[test]
fn abilities_have_a_line_for_each_that_is_not_used() {
    let abilities = Abilities {
        used: ["ID", "MOVE"].map(str::to_owned).to_vec(),
        left: vec![
            ("IDLE".to_owned(), Left::Known),
            ("QRESYNC".to_owned(), Left::Learned(Quirk::NoChanges)),
            ("COMPRESS=DEFLATE".to_owned(), Left::Near),
            ("XLIST".to_owned(), Left::Names),
        ],
        unneeded: vec!["IMAP4rev1".to_owned()],
        lacking: vec!["UIDPLUS"],
        before_login: false,
    };
    let kinds = |abilities: &Abilities| -> Vec<_> {
        findings(&Fact::Abilities(abilities.clone()), Language::ZhCn, &veil()).iter().map(|found| found.kind).collect()
    };
    let all = ["used", "not-used", "not-used", "not-used", "not-used", "lacking", "not-needed"];
    assert_eq!(kinds(&abilities), all);
    // Before the login a server tells less; what is missing then means nothing.
    assert!(!kinds(&Abilities { before_login: true, ..abilities }).contains(&"lacking"));
}

#[test]
fn every_check_and_every_kind_is_documented() {
    let document = include_str!("../../../../docs/json.md");
    let rows: Vec<&str> = document.lines().filter(|line| line.starts_with("| `")).collect();
    for (fact, _, _) in here().into_iter().chain(on_the_way()).chain(there()).chain(sending()) {
        let found = findings(&fact, Language::En, &veil()).remove(0);
        let row = rows.iter().find(|row| row.starts_with(&format!("| `{}` |", found.check.code())));
        let row = row.unwrap_or_else(|| panic!("{:?}", found.check));
        let is_failure = FailureKind::EVERY.iter().any(|kind| kind.code() == found.kind);
        assert!(row.contains(&format!("`{}`", found.kind)) || is_failure, "{row}: {}", found.kind);
    }
    let learned = rows.iter().find(|row| row.starts_with("| `capabilities`")).unwrap();
    assert!(Quirk::EVERY.iter().all(|quirk| learned.contains(quirk.code())), "{learned}");
}

#[test]
fn of_a_certificate_the_names_that_fit_come_first() {
    let names = ["localhost", "a.example", "*.mail.example", "imap.mail.example"].map(str::to_owned).to_vec();
    let leaf = crate::net::Leaf {
        fingerprint: Fingerprint::new([7; 32]),
        names,
        lists_names: true,
        issuer: String::new(),
        begins: None,
        ends: None,
    };
    let certificate = Certificate::of(leaf, NOW, Judged::System, "imap.mail.example");
    assert_eq!(certificate.names, ["*.mail.example", "imap.mail.example", "localhost", "a.example"]);
}
