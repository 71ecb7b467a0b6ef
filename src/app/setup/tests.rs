mod asked_first;

use super::*;
use crate::config::{Presets, SecretSource};

/// A form, what it wants done, and what time it is.
struct Stand {
    form: Form,
    effects: Vec<Effect>,
    moment: u64,
}

impl Stand {
    fn of(form: Form) -> Self {
        let effects = form.start();
        let mut stage = Self { form, effects, moment: 0 };
        stage.tell(Event::Clock(Moment(0)));
        stage
    }

    fn first() -> Self {
        let mut stage = Self::of(Form::new(Presets::built_in(), Vec::new()));
        assert_eq!(stage.taken(), [Effect::AskKeyring]);
        stage
    }

    fn tell(&mut self, event: Event) {
        self.effects.extend(self.form.update(event));
    }

    fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.tell(Event::Key(key.parse().unwrap()));
        }
    }

    fn write(&mut self, text: &str) {
        for c in text.chars() {
            self.tell(Event::Key(KeyPress::plain(crate::model::Key::Char(c))));
        }
    }

    fn wait(&mut self, milliseconds: u64) {
        self.moment += milliseconds;
        self.tell(Event::Clock(Moment(self.moment)));
    }

    fn taken(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The one login that is wanted now.
    #[track_caller]
    fn login(&mut self) -> (Ticket, Whom, Secret) {
        match self.taken().as_slice() {
            [Effect::Try { ticket, whom, secret }] => (*ticket, whom.clone(), secret.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn looked_up(&mut self) -> Ticket {
        match self.taken().as_slice() {
            [Effect::LookUp { ticket, .. }] => *ticket,
            other => panic!("{other:?}"),
        }
    }

    fn let_in(&mut self, ticket: Ticket, host: &str) {
        self.tell(Event::Tried { ticket, result: Ok(Tried { server: server(host), messages: 7 }) });
    }

    fn refuse(&mut self, ticket: Ticket, failure: Failure) {
        self.tell(Event::Tried { ticket, result: Err(failure) });
    }
}

fn server(host: &str) -> Server {
    Server { host: host.to_owned(), port: 993, tls: crate::model::TlsMode::Tls }
}

fn entry_of(whom: &Whom) -> AccountEntry {
    match whom {
        Whom::New(entry) => AccountEntry::clone(entry),
        Whom::Known(name) => panic!("{name}"),
    }
}

#[test]
fn two_answers_are_enough() {
    let mut stage = Stand::first();
    stage.tell(Event::Keyring(Ok(())));
    stage.write("me@qq.com");
    assert_eq!(stage.form.preset().map(|preset| preset.id.as_str()), Some("qq"));
    stage.press("Enter");
    assert_eq!(stage.form.spot(), Spot::Secret);
    assert_eq!(stage.taken(), [], "a known domain needs no network");
    stage.tell(Event::Paste(" abcd efgh\u{a0}\r\n".to_owned()));
    stage.press("Enter");
    let (ticket, whom, secret) = stage.login();
    assert_eq!(secret.expose(), "abcd efgh");
    assert_eq!(entry_of(&whom), AccountEntry::new("me@qq.com".parse().unwrap()));
    stage.tell(Event::Doing { ticket, doing: Doing::LoggingIn });
    assert_eq!(*stage.form.stage(), Stage::Trying { ticket: Some(ticket), doing: Doing::LoggingIn });
    stage.let_in(ticket, "imap.qq.com");
    let kept = stage.taken();
    let [Effect::Keep { ticket, entry, secret }] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!((entry.secret.clone(), secret.expose()), (SecretSource::Keyring, "abcd efgh"));
    assert_eq!(entry.imap, None, "a provider that is known is not written down");
    stage.tell(Event::Kept { ticket: *ticket, result: Ok(()) });
    assert!(matches!(stage.form.stage(), Stage::Done { kept: Some(KeepIn::Keyring), .. }));
    stage.press("Enter");
    let name = "me@qq.com".to_owned();
    assert_eq!(stage.taken(), [Effect::End(End::Joined { name, secret: Secret::new("abcd efgh".to_owned()) })]);
}

#[test]
fn full_width_letters_of_an_address_count() {
    let mut stage = Stand::first();
    stage.write("ｍｅ＠ｑｑ。ｃｏｍ");
    assert_eq!((stage.form.address().text(), stage.form.spot()), ("me@qq.com", Spot::Address));
    assert!(stage.form.preset().is_some());
    let mut stage = Stand::first();
    stage.tell(Event::Paste("\n 张三 <me@163.com> \n".to_owned()));
    assert_eq!(stage.form.address().text(), "me@163.com");
}

#[test]
fn what_is_missing_is_said_where_it_is_missing() {
    let mut stage = Stand::first();
    stage.write("me");
    stage.press("Enter");
    assert_eq!((stage.form.trouble(), stage.form.spot()), (Some(&Trouble::NoAddress), Spot::Address));
    stage.write("@qq.com");
    stage.press("Tab Tab Enter");
    assert_eq!((stage.form.trouble(), stage.form.spot()), (Some(&Trouble::NoSecret), Spot::Secret));
    assert_eq!(stage.taken(), []);
    let mut stage = Stand::of(Form::new(Presets::built_in(), vec!["Me@QQ.com".to_owned()]));
    assert_eq!(*stage.form.purpose(), Purpose::Another);
    stage.write("me@qq.com");
    stage.press("Enter");
    assert!(matches!(stage.form.trouble(), Some(Trouble::KnownAlready(_))));
}

#[test]
fn a_refusal_keeps_what_was_typed_and_the_next_letter_takes_its_place() {
    let mut stage = Stand::first();
    stage.write("me@163.com");
    stage.press("Enter");
    stage.write("wrong");
    stage.press("Enter");
    let (ticket, ..) = stage.login();
    let refused = Failure::lasting(FailureKind::Login, "imap.163.com", "LOGIN Login error");
    stage.refuse(ticket, refused.clone());
    assert_eq!((stage.form.trouble(), stage.form.spot()), (Some(&Trouble::Failed(refused.clone())), Spot::Secret));
    assert_eq!(stage.form.secret().text(), "wrong");
    assert!(stage.form.by_hand().is_none() && stage.form.refused().is_none());
    // It is not tried again by itself, and an answer to a try that is over changes nothing.
    stage.wait(100_000);
    stage.refuse(ticket, refused);
    stage.let_in(ticket, "imap.163.com");
    assert_eq!(stage.taken(), []);
    stage.tell(Event::Paste("right".to_owned()));
    stage.press("Enter");
    assert_eq!(stage.login().2.expose(), "right");
}

#[test]
fn l01_a_secret_is_not_shown_to_another_provider_than_it_was_typed_for() {
    let mut stage = Stand::first();
    stage.write("me@163.com");
    stage.press("Enter");
    stage.write("code");
    // Another name there is the same provider.
    stage.press("S-Tab Home");
    stage.write("x");
    assert_eq!((stage.form.address().text(), stage.form.secret().text()), ("xme@163.com", "code"));
    stage.press("Enter");
    assert_eq!((stage.taken(), stage.form.spot()), (Vec::new(), Spot::Secret), "nothing goes from the address");
    stage.press("S-Tab End C-u");
    stage.write("me@firm.example");
    assert_eq!(stage.form.secret().text(), "");
}

#[test]
fn n07_what_was_refused_is_not_tried_again_at_once() {
    let mut stage = Stand::first();
    stage.write("me@163.com");
    stage.press("Enter");
    stage.write("wrong");
    stage.press("Enter");
    let (ticket, ..) = stage.login();
    let refused = Failure::lasting(FailureKind::Login, "imap.163.com", "LOGIN Login error");
    stage.refuse(ticket, refused.clone());
    stage.press("Enter Enter Enter");
    assert_eq!((stage.taken(), stage.form.trouble()), (Vec::new(), Some(&Trouble::Failed(refused))));
    stage.wait(61_000);
    stage.taken();
    stage.press("Enter");
    assert_eq!(stage.login().2.expose(), "wrong");
}

#[test]
fn esc_ends_a_login_and_then_the_form() {
    let mut stage = Stand::first();
    stage.write("me@163.com");
    stage.press("Enter");
    stage.write("code");
    stage.press("Enter");
    let (ticket, ..) = stage.login();
    stage.press("x Esc");
    assert_eq!(stage.taken(), [Effect::Cancel(ticket)]);
    assert_eq!((stage.form.stage(), stage.form.secret().text()), (&Stage::Asking, "code"));
    stage.let_in(ticket, "imap.163.com");
    assert_eq!(stage.taken(), [], "too late");
    assert_eq!(*stage.form.stage(), Stage::Asking);
    stage.press("Esc");
    assert_eq!(stage.taken(), []);
    assert_eq!(stage.form.trouble(), Some(&Trouble::Leaving));
    stage.press("Left Esc");
    assert_eq!(stage.form.trouble(), Some(&Trouble::Leaving), "another key lay between");
    stage.press("Esc");
    assert_eq!(stage.taken(), [Effect::End(End::GivenUp)]);
    let mut stage = Stand::first();
    stage.press("Esc");
    assert_eq!(stage.taken(), [Effect::End(End::GivenUp)], "nothing is lost");
}

#[test]
fn a_domain_of_ones_own_is_looked_up_when_it_rests() {
    let mut stage = Stand::first();
    stage.tell(Event::Keyring(Ok(())));
    stage.write("me@firm.example");
    stage.wait(200);
    assert_eq!(stage.taken(), []);
    assert_eq!(stage.form.next_wake(), Some(Moment(300)));
    stage.wait(100);
    let early = stage.looked_up();
    // What was asked about another address is no answer any more.
    stage.press("Backspace");
    assert_eq!(stage.taken(), [Effect::Cancel(early)]);
    stage.write("e");
    let exmail = Presets::built_in().named("exmail").unwrap().clone();
    stage.tell(Event::Found { ticket: early, hosting: Hosting::Guesses(vec![server("x.example")]) });
    assert!(!stage.form.is_somewhere_else());
    stage.press("Enter");
    let ticket = stage.looked_up();
    stage.write("code");
    stage.press("Enter");
    assert!(matches!(stage.form.stage(), Stage::Trying { ticket: None, doing: Doing::LookingUp(_) }));
    stage.tell(Event::Found { ticket, hosting: Hosting::Hosted(Box::new(exmail)) });
    let (ticket, whom, _) = stage.login();
    assert_eq!(entry_of(&whom).provider.as_deref(), Some("exmail"));
    stage.let_in(ticket, "imap.exmail.qq.com");
    let kept = stage.taken();
    let [Effect::Keep { entry, .. }] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!((entry.provider.as_deref(), &entry.imap), (Some("exmail"), &None));
}

#[test]
fn guesses_are_tried_and_then_the_server_is_filled_in_by_hand() {
    let mut stage = Stand::first();
    stage.tell(Event::Keyring(Ok(())));
    stage.write("me@firm.example");
    stage.press("Enter");
    let ticket = stage.looked_up();
    let guesses = vec![server("imap.firm.example"), server("mail.firm.example")];
    stage.tell(Event::Found { ticket, hosting: Hosting::Guesses(guesses) });
    assert!(stage.form.by_hand().is_none() && stage.form.spots().contains(&Spot::ByHand));
    stage.write("code");
    stage.press("Enter Enter");
    let (ticket, whom, _) = stage.login();
    assert_eq!(entry_of(&whom).imap, None, "no guess is written down before it was right");
    stage.refuse(ticket, Failure::passing(FailureKind::Unreachable, "mail.firm.example", ""));
    assert_eq!(stage.form.spot(), Spot::Server);
    assert_eq!(stage.form.by_hand().unwrap().server.text(), "mail.firm.example");
    stage.write("post.firm.example");
    stage.press("Tab Tab Space Tab C-u");
    stage.write("me");
    stage.press("Enter");
    let (ticket, whom, _) = stage.login();
    let entry = entry_of(&whom);
    let place = String::from(entry.imap.clone().unwrap());
    assert_eq!((place.as_str(), entry.login.as_deref()), ("post.firm.example:143", Some("me")));
    let there = Server { port: 143, tls: crate::model::TlsMode::StartTls, ..server("post.firm.example") };
    stage.tell(Event::Tried { ticket, result: Ok(Tried { server: there, messages: 0 }) });
    let kept = stage.taken();
    let [Effect::Keep { entry: written, .. }] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!(**written, AccountEntry { secret: SecretSource::Keyring, ..entry });
}

#[test]
fn s07_a_certificate_is_trusted_alone_only_by_a_second_key() {
    let print = format!("sha256:{}", "0a".repeat(32));
    let said = format!("self-signed; it is for a; sha256:{}; {print}", "ff".repeat(32));
    let refused = Failure::lasting(FailureKind::UntrustedCertificate, "imap.firm.example", &said);
    let mut stage = Stand::first();
    stage.write("me@firm.example");
    stage.press("Enter");
    let ticket = stage.looked_up();
    stage.tell(Event::Found { ticket, hosting: Hosting::Guesses(vec![server("imap.firm.example")]) });
    stage.write("code");
    stage.press("Enter Enter");
    let (ticket, ..) = stage.login();
    stage.refuse(ticket, refused.clone());
    assert_eq!(stage.form.refused(), Some(print.parse().unwrap()), "the last one, which is ours");
    // One key is not enough, nor any other one after it.
    for second in ["Enter", "n", "Esc", "C-t"] {
        stage.press("C-t");
        assert!(matches!(stage.form.stage(), Stage::Pinning(_)));
        stage.press(second);
        assert_eq!(*stage.form.stage(), Stage::Asking, "{second}");
        stage.taken();
    }
    stage.press("C-t y");
    let (_, whom, _) = stage.login();
    assert_eq!(entry_of(&whom).pin.map(|pin| pin.0), Some(print.parse().unwrap()));
    // Nobody stands between us and a provider that is known by name.
    let mut stage = Stand::first();
    stage.write("me@qq.com");
    stage.press("Enter");
    stage.write("code");
    stage.press("Enter");
    let (ticket, ..) = stage.login();
    stage.refuse(ticket, refused);
    stage.press("C-t y");
    assert_eq!((stage.form.refused(), stage.form.stage()), (None, &Stage::Asking));
    assert_eq!(stage.taken(), []);
}

#[test]
fn without_a_keyring_the_user_chooses() {
    for (keys, source) in [("1", SecretSource::File), ("2", SecretSource::Session), ("Up Enter", SecretSource::Session)]
    {
        let mut stage = Stand::first();
        stage.write("me@qq.com");
        stage.press("Enter");
        stage.write("code");
        stage.press("Enter");
        let (ticket, ..) = stage.login();
        stage.let_in(ticket, "imap.qq.com");
        assert_eq!(stage.taken(), [], "nobody knows yet whether there is one");
        stage.tell(Event::Keyring(Err(SafeText::of("no keyring answers here"))));
        assert!(matches!(stage.form.stage(), Stage::Choosing { cursor: 0, .. }));
        stage.press(keys);
        let kept = stage.taken();
        let [Effect::Keep { ticket, entry, .. }] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!(entry.secret, source);
        // While it is written nobody leaves.
        stage.press("Esc C-c");
        assert_eq!(stage.taken(), []);
        let full = Failure::lasting(FailureKind::Disk, "config.toml", "no space");
        stage.tell(Event::Kept { ticket: *ticket, result: Err(full.clone()) });
        assert_eq!(stage.form.trouble(), Some(&Trouble::Failed(full)));
        assert_eq!(stage.form.secret().text(), "code");
    }
    // A keyring that answered and then would not take it.
    let mut stage = Stand::first();
    stage.tell(Event::Keyring(Ok(())));
    stage.write("me@qq.com");
    stage.press("Enter");
    stage.write("code");
    stage.press("Enter");
    let (ticket, ..) = stage.login();
    stage.let_in(ticket, "imap.qq.com");
    let kept = stage.taken();
    let [Effect::Keep { ticket, .. }] = kept.as_slice() else { panic!("{kept:?}") };
    let locked = Failure::lasting(FailureKind::NoSecret, "me@qq.com", "locked");
    stage.tell(Event::Kept { ticket: *ticket, result: Err(locked) });
    assert!(matches!(stage.form.stage(), Stage::Choosing { .. }));
}

#[test]
fn a_provider_that_takes_no_password_is_not_asked_for_one() {
    let mut stage = Stand::first();
    stage.write("me@outlook.com");
    stage.press("Enter Enter");
    assert_eq!((stage.form.spot(), stage.form.spots()), (Spot::Address, vec![Spot::Address, Spot::Demo]));
    assert_eq!(stage.taken(), []);
    // The same where only the look-up tells.
    let mut stage = Stand::first();
    stage.write("me@firm.example");
    stage.press("Enter");
    let ticket = stage.looked_up();
    stage.write("password");
    stage.press("Enter");
    let outlook = Presets::built_in().named("outlook").unwrap().clone();
    stage.tell(Event::Found { ticket, hosting: Hosting::Hosted(Box::new(outlook)) });
    assert_eq!((stage.form.spot(), stage.form.trouble()), (Spot::Address, Some(&Trouble::OAuthOnly)));
    assert_eq!(stage.taken(), [], "it is sent nowhere");
}

#[test]
fn another_secret_is_tried_before_it_takes_the_place_of_the_old_one() {
    let purpose = Purpose::Secret { name: "home".to_owned(), kept: SecretSource::File };
    let mut stage = Stand::of(Form::for_secret(purpose, "me@qq.com", Presets::built_in().named("qq").cloned()));
    assert_eq!((stage.form.spot(), stage.form.spots()), (Spot::Secret, vec![Spot::Secret, Spot::Try]));
    stage.write("new");
    stage.press("Enter");
    let (ticket, whom, _) = stage.login();
    assert_eq!(whom, Whom::Known("home".to_owned()));
    stage.let_in(ticket, "imap.qq.com");
    let kept = stage.taken();
    let [Effect::Replace { ticket, name, secret }] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!((name.as_str(), secret.expose()), ("home", "new"));
    stage.tell(Event::Kept { ticket: *ticket, result: Ok(()) });
    let entered = End::Entered { name: "home".to_owned(), secret: secret.clone() };
    assert_eq!(stage.taken(), [Effect::End(entered)]);
}

#[test]
fn a_secret_that_is_kept_nowhere_is_taken_without_waiting_for_a_server() {
    let purpose = Purpose::Session { name: "home".to_owned() };
    let mut stage = Stand::of(Form::for_secret(purpose, "me@qq.com", None));
    stage.write(" code ");
    stage.press("Enter");
    let secret = Secret::new("code".to_owned());
    assert_eq!(stage.taken(), [Effect::End(End::Entered { name: "home".to_owned(), secret })]);
}

#[test]
fn l01_nothing_that_can_be_printed_holds_the_secret() {
    let mut stage = Stand::first();
    stage.write("me@qq.com");
    stage.press("Enter");
    stage.write("canary");
    let form = format!("{:?}", stage.form);
    stage.press("Enter");
    let (ticket, ..) = stage.login();
    stage.let_in(ticket, "imap.qq.com");
    stage.tell(Event::Keyring(Ok(())));
    assert!(!form.contains("canary") && !format!("{:?} {:?}", stage.form, stage.effects).contains("canary"));
}

#[test]
fn the_demo_is_a_button() {
    let mut stage = Stand::first();
    stage.press("S-Tab Enter");
    assert_eq!(stage.taken(), [Effect::End(End::Demo)]);
}

#[test]
fn a_domain_that_is_not_there_is_told_and_no_password_goes_anywhere() {
    let mut stage = Stand::first();
    stage.write("me@firm.exmaple");
    stage.press("Enter");
    let ticket = stage.looked_up();
    stage.write("code");
    stage.press("Enter");
    let nobody = Failure::lasting(FailureKind::UnknownHost, "firm.exmaple", "");
    stage.tell(Event::Found { ticket, hosting: Hosting::Unknown(nobody.clone()) });
    assert_eq!((stage.form.spot(), stage.form.trouble()), (Spot::Address, Some(&Trouble::Failed(nobody))));
    assert_eq!(stage.taken(), []);
    // Whoever knows better fills in the server.
    assert!(stage.form.by_hand().is_some());
    stage.press("Enter Enter");
    assert!(entry_of(&stage.login().1).imap.is_some());
}
