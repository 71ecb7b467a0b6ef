use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::fold::folded_words;
use super::*;
use crate::fuzzing::{Diet, Long, fuzz};
use crate::model::{Flags, Timestamp};

/// A Wednesday, 2024-11-20 12:00 in Shanghai.
fn today() -> Today {
    Today::new(Timestamp(1_732_075_200), &TimeZone::fixed(jiff::tz::offset(8)))
}

fn condition(typed: &str) -> Condition {
    parse(typed, &today()).unwrap_or_else(|problem| panic!("{typed}: {problem:?}"))
}

fn words(text: &str) -> String {
    let mut out = String::new();
    cut(text, &mut out);
    out.trim_start().to_owned()
}

#[test]
fn a_text_is_cut_into_words_and_pairs() {
    for (text, expected) in [
        ("Hello, World", "hello world"),
        ("会议通知", "会议 议通 通知 知"),
        ("中", "中"),
        ("QQ邮箱2024年", "qq 邮箱 箱 2024 年"),
        ("會議，Ｎｅｗｓ", "会议 议 news"),
        ("会\r\n议", "会议 议"),
        ("会\r\n\r\n议", "会 议"),
        ("会 议", "会 议"),
        ("发\u{200b}票", "发票 票"),
        ("cafe\u{301} ﬁn ①", "café fin 1"),
        ("メール・アドレス", "メー ール ル アド ドレ レス ス"),
        ("ﾒｰﾙ", "メー ール ル"),
        ("한국 어", "한국 국 어"),
        ("", ""),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
    assert_eq!(words(&"x".repeat(100)).len(), 64);
}

#[test]
fn what_counts_as_something_else_counts_as_itself() {
    for pair in include_str!("../../assets/search/simplified.txt").lines().filter(|line| !line.starts_with('#')) {
        for pair in pair.split_whitespace() {
            let folded = folded_words(pair);
            let chars: Vec<char> = folded.chars().collect();
            assert_eq!((chars.len(), chars[0]), (2, chars[1]), "{pair}");
        }
    }
    assert_eq!(folded_words("乾杯 頭髮 後來 臺灣 龍龜"), "干杯 头发 后来 台湾 龙龟");
}

#[test]
fn a_question_is_cut_like_the_text() {
    for (typed, exact, expected) in [
        ("会议", false, "\"会议\""),
        ("会", false, "\"会\" *"),
        ("會議通知", false, "\"会议 议通 通知\""),
        ("hello", false, "\"hello\" *"),
        ("hello", true, "\"hello\""),
        ("a", false, "\"a\""),
        ("QQ邮箱", false, "\"qq 邮箱\""),
        ("邮箱QQ", false, "\"邮箱 箱 qq\""),
        ("me@example.com", true, "\"me example com\""),
        ("2024年", false, "\"2024 年\" *"),
    ] {
        assert_eq!(Phrase::new(typed, exact).unwrap().for_index(), expected, "{typed}");
    }
    assert_eq!(Phrase::new("，…", false), None);
}

#[test]
fn hits_are_where_they_stand() {
    let found = |text: &str, typed: &str| -> Vec<String> {
        let phrase = Phrase::new(typed, false).unwrap();
        hits(text, &[&phrase]).into_iter().map(|at| text.get(at).unwrap().to_owned()).collect()
    };
    assert_eq!(found("今天開會議，會議室", "会议"), ["會議", "會議"]);
    assert_eq!(found("Ｈｅｌｌｏ hello Helloween ahello", "hello"), ["Ｈｅｌｌｏ", "hello", "Hello"]);
    assert_eq!(found("用QQ邮箱的人", "qq邮箱"), ["QQ邮箱"]);
    assert_eq!(found("会\n议室", "会议"), ["会\n议"]);
    assert_eq!(found("哈哈哈哈哈", "哈哈"), ["哈哈", "哈哈"]);
    assert_eq!(found("哈哈", "哈"), ["哈", "哈"]);
    assert_eq!(found("发\u{200b}票", "发票"), ["发\u{200b}票"]);
    assert_eq!(found("to me@example.com.", "me@example.com"), ["me@example.com"]);
    assert_eq!(found("nothing", "会"), [""; 0]);
    let (one, other) = (Phrase::new("会议", false).unwrap(), Phrase::new("议室", false).unwrap());
    let together = hits("大会议室", &[&one, &other]);
    assert_eq!((together.len(), together[0].clone()), (1, 3..12));
}

fn holds(typed: &str, text: &str) -> bool {
    let facts = Facts {
        flags: Flags::NONE.with(Flags::FLAGGED),
        files: true,
        date: Timestamp(1_732_000_000),
        size: 3_000_000,
        folder: "其他文件夹/项目",
        role: None,
        account: "Me@Example.com",
        kind: crate::model::Kind::Bill,
    };
    let folded = Folded::new(text);
    condition(typed).holds(&facts, &|_, phrase| phrase.is_in(&folded))
}

#[test]
fn conditions_are_joined_turned_round_and_grouped() {
    for (typed, expected) in [
        ("苹果", true),
        ("苹果 香蕉", true),
        ("苹果 梨", false),
        ("苹果 OR 梨", true),
        ("梨 或 桃", false),
        ("-梨", true),
        ("-苹果", false),
        ("(梨 OR 苹果) 香蕉", true),
        ("（梨｜桃） 香蕉", false),
        ("苹果 -(梨 OR 香蕉)", false),
        ("\"苹果 香蕉\"", true),
        ("“香蕉 苹果”", false),
        ("--苹果", true),
        ("NOT 梨 AND 苹果", true),
        ("app", true),
        ("\"app\"", false),
        ("apple香蕉", false),
        ("is:unread", true),
        ("未读 星标", true),
        ("已读", false),
        ("\"已读\"", false),
        ("是：未读", true),
        ("has:attachment", true),
        ("有：附件 苹果", true),
        ("larger:2M", true),
        ("大于：2.9兆", false),
        ("smaller:500k", false),
        ("in:项目", true),
        ("是：账单", true),
        ("is:code", false),
        ("文件夹：收件箱", false),
        ("account:example", true),
        ("账号:qq", false),
        ("after:2024-11", true),
        ("早于：2024-11-19", false),
        ("date:昨天", true),
        ("date:今天", false),
        ("晚于：7d", true),
        ("before:7天前", false),
    ] {
        assert_eq!(holds(typed, "苹果、香蕉 apple pie"), expected, "{typed}");
    }
}

#[test]
fn fields_are_known_in_both_languages_and_may_stand_before_brackets() {
    let fields = |typed: &str| -> Vec<Field> {
        let found = condition(typed);
        let all = [Field::From, Field::To, Field::Subject, Field::Body, Field::Files];
        all.into_iter().filter(|field| !found.phrases(*field).is_empty()).collect()
    };
    assert_eq!(fields("from:张三"), [Field::From]);
    assert_eq!(fields("发件人： 张三"), [Field::From]);
    assert_eq!(fields("收件人：(张三 OR 李四)"), [Field::To]);
    assert_eq!(fields("主题:\"会议 通知\" 正文：钱"), [Field::Subject, Field::Body]);
    assert_eq!(fields("会议"), [Field::From, Field::To, Field::Subject, Field::Body, Field::Files]);
    assert_eq!(fields("-from:张三 12:30 https://example.com").len(), 5);
    assert!(matches!(condition("From:x"), Condition::Words { field: Field::From, .. }));
}

#[test]
fn what_is_not_understood_is_pointed_at() {
    let problem = |typed: &str| {
        let problem = parse(typed, &today()).unwrap_err();
        (typed.get(problem.at).unwrap().to_owned(), problem.trouble)
    };
    for (typed, at, trouble) in [
        ("", "", Trouble::Nothing),
        ("，", "，", Trouble::Nothing),
        ("a \"b c", "\"b c", Trouble::NoEndOfQuote),
        ("a (b c", "(", Trouble::NoEndOfBracket),
        ("a b) c", ")", Trouble::BracketOfNothing),
        ("a from:", "from:", Trouble::NothingBehind),
        ("主题：，", "主题：", Trouble::NothingBehind),
        ("a -)", "-", Trouble::NothingBehind),
        ("a OR", "OR", Trouble::NothingBeside),
        ("OR a", "OR", Trouble::NothingBeside),
        ("before:soon x", "soon", Trouble::NoDate),
        ("after:2024-13", "2024-13", Trouble::NoDate),
        ("larger:big", "big", Trouble::NoSize),
        ("is:nice", "nice", Trouble::NoState),
        ("form:张三", "form", Trouble::NoField { near: "from" }),
        ("x subjct:y", "subjct", Trouble::NoField { near: "subject" }),
    ] {
        assert_eq!(problem(typed), (at.to_owned(), trouble), "{typed}");
    }
    assert_eq!(problem(&"(".repeat(40)).1, Trouble::TooDeep);
    assert_eq!(problem(&"-".repeat(40)).1, Trouble::TooDeep);
    assert_eq!(problem(&"x ".repeat(100)).1, Trouble::TooMuch);
    assert_eq!(problem(&"字".repeat(1000)).1, Trouble::TooLong);
}

#[test]
fn days_are_named_in_many_ways() {
    let day = |written: &str| -> String {
        let span = today().span(written).unwrap_or_else(|| panic!("{written}"));
        let shown = |at: Timestamp| {
            let at = jiff::Timestamp::from_second(at.0).unwrap().to_zoned(TimeZone::fixed(jiff::tz::offset(8)));
            at.strftime("%Y-%m-%d").to_string()
        };
        format!("{} {}", shown(span.from), shown(span.to))
    };
    for (written, expected) in [
        ("2024", "2024-01-01 2025-01-01"),
        ("2024-03", "2024-03-01 2024-04-01"),
        ("2024/3/2", "2024-03-02 2024-03-03"),
        ("2024年3月2日", "2024-03-02 2024-03-03"),
        ("2024年", "2024-01-01 2025-01-01"),
        ("3月2日", "2024-03-02 2024-03-03"),
        ("12月", "2023-12-01 2024-01-01"),
        ("今天", "2024-11-20 2024-11-21"),
        ("昨天", "2024-11-19 2024-11-20"),
        ("本周", "2024-11-18 2024-11-25"),
        ("上周", "2024-11-11 2024-11-18"),
        ("上个月", "2024-10-01 2024-11-01"),
        ("去年", "2023-01-01 2024-01-01"),
        ("周一", "2024-11-18 2024-11-19"),
        ("周三", "2024-11-20 2024-11-21"),
        ("7d", "2024-11-13 2024-11-14"),
        ("2周前", "2024-11-06 2024-11-07"),
        ("3个月", "2024-08-20 2024-08-21"),
        ("1y", "2023-11-20 2023-11-21"),
    ] {
        assert_eq!(day(written), expected, "{written}");
    }
    for wrong in ["", "-", "2024-02-30", "99999", "32d32", "个月", "0000000000"] {
        assert_eq!(today().span(wrong), None, "{wrong}");
    }
    // At the ends of what a calendar holds.
    for far in ["9999", "9999-12-31", "999y"] {
        let _ = today().span(far);
    }
}

const DIET: Diet = Diet {
    good: &[
        "from:张三 OR (subject:\"会议 通知\" -is:unread) after:2024-03 larger:5M".as_bytes(),
        "发件人： 李四 有:附件 未读 早于：7d -（草稿｜垃圾）".as_bytes(),
        b"in:inbox account:me date:yesterday",
    ],
    pieces: &[
        "：".as_bytes(),
        b"(",
        b")",
        b"\"",
        b"-",
        b"OR",
        b" ",
        b"from:",
        b"before:",
        "“".as_bytes(),
        b"9999",
        "年".as_bytes(),
        "\u{301}".as_bytes(),
        "\u{200b}".as_bytes(),
        b"|",
        b"NOT ",
        "\u{1112}\u{1161}".as_bytes(),
    ],
};

#[test]
fn nothing_that_is_typed_breaks_the_language() {
    let today = today();
    fuzz(&DIET, Long::Runs(200_000), |bytes| {
        let typed = String::from_utf8_lossy(bytes);
        match parse(&typed, &today) {
            Ok(found) => {
                for phrase in found.phrases(Field::Anywhere) {
                    let _ = phrase.for_index();
                    let _ = hits(&typed, &[phrase]);
                }
                true
            }
            Err(problem) => typed.get(problem.at).is_some(),
        }
    });
}

/// The words of a text between blanks and signs, one after the other, as somebody else would cut them.
fn contains(text: &str, asked: &str) -> bool {
    folded_words(text).contains(&folded_words(asked))
}

proptest! {
    #[test]
    fn dense_writing_is_found_wherever_it_stands(
        text in "[会議议通知，。 \n張张三a发票]{0,40}", asked in "[会議通知張三发票]{1,6}",
    ) {
        let phrase = Phrase::new(&asked, false).unwrap();
        prop_assert_eq!(phrase.is_in(&Folded::new(&text)), contains(&text, &asked));
    }

    #[test]
    fn hits_lie_in_the_text(text in any::<String>(), asked in "[a-z会议ﬁ①が゙]{1,4}") {
        if let Some(phrase) = Phrase::new(&asked, false) {
            for at in hits(&text, &[&phrase]) {
                prop_assert!(text.get(at).is_some_and(|hit| !hit.is_empty()));
            }
        }
    }

    #[test]
    fn what_is_folded_once_is_folded(text in any::<String>()) {
        let once = folded_words(&text);
        prop_assert_eq!(words(&once), words(&text));
    }
}
