//! A list of addresses as somebody types or pastes it: half of it may be missing, and an input method for Chinese may
//! have been on. Every piece says where it stands, so that it can be marked there.

use std::ops::Range;

use super::mailbox::{Mailbox, Wrong};

/// More than this many are not read.
const MOST: usize = 5_000;

/// One of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typed {
    /// Where it stands, in bytes of what was typed.
    pub at: Range<usize>,
    pub mailbox: Result<Mailbox, Wrong>,
}

/// Everybody in a list, in order.
pub fn addresses(typed: &str) -> Vec<Typed> {
    let mut rules = Rules { quotes: true, comments: true };
    loop {
        let (pieces, open) = pieces(typed, rules);
        // What was never closed was never meant to be opened. Each may only be found out once.
        match open {
            Open::Quote if rules.quotes => rules.quotes = false,
            Open::Comment if rules.comments => rules.comments = false,
            _ => return pieces.iter().flat_map(|at| people(typed, at, rules)).take(MOST).collect(),
        }
    }
}

#[derive(Clone, Copy)]
struct Rules {
    quotes: bool,
    comments: bool,
}

enum Open {
    Nothing,
    Quote,
    Comment,
}

/// Where each one stands, with what belongs to it. The names of groups are left out.
fn pieces(typed: &str, rules: Rules) -> (Vec<Range<usize>>, Open) {
    let mut found = Vec::new();
    let (mut quoted, mut comment, mut angle, mut has_at) = (false, 0_u32, false, false);
    let mut from = 0;
    let mut rest = typed.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' if quoted || comment > 0 => drop(rest.next()),
            '"' if rules.quotes && comment == 0 => quoted = !quoted,
            _ if quoted => {}
            '(' if rules.comments => comment = comment.saturating_add(1),
            ')' if comment > 0 => comment -= 1,
            _ if comment > 0 => {}
            '<' | '＜' => angle = true,
            '>' | '＞' => angle = false,
            '@' | '＠' => has_at = true,
            // A group: what stood before the colon is its name.
            ':' if !has_at && !angle => from = at + c.len_utf8(),
            '、' if !has_at || angle => {}
            ',' | ';' | '，' | '；' | '、' | '\n' | '\r' if !angle || has_at => {
                found.push(from..at);
                from = at + c.len_utf8();
                (angle, has_at) = (false, false);
            }
            _ => {}
        }
        if found.len() >= MOST {
            return (found, Open::Nothing);
        }
    }
    found.push(from..typed.len());
    let open = match (quoted, comment) {
        (true, _) => Open::Quote,
        (false, 1..) => Open::Comment,
        (false, 0) => Open::Nothing,
    };
    (found, open)
}

/// Whoever stands in one piece: one, or several if only blanks are between them.
fn people(typed: &str, at: &Range<usize>, rules: Rules) -> Vec<Typed> {
    let whole = typed.get(at.clone()).unwrap_or_default();
    let begin = at.start + (whole.len() - whole.trim_start().len());
    let text = whole.trim();
    let here = begin..begin + text.len();
    if text.is_empty() {
        return Vec::new();
    }
    let taken = Taken::apart(text, rules);
    if let Some(address) = taken.address {
        return vec![Typed { at: here, mailbox: Mailbox::new(taken.name.trim(), &address) }];
    }
    let has_at = |word: &&str| word.contains(['@', '＠']);
    let words = || taken.raw.split_whitespace();
    let addressed = words().filter(has_at).count();
    if addressed == 0 {
        return vec![Typed { at: here, mailbox: Err(Wrong::NoAt) }];
    }
    if taken.raw.starts_with('"') || words().count() == 1 {
        return vec![Typed { at: here, mailbox: Mailbox::new(taken.comment.trim(), taken.raw.trim()) }];
    }
    if addressed == words().count() && taken.comment.is_empty() {
        let places = text.split_whitespace().map(|word| {
            let offset = word.as_ptr().addr() - text.as_ptr().addr();
            Typed { at: begin + offset..begin + offset + word.len(), mailbox: Mailbox::new("", word) }
        });
        return places.collect();
    }
    // `Li Lei a@b`, and a name that stands behind.
    let address = words().find(has_at).unwrap_or_default();
    let mailbox = if addressed == 1 {
        let name: Vec<&str> = words().filter(|word| !has_at(word)).collect();
        Mailbox::new(&name.join(" "), address)
    } else {
        Err(Wrong::BadLocal)
    };
    vec![Typed { at: here, mailbox }]
}

/// A piece, taken apart.
#[derive(Default)]
struct Taken {
    /// What stands outside of brackets, its quotes undone.
    name: String,
    /// The same with them.
    raw: String,
    address: Option<String>,
    comment: String,
}

impl Taken {
    fn apart(text: &str, rules: Rules) -> Self {
        let mut taken = Self::default();
        let (mut quoted, mut comment, mut angle) = (false, 0_u32, false);
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            let mut plain = c;
            let mut written = String::from(c);
            match c {
                '\\' if quoted || comment > 0 => {
                    if let Some(next) = rest.next() {
                        plain = next;
                        written.push(next);
                    }
                }
                '"' if rules.quotes && comment == 0 => {
                    quoted = !quoted;
                    if angle {
                        taken.address.get_or_insert_default().push(c);
                    } else {
                        taken.raw.push(c);
                    }
                    continue;
                }
                _ if quoted => {}
                '(' if rules.comments => {
                    comment = comment.saturating_add(1);
                    continue;
                }
                ')' if comment > 0 => {
                    comment -= 1;
                    continue;
                }
                '<' | '＜' if comment == 0 => {
                    angle = true;
                    taken.address = Some(String::new());
                    continue;
                }
                '>' | '＞' if comment == 0 => {
                    angle = false;
                    continue;
                }
                _ => {}
            }
            if comment > 0 {
                taken.comment.push(plain);
            } else if angle {
                taken.address.get_or_insert_default().push_str(&written);
            } else {
                taken.name.push(plain);
                taken.raw.push_str(&written);
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests;
