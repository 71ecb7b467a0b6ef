use super::*;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::mime::{headers, readable};
use crate::model::{Attachment, Auth, Document, Link};

const OWN: &[&str] = &["hongyan.example"];

fn doubted(readable: &Readable, header: &[u8]) -> Vec<Warning> {
    warnings(&Doubts { readable, header, own: OWN })
}

/// A message with this header and no more.
fn of(header: &str) -> Vec<Warning> {
    let header = header.as_bytes();
    let found = headers(header);
    let readable = Readable {
        subject: found.subject,
        from: found.from,
        to: found.to,
        cc: found.cc,
        reply_to: found.reply_to,
        ..Readable::default()
    };
    doubted(&readable, header)
}

/// A link with this text.
fn linked(shown: &str, url: &str) -> Vec<Warning> {
    let links = vec![Link { at: 0..shown.len(), url: Text::new(url) }];
    let document = Document { links, ..Document::plain(shown) };
    doubted(&Readable { document, ..Readable::default() }, b"")
}

fn to_elsewhere(shown: &str, leads: &str) -> Warning {
    Warning::LinkElsewhere { shown: Text::new(shown), leads: Text::new(leads) }
}

#[test]
fn h03_a_link_that_names_another_place() {
    for (shown, url, named, leads) in [
        ("https://bank.example", "https://evil.test/x", "bank.example", "evil.test"),
        ("请点击 https://www.bank.example/login 登录", "http://evil.test", "www.bank.example", "evil.test"),
        ("bank.example", "https://evil.test", "bank.example", "evil.test"),
        ("bank.example/login", "https://evil.test", "bank.example", "evil.test"),
        ("ｈｔｔｐｓ：／／ｂａｎｋ．ｅｘａｍｐｌｅ／", "https://evil.test", "bank.example", "evil.test"),
        ("ba\u{200b}nk.example", "https://evil.test", "bank.example", "evil.test"),
        ("https://bank.example", "https://bank.example.evil.test/", "bank.example", "bank.example.evil.test"),
        (
            "https://bank.example",
            "https://click.redirector.test/?to=https://bank.example",
            "bank.example",
            "click.redirector.test",
        ),
        ("https://bank.example@evil.test/", "https://bank.example@evil.test/", "bank.example", "evil.test"),
        ("click here", "https://bank.example@evil.test/", "bank.example", "evil.test"),
        ("https://bank.example", "https:\\\\evil.test\\bank.example", "bank.example", "evil.test"),
        ("service@bank.example", "mailto:x@evil.test", "bank.example", "evil.test"),
        ("https://例え.example", "https://evil.test", "xn--r8jz45g.example", "evil.test"),
        ("Login at icbc.com.cn now", "https://evil.test", "icbc.com.cn", "evil.test"),
        ("请登录icbc.com.cn查看", "https://evil.test", "icbc.com.cn", "evil.test"),
        ("bank.中国", "https://evil.test", "bank.xn--fiqs8s", "evil.test"),
        ("bank.io/login", "https://evil.test", "bank.io", "evil.test"),
        ("t.me", "https://evil.test", "t.me", "evil.test"),
        ("bank.app", "https://evil.test", "bank.app", "evil.test"),
    ] {
        assert_eq!(linked(shown, url), [to_elsewhere(named, leads)], "{shown} {url}");
    }
}

#[test]
fn h03_links_that_say_where_they_lead() {
    for (shown, url) in [
        ("https://bank.example", "https://www.bank.example/login?x"),
        ("www.bank.example", "http://bank.example"),
        ("click here", "https://evil.test"),
        ("README.md", "https://files.test/readme"),
        ("node.js", "https://files.test"),
        ("v1.2.3", "https://files.test"),
        ("查看详情。", "https://click.esp.test/x"),
        ("ann@bank.example", "mailto:ann@bank.example?subject=x"),
        ("Ann", "mailto:ann@bank.example"),
        ("https://例え.example/x", "https://xn--r8jz45g.example/x"),
        ("https://user@bank.example/", "https://user@bank.example/"),
        ("https://bank.example", "/login"),
        ("Mr. Smith et al. 2.0", "https://a.test"),
        ("main.rs", "https://a.test"),
        ("setup.py", "https://a.test"),
        ("See README.md and setup.py of node.js", "https://a.test"),
        ("Read more.Top stories of the day", "https://a.test"),
        ("ASP.NET for beginners", "https://a.test"),
        ("write to ann@bank.example now", "https://a.test"),
        ("Login at bank.example now", "https://www.bank.example/x"),
        ("你好。中国", "https://a.test"),
    ] {
        assert_eq!(linked(shown, url), [], "{shown} {url}");
    }
}

#[test]
fn h04_a_host_that_looks_like_another() {
    let alike = |domain: &str, like: &str| Warning::LookAlike { domain: Text::new(domain), like: Text::new(like) };
    assert_eq!(of("From: a@аpple.com\n"), [alike("xn--pple-43d.com", "apple.com")]);
    assert_eq!(of("From: a@xn--pple-43d.com\n"), [alike("xn--pple-43d.com", "apple.com")]);
    assert_eq!(of("From: a@ｑｑ.com\n"), [alike("xn--2i7ca.com", "qq.com")]);
    assert_eq!(of("From: a@paypa1.com\nReply-To: b@paypa1.com\n"), [alike("paypa1.com", "paypal.com")]);
    assert_eq!(of("From: boss@hongyаn.example\n"), [alike("xn--hongyn-7nf.example", "hongyan.example")]);
    assert_eq!(linked("login", "https://qq.com.login.test/"), [alike("qq.com.login.test", "qq.com")]);
    assert_eq!(linked("login", "https://mail.qq.com/"), []);
    assert_eq!(of("From: a@qq邮箱.example\n"), []);
}

#[test]
fn h05_a_name_that_is_another_address() {
    for from in [
        "\"service@qq.com\" <x@evil.test>",
        // service@qq.com, encoded.
        "=?utf-8?B?c2VydmljZUBxcS5jb20=?= <x@evil.test>",
        "=?utf-8?B?5a6i5pyNIHNlcnZpY2VAcXEuY29t?= <x@evil.test>",
        "\"service＠ｑｑ．ｃｏｍ\" <x@evil.test>",
        "\"ser\u{200b}vice@qq.com\" <x@evil.test>",
        // Encoded twice.
        "=?utf-8?B?PT91dGYtOD9CP2MyVnlkbWxqWlVCeGNTNWpiMjA9Pz0=?= <x@evil.test>",
        "\"service@qq.com\" <123456@qq.com>",
        "\"QQ <service@qq.com>\" <x@evil.test>",
    ] {
        let found = of(&format!("From: {from}\n"));
        assert!(
            matches!(found.first(), Some(Warning::NameIsOtherAddress { address, .. }) if address.as_untrusted().contains('@')),
            "{from}: {found:?}"
        );
    }
    for from in [
        "\"x@evil.test\" <x@evil.test>",
        "\"X@Evil.test\" <x@evil.test>",
        "\"news@shop.example\" <bounce@mail.shop.example>",
        "\"Li Lei @ work\" <x@evil.test>",
        "\"@lilei\" <x@evil.test>",
        "李雷 <x@evil.test>",
        "x@evil.test",
    ] {
        assert_eq!(of(&format!("From: {from}\n")), [], "{from}");
    }
    // A list that writes in its own name.
    assert_eq!(
        of(
            "From: \"ann@home.test via tern\" <tern@lists.example>\nList-Id: <tern.lists.example>\nTo: x@y.test\nReply-To: ann@home.test, tern@lists.example\nCc: ann@home.test\n"
        ),
        []
    );
    assert_eq!(of("From: \"ann@home.test via tern\" <tern@lists.example>\n").len(), 1);
}

#[test]
fn h05_what_the_sender_writes_is_no_excuse() {
    for header in [
        "From: \"service@icbc.com.cn 代表 X\" <x@evil.test>\nCc: service@icbc.com.cn\n",
        "From: \"service@icbc.com.cn via X\" <x@evil.test>\nReply-To: service@icbc.com.cn\n",
        "From: \"service@icbc.com.cn\" <x@evil.test>\nList-Id: <evil.test>\n",
        "From: \"service﹫qq.com\" <x@evil.test>\n",
        "From: \"service @ qq.com\" <x@evil.test>\n",
        "From: \"service@qq․com\" <x@evil.test>\n",
        "From: =?utf-8?Q?Bank_<service@icbc.com.cn>?= <x@evil.test>\n",
    ] {
        let found = of(header);
        assert!(found.iter().any(|said| matches!(said, Warning::NameIsOtherAddress { .. })), "{header}: {found:?}");
    }
    for header in [
        "From: =?utf-8?Q?Bank_<service@icbc.com.cn>?=\n",
        "From: =?utf-8?B?c2VydmljZUBpY2JjLmNvbS5jbg==?=\n",
        "From : a@b.test\nFrom: c@d.test\n",
    ] {
        assert_eq!(of(header), [Warning::TwoSenders], "{header}");
    }
    for header in [
        "From: =?utf-8?Q?Bank?= <service@icbc.com.cn>\n",
        "From: =?utf-8?Q?Bank?= <Service @ ICBC.com.cn>\n",
        "From: \"Ann @ home\" <ann@b.test>\n",
        "From: \"Ann @ b.test\" <ann@b.test>\n",
    ] {
        assert_eq!(of(header), [], "{header}");
    }
}

#[test]
fn a_first_field_with_a_blank_before_its_colon_is_a_sender() {
    let found = readable(b"From : a@b.test\nFrom: c@d.test\nSubject: x\n\nwords\n");
    assert_eq!(found.warnings, [Warning::TwoSenders]);
}

#[test]
fn h06_answers_that_go_elsewhere() {
    let other = |domain: &str| vec![Warning::ReplyElsewhere { domain: Text::new(domain) }];
    assert_eq!(of("From: a@bank.example\nReply-To: a@evil.test\n"), other("evil.test"));
    assert_eq!(of("From: a@bank.example\nReply-To: b@bank.example, a@evil.test, c@evil.test\n"), other("evil.test"));
    assert_eq!(of("From: a@bank.example\nTo: me@qq.com\nReply-To: 123@qq.com\n"), other("qq.com"));
    assert_eq!(of("From: a@bank.example\nReply-To: reply@mail.bank.example\n"), []);
    assert_eq!(of("From: a@bank.example\nTo: list@lists.test\nReply-To: list@lists.test\n"), []);
    assert_eq!(of("From: share@docs.example\nReply-To: boss@hongyan.example\n"), []);
    assert_eq!(of("From: a@bank.example\n"), []);
    assert_eq!(of("Reply-To: a@bank.example\n"), []);
}

#[test]
fn h12_a_receipt_that_is_wanted_is_known() {
    for field in ["Disposition-Notification-To", "return-receipt-to", "X-Confirm-Reading-To"] {
        assert!(wants_receipt(format!("Subject: x\r\n{field}:\r\n a@evil.test\r\n\r\n").as_bytes()), "{field}");
        assert!(!wants_receipt(format!("{field}:\r\nSubject: x\r\n").as_bytes()), "{field}");
        assert!(!wants_receipt(format!("Subject: x\r\n\r\n{field}: a@evil.test\r\n").as_bytes()), "{field}");
    }
    assert!(!wants_receipt(b"From: a@b.test\r\n"));
}

fn hidden(field: &'static str) -> [Warning; 1] {
    [Warning::Hidden { field }]
}

#[test]
fn t10_characters_that_turn_text() {
    for c in ['\u{202d}', '\u{202e}', '\u{202a}', '\u{202b}', '\u{2066}', '\u{2067}'] {
        assert_eq!(of(&format!("Subject: a{c}gpj.exe\n")), hidden("subject"), "{c:?}");
        assert_eq!(of(&format!("From: \"a{c}b\" <a@b.test>\n")), hidden("from"), "{c:?}");
        assert_eq!(of(&format!("From: a@b.test\nTo: \"a{c}b\" <a@b.test>\n")), hidden("to"), "{c:?}");
        let file = Attachment { name: Text::new(format!("a{c}gpj.exe")), ..Attachment::default() };
        assert_eq!(doubted(&Readable { attachments: vec![file], ..Readable::default() }, b""), hidden("attachment"));
    }
    // People who write from right to left, and what is put around a name in a translated sentence.
    for subject in
        ["שלום \u{2067}abc\u{2069} עולם", "\u{2068}Ann\u{2069} shared a file", "مرحبا\u{200f} 12", "abc\u{200e}"]
    {
        assert_eq!(of(&format!("Subject: {subject}\n")), [], "{subject}");
    }
}

#[test]
fn t11_characters_that_cannot_be_seen() {
    for c in ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{e0041}', '\u{200e}'] {
        assert_eq!(of(&format!("From: serv{c}ice@b.test\n")), hidden("from"), "{c:?}");
        assert_eq!(of(&format!("From: a@b.test\nReply-To: <serv{c}ice@b.test>\n")), hidden("reply-to"), "{c:?}");
    }
    for c in ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{e0041}'] {
        assert_eq!(of(&format!("Subject: pass{c}word\n")), hidden("subject"), "{c:?}");
    }
    for subject in [
        "👨\u{200d}👩\u{200d}👧",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "می\u{200c}خواهم",
        "\u{feff}会议",
        "特价\u{200b}商品",
        "क्\u{200d}ष",
        "❤\u{fe0f}",
    ] {
        assert_eq!(of(&format!("Subject: {subject}\n")), [], "{subject}");
    }
}

#[test]
fn two_senders_are_told_and_a_forgotten_quote_is_not_one() {
    assert_eq!(of("From: a@b.test\nFrom: c@b.test\n"), [Warning::TwoSenders]);
    assert_eq!(of("From: a@b.test, c@b.test\n"), [Warning::TwoSenders]);
    assert_eq!(of("From: Lee, Ann <a@b.test>\n"), []);
    assert_eq!(of("From: a@b.test\n\nFrom: c@d.test\n"), []);
}

#[test]
fn forged_is_what_the_provider_says() {
    use Verdict::{Fail, Pass, Unclear, Unsaid};
    for (spf, dkim, dmarc, is_forged) in [
        (Pass, Pass, Pass, false),
        (Fail, Pass, Pass, false),
        (Pass, Pass, Fail, true),
        (Fail, Unsaid, Unsaid, true),
        (Fail, Fail, Unclear, true),
        (Fail, Pass, Unsaid, false),
        (Pass, Fail, Unsaid, false),
        (Unclear, Unclear, Unclear, false),
        (Unsaid, Unsaid, Unsaid, false),
    ] {
        let auth = Auth { spf, dkim, dmarc, ..Auth::default() };
        let found = doubted(&Readable { auth: Some(auth), ..Readable::default() }, b"");
        assert_eq!(found == [Warning::Forged], is_forged, "{spf:?} {dkim:?} {dmarc:?}");
    }
}

#[test]
fn warnings_are_few() {
    let text = "https://bank.example ".repeat(5_000);
    let links = (0..5_000).map(|n| Link { at: n * 21..n * 21 + 20, url: Text::new(format!("https://e{n}.test")) });
    let document = Document { links: links.collect(), ..Document::plain(text) };
    let found = doubted(&Readable { document, ..Readable::default() }, b"");
    assert_eq!(found.len(), MOST_OF_A_KIND);
}

/// A whole message, read as it is until its body is read better.
fn of_message(raw: &[u8]) -> Vec<Warning> {
    let mut found = readable(raw);
    crate::mime::sections::find(&mut found.document);
    found.auth = crate::mime::auth::auth(raw, crate::mime::auth::Trust::Unknown);
    doubted(&found, raw)
}

#[test]
fn ordinary_mail_gets_no_warning() {
    let options = crate::demo::Options::new(crate::model::Timestamp(1_790_000_000), "secret");
    let all = crate::demo::messages(&options);
    assert!(all.len() > 200);
    let mut warned = Vec::new();
    for (folder, raw) in &all {
        let found = of_message(raw);
        if !found.is_empty() {
            warned.push((folder.clone(), readable(raw).subject.as_untrusted().to_owned(), found));
        }
    }
    for (folder, subject, found) in &warned {
        println!("{folder} {subject}: {found:?}");
    }
    // Only those that try to write to the terminal, and the one that fishes.
    let meant = |subject: &str| subject.contains('\u{1b}') || subject.contains("紧急");
    assert!(warned.iter().all(|(_, subject, _)| meant(subject)), "{warned:#?}");
    assert_eq!(warned.len(), 3);
}

#[test]
fn newsletters_get_no_warning() {
    for letter in NEWSLETTERS {
        assert_eq!(of_message(letter.as_bytes()), [], "{letter}");
    }
}

/// As shops, banks, lists and robots write them.
const NEWSLETTERS: [&str; 6] = [
    "From: =?utf-8?B?5b6B5LmJ5Lmm5bqX?= <news@mail.books.example>\nReply-To: service@books.example\nTo: me@hongyan.example\n\
     Subject: \u{2728} 新书上架，满 100 减 30\nAuthentication-Results: mx.hongyan.example; spf=pass; dkim=pass; dmarc=pass\n\
     List-Unsubscribe: <https://books.example/u>\nContent-Type: text/plain; charset=utf-8\n\n\
     您好：\n\n新书：https://www.books.example/new?utm=1\n退订 https://click.books.example/u/1182 或回复 TD。\n",
    "From: \"Ann Lee via tern-devel\" <tern-devel@lists.example>\nReply-To: Ann Lee <ann@home.test>, tern-devel@lists.example\n\
     To: tern-devel@lists.example\nCc: Ann Lee <ann@home.test>\nSubject: Re: [tern] width\n\nOn Tue, Bo <bo@b.test> wrote:\n> x\n> y\n\n\
     I see.\n_______________________________________________\ntern-devel mailing list\nhttps://lists.example/listinfo/tern-devel\n",
    "From: \"GitForge\" <notifications@forge.example>\nReply-To: \"org/repo\" <reply+abc@reply.forge.example>\nTo: org/repo <repo@noreply.forge.example>\n\
     Subject: [org/repo] main.rs: mend the \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} width (#12)\n\n@ann pushed 2 commits.\n\nhttps://forge.example/org/repo/pull/12\n",
    "From: =?gb2312?B?1tC5+tL40NA=?= <ebank@bank.example>\nTo: me@hongyan.example\nSubject: 您的 2026 年 11 月账单\n\n\
     尊敬的客户：本期应还 ￥1,024.00，请登录 www.bank.example 查看（勿点击他人转发的链接）。\n",
    "From: billing-noreply@cloud.example\nTo: me@hongyan.example\nReply-To: me@hongyan.example\nSubject: Invoice 12.2026.pdf\n\nSee attached.\n",
    "From: \"Lee, Ann (Sales)\" <ann.lee@corp.example>\nTo: me@hongyan.example\nSubject: \u{2068}Ann\u{2069} invited you\n\n\
     Docs: <https://docs.corp.example/d/1> and mailto:ann.lee@corp.example\n",
];

const GOOD: &[&[u8]] = &[
    b"From: \"service@qq.com\" <x@evil.test>\r\nReply-To: a@xn--pple-43d.com\r\nSubject: a\xe2\x80\xaeb\r\n\r\nhttps://bank.example@evil.test/ www.a.example\r\n",
    b"From: =?utf-8?B?5a6i5pyNIHNlcnZpY2VAcXEuY29t?= <x@\xef\xbd\x91.com>\r\nAuthentication-Results: mx.example; dmarc=fail\r\n\r\nmailto:a@b.example\r\n",
    b"From: a@paypa1.com, b@c.test\r\nTo: x@y.test\r\nDisposition-Notification-To: a@b.test\r\n\r\nhttp://[::1]/ http://1.2.3.4\r\n",
];

const PIECES: &[&[u8]] = &[
    b"@",
    b".",
    b"xn--",
    b"https://",
    b"://",
    b"www.",
    b"%",
    b"%2e",
    b"<",
    b">",
    b"\"",
    b",",
    b"\r\n",
    b"=?utf-8?B?",
    b"?=",
    b"\xef\xbc\xa0",
    b"\xd0\xb0",
    b"\xe2\x80\x8b",
    b"\xe2\x80\xae",
    b"\xf3\xa0\x81\x81",
    b"From: ",
    b"qq.com.",
    b"\xff",
];

#[test]
fn z_any_message_is_doubted_in_few_words() {
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let _ = wants_receipt(bytes);
        of_message(bytes).len() <= MOST
    });
}

#[test]
fn many_links_and_long_names_are_quick() {
    let begun = crate::model::clock::instant();
    let long = "a.".repeat(4_000);
    let text = "https://bank.example ".repeat(1_000);
    let links = (0..1_000).map(|n| Link { at: n * 21..n * 21 + 20, url: Text::new(format!("https://{n}.{long}test")) });
    let document = Document { links: links.collect(), ..Document::plain(text) };
    let from = Address { name: Text::new("@a.b ".repeat(1_000_000)), address: Text::new("@.".repeat(1_000_000)) };
    let found = doubted(&Readable { document, from: vec![from], ..Readable::default() }, b"");
    assert!(found.len() <= MOST);
    // Without optimisation on a busy machine.
    assert!(begun.elapsed().as_secs() < 60);
}
