//! The language of a search: words, what they are to stand in, and what else is known of a message.

use std::ops::Range;

use super::condition::{Condition, Field, State};
use super::fold::folded_words;
use super::lexer::{Placed, Token, is_colon, tokens};
use super::phrase::Phrase;
use super::when::{Span, Today};
use crate::model::Kind;
use crate::text::typing_errors;

/// Bytes; nobody types more.
const LONGEST: usize = 2000;
const MOST_WORDS: usize = 64;
const DEEPEST: usize = 16;

/// Why something that was typed cannot be looked for, and where that stands in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub at: Range<usize>,
    pub trouble: Trouble,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    Nothing,
    NoEndOfQuote,
    NoEndOfBracket,
    BracketOfNothing,
    /// Nothing stands behind the name of a field, or behind a minus.
    NothingBehind,
    /// Nothing stands on one side of an OR.
    NothingBeside,
    NoDate,
    NoSize,
    NoState,
    /// What may stand before a colon, and is most like it.
    NoField {
        near: &'static str,
    },
    TooLong,
    TooMuch,
    TooDeep,
}

/// What a name before a colon asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asks {
    Words(Field),
    Has,
    Is,
    In,
    Account,
    Before,
    After,
    On,
    Larger,
    Smaller,
}

const NAMES: [(Asks, &[&str]); 15] = [
    (Asks::Words(Field::From), &["from", "发件人", "寄件人", "发信人", "来自"]),
    (Asks::Words(Field::To), &["to", "cc", "收件人", "收信人", "抄送"]),
    (Asks::Words(Field::Subject), &["subject", "主题", "标题"]),
    (Asks::Words(Field::Body), &["body", "正文", "内容"]),
    (Asks::Words(Field::Files), &["file", "filename", "文件名", "附件名"]),
    (Asks::Has, &["has", "有"]),
    (Asks::Is, &["is", "是"]),
    (Asks::In, &["in", "folder", "文件夹", "在"]),
    (Asks::Account, &["account", "账号", "账户", "帐号", "帐户"]),
    (Asks::Before, &["before", "早于", "之前"]),
    (Asks::After, &["after", "since", "晚于", "之后"]),
    (Asks::On, &["date", "on", "日期"]),
    (Asks::Larger, &["larger", "大于"]),
    (Asks::Smaller, &["smaller", "小于"]),
    (Asks::Has, &["附件"]),
];

/// Words that are a state where they stand alone; in quotation marks they are words.
const STATES: [(State, &[&str]); 4] = [
    (State::Unread, &["未读"]),
    (State::Read, &["已读"]),
    (State::Starred, &["星标", "已加星"]),
    (State::Answered, &["已回复"]),
];
const STATES_BEHIND_IS: [(State, &[&str]); 4] = [
    (State::Unread, &["unread", "new"]),
    (State::Read, &["read", "seen"]),
    (State::Starred, &["starred", "flagged", "星"]),
    (State::Answered, &["answered", "replied"]),
];
const KINDS: [(Kind, &[&str]); 4] = [
    (Kind::Bill, &["bill", "账单", "发票"]),
    (Kind::Code, &["code", "验证码"]),
    (Kind::Shipping, &["shipping", "物流", "快递"]),
    (Kind::Subscription, &["subscription", "list", "订阅"]),
];
const FILES: [&str; 6] = ["attachment", "attachments", "file", "files", "附件", "文件"];
const FILES_ALONE: [&str; 1] = ["有附件"];

fn asks(name: &str) -> Option<Asks> {
    let name = folded_words(name);
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(asks, _)| *asks)
}

/// What a message must be, from what somebody typed.
pub fn parse(typed: &str, today: &Today) -> Result<Condition, Problem> {
    let whole = 0..typed.len();
    if typed.len() > LONGEST {
        return Err(Problem { at: typed.floor_char_boundary(LONGEST)..typed.len(), trouble: Trouble::TooLong });
    }
    let tokens = tokens(typed, |name| asks(name).is_some())?;
    let mut parser = Parser { tokens: &tokens, at: 0, end: typed.len(), words: 0, today };
    let found = parser.either(Field::Anywhere, 0)?;
    if let Some((_, at)) = parser.peek() {
        return Err(Problem { at: at.clone(), trouble: Trouble::BracketOfNothing });
    }
    found.ok_or(Problem { at: whole, trouble: Trouble::Nothing })
}

struct Parser<'a> {
    tokens: &'a [Placed],
    at: usize,
    end: usize,
    words: usize,
    today: &'a Today,
}

type Found = Result<Option<Condition>, Problem>;

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Placed> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Placed> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn either(&mut self, field: Field, depth: usize) -> Found {
        let mut any: Vec<Condition> = Vec::new();
        let mut or: Option<Range<usize>> = None;
        loop {
            let side = self.together(field, depth)?;
            let ended = !matches!(self.peek(), Some((Token::Or, _)));
            match (side, &or) {
                (Some(side), _) => any.push(side),
                (None, Some(at)) => return Err(Problem { at: at.clone(), trouble: Trouble::NothingBeside }),
                (None, None) if ended => return Ok(None),
                (None, None) => {
                    let at = self.peek().map_or(0..0, |(_, at)| at.clone());
                    return Err(Problem { at, trouble: Trouble::NothingBeside });
                }
            }
            if ended {
                break;
            }
            or = self.next().map(|(_, at)| at.clone());
        }
        Ok(one_or(any, Condition::Any))
    }

    fn together(&mut self, field: Field, depth: usize) -> Found {
        let mut all = Vec::new();
        while let Some((token, _)) = self.peek() {
            if matches!(token, Token::Or | Token::Close) {
                break;
            }
            all.extend(self.one(field, depth)?);
        }
        Ok(one_or(all, Condition::All))
    }

    fn one(&mut self, field: Field, depth: usize) -> Found {
        let Some((token, at)) = self.next() else { return Ok(None) };
        self.words += 1;
        if self.words > MOST_WORDS {
            return Err(Problem { at: at.start..self.end, trouble: Trouble::TooMuch });
        }
        match token {
            Token::Not => {
                if depth >= DEEPEST {
                    return Err(Problem { at: at.clone(), trouble: Trouble::TooDeep });
                }
                let behind = match self.peek() {
                    None | Some((Token::Or | Token::Close, _)) => None,
                    Some(_) => self.one(field, depth + 1)?,
                };
                match behind {
                    Some(behind) => Ok(Some(Condition::Not(Box::new(behind)))),
                    None => Err(Problem { at: at.clone(), trouble: Trouble::NothingBehind }),
                }
            }
            Token::Open => self.bracket(field, depth, at),
            Token::Quoted(text) => Ok(words(field, text, true)),
            Token::Word(word) => Self::word(field, word, at),
            Token::Field(name) => match asks(name) {
                Some(asks) => self.behind(asks, depth, at),
                None => Ok(words(field, name, false)),
            },
            // Whoever calls has looked: these do not begin anything.
            Token::Or | Token::Close => Ok(None),
        }
    }

    fn bracket(&mut self, field: Field, depth: usize, open: &Range<usize>) -> Found {
        if depth >= DEEPEST {
            return Err(Problem { at: open.clone(), trouble: Trouble::TooDeep });
        }
        let inside = self.either(field, depth + 1)?;
        match self.next() {
            Some((Token::Close, _)) => Ok(inside),
            _ => Err(Problem { at: open.clone(), trouble: Trouble::NoEndOfBracket }),
        }
    }

    fn word(field: Field, word: &str, at: &Range<usize>) -> Found {
        if field == Field::Anywhere {
            let plain = folded_words(word);
            let is_it = |names: &[&str]| names.contains(&plain.as_str());
            if let Some((state, _)) = STATES.iter().find(|(_, names)| is_it(names)) {
                return Ok(Some(Condition::Is(*state)));
            }
            if is_it(&FILES_ALONE) {
                return Ok(Some(Condition::HasFiles));
            }
            if let Some(near) = meant(word) {
                let end = at.start + word.find(is_colon).unwrap_or(word.len());
                return Err(Problem { at: at.start..end.min(at.end), trouble: Trouble::NoField { near } });
            }
        }
        Ok(words(field, word, false))
    }

    /// What stands behind the name of a field.
    fn behind(&mut self, asks: Asks, depth: usize, name: &Range<usize>) -> Found {
        let nothing = || Problem { at: name.clone(), trouble: Trouble::NothingBehind };
        let (token, at) = self.next().ok_or_else(nothing)?;
        let at = at.clone();
        if let (Asks::Words(field), Token::Open) = (asks, token) {
            return self.bracket(field, depth, &at).and_then(|inside| inside.ok_or_else(nothing).map(Some));
        }
        let (value, exact) = match token {
            Token::Word(value) => (value.as_str(), false),
            Token::Quoted(value) => (value.as_str(), true),
            Token::Not | Token::Or | Token::Open | Token::Close | Token::Field(_) => return Err(nothing()),
        };
        let plain = folded_words(value);
        let is_it = |names: &[&str]| names.contains(&plain.as_str());
        let trouble = |trouble| Problem { at: at.clone(), trouble };
        let span = || self.today.span(&plain).ok_or_else(|| trouble(Trouble::NoDate));
        let size = || bytes(&plain).ok_or_else(|| trouble(Trouble::NoSize));
        if plain.is_empty() {
            return Err(nothing());
        }
        let condition = match asks {
            Asks::Words(field) => return words(field, value, exact).ok_or_else(nothing).map(Some),
            Asks::Has if is_it(&FILES) => Condition::HasFiles,
            Asks::Has | Asks::Is => {
                if let Some((kind, _)) = KINDS.iter().find(|(_, names)| is_it(names)) {
                    return Ok(Some(Condition::Kind(*kind)));
                }
                let mut states = STATES.iter().chain(&STATES_BEHIND_IS);
                let state = states.find(|(_, names)| is_it(names)).map(|(state, _)| *state);
                Condition::Is(state.ok_or_else(|| trouble(Trouble::NoState))?)
            }
            Asks::In => Condition::In(plain),
            Asks::Account => Condition::Account(plain),
            Asks::Before => Condition::Before(span()?.from),
            Asks::After => Condition::Since(span()?.from),
            Asks::On => {
                let Span { from, to } = span()?;
                Condition::All(vec![Condition::Since(from), Condition::Before(to)])
            }
            Asks::Larger => Condition::Larger(size()?),
            Asks::Smaller => Condition::Smaller(size()?),
        };
        Ok(Some(condition))
    }
}

fn words(field: Field, text: &str, exact: bool) -> Option<Condition> {
    Phrase::new(text, exact).map(|phrase| Condition::Words { field, phrase })
}

fn one_or(mut all: Vec<Condition>, several: impl FnOnce(Vec<Condition>) -> Condition) -> Option<Condition> {
    match all.len() {
        0 | 1 => all.pop(),
        _ => Some(several(all)),
    }
}

/// The name of a field that somebody most likely meant.
fn meant(word: &str) -> Option<&'static str> {
    let (name, behind) = word.split_once(is_colon)?;
    let letters = name.len();
    // Addresses of pages have colons, and so have hours.
    if !name.bytes().all(|byte| byte.is_ascii_alphabetic()) || letters < 3 || behind.starts_with("//") {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let allowed = if letters < 6 { 1 } else { 2 };
    let names = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).filter(|known| known.is_ascii());
    names.filter(|known| known.len() > 2).find(|known| typing_errors(&name, known) <= allowed)
}

/// `5m`, `500kb`, `10兆`; without a letter these are bytes.
fn bytes(written: &str) -> Option<u64> {
    let at = written.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(written.len());
    let (number, unit) = written.split_at_checked(at)?;
    let factor: u64 = match unit.trim().trim_end_matches("ib").trim_end_matches('b') {
        "" => 1,
        "k" | "千" => 1024,
        "m" | "兆" => 1024 * 1024,
        "g" => 1024 * 1024 * 1024,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digit = part.chars().next().map_or(Some(0), |c| c.to_digit(10))?;
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(factor)?.checked_add(u64::from(digit) * factor / 10)
}
