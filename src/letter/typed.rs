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

/// Everybody in a list, in order. If there are too many, the last one is wrong and stands where the rest begins.
pub fn addresses(typed: &str) -> Vec<Typed> {
    let mut rules = Rules { quotes_end: typed.len(), comments_end: typed.len(), is_in_doubt: false };
    loop {
        let Pieces { found, open, has_stray } = pieces(typed, rules);
        rules.is_in_doubt |= has_stray;
        // What was never closed was never meant to be opened. Each may only be found out once; what stands before it was
        // closed, and is as it was meant.
        match open {
            Open::Quote(at) if at < rules.quotes_end => {
                rules.quotes_end = at;
                rules.is_in_doubt = true;
            }
            Open::Comment(at) if at < rules.comments_end => rules.comments_end = at,
            _ => {
                let mut people: Vec<Typed> =
                    found.iter().flat_map(|at| people(typed, at, rules)).take(MOST + 1).collect();
                if let Some(more) = people.get_mut(MOST) {
                    more.mailbox = Err(Wrong::TooMany);
                }
                return people;
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Rules {
    /// From here on the sign stands for itself.
    quotes_end: usize,
    comments_end: usize,
    /// A quotation mark stands alone, so that nobody knows which of the others belong together.
    is_in_doubt: bool,
}

impl Rules {
    /// True if a quotation mark here opens something. Behind a letter it is one of inches.
    fn opens(&self, typed: &str, at: usize) -> bool {
        let last = typed.get(..at).and_then(|before| before.chars().next_back());
        at < self.quotes_end && !last.is_some_and(char::is_alphanumeric)
    }
}

enum Open {
    Nothing,
    /// Where.
    Quote(usize),
    Comment(usize),
}

struct Pieces {
    found: Vec<Range<usize>>,
    open: Open,
    /// A quotation mark was passed over.
    has_stray: bool,
}

/// Where each one stands, with what belongs to it. The names of groups are left out.
fn pieces(typed: &str, rules: Rules) -> Pieces {
    let mut found = Vec::new();
    let (mut quoted, mut comment, mut angle, mut has_at) = (false, 0_u32, false, false);
    let (mut quoted_from, mut comment_from, mut has_stray) = (0, 0, false);
    let mut from = 0;
    let mut rest = typed.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' if quoted || comment > 0 => drop(rest.next()),
            '"' if quoted => quoted = false,
            '"' if comment == 0 && rules.opens(typed, at) => (quoted, quoted_from) = (true, at),
            '"' if comment == 0 => has_stray = true,
            _ if quoted => {}
            '(' if at < rules.comments_end => {
                if comment == 0 {
                    comment_from = at;
                }
                comment = comment.saturating_add(1);
            }
            ')' if comment > 0 => comment -= 1,
            _ if comment > 0 => {}
            '<' | '＜' => angle = true,
            '>' | '＞' => angle = false,
            '@' | '＠' => has_at = true,
            // A group: what stood before the colon is its name.
            ':' if !has_at && !angle => from = at + c.len_utf8(),
            '、' if !has_at || angle => {}
            ',' | ';' | '，' | '；' | '、' | '\n' | '\r' if !angle || has_at => {
                if typed.get(from..at).is_some_and(|piece| !piece.trim().is_empty()) {
                    found.push(from..at);
                }
                from = at + c.len_utf8();
                (angle, has_at) = (false, false);
            }
            _ => {}
        }
        // One more says that there are too many.
        if found.len() > MOST {
            return Pieces { found, open: Open::Nothing, has_stray };
        }
    }
    found.push(from..typed.len());
    let open = match (quoted, comment) {
        (true, _) => Open::Quote(quoted_from),
        (false, 1..) => Open::Comment(comment_from),
        (false, 0) => Open::Nothing,
    };
    Pieces { found, open, has_stray }
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
    let taken = Taken::apart(typed, &here, rules);
    if rules.is_in_doubt && taken.has_quoted_at {
        // One of these would be somebody's name for one reader and a recipient for another.
        return vec![Typed { at: here, mailbox: Err(Wrong::BadLocal) }];
    }
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
    /// What may be an address stands between quotation marks.
    has_quoted_at: bool,
}

impl Taken {
    fn apart(typed: &str, here: &Range<usize>, rules: Rules) -> Self {
        let mut taken = Self::default();
        let (mut quoted, mut comment, mut angle) = (false, 0_u32, false);
        let mut rest = typed.get(here.clone()).unwrap_or_default().char_indices();
        while let Some((at, c)) = rest.next() {
            let at = here.start + at;
            let mut plain = c;
            let mut written = String::from(c);
            match c {
                '\\' if quoted || comment > 0 => {
                    if let Some((_, next)) = rest.next() {
                        plain = next;
                        written.push(next);
                    }
                }
                '"' if quoted || comment == 0 && rules.opens(typed, at) => {
                    quoted = !quoted;
                    if angle {
                        taken.address.get_or_insert_default().push(c);
                    } else {
                        taken.raw.push(c);
                    }
                    continue;
                }
                '@' | '＠' if quoted => taken.has_quoted_at = true,
                _ if quoted => {}
                '(' if at < rules.comments_end => {
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
