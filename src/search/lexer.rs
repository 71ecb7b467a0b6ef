//! What was typed, cut into the pieces of the language. Signs of an input method count as those of a keyboard.

use std::ops::Range;

use super::parse::{Problem, Trouble};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// A word as it was typed, and whether a field's name may stand in it.
    Word(String),
    Quoted(String),
    Open,
    Close,
    Not,
    Or,
    /// `from:`, with nothing behind it yet.
    Field(String),
}

pub(super) type Placed = (Token, Range<usize>);

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '＂' | '「' | '」' | '『' | '』')
}

pub(super) fn is_colon(c: char) -> bool {
    matches!(c, ':' | '：')
}

/// `is_field` knows the names that may stand before a colon.
pub(super) fn tokens(typed: &str, is_field: impl Fn(&str) -> bool) -> Result<Vec<Placed>, Problem> {
    let mut found: Vec<Placed> = Vec::new();
    let mut chars = typed.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let here = at..at + c.len_utf8();
        match c {
            c if c.is_whitespace() => {}
            '(' | '（' => found.push((Token::Open, here)),
            ')' | '）' => found.push((Token::Close, here)),
            '|' | '｜' => found.push((Token::Or, here)),
            '-' | '－' if chars.peek().is_some_and(|(_, next)| !next.is_whitespace()) => {
                found.push((Token::Not, here));
            }
            c if is_quote(c) => {
                let mut text = String::new();
                let mut end = None;
                for (at, c) in chars.by_ref() {
                    if is_quote(c) {
                        end = Some(at + c.len_utf8());
                        break;
                    }
                    text.push(c);
                }
                let Some(end) = end else {
                    return Err(Problem { at: at..typed.len(), trouble: Trouble::NoEndOfQuote });
                };
                found.push((Token::Quoted(text), at..end));
            }
            c => {
                let mut word = String::from(c);
                let mut end = here.end;
                let mut field = None;
                while let Some((at, next)) = chars.next_if(|(_, next)| {
                    !next.is_whitespace() && !is_quote(*next) && !matches!(next, '(' | ')' | '（' | '）' | '|' | '｜')
                }) {
                    end = at + next.len_utf8();
                    if is_colon(next) && is_field(&word) {
                        field = Some(std::mem::take(&mut word));
                        break;
                    }
                    word.push(next);
                }
                let place = at..end;
                found.push(match (field, word.as_str()) {
                    (Some(field), _) => (Token::Field(field), place),
                    (None, "OR" | "或" | "或者") => (Token::Or, place),
                    (None, "NOT") => (Token::Not, place),
                    // Words that stand beside each other are meant together anyway.
                    (None, "AND" | "且" | "并且") => continue,
                    (None, _) => (Token::Word(word), place),
                });
            }
        }
    }
    Ok(found)
}
