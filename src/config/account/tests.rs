use std::path::Path;

use super::*;

fn complete(written: &str) -> Account {
    let entry: AccountEntry = toml::from_str(written).unwrap();
    entry.complete(&Presets::built_in(), Path::new("/"))
}

fn sends(written: &str) -> Option<String> {
    complete(written).smtp.map(|server| format!("{server}:{}", server.tls.code()))
}

#[test]
fn the_password_goes_to_whoever_has_the_mailbox_and_to_nobody_else() {
    let qq = Some("smtp.qq.com:465:tls".to_owned());
    assert_eq!(sends("address = \"me@qq.com\""), qq);
    // A mailbox at QQ behind a domain of one's own, and one that is not at QQ behind an address that is.
    assert_eq!(sends("address = \"me@shop.example\"\nprovider = \"qq\""), qq);
    assert_eq!(sends("address = \"me@shop.example\"\nimap = \"imap.qq.com\""), qq);
    let elsewhere = complete("address = \"me@qq.com\"\nimap = \"imap.company.example\"");
    assert_eq!((elsewhere.smtp, elsewhere.pop3, elsewhere.preset), (None, None, None));
    assert_eq!(sends("address = \"me@qq.com\"\nimap = \"imap.company.example\"\nsmtp = \"mail.company.example\""), {
        Some("mail.company.example:465:tls".to_owned())
    });
    // Only a name in the domain of the address is guessed.
    assert_eq!(sends("address = \"me@shop.example\""), Some("smtp.shop.example:465:tls".to_owned()));
    assert_eq!(sends("address = \"me@shop.example\"\nimap = \"mail.shop.example\""), {
        Some("smtp.shop.example:465:tls".to_owned())
    });
    for other in ["mail.hoster.example", "evilshop.example", "shop.example.hoster.example"] {
        assert_eq!(sends(&format!("address = \"me@shop.example\"\nimap = \"{other}\"")), None, "{other}");
    }
}

#[test]
fn one_machine_has_one_certificate_and_another_has_another() {
    let pin = format!("sha256:{}", "ab".repeat(32));
    let other = format!("sha256:{}", "cd".repeat(32));
    let bridge = format!("address = \"me@a.example\"\nimap = \"127.0.0.1:1143:starttls\"\npin = \"{pin}\"\n");
    let same = complete(&format!("{bridge}smtp = \"127.0.0.1:1025:starttls\""));
    assert_eq!(same.smtp_pin, same.pin);
    assert!(same.pin.is_some());
    let there = complete(&format!("{bridge}smtp = \"mail.a.example\""));
    assert_eq!(there.smtp_pin, None);
    let own = complete(&format!("{bridge}smtp = \"mail.a.example\"\nsmtp_pin = \"{other}\""));
    assert_eq!(own.smtp_pin.unwrap().to_string(), other);
}

#[test]
fn a_login_is_made_of_the_address_as_the_server_wants_it() {
    assert_eq!(complete("address = \"me@qq.com\"").login, "me@qq.com");
    assert_eq!(complete("address = \"me@qq.com\"\nlogin = \"you\"").login, "you");
}
