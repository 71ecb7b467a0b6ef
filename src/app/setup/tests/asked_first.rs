//! What is asked before a secret goes anywhere, and before something that worked is lost.

use super::*;

fn guesses() -> Hosting {
    Hosting::Guesses(vec![server("imap.firm.example"), server("firm.example")])
}

#[test]
fn l01_servers_that_are_guessed_are_named_before_one_of_them_gets_the_secret() {
    let mut stage = Stand::first();
    stage.write("me@firm.example");
    stage.press("Enter");
    let ticket = stage.looked_up();
    stage.write("code");
    // The look-up is not done yet: this Enter is the first one all the same.
    stage.press("Enter");
    stage.tell(Event::Found { ticket, hosting: guesses() });
    let named = Trouble::ToBeTried(vec![server("imap.firm.example"), server("firm.example")]);
    assert_eq!((stage.taken(), stage.form.trouble()), (Vec::new(), Some(&named)));
    assert_eq!((stage.form.spot(), stage.form.stage()), (Spot::Secret, &Stage::Asking));
    // Something else was said in between: it is named again.
    stage.press("Esc Enter");
    assert_eq!((stage.taken(), stage.form.trouble()), (Vec::new(), Some(&named)));
    stage.press("Enter");
    let (ticket, whom, secret) = stage.login();
    assert_eq!((entry_of(&whom).imap, secret.expose()), (None, "code"));
    // Whoever agreed is not asked again for the same domain,
    stage.press("Esc");
    assert_eq!(stage.taken(), [Effect::Cancel(ticket)]);
    stage.press("Enter");
    let (ticket, ..) = stage.login();
    stage.press("Esc");
    assert_eq!(stage.taken(), [Effect::Cancel(ticket)]);
    // but for another one.
    stage.press("S-Tab C-u");
    stage.write("me@other.example");
    stage.press("Enter");
    let ticket = stage.looked_up();
    stage.tell(Event::Found { ticket, hosting: Hosting::Guesses(vec![server("imap.other.example")]) });
    stage.write("code");
    stage.press("Enter");
    assert_eq!(stage.taken(), []);
    assert!(matches!(stage.form.trouble(), Some(Trouble::ToBeTried(_))));
}

#[test]
fn l01_a_domain_with_a_slip_in_it_is_asked_about_before_a_secret_goes_there() {
    for (written, meant) in [
        ("me@163.co", "me@163.com"),
        ("me@qq.con", "me@qq.com"),
        ("me@126.cm", "me@126.com"),
        ("me@gmial.com", "me@gmail.com"),
    ] {
        let mut stage = Stand::first();
        stage.write(written);
        stage.press("Enter");
        let asked = Trouble::ProbablyMeant(SafeText::of(meant));
        assert_eq!((stage.form.trouble(), stage.form.spot()), (Some(&asked), Spot::Address));
        stage.press("C-y");
        assert_eq!((stage.form.address().text(), stage.form.spot()), (meant, Spot::Secret));
        assert!(stage.form.preset().is_some() && stage.form.trouble().is_none());
        stage.write("code");
        stage.press("Enter");
        assert_eq!(entry_of(&stage.login().1).address.as_str(), meant);
    }
}

#[test]
fn a_domain_that_only_looks_like_a_slip_is_taken_as_it_is() {
    let mut stage = Stand::first();
    stage.write("me@163.co");
    // By another way than Enter to the secret: it is asked about before the secret goes.
    stage.press("Tab");
    let ticket = stage.looked_up();
    stage.write("code");
    let shop = Presets::built_in().named("exmail").unwrap().clone();
    stage.tell(Event::Found { ticket, hosting: Hosting::Hosted(Box::new(shop)) });
    stage.press("Enter");
    assert_eq!((stage.taken(), stage.form.spot()), (Vec::new(), Spot::Address));
    assert!(matches!(stage.form.trouble(), Some(Trouble::ProbablyMeant(_))));
    stage.press("Enter");
    assert_eq!((stage.taken(), stage.form.spot()), (Vec::new(), Spot::Secret));
    assert_eq!(stage.form.secret().text(), "code");
    stage.press("Enter");
    assert_eq!(entry_of(&stage.login().1).address.as_str(), "me@163.co");
    // The key that takes what was meant means nothing where nothing is asked.
    let mut stage = Stand::first();
    stage.write("me@163.com");
    stage.press("C-y");
    assert_eq!(stage.form.address().text(), "me@163.com");
}

#[test]
fn a_secret_that_was_typed_goes_where_its_address_was_meant_to_go() {
    let mut stage = Stand::first();
    stage.write("me@163.co");
    stage.press("Tab");
    stage.write("code");
    stage.press("Enter C-y");
    assert_eq!((stage.form.address().text(), stage.form.secret().text()), ("me@163.com", "code"));
    // An account that is there already, and a provider that takes no secret.
    let mut stage = Stand::of(Form::new(Presets::built_in(), vec!["me@163.com".to_owned()]));
    stage.write("me@163.co");
    stage.press("Enter C-y");
    assert!(matches!(stage.form.trouble(), Some(Trouble::KnownAlready(_))));
    let mut stage = Stand::first();
    stage.write("me@outlok.com");
    stage.press("Enter C-y");
    assert_eq!((stage.form.spot(), stage.form.address().text()), (Spot::Address, "me@outlook.com"));
}

#[test]
fn one_key_does_not_lose_a_login_that_worked() {
    let choosing = || {
        let mut stage = Stand::first();
        stage.tell(Event::Keyring(Err(SafeText::of("none"))));
        stage.write("me@qq.com");
        stage.press("Enter");
        stage.write("code");
        stage.press("Enter");
        let (ticket, ..) = stage.login();
        stage.let_in(ticket, "imap.qq.com");
        stage.press("C-c");
        assert_eq!((stage.taken(), stage.form.trouble()), (Vec::new(), Some(&Trouble::Leaving)));
        assert!(matches!(stage.form.stage(), Stage::Choosing { .. }));
        stage
    };
    let mut stage = choosing();
    stage.press("C-c");
    assert_eq!(stage.taken(), [Effect::End(End::GivenUp)]);
    // Another key lay between: it is asked again.
    let mut stage = choosing();
    stage.press("Down C-c");
    assert_eq!(stage.taken(), []);
    stage.press("2");
    assert!(matches!(stage.taken().as_slice(), [Effect::Keep { .. }]));
    stage.press("C-c");
    assert_eq!(stage.taken(), [], "what is being written is waited for");
    stage.press("C-c");
    assert_eq!(stage.taken(), [Effect::End(End::GivenUp)]);
}

#[test]
fn c_c_ends_a_login_first_and_then_the_form() {
    let mut stage = Stand::first();
    stage.write("me@163.com");
    stage.press("Enter");
    stage.write("code");
    stage.press("Enter");
    let (ticket, ..) = stage.login();
    stage.press("C-c");
    assert_eq!((stage.taken(), stage.form.trouble()), (vec![Effect::Cancel(ticket)], Some(&Trouble::Cancelled)));
    assert_eq!((stage.form.stage(), stage.form.secret().text()), (&Stage::Asking, "code"));
    stage.press("C-c");
    assert_eq!(stage.taken(), [Effect::End(End::GivenUp)]);
}
