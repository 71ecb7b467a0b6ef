//! `account add`: which address was meant, and what its provider wants, before a password goes anywhere.

use super::home::Home;
use super::terminal::Pty;
use crate::name_server::{NameServer, Says};

#[test]
fn l01_a_domain_with_a_slip_in_it_gets_no_password_unasked() {
    let home = Home::new();
    for (written, meant) in [
        ("me@163.co", "me@163.com"),
        ("me@qq.con", "me@qq.com"),
        ("me@126.cm", "me@126.com"),
        ("me@gmial.com", "me@gmail.com"),
    ] {
        for more in [&[][..], &["--no-check"]] {
            let line = [&["account", "add", written, "--secret-stdin", "--secret-store", "file"], more].concat();
            let said = home.run_with(&line, "code").failed();
            assert!(said.contains(&format!("did you mean {meant}?")) && said.contains("--imap HOST"), "{said}");
            let said = home.run_with(&[&line[..], &["--lang", "zh-CN"]].concat(), "code").failed();
            assert!(said.contains(&format!("是不是 {meant}？")), "{said}");
        }
    }
    assert_eq!(home.config(), "");
    assert!(!home.profile().join("secrets").exists());
    // Whoever names the server means it.
    let line = ["account", "add", "me@163.co", "--imap", "localhost:1", "--no-check"];
    home.run_with(&[&line[..], &["--secret-stdin", "--secret-store", "file"]].concat(), "code").good();
    assert!(home.config().contains("address = \"me@163.co\""), "{}", home.config());
}

#[test]
fn whoever_sits_there_says_which_address_was_meant() {
    let home = Home::new();
    let names = NameServer::start(&[("outlok.com", Says::NoDomain)]);
    let dns = format!("--dns={}", names.at);
    for (answer, said) in [
        ("y", "--token-command 'oama access me@outlook.com'"),
        ("n", "there is no domain outlok.com"),
        ("", "cancelled; nothing was saved"),
    ] {
        let mut pty = Pty::start(&home, &["account", "add", "me@outlok.com", &dns]);
        pty.wait_for("did you mean me@outlook.com?");
        pty.send(&format!("{answer}\r"));
        let (code, seen) = pty.end();
        assert_eq!(code, 1, "{seen}");
        assert!(seen.contains(said), "{answer}: {seen}");
    }
    assert_eq!(home.config(), "");
}

#[test]
fn an_address_may_be_typed_with_an_input_method_on() {
    let home = Home::new();
    let line = ["account", "add", "ｍｅ＠ｍａｉｌ．ｅｘａｍｐｌｅ", "--imap", "localhost:1", "--no-check"];
    home.run_with(&[&line[..], &["--secret-stdin", "--secret-store", "file"]].concat(), "code").good();
    assert!(home.config().contains("address = \"me@mail.example\"\n"), "{}", home.config());
}

#[test]
fn a_provider_that_takes_tokens_only_says_how_it_gets_them() {
    let home = Home::new();
    for (language, said) in [("en", "once such a program is set up"), ("zh-CN", "取令牌的程序装好")] {
        let done = home.run(&["account", "add", "foo@outlook.com", "--lang", language]);
        assert_eq!((done.code, done.out.as_str()), (Some(1), ""), "{done:?}");
        let line = "hongyan account add foo@outlook.com --token-command 'oama access foo@outlook.com'";
        assert!(done.err.contains(said) && done.err.contains(line), "{done:?}");
        assert!(!done.err.contains("--secret-stdin") && !done.err.contains("--password-command"), "{done:?}");
    }
}

#[test]
fn whoever_goes_through_a_proxy_is_asked_of_nobody_beside_it() {
    let home = Home::new();
    let names = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    names.set_nonblocking(true).unwrap();
    let dns = names.local_addr().unwrap().to_string();
    let proxy = ["--proxy", "socks5://127.0.0.1:1", "--dns", &dns];
    let line = ["account", "add", "me@shop.example", "--secret-stdin", "--patience", "1"];
    let said = home.run_with(&[&line[..], &proxy].concat(), "code").failed();
    assert!(said.contains("127.0.0.1:1"), "{said}");
    let asked = names.recv(&mut [0; 512]).unwrap_err();
    assert_eq!(asked.kind(), std::io::ErrorKind::WouldBlock);
}
