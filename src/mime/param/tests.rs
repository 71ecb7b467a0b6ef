use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

#[track_caller]
fn named(disposition: impl AsRef<[u8]>, name: &str) {
    named_by(disposition, "", name);
}

#[track_caller]
fn named_by(disposition: impl AsRef<[u8]>, content_type: impl AsRef<[u8]>, name: &str) {
    let found = file_name(disposition.as_ref(), content_type.as_ref(), None);
    assert_eq!(found.as_untrusted(), name, "{}", String::from_utf8_lossy(disposition.as_ref()));
}

#[track_caller]
fn has(value: impl AsRef<[u8]>, name: &str, expected: Option<&str>) {
    let found = params(value.as_ref()).get(name).map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(found.as_deref(), expected, "{}", String::from_utf8_lossy(value.as_ref()));
}

#[test]
fn parameters_as_they_should_be_and_as_they_are() {
    has("text/plain; charset=gb2312", "charset", Some("gb2312"));
    has("text/plain; Charset=\"utf-8\" ; format=flowed", "charset", Some("utf-8"));
    has("text/plain;charset = utf-8;delsp=yes", "charset", Some("utf-8"));
    has("text/plain; charset=us-ascii (Plain text); format=flowed", "charset", Some("us-ascii"));
    has("text/plain; charset=us-ascii (Plain text); format=flowed", "format", Some("flowed"));
    has("text/plain charset=gbk format=flowed", "charset", Some("gbk"));
    has("text/plain charset=gbk format=flowed", "format", Some("flowed"));
    has("text/plain; charset=\"gbk\" format=flowed", "format", Some("flowed"));
    has("text/plain;;; charset=gbk;", "charset", Some("gbk"));
    has("text/plain; charset=\"gbk", "charset", Some("gbk"));
    has("text/plain; charset=\"gbk; format=flowed", "format", Some("flowed"));
    has("text/plain; charset=", "charset", Some(""));
    has("multipart/mixed; boundary=\"a;b=c\"", "boundary", Some("a;b=c"));
    has("multipart/mixed;\r\n\tboundary=\"----=_001_NextPart_=----\"", "boundary", Some("----=_001_NextPart_=----"));
    has("text/plain; charset*=us-ascii'en'gbk", "charset", Some("gbk"));
    has("text/plain; charset=one; charset=two", "charset", Some("one"));
    has("text/plain", "charset", None);
    has("", "charset", None);
}

#[test]
fn m12_raw_names() {
    named(b"attachment; filename=\"\xb1\xa8\xb8\xe6.doc\"", "报告.doc");
    named(b"attachment; filename=\xb1\xa8\xb8\xe6.doc", "报告.doc");
    named("attachment; filename=\"报告.doc\"", "报告.doc");
    // A backslash is the second half of a character.
    named(b"attachment; filename=\"\xc0\xee\x95\\\"; size=3", "李昞");
    named(b"attachment; filename=\"\xc0\xee\x95\\.doc\"", "李昞.doc");
    named(b"attachment; filename=\"\xb7|\xc4\xb3\xb3q\xaa\xbe.doc\"", "會議通知.doc");
    let big5 = file_name(b"attachment; filename=\"\xb3\\\xa5\\\xbb\\\"", b"", Some("big5"));
    assert_eq!(big5.as_untrusted(), "許功蓋");
}

#[test]
fn m12_names_in_encoded_words() {
    named("attachment; filename=\"=?gbk?B?t6LGsS5wZGY=?=\"", "发票.pdf");
    named("attachment; filename==?gbk?B?t6LGsS5wZGY=?=", "发票.pdf");
    named("attachment; filename==?utf-8?B?5Y+R56WoLnBkZg==?=; size=3", "发票.pdf");
    named("attachment; filename=\"=?utf-8?Q?=E5=8F=91=E7=A5=A8.pdf?=\"", "发票.pdf");
    // Two of them, cut inside a character and inside the base64; in quotes, without, folded.
    named("attachment; filename=\"=?gb2312?B?xOq2yLk=?= =?gb2312?B?pNf3sai45i5kb2M=?=\"", "年度工作报告.doc");
    named("attachment; filename=\"=?gb2312?B?xOq2yLmk1?=\r\n\t=?gb2312?B?/exqLjmLmRvYw==?=\"", "年度工作报告.doc");
    named("attachment; filename==?utf-8?B?5bm05bqm5Q==?=\r\n =?utf-8?B?t6XkvZzmiqXlkYouZG9j?=", "年度工作报告.doc");
    // And in numbered pieces.
    named("attachment; filename*0=\"=?gb2312?B?xOq2yLmk1\"; filename*1=\"/exqLjmLmRvYw==?=\"", "年度工作报告.doc");
    named("attachment; filename=\"=?gb2312?B?xOq2yLmk1/exqLjmLmRvYw==", "年度工作报告.doc");
}

#[test]
fn m11_names_by_rfc_2231() {
    named("attachment; filename*=gb18030''%B1%A8%B8%E6.doc", "报告.doc");
    named("attachment; filename*=utf-8'zh-CN'%E6%8A%A5%E5%91%8A.doc", "报告.doc");
    named("attachment; filename*=\"utf-8''%E6%8A%A5%E5%91%8A.doc\"", "报告.doc");
    named("attachment; filename*=big5''%B7%7C%C4%B3", "會議");
    named("attachment; filename*=''%E6%8A%A5%E5%91%8A.doc", "报告.doc");
    named("attachment; filename*=x-unknown''%B1%A8%B8%E6.doc", "报告.doc");
    // The label lies.
    named("attachment; filename*=utf-8''%B1%A8%B8%E6.doc", "报告.doc");
    named("attachment; filename*=gb2312''%E6%8A%A5%E5%91%8A.doc", "报告.doc");
    // Somebody forgot it.
    named("attachment; filename*=%E6%8A%A5%E5%91%8A.doc", "报告.doc");
    named("attachment; filename*=O'Brien's%20file.doc", "O'Brien's file.doc");
    named("attachment; filename*=utf-8''=?gbk?B?t6LGsS5wZGY=?=", "发票.pdf");
}

#[test]
fn m11_pieces_that_are_cut_inside_a_character() {
    named("attachment; filename*0*=gb18030''%B1%A8; filename*1*=%B8%E6.doc", "报告.doc");
    named("attachment; filename*0*=gb18030''%B1; filename*1*=%A8%B8%E6.doc", "报告.doc");
    named("attachment; filename*0*=gb18030''%B; filename*1*=1%A8%B8%E6; filename*2=.doc", "报告.doc");
    named(
        "attachment;\r\n filename*0*=utf-8''%E6%8A%A5%E5;\r\n filename*1*=%91%8A;\r\n filename*2=\".doc\"",
        "报告.doc",
    );
}

#[test]
fn m11_pieces_in_no_order() {
    let all = "filename*2=.doc; filename*0*=gbk''%B1%A8; filename*1*=%B8%E6";
    named(format!("attachment; {all}"), "报告.doc");
    // One stands twice, one is missing, and one by another name between them.
    named(format!("attachment; {all}; filename*1*=%FF%FF; x=y; filename*7=x"), "报告.docx");
    named("attachment; filename*1*=gbk''%B1%A8; filename*2*=%B8%E6.doc", "报告.doc");
    // The charset comes with the third.
    named("attachment; filename*0=a; filename*1=b; filename*2*=gbk''%B1%A8%B8%E6", "ab报告");
    named("attachment; filename*0*=%B1%A8; filename*1*=gbk''%B8%E6; filename*2=.doc", "报告.doc");
    let many = (0..40).rev().map(|n| format!("; filename*{n}={}", n % 10)).collect::<Vec<_>>().concat();
    named(format!("attachment{many}"), &"0123456789".repeat(4));
}

#[test]
fn m11_a_hundred_thousand_parameters() {
    let many = (0..100_000).map(|n| format!("; x{n}=y")).collect::<Vec<_>>().concat();
    let at_first = format!("attachment; filename*=gbk''%B1%A8%B8%E6.doc{many}");
    named(&at_first, "报告.doc");
    assert!(params(at_first.as_bytes()).all.len() <= MOST_NAMES);
    let few = &many;
    named(format!("attachment{few}; filename=\"late.doc\""), "late.doc");
    let pieces = (0..100_000).map(|n| format!("; filename*{n}=y")).collect::<Vec<_>>().concat();
    assert!(file_name(format!("attachment{pieces}").as_bytes(), b"", None).as_untrusted().len() <= MOST_NAMES);
    for piece in [
        "\"",
        "; a=\"",
        " a=b",
        ";",
        "=",
        "a ",
        "filename=a ",
        "\" ",
        "\\\"",
        "*=",
        "'",
        "\r\n ",
        "(",
        "; filename=\"a\" b",
    ] {
        let _ = file_name(piece.repeat(1_000_000 / piece.len()).as_bytes(), b"", None);
    }
}

#[test]
fn m12_which_of_several_names() {
    let word = "=?gbk?B?t6LGsS5wZGY=?=";
    named_by(
        format!("attachment; filename=\"{word}\"; filename*=utf-8''right.exe"),
        "application/pdf; name=wrong.pdf",
        "right.exe",
    );
    named_by("attachment; filename*=utf-8''right.exe; filename=wrong.pdf", "", "right.exe");
    named_by("attachment; filename=right.exe", "application/pdf; name*=utf-8''wrong.pdf", "right.exe");
    named_by("attachment", "application/pdf; name=wrong; name*=gbk''%B1%A8.exe", "报.exe");
    named_by("attachment", format!("application/pdf; name=\"{word}\""), "发票.pdf");
    named_by("", "application/pdf;\r\n\tname=\"=?gbk?B?t6LGsS5wZGY=?=\"", "发票.pdf");
    named_by("attachment; filename=\"\"", "application/pdf; name=right.pdf", "right.pdf");
    named_by("attachment; filename*=", "application/pdf; name=right.pdf", "right.pdf");
    named_by("attachment; name=right.pdf", "", "right.pdf");
    named_by("filename=right.pdf", "", "right.pdf");
    named_by("attachment filename=right.pdf", "", "right.pdf");
    named_by("inline", "image/png", "");
}

#[test]
fn names_with_percent_signs() {
    named("attachment; filename=\"%E6%8A%A5%E5%91%8A.doc\"", "报告.doc");
    named("attachment; filename=%E6%8A%A5%E5%91%8A.doc", "报告.doc");
    named("attachment; filename=\"100%25 sure %41.doc\"", "100%25 sure %41.doc");
    named("attachment; filename=\"50%.doc\"", "50%.doc");
}

#[test]
fn names_with_signs_in_them() {
    named("attachment; filename=\"a;b=c.doc\"; size=3", "a;b=c.doc");
    named("attachment; filename=my report (1).doc; size=3", "my report (1).doc");
    named("attachment; filename=\"my \"best\" report.doc\"", "my \"best\" report.doc");
    named("attachment; filename=\"my \\\"best\\\" report.doc\"", "my \"best\" report.doc");
    named("attachment; filename=\"C:\\files\\a.doc\"", "C:\\files\\a.doc");
    named("attachment; filename=a b.doc size=3", "a b.doc");
}

#[test]
fn t08_a_name_ends_where_a_line_does() {
    named("attachment; filename*=utf-8''a.pdf%0D%0AX: y", "a.pdf");
    named("attachment; filename*=utf-8''a.exe%00.pdf", "a.exe");
    named("attachment; filename=\"=?utf-8?Q?a=0Ab.pdf?=\"", "a");
    named("attachment; filename=\"a\r\n b.pdf\"", "a b.pdf");
    named("attachment; filename=\"a\nb.pdf\"", "a");
}

const FIELDS: &[&[u8]] = &[
    b"attachment; filename*0*=gb18030''%B1%A8; filename*1*=%B8%E6; filename*2=\".doc\"",
    b"application/pdf; name=\"=?gbk?B?t6LGsS5wZGY=?=\"; charset=utf-8",
    b"attachment;\r\n filename=\"\xb1\xa8\xb8\xe6 \\\"a\\\".doc\"; size=3",
    b"inline; filename=%E6%8A%A5%E5%91%8A.doc; filename*=utf-8'zh'%E6",
];

const PIECES: &[&[u8]] = &[
    b";",
    b"=",
    b"\"",
    b"*",
    b"*0*=",
    b"*1=",
    b"'",
    b"''",
    b"%",
    b"%B1",
    b"\\",
    b" ",
    b"\r\n ",
    b"filename",
    b"name",
    b"=?gbk?B?",
    b"?=",
    b"\xb1",
    b"\0",
];

#[test]
fn z_rfc_2231() {
    fuzz(&Diet { good: FIELDS, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let name = file_name(bytes, bytes, Some("gb18030"));
        let _ = params(bytes).get("charset");
        !name.as_untrusted().contains(['\0', '\r', '\n']) && name.as_untrusted().len() <= bytes.len() * 3 + 3
    });
}
