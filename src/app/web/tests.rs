use super::*;

fn of(url: &str) -> Result<(String, String, Option<String>), Refused> {
    let address = WebAddress::of(&Text::new(url))?;
    let readable = address.readable_host().map(ToString::to_string);
    Ok((address.url().to_owned(), address.host().to_string(), readable))
}

fn host(url: &str) -> String {
    of(url).unwrap().1
}

#[test]
fn h02_only_the_web_and_letters_are_opened() {
    for url in [
        "javascript:alert(1)",
        " jAvAsCrIpT:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "smb://host/share",
        "vbscript:x",
        "ftp://example.com/",
        "\u{1}javascript:alert(1)",
        "-rf",
        "--help",
        "/etc/passwd",
        "//example.com/x",
        "",
        ":",
        "cid:1@example.com",
        "x-apple.systempreferences:",
    ] {
        assert_eq!(of(url), Err(Refused::Kind), "{url:?}");
    }
    assert_eq!(of("http://"), Err(Refused::Host));
    assert_eq!(of("https:///?x"), Err(Refused::Host));
    assert_eq!(of("http://a b/"), Err(Refused::Host));
    assert_eq!(of(&format!("http://example.com/{}", "a".repeat(20_000))), Err(Refused::TooLong));
    assert_eq!(of("HTTPS://Example.com").unwrap().0, "https://example.com/");
    assert_eq!(of("www.example.com/a").unwrap().0, "http://www.example.com/a");
}

#[test]
fn h03_the_host_that_is_shown_is_the_one_that_is_opened() {
    for (url, opened) in [
        ("https://bank.example@evil.example/x", "https://bank.example@evil.example/x"),
        ("https://bank.example:443@evil.example/x", "https://bank.example:443@evil.example/x"),
        ("https://evil.example\\@bank.example/x", "https://evil.example/@bank.example/x"),
        ("https:/\\/evil.example/x", "https://evil.example/x"),
        ("https:evil.example", "https://evil.example/"),
        ("https://evil.example?@bank.example", "https://evil.example?@bank.example"),
        ("https://evil.example#@bank.example", "https://evil.example#@bank.example"),
        ("http://e\u{200b}vil.exa\u{ad}mple:8080/", "http://evil.example:8080/"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("http://a@b@evil.example/", "http://a%40b@evil.example/"),
    ] {
        let (url, host, _) = of(url).unwrap();
        assert_eq!(url, opened);
        assert!(host == "evil.example" || host == "[::1]", "{host}");
    }
}

#[test]
fn h04_letters_that_look_like_others_are_shown_as_what_they_are() {
    // From another implementation of RFC 3492.
    assert_eq!(host("http://\u{430}pple.example/"), "xn--pple-43d.example");
    assert_eq!(host("http://\u{430}\u{440}\u{440}\u{4cf}\u{435}.example/"), "xn--80ak6aa92e.example");
    assert_eq!(of("http://\u{430}pple.example/").unwrap().2, None);
    assert_eq!(of("http://m\u{fc}nchen.example/").unwrap().2, None);
    assert_eq!(host("http://m\u{fc}nchen.example/"), "xn--mnchen-3ya.example");
    assert_eq!(
        of("http://邮箱。中国/").unwrap(),
        ("http://xn--c0zu34b.xn--fiqs8s/".into(), "xn--c0zu34b.xn--fiqs8s".into(), Some("邮箱.中国".into()))
    );
    assert_eq!(host("https://ｑｑ.example/"), "qq.example");
    assert_eq!(host("https://例え.example/"), "xn--r8jz45g.example");
}

#[test]
fn h09_t19_nothing_in_an_address_is_more_than_an_address() {
    for (url, opened) in [
        ("http://example.com/; rm -rf ~", "http://example.com/;%20rm%20-rf%20~"),
        ("http://example.com/$(id)`id`", "http://example.com/$(id)%60id%60"),
        ("http://example.com/a\nb\tc\r", "http://example.com/abc"),
        ("http://example.com/\u{1b}8;;x\u{7}y", "http://example.com/%1B8;;x%07y"),
        ("http://example.com/\"<>|^", "http://example.com/%22%3C%3E%7C%5E"),
        ("http://example.com/发票.pdf?名=1", "http://example.com/%E5%8F%91%E7%A5%A8.pdf?%E5%90%8D=1"),
        ("  http://example.com/%20  ", "http://example.com/%20"),
    ] {
        assert_eq!(of(url).unwrap().0, opened);
    }
    for url in ["http://-rf/", "http://$(id)/", "http://a;b/", "http://a|b/", "http://\u{1b}x/"] {
        if let Ok((url, ..)) = of(url) {
            assert!(url.starts_with("http://"), "{url}");
        }
    }
    assert_eq!(of("http://$(id)/"), Err(Refused::Host));
}

#[test]
fn h10_a_letter_is_begun_without_files_of_ours() {
    let (url, to, _) =
        of("mailto:a@example.com?attach=/etc/passwd&subject=hi there&from=x&Body=b%0D%0Ac&bcc=e@example.com").unwrap();
    assert_eq!(url, "mailto:a@example.com?subject=hi%20there&Body=b%0D%0Ac&bcc=e@example.com");
    assert_eq!(to, "a@example.com");
    assert_eq!(of(&format!("mailto:a@example.com?body={}", "x".repeat(10_000))), Err(Refused::TooLong));
}

#[test]
fn h04_a_list_of_links_shows_hosts_that_cannot_be_mistaken() {
    let shown = |url: &str| readable_url(&Text::new(url)).into_string();
    assert_eq!(shown("https://\u{430}pple.example/a"), "https://xn--pple-43d.example/a");
    assert_eq!(shown("https://goose.example/报名?春=1"), "https://goose.example/报名?春=1");
    assert_eq!(shown("javascript:alert(1)"), "javascript:alert(1)");
    assert_eq!(unmistakable_host("\u{430}pple.example").as_deref(), Some("xn--pple-43d.example"));
    assert_eq!(unmistakable_host("apple.example"), None);
    assert_eq!(unmistakable_host("邮箱.中国"), None);
}
