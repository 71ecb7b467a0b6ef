use super::*;

#[test]
fn the_tables_say_each_letter_once() {
    let mut all: Vec<char> = TWINS.iter().chain(&NEAR).flat_map(|(letters, _)| letters.chars()).collect();
    assert!(all.iter().all(|c| !c.is_ascii()));
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn h04_names_that_look_like_others() {
    let known = Known::with(&["tern.example"]);
    for (host, like) in [
        ("аpple.com", "apple.com"),
        ("xn--pple-43d.com", "apple.com"),
        ("www.xn--pple-43d.com", "apple.com"),
        ("ｑｑ.com", "qq.com"),
        ("mail.ｑｑ.com", "qq.com"),
        ("аррӏе.com", "apple.com"),
        ("соса.com", "coca.com"),
        ("paypaI.com", "paypal.com"),
        ("paypa1.com", "paypal.com"),
        ("rnicrosoft.com", "microsoft.com"),
        ("g00gle.com", "google.com"),
        ("l63.com", "163.com"),
        ("1cbc.com.cn", "icbc.com.cn"),
        ("tem.example", "tern.example"),
        ("qq.com.evil.example", "qq.com"),
        ("www.icbc.com.cn.evil.example", "icbc.com.cn"),
        ("mail.tern.example.evil.example", "tern.example"),
        ("unknоwn.example", "unknown.example"),
        ("𝐩𝐚𝐲𝐩𝐚𝐥.com", "paypal.com"),
        ("ạmazon.com", "amazon.com"),
        ("secure-apple.com", "apple.com"),
        ("www.icbc-login.com", "icbc.com.cn"),
        ("qq-com.cn", "qq.com"),
        ("www-icbc-com-cn.example", "icbc.com.cn"),
        ("qq\u{2024}com", "qq.com"),
        ("mail\u{2024}qq\u{2024}com.evil.example", "qq.com"),
        ("www.icbc.com.cn\u{2044}login.evil.example", "icbc.com.cn"),
        ("icbc.com.cn\u{2215}login.evil.example", "icbc.com.cn"),
    ] {
        assert_eq!(known.imitated_by(host).as_deref(), Some(like), "{host}");
    }
}

#[test]
fn h04_names_that_are_what_they_are() {
    let known = Known::with(&["tern.example", "hongyan.example"]);
    for host in [
        "qq.com",
        "mail.qq.com",
        "exmail.qq.com",
        "www.google.com.hk",
        "google.com.hk",
        "中国.example",
        "qq邮箱.example",
        "пример.рф",
        "xn--e1afmkfd.xn--p1ai",
        "bücher.example",
        "müller.example",
        "例え.example",
        "한국.example",
        "news.tern.example",
        "hongyan.example",
        "hongyan-support.example",
        "pinduoduo.com",
        "mall.example",
        "ελλάδα.gr",
        "россия.example",
        "localhost",
        "127.0.0.1",
        "",
        ".",
        "qqcom.example",
        "t.co",
        "goo.gl",
        "dhi.com",
        "www.taobao.com.danuoyi.tbcache.com",
        "apple.com.akadns.net",
        "www.apple.com.edgekey.net",
        "visa-service.example",
        "pine-apple.example",
        "office-support.example",
        "apple-tree.example",
        "my-account.example",
    ] {
        assert_eq!(known.imitated_by(host), None, "{host}");
    }
}
