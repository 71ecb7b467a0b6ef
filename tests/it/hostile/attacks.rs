//! What is sent to a terminal by somebody who should not reach it.

use super::places;

/// An attack by its name. `Latin` ones are bytes that are no UTF-8.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut all: Vec<(&'static str, Vec<u8>)> = vec![
        ("t01 clipboard", b"\x1b]52;c;aGVsbG8=\x07".to_vec()),
        ("t03 clear", b"\x1b[2J\x1b[1;1Hgone".to_vec()),
        ("t04 title", b"\x1b]0;OWNED\x07".to_vec()),
        ("t05 questions", b"\x1b[6n\x1b[c\x1b[>0q\x1bP$qm\x1b\\\x1bZ".to_vec()),
        ("t06 open osc", b"\x1b]8;;http://evil.example/".to_vec()),
        ("t06 open dcs", b"\x1bPq#0;2;0;0;0#0~~".to_vec()),
        ("t06 open apc", b"\x1b_Gf=24,s=10,v=10;AAAA".to_vec()),
        ("t07 c1 in utf-8", "\u{9b}2J\u{9d}0;OWNED\u{9c}\u{90}q\u{9c}\u{9f}x".as_bytes().to_vec()),
        ("t07 c1 in latin-1", b"\x9b2J\x9d0;OWNED\x9c\x84\x85\x8d".to_vec()),
        ("t09 overwrite", b"real@bank.example\rfake@evil.example\x08\x08\x08".to_vec()),
        ("t10 overrides", "gpj.\u{202e}exe.\u{2066}cod\u{2069}\u{200f}\u{061c}".as_bytes().to_vec()),
        (
            "t11 invisible",
            "a\u{200b}d\u{200d}m\u{feff}i\u{ad}n\u{e0041}\u{e007f}\u{2060}\u{180e}\u{3164}".as_bytes().to_vec(),
        ),
        ("t13 odd ends", "one\u{2028}two\u{2029}three\u{85}four\u{b}five\u{c}six".as_bytes().to_vec()),
        ("t15 emoji", "👨‍👩‍👧‍👦🏳️‍🌈🇨🇳🇨1️⃣☺️☺︎👍🏽🫱🏻‍🫲🏿⚠️\u{1f1e8}\u{200d}\u{fe0f}".as_bytes().to_vec()),
        ("wide", "鸿雁传书，".repeat(60).into_bytes()),
        ("nul and del", b"a\0b\x7fc\x01\x02\x1a\x1c".to_vec()),
        ("modes", b"\x1b[?1049l\x1b[?25l\x1b[?1003h\x1b[?2004l\x1b[4h\x1b#8\x1b(0\x0e\x1bc".to_vec()),
        ("one word", "W".repeat(20_000).into_bytes()),
    ];
    // T12: more marks on one letter than any script has.
    all.push(("t12 stacked marks", format!("z{}", "\u{301}\u{489}\u{20dd}".repeat(3_300)).into_bytes()));
    all
}

type Build = fn(&str) -> Vec<u8>;

/// Letters that attack as a whole.
pub const WHOLE: &[(&str, Build)] = &[
    ("h08 deep", |mark| places::page(mark, &"<div>".repeat(100_000))),
    ("h08 wide", |mark| places::page(mark, &format!("<table><tr>{}</tr></table>", "<td>x</td>".repeat(5_000)))),
    ("h08 colspan", |mark| {
        places::page(mark, "<table><tr><td colspan=4000000000 rowspan=4000000000>x</td><td>y</td></tr></table>")
    }),
    ("h08 attributes", |mark| {
        let attributes = (0..20_000).map(|n| format!(" a{n}=\"{n}\"")).collect::<Vec<_>>().concat();
        places::page(mark, &format!("<p{attributes}>words</p>"))
    }),
    ("h08 open tags", |mark| places::page(mark, &"<b><i><a href=x><font color=red>".repeat(20_000))),
    ("h08 tables in tables", |mark| places::page(mark, &"<table><tr><td>".repeat(10_000))),
    ("h08 lists in lists", |mark| places::page(mark, &"<ul><li>".repeat(20_000))),
    ("h08 entities", |mark| places::page(mark, &"&#27;&#x9b;&zwnj;&amp".repeat(50_000))),
    ("h08 style", |mark| places::page(mark, &format!("<style>{}</style>x", "a b c d e{color:red}".repeat(20_000)))),
    ("m01 multiparts", |mark| {
        let level = |n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
        places::with_rest(mark, &(0..10_000).map(level).collect::<String>())
    }),
    ("m01 messages", |mark| places::with_rest(mark, &"Content-Type: message/rfc822\r\n\r\n".repeat(30_000))),
    ("m02 parts", |mark| {
        let head = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
        let part = "--b\r\nContent-Disposition: attachment; filename=x\r\n\r\nx\r\n";
        places::with_rest(mark, &(head.to_owned() + &part.repeat(50_000)))
    }),
    ("m20 one line", |mark| places::plain(mark, "雁".repeat(2_000_000).as_bytes())),
    ("m21 quotes", |mark| places::plain(mark, format!("{} deep\r\n", ">".repeat(5_000)).repeat(200).as_bytes())),
    ("tabs", |mark| places::plain(mark, &b"\t\t\t\tx\t\ty\r\n".repeat(500))),
    ("empty", |mark| format!("Subject: {mark}\r\n\r\n").into_bytes()),
    ("headers only", |mark| format!("Subject: {mark}\r\n").into_bytes()),
    ("r02 recipients", |mark| {
        let to = "a@b.example, ".repeat(50_000);
        places::with_rest(mark, &format!("To: {to}\r\n\r\nwords"))
    }),
];
