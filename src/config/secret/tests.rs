use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::config::{AccountEntry, Presets};
use crate::model::Retry;
use crate::proc::Environment;

const CANARY: &str = "k4n4ri-授权码";

fn account(secret: SecretSource) -> Account {
    let entry = AccountEntry { secret, ..AccountEntry::new("me@mail.example".parse().unwrap()) };
    entry.complete(&Presets::default(), Path::new("/"))
}

fn by_script(script: &str) -> Account {
    account(SecretSource::Command { command: ["sh", "-c", script].map(str::to_owned).to_vec() })
}

fn env() -> Env {
    let path = ("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into());
    Env { handed_on: Environment::of([path]), ..Env::default() }
}

fn paths(folder: &tempfile::TempDir) -> Paths {
    let folder = folder.path().join("profile");
    Paths { config: folder.join("config.toml"), runtime: folder.join("run"), profile: folder }
}

fn fetched(account: &Account, paths: &Paths) -> Result<String, Failure> {
    load(account, paths, &env(), None).map(|secret| secret.expose().to_owned())
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_secret_in_a_file_comes_back_and_can_be_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, account) = (paths(&folder), account(SecretSource::File));
    let missing = fetched(&account, &paths).unwrap_err();
    assert_eq!(missing.kind, FailureKind::NoSecret);
    assert!(missing.said.as_str().starts_with("there is no password in "), "{missing:?}");
    store(&account, &paths, &Secret::new("first".into())).unwrap();
    store(&account, &paths, &Secret::new(CANARY.into())).unwrap();
    assert_eq!(fetched(&account, &paths).unwrap(), CANARY);
    let file = paths.secrets().join("me@mail.example");
    assert_eq!((mode(&paths.secrets()), mode(&file)), (0o700, 0o600));
    assert_eq!(std::fs::read_dir(paths.secrets()).unwrap().count(), 1, "nothing temporary stays");
    forget(&account, &paths).unwrap();
    forget(&account, &paths).unwrap();
    assert!(!file.exists());
}

#[test]
fn f09_a_file_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, account) = (paths(&folder), account(SecretSource::File));
    store(&account, &paths, &Secret::new(CANARY.into())).unwrap();
    for mode in [0o640, 0o604, 0o620] {
        std::fs::set_permissions(file(&account, &paths), Permissions::from_mode(mode)).unwrap();
        let refused = fetched(&account, &paths).unwrap_err();
        assert!(refused.said.as_str().starts_with("others may read "), "{mode:o} {refused:?}");
    }
}

#[test]
fn a_link_is_not_followed_and_not_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, account) = (paths(&folder), account(SecretSource::File));
    private_folder(&paths.secrets()).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    std::fs::write(&elsewhere, CANARY).unwrap();
    std::fs::set_permissions(&elsewhere, Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink(&elsewhere, file(&account, &paths)).unwrap();
    assert_eq!(fetched(&account, &paths).unwrap_err().kind, FailureKind::NoSecret);
    store(&account, &paths, &Secret::new("new".into())).unwrap();
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), CANARY);
    assert_eq!(fetched(&account, &paths).unwrap(), "new");
}

#[test]
fn whatever_the_name_the_file_stays_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let paths = paths(&folder);
    for name in ["../../x", "..", ".", "/etc/passwd", "a/b", "工作", "%2e", ".hidden"] {
        let account = Account { name: name.to_owned(), ..account(SecretSource::File) };
        let file = file(&account, &paths);
        assert_eq!(file.parent().unwrap(), paths.secrets(), "{name}");
        store(&account, &paths, &Secret::new(name.into())).unwrap();
        assert_eq!(fetched(&account, &paths).unwrap(), name);
    }
    assert_eq!(std::fs::read_dir(paths.secrets()).unwrap().count(), 8, "each has a file of its own");
}

#[test]
fn a_command_gives_its_first_line() {
    let folder = tempfile::tempdir().unwrap();
    let paths = paths(&folder);
    for script in ["echo 'k4n4ri-授权码'", "printf 'k4n4ri-授权码 \\r\\nlogin: me\\n'", "printf 'k4n4ri-授权码'"]
    {
        assert_eq!(fetched(&by_script(script), &paths).unwrap(), CANARY, "{script}");
    }
}

#[test]
fn l01_no_failure_of_a_command_tells_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let paths = paths(&folder);
    for (script, said) in [
        ("echo k4n4ri; echo k4n4ri >&2; exit 7", "the program `sh` ended with status 7; run it by hand to see why"),
        ("printf 'k4n4ri\\377'", "what the password command printed is not UTF-8"),
        ("true", "it is empty"),
        ("kill -9 $$", "the program `sh` was ended by a signal; run it by hand to see why"),
    ] {
        let failure = fetched(&by_script(script), &paths).unwrap_err();
        assert_eq!((failure.kind, failure.said.as_str()), (FailureKind::NoSecret, said));
        assert!(!format!("{failure:?} {:?}", by_script(script)).contains("k4n4ri"));
    }
    let missing = account(SecretSource::Command { command: vec!["hongyan-no-such-program".into(), CANARY.into()] });
    let failure = fetched(&missing, &paths).unwrap_err();
    assert_eq!(failure.said.as_str(), "the program `hongyan-no-such-program` was not found");
}

#[test]
fn a_token_is_printed_for_each_login_and_is_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let paths = paths(&folder);
    let by =
        |script: &str| account(SecretSource::Token { token_command: ["sh", "-c", script].map(str::to_owned).to_vec() });
    let counting =
        by(&format!("echo x >> {0}/n; printf ' k4n4ri'; grep -c x {0}/n; echo other", folder.path().display()));
    for n in 1..3 {
        let token = load(&counting, &paths, &env(), None).unwrap();
        assert_eq!((token.expose(), token.is_token()), (format!("k4n4ri{n}").as_str(), true));
    }
    assert!(!load(&by_script("echo k4n4ri"), &paths, &env(), None).unwrap().is_token());
    // Without a network there is no token: that passes. A program that is not there does not come by itself.
    let failure = |account: &Account| load(account, &paths, &env(), None).unwrap_err();
    for (script, retry) in [("echo k4n4ri; exit 7", Retry::Later), ("true", Retry::AfterUser)] {
        let failure = failure(&by(script));
        assert_eq!((failure.kind, failure.retry), (FailureKind::NoSecret, retry), "{script}");
        assert!(!format!("{failure:?} {:?}", by(script)).contains("k4n4ri"));
    }
    let missing = account(SecretSource::Token { token_command: vec!["hongyan-no-such-program".into()] });
    assert_eq!(failure(&missing).retry, Retry::AfterUser);
    // It is kept nowhere.
    store(&missing, &paths, &Secret::token("k4n4ri".into())).unwrap();
    forget(&missing, &paths).unwrap();
    assert!(!paths.secrets().exists());
}

#[test]
fn a_session_secret_has_to_be_typed() {
    let folder = tempfile::tempdir().unwrap();
    let (paths, account) = (paths(&folder), account(SecretSource::Session));
    assert_eq!(fetched(&account, &paths).unwrap_err().kind, FailureKind::NoSecret);
    let typed = entered(" abcd efgh\n");
    assert_eq!(load(&account, &paths, &env(), Some(&typed)).unwrap().expose(), "abcd efgh");
    assert_eq!(load(&account, &paths, &env(), Some(&entered(" \n"))).unwrap_err().said.as_str(), "it is empty");
}

#[test]
fn l03_a_keyring_that_fails_says_what_to_do_and_never_the_secret() {
    let account = account(SecretSource::Keyring);
    let said = |error: keyring::Error| of_keyring(&account.name, &error).said.into_string();
    assert!(said(keyring::Error::NoDefaultStore).contains("secret to a command, to \"file\" or to \"session\""));
    assert!(said(keyring::Error::NoEntry).contains("no password for this account"));
    assert!(!said(keyring::Error::BadEncoding(CANARY.into())).contains(CANARY));
}

#[test]
fn codes_that_are_shown_in_groups_are_taken_without_the_blanks() {
    for (typed, taken) in [
        ("  abcdefghijklmnop\n", "abcdefghijklmnop"),
        ("abcd efgh ijkl mnop", "abcdefghijklmnop"),
        ("abcd\u{a0}efgh  ijklmnop", "abcdefghijklmnop"),
        ("correct horse battery", "correct horse battery"),
        ("abc defghijklmnopqr", "abc defghijklmnopqr"),
        ("p@ss word 12345 67", "p@ss word 12345 67"),
    ] {
        assert_eq!(entered(typed).expose(), taken);
    }
}

#[test]
fn l01_a_password_that_was_kept_under_an_address_is_not_given_to_two_accounts() {
    let accounts = |text: &str| {
        let config = crate::config::check(text, Path::new("/c/config.toml"), &crate::config::Presets::built_in());
        config.unwrap().accounts.into_iter().map(|account| account.formerly).collect::<Vec<_>>()
    };
    let one = "[[account]]\naddress = \"me@mail.example\"\nname = \"work\"\n";
    assert_eq!(accounts(one), [Some("me@mail.example".to_owned())]);
    let two = format!("{one}[[account]]\naddress = \"me@mail.example\"\nname = \"other\"\nimap = \"x.example\"\n");
    assert_eq!(accounts(&two), [None, None]);
    let taken = format!("{one}[[account]]\naddress = \"me@mail.example\"\n");
    assert_eq!(accounts(&taken), [None, None]);
}
