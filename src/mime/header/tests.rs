use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

fn subject(block: &[u8]) -> String {
    headers(block).subject.as_untrusted().to_owned()
}

fn shown(block: &[u8]) -> Vec<(String, String)> {
    fields(block).into_iter().map(|f| (f.name.as_untrusted().to_owned(), f.value.as_untrusted().to_owned())).collect()
}

#[test]
fn a_usual_block() {
    let block = b"From: =?utf-8?B?5p2O6Zu3?= <lilei@example.com>\r\nTo: a@example.com,\r\n b@example.com\r\n\
        Subject: =?utf-8?Q?=E9=B8?=\r\n =?utf-8?Q?=BF?= letter\r\nDate: Tue, 17 Nov 2026 09:30:00 +0800\r\n\
        Message-ID: <one@example.com>\r\nReferences: <a@x.example>\r\n\t<b@x.example>\r\n\
        Content-Type: Multipart/Mixed; boundary=x\r\n\r\nSubject: not a header\r\n";
    let headers = headers(block);
    assert_eq!(headers.from[0].name.as_untrusted(), "李雷");
    assert_eq!(headers.to.len(), 2);
    assert_eq!(headers.subject.as_untrusted(), "鸿 letter");
    assert_eq!(headers.date, Some(Timestamp(1_794_879_000)));
    assert_eq!(headers.message_id.as_untrusted(), "one@example.com");
    assert_eq!(headers.references.len(), 2);
    assert!(headers.looks_attached());
}

#[test]
fn m06_raw_headers() {
    let gbk = b"From: \xba\xab\xc3\xb7\xc3\xb7 <a@example.com>\r\nSubject: \xb9\xd8\xd3\xda\xcf\xc2\xd6\xdc\xbb\xe1\xd2\xe9\xb5\xc4\xcd\xa8\xd6\xaa\r\n\r\n";
    assert_eq!(subject(gbk), "关于下周会议的通知");
    assert_eq!(headers(gbk).from[0].name.as_untrusted(), "韩梅梅");
    assert_eq!(subject("Subject: 关于下周会议的通知\n\n".as_bytes()), "关于下周会议的通知");
    assert_eq!(
        subject(b"Subject: \xc3\xf6\xa9\xf3\xa4U\xb6g\xb7|\xc4\xb3\xaa\xba\xb3q\xaa\xbe\n\n"),
        "關於下週會議的通知"
    );
    // What the same block says of itself decides where the bytes may be both.
    let both = b"\xb0\xa1\xb3\xaa\xb4\xd9";
    let block = |before: &str| [before.as_bytes(), b"Subject: ", both, b"\r\n\r\n"].concat();
    assert_eq!(subject(&block("Content-Type: text/plain; charset=euc-kr\r\n")), "가나다");
    assert_eq!(subject(&block("From: =?euc-kr?B?sKGzqrTZ?= <a@example.com>\r\n")), "가나다");
    assert_eq!(subject(&block("Content-Type: text/plain; charset=utf-8\r\n")), "啊唱促");
    let big5 =
        b"From: \xa4\xfd\xa4p\xa9\xfa <a@example.com>\r\nContent-Type: text/plain;\r\n\tcharset=\"big5\"\r\n\r\n";
    assert_eq!(headers(big5).from[0].name.as_untrusted(), "王小明");
}

#[test]
fn m19_the_first_of_two_counts() {
    let block = b"Subject: one\nSubject: two\nFrom: a@example.com\nFrom: b@example.com\nContent-Type: text/html\nContent-Type: multipart/mixed\n\n";
    let headers = headers(block);
    assert_eq!(headers.subject.as_untrusted(), "one");
    assert_eq!((headers.from.len(), headers.from[0].address.as_untrusted()), (1, "a@example.com"));
    assert_eq!(headers.content_type, "text/html");
    assert_eq!((count(block, "From"), count(block, "Subject"), count(block, "To")), (2, 2, 0));
}

#[test]
fn m17_rubbish_before_the_fields() {
    for before in [
        "\r\n",
        "\n \n",
        "\u{feff}",
        "\u{feff}\r\n",
        ">From a@example.com Tue Nov 17 09:30:00 2026\n",
        "From a@example.com Tue Nov 17 09:30:00 2026\r\n",
        "\r\nFrom x\n>From y\n",
        "0/X-Total-Score: -120:\n",
        "no colon here\n",
        " a line that goes on from nothing\n",
        ": no name\n",
        "\u{7}\u{1}: x\n",
    ] {
        assert_eq!(subject(format!("{before}Subject: here\n\nSubject: there\n").as_bytes()), "here", "{before:?}");
    }
    assert_eq!(subject(b"\r\n"), "");
    assert_eq!(subject(b"X: y\n\nSubject: body\n"), "");
}

#[test]
fn m18_ends_of_lines() {
    assert_eq!(subject(b"Subject: one\r\r\nX: y\r\r\n\r\r\nSubject: body"), "one");
    assert_eq!(subject(b"X: y\rSubject: one\r\rSubject: body\r"), "one");
    assert_eq!(subject(b"X: y\nSubject: one"), "one");
    assert_eq!(subject(b"Subject: o\0ne\0\n"), "one");
    // A lone CR among others ends nothing: it would hide what is behind it.
    assert_eq!(
        subject(b"Subject: real\rFrom: fake@example.com\r\nFrom: a@example.com\r\n\r\n"),
        "real\rFrom: fake@example.com"
    );
    let from = headers(b"Subject: x\nFrom: real@example.com\rfake@example.com").from;
    assert_eq!((from.len(), from[0].name.as_untrusted()), (1, "real@example.com\rfake@example.com"));
}

#[test]
fn lines_that_are_folded_oddly() {
    assert_eq!(subject(b"Subject:\r\n one\r\n\t two\r\n"), "one two");
    assert_eq!(subject(b"Subject: one\r\n \r\n two\r\nX: y\r\n"), "one  two");
    assert_eq!(subject(b"Subject: =?gb2312?B?xOM=?=\r\n=?gb2312?B?usM=?=\r\nX: y\r\n"), "你好");
    assert_eq!(subject(b"Subject : one\r\n"), "one");
    assert_eq!(subject(b"Subject:one\n"), "one");
    assert_eq!(headers(b"From : a@example.com\nSubject: x\n").from.len(), 1);
}

#[test]
fn fields_of_qq() {
    let block = b"X-QQ-mid: xmail1\r\nX-OQ-MSGID: <other@example.com>\r\nMessage-ID: <true@example.com>\r\n\
        X-QQ-XMAILINFO: abc\r\n def\r\nX-Mailer: Foxmail 7.2.25[cn]\r\nSubject: =?gb18030?B?z/LI1Q==?=\r\n\r\n";
    assert_eq!(headers(block).message_id.as_untrusted(), "true@example.com");
    let all = shown(block);
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["X-QQ-mid", "X-OQ-MSGID", "Message-ID", "X-QQ-XMAILINFO", "X-Mailer", "Subject"]);
    assert_eq!((all[3].1.as_str(), all[5].1.as_str()), ("abc def", "向日"));
}

#[test]
fn all_fields_are_bounded() {
    assert_eq!(shown(b"A: 1\nA: 2\n\nB: 3"), [("A".into(), "1".into()), ("A".into(), "2".into())]);
    assert_eq!(shown(b"X: \xbb\xe1\xd2\xe9\n"), [("X".into(), "会议".into())]);
    assert_eq!(fields(&b"A: 1\n".repeat(100_000)).len(), MOST_FIELDS);
    let long = [b"A: ", &vec![b'x'; 50_000][..], b"\n"].concat();
    let all = fields(&long.repeat(100));
    assert!(all.len() < 30 && all.len() > 10, "{}", all.len());
}

#[test]
fn cst_by_who_sends() {
    let at = |before: &str| headers(format!("{before}Date: Wed, 24 Dec 2014 04:09:36 CST\r\n\r\n").as_bytes()).date;
    let (china, chicago) = (Some(Timestamp(1_419_365_376)), Some(Timestamp(1_419_415_776)));
    assert_eq!(at("From: a@example.com\r\n"), chicago);
    assert_eq!(at("From: a@mail.example.cn\r\n"), china);
    assert_eq!(at("From: \"x\" <a@QQ.com>\r\n"), china);
    assert_eq!(at("From: a@notqq.com\r\n"), chicago);
    assert_eq!(at("From: =?gb2312?B?xOO6ww==?= <a@example.com>\r\n"), china);
    assert_eq!(at("Content-Type: text/plain; charset=GBK\r\nFrom: a@example.com\r\n"), china);
    // The first machine counts, and not the reader's own.
    let ours = "Received: from mx.example by mx.qq.com; Mon\r\n";
    assert_eq!(at(ours), chicago);
    assert_eq!(at(&format!("{ours}Received: from m1.163.com (x [192.0.2.1])\r\n by mx.example; Mon\r\n")), china);
}

#[test]
fn m15_dates_in_chinese_letters() {
    let then = Some(Timestamp(1_548_385_572));
    assert_eq!(headers("Date: 星期五, 25 一月 2019 11:06:12 +0800\n".as_bytes()).date, then);
    assert_eq!(headers(b"Date: \xd0\xc7\xc6\xda\xce\xe5, 25 \xd2\xbb\xd4\xc2 2019 11:06:12 +0800\n").date, then);
    assert_eq!(headers(b"Date: =?gb2312?B?0MfG2s7l?=, 25 Jan 2019 11:06:12 +0800\n").date, then);
    assert_eq!(headers(b"Subject: no date\nFrom:\nDate: 1 Jan 99999 00:00:00\n").date, None);
}

#[test]
fn ids_stay_what_they_are() {
    let block = b"Message-ID: <a.b+c=d$e%f@example.com>\r\nIn-Reply-To: Your mail of Monday <x@example.com> (y)\r\nReferences: <1@x><2@x>\r\n\t<3@x>\r\n\r\n";
    let headers = headers(block);
    assert_eq!(headers.message_id.as_untrusted(), "a.b+c=d$e%f@example.com");
    assert_eq!(headers.in_reply_to.as_untrusted(), "x@example.com");
    assert_eq!(headers.references.iter().map(Text::as_untrusted).collect::<Vec<_>>(), ["1@x", "2@x", "3@x"]);
}

#[test]
fn a_huge_field_is_cut() {
    let mut block = b"Subject: ".to_vec();
    block.extend(std::iter::repeat_n(b'x', 50_000_000));
    assert!(headers(&block).subject.as_untrusted().len() <= LONGEST_FIELD);
    for piece in
        [&b"\n"[..], b"\r", b"a:\n", b"=?u?Q?\n", b" \n", b"a:\r", b"From \n", b"Date: CST\n", b"From:\xff\n", b"\0"]
    {
        let block = piece.repeat(500_000 / piece.len());
        let _ = (headers(&block), context(&block));
        assert!(fields(&block).len() <= MOST_FIELDS);
    }
}

const BLOCKS: &[&[u8]] = &[
    b"From: =?gb2312?B?wO7A1w==?= <a@example.com>\r\nTo: b@example.com, c@example.com\r\nSubject: =?utf-8?Q?=E9=B8?=\r\n =?utf-8?Q?=BF?=\r\n\r\nbody",
    b"\r\nFrom x\nSubject: \xbb\xe1\xd2\xe9\r\nContent-Type: text/plain; charset=gb2312\r\nDate: Wed Dec 24 04:09:36 2014\r\n\r\n",
    b"Received: from m1.163.com by mx.example\nMessage-ID: <one@example.com>\nReferences: <a@x> <b@x>\nReply-To: x:;\nDate: 2019-01-25 11:06 CST\n",
];

const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b":",
    b"<",
    b">",
    b"\"",
    b"=?",
    b"?=",
    b"\0",
    b"\xbb\xe1",
    b"\xef\xbb\xbf",
    b"From: ",
    b"Date: ",
    b"From ",
    b"\x1b$B",
    b"~{",
    b"CST",
];

#[test]
fn z_header() {
    fuzz(&Diet { good: BLOCKS, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let headers = headers(bytes);
        let _ = (context(bytes), count(bytes, "from"));
        fields(bytes).len() <= MOST_FIELDS && headers.references.len() <= 200
    });
}
