//! A date as it is written → what its pieces are. Words are known here in English and Chinese; what they mean together is
//! not decided here.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Piece<'a> {
    Number {
        value: i64,
        digits: usize,
    },
    Month(i64),
    Weekday,
    Half(Half),
    /// 年, 月, 日, 时, 分, 秒: what the number before it is.
    Unit(char),
    /// 北京时间.
    Beijing,
    /// In lower case.
    Word(&'a str),
    Sign(char),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Half {
    Morning,
    Noon,
    Afternoon,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) piece: Piece<'a>,
    pub(super) after_blank: bool,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Months of other languages, where they begin in another way than in English.
const ELSEWHERE: [(&str, i64); 22] = [
    ("ene", 1),
    ("gen", 1),
    ("fev", 2),
    ("abr", 4),
    ("avr", 4),
    ("avril", 4),
    ("abril", 4),
    ("mai", 5),
    ("mag", 5),
    ("juin", 6),
    ("giu", 6),
    ("juil", 7),
    ("juillet", 7),
    ("lug", 7),
    ("ago", 8),
    ("set", 9),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("dez", 12),
    ("dic", 12),
    ("dezember", 12),
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A longer one before a shorter one with which it begins.
const CHINESE: &[(&str, Piece<'static>)] = &[
    ("十二月", Piece::Month(12)),
    ("十一月", Piece::Month(11)),
    ("十月", Piece::Month(10)),
    ("一月", Piece::Month(1)),
    ("二月", Piece::Month(2)),
    ("三月", Piece::Month(3)),
    ("四月", Piece::Month(4)),
    ("五月", Piece::Month(5)),
    ("六月", Piece::Month(6)),
    ("七月", Piece::Month(7)),
    ("八月", Piece::Month(8)),
    ("九月", Piece::Month(9)),
    ("上午", Piece::Half(Half::Morning)),
    ("凌晨", Piece::Half(Half::Morning)),
    ("早上", Piece::Half(Half::Morning)),
    ("中午", Piece::Half(Half::Noon)),
    ("下午", Piece::Half(Half::Afternoon)),
    ("晚上", Piece::Half(Half::Afternoon)),
    ("北京时间", Piece::Beijing),
    ("北京標準時間", Piece::Beijing),
    ("中国标准时间", Piece::Beijing),
    ("中國標準時間", Piece::Beijing),
    ("台北标准时间", Piece::Beijing),
    ("台北標準時間", Piece::Beijing),
    ("年", Piece::Unit('年')),
    ("月", Piece::Unit('月')),
    ("日", Piece::Unit('日')),
    ("号", Piece::Unit('日')),
    ("號", Piece::Unit('日')),
    ("时", Piece::Unit('时')),
    ("時", Piece::Unit('时')),
    ("点", Piece::Unit('时')),
    ("點", Piece::Unit('时')),
    ("分", Piece::Unit('分')),
    ("秒", Piece::Unit('秒')),
];

const WEEK: [&str; 5] = ["星期", "礼拜", "禮拜", "周", "週"];

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::with_capacity(24);
    let mut after_blank = true;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (piece, length) = piece(rest, first);
        if let Some(piece) = piece {
            found.push(Token { piece, after_blank });
        }
        after_blank = first == ' ';
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

/// What stands at the start, if it means something, and how long it is.
fn piece(rest: &str, first: char) -> (Option<Piece<'_>>, usize) {
    let run = |is_of_it: fn(u8) -> bool| rest.bytes().position(|b| !is_of_it(b)).unwrap_or(rest.len());
    match first {
        '0'..='9' => {
            let digits = run(|b| b.is_ascii_digit());
            let value = rest.get(..digits.min(9)).and_then(|number| number.parse().ok()).unwrap_or(i64::MAX);
            (Some(Piece::Number { value, digits }), digits)
        }
        'a'..='z' => {
            let length = run(|b| b.is_ascii_lowercase());
            (Some(english(rest.get(..length).unwrap_or_default())), length)
        }
        ' ' => (None, 1),
        sign if sign.is_ascii() => (Some(Piece::Sign(sign)), 1),
        _ => chinese(rest).map_or((None, first.len_utf8()), |(piece, length)| (Some(piece), length)),
    }
}

fn english(word: &str) -> Piece<'_> {
    let begins = |full: &str| word.len() >= 3 && full.starts_with(word);
    if word == "sept" {
        return Piece::Month(9);
    }
    if let Some(month) = MONTHS.iter().position(|full| begins(full)) {
        return Piece::Month(i64::try_from(month).unwrap_or(0) + 1);
    }
    if let Some((_, month)) = ELSEWHERE.iter().find(|(known, _)| *known == word) {
        return Piece::Month(*month);
    }
    if WEEKDAYS.iter().any(|full| begins(full)) {
        return Piece::Weekday;
    }
    match word {
        "am" => Piece::Half(Half::Morning),
        "pm" => Piece::Half(Half::Afternoon),
        _ => Piece::Word(word),
    }
}

fn chinese(rest: &str) -> Option<(Piece<'_>, usize)> {
    for week in WEEK {
        if let Some(day) = rest.strip_prefix(week) {
            let day = day.chars().next().filter(|day| "一二三四五六日天".contains(*day));
            return Some((Piece::Weekday, week.len() + day.map_or(0, char::len_utf8)));
        }
    }
    CHINESE.iter().find(|(word, _)| rest.starts_with(word)).map(|(word, piece)| (*piece, word.len()))
}
