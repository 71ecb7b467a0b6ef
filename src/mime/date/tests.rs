use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

/// 2019-01-25 11:06:12 in China.
const THEN: i64 = 1_548_385_572;

#[track_caller]
fn is(written: &str, expected: i64) {
    assert_eq!(date(written), Some(Timestamp(expected)), "{written}");
    assert_eq!(read(written, || true), Some(Timestamp(expected)), "{written}, from China");
}

#[track_caller]
fn none(written: &str) {
    assert_eq!(date(written), None, "{written}");
    assert_eq!(read(written, || true), None, "{written}, from China");
}

#[test]
fn the_forms_of_mail_and_of_imap() {
    let expected = 1_794_879_000;
    is("Tue, 17 Nov 2026 09:30:00 +0800", expected);
    is("Tue, 17 Nov 2026 09:30:00 +0800 (CST)", expected);
    is("17-Nov-2026 01:30:00 +0000", expected);
    is(" 7-Nov-2026 01:30:00 -0000", expected - 864_000);
    is("Mon, 16 Nov 2026 20:30:00 -0500", expected);
    is("17 Nov 26 01:30 GMT", expected);
    is("Thu, 1 Jan 1970 00:00:00 +0000", 0);
    is("Sat, 29 Feb 2020 00:00:00 +0000", 1_582_934_400);
    is("Tue,17 Nov 2026 9:30 +0800", expected);
    is("Tue, 17\r\n Nov 2026\t09:30:00\r\n\t+0800", expected);
}

#[test]
fn zones_in_words_and_signs() {
    is("Fri, 25 Jan 2019 11:06:12 +0800 (GMT+08:00)", THEN);
    is("Fri, 25 Jan 2019 11:06:12 +0800 (中国标准时间)", THEN);
    is("Fri, 25 Jan 2019 11:06:12 (GMT+08:00)", THEN);
    is("Fri, 25 Jan 2019 11:06:12 (中国标准时间)", THEN);
    is("Fri, 25 Jan 2019 11:06:12 GMT+08:00", THEN);
    is("Fri Jan 25 2019 11:06:12 GMT+0800 (China Standard Time)", THEN);
    is("Fri, 25 Jan 2019 11:06:12 UTC+8", THEN);
    is("Fri, 25 Jan 2019 11:06:12 +08:00", THEN);
    is("Fri, 25 Jan 2019 11:06:12+0800", THEN);
    is("Fri, 25 Jan 2019 03:06:12 GMT", THEN);
    is("Thu, 24 Jan 2019 19:06:12 PST", THEN);
    is("Thu, 24 Jan 2019 19:06:12 GMT-0800 (PST)", THEN);
    is("Fri, 25 Jan 2019 08:36:12 +0530", THEN);
    is("Fri, 25 Jan 2019 11:06:12 北京时间", THEN);
}

#[test]
fn cst_is_chinas_where_the_mail_is_chinese() {
    let written = "Wed, 24 Dec 2014 04:09:36 CST";
    assert_eq!(read(written, || true), Some(Timestamp(1_419_365_376)));
    assert_eq!(date(written), Some(Timestamp(1_419_415_776)));
    let written = "Wed Dec 24 04:09:36 CST 2014";
    assert_eq!(read(written, || true), Some(Timestamp(1_419_365_376)));
    // A number says more than a name.
    is("Wed, 24 Dec 2014 04:09:36 -0600 (CST)", 1_419_415_776);
}

#[test]
fn dates_without_a_zone() {
    for written in ["Wed Dec 24 04:09:36 2014", "2014-12-24 04:09:36", "Wed, 24 Dec 2014 04:09:36"] {
        assert_eq!(date(written), Some(Timestamp(1_419_394_176)), "{written}");
        assert_eq!(read(written, || true), Some(Timestamp(1_419_365_376)), "{written}");
    }
}

#[test]
fn the_forms_of_other_standards() {
    is("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777);
    is("Sun Nov  6 08:49:37 GMT 1994", 784_111_777);
    is("2019-01-25T11:06:12+08:00", THEN);
    is("2019-01-25T03:06:12Z", THEN);
    is("2019-01-25T03:06:12.345678Z", THEN);
    is("2019-01-25 11:06:12,345 +0800", THEN);
    is("2019/1/25 11:06:12 +0800", THEN);
}

#[test]
fn m15_chinese_days_and_months() {
    is("星期五, 25 一月 2019 11:06:12 +0800", THEN);
    is("星期五, 25 一月 2019 11:06:12", THEN);
    is("周五, 25 1月 2019 11:06:12 +0800", THEN);
    is("2019年1月25日 11:06", THEN - 12);
    is("2019年1月25日(星期五) 上午11:06", THEN - 12);
    is("2019年01月25日 星期五 11时06分12秒", THEN);
    is("２０１９年１月２５日　１１：０６", THEN - 12);
    is("2019-01-25 上午 11:06:12 +0800", THEN);
    is("2019/1/25 星期五 下午 11:06:12", THEN + 43_200);
    is("25 十一月 2018 11:06:12 +0800", THEN - 61 * 86_400);
    is("2019年1月25日 中午12:06:12", THEN + 3_600);
}

#[test]
fn halves_of_the_day() {
    is("Fri, 25 Jan 2019 11:06:12 AM +0800", THEN);
    is("Fri, 25 Jan 2019 11:06:12 PM +0800", THEN + 43_200);
    is("Fri, 25 Jan 2019 12:06:12 PM +0800", THEN + 3_600);
    is("Fri, 25 Jan 2019 12:06:12 AM +0800", THEN - 39_600);
    is("1/25/2019 11:06:12 AM +0800", THEN);
    is("Sun,Apr 12,2020 7:25 PM +0800", 1_586_690_700);
}

#[test]
fn dots_between_the_numbers() {
    is("25.01.2019 11:06:12 +0800", THEN);
    is("2019.1.25 11:06:12 +0800", THEN);
    is("2019.01.25 11.06.12 +0800", THEN);
    is("Fri, 25 Jan 2019 11.06.12 +0800", THEN);
    is("25. Jan 2019 11:06:12 +0800", THEN);
}

#[test]
fn m15_rubbish_is_none() {
    for wrong in [
        "",
        "yesterday",
        "32 Jan 2020 00:00:00 +0000",
        "30 Feb 2020 00:00:00 +0000",
        "0 Jan 2020 00:00:00 +0000",
        "1 Foo 2020 00:00",
        "1 Jan 99999 00:00:00",
        "1 Jan 99999999999999999999999 00:00:00",
        "1 Jan -1 00:00:00 +0000",
        "1 Jan 1 00:00:00 +0000",
        "1 Jan 1900 00:00:00 +0000",
        "1 Jan 2020 99:00",
        "1 Jan 2020 24:00",
        "1 Jan 2020 00:60",
        "1 Jan 2020",
        "1 Ja",
        "1 Jan 2020 00:00:00 +9999",
        "1 Jan 2020 00:00:00 -9999",
        "1 Jan 2020 00:00:00 +0860",
        "1 Jan 2020 00:00:00 +123456",
        "-1-01-2020 00:00",
        "2020年13月1日 00:00",
        "99999年1月1日 00:00",
        "Thu, 1 Jan 1970 00:00:00 +0800",
        "星期五",
        "11:06",
        // Of which month it is the day, nobody knows.
        "1/2/2019 11:06",
        "01-02-03 11:06",
    ] {
        none(wrong);
    }
    none(&"1 ".repeat(100_000));
    none(&"(".repeat(1_000_000));
    none(&"9".repeat(1_000_000));
}

#[test]
fn m15_years_of_two_and_three_digits() {
    is("25 Jan 19 11:06:12 +0800", THEN);
    is("25 Jan 119 11:06:12 +0800", THEN);
    is("06 Nov 94 08:49:37 GMT", 784_111_777);
}

const DATES: &[&[u8]] = &[
    b"Tue, 17 Nov 2026 09:30:00 +0800 (CST)",
    b"Wed Dec 24 04:09:36 2014",
    "2019年1月25日(星期五) 下午11:06:12".as_bytes(),
    b"2019-01-25T03:06:12.345Z",
    b"1/25/2019 11:06 AM GMT+08:00",
    b"2019.01.25 11.06.12 -0500",
];

const PIECES: &[&[u8]] = &[
    b" ",
    b":",
    b"-",
    b"+",
    b".",
    b"/",
    b"(",
    b")",
    b",",
    b"CST",
    b"GMT",
    b"99999",
    b"0",
    b"Jan",
    b"PM",
    "年".as_bytes(),
    "十二月".as_bytes(),
    "星期".as_bytes(),
    "：".as_bytes(),
    b"\xff",
];

#[test]
fn z_date() {
    const LAST: i64 = 231 * 366 * 86_400;
    fuzz(&Diet { good: DATES, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let text = String::from_utf8_lossy(bytes);
        [date(&text), read(&text, || true)].into_iter().flatten().all(|Timestamp(seconds)| (0..LAST).contains(&seconds))
    });
}

#[test]
fn a_weekday_that_is_also_a_month() {
    let nine = |day: i64| day * 86_400 + 9 * 3_600 + 1_800 - EIGHT_HOURS;
    // 2026-11-17, 2026-12-03, 2026-04-01, 2026-03-17.
    is("mar., 17 nov. 2026 09:30:00 +0800", nine(20_774));
    is("Mar, 17 Nov 2026 09:30:00 +0800", nine(20_774));
    is("Mar, 3 Dec 2026 09:30:00 +0800", nine(20_790));
    is("mar, 01 abr 2026 09:30:00 +0800", nine(20_544));
    is("Mar 17 2026 09:30:00 +0800", nine(20_529));
    is("Mar, 17 Mar 2026 09:30:00 +0800", nine(20_529));
    is("March 17th 2026 09:30:00 +0800", nine(20_529));
    is("Tue Mar 17 09:30:00 +0800 2026", nine(20_529));
    none("Mar Dec 3 2026 09:30:00 +0800");
    none("mar, 01 xyz 2026 09:30:00 +0800");
}
