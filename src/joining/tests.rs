use std::time::Duration;

use super::*;
use crate::config::{AccountEntry, Address, Paths, Presets, SecretSource};
use crate::model::{FailureKind, Secret, Server, TlsMode, clock};

fn paths(folder: &std::path::Path, config: &str) -> Paths {
    Paths { config: config.into(), profile: folder.join("data"), runtime: folder.join("run") }
}

fn entry() -> AccountEntry {
    AccountEntry::new("me@mail.example".parse::<Address>().unwrap())
}

fn secret() -> Secret {
    Secret::new("canary-4242".to_owned())
}

#[test]
fn the_secret_is_where_it_was_chosen_to_be_before_the_account_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let paths = paths(folder.path(), config.to_str().unwrap());
    let account = keep(&paths, &Presets::built_in(), entry(), KeepIn::File, Some(&secret())).unwrap();
    assert_eq!(account.secret, SecretSource::File);
    assert_eq!(std::fs::read_to_string(paths.secrets().join("me@mail.example")).unwrap(), "canary-4242\n");
    assert!(!std::fs::read_to_string(&config).unwrap().contains("canary"));
    // The same name again: nothing is touched.
    let again = keep(&paths, &Presets::built_in(), entry(), KeepIn::File, Some(&Secret::new("other".to_owned())));
    assert!(matches!(again, Err(NotKept::Settings(_))), "{again:?}");
    assert_eq!(std::fs::read_to_string(paths.secrets().join("me@mail.example")).unwrap(), "canary-4242\n");
    replace(&paths, &account, &Secret::new("new".to_owned())).unwrap();
    assert_eq!(std::fs::read_to_string(paths.secrets().join("me@mail.example")).unwrap(), "new\n");
}

#[test]
fn an_account_that_cannot_be_written_leaves_no_secret_behind() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody can make a file there, not even root.
    let paths = paths(folder.path(), "/proc/hongyan-config.toml");
    let kept = keep(&paths, &Presets::built_in(), entry(), KeepIn::File, Some(&secret()));
    assert!(matches!(kept, Err(NotKept::Settings(_))), "{kept:?}");
    assert_eq!(std::fs::read_dir(paths.secrets()).unwrap().count(), 0);
    // And where the secret cannot be kept, no account is written.
    let paths = Paths { config: folder.path().join("config.toml"), profile: "/proc/hongyan".into(), ..paths };
    let kept = keep(&paths, &Presets::built_in(), entry(), KeepIn::File, Some(&secret()));
    assert!(matches!(kept, Err(NotKept::Secret(_))), "{kept:?}");
    assert!(!paths.config.exists());
}

#[test]
fn programs_and_memory_need_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let paths = paths(folder.path(), config.to_str().unwrap());
    for (name, keep_in, written) in [
        ("a", KeepIn::Session, "secret = \"session\""),
        (
            "b",
            KeepIn::Program(vec!["pass".to_owned(), "mail".to_owned()]),
            "secret = { command = [\"pass\", \"mail\"] }",
        ),
        ("c", KeepIn::TokenProgram(vec!["oama".to_owned()]), "secret = { token_command = [\"oama\"] }"),
    ] {
        let entry = AccountEntry { name: Some(name.to_owned()), ..entry() };
        keep(&paths, &Presets::built_in(), entry, keep_in, Some(&secret())).unwrap();
        let text = std::fs::read_to_string(&config).unwrap();
        assert!(text.contains(written) && !text.contains("canary"), "{text}");
    }
    assert!(!paths.secrets().exists() || std::fs::read_dir(paths.secrets()).unwrap().next().is_none());
}

#[tokio::test]
async fn whether_a_keyring_answers_is_known_soon() {
    let begun = clock::instant();
    let answer = keyring_answers().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    if let Err(failure) = answer {
        assert_eq!(failure.kind, FailureKind::NoSecret);
        assert!(!failure.said.is_empty());
    }
}

#[test]
fn guesses_are_encrypted_from_the_first_byte_and_only_of_the_domain() {
    let guesses = guesses(&"Me@Mail.Example".parse::<Address>().unwrap());
    let host = |host: &str| Server { host: host.to_owned(), port: 993, tls: TlsMode::Tls };
    assert_eq!(guesses, [host("imap.mail.example"), host("mail.mail.example"), host("mail.example")]);
}

#[test]
fn only_what_differs_is_written_down() {
    let presets = Presets::built_in();
    let mut entry = AccountEntry::new("me@qq.com".parse::<Address>().unwrap());
    let account = entry.complete(&presets, std::path::Path::new(""));
    let tried = |server: &Server| Tried { server: server.clone(), folders: 5, messages: 1, hints: Vec::new() };
    tried(&account.imap).settle(&account, &mut entry);
    assert_eq!(entry.imap, None);
    let other = Server { host: "imap2.qq.com".to_owned(), ..account.imap.clone() };
    tried(&other).settle(&account, &mut entry);
    assert_eq!(String::from(entry.imap.unwrap()), "imap2.qq.com:993");
}
