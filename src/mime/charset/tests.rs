use super::*;
use crate::fuzzing::{Diet, Long, fuzz};

fn with(label: &str, bytes: &[u8]) -> (String, &'static str) {
    read(bytes, &Hints { label, ..Hints::default() })
}

fn beside(context: &'static str, bytes: &[u8]) -> (String, &'static str) {
    read(bytes, &Hints { context: Some(context), ..Hints::default() })
}

#[track_caller]
fn reads(label: &str, bytes: &[u8], text: &str, name: &str) {
    assert_eq!(with(label, bytes), (text.to_owned(), known(name)), "{label:?}");
}

fn known(name: &str) -> &'static str {
    name_of(name).unwrap()
}

#[test]
fn m04_hz_is_read() {
    let hz = b"~{::WV1`BkJGUbQy5D~} ok";
    for label in ["hz-gb-2312", "HZ", "hz", "HZ-GB-2312", "us-ascii", "gb2312", "", "utf-8"] {
        reads(label, hz, "汉字编码是这样的 ok", "hz-gb-2312");
    }
    reads("HZ-GB-2312", b"~{VPND~} ok ~~ ~{;aRi\nnext", "中文 ok ~ 会议\nnext", "hz");
    reads("hz", b"~{VP~\n~}x ~\r\ny", "中x y", "hz");
    // Read as UTF-8 these would be one letter.
    reads("hz", b"~{M(~}", "通", "hz");
    reads("hz", b"no Chinese ~ at all", "no Chinese ~ at all", "hz");
}

#[test]
fn what_only_looks_like_hz_is_not() {
    for code in ["let x = ~{ a: 1 ~};", "~{", "~{~}", "~{abc~}", "a ~{b} c", "path ~{HOME~} x", "~{PATH~}:~{USER_ID2~}"]
    {
        reads("", code.as_bytes(), code, "utf-8");
    }
}

#[test]
fn m04_iso_2022_cn_is_read() {
    let simplified = b"\x1b$)A\x0e;aRiM(V*\x0f ok\x0f";
    for label in ["iso-2022-cn", "ISO-2022-CN", "iso-2022-cn-ext", "", "us-ascii", "gb2312"] {
        reads(label, simplified, "会议通知 ok", "iso-2022-cn");
    }
    reads(
        "iso-2022-cn",
        b"\x1b$)A\x0eOBV\\5D;aRi\x0f\n\x0e8DFZAK#,Gk?48=<~\x0f",
        "下周的会议\n改期了，请看附件",
        "iso-2022-cn",
    );
    // The planes of CNS 11643, and both kinds in one line.
    reads("iso-2022-cn", b"\x1b$)G\x0edDz>]WO!!(jW}$N{gYDMbSG5\x0f", "會議通知：臺灣的電子郵件", "iso-2022-cn");
    reads("iso-2022-cn", b"\x1b$*H\x1bN!!\x1b$)G\x0ex]\x1bNrD\x1bNrC\x0f", "乂簷龘齉", "iso-2022-cn");
    reads("iso-2022-cn", b"\x1b$)A\x0e::WV\x1b$)GiGGs\x1b$)A9z\x1b$)GYO\x0f", "汉字漢字国國", "iso-2022-cn");
    // A third plane is beyond us: one sign for each character.
    reads("iso-2022-cn-ext", b"\x1b$+I\x1bO!!\x1bO!\"ok", "\u{fffd}\u{fffd}ok", "iso-2022-cn");
}

#[test]
fn every_character_of_two_planes_is_one_of_big5() {
    let all = |plane: fn(u8, u8) -> Option<char>| -> Vec<char> {
        (0x21..=0x7e).flat_map(|high| (0x21..=0x7e).filter_map(move |low| plane(high, low))).collect()
    };
    let (first, second) = (all(cns::first_plane), all(cns::second_plane));
    assert_eq!((first.len(), second.len()), (5817, 7650));
    assert_eq!((cns::first_plane(0x44, 0x21), cns::second_plane(0x21, 0x21)), (Some('一'), Some('乂')));
    assert_eq!((cns::first_plane(0x20, 0x21), cns::first_plane(0x7e, 0x7e)), (None, None));
    assert_eq!((cns::first_plane(0x26, 0x21), cns::first_plane(0x26, 0x34)), (Some('①'), Some('⑽')));
}

#[test]
fn other_seven_bit_charsets_are_read() {
    reads("iso-2022-jp", b"\x1b$B2q5D$N$*CN$i$;\x1b(B", "会議のお知らせ", "iso-2022-jp");
    reads("", b"\x1b$B2q5D$N$*CN$i$;\x1b(B", "会議のお知らせ", "iso-2022-jp");
    reads("iso-2022-kr", b"\x1b$)C\x0e>H3gGO<<?d\x0f", "안녕하세요", "iso-2022-kr");
    reads("utf-7", b"+TxqLrg 1+-1=2 +APw-", "会议 1+1=2 ü", "utf-7");
    reads("unicode-1-1-utf-7", b"+TxqLrpAad+U-!", "会议通知!", "utf-7");
}

#[test]
fn m07_labels_that_lie() {
    let (utf8, gbk) = (b"\xe4\xbc\x9a\xe8\xae\xae\xe9\x80\x9a\xe7\x9f\xa5", b"\xbb\xe1\xd2\xe9\xcd\xa8\xd6\xaa");
    for label in ["utf-8", "utf8", "us-ascii", "iso-8859-1", "", "unknown-8bit", "gb2312", "gbk", "big5", "koi8-r"] {
        reads(label, utf8, "会议通知", "utf-8");
    }
    let labels =
        ["gb2312", "GBK", "gb18030", "cp936", "utf-8", "", "x-unknown", "us-ascii", "iso-8859-1", "windows-1252"];
    for label in labels {
        reads(label, gbk, "会议通知", "gb18030");
    }
    for label in ["gb2312", "gbk", "utf-8", "us-ascii", "iso-8859-1", "", "euc-kr"] {
        reads(label, b"\xa6U\xa6\xec\xa6P\xa4\xaf\xa1G\xa4U\xb6g\xaa\xba\xb7|\xc4\xb3\xa7\xef\xb4\xc1\xa4F\xa1A\xbd\xd0\xac\xdd\xaa\xfe\xa5\xf3\xa1C", "各位同仁：下週的會議改期了，請看附件。", "big5");
    }
    for label in ["big5", "euc-kr", "shift_jis", "euc-jp"] {
        reads(label, b"\xb8\xf7\xce\xbb\xcd\xac\xca\xc2\xa3\xba\xcf\xc2\xd6\xdc\xb5\xc4\xbb\xe1\xd2\xe9\xb8\xc4\xc6\xda\xc1\xcb\xa3\xac\xc7\xeb\xbf\xb4\xb8\xbd\xbc\xfe\xa1\xa3", "各位同事：下周的会议改期了，请看附件。", "gb18030");
    }
}

#[test]
fn m07_more_than_gb2312_under_its_name() {
    for label in
        ["gb2312", "GB2312", "csgb2312", "gb_2312-80", "gb2312-80", "gb-2312", "cp-936", "ms936", "936", "gb18030-2005"]
    {
        reads(
            label,
            b"\xd6\xec\xe9F\xbb\xf9\xa1\xa2\xc0\xee\x86\xb4\xa1\xa2\x954\xb25\xd2\xb0\xbc\xd2\x949\xfc6",
            "朱镕基、李喆、𠮷野家😀",
            "gb18030",
        );
        reads(label, b"\xe9F", "镕", "gb18030");
        reads(label, b"\x954\xb25", "𠮷", "gb18030");
    }
}

#[test]
fn what_is_declared_rightly_stays() {
    let all: &[(&str, &[u8], &str)] = &[
        ("iso-8859-1", b"M\xfcller", "Müller"),
        ("iso-8859-1", b"Gr\xf6\xdfe und Ma\xdf, f\xfcr \xdcbung; \xe9l\xe8ve \xe0 l'\xe9cole cr\xe9\xe9e", "Größe und Maß, für Übung; élève à l'école créée"),
        ("windows-1252", b"It\x92s \x93fine\x94 \x96 5 \x80 \x85 \xc4\xd6\xdc", "It’s “fine” – 5 € … ÄÖÜ"),
        ("iso-8859-2", b"Za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1 ja\xbc\xf1", "Zażółć gęślą jaźń"),
        ("windows-1250", b"P\xf8\xedli\x9a \x9elu\x9dou\xe8k\xfd k\xf9\xf2", "Příliš žluťoučký kůň"),
        ("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0? \xc2\xf1\xf2\xf0\xe5\xf7\xe0 \xe2 \xef\xff\xf2\xed\xe8\xf6\xf3", "Привет, как дела? Встреча в пятницу"),
        ("koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4, \xcb\xc1\xcb \xc4\xc5\xcc\xc1? \xf7\xd3\xd4\xd2\xc5\xde\xc1 \xd7 \xd0\xd1\xd4\xce\xc9\xc3\xd5", "Привет, как дела? Встреча в пятницу"),
        ("koi8-r", b"\xc4\xc1\xd4\xc1", "дата"),
        ("iso-8859-7", b"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1 \xf3\xe1\xf2", "Καλημέρα σας"),
        ("windows-1255", b"\xf9\xec\xe5\xed \xf2\xe5\xec\xed", "שלום עולם"),
        ("windows-1256", b"\xe3\xd1\xcd\xc8\xc7 \xc8\xc7\xe1\xda\xc7\xe1\xe3", "مرحبا بالعالم"),
        ("windows-874", b"\xca\xc7\xd1\xca\xb4\xd5\xaa\xd2\xc7\xe2\xc5\xa1", "สวัสดีชาวโลก"),
        ("big5", b"\xb7|\xc4\xb3\xb3q\xaa\xbe", "會議通知"),
        ("big5", b"\xa4\xfd\xa4p\xa9\xfa", "王小明"),
        ("euc-kr", b"\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4, \xc8\xb8\xc0\xc7 \xbe\xc8\xb3\xbb\xc0\xd4\xb4\xcf\xb4\xd9", "안녕하세요, 회의 안내입니다"),
        ("shift_jis", b"\x89\xef\x8bc\x82\xcc\x82\xa8\x92m\x82\xe7\x82\xb9", "会議のお知らせ"),
        ("euc-jp", b"\xb2\xf1\xb5\xc4\xa4\xce\xa4\xaa\xc3\xce\xa4\xe9\xa4\xbb\xa4\xc7\xa4\xb9", "会議のお知らせです"),
    ];
    for (label, bytes, text) in all {
        assert_eq!(with(label, bytes), ((*text).to_owned(), known(label)), "{label}");
    }
}

#[test]
fn m07_an_honest_label_of_one_byte_for_a_letter() {
    let all: &[(&str, &[u8], &str)] = &[
        ("iso-8859-1", b"The total is \xa3100.00", "The total is £100.00"),
        ("iso-8859-1", b"25\xb0C", "25°C"),
        ("iso-8859-1", b"10 \xb5m", "10 µm"),
        ("iso-8859-1", b"\xa1Hola!", "¡Hola!"),
        ("iso-8859-1", b"\xabBonjour\xbb", "«Bonjour»"),
        ("iso-8859-1", b"\xb15%", "±5%"),
        ("iso-8859-1", b"A\xae B", "A® B"),
        ("iso-8859-1", b"100 m\xb3", "100 m³"),
        ("iso-8859-1", b"\xc5se", "Åse"),
        ("iso-8859-1", b"\xc5\xc4\xd6", "ÅÄÖ"),
        ("iso-8859-1", b"Hello\xa0John", "Hello\u{a0}John"),
        ("iso-8859-1", b"5\xa0pm", "5\u{a0}pm"),
        ("iso-8859-1", b"Your \xa3100 refund is ready", "Your £100 refund is ready"),
        ("iso-8859-1", b"\xd6", "Ö"),
        ("iso-8859-1", b"\xa3", "£"),
        ("iso-8859-1", b"m\xb2", "m²"),
        ("iso-8859-1", b"N\xb05", "N°5"),
        ("iso-8859-1", b"GR\xdcSSE", "GRÜSSE"),
        ("iso-8859-1", b"\xd7", "×"),
        ("iso-8859-1", b"\xc4\xd6\xdc", "ÄÖÜ"),
        ("iso-8859-1", b"\xa5100", "¥100"),
        (
            "iso-8859-1",
            b"A half is \xbd, a degree \xb0, a foot \xb2; \xd8l, \xc6r\xf8 and \xd6l",
            "A half is ½, a degree °, a foot ²; Øl, Ærø and Öl",
        ),
        ("iso-8859-1", b"\xa3\xa3\xa3\xa3", "££££"),
        ("windows-1252", b"\x93\xa35\x94", "“£5”"),
        ("windows-1252", b"Rock\x92n\x92Roll", "Rock’n’Roll"),
        ("windows-1252", b"\x805", "€5"),
        ("windows-1252", b"5 \x80", "5 €"),
        ("windows-1252", b"\x91a\x92", "‘a’"),
        ("windows-1252", b"\x8a\xe1rka", "Šárka"),
        ("windows-1252", b"\x85", "…"),
        ("windows-1252", b"Mon\x96Fri, 9\x965", "Mon–Fri, 9–5"),
        ("windows-1252", b"Windows\x99", "Windows™"),
        ("iso-8859-15", b"5\xa4", "5€"),
        ("iso-8859-15", b"\xa45", "€5"),
        ("iso-8859-15", b"Preis: 5 \xa4", "Preis: 5 €"),
        ("iso-8859-2", b"cena 100 z\xb3", "cena 100 zł"),
        ("iso-8859-2", b"Krak\xf3w", "Kraków"),
        ("koi8-r", b"ok \xe4\xc1", "ok Да"),
        ("windows-1251", b"\xd6\xe5\xed\xe0 100 \xf0\xf3\xe1. \xc4\xe0.", "Цена 100 руб. Да."),
        ("windows-1251", b"\xb9 5", "№ 5"),
    ];
    for (label, bytes, text) in all {
        assert_eq!(with(label, bytes), ((*text).to_owned(), known(label)), "{label}");
    }
    // Chinese under the same names.
    for label in ["iso-8859-1", "windows-1252", "iso-8859-15"] {
        assert_eq!(with(label, b"\xc4\xe3\xba\xc3").0, "你好");
        assert_eq!(with(label, b"\xb7|\xc4\xb3\xb3q\xaa\xbe").0, "會議通知");
    }
}

#[test]
fn m07_an_honest_label_of_two_bytes_for_a_character() {
    let all: &[(&str, &[u8], &str)] = &[
        ("euc-kr", b"\xca\xef\xde\xf3", "感謝"),
        ("euc-kr", b"\xd1\xd1", "金"),
        ("euc-kr", b"\xd7\xdd", "李"),
        ("euc-kr", b"\xd3\xde\xf9\xdb\xda\xc5\xcf\xd0", "大韓民國"),
        ("euc-kr", b"\xb0\xf8\xc1\xf6", "공지"),
        ("euc-kr", b"\xb1\xe8\xc3\xb6\xbc\xf6", "김철수"),
        ("euc-kr", b"\xb0\xa1", "가"),
        ("shift_jis", b"\xb1\xb2\xb3", "ｱｲｳ"),
        ("shift_jis", b"\xb6\xc0\xb6\xc5", "ｶﾀｶﾅ"),
        ("shift_jis", b"\xb7\xac\xdd\xcd\xdf\xb0\xdd", "ｷｬﾝﾍﾟｰﾝ"),
        ("shift_jis", b"\x82\xa8\x92m\x82\xe7\x82\xb9", "お知らせ"),
        ("shift_jis", b"\x8c\xe4\x97\xe7", "御礼"),
        ("euc-jp", b"\xb0\xa1", "亜"),
        ("euc-jp", b"\xbb\xb3\xc5\xc4", "山田"),
        ("gb2312", b"\xa6\xc1", "α"),
        ("gb2312", b"\xa6\xc3\xb0\xe6", "γ版"),
        ("gb2312", b"\xa4\xa2", "あ"),
        ("gb2312", b"\xc2\xb3", "鲁"),
        ("gb2312", b"\xd9\xbb", "倩"),
        ("gb2312", b"\xdc\xb2", "懿"),
        ("gb2312", b"\xa8\xa1", "ā"),
        ("gb2312", b"\xd2\xd2", "乙"),
        ("gb2312", b"\xb5\xcb", "邓"),
        ("gb2312", b"\xa7\xa8", "Ж"),
        ("gb2312", b"\xbc\xd7", "甲"),
        ("gbk", b"\xb5t", "祎"),
        ("gbk", b"\xabh", "玥"),
        ("gbk", b"\x86\xb4", "喆"),
        ("gbk", b"\xe5\xb8", "甯"),
        ("gbk", b"\xe6R", "鍾"),
        ("gbk", b"\xc0\xee\xb5t", "李祎"),
        ("big5", b"\xb1z\xa6n", "您好"),
        ("big5", b"\xb1z", "您"),
        ("big5", b"\xa3\\", "α"),
        ("big5", b"\xc1\xc2", "謝"),
        ("big5", b"\xb3\xaf\xa5\xfd\xa5\xcd", "陳先生"),
        ("big5", b"\xae\xa5\xb3\xdf", "恭喜"),
        ("big5", b"\xa4\xa4\xbc\xfa", "中獎"),
    ];
    for (label, bytes, text) in all {
        assert_eq!(with(label, bytes), ((*text).to_owned(), known(label)), "{label}");
    }
    reads("big5", b"\xc4\xfa\xba\xc3", "您好", "gb18030");
    // What was said does not make one of what is none.
    for text in ["© 2026", "25°C", "Café", "It’s"] {
        reads("gb2312", text.as_bytes(), text, "utf-8");
    }
    for (bytes, text) in [(&b"M\xfcller"[..], "Müller"), (b"Z\xfcrich, Gen\xe8ve", "Zürich, Genève")] {
        assert_eq!(with("gb2312", bytes).0, text);
    }
}

#[test]
fn characters_in_two_halves_of_utf_8() {
    for label in ["utf-8", "", "gb2312", "iso-8859-1"] {
        reads(label, b"\xe4\xbc\x9a \xed\xa0\xbd\xed\xb8\x80 \xe8\xae\xae", "会 😀 议", "utf-8");
        reads(label, b"\xed\xa0\xbd\xed\xb8\x80", "😀", "utf-8");
    }
    // Half of one is none.
    assert!(!with("utf-8", b"\xe4\xbc\x9a\xe8\xae\xae \xed\xa0\xbd!").0.contains('😀'));
}

#[test]
fn undeclared_text_is_guessed() {
    let all: &[(&[u8], &str)] = &[
        (b"\xc4\xe3\xba\xc3", "你好"),
        (b"\xc0\xee\xc0\xd7", "李雷"),
        (b"\xc9\xee\xdb\xda", "深圳"),
        (b"\xb9\xd8\xd3\xda\xcf\xc2\xd6\xdc\xbb\xe1\xd2\xe9\xb5\xc4\xcd\xa8\xd6\xaa", "关于下周会议的通知"),
        (b"\xb5\xda3\xbc\xbe\xb6\xc8 Report\xa3\xba\xe9F", "第3季度 Report：镕"),
        (b"M\xfcller", "Müller"),
        (b"Gr\xfc\xdfe aus K\xf6ln, Jos\xe9", "Grüße aus Köln, José"),
        (b"\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0? \xc2\xf1\xf2\xf0\xe5\xf7\xe0 \xe2 \xef\xff\xf2\xed\xe8\xf6\xf3", "Привет, как дела? Встреча в пятницу"),
        (b"\x89\xef\x8bc\x82\xcc\x82\xa8\x92m\x82\xe7\x82\xb9\x82\xc5\x82\xb7\x81B\x82\xe6\x82\xeb\x82\xb5\x82\xad\x82\xa8\x8a\xe8\x82\xa2\x82\xb5\x82\xdc\x82\xb7\x81B", "会議のお知らせです。よろしくお願いします。"),
        (b"\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4, \xb4\xd9\xc0\xbd \xc1\xd6 \xc8\xb8\xc0\xc7 \xbe\xc8\xb3\xbb\xc0\xd4\xb4\xcf\xb4\xd9. \xb0\xa8\xbb\xe7\xc7\xd5\xb4\xcf\xb4\xd9", "안녕하세요, 다음 주 회의 안내입니다. 감사합니다"),
    ];
    for (bytes, text) in all {
        assert_eq!(with("", bytes).0, *text);
        assert_eq!(with("utf-8", bytes).0, *text, "called utf-8");
        assert_eq!(with("x-unknown", bytes).0, *text, "called x-unknown");
    }
}

#[test]
fn m06_big5_without_a_label() {
    for (bytes, text) in [
        (&b"\xa7A\xa6n"[..], "你好"),
        (b"\xb7|\xc4\xb3\xb3q\xaa\xbe", "會議通知"),
        (
            b"\xc3\xf6\xa9\xf3\xa4U\xb6g\xb7|\xc4\xb3\xaa\xba\xb3q\xaa\xbe\xa1A\xbd\xd0\xacd\xa6\xac",
            "關於下週會議的通知，請查收",
        ),
    ] {
        assert_eq!(with("", bytes), (text.to_owned(), "big5"));
        assert_eq!(beside("big5", bytes), (text.to_owned(), "big5"));
    }
}

#[test]
fn the_context_decides_where_the_bytes_do_not() {
    // Each of them is common Chinese in both.
    let both = b"\xb0\xa1\xb3\xaa\xb4\xd9";
    assert_eq!(beside("euc-kr", both), ("가나다".to_owned(), "euc-kr"));
    assert_eq!(with("", both).1, "gb18030");
    assert_eq!(beside("big5", b"\xc4\xe3\xba\xc3"), ("斕疑".to_owned(), "big5"));
    assert_eq!(with("", b"\xc4\xe3\xba\xc3"), ("你好".to_owned(), "gb18030"));
    // It does not decide against them.
    assert_eq!(beside("big5", b"\xe4\xbc\x9a\xe8\xae\xae"), ("会议".to_owned(), "utf-8"));
    assert_eq!(
        beside("koi8-r", b"\xb9\xd8\xd3\xda\xcf\xc2\xd6\xdc\xbb\xe1\xd2\xe9\xb5\xc4\xcd\xa8\xd6\xaa"),
        ("关于下周会议的通知".to_owned(), "gb18030")
    );
    assert_eq!(beside("gb18030", b"M\xfcller").0, "Müller");
    assert_eq!(beside("no such thing", b"\xbb\xe1\xd2\xe9").0, "会议");
}

#[test]
fn pairs_that_are_valid_utf_8_by_chance() {
    // Two letters that stand together in no language.
    reads("", b"\xcd\xbc\xc6\xac.jpg", "图片.jpg", "gb18030");
    for text in ["通", "谐", "通通"] {
        let (gbk, _, _) = GB18030.encode(text);
        assert!(std::str::from_utf8(&gbk).is_ok(), "{text}");
        reads("gb2312", &gbk, text, "gb18030");
        assert_eq!(beside("gb18030", &gbk).0, text);
    }
    reads("", "Հայաստան".as_bytes(), "Հայաստան", "utf-8");
    for text in ["Հայաստան", "Café", "Привет", "© 2026", "25°C", "Müller", "Ελλάδα"] {
        reads("gb2312", text.as_bytes(), text, "utf-8");
    }
}

#[test]
fn m05_a_text_that_is_cut_is_still_what_it_was() {
    assert_eq!(with("utf-8", b"\xe4\xbc\x9a\xe8\xae\xae\xe9\x80\x9a\xe7\x9f").0, "会议通\u{fffd}");
    assert_eq!(with("", b"\xbc\x9a\xe8\xae\xae\xe9\x80\x9a\xe7\x9f\xa5").0.trim_start_matches('\u{fffd}'), "议通知");
    assert_eq!(with("gb2312", b"\xbb\xe1\xd2\xe9\xcd\xa8\xd6").0, "会议通\u{fffd}");
    assert_eq!(with("", b"\xbb\xe1\xd2\xe9\xcd\xa8\xd6").0, "会议通\u{fffd}");
    let damaged = [&b"\xe5\x85\xb3\xe4\xba\x8e\xe4\xb8\x8b\xe5\x91\xa8\xe4\xbc\x9a\xe8\xae\xae\xe7\x9a\x84\xe9\x80\x9a\xe7\x9f\xa5"[..], b"\xff", b"\xe8\xaf\xb7\xe6\x9f\xa5\xe6\x94\xb6\xe9\x99\x84\xe4\xbb\xb6"].concat();
    assert_eq!(with("", &damaged), ("关于下周会议的通知\u{fffd}请查收附件".to_owned(), "utf-8"));
}

#[test]
fn no_hole_where_another_guess_has_none() {
    for (label, bytes, text) in [
        ("gb2312", &b"Caf\xe9 au lait"[..], "Café au lait"),
        ("gb2312", b"Jos\xe9", "José"),
        ("utf-8", b"Jos\xe9 M\xfcller", "José Müller"),
        ("big5", b"d\xe9j\xe0 vu", "déjà vu"),
        ("shift_jis", b"\xb9\xd8\xd3\xda\xbb\xe1\xd2\xe9", "关于会议"),
    ] {
        assert_eq!(with(label, bytes).0, text, "{label}");
    }
}

#[test]
fn marks_of_byte_order() {
    reads("gb2312", b"\xef\xbb\xbf\xe4\xbc\x9a\xe8\xae\xae", "会议", "utf-8");
    reads("", b"\xff\xfe\x1aO\xae\x8b \x00o\x00k\x00", "会议 ok", "utf-16le");
    reads("utf-16", b"\xfe\xffO\x1a\x8b\xae\x00 \x00o\x00k", "会议 ok", "utf-16be");
    reads("gb18030", b"\x84\x31\x95\x33\xbb\xe1\xd2\xe9", "会议", "gb18030");
    reads("", b"\xef\xbb\xbfplain", "plain", "utf-8");
}

#[test]
fn utf_16_that_is_declared() {
    reads("utf-16", b"\x1aO\xae\x8b\x1a\x90\xe5w \x00o\x00k\x00", "会议通知 ok", "utf-16le");
    reads("utf-16", b"O\x1a\x8b\xae\x90\x1aw\xe5\x00 \x00o\x00k", "会议通知 ok", "utf-16be");
    reads("utf-16be", b"O\x1a\x8b\xae\x90\x1aw\xe5", "会议通知", "utf-16be");
    reads("utf-16", b"plain words", "plain words", "utf-8");
    reads("utf-16", b"w\x00o\x00r\x00d\x00s\x00", "words", "utf-16le");
}

#[test]
fn m08_labels_that_mean_nothing() {
    let huge = "x".repeat(1 << 20);
    let labels =
        ["", " ", "unknown-8bit", "x-unknown", "UTF8", "utf8mb4", "default", "%CHARSET%", "=", "\"", "\0", &huge];
    for label in labels {
        assert_eq!(with(label, b"\xbb\xe1\xd2\xe9\xcd\xa8\xd6\xaa").0, "会议通知");
        assert_eq!(with(label, b"\xe4\xbc\x9a\xe8\xae\xae\xe9\x80\x9a\xe7\x9f\xa5").0, "会议通知");
        assert_eq!(with(label, b"plain").0, "plain");
    }
    for (label, name) in [
        ("\"utf-8\"", "utf-8"),
        ("'gb2312'", "gb18030"),
        ("cp1252", "windows-1252"),
        ("ANSI_X3.4-1968", "windows-1252"),
        ("iso8859_2", "iso-8859-2"),
        ("CP949", "euc-kr"),
        ("ms932", "shift_jis"),
        ("cp950", "big5"),
        ("cn-big5", "big5"),
        ("Big5-HKSCS", "big5"),
        ("windows-936", "gb18030"),
        ("cp65001", "utf-8"),
    ] {
        assert_eq!(name_of(label), Some(name), "{label}");
    }
    assert_eq!(name_of("replacement"), None);
}

#[test]
fn t07_controls_of_the_upper_half_are_letters_of_windows() {
    assert_eq!(with("iso-8859-1", b"\x93quoted\x94 \x9bx").0, "“quoted” ›x");
}

#[test]
fn a_wish_wins_over_everything() {
    let wish = |wish, label, bytes: &[u8]| read(bytes, &Hints { label, context: Some("big5"), wish: Some(wish) });
    assert_eq!(wish("gb18030", "utf-8", b"\xe4\xbc\x9a\xe8\xae\xae").1, "gb18030");
    assert_eq!(wish("big5", "gb2312", b"\xb7|\xc4\xb3"), ("會議".to_owned(), "big5"));
    assert_eq!(wish("koi8-r", "gb2312", b"\xc4\xc1\xd4\xc1"), ("дата".to_owned(), "koi8-r"));
    assert_eq!(wish("hz-gb-2312", "", b"~{VPND"), ("中文".to_owned(), "hz-gb-2312"));
    assert_eq!(wish("nonsense", "gb2312", b"\xbb\xe1\xd2\xe9"), ("会议".to_owned(), "gb18030"));
    for name in known_charsets() {
        assert_eq!(wish(name, "", b"plain"), ("plain".to_owned(), *name));
    }
}

const TEXTS: &[&[u8]] = &[
    b"\xe4\xbc\x9a\xe8\xae\xae\xe9\x80\x9a\xe7\x9f\xa5 ok",
    b"\xbb\xe1\xd2\xe9\xcd\xa8\xd6\xaa\xa3\xba\xe9F\x954\xb25 ok",
    b"\xb7|\xc4\xb3\xb3q\xaa\xbe ok",
    b"~{;aRiM(V*~} ok",
    b"\x1b$)A\x0e;aRiM(V*\x0f \x1b$*H\x1bN!!\x1b$)G\x0ex]\x0f ok\x0f",
    b"\x1b$B2q5D\x1b(B",
    b"\xff\xfe\x1aO\xae\x8b",
    b"+TxqLrg-",
    b"Gr\xf6\xdfe",
    b"\xc4\xc1\xd4\xc1",
    b"\xb0\xa1\xb3\xaa\xb4\xd9",
];

const PIECES: &[&[u8]] = &[
    b"~{",
    b"~}",
    b"~~",
    b"\x1b$)A",
    b"\x1b$)G",
    b"\x1b$*H",
    b"\x1bN",
    b"\x0e",
    b"\x0f",
    b"+",
    b"-",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x81",
    b"\x0a",
];

#[test]
fn z_charset() {
    fuzz(&Diet { good: TEXTS, pieces: PIECES }, Long::Minutes(10), |bytes| {
        let labels = known_charsets().iter().copied().chain(["", "utf-16", "utf-7", "iso-2022-kr", "us-ascii", "x"]);
        let labels: Vec<&str> = labels.collect();
        // Some of them for each input.
        (0..3).all(|nth| {
            let label = labels[(bytes.len() * 3 + nth) % labels.len()];
            let (text, name) = read(bytes, &Hints { label, context: Some("big5"), wish: None });
            let (_, wished) = read(bytes, &Hints { wish: Some("iso-2022-cn"), ..Hints::default() });
            // What is UTF-8 and has no escapes is never read with holes.
            let sound = std::str::from_utf8(bytes).is_err()
                || bytes.is_ascii()
                || label.starts_with("utf-16")
                || !text.contains('\u{fffd}')
                || String::from_utf8_lossy(bytes).contains('\u{fffd}');
            sound && wished == "iso-2022-cn" && name_of(name) == Some(name)
        })
    });
}
