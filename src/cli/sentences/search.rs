//! Why something cannot be looked for, and how much of the mail was looked at.

use std::path::Path;

use crate::i18n::Language::{self, En as English, ZhCn as Chinese};
use crate::model::Coverage;
use crate::search::{Problem, Trouble};
use crate::text::SafeText;

/// A sentence, with the place that it is about.
pub(in crate::cli) fn problem(tongue: Language, typed: &str, problem: &Problem) -> String {
    let at = typed.get(problem.at.clone()).unwrap_or_default();
    let sentence = match tongue {
        Chinese => in_chinese(&problem.trouble),
        English => in_english(&problem.trouble),
    };
    match (tongue, at.trim()) {
        (_, "") => sentence,
        (Chinese, at) => format!("“{at}”：{sentence}"),
        (English, at) => format!("\"{at}\": {sentence}"),
    }
}

fn in_chinese(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Nothing => "没有要找的字词".to_owned(),
        Trouble::NoEndOfQuote => "引号没有结束，请补上后一个引号".to_owned(),
        Trouble::NoEndOfBracket => "括号没有结束，请补上右括号".to_owned(),
        Trouble::BracketOfNothing => "多出一个右括号".to_owned(),
        Trouble::NothingBehind => "后面要写找什么".to_owned(),
        Trouble::NothingBeside => "两边都要有条件".to_owned(),
        Trouble::NoDate => "不是日期；可以写 2024-03、昨天、7d".to_owned(),
        Trouble::NoSize => "不是大小；可以写 500k、5M".to_owned(),
        Trouble::NoState => "不认识；可以写 未读、已读、星标、已回复 或 附件".to_owned(),
        Trouble::NoField { near } => format!("没有这个条件；是不是 {near}:"),
        Trouble::TooLong => "太长，请缩短".to_owned(),
        Trouble::TooMuch => "条件太多，请减少".to_owned(),
        Trouble::TooDeep => "括号套得太深".to_owned(),
    }
}

fn in_english(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Nothing => "there is nothing to look for".to_owned(),
        Trouble::NoEndOfQuote => "this quotation has no end; close it".to_owned(),
        Trouble::NoEndOfBracket => "this bracket has no end; close it".to_owned(),
        Trouble::BracketOfNothing => "this bracket closes nothing".to_owned(),
        Trouble::NothingBehind => "say what to look for behind it".to_owned(),
        Trouble::NothingBeside => "it needs something on both sides".to_owned(),
        Trouble::NoDate => "this is no date; write 2024-03, yesterday or 7d".to_owned(),
        Trouble::NoSize => "this is no size; write 500k or 5M".to_owned(),
        Trouble::NoState => "write unread, read, starred, answered or attachment".to_owned(),
        Trouble::NoField { near } => format!("there is no such field; perhaps {near}: is meant"),
        Trouble::TooLong => "this is too long; shorten it".to_owned(),
        Trouble::TooMuch => "these are too many conditions; use fewer".to_owned(),
        Trouble::TooDeep => "brackets are nested too deep".to_owned(),
    }
}

/// What was not looked at.
pub(in crate::cli) fn coverage(tongue: Language, coverage: Coverage) -> String {
    let Coverage { messages, with_text, waiting } = coverage;
    let said = match tongue {
        Chinese => format!("正文已收 {with_text}/{messages}"),
        English => format!("the text of {with_text} of {messages} messages is here"),
    };
    match (waiting, tongue) {
        (0, _) => said,
        (_, Chinese) => format!("{said}；还有 {waiting} 封没有编入索引"),
        (_, English) => format!("{said}; {waiting} are not in the index yet"),
    }
}

pub(in crate::cli) fn indexing(tongue: Language, waiting: u64) -> String {
    match tongue {
        Chinese => format!("正在编索引，还有 {waiting} 封"),
        English => format!("indexing, {waiting} messages to go"),
    }
}

pub(in crate::cli) fn index_is_rebuilt(tongue: Language, set_aside: &Path) -> String {
    match tongue {
        Chinese => format!("search.db 已损坏，移到了 {}；正在重新编索引", set_aside.display()),
        English => format!("search.db was damaged and is now {}; the index is being made again", set_aside.display()),
    }
}

pub(in crate::cli) fn no_name(tongue: Language) -> String {
    match tongue {
        Chinese => "请给搜索一个名字".to_owned(),
        English => "give the search a name".to_owned(),
    }
}

/// `names`: those that there are.
pub(in crate::cli) fn no_such_name(tongue: Language, name: &str, names: &[&str]) -> String {
    let known: Vec<_> = names.iter().map(|name| SafeText::of(name)).collect();
    let known: Vec<&str> = known.iter().map(SafeText::as_str).collect();
    let name = SafeText::of(name);
    match (tongue, known.is_empty()) {
        (Chinese, true) => {
            format!("没有叫“{}”的搜索；可以用 hongyan search --save-as 名字 字词 保存一个", name.as_str())
        }
        (Chinese, false) => format!("没有叫“{}”的搜索；已有：{}", name.as_str(), known.join("、")),
        (English, true) => {
            format!("no search is called \"{}\"; keep one with hongyan search --save-as NAME QUERY", name.as_str())
        }
        (English, false) => format!("no search is called \"{}\"; there are: {}", name.as_str(), known.join(", ")),
    }
}
