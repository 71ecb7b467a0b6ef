//! Two answers → mail: an address and a secret, and nothing else, at the providers that people use. What stands in for
//! them has their names in its certificate and behaves as they do.

use hongyan::demo::{COREMAIL, EXMAIL, OUTLOOK, Personality, QQ, SINA};

use crate::cli::home::{Done, Home};
use crate::embedded::{Embedded, SECRET};
use crate::name_server::{NameServer, Says};

const TOKEN: &str = "canary-token-20577";

/// A server that stands in for a host, with a mailbox of this address.
struct Standin {
    server: Embedded,
    rule: String,
    ca: String,
}

impl Standin {
    fn start(host: &str, address: &str, personality: &'static Personality) -> Self {
        let server = Embedded::start(|options| {
            options.personality = personality;
            address.clone_into(&mut options.address);
            options.token = Some(TOKEN.to_owned());
            options.names = vec![host.to_owned()];
        });
        let rule = format!("{host}:993=127.0.0.1:{}", server.port());
        let ca = server.ca().to_str().unwrap().to_owned();
        Self { server, rule, ca }
    }

    fn logins(&self) -> usize {
        self.server.heard("LOGIN") + self.server.heard("AUTHENTICATE")
    }
}

/// Says what was typed and what came, as a person would see it.
fn shown(home: &Home, line: &[&str], input: &str) -> Done {
    let done = home.run_with(line, input);
    let hidden: Vec<&str> = line.iter().map(|word| if word.starts_with('/') { "FILE" } else { *word }).collect();
    println!("$ hongyan {}", hidden.join(" "));
    print!("{}{}", done.err, done.out);
    done
}

fn first_mail(address: &str, standin: &Standin, more: &[&str]) -> Home {
    let home = Home::new();
    let add = ["account", "add", address, "--secret-stdin", "--connect-to", &standin.rule, "--ca", &standin.ca];
    let added = shown(&home, &[&add[..], more].concat(), &format!(" {SECRET} \n")).good();
    assert!(added.out.contains(&format!("added {address}")), "{added:?}");
    assert_eq!(standin.logins(), 1, "one login shows it");
    shown(&home, &["sync", "--once", "--connect-to", &standin.rule], "").good();
    let listed = shown(&home, &["list", "INBOX", "--limit", "5"], "").good();
    assert_eq!(listed.out.lines().count(), 5, "{listed:?}");
    home
}

#[test]
fn two_answers_give_mail_at_163_qq_and_sina() {
    for (address, host, personality) in [
        ("me@163.com", "imap.163.com", &COREMAIL),
        ("me@qq.com", "imap.qq.com", &QQ),
        ("me@sina.com", "imap.sina.com", &SINA),
    ] {
        let standin = Standin::start(host, address, personality);
        let home = first_mail(address, &standin, &[]);
        let ca = format!("ca = {:?}\n", standin.ca);
        let written = home.config().replace(&ca, "");
        println!("{written}");
        assert_eq!(written, format!("[[account]]\naddress = \"{address}\"\nsecret = \"file\"\n"));
    }
}

#[test]
fn a_domain_of_ones_own_is_found_by_who_receives_its_mail() {
    let address = "me@shop.example";
    let standin = Standin::start("imap.exmail.qq.com", address, &EXMAIL);
    let names = NameServer::start(&[("shop.example", Says::Mx(&[(5, "mxbiz1.qq.com"), (10, "mxbiz2.qq.com")]))]);
    let dns = names.at.to_string();
    let home = first_mail(address, &standin, &["--dns", &dns]);
    assert!(home.config().contains("provider = \"exmail\"\n"), "{}", home.config());
    assert!(!home.config().contains("imap ="), "{}", home.config());
    let listed = &home.run(&["account", "list", "--json"]).json()[0];
    assert_eq!((&listed["provider"], &listed["found"]), (&"exmail".into(), &"known".into()));
    assert_eq!(listed["imap"]["host"], "imap.exmail.qq.com");
}

#[test]
fn s10_what_nobody_knows_is_guessed_over_tls_and_shown_before_the_secret_goes_to_one_of_them() {
    let address = "me@own.example";
    let standin = Standin::start("mail.own.example", address, &COREMAIL);
    let names = NameServer::start(&[("own.example", Says::Mx(&[(5, "mx.own.example")]))]);
    let dns = names.at.to_string();
    let add = ["account", "add", address, "--connect-to", &standin.rule, "--ca", &standin.ca, "--dns", &dns];
    let home = Home::new();
    let shown_first = shown(&home, &[&add[..], &["--secret-stdin"]].concat(), "");
    assert!(shown_first.err.contains("mail.own.example:993 answers"), "{shown_first:?}");
    assert!(shown_first.err.contains("the password is empty"), "{shown_first:?}");
    assert_eq!(standin.logins(), 0);
    let home = first_mail(address, &standin, &["--dns", &dns]);
    assert!(home.config().contains("imap = \"mail.own.example:993\"\n"), "{}", home.config());

    // A server that answers under the name, with a certificate of another: nothing is sent to it.
    let wrong = Standin::start("mail.other.example", address, &COREMAIL);
    let home = Home::new();
    let rule = wrong.rule.replace("mail.other.example", "imap.own.example");
    let add = ["account", "add", address, "--secret-stdin", "--connect-to", &rule, "--ca", &wrong.ca, "--dns", &dns];
    let refused = shown(&home, &add, SECRET);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("is for another name"), "{refused:?}");
    assert_eq!((wrong.logins(), home.config().as_str()), (0, ""));

    // Nobody at all.
    let add = ["account", "add", address, "--secret-stdin", "--dns", &dns, "--patience", "3"];
    let refused = shown(&home, &add, SECRET);
    assert!(refused.err.contains("--imap HOST"), "{refused:?}");
    let add = ["account", "add", "me@nobody.example", "--secret-stdin", "--dns", &dns];
    let refused = shown(&home, &add, SECRET).failed();
    assert!(refused.contains("there is no domain nobody.example"), "{refused}");
}

#[test]
fn a_refusal_is_one_login_and_says_where_to_get_the_right_secret() {
    for (address, host, personality, menu) in
        [("me@163.com", "imap.163.com", &COREMAIL, "新增授权密码"), ("me@qq.com", "imap.qq.com", &QQ, "账号与安全")]
    {
        let standin = Standin::start(host, address, personality);
        let home = Home::new();
        let add = ["account", "add", address, "--secret-stdin", "--connect-to", &standin.rule, "--ca", &standin.ca];
        let refused = shown(&home, &[&add[..], &["--lang", "zh-CN"]].concat(), "web-password");
        assert_eq!((refused.code, refused.out.as_str()), (Some(1), ""), "{refused:?}");
        assert!(refused.err.contains("授权码") && refused.err.contains(menu), "{refused:?}");
        assert!(!refused.err.contains("web-password"), "{refused:?}");
        assert_eq!((standin.logins(), home.config().as_str()), (1, ""));
    }
    let home = Home::new();
    let said = shown(&home, &["account", "add", "me@outlook.com", "--secret-stdin"], "web-password");
    assert!(said.err.contains("does not accept passwords") && said.err.contains("token_command"), "{said:?}");
}

#[test]
fn a_secret_is_replaced_only_by_one_that_works() {
    let address = "me@163.com";
    let standin = Standin::start("imap.163.com", address, &COREMAIL);
    let home = first_mail(address, &standin, &[]);
    let kept = || std::fs::read_to_string(home.profile().join("secrets").join(address)).unwrap();
    let before = kept();
    let line = ["account", "secret", address, "--secret-stdin", "--connect-to", &standin.rule];
    assert_eq!(shown(&home, &line, "another").code, Some(1));
    assert_eq!(kept(), before);
    let done = shown(&home, &line, SECRET).good();
    assert!(done.out.contains("was replaced"), "{done:?}");
    let done = shown(&home, &[&line[..], &["--no-check"]].concat(), "another").good();
    assert!(done.out.contains("without trying it"), "{done:?}");
    assert_eq!(kept(), "another\n");
    let unknown = home.run(&["account", "secret", "nobody@163.com"]).failed();
    assert!(unknown.contains("there is no account"), "{unknown}");
    std::fs::write(home.path().join("config.toml"), "[[account]]\naddress = \"me@163.com\"\nsecret = \"session\"\n")
        .unwrap();
    let each_time = home.run_with(&["account", "secret", address, "--secret-stdin"], "x").failed();
    assert!(each_time.contains("asked for each time"), "{each_time}");
}

#[test]
fn a_provider_that_takes_tokens_only_gets_one_from_a_program() {
    let address = "me@outlook.com";
    let standin = Standin::start("outlook.office365.com", address, &OUTLOOK);
    let home = Home::new();
    let add = ["account", "add", address, "--connect-to", &standin.rule, "--ca", &standin.ca, "--token-command"];
    let command = format!("printf {TOKEN}");
    let added = shown(&home, &[&add[..], &[&command]].concat(), "").good();
    assert!(added.out.contains("added me@outlook.com"), "{added:?}");
    assert!(home.config().contains("secret = { token_command = [\"printf\", "), "{}", home.config());
    shown(&home, &["sync", "--once", "--connect-to", &standin.rule], "").good();
    assert!(!home.run(&["list", "INBOX"]).good().out.is_empty());
    let home = Home::new();
    let refused = shown(&home, &[&add[..], &["printf wrong"]].concat(), "");
    assert_eq!((refused.code, home.config().as_str()), (Some(1), ""), "{refused:?}");
}

#[test]
fn another_server_of_a_provider_is_used_where_nobody_answers_and_not_where_somebody_says_no() {
    let address = "me@ours.example";
    let second = Standin::start("imap2.ours.example", address, &COREMAIL);
    let home = Home::new();
    let settings = "[[provider]]\nid = \"ours\"\nlike = \"163\"\ndomains = [\"ours.example\"]\n\
                    imap = \"imap.ours.example:993:tls\"\nimap_alternatives = [\"imap2.ours.example:993:tls\"]\n";
    let begin = || std::fs::write(home.path().join("config.toml"), settings).unwrap();
    begin();
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let nobody = format!("imap.ours.example:993={closed}");
    let add = ["account", "add", address, "--secret-stdin", "--ca", &second.ca, "--connect-to", &second.rule];
    let done = shown(&home, &[&add[..], &["--connect-to", &nobody]].concat(), SECRET).good();
    assert!(done.out.contains("the login at imap2.ours.example:993 works"), "{done:?}");
    assert!(home.config().contains("imap = \"imap2.ours.example:993\"\n"), "{}", home.config());
    assert_eq!(second.logins(), 1);
    let provider = home.run(&["account", "list", "--json"]).json()[0]["provider"].clone();
    assert_eq!(provider, "ours", "the other server is the provider's too");

    // Somebody is there and says no: that is an answer.
    begin();
    let first = Embedded::start(|options| {
        options.personality = &COREMAIL;
        options.names = vec!["imap.ours.example".to_owned()];
    });
    let ca = home.path().join("both.pem");
    std::fs::write(&ca, [std::fs::read(first.ca()).unwrap(), std::fs::read(&second.ca).unwrap()].concat()).unwrap();
    let rule = format!("imap.ours.example:993=127.0.0.1:{}", first.port());
    let add = ["account", "add", address, "--secret-stdin", "--ca", ca.to_str().unwrap()];
    let refused = shown(&home, &[&add[..], &["--connect-to", &second.rule, "--connect-to", &rule]].concat(), SECRET);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!((first.heard("LOGIN"), second.logins()), (1, 1), "nobody else is asked");
}
