use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

#[track_caller]
fn is(how: Transfer, encoded: &[u8], text: &str) {
    let decoded = decode(encoded, how);
    assert_eq!(String::from_utf8_lossy(&decoded), text, "{}", String::from_utf8_lossy(encoded));
}

#[test]
fn m09_quoted_printable_right_and_broken() {
    let is = |encoded: &[u8], text| is(Transfer::QuotedPrintable, encoded, text);
    is(b"a=3Db =\r\nc  \r\nd", "a=b c\r\nd");
    is(b"=E9=B8=\n=BF", "鸿");
    is(b"=e9=b8=bf", "鸿");
    is(b"=XY = =4", "=XY = =4");
    is(b"a=", "a");
    is(b"a= \t\r\r\nb", "ab");
    is(b"=\n=\n\n", "\r\n");
    is(b"==E9=B8=BF=", "=鸿");
    is("鸿=E9=9B=81".as_bytes(), "鸿雁");
    is(b"", "");
}

#[test]
fn m09_base64_right_and_broken() {
    let text = "鸿雁是一个邮件阅读器，会议通知在附件里，请查收。";
    let is = |encoded: &[u8], text| is(Transfer::Base64, encoded, text);
    let (begin, end) =
        ("6bi/6ZuB5piv5LiA5Liq6YKu5Lu26ZiF6K+75Zmo77yM5Lya6K6u6YCa", "55+l5Zyo6ZmE5Lu26YeM77yM6K+35p+l5pS244CC");
    is(format!("{begin}\r\n{end}\r\n").as_bytes(), text);
    is(format!("{begin}{end}").as_bytes(), text);
    is(format!("{begin}\n\n  {end}  \n").as_bytes(), text);
    is(format!("{begin}!{end}").as_bytes(), text);
    is(b"6bi/ 6ZuB", "鸿雁");
    // The padding is missing, or there is too much of it, or something behind it.
    is(b"aGk", "hi");
    is(b"aGk=", "hi");
    is(b"aGk====", "hi");
    is(b"aGk=\r\naGk=\r\n", "hihi");
    // Words of others.
    is(format!("The following is encoded:\r\n{begin}\r\n{end}\r\n").as_bytes(), text);
    is(b"aGk=\r\n_______________________________________________\r\nAnnounce mailing list\r\nhttp://lists.example.com/\r\n", "hi");
    is(format!("{begin}\r\n-- \r\nSent from: https://example.com/ by me\r\n{end}").as_bytes(), text);
    is(b"?!", "");
}

#[test]
fn m10_uuencode_in_a_text() {
    let text = b"Hello,\r\nbegin 644 fox.txt\r\nM5&AE('%U:6-K(&)R;W=N(&9O>\"!J=6UP<R!O=F5R('1H92!L87IY(&1O9RP@\r\n*86YD(&%G86EN+@``\r\n`\r\nend\r\nBye\r\n";
    let found = uuencoded(text, None);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_untrusted(), found[0].how, found[0].size), ("fox.txt", InlineEncoding::Uuencode, 55));
    assert_eq!(found[0].bytes, b"The quick brown fox jumps over the lazy dog, and again.");
    assert_eq!((&text[..found[0].at.start], &text[found[0].at.end..]), (&b"Hello,\r\n"[..], &b"Bye\r\n"[..]));
    // With blanks for zeros, and with those at the ends of the lines lost.
    for zeros in [&b"begin 644 z\n)    86)C    \n \nend\n"[..], b"begin 644 z\n)    86)C\n\nend\n"] {
        assert_eq!(uuencoded(zeros, None)[0].bytes, b"\0\0\0abc\0\0\0");
    }
    let named = b"begin 644 \xb1\xa8\xb8\xe6.doc\n#86)C\n`\nend\nbegin 0755 b\n#86)C\nend\n";
    let names: Vec<_> = uuencoded(named, None).into_iter().map(|file| file.name.as_untrusted().to_owned()).collect();
    assert_eq!(names, ["报告.doc", "b"]);
    // Cut off.
    assert_eq!(uuencoded(b"begin 644 a\n#86)C\n#86", None)[0].bytes, b"abca`\0");
}

#[test]
fn m10_what_only_begins_like_it() {
    for text in [
        "begin 644 the day with this:\nSome words.\nend\n",
        "begin 644 a\nend\n",
        "begin 644 a\n",
        "begin 644\n#86)C\nend\n",
        "begin now\n#86)C\nend\n",
        "begin 644 A\nHELLO WORLD\nIN CAPITAL LETTERS\n",
        " begin 644 a\n#86)C\nend\n",
    ] {
        assert_eq!(uuencoded(text.as_bytes(), None), [], "{text}");
    }
}

#[test]
fn m10_lengths_that_lie() {
    // Each says 63 bytes and has three.
    let lies = [&b"begin 644 a\n"[..], &b"_86)C\n".repeat(1000), b"end\n"].concat();
    assert_eq!(uuencoded(&lies, None)[0].bytes.len(), 3_000);
    let short = b"begin 644 a\n!86)C86)C86)C\nend\n";
    assert_eq!(uuencoded(short, None)[0].bytes, b"a");
    let long = [&b"begin 644 a\n_"[..], &b"8".repeat(5_000_000), b"\nend\n"].concat();
    assert_eq!(uuencoded(&long, None), []);
    let many = b"begin 644 a\n#86)C\nend\n".repeat(10_000);
    assert_eq!(uuencoded(&many, None).len(), MOST_INLINE);
    for piece in [&b"begin 644 a\n"[..], b"begin 644 a\n#86)C\n", b"\n", b"=ybegin size=1 name=a\n", b"begin 644 a\n\n"]
    {
        assert!(uuencoded(&piece.repeat(2_000_000 / piece.len()), None).len() <= 1);
    }
}

#[test]
fn m10_yenc_is_listed() {
    let text = b"x\n=ybegin line=128 size=1234 name=a b.rar\n\x93\x9e\x0a=yend size=1234\ny\n";
    let found = uuencoded(text, None);
    assert_eq!((found[0].name.as_untrusted(), found[0].how, found[0].size), ("a b.rar", InlineEncoding::YEnc, 1234));
    assert_eq!((found[0].bytes.as_slice(), &text[found[0].at.end..]), (&b""[..], &b"y\n"[..]));
    assert_eq!(uuencoded(b"=ybegin line=128 size=99999999999999999999 name=a\n=yend\n", None), []);
}

const TEXTS: &[&[u8]] = &[
    b"Hello,\nbegin 644 fox.txt\n#86)C\n`\nend\nBye\n",
    b"=ybegin line=128 size=12 name=a\nxxx\n=yend\n",
    b"xOO6ww==\r\n-- \r\nlist\r\n",
    b"a=3Db =\r\nc  \r\nd=E9=B8=\n=BF",
];

const PIECES: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"begin 644 a\n",
    b"end\n",
    b"`\n",
    b"_",
    b"M",
    b"=",
    b"=\n",
    b"=4",
    b"=ybegin size=1 name=a\n",
    b"=yend\n",
    b" ",
];

#[test]
fn z_transfer() {
    fuzz(&Diet { good: TEXTS, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let mut last = 0;
        let in_order = uuencoded(bytes, None).iter().all(|file| {
            let good = file.at.start >= last
                && file.at.end > file.at.start
                && file.at.end <= bytes.len()
                && file.bytes.len() <= bytes.len() * USUAL_LENGTH;
            last = file.at.end;
            good
        });
        in_order
            && well_formed_base64(bytes).is_none_or(|quickly| quickly == other_base64(bytes))
            && decode(bytes, Transfer::Base64).len() <= bytes.len()
            && decode(bytes, Transfer::QuotedPrintable).len() <= bytes.len() * 2 + 2
    });
}

proptest::proptest! {
    #[test]
    fn what_is_well_formed_is_read_in_one_go(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), line in 1_usize..90) {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut encoded = Vec::new();
        for three in bytes.chunks(3) {
            let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            let digit = |n: usize| if n <= three.len() { DIGITS[(bits >> (18 - 6 * n) & 63) as usize] } else { b'=' };
            encoded.extend((0..4).map(digit));
        }
        let lines: Vec<&[u8]> = encoded.chunks(line).collect();
        // Padding that is cut by an end of line is for those who forgive.
        let whole = lines.join(&b"\r\n"[..]);
        proptest::prop_assert_eq!(&decode(&whole, Transfer::Base64), &bytes);
        if lines.last().is_none_or(|last| last.first() != Some(&b'=')) {
            proptest::prop_assert_eq!(well_formed_base64(&whole), Some(bytes));
        }
    }
}
