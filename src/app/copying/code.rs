//! The code that a message was sent for: to log in, to confirm, to fetch a parcel.
//!
//! It stands near a word that says what it is, and looks like a code and not like a year, a price or the end of the number
//! of an account.

/// Letters of the text that are looked at; codes stand at the beginning.
const LOOKED_AT: usize = 20_000;
/// Words that say what it is, of which more are not looked around at.
const WORDS: usize = 40;
/// Letters between the word and the code.
const BEHIND: usize = 60;
const BEFORE: usize = 24;

const NAMES: [&str; 27] = [
    "验证码",
    "校验码",
    "确认码",
    "激活码",
    "动态码",
    "动态密码",
    "安全码",
    "登录码",
    "随机码",
    "识别码",
    "提取码",
    "取件码",
    "取餐码",
    "一次性密码",
    "驗證碼",
    "verification code",
    "security code",
    "confirmation code",
    "authentication code",
    "login code",
    "sign-in code",
    "access code",
    "one-time code",
    "one-time password",
    "passcode",
    "otp",
    "your code",
];

/// What stands right before a number that is none.
const NOT_BEHIND: [&str; 9] = ["尾号", "￥", "¥", "$", "电话", "热线", "端口", "#", "no."];
/// What stands right behind a number that is none.
const NOT_BEFORE: [&str; 12] = ["元", "年", "月", "日", "分钟", "小时", "秒", "天", "%", "号", " minutes", " hours"];

struct Found {
    text: String,
    from: usize,
    to: usize,
}

/// The code in a message of this subject and this text.
pub fn code_in(subject: &str, text: &str) -> Option<String> {
    // The subject says it most shortly. A blank line keeps its words from those of the text.
    in_text(subject).or_else(|| in_text(text)).or_else(|| {
        let named = NAMES.iter().any(|name| subject.to_lowercase().contains(name));
        let first: String = text.chars().take(400).collect();
        // Where the subject says that there is one, a number that stands alone on its line is it.
        let alone = |line: &str| {
            let line: Vec<char> = line.trim().chars().map(narrow).collect();
            codes(&line).into_iter().find(|code| code.from == 0 && code.to == line.len()).map(|code| code.text)
        };
        named.then(|| first.lines().find_map(alone)).flatten()
    })
}

fn narrow(c: char) -> char {
    match c {
        // Signs between them stay as they are: a Chinese comma parts no thousands.
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' | '\u{ff0d}' => {
            u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c)
        }
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    }
}

fn in_text(text: &str) -> Option<String> {
    let plain: Vec<char> = text.chars().take(LOOKED_AT).map(narrow).collect();
    let small: Vec<char> = plain.iter().map(char::to_ascii_lowercase).collect();
    let names: Vec<Vec<char>> = NAMES.iter().map(|name| name.chars().collect()).collect();
    let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let mut said: Vec<(usize, usize)> = Vec::new();
    for at in 0..small.len() {
        let rest = small.get(at..).unwrap_or_default();
        let Some(name) = names.iter().find(|name| rest.starts_with(name)) else { continue };
        let to = at + name.len();
        let inside = at.checked_sub(1).is_some_and(|before| is_word(small.get(before)) && is_word(small.get(at)));
        if inside || (is_word(small.get(to)) && is_word(small.get(to - 1))) {
            continue;
        }
        said.push((at, to));
        if said.len() == WORDS {
            break;
        }
    }
    if said.is_empty() {
        return None;
    }
    let codes = codes(&plain);
    let far = |code: &Found| {
        let near = said.iter().filter_map(|(from, to)| {
            let behind = code.from.checked_sub(*to).filter(|far| *far <= BEHIND);
            // What stands before it is seldom meant.
            let before = from.checked_sub(code.to).filter(|far| *far <= BEFORE).map(|far| 30 + far);
            behind.or(before)
        });
        near.min()
    };
    codes
        .iter()
        .filter_map(|code| Some((far(code)?, code)))
        .min_by_key(|(far, _)| *far)
        .map(|(_, code)| code.text.clone())
}

/// Everything that looks like a code.
fn codes(text: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at) {
        if !c.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let length = text.get(at..).unwrap_or_default().iter().take_while(|c| is_part(**c)).count();
        let whole = text.get(at..at + length).unwrap_or_default();
        let trimmed = whole.iter().rposition(|c| c.is_ascii_alphanumeric()).map_or(0, |last| last + 1);
        let mut to = at + trimmed;
        let mut code: String = whole.iter().take(trimmed).collect();
        // 123 456
        if code.len() == 3 && is_digits(&code) && text.get(to) == Some(&' ') {
            let second: String = text.get(to + 1..).unwrap_or_default().iter().take_while(|c| is_part(**c)).collect();
            if second.len() == 3 && is_digits(&second) {
                code.push_str(&second);
                to += 4;
            }
        }
        if looks_like_one(&code) && !is_something_else(text, at, to) {
            found.push(Found { text: code, from: at, to });
        }
        at = to.max(at + 1).max(at + length.min(trimmed.max(1)));
    }
    found
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn looks_like_one(code: &str) -> bool {
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let dashes = code.bytes().filter(|byte| *byte == b'-').count();
    let letters = code.len() - digits - dashes;
    let is_loud = code.bytes().all(|byte| !byte.is_ascii_lowercase());
    match (letters, dashes) {
        (0, 0) => (4..=8).contains(&digits),
        // G-123456, 7-2-3015; a day has more digits between its dashes.
        (0, _) => (5..=9).contains(&digits) && dashes <= 2 && !is_day(code),
        _ => is_loud && digits >= 2 && (4..=10).contains(&(digits + letters)) && dashes <= 2,
    }
}

fn is_day(code: &str) -> bool {
    let parts: Vec<&str> = code.split('-').collect();
    matches!(parts.as_slice(), [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2)
}

fn is_something_else(text: &[char], from: usize, to: usize) -> bool {
    let before: String = text.get(from.saturating_sub(4)..from).unwrap_or_default().iter().collect();
    let behind: String = text.get(to..).unwrap_or_default().iter().take(9).collect();
    let (before, behind) = (before.to_lowercase(), behind.to_lowercase());
    let next = behind.chars().next();
    let last = before.chars().next_back();
    let is_number = matches!(next, Some('.' | ',' | ':' | '/'))
        && behind.chars().nth(1).is_some_and(|c| c.is_ascii_digit())
        || matches!(last, Some('.' | ',' | ':' | '/' | '+' | '@' | '_' | '=' | '&'))
            && before.chars().rev().nth(1).is_some_and(|c| c.is_ascii_alphanumeric());
    let is_address = matches!(next, Some('@' | '_' | '='));
    is_number
        || is_address
        || NOT_BEHIND.iter().any(|word| before.trim_end().ends_with(word))
        || NOT_BEFORE.iter().any(|word| behind.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_as_messages_say_it() {
        for (subject, text, code) in [
            ("", "您的验证码是 482913，5 分钟内有效，请勿告诉他人。", "482913"),
            ("", "【示例】验证码：０３９１，用于登录", "0391"),
            ("", "482913 是您的验证码，10 分钟内有效。", "482913"),
            ("[示例] 登录验证码 7731", "", "7731"),
            ("", "Your verification code is:\n\n  G-204918  \n\nIt expires in 10 minutes.", "G-204918"),
            ("", "Use 123 456 as your one-time password", "123456"),
            ("", "Your login code: K7QX-29PM", "K7QX-29PM"),
            ("", "2025年3月12日 您尾号 4021 的账户正在登录，动态密码 558213，如非本人操作请致电 95588", "558213"),
            ("取件码 7-2-3015", "", "7-2-3015"),
            ("验证码", "您好：\n\n664120\n\n2025-03-12", "664120"),
            ("", "驗證碼：9012", "9012"),
            ("", "Security code 99 is wrong, your code is 2048", "2048"),
        ] {
            assert_eq!(code_in(subject, text).as_deref(), Some(code), "{subject} {text}");
        }
    }

    #[test]
    fn what_is_no_code_is_not_taken_for_one() {
        for (subject, text) in [
            ("", ""),
            ("会议", "2025 年 3 月 12 日 15:00，会议号 482913"),
            ("", "验证码已发送到您的手机，请在 2025年3月12日 前输入"),
            ("", "动态密码将于 30 分钟后失效，消费 128.00 元"),
            ("", "The footpath: 4821 steps"),
            ("", "验证码请到 https://example.com/?id=482913 查看"),
            ("", &format!("验证码{}482913", "。".repeat(200))),
            ("", "Your verification code expires 2025-03-12 at 10:30"),
        ] {
            assert_eq!(code_in(subject, text), None, "{text}");
        }
    }

    #[test]
    fn however_long_it_is_it_takes_no_time() {
        let began = crate::model::clock::instant();
        code_in("验证码", &"验证码 otp 1a-".repeat(200_000));
        code_in("", &"1".repeat(1_000_000));
        code_in("", &"A-1-".repeat(500_000));
        assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    }
}
