//! Whose is whose, after the settings changed.

use super::*;
use crate::model::{AccountMarks, Draft, Sending};

/// An account, the subjects of its drafts, the subjects and states of its letters.
type Holding = (String, Vec<String>, Vec<(String, Sending)>);

impl Fixture {
    /// Opened again with other accounts in the settings.
    fn reopen_with(self, accounts: &[AccountMarks]) -> Self {
        let Self { dir, store, .. } = self;
        store.close();
        let names: Vec<String> = accounts.iter().map(|account| account.name.clone()).collect();
        let (to, changes) = mpsc::unbounded_channel();
        let now = Timestamp(1_800_000_000);
        let options = StoreOptions { profile: dir.path(), accounts: &names, now, restore: Restore::Refuse };
        Self { store: Store::open_for(&options, accounts, to).unwrap(), dir, changes }
    }

    /// The account that went by its address has a name.
    fn reopen_as(self, name: &str) -> Self {
        let formerly = Some("me@example.com".to_owned());
        self.reopen_with(&[AccountMarks { formerly, ..marks(name, "me", "a") }])
    }

    fn holdings(&self) -> Vec<Holding> {
        let own = OwnReader::open(self.dir.path()).unwrap().unwrap();
        let known = self.reader().accounts().unwrap();
        let mut all: Vec<_> = known
            .into_iter()
            .map(|(_, name)| {
                let drafts = own.drafts().unwrap().into_iter().filter(|draft| draft.account == name);
                let drafts = drafts.map(|draft| draft.subject).collect();
                let letters = own.outbox(Some(&name)).unwrap().into_iter();
                let letters = letters.map(|letter| (letter.subject.as_str().to_owned(), letter.state)).collect();
                (name, drafts, letters)
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }
}

/// `me@example.com` at `imap.a.example`.
fn marks(name: &str, user: &str, server: &str) -> AccountMarks {
    AccountMarks {
        name: name.to_owned(),
        formerly: None,
        address: format!("{user}@example.com"),
        imap: format!("imap.{server}.example"),
        smtp: format!("smtp.{server}.example"),
        login: user.to_owned(),
    }
}

/// Two accounts, each with a draft, a letter that waits, and a folder of mail.
fn two_of_each() -> Fixture {
    let (fixture, _) = fixture();
    let accounts = [marks("one", "me", "a"), marks("two", "you", "b")];
    let fixture = fixture.reopen_with(&accounts);
    for ((id, name), nth) in fixture.store.accounts.clone().into_iter().zip(0..) {
        let draft = Draft { account: name.clone(), subject: format!("draft of {name}"), ..Draft::default() };
        block_on(fixture.store.own.keep_draft(None, draft, Timestamp(nth))).unwrap();
        let letter = letters::letter(&name, &format!("letter of {name}"));
        block_on(fixture.store.own.queue(letter, name.clone().into_bytes())).unwrap();
        let inbox = FolderName { wire: name.clone().into_bytes(), delimiter: None };
        let seen = vec![FolderSeen { name: inbox, decoded: name, role: None, selectable: true }];
        fixture.commit(MailWrite::Folders { account: id, seen, at: Timestamp(0) });
    }
    fixture
}

fn folders(fixture: &Fixture) -> Vec<(String, String)> {
    let reader = fixture.reader();
    let accounts = reader.accounts().unwrap();
    let name = |id| accounts.iter().find(|(known, _)| *known == id).unwrap().1.clone();
    let mut folders: Vec<_> = reader
        .folders()
        .unwrap()
        .into_iter()
        .filter(|folder| folder.name.as_untrusted() != "INBOX")
        .map(|folder| (name(folder.account), folder.name.as_untrusted().to_owned()))
        .collect();
    folders.sort();
    folders
}

fn holding(name: &str, was: &str, state: Sending) -> Holding {
    (name.to_owned(), vec![format!("draft of {was}")], vec![(format!("letter of {was}"), state)])
}

/// The account of the fixture, which is in the settings no more and has nothing but mail.
fn nothing() -> Holding {
    ("me@example.com".to_owned(), Vec::new(), Vec::new())
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(account, folder)| ((*account).to_owned(), (*folder).to_owned())).collect()
}

#[test]
fn the_same_settings_change_nothing() {
    let fixture = two_of_each().reopen_with(&[marks("two", "you", "b"), marks("one", "me", "a")]);
    let queued = [nothing(), holding("one", "one", Sending::Queued), holding("two", "two", Sending::Queued)];
    assert_eq!(fixture.holdings(), queued);
}

#[test]
fn a_new_name_is_followed_by_everything() {
    let fixture = two_of_each();
    let dismiss = OwnWrite::Dismiss { account: "one".to_owned(), hint: "hidden-folders".to_owned() };
    fixture.store.own.commit_blocking(dismiss).unwrap();
    let fixture = fixture.reopen_with(&[marks("work", "me", "a"), marks("two", "you", "b")]);
    let queued = [nothing(), holding("two", "two", Sending::Queued), holding("work", "one", Sending::Queued)];
    assert_eq!(fixture.holdings(), queued);
    assert_eq!(folders(&fixture), pairs(&[("two", "two"), ("work", "one")]));
    assert_eq!(block_on(fixture.store.own.dismissed("work")).unwrap(), ["hidden-folders"]);
    assert!(block_on(fixture.store.own.dismissed("one")).unwrap().is_empty());
}

#[test]
fn names_that_change_places_are_followed_and_no_letter_goes_by_the_other_server() {
    let fixture = two_of_each().reopen_with(&[marks("two", "me", "a"), marks("one", "you", "b")]);
    let queued = [nothing(), holding("one", "two", Sending::Queued), holding("two", "one", Sending::Queued)];
    assert_eq!(fixture.holdings(), queued);
    assert_eq!(folders(&fixture), pairs(&[("one", "two"), ("two", "one")]));
    // Once more changes nothing.
    let fixture = fixture.reopen_with(&[marks("two", "me", "a"), marks("one", "you", "b")]);
    assert_eq!(folders(&fixture), pairs(&[("one", "two"), ("two", "one")]));
    assert_eq!(fixture.holdings(), queued);
}

#[test]
fn a_name_that_another_account_got_gives_it_nothing() {
    // `one` goes by `work`, and a new account is called `one`.
    let fixture =
        two_of_each().reopen_with(&[marks("one", "new", "c"), marks("work", "me", "a"), marks("two", "you", "b")]);
    let own = fixture.holdings();
    assert!(own.contains(&holding("work", "one", Sending::Queued)));
    assert!(own.contains(&("one".to_owned(), Vec::new(), Vec::new())));
}

#[test]
fn a_letter_asks_where_its_server_or_login_is_another_one() {
    let other_server = AccountMarks { imap: "imap.c.example".to_owned(), ..marks("one", "me", "a") };
    let other_way_out = AccountMarks { smtp: "smtp.c.example".to_owned(), ..marks("one", "me", "a") };
    let other_login = AccountMarks { login: "me2".to_owned(), ..marks("one", "me", "a") };
    for one in [other_server, other_way_out, other_login] {
        let fixture = two_of_each().reopen_with(&[one, marks("two", "you", "b")]);
        let asks = [nothing(), holding("one", "one", Sending::Asks), holding("two", "two", Sending::Queued)];
        assert_eq!(fixture.holdings(), asks);
    }
    let other_address = AccountMarks { address: "i@example.com".to_owned(), ..marks("one", "me", "a") };
    let fixture = two_of_each().reopen_with(&[other_address, marks("two", "you", "b")]);
    assert_eq!(fixture.holdings()[1], holding("one", "one", Sending::Queued));
}

#[test]
fn what_belongs_to_no_account_is_listed_and_sends_nothing_when_it_comes_back() {
    let fixture = two_of_each().reopen_with(&[marks("two", "you", "b")]);
    let left = [nothing(), holding("one", "one", Sending::Asks), holding("two", "two", Sending::Queued)];
    assert_eq!(fixture.holdings(), left);
    let loss = loss_of(fixture.dir.path(), "one").unwrap();
    assert_eq!(loss, Loss { drafts: 1, letters: 1, ..Loss::default() });
    let fixture = fixture.reopen_with(&[marks("one", "me", "a"), marks("two", "you", "b")]);
    assert_eq!(fixture.holdings(), left, "it asks before it goes");
}

#[test]
fn what_waits_for_no_account_is_listed_though_its_mail_is_lost() {
    let Fixture { dir, store, .. } = two_of_each();
    store.close();
    for file in ["mail.db", "mail.db-wal", "mail.db-shm"] {
        let _ = std::fs::remove_file(dir.path().join(file));
    }
    let (store, changes) = open(dir.path(), Restore::Refuse).unwrap();
    let fixture = Fixture { dir, store, changes };
    let names: Vec<_> = fixture.holdings().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["me@example.com", "one", "two"]);
}

#[test]
fn an_account_that_is_given_up_leaves_nothing() {
    let fixture = two_of_each();
    let own = &fixture.store.own;
    block_on(forget_account(fixture.dir.path(), own, &fixture.store.mail, "one")).unwrap();
    assert_eq!(fixture.holdings(), [nothing(), holding("two", "two", Sending::Queued)]);
    assert_eq!(std::fs::read_dir(fixture.dir.path().join("outgoing")).unwrap().count(), 1);
    assert_eq!(loss_of(fixture.dir.path(), "one").unwrap(), Loss::default());
}

#[test]
fn an_account_that_gets_a_name_keeps_its_mail_and_what_is_wanted_of_it() {
    let (fixture, folder) = fixture();
    fixture.ingest(folder, 1..=2);
    fixture.want(folder, 2, Flags::SEEN, Flags::NONE);
    let shown = fixture.shown(folder);
    let id = fixture.store.accounts[0].0;
    let fixture = fixture.reopen_as("work");
    assert_eq!(fixture.store.accounts, [(id, "work".to_owned())]);
    assert_eq!(fixture.reader().accounts().unwrap(), fixture.store.accounts);
    assert_eq!(fixture.shown(folder), shown);
    assert_eq!(fixture.wants().iter().map(|want| want.account.as_str()).collect::<Vec<_>>(), ["work"]);
    // Once more changes nothing.
    let fixture = fixture.reopen_as("work");
    assert_eq!((fixture.shown(folder), fixture.wants().len()), (shown, 1));
}

#[test]
fn a_name_that_has_mail_of_its_own_takes_over_nothing() {
    let (fixture, _) = fixture();
    let Written::Account(other) = fixture.commit(MailWrite::Account("work".to_owned())) else { panic!("no account") };
    let name = FolderName { wire: b"INBOX".to_vec(), delimiter: None };
    let seen = vec![FolderSeen { name, decoded: "INBOX".to_owned(), role: None, selectable: true }];
    fixture.commit(MailWrite::Folders { account: other, seen, at: Timestamp(0) });
    let fixture = fixture.reopen_as("work");
    let names: Vec<_> = fixture.reader().accounts().unwrap().into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["me@example.com", "work"]);
}
