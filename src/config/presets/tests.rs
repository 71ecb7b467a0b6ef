use super::*;
use crate::model::TlsMode;
use crate::text::width;

fn address(written: &str) -> Address {
    written.parse().unwrap()
}

fn written(text: &str) -> Vec<ProviderEntry> {
    #[derive(serde::Deserialize)]
    struct File {
        provider: Vec<ProviderEntry>,
    }
    toml::from_str::<File>(text).unwrap().provider
}

#[test]
fn the_file_is_right_and_no_domain_is_named_twice() {
    let presets = Presets::read(include_str!("../../../assets/providers.toml")).unwrap();
    for names in [
        presets.all().iter().flat_map(|preset| preset.domains.clone()).collect::<Vec<_>>(),
        presets.all().iter().flat_map(|preset| preset.mx.clone()).collect(),
        presets.all().iter().map(|preset| preset.id.clone()).collect(),
    ] {
        let mut once = names.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{names:?}");
        assert!(names.len() >= 15, "{names:?}");
    }
    for preset in presets.all() {
        let servers = [&preset.imap_alternatives, &preset.smtp_alternatives].into_iter().flatten();
        for server in servers.chain([&preset.imap]).chain(&preset.pop3).chain(&preset.smtp) {
            assert_ne!(server.tls, TlsMode::None, "{}", preset.id);
        }
        assert!(!preset.secret_zh.is_empty() && !preset.secret_en.is_empty(), "{}", preset.id);
        assert_eq!(preset.where_zh.is_empty(), preset.where_en.is_empty(), "{}", preset.id);
        assert_eq!(preset.notes_zh.is_empty(), preset.notes_en.is_empty(), "{}", preset.id);
        let said = [&preset.where_zh, &preset.where_en, &preset.notes_zh, &preset.notes_en];
        for lines in said {
            assert!(lines.len() <= 3, "{}: {lines:?}", preset.id);
        }
        for line in said.into_iter().flatten() {
            assert!(width(line) <= 76, "{}: {line} is {} wide", preset.id, width(line));
            assert!(!line.contains(['!', '！']), "{line}");
        }
    }
}

#[test]
fn an_address_finds_its_provider_in_any_case() {
    let presets = Presets::built_in();
    let id = |written: &str| presets.of(&address(written)).map(|preset| preset.id.clone());
    assert_eq!(id("10001@qq.com").as_deref(), Some("qq"));
    assert_eq!(id("someone@FoxMail.com").as_deref(), Some("qq"));
    assert_eq!(id("someone@vip.163.com").as_deref(), Some("163"));
    assert_eq!(id("someone@notqq.com"), None);
    assert_eq!(id("someone@qq.com.example"), None);
}

#[test]
fn a_machine_that_receives_mail_tells_who_hosts_a_domain() {
    let presets = Presets::built_in();
    for (exchanger, id) in [
        ("mxbiz1.qq.com", Some("exmail")),
        ("MXBIZ2.qq.com.", Some("exmail")),
        ("mx3.qq.com", Some("qq")),
        ("qiye163mx01.mxmail.netease.com", Some("qiye163")),
        ("mxn.mxhichina.com", Some("aliqiye")),
        ("mx1.qiye.aliyun.com", Some("aliqiye")),
        ("example-com.mail.protection.outlook.com", Some("office365")),
        ("aspmx.l.google.com", Some("gmail")),
        ("alt1.aspmx.l.google.com", Some("gmail")),
        ("mx.zoho.com", Some("zoho-own")),
        ("mxbiz3.qq.com", None),
        ("xmxbiz1.qq.com", None),
        ("mxbiz1.qq.com.example", None),
        ("notmxhichina.com", None),
        ("mx.example.com", None),
        ("", None),
    ] {
        assert_eq!(presets.behind(&[exchanger]).map(|preset| preset.id.as_str()), id, "{exchanger}");
    }
    // The first that says something counts: another may only be there for a rainy day.
    assert_eq!(presets.behind(&["mx.example.com", "mxbiz2.qq.com", "mx.zoho.com"]).unwrap().id, "exmail");
}

#[test]
fn the_facts_are_where_they_are_looked_for() {
    let presets = Presets::built_in();
    let preset = |id: &str| presets.named(id).unwrap();
    let (qq, exmail, netease, yeah, sina) =
        (preset("qq"), preset("exmail"), preset("163"), preset("yeah"), preset("sina"));
    assert_eq!((qq.poll, qq.recycle), (Some(Duration::from_secs(45)), Some(Duration::from_mins(10))));
    assert!(!qq.idle_push && qq.window && qq.hides_folders && qq.send_id && !qq.login_only);
    assert_eq!(exmail.secret_zh, "客户端专用密码");
    assert_eq!((exmail.recycle, exmail.window, exmail.moves), (qq.recycle, true, Some(Kept::Unreliable)));
    assert_eq!((&exmail.domains, &exmail.vouches), (&Vec::new(), &Vec::new()));
    for id in ["163", "126", "yeah", "188", "qiye163"] {
        assert!(preset(id).login_only && preset(id).send_id && !preset(id).sasl_ir, "{id}");
        assert_eq!(preset(id).recycle, None, "{id}");
    }
    assert_eq!((netease.searches_text, yeah.searches_text), (Some(Kept::Unreliable), Some(Kept::Yes)));
    assert!(netease.idle_push && !yeah.idle_push && yeah.verified);
    assert_eq!(preset("qiye163").imap_alternatives[0].host, "imaphz.qiye.163.com");
    assert!(!sina.idle && sina.sent == Sent::Append && sina.folders == [("草稿夹".to_owned(), Role::Drafts)]);
    assert!(preset("outlook").oauth_only && preset("office365").oauth_only);
    assert_eq!(preset("office365").domains, [""; 0]);
    assert_eq!(presets.at(&preset("aliqiye").imap_alternatives[0]).unwrap().id, "aliqiye");
    assert_eq!(preset("icloud").login, Login::LocalPart);
}

#[test]
fn what_the_user_writes_lies_over_what_we_know() {
    let built_in = Presets::built_in();
    let presets = built_in
        .with(&written(
            "[[provider]]\nid = \"qq\"\npoll = 120\nwhere_zh = []\n\
             [[provider]]\nid = \"ours\"\nlike = \"163\"\ndomains = [\"Mail.Example\"]\nimap = \"Imap.Mail.Example:993:tls\"\n",
        ))
        .unwrap();
    let qq = presets.of(&address("1@qq.com")).unwrap();
    assert_eq!((qq.poll, qq.where_zh.len(), qq.where_en.len()), (Some(Duration::from_mins(2)), 0, 3));
    // Who is like QQ follows.
    assert_eq!(presets.named("exmail").unwrap().poll, Some(Duration::from_mins(2)));
    let ours = presets.of(&address("me@mail.example")).unwrap();
    assert_eq!((ours.id.as_str(), ours.imap.host.as_str(), ours.login_only), ("ours", "imap.mail.example", true));
    assert_eq!(presets.all().len(), built_in.all().len() + 1);
    // Laid over itself nothing changes.
    assert_eq!(presets.with(&written("[[provider]]\nid = \"qq\"\npoll = 120\n")).unwrap().all(), presets.all());
    // A domain that two name is at the user's.
    let mine = "[[provider]]\nid = \"mine\"\ndomains = [\"qq.com\"]\nimap = \"qq.mail.example:993:tls\"\n";
    assert_eq!(built_in.with(&written(mine)).unwrap().of(&address("1@qq.com")).unwrap().id, "mine");
}

#[test]
fn what_makes_no_sense_is_named() {
    for (text, said) in [
        ("[[provider]]\nimap = \"h.example:993:tls\"", "`id` must be made of"),
        ("[[provider]]\nid = \"a b\"", "`id` must be made of"),
        ("[[provider]]\nid = \"new\"\ndomains = [\"mail.example\"]", "needs `imap`"),
        ("[[provider]]\nid = \"new\"\nimap = \"h.example:993:tls\"", "needs `domains or mx`"),
        (
            "[[provider]]\nid = \"new\"\nlike = \"nobody\"\ndomains = [\"mail.example\"]",
            "there is no provider `nobody`",
        ),
        ("[[provider]]\nid = \"qq\"\nlike = \"exmail\"", "like itself"),
        ("[[provider]]\nid = \"qq\"\n[[provider]]\nid = \"qq\"", "another provider with the id `qq`"),
        ("[[provider]]\nid = \"qq\"\nmx = [\"*\"]", "is not the name of a domain"),
        ("[[provider]]\nid = \"qq\"\nmx = [\"*.com\"]", "is not the name of a domain"),
        ("[[provider]]\nid = \"qq\"\ndomains = [\"*.example.com\"]", "is not the name of a domain"),
        ("[[provider]]\nid = \"qq\"\nwhere_en = [\"a\\u001b[2J\"]", "several lines"),
        ("[[provider]]\nid = \"qq\"\nhelp = \"javascript:x\"", "https://"),
    ] {
        let wrong = Presets::built_in().with(&written(text)).unwrap_err();
        assert!(wrong.sentence.contains(said), "{text}: {}", wrong.sentence);
    }
}
