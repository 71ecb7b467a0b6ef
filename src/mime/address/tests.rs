use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

fn read(value: &[u8]) -> Vec<(String, String)> {
    list(value, None)
        .into_iter()
        .map(|a| (a.name.as_untrusted().to_owned(), a.address.as_untrusted().to_owned()))
        .collect()
}

#[track_caller]
fn reads(value: impl AsRef<[u8]>, expected: &[(&str, &str)]) {
    let found = read(value.as_ref());
    let found: Vec<(&str, &str)> = found.iter().map(|(name, address)| (name.as_str(), address.as_str())).collect();
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(value.as_ref()));
}

#[test]
fn the_usual_forms() {
    reads("Li Lei <lilei@example.com>", &[("Li Lei", "lilei@example.com")]);
    reads("\"Lei, Li\" <a@example.com>, b@example.com", &[("Lei, Li", "a@example.com"), ("", "b@example.com")]);
    reads("a@example.com (Li Lei)", &[("Li Lei", "a@example.com")]);
    reads("Li (at work) Lei <a@example.com>", &[("Li  Lei", "a@example.com")]);
    reads("\"Lei \\\"L\\\" Li\" <a@example.com>", &[("Lei \"L\" Li", "a@example.com")]);
    reads("root", &[("", "root")]);
    reads("MAILER-DAEMON (Mail System)", &[("Mail System", "MAILER-DAEMON")]);
}

#[test]
fn encoded_words_in_quotes_and_out_of_them() {
    reads("\"=?gb18030?B?z/LI1Q==?=\" <a@qq.example>", &[("向日", "a@qq.example")]);
    reads("\"=?utf-8?B?6bi/6ZuB?=\" <a@example.com>", &[("鸿雁", "a@example.com")]);
    reads("=?utf-8?B?6bi/?=\r\n =?utf-8?B?6ZuB?= <a@example.com>", &[("鸿雁", "a@example.com")]);
    reads("a@example.com (=?gbk?B?1cXI/Q==?=)", &[("张三", "a@example.com")]);
    // What stands in a word is no structure.
    reads(
        "=?gb2312?Q?=D5=C5,(=C8=FD?= <a@example.com>, b@example.com",
        &[("张,(三", "a@example.com"), ("", "b@example.com")],
    );
    reads("=?utf-8?Q?a_<evil@example.net>?= <a@example.com>", &[("a <evil@example.net>", "a@example.com")]);
}

#[test]
fn an_address_inside_of_its_name() {
    reads("=?utf-8?B?6bi/6ZuBIDxhQGV4YW1wbGUuY29tPg==?=", &[("鸿雁", "a@example.com")]);
    reads("\"=?utf-8?B?6bi/6ZuBIDxhQGV4YW1wbGUuY29tPg==?=\"", &[("鸿雁", "a@example.com")]);
    reads("\"=?utf-8?B?6bi/6ZuB?= <a@example.com>\"", &[("鸿雁", "a@example.com")]);
    reads("=?gbk?B?IsDuwNciIDxhQGV4YW1wbGUuY29tPg==?=", &[("李雷", "a@example.com")]);
    reads("\"a@example.com\"", &[("", "a@example.com")]);
    reads("Li Lei a@example.com", &[("Li Lei", "a@example.com")]);
    // Who writes two of them, of which one is hidden, is shown with both and has neither.
    let both = "x@evil.example <service@bank.example>";
    reads("x@evil.example =?utf-8?Q?<service@bank.example>?=", &[(both, "")]);
    // The true one is outside.
    reads("\"service@bank.example\" <x@evil.example>", &[("service@bank.example", "x@evil.example")]);
    reads("\"Bank <service@bank.example>\" <x@evil.example>", &[("Bank <service@bank.example>", "x@evil.example")]);
}

#[test]
fn m06_raw_names() {
    reads(b"\xc0\xee\xc0\xd7 <a@example.com>", &[("李雷", "a@example.com")]);
    reads(
        b"\"\xba\xab\xc3\xb7\xc3\xb7\" <a@example.com>, \xc0\xee\xc0\xd7 <b@example.com>",
        &[("韩梅梅", "a@example.com"), ("李雷", "b@example.com")],
    );
    reads("李雷 <a@example.com>", &[("李雷", "a@example.com")]);
    // Characters with an at sign, a backslash and a bar in them.
    let found = list(b"\"\xc0\xee\x95\\\" <a@example.com>", Some("gb18030"));
    assert_eq!((found[0].name.as_untrusted(), found[0].address.as_untrusted()), ("李昞", "a@example.com"));
    let found = list(b"\xb3\\\xa5\\\xbb\\ <a@example.com>", Some("big5"));
    assert_eq!(found[0].name.as_untrusted(), "許功蓋");
    let found = list(b"\xa5\x40\xac\xc9 <a@example.com>", Some("big5"));
    assert_eq!((found.len(), found[0].name.as_untrusted()), (1, "世界"));
    reads("~{@n5e~} <a@example.com>", &[("李靛", "a@example.com")]);
}

#[test]
fn m16_groups_and_several_senders() {
    reads("team: a@example.com, b@example.com;", &[("", "a@example.com"), ("", "b@example.com")]);
    reads("team: a@example.com;, c@example.com", &[("", "a@example.com"), ("", "c@example.com")]);
    reads("undisclosed-recipients:;", &[]);
    reads("=?gb2312?B?xOO6ww==?=:;", &[]);
    reads("A <a@example.com>, B <b@example.com>", &[("A", "a@example.com"), ("B", "b@example.com")]);
    reads("A <a@example.com> B <b@example.com>", &[("A", "a@example.com"), ("B", "b@example.com")]);
    reads(
        "a@example.com; b@example.com;c@example.com",
        &[("", "a@example.com"), ("", "b@example.com"), ("", "c@example.com")],
    );
}

#[test]
fn addresses_of_old_and_odd_forms() {
    reads("<@a.example,@b.example:c@example.com>", &[("", "c@example.com")]);
    reads("\"a b\"@example.com, <\"c,d\"@example.com>", &[("", "\"a b\"@example.com"), ("", "\"c,d\"@example.com")]);
    reads("Li Lei < a@example.com >", &[("Li Lei", "a@example.com")]);
    reads("a @ example.com", &[("a @ example.com", "")]);
    reads("mailto:a@example.com, B <mailto:b@example.com>", &[("", "a@example.com"), ("B", "b@example.com")]);
    reads("a@[127.0.0.1]", &[("", "a@[127.0.0.1]")]);
    reads("a@[IPv6:2001:db8::1]", &[("", "a@[IPv6:2001:db8::1]")]);
    reads("Li Lei <>", &[("Li Lei", "")]);
}

#[test]
fn signs_of_full_width() {
    reads("李雷 <lilei＠example.com>", &[("李雷", "lilei@example.com")]);
    reads("lilei＠example.com", &[("", "lilei@example.com")]);
    reads(
        "a@example.com，b@example.com；李雷 <c@example.com>，d@example.com",
        &[("", "a@example.com"), ("", "b@example.com"), ("李雷", "c@example.com"), ("", "d@example.com")],
    );
    reads("李雷，经理 <a@example.com>", &[("李雷，经理", "a@example.com")]);
}

#[test]
fn what_was_never_closed() {
    reads("<a@example.com", &[("", "a@example.com")]);
    reads("Li <a@example.com, b@example.com", &[("Li", "a@example.com"), ("", "b@example.com")]);
    reads("\"Li Lei <a@example.com>, b@example.com", &[("\"Li Lei", "a@example.com"), ("", "b@example.com")]);
    reads("Li (Lei <a@example.com>, b@example.com", &[("Li (Lei", "a@example.com"), ("", "b@example.com")]);
    reads(":-( <a@example.com>", &[("-(", "a@example.com")]);
}

#[test]
fn m16_rubbish_is_bounded() {
    reads("", &[]);
    reads(",,;<>", &[]);
    for piece in [";", "(", "<", "\"", "\\", ":", "@", "< ", "=?", "<a", ",\"", "a@b,", "(=?", "<@,", "a:", "，", "\"<"]
    {
        let found = list(piece.repeat(1_000_000 / piece.len()).as_bytes(), None);
        assert!(found.len() <= MOST, "{piece}");
    }
    assert_eq!(list(&b";".repeat(1_000_000), None), []);
    assert_eq!(list(&b"a@b,".repeat(1_000_000), None).len(), MOST);
}

const LISTS: &[&[u8]] = &[
    b"\"=?gb18030?B?z/LI1Q==?=\" <a@example.com>, b@example.com (=?gbk?B?1cXI/Q==?=)",
    b"team: \xc0\xee\xc0\xd7 <a@example.com>, \"a b\"@example.com;, <@a.example:c@example.com>",
    b"=?utf-8?B?6bi/6ZuBIDxhQGV4YW1wbGUuY29tPg==?=; Li \"Lei\" (x (y)) <a@[127.0.0.1]>",
    "李雷 <lilei＠example.com>，b@example.com".as_bytes(),
];

const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"\"",
    b"(",
    b")",
    b",",
    b";",
    b":",
    b"@",
    b"\\",
    b" ",
    b"=?gbk?Q?",
    b"?=",
    b"\xc0\xee",
    b"\x95\\",
    b"~{",
    b"mailto:",
    "，".as_bytes(),
    "＠".as_bytes(),
];

#[test]
fn z_address() {
    fuzz(&Diet { good: LISTS, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let found = list(bytes, Some("gb18030"));
        found.len() <= MOST && found.iter().all(|one| !(one.name.is_empty() && one.address.is_empty()))
    });
}
