//! Letters of many kinds, the same ones each time: what a mailbox in China holds, in small.

use encoding_rs::GBK;

const PEOPLE: [(&str, &str); 8] = [
    ("王小明", "xiaoming.wang@mail.example"),
    ("李静", "li.jing@school.example"),
    ("Anna Berg", "anna@berg.example"),
    ("财务部", "finance@firm.example"),
    ("张三丰", "zhang@wudang.example"),
    ("Build Robot", "robot@ci.example"),
    ("航空公司", "ticket@air.example"),
    ("", "noreply@shop.example"),
];

const SUBJECTS: [&str; 8] = [
    "关于下周三的会议安排",
    "Re: the report of last week",
    "【通知】系统将于今晚升级，请提前保存",
    "你的验证码是 482913",
    "Invoice 2024-117",
    "转发: 照片 (共 12 张)",
    "Weekly digest: 7 new posts",
    "周末去爬山吗？",
];

const FIRST: u64 = 1_700_000_000;

/// The letter of this number, and when it arrived (seconds since 1970; later numbers arrive later).
pub fn letter(n: usize) -> (Vec<u8>, u64) {
    let (name, address) = PEOPLE[n * 5 % PEOPLE.len()];
    let subject = format!("{} #{n:06}", SUBJECTS[n * 3 % SUBJECTS.len()]);
    let arrival = FIRST + u64::try_from(n).unwrap() * 601;
    let date = jiff::Timestamp::from_second(i64::try_from(arrival).unwrap()).unwrap();
    let date = date.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    let text = format!("你好，\r\n\r\n这是第 {n} 封信。The wild goose carries letters.\r\n\r\n{name}\r\n");
    let (from, subject, kind, body) = match n % 5 {
        // Encoded words in UTF-8, the body in base64.
        0 => (
            word("utf-8", name.as_bytes()).into_bytes(),
            word("utf-8", subject.as_bytes()).into_bytes(),
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
            folded(&base64(text.as_bytes())).into_bytes(),
        ),
        // Encoded words in GBK, the body in 8 bit.
        1 => (
            word("gb2312", &gbk(name)).into_bytes(),
            word("gb2312", &gbk(&subject)).into_bytes(),
            "Content-Type: text/plain; charset=\"gb2312\"\r\nContent-Transfer-Encoding: 8bit\r\n",
            gbk(&text),
        ),
        // Raw GBK in the headers, without a word about it.
        2 => (gbk(name), gbk(&subject), "Content-Type: text/plain\r\n", gbk(&text)),
        // Raw UTF-8 everywhere.
        3 => (
            name.as_bytes().to_vec(),
            subject.clone().into_bytes(),
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n",
            text.clone().into_bytes(),
        ),
        // HTML.
        _ => (
            word("utf-8", name.as_bytes()).into_bytes(),
            word("utf-8", subject.as_bytes()).into_bytes(),
            "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
            folded(&base64(format!("<p>{}</p>", text.replace("\r\n\r\n", "</p><p>")).as_bytes())).into_bytes(),
        ),
    };
    let mut raw = b"From: ".to_vec();
    raw.extend(from);
    raw.extend(format!(" <{address}>\r\nTo: me@mail.example\r\nSubject: ").into_bytes());
    raw.extend(subject);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S %z");
    let id = format!("\r\nDate: {date}\r\nMessage-ID: <letter.{n}@{}>\r\n", address.split('@').nth(1).unwrap());
    raw.extend(id.into_bytes());
    if n % 4 == 1 {
        raw.extend(format!("In-Reply-To: <letter.{}@mail.example>\r\n", n - 1).into_bytes());
    }
    raw.extend(format!("MIME-Version: 1.0\r\n{kind}\r\n").into_bytes());
    raw.extend(body);
    (raw, arrival)
}

fn gbk(text: &str) -> Vec<u8> {
    GBK.encode(text).0.into_owned()
}

/// One encoded word; nothing for nothing.
fn word(charset: &str, bytes: &[u8]) -> String {
    if bytes.is_empty() { String::new() } else { format!("=?{charset}?B?{}?=", base64(bytes)) }
}

fn folded(encoded: &str) -> String {
    let lines = encoded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned());
    lines.collect::<Vec<_>>().join("\r\n") + "\r\n"
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, i| bits << 8 | u32::from(three.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let six = usize::try_from(bits >> (18 - 6 * i) & 63).unwrap();
            encoded.push(if i <= three.len() { char::from(LETTERS[six]) } else { '=' });
        }
    }
    encoded
}

#[test]
fn letters_of_every_kind_can_be_read_back() {
    assert_eq!(
        ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())),
        ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
    );
    for n in 0..40 {
        let (raw, arrival) = letter(n);
        assert_eq!((raw.clone(), arrival), letter(n));
        let message = mail_parser::MessageParser::default().parse(&raw).unwrap();
        assert_eq!(message.date().unwrap().to_timestamp(), i64::try_from(arrival).unwrap());
        if n % 5 != 2 {
            assert!(message.subject().unwrap().ends_with(&format!("#{n:06}")), "{:?}", message.subject());
            assert!(message.body_text(0).unwrap().contains(&format!("这是第 {n} 封信")), "{n}");
        }
    }
}
