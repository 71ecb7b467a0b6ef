use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use proptest::prelude::*;

use super::super::account::{Kind, SecretSource};
use super::super::address::Address;
use super::*;

const FILE: &str = "\
# my settings
[look]
theme = 'dark' # at night

# work
[[account]]
address = \"work@mail.example\"   # the old one
[account.secret]
command = [\"pass\", \"mail/work\"]

# a note on its own

[[account]]
address = \"home@mail.example\"
# inside
name = \"家\"

[keys.list] # last
x = \"select\"
";

struct Place(tempfile::TempDir);

impl Place {
    fn with(text: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.file(), text).unwrap();
        place
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("config.toml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn add(&self, entry: &AccountEntry) -> Result<Account, Problem> {
        add_account(&self.file(), entry, &Presets::built_in())
    }

    fn remove(&self, name: &str) -> Result<Account, Problem> {
        remove_account(&self.file(), name, &Presets::built_in())
    }
}

fn entry(address: &str) -> AccountEntry {
    AccountEntry::new(address.parse().unwrap())
}

#[test]
fn an_account_is_added_at_the_end_and_nothing_else_changes() {
    let place = Place::with(FILE);
    let new = AccountEntry {
        name: Some("QQ \"邮箱\"".into()),
        full_name: "王小明".into(),
        secret: SecretSource::Command { command: vec!["pass".into(), "mail/qq".into()] },
        ..entry("10001@qq.com")
    };
    let added = place.add(&new).unwrap();
    assert_eq!(added.imap.to_string(), "imap.qq.com:993");
    let lines = "\n[[account]]\nname = 'QQ \"邮箱\"'\naddress = \"10001@qq.com\"\nfull_name = \"王小明\"\n\
                 secret = { command = [\"pass\", \"mail/qq\"] }\n";
    assert_eq!(place.text(), format!("{FILE}{lines}"));
}

#[test]
fn a_removed_account_takes_only_its_own_lines_and_the_comment_right_above() {
    let place = Place::with(FILE);
    place.remove("work@mail.example").unwrap();
    let (before, _) = FILE.split_once("\n# work").unwrap();
    let (_, after) = FILE.split_once("\n# a note").unwrap();
    assert_eq!(place.text(), format!("{before}\n# a note{after}"));
    place.remove("家").unwrap();
    let expected = "# my settings\n[look]\ntheme = 'dark' # at night\n\n# a note on its own\n\n[keys.list] # last\n\
                    x = \"select\"\n";
    assert_eq!(place.text(), expected);
}

#[test]
fn the_file_is_made_if_it_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/config.toml");
    add_account(&file, &entry("me@mail.example"), &Presets::default()).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "[[account]]\naddress = \"me@mail.example\"\n");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_link_stays_a_link_and_its_target_changes() {
    let place = Place::with("");
    let real = place.0.path().join("dotfiles.toml");
    fs::write(&real, FILE).unwrap();
    fs::remove_file(place.file()).unwrap();
    symlink("dotfiles.toml", place.file()).unwrap();
    place.add(&entry("me@mail.example")).unwrap();
    assert!(fs::symlink_metadata(place.file()).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("me@mail.example"));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
    let names: Vec<_> = fs::read_dir(place.0.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing temporary stays: {names:?}");
}

#[test]
fn a_file_with_a_mistake_is_never_written() {
    for broken in ["[look\n", "[look]\nthme = \"dark\"\n", "[[account]]\naddress = \"nobody\"\n", "a = 1\na = 2\n"] {
        let place = Place::with(broken);
        place.add(&entry("me@mail.example")).unwrap_err();
        place.remove("nobody").unwrap_err();
        assert_eq!(place.text(), broken);
    }
}

#[test]
fn what_cannot_be_done_is_said_and_nothing_changes() {
    let place = Place::with(FILE);
    let said = |problem: Problem| problem.sentence.into_string();
    let twice = said(place.add(&entry("work@mail.example")).unwrap_err());
    assert_eq!(twice, "there is an account called `work@mail.example` already; choose another name");
    assert_eq!(said(place.remove("nobody").unwrap_err()), "there is no account called `nobody`");
    assert_eq!(place.text(), FILE);
    // Written in another way than we do: better untouched than damaged.
    let inline = "account = [{ address = \"a@mail.example\" }]\n";
    let place = Place::with(inline);
    assert!(said(place.remove("a@mail.example").unwrap_err()).ends_with("edit this file by hand"));
    assert!(place.add(&entry("b@mail.example")).is_err());
    assert_eq!(place.text(), inline);
}

fn addresses() -> impl Strategy<Value = Address> {
    "[a-z0-9.+'-]{1,12}@[a-z]{1,8}\\.example".prop_map(|written| written.parse().unwrap())
}

fn entries() -> impl Strategy<Value = AccountEntry> {
    let secrets = prop_oneof![
        Just(SecretSource::Keyring),
        Just(SecretSource::File),
        Just(SecretSource::Session),
        prop::collection::vec("[^\0]{1,9}", 1..4).prop_map(|command| SecretSource::Command { command }),
        prop::collection::vec("[^\0]{1,9}", 1..4).prop_map(|token_command| SecretSource::Token { token_command }),
    ];
    let kinds = prop_oneof![Just(Kind::Imap), Just(Kind::Pop3), Just(Kind::Maildir)];
    let hosts = prop::option::of("[a-z]{1,9}\\.example(:[1-9][0-9]{0,3})?");
    let proxies = prop::option::of(prop_oneof![Just("env"), Just("socks5://me:%25%3Apass@[::1]:1080")]);
    (
        addresses(),
        prop::option::of("[a-z鸿雁\"'\\\\#=\\[]{1,9}"),
        any::<String>(),
        kinds,
        hosts,
        any::<bool>(),
        secrets,
        proxies,
    )
        .prop_map(|(address, name, full_name, kind, imap, insecure, secret, proxy)| AccountEntry {
            proxy: proxy.map(|written| written.to_owned().try_into().unwrap()),
            name,
            full_name,
            kind,
            imap: imap.map(|written| written.parse().unwrap()),
            insecure,
            secret,
            ..AccountEntry::new(address)
        })
}

fn files() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("\n".to_owned()),
        Just("# a comment, [[account]]\n".to_owned()),
        Just("  # 缩进\n\n".to_owned()),
        addresses().prop_map(|address| format!("[[account]]\naddress = \"x-{address}\"\n# after\n")),
        addresses().prop_map(|address| {
            format!("[[ account ]] # here\naddress='y-{address}'\n[account.secret]\ncommand = [ # argv\n 'a',\n]\n")
        }),
    ];
    let middle = prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat());
    ("(|\\[look\\]\nmouse = false\n|[ \t]*\n|#!\n)", middle, "(|\n|\n\n|# end\n|\\[sync\\] \n poll = \"5m\" # slow\n)")
        .prop_map(|(start, middle, end)| format!("{start}{middle}{end}"))
}

proptest! {
    #[test]
    fn adding_then_removing_gives_the_same_file(file in files(), entry in entries()) {
        let Ok(before) = file::check(&file, Path::new("c"), &Presets::default()) else {
            // Two accounts of the same name.
            return Ok(());
        };
        let place = Place::with(&file);
        let added = place.add(&entry).unwrap();
        prop_assert!(place.text().starts_with(&file));
        prop_assert_eq!(file::check(&place.text(), Path::new("c"), &Presets::default()).unwrap().accounts.len(),
            before.accounts.len() + 1);
        place.remove(&added.name).unwrap();
        prop_assert_eq!(place.text(), file);
    }

    #[test]
    fn removing_every_account_keeps_every_other_line(file in files()) {
        let Ok(before) = file::check(&file, Path::new("c"), &Presets::default()) else { return Ok(()) };
        let place = Place::with(&file);
        for account in &before.accounts {
            place.remove(&account.name).unwrap();
        }
        let after = file::check(&place.text(), Path::new("c"), &Presets::default()).unwrap();
        prop_assert_eq!(after.accounts.len(), 0);
        prop_assert_eq!(after.look, before.look);
        for kept in ["# end\n", "# after\n", "poll = \"5m\" # slow\n"] {
            // A comment right above an account goes with it.
            let count = |text: &str| text.matches(kept).count();
            prop_assert!(kept == "# after\n" || count(&place.text()) == count(&file));
        }
    }
}

#[test]
fn checking_first_says_the_same_and_changes_nothing() {
    let place = Place::with(FILE);
    let presets = Presets::built_in();
    let entry = AccountEntry::new("new@mail.example".parse().unwrap());
    let expected = check_addition(&place.file(), &entry, &presets).unwrap();
    assert_eq!(check_removal(&place.file(), "家", &presets).unwrap().address, "home@mail.example");
    assert!(check_removal(&place.file(), "new@mail.example", &presets).is_err());
    assert_eq!(fs::read_to_string(place.file()).unwrap(), FILE);
    assert_eq!(add_account(&place.file(), &entry, &presets).unwrap(), expected);
    assert!(check_addition(&place.file(), &entry, &presets).is_err());
}
