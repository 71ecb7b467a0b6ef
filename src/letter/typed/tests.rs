use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

fn shown(typed: &str) -> Vec<String> {
    addresses(typed)
        .into_iter()
        .map(|one| match one.mailbox {
            Ok(mailbox) => format!("{}|{}", mailbox.name(), mailbox.address()),
            Err(wrong) => format!("{wrong:?}"),
        })
        .collect()
}

#[test]
fn it_is_read_as_it_was_meant() {
    for (typed, read) in [
        ("a@example.com", &["|a@example.com"][..]),
        ("a@example.com, b@example.com; c@example.com", &["|a@example.com", "|b@example.com", "|c@example.com"]),
        (
            "a@example.com，b＠example.com；c@example.com、d@example.com",
            &["|a@example.com", "|b@example.com", "|c@example.com", "|d@example.com"],
        ),
        ("a@example.com b@example.com\nc@example.com", &["|a@example.com", "|b@example.com", "|c@example.com"]),
        ("李雷 <li@example.com>", &["李雷|li@example.com"]),
        ("\"李, 雷\" <li@example.com>, b@example.com", &["李, 雷|li@example.com", "|b@example.com"]),
        ("\"a \\\"b\\\" c\" <li@example.com>", &["a \"b\" c|li@example.com"]),
        ("Li Lei li@example.com", &["Li Lei|li@example.com"]),
        ("li@example.com (Li Lei)", &["Li Lei|li@example.com"]),
        ("Team: a@example.com, Li <b@example.com>;", &["|a@example.com", "Li|b@example.com"]),
        ("undisclosed-recipients:;", &[]),
        ("mailto:a@example.com", &["|a@example.com"]),
        ("<a@example.com", &["|a@example.com"]),
        ("Li <a@example.com, b@example.com", &["Li|a@example.com", "|b@example.com"]),
        ("a@例子.example", &["|a@xn--fsqu00a.example"]),
        ("a@ＱＱ。ｃｏｍ", &["|a@qq.com"]),
        ("\u{202a}a@example.com\u{202c}", &["|a@example.com"]),
        ("李@example.com", &["|李@example.com"]),
        ("\"a b\"@example.com", &["|\"a b\"@example.com"]),
        ("a..b@example.com", &["|\"a..b\"@example.com"]),
        ("a@[127.0.0.1]", &["|a@[127.0.0.1]"]),
        ("", &[]),
        (" , ;", &[]),
        ("zs", &["NoAt"]),
        ("zs, a@example.com", &["NoAt", "|a@example.com"]),
        ("\"zs", &["NoAt"]),
        ("@example.com", &["NoLocal"]),
        ("a@", &["NoDomain"]),
        ("a@b..com", &["BadDomain"]),
        ("a@-b.com", &["BadDomain"]),
        ("a@b@c.com", &["BadLocal"]),
        ("<a b@c.com>", &["BadLocal"]),
        ("<a@b\tc.com>", &["BadDomain"]),
    ] {
        assert_eq!(shown(typed), read, "{typed:?}");
    }
    assert_eq!(shown(&format!("{}@example.com", "a".repeat(200))), ["TooLong"]);
}

#[test]
fn a_stray_quotation_mark_makes_nobody_a_recipient() {
    for (typed, read) in [
        (
            "\"<evil@e.example>, Li\" <li@x.example>, Bob 6\" <bob@y.example>",
            &["BadLocal", "Bob 6\"|bob@y.example"][..],
        ),
        ("Bob 6\" <bob@y.example>, \"<evil@e.example>, Li\" <li@x.example>", &["Bob 6\"|bob@y.example", "BadLocal"]),
        (
            "Bob 6\" <bob@y.example>, \"<evil@e.example>, Li\" <li@x.example>, Al 7\" <al@y.example>",
            &["Bob 6\"|bob@y.example", "BadLocal", "Al 7\"|al@y.example"],
        ),
        ("\" Bob <bob@y.example>, \"<evil@e.example>, Li\" <li@x.example>", &["BadLocal", "Li\"|li@x.example"]),
        ("\"evil@e.example, Li\" <li@x.example>, \" <bob@y.example>", &["BadLocal", "\"|bob@y.example"]),
        // Where all are closed, what stands between them is a name.
        (
            "\"<evil@e.example>, Li\" <li@x.example>, b@y.example",
            &["<evil@e.example>, Li|li@x.example", "|b@y.example"],
        ),
        ("\"Li, Lei\" <li@x.example>, Bob 6\" <bob@y.example>", &["Li, Lei|li@x.example", "Bob 6\"|bob@y.example"]),
        ("\"Li, Lei\" <li@x.example>, \"Bob <bob@y.example>", &["Li, Lei|li@x.example", "\"Bob|bob@y.example"]),
        (
            "li@x.example (Li, evil@e.example), Bob (b <bob@y.example>",
            &["Li, evil@e.example|li@x.example", "Bob (b|bob@y.example"],
        ),
    ] {
        assert_eq!(shown(typed), read, "{typed:?}");
    }
}

#[test]
fn who_is_too_many_is_told() {
    let many = "a@example.com,".repeat(MOST);
    assert_eq!(addresses(&many).iter().filter(|one| one.mailbox.is_ok()).count(), MOST);
    assert_eq!(addresses(&many).len(), MOST);
    for more in ["b@example.com", "b@example.com, c@example.com, d"] {
        let typed = format!("{many}{more}");
        let all = addresses(&typed);
        let last = all.last().unwrap();
        assert_eq!((all.len(), &last.mailbox), (MOST + 1, &Err(Wrong::TooMany)));
        assert_eq!(typed.get(last.at.clone()), Some("b@example.com"));
    }
    assert_eq!(addresses(&"a@example.com ".repeat(MOST + 5)).last().unwrap().mailbox, Err(Wrong::TooMany));
}

#[test]
fn every_piece_says_where_it_stands() {
    let typed = "李雷 <li@example.com>，zs；  b@example.com c@example.com ";
    let pieces: Vec<&str> = addresses(typed).into_iter().map(|one| typed.get(one.at).unwrap()).collect();
    assert_eq!(pieces, ["李雷 <li@example.com>", "zs", "b@example.com", "c@example.com"]);
}

#[test]
fn what_was_read_is_typed_the_same_way() {
    for (name, address) in [
        ("", "a@example.com"),
        ("李, 雷", "a@example.com"),
        ("a \"b\\", "\"x y\"@example.com"),
        ("=?utf-8?B?", "a@b.c"),
    ] {
        let mailbox = Mailbox::new(name, address).unwrap();
        let again = addresses(&format!("{}, x@example.com", mailbox.typed()));
        assert_eq!(again[0].mailbox.as_ref().unwrap(), &mailbox);
        assert_eq!(again.len(), 2);
    }
}

#[test]
fn z_whatever_is_typed() {
    const GOOD: &[&[u8]] = &[
        "李雷 <li@example.com>，zs；  b@example.com c@example.com ".as_bytes(),
        b"\"a, \\\"b\" <a@example.com>, Team: b@example.com, (x) c@example.com;",
    ];
    const PIECES: &[&[u8]] = &[
        b"\"",
        b"<",
        b">",
        b"(",
        b")",
        b",",
        b";",
        b":",
        b"@",
        b"\\",
        b"\r\n",
        b"\0",
        "＠，；".as_bytes(),
        b"\xff",
        b" ",
    ];
    fuzz(&Diet { good: GOOD, pieces: PIECES }, Long::Minutes(2), |bytes| {
        let typed = String::from_utf8_lossy(bytes);
        let mut last = 0;
        addresses(&typed).into_iter().all(|one| {
            let ordered = one.at.start >= last && typed.get(one.at.clone()).is_some_and(|piece| !piece.is_empty());
            last = one.at.end;
            let differs = one.mailbox.is_ok_and(|mailbox| {
                let is_one_line = |text: &str| !text.contains(|c: char| c.is_control());
                let again = addresses(&mailbox.typed());
                !(is_one_line(&mailbox.address())
                    && is_one_line(mailbox.name())
                    && again.len() == 1
                    && again[0].mailbox.as_ref() == Ok(&mailbox))
            });
            ordered && !differs
        })
    });
}
