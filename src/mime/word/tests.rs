use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

#[track_caller]
fn reads(value: &[u8], text: &str) {
    assert_eq!(decode(value, None), text, "{}", String::from_utf8_lossy(value));
}

#[test]
fn words_of_both_kinds() {
    reads(b"=?utf-8?B?6bi/6ZuB?= and =?gb2312?Q?=BB=E1=D2=E9?=", "鸿雁 and 会议");
    reads(b"plain", "plain");
    reads(b"=?iso-8859-1?Q?Caf=E9_ol=E9?=", "Café olé");
    reads(b"=?big5?b?t3zEs7Nxqr4=?=", "會議通知");
    reads(b"=?utf-8?B?6bi/?= =?utf-8?Q?=E9=9B=81?=", "鸿雁");
    reads(b"=?UTF-8*zh-CN?B?6bi/6ZuB?=", "鸿雁");
}

#[test]
fn m05_a_character_cut_in_two_is_joined() {
    let text = "关于召开董事会的通知";
    reads(b"=?gb2312?B?udjT2tU=?=\r\n =?GB2312?B?2b+qtq3KwrvhtcTNqNaq?=", text);
    reads(b"=?gb2312?B?udjT2tU=?= =?gbk?B?2b+qtq3KwrvhtcTNqNaq?=", text);
    reads(b"=?utf-8?B?5YWz5LqO5Q==?=\r\n =?UTF-8?B?j6zlvIDokaPkuovkvJrnmoTpgJrnn6U=?=", text);
    reads(b"=?utf-8?Q?=E9=B8?= =?UTF-8?Q?=BF=E9=9B=81?=", "鸿雁");
    reads(b"=?gbk?Q?=BB?=\r\n =?gbk?Q?=E1=D2=E9?=", "会议");
    reads(b"=?gb18030?B?lTQ=?= =?gb18030?B?sjXSsLzSlDn8Ng==?=", "𠮷野家😀");
    reads(b"=?gb18030?Q?=95?= =?gb18030?Q?4=B25?=", "𠮷");
}

#[test]
fn m05_iso_2022_jp_goes_on_in_the_next_word() {
    reads(b"=?iso-2022-jp?B?GyRCMnE1?= =?iso-2022-jp?B?RCROJCpDTiRpJDsbKEI=?=", "会議のお知らせ");
    reads(b"=?iso-2022-jp?B?GyRCMnE1RA==?= =?iso-2022-jp?B?JE4kKkNOJGkkOxsoQg==?=", "会議のお知らせ");
}

#[test]
fn m05_base64_cut_in_the_middle_of_four_is_joined() {
    let text = "关于召开董事会的通知";
    reads(b"=?gb2312?B?udjT2tXZv6q2r?=\r\n\t=?gb2312?B?crCu+G1xM2o1qo=?=", text);
    reads(b"=?gb2312?B?udjT2tXZv?= =?gb2312?B?6q2rcr?= =?gb2312?B?Cu+G1xM2o1qo=?=", text);
    // Nothing was cut here: somebody leaves the padding out.
    reads(b"=?gbk?B?u+HS6Q?= =?gbk?B?zajWqg?=", "会议通知");
    reads(b"=?utf-8?B?5Lya6K6u6YCaIQ?= =?utf-8?B?55+l?=", "会议通!知");
}

#[test]
fn m04_seven_bit_words() {
    reads(b"=?hz-gb-2312?Q?~{;aRiM(V*~}?=", "会议通知");
    reads(b"=?HZ-GB-2312?B?fns7YVJpTShWKn59?=", "会议通知");
    reads(b"=?iso-2022-cn?B?GyQpQQ47YVJpTShWKg8=?=", "会议通知");
    reads(b"~{;aRiM(V*~}", "会议通知");
    reads(b"\x1b$)A\x0e;aRiM(V*\x0f", "会议通知");
    reads(b"\x1b$B2q5D\x1b(B", "会議");
}

#[test]
fn m06_raw_bytes_are_read_as_what_they_are() {
    reads(b"\xbb\xe1\xd2\xe9\xcd\xa8\xd6\xaa", "会议通知");
    reads("会议通知".as_bytes(), "会议通知");
    reads(b"\xb7|\xc4\xb3\xb3q\xaa\xbe", "會議通知");
    reads(b"Re: =?gb2312?B?xOO6ww==?= \xca\xd5\xbc\xfe", "Re: 你好 收件");
    reads(b"=?big5?B?t3zEs7Nxqr4=?= - \xb7|\xc4\xb3", "會議通知 - 會議");
    assert_eq!(decode(b"\xb7|\xc4\xb3", Some("big5")), "會議");
}

#[test]
fn m07_words_whose_label_lies() {
    reads(b"=?gb2312?B?5Lya6K6u6YCa55+l?=", "会议通知");
    reads(b"=?utf-8?B?u+HS6c2o1qo=?=", "会议通知");
    reads(b"=?us-ascii?Q?=BB=E1=D2=E9=CD=A8=D6=AA?=", "会议通知");
    reads(b"=?iso-8859-1?B?u+HS6c2o1qo=?=", "会议通知");
    reads(b"=?gb2312?B?1uzpRrv5oaLA7oa0oaKVNLI1?=", "朱镕基、李喆、𠮷");
}

#[test]
fn m08_words_whose_label_means_nothing() {
    for label in ["", "unknown-8bit", "x-unknown", "default", "cp-936", "utf8", "%CHARSET%"] {
        reads(format!("=?{label}?B?u+HS6c2o1qo=?=").as_bytes(), "会议通知");
        reads(format!("=?{label}?B?5Lya6K6u6YCa55+l?=").as_bytes(), "会议通知");
    }
    let huge = format!("=?{}?B?u+HS6c2o1qo=?=", "x".repeat(1 << 20));
    reads(huge.as_bytes(), &huge);
}

#[test]
fn words_as_careless_programs_write_them() {
    // Quoted, with blanks inside, with raw bytes inside, touching each other and the text.
    reads(b"\"=?gb18030?B?z/LI1Q==?=\"", "\"向日\"");
    reads(b"=?gb2312?B?xOO6 ww==?=", "你好");
    reads(b"=?gb2312?B? xOO6ww== ?=", "你好");
    reads(b"=?gb2312?Q?=C4=E3 =BA=C3?=", "你 好");
    reads(b"=?gb2312?Q?\xc4\xe3=BA=C3?=", "你好");
    reads(b"=?utf-8?B?6bi/?==?utf-8?B?6ZuB?=", "鸿雁");
    reads(b"Re:=?utf-8?B?6bi/?=.doc", "Re:鸿.doc");
    reads(b"=?utf-8?Q?=E4=BD=A0=E5=A5=BD=E5=90=97??=", "你好吗?");
    reads(b"=?utf-8?Q?a?=E4=BD=A0?b?= c", "a?你?b c");
    // Nothing in them.
    reads(b"=?utf-8?B??= x", " x");
    reads(b"=?utf-8?Q??=", "");
    reads(b"=?utf-8?B??= =?utf-8?B?6bi/?=", "鸿");
}

#[test]
fn words_without_their_end() {
    reads(b"=?utf-8?B?6bi/6ZuB", "鸿雁");
    reads(b"=?utf-8?B?6bi/6ZuB?", "鸿雁");
    reads(b"=?utf-8?B?6bi/ =?utf-8?B?6ZuB?=", "鸿雁");
    reads(b"=?utf-8?Q?=E9=B8=BF=E9=9B=81", "鸿雁");
    reads(b"=?utf-8?Q?=E9=B8=BF=?utf-8?Q?=E9=9B=81?=", "鸿雁");
    reads(b"=?gb2312?B?xOO6ww== <a@example.com>", "你好<a@example.com>");
}

#[test]
fn what_is_no_word_stays() {
    reads(b"a =? b", "a =? b");
    reads(b"=?utf-8?X?abc?=", "=?utf-8?X?abc?=");
    reads(b"=?utf-8?Q?who knows", "=?utf-8?Q?who knows");
    reads(b"50 =?utf-8?Q?=25?= off", "50 % off");
    reads(b"f(x)=?1:2", "f(x)=?1:2");
    reads(b"=?utf-8?Q?=XY=4?=", "=XY=4");
}

#[test]
fn m05_a_million_words_take_their_time_once() {
    for word in [&b"=?gbk?B?u+E?="[..], b"=?gbk?Q?", b"=?", b"=?u?Q?a? ", b"=?gbk?B?u+E", b"=?a?Q?b?=A?=AA ", b"=?=?"] {
        let text = decode(&word.repeat(1_000_000 / word.len()), None);
        assert!(text.len() <= 1_000_000 * 3);
    }
}

const WORDS: &[&[u8]] = &[
    b"=?gb2312?B?udjT2tXZv6q2r?=\r\n\t=?gb2312?B?crCu+G1xM2o1qo=?=",
    b"=?utf-8?Q?=E9=B8?= =?UTF-8?Q?=BF=E9=9B=81?= and \xbb\xe1\xd2\xe9",
    b"=?iso-2022-jp?B?GyRCMnE1?= =?iso-2022-jp?B?RCROJCpDTiRpJDsbKEI=?=",
    b"=?hz-gb-2312?Q?~{;aRiM(V*~}?= \"=?big5*zh?B?t3zEs7Nxqr4=?=\"",
];

const PIECES: &[&[u8]] = &[
    b"=?",
    b"?=",
    b"?B?",
    b"?Q?",
    b"?",
    b"=",
    b" ",
    b"=?utf-8?B?",
    b"=?gbk?Q?",
    b"=E9",
    b"\xe9",
    b"_",
    b"*zh",
    b"~{",
    b"\x1b$B",
    b"\"",
];

#[test]
fn z_words() {
    fuzz(&Diet { good: WORDS, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let text = decode(bytes, Some("gb18030"));
        length(bytes).is_none_or(|length| length <= bytes.len()) && text.len() <= bytes.len() * 3 + 3
    });
}
